//! `reseat check`: everything that is wrong with a sheet, offline.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::Ending;
use super::console::Console;
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::inputs::{
    as_of_now, known_licenses, open_sheet, profiles_operation, reading, reading_options, settings, unused_configuration,
};
use super::object::Object;
use super::runtime::block_on;
use super::signals::Signals;
use crate::cli::CheckOptions;
use crate::intake::{self, Checked, SkippedSheet};
use crate::model::{AsOf, BundleCode, Catalogue, to_the_second};
use crate::report::{ShapeOfWaiting, problems_shape, waiting_shape, waiting_words, write_left_out, write_problems};
use crate::settings::{Overrides, Reach, Settings};
use crate::sheet::Source;
use crate::text::{listed, number, plural};

/// More codes are only counted.
const MOST_NAMED: usize = 12;

pub(super) fn check(options: &CheckOptions, overrides: &Overrides, console: Console<'_>) -> Result<Ending, Failure> {
    let settings = settings(overrides, Reach::Offline, console);
    let read = block_on(async { Signals::listen().obeyed_by(read(options, settings, console)).await });
    let Read {
        source,
        checked,
        catalogue,
        as_of,
    } = read?;
    let (ended, message) = match checked.problems.errors() {
        0 => (Ended::DONE, "the sheet is valid".to_owned()),
        errors => (
            Ended::before(Ending::SheetInvalid, Reason::SheetInvalid),
            format!("the sheet has {}", plural(errors, "error")),
        ),
    };
    let operations = checked.by_operation.iter().map(|(kind, rows)| OfOperation {
        operation: kind.as_str(),
        rows: *rows,
    });
    let skipped_sheets = named(&checked.skipped_sheets).map(|skipped| Skipped {
        sheet: &skipped.name,
        reason: &skipped.reason,
    });
    let remembered_codes = checked.remembered_codes.iter().filter_map(|code| {
        let seen = to_the_second(catalogue.known_since(code)?);
        Some(RememberedCode { code, seen })
    });
    let shape = Shape {
        rows: checked.rows,
        ignored: checked.ignored,
        operations: operations.collect(),
        skipped_sheets: skipped_sheets.collect(),
        hidden_rows: checked.hidden.read,
        hidden_rows_left_out: checked.hidden.left_out,
        remembered_codes: remembered_codes.collect(),
        waiting: waiting_shape(checked.waiting, &as_of),
        problems: problems_shape(&checked.problems),
    };
    console.found(&Object::of(ended, &message, &shape), |out| {
        write_problems(&checked.problems, out)?;
        write_counts(&source, &checked, out)?;
        match checked.waiting.count {
            0 => Ok(()),
            _ => writeln!(out, "{}", waiting_words(checked.waiting, &as_of)),
        }
    });
    Ok(ended.ending)
}

/// What `check` finds, for programs; `docs/json.md` is its contract.
#[derive(Serialize)]
struct Shape<'a, P> {
    rows: usize,
    ignored: usize,
    operations: Vec<OfOperation>,
    skipped_sheets: Vec<Skipped<'a>>,
    hidden_rows: usize,
    hidden_rows_left_out: usize,
    remembered_codes: Vec<RememberedCode<'a>>,
    waiting: ShapeOfWaiting,
    #[serde(flatten)]
    problems: P,
}

#[derive(Serialize)]
struct OfOperation {
    operation: &'static str,
    rows: usize,
}

#[derive(Serialize)]
struct Skipped<'a> {
    sheet: &'a str,
    reason: &'a str,
}

/// A code that is known only because the organization had it.
#[derive(Serialize)]
struct RememberedCode<'a> {
    code: &'a BundleCode,
    /// When it was last in the organization's inventory.
    seen: Timestamp,
}

/// What is to be known of codes that are known only because the organization had them: when that was.
fn about_remembered(codes: &BTreeSet<BundleCode>, catalogue: &Catalogue) -> String {
    let Some(inventory) = catalogue.inventory() else {
        return String::new();
    };
    let owned = codes.iter().filter_map(|code| inventory.of(code));
    let (there, gone): (Vec<_>, Vec<_>) = owned.partition(|owned| inventory.has_now(owned));
    let day = |time: Timestamp| time.strftime("%Y-%m-%d");
    let mut lines = String::new();
    let name = &inventory.organization;
    if let [first, more @ ..] = there.as_slice() {
        let were = if more.is_empty() { "was" } else { "were" };
        let codes = listed(there.iter().map(|owned| &owned.code), MOST_NAMED);
        let _ = writeln!(lines, "{codes} {were} last seen in `{name}` on {}", day(first.seen));
    }
    for owned in gone {
        let (seen, missed) = (day(owned.seen).to_string(), day(inventory.read).to_string());
        let missed = if seen == missed {
            "later that day".to_owned()
        } else {
            format!("on {missed}")
        };
        let _ = writeln!(
            lines,
            "warning: `{}` was last seen in `{name}` on {seen}, and was no longer there {missed}",
            owned.code
        );
    }
    lines
}

/// Those of them that have a name: a CSV has none, and what is wrong with it is among the problems.
fn named(skipped: &[SkippedSheet]) -> impl Iterator<Item = &SkippedSheet> {
    skipped.iter().filter(|skipped| !skipped.name.is_empty())
}

/// A sheet that was checked as of then.
struct Read {
    source: Arc<Source>,
    checked: Checked,
    catalogue: Catalogue,
    as_of: AsOf,
}

async fn read(
    options: &CheckOptions,
    settings: Result<Settings, Failure>,
    console: Console<'_>,
) -> Result<Read, Failure> {
    let (source, settings) = open_sheet(&options.path, &options.sheet, settings, console).await?;
    console.tell(unused_configuration(&options.path, options.sheet.target, &settings));
    console.tell(profiles_operation(&options.sheet, &settings));
    let as_of = as_of_now(&settings);
    let catalogue = known_licenses(&settings, options.sheet.target, console)?;
    let options = reading_options(&options.sheet, &settings, catalogue, as_of.clone());
    let source = Arc::new(source);
    let read_from = Arc::clone(&source);
    let (options, checked) = reading(&source, console, move || {
        let checked = intake::check(&read_from, &options);
        (options, checked)
    })
    .await;
    let checked = checked.map_err(|error| Failure::of_file(&error))?;
    console.tell(about_remembered(&checked.remembered_codes, &options.catalogue));
    Ok(Read {
        source,
        checked,
        catalogue: options.catalogue,
        as_of,
    })
}

fn write_counts(source: &Source, checked: &Checked, out: &mut dyn Write) -> io::Result<()> {
    for note in &checked.notes {
        writeln!(out, "{}: {note}", source.name())?;
    }
    for notice in checked.skipped_sheets.iter().filter_map(SkippedSheet::notice) {
        writeln!(out, "{notice}")?;
    }
    write_left_out(checked.hidden, out)?;
    let kinds: Vec<String> = checked
        .by_operation
        .iter()
        .map(|(kind, count)| format!("{} {kind}", number(*count)))
        .collect();
    let ignored = if checked.ignored > 0 {
        format!(", {} ignored", number(checked.ignored))
    } else {
        String::new()
    };
    let of = if kinds.is_empty() {
        String::new()
    } else {
        format!(": {}", kinds.join(", "))
    };
    writeln!(out, "{}{of}{ignored}", plural(checked.rows, "row"))
}
