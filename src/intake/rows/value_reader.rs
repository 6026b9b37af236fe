//! From the cells of a row to its values: in which order cells are read, and what lists of groups and licences mean.

use std::collections::BTreeSet;
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};
use strum::IntoEnumIterator;

use super::cell_reader::CellReader;
use super::operations::{Replaced, replaced, takes};
use super::requirements::Requirements;
use super::row_cells::RowCells;
use super::values::Values;
use crate::intake::cells::{
    Column, ColumnSet, GroupList, LicenseList, LicenseProblems, StateCell, UnplacedProblem, excerpt, is_blocked,
    is_empty_list, is_none, parse_rule,
};
use crate::intake::options::Options;
use crate::model::{BundleCode, OperationKind, WrittenState};
use crate::problem::ProblemCode;

/// How many different cells of a column are remembered.
const REMEMBERED: usize = 4096;
/// Longer cells are seldom alike, and would fill the memory.
const REMEMBERED_LENGTH: usize = 1024;

/// Reads rows, and remembers what lists mean: the same few are in most rows.
#[derive(Debug)]
pub(super) struct ValueReader<'o> {
    options: &'o Options,
    /// What each operation takes.
    takes: Vec<ColumnSet>,
    groups: HashMap<Box<str>, Rc<GroupList>>,
    licenses: HashMap<Box<str>, Result<Rc<LicenseList>, LicenseProblems>>,
    /// Words of the rows read that mean no known bundle, for the organization to be asked about.
    pub(super) unknown_codes: Vec<String>,
    /// Codes of the rows read that are known only from what is remembered of the organization.
    pub(super) remembered_codes: BTreeSet<BundleCode>,
}

impl<'o> ValueReader<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        Self {
            options,
            takes: OperationKind::iter().map(|kind| ColumnSet::of(takes(kind))).collect(),
            groups: HashMap::new(),
            licenses: HashMap::new(),
            unknown_codes: Vec::new(),
            remembered_codes: BTreeSet::new(),
        }
    }

    /// The columns that the operation takes.
    pub(super) fn takes(&self, kind: OperationKind) -> ColumnSet {
        self.takes[kind as usize]
    }

    /// Reads a row of this operation into `values`, which are empty. The row is valid where no error is added to
    /// `problems`.
    pub(super) fn read<'c>(
        &mut self,
        kind: OperationKind,
        cells: &'c RowCells<'_>,
        values: &mut Values<'c>,
        problems: &mut Vec<UnplacedProblem>,
    ) {
        let mut reader = CellReader {
            kind,
            cells,
            takes: self.takes(kind),
            problems,
            values,
        };
        reader.subjects(self.options);
        if cells.has_clear && reader.has_misplaced_clear() {
            // The other cells are not read, but are not unexpected either.
            reader.values.used.extend(reader.takes);
            return;
        }
        reader.addresses(self.options);
        reader.plain_cells();
        let (groups, from) = reader.groups();
        reader.values.groups = self.group_list(groups, from, reader.problems);
        if cells.has(Column::RemoveGroups) {
            let remove_groups = reader.taken(Column::RemoveGroups);
            reader.values.remove_groups = self.group_list(remove_groups, Column::RemoveGroups, reader.problems);
            reader.joins_and_leaves();
        }
        let licenses = reader.taken(Column::Licenses);
        reader.values.licenses = self.license_list(licenses, Column::Licenses, reader.problems);
        if reader.values.has_rare {
            reader.quotas(self.options);
            let before = reader.taken(Column::UnlessChangedFrom);
            reader.values.unless_changed_from = self.state_before(kind, before, reader.problems);
        }
        let requirements = Requirements {
            kind,
            cells,
            values: reader.values,
            options: self.options,
        };
        requirements.check(reader.problems);
    }

    /// What the row replaces, as it was when the sheet was written.
    fn state_before(
        &mut self,
        kind: OperationKind,
        cell: &str,
        problems: &mut Vec<UnplacedProblem>,
    ) -> Option<StateCell> {
        const COLUMN: Column = Column::UnlessChangedFrom;
        if cell.is_empty() {
            return None;
        }
        let replaced = replaced(kind)?;
        if is_empty_list(cell) {
            let what = format!("`{}` lists nothing", excerpt(cell));
            let help = "write <none> if there was nothing, or leave the cell empty";
            problems.push(UnplacedProblem::error(ProblemCode::MissingCell, what, help).at(COLUMN));
            return None;
        }
        match replaced {
            Replaced::Groups if is_none(cell) => Some(StateCell::no_groups()),
            Replaced::Groups => {
                let list = self.group_list(cell, COLUMN, problems)?;
                Some(StateCell::of_groups(&list))
            }
            Replaced::Licenses if is_none(cell) => Some(StateCell::no_licenses()),
            Replaced::Licenses if is_blocked(cell) => Some(StateCell::blocked()),
            Replaced::Licenses => {
                let list = self.license_list(cell, COLUMN, problems)?;
                Some(StateCell::of_licenses(&list))
            }
            Replaced::Rule if is_none(cell) => Some(StateCell::no_rule()),
            Replaced::Rule => match parse_rule(cell, &self.options.catalogue) {
                Ok(rule) => {
                    if let WrittenState::Rule(bundles) = &rule.state {
                        self.note_remembered(bundles.iter().map(|bundle| &bundle.code));
                    }
                    Some(rule)
                }
                Err(found) => {
                    self.unknown_codes.extend(found.unknown);
                    problems.extend(found.problems.into_iter().map(|problem| problem.at(COLUMN)));
                    None
                }
            },
        }
    }

    fn note_remembered<'b>(&mut self, codes: impl Iterator<Item = &'b BundleCode>) {
        let remembered = codes.filter(|code| self.options.catalogue.known_since(code).is_some());
        self.remembered_codes.extend(remembered.cloned());
    }

    fn group_list(&mut self, cell: &str, column: Column, problems: &mut Vec<UnplacedProblem>) -> Option<Rc<GroupList>> {
        if cell.is_empty() {
            return None;
        }
        let list = match self.groups.get(cell) {
            Some(list) => list.clone(),
            None => {
                let list = GroupList::parse(cell)
                    .map_err(|problem| problems.push(problem.at(column)))
                    .ok()?;
                let list = Rc::new(list);
                if self.groups.len() < REMEMBERED && cell.len() <= REMEMBERED_LENGTH {
                    self.groups.insert(cell.into(), list.clone());
                }
                list
            }
        };
        problems.extend(list.warnings.iter().map(|warning| warning.clone().at(column)));
        Some(list)
    }

    fn license_list(
        &mut self,
        cell: &str,
        column: Column,
        problems: &mut Vec<UnplacedProblem>,
    ) -> Option<Rc<LicenseList>> {
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
                match &list {
                    Ok(list) => self.note_remembered(list.set.iter()),
                    Err(unknown) => {
                        let words = unknown.unknown.iter().filter(|word| word.len() <= REMEMBERED_LENGTH);
                        self.unknown_codes.extend(words.cloned());
                    }
                }
                list
            }
        };
        match list {
            Ok(list) => {
                problems.extend(list.warnings.iter().map(|warning| warning.clone().at(column)));
                Some(list)
            }
            Err(found) => {
                problems.extend(found.problems.into_iter().map(|problem| problem.at(column)));
                None
            }
        }
    }
}
