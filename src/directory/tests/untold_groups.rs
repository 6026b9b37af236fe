//! What is not told of groups and their members is not taken for none.

use super::organization::GroupsTold;
use super::*;

/// Two users who may leave Administrators, the second of whom is in it.
async fn leaving(groups: GroupsTold) -> Reading {
    let users = references(&["user2@corp.example", "user3@corp.example"]);
    let needs = Needs {
        users: users.iter().collect(),
        leaving: users.iter().collect(),
        detail: Detail::Profile,
        groups: true,
        administrators: true,
        ..Needs::default()
    };
    let organization = Organization {
        administrator: Some(3),
        groups,
        ..Organization::of_users(9)
    };
    Reading::of(organization, &needs).await
}

/// Of each of the two: whether the groups are told, whether it is an administrator, and whether that is unknown.
fn standing(reading: &Reading) -> [(bool, bool, bool); 2] {
    let snapshot = reading.snapshot();
    [2, 3].map(|number| {
        let user = snapshot.user_by_id(user_id(number)).unwrap();
        let is_perhaps = snapshot.is_perhaps_administrator(user);
        (user.tells_groups, snapshot.is_administrator(user), is_perhaps)
    })
}

#[tokio::test]
async fn groups_that_a_listing_leaves_out_are_read_account_by_account() {
    let reading = leaving(GroupsTold::Singly).await;
    assert_eq!(standing(&reading), [(true, false, false), (true, true, false)]);
    // The last is to find another administrator.
    assert_eq!(reading.asked, [("get", 2), ("groups", 1), ("list", 1), ("members", 1)]);
}

#[tokio::test]
async fn where_no_account_tells_its_groups_the_group_tells_who_is_an_administrator() {
    let reading = leaving(GroupsTold::ByGroup).await;
    assert_eq!(standing(&reading), [(false, false, false), (false, true, false)]);
    // One answer without groups is enough to see that none has them.
    assert_eq!(reading.asked, [("get", 1), ("groups", 1), ("list", 1), ("members", 1)]);
}

#[tokio::test]
async fn where_nothing_tells_who_is_an_administrator_everybody_may_be_one() {
    let reading = leaving(GroupsTold::Nowhere).await;
    assert_eq!(standing(&reading), [(false, false, true), (false, false, true)]);
    let reading = leaving(GroupsTold::WithoutListing).await;
    assert_eq!(standing(&reading), [(true, false, true), (true, false, true)]);
    assert!(reading.notices[0].contains("Administrators"), "{:?}", reading.notices);
}

#[tokio::test]
async fn licences_are_read_without_asking_for_groups_that_do_not_matter() {
    let users = references(&["user2@corp.example", "user3@corp.example"]);
    let needs = Needs {
        users: users.iter().collect(),
        ..Needs::default()
    };
    let organization = Organization {
        groups: GroupsTold::Singly,
        ..Organization::of_users(9)
    };
    let reading = Reading::of(organization, &needs).await;
    assert_eq!(reading.asked, [("list", 1)]);
}

#[tokio::test]
async fn a_listing_of_users_without_anybody_is_no_answer() {
    let users = references(&["user2@corp.example", "user3@corp.example"]);
    let needs = Needs {
        users: users.iter().collect(),
        ..Needs::default()
    };
    let reading = Reading::of(Organization::of_users(0), &needs).await;
    let error = reading.snapshot.unwrap_err().to_string();
    assert!(error.contains("the listing is empty"), "{error}");
}
