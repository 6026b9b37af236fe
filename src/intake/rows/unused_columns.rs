//! The columns of a worksheet that reseat does not use, and what their cells look like.

use std::sync::Arc;

use super::against_header::order_help;
use super::doubtful_letters::help_for_headers;
use super::header::Header;
use super::operations::takes;
use super::worksheet::Worksheet;
use crate::intake::cells::{
    Column, Direction, Fate, UnplacedProblem, bare_address, clean, column_key, excerpt, is_named_after, is_still_there,
    list_items, map_flag, names_a_last_day, names_a_profession, names_somebody_else, names_what_happens, order_in,
    parse_flag, plain_meaning, says_not_to, tells_of_licenses, words_in_context,
};
use crate::model::{Catalogue, Email, OperationKind};
use crate::problem::{Problem, ProblemCode, Problems};
use crate::sheet::Row;
use crate::text::{joined, plural};

/// How many rows of a worksheet are looked at.
const ROWS: usize = 500;
/// How many columns.
const COLUMNS: usize = 64;
/// How many different values of a column are kept.
const VALUES: usize = 20;
/// How many of them a message shows.
const SHOWN: usize = 2;
/// How many columns of which there is nothing to suggest are told one by one.
const MOST_APART: usize = 8;
/// Longer cells are remarks.
const LONGEST: usize = 200;

/// The columns that are not used, with some of their values.
#[derive(Debug)]
pub(in crate::intake) struct UnusedColumns {
    columns: Vec<UnusedColumn>,
    rows_left: usize,
}

/// A column that is not used.
#[derive(Debug)]
pub(super) struct UnusedColumn {
    position: usize,
    /// Its header as the sheet writes it, and its letter: `Team (column D)`.
    label: String,
    /// Its header on one line.
    pub(super) name: String,
    kind: Kind,
    /// Some of its cells, each once.
    values: Vec<String>,
}

/// What a header says of a column that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing that reseat knows.
    Unknown,
    /// That it is for people only, by a name that exports give it.
    Fact,
    /// That it is of remarks.
    Remark,
    /// That it is of first names, or of whole ones; these alone are used.
    Names,
}

/// A column that is not used, and whose cells may be names of groups, which only the organization knows.
#[derive(Debug)]
pub struct MaybeGroups {
    worksheet: Arc<Worksheet>,
    column: UnusedColumn,
    /// What the rows do.
    operations: Vec<OperationKind>,
}

impl MaybeGroups {
    /// What there is to say if these are the names of groups.
    pub fn problem(&self, is_group: impl Fn(&str) -> bool) -> Option<Problem> {
        let Self {
            worksheet,
            column,
            operations,
        } = self;
        let problem = if column.holds_marks() && is_group(&column.name) {
            let what = format!(
                "the column `{}` is not used, but its header is the name of a group",
                column.label
            );
            UnplacedProblem::warning(ProblemCode::GroupsNotUsed, what, meant_by_marks(Column::Groups))
        } else if column.holds(is_group) {
            column.looks_like(&worksheet.header, Column::Groups, operations)
        } else {
            return None;
        };
        Some(worksheet.problem(worksheet.header_row, problem))
    }
}

impl UnusedColumns {
    pub(in crate::intake) fn under(header: &Header) -> Self {
        // Beside columns of operations and of people nobody looks for them elsewhere.
        let lacks_any = header.position(Column::Operation).is_none() || !header.names_people();
        let facts = header.facts.iter().filter(|_| lacks_any);
        let facts = facts.map(|position| (position, Kind::Fact));
        let remarks = header.remarks.iter().map(|position| (position, Kind::Remark));
        let unused = header.unused.iter().map(|position| (position, Kind::Unknown));
        let names = header.whole_names.iter().map(|position| (position, Kind::Names));
        let columns = unused
            .chain(facts)
            .chain(remarks)
            .chain(names)
            .map(|(position, kind)| UnusedColumn {
                position: *position,
                label: header.label(*position),
                name: header.name(*position).to_owned(),
                kind,
                values: Vec::new(),
            });
        Self {
            columns: columns.collect(),
            rows_left: ROWS,
        }
    }

    /// Whether there is anything left to look for.
    pub(in crate::intake) fn wants_more(&self) -> bool {
        self.rows_left > 0 && !self.columns.is_empty()
    }

    /// Looks at a row under the header.
    pub(in crate::intake) fn look_at(&mut self, row: &Row) {
        if !self.wants_more() {
            return;
        }
        self.rows_left -= 1;
        for column in self.columns.iter_mut().take(COLUMNS) {
            let text = row.cell(column.position).text;
            let is_full = column.values.len() >= VALUES;
            if text.is_empty() || text.len() > LONGEST || is_full && column.kind != Kind::Remark {
                continue;
            }
            let value = clean(text);
            // Hardly any remark is like another.
            if is_full && !says_not_to(&column.name, &value, Direction::Takes) {
                continue;
            }
            if !value.is_empty() && column.values.iter().all(|known| *known != value) {
                column.values.push(value.into_owned());
            }
        }
    }

    /// The columns whose cells may be groups: those that do not look like licences, where no column is one of groups or their
    /// header names another one.
    pub(in crate::intake) fn into_maybe_groups(
        self,
        worksheet: &Arc<Worksheet>,
        catalogue: &Catalogue,
        operations: &[OperationKind],
    ) -> Vec<MaybeGroups> {
        if !may_be_meant(Column::Groups, operations) {
            return Vec::new();
        }
        // Beside a column of groups, a team or a department that is called like one is rather no order.
        let has_groups = worksheet.header.position(Column::Groups).is_some();
        let columns = self.columns.into_iter().take(COLUMNS);
        let has_other_values = |column: &UnusedColumn| {
            let comes = || column.what_comes(operations) == Some(Column::Groups);
            let is_likely = !has_groups || is_another(&column.name, Column::Groups) || comes();
            is_likely && column.kind == Kind::Unknown && !column.values.is_empty() && !column.holds_licenses(catalogue)
        };
        columns
            .filter(has_other_values)
            .map(|column| MaybeGroups {
                worksheet: worksheet.clone(),
                column,
                operations: operations.to_vec(),
            })
            .collect()
    }

    /// A warning for each column beside rows of these operations, except at the positions `told`, of which there is
    /// something else to say; who knows its header, or the catalogue its cells, is told what it may be meant for.
    pub(in crate::intake) fn problems(
        &self,
        worksheet: &Worksheet,
        catalogue: &Catalogue,
        operations: &[OperationKind],
        told: &[usize],
    ) -> Vec<UnplacedProblem> {
        let is_worth_a_word = |column: &&UnusedColumn| {
            let is_odd = match column.kind {
                Kind::Unknown => true,
                Kind::Fact => {
                    let header = &worksheet.header;
                    column.orders_else(header, operations) || !header.names_people() && column.holds_addresses()
                }
                Kind::Remark => column.withdrawn(operations).is_some(),
                Kind::Names => false,
            };
            is_odd && !told.contains(&column.position)
        };
        let columns = self.columns.iter().filter(is_worth_a_word);
        let whole_names = self.columns.iter().filter(|column| column.kind == Kind::Names);
        let mut problems: Vec<_> = whole_names
            .filter_map(|column| column.whole_names(operations))
            .collect();
        let mut plain = Vec::new();
        // Nobody sees the help of problems beyond those that are kept, and looking for a similar header is slow.
        for (place, column) in columns.enumerate() {
            let problem = if place < Problems::MOST {
                column.problem(worksheet, catalogue, operations)
            } else {
                None
            };
            match problem {
                Some(problem) => problems.push(problem),
                None => plain.push(column),
            }
        }
        if plain.len() > MOST_APART {
            problems.push(all_not_used(&plain));
        } else {
            problems.extend(plain.into_iter().map(UnusedColumn::plain_problem));
        }
        problems
    }
}

impl UnusedColumn {
    /// What there is to say of it; `None` if it may be anything.
    fn problem(
        &self,
        worksheet: &Worksheet,
        catalogue: &Catalogue,
        operations: &[OperationKind],
    ) -> Option<UnplacedProblem> {
        let (label, header) = (&self.label, &worksheet.header);
        let key = column_key(&self.name);
        if let Some(problem) = self.withdrawn(operations) {
            return Some(problem);
        }
        if self.orders_else(header, operations) {
            let what = format!(
                "the column `{label}` is not used, but its cells seem to say what is to be done: {}",
                self.shown_values()
            );
            let help = order_help(&self.name);
            return Some(UnplacedProblem::warning(ProblemCode::OperationNotUsed, what, help));
        }
        let is_free = |column: Column| header.position(column).is_none() && column.is_meaningful();
        if operations.contains(&OperationKind::SetGroupLicenses) && is_free(Column::Quotas) && self.holds_numbers() {
            let help = format!(
                "nothing to do if it is for people only: the rules have no limit; {} if these are the most \
                 seats that a group may take",
                self.map_to("quotas")
            );
            return Some(not_used(label, &help));
        }
        let is_taken = may_be_meant(Column::Licenses, operations);
        if is_taken && !self.values.is_empty() && catalogue.find(&self.name).is_some() {
            let what = format!("the column `{label}` is not used, but its header is a licence");
            let help = meant_by_marks(Column::Licenses);
            return Some(UnplacedProblem::warning(ProblemCode::LicensesNotUsed, what, help));
        }
        if is_taken && !names_a_profession(&key) && self.holds_licenses(catalogue) {
            return Some(self.looks_like(header, Column::Licenses, operations));
        }
        if let Some(problem) = self.addresses(header, operations) {
            return Some(problem);
        }
        let is_about_licenses = || tells_of_licenses(&key) || self.values.iter().all(|value| is_amount(value));
        if is_taken && !self.values.is_empty() && is_named_after(&key, Column::Licenses) && !is_about_licenses() {
            let what = format!(
                "the column `{label}` is not used, but its header speaks of licences: {}",
                self.shown_values()
            );
            let help = self.meant_for(header, Column::Licenses, operations);
            return Some(UnplacedProblem::warning(ProblemCode::LicensesNotUsed, what, help));
        }
        let lists = [Column::Groups, Column::RemoveGroups, Column::Licenses];
        let mut meant = lists.into_iter().filter(|column| may_be_meant(*column, operations));
        if let Some(help) = meant.find_map(|column| one_of_several(&self.name, header, column)) {
            return Some(not_used(label, &help));
        }
        if let Some(help) = worksheet
            .doubt
            .filter(|_| !self.name.is_ascii())
            .and_then(help_for_headers)
        {
            return Some(not_used(label, &help));
        }
        let gives = Direction::of_operations(operations) == Some(Direction::Gives);
        if names_a_last_day(&key) && !gives {
            let help = format!(
                "nothing to do if it is for people only; {} has rows wait until 00:00 of the day: where that day is \
                 still worked, write the day after",
                self.map_to("not_before")
            );
            return Some(not_used(label, &help));
        }
        if is_free(Column::Groups) && is_named_after(&key, Column::Groups) {
            return Some(not_used(label, &self.groups(header, operations)));
        }
        if let Some(column) = self.what_comes(operations) {
            return Some(not_used(label, &self.instead(header, column)));
        }
        if let Some(word) = words_in_context(&key).find(|word| is_free(word.column)) {
            let column = word.column.as_str();
            let (one, other) = (self.map_to(column), self.map_to("display_name"));
            let help = format!("it may be `{column}`, or the whole name; {one} or {other} says which");
            return Some(not_used(label, &help));
        }
        let near = Column::nearest(&crate::text::clean(&self.name, 60), is_free)?.as_str();
        let help = format!("did you mean `{near}`? {} says so without a change", self.map_to(near));
        Some(not_used(label, &help))
    }

    /// A warning that what is taken for first names are whole ones, where these operations take any.
    fn whole_names(&self, operations: &[OperationKind]) -> Option<UnplacedProblem> {
        let naming = |column: Column| {
            operations
                .iter()
                .filter(move |kind| takes(**kind).contains(&column))
                .count()
        };
        let is_whole = |value: &&String| value.contains(',') || value.contains(char::is_whitespace);
        let whole = self.values.iter().filter(is_whole).count();
        if naming(Column::Name) == 0 || whole * 2 <= self.values.len() {
            return None;
        }
        let what = format!(
            "`{}` is taken for the first name, `name`, but its cells look like whole names: {}",
            self.label,
            self.shown_values()
        );
        let help = if naming(Column::DisplayName) == operations.len() {
            let whole = self.map_to("display_name");
            format!("{whole} if they are, or write them into columns `name` and `surname`")
        } else {
            let none = self.map_to("note");
            format!("if they are, write them into columns `name` and `surname`; {none} leaves them out")
        };
        Some(UnplacedProblem::warning(ProblemCode::DoubtfulHeader, what, help))
    }

    /// A warning that a cell says of its row that it is not to run.
    fn withdrawn(&self, operations: &[OperationKind]) -> Option<UnplacedProblem> {
        let takes = |kind: &OperationKind| Direction::of_operation(*kind) == Direction::Takes;
        let direction = if operations.iter().any(takes) {
            Direction::Takes
        } else {
            Direction::of_operations(operations).unwrap_or(Direction::Neither)
        };
        let is_there = |value: &String| is_still_there(&self.name, value).filter(|_| self.kind == Kind::Unknown);
        let has_gone = || self.values.iter().any(|value| is_there(value) == Some(false));
        // Leavers may all be active still; where some have left, a list of the whole staff has those who stay.
        let unlikely = match direction {
            Direction::Gives => Some(false),
            Direction::Takes if has_gone() => Some(true),
            Direction::Takes | Direction::Neither => None,
        };
        let is_withdrawn = |value: &&String| {
            says_not_to(&self.name, value, direction) || unlikely.is_some() && is_there(value) == unlikely
        };
        let value = self.values.iter().find(is_withdrawn)?;
        let what = format!(
            "the column `{}` is not used, and says `{}`: its rows run like the others",
            self.label,
            excerpt(value)
        );
        let help = "write `ignore` as the operation of rows that are not to run; nothing to do if that is not meant";
        Some(UnplacedProblem::warning(ProblemCode::OperationNotUsed, what, help))
    }

    /// A warning of a column of which there is nothing to suggest.
    fn plain_problem(&self) -> UnplacedProblem {
        let map = self.map_to("COLUMN");
        let help = format!("nothing to do if it is for people only; else {map} says what it means");
        not_used(&self.label, &help)
    }

    /// A warning that its cells are addresses, where its header says nothing of whose they are.
    fn addresses(&self, header: &Header, operations: &[OperationKind]) -> Option<UnplacedProblem> {
        let columns = [Column::User, Column::Email, Column::Username];
        let taken = columns.into_iter().find_map(|column| header.position(column));
        let are_meant = self.holds_addresses() && (taken.is_some() || !header.names_people());
        are_meant.then(|| {
            let what = format!(
                "the column `{}` is not used, but its cells are addresses: {}",
                self.label,
                self.shown_values()
            );
            let Some(taken) = taken else {
                let user = self.map_to("user");
                let help = if operations.contains(&OperationKind::SetGroupLicenses) {
                    format!("if these are to get the licences, {user}, and --operation add-licenses instead")
                } else {
                    format!("if the rows are about these, {user}")
                };
                let help = format!("nothing to do if it is for people only; {help}");
                return UnplacedProblem::warning(ProblemCode::AddressesNotUsed, what, help);
            };
            let label = header.label(taken);
            let about = format!("nothing to do if it is for people only: the rows are about whom `{label}` names");
            let fate = Fate::of(&self.name);
            let moves = operations.contains(&OperationKind::Migrate);
            let lacks_new = moves && header.position(Column::NewEmail).is_none();
            let help = if lacks_new && fate == Some(Fate::Past) {
                let (old, new) = (self.map_to("user"), map_flag(header.name(taken), "new_email"));
                format!("{about}; if these are their old addresses, {old} {new}")
            } else if lacks_new {
                let new = self.map_to("new_email");
                format!("{about}; if these are their new addresses, {new}")
            } else if moves && fate == Some(Fate::Comes) {
                about
            } else {
                // Beside a user, `email` may be taken as well.
                let is_taken = header.position(Column::Email).is_some_and(|email| email != taken);
                let these = self.map_to(if is_taken { "user" } else { "email" });
                format!(
                    "{about}; if these are meant, {these} {}",
                    map_flag(header.name(taken), "note")
                )
            };
            UnplacedProblem::warning(ProblemCode::AddressesNotUsed, what, help)
        })
    }

    /// A warning that its cells look like those of `column`.
    fn looks_like(&self, header: &Header, column: Column, operations: &[OperationKind]) -> UnplacedProblem {
        let (words, code) = match column {
            Column::Licenses => ("licences", ProblemCode::LicensesNotUsed),
            _ => (column.as_str(), ProblemCode::GroupsNotUsed),
        };
        let what = format!(
            "the column `{}` is not used, but its cells look like {words}: {}",
            self.label,
            self.shown_values()
        );
        UnplacedProblem::warning(code, what, self.meant_for(header, column, operations))
    }

    /// Some of its cells, as a message shows them.
    fn shown_values(&self) -> String {
        let values = self.values.iter().take(SHOWN);
        let values: Vec<String> = values.map(|value| format!("`{}`", excerpt(value))).collect();
        values.join(", ")
    }

    /// The flag that says that it means this column.
    pub(super) fn map_to(&self, column: &str) -> String {
        map_flag(&self.name, column)
    }

    /// Whether all its values say what is to be done where no column does, and not all of them what these operations do; beside
    /// rows that take something away, under a header such as `Event`, one that says something else is enough.
    fn orders_else(&self, header: &Header, operations: &[OperationKind]) -> bool {
        let done = Direction::of_operations(operations).filter(|direction| *direction != Direction::Neither);
        let is_order = |value: &String| order_in(value).is_some();
        let is_another = |value: &String| order_in(value).is_some_and(|order| Some(order) != done);
        let one_is_enough = done == Some(Direction::Takes) && names_what_happens(&column_key(&self.name));
        header.position(Column::Operation).is_none()
            && self.values.iter().any(is_another)
            && (one_is_enough || self.values.iter().all(is_order))
    }

    /// Whether all its values are addresses, and its header does not say that they are somebody else's.
    fn holds_addresses(&self) -> bool {
        let is_address = |value: &String| Email::fault(bare_address(value)).is_none();
        !self.values.is_empty() && self.values.iter().all(is_address) && !names_somebody_else(&self.name)
    }

    /// Whether all its values are whole numbers.
    fn holds_numbers(&self) -> bool {
        let is_number = |value: &String| value.bytes().all(|byte| byte.is_ascii_digit());
        !self.values.is_empty() && self.values.iter().all(is_number)
    }

    /// Whether all its values are marks: `x`, `1`, `yes`.
    fn holds_marks(&self) -> bool {
        let is_mark = |value: &String| value.chars().count() <= 2 || parse_flag(value).is_some();
        !self.values.is_empty() && self.values.iter().all(is_mark)
    }

    fn holds_licenses(&self, catalogue: &Catalogue) -> bool {
        self.holds(|item| catalogue.is_likely(item))
    }

    /// Whether most of its values are lists of such items.
    fn holds(&self, is_one: impl Fn(&str) -> bool) -> bool {
        let such = |value: &&String| {
            let items = list_items(value);
            is_one(value) || !items.is_empty() && items.iter().all(|item| is_one(item))
        };
        let count = self.values.iter().filter(such).count();
        count > 0 && count * 2 >= self.values.len()
    }
}

/// Whether cells of this column may be meant beside rows of these operations: who only loses something is given nothing.
fn may_be_meant(column: Column, operations: &[OperationKind]) -> bool {
    let is_taken = |kind: &OperationKind| takes(*kind).contains(&column);
    !Direction::all_take(operations) || operations.iter().any(is_taken)
}

/// Whether a cell is a number, a sum of money, or a day.
fn is_amount(cell: &str) -> bool {
    let letters = cell.chars().filter(|letter| letter.is_alphabetic()).count();
    cell.contains(['.', ',', '/', '-']) && cell.contains(char::is_numeric) && letters <= 3
}

/// Whether a header, as programs number those of one name, is one of this column: `Groups.1`, `groups_2`, `Group 3`.
fn is_another(name: &str, column: Column) -> bool {
    let key = column_key(name);
    let bare = key.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let bare = bare.strip_suffix("duplicated").unwrap_or(bare);
    let is_one = |meaning| meaning == column || column == Column::Groups && meaning == Column::Group;
    bare != key && plain_meaning(bare).is_some_and(is_one)
}

/// What to do about the column of this header, if it is one of several of a list.
pub(super) fn one_of_several(name: &str, header: &Header, column: Column) -> Option<String> {
    if !is_another(name, column) {
        return None;
    }
    let name = column.as_str();
    match header.position(column) {
        Some(taken) => Some(format!(
            "nothing to do if it is for people only; else write its cells into `{}` as well, parted by `;`",
            header.label(taken)
        )),
        None => {
            let is_one = |position: &&usize| is_another(header.name(**position), column);
            let count = header.unused.iter().filter(is_one).count();
            (count > 1).then(|| format!(
                "nothing to do if it is for people only; else write the cells of all such columns into one, `{name}`, parted by `;`"
            ))
        }
    }
}

/// What to do about a column whose header is an item of another.
fn meant_by_marks(column: Column) -> String {
    format!(
        "if a mark below it means that, write its name into a column `{}` of those rows; nothing to do if it is for people only",
        column.as_str()
    )
}

/// One warning of many columns.
fn all_not_used(columns: &[&UnusedColumn]) -> UnplacedProblem {
    let labels: Vec<String> = columns.iter().map(|column| format!("`{}`", column.label)).collect();
    UnplacedProblem::warning(
        ProblemCode::UnknownHeader,
        format!(
            "{} are not used: {}",
            plural(columns.len(), "column"),
            joined(&labels, MOST_APART)
        ),
        "nothing to do if they are for people only; else --map \"HEADER=COLUMN\" says what one means",
    )
}

fn not_used(label: &str, help: &str) -> UnplacedProblem {
    UnplacedProblem::warning(
        ProblemCode::UnknownHeader,
        format!("the column `{label}` is not used"),
        help,
    )
}
