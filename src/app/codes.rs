//! `reseat codes`: the bundle codes that a sheet may name.

use std::io::{self, Write};

use serde::Serialize;

use super::Ending;
use super::console::{Console, deliver};
use super::ending::Ended;
use super::failure::Failure;
use super::inputs::settings;
use super::object::Object;
use crate::cli::{CodesOptions, OutputFormat};
use crate::model::{Catalogue, KnownBundle};
use crate::report::{Align, Table, write_json};
use crate::settings::{Overrides, Reach};

pub(super) fn codes(options: CodesOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    let _ = options;
    let settings = settings(overrides, Reach::Offline, console)?;
    let catalogue = Catalogue::default().with_codes(settings.bundle_codes, "the profile");
    deliver(|out| match console.output {
        OutputFormat::Text => table(&catalogue, out),
        OutputFormat::Json => object(&catalogue, out),
    })?;
    Ok(Ending::Done)
}

fn cells(bundle: &KnownBundle) -> [&str; 4] {
    [
        bundle.code.as_str(),
        &bundle.name,
        bundle.kind.as_str(),
        &bundle.documented,
    ]
}

fn table(catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(["code", "name", "kind", "documented"].map(|column| (column, Align::Left)));
    for bundle in catalogue.iter() {
        table.push(cells(bundle).map(str::to_owned));
    }
    table.write(out)
}

fn object(catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    let codes = Codes {
        codes: catalogue.iter().map(Bundle::of).collect(),
    };
    write_json(&Object::of(Ended::DONE, "the known licence codes", &codes), out)
}

/// What the JSON object holds; the member names are stable.
#[derive(Serialize)]
struct Codes<'a> {
    codes: Vec<Bundle<'a>>,
}

#[derive(Serialize)]
struct Bundle<'a> {
    code: &'a str,
    name: &'a str,
    kind: &'a str,
    documented: &'a str,
}

impl<'a> Bundle<'a> {
    fn of(bundle: &'a KnownBundle) -> Self {
        let [code, name, kind, documented] = cells(bundle);
        Self {
            code,
            name,
            kind,
            documented,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::BundleCode;

    fn written(write: impl FnOnce(&Catalogue, &mut dyn Write) -> io::Result<()>) -> String {
        let catalogue = Catalogue::default().with_codes([BundleCode::new("NEWNU")], "the profile");
        let mut bytes = Vec::new();
        write(&catalogue, &mut bytes).unwrap();
        anstream::adapter::strip_bytes(&bytes).into_vec().try_into().unwrap()
    }

    #[test]
    fn the_table_has_a_line_for_every_code_the_profiles_last() {
        let text = written(table);
        let codes: Vec<_> = text.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!((codes[0], codes[1], codes.last()), ("code", "ACNU", Some(&"NEWNU")));
        assert_eq!(codes.len(), 1 + 16 + 1);
    }

    #[test]
    fn the_object_has_the_same_for_programs() {
        let found: Value = serde_json::from_str(&written(object)).unwrap();
        assert_eq!((&found["status"], &found["exit_code"]), (&json!("done"), &json!(0)));
        let codes = found["codes"].as_array().unwrap();
        assert_eq!(codes.len(), 17);
        let expected = json!({
            "code": "ATTUNU", "name": "Attended - Named User", "kind": "named user", "documented": "all editions"
        });
        assert!(codes.contains(&expected));
    }
}
