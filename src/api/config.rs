//! What a client has to know of the organization and of how to treat it.

use secrecy::SecretString;

use super::BaseUrl;
use crate::model::Capabilities;
use crate::pace::{Limits, RetryPolicy};

/// What a client has to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The installation's address.
    pub uri: BaseUrl,
    /// The organization's name in addresses (its slug).
    pub organization: String,
    /// How to sign in.
    pub credentials: Credentials,
    /// The identity service's own address for signing in; `{uri}/identity_` where absent.
    pub identity_uri: Option<BaseUrl>,
    /// Where the services are.
    pub routes: Routes,
    /// What the deployment offers.
    pub capabilities: Capabilities,
    /// How many calls may be sent.
    pub limits: Limits,
    /// The most calls in flight.
    pub concurrency: u32,
    /// How much is tried after a fault.
    pub retry: RetryPolicy,
    /// The seed of the jitter between retries; `None` for a random one.
    pub seed: Option<u64>,
}

impl Config {
    /// A client of Automation Cloud with everything else at its default.
    pub fn new(uri: BaseUrl, organization: impl Into<String>, credentials: Credentials) -> Self {
        Self {
            uri,
            organization: organization.into(),
            credentials,
            identity_uri: None,
            routes: Routes::default(),
            capabilities: Capabilities::default(),
            limits: Limits::published(),
            concurrency: 8,
            retry: RetryPolicy::default(),
            seed: None,
        }
    }
}

/// How to sign in.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An external application of the confidential kind.
    Client {
        /// Its id.
        id: String,
        /// Its secret.
        secret: SecretString,
        /// The scopes to ask for; where absent, those that reseat needs, else whatever the application has.
        scopes: Option<Vec<String>>,
    },
    /// A personal access token, used as it is.
    Token(SecretString),
    /// A user's own name and password (Automation Suite).
    Ropc {
        /// The user name or address.
        username: String,
        /// The password.
        password: SecretString,
        /// The tenant to sign in to.
        tenancy: String,
    },
}

/// Where the services are, below the installation's address. `{org}` is replaced by the organization's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes {
    /// The identity service; organization-level, because newer organizations answer the host-level route with
    /// `InvalidPartition`.
    pub identity: String,
    /// The licence accountant.
    pub license: String,
    /// The web portal's back end; where it does not answer, the same with another `portal_` behind it is tried.
    pub portal: String,
    /// The page that an invitation leads to.
    pub accept_invite: String,
}

impl Default for Routes {
    fn default() -> Self {
        Self {
            identity: "{org}/identity_".to_owned(),
            license: "{org}/lease_".to_owned(),
            portal: "{org}/portal_".to_owned(),
            accept_invite: "portal_/acceptInvite".to_owned(),
        }
    }
}
