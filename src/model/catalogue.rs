//! The bundle codes that are known, as data.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::Timestamp;

use super::{BundleCode, Inventory};
use crate::text::{fold, header_key, nearest};

/// `bundles.csv`: code, product name, kind, where documented.
const KNOWN: &str = include_str!("bundles.csv");

/// Fewer letters than this begin too many names.
const SHORTEST_BEGINNING: usize = 3;

/// Where a code is documented that only the organization has.
const OF_ORGANIZATION: &str = "the organization";

/// What is sold under Unified Pricing, and whose codes are documented nowhere: only an organization's own inventory has
/// them (`uipath-api`, 10).
const WITHOUT_CODE: [&str; 6] = [
    "Express",
    "Basic",
    "Plus",
    "Pro",
    "Application Tester",
    "App Test Developer",
];

/// How a bundle's seats are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    /// A seat belongs to one person.
    NamedUser,
    /// A seat is shared, one person at a time.
    Multiuser,
    /// Only the organization knows.
    Unknown,
}

impl BundleKind {
    /// The word in JSON output.
    pub fn name(self) -> &'static str {
        match self {
            Self::NamedUser => "named_user",
            Self::Multiuser => "multiuser",
            Self::Unknown => "unknown",
        }
    }

    /// The words that `reseat codes` prints.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NamedUser => "named user",
            Self::Multiuser => "multiuser",
            Self::Unknown => "unknown",
        }
    }
}

/// One bundle of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBundle {
    /// Its code.
    pub code: BundleCode,
    /// Its product name; empty where only the code is known.
    pub name: String,
    /// How its seats are counted.
    pub kind: BundleKind,
    /// Where the code is documented.
    pub documented: String,
}

impl KnownBundle {
    /// The bundle as a list shows it, and as a sheet may have it: `ATTUNU – Attended - Named User`; the code alone where
    /// nothing else is known.
    pub fn shown(&self) -> String {
        if self.name.is_empty() {
            self.code.to_string()
        } else {
            format!("{} – {}", self.code, self.name)
        }
    }
}

/// The bundles that a sheet may name, by code in any case, by product name, or as a list shows them
/// ([`KnownBundle::shown`]).
#[derive(Debug, Clone)]
pub struct Catalogue {
    bundles: Vec<KnownBundle>,
    /// The positions of the bundles, ordered by code.
    by_code: Vec<usize>,
    by_word: HashMap<String, Meaning>,
    inventory: Option<Inventory>,
    allow_unknown: bool,
}

/// What a word in its comparison form means.
#[derive(Debug, Clone, Copy)]
struct Meaning {
    source: WordSource,
    /// The bundle; `None` where one source has the word for several.
    bundle: Option<usize>,
}

/// A code and what follows it.
#[derive(Debug, Clone, Copy)]
struct Split<'c, 'w> {
    bundle: &'c KnownBundle,
    rest: &'w str,
    /// Whether there is more than a space between them.
    is_marked: bool,
}

/// Who says what a word means; a later one of these has the last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum WordSource {
    Documents,
    Organization,
    Profile,
    /// The word is a code.
    Code,
}

impl Default for Catalogue {
    fn default() -> Self {
        let mut catalogue = Self {
            bundles: Vec::new(),
            by_code: Vec::new(),
            by_word: HashMap::new(),
            inventory: None,
            allow_unknown: false,
        };
        for line in KNOWN.lines().skip(1) {
            let mut cells = line.splitn(4, ',');
            let mut cell = || cells.next().unwrap_or_default().to_owned();
            let (code, name, kind, documented) = (cell(), cell(), cell(), cell());
            let kind = if kind == "multiuser" {
                BundleKind::Multiuser
            } else {
                BundleKind::NamedUser
            };
            let position = catalogue.insert(BundleCode::new(&code), kind, &documented);
            catalogue.name(position, &name, WordSource::Documents);
            catalogue.bundles[position].name = name;
        }
        catalogue
    }
}

impl Catalogue {
    /// The same catalogue with codes that only the organization or the profile knows.
    #[must_use]
    pub fn with_codes(mut self, codes: impl IntoIterator<Item = BundleCode>, source: &str) -> Self {
        for code in codes {
            if self.of_code(code.as_str()).is_none() {
                self.insert(code, BundleKind::Unknown, source);
            }
        }
        self
    }

    /// The same catalogue with the names that the profile has for codes: they are shown instead of others, and mean these
    /// codes whatever else is called so.
    #[must_use]
    pub fn with_names<'n>(mut self, names: impl IntoIterator<Item = (&'n BundleCode, &'n str)>) -> Self {
        for (code, name) in names {
            let position = match self.of_code(code.as_str()) {
                Some(position) => position,
                None => self.insert(code.clone(), BundleKind::Unknown, "the profile"),
            };
            self.name(position, name, WordSource::Profile);
            name.clone_into(&mut self.bundles[position].name);
        }
        self
    }

    /// The same catalogue with the codes of an organization, written as it writes them, and with the names it has for them.
    /// An inventory that was given before is replaced, but its codes stay known.
    #[must_use]
    pub fn with_inventory(mut self, inventory: Inventory) -> Self {
        for owned in &inventory.bundles {
            let position = match self.of_code(owned.code.as_str()) {
                Some(position) => {
                    self.bundles[position].code = owned.code.clone();
                    position
                }
                None => self.insert(owned.code.clone(), BundleKind::Unknown, OF_ORGANIZATION),
            };
            if let Some(name) = &owned.name {
                self.name(position, name, WordSource::Organization);
                if self.bundles[position].name.is_empty() {
                    self.bundles[position].name.clone_from(name);
                }
            }
        }
        self.inventory = Some(inventory);
        self
    }

    /// The same catalogue, taking any word that looks like a code at its word
    /// (`--allow-unknown-codes`).
    #[must_use]
    pub fn allowing_unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }

    /// What is known of the organization's own bundles.
    pub fn inventory(&self) -> Option<&Inventory> {
        self.inventory.as_ref()
    }

    /// Since when a code is not known for certain: when it was last seen in the organization, if nothing but what is
    /// remembered of that says that there is such a code.
    pub fn known_since(&self, code: &BundleCode) -> Option<Timestamp> {
        let inventory = self.inventory.as_ref().filter(|inventory| inventory.is_remembered)?;
        let bundle = &self.bundles[self.of_code(code.as_str())?];
        if bundle.documented != OF_ORGANIZATION {
            return None;
        }
        inventory.of(code).map(|owned| owned.seen)
    }

    /// The code that `word` means: a code in any case, a product name, or both as a list shows them; with
    /// [`allowing_unknown`](Self::allowing_unknown), any word of letters, digits, `-` and `_`.
    pub fn code(&self, word: &str) -> Option<BundleCode> {
        if let Some(bundle) = self.find(word) {
            return Some(bundle.code.clone());
        }
        if let Some(split) = self.code_and_rest(word) {
            return self.fits(&split).then(|| split.bundle.code.clone());
        }
        let plausible = !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        (self.allow_unknown && plausible).then(|| BundleCode::new(word))
    }

    /// The bundle that `word` means, by code or by product name, or by both.
    pub fn find(&self, word: &str) -> Option<&KnownBundle> {
        let position = self
            .of_code(word.trim())
            .or_else(|| self.by_word.get(&word_key(word))?.bundle)?;
        Some(&self.bundles[position])
    }

    /// The bundle whose code `word` begins with, and what follows the code and is not its name: `Tester` of
    /// `ATTUNU – Tester`. `None` where `word` is no code with something after it, or where both fit together.
    pub fn contradiction<'w>(&self, word: &'w str) -> Option<(&KnownBundle, &'w str)> {
        if self.find(word).is_some() {
            return None;
        }
        let split = self.code_and_rest(word).filter(|split| !self.fits(split))?;
        Some((split.bundle, split.rest))
    }

    /// The bundle whose code, the longest of them, `word` begins with, and what follows behind a dash, a colon or a space.
    fn code_and_rest<'c, 'w>(&'c self, word: &'w str) -> Option<Split<'c, 'w>> {
        let ends = word.char_indices().rev().filter(|(_, letter)| is_joint(*letter));
        let mut splits = ends.map(|(end, _)| word.split_at(end));
        splits.find_map(|(code, _)| {
            let position = self.of_code(code.trim_matches(is_joint))?;
            let behind = &word[code.trim_end_matches(is_joint).len()..];
            let rest = behind.trim_start_matches(is_joint);
            let joint = &behind[..behind.len() - rest.len()];
            let split = Split {
                bundle: &self.bundles[position],
                rest: rest.trim_end_matches(is_joint),
                is_marked: !joint.trim().is_empty(),
            };
            (!rest.is_empty()).then_some(split)
        })
    }

    /// Whether the bundle may be called as it is there: by one of its names, or by its product without the kind of licence.
    /// A bundle that has no name may be called anything behind a dash or a colon that is not about another bundle.
    fn fits(&self, split: &Split<'_, '_>) -> bool {
        let Split {
            bundle,
            rest,
            is_marked,
        } = *split;
        match self.find(rest) {
            Some(other) => other.code == bundle.code,
            None if bundle.name.is_empty() => is_marked && self.code_and_rest(rest).is_none(),
            None => word_key(product(bundle)) == word_key(rest),
        }
    }

    /// The bundles that a word which means none may be meant for, in the documents' order: those that share it as their
    /// name, else the one closest to it, else those whose product name, up to its dash, begins with it or is close to it.
    /// None where it is a product whose code is documented nowhere.
    pub fn suggestions(&self, word: &str) -> Vec<&KnownBundle> {
        let shared = self.shares_of_name(word);
        if !shared.is_empty() {
            return shared;
        }
        if is_without_code(word) {
            // What the organization has of this name may be what is meant; what only the documents have of it is not.
            let product_of_word = product_key(word);
            let is_it = |bundle: &&KnownBundle| self.is_owned(bundle) && word_key(product(bundle)) == product_of_word;
            return self.bundles.iter().filter(is_it).collect();
        }
        let whole = [without_maker(word), in_brackets(word)];
        if let Some(found) = whole.into_iter().flatten().find_map(|part| self.find(part)) {
            return vec![found];
        }
        if let Some(near) = self.nearest(word) {
            return vec![near];
        }
        let word = fold(word.trim());
        // `Pro` does not begin `Process Mining`.
        let begins = |name: &str| {
            let rest = fold(name).strip_prefix(&word).map(str::to_owned);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let beginning = |name: &str| word.chars().count() >= SHORTEST_BEGINNING && begins(name);
        let named: Vec<&KnownBundle> = self.bundles.iter().filter(|bundle| !bundle.name.is_empty()).collect();
        let begun: Vec<&KnownBundle> = named
            .iter()
            .copied()
            .filter(|bundle| beginning(product(bundle)))
            .collect();
        if !begun.is_empty() {
            return begun;
        }
        let near = nearest(&word, named.iter().map(|bundle| product(bundle)));
        let is_near = |bundle: &&KnownBundle| near == Some(product(bundle));
        named.iter().copied().filter(is_near).collect()
    }

    /// The code closest to a word that means none: "did you mean".
    pub fn nearest(&self, word: &str) -> Option<&KnownBundle> {
        let names = self
            .bundles
            .iter()
            .map(|bundle| bundle.name.as_str())
            .filter(|name| !name.is_empty());
        let codes = self.bundles.iter().map(|bundle| bundle.code.as_str());
        nearest(word, codes.chain(names)).and_then(|near| self.find(near))
    }

    /// Whether the organization had the bundle when its inventory was last read; `false` where that is not known.
    pub(super) fn is_owned(&self, bundle: &KnownBundle) -> bool {
        self.inventory.as_ref().is_some_and(|inventory| {
            let owned = inventory.of(&bundle.code);
            owned.is_some_and(|owned| inventory.has_now(owned))
        })
    }

    /// Every bundle, in the documents' order.
    pub fn iter(&self) -> impl Iterator<Item = &KnownBundle> {
        self.bundles.iter()
    }

    /// The bundles whose name the word is, where it is that of several.
    pub(super) fn shares_of_name(&self, word: &str) -> Vec<&KnownBundle> {
        match self.by_word.get(&word_key(word)) {
            Some(Meaning { bundle: None, .. }) => {
                let is_called = |bundle: &&KnownBundle| self.is_called(bundle, word);
                self.bundles.iter().filter(is_called).collect()
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// Whether the bundle has this as one of its names.
    fn is_called(&self, bundle: &KnownBundle, word: &str) -> bool {
        let owned = self.inventory.as_ref().and_then(|inventory| inventory.of(&bundle.code));
        let theirs = owned.and_then(|owned| owned.name.as_deref());
        let word = word_key(word);
        [Some(bundle.name.as_str()), theirs]
            .into_iter()
            .flatten()
            .any(|name| word_key(name) == word)
    }

    fn of_code(&self, code: &str) -> Option<usize> {
        let code_of = |position: &usize| self.bundles[*position].code.as_str();
        let found = self.by_code.binary_search_by(|position| order(code_of(position), code));
        found.ok().map(|found| self.by_code[found])
    }

    fn insert(&mut self, code: BundleCode, kind: BundleKind, documented: &str) -> usize {
        let position = self.bundles.len();
        let place = self
            .by_code
            .partition_point(|other| order(self.bundles[*other].code.as_str(), code.as_str()).is_lt());
        self.by_code.insert(place, position);
        self.word(word_key(code.as_str()), position, WordSource::Code);
        self.bundles.push(KnownBundle {
            code,
            name: String::new(),
            kind,
            documented: documented.to_owned(),
        });
        position
    }

    /// Makes a name mean the bundle, by itself and behind the code.
    fn name(&mut self, position: usize, name: &str, source: WordSource) {
        let name = word_key(name);
        if name.is_empty() {
            return;
        }
        let code = word_key(self.bundles[position].code.as_str());
        self.word(code + &name, position, source);
        self.word(name, position, source);
    }

    fn word(&mut self, word: String, position: usize, source: WordSource) {
        let meaning = self.by_word.entry(word).or_insert(Meaning {
            source,
            bundle: Some(position),
        });
        match meaning.source.cmp(&source) {
            Ordering::Greater => {}
            Ordering::Equal if meaning.bundle == Some(position) => {}
            Ordering::Equal => meaning.bundle = None,
            Ordering::Less => {
                *meaning = Meaning {
                    source,
                    bundle: Some(position),
                }
            }
        }
    }
}

/// Whether the word is a product that is sold, and whose code is documented nowhere.
pub(super) fn is_without_code(word: &str) -> bool {
    let word = product_key(word);
    WITHOUT_CODE.iter().any(|product| word == word_key(product))
}

/// The product that a word names, without what people write before and behind it.
fn product_key(word: &str) -> String {
    let word = word_key(word);
    let word = word.strip_prefix("unified").unwrap_or(&word);
    let endings = ["namedusers", "nameduser", "users", "user"];
    let product = endings.iter().find_map(|ending| word.strip_suffix(ending));
    product.unwrap_or(word).to_owned()
}

/// The order of codes, in which case makes no difference.
fn order(one: &str, other: &str) -> Ordering {
    let one = one.bytes().map(|byte| byte.to_ascii_uppercase());
    one.cmp(other.bytes().map(|byte| byte.to_ascii_uppercase()))
}

/// What stands between a code and a name, or around the name: spreadsheet programs make long dashes of short ones.
fn is_joint(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ':' | '(' | ')') || is_dash(letter)
}

fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The product without the kind of licence: `Attended` of `Attended - Named User`.
fn product(bundle: &KnownBundle) -> &str {
    bundle.name.split(" - ").next().unwrap_or_default()
}

/// Product names are written with a dash, a comma or neither before "Named User", and a code before them with a dash or a
/// colon.
fn word_key(word: &str) -> String {
    header_key(word).replace(|letter| is_dash(letter) || matches!(letter, ',' | ':'), "")
}

/// What is behind the maker's name: `Tester - Named User` of `UiPath - Tester - Named User`.
fn without_maker(word: &str) -> Option<&str> {
    const MAKER: &str = "uipath";
    let (maker, rest) = word.trim().split_at_checked(MAKER.len())?;
    let is_apart = rest.starts_with(|letter: char| !letter.is_alphanumeric());
    (maker.eq_ignore_ascii_case(MAKER) && is_apart)
        .then(|| rest.trim_start_matches(|letter: char| !letter.is_alphanumeric()))
}

/// What stands in brackets at the end: `ATTUNU` of `Attended Named User (ATTUNU)`.
fn in_brackets(word: &str) -> Option<&str> {
    let (_, inner) = word.trim().strip_suffix(')')?.rsplit_once('(')?;
    Some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OwnedBundle;

    #[test]
    fn a_bundle_is_found_by_code_in_any_case_and_by_its_product_name() {
        let catalogue = Catalogue::default();
        for word in [
            "ATTUNU",
            "attunu",
            " Attended - Named User ",
            "Attended, Named User",
            "attended named user",
        ] {
            assert_eq!(catalogue.code(word), Some(BundleCode::new("ATTUNU")), "{word}");
        }
        assert_eq!(catalogue.code("NOPE"), None);
    }

    #[test]
    fn the_catalogue_holds_every_code_of_the_data_file_once() {
        let catalogue = Catalogue::default();
        let codes: std::collections::HashSet<_> = catalogue.iter().map(|bundle| bundle.code.clone()).collect();
        assert_eq!(codes.len(), 16);
        assert_eq!(
            catalogue
                .iter()
                .filter(|bundle| bundle.kind == BundleKind::Multiuser)
                .count(),
            5
        );
    }

    #[test]
    fn a_misspelt_code_or_name_finds_its_neighbour() {
        let catalogue = Catalogue::default();
        assert_eq!(catalogue.nearest("ATUNU").unwrap().code.as_str(), "ATTUNU");
        assert_eq!(catalogue.nearest("Tester - Nmed User").unwrap().code.as_str(), "TSTNU");
        assert_eq!(catalogue.nearest("unicorn"), None);
    }

    #[test]
    fn a_product_without_its_kind_of_license_finds_every_kind_however_it_is_misspelt() {
        let catalogue = Catalogue::default();
        for (word, codes) in [
            ("attended", "ATTUNU ATTUCU"),
            ("Atended", "ATTUNU ATTUCU"),
            ("Tester", "TSTNU"),
            ("insights", "IDU"),
            ("ATUNU", "ATTUNU"),
            ("a", ""),
            ("unicorn", ""),
        ] {
            let found: Vec<&str> = catalogue
                .suggestions(word)
                .iter()
                .map(|bundle| bundle.code.as_str())
                .collect();
            assert_eq!(found.join(" "), codes, "{word}");
        }
    }

    #[test]
    fn codes_of_the_organization_and_unknown_ones_are_taken_when_allowed() {
        let catalogue = Catalogue::default().with_codes([BundleCode::new("NEWNU")], "the organization");
        assert_eq!(catalogue.code("newnu"), Some(BundleCode::new("NEWNU")));
        assert_eq!(catalogue.code("OTHER"), None);
        assert_eq!(
            catalogue.allowing_unknown().code("OTHER"),
            Some(BundleCode::new("OTHER"))
        );
    }

    fn with_owned(bundles: &[(&str, Option<&str>)]) -> Catalogue {
        let read = Timestamp::UNIX_EPOCH;
        let bundles = bundles.iter().map(|(code, name)| OwnedBundle {
            code: BundleCode::new(code),
            name: name.map(str::to_owned),
            total: 10,
            taken: 0,
            seen: read,
        });
        Catalogue::default().with_inventory(Inventory {
            organization: "acme".to_owned(),
            read,
            is_remembered: false,
            bundles: bundles.collect(),
        })
    }

    fn meaning(catalogue: &Catalogue, word: &str) -> String {
        catalogue.code(word).map_or_else(String::new, |code| code.to_string())
    }

    #[test]
    fn what_a_list_shows_is_understood_with_whatever_a_program_makes_of_its_dash() {
        let catalogue = with_owned(&[("PLUSNU", None), ("PRO-X", Some("Pro"))]);
        for bundle in catalogue.iter() {
            for joint in [" – ", " - ", " — ", ": ", " : ", " \u{2212} ", "\u{a0}–\u{a0}", "-"] {
                let shown = bundle.shown().replacen(" – ", joint, 1);
                assert_eq!(meaning(&catalogue, &shown), bundle.code.as_str(), "{shown}");
                let lower = shown.to_lowercase();
                assert_eq!(meaning(&catalogue, &lower), bundle.code.as_str(), "{lower}");
            }
        }
        for (word, code) in [
            ("ATTUNU Attended - Named User", "ATTUNU"),
            ("ATTUNU – Attended", "ATTUNU"),
            ("ATTUNU (Attended - Named User)", "ATTUNU"),
            ("PLUSNU (12 of 50 free)", "PLUSNU"),
            ("ATTUNU – ", "ATTUNU"),
            ("PLUSNU – Plus", "PLUSNU"),
            ("PLUSNU Plus", ""),
            ("PLUSNU - TSTNU", ""),
            ("PLUSNU - TSTNU ACNU", ""),
            ("ATTUNU – Tester", ""),
            ("ATTUNU – Tester - Named User", ""),
            ("ATTUNU TSTNU", ""),
            ("ATTUNU – Unicorn", ""),
            ("NEWNU – New", ""),
        ] {
            assert_eq!(meaning(&catalogue, word), code, "{word}");
            let is_contradiction = code.is_empty() && !word.starts_with("NEWNU");
            assert_eq!(catalogue.contradiction(word).is_some(), is_contradiction, "{word}");
        }
    }

    #[test]
    fn a_code_comes_before_names_and_the_profiles_name_before_the_organizations_and_that_before_the_documents() {
        // Somebody's code is another's product name, and a code of the documents is another's name.
        let catalogue = with_owned(&[
            ("TESTER-NAMED-USER", None),
            ("NEWNU", Some("IDU")),
            ("OWNNU", Some("Attended - Named User")),
        ]);
        assert_eq!(meaning(&catalogue, "Tester - Named User"), "TESTER-NAMED-USER");
        assert_eq!(meaning(&catalogue, "idu"), "IDU");
        assert_eq!(meaning(&catalogue, "Attended - Named User"), "OWNNU");
        let plus = BundleCode::new("PLUSNU");
        let catalogue = catalogue.with_names([(&plus, "Attended - Named User"), (&plus, "Plus")]);
        assert_eq!(meaning(&catalogue, "attended named user"), "PLUSNU");
        assert_eq!(meaning(&catalogue, "plus"), "PLUSNU");
    }

    #[test]
    fn a_name_that_two_licenses_share_means_neither_and_is_answered_with_both() {
        let catalogue = with_owned(&[("PLUSNU", Some("Plus")), ("PLUSCU", Some("Plus"))]);
        assert_eq!(catalogue.code("Plus"), None);
        assert_eq!(catalogue.why_unknown("Plus"), "`Plus` is the name of several licences");
        assert!(
            catalogue
                .advice("plus")
                .starts_with("did you mean `PLUSNU` (Plus) or `PLUSCU` (Plus)?")
        );
        assert_eq!(meaning(&catalogue, "PLUSCU – Plus"), "PLUSCU");
    }

    #[test]
    fn an_inventory_decides_how_codes_are_written() {
        let catalogue = with_owned(&[("attunu", None), ("PlusNu", None)]);
        assert_eq!(meaning(&catalogue, "Attended - Named User"), "attunu");
        assert_eq!(meaning(&catalogue, "PLUSNU"), "PlusNu");
    }
}
