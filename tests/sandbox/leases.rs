//! Seats held by groups' rules: taken at sign-in, given back in several ways.

use reseat::model::{BundleCode, BundleSet, GroupId};
use reseat::sandbox::{Closed, Config, LicenseRoutes, Quirks, Rule};
use serde_json::json;

use crate::support::{ANNA, BRAM, DAVID, Organization, organization, with};

const GROUP: &str = "Finance";

/// Finance gives ACNU, and neither Anna, Bram nor David holds anything of their own; the three are its only members.
fn prepare(organization: &Organization, seats: u64) -> String {
    let group = organization.group(GROUP);
    let id: GroupId = group.parse().unwrap();
    organization.sandbox.with_world(|world| {
        let members: Vec<_> = world.members(id).map(|user| user.id).collect();
        for user in members {
            world.leave(user, id);
        }
        for email in [ANNA, BRAM, DAVID] {
            let user = world.user_called(email).unwrap().id;
            let others: Vec<GroupId> = world.user(user).unwrap().groups.iter().copied().collect();
            for other in others {
                world.leave(user, other);
            }
            world.release(user);
            world.join(user, id);
        }
        let bundles: BundleSet = [BundleCode::new("ACNU")].into_iter().collect();
        world.set_rule(id, Rule::giving(bundles));
        let taken = world.seats_of(&BundleCode::new("ACNU")).allocated;
        world.set_seats("ACNU", taken + seats);
    });
    group
}

async fn sign_in(organization: &Organization, email: &str) -> serde_json::Value {
    let path = format!("/_sandbox/sign-in?user={email}");
    organization.raw("POST", &path, "", "").await.unwrap().json()
}

#[tokio::test]
async fn whoever_holds_directly_and_by_a_rule_takes_one_seat_until_neither_is_left() {
    let organization = organization().await;
    let group: GroupId = prepare(&organization, 1).parse().unwrap();
    sign_in(&organization, ANNA).await;
    organization.sandbox.with_world(|world| {
        let code = BundleCode::new("ACNU");
        let bundles: BundleSet = [code.clone()].into_iter().collect();
        let anna = world.user_called(ANNA).unwrap().id;
        let with_one = world.seats_of(&code).allocated;
        world.allocate(anna, bundles.clone(), false);
        assert_eq!(world.seats_of(&code).allocated, with_one);
        world.release_lease(group, anna);
        assert_eq!(world.seats_of(&code).allocated, with_one);
        world.release(anna);
        assert_eq!(world.seats_of(&code).allocated, with_one - 1);
        world.allocate(anna, bundles.clone(), false);
        world.allocate(anna, BundleSet::default(), false);
        assert_eq!(world.seats_of(&code).allocated, with_one - 1);
    });
}

#[tokio::test]
async fn whoever_signs_in_takes_a_seat_by_the_groups_rule_as_long_as_there_is_one() {
    let organization = organization().await;
    let group = prepare(&organization, 2);
    for email in [ANNA, BRAM, ANNA] {
        assert_eq!(
            sign_in(&organization, email).await["leases"],
            json!([{"group": GROUP, "userBundleLicenses": ["ACNU"]}])
        );
    }
    assert_eq!(sign_in(&organization, DAVID).await["leases"], json!([]));
    let anna = organization.user(ANNA);
    let path = format!("{}/{anna}/userBundleLeases", organization.license_path());
    let leases = organization.get(&path).await.json();
    assert_eq!(leases.as_array().unwrap().len(), 1);
    assert_eq!(
        (&leases[0]["groupId"], &leases[0]["userBundleCode"]),
        (&json!(group), &json!("ACNU"))
    );
    assert!(leases[0]["createdAt"].is_string() && leases[0]["updatedAt"].is_string());
    organization.sandbox.with_world(|world| {
        let id = world.user_called(ANNA).unwrap().id;
        world.leave(id, group.parse().unwrap());
    });
    assert_eq!(organization.get(&path).await.json(), json!([]));
    assert_eq!(
        sign_in(&organization, DAVID).await["leases"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn many_members_seats_are_given_back_in_one_call_that_says_nothing() {
    let organization = organization().await;
    let group = prepare(&organization, 3);
    for email in [ANNA, BRAM] {
        sign_in(&organization, email).await;
    }
    let path = format!("{}/group/{group}/user", organization.license_path());
    assert_eq!(organization.get(&path).await.json()["totalCount"], 2);
    let ids: Vec<String> = [ANNA, BRAM, DAVID].map(|email| organization.user(email)).into();
    let reply = organization.send("DELETE", &path, json!({"userIds": ids})).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(organization.get(&path).await.json()["totalCount"], 0);
    let single = format!("{path}/{}", ids[0]);
    assert_eq!(organization.send("DELETE", &single, json!(null)).await.status, 404);
    let nobody = organization.send("DELETE", &path, json!({"userIds": []})).await;
    assert_eq!((nobody.status, organization.sandbox.stats().violations.len()), (400, 1));
}

#[tokio::test]
async fn a_service_may_release_only_those_who_have_left_and_may_fail_for_some() {
    let organization = with(Config {
        quirks: Quirks {
            keeps_leases_of_members: true,
            unreleasable: vec![BRAM.to_owned()],
            ..Quirks::default()
        },
        ..Config::unlimited()
    })
    .await;
    let group = prepare(&organization, 3);
    let path = format!("{}/group/{group}/user", organization.license_path());
    for email in [ANNA, BRAM] {
        sign_in(&organization, email).await;
    }
    let ids: Vec<String> = [ANNA, BRAM].map(|email| organization.user(email)).into();
    assert_eq!(
        organization.send("DELETE", &path, json!({"userIds": ids})).await.status,
        200
    );
    assert_eq!(organization.get(&path).await.json()["totalCount"], 2);
    for (id, status) in ids.iter().zip([200, 409]) {
        let reply = organization.send("DELETE", &format!("{path}/{id}"), json!(null)).await;
        assert_eq!(reply.status, status);
    }
    let allocations = format!("portal_/api/license/accountant/UserLicense/group/{group}/allocations");
    assert_eq!(organization.get(&allocations).await.json()["totalCount"], 1);
}

#[tokio::test]
async fn each_route_of_the_schema_may_be_closed() {
    let organization = with(Config {
        quirks: Quirks {
            license_routes: LicenseRoutes::closed(Closed::Forbidden),
            ..Quirks::default()
        },
        ..Config::unlimited()
    })
    .await;
    let group = prepare(&organization, 3);
    let path = format!("{}/group/{group}", organization.license_path());
    let anna = organization.user(ANNA);
    assert_eq!(organization.get(&format!("{path}/user")).await.status, 403);
    for closed in [path.clone(), format!("{path}/user"), format!("{path}/user/{anna}")] {
        let reply = organization.send("DELETE", &closed, json!({"userIds": [anna]})).await;
        assert_eq!(reply.status, 403, "{closed}");
    }
}

#[tokio::test]
async fn after_a_week_whatever_happened_is_a_week_longer_ago() {
    let organization = organization().await;
    prepare(&organization, 1);
    sign_in(&organization, ANNA).await;
    let seen = async || {
        let path = format!("identity_/api/User/users/{}?searchTerm=anna.berg", organization.id());
        let listing = organization.get(&path).await.json();
        let anna = &listing["results"][0];
        ["creationTime", "lastLoginTime"]
            .map(|name| -> jiff::civil::DateTime { anna[name].as_str().unwrap().parse().unwrap() })
    };
    let before = seen().await;
    let answer = organization.raw("POST", "/_sandbox/pass?days=7", "", "").await.unwrap();
    assert_eq!(answer.json(), json!({"daysPassed": 7}));
    let week = jiff::Span::new().days(7);
    assert_eq!(seen().await, before.map(|moment| moment - week));
    for slip in ["/_sandbox/pass", "/_sandbox/pass?days=soon", "/_sandbox/pass?days=-1"] {
        assert_eq!(
            organization.raw("POST", slip, "", "").await.unwrap().status,
            400,
            "{slip}"
        );
    }
}
