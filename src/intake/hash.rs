//! A fast hash for comparing rows with each other within one pass.
//!
//! Good enough to keep a few million texts apart; not proof against someone who makes texts collide,
//! who would gain nothing but findings about the own sheet. Never stored.

use std::hash::{BuildHasherDefault, Hasher};

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const ODD: u64 = 0xd1b5_4a32_d192_ed03;

/// Both numbers in one, every bit of each in every bit of the result.
pub(super) fn mix(one: u64, other: u64) -> u64 {
    let product = u128::from(one ^ SEED) * u128::from(other ^ ODD);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are wanted")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

/// 16 bytes more.
fn mix_pair(state: u64, pair: [u8; 16]) -> u64 {
    let pair = u128::from_le_bytes(pair);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are wanted")]
    let (one, other) = (pair as u64, (pair >> 64) as u64);
    mix(state ^ one, state.rotate_left(32) ^ other)
}

/// A hash of a text.
pub(super) fn hash(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut state = mix(bytes.len() as u64, SEED);
    let (pairs, rest) = bytes.as_chunks::<16>();
    for pair in pairs {
        state = mix_pair(state, *pair);
    }
    let mut last = [0; 16];
    last[..rest.len()].copy_from_slice(rest);
    mix_pair(state, last)
}

/// For maps whose keys are texts.
pub(super) type Mixing = BuildHasherDefault<MixingHasher>;

#[derive(Debug, Default)]
pub(super) struct MixingHasher(u64);

impl Hasher for MixingHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.0 = mix(self.0, u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.0 = mix(self.0 ^ bytes.len() as u64, u64::from_le_bytes(last));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_that_differ_little_are_kept_apart() {
        let texts = (0..200_000).map(|number| format!("first{number}.last{number}@contoso.example"));
        let hashes: HashSet<u64> = texts.map(|text| hash(&text)).collect();
        assert_eq!(hashes.len(), 200_000);
        let short: HashSet<u64> = ["", "\0", "\0\0", "a", "a\0", "b"].into_iter().map(hash).collect();
        assert_eq!(short.len(), 6);
    }

    #[test]
    fn the_order_of_what_is_mixed_matters() {
        assert_ne!(mix(1, 2), mix(2, 1));
    }
}
