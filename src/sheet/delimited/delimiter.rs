//! Which delimiter parts the cells of a text file.

use super::record::RecordReader;
use crate::sheet::row::Row;

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

/// The delimiter that parts the most rows, of these one that parts them alike from the first on or from the first below a
/// title, then the one that makes the most cells; a comma where there is but one column.
pub(in crate::sheet) fn detect(head: &str) -> Dialect {
    if let Some(rest) = head
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .map(|_| &head.as_bytes()[4..])
        && let [delimiter, b'\r' | b'\n', ..] = rest
        && !matches!(delimiter, b'"' | b'\r' | b'\n')
    {
        return Dialect {
            delimiter: *delimiter,
            skip_line: true,
        };
    }
    let mut best = (b',', None);
    for delimiter in CANDIDATES {
        let score = score(head, delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    Dialect {
        delimiter: best.0,
        skip_line: false,
    }
}

/// How well a delimiter parts the rows; the greater the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    /// How many rows it parts.
    parted: usize,
    /// Whether all rows have as many cells as the first that it parts.
    is_even: bool,
    /// Whether two in three have.
    is_mostly_even: bool,
    /// Whether it parts the very first row.
    parts_the_first: bool,
    /// How many cells the first row has that it parts.
    width: usize,
}

/// How well the delimiter parts the rows; `None` if it parts none.
fn score(head: &str, delimiter: u8) -> Option<Score> {
    let mut reader = RecordReader::new(head.as_bytes(), delimiter);
    let mut row = Row::default();
    let mut widths = Vec::new();
    while widths.len() < ROWS && reader.read(&mut row).unwrap_or(false) {
        if !row.is_empty() {
            widths.push(row.len());
        }
    }
    let first = widths.iter().position(|width| *width > 1)?;
    let table = &widths[first..];
    let width = table[0];
    let alike = table.iter().filter(|other| **other == width).count();
    Some(Score {
        parted: table.iter().filter(|width| **width > 1).count(),
        is_even: alike == table.len(),
        is_mostly_even: alike * 3 >= table.len() * 2,
        parts_the_first: first == 0,
        width,
    })
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
            ("", b','),
        ] {
            assert_eq!(detect(head).delimiter, delimiter, "{head:?}");
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
            assert_eq!(detect(head).delimiter, delimiter, "{head:?}");
        }
    }

    #[test]
    fn a_line_that_names_the_delimiter_is_obeyed_and_is_no_row() {
        for head in ["sep=|\nuser|a,b,c\n", "SEP=|\r\nuser|a,b,c\r\n"] {
            assert_eq!(
                detect(head),
                Dialect {
                    delimiter: b'|',
                    skip_line: true
                }
            );
        }
    }
}
