//! E-mail addresses as they stand in cells.

use super::clean::turns_direction;

/// The bare address of `mailto:ann@x.example?subject=hi`, `Ann Lee <ann@x.example>` and
/// `'ann@x.example'`; any other text as it is.
pub(super) fn bare(cell: &str) -> &str {
    // Nearly every cell is bare.
    let dressed = |ends: &[u8]| matches!(ends, [b'm' | b'M' | b'\'', ..] | [.., b'>' | b';' | b',']);
    if !dressed(cell.as_bytes()) {
        return cell;
    }
    let mut text = cell;
    if let (Some(open), true) = (text.rfind('<'), text.ends_with('>')) {
        let inner = text[open + 1..text.len() - 1].trim();
        if inner.contains('@') {
            text = inner;
        }
    }
    if text
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
    {
        let rest = &text[7..];
        text = rest.split_once('?').map_or(rest, |(address, _)| address).trim();
    }
    if text.contains('@') {
        let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        text = quoted.unwrap_or(text).trim_end_matches([';', ',']);
    }
    text
}

/// What makes an address look like another one: letters of another alphabet among Latin ones, or a
/// letter of the raw cell that turns the reading direction.
pub(super) fn look_alike(raw: &str, address: &str) -> Option<&'static str> {
    if raw.is_ascii() {
        return None;
    }
    if raw.chars().any(turns_direction) {
        return Some("has an invisible character that turns the reading direction");
    }
    let latin = address.chars().any(|letter| letter.is_ascii_alphabetic());
    let other = address.chars().find_map(|letter| match letter {
        '\u{370}'..='\u{3ff}' => Some("has Greek letters among Latin ones"),
        '\u{400}'..='\u{52f}' => Some("has Cyrillic letters among Latin ones"),
        '\u{250}'..='\u{2af}' => Some("has phonetic letters"),
        '\u{531}'..='\u{58f}' => Some("has Armenian letters among Latin ones"),
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Some("has Cherokee letters among Latin ones"),
        '\u{2100}'..='\u{214f}' | '\u{1d400}'..='\u{1d7ff}' => Some("has letters of mathematics"),
        '\u{ff01}'..='\u{ff5e}' => Some("has full-width letters"),
        _ => None,
    });
    other.filter(|_| latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_out_of_what_mail_programs_put_around_it() {
        for cell in [
            "ann@x.example",
            "mailto:ann@x.example",
            "MailTo:ann@x.example?subject=Hello",
            "Ann Lee <ann@x.example>",
            "\"Lee, Ann\" <mailto:ann@x.example>",
            "<ann@x.example>",
            "'ann@x.example'",
            "ann@x.example;",
        ] {
            assert_eq!(bare(cell), "ann@x.example", "{cell}");
        }
        for cell in ["<clear>", "ann", "CORP\\ann", ">", "<", "mailto", "ÿÿÿÿ"] {
            assert_eq!(bare(cell), cell);
        }
    }

    #[test]
    fn look_alikes_are_told() {
        assert!(
            look_alike("\u{430}nn@x.example", "\u{430}nn@x.example")
                .unwrap()
                .contains("Cyrillic")
        );
        assert!(
            look_alike("\u{202e}ann@x.example", "ann@x.example")
                .unwrap()
                .contains("direction")
        );
        assert_eq!(look_alike("zoë@x.example", "zoë@x.example"), None);
        assert_eq!(look_alike("анна@почта.рф", "анна@почта.рф"), None);
    }
}
