//! The completion script of bash.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::grammar::{CommandWords, Flag, Grammar};
use super::values::{Value, Word};

pub(super) fn script(grammar: &Grammar) -> String {
    include_str!("bash.sh")
        .replace("@VALUES@", &values(grammar))
        .replace("@BELOW@", &below(grammar))
        .replace("@COMMANDS@", &commands(grammar))
}

/// The flags that take a value, those with the same on one line.
fn values(grammar: &Grammar) -> String {
    let mut by_value = BTreeMap::<String, Vec<String>>::new();
    for (command, flag, value) in grammar.with_value() {
        let patterns = by_value.entry(offered(value)).or_default();
        patterns.extend(flag.names().map(|name| format!("\"{}:{name}\"", command.path)));
    }
    let mut lines = Vec::new();
    for (offered, patterns) in by_value {
        lines.push(format!("        {}) value='{offered}' ;;", patterns.join(" | ")));
    }
    lines.join("\n")
}

/// Each command with those below it.
fn below(grammar: &Grammar) -> String {
    let pairs = grammar.commands.iter().flat_map(|command| {
        let below = command.subcommands.iter();
        below.map(|below| format!("\"{}:{}\"", command.path, below.text))
    });
    format!("        {}", pairs.collect::<Vec<_>>().join(" | "))
}

fn commands(grammar: &Grammar) -> String {
    let lines: Vec<String> = grammar.commands.iter().map(command_words).collect();
    lines.join("\n")
}

fn command_words(command: &CommandWords) -> String {
    let flags: Vec<&str> = command.flags.iter().flat_map(Flag::names).collect();
    let mut text = format!(
        "        \"{}\")\n            flags=\"{}\"\n",
        command.path,
        flags.join(" ")
    );
    if !command.subcommands.is_empty() {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "            below=\"{}\"", words(&command.subcommands));
    }
    if !command.places.is_empty() {
        text.push_str("            case \"$2\" in\n");
        for (index, place) in command.places.iter().enumerate() {
            let pattern = if place.repeats {
                "*".to_owned()
            } else {
                index.to_string()
            };
            let _ = writeln!(text, "                {pattern}) value='{}' ;;", offered(&place.value));
        }
        text.push_str("            esac\n");
    }
    text.push_str("            ;;");
    text
}

/// What `__reseat_offer` is told. Words have no letter that the shell would take for something else, but `<` and `>`.
fn offered(value: &Value) -> String {
    match value {
        Value::Words(list) => format!("words {}", words(list)),
        Value::File(endings) => {
            let patterns = endings.iter().map(|ending| format!(" \"{}\"", in_any_case(ending)));
            format!("file{}", patterns.collect::<String>())
        }
        Value::Folder => "folder".to_owned(),
        Value::Unknown => "unknown".to_owned(),
    }
}

fn words(words: &[Word]) -> String {
    let quoted = words.iter().map(|word| {
        let is_plain = !word.text.contains(['<', '>']);
        if is_plain {
            word.text.clone()
        } else {
            format!("\"{}\"", word.text)
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// `[cC][sS][vV]`
fn in_any_case(ending: &str) -> String {
    let letter = |letter: char| format!("[{letter}{}]", letter.to_ascii_uppercase());
    ending.chars().map(letter).collect()
}
