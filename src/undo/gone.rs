//! An account that the run deleted: a new one at the same address, as like it as can be.

use super::changes::AccountChange;
use super::group::GroupMark;
use super::held::Held;
use super::pen::{Named, Pen};
use super::portrait::Portrait;
use super::present::Present;
use super::row::{RowKind, UndoRow, Why};
use super::told::{in_backticks, yes_no};
use crate::draft::licenses;
use crate::intake::{Column, is_kept, print_list};
use crate::model::{BundleSet, Email, OperationKind, Place};

/// The rows that bring the account back, or the one that says why none does.
pub(super) fn gone(change: &AccountChange, old: &Portrait, pen: Pen<'_>) -> Vec<UndoRow> {
    if pen.present.is_some_and(|present| present.user(change.id).is_some()) {
        // The run was cut off before the deletion came about.
        return Vec::new();
    }
    come_back(old, &change.rows, None, pen)
}

/// What keeps an account from being brought back.
pub(super) type Hindrance = (Why, String);

/// The rows that make an account like this one, or the one that says what keeps them from it.
pub(super) fn come_back(old: &Portrait, rows: &[Place], hindrance: Option<Hindrance>, pen: Pen<'_>) -> Vec<UndoRow> {
    let by_mail = Email::fault(&old.email).is_none();
    let operation = if by_mail {
        OperationKind::Invite
    } else {
        OperationKind::Create
    };
    let hindrance = hindrance.or_else(|| obstacle(old, operation, pen.present));
    let kind = hindrance
        .as_ref()
        .map_or(RowKind::PutsBack(operation), |(why, _)| RowKind::Decide(*why));
    let (groups, lost) = groups(&old.groups, pen);
    let mut row = UndoRow::new(kind, rows);
    row = if by_mail {
        row.cell(Column::Email, old.email.as_str())
    } else {
        row.cell(Column::Username, old.user_name.as_str())
            .cell(Column::DisplayName, kept(Column::DisplayName, &old.display_name))
            .cell(
                Column::InvitationAccepted,
                old.invitation_accepted.map(yes_no).unwrap_or_default(),
            )
            .cell(Column::BypassBasicAuth, if old.bypass_basic_auth { "yes" } else { "" })
    };
    row = row
        .cell(Column::Name, kept(Column::Name, &old.name))
        .cell(Column::Surname, kept(Column::Surname, &old.surname))
        .cell(Column::Groups, groups);
    let bundles = old.held.as_ref().map(Held::bundles).unwrap_or_default();
    if !old.external {
        row = row.cell(Column::Licenses, licenses(&bundles));
    }
    let id = old.id.map(|id| format!(" (it was {id})")).unwrap_or_default();
    row = row
        .seats(bundles.clone(), BundleSet::default())
        .noting(format!("the run deleted this account{id}"));
    for text in lost {
        row = row.noting(text);
    }
    if let Some((_, reason)) = hindrance {
        return vec![row.noting(reason)];
    }
    let mut rows_back = vec![row.noting(what_a_new_one_is(by_mail))];
    rows_back.extend(more(old, rows, by_mail, &bundles));
    rows_back
}

/// What the row that makes the account cannot say.
fn more(old: &Portrait, rows: &[Place], by_mail: bool, bundles: &BundleSet) -> Vec<UndoRow> {
    let row = |operation| UndoRow::new(RowKind::PutsBack(operation), rows).cell(Column::User, old.address());
    let mut more = Vec::new();
    if old.external && !bundles.is_empty() {
        let set = row(OperationKind::SetLicenses).cell(Column::Licenses, licenses(bundles));
        more.push(set.cell(Column::ExternalLicense, "yes"));
    }
    if old.held == Some(Held::Blocked) {
        more.push(row(OperationKind::BlockLicenses));
    }
    let display_name = if old.has_display_name_of_its_own() {
        kept(Column::DisplayName, &old.display_name)
    } else {
        ""
    };
    if by_mail && (!display_name.is_empty() || old.bypass_basic_auth) {
        let update = row(OperationKind::Update).cell(Column::DisplayName, display_name);
        more.push(update.cell(Column::BypassBasicAuth, if old.bypass_basic_auth { "yes" } else { "" }));
    }
    more
}

/// What keeps the account from being made anew.
pub(super) fn obstacle(old: &Portrait, operation: OperationKind, present: Option<Present<'_>>) -> Option<Hindrance> {
    if old.address().is_empty() {
        return Some((Why::NotKnown, "what the account was called was not recorded".to_owned()));
    }
    if let Some(other) = present.and_then(|present| present.bearer(old.address())) {
        return Some((
            Why::Gone,
            format!("{} has an account again{other}", in_backticks(old.address())),
        ));
    }
    if old.from_directory {
        let note = "it came from the organization's directory, and comes back from there when the person signs in";
        return Some((Why::Lasting, note.to_owned()));
    }
    if !old.is_active {
        let mail = if operation == OperationKind::Create {
            ""
        } else {
            " and mail the person"
        };
        let note = format!(
            "it was deactivated, and `{operation}` would make an active one{mail}: write `{operation}` here if that is \
             meant"
        );
        return Some((Why::Lasting, note));
    }
    let column = if operation == OperationKind::Create {
        Column::Username
    } else {
        Column::Email
    };
    (!is_kept(column, old.address())).then(|| (Why::NotWritable, "a cell cannot say its name".to_owned()))
}

fn what_a_new_one_is(by_mail: bool) -> String {
    let mail = if by_mail { "; the person is mailed" } else { "" };
    format!(
        "a new one gets a new id{mail}; roles in tenants and folders, the personal workspace, assets and tokens do not \
         come back"
    )
}

fn kept(column: Column, text: &str) -> &str {
    if is_kept(column, text) { text } else { "" }
}

/// The groups that are still there, as a cell; and those that are not.
fn groups(groups: &[GroupMark], pen: Pen<'_>) -> (String, Vec<String>) {
    let (mut names, mut lost) = (Vec::new(), Vec::new());
    for group in groups {
        match pen.group(group) {
            Named::As(name) => names.push(name),
            Named::Everyone => {}
            Named::Gone(why) => lost.push(why),
        }
    }
    (print_list(&names), lost)
}
