//! Names that a spreadsheet program may have made something else of, when it opened a CSV.

use super::Column;
use super::defects::is_exponent;
use super::list::is_separator;

/// No text that a spreadsheet program makes of a name is longer: `30-Sept-2026`.
const LONGEST: usize = 12;
/// A number with so many digits is more often a name than the rest of one that began with zeros.
const MOST_DIGITS: usize = 3;

/// Months as spreadsheet programs shorten them, in the languages of reseat's headers.
const MONTHS: &str = " jan feb mar apr may jun jul aug sep sept oct nov dec mrz mär mai okt dez \
    janv févr avr mars juin juil août déc ene abr ago dic gen mag giu lug set ott fev out \
    mrt mei sty lut kwi maj cze lip sie wrz paź lis gru ";

/// The columns of names, for which any text is a possible one.
pub(in crate::intake) const NAMES: [Column; 5] = [
    Column::User,
    Column::Username,
    Column::Group,
    Column::Groups,
    Column::RemoveGroups,
];

/// Whether a name in a cell of a CSV looks like what a spreadsheet program makes of `2024-03` (`Mar-24`), `1-2`
/// (`01.02.2026`), `007` (`7`) or, in a list, `73928e05` (`7.39E+12`).
pub(in crate::intake) fn may_be_changed(column: Column, cell: &str) -> bool {
    let may_be = |item: &str| item.len() <= LONGEST && (is_short_number(item) || is_date(item) || is_exponent(item));
    // Whatever they make has a digit, and nearly every cell is an address. An exponent that is all of a cell is an error
    // already.
    if !cell.bytes().any(|byte| byte.is_ascii_digit()) || cell.contains('@') || is_exponent(cell) {
        return false;
    }
    match column {
        Column::Groups | Column::RemoveGroups => cell.split(is_separator).map(str::trim).any(may_be),
        _ => may_be(cell),
    }
}

fn is_short_number(item: &str) -> bool {
    (1..=MOST_DIGITS).contains(&item.len()) && is_digits(item) && !item.starts_with('0')
}

/// A day and a month in letters, a month in letters and a year, or all three; or three numbers that are a date as it is
/// written in some country, though not as computers write it, in which a name is written too.
fn is_date(item: &str) -> bool {
    let (mut months, mut numbers, mut years) = (0, 0, 0);
    for part in item.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()) {
        if is_digits(part) && matches!(part.len(), 1 | 2 | 4) {
            numbers += 1;
            years += usize::from(part.len() == 4);
        } else if is_month(part) {
            months += 1;
        } else {
            return false;
        }
    }
    match months {
        0 => {
            let is_parted = !item.contains(['-', ' ']) && item.contains(['/', '.']);
            numbers == 3 && is_parted && years == 1
        }
        // A year of four digits stands beside a month only with a day.
        1 => numbers == 2 || numbers == 1 && years == 0,
        _ => false,
    }
}

fn is_month(part: &str) -> bool {
    let part = part.to_lowercase();
    part.chars().all(char::is_alphabetic) && MONTHS.split(' ').any(|month| !month.is_empty() && month == part)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_program_makes_of_names_is_recognised() {
        for cell in [
            "Mar-24",
            "24-Mar",
            "01. Mrz",
            "mars-24",
            "Finance; Sep-01",
            "1/2/2026",
            "01.02.2026",
            "2026/2/1",
            "7",
            "HR | 12",
            "Finance; 7.39E+12",
            "déc.-24",
        ] {
            assert!(may_be_changed(Column::Groups, cell), "{cell}");
        }
    }

    #[test]
    fn names_that_people_give_are_not() {
        for cell in [
            "",
            "Finance",
            "2024-03",
            "2024-03-01",
            "007",
            "4711",
            "March",
            "Team 01",
            "Mar",
            "May 2026",
            "Dec 2026; Mai 2026",
            "1.2.3",
            "10.0.0.1",
            "24@x.example",
            "73928e05",
            "may.lee",
            "Ops-24",
            "Maria-24",
        ] {
            assert!(!may_be_changed(Column::Groups, cell), "{cell}");
        }
        for cell in ["1,23457E+11", "7.39E+12", "Berg, 7"] {
            assert!(!may_be_changed(Column::Username, cell), "{cell}");
        }
    }
}
