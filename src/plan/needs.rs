//! What must be read before rows can be planned.

use super::Rules;
use crate::directory::{self, Blocks, Detail, Holders, Needs, Newcomer, Want};
use crate::model::{DeleteWhen, Email, GroupRef, Migrate, Operation, OperationKind, Row, Update, UserId, UserRef};

/// What these rows need to know about the organization.
pub fn needs<'a>(rows: &'a [Row], rules: &Rules) -> Needs<'a> {
    let mut needs = Needs {
        expected: expected(rows),
        ..Needs::default()
    };
    needs.uses = uses(rows);
    if !needs.uses.is_empty() {
        needs.detail = Detail::Profile;
    }
    let mut rule_groups: Vec<&GroupRef> = Vec::new();
    let mut allocations = Want::No;
    let mut holders: Vec<&UserRef> = Vec::new();
    for row in rows {
        if let Some(like) = row.operation.like() {
            copied(&mut needs, &mut holders, &mut allocations, row.operation.kind(), like);
        }
        match &row.operation {
            Operation::Invite(invite) => {
                needs.addresses.push(invite.email.as_str());
                needs.groups |= !invite.groups.is_empty();
                wants(&mut allocations, !invite.licenses.is_empty(), Want::Optional);
            }
            Operation::Create(create) => {
                needs.addresses.push(create.user_name());
                needs.addresses.extend(create.email.as_ref().map(Email::as_str));
                needs.groups |= !create.groups.is_empty();
                wants(&mut allocations, !create.licenses.is_empty(), Want::Optional);
            }
            Operation::Update(update) => updated(&mut needs, update),
            Operation::Delete { user } => {
                profile(&mut needs, user);
                needs.to_delete.push(user);
                leaves(&mut needs, user);
                // The seats that a deletion frees are counted, and what the account had is recorded.
                holders.push(user);
                if rules.portal {
                    needs.blocks = Blocks::Told;
                }
                wants(&mut allocations, true, Want::Optional);
            }
            Operation::SetLicenses { user, .. } => {
                licensed(&mut needs, &mut holders, user);
                if rules.portal {
                    needs.blocks = Blocks::Told;
                }
                wants(&mut allocations, true, Want::Optional);
            }
            Operation::BlockLicenses { user } => {
                licensed(&mut needs, &mut holders, user);
                needs.blocks = Blocks::Told;
                wants(&mut allocations, true, Want::Optional);
            }
            Operation::AddLicenses { user, .. } => {
                licensed(&mut needs, &mut holders, user);
                // Who is blocked is unblocked, and that is said where it takes no call for each.
                if rules.portal {
                    needs.blocks = Blocks::Told;
                }
                wants(&mut allocations, true, Want::Required);
            }
            Operation::RemoveLicenses { user, licenses } => {
                released(&mut needs, &mut holders, user, row.user_id());
                needs.removals.push((user, licenses));
                wants(&mut allocations, true, Want::Required);
            }
            Operation::ReleaseLicenses { user } => {
                released(&mut needs, &mut holders, user, row.user_id());
                needs.blocks = Blocks::Told;
                wants(&mut allocations, true, Want::Required);
            }
            Operation::SetGroupLicenses { group, .. } => {
                needs.groups = true;
                rule_groups.push(group);
            }
            Operation::ClearGroupLicenses { group } => {
                rule_groups.push(group);
                cleared(&mut needs, group);
            }
            Operation::ReleaseLease { user, group } => {
                // What the user holds directly takes the same seats, and is told where there is nothing to give back.
                licensed(&mut needs, &mut holders, user);
                wants(&mut allocations, true, Want::Optional);
                leased(&mut needs, group);
            }
            Operation::Offboard { user } => {
                profile(&mut needs, user);
                leaves(&mut needs, user);
                holders.push(user);
                wants(&mut allocations, true, of_a_leaver(rules));
            }
            Operation::AddToGroups { user, groups, like } => {
                member(&mut needs, user, groups, like.as_deref());
            }
            Operation::RemoveFromGroups { user, groups } => {
                member(&mut needs, user, groups, None);
                leaves(&mut needs, user);
            }
            Operation::SetGroups { user, .. } => {
                profile(&mut needs, user);
                leaves(&mut needs, user);
            }
            Operation::Migrate(migrate) => {
                moved(&mut needs, &mut holders, migrate);
                let hands_on = migrate.licenses.is_none();
                wants(&mut allocations, hands_on, Want::Required);
                wants(&mut allocations, true, Want::Optional);
            }
        }
    }
    if allocations != Want::No {
        held(&mut needs, allocations, holders, rules);
    }
    if !rule_groups.is_empty() {
        needs.rules = directory::Rules::Of(rule_groups);
    }
    needs
}

/// The accounts that rows name by their ids beside their names.
fn expected(rows: &[Row]) -> Vec<(&UserRef, UserId)> {
    rows.iter()
        .filter_map(|row| Some((row.operation.named_user()?, row.user_id()?)))
        .collect()
}

/// The people of whom it matters whether they have used their seats.
fn uses(rows: &[Row]) -> Vec<&UserRef> {
    let asking = rows.iter().filter(|row| row.unless_used_since().is_some());
    asking.filter_map(|row| row.operation.named_user()).collect()
}

/// A row that changes the user's profile and groups.
fn updated<'a>(needs: &mut Needs<'a>, update: &'a Update) {
    profile(needs, &update.user);
    needs.groups |= !update.add_groups.is_empty() || !update.remove_groups.is_empty();
    let stops = [update.profile.active, update.profile.invitation_accepted].contains(&Some(false));
    if stops || !update.remove_groups.is_empty() {
        leaves(needs, &update.user);
    }
}

/// How badly the allocations of somebody who leaves are wanted: nobody stays active because they cannot be read.
fn of_a_leaver(rules: &Rules) -> Want {
    if rules.portal {
        Want::Required
    } else {
        Want::WhereOffered
    }
}

/// What these users hold, and the seats that there are.
fn held<'a>(needs: &mut Needs<'a>, allocations: Want, holders: Vec<&'a UserRef>, rules: &Rules) {
    needs.seats = Want::Optional;
    needs.allocations = match allocations {
        // Without a portal there may be no way, and a sheet that can spare them does not look for one.
        Want::Optional if !rules.portal => Want::No,
        wanted => wanted,
    };
    needs.holders = Holders::Of(holders);
}

/// A row that moves the user to a new account.
fn moved<'a>(needs: &mut Needs<'a>, holders: &mut Vec<&'a UserRef>, migrate: &'a Migrate) {
    profile(needs, &migrate.user);
    if migrate.delete_when != DeleteWhen::Never {
        needs.to_delete.push(&migrate.user);
    }
    leaves(needs, &migrate.user);
    needs.addresses.push(migrate.new_email.as_str());
    holders.push(&migrate.user);
    needs.blocks = Blocks::Told;
}

/// A row about the user's being in groups.
fn member<'a>(needs: &mut Needs<'a>, user: &'a UserRef, groups: &'a [GroupRef], like: Option<&'a UserRef>) {
    profile(needs, user);
    needs.newcomers.push(Newcomer { user, groups, like });
    needs.groups = true;
}

/// A row that gives somebody what another has. Whether a group is Administrators is told by its name.
fn copied<'a>(
    needs: &mut Needs<'a>,
    holders: &mut Vec<&'a UserRef>,
    allocations: &mut Want,
    kind: OperationKind,
    like: &'a UserRef,
) {
    needs.models.push(like);
    needs.groups |= kind != OperationKind::AddLicenses;
    if kind != OperationKind::AddToGroups {
        // Nobody is to be like somebody who is blocked.
        needs.blocks = Blocks::Told;
        holders.push(like);
        wants(allocations, true, Want::Required);
    }
}

/// A row about the user's licences.
fn licensed<'a>(needs: &mut Needs<'a>, holders: &mut Vec<&'a UserRef>, user: &'a UserRef) {
    needs.users.push(user);
    needs.newcomers.push(Newcomer {
        user,
        groups: &[],
        like: None,
    });
    holders.push(user);
}

/// A row that may free the seats of an account that is gone.
fn released<'a>(needs: &mut Needs<'a>, holders: &mut Vec<&'a UserRef>, user: &'a UserRef, expected: Option<UserId>) {
    licensed(needs, holders, user);
    let by_id = match user {
        UserRef::Id(id) => Some(*id),
        UserRef::Name(_) => expected,
    };
    needs.released.extend(by_id);
}

/// A row about what is held by the group's rule.
fn leased<'a>(needs: &mut Needs<'a>, group: &'a GroupRef) {
    needs.groups = true;
    needs.leases.push(group);
}

/// A row that takes the group's rule away, which frees the seats that are held by it.
fn cleared<'a>(needs: &mut Needs<'a>, group: &'a GroupRef) {
    leased(needs, group);
    needs.cleared.push(group);
    needs.seats = Want::Optional;
}

/// Raises how strongly allocations are needed.
fn wants(allocations: &mut Want, at_all: bool, how_badly: Want) {
    if at_all {
        *allocations = (*allocations).max(how_badly);
    }
}

/// The row may be one that takes an administrator away.
fn leaves<'a>(needs: &mut Needs<'a>, user: &'a UserRef) {
    needs.leaving.push(user);
    needs.administrators = true;
    needs.groups = true;
}

fn profile<'a>(needs: &mut Needs<'a>, user: &'a UserRef) {
    needs.users.push(user);
    needs.detail = Detail::Profile;
}
