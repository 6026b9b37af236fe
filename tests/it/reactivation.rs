//! An `invite` that says `active` brings somebody back who is there already, without a mail.

use std::io::Write;

use reseat::model::UserId;
use reseat::sandbox::User;

use crate::support::{HUGO, Stage};

#[test]
fn an_invite_that_says_active_reactivates_who_is_there_in_one_call_and_gives_groups_and_licences() {
    let stage = Stage::new();
    let hugo = stage.id(HUGO);
    stage
        .sandbox
        .with_world(|world| world.edit_user(hugo, |user| user.is_active = false));
    stage.free_seats("ATTUNU", 3);
    let sheet = format!(
        "operation,email,groups,licenses,active\n\
         invite,{HUGO},HR Robots,ATTUNU,yes\n\
         add-licenses,{HUGO},,IDU,\n"
    );
    stage.run(&sheet).ends(0);
    assert_eq!(stage.statuses(), ["done", "done"], "{:?}", stage.results());
    assert!(stage.user(HUGO).unwrap().is_active);
    assert!(stage.groups(HUGO).contains(&"HR Robots".to_owned()));
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU; IDU"));
    assert_eq!(stage.world().mails_to(HUGO), 0);
    assert_eq!(stage.writes().get("update-user"), Some(&1), "{:?}", stage.writes());
    assert!(
        stage.results()[0].message().starts_with("activated; "),
        "{:?}",
        stage.results()
    );
    stage.forget_calls();
    stage.rerun(&["--again"]).ends(0);
    assert!(stage.writes().is_empty());
}

#[test]
fn an_account_that_is_made_and_deactivated_at_the_question_is_activated_and_nobody_is_mailed() {
    let new = "ada@new.example";
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,email,groups,active\ninvite,{new},HR Robots,yes\n"),
    );
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "Type `yes`");
    stage.sandbox.with_world(|world| {
        let created = world.users().next().unwrap().creation_time;
        let mut user = User::local(
            UserId("00000000-0000-4000-8000-0000000a0a0a".parse().unwrap()),
            new,
            new,
            created,
        );
        user.is_active = false;
        user.invitation_accepted = true;
        world.insert_user(user);
    });
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(0);
    assert_eq!(stage.statuses(), ["done"], "{:?}", stage.results());
    assert!(stage.user(new).unwrap().is_active);
    assert_eq!(stage.groups(new), ["HR Robots"]);
    assert_eq!(stage.world().mails_to(new), 0);
}
