//! The `unless_changed_from` cell: what the row replaces, as it was when the sheet was written.

use std::fmt::Write;

use super::licenses::unknown;
use super::list::{print_list, split};
use super::{GroupList, LicenseList, LicenseProblems, UnplacedProblem, excerpt, is_clear};
use crate::model::{BundleCode, BundleSet, Catalogue, RuledBundle, Shared, WrittenState};
use crate::problem::ProblemCode;

/// There was nothing: no group but Everyone, no direct licences, no rule.
const NONE: &str = "<none>";
/// The person was blocked from every licence.
const BLOCKED: &str = "<blocked>";

/// How many unknown words of a cell are reported.
const MOST_UNKNOWN: usize = 20;

/// A state that a cell holds.
#[derive(Debug, Clone)]
pub(in crate::intake) struct StateCell {
    /// What it says.
    pub(in crate::intake) state: WrittenState,
    /// Equal for cells that mean the same.
    pub(in crate::intake) canonical: String,
}

impl StateCell {
    fn new(state: WrittenState, canonical: &str) -> Self {
        Self {
            state,
            canonical: canonical.to_owned(),
        }
    }

    pub(in crate::intake) fn no_groups() -> Self {
        Self::new(WrittenState::Groups(Shared::default()), NONE)
    }

    pub(in crate::intake) fn of_groups(list: &GroupList) -> Self {
        Self::new(WrittenState::Groups(list.groups.clone()), &list.canonical)
    }

    pub(in crate::intake) fn no_licenses() -> Self {
        Self::new(WrittenState::Licenses(None), NONE)
    }

    pub(in crate::intake) fn blocked() -> Self {
        Self::new(WrittenState::Licenses(Some(BundleSet::default())), BLOCKED)
    }

    pub(in crate::intake) fn of_licenses(list: &LicenseList) -> Self {
        Self::new(WrittenState::Licenses(Some(list.set.clone())), &list.canonical)
    }

    pub(in crate::intake) fn no_rule() -> Self {
        Self::new(WrittenState::Rule(Vec::new()), NONE)
    }
}

/// Whether the cell says that there was nothing.
pub(in crate::intake) fn is_none(cell: &str) -> bool {
    cell.eq_ignore_ascii_case(NONE)
}

/// Whether the cell says that the person was blocked from every licence.
pub(in crate::intake) fn is_blocked(cell: &str) -> bool {
    cell.eq_ignore_ascii_case(BLOCKED)
}

/// The state as a cell of `unless_changed_from` that is read back as this state.
pub fn print_state(state: &WrittenState) -> String {
    let list = match state {
        WrittenState::Groups(groups) => {
            let names: Vec<String> = groups.iter().map(ToString::to_string).collect();
            print_list(&names)
        }
        WrittenState::Licenses(None) => return NONE.to_owned(),
        WrittenState::Licenses(Some(held)) if held.is_empty() => return BLOCKED.to_owned(),
        WrittenState::Licenses(Some(held)) => {
            let codes: Vec<&str> = held.iter().map(BundleCode::as_str).collect();
            print_list(&codes)
        }
        WrittenState::Rule(rule) => {
            let bundles = rule.iter().map(|RuledBundle { code, quota }| match quota {
                Some(quota) => format!("{code}={quota}"),
                None => code.to_string(),
            });
            print_list(&bundles.collect::<Vec<_>>())
        }
    };
    if list.is_empty() {
        NONE.to_owned()
    } else if is_none(&list) || is_clear(&list) {
        // A group that is called so.
        format!("\"{list}\"")
    } else {
        list
    }
}

/// A group's licence rule, the quotas beside their codes: `ATTUNU=10; TSTNU`.
pub(in crate::intake) fn parse_rule(cell: &str, catalogue: &Catalogue) -> Result<StateCell, LicenseProblems> {
    let malformed = || LicenseProblems {
        problems: vec![UnplacedProblem::error(
            ProblemCode::QuotaShape,
            format!("`{}` is not a list of licences with quotas", excerpt(cell)),
            "write the codes, a quota beside each that had one, separated by `;`: ATTUNU=10; TSTNU; or <none>",
        )],
        unknown: Vec::new(),
    };
    let mut rule: Vec<RuledBundle> = Vec::new();
    let mut found = LicenseProblems {
        problems: Vec::new(),
        unknown: Vec::new(),
    };
    for item in split(cell).map_err(|_| malformed())? {
        let (word, quota) = match item.text.rsplit_once('=') {
            Some((word, number)) => (word.trim(), Some(number.trim().parse().map_err(|_| malformed())?)),
            None => (&*item.text, None),
        };
        let Some(code) = catalogue.code(word) else {
            if found.problems.len() < MOST_UNKNOWN {
                found.problems.push(unknown(word, catalogue));
                found.unknown.push(word.to_owned());
            }
            continue;
        };
        if rule.iter().any(|other| other.code == code && other.quota != quota) {
            found.problems.push(UnplacedProblem::error(
                ProblemCode::QuotaTwice,
                format!("`{code}` has two quotas"),
                "keep one of them",
            ));
        } else if rule.iter().all(|other| other.code != code) {
            rule.push(RuledBundle { code, quota });
        }
    }
    if !found.problems.is_empty() {
        return Err(found);
    }
    rule.sort_by(|one, other| one.code.cmp(&other.code));
    let mut canonical = String::new();
    for bundle in &rule {
        canonical.push_str(&bundle.code.as_str().to_ascii_uppercase());
        if let Some(quota) = bundle.quota {
            let _ = write!(canonical, "={quota}");
        }
        canonical.push(';');
    }
    Ok(StateCell::new(WrittenState::Rule(rule), &canonical))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(cell: &str) -> Result<String, &'static str> {
        parse_rule(cell, &Catalogue::default())
            .map(|read| read.canonical)
            .map_err(|found| found.problems[0].code.as_str())
    }

    #[test]
    fn a_rule_is_read_with_its_quotas_by_code_or_name_in_any_order() {
        for cell in [
            "ATTUNU=10; TSTNU",
            "tstnu, attunu = 10",
            "Tester - Named User|Attended - Named User=10",
            "ATTUNU=10; TSTNU; ATTUNU=10",
        ] {
            assert_eq!(rule(cell).unwrap(), "ATTUNU=10;TSTNU;", "{cell}");
        }
        assert_ne!(rule("ATTUNU; TSTNU"), rule("ATTUNU=10; TSTNU"));
    }

    #[test]
    fn a_rule_that_is_not_understood_is_refused_with_what_is_wrong() {
        for (cell, code) in [
            ("ATTUNU=many", "quota-shape"),
            ("\"ATTUNU", "quota-shape"),
            ("ATTUNU=1; ATTUNU=2", "quota-twice"),
            ("ATTUNU; ATTUNU=2", "quota-twice"),
            ("ATUNU=1", "unknown-bundle-code"),
            ("10", "unknown-bundle-code"),
        ] {
            assert_eq!(rule(cell), Err(code), "{cell}");
        }
    }
}
