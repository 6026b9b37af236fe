//! What a route is, and how a path finds its own.

use hyper::Method;

use super::call::Call;
use super::config::{Config, Edition};
use super::quirks::PortalForm;
use super::reply::Outcome;
use super::routes::ENDPOINTS;
use crate::model::OrganizationId;

/// The service a route belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Sign-in; counted by nobody.
    Token,
    /// Users, groups, directory.
    Identity,
    /// The licence accountant.
    License,
    /// The licence summary.
    Summary,
    /// The web portal's own routes.
    Portal,
    /// The page behind the link of an invitation.
    Page,
}

impl Service {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Identity => "identity",
            Self::License => "license",
            Self::Summary => "summary",
            Self::Portal => "portal",
            Self::Page => "page",
        }
    }
}

/// The method a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Delete,
    /// Whichever the deployment takes for allocation.
    Allocate,
}

impl Verb {
    fn is(self, method: &Method, config: &Config) -> bool {
        let wanted = match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Allocate => &config.routes.allocate_method,
        };
        method.as_str().eq_ignore_ascii_case(wanted)
    }
}

/// Which scope a route demands: the resource itself, or the resource with this access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody, signed in or not.
    Open,
    /// Whoever is signed in.
    SignedIn,
    /// Readers of a resource.
    Read(&'static str),
    /// Writers of a resource.
    Write(&'static str),
}

impl Access {
    /// Whether these scopes open the route.
    pub(super) fn granted_by(self, scopes: &[String]) -> bool {
        let (resource, access) = match self {
            Self::Open | Self::SignedIn => return true,
            Self::Read(resource) => (resource, ".Read"),
            Self::Write(resource) => (resource, ".Write"),
        };
        scopes.iter().any(|scope| {
            scope
                .strip_prefix(resource)
                .is_some_and(|rest| rest.is_empty() || rest == access)
        })
    }
}

/// What carries a call out.
pub(super) type Handler = fn(&mut Call<'_>) -> Outcome;

/// One route.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// What it is called in the tally and in `docs/sandbox.md`.
    pub(super) name: &'static str,
    pub(super) service: Service,
    pub(super) verb: Verb,
    /// Its path under the service; `{organization}` must be this organization's GUID, other braces are arguments.
    pub(super) path: &'static str,
    pub(super) access: Access,
    pub(super) handler: Handler,
}

/// What a path leads to.
pub(super) enum Found<'a> {
    /// A route with its arguments.
    Endpoint {
        endpoint: &'static Endpoint,
        arguments: Vec<&'a str>,
        /// What stands where the organization's GUID should, if something else does.
        wrong_organization: Option<&'a str>,
    },
    /// A route that takes another method.
    OtherMethod,
    /// The identity service's host-level API, which newer organizations do not have.
    HostLevel,
    /// Nothing but the web application.
    Nothing,
}

/// Finds the route of a method and path.
pub(super) fn find<'a>(
    method: &Method,
    segments: &[&'a str],
    config: &Config,
    organization: OrganizationId,
) -> Found<'a> {
    if matches!(segments, [identity, api, ..] if is(identity, "identity_") && is(api, "api")) {
        return Found::HostLevel;
    }
    let mut other_method = false;
    for endpoint in ENDPOINTS {
        if config.edition == Edition::AutomationSuite && cloud_only(endpoint) {
            continue;
        }
        let Some(rest) = under_service(endpoint.service, segments, config, organization) else {
            continue;
        };
        let Some((arguments, named)) = matched(endpoint.path, rest) else {
            continue;
        };
        if !endpoint.verb.is(method, config) {
            other_method = true;
            continue;
        }
        let wrong_organization = named.filter(|given| given.parse() != Ok(organization));
        return Found::Endpoint {
            endpoint,
            arguments,
            wrong_organization,
        };
    }
    if other_method {
        Found::OtherMethod
    } else {
        Found::Nothing
    }
}

fn cloud_only(endpoint: &Endpoint) -> bool {
    matches!(endpoint.service, Service::Portal | Service::Summary) || endpoint.path.contains("with-quota")
}

/// The segments after the service's prefix, if the path has it.
fn under_service<'s, 'a>(
    service: Service,
    segments: &'s [&'a str],
    config: &Config,
    organization: OrganizationId,
) -> Option<&'s [&'a str]> {
    let prefix = match service {
        Service::Token | Service::Page => return Some(segments),
        Service::Identity => "{org}/identity_",
        Service::License => &config.routes.license,
        Service::Summary => "{org}/license_",
        Service::Portal => &config.routes.portal,
    };
    let mut rest = segments;
    for wanted in prefix.split('/') {
        let (first, others) = rest.split_first()?;
        let fits = if wanted == "{org}" {
            is(first, &config.organization) || first.parse() == Ok(organization)
        } else {
            is(first, wanted)
        };
        if !fits {
            return None;
        }
        rest = others;
    }
    if service == Service::Portal {
        return under_portal(rest, config.quirks.portal_form);
    }
    Some(rest)
}

fn under_portal<'s, 'a>(rest: &'s [&'a str], form: PortalForm) -> Option<&'s [&'a str]> {
    let doubled = rest.split_first().filter(|(first, _)| is(first, "portal_"));
    match (doubled, form) {
        (Some((_, others)), PortalForm::Double | PortalForm::Either) => Some(others),
        (None, PortalForm::Single | PortalForm::Either) => Some(rest),
        _ => None,
    }
}

/// The arguments of a path that fits the pattern, and what stands in the organization's place.
fn matched<'a>(pattern: &str, segments: &[&'a str]) -> Option<(Vec<&'a str>, Option<&'a str>)> {
    let mut given = segments.iter();
    let (mut arguments, mut organization) = (Vec::new(), None);
    for wanted in pattern.split('/') {
        let segment = *given.next()?;
        match wanted {
            "{organization}" => organization = Some(segment),
            _ if wanted.starts_with('{') => arguments.push(segment),
            _ if is(segment, wanted) => {}
            _ => return None,
        }
    }
    given.next().is_none().then_some((arguments, organization))
}

fn is(segment: &str, wanted: &str) -> bool {
    segment.eq_ignore_ascii_case(wanted)
}
