//! The worksheet of help, in plain words.

use jiff::civil::Date;

use super::ListOrigin;
use super::column::TemplateColumn;
use super::example::first_of_month;
use super::words::Words;
use crate::draft::IGNORE;
use crate::intake::{Column, print_list};
use crate::model::OperationKind;
use crate::sheet::PageLine;

/// What the help is about.
pub(super) struct Help<'a> {
    /// The name of the worksheet to fill in.
    pub(super) worksheet: &'a str,
    /// Its columns.
    pub(super) columns: &'a [TemplateColumn],
    /// Where its lists are from.
    pub(super) origin: &'a ListOrigin,
    /// The name of the file, for the commands to type.
    pub(super) sheet: &'a str,
    /// The day on which it is written.
    pub(super) today: Date,
}

/// What the worksheet of help says.
pub(super) fn help(words: Words, about: &Help<'_>) -> Vec<PageLine> {
    let mut lines = vec![
        PageLine::Aside(words.text("page.aside")),
        PageLine::Title(words.text("title")),
        PageLine::Text(words.text("purpose")),
    ];
    let mut section = |heading: &str, entries: Vec<PageLine>| {
        lines.extend([PageLine::Blank, PageLine::Heading(words.text(heading))]);
        lines.extend(entries);
    };
    section("heading.steps", steps(words, about));
    section("heading.commands", commands(words, about.sheet));
    section("heading.columns", of_columns(about.columns));
    section("heading.operations", of_operations(words));
    section("heading.cells", of_cells(words, about));
    lines
}

fn steps(words: Words, about: &Help<'_>) -> Vec<PageLine> {
    let operation = header(about.columns, Column::Operation);
    let names = [("worksheet", about.worksheet), ("operation", operation)];
    let keys = [
        "steps.rows",
        "steps.operation",
        "steps.examples",
        "steps.headers",
        "steps.save",
    ];
    let step = |(number, key)| PageLine::Entry(format!("{number}."), words.filled(key, &names));
    (1..).zip(keys).map(step).collect()
}

fn commands(words: Words, sheet: &str) -> Vec<PageLine> {
    let command = |name: &str| {
        let what = words.text(&format!("commands.{name}"));
        PageLine::Entry(format!("reseat {name} {sheet}"), what)
    };
    ["check", "plan", "run"].into_iter().map(command).collect()
}

fn of_columns(columns: &[TemplateColumn]) -> Vec<PageLine> {
    let entry = |column: &TemplateColumn| PageLine::Entry(column.header.clone(), column.hint.clone());
    columns.iter().map(entry).collect()
}

fn of_operations(words: Words) -> Vec<PageLine> {
    let operations = words.kind.operations().into_iter().map(OperationKind::as_str);
    let entry = |operation: &str| {
        let what = words.text(&format!("operation.{operation}"));
        PageLine::Entry(operation.to_owned(), what)
    };
    operations.chain([IGNORE]).map(entry).collect()
}

fn of_cells(words: Words, about: &Help<'_>) -> Vec<PageLine> {
    let has = |wanted: &[Column]| about.columns.iter().any(|column| wanted.contains(&column.column));
    let has_groups = has(&[Column::Groups, Column::Group]);
    let has_licenses = has(&[Column::Licenses]);
    let entry = |key: &str, names: &[(&str, &str)]| {
        PageLine::Entry(words.text(&format!("{key}.word")), words.filled(key, names))
    };
    let (one, other) = (words.text("example.group"), words.text("example.other-group"));
    let several = if has(&[Column::Groups]) {
        print_list(&[one.as_str(), other.as_str()])
    } else {
        "ATTUNU; ACNU".to_owned()
    };
    let quoted = print_list(&[words.text("example.odd-group"), other]);
    let date = first_of_month(about.today, 1).to_string();
    let (yes, no) = (words.text("yes"), words.text("no"));
    let mut lines = vec![entry("cells.choices", &[])];
    if has(&[Column::Groups, Column::Licenses]) {
        lines.push(entry("cells.several", &[("example", &several)]));
    }
    if has(&[Column::Groups]) {
        lines.push(entry("cells.quotes", &[("example", &quoted)]));
    }
    lines.push(entry("cells.empty", &[]));
    if has(&[Column::NotBefore, Column::UnlessUsedSince]) {
        lines.push(entry("cells.dates", &[("example", &date)]));
    }
    if has(&[Column::Active]) {
        lines.push(entry("cells.yes-no", &[("yes", &yes), ("no", &no)]));
    }
    if has_licenses {
        lines.push(entry("cells.licenses", &[("code", "ATTUNU")]));
    }
    if has_groups || has_licenses {
        lines.push(match about.origin {
            ListOrigin::Catalogue => entry("lists.known", &[]),
            ListOrigin::Organization { name, day } => entry(
                "lists.organization",
                &[("organization", name), ("date", &day.to_string())],
            ),
        });
    }
    lines
}

fn header(columns: &[TemplateColumn], wanted: Column) -> &str {
    let column = columns.iter().find(|column| column.column == wanted);
    column.map_or(wanted.as_str(), |column| &column.header)
}
