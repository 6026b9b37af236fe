//! What to do if a column that is not used is meant for one of reseat's, by what its header says of the things under it.

use super::header::Header;
use super::operations::takes;
use super::unused_columns::{UnusedColumn, one_of_several};
use crate::intake::cells::{Column, Direction, Fate, column_key, map_flag, plain_meaning, what_comes};
use crate::model::OperationKind;

impl UnusedColumn {
    /// What to do if its cells are meant for `column`.
    pub(super) fn meant_for(&self, header: &Header, column: Column, operations: &[OperationKind]) -> String {
        let map = self.map_to(column.as_str());
        let (have, add, remove) = match column {
            Column::Licenses => ("have", "add-licenses", "remove-licenses"),
            _ => ("are in", "add-to-groups", "remove-from-groups"),
        };
        let taken = header.position(column);
        match Fate::of(&self.name) {
            // Who writes `Licences to remove` does not mean them to be given.
            Some(Fate::Goes) => format!(
                "if they are to be taken away, write them into a `{remove}` row; {map} if the rows of this sheet are such"
            ),
            Some(Fate::Stays) => "nothing to do if people keep them".to_owned(),
            Some(Fate::Comes) if Direction::all_take(operations) => {
                format!("nothing to do if it is for people only; to give them, write `{add}` rows")
            }
            Some(Fate::Comes) if taken.is_some() => self.instead(header, column),
            // What people have until now would stay with them, and who takes it away seldom gives it as well.
            Some(Fate::Past) => {
                let about = format!("nothing to do if they are what people {have} until now");
                match taken {
                    Some(_) => format!("{about}; to take them away, write `{remove}` rows"),
                    None => format!("{about}; if they are meant: {map}"),
                }
            }
            _ => match taken {
                Some(taken) => format!(
                    "if they are meant, write them into `{}` as well, parted by `;`",
                    header.label(taken)
                ),
                None => {
                    one_of_several(&self.name, header, column).unwrap_or_else(|| format!("if they are meant: {map}"))
                }
            },
        }
    }

    /// What to do if it has what is to be, and the column that is used has what was.
    pub(super) fn instead(&self, header: &Header, column: Column) -> String {
        let used = header.position(column).map_or_else(String::new, |taken| {
            format!(" {}", map_flag(header.name(taken), "note"))
        });
        let map = self.map_to(column.as_str());
        format!("{map}{used} if it has what is to be; nothing to do if it is for people only")
    }

    /// The column that it may be meant for, by a header that says what is to come: `New surname`.
    pub(super) fn what_comes(&self, operations: &[OperationKind]) -> Option<Column> {
        let named = plain_meaning(&column_key(&what_comes(&self.name)?))?;
        let is_taken = |column: &Column| operations.iter().any(|kind| takes(*kind).contains(column));
        let column = match named {
            Column::Group if !is_taken(&Column::Group) => Column::Groups,
            other => other,
        };
        (is_taken(&column) && !column.identifies() && column.is_meaningful()).then_some(column)
    }

    /// What to do about a column whose header speaks of groups.
    pub(super) fn groups(&self, header: &Header, operations: &[OperationKind]) -> String {
        const PEOPLE: &str = "nothing to do if it is for people only";
        let fate = Fate::of(&self.name);
        let join = self.map_to("groups");
        let can_leave = operations.contains(&OperationKind::Update) && header.position(Column::RemoveGroups).is_none();
        match fate {
            Some(Fate::Goes | Fate::Past) if can_leave => {
                format!("{PEOPLE}; {} if it has groups to leave", self.map_to("remove_groups"))
            }
            Some(Fate::Goes | Fate::Past) if !Direction::all_take(operations) => {
                format!("{PEOPLE}; to have people leave them, write `remove-from-groups` rows")
            }
            Some(Fate::Comes) if Direction::all_take(operations) => {
                format!("{PEOPLE}; to have people join them, write `add-to-groups` rows")
            }
            Some(Fate::Stays) => PEOPLE.to_owned(),
            _ if Direction::all_take(operations) => format!("{PEOPLE}; {join} if it has groups to leave"),
            _ => format!("{PEOPLE}; {join} if it has groups to join"),
        }
    }
}
