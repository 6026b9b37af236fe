//! The course of a run: its stages, its stop, and the ends of steps and rows.

use std::collections::BTreeMap;
use std::time::Duration;

use super::progress::Phase;
use super::protocol::{Effect, TaskId};
use super::rows::StepFailure;
use super::state::Machine;
use super::steps::StepState;
use crate::api::CallError;
use crate::engine::outcome::{Ran, Stopped};
use crate::event::Event;
use crate::ledger::Record;
use crate::model::Status;
use crate::plan::{RowIndex, Stage, StepIndex, StepSource, Verdict, Work};

/// How many rows that need no call end together, so that a million of them are not in memory at once.
const ROWS_AT_ONCE: usize = 1000;

/// How long after a stop steps may still be finished that would otherwise leave somebody worse off. Shorter than the
/// ten seconds that container engines allow before they kill the process.
const GRACE: Duration = Duration::from_secs(8);

/// The same where the run stops by itself, so that nobody is about to kill the process. Also enough to find out what
/// became of invitations whose answers were lost.
const GRACE_UNASKED: Duration = Duration::from_mins(2);

impl Machine<'_> {
    /// Proceeds as far as it can without further input.
    pub(super) fn go_on(&mut self) {
        loop {
            match self.phase {
                Phase::Settled { next } => match self.settle_from(next) {
                    Some(next) => self.phase = next,
                    None => return,
                },
                Phase::Between { last } => {
                    if !self.reported.is_on_disk() {
                        return;
                    }
                    self.phase = match self.next_stage(last) {
                        Some(stage) => {
                            self.begin_stage(stage);
                            Phase::Stage(stage)
                        }
                        None => Phase::Leaving { next: 0 },
                    };
                }
                Phase::Stage(stage) => {
                    self.send_what_fits();
                    if !self.tasks.is_empty() || !self.schedule.is_empty() {
                        return;
                    }
                    // Too few were refused to say more of them.
                    self.accounts_were_unknown();
                    self.phase = Phase::Between { last: Some(stage) };
                }
                Phase::Leaving { next } => match self.leave_from(next) {
                    Some(next) => self.phase = next,
                    None => return,
                },
                Phase::Ended => return,
            }
        }
    }

    /// Ends rows that the plan has settled, from `next` on; `None` while the previous ones are not on disk.
    fn settle_from(&mut self, next: RowIndex) -> Option<Phase> {
        if !self.reported.is_on_disk() {
            return None;
        }
        let plan = self.steps.plan();
        let is_settled = |row: &RowIndex| plan.rows[*row].verdict().is_some();
        let rows: Vec<RowIndex> = (next..self.rows.len()).filter(is_settled).take(ROWS_AT_ONCE).collect();
        if let Some(last) = rows.last() {
            self.end_rows(&rows);
            return Some(Phase::Settled { next: last + 1 });
        }
        // The plan has already reported these rows, so they end before the run is said to begin.
        let open = (0..self.rows.len()).filter(|row| !self.rows.has_ended(*row)).count();
        self.tell(Event::RunStarted { rows: open });
        Some(Phase::Between { last: None })
    }

    /// The next stage that has something to do; once the run is stopping, only what is owed to somebody counts.
    fn next_stage(&self, last: Option<Stage>) -> Option<Stage> {
        if self.is_stopping() {
            self.steps.next_stage(last, |step| self.is_owed(step))
        } else {
            self.steps.next_stage(last, |step| self.steps.is_open(step))
        }
    }

    fn begin_stage(&mut self, stage: Stage) {
        // Seats that were taken before may now be free.
        self.seats.forget();
        self.causes.forget();
        let mut ready: Vec<StepIndex> = self.steps.of_stage(stage).collect();
        ready.retain(|step| (!self.is_stopping() || self.is_owed(*step)) && self.is_ready(*step));
        match stage {
            Stage::Verify => {
                self.verify(&ready);
                self.verify_leavers(&ready);
            }
            _ => self.schedule.add(&self.steps, ready),
        }
    }

    /// Starts nothing new from now on.
    pub(super) fn stop(&mut self, why: Stopped) {
        if self.is_stopping() || self.phase == Phase::Ended {
            return;
        }
        self.tell(Event::Stopping(why.to_string()));
        // Without sign-in or permission nothing could be finished either.
        self.has_grace = !matches!(why, Stopped::SignIn(_) | Stopped::Permission(_));
        let grace = match &why {
            Stopped::Interrupted => GRACE,
            Stopped::SignIn(_) | Stopped::Permission(_) => Duration::ZERO,
            Stopped::MaxFailures(_) | Stopped::Hopeless(_) | Stopped::ChangedSincePlan(_) | Stopped::MoreGone(_) => {
                GRACE_UNASKED
            }
        };
        self.stopped = Some(why);
        self.effects.push_back(Effect::CancelWaiting);
        self.effects.push_back(Effect::StartGrace(grace));
    }

    pub(super) fn end_step(&mut self, step: StepIndex, state: StepState) {
        self.end_steps(&[step], state);
    }

    /// Ends steps; rows without an open step left end with them, and steps that waited for them begin.
    pub(super) fn end_steps(&mut self, steps: &[StepIndex], state: StepState) {
        let mut complete = Vec::new();
        if state == StepState::Done {
            self.note_freed_seats(steps);
            self.note_taken_in(steps);
        }
        for step in steps {
            let was_owed = self.is_stopping() && self.is_owed(*step);
            if !self.steps.end(*step, state) {
                continue;
            }
            for row in &self.steps.rows_of(*step) {
                if was_owed && state == StepState::Done {
                    self.finished_despite_stop(*row);
                }
                if self.rows.step_ended(*row) {
                    complete.push(*row);
                }
            }
        }
        self.end_rows(&complete);
        self.end_departure_trials(steps);
        for step in steps {
            if let Some(second) = self.steps.take_second_part(*step)
                && self.is_ready(second)
            {
                self.schedule.add_first(&self.steps, [second]);
            }
        }
    }

    /// A step failed, and with it its rows.
    pub(super) fn fail_step(&mut self, step: StepIndex, failure: &StepFailure, error: Option<&CallError>) {
        if failure.is_unclear {
            self.steps.forget_holding(step);
            self.steps.leave_open_what_became_of(step);
        }
        if self.is_left_behind(step, failure, error) {
            return;
        }
        self.note_held_by_group(step, failure, error);
        let failure = &self.naming_groups(step, failure);
        let stage = self.steps.step(step).stage;
        let is_invitation = matches!(self.steps.step(step).work, Work::Invite(_));
        let is_unmailed = is_invitation && failure.verdict.status != Status::InDoubt;
        for row in &self.steps.rows_of(step) {
            if is_unmailed {
                self.rows.not_mailed(*row);
            }
            if stage == Stage::GiveBack {
                let words = format!("giving the licences back failed too: {}", failure.message());
                self.rows.remark(*row, words);
                if self.is_stopping() {
                    let place = self.rows.place(*row);
                    self.after_stop.left.push(place);
                }
            }
            if self.goes_on_after(*row, step, failure) {
                self.rows.set_back(*row, failure.verdict.clone(), error);
            } else {
                self.rows.fail(*row, failure.verdict.clone(), error);
            }
        }
        self.give_back_if_needed(step, failure);
        self.end_step(step, StepState::Failed);
    }

    /// A step failed without a call: its rows end like this.
    pub(super) fn fail_with(&mut self, step: StepIndex, verdict: Verdict) {
        self.fail_step(step, &StepFailure::with(verdict), None);
    }

    /// Says something of all rows of a step.
    pub(super) fn remark_on(&mut self, step: StepIndex, words: &str) {
        for row in &self.steps.rows_of(step) {
            self.rows.remark(*row, words.to_owned());
        }
    }

    /// Ends rows: their records go to the results file, and their events are emitted once the records are on disk.
    pub(super) fn end_rows(&mut self, rows: &[RowIndex]) {
        let now = self.now;
        let records = rows.iter().filter_map(|row| self.rows.end(*row, &self.steps, now));
        let records = records.collect();
        self.record(records);
        if let Some(why) = self.giving_up.too_many(self.rows.failures(), self.rows.len())
            && !self.rows.all_have_ended()
        {
            self.stop(why);
        }
    }

    /// Hands records to the results file.
    pub(super) fn record(&mut self, records: Vec<Record>) {
        if records.is_empty() {
            return;
        }
        let ended = records.iter().filter(|record| record.report.status != Status::Started);
        let events = ended.map(|record| Event::RowEnded {
            place: record.report.place.clone(),
            status: record.report.status,
            message: record.report.message.clone(),
        });
        self.reported.hand_over(events.collect());
        self.effects.push_back(Effect::Record(records));
    }

    /// Lets a call go once everything handed over so far is on disk.
    pub(super) fn let_go_once_recorded(&mut self, task: TaskId) {
        if self.reported.may_leave(task) {
            self.effects.push_back(Effect::LetGo(task));
        }
    }

    /// This many more batches are on disk.
    pub(super) fn recorded(&mut self, batches: usize) {
        let (events, leaving) = self.reported.written(batches);
        self.effects.extend(events.into_iter().map(Effect::Tell));
        self.effects.extend(leaving.into_iter().map(Effect::LetGo));
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.effects.push_back(Effect::Tell(event));
    }

    /// Every row has come to its end. What would have left the others alone has then stopped nothing, unless it kept one from
    /// being tried again: the rows say how the run ended.
    fn nothing_was_left(&mut self) {
        if let Some(Stopped::MaxFailures(_) | Stopped::Hopeless(_)) = self.stopped
            && !self.rows.is_any_cut_short()
        {
            self.stopped = None;
            self.after_stop.finished.clear();
        }
    }

    /// Records rows that the run did not finish, from `next` on; `None` while the previous ones are not on disk.
    fn leave_from(&mut self, next: RowIndex) -> Option<Phase> {
        if !self.reported.is_on_disk() {
            return None;
        }
        let is_left = |row: &RowIndex| !self.rows.has_ended(*row);
        let rows: Vec<RowIndex> = (next..self.rows.len()).filter(is_left).take(ROWS_AT_ONCE).collect();
        let Some(last) = rows.last() else {
            if next == 0 {
                self.nothing_was_left();
            }
            let stopped = self.stopped.take().or_else(|| self.giving_up.nothing_was_allowed());
            let after_stop = std::mem::take(&mut self.after_stop);
            let seats = if self.rows.are_recorded() {
                self.seats_moved()
            } else {
                BTreeMap::new()
            };
            self.effects.push_back(Effect::End(Ran {
                stopped,
                after_stop,
                is_without_license: self.no_license.is_some(),
                seats,
            }));
            return Some(Phase::Ended);
        };
        let next = last + 1;
        let because = match &self.stopped {
            Some(Stopped::Interrupted) | None => " before the run was interrupted".to_owned(),
            Some(why) => format!(": {why}"),
        };
        for row in &rows {
            self.note_what_is_owed(*row);
        }
        let now = self.now;
        let records = rows
            .iter()
            .filter_map(|row| self.rows.leave(*row, &self.steps, &because, now));
        let records = records.collect();
        self.record(records);
        Some(Phase::Leaving { next })
    }
}
