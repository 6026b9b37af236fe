//! The completion script of zsh.

use std::fmt::Write;

use super::grammar::{CommandWords, Flag, Grammar, Place};
use super::values::{Value, Word};

pub(super) fn script(grammar: &Grammar) -> String {
    let functions: Vec<String> = grammar.commands.iter().map(function).collect();
    include_str!("zsh.zsh").replace("@COMMANDS@", &functions.join("\n\n"))
}

/// The function that completes the words of a command.
fn function(command: &CommandWords) -> String {
    let name = function_name(&command.path);
    let mut specs: Vec<String> = command.flags.iter().flat_map(flag_specs).collect();
    specs.extend(command.places.iter().map(place_spec));
    let mut text = format!("{name}() {{\n    local context state state_descr line ret=1\n    typeset -A opt_args\n");
    if !command.subcommands.is_empty() {
        specs.push(format!("': :{}'", describe(&command.subcommands)));
        specs.push("'*::: :->below'".to_owned());
    }
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "    _arguments -s -S -C : \\\n        {} \\\n        && ret=0",
        specs.join(" \\\n        ")
    );
    if !command.subcommands.is_empty() {
        let _ = writeln!(
            text,
            "    if [[ $state == below ]]; then\n        words=($line[1] \"${{words[@]}}\")\n        (( CURRENT += 1 ))\n        \
             (( $+functions[{name}__$line[1]] )) && {name}__$line[1] && ret=0\n    fi"
        );
    }
    text.push_str("    return ret\n}");
    text
}

fn function_name(path: &str) -> String {
    let names = path.split(' ').filter(|name| !name.is_empty());
    names.fold("_reseat".to_owned(), |function, name| format!("{function}__{name}"))
}

/// A specification of `_arguments` for each name of a flag.
fn flag_specs(flag: &Flag) -> Vec<String> {
    let names: Vec<&str> = flag.names().collect();
    let before = match (flag.repeats, names.len()) {
        (true, _) => "*".to_owned(),
        (false, 1) => String::new(),
        (false, _) => format!("({})", names.join(" ")),
    };
    let spec = |name: &str| {
        let help = escaped(&flag.help);
        match &flag.value {
            None => format!("'{before}{name}[{help}]'"),
            Some(value) => {
                let joint = if name.starts_with("--") { "=" } else { "+" };
                format!(
                    "'{before}{name}{joint}[{help}]:{}:{}'",
                    escaped(&flag.value_name),
                    action(value)
                )
            }
        }
    };
    names.into_iter().map(spec).collect()
}

fn place_spec(place: &Place) -> String {
    let before = if place.repeats { "*" } else { "" };
    format!("'{before}:{}:{}'", escaped(&place.name), action(&place.value))
}

/// What `_arguments` does for a value.
fn action(value: &Value) -> String {
    match value {
        Value::Words(words) => describe(words),
        Value::File([]) => "_files".to_owned(),
        Value::File(endings) => format!("_files -g \"*.(#i)({})(-.)\"", endings.join("|")),
        Value::Folder => "_files -/".to_owned(),
        Value::Unknown => " ".to_owned(),
    }
}

/// Words, with their meanings where they have some.
fn describe(words: &[Word]) -> String {
    let plain = |word: &Word| word.text.replace('<', "\\<").replace('>', "\\>");
    if words.iter().any(Word::goes_on) {
        let words: Vec<String> = words.iter().map(plain).collect();
        return format!("_reseat_beginnings -- {}", words.join(" "));
    }
    if words.iter().all(|word| word.meaning.is_empty()) {
        let words: Vec<String> = words.iter().map(plain).collect();
        return format!("({})", words.join(" "));
    }
    let words = words
        .iter()
        .map(|word| format!("{}\\:\"{}\"", plain(word), escaped(&word.meaning)));
    format!("(({}))", words.collect::<Vec<_>>().join(" "))
}

/// A text within single quotes and brackets of a specification.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\'' => escaped.push_str("'\\''"),
            '\n' => escaped.push(' '),
            '\\' | '[' | ']' | ':' | '$' | '`' | '"' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}
