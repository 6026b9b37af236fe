//! The flags of `codes`.

use clap::Args;

use super::run_args::ConnectionArgs;
use super::{Asking, CodesOptions, Target};
use crate::settings::Overrides;

#[derive(Debug, Args)]
pub(super) struct CodesArgs {
    /// Ask no organization: list what is known without it
    #[arg(long, conflicts_with = "sandbox")]
    offline: bool,
    /// Ask a simulated organization inside the process instead of a real one
    #[arg(long)]
    sandbox: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl CodesArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> CodesOptions {
        self.connection.apply(overrides);
        CodesOptions {
            asking: Asking::unless(self.offline),
            target: Target::sandbox_if(self.sandbox),
        }
    }
}
