//! Rows that say the same of somebody else, as most rows of a long sheet do: what was read of one is not read again.
//!
//! Only of lines whose text says all that a row can be judged by, and only what leaves nothing to tell: a row that any
//! problem was found in, even a small one, is read cell by cell each time.

use std::rc::Rc;

use hashbrown::HashTable;

use super::row_cells::RowCells;
use super::values::Values;
use super::worksheet::Worksheet;
use crate::intake::cells::{Column, GroupList, LicenseList, hash, is_of_an_example, user_key};
use crate::model::{DeleteWhen, Email, OperationKind};
use crate::sheet::Row;

/// So many are remembered: where more rows differ, hardly any two are alike.
const MOST: usize = 1024;
/// Longer lines are seldom alike, and would fill the memory.
const LONGEST: usize = 512;

/// The columns one of which says whom a row is about.
const PEOPLE: [Column; 4] = [Column::User, Column::Email, Column::Username, Column::UserId];

/// What rows of one worksheet ask for, by all of their text but the address of whom they are about.
#[derive(Debug, Default)]
pub(super) struct AlikeRows {
    /// Where the columns that may have the address are; none where rows have to be looked at in other ways, too.
    places: Vec<usize>,
    known: HashTable<Known>,
}

#[derive(Debug)]
struct Known {
    before: Box<str>,
    after: Box<str>,
    request: Request,
}

/// A line about somebody with an ordinary address.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineAbout<'r> {
    before: &'r str,
    address: &'r str,
    after: &'r str,
}

/// What a row asks for, whomever it is about.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) kind: OperationKind,
    /// Whether the address is that of an account to be made.
    is_new: bool,
    groups: Option<Rc<GroupList>>,
    remove_groups: Option<Rc<GroupList>>,
    licenses: Option<Rc<LicenseList>>,
}

impl AlikeRows {
    /// Those of a worksheet; dates and columns that are not used are looked at in each row.
    pub(super) fn of(worksheet: &Worksheet, is_dated: bool) -> Self {
        let header = &worksheet.header;
        let looks_on = is_dated || !header.unused.is_empty() || !header.remarks.is_empty() || !header.orders.is_empty();
        let places = PEOPLE.iter().filter_map(|column| header.position(*column));
        Self {
            places: places.filter(|_| worksheet.is_csv && !looks_on).collect(),
            known: HashTable::new(),
        }
    }

    /// The row as one that may be like others.
    pub(super) fn line<'r>(&self, row: &'r Row) -> Option<LineAbout<'r>> {
        if !row.is_plain() {
            return None;
        }
        let place = self.places.iter().find(|place| !row.text(**place).is_empty())?;
        let (before, address, after) = row.line_around(*place)?;
        let is_short = before.len() + after.len() <= LONGEST;
        (is_short && Email::is_ordinary(address) && !is_of_an_example(address)).then_some(LineAbout {
            before,
            address,
            after,
        })
    }

    /// What such a row asks for, if one like it was read before.
    pub(super) fn find(&self, line: &LineAbout<'_>) -> Option<&Request> {
        let is_it = |known: &Known| *known.before == *line.before && *known.after == *line.after;
        Some(&self.known.find(line.hash(), is_it)?.request)
    }

    /// Remembers what a row asks for in which nothing was found.
    pub(super) fn remember(
        &mut self,
        line: &LineAbout<'_>,
        kind: OperationKind,
        cells: &RowCells<'_>,
        values: &Values<'_>,
    ) {
        // A second cell about the same person has to be compared with the first.
        let names_once = PEOPLE.iter().filter(|column| cells.has(**column)).count() == 1;
        if self.known.len() == MOST || !names_once {
            return;
        }
        if let Some(request) = Request::of(kind, line.address, values) {
            let known = Known {
                before: line.before.into(),
                after: line.after.into(),
                request,
            };
            self.known
                .insert_unique(line.hash(), known, |known| hash(&(&known.before, &known.after)));
        }
    }
}

impl LineAbout<'_> {
    fn hash(&self) -> u64 {
        hash(&(self.before, self.after))
    }
}

impl Request {
    /// What the row asks for, if its values are no more than an address, groups and licences.
    fn of(kind: OperationKind, address: &str, values: &Values<'_>) -> Option<Self> {
        // Without `..`, so that a new value does not compile before it is decided whether such rows may have it.
        let Values {
            user,
            user_key: _,
            email,
            username,
            new_email,
            group,
            name,
            surname,
            display_name,
            groups,
            remove_groups,
            licenses,
            quotas: None,
            active: None,
            bypass_basic_auth: None,
            invitation_accepted: None,
            external_license: None,
            password: "",
            language: "",
            delete_when,
            like: "",
            not_before: None,
            user_id: None,
            unless_used_since: None,
            unless_changed_from: None,
            used: _,
            has_rare: false,
        } = values
        else {
            return None;
        };
        let others: [&str; 6] = [username, new_email, group, name, surname, display_name];
        let is_new = match (*user, *email) {
            (user, "") if user == address => false,
            ("", email) if email == address => true,
            _ => return None,
        };
        let is_all = others.iter().all(|text| text.is_empty()) && *delete_when == DeleteWhen::default();
        is_all.then(|| Self {
            kind,
            is_new,
            groups: groups.clone(),
            remove_groups: remove_groups.clone(),
            licenses: licenses.clone(),
        })
    }

    /// The values of a row that asks for it.
    pub(super) fn values<'r>(self, line: &LineAbout<'r>) -> Values<'r> {
        let mut values = Values {
            groups: self.groups,
            remove_groups: self.remove_groups,
            licenses: self.licenses,
            ..Values::default()
        };
        if self.is_new {
            values.email = line.address;
        } else {
            values.user = line.address;
            values.user_key = user_key(line.address);
        }
        values
    }
}
