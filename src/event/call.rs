//! What a call is counted by: its service and its method.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// An HTTP method, as the quotas and the summary count it, in the order tables show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, EnumString, Display, IntoStaticStr)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A service of the organization; each has quotas of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Service {
    /// `identity_`: users, groups, directory.
    Identity,
    /// `lease_`: user bundles and group rules.
    #[strum(serialize = "licence")]
    License,
    /// `portal_`: the web portal's back end.
    Portal,
    /// The token endpoint.
    #[strum(serialize = "sign-in")]
    Token,
}

impl Service {
    /// The word that messages use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
