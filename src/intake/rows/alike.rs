//! Rows that say the same of somebody else, as most rows of a long sheet do: what was read of one is not read again.
//!
//! Only of lines whose text says all that a row can be judged by, and only what leaves nothing to tell: a row that any
//! problem was found in, even a small one, is read cell by cell each time.

use std::borrow::Cow;
use std::rc::Rc;

use hashbrown::HashTable;

use super::row_cells::RowCells;
use super::values::Values;
use super::worksheet::Worksheet;
use crate::intake::cells::{
    Column, GroupList, LicenseList, before_mangling, hash, is_of_an_example, is_sound, user_key,
};
use crate::model::{DeleteWhen, Email, OperationKind};
use crate::sheet::Row;

/// So many are remembered: where more rows differ, hardly any two are alike.
const MOST: usize = 1024;
/// Longer lines are seldom alike, and would fill the memory.
const LONGEST: usize = 512;

/// The columns one of which says whom a row is about.
const PEOPLE: [Column; 4] = [Column::User, Column::Email, Column::Username, Column::UserId];

/// Columns whose cells are of one person.
const PERSONAL: [Column; 4] = [Column::NewEmail, Column::Name, Column::Surname, Column::DisplayName];

/// The most cells of a person in a line: an address and those of [`PERSONAL`].
const MOST_CELLS: usize = 1 + PERSONAL.len();

/// What rows of one worksheet ask for, by all of their text but the cells of whom they are about.
#[derive(Debug, Default)]
pub(super) struct AlikeRows {
    /// Where cells of a person may be, in the order of the sheet; none where rows have to be looked at in other ways, too.
    places: Vec<(usize, Column)>,
    known: HashTable<Known>,
}

#[derive(Debug)]
struct Known {
    rest: Box<[Box<str>]>,
    request: Request,
}

/// A line about somebody with an ordinary address.
#[derive(Debug, Clone, Default)]
pub(super) struct LineAbout<'r> {
    /// What stands around the cells below, and how many pieces that are.
    pieces: [&'r str; MOST_CELLS + 1],
    count: usize,
    address: &'r str,
    new_email: &'r str,
    name: &'r str,
    surname: &'r str,
    display_name: &'r str,
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
        let columns = PEOPLE.iter().chain(&PERSONAL).filter(|_| worksheet.is_csv && !looks_on);
        let places = columns.filter_map(|column| Some((header.position(*column)?, *column)));
        let mut places: Vec<_> = places.collect();
        places.sort_unstable();
        Self {
            places,
            known: HashTable::new(),
        }
    }

    /// The row as one that may be like others.
    pub(super) fn line<'r>(&self, row: &'r Row) -> Option<LineAbout<'r>> {
        if self.places.is_empty() || !row.is_plain() {
            return None;
        }
        let mut line = LineAbout::default();
        let (mut positions, mut count) = ([0; MOST_CELLS], 0);
        for (position, column) in &self.places {
            let cell = row.text(*position);
            // A second cell that says whom the row is about is not of those, and `remember` does without such rows.
            if !cell.is_empty() && (PERSONAL.contains(column) || line.address.is_empty()) {
                line.take(*column, cell)?;
                positions[count] = *position;
                count += 1;
            }
        }
        if line.address.is_empty() || line.new_email.eq_ignore_ascii_case(line.address) {
            return None;
        }
        let mut length = 0;
        for piece in row.line_around(&positions[..count])? {
            line.pieces[line.count] = piece;
            line.count += 1;
            length += piece.len();
        }
        (length <= LONGEST).then_some(line)
    }

    /// What such a row asks for, if one like it was read before.
    pub(super) fn find(&self, line: &LineAbout<'_>) -> Option<&Request> {
        let is_it = |known: &Known| known.rest.iter().map(|piece| &**piece).eq(line.rest().iter().copied());
        Some(&self.known.find(hash(line.rest()), is_it)?.request)
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
        if let Some(request) = Request::of(kind, line, values) {
            let rest = line.rest().iter().map(|piece| Box::from(*piece)).collect();
            let known = Known { rest, request };
            self.known
                .insert_unique(hash(line.rest()), known, |known| hash(&known.rest));
        }
    }
}

impl<'r> LineAbout<'r> {
    /// What the line says whomever it is about.
    fn rest(&self) -> &[&'r str] {
        &self.pieces[..self.count]
    }

    /// Takes a cell of the person; `None` where it may have something to tell.
    fn take(&mut self, column: Column, cell: &'r str) -> Option<()> {
        let (place, is_ordinary) = match column {
            Column::NewEmail => (&mut self.new_email, is_ordinary_address(cell)),
            Column::Name => (&mut self.name, is_ordinary_name(cell)),
            Column::Surname => (&mut self.surname, is_ordinary_name(cell)),
            Column::DisplayName => (&mut self.display_name, is_ordinary_name(cell)),
            _ => (&mut self.address, is_ordinary_address(cell)),
        };
        *place = cell;
        is_ordinary.then_some(())
    }
}

fn is_ordinary_address(cell: &str) -> bool {
    Email::is_ordinary(cell) && !is_of_an_example(cell)
}

fn is_ordinary_name(cell: &str) -> bool {
    is_sound(cell) && before_mangling(cell).is_none()
}

impl Request {
    /// What the row asks for, if its values are no more than the cells of the person, groups and licences.
    fn of(kind: OperationKind, line: &LineAbout<'_>, values: &Values<'_>) -> Option<Self> {
        // Without `..`, so that a new value does not compile before it is decided whether such rows may have it.
        let Values {
            user,
            user_key: _,
            email,
            username: "",
            new_email,
            group: "",
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
        let is_new = match (*user, *email) {
            (user, "") if user == line.address => false,
            ("", email) if email == line.address => true,
            _ => return None,
        };
        let taken: [&str; 4] = [new_email, name, surname, display_name];
        let is_all = taken == [line.new_email, line.name, line.surname, line.display_name]
            && *delete_when == DeleteWhen::default();
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
            new_email: line.new_email,
            name: Cow::Borrowed(line.name),
            surname: Cow::Borrowed(line.surname),
            display_name: Cow::Borrowed(line.display_name),
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
