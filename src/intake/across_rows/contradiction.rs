//! How two rows contradict each other, by what they state.

use crate::intake::cells::UnplacedProblem;
use crate::intake::rows::{RowNumber, Statement, StatementKind};
use crate::problem::{ProblemCode, Severity};

/// How two rows contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ContradictionKind {
    /// The same row twice.
    Duplicate,
    /// Two rows make an account of one address.
    AddressTwice,
    /// One row makes an account of an address, another deletes it.
    MadeAndDeleted,
    /// One row makes an account of an address, another moves away from it.
    MadeAndLeft,
    /// One user is moved twice.
    MovedTwice,
    /// One user is moved by one row and deleted by another.
    MovedAndDeleted,
    /// One row makes an account of an address, another offboards it.
    MadeAndOffboarded,
    /// One user is moved by one row and offboarded by another.
    MovedAndOffboarded,
    /// One user is deleted by one row and offboarded by another in the same run.
    OffboardedAndDeleted,
    /// One user is given something by one row and offboarded by another.
    GivenAndOffboarded,
    /// One user is given more by one row and deactivated by another.
    GivenAndDeactivated,
    /// A user is changed after being deleted.
    ChangedAfterDelete,
    /// A user is changed after being moved.
    ChangedAfterMove,
    /// The direct licences become exactly this, and exactly that.
    DifferentLicenses,
    /// The direct licences become exactly this, and some more or fewer.
    LicensesInOrder,
    /// The groups become exactly this, and exactly that.
    DifferentGroups,
    /// The groups become exactly this, and some more or fewer.
    GroupsInOrder,
    /// One user joins and leaves the same group.
    JoinsAndLeaves,
    /// One user is given and loses the same licence.
    GivenAndTaken,
    /// One profile field of one user becomes two things.
    DifferentValues(StatementKind),
    /// One group gets two rules.
    TwoRules,
    /// A row makes an account of somebody whom another row is to be like.
    LikeMadeHere,
    /// A row is to be like somebody whom another row makes like somebody else.
    LikeChain,
}

impl ContradictionKind {
    /// The problem of one of the rows; `other` is where the other one is.
    pub(super) fn problem(self, other: &str) -> UnplacedProblem {
        let (severity, code) = self.code();
        let (what, help) = self.words(other);
        let column = match self {
            Self::DifferentValues(statement) => statement.profile_column(),
            _ => None,
        };
        UnplacedProblem {
            severity,
            code,
            column,
            what,
            help: help.to_owned(),
        }
    }

    /// Whether the rows cannot run.
    pub(super) fn is_error(self) -> bool {
        self.code().0 == Severity::Error
    }

    /// How bad it is, and its code.
    fn code(self) -> (Severity, ProblemCode) {
        use Severity::{Error, Warning};
        match self {
            Self::Duplicate => (Error, ProblemCode::DuplicateRow),
            Self::AddressTwice => (Error, ProblemCode::AddressTwice),
            Self::MadeAndDeleted => (Error, ProblemCode::MadeAndDeleted),
            Self::MadeAndLeft => (Error, ProblemCode::MadeAndLeft),
            Self::MovedTwice => (Error, ProblemCode::MigrateTwice),
            Self::MovedAndDeleted => (Error, ProblemCode::MigrateAndDelete),
            Self::MadeAndOffboarded => (Error, ProblemCode::MadeAndOffboarded),
            Self::MovedAndOffboarded => (Error, ProblemCode::MigrateAndOffboard),
            Self::OffboardedAndDeleted => (Error, ProblemCode::OffboardAndDelete),
            Self::GivenAndOffboarded => (Error, ProblemCode::GivenAndOffboarded),
            Self::GivenAndDeactivated => (Warning, ProblemCode::GivenAndDeactivated),
            Self::ChangedAfterDelete => (Error, ProblemCode::WorkAfterDelete),
            Self::ChangedAfterMove => (Warning, ProblemCode::WorkAfterMigrate),
            Self::DifferentLicenses => (Error, ProblemCode::DifferentLicenses),
            Self::LicensesInOrder => (Warning, ProblemCode::LicensesInOrder),
            Self::DifferentGroups => (Error, ProblemCode::DifferentGroups),
            Self::GroupsInOrder => (Warning, ProblemCode::GroupsInOrder),
            Self::JoinsAndLeaves => (Error, ProblemCode::JoinsAndLeaves),
            Self::GivenAndTaken => (Error, ProblemCode::GivenAndTaken),
            Self::DifferentValues(_) => (Error, ProblemCode::DifferentValues),
            Self::TwoRules => (Error, ProblemCode::TwoRules),
            Self::LikeMadeHere => (Error, ProblemCode::LikeMadeHere),
            Self::LikeChain => (Error, ProblemCode::LikeChain),
        }
    }

    /// What is wrong, and what to do.
    fn words(self, other: &str) -> (String, &'static str) {
        match self {
            Self::Duplicate => (format!("the row says the same as {other}"), "leave one of them out"),
            Self::AddressTwice => (
                format!("this row and {other} both make an account of the same address"),
                "keep one of them, with the groups and licences of both in its cells, parted by `;`; if they are two people, write each one's own \
                 address",
            ),
            Self::MadeAndDeleted => (
                format!("of this row and {other}, one makes an account of an address and the other deletes it"),
                "delete first, in a sheet of its own, and invite or create in a second one",
            ),
            Self::MadeAndLeft => (
                format!("of this row and {other}, one makes an account of an address and the other moves away from it"),
                "move each person once, to the last address",
            ),
            Self::MovedTwice => (
                format!("this row and {other} both move the same user"),
                "keep one of them",
            ),
            Self::MovedAndDeleted => (
                format!("of this row and {other}, one moves a user and the other deletes the same user"),
                "leave the deletion out: `migrate` deletes the old account (see `delete_when`)",
            ),
            Self::MadeAndOffboarded => (
                format!(
                    "of this row and {other}, one makes an account of an address and the other offboards its owner"
                ),
                "keep one of them; what is to come later goes into a sheet of its own",
            ),
            Self::MovedAndOffboarded => (
                format!("of this row and {other}, one moves a user and the other offboards the same user"),
                "keep one of them: `migrate` deletes the old account (see `delete_when`)",
            ),
            Self::OffboardedAndDeleted => (
                format!("of this row and {other}, one offboards a user and the other deletes the same user"),
                "keep one of them: a deletion takes everything; for an account that is to go later, give the `delete` a \
                 date in `not_before`",
            ),
            Self::GivenAndOffboarded => (
                format!("of this row and {other}, one offboards a user to whom the other gives something"),
                "keep one of them; what is to come later goes into a sheet of its own",
            ),
            Self::GivenAndDeactivated => (
                format!(
                    "of this row and {other}, one deactivates an account to which the other gives groups or licences"
                ),
                "nothing to do if that is meant; a licence takes a seat whether or not the account is active",
            ),
            Self::ChangedAfterDelete => (
                format!("the row works on a user whom {other} deletes"),
                "leave one of them out, or put this row above the deletion",
            ),
            Self::ChangedAfterMove => (
                format!("the row works on the old account of a user whom {other} moves to a new address"),
                "name the new address if the new account is meant",
            ),
            Self::DifferentLicenses => (
                format!("this row and {other} each say what exactly the user's direct licences become, and differ"),
                "keep one of them; licences that are meant together stand in one cell, parted by `;`",
            ),
            Self::LicensesInOrder => (
                format!("this row and {other} change the same user's licences; they run in the order of the sheet"),
                "say it in one `set-licenses` row to be sure",
            ),
            Self::DifferentGroups => (
                format!("this row and {other} each say which groups exactly the user is in, and differ"),
                "keep one of them; groups that are meant together stand in one cell, parted by `;`",
            ),
            Self::GroupsInOrder => (
                format!("this row and {other} change the same user's groups; they run in the order of the sheet"),
                "say it in one `set-groups` row to be sure",
            ),
            Self::JoinsAndLeaves => (
                format!("of this row and {other}, one puts the user into a group that the other takes the user out of"),
                "leave the group out of one of them",
            ),
            Self::GivenAndTaken => (
                format!("of this row and {other}, one gives the user a licence that the other takes away"),
                "leave the licence out of one of them",
            ),
            Self::DifferentValues(_) => (
                format!("this row and {other} give the same user different values here"),
                "keep one of them",
            ),
            Self::TwoRules => (
                format!("this row and {other} each say what exactly the group's rule becomes, and differ"),
                "keep one of them; licences that are meant together stand in one cell, parted by `;`",
            ),
            Self::LikeMadeHere => (
                format!("of this row and {other}, one makes an account and the other is to be `like` it"),
                "write the groups and licences into both rows, or put the copy into a later sheet",
            ),
            Self::LikeChain => (
                format!(
                    "this row and {other} are a chain of `like`: one copies from somebody who gets a copy in the other"
                ),
                "let both name the same person, or put one of them into a later sheet",
            ),
        }
    }
}

/// Two rows that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Contradiction {
    pub(super) later: RowNumber,
    pub(super) earlier: RowNumber,
    pub(super) kind: ContradictionKind,
}

/// The first statement of each kind about one subject. Later ones of a kind are not compared with, so that a row which
/// contradicts many equal ones has one problem and not many.
#[derive(Debug, Default)]
pub(super) struct FirstStatements {
    made: Option<Statement>,
    left: Option<Statement>,
    deleted: Option<Statement>,
    /// Without a date.
    deleted_now: Option<Statement>,
    offboarded: Option<Statement>,
    /// That gives a group or a licence, or activates.
    given: Option<Statement>,
    deactivated: Option<Statement>,
    /// That adds licences or joins groups.
    given_more: Option<Statement>,
    /// That says what exactly the licences become.
    exact: Option<Statement>,
    /// That says which licences are added or removed.
    relative: Option<Statement>,
    /// That says which groups exactly the user is in.
    exact_groups: Option<Statement>,
    /// That says which groups are joined or left.
    relative_groups: Option<Statement>,
    added: Option<Statement>,
    removed: Option<Statement>,
    /// Of a row that copies what the user has.
    model: Option<Statement>,
    /// Of a row that gives the user a copy.
    copies: Option<Statement>,
    /// That sets the rule or the profile field which is the subject.
    value: Option<Statement>,
}

impl FirstStatements {
    fn of_kind(&mut self, kind: StatementKind) -> Option<&mut Option<Statement>> {
        use StatementKind as Kind;
        Some(match kind {
            Kind::Invite | Kind::Create | Kind::MigrateTo => &mut self.made,
            Kind::MigrateFrom => &mut self.left,
            Kind::Delete => &mut self.deleted,
            Kind::DeleteNow => &mut self.deleted_now,
            Kind::Offboard => &mut self.offboarded,
            Kind::Deactivate => &mut self.deactivated,
            Kind::SetLicenses | Kind::ReleaseLicenses | Kind::BlockLicenses => &mut self.exact,
            Kind::AddLicenses | Kind::RemoveLicenses => &mut self.relative,
            Kind::SetGroups => &mut self.exact_groups,
            Kind::JoinGroups | Kind::LeaveGroups => &mut self.relative_groups,
            Kind::Join | Kind::Give => &mut self.added,
            Kind::Leave | Kind::Take => &mut self.removed,
            Kind::Model => &mut self.model,
            Kind::Copies => &mut self.copies,
            Kind::SetRule
            | Kind::SetName
            | Kind::SetSurname
            | Kind::SetDisplayName
            | Kind::SetEmail
            | Kind::SetActive
            | Kind::SetPassword
            | Kind::SetBypassBasicAuth
            | Kind::SetInvitationAccepted => &mut self.value,
            Kind::Activate | Kind::ChangeUser | Kind::Refused => return None,
        })
    }

    pub(super) fn note(&mut self, statement: Statement) {
        if let Some(first) = self.of_kind(statement.kind()) {
            first.get_or_insert(statement);
        }
        if statement.kind().gives() {
            self.given.get_or_insert(statement);
        }
        if matches!(statement.kind(), StatementKind::AddLicenses | StatementKind::JoinGroups) {
            self.given_more.get_or_insert(statement);
        }
    }

    /// How a statement contradicts one noted before it.
    pub(super) fn contradiction(&self, statement: Statement) -> Option<Contradiction> {
        use ContradictionKind as Contradicts;
        use StatementKind as Kind;
        let with = |earlier: Option<Statement>, kind| {
            // A row that states two things about one user does not contradict itself.
            let earlier = earlier.filter(|earlier| earlier.row() != statement.row())?;
            Some(Contradiction {
                later: statement.row(),
                earlier: earlier.row(),
                kind,
            })
        };
        let gone = || {
            with(self.deleted, Contradicts::ChangedAfterDelete)
                .or_else(|| with(self.left, Contradicts::ChangedAfterMove))
        };
        let given = || {
            let offboarded = self.offboarded.filter(|_| statement.kind().gives());
            with(offboarded, Contradicts::GivenAndOffboarded)
        };
        let given_more = || {
            let gives_more = matches!(statement.kind(), Kind::AddLicenses | Kind::JoinGroups);
            with(
                self.deactivated.filter(|_| gives_more),
                Contradicts::GivenAndDeactivated,
            )
        };
        match statement.kind() {
            Kind::Invite | Kind::Create | Kind::MigrateTo => with(self.made, Contradicts::AddressTwice)
                .or_else(|| with(self.deleted, Contradicts::MadeAndDeleted))
                .or_else(|| with(self.offboarded, Contradicts::MadeAndOffboarded))
                .or_else(|| with(self.left, Contradicts::MadeAndLeft))
                .or_else(|| with(self.model, Contradicts::LikeMadeHere)),
            Kind::MigrateFrom => with(self.left, Contradicts::MovedTwice)
                .or_else(|| with(self.made, Contradicts::MadeAndLeft))
                .or_else(|| with(self.offboarded, Contradicts::MovedAndOffboarded))
                .or_else(|| with(self.deleted, Contradicts::MovedAndDeleted)),
            Kind::Delete => {
                with(self.made, Contradicts::MadeAndDeleted).or_else(|| with(self.left, Contradicts::MovedAndDeleted))
            }
            Kind::DeleteNow => with(self.offboarded, Contradicts::OffboardedAndDeleted),
            Kind::Offboard => with(self.made, Contradicts::MadeAndOffboarded)
                .or_else(|| with(self.left, Contradicts::MovedAndOffboarded))
                .or_else(|| with(self.deleted_now, Contradicts::OffboardedAndDeleted))
                .or_else(|| with(self.given, Contradicts::GivenAndOffboarded))
                .or_else(gone),
            kind @ (Kind::SetLicenses | Kind::ReleaseLicenses | Kind::BlockLicenses) => {
                let differs = |exact: &Statement| (exact.kind(), exact.value) != (kind, statement.value);
                with(self.exact.filter(differs), Contradicts::DifferentLicenses)
                    .or_else(gone)
                    .or_else(given)
                    .or_else(|| with(self.relative, Contradicts::LicensesInOrder))
            }
            Kind::AddLicenses | Kind::RemoveLicenses => gone()
                .or_else(given)
                .or_else(given_more)
                .or_else(|| with(self.exact, Contradicts::LicensesInOrder)),
            Kind::SetGroups => {
                let differs = |exact: &Statement| exact.value != statement.value;
                with(self.exact_groups.filter(differs), Contradicts::DifferentGroups)
                    .or_else(gone)
                    .or_else(given)
                    .or_else(|| with(self.relative_groups, Contradicts::GroupsInOrder))
            }
            Kind::JoinGroups | Kind::LeaveGroups => gone()
                .or_else(given)
                .or_else(given_more)
                .or_else(|| with(self.exact_groups, Contradicts::GroupsInOrder)),
            Kind::Activate => gone().or_else(given),
            Kind::Deactivate => gone().or_else(|| with(self.given_more, Contradicts::GivenAndDeactivated)),
            Kind::ChangeUser => gone(),
            // The user counts as it is before the sheet, so nothing else that is done to it matters.
            Kind::Model => {
                with(self.made, Contradicts::LikeMadeHere).or_else(|| with(self.copies, Contradicts::LikeChain))
            }
            Kind::Copies => with(self.model, Contradicts::LikeChain),
            // What it would do is not known, only that another says the same.
            Kind::Refused => None,
            Kind::Join => with(self.removed, Contradicts::JoinsAndLeaves),
            Kind::Leave => with(self.added, Contradicts::JoinsAndLeaves),
            Kind::Give => with(self.removed, Contradicts::GivenAndTaken),
            Kind::Take => with(self.added, Contradicts::GivenAndTaken),
            // Equal rules are duplicate rows, which are left out before.
            Kind::SetRule => with(self.value, Contradicts::TwoRules),
            kind @ (Kind::SetName
            | Kind::SetSurname
            | Kind::SetDisplayName
            | Kind::SetEmail
            | Kind::SetActive
            | Kind::SetPassword
            | Kind::SetBypassBasicAuth
            | Kind::SetInvitationAccepted) => {
                let differs = |value: &Statement| value.value != statement.value;
                with(self.value.filter(differs), Contradicts::DifferentValues(kind))
            }
        }
    }
}
