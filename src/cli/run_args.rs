//! The flags of `plan` and `run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::ArgAction::SetTrue;
use clap::{Args, ValueHint};

use super::choices::{Confirmation, EarlierResults, PlanPage, WhenLocked};
use super::sheet_args::SheetOptions;
use super::values::{self, given};
use crate::engine::MaxFailures;
use crate::intake::TypedMoment;
use crate::model::RowSelection;
use crate::plan::{Administrators, Inactive, OnShortage, Pending};
use crate::run_report::Masking;
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

// The headings in the help.
const WHAT_TO_DO: &str = "What to do";
const MOVES: &str = "Invitations and moves";
const GUARDS: &str = "Guards";
const RESULTS: &str = "Results";

/// `plan`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct PlanOptions {
    /// The sheet: .csv, .tsv, .xlsx, .xlsm, .xlsb, .xls or .ods; `-` reads it from standard input
    #[arg(value_name = "SHEET", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub path: PathBuf,
    /// What shapes the plan.
    #[command(flatten)]
    pub planning: PlanningOptions,
    /// Stop before anything is sent if more people than this would lose access
    #[arg(long, value_name = "N", help_heading = GUARDS)]
    pub max_access_lost: Option<u64>,
    /// Show the plan as if this day or moment had come, for rows that wait for their date
    #[arg(long, value_name = "DATE", conflicts_with = "save", help_heading = GUARDS)]
    pub as_of: Option<TypedMoment>,
    /// Save the plan to this file, for `reseat run --plan`
    #[arg(long, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    #[arg(help_heading = GUARDS)]
    pub save: Option<PathBuf>,
    /// Write the plan as a page for whoever approves it, `.html`
    #[arg(long, short = 'o', value_name = "FILE", value_parser = values::page_to_write, value_hint = ValueHint::FilePath)]
    #[arg(help_heading = GUARDS)]
    pub out: Option<PathBuf>,
    /// Replace that page if it is there already
    #[arg(long = "force", action = SetTrue, value_parser = given(Existing::Replaced), requires = "out")]
    #[arg(help_heading = GUARDS)]
    pub existing: Existing,
    /// Hide people's names and addresses in that page
    #[arg(long = "mask", action = SetTrue, value_parser = given(Masking::Masked), requires = "out")]
    #[arg(help_heading = GUARDS)]
    pub masking: Masking,
}

impl PlanOptions {
    /// The page to write.
    pub fn page(&self) -> Option<PlanPage> {
        let (existing, masking) = (self.existing, self.masking);
        self.out.clone().map(|out| PlanPage { out, existing, masking })
    }
}

/// `run`
#[derive(Debug, Clone, PartialEq, Args)]
pub struct RunOptions {
    /// The sheet, as for `plan`; not needed with a saved plan
    #[arg(value_name = "SHEET", value_parser = values::path, value_hint = ValueHint::FilePath)]
    #[arg(required_unless_present = "saved_plan")]
    pub path: Option<PathBuf>,
    /// What shapes the plan.
    #[command(flatten)]
    pub planning: PlanningOptions,
    /// Run only if this plan, saved by `reseat plan --save`, still matches
    #[arg(long = "plan", value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with = "earlier_results", help_heading = GUARDS)]
    pub saved_plan: Option<PathBuf>,
    /// Do not ask before the plan is carried out
    #[arg(long = "yes", short = 'y', action = SetTrue, value_parser = given(Confirmation::Given), help_heading = GUARDS)]
    pub confirmation: Confirmation,
    /// Confirm up to this many deletions beforehand
    #[arg(long, value_name = "N", help_heading = GUARDS)]
    pub max_deletes: Option<u64>,
    /// Stop once this many rows have failed, as in `50` or `5%`
    #[arg(long, value_name = "N|P%", value_parser = values::max_failures, help_heading = GUARDS)]
    pub max_failures: Option<MaxFailures>,
    /// Wait while another run on this computer works on the organization, instead of ending
    #[arg(long = "wait", action = SetTrue, value_parser = given(WhenLocked::Wait), help_heading = GUARDS)]
    pub when_locked: WhenLocked,
    /// Stop before anything is sent if more people than this would lose access
    #[arg(long, value_name = "N", help_heading = GUARDS)]
    pub max_access_lost: Option<u64>,
    /// Start over; the old results are kept under their date
    #[arg(long = "again", action = SetTrue, value_parser = given(EarlierResults::Again), help_heading = RESULTS)]
    pub earlier_results: EarlierResults,
}

/// What shapes a plan. The default applies where nothing is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Args)]
pub struct PlanningOptions {
    /// How to read the sheet.
    #[command(flatten)]
    pub sheet: SheetOptions,
    /// Only these rows, as in `2-10,15` or `Leavers!2-10`
    #[arg(long, value_name = "ROWS", help_heading = WHAT_TO_DO)]
    pub only: Option<RowSelection>,
    /// At most this many rows, besides those that wait for an invitation to be accepted
    #[arg(long, value_name = "N", value_parser = values::limit(), help_heading = WHAT_TO_DO)]
    pub limit: Option<usize>,
    /// When there are too few free seats: stop before anything is sent (the default), or fill them in the sheet's order
    #[arg(long, value_name = "WHAT", value_parser = values::word::<OnShortage>(), help_heading = WHAT_TO_DO)]
    pub on_shortage: Option<OnShortage>,
    /// Let members of Administrators be deleted and offboarded, and `like` copy that group
    #[arg(long = "allow-admins", action = SetTrue, value_parser = given(Administrators::MayGo), help_heading = WHAT_TO_DO)]
    pub administrators: Administrators,
    /// Run the valid rows of a sheet that has invalid ones
    #[arg(long, help_heading = WHAT_TO_DO)]
    pub skip_invalid: bool,
    /// Mail everybody whose invitation is pending once more
    #[arg(long = "resend", action = SetTrue, value_parser = given(Pending::Resend), help_heading = MOVES)]
    pub pending: Pending,
    /// With `--resend`: leave out those whom such a run has mailed within this time (default 7d)
    #[arg(long, value_name = "TIME", value_parser = values::age, help_heading = MOVES)]
    pub resend_after: Option<Duration>,
    /// Give deactivated accounts what the sheet asks for, too
    #[arg(long = "include-inactive", action = SetTrue, value_parser = given(Inactive::Included), help_heading = MOVES)]
    pub inactive: Inactive,
    /// The rows whose new address may be the account of somebody of another name, as in `2-10,15`
    #[arg(long, value_name = "ROWS", help_heading = MOVES)]
    pub onto_existing: Option<RowSelection>,
    /// The rows whose old account is deleted even if something cannot be carried over, as in `2-10,15`
    #[arg(long, value_name = "ROWS", help_heading = MOVES)]
    pub without_carry_over: Option<RowSelection>,
    /// The results file, instead of `<sheet>.results.csv` next to the sheet
    #[arg(long, value_name = "FILE", value_parser = values::results, value_hint = ValueHint::FilePath)]
    #[arg(help_heading = RESULTS)]
    pub results: Option<PathBuf>,
}
