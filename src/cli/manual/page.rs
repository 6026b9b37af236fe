//! A manual page out of a command's own description.

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use roff::{Inline, Roff, bold, italic, roman};

use super::super::values::value_name;
use super::facts;

/// The day of the release, which a page has to name.
pub(super) const DATE: &str = "2026-11-30";

/// What is common to an argument and a section's entry: a paragraph that hangs below its head.
fn entry(page: &mut Roff, head: Vec<Inline>, body: &str) {
    page.control("TP", []);
    page.text(head);
    page.text(marked(body));
}

/// The page of a command of a whole, built one.
pub(super) fn page(command: &Command, path: &str, family: &[String]) -> String {
    let name = file_name(path);
    let mut page = Roff::new();
    let source = format!("reseat {}", env!("CARGO_PKG_VERSION"));
    page.control(
        "TH",
        [
            name.to_uppercase().as_str(),
            "1",
            DATE,
            source.as_str(),
            "User Commands",
        ],
    );
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    page.control("SH", ["NAME"]);
    page.text([roman(format!("{name} - {}", about.replace('`', "")))]);
    page.control("SH", ["SYNOPSIS"]);
    page.text(synopsis(command));
    page.control("SH", ["DESCRIPTION"]);
    page.text(marked(&format!("{about}.")));
    arguments(&mut page, command);
    commands(&mut page, command, path);
    for (title, facts) in [
        ("EXIT STATUS", facts::endings(path).collect::<Vec<_>>()),
        ("ENVIRONMENT", facts::environment(path).collect()),
        ("FILES", facts::files(path).collect()),
    ] {
        if !facts.is_empty() {
            page.control("SH", [title]);
        }
        for (what, meaning) in facts {
            entry(&mut page, vec![bold(what)], meaning);
        }
    }
    examples(&mut page, command);
    see_also(&mut page, &name, family);
    page.render()
}

/// `reseat-export-users` of `export users`
pub(super) fn file_name(path: &str) -> String {
    let names = path.split(' ').filter(|name| !name.is_empty());
    names.fold("reseat".to_owned(), |page, name| format!("{page}-{name}"))
}

fn synopsis(command: &Command) -> Vec<Inline> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    match usage.strip_prefix(name) {
        Some(rest) => vec![bold(name), roman(rest)],
        None => vec![roman(usage)],
    }
}

/// First what stands without a flag, then the flags under their headings.
fn arguments(page: &mut Roff, command: &Command) {
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    let places: Vec<&Arg> = shown().filter(|arg| arg.is_positional()).collect();
    if !places.is_empty() {
        page.control("SH", ["ARGUMENTS"]);
    }
    for place in places {
        entry(page, vec![italic(value_name(place))], &body(place));
    }
    let mut headings: Vec<Option<&str>> = vec![None];
    for arg in shown() {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    for heading in headings {
        let flags: Vec<&Arg> = shown()
            .filter(|arg| !arg.is_positional() && arg.get_help_heading() == heading)
            .collect();
        if !flags.is_empty() {
            page.control("SH", [heading.unwrap_or("Options").to_uppercase().as_str()]);
        }
        for flag in flags {
            entry(page, flag_head(flag), &body(flag));
        }
    }
}

fn flag_head(flag: &Arg) -> Vec<Inline> {
    let mut head = Vec::new();
    if let Some(letter) = flag.get_short() {
        head.push(bold(format!("-{letter}")));
    }
    if let Some(name) = flag.get_long() {
        if !head.is_empty() {
            head.push(roman(", "));
        }
        head.push(bold(format!("--{name}")));
    }
    if takes_value(flag) {
        head.push(roman(" "));
        head.push(italic(value_name(flag)));
    }
    head
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|number| number.takes_values())
}

/// What an argument is, with its possible values and its default.
fn body(arg: &Arg) -> String {
    let mut body = arg.get_help().map(ToString::to_string).unwrap_or_default();
    body.push('.');
    if !takes_value(arg) {
        return body;
    }
    let values = arg.get_possible_values();
    let values: Vec<&str> = values
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(PossibleValue::get_name)
        .collect();
    if !values.is_empty() {
        body.push_str(" One of ");
        body.push_str(&values.join(", "));
        body.push('.');
    }
    if let Some(usual) = arg.get_default_values().first() {
        body.push_str(" By default ");
        body.push_str(&usual.to_string_lossy());
        body.push('.');
    }
    body
}

fn commands(page: &mut Roff, command: &Command, path: &str) {
    if command.has_subcommands() {
        page.control("SH", ["COMMANDS"]);
    }
    for below in command.get_subcommands() {
        let name = file_name(&format!("{path} {}", below.get_name()));
        let about = below.get_about().map(ToString::to_string).unwrap_or_default();
        entry(page, vec![bold(name), roman("(1)")], &format!("{about}."));
    }
}

/// Command lines as they stand, and below them what else the help says.
fn examples(page: &mut Roff, command: &Command) {
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    if text.is_empty() {
        return;
    }
    page.control("SH", ["EXAMPLES"]);
    let (lines, notes): (Vec<&str>, Vec<&str>) = text
        .lines()
        .filter(|line| !line.is_empty() && *line != "Examples:")
        .partition(|line| line.starts_with("  "));
    page.control("nf", []);
    for line in lines {
        page.text([roman(line.trim())]);
    }
    page.control("fi", []);
    if !notes.is_empty() {
        page.control("PP", []);
        page.text(marked(&format!("{}.", notes.join(" ").trim_end_matches('.'))));
    }
}

fn see_also(page: &mut Roff, name: &str, family: &[String]) {
    page.control("SH", ["SEE ALSO"]);
    let mut names = Vec::new();
    for other in family.iter().filter(|other| *other != name) {
        if !names.is_empty() {
            names.push(roman(", "));
        }
        names.push(bold(other.clone()));
        names.push(roman("(1)"));
    }
    page.text(names);
    page.control("PP", []);
    page.text([roman(
        "The pages in the folder docs that comes with reseat, sheet.md and configuration.md first.",
    )]);
}

/// A text whose words in backticks are set in bold.
fn marked(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    let parts = parts.filter(|(_, part)| !part.is_empty());
    let inline = |(index, part): (usize, &str)| {
        if index % 2 == 1 { bold(part) } else { roman(part) }
    };
    parts.map(inline).collect()
}
