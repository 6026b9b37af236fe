//! Text from outside made safe to show and to store.

use std::borrow::Cow;
use std::path::Path;

/// Text from a server or a cell, made fit for a terminal and a results file: control
/// characters (escape sequences, line breaks) and bidirectional overrides become spaces,
/// runs of white space become one space, and more than `most` characters are cut with `…`.
pub fn clean(text: &str, most: usize) -> String {
    clean_text(text, most).into_owned()
}

/// The same, without a copy of what is clean.
pub fn clean_text(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most && is_plain(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(cleaned(text, most))
    }
}

fn cleaned(text: &str, most: usize) -> String {
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

/// Whether the text is nothing but letters of ASCII with single spaces between words, as most are.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    let is_fit = |byte: u8| {
        let is_fit = byte.is_ascii_graphic() || (byte == b' ' && before != b' ');
        before = byte;
        is_fit
    };
    text.bytes().all(is_fit) && before != b' '
}

/// A path on one line, whatever is in it.
pub fn shown_path(path: &Path) -> String {
    path.display().to_string().replace(is_unsafe, " ")
}

/// Lines that are about to be shown, with the colours that reseat put in. Of everything else that could act on a
/// terminal a space is left: whoever made the lines has cleaned what came from outside, and may have forgotten it.
pub fn terminal_safe(lines: &str) -> Cow<'_, str> {
    if !lines.contains(|letter| letter != '\n' && is_unsafe(letter)) {
        return Cow::Borrowed(lines);
    }
    let mut out = String::with_capacity(lines.len());
    let mut rest = lines;
    while let Some(letter) = rest.chars().next() {
        let length = colour(rest).unwrap_or(0);
        let (taken, left) = rest.split_at(length.max(letter.len_utf8()));
        out.push_str(if length == 0 && letter != '\n' && is_unsafe(letter) {
            " "
        } else {
            taken
        });
        rest = left;
    }
    Cow::Owned(out)
}

/// How long the sequence is that sets a colour or a style, if the text begins with one.
fn colour(text: &str) -> Option<usize> {
    let codes = text.strip_prefix("\u{1b}[")?;
    let end = codes.find(|letter: char| !letter.is_ascii_digit() && letter != ';')?;
    codes[end..].starts_with('m').then_some(end + 3)
}

/// Whether the letter could act on a terminal, or turn the direction of reading, or is not seen at all.
pub fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || matches!(letter, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A cell that a spreadsheet program would run as a formula, escaped with a leading `'`.
/// [`unescape_formula`] undoes it exactly.
pub fn escape_formula(cell: &str) -> Cow<'_, str> {
    if looks_like_formula(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell that [`escape_formula`] was given.
pub fn unescape_formula(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_like_formula(rest) => rest,
        _ => cell,
    }
}

/// East Asian editions take the wide signs for the plain ones. Leading `'` are looked through, so that a cell which
/// came with one differs from an escaped one.
fn looks_like_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_text_is_left_as_the_long_way_would_leave_it(text in "[ -~]{0,8}|[ ab\t\u{e9}\u{200b}]{0,8}", most in 0_usize..10) {
            prop_assert_eq!(clean(&text, most), cleaned(&text, most));
        }
    }

    #[test]
    fn escape_sequences_and_line_breaks_cannot_reach_a_terminal() {
        assert_eq!(clean("no\u{1b}[31m such\r\n  user\u{202e}", 100), "no [31m such user");
    }

    #[test]
    fn only_lines_and_colours_are_shown_as_they_are() {
        assert_eq!(
            terminal_safe("\u{1b}[1;31merror\u{1b}[0m: x\n"),
            "\u{1b}[1;31merror\u{1b}[0m: x\n"
        );
        assert_eq!(
            terminal_safe("\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}m\r\u{202e}é"),
            " [2J ]0;x  m  é"
        );
        assert_eq!(terminal_safe("\u{1b}[31"), " [31");
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        assert_eq!(clean("abcdef", 3), "abc…");
        assert_eq!(clean("abc", 3), "abc");
    }

    #[test]
    fn formulas_are_escaped_and_plain_cells_left_alone() {
        assert_eq!(escape_formula("=1+1"), "'=1+1");
        assert_eq!(escape_formula("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(escape_formula("ann@x.example"), "ann@x.example");
    }

    #[test]
    fn escaping_can_be_undone_even_where_the_cell_began_with_a_quote() {
        for cell in [
            "=1+1", "'=1+1", "''-x", "'plain", "", "'", "plain", "-", "+49 30 1", "＝1+1", "\n=1", "\t=1", "＠x",
        ] {
            assert_eq!(unescape_formula(&escape_formula(cell)), cell);
        }
        assert_ne!(escape_formula("'=1+1"), escape_formula("=1+1"));
    }
}
