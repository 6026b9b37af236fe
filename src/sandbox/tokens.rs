//! The tokens that were given out.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

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

    /// Gives out a token with these claims.
    pub(super) fn issue(&mut self, claims: Value, scopes: Vec<String>, now: Timestamp, lifetime: Duration) -> String {
        self.issued += 1;
        let expires = now.checked_add(lifetime).unwrap_or(now);
        let mut claims = claims;
        claims["exp"] = json!(expires.as_second());
        claims["jti"] = json!(self.issued.to_string());
        let header = BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"none","typ":"at+jwt"}"#);
        let token = format!(
            "{header}.{}.c2FuZGJveA",
            BASE64_URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        self.grants.insert(token.clone(), Grant { scopes, expires });
        token
    }
}
