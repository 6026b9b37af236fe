//! From cells to values, with a memory for the lists that most rows share.

use std::collections::HashMap;
use std::rc::Rc;

use strum::IntoEnumIterator;

use super::column::{Column, ColumnSet};
use super::fault::Fault;
use super::group_list::GroupList;
use super::hash::Mixing;
use super::license_list::{LicenseFaults, LicenseList};
use super::needs::takes;
use super::options::Options;
use super::reading::Reading;
use super::row::Cells;
use super::values::Values;
use crate::model::OperationKind;

/// How many different cells of a kind are remembered.
const REMEMBERED: usize = 4096;
/// Longer cells are seldom alike, and would fill the memory.
const REMEMBERED_LENGTH: usize = 1024;

/// Turns cells into values, remembering lists: the same few are in most rows.
#[derive(Debug)]
pub(super) struct ValueReader<'o> {
    options: &'o Options,
    /// What each operation takes.
    takes: Vec<ColumnSet>,
    groups: HashMap<Box<str>, Rc<GroupList>, Mixing>,
    licenses: HashMap<Box<str>, Result<Rc<LicenseList>, LicenseFaults>, Mixing>,
    /// Words that mean no known bundle, for the organization to be asked.
    pub(super) unknown_codes: Vec<String>,
}

impl<'o> ValueReader<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        Self {
            options,
            takes: OperationKind::iter().map(|kind| ColumnSet::of(takes(kind))).collect(),
            groups: HashMap::default(),
            licenses: HashMap::default(),
            unknown_codes: Vec::new(),
        }
    }

    /// Reads a row of this operation into `values`, which are empty. Whether it is valid is told by the findings.
    pub(super) fn read<'c>(
        &mut self,
        kind: OperationKind,
        cells: &'c Cells<'_>,
        values: &mut Values<'c>,
        faults: &mut Vec<Fault>,
    ) {
        let mut reading = Reading {
            kind,
            cells,
            takes: self.takes[kind as usize],
            faults,
            values,
        };
        reading.subjects();
        if cells.has_clear && reading.has_misplaced_clear() {
            // Nobody looked at the other cells, so none of them is out of place.
            reading.values.used.insert_all(reading.takes);
            return;
        }
        reading.addresses(self.options);
        reading.plain_cells();
        let (groups, remove_groups) = reading.group_cells();
        reading.values.groups = self.group_list(groups, Column::Groups, reading.faults);
        reading.values.remove_groups = self.group_list(remove_groups, Column::RemoveGroups, reading.faults);
        reading.joins_and_leaves();
        let licenses = reading.taken(Column::Licenses);
        reading.values.licenses = self.license_list(licenses, reading.faults);
        reading.quotas(self.options);
        reading.needs();
        reading.capabilities(self.options);
    }

    fn group_list(&mut self, cell: &str, column: Column, faults: &mut Vec<Fault>) -> Option<Rc<GroupList>> {
        if cell.is_empty() {
            return None;
        }
        if let Some(list) = self.groups.get(cell) {
            return Some(list.clone());
        }
        let list = GroupList::parse(cell)
            .map_err(|fault| faults.push(fault.at(column)))
            .ok()?;
        let list = Rc::new(list);
        if self.groups.len() < REMEMBERED && cell.len() <= REMEMBERED_LENGTH {
            self.groups.insert(cell.into(), list.clone());
        }
        Some(list)
    }

    fn license_list(&mut self, cell: &str, faults: &mut Vec<Fault>) -> Option<Rc<LicenseList>> {
        if cell.is_empty() {
            return None;
        }
        let list = match self.licenses.get(cell) {
            Some(list) => list.clone(),
            None => {
                let list = LicenseList::parse(cell, &self.options.catalogue).map(Rc::new);
                if self.licenses.len() < REMEMBERED && cell.len() <= REMEMBERED_LENGTH {
                    self.licenses.insert(cell.into(), list.clone());
                }
                if let Err(unknown) = &list {
                    let words = unknown.unknown.iter().filter(|word| word.len() <= REMEMBERED_LENGTH);
                    self.unknown_codes.extend(words.cloned());
                }
                list
            }
        };
        list.map_err(|unknown| faults.extend(unknown.faults.into_iter().map(|fault| fault.at(Column::Licenses))))
            .ok()
    }
}
