//! What a row finds and what it leaves, in words. Pure.

use serde_json::{Map, Value};

use crate::run_report::Masking;
use crate::text::clean;

/// How much of a value is shown.
const MOST: usize = 200;

/// Bookkeeping for an undo or a rerun, which other members say in words.
const UNSAID: [&str; 13] = [
    "group_ids",
    "group_id",
    "user_id",
    "made",
    "mailed",
    "finished",
    "handed_over",
    "deleted",
    "like",
    "unclear",
    "waited",
    "changed_earlier",
    "new_account",
];

/// What a person is called.
const OF_A_PERSON: [&str; 5] = ["display_name", "email", "name", "surname", "username"];

/// One side of a change: what is there before, or afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sides {
    /// What is there now.
    pub(super) from: String,
    /// What will be there.
    pub(super) to: String,
}

/// What is said of an account that goes.
const OF_ONE_THAT_GOES: [&str; 4] = ["active", "external_license", "groups", "licenses"];

/// Both sides of a change in words. Where both have a member it is said only if it changes; of an account that goes, only
/// what its person loses.
pub(super) fn sides(before: Option<&Value>, after: Option<&Value>, masking: Masking) -> Sides {
    let empty = Map::new();
    let object = |side: Option<&'_ Value>| side.and_then(Value::as_object).cloned();
    let (before, after) = (object(before), object(after));
    let (was, is) = (before.as_ref().unwrap_or(&empty), after.as_ref().unwrap_or(&empty));
    let differs = |name: &str| match (was.get(name), is.get(name)) {
        (Some(was), Some(is)) => was != is,
        // What was captured and stays is no change, unless the account goes.
        (Some(_), None) => after.is_none() && OF_ONE_THAT_GOES.contains(&name),
        (None, _) => true,
    };
    let side = |side: &Map<String, Value>| {
        let said = side
            .iter()
            .filter(|(name, _)| !UNSAID.contains(&name.as_str()) && differs(name));
        let parts: Vec<String> = said.filter_map(|(name, value)| member(name, value, masking)).collect();
        parts.join("; ")
    };
    Sides {
        from: side(was),
        to: side(is),
    }
}

/// A member of a side, as in `licences: ATTUNU, TSTNU`.
fn member(name: &str, value: &Value, masking: Masking) -> Option<String> {
    let label = label(name);
    if masking == Masking::Masked && OF_A_PERSON.contains(&name) {
        return Some(format!("{label}: hidden"));
    }
    let said = match (name, value) {
        ("groups", Value::Object(groups)) => {
            let within = |is_in: bool| -> Vec<&str> {
                let of_it = groups.iter().filter(|(_, value)| **value == Value::Bool(is_in));
                of_it.map(|(group, _)| group.as_str()).collect()
            };
            let parts = [("in ", within(true)), ("not in ", within(false))];
            let parts = parts.iter().filter(|(_, groups)| !groups.is_empty());
            let parts: Vec<String> = parts
                .map(|(word, groups)| format!("{word}{}", groups.join(", ")))
                .collect();
            return Some(clean(&parts.join("; "), MOST)).filter(|said| !said.is_empty());
        }
        ("licenses", Value::Null) => "none of their own".to_owned(),
        ("licenses", Value::Array(codes)) if codes.is_empty() => "blocked from every licence".to_owned(),
        ("groups" | "leases", Value::Array(names)) if names.is_empty() => "none".to_owned(),
        ("quotas", Value::Object(limits)) if limits.is_empty() => return None,
        ("external_license" | "from_directory" | "bypass_basic_auth", Value::Bool(false)) => return None,
        (_, Value::Null) => return None,
        (_, Value::Bool(yes)) => (if *yes { "yes" } else { "no" }).to_owned(),
        (_, Value::String(text)) if text.is_empty() => "empty".to_owned(),
        (_, value) => plain(value),
    };
    Some(format!("{label}: {}", clean(&said, MOST)))
}

/// A member's name for people.
fn label(name: &str) -> &str {
    match name {
        "licenses" => "licences",
        "external_license" => "external licence",
        "display_name" => "display name",
        "username" => "user name",
        "bypass_basic_auth" => "may sign in with a password",
        "invitation_accepted" => "invitation accepted",
        "from_directory" => "from the directory",
        "leases" => "seats by the group's rule",
        other => other,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let parts = members.iter().map(|(name, value)| format!("{name} {}", plain(value)));
            parts.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_found_and_left_is_said_in_words_and_what_stays_is_not() {
        for (before, after, from, to) in [
            (
                Some(json!({"licenses": null})),
                Some(json!({"licenses": ["ATTUNU", "TSTNU"]})),
                "licences: none of their own",
                "licences: ATTUNU, TSTNU",
            ),
            (
                Some(json!({"active": true, "groups": {"HR": false, "Ops": true}})),
                Some(json!({"active": false, "groups": {"HR": true, "Ops": false}, "group_ids": {"HR": "x"}})),
                "active: yes; in Ops; not in HR",
                "active: no; in HR; not in Ops",
            ),
            (
                Some(json!({"name": "Anna", "surname": "Berg", "groups": ["HR"], "licenses": []})),
                None,
                "groups: HR; licences: blocked from every licence",
                "",
            ),
            (
                Some(json!({"licenses": ["A"], "external_license": false, "quotas": {"A": 3}})),
                Some(json!({"licenses": ["A"], "external_license": false, "quotas": {"A": 5}})),
                "quotas: A 3",
                "quotas: A 5",
            ),
            (
                None,
                Some(json!({"made": "invited", "groups": {"HR": true}})),
                "",
                "in HR",
            ),
            (None, None, "", ""),
        ] {
            let expected = Sides {
                from: from.to_owned(),
                to: to.to_owned(),
            };
            assert_eq!(sides(before.as_ref(), after.as_ref(), Masking::Shown), expected);
        }
    }

    #[test]
    fn what_a_person_is_called_is_hidden_where_it_is_to_be() {
        let before = json!({"name": "Anna", "licenses": ["A"]});
        let after = json!({"name": "Anne", "licenses": ["B"]});
        let sides = sides(Some(&before), Some(&after), Masking::Masked);
        assert_eq!(sides.from, "name: hidden; licences: A");
        assert_eq!(sides.to, "name: hidden; licences: B");
    }
}
