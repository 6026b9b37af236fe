//! Text from outside made safe to show and to store.

use std::borrow::Cow;

/// Text from a server or a cell, made fit for a terminal and a results file: control
/// characters (escape sequences, line breaks) and bidirectional overrides become spaces,
/// runs of white space become one space, and more than `most` characters are cut with `…`.
pub fn clean(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most * 4));
    let mut length = 0;
    for letter in text.chars() {
        let letter = if is_unsafe(letter) || letter.is_whitespace() {
            ' '
        } else {
            letter
        };
        if letter == ' ' && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        if length == most {
            out.push('…');
            return out;
        }
        out.push(letter);
        length += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A cell that a spreadsheet program would run as a formula, defused with a leading `'`.
/// [`rearm`] undoes it exactly.
pub fn defuse(cell: &str) -> Cow<'_, str> {
    if is_armed(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell that [`defuse`] was given.
pub fn rearm(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_armed(rest) => rest,
        _ => cell,
    }
}

/// Leading `'` are looked through, so that a cell which came with one is told from a defused one.
fn is_armed(cell: &str) -> bool {
    cell.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_line_breaks_cannot_reach_a_terminal() {
        assert_eq!(clean("no\u{1b}[31m such\r\n  user\u{202e}", 100), "no [31m such user");
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        assert_eq!(clean("abcdef", 3), "abc…");
        assert_eq!(clean("abc", 3), "abc");
    }

    #[test]
    fn formulas_are_defused_and_plain_cells_left_alone() {
        assert_eq!(defuse("=1+1"), "'=1+1");
        assert_eq!(defuse("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(defuse("ann@x.example"), "ann@x.example");
    }

    #[test]
    fn defusing_can_be_undone_even_where_the_cell_began_with_a_quote() {
        for cell in ["=1+1", "'=1+1", "''-x", "'plain", "", "'", "plain", "-", "+49 30 1"] {
            assert_eq!(rearm(&defuse(cell)), cell);
        }
        assert_ne!(defuse("'=1+1"), defuse("=1+1"));
    }
}
