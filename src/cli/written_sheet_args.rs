//! Where a sheet goes that a subcommand writes.

use std::path::PathBuf;

use clap::ArgAction::SetTrue;
use clap::{Args, ValueHint};

use super::values::{self, given};
use crate::sheet::Existing;

/// Where a sheet goes, and what becomes of one that is there.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WrittenSheet {
    /// The sheet to write, `.csv` or `.xlsx`; without it, CSV on standard output
    #[arg(long, short = 'o', value_name = "FILE", value_parser = values::sheet_to_write, value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Replace the sheet if it is there already
    #[arg(long = "force", action = SetTrue, value_parser = given(Existing::Replaced))]
    pub existing: Existing,
}
