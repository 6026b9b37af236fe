//! The flags of `report`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::ReportOptions;
use super::page_args::{MaskArgs, PageFileArgs};
use super::values;

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The results files; of several, a quarter's for instance, the sums are shown as well
    #[arg(value_name = "RESULTS", required = true, value_parser = values::path, value_hint = ValueHint::FilePath)]
    paths: Vec<PathBuf>,
    /// The file to write, `.html` or `.xlsx`; without it, the page on standard output
    #[arg(long, short = 'o', value_name = "FILE", value_parser = values::report_to_write, value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
    #[command(flatten)]
    file: PageFileArgs,
    #[command(flatten)]
    mask: MaskArgs,
}

impl From<ReportArgs> for ReportOptions {
    fn from(args: ReportArgs) -> Self {
        Self {
            paths: args.paths,
            out: args.out,
            existing: args.file.existing(),
            masking: args.mask.masking(),
        }
    }
}
