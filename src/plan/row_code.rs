//! Why a row ends as it does, as a code: the `code` column of the results file.

use std::fmt;

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::api::ErrorCode;
use crate::problem::ProblemCode;

/// Why a row ends as it does, for programs. `Display` gives the text of the results file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RowCode {
    /// The status says it all; the text is empty.
    #[default]
    None,
    /// A reason of the plan or of the run.
    Reason(RowReason),
    /// A contradiction between rows, which `check` would have named had it known whom they mean.
    Problem(ProblemCode),
    /// What came of a call.
    Call(ErrorCode),
}

/// The reasons of the plan and of the run. The texts, in snake case, are in results files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RowReason {
    /// No user has the name or id.
    UserNotFound,
    /// Several users have the name.
    UserAmbiguous,
    /// The address is the user name of an account with another address.
    UserNameOfAnother,
    /// No group has the name or id.
    GroupNotFound,
    /// Several groups have the name.
    GroupAmbiguous,
    /// Everyone cannot be left.
    Everyone,
    /// The account to be deleted is not there.
    AlreadyGone,
    /// The account that the row builds on was not made.
    NoAccount,
    /// Only the organization's directory knows the person, and the operation needs an account.
    NoAccountYet,
    /// An account that was made, as far as the server's answer tells, cannot be found.
    AccountMissing,
    /// The name, or the id, is another account's.
    AnotherAccount,
    /// The migration leads to the account that it starts from.
    SameAccount,
    /// The new address is the account of somebody else, as far as names tell.
    SomebodyElse,
    /// The organization's directory manages the account.
    DirectoryUser,
    /// The account is deactivated.
    Inactive,
    /// The account is the one that reseat runs as.
    OwnAccount,
    /// The account is an administrator's.
    Administrator,
    /// Nobody would administrate the organization any more.
    LastAdministrator,
    /// The name is that of a robot, an application or a group of the directory.
    NotAUser,
    /// No user has the name or id in `like`.
    LikeNotFound,
    /// Several users have the name in `like`.
    LikeAmbiguous,
    /// The name in `like` is that of a robot, an application or a group of the directory.
    LikeNotAUser,
    /// The account in `like` is deactivated.
    LikeInactive,
    /// The account in `like` is blocked from every licence.
    LikeBlocked,
    /// The account in `like` has nothing that the row could copy.
    LikeEmpty,
    /// The seat was used after the moment that the row names.
    UsedSince,
    /// Whether the seat was used since cannot be read.
    UseUnreadable,
    /// What the account holds cannot be read, and writing would replace it.
    LicensesUnreadable,
    /// Which groups the account is in is not told, and the row depends on it.
    GroupsUnreadable,
    /// Direct licences are released by the portal, which does not answer.
    ReleaseNotOffered,
    /// No seat is left for the row.
    SeatsShort,
    /// The invitation is not accepted yet.
    NotAccepted,
    /// The row is not due yet, or builds on one that is not.
    NotBefore,
    /// The server refused the invitation inside a successful answer.
    InvitationRefused,
    /// The server's answer does not name the account.
    AnswerIncomplete,
    /// The server's answer does not confirm the licences that were asked for.
    NotConfirmed,
    /// The server answered that it could not release the account's licences.
    ReleaseFailed,
    /// The server answered that the account was deleted, and it is still there, as far as that could be read.
    StillThere,
    /// The organization owns no seat of a bundle.
    NotOwned,
    /// The new account lacks something, so the old one was kept.
    NotVerified,
    /// Somebody who was offboarded still has something.
    StillHasAccess,
    /// Whether somebody who was offboarded still has something could not be read.
    NotReadBack,
    /// The service refuses to carry something over to the new account, so the old one was kept.
    NotCarriedOver,
    /// What may have changed while the run waited could not be read.
    NotReadAgain,
    /// Somebody else has changed what an approved plan rests on.
    ChangedSincePlan,
    /// What the row replaces is not as it was when the sheet was written.
    ChangedSinceExport,
    /// The run stopped before the row was reached.
    Stopped,
    /// Recorded before an invitation is sent.
    Inviting,
    /// Recorded before a local account is created.
    Creating,
    /// Recorded before licences are taken off an old account.
    HandingOver,
    /// Recorded before anything else is changed: what was there, and what it is to become.
    Changing,
    /// Recorded once the row's account is made.
    Made,
}

impl From<RowReason> for RowCode {
    fn from(reason: RowReason) -> Self {
        Self::Reason(reason)
    }
}

impl From<&ErrorCode> for RowCode {
    fn from(code: &ErrorCode) -> Self {
        Self::Call(code.clone())
    }
}

impl fmt::Display for RowCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Reason(reason) => reason.fmt(out),
            Self::Problem(code) => out.write_str(code.as_str()),
            Self::Call(code) => code.fmt(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::model::{CHANGING, HANDING_OVER, NOT_BEFORE};

    /// Scripts compare them, and a rerun goes by some.
    #[test]
    fn the_texts_of_reasons_stay_as_they_are() {
        let texts: Vec<&str> = RowReason::iter().map(Into::into).collect();
        let expected = "user_not_found user_ambiguous user_name_of_another group_not_found group_ambiguous everyone \
            already_gone no_account no_account_yet account_missing another_account same_account somebody_else directory_user inactive \
             own_account administrator last_administrator not_a_user like_not_found like_ambiguous \
            like_not_a_user like_inactive like_blocked like_empty used_since use_unreadable licenses_unreadable groups_unreadable release_not_offered seats_short not_accepted \
             not_before invitation_refused answer_incomplete not_confirmed release_failed still_there not_owned not_verified still_has_access not_read_back not_carried_over \
            not_read_again changed_since_plan changed_since_export stopped inviting creating handing_over changing made";
        assert_eq!(texts.join(" "), expected);
        assert_eq!(RowReason::NotBefore.to_string(), NOT_BEFORE, "a rerun goes by it");
        assert_eq!(RowReason::Changing.to_string(), CHANGING, "a rerun goes by it");
        assert_eq!(RowReason::HandingOver.to_string(), HANDING_OVER, "a rerun goes by it");
        assert_eq!(RowCode::None.to_string(), "");
        assert_eq!(RowCode::Problem(ProblemCode::MadeAndLeft).to_string(), "made-and-left");
    }
}
