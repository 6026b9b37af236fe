//! Where a sheet goes that a subcommand writes.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::values;
use crate::sheet::Existing;

#[derive(Debug, Args)]
pub(super) struct WrittenSheetArgs {
    /// The sheet to write, `.csv` or `.xlsx`; without it, CSV on standard output
    #[arg(long, short = 'o', value_name = "FILE", value_parser = values::sheet_to_write, value_hint = ValueHint::FilePath)]
    pub(super) out: Option<PathBuf>,
    /// Replace the sheet if it is there already
    #[arg(long)]
    force: bool,
}

impl WrittenSheetArgs {
    pub(super) fn existing(&self) -> Existing {
        if self.force { Existing::Replaced } else { Existing::Kept }
    }
}
