//! What keeps the text of a cell from being a value, or makes it suspicious, whatever its column asks for.

use unicode_normalization::UnicodeNormalization;

use super::cleaning::{text_in_formula, turns_direction};
use super::stand_ins::{LONGEST_NOTHING, is_certain_error, is_error_word, is_no_name, is_nothing, may_be_name};
use super::{Column, UnplacedProblem, bare_address, excerpt, mangled};
use crate::model::Email;
use crate::problem::ProblemCode;
use crate::sheet::{Cell, CellKind};
use crate::text::{is_plain, plural};

/// How many characters a cell of a spreadsheet program holds, in UTF-16.
const LONGEST_CELL: usize = 32_767;

/// The same at up to four bytes each.
const LONGEST_BYTES: usize = LONGEST_CELL * 4;

/// Whether a cell, whose cleaned text this is, is longer than any can be, or as long as programs cut them to, so that the
/// rest of it need not be looked at.
pub(in crate::intake) fn too_long(column: Column, cell: &str, text: &str) -> Option<UnplacedProblem> {
    if cell.len() < LONGEST_CELL || !column.is_meaningful() {
        return None;
    }
    if cell.encode_utf16().count() == LONGEST_CELL {
        let what = format!(
            "the cell holds 32,767 characters, where spreadsheet programs cut a text off; it ends in `{}`",
            ending(text)
        );
        let help = "compare its end with where it comes from; write the list into several rows, or into a CSV";
        return Some(UnplacedProblem::error(ProblemCode::CellCutOff, what, help).at(column));
    }
    if text.len() <= LONGEST_BYTES {
        return None;
    }
    let what = format!(
        "the cell holds {}, more than any cell of a spreadsheet program",
        plural(text.chars().count(), "character")
    );
    let help = "see whether a double quote is missing, or whether this is a sheet at all";
    Some(UnplacedProblem::error(ProblemCode::CellTooLong, what, help).at(column))
}

/// The last letters of a long text.
fn ending(text: &str) -> String {
    const SHOWN: usize = 20;
    let start = text.char_indices().rev().nth(SHOWN - 1).map_or(0, |(start, _)| start);
    excerpt(&text[start..])
}

/// Whether a plain cell is clean, is neither `<clear>` nor [`too_long`], and can have no [`defect`], as its ends and its
/// length show of nearly every cell.
pub(in crate::intake) fn is_sound(cell: &str) -> bool {
    let ends_soundly = match cell.as_bytes() {
        // `NULL` and `undefined`; and `Err:508`.
        [b'N' | b'n' | b'u', ..] if cell.len() <= LONGEST_NOTHING => false,
        // `keep`, `same`, `tbd`, `dito`, `idem`, `as is`; and `TBD`.
        [b'k' | b's' | b't' | b'd' | b'i' | b'a', ..] if cell.len() <= 5 => false,
        [b'T', b'B', _] => false,
        [.., b':', _, _, _] => false,
        [first, .., last] => first.is_ascii_alphabetic() && last.is_ascii_alphanumeric(),
        _ => false,
    };
    ends_soundly && cell.len() < LONGEST_CELL
}

/// What is wrong with a cell; `text` is its cleaned text.
pub(in crate::intake) fn defect(column: Column, cell: Cell<'_>, text: &str) -> Option<UnplacedProblem> {
    if !column.is_meaningful() {
        return None;
    }
    let problem = spoiled_value(column, cell, text)
        .or_else(|| odd_letters(column, cell, text))
        .or_else(|| nothing(column, text))?;
    Some(problem.at(column))
}

/// A cell that a spreadsheet program filled with something else than the value that was meant.
fn spoiled_value(column: Column, cell: Cell<'_>, text: &str) -> Option<UnplacedProblem> {
    if cell.kind == CellKind::Uncomputed {
        return Some(UnplacedProblem::error(
            ProblemCode::FormulaWithoutValue,
            "the cell holds a formula whose value was never computed",
            "open the workbook in the spreadsheet program, let it compute, and save it as .xlsx",
        ));
    }
    let is_error = match column {
        Column::Password => is_certain_error(text),
        _ => is_error_word(text),
    };
    if cell.kind == CellKind::Error || is_error {
        let help = match column {
            Column::Group | Column::Groups | Column::RemoveGroups
                if cell.kind != CellKind::Error && may_be_name(text) =>
            {
                "fix the formula, or write the value in its place; a group that is called so is named by its GUID"
            }
            _ => "fix the formula, or write the value in its place",
        };
        return Some(UnplacedProblem::error(
            ProblemCode::ErrorValue,
            match column {
                Column::Password => "the cell shows an error in the place of a password".to_owned(),
                _ => format!("the cell shows the error `{}`", excerpt(text)),
            },
            help,
        ));
    }
    if cell.kind == CellKind::Unreadable {
        return Some(UnplacedProblem::error(
            ProblemCode::UnreadableCell,
            format!("the file stores `{}` in the cell, which is no value", excerpt(text)),
            "write the value again in the spreadsheet program, and save the sheet",
        ));
    }
    let raw = cell.text.trim();
    if raw.starts_with('=') && text_in_formula(raw).is_none() {
        return formula_as_text(column, text);
    }
    if column.holds_text() && is_exponent(text) {
        return Some(UnplacedProblem::error(
            ProblemCode::LostDigits,
            format!(
                "`{}` is a long number that the spreadsheet program shortened",
                excerpt(text)
            ),
            "format the column as text and write the number again",
        ));
    }
    None
}

/// A formula as the text of the cell. No address, group or licence begins like that, while a person's name is taken as it
/// is written.
fn formula_as_text(column: Column, text: &str) -> Option<UnplacedProblem> {
    match column {
        Column::Password => None,
        Column::Name | Column::Surname | Column::DisplayName => Some(UnplacedProblem::warning(
            ProblemCode::FormulaAsText,
            format!(
                "`{}` looks like a formula, and is sent as the text that it is",
                excerpt(text)
            ),
            "if it is one, let the spreadsheet program compute it and save the sheet again",
        )),
        _ => Some(UnplacedProblem::error(
            ProblemCode::FormulaAsText,
            format!("the cell holds a formula, `{}`, and not its value", excerpt(text)),
            "let the spreadsheet program compute it and save the sheet again, or write the value",
        )),
    }
}

/// A word of databases and programs for nothing. It may be somebody's name, so it is read as it is written.
fn nothing(column: Column, text: &str) -> Option<UnplacedProblem> {
    if matches!(column, Column::Name | Column::Surname | Column::DisplayName) && is_no_name(text) {
        return Some(UnplacedProblem::warning(
            ProblemCode::WordForNothing,
            format!("`{text}` is rather a remark than a name, and is read as a name"),
            "leave the cell empty if no name, or no other one, is meant",
        ));
    }
    if !is_nothing(text) {
        return None;
    }
    let cell = match column {
        Column::Password => "the cell".to_owned(),
        _ => format!("`{text}`"),
    };
    Some(UnplacedProblem::warning(
        ProblemCode::WordForNothing,
        format!("{cell} is what programs write for nothing, and is read as a text like any other"),
        "leave the cell empty if nothing is meant",
    ))
}

/// Letters that were lost on the way, or that look like others.
fn odd_letters(column: Column, cell: Cell<'_>, text: &str) -> Option<UnplacedProblem> {
    if is_plain(cell.text) {
        return None;
    }
    let cell_has = |what: &str| match column {
        Column::Password => format!("the cell has {what}"),
        _ => format!("`{}` has {what}", excerpt(text)),
    };
    // What a decoder writes in the place of bytes that it cannot read.
    if text.contains('\u{fffd}') {
        return Some(UnplacedProblem::error(
            ProblemCode::LostLetters,
            cell_has("letters that were lost in a conversion"),
            "write them again, and save the sheet as CSV UTF-8 or as a workbook",
        ));
    }
    if cell.text.contains("\u{1b}$B") {
        return Some(UnplacedProblem::error(
            ProblemCode::LostLetters,
            cell_has("letters of ISO-2022-JP that were read as others"),
            "name the encoding of a CSV, --encoding iso-2022-jp, or save it as CSV UTF-8",
        ));
    }
    if let Some(letter) = cell.text.chars().find(|letter| is_left_of_letters(*letter)) {
        // What a letter was is told where it shows.
        let mended = mangled(cell.text).filter(|_| column != Column::Password);
        let what = format!(
            "a control character, U+{:04X}, which is read as a space",
            u32::from(letter)
        );
        let help = "write the letter again, or export the list as UTF-8 and without the colours of a terminal";
        return Some(
            mended.unwrap_or_else(|| UnplacedProblem::warning(ProblemCode::DoubtfulEncoding, cell_has(&what), help)),
        );
    }
    let is_address = matches!(
        column,
        Column::User | Column::Email | Column::NewEmail | Column::Username
    );
    let is_name = matches!(column, Column::Name | Column::Surname | Column::DisplayName);
    let is_lost_of_an_address = |address: &str| {
        let (local, domain) = address.split_once('@').unwrap_or_default();
        has_lost_letters(address) || local.contains(['?', '¿']) && !domain.contains('@')
    };
    if is_address && is_lost_of_an_address(bare_address(text)) || is_name && has_lost_letters(text) {
        let what = cell_has("a question mark between letters, as programs write for a letter that they cannot");
        // The byte of `¿` in the encoding that is guessed most is a letter of names in another.
        let help = if text.contains('¿') {
            "write the letter again, or export the list as UTF-8; `--encoding windows-1250` reads a CSV that has `ż` there"
        } else {
            "write the letter again, or export the list as UTF-8: `Export-Csv -Encoding UTF8`"
        };
        return Some(if is_address {
            UnplacedProblem::error(ProblemCode::LostLetters, what, help)
        } else {
            UnplacedProblem::warning(ProblemCode::LostLetters, what, help)
        });
    }
    let what = look_alike(cell.text, text).filter(|_| is_address)?;
    let plain: String = bare_address(text).nfkc().collect();
    let help = if plain.is_ascii() && plain != text && Email::fault(&plain).is_none() {
        format!("write `{plain}` if that is meant")
    } else {
        "type it by hand if it came from a message or a web page".to_owned()
    };
    Some(UnplacedProblem::warning(
        ProblemCode::LookAlikeAddress,
        format!("`{}` {what}", excerpt(text)),
        help,
    ))
}

/// Whether it is what is left of a byte of Windows-1252 that was taken for another encoding, or what begins the colours of a
/// terminal. `U+0085` is a line break.
fn is_left_of_letters(letter: char) -> bool {
    matches!(letter, '\u{1b}' | '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}')
}

/// Whether there is `?` or `¿`, once or several times, between two letters.
fn has_lost_letters(text: &str) -> bool {
    let is_mark = |letter: char| matches!(letter, '?' | '¿');
    let Some(start) = text.find(is_mark) else {
        return false;
    };
    let (before, from) = text.split_at(start);
    let rest = from.trim_start_matches(is_mark);
    let are_letters = before.ends_with(char::is_alphabetic) && rest.starts_with(char::is_alphabetic);
    are_letters || has_lost_letters(rest)
}

/// What makes an address look like another one: letters of another alphabet among Latin ones, or a
/// letter of the raw cell that turns the reading direction.
fn look_alike(raw: &str, address: &str) -> Option<&'static str> {
    if raw.is_ascii() {
        return None;
    }
    if raw.chars().any(turns_direction) {
        return Some("has an invisible character that turns the reading direction");
    }
    // An address entirely in another alphabet imitates no other.
    if !address.chars().any(|letter| letter.is_ascii_alphabetic()) {
        return None;
    }
    address
        .split(['@', '.'])
        .filter(|part| imitates(part))
        .find_map(|part| {
            part.chars().find_map(|letter| match letter {
                '\u{370}'..='\u{3ff}' => Some("has Greek letters among Latin ones"),
                '\u{400}'..='\u{52f}' => Some("has Cyrillic letters among Latin ones"),
                '\u{250}'..='\u{2af}' => Some("has phonetic letters"),
                '\u{531}'..='\u{58f}' => Some("has Armenian letters among Latin ones"),
                '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Some("has Cherokee letters among Latin ones"),
                '\u{2100}'..='\u{214f}' | '\u{1d400}'..='\u{1d7ff}' => Some("has letters of mathematics"),
                '\u{ff01}'..='\u{ff5e}' => Some("has full-width letters"),
                _ => None,
            })
        })
}

/// Whether a part of an address may be taken for another, unless all its letters are of one alphabet that has letters of its
/// own among them: `пример`, `παράδειγμα`.
fn imitates(part: &str) -> bool {
    const OWN: &str = "бвгджзийлмнптфцчшщъыьэюяєїґћђљњџγδεζηθλμξπσςφψωάέήύώ";
    let is_of = |letter: char| matches!(letter, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}');
    let has_latin = part.chars().any(|letter| letter.is_ascii_alphabetic());
    let has_own = part.to_lowercase().contains(|letter| OWN.contains(letter));
    has_latin || !has_own || !part.chars().filter(|letter| letter.is_alphabetic()).all(is_of)
}

/// Whether the cell shows a long number as a spreadsheet program does once it has lost its digits: `1.2E+10`.
pub(super) fn is_exponent(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A decimal comma in the programs of many languages.
    let is_mantissa = match mantissa.split_once(['.', ',']) {
        Some((integer, fraction)) => is_digits(integer) && is_digits(fraction),
        None => is_digits(mantissa),
    };
    is_mantissa && exponent.strip_prefix('+').is_some_and(is_digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strum::IntoEnumIterator;

    use super::*;
    use crate::intake::cells::clean;
    use crate::intake::cells::stand_ins::{KNOWN_ERRORS, NO_NAMES, NOTHING, NOTHING_OF_PROGRAMS};

    proptest! {
        #[test]
        fn a_plain_cell_that_is_sound_is_clean_and_has_no_defect(cell in "[ -~]{1,12}|[a-zA-Z]{2,5}[:.+#]{0,3}[0-9]{0,3}[ -~]") {
            let kind = CellKind::Text;
            if is_plain(&cell) && is_sound(&cell) {
                prop_assert_eq!(clean(&cell), cell.as_str());
                for column in Column::iter() {
                    prop_assert_eq!(defect(column, Cell { text: &cell, kind, is_formula: false }, &cell), None);
                }
            }
        }
    }

    #[test]
    fn no_error_and_no_word_for_nothing_is_sound() {
        let words = KNOWN_ERRORS
            .split_whitespace()
            .chain(NOTHING)
            .chain(NOTHING_OF_PROGRAMS)
            .chain(NO_NAMES);
        for word in words.chain(["Err:508", "error:502", "Loading...", "<clear>", "1.2E+10"]) {
            assert!(!is_plain(word) || !is_sound(word), "{word}");
        }
        let long = "x".repeat(LONGEST_CELL);
        assert!(is_sound(&long[1..]) && !is_sound(&long));
    }

    #[test]
    fn a_cell_is_cut_off_that_is_as_long_as_a_cell_can_be() {
        let code = |cell: &str| too_long(Column::Groups, cell, &clean(cell)).map(|problem| problem.code);
        let long = "Team 1; ".repeat(5_000);
        assert_eq!(code(&long[..LONGEST_CELL]), Some(ProblemCode::CellCutOff));
        assert_eq!(code(&long[..LONGEST_CELL - 1]), None);
        assert_eq!(code(&long[..=LONGEST_CELL]), None);
        assert_eq!(code(&"ü".repeat(LONGEST_CELL)), Some(ProblemCode::CellCutOff));
        assert_eq!(code(&"ü".repeat(LONGEST_CELL / 2)), None);
        assert_eq!(
            code(&format!("x{}", "🐝".repeat(LONGEST_CELL / 2))),
            Some(ProblemCode::CellCutOff)
        );
        assert_eq!(code(&"🐝".repeat(LONGEST_CELL + 1)), Some(ProblemCode::CellTooLong));
        assert_eq!(too_long(Column::Note, &long[..LONGEST_CELL], ""), None);
    }

    #[test]
    fn lost_numbers_are_recognised() {
        assert!(is_exponent("1.23457E+11") && is_exponent("1,2E+20") && is_exponent("2E+15"));
        assert!(!is_exponent("E+11") && !is_exponent("1.2E10") && !is_exponent("ann") && !is_exponent("1.E+3"));
    }

    #[test]
    fn look_alikes_are_recognised() {
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
        for address in [
            "анна@почта.рф",
            "ivan@пример.рф",
            "info@παράδειγμα.gr",
            "анна@x.example",
        ] {
            assert_eq!(look_alike(address, address), None, "{address}");
        }
        // All letters of these look like Latin ones.
        for address in [
            "ann@\u{441}\u{43e}\u{441}\u{430}.example",
            "\u{430}\u{441}\u{435}@x.example",
            "ann@соcа.example",
        ] {
            assert!(look_alike(address, address).is_some(), "{address}");
        }
    }
}
