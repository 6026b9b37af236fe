//! What a row makes of an account that is there already: whether it is the person's whom the row means, and whether it
//! is in use. The plan asks before a run, the run itself where an account turned up meanwhile. Pure.

use super::{Inactive, RowReason, Rules, Verdict, Work};
use crate::api::User;
use crate::directory::Snapshot;
use crate::model::{Create, Invite, Migrate, Operation, Place, Row, RowSelection, Status, UserRef};
use crate::text::fold;

/// What the row's message says of an account that its address turned out to have, although the plan did not find it.
///
/// # Errors
/// How the row ends, where it must not go on with that account.
pub fn goes_on_with(row: &Row, user: &User, snapshot: &Snapshot, rules: &Rules) -> Result<Vec<String>, Verdict> {
    let mut notes = Vec::new();
    match &row.operation {
        Operation::Invite(invite) => {
            may_be_given(invite, user, rules)?;
            notes.push(not_invited(user).to_owned());
            notes.extend(other_name(invite, user));
        }
        Operation::Migrate(migrate) => {
            let old = snapshot.user(&migrate.user).one();
            is_one_person(migrate, old, user, &row.place, rules)?;
            if user.is_deactivated() && rules.inactive == Inactive::LeftAlone {
                return Err(deactivated_successor(migrate));
            }
            notes.push(format!("the new address: {}", not_invited(user)));
        }
        Operation::Create(create) => {
            notes.push("the account exists already".to_owned());
            notes.extend(created_for(create, user)?);
        }
        _ => {}
    }
    Ok(notes)
}

/// Why nobody was invited.
pub(super) fn not_invited(user: &User) -> &'static str {
    if user.invitation_accepted {
        "the address already has an account, so nobody was invited"
    } else {
        "the address is already invited, so nobody was invited again"
    }
}

/// Whether an `invite` may go on with the account that its address has.
pub(super) fn may_be_given(invite: &Invite, user: &User, rules: &Rules) -> Result<(), Verdict> {
    let is_activated = invite.active == Some(true);
    if user.is_deactivated() && !is_activated && rules.inactive == Inactive::LeftAlone {
        let message = format!(
            "the account `{}` is deactivated, so it was left alone; write `yes` into the row's `active` to activate it, \
             or add `--include-inactive`",
            invite.email
        );
        return Err(Verdict::new(Status::Skipped, RowReason::Inactive, message));
    }
    Ok(())
}

/// The row would give a seat or a successor to an account that is deactivated.
pub(super) fn deactivated(label: &str, what: &str) -> Verdict {
    let message =
        format!("the account `{label}` is deactivated, so {what}; add `--include-inactive` to do it all the same");
    Verdict::new(Status::Skipped, RowReason::Inactive, message)
}

/// The new account of a migration is deactivated.
pub(super) fn deactivated_successor(migrate: &Migrate) -> Verdict {
    let message = format!(
        "the new account `{}` is deactivated, so the old one was kept; activate it and run the same command again",
        migrate.new_email
    );
    Verdict::new(Status::Conflict, RowReason::Inactive, message)
}

/// Both names, where an account that is invited goes by another name than the row says.
pub(super) fn other_name(invite: &Invite, user: &User) -> Option<String> {
    let names = differing_names([invite.name.as_deref(), invite.surname.as_deref()], user)?;
    Some(both_names(invite.email.as_str(), names))
}

/// Whether a `create` may go on with the account that its user name or its address has: not with one that has another user
/// name and is another person's. Both names, where only the names differ.
pub(super) fn created_for(create: &Create, user: &User) -> Result<Option<String>, Verdict> {
    let Some(names) = differing_names([create.name.as_deref(), create.surname.as_deref()], user) else {
        return Ok(None);
    };
    let (known, wanted) = (user.user_name(), create.user_name());
    if fold(known) == fold(wanted) {
        return Ok(Some(both_names(wanted, names)));
    }
    let (theirs, given) = names;
    let message = format!(
        "`{}` is the address of `{theirs}`, whose user name is `{known}`, and the row creates `{wanted}` for `{given}`; that \
         account was left as it is; give the row another address, or this user name if they are one person",
        user.email()
    );
    Err(Verdict::new(Status::Conflict, RowReason::SomebodyElse, message))
}

fn both_names(account: &str, (theirs, given): (String, String)) -> String {
    format!("the account `{account}` is that of `{theirs}`, and the sheet says `{given}`")
}

/// The account's full name and the row's, given the row's first and last name, where both have one and they differ.
fn differing_names(row: [Option<&str>; 2], user: &User) -> Option<(String, String)> {
    let given = joined(row.map(Option::unwrap_or_default));
    let theirs = full_name(user);
    let parts = row.into_iter().zip([user.name(), user.surname()]);
    let is_same = given.is_empty()
        || theirs.is_empty()
        || parts
            .into_iter()
            .all(|(given, present)| given.is_none_or(|given| fold(given) == fold(present)))
        || [theirs.as_str(), user.display_name()].map(fold).contains(&fold(&given));
    (!is_same).then_some((theirs, given))
}

/// Whether the account of a migration's new address is the same person's, as far as names tell: equal names, or, where
/// one has none, equal local parts.
pub fn are_one_person(migrate: &Migrate, old: Option<&User>, new: &User) -> bool {
    let theirs = full_name(new);
    let ours = old.map(full_name).unwrap_or_default();
    if ours.is_empty() || theirs.is_empty() {
        let address = match (old, &migrate.user) {
            (Some(old), _) => old.address().to_owned(),
            (None, UserRef::Name(name)) => name.to_string(),
            (None, UserRef::Id(_)) => String::new(),
        };
        !address.is_empty() && local_part(&address) == local_part(migrate.new_email.as_str())
    } else {
        let given = joined([
            migrate.name.as_deref().or(old.map(User::name)).unwrap_or_default(),
            migrate
                .surname
                .as_deref()
                .or(old.map(User::surname))
                .unwrap_or_default(),
        ]);
        let theirs = fold(&theirs);
        theirs == fold(&ours) || theirs == fold(&given)
    }
}

/// Whether the account goes by another name than the one with which the row would have it made, so that somebody else has
/// made it. One without a name tells nothing.
pub(super) fn is_named_otherwise(operation: &Operation, user: &User, snapshot: &Snapshot) -> bool {
    match operation {
        Operation::Invite(invite) => other_name(invite, user).is_some(),
        Operation::Create(create) => !matches!(created_for(create, user), Ok(None)),
        Operation::Migrate(migrate) => {
            let old = snapshot.user(&migrate.user).one();
            let are_named = !full_name(user).is_empty() && old.is_some_and(|old| !full_name(old).is_empty());
            are_named && !are_one_person(migrate, old, user)
        }
        _ => false,
    }
}

/// Whether the account goes by another name than the one that this work gives whom it makes, so that somebody else has made it.
pub fn goes_by_another_name(work: &Work, user: &User) -> bool {
    let names = match work {
        Work::Invite(invitation) => [&invitation.name, &invitation.surname],
        Work::Create(creation) => [&creation.user.name, &creation.user.surname],
        _ => return false,
    };
    differing_names(names.map(Option::as_deref), user).is_some()
}

/// Refuses an account of the new address that is [somebody else's](are_one_person). A row of `--onto-existing` is not asked.
pub(super) fn is_one_person(
    migrate: &Migrate,
    old: Option<&User>,
    new: &User,
    place: &Place,
    rules: &Rules,
) -> Result<(), Verdict> {
    if rules.goes_onto_existing(place) {
        return Ok(());
    }
    if are_one_person(migrate, old, new) {
        return Ok(());
    }
    let theirs = full_name(new);
    let ours = old.map(full_name).unwrap_or_default();
    let whose = |name: &str| match name {
        "" => "somebody without a name".to_owned(),
        name => format!("`{name}`"),
    };
    let message = format!(
        "`{}` is the account of {}, and `{}` {}; both were left as they are; if they are one person, add \
         `--onto-existing {}`",
        migrate.new_email,
        whose(&theirs),
        migrate.user,
        match old {
            Some(_) => format!("that of {}", whose(&ours)),
            None => "has no account".to_owned(),
        },
        RowSelection::of(place),
    );
    Err(Verdict::new(Status::Conflict, RowReason::SomebodyElse, message))
}

/// First and last name, else the display name, with single spaces; empty where there is none.
fn full_name(user: &User) -> String {
    let names = joined([user.name(), user.surname()]);
    if names.is_empty() {
        joined([user.display_name(), ""])
    } else {
        names
    }
}

fn joined(names: [&str; 2]) -> String {
    let words: Vec<&str> = names.iter().flat_map(|name| name.split_whitespace()).collect();
    words.join(" ")
}

fn local_part(address: &str) -> String {
    fold(address.split('@').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api::UserTexts;
    use crate::model::UserId;

    fn user(email: &str, name: &str, surname: &str, display_name: &str) -> User {
        let texts = UserTexts {
            user_name: email,
            email,
            name,
            surname,
            display_name,
        };
        User::new(UserId(Uuid::from_u128(1)), texts)
    }

    fn migrate(user: &str, new_email: &str) -> Migrate {
        Migrate {
            user: UserRef::parse(user),
            new_email: new_email.parse().unwrap(),
            name: None,
            surname: None,
            groups: None,
            licenses: None,
            delete_when: crate::model::DeleteWhen::default(),
        }
    }

    #[test]
    fn a_creation_goes_on_with_the_account_of_its_address_only_where_user_name_or_person_are_the_same() {
        let ann = User::new(
            UserId(Uuid::from_u128(1)),
            UserTexts {
                user_name: "ann",
                email: "a@x.example",
                name: "Ann",
                surname: "Lee",
                display_name: "",
            },
        );
        let told = |user_name: &str, [name, surname]: [&str; 2]| {
            let text = |text: &str| Some(text.into()).filter(|_| !text.is_empty());
            let create = Create {
                username: text(user_name),
                email: "a@x.example".parse().ok(),
                name: text(name),
                surname: text(surname),
                ..Create::default()
            };
            created_for(&create, &ann).map(|both| both.is_some())
        };
        assert_eq!(told("ann", ["Ann", "Lee"]), Ok(false));
        assert_eq!(told("Ann", ["Bob", "Kay"]), Ok(true));
        assert_eq!(told("bob", ["ann", "lee"]), Ok(false));
        assert_eq!(told("bob", ["", ""]), Ok(false));
        assert_eq!(told("bob", ["Ann", ""]), Ok(false));
        for user_name in ["bob", ""] {
            let verdict = told(user_name, ["Bob", "Kay"]).unwrap_err();
            assert_eq!(
                (verdict.status, verdict.code),
                (Status::Conflict, RowReason::SomebodyElse.into())
            );
        }
    }

    const OLD: &str = "ann.lee@old.example";

    fn place() -> Place {
        Place {
            sheet: "".into(),
            row: 7,
        }
    }

    #[test]
    fn two_accounts_are_one_persons_by_their_names_or_where_one_has_none_by_their_local_parts() {
        let ann = user(OLD, "Ann", "Lee", "");
        let nameless = user(OLD, "", "", "");
        for (old, new, address, expected) in [
            (
                Some(&ann),
                user("a@new.example", "ANN", " lee", ""),
                "a@new.example",
                true,
            ),
            (
                Some(&ann),
                user("a@new.example", "", "", "Ann  Lee"),
                "a@new.example",
                true,
            ),
            (
                Some(&ann),
                user("a@new.example", "Bob", "Lee", ""),
                "a@new.example",
                false,
            ),
            (
                Some(&ann),
                user("ann.lee@new.example", "Bob", "Lee", ""),
                "ann.lee@new.example",
                false,
            ),
            (
                Some(&ann),
                user("Ann.Lee@new.example", "", "", ""),
                "Ann.Lee@new.example",
                true,
            ),
            (Some(&ann), user("a@new.example", "", "", ""), "a@new.example", false),
            (
                Some(&nameless),
                user("ann.lee@new.example", "Ann", "Lee", ""),
                "ann.lee@new.example",
                true,
            ),
            (
                Some(&nameless),
                user("bob@new.example", "Bob", "", ""),
                "bob@new.example",
                false,
            ),
            (
                None,
                user("ann.lee@new.example", "Ann", "Lee", ""),
                "ann.lee@new.example",
                true,
            ),
            (None, user("bob@new.example", "Bob", "", ""), "bob@new.example", false),
        ] {
            let migrate = migrate(OLD, address);
            let is_same = is_one_person(&migrate, old, &new, &place(), &Rules::default()).is_ok();
            assert_eq!(is_same, expected, "{old:?} {new:?}");
        }
    }

    #[test]
    fn a_name_that_the_row_gives_the_successor_is_the_persons_too() {
        let renamed = Migrate {
            surname: Some("Smith".into()),
            ..migrate(OLD, "ann.smith@new.example")
        };
        let (old, new) = (
            user(OLD, "Ann", "Lee", ""),
            user("ann.smith@new.example", "Ann", "Smith", ""),
        );
        assert_eq!(
            is_one_person(&renamed, Some(&old), &new, &place(), &Rules::default()),
            Ok(())
        );
    }

    #[test]
    fn somebody_elses_account_is_named_with_both_names_and_what_to_type() {
        let (old, new) = (user(OLD, "Ann", "Lee", ""), user("bob@old.example", "Bob", "Jones", ""));
        let refused = is_one_person(
            &migrate(OLD, "bob@old.example"),
            Some(&old),
            &new,
            &place(),
            &Rules::default(),
        );
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.status, refused.code),
            (Status::Conflict, RowReason::SomebodyElse.into())
        );
        for words in ["Ann Lee", "Bob Jones", "`--onto-existing 7`"] {
            assert!(refused.message.contains(words), "{}", refused.message);
        }
        let allowed = Rules {
            onto_existing: "6-8".parse().ok(),
            ..Rules::default()
        };
        assert_eq!(
            is_one_person(&migrate(OLD, "bob@old.example"), Some(&old), &new, &place(), &allowed),
            Ok(())
        );
    }
}
