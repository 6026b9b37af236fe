//! What a first try goes wrong with: a wrong address, a wrong organization, a wrong profile.

use crate::support::Stage;

const SHEET: &str = "operation,user,groups\nadd-to-groups,anna.berg@contoso.example,Finance\n";

fn plan(stage: &Stage) -> crate::support::Ran {
    stage.write("sheet.csv", SHEET);
    stage.reseat(&["plan", "sheet.csv"])
}

#[test]
fn a_wrong_organization_id_is_named_and_ends_with_5() {
    let stage = Stage::new();
    stage.set("RESEAT_ORGANIZATION_ID", "6f2c1d5e-0000-4000-8000-000000000001");
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
