//! The ends of rows that get no call, in words.

use super::{Ending, PlannedRow, RowCode, RowReason, Verdict};
use crate::api::{GroupRule, User};
use crate::directory::{MOST_ASKED_FOR_GROUPS, Snapshot};
use crate::model::{BundleSet, Email, OperationKind, Status, UserId, UserRef};
use crate::problem::ProblemCode;
use crate::text::{fold, joined};

/// Two rows contradict each other, which shows only now that it is known whom they name.
pub(super) fn contradicts(code: ProblemCode, message: String) -> Verdict {
    Verdict::new(Status::Invalid, RowCode::Problem(code), message)
}

pub(super) fn user_not_found(name: &str, suggestion: Option<&str>) -> Verdict {
    Verdict::new(
        Status::NotFound,
        RowReason::UserNotFound,
        format!("there is no user `{name}`{}", did_you_mean(suggestion)),
    )
}

/// A row about a user names a group.
pub(super) fn group_and_no_user(name: &str, kind: OperationKind) -> Verdict {
    Verdict::new(
        Status::NotFound,
        RowReason::UserNotFound,
        format!(
            "there is no user `{name}`, but a group is called so: {}",
            for_groups(kind)
        ),
    )
}

/// A row about a user names nobody, and whether a group is called so was not read.
pub(super) fn perhaps_a_group(name: &str, kind: OperationKind) -> Verdict {
    Verdict::new(
        Status::NotFound,
        RowReason::UserNotFound,
        format!("there is no user `{name}`; if a group is meant: {}", for_groups(kind)),
    )
}

/// What to write where a row of this operation, which is about a user, is meant for a group.
fn for_groups(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::SetLicenses | OperationKind::AddLicenses => {
            "`set-group-licenses` with all the licences of its rule, the group in the column `group`, gives its members licences"
        }
        OperationKind::RemoveLicenses | OperationKind::ReleaseLicenses | OperationKind::BlockLicenses => {
            "`set-group-licenses` with the licences that its rule is to keep, or `clear-group-licenses`, the group in the column \
             `group`, takes them from its members"
        }
        OperationKind::AddToGroups | OperationKind::RemoveFromGroups | OperationKind::SetGroups => {
            "name the person as the user, and the group in the column `groups`"
        }
        OperationKind::Invite
        | OperationKind::Create
        | OperationKind::Update
        | OperationKind::Delete
        | OperationKind::SetGroupLicenses
        | OperationKind::ReleaseLease
        | OperationKind::Offboard
        | OperationKind::ClearGroupLicenses
        | OperationKind::Migrate => "name each of its members in a row of their own",
    }
}

pub(super) fn groups_not_found(missing: &[(String, Option<String>)]) -> Verdict {
    let words: Vec<String> = missing
        .iter()
        .map(|(name, suggestion)| {
            let meant = match suggestion {
                // Who writes `-Finance` hardly wants somebody to be in it.
                Some(group) if name.starts_with(['-', '–', '−']) => {
                    format!("; did you mean `{group}`, or to take somebody out of it by a `remove-from-groups` row?")
                }
                _ => did_you_mean(suggestion.as_deref()),
            };
            format!("there is no group `{name}`{meant}")
        })
        .collect();
    let mut words = words.join("; ");
    if missing.iter().any(|(_, suggestion)| suggestion.is_none()) {
        words.push_str("; `reseat export groups` lists them");
    }
    Verdict::new(Status::NotFound, RowReason::GroupNotFound, words)
}

/// Nobody is there to be deleted, which is what the row wants; unless the name is no address, and somebody is there who may
/// be meant by it and would keep everything.
pub(super) fn already_gone(name: &str, suggestion: Option<&str>) -> Verdict {
    let message = format!("there is no account `{name}`{}", did_you_mean(suggestion));
    let is_what_people_say = name.contains(char::is_whitespace);
    let is_meant =
        |near: &str| is_what_people_say || near.split_once('@').is_some_and(|(local, _)| fold(local) == fold(name));
    if !name.contains(['@', '\\']) && suggestion.is_some_and(is_meant) {
        let message = format!("{message} If the account is gone already, nothing is left to do");
        return Verdict::new(Status::NotFound, RowReason::UserNotFound, message);
    }
    Verdict::new(Status::Unchanged, RowReason::AlreadyGone, message)
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |suggestion| format!("; did you mean `{suggestion}`?"))
}

pub(super) fn user_ambiguous(name: &str, which: &[String]) -> Verdict {
    ambiguous(RowReason::UserAmbiguous, "user", name, which)
}

pub(super) fn group_ambiguous(name: &str, which: &[String]) -> Verdict {
    ambiguous(RowReason::GroupAmbiguous, "group", name, which)
}

fn ambiguous(code: RowReason, what: &str, name: &str, which: &[String]) -> Verdict {
    let message = format!(
        "`{name}` could be more than one {what}: {}; write the id of the one you mean",
        joined(which, 4)
    );
    Verdict::new(Status::Ambiguous, code, message)
}

/// The account, unless it is no person's: a robot, an application or a group of the directory; nor is somebody one who
/// has no account yet.
pub(super) fn person<'a>(name: &str, user: &'a User) -> Result<&'a User, Verdict> {
    if user.is_person() {
        return Ok(user);
    }
    if user.is_newcomer() {
        let message = format!(
            "`{name}` is known to the organization's directory and has no account yet; `add-to-groups` or a licence makes \
             one, and so does the first sign-in"
        );
        return Err(Verdict::new(Status::NotFound, RowReason::NoAccountYet, message));
    }
    let message = format!(
        "`{name}` is {} and no user ({}), so it is left alone",
        user.kind.described(),
        user.id
    );
    Err(Verdict::new(Status::Skipped, RowReason::NotAUser, message))
}

/// The account that has this address, unless it only bears it as its user name while its e-mail is another:
/// whoever is invited by the address, or moves to it, is most likely somebody else.
pub(super) fn bearer<'a>(address: &Email, user: &'a User) -> Result<&'a User, Verdict> {
    person(address.as_str(), user)?;
    if user.email().is_empty() || fold(user.email()) == address.fold() {
        return Ok(user);
    }
    let message = format!(
        "`{address}` is the user name of an account whose e-mail is `{}` ({}); if it is the person you mean, write \
         that e-mail",
        user.email(),
        user.id
    );
    Err(Verdict::new(Status::Ambiguous, RowReason::UserNameOfAnother, message))
}

/// Between two runs the name of a migration's old account went to another one.
pub(super) fn another_account(name: &UserRef, begun_with: UserId, now: UserId) -> Verdict {
    let message = format!(
        "`{name}` was {begun_with} when this row was begun and is {now} now; that account is left alone; if the move \
         is over, take the row out, else name the old account by its id"
    );
    Verdict::new(Status::Conflict, RowReason::AnotherAccount, message)
}

/// The name of a row's account leads to another one than its `user_id` names, which is `present` if it is still there.
pub(super) fn made_anew(name: &str, expected: UserId, now: &User, present: Option<&User>) -> Verdict {
    let what = match present {
        Some(present) => format!(
            "`{name}` is {} now, and the account {expected} is {}",
            now.id,
            called(present)
        ),
        None => format!(
            "`{name}` is {} now, and the account {expected} is gone: it was made anew, or its name is somebody else's",
            now.id
        ),
    };
    let message =
        format!("{what}; nothing was changed; if the account of today is meant, correct `user_id` or empty the cell");
    Verdict::new(Status::Conflict, RowReason::AnotherAccount, message)
}

/// Nobody goes by the name of a row's account, and the account of its `user_id` goes by another.
pub(super) fn another_name(name: &str, present: &User) -> Verdict {
    let message = format!(
        "the account {} does not go by `{name}`: it is {}; nothing was changed; write the name that it has now",
        present.id,
        called(present)
    );
    Verdict::new(Status::Conflict, RowReason::AnotherAccount, message)
}

/// What an account goes by.
fn called(user: &User) -> String {
    match (user.email(), user.user_name()) {
        ("", "") => "without a name".to_owned(),
        ("", name) => format!("`{name}`"),
        (email, _) => format!("`{email}`"),
    }
}

/// An edit that builds on what the account holds is refused where that cannot be read, because the call
/// replaces the whole set (`uipath-api`, 3.1).
pub(super) fn licenses_unreadable() -> Verdict {
    let message = "what the account holds cannot be read here, and writing would replace it; \
        use `set-licenses` with the whole set";
    Verdict::new(Status::Rejected, RowReason::LicensesUnreadable, message)
}

/// A row that builds on the groups of an account cannot run where these are not told: that is not to be in none.
pub(super) fn groups_unreadable(label: &str, snapshot: &Snapshot) -> Verdict {
    let what_to_do = if snapshot.has_too_many_untold() {
        format!(
            "more than {MOST_ASKED_FOR_GROUPS} accounts would have to be asked for one by one; run fewer rows at a time, as \
             with `--limit {MOST_ASKED_FOR_GROUPS}`"
        )
    } else {
        "look into the account in the web interface".to_owned()
    };
    let message = format!(
        "which groups `{label}` is in is not told here, and the row depends on it; nothing was changed; {what_to_do}"
    );
    Verdict::new(Status::Rejected, RowReason::GroupsUnreadable, message)
}

/// All that the account holds directly would have to be released, which only the portal does (`uipath-api`, 10).
pub(super) fn release_not_offered() -> Verdict {
    let message = "all that the account holds directly would have to be released, which only the portal does, and no \
        portal answers here; check `portal` under `routes`, or use `block-licenses`, which keeps the groups from giving \
        licences as well";
    Verdict::new(Status::Rejected, RowReason::ReleaseNotOffered, message)
}

/// Bundles that a row would take away are not held directly; `givers` are the rules of the account's groups that give
/// some of them, if known (`uipath-api`, 3.6).
pub(super) fn not_held_directly(bundles: &BundleSet, givers: Option<&[&GroupRule]>) -> String {
    let (is, it) = if bundles.len() == 1 {
        ("is", "it")
    } else {
        ("are", "them")
    };
    match givers {
        None => format!(
            "{bundles} {is} not held directly; if a group gives {it}, only leaving the group, another rule for the \
             group or `block-licenses` takes {it} away"
        ),
        Some([]) => format!("{bundles} {is} not held directly, and none of the account's groups gives {it}"),
        Some(givers) => {
            let given = |rule: &&GroupRule| format!("{} from the group `{}`", rule.bundles.common(bundles), rule.name);
            let given: Vec<String> = givers.iter().map(given).collect();
            format!(
                "{bundles} {is} not held directly: the account gets {}; to take {it} away, let it leave the group \
                 (`remove-from-groups`), change the group's rule (`set-group-licenses`), or block the account \
                 (`block-licenses`)",
                joined(&given, given.len())
            )
        }
    }
}

/// Who holds seats by groups' rules cannot be read, so that it is not known whether there is something to give back.
pub(super) fn leases_unreadable() -> Verdict {
    let message = "who holds seats by groups' licence rules cannot be read here, so nothing is given back; \
        `remove-from-groups` ends what is held by the group's rule as well";
    Verdict::new(Status::Rejected, RowReason::LicensesUnreadable, message)
}

/// Nothing is held by the rule of the group that a row names. What is held otherwise is told: directly, by the rules of
/// other groups, or by a rule of which it is not known whose it is.
pub(super) fn holds_no_lease(
    group: &str,
    direct: Option<&BundleSet>,
    others: &[(String, &BundleSet)],
    inherited: Option<&BundleSet>,
) -> String {
    let mut words = vec![format!("holds no seat by the licence rule of `{group}`")];
    if let Some(direct) = direct.filter(|direct| !direct.is_empty()) {
        words.push(format!("holds {direct} directly (`release-licenses`)"));
    }
    words.extend(
        others
            .iter()
            .map(|(other, bundles)| format!("holds {bundles} by the rule of `{other}`")),
    );
    if let Some(inherited) = inherited.filter(|inherited| others.is_empty() && !inherited.is_empty()) {
        words.push(format!("{inherited} may be taken by the rules of its groups"));
    }
    words.join("; ")
}

/// The account would be made by another row of the sheet, which cannot run.
pub(super) fn not_made(label: &str) -> Verdict {
    let message = format!("there is no account `{label}`, and the row that makes it cannot run");
    Verdict::new(Status::Skipped, RowReason::NoAccount, message)
}

/// The end of a row that has no steps and nothing against it.
pub(super) fn without_steps(row: &PlannedRow) -> Verdict {
    let note = |otherwise: &'static str| {
        if row.note().is_empty() {
            otherwise.to_owned()
        } else {
            row.note().to_owned()
        }
    };
    match row.ending() {
        Ending::Done if row.earlier().is_some() => Verdict::new(Status::Done, RowCode::None, note("done earlier")),
        // What is copied does not say by itself that the account has it.
        Ending::Done if row.copied().is_some() => {
            Verdict::new(Status::Unchanged, RowCode::None, format!("already so; {}", row.note()))
        }
        Ending::Done => Verdict::new(Status::Unchanged, RowCode::None, note("already so")),
        Ending::Waiting(text) if row.note().is_empty() => {
            Verdict::new(Status::Waiting, RowReason::NotAccepted, text.as_str())
        }
        Ending::Waiting(text) => Verdict::new(
            Status::Waiting,
            RowReason::NotAccepted,
            format!("{}; {text}", row.note()),
        ),
        Ending::Overtaken(words) => Verdict::new(Status::Conflict, RowReason::NotVerified, *words),
        Ending::Short(bundles) => Verdict::new(Status::Conflict, RowReason::SeatsShort, short_of(bundles)),
        Ending::NotOwned(bundles) => Verdict::new(Status::Conflict, RowReason::NotOwned, not_owned(bundles)),
    }
}

/// The message of a row that misses out on seats.
pub fn short_of(bundles: &BundleSet) -> String {
    format!("no seat is left of {bundles} for this row")
}

/// The message of a row that wants what the organization has not bought.
pub fn not_owned(bundles: &BundleSet) -> String {
    format!("the organization owns no {bundles}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_a_minus_before_a_group_is_not_told_to_join_it() {
        for (name, told) in [
            ("Finace", "there is no group `Finace`; did you mean `Finance`?"),
            (
                "-Finance",
                "there is no group `-Finance`; did you mean `Finance`, or to take somebody out of it by a `remove-from-groups` \
                 row?",
            ),
        ] {
            let missing = [(name.to_owned(), Some("Finance".to_owned()))];
            assert_eq!(groups_not_found(&missing).message, told);
        }
    }

    #[test]
    fn a_deletion_is_done_already_unless_it_names_somebody_who_may_be_there() {
        for (name, near, status) in [
            ("Ann Lee", Some("ann.lee@x.example"), Status::NotFound),
            ("Ann Lee", None, Status::Unchanged),
            ("ann.leee@x.example", Some("ann.lee@x.example"), Status::Unchanged),
            ("ann.lee", Some("ann.lee@x.example"), Status::NotFound),
            ("Ann.Lee", Some("ann.lee@x.example"), Status::NotFound),
            // Her address has another domain by now.
            ("ann.lee@old.example", Some("ann.lee@x.example"), Status::Unchanged),
            ("ann.lee@x.example", None, Status::Unchanged),
            ("ann.kay@x.example", Some("ann.lee@x.example"), Status::Unchanged),
            ("ann.leee", Some("ann.lee@x.example"), Status::Unchanged),
            ("annlee", Some("ann.lee@x.example"), Status::Unchanged),
            (r"CORP\ann lee", Some("ann.lee@x.example"), Status::Unchanged),
        ] {
            assert_eq!(already_gone(name, near).status, status, "{name}");
        }
    }
}
