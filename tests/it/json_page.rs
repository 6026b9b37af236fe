//! `docs/json.md`: its tables are made from the schemas, its examples from what the commands print, and its commands work.
//!
//! `RESEAT_WRITE_PAGES=1 cargo test --test it json_page -- --test-threads 1` writes them anew.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::json_schema::{Place, SCHEMAS, all_properties, is_nullable};
use crate::support::{ANNA, BRAM, HUGO, Stage};

/// The most values of a fixed set that a table lists.
const MOST_VALUES: usize = 8;

/// How many entries of a list an example shows.
const MOST_ENTRIES: usize = 2;

fn page_path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md")
}

/// The page with these parts between its marks: `<!-- members of check -->` and `<!-- end -->`.
fn filled(page: &str, part: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!-- ") {
        let (mark, after) = after.split_once(" -->\n").unwrap();
        let (old, after) = after.split_once("<!-- end -->").unwrap();
        let new = part(mark).unwrap_or_else(|| old.to_owned());
        write!(filled, "{before}<!-- {mark} -->\n{new}<!-- end -->").unwrap();
        rest = after;
    }
    filled + rest
}

#[track_caller]
fn is_as_made(part: impl Fn(&str) -> Option<String>) {
    let page = fs_err::read_to_string(page_path()).unwrap();
    let made = filled(&page, part);
    if std::env::var_os("RESEAT_WRITE_PAGES").is_some() {
        fs_err::write(page_path(), &made).unwrap();
        return;
    }
    let differs = page.lines().zip(made.lines()).find(|(is, made)| is != made);
    assert_eq!(
        differs, None,
        "`docs/json.md` is not as the tests make it (what it says, what it should)"
    );
    assert_eq!(page, made);
}

#[test]
fn the_tables_are_those_of_the_schemas() {
    is_as_made(|mark| {
        let names = mark.strip_prefix("members of ")?;
        let place = match names.split_once(' ') {
            Some((file, definition)) => Place::of_definition(file, definition),
            None => Some(Place::of_file(names))
                .filter(|file| file.schema().contains_key("properties") && !file.schema().contains_key("anyOf"))
                .unwrap_or_else(|| Place::of_definition(names, "result")),
        };
        let mut table = "| member | type | what it holds |\n| --- | --- | --- |\n".to_owned();
        members(&place, "", &mut table);
        Some(table)
    });
}

/// A line for each member that a schema names itself.
fn members(place: &Place, before: &str, table: &mut String) {
    let properties = place.schema().get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        let path = format!("{before}{name}");
        let about = schema["description"].as_str().unwrap();
        writeln!(table, "| `{path}` | {} | {about} |", type_words(schema)).unwrap();
        let property = place.step("properties").step(name);
        if schema["properties"].is_object() {
            members(&property, &format!("{path}."), table);
        } else if schema["items"]["properties"].is_object() {
            members(&property.step("items"), &format!("{path}[]."), table);
        }
    }
}

fn type_words(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return format!("[{name}](#{name})");
    }
    if let Some(one_of) = schema["anyOf"].as_array() {
        let words: Vec<String> = one_of.iter().map(type_words).collect();
        return words.join(" or ");
    }
    let values = schema["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !values.is_empty() && values.len() <= MOST_VALUES {
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        return values.join(", ");
    }
    if !schema["const"].is_null() {
        return format!("`{}`", schema["const"]);
    }
    let names = match &schema["type"] {
        Value::Array(names) => names.clone(),
        name => vec![name.clone()],
    };
    let words: Vec<String> = names
        .iter()
        .map(|name| name_words(name.as_str().unwrap(), schema))
        .collect();
    words.join(" or ")
}

fn name_words(name: &str, schema: &Value) -> String {
    match (name, schema["format"].as_str()) {
        ("string", Some("date-time")) => "time".to_owned(),
        ("string", Some("uuid")) => "GUID".to_owned(),
        ("null", _) => "`null`".to_owned(),
        ("array", _) if schema["items"]["allOf"].is_array() => {
            let more = schema["items"]["allOf"].as_array().into_iter().flatten();
            let more: Vec<String> = more.map(type_words).collect();
            format!("list of {}, with", more.join(" and "))
        }
        ("array", _) if schema["items"]["properties"].is_object() => "list".to_owned(),
        ("array", _) => format!("list of {}", type_words(&schema["items"])),
        ("object", _) if schema["additionalProperties"].is_object() => {
            format!("{} by name", type_words(&schema["additionalProperties"]))
        }
        _ => name.to_owned(),
    }
}

#[test]
fn the_examples_are_what_the_commands_print() {
    let stage = Stage::new();
    stage.keep_state();
    stage.set("TZ", "UTC");
    stage.write(
        "bad.csv",
        format!("operation,user,licenses\nadd-licenses,{ANNA},ATUNU\n"),
    );
    stage.write(
        "sheet.csv",
        format!("operation,user,name,groups\nupdate,{ANNA},Annika,\nupdate,{BRAM},,Finance\n"),
    );
    stage.write("wanted.csv", format!("user,licenses\n{HUGO},PMBU\n"));
    let example = |words: &[&str]| shown(&stage, &stage.reseat(&[words, &["--output", "json"]].concat()).out);
    // In the order in which each finds what it is about.
    let examples: [(&str, &[&str]); 11] = [
        ("failure", &["run", "bad.csv", "--yes"]),
        ("check", &["check", "bad.csv"]),
        ("plan", &["plan", "sheet.csv"]),
        ("run", &["run", "sheet.csv", "--yes"]),
        ("undo", &["undo", "sheet.results.csv", "-o", "undo.csv"]),
        ("report", &["report", "sheet.results.csv", "-o", "report.html"]),
        ("export", &["export", "groups", "--where", "group=Customer Service"]),
        (
            "rebalance",
            &[
                "rebalance",
                "--wanted",
                "wanted.csv",
                "--only",
                "PMBU",
                "-o",
                "quarter.csv",
            ],
        ),
        ("template", &["template", "leavers", "-o", "leavers.xlsx"]),
        ("codes", &["codes"]),
        ("doctor", &["doctor"]),
    ];
    let examples = examples.map(|(name, words)| {
        let typed = words
            .join(" ")
            .replace("group=Customer Service", "'group=Customer Service'");
        let block = format!(
            "```console\n$ reseat {typed} --output json\n```\n\n```json\n{}\n```\n",
            example(words)
        );
        (name, block)
    });
    is_as_made(|mark| {
        let name = mark.strip_prefix("example of ")?;
        let found = examples.iter().find(|(known, _)| *known == name);
        Some(
            found
                .unwrap_or_else(|| panic!("there is no example of {name}"))
                .1
                .clone(),
        )
    });
}

/// What was printed, with what differs from one time to the next made the same, and long lists cut.
fn shown(stage: &Stage, printed: &str) -> String {
    let reseat = std::process::Command::new(env!("CARGO_BIN_EXE_reseat"));
    let printed = printed
        .replace(&*reseat.get_program().to_string_lossy(), "reseat")
        .replace(&stage.path("").display().to_string(), "")
        .replace(&stage.sandbox.base_url(), "https://cloud.uipath.com")
        .replace(stage.sandbox.base_url().rsplit('/').next().unwrap(), "cloud.uipath.com");
    let value: Value = serde_json::from_str(&printed).unwrap();
    format!("{:#}", settled("", &value))
}

fn settled(name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if name == "run" => {
            let mut words: Vec<&str> = text.split(' ').collect();
            words[2] = "a1b2c3";
            at_one_time(&words.join(" ")).into()
        }
        Value::String(text) => at_one_time(text).into(),
        Value::Number(_) if name.ends_with("_ms") => 120.into(),
        Value::Array(entries) => entries
            .iter()
            .take(MOST_ENTRIES)
            .map(|entry| settled("", entry))
            .collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), settled(name, value)));
            members.collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// The text with all its days and times of day the same.
fn at_one_time(text: &str) -> String {
    let mut settled = text.to_owned();
    for (form, one) in [("dddd-dd-dd", "2026-11-30"), ("dd:dd:dd", "10:00:00")] {
        let mut from = 0;
        while from + form.len() <= settled.len() {
            let here = settled.as_bytes()[from..from + form.len()].iter().zip(form.bytes());
            let fits = here.clone().all(|(byte, form)| {
                if form == b'd' {
                    byte.is_ascii_digit()
                } else {
                    *byte == form
                }
            });
            if fits {
                // A fraction of a second goes along.
                let after = &settled[from + form.len()..];
                let digits = after
                    .strip_prefix('.')
                    .map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
                let fraction = if digits > 0 { digits + 1 } else { 0 };
                settled.replace_range(from..from + form.len() + fraction, one);
            }
            from += 1;
        }
    }
    settled
}

#[test]
fn the_commands_of_the_page_work() {
    if !std::path::Path::new("/bin/bash").exists() || !is_installed("jq") {
        return;
    }
    let stage = Stage::new();
    stage.write(
        "joiners.csv",
        format!("operation,user,name\nupdate,{ANNA},Annika\nupdate,{BRAM},Bramwell\n"),
    );
    fs_err::copy("samples/onboarding.xlsx", stage.given("joiners.xlsx")).unwrap();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_reseat")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    stage.set("PATH", &format!("{}:{path}", folder.display()));
    stage.given("found.json");
    let page = fs_err::read_to_string(page_path()).unwrap();
    let (page, _) = page.split_once("## What holds everywhere").unwrap();
    let commands: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.len() >= 5);
    for command in commands {
        stage.shell(&format!("set -o pipefail; {command}")).ends(0);
    }
}

fn is_installed(program: &str) -> bool {
    let ran = std::process::Command::new(program).arg("--version").output();
    ran.is_ok_and(|ran| ran.status.success())
}

#[test]
fn every_schema_keeps_to_what_holds_everywhere() {
    // Beside the members stands which exit codes a command can have.
    let members = all_properties()
        .into_keys()
        .filter(|place| !place.to_string().ends_with("#/properties/exit_code"));
    for place in members {
        let (schema, name) = (Value::from(place.schema().clone()), place.name().to_owned());
        let about = schema["description"]
            .as_str()
            .unwrap_or_else(|| panic!("{place} has no description"));
        assert_eq!(
            is_nullable(&schema),
            about.contains("`null`"),
            "{place} says when it is `null`: {about}"
        );
        assert!(!about.ends_with('.') || about.contains(". "), "{place}: {about}");
        let is_list = schema["type"]
            .as_array()
            .is_some_and(|types| types.contains(&"array".into()));
        assert!(!is_list || name == "licenses", "{place} is a list, and may be null");
        let is_length = name.ends_with("_ms");
        assert!(
            !is_length || about.contains("in milliseconds") || name == "wait_ms",
            "{place}: {about}"
        );
        let is_snake = |letter: char| letter == '_' || letter.is_ascii_lowercase();
        assert!(
            name.chars().all(is_snake) || place.to_string().starts_with("sandbox."),
            "{place} is spelt otherwise"
        );
    }
    assert!(SCHEMAS.len() >= 13);
}
