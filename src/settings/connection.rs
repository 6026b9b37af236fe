//! Which organization, where, and how to sign in.

use std::path::PathBuf;

use super::credentials::{Credentials, credentials};
use super::finding::SettingFault;
use super::inputs::Overrides;
use super::layers::Layers;
use super::pasted::{self, FIND_NAME};
use super::secret::SecretSource;
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

/// What the settings say of where an organization is and how to sign in to it, as far as it is understood.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) deployment: Deployment,
    pub(super) uri: Option<BaseUrl>,
    pub(super) identity_uri: Option<BaseUrl>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) address: Option<Address>,
    pub(super) secret: Option<SecretSource>,
    pub(super) connection: Option<Connection>,
}

/// Reads all of it, so that every fault is reported, then puts it together.
pub(super) fn reached(layers: &mut Layers<'_>, overrides: &Overrides, named: Option<Deployment>) -> Reached {
    let meant = meant(layers, overrides);
    let deployment = named.or_else(|| meant.uri.as_ref().and_then(usual_deployment));
    let deployment = deployment.unwrap_or_default();
    layers
        .notes
        .origins
        .note_default("deployment", deployment.as_str(), "the default for this address");
    let uri = uri(layers, meant.uri, meant.is_uri_said, deployment);
    if let Some(uri) = &uri {
        layers.notes.origins.note_default("uri", uri.as_str(), "the default");
    }
    let identity_uri = identity_uri(layers);
    let (secret, credentials) = credentials(layers, overrides);
    let ca_file = layers.profile.path("ca_file");
    let address = uri.clone().zip(meant.organization).map(|(uri, organization)| Address {
        uri,
        organization,
        organization_id: meant.organization_id,
    });
    let connection = address
        .as_ref()
        .zip(credentials)
        .map(|(address, credentials)| Connection {
            uri: address.uri.clone(),
            identity_uri: identity_uri.clone(),
            organization: address.organization.clone(),
            organization_id: address.organization_id,
            credentials,
            ca_file: ca_file.clone(),
        });
    Reached {
        deployment,
        uri,
        identity_uri,
        ca_file,
        address,
        secret,
        connection,
    }
}

/// Which organization is meant, where it is said.
struct Meant {
    uri: Option<BaseUrl>,
    /// Whether an address was given, be it one that does not fit.
    is_uri_said: bool,
    organization: Option<String>,
    organization_id: Option<OrganizationId>,
}

/// Brings together address, name and GUID: the portal's address in the place of one of them tells the others.
fn meant(layers: &mut Layers<'_>, overrides: &Overrides) -> Meant {
    let findings = layers.notes.findings;
    let origins = layers.notes.origins;
    let said_uri = layers.text(overrides.uri.as_ref(), "UIPATH_URI", "uri");
    let said_name = layers.text(overrides.organization.as_ref(), "UIPATH_ORGANIZATION", "organization");
    let said_id = organization_id(layers, overrides);
    let at = |said: &Option<Located<String>>| said.as_ref().map(|said| said.place.clone()).unwrap_or_default();
    let (uri_at, name_at) = (at(&said_uri), at(&said_name));
    let mut is_uri_said = said_uri.is_some();
    let is_name_said = said_name.is_some();
    let by_uri = said_uri.and_then(|said| {
        said.checked(findings, |text| {
            pasted::address(&text).map_err(|fault| unfit(&text, &fault))
        })
    });
    let by_uri = by_uri.unwrap_or_default();
    let by_name = said_name.and_then(|said| said.checked(findings, |text| pasted::organization(&text)));
    let by_name = by_name.unwrap_or_default();

    if let (Some(uri), Some(other), Some(name)) = (&by_uri.uri, &by_name.uri, &by_name.organization)
        && uri != other
    {
        let what = format!("is an address at `{other}`, and `uri` is `{uri}`");
        let help = format!("write the name alone, `{name}`, or leave `uri` out");
        findings.error(&name_at, SettingFault::new(what, help));
    }
    if let (Some(name), Some(other), Some(uri)) = (&by_name.organization, &by_uri.organization, &by_uri.uri)
        && !name.eq_ignore_ascii_case(other)
    {
        let what = format!("names the organization `{other}` in its path, and `organization` is `{name}`");
        findings.error(
            &uri_at,
            SettingFault::new(what, format!("write `{uri}`, or leave `organization` out")),
        );
    }
    if !is_uri_said && let Some(uri) = &by_name.uri {
        origins.note_derived("uri", uri.as_str(), &name_at);
        is_uri_said = true;
    }
    if !is_name_said {
        match &by_uri.organization {
            Some(name) => origins.note_derived("organization", name, &uri_at),
            None => layers.missing("organization", Some("UIPATH_ORGANIZATION"), FIND_NAME),
        }
    }
    let uri = by_uri.uri.or(by_name.uri);
    let organization = by_name.organization.or(by_uri.organization.filter(|_| !is_name_said));
    let organization_id = said_id.or(by_name.organization_id).or(by_uri.organization_id);
    for (key, taken) in [
        ("uri", uri.as_ref().map(BaseUrl::to_string)),
        ("organization", organization.clone()),
        ("organization_id", organization_id.map(|id| id.to_string())),
    ] {
        if let Some(taken) = taken {
            origins.show_as(key, &taken);
        }
    }
    Meant {
        uri,
        is_uri_said,
        organization,
        organization_id,
    }
}

/// The kind of installation that a host of UiPath's own shows (`uipath-api`, 1.1).
fn usual_deployment(uri: &BaseUrl) -> Option<Deployment> {
    match uri.host() {
        "govcloud.uipath.us" => Some(Deployment::PublicSector),
        host if host.ends_with(".dedicated.uipath.com") => Some(Deployment::Dedicated),
        _ => None,
    }
}

/// The address of an installation that is UiPath's own.
pub(super) fn usual_uri(deployment: Deployment) -> Option<&'static str> {
    match deployment {
        Deployment::Cloud | Deployment::TestCloud => Some("https://cloud.uipath.com"),
        Deployment::PublicSector => Some("https://govcloud.uipath.us"),
        Deployment::Dedicated | Deployment::AutomationSuite => None,
    }
}

fn uri(layers: &Layers<'_>, said: Option<BaseUrl>, is_said: bool, deployment: Deployment) -> Option<BaseUrl> {
    if is_said {
        return said;
    }
    let usual = usual_uri(deployment).and_then(|uri| BaseUrl::parse(uri).ok());
    if usual.is_none() {
        let advice =
            format!("the address of a `{deployment}` installation is its own, as in `https://uipath.acme.example`");
        layers.missing("uri", Some("UIPATH_URI"), &advice);
    }
    usual
}

fn identity_uri(layers: &mut Layers<'_>) -> Option<BaseUrl> {
    let said = layers.text(None, "UIPATH_IDENTITY_URI", "identity_uri")?;
    said.checked(layers.notes.findings, |text| {
        BaseUrl::parse_service(&text).map_err(|fault| unfit(&text, &fault))
    })
}

fn unfit(text: &str, fault: &BaseUrlError) -> SettingFault {
    SettingFault::new(format!("`{}` {fault}", pasted::shown(text)), "")
}

fn organization_id(layers: &mut Layers<'_>, overrides: &Overrides) -> Option<OrganizationId> {
    let said = layers.text(
        overrides.organization_id.as_ref(),
        "RESEAT_ORGANIZATION_ID",
        "organization_id",
    );
    let advice = format!("{FIND_ID}; the token of an application tells it as well, so it may be left out");
    said?.checked(layers.notes.findings, |text| pasted::organization_id(&text, &advice))
}
