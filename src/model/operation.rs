//! What a row asks for.

use secrecy::SecretString;
use strum::{Display, EnumCount, EnumDiscriminants, EnumIter, EnumString, IntoStaticStr};

use super::as_text::as_text;
use super::{BundleSet, Email, GroupRef, Quota, Shared, UserRef};

impl OperationKind {
    /// The name in the sheet and in the results file.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether a row of it may take several runs, each of which goes on with what the one before recorded.
    pub fn takes_several_runs(self) -> bool {
        self == Self::Migrate
    }

    /// Whether the results file's `target` column names an account or a group that the row itself is about.
    pub fn is_about_its_target(self) -> bool {
        matches!(self, Self::SetGroupLicenses | Self::ClearGroupLicenses | Self::Migrate)
    }
}

as_text!(OperationKind, "an operation");

/// What a cell says of a text field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field {
    /// The cell is empty: leave the field alone.
    #[default]
    Keep,
    /// `<clear>`: empty the field.
    Clear,
    /// The new value.
    Set(Box<str>),
}

impl Field {
    /// The text to send: an empty one clears, `None` leaves alone.
    pub fn as_sent(&self) -> Option<&str> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(""),
            Self::Set(text) => Some(text),
        }
    }
}

/// A password from a sheet; never shown, never written.
#[derive(Debug, Clone)]
pub struct Password(pub SecretString);

/// `invite`: mails an invitation; groups and licences follow.
#[derive(Debug, Clone)]
pub struct Invite {
    /// The address that is invited.
    pub email: Email,
    /// First name.
    pub name: Option<Box<str>>,
    /// Last name.
    pub surname: Option<Box<str>>,
    /// Groups that the account is to be in.
    pub groups: Shared<[GroupRef]>,
    /// Bundles that the account is to hold (others it holds are left alone).
    pub licenses: BundleSet,
    /// Language of the mail, `en` unless given.
    pub language: Option<Box<str>>,
    /// Whether an account that is there already and deactivated is activated; `no` is not offered.
    pub active: Option<bool>,
    /// Somebody whose groups and direct bundles the account gets beside the row's own.
    pub like: Option<Box<UserRef>>,
}

/// `create`: makes a local account without a mail. At least one of `username` and `email` is given.
#[derive(Debug, Clone, Default)]
pub struct Create {
    /// The user name; the e-mail address where it is absent.
    pub username: Option<Box<str>>,
    /// The address.
    pub email: Option<Email>,
    /// First name.
    pub name: Option<Box<str>>,
    /// Last name.
    pub surname: Option<Box<str>>,
    /// Display name.
    pub display_name: Option<Box<str>>,
    /// Groups that the account is to be in.
    pub groups: Shared<[GroupRef]>,
    /// Bundles that the account is to hold (others it holds are left alone).
    pub licenses: BundleSet,
    /// Whether the account counts as accepted.
    pub invitation_accepted: Option<bool>,
    /// Whether the account may sign in with a password where that is restricted.
    pub bypass_basic_auth: Option<bool>,
    /// Somebody whose groups and direct bundles the account gets beside the row's own.
    pub like: Option<Box<UserRef>>,
}

impl Create {
    /// The user name to send: `username`, else the e-mail address.
    pub fn user_name(&self) -> &str {
        match (&self.username, &self.email) {
            (Some(name), _) => name,
            (None, Some(email)) => email.as_str(),
            (None, None) => "",
        }
    }
}

/// The profile fields that an `update` row changes.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// First name.
    pub name: Field,
    /// Last name.
    pub surname: Field,
    /// Display name.
    pub display_name: Field,
    /// A first address, for an account without one (`--allow-email-update`).
    pub email: Option<Email>,
    /// Whether the account may sign in.
    pub active: Option<bool>,
    /// A new password. The present one cannot be read, so such a row always costs a call.
    pub password: Option<Password>,
    /// Whether the account may sign in with a password where that is restricted.
    pub bypass_basic_auth: Option<bool>,
    /// Whether the account counts as accepted.
    pub invitation_accepted: Option<bool>,
}

/// `update`: a partial update.
#[derive(Debug, Clone)]
pub struct Update {
    /// Whom.
    pub user: UserRef,
    /// Which fields.
    pub profile: ProfileChange,
    /// Groups to join.
    pub add_groups: Shared<[GroupRef]>,
    /// Groups to leave.
    pub remove_groups: Shared<[GroupRef]>,
}

/// When a migration deletes the old account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum DeleteWhen {
    /// Once the new account's invitation is accepted.
    #[default]
    Accepted,
    /// In the same run, once the new account is read back.
    Invited,
    /// Never.
    Never,
}

impl DeleteWhen {
    /// The word in the sheet.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// `migrate`: moves a user to a new address through a new account.
#[derive(Debug, Clone)]
pub struct Migrate {
    /// The old account.
    pub user: UserRef,
    /// The new account's address.
    pub new_email: Email,
    /// First name; the old account's where absent.
    pub name: Option<Box<str>>,
    /// Last name; the old account's where absent.
    pub surname: Option<Box<str>>,
    /// Groups of the new account; the old account's where `None`.
    pub groups: Option<Shared<[GroupRef]>>,
    /// Bundles of the new account; the old account's direct ones where `None`.
    pub licenses: Option<BundleSet>,
    /// When the old account is deleted.
    pub delete_when: DeleteWhen,
}

/// The group's licence rule becomes exactly this.
#[derive(Debug, Clone)]
pub struct GroupLicenses {
    /// Whose rule.
    pub group: GroupRef,
    /// The whole set.
    pub licenses: BundleSet,
    /// Limits, each for a code of `licenses`, and no others: none at all where the row says `<clear>`. `None` keeps those of
    /// the codes that stay.
    pub quotas: Option<Vec<Quota>>,
    /// `useExternalLicense`; what is read, else `false`, where absent.
    pub external_license: Option<bool>,
}

/// What one row asks for. What is rare stands apart, because a sheet may have a million rows. Their order is that of the
/// documents.
#[derive(Debug, Clone, EnumDiscriminants)]
#[strum_discriminants(
    name(OperationKind),
    doc = "The kinds of operation, by the names that the sheet's `operation` column uses.",
    derive(Hash, PartialOrd, Ord, EnumCount, EnumIter, EnumString, Display, IntoStaticStr),
    strum(serialize_all = "kebab-case")
)]
pub enum Operation {
    /// See [`Invite`].
    Invite(Box<Invite>),
    /// See [`Create`].
    Create(Box<Create>),
    /// See [`Update`].
    Update(Box<Update>),
    /// Deletes the account; one already gone is `unchanged`.
    Delete {
        /// Whom.
        user: UserRef,
    },
    /// The user's direct bundles become exactly these.
    SetLicenses {
        /// Whose.
        user: UserRef,
        /// The whole set.
        licenses: BundleSet,
        /// `useExternalLicense`; what is read, else `false`, where absent.
        external_license: Option<bool>,
    },
    /// These bundles on top of the user's direct ones.
    AddLicenses {
        /// Whose.
        user: UserRef,
        /// What to add.
        licenses: BundleSet,
        /// Somebody whose direct bundles the user is to hold as well.
        like: Option<Box<UserRef>>,
    },
    /// These bundles off the user's direct ones; where nothing is left the allocation is released.
    RemoveLicenses {
        /// Whose.
        user: UserRef,
        /// What to take away.
        licenses: BundleSet,
    },
    /// Drops the direct allocation, so that group rules apply again.
    ReleaseLicenses {
        /// Whose.
        user: UserRef,
    },
    /// Empty direct allocation: no licence at all, inherited ones included.
    BlockLicenses {
        /// Whose.
        user: UserRef,
    },
    /// See [`GroupLicenses`].
    SetGroupLicenses(Box<GroupLicenses>),
    /// Membership.
    AddToGroups {
        /// Whom.
        user: UserRef,
        /// Which groups to join.
        groups: Shared<[GroupRef]>,
        /// Somebody in whose groups the account is to be as well.
        like: Option<Box<UserRef>>,
    },
    /// Membership.
    RemoveFromGroups {
        /// Whom.
        user: UserRef,
        /// Which groups to leave.
        groups: Shared<[GroupRef]>,
    },
    /// Membership becomes exactly this, Everyone apart.
    SetGroups {
        /// Whom.
        user: UserRef,
        /// All the groups to be in; none where the row says `<clear>`.
        groups: Shared<[GroupRef]>,
    },
    /// Gives back the seat that the user holds by the group's licence rule. It is taken again at the next sign-in.
    ReleaseLease {
        /// Whose seat.
        user: UserRef,
        /// By which group's rule it is held.
        group: Box<GroupRef>,
    },
    /// Deactivates the account, takes it out of all groups (Everyone apart) and releases its direct licences; the
    /// account stays.
    Offboard {
        /// Whom.
        user: UserRef,
    },
    /// Takes the group's licence rule away.
    ClearGroupLicenses {
        /// Whose rule.
        group: GroupRef,
    },
    /// See [`Migrate`].
    Migrate(Box<Migrate>),
}

impl Operation {
    /// Which kind it is.
    pub fn kind(&self) -> OperationKind {
        self.into()
    }

    /// The address or user name of the account that the row makes.
    pub fn makes(&self) -> Option<&str> {
        match self {
            Self::Invite(invite) => Some(invite.email.as_str()),
            Self::Create(create) => Some(create.user_name()),
            Self::Migrate(migrate) => Some(migrate.new_email.as_str()),
            _ => None,
        }
    }

    /// All the names of the account that the row makes: `create` may give it an address beside a user name.
    pub fn names_made(&self) -> impl Iterator<Item = &str> {
        let address = match self {
            Self::Create(create) => create.email.as_ref().map(Email::as_str),
            _ => None,
        };
        self.makes().into_iter().chain(address)
    }

    /// The somebody whose groups or direct licences the row's person gets as well.
    pub fn like(&self) -> Option<&UserRef> {
        match self {
            Self::Invite(invite) => invite.like.as_deref(),
            Self::Create(create) => create.like.as_deref(),
            Self::AddLicenses { like, .. } | Self::AddToGroups { like, .. } => like.as_deref(),
            _ => None,
        }
    }

    /// Whether the row deletes an account, in this run or once an invitation is accepted.
    pub fn deletes(&self) -> bool {
        match self {
            Self::Delete { .. } => true,
            Self::Migrate(migrate) => migrate.delete_when != DeleteWhen::Never,
            Self::Invite(_)
            | Self::Create(_)
            | Self::Update(_)
            | Self::SetLicenses { .. }
            | Self::AddLicenses { .. }
            | Self::RemoveLicenses { .. }
            | Self::ReleaseLicenses { .. }
            | Self::BlockLicenses { .. }
            | Self::SetGroupLicenses(_)
            | Self::AddToGroups { .. }
            | Self::RemoveFromGroups { .. }
            | Self::SetGroups { .. }
            | Self::ReleaseLease { .. }
            | Self::Offboard { .. }
            | Self::ClearGroupLicenses { .. } => false,
        }
    }

    /// Whether the row deletes an account once an invitation is accepted.
    pub fn deletes_once_accepted(&self) -> bool {
        matches!(self, Self::Migrate(migrate) if migrate.delete_when == DeleteWhen::Accepted)
    }

    /// Whether the row may take access away from somebody who has it: who is moved keeps theirs.
    pub fn may_take_access(&self) -> bool {
        match self {
            Self::Delete { .. }
            | Self::BlockLicenses { .. }
            | Self::RemoveFromGroups { .. }
            | Self::SetGroups { .. }
            | Self::Offboard { .. } => true,
            Self::Update(update) => update.profile.active == Some(false) || !update.remove_groups.is_empty(),
            Self::Migrate(migrate) => migrate.delete_when == DeleteWhen::Invited,
            Self::Invite(_)
            | Self::Create(_)
            | Self::SetLicenses { .. }
            | Self::AddLicenses { .. }
            | Self::RemoveLicenses { .. }
            | Self::ReleaseLicenses { .. }
            | Self::SetGroupLicenses(_)
            | Self::AddToGroups { .. }
            | Self::ReleaseLease { .. }
            | Self::ClearGroupLicenses { .. } => false,
        }
    }

    /// The account that the row names and expects to be there; `None` for a row that makes its account, and for a group's
    /// rule.
    pub fn named_user(&self) -> Option<&UserRef> {
        match self {
            Self::Update(update) => Some(&update.user),
            Self::Migrate(migrate) => Some(&migrate.user),
            Self::Delete { user }
            | Self::SetLicenses { user, .. }
            | Self::AddLicenses { user, .. }
            | Self::RemoveLicenses { user, .. }
            | Self::ReleaseLicenses { user }
            | Self::BlockLicenses { user }
            | Self::AddToGroups { user, .. }
            | Self::RemoveFromGroups { user, .. }
            | Self::SetGroups { user, .. }
            | Self::ReleaseLease { user, .. }
            | Self::Offboard { user } => Some(user),
            Self::Invite(_) | Self::Create(_) | Self::SetGroupLicenses(_) | Self::ClearGroupLicenses { .. } => None,
        }
    }

    /// The account that the row is about, as the results file's `user` column names it;
    /// empty for a group's rule.
    pub fn user_label(&self) -> String {
        match (self.named_user(), self.makes()) {
            (Some(user), _) => user.to_string(),
            (None, made) => made.unwrap_or_default().to_owned(),
        }
    }

    /// What the account is given or loses, as the results file's `target` column names it.
    pub fn target_label(&self) -> String {
        match self {
            Self::Invite(invite) => with_like(group_list(&invite.groups), invite.like.as_deref()),
            Self::Create(create) => with_like(group_list(&create.groups), create.like.as_deref()),
            Self::Update(_)
            | Self::Delete { .. }
            | Self::ReleaseLicenses { .. }
            | Self::BlockLicenses { .. }
            | Self::Offboard { .. } => String::new(),
            Self::SetLicenses { licenses, .. } | Self::RemoveLicenses { licenses, .. } => licenses.to_string(),
            Self::AddLicenses {
                user: _,
                licenses,
                like,
            } => with_like(licenses.to_string(), like.as_deref()),
            Self::SetGroupLicenses(rule) => rule.group.to_string(),
            Self::ReleaseLease { group, .. } => group.to_string(),
            Self::ClearGroupLicenses { group } => group.to_string(),
            Self::AddToGroups { user: _, groups, like } => with_like(group_list(groups), like.as_deref()),
            Self::RemoveFromGroups { groups, .. } | Self::SetGroups { groups, .. } => group_list(groups),
            Self::Migrate(migrate) => migrate.new_email.to_string(),
        }
    }
}

fn group_list(groups: &[GroupRef]) -> String {
    let names: Vec<String> = groups.iter().map(ToString::to_string).collect();
    names.join("; ")
}

/// A list, and whose like the row asks for.
fn with_like(list: String, like: Option<&UserRef>) -> String {
    match like {
        None => list,
        Some(like) if list.is_empty() => format!("like {like}"),
        Some(like) => format!("{list}; like {like}"),
    }
}
