//! The licences of a cell.

use super::fault::{Fault, shown};
use super::hash::hash;
use super::list::{Item, split};
use crate::model::{BundleCode, BundleSet, Catalogue, KnownBundle};
use crate::problem::ProblemCode;

/// The licences of a cell.
#[derive(Debug, Default)]
pub(super) struct LicenseList {
    /// The codes.
    pub(super) set: BundleSet,
    /// What makes two cells the same.
    pub(super) normal: String,
    /// Of each code, for comparing rows.
    pub(super) hashes: Vec<u64>,
}

/// Why a cell's licences are not understood.
#[derive(Debug, Clone)]
pub(super) struct LicenseFaults {
    /// A finding for each word.
    pub(super) faults: Vec<Fault>,
    /// The words that the organization may know.
    pub(super) unknown: Vec<String>,
}

/// Codes of robots, consumables and services: bought for tenants, not for users (`uipath-api`, 3.8).
const NOT_FOR_USERS: [&str; 19] = [
    "UNATT",
    "UNATT-HOSTING",
    "NONPR",
    "TAUNATT",
    "APPTESTR",
    "RU",
    "AIU",
    "AGU",
    "PLTU",
    "TEU",
    "DSU",
    "HEAL",
    "HEALTEST",
    "SPR",
    "FCCU",
    "MRSU",
    "LU",
    "PERFTEST",
    "PERFTEST-RUNTIME",
];

/// How many words of a cell are told to be unknown; with more it is no list of licences.
const MOST_UNKNOWN: usize = 20;

impl LicenseList {
    pub(super) fn parse(cell: &str, catalogue: &Catalogue) -> Result<Self, LicenseFaults> {
        let cell = plain_dashes(cell);
        if let Some(bundle) = catalogue.find(&cell) {
            return Ok(Self::of(vec![bundle.code.clone()]));
        }
        let items = split(&cell).map_err(|_| LicenseFaults {
            faults: vec![Fault::error(
                ProblemCode::ListQuote,
                format!("`{}` has a double quote that is not closed", shown(&cell)),
                "close it after the product's name, or write the code",
            )],
            unknown: Vec::new(),
        })?;
        let mut codes = Vec::with_capacity(items.len());
        let mut found = LicenseFaults {
            faults: Vec::new(),
            unknown: Vec::new(),
        };
        let mut rest = items.as_slice();
        while let [first, after @ ..] = rest {
            rest = after;
            if let Some((code, used)) = name_with_comma(first, after, catalogue) {
                codes.push(code);
                rest = &after[used..];
            } else if let Some(code) = catalogue.code(&first.text) {
                codes.push(code);
            } else if found.faults.len() < MOST_UNKNOWN {
                found.faults.push(unknown(&first.text, catalogue));
                found.unknown.push(first.text.clone());
            }
        }
        if found.faults.is_empty() {
            Ok(Self::of(codes))
        } else {
            Err(found)
        }
    }

    fn of(codes: Vec<BundleCode>) -> Self {
        let set: BundleSet = codes.into_iter().collect();
        Self {
            normal: set.to_string(),
            hashes: set.iter().map(|code| hash(code.as_str())).collect(),
            set,
        }
    }
}

/// A product name that is written with a comma and without quotes, `Attended, Named User`, fell in two.
fn name_with_comma(first: &Item, after: &[Item], catalogue: &Catalogue) -> Option<(BundleCode, usize)> {
    let [second, ..] = after else {
        return None;
    };
    if first.separator != Some(',') || first.quoted || second.quoted || catalogue.find(&first.text).is_some() {
        return None;
    }
    let bundle = catalogue.find(&format!("{}, {}", first.text, second.text))?;
    Some((bundle.code.clone(), 1))
}

/// The finding about a word that means no known bundle.
pub(super) fn unknown(word: &str, catalogue: &Catalogue) -> Fault {
    if NOT_FOR_USERS.iter().any(|code| code.eq_ignore_ascii_case(word)) {
        return Fault::error(
            ProblemCode::NotAUserBundle,
            format!(
                "`{}` is a robot or service product, which is allocated to tenants and not to users",
                shown(word)
            ),
            "leave it out; `reseat codes` lists what users can hold",
        );
    }
    let suggestions: Vec<String> = catalogue.suggestions(word).into_iter().map(named).collect();
    let help = if suggestions.is_empty() {
        "`reseat codes` lists the known ones; --allow-unknown-codes sends it as it is".to_owned()
    } else {
        format!("did you mean {}?", suggestions.join(" or "))
    };
    let what = format!("`{}` is no known licence", shown(word));
    Fault::error(ProblemCode::UnknownBundleCode, what, help)
}

fn named(bundle: &KnownBundle) -> String {
    if bundle.name.is_empty() {
        format!("`{}`", bundle.code)
    } else {
        format!("`{}` ({})", bundle.code, bundle.name)
    }
}

/// Spreadsheet programs make ` - ` into a long dash.
fn plain_dashes(cell: &str) -> String {
    cell.replace(|letter| matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}'), "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(cell: &str) -> String {
        LicenseList::parse(cell, &Catalogue::default()).unwrap().set.to_string()
    }

    #[test]
    fn licenses_are_understood_by_code_or_name_with_commas_or_dashes_of_any_length() {
        for cell in [
            "attunu; TSTNU",
            "TSTNU, ATTUNU, attunu",
            "Attended - Named User; Tester - Named User",
            "Attended – Named User|TSTNU",
            "Attended, Named User; tester named user",
            "Attended, Named User, Tester, Named User",
            "\"Attended, Named User\", TSTNU",
        ] {
            assert_eq!(codes(cell), "ATTUNU; TSTNU", "{cell}");
        }
        assert_eq!(codes("Attended, Named User"), "ATTUNU");
    }

    #[test]
    fn an_unknown_word_is_answered_with_its_neighbour_or_with_what_it_is() {
        let faults = LicenseList::parse("ATUNU; UNATT; Unicorn; tstnu", &Catalogue::default()).unwrap_err();
        let told: Vec<_> = faults
            .faults
            .iter()
            .map(|fault| (fault.code.as_str(), fault.help.contains("ATTUNU")))
            .collect();
        assert_eq!(
            told,
            [
                ("unknown-bundle-code", true),
                ("not-a-user-bundle", false),
                ("unknown-bundle-code", false)
            ]
        );
        assert_eq!(faults.unknown, ["ATUNU", "UNATT", "Unicorn"]);
    }
}
