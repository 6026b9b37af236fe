//! A plan, as text and as JSON.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use jiff::{Timestamp, Zoned};
use serde::Serialize;
use serde_json::Value;

use super::forecast::ForecastView;
use super::style::{ERROR, HEADING, WARNING};
use super::table::{Align, Table};
use super::words::things;
use crate::engine::{Forecast, Timing};
use crate::intake::{HiddenRows, WaitingRows};
use crate::ledger::Record;
use crate::model::{AsOf, BundleSet, OperationKind, Row, RowKey, RowReport, Status};
use crate::plan::{
    Deletion, Ending, Fate, NAMED_IN_A_WARNING, PlannedRow, PlannedSheet, RowCode, RowIndex, RowReason, Verdict,
    not_owned,
};
use crate::text::{clean, joined, number, plural};

/// How many rows of a kind are listed. Whom a plan deletes is never cut, but for those whom only a later run deletes.
const NAMED: usize = 20;

/// What is shown before anything is sent.
#[derive(Clone)]
pub struct PlanView<'a> {
    /// The rows, what is planned for them, and the state that they were planned against.
    pub sheet: PlannedSheet<'a>,
    /// What it costs.
    pub forecast: &'a Forecast,
    /// How long it takes.
    pub timing: &'a Timing,
    /// When it ends if it begins now, on the local clock.
    pub ends: &'a Zoned,
    /// Rows that earlier runs finished.
    pub finished_before: usize,
    /// Rows that did not pass validation, or are duplicates.
    pub invalid: usize,
    /// How many rows of the sheet the spreadsheet program hides.
    pub hidden: HiddenRows,
    /// Rows that are not due yet.
    pub not_due: NotDueRows<'a>,
    /// Whether the dates are judged as of a moment that is yet to come.
    pub is_ahead_of_time: bool,
    /// The command that lists all rows, for programs.
    pub listing_all: String,
}

/// The rows that are not due yet, and that the plan therefore leaves out.
#[derive(Clone, Copy)]
pub struct NotDueRows<'a> {
    /// How many, and until when.
    pub waiting: WaitingRows,
    /// They are among these records of rows that are not attempted.
    pub among: &'a [Record],
    /// When those are due for which nothing was done yet.
    pub due: &'a HashMap<RowKey, Timestamp>,
    /// When it is, and in which zone.
    pub as_of: &'a AsOf,
}

impl<'a> NotDueRows<'a> {
    pub(super) fn reports(self) -> impl Iterator<Item = &'a RowReport> {
        let reports = self.among.iter().map(|record| &record.report);
        reports.filter(|report| !matches!(report.status, Status::NotRun | Status::Invalid | Status::Duplicate))
    }

    /// The rows beside them that did not pass validation.
    pub(super) fn invalid(self) -> impl Iterator<Item = &'a RowReport> {
        let reports = self.among.iter().map(|record| &record.report);
        reports.filter(|report| report.status == Status::Invalid)
    }
}

/// The rows of one operation, by what is planned for them.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Fates {
    pub(super) to_change: usize,
    pub(super) already_so: usize,
    pub(super) waits: usize,
    pub(super) cannot_run: usize,
}

impl PlanView<'_> {
    /// Writes it as text.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = Table::new([
            ("operation", Align::Left),
            ("to change", Align::Right),
            ("already so", Align::Right),
            ("waits", Align::Right),
            ("not run", Align::Right),
        ]);
        for (operation, fates) in self.fates() {
            table.push([
                operation.to_string(),
                number(fates.to_change),
                number(fates.already_so),
                number(fates.waits),
                number(fates.cannot_run),
            ]);
        }
        table.write(out)?;
        if self.finished_before > 0 {
            writeln!(
                out,
                "{} finished by an earlier run",
                plural(self.finished_before, "row")
            )?;
        }
        if self.invalid > 0 {
            writeln!(out, "{} invalid and left out", things(self.invalid, "row", "is", "are"))?;
        }
        if self.hidden.read > 0 {
            writeln!(
                out,
                "of the whole sheet, {} hidden in the spreadsheet program; hidden rows run like the others, \
                 `--visible-only` leaves them out",
                things(self.hidden.read, "row", "is", "are")
            )?;
        }
        write_left_out(self.hidden, out)?;
        let mut is_cut = self.write_changes(out)?;
        self.write_not_due(out)?;
        is_cut |= self.write_blocked(out)?;
        self.write_seats(out)?;
        self.costs().write(out)?;
        self.write_deletions(out)?;
        is_cut |= self.write_later(out)?;
        self.write_access_lost(out)?;
        is_cut |= self.write_short(out)?;
        let warnings = &self.sheet.plan.warnings;
        for warning in warnings {
            writeln!(out, "{WARNING}warning{WARNING:#}: {}", warning.message)?;
        }
        let are_cut = warnings.iter().any(|warning| warning.rows.len() > NAMED_IN_A_WARNING);
        let all = match (is_cut, are_cut) {
            (false, false) => return Ok(()),
            (true, false) => "every row",
            (false, true) => "all rows of each warning",
            (true, true) => "every row, and all rows of each warning",
        };
        writeln!(out, "`{}` lists {all}", self.listing_all)
    }

    pub(super) fn fates(&self) -> BTreeMap<OperationKind, Fates> {
        let mut fates: BTreeMap<OperationKind, Fates> = BTreeMap::new();
        for (row, planned) in self.sheet.rows.iter().zip(&self.sheet.plan.rows) {
            let of_it = fates.entry(row.operation.kind()).or_default();
            let count = match planned.verdict().map(|verdict| Fate::of(verdict.status)) {
                None => &mut of_it.to_change,
                Some(Fate::AlreadySo) => &mut of_it.already_so,
                Some(Fate::Waits) => &mut of_it.waits,
                Some(_) => &mut of_it.cannot_run,
            };
            *count += 1;
        }
        for report in self.not_due.reports() {
            if let Some(operation) = report.operation {
                fates.entry(operation).or_default().waits += 1;
            }
        }
        fates
    }

    /// The first of the rows that are not due yet.
    fn write_not_due(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.not_due.waiting.count == 0 {
            return Ok(());
        }
        writeln!(
            out,
            "\n{HEADING}{}{HEADING:#}",
            waiting_words(self.not_due.waiting, self.not_due.as_of)
        )?;
        let due_at = |report: &RowReport| self.not_due.due.get(&report.key).copied();
        let mut by_date: BTreeMap<Timestamp, Vec<String>> = BTreeMap::new();
        for report in self.not_due.reports() {
            if let Some(due) = due_at(report) {
                let whom = whom(report.operation, &report.user, &report.target);
                let rows = by_date.entry(due).or_default();
                rows.push(format!("{whom} ({})", report.place));
            }
        }
        let lines = by_date.iter().take(NAMED).map(|(due, rows)| {
            let until = self.not_due.as_of.show_briefly(*due);
            format!("until {until}: {}", joined(rows, NAMED))
        });
        write_lines(lines, out)?;
        let later = by_date.values().skip(NAMED).map(Vec::len).sum::<usize>();
        if later > 0 {
            writeln!(out, "  later: {}", plural(later, "row"))?;
        }
        let line = |report: &RowReport| {
            let whom = whom(report.operation, &report.user, &report.target);
            clean(&format!("{}: {whom}: {}", report.place, report.message), 300)
        };
        let begun = self.not_due.reports().filter(|report| due_at(report).is_none());
        write_lines(begun.take(NAMED).map(line), out)
    }

    /// The first rows that change something, and how; whether there are more.
    fn write_changes(&self, out: &mut dyn Write) -> io::Result<bool> {
        let rows = self.sheet.plan.rows.iter().enumerate();
        let changing: Vec<RowIndex> = rows
            .filter(|(_, planned)| planned.verdict().is_none())
            .map(|(index, _)| index)
            .collect();
        if changing.is_empty() {
            return Ok(false);
        }
        writeln!(out, "\n{HEADING}{} to change{HEADING:#}", plural(changing.len(), "row"))?;
        write_first(changing.iter().map(|index| self.change(*index)), out)
    }

    /// The user that a row changes, how, and which licences that replaces.
    fn change(&self, index: RowIndex) -> String {
        let (row, planned) = (&self.sheet.rows[index], &self.sheet.plan.rows[index]);
        let whom = whom_of(row);
        let change = self.sheet.plan.expected_change(self.sheet.snapshot, index);
        let (held, holds) = (licenses(change.before.as_ref()), licenses(change.after.as_ref()));
        let replaced = change
            .after
            .as_ref()
            .is_some_and(|after| after.get("licenses").is_some())
            && held != holds;
        let before = if replaced && !held.is_empty() && planned.captured().is_none() {
            format!(" (before: {})", held.join("; "))
        } else {
            String::new()
        };
        let mut told = change.words.join("; ") + &before;
        if !planned.note().is_empty() {
            told.push_str("; ");
            told.push_str(planned.note());
        }
        if let Ending::Overtaken(words) = planned.ending() {
            told.push_str("; ");
            told.push_str(words);
        }
        clean(&format!("{}: {whom}: {told}", row.place), 300)
    }

    /// The first rows that get no call and need attention, or are left alone; whether there are more.
    fn write_blocked(&self, out: &mut dyn Write) -> io::Result<bool> {
        let blocked = self.blocked();
        let mut is_cut = false;
        let line = |(row, verdict): &(&Row, &Verdict)| {
            let message = clean(&verdict.message, 300);
            let whom = whom_of(row);
            format!("{}: {whom}: {ERROR}{}{ERROR:#}: {message}", row.place, verdict.status)
        };
        // Whoever keeps a seat that is in use, as the row asks, is nothing that fails.
        let in_use = RowCode::from(RowReason::UsedSince);
        let (left_alone, cannot_run): (Vec<_>, Vec<_>) =
            blocked.into_iter().partition(|(_, verdict)| verdict.code == in_use);
        if !cannot_run.is_empty() {
            writeln!(out, "\n{ERROR}{} cannot run{ERROR:#}", plural(cannot_run.len(), "row"))?;
            is_cut |= write_first(cannot_run.iter().map(line), out)?;
        }
        if !left_alone.is_empty() {
            writeln!(
                out,
                "\n{WARNING}{} left alone{WARNING:#}",
                things(left_alone.len(), "row", "is", "are")
            )?;
            is_cut |= write_first(left_alone.iter().map(line), out)?;
        }
        Ok(is_cut)
    }

    /// The rows that need attention and get no call; those that get no seat are listed separately.
    pub(super) fn blocked(&self) -> Vec<(&Row, &Verdict)> {
        let is_short = |row: &RowIndex| {
            self.sheet
                .plan
                .short
                .binary_search_by_key(row, |(short, _)| *short)
                .is_ok()
        };
        let rows = self.sheet.rows.iter().zip(&self.sheet.plan.rows).enumerate();
        rows.filter_map(|(index, (row, planned))| {
            let verdict = planned.verdict()?;
            let is_blocked = Fate::of(verdict.status) == Fate::CannotRun;
            (is_blocked && !is_short(&index)).then_some((row, verdict))
        })
        .collect()
    }

    fn write_seats(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.sheet.plan.seats.is_empty() {
            return Ok(());
        }
        let mut table = Table::new([
            ("bundle", Align::Left),
            ("owned", Align::Right),
            ("taken now", Align::Right),
            ("takes", Align::Right),
            ("frees", Align::Right),
            ("taken after", Align::Right),
            ("short", Align::Right),
        ]);
        for line in &self.sheet.plan.seats {
            let known = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), number);
            table.push([
                line.code.to_string(),
                known(line.total),
                known(line.allocated),
                number(line.taken),
                number(line.freed),
                known(line.taken_after()),
                number(line.short),
            ]);
        }
        writeln!(out)?;
        table.write(out)
    }

    pub(super) fn costs(&self) -> ForecastView<'_> {
        ForecastView {
            forecast: self.forecast,
            timing: self.timing,
            ends: self.ends,
        }
    }

    fn write_deletions(&self, out: &mut dyn Write) -> io::Result<()> {
        let deletions = &self.sheet.plan.deletions;
        if deletions.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{ERROR}{} will be deleted{ERROR:#}",
            plural(deletions.len(), "account")
        )?;
        write_lines(self.deletions(), out)
    }

    /// The accounts that will be deleted, one per line.
    pub fn deletions(&self) -> Vec<String> {
        let deletions = &self.sheet.plan.deletions;
        let line = |deletion: &Deletion| {
            format!(
                "{} ({})",
                clean(&deletion.label, 300),
                self.sheet.rows[deletion.row].place
            )
        };
        deletions.iter().map(line).collect()
    }

    fn write_access_lost(&self, out: &mut dyn Write) -> io::Result<()> {
        let lost = self.sheet.plan.access_lost;
        if lost.people == 0 {
            return Ok(());
        }
        writeln!(out, "\n{ERROR}{}{ERROR:#}: {}", lost.people(), lost.ways())
    }

    /// What the plan does, in a sentence without a full stop, for somebody who may not have seen it.
    pub fn in_short(&self) -> String {
        let plan = self.sheet.plan;
        let changing = plan.rows.iter().filter(|row| row.verdict().is_none()).count();
        let mut parts = vec![format!("{} to change", plural(changing, "row"))];
        if !plan.deletions.is_empty() {
            parts.push(format!("{} to delete", plural(plan.deletions.len(), "account")));
        }
        if plan.access_lost.people > 0 {
            parts.push(plan.access_lost.people());
        }
        if self.hidden.read > 0 {
            // Those that earlier runs finished, or that are not chosen, among them.
            parts.push(format!("{} in the whole sheet", plural(self.hidden.read, "hidden row")));
        }
        parts.join(", ")
    }

    /// What migrations leave for a run after their invitations are accepted; whether there is more.
    fn write_later(&self, out: &mut dyn Write) -> io::Result<bool> {
        let deletions = self.deleted_later();
        let mut is_cut = false;
        if !deletions.is_empty() {
            let (one, many) = (
                "is deleted once its invitation is",
                "are deleted once their invitations are",
            );
            writeln!(out, "\n{} accepted", things(deletions.len(), "old account", one, many))?;
            let line = |row: &&Row| format!("{} ({})", row.operation.user_label(), row.place);
            is_cut = write_first(deletions.iter().map(line), out)?;
        }
        match self.sheet.plan.handed_over_later.len() {
            0 => {}
            count => writeln!(
                out,
                "{} licences only then, because no seat is free for the overlap",
                things(count, "new account", "gets its", "get their")
            )?,
        }
        Ok(is_cut)
    }

    /// The rows whose old accounts a later run deletes.
    pub(super) fn deleted_later(&self) -> Vec<&Row> {
        let waits = |planned: &PlannedRow| {
            let verdict = planned.verdict();
            matches!(planned.ending(), Ending::Waiting(_))
                && verdict.is_none_or(|verdict| verdict.status == Status::Waiting)
        };
        let rows = self.sheet.rows.iter().zip(&self.sheet.plan.rows);
        rows.filter(|(_, planned)| waits(planned)).map(|(row, _)| row).collect()
    }

    /// The first rows that get no seat; whether there are more.
    fn write_short(&self, out: &mut dyn Write) -> io::Result<bool> {
        if self.sheet.plan.short.is_empty() {
            return Ok(false);
        }
        writeln!(
            out,
            "\n{ERROR}seats are short{ERROR:#} for {}",
            plural(self.sheet.plan.short.len(), "row")
        )?;
        write_first(self.short_rows().into_iter(), out)
    }

    /// The rows that get no seat and of which bundles, one per line.
    pub fn short_rows(&self) -> Vec<String> {
        let line = |(row, bundles): &(RowIndex, BundleSet)| {
            let row = &self.sheet.rows[*row];
            let user = clean(&row.operation.user_label(), 300);
            let unowned = self.sheet.snapshot.unowned(bundles);
            if unowned.is_empty() {
                format!("{}: {user} misses {bundles}", row.place)
            } else {
                format!("{}: {user} misses {bundles}; {}", row.place, not_owned(&unowned))
            }
        };
        self.sheet.plan.short.iter().map(line).collect()
    }
}

/// Whom or what a row is about.
fn whom_of(row: &Row) -> String {
    let operation = &row.operation;
    whom(
        Some(operation.kind()),
        &operation.user_label(),
        &operation.target_label(),
    )
}

/// Whom or what a row of this operation is about, with these labels.
fn whom(operation: Option<OperationKind>, user: &str, target: &str) -> String {
    let whom = match operation.is_some_and(OperationKind::is_about_its_target) {
        true if user.is_empty() => target.to_owned(),
        true => format!("{user} to {target}"),
        false => user.to_owned(),
    };
    clean(&whom, 300)
}

/// How many rows wait for their date, and until when, in a sentence without a full stop.
pub fn waiting_words(waiting: WaitingRows, as_of: &AsOf) -> String {
    let (rows, zone) = (plural(waiting.count, "row"), as_of.zone_name());
    match waiting.due {
        None => format!("{rows} waiting for a date"),
        Some((first, last)) if first == last => {
            let until = as_of.show_briefly(first);
            match waiting.count {
                1 => format!("{rows} waits for its date, until {until} ({zone})"),
                _ => format!("{rows} wait for their date, until {until} ({zone})"),
            }
        }
        Some((first, last)) => format!(
            "{rows} wait for their dates, the first until {}, the last until {} ({zone})",
            as_of.show_briefly(first),
            as_of.show_briefly(last)
        ),
    }
}

/// The licences in one side of a change.
fn licenses(side: Option<&Value>) -> Vec<&str> {
    let named = side.and_then(|side| side.get("licenses")).and_then(Value::as_array);
    named.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Says how many hidden rows are left out, if any.
pub fn write_left_out(hidden: HiddenRows, out: &mut dyn Write) -> io::Result<()> {
    match hidden.left_out {
        0 => Ok(()),
        rows => writeln!(out, "{} left out (`--visible-only`)", plural(rows, "hidden row")),
    }
}

fn write_lines(lines: impl IntoIterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    for line in lines {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// The first of these lines, and how many more there are; whether there are any.
fn write_first(mut lines: impl ExactSizeIterator<Item = String>, out: &mut dyn Write) -> io::Result<bool> {
    write_lines(lines.by_ref().take(NAMED), out)?;
    match lines.len() {
        0 => Ok(false),
        more => writeln!(out, "  and {} more", number(more)).map(|()| true),
    }
}
