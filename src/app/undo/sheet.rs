//! What `undo` gives: the sheet, in a file or on standard output, and what is said about it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::Ending;
use crate::app::console::Console;
use crate::app::ending::{Ended, Reason};
use crate::app::failure::Failure;
use crate::app::object::Object;
use crate::app::organization::label::Whose;
use crate::app::sheet_outlet::print_sheet;
use crate::app::sheet_place::SheetPlace;
use crate::model::{BundleSet, Place};
use crate::report::of_each;
use crate::text::{choose, number, plural};
use crate::undo::{RowKind, UndoRow, Why, table};

/// The rows that were worked out, and what they come to.
pub(super) struct Undone {
    rows: Vec<UndoRow>,
    /// How many rows of the results file changed something.
    changed: usize,
    /// Whether only some of them were asked for.
    is_part: bool,
    /// The one whose present state the changes were compared with; `None` where nothing was asked.
    compared_with: Option<Whose>,
    pub(super) puts_back: usize,
    decide: BTreeMap<Why, usize>,
}

impl Undone {
    pub(super) fn of(rows: Vec<UndoRow>, changed: usize, is_part: bool, compared_with: Option<Whose>) -> Self {
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
            compared_with,
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

    /// That a run would stop for want of seats, and what to do about it.
    fn shortage(&self) -> Option<String> {
        let rows = self.rows.iter().filter(|row| !row.lacking.is_empty());
        let lacking: Vec<&BundleSet> = rows.map(|row| &row.lacking).collect();
        let all = lacking
            .iter()
            .copied()
            .fold(BundleSet::default(), |all, one| all.union(one));
        let help = if self.is_part {
            "name in `--only` the row that gave the seat to somebody else as well, or free another"
        } else {
            "free another before the sheet is run"
        };
        (!lacking.is_empty()).then(|| {
            let find = choose(lacking.len(), "finds", "find");
            format!("{} {find} no free seat of {all}: {help}", plural(lacking.len(), "row"))
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
            format!("{back}, and {} for a person to decide", number(left))
        }
    }
}

/// Writes the sheet, and says what is in it and what to type next.
pub(super) fn deliver_sheet(
    place: Option<&SheetPlace>,
    console: Console<'_>,
    undone: &Undone,
) -> Result<Ending, Failure> {
    let tables = [table(&undone.rows)];
    // A sheet without rows is of no use, and would be refused when it is run.
    let is_written = !undone.rows.is_empty();
    let written = place.filter(|_| is_written);
    if let Some(place) = written {
        let _busy = console.busy("writing the sheet");
        place.save(&tables)?;
    }
    let next = written.filter(|_| undone.puts_back > 0).map(SheetPlace::run_command);
    let message = undone.message();
    let shape = Shape::of(undone, written, next.as_deref());
    let object =
        Object::of(undone.ended(), &message, &shape).with_organization(undone.compared_with.as_ref().map(Whose::shape));
    print_sheet(console, &object, &tables, place.is_some(), is_written)?;
    console.tell(format!("{message}\n"));
    if let Some(place) = place.filter(|_| !is_written) {
        place.tell_of_older_file(console);
    }
    for (why, rows) in &undone.decide {
        console.tell(format!("  {} left alone: {}\n", number(*rows), why.meaning()));
    }
    if let Some(place) = written {
        let what = if undone.puts_back == 0 {
            "it has nothing to run, only rows to read"
        } else {
            "look at it, then run it"
        };
        console.tell(format!("the sheet is `{}`; {what}\n", place.path().display()));
        if undone.puts_back > 0 {
            place.tell_of_earlier_run(console);
        }
    }
    if let Some(shortage) = undone.shortage() {
        console.tell(format!("warning: {shortage}\n"));
    }
    if let Some(hint) = undone.hint() {
        console.tell(format!("hint: {hint}\n"));
    }
    if let Some(next) = next {
        console.tell(format!("next: {next}\n"));
    }
    Ok(undone.ended().ending)
}

/// What `undo` prints for programs; `docs/json.md` is its contract.
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
    undoes: &'a [Place],
}

impl<'a> Shape<'a> {
    fn of(undone: &'a Undone, written: Option<&SheetPlace>, next: Option<&'a str>) -> Self {
        Self {
            written: written.map(|place| place.path().display().to_string()),
            rows_changed: undone.changed,
            rows_put_back: undone.puts_back,
            rows_to_decide: of_each(&undone.decide),
            rows: undone
                .rows
                .iter()
                .zip(2..)
                .map(|(row, number)| RowShape::of(row, number))
                .collect(),
            next_command: next,
        }
    }
}

impl<'a> RowShape<'a> {
    fn of(row: &'a UndoRow, number: usize) -> Self {
        let why = match row.kind {
            RowKind::PutsBack(_) => None,
            RowKind::Decide(why) => Some(why.as_str()),
        };
        Self {
            row: number,
            operation: row.draft.operation_name(),
            why,
            cells: row
                .draft
                .cells
                .iter()
                .map(|(column, text)| (column.as_str(), text.as_str()))
                .collect(),
            note: &row.draft.note,
            undoes: &row.undoes,
        }
    }
}
