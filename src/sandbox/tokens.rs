//! The tokens that were given out.

use std::collections::HashMap;
use std::time::Duration;

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
        let header = base64_url(br#"{"alg":"none","typ":"at+jwt"}"#);
        let token = format!("{header}.{}.c2FuZGJveA", base64_url(claims.to_string().as_bytes()));
        self.grants.insert(token.clone(), Grant { scopes, expires });
        token
    }
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
