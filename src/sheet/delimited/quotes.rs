//! Whether the double quotes of a record go together.
//!
//! The csv crate reads any text, and what a missing quote does to it shows in the bytes alone: text straight after a
//! closing quote, a closing quote in a cell that none opens, a quote that is open at the end.

use memchr::{memchr, memchr3};

use crate::sheet::row::MalformedRow;

/// What is wrong with the double quotes of a record; `record` has its bytes, and maybe empty lines before it.
pub(in crate::sheet) fn fault(record: &[u8], delimiter: u8) -> Option<MalformedRow> {
    memchr(b'"', record)?;
    let start = record.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut rest = &record[start..];
    let mut swallowing = None;
    let mut stray = None;
    for column in 0.. {
        let cell = match rest.strip_prefix(b"\"") {
            Some(opened) => {
                let Some(end) = closing(opened) else {
                    return Some(MalformedRow::UnclosedQuote { column });
                };
                let inside = Inside::of(&opened[..end], delimiter);
                rest = &opened[end + 1..];
                let after = unquoted(rest, delimiter);
                if !after.iter().all(|byte| is_padding(*byte)) {
                    return Some(if inside.has_line_break || inside.ends_a_cell {
                        MalformedRow::UnclosedQuote { column }
                    } else {
                        MalformedRow::TextAfterQuote { column }
                    });
                }
                if inside.ends_a_cell && swallowing.is_none() {
                    swallowing = Some((column, inside.has_line_break));
                }
                after
            }
            None => {
                let cell = unquoted(rest, delimiter);
                if is_spaced_quote(cell) {
                    return Some(MalformedRow::SpaceBeforeQuote { column });
                }
                if closes_nothing(cell) {
                    stray = stray.or(Some(column));
                }
                cell
            }
        };
        rest = &rest[cell.len()..];
        if rest.first() != Some(&delimiter) {
            break;
        }
        rest = &rest[1..];
    }
    match (swallowing, stray) {
        (Some((column, _)), Some(stray)) if column < stray => Some(MalformedRow::UnclosedQuote { column }),
        (_, Some(column)) => Some(MalformedRow::StrayQuote { column, is_rest: false }),
        (Some((column, true)), None) => Some(MalformedRow::PerhapsUnclosed { column }),
        (_, None) => None,
    }
}

/// What is between two quotes.
struct Inside {
    has_line_break: bool,
    /// Whether it ends as what is before a cell does: so it ends where the closing quote was meant to open another cell.
    ends_a_cell: bool,
}

impl Inside {
    fn of(inside: &[u8], delimiter: u8) -> Self {
        let last = inside.iter().rfind(|byte| **byte != b' ');
        Self {
            has_line_break: memchr::memchr2(b'\n', b'\r', inside).is_some(),
            ends_a_cell: last.is_some_and(|last| *last == delimiter || matches!(last, b'\n' | b'\r')),
        }
    }
}

/// Where the quote is that closes the cell; two in a row are one of its text.
fn closing(opened: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let quote = start + memchr(b'"', &opened[start..])?;
        if opened.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        start = quote + 2;
    }
}

/// What is before the next delimiter or line break.
fn unquoted(rest: &[u8], delimiter: u8) -> &[u8] {
    let end = memchr3(delimiter, b'\n', b'\r', rest);
    &rest[..end.unwrap_or(rest.len())]
}

/// What nobody sees after a closing quote; DOS ended its files with 0x1A.
fn is_padding(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x1a | 0)
}

/// Whether the cell was meant to be in quotes, and is not.
fn is_spaced_quote(cell: &[u8]) -> bool {
    cell.starts_with(b" ") && cell.trim_ascii_start().starts_with(b"\"")
}

/// Whether the cell ends with a quote that none opens.
fn closes_nothing(cell: &[u8]) -> bool {
    cell.trim_ascii_end().ends_with(b"\"") && memchr::memchr_iter(b'"', cell).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(record: &str) -> Option<MalformedRow> {
        fault(record.as_bytes(), b',')
    }

    #[test]
    fn quotes_that_go_together_are_no_fault_whatever_is_between_them() {
        for record in [
            "a,b\n",
            "\n\r\na,\"b\"\n",
            "a,\"b, c\",\"say \"\"hi\"\"\",d \"e\" f\n",
            "1,\"Finance, HR\r\nIT, Sales\rand\nmore\",3\n",
            "a,\"b\"",
            "a,\"b\"\"\"",
            "a,\"\"",
            "a,\"b\" ,c\n",
            "a,\"b\"\u{1a}",
            "a,=\"00123\",\"=\"\"00456\"\"\"\n",
            "a,Robert \"Bob\"\n",
        ] {
            assert_eq!(found(record), None, "{record:?}");
        }
    }

    #[test]
    fn each_fault_is_told_with_its_column() {
        use MalformedRow::{PerhapsUnclosed, SpaceBeforeQuote, StrayQuote, TextAfterQuote, UnclosedQuote};
        let stray = |column| StrayQuote { column, is_rest: false };
        for (record, fault) in [
            ("a,\"b", UnclosedQuote { column: 1 }),
            ("a,\"b\"\"", UnclosedQuote { column: 1 }),
            ("a,\"", UnclosedQuote { column: 1 }),
            ("a,\"b,c\n", UnclosedQuote { column: 1 }),
            ("1,\"2,3\n4,\"5\",6\n", UnclosedQuote { column: 1 }),
            ("1,\"two,\"three\",4\n", UnclosedQuote { column: 1 }),
            ("1,\"two,2\n3,4,\",x\"\n", UnclosedQuote { column: 1 }),
            ("1,\"Ann\" Lee\n", TextAfterQuote { column: 1 }),
            ("1,\"the \"boss\"\"\n", TextAfterQuote { column: 1 }),
            ("1, \"Lee, Ann\"\n", SpaceBeforeQuote { column: 1 }),
            ("1,27\"\n", stray(1)),
            ("1,\"two\n3,\"\n", PerhapsUnclosed { column: 1 }),
        ] {
            assert_eq!(found(record), Some(fault), "{record:?}");
        }
    }
}
