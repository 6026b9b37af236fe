//! `reseat codes`: the licence codes that a sheet may name, the organization's own first. Only sends reads.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::Ending;
use super::asked::{Asked, ask, asked};
use super::console::{Console, deliver};
use super::ending::Ended;
use super::failure::Failure;
use super::inputs::{catalogue, known_licenses};
use super::object::Object;
use super::organization::{Organization, without_inventory};
use super::session::Session;
use crate::cli::{CodesOptions, OutputFormat};
use crate::model::{Catalogue, Inventory, KnownBundle, OwnedBundle, to_the_second};
use crate::report::{Align, Table, write_json};
use crate::settings::Overrides;
use crate::text::number;

/// How to do without the organization.
const OFFLINE: &str = "`--offline` lists the codes that are known without asking";

pub(super) fn codes(options: CodesOptions, overrides: &Overrides, console: Console<'_>) -> Result<Ending, Failure> {
    let CodesOptions { asking, target } = options;
    let catalogue = match asked((target, asking), OFFLINE, overrides, console)? {
        Asked::Organization(settings) => {
            let inventory = ask(&settings, target, OFFLINE, console, read_inventory)?;
            catalogue(&settings).with_inventory(inventory)
        }
        Asked::Nobody { settings, why } => {
            let catalogue = known_licenses(&settings, target, console)?;
            if let Some(why) = why {
                console.tell(format!(
                    "{why}, so these are the codes that are known without asking: `reseat doctor` says what to do\n"
                ));
            }
            if let Some(inventory) = catalogue.inventory() {
                console.tell(format!(
                    "the codes and seats of `{}` are those of {}\n",
                    inventory.organization,
                    day(inventory.read)
                ));
            }
            catalogue
        }
    };
    let listed = listed(&catalogue);
    deliver(|out| match console.output {
        OutputFormat::Text => table(&listed, catalogue.inventory(), out),
        OutputFormat::Json => object(&listed, catalogue.inventory(), out),
    })?;
    Ok(Ending::Done)
}

/// Reads the organization's inventory, and remembers it.
async fn read_inventory(session: &Session<'_>, organization: &Organization) -> Result<Inventory, Failure> {
    let progress = session.progress();
    let read = organization.inventory().await;
    progress.finish();
    let (inventory, kept) = read.map_err(|error| without_inventory(&error, session))?;
    if let Err(error) = kept {
        session.console.tell(format!(
            "warning: an offline `check` will not know these codes, because they could not be remembered: {error}\n"
        ));
    }
    Ok(inventory)
}

/// A code, and what is known of it in the organization.
struct Listed<'a> {
    bundle: &'a KnownBundle,
    owned: Option<&'a OwnedBundle>,
    /// Whether the organization had it when its inventory was last read.
    is_there: bool,
}

/// Every code: those that the organization has in the order of its inventory, then those that it had, then the others in the
/// documents' order.
fn listed(catalogue: &Catalogue) -> Vec<Listed<'_>> {
    let Some(inventory) = catalogue.inventory() else {
        return catalogue.iter().map(Listed::unowned).collect();
    };
    let owned = inventory.bundles.iter().filter_map(|owned| {
        Some(Listed {
            bundle: catalogue.find(owned.code.as_str())?,
            owned: Some(owned),
            is_there: inventory.has_now(owned),
        })
    });
    let others = catalogue.iter().filter(|bundle| inventory.of(&bundle.code).is_none());
    let mut listed: Vec<Listed<'_>> = owned.chain(others.map(Listed::unowned)).collect();
    listed.sort_by_key(|listed| (!listed.is_there, listed.owned.is_none()));
    listed
}

impl<'a> Listed<'a> {
    fn unowned(bundle: &'a KnownBundle) -> Self {
        Self {
            bundle,
            owned: None,
            is_there: false,
        }
    }

    /// The seats, where they are the organization's present ones.
    fn seats(&self) -> Option<&'a OwnedBundle> {
        self.owned.filter(|_| self.is_there)
    }

    /// Whether the organization has it, in words.
    fn standing(&self) -> String {
        match self.owned {
            Some(_) if self.is_there => "yes".to_owned(),
            Some(owned) => format!("until {}", day(owned.seen)),
            None => "no".to_owned(),
        }
    }
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn table(listed: &[Listed<'_>], inventory: Option<&Inventory>, out: &mut dyn Write) -> io::Result<()> {
    if inventory.is_none() {
        let mut table = Table::new(["code", "name", "kind", "documented"].map(|column| (column, Align::Left)));
        for Listed { bundle, .. } in listed {
            table.push([
                bundle.code.to_string(),
                bundle.name.clone(),
                bundle.kind.as_str().to_owned(),
                bundle.documented.clone(),
            ]);
        }
        return table.write(out);
    }
    let mut table = Table::new([
        ("code", Align::Left),
        ("name", Align::Left),
        ("owned", Align::Left),
        ("total", Align::Right),
        ("taken", Align::Right),
        ("free", Align::Right),
        ("kind", Align::Left),
        ("documented", Align::Left),
    ]);
    for listed in listed {
        let (bundle, seats) = (listed.bundle, listed.seats());
        let shown = |seats: fn(&OwnedBundle) -> String| move |owned| seats(owned);
        table.push([
            bundle.code.to_string(),
            bundle.name.clone(),
            listed.standing(),
            seats.map(shown(|owned| number(owned.total))).unwrap_or_default(),
            seats.map(shown(|owned| number(owned.taken))).unwrap_or_default(),
            seats.map(shown(OwnedBundle::left_in_words)).unwrap_or_default(),
            bundle.kind.as_str().to_owned(),
            bundle.documented.clone(),
        ]);
    }
    table.write(out)
}

fn object(listed: &[Listed<'_>], inventory: Option<&Inventory>, out: &mut dyn Write) -> io::Result<()> {
    let listing = Listing {
        organization_name: inventory.map(|inventory| inventory.organization.as_str()),
        as_of: inventory.map(|inventory| to_the_second(inventory.read)),
        codes: listed.iter().map(Bundle::of).collect(),
    };
    write_json(&Object::of(Ended::DONE, "the known licence codes", &listing), out)
}

/// What the JSON object holds; the member names are stable.
#[derive(Serialize)]
struct Listing<'a> {
    /// `null` where nothing is known of any.
    organization_name: Option<&'a str>,
    /// When its inventory was read.
    as_of: Option<Timestamp>,
    codes: Vec<Bundle<'a>>,
}

#[derive(Serialize)]
struct Bundle<'a> {
    code: &'a str,
    /// `null` where only the code is known.
    name: Option<&'a str>,
    kind: &'static str,
    documented: &'a str,
    /// The seats are `null` where the organization does not have the code, or none is known.
    total: Option<u64>,
    taken: Option<u64>,
    free: Option<i64>,
    /// When the code was last in the organization's inventory; `null` where it never was.
    seen: Option<Timestamp>,
}

impl<'a> Bundle<'a> {
    fn of(listed: &Listed<'a>) -> Self {
        let (bundle, seats) = (listed.bundle, listed.seats());
        Self {
            code: bundle.code.as_str(),
            name: Some(bundle.name.as_str()).filter(|name| !name.is_empty()),
            kind: bundle.kind.name(),
            documented: &bundle.documented,
            total: seats.map(|owned| owned.total),
            taken: seats.map(|owned| owned.taken),
            free: seats.map(OwnedBundle::left),
            seen: listed.owned.map(|owned| to_the_second(owned.seen)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::BundleCode;

    fn plain() -> Catalogue {
        Catalogue::default().with_codes([BundleCode::new("NEWNU")], "the profile")
    }

    fn of_acme() -> Catalogue {
        let read: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
        let owned = |code: &str, total, taken, days: i64| OwnedBundle {
            code: BundleCode::new(code),
            name: None,
            total,
            taken,
            seen: read - SignedDuration::from_hours(24 * days),
        };
        plain().with_inventory(Inventory {
            organization: "acme".to_owned(),
            read,
            is_remembered: false,
            bundles: vec![
                owned("PLUSNU", 1_500, 1_488, 0),
                owned("TSTNU", 10, 13, 0),
                owned("OLDNU", 5, 0, 30),
            ],
        })
    }

    fn written(
        catalogue: &Catalogue,
        write: fn(&[Listed<'_>], Option<&Inventory>, &mut dyn Write) -> io::Result<()>,
    ) -> String {
        let mut bytes = Vec::new();
        write(&listed(catalogue), catalogue.inventory(), &mut bytes).unwrap();
        anstream::adapter::strip_bytes(&bytes).into_vec().try_into().unwrap()
    }

    #[test]
    fn the_table_has_a_line_for_every_code_the_profiles_last() {
        let text = written(&plain(), table);
        let codes: Vec<_> = text.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!((codes[0], codes[1], codes.last()), ("code", "ACNU", Some(&"NEWNU")));
        assert_eq!(codes.len(), 1 + 16 + 1);
    }

    #[test]
    fn the_object_has_the_same_for_programs() {
        let found: Value = serde_json::from_str(&written(&plain(), object)).unwrap();
        assert_eq!((&found["status"], &found["exit_code"]), (&json!("done"), &json!(0)));
        assert_eq!(
            (&found["organization_name"], &found["as_of"]),
            (&Value::Null, &Value::Null)
        );
        let codes = found["codes"].as_array().unwrap();
        assert_eq!(codes.len(), 17);
        let expected = json!({
            "code": "ATTUNU", "name": "Attended - Named User", "kind": "named_user", "documented": "all editions",
            "total": null, "taken": null, "free": null, "seen": null,
        });
        assert!(codes.contains(&expected));
    }

    #[test]
    fn what_the_organization_has_comes_first_with_its_seats_then_what_it_had_then_the_others() {
        let text = written(&of_acme(), table);
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1][..5], ["PLUSNU", "yes", "1,500", "1,488", "12"]);
        assert_eq!(lines[2][0], "TSTNU");
        assert!(
            lines[2].windows(4).any(|cells| cells == ["yes", "10", "13", "-3"]),
            "{text}"
        );
        assert_eq!(lines[3][..3], ["OLDNU", "until", "2026-10-31"]);
        assert!(lines[4..].iter().all(|cells| cells.contains(&"no")), "{text}");
        assert_eq!(lines.len(), 1 + 3 + 16);

        let found: Value = serde_json::from_str(&written(&of_acme(), object)).unwrap();
        assert_eq!(
            (&found["organization_name"], &found["as_of"]),
            (&json!("acme"), &json!("2026-11-30T10:00:00Z"))
        );
        let seats = |position: usize| {
            let bundle = &found["codes"][position];
            [&bundle["total"], &bundle["taken"], &bundle["free"], &bundle["seen"]].map(Clone::clone)
        };
        assert_eq!(
            seats(1),
            [json!(10), json!(13), json!(-3), json!("2026-11-30T10:00:00Z")]
        );
        assert_eq!(
            seats(2),
            [Value::Null, Value::Null, Value::Null, json!("2026-10-31T10:00:00Z")]
        );
    }
}
