//! The rows that a problem stands in.

use std::fmt;

use crate::text::{joined, number};

/// The rows of one worksheet that have the same problem, in ascending order and bounded memory: of more than
/// [`MOST`](Self::MOST) stretches the rest is only counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowNumbers {
    /// First and last row of each stretch.
    stretches: Vec<(u32, u32)>,
    /// How many rows after them are not kept.
    beyond: usize,
    /// The highest row, kept or not.
    last: u32,
}

impl RowNumbers {
    /// How many stretches of neighbouring rows are kept.
    pub const MOST: usize = 1_000;

    /// How many stretches are named in a text.
    const NAMED: usize = 10;

    /// Adds a row that is not before the others; one that is there already counts once.
    pub fn add(&mut self, row: u32) {
        self.add_stretch(row, row);
    }

    /// Adds the rows of a later part of the worksheet.
    pub fn append(&mut self, later: &Self) {
        for (first, last) in &later.stretches {
            self.add_stretch(*first, *last);
        }
        self.beyond += later.beyond;
        self.last = self.last.max(later.last);
    }

    fn add_stretch(&mut self, first: u32, last: u32) {
        let is_full = self.stretches.len() == Self::MOST;
        match self.stretches.last_mut() {
            // Several cells of one row.
            Some(_) if last == self.last => return,
            Some((_, end)) if self.beyond == 0 && end.checked_add(1) == Some(first) => *end = last,
            Some(_) if is_full || first <= self.last => self.beyond += length(first, last),
            _ => self.stretches.push((first, last)),
        }
        self.last = self.last.max(last);
    }

    /// The first row; none if the problem is not one of a row.
    pub fn first(&self) -> Option<u32> {
        self.stretches.first().map(|(first, _)| *first)
    }

    /// The rows that are kept.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.stretches.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        let kept = self.stretches.iter().map(|(first, last)| length(*first, *last));
        kept.sum::<usize>() + self.beyond
    }
}

fn length(first: u32, last: u32) -> usize {
    (last - first) as usize + 1
}

impl From<u32> for RowNumbers {
    fn from(row: u32) -> Self {
        Self {
            stretches: vec![(row, row)],
            beyond: 0,
            last: row,
        }
    }
}

/// `row 4`, or `rows 4, 9, 31–40 and 120 more`; nothing if there is none.
impl fmt::Display for RowNumbers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.stretches.iter().take(Self::NAMED);
        let mut parts: Vec<String> = Vec::with_capacity(Self::NAMED + 1);
        let mut count = 0;
        for (first, last) in named {
            count += length(*first, *last);
            match last - first {
                0 => parts.push(first.to_string()),
                1 => parts.extend([first.to_string(), last.to_string()]),
                _ => parts.push(format!("{first}–{last}")),
            }
        }
        match self.count() - count {
            0 => {}
            more => parts.push(format!("{} more", number(more))),
        }
        match parts.as_slice() {
            [] => Ok(()),
            [only] if count == 1 => write!(out, "row {only}"),
            _ => write!(out, "rows {}", joined(&parts, parts.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn rows(numbers: &[u32]) -> RowNumbers {
        let mut rows = RowNumbers::default();
        for row in numbers {
            rows.add(*row);
        }
        rows
    }

    #[test]
    fn rows_are_named_as_a_person_would() {
        for (numbers, named) in [
            (&[][..], ""),
            (&[4], "row 4"),
            (&[4, 4], "row 4"),
            (&[4, 9], "rows 4 and 9"),
            (&[4, 9, 31, 32, 33], "rows 4, 9 and 31–33"),
        ] {
            assert_eq!(rows(numbers).to_string(), named);
        }
        let odd: Vec<u32> = (0..2_000).map(|row| 2 * row + 3).collect();
        assert_eq!(
            rows(&odd).to_string(),
            "rows 3, 5, 7, 9, 11, 13, 15, 17, 19, 21 and 1,990 more"
        );
    }

    proptest! {
        #[test]
        fn no_row_is_lost_and_none_is_counted_twice(
            numbers in prop::collection::btree_set(1_u32..6_000, 0..3_000),
            cut in 0_usize..3_000,
        ) {
            let all: Vec<u32> = numbers.iter().copied().collect();
            let (earlier, later) = all.split_at(cut.min(all.len()));
            let mut joined = rows(earlier);
            joined.append(&rows(later));
            prop_assert_eq!(joined.count(), all.len());
            let kept: BTreeSet<u32> = joined.iter().collect();
            let first: BTreeSet<u32> = all.iter().copied().take(kept.len()).collect();
            prop_assert_eq!(kept, first);
        }
    }
}
