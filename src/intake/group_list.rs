//! The groups of a cell.

use super::fault::{Fault, shown};
use super::hash::hash;
use super::list::split;
use crate::model::GroupRef;
use crate::problem::ProblemCode;

/// The groups of a cell, each once.
#[derive(Debug, Default)]
pub(super) struct GroupList {
    /// As written.
    pub(super) groups: Vec<GroupRef>,
    /// Sorted and folded: what makes two cells the same.
    pub(super) normal: String,
    /// Of each group, for comparing rows.
    pub(super) hashes: Vec<u64>,
}

impl GroupList {
    pub(super) fn parse(cell: &str) -> Result<Self, Fault> {
        let items = split(cell).map_err(|_| {
            Fault::error(
                ProblemCode::ListQuote,
                format!("`{}` has a double quote that is not closed", shown(cell)),
                "close it after the item's name, or leave it out",
            )
        })?;
        let mut pairs: Vec<(String, GroupRef)> = Vec::new();
        for item in items {
            let group = GroupRef::parse(&item.text);
            let folded = group.fold();
            if !pairs.iter().any(|(known, _)| *known == folded) {
                pairs.push((folded, group));
            }
        }
        let mut folded: Vec<&str> = pairs.iter().map(|(folded, _)| folded.as_str()).collect();
        folded.sort_unstable();
        Ok(Self {
            normal: folded.join("\u{1f}"),
            hashes: folded.iter().map(|name| hash(name)).collect(),
            groups: pairs.into_iter().map(|(_, group)| group).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_named_twice_counts_once_and_order_makes_no_difference() {
        let list = GroupList::parse("Finance; finance, HR").unwrap();
        assert_eq!(list.groups.len(), 2);
        assert_eq!(list.normal, GroupList::parse("hr|FINANCE").unwrap().normal);
    }
}
