//! What `rebalance` gives: the sheet, in a file or on standard output, and what is said about it.

use crate::app::Ending;
use crate::app::console::Console;
use crate::app::ending::{Ended, Reason};
use crate::app::failure::Failure;
use crate::app::object::Object;
use crate::app::organization::label::Whose;
use crate::app::prepare::text;
use crate::app::sheet_outlet::print_sheet;
use crate::app::sheet_place::SheetPlace;
use crate::directory::{Gap, Snapshot};
use crate::draft::{DraftTable, Offers};
use crate::rebalance::{COLUMNS, Proposal, Rules};
use crate::report::{KeepListUse, RebalanceView};

/// The worksheet's name.
const WORKSHEET: &str = "Rebalance";

/// A proposal, and what is said about it.
pub(super) struct Proposed {
    proposal: Proposal,
    rules: Rules,
    keep_list: KeepListUse,
    /// What the cells of a workbook offer.
    offers: Offers,
    /// What no route of the organization told.
    gaps: Vec<Gap>,
    whose: Whose,
}

impl Proposed {
    pub(super) fn of(
        proposal: Proposal,
        rules: Rules,
        keep_list: KeepListUse,
        snapshot: &Snapshot,
        whose: Whose,
    ) -> Self {
        Self {
            whose,
            gaps: snapshot.gaps().iter().copied().collect(),
            proposal,
            rules,
            keep_list,
            offers: Offers::of(snapshot),
        }
    }

    fn view(&self) -> RebalanceView<'_> {
        RebalanceView {
            proposal: &self.proposal,
            rules: &self.rules,
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
    place: Option<&SheetPlace>,
    console: Console<'_>,
    proposed: &Proposed,
) -> Result<Ending, Failure> {
    let rows = &proposed.proposal.rows;
    let view = proposed.view();
    let table = DraftTable {
        name: WORKSHEET,
        columns: COLUMNS.to_vec(),
    };
    let tables = [table.written_offering(&proposed.offers, || rows.iter().cloned())];
    // A sheet without a row is of no use, and one that is there already would be taken for it.
    let is_written = !rows.is_empty();
    let written = place.filter(|_| is_written);
    if let Some(place) = written {
        let _busy = console.busy("writing the sheet");
        place.save(&tables)?;
    }
    let next = written
        .filter(|_| view.row_counts().to_run > 0)
        .map(SheetPlace::run_command);
    let message = view.message();
    let shape = view.shape(written.map(|place| place.path().display().to_string()), next.as_deref());
    let object = Object::of(proposed.ended(), &message, &shape).with_organization(proposed.whose.shape());
    print_sheet(console, &object, &tables, place.is_some(), is_written)?;
    console.tell(text(|out| view.write_text(out)));
    console.tell(format!("\n{message}\n"));
    if let Some(place) = place.filter(|_| !is_written) {
        place.tell_of_older_file(console);
    }
    if let Some(place) = written {
        let path = place.path().display();
        let then = if next.is_some() {
            "look at it, then run it"
        } else {
            "it has nothing to run, only rows to read"
        };
        console.tell(format!("the sheet is `{path}`; {then}\n"));
        place.tell_of_earlier_run(console);
    }
    for hint in proposed.hints() {
        console.tell(format!("hint: {hint}\n"));
    }
    if let Some(next) = next {
        console.tell(format!("next: {next}\n"));
    }
    Ok(proposed.ended().ending)
}
