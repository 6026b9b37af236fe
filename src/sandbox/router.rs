//! How a request finds its route.

use hyper::Method;

use super::config::{Config, Edition};
use super::endpoint::{Endpoint, Service};
use super::quirks::PortalForm;
use super::routes::ENDPOINTS;
use crate::model::OrganizationId;

/// What a path leads to.
pub(super) enum RouteMatch<'a> {
    /// A route with its arguments.
    Endpoint {
        endpoint: &'static Endpoint,
        arguments: Vec<&'a str>,
        /// What is in place of the organization's GUID, if it is something else.
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
) -> RouteMatch<'a> {
    if matches!(segments, [identity, api, ..] if is(identity, "identity_") && is(api, "api")) {
        return RouteMatch::HostLevel;
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
        if !endpoint.verb.is(method) {
            other_method = true;
            continue;
        }
        let wrong_organization = named.filter(|given| given.parse() != Ok(organization));
        return RouteMatch::Endpoint {
            endpoint,
            arguments,
            wrong_organization,
        };
    }
    if other_method {
        RouteMatch::OtherMethod
    } else {
        RouteMatch::Nothing
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

/// The arguments of a path that matches the pattern, and what is in the organization's place.
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
