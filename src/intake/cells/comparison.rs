//! How cells are compared with each other: in a comparison form, and by a hash of it.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::quality::FixedState;
use memchr::memchr;

use crate::model::UserId;
use crate::text::{fold, is_lower};

/// Fixed, because the threads that parse one sheet must agree. Somebody who makes texts collide on purpose gains
/// nothing but problems with their own sheet.
const HASHER: FixedState = FixedState::with_seed(0);

/// A hash for comparing rows within one run. Never stored: another version of the crate may hash differently.
pub(in crate::intake) fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    HASHER.hash_one(value)
}

/// The [`hash`] of a text in its comparison form.
pub(in crate::intake) fn hash_text(text: &str) -> u64 {
    if is_lower(text) { hash(text) } else { hash(&*fold(text)) }
}

/// Makes such a hash of pieces.
pub(in crate::intake) fn hasher() -> impl Hasher {
    HASHER.build_hasher()
}

/// Half of a hash: enough to distinguish two values of one subject.
pub(in crate::intake) fn half(hash: u64) -> u32 {
    let [.., a, b, c, d] = hash.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// Whether `name` has this comparison form.
pub(in crate::intake) fn is_same(name: &str, key: &str) -> bool {
    if name.is_ascii() {
        name.eq_ignore_ascii_case(key)
    } else {
        fold(name) == key
    }
}

/// The comparison form of a user: a GUID in its usual spelling, anything else folded.
pub(in crate::intake) fn user_key(user: &str) -> Cow<'_, str> {
    // The lengths of a GUID's four spellings: bare, with hyphens, in braces, as a URN. Parsing is not tried on others,
    // nor on addresses, since this runs for every row.
    if matches!(user.len(), 32 | 36 | 38 | 45)
        && memchr(b'@', user.as_bytes()).is_none()
        && let Ok(id) = user.parse::<UserId>()
    {
        return Cow::Owned(id.to_string());
    }
    if is_lower(user) {
        Cow::Borrowed(user)
    } else {
        Cow::Owned(fold(user))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_that_differ_little_are_kept_apart() {
        let texts = (0..200_000).map(|number| format!("first{number}.last{number}@contoso.example"));
        let hashes: HashSet<u64> = texts.map(|text| hash(&*text)).collect();
        assert_eq!(hashes.len(), 200_000);
        let short: HashSet<u64> = ["", "\0", "\0\0", "a", "a\0", "b"].into_iter().map(hash).collect();
        assert_eq!(short.len(), 6);
    }

    #[test]
    fn the_order_of_what_is_hashed_matters() {
        assert_ne!(hash(&(1_u64, 2_u64)), hash(&(2_u64, 1_u64)));
    }
}
