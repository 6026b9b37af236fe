//! A plan, for a person and for a program.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::style::{ERROR, HEADING, WARNING};
use super::table::{Align, Table};
use crate::event::{Method, Service};
use crate::model::{BundleSet, OperationKind, Place, Row, Status};
use crate::plan::{Forecast, Plan};
use crate::text::{duration, number, plural};

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
    /// How long the quotas hold it back at best.
    pub held_back: Duration,
    /// How long they would hold back one call for each change.
    pub one_by_one: Duration,
    /// Rows that earlier runs finished.
    pub finished_before: usize,
}

/// Rows of one operation, by what is planned for them.
#[derive(Debug, Default, Clone, Copy)]
struct Fate {
    change: usize,
    already_so: usize,
    need_person: usize,
}

impl PlanView<'_> {
    /// Writes it for a person.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = Table::new([
            ("operation", Align::Left),
            ("to change", Align::Right),
            ("already so", Align::Right),
            ("cannot run", Align::Right),
        ]);
        for (operation, fate) in self.fates() {
            table.push([
                operation.to_string(),
                number(fate.change as u64),
                number(fate.already_so as u64),
                number(fate.need_person as u64),
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
        self.write_seats(out)?;
        self.write_calls(out)?;
        self.write_deletions(out)?;
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
                Some(Status::Unchanged | Status::Done | Status::Waiting) => &mut fate.already_so,
                Some(_) => &mut fate.need_person,
            };
            *count += 1;
        }
        fates
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
            ]);
        }
        writeln!(out)?;
        table.write(out)
    }

    fn write_calls(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        if self.forecast.total() == 0 {
            return writeln!(out, "{HEADING}nothing to send{HEADING:#}");
        }
        let mut table = Table::new([("calls", Align::Right), ("", Align::Left)]);
        for (label, count) in &self.forecast.by_label {
            table.push([number(*count), (*label).to_owned()]);
        }
        table.write(out)?;
        let one_by_one: u64 = self.forecast.one_by_one.values().sum();
        let wait = |length: Duration| {
            if length.is_zero() {
                "no wait for quotas".to_owned()
            } else {
                format!("at least {}", duration(length))
            }
        };
        writeln!(
            out,
            "{}, {}; one call for each change would be {}, {}",
            plural(usize::try_from(self.forecast.total()).unwrap_or(usize::MAX), "call"),
            wait(self.held_back),
            number(one_by_one),
            wait(self.one_by_one),
        )
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
        for deletion in deletions.iter().take(NAMED) {
            writeln!(out, "  {} ({})", deletion.label, self.rows[deletion.row].place)?;
        }
        and_more(deletions.len(), out)
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
        for (row, bundles) in self.plan.short.iter().take(NAMED) {
            let row = &self.rows[*row];
            writeln!(out, "  {}: {} misses {bundles}", row.place, row.operation.user_label())?;
        }
        and_more(self.plan.short.len(), out)
    }

    /// The same as one JSON object.
    pub fn json(&self) -> Value {
        let place = |place: &Place| json!({ "sheet": &*place.sheet, "row": place.row });
        let calls = |calls: &BTreeMap<(Service, Method), u64>| -> Vec<Value> {
            let call = |((service, method), count): (&(Service, Method), &u64)| json!({ "service": service.as_str(), "method": method.as_str(), "calls": count });
            calls.iter().map(call).collect()
        };
        let short =
            |(row, bundles): &(usize, BundleSet)| json!({ "at": place(&self.rows[*row].place), "bundles": bundles });
        json!({
            "operations": self.fates().into_iter().map(|(operation, fate)| json!({
                "operation": operation.as_str(),
                "to_change": fate.change,
                "already_so": fate.already_so,
                "cannot_run": fate.need_person,
            })).collect::<Vec<_>>(),
            "finished_before": self.finished_before,
            "seats": self.plan.seats.iter().map(|line| json!({
                "code": line.code,
                "owned": line.total,
                "taken_now": line.allocated,
                "takes": line.taken,
                "frees": line.freed,
            })).collect::<Vec<_>>(),
            "calls": calls(&self.forecast.calls),
            "calls_one_by_one": calls(&self.forecast.one_by_one),
            "held_back_seconds": self.held_back.as_secs(),
            "held_back_one_by_one_seconds": self.one_by_one.as_secs(),
            "deletions": self.plan.deletions.iter().map(|deletion| json!({
                "at": place(&self.rows[deletion.row].place),
                "user_id": deletion.user,
                "user": deletion.label,
            })).collect::<Vec<_>>(),
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
        })
    }
}

fn and_more(count: usize, out: &mut dyn Write) -> io::Result<()> {
    if count > NAMED {
        writeln!(out, "  and {} more", number((count - NAMED) as u64))
    } else {
        Ok(())
    }
}
