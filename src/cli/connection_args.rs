//! The flags of every subcommand that signs in.

use std::time::Duration;

use clap::{Args, ValueHint, value_parser};

use super::values;
use crate::settings::Overrides;

/// The flags of a subcommand, and how to reach the organization.
#[derive(Debug, Args)]
pub(super) struct Connected<T: Args> {
    #[command(flatten)]
    options: T,
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl<T: Args> Connected<T> {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> T {
        self.connection.apply(overrides);
        self.options
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(super) struct ConnectionArgs {
    /// The address of the installation [env: `UIPATH_URI`]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    uri: Option<String>,
    /// The organization's name in addresses [env: `UIPATH_ORGANIZATION`]
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
    /// The organization's GUID [env: `RESEAT_ORGANIZATION_ID`]
    #[arg(long, value_name = "GUID")]
    organization_id: Option<String>,
    /// The App ID of the external application [env: `UIPATH_CLIENT_ID`]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The most calls in flight (default 8)
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=i64::from(Overrides::MOST_CONCURRENCY)))]
    concurrency: Option<u32>,
    /// How often a call is retried after a fault (default 8)
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(..=i64::from(Overrides::MOST_RETRIES)))]
    retries: Option<u32>,
    /// The longest pause that the server may ask for (default 10m)
    #[arg(long, value_name = "TIME", value_parser = values::length)]
    max_wait: Option<Duration>,
}

impl ConnectionArgs {
    pub(super) fn apply(self, overrides: &mut Overrides) {
        overrides.uri = self.uri;
        overrides.organization = self.organization;
        overrides.organization_id = self.organization_id;
        overrides.client_id = self.client_id;
        overrides.concurrency = self.concurrency;
        overrides.retries = self.retries;
        overrides.max_wait = self.max_wait;
    }
}
