//! What the user asked for, in plain values.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::export::moves::{Language, Pattern};
use crate::export::{Domain, Filter};
use crate::intake::TypedMoment;
use crate::model::{BundleCode, OperationKind, RowSelection};
use crate::run_report::Masking;
use crate::settings::Overrides;
use crate::sheet::{Existing, NamedEncoding};
use crate::template::{TemplateKind, TemplateLanguage};

/// A whole command line.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The subcommand.
    pub command: Command,
    /// What the flags say about the settings.
    pub overrides: Overrides,
    /// How data is printed.
    pub output: OutputFormat,
    /// How much is printed apart from the data.
    pub verbosity: Verbosity,
}

/// The subcommands.
#[derive(Debug, Clone)]
pub enum Command {
    /// `check`
    Check(CheckOptions),
    /// `plan`
    Plan(Box<PlanOptions>),
    /// `run`
    Run(Box<RunOptions>),
    /// `watch`
    Watch(WatchOptions),
    /// `report`
    Report(ReportOptions),
    /// `undo`
    Undo(UndoOptions),
    /// `export`
    Export(Box<ExportOptions>),
    /// `rebalance`
    Rebalance(Box<RebalanceOptions>),
    /// `template`
    Template(TemplateOptions),
    /// `codes`
    Codes(CodesOptions),
    /// `doctor`
    Doctor(DoctorOptions),
    /// `sandbox`
    Sandbox(SandboxOptions),
    /// `completions`
    Completions(Shell),
    /// `man`
    Man(ManPages),
}

/// `man`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManPages {
    /// The page of a command, or reseat's own, on standard output.
    One(Option<String>),
    /// Those of all commands, into this folder.
    All(PathBuf),
}

/// How data is printed on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// How much is printed on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// The normal amount.
    #[default]
    Normal,
    /// Every call as well.
    Verbose,
}

/// Whether something risky was allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Permission {
    /// It was not.
    #[default]
    Refused,
    /// It was.
    Allowed,
}

/// What becomes of rows that the spreadsheet program hides or filters out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HiddenRows {
    /// They run like the others.
    #[default]
    Run,
    /// They are left out.
    LeaveOut,
}

/// Which organization is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// The one that the settings name.
    #[default]
    Configured,
    /// A simulated one inside the process.
    Sandbox,
}

impl Target {
    /// The simulated one if `--sandbox` was given.
    pub(super) fn sandbox_if(given: bool) -> Self {
        if given { Self::Sandbox } else { Self::Configured }
    }
}

/// Whether an organization is asked by a command that can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asking {
    /// It is, if one is configured.
    #[default]
    IfConfigured,
    /// Nothing is sent (`--offline`).
    Never,
}

impl Asking {
    /// Never if `--offline` was given.
    pub(super) fn unless(offline: bool) -> Self {
        if offline { Self::Never } else { Self::IfConfigured }
    }
}

/// `template`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateOptions {
    /// What the sheet is for.
    pub kind: TemplateKind,
    /// The language of what people read in it.
    pub language: TemplateLanguage,
    /// Whether the organization is asked for its groups and licences.
    pub asking: Asking,
    /// Where to write it; standard output where `None`.
    pub out: Option<PathBuf>,
    /// What becomes of a file that is there.
    pub existing: Existing,
    /// Which organization is meant.
    pub target: Target,
}

/// `codes`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodesOptions {
    /// Whether the organization is asked for its codes and seats.
    pub asking: Asking,
    /// Which organization is meant.
    pub target: Target,
}

/// `doctor`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DoctorOptions {
    /// Whether to write a configuration file from what was found.
    pub write: bool,
}

/// `--map HEADER=COLUMN`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMapping {
    /// The header as it is in the sheet.
    pub header: String,
    /// The column it stands for.
    pub column: String,
}

/// How to read a sheet, and for which organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetOptions {
    /// The operation of rows that name none.
    pub operation: Option<OperationKind>,
    /// Which columns headers mean.
    pub columns: Vec<ColumnMapping>,
    /// The worksheets to read; all where empty.
    pub sheets: Vec<String>,
    /// The encoding of text that does not say it itself; found out where `None`.
    pub encoding: Option<NamedEncoding>,
    /// The number of the header row; it is looked for where `None`.
    pub header_row: Option<u32>,
    /// What becomes of hidden rows.
    pub hidden_rows: HiddenRows,
    /// Whether any plausible bundle code is accepted.
    pub unknown_codes: Permission,
    /// Whether an update may set a first e-mail address.
    pub email_update: Permission,
    /// Which organization is meant.
    pub target: Target,
}

/// `check`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOptions {
    /// The sheet; `-` is standard input.
    pub path: PathBuf,
    /// How to read it.
    pub sheet: SheetOptions,
}

/// What shapes a plan. The default applies where nothing is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanningOptions {
    /// How to read the sheet.
    pub sheet: SheetOptions,
    /// The rows to plan; all where `None`.
    pub only: Option<RowSelection>,
    /// How many rows at most.
    pub limit: Option<usize>,
    /// What to do when there are too few seats; stop if `None`.
    pub on_shortage: Option<OnShortage>,
    /// Whether members of Administrators may be deleted.
    pub admins: Permission,
    /// What to do when rows are invalid.
    pub invalid_rows: InvalidRows,
    /// What to do with pending invitations.
    pub pending_invites: PendingInvites,
    /// How long nobody is mailed again; a week if `None`.
    pub resend_after: Option<Duration>,
    /// Whether deactivated accounts are given what the sheet asks for.
    pub inactive: Permission,
    /// The rows that may go on with an account that looks like somebody else's.
    pub onto_existing: Option<RowSelection>,
    /// The rows that may leave behind what the service refuses to carry over.
    pub without_carry_over: Option<RowSelection>,
    /// The results file; next to the sheet if `None`.
    pub results: Option<PathBuf>,
}

/// `plan`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOptions {
    /// The sheet; `-` is standard input.
    pub path: PathBuf,
    /// What shapes the plan.
    pub planning: PlanningOptions,
    /// How many people a run may let lose access; any number if `None`.
    pub max_access_lost: Option<u64>,
    /// As of when the dates of the sheet are judged; now if `None`.
    pub as_of: Option<TypedMoment>,
    /// The file to save the plan to.
    pub save: Option<PathBuf>,
    /// The page to write for whoever approves it.
    pub page: Option<PlanPage>,
}

/// `plan -o`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPage {
    /// The file to write.
    pub out: PathBuf,
    /// What becomes of a file that is there already.
    pub existing: Existing,
    /// Whether people's names are shown.
    pub masking: Masking,
}

/// `run`
#[derive(Debug, Clone, PartialEq)]
pub struct RunOptions {
    /// The sheet; `-` is standard input. `None` only with a saved plan, which names it.
    pub path: Option<PathBuf>,
    /// What shapes the plan.
    pub planning: PlanningOptions,
    /// The saved plan that must still match.
    pub saved_plan: Option<PathBuf>,
    /// Whether the plan was confirmed beforehand.
    pub confirmation: Confirmation,
    /// How many deletions are confirmed beforehand.
    pub max_deletes: Option<u64>,
    /// How many people may lose access; any number if `None`.
    pub max_access_lost: Option<u64>,
    /// When failures stop the run.
    pub max_failures: Option<MaxFailures>,
    /// What to do while another run is at work.
    pub when_locked: WhenLocked,
    /// What to do with the results of earlier runs.
    pub earlier_results: EarlierResults,
}

/// `watch`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchOptions {
    /// The folder that sheets are dropped into.
    pub inbox: PathBuf,
    /// How long to go on.
    pub rounds: Rounds,
}

/// How long a folder is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// What is there is run, and that is all (`--once`).
    One,
    /// Until a signal comes; the folder is looked at this often at least.
    Every(Duration),
}

/// `report`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportOptions {
    /// The results files.
    pub paths: Vec<PathBuf>,
    /// The file to write, a web page or a workbook; a page on standard output where `None`.
    pub out: Option<PathBuf>,
    /// What becomes of a file that is there already.
    pub existing: Existing,
    /// Whether people's names are shown.
    pub masking: Masking,
}

/// `undo`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoOptions {
    /// The results file.
    pub path: PathBuf,
    /// The rows to undo; all where `None`.
    pub only: Option<RowSelection>,
    /// What the changes are compared with.
    pub comparison: Comparison,
    /// The sheet to write; standard output if `None`.
    pub out: Option<PathBuf>,
    /// What becomes of a sheet that is there already.
    pub existing: Existing,
}

/// What the changes of a run are compared with before they are undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The organization's present state.
    WithThePresent,
    /// Nothing (`--offline`).
    WithNothing,
}

/// `export`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOptions {
    /// What.
    pub what: ExportWhat,
    /// Of whom or of what; of everything where empty.
    pub filters: Vec<Filter>,
    /// Whether nothing may match.
    pub empty: Permission,
    /// The sheet to write; standard output if `None`.
    pub out: Option<PathBuf>,
    /// What becomes of a sheet that is there already.
    pub existing: Existing,
    /// Which organization is meant.
    pub target: Target,
}

/// What is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportWhat {
    /// `users`
    Users {
        /// Whether `set-groups` rows are written as well (`--exact`).
        exact: bool,
    },
    /// `licenses`
    Licenses,
    /// `groups`
    Groups,
    /// `moves`
    Moves(MoveOptions),
}

/// `export moves`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveOptions {
    /// The domain that is left.
    pub from: Domain,
    /// The domain that everybody moves to.
    pub to: Domain,
    /// How the new address is made (`{name}.{surname}@new.example`); the local part stays where `None`.
    pub address: Option<Pattern>,
    /// A list of real addresses, which go before the rule.
    pub addresses: Option<PathBuf>,
    /// Which columns its headers mean.
    pub columns: Vec<ColumnMapping>,
    /// Whose letters `ä`, `ö`, `ü`, `å` and `ø` are, as in `de` or `sv`.
    pub language: Option<Language>,
}

/// `rebalance`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebalanceOptions {
    /// Who was not seen for so long is idle.
    pub idle_for: Duration,
    /// How long a new account or seat is left alone.
    pub grace: Duration,
    /// How long an invitation may stay unaccepted.
    pub pending: Duration,
    /// Whether the seats of accounts that are gone are freed.
    pub orphans: bool,
    /// The sheet of wanted seats.
    pub wanted: Option<PathBuf>,
    /// Which columns its headers mean.
    pub columns: Vec<ColumnMapping>,
    /// Seats to free besides.
    pub free: Vec<(BundleCode, u64)>,
    /// Seats to leave free.
    pub reserve: Vec<(BundleCode, u64)>,
    /// The list of people whose seats are left alone.
    pub keep_list: Option<PathBuf>,
    /// Everybody who holds the first gets the second instead.
    pub swaps: Vec<(BundleCode, BundleCode)>,
    /// The only codes that are looked at; all where empty.
    pub only: Vec<BundleCode>,
    /// Whether all idle seats are freed, wanted or not.
    pub all: bool,
    /// The sheet to write; standard output if `None`.
    pub out: Option<PathBuf>,
    /// What becomes of a sheet that is there already.
    pub existing: Existing,
    /// Which organization is meant.
    pub target: Target,
}

/// Whether the user is asked before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// On a terminal; elsewhere the run is refused.
    Ask,
    /// `--yes`
    Given,
}

/// What to do while another run works on the organization or writes the results file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenLocked {
    /// End at once.
    Refuse,
    /// `--wait`
    Wait,
}

/// When failures stop a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxFailures {
    /// As soon as this many rows have failed.
    Rows(u64),
    /// As soon as this percentage of all rows has failed.
    Percent(f64),
}

/// What to do when rows are invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvalidRows {
    /// Refuse the sheet.
    #[default]
    Refuse,
    /// Run the others.
    Skip,
}

/// What to do when there are fewer free seats than the sheet needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnShortage {
    /// Stop before anything is sent.
    #[default]
    Stop,
    /// Give them out in the sheet's order.
    Fill,
}

/// What to do with the results of earlier runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlierResults {
    /// Continue where they end.
    Resume,
    /// Keep the old file under its date and start over.
    Again,
}

/// What to do with an invitation that is not accepted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PendingInvites {
    /// Nobody is mailed twice.
    #[default]
    Leave,
    /// Send it again.
    Resend,
}

/// `sandbox`; `None` means the sandbox's own default.
#[derive(Debug, Clone, PartialEq)]
pub struct SandboxOptions {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The file that keeps the organization between starts.
    pub state: Option<PathBuf>,
    /// The seed of users and faults.
    pub seed: Option<u64>,
    /// How many users there are at first.
    pub users: Option<u32>,
    /// How quotas are enforced.
    pub quotas: SandboxQuotas,
    /// How long every answer takes.
    pub latency: Option<Duration>,
    /// The fraction of requests that fail, from 0 to 1.
    pub faults: Option<f64>,
    /// The file that every request is written to.
    pub request_log: Option<PathBuf>,
}

/// How the sandbox's quotas are enforced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SandboxQuotas {
    /// As published, with windows that pass this many times as fast.
    Scaled(f64),
    /// There are none.
    None,
}

/// A shell with completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// bash
    Bash,
    /// elvish
    Elvish,
    /// fish
    Fish,
    /// `PowerShell`
    PowerShell,
    /// zsh
    Zsh,
}
