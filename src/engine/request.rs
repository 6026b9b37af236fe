//! One call: its payload, taken from the steps when it is sent.

use super::lease_calls;
use super::reply::Reply;
use crate::api::{Answer, CallError, Client, Group, Invitation, NewUser, Receipt, UserUpdate};
use crate::directory::ReadOptions;
use crate::model::{BundleSet, GroupId, UserId};
use crate::plan::GroupRuleChange;

/// A call with its payload.
#[derive(Debug, Clone)]
pub enum Request {
    /// Mails invitations.
    Invite(Vec<Invitation>),
    /// Creates local accounts that start in these groups.
    Create(Vec<NewUser>, Vec<GroupId>),
    /// Changes one account.
    Update(UserId, UserUpdate),
    /// Changes who is in a group.
    Members {
        /// The group.
        group: Group,
        /// Who joins.
        join: Vec<UserId>,
        /// Who leaves.
        leave: Vec<UserId>,
    },
    /// Sets direct allocations to these bundles, with this `useExternalLicense`.
    Allocate(Vec<UserId>, BundleSet, bool),
    /// Releases direct allocations.
    Release(Vec<UserId>),
    /// Sets a group's licence rule.
    GroupRule(GroupRuleChange),
    /// Takes a group's licence rule away.
    RemoveRule(GroupId),
    /// Gives back what these members hold by the group's licence rule.
    EndLeases(GroupId, Vec<UserId>),
    /// Deletes accounts.
    Delete(Vec<UserId>),
}

impl Request {
    /// Sends it.
    pub(super) async fn perform(self, client: &Client, options: &ReadOptions) -> Result<(Reply, Receipt), CallError> {
        let done = |answer: Answer<()>| (Reply::Done, answer.receipt);
        // What is boxed takes more memory than a change of one account, of which there may be one for every row; every call
        // would be as large as that.
        match self {
            Self::Invite(invitations) => {
                let answer = client.invite_users(&invitations).await?;
                Ok((Reply::Made(answer.value), answer.receipt))
            }
            Self::Create(users, groups) => {
                let answer = client.create_users(&users, &groups).await?;
                Ok((Reply::Made(answer.value), answer.receipt))
            }
            Self::Update(user, update) => client.update_user(user, &update).await.map(done),
            Self::Members { group, join, leave } => client.update_group(&group, &join, &leave).await.map(done),
            Self::Allocate(users, bundles, external_license) => {
                let sent = client.allocate_to_users(&users, &bundles, external_license);
                let answer = Box::pin(sent).await?;
                Ok((Reply::Allocated(answer.value), answer.receipt))
            }
            Self::Release(users) => {
                let answer = Box::pin(client.release_user_licenses(&users)).await?;
                Ok((Reply::Released(answer.value), answer.receipt))
            }
            Self::GroupRule(change) => {
                let GroupRuleChange {
                    group,
                    bundles,
                    quotas,
                    external_license,
                } = change;
                let sent = client.allocate_to_group(group, &bundles, quotas.as_deref(), external_license);
                Box::pin(sent).await.map(done)
            }
            Self::RemoveRule(group) => Box::pin(lease_calls::remove_rule(client, group)).await,
            Self::EndLeases(group, users) => Box::pin(lease_calls::end(client, options, group, &users)).await,
            Self::Delete(users) => match users.as_slice() {
                // The single route says which account is gone; the bulk one may not.
                [only] => client.delete_user(*only).await.map(done),
                several => client.delete_users(several).await.map(done),
            },
        }
    }
}
