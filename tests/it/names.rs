//! What a name means: exactly one account or group, or nothing is sent for the row.

use jiff::Timestamp;
use reseat::model::UserId;
use reseat::sandbox::User;

use crate::support::{ANNA, DAVID, Stage};

#[test]
fn a_name_that_matches_nothing_is_not_found_and_names_the_nearest() {
    let stage = Stage::new();
    let sheet = "operation,user,groups\n\
                 add-to-groups,ana.berg@contoso.example,Finance\n\
                 add-to-groups,anna.berg@elsewhere.example,Finance\n\
                 add-to-groups,anna,HR Robots\n\
                 add-to-groups,bram.okafor@contoso.example,Finanse\n";
    stage.run(sheet).ends(3);
    assert_eq!(stage.counts(), "4 not_found");
    let lines = stage.results();
    assert!(
        lines[0].message().contains("did you mean `anna.berg@contoso.example`"),
        "{lines:?}"
    );
    assert!(
        lines[1].message().contains("did you mean `anna.berg@contoso.example`"),
        "{lines:?}"
    );
    assert!(lines[3].message().contains("did you mean `Finance`"), "{lines:?}");
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    assert!(lines.iter().all(|line| line.get("calls") == "0"));
}

#[test]
fn a_user_is_found_by_address_user_name_and_id_without_regard_to_case() {
    let stage = Stage::new();
    stage.run("operation,username\ncreate,ada\n").ends(0);
    let sheet = format!(
        "operation,user,groups\nadd-to-groups,ANNA.BERG@Contoso.example,HR Robots\nadd-to-groups,Ada,HR Robots\nadd-to-groups,{},HR Robots\n",
        stage.id(DAVID)
    );
    stage.run(&sheet).ends(0);
    for name in [ANNA, "ada", DAVID] {
        assert!(stage.groups(name).contains(&"HR Robots".to_owned()), "{name}");
    }
}

#[test]
fn a_name_that_two_accounts_bear_is_ambiguous_and_their_ids_tell_them_apart() {
    let stage = Stage::new();
    let other = UserId(uuid::Uuid::from_u128(7));
    stage.sandbox.with_world(|world| {
        let mut user = User::local(other, ANNA, "other@contoso.example", Timestamp::now());
        user.invitation_accepted = true;
        world.insert_user(user);
    });
    let sheet = format!("operation,user,name\nupdate,{ANNA},Annika\nupdate,{other},Other\n");
    stage.run(&sheet).ends(3);
    assert_eq!(stage.statuses(), ["ambiguous", "done"]);
    assert!(
        stage.results()[0].message().contains(&other.to_string()),
        "{:?}",
        stage.results()
    );
    assert_eq!(stage.sandbox.stats().route("update-user"), 1);
}

#[test]
fn of_many_groups_in_a_cell_a_missing_one_keeps_the_row_from_being_half_done() {
    let stage = Stage::new();
    let sheet = "operation,email,groups\ninvite,ada@contoso.example,Finance; Nowhere\n";
    stage.run(sheet).ends(3);
    assert_eq!(stage.statuses(), ["not_found"]);
    assert!(stage.user("ada@contoso.example").is_none());
    assert!(stage.writes().is_empty());
}

#[test]
fn an_invitation_to_an_account_that_exists_mails_nobody_and_does_the_rest() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,email,groups,licenses\ninvite,{ANNA},HR Robots,ACNU\ninvite,liam.byrne@contoso.example,HR Robots,\n"
    );
    stage.run(&sheet).ends(0);
    assert_eq!(stage.counts(), "2 done");
    assert_eq!(stage.world().mails().count(), 0);
    assert!(stage.results()[0].message().contains("nobody was invited"));
    assert!(
        stage
            .groups("liam.byrne@contoso.example")
            .contains(&"HR Robots".to_owned())
    );
    assert_eq!(stage.held(ANNA).as_deref(), Some("ACNU; ATTUNU"));
}

#[test]
fn a_pending_invitation_is_mailed_again_only_when_asked() {
    let stage = Stage::new();
    let sheet = "operation,email\ninvite,liam.byrne@contoso.example\n";
    stage.run(sheet).ends(0);
    assert_eq!(stage.statuses(), ["unchanged"]);
    stage.run_with(sheet, &["--again", "--resend"]).ends(0);
    assert_eq!(stage.statuses(), ["done"]);
    assert_eq!(stage.world().mails_to("liam.byrne@contoso.example"), 1);
}
