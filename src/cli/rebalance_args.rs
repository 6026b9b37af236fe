//! The flags of `rebalance`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::run_args::ConnectionArgs;
use super::values;
use super::written_sheet_args::WrittenSheetArgs;
use super::{ColumnMapping, RebalanceOptions, Target};
use crate::model::BundleCode;
use crate::settings::Overrides;

#[derive(Debug, Args)]
pub(super) struct RebalanceArgs {
    /// Who has neither signed in nor used a licence for so long is idle
    #[arg(long, value_name = "TIME", value_parser = values::age_above_none, default_value = "90d")]
    idle_for: Duration,
    /// For so long a new account or a new seat is left alone
    #[arg(long, value_name = "TIME", value_parser = values::age, default_value = "30d")]
    grace: Duration,
    /// For so long an invitation may stay unaccepted
    #[arg(long, value_name = "TIME", value_parser = values::age, default_value = "60d")]
    pending: Duration,
    /// Leave the seats of accounts that are gone alone
    #[arg(long)]
    no_orphans: bool,
    /// The sheet of wanted seats: `add-licenses` rows in order of priority
    #[arg(long, value_name = "SHEET", value_parser = values::path, value_hint = ValueHint::FilePath)]
    wanted: Option<PathBuf>,
    /// What a header of that sheet means, as in `Work e-mail=user`; may be repeated
    #[arg(long = "map", value_name = "HEADER=COLUMN", value_parser = values::column_mapping, requires = "wanted")]
    columns: Vec<ColumnMapping>,
    /// Seats to free besides, as in `ATTUNU=10`; may be repeated
    #[arg(long, value_name = "CODE=N", value_parser = values::seats)]
    free: Vec<(BundleCode, u64)>,
    /// Seats to leave free, as in `ATTUNU=5`; may be repeated
    #[arg(long, value_name = "CODE=N", value_parser = values::seats)]
    reserve: Vec<(BundleCode, u64)>,
    /// The list of people whose seats are left alone: a sheet with `user`, `reason` and `until`
    #[arg(long, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    keep_list: Option<PathBuf>,
    /// Give everybody who holds OLD the licence NEW instead; may be repeated
    #[arg(long = "swap", value_name = "OLD=NEW", value_parser = values::swap)]
    swaps: Vec<(BundleCode, BundleCode)>,
    /// Look at this licence only; may be repeated
    #[arg(long, value_name = "CODE")]
    only: Vec<String>,
    /// Free all idle seats, wanted or not
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    sheet: WrittenSheetArgs,
    /// Use a simulated organization inside the process instead of a real one
    #[arg(long)]
    sandbox: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl RebalanceArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> RebalanceOptions {
        self.connection.apply(overrides);
        RebalanceOptions {
            idle_for: self.idle_for,
            grace: self.grace,
            pending: self.pending,
            orphans: !self.no_orphans,
            wanted: self.wanted,
            columns: self.columns,
            free: self.free,
            reserve: self.reserve,
            keep_list: self.keep_list,
            swaps: self.swaps,
            only: self.only.iter().map(|code| BundleCode::new(code)).collect(),
            all: self.all,
            existing: self.sheet.existing(),
            out: self.sheet.out,
            target: Target::sandbox_if(self.sandbox),
        }
    }
}
