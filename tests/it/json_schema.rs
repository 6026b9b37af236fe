//! Whether JSON is as its schema says, and which members of the schema it has shown.
//!
//! It knows only what `docs/json/` uses, and refuses every other keyword. It is stricter than the schemas: these let members
//! be added, and here a member that no schema names is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The folder of the schemas.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/json")
}

/// The schemas by the name of their file.
pub(crate) static SCHEMAS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let files = fs_err::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.to_string_lossy().ends_with(".schema.json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let schema = serde_json::from_str(&fs_err::read_to_string(&path).unwrap());
            (
                name,
                schema.unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            )
        })
        .collect()
});

/// Keywords that say something about values. What else a schema may have is for people and for `$ref`.
const KEYWORDS: [&str; 13] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "format",
    "items",
    "minimum",
    "properties",
    "propertyNames",
    "required",
    "type",
];
const ANNOTATIONS: [&str; 5] = ["$schema", "$id", "$defs", "title", "description"];

/// A place in a schema: its file, and the way to it from the top of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    file: String,
    way: String,
}

impl Place {
    /// The whole schema of a file.
    pub(crate) fn of_file(name: &str) -> Self {
        Self {
            file: format!("{name}.schema.json"),
            way: String::new(),
        }
    }

    /// This part of a file's definitions.
    pub(crate) fn of_definition(file: &str, name: &str) -> Self {
        Self::of_file(file).step("$defs").step(name)
    }

    pub(crate) fn step(&self, step: impl std::fmt::Display) -> Self {
        Self {
            file: self.file.clone(),
            way: format!("{}/{step}", self.way),
        }
    }

    fn refers_to(&self, reference: &str) -> Self {
        let (file, way) = reference.split_once('#').unwrap_or((reference, ""));
        Self {
            file: if file.is_empty() { &self.file } else { file }.to_owned(),
            way: way.to_owned(),
        }
    }

    pub(crate) fn schema(&self) -> &'static Map<String, Value> {
        let schema = SCHEMAS.get(&self.file).and_then(|file| file.pointer(&self.way));
        let schema = schema.and_then(Value::as_object);
        schema.unwrap_or_else(|| panic!("there is no schema {self}"))
    }

    /// The last step of the way.
    pub(crate) fn name(&self) -> &str {
        self.way.rsplit('/').next().unwrap_or_default()
    }

    /// The properties of an object's schema, with those of what it is made up of.
    pub(crate) fn properties(&self) -> BTreeMap<&'static str, Self> {
        let mut all = BTreeMap::new();
        for part in self.parts() {
            if let Some(properties) = part.schema().get("properties").and_then(Value::as_object) {
                for name in properties.keys() {
                    all.insert(name.as_str(), part.step("properties").step(name));
                }
            }
        }
        all
    }

    /// This schema and those that hold for the same value, by `$ref` and `allOf`.
    fn parts(&self) -> Vec<Self> {
        let mut parts = vec![self.clone()];
        let schema = self.schema();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            parts.extend(self.refers_to(reference).parts());
        }
        let all = schema.get("allOf").and_then(Value::as_array);
        for number in 0..all.map_or(0, Vec::len) {
            parts.extend(self.step("allOf").step(number).parts());
        }
        parts
    }
}

/// As in `check.schema.json#/$defs/result/properties/rows`.
impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}#{}", self.file, self.way)
    }
}

/// Every property of every schema, with whether it may be `null`.
pub(crate) fn all_properties() -> BTreeMap<Place, bool> {
    let mut all = BTreeMap::new();
    for (file, schema) in &*SCHEMAS {
        let top = Place {
            file: file.clone(),
            way: String::new(),
        };
        collect(schema, &top, &mut all);
    }
    all
}

fn collect(schema: &Value, at: &Place, all: &mut BTreeMap<Place, bool>) {
    let Value::Object(keywords) = schema else { return };
    for (keyword, said) in keywords {
        let place = at.step(keyword);
        match (keyword.as_str(), said) {
            ("properties" | "$defs", Value::Object(schemas)) => {
                for (name, schema) in schemas {
                    let place = place.step(name);
                    if keyword == "properties" {
                        all.insert(place.clone(), is_nullable(schema));
                    }
                    collect(schema, &place, all);
                }
            }
            ("anyOf" | "allOf", Value::Array(schemas)) => {
                for (number, schema) in schemas.iter().enumerate() {
                    collect(schema, &place.step(number), all);
                }
            }
            ("items" | "additionalProperties", schema) => collect(schema, &place, all),
            _ => {}
        }
    }
}

/// Whether this schema says itself that a value may be `null`.
pub(crate) fn is_nullable(schema: &Value) -> bool {
    let null = Value::from("null");
    let one_of = schema["anyOf"].as_array().into_iter().flatten();
    schema["type"].as_array().is_some_and(|types| types.contains(&null))
        || one_of.into_iter().any(|one| one["type"] == null)
}

/// What a value showed of a schema.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The properties that were there, with whether they were `null`.
    pub(crate) properties: BTreeSet<(Place, bool)>,
    errors: Vec<String>,
}

/// What a value shows of the schema.
///
/// # Errors
/// What is not as the schema says, a line each.
pub(crate) fn examined(value: &Value, schema: &Place) -> Result<Seen, String> {
    let mut seen = Seen::default();
    seen.examine(value, schema, "");
    if seen.errors.is_empty() {
        Ok(seen)
    } else {
        Err(seen.errors.join("\n"))
    }
}

impl Seen {
    fn examine(&mut self, value: &Value, schema: &Place, at: &str) {
        let parts = schema.parts();
        for part in &parts {
            self.examine_part(value, part, at);
        }
        if let Value::Object(members) = value {
            self.examine_members(members, schema, &parts, at);
        }
    }

    /// What one part says of the value itself.
    fn examine_part(&mut self, value: &Value, part: &Place, at: &str) {
        for (keyword, said) in part.schema() {
            let is_so = match keyword.as_str() {
                "type" => match said {
                    Value::Array(several) => several.iter().any(|one| is_of_type(value, one)),
                    one => is_of_type(value, one),
                },
                "enum" => said.as_array().unwrap().contains(value),
                "const" => said == value,
                "minimum" => value.as_i64().is_none_or(|number| number >= said.as_i64().unwrap()),
                "format" => value.as_str().is_none_or(|text| is_of_format(text, said)),
                "items" => {
                    let items = part.step("items");
                    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.examine(item, &items, &format!("{at}[{number}]"));
                    }
                    true
                }
                "anyOf" => {
                    self.examine_any(value, part, said.as_array().unwrap().len(), at);
                    true
                }
                "required" => {
                    let missing = |name: &&Value| value.get(name.as_str().unwrap()).is_none();
                    let missing: Vec<_> = said.as_array().unwrap().iter().filter(missing).collect();
                    if value.is_object() && !missing.is_empty() {
                        self.errors.push(format!("`{at}` lacks {missing:?} of {part}"));
                    }
                    true
                }
                known => {
                    let is_known = KEYWORDS.contains(&known) || ANNOTATIONS.contains(&known);
                    assert!(is_known, "{part} has the keyword `{known}`, which is not known here");
                    true
                }
            };
            if !is_so {
                self.errors
                    .push(format!("`{at}` is {value}, and {part} says `{keyword}`: {said}"));
            }
        }
    }

    fn examine_any(&mut self, value: &Value, part: &Place, count: usize, at: &str) {
        let mut errors = Vec::new();
        for number in 0..count {
            let mut one = Self::default();
            one.examine(value, &part.step("anyOf").step(number), at);
            if one.errors.is_empty() {
                self.properties.extend(one.properties);
                return;
            }
            errors.extend(one.errors);
        }
        self.errors.push(format!("`{at}` is none of {part}:"));
        self.errors.extend(errors);
    }

    /// The members of an object, each of which some part has to name.
    fn examine_members(&mut self, members: &Map<String, Value>, schema: &Place, parts: &[Place], at: &str) {
        let named = schema.properties();
        let others = parts
            .iter()
            .find(|part| part.schema().contains_key("additionalProperties"));
        let is_chosen = parts.iter().any(|part| part.schema().contains_key("anyOf"));
        for (name, member) in members {
            let at = format!("{at}.{name}");
            if let Some(property) = named.get(name.as_str()) {
                self.properties.insert((property.clone(), member.is_null()));
                self.examine(member, property, &at);
            } else if let Some(others) = others {
                let chosen = others.schema().get("propertyNames");
                let chosen = chosen.and_then(|chosen| chosen["enum"].as_array());
                if chosen.is_some_and(|chosen| !chosen.contains(&Value::from(name.as_str()))) {
                    self.errors.push(format!("`{at}` is named as nothing of {others}"));
                }
                self.examine(member, &others.step("additionalProperties"), &at);
            } else if !is_chosen {
                self.errors
                    .push(format!("`{at}` is in no schema: {schema} does not name it"));
            }
        }
    }
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no schema has the type `{other}`"),
    }
}

fn is_of_format(text: &str, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        "uuid" => text.len() == 36 && text.parse::<uuid::Uuid>().is_ok(),
        other => panic!("no schema has the format `{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A check of a sheet in which nothing is found.
    fn check() -> Value {
        json!({
            "status": "done", "reason": "none", "exit_code": 0, "message": "", "details": [], "help": [],
            "rows": 1, "ignored": 0, "operations": [{"operation": "invite", "rows": 1}], "skipped_sheets": [],
            "hidden_rows": 0, "hidden_rows_left_out": 0, "remembered_codes": [],
            "waiting": {"rows": 0, "first": null, "last": null, "timezone": "UTC"},
            "errors": 0, "warnings": 0, "left_out": 0, "problems": [],
        })
    }

    #[test]
    fn what_is_as_the_schema_says_shows_its_members() {
        let seen = examined(&check(), &Place::of_file("check")).unwrap().properties;
        let rows = Place::of_definition("check", "result").step("properties").step("rows");
        let first = Place::of_definition("common", "waiting")
            .step("properties")
            .step("first");
        assert!(seen.contains(&(rows, false)) && seen.contains(&(first, true)));
    }

    #[test]
    fn whatever_differs_from_the_schema_is_named_with_its_place() {
        for (member, value, told) in [
            ("/rows", json!("1"), "`.rows` is \"1\""),
            ("/rows", json!(-1), "`minimum`"),
            ("/rows", json!(null), "`type`"),
            ("/status", json!("fine"), "`.status` is \"fine\""),
            ("/exit_code", json!(75), "`.exit_code` is 75"),
            (
                "/operations/0",
                json!({"operation": "invite"}),
                "`.operations[0]` lacks",
            ),
            ("/operations/0/operation", json!("fly"), "`.operations[0].operation`"),
            ("/waiting/first", json!("tomorrow"), "`format`"),
            ("/waiting/zone", json!("UTC"), "`.waiting.zone` is in no schema"),
            ("/news", json!(1), "`.news` is in no schema"),
        ] {
            let mut changed = check();
            let (parent, name) = member.rsplit_once('/').unwrap();
            match changed.pointer_mut(member) {
                Some(place) => *place = value,
                None => changed.pointer_mut(parent).unwrap()[name] = value,
            }
            let errors = examined(&changed, &Place::of_file("check")).unwrap_err();
            assert!(errors.contains(told), "{member}: {errors}");
        }
        let mut less = check();
        less.as_object_mut().unwrap().remove("rows");
        assert!(examined(&less, &Place::of_file("check")).is_err());
    }
}
