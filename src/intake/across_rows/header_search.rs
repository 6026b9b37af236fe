//! Which of the first rows of a worksheet is its header.

use crate::intake::cells::{
    Column, Fate, UnplacedProblem, bare_address, clean, column_key, excerpt, is_named_after, map_flag,
    names_somebody_else, plain_meaning,
};
use crate::intake::rows::{Header, HeaderMap};
use crate::model::Email;
use crate::problem::ProblemCode;
use crate::sheet::{Cell, HEADER_ROWS, NOT_ROWS, Row};
use crate::text::joined;

/// The rows of a worksheet as long as it is open which of them is the header.
#[derive(Debug)]
pub(super) struct HeaderSearch {
    /// The number of the header row, where that is known.
    wanted: Option<u32>,
    rows: Vec<Row>,
    /// The number of the first row in which a cell says that nothing on the worksheet is run.
    mark: Option<u32>,
}

/// What the search found.
#[derive(Debug)]
pub(super) enum Sought {
    /// There are no rows.
    Nothing,
    /// The worksheet says itself, above whatever may be a header, that it holds lists or help.
    NotRun,
    /// No row is a header that says whom or what the rows are about.
    NoHeader {
        /// The row that comes closest.
        closest: Row,
        /// What to say of it.
        problem: UnplacedProblem,
        /// Whether a column below it has addresses.
        has_addresses: bool,
        /// Whether the rows seem to be meant to run, also beside others.
        has_people: bool,
    },
    /// A header, and the rows around it.
    Header {
        above: Vec<Row>,
        header: Row,
        below: Vec<Row>,
    },
}

impl HeaderSearch {
    /// For a header in the row `wanted`, or in the first rows.
    pub(super) fn new(wanted: Option<u32>) -> Self {
        Self {
            wanted,
            rows: Vec::new(),
            mark: None,
        }
    }

    /// Takes the row into the search, and leaves another in its place; `false` if the search is over without it.
    pub(super) fn takes(&mut self, row: &mut Row) -> bool {
        let is_empty = row.is_empty() && row.malformed().is_none();
        if self.mark.is_none() && row.number() <= HEADER_ROWS && row.cells().any(|cell| is_mark(cell.text)) {
            self.mark = Some(row.number());
        }
        match self.wanted {
            Some(wanted) if row.number() < wanted => return true,
            Some(wanted) if row.number() > wanted => return false,
            Some(_) => {}
            None => {
                let first = self.rows.first().map_or(row.number(), Row::number);
                if row.number() >= first.saturating_add(HEADER_ROWS) {
                    return false;
                }
            }
        }
        if !is_empty {
            self.rows.push(std::mem::take(row));
        }
        true
    }

    /// The row with the most headers that reseat knows, the first of equals; none where nothing is to be run, which only
    /// what is above the header says: below it are cells that mean what their columns say.
    pub(super) fn end(self, map: &HeaderMap) -> Sought {
        let mark = self.mark;
        match self.found(map) {
            Sought::Header { header, .. } if mark.is_some_and(|mark| mark <= header.number()) => Sought::NotRun,
            Sought::Nothing | Sought::NoHeader { .. } if mark.is_some() => Sought::NotRun,
            found => found,
        }
    }

    fn found(self, map: &HeaderMap) -> Sought {
        let mut rated: Vec<(usize, (usize, bool))> = Vec::new();
        // How many columns the best header has so far: a row of fewer cells cannot be a better one.
        let mut most = None;
        for (position, row) in self.rows.iter().enumerate() {
            if Some(row.cells().filter(|cell| !cell.text.is_empty()).count()) <= most {
                continue;
            }
            let (known, identifies) = Header::rate(row, map);
            rated.push((position, (known, identifies)));
            if identifies && !has_address(row) {
                most = most.max(Some(known));
            }
        }
        // Of equals `max_by_key` takes the last.
        let best = |from: &mut dyn Iterator<Item = &(usize, (usize, bool))>| {
            from.max_by_key(|(position, (known, _))| (*known, usize::MAX - position))
                .map(|(position, _)| *position)
        };
        let headers = || rated.iter().filter(|(_, (_, identifies))| *identifies);
        // No header has an address in it: such a row tells whom to ask, or is one of the data that happens to have words.
        let bare = best(&mut headers().filter(|(position, _)| !has_address(&self.rows[*position])));
        let header = bare.or_else(|| best(&mut headers()));
        let mut rows = self.rows;
        let Some(header) = header else {
            return match closest(&rows, &rated) {
                None => Sought::Nothing,
                Some((closest, known)) => {
                    let (problem, names_them) = no_header(&rows, closest, map, self.wanted);
                    let begins_with_people = || closest == 0 && rows.len() > 1 && rows.iter().all(has_address);
                    Sought::NoHeader {
                        has_addresses: names_them.is_some(),
                        has_people: names_them.is_some_and(|names_them| names_them || known > 0)
                            || begins_with_people(),
                        closest: rows.swap_remove(closest),
                        problem,
                    }
                }
            };
        };
        if let Some(problem) = lies_on_its_side(&rows, header).filter(|_| self.wanted.is_none()) {
            return Sought::NoHeader {
                closest: rows.swap_remove(header),
                problem,
                has_addresses: false,
                has_people: true,
            };
        }
        let below = rows.split_off(header + 1);
        match rows.pop() {
            Some(header) => Sought::Header {
                above: rows,
                header,
                below,
            },
            None => Sought::Nothing,
        }
    }
}

/// What to say of a table whose headers stand below each other, each with its cells beside it.
fn lies_on_its_side(rows: &[Row], header: usize) -> Option<UnplacedProblem> {
    if !has_address(&rows[header]) {
        return None;
    }
    let is_header = |text: &str| plain_meaning(&column_key(&clean(text))).is_some();
    let begins_with_a_header = |row: &&Row| {
        let mut filled = row.cells().map(|cell| cell.text).filter(|text| !text.trim().is_empty());
        filled.next().is_some_and(is_header) && filled.next().is_some_and(|text| !is_header(text))
    };
    let such: Vec<&Row> = rows.iter().filter(begins_with_a_header).collect();
    let (first, last) = (such.first()?.number(), such.last()?.number());
    (such.len() > 1 && begins_with_a_header(&&rows[header])).then(|| {
        let what = format!(
            "rows {first} to {last} each begin with a header, and have its cells beside it: the table lies on its side"
        );
        let help =
            "copy it, and paste it with Transpose, so that the headers are one row and each person is one below it";
        UnplacedProblem::error(ProblemCode::NoHeader, what, help)
    })
}

/// Of rows of which none is a header the one that comes closest, and how many columns of it are known: of equals one above
/// addresses, or with most cells.
fn closest(rows: &[Row], rated: &[(usize, (usize, bool))]) -> Option<(usize, usize)> {
    let key = |(position, (known, _)): &(usize, (usize, bool))| {
        let is_of_data = has_address(&rows[*position]);
        let is_above_data = rows.get(position + 1).is_some_and(has_address);
        let cells = rows[*position].cells().filter(|cell| !cell.text.is_empty()).count();
        (*known, !is_of_data, is_above_data, cells, usize::MAX - position)
    };
    let (position, (known, _)) = rated.iter().max_by_key(|rated| key(rated))?;
    Some((*position, *known))
}

/// People insert rows, so the mark need not be where it was written.
fn is_mark(cell: &str) -> bool {
    clean(cell).eq_ignore_ascii_case(NOT_ROWS)
}

pub(super) fn has_address(row: &Row) -> bool {
    row.cells().any(|cell| is_address(cell.text))
}

fn is_address(cell: &str) -> bool {
    cell.contains('@') && Email::fault(bare_address(&clean(cell))).is_none()
}

/// What to say of a row that is no header, and, if a column below it has addresses, whether its header speaks of them.
fn no_header(rows: &[Row], closest: usize, map: &HeaderMap, wanted: Option<u32>) -> (UnplacedProblem, Option<bool>) {
    let row = &rows[closest];
    let (header, _) = Header::read(row, map);
    let labels = joined(&header.labels(), 6);
    let what = match wanted {
        Some(row) => {
            format!("row {row}, which `--header-row` names, has no column that says whom a row is about: {labels}")
        }
        None => format!(
            "none of the first {HEADER_ROWS} rows names a column that says whom a row is about; this one comes closest: {labels}"
        ),
    };
    let is_mostly_addresses = |position: &usize| {
        let cells = rows[closest + 1..].iter().map(|row| row.cell(*position).text);
        let filled: Vec<&str> = cells.filter(|text| !text.trim().is_empty()).collect();
        let addresses = filled.iter().filter(|text| is_address(text)).count();
        addresses > 0 && addresses * 2 >= filled.len() && !header.name(*position).is_empty()
    };
    let of_addresses: Vec<usize> = (0..row.len()).filter(is_mostly_addresses).collect();
    let names_them = of_addresses
        .first()
        .map(|position| speaks_of_people(header.name(*position)));
    let is_of_the_rows = |position: &&usize| {
        let name = header.name(**position);
        !names_somebody_else(name) && plain_meaning(&column_key(name)).is_none()
    };
    let of_the_rows: Vec<usize> = of_addresses.iter().filter(is_of_the_rows).copied().collect();
    let help = match (several_in_one(row, rows.get(closest + 1)), of_the_rows.as_slice()) {
        (Some((_, between @ ("`~`" | "`^`"))), _) => {
            let sign = between.trim_matches('`');
            format!("begin the file with a line `sep={sign}`: it says that {between} parts the cells")
        }
        (Some((position, SPACES)), _) => format!(
            "`{}` holds several headers, parted by spaces as a program prints a table for people to read: export it as CSV, with \
             `Export-Csv` in PowerShell, `set markup csv on` in SQL*Plus, `psql --csv` or `mysql --batch`",
            header.label(position)
        ),
        (Some((position, COLON)), _) => format!(
            "`{}` is a header and its value, as a program prints a list for people to read: export it as CSV, in PowerShell with \
             `Export-Csv`",
            header.label(position)
        ),
        (Some((position, between)), _) => format!(
            "`{}` holds several headers, with {between} between them: part headers and rows by the same sign, and put no whole line \
             into quotes",
            header.label(position)
        ),
        _ if let Some(list) = list_of_people(rows, closest) => format!(
            "row {} has several people in one line: write one person a row, below a row that says `email` or `user`",
            list.number()
        ),
        // The row is one of the data.
        _ if has_address(row) => "put a row of headers above the rows, with `user`, `email` or `group` among them".to_owned(),
        (None, [position]) => addresses_of_the_rows(&header, *position),
        (None, several @ [_, _, ..]) => addresses_of_several(&header, several),
        (None, []) => "head one `user`, `email` or `group`, or say which it is: --map \"HEADER=user\"; a header further down is named by --header-row".to_owned(),
    };
    (UnplacedProblem::error(ProblemCode::NoHeader, what, help), names_them)
}

/// A row of addresses alone, as mail programs write to whom a message goes, where no header has a column for each.
fn list_of_people(rows: &[Row], closest: usize) -> Option<&Row> {
    let filled = |row: &Row| row.cells().filter(|cell| !cell.text.trim().is_empty()).count();
    let headers = filled(&rows[closest]);
    let fewest = if has_address(&rows[closest]) { 3 } else { 2 * headers };
    let is_list = |row: &&Row| {
        filled(row) >= fewest
            && row
                .cells()
                .all(|cell| cell.text.trim().is_empty() || is_address(cell.text))
    };
    rows[closest..].iter().find(is_list)
}

/// What to do where one column has addresses that may be those of whom the rows are about.
fn addresses_of_the_rows(header: &Header, position: usize) -> String {
    let (label, name) = (header.label(position), header.name(position));
    match Fate::of(name) {
        Some(Fate::Past) => format!(
            "the cells of `{label}` are addresses: {} says so",
            map_flag(name, "user")
        ),
        _ => format!(
            "the cells of `{label}` are addresses: {}, or `=user`, says so",
            map_flag(name, "email")
        ),
    }
}

/// What to do where several have: those that people had and those that they get are of a move; of others nobody knows.
fn addresses_of_several(header: &Header, positions: &[usize]) -> String {
    let of = |fate| {
        let mut such = positions
            .iter()
            .filter(|position| Fate::of(header.name(**position)) == Some(fate));
        such.next().filter(|_| such.next().is_none())
    };
    let labels: Vec<String> = positions
        .iter()
        .map(|position| format!("`{}`", header.label(*position)))
        .collect();
    let are = format!("the cells of {} are addresses", joined(&labels, 4));
    match (of(Fate::Past), of(Fate::Comes), positions) {
        (Some(old), Some(new), [_, _]) => {
            let (old, new) = (
                map_flag(header.name(*old), "user"),
                map_flag(header.name(*new), "new_email"),
            );
            format!("{are}: {old} {new} says so if people move from the one to the other")
        }
        _ => format!("{are}: --map \"HEADER=email\", or `=user`, says which of them has whom the rows are about"),
    }
}

/// What is between the headers of a cell as a program pads them, and between a header and its value.
const SPACES: &str = "spaces";
const COLON: &str = "a colon";

/// The first cell that holds several headers, one of which says whom rows are about, and what is between them; below them may
/// be a ruler.
fn several_in_one(row: &Row, below: Option<&Row>) -> Option<(usize, &'static str)> {
    const BETWEEN: [(char, &str); 6] = [
        (';', "`;`"),
        (',', "`,`"),
        ('\t', "a tab"),
        ('|', "`|`"),
        ('~', "`~`"),
        ('^', "`^`"),
    ];
    let identifies = |part: &str| plain_meaning(&column_key(&clean(part))).is_some_and(Column::identifies);
    let is_ruler = |cell: Cell<'_>| cell.text.contains("- -") && cell.text.trim_matches(['-', ' ']).is_empty();
    let is_above_rulers = below.is_some_and(|below| below.cells().any(is_ruler));
    let held = |text: &str| {
        let between = BETWEEN
            .iter()
            .find(|(between, _)| text.split(*between).nth(1).is_some() && text.split(*between).any(identifies));
        let padded = || {
            let text = text.trim();
            if text.split_once(" : ").is_some_and(|(header, _)| identifies(header)) {
                return Some(COLON);
            }
            let gap = if is_above_rulers { " " } else { "  " };
            let mut parts = text.split(gap).filter(|part| !part.is_empty());
            (parts.clone().nth(1).is_some() && parts.any(identifies)).then_some(SPACES)
        };
        between.map(|(_, name)| *name).or_else(padded)
    };
    row.cells()
        .enumerate()
        .find_map(|(position, cell)| Some((position, held(cell.text)?)))
}

fn speaks_of_people(header: &str) -> bool {
    let key = column_key(header);
    key.contains("mail") || is_named_after(&key, Column::Email) || is_named_after(&key, Column::User)
}

/// What to say of a table above the header in this row, with headers and people of its own, and the number of its first row.
pub(super) fn table_above(above: &[Row], map: &HeaderMap, header_row: u32) -> Option<(u32, UnplacedProblem)> {
    (0..above.len()).find_map(|position| {
        let (row, below) = (&above[position], &above[position + 1..]);
        // Nearly all of what stands above a header is a title.
        if has_address(row) || !below.iter().any(has_address) {
            return None;
        }
        let (header, _) = Header::read(row, map);
        let says_what_to_do = header.position(Column::Operation).is_some();
        let mut of_people = header.present.iter().filter(|(column, _)| column.names_people());
        of_people.find(|(_, at)| {
            let mut cells = below.iter().map(|row| row.cell(*at).text).filter(|text| is_address(text));
            // One alone, with a name perhaps, may be whom to ask.
            cells.next().is_some_and(|first| says_what_to_do || cells.any(|other| other != first))
        })?;
        let what = format!(
            "the row is a header too, and the people between it and the header in row {header_row} are not read: {}",
            joined(&header.labels(), 4)
        );
        let help = format!(
            "put that table into a worksheet or a file of its own; --header-row {header_row} reads the one below it alone"
        );
        Some((row.number(), UnplacedProblem::error(ProblemCode::HeaderAgain, what, help)))
    })
}

/// A notice of the rows above the header, which are not read, and the number of the first of them.
pub(super) fn above_header(above: &[Row]) -> Option<(u32, UnplacedProblem)> {
    let first = above.first()?;
    let shown: Vec<String> = above.iter().map(|row| format!("`{}`", text_of(row))).collect();
    let rows = match above {
        // Its number stands before the words.
        [_] => "the row above the header is".to_owned(),
        [_, last] => format!("rows {} and {} above the header are", first.number(), last.number()),
        [.., last] => format!("rows {} to {} above the header are", first.number(), last.number()),
        [] => return None,
    };
    let what = format!("{rows} not read: {}", joined(&shown, 4));
    let help = "nothing to do if that is meant; else --header-row N says which row is the header";
    Some((
        first.number(),
        UnplacedProblem::warning(ProblemCode::RowsAboveHeader, what, help),
    ))
}

/// What stands in a row, for a message.
pub(super) fn text_of(row: &Row) -> String {
    let cells: Vec<String> = row
        .cells()
        .map(|cell| clean(cell.text).into_owned())
        .filter(|text| !text.is_empty())
        .collect();
    excerpt(&cells.join(" "))
}
