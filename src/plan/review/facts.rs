//! What a row finds and brings about, fact by fact.

use std::collections::BTreeMap;

use serde_json::Value;

use super::RowPlan;

/// Which fact: `licenses`, `name`; of one group's membership, `groups` and the group's name.
pub(super) type Name = (String, Option<String>);

/// What was and what will be of one fact, as far as the row tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Fact {
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

pub(super) type Facts = BTreeMap<Name, Fact>;

/// The facts of a row. Ids of groups are left out: their names tell the same.
pub(super) fn facts(row: &RowPlan) -> Facts {
    let mut facts = Facts::new();
    for (name, value) in flat(row.before.as_ref()) {
        facts.entry(name).or_default().before = Some(value);
    }
    for (name, value) in flat(row.after.as_ref()) {
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
            _ if name == "group_ids" => {}
            // What is not there is not set.
            Value::Bool(false) if name == "external_license" => {}
            _ => flat.push(((name.clone(), None), sorted(value))),
        }
    }
    flat
}

/// A list in one order: the server gives groups in any.
fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Array(list) = &mut value {
        list.sort_by_key(ToString::to_string);
    }
    value
}
