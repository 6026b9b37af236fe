//! The completion script of fish.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::grammar::{CommandWords, Flag, Grammar};
use super::values::{Value, Word};

pub(super) fn script(grammar: &Grammar) -> String {
    let with_value: BTreeSet<&str> = grammar.with_value().flat_map(|(_, flag, _)| flag.names()).collect();
    let paths = grammar.commands.iter().filter(|command| !command.path.is_empty());
    let paths: Vec<String> = paths.map(|command| format!("'{}'", command.path)).collect();
    let with_value: Vec<&str> = with_value.into_iter().collect();
    let lines: Vec<String> = grammar.commands.iter().flat_map(completions).collect();
    include_str!("fish.fish")
        .replace("@WITH_VALUE@", &with_value.join(" "))
        .replace("@PATHS@", &paths.join(" "))
        .replace("@COMPLETIONS@", &lines.join("\n"))
}

/// The lines about a command.
fn completions(command: &CommandWords) -> Vec<String> {
    let at = |place: &str| format!("complete -c reseat -n \"__reseat_at '{}'{place}\"", command.path);
    let mut lines = Vec::new();
    if !command.subcommands.is_empty() {
        lines.push(format!("{} -a \"{}\"", at(" 0"), words(&command.subcommands)));
    }
    for (index, place) in command.places.iter().enumerate() {
        let place_number = if place.repeats {
            String::new()
        } else {
            format!(" {index}")
        };
        if let Some(offered) = offered(&place.value) {
            lines.push(format!("{} -a \"{offered}\"", at(&place_number)));
        }
    }
    lines.extend(
        command
            .flags
            .iter()
            .map(|flag| format!("{}{}", at(""), flag_words(flag))),
    );
    lines
}

fn flag_words(flag: &Flag) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    for name in flag.names() {
        let _ = match name.strip_prefix("--") {
            Some(long) => write!(text, " -l {long}"),
            None => write!(text, " -s {}", name.trim_start_matches('-')),
        };
    }
    if let Some(value) = &flag.value {
        text.push_str(" -x");
        if let Some(offered) = offered(value) {
            let _ = write!(text, " -a \"{offered}\"");
        }
    }
    let _ = write!(text, " -d '{}'", quoted(&flag.help));
    text
}

/// What stands within the double quotes of `-a`; `None` where nothing is offered.
fn offered(value: &Value) -> Option<String> {
    match value {
        Value::Words(list) => Some(words(list)),
        Value::File(endings) => Some(format!("(__reseat_files {})", endings.join(" ")).replace(" )", ")")),
        Value::Folder => Some("(__fish_complete_directories)".to_owned()),
        Value::Unknown => None,
    }
}

/// Each word with its meaning, which fish shows beside it. Both are quoted, as fish reads the list like a command.
fn words(words: &[Word]) -> String {
    let words = words
        .iter()
        .map(|word| format!("'{}'\\t'{}'", word.text, quoted(&word.meaning)));
    words.collect::<Vec<_>>().join("\n")
}

/// A text within single quotes that stand within double ones, or alone.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\'', "\\'")
        .replace(['"', '$'], "")
        .replace('\n', " ")
}
