//! A list of real addresses, which go before those that are made by rule.

use crate::export::Domain;
use crate::model::{Email, Operation, Place, Row, UserId, UserRef};
use crate::problem::{Location, Problem, ProblemCode, Problems, Severity};

/// Whom a list gives which address.
#[derive(Debug, Clone, Default)]
pub struct Addresses(Vec<Listed>);

/// One row of it.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// Where it stands.
    pub(super) place: Place,
    /// Whom it names.
    pub(super) user: UserRef,
    /// The id that the account must have.
    pub(super) user_id: Option<UserId>,
    /// The address.
    pub(super) new_email: Email,
}

impl Addresses {
    /// The list that these rows of a sheet make. Of a row only whom it names and the new address is taken.
    ///
    /// # Errors
    /// Rows that are about something else, and addresses of another domain than everybody moves to.
    pub fn of(rows: &[Row], to: &Domain) -> Result<Self, Problems> {
        let (mut listed, mut problems) = (Vec::with_capacity(rows.len()), Problems::default());
        for row in rows {
            let Operation::Migrate(migrate) = &row.operation else {
                problems.push(not_a_move(row));
                continue;
            };
            if to.local_part(migrate.new_email.as_str()).is_none() {
                problems.push(elsewhere(row, &migrate.new_email, to));
            }
            listed.push(Listed {
                place: row.place.clone(),
                user: migrate.user.clone(),
                user_id: row.user_id(),
                new_email: migrate.new_email.clone(),
            });
        }
        if problems.errors() == 0 {
            Ok(Self(listed))
        } else {
            Err(problems)
        }
    }

    /// The same, whose places name the file: the notes of another sheet tell of them.
    #[must_use]
    pub fn in_file(mut self, name: &str) -> Self {
        for listed in &mut self.0 {
            listed.place.sheet = match &*listed.place.sheet {
                "" => name.into(),
                worksheet => format!("{name}, {worksheet}").into(),
            };
        }
        self
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn all(&self) -> &[Listed] {
        &self.0
    }
}

fn not_a_move(row: &Row) -> Problem {
    let kind = row.operation.kind();
    let what = format!("the row is `{kind}`, and a list of addresses has rows of `migrate` only");
    let help = "leave `operation` out: whom `user` names gets the address in `new_email`".to_owned();
    problem(row, "operation", ProblemCode::NotAMove, what, help)
}

fn elsewhere(row: &Row, address: &Email, to: &Domain) -> Problem {
    let what = format!("`{address}` is not of `{to}`, which everybody moves to");
    let help = format!("write an address that ends in `@{to}`, or leave the row out");
    problem(row, "new_email", ProblemCode::AnotherDomain, what, help)
}

fn problem(row: &Row, column: &str, code: ProblemCode, what: String, help: String) -> Problem {
    Problem {
        severity: Severity::Error,
        code,
        location: Location {
            sheet: row.place.sheet.clone(),
            rows: row.place.row.into(),
            column: Some(format!("`{column}`")),
        },
        what,
        help,
        count: 1,
    }
}
