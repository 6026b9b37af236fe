//! What `plan` and `run` have in common: sheet, organization, present state, plan.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use jiff::Timestamp;

use super::Ending;
use super::chosen_rows::ChosenRows;
use super::console::complain;
use super::ending::Reason;
use super::failure::Failure;
use super::family::Family;
use super::inputs::{known_licenses, profiles_operation, read_sheet, reading_options};
use super::mail_due::mailed_since;
use super::missing_scopes::missing_scopes;
use super::organization::wrong::wrong_organization;
use super::organization::{Doorway, Organization, unanswered};
use super::runtime::off_thread;
use super::session::Session;
use crate::api::LeaseRoute;
use crate::cli::{PlanningOptions, Verbosity};
use crate::directory::{self, Needs, ReadError, Snapshot};
use crate::engine::{Patience, ReadBack};
use crate::event::Event;
use crate::intake::{self, FinishedRows, Intake, SkippedSheet};
use crate::model::{AsOf, GroupRef, Place, RowKey, RowSelection, Shared};
use crate::plan::{self, Plan, Rules};
use crate::problem::Problems;
use crate::report::{Progress, write_problems};
use crate::settings::Settings;
use crate::sheet::Source;
use crate::text::plural;

/// A sheet that was read, and the organization that it is for.
pub(super) struct Loaded {
    pub(super) source: Arc<Source>,
    pub(super) intake: Intake,
    /// How it is read with all of its rows.
    reading: intake::Options,
    pub(super) family: Arc<Family>,
    pub(super) organization: Organization,
    /// When it is for the dates of the sheet.
    pub(super) as_of: AsOf,
    /// Whether the organization is asked for something even if no row needs it, which shows that it is there by its name.
    pub(super) asks_by_name: bool,
}

impl Loaded {
    /// Reads those rows as well that were taken for finished.
    pub(super) async fn read_all(&mut self) -> Result<(), Failure> {
        let (source, reading) = (Arc::clone(&self.source), self.reading.clone());
        let all = off_thread(move || intake::read(&source, &reading)).await;
        let Intake { rows, refused, .. } = all.map_err(|error| Failure::of_file(&error))?;
        (self.intake.rows, self.intake.refused) = (rows, refused);
        self.intake.finished = Vec::new();
        Ok(())
    }
}

impl Session<'_> {
    /// Says whose present state is read.
    pub(super) fn tell_whose(&self, doorway: &Doorway) {
        self.console.tell(format!("reading {}\n", doorway.label()));
    }

    /// Reads and validates the sheet; its problems are printed.
    pub(super) async fn load(
        &self,
        source: Source,
        planning: &PlanningOptions,
        as_of: AsOf,
        finished: FinishedRows,
    ) -> Result<Loaded, Failure> {
        let source = Arc::new(source);
        let reading = intake::Options {
            finished,
            ..reading_options(
                &planning.sheet,
                self.settings,
                known_licenses(self.settings, planning.sheet.target, self.console)?,
                as_of.clone(),
            )
        };
        let doorway = Doorway::of(self, planning.sheet.target).await?;
        let (reading, intake) = read_sheet(&source, reading, &doorway, self.console)
            .await
            .map_err(|error| Failure::of_file(&error))?;
        self.console.tell(profiles_operation(&planning.sheet, self.settings));
        self.tell_reading(&source, &intake);
        if self.console.verbosity == Verbosity::Quiet && intake.problems.errors() > 0 {
            // Quiet or not, what keeps a sheet from being run is said.
            self.console.complain(text(|out| write_problems(&intake.problems, out)));
        }
        let errors = intake.problems.errors();
        let is_of_the_whole = intake.has_errors_of_no_row();
        if errors > 0 && (!planning.skip_invalid || is_of_the_whole) {
            let message = format!("the sheet has {}, so nothing was sent", plural(errors, "error"));
            let has_no_rows = intake.rows.is_empty() && intake.finished.is_empty();
            let help = if planning.skip_invalid {
                "`--skip-invalid` leaves out rows, and not what is wrong with the whole sheet"
            } else if is_of_the_whole || has_no_rows {
                "each error says what to do"
            } else {
                "correct the sheet, or add `--skip-invalid` to run the other rows"
            };
            return Err(Failure::new(Ending::SheetInvalid, Reason::SheetInvalid, message)
                .about(intake.problems)
                .with_help(help));
        }
        let named = [
            ("--only", &planning.only),
            ("--onto-existing", &planning.onto_existing),
            ("--without-carry-over", &planning.without_carry_over),
        ];
        let is_missing = |rows: &Option<RowSelection>| {
            rows.as_ref()
                .is_some_and(|rows| !places(&intake).any(|place| rows.contains(place)))
        };
        if let Some((flag, _)) = named.into_iter().find(|(_, rows)| is_missing(rows)) {
            let message = format!("the sheet has none of the rows that `{flag}` names, so nothing was sent");
            return Err(Failure::in_settings(message)
                .with_help("row numbers are those that the spreadsheet program shows; the header is 1"));
        }
        let family = Family::of(&source, intake.is_marked).map_err(|error| Failure::of_file(&error))?;
        Ok(Loaded {
            source,
            intake,
            reading: intake::Options {
                finished: FinishedRows::default(),
                ..reading
            },
            family: Arc::new(family),
            organization: doorway.open().await?,
            as_of,
            asks_by_name: false,
        })
    }

    fn tell_reading(&self, source: &Source, intake: &Intake) {
        for note in &intake.notes {
            self.console.tell(format!("{}: {note}\n", source.name()));
        }
        for notice in intake.skipped_sheets.iter().filter_map(SkippedSheet::notice) {
            self.console.tell(format!("{notice}\n"));
        }
        self.console.tell(text(|out| write_problems(&intake.problems, out)));
    }

    /// Reads the present state and plans the rows against it. What only the organization knows to be wrong with the sheet is
    /// added to its problems, and printed.
    pub(super) async fn plan(
        &self,
        Loaded {
            intake,
            organization,
            asks_by_name,
            ..
        }: &mut Loaded,
        choice: &ChosenRows,
        rules: &Rules,
    ) -> Result<(Snapshot, Plan), Failure> {
        if choice.rows.is_empty() && choice.waiting.count > 0 {
            // Every row waits for its date, so the organization is asked for nothing.
            let snapshot = Snapshot::default();
            let plan = plan::plan(&choice.rows, &snapshot, &choice.begun, rules);
            return Ok((snapshot, plan));
        }
        let scopes = organization.check_id(self).await?;
        let progress = self.progress();
        let mut needs = plan::needs(&choice.rows, rules);
        needs.groups |= !intake.maybe_groups.is_empty() || *asks_by_name;
        let mut snapshot = self.read(organization, &needs).await?;
        let unsettled = unsettled(choice, &snapshot);
        if !unsettled.is_empty() {
            let found = self
                .read_back(organization)
                .settle(&unsettled)
                .await
                .map_err(|error| self.not_read(&error))?;
            if !found.is_empty() {
                snapshot = self.read(organization, &needs).await?;
            }
        }
        drop(needs);
        progress.finish();
        let mut found = Problems::default();
        for column in std::mem::take(&mut intake.maybe_groups) {
            let is_group = |name: &str| snapshot.group(&GroupRef::Name(name.into())).one().is_some();
            if let Some(problem) = column.problem(is_group) {
                found.push(problem);
            }
        }
        self.console.tell(text(|out| write_problems(&found, out)));
        intake.problems.append(found);
        let busy = self.console.busy("planning");
        let mut plan = plan::plan(&choice.rows, &snapshot, &choice.begun, rules);
        drop(busy);
        plan.warnings.extend(missing_scopes(&plan, scopes.as_deref()));
        let doubtful = wrong_organization(&plan, &choice.rows, choice.finished, &organization.label);
        plan.warnings.extend(doubtful);
        Ok((snapshot, plan))
    }

    /// Reads what is needed of the organization.
    pub(super) async fn read(&self, organization: &Organization, needs: &Needs<'_>) -> Result<Snapshot, Failure> {
        let observer = self.relay.observer();
        let read = directory::read(&organization.client, needs, &organization.read, &observer);
        read.await.map_err(|error| self.not_read(&error))
    }

    pub(super) fn not_read(&self, error: &ReadError) -> Failure {
        let message = format!("failed to {error}");
        match error.call() {
            Some(call) => unanswered(call, &self.signals, self.console.typed(), message),
            None => Failure::in_settings(message),
        }
    }

    pub(super) fn read_back(&self, organization: &Organization) -> ReadBack {
        ReadBack {
            client: organization.client.clone(),
            options: organization.read,
            observer: self.relay.observer(),
            patience: Patience::over(self.settings.limits.settle),
            stop: self.signals.stop.clone(),
        }
    }

    /// Shows progress from now on.
    pub(super) fn progress(&self) -> Progress {
        let progress = Progress::on_stderr(self.console.progress_mode());
        let shown = progress.observer();
        self.relay.to(match self.console.verbosity {
            Verbosity::Verbose if self.console.audience.is_at_the_terminal() => Arc::new(move |event| {
                if let Some(line) = call_line(&event) {
                    complain(line);
                }
                shown(event);
            }),
            Verbosity::Quiet | Verbosity::Normal | Verbosity::Verbose => shown,
        });
        progress
    }
}

/// What `-v` prints about a call.
fn call_line(event: &Event) -> Option<String> {
    let Event::CallEnded {
        method,
        service,
        status,
        took,
    } = event
    else {
        return None;
    };
    let answer = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    Some(format!(
        "{method} {}: {answer} in {} ms\n",
        service.as_str(),
        took.as_millis()
    ))
}

/// Accounts that an earlier run may have made a moment ago, and that may not be readable yet.
fn unsettled(choice: &ChosenRows, snapshot: &Snapshot) -> Vec<String> {
    let now = Timestamp::now();
    let rows = choice.rows.iter().filter(|row| {
        let started = choice.unsettled.get(&row.key);
        started.is_some_and(|started| is_fresh(*started, now))
    });
    rows.filter_map(|row| row.operation.makes())
        .filter(|address| snapshot.account(address).one().is_none())
        .map(str::to_owned)
        .collect()
}

/// The places of a sheet's rows, in no particular order.
fn places(intake: &Intake) -> impl Iterator<Item = &Place> {
    let refused = intake.refused.iter().map(|refused| &refused.place);
    let finished = intake.finished.iter().map(|(_, place)| place);
    intake.rows.iter().map(|row| &row.place).chain(refused).chain(finished)
}

/// The rules of a plan, from the flags and the profile, and what is known of the organization.
pub(super) fn rules(
    settings: &Settings,
    planning: &PlanningOptions,
    choice: &ChosenRows,
    organization: &Organization,
) -> Rules {
    let mut sizes = settings.batch.sizes;
    if organization.client.lease_route() == Some(LeaseRoute::Singly) {
        sizes.members_per_lease_call = 1;
    }
    Rules {
        sizes,
        on_shortage: planning.on_shortage.unwrap_or_default(),
        administrators: planning.administrators,
        pending: planning.pending,
        mailed_since: mailed_since(planning),
        inactive: planning.inactive,
        onto_existing: planning.onto_existing.clone(),
        without_carry_over: planning.without_carry_over.clone(),
        awaited: choice.awaited.clone(),
        portal: settings.deployment.capabilities().portal,
    }
}

/// What `write` produces, as text for the terminal.
pub(super) fn text(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    match write(&mut bytes) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        // Writing to a vector cannot fail.
        Err(error) => error.to_string(),
    }
}

/// Every row of the sheet by key, in the sheet's order. Built on demand, because a million rows take memory.
pub(super) fn order(intake: &Intake, choice: &ChosenRows) -> Vec<(RowKey, Place)> {
    in_order(intake, choice, choice.others.clone())
}

/// The same of a choice that is not asked for its other rows any more.
pub(super) fn take_order(intake: &Intake, choice: &mut ChosenRows) -> Vec<(RowKey, Place)> {
    let others = std::mem::take(&mut choice.others);
    in_order(intake, choice, others)
}

fn in_order(intake: &Intake, choice: &ChosenRows, others: Vec<(RowKey, Place)>) -> Vec<(RowKey, Place)> {
    let mut order = others;
    order.extend(choice.rows.iter().map(|row| (row.key, row.place.clone())));
    let refused = intake.refused.iter();
    order.extend(refused.map(|refused| (refused.key, refused.place.clone())));
    let mut sheets: HashMap<Shared<str>, usize> = HashMap::new();
    for name in &intake.sheets {
        let next = sheets.len();
        sheets.entry(name.clone()).or_insert(next);
    }
    let place = |(_, place): &(RowKey, Place)| (sheets.get(&place.sheet).copied(), place.row);
    if !order.is_sorted_by_key(place) {
        order.sort_by_key(place);
    }
    order
}

/// Whether reading back an unsettled row needs patience: its call may be so recent that the account is not readable
/// yet. An account that is older than this exists by now or was never made.
fn is_fresh(started: Option<Timestamp>, now: Timestamp) -> bool {
    const LAG: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
    started.is_none_or(|started| now.duration_since(started) < LAG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_a_moment_ago_or_by_a_clock_that_went_ahead_is_looked_for_patiently() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        for (started, expected) in [
            (None, true),
            (Some("2026-11-21T09:59:30Z"), true),
            (Some("2026-11-21T09:58:59Z"), false),
            (Some("2026-11-20T10:00:00Z"), false),
            // The clock has been set back since.
            (Some("2026-11-21T10:30:00Z"), true),
        ] {
            let started = started.map(|time| time.parse().unwrap());
            assert_eq!(is_fresh(started, now), expected, "{started:?}");
        }
    }
}
