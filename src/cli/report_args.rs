//! The flags of `report`.

use std::path::PathBuf;

use clap::ArgAction::SetTrue;
use clap::{Args, ValueHint};

use super::values::{self, given};
use crate::run_report::Masking;
use crate::sheet::Existing;

/// `report`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ReportOptions {
    /// The results files; of several, a quarter's for instance, the sums are shown as well
    #[arg(value_name = "RESULTS", required = true, value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub paths: Vec<PathBuf>,
    /// The file to write, `.html` or `.xlsx`; without it, the page on standard output
    #[arg(long, short = 'o', value_name = "FILE", value_parser = values::report_to_write, value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there already
    #[arg(long = "force", action = SetTrue, value_parser = given(Existing::Replaced))]
    pub existing: Existing,
    /// Hide people's names and addresses in it
    #[arg(long = "mask", action = SetTrue, value_parser = given(Masking::Masked))]
    pub masking: Masking,
}
