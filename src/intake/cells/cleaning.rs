//! The text of a cell without what people and programs leave in it unseen.

use std::borrow::Cow;

use crate::text::{is_plain, unescape_formula};

/// The cell without what cannot be seen: padding, no-break spaces, zero-width characters, direction
/// marks, and what keeps a spreadsheet program from running a formula or making a number of digits. Line breaks of every
/// kind inside become `\n`.
pub(in crate::intake) fn clean(cell: &str) -> Cow<'_, str> {
    if is_plain(cell) {
        return Cow::Borrowed(trimmed(cell));
    }
    let mut out = String::with_capacity(cell.len());
    let padded = cell.trim();
    let mut letters = text_in_formula(padded)
        .unwrap_or_else(|| unescape_formula(padded))
        .chars()
        .peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            // Joiners belong to words in some scripts; after an ASCII letter they can only be a leftover.
            '\u{200c}' | '\u{200d}' if out.ends_with(|last: char| !last.is_ascii()) => out.push(letter),
            letter if is_invisible(letter) => {}
            // The line breaks of spreadsheet programs, word processors and mainframes.
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            letter if letter.is_whitespace() || letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    let trimmed = out.trim().trim_end_matches(['\u{200c}', '\u{200d}']);
    if trimmed == cell {
        Cow::Borrowed(cell)
    } else {
        Cow::Owned(trimmed.to_owned())
    }
}

/// [`clean`] for a cell that is plain.
fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [b' ', ..] | [.., b' '] => without_guard(cell.trim_matches(' ')),
        [b'\'' | b'=', ..] => without_guard(cell),
        _ => cell,
    }
}

fn without_guard(cell: &str) -> &str {
    text_in_formula(cell).unwrap_or_else(|| unescape_formula(cell))
}

/// The text of `="00123"`, a formula that only keeps a spreadsheet program from making a number of the digits.
pub(super) fn text_in_formula(cell: &str) -> Option<&str> {
    let text = cell.strip_prefix("=\"")?.strip_suffix('"')?;
    (!text.contains('"')).then_some(text)
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
        || turns_direction(letter)
}

/// Whether the letter makes the text after it be shown in another direction.
pub(super) fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The cell on one line.
pub(in crate::intake) fn on_one_line(cell: &str) -> Cow<'_, str> {
    if cell.contains('\n') {
        Cow::Owned(cell.split_whitespace().collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Whether the cell asks for the field to be emptied.
pub(in crate::intake) fn is_clear(cell: &str) -> bool {
    cell.starts_with('<') && cell.eq_ignore_ascii_case("<clear>")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::escape_formula;

    #[test]
    fn what_cannot_be_seen_is_gone() {
        for (cell, plain) in [
            ("  ann@x.example ", "ann@x.example"),
            ("\u{a0}ann@x.example\u{a0}", "ann@x.example"),
            ("\u{feff}ann\u{200b}@x.example\t", "ann@x.example"),
            ("\u{202a}ann@x.example\u{202c}", "ann@x.example"),
            ("soft\u{ad}hyphen", "softhyphen"),
            ("an\u{200d}n", "ann"),
            ("Finance\r\nHR\n", "Finance\nHR"),
            (
                "Finance\rHR\u{b}Sales\u{c}IT\u{85}Law\u{2028}A\u{2029}B",
                "Finance\nHR\nSales\nIT\nLaw\nA\nB",
            ),
            ("Lee\u{1a}", "Lee"),
            ("Lee\0\0", "Lee"),
            ("=\"00123\"", "00123"),
            (" =\"Zoë\" ", "Zoë"),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
            ("=\"", "=\""),
            ("''=1", "'=1"),
            ("Zoë\u{2003}Müller", "Zoë Müller"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("'=1+1", "=1+1"),
            ("'t Hooft", "'t Hooft"),
            ("\u{3000}", ""),
        ] {
            assert_eq!(clean(cell), plain, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn a_clean_cell_stays_as_it_is(cell in any::<String>()) {
            let once = clean(&cell).into_owned();
            // An apostrophe may precede another one.
            prop_assume!(!once.starts_with(['\'', '=']));
            prop_assert_eq!(clean(&once), once.as_str());
        }

        #[test]
        fn a_defused_cell_is_read_as_it_was(cell in "'{0,2}[=+@-]?[a-zé ]{0,9}[a-z]") {
            let defused = escape_formula(&cell);
            // A cell that needs no defusing may have an apostrophe of the person's own before a formula.
            prop_assume!(*defused != cell || !cell.starts_with('\''));
            prop_assert_eq!(clean(&defused), cell.trim());
        }
    }
}
