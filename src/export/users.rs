//! Accounts as `update` rows, and their memberships as `set-groups` rows.

use jiff::tz::TimeZone;

use super::facts::{self, order_of};
use super::selection::{Selection, Subject};
use super::{ExportRow, ExportTable, Exported, Filter, FilterError, Present, Why};
use crate::api::User;
use crate::directory::Snapshot;
use crate::draft::{DraftColumn, DraftRow, group_name};
use crate::holdings::Holder;
use crate::intake::{Column, FactColumn, is_kept, print_list, print_state};
use crate::model::{GroupId, GroupRef, OperationKind, WrittenState};
use crate::text::fold;

/// What becomes of memberships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memberships {
    /// They stand in the `update` rows, as groups to add to.
    Added,
    /// They have a worksheet of `set-groups` rows to themselves (`--exact`).
    Exact,
}

/// All accounts that the filters take, by address and then id.
///
/// # Errors
/// Filters that name what is not there.
pub fn users<'a>(
    present: Present<'a>,
    filters: &[Filter],
    memberships: Memberships,
) -> Result<Exported<'a>, Vec<FilterError>> {
    let selection = Selection::of(filters, present)?;
    let all = present.snapshot.users().iter().map(|user| {
        let holder = present.holdings.of_user(user.id);
        let account = Some(user);
        (user, Subject { account, holder })
    });
    let mut chosen = selection.people(all);
    chosen.taken.sort_by_cached_key(|user| (order_of(user), user.id));
    let people: Vec<&'a User> = match memberships {
        Memberships::Added => Vec::new(),
        Memberships::Exact => chosen.taken.iter().copied().filter(|user| user.is_person()).collect(),
    };
    let users = chosen.taken;
    let mut tables = vec![ExportTable::new(
        "Users",
        columns(memberships),
        users.len(),
        move |at, zone| update(users[at], present, memberships, zone),
    )];
    if memberships == Memberships::Exact {
        let columns = [Column::User, Column::UserId, Column::Groups, Column::UnlessChangedFrom];
        tables.push(ExportTable::new(
            "Memberships",
            columns.map(DraftColumn::Read).to_vec(),
            people.len(),
            move |at, _| set_groups(people[at], present.snapshot),
        ));
    }
    let told = chosen.told;
    Ok(Exported { tables, told })
}

fn columns(memberships: Memberships) -> Vec<DraftColumn> {
    let read = [
        Column::User,
        Column::UserId,
        Column::Name,
        Column::Surname,
        Column::DisplayName,
        Column::Active,
    ];
    let groups = match memberships {
        Memberships::Added => Some(Column::Groups),
        Memberships::Exact => None,
    };
    let facts = [
        FactColumn::Type,
        FactColumn::Invitation,
        FactColumn::Created,
        FactColumn::LastLogin,
        FactColumn::DirectLicenses,
        FactColumn::Inherited,
        FactColumn::InheritedFrom,
    ];
    let read = read.into_iter().chain(groups).map(DraftColumn::Read);
    read.chain(facts.map(DraftColumn::Fact)).collect()
}

fn update(user: &User, present: Present<'_>, memberships: Memberships, zone: &TimeZone) -> ExportRow {
    let mut draft = DraftRow::new(OperationKind::Update).about(present.snapshot, user);
    for (column, text) in [
        (Column::Name, user.name()),
        (Column::Surname, user.surname()),
        (Column::DisplayName, user.display_name()),
    ] {
        draft = if is_kept(column, text) {
            draft.cell(column, text)
        } else {
            let column = column.as_str();
            draft.noting(format!("`{column}` is left empty: no cell can say what it is"))
        };
    }
    let draft = with_facts(draft, user, present, zone);
    if !user.is_person() {
        let note = format!("{}, of which a row can change nothing", user.kind.described());
        return ExportRow::ignored(draft.noting(note), Why::NotAPerson);
    }
    let draft = draft.cell(Column::Active, if user.is_active { "yes" } else { "no" });
    ExportRow::run(match memberships {
        Memberships::Added => {
            let (names, unnamed) = groups(user, present.snapshot);
            let draft = draft.cell(Column::Groups, print_list(&names));
            match unnamed {
                0 => draft,
                _ => draft.noting("some of the groups are not in the listing of groups, and not named"),
            }
        }
        Memberships::Exact => draft,
    })
}

fn with_facts(draft: DraftRow, user: &User, present: Present<'_>, zone: &TimeZone) -> DraftRow {
    let draft = draft
        .fact(FactColumn::Type, facts::kind(user))
        .fact(FactColumn::Invitation, facts::invitation(user))
        .fact(FactColumn::Created, facts::time(user.created, zone))
        .fact(FactColumn::LastLogin, facts::time(user.last_login, zone));
    let Some(holder) = present.holdings.of_user(user.id) else {
        return draft;
    };
    let direct = holder.direct.map(facts::bundles).unwrap_or_default();
    let draft = draft
        .fact(FactColumn::DirectLicenses, direct)
        .fact(FactColumn::Inherited, facts::bundles(&holder.inherited()))
        .fact(FactColumn::InheritedFrom, facts::inherited_from(present, holder));
    if Holder::is_blocked(holder) {
        draft.noting("blocked from every licence")
    } else {
        draft
    }
}

fn set_groups(user: &User, snapshot: &Snapshot) -> ExportRow {
    let draft = DraftRow::new(OperationKind::SetGroups).about(snapshot, user);
    if !user.tells_groups {
        return ExportRow::ignored(draft.noting("which groups the account is in is not told"), Why::NotRead);
    }
    let (names, unnamed) = groups(user, snapshot);
    let list = match names.as_slice() {
        [] => "<clear>".to_owned(),
        names => print_list(names),
    };
    let before = WrittenState::Groups(names.iter().map(|name| GroupRef::parse(name)).collect());
    let draft = draft
        .cell(Column::Groups, list)
        .cell(Column::UnlessChangedFrom, print_state(&before));
    if unnamed > 0 {
        let note = "some of the groups are not in the listing of groups, so that the row would take them away";
        return ExportRow::ignored(draft.noting(note), Why::NotWritable);
    }
    ExportRow::run(draft)
}

/// The groups of an account by name, Everyone aside, and how many there are that have no name.
fn groups(user: &User, snapshot: &Snapshot) -> (Vec<String>, usize) {
    let mut unnamed = 0;
    let mut named: Vec<(String, GroupId, String)> = Vec::with_capacity(user.groups.len());
    for id in &user.groups {
        match snapshot.group_by_id(*id) {
            Some(group) if group.is_everyone() => {}
            Some(group) => named.push((fold(&group.name), *id, group_name(snapshot, *id, &group.name))),
            None => unnamed += 1,
        }
    }
    named.sort();
    named.dedup();
    (named.into_iter().map(|(.., name)| name).collect(), unnamed)
}
