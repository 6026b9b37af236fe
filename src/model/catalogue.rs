//! The bundle codes that are known, as data.

use std::collections::HashMap;

use super::BundleCode;
use crate::text::{fold, header_key, nearest};

/// `bundles.csv`: code, product name, kind, where documented.
const KNOWN: &str = include_str!("bundles.csv");

/// Fewer letters than this begin too many names.
const SHORTEST_BEGINNING: usize = 3;

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

/// The bundles that a sheet may name, by code in any case or by product name.
#[derive(Debug, Clone)]
pub struct Catalogue {
    bundles: Vec<KnownBundle>,
    by_word: HashMap<String, usize>,
    allow_unknown: bool,
}

impl Default for Catalogue {
    fn default() -> Self {
        let mut catalogue = Self {
            bundles: Vec::new(),
            by_word: HashMap::new(),
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
            catalogue.insert(KnownBundle {
                code: BundleCode::new(&code),
                name,
                kind,
                documented,
            });
        }
        catalogue
    }
}

impl Catalogue {
    /// The same catalogue with codes that only the organization or the profile knows.
    #[must_use]
    pub fn with_codes(mut self, codes: impl IntoIterator<Item = BundleCode>, source: &str) -> Self {
        for code in codes {
            if self.find(code.as_str()).is_none() {
                let (name, kind, documented) = (String::new(), BundleKind::Unknown, source.to_owned());
                self.insert(KnownBundle {
                    code,
                    name,
                    kind,
                    documented,
                });
            }
        }
        self
    }

    /// The same catalogue, taking any word that looks like a code at its word
    /// (`--allow-unknown-codes`).
    #[must_use]
    pub fn allowing_unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }

    /// The code that `word` means: a code in any case, or a product name; with
    /// [`allowing_unknown`](Self::allowing_unknown), any word of letters, digits, `-` and `_`.
    pub fn code(&self, word: &str) -> Option<BundleCode> {
        if let Some(bundle) = self.find(word) {
            return Some(bundle.code.clone());
        }
        let plausible = !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        (self.allow_unknown && plausible).then(|| BundleCode::new(word))
    }

    /// The bundle that `word` means, by code or by product name.
    pub fn find(&self, word: &str) -> Option<&KnownBundle> {
        self.by_word
            .get(&word_key(word))
            .map(|position| &self.bundles[*position])
    }

    /// The bundles that a word which means none may be meant for, in the documents' order: the one closest to it, else
    /// those whose product name, up to its dash, begins with it or is close to it.
    pub fn suggestions(&self, word: &str) -> Vec<&KnownBundle> {
        if let Some(near) = self.nearest(word) {
            return vec![near];
        }
        let word = fold(word.trim());
        let beginning = |name: &str| word.chars().count() >= SHORTEST_BEGINNING && fold(name).starts_with(&word);
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

    /// Every bundle, in the documents' order.
    pub fn iter(&self) -> impl Iterator<Item = &KnownBundle> {
        self.bundles.iter()
    }

    fn insert(&mut self, bundle: KnownBundle) {
        let position = self.bundles.len();
        self.by_word.insert(word_key(bundle.code.as_str()), position);
        if !bundle.name.is_empty() {
            self.by_word.insert(word_key(&bundle.name), position);
        }
        self.bundles.push(bundle);
    }
}

/// The product without the kind of licence: `Attended` of `Attended - Named User`.
fn product(bundle: &KnownBundle) -> &str {
    bundle.name.split(" - ").next().unwrap_or_default()
}

/// Product names are written with a dash, a comma or neither before "Named User".
fn word_key(word: &str) -> String {
    header_key(word).replace(',', "")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
