//! The flags of `doctor`.

use clap::Args;

/// `doctor`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct DoctorOptions {
    /// Write what was found into a `reseat.toml`; never a secret
    #[arg(long)]
    pub write: bool,
}
