//! The licence rules of groups.

use std::collections::BTreeMap;

use super::facts;
use super::selection::Selection;
use super::{ExportRow, ExportTable, Exported, Filter, FilterError, Present, Why};
use crate::api::{Group, GroupRule};
use crate::draft::{DraftColumn, DraftRow, group_name, licenses as list};
use crate::intake::{Column, FactColumn, print_list, print_state};
use crate::model::{BundleCode, GroupId, OperationKind};
use crate::plan::rule_in_words;
use crate::sheet::WrittenCell;
use crate::text::fold;

/// A group, a rule, or both.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    id: GroupId,
    /// `None` where the group is gone.
    group: Option<&'a Group>,
    rule: Option<&'a GroupRule>,
    members: u64,
}

/// All groups that the filters take, by name and then id; rules of groups that are gone come first.
///
/// # Errors
/// Filters that name what is not there.
pub fn groups<'a>(present: Present<'a>, filters: &[Filter]) -> Result<Exported<'a>, Vec<FilterError>> {
    let selection = Selection::of(filters, present)?;
    let is_everyone = |entry: &Entry<'_>| entry.group.is_some_and(Group::is_everyone);
    let mut entries: Vec<Entry<'a>> = entries(present)
        .into_iter()
        .filter(|entry| selection.takes_group(entry.id, is_everyone(entry), entry.rule))
        .collect();
    entries.sort_by_cached_key(|entry| (entry.group.map(|group| fold(&group.name)), entry.id));
    let table = ExportTable::new("Group licences", columns(), entries.len(), move |at, _| {
        row(entries[at], present)
    });
    Ok(Exported {
        tables: vec![table],
        told: Vec::new(),
    })
}

fn columns() -> Vec<DraftColumn> {
    let read = [
        Column::Group,
        Column::Licenses,
        Column::Quotas,
        Column::UnlessChangedFrom,
    ];
    let facts = [
        FactColumn::Id,
        FactColumn::Members,
        FactColumn::BuiltIn,
        FactColumn::Used,
    ];
    let read = read.into_iter().map(DraftColumn::Read);
    read.chain(facts.map(DraftColumn::Fact)).collect()
}

fn entries(present: Present<'_>) -> Vec<Entry<'_>> {
    let snapshot = present.snapshot;
    let mut members = BTreeMap::<GroupId, u64>::new();
    for group in snapshot.users().iter().flat_map(|user| user.groups.iter()) {
        *members.entry(*group).or_default() += 1;
    }
    // Nobody is listed in Everyone.
    let everybody = snapshot.users().iter().filter(|user| user.is_person()).count() as u64;
    let rule = |id| snapshot.rule(id).filter(|rule| !rule.is_empty());
    let groups = snapshot.groups().iter().map(|group| Entry {
        id: group.id,
        group: Some(group),
        rule: rule(group.id),
        members: match members.get(&group.id) {
            None if group.is_everyone() => everybody,
            listed => listed.copied().unwrap_or(0),
        },
    });
    let rules = snapshot.rules().into_iter().flatten();
    let gone = rules.filter(|rule| !rule.is_empty() && snapshot.group_by_id(rule.group).is_none());
    let gone = gone.map(|rule| Entry {
        id: rule.group,
        group: None,
        rule: Some(rule),
        members: 0,
    });
    groups.chain(gone).collect()
}

fn row(entry: Entry<'_>, present: Present<'_>) -> ExportRow {
    let draft = |name: String| {
        let draft = DraftRow::new(OperationKind::SetGroupLicenses).cell(Column::Group, name);
        let draft = draft.fact(FactColumn::Id, WrittenCell::text(entry.id.to_string()));
        draft.fact(FactColumn::Used, used(entry.id, present))
    };
    let Some(group) = entry.group else {
        let id = entry.id;
        let note = format!("the group is gone: `clear-group-licenses` with the group `{id}` takes its rule away");
        let draft = rule_cells(draft(id.to_string()), entry.rule).noting(note);
        return ExportRow::ignored(draft, Why::GroupGone);
    };
    let draft = draft(group_name(present.snapshot, group.id, &group.name))
        .fact(FactColumn::Members, WrittenCell::Number(entry.members))
        .fact(FactColumn::BuiltIn, facts::yes(group.built_in));
    let Some(rule) = entry.rule else {
        let draft = draft.cell(Column::UnlessChangedFrom, print_state(&rule_in_words(None)));
        return ExportRow::ignored(draft.noting("no licence rule"), Why::NoRule);
    };
    let draft = rule_cells(draft, Some(rule));
    if rule.bundles.is_empty() || rule.quotas.iter().any(|quota| !rule.bundles.contains(&quota.code)) {
        let note = "the rule limits what it does not give, which no cell can say";
        return ExportRow::ignored(draft.noting(note), Why::NotWritable);
    }
    present.row_of_licenses(draft, &rule.bundles)
}

fn rule_cells(draft: DraftRow, rule: Option<&GroupRule>) -> DraftRow {
    let Some(rule) = rule else { return draft };
    let quotas: BTreeMap<&BundleCode, u32> = rule.quotas.iter().map(|quota| (&quota.code, quota.limit)).collect();
    draft
        .cell(Column::Licenses, list(&rule.bundles))
        .cell(Column::UnlessChangedFrom, print_state(&rule_in_words(Some(rule))))
        .cell(Column::Quotas, counts(quotas))
}

/// How many seats are held by the group's rule, by bundle.
fn used(group: GroupId, present: Present<'_>) -> WrittenCell {
    let mut used = BTreeMap::<&BundleCode, u64>::new();
    let leases = present.snapshot.leases().and_then(|leases| leases.of_group(group));
    for code in leases.into_iter().flatten().flat_map(|lease| lease.bundles.iter()) {
        *used.entry(code).or_default() += 1;
    }
    WrittenCell::text(counts(used))
}

/// `ATTUNU=7; TSTNU=2`
fn counts<'a, N: std::fmt::Display>(counts: impl IntoIterator<Item = (&'a BundleCode, N)>) -> String {
    let counts = counts.into_iter().map(|(code, count)| format!("{code}={count}"));
    print_list(&counts.collect::<Vec<_>>())
}
