//! How the headers of sheets are compared.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What forms add to a header in brackets, which says nothing of what the column is.
const MARKERS: [&str; 24] = [
    "required",
    "mandatory",
    "optional",
    "pflicht",
    "pflichtfeld",
    "pflichtangabe",
    "erforderlich",
    "freiwillig",
    "obligatoire",
    "facultatif",
    "requis",
    "obligatorio",
    "requerido",
    "opcional",
    "obbligatorio",
    "richiesto",
    "facoltativo",
    "opzionale",
    "verplicht",
    "optioneel",
    "wymagane",
    "opcjonalne",
    "必須",
    "任意",
];

/// The form in which headers are compared: without case, accents, spaces, hyphens, `_`, quotes, brackets, punctuation,
/// the arrow of a column by which rows are sorted, and remarks like `(required)`.
pub(in crate::intake) fn column_key(header: &str) -> String {
    let header: Cow<'_, str> = if header.is_ascii() {
        Cow::Borrowed(header)
    } else {
        Cow::Owned(header.nfkc().collect())
    };
    if header.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return header.to_ascii_lowercase();
    }
    let header = without_markers(&header);
    if header.is_ascii() {
        return header
            .chars()
            .filter(|letter| !is_dropped(*letter))
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
    }
    let lower = header.to_lowercase();
    let bare = lower.nfd().filter(|letter| !is_accent(*letter) && !is_dropped(*letter));
    let mut key = String::with_capacity(lower.len());
    for letter in bare {
        match letter {
            'ß' => key.push_str("ss"),
            'æ' => key.push_str("ae"),
            'œ' => key.push_str("oe"),
            'ł' => key.push('l'),
            'ø' => key.push('o'),
            'ı' => key.push('i'),
            letter => key.push(letter),
        }
    }
    // The voicing marks of Japanese are no accents; they go back to their letters.
    key.nfc().collect()
}

/// The words of a header, as written and in the form in which headers are compared.
pub(super) fn header_words(header: &str) -> impl Iterator<Item = (&str, String)> {
    let written = header.split(|letter: char| !letter.is_alphanumeric());
    written
        .filter(|word| !word.is_empty())
        .map(|word| (word, column_key(word)))
}

fn is_accent(letter: char) -> bool {
    is_combining_mark(letter) && matches!(letter, '\u{300}'..='\u{36f}')
}

fn is_dropped(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter,
            '_' | '-' | '*' | ':' | ';' | ',' | '.' | '?' | '!' | '\'' | '"' | '`' | '(' | ')' | '[' | ']' | '{' | '}'
                | '\u{b4}' | '\u{ad}' | '\u{feff}' | '\u{200b}'..='\u{2027}' | '\u{2032}' | '\u{2033}' | '\u{2060}'..='\u{2064}'
                | '↑' | '↓' | '▲' | '▼' | '▴' | '▾' | '\u{3001}' | '\u{3002}' | '\u{300c}'..='\u{300f}' | '\u{3010}' | '\u{3011}'
        )
}

/// The header without brackets that hold one of the [`MARKERS`].
fn without_markers(header: &str) -> Cow<'_, str> {
    const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('\u{3010}', '\u{3011}')];
    let is_marker = |inside: &str| {
        let word: String = inside
            .to_lowercase()
            .nfd()
            .filter(|letter| !is_accent(*letter) && !is_dropped(*letter))
            .collect();
        MARKERS.contains(&word.as_str())
    };
    let mut header = Cow::Borrowed(header);
    for (open, close) in BRACKETS {
        let found = header.find(open).and_then(|start| {
            let end = header[start..].find(close)? + start;
            is_marker(&header[start + open.len_utf8()..end]).then_some((start, end + close.len_utf8()))
        });
        if let Some((start, end)) = found {
            header = Cow::Owned(format!("{}{}", &header[..start], &header[end..]));
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_arrow_of_a_sorted_column_is_no_part_of_its_header() {
        for header in ["Licence  ↑", "▼ Licence", "licence"] {
            assert_eq!(column_key(header), "licence", "{header}");
        }
    }

    proptest! {
        #[test]
        fn the_form_of_comparison_compares_with_itself(header in any::<String>()) {
            let key = column_key(&header);
            prop_assert_eq!(column_key(&key), key);
        }
    }
}
