//! A plan, for a person and for a program.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Zoned;
use serde_json::{Value, json};

use super::forecast::ForecastView;
use super::style::{ERROR, WARNING};
use super::table::{Align, Table};
use crate::model::{BundleSet, OperationKind, Place, Row, Status};
use crate::plan::{Deletion, Ending, Forecast, Plan, PlannedRow, RowIndex, Timing, Verdict};
use crate::text::{clean, number, plural};

/// How many deletions and short rows are named.
const NAMED: usize = 20;

/// What is shown before anything is sent.
#[derive(Debug, Clone)]
pub struct PlanView<'a> {
    /// The rows that are planned.
    pub rows: &'a [Row],
    /// The plan.
    pub plan: &'a Plan,
    /// What it costs.
    pub forecast: &'a Forecast,
    /// How long it takes.
    pub timing: &'a Timing,
    /// When it ends if it begins now, on the local clock.
    pub ends: &'a Zoned,
    /// Rows that earlier runs finished.
    pub finished_before: usize,
}

/// Rows of one operation, by what is planned for them.
#[derive(Debug, Default, Clone, Copy)]
struct Fate {
    change: usize,
    already_so: usize,
    waits: usize,
    cannot_run: usize,
}

impl PlanView<'_> {
    /// Writes it for a person.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = Table::new([
            ("operation", Align::Left),
            ("to change", Align::Right),
            ("already so", Align::Right),
            ("waits", Align::Right),
            ("cannot run", Align::Right),
        ]);
        for (operation, fate) in self.fates() {
            table.push([
                operation.to_string(),
                number(fate.change as u64),
                number(fate.already_so as u64),
                number(fate.waits as u64),
                number(fate.cannot_run as u64),
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
        self.write_blocked(out)?;
        self.write_seats(out)?;
        self.costs().write(out)?;
        self.write_deletions(out)?;
        self.write_later(out)?;
        self.write_short(out)?;
        for warning in &self.plan.warnings {
            writeln!(out, "{WARNING}warning{WARNING:#}: {warning}")?;
        }
        Ok(())
    }

    fn fates(&self) -> BTreeMap<OperationKind, Fate> {
        let mut fates: BTreeMap<OperationKind, Fate> = BTreeMap::new();
        for (row, planned) in self.rows.iter().zip(&self.plan.rows) {
            let fate = fates.entry(row.operation.kind()).or_default();
            let count = match planned.verdict.as_ref().map(|verdict| verdict.status) {
                None => &mut fate.change,
                Some(Status::Unchanged | Status::Done) => &mut fate.already_so,
                Some(Status::Waiting) => &mut fate.waits,
                Some(_) => &mut fate.cannot_run,
            };
            *count += 1;
        }
        fates
    }

    fn write_blocked(&self, out: &mut dyn Write) -> io::Result<()> {
        let blocked = self.blocked();
        if blocked.is_empty() {
            return Ok(());
        }
        let lines = blocked.iter().map(|(row, verdict)| {
            let message = clean(&verdict.message, 200);
            format!("{}: {ERROR}{}{ERROR:#}: {message}", row.place, verdict.status)
        });
        writeln!(out, "\n{ERROR}{} cannot run{ERROR:#}", plural(blocked.len(), "row"))?;
        write_lines(&first(lines), out)
    }

    /// The rows that need a person and get no call; those that miss out on seats are told apart.
    fn blocked(&self) -> Vec<(&Row, &Verdict)> {
        let is_short = |row: &RowIndex| self.plan.short.binary_search_by_key(row, |(short, _)| *short).is_ok();
        let rows = self.rows.iter().zip(&self.plan.rows).enumerate();
        rows.filter_map(|(index, (row, planned))| {
            let verdict = planned.verdict.as_ref()?;
            (is_blocked(verdict.status) && !is_short(&index)).then_some((row, verdict))
        })
        .collect()
    }

    fn write_seats(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.plan.seats.is_empty() {
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
        for line in &self.plan.seats {
            let known = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), number);
            let after = line.allocated.map(|now| (now + line.taken).saturating_sub(line.freed));
            table.push([
                line.code.to_string(),
                known(line.total),
                known(line.allocated),
                number(line.taken),
                number(line.freed),
                known(after),
                number(line.short),
            ]);
        }
        writeln!(out)?;
        table.write(out)
    }

    fn costs(&self) -> ForecastView<'_> {
        ForecastView {
            forecast: self.forecast,
            timing: self.timing,
            ends: self.ends,
        }
    }

    fn write_deletions(&self, out: &mut dyn Write) -> io::Result<()> {
        let deletions = &self.plan.deletions;
        if deletions.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{ERROR}{} will be deleted{ERROR:#}",
            plural(deletions.len(), "account")
        )?;
        write_lines(&self.deletions(), out)
    }

    /// The accounts that will be deleted, one a line, and how many more there are.
    pub fn deletions(&self) -> Vec<String> {
        let deletions = &self.plan.deletions;
        let line = |deletion: &Deletion| format!("{} ({})", deletion.label, self.rows[deletion.row].place);
        first(deletions.iter().map(line))
    }

    /// What a migration leaves for the run after its invitation is accepted.
    fn write_later(&self, out: &mut dyn Write) -> io::Result<()> {
        let deletions = self.deleted_later();
        if deletions > 0 {
            let (are, their) = if deletions == 1 {
                ("is", "its invitation is")
            } else {
                ("are", "their invitations are")
            };
            writeln!(
                out,
                "\n{} {are} deleted once {their} accepted",
                plural(deletions, "old account")
            )?;
        }
        match self.plan.handed_over_later.len() {
            0 => Ok(()),
            1 => writeln!(
                out,
                "1 new account gets its licences only then, because no seat is free for the overlap"
            ),
            count => writeln!(
                out,
                "{} get their licences only then, because no seat is free for the overlap",
                plural(count, "new account")
            ),
        }
    }

    /// How many old accounts a later run deletes.
    fn deleted_later(&self) -> usize {
        let waits = |planned: &&PlannedRow| {
            let verdict = planned.verdict.as_ref();
            matches!(planned.ending, Ending::Waiting(_))
                && verdict.is_none_or(|verdict| verdict.status == Status::Waiting)
        };
        self.plan.rows.iter().filter(waits).count()
    }

    fn write_short(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.plan.short.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{ERROR}seats are short{ERROR:#} for {}",
            plural(self.plan.short.len(), "row")
        )?;
        write_lines(&self.short_rows(), out)
    }

    /// The rows that miss out on seats and the bundles that they miss, one a line, and how many more there are.
    pub fn short_rows(&self) -> Vec<String> {
        let line = |(row, bundles): &(RowIndex, BundleSet)| {
            let row = &self.rows[*row];
            format!("{}: {} misses {bundles}", row.place, row.operation.user_label())
        };
        first(self.plan.short.iter().map(line))
    }

    /// The same as one JSON object.
    pub fn json(&self) -> Value {
        let place = |place: &Place| json!({ "sheet": &*place.sheet, "row": place.row });
        let short =
            |(row, bundles): &(usize, BundleSet)| json!({ "at": place(&self.rows[*row].place), "bundles": bundles });
        let mut whole = json!({
            "operations": self.fates().into_iter().map(|(operation, fate)| json!({
                "operation": operation.as_str(),
                "to_change": fate.change,
                "already_so": fate.already_so,
                "waits": fate.waits,
                "cannot_run": fate.cannot_run,
            })).collect::<Vec<_>>(),
            "finished_before": self.finished_before,
            "seats": self.plan.seats.iter().map(|line| json!({
                "code": line.code,
                "owned": line.total,
                "taken_now": line.allocated,
                "takes": line.taken,
                "frees": line.freed,
                "short": line.short,
            })).collect::<Vec<_>>(),
            "deletions": self.plan.deletions.iter().map(|deletion| json!({
                "at": place(&self.rows[deletion.row].place),
                "user_id": deletion.user,
                "user": deletion.label,
            })).collect::<Vec<_>>(),
            "deleted_later": self.deleted_later(),
            "licenses_later": self.plan.handed_over_later.len(),
            "short": self.plan.short.iter().map(short).collect::<Vec<_>>(),
            "warnings": self.plan.warnings,
            "rows": self.rows.iter().zip(&self.plan.rows).filter_map(|(row, planned)| {
                let verdict = planned.verdict.as_ref()?;
                Some(json!({
                    "at": place(&row.place),
                    "status": verdict.status.as_str(),
                    "code": verdict.code,
                    "message": verdict.message,
                }))
            }).collect::<Vec<_>>(),
        });
        for (name, value) in self.costs().json() {
            whole[name] = value;
        }
        whole
    }
}

/// Whether the status of a row that gets no call is one that somebody has to look at.
fn is_blocked(status: Status) -> bool {
    !matches!(status, Status::Unchanged | Status::Done | Status::Waiting)
}

/// The first lines, and how many more there are.
fn first(lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let count = lines.len();
    let mut shown: Vec<String> = lines.take(NAMED).collect();
    if count > NAMED {
        shown.push(format!("and {} more", number((count - NAMED) as u64)));
    }
    shown
}

fn write_lines(lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    for line in lines {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}
