//! The fixed sets of words in `docs/json/` are those of the code, and the exit codes of each command those of its page.

use reseat::doctor::Check;
use reseat::event::Method;
use reseat::model::{OperationKind, Status};
use reseat::rebalance::Class;
use reseat::template::{TemplateKind, TemplateLanguage};
use reseat::{export, undo};
use serde_json::Value;
use strum::IntoEnumIterator;

use crate::json_schema::SCHEMAS;

/// The texts at this place of a schema.
fn words(file: &str, way: &str) -> Vec<String> {
    let words = SCHEMAS[&format!("{file}.schema.json")].pointer(way);
    let words = words
        .and_then(Value::as_array)
        .unwrap_or_else(|| panic!("{file} has no {way}"));
    words.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn all<T: IntoEnumIterator>(word: impl Fn(T) -> &'static str) -> Vec<String> {
    T::iter().map(|one| word(one).to_owned()).collect()
}

#[test]
fn the_schemas_have_the_words_of_the_code() {
    let operations = all(OperationKind::as_str);
    let with_ignore: Vec<String> = operations.iter().cloned().chain(["ignore".to_owned()]).collect();
    let idle: Vec<String> = Class::iter()
        .filter(|class| class.may_be_freed())
        .map(|class| class.as_str().to_owned())
        .collect();
    let member = |name: &str| format!("/$defs/result/properties/{name}");
    for (file, way, expected) in [
        ("common", "/$defs/operation/enum".to_owned(), operations.clone()),
        ("common", "/$defs/row_operation/enum".to_owned(), with_ignore),
        ("common", "/$defs/status/enum".to_owned(), all(Status::as_str)),
        (
            "common",
            "/$defs/calls/properties/method/enum".to_owned(),
            all(Method::as_str),
        ),
        ("run", member("rows/required"), all(Status::as_str)),
        ("run", member("calls/required"), all(Method::as_str)),
        ("undo", member("rows_to_decide/required"), all(undo::Why::as_str)),
        ("undo", member("rows/items/properties/why/enum"), all(undo::Why::as_str)),
        ("export", member("rows_by_operation/required"), operations),
        ("export", member("rows_ignored/required"), all(export::Why::as_str)),
        (
            "export",
            member("rows/items/properties/why/enum"),
            all(export::Why::as_str),
        ),
        (
            "rebalance",
            member("holders/properties/by_class/required"),
            all(Class::as_str),
        ),
        (
            "rebalance",
            member("bundles/items/properties/idle_by_class/required"),
            idle,
        ),
        ("template", member("kind/enum"), all(TemplateKind::as_str)),
        ("template", member("language/enum"), all(TemplateLanguage::as_str)),
        (
            "doctor",
            member("checks/items/properties/check/enum"),
            all(Check::as_str),
        ),
    ] {
        let mut found = words(file, &way);
        let mut expected = expected;
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{file} {way}");
        if let Some(counted) = way.strip_suffix("/required") {
            let mut names = words(file, &format!("{counted}/propertyNames/enum"));
            names.sort();
            assert_eq!(names, expected, "{file} {counted}");
        }
    }
}

#[test]
fn the_page_about_exit_codes_lists_those_of_every_command() {
    let page = fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/exit-codes.md")).unwrap();
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| command | ends with |"))
        .skip(2);
    let rows = rows.map_while(|line| line.strip_prefix('|')?.strip_suffix('|')?.split_once('|'));
    let mut listed = 0;
    for (commands, codes) in rows {
        let codes: Vec<u64> = codes.split(',').map(|code| code.trim().parse().unwrap()).collect();
        for command in commands.split(',').map(|name| name.trim().trim_matches('`')) {
            let Some(schema) = SCHEMAS.get(&format!("{command}.schema.json")) else {
                continue;
            };
            let Some(known) = schema["properties"]["exit_code"]["enum"].as_array() else {
                continue;
            };
            let known = known.iter().filter_map(Value::as_u64);
            let known: Vec<u64> = known.filter(|code| ![129, 130, 143].contains(code)).collect();
            assert_eq!(codes, known, "{command}");
            listed += 1;
        }
    }
    let with_codes = SCHEMAS
        .values()
        .filter(|schema| schema["properties"]["exit_code"]["enum"].is_array());
    assert_eq!(listed, with_codes.count());
}
