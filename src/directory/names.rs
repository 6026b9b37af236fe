//! An index by folded name that keeps no names: eight bytes an entry.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Hashes of folded names, sorted, each with the position of its bearer. Different names may
/// share a hash, so whoever asks compares the name itself.
#[derive(Debug, Default)]
pub(super) struct NameIndex(Vec<(u32, u32)>);

impl NameIndex {
    /// An index of folded names and the positions they stand for.
    pub(super) fn new(names: impl Iterator<Item = (String, u32)>) -> Self {
        let mut entries: Vec<_> = names.map(|(name, position)| (hash(&name), position)).collect();
        entries.sort_unstable();
        entries.dedup();
        entries.shrink_to_fit();
        Self(entries)
    }

    /// The positions that may bear this folded name, lowest first.
    pub(super) fn candidates(&self, folded: &str) -> impl Iterator<Item = usize> {
        let wanted = hash(folded);
        let start = self.0.partition_point(|(hash, _)| *hash < wanted);
        self.0[start..]
            .iter()
            .take_while(move |(hash, _)| *hash == wanted)
            .map(|(_, position)| *position as usize)
    }
}

/// The same in every run; the lower half of the hash will do, as names are compared afterwards.
#[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
fn hash(folded: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    folded.hash(&mut hasher);
    hasher.finish() as u32
}

/// Positions as the index keeps them: no directory comes near four thousand million entries.
pub(super) fn numbered<T>(items: &[T]) -> impl Iterator<Item = (u32, &T)> {
    (0..).zip(items)
}
