//! The flags of `undo`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::run_args::ConnectionArgs;
use super::values;
use super::written_sheet_args::WrittenSheetArgs;
use super::{Comparison, UndoOptions};
use crate::model::RowSelection;
use crate::settings::Overrides;

#[derive(Debug, Args)]
pub(super) struct UndoArgs {
    /// The results file of the run
    #[arg(value_name = "RESULTS", value_parser = values::path, value_hint = ValueHint::FilePath)]
    path: PathBuf,
    /// Only what these rows changed, as in `2-10,15` or `Leavers!2-10`
    #[arg(long, value_name = "ROWS")]
    only: Option<RowSelection>,
    /// Compare with nothing: no network, no profile
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    sheet: WrittenSheetArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl UndoArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> UndoOptions {
        self.connection.apply(overrides);
        UndoOptions {
            path: self.path,
            only: self.only,
            comparison: if self.offline {
                Comparison::WithNothing
            } else {
                Comparison::WithThePresent
            },
            existing: self.sheet.existing(),
            out: self.sheet.out,
        }
    }
}
