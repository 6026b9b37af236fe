//! Which organization, where, and how to sign in.

use std::path::PathBuf;

use super::credentials::{Credentials, credentials};
use super::finding::SettingFault;
use super::inputs::Overrides;
use super::layers::Layers;
use super::section::Located;
use crate::api::{BaseUrl, BaseUrlError};
use crate::model::{Deployment, OrganizationId};

/// Everything needed to reach an organization.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The installation's address.
    pub uri: BaseUrl,
    /// The identity service's own address for signing in; `{uri}/identity_` where absent (`uipath-api`, 2.2).
    pub identity_uri: Option<BaseUrl>,
    /// The organization's name in addresses.
    pub organization: String,
    /// The organization's GUID; where absent, the token has to tell it.
    pub organization_id: Option<OrganizationId>,
    /// How to sign in.
    pub credentials: Credentials,
    /// Certificates (PEM) to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
}

/// Which organization is meant, as far as the settings say so without a way to sign in: enough to find what is remembered
/// of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The installation's address.
    pub uri: BaseUrl,
    /// The organization's name in addresses.
    pub organization: String,
    /// The organization's GUID, where it is configured.
    pub organization_id: Option<OrganizationId>,
}

/// Where to find the organization's GUID (`uipath-api`, 1.4).
pub const FIND_ID: &str = "sign in to the portal as an administrator and open \
    Admin: the GUID is the value of `organizationId` in the address bar";

/// Reads all of it, so that every fault is reported, then puts it together: which organization is meant, and the whole
/// connection to it.
pub(super) fn connection(
    layers: &mut Layers<'_>,
    overrides: &Overrides,
    deployment: Deployment,
) -> (Option<Address>, Option<Connection>) {
    let uri = uri(layers, overrides, deployment);
    let identity_uri = identity_uri(layers);
    let organization = organization(layers, overrides);
    let organization_id = organization_id(layers, overrides);
    let credentials = credentials(layers, overrides);
    let ca_file = layers.profile.path("ca_file");
    let (Some(uri), Some(organization)) = (uri, organization) else {
        return (None, None);
    };
    let address = Address {
        uri,
        organization,
        organization_id,
    };
    let connection = credentials.map(|credentials| Connection {
        uri: address.uri.clone(),
        identity_uri,
        organization: address.organization.clone(),
        organization_id,
        credentials,
        ca_file,
    });
    (Some(address), connection)
}

fn uri(layers: &mut Layers<'_>, overrides: &Overrides, deployment: Deployment) -> Option<BaseUrl> {
    let said = layers.text(overrides.uri.as_ref(), "UIPATH_URI", "uri");
    let known = match deployment {
        Deployment::Cloud | Deployment::TestCloud => Some("https://cloud.uipath.com"),
        Deployment::PublicSector => Some("https://govcloud.uipath.us"),
        Deployment::Dedicated | Deployment::AutomationSuite => None,
    };
    let said = said.or_else(|| {
        known.map(|uri| Located {
            value: uri.to_owned(),
            place: "`uri`".to_owned(),
        })
    });
    if said.is_none() {
        let advice =
            format!("the address of a `{deployment}` installation is its own, as in `https://uipath.acme.example`");
        layers.missing("uri", Some("UIPATH_URI"), &advice);
    }
    said?.checked(layers.findings, |text| {
        BaseUrl::parse(&text).map_err(|fault| unfit(&text, &fault))
    })
}

fn identity_uri(layers: &mut Layers<'_>) -> Option<BaseUrl> {
    let said = layers.text(None, "UIPATH_IDENTITY_URI", "identity_uri")?;
    said.checked(layers.findings, |text| {
        BaseUrl::parse_service(&text).map_err(|fault| unfit(&text, &fault))
    })
}

fn unfit(text: &str, fault: &BaseUrlError) -> SettingFault {
    // What is before the `@` may be a password.
    let shown = text.rsplit_once('@').map_or(text, |(_, host)| host);
    SettingFault::new(format!("`{shown}` {fault}"), "")
}

fn organization(layers: &mut Layers<'_>, overrides: &Overrides) -> Option<String> {
    let said = layers.text(overrides.organization.as_ref(), "UIPATH_ORGANIZATION", "organization");
    let advice =
        "it is the name that follows the host in the portal's address: `acme` in `https://cloud.uipath.com/acme/`";
    if said.is_none() {
        layers.missing("organization", Some("UIPATH_ORGANIZATION"), advice);
    }
    said?.checked(layers.findings, |name| {
        let stray = |letter: char| letter.is_whitespace() || matches!(letter, '/' | '\\' | '?' | '#' | '%' | ':');
        if name.contains(stray) || name.starts_with('.') {
            return Err(SettingFault::new(
                format!("`{name}` is not the name of an organization"),
                advice,
            ));
        }
        Ok(name)
    })
}

fn organization_id(layers: &mut Layers<'_>, overrides: &Overrides) -> Option<OrganizationId> {
    let said = layers.text(
        overrides.organization_id.as_ref(),
        "RESEAT_ORGANIZATION_ID",
        "organization_id",
    );
    said?.checked(layers.findings, |text| {
        text.parse()
            .map_err(|_| SettingFault::new(format!("`{text}` is not a GUID"), FIND_ID))
    })
}
