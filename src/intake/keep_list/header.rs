//! Which column of a keep list is which.

use crate::intake::cells::{Column, UnplacedProblem, column_key, is_for_people};
use crate::intake::rows;
use crate::problem::ProblemCode;
use crate::sheet::Row;
use crate::text::nearest;

/// What a column of the list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Somebody's id.
    Id,
    /// Somebody's address or user name, or id.
    User,
    /// An address or user name that counts where there is no column for the user.
    Name,
    Reason,
    Until,
    /// One of reseat's other columns, which says nothing here.
    Other,
}

/// Headers that mean `reason` beside those of `note`, in English and eight other languages.
const REASONS: [&str; 20] = [
    "reason",
    "why",
    "because",
    "Grund",
    "Begründung",
    "Anlass",
    "raison",
    "motif",
    "razón",
    "motivo",
    "causa",
    "motivazione",
    "ragione",
    "reden",
    "motivatie",
    "powód",
    "uzasadnienie",
    "przyczyna",
    "理由",
    "事由",
];

/// Headers that mean `until`.
const UNTILS: [&str; 32] = [
    "until",
    "till",
    "keep until",
    "valid until",
    "valid to",
    "through",
    "end date",
    "ends on",
    "expires",
    "expires on",
    "expiry",
    "bis",
    "gültig bis",
    "behalten bis",
    "Enddatum",
    "jusqu'au",
    "jusqu'à",
    "date de fin",
    "valable jusqu'au",
    "hasta",
    "válido hasta",
    "fecha de fin",
    "até",
    "válido até",
    "data de fim",
    "fino al",
    "fino a",
    "tot",
    "tot en met",
    "do",
    "まで",
    "期限",
];

/// Where the columns are.
#[derive(Debug)]
pub(super) struct Header {
    /// The row as a header of any sheet, for what its columns are called.
    pub(super) plain: rows::Header,
    id: Option<usize>,
    user: Option<usize>,
    names: Vec<usize>,
    reason: Option<usize>,
    until: Option<usize>,
}

impl Header {
    /// The columns of this row, and what is wrong or odd about it; `None` if none says whom the rows are about.
    pub(super) fn read(row: &Row) -> Option<(Self, Vec<UnplacedProblem>)> {
        let (plain, _) = rows::Header::read(row, &rows::HeaderMap::new());
        let mut header = Self {
            plain,
            id: None,
            user: None,
            names: Vec::new(),
            reason: None,
            until: None,
        };
        let mut problems = Vec::new();
        for (position, name) in header.plain.names().iter().enumerate() {
            let slot = match role(name) {
                Some(Role::Id) => &mut header.id,
                Some(Role::User) => &mut header.user,
                Some(Role::Reason) => &mut header.reason,
                Some(Role::Until) => &mut header.until,
                Some(Role::Name) => {
                    header.names.push(position);
                    continue;
                }
                Some(Role::Other) => continue,
                None if name.is_empty() || is_for_people(name) => continue,
                None => {
                    problems.push(unknown(name, &header.plain.label(position)));
                    continue;
                }
            };
            match *slot {
                None => *slot = Some(position),
                Some(first) => {
                    let (first, second) = (header.plain.label(first), header.plain.label(position));
                    let what = format!("`{first}` and `{second}` mean the same");
                    problems.push(UnplacedProblem::error(
                        ProblemCode::TwoHeaders,
                        what,
                        "keep one of them",
                    ));
                }
            }
        }
        let identifies = header.id.is_some() || header.user.is_some() || !header.names.is_empty();
        identifies.then_some((header, problems))
    }

    /// The positions that may say who is meant, the best first.
    pub(super) fn who(&self) -> impl Iterator<Item = usize> {
        self.id.into_iter().chain(self.user).chain(self.names.iter().copied())
    }

    /// Where the reason is.
    pub(super) fn reason(&self) -> Option<usize> {
        self.reason
    }

    /// Where the last day is.
    pub(super) fn until(&self) -> Option<usize> {
        self.until
    }
}

fn role(name: &str) -> Option<Role> {
    let key = column_key(name);
    let is_one_of = |words: &[&str]| words.iter().any(|word| column_key(word) == key);
    if key.is_empty() {
        return None;
    }
    if is_one_of(&UNTILS) {
        return Some(Role::Until);
    }
    if is_one_of(&REASONS) {
        return Some(Role::Reason);
    }
    Some(match Column::named(name)? {
        Column::UserId => Role::Id,
        Column::User => Role::User,
        Column::Email | Column::Username => Role::Name,
        Column::Note => Role::Reason,
        _ => Role::Other,
    })
}

fn unknown(name: &str, label: &str) -> UnplacedProblem {
    let known = ["user", "user_id"].into_iter().chain(REASONS).chain(UNTILS);
    let help = nearest(name, known).map_or_else(
        || "nothing to do if that is meant; the columns are `user`, `reason` and `until`".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let what = format!("`{label}` is not used");
    UnplacedProblem::warning(ProblemCode::UnknownHeader, what, help)
}
