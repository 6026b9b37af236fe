//! People whom only the organization's directory knows.

use reseat::sandbox::{BulkRead, Config, Quirks, UserKind};
use serde_json::{Value, json};

use crate::support::{Organization, organization, with};

const WILMA: &str = "wilma.fuchs@contoso.example";

async fn resolved(organization: &Organization, name: &str) -> Value {
    let path = format!("identity_/api/Directory/BulkResolveByName/{}", organization.id());
    let body = json!({"entityNames": [name], "entityType": "user"});
    organization.send("POST", &path, body).await.json()[name].clone()
}

async fn joins_finance(organization: &Organization, id: &Value) {
    let path = format!("identity_/api/Group/{}", organization.group("Finance"));
    let body = json!({"partitionGlobalId": organization.id(), "name": "Finance", "directoryUserIDsToAdd": [id]});
    assert_eq!(organization.send("PUT", &path, body).await.status, 200);
}

async fn members_among(organization: &Organization, ids: Value) -> Value {
    let (organization_id, group) = (organization.id(), organization.group("Finance"));
    let path = format!("identity_/api/Group/{organization_id}/{group}/CheckMembers");
    organization.send("POST", &path, ids).await.json()
}

#[tokio::test]
async fn the_directory_knows_people_by_address_and_user_name_who_are_in_no_listing() {
    let organization = organization().await;
    for name in ["yuki.sato@contoso.example", "Y.SATO@contoso.example"] {
        let entity = resolved(&organization, name).await;
        assert_eq!(
            (&entity["source"], &entity["objectType"], &entity["name"]),
            (&json!("aad"), &json!("DirectoryUser"), &json!("y.sato@contoso.example"))
        );
    }
    assert_eq!(organization.sandbox.world().user_count(), 62);
    let id = organization.id();
    let found = organization
        .get(&format!("identity_/api/Directory/Search/{id}?startsWith=wilma"))
        .await
        .json();
    let opaque = found[0]["identifier"].as_str().unwrap().to_owned();
    assert!(opaque.starts_with("aad|"), "{opaque}");
    let body = json!({"entityId": opaque, "entityType": "User"});
    let path = format!("identity_/api/Directory/Resolve/{id}");
    let entity = organization.send("POST", &path, body).await.json();
    assert_eq!(entity, resolved(&organization, WILMA).await);
}

#[tokio::test]
async fn a_group_or_a_licence_makes_an_account_of_somebody_of_the_directory() {
    let organization = organization().await;
    let ids = [
        resolved(&organization, WILMA).await["identifier"].clone(),
        resolved(&organization, "zeynep.kaya@contoso.example").await["identifier"].clone(),
    ];
    joins_finance(&organization, &ids[0]).await;
    let body = json!({"userIds": [ids[1]], "userBundleCodes": ["ACNU"]});
    let reply = organization.allocate(body).await;
    assert_eq!(reply.json()[0]["userId"], ids[1]);
    let world = organization.sandbox.world();
    assert_eq!((world.user_count(), world.people().count()), (64, 2));
    let wilma = world.user_called(WILMA).unwrap();
    assert_eq!((json!(wilma.id), wilma.kind), (ids[0].clone(), UserKind::DirectoryUser));
    assert_eq!(members_among(&organization, json!(ids)).await[0]["identifier"], ids[0]);
}

#[tokio::test]
async fn where_accounts_are_made_at_the_first_sign_in_groups_and_licences_are_there_before() {
    let organization = with(Config {
        quirks: Quirks {
            makes_accounts_at_sign_in: true,
            bulk_read: BulkRead::Accounts,
            ..Quirks::default()
        },
        ..Config::unlimited()
    })
    .await;
    let id = resolved(&organization, WILMA).await["identifier"].clone();
    joins_finance(&organization, &id).await;
    let body = json!({"userIds": [id], "userBundleCodes": ["ACNU"]});
    let path = organization.license_path();
    assert_eq!(organization.send("PUT", &path, body).await.status, 200);
    assert_eq!(organization.sandbox.world().user_count(), 62);
    assert_eq!(members_among(&organization, json!([id])).await[0]["identifier"], id);
    let held = organization
        .send("POST", &format!("{path}/license/users"), json!({"userIds": [id]}))
        .await;
    assert_eq!(held.json(), json!([]), "only those of accounts are told");
    let held = organization
        .get(&format!("{path}/user/{}/allocation", id.as_str().unwrap()))
        .await
        .json();
    assert_eq!(
        (&held["userBundleLicenses"], &held["orphan"]),
        (&json!(["ACNU"]), &json!(false))
    );
    let now = jiff::Timestamp::now();
    assert!(organization.sandbox.with_world(|world| world.first_sign_in(WILMA, now)));
    let world = organization.sandbox.world();
    let wilma = world.user_called(WILMA).unwrap();
    assert_eq!((json!(wilma.id), wilma.groups.len()), (id, 1));
    assert!(world.allocation(wilma.id).is_some());
}
