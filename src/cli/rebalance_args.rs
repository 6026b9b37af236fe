//! The flags of `rebalance`.

use std::path::PathBuf;
use std::time::Duration;

use clap::ArgAction::{SetFalse, SetTrue};
use clap::{Args, ValueHint};

use super::choices::{ColumnMapping, Target};
use super::values::{self, given};
use super::written_sheet_args::WrittenSheet;
use crate::model::BundleCode;

/// `rebalance`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RebalanceOptions {
    /// Who has neither signed in nor used a licence for so long is idle
    #[arg(long, value_name = "TIME", value_parser = values::age_above_none, default_value = "90d")]
    pub idle_for: Duration,
    /// For so long a new account or a new seat is left alone
    #[arg(long, value_name = "TIME", value_parser = values::age, default_value = "30d")]
    pub grace: Duration,
    /// For so long an invitation may stay unaccepted
    #[arg(long, value_name = "TIME", value_parser = values::age, default_value = "60d")]
    pub pending: Duration,
    /// Leave the seats of accounts that are gone alone
    #[arg(long = "no-orphans", action = SetFalse)]
    pub orphans: bool,
    /// The sheet of wanted seats: `add-licenses` rows in order of priority
    #[arg(long, value_name = "SHEET", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub wanted: Option<PathBuf>,
    /// What a header of that sheet means, as in `Work e-mail=user`; may be repeated
    #[arg(long = "map", value_name = "HEADER=COLUMN", value_parser = values::column_mapping, requires = "wanted")]
    pub columns: Vec<ColumnMapping>,
    /// Seats to free besides, as in `ATTUNU=10`; may be repeated
    #[arg(long, value_name = "CODE=N", value_parser = values::seats)]
    pub free: Vec<(BundleCode, u64)>,
    /// Seats to leave free, as in `ATTUNU=5`; may be repeated
    #[arg(long, value_name = "CODE=N", value_parser = values::seats)]
    pub reserve: Vec<(BundleCode, u64)>,
    /// The list of people whose seats are left alone: a sheet with `user`, `reason` and `until`
    #[arg(long, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub keep_list: Option<PathBuf>,
    /// Give everybody who holds OLD the licence NEW instead; may be repeated
    #[arg(long = "swap", value_name = "OLD=NEW", value_parser = values::swap)]
    pub swaps: Vec<(BundleCode, BundleCode)>,
    /// Look at this licence only; may be repeated
    #[arg(long, value_name = "CODE", value_parser = values::code())]
    pub only: Vec<BundleCode>,
    /// Free all idle seats, wanted or not
    #[arg(long)]
    pub all: bool,
    /// The sheet to write.
    #[command(flatten)]
    pub sheet: WrittenSheet,
    /// Use a simulated organization inside the process instead of a real one
    #[arg(long = "sandbox", action = SetTrue, value_parser = given(Target::Sandbox))]
    pub target: Target,
}
