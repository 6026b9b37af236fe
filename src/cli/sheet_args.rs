//! The flags of every subcommand that reads a sheet.

use std::path::PathBuf;

use clap::ArgAction::SetTrue;
use clap::{Args, ValueHint, value_parser};

use super::choices::{ColumnMapping, Target};
use super::values::{self, given};
use crate::model::OperationKind;
use crate::sheet::NamedEncoding;

/// `check`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct CheckOptions {
    /// The sheet: .csv, .tsv, .xlsx, .xlsm, .xlsb, .xls or .ods; `-` reads it from standard input
    #[arg(value_name = "SHEET", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub path: PathBuf,
    /// How to read it.
    #[command(flatten)]
    pub sheet: SheetOptions,
}

/// How to read a sheet, and for which organization.
#[derive(Debug, Clone, PartialEq, Eq, Default, Args)]
#[command(next_help_heading = "Sheet options")]
pub struct SheetOptions {
    /// The operation of rows that name none
    #[arg(long, value_name = "OPERATION", value_parser = values::operation())]
    pub operation: Option<OperationKind>,
    /// What a header of the sheet means, as in `Work e-mail=user`; may be repeated
    #[arg(long = "map", value_name = "HEADER=COLUMN", value_parser = values::column_mapping)]
    pub columns: Vec<ColumnMapping>,
    /// The worksheet to read; without it, all that have a header that reseat knows; may be repeated
    #[arg(long = "sheet", value_name = "NAME")]
    pub sheets: Vec<String>,
    /// The encoding of a CSV or an old .xls that does not say it itself, as in `windows-1250`, `shift_jis` or `cp850`
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<NamedEncoding>,
    /// The row that is the header; without it, the one of the first twenty with the most headers that reseat knows
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1_048_576))]
    pub header_row: Option<u32>,
    /// Leave out hidden rows and worksheets, and rows that a filter hides
    #[arg(long)]
    pub visible_only: bool,
    /// Accept unknown licence codes
    #[arg(long)]
    pub allow_unknown_codes: bool,
    /// Let an update set the first e-mail address of an account
    #[arg(long)]
    pub allow_email_update: bool,
    /// Use a simulated organization inside the process instead of a real one
    #[arg(long = "sandbox", action = SetTrue, value_parser = given(Target::Sandbox))]
    pub target: Target,
}
