//! The header row: which column is where.

use std::sync::Arc;

use strum::EnumCount;

use super::meanings::{HeaderMap, Meanings, Notice};
use super::operations::takes;
use crate::intake::cells::{
    Column, ColumnSet, EndHeader, Fate, UnplacedProblem, clean, column_key, is_for_people, map_flag, names_a_last_day,
    names_what_happens, on_one_line,
};
use crate::model::OperationKind;
use crate::problem::ProblemCode;
use crate::sheet::{Row, column_letters};
use crate::text::{header_key, joined};

/// Where each known column is.
#[derive(Debug)]
pub(in crate::intake) struct Header {
    positions: [Option<usize>; Column::COUNT],
    /// The known columns that the sheet has, with their positions.
    pub(in crate::intake) present: Vec<(Column, usize)>,
    names: Vec<String>,
    labels: Vec<Arc<str>>,
    unnamed: Vec<usize>,
    /// The positions of the columns whose header names none of reseat's, those that exports add for people aside.
    pub(in crate::intake) unused: Vec<usize>,
    /// Those of them whose header speaks of the day on which somebody leaves, each with how surely.
    pub(in crate::intake) unused_ends: Vec<(usize, EndHeader)>,
    /// The columns of remarks, by what a header of people means: not `note` itself, nor what is mapped to it.
    pub(in crate::intake) remarks: Vec<usize>,
    /// The column of first names, where its header may as well be that of whole names: `Name` without a surname beside it.
    pub(in crate::intake) whole_names: Option<usize>,
    /// The columns that are for people only, by the names that exports give them.
    pub(in crate::intake) facts: Vec<usize>,
    /// The columns that are not read and whose header says what happens to somebody, where none is of operations.
    pub(in crate::intake) orders: Vec<usize>,
    /// Where the groups are, if their header says that they are to be added, and nobody that it means `groups`.
    pub(super) groups_to_add: Option<usize>,
    /// Whether the header of `not_before` speaks of somebody's last day.
    pub(in crate::intake) waits_for_last_day: bool,
    /// The columns with a meaning that the spreadsheet program hides.
    pub(in crate::intake) hidden: ColumnSet,
    /// How many columns there are up to the last that has a name of its own.
    pub(in crate::intake) width: usize,
    /// What rows ask for that have what it needs, where nothing else can be meant.
    pub(super) implied: Option<OperationKind>,
    /// Whether no column but `user_id` says whom rows are about; it then takes names as `user` does.
    pub(in crate::intake) has_only_user_ids: bool,
}

impl Header {
    /// Reads the header row.
    pub(in crate::intake) fn read(row: &Row, map: &HeaderMap) -> (Self, Vec<UnplacedProblem>) {
        let mut header = Self {
            positions: [None; Column::COUNT],
            present: Vec::new(),
            names: Vec::new(),
            labels: Vec::new(),
            unnamed: Vec::new(),
            unused: Vec::new(),
            unused_ends: Vec::new(),
            remarks: Vec::new(),
            whole_names: None,
            facts: Vec::new(),
            orders: Vec::new(),
            groups_to_add: None,
            waits_for_last_day: false,
            hidden: ColumnSet::default(),
            width: 0,
            implied: None,
            has_only_user_ids: false,
        };
        let names = names(row);
        let meanings = Meanings::of(&names, map);
        for (position, name) in names.iter().enumerate() {
            header.labels.push(label(name, position));
            if name.is_empty() {
                header.unnamed.push(position);
                continue;
            }
            match meanings.columns[position] {
                Some(column) => {
                    match column {
                        Column::Note if is_in_peoples_words(name, map) => header.remarks.push(position),
                        Column::Name if may_be_whole(name, map) => header.whole_names = Some(position),
                        _ => {}
                    }
                    if header.position(column).is_none() {
                        header.positions[column as usize] = Some(position);
                        header.present.push((column, position));
                    }
                    // reseat added them at the end; they do not make a row that is shorter a short one.
                    if Column::ADDED.contains(&column) {
                        continue;
                    }
                }
                None if is_for_people(name) => header.facts.push(position),
                None => {
                    header.unused.push(position);
                    let end = EndHeader::of(&column_key(name));
                    if end != EndHeader::No {
                        header.unused_ends.push((position, end));
                    }
                }
            }
            header.width = position + 1;
        }
        let is_told = |position: &usize| meanings.notices.iter().any(|notice| notice.position() == *position);
        header.whole_names =
            (header.whole_names).filter(|position| header.position(Column::Surname).is_none() && !is_told(position));
        header.waits_for_last_day = header
            .position(Column::NotBefore)
            .is_some_and(|position| names_a_last_day(&column_key(&names[position])));
        if header.position(Column::Operation).is_none() {
            let unread = header.unused.iter().chain(&header.facts).copied();
            header.orders = unread
                .filter(|position| names_what_happens(&column_key(&names[*position])))
                .collect();
        }
        header.groups_to_add = header
            .position(Column::Groups)
            .filter(|position| !meanings.mapped[*position] && Fate::of(&names[*position]) == Some(Fate::Comes));
        header.names = names;
        header.unnamed.retain(|position| *position < header.width);
        header.implied = if header.looks_like_the_portals() {
            Some(OperationKind::Invite)
        } else if header.looks_like_rules() {
            Some(OperationKind::SetGroupLicenses)
        } else {
            None
        };
        let people = [Column::User, Column::Email, Column::Username];
        header.has_only_user_ids = people.iter().all(|column| header.position(*column).is_none());
        let doubts = meanings.notices.iter().map(|notice| header.doubt(*notice));
        let problems = header.several_for_one(&meanings).chain(doubts).collect();
        (header, problems)
    }

    /// Takes note of hidden columns, from the first to the last of each.
    pub(in crate::intake) fn hide(&mut self, columns: &[(usize, usize)]) {
        for (column, position) in &self.present {
            if column.is_meaningful() && columns.iter().any(|(first, last)| (first..=last).contains(&position)) {
                self.hidden.insert(*column);
            }
        }
    }

    /// How many of reseat's columns the row would have as a header, and whether any of them says whom or what the rows
    /// are about.
    pub(in crate::intake) fn rate(row: &Row, map: &HeaderMap) -> (usize, bool) {
        let mut known = ColumnSet::default();
        let mut count = 0;
        let mut identifies = false;
        for column in Meanings::of(&names(row), map).columns.into_iter().flatten() {
            count += usize::from(!known.contains(column));
            known.insert(column);
            identifies |= column.identifies();
        }
        (count, identifies)
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

    /// Whether a column says whom rows are about.
    pub(in crate::intake) fn names_people(&self) -> bool {
        self.present.iter().any(|(column, _)| column.names_people())
    }

    /// The header as the sheet writes it, and its letter: `E-mail (column B)`.
    pub(in crate::intake) fn label(&self, position: usize) -> String {
        self.labels
            .get(position)
            .map_or_else(|| label("", position), Arc::clone)
            .to_string()
    }

    /// The header as the sheet writes it, on one line.
    pub(in crate::intake) fn name(&self, position: usize) -> &str {
        self.names.get(position).map_or("", String::as_str)
    }

    /// The headers as the sheet writes them, each on one line.
    pub(in crate::intake) fn names(&self) -> &[String] {
        &self.names
    }

    /// The headers as the sheet writes them, with their letters.
    pub(in crate::intake) fn labels(&self) -> Vec<String> {
        self.labels.iter().map(ToString::to_string).collect()
    }

    /// Writes the header of the problem's column into its help, where that says `--map "HEADER=…"`.
    pub(in crate::intake) fn name_in_help(&self, problem: &mut UnplacedProblem) {
        const ANY: &str = "--map \"HEADER=";
        let position = problem.column.and_then(|column| self.position(column));
        if let Some(position) = position.filter(|_| problem.help.contains(ANY)) {
            let mut parts = problem.help.split(ANY);
            let mut help = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let (column, rest) = part.split_once('"').unwrap_or((part, ""));
                help += &map_flag(self.name(position), column);
                help += rest;
            }
            problem.help = help;
        }
    }

    /// A problem for each column that several headers mean. Of remarks there may be any number.
    fn several_for_one<'h>(&'h self, meanings: &'h Meanings) -> impl Iterator<Item = UnplacedProblem> + 'h {
        let columns = self.present.iter().filter(|(column, _)| *column != Column::Note);
        columns.filter_map(|(column, _)| {
            let means_it = |position: &usize| meanings.columns[*position] == Some(*column);
            let positions: Vec<usize> = (0..self.names.len()).filter(means_it).collect();
            (positions.len() > 1).then(|| self.two_headers(*column, &positions, meanings))
        })
    }

    /// The problem that the headers at these positions mean one column. What `--map` says of one of them is meant.
    fn two_headers(&self, column: Column, positions: &[usize], meanings: &Meanings) -> UnplacedProblem {
        let mapped = &meanings.mapped;
        let labels: Vec<String> = positions
            .iter()
            .map(|position| format!("`{}`", self.label(*position)))
            .collect();
        let (all, rest) = if labels.len() == 2 {
            ("both", "the other")
        } else {
            ("all", "the others")
        };
        let what = format!("{} {all} mean `{}`", joined(&labels, labels.len()), column.as_str());
        let meant = *positions
            .iter()
            .find(|position| mapped[**position])
            .unwrap_or(&positions[0]);
        let key = |position: usize| column_key(self.name(position));
        let others = || positions.iter().copied().filter(|position| *position != meant);
        let one = if others().any(|other| key(other) == key(meant)) {
            format!("keep one of them, or rename {rest} to `note`")
        } else if others().any(|other| mapped[other]) {
            "map one of them alone".to_owned()
        } else {
            let mut flags: Vec<String> = others().map(|other| map_flag(self.name(other), "note")).collect();
            flags.dedup();
            format!("keep one of them; {} leaves {rest} out", flags.join(" "))
        };
        let list = match column {
            Column::Group | Column::Groups => Some(Column::Groups),
            Column::RemoveGroups | Column::Licenses => Some(column),
            _ => None,
        };
        let help = match list {
            _ if let Some(start) = self.table_beside(positions, meanings) => format!(
                "the columns from {} on look like a second table: put it into a worksheet or a file of its own",
                column_letters(start)
            ),
            Some(list) => format!(
                "if all of them are meant, write their cells into one column, `{}`, parted by `;`; else {one}",
                list.as_str()
            ),
            None => one,
        };
        UnplacedProblem::error(ProblemCode::TwoHeaders, what, help).at(column)
    }

    /// Where another table begins: behind an empty column, with a column of its own that says whom its rows are about.
    fn table_beside(&self, positions: &[usize], meanings: &Meanings) -> Option<usize> {
        let identify = |columns: &[Option<Column>]| columns.iter().flatten().any(|column| column.identifies());
        let parts = |gap: &usize| {
            let (before, behind) = meanings.columns.split_at(*gap);
            (positions[0]..positions[1]).contains(gap) && identify(before) && identify(behind)
        };
        let gap = self.unnamed.iter().copied().find(parts)?;
        (gap..self.width).find(|position| !self.name(*position).is_empty())
    }

    /// What is worth a look in how a header was understood.
    fn doubt(&self, notice: Notice) -> UnplacedProblem {
        let (what, position, other) = match notice {
            Notice::Beside {
                position,
                column,
                beside,
            } => {
                let beside = self
                    .position(beside)
                    .map(|beside| self.label(beside))
                    .unwrap_or_default();
                let label = self.label(position);
                let what = format!(
                    "`{label}` is taken for `{}`, because it stands beside `{beside}`",
                    column.as_str()
                );
                let other = if column == Column::DisplayName {
                    Column::Note
                } else {
                    Column::DisplayName
                };
                (what, position, other)
            }
            Notice::Doubtful {
                position,
                column,
                often,
            } => {
                let what = format!(
                    "`{}` is taken for the first name, `{}`",
                    self.label(position),
                    column.as_str()
                );
                (what, position, often)
            }
        };
        let map = map_flag(self.name(position), other.as_str());
        let help = format!("nothing to do if that is meant; else {map}");
        UnplacedProblem::warning(ProblemCode::DoubtfulHeader, what, help)
    }

    /// The header of the admin portal's import file: `email` and `group membership`, and nothing else that reseat would act on.
    fn looks_like_the_portals(&self) -> bool {
        let mut known = ColumnSet::default();
        for (column, _) in self.present.iter().filter(|(column, _)| column.is_meaningful()) {
            known.insert(*column);
        }
        let groups = self.position(Column::Groups);
        let named = groups.is_some_and(|position| column_key(self.name(position)) == "groupmembership");
        named && known == ColumnSet::of(&[Column::Email, Column::Groups])
    }

    /// `group` and `licenses`, and no column that a rule has no use for: any other may say whom a row is about.
    fn looks_like_rules(&self) -> bool {
        let needed = [Column::Group, Column::Licenses];
        let is_of_a_rule = |(column, _): &(Column, usize)| {
            let is_for_all = !column.is_meaningful() || *column == Column::NotBefore;
            is_for_all || takes(OperationKind::SetGroupLicenses).contains(column)
        };
        needed.iter().all(|column| self.position(*column).is_some())
            && self.present.iter().all(is_of_a_rule)
            && [&self.unused, &self.facts, &self.unnamed]
                .iter()
                .all(|others| others.is_empty())
    }
}

/// Whether a header of notes is in people's words, and nobody has said that it is for people only.
fn is_in_peoples_words(name: &str, map: &HeaderMap) -> bool {
    let key = column_key(name);
    key != Column::Note.as_str() && map.iter().all(|(from, _)| *from != key)
}

/// Whether a header of first names may be of whole ones, and nobody has said which.
fn may_be_whole(name: &str, map: &HeaderMap) -> bool {
    const WORDS: [&str; 3] = ["name", "nombre", "nome"];
    let key = column_key(name);
    WORDS.contains(&key.as_str()) && map.iter().all(|(from, _)| *from != key)
}

/// The headers of a row, cleaned and on one line.
pub(super) fn names(row: &Row) -> Vec<String> {
    row.cells()
        .map(|cell| on_one_line(&clean(cell.text)).into_owned())
        .collect()
}

fn label(name: &str, position: usize) -> Arc<str> {
    let letters = column_letters(position);
    if name.is_empty() {
        format!("{letters}, which has no header").into()
    } else {
        format!("{} (column {letters})", crate::text::clean(name, 60)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Shared;
    use crate::sheet::{Source, Visit, Visitor};

    struct First(Option<(Header, Vec<UnplacedProblem>)>, HeaderMap);

    impl Visitor for First {
        fn sheet(&mut self, _: &Shared<str>) -> Visit {
            Visit::Rows
        }

        fn row(&mut self, row: &mut Row) -> Visit {
            self.0 = Some(Header::read(row, &self.1));
            Visit::Skip
        }
    }

    fn header(line: &str, map: &HeaderMap) -> (Header, Vec<UnplacedProblem>) {
        let mut first = First(None, map.clone());
        Source::from_reader(&mut line.as_bytes())
            .unwrap()
            .read(&mut first)
            .unwrap();
        first.0.unwrap()
    }

    #[test]
    fn columns_are_found_whatever_their_order_and_spelling() {
        let (header, problems) = header("Note,E-Mail ,\"First\nName\",Licences", &HeaderMap::new());
        assert_eq!(problems, []);
        assert_eq!(header.position(Column::Email), Some(1));
        assert_eq!(header.position(Column::Name), Some(2));
        assert_eq!(header.label(1), "E-Mail (column B)");
        assert_eq!(header.implied, None);
    }

    #[test]
    fn two_headers_for_one_column_are_an_error_that_names_both() {
        let (_, problems) = header("user,mail,email", &HeaderMap::new());
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code.as_str(), "two-headers");
        assert!(problems[0].what.contains("column B") && problems[0].what.contains("column C"));
    }

    #[test]
    fn a_table_beside_another_is_told_to_be_put_into_a_worksheet_of_its_own() {
        for (line, is_beside) in [
            ("email,groups,,email", true),
            ("operation,user,,,operation,user", true),
            ("email,groups,,groups", false),
            ("email,groups,email", false),
        ] {
            let (_, problems) = header(line, &HeaderMap::new());
            let is_told = |problem: &UnplacedProblem| problem.help.contains("a second table");
            assert_eq!(problems.iter().all(is_told), is_beside, "{line}: {problems:?}");
        }
    }

    #[test]
    fn a_name_beside_a_first_name_of_its_language_is_the_surname_and_that_is_said() {
        for (line, surname, first) in [
            ("E-Mail,Name,Vorname", 1, 2),
            ("E-Mail,Vorname,Name", 2, 1),
            ("Courriel,Prénom,Nom", 2, 1),
            ("E-mailadres,Voornaam,Naam", 2, 1),
            ("メールアドレス,名前,姓", 2, 1),
        ] {
            let (header, problems) = header(line, &HeaderMap::new());
            assert_eq!(header.position(Column::Surname), Some(surname), "{line}");
            assert_eq!(header.position(Column::Name), Some(first), "{line}");
            assert_eq!(problems.len(), 1, "{line}: {problems:?}");
            assert_eq!(problems[0].code.as_str(), "doubtful-header");
        }
        for (line, name) in [
            ("email,name,surname", 1),
            ("email,name,groups", 1),
            ("Correo,Nombre,Apellidos", 1),
            ("E-mail,Cognome,Nome", 2),
            ("E-mail,Sobrenome,Nome", 2),
            ("E-mail,Nazwisko,Imię", 2),
        ] {
            let (header, problems) = header(line, &HeaderMap::new());
            assert_eq!(header.position(Column::Name), Some(name), "{line}");
            assert_eq!(problems, [], "{line}");
        }
    }

    #[test]
    fn a_name_that_may_be_the_whole_name_or_either_part_of_it_is_not_guessed_in_silence() {
        let (german, problems) = header("E-Mail,Name,Gruppen", &HeaderMap::new());
        assert_eq!(german.position(Column::Name), Some(1));
        assert!(problems[0].help.contains("--map \"Name=surname\""), "{problems:?}");
        let (french, problems) = header("Courriel,Nom,Groupes", &HeaderMap::new());
        assert_eq!((french.unused.as_slice(), problems.as_slice()), (&[1][..], &[][..]));
        for line in [
            "email,first name,name",
            "email,first name,given name,surname",
            "email,name,name,surname",
        ] {
            let (_, problems) = header(line, &HeaderMap::new());
            assert_eq!(problems[0].code.as_str(), "two-headers", "{line}");
        }
    }

    #[test]
    fn a_name_beside_both_its_parts_is_the_whole_name() {
        for line in [
            "GivenName,Name,Surname,UserPrincipalName",
            "First name,Last name,Name,Email",
            "E-Mail,Vorname,Nachname,Name",
            "Correo,Nombre,Primer nombre,Apellidos",
        ] {
            let (whole, problems) = header(line, &HeaderMap::new());
            let (name, whole) = (whole.position(Column::Name), whole.position(Column::DisplayName));
            assert!(name.is_some() && whole.is_some() && name != whole, "{line}");
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert_eq!(problems[0].code.as_str(), "doubtful-header", "{line}");
            assert!(problems[0].help.ends_with("=note\""), "{problems:?}");
        }
        let (taken, problems) = header("first name,surname,display name,name", &HeaderMap::new());
        assert_eq!((taken.unused.as_slice(), problems.as_slice()), (&[3][..], &[][..]));
        let map = vec![(column_key("Name"), Column::Name)];
        let (_, problems) = header("first name,surname,name", &map);
        assert_eq!(problems[0].code.as_str(), "two-headers");
    }

    #[test]
    fn a_mapped_header_means_what_the_map_says() {
        let map = vec![
            (column_key("Work e-mail"), Column::User),
            (column_key("email"), Column::Note),
        ];
        let (header, problems) = header("WORK E-MAIL,email", &map);
        assert_eq!(problems, []);
        assert_eq!(header.position(Column::User), Some(0));
        assert_eq!(header.position(Column::Email), None);
    }

    #[test]
    fn the_portals_import_file_is_known_by_its_two_columns() {
        let implied = |line| header(line, &HeaderMap::new()).0.implied;
        assert_eq!(
            implied("email,group membership,cost centre"),
            Some(OperationKind::Invite)
        );
        assert_eq!(implied("email,groups"), None);
        assert_eq!(implied("email,group membership,licenses"), None);
    }
}
