use reseat::model::{BundleCode, BundleSet};
use reseat::sandbox::{Config, Edition, Lease, Population, Quirks, Routes};
use serde_json::{Value, json};

use crate::support::{ANNA, BRAM, DAVID, NOBODY, Organization, organization, with};

fn bundles(organization: &Organization, email: &str) -> Option<String> {
    let world = organization.sandbox.world();
    let allocation = world.allocation(world.user_called(email).unwrap().id)?;
    Some(allocation.bundles.to_string())
}

#[tokio::test]
async fn allocation_replaces_and_answers_an_array() {
    let organization = organization().await;
    let ids = [organization.user(ANNA), organization.user(DAVID)];
    let body = json!({"userIds": ids, "userBundleCodes": ["TSTNU"], "useExternalLicense": true});
    organization.sandbox.with_world(|world| world.set_seats("TSTNU", 10));
    let reply = organization.allocate(body).await;
    assert_eq!(reply.json()[1]["userBundleCodes"], json!(["TSTNU"]));
    assert_eq!(reply.json().as_array().unwrap().len(), 2);
    assert_eq!(bundles(&organization, ANNA).as_deref(), Some("TSTNU"));
    assert_eq!(bundles(&organization, DAVID).as_deref(), Some("TSTNU"));
}

#[tokio::test]
async fn codes_may_come_in_any_order() {
    let organization = organization().await;
    let body = json!({"userIds": [organization.user(ANNA)], "userBundleCodes": ["PMD", "ATTUNU", "ACNU", "PMD"]});
    assert_eq!(organization.allocate(body).await.status, 200);
    assert_eq!(bundles(&organization, ANNA).as_deref(), Some("ACNU; ATTUNU; PMD"));
}

#[tokio::test]
async fn more_than_the_free_seats_refuses_the_whole_call_with_409_in_plain_text() {
    let organization = organization().await;
    organization.sandbox.with_world(|world| world.set_seats("IDU", 3));
    let ids = [organization.user(ANNA), organization.user(BRAM)];
    let body = json!({"userIds": ids, "userBundleCodes": ["IDU"]});
    let reply = organization.allocate(body).await;
    assert_eq!(reply.status, 409);
    assert!(reply.header("content-type").starts_with("text/plain"));
    assert_eq!(bundles(&organization, ANNA).as_deref(), Some("ATTUNU"));
    let body = json!({"userIds": [organization.user(ANNA)], "userBundleCodes": ["IDU"]});
    assert_eq!(organization.allocate(body).await.status, 200);
}

#[tokio::test]
async fn who_holds_a_seat_already_needs_no_other_even_in_a_full_bundle() {
    let organization = organization().await;
    organization.sandbox.with_world(|world| world.set_seats("ATTUNU", 1));
    let body = json!({"userIds": [organization.user(ANNA)], "userBundleCodes": ["ATTUNU", "ACNU"]});
    assert_eq!(organization.allocate(body).await.status, 200);
}

#[tokio::test]
async fn an_unknown_user_refuses_the_whole_call_with_404_and_an_unowned_bundle_with_409() {
    let organization = organization().await;
    for (body, status) in [
        (
            json!({"userIds": [organization.user(DAVID), NOBODY], "userBundleCodes": ["ATTUNU"]}),
            404,
        ),
        (
            json!({"userIds": [organization.user(DAVID)], "userBundleCodes": ["ATTUNU", "NOSUCHNU"]}),
            409,
        ),
        // Codes are written as the inventory writes them.
        (
            json!({"userIds": [organization.user(DAVID)], "userBundleCodes": ["attunu"]}),
            409,
        ),
    ] {
        assert_eq!(organization.allocate(body).await.status, status);
    }
    assert_eq!(bundles(&organization, DAVID), None);
}

#[tokio::test]
async fn an_empty_list_blocks_the_user_or_is_refused_as_configured() {
    for (refuses_empty_allocation, status, after) in [(false, 200, ""), (true, 400, "ATTUNU")] {
        let quirks = Quirks {
            refuses_empty_allocation,
            ..Quirks::default()
        };
        let organization = with(Config {
            quirks,
            ..Config::unlimited()
        })
        .await;
        let body = json!({"userIds": [organization.user(ANNA)], "userBundleCodes": []});
        assert_eq!(organization.allocate(body).await.status, status);
        assert_eq!(bundles(&organization, ANNA).as_deref(), Some(after));
    }
}

#[tokio::test]
async fn put_allocates_and_post_only_reads_which_no_client_should_rely_on() {
    let organization = organization().await;
    let path = organization.license_path();
    let body = json!({"userIds": [organization.user(BRAM)], "userBundleCodes": ["TSTNU"]});
    let reply = organization.send("POST", &path, body.clone()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()[0]["userBundleLicenses"], json!(["ATTUNU"]));
    assert_eq!(bundles(&organization, BRAM).as_deref(), Some("ATTUNU"));
    assert_eq!(organization.sandbox.stats().violations.len(), 1);
    assert_eq!(organization.send("PUT", &path, body).await.status, 200);
    assert_eq!(bundles(&organization, BRAM).as_deref(), Some("TSTNU"));
}

#[tokio::test]
async fn the_license_accountant_answers_where_the_routes_say() {
    for license in ["lease_", "la", "{org}/la"] {
        let routes = Routes {
            license: license.to_owned(),
            ..Routes::default()
        };
        let organization = with(Config {
            routes,
            ..Config::unlimited()
        })
        .await;
        let body = json!({"userIds": [organization.user(ANNA)], "userBundleCodes": ["ATTUNU"]}).to_string();
        let path = format!(
            "/{}/api/account/{}/user-license",
            license.replace("{org}", "sandbox"),
            organization.id()
        );
        let reply = organization.raw("PUT", &path, "application/json", &body).await.unwrap();
        assert!(
            reply.header("content-type").starts_with("application/json"),
            "{license}"
        );
        let elsewhere = organization
            .send("PUT", &organization.license_path(), Value::Null)
            .await;
        assert!(elsewhere.header("content-type").starts_with("text/html"), "{license}");
    }
}

#[tokio::test]
async fn a_group_rule_is_answered_as_an_object_and_takes_no_seat() {
    let organization = organization().await;
    let before = organization.sandbox.world().seats();
    let path = format!(
        "{}/group/{}",
        organization.license_path(),
        organization.group("Finance")
    );
    let reply = organization
        .send("PUT", &path, json!({"userBundleCodes": ["RPADEVPRONU"]}))
        .await;
    assert_eq!(reply.json()["userBundleCodes"], json!(["RPADEVPRONU"]));
    assert_eq!(organization.sandbox.world().seats(), before);
    let read = organization.get(&path).await.json();
    assert_eq!(read["allocatedUserBundles"], json!(["RPADEVPRONU"]));
    assert!(read["availableUserBundles"][0]["total"].is_u64());
}

#[tokio::test]
async fn a_quota_is_a_whole_number_from_one_of_a_listed_code_and_not_below_the_usage() {
    let organization = organization().await;
    let group = organization.group("Customer Service");
    let path = format!("{}/group/{group}/with-quota", organization.license_path());
    let set = |code: &str, limit: Value| json!({"userBundleCodes": ["ACNU"], "quotas": [{"userBundleCode": code, "limit": limit}]});
    for refused in [
        set("ACNU", json!(0)),
        set("ACNU", json!(6.5)),
        set("TSTNU", json!(5)),
        set("ACNU", json!(1)),
    ] {
        assert_eq!(
            organization.send("PUT", &path, refused.clone()).await.status,
            400,
            "{refused}"
        );
    }
    let reply = organization.send("PUT", &path, set("ACNU", json!(8))).await;
    assert_eq!(reply.status, 200);
    let read = organization.get(&path).await;
    assert!(read.text.contains(r#""limit":8.0"#), "{}", read.text);
    assert_eq!(read.json()["quotas"][0]["currentUsage"], 4);
    assert_eq!(read.json()["groupRule"]["userBundleCodes"], json!(["ACNU"]));
}

#[tokio::test]
async fn the_rules_are_listed_with_leases_quotas_and_nameless_orphans() {
    let organization = organization().await;
    let path = format!("{}/groups/with-quota?skip=0&top=50", organization.license_path());
    let page = organization.get(&path).await.json();
    assert_eq!(page["totalCount"], 5);
    let rules = page["results"].as_array().unwrap();
    let orphan = rules.iter().find(|rule| rule["groupRule"]["orphan"] == true).unwrap();
    assert_eq!(orphan["groupRule"]["name"], "");
    let service = rules
        .iter()
        .find(|rule| rule["groupRule"]["name"] == "Customer Service")
        .unwrap();
    assert_eq!(service["groupRule"]["userBundleLeases"], json!({"ACNU": 4}));
}

#[tokio::test]
async fn quota_listings_come_wrapped_in_an_array_where_so_configured() {
    let quirks = Quirks {
        wrapped_listings: true,
        ..Quirks::default()
    };
    let organization = with(Config {
        quirks,
        ..Config::unlimited()
    })
    .await;
    let path = format!("{}/groups/with-quota", organization.license_path());
    assert_eq!(organization.get(&path).await.json()[0]["totalCount"], 5);
}

#[tokio::test]
async fn a_license_page_has_fifty_rows_at_most_whatever_is_asked_for() {
    let organization = with(Config {
        population: Population::Generated(300),
        ..Config::unlimited()
    })
    .await;
    let group = organization.group("Team 01");
    organization.sandbox.with_world(|world| {
        let bundles: BundleSet = [BundleCode::new("ACNU")].into_iter().collect();
        let people: Vec<_> = world.users().map(|user| user.id).take(120).collect();
        for user in people {
            world.lease(
                group.parse().unwrap(),
                user,
                Lease {
                    bundles: bundles.clone(),
                    ..Lease::default()
                },
            );
        }
    });
    let path = format!(
        "{}/group/{group}/bulk-users?top=200&skip=100",
        organization.license_path()
    );
    let page = organization.get(&path).await.json();
    assert_eq!(
        (page["results"].as_array().unwrap().len(), &page["totalCount"]),
        (20, &json!(120))
    );
    let path = format!("{}/group/{group}/bulk-users?top=200", organization.license_path());
    assert_eq!(
        organization.get(&path).await.json()["results"]
            .as_array()
            .unwrap()
            .len(),
        50
    );
}

#[tokio::test]
async fn the_summary_counts_seats_under_user_licenses() {
    let organization = organization().await;
    let path = format!("license_/api/account/{}/license-summary", organization.id());
    let summary = organization.get(&path).await.json();
    let licenses = summary["userLicenses"].as_array().unwrap();
    let attended = licenses.iter().find(|license| license["code"] == "ATTUNU").unwrap();
    assert_eq!((&attended["total"], &attended["used"]), (&json!(32), &json!(30)));
}

#[tokio::test]
async fn automation_suite_has_neither_portal_nor_quotas_nor_summary() {
    let organization = with(Config {
        edition: Edition::AutomationSuite,
        ..Config::unlimited()
    })
    .await;
    let group = organization.group("Finance");
    for path in [
        format!("license_/api/account/{}/license-summary", organization.id()),
        format!("{}/groups/with-quota", organization.license_path()),
        format!("{}/group/{group}/with-quota", organization.license_path()),
        "portal_/api/license/accountant/UserLicense".to_owned(),
    ] {
        let reply = organization.get(&path).await;
        assert!(
            reply.status == 200 && reply.header("content-type").starts_with("text/html"),
            "{path}"
        );
    }
    let rule = format!("{}/group/{group}", organization.license_path());
    assert!(organization.get(&rule).await.json()["availableUserBundles"].is_array());
}
