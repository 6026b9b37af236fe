//! The flags of every subcommand that reads a sheet.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::values;
use super::{CheckOptions, ColumnMapping, HiddenRows, Permission, SheetOptions, Target};
use crate::model::OperationKind;
use crate::sheet::NamedEncoding;

#[derive(Debug, Args)]
pub(super) struct SheetPathArg {
    /// The sheet: .csv, .tsv, .xlsx, .xlsm, .xlsb, .xls or .ods; `-` reads it from standard input
    #[arg(value_name = "SHEET", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub(super) path: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    path: SheetPathArg,
    #[command(flatten)]
    sheet: SheetArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Sheet options")]
#[expect(clippy::struct_excessive_bools, reason = "a flag is there or not")]
pub(super) struct SheetArgs {
    /// The operation of rows that name none
    #[arg(long, value_name = "OPERATION", value_parser = values::operation())]
    operation: Option<OperationKind>,
    /// What a header of the sheet means, as in `Work e-mail=user`; may be repeated
    #[arg(long = "map", value_name = "HEADER=COLUMN", value_parser = values::column_mapping)]
    columns: Vec<ColumnMapping>,
    /// The worksheet to read; without it, all that have a header that reseat knows; may be repeated
    #[arg(long = "sheet", value_name = "NAME")]
    sheets: Vec<String>,
    /// The encoding of a CSV or an old .xls that does not say it itself, as in `windows-1250`, `shift_jis` or `cp850`
    #[arg(long, value_name = "NAME")]
    encoding: Option<NamedEncoding>,
    /// The row that is the header; without it, the one of the first twenty with the most headers that reseat knows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    header_row: Option<u32>,
    /// Leave out hidden rows and worksheets, and rows that a filter hides
    #[arg(long)]
    visible_only: bool,
    /// Accept unknown licence codes
    #[arg(long)]
    allow_unknown_codes: bool,
    /// Let an update set the first e-mail address of an account
    #[arg(long)]
    allow_email_update: bool,
    /// Use a simulated organization inside the process instead of a real one
    #[arg(long)]
    sandbox: bool,
}

impl From<bool> for Permission {
    fn from(given: bool) -> Self {
        if given { Self::Allowed } else { Self::Refused }
    }
}

impl From<CheckArgs> for CheckOptions {
    fn from(args: CheckArgs) -> Self {
        Self {
            path: args.path.path,
            sheet: args.sheet.into(),
        }
    }
}

impl From<SheetArgs> for SheetOptions {
    fn from(args: SheetArgs) -> Self {
        Self {
            operation: args.operation,
            columns: args.columns,
            sheets: args.sheets,
            encoding: args.encoding,
            header_row: args.header_row,
            hidden_rows: if args.visible_only {
                HiddenRows::LeaveOut
            } else {
                HiddenRows::Run
            },
            unknown_codes: args.allow_unknown_codes.into(),
            email_update: args.allow_email_update.into(),
            target: Target::sandbox_if(args.sandbox),
        }
    }
}
