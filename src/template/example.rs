//! Rows that show how a row is filled in. They are never run.

use jiff::ToSpan;
use jiff::civil::Date;
use strum::IntoStaticStr;

use super::words::Words;
use super::{TemplateKind, TemplateLists};
use crate::intake::{Column, EXAMPLE_DOMAIN, print_list};
use crate::model::{DeleteWhen, KnownBundle, OperationKind};

/// One of them: its own `operation` says that it is ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it is an example of.
    pub operation: OperationKind,
    /// What it says of itself, in the reader's language.
    pub note: String,
    /// Its cells besides `operation` and `note`.
    pub cells: Vec<(Column, String)>,
}

impl Example {
    /// The cell of this column.
    pub(super) fn cell(&self, column: Column) -> String {
        let cell = self.cells.iter().find(|(theirs, _)| *theirs == column);
        cell.map(|(_, text)| text.clone()).unwrap_or_default()
    }
}

/// Which of several uses of an operation an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
enum Usage {
    /// The usual one.
    #[default]
    Usual,
    /// With what a colleague has.
    Like,
    /// On a day that is to come.
    Dated,
    /// With another last name, and without waiting.
    Surname,
    /// Without a deletion.
    Keep,
}

/// What the cells of examples are made of.
struct Maker<'a> {
    words: Words,
    lists: &'a TemplateLists,
    today: Date,
}

/// One example row for each use of this kind of template.
pub(super) fn examples(words: Words, lists: &TemplateLists, today: Date) -> Vec<Example> {
    use OperationKind as Kind;
    let maker = Maker { words, lists, today };
    let uses: Vec<(OperationKind, Usage)> = match words.kind {
        TemplateKind::Onboarding => vec![
            (Kind::Invite, Usage::Usual),
            (Kind::Invite, Usage::Like),
            (Kind::Create, Usage::Usual),
            (Kind::AddToGroups, Usage::Usual),
            (Kind::AddLicenses, Usage::Usual),
        ],
        TemplateKind::Leavers => vec![
            (Kind::Offboard, Usage::Usual),
            (Kind::Offboard, Usage::Dated),
            (Kind::Delete, Usage::Dated),
            (Kind::ReleaseLicenses, Usage::Usual),
        ],
        TemplateKind::Migration => vec![
            (Kind::Migrate, Usage::Usual),
            (Kind::Migrate, Usage::Surname),
            (Kind::Migrate, Usage::Keep),
        ],
        TemplateKind::Rebalance | TemplateKind::Blank => {
            let operations = words.kind.operations().into_iter();
            operations.map(|operation| (operation, Usage::Usual)).collect()
        }
    };
    let example = |(operation, usage)| maker.example(operation, usage);
    uses.into_iter().map(example).collect()
}

impl Maker<'_> {
    fn example(&self, operation: OperationKind, usage: Usage) -> Example {
        let columns = self.words.kind.columns();
        let cells = self.cells(operation, usage).into_iter();
        let in_column = |(column, text): (Column, String)| {
            // One column of people serves every operation.
            let serving = match column {
                Column::User if !columns.contains(&Column::User) => Column::Email,
                other => other,
            };
            columns.contains(&serving).then_some((serving, text))
        };
        let what = self.words.text(&match usage {
            Usage::Usual => format!("example.{operation}"),
            Usage::Like | Usage::Dated | Usage::Surname | Usage::Keep => {
                format!("example.{operation}.{}", <&str>::from(usage))
            }
        });
        let names = [("operation", operation.as_str()), ("what", what.as_str())];
        Example {
            operation,
            note: self.words.filled("example.note", &names),
            cells: cells.filter_map(in_column).collect(),
        }
    }

    fn cells(&self, operation: OperationKind, usage: Usage) -> Vec<(Column, String)> {
        use OperationKind as Kind;
        let user = |name: &str| (Column::User, address(name));
        let newcomer = |name: &str, surname: &str| {
            [
                (Column::Email, address(&format!("{name}.{surname}").to_lowercase())),
                (Column::Name, name.to_owned()),
                (Column::Surname, surname.to_owned()),
            ]
        };
        let one_group = || self.words.text("example.group");
        let two_groups = || print_list(&[one_group(), self.words.text("example.other-group")]);
        let groups = |text: String| (Column::Groups, text);
        let licenses = |count: usize| (Column::Licenses, self.licenses(count));
        let since = || (Column::UnlessUsedSince, self.month(-3));
        let later = || (Column::NotBefore, self.month(1));
        let delete = |when: DeleteWhen| (Column::DeleteWhen, when.as_str().to_owned());
        let moved = |name: &str, new: &str| [user(name), (Column::NewEmail, address(new))];
        match (operation, usage) {
            (Kind::Invite, Usage::Like) => {
                let like = [(Column::Like, address("fay.king")), later()];
                [newcomer("Tim", "Hall").to_vec(), like.to_vec()].concat()
            }
            (Kind::Invite, _) => {
                let language = (Column::Language, self.words.language.to_string());
                let given = vec![groups(two_groups()), licenses(1), language];
                [newcomer("Ann", "Lee").to_vec(), given].concat()
            }
            (Kind::Create, _) => [newcomer("Ben", "Okafor").to_vec(), vec![groups(one_group())]].concat(),
            (Kind::Update, _) => vec![
                user("carla.diaz"),
                (Column::Surname, "Diaz".to_owned()),
                groups(one_group()),
            ],
            (Kind::Offboard, Usage::Dated) => vec![user("pia.lund"), later()],
            (Kind::Delete, Usage::Dated) => vec![user("pia.lund"), (Column::NotBefore, self.month(2))],
            (Kind::Delete, _) => vec![user("dora.stein")],
            (Kind::Offboard, _) => vec![user("nils.holm")],
            (Kind::SetLicenses, _) => vec![user("emil.berg"), licenses(2)],
            (Kind::AddLicenses, _) => vec![user("fay.king"), licenses(1)],
            (Kind::RemoveLicenses, _) => vec![user("gus.weber"), licenses(1)],
            (Kind::ReleaseLicenses, _) => vec![user("hana.sato"), since()],
            (Kind::BlockLicenses, _) => vec![user("ivo.novak")],
            (Kind::SetGroupLicenses, _) => vec![
                (Column::Group, one_group()),
                licenses(1),
                (Column::Quotas, "10".to_owned()),
            ],
            (Kind::ClearGroupLicenses, _) => vec![(Column::Group, self.words.text("example.other-group"))],
            (Kind::AddToGroups, _) => vec![user("jana.blum"), groups(two_groups())],
            (Kind::RemoveFromGroups, _) => vec![user("kai.moreau"), groups(one_group())],
            (Kind::SetGroups, _) => vec![user("lena.vogel"), groups(one_group())],
            (Kind::ReleaseLease, _) => vec![user("mei.chen"), (Column::Group, one_group()), since()],
            (Kind::Migrate, Usage::Surname) => {
                let married = [(Column::Surname, "Silva".to_owned()), delete(DeleteWhen::Invited)];
                [moved("rosa.garcia", "rosa.silva"), married].concat()
            }
            (Kind::Migrate, Usage::Keep) => [
                moved("tom.hill", "tom.hill.new").to_vec(),
                vec![delete(DeleteWhen::Never)],
            ]
            .concat(),
            (Kind::Migrate, _) => moved("olga.reis", "olga.reis.new").to_vec(),
        }
    }

    /// So many of the licences that are offered; usual ones, if they are.
    fn licenses(&self, count: usize) -> String {
        const USUAL: [&str; 2] = ["ATTUNU", "ACNU"];
        let offered = || self.lists.licenses.iter();
        let usual = USUAL
            .iter()
            .filter_map(|code| offered().find(|bundle| bundle.code.as_str() == *code));
        let mut chosen: Vec<String> = usual.map(KnownBundle::shown).collect();
        let others = offered().map(KnownBundle::shown);
        let others: Vec<String> = others.filter(|shown| !chosen.contains(shown)).collect();
        chosen.extend(others);
        chosen.truncate(count);
        print_list(&chosen)
    }

    /// The first day of the month that lies so far ahead.
    fn month(&self, ahead: i8) -> String {
        first_of_month(self.today, ahead).to_string()
    }
}

/// The first day of the month that lies so far ahead of this day's.
pub(super) fn first_of_month(day: Date, ahead: i8) -> Date {
    let first = day.first_of_month();
    first.checked_add(ahead.months()).unwrap_or(first)
}

fn address(name: &str) -> String {
    format!("{name}@{EXAMPLE_DOMAIN}")
}
