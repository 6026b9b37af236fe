//! Comparison forms: what counts as the same name.

use std::borrow::Cow;

use idna::AsciiDenyList;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::ascii::is_lower;

/// The form in which e-mail addresses, user names and group names are compared:
/// trimmed, Unicode NFC, lower case, the domain of an address in the ASCII form that servers know it by. Never shown or
/// sent.
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
        with_ascii_domain(text.to_lowercase()).into()
    } else {
        let mut folded = String::with_capacity(text.len());
        for piece in text.split_inclusive(IMPOSTORS) {
            let before = piece.trim_end_matches(IMPOSTORS);
            folded += &before.nfc().collect::<String>().to_lowercase();
            folded += &piece[before.len()..];
        }
        with_ascii_domain(folded).into()
    }
}

/// The text with the domain of its address, if it is one, as `xn--…` where it is not in ASCII; as it is where that would be
/// another domain: to IDNA, many a letter is but a way to write one of ASCII.
fn with_ascii_domain(text: String) -> String {
    match text.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => {
            match idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::URL) {
                Ok(ascii) if idna::domain_to_unicode(&ascii).0 == domain => format!("{local}@{ascii}"),
                Ok(_) | Err(_) => text,
            }
        }
        Some(_) | None => text,
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
    fn a_domain_is_the_same_in_both_its_forms() {
        for written in [
            "ann@b\u{fc}cher.example",
            "Ann@B\u{dc}CHER.example",
            "ann@bu\u{308}cher.Example",
            "ann@XN--bcher-kva.example",
        ] {
            assert_eq!(fold(written), "ann@xn--bcher-kva.example", "{written}");
        }
        for other in ["b\u{fc}cher.example", "ann@ b\u{fc}cher", "team@m\u{fc}nchen caf\u{e9}"] {
            assert_eq!(fold(other), other);
        }
    }

    #[test]
    fn no_letter_outside_ascii_becomes_one_inside() {
        for letter in ('\u{80}'..=char::MAX).filter(|letter| !letter.is_whitespace()) {
            let folded = fold(&format!("a{letter}b"));
            assert!(!folded.is_ascii(), "{letter:?} {folded}");
            let domain = fold(&format!("ann@a{letter}b.example"));
            assert!(!domain.is_ascii() || domain.contains("xn--"), "{letter:?} {domain}");
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
