//! Signing in: client credentials, a personal access token, or a user's own password.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

use super::attempt_log::AttemptLog;
use super::judge::Reply;
use super::token::{NewToken, Token};
use super::{ApiRequest, Session};
use crate::api::document::Json;
use crate::api::error_body::{ErrorBody, OauthError};
use crate::api::json::{member, number, text};
use crate::api::jwt::{self, ORGANIZATION, SUBJECT, guid_claim};
use crate::api::urls::token_url;
use crate::api::{CallError, Credentials, ErrorCode, Failure, OwnCode};
use crate::event::{Method, Service};
use crate::model::{OrganizationId, UserId};

/// What reseat asks for unless the profile says otherwise. Name resolution needs no scope of its own.
pub const SCOPES: [&str; 3] = ["PM.User", "PM.Group", "PM.License"];

/// The routes of the password sign-in: the documents of Automation Suite give the first up to 2022.4 and the second from
/// 2024.10 on.
const ROPC_ROUTES: [&[&str]; 2] = [
    &["{org}", "{tenancy}", "api", "account", "authenticate"],
    &["api", "account", "authenticate"],
];

/// What is known after signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The scopes that were granted, where the server or the token said so.
    pub scopes: Option<Vec<String>>,
    /// How long the token lives, from when it was asked for, where the server or the token said so.
    pub lifetime: Option<Duration>,
    /// The account that calls are made as, where the token says so.
    pub account: Option<UserId>,
    /// The organization that the token is for, where it says so.
    pub organization: Option<OrganizationId>,
}

impl Session {
    /// Signs in unless already signed in, and returns what the token says of itself.
    ///
    /// # Errors
    /// If there is no token to be had.
    pub async fn signed_in(&self) -> Result<SignedIn, CallError> {
        let token = self.token(None).await?;
        let secret = token.secret.expose_secret();
        let claim = |name| guid_claim(secret, name);
        Ok(SignedIn {
            scopes: token.scopes.clone().or_else(|| jwt::scopes(secret)),
            lifetime: token.lifetime.or_else(|| jwt::lifetime(secret)),
            account: claim(SUBJECT).map(UserId),
            organization: claim(ORGANIZATION).map(OrganizationId),
        })
    }

    /// Whether the application may have this scope: asks for a token with it alone, which is thrown away. `None` where
    /// scopes are not asked for when signing in, as with a personal access token.
    ///
    /// # Errors
    /// If the server neither gives such a token nor says that the scope is what is wrong.
    pub async fn may_have(&self, scope: &str) -> Result<Option<bool>, CallError> {
        let Credentials::Client { id, secret, .. } = &self.config.credentials else {
            return Ok(None);
        };
        match self.ask_for_token(id, secret, scope).await {
            Ok(_) => Ok(Some(true)),
            Err(error) if OauthError::of(&error.code) == Some(OauthError::InvalidScope) => Ok(Some(false)),
            Err(error) => Err(error),
        }
    }

    /// Where signing in asks for a token; a personal access token would be asked for there.
    pub fn sign_in_address(&self) -> String {
        match &self.config.credentials {
            Credentials::Ropc { tenancy, .. } => self.ropc_url(ROPC_ROUTES[0], tenancy).into(),
            Credentials::Client { .. } | Credentials::Token(_) => token_url(&self.config).into(),
        }
    }

    /// The token for a call's next attempt; signing in itself needs none.
    pub(super) async fn bearer(&self, request: &ApiRequest, log: &AttemptLog) -> Result<Option<Arc<Token>>, CallError> {
        if request.service == Service::Token {
            return Ok(None);
        }
        if let Some(token) = self.shared.tokens.usable(log.refused_token) {
            return Ok(Some(token));
        }
        // Boxed, or the rare sign-in would make the future of every call a large one.
        match Box::pin(self.token(log.refused_token)).await {
            Ok(token) => Ok(Some(token)),
            Err(error) => Err(match error.failure {
                Failure::Stopped => log.stopped(request),
                Failure::SignIn => error,
                // Without a token the call itself did nothing, whatever became of the sign-in.
                _ if log.unclear => CallError {
                    failure: Failure::Unclear,
                    ..error
                },
                _ => CallError {
                    failure: Failure::NotDone,
                    ..error
                },
            }),
        }
    }

    /// A token other than the one that was refused.
    pub(in crate::api) async fn token(&self, refused: Option<u64>) -> Result<Arc<Token>, CallError> {
        let sign_in = Box::pin(self.sign_in());
        self.shared.tokens.get(refused, sign_in).await
    }

    /// A 401: the first leads to a new token, where one can be had; the next one in a row is the end.
    pub(super) fn refused(
        &self,
        request: &ApiRequest,
        log: &mut AttemptLog,
        token: Option<&Token>,
    ) -> Result<(), CallError> {
        let words = match &self.config.credentials {
            Credentials::Token(_) => {
                "the server refuses the personal access token (401): it may have expired, been revoked, or belong to \
                 another organization"
            }
            _ if log.refused_token.is_some() => {
                "the server refuses a token that it has just given (401): check that `organization` and \
                 `organization_id` are those of the application, and that the application still exists"
            }
            _ => {
                log.refused_token = token.map(|token| token.generation);
                return Ok(());
            }
        };
        Err(log.error(request, Failure::SignIn, OwnCode::Unauthorized.into(), words))
    }

    /// A new token, whatever is cached.
    async fn sign_in(&self) -> Result<NewToken, CallError> {
        match &self.config.credentials {
            Credentials::Token(token) => Ok(NewToken {
                secret: printable(token.expose_secret()).ok_or_else(unusable_token)?,
                lifetime: None,
                scopes: None,
            }),
            Credentials::Client { id, secret, scopes } => self.as_application(id, secret, scopes.as_deref()).await,
            Credentials::Ropc {
                username,
                password,
                tenancy,
            } => self.as_person(username, password, tenancy).await,
        }
    }

    async fn as_application(
        &self,
        id: &str,
        secret: &SecretString,
        scopes: Option<&[String]>,
    ) -> Result<NewToken, CallError> {
        let asked = scopes.map_or_else(|| SCOPES.join(" "), |scopes| scopes.join(" "));
        let first = self.ask_for_token(id, secret, &asked).await;
        match first {
            // One scope that the application lacks fails the whole request; without any, the server grants
            // those that it has.
            Err(error) if OauthError::of(&error.code) == Some(OauthError::InvalidScope) && scopes.is_none() => self
                .ask_for_token(id, secret, "")
                .await
                .map_err(|_| explained(error, &asked)),
            other => other.map_err(|error| explained(error, &asked)),
        }
    }

    async fn ask_for_token(&self, id: &str, secret: &SecretString, scopes: &str) -> Result<NewToken, CallError> {
        let request =
            ApiRequest::new(Method::Post, Service::Token, token_url(&self.config)).form(token_form(id, secret, scopes));
        let reply = self.call_leniently(request).await.map_err(no_token)?;
        fresh(&reply, &["access_token"])
    }

    async fn as_person(&self, username: &str, password: &SecretString, tenancy: &str) -> Result<NewToken, CallError> {
        let body = json!({
            "TenancyName": tenancy,
            "UsernameOrEmailAddress": username,
            "Password": password.expose_secret(),
        });
        let mut first_error = None;
        for route in ROPC_ROUTES {
            let request = ApiRequest::new(Method::Post, Service::Token, self.ropc_url(route, tenancy)).json(&body);
            match self.call_leniently(request).await {
                Ok(reply) => return fresh(&reply, &["result", "access_token"]),
                Err(error) if error.status == Some(404) || error.code == ErrorCode::Own(OwnCode::HtmlAnswer) => {
                    first_error.get_or_insert(error);
                }
                Err(error) => return Err(person_refused(no_token(error))),
            }
        }
        Err(first_error.map_or_else(unusable_token, |error| explained(no_token(error), "")))
    }

    fn ropc_url(&self, route: &[&str], tenancy: &str) -> Url {
        let config = &self.config;
        config.uri.join(route.iter().map(|segment| match *segment {
            "{org}" => config.organization.as_str(),
            "{tenancy}" => tenancy,
            other => other,
        }))
    }
}

fn token_form(id: &str, secret: &SecretString, scopes: &str) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials")
        .append_pair("client_id", id)
        .append_pair("client_secret", secret.expose_secret());
    if !scopes.is_empty() {
        form.append_pair("scope", scopes);
    }
    form.finish()
}

fn fresh(reply: &Reply, names: &[&str]) -> Result<NewToken, CallError> {
    let value = reply.json();
    let secret = member(value, names).and_then(Json::as_str).and_then(printable);
    let Some(secret) = secret else {
        let refused = ErrorBody::in_success(value);
        let error = refused.map_or_else(|| reply.unreadable("a token"), |body| reply.refused(body));
        return Err(CallError {
            failure: Failure::SignIn,
            ..error
        });
    };
    let scope = text(value, &["scope"]);
    let lifetime = member(value, &["expires_in"]).and_then(number);
    Ok(NewToken {
        secret,
        lifetime: lifetime.map(Duration::from_secs),
        scopes: (!scope.is_empty()).then(|| scope.split_whitespace().map(str::to_owned).collect()),
    })
}

/// A token fit for a header.
fn printable(token: &str) -> Option<SecretString> {
    let token = token.trim();
    let fit = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    fit.then(|| SecretString::from(token))
}

/// Answers that are no token end the sign-in; a server that cannot be reached does not.
fn no_token(error: CallError) -> CallError {
    let judged = matches!(error.failure, Failure::Refused | Failure::TooLarge)
        || matches!(
            error.code,
            ErrorCode::Own(OwnCode::HtmlAnswer | OwnCode::UnreadableAnswer | OwnCode::Redirected)
        );
    if judged {
        CallError {
            failure: Failure::SignIn,
            ..error
        }
    } else {
        error
    }
}

fn explained(error: CallError, scopes: &str) -> CallError {
    let advice = match OauthError::of(&error.code) {
        Some(OauthError::InvalidClient) => {
            "check the client id and secret, and that the external application is of the confidential kind".to_owned()
        }
        Some(OauthError::InvalidScope) => format!(
            "an application may ask only for scopes that it is registered for: add `{scopes}` to the application as \
             application scopes, or list in `scopes` what it has"
        ),
        Some(OauthError::UnauthorizedClient | OauthError::UnsupportedGrantType) => {
            "client credentials need a confidential application with application scopes".to_owned()
        }
        None => return error,
    };
    let told = match &error.server_words {
        Some(words) => format!(": {}", words.trim_end_matches('.')),
        None => String::new(),
    };
    let message = format!("the server gives no token (`{}`){told}; {advice}", error.code);
    CallError { message, ..error }
}

/// The server says no more than that the login failed.
fn person_refused(error: CallError) -> CallError {
    if !matches!(error.status, Some(400 | 401)) {
        return explained(error, "");
    }
    let message = format!("{}; check `username`, `tenancy` and the password", error.message);
    CallError { message, ..error }
}

fn unusable_token() -> CallError {
    let message = "the token is empty or has letters in it that no token has; copy it again";
    CallError::not_sent(Method::Post, Service::Token, OwnCode::UnusableToken, message)
}
