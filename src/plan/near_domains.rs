//! Addresses at a domain that is one slip away from one that is well used: whoever has it gets what is written to them.

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt};

use super::warnings::{NAMED_IN_A_WARNING, warn};
use super::{RowIndex, Warning};
use crate::directory::Snapshot;
use crate::model::Row;
use crate::text::{choose, folded, joined, number, plural};

/// So many people of the organization use a domain well.
const PEOPLE: usize = 5;
/// So many times more rows have a domain that is well used by a sheet alone.
const TIMES: usize = 10;
/// A sheet with more domains is of people who have each their own.
const DOMAINS: usize = 10_000;
/// With so many well used domains others are compared, the most used ones.
const COMPARED: usize = 50;

/// How many use each domain, in comparison form.
type Uses<'a> = HashMap<Cow<'a, str>, usize>;

/// A warning for each domain of accounts to be made that nobody has, as far as was read, and that is close to a well used
/// one.
pub(super) fn near_domains(sheet: &[Row], snapshot: &Snapshot) -> Vec<Warning> {
    let made = || {
        let rows = sheet.iter().enumerate();
        rows.filter_map(|(index, row)| Some((index, domain(row.operation.makes()?)?)))
    };
    let Some(of_sheet) = uses(made().map(|(_, domain)| domain)).filter(|uses| !uses.is_empty()) else {
        return Vec::new();
    };
    let people = snapshot.users().iter().filter(|user| user.is_person());
    let of_people = uses(people.filter_map(|user| domain(user.email()))).unwrap_or_default();
    let found = slips(&of_sheet, &of_people);
    found
        .iter()
        .filter_map(|slip| {
            let rows: Vec<RowIndex> = made()
                .filter(|(_, domain)| folded(domain) == slip.domain)
                .map(|(index, _)| index)
                .collect();
            let addresses: Vec<&str> = rows.iter().filter_map(|row| sheet[*row].operation.makes()).collect();
            warn("near-domain", rows, |count| slip.words(count, &addresses))
        })
        .collect()
}

/// A domain that is probably a slip.
#[derive(Debug, PartialEq, Eq)]
struct Slip<'a> {
    domain: &'a str,
    meant: &'a str,
    /// How many people of the organization have the other one; none where it is the sheet that uses it.
    people: usize,
    rows: usize,
}

impl Slip<'_> {
    fn words(&self, count: usize, addresses: &[&str]) -> String {
        let write = choose(count, "writes", "write");
        let used = if self.people > 0 {
            format!("which {} of the organization have", number(self.people))
        } else {
            format!("as in {}", plural(self.rows, "row"))
        };
        format!(
            "{} {write} to `{}`, where nobody is known, and whoever has that domain gets the mail; `{}`, {used}, is one slip \
             away: {}",
            plural(count, "row"),
            self.domain,
            self.meant,
            joined(addresses, NAMED_IN_A_WARNING)
        )
    }
}

fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}

/// How often each domain comes; `None` if there are too many to compare.
fn uses<'a>(domains: impl Iterator<Item = &'a str>) -> Option<Uses<'a>> {
    let mut uses = Uses::new();
    // Most come many times in a row, and are looked up once.
    let mut same = ("", 0);
    for domain in domains.chain([""]) {
        if domain == same.0 {
            same.1 += 1;
            continue;
        }
        if same.1 > 0 {
            *uses.entry(folded(same.0)).or_default() += same.1;
            if uses.len() > DOMAINS {
                return None;
            }
        }
        same = (domain, 1);
    }
    Some(uses)
}

fn slips<'a>(of_sheet: &'a Uses<'a>, of_people: &'a Uses<'a>) -> Vec<Slip<'a>> {
    let most = of_people.values().copied().max().unwrap_or_default();
    let by_people = of_people.iter().filter(|(_, people)| **people >= PEOPLE.min(most));
    let well_used = most_used(by_people.filter(|(_, people)| **people > 1));
    let by_rows = most_used(of_sheet.iter().filter(|(_, rows)| **rows >= TIMES));
    let unknown = of_sheet.iter().filter(|(domain, _)| !of_people.contains_key(*domain));
    let mut slips: Vec<Slip<'_>> = unknown
        .filter_map(|(domain, rows)| {
            let of_people = well_used.iter().map(|(meant, people)| (*meant, *people, 0));
            let of_rows = by_rows.iter().filter(|(_, used)| *used >= rows * TIMES);
            let of_rows = of_rows.map(|(meant, used)| (*meant, 0, *used));
            let mut candidates = of_people.chain(of_rows);
            let (meant, people, rows) = candidates.find(|(meant, ..)| is_slip(domain, meant))?;
            Some(Slip {
                domain,
                meant,
                people,
                rows,
            })
        })
        .collect();
    slips.sort_unstable_by_key(|slip| slip.domain);
    slips
}

fn most_used<'a>(uses: impl Iterator<Item = (&'a Cow<'a, str>, &'a usize)>) -> Vec<(&'a str, usize)> {
    let mut uses: Vec<(&str, usize)> = uses.map(|(domain, count)| (domain.as_ref(), *count)).collect();
    uses.sort_unstable_by_key(|(domain, count)| (std::cmp::Reverse(*count), *domain));
    uses.truncate(COMPARED);
    uses
}

/// Whether two domains differ by a slip of the finger in one of their words. Endings differ from country to country,
/// numbers and short words from one part of a company to the next.
fn is_slip(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > 4 {
        return false;
    }
    let (of_one, of_other) = (words(one), words(other));
    let mut apart = of_one.iter().zip(&of_other).enumerate().filter(|(_, (a, b))| a != b);
    let Some((position, (word, meant))) = apart.next() else {
        return false;
    };
    let is_ending = position + 1 == of_one.len();
    of_one.len() == of_other.len() && !is_ending && apart.next().is_none() && is_slip_of_a_word(word, meant)
}

fn words(domain: &str) -> Vec<&str> {
    domain.split(['.', '-']).collect()
}

fn is_slip_of_a_word(word: &str, meant: &str) -> bool {
    /// In shorter words another letter is rather another word.
    const LONG: usize = 6;
    /// But twice the same letter, or two that are swapped, are not.
    const SHORT: usize = 4;
    if strsim::damerau_levenshtein(word, meant) != 1 {
        return false;
    }
    let letters = |word: &str| word.chars().collect::<Vec<char>>();
    let (word, meant) = (letters(word), letters(meant));
    let start = word.iter().zip(&meant).take_while(|(a, b)| a == b).count();
    let (longer, shorter) = if word.len() < meant.len() {
        (&meant, &word)
    } else {
        (&word, &meant)
    };
    let changed = [
        longer.get(start),
        shorter.get(start).filter(|_| longer.len() == shorter.len()),
    ];
    if changed.into_iter().flatten().any(|letter| letter.is_numeric()) {
        return false;
    }
    let is_doubled = longer.len() > shorter.len() && start > 0 && longer.get(start) == longer.get(start - 1);
    let is_swapped = longer.len() == shorter.len() && longer.get(start + 1) == shorter.get(start);
    let least = if is_doubled || is_swapped { SHORT } else { LONG };
    shorter.len() >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_one_letter_of_a_word_that_is_long_enough() {
        for (domain, meant) in [
            ("acmee.example", "acme.example"),
            ("acem.example", "acme.example"),
            ("gmial.com", "gmail.com"),
            ("contosso.com", "contoso.com"),
            ("contos.com", "contoso.com"),
            ("cantoso.com", "contoso.com"),
            ("mail.contsoo.com", "mail.contoso.com"),
            ("contoso-gruop.com", "contoso-group.com"),
            ("müeller-bau.de", "mueller-bau.de"),
            ("stadtwerke-köiln.de", "stadtwerke-köiiln.de"),
        ] {
            assert!(is_slip(domain, meant), "{domain} {meant}");
            assert!(is_slip(meant, domain), "{meant} {domain}");
        }
        for (domain, other) in [
            ("acme.com", "acme.co"),
            ("acme.de", "acme.se"),
            ("contoso.co.uk", "contoso.com.uk"),
            ("contoso.cloud", "contoso.clouds"),
            ("acne.example", "acme.example"),
            ("acmes.example", "acme.example"),
            ("contoso1.example", "contoso2.example"),
            ("contoso2.example", "contoso.example"),
            ("plant-a.example", "plant-b.example"),
            ("contoso-uk.com", "contoso-us.com"),
            ("contoso-group.com", "contosogroup.com"),
            ("hr.contoso.com", "pr.contoso.com"),
            ("contoso.com", "contoso.com"),
            ("contoso.com", "fabrikam.com"),
            ("kontosa.com", "contoso.com"),
            ("mail.contoso.com", "contoso.com"),
        ] {
            assert!(!is_slip(domain, other), "{domain} {other}");
            assert!(!is_slip(other, domain), "{other} {domain}");
        }
    }

    fn found<'a>(rows: &[(&'a str, usize)], people: &[(&'a str, usize)]) -> Vec<(String, String)> {
        let uses = |uses: &[(&'a str, usize)]| -> Uses<'a> {
            uses.iter().map(|(domain, count)| ((*domain).into(), *count)).collect()
        };
        let (rows, people) = (uses(rows), uses(people));
        let slips = slips(&rows, &people);
        slips
            .iter()
            .map(|slip| (slip.domain.into(), slip.meant.into()))
            .collect()
    }

    #[test]
    fn a_domain_is_well_used_by_people_or_by_many_times_as_many_rows() {
        let told = [("contosso.com".to_owned(), "contoso.com".to_owned())];
        let none: [(String, String); 0] = [];
        let (slip, well) = (("contosso.com", 2), "contoso.com");
        assert_eq!(found(&[slip], &[(well, 5)]), told);
        assert_eq!(found(&[slip], &[(well, 5), ("fabrikam.com", 90)]), told);
        assert_eq!(found(&[slip], &[(well, 3), ("fabrikam.com", 2)]), told);
        assert_eq!(found(&[slip, (well, 20)], &[]), told);
        // Neither by few, nor where somebody has the other one.
        assert_eq!(found(&[slip], &[(well, 4), ("fabrikam.com", 90)]), none);
        assert_eq!(found(&[slip], &[(well, 1)]), none);
        assert_eq!(found(&[slip, (well, 19)], &[]), none);
        assert_eq!(found(&[slip, (well, 20)], &[(well, 90), ("contosso.com", 1)]), none);
    }

    #[test]
    fn a_sheet_of_very_many_domains_is_not_compared() {
        let domains: Vec<String> = (0..=DOMAINS).map(|number| format!("d{number}.example")).collect();
        assert_eq!(uses(domains.iter().map(String::as_str)), None);
        let few = uses(["A.example", "a.example", "a.example", "b.example", "a.example"].into_iter());
        assert_eq!(few.unwrap()["a.example"], 4);
    }
}
