//! What a row finds and changes, fact by fact, and in words.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sheet_plan::RowPlan;
use crate::text::clean;

/// Which fact: `licenses`, `name`; for membership of a group, `groups` and the group's name.
pub(super) type Name = (String, Option<String>);

/// One fact before and after, as far as the row says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Fact {
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

pub(super) type Facts = BTreeMap<Name, Fact>;

/// The facts of a row. Ids of groups are left out: their names say the same.
pub(super) fn facts(row: &RowPlan) -> Facts {
    let mut facts = Facts::new();
    for (name, value) in flat(row.report.before.as_ref()) {
        facts.entry(name).or_default().before = Some(value);
    }
    for (name, value) in flat(row.report.after.as_ref()) {
        facts.entry(name).or_default().after = Some(value);
    }
    facts
}

fn flat(side: Option<&Value>) -> Vec<(Name, Value)> {
    let mut flat = Vec::new();
    for (name, value) in side.and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Object(parts) if name == "groups" => {
                let part = |(part, value): (&String, &Value)| ((name.clone(), Some(part.clone())), value.clone());
                flat.extend(parts.iter().map(part));
            }
            // Bookkeeping for an undo or a rerun: other facts say the same, or the row's deletion does.
            _ if [
                "group_ids",
                "group_id",
                "new_account",
                "handed_over",
                "deleted",
                "mailed",
            ]
            .contains(&name.as_str()) => {}
            // A missing field means that it is not set.
            Value::Bool(false) if name == "external_license" => {}
            _ => flat.push(((name.clone(), None), sorted(value))),
        }
    }
    flat
}

/// A list in a fixed order, because the server returns groups in any order.
fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Array(list) = &mut value {
        list.sort_by_key(ToString::to_string);
    }
    value
}

/// A state in words: `holds ATTUNU`, `hold ATTUNU`.
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
    /// This value of a fact, in words.
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
            ("leases", ..) => (
                Verb::Hold,
                listed(value).map_or_else(
                    || "no seat by the group's rule".to_owned(),
                    |bundles| format!("{bundles} by the group's rule"),
                ),
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

/// The elements of a list; `None` if there are none.
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
