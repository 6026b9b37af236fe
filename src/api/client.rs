//! The endpoints as typed calls.

use std::collections::HashMap;

use super::{
    Allocation, Answer, CallError, EntityType, Group, GroupRule, Invitation, InviteReply, NewUser, Page, Receipt,
    Resolved, Seats, User, UserUpdate,
};
use crate::model::{BundleSet, GroupId, Quota, UserId};

type Result<T> = std::result::Result<Answer<T>, CallError>;

/// The organization's API. Cheap to clone; every clone shares connections, token, quotas and counters.
#[derive(Clone)]
pub struct Client {}

#[expect(unused_variables, clippy::unused_async, reason = "contract first")]
impl Client {
    /// One page of the user listing (`GET /api/User/users/{organization}`), sorted by id;
    /// `search` is the server's own "contains" search.
    pub async fn users(&self, skip: u64, top: u32, search: Option<&str>) -> Result<Page<User>> {
        todo!()
    }

    /// One user, `None` where there is none of this id.
    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        todo!()
    }

    /// Partial update of one user; may be repeated.
    pub async fn update_user(&self, id: UserId, update: &UserUpdate) -> Result<()> {
        todo!()
    }

    /// Deletes these users in one call; never sent with an empty list.
    pub async fn delete_users(&self, ids: &[UserId]) -> Result<()> {
        todo!()
    }

    /// Deletes one user by its own route.
    pub async fn delete_user(&self, id: UserId) -> Result<()> {
        todo!()
    }

    /// Invites these addresses; sent once, never repeated unless it is certain that it did nothing.
    /// One reply for each invitation, in their order.
    pub async fn invite_users(&self, invitations: &[Invitation]) -> Result<Vec<InviteReply>> {
        todo!()
    }

    /// Creates these users in these groups, all or none; sent once, as with [`invite_users`](Self::invite_users).
    /// One entry for each user, in their order; `None` where the answer does not name it.
    pub async fn create_users(&self, users: &[NewUser], groups: &[GroupId]) -> Result<Vec<Option<UserId>>> {
        todo!()
    }

    /// Every local group (not paged).
    pub async fn groups(&self) -> Result<Vec<Group>> {
        todo!()
    }

    /// One group, `None` where there is none of this id.
    pub async fn group(&self, id: GroupId) -> Result<Option<Group>> {
        todo!()
    }

    /// One page of a group's members.
    pub async fn group_members(&self, id: GroupId, skip: u64, top: u32) -> Result<Page<UserId>> {
        todo!()
    }

    /// Adds and removes members in one PUT that repeats the group's name; may be repeated.
    pub async fn update_group(&self, group: &Group, add: &[UserId], remove: &[UserId]) -> Result<()> {
        todo!()
    }

    /// Names to directory entries, at most 20 a call; a name that matches nothing maps to `None`.
    pub async fn resolve_names(&self, names: &[&str], kind: EntityType) -> Result<HashMap<String, Option<Resolved>>> {
        todo!()
    }

    /// These users' direct bundles become exactly these; may be repeated.
    pub async fn allocate_to_users(
        &self,
        users: &[UserId],
        bundles: &BundleSet,
        external_license: bool,
    ) -> Result<Vec<Allocation>> {
        todo!()
    }

    /// The group's rule becomes exactly this; with quotas where `quotas` is given. May be repeated.
    pub async fn allocate_to_group(
        &self,
        group: GroupId,
        bundles: &BundleSet,
        quotas: Option<&[Quota]>,
        external_license: bool,
    ) -> Result<()> {
        todo!()
    }

    /// One page (at most 50) of the group rules.
    pub async fn group_rules(&self, skip: u64, top: u32) -> Result<Page<GroupRule>> {
        todo!()
    }

    /// One group's rule, `None` where the group has none (or there is no such group).
    pub async fn group_rule(&self, group: GroupId) -> Result<Option<GroupRule>> {
        todo!()
    }

    /// Seats per bundle: the portal's inventory, or the licence summary where the portal does not answer.
    pub async fn seats(&self) -> Result<Vec<Seats>> {
        todo!()
    }

    /// One page (at most 50) of the users with a direct allocation.
    pub async fn allocations(&self, skip: u64, top: u32) -> Result<Page<Allocation>> {
        todo!()
    }

    /// Drops these users' direct allocations; never sent with an empty list. May be repeated.
    pub async fn release_user_licenses(&self, users: &[UserId]) -> Result<()> {
        todo!()
    }

    /// What it has cost so far, by service and method.
    pub fn tally(&self) -> super::Tally {
        todo!()
    }

    /// The account this client acts as, where the token says so (`sub` of a JWT that is a GUID).
    pub async fn acting_user(&self) -> std::result::Result<Option<UserId>, CallError> {
        todo!()
    }
}

const _: Option<Receipt> = None;
