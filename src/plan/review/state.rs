//! A fact in words: `holds ATTUNU`, `hold ATTUNU`.

use serde_json::Value;

use super::facts::Name;
use crate::text::clean;

/// A state that something is in.
pub(super) struct State {
    verb: Verb,
    rest: String,
}

enum Verb {
    Be,
    Have,
    Hold,
}

impl State {
    /// What this value of a fact says.
    pub(super) fn of((name, part): &Name, value: Option<&Value>) -> Self {
        let value = value.unwrap_or(&Value::Null);
        let (verb, rest) = match (name.as_str(), part, value) {
            ("groups", Some(group), _) => {
                let membership = if is_true(value) { "a" } else { "no" };
                (Verb::Be, format!("{membership} member of `{group}`"))
            }
            ("groups", None, _) => (
                Verb::Be,
                format!("in {}", listed(value).unwrap_or("no group".to_owned())),
            ),
            ("licenses", _, Value::Null) => (Verb::Have, "no direct licences".to_owned()),
            ("licenses", ..) => (
                Verb::Hold,
                listed(value).unwrap_or("an empty direct allocation".to_owned()),
            ),
            ("active", ..) => (
                Verb::Be,
                if is_true(value) { "active" } else { "not active" }.to_owned(),
            ),
            ("user_id", ..) => (Verb::Be, format!("the account {}", plain(value))),
            (_, _, Value::Null) => (Verb::Have, format!("no {}", spaced(name))),
            _ => (Verb::Have, format!("{} {}", spaced(name), plain(value))),
        };
        Self { verb, rest }
    }

    /// As in `it holds ATTUNU`.
    pub(super) fn it(&self) -> String {
        let verb = match self.verb {
            Verb::Be => "is",
            Verb::Have => "has",
            Verb::Hold => "holds",
        };
        format!("{verb} {}", self.rest)
    }

    /// As in `to hold ATTUNU`.
    pub(super) fn to(&self) -> String {
        let verb = match self.verb {
            Verb::Be => "be",
            Verb::Have => "have",
            Verb::Hold => "hold",
        };
        format!("{verb} {}", self.rest)
    }
}

fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or(false)
}

fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

/// The elements of a list; `None` where there are none.
fn listed(value: &Value) -> Option<String> {
    let list = value.as_array().filter(|list| !list.is_empty())?;
    let words: Vec<String> = list.iter().map(bare).collect();
    Some(clean(&words.join("; "), 200))
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn plain(value: &Value) -> String {
    format!("`{}`", clean(&bare(value), 200))
}
