//! Addresses, groups and lists in the form of another program: `i:0#.f|membership|ann@x.example`, `CN=Finance,OU=Groups,DC=x`,
//! `['Finance', 'HR']`.

use super::{UnplacedProblem, excerpt};
use crate::model::Email;
use crate::problem::ProblemCode;
use crate::text::fold;

/// The one address in a text that is more than an address; `None` where there are others, or where a line of text has it:
/// `Approved by: ann@x.example`.
pub(in crate::intake) fn address_in(text: &str) -> Option<&str> {
    let is_between = |letter: char| {
        letter.is_whitespace()
            || matches!(
                letter,
                ';' | ',' | '|' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | '"' | ':' | '\\'
            )
    };
    if text
        .split_once(": ")
        .is_some_and(|(before, _)| before.trim().contains(char::is_whitespace))
    {
        return None;
    }
    // A letter by itself before the address may be its own, parted from it by what was no letter: `b ob@x.example`.
    let is_letter = |word: &str| word.chars().count() == 1 && word.chars().all(char::is_alphanumeric);
    if text.split_whitespace().any(is_letter) {
        return None;
    }
    let mut found = text
        .split(is_between)
        .map(|part| part.trim_start_matches(['#', '\'']).trim_end_matches(['.', '\'']))
        .filter(|part| part.contains('@') && Email::fault(part).is_none());
    let first = found.next()?;
    found.all(|other| fold(other) == fold(first)).then_some(first)
}

/// The problem of an address to write to of a row that somebody took out as a program's comment: `#ann@x.example`.
pub(in crate::intake) fn taken_out(address: &str) -> Option<UnplacedProblem> {
    const SIGNS: [char; 5] = ['#', '/', '!', '*', '~'];
    if !address.starts_with(SIGNS) {
        return None;
    }
    let what = format!("`{}` begins as people take a row out of a list", excerpt(address));
    let help = format!(
        "take the row out, or write `ignore` as its operation; else write `{}`",
        excerpt(address.trim_start_matches(SIGNS))
    );
    Some(UnplacedProblem::error(ProblemCode::BadEmail, what, help))
}

/// The problem of an address to write to that is only what a directory calls a guest.
pub(in crate::intake) fn name_of_a_guest(address: &str) -> Option<UnplacedProblem> {
    let own = guests_own_address(address)?;
    let what = format!(
        "`{}` is what a directory calls a guest, and receives no mail",
        excerpt(address)
    );
    let help = format!("write the guest's own address, which is probably {own}");
    Some(UnplacedProblem::warning(ProblemCode::GuestName, what, help))
}

/// The own address of a guest whom a directory calls `ann_corp.example#EXT#@contoso.onmicrosoft.com`.
fn guests_own_address(address: &str) -> Option<String> {
    if !address.ends_with(".onmicrosoft.com") {
        return None;
    }
    let (local, domain) = address
        .split_once("#EXT#@")
        .or_else(|| address.split_once("#ext#@"))?
        .0
        .rsplit_once('_')?;
    Some(format!("{local}@{domain}"))
}

/// The problem of a cell of names of entries in a directory, `CN=Finance,OU=Groups,DC=corp,DC=example`, in which `what`, a
/// group or a user, belongs.
pub(in crate::intake) fn entry_of_a_directory(cell: &str, what: &str) -> Option<UnplacedProblem> {
    let names = names_of_entries(cell);
    let first = names.first()?;
    let instead = match what {
        "group" => format!("write what follows `CN=`: {}", excerpt(&names.join("; "))),
        _ => format!("write the address or the user name of `{}`", excerpt(first)),
    };
    let what = format!(
        "`{}` is what a directory calls an entry by its place, and no {what}",
        excerpt(cell)
    );
    Some(UnplacedProblem::error(ProblemCode::DirectoryName, what, instead))
}

/// What the entries themselves are called, each without its place; none where the cell is no such name.
fn names_of_entries(cell: &str) -> Vec<&str> {
    // So it is with nearly every cell.
    if !cell.contains('=') {
        return Vec::new();
    }
    let (mut names, mut has_place) = (Vec::new(), false);
    // Whether the next part begins another entry: behind its domain a name is over.
    let (mut is_first, mut is_domain) = (true, false);
    let mut start = 0;
    for (position, sign) in cell.char_indices().chain([(cell.len(), ';')]) {
        if !matches!(sign, ',' | ';' | '|' | '\n') || cell[..position].ends_with('\\') {
            continue;
        }
        let part = cell[start..position].trim();
        start = position + if position < cell.len() { sign.len_utf8() } else { 0 };
        let (kind, value) = part.split_once('=').unwrap_or_default();
        let is = |kinds: &[&str]| kinds.iter().any(|known| kind.trim().eq_ignore_ascii_case(known));
        is_first |= is_domain && !is(&["dc"]);
        is_domain = is(&["dc"]);
        if is_first && is(&["cn", "uid", "ou"]) {
            names.push(value.trim());
            is_first = false;
        } else {
            has_place |= is(&["dc", "ou", "o"]);
        }
        is_first |= sign != ',';
    }
    if has_place { names } else { Vec::new() }
}

/// The problem of a list that a program wrote in its own form: `['Finance', 'HR']`, `{Finance, HR}`, `System.Object[]`. The name of one thing may
/// be in brackets.
pub(super) fn list_of_a_program(cell: &str) -> Option<UnplacedProblem> {
    let is_type = cell.starts_with("System.") || cell.starts_with("Microsoft.");
    if is_type && !cell.contains(' ') && (cell.contains("Collection") || cell.ends_with(']')) {
        let what = format!("`{}` is what PowerShell writes in the place of a list", excerpt(cell));
        let help = "export the items themselves, `$_.MemberOf -join ';'`, and write names for what a directory calls by places";
        return Some(UnplacedProblem::error(ProblemCode::ListQuote, what, help));
    }
    let inner = [('[', ']'), ('{', '}')]
        .into_iter()
        .find_map(|(open, close)| cell.strip_prefix(open)?.strip_suffix(close))?;
    let unquoted = |item: &str, quote| item.strip_prefix(quote)?.strip_suffix(quote).map(str::to_owned);
    let (mut items, mut is_quoted) = (Vec::new(), false);
    for item in inner.split(',').map(str::trim) {
        let bare = unquoted(item, '\'').or_else(|| unquoted(item, '"'));
        is_quoted |= bare.is_some();
        items.push(bare.unwrap_or_else(|| item.to_owned()));
    }
    if inner.contains(['[', ']', '{', '}']) || items.len() < 2 && !is_quoted {
        return None;
    }
    let what = format!("`{}` is a list as a program writes it", excerpt(cell));
    let help = format!("write the items alone, parted by `;`: {}", excerpt(&items.join("; ")));
    Some(UnplacedProblem::error(ProblemCode::ListQuote, what, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_what_other_programs_put_around_it() {
        for text in [
            "i:0#.f|membership|ann@x.example",
            "12;#Ann Berg;#ann@x.example",
            "SMTP:ann@x.example",
            "acct:ann@x.example",
            "E-mail: ann@x.example",
            "Ann Berg (ann@x.example)",
            "Ann Berg [ann@x.example]",
            "ann@x.example (external)",
            "Ann Berg - ann@x.example",
            "CORP\\ann@x.example",
            "[ann@x.example](mailto:Ann@x.example)",
            "ann@x.example.",
        ] {
            assert_eq!(address_in(text), Some("ann@x.example"), "{text}");
        }
        assert_eq!(address_in("user:o'neil@x.example"), Some("o'neil@x.example"));
        for text in [
            "Approved by: ann@x.example",
            "ann@x.example for bob@x.example",
            "ann@@x.example",
            "ann lee",
            "@x.example",
            "b ob@x.example",
        ] {
            assert_eq!(address_in(text), None, "{text}");
        }
    }

    #[test]
    fn entries_of_a_directory_are_known_by_their_place_and_told_by_their_names() {
        for (cell, names) in [
            ("CN=Finance,OU=Groups,DC=x,DC=example", vec!["Finance"]),
            ("cn=Domain Users, cn=Users, dc=x", vec!["Domain Users"]),
            (
                "CN=Finance,OU=Groups,DC=x,DC=example;CN=HR,OU=Groups,DC=x,DC=example",
                vec!["Finance", "HR"],
            ),
            ("CN=Finance,OU=A,DC=x,CN=HR,OU=A,DC=x", vec!["Finance", "HR"]),
            ("uid=ann,ou=people,o=x", vec!["ann"]),
            ("CN=Berg\\, Ann,OU=People,DC=x", vec!["Berg\\, Ann"]),
            ("CN=Finance", vec![]),
            ("Finance, HR", vec![]),
            ("a=b, c=d", vec![]),
            ("ATTUNU=10; TSTNU=5", vec![]),
            ("Team O=K", vec![]),
        ] {
            assert_eq!(names_of_entries(cell), names, "{cell}");
        }
    }

    #[test]
    fn a_list_of_a_program_is_known_and_a_name_in_brackets_is_a_name() {
        for cell in [
            "['Finance', 'HR']",
            "[\"Finance\",\"HR\"]",
            "['Finance']",
            "{Finance, HR}",
            "{\"Finance\",HR}",
            "[Finance, HR]",
            "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection",
            "System.Object[]",
            "System.Collections.Generic.List`1[System.String]",
        ] {
            assert!(list_of_a_program(cell).is_some(), "{cell}");
        }
        for cell in [
            "[Finance]",
            "{Finance}",
            "[A] Finance, [B] HR [EU]",
            "Finance",
            "[EU] Team",
            "[]",
            "",
        ] {
            assert_eq!(list_of_a_program(cell), None, "{cell}");
        }
    }
}
