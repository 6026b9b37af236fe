//! Entries in the order of their ids, where a server may give one id to two of them.

/// The entries in the order of their ids. Of those with one id that `agree` the first is kept; those that do not
/// stay side by side, so that [`claimants`] tells them all.
pub(super) fn in_order<T, K: Ord>(
    entries: impl IntoIterator<Item = T>,
    id: impl Fn(&T) -> K,
    agree: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    let mut entries: Vec<T> = entries.into_iter().collect();
    entries.sort_by_key(&id);
    entries.dedup_by(|later, kept| id(later) == id(kept) && agree(later, kept));
    entries.shrink_to_fit();
    entries
}

/// Every entry with this id: one, unless the server contradicts itself.
pub(super) fn claimants<'a, T, K: Ord>(entries: &'a [T], wanted: &K, id: impl Fn(&T) -> K) -> &'a [T] {
    let start = entries.partition_point(|entry| id(entry) < *wanted);
    let length = entries[start..].partition_point(|entry| id(entry) == *wanted);
    &entries[start..start + length]
}
