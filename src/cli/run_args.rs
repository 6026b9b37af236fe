//! The flags of `plan` and `run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint, value_parser};

use super::sheet_args::{SheetArgs, SheetPathArg};
use super::values;
use super::{
    Confirmation, EarlierResults, InvalidRows, MaxFailures, OnShortage, PendingInvites, PlanOptions, PlanPage,
    PlanningOptions, RunOptions, WhenLocked,
};
use crate::intake::TypedMoment;
use crate::model::RowSelection;
use crate::run_report::Masking;
use crate::settings::Overrides;
use crate::sheet::Existing;

/// The flags about the rows of one sheet, by number or by count. Each has a value, and means other rows of any other
/// sheet.
pub const FLAGS_FOR_ROWS: [&str; 5] = [
    "--header-row",
    "--only",
    "--limit",
    "--onto-existing",
    "--without-carry-over",
];

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    path: SheetPathArg,
    #[command(flatten)]
    planning: PlanningArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Show the plan as if this day or moment had come, for rows that wait for their date
    #[arg(long, value_name = "DATE", conflicts_with = "save")]
    as_of: Option<TypedMoment>,
    /// Save the plan to this file, for `reseat run --plan`
    #[arg(long, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    save: Option<PathBuf>,
    /// Write the plan as a page for whoever approves it, `.html`
    #[arg(long = "out", short = 'o', value_name = "FILE", value_parser = values::page_to_write, value_hint = ValueHint::FilePath)]
    page: Option<PathBuf>,
    /// Replace that page if it is there already
    #[arg(long, requires = "page")]
    force: bool,
    /// Hide people's names and addresses in that page
    #[arg(long, requires = "page")]
    mask: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The sheet, as for `plan`; not needed with a saved plan
    #[arg(value_name = "SHEET", value_parser = values::path, value_hint = ValueHint::FilePath)]
    #[arg(required_unless_present = "saved_plan")]
    path: Option<PathBuf>,
    #[command(flatten)]
    planning: PlanningArgs,
    #[command(flatten)]
    guard: GuardArgs,
    #[command(flatten)]
    access: AccessArgs,
    #[command(flatten)]
    earlier: EarlierArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// What shapes a plan, the same for `plan` and `run`.
#[derive(Debug, Args)]
struct PlanningArgs {
    #[command(flatten)]
    sheet: SheetArgs,
    #[command(flatten)]
    part: PartArgs,
    #[command(flatten)]
    moves: MoveArgs,
    #[command(flatten)]
    results: ResultsFileArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What to do")]
struct PartArgs {
    /// Only these rows, as in `2-10,15` or `Leavers!2-10`
    #[arg(long, value_name = "ROWS")]
    only: Option<RowSelection>,
    /// At most this many rows
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// When there are too few free seats: stop before anything is sent (the default), or fill them in the sheet's order
    #[arg(long, value_name = "WHAT")]
    on_shortage: Option<OnShortageArg>,
    /// Let members of Administrators be deleted and offboarded, and `like` copy that group
    #[arg(long)]
    allow_admins: bool,
    /// Run the valid rows of a sheet that has invalid ones
    #[arg(long)]
    skip_invalid: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Invitations and moves")]
struct MoveArgs {
    /// Mail everybody whose invitation is pending once more
    #[arg(long)]
    resend: bool,
    /// With `--resend`: leave out those whom such a run has mailed within this time (default 7d)
    #[arg(long, value_name = "TIME", value_parser = values::age)]
    resend_after: Option<Duration>,
    /// Give deactivated accounts what the sheet asks for, too
    #[arg(long)]
    include_inactive: bool,
    /// The rows whose new address may be the account of somebody of another name, as in `2-10,15`
    #[arg(long, value_name = "ROWS")]
    onto_existing: Option<RowSelection>,
    /// The rows whose old account is deleted even if something cannot be carried over, as in `2-10,15`
    #[arg(long, value_name = "ROWS")]
    without_carry_over: Option<RowSelection>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Guards")]
struct GuardArgs {
    /// Run only if this plan, saved by `reseat plan --save`, still matches
    #[arg(long = "plan", value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with = "again")]
    saved_plan: Option<PathBuf>,
    /// Do not ask before the plan is carried out
    #[arg(long, short)]
    yes: bool,
    /// Confirm up to this many deletions beforehand
    #[arg(long, value_name = "N")]
    max_deletes: Option<u64>,
    /// Stop once this many rows have failed, as in `50` or `5%`
    #[arg(long, value_name = "N|P%", value_parser = values::max_failures)]
    max_failures: Option<MaxFailures>,
    /// Wait while another run on this computer works on the organization, instead of ending
    #[arg(long)]
    wait: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Guards")]
struct AccessArgs {
    /// Stop before anything is sent if more people than this would lose access
    #[arg(long, value_name = "N")]
    max_access_lost: Option<u64>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Results")]
struct ResultsFileArgs {
    /// The results file, instead of `<sheet>.results.csv` next to the sheet
    #[arg(long, value_name = "FILE", value_parser = values::results, value_hint = ValueHint::FilePath)]
    results: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Results")]
struct EarlierArgs {
    /// Start over; the old results are kept under their date
    #[arg(long)]
    again: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(super) struct ConnectionArgs {
    /// The address of the installation [env: `UIPATH_URI`]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    uri: Option<String>,
    /// The organization's name in addresses [env: `UIPATH_ORGANIZATION`]
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
    /// The organization's GUID [env: `RESEAT_ORGANIZATION_ID`]
    #[arg(long, value_name = "GUID")]
    organization_id: Option<String>,
    /// The App ID of the external application [env: `UIPATH_CLIENT_ID`]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The most calls in flight (default 8)
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=i64::from(Overrides::MOST_CONCURRENCY)))]
    concurrency: Option<u32>,
    /// How often a call is retried after a fault (default 8)
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(..=i64::from(Overrides::MOST_RETRIES)))]
    retries: Option<u32>,
    /// The longest pause that the server may ask for (default 10m)
    #[arg(long, value_name = "TIME", value_parser = values::length)]
    max_wait: Option<Duration>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnShortageArg {
    Stop,
    Fill,
}

impl From<OnShortageArg> for OnShortage {
    fn from(arg: OnShortageArg) -> Self {
        match arg {
            OnShortageArg::Stop => Self::Stop,
            OnShortageArg::Fill => Self::Fill,
        }
    }
}

impl ConnectionArgs {
    pub(super) fn apply(self, overrides: &mut Overrides) {
        overrides.uri = self.uri;
        overrides.organization = self.organization;
        overrides.organization_id = self.organization_id;
        overrides.client_id = self.client_id;
        overrides.concurrency = self.concurrency;
        overrides.retries = self.retries;
        overrides.max_wait = self.max_wait;
    }
}

impl From<PlanningArgs> for PlanningOptions {
    fn from(args: PlanningArgs) -> Self {
        let PlanningArgs {
            sheet,
            part,
            moves,
            results,
        } = args;
        Self {
            sheet: sheet.into(),
            only: part.only,
            limit: part.limit.and_then(|limit| usize::try_from(limit).ok()),
            on_shortage: part.on_shortage.map(OnShortage::from),
            admins: part.allow_admins.into(),
            invalid_rows: if part.skip_invalid {
                InvalidRows::Skip
            } else {
                InvalidRows::Refuse
            },
            pending_invites: if moves.resend {
                PendingInvites::Resend
            } else {
                PendingInvites::Leave
            },
            resend_after: moves.resend_after,
            inactive: moves.include_inactive.into(),
            onto_existing: moves.onto_existing,
            without_carry_over: moves.without_carry_over,
            results: results.results,
        }
    }
}

impl PlanArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> PlanOptions {
        self.connection.apply(overrides);
        let (existing, masking) = (
            if self.force { Existing::Replaced } else { Existing::Kept },
            if self.mask { Masking::Masked } else { Masking::Shown },
        );
        PlanOptions {
            path: self.path.path,
            planning: self.planning.into(),
            max_access_lost: self.access.max_access_lost,
            as_of: self.as_of,
            save: self.save,
            page: self.page.map(|out| PlanPage { out, existing, masking }),
        }
    }
}

impl RunArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> RunOptions {
        self.connection.apply(overrides);
        RunOptions {
            path: self.path,
            planning: self.planning.into(),
            saved_plan: self.guard.saved_plan,
            confirmation: if self.guard.yes {
                Confirmation::Given
            } else {
                Confirmation::Ask
            },
            max_deletes: self.guard.max_deletes,
            max_access_lost: self.access.max_access_lost,
            max_failures: self.guard.max_failures,
            when_locked: if self.guard.wait {
                WhenLocked::Wait
            } else {
                WhenLocked::Refuse
            },
            earlier_results: if self.earlier.again {
                EarlierResults::Again
            } else {
                EarlierResults::Resume
            },
        }
    }
}
