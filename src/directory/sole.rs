//! Entries in the order of their ids, where a server may give one id to two of them.

/// More entries than this with one id are no entry that came again on the next page.
const MOST_REPEATED: usize = 8;

/// The entries in the order of their ids. Of those with one id that all `agree` with each other the first is kept;
/// others stay side by side, so that [`claimants`] tells them all.
pub(super) fn in_order<T, K: Ord>(
    entries: impl IntoIterator<Item = T>,
    id: impl Fn(&T) -> K,
    agree: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    let mut entries: Vec<T> = entries.into_iter().collect();
    entries.sort_by_key(&id);
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
pub(super) fn claimants<'a, T, K: Ord>(entries: &'a [T], wanted: &K, id: impl Fn(&T) -> K) -> &'a [T] {
    let start = entries.partition_point(|entry| id(entry) < *wanted);
    let length = entries[start..].partition_point(|entry| id(entry) == *wanted);
    &entries[start..start + length]
}

#[cfg(test)]
mod tests {

    #[test]
    fn entries_are_one_only_where_each_agrees_with_each() {
        // Whoever lacks a name agrees with everybody.
        let agree = |one: &(u8, &str), other: &(u8, &str)| one.1.is_empty() || other.1.is_empty() || one.1 == other.1;
        let in_order =
            |entries: &[(u8, &'static str)]| super::in_order(entries.iter().copied(), |entry| entry.0, agree);
        assert_eq!(in_order(&[(2, "b"), (1, "a"), (2, ""), (2, "b")]), [(1, "a"), (2, "b")]);
        assert_eq!(in_order(&[(1, ""), (1, "a"), (1, "b")]).len(), 3);
        assert_eq!(in_order(&[(1, "a"); 9]).len(), 9);
    }
}
