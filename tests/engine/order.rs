//! What is on disk before what is sent, and what is done before what.

use std::collections::BTreeSet;

use reseat::model::{DeleteWhen, Status};

use crate::model::{World, address, bundles, group_id};
use crate::server::{Happened, What};
use crate::sheets::{add, create, delete, invite, join, leave, migrate, set, update};
use crate::stage::Stage;

#[tokio::test(start_paused = true)]
async fn an_invitation_leaves_only_once_its_row_is_recorded_as_begun() {
    let stage = Stage::new(&World::of(1), [invite("new0@new.example", &[1], "A")], |_, _| None);
    stage.run().await;
    let happened = stage.server.happened();
    let place = |wanted: &Happened| happened.iter().position(|one| one == wanted).unwrap();
    let begun = place(&Happened::Recorded(2, "started".to_owned()));
    let sent = place(&Happened::Sent(What::Invite(vec!["new0@new.example".to_owned()])));
    let done = place(&Happened::Recorded(2, "done".to_owned()));
    assert!(begun < sent && sent < done, "{happened:?}");
    // What was made is on disk before anything is built on it.
    let made = happened[sent..]
        .iter()
        .position(|one| *one == Happened::Recorded(2, "started".to_owned()));
    let built = happened[sent..]
        .iter()
        .position(|one| matches!(one, Happened::Sent(What::Allocate(..))));
    assert!(made.unwrap() < built.unwrap(), "{happened:?}");
}

#[tokio::test(start_paused = true)]
async fn wherever_the_disk_fills_up_nobody_is_invited_or_made_who_is_not_on_it() {
    for room in 0..28 {
        let rows = (0..8).map(|number| {
            let who = format!("new{number}@new.example");
            if number % 2 == 0 {
                invite(&who, &[1], "A")
            } else {
                create(&who, &[1], "")
            }
        });
        let mut stage = Stage::new(&World::of(1), rows, |_, _| None);
        (stage.rules.sizes.users_per_invite, stage.rules.sizes.users_per_create) = (1, 1);
        stage.room = room;
        let ended = stage.run_to_the_end_or_a_full_disk().await;
        let mut begun = BTreeSet::new();
        for happened in stage.server.happened() {
            match happened {
                Happened::Recorded(row, _) => {
                    begun.insert(format!("new{}@new.example", row - 2));
                }
                Happened::Sent(What::Invite(names) | What::Create(names)) => {
                    assert!(
                        names.iter().all(|name| begun.contains(name)),
                        "room for {room}: {names:?}"
                    );
                }
                _ => {}
            }
        }
        // Begun, made, about to be given a licence, done; begun, done without one.
        assert_eq!(ended.is_ok(), room >= 4 * 4 + 4 * 2, "room for {room}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_rows_about_few_accounts_and_groups_never_meet_and_all_come_true() {
    // The server fails the test if two calls at once touch the same account or group.
    let mut world = World::of(40);
    for number in 0..40 {
        world.account(number).held = Some((bundles("AB"), false));
        world.account(number).groups = [group_id(3)].into();
    }
    let operations = (0..40).flat_map(|number| {
        let email = address(number);
        [
            update(&email, Some("x"), &[0], &[]),
            join(&email, &[1]),
            join(&email, &[2]),
            leave(&email, &[3]),
            set(&email, if number % 2 == 0 { "A" } else { "C" }),
            add(&email, "B"),
        ]
    });
    let mut stage = Stage::new(&world, operations, |_, _| None);
    stage.rules.sizes.members_per_group_call = 3;
    stage.rules.sizes.users_per_license_call = 3;
    stage.run().await;
    // The even ones' licences come to what they were.
    let came_true = [Status::Done, Status::Unchanged];
    assert!(stage.statuses().iter().all(|status| came_true.contains(status)));
    for account in stage.server.world().accounts.values() {
        assert_eq!(account.groups, [0, 1, 2].map(group_id).into());
        assert!(["AB", "BC"].map(bundles).contains(&account.bundles()));
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_account_is_deleted_only_after_its_successor_was_read_back() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), false));
    world.account(0).groups = [group_id(1)].into();
    let stage = Stage::new(
        &world,
        [migrate(&address(0), "new0@new.example", DeleteWhen::Invited)],
        |_, _| None,
    );
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done]);
    let kinds: Vec<&str> = stage
        .server
        .happened()
        .iter()
        .filter_map(|happened| match happened {
            Happened::Sent(What::Invite(_)) => Some("invite"),
            Happened::Sent(What::Allocate(..)) => Some("allocate"),
            Happened::Sent(What::List) => Some("list"),
            Happened::Sent(What::Delete(_)) => Some("delete"),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, ["invite", "allocate", "list", "delete"]);
}

#[tokio::test(start_paused = true)]
async fn an_old_account_stays_where_its_successor_lacks_something() {
    let mut world = World::of(1);
    world.account(0).groups = [group_id(1)].into();
    let stage = Stage::new(
        &world,
        [migrate(&address(0), "new0@new.example", DeleteWhen::Invited)],
        |what, world| {
            if *what == What::List {
                let (id, _) = world.by_email("new0@new.example").unwrap();
                let id = *id;
                world.accounts.get_mut(&id).unwrap().groups.clear();
            }
            None
        },
    );
    stage.run().await;
    let record = stage.record(2);
    assert_eq!(
        (record.report.status, record.report.code.as_str()),
        (Status::Conflict, "not_verified")
    );
    assert!(
        record.report.message.contains("lacks group `Sales`"),
        "{}",
        record.report.message
    );
    assert!(stage.server.world().by_email(&address(0)).is_some());
}

#[tokio::test(start_paused = true)]
async fn accounts_that_were_gone_already_are_unchanged_and_the_others_are_deleted() {
    let operations = (0..10).map(|number| delete(&address(number)));
    let stage = Stage::new(&World::of(10), operations, |what, world| {
        if what.is_write() {
            world.accounts.remove(&crate::model::user_id(4));
        }
        None
    });
    stage.run().await;
    let mut expected = vec![Status::Done; 10];
    expected[4] = Status::Unchanged;
    assert_eq!(stage.statuses(), expected);
    assert!(stage.server.world().accounts.is_empty());
}
