//! The flags of `doctor`.

use clap::Args;

use super::DoctorOptions;
use super::run_args::ConnectionArgs;
use crate::settings::Overrides;

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Write what was found into a `reseat.toml`; never a secret
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl DoctorArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> DoctorOptions {
        self.connection.apply(overrides);
        DoctorOptions { write: self.write }
    }
}
