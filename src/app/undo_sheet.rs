//! What `undo` gives: the sheet, in a file or on standard output, and what is said about it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::Ending;
use super::console::{Console, deliver};
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::next::Typed;
use super::object::Object;
use super::sheet_place::{EarlierRun, SheetPlace, not_written};
use crate::cli::OutputFormat;
use crate::ledger::results_path;
use crate::model::Place;
use crate::report::write_json;
use crate::sheet::{WrittenFormat, WrittenTable, save_sheet, write_sheet_csv};
use crate::text::{number, plural};
use crate::undo::{RowKind, UndoRow, Why, table};

/// The rows that were worked out, and what they come to.
pub(super) struct Undone {
    rows: Vec<UndoRow>,
    /// How many rows of the results file changed something.
    changed: usize,
    /// Whether only some of them were asked for.
    is_part: bool,
    puts_back: usize,
    decide: BTreeMap<Why, usize>,
}

impl Undone {
    pub(super) fn of(rows: Vec<UndoRow>, changed: usize, is_part: bool) -> Self {
        let mut decide = BTreeMap::new();
        let mut puts_back = 0;
        for row in &rows {
            match row.kind {
                RowKind::PutsBack(_) => puts_back += 1,
                RowKind::Decide(why) => *decide.entry(why).or_insert(0) += 1,
            }
        }
        Self {
            rows,
            changed,
            is_part,
            puts_back,
            decide,
        }
    }

    fn ended(&self) -> Ended {
        if self.decide.is_empty() {
            Ended::DONE
        } else {
            Ended::before(Ending::NeedsPerson, Reason::Rows)
        }
    }

    /// The permission that a run of the sheet needs.
    fn hint(&self) -> Option<String> {
        let count = self.rows.iter().filter(|row| row.is_for_deactivated).count();
        (count > 0).then(|| {
            format!(
                "{} would give something to a deactivated account: add `--include-inactive` if it is to have it",
                plural(count, "row")
            )
        })
    }

    fn message(&self) -> String {
        if self.changed == 0 {
            let which = if self.is_part { "these rows" } else { "any row" };
            return format!("nothing to undo: the results do not say that {which} changed anything");
        }
        if self.rows.is_empty() {
            return format!(
                "nothing to undo: what {} changed is as it was before already",
                plural(self.changed, "row")
            );
        }
        let left = self.decide.values().sum::<usize>();
        if self.puts_back == 0 {
            return format!(
                "nothing can be put back of what {} changed; {} for a person to decide",
                plural(self.changed, "row"),
                plural(left, "row")
            );
        }
        let back = format!(
            "{} to put back what {} changed",
            plural(self.puts_back, "row"),
            plural(self.changed, "row")
        );
        if left == 0 {
            back
        } else {
            format!("{back}, and {left} for a person to decide")
        }
    }
}

/// Writes the sheet, and says what is in it and what to type next.
pub(super) fn deliver_sheet(
    place: Option<SheetPlace<'_>>,
    console: Console,
    undone: &Undone,
) -> Result<Ending, Failure> {
    let table = table(&undone.rows);
    let is_filed = place.is_some();
    let stale = place
        .filter(|place| undone.rows.is_empty() && place.path.exists())
        .map(|place| place.path);
    // A sheet without rows is of no use, and would be refused when it is run.
    let place = place.filter(|_| !undone.rows.is_empty());
    if let Some(SheetPlace { path, existing, .. }) = place {
        let format = WrittenFormat::of_path(path).unwrap_or(WrittenFormat::Csv);
        save_sheet(std::slice::from_ref(&table), format, path, existing).map_err(|error| not_written(&error))?;
    }
    let path = place.map(|place| place.path);
    let next = place.filter(|_| undone.puts_back > 0).map(|place| {
        let run = Typed::here().run_of(place.path);
        match place.earlier {
            EarlierRun::None => run,
            EarlierRun::Finished => format!("{run} --again"),
        }
    });
    let hint = undone.hint();
    print(console, is_filed, &table, undone, path, next.as_deref())?;
    console.tell(format!("{}\n", undone.message()));
    if let Some(stale) = stale {
        console.tell(format!(
            "`{}` was there before, and was left as it was\n",
            stale.display()
        ));
    }
    for (why, rows) in &undone.decide {
        console.tell(format!("  {} left alone: {}\n", number(*rows as u64), why.meaning()));
    }
    if let Some(place) = place {
        console.tell(format!(
            "the sheet is `{}`; look at it, then run it\n",
            place.path.display()
        ));
        if place.earlier == EarlierRun::Finished {
            console.tell(format!(
                "`{}` is of an earlier sheet of this name; `--again` keeps it under its date\n",
                results_path(place.path).display()
            ));
        }
    }
    if let Some(hint) = &hint {
        console.tell(format!("hint: {hint}\n"));
    }
    if let Some(next) = next {
        console.tell(format!("next: {next}\n"));
    }
    Ok(undone.ended().ending)
}

fn print(
    console: Console,
    is_filed: bool,
    table: &WrittenTable<'_>,
    undone: &Undone,
    path: Option<&Path>,
    next: Option<&str>,
) -> Result<(), Failure> {
    let message = undone.message();
    let shape = Shape {
        written: path.map(|path| path.display().to_string()),
        rows_changed: undone.changed,
        rows_put_back: undone.puts_back,
        rows_to_decide: undone.decide.iter().map(|(why, rows)| (why.as_str(), *rows)).collect(),
        rows: undone
            .rows
            .iter()
            .zip(2..)
            .map(|(row, number)| RowShape::of(row, number))
            .collect(),
        next_command: next,
    };
    let object = Object::of(undone.ended(), &message, &shape);
    if path.is_some() {
        // The work is done, whether or not that can be printed.
        console.found(&object, |_| Ok(()));
        return Ok(());
    }
    match console.output {
        OutputFormat::Json => deliver(|out| write_json(&object, out)),
        OutputFormat::Text if is_filed || undone.rows.is_empty() => Ok(()),
        OutputFormat::Text => deliver(|out: &mut dyn Write| -> io::Result<()> { write_sheet_csv(table, out) }),
    }
}

/// What `undo` prints for programs; `docs/undo.md` is its contract.
#[derive(Serialize)]
struct Shape<'a> {
    written: Option<String>,
    rows_changed: usize,
    rows_put_back: usize,
    rows_to_decide: BTreeMap<&'static str, usize>,
    rows: Vec<RowShape<'a>>,
    next_command: Option<&'a str>,
}

#[derive(Serialize)]
struct RowShape<'a> {
    row: usize,
    operation: &'static str,
    why: Option<&'static str>,
    cells: BTreeMap<&'static str, &'a str>,
    note: &'a str,
    undoes: Vec<PlaceShape<'a>>,
}

#[derive(Serialize)]
struct PlaceShape<'a> {
    sheet: &'a str,
    row: u32,
}

impl<'a> RowShape<'a> {
    fn of(row: &'a UndoRow, number: usize) -> Self {
        let (operation, why) = match row.kind {
            RowKind::PutsBack(kind) => (kind.as_str(), None),
            RowKind::Decide(why) => ("ignore", Some(why.as_str())),
        };
        let place = |place: &'a Place| PlaceShape {
            sheet: &place.sheet,
            row: place.row,
        };
        Self {
            row: number,
            operation,
            why,
            cells: row
                .cells
                .iter()
                .map(|(column, text)| (column.as_str(), text.as_str()))
                .collect(),
            note: &row.note,
            undoes: row.undoes.iter().map(place).collect(),
        }
    }
}
