//! What an organization is made of, as it is stored.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::numeric::{Category, GroupKind, UserKind};
use crate::model::{BundleCode, BundleSet, GroupId, UserId};
use crate::text::fold;

/// An account, serialized as the service's own `UserDto` (`uipath-api`, 4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the service's own members")]
pub struct User {
    /// The GUID.
    pub id: UserId,
    /// The user name.
    pub user_name: String,
    /// The address; empty where there is none.
    pub email: String,
    /// Whether the address is confirmed.
    pub email_confirmed: bool,
    /// First name.
    pub name: Option<String>,
    /// Last name.
    pub surname: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
    /// When it was made.
    #[serde(with = "super::zoneless")]
    pub creation_time: Timestamp,
    /// When it was last changed.
    #[serde(default, with = "super::zoneless::optional")]
    pub last_modification_time: Option<Timestamp>,
    /// When the person last signed in.
    #[serde(default, with = "super::zoneless::optional")]
    pub last_login_time: Option<Timestamp>,
    /// The groups it is in. Nobody is listed in Everyone, as on the live service.
    #[serde(rename = "groupIDs")]
    pub groups: BTreeSet<GroupId>,
    /// The older numeric id.
    pub legacy_id: i64,
    /// Whether the account may sign in.
    pub is_active: bool,
    /// Whether it may sign in with a password where that is restricted.
    pub bypass_basic_auth_restriction: bool,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: UserKind,
    /// Where it lives.
    pub category: Category,
    /// Whether the invitation is accepted.
    pub invitation_accepted: bool,
}

impl User {
    /// The same, called so.
    pub(super) fn called(mut self, name: &str, surname: &str) -> Self {
        self.name = Some(name.to_owned());
        self.surname = Some(surname.to_owned());
        self.display_name = Some(format!("{name} {surname}"));
        self
    }

    /// A local account that nobody has signed in to.
    pub fn local(id: UserId, user_name: &str, email: &str, created: Timestamp) -> Self {
        Self {
            id,
            user_name: user_name.to_owned(),
            email: email.to_owned(),
            email_confirmed: false,
            name: None,
            surname: None,
            display_name: None,
            creation_time: created,
            last_modification_time: None,
            last_login_time: None,
            groups: BTreeSet::new(),
            legacy_id: 0,
            is_active: true,
            bypass_basic_auth_restriction: false,
            kind: UserKind::User,
            category: Category::Local,
            invitation_accepted: false,
        }
    }

    /// The same account as an external directory would bring it.
    #[must_use]
    pub fn from_directory(mut self) -> Self {
        self.kind = UserKind::DirectoryUser;
        self.category = Category::Directory;
        self.invitation_accepted = true;
        self
    }

    /// The names by which it can be found, folded: its user name and its address.
    pub(super) fn words(&self) -> BTreeSet<String> {
        [&self.user_name, &self.email]
            .into_iter()
            .filter(|word| !word.is_empty())
            .map(|word| fold(word))
            .collect()
    }
}

/// A local group. Its members are known from the users' side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The GUID.
    pub id: GroupId,
    /// The name, unique in the organization.
    pub name: String,
    /// Who made it.
    #[serde(rename = "type")]
    pub kind: GroupKind,
    /// When it was made.
    #[serde(with = "super::zoneless")]
    pub creation_time: Timestamp,
    /// When it was last changed.
    #[serde(default, with = "super::zoneless::optional")]
    pub last_modification_time: Option<Timestamp>,
    /// Whether an external directory says who is in it, so that nobody can be added here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub managed_by_directory: bool,
}

/// A direct allocation. With no bundle it blocks every licence (`uipath-api`, 3.6).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allocation {
    /// The bundles.
    pub bundles: BundleSet,
    /// `useExternalLicense`.
    pub external: bool,
    /// When a licence of it was last in use.
    pub last_in_use: Option<Timestamp>,
    /// The holder's address when it was allocated: all that is left of an orphan's name.
    pub email: String,
}

/// A group's licence rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// The bundles that members may lease.
    pub bundles: BundleSet,
    /// How many seats of a bundle the members may use at most.
    pub quotas: BTreeMap<BundleCode, u32>,
    /// `useExternalLicense`.
    pub external: bool,
}

impl Rule {
    /// A rule that gives these, to as many as join.
    pub fn giving(bundles: BundleSet) -> Self {
        Self {
            bundles,
            ..Self::default()
        }
    }
}

/// What a member of a group holds by the group's rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// The bundles.
    pub bundles: BundleSet,
    /// When a licence of it was last in use.
    pub last_in_use: Option<Timestamp>,
    /// When it was taken.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it was last taken anew.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
}

/// Seats of one bundle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatCount {
    /// How many are owned.
    pub total: u64,
    /// How many are taken: one by everybody who holds the bundle, directly, by a lease, or in several ways.
    pub allocated: u64,
}

impl SeatCount {
    /// How many are free; none when over-allocated.
    pub fn free(self) -> u64 {
        self.total.saturating_sub(self.allocated)
    }
}
