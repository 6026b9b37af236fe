//! Sign-in: client credentials, ROPC, personal access tokens (`uipath-api`, 2).

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Outcome, Reply};

/// The tokens that were given out.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    grants: HashMap<String, Grant>,
    issued: u64,
}

/// What a token opens, and until when.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) scopes: Vec<String>,
    pub(super) expires: Timestamp,
}

impl Tokens {
    /// The grant of a token that is valid at `now`.
    pub(super) fn valid(&self, token: &str, now: Timestamp) -> Option<&Grant> {
        self.grants.get(token).filter(|grant| now < grant.expires)
    }

    /// Makes every token given out so far invalid.
    pub(super) fn revoke(&mut self) {
        self.grants.clear();
    }

    fn issue(&mut self, claims: Value, scopes: Vec<String>, now: Timestamp, lifetime: Duration) -> String {
        self.issued += 1;
        let expires = now.checked_add(lifetime).unwrap_or(now);
        let mut claims = claims;
        claims["exp"] = json!(expires.as_second());
        claims["jti"] = json!(self.issued.to_string());
        let header = base64_url(br#"{"alg":"none","typ":"at+jwt"}"#);
        let token = format!("{header}.{}.c2FuZGJveA", base64_url(claims.to_string().as_bytes()));
        self.grants.insert(token.clone(), Grant { scopes, expires });
        token
    }
}

/// `POST /identity_/connect/token`.
pub(super) fn client_credentials(call: &mut Call<'_>) -> Outcome {
    let kind = call.request.header("content-type");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(oauth_error("invalid_request"));
    }
    let form: HashMap<String, String> = url::form_urlencoded::parse(&call.request.body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let credentials = &call.config.credentials;
    if field("grant_type") != "client_credentials" {
        return Err(oauth_error("unsupported_grant_type"));
    }
    if field("client_id") != credentials.client_id || field("client_secret") != credentials.client_secret {
        return Err(oauth_error("invalid_client"));
    }
    let mut scopes: Vec<String> = field("scope").split_whitespace().map(str::to_owned).collect();
    if scopes.is_empty() {
        scopes.clone_from(&credentials.scopes);
    }
    if scopes.iter().any(|scope| !credentials.scopes.contains(scope)) {
        return Err(oauth_error("invalid_scope"));
    }
    let scope = scopes.join(" ");
    let mut claims = json!({
        "client_id": credentials.client_id,
        "prt_id": call.organization,
        "scope": scopes,
    });
    if let Some(user) = credentials.acting_user {
        claims["sub"] = json!(user);
    }
    let lifetime = credentials.token_lifetime;
    let token = call.tokens.issue(claims, scopes, call.now, lifetime);
    Reply::ok(&json!({
        "access_token": token,
        "expires_in": lifetime.as_secs(),
        "token_type": "Bearer",
        "scope": scope,
    }))
}

fn oauth_error(code: &str) -> Reply {
    Reply::json(400, &json!({"error": code}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Authenticate {
    tenancy_name: Option<String>,
    username_or_email_address: Option<String>,
    password: Option<String>,
}

/// `POST /api/account/authenticate`, answered in the ABP envelope.
pub(super) fn resource_owner(call: &mut Call<'_>) -> Outcome {
    let given: Authenticate = call.body()?;
    let credentials = &call.config.credentials;
    let right = given.tenancy_name.is_some_and(|name| !name.is_empty())
        && given.username_or_email_address.as_deref() == Some(&credentials.username)
        && given.password.as_deref() == Some(&credentials.password);
    if !right {
        let error = json!({"code": 0, "message": "Login failed!", "details": "Invalid user name or password."});
        return Err(Reply::json(401, &envelope(&Value::Null, &error)));
    }
    let claims = json!({"sub": credentials.acting_user, "prt_id": call.organization});
    let scopes = credentials.scopes.clone();
    let token = call.tokens.issue(claims, scopes, call.now, credentials.token_lifetime);
    Reply::ok(&envelope(&json!(token), &Value::Null))
}

fn envelope(result: &Value, error: &Value) -> Value {
    json!({
        "result": result,
        "targetUrl": null,
        "success": error.is_null(),
        "error": error,
        "unAuthorizedRequest": false,
        "__abp": true,
    })
}

fn base64_url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for position in 0..=chunk.len() {
            let index = bits >> (18 - 6 * position) & 63;
            text.push(char::from(LETTERS[index as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_url_needs_neither_padding_nor_plus_nor_slash() {
        for (bytes, text) in [
            (&b"f"[..], "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"\xfb\xff", "-_8"),
        ] {
            assert_eq!(base64_url(bytes), text);
        }
    }
}
