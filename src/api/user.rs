//! A user as the directory has it, kept small, because an organization may have a million.

use super::{PackedTexts, ToldTime, UserTexts};
use crate::model::{GroupId, Shared, UserId};

/// What an entry of the user listing is (`uipath-api`, 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserKind {
    /// Somebody: a local user or one of an external directory. A kind that is not known counts as this too.
    #[default]
    Person,
    /// A robot of the older sort.
    Robot,
    /// A group of an external directory.
    DirectoryGroup,
    /// A robot account.
    RobotAccount,
    /// An external application.
    Application,
    /// Somebody whom only the organization's external directory knows: there is no account yet. Never in a listing.
    WithoutAccount,
}

impl UserKind {
    /// What it is, with its article.
    pub fn described(self) -> &'static str {
        match self {
            Self::Person => "a user",
            Self::Robot => "a robot",
            Self::DirectoryGroup => "a group of the directory",
            Self::RobotAccount => "a robot account",
            Self::Application => "an application",
            Self::WithoutAccount => "somebody of the directory without an account",
        }
    }
}

/// A user as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the API's own flags, each a fact of its own"
)]
pub struct User {
    /// The GUID.
    pub id: UserId,
    /// Whether it is a person at all.
    pub kind: UserKind,
    /// Its texts, which the methods return one by one.
    pub texts: PackedTexts,
    /// Whether the account may sign in.
    pub is_active: bool,
    /// Whether the invitation is accepted.
    pub invitation_accepted: bool,
    /// Whether the account may sign in with a password where that is restricted.
    pub bypass_basic_auth: bool,
    /// The groups it is in; a large collection of users shares equal lists.
    pub groups: Shared<[GroupId]>,
    /// Whether the service told the groups: a list that it left out is not an empty one.
    pub tells_groups: bool,
    /// Whether the account comes from an external directory (Entra, LDAP), so that its profile cannot be changed here.
    pub from_directory: bool,
    /// When the person last signed in.
    pub last_login: ToldTime,
    /// When the account was made.
    pub created: ToldTime,
}

impl User {
    /// An active account with its invitation accepted, in no group, with these texts.
    pub fn new(id: UserId, texts: UserTexts<'_>) -> Self {
        Self {
            id,
            kind: UserKind::Person,
            texts: PackedTexts::new(texts),
            is_active: true,
            invitation_accepted: true,
            bypass_basic_auth: false,
            groups: Shared::default(),
            tells_groups: true,
            from_directory: false,
            last_login: ToldTime::UNTOLD,
            created: ToldTime::UNTOLD,
        }
    }

    /// Whether it is somebody's account, and no robot's, application's or group's.
    pub fn is_person(&self) -> bool {
        self.kind == UserKind::Person
    }

    /// Whether it is somebody of whom it was not told which groups they are in.
    pub fn has_untold_groups(&self) -> bool {
        self.is_person() && !self.tells_groups
    }

    /// Whether only the organization's external directory knows the person, so that there is no account yet.
    pub fn is_newcomer(&self) -> bool {
        self.kind == UserKind::WithoutAccount
    }

    /// Whether somebody has taken the account out of use. A pending invitation is not a deactivated account, whatever the
    /// service says of it.
    pub fn is_deactivated(&self) -> bool {
        !self.is_active && self.invitation_accepted
    }

    /// The user name; on Cloud mostly the e-mail address.
    pub fn user_name(&self) -> &str {
        self.texts.part(0)
    }

    /// The address; empty where there is none.
    pub fn email(&self) -> &str {
        self.texts.part(1)
    }

    /// The address, or the user name of an account without one.
    pub fn address(&self) -> &str {
        match self.email() {
            "" => self.user_name(),
            address => address,
        }
    }

    /// First name.
    pub fn name(&self) -> &str {
        self.texts.part(2)
    }

    /// Last name.
    pub fn surname(&self) -> &str {
        self.texts.part(3)
    }

    /// Display name.
    pub fn display_name(&self) -> &str {
        self.texts.part(4)
    }
}
