//! What the user asked for.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::choices::{OutputFormat, Shell, Verbosity};
use super::codes_args::CodesOptions;
use super::doctor_args::DoctorOptions;
use super::export_args::ExportOptions;
use super::rebalance_args::RebalanceOptions;
use super::report_args::ReportOptions;
use super::run_args::{PlanOptions, RunOptions};
use super::sandbox_args::SandboxOptions;
use super::sheet_args::CheckOptions;
use super::template_args::TemplateOptions;
use super::undo_args::UndoOptions;
use super::values;
use super::watch_args::WatchOptions;
use crate::settings::Overrides;

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
    Man(ManOptions),
}

/// `man`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ManOptions {
    /// The command whose page to print, as in `run` or `export-users`; reseat's own by default
    #[arg(value_name = "COMMAND", conflicts_with = "into")]
    pub command: Option<String>,
    /// Write the pages of all commands into this folder instead
    #[arg(long, value_name = "FOLDER", value_parser = values::path, value_hint = ValueHint::DirPath)]
    pub into: Option<PathBuf>,
}
