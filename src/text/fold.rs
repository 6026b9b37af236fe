//! Comparison forms: what counts as the same name.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The form in which e-mail addresses, user names and group names are compared:
/// trimmed, Unicode NFC, lower case. Never shown or sent.
pub fn fold(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else if is_nfc(text) {
        text.to_lowercase()
    } else {
        text.nfc().collect::<String>().to_lowercase()
    }
}

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
    fn header_names_match_without_regard_to_spaces_dashes_and_underscores() {
        for header in ["Remove Groups", "remove_groups", "remove-groups", "REMOVEGROUPS"] {
            assert_eq!(header_key(header), "removegroups");
        }
    }
}
