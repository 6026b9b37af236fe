//! The flags of `undo`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::values;
use super::written_sheet_args::WrittenSheet;
use crate::model::RowSelection;

/// `undo`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct UndoOptions {
    /// The results file of the run
    #[arg(value_name = "RESULTS", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub path: PathBuf,
    /// Only what these rows changed, as in `2-10,15` or `Leavers!2-10`
    #[arg(long, value_name = "ROWS")]
    pub only: Option<RowSelection>,
    /// Compare with nothing: no network, no profile
    #[arg(long)]
    pub offline: bool,
    /// The sheet to write.
    #[command(flatten)]
    pub sheet: WrittenSheet,
}
