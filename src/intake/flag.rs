//! Yes and no.

/// What a cell says: `TRUE`, `yes`, `y`, `1`, `on` or `x`, their opposites, and `TRUE` and `FALSE` as
/// spreadsheet programs write them into a CSV in other languages.
pub(super) fn flag(cell: &str) -> Option<bool> {
    const YES: [&str; 14] = [
        "true",
        "yes",
        "y",
        "1",
        "on",
        "x",
        "t",
        "wahr",
        "vrai",
        "verdadero",
        "verdadeiro",
        "vero",
        "waar",
        "ja",
    ];
    const NO: [&str; 13] = [
        "false", "no", "n", "0", "off", "f", "falsch", "faux", "falso", "onwaar", "nein", "non", "nee",
    ];
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
