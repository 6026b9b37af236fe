//! The page from top to bottom.

use std::collections::HashMap;
use std::io;

use super::super::plan::PlanView;
use super::counts::Counts;
use super::names::Names;
use super::rows::{PlanRows, RowOfPlan, cells, columns};
use super::sections::Sections;
use super::subject::PageSubject;
use super::verdict::{Grounds, verdict};
use super::words::way_lost;
use crate::page::{Fact, Figure, Page, PageCell, PageRows, PageTable, Tone};
use crate::plan::{Fate, Loser, RowIndex, losers};
use crate::run_report::{Cause, Masking, People};
use crate::text::{choose, clean, number, plural, with_quotation_marks};

/// How much of a message is shown.
const MOST: usize = 1_000;

/// A plan as a page for whoever approves it.
pub struct ApprovalPage<'a> {
    view: &'a PlanView<'a>,
    rows: PlanRows<'a>,
    subject: PageSubject,
    losers: Vec<Loser>,
    /// In which way a row takes access away.
    access: HashMap<RowIndex, &'static str>,
    /// The numbers that stand for people, where these are not to be named.
    hidden: Option<People>,
}

impl<'a> ApprovalPage<'a> {
    /// The page of a plan with these rows.
    pub fn new(view: &'a PlanView<'a>, rows: PlanRows<'a>, subject: PageSubject) -> Self {
        let losers = losers(view.sheet.plan, view.sheet.snapshot);
        let access = losers.iter().flat_map(|loser| {
            let way = way_lost(loser.ways);
            loser.rows.iter().map(move |row| (*row, way))
        });
        let access = access.collect();
        let hidden = (subject.masking == Masking::Masked).then(|| {
            let mut people = People::default();
            for row in (rows.each)() {
                people.meet(&row.report);
            }
            people
        });
        Self {
            view,
            rows,
            subject,
            losers,
            access,
            hidden,
        }
    }

    /// The page, whose rows are made as they are written.
    pub fn page(&self) -> Page<'_> {
        let counts = Counts::of(self.view);
        let plan = self.view.sheet.plan;
        let later = self.subject.approval.later.among(self.view.not_due.reports());
        let grounds = Grounds {
            stop: self.subject.stop.as_ref().map(|stop| stop.why.as_str()),
            losers: self.losers.len(),
            deletions: plan.deletions.len(),
            later,
            finished: self.view.finished_before,
        };
        let (verdict, tone) = verdict(&counts, grounds);
        let sections = Sections {
            view: self.view,
            subject: &self.subject,
            names: self.names(),
            counts: &counts,
            losers: &self.losers,
            later,
        };
        Page {
            title: self.subject.sheet.clone(),
            kind: "Plan: nothing has been changed yet",
            verdict: with_quotation_marks(&verdict),
            tone,
            facts: self.facts(),
            figures: figures(&counts, grounds),
            sections: sections.all(),
            table: Some(PageTable {
                heading: "Every row of the sheet".to_owned(),
                columns: columns(self.rows.have_worksheets),
                rows: self,
            }),
            folded: sections.folded(),
            footer: format!(
                "Made by reseat {} on {}. Nothing was changed by making it.",
                env!("CARGO_PKG_VERSION"),
                self.subject.made.strftime("%Y-%m-%d %H:%M:%S (%:z)")
            ),
        }
    }

    fn names(&self) -> Names<'_> {
        Names::of(self.view.sheet, self.hidden.as_ref())
    }

    /// What is said of a row besides what it finds and leaves; nothing that may name somebody who is hidden.
    fn message(&self, row: &RowOfPlan) -> String {
        let RowOfPlan { index, report, fate } = row;
        match (&self.hidden, fate, index) {
            (None, ..) => clean(&with_quotation_marks(&report.message), MOST),
            (Some(_), Fate::ToChange, Some(index)) => {
                let change = self.view.sheet.plan.expected_change(self.view.sheet.snapshot, *index);
                clean(&change.words.join("; "), MOST)
            }
            (Some(_), ..) => {
                let cause = Cause::of(report.status, &report.code, None);
                cause.map_or_else(String::new, |cause| cause.what.to_owned())
            }
        }
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = self.subject.organization.clone();
        let mut fact = |label: &str, value: String| facts.push(Fact::new(label, value));
        fact(
            "sheet",
            format!("{}, {}", self.subject.sheet, plural(self.rows.count, "row")),
        );
        fact(
            "planned",
            self.subject.made.strftime("%Y-%m-%d %H:%M (%:z)").to_string(),
        );
        if self.view.is_ahead_of_time {
            let as_of = self.view.not_due.as_of;
            fact(
                "as if it were",
                format!(
                    "{} ({}), with the organization as it is now; a run leaves out what is not due yet",
                    as_of.show_briefly(as_of.now),
                    as_of.zone_name()
                ),
            );
        }
        if self.view.hidden.read > 0 {
            let are = choose(self.view.hidden.read, "runs", "run");
            fact(
                "hidden rows",
                format!(
                    "{} of the sheet {are} like the others, although the spreadsheet program hides them",
                    number(self.view.hidden.read)
                ),
            );
        }
        if self.view.hidden.left_out > 0 {
            fact("hidden rows left out", number(self.view.hidden.left_out));
        }
        facts
    }
}

impl PageRows for ApprovalPage<'_> {
    fn each(&self, write: &mut dyn FnMut(&[PageCell<'_>]) -> io::Result<()>) -> io::Result<()> {
        let names = self.names();
        let form = (self.rows.have_worksheets, self.subject.masking);
        for row in (self.rows.each)() {
            let who = match (row.index, &self.hidden) {
                (Some(index), None) => names.row(index),
                (Some(_) | None, _) => names.report(&row.report),
            };
            let access = row.index.and_then(|index| self.access.get(&index)).copied();
            write(&cells(&row, who, self.message(&row), access.unwrap_or_default(), form))?;
        }
        Ok(())
    }
}

fn figures(counts: &Counts, grounds: Grounds<'_>) -> Vec<Figure> {
    let Grounds {
        losers,
        deletions,
        later,
        ..
    } = grounds;
    let bad_if_any = |count: usize| if count > 0 { Tone::Bad } else { Tone::Plain };
    let waiting_if_any = |count: usize| if count > 0 { Tone::Waiting } else { Tone::Plain };
    let always = [
        (counts.people, "person affected", "people affected", Tone::Plain),
        (losers, "person loses access", "people lose access", bad_if_any(losers)),
        (deletions, "account deleted", "accounts deleted", bad_if_any(deletions)),
        (counts.mails, "invitation mailed", "invitations mailed", Tone::Plain),
        (
            counts.cannot_run,
            "row cannot run",
            "rows cannot run",
            bad_if_any(counts.cannot_run),
        ),
    ];
    let others = [
        (
            later.people,
            "person loses access later",
            "people lose access later",
            Tone::Bad,
        ),
        (
            later.deletions,
            "account deleted later",
            "accounts deleted later",
            Tone::Bad,
        ),
        (counts.short, "row gets no seat", "rows get no seat", Tone::Bad),
        (counts.rules, "group changed", "groups changed", Tone::Plain),
        (counts.waiting, "row waits", "rows wait", waiting_if_any(counts.waiting)),
        (counts.already_so, "row already so", "rows already so", Tone::Plain),
    ];
    let others = others.into_iter().filter(|(count, ..)| *count > 0);
    let figures = always.into_iter().chain(others).map(|(count, one, many, tone)| {
        let label = choose(count, one, many);
        Figure::new(count as u64, label, tone)
    });
    figures.collect()
}
