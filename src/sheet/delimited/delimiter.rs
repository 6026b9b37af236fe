//! Which delimiter parts the cells of a text file.

use super::record::RecordReader;
use crate::sheet::row::{MalformedRow, Row};

const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
const ROWS: usize = 50;

/// What the first lines show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) struct Dialect {
    /// The delimiter.
    pub(in crate::sheet) delimiter: u8,
    /// Whether the first line is a `sep=;` for the spreadsheet program, and no row.
    pub(in crate::sheet) skip_line: bool,
}

/// The delimiter that parts the greatest share of the rows, of these one that parts them alike from the first on or from
/// the first below a title, then the one that makes the most cells; a comma where there is but one column.
///
/// A delimiter under which the quotes of most rows do not go together is no match for one under which they do: a list in
/// quotes that is cut at its own delimiters has loose ones. `is_cut` says that the text goes on after `head`.
pub(in crate::sheet) fn detect(head: &str, is_cut: bool) -> Dialect {
    if let Some(delimiter) = named(head) {
        return Dialect {
            delimiter,
            skip_line: true,
        };
    }
    let mut best = (b',', None);
    // Making a reader takes longer than to see that there is nothing for it to part.
    for delimiter in CANDIDATES
        .into_iter()
        .filter(|delimiter| head.as_bytes().contains(delimiter))
    {
        let score = score(head, is_cut, delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    Dialect {
        delimiter: best.0,
        skip_line: false,
    }
}

/// The delimiter that a first line `sep=;` names. A program that saved the sheet again may have put it in quotes, or
/// delimiters after it.
fn named(head: &str) -> Option<u8> {
    let (line, _) = head.split_once(['\n', '\r'])?;
    let line = line.strip_prefix('"').unwrap_or(line);
    let (start, rest) = line.split_at_checked(4)?;
    let (delimiter, rest) = rest.as_bytes().split_first()?;
    let is_one = *delimiter != b'"' && delimiter.is_ascii();
    let goes_on = rest
        .iter()
        .any(|byte| byte != delimiter && !matches!(byte, b'"' | b' '));
    (start.eq_ignore_ascii_case("sep=") && is_one && !goes_on).then_some(*delimiter)
}

/// How well a delimiter parts the rows; the greater the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    /// Whether the quotes of most rows go together.
    has_whole_quotes: bool,
    /// How many rows in a thousand it parts: the same text is of fewer rows where it is in quotes.
    parted: usize,
    /// How many rows have as many cells as the first that it parts.
    even: Even,
    /// Whether it parts the very first row.
    parts_the_first: bool,
    /// How many cells the first row has that it parts, empty ones at its end aside.
    width: usize,
}

/// Fewer than two in three, at least as many, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Even {
    Few,
    Most,
    All,
}

/// How well the delimiter parts the rows; `None` if it parts none.
fn score(head: &str, is_cut: bool, delimiter: u8) -> Option<Score> {
    let mut reader = RecordReader::new(head.as_bytes(), delimiter);
    let mut row = Row::default();
    let mut rows: Vec<Shape> = Vec::new();
    while rows.len() < ROWS && reader.read(&mut row).unwrap_or(false) {
        if !row.is_empty() {
            rows.push(Shape::of(&row));
        }
    }
    // What is cut in the middle of a cell says nothing.
    if is_cut && rows.len() > 1 && rows.len() < ROWS {
        rows.pop();
    }
    let first = rows.iter().position(|row| row.filled > 1)?;
    let (header, table) = (rows[first], &rows[first..]);
    let faults = rows.iter().filter(|row| row.has_fault).count();
    let even = table.iter().filter(|row| row.fits(header)).count();
    Some(Score {
        has_whole_quotes: faults * 2 < rows.len(),
        parted: table.iter().filter(|row| row.cells > 1).count() * 1000 / rows.len(),
        even: if even == table.len() {
            Even::All
        } else if even * 3 >= table.len() * 2 {
            Even::Most
        } else {
            Even::Few
        },
        parts_the_first: first == 0,
        width: header.filled,
    })
}

/// How many cells a row has, as far as it matters for the delimiter.
#[derive(Debug, Clone, Copy)]
struct Shape {
    cells: usize,
    /// Without the empty ones at its end.
    filled: usize,
    has_fault: bool,
}

impl Shape {
    fn of(row: &Row) -> Self {
        let filled = row.cells().enumerate().filter(|(_, cell)| !cell.text.trim().is_empty());
        Self {
            cells: row.len(),
            filled: filled.last().map_or(0, |(position, _)| position + 1),
            has_fault: row
                .malformed()
                .is_some_and(|fault| !matches!(fault, MalformedRow::PerhapsUnclosed { .. })),
        }
    }

    /// Whether the row is as long as the header: either may have delimiters without a cell at its end.
    fn fits(self, header: Self) -> bool {
        self.cells >= header.filled && self.filled <= header.cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_delimiter_is_detected_and_the_lists_in_cells_do_not_mislead() {
        for (head, delimiter) in [
            ("user,groups\nann,Finance;HR\nbob,Finance;HR\n", b','),
            ("user;groups\nann;Finance, HR\nbob;Sales\n", b';'),
            ("user\tgroups\tnote\nann\tFinance; HR\ta, b\n", b'\t'),
            ("user|name|groups\nann|Ann|a;b\n", b'|'),
            ("email,groups (parted by ; or |)\nann,a;b\nbob,c\n", b','),
            ("user\nann\n", b','),
            ("\"a;b\",c\n1,2\n", b','),
            ("user,groups,note\nann,Finance;HR\nbob,a;b\n", b','),
            ("user,groups\nann\nbob\ncid,Finance; HR\n", b','),
            (
                "email,\"groups; in; any; order\"\nann,\"A;B;C;D\"\nbob,\"E;F;G;H\"\n",
                b',',
            ),
            ("email;name;;;\nann;Ann\nbob;Bob\n", b';'),
            ("email;name\nann;A, B;;;\nbob;C, D;;;\n", b';'),
            ("email,note\nann,\"a;b;c\nd;e;f\ng;h;i\"\n", b','),
            ("", b','),
        ] {
            assert_eq!(detect(head, false).delimiter, delimiter, "{head:?}");
        }
    }

    #[test]
    fn a_title_above_the_header_does_not_mislead() {
        for (head, delimiter) in [
            ("Joiners of October\nE-Mail;Gruppen\nann;Finance\n", b';'),
            ("Joiners, October\nE-Mail;Gruppen\nann;Finance, HR\nbob;HR\n", b';'),
            ("Joiners, October\nE-Mail;Gruppen\nann;a, b\nbob;c, d\n", b';'),
            ("Joiners\n\nuser\tgroups\nann\ta; b\nbob\tc; d\n", b'\t'),
            ("Joiners\nuser,groups\nann,a;b\nbob,c;d\n", b','),
        ] {
            assert_eq!(detect(head, false).delimiter, delimiter, "{head:?}");
        }
    }

    #[test]
    fn a_line_that_names_the_delimiter_is_obeyed_and_is_no_row() {
        for head in [
            "sep=|\nuser|a,b,c\n",
            "SEP=|\r\nuser|a,b,c\r\n",
            "\"sep=|\"\nuser|a,b,c\n",
            "sep=|||\nuser|a,b,c\n",
        ] {
            assert_eq!(
                detect(head, false),
                Dialect {
                    delimiter: b'|',
                    skip_line: true
                }
            );
        }
    }

    #[test]
    fn a_cell_that_is_cut_by_the_end_of_what_is_looked_at_says_nothing() {
        let head = format!("user,groups,note\nann,HR,\"{}", "a;b;c;d\n".repeat(99));
        assert_eq!(detect(&head, true).delimiter, b',');
    }
}
