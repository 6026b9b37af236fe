//! What stands for letters in an address, as a table.
//!
//! `letters.csv` is a table of our own, since libraries that spell names out change what they do from version to version,
//! and know no language (`docs/export.md`).

use std::collections::BTreeSet;

/// `letters.csv`: the languages, all where empty; where in a word, anywhere where empty; lower case letters in their
/// composed form; what stands for them.
const TABLE: &str = include_str!("letters.csv");

/// One line of the table.
pub(super) struct Rule {
    pub(super) languages: &'static str,
    pub(super) place: Place,
    pub(super) letters: &'static str,
    pub(super) latin: &'static str,
}

/// Where in a word a rule holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Anywhere,
    Start,
    End,
}

/// Every line.
pub(super) fn rules() -> impl Iterator<Item = Rule> {
    TABLE.lines().skip(1).map(|line| {
        let mut cells = line.splitn(4, ',');
        let mut cell = || cells.next().unwrap_or_default();
        Rule {
            languages: cell(),
            place: match cell() {
                "start" => Place::Start,
                "end" => Place::End,
                _ => Place::Anywhere,
            },
            letters: cell(),
            latin: cell(),
        }
    })
}

/// The languages that have rules of their own.
pub(super) fn languages_with_rules() -> impl Iterator<Item = &'static str> {
    let languages = rules().flat_map(|rule| rule.languages.split('|'));
    let languages: BTreeSet<&str> = languages.filter(|language| !language.is_empty()).collect();
    languages.into_iter()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::is_nfc;
    use uuid::Uuid;

    use super::*;

    /// An address that was made of a name last year must be made of it next year: people have moved to it, and the second
    /// half of a move is looked for under it. A letter that had no rule may get one; no other line may change or go.
    #[test]
    fn what_stands_for_a_letter_never_changes() {
        let lines: Vec<&str> = TABLE.lines().collect();
        let content = Uuid::new_v5(&Uuid::NAMESPACE_OID, lines.join("\n").as_bytes());
        assert_eq!(content.to_string(), "ed1d3988-a930-5447-b265-c1f143e1076b");
    }

    #[test]
    fn every_rule_makes_lower_case_letters_of_composed_ones_and_stands_once() {
        let mut seen = BTreeSet::new();
        for line in TABLE.lines().skip(1) {
            assert_eq!(line.split(',').count(), 4, "{line}");
        }
        for rule in rules() {
            let Rule {
                languages,
                place,
                letters,
                latin,
            } = rule;
            assert!(
                is_nfc(letters) && !letters.is_empty() && !letters.is_ascii(),
                "{letters}"
            );
            assert!(
                latin
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
                "{letters} {latin}"
            );
            for language in languages.split('|') {
                assert!(
                    seen.insert((language, format!("{place:?}"), letters)),
                    "{letters} twice"
                );
            }
        }
    }
}
