//! Who holds seats: a row a holder.

use jiff::tz::TimeZone;

use super::facts::{self, givers, order_of};
use super::selection::{Selection, Subject};
use super::{ExportRow, ExportTable, Exported, Filter, FilterError, Present, Why};
use crate::api::User;
use crate::draft::{DraftColumn, DraftRow, account_name, licenses as list};
use crate::holdings::Holder;
use crate::intake::{Column, FactColumn, print_state};
use crate::model::{OperationKind, WrittenState};
use crate::text::{choose, listed};

/// All holders that the filters take, by address and then id; those whose account is gone have no address.
///
/// # Errors
/// Filters that name what is not there.
pub fn licenses<'a>(present: Present<'a>, filters: &[Filter]) -> Result<Exported<'a>, Vec<FilterError>> {
    let selection = Selection::of(filters, present)?;
    let all = present.holdings.all().iter().map(|holder| {
        let account = holder.account;
        let subject = Subject {
            account,
            holder: Some(holder),
        };
        (holder, subject)
    });
    let mut chosen = selection.people(all);
    let order = |holder: &&Holder<'_>| (holder.account.map(order_of).unwrap_or_default(), holder.id);
    chosen.taken.sort_by_cached_key(order);
    let holders = chosen.taken;
    let table = ExportTable::new("Licences", columns(), holders.len(), move |at, zone| {
        row(holders[at], present, zone)
    });
    Ok(Exported {
        tables: vec![table],
        told: chosen.told,
    })
}

fn columns() -> Vec<DraftColumn> {
    let read = [
        Column::User,
        Column::UserId,
        Column::Licenses,
        Column::Group,
        Column::UnlessChangedFrom,
    ];
    let facts = [
        FactColumn::Person,
        FactColumn::LastInUse,
        FactColumn::LastLogin,
        FactColumn::DaysIdle,
        FactColumn::Inherited,
        FactColumn::InheritedFrom,
        FactColumn::Orphan,
    ];
    let read = read.into_iter().map(DraftColumn::Read);
    read.chain(facts.map(DraftColumn::Fact)).collect()
}

fn row(holder: &Holder<'_>, present: Present<'_>, zone: &TimeZone) -> ExportRow {
    match holder.account {
        Some(account) => of_account(account, holder, present, zone),
        None => orphan(holder, present, zone),
    }
}

fn of_account(account: &User, holder: &Holder<'_>, present: Present<'_>, zone: &TimeZone) -> ExportRow {
    let name = account_name(present.snapshot, account);
    let row = |operation| {
        let draft = DraftRow {
            operation,
            ..DraftRow::default()
        };
        let draft = draft
            .cell(Column::User, name.as_str())
            .cell(Column::UserId, account.id.to_string());
        with_facts(draft, holder, present, zone)
    };
    if !account.is_person() && !account.is_newcomer() {
        let note = format!("{}, which no row about licences is for", account.kind.described());
        return ExportRow::ignored(row(None).noting(note), Why::NotAPerson);
    }
    let mut exported = match holder.direct {
        Some(direct) if direct.is_empty() => {
            let draft = row(Some(OperationKind::BlockLicenses));
            ExportRow::run(draft.cell(Column::UnlessChangedFrom, before(holder)))
        }
        Some(direct) => {
            let draft = row(Some(OperationKind::SetLicenses));
            let draft = draft.cell(Column::Licenses, list(direct));
            present.row_of_licenses(draft.cell(Column::UnlessChangedFrom, before(holder)), direct)
        }
        None if present.snapshot.is_direct_unknown(account.id) => {
            let note = "what is held directly could not be found out";
            ExportRow::ignored(row(None).noting(note), Why::NotRead)
        }
        None => inherited(row(None), &name, holder, present),
    };
    if holder.is_orphan {
        exported.draft = exported
            .draft
            .noting("the licence service takes the account for gone, and the directory has it");
    }
    exported
}

/// What is held directly, for the row that changes it.
fn before(holder: &Holder<'_>) -> String {
    print_state(&WrittenState::Licenses(holder.direct.cloned()))
}

fn inherited(draft: DraftRow, name: &str, holder: &Holder<'_>, present: Present<'_>) -> ExportRow {
    let bundles = list(&holder.inherited());
    let note = if holder.by_groups.is_empty() {
        format!("groups give {bundles}; which groups, and whether a seat is taken, cannot be read here")
    } else {
        let groups = groups_of(holder, present);
        format!("`release-lease` with the user `{name}` and {groups} gives {bundles} back until the next sign-in")
    };
    ExportRow::ignored(with_group(draft, holder, present).noting(note), Why::Inherited)
}

/// Somebody whose account is gone, by the id, because an address may have passed to somebody else.
fn orphan(holder: &Holder<'_>, present: Present<'_>, zone: &TimeZone) -> ExportRow {
    let id = holder.id.to_string();
    let mut draft = with_facts(
        DraftRow::ignored().cell(Column::User, id.as_str()),
        holder,
        present,
        zone,
    );
    match holder.direct {
        Some(direct) if direct.is_empty() => {
            draft = draft.noting("an empty direct allocation, which takes no seat");
        }
        Some(direct) => {
            draft = draft.cell(Column::Licenses, list(direct)).noting(format!(
                "`release-licenses` with the user `{id}` frees {}",
                list(direct)
            ));
        }
        None => {}
    }
    if !holder.by_groups.is_empty() {
        let note = format!(
            "`release-lease` with the user `{id}` and {} frees {}",
            groups_of(holder, present),
            list(&holder.inherited())
        );
        draft = with_group(draft, holder, present).noting(note);
    }
    ExportRow::ignored(draft, Why::Orphan)
}

/// The group whose seat `release-lease` would give back, where it is one.
fn with_group(draft: DraftRow, holder: &Holder<'_>, present: Present<'_>) -> DraftRow {
    match givers(present, holder).as_slice() {
        [only] => draft.cell(Column::Group, only.as_str()),
        _ => draft,
    }
}

fn groups_of(holder: &Holder<'_>, present: Present<'_>) -> String {
    let names = givers(present, holder);
    let noun = choose(names.len(), "the group", "each of the groups");
    format!("{noun} {}", listed(names.iter(), usize::MAX))
}

fn with_facts(draft: DraftRow, holder: &Holder<'_>, present: Present<'_>, zone: &TimeZone) -> DraftRow {
    draft
        .fact(
            FactColumn::Person,
            holder.account.map(facts::person).unwrap_or_default(),
        )
        .fact(FactColumn::LastInUse, facts::time(holder.last_in_use, zone))
        .fact(FactColumn::LastLogin, facts::time(holder.last_login(), zone))
        .fact(FactColumn::DaysIdle, facts::days_idle(holder, present.as_of.now))
        .fact(FactColumn::Inherited, facts::bundles(&holder.inherited()))
        .fact(FactColumn::InheritedFrom, facts::inherited_from(present, holder))
        .fact(FactColumn::Orphan, facts::yes(holder.account.is_none()))
}
