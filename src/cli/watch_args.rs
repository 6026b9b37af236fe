//! The flags of `watch`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::choices::Rounds;
use super::values;

/// How often the folder is looked at by the clock, where nothing else is said.
const USUAL: Duration = Duration::from_secs(30);

/// `watch`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WatchOptions {
    /// The folder that sheets are dropped into
    #[arg(value_name = "INBOX", value_parser = values::path, value_hint = ValueHint::DirPath)]
    pub inbox: PathBuf,
    /// Run what is there and end
    #[arg(long, conflicts_with = "every")]
    once: bool,
    /// How often to look by the clock, where files are not announced (default 30s)
    #[arg(long, value_name = "TIME", value_parser = values::round)]
    every: Option<Duration>,
}

impl WatchOptions {
    /// How long to go on.
    pub fn rounds(&self) -> Rounds {
        if self.once {
            Rounds::One
        } else {
            Rounds::Every(self.every.unwrap_or(USUAL))
        }
    }
}
