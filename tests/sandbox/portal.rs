use reseat::sandbox::{Config, PortalForm, Quirks};
use serde_json::json;

use crate::support::{ANNA, BRAM, NOBODY, organization, with};

const BASE: &str = "portal_/api/license/accountant/UserLicense";

#[tokio::test]
async fn a_portal_get_without_a_json_content_type_is_415() {
    let organization = organization().await;
    let path = format!("/sandbox/{BASE}");
    assert_eq!(organization.raw("GET", &path, "", "").await.unwrap().status, 415);
    let seats = organization
        .raw("GET", &path, "application/json", "")
        .await
        .unwrap()
        .json();
    let attended = seats
        .as_array()
        .unwrap()
        .iter()
        .find(|seat| seat["code"] == "ATTUNU")
        .unwrap()
        .clone();
    assert_eq!((&attended["allocated"], &attended["total"]), (&json!(30), &json!(32)));
}

#[tokio::test]
async fn the_portal_answers_in_the_configured_form() {
    for (portal_form, single, double) in [
        (PortalForm::Either, true, true),
        (PortalForm::Single, true, false),
        (PortalForm::Double, false, true),
    ] {
        let quirks = Quirks {
            portal_form,
            ..Quirks::default()
        };
        let organization = with(Config {
            quirks,
            ..Config::unlimited()
        })
        .await;
        for (path, answers) in [(BASE.to_owned(), single), (format!("portal_/{BASE}"), double)] {
            let reply = organization.get(&path).await;
            assert_eq!(
                reply.header("content-type").starts_with("application/json"),
                answers,
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn licensed_users_come_fifty_a_page_with_blocked_ones_and_orphans() {
    let organization = organization().await;
    let total = organization.sandbox.world().allocations().count();
    let mut rows = Vec::new();
    loop {
        let page = organization
            .get(&format!("{BASE}/user/page?top=1000&skip={}", rows.len()))
            .await
            .json();
        assert!(page.get("totalCount").is_none());
        let received = page["results"].as_array().unwrap().clone();
        assert!(received.len() <= 50);
        if received.is_empty() {
            break;
        }
        rows.extend(received);
    }
    assert_eq!(rows.len(), total);
    assert!(rows.iter().any(|row| row["userBundleLicenses"] == json!([])));
    let orphan = rows.iter().find(|row| row["orphan"] == true).unwrap();
    assert_eq!(orphan["email"], "peter.former@contoso.example");
}

#[tokio::test]
async fn a_release_drops_the_allocation_orphans_too_and_may_be_repeated() {
    let organization = organization().await;
    let orphan = organization.sandbox.with_world(|world| {
        let orphan = world.allocations().find(|(id, _)| world.user(*id).is_none());
        orphan.unwrap().0.to_string()
    });
    let ids = [organization.user(ANNA), orphan, NOBODY.to_owned()];
    for _ in 0..2 {
        assert_eq!(
            organization.send("DELETE", BASE, json!({"userIds": ids})).await.status,
            200
        );
    }
    let world = organization.sandbox.world();
    assert!(world.allocation(world.user_called(ANNA).unwrap().id).is_none());
    assert_eq!(world.seats()[&reseat::model::BundleCode::new("ATTUNU")].allocated, 28);
    assert_eq!(
        organization.send("DELETE", BASE, json!({"userIds": []})).await.status,
        400
    );
    assert_eq!(organization.sandbox.stats().violations.len(), 1);
}

#[tokio::test]
async fn the_portal_twin_of_allocation_replaces_and_blocks() {
    let organization = organization().await;
    let ids = [organization.user(ANNA), organization.user(BRAM)];
    for codes in [json!(["ACNU"]), json!([])] {
        let body = json!({"userIds": ids, "licenseCodes": codes, "useExternalLicense": false});
        assert_eq!(organization.send("PUT", BASE, body).await.status, 200);
        let world = organization.sandbox.world();
        let held = &world.allocation(world.user_called(ANNA).unwrap().id).unwrap().bundles;
        assert_eq!(json!(held), codes);
    }
}

#[tokio::test]
async fn group_rules_are_set_read_and_deleted_with_their_leases() {
    let organization = organization().await;
    let group = organization.group("Customer Service");
    let allocations = format!("{BASE}/group/{group}/allocations");
    let leases = organization.get(&allocations).await.json();
    assert_eq!(leases["totalCount"], 4);
    let member = leases["results"][0]["id"].as_str().unwrap();
    let lease = format!("{BASE}/group/{group}/user/{member}");
    assert_eq!(organization.send("DELETE", &lease, json!(null)).await.status, 200);
    assert_eq!(organization.get(&allocations).await.json()["totalCount"], 3);
    let body = json!({"id": group, "ubls": ["ACNU", "ATTUNU"], "useExternalLicense": false});
    assert_eq!(
        organization.send("PUT", &format!("{BASE}/group"), body).await.json()["userBundleCodes"],
        json!(["ACNU", "ATTUNU"])
    );
    let read = organization.get(&format!("{BASE}/group/?id={group}")).await.json();
    assert_eq!(read["allocatedUserBundles"], json!(["ACNU", "ATTUNU"]));
    assert_eq!(
        organization
            .send("DELETE", &format!("{BASE}/group"), json!({"id": group}))
            .await
            .status,
        200
    );
    let world = organization.sandbox.world();
    assert!(world.rule(group.parse().unwrap()).is_none());
    assert_eq!(world.leases(group.parse().unwrap()).count(), 0);
    let page = organization.get(&format!("{BASE}/group/page")).await.json();
    assert_eq!(page["results"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn users_may_be_licensed_with_no_bundle() {
    let organization = organization().await;
    let david = organization.user(crate::support::DAVID);
    let body = json!({"userIds": [david]});
    assert_eq!(
        organization.send("POST", &format!("{BASE}/users"), body).await.status,
        200
    );
    let world = organization.sandbox.world();
    assert!(world.allocation(david.parse().unwrap()).unwrap().bundles.is_empty());
}
