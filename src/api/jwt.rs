//! What a token says of itself. It is read for its owner only and believed for nothing else, so no signature is checked.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use uuid::Uuid;

/// The account that calls with a token are made as.
pub(super) const SUBJECT: &str = "sub";

/// The organization that a token is for (`uipath-api`, 10).
pub(super) const ORGANIZATION: &str = "prt_id";

/// A claim of a JWT, where it is a GUID; personal access tokens are opaque and have none.
pub(super) fn guid_claim(token: &str, name: &str) -> Option<Uuid> {
    // RFC 7515 leaves the padding out; it is taken off all the same, because some issuers write it.
    let claims = BASE64_URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1)?.trim_end_matches('='))
        .ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let claim = claims.get(name)?.as_str()?.parse::<Uuid>().ok()?;
    (!claim.is_nil()).then_some(claim)
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
}
