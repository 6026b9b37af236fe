//! Text into HTML, so that it is shown as text whatever is in it.

use std::fmt;

use askama::filters::{Escaper, Html};

use crate::text::{is_plain, is_unsafe};

/// The escaper of all templates (`askama.toml`) and of the table's rows.
///
/// What would act on the page becomes an entity. Letters that turn the direction of reading, that are not seen, or that
/// no page may have become a visible mark, so that nothing reads as what it is not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown;

impl Escaper for Shown {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        if is_plain(text) {
            return Html.write_escaped_str(out, text);
        }
        let mut rest = text;
        while let Some(position) = rest.find(is_replaced) {
            let (before, from) = rest.split_at(position);
            Html.write_escaped_str(&mut out, before)?;
            let mut letters = from.chars();
            if let Some(letter) = letters.next() {
                out.write_char(replacement(letter))?;
            }
            rest = letters.as_str();
        }
        Html.write_escaped_str(out, rest)
    }
}

/// What the page shows of a text.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if is_replaced(letter) {
                replacement(letter)
            } else {
                letter
            }
        })
        .collect()
}

/// Joiners are not seen either, but Persian and Indian names are misspelt without them.
fn is_replaced(letter: char) -> bool {
    is_unsafe(letter) && !matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Rows stand on one line each, so a line break becomes a space too.
fn replacement(letter: char) -> char {
    if letter.is_whitespace() {
        ' '
    } else {
        char::REPLACEMENT_CHARACTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        let mut out = String::new();
        Shown.write_escaped_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn nothing_of_a_text_acts_on_the_page() {
        assert_eq!(
            html("<b a=\"1\" c='2'>&lt;"),
            "&#60;b a=&#34;1&#34; c=&#39;2&#39;&#62;&#38;lt;"
        );
    }

    #[test]
    fn letters_that_are_not_seen_become_a_visible_mark_and_line_breaks_a_space() {
        assert_eq!(
            html("a\0b\u{202e}c\u{200b}d\u{1b}[1m\n<e>\u{2028}f"),
            "a�b�c�d�[1m &#60;e&#62; f"
        );
        assert_eq!(shown("a\0b\u{202e}c\nd"), "a�b�c d");
    }

    #[test]
    fn names_keep_their_letters_in_every_script() {
        for name in ["می‌خواهم", "क्‍ष", "İpek Işık", "Zoë", "小明 王", "Дмитрий", "שָׁלוֹם"]
        {
            assert_eq!(html(name), name);
            assert_eq!(shown(name), name);
        }
    }
}
