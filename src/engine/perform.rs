//! One call: its payload, taken from the steps when it is sent, and its answer.

use crate::api::{Allocation, Answer, CallError, Client, Group, Invitation, InviteReply, NewUser, Receipt, UserUpdate};
use crate::model::{BundleSet, GroupId, UserId};
use crate::plan::GroupRuleChange;

/// A call with its payload.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Invite(Vec<Invitation>),
    Create(Vec<NewUser>, Vec<GroupId>),
    Update(UserId, UserUpdate),
    Members {
        group: Group,
        join: Vec<UserId>,
        leave: Vec<UserId>,
    },
    Allocate(Vec<UserId>, BundleSet, bool),
    Release(Vec<UserId>),
    GroupRule(GroupRuleChange),
    Delete(Vec<UserId>),
}

/// What a call answered, entry by entry where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// Every entry succeeded.
    Whole,
    Invited(Vec<InviteReply>),
    Created(Vec<Option<UserId>>),
    /// What the users hold now, as far as the answer says.
    Allocated(Vec<Allocation>),
}

impl Request {
    /// Sends it.
    pub(super) async fn perform(self, client: &Client) -> Result<(Reply, Receipt), CallError> {
        let whole = |answer: Answer<()>| (Reply::Whole, answer.receipt);
        match self {
            Self::Invite(invitations) => {
                let answer = client.invite_users(&invitations).await?;
                Ok((Reply::Invited(answer.value), answer.receipt))
            }
            Self::Create(users, groups) => {
                let answer = client.create_users(&users, &groups).await?;
                Ok((Reply::Created(answer.value), answer.receipt))
            }
            Self::Update(user, update) => client.update_user(user, &update).await.map(whole),
            Self::Members { group, join, leave } => client.update_group(&group, &join, &leave).await.map(whole),
            Self::Allocate(users, bundles, external_license) => {
                let answer = client.allocate_to_users(&users, &bundles, external_license).await?;
                Ok((Reply::Allocated(answer.value), answer.receipt))
            }
            Self::Release(users) => client.release_user_licenses(&users).await.map(whole),
            Self::GroupRule(change) => {
                let GroupRuleChange {
                    group,
                    bundles,
                    quotas,
                    external_license,
                } = change;
                client
                    .allocate_to_group(group, &bundles, quotas.as_deref(), external_license)
                    .await
                    .map(whole)
            }
            Self::Delete(users) => match users.as_slice() {
                // The single route says which account is gone; the bulk one may not.
                [only] => client.delete_user(*only).await.map(whole),
                several => client.delete_users(several).await.map(whole),
            },
        }
    }
}
