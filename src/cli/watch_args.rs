//! The flags of `watch`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::values;
use super::{Rounds, WatchOptions};

/// How often the folder is looked at by the clock, where nothing else is said.
const USUAL: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    /// The folder that sheets are dropped into
    #[arg(value_name = "INBOX", value_parser = values::path, value_hint = ValueHint::DirPath)]
    inbox: PathBuf,
    /// Run what is there and end
    #[arg(long, conflicts_with = "every")]
    once: bool,
    /// How often to look by the clock, where files are not announced (default 30s)
    #[arg(long, value_name = "TIME", value_parser = values::age)]
    every: Option<Duration>,
}

impl From<WatchArgs> for WatchOptions {
    fn from(args: WatchArgs) -> Self {
        Self {
            inbox: args.inbox,
            rounds: if args.once {
                Rounds::One
            } else {
                Rounds::Every(args.every.unwrap_or(USUAL))
            },
        }
    }
}
