//! Steps into calls: steps of the same kind and payload share one call, up to the chunk size.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, EnumIter};

use super::{Direct, LicenseChange, Step, StepIndex, StepSource, Work};
use crate::event::{Method, Service};
use crate::model::{BundleSet, GroupId};

/// The most entries of one call, by endpoint; they shrink when the server says "too large".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchSizes {
    /// Users of one licence PUT.
    pub users_per_license_call: usize,
    /// Users of one release of direct allocations.
    pub users_per_release: usize,
    /// Members of one release of what is held by a group's rule; 1 where they can only be released one by one.
    #[serde(default = "as_usual")]
    pub members_per_lease_call: usize,
    /// Addresses of one InviteUsers.
    pub users_per_invite: usize,
    /// Users of one BulkCreate.
    pub users_per_create: usize,
    /// Users of one bulk delete.
    pub users_per_delete: usize,
    /// Members added and removed by one group PUT.
    pub members_per_group_call: usize,
}

impl Default for BatchSizes {
    fn default() -> Self {
        Self {
            users_per_license_call: 100,
            users_per_release: 100,
            members_per_lease_call: as_usual(),
            users_per_invite: 100,
            users_per_create: 100,
            users_per_delete: 100,
            members_per_group_call: 100,
        }
    }
}

fn as_usual() -> usize {
    100
}

/// What the steps of one call have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, EnumDiscriminants)]
#[strum_discriminants(
    name(Family),
    doc = "The endpoint families, each with its own chunk size.",
    derive(Hash, EnumIter)
)]
pub enum CallKind {
    /// InviteUsers.
    Invite,
    /// BulkCreate into these groups.
    Create(Vec<GroupId>),
    /// PUT of one user.
    Update(StepIndex),
    /// PUT of one group's members.
    Members(GroupId),
    /// Licence PUT with one target set and one `useExternalLicense`.
    Allocate(BundleSet, bool),
    /// Release of direct allocations.
    Release,
    /// PUT of one group's rule.
    GroupRule(StepIndex),
    /// Removal of one group's rule.
    RemoveRule(StepIndex),
    /// Release of what members hold by this group's rule.
    EndLeases(GroupId),
    /// Bulk delete.
    Delete,
}

impl Family {
    /// Whether its calls mail or create, so that one whose answer is unclear is read back instead of sent again.
    pub fn must_not_be_repeated(self) -> bool {
        matches!(self, Self::Invite | Self::Create)
    }
}

impl CallKind {
    /// The kind of call that carries `step`; `None` for a step that only reads.
    pub fn of(index: StepIndex, step: &Step) -> Option<Self> {
        Some(match &step.work {
            Work::Invite(_) => Self::Invite,
            Work::Create(creation) => Self::Create(creation.groups.clone()),
            Work::Update(_) => Self::Update(index),
            Work::Member(group, _) => Self::Members(**group),
            Work::License(change) => Self::of_license(change),
            Work::GroupRule(_) => Self::GroupRule(index),
            Work::RemoveRule(_) => Self::RemoveRule(index),
            Work::EndLease(end) => Self::EndLeases(end.group),
            Work::Delete => Self::Delete,
            Work::Verify(_) | Work::VerifyLeaver => return None,
        })
    }

    /// The kind of call that carries a change of a direct allocation.
    pub fn of_license(change: &LicenseChange) -> Self {
        match &change.target.direct {
            Direct::Holds(bundles) => Self::Allocate(bundles.clone(), change.target.external_license),
            Direct::Inherits | Direct::Unknown => Self::Release,
        }
    }

    /// Which chunk size applies.
    pub fn family(&self) -> Family {
        self.into()
    }

    /// Whether calls of the kind may have several entries.
    pub fn has_entries(&self) -> bool {
        !matches!(self, Self::Update(_) | Self::GroupRule(_) | Self::RemoveRule(_))
    }

    /// The service and method whose quota the call uses.
    pub fn cost(&self) -> (Service, Method) {
        match self {
            Self::Invite | Self::Create(_) => (Service::Identity, Method::Post),
            Self::Update(_) | Self::Members(_) => (Service::Identity, Method::Put),
            Self::Allocate(..) | Self::GroupRule(_) => (Service::License, Method::Put),
            Self::Release | Self::RemoveRule(_) => (Service::Portal, Method::Delete),
            Self::EndLeases(_) => (Service::License, Method::Delete),
            Self::Delete => (Service::Identity, Method::Delete),
        }
    }

    /// The call in a few words, for the plan's table.
    pub fn label(&self) -> &'static str {
        match self.family() {
            Family::Invite => "invite users",
            Family::Create => "create users",
            Family::Update => "update a user",
            Family::GroupRule => "set a group's licence rule",
            Family::RemoveRule => "take a group's licence rule away",
            Family::EndLeases => "give back seats held by a group's rule",
            Family::Members => "change a group's members",
            Family::Allocate => "allocate licences to users",
            Family::Release => "release users' licences",
            Family::Delete => "delete users",
        }
    }
}

impl BatchSizes {
    /// The chunk size of a family.
    pub fn of(mut self, family: Family) -> usize {
        self.size(family).map_or(1, |size| (*size).max(1))
    }

    /// Lowers a family's chunk size to `most` for the rest of the run.
    pub fn shrink(&mut self, family: Family, most: usize) {
        if let Some(size) = self.size(family) {
            *size = (*size).min(most.max(1));
        }
    }

    /// `None` for a family whose calls have one entry each.
    fn size(&mut self, family: Family) -> Option<&mut usize> {
        Some(match family {
            Family::Invite => &mut self.users_per_invite,
            Family::Create => &mut self.users_per_create,
            Family::Update | Family::GroupRule | Family::RemoveRule => return None,
            Family::Members => &mut self.members_per_group_call,
            Family::Allocate => &mut self.users_per_license_call,
            Family::Release => &mut self.users_per_release,
            Family::EndLeases => &mut self.members_per_lease_call,
            Family::Delete => &mut self.users_per_delete,
        })
    }
}

/// One call: steps of one kind, in sheet order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What they have in common.
    pub kind: CallKind,
    /// The steps.
    pub steps: Vec<StepIndex>,
}

impl Call {
    /// The call in two halves, each in sheet order; the call itself if it has a single step.
    pub fn halves(self) -> Result<(Self, Self), Self> {
        if self.steps.len() < 2 {
            return Err(self);
        }
        let Self { kind, mut steps } = self;
        let right = steps.split_off(steps.len() / 2);
        Ok((
            Self {
                kind: kind.clone(),
                steps,
            },
            Self { kind, steps: right },
        ))
    }

    /// The call in calls of at most this many steps, each in sheet order.
    pub fn chunks(self, most: usize) -> Vec<Self> {
        let chunks = self.steps.chunks(most.max(1)).map(|steps| Self {
            kind: self.kind.clone(),
            steps: steps.to_vec(),
        });
        chunks.collect()
    }
}

/// Puts the steps into as few calls as their kinds and the chunk sizes allow. Calls come in the order of
/// their first step, and steps keep theirs.
pub fn batch(source: &dyn StepSource, steps: impl IntoIterator<Item = StepIndex>, sizes: &BatchSizes) -> Vec<Call> {
    let mut by_kind: BTreeMap<CallKind, Vec<StepIndex>> = BTreeMap::new();
    for index in steps {
        if let Some(kind) = CallKind::of(index, source.step(index)) {
            by_kind.entry(kind).or_default().push(index);
        }
    }
    let mut calls: Vec<Call> = by_kind
        .into_iter()
        .flat_map(|(kind, steps)| {
            let size = sizes.of(kind.family());
            Call { kind, steps }.chunks(size)
        })
        .collect();
    // The map is in the order of payloads, but earlier rows of the sheet should get scarce seats first.
    calls.sort_by_key(|call| call.steps.first().copied());
    calls
}
