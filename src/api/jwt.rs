//! What a token says of itself. It is read for its owner only and believed for nothing else, so no signature is checked.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use uuid::Uuid;

/// The account that calls with a token are made as.
pub(super) const SUBJECT: &str = "sub";

/// The organization that a token is for (`uipath-api`, 10).
pub(super) const ORGANIZATION: &str = "prt_id";

/// The scopes that a token grants: a text with blanks between them, or a list (RFC 9068).
const SCOPE: &str = "scope";

/// A claim of a JWT, where it is a GUID; personal access tokens are opaque and have none.
pub(super) fn guid_claim(token: &str, name: &str) -> Option<Uuid> {
    let claim = claims(token)?.get(name)?.as_str()?.parse::<Uuid>().ok()?;
    (!claim.is_nil()).then_some(claim)
}

/// The scopes that a token says it grants; `None` if it does not say.
pub(super) fn scopes(token: &str) -> Option<Vec<String>> {
    let scopes = match claims(token)?.get(SCOPE)? {
        Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return None,
    };
    Some(scopes).filter(|scopes: &Vec<String>| !scopes.is_empty())
}

/// How long a token lives by its own word, from when it was made.
pub(super) fn lifetime(token: &str) -> Option<Duration> {
    let claims = claims(token)?;
    let time = |name| claims.get(name).and_then(Value::as_u64);
    time("exp")?.checked_sub(time("iat")?).map(Duration::from_secs)
}

fn claims(token: &str) -> Option<Value> {
    // RFC 7515 leaves the padding out; it is taken off all the same, because some issuers write it.
    let claims = BASE64_URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1)?.trim_end_matches('='))
        .ok()?;
    serde_json::from_slice(&claims).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_of_a_token_is_read_when_it_is_a_guid() {
        // {"sub":"11111111-1111-1111-1111-111111111111","n":"ü?>"}
        let claims = "eyJzdWIiOiIxMTExMTExMS0xMTExLTExMTEtMTExMS0xMTExMTExMTExMTEiLCJuIjoiw7w_PiJ9";
        let subject_of = |token: &str| guid_claim(token, SUBJECT).map(|guid| guid.to_string());
        let token = format!("head.{claims}.signature");
        assert_eq!(
            subject_of(&token).as_deref(),
            Some("11111111-1111-1111-1111-111111111111")
        );
        assert_eq!(guid_claim(&token, ORGANIZATION), None);
        for token in ["rt_opaque", "a.!!.c", "a.e30.c", "", "..", "a.eyJzdWIiOiJtZSJ9.c"] {
            assert_eq!(subject_of(token), None, "{token}");
        }
    }

    fn token(claims: &str) -> String {
        format!("head.{}.signature", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn scopes_are_read_from_a_text_and_from_a_list() {
        let of = |claims: &str| scopes(&token(claims)).map(|scopes| scopes.join("|"));
        assert_eq!(
            of(r#"{"scope":"PM.User  PM.Group"}"#).as_deref(),
            Some("PM.User|PM.Group")
        );
        assert_eq!(
            of(r#"{"scope":["PM.User","PM.Group"]}"#).as_deref(),
            Some("PM.User|PM.Group")
        );
        for untold in ["{}", r#"{"scope":""}"#, r#"{"scope":[]}"#, r#"{"scope":7}"#] {
            assert_eq!(of(untold), None, "{untold}");
        }
    }

    #[test]
    fn a_lifetime_needs_both_its_ends() {
        let of = |claims: &str| lifetime(&token(claims)).map(|lifetime| lifetime.as_secs());
        assert_eq!(of(r#"{"iat":1000,"exp":4600}"#), Some(3600));
        for untold in [r#"{"exp":4600}"#, r#"{"iat":1000}"#, r#"{"iat":4600,"exp":1000}"#, "{}"] {
            assert_eq!(of(untold), None, "{untold}");
        }
    }
}
