//! Formats of plain text.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use super::kind::Foreign;
use super::markup::foreign_markup;

/// Tells a format by the beginning of a text, as far as it is looked at; `is_all` if that is all of it.
///
/// A header may look like the beginning of one of these, so each must show in more than a word.
pub(in crate::sheet) fn foreign_text(text: &str, is_all: bool) -> Option<Foreign> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.chars().next()? {
        '<' => return foreign_markup(text),
        '{' | '[' => return rich_text(text).or_else(|| shortcut(text)).or_else(|| json(text)),
        _ => {}
    }
    let mut lines = text.lines().collect::<Vec<_>>();
    if !is_all {
        lines.pop();
    }
    let first = lines.first().copied().unwrap_or(text);
    let second = lines.get(1).copied().unwrap_or_default();
    let third = lines.get(2).copied().unwrap_or_default();
    if first == "TABLE" && second == "0,1" && third.starts_with('"') {
        return Some(Foreign::opened("a DIF file"));
    }
    if is_sylk(&lines) {
        return Some(Foreign::opened("a SYLK file"));
    }
    if first.starts_with("socialcalc:version:") {
        return Some(Foreign::exported("a SocialCalc file"));
    }
    if first == "BEGIN:VCARD" {
        return Some(Foreign::exported("a file of contacts (vCard)"));
    }
    if first == "BEGIN:VCALENDAR" {
        return Some(Foreign::exported("a calendar"));
    }
    if (first.starts_with("version: 1") && lines.iter().any(|line| line.starts_with("dn:")))
        || (first.starts_with("dn:") && second.contains(": "))
    {
        return Some(Foreign::exported("a file of directory entries (LDIF)"));
    }
    if is_dump(first, second) {
        return Some(Foreign::exported("a database dump"));
    }
    is_mail(&lines).then(|| Foreign::opened("a web page saved with its pictures (MHTML), or an e-mail"))
}

fn rich_text(text: &str) -> Option<Foreign> {
    text.starts_with("{\\rtf")
        .then(|| Foreign::copied("a rich text document"))
}

/// A file that leads to a table elsewhere.
fn shortcut(text: &str) -> Option<Foreign> {
    let is_link = text.starts_with("[InternetShortcut]")
        || (json(text).is_some()
            && text.len() < 1000
            && (text.contains("docs.google.com") || text.contains("\"doc_id\"")));
    let cure = "download the table from there (File, Download) and name that file";
    is_link.then(|| Foreign::beside("a link to a page or a Google sheet", cure))
}

/// Whether the text is JSON, as far as it can be seen: one value, or one on each line. Some programs make mistakes in it.
fn json(text: &str) -> Option<Foreign> {
    if begins_as_members(text) {
        return Some(Foreign::exported("a JSON file"));
    }
    let mut values = Deserializer::from_str(text).into_iter::<IgnoredAny>();
    match values.next()? {
        Err(error) if error.is_eof() => Some(Foreign::exported("a JSON file")),
        Err(_) => None,
        Ok(IgnoredAny) => {
            let rest = &text[values.byte_offset()..];
            let is_parted = rest.trim_start_matches([' ', '\t']).starts_with(['\r', '\n']);
            if rest.trim().is_empty() {
                Some(Foreign::exported("a JSON file"))
            } else if is_parted && rest.trim_start().starts_with(['{', '[']) {
                Some(Foreign::exported("a file of JSON lines"))
            } else {
                None
            }
        }
    }
}

/// Whether nothing stands on the first line but a bracket, and behind it a name in quotes and its colon.
fn begins_as_members(text: &str) -> bool {
    let members = text.strip_prefix('{').map(|rest| rest.trim_start_matches([' ', '\t']));
    let first = members
        .filter(|rest| rest.starts_with(['\r', '\n']))
        .map(str::trim_start);
    let name = first.and_then(|rest| rest.strip_prefix('"')?.split_once('"'));
    name.is_some_and(|(name, rest)| !name.contains('\n') && rest.trim_start().starts_with(':'))
}

/// `ID;P` and records under it, one of which says where a cell is.
fn is_sylk(lines: &[&str]) -> bool {
    const TYPES: [&str; 10] = ["B", "C", "E", "F", "NE", "NN", "NU", "O", "P", "W"];
    /// Further down, a text in a cell may have lines of its own.
    const RECORDS: usize = 3;
    let is_record = |line: &&str| {
        let line = line.replace(";;", "");
        let mut fields = line.split(';');
        let kind = fields.next().unwrap_or_default();
        TYPES.contains(&kind) && fields.all(|field| field.starts_with(|letter: char| letter.is_ascii_uppercase()))
    };
    let is_place = |field: &str| {
        field
            .strip_prefix(['X', 'Y'])
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let Some((first, records)) = lines.split_first() else {
        return false;
    };
    let mut records = records.iter().filter(|line| !line.is_empty());
    first.starts_with("ID;P")
        && records.clone().take(RECORDS).all(is_record)
        && records.any(|line| is_record(line) && line.split(';').any(is_place))
}

fn is_dump(first: &str, second: &str) -> bool {
    const COMMENTS: [&str; 4] = ["-- MySQL dump ", "-- MariaDB dump ", "-- phpMyAdmin SQL ", "/*M!"];
    const STATEMENTS: [&str; 3] = ["INSERT INTO ", "CREATE TABLE ", "PRAGMA foreign_keys"];
    COMMENTS.iter().any(|sign| first.starts_with(sign))
        || STATEMENTS.iter().any(|sign| first.starts_with(sign))
        || (first == "--" && second.starts_with("-- PostgreSQL database"))
}

/// Lines of a mail's head, one of which says that it is one.
fn is_mail(lines: &[&str]) -> bool {
    let is_field = |line: &&&str| {
        line.starts_with([' ', '\t'])
            || line.split_once(':').is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
    };
    let mut head = lines.iter().take_while(is_field);
    head.any(|line| line.to_ascii_lowercase().starts_with("mime-version:"))
}
