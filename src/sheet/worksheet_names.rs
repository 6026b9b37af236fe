//! Names that every spreadsheet program takes for a worksheet.

use std::collections::HashSet;

/// How many UTF-16 units a name may have.
const LONGEST: usize = 31;

/// Hands out names, each once.
#[derive(Debug, Default)]
pub(super) struct WorksheetNames {
    given: HashSet<String>,
}

impl WorksheetNames {
    /// The name itself where `.xlsx` allows it and it is new, and one as near as can be where not.
    pub(super) fn name(&mut self, name: &str) -> String {
        let is_odd = |letter: char| letter.is_control() || matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\');
        let mut plain = name.replace(is_odd, "_");
        // Excel keeps this one for itself.
        if plain.is_empty() || plain.to_lowercase() == "history" {
            plain.push_str("Sheet");
        }
        let mut found = finished(&plain, "");
        for number in 2_u32.. {
            // They are compared without regard to case.
            if self.given.insert(found.to_lowercase()) {
                break;
            }
            found = finished(&plain, &format!(" ({number})"));
        }
        found
    }
}

/// As much of the name as there is room for, and what sets it apart; no apostrophe at the ends.
fn finished(name: &str, apart: &str) -> String {
    let mut room = LONGEST - apart.len();
    let fits = |letter: &char| {
        let is_room = letter.len_utf16() <= room;
        room = if is_room { room - letter.len_utf16() } else { 0 };
        is_room
    };
    let cut: String = name.chars().take_while(fits).collect();
    let mut cut = format!("{cut}{apart}");
    if cut.starts_with('\'') {
        cut.replace_range(..1, "_");
    }
    if cut.ends_with('\'') {
        cut.replace_range(cut.len() - 1.., "_");
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_where_it_can_be_and_is_allowed_and_new_where_not() {
        let mut names = WorksheetNames::default();
        let long = "Mitarbeitende mit Anspruch auf eine Lizenz";
        for (name, given) in [
            ("Joiners", "Joiners"),
            ("JOINERS", "JOINERS (2)"),
            ("joiners", "joiners (3)"),
            ("Q1/Q2: [new]?", "Q1_Q2_ _new__"),
            ("'it's'", "_it's_"),
            ("History", "HistorySheet"),
            ("", "Sheet"),
            (long, "Mitarbeitende mit Anspruch auf "),
            (long, "Mitarbeitende mit Anspruch  (2)"),
            ("🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝", "🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝🐝"),
        ] {
            assert_eq!(names.name(name), given);
        }
    }
}
