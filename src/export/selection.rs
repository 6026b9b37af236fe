//! Filters held against people and groups.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::facts::last_seen;
use super::filter::{Filter, FilterError};
use super::{Domain, Present};
use crate::api::{GroupRule, ToldTime, User};
use crate::directory::Found;
use crate::holdings::Holder;
use crate::model::{AsOf, BundleCode, BundleSet, GroupId, GroupRef};
use crate::text::{choose, joined, plural};

/// How many of several groups an error names.
const MOST_NAMED: usize = 5;

/// Somebody, by the account, by what is held, or by both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) account: Option<&'a User>,
    pub(super) holder: Option<&'a Holder<'a>>,
}

/// Those whom the filters take.
#[derive(Debug)]
pub(super) struct Chosen<T> {
    pub(super) taken: Vec<T>,
    /// Where the filters draw the line, and whom they cannot judge.
    pub(super) told: Vec<String>,
}

/// A filter with its names found and its moments worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Domain(Domain),
    Everyone,
    Group(GroupId),
    License(BundleCode),
    NotSeenSince(Timestamp),
    Active(bool),
    Pending(bool),
    NeverSignedIn,
    MadeBefore(Timestamp),
}

/// What a condition says of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Yes,
    No,
    /// There is no record to judge by.
    NoRecord,
}

/// All filters of an export.
#[derive(Debug)]
pub(super) struct Selection {
    conditions: Vec<Condition>,
    told: Vec<String>,
}

/// Refuses filters that say nothing of a group.
pub fn refuse_filters_about_people(filters: &[Filter]) -> Result<(), Vec<FilterError>> {
    let is_about_groups = |filter: &&Filter| matches!(filter, Filter::Group(_) | Filter::License(_));
    let refused = filters.iter().filter(|filter| !is_about_groups(filter));
    let errors: Vec<FilterError> = refused
        .map(|filter| {
            FilterError(format!(
                "`{filter}` is about people; groups are chosen by `group=` and `license=`"
            ))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

impl Selection {
    /// # Errors
    /// Groups and licences that are not there.
    pub(super) fn of(filters: &[Filter], present: Present<'_>) -> Result<Self, Vec<FilterError>> {
        let (mut conditions, mut told, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for filter in filters {
            match Condition::of(filter, present) {
                Ok(condition) => {
                    told.extend(condition.line(present.as_of));
                    conditions.push(condition);
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(Self { conditions, told })
        } else {
            Err(errors)
        }
    }

    /// Those of these whom every filter takes, in their order.
    pub(super) fn people<'a, T>(&self, all: impl Iterator<Item = (T, Subject<'a>)>) -> Chosen<T> {
        let mut taken = Vec::new();
        let (mut unrecorded, mut orphans, mut unused) = (0_usize, 0_usize, 0_usize);
        let judges_use = self.conditions.iter().any(Condition::is_about_use);
        for (one, subject) in all {
            let words: Vec<Word> = self
                .conditions
                .iter()
                .map(|condition| condition.of_person(subject))
                .collect();
            if words.contains(&Word::No) {
                continue;
            }
            let is_untold = |holder: &Holder<'_>| holder.last_in_use == ToldTime::UNTOLD;
            if judges_use && subject.holder.is_some_and(is_untold) {
                unused += 1;
            }
            match (words.contains(&Word::NoRecord), subject.account) {
                (false, _) => taken.push(one),
                (true, Some(_)) => unrecorded += 1,
                (true, None) => orphans += 1,
            }
        }
        let mut told = self.told.clone();
        if unused > 0 {
            told.push(format!(
                "when {} last used a licence cannot be read here: for them only the last sign-in counts",
                plural(unused, "holder")
            ));
        }
        if unrecorded > 0 {
            told.push(format!(
                "left out: {}, of whom neither a sign-in nor a use is recorded; `never-signed-in` finds them",
                plural(unrecorded, "account")
            ));
        }
        if orphans > 0 {
            told.push(format!(
                "left out: {} that {} gone and of which no use is recorded; without `idle` they are found",
                plural(orphans, "account"),
                choose(orphans, "is", "are")
            ));
        }
        Chosen { taken, told }
    }

    /// Whether every filter takes this group with this rule.
    pub(super) fn takes_group(&self, group: GroupId, is_everyone: bool, rule: Option<&GroupRule>) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Condition::Group(id) => *id == group,
            Condition::Everyone => is_everyone,
            Condition::License(code) => rule.is_some_and(|rule| rule.bundles.contains(code)),
            _ => false,
        })
    }
}

impl Condition {
    fn of(filter: &Filter, present: Present<'_>) -> Result<Self, FilterError> {
        Ok(match filter {
            Filter::Domain(domain) => Self::Domain(domain.clone()),
            Filter::Group(group) => self::group(group, present)?,
            Filter::License(code) => Self::License(license(code, present)?),
            Filter::IdleLongerThan(length) => Self::NotSeenSince(before(present.as_of.now, *length)),
            Filter::Active(active) => Self::Active(*active),
            Filter::InvitationPending(pending) => Self::Pending(*pending),
            Filter::NeverSignedIn => Self::NeverSignedIn,
            Filter::CreatedBefore(date) => Self::MadeBefore(beginning(*date, present.as_of)?),
        })
    }

    fn is_about_use(&self) -> bool {
        matches!(self, Self::NotSeenSince(_))
    }

    /// Where it draws the line.
    fn line(&self, as_of: &AsOf) -> Option<String> {
        let shown = |instant: &Timestamp| format!("{} ({})", as_of.show(*instant), as_of.zone_name());
        match self {
            Self::NotSeenSince(instant) => Some(format!(
                "idle is who neither signed in nor used a licence since {}",
                shown(instant)
            )),
            Self::MadeBefore(instant) => Some(format!("created means before {}", shown(instant))),
            _ => None,
        }
    }

    fn of_person(&self, subject: Subject<'_>) -> Word {
        let Subject { account, holder } = subject;
        let person = account.filter(|user| user.is_person());
        let is_so = match self {
            Self::Domain(domain) => account.is_some_and(|user| domain.local_part(user.address()).is_some()),
            Self::Everyone => account.is_some(),
            Self::Group(group) => {
                let is_member = account.is_some_and(|user| user.groups.contains(group));
                let has_seat = |holder: &Holder<'_>| holder.by_groups.iter().any(|seat| seat.group == *group);
                is_member || holder.is_some_and(has_seat)
            }
            Self::License(code) => holder.is_some_and(|holder| holds(holder, code)),
            Self::NotSeenSince(instant) => match (last_seen(account, holder), account) {
                (Some(seen), _) => seen < *instant,
                (None, Some(user)) if !user.is_person() => false,
                (None, _) => return Word::NoRecord,
            },
            Self::Active(active) => account.is_some_and(|user| user.is_active == *active),
            Self::Pending(pending) => person.is_some_and(|user| user.invitation_accepted != *pending),
            Self::NeverSignedIn => person.is_some_and(|user| user.last_login.time().is_none()),
            Self::MadeBefore(instant) => {
                account.is_some_and(|user| user.created.time().is_some_and(|made| made < *instant))
            }
        };
        if is_so { Word::Yes } else { Word::No }
    }
}

fn holds(holder: &Holder<'_>, code: &BundleCode) -> bool {
    let by_groups = holder.by_groups.iter().map(|seat| seat.bundles);
    let mut sources = holder
        .direct
        .into_iter()
        .chain(by_groups)
        .chain(holder.by_unnamed_groups);
    sources.any(|bundles| bundles.contains(code))
}

/// The instant so long ago; before all records where there is none.
fn before(now: Timestamp, length: Duration) -> Timestamp {
    now.checked_sub(length).unwrap_or(Timestamp::MIN)
}

/// The first instant of a day.
fn beginning(date: Date, as_of: &AsOf) -> Result<Timestamp, FilterError> {
    let day = date.to_zoned(as_of.zone.clone());
    day.map(|zoned| zoned.timestamp())
        .map_err(|_| FilterError(format!("`created<{date}` is beyond every calendar")))
}

fn group(reference: &GroupRef, present: Present<'_>) -> Result<Condition, FilterError> {
    match present.snapshot.group(reference) {
        Found::One(group) if group.is_everyone() => Ok(Condition::Everyone),
        Found::One(group) => Ok(Condition::Group(group.id)),
        // A group that is gone may have a rule still.
        Found::None { suggestion } => match reference {
            GroupRef::Id(id) if present.snapshot.rule(*id).is_some() => Ok(Condition::Group(*id)),
            GroupRef::Id(_) | GroupRef::Name(_) => Err(FilterError(match suggestion {
                Some(near) => format!("there is no group `{reference}`; did you mean `group={near}`?"),
                None => format!("there is no group `{reference}`; `reseat export groups` lists them"),
            })),
        },
        Found::Many(groups) => Err(FilterError(format!(
            "several groups are called `{reference}`: write `group=` with the id of {}",
            joined(&groups, MOST_NAMED).replace(" and ", " or ")
        ))),
    }
}

/// The code as it is known, or as somebody holds it.
fn license(code: &BundleCode, present: Present<'_>) -> Result<BundleCode, FilterError> {
    if let Some(known) = present.catalogue.code(code.as_str()) {
        return Ok(known);
    }
    let held = present.holdings.all().iter().any(|holder| holds(holder, code));
    let in_rule = |bundles: &BundleSet| bundles.contains(code);
    let ruled = present
        .snapshot
        .rules()
        .into_iter()
        .flatten()
        .any(|rule| in_rule(&rule.bundles));
    if held || ruled {
        return Ok(code.clone());
    }
    let (what, advice) = (
        present.catalogue.why_unknown(code.as_str()),
        present.catalogue.advice(code.as_str()),
    );
    Err(FilterError(format!("`license={code}`: {what}; {advice}")))
}
