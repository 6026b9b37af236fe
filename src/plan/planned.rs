//! A plan: what will be done, and what is already settled without a call.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Account, AccountIndex, Begun, RowIndex, Stage, Step, StepIndex, StepSource, Verdict};
use crate::api::Group;
use crate::model::{BundleCode, BundleSet, GroupId, Status, UserId};
use crate::text::{choose, joined, number, people};

/// What a plan does with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Calls are made for it.
    ToChange,
    /// The state is so already.
    AlreadySo,
    /// It waits for an invitation to be accepted.
    Waits,
    /// A person has to look at it, and no call is made.
    CannotRun,
    /// It did not pass validation, or stands twice.
    Invalid,
    /// The user chose other rows.
    LeftOut,
    /// An earlier run finished it.
    Finished,
}

impl Fate {
    /// The fate of a row that gets no call.
    pub fn of(status: Status) -> Self {
        match status {
            Status::Unchanged | Status::Done => Self::AlreadySo,
            Status::Waiting => Self::Waits,
            _ => Self::CannotRun,
        }
    }
}

/// How a row ends when all of its steps succeed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Ending {
    /// It is done.
    #[default]
    Done,
    /// It waits for the invitation to be accepted; the text says what is still to come.
    Waiting(String),
    /// The old account of a move is kept, because rows below give it more; the text says so.
    Overtaken(&'static str),
    /// The seats of these bundles are short.
    Short(BundleSet),
    /// The organization owns none of these bundles.
    NotOwned(BundleSet),
}

/// What is planned for one row. There may be a million, so what few rows have is kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlannedRow {
    only_step: Option<StepIndex>,
    /// The account that the `user_id` column names.
    pub account: Option<AccountIndex>,
    #[expect(clippy::box_collection, reason = "one word where a list would take three")]
    several_steps: Option<Box<Vec<StepIndex>>>,
    words: Option<Box<Words>>,
}

/// What is said of a row beside its steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Words {
    verdict: Option<Verdict>,
    note: String,
    more: Option<Box<More>>,
}

/// What is planned for few rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct More {
    pub(super) ending: Ending,
    pub(super) earlier: Option<Begun>,
    pub(super) captured: Option<Value>,
    pub(super) copied: Option<Value>,
}

impl PlannedRow {
    /// Its steps, in stage order.
    pub fn steps(&self) -> &[StepIndex] {
        match &self.several_steps {
            Some(several) => several,
            None => self.only_step.as_slice(),
        }
    }

    /// Adds the next step.
    pub(super) fn add_step(&mut self, step: StepIndex) {
        match (&mut self.several_steps, self.only_step.take()) {
            (Some(several), _) => several.push(step),
            (None, Some(first)) => self.several_steps = Some(Box::new(vec![first, step])),
            (None, None) => self.only_step = Some(step),
        }
    }

    /// The end, where no call is needed.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.words.as_ref()?.verdict.as_ref()
    }

    /// It ends like this, and needs no call.
    pub(super) fn settle(&mut self, verdict: Verdict) {
        self.words.get_or_insert_default().verdict = Some(verdict);
    }

    /// How it ends when its steps succeed.
    pub fn ending(&self) -> &Ending {
        self.rare().map_or(&Ending::Done, |more| &more.ending)
    }

    /// Something the message says besides what was done; may be empty.
    pub fn note(&self) -> &str {
        self.words.as_ref().map_or("", |words| &words.note)
    }

    /// What an earlier run did for this very row, where it made the account or finished the row; the row then counts
    /// as done.
    pub fn earlier(&self) -> Option<&Begun> {
        self.rare()?.earlier.as_ref()
    }

    /// Whether an earlier run finished the row, so that at most a mail is due again.
    pub fn is_finished(&self) -> bool {
        self.earlier().is_some_and(|begun| begun.finished.is_some())
    }

    /// Whether the row's line in the results file needs no other: an earlier run finished it, and nobody is mailed.
    pub fn is_on_record(&self) -> bool {
        let finished = self.earlier().and_then(|begun| begun.finished.as_deref());
        self.verdict().is_some() && finished.is_some_and(|finished| finished.is_on_record)
    }

    /// What a migration's old account had, for the `before` column.
    pub fn captured(&self) -> Option<&Value> {
        self.rare()?.captured.as_ref()
    }

    /// What the row takes over of the account in `like`, for the `after` column.
    pub fn copied(&self) -> Option<&Value> {
        self.rare()?.copied.as_ref()
    }

    fn rare(&self) -> Option<&More> {
        self.words.as_ref()?.more.as_deref()
    }

    pub(super) fn more(&mut self) -> &mut More {
        self.words.get_or_insert_default().more.get_or_insert_default()
    }

    /// Adds to what the message says besides what was done.
    pub fn add_note(&mut self, text: &str) {
        let note = &mut self.words.get_or_insert_default().note;
        if !note.is_empty() {
            note.push_str("; ");
        }
        note.push_str(text);
    }
}

/// Rows are many.
const _: () = assert!(size_of::<PlannedRow>() <= 24);

/// Seats of one bundle before and after. `docs/json.md` has its form in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatLine {
    /// The bundle.
    pub code: BundleCode,
    /// How many are owned, if known.
    #[serde(rename = "owned")]
    pub total: Option<u64>,
    /// How many are taken now, if known.
    #[serde(rename = "taken_now")]
    pub allocated: Option<u64>,
    /// How many the plan takes.
    #[serde(rename = "takes")]
    pub taken: u64,
    /// How many the plan frees.
    #[serde(rename = "frees")]
    pub freed: u64,
    /// How many more there would have to be for every row.
    pub short: u64,
}

impl SeatLine {
    /// How many more are taken now than are owned, as far as is known.
    pub fn excess(&self) -> u64 {
        let both = self.allocated.zip(self.total);
        both.map_or(0, |(taken, owned)| taken.saturating_sub(owned))
    }

    /// How many more than the plan frees could be freed at most, as far as is known.
    pub fn freeable(&self) -> u64 {
        self.allocated
            .map_or(u64::MAX, |taken| taken.saturating_sub(self.freed))
    }

    /// How many are taken once the plan is carried out, if known.
    pub fn taken_after(&self) -> Option<u64> {
        self.allocated.map(|now| (now + self.taken).saturating_sub(self.freed))
    }
}

/// An account that will be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// For which row.
    pub row: RowIndex,
    /// Which account.
    pub user: UserId,
    /// Its name and address, for the eye.
    pub label: String,
}

/// How many people lose access, each counted once in `people` and once for each way. A person who was moved to an
/// account that has accepted its invitation goes on working and is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct AccessLost {
    /// Everybody who loses access in one way or several.
    pub people: usize,
    /// Those whose account is deleted.
    pub deleted: usize,
    /// Those who are offboarded: deactivated or taken out of groups, which is not counted once more.
    pub offboarded: usize,
    /// Those whose account is deactivated.
    pub deactivated: usize,
    /// Those who are blocked from every licence.
    pub blocked: usize,
    /// Those who are taken out of a group.
    pub taken_out_of_groups: usize,
}

impl AccessLost {
    /// The ways, in words.
    pub fn ways(&self) -> String {
        // Without `..`, so that a new way is told.
        let Self {
            people: _,
            deleted,
            offboarded,
            deactivated,
            blocked,
            taken_out_of_groups,
        } = *self;
        let ways = [
            (deleted, "deleted"),
            (offboarded, "offboarded"),
            (deactivated, "deactivated"),
            (blocked, "blocked from licences"),
            (taken_out_of_groups, "taken out of groups"),
        ];
        let ways = ways.iter().filter(|(count, _)| *count > 0);
        let ways: Vec<String> = ways.map(|(count, way)| format!("{} {way}", number(*count))).collect();
        joined(&ways, ways.len())
    }

    /// How many people, in words.
    pub fn people(&self) -> String {
        let lose = choose(self.people, "loses", "lose");
        format!("{} {lose} access", people(self.people))
    }
}

/// Rows that come close to leaving nobody who can administrate the organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastAdministrators {
    /// Rows that take away the last administrator that is visible, allowed because a group of the directory is a member
    /// of Administrators too.
    pub last: Vec<RowIndex>,
    /// Rows after which only those administrate whom the sheet makes administrators, and the rows that do: unless all of
    /// these have succeeded, nothing is done for the row.
    pub after: BTreeMap<RowIndex, Vec<RowIndex>>,
    /// The accounts of the former, which are changed once the others have been.
    pub(super) leaving: BTreeSet<AccountIndex>,
}

/// Something that the user should know before confirming a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A code in kebab case.
    pub code: &'static str,
    /// What to know, in a sentence without a full stop.
    pub message: String,
    /// The rows that it is about, in sheet order.
    pub rows: Vec<RowIndex>,
}

/// What will be done.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The accounts that steps touch.
    pub accounts: Vec<Account>,
    /// The groups that steps name.
    pub groups: HashMap<GroupId, Group>,
    /// What is to be done, by stage and sheet order.
    pub steps: Vec<Step>,
    /// One entry for each row.
    pub rows: Vec<PlannedRow>,
    /// Seats, for each bundle that the plan takes or frees, and for those that are short.
    pub seats: Vec<SeatLine>,
    /// The accounts that will be deleted, migrations' old ones included.
    pub deletions: Vec<Deletion>,
    /// The people who lose access.
    pub access_lost: AccessLost,
    /// Rows that miss out on seats, and on which; in the order of the rows.
    pub short: Vec<(RowIndex, BundleSet)>,
    /// Migrations whose new account gets its licences only when the old one is deleted, in a later run.
    pub handed_over_later: Vec<RowIndex>,
    /// Migrations whose new account gets no licences even then, because more are taken than owned.
    pub in_excess: Vec<RowIndex>,
    /// Rows that come close to leaving nobody who can administrate.
    pub last_administrators: LastAdministrators,
    /// What the user should know before confirming.
    pub warnings: Vec<Warning>,
}

impl StepSource for Plan {
    fn step(&self, index: StepIndex) -> &Step {
        Self::step(self, index)
    }

    fn account_id(&self, index: AccountIndex) -> Option<UserId> {
        self.account(index).id
    }
}

impl Plan {
    /// One step.
    pub fn step(&self, index: StepIndex) -> &Step {
        &self.steps[index.position()]
    }

    /// One account.
    pub fn account(&self, index: AccountIndex) -> &Account {
        &self.accounts[index.position()]
    }

    /// The stages that have steps, in order.
    pub fn stages(&self) -> Vec<Stage> {
        let mut stages: Vec<Stage> = self.steps.iter().map(|step| step.stage).collect();
        stages.sort_unstable();
        stages.dedup();
        stages
    }

    /// The steps of one stage, in sheet order.
    pub fn steps_of(&self, stage: Stage) -> impl Iterator<Item = StepIndex> {
        self.steps
            .iter()
            .enumerate()
            .filter(move |(_, step)| step.stage == stage)
            .map(|(position, _)| StepIndex::new(position))
    }
}
