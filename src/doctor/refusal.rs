//! What to do about a call that did not bring what was asked for, as far as its answer tells.

use crate::api::{CallError, ErrorCode, Failure, OwnCode};
use crate::wire::TransportCode;

/// Who may do what is asked, where the scope alone is not enough.
const ROLES: &str = "the scope is granted, so it is the role that is missing: licences are for the roles License Viewer (reading) \
     and License Administrator, users and groups for organization administrators; for an external application, check that its \
     scopes are application scopes";

/// Whether the scope that a call needs was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScopeOfCall {
    /// The scope.
    pub(super) scope: &'static str,
    /// Whether it was granted; `None` where nobody says.
    pub(super) is_granted: Option<bool>,
}

/// What to do, a line each.
pub(super) fn help_for(error: &CallError, scope: Option<ScopeOfCall>) -> Vec<String> {
    let own = match &error.code {
        ErrorCode::Own(code) => Some(*code),
        _ => None,
    };
    let line = match (error.status, own) {
        // The message says who has to change what.
        (_, Some(OwnCode::TokenTooLong | OwnCode::NotOffered)) => return Vec::new(),
        (_, Some(OwnCode::NoAccountLicense)) => {
            "check that `organization_id` is that of the organization, that it has licences, and that user licence management \
             is enabled for it (portal: Admin, Licenses)"
        }
        (_, Some(OwnCode::PageMeanwhile)) => {
            "something stands in for the service for a while, such as a page about maintenance or a log-in of the network: try \
             again, and if it stays so, ask whoever runs the network"
        }
        _ if error.is_page() => "nothing of UiPath's answers there: check `uri`, `organization` and `routes`",
        (Some(403 | 406 | 451), Some(OwnCode::HtmlAnswer)) => {
            "the page comes from something in between, such as a firewall or a proxy: whoever runs that has to let the request \
             through"
        }
        (Some(401), _) => "the token is refused here: check `organization` and `organization_id`, and sign in anew",
        (Some(403), _) => return forbidden(scope),
        (Some(404 | 405 | 410 | 501), _) => {
            "this installation has no such route, or not below the prefix that `routes` gives"
        }
        (Some(415), _) => {
            "the server wants another content type, or something in between takes the header `Content-Type` away: whoever runs \
             the proxy can tell"
        }
        (Some(429), _) => "try again later: the organization's quota is shared by all who call its services",
        (Some(500..=599), _) => {
            "the service has trouble of its own: try again later; for Automation Cloud see https://status.uipath.com"
        }
        (_, Some(OwnCode::UnreadableAnswer | OwnCode::ContradictoryAnswer)) => {
            "this is no answer that reseat knows: check `routes`, and report it with the trace id if they are right"
        }
        _ if error.failure == Failure::SignIn => {
            "`organization` and `organization_id` have to name the same organization"
        }
        _ => return transport_help(error),
    };
    vec![line.to_owned()]
}

fn forbidden(scope: Option<ScopeOfCall>) -> Vec<String> {
    let line = match scope {
        Some(ScopeOfCall {
            is_granted: Some(true), ..
        }) => ROLES.to_owned(),
        Some(ScopeOfCall { scope, .. }) => format!(
            "this needs the scope `{scope}`: add it to the application as an application scope (portal: Admin, External \
             Applications), or make a personal access token that has it"
        ),
        None => "the application may not do this".to_owned(),
    };
    vec![line]
}

/// What is known of the way is said where the way is looked at.
fn transport_help(error: &CallError) -> Vec<String> {
    let line = match error.code {
        ErrorCode::Transport(
            TransportCode::ProxyRefused | TransportCode::ProxyWantsPassword | TransportCode::ProxyNotReached,
        ) => "see what is said of the proxy above",
        ErrorCode::Transport(_) => {
            "the connection works and then fails: try again, and ask whoever runs the network or the proxy"
        }
        _ => return Vec::new(),
    };
    vec![line.to_owned()]
}

/// The trace id, for whoever runs the service.
pub(super) fn trace(error: &CallError) -> Option<String> {
    error.trace_id.as_ref().map(|trace| format!("trace id {trace}"))
}
