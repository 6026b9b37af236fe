//! What a route is.

use hyper::Method;
use strum::IntoStaticStr;

use super::reply::Outcome;
use super::request::Context;

/// The service a route belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Service {
    /// Sign-in; not counted.
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

/// The method a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    pub(super) fn is(self, method: &Method) -> bool {
        method.as_str().eq_ignore_ascii_case(self.into())
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
pub(super) type Handler = fn(&mut Context<'_>) -> Outcome;

/// One route.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// What it is called in the stats and in `docs/sandbox.md`.
    pub(super) name: &'static str,
    pub(super) service: Service,
    pub(super) verb: Verb,
    /// Its path under the service; `{organization}` must be this organization's GUID, other braces are arguments.
    pub(super) path: &'static str,
    pub(super) access: Access,
    pub(super) handler: Handler,
}
