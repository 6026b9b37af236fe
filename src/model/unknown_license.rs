//! What is said about a word that is no known licence.

use std::cmp::Reverse;

use super::catalogue::is_without_code;
use super::{Catalogue, Inventory, KnownBundle, OwnedBundle};
use crate::text::{clean, fold, joined, number};

/// How many of the organization's codes are named.
const MOST_NAMED: usize = 8;
/// How many of them are named where it is likely what is meant.
const FEW_NAMED: usize = 3;
/// How many letters of a word are shown.
const MOST_SHOWN: usize = 60;
/// How many letters of a word are compared with the organization's codes.
const MOST_COMPARED: usize = 30;
/// Shorter words are in too many codes to mean one of them.
const SHORTEST_PART: usize = 3;

impl Catalogue {
    /// Whether a word is a licence, or likely to be meant for one: a product without a documented code, or a word that is
    /// answered with what it may be meant for.
    pub fn is_likely(&self, word: &str) -> bool {
        self.find(word).is_some() || is_without_code(word) || !self.suggestions(word).is_empty()
    }

    /// What is wrong with a word that means no licence.
    pub fn why_unknown(&self, word: &str) -> String {
        let shown = clean(word, MOST_SHOWN);
        if let Some((bundle, rest)) = self.contradiction(word) {
            let rest = clean(rest, MOST_SHOWN);
            return match self.find(&rest) {
                Some(other) => format!("`{shown}` names two licences, `{}` and `{}`", bundle.code, other.code),
                None if bundle.name.is_empty() => {
                    format!(
                        "`{shown}` is more than the code `{}`, and reseat knows no name of it",
                        bundle.code
                    )
                }
                None => format!("`{}` is `{}`, and not `{rest}`", bundle.code, bundle.name),
            };
        }
        if !self.shares_of_name(word).is_empty() {
            format!("`{shown}` is the name of several licences")
        } else if is_without_code(word) && self.suggestions(word).is_empty() {
            format!(
                "`{shown}` is no known licence: of the product that is sold by this name UiPath's documents print no code"
            )
        } else {
            format!("`{shown}` is no known licence")
        }
    }

    /// What to write instead of a word that means no licence: what it may be meant for, and the codes that the organization
    /// has, the nearest first, where they are known.
    pub fn advice(&self, word: &str) -> String {
        if let Some((bundle, _)) = self.contradiction(word) {
            return format!(
                "write the code alone if `{}` is meant, and separate several licences by `;`",
                bundle.code
            );
        }
        let mut parts = Vec::new();
        let suggestions: Vec<String> = self.likely(word).into_iter().map(named).collect();
        if !suggestions.is_empty() {
            let choice = joined(&suggestions, MOST_NAMED).replace(" and ", " or ");
            parts.push(format!("did you mean {choice}?"));
        }
        match self.inventory() {
            Some(inventory) => {
                let most = if suggestions.is_empty() { MOST_NAMED } else { FEW_NAMED };
                parts.push(self.codes_for(word, inventory, most));
                let is_misspelt = || self.nearest(word).is_some();
                if is_without_code(word) || !suggestions.is_empty() && !is_misspelt() {
                    parts.push("write the code, or give it this name in the profile (`bundle_codes`)".to_owned());
                }
            }
            None if suggestions.is_empty() => parts.push(
                "`reseat codes` lists the known ones, and with a profile the organization's own, which are then known here; \
                 --allow-unknown-codes sends it as it is"
                    .to_owned(),
            ),
            None => {}
        }
        parts.join("; ").replace("?; ", "? ")
    }

    /// What the word may be meant for: of that only what the organization has, if it has any of it.
    fn likely(&self, word: &str) -> Vec<&KnownBundle> {
        let suggestions = self.suggestions(word);
        let owned: Vec<&KnownBundle> = suggestions
            .iter()
            .copied()
            .filter(|bundle| self.is_owned(bundle))
            .collect();
        if owned.is_empty() { suggestions } else { owned }
    }

    /// The codes that the organization has, in a sentence, those like the word first.
    fn codes_for(&self, word: &str, inventory: &Inventory, most: usize) -> String {
        let word = fold(&clean(word, MOST_COMPARED));
        let owned = inventory.bundles.iter().filter(|bundle| inventory.has_now(bundle));
        let mut bundles: Vec<(&OwnedBundle, &str)> = owned.map(|owned| (owned, self.name_of(owned))).collect();
        bundles.sort_by_cached_key(|(owned, name)| Reverse(likeness(&word, owned, name)));
        let mut named: Vec<String> = bundles
            .iter()
            .take(most)
            .map(|(owned, name)| with_seats(owned, name))
            .collect();
        if let Some(rest) = bundles.len().checked_sub(most).filter(|rest| *rest > 0) {
            named.push(format!("{} more, which `reseat codes` lists", number(rest)));
        }
        let when = if inventory.is_remembered {
            // To the second: a run of the same day may have given the seats out since.
            format!(" (as of {:.0})", inventory.read)
        } else {
            String::new()
        };
        match named.as_slice() {
            [] => format!("`{}` has no licences for users{when}", inventory.organization),
            named => format!("`{}` has {}{when}", inventory.organization, joined(named, usize::MAX)),
        }
    }

    /// The name that lists show for the bundle; empty where it has none.
    fn name_of(&self, owned: &OwnedBundle) -> &str {
        self.find(owned.code.as_str()).map_or("", |bundle| &bundle.name)
    }
}

/// How much of a word, in its comparison form, is in a bundle's code or name: whether that is a whole part of it, and how
/// many of its pairs of letters. There may be a million such words, and there is no need to be exact.
fn likeness(word: &str, bundle: &OwnedBundle, name: &str) -> (bool, usize) {
    let theirs = bundle.name.as_deref().unwrap_or_default();
    let texts = [bundle.code.as_str(), theirs, name].map(fold);
    let is_in = |part: &str| texts.iter().any(|text| text.contains(part));
    let mut parts = word.split(|letter: char| !letter.is_alphanumeric());
    let has_part = parts.any(|part| part.chars().count() >= SHORTEST_PART && is_in(part));
    let starts: Vec<usize> = word
        .char_indices()
        .map(|(start, _)| start)
        .chain([word.len()])
        .collect();
    let pairs = starts.windows(3).filter(|ends| is_in(&word[ends[0]..ends[2]])).count();
    (has_part, pairs)
}

fn with_seats(bundle: &OwnedBundle, name: &str) -> String {
    let joint = if name.is_empty() { "" } else { ", " };
    format!(
        "`{}` ({name}{joint}{} of {} free)",
        bundle.code,
        bundle.left_in_words(),
        number(bundle.total)
    )
}

fn named(bundle: &KnownBundle) -> String {
    if bundle.name.is_empty() {
        format!("`{}`", bundle.code)
    } else {
        format!("`{}` ({})", bundle.code, bundle.name)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::model::BundleCode;

    fn read() -> Timestamp {
        "2026-11-30T10:00:00Z".parse().unwrap()
    }

    fn owned(code: &str, name: Option<&str>, total: u64, taken: u64) -> OwnedBundle {
        OwnedBundle {
            code: BundleCode::new(code),
            name: name.map(str::to_owned),
            total,
            taken,
            seen: read(),
        }
    }

    fn catalogue(bundles: Vec<OwnedBundle>) -> Catalogue {
        Catalogue::default().with_inventory(Inventory {
            organization: "acme".to_owned(),
            read: read(),
            is_remembered: true,
            bundles,
        })
    }

    #[test]
    fn a_product_whose_code_is_documented_nowhere_is_never_taken_for_another() {
        let words = [
            "Pro",
            "plus",
            "Express",
            "Basic",
            "Unified Pro",
            "Application Tester",
            "App Test Developer",
            "Pro - Named User",
            "Plus users",
        ];
        for word in words {
            let known = Catalogue::default();
            assert_eq!(known.code(word), None, "{word}");
            assert!(
                !known.advice(word).contains("did you mean"),
                "{word}: {}",
                known.advice(word)
            );
            assert!(known.advice(word).starts_with("`reseat codes`"), "{word}");
            assert!(known.why_unknown(word).contains("documents print no code"), "{word}");
        }
        // A name of something else that begins alike is no suggestion.
        for word in ["Pro", "Proc", "Auto", "App"] {
            assert!(Catalogue::default().suggestions(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn a_licence_behind_its_makers_name_or_in_brackets_is_what_may_be_meant() {
        for (word, code) in [
            ("UiPath - Tester - Named User", "TSTNU"),
            ("UIPATH-ATTUNU", "ATTUNU"),
            ("uipath Attended - Named User", "ATTUNU"),
            ("Attended Named User (ATTUNU)", "ATTUNU"),
        ] {
            let advice = Catalogue::default().advice(word);
            assert!(
                advice.starts_with(&format!("did you mean `{code}`")),
                "{word}: {advice}"
            );
        }
        assert!(!Catalogue::default().advice("UiPathology").contains("did you mean"));
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_organizations_codes_the_nearest_first() {
        let bundles = vec![
            owned("ATTUNU", None, 30, 33),
            owned("PLUSNU", None, 50, 38),
            owned("PRONU", None, 10, 0),
        ];
        assert_eq!(
            catalogue(bundles.clone()).advice("Unified Pro"),
            "`acme` has `PRONU` (10 of 10 free), `ATTUNU` (Attended - Named User, -3 of 30 free) and `PLUSNU` (12 of 50 \
             free) (as of 2026-11-30T10:00:00Z); write the code, or give it this name in the profile (`bundle_codes`)"
        );
        let advice = catalogue(bundles).advice("PLUSN");
        assert!(
            advice.starts_with("did you mean `PLUSNU`? `acme` has `PLUSNU` (12 of 50 free), "),
            "{advice}"
        );
        assert!(
            catalogue(Vec::new())
                .advice("Plus")
                .starts_with("`acme` has no licences for users")
        );
    }

    #[test]
    fn what_the_organization_has_is_meant_rather_than_what_only_the_documents_have() {
        let bundles = vec![owned("AXPNU", None, 10, 9), owned("ATTUNU", None, 30, 33)];
        let advice = |word: &str| catalogue(bundles.clone()).advice(word);
        for (word, meant) in [
            (
                "Express",
                "did you mean `AXPNU` (Express - Named User)? `acme` has `AXPNU` (",
            ),
            ("Unified Express", "did you mean `AXPNU` (Express - Named User)? "),
            (
                "Attended",
                "did you mean `ATTUNU` (Attended - Named User)? `acme` has `ATTUNU` (",
            ),
            ("Tester", "did you mean `TSTNU` (Tester - Named User)? "),
        ] {
            let advice = advice(word);
            assert!(advice.starts_with(meant), "{word}: {advice}");
            assert!(advice.contains("`bundle_codes`"), "{word}: {advice}");
        }
        assert_eq!(
            catalogue(bundles.clone()).why_unknown("Express"),
            "`Express` is no known licence"
        );
        assert!(!advice("ATUNU").contains("`bundle_codes`"));
    }

    #[test]
    fn however_many_codes_there_are_and_however_long_a_word_is_the_answer_is_short() {
        let many = (0..500)
            .map(|number| owned(&format!("CODE{number}NU"), None, 1, 0))
            .collect();
        let catalogue = catalogue(many);
        let word = "Plus ".repeat(10_000);
        assert!(catalogue.advice(&word).len() < 500, "{}", catalogue.advice(&word));
        assert!(catalogue.advice(&word).contains("492 more"));
        assert!(catalogue.why_unknown(&word).len() < 200);
    }

    #[test]
    fn a_code_that_has_left_the_inventory_is_known_with_its_date_and_offered_to_nobody() {
        let gone = OwnedBundle {
            seen: read() - SignedDuration::from_hours(48),
            ..owned("OLDNU", None, 5, 0)
        };
        let catalogue = catalogue(vec![owned("PLUSNU", None, 50, 38), gone]);
        assert_eq!(catalogue.code("oldnu"), Some(BundleCode::new("OLDNU")));
        let since = catalogue.known_since(&BundleCode::new("OLDNU")).unwrap();
        assert_eq!(since.to_string(), "2026-11-28T10:00:00Z");
        assert_eq!(catalogue.known_since(&BundleCode::new("ATTUNU")), None);
        assert!(!catalogue.advice("Unicorn").contains("OLDNU"));
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_word_is_it_is_answered(word in ".{0,40}", code in "(ATTUNU|PLUSNU|PRO-X)?", joint in "( – | - |: | )?") {
            let catalogue = catalogue(vec![owned("PLUSNU", None, 50, 38), owned("PRO-X", Some("Pro X"), 1, 0)]);
            let word = format!("{code}{joint}{word}");
            if catalogue.code(&word).is_none() {
                proptest::prop_assert!(!catalogue.why_unknown(&word).is_empty());
                proptest::prop_assert!(!catalogue.advice(&word).is_empty());
            } else {
                proptest::prop_assert!(catalogue.contradiction(&word).is_none());
            }
        }
    }
}
