//! Carries a plan's calls out on a model organization, each taken literally, and watches what no call may do.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use reseat::model::UserId;
use reseat::plan::{BatchSizes, Call, CallKind, Membership, Plan, StepIndex, Work, batch};
use uuid::Uuid;

use crate::model::{Account, World};

/// Carries everything out, stage by stage; `shuffle` puts the calls of one stage into any order. Returns
/// the calls.
pub(crate) fn carry_out(
    plan: &mut Plan,
    world: &mut World,
    sizes: &BatchSizes,
    mut shuffle: impl FnMut(&mut [Call]),
) -> Vec<Call> {
    let mut sent = Vec::new();
    for stage in plan.stages() {
        let steps: Vec<StepIndex> = plan.steps_of(stage).collect();
        let mut calls = batch(plan, steps.clone(), sizes);
        let in_calls: Vec<StepIndex> = calls.iter().flat_map(|call| call.steps.clone()).collect();
        let distinct: BTreeSet<StepIndex> = in_calls.iter().copied().collect();
        assert_eq!(distinct.len(), in_calls.len(), "a step is in two calls");
        for step in steps {
            if let Work::Verify(expected) = &plan.step(step).work {
                let id = plan.account(plan.step(step).account.unwrap()).id.unwrap();
                let successor = &world.accounts[&id];
                assert_eq!(successor.email, expected.address);
                assert!(expected.groups.iter().all(|group| successor.groups.contains(group)));
                assert!(expected.licenses.is_subset(&successor.bundles()));
            } else if matches!(plan.step(step).work, Work::VerifyLeaver) {
                let id = plan.account(plan.step(step).account.unwrap()).id.unwrap();
                let leaver = &world.accounts[&id];
                assert!(!leaver.active && leaver.groups.is_empty() && leaver.bundles().is_empty());
            } else {
                assert!(distinct.contains(&step), "a step is in no call");
            }
        }
        shuffle(&mut calls);
        for call in &calls {
            let taken_before: Vec<u64> = world.owned.keys().map(|code| world.taken(code)).collect();
            assert!(call.steps.len() <= sizes.of(call.kind.family()), "a call is too large");
            assert!(call.steps.is_sorted(), "a call is out of the sheet's order");
            carry_out_one(plan, world, call);
            for ((code, owned), before) in world.owned.iter().zip(taken_before) {
                // Where more are taken than owned anyway, it becomes no more.
                assert!(
                    world.taken(code) <= before.max(*owned),
                    "{code} is overdrawn in {stage:?} by {:?}",
                    call.kind
                );
            }
        }
        sent.extend(calls);
    }
    sent
}

fn carry_out_one(plan: &mut Plan, world: &mut World, call: &Call) {
    for index in &call.steps {
        let step = plan.step(*index).clone();
        if let Work::RemoveRule(removal) = &step.work {
            world.remove_rule(removal.group);
            continue;
        }
        if let Work::GroupRule(change) = &step.work {
            let quotas = change.quotas.clone().unwrap_or_default();
            world.rules.insert(change.group, (change.bundles.clone(), quotas));
            continue;
        }
        let account = step.account.unwrap();
        let id = plan.account(account).id;
        match &step.work {
            Work::Invite(invitation) => {
                let made = new_account(world, &invitation.email);
                let account_made = world.accounts.get_mut(&made).unwrap();
                account_made.groups = invitation.groups.iter().copied().collect();
                account_made.name = invitation.name.clone().unwrap_or_default();
                plan.accounts[account.position()].id = Some(made);
            }
            Work::Create(creation) => {
                let reseat::plan::Creation { user, groups } = &**creation;
                let made = new_account(world, user.email.as_deref().unwrap());
                world.accounts.get_mut(&made).unwrap().groups = groups.iter().copied().collect();
                plan.accounts[account.position()].id = Some(made);
            }
            Work::Update(parts) => {
                let present = present(world, id);
                assert!(!present.is_newcomer, "there is no account to send it to");
                for (_, part) in parts.iter() {
                    if let Some(name) = &part.name {
                        present.name.clone_from(name);
                    }
                    present.active = part.is_active.unwrap_or(present.active);
                    present.groups.extend(&part.add_groups);
                    part.remove_groups.iter().for_each(|group| present.leave(*group));
                }
            }
            Work::Member(group, Membership::Join) => {
                assert!(present(world, id).groups.insert(**group), "joins what it is in");
            }
            Work::Member(group, Membership::Leave) => {
                assert!(present(world, id).groups.contains(&**group), "leaves what it is not in");
                present(world, id).leave(**group);
            }
            Work::License(change) => {
                let present = present(world, id);
                assert_eq!(
                    present.bundles(),
                    change.base.direct.bundles(),
                    "builds on what is not so"
                );
                present.held = match &call.kind {
                    CallKind::Allocate(bundles, external_license) => Some((bundles.clone(), *external_license)),
                    CallKind::Release => None,
                    other => panic!("{other:?} carries licences"),
                };
            }
            Work::Delete => {
                assert!(!present(world, id).is_newcomer, "deletes what is not there");
                let id = id.expect("an account that exists is deleted");
                assert!(world.accounts.remove(&id).is_some(), "deletes what is gone");
            }
            Work::EndLease(end) => {
                // Another call may have ended it, with the membership or with the rule.
                present(world, id).leases.remove(&end.group);
            }
            Work::GroupRule(_) | Work::RemoveRule(_) | Work::Verify(_) | Work::VerifyLeaver => {}
        }
    }
}

fn present(world: &mut World, id: Option<UserId>) -> &mut Account {
    let id = id.expect("the account is made before anything is done to it");
    world
        .accounts
        .get_mut(&id)
        .expect("nothing is done to a deleted account")
}

fn new_account(world: &mut World, email: &str) -> UserId {
    // No id is ever given twice, as on the service.
    static MADE: AtomicU64 = AtomicU64::new(0x9000);
    assert!(world.by_email(email).is_none(), "{email} is made twice");
    let id = UserId(Uuid::from_u128(u128::from(MADE.fetch_add(1, Ordering::Relaxed))));
    assert!(world.accounts.insert(id, Account::new(email)).is_none());
    id
}
