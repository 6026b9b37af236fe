//! `reseat undo`: the sheet that puts back what a run changed. Only sends reads, or nothing at all.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::Ending;
use super::console::{Console, deliver};
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::inputs::settings_for;
use super::next::Typed;
use super::object::Object;
use super::organization::{Doorway, IN_PROCESS, Organization};
use super::prepare::Session;
use super::results::{not_opened, not_read};
use super::runtime::{block_on, off_thread};
use super::signals::Signals;
use crate::cli::{Comparison, OutputFormat, Target, UndoOptions};
use crate::directory::{self, Accounts};
use crate::ledger::{History, OpenError, writer_of};
use crate::model::Place;
use crate::report::write_json;
use crate::settings::Overrides;
use crate::sheet::{WrittenFormat, WrittenTable, may_write_sheet, save_sheet, write_sheet_csv};
use crate::text::plural;
use crate::undo::{Changes, Present, RowKind, UndoRow, Wanted, Why, fold, put_back, table};

pub(super) fn undo(options: &UndoOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    if let Some(out) = &options.out {
        may_write_sheet(out, options.existing).map_err(|error| could_not_start(&error))?;
    }
    let settings = match options.comparison {
        Comparison::WithThePresent => Some(settings_for(Target::Configured, overrides, console)?),
        Comparison::WithNothing => None,
    };
    let rows = block_on(async {
        let signals = Signals::listen();
        let (history, changes) = read(options).await?;
        tell_of(&history, console);
        let Some(settings) = &settings else {
            console
                .tell("nothing was compared with the organization: what has been changed since would be overwritten\n");
            return Ok(Undone::of(put_back(&changes, None), changes.rows));
        };
        let session = Session::new(settings, console, signals.clone());
        let compared = Box::pin(compare(&session, &history, &changes));
        let rows = signals.obeyed_by(compared).await?;
        Ok(Undone::of(rows, changes.rows))
    })?;
    write(options, console, &rows)
}

/// The results file, and the net changes of the chosen rows.
async fn read(options: &UndoOptions) -> Result<(History, Changes), Failure> {
    let (path, only) = (options.path.clone(), options.only.clone());
    off_thread(move || {
        if let Err(error) = fs_err::metadata(&path) {
            return Err(Failure::of(Ending::CouldNotStart, Reason::File, &error)
                .with_help("name the results file of a run: for `joiners.csv` it is `joiners.results.csv`"));
        }
        if let Some(writer) = writer_of(&path) {
            let message = format!("a run is writing `{}` ({writer})", path.display());
            return Err(Failure::new(Ending::Stopped, Reason::Locked, message)
                .with_help("wait until it ends: only then is it known what it changed"));
        }
        let history = History::read(&path).map_err(|error| no_results(&error))?;
        let records: Result<Vec<_>, OpenError> = history.entries().collect();
        let records = records.map_err(|error| not_read(&error))?;
        if let Some(only) = &only
            && !records.iter().any(|record| only.contains(&record.record.report.place))
        {
            let message = format!("`{}` has none of the rows that `--only` names", path.display());
            return Err(Failure::new(Ending::CouldNotStart, Reason::Settings, message)
                .with_help("row numbers are those of the sheet that was run, as the column `row` has them"));
        }
        let changes = fold(records, only.as_ref());
        Ok((history, changes))
    })
    .await
}

/// A file that is something else is mostly the sheet itself.
fn no_results(error: &OpenError) -> Failure {
    let failure = not_read(error);
    match error {
        OpenError::NotResults { .. } => {
            failure.with_help("name the results file of the run: for `joiners.csv` it is `joiners.results.csv`")
        }
        _ => failure,
    }
}

fn tell_of(history: &History, console: Console) {
    if history.is_torn() {
        console.tell(
            "the last line was cut off when the run was interrupted, and is left out: run the sheet again first\n",
        );
    }
}

/// Reads the present state and compares the changes with it.
async fn compare(session: &Session<'_>, history: &History, changes: &Changes) -> Result<Vec<UndoRow>, Failure> {
    let observer = session.relay.observer();
    let doorway = Doorway::of(session.settings, Target::Configured, observer, &session.signals).await?;
    let organization: Organization = doorway.open().await?;
    history
        .belongs_to(organization.id)
        .map_err(|error| of_another(&error))?;
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    organization.check_id(&session.signals).await?;
    let progress = session.progress();
    let observer = session.relay.observer();
    let (client, options) = (&organization.client, &organization.read);
    let wanted = Wanted::of(changes);
    let snapshot = directory::read(client, &wanted.needs(), options, &observer).await;
    let snapshot = snapshot.map_err(|error| session.not_read(&error))?;
    let addresses = Wanted::addresses(changes, &snapshot);
    let bearers = if addresses.is_empty() {
        Accounts::default()
    } else {
        let found = directory::find_accounts(client, &addresses, options, &observer).await;
        found.map_err(|error| session.not_read(&error))?
    };
    progress.finish();
    let present = Present {
        snapshot: &snapshot,
        bearers: &bearers,
    };
    Ok(put_back(changes, Some(present)))
}

/// A trial's organization ends with its process, so there is nothing to compare its results with.
fn of_another(error: &OpenError) -> Failure {
    let failure = not_opened(error, Target::Configured);
    match error {
        OpenError::OtherOrganization { run, .. } if run.organization() == IN_PROCESS => Failure {
            help: vec![
                "the organization of a trial is gone when the trial ends; `--offline` shows its sheet".to_owned(),
            ],
            ..failure
        },
        _ => failure,
    }
}

fn could_not_start(error: &dyn std::error::Error) -> Failure {
    Failure::of(Ending::CouldNotStart, Reason::File, error)
}

/// The rows that were worked out, and what they come to.
struct Undone {
    rows: Vec<UndoRow>,
    /// How many rows of the results file changed something.
    changed: usize,
    puts_back: usize,
    decide: BTreeMap<Why, usize>,
}

impl Undone {
    fn of(rows: Vec<UndoRow>, changed: usize) -> Self {
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

    fn message(&self) -> String {
        if self.changed == 0 {
            return "nothing to undo: the run changed nothing".to_owned();
        }
        if self.rows.is_empty() {
            return format!(
                "nothing to undo: what {} changed is as it was before already",
                plural(self.changed, "row")
            );
        }
        let left = self.decide.values().sum::<usize>();
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

fn write(options: &UndoOptions, console: Console, undone: &Undone) -> Result<Ending, Failure> {
    let table = table(&undone.rows);
    // A sheet without rows is of no use, and would be refused when it is run.
    let path = options.out.as_deref().filter(|_| !undone.rows.is_empty());
    if let Some(path) = path {
        let format = WrittenFormat::of_path(path).unwrap_or(WrittenFormat::Csv);
        save_sheet(std::slice::from_ref(&table), format, path, options.existing)
            .map_err(|error| could_not_start(&error))?;
    }
    let next = path
        .filter(|_| undone.puts_back > 0)
        .map(|path| Typed::here().run_of(path));
    print(console, options.out.is_some(), &table, undone, path, next.as_deref())?;
    console.tell(format!("{}\n", undone.message()));
    for (why, rows) in &undone.decide {
        console.tell(format!("  {rows} left alone: {}\n", why.meaning()));
    }
    if let Some(path) = path {
        console.tell(format!("the sheet is `{}`; look at it, then run it\n", path.display()));
    }
    if let Some(next) = next {
        console.tell(format!("next: {next}\n"));
    }
    Ok(undone.ended().ending)
}

fn print(
    console: Console,
    is_filed: bool,
    table: &WrittenTable,
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
