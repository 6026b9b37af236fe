//! Which rows of a sheet a run works on, given what earlier runs recorded and what the user selected.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::coming_again::{Doubtful, Touched};
use super::family::Family;
use super::left_behind::{Here, account_left, left_behind};
use super::mail_due::{mailed_at, mailed_since, may_be_due};
use crate::cli::PlanningOptions;
use crate::intake::WaitingRows;
use crate::ledger::{History, OpenError, Origin, Prior, Record, Resume, Sheet, captured, continues, resume};
use crate::model::{
    AsOf, NOT_BEFORE, Operation, OperationKind, Place, Row, RowKey, RowReport, RowSelection, Status, WAITED,
};
use crate::plan::{Awaited, Begun, BegunRows, Finished, Pending, RowCode, RowReason, Verdict, waits_until};
use crate::text::fold;

/// What a run does with the rows of its sheet.
#[derive(Debug, Default)]
pub(super) struct ChosenRows {
    /// The rows to run, in sheet order.
    pub(super) rows: Vec<Row>,
    /// What earlier runs knew about those that were started.
    pub(super) begun: BegunRows,
    /// The same for rows that are planned from the present state alone; their records carry it forward.
    pub(super) earlier: HashMap<RowKey, Prior>,
    /// Rows whose account was, or may have been, made by an earlier run, and when that started: the account may not be
    /// readable yet.
    pub(super) unsettled: HashMap<RowKey, Option<Timestamp>>,
    /// Finished by earlier runs.
    pub(super) finished: usize,
    /// The rows of the sheet that are not in `rows`, except refused ones.
    pub(super) others: Vec<(RowKey, Place)>,
    /// Records of rows that are not attempted.
    pub(super) left: Vec<Record>,
    /// The rows that rows of a sheet of failed rows came from.
    pub(super) origins: HashMap<RowKey, Origin>,
    /// Rows that were begun and have left the sheet, and with which rows of the sheet go on.
    pub(super) replaced: Vec<RowKey>,
    /// Rows that were begun and have left the sheet, and of which something is left undone that no row of it goes on with:
    /// their numbers, and what is said of them.
    pub(super) left_behind: Vec<(u32, String)>,
    /// The addresses of accounts that were made for rows whose address was corrected since.
    pub(super) accounts_left: Vec<String>,
    /// Rows that were corrected in a sheet of failed rows, where they wait.
    pub(super) elsewhere: usize,
    /// Finished rows that were left out and whose mail may be due again.
    pub(super) mails_left_out: usize,
    /// Rows that are not due yet.
    pub(super) waiting: WaitingRows,
    /// When those of them are due for which nothing was done yet.
    pub(super) due: HashMap<RowKey, Timestamp>,
    /// What they make.
    pub(super) awaited: Awaited,
    /// Whether only a part of the sheet was asked for.
    pub(super) is_part: bool,
    /// What the rows change, where earlier runs have finished some.
    touched: Touched,
    /// Finished rows that may have to be looked at again.
    pub(super) doubtful: Vec<Doubtful>,
    /// How many rows are to be run so far.
    taken: usize,
}

/// What a run looks at.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    /// Which rows.
    pub(super) scope: RowScope,
    /// Whether that includes finished ones whose invitation is pending.
    pub(super) pending: Pending,
    /// Whom a run has mailed again since then is not mailed once more.
    pub(super) mailed_since: Option<Timestamp>,
    /// When it is for the dates of the rows.
    pub(super) as_of: AsOf,
    /// Whether the whole file was read, so that a row which is not among those read has left it.
    pub(super) reads_all: bool,
}

impl Selection {
    /// What was typed.
    pub(super) fn of(planning: &PlanningOptions, as_of: AsOf) -> Self {
        Self {
            scope: RowScope::Typed {
                only: planning.only.clone(),
                limit: planning.limit,
            },
            pending: planning.pending,
            mailed_since: mailed_since(planning),
            as_of,
            reads_all: planning.sheet.sheets.is_empty() && !planning.sheet.visible_only,
        }
    }
}

/// What is left of the choice once the rows have run.
#[derive(Debug)]
pub(super) struct ChosenKeys {
    /// How many rows were run.
    pub(super) count: usize,
    /// Those of them that delete an account.
    pub(super) deleting: HashSet<RowKey>,
    /// Rows that have left the sheet, and with which rows of it went on.
    pub(super) replaced: Vec<RowKey>,
    /// Rows that have left the sheet while something of them is left undone.
    pub(super) left_behind: Vec<(u32, String)>,
    /// The addresses of accounts that were made for rows whose address was corrected since.
    pub(super) accounts_left: Vec<String>,
    /// How many rows were corrected in a sheet of failed rows, and wait there.
    pub(super) elsewhere: usize,
    /// How many finished rows were left out whose mail may be due again.
    pub(super) mails_left_out: usize,
    /// The rows that are not due yet.
    pub(super) waiting: WaitingRows,
    /// The rows that were run, where only a part of the sheet was asked for.
    pub(super) part: Option<HashSet<RowKey>>,
}

/// Which rows of the sheet the user selected.
#[derive(Debug, Clone)]
pub(super) enum RowScope {
    /// What was typed.
    Typed {
        only: Option<RowSelection>,
        limit: Option<usize>,
    },
    /// The rows of a saved plan.
    Saved(HashSet<RowKey>),
}

impl RowScope {
    /// Why a row is left out, given how many are already chosen, or `None` of those that do not count; `None` if it is not.
    fn leaves_out(&self, row: &Row, chosen: Option<usize>) -> Option<&'static str> {
        match self {
            Self::Typed { only: Some(only), .. } if !only.contains(&row.place) => Some("left out by `--only`"),
            Self::Typed { limit: Some(limit), .. } if chosen.is_some_and(|chosen| chosen >= *limit) => {
                Some("left out by `--limit`")
            }
            Self::Saved(keys) if !keys.contains(&row.key) => Some("left out by the saved plan"),
            Self::Typed { .. } | Self::Saved(_) => None,
        }
    }

    /// Whether it may leave out rows of the sheet.
    fn is_part(&self) -> bool {
        !matches!(
            self,
            Self::Typed {
                only: None,
                limit: None
            }
        )
    }
}

/// Chooses the rows, given those that are certainly finished and the records of refused ones. Without a history every row is
/// new; otherwise its file is read.
pub(super) fn choose(
    rows: Vec<Row>,
    finished: Vec<(RowKey, Place)>,
    refused: Vec<Record>,
    history: Option<&History>,
    selection: &Selection,
    family: &Family,
) -> Result<ChosenRows, OpenError> {
    let mut choice = ChosenRows {
        awaited: Awaited::none(selection.as_of.clone()),
        is_part: selection.scope.is_part(),
        ..ChosenRows::default()
    };
    for record in &refused {
        choice.note_origin(record.report.key, &record.report.place, history, family)?;
    }
    let mut orphans = orphans(&rows, &finished, history, family.sheet)?;
    // A sheet of failed rows has not the others.
    if let Some(history) = history
        && family.sheet == Sheet::Whole
        && selection.reads_all
    {
        let here = Here {
            rows: &rows,
            refused: &refused,
            finished: &finished,
        };
        choice.left_behind = left_behind(orphans.values().flatten(), here, history)?;
    }
    for record in refused {
        let key = &record.report.key;
        match history.filter(|history| history.is_corrected(key) || history.is_finished(key)) {
            // The row is refused now, and what became of it, or of its correction, is on record.
            Some(history) => choice.pass_over(&history.resume(key)?),
            None => choice.left.push(record),
        }
    }
    choice.finished += finished.len();
    choice.others = finished;
    let mut chosen = 0;
    // Collected in place: another list of a million rows would take as much memory again.
    let rows = rows.into_iter().filter_map(|row| {
        choice
            .take(row, &mut chosen, history, &mut orphans, selection, family)
            .transpose()
    });
    choice.rows = rows.collect::<Result<_, _>>()?;
    choice.rows.shrink_to_fit();
    if !choice.accounts_left.is_empty() {
        let named: HashSet<String> = choice.rows.iter().map(|row| fold(&named_account(row))).collect();
        choice.accounts_left.retain(|address| !named.contains(&fold(address)));
    }
    Ok(choice)
}

/// Rows that were begun and are not in the sheet, by operation and user.
type Orphans = HashMap<(OperationKind, String), Vec<Record>>;

/// The rows that were begun and have left the sheet: a corrected row goes on with one.
fn orphans(
    rows: &[Row],
    finished: &[(RowKey, Place)],
    history: Option<&History>,
    sheet: Sheet,
) -> Result<Orphans, OpenError> {
    let Some(history) = history.filter(|history| history.has_begun()) else {
        return Ok(Orphans::new());
    };
    let finished = finished.iter().map(|(key, _)| *key);
    let keys: HashSet<RowKey> = rows.iter().map(|row| row.key).chain(finished).collect();
    let mut orphans = Orphans::new();
    for record in history.begun_outside(&keys, sheet == Sheet::Whole)? {
        if let Some(operation) = record.report.operation {
            let of = (operation, fold(&record.report.user));
            orphans.entry(of).or_default().push(record);
        }
    }
    Ok(orphans)
}

impl ChosenRows {
    /// Takes a row in; it is returned if it is to be run. So many that count for a limit are before it.
    fn take(
        &mut self,
        row: Row,
        chosen: &mut usize,
        history: Option<&History>,
        orphans: &mut Orphans,
        selection: &Selection,
        family: &Family,
    ) -> Result<Option<Row>, OpenError> {
        let Selection {
            scope,
            mailed_since,
            as_of,
            ..
        } = selection;
        let resends = selection.pending == Pending::Resend;
        // One who was mailed lately is passed over, or those behind would never have their turn.
        let may_be_mailed = |after: &Option<_>| resends && may_be_due(after.as_ref(), *mailed_since);
        self.note_origin(row.key, &row.place, history, family)?;
        let due = as_of.until(&row);
        let known = match history {
            Some(history) if history.knows(&row.key) => Some(history.resume(&row.key)?),
            _ => None,
        };
        // A row that waits is looked at every time, and may come to its end beyond the limit; if it counted, those behind it
        // would never have their turn.
        let only_waits = matches!(
            &known,
            Some(Resume::GoOn(prior)) if prior.status == Status::Waiting && !may_be_mailed(&prior.after)
        );
        let left_out = scope.leaves_out(&row, (!only_waits).then_some(*chosen));
        let resume = match (known, history) {
            // Before its date, or left out, a row takes over nothing that was begun for another.
            (None | Some(Resume::Run), Some(history))
                if due.is_none() && left_out.is_none() && history.is_untried(&row.key) =>
            {
                self.resume_replaced(&row, history, orphans, family)?
            }
            (Some(known), _) => known,
            (None, _) => Resume::Run,
        };
        let is_elsewhere =
            family.sheet == Sheet::Whole && history.is_some_and(|history| history.is_corrected(&row.key));
        // A row that is run may take back what a finished one below it did.
        let comes_again = resume == Resume::Skip && due.is_none() && self.touched.takes_back(&row);
        let left_out = left_out.filter(|_| !comes_again);
        let resume = match (resume, history) {
            (Resume::Skip, Some(history)) if comes_again => {
                let record = history.record(&row.key)?;
                record.map_or(Resume::Skip, |record| Resume::GoOn(Box::new(record.into())))
            }
            (Resume::Skip, _) => Resume::Skip,
            _ if is_elsewhere => Resume::Leave,
            (resume, _) => resume,
        };
        // Under `--resend` a finished row may still have a mail due.
        let is_mailed = matches!(row.operation, Operation::Invite(_) | Operation::Migrate(_)) && due.is_none();
        let finished = match (&resume, history) {
            (Resume::Skip, Some(history)) if is_mailed && resends => history.record(&row.key)?,
            _ => None,
        };
        let finished = finished.filter(|record| may_be_mailed(&record.report.after));
        self.mails_left_out += usize::from(finished.is_some() && left_out.is_some());
        let finished = finished.filter(|_| left_out.is_none());
        if finished.is_none() && matches!(resume, Resume::Skip | Resume::Leave) {
            self.pass_over(&resume);
            self.others.push((row.key, row.place.clone()));
            if resume == Resume::Skip && due.is_none() && self.touched.may_take_back(&row) {
                self.doubtful.push(Doubtful {
                    row,
                    before: self.taken,
                });
            }
            return Ok(None);
        }
        if let Some(why) = left_out {
            self.left.push(not_run(&row, why));
            self.others.push((row.key, row.place));
            return Ok(None);
        }
        if let Some(due) = due {
            self.wait(row, due, &resume, history, as_of)?;
            return Ok(None);
        }
        if let Some(record) = finished {
            let prior = Prior::from(record);
            let begun = Begun {
                finished: Some(Box::new(as_it_ended(&prior))),
                ..begun(&prior)
            };
            self.go_on(&row, begun, prior);
        }
        match resume {
            Resume::Skip | Resume::Leave | Resume::Run => {}
            Resume::GoOn(prior) => {
                let begun = begun(&prior);
                self.go_on(&row, begun, *prior);
            }
            Resume::Settle(prior) => {
                let begun = begun(&prior);
                // Where the account was known before the call that nobody knows of, that call made none.
                let made = begun.made || prior.user_id.is_none();
                self.go_on(&row, Begun { made, ..begun }, *prior);
            }
        }
        *chosen += usize::from(!only_waits && !comes_again);
        if history.is_some_and(|history| !history.is_empty()) {
            self.touched.note(&row);
        }
        self.taken += 1;
        Ok(Some(row))
    }

    /// Takes finished rows in that are looked at again.
    pub(super) fn take_again(&mut self, again: Vec<Doubtful>, history: &History) -> Result<(), OpenError> {
        let keys: HashSet<RowKey> = again.iter().map(|doubtful| doubtful.row.key).collect();
        self.others.retain(|(key, _)| !keys.contains(key));
        self.finished -= again.len();
        for Doubtful { row, .. } in &again {
            if let Some(record) = history.record(&row.key)? {
                let prior = Prior::from(record);
                self.go_on(row, begun(&prior), prior);
            }
        }
        // Merged, as inserting each would move all rows after it.
        let mut rows = Vec::with_capacity(self.rows.len() + again.len());
        let mut again = again.into_iter().peekable();
        for (before, row) in std::mem::take(&mut self.rows).into_iter().enumerate() {
            while let Some(doubtful) = again.next_if(|doubtful| doubtful.before == before) {
                rows.push(doubtful.row);
            }
            rows.push(row);
        }
        rows.extend(again.map(|doubtful| doubtful.row));
        self.rows = rows;
        Ok(())
    }

    /// Counts a row for which nothing is done: it is finished, or its correction is to be run.
    fn pass_over(&mut self, resume: &Resume) {
        match resume {
            Resume::Skip => self.finished += 1,
            _ => self.elsewhere += 1,
        }
    }

    /// How many rows did not pass validation, or are duplicates.
    pub(super) fn invalid(&self) -> usize {
        let left = self.left.iter();
        left.filter(|record| matches!(record.report.status, Status::Invalid | Status::Duplicate))
            .count()
    }

    /// Leaves out a row that is not due yet. Of one that was begun nothing new is to be recorded: what is known of it stays
    /// as it is.
    fn wait(
        &mut self,
        row: Row,
        due: Timestamp,
        resume: &Resume,
        history: Option<&History>,
        as_of: &AsOf,
    ) -> Result<(), OpenError> {
        self.waiting.add(due);
        self.awaited.add(&row, due);
        let known = match (resume, history) {
            (Resume::GoOn(_) | Resume::Settle(_), Some(history)) => history.record(&row.key)?,
            _ => None,
        };
        if known.is_none() {
            self.due.insert(row.key, due);
        }
        // What is known of it may be of when it had another number.
        let place = self.origins.get(&row.key).map_or(&row.place, |origin| &origin.place);
        let known = known.map(|mut known| {
            known.report.place.clone_from(place);
            known
        });
        self.left.push(known.unwrap_or_else(|| {
            Record::from(RowReport {
                code: NOT_BEFORE.to_owned(),
                message: waits_until(due, as_of),
                ..RowReport::of(&row, Status::Waiting)
            })
        }));
        self.others.push((row.key, row.place));
        Ok(())
    }

    /// What has to be known of the rows afterwards; the rest is dropped, because there may be a million.
    pub(super) fn into_keys(self) -> ChosenKeys {
        let deleting = self.rows.iter().filter(|row| row.operation.deletes());
        let keys = || self.rows.iter().map(|row| row.key).collect();
        ChosenKeys {
            count: self.rows.len(),
            part: self.is_part.then(keys),
            deleting: deleting.map(|row| row.key).collect(),
            replaced: self.replaced,
            left_behind: self.left_behind,
            accounts_left: self.accounts_left,
            elsewhere: self.elsewhere,
            mails_left_out: self.mails_left_out,
            waiting: self.waiting,
        }
    }

    /// Notes which row of another sheet this one came from.
    fn note_origin(
        &mut self,
        key: RowKey,
        place: &Place,
        history: Option<&History>,
        family: &Family,
    ) -> Result<(), OpenError> {
        let Some(origin) = family.key_at(place) else {
            return Ok(());
        };
        let recorded = match history {
            Some(history) => history.record(&origin)?,
            None => None,
        };
        let place = recorded.map_or_else(|| place.clone(), |record| record.report.place);
        self.origins.insert(key, Origin { key: origin, place });
        Ok(())
    }

    /// What to do with a row that no run has seen. If it corrects one that was begun, it goes on with that: what was
    /// captured and made is its own.
    fn resume_replaced(
        &mut self,
        row: &Row,
        history: &History,
        orphans: &mut Orphans,
        family: &Family,
    ) -> Result<Resume, OpenError> {
        // So it is with nearly every sheet, which may have a million rows.
        if orphans.is_empty() && self.origins.is_empty() {
            return Ok(Resume::Run);
        }
        let (kind, user) = (row.operation.kind(), row.operation.user_label());
        let marked = self.origins.get(&row.key).map(|origin| origin.key);
        let earlier = match marked {
            Some(origin) => history.record(&origin)?,
            None => orphans.get_mut(&(kind, fold(&user))).and_then(|records| {
                // One that does the very same, before one that moved the same user elsewhere.
                let target = row.operation.target_label();
                let same = records
                    .iter()
                    .position(|record| continues(record, kind, &user, &target));
                match same {
                    Some(position) => Some(records.swap_remove(position)),
                    None if kind.takes_several_runs() => records.pop(),
                    None => None,
                }
            }),
        };
        let Some(earlier) = earlier else {
            return Ok(Resume::Run);
        };
        if !continues(&earlier, kind, &user, &row.operation.target_label()) {
            self.accounts_left.extend(account_left(&earlier, row));
            let captured = captured(earlier, kind, &user);
            return Ok(captured.map_or(Resume::Run, |prior| Resume::GoOn(Box::new(prior))));
        }
        let corrects = earlier.corrects;
        let origin = Origin {
            key: earlier.report.key,
            place: earlier.report.place.clone(),
        };
        let goes_on = match resume(Some(earlier)) {
            // Finished with other content than the row has now.
            Resume::Skip | Resume::Leave | Resume::Run => return Ok(Resume::Run),
            goes_on => goes_on,
        };
        match family.sheet {
            // A correction that was begun, and the row that it corrects, are replaced both.
            Sheet::Whole => self.replaced.extend(corrects.into_iter().chain([origin.key])),
            Sheet::Part if marked.is_none() => {
                self.origins.insert(row.key, origin);
            }
            // The row was corrected before, and is corrected anew.
            Sheet::Part if marked != Some(origin.key) => self.replaced.push(origin.key),
            Sheet::Part => {}
        }
        Ok(goes_on)
    }

    fn go_on(&mut self, row: &Row, begun: Begun, prior: Prior) {
        if begun.made {
            self.unsettled.insert(row.key, prior.started_at);
        }
        if !begun.is_planned_on(row) {
            self.earlier.insert(row.key, prior);
        }
        self.begun.insert(row.key, begun);
    }
}

/// The account that a row makes, or is about.
fn named_account(row: &Row) -> String {
    let made = row.operation.makes().map(str::to_owned);
    made.unwrap_or_else(|| row.operation.user_label())
}

fn begun(prior: &Prior) -> Begun {
    let after = |name: &str| prior.after.as_ref().and_then(|after| after.get(name));
    Begun {
        account: prior.user_id,
        made: after("made").is_some(),
        is_missing: prior.code.parse() == Ok(RowReason::AccountMissing),
        made_with: Vec::new(),
        before: prior.before.clone(),
        after: prior.after.clone(),
        is_on_the_way: prior.is_on_the_way(),
        is_waiting: prior.status == Status::Waiting || after(WAITED).is_some_and(|waited| waited == true),
        mailed_at: mailed_at(prior.after.as_ref()),
        finished: after("finished").map(|_| Box::new(as_it_is_known(prior))),
    }
}

/// How a row ended that an earlier run finished.
fn as_it_ended(prior: &Prior) -> Finished {
    Finished {
        verdict: Verdict::new(
            prior.status,
            prior.code.parse().map_or(RowCode::None, RowReason::into),
            prior.message.clone(),
        ),
        is_on_record: true,
    }
}

/// The same of a row that was finished before a run tried to mail its person again.
fn as_it_is_known(prior: &Prior) -> Finished {
    let message = match prior.status {
        Status::Started | Status::InDoubt => {
            "done in an earlier run; whether the person was mailed again is not known".to_owned()
        }
        _ => format!(
            "done in an earlier run; when the person was to be mailed again: {}",
            prior.message
        ),
    };
    Finished {
        verdict: Verdict::new(Status::Done, RowCode::None, message),
        is_on_record: false,
    }
}

fn not_run(row: &Row, why: &str) -> Record {
    Record::from(RowReport {
        message: why.to_owned(),
        ..RowReport::of(row, Status::NotRun)
    })
}
