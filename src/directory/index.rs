//! Entries found by id and by name, where a server may give one id to two of them.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

/// The answer to "who is this?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// Exactly one.
    One(T),
    /// Nobody.
    None {
        /// A name that may have been meant.
        suggestion: Option<String>,
    },
    /// Several, each described so that the user can tell them apart.
    Many(Vec<String>),
}

impl<T> Found<T> {
    /// The one, if it is one.
    pub fn one(self) -> Option<T> {
        match self {
            Self::One(found) => Some(found),
            Self::None { .. } | Self::Many(_) => None,
        }
    }
}

/// Hashes of folded names, sorted, each with the position of its bearer. Different names may
/// share a hash, so whoever asks compares the name itself.
#[derive(Debug, Default)]
pub(super) struct NameIndex {
    entries: Vec<(u32, u32)>,
    hasher: RandomState,
}

impl NameIndex {
    /// An index of folded names and their positions.
    pub(super) fn new<'n>(names: impl Iterator<Item = (Cow<'n, str>, u32)>) -> Self {
        let hasher = RandomState::default();
        let mut entries: Vec<_> = names.map(|(name, position)| (hash(&hasher, &name), position)).collect();
        entries.sort_unstable();
        entries.dedup();
        entries.shrink_to_fit();
        Self { entries, hasher }
    }

    /// The positions that may bear this folded name, lowest first.
    pub(super) fn candidates(&self, folded: &str) -> impl Iterator<Item = usize> {
        let wanted = hash(&self.hasher, folded);
        let start = self.entries.partition_point(|(hash, _)| *hash < wanted);
        self.entries[start..]
            .iter()
            .take_while(move |(hash, _)| *hash == wanted)
            .map(|(_, position)| *position as usize)
    }
}

/// The lower half of the hash will do, as names are compared afterwards.
#[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
fn hash(hasher: &RandomState, folded: &str) -> u32 {
    hasher.hash_one(folded) as u32
}

/// Positions as the index keeps them: no directory comes near four thousand million entries.
pub(super) fn numbered<T>(items: &[T]) -> impl Iterator<Item = (u32, &T)> {
    (0..).zip(items)
}

/// More entries than this with one id are no entry that came again on the next page.
const MOST_REPEATED: usize = 8;

/// The entries in the order of their ids. Of those with one id that all `agree` with each other the first is kept;
/// others stay side by side, so that [`with_id`] tells them all.
pub(super) fn sorted_by_id<T, K: Ord>(
    entries: impl IntoIterator<Item = T>,
    id: impl Fn(&T) -> K,
    agree: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    let mut entries: Vec<T> = entries.into_iter().collect();
    // Listings come in this order, the last entry first.
    if entries.is_sorted_by(|one, other| id(one) > id(other)) {
        entries.reverse();
    } else {
        // Stable, and moves ids and not entries, for which half as much memory again would be needed.
        entries.sort_by_cached_key(&id);
    }
    // Each with each: two may agree with a third, which lacks what they differ in, and not with each other.
    let is_one = |same: &&[T]| {
        let pairs = same
            .iter()
            .enumerate()
            .flat_map(|(at, one)| same[at + 1..].iter().map(move |other| (one, other)));
        same.len() <= MOST_REPEATED && pairs.into_iter().all(|(one, other)| agree(one, other))
    };
    let disputed: Vec<K> = entries
        .chunk_by(|one, other| id(one) == id(other))
        .filter(|same| same.len() > 1 && !is_one(same))
        .map(|same| id(&same[0]))
        .collect();
    entries.dedup_by(|later, kept| id(later) == id(kept) && disputed.binary_search(&id(kept)).is_err());
    entries.shrink_to_fit();
    entries
}

/// Every entry with this id: one, unless the server contradicts itself.
pub(super) fn with_id<'a, T, K: Ord>(entries: &'a [T], wanted: &K, id: impl Fn(&T) -> K) -> &'a [T] {
    let start = entries.partition_point(|entry| id(entry) < *wanted);
    let length = entries[start..].iter().take_while(|entry| id(entry) == *wanted).count();
    &entries[start..start + length]
}

/// Every entry with the id of the one at this position.
pub(super) fn with_id_of<T, K: Ord>(entries: &[T], position: usize, id: impl Fn(&T) -> K) -> &[T] {
    let (before, after) = entries.split_at(position);
    let wanted = after.first().map(&id);
    let has_it = |entry: &&T| Some(id(entry)) == wanted;
    let start = position - before.iter().rev().take_while(has_it).count();
    &entries[start..position + after.iter().take_while(has_it).count()]
}

#[cfg(test)]
mod tests {
    #[test]
    fn entries_are_one_only_where_each_agrees_with_each() {
        // Whoever lacks a name agrees with everybody.
        let agree = |one: &(u8, &str), other: &(u8, &str)| one.1.is_empty() || other.1.is_empty() || one.1 == other.1;
        let sorted_by_id =
            |entries: &[(u8, &'static str)]| super::sorted_by_id(entries.iter().copied(), |entry| entry.0, agree);
        assert_eq!(
            sorted_by_id(&[(2, "b"), (1, "a"), (2, ""), (2, "b")]),
            [(1, "a"), (2, "b")]
        );
        assert_eq!(sorted_by_id(&[(1, ""), (1, "a"), (1, "b")]).len(), 3);
        assert_eq!(sorted_by_id(&[(1, "a"); 9]).len(), 9);
    }
    #[test]
    fn the_entries_with_the_id_of_one_are_those_with_that_id() {
        let entries = [1, 3, 3, 3, 4, 7, 7];
        for (position, id) in entries.iter().enumerate() {
            let of_position = super::with_id_of(&entries, position, |entry| *entry);
            assert_eq!(of_position, super::with_id(&entries, id, |entry| *entry));
        }
    }
}
