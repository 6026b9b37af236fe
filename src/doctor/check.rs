//! What is looked at.

use strum::{EnumIter, IntoStaticStr};

/// What is looked at, in this order. Some are looked at several times, for each host or route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Check {
    /// The configuration, and where each value comes from.
    Configuration,
    /// Whether the secret can be read; it is never shown.
    Secret,
    /// The folder for what is remembered between runs.
    StateFolder,
    /// The proxy that leads to the service, if any.
    Proxy,
    /// Whether the host's name is known.
    Dns,
    /// The connection, and the certificate of the server.
    Tls,
    /// The clock of this computer against the server's.
    Clock,
    /// Whether there is a token to be had.
    Token,
    /// What the token permits.
    Scopes,
    /// Whether name and id of the organization are those of the token.
    Organization,
    /// Whether a route answers.
    Route,
    /// By which routes licences can be read.
    LicenseReads,
    /// How much of the quota is left, as remembered.
    Quota,
}

impl Check {
    /// The word in JSON output.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Configuration => "Configuration",
            Self::Secret => "Secret",
            Self::StateFolder => "State folder",
            Self::Proxy => "Proxy",
            Self::Dns => "Name lookup",
            Self::Tls => "Connection and certificate",
            Self::Clock => "Clock",
            Self::Token => "Sign-in",
            Self::Scopes => "Scopes",
            Self::Organization => "Organization",
            Self::Route => "Routes",
            Self::LicenseReads => "Licences",
            Self::Quota => "Quota",
        }
    }
}
