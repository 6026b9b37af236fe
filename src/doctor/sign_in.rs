//! Whether there is a token to be had, and whether it is taken.

use super::refusal::{help_for, trace};
use super::{Blame, Check, Finding, Suspicion};
use crate::api::{CallError, ErrorCode, Failure, OauthError, OwnCode, SignedIn};
use crate::settings::{Credentials, SecretSource, is_app_id};
use crate::text::{duration, joined};

/// Where external applications are in the portal.
const APPLICATIONS: &str = "Admin, External Applications";

/// How somebody signs in, as the findings say it.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// What is configured.
    pub credentials: &'a Credentials,
    /// Where a token is asked for.
    pub address: &'a str,
    /// What is odd about the credentials, which a refusal is most likely due to.
    pub suspicion: Option<&'a Suspicion>,
}

impl SignIn<'_> {
    /// There is a token. A personal access token is one whether it is good or not, so this is only said once a call has
    /// shown that it is taken.
    pub fn worked(self, signed_in: &SignedIn) -> Finding {
        let lifetime = signed_in
            .lifetime
            .map(|lifetime| format!(" that is valid for {}", duration(lifetime)));
        let lifetime = lifetime.unwrap_or_default();
        let what = match self.credentials {
            Credentials::ClientCredentials { .. } => format!("the application's id and secret give a token{lifetime}"),
            Credentials::Token { .. } => format!("the personal access token{lifetime} is accepted"),
            Credentials::Ropc { .. } => format!("user name and password give a token{lifetime}"),
        };
        Finding::ok(Check::Token, what)
    }

    /// A personal access token that no call could be made with, so that nothing is known of it.
    pub fn untried(self) -> Finding {
        let what = "a personal access token is configured; no call could be made that shows whether it is accepted";
        Finding::skipped(Check::Token, what)
    }

    /// No token came. `may_have` says of scopes that were asked for alone whether the application may have them.
    pub fn failed(self, error: &CallError, may_have: &[(String, bool)]) -> Finding {
        if let Some(refusal) = OauthError::of(&error.code) {
            return self.refused(refusal, error, may_have);
        }
        let is_no_identity_service = error.is_page() || matches!(error.status, Some(404 | 405));
        if is_no_identity_service {
            return self.no_identity_service(error);
        }
        match (&error.code, self.credentials) {
            (ErrorCode::Own(OwnCode::UnusableToken), Credentials::Token { token }) => {
                let what = "the personal access token is empty or has letters in it that no token has";
                finding(what).with_help(format!("copy it again into {}; a token is shown once, when it is made", place(token)))
            }
            (ErrorCode::Own(OwnCode::UnreadableAnswer), _) => finding(format!(
                "`{}` answered without a token",
                self.address
            ))
            .with_help("check `uri`, and `UIPATH_IDENTITY_URI` where the identity service has an address of its own"),
            (_, Credentials::Ropc { password, .. }) if matches!(error.status, Some(400 | 401)) => {
                finding(error.message.clone()).with_help(format!(
                    "check `username`, `tenancy` and the password, which comes from {}; an account that signs in with a second \
                     factor or by a directory cannot sign in so: register an external application under {APPLICATIONS} instead",
                    place(password)
                ))
            }
            _ => {
                let blame = match error.failure {
                    Failure::SignIn | Failure::Refused => Blame::SignIn,
                    _ => Blame::Surroundings,
                };
                let mut finding = Finding::failed(Check::Token, blame, error.message.clone());
                finding.help = help_for(error, None);
                finding.details.extend(trace(error));
                finding
            }
        }
    }

    /// A call was answered 401 although the token was just given, or is all there is.
    pub fn token_refused(self, error: &CallError) -> Finding {
        let what = "the server refuses the token (401)";
        let help = match self.credentials {
            Credentials::Token { token } => format!(
                "it has run out, was revoked, or belongs to another organization: make a new one in the portal (your picture, \
                 Preferences, Personal Access Token) with the scopes `PM.User`, `PM.Group` and `PM.License`, and put it into {}",
                place(token)
            ),
            Credentials::ClientCredentials { .. } | Credentials::Ropc { .. } => {
                "it was given a moment ago, so it is for another organization: check that `organization` and `organization_id` \
                 are those that the application is registered in, and that the application still exists"
                    .to_owned()
            }
        };
        let mut finding = finding(what).with_help(help);
        finding.details.extend(trace(error));
        finding
    }

    fn refused(self, refusal: OauthError, error: &CallError, may_have: &[(String, bool)]) -> Finding {
        let mut finding = self.of_refusal(refusal, error, may_have);
        if let Some(words) = &error.server_words
            && refusal != OauthError::InvalidClient
        {
            finding.details.insert(0, format!("the server says: {words}"));
        }
        finding
    }

    fn of_refusal(self, refusal: OauthError, error: &CallError, may_have: &[(String, bool)]) -> Finding {
        let Credentials::ClientCredentials { client_id, secret, .. } = self.credentials else {
            return finding("the server gives no token").with_help("sign in as an external application");
        };
        match refusal {
            OauthError::InvalidClient => self.invalid_client(client_id, secret, error),
            OauthError::InvalidScope => invalid_scope(may_have),
            OauthError::UnauthorizedClient | OauthError::UnsupportedGrantType => finding(
                "the server gives no token: the application may not sign in by itself",
            )
            .with_help(format!(
                "client credentials need a confidential application with application scopes (not user scopes): the kind of an \
                 application cannot be changed, so register one under {APPLICATIONS} with the application scopes `PM.User`, \
                 `PM.Group` and `PM.License`, and take its App ID and secret"
            )),
        }
    }

    fn invalid_client(self, client_id: &str, secret: &SecretSource, error: &CallError) -> Finding {
        let words = error.server_words.as_deref().map(|words| words.trim_end_matches('.'));
        // Which of them it is only some servers say.
        let cause = match (self.suspicion, words) {
            (Some(Suspicion { what, .. }), _) => what,
            (None, Some(words)) => words,
            (None, None) => "the client id or the secret is wrong, or the secret has run out",
        };
        let mut told = finding(format!("the server gives no token (`invalid_client`): {cause}"));
        if let (Some(_), Some(words)) = (self.suspicion, words) {
            told = told.with_detail(format!("the server says: {words}"));
        }
        // What is no App ID may be the secret in the wrong place, so it is not shown.
        let shown = if is_app_id(client_id) {
            format!("client id `{client_id}`, ")
        } else {
            String::new()
        };
        let told = told.with_detail(format!(
            "{shown}secret from {}, asked at {}",
            place(secret),
            self.address
        ));
        let compare = "compare the App ID in the portal with `client_id`; the application has to be of the confidential kind, \
                       and of this organization";
        match self.suspicion {
            Some(Suspicion { help, .. }) => told.with_help(help).with_help(format!("if that is not it, {compare}")),
            None => told.with_help(compare).with_help(format!(
                "secrets run out, and are shown once, when they are made: make a new one in the portal under {APPLICATIONS}, at \
                 the application, and put it into {}",
                place(secret)
            )),
        }
    }

    fn no_identity_service(self, error: &CallError) -> Finding {
        let status = error
            .status
            .map(|status| format!(" (status {status})"))
            .unwrap_or_default();
        finding(format!("what answers at `{}` is not the identity service{status}", self.address))
            .with_detail(error.message.clone())
            .with_help(
                "check `uri`: the address of the portal without a path, as in `https://cloud.uipath.com`; where the identity \
                 service has an address of its own, set `UIPATH_IDENTITY_URI`, as in `https://suite.example/identity_`",
            )
    }
}

fn finding(what: impl Into<String>) -> Finding {
    Finding::failed(Check::Token, Blame::SignIn, what)
}

fn invalid_scope(may_have: &[(String, bool)]) -> Finding {
    let of = |wanted: bool| -> Vec<String> {
        let scopes = may_have.iter().filter(|(_, has)| *has == wanted);
        scopes.map(|(scope, _)| format!("`{scope}`")).collect()
    };
    let (has, lacks) = (of(true), of(false));
    let what = match lacks.as_slice() {
        [] => "the server gives no token (`invalid_scope`): the application is not registered for a scope that is asked for".to_owned(),
        lacks => format!(
            "the server gives no token (`invalid_scope`): the application is not registered for {}",
            joined(lacks, 12)
        ),
    };
    let mut finding = finding(what);
    if !has.is_empty() {
        finding = finding.with_detail(format!("it is registered for {}", joined(&has, 12)));
    }
    finding
        .with_help(format!(
            "add what is missing to the application as application scopes (portal: {APPLICATIONS}, the application, Edit); \
             reseat needs `PM.User`, `PM.Group` and `PM.License`"
        ))
        .with_help("or list in `scopes` of the profile only what the application has")
}

/// Where a secret is kept. Never the secret.
fn place(source: &SecretSource) -> String {
    match source {
        SecretSource::Variable { name, .. } => format!("the variable `{name}`"),
        SecretSource::Command { key, .. } => format!("what the command of `{key}` prints"),
        SecretSource::File { key, .. } => format!("the file of `{key}`"),
    }
}
