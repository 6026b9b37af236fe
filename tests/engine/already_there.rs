//! Accounts that somebody else makes while the run is on its way to make them, and what the service refuses to carry
//! over to a successor.

use reseat::model::{DeleteWhen, Status, UserId};
use reseat::plan::Inactive;
use uuid::Uuid;

use crate::model::{Account, World, address, bundles, group_id};
use crate::server::{Trouble, What};
use crate::sheets::{create, invite, join, migrate};
use crate::stage::Stage;

const NEW: &str = "new0@new.example";

/// Somebody makes this account just before the call that would make it arrives.
fn meanwhile(account: Account) -> impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static {
    move |what, world| {
        let is_made = matches!(what, What::Invite(_) | What::Create(_));
        if is_made && world.by_email(NEW).is_none() {
            world.accounts.insert(UserId(Uuid::from_u128(0x7777)), account.clone());
        }
        None
    }
}

fn somebody() -> Account {
    Account {
        held: Some((bundles("B"), true)),
        groups: [group_id(2)].into(),
        ..Account::new(NEW)
    }
}

fn account(stage: &Stage) -> Account {
    stage.server.world().by_email(NEW).unwrap().1.clone()
}

fn invitations(stage: &Stage) -> usize {
    let writes = stage.server.writes();
    writes.iter().filter(|what| matches!(what, What::Invite(_))).count()
}

#[tokio::test(start_paused = true)]
async fn whoever_was_invited_meanwhile_gets_groups_and_licenses_in_the_same_run_and_loses_none() {
    for operation in [invite(NEW, &[1], "A"), create(NEW, &[1], "A")] {
        let stage = Stage::new(&World::of(1), [operation], meanwhile(somebody()));
        stage.run().await;
        let message = stage.record(2).report.message;
        assert_eq!(stage.statuses(), [Status::Done], "{message}");
        assert_eq!(account(&stage).bundles(), bundles("AB"));
        assert_eq!(account(&stage).groups, [1, 2].map(group_id).into());
        assert!(
            message.contains("already") && !message.contains("invited;"),
            "{message}"
        );
        assert_eq!(stage.record(2).report.after.unwrap().get("made"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_finds_everything_as_it_wants_it_is_unchanged() {
    let stage = Stage::new(&World::of(1), [invite(NEW, &[], "")], meanwhile(somebody()));
    stage.run().await;
    let record = stage.record(2);
    assert_eq!(record.report.status, Status::Unchanged);
    assert!(
        record.report.message.contains("already invited"),
        "{}",
        record.report.message
    );
    assert_eq!(record.report.user_id, Some(UserId(Uuid::from_u128(0x7777))));
}

#[tokio::test(start_paused = true)]
async fn rows_that_share_the_invitation_go_on_with_the_account_too() {
    let rows = [invite(NEW, &[1], ""), join(NEW, &[3])];
    let stage = Stage::new(&World::of(1), rows, meanwhile(somebody()));
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 2]);
    assert_eq!(account(&stage).groups, [1, 2, 3].map(group_id).into());
}

#[tokio::test(start_paused = true)]
async fn a_deactivated_account_that_turns_up_is_left_alone_unless_it_is_asked_for() {
    let deactivated = Account {
        accepted: true,
        active: false,
        ..somebody()
    };
    let mut stage = Stage::new(&World::of(1), [invite(NEW, &[1], "A")], meanwhile(deactivated.clone()));
    stage.run().await;
    assert_eq!(stage.record(2).report.code, "inactive");
    assert_eq!(stage.statuses(), [Status::Skipped]);
    assert_eq!(account(&stage), deactivated);

    stage = Stage::new(&World::of(1), [invite(NEW, &[1], "A")], meanwhile(deactivated));
    stage.rules.inactive = Inactive::Included;
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done]);
}

#[tokio::test(start_paused = true)]
async fn a_move_onto_somebody_elses_account_that_turns_up_touches_neither() {
    let other = Account {
        name: "Somebody".to_owned(),
        ..somebody()
    };
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), false));
    let stage = Stage::new(
        &world,
        [migrate(&address(0), NEW, DeleteWhen::Invited)],
        meanwhile(other.clone()),
    );
    stage.run().await;
    let record = stage.record(2);
    assert_eq!(
        (record.report.status, record.report.code.as_str()),
        (Status::Conflict, "somebody_else")
    );
    assert_eq!(account(&stage), other);
    assert_eq!(stage.server.world().account(0), world.account(0));
}

#[tokio::test(start_paused = true)]
async fn what_an_account_that_turned_up_holds_is_not_written_over_where_it_cannot_be_read() {
    let stage = Stage::new(&World::of(1), [invite(NEW, &[], "A")], {
        let meanwhile = meanwhile(somebody());
        move |what, world| match what {
            What::Allocations => Some(Trouble::LostBefore),
            _ => meanwhile(what, world),
        }
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Conflict]);
    assert_eq!(account(&stage).bundles(), bundles("B"));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_another_reason_is_the_rows_own() {
    let stage = Stage::new(&World::of(1), [create(NEW, &[], "A")], |what, _| {
        matches!(what, What::Create(_)).then_some(Trouble::Refused(400))
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Rejected]);
}

/// One account in these groups, of which the last is managed by a directory.
fn managed(groups: &[u8]) -> Stage {
    let mut world = World::of(1);
    world.account(0).groups = groups.iter().copied().map(group_id).collect();
    world.account(0).held = Some((bundles("A"), false));
    let stage = Stage::new(&world, [migrate(&address(0), NEW, DeleteWhen::Invited)], |_, _| None);
    stage.server.is_managed(group_id(*groups.last().unwrap()));
    stage
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_refused_is_named_and_keeps_the_old_account_while_the_rest_goes_over() {
    for groups in [&[1, 2, 3][..], &[3]] {
        let stage = managed(groups);
        stage.run().await;
        let report = stage.record(2).report;
        assert_eq!(
            (report.status, report.code.as_str()),
            (Status::Conflict, "not_carried_over"),
            "{}",
            report.message
        );
        for words in ["`Legal`", "managed by the directory", "`--without-carry-over 2`"] {
            assert!(report.message.contains(words), "{words}: {}", report.message);
        }
        let kept = &groups[..groups.len() - 1];
        assert_eq!(account(&stage).groups, kept.iter().copied().map(group_id).collect());
        assert_eq!(account(&stage).bundles(), bundles("A"));
        assert!(stage.server.world().by_email(&address(0)).is_some());
        // Refused with its groups it mailed nobody, so it was sent once more without them.
        assert_eq!(invitations(&stage), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_may_leave_a_group_behind_says_so_and_ends() {
    let mut stage = managed(&[1, 3]);
    stage.rules.without_carry_over = "2".parse().ok();
    stage.run().await;
    let report = stage.record(2).report;
    assert_eq!(report.status, Status::Done, "{}", report.message);
    assert!(
        report.message.contains("left behind: group `Legal`"),
        "{}",
        report.message
    );
    assert_eq!(account(&stage).groups, [group_id(1)].into());
    assert!(stage.server.world().by_email(&address(0)).is_none());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_handed_over_to_a_successor_that_lacks_a_group() {
    let mut stage = managed(&[3]);
    stage.world.own("A", 1);
    let world = stage.world.clone();
    let operations = [migrate(&address(0), NEW, DeleteWhen::Invited)];
    stage = Stage::new(&world, operations, |_, _| None);
    stage.server.is_managed(group_id(3));
    stage.run().await;
    assert_eq!(stage.record(2).report.code, "not_carried_over");
    assert_eq!(stage.server.world().account(0).bundles(), bundles("A"));
}

#[tokio::test(start_paused = true)]
async fn what_the_old_account_is_given_before_it_is_deleted_keeps_it() {
    for (licenses, groups) in [("AB", &[1][..]), ("A", &[1, 2])] {
        let mut world = World::of(1);
        world.account(0).groups = [group_id(1)].into();
        world.account(0).held = Some((bundles("A"), false));
        let operations = [migrate(&address(0), NEW, DeleteWhen::Invited)];
        let stage = Stage::new(&world, operations, move |what, world| {
            // Once the successor has its licences, somebody gives the old account more.
            if let What::Allocate(..) = what {
                world.account(0).held = Some((bundles(licenses), false));
                world.account(0).groups = groups.iter().copied().map(group_id).collect();
            }
            None
        });
        stage.run().await;
        let report = stage.record(2).report;
        assert_eq!(
            (report.status, report.code.as_str()),
            (Status::Conflict, "not_verified"),
            "{}",
            report.message
        );
        assert!(
            report.message.contains("run the same command again"),
            "{}",
            report.message
        );
        assert!(stage.server.world().by_email(&address(0)).is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_successor_that_is_deactivated_meanwhile_keeps_the_old_account() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), false));
    let operations = [migrate(&address(0), NEW, DeleteWhen::Invited)];
    let stage = Stage::new(&world, operations, |what, world| {
        let new = world.by_email(NEW).map(|(id, _)| *id);
        if let (What::Allocate(..), Some(new)) = (what, new) {
            let account = world.accounts.get_mut(&new).unwrap();
            (account.accepted, account.active) = (true, false);
        }
        None
    });
    stage.run().await;
    assert_eq!(stage.record(2).report.code, "inactive");
    assert!(stage.server.world().by_email(&address(0)).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_pending_successor_that_is_not_active_is_deactivated_unless_none_of_several_pending_ones_is() {
    for (other, expected) in [
        (None, Status::Conflict),
        (Some(true), Status::Conflict),
        (Some(false), Status::Done),
    ] {
        let mut world = World::of(2);
        world.account(0).held = Some((bundles("A"), false));
        if let Some(is_active) = other {
            (world.account(1).accepted, world.account(1).active) = (false, is_active);
        }
        let operations = [migrate(&address(0), NEW, DeleteWhen::Invited)];
        let stage = Stage::new(&world, operations, |what, world| {
            let new = world.by_email(NEW).map(|(id, _)| *id);
            if let (What::Allocate(..), Some(new)) = (what, new) {
                world.accounts.get_mut(&new).unwrap().active = false;
            }
            None
        });
        stage.run().await;
        assert_eq!(stage.statuses(), [expected], "{}", stage.record(2).report.message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_left_out_without_a_word_is_named_with_what_to_type() {
    let mut world = World::of(1);
    world.account(0).groups = [group_id(1)].into();
    let operations = || [migrate(&address(0), NEW, DeleteWhen::Invited)];
    let forgets = |what: &What, world: &mut World| {
        let new = world.by_email(NEW).map(|(id, _)| *id);
        if let (What::List, Some(new)) = (what, new) {
            world.accounts.get_mut(&new).unwrap().groups.clear();
        }
        None
    };
    let mut stage = Stage::new(&world, operations(), forgets);
    stage.run().await;
    let message = stage.record(2).report.message;
    assert_eq!(stage.statuses(), [Status::Conflict], "{message}");
    assert!(
        message.contains("`Sales`") && message.contains("`--without-carry-over 2`"),
        "{message}"
    );

    stage = Stage::new(&world, operations(), forgets);
    stage.rules.without_carry_over = "2".parse().ok();
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done]);
}
