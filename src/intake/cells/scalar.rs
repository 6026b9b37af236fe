//! Cells with one value: an address, yes or no, a language, when to delete.

use strum::IntoEnumIterator;

use crate::model::DeleteWhen;
use crate::text::fold;

/// The bare address of `mailto:ann@x.example?subject=hi`, `Ann Lee <ann@x.example>` and
/// `'ann@x.example'`; any other text as it is.
pub(in crate::intake) fn bare_address(cell: &str) -> &str {
    // This is asked of every address, and nearly all are bare: their first and last bytes show it.
    match cell.as_bytes() {
        [b'm' | b'M' | b'\'', ..] | [.., b'>' | b';' | b','] => unwrapped(cell),
        _ => cell,
    }
}

fn unwrapped(mut text: &str) -> &str {
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

/// The words for yes, as `docs/sheet.md` lists them; several as spreadsheet programs and people write
/// them in other languages.
const YES: [&str; 22] = [
    "true",
    "t",
    "yes",
    "y",
    "1",
    "on",
    "x",
    "wahr",
    "vrai",
    "verdadero",
    "verdadeiro",
    "vero",
    "waar",
    "prawda",
    "ja",
    "oui",
    "sí",
    "sì",
    "si",
    "sim",
    "tak",
    "はい",
];

/// The words for no, likewise.
const NO: [&str; 19] = [
    "false",
    "f",
    "no",
    "n",
    "0",
    "off",
    "falsch",
    "faux",
    "falso",
    "onwaar",
    "fałsz",
    "nein",
    "non",
    "nee",
    "não",
    "nao",
    "nie",
    "いいえ",
    "falsz",
];

/// Yes or no, without regard to case; `None` for anything else.
pub(in crate::intake) fn parse_flag(cell: &str) -> Option<bool> {
    let is = |word: &&str| cell.eq_ignore_ascii_case(word) || !cell.is_ascii() && fold(cell) == **word;
    if YES.iter().any(is) {
        Some(true)
    } else if NO.iter().any(is) {
        Some(false)
    } else {
        None
    }
}

/// When to delete the old account, without regard to case.
pub(in crate::intake) fn parse_delete_when(cell: &str) -> Option<DeleteWhen> {
    let mut choices = DeleteWhen::iter();
    choices.find(|choice| choice.as_str().eq_ignore_ascii_case(cell))
}

/// Whether the cell has the form of a language tag: `de`, `pt-BR`. Which languages there are is the server's business.
pub(in crate::intake) fn is_language(cell: &str) -> bool {
    let mut parts = cell.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
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
            assert_eq!(bare_address(cell), "ann@x.example", "{cell}");
        }
        for cell in ["<clear>", "ann", "CORP\\ann", ">", "<", "mailto", "ÿÿÿÿ"] {
            assert_eq!(bare_address(cell), cell);
        }
    }

    #[test]
    fn the_documents_list_every_word_for_yes_and_no() {
        let page = include_str!("../../../docs/sheet.md");
        let line = page.lines().find(|line| line.starts_with("- Yes is")).unwrap();
        for word in YES.iter().chain(&NO) {
            let listed = format!("`{word}`");
            assert!(line.to_lowercase().contains(&listed), "{word}");
        }
    }

    #[test]
    fn yes_and_no_are_understood_as_people_write_them() {
        for (cells, value) in [
            (["TRUE", "true", "Yes", "y", "1", "WAHR"], Some(true)),
            (["Ja", "Oui", "SÍ", "Sim", "Tak", "はい"], Some(true)),
            (["FALSE", "false", "No", "n", "0", "FAUX"], Some(false)),
            (["Nein", "non", "NÃO", "nie", "FAŁSZ", "いいえ"], Some(false)),
            (["maybe", "2", "", "-", "enabled?", "tru"], None),
        ] {
            for cell in cells {
                assert_eq!(parse_flag(cell), value, "{cell}");
            }
        }
    }
}
