//! What `rebalance` gives: the sheet, in a file or on standard output, and what is said about it.

use std::io::{self, Write};

use super::Ending;
use super::console::{Console, deliver};
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::next::Typed;
use super::object::Object;
use super::prepare::text;
use super::sheet_place::{EarlierRun, SheetPlace, not_written};
use crate::cli::{OutputFormat, RebalanceOptions};
use crate::directory::{Gap, Snapshot};
use crate::draft::{DraftTable, Offers};
use crate::ledger::results_path;
use crate::rebalance::{COLUMNS, Proposal, Rules};
use crate::report::{KeepListUse, Lengths, RebalanceView, write_json};
use crate::settings::length_text;
use crate::sheet::{WrittenFormat, WrittenTable, save_sheet, write_sheet_csv};

/// The worksheet's name.
const WORKSHEET: &str = "Rebalance";

/// A proposal, and what is said about it.
pub(super) struct Proposed {
    proposal: Proposal,
    rules: Rules,
    keep_list: KeepListUse,
    lengths: Lengths,
    /// What the cells of a workbook offer.
    offers: Offers,
    /// What no route of the organization told.
    gaps: Vec<Gap>,
}

impl Proposed {
    pub(super) fn of(
        proposal: Proposal,
        rules: Rules,
        keep_list: KeepListUse,
        options: &RebalanceOptions,
        snapshot: &Snapshot,
    ) -> Self {
        Self {
            gaps: snapshot.gaps().iter().copied().collect(),
            proposal,
            rules,
            keep_list,
            offers: Offers::of(snapshot),
            lengths: Lengths {
                idle_for: length_text(options.idle_for),
                grace: length_text(options.grace),
                pending: length_text(options.pending),
            },
        }
    }

    fn view(&self) -> RebalanceView<'_> {
        RebalanceView {
            proposal: &self.proposal,
            rules: &self.rules,
            lengths: &self.lengths,
            keep_list: &self.keep_list,
            gaps: &self.gaps,
        }
    }

    fn ended(&self) -> Ended {
        if self.proposal.missing_out.is_empty() && self.view().short() == 0 {
            Ended::DONE
        } else {
            Ended::before(Ending::NeedsPerson, Reason::Rows)
        }
    }

    /// What a run of the sheet needs besides.
    fn hints(&self) -> Vec<String> {
        let mut hints = Vec::new();
        let view = self.view();
        if view.freed() > 0 && view.granted() > 0 {
            hints.push(
                "whoever has come back by the time it is run keeps the seat; the run then stops before its first change and names \
                 who would miss out, unless `--on-shortage fill` lets it go on without them"
                    .to_owned(),
            );
        }
        if view.row_counts().to_run == 0 && !self.rules.all && self.has_idle() {
            hints.push(
                "no more is freed than is wanted: `--wanted` names who wants seats, `--free CODE=N` frees some besides, and \
                 `--all` all that are idle"
                    .to_owned(),
            );
        }
        hints
    }

    fn has_idle(&self) -> bool {
        self.proposal.bundles.iter().any(|line| line.all_idle() > 0)
    }
}

/// Writes the sheet, says what it comes to, and how to run it.
pub(super) fn deliver_sheet(
    place: Option<SheetPlace<'_>>,
    console: Console,
    proposed: &Proposed,
) -> Result<Ending, Failure> {
    let rows = &proposed.proposal.rows;
    let view = proposed.view();
    let table = DraftTable {
        name: WORKSHEET,
        columns: COLUMNS.to_vec(),
    };
    let table = table.written_offering(&proposed.offers, || rows.iter().cloned());
    let is_filed = place.is_some();
    let stale = place.filter(|place| rows.is_empty() && place.path.exists());
    // A sheet without a row is of no use, and one that is there already would be taken for it.
    let place = place.filter(|_| !rows.is_empty());
    if let Some(SheetPlace { path, existing, .. }) = place {
        let format = WrittenFormat::of_path(path).unwrap_or(WrittenFormat::Csv);
        save_sheet(std::slice::from_ref(&table), format, path, existing).map_err(|error| not_written(&error))?;
    }
    let next = place.filter(|_| view.row_counts().to_run > 0).map(|place| {
        let run = Typed::here().run_of(place.path);
        match place.earlier {
            EarlierRun::None => run,
            EarlierRun::Finished => format!("{run} --again"),
        }
    });
    print(console, is_filed, &table, proposed, place, next.as_deref())?;
    console.tell(text(|out| view.write_text(out)));
    console.tell(format!("\n{}\n", view.message()));
    if let Some(stale) = stale {
        console.tell(format!(
            "`{}` was there before, and was left as it was\n",
            stale.path.display()
        ));
    }
    if let Some(place) = place {
        let path = place.path.display();
        console.tell(format!("the sheet is `{path}`; look at it, then run it\n"));
        if place.earlier == EarlierRun::Finished {
            console.tell(format!(
                "`{}` is of an earlier sheet of this name; `--again` keeps it under its date\n",
                results_path(place.path).display()
            ));
        }
    }
    for hint in proposed.hints() {
        console.tell(format!("hint: {hint}\n"));
    }
    if let Some(next) = next {
        console.tell(format!("next: {next}\n"));
    }
    Ok(proposed.ended().ending)
}

fn print(
    console: Console,
    is_filed: bool,
    table: &WrittenTable<'_>,
    proposed: &Proposed,
    place: Option<SheetPlace<'_>>,
    next: Option<&str>,
) -> Result<(), Failure> {
    let view = proposed.view();
    let message = view.message();
    let shape = view.shape(place.map(|place| place.path.display().to_string()), next);
    let object = Object::of(proposed.ended(), &message, &shape);
    if place.is_some() {
        // The work is done, whether or not that can be printed.
        console.found(&object, |_| Ok(()));
        return Ok(());
    }
    match console.output {
        OutputFormat::Json => deliver(|out| write_json(&object, out)),
        OutputFormat::Text if is_filed || proposed.proposal.rows.is_empty() => Ok(()),
        OutputFormat::Text => deliver(|out: &mut dyn Write| -> io::Result<()> { write_sheet_csv(table, out) }),
    }
}
