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

/// The delimiter that parts the header into the most cells, preferring one that parts the rows
/// after it alike; a comma where there is but one column.
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
    let mut best = (b',', (false, 1));
    for delimiter in CANDIDATES {
        let score = score(head, delimiter);
        if score.1 > 1 && score > best.1 {
            best = (delimiter, score);
        }
    }
    Dialect {
        delimiter: best.0,
        skip_line: false,
    }
}

/// Whether two rows in three have as many cells as the header, and how many that is.
fn score(head: &str, delimiter: u8) -> (bool, usize) {
    let mut reader = RecordReader::new(head.as_bytes(), delimiter);
    let mut row = Row::default();
    let mut widths = Vec::new();
    while widths.len() < ROWS && reader.read(&mut row).unwrap_or(false) {
        if !row.is_empty() {
            widths.push(row.len());
        }
    }
    let width = widths.first().copied().unwrap_or(0);
    let alike = widths.iter().filter(|other| **other == width).count();
    (alike * 3 >= widths.len() * 2, width)
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
            ("", b','),
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
