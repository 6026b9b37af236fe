//! The flags of `codes`.

use clap::ArgAction::SetTrue;
use clap::Args;

use super::choices::{Asking, Target};
use super::values::given;

/// `codes`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct CodesOptions {
    /// Ask no organization: list what is known without it
    #[arg(long = "offline", action = SetTrue, value_parser = given(Asking::Never), conflicts_with = "target")]
    pub asking: Asking,
    /// Ask a simulated organization inside the process instead of a real one
    #[arg(long = "sandbox", action = SetTrue, value_parser = given(Target::Sandbox))]
    pub target: Target,
}
