//! The licences that groups give, read where rows would take away what is not held directly.

use super::licenses::RULES;
use super::reader::{Reader, failed_to_read, is_final};
use super::users::ReadUsers;
use super::{Allocations, Detail, Needs, ReadError};
use crate::api::GroupRule;
use crate::model::UserId;

/// Of at most this many users the groups are read one by one, where they came without.
const MOST_PROFILES: usize = 20;

impl Reader<'_> {
    /// Every group's rule, and the groups of those users who do not hold directly what rows take away; `None` where
    /// there is no such user, or where rules cannot be read.
    pub(super) async fn read_inheritance(
        &self,
        needs: &Needs<'_>,
        users: &mut ReadUsers,
        allocations: Option<&Allocations>,
    ) -> Result<Option<Vec<GroupRule>>, ReadError> {
        let Some(allocations) = allocations else {
            return Ok(None);
        };
        let mut inheriting: Vec<UserId> = Vec::new();
        for (user, bundles) in &needs.removals {
            if let Some(user) = users.accounts.known(user) {
                let held = allocations.of(user.id).map(|allocation| &allocation.bundles);
                if !held.is_some_and(|held| bundles.is_subset(held)) {
                    inheriting.push(user.id);
                }
            }
        }
        if inheriting.is_empty() {
            return Ok(None);
        }
        let rules = match self.listed_rules().await {
            Ok(rules) => rules,
            Err(error) if is_final(&error) => return Err(failed_to_read(RULES)(error)),
            Err(error) => {
                self.notice(format!(
                    "the groups' licence rules cannot be read ({error}), so which group gives a licence stays unknown"
                ));
                return Ok(None);
            }
        };
        if users.detail == Detail::Identity && !rules.is_empty() {
            let is_without_groups = |id: &UserId| users.accounts.get(*id).is_some_and(|user| user.groups.is_empty());
            inheriting.retain(is_without_groups);
            inheriting.sort_unstable();
            inheriting.dedup();
            inheriting.truncate(MOST_PROFILES);
            let profiles = self.look_up(&[], &inheriting).await;
            users
                .accounts
                .extend(profiles.map_err(failed_to_read("the users' groups"))?);
        }
        Ok(Some(rules))
    }
}
