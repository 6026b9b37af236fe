//! The text of a cell without what people and programs leave in it unseen.

use std::borrow::Cow;

use crate::text::{is_plain, unescape_formula};

/// The cell without what cannot be seen: padding, no-break spaces, zero-width characters, direction
/// marks, and the apostrophe that keeps a spreadsheet program from running a formula. Line breaks inside stay.
pub(in crate::intake) fn clean(cell: &str) -> Cow<'_, str> {
    if is_plain(cell) {
        return Cow::Borrowed(trimmed(cell));
    }
    let mut out = String::with_capacity(cell.len());
    for letter in unescape_formula(cell.trim_start()).chars() {
        match letter {
            // Joiners belong to words in some scripts; after an ASCII letter they can only be a leftover.
            '\u{200c}' | '\u{200d}' if out.ends_with(|last: char| !last.is_ascii()) => out.push(letter),
            letter if is_invisible(letter) => {}
            '\n' => out.push('\n'),
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
pub(in crate::intake) fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [b' ', ..] | [.., b' '] => unescape_formula(cell.trim_matches(' ')),
        [b'\'', ..] => unescape_formula(cell),
        _ => cell,
    }
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
            ("Finance\r\nHR\n", "Finance \nHR"),
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
            prop_assume!(!once.starts_with('\''));
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
