//! Somebody whom the run moved to another account.

use super::account::profile_and_groups;
use super::changes::{AccountChange, FlagField, Flip, Made, Move, Parting, TextField};
use super::gone::{Hindrance, come_back, obstacle};
use super::held::Held;
use super::licenses::licenses;
use super::made::made;
use super::pen::Pen;
use super::portrait::Portrait;
use super::rewound::since_the_old_account;
use super::row::{UndoRow, Why};
use super::told::in_backticks;
use crate::api::User;
use crate::draft::licenses as list;
use crate::intake::{Column, is_kept, print_list};
use crate::model::{Email, OperationKind, Place};

impl Move {
    /// The old account's address; older files have only the name by which the sheet called it.
    pub(super) fn old_address(&self) -> &str {
        if self.old.email.is_empty() && Email::fault(&self.name).is_none() {
            &self.name
        } else {
            self.old.address()
        }
    }

    /// What the run did with the old account. What it was about to do may not have come about; that the account is gone
    /// does not say who deleted it.
    pub(super) fn parting(&self, pen: Pen<'_>) -> Parting {
        let old = pen.present.zip(self.left);
        match old.map(|(present, id)| present.user(id).is_some()) {
            Some(true) => Parting::Kept,
            None if self.parting == Parting::NotTold => Parting::Kept,
            Some(false) | None => self.parting,
        }
    }

    /// The rows of the results file that this move is about, with those that changed the old account before.
    fn rows(&self, change: &AccountChange) -> Vec<Place> {
        self.earlier.iter().chain(&change.rows).cloned().collect()
    }

    fn old(&self) -> Portrait {
        Portrait {
            email: self.old_address().to_owned(),
            ..self.old.clone()
        }
    }
}

/// The rows that make an account at the old address, and leave the new one alone.
pub(super) fn made_anew(change: &AccountChange, moved: &Move, pen: Pen<'_>) -> Vec<UndoRow> {
    come_back(&moved.old(), &moved.rows(change), None, pen)
}

/// The row that says that it is not known whether the old account is the run's to bring back.
pub(super) fn unsettled(change: &AccountChange, moved: &Move, pen: Pen<'_>) -> UndoRow {
    pen.decide(change, Why::NotKnown).noting(format!(
        "the old account, {}, is gone, and the results do not say whether the run deleted it or somebody else",
        in_backticks(moved.old_address())
    ))
}

/// The rows that take the person back from the account that the run made to the address whose account it deleted: first
/// the new account gets what the old one had, then a move the other way takes that along, which mails the person.
pub(super) fn back(change: &AccountChange, moved: &Move, how: Made, user: Option<&User>, pen: Pen<'_>) -> Vec<UndoRow> {
    let (old, rows) = (moved.old(), moved.rows(change));
    if let Some(present) = pen.present.filter(|_| user.is_none()) {
        let other = present
            .bearer(&change.label)
            .map(|other| another_bearer(change, &other));
        return come_back(&old, &rows, other, pen);
    }
    if Email::fault(&old.email).is_some() {
        let mut rows = come_back(&old, &rows, None, pen);
        rows.push(made(change, how, user, pen));
        return rows;
    }
    let change = AccountChange {
        rows,
        ..since_the_old_account(change, &old)
    };
    let is_there_again = pen
        .present
        .is_some_and(|present| present.is_borne_by(&old.email, change.id));
    if let Some(user) = user.filter(|_| is_there_again) {
        return as_before_the_moves(change, &old, user, pen);
    }
    let id = old.id.map(|id| format!(" (it was {id})")).unwrap_or_default();
    let deleted = format!("the old account was deleted{id}");
    if let Some((why, reason)) = obstacle(&old, OperationKind::Migrate, pen.present) {
        let row = pen.decide(&change, why).cell(Column::NewEmail, old.email.as_str());
        return vec![row.noting(deleted).noting(reason).noting(had(&old))];
    }
    let (change, mut rows) = as_the_old_account(change, &old, user, pen);
    let row = pen.row(&change, OperationKind::Migrate);
    let row = row.cell(Column::NewEmail, old.email.as_str()).noting(format!(
        "{deleted}: the person is invited to the old address with what this account has then, and this account is \
         deleted once that is accepted; roles in tenants and folders, the personal workspace, assets and tokens do not \
         come back"
    ));
    rows.push(named_as_before(row, &change, &old, user));
    rows
}

/// The rows that give the new account what the old one had, names apart, and the change that they take back.
fn as_the_old_account(
    change: AccountChange,
    old: &Portrait,
    user: Option<&User>,
    pen: Pen<'_>,
) -> (AccountChange, Vec<UndoRow>) {
    let now = user.map(|user| (user.display_name(), user.bypass_basic_auth));
    let change = with_what_was_not_taken_along(change, old, now);
    let mut rows = licenses(&change, pen);
    rows.extend(profile_and_groups(&change, user, pen));
    (change, rows)
}

/// The rows for somebody whom the runs moved away and back again, so that nobody has to be moved.
fn as_before_the_moves(mut change: AccountChange, old: &Portrait, user: &User, pen: Pen<'_>) -> Vec<UndoRow> {
    for (field, was) in [(TextField::Name, &old.name), (TextField::Surname, &old.surname)] {
        let now = field.of(user);
        // Older files do not have it.
        if !was.is_empty() && now != was {
            let flip = Flip::new(Some(was.clone()), now.to_owned());
            change.texts.entry(field).or_insert(flip);
        }
    }
    as_the_old_account(change, old, Some(user), pen).1
}

/// What the runs changed before the move, so that the new account has never had it: a display name of the old account's
/// own, and its `bypass_basic_auth`, which both stand in no record of the move then. `now` is what the new account has.
fn with_what_was_not_taken_along(
    mut change: AccountChange,
    old: &Portrait,
    now: Option<(&str, bool)>,
) -> AccountChange {
    let display_name = now.map_or_else(|| old.names(), |(display_name, _)| display_name.to_owned());
    if old.has_display_name_of_its_own() && display_name != old.display_name {
        let flip = Flip::new(Some(old.display_name.clone()), display_name);
        change.texts.entry(TextField::DisplayName).or_insert(flip);
    }
    // Older files do not say whether it was on.
    if old.bypass_basic_auth && !now.is_some_and(|(_, bypass)| bypass) {
        let flip = Flip::new(Some(true), false);
        change.flags.entry(FlagField::BypassBasicAuth).or_insert(flip);
    }
    change
}

/// The names of the old account where the new one has others: the record does not say whether the run gave them.
fn named_as_before(row: UndoRow, change: &AccountChange, old: &Portrait, user: Option<&User>) -> UndoRow {
    let fields = [(TextField::Name, &old.name), (TextField::Surname, &old.surname)];
    let is_another = |(field, was): &(TextField, &String)| {
        let is_put_back = change.texts.contains_key(field);
        !is_put_back
            && !was.is_empty()
            && is_kept(field.column(), was)
            && user.is_none_or(|user| field.of(user) != *was)
    };
    fields.into_iter().filter(is_another).fold(row, |row, (field, was)| {
        let now = user.map(|user| format!("`{}` is {} now", field.as_str(), in_backticks(field.of(user))));
        row.cell(field.column(), was.as_str()).noting(now.unwrap_or_default())
    })
}

/// What the old account had, for whoever decides.
fn had(old: &Portrait) -> String {
    let groups: Vec<&str> = old.groups.iter().map(|group| group.name.as_str()).collect();
    let held = match &old.held {
        Some(Held::Set(bundles)) => format!("; it held {}", list(bundles)),
        Some(held) => format!("; it held {held}"),
        None => String::new(),
    };
    if groups.is_empty() {
        format!("it was in no group{held}")
    } else {
        format!("it was in {}{held}", print_list(&groups))
    }
}

/// The row about an account that the run made and that is gone; none unless its address has passed to somebody else.
pub(super) fn made_and_gone(change: &AccountChange, pen: Pen<'_>) -> Option<UndoRow> {
    let other = pen.present?.bearer(&change.label)?;
    let (why, note) = another_bearer(change, &other);
    Some(pen.decide(change, why).noting(note))
}

fn another_bearer(change: &AccountChange, other: &str) -> Hindrance {
    let note = format!(
        "the account that the run made, {}, is gone, and {} has another account now{other}, which is left alone",
        change.id,
        in_backticks(&change.label)
    );
    (Why::Gone, note)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::model::UserId;
    use crate::undo::recorded::Side;

    #[test]
    fn what_runs_changed_before_the_move_is_given_to_the_new_account_unless_it_has_it() {
        for (display_name, bypass, now, expected) in [
            ("Dr Lee", true, Some(("Ann Lee", false)), (Some("Ann Lee"), Some(false))),
            ("Dr Lee", true, Some(("Dr Lee", true)), (None, None)),
            ("Ann Lee", false, Some(("Max Lee", true)), (None, None)),
            ("", false, Some(("Ann Lee", false)), (None, None)),
            ("Dr Lee", true, None, (Some("Ann Lee"), Some(false))),
            ("Ann Lee", false, None, (None, None)),
        ] {
            let before = json!({
                "name": "Ann", "surname": "Lee", "display_name": display_name, "bypass_basic_auth": bypass,
            });
            let old = Portrait::read(Side::of(Some(&before)), None);
            let change = AccountChange::new(UserId(Uuid::nil()), "ann");
            let change = with_what_was_not_taken_along(change, &old, now);
            let text = change.texts.get(&TextField::DisplayName);
            let flag = change.flags.get(&FlagField::BypassBasicAuth);
            let found = (text.map(|flip| flip.is.as_str()), flag.map(|flip| flip.is));
            assert_eq!(found, expected, "{before}, now {now:?}");
            assert!(text.is_none_or(|flip| flip.was.as_deref() == Some(display_name)));
        }
    }

    #[test]
    fn what_the_records_tell_of_the_new_account_stays() {
        let old = json!({"name": "Ann", "surname": "Lee", "display_name": "Dr Lee"});
        let old = Portrait::read(Side::of(Some(&old)), None);
        let mut change = AccountChange::new(UserId(Uuid::nil()), "ann");
        let told = Flip::new(Some("Dr Lee".to_owned()), "D2".to_owned());
        change.texts.insert(TextField::DisplayName, told.clone());
        let change = with_what_was_not_taken_along(change, &old, Some(("Own", false)));
        assert_eq!(change.texts.get(&TextField::DisplayName), Some(&told));
    }
}
