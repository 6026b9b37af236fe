//! What `export` gives: the sheet, in files or on standard output, and what is said about it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};
use strum::IntoEnumIterator;

use super::place::ExportPlace;
use crate::app::Ending;
use crate::app::console::Console;
use crate::app::ending::{Ended, Reason};
use crate::app::failure::Failure;
use crate::app::object::Object;
use crate::app::organization::label::Whose;
use crate::app::sheet_outlet::print_sheet;
use crate::app::sheet_place::SheetPlace;
use crate::cli::{ExportOptions, ExportWhat};
use crate::draft::Offers;
use crate::export::{ExportRow, ExportTable, Exported, Present, Why};
use crate::model::OperationKind;
use crate::report::of_each;
use crate::sheet::WrittenCell;
use crate::text::{joined, number, plural};

/// What the rows come to.
#[derive(Debug, Default)]
struct Counts {
    by_operation: BTreeMap<&'static str, usize>,
    ignored: BTreeMap<Why, usize>,
    shows_time: bool,
}

impl Counts {
    fn of(exported: &Exported<'_>) -> Self {
        let mut counts = Self::default();
        for row in exported.tables.iter().flat_map(|table| table.rows(TimeZone::UTC)) {
            match row.why {
                Some(why) => *counts.ignored.entry(why).or_default() += 1,
                None => *counts.by_operation.entry(row.draft.operation_name()).or_default() += 1,
            }
            let is_time = |cell: &WrittenCell| matches!(cell, WrittenCell::Time(_));
            counts.shows_time |= row.draft.facts.values().any(is_time);
        }
        counts
    }

    fn to_decide(&self) -> usize {
        let decide = self.ignored.iter().filter(|(why, _)| why.is_to_decide());
        decide.map(|(_, rows)| rows).sum()
    }

    fn message(&self) -> String {
        let ignored: usize = self.ignored.values().sum();
        let ignored = (ignored > 0).then(|| format!("{} of `ignore`", plural(ignored, "row")));
        let runs = self
            .by_operation
            .iter()
            .map(|(operation, rows)| format!("{} of `{operation}`", plural(*rows, "row")));
        let all: Vec<String> = runs.chain(ignored).collect();
        if all.is_empty() {
            "nothing there matches".to_owned()
        } else {
            joined(&all, usize::MAX)
        }
    }
}

/// Writes the sheet, and says what is in it and what to type next.
pub(super) fn deliver_export(
    options: &ExportOptions,
    place: Option<&ExportPlace>,
    exported: &Exported<'_>,
    (present, whose): (Present<'_>, &Whose),
    console: Console<'_>,
) -> Result<Ending, Failure> {
    let counts = Counts::of(exported);
    let ended = if (exported.is_empty() && !options.allow_empty) || counts.to_decide() > 0 {
        Ended::before(Ending::NeedsPerson, Reason::Rows)
    } else {
        Ended::DONE
    };
    let is_written = !exported.is_empty() || options.allow_empty;
    let written = place.filter(|_| is_written);
    let offers = Offers::of(present.snapshot);
    let written_table = |table| ExportTable::written(table, &present.as_of.zone, &offers);
    let tables: Vec<_> = exported.tables.iter().map(written_table).collect();
    if let Some(place) = written {
        let _busy = console.busy("writing the sheet");
        place.save(&tables)?;
    }
    let next = written
        .filter(|_| !counts.by_operation.is_empty())
        .map(|place| next_command(&place.sheet, &options.what));
    let message = counts.message();
    let name = |file: &SheetPlace| file.path().display().to_string();
    let shape = Shape {
        written: written.map(|place| name(&place.sheet)),
        written_beside: written.and_then(|place| place.beside.as_ref()).map(name),
        rows_by_operation: OperationKind::iter()
            .map(OperationKind::as_str)
            .map(|operation| {
                (
                    operation,
                    counts.by_operation.get(operation).copied().unwrap_or_default(),
                )
            })
            .collect(),
        rows_ignored: of_each(&counts.ignored),
        notes: present
            .snapshot
            .gaps()
            .iter()
            .map(|gap| gap.sentence())
            .chain(exported.told.iter().map(String::as_str))
            .collect(),
        rows: Rows(exported),
        next_command: next.as_deref(),
    };
    let object = Object::of(ended, &message, &shape).with_organization(whose.shape());
    print_sheet(console, &object, &tables, place.is_some(), is_written)?;
    console.tell(format!("{message}\n"));
    for told in &exported.told {
        console.tell(format!("  {told}\n"));
    }
    for (why, rows) in &counts.ignored {
        console.tell(format!("  {} `ignore`: {}\n", number(*rows), why.meaning()));
    }
    if counts.shows_time {
        console.tell(format!(
            "  times in the sheet are those of {}\n",
            present.as_of.zone_name()
        ));
    }
    tell_of_files(place, written, exported, console);
    if let Some(next) = next {
        console.tell(format!("next: {next}\n"));
        if let Some(beside) = written.and_then(|place| place.beside.as_ref()) {
            console.tell(format!("then: {}\n", next_command(beside, &options.what)));
        }
    }
    Ok(ended.ending)
}

fn tell_of_files(
    place: Option<&ExportPlace>,
    written: Option<&ExportPlace>,
    exported: &Exported<'_>,
    console: Console<'_>,
) {
    if let Some(place) = place.filter(|_| written.is_none()) {
        place.files().for_each(|file| file.tell_of_older_file(console));
    }
    if exported.is_empty() {
        let help = match written {
            Some(_) => "the sheet has a header only",
            None => "no sheet was written; `--allow-empty` writes one with a header only, and ends with 0",
        };
        console.tell(format!("{help}\n"));
    }
    let Some(place) = written else { return };
    let names = place.files().map(|file| format!("`{}`", file.path().display()));
    let names: Vec<String> = names.collect();
    console.tell(match names.as_slice() {
        [only] => format!("the sheet is {only}\n"),
        several => format!("the sheets are {}\n", joined(several, usize::MAX)),
    });
    place.files().for_each(|file| file.tell_of_earlier_run(console));
}

fn next_command(sheet: &SheetPlace, what: &ExportWhat) -> String {
    match what {
        // It mails people at addresses that nobody has looked at yet.
        ExportWhat::Moves(_) => sheet.plan_command(),
        ExportWhat::Users { .. } | ExportWhat::Licenses | ExportWhat::Groups => sheet.run_command(),
    }
}

/// What `export` prints for programs; `docs/json.md` is its contract.
#[derive(Serialize)]
struct Shape<'a> {
    written: Option<String>,
    written_beside: Option<String>,
    rows_by_operation: BTreeMap<&'static str, usize>,
    rows_ignored: BTreeMap<&'static str, usize>,
    notes: Vec<&'a str>,
    rows: Rows<'a>,
    next_command: Option<&'a str>,
}

/// The rows, made one by one as they are printed.
struct Rows<'a>(&'a Exported<'a>);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // In UTC each time is one instant.
        let rows = self.0.tables.iter().flat_map(|table| {
            let numbered = (2..).zip(table.rows(TimeZone::UTC));
            numbered.map(|(number, row)| RowShape::of(table.name, number, row))
        });
        serializer.collect_seq(rows)
    }
}

#[derive(Serialize)]
struct RowShape<'a> {
    sheet: &'a str,
    row: usize,
    operation: &'static str,
    why: Option<&'static str>,
    cells: BTreeMap<&'static str, String>,
    facts: BTreeMap<&'static str, FactShape>,
    note: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum FactShape {
    Number(u64),
    Text(String),
}

impl<'a> RowShape<'a> {
    fn of(sheet: &'a str, row: usize, exported: ExportRow) -> Self {
        let ExportRow { draft, why } = exported;
        Self {
            sheet,
            row,
            operation: draft.operation_name(),
            why: why.map(Why::as_str),
            cells: draft
                .cells
                .into_iter()
                .map(|(column, text)| (column.as_str(), text))
                .collect(),
            facts: draft
                .facts
                .into_iter()
                .map(|(fact, cell)| (fact.as_str(), FactShape::of(&cell)))
                .collect(),
            note: draft.note,
        }
    }
}

impl FactShape {
    fn of(cell: &WrittenCell) -> Self {
        match cell {
            WrittenCell::Number(number) => Self::Number(*number),
            WrittenCell::Time(time) => Self::Text(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            WrittenCell::Empty | WrittenCell::Text(_) => Self::Text(cell.as_text().into_owned()),
        }
    }
}
