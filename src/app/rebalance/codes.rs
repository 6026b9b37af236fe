//! The bundles that the flags of `rebalance` name: each by code or product name, and all that is wrong with them at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::RebalanceOptions;
use crate::model::{BundleCode, Catalogue};
use crate::problem::Severity;
use crate::rebalance::Swap;
use crate::settings::Finding;

/// The flags, in codes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Codes {
    pub(super) only: BTreeSet<BundleCode>,
    pub(super) free: BTreeMap<BundleCode, u64>,
    pub(super) reserve: BTreeMap<BundleCode, u64>,
    pub(super) swaps: Vec<Swap>,
}

/// The flags as they were understood.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ReadCodes {
    pub(super) codes: Codes,
    /// What is wrong, words that the catalogue does not know aside.
    pub(super) wrong: Vec<Finding>,
    /// The words that it does not know; the organization may.
    pub(super) unknown: Vec<Finding>,
}

impl ReadCodes {
    /// What the flags say, by this catalogue.
    pub(super) fn of(options: &RebalanceOptions, catalogue: &Catalogue) -> Self {
        let mut read = Self::default();
        for word in &options.only {
            if let Some(code) = read.code("--only", word, catalogue) {
                read.codes.only.insert(code);
            }
        }
        for (flag, counts) in [("--free", &options.free), ("--reserve", &options.reserve)] {
            let mut counted = BTreeMap::new();
            for (word, count) in counts {
                let Some(code) = read.code(flag, word, catalogue) else {
                    continue;
                };
                read.is_looked_at(flag, &code);
                if counted.insert(code.clone(), *count).is_some() {
                    read.wrong(
                        flag,
                        format!("`{code}` is given twice"),
                        "give each licence once, with one number",
                    );
                }
            }
            if flag == "--free" {
                read.codes.free = counted;
            } else {
                read.codes.reserve = counted;
            }
        }
        for (old, new) in &options.swaps {
            let (old, new) = (read.code("--swap", old, catalogue), read.code("--swap", new, catalogue));
            let (Some(old), Some(new)) = (old, new) else { continue };
            read.is_looked_at("--swap", &old);
            read.is_looked_at("--swap", &new);
            if old == new {
                read.wrong(
                    "--swap",
                    format!("`{old}` is swapped for itself"),
                    "name the licence that is to come",
                );
            } else if read.codes.swaps.iter().any(|swap| swap.old == old) {
                read.wrong(
                    "--swap",
                    format!("`{old}` is swapped twice"),
                    "give each licence that goes once",
                );
            } else if let Some(other) = read.codes.swaps.iter().find(|swap| swap.old == new || swap.new == old) {
                let what = format!(
                    "`{old}={new}` and `{}={}` make a chain, in which a seat would be promised before it is free",
                    other.old, other.new
                );
                read.wrong("--swap", what, "swap one, run the sheet, then swap the other");
            } else {
                read.codes.swaps.push(Swap { old, new });
            }
        }
        read
    }

    fn code(&mut self, flag: &str, word: &BundleCode, catalogue: &Catalogue) -> Option<BundleCode> {
        let code = catalogue.code(word.as_str());
        if code.is_none() {
            let (what, help) = (catalogue.why_unknown(word.as_str()), catalogue.advice(word.as_str()));
            let finding = finding(flag, what, help);
            if !self.unknown.contains(&finding) {
                self.unknown.push(finding);
            }
        }
        code
    }

    /// With `--only`, what is left out can be neither freed nor kept free.
    fn is_looked_at(&mut self, flag: &str, code: &BundleCode) {
        let only = &self.codes.only;
        if !only.is_empty() && !only.contains(code) {
            let what = format!("`{code}` is left out by `--only`");
            self.wrong(flag, what, format!("add `--only {code}`, or take it out of `{flag}`"));
        }
    }

    fn wrong(&mut self, flag: &str, what: impl Into<String>, help: impl Into<String>) {
        let finding = finding(flag, what.into(), help.into());
        if !self.wrong.contains(&finding) {
            self.wrong.push(finding);
        }
    }
}

fn finding(flag: &str, what: String, help: String) -> Finding {
    Finding {
        severity: Severity::Error,
        place: format!("`{flag}`"),
        what,
        help,
        unset: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{self, Command};

    /// What these flags say, `_` for a space within one of them.
    fn read(flags: &str, organization: &[&str]) -> (Codes, Vec<String>) {
        let words = ["reseat", "rebalance"].into_iter().chain(flags.split_whitespace());
        let words = words.map(|word| word.replace('_', " ").into());
        let Command::Rebalance(options) = cli::parse(words).unwrap().command else {
            panic!("it is another command")
        };
        let known = organization.iter().map(|code| BundleCode::new(code));
        let catalogue = Catalogue::default().with_codes(known, "the organization");
        let ReadCodes { codes, wrong, unknown } = ReadCodes::of(&options, &catalogue);
        let told = wrong
            .iter()
            .chain(&unknown)
            .map(|finding| format!("{finding} ({})", finding.help));
        (codes, told.collect())
    }

    #[test]
    fn licences_are_named_by_code_in_any_case_or_by_product() {
        let (codes, told) = read(
            "--free attunu=2 --free=RPA_Developer_-_Named_User=3 --reserve Attended,_Named_User=1 \
             --swap RPADEVNU=RPADEVPRONU --only ATTUNU --only=RPADEVNU --only=RPADEVPRONU",
            &[],
        );
        assert_eq!(told, [""; 0]);
        let code = BundleCode::new;
        assert_eq!(codes.free, BTreeMap::from([(code("ATTUNU"), 2), (code("RPADEVNU"), 3)]));
        assert_eq!(codes.reserve, BTreeMap::from([(code("ATTUNU"), 1)]));
        assert_eq!(codes.swaps.len(), 1);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let flags = "--free ATUNU=2 --free ATTUNU=2 --free attunu=3 --swap RPADEVNU=ATTUNU \
                     --swap RPADEVNU=RPADEVPRONU --swap ATTUNU=Attended_-_Named_User --only ATTUNU --only RPADEVNU \
                     --reserve RPADEVPRONU=2";
        assert_eq!(
            read(flags, &[]).1,
            [
                "`--free`: `attunu` is given twice (give each licence once, with one number)"
                    .replace("attunu", "ATTUNU"),
                "`--reserve`: `RPADEVPRONU` is left out by `--only` (add `--only RPADEVPRONU`, or take it out of `--reserve`)"
                    .to_owned(),
                "`--swap`: `RPADEVPRONU` is left out by `--only` (add `--only RPADEVPRONU`, or take it out of `--swap`)"
                    .to_owned(),
                "`--swap`: `RPADEVNU` is swapped twice (give each licence that goes once)".to_owned(),
                "`--swap`: `ATTUNU` is swapped for itself (name the licence that is to come)".to_owned(),
                "`--free`: `ATUNU` is no known licence (did you mean `ATTUNU` (Attended - Named User)?)".to_owned(),
            ]
        );
    }

    #[test]
    fn a_chain_of_swaps_is_done_one_after_the_other() {
        for flags in [
            "--swap ATTUNU=TSTNU --swap TSTNU=IDU",
            "--swap TSTNU=IDU --swap ATTUNU=TSTNU",
            "--swap ATTUNU=IDU --swap IDU=ATTUNU",
        ] {
            let (codes, told) = read(flags, &[]);
            assert_eq!((codes.swaps.len(), told.len()), (1, 1), "{told:?}");
            assert!(told[0].contains("make a chain"), "{told:?}");
        }
        let (codes, _) = read("--swap ATTUNU=IDU --swap TSTNU=IDU", &[]);
        assert_eq!(codes.swaps.len(), 2);
    }

    #[test]
    fn what_only_the_organization_has_is_known_once_it_was_asked() {
        assert_eq!(read("--free FLEXNU=2", &[]).1.len(), 1);
        let (codes, told) = read("--free flexnu=2", &["FLEXNU"]);
        assert_eq!((codes.free.len(), told.len()), (1, 0));
    }
}
