//! What to do about a call that did not bring what was asked for, as far as its answer tells.

use super::scopes::Asked;
use crate::api::{CallError, ErrorCode, Failure, OwnCode};
use crate::event::Service;
use crate::wire::TransportCode;

/// What to do where a person is refused who has the scope.
const ROLES: &str = "the token has the scope, so it is the role that its owner lacks: licences are for the roles License Viewer \
     (reading) and License Administrator, users and groups for organization administrators";

/// What to do where an application is refused that has the scope: roles are people's.
const OTHER_THAN_SCOPE: &str = "the token has the scope, and the service refuses this application all the same: try a personal \
     access token of an organization administrator (`UIPATH_PAT`); where that is let in, use it, and where it is not, ask \
     UiPath's support";

/// Whether the scope that a call needs was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScopeOfCall {
    /// The scope.
    pub(super) scope: &'static str,
    /// Whether it was granted; `None` where nobody says.
    pub(super) is_granted: Option<bool>,
    /// Who decided what is asked for.
    pub(super) asked: Asked,
}

/// What to do, a line each.
pub(super) fn help_for(error: &CallError, scope: Option<ScopeOfCall>) -> Vec<String> {
    let own = match &error.code {
        ErrorCode::Own(code) => Some(*code),
        _ => None,
    };
    let line = match (error.status, own) {
        (_, Some(OwnCode::TokenTooLong)) => {
            "sign in with an application that has fewer scopes, or have longer headers allowed by whoever runs the server in \
             between"
        }
        (_, Some(OwnCode::NoAccountLicense)) => {
            "check that `organization_id` is that of the organization, that it has licences, and that user licence management \
             is enabled for it (portal: Admin, Licenses)"
        }
        (_, Some(OwnCode::PageMeanwhile)) => {
            "something stands in for the service for a while, such as a page about maintenance or a log-in of the network: try \
             again, and if it stays so, ask whoever runs the network"
        }
        _ if error.is_page() => match error.service {
            Service::Identity => {
                "nothing of the identity service answers there: check `uri`, `organization` and `identity` under `routes`, and \
                 ask whoever runs a gateway in front of it to let `/{org}/identity_/` through"
            }
            Service::License => "nothing of the licence service answers there: check `license` under `routes`",
            Service::Portal => "nothing of the portal answers there: check `portal` under `routes`",
            Service::Token => "nothing of the identity service answers there: check `uri` and `UIPATH_IDENTITY_URI`",
        },
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
        _ if error.failure == Failure::SignIn => {
            "`organization` and `organization_id` have to name the same organization"
        }
        (None, _) => no_answer(error),
        (Some(_), _) => {
            "this is no answer that reseat knows: check `uri` and `routes`, and report it if they are right"
        }
    };
    vec![line.to_owned()]
}

fn forbidden(scope: Option<ScopeOfCall>) -> Vec<String> {
    let Some(ScopeOfCall {
        scope,
        is_granted,
        asked,
    }) = scope
    else {
        return vec![
            "whoever signs in may not do this: sign in with a personal access token of an organization administrator \
             (`UIPATH_PAT`)"
                .to_owned(),
        ];
    };
    let add = match asked {
        Asked::ByReseat => format!(
            "this needs the scope `{scope}`: add it to the application as an application scope (portal: Admin, External \
             Applications)"
        ),
        Asked::ByProfile => {
            format!("this needs the scope `{scope}`: add it to `scopes` of the profile and to the application")
        }
        Asked::ByNobody => format!("this needs the scope `{scope}`: make a personal access token that has it"),
    };
    match (is_granted, asked) {
        (Some(true), Asked::ByNobody) => vec![ROLES.to_owned()],
        (Some(true), Asked::ByReseat | Asked::ByProfile) => vec![OTHER_THAN_SCOPE.to_owned()],
        (Some(false), _) => vec![add],
        (None, Asked::ByNobody) => vec![format!(
            "{add}; where the token has it, its owner lacks the role: licences are for License Viewers (reading) and License \
             Administrators, users and groups for organization administrators"
        )],
        (None, Asked::ByReseat | Asked::ByProfile) => vec![add],
    }
}

/// What is known of the way is said where the way is looked at.
fn no_answer(error: &CallError) -> &'static str {
    match error.code {
        ErrorCode::Transport(
            TransportCode::ProxyRefused | TransportCode::ProxyWantsPassword | TransportCode::ProxyNotReached,
        ) => "see what is said of the proxy above, and ask whoever runs it",
        ErrorCode::Transport(TransportCode::CertificateNotTrusted) => "see what is said of the certificate above",
        _ => "try again; if it stays so, ask whoever runs the network or the proxy",
    }
}

/// The trace id, for whoever runs the service.
pub(super) fn trace(error: &CallError) -> Option<String> {
    error.trace_id.as_ref().map(|trace| format!("trace id {trace}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ServerCode;
    use crate::event::{Method, Service};

    fn error(failure: Failure, status: Option<u16>, code: ErrorCode) -> CallError {
        CallError {
            failure,
            method: Method::Get,
            service: Service::License,
            status,
            code,
            message: "it is so".to_owned(),
            server_words: None,
            trace_id: None,
            attempts: 1,
            perhaps_done: false,
        }
    }

    #[test]
    fn whatever_went_wrong_there_is_something_to_do() {
        let statuses = [None].into_iter().chain((100..600).map(Some));
        for status in statuses {
            let codes = [
                ErrorCode::Status(status.unwrap_or_default()),
                ErrorCode::Server(ServerCode::new("NotKnownToAnybody").unwrap()),
                OwnCode::HtmlAnswer.into(),
                OwnCode::PageMeanwhile.into(),
                OwnCode::Redirected.into(),
                OwnCode::UnreadableAnswer.into(),
                OwnCode::NoAccountLicense.into(),
                OwnCode::TokenTooLong.into(),
                OwnCode::PauseTooLong.into(),
                ErrorCode::Transport(TransportCode::ConnectionLost),
                ErrorCode::Transport(TransportCode::ProxyRefused),
            ];
            for code in codes {
                for failure in [Failure::Refused, Failure::SignIn, Failure::NotDone, Failure::Unclear] {
                    let error = error(failure, status, code.clone());
                    let help = help_for(&error, None);
                    assert!(help.iter().any(|line| !line.is_empty()), "{error:?}");
                }
            }
        }
    }

    #[test]
    fn a_403_is_the_scope_unless_that_was_granted_and_a_role_only_where_a_person_signs_in() {
        let error = error(Failure::Refused, Some(403), ErrorCode::Status(403));
        let scope = "PM.License.Read";
        let needs = "needs the scope `PM.License.Read`";
        for (is_granted, asked, words, is_about_roles) in [
            (Some(true), Asked::ByNobody, "License Viewer", true),
            (
                Some(true),
                Asked::ByReseat,
                "personal access token of an organization administrator",
                false,
            ),
            (
                Some(true),
                Asked::ByProfile,
                "personal access token of an organization administrator",
                false,
            ),
            (Some(false), Asked::ByNobody, needs, false),
            (Some(false), Asked::ByReseat, needs, false),
            (Some(false), Asked::ByProfile, "`scopes` of the profile", false),
            (None, Asked::ByNobody, needs, true),
            (None, Asked::ByReseat, needs, false),
            (None, Asked::ByProfile, needs, false),
        ] {
            let help = help_for(
                &error,
                Some(ScopeOfCall {
                    scope,
                    is_granted,
                    asked,
                }),
            );
            assert!(help[0].contains(words), "{help:?}");
            // An application has no role.
            assert_eq!(help[0].contains("role"), is_about_roles, "{help:?}");
        }
    }
}
