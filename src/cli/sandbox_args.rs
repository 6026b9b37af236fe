//! The flags of `sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint, value_parser};

use super::values;

/// `sandbox`; `None` means the sandbox's own default.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(next_help_heading = "Sandbox options")]
pub struct SandboxOptions {
    /// The address and port to listen on; port 0 picks any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8484")]
    pub listen: SocketAddr,
    /// Keep the organization in this file between starts
    #[arg(long, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub state: Option<PathBuf>,
    /// The seed of generated users and faults
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How many users to generate, instead of the sixty of the demo company
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(..=1_000_000))]
    pub users: Option<u32>,
    /// Make the quota windows pass this many times as fast
    #[arg(long, value_name = "FACTOR", value_parser = values::factor, default_value = "1")]
    pub quota_scale: f64,
    /// Enforce no quotas
    #[arg(long, conflicts_with = "quota_scale")]
    pub no_quotas: bool,
    /// Make every answer take at least this long, as in `50ms`
    #[arg(long, value_name = "TIME", value_parser = values::length)]
    pub latency: Option<Duration>,
    /// The fraction of requests that fail, as in `0.05`
    #[arg(long, value_name = "RATE", value_parser = values::part)]
    pub faults: Option<f64>,
    /// Write a line about every request to this file
    #[arg(long, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub request_log: Option<PathBuf>,
}
