//! The `licenses` and `quotas` cells.

use super::list::{Item, split, stand_in};
use super::other_forms::list_of_a_program;
use super::stand_ins::is_none_wanted;
use super::{UnplacedProblem, excerpt, hash};
use crate::model::{BundleCode, BundleSet, Catalogue, Quota};
use crate::problem::{ProblemCode, Severity};

/// The licences of a cell.
#[derive(Debug, Default)]
pub(in crate::intake) struct LicenseList {
    /// The codes.
    pub(in crate::intake) set: BundleSet,
    /// Equal for cells that mean the same licences.
    pub(in crate::intake) canonical: String,
    /// The hash of each code, for comparing rows.
    pub(in crate::intake) hashes: Vec<u64>,
    /// What is worth a look.
    pub(in crate::intake) warnings: Vec<UnplacedProblem>,
}

/// Why the licences of a cell are not understood.
#[derive(Debug, Clone)]
pub(in crate::intake) struct LicenseProblems {
    /// A problem for each unknown word, or the one that keeps the cell from being read.
    pub(in crate::intake) problems: Vec<UnplacedProblem>,
    /// The words that the organization may know.
    pub(in crate::intake) unknown: Vec<String>,
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

/// How many unknown words of a cell are reported; with more it is not a list of licences.
const MOST_UNKNOWN: usize = 20;

impl LicenseList {
    pub(in crate::intake) fn parse(cell: &str, catalogue: &Catalogue) -> Result<Self, LicenseProblems> {
        let cell = plain_dashes(cell);
        if let Some(bundle) = catalogue.find(&cell) {
            return Ok(Self::of(vec![bundle.code.clone()]));
        }
        if let Some(problem) = list_of_a_program(&cell) {
            return Err(LicenseProblems {
                problems: vec![problem],
                unknown: Vec::new(),
            });
        }
        let items = split(&cell).map_err(|_| LicenseProblems {
            problems: vec![UnplacedProblem::error(
                ProblemCode::ListQuote,
                format!("`{}` has a double quote that is not closed", excerpt(&cell)),
                "close it after the product's name, or write the code",
            )],
            unknown: Vec::new(),
        })?;
        let mut codes = Vec::with_capacity(items.len());
        let mut found = LicenseProblems {
            problems: Vec::new(),
            unknown: Vec::new(),
        };
        let mut warnings = Vec::new();
        let is_list = items.len() > 1;
        let signed = some_with_a_minus(&items);
        let mut rest = items.as_slice();
        while let [first, after @ ..] = rest {
            rest = after;
            if let Some((code, after)) = name_with_comma(first, after, catalogue) {
                codes.push(code);
                rest = after;
                continue;
            }
            let stand_in = stand_in(first).filter(|_| is_list);
            if let Some(error) = stand_in.as_ref().filter(|found| found.severity == Severity::Error) {
                found.problems.push(error.clone());
            } else if let Some(code) = catalogue.code(&first.text) {
                if signed && has_minus(&first.text) {
                    found.problems.push(taken_away(&first.text, &code));
                }
                codes.push(code);
                warnings.extend(stand_in);
            } else if found.problems.len() < MOST_UNKNOWN {
                let mut problem = unknown(&first.text, catalogue);
                if is_list && is_none_wanted(&first.text) {
                    problem.help = format!("leave it out if no licence is meant; else {}", problem.help);
                } else if let Some(parts) = parted_otherwise(&first.text, catalogue) {
                    problem.help = format!("separate several licences by `;`: {}", excerpt(&parts.join("; ")));
                }
                found.problems.push(problem);
                found.unknown.push(first.text.clone());
            }
        }
        if found.problems.is_empty() {
            Ok(Self {
                warnings,
                ..Self::of(codes)
            })
        } else {
            Err(found)
        }
    }

    fn of(codes: Vec<BundleCode>) -> Self {
        let set: BundleSet = codes.into_iter().collect();
        // Who writes a code in another case means the same.
        let canonical = set.to_string().to_ascii_uppercase();
        Self {
            hashes: set
                .iter()
                .map(|code| hash(&code.as_str().to_ascii_uppercase()))
                .collect(),
            canonical,
            set,
            warnings: Vec::new(),
        }
    }
}

/// The licences of an item that holds several, parted as people do: `Attended + Tester`, `ATTUNU and TSTNU`.
fn parted_otherwise<'i>(item: &'i str, catalogue: &Catalogue) -> Option<Vec<&'i str>> {
    let between = ["+", "&", "/", " and ", " und ", " et ", " y ", " e ", " en ", " i "];
    between.iter().find_map(|between| {
        let parts: Vec<&str> = item.split(between).map(str::trim).collect();
        let are_licenses = parts.len() > 1 && parts.iter().all(|part| catalogue.is_likely(part));
        are_licenses.then_some(parts)
    })
}

/// Whether some of the items have a minus sign and others none; with one before all of them it is the mark of a list.
fn some_with_a_minus(items: &[Item]) -> bool {
    let signed = items.iter().filter(|item| has_minus(&item.text)).count();
    signed > 0 && signed < items.len()
}

/// `-TSTNU`, `- TSTNU`, `TSTNU-`; but not `TSTNU - `, where a name is missing.
fn has_minus(item: &str) -> bool {
    item.starts_with('-')
        || item
            .strip_suffix('-')
            .is_some_and(|code| !code.ends_with(char::is_whitespace))
}

/// The problem of an item with a minus sign among others without.
fn taken_away(item: &str, code: &BundleCode) -> UnplacedProblem {
    UnplacedProblem::error(
        ProblemCode::UnknownBundleCode,
        format!(
            "`{}` has a minus sign, and other licences of the cell have none",
            excerpt(item)
        ),
        format!("leave the sign out if `{code}` is one of them; to take it away, write a `remove-licenses` row"),
    )
}

/// The bundle of a product name that was split in two because it is written with a comma and without quotes,
/// `Attended, Named User`, and the items after it.
fn name_with_comma<'i>(first: &Item, after: &'i [Item], catalogue: &Catalogue) -> Option<(BundleCode, &'i [Item])> {
    let [second, rest @ ..] = after else {
        return None;
    };
    // Where the first item is a product by itself, the comma separates two products.
    if first.separator != Some(',') || first.quoted || second.quoted || catalogue.find(&first.text).is_some() {
        return None;
    }
    let bundle = catalogue.find(&format!("{}, {}", first.text, second.text))?;
    Some((bundle.code.clone(), rest))
}

/// The problem of a word that means no known bundle.
pub(super) fn unknown(word: &str, catalogue: &Catalogue) -> UnplacedProblem {
    if NOT_FOR_USERS.iter().any(|code| code.eq_ignore_ascii_case(word)) {
        return UnplacedProblem::error(
            ProblemCode::NotAUserBundle,
            format!(
                "`{}` is a robot or service product, which is allocated to tenants and not to users",
                excerpt(word)
            ),
            "leave it out; `reseat codes` lists what users can hold",
        );
    }
    let code = match catalogue.contradiction(word) {
        Some(_) => ProblemCode::LicenseContradiction,
        None => ProblemCode::UnknownBundleCode,
    };
    UnplacedProblem::error(code, catalogue.why_unknown(word), catalogue.advice(word))
}

/// The cell with plain hyphens: spreadsheet programs turn ` - ` into a long dash.
fn plain_dashes(cell: &str) -> String {
    cell.replace(|letter| matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}'), "-")
}

/// The quotas of a cell such as `ATTUNU=10; TSTNU=5`, each for one of `licenses`; the number alone will do
/// where there is one licence.
pub(in crate::intake) fn parse_quotas(
    cell: &str,
    licenses: &BundleSet,
    catalogue: &Catalogue,
) -> Result<Vec<Quota>, UnplacedProblem> {
    let not_a_list = || {
        UnplacedProblem::error(
            ProblemCode::QuotaShape,
            format!("`{}` is not a list of quotas", excerpt(cell)),
            "write code and number, separated by `;`: ATTUNU=10; TSTNU=5; <clear> takes the limits away",
        )
    };
    if let (Some(limit), [code]) = (limit(cell), licenses.iter().as_slice()) {
        return Ok(vec![Quota {
            code: code.clone(),
            limit: at_least_one(limit)?,
        }]);
    }
    let mut quotas: Vec<Quota> = Vec::new();
    for item in split(cell).map_err(|_| not_a_list())? {
        let (word, number) = item.text.rsplit_once(['=', ':']).ok_or_else(not_a_list)?;
        let word = word.trim();
        let code = catalogue.code(word).ok_or_else(|| unknown(word, catalogue))?;
        let limit = at_least_one(limit(number.trim()).ok_or_else(not_a_list)?)?;
        if !licenses.contains(&code) {
            return Err(UnplacedProblem::error(
                ProblemCode::QuotaWithoutLicense,
                format!("the quota for `{code}` limits a licence that the row does not list"),
                format!("add `{code}` to `licenses`, or leave the quota out"),
            ));
        }
        if quotas.iter().any(|quota| quota.code == code) {
            return Err(UnplacedProblem::error(
                ProblemCode::QuotaTwice,
                format!("`{code}` has two quotas"),
                "keep one of them",
            ));
        }
        quotas.push(Quota { code, limit });
    }
    quotas.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(quotas)
}

/// The number that a text is; one with a sign would be more or fewer than there are.
fn limit(text: &str) -> Option<u32> {
    // As pandas writes whole numbers beside empty cells.
    let text = text.strip_suffix(".0").unwrap_or(text);
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn at_least_one(limit: u32) -> Result<u32, UnplacedProblem> {
    if limit == 0 {
        return Err(UnplacedProblem::error(
            ProblemCode::QuotaZero,
            "a quota is at least 1",
            "to give the licence to no one, leave it out of `licenses`",
        ));
    }
    Ok(limit)
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
        let problems = LicenseList::parse("ATUNU; UNATT; Unicorn; tstnu", &Catalogue::default()).unwrap_err();
        let codes: Vec<_> = problems
            .problems
            .iter()
            .map(|problem| (problem.code.as_str(), problem.help.contains("ATTUNU")))
            .collect();
        assert_eq!(
            codes,
            [
                ("unknown-bundle-code", true),
                ("not-a-user-bundle", false),
                ("unknown-bundle-code", false)
            ]
        );
        assert_eq!(problems.unknown, ["ATUNU", "UNATT", "Unicorn"]);
    }

    #[test]
    fn a_licence_with_a_minus_among_others_is_not_given_and_marks_of_a_list_are_no_minus() {
        for cell in [
            "ATTUNU; -TSTNU",
            "ATTUNU; –TSTNU",
            "-TSTNU, ATTUNU",
            "ATTUNU; TSTNU-",
            "ATTUNU\n- Tester - Named User",
        ] {
            let problems = LicenseList::parse(cell, &Catalogue::default()).unwrap_err().problems;
            assert_eq!(problems.len(), 1, "{cell}: {problems:?}");
            assert!(problems[0].help.contains("`remove-licenses`"), "{cell}: {problems:?}");
        }
        for cell in [
            "- ATTUNU\n- TSTNU",
            "-ATTUNU; -TSTNU",
            "– Attended – Named User\n– TSTNU",
            "ATTUNU - ; TSTNU",
            "ATTUNU – Attended - Named User; TSTNU",
        ] {
            assert_eq!(codes(cell), "ATTUNU; TSTNU", "{cell}");
        }
        assert_eq!(codes("- TSTNU"), "TSTNU");
    }

    #[test]
    fn licences_that_are_parted_as_people_do_are_told_apart() {
        let help = |cell: &str| {
            let found = LicenseList::parse(cell, &Catalogue::default()).unwrap_err();
            found.problems[0].help.clone()
        };
        for cell in [
            "Attended + Tester",
            "Attended and Tester",
            "Attended/Tester",
            "Attended und Tester",
            "Attended & Tester",
        ] {
            assert_eq!(
                help(cell),
                "separate several licences by `;`: Attended; Tester",
                "{cell}"
            );
        }
        assert!(help("Action Center & Attended").starts_with("separate"));
        for cell in ["Attended", "Unicorn + Tester", "R&D", "ATUNU"] {
            assert!(!help(cell).starts_with("separate"), "{cell}");
        }
    }

    #[test]
    fn quotas_name_a_license_of_the_row_once_with_a_number_from_1() {
        let catalogue = Catalogue::default();
        let licenses: BundleSet = ["ATTUNU", "TSTNU"].map(BundleCode::new).into_iter().collect();
        let one: BundleSet = [BundleCode::new("ATTUNU")].into_iter().collect();
        let quotas = parse_quotas("tstnu : 5; Attended - Named User=10", &licenses, &catalogue).unwrap();
        let shown: Vec<_> = quotas
            .iter()
            .map(|quota| format!("{}={}", quota.code, quota.limit))
            .collect();
        assert_eq!(shown, ["ATTUNU=10", "TSTNU=5"]);
        assert_eq!(parse_quotas("7", &one, &catalogue).unwrap()[0].limit, 7);
        assert_eq!(parse_quotas("10.0", &one, &catalogue).unwrap()[0].limit, 10);
        for cell in ["10.5", "10.00", ".0"] {
            assert!(parse_quotas(cell, &one, &catalogue).is_err(), "{cell}");
        }
        assert_eq!(
            parse_quotas("+7", &one, &catalogue).unwrap_err().code.as_str(),
            "quota-shape"
        );
        for (cell, code) in [
            ("7", "quota-shape"),
            ("ATTUNU", "quota-shape"),
            ("ATTUNU=many", "quota-shape"),
            ("ATTUNU=-1", "quota-shape"),
            ("ATTUNU=+1", "quota-shape"),
            ("ATTUNU=0", "quota-zero"),
            ("ACNU=3", "quota-without-licence"),
            ("ATTUNU=1;attunu=2", "quota-twice"),
            ("ATUNU=1", "unknown-bundle-code"),
        ] {
            assert_eq!(
                parse_quotas(cell, &licenses, &catalogue).unwrap_err().code.as_str(),
                code,
                "{cell}"
            );
        }
    }
}
