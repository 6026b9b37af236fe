//! A keep list: people whose seats are left alone, why, and until when. A sheet of its own, without operations, whose cells
//! and dates are read as those of any other.

mod header;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::header::Header;
use super::cells::{
    Column, DateOrder, UnplacedProblem, WrittenDate, bare_address, clean, defect, names_several_people, on_one_line,
    read_date,
};
use super::rows::{DateColumn, malformed_row};
use crate::model::{Place, Shared, UserRef};
use crate::problem::{ProblemCode, Problems, Severity};
use crate::sheet::{Cell, CellKind, HEADER_ROWS, Row, SheetError, Source, Visit, Visitor};

/// What a keep list says.
#[derive(Debug, Default)]
pub struct KeepList {
    /// Who is on it, in its order. Where there are errors, somebody may be missing.
    pub people: Vec<KeptPerson>,
    /// What is wrong with it, or worth a look.
    pub problems: Problems,
}

/// Somebody on a keep list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPerson {
    /// The row.
    pub place: Place,
    /// Whom it names, by address, user name or id.
    pub user: UserRef,
    /// Why; may be empty.
    pub reason: String,
    /// The last day on which the seat is left alone; `None` where there is no end.
    pub until: Option<Date>,
}

/// Reads a keep list. A date with a time counts as its day, on the clocks of `zone`.
///
/// # Errors
///
/// When the file cannot be read at all; everything else is a problem.
pub fn read_keep_list(source: &Source, zone: &TimeZone) -> Result<KeepList, SheetError> {
    let mut reader = Reader {
        zone,
        list: KeepList::default(),
        worksheet: Worksheet::default(),
        has_header: false,
        is_file_read: false,
    };
    source.read(&mut reader)?;
    reader.end_worksheet();
    let Reader {
        mut list, has_header, ..
    } = reader;
    if !has_header {
        let what = format!("none of the first {HEADER_ROWS} rows has a header that says who is to be kept");
        let help = "head the columns `user`, `reason` and `until`";
        list.problems
            .push(UnplacedProblem::error(ProblemCode::NoHeader, what, help).of_file());
    }
    Ok(list)
}

struct Reader<'z> {
    zone: &'z TimeZone,
    list: KeepList,
    worksheet: Worksheet,
    has_header: bool,
    is_file_read: bool,
}

/// A worksheet as far as it was read.
#[derive(Default)]
struct Worksheet {
    name: Shared<str>,
    header: Option<Header>,
    first_row: Option<u32>,
    dates: DateColumn,
    /// People whose date is in an order that the column has not shown yet: their positions in the list.
    open: Vec<(usize, WrittenDate)>,
}

impl Visitor for Reader<'_> {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        if self.is_file_read {
            self.end_worksheet();
        }
        self.is_file_read = true;
        self.worksheet = Worksheet {
            name: sheet.clone(),
            ..Worksheet::default()
        };
        Visit::Rows
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        if row.is_empty() && row.malformed().is_none() {
            return Visit::Rows;
        }
        if self.worksheet.header.is_none() {
            return self.maybe_header(row);
        }
        self.person(row);
        Visit::Rows
    }
}

impl Reader<'_> {
    fn maybe_header(&mut self, row: &Row) -> Visit {
        let first = *self.worksheet.first_row.get_or_insert(row.number());
        if row.number() >= first.saturating_add(HEADER_ROWS) {
            return Visit::Skip;
        }
        if let Some((header, problems)) = Header::read(row) {
            self.has_header = true;
            self.worksheet.header = Some(header);
            for problem in problems {
                self.push(problem, row.number(), None);
            }
        }
        Visit::Rows
    }

    fn person(&mut self, row: &Row) {
        let number = row.number();
        let Some(header) = &self.worksheet.header else { return };
        let who: Vec<usize> = header.who().collect();
        let (reason_at, until_at) = (header.reason(), header.until());
        if let Some(problem) = malformed_row(&header.plain, row) {
            let is_error = problem.severity == Severity::Error;
            self.push(problem, number, None);
            if is_error {
                return;
            }
        }
        let mut user = None;
        for position in who.iter().copied() {
            match value(row.cell(position), Column::User) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => match one_user(&text) {
                    Ok(one) => {
                        user = Some(one);
                        break;
                    }
                    Err(problem) => return self.push(problem, number, Some(position)),
                },
                Err(problem) => return self.push(problem, number, Some(position)),
            }
        }
        let reason = reason_at.map_or_else(String::new, |at| on_one_line(&clean(row.cell(at).text)).into_owned());
        let until = match until_at.map(|at| (at, value(row.cell(at), Column::NotBefore))) {
            None => None,
            Some((_, Ok(text))) if text.is_empty() => None,
            Some((at, Ok(text))) => match read_date(&text) {
                Ok(written) => Some((at, text, written)),
                Err(mut problem) => {
                    if text.chars().any(char::is_alphabetic) {
                        "write 2026-12-31, or leave the cell empty where there is no end".clone_into(&mut problem.help);
                    }
                    return self.push(problem, number, Some(at));
                }
            },
            Some((at, Err(problem))) => return self.push(problem, number, Some(at)),
        };
        let Some(user) = user else {
            if !reason.is_empty() || until.is_some() {
                let help = "write the address, the user name or the id, or take the row out";
                let problem = UnplacedProblem::error(ProblemCode::MissingCell, "the row says nobody", help);
                self.push(problem, number, who.first().copied());
            }
            return;
        };
        let day = until.map(|(at, text, written)| self.until(row, at, &text, written));
        self.list.people.push(KeptPerson {
            place: Place {
                sheet: self.worksheet.name.clone(),
                row: number,
            },
            user,
            reason,
            until: day,
        });
    }

    /// The day where the day comes first; what the column makes of it shows when it ends.
    fn until(&mut self, row: &Row, at: usize, text: &str, written: WrittenDate) -> Date {
        if row.cell(at).kind == CellKind::Date {
            self.worksheet.dates.saw_date_cell(written, row.number());
        } else {
            self.worksheet.dates.saw(written, text, row.number());
        }
        if matches!(written, WrittenDate::Either { .. }) {
            self.worksheet.open.push((self.list.people.len(), written));
        }
        self.day(written, DateOrder::DayFirst)
    }

    fn day(&self, written: WrittenDate, order: DateOrder) -> Date {
        let moment = match (written, order) {
            (WrittenDate::Either { month_first, .. }, DateOrder::MonthFirst) => month_first,
            (written, _) => written.day_first(),
        };
        moment.instant(self.zone).to_zoned(self.zone.clone()).date()
    }

    fn end_worksheet(&mut self) {
        let worksheet = std::mem::take(&mut self.worksheet);
        let Some(header) = &worksheet.header else { return };
        let label = header.until().map(|at| header.plain.label(at));
        for (position, written) in &worksheet.open {
            if let WrittenDate::Either { separator, .. } = written
                && worksheet.dates.order(*separator) == Some(DateOrder::MonthFirst)
            {
                self.list.people[*position].until = Some(self.day(*written, DateOrder::MonthFirst));
            }
        }
        let doubt = worksheet.dates.exchanged();
        let faults = worksheet
            .dates
            .into_problems()
            .map(|(_, cells, problem)| (cells, problem));
        for (cells, problem) in doubt.into_iter().chain(faults) {
            let mut problem = problem.placed(worksheet.name.clone(), None, label.clone());
            (problem.count, problem.location.rows) = (cells.count, cells.rows);
            self.list.problems.push(problem);
        }
    }

    fn push(&mut self, problem: UnplacedProblem, row: u32, position: Option<usize>) {
        let header = self.worksheet.header.as_ref();
        let label = header.zip(position).map(|(header, at)| header.plain.label(at));
        self.list
            .problems
            .push(problem.placed(self.worksheet.name.clone(), Some(row), label));
    }
}

/// The one person whom a cell names.
fn one_user(text: &str) -> Result<UserRef, UnplacedProblem> {
    let user = bare_address(text);
    if user.contains('\n') || names_several_people(user) {
        let what = "the cell holds several items, where one user belongs";
        let help = "give each a row of its own";
        return Err(UnplacedProblem::error(ProblemCode::SeveralInOneCell, what, help));
    }
    Ok(UserRef::parse(user))
}

/// The text of a cell, if it holds a value.
fn value(cell: Cell<'_>, column: Column) -> Result<String, UnplacedProblem> {
    let text = clean(cell.text);
    match defect(column, cell, &text) {
        Some(problem) => Err(problem),
        None => Ok(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Location;

    /// Each person with the day and the reason, and each problem with its place.
    fn read(csv: &str) -> (Vec<String>, Vec<String>) {
        let source = Source::from_reader(&mut csv.as_bytes()).unwrap();
        let list = read_keep_list(&source, &TimeZone::get("Europe/Berlin").unwrap()).unwrap();
        let people = list.people.iter().map(|person| {
            let until = person
                .until
                .map_or_else(|| "always".to_owned(), |until| until.to_string());
            format!("{} {} {until} {}", person.place.row, person.user, person.reason)
        });
        let problems = list.problems.iter().map(|problem| {
            let Location { rows, column, .. } = &problem.location;
            format!(
                "{} {} {}: {}",
                problem.code,
                rows,
                column.as_deref().unwrap_or("-"),
                problem.what
            )
        });
        (people.collect(), problems.collect())
    }

    #[test]
    fn people_are_named_as_in_any_sheet_and_headers_are_those_that_people_write() {
        for header in [
            "user,reason,until",
            "E-Mail,Grund,bis",
            "utilisateur,motif,jusqu\u{2019}au",
            "Account ,Note,End date",
        ] {
            let (people, problems) = read(&format!(
                "{header}\nann@x.example,on leave,2026-12-31\n\nBob Berg <bob@x.example>,,\n\
                 018c3f0e-0000-7000-8000-000000000001,robot,31.01.2027\n"
            ));
            assert_eq!(problems, [""; 0], "{header}");
            assert_eq!(
                people,
                [
                    "2 ann@x.example 2026-12-31 on leave",
                    "4 bob@x.example always ",
                    "5 018c3f0e-0000-7000-8000-000000000001 2027-01-31 robot"
                ],
                "{header}"
            );
        }
    }

    #[test]
    fn an_id_goes_before_a_name_as_in_the_sheets_that_reseat_writes() {
        let (people, problems) = read(
            "operation,user,user_id,licenses,last_in_use,note\n\
             ignore,ann@x.example,018c3f0e-0000-7000-8000-000000000001,ATTUNU,2026-01-01 00:00:00,asked for\n",
        );
        assert_eq!(people, ["2 018c3f0e-0000-7000-8000-000000000001 always asked for"]);
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn one_order_of_day_and_month_goes_for_all_of_a_column_that_are_written_alike() {
        assert_eq!(
            read("user,until\nann,03/04/2027\nbob,12/31/2026\n").0,
            ["2 ann 2027-03-04 ", "3 bob 2026-12-31 "]
        );
        assert_eq!(
            read("user,until\nann,03/04/2027\nbob,31/12/2026\n").0,
            ["2 ann 2027-04-03 ", "3 bob 2026-12-31 "]
        );
        let (people, problems) = read("user,until\nann,03/04/2027\nbob,31.12.2026\ncid,3-4-2027\ndan,4-13-2027\n");
        assert_eq!(people[2], "4 cid 2027-03-04 ");
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].starts_with("date-order row 2 until (column B): `03/04/2027` is 2027-04-03"),
            "{problems:?}"
        );
        let (_, problems) = read("user,until\nann,31/01/2027\nbob,01/31/2027\n");
        assert!(
            problems[0].starts_with("date-order rows 2 and 3 until (column B)"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_time_counts_as_its_day_where_the_list_is_read() {
        assert_eq!(
            read("user,until\nann,2026-12-31T23:30:00Z\nbob,2026-12-31 08:00\n").0,
            ["2 ann 2027-01-01 ", "3 bob 2026-12-31 "]
        );
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_its_row_and_column() {
        let (people, problems) =
            read("Keep these\n\nuser,untill,reason,Team\nann,never,x,HR\n,2026-12-31,left,\n#N/A,,,\nbob,,,\n");
        assert_eq!(people, ["4 ann always x", "7 bob always "]);
        assert_eq!(
            problems,
            [
                "unknown-header row 3 -: `untill (column B)` is not used",
                "unknown-header row 3 -: `Team (column D)` is not used",
                "missing-cell row 5 user (column A): the row says nobody",
                "error-value row 6 user (column A): the cell shows the error `#N/A`",
            ]
        );
        let (people, problems) = read("user,until\n\"Ann <ann@x.example>; Bob <bob@x.example>\",\n\"cid\ndan\",\n");
        assert_eq!(people, [""; 0]);
        assert_eq!(
            problems,
            ["several-in-one-cell rows 2 and 3 user (column A): the cell holds several items, where one user belongs"]
        );
        let (_, problems) = read("user,until\nann,never\n");
        assert_eq!(problems, ["bad-date row 2 until (column B): `never` is no date"]);
        let (_, problems) = read("ann@x.example\nbob@x.example\n");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("no-header"), "{problems:?}");
        let (_, problems) = read("user,bis,until\nann,,\n");
        assert_eq!(
            problems,
            ["two-headers row 1 -: `bis (column B)` and `until (column C)` mean the same"]
        );
    }
}
