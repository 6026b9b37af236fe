//! What may stand as a value: one of a few words, a file of some kind, a folder, or whatever a person knows.

use clap::builder::{PossibleValue, Str};
use clap::{Arg, ValueHint};

use crate::export::moves::Language;
use crate::model::Catalogue;
use crate::sheet::NamedEncoding;

/// What may stand as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// One of these words.
    Words(Vec<Word>),
    /// A file whose name ends in one of these; any file where there are none.
    File(&'static [&'static str]),
    /// A folder.
    Folder,
    /// Something that no script can know.
    Unknown,
}

/// A word to choose. One that ends in `=` is the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// What it is; may be empty.
    pub(super) meaning: String,
}

impl Word {
    pub(super) fn new(text: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            meaning: meaning.into(),
        }
    }

    /// Whether more of the word follows.
    pub(super) fn goes_on(&self) -> bool {
        self.text.ends_with('=')
    }
}

const SHEETS: &[&str] = &["csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods"];
const WRITTEN_SHEETS: &[&str] = &["csv", "xlsx"];
const RESULTS: &[&str] = &["csv"];
const PAGES: &[&str] = &["html", "htm"];
const REPORTS: &[&str] = &["html", "htm", "xlsx"];
const JSON: &[&str] = &["json"];
const SETTINGS: &[&str] = &["toml"];
const ANY: &[&str] = &[];

/// What there is to write after `--where`.
const FILTERS: [&str; 10] = [
    "domain=",
    "group=",
    "license=",
    "idle>90d",
    "active=yes",
    "active=no",
    "invitation=pending",
    "invitation=accepted",
    "never-signed-in",
    "created<2026-01-01",
];

/// What may stand as the value of an argument of this command.
pub(super) fn value_of(command: &str, arg: &Arg) -> Value {
    let possible = arg.get_possible_values();
    if !possible.is_empty() {
        let words = possible.iter().filter(|value| !value.is_hide_set());
        let word = |value: &PossibleValue| {
            let meaning = value.get_help().map(ToString::to_string);
            Word::new(value.get_name(), meaning.unwrap_or_default())
        };
        return Value::Words(words.map(word).collect());
    }
    let value_name = arg.get_value_names().and_then(|names| names.first());
    let value_name = value_name.map(Str::as_str).unwrap_or_default();
    match (command, arg.get_long().unwrap_or_default(), value_name) {
        (_, _, "SHEET") | (_, "addresses" | "keep-list", _) => Value::File(SHEETS),
        (_, _, "RESULTS") | (_, "results", _) => Value::File(RESULTS),
        ("plan", "out", _) => Value::File(PAGES),
        ("report", "out", _) => Value::File(REPORTS),
        (_, "out", _) => Value::File(WRITTEN_SHEETS),
        (_, "save" | "plan" | "state", _) => Value::File(JSON),
        (_, "config", _) => Value::File(SETTINGS),
        (_, "encoding", _) => Value::Words(NamedEncoding::names().map(|name| Word::new(name, "")).collect()),
        (_, "where", _) => Value::Words(FILTERS.map(|filter| Word::new(filter, "")).into()),
        (_, _, "LANGUAGE") => {
            let languages = Language::all().into_iter();
            Value::Words(languages.map(|language| Word::new(language.as_str(), "")).collect())
        }
        (_, _, "CODE") => codes(""),
        (_, _, "CODE=N" | "OLD=NEW") => codes("="),
        (_, _, "COMMAND") => Value::Words(Vec::new()),
        _ => match arg.get_value_hint() {
            ValueHint::FilePath | ValueHint::AnyPath => Value::File(ANY),
            ValueHint::DirPath => Value::Folder,
            _ => Value::Unknown,
        },
    }
}

/// The licence codes of the documents, with something behind each.
fn codes(behind: &str) -> Value {
    let catalogue = Catalogue::default();
    let word = |code: &str, name: &str| Word::new(format!("{code}{behind}"), name);
    Value::Words(
        catalogue
            .iter()
            .map(|bundle| word(bundle.code.as_str(), &bundle.name))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::super::args::ReseatArgs;
    use super::*;
    use crate::export::Filter;

    #[test]
    fn every_filter_that_is_offered_is_one_or_begins_one() {
        for filter in FILTERS {
            let whole = match filter {
                "domain=" => "domain=old.example".to_owned(),
                "group=" | "license=" => format!("{filter}X"),
                whole => whole.to_owned(),
            };
            whole.parse::<Filter>().unwrap();
        }
    }

    /// Flags whose value no script can know.
    const UNKNOWN: &str = "address as-of client-id concurrency every faults from grace header-row idle-for latency limit \
        listen map max-access-lost max-deletes max-failures max-wait only onto-existing organization organization-id \
        pending profile quota-scale resend-after retries seed sheet to uri users without-carry-over";

    #[test]
    fn it_is_decided_of_every_flag_what_its_value_is() {
        let mut unknown = std::collections::BTreeSet::new();
        let mut root = ReseatArgs::command();
        root.build();
        let mut commands: Vec<clap::Command> = vec![root];
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands().cloned());
            for arg in command.get_arguments() {
                let takes = arg.get_num_args().is_some_and(|number| number.takes_values());
                if takes && value_of(command.get_name(), arg) == Value::Unknown {
                    unknown.insert(arg.get_long().unwrap_or_else(|| arg.get_id().as_str()).to_owned());
                }
            }
        }
        assert_eq!(unknown.into_iter().collect::<Vec<_>>().join(" "), UNKNOWN);
    }
}
