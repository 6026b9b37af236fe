//! `reseat check`: everything that is wrong with a sheet, offline.

use std::io::{self, Write};

use serde::Serialize;

use super::Ending;
use super::console::Console;
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::inputs::{as_of_now, open_sheet, profiles_operation, reading_options, settings};
use super::object::Object;
use super::runtime::{block_on, off_thread};
use super::signals::Signals;
use crate::cli::CheckOptions;
use crate::intake::{self, Checked, SkippedSheet};
use crate::model::AsOf;
use crate::report::{ShapeOfWaiting, problems_shape, waiting_shape, waiting_words, write_left_out, write_problems};
use crate::settings::{Overrides, Reach, Settings};
use crate::sheet::Source;
use crate::text::plural;

pub(super) fn check(options: &CheckOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    let settings = settings(overrides, Reach::Offline, console);
    let read = block_on(async { Signals::listen().obeyed_by(read(options, settings, console)).await });
    let Read { source, checked, as_of } = read?;
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
    let shape = Shape {
        rows: checked.rows,
        ignored: checked.ignored,
        operations: operations.collect(),
        skipped_sheets: skipped_sheets.collect(),
        hidden_rows: checked.hidden.read,
        hidden_rows_left_out: checked.hidden.left_out,
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

/// What `check` finds, for programs; `docs/exit-codes.md` is its contract.
#[derive(Serialize)]
struct Shape<'a, P> {
    rows: usize,
    ignored: usize,
    operations: Vec<OfOperation>,
    skipped_sheets: Vec<Skipped<'a>>,
    hidden_rows: usize,
    hidden_rows_left_out: usize,
    waiting: Option<ShapeOfWaiting>,
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

/// Those of them that have a name: a CSV has none, and what is wrong with it is among the problems.
fn named(skipped: &[SkippedSheet]) -> impl Iterator<Item = &SkippedSheet> {
    skipped.iter().filter(|skipped| !skipped.name.is_empty())
}

/// A sheet that was checked as of then.
struct Read {
    source: Source,
    checked: Checked,
    as_of: AsOf,
}

async fn read(options: &CheckOptions, settings: Result<Settings, Failure>, console: Console) -> Result<Read, Failure> {
    let (source, settings) = open_sheet(&options.path, &options.sheet, settings).await?;
    console.tell(profiles_operation(&options.sheet, &settings));
    let as_of = as_of_now(&settings);
    let reading = reading_options(&options.sheet, &settings, as_of.clone());
    let (source, checked) = off_thread(move || {
        let checked = intake::check(&source, &reading);
        (source, checked)
    })
    .await;
    let checked = checked.map_err(|error| Failure::of(Ending::CouldNotStart, Reason::File, &error))?;
    Ok(Read { source, checked, as_of })
}

fn write_counts(source: &Source, checked: &Checked, out: &mut dyn Write) -> io::Result<()> {
    for note in &checked.notes {
        writeln!(out, "{}: {note}", source.name())?;
    }
    for skipped in checked.skipped_sheets.iter().filter(|skipped| skipped.is_told()) {
        writeln!(out, "worksheet `{}` skipped because {}", skipped.name, skipped.reason)?;
    }
    write_left_out(checked.hidden, out)?;
    let kinds: Vec<String> = checked
        .by_operation
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let ignored = if checked.ignored > 0 {
        format!(", {} ignored", checked.ignored)
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
