//! `reseat undo`: the sheet that puts back what a run changed. Only sends reads, or nothing at all.

mod chosen;
pub(super) mod refusals;
mod sheet;
pub(super) mod since;

use self::chosen::{ChosenRecords, choose};
use self::refusals::not_results;
use self::sheet::{Undone, deliver_sheet};
use self::since::note_undo;
use super::Ending;
use super::console::Console;
use super::ending::Reason;
use super::failure::Failure;
use super::inputs::settings_for;
use super::organization::label::Whose;
use super::organization::{Doorway, Organization};
use super::runtime::{block_on, off_thread};
use super::session::Session;
use super::sheet_place::SheetPlace;
use super::signals::Signals;
use crate::cli::{Target, UndoOptions};
use crate::directory::{Accounts, Reader};
use crate::ledger::{History, OpenError, writer_of};
use crate::settings::Overrides;
use crate::text::joined;
use crate::undo::{Changes, Present, UndoRow, Wanted, fold, put_back};

/// How many ranges without a row are named.
const MOST_NAMED: usize = 10;

pub(super) fn undo(options: &UndoOptions, overrides: &Overrides, console: Console<'_>) -> Result<Ending, Failure> {
    let place = SheetPlace::asked_for(&options.sheet)?;
    let settings = if options.offline {
        None
    } else {
        Some(settings_for(Target::Configured, overrides, console)?)
    };
    let undone = block_on(async {
        let signals = Signals::listen();
        let Read {
            history,
            changes,
            missing,
            warning,
        } = read(options, console).await?;
        tell_of(&history, console);
        if !missing.is_empty() {
            let missing = joined(&missing, MOST_NAMED);
            let results = options.path.display();
            console.tell(format!("warning: no row of `{results}` is in {missing} of `--only`\n"));
        }
        if let Some(warning) = warning {
            console.tell(format!("warning: {warning}\n"));
        }
        let Some(settings) = &settings else {
            console
                .tell("nothing was compared with the organization: what has been changed since would be overwritten\n");
            return Ok(undone(options, &changes, put_back(&changes, None), None));
        };
        let session = Session::new(settings, console, signals.clone());
        let compared = Box::pin(compare(&session, &history, &changes));
        let (rows, whose) = signals.obeyed_by(compared).await?;
        Ok(undone(options, &changes, rows, Some(whose)))
    })?;
    let ending = deliver_sheet(place.as_ref(), console, &undone)?;
    if let Some(place) = place.filter(|_| undone.puts_back > 0) {
        note_undo(&options.path, place.path());
    }
    Ok(ending)
}

fn undone(options: &UndoOptions, changes: &Changes, rows: Vec<UndoRow>, compared_with: Option<Whose>) -> Undone {
    Undone::of(rows, changes.rows, options.only.is_some(), compared_with)
}

/// A results file that was read.
struct Read {
    history: History,
    /// The net changes of the chosen rows.
    changes: Changes,
    /// What chooses none, as typed.
    missing: Vec<String>,
    /// What is said of rows that had the chosen numbers once.
    warning: Option<String>,
}

async fn read(options: &UndoOptions, console: Console<'_>) -> Result<Read, Failure> {
    let (path, only) = (options.path.clone(), options.only.clone());
    let _busy = console.busy("reading the results");
    off_thread(move || {
        if let Some(writer) = writer_of(&path) {
            let message = format!("a run is writing `{}` ({writer})", path.display());
            return Err(Failure::new(Ending::Stopped, Reason::Locked, message)
                .with_help("wait until it ends: only then is it known what it changed"));
        }
        let history = History::read(&path).map_err(|error| not_results(&error, None))?;
        let records: Result<Vec<_>, OpenError> = history.entries().collect();
        let records = records.map_err(|error| not_results(&error, None))?;
        if let Some(only) = &only
            && !records.iter().any(|record| only.contains(&record.record.report.place))
        {
            let message = format!("`{}` has none of the rows that `--only` names", path.display());
            return Err(Failure::in_settings(message)
                .with_help("row numbers are those of the sheet that was run, as the column `row` has them"));
        }
        let places = records.iter().map(|record| &record.record.report.place);
        let missing = only.as_ref().map_or_else(Vec::new, |only| only.without(&places));
        let chosen = match &only {
            Some(only) => choose(&path, records, only)?,
            None => ChosenRecords::all(records),
        };
        Ok(Read {
            history,
            changes: fold(chosen.records, only.as_ref()),
            missing,
            warning: chosen.warning,
        })
    })
    .await
}

fn tell_of(history: &History, console: Console<'_>) {
    if history.is_torn() {
        console.tell(
            "the last line was cut off when the run was interrupted, and is left out: run the sheet again first\n",
        );
    }
}

/// Reads the present state and compares the changes with it.
async fn compare(
    session: &Session<'_>,
    history: &History,
    changes: &Changes,
) -> Result<(Vec<UndoRow>, Whose), Failure> {
    let doorway = Doorway::of(session, Target::Configured).await?;
    session.tell_whose(&doorway);
    let organization: Organization = doorway.open().await?;
    history
        .belongs_to(organization.id)
        .map_err(|error| not_results(&error, Some(&organization.label)))?;
    if changes.is_empty() {
        return Ok((Vec::new(), organization.whose()));
    }
    organization.check_id(session).await?;
    let progress = session.progress();
    let observer = session.relay.observer();
    let (client, options) = (&organization.client, &organization.read);
    let wanted = Wanted::of(changes);
    let snapshot = session.read(&organization, &wanted.needs()).await?;
    let addresses = Wanted::addresses(changes, &snapshot);
    let bearers = if addresses.is_empty() {
        Accounts::default()
    } else {
        let found = Reader::new(client, options, &observer).find_accounts(&addresses).await;
        found.map_err(|error| session.not_read(&error))?
    };
    progress.finish();
    let present = Present {
        snapshot: &snapshot,
        bearers: &bearers,
    };
    Ok((put_back(changes, Some(present)), organization.whose()))
}
