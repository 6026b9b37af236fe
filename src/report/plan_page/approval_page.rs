//! The page from top to bottom.

use std::collections::HashMap;
use std::io;

use super::super::plan::PlanView;
use super::counts::Counts;
use super::people::People;
use super::rows::{PlanRows, RowOfPlan, cells, columns};
use super::sections::Sections;
use super::subject::PageSubject;
use super::verdict::{Grounds, verdict};
use super::words::{quoted, way_lost};
use crate::page::{Fact, Figure, Page, PageCell, PageRows, PageTable, Tone};
use crate::plan::{Loser, RowIndex, losers};
use crate::text::{clean, number, plural};

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
}

impl<'a> ApprovalPage<'a> {
    /// The page of a plan with these rows.
    pub fn new(view: &'a PlanView<'a>, rows: PlanRows<'a>, subject: PageSubject) -> Self {
        let losers = losers(view.sheet.plan, view.sheet.snapshot);
        let access = losers.iter().flat_map(|loser| {
            let way = way_lost(loser.ways);
            loser.rows.iter().map(move |row| (*row, way))
        });
        Self {
            view,
            rows,
            subject,
            access: access.collect(),
            losers,
        }
    }

    /// The page, whose rows are made as they are written.
    pub fn page(&self) -> Page<'_> {
        let counts = Counts::of(self.view);
        let plan = self.view.sheet.plan;
        let grounds = Grounds {
            stop: self.subject.stop.as_ref().map(|stop| stop.why.as_str()),
            losers: self.losers.len(),
            deletions: plan.deletions.len(),
            finished: self.view.finished_before,
        };
        let (verdict, tone) = verdict(&counts, grounds);
        let sections = Sections {
            view: self.view,
            subject: &self.subject,
            people: People::of(self.view.sheet),
            counts: &counts,
            losers: &self.losers,
        };
        Page {
            title: self.subject.sheet.clone(),
            kind: "Plan: nothing has been changed yet",
            verdict: quoted(&verdict),
            tone,
            facts: self.facts(),
            figures: figures(&counts, self.losers.len(), plan.deletions.len()),
            sections: sections.all(),
            table: Some(PageTable {
                heading: "Every row of the sheet".to_owned(),
                columns: columns(self.rows.have_worksheets),
                count: self.rows.count,
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

    fn facts(&self) -> Vec<Fact> {
        let mut facts = self.subject.organization.clone();
        let mut fact = |label: &str, value: String| {
            facts.push(Fact {
                label: label.to_owned(),
                value,
            });
        };
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
            let are = if self.view.hidden.read == 1 { "runs" } else { "run" };
            fact(
                "hidden rows",
                format!(
                    "{} of the sheet {are} like the others, although the spreadsheet program hides them",
                    number(self.view.hidden.read as u64)
                ),
            );
        }
        if self.view.hidden.left_out > 0 {
            fact("hidden rows left out", number(self.view.hidden.left_out as u64));
        }
        facts
    }
}

impl PageRows for ApprovalPage<'_> {
    fn each(&self, write: &mut dyn FnMut(&[PageCell<'_>]) -> io::Result<()>) -> io::Result<()> {
        let people = People::of(self.view.sheet);
        for row in (self.rows.each)() {
            let RowOfPlan { index, report, .. } = &row;
            let who = match index {
                Some(index) => people.row(*index),
                None => people.report(report),
            };
            let access = index
                .and_then(|index| self.access.get(&index))
                .copied()
                .unwrap_or_default();
            let message = people.text(&clean(&report.message, MOST));
            write(&cells(&row, who, message, access, self.rows.have_worksheets))?;
        }
        Ok(())
    }
}

fn figures(counts: &Counts, losers: usize, deletions: usize) -> Vec<Figure> {
    let figure = |count: usize, label: &str, tone: Tone| Figure {
        value: number(count as u64),
        label: label.to_owned(),
        tone,
    };
    let bad_if_any = |count: usize| if count > 0 { Tone::Bad } else { Tone::Plain };
    let waiting_if_any = |count: usize| if count > 0 { Tone::Waiting } else { Tone::Plain };
    let who = |count: usize, one: &str, many: &str| (if count == 1 { one } else { many }).to_owned();
    let mut figures = vec![
        figure(
            counts.people,
            &who(counts.people, "person affected", "people affected"),
            Tone::Plain,
        ),
        figure(
            losers,
            &who(losers, "person loses access", "people lose access"),
            bad_if_any(losers),
        ),
        figure(
            deletions,
            &who(deletions, "account deleted", "accounts deleted"),
            bad_if_any(deletions),
        ),
        figure(
            counts.mails,
            &who(counts.mails, "invitation mailed", "invitations mailed"),
            Tone::Plain,
        ),
        figure(
            counts.cannot_run,
            &who(counts.cannot_run, "row cannot run", "rows cannot run"),
            bad_if_any(counts.cannot_run),
        ),
    ];
    let others = [
        (counts.short, "row gets no seat", "rows get no seat", Tone::Bad),
        (counts.rules, "group changed", "groups changed", Tone::Plain),
        (counts.waiting, "row waits", "rows wait", waiting_if_any(counts.waiting)),
        (counts.already_so, "row already so", "rows already so", Tone::Plain),
    ];
    let others = others.into_iter().filter(|(count, ..)| *count > 0);
    figures.extend(others.map(|(count, one, many, tone)| figure(count, &who(count, one, many), tone)));
    figures
}
