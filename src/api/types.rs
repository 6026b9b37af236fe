//! What the endpoints take and give, after lenient reading: numbers or strings for enums, arrays or
//! objects, absent members.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use serde::{Serialize, Serializer};
use strum::{Display, EnumString};

use super::{ToldTime, UserKind};
use crate::model::{BundleCode, BundleSet, GroupId, Password, Quota, UserId};
use crate::text::fold;

/// A local group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The GUID.
    pub id: GroupId,
    /// The name, which every update has to repeat: a PUT without it is refused.
    pub name: String,
    /// Whether it is built in (Everyone, Administrators, …); such a group's members are changed from the user's side.
    pub built_in: bool,
}

impl Group {
    /// Whether it is the built-in one that always has every account (`uipath-api`, 5.1).
    pub fn is_everyone(&self) -> bool {
        self.built_in && fold(&self.name) == "everyone"
    }
}

/// A member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The GUID; of a group of an external directory, that group's.
    pub id: UserId,
    /// What it is.
    pub kind: UserKind,
}

/// A user's direct allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// Whose.
    pub user: UserId,
    /// The bundles; empty blocks every licence, inherited ones included.
    pub bundles: BundleSet,
    /// `useExternalLicense` as read.
    pub external_license: bool,
    /// Whether the answer says that the account is gone, while the allocation still takes its seats.
    pub is_orphan: bool,
    /// When the user last used a licence: one time a person, whichever bundle it was. Only listings and answers about one
    /// user tell it.
    pub last_in_use: ToldTime,
}

/// A row of the listing of licensed users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicensedUser {
    /// What is held.
    pub held: Allocation,
    /// The holder's address, where the row says that the holder is not gone; an address of one who is may have passed to
    /// somebody else.
    pub address: Option<Box<str>>,
}

/// What the service says of a user's licences when it is asked for many users at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLicenses {
    /// Who holds what.
    pub held: Allocation,
    /// Whether it comes from the user's groups and not from a direct allocation.
    pub is_inherited: bool,
}

/// By which route users' direct allocations can be read; probed once for each organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum AllocationRoute {
    /// Many users in one POST ([`licenses_of_users`](super::Client::licenses_of_users)).
    ManyUsers,
    /// One user a GET ([`allocation_of_user`](super::Client::allocation_of_user)).
    OneUser,
    /// The same, where the portal's listing does not answer.
    OneUserOnly,
    /// The portal's listing of everybody ([`licensed_users`](super::Client::licensed_users)).
    Listing,
}

/// How the seats that members hold by a group's rule can be given back; found out once for each organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum LeaseRoute {
    /// Many members of a group in one call ([`release_leases`](super::Client::release_leases)): it was seen at work.
    Together,
    /// One member a call ([`release_lease`](super::Client::release_lease)).
    Singly,
}

/// How users' direct allocations are released here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReleaseRoute {
    /// By the portal, as far as is known.
    #[default]
    Portal,
    /// By the portal, of which nothing answers: it is not there, or `portal` under `routes` is wrong.
    MissingPortal,
    /// By the licence accountant's own route, because there is no portal. It is meant for services (`uipath-api`, 10).
    LicenseService,
}

/// What a successful answer without a body is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The route is known to do what it says.
    Enough,
    /// Nobody has seen the route at work, so what it did has to be read back.
    Wanting,
}

/// For how long a route that was found counts as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Until it stops working, in later processes too.
    Lasting,
    /// For this process: the others could not be tried.
    ForNow,
}

/// Seats of one bundle in the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    /// The bundle.
    pub code: BundleCode,
    /// How many are owned.
    pub total: u64,
    /// How many are taken.
    pub allocated: u64,
    /// What the organization calls the bundle. No document has such a member.
    pub name: Option<String>,
}

impl Seats {
    /// How many are free; none when over-allocated.
    pub fn free(&self) -> u64 {
        self.total.saturating_sub(self.allocated)
    }

    /// How many more are owned than taken; below zero when over-allocated: so many have to come free before one can be
    /// taken.
    pub fn left(&self) -> i64 {
        let signed = |seats| i64::try_from(seats).unwrap_or(i64::MAX);
        signed(self.total) - signed(self.allocated)
    }
}

/// What somebody holds by a group's licence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it.
    pub user: UserId,
    /// The bundles whose seats it takes.
    pub bundles: BundleSet,
    /// When one of its licences was last in use.
    pub last_in_use: ToldTime,
    /// Whether the answer says that the account is gone, while the seats are still taken.
    pub is_orphan: bool,
}

/// Since when somebody holds a seat by a group's licence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseStart {
    /// Whose rule.
    pub group: GroupId,
    /// The bundle whose seat it is.
    pub code: BundleCode,
    /// When it was taken (`createdAt`).
    pub created: ToldTime,
}

/// A group's licence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRule {
    /// Whose.
    pub group: GroupId,
    /// The group's name as the licence service has it; empty for an orphan.
    pub name: String,
    /// The bundles.
    pub bundles: BundleSet,
    /// Limits, where the deployment has them.
    pub quotas: Vec<Quota>,
    /// How many seats are held by the rule, for each bundle of which the answer tells it: the listing with quotas does for
    /// all of them (`userBundleLeases`), the answer about one group for those with a limit (`currentUsage`; `uipath-api`,
    /// 3.4). It may lag behind who holds them.
    pub in_use: BTreeMap<BundleCode, u64>,
    /// `useExternalLicense` as read.
    pub external_license: bool,
}

impl GroupRule {
    /// Whether the rule gives nothing, as that of a group without one is read by some routes.
    pub fn is_empty(&self) -> bool {
        self.bundles.is_empty() && self.quotas.is_empty()
    }
}

/// What to change of a user, as it is sent; `None` and empty leave alone. All in one PUT. A null would not clear a field:
/// despite the PUT an update is partial, and only an empty text clears.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserUpdate {
    /// First name; an empty text clears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Last name; an empty text clears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// Display name; an empty text clears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// A first address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the account may sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// A new password.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub password: Option<Password>,
    /// `bypassBasicAuthRestriction`.
    #[serde(rename = "bypassBasicAuthRestriction", skip_serializing_if = "Option::is_none")]
    pub bypass_basic_auth: Option<bool>,
    /// `invitationAccepted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_accepted: Option<bool>,
    /// Groups to join.
    #[serde(rename = "groupIDsToAdd", skip_serializing_if = "Vec::is_empty")]
    pub add_groups: Vec<GroupId>,
    /// Groups to leave.
    #[serde(rename = "groupIDsToRemove", skip_serializing_if = "Vec::is_empty")]
    pub remove_groups: Vec<GroupId>,
}

/// A password goes nowhere but into the body of its call.
#[expect(clippy::ref_option, reason = "serde passes the field")]
fn exposed<S: Serializer>(password: &Option<Password>, serializer: S) -> Result<S::Ok, S::Error> {
    password
        .as_ref()
        .map(|password| password.0.expose_secret())
        .serialize(serializer)
}

impl UserUpdate {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        let Self {
            name: None,
            surname: None,
            display_name: None,
            email: None,
            is_active: None,
            password: None,
            bypass_basic_auth: None,
            invitation_accepted: None,
            add_groups,
            remove_groups,
        } = self
        else {
            return false;
        };
        add_groups.is_empty() && remove_groups.is_empty()
    }

    /// Whether anything but memberships is changed.
    pub fn changes_profile(&self) -> bool {
        let memberships_only = Self {
            add_groups: Vec::new(),
            remove_groups: Vec::new(),
            ..self.clone()
        };
        !memberships_only.is_empty()
    }

    /// These changes, one after the other, as one.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        parts.into_iter().fold(Self::default(), Self::then)
    }

    /// This change and a later one as one; the later one wins where both say something.
    #[must_use]
    pub fn then(mut self, later: &Self) -> Self {
        let text = |now: Option<String>, later: &Option<String>| later.clone().or(now);
        for (groups, later) in [
            (&mut self.add_groups, &later.add_groups),
            (&mut self.remove_groups, &later.remove_groups),
        ] {
            let new: Vec<GroupId> = later.iter().filter(|group| !groups.contains(group)).copied().collect();
            groups.extend(new);
        }
        Self {
            name: text(self.name, &later.name),
            surname: text(self.surname, &later.surname),
            display_name: text(self.display_name, &later.display_name),
            email: text(self.email, &later.email),
            is_active: later.is_active.or(self.is_active),
            password: later.password.clone().or(self.password),
            bypass_basic_auth: later.bypass_basic_auth.or(self.bypass_basic_auth),
            invitation_accepted: later.invitation_accepted.or(self.invitation_accepted),
            add_groups: self.add_groups,
            remove_groups: self.remove_groups,
        }
    }
}

/// One entry of an InviteUsers call. The redirect URL is the client's business.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Whom.
    pub email: String,
    /// First name.
    pub name: Option<String>,
    /// Last name.
    pub surname: Option<String>,
    /// Language of the mail; `en` where absent.
    pub language: Option<String>,
    /// Groups to join at once.
    pub groups: Vec<GroupId>,
}

/// What the answer to an invitation or a creation said of one entry, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewAccountReply {
    /// The account exists now.
    Made(UserId),
    /// This entry failed, in the server's words.
    Refused(String),
    /// The answer has no entry for this address, so nothing is known.
    Missing,
    /// The same, and it names accounts that nobody asked for: one of them may be this one, in another spelling.
    Misnamed,
}

/// What the answer to a release said of one user, in the order of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseReply {
    /// The user has no direct allocation any more.
    Released,
    /// The service could not release it.
    Failed,
    /// The answer lists users, and not this one, so nothing is known.
    Missing,
}

/// One user of a BulkCreate call.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The user name, which the live service demands.
    pub user_name: String,
    /// The address.
    pub email: Option<String>,
    /// First name.
    pub name: Option<String>,
    /// Last name.
    pub surname: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
    /// Whether the account counts as accepted.
    pub invitation_accepted: Option<bool>,
    /// `bypassBasicAuthRestriction`.
    pub bypass_basic_auth: Option<bool>,
}

/// An entry of the directory that BulkResolveByName found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The identifier: the organization's own GUID for whoever it is, with an account or without one. Other calls know
    /// people of an external directory by that directory's id (`aad|…`), which no call that changes something takes.
    pub identifier: String,
    /// What it is.
    pub kind: UserKind,
    /// Whether it is said to come from an external directory: its source is another than `local`.
    pub from_directory: bool,
    /// The address; empty where there is none.
    pub email: String,
    /// `name`, or `identityName`; of a group without one, the display name.
    pub name: String,
}

/// What a call cost and where to find it in the server's logs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// The status of the last answer.
    pub http_status: u16,
    /// The server's trace id, if it gave one.
    pub trace_id: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
    /// Whether an earlier attempt may have been carried out, as its answer was lost.
    pub perhaps_done: bool,
}

/// An answer and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The answer.
    pub value: T,
    /// What it cost.
    pub receipt: Receipt,
}
