//! "Did you mean" among very many accounts, at a cost that does not grow with their number.

use crate::text::{fold, nearest};

/// How many names before and after the sort position of the typed name are examined.
const NEIGHBOURS: usize = 64;

/// The label that may have been meant by `typed`. `labels` gives the label at a position of the
/// alphabet of folded labels, of which there are `count`.
///
/// The same local part at another domain comes first, then the nearest local part at the same
/// domain. Only neighbours in the alphabet are compared, so a slip in the first letters goes unseen.
/// What a person is called is asked for in both orders: `Lee, Ann`, `Lee Ann`.
pub(super) fn suggestion<'a>(typed: &str, count: usize, labels: impl Fn(usize) -> &'a str) -> Option<&'a str> {
    let typed = fold(typed);
    let as_typed = one_suggestion(&typed, count, &labels);
    as_typed.or_else(|| {
        let called = as_called(&typed);
        let is_so = |name: &str, label: &&str| parts(&fold(label)).0 == name;
        let exact = |name: &String| one_suggestion(name, count, &labels).filter(|label| is_so(name, label));
        called.iter().find_map(exact)
    })
}

/// The local parts that somebody may have who is called so, without titles and what stands in brackets.
fn as_called(name: &str) -> Vec<String> {
    if name.contains(['@', '\\']) {
        return Vec::new();
    }
    let name = name.split(['(', '[']).next().unwrap_or_default();
    let is_title = |word: &&str| word.ends_with('.');
    let words = |part: &str| {
        part.split_whitespace()
            .filter(|word| !is_title(word))
            .collect::<Vec<_>>()
            .join(".")
    };
    let orders = match name.split_once(',') {
        Some((last, first)) => vec![(words(first), words(last))],
        None => {
            let spaces = name.trim().match_indices(' ');
            let halves = spaces.map(|(place, _)| name.trim().split_at(place));
            let mut orders: Vec<_> = halves.map(|(first, last)| (words(first), words(last))).collect();
            orders.extend(orders.clone().into_iter().map(|(first, last)| (last, first)));
            orders
        }
    };
    let whole = orders
        .into_iter()
        .filter(|(first, last)| !first.is_empty() && !last.is_empty());
    whole.map(|(first, last)| format!("{first}.{last}")).take(8).collect()
}

fn one_suggestion<'a>(typed: &str, count: usize, labels: impl Fn(usize) -> &'a str) -> Option<&'a str> {
    let (local, domain) = parts(typed);
    let place = partition_point(count, |position| fold(labels(position)).as_str() < local);
    let neighbours: Vec<(String, &str)> = (place.saturating_sub(NEIGHBOURS)..count.min(place + NEIGHBOURS))
        .map(|position| (fold(labels(position)), labels(position)))
        .collect();
    if let Some((_, label)) = neighbours.iter().find(|(folded, _)| parts(folded).0 == local) {
        return Some(label);
    }
    let same_domain = |folded: &&(String, &str)| domain.is_none() || parts(&folded.0).1 == domain;
    let locals = neighbours.iter().filter(same_domain).map(|(folded, _)| parts(folded).0);
    let meant = nearest(local, locals)?;
    neighbours
        .iter()
        .filter(same_domain)
        .find(|(folded, _)| parts(folded).0 == meant)
        .map(|(_, label)| *label)
}

/// The parts before and after the `@`.
fn parts(name: &str) -> (&str, Option<&str>) {
    name.split_once('@')
        .map_or((name, None), |(local, domain)| (local, Some(domain)))
}

/// `slice::partition_point` over positions.
fn partition_point(count: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(typed: &str, labels: &[&'static str]) -> Option<&'static str> {
        let mut labels = labels.to_vec();
        labels.sort_by_key(|label| fold(label));
        suggestion(typed, labels.len(), |position| labels[position])
    }

    #[test]
    fn a_slip_in_the_local_part_and_a_wrong_domain_are_both_seen_through() {
        let labels = ["Ann.Lee@corp.example", "bob@corp.example", "cy@other.example"];
        assert_eq!(meant("ann.leee@corp.example", &labels), Some("Ann.Lee@corp.example"));
        assert_eq!(meant("ann.lee@old.example", &labels), Some("Ann.Lee@corp.example"));
        assert_eq!(meant("ann.lee", &labels), Some("Ann.Lee@corp.example"));
    }

    #[test]
    fn what_somebody_is_called_is_found_in_both_orders() {
        let labels = ["anna.berg@x.example", "greta.nowak@x.example", "lena.vogel@x.example"];
        for (typed, found) in [
            ("Lena Vogel", 2),
            ("Vogel, Lena", 2),
            ("Vogel Lena", 2),
            ("VOGEL,Lena", 2),
            ("Dr. Greta Nowak", 1),
            ("Nowak, Dr. Greta", 1),
            ("Anna Berg (HR)", 0),
            ("Berg, Anna [extern]", 0),
        ] {
            assert_eq!(meant(typed, &labels), Some(labels[found]), "{typed}");
        }
        for typed in [
            "Vogel, Greta",
            "Lena",
            "Vogel",
            "CORP\\vogel lena",
            "(HR)",
            ", ",
            "Total: 3",
        ] {
            assert_eq!(meant(typed, &labels), None, "{typed}");
        }
    }

    #[test]
    fn another_person_of_the_same_domain_is_not_suggested() {
        let labels = ["ann.lee@corp.example", "bob.ray@corp.example"];
        assert_eq!(meant("eve.fox@corp.example", &labels), None);
    }

    #[test]
    fn a_slip_at_another_domain_is_no_match() {
        assert_eq!(meant("ann.leee@old.example", &["ann.lee@corp.example"]), None);
    }

    #[test]
    fn no_account_at_all_is_no_trouble() {
        assert_eq!(meant("ann", &[]), None);
    }
}
