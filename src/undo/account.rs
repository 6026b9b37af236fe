//! Profile and memberships of one account put back.

use super::changes::{AccountChange, FlagField, Flip, Lasting, TextField};
use super::pen::{Named, Pen};
use super::row::{UndoRow, Why};
use super::told::{foreign, in_backticks, yes_no};
use crate::api::User;
use crate::intake::{Column, is_kept, print_list};
use crate::model::OperationKind;

/// What a field's cell says to empty it.
const CLEAR: &str = "<clear>";

/// What a group's seat does when a membership comes back.
const SEAT: &str = "a seat that a group's rule gave comes back at the next sign-in";

/// What is found out field by field.
#[derive(Default)]
struct Findings {
    cells: Vec<(Column, String)>,
    joins: Vec<String>,
    leaves: Vec<String>,
    foreign: Vec<String>,
    gone: Vec<String>,
    not_known: Vec<String>,
    not_writable: Vec<String>,
}

/// The rows that put an account's profile and memberships back: those that do it, one wherever one can, and those that a person has to read.
pub(super) fn profile_and_groups(change: &AccountChange, user: Option<&User>, pen: Pen<'_>) -> Vec<UndoRow> {
    let mut found = Findings::default();
    for (field, flip) in &change.texts {
        found.text(*field, flip, user);
    }
    for (field, flip) in &change.flags {
        found.flag(*field, flip, user);
    }
    found.groups(change, user, pen);
    let mut rows = found.rows(change, user, pen);
    for (why, notes) in [
        (Why::Changed, &found.foreign),
        (Why::Gone, &found.gone),
        (Why::NotKnown, &found.not_known),
        (Why::NotWritable, &found.not_writable),
    ] {
        if !notes.is_empty() {
            rows.push(pen.decide(change, why).noting(notes.join("; ")));
        }
    }
    rows
}

/// The rows about what no row takes back.
pub(super) fn lasting(change: &AccountChange, pen: Pen<'_>) -> Vec<UndoRow> {
    let mut told: Vec<String> = Vec::new();
    for lasting in &change.lasting {
        let note = match lasting {
            Lasting::Password => "the run set another password, and the earlier one is nowhere recorded".to_owned(),
            Lasting::FirstAddress(email) => {
                format!(
                    "the run gave the account its first address, {}, which no call takes away",
                    in_backticks(email)
                )
            }
            Lasting::Lease { group, bundles } => format!(
                "the run gave back the seat of {bundles} that the rule of {} gives; it is taken again at the next sign-in",
                in_backticks(group)
            ),
        };
        if !told.contains(&note) {
            told.push(note);
        }
    }
    let row = |note: &String| pen.decide(change, Why::Lasting).noting(note);
    told.iter().map(row).collect()
}

impl Findings {
    fn text(&mut self, field: TextField, flip: &Flip<String>, user: Option<&User>) {
        if flip.is_nothing() {
            return;
        }
        let Some(was) = &flip.was else {
            self.not_known
                .push(format!("what `{}` was before the run was not recorded", field.as_str()));
            return;
        };
        match user.map(|user| field.of(user)) {
            Some(now) if now == was => {}
            Some(now) if !flip.is_left_by_the_runs(&now.to_owned()) => {
                let name = format!("`{}`", field.as_str());
                self.foreign.push(foreign(
                    &name,
                    in_backticks(now),
                    in_backticks(&flip.is),
                    in_backticks(was),
                ));
            }
            Some(_) | None if was.is_empty() => self.cells.push((field.column(), CLEAR.to_owned())),
            Some(_) | None if is_kept(field.column(), was) => self.cells.push((field.column(), was.clone())),
            Some(_) | None => {
                let note = format!(
                    "`{}` was {}, which a cell cannot say: put it back by hand",
                    field.as_str(),
                    in_backticks(was)
                );
                self.not_writable.push(note);
            }
        }
    }

    fn flag(&mut self, field: FlagField, flip: &Flip<bool>, user: Option<&User>) {
        if flip.is_nothing() {
            return;
        }
        // A flag has two values, so that it is as the run left it or as it was.
        match flip.was {
            None => {
                self.not_known
                    .push(format!("what `{}` was before the run was not recorded", field.as_str()));
            }
            Some(was) if user.is_some_and(|user| field.of(user) == was) => {}
            Some(was) => self.cells.push((field.column(), yes_no(was).to_owned())),
        }
    }

    fn groups(&mut self, change: &AccountChange, user: Option<&User>, pen: Pen<'_>) {
        for membership in change
            .groups
            .iter()
            .filter(|membership| membership.was != membership.is)
        {
            let name = match pen.group(&membership.group) {
                Named::As(name) => name,
                Named::Everyone => continue,
                // With the group, its members are out of it.
                Named::Gone(_) if !membership.was => continue,
                Named::Gone(why) => {
                    self.gone.push(format!("{why}, so the membership cannot be put back"));
                    continue;
                }
            };
            let group = pen.present.and_then(|present| present.group(&membership.group));
            let is_in = match (user, group) {
                (Some(user), Some(group)) => user.groups.contains(&group.id),
                _ => membership.is,
            };
            match (membership.was, is_in) {
                (true, false) => self.joins.push(name),
                (false, true) => self.leaves.push(name),
                (true, true) | (false, false) => {}
            }
        }
    }

    /// The rows that put everything back: one, but for people without an account, for whom no `update` is.
    fn rows(&self, change: &AccountChange, user: Option<&User>, pen: Pen<'_>) -> Vec<UndoRow> {
        let (joins, leaves) = (print_list(&self.joins), print_list(&self.leaves));
        let joining = || {
            pen.row(change, OperationKind::AddToGroups)
                .cell(Column::Groups, joins.clone())
        };
        let leaving = || {
            let row = pen.row(change, OperationKind::RemoveFromGroups);
            row.cell(Column::Groups, leaves.clone())
        };
        let is_newcomer = user.is_some_and(User::is_newcomer);
        match (self.cells.is_empty(), joins.is_empty(), leaves.is_empty()) {
            (true, true, true) => Vec::new(),
            (true, false, true) => vec![joining().noting(SEAT)],
            (true, true, false) => vec![leaving()],
            (true, false, false) if is_newcomer => vec![joining().noting(SEAT), leaving()],
            _ => {
                let row = pen.row(change, OperationKind::Update);
                let row = row.cell(Column::Groups, joins).cell(Column::RemoveGroups, leaves);
                let cells = self.cells.iter();
                let row = cells.fold(row, |row, (column, text)| row.cell(*column, text));
                vec![if self.joins.is_empty() { row } else { row.noting(SEAT) }]
            }
        }
    }
}
