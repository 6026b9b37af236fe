use serde_json::{Value, json};

use crate::support::{ANNA, BRAM, DAVID, NOBODY, organization};

#[tokio::test]
async fn all_groups_come_at_once_with_numeric_types_and_no_members() {
    let organization = organization().await;
    let groups = organization
        .get(&format!("identity_/api/Group/{}", organization.id()))
        .await
        .json();
    let groups = groups.as_array().unwrap();
    assert_eq!(groups.len(), 14);
    let everyone = groups.iter().find(|group| group["name"] == "Everyone").unwrap();
    assert_eq!((&everyone["type"], &everyone["members"]), (&json!(0), &json!([])));
    assert!(groups.iter().any(|group| group["type"] == 1));
}

#[tokio::test]
async fn nobody_is_listed_in_everyone() {
    let organization = organization().await;
    let members = |name: &str| {
        format!(
            "identity_/api/Group/{}/{}/Members?top=100",
            organization.id(),
            organization.group(name)
        )
    };
    assert_eq!(
        organization.get(&members("Everyone")).await.json(),
        json!({"totalCount": 0, "results": []})
    );
    let finance = organization.get(&members("Finance")).await.json();
    assert_eq!(
        (&finance["totalCount"], &finance["results"][0]["type"]),
        (&json!(12), &json!(0))
    );
}

#[tokio::test]
async fn a_group_is_created_only_with_an_id_of_the_clients_making() {
    let organization = organization().await;
    let mut body = json!({"partitionGlobalId": organization.id(), "name": "New", "directoryUserMemberIDs": [organization.user(ANNA)]});
    let refused = organization.send("POST", "identity_/api/Group", body.clone()).await;
    assert_eq!((refused.status, refused.json()["errors"]["Id"].is_array()), (400, true));
    body["id"] = json!(NOBODY);
    let created = organization.send("POST", "identity_/api/Group", body.clone()).await;
    assert_eq!((created.status, &created.json()["id"]), (201, &json!(NOBODY)));
    assert_eq!(organization.sandbox.world().members(NOBODY.parse().unwrap()).count(), 1);
    assert_eq!(organization.send("POST", "identity_/api/Group", body).await.status, 400);
}

#[tokio::test]
async fn membership_edits_demand_the_name_and_another_name_renames() {
    let organization = organization().await;
    let id = organization.group("HR Robots");
    let path = format!("identity_/api/Group/{id}");
    let mut body = json!({"partitionGlobalId": organization.id(),
        "directoryUserIDsToAdd": [organization.user(ANNA), organization.user(BRAM)], "directoryUserIDsToRemove": [NOBODY]});
    let refused = organization.send("PUT", &path, body.clone()).await;
    assert_eq!(refused.status, 409);
    body["name"] = json!("HR Robots");
    assert_eq!(
        organization.send("PUT", &path, body.clone()).await.json()["name"],
        "HR Robots"
    );
    body["name"] = json!("Renamed");
    assert_eq!(organization.send("PUT", &path, body).await.status, 200);
    assert_eq!(organization.group("Renamed"), id);
}

#[tokio::test]
async fn an_unknown_member_refuses_the_whole_edit() {
    let organization = organization().await;
    let path = format!("identity_/api/Group/{}", organization.group("HR Robots"));
    let david = organization.user(DAVID);
    let body =
        json!({"partitionGlobalId": organization.id(), "name": "HR Robots", "directoryUserIDsToAdd": [david, NOBODY]});
    assert_eq!(organization.send("PUT", &path, body).await.status, 400);
    let robots = organization.group("HR Robots").parse().unwrap();
    assert!(
        !organization
            .sandbox
            .world()
            .user_called(DAVID)
            .unwrap()
            .groups
            .contains(&robots)
    );
}

#[tokio::test]
async fn built_in_groups_are_neither_changed_nor_deleted() {
    let organization = organization().await;
    let id = organization.group("Administrators");
    let body = json!({"partitionGlobalId": organization.id(), "name": "Administrators", "directoryUserIDsToAdd": [organization.user(ANNA)]});
    let reply = organization
        .send("PUT", &format!("identity_/api/Group/{id}"), body)
        .await;
    assert_eq!(
        (reply.status, &reply.json()["errors"][0]["code"]),
        (400, &json!("BuiltInGroup"))
    );
    let path = format!("identity_/api/Group/{}", organization.id());
    assert_eq!(
        organization
            .send("DELETE", &format!("{path}/{id}"), Value::Null)
            .await
            .status,
        400
    );
    assert_eq!(
        organization
            .send("DELETE", &path, json!({"groupIDs": [id]}))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn custom_groups_are_deleted_one_or_many() {
    let organization = organization().await;
    let path = format!("identity_/api/Group/{}", organization.id());
    let one = format!("{path}/{}", organization.group("HR Robots"));
    assert_eq!(organization.send("DELETE", &one, Value::Null).await.status, 204);
    let body = json!({"groupIDs": [organization.group("Finance"), organization.group("Procurement")]});
    assert_eq!(organization.send("DELETE", &path, body).await.status, 204);
    assert_eq!(organization.sandbox.world().groups().count(), 11);
}
