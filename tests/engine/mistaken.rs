//! Answers that name somebody else's account: it gets nothing that was not meant for it, and nobody is deleted.

use reseat::model::{DeleteWhen, Status};

use crate::model::{World, address, bundles, user_id};
use crate::server::{Trouble, What};
use crate::sheets::{invite, migrate};
use crate::stage::Stage;

/// Invitations are answered with the id of account `number`.
fn answering_with(number: u8, rows: impl IntoIterator<Item = reseat::model::Operation>) -> Stage {
    let mut world = World::of(3);
    world.account(0).held = Some((bundles("A"), false));
    Stage::new(&world, rows, move |what, _| {
        matches!(what, What::Invite(_)).then_some(Trouble::Names(user_id(number)))
    })
}

/// No call but the invitations themselves was made.
#[track_caller]
fn assert_nobody_touched(stage: &Stage) {
    let others: Vec<What> = stage
        .server
        .writes()
        .into_iter()
        .filter(|what| !matches!(what, What::Invite(_)))
        .collect();
    assert_eq!(others, []);
}

#[tokio::test(start_paused = true)]
async fn an_invitation_answered_with_somebody_elses_id_gives_that_person_nothing() {
    let stage = answering_with(1, [invite("new0@new.example", &[1], "A")]);
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::InDoubt]);
    assert_eq!(stage.record(2).report.code, "account_missing");
    assert_nobody_touched(&stage);
}

#[tokio::test(start_paused = true)]
async fn a_migration_answered_with_the_old_accounts_id_deletes_nobody() {
    for number in [0, 1] {
        let stage = answering_with(number, [migrate(&address(0), "new0@new.example", DeleteWhen::Invited)]);
        stage.run().await;
        assert_eq!(stage.statuses(), [Status::InDoubt]);
        assert_nobody_touched(&stage);
    }
}

#[tokio::test(start_paused = true)]
async fn two_invitations_answered_with_one_id_are_read_back_and_each_gets_what_is_its_own() {
    let rows = [
        invite("new0@new.example", &[], "A"),
        invite("new1@new.example", &[], "B"),
    ];
    let stage = answering_with(200, rows);
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 2]);
    let world = stage.server.world();
    for (email, codes) in [("new0@new.example", "A"), ("new1@new.example", "B")] {
        assert_eq!(world.by_email(email).unwrap().1.bundles(), bundles(codes), "{email}");
    }
}
