//! The headers that columns go by, in English and eight other languages.

use std::sync::LazyLock;

use foldhash::HashMap;
use strum::IntoEnumIterator;
use unicode_normalization::UnicodeNormalization;

use super::{Column, FactColumn, column_key};
use crate::text::nearest;

/// `headers.csv`: column, language, headers parted by `|`. A column `surname beside name` is one that the headers mean
/// only next to a header of the other column in the same language.
const KNOWN: &str = include_str!("headers.csv");

/// Words of fewer letters are close to too much else to be suggested.
const SHORTEST_SUGGESTED: usize = 3;

/// Words of fewer letters are meant only where no letter is another.
const LONG_ENOUGH: usize = 5;
/// At most one letter in so many may be in only one of two words.
const STRANGE_LETTERS: usize = 5;
/// How many slips a misspelt word has at most: `Date of birth` is no `Date of hire`.
const MOST_SLIPS: usize = 2;

/// What a header means whatever stands beside it.
#[derive(Debug)]
struct PlainWord {
    column: Column,
    /// The languages it is of, `en` for English.
    languages: Vec<&'static str>,
}

/// What a header means beside another.
#[derive(Debug, Clone, Copy)]
pub(in crate::intake) struct WordInContext {
    pub(in crate::intake) column: Column,
    /// The column beside which it means this, by a header of the same language.
    pub(in crate::intake) beside: Column,
    pub(in crate::intake) language: &'static str,
}

#[derive(Debug, Default)]
struct Words {
    plain: HashMap<String, PlainWord>,
    /// The keys of `plain`, in the order of the file.
    suggested: Vec<String>,
}

/// Made only for a header that is no column's own name: it takes longer than to check a short sheet.
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::default();
    for column in Column::iter() {
        words.add(column_key(column.as_str()), column, "en");
    }
    for (meaning, language, headers) in known() {
        // What it means only beside another is none of its plain meanings.
        if let Some(column) = by_name(meaning) {
            for key in headers.flat_map(spellings) {
                words.add(key, column, language);
            }
        }
    }
    words
});

static IN_CONTEXT: LazyLock<Vec<(String, WordInContext)>> = LazyLock::new(|| {
    let beside = |meaning: &str| {
        let (column, beside) = meaning.split_once(" beside ")?;
        Some((by_name(column)?, by_name(beside)?))
    };
    let in_context = known().filter_map(|(meaning, language, headers)| Some((beside(meaning)?, language, headers)));
    let words = in_context.flat_map(|((column, beside), language, headers)| {
        let word = WordInContext {
            column,
            beside,
            language,
        };
        headers.flat_map(spellings).map(move |key| (key, word))
    });
    words.collect()
});

/// Of each line of the file the meaning, the language and the headers.
fn known() -> impl Iterator<Item = (&'static str, &'static str, impl Iterator<Item = &'static str>)> {
    KNOWN.lines().skip(1).filter_map(|line| {
        let (meaning, rest) = line.split_once(',')?;
        let (language, headers) = rest.split_once(',')?;
        Some((meaning, language, headers.split('|')))
    })
}

impl Words {
    fn add(&mut self, key: String, column: Column, language: &'static str) {
        let word = self.plain.entry(key).or_insert_with_key(|key| {
            self.suggested.push(key.clone());
            PlainWord {
                column,
                languages: Vec::new(),
            }
        });
        if !word.languages.contains(&language) {
            word.languages.push(language);
        }
    }
}

fn by_name(name: &str) -> Option<Column> {
    Column::iter().find(|column| column.as_str() == name)
}

/// The keys of a header of the file: without its accents, and with German umlauts in two letters.
fn spellings(header: &str) -> Vec<String> {
    let mut keys = vec![column_key(header)];
    if header.is_ascii() {
        return keys;
    }
    let in_two = |letter: char| match letter {
        'ä' => Some("ae"),
        'ö' => Some("oe"),
        'ü' => Some("ue"),
        _ => None,
    };
    let (mut long, mut has_umlauts) = (String::new(), false);
    for letter in header.to_lowercase().nfc() {
        match in_two(letter) {
            Some(two) => {
                long.push_str(two);
                has_umlauts = true;
            }
            None => long.push(letter),
        }
    }
    if has_umlauts {
        keys.push(column_key(&long));
    }
    keys
}

/// What a header means by itself, by its key.
pub(in crate::intake) fn plain_meaning(key: &str) -> Option<Column> {
    own_name_of(key).or_else(|| WORDS.plain.get(key).map(|word| word.column))
}

/// Whether it is a header by itself, by its key. Asked of many rows, for which trying the columns' names in turn is slow.
pub(in crate::intake) fn is_header(key: &str) -> bool {
    WORDS.plain.contains_key(key)
}

/// The column whose own name it is.
fn own_name_of(key: &str) -> Option<Column> {
    Column::iter().find(|column| column.as_str().bytes().filter(|byte| *byte != b'_').eq(key.bytes()))
}

/// Whether a header is of the language, by its key.
pub(in crate::intake) fn is_of_language(key: &str, language: &str) -> bool {
    (language == "en" && own_name_of(key).is_some())
        || WORDS
            .plain
            .get(key)
            .is_some_and(|word| word.languages.contains(&language))
}

/// Whether the header is that of a column which an export adds for people, and no column of reseat's.
pub(in crate::intake) fn is_for_people(header: &str) -> bool {
    let key = column_key(header);
    FactColumn::iter().any(|fact| column_key(fact.as_str()) == key)
}

/// A word of fewer letters is in too many others by chance.
const SHORTEST_CONTAINED: usize = 4;

/// Whether a header, by its key, has a header of this column in it: `licencewanted` one of licences.
pub(in crate::intake) fn is_named_after(key: &str, column: Column) -> bool {
    let is_long = |word: &str| !word.is_ascii() || word.len() > SHORTEST_CONTAINED;
    let mut words = WORDS.suggested.iter();
    words.any(|word| is_long(word) && key.contains(word.as_str()) && plain_meaning(word) == Some(column))
}

/// What a header may mean beside others, by its key.
pub(in crate::intake) fn words_in_context(key: &str) -> impl Iterator<Item = WordInContext> {
    IN_CONTEXT
        .iter()
        .filter(move |(header, _)| header == key)
        .map(|(_, word)| *word)
}

impl Column {
    /// The column that a header names by itself, in any of the languages.
    pub fn named(header: &str) -> Option<Self> {
        plain_meaning(&column_key(header))
    }

    /// The column, of those that `is_free`, with a name or header closest to a header that names none.
    pub fn nearest(header: &str, is_free: impl Fn(Self) -> bool) -> Option<Self> {
        let key = column_key(header);
        // With one of these before it a word means the opposite.
        if key.contains(['非', '未', '無', '不']) {
            return None;
        }
        let names = WORDS.suggested.iter().map(String::as_str);
        let names = names.filter(|name| name.chars().nth(SHORTEST_SUGGESTED - 1).is_some());
        let free = names.filter(|name| plain_meaning(name).is_some_and(&is_free));
        let is_near = |near: &&str| strsim::damerau_levenshtein(&key, near) <= MOST_SLIPS && is_slip(&key, near);
        let near = nearest(&key, free).filter(is_near)?;
        plain_meaning(near)
    }
}

/// Whether a header of few letters is more than a similar word: it then has the same letters in another order. The words
/// of a personnel department are many, and short ones are close to others by chance.
fn is_slip(typed: &str, near: &str) -> bool {
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let (ours, theirs) = (letters(typed), letters(near));
    if ours.len().min(theirs.len()) < LONG_ENOUGH {
        return ours == theirs;
    }
    let missing = |of: &[char], from: &[char]| of.iter().filter(|letter| !from.contains(letter)).count();
    let strange = missing(&ours, &theirs) + missing(&theirs, &ours);
    strange * STRANGE_LETTERS <= ours.len()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Column, language and headers of each line of the file.
    fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        KNOWN.lines().skip(1).map(|line| {
            let cells: Vec<_> = line.split(',').collect();
            let [column, language, headers] = cells[..] else {
                panic!("{line}")
            };
            (column, language, headers)
        })
    }

    #[test]
    fn no_header_of_a_column_speaks_of_somebodys_last_day() {
        for (column, _, headers) in lines() {
            for key in headers.split('|').flat_map(spellings) {
                assert!(!crate::intake::cells::names_a_last_day(&key), "{column}: {key}");
            }
        }
    }

    #[test]
    fn no_header_means_two_columns() {
        let mut seen: HashMap<String, &str> = HashMap::default();
        for (column, _, headers) in lines().filter(|(column, ..)| !column.contains(' ')) {
            assert!(by_name(column).is_some(), "{column}");
            for header in headers.split('|') {
                for key in spellings(header) {
                    let other = seen.insert(key, column);
                    assert!(
                        other.is_none_or(|other| other == column),
                        "{header}: {column}, {other:?}"
                    );
                }
            }
        }
        for column in Column::iter() {
            assert_eq!(Column::named(column.as_str()), Some(column));
            assert!(
                seen.get(&column_key(column.as_str()))
                    .is_none_or(|other| *other == column.as_str())
            );
        }
    }

    #[test]
    fn what_people_fill_in_has_a_header_in_every_language() {
        // These are for programs.
        const ENGLISH_ONLY: [&str; 4] = ["bypass_basic_auth", "reseat_status", "reseat_message", "reseat_key"];
        for language in ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja"] {
            let named: BTreeSet<&str> = lines().filter(|line| line.1 == language).map(|line| line.0).collect();
            for column in Column::iter()
                .map(Column::as_str)
                .filter(|column| !ENGLISH_ONLY.contains(column))
            {
                // A language may use the column's own name.
                assert!(named.contains(column) || language == "en", "{column} in {language}");
            }
        }
    }

    #[test]
    fn what_exports_add_for_people_names_no_column() {
        for header in FactColumn::iter().map(FactColumn::as_str) {
            assert_eq!(Column::named(header), None, "{header}");
            assert!(
                is_for_people(header) && is_for_people(&header.to_uppercase()),
                "{header}"
            );
        }
    }

    #[test]
    fn the_apis_own_field_names_and_the_portals_are_known() {
        for (header, column) in [
            ("userName", Column::Username),
            ("emailAddress", Column::Email),
            ("E-mail", Column::Email),
            ("givenName", Column::Name),
            ("First Name", Column::Name),
            ("displayName", Column::DisplayName),
            ("userBundleCodes", Column::Licenses),
            ("groupIDsToAdd", Column::Groups),
            ("groupIDsToRemove", Column::RemoveGroups),
            ("isActive", Column::Active),
            ("bypassBasicAuthRestriction", Column::BypassBasicAuth),
            ("invitationAccepted", Column::InvitationAccepted),
            ("useExternalLicense", Column::ExternalLicense),
            ("group membership", Column::Groups),
        ] {
            assert_eq!(Column::named(header), Some(column), "{header}");
        }
    }

    #[test]
    fn headers_of_eight_languages_are_known_with_and_without_their_accents() {
        for (header, column) in [
            ("Straße", None),
            ("Maßnahme", Some(Column::Operation)),
            ("MASSNAHME", Some(Column::Operation)),
            ("Gruppenzugehoerigkeit", Some(Column::Groups)),
            ("Gruppenzugeho\u{308}rigkeit", Some(Column::Groups)),
            ("Prenom", Some(Column::Name)),
            ("Nom d\u{2019}utilisateur", Some(Column::Username)),
            ("Correo electronico", Some(Column::Email)),
            ("LICENÇAS", Some(Column::Licenses)),
            ("Nuovo indirizzo e\u{2011}mail", Some(Column::NewEmail)),
            ("Quota\u{2019}s", Some(Column::Quotas)),
            ("Haslo", Some(Column::Password)),
            ("Uz\u{307}ytkownik", Some(Column::User)),
            ("ﾗｲｾﾝｽ", Some(Column::Licenses)),
            ("Ｅメール", Some(Column::Email)),
            ("メールアドレス", Some(Column::Email)),
            ("ク\u{30a9}ータ", Some(Column::Quotas)),
        ] {
            assert_eq!(Column::named(header), column, "{header}");
        }
    }

    #[test]
    fn what_forms_add_to_a_header_makes_no_difference() {
        for header in [
            "E-Mail *",
            "*E-Mail",
            "E-Mail:",
            "E-Mail (required)",
            "E-Mail (Pflichtfeld)",
            "[Obbligatorio] E-Mail",
            "E-Mail（必須）",
            "E-Mail【必須】",
            "E\u{ad}-\u{a0}Mail.",
            "\"E-Mail\"",
        ] {
            assert_eq!(Column::named(header), Some(Column::Email), "{header}");
        }
        assert_eq!(Column::named("Licence(s)"), Some(Column::Licenses));
        assert_eq!(Column::named("Gruppe(n)"), Some(Column::Groups));
        for header in [
            "E-Mail (private)",
            "Name (last)",
            "Password required",
            "E-Mail/UPN",
            "",
            "*",
            "()",
        ] {
            assert_eq!(Column::named(header), None, "{header}");
        }
    }

    #[test]
    fn a_misspelt_header_is_near_its_column_in_any_language_unless_that_is_taken() {
        let nearest = |header| Column::nearest(header, |_| true);
        assert_eq!(nearest("Licnses"), Some(Column::Licenses));
        assert_eq!(nearest("Lizensen"), Some(Column::Licenses));
        assert_eq!(nearest("Gruupen"), Some(Column::Groups));
        assert_eq!(nearest("contrasena "), Some(Column::Password));
        assert_eq!(nearest("Mial"), Some(Column::Email));
        for header in [
            "Cost centre",
            "Kostenstelle",
            "署名",
            "部署",
            "Land",
            "Company",
            "Afdeling",
            "Manager email",
            "Abteilung",
            "Contract no.",
            "Date of birth",
            "Berechtigungen",
        ] {
            assert_eq!(nearest(header), None, "{header}");
        }
        assert_eq!(Column::nearest("Lizensen", |column| column != Column::Licenses), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_header_finds_its_column_however_it_is_cased_and_spaced(
            spelling in prop::collection::vec((any::<bool>(), "[ _\u{a0}\n-]{0,2}"), 50),
        ) {
            for (column, _, headers) in lines().filter(|(column, ..)| !column.contains(' ')) {
                for header in headers.split('|') {
                    let letters = header.chars().zip(&spelling).map(|(letter, (shout, gap))| {
                        let letter: String = if *shout { letter.to_uppercase().collect() } else { letter.into() };
                        format!("{gap}{letter}")
                    });
                    let written: String = letters.collect();
                    prop_assert_eq!(Column::named(&written).map(Column::as_str), Some(column), "{}", written);
                }
            }
        }
    }
}
