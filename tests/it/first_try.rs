//! What a first try goes wrong with: a wrong address, a wrong organization, a wrong profile.

use reseat::sandbox::{Config, Quirks};

use crate::support::Stage;

const SHEET: &str = "operation,user,groups\nadd-to-groups,anna.berg@contoso.example,Finance\n";

fn plan(stage: &Stage) -> crate::support::Ran {
    stage.write("sheet.csv", SHEET);
    stage.reseat(&["plan", "sheet.csv"])
}

#[test]
fn a_mistyped_organization_id_is_caught_by_the_token_before_anything_is_read() {
    let stage = Stage::new();
    let mistyped = "0b1d5e7a-3c2f-4a6b-8c9d-1e2f3a4b5c6d";
    stage.set("RESEAT_ORGANIZATION_ID", mistyped);
    plan(&stage)
        .ends(1)
        .tells(mistyped)
        .tells(&stage.sandbox.organization_id().to_string())
        .tells("`organization_id` (or `RESEAT_ORGANIZATION_ID`)");
    assert_eq!(stage.sandbox.stats().total(), 0);
}

#[test]
fn the_organization_id_need_not_be_typed_where_the_token_has_it() {
    let stage = Stage::new();
    stage.unset("RESEAT_ORGANIZATION_ID");
    plan(&stage).ends(0);
    stage.reseat(&["run", "sheet.csv", "--yes"]).ends(0);
    assert_eq!(stage.counts(), "1 unchanged");
}

#[test]
fn without_an_organization_id_a_token_that_has_none_is_told_where_to_find_it() {
    let stage = Stage::new();
    stage.unset("RESEAT_ORGANIZATION_ID");
    stage.set("UIPATH_PAT", stage.sandbox.personal_access_token());
    for name in ["UIPATH_CLIENT_ID", "UIPATH_CLIENT_SECRET"] {
        stage.unset(name);
    }
    plan(&stage)
        .ends(1)
        .tells("no `organization_id` is configured")
        .tells("`organizationId` in the address bar");
    assert_eq!(stage.sandbox.stats().total(), 0);
}

#[test]
fn where_the_token_does_not_say_it_a_wrong_organization_id_is_named_and_ends_with_5() {
    let stage = Stage::with(Config {
        quirks: Quirks {
            no_organization_claim: true,
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    stage.set("RESEAT_ORGANIZATION_ID", "0b1d5e7a-3c2f-4a6b-8c9d-1e2f3a4b5c6d");
    plan(&stage)
        .ends(5)
        .tells("`organization_id` (or `RESEAT_ORGANIZATION_ID`)");
}

#[test]
fn a_wrong_organization_name_is_named_and_ends_with_5() {
    let stage = Stage::new();
    stage.set("UIPATH_ORGANIZATION", "nobody");
    plan(&stage).ends(5).tells("`organization`");
}

#[test]
fn a_server_that_is_not_there_is_given_up_soon_and_the_wait_is_told() {
    let stage = Stage::new();
    // Nothing listens on the lowest port, and no test is ever given it.
    stage.set("UIPATH_URI", "http://127.0.0.1:1");
    plan(&stage)
        .ends(1)
        .tells("refused the connection; given up after 3 attempts; check `uri`");
}
