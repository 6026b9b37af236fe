//! Which organization a command works on, as people and programs are told it.

use std::fmt;

use serde::Serialize;

use crate::cli::Target;
use crate::model::OrganizationId;
use crate::settings::{Connection, Settings};

/// Which organization a command works on, as it is known before anybody is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::app) enum OrganizationLabel {
    /// A simulated one inside the process.
    Simulated,
    /// The one that the settings name.
    Configured {
        /// Its name in addresses.
        name: String,
        /// The profile that names it; `None` where flags and variables do without one.
        profile: Option<String>,
        /// The installation's address.
        uri: String,
    },
}

impl OrganizationLabel {
    /// The label of the organization that these settings, or `--sandbox`, mean; `None` where they mean none.
    pub(in crate::app) fn of(settings: &Settings, target: Target) -> Option<Self> {
        match target {
            Target::Sandbox => Some(Self::Simulated),
            Target::Configured => {
                let connection = settings.connection.as_ref();
                connection.map(|connection| Self::configured(connection, settings))
            }
        }
    }

    /// The label of the one that this connection of the settings leads to.
    pub(in crate::app) fn configured(connection: &Connection, settings: &Settings) -> Self {
        Self::Configured {
            name: connection.organization.clone(),
            profile: settings.profile.clone(),
            uri: connection.uri.to_string(),
        }
    }

    /// The same for programs.
    pub(in crate::app) fn shape(&self, id: OrganizationId) -> OrganizationShape<'_> {
        match self {
            Self::Simulated => OrganizationShape {
                id,
                name: None,
                profile: None,
                uri: None,
                simulated: true,
            },
            Self::Configured { name, profile, uri } => OrganizationShape {
                id,
                name: Some(name),
                profile: profile.as_deref(),
                uri: Some(uri),
                simulated: false,
            },
        }
    }
}

/// An organization that was asked: its label and its id.
#[derive(Debug, Clone)]
pub(in crate::app) struct Whose {
    pub(in crate::app) id: OrganizationId,
    pub(in crate::app) label: OrganizationLabel,
}

impl Whose {
    /// As the member of a command's JSON object.
    pub(in crate::app) fn shape(&self) -> OrganizationShape<'_> {
        self.label.shape(self.id)
    }
}

/// As in `` `acme` (profile `production`, https://cloud.uipath.com) ``.
impl fmt::Display for OrganizationLabel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simulated => out.write_str("the simulated organization"),
            Self::Configured {
                name,
                profile: Some(profile),
                uri,
            } => write!(out, "`{name}` (profile `{profile}`, {uri})"),
            Self::Configured {
                name,
                profile: None,
                uri,
            } => write!(out, "`{name}` ({uri})"),
        }
    }
}

/// The member `organization` of a command's JSON object; `docs/json.md` is its contract.
#[derive(Debug, Clone, Copy, Serialize)]
pub(in crate::app) struct OrganizationShape<'a> {
    id: OrganizationId,
    name: Option<&'a str>,
    profile: Option<&'a str>,
    uri: Option<&'a str>,
    simulated: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_is_named_with_its_profile_and_address() {
        let named = |profile: Option<&str>| OrganizationLabel::Configured {
            name: "acme".to_owned(),
            profile: profile.map(str::to_owned),
            uri: "https://cloud.uipath.com".to_owned(),
        };
        assert_eq!(
            named(Some("second")).to_string(),
            "`acme` (profile `second`, https://cloud.uipath.com)"
        );
        assert_eq!(named(None).to_string(), "`acme` (https://cloud.uipath.com)");
        assert_eq!(OrganizationLabel::Simulated.to_string(), "the simulated organization");
    }
}
