//! What a token says of itself. It is read for its owner only and believed for nothing else, so no signature is checked.

use serde_json::Value;
use uuid::Uuid;

/// The `sub` claim of a JWT, where it is a GUID; personal access tokens are opaque and have none.
pub(super) fn subject(token: &str) -> Option<Uuid> {
    let claims = base64url(token.split('.').nth(1)?)?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims.get("sub")?.as_str()?.parse().ok()
}

fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Some(bytes)
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
