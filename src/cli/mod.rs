//! The command line: what was typed into a plain [`Invocation`].
//!
//! The only room that names clap; no clap type and no behaviour leaves it. Values that a profile can also set come out
//! as [`settings::Overrides`](crate::settings::Overrides).

mod advice;
mod args;
mod choices;
mod codes_args;
mod command;
mod completions;
mod connection_args;
mod doctor_args;
mod export_args;
mod manual;
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

pub use choices::{
    Asking, ColumnMapping, Confirmation, EarlierResults, OutputFormat, PlanPage, Rounds, Shell, Target, Verbosity,
    WhenLocked,
};
pub use codes_args::CodesOptions;
pub use command::{Command, Invocation, ManOptions};
pub use completions::completions;
pub use doctor_args::DoctorOptions;
pub use export_args::{ExportOptions, ExportWhat, MoveOptions};
pub use manual::{ManualPage, manual, manual_pages};
pub use parse::{Refusal, Slip, parse};
pub use rebalance_args::RebalanceOptions;
pub use report_args::ReportOptions;
pub use run_args::{FLAGS_FOR_ROWS, PlanOptions, PlanningOptions, RunOptions};
pub use sandbox_args::SandboxOptions;
pub use sheet_args::{CheckOptions, SheetOptions};
pub use template_args::TemplateOptions;
pub use undo_args::UndoOptions;
pub use watch_args::WatchOptions;
pub use written_sheet_args::WrittenSheet;
