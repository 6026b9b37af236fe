//! What a token says of itself. It is read for its owner only and believed for nothing else, so no signature is checked.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use uuid::Uuid;

/// The `sub` claim of a JWT, where it is a GUID; personal access tokens are opaque and have none.
pub(super) fn subject(token: &str) -> Option<Uuid> {
    // RFC 7515 leaves the padding out; it is taken off all the same, because some issuers write it.
    let claims = BASE64_URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1)?.trim_end_matches('='))
        .ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims.get("sub")?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_of_a_token_is_read_when_it_is_a_guid() {
        // {"sub":"11111111-1111-1111-1111-111111111111","n":"ü?>"}
        let claims = "eyJzdWIiOiIxMTExMTExMS0xMTExLTExMTEtMTExMS0xMTExMTExMTExMTEiLCJuIjoiw7w_PiJ9";
        let subject_of = |token: &str| subject(token).map(|guid| guid.to_string());
        assert_eq!(
            subject_of(&format!("head.{claims}.signature")).as_deref(),
            Some("11111111-1111-1111-1111-111111111111")
        );
        for token in ["rt_opaque", "a.!!.c", "a.e30.c", "", "..", "a.eyJzdWIiOiJtZSJ9.c"] {
            assert_eq!(subject_of(token), None, "{token}");
        }
    }
}
