//! The flags of `undo`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::run_args::ConnectionArgs;
use super::values;
use super::{Comparison, UndoOptions};
use crate::model::RowSelection;
use crate::settings::Overrides;
use crate::sheet::Existing;

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
    /// The sheet to write, `.csv` or `.xlsx`; without it, CSV on standard output
    #[arg(long, short = 'o', value_name = "FILE", value_parser = values::sheet_to_write, value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// Replace the sheet if it is there already
    #[arg(long)]
    force: bool,
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
            out: self.out,
            existing: if self.force { Existing::Replaced } else { Existing::Kept },
        }
    }
}
