//! `reseat check`: everything that is wrong with a sheet, offline.

use std::io::{self, Write};

use super::Ending;
use super::console::{Console, data};
use super::failure::Failure;
use super::inputs::{open_sheet, reading_options, settings};
use crate::cli::{CheckOptions, OutputFormat};
use crate::intake::{self, Checked};
use crate::report::{write_problems, write_problems_json};
use crate::settings::{Overrides, Reach};
use crate::sheet::Source;
use crate::text::plural;

pub(super) fn check(options: &CheckOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    let (source, settings) = open_sheet(&options.path, settings(overrides, Reach::Offline, console))?;
    let checked = intake::check(&source, &reading_options(&options.sheet, &settings))
        .map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
    data(|out| match console.output {
        OutputFormat::Text => {
            write_problems(&checked.problems, out)?;
            write_counts(&source, &checked, out)
        }
        OutputFormat::Json => write_problems_json(&checked.problems, out),
    })?;
    Ok(if checked.problems.errors() > 0 {
        Ending::SheetInvalid
    } else {
        Ending::Done
    })
}

fn write_counts(source: &Source, checked: &Checked, out: &mut dyn Write) -> io::Result<()> {
    for note in &checked.notes {
        writeln!(out, "{}: {note}", source.name())?;
    }
    for skipped in checked.skipped_sheets.iter().filter(|skipped| !skipped.name.is_empty()) {
        writeln!(out, "worksheet `{}` skipped because {}", skipped.name, skipped.reason)?;
    }
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
