//! What the suite's commands print for programs, and what they leave in files, held against the schemas of `docs/json/`.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

use crate::json_schema::{Place, Seen, examined};
use crate::support::Line;

/// A member, and whether it was `null`.
pub(crate) type Shown = (Place, bool);

/// What every output of this process showed.
static SHOWN: Mutex<BTreeSet<Shown>> = Mutex::new(BTreeSet::new());

/// The commands whose object has a schema of its own; anything else prints one only where it fails.
const COMMANDS: [&str; 10] = [
    "check",
    "plan",
    "run",
    "undo",
    "export",
    "rebalance",
    "template",
    "codes",
    "doctor",
    "sandbox",
];

/// The schema of what these words print, if they ask for JSON.
pub(crate) fn schema_of(words: &[&str]) -> Option<Place> {
    let asks = words.windows(2).any(|pair| pair == ["--output", "json"]);
    asks.then(|| {
        let command = words.first().filter(|word| COMMANDS.contains(word));
        command.map_or_else(
            || Place::of_definition("common", "failure"),
            |command| Place::of_file(command),
        )
    })
}

/// Holds what was printed against the schema: it is one object, and has no member that the schema does not name.
pub(crate) fn hold(text: &str, schema: &Place) {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}, for {schema}: {text}"));
    hold_value(&value, schema);
}

pub(crate) fn hold_value(value: &Value, schema: &Place) {
    match examined(value, schema) {
        Ok(Seen { properties, .. }) => SHOWN.lock().unwrap().extend(properties),
        Err(errors) => panic!("{errors}\n{value:#}"),
    }
}

/// Holds the columns `before` and `after` of a line of results against their schemas.
pub(crate) fn hold_line(line: &Line) {
    for column in ["before", "after"] {
        if !line.get(column).is_empty() {
            hold(line.get(column), &Place::of_definition("results", column));
        }
    }
}

/// Holds a file against its schema, if it is one that has a schema.
pub(crate) fn hold_file(path: &Path) {
    let is_json = path.extension().is_some_and(|end| end == "json");
    let Some(value) = is_json.then(|| serde_json::from_slice::<Value>(&fs_err::read(path).unwrap())) else {
        return;
    };
    if let Ok(value) = value
        && value["format"] == "reseat plan"
    {
        hold_value(&value, &Place::of_file("plan-file"));
    }
}
