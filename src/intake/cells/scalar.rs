//! Cells with one value: an address, yes or no, a language, when to delete.

use strum::IntoEnumIterator;

use crate::model::{DeleteWhen, Email, UserRef};
use crate::text::fold;

/// The bare address of `mailto:ann@x.example?subject=hi`, `Ann Lee <ann@x.example>` and
/// `'ann@x.example'`; any other text as it is, that of several people among it.
pub(in crate::intake) fn bare_address(cell: &str) -> &str {
    // This is asked of every address, and nearly all are bare: their first and last bytes show it.
    match cell.as_bytes() {
        [b'm' | b'M' | b'\'', ..] | [.., b'>' | b';' | b','] => one_person(cell).unwrap_or(cell),
        _ => cell,
    }
}

/// Whether what [`bare_address`] left of a cell names several people, and so is nobody's address.
pub(in crate::intake) fn names_several_people(address: &str) -> bool {
    let is_between = |letter: char| letter.is_whitespace() || matches!(letter, ';' | ',' | '<' | '>' | '?');
    let is_left_wrapped = || address.contains('<') && address.ends_with('>');
    match address.bytes().filter(|byte| *byte == b'@').take(2).count() {
        0 => names_several_users(address),
        1 => is_left_wrapped(),
        _ => address.contains(is_between),
    }
}

/// Whether a text without an address names several users: neither a user name nor a GUID has a `;` or `|` in it, and of GUIDs
/// anything may be between two.
fn names_several_users(text: &str) -> bool {
    let several = |between: &[char], is_one: fn(&str) -> bool| {
        let mut users = text.split(between).map(str::trim).filter(|user| !user.is_empty());
        users.next().is_some_and(is_one) && users.next().is_some_and(is_one)
    };
    text.contains([';', '|']) && several(&[';', '|'], |_| true)
        || text.len() > GUID
            && several(&[';', '|', ',', '/', ' ', '\n'], |user| {
                matches!(UserRef::parse(user), UserRef::Id(_))
            })
}

/// How long a GUID is, in its shortest form.
const GUID: usize = 32;

/// Why no account can be called so, to be read after the text: it is a title, a remark, or an address with another sign for
/// its @.
pub(in crate::intake) fn user_name_fault(name: &str) -> Option<&'static str> {
    const SIGNS: [&str; 4] = ["＠", "(at)", "[at]", "{at}"];
    if SIGNS.iter().any(|sign| name.contains(sign)) {
        Some("has another sign where an address has its @")
    } else if !name.is_empty() && !name.contains(char::is_alphanumeric) {
        Some("has no letter and no digit")
    } else if name.contains(':') {
        Some("has a colon")
    } else if name.contains(char::is_whitespace) {
        Some("has a space")
    } else {
        None
    }
}

/// Whether a text is what a database client prints around the rows: `-----`, `(2 rows affected)`, `2 rows selected.`
pub(in crate::intake) fn is_of_a_client(text: &str) -> bool {
    const ROWS: [&str; 16] = [
        "row",
        "rows",
        "row(s)",
        "record",
        "records",
        "record(s)",
        "zeile",
        "zeilen",
        "datensätze",
        "ligne",
        "lignes",
        "fila",
        "filas",
        "registros",
        "righe",
        "rijen",
    ];
    /// A ruler is as long as an address; somebody may be called `--`.
    const RULER: usize = 6;
    if text.trim_matches(['-', '=', '+', '|', ' ']).is_empty() {
        return text.len() >= RULER;
    }
    let text = text.trim_start_matches('(').trim_end_matches(['.', ')']);
    let mut words = text.split_whitespace();
    let is_number = words
        .next()
        .is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let is_rows = |word: &str| ROWS.contains(&fold(word.trim_end_matches(',')).as_str()) || word == "row(s";
    is_number && words.next().is_some_and(is_rows)
}

/// The address of the one person whom the text names; `None` where it names others besides.
fn one_person(text: &str) -> Option<&str> {
    if !text.contains('@') {
        return unlinked(text);
    }
    let text = text.trim_end_matches([';', ',', ' ']);
    let Some((before, inner)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) else {
        return unlinked(text);
    };
    if !inner.contains('@') {
        return Some(text);
    }
    let address = unlinked(inner.trim())?;
    names_nobody_else(before.trim(), address).then_some(address)
}

/// Whether what stands before an address in angle brackets is the name of its owner: whatever letters people put into it, no
/// word of it is another address, and nothing that parts people is in it, unless it is in quotes.
fn names_nobody_else(before: &str, address: &str) -> bool {
    let quoted = ['"', '\''].into_iter().find_map(|quote| {
        let inner = before.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    });
    // A comma parts names from surnames, too.
    if quoted.is_none() && before.contains([';', '\n']) {
        return false;
    }
    let between = |letter: char| letter.is_whitespace() || matches!(letter, ';' | ',' | '<' | '>');
    let marks = ['\'', '"', '(', ')', '[', ']'];
    let is_somebody_elses = |word: &str| {
        let word = word.trim_matches(marks);
        unlinked(word).is_none_or(|word| Email::fault(word).is_none() && fold(word) != fold(address))
    };
    !before.split(between).any(is_somebody_elses)
}

/// The address of a link to write mail, or in single quotes; `None` where a link is for others besides.
fn unlinked(mut text: &str) -> Option<&str> {
    if text
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
    {
        let (address, query) = text[7..].split_once('?').unwrap_or((&text[7..], ""));
        let is_for_another = |field: &str| {
            let (name, value) = field.split_once('=').unwrap_or_default();
            !value.is_empty() && ["to", "cc", "bcc"].iter().any(|other| name.eq_ignore_ascii_case(other))
        };
        if query.split('&').any(is_for_another) {
            return None;
        }
        text = address.trim();
    }
    if !text.contains('@') {
        return Some(text);
    }
    let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    Some(quoted.unwrap_or(text).trim_end_matches([';', ',']))
}

/// The words for yes, as `docs/sheet.md` lists them; several as spreadsheet programs and people write
/// them in other languages.
const YES: [&str; 23] = [
    "true",
    "t",
    "yes",
    "y",
    "1",
    "1.0",
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
const NO: [&str; 20] = [
    "false",
    "f",
    "no",
    "n",
    "0",
    "0.0",
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
    fn what_a_database_client_prints_around_rows_is_nobody() {
        for text in [
            "------------",
            "============",
            "+-------------+",
            "(2 rows affected)",
            "(1 row)",
            "2 rows selected.",
            "(2 row(s) affected)",
            "14 rows in set (0.00 sec)",
            "2 Zeilen ausgewählt.",
            "3 lignes",
        ] {
            assert!(is_of_a_client(text), "{text}");
        }
        for text in [
            "-", "|-", "--", "2", "ann", "2 rowan", "rows", "Row Lee", "4711 Ann", "ann-lee", "",
        ] {
            assert!(!is_of_a_client(text), "{text}");
        }
    }

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
            "Ann Lee <ann@x.example>;",
            "ann@x.example <ann@x.example>",
            "'Ann@X.example' <mailto:ann@x.example>",
            "\"ann@x.example\" <ann@x.example>",
            "\"Lee; Ann\" <ann@x.example>",
            "'Lee; Ann' <ann@x.example>",
            "Ann Lee\n<ann@x.example>",
            "Ann @ Sales <ann@x.example>",
            "Ann Lee (@sales) <ann@x.example>",
            "Ann Lee (Ann@X.example) <ann@x.example>",
            "mailto:ann@x.example?to=",
            "mailto:ann@x.example?cc=&subject=hi",
            "mailto:ann@x.example?to",
        ] {
            assert_eq!(bare_address(cell), "ann@x.example", "{cell}");
        }
        for cell in ["<clear>", "ann", "CORP\\ann", ">", "<", "mailto", "ÿÿÿÿ"] {
            assert_eq!(bare_address(cell), cell);
        }
    }

    #[test]
    fn nobody_is_taken_out_of_a_cell_that_names_several_people() {
        for cell in [
            "ann@x.example; bob@x.example",
            "ann@x.example, bob@x.example",
            "ann@x.example\nbob@x.example",
            "'ann@x.example'; 'bob@x.example'",
            "Ann <ann@x.example>; Bob <bob@x.example>",
            "Ann <ann@x.example>, Bob <bob@x.example>;",
            "ann@x.example; Bob <bob@x.example>",
            "Ann <ann@x.example>\nBob <bob@x.example>",
            "Ann; Bob <bob@x.example>",
            "Ann\nBob <bob@x.example>",
            "\"Ann\"; \"Bob\" <bob@x.example>",
            "ann@x.example\nBob <bob@x.example>",
            "Ann (ann@x.example) Bob <bob@x.example>",
            "'Ann ann@x.example' <bob@x.example>",
            "mailto:ann@x.example; Bob <bob@x.example>",
            "<ann@x.example> <bob@x.example>",
            "ann@x.example <bob@x.example>",
            "\"ann@x.example\" <bob@x.example>",
            "<ann@x.example; bob@x.example>",
            "mailto:ann@x.example,bob@x.example",
            "mailto:ann@x.example?subject=hi&cc=bob@x.example",
            "aberg; bokafor",
            "aberg|bokafor",
            "CORP\\ann; x",
            "90e77c14-c41f-5d57-876f-24bfef69e3d6, 70baf275-d3cc-5e2c-aad2-b6d5553c563f",
            "90e77c14-c41f-5d57-876f-24bfef69e3d6 70baf275-d3cc-5e2c-aad2-b6d5553c563f",
        ] {
            let address = bare_address(cell);
            assert!(names_several_people(address), "{cell}: {address}");
        }
        for cell in [
            "ann",
            "ann lee@x.example",
            "ann@@x.example",
            "ann,lee@x.example",
            "CORP\\ann",
            "aberg;",
            "Berg, Anna",
            "90e77c14-c41f-5d57-876f-24bfef69e3d6;",
            "<clear>",
        ] {
            assert!(!names_several_people(bare_address(cell)), "{cell}");
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
            (["TRUE", "true", "Yes", "1.0", "1", "WAHR"], Some(true)),
            (["Ja", "Oui", "SÍ", "Sim", "Tak", "はい"], Some(true)),
            (["FALSE", "false", "No", "0.0", "0", "FAUX"], Some(false)),
            (["Nein", "non", "NÃO", "nie", "FAŁSZ", "いいえ"], Some(false)),
            (["0.1", "2.0", "1.00", "-1", ".0", "1,0"], None),
            (["maybe", "2", "", "-", "enabled?", "tru"], None),
        ] {
            for cell in cells {
                assert_eq!(parse_flag(cell), value, "{cell}");
            }
        }
    }
}
