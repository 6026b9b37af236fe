//! The header row: which column is where.

use std::sync::Arc;

use strum::EnumCount;

use crate::intake::cells::{Column, ColumnSet, UnplacedProblem, clean, on_one_line};
use crate::problem::{ProblemCode, Problems};
use crate::sheet::{Row, column_letters};
use crate::text::header_key;

/// Where each known column is.
#[derive(Debug)]
pub(in crate::intake) struct Header {
    positions: [Option<usize>; Column::COUNT],
    /// The known columns that the sheet has, with their positions.
    pub(in crate::intake) present: Vec<(Column, usize)>,
    labels: Vec<Arc<str>>,
    unnamed: Vec<usize>,
    /// How many columns there are up to the last that has a name of its own.
    pub(in crate::intake) width: usize,
    /// Whether it is the header of the admin portal's import file, and no more.
    pub(in crate::intake) is_portal: bool,
}

impl Header {
    /// Reads the header row. `map` has headers in their comparison form, and the columns they mean.
    pub(in crate::intake) fn read(row: &Row, map: &[(String, Column)]) -> (Self, Vec<UnplacedProblem>) {
        let mut header = Self {
            positions: [None; Column::COUNT],
            present: Vec::new(),
            labels: Vec::new(),
            unnamed: Vec::new(),
            width: 0,
            is_portal: false,
        };
        let mut problems = Vec::new();
        for (position, cell) in row.cells().enumerate() {
            let cleaned = clean(cell.text);
            let name = on_one_line(&cleaned);
            header.labels.push(label(&name, position));
            if name.is_empty() {
                header.unnamed.push(position);
                continue;
            }
            let key = header_key(&name);
            let mapped = map.iter().find(|(from, _)| *from == key).map(|(_, column)| *column);
            match mapped.or_else(|| Column::named(&name)) {
                Some(column) => {
                    if let Some(first) = header.positions[column as usize] {
                        problems.push(two_headers(column, &header.labels[first], &header.labels[position]));
                    } else {
                        header.positions[column as usize] = Some(position);
                        header.present.push((column, position));
                    }
                    // reseat added them at the end; they do not make a row that is shorter a short one.
                    if Column::ADDED.contains(&column) {
                        continue;
                    }
                }
                // Nobody sees the help of problems beyond those that are kept, and looking for a similar header is slow.
                None if problems.len() >= Problems::MOST => problems.push(unused_header(&header.labels[position], "")),
                None => problems.push(unknown_header(&name, &header.labels[position])),
            }
            header.width = position + 1;
        }
        header.unnamed.retain(|position| *position < header.width);
        header.is_portal = header.looks_like_the_portals(row);
        (header, problems)
    }

    /// Whether any column says whom or what the rows are about.
    pub(in crate::intake) fn is_recognisable(&self) -> bool {
        self.present.iter().any(|(column, _)| column.identifies())
    }

    /// Whether the row is the header of a results file, whose columns of users and operations would run as a sheet's.
    pub(in crate::intake) fn is_of_results(row: &Row) -> bool {
        const THEIRS: [&str; 5] = ["http_status", "trace_id", "duration_ms", "key", "run"];
        let has = |name: &&str| row.cells().any(|cell| header_key(cell.text) == header_key(name));
        THEIRS.iter().all(has)
    }

    /// The columns without a name, before the last that has one.
    pub(in crate::intake) fn unnamed(&self) -> &[usize] {
        &self.unnamed
    }

    /// Where `column` is.
    pub(in crate::intake) fn position(&self, column: Column) -> Option<usize> {
        self.positions[column as usize]
    }

    /// The header as the sheet writes it, and its letter: `E-mail (column B)`.
    pub(in crate::intake) fn label(&self, position: usize) -> String {
        self.labels
            .get(position)
            .map_or_else(|| label("", position), Arc::clone)
            .to_string()
    }

    /// The headers as the sheet writes them.
    pub(in crate::intake) fn labels(&self) -> Vec<String> {
        self.labels.iter().map(ToString::to_string).collect()
    }

    /// `email` and `group membership`, and nothing else that reseat would act on.
    fn looks_like_the_portals(&self, row: &Row) -> bool {
        let mut known = ColumnSet::default();
        for (column, _) in self.present.iter().filter(|(column, _)| column.is_meaningful()) {
            known.insert(*column);
        }
        let groups = self.position(Column::Groups);
        let named = groups.is_some_and(|position| header_key(row.cell(position).text) == "groupmembership");
        named && known == ColumnSet::of(&[Column::Email, Column::Groups])
    }
}

fn label(name: &str, position: usize) -> Arc<str> {
    let letters = column_letters(position);
    if name.is_empty() {
        format!("{letters}, which has no header").into()
    } else {
        format!("{} (column {letters})", crate::text::clean(name, 60)).into()
    }
}

fn two_headers(column: Column, first: &str, second: &str) -> UnplacedProblem {
    UnplacedProblem::error(
        ProblemCode::TwoHeaders,
        format!("`{first}` and `{second}` both mean `{}`", column.as_str()),
        format!(
            "keep one of them, or rename the other to `note`; --map \"HEADER={}\" says what a header means",
            column.as_str()
        ),
    )
    .at(column)
}

fn unknown_header(name: &str, label: &str) -> UnplacedProblem {
    let name = crate::text::clean(name, 60);
    let help = match Column::nearest(&name) {
        Some(near) => format!(
            "did you mean `{}`? --map \"{name}={}\" says so without a change",
            near.as_str(),
            near.as_str()
        ),
        None => format!("nothing to do if it is for people only; else --map \"{name}=COLUMN\" says what it means"),
    };
    unused_header(label, &help)
}

fn unused_header(label: &str, help: &str) -> UnplacedProblem {
    UnplacedProblem::warning(
        ProblemCode::UnknownHeader,
        format!("the column `{label}` is not used"),
        help,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Source, Visit, Visitor};

    struct First(Option<(Header, Vec<UnplacedProblem>)>, Vec<(String, Column)>);

    impl Visitor for First {
        fn sheet(&mut self, _: &Arc<str>) -> Visit {
            Visit::Rows
        }

        fn row(&mut self, row: &mut Row) -> Visit {
            self.0 = Some(Header::read(row, &self.1));
            Visit::Skip
        }
    }

    fn header(line: &str, map: &[(String, Column)]) -> (Header, Vec<UnplacedProblem>) {
        let mut first = First(None, map.to_vec());
        Source::from_reader(&mut line.as_bytes())
            .unwrap()
            .read(&mut first)
            .unwrap();
        first.0.unwrap()
    }

    #[test]
    fn columns_are_found_whatever_their_order_and_spelling() {
        let (header, problems) = header("Note,E-Mail ,\"First\nName\",Licences", &[]);
        assert_eq!(problems, []);
        assert_eq!(header.position(Column::Email), Some(1));
        assert_eq!(header.position(Column::Name), Some(2));
        assert_eq!(header.label(1), "E-Mail (column B)");
        assert!(header.is_recognisable() && !header.is_portal);
    }

    #[test]
    fn an_unknown_header_is_a_warning_with_a_suggestion_and_two_for_one_column_an_error() {
        let (_, problems) = header("user,Licnses,mail,email", &[]);
        assert_eq!(
            problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(),
            ["unknown-header", "two-headers"]
        );
        assert!(problems[0].help.contains("`licenses`"));
        assert!(problems[1].what.contains("column C") && problems[1].what.contains("column D"));
    }

    #[test]
    fn a_mapped_header_means_what_the_map_says() {
        let map = [
            (header_key("Work e-mail"), Column::User),
            (header_key("email"), Column::Note),
        ];
        let (header, problems) = header("WORK E-MAIL,email", &map);
        assert_eq!(problems, []);
        assert_eq!(header.position(Column::User), Some(0));
        assert_eq!(header.position(Column::Email), None);
    }

    #[test]
    fn the_portals_import_file_is_known_by_its_two_columns() {
        assert!(header("email,group membership,cost centre", &[]).0.is_portal);
        assert!(!header("email,groups", &[]).0.is_portal);
        assert!(!header("email,group membership,licenses", &[]).0.is_portal);
    }
}
