//! What the suite's commands print for programs, and what they leave in files, held against the schemas of `docs/json/`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::json_schema::{Place, Seen, examined};
use crate::support::{Line, lines};

/// A member, and whether it was `null`.
pub(crate) type Shown = (Place, bool);

/// The commands whose object has a schema of its own; anything else prints one only where it fails.
const COMMANDS: [&str; 12] = [
    "check",
    "plan",
    "run",
    "report",
    "undo",
    "export",
    "rebalance",
    "template",
    "codes",
    "doctor",
    "sandbox",
    "watch",
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
pub(crate) fn hold(text: &str, schema: &Place) -> BTreeSet<Shown> {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}, for {schema}: {text}"));
    hold_value(&value, schema)
}

pub(crate) fn hold_value(value: &Value, schema: &Place) -> BTreeSet<Shown> {
    match examined(value, schema) {
        Ok(Seen { properties, .. }) => properties,
        Err(errors) => panic!("{errors}\n{value:#}"),
    }
}

/// Holds a file against its schema, if it is one that has a schema.
pub(crate) fn hold_file(path: &Path) -> BTreeSet<Shown> {
    let name = path.to_string_lossy();
    if name.ends_with(".results.csv") {
        return lines(path).iter().flat_map(hold_line).collect();
    }
    if name.ends_with(".runs.jsonl") {
        let records = fs_err::read_to_string(path).unwrap();
        let whole = records.lines().filter(|line| line.ends_with('}'));
        return whole
            .flat_map(|line| hold(line, &Place::of_file("run-record")))
            .collect();
    }
    let Some(value) = name.ends_with(".json").then(|| fs_err::read(path).unwrap()) else {
        return BTreeSet::new();
    };
    match serde_json::from_slice::<Value>(&value) {
        Ok(plan) if plan["format"] == "reseat plan" => hold_value(&plan, &Place::of_file("plan-file")),
        Ok(_) | Err(_) => BTreeSet::new(),
    }
}

/// Holds the columns `before` and `after` of a line of results against their schemas.
fn hold_line(line: &Line) -> BTreeSet<Shown> {
    let columns = ["before", "after"].into_iter();
    let filled = columns.filter(|column| !line.get(column).is_empty());
    filled
        .flat_map(|column| hold(line.get(column), &Place::of_definition("results", column)))
        .collect()
}
