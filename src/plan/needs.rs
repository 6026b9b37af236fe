//! What must be read before rows can be planned.

use super::Rules;
use crate::directory::{self, Blocks, Detail, Holders, Needs, NewcomersGroups, Want};
use crate::model::{
    Create, DeleteWhen, Email, GroupRef, Invite, Migrate, Operation, OperationKind, Row, Update, UserId, UserRef,
    WrittenState,
};

/// What these rows need to know about the organization.
pub fn needs<'a>(rows: &'a [Row], rules: &Rules) -> Needs<'a> {
    let mut collector = Collector::new(rules.portal);
    // Growing by doubling would hold them twice meanwhile; room that is not used takes no memory.
    collector.needs.users.reserve_exact(rows.len());
    collector.needs.newcomers.reserve_exact(rows.len());
    collector.holders.reserve_exact(rows.len());
    for row in rows {
        collector.row(row);
    }
    collector.finish()
}

/// What the rows up to one need.
struct Collector<'a> {
    needs: Needs<'a>,
    /// Whose direct licences matter.
    holders: Vec<&'a UserRef>,
    /// How badly they are wanted.
    allocations: Want,
    /// The groups whose licence rules matter.
    rule_groups: Vec<&'a GroupRef>,
    /// Whether the organization has a portal, which tells of many accounts in one call.
    portal: bool,
}

impl<'a> Collector<'a> {
    fn new(portal: bool) -> Self {
        Self {
            needs: Needs::default(),
            holders: Vec::new(),
            allocations: Want::No,
            rule_groups: Vec::new(),
            portal,
        }
    }

    fn row(&mut self, row: &'a Row) {
        self.conditions(row);
        if let Some(like) = row.operation.like() {
            self.copy(row.operation.kind(), like);
        }
        match &row.operation {
            Operation::Invite(invite) => self.invite(invite),
            Operation::Create(create) => self.create(create),
            Operation::Update(update) => self.update(update),
            Operation::Delete { user } => self.delete(user),
            Operation::SetLicenses { user, .. } => self.set_licenses(user),
            Operation::BlockLicenses { user } => self.block(user),
            Operation::AddLicenses { user, .. } => self.add_licenses(user),
            Operation::RemoveLicenses { user, licenses } => {
                self.release(user, row.user_id());
                self.needs.removals.push((user, licenses));
            }
            Operation::ReleaseLicenses { user } => {
                self.release(user, row.user_id());
                self.needs.blocks = Blocks::Told;
            }
            Operation::SetGroupLicenses(rule) => {
                self.needs.groups = true;
                self.rule_groups.push(&rule.group);
            }
            Operation::ClearGroupLicenses { group } => self.clear_rule(group),
            Operation::ReleaseLease { user, group } => self.release_lease(user, group),
            Operation::Offboard { user } => self.offboard(user),
            Operation::AddToGroups { user, groups, like } => self.member(user, groups, like.as_deref()),
            Operation::RemoveFromGroups { user, groups } => {
                self.member(user, groups, None);
                self.leaves(user);
            }
            Operation::SetGroups { user, .. } => {
                self.profile(user);
                self.leaves(user);
            }
            Operation::Migrate(migrate) => self.migrate(migrate),
        }
    }

    fn finish(self) -> Needs<'a> {
        let Self {
            mut needs,
            holders,
            allocations,
            rule_groups,
            portal,
        } = self;
        if allocations != Want::No {
            needs.seats = Want::Optional;
            needs.allocations = match allocations {
                // Without a portal there may be no way, and a sheet that can spare them does not look for one.
                Want::Optional if !portal => Want::No,
                wanted => wanted,
            };
            needs.holders = Holders::Of(holders);
        }
        if !rule_groups.is_empty() {
            needs.rules = directory::Rules::Of(rule_groups);
        }
        needs
    }

    /// What the row makes its change depend on: that the account is this one, that nobody has used its seats since, that it
    /// holds what it held.
    fn conditions(&mut self, row: &'a Row) {
        let Some(user) = row.operation.named_user() else {
            return;
        };
        if let Some(id) = row.user_id() {
            self.needs.expected.push((user, id));
        }
        if row.unless_used_since().is_some() {
            self.needs.uses.push(user);
            self.needs.detail = Detail::Profile;
        }
        if let Some(WrittenState::Licenses(_)) = row.unless_changed_from() {
            // Somebody who is blocked is another state than somebody without an allocation.
            self.needs.blocks = Blocks::Told;
            self.want(Want::Required);
        }
    }

    /// Somebody gets what another has. Whether a group is Administrators is told by its name.
    fn copy(&mut self, kind: OperationKind, like: &'a UserRef) {
        self.needs.models.push(like);
        self.needs.groups |= kind != OperationKind::AddLicenses;
        if kind != OperationKind::AddToGroups {
            // Nobody is to be like somebody who is blocked.
            self.needs.blocks = Blocks::Told;
            self.holders.push(like);
            self.want(Want::Required);
        }
    }

    fn invite(&mut self, invite: &'a Invite) {
        self.needs.addresses.push(invite.email.as_str());
        self.newcomer(!invite.groups.is_empty(), !invite.licenses.is_empty());
    }

    fn create(&mut self, create: &'a Create) {
        self.needs.addresses.push(create.user_name());
        self.needs.addresses.extend(create.email.as_ref().map(Email::as_str));
        self.newcomer(!create.groups.is_empty(), !create.licenses.is_empty());
    }

    /// An account that is to be made, with groups and licences or without.
    fn newcomer(&mut self, has_groups: bool, has_licenses: bool) {
        self.needs.groups |= has_groups;
        if has_licenses {
            self.want(Want::Optional);
        }
    }

    fn update(&mut self, update: &'a Update) {
        self.profile(&update.user);
        self.needs.groups |= !update.add_groups.is_empty() || !update.remove_groups.is_empty();
        let stops = [update.profile.active, update.profile.invitation_accepted].contains(&Some(false));
        if stops || !update.remove_groups.is_empty() {
            self.leaves(&update.user);
        }
    }

    fn delete(&mut self, user: &'a UserRef) {
        self.profile(user);
        self.needs.to_delete.push(user);
        self.leaves(user);
        // The seats that a deletion frees are counted, and what the account had is recorded.
        self.holders.push(user);
        self.blocks_where_cheap();
        self.want(Want::Optional);
    }

    fn set_licenses(&mut self, user: &'a UserRef) {
        self.licensed(user);
        self.blocks_where_cheap();
        self.want(Want::Optional);
    }

    fn block(&mut self, user: &'a UserRef) {
        self.licensed(user);
        self.needs.blocks = Blocks::Told;
        self.want(Want::Optional);
    }

    fn add_licenses(&mut self, user: &'a UserRef) {
        self.licensed(user);
        // Who is blocked is unblocked, and that is said.
        self.blocks_where_cheap();
        self.want(Want::Required);
    }

    /// Frees seats, also those of an account that is gone.
    fn release(&mut self, user: &'a UserRef, expected: Option<UserId>) {
        self.licensed(user);
        let by_id = match user {
            UserRef::Id(id) => Some(**id),
            UserRef::Name(_) => expected,
        };
        self.needs.released.extend(by_id);
        self.want(Want::Required);
    }

    /// Takes the group's rule away, which frees the seats that are held by it.
    fn clear_rule(&mut self, group: &'a GroupRef) {
        self.rule_groups.push(group);
        self.leases(group);
        self.needs.cleared.push(group);
        self.needs.seats = Want::Optional;
    }

    fn release_lease(&mut self, user: &'a UserRef, group: &'a GroupRef) {
        // What the user holds directly takes the same seats, and is told where there is nothing to give back.
        self.licensed(user);
        self.want(Want::Optional);
        self.leases(group);
    }

    fn offboard(&mut self, user: &'a UserRef) {
        self.profile(user);
        self.leaves(user);
        self.holders.push(user);
        // Nobody stays active because their allocations cannot be read.
        let wanted = if self.portal {
            Want::Required
        } else {
            Want::WhereOffered
        };
        self.want(wanted);
    }

    fn migrate(&mut self, migrate: &'a Migrate) {
        self.profile(&migrate.user);
        if migrate.delete_when != DeleteWhen::Never {
            self.needs.to_delete.push(&migrate.user);
        }
        self.leaves(&migrate.user);
        self.needs.addresses.push(migrate.new_email.as_str());
        self.holders.push(&migrate.user);
        self.needs.blocks = Blocks::Told;
        let hands_on = migrate.licenses.is_none();
        self.want(if hands_on { Want::Required } else { Want::Optional });
    }

    /// The user's being in groups is changed.
    fn member(&mut self, user: &'a UserRef, groups: &'a [GroupRef], like: Option<&'a UserRef>) {
        self.profile(user);
        self.needs.newcomers.push(user);
        self.needs.newcomers_groups.push(NewcomersGroups { user, groups, like });
        self.needs.groups = true;
    }

    /// The user's direct licences are changed.
    fn licensed(&mut self, user: &'a UserRef) {
        self.needs.users.push(user);
        self.needs.newcomers.push(user);
        self.holders.push(user);
    }

    /// What is held by the group's rule is changed.
    fn leases(&mut self, group: &'a GroupRef) {
        self.needs.groups = true;
        self.needs.leases.push(group);
    }

    /// An administrator may be taken away.
    fn leaves(&mut self, user: &'a UserRef) {
        self.needs.leaving.push(user);
        self.needs.administrators = true;
        self.needs.groups = true;
    }

    fn profile(&mut self, user: &'a UserRef) {
        self.needs.users.push(user);
        self.needs.detail = Detail::Profile;
    }

    /// Who is blocked is told where that takes no call for each.
    fn blocks_where_cheap(&mut self) {
        if self.portal {
            self.needs.blocks = Blocks::Told;
        }
    }

    /// Direct licences are wanted at least this badly.
    fn want(&mut self, how_badly: Want) {
        self.allocations = self.allocations.max(how_badly);
    }
}
