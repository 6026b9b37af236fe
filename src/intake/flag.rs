//! Yes and no.

/// The words for yes, as `docs/sheet.md` lists them; several as spreadsheet programs and people write
/// them in other languages.
const YES: [&str; 14] = [
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
    "ja",
];

/// The words for no, likewise.
const NO: [&str; 13] = [
    "false", "f", "no", "n", "0", "off", "falsch", "faux", "falso", "onwaar", "nein", "non", "nee",
];

/// What a cell says, without regard to case.
pub(super) fn flag(cell: &str) -> Option<bool> {
    let is = |word: &&str| cell.eq_ignore_ascii_case(word);
    if YES.iter().any(is) {
        Some(true)
    } else if NO.iter().any(is) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_list_every_word_for_yes_and_no() {
        let page = include_str!("../../docs/sheet.md");
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
            (["FALSE", "false", "No", "n", "0", "FAUX"], Some(false)),
            (["maybe", "2", "", "-", "enabled?", "tru"], None),
        ] {
            for cell in cells {
                assert_eq!(flag(cell), value, "{cell}");
            }
        }
    }
}
