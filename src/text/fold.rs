//! Comparison forms: what counts as the same name.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::ascii::is_lower;

/// The form in which e-mail addresses, user names and group names are compared:
/// trimmed, Unicode NFC, lower case. Never shown or sent.
///
/// A letter outside ASCII stays outside it: Unicode makes the Kelvin sign a `K`, but whoever is named with
/// one is not the person named with the other.
pub fn fold(text: &str) -> String {
    folded(text).into_owned()
}

/// The same form, which is the text itself where that is ASCII in lower case already, as most addresses are.
pub fn folded(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if is_lower(text) {
        text.into()
    } else if text.is_ascii() {
        text.to_ascii_lowercase().into()
    } else if is_nfc(text) {
        text.to_lowercase().into()
    } else {
        let mut folded = String::with_capacity(text.len());
        for piece in text.split_inclusive(IMPOSTORS) {
            let before = piece.trim_end_matches(IMPOSTORS);
            folded += &before.nfc().collect::<String>().to_lowercase();
            folded += &piece[before.len()..];
        }
        folded.into()
    }
}

/// The letters that Unicode's composition turns into ASCII: the Kelvin sign, the Greek question mark and varia.
const IMPOSTORS: [char; 3] = ['\u{212a}', '\u{37e}', '\u{1fef}'];

/// The form in which header names are compared: [`fold`] without spaces, `_` and `-`.
pub fn header_key(text: &str) -> String {
    fold(text)
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '-' | '\u{a0}' | '\u{feff}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_case_padding_and_how_an_accent_is_composed() {
        assert_eq!(fold(" Ann@X.Example "), "ann@x.example");
        assert_eq!(fold("Jose\u{301}"), fold("JOS\u{c9}"));
    }

    #[test]
    fn no_letter_outside_ascii_becomes_one_inside() {
        for letter in ('\u{80}'..=char::MAX).filter(|letter| !letter.is_whitespace()) {
            let folded = fold(&format!("a{letter}b"));
            assert!(!folded.is_ascii(), "{letter:?} {folded}");
        }
        assert_eq!(
            fold("Jose\u{301} \u{212a}O\u{308}\u{37e}"),
            "jos\u{e9} \u{212a}\u{f6}\u{37e}"
        );
    }

    #[test]
    fn header_names_match_without_regard_to_spaces_dashes_and_underscores() {
        for header in ["Remove Groups", "remove_groups", "remove-groups", "REMOVEGROUPS"] {
            assert_eq!(header_key(header), "removegroups");
        }
    }
}
