//! What is said of a file for people who were not there.

use clap::Args;

use crate::run_report::Masking;
use crate::sheet::Existing;

#[derive(Debug, Args)]
pub(super) struct PageFileArgs {
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
}

impl PageFileArgs {
    pub(super) fn existing(&self) -> Existing {
        if self.force { Existing::Replaced } else { Existing::Kept }
    }
}

#[derive(Debug, Args)]
pub(super) struct MaskArgs {
    /// Hide people's names and addresses in it
    #[arg(long)]
    mask: bool,
}

impl MaskArgs {
    pub(super) fn masking(&self) -> Masking {
        if self.mask { Masking::Masked } else { Masking::Shown }
    }
}
