//! What is told of accounts in columns for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Present;
use crate::api::{ToldTime, User, UserKind};
use crate::draft::{group_name, licenses};
use crate::holdings::Holder;
use crate::intake::print_list;
use crate::model::BundleSet;
use crate::sheet::WrittenCell;
use crate::text::fold;

const SECONDS_A_DAY: i64 = 86_400;

/// What an account is called where it stands in an order, in comparison form.
pub(super) fn order_of(user: &User) -> String {
    fold(user.address())
}

/// A moment on the clocks of this zone; an empty cell where there is no record of one.
pub(super) fn time(told: ToldTime, zone: &TimeZone) -> WrittenCell {
    let shown = |time: Timestamp| WrittenCell::Time(time.to_zoned(zone.clone()).datetime());
    told.time().map_or(WrittenCell::Empty, shown)
}

/// When somebody was last seen: the later of the last sign-in and the last use of a licence, and never before the account was
/// made. `None` where there is no record of either.
pub(super) fn last_seen(account: Option<&User>, holder: Option<&Holder<'_>>) -> Option<Timestamp> {
    let signed_in = account.and_then(|user| user.last_login.time());
    let used = holder.and_then(|holder| holder.last_in_use.time());
    let seen = signed_in.max(used)?;
    let made = account.and_then(|user| user.created.time());
    Some(made.map_or(seen, |made| seen.max(made)))
}

/// For how many whole days somebody was not seen.
pub(super) fn days_idle(holder: &Holder<'_>, now: Timestamp) -> WrittenCell {
    let Some(seen) = last_seen(holder.account, Some(holder)) else {
        return WrittenCell::Empty;
    };
    let seconds = now.as_second() - seen.as_second();
    WrittenCell::Number(u64::try_from(seconds / SECONDS_A_DAY).unwrap_or(0))
}

/// What kind of account it is.
pub(super) fn kind(user: &User) -> WrittenCell {
    WrittenCell::text(match user.kind {
        UserKind::Person if user.from_directory => "directory",
        UserKind::Person => "local",
        UserKind::Robot => "robot",
        UserKind::DirectoryGroup => "directory group",
        UserKind::RobotAccount => "robot account",
        UserKind::Application => "application",
        UserKind::WithoutAccount => "without account",
    })
}

/// How far a person's invitation has come.
pub(super) fn invitation(user: &User) -> WrittenCell {
    WrittenCell::text(match (user.is_person(), user.invitation_accepted) {
        (false, _) => "",
        (true, true) => "accepted",
        (true, false) => "pending",
    })
}

/// What a person is called, as the portal shows it.
pub(super) fn person(user: &User) -> WrittenCell {
    match user.display_name() {
        "" => WrittenCell::text(format!("{} {}", user.name(), user.surname()).trim()),
        shown => WrittenCell::text(shown),
    }
}

/// A list of licences.
pub(super) fn bundles(bundles: &BundleSet) -> WrittenCell {
    WrittenCell::text(licenses(bundles))
}

/// The groups by whose rules somebody holds seats, in the order of their names.
pub(super) fn givers(present: Present<'_>, holder: &Holder<'_>) -> Vec<String> {
    let snapshot = present.snapshot;
    let groups = holder.by_groups.iter().map(|seat| seat.group);
    let mut names: Vec<String> = groups
        .map(|group| group_name(snapshot, group, &snapshot.rule_name(group)))
        .collect();
    names.sort_by_cached_key(|name| (fold(name), name.clone()));
    names
}

/// The same as a cell.
pub(super) fn inherited_from(present: Present<'_>, holder: &Holder<'_>) -> WrittenCell {
    WrittenCell::text(print_list(&givers(present, holder)))
}

/// A yes, or nothing.
pub(super) fn yes(is_so: bool) -> WrittenCell {
    WrittenCell::text(if is_so { "yes" } else { "" })
}
