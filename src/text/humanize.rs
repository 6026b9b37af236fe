//! Numbers and durations for people to read.

use std::fmt::Display;
use std::time::Duration;

/// What things are counted in: the types that have no sign.
pub trait Count {
    /// As the widest of them.
    fn count(self) -> u64;
}

impl Count for u32 {
    fn count(self) -> u64 {
        self.into()
    }
}

impl Count for u64 {
    fn count(self) -> u64 {
        self
    }
}

impl Count for usize {
    fn count(self) -> u64 {
        self as u64
    }
}

/// What fits one thing, or what fits any other number of them: the verb beside a count, and the pronoun.
pub fn choose<T>(count: impl Count, one: T, many: T) -> T {
    if count.count() == 1 { one } else { many }
}

/// `1 row`, `2 rows`, `1,200 rows`: a count with its noun, the plural formed with `s`.
pub fn plural(count: impl Count, noun: &str) -> String {
    let count = count.count();
    let ending = choose(count, "", "s");
    format!("{} {noun}{ending}", number(count))
}

/// `1 person`, `2 people`, `1,200 people`.
pub fn people(count: impl Count) -> String {
    let count = count.count();
    format!("{} {}", number(count), choose(count, "person", "people"))
}

/// A whole number with commas between thousands.
pub fn number(value: impl Count) -> String {
    let digits = value.count().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A length of time as people type it, in the largest unit that it is a whole number of: `90d`, `36h`, `1500ms`.
pub fn length_text(length: Duration) -> String {
    let milliseconds = length.as_millis();
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)];
    let fitting = units
        .into_iter()
        .find(|(_, unit)| milliseconds > 0 && milliseconds.is_multiple_of(*unit));
    fitting.map_or_else(
        || format!("{milliseconds}ms"),
        |(name, unit)| format!("{}{name}", milliseconds / unit),
    )
}

/// A duration in at most two units: `0.4 s`, `41 s`, `5 min 20 s`, `2 h 36 min`.
pub fn duration(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", length.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => two_units(seconds / 60, "min", seconds % 60, "s"),
        _ => two_units(seconds / 3600, "h", seconds % 3600 / 60, "min"),
    }
}

fn two_units(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

/// `a`, `a and b`, `a, b and c`; with more than `most` items, `a, b and 3 more`.
pub fn joined<T: Display>(items: &[T], most: usize) -> String {
    joined_first(items.iter(), most)
}

/// The same of items that are made one by one; those that are not shown are only counted.
pub fn joined_first<T: Display>(mut items: impl ExactSizeIterator<Item = T>, most: usize) -> String {
    let mut parts: Vec<String> = items.by_ref().take(most).map(|item| item.to_string()).collect();
    if items.len() > 0 {
        parts.push(format!("{} more", number(items.len())));
    }
    match parts.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// The same of names, each in backticks.
pub fn listed<T: Display>(names: impl ExactSizeIterator<Item = T>, most: usize) -> String {
    joined_first(names.map(|name| format!("`{name}`")), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_carry_their_noun_and_thousands_are_separated() {
        for (count, rows, those) in [
            (0_usize, "0 rows", "0 people"),
            (1, "1 row", "1 person"),
            (999, "999 rows", "999 people"),
            (1000, "1,000 rows", "1,000 people"),
            (1_234_567, "1,234,567 rows", "1,234,567 people"),
        ] {
            assert_eq!(plural(count, "row"), rows);
            assert_eq!(people(count), those);
        }
        assert_eq!(number(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn durations_have_at_most_two_units() {
        for (milliseconds, shown) in [
            (400, "0.4 s"),
            (41_000, "41 s"),
            (320_000, "5 min 20 s"),
            (300_000, "5 min"),
            (9_360_000, "2 h 36 min"),
        ] {
            assert_eq!(duration(Duration::from_millis(milliseconds)), shown);
        }
    }

    #[test]
    fn long_lists_end_in_how_many_more() {
        for (items, most, expected) in [
            (0, 3, ""),
            (1, 3, "1"),
            (3, 3, "1, 2 and 3"),
            (5, 2, "1, 2 and 3 more"),
            (3, 0, "3 more"),
            (100_000, 4, "1, 2, 3, 4 and 99,996 more"),
        ] {
            let items: Vec<u32> = (1..=items).collect();
            assert_eq!(joined(&items, most), expected);
            assert_eq!(joined_first(items.iter(), most), expected);
        }
    }
}
