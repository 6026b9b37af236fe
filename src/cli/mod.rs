//! The command line: what was typed into a plain [`Invocation`].
//!
//! The only room that names clap; no clap type and no behaviour leaves it. Values that a profile can also set come out
//! as [`settings::Overrides`](crate::settings::Overrides).

mod advice;
mod args;
mod codes_args;
mod command;
mod completions;
mod doctor_args;
mod export_args;
mod manual;
mod page_args;
mod parse;
mod rebalance_args;
mod report_args;
mod run_args;
mod sandbox_args;
mod sheet_args;
mod template_args;
mod undo_args;
mod values;
mod watch_args;
mod written_sheet_args;

pub use command::{
    Asking, CheckOptions, CodesOptions, ColumnMapping, Command, Comparison, Confirmation, DoctorOptions,
    EarlierResults, ExportOptions, ExportWhat, HiddenRows, InvalidRows, Invocation, ManPages, MaxFailures, MoveOptions,
    OnShortage, OutputFormat, PendingInvites, Permission, PlanOptions, PlanPage, PlanningOptions, RebalanceOptions,
    ReportOptions, Rounds, RunOptions, SandboxOptions, SandboxQuotas, SheetOptions, Shell, Target, TemplateOptions,
    UndoOptions, Verbosity, WatchOptions, WhenLocked,
};
pub use completions::completions;
pub use manual::{ManualPage, manual, manual_pages};
pub use parse::{Refusal, Slip, parse};
pub use run_args::FLAGS_FOR_ROWS;
