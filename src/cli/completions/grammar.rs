//! The command line as completion scripts need it: what may stand where, of every command.

use clap::{Arg, ArgAction, Command};

use super::super::values::value_name;
use super::values::{Value, Word, value_of};

/// Every command, reseat itself first.
#[derive(Debug)]
pub(super) struct Grammar {
    pub(super) commands: Vec<CommandWords>,
}

/// The words of a command.
#[derive(Debug)]
pub(super) struct CommandWords {
    /// Its names below reseat: none, `run`, or `export users`.
    pub(super) path: String,
    /// The commands below it.
    pub(super) subcommands: Vec<Word>,
    pub(super) flags: Vec<Flag>,
    /// What stands without a flag, in order.
    pub(super) places: Vec<Place>,
}

/// A flag, with its value if it takes one.
#[derive(Debug)]
pub(super) struct Flag {
    /// With their dashes.
    pub(super) short: Option<String>,
    pub(super) long: Option<String>,
    pub(super) help: String,
    pub(super) value: Option<Value>,
    /// How the help calls the value.
    pub(super) value_name: String,
    /// Whether it may be given several times.
    pub(super) repeats: bool,
}

/// A word without a flag.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) value: Value,
    /// Whether any number of them may follow.
    pub(super) repeats: bool,
}

impl Flag {
    /// Its names, each with its dashes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.short.as_deref().into_iter().chain(self.long.as_deref())
    }
}

impl Grammar {
    pub(super) fn of(root: &Command) -> Self {
        let mut root = root.clone();
        root.build();
        let mut commands = Vec::new();
        add(&root, "", &mut commands);
        let pages: Vec<Word> = commands
            .iter()
            .filter(|command| !command.path.is_empty())
            .map(|command| Word::new(command.path.replace(' ', "-"), ""))
            .collect();
        // The pages of `man` are those of the commands, itself among them.
        for place in commands.iter_mut().flat_map(|command| &mut command.places) {
            if place.value == Value::Words(Vec::new()) {
                place.value = Value::Words(pages.clone());
            }
        }
        Self { commands }
    }

    /// The flags that take a value, of whatever command.
    pub(super) fn with_value(&self) -> impl Iterator<Item = (&CommandWords, &Flag, &Value)> {
        self.commands.iter().flat_map(|command| {
            let flags = command.flags.iter();
            flags.filter_map(move |flag| flag.value.as_ref().map(|value| (command, flag, value)))
        })
    }
}

fn add(command: &Command, path: &str, commands: &mut Vec<CommandWords>) {
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    commands.push(CommandWords {
        path: path.to_owned(),
        subcommands: command
            .get_subcommands()
            .map(|below| Word::new(below.get_name(), about(below)))
            .collect(),
        flags: shown()
            .filter(|arg| !arg.is_positional())
            .map(|arg| flag(command, arg))
            .collect(),
        places: shown()
            .filter(|arg| arg.is_positional())
            .map(|arg| Place {
                name: value_name(arg),
                value: value_of(command.get_name(), arg),
                repeats: arg.get_num_args().is_some_and(|number| number.max_values() > 1),
            })
            .collect(),
    });
    for below in command.get_subcommands() {
        let path = format!("{path} {}", below.get_name());
        add(below, path.trim_start(), commands);
    }
}

fn flag(command: &Command, arg: &Arg) -> Flag {
    let takes_value = arg.get_num_args().is_some_and(|number| number.takes_values());
    Flag {
        short: arg.get_short().map(|letter| format!("-{letter}")),
        long: arg.get_long().map(|name| format!("--{name}")),
        help: arg.get_help().map(ToString::to_string).unwrap_or_default(),
        value: takes_value.then(|| value_of(command.get_name(), arg)),
        value_name: value_name(arg),
        repeats: matches!(arg.get_action(), ArgAction::Append | ArgAction::Count),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clap::CommandFactory;

    use super::super::super::args::ReseatArgs;
    use super::*;

    #[test]
    fn a_flag_takes_a_value_in_every_command_or_in_none() {
        // The script of fish tells by the name alone whether the next word is a value.
        let grammar = Grammar::of(&ReseatArgs::command());
        let mut takes = BTreeMap::new();
        for command in &grammar.commands {
            for flag in &command.flags {
                for name in flag.names() {
                    let is = *takes.entry(name.to_owned()).or_insert(flag.value.is_some());
                    assert_eq!(is, flag.value.is_some(), "{name} of {}", command.path);
                }
            }
        }
    }

    #[test]
    fn no_name_of_a_flag_or_word_has_to_be_quoted_for_a_shell() {
        let grammar = Grammar::of(&ReseatArgs::command());
        let is_plain = |text: &str| {
            let letters = |letter: char| letter.is_ascii_alphanumeric() || "-_=.<>".contains(letter);
            !text.is_empty() && text.chars().all(letters)
        };
        for command in &grammar.commands {
            assert!(
                command.flags.iter().flat_map(Flag::names).all(is_plain),
                "{}",
                command.path
            );
            let values = command.flags.iter().filter_map(|flag| flag.value.as_ref());
            for value in values.chain(command.places.iter().map(|place| &place.value)) {
                if let Value::Words(words) = value {
                    assert!(words.iter().all(|word| is_plain(&word.text)), "{words:?}");
                }
            }
        }
    }
}
