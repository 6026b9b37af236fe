//! The reader against an organization that answers over the transport's seam.

mod organization;
mod untold_groups;

use std::sync::{Arc, Mutex};

use organization::{Licenses, Organization, Resolver, group_id, user_id};

use super::*;
use crate::api::{AllocationRoute, Certainty, Failure};
use crate::event::{Event, Observer};
use crate::model::{BundleCode, Capabilities, Deployment, GroupRef, UserId, UserRef};

const OPTIONS: ReadOptions = ReadOptions {
    users_per_page: 10,
    concurrency: 4,
    capabilities: Capabilities {
        portal: true,
        group_quotas: true,
        published_limits: true,
    },
};

/// What reading came to: the snapshot, what was asked for, and the notices.
struct Reading {
    snapshot: Result<Snapshot, ReadError>,
    asked: Vec<(&'static str, usize)>,
    notices: Vec<String>,
}

impl Reading {
    async fn of(organization: Organization, needs: &Needs<'_>) -> Self {
        Self::with(organization, needs, &OPTIONS).await
    }

    async fn with(organization: Organization, needs: &Needs<'_>, options: &ReadOptions) -> Self {
        let notices = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&notices);
        let observer: Observer = Arc::new(move |event| {
            if let Event::Notice(text) = event {
                heard.lock().unwrap().push(text);
            }
        });
        let (client, log) = organization.open();
        let snapshot = read(&client, needs, options, &observer).await;
        let notices = notices.lock().unwrap().clone();
        Self {
            snapshot,
            asked: log.counts(),
            notices,
        }
    }

    fn snapshot(&self) -> &Snapshot {
        self.snapshot.as_ref().unwrap()
    }
}

fn references(names: &[&str]) -> Vec<UserRef> {
    names.iter().copied().map(UserRef::parse).collect()
}

fn found(snapshot: &Snapshot, name: &str) -> Option<usize> {
    let user = snapshot.user(&UserRef::parse(name)).one()?;
    (0..1_000).find(|number| user_id(*number) == user.id)
}

#[tokio::test]
async fn what_nobody_needs_is_not_read() {
    let reading = Reading::of(Organization::of_users(95), &Needs::default()).await;
    assert_eq!(reading.asked, []);
    assert!(reading.snapshot().users().is_empty());
}

#[tokio::test]
async fn a_small_directory_takes_one_call_whatever_the_sheet() {
    let users = references(&["user3@corp.example", "USER4@corp.example", "nobody@corp.example"]);
    let needs = Needs {
        users: users.iter().collect(),
        addresses: vec!["new@corp.example"],
        ..Needs::default()
    };
    let reading = Reading::of(Organization::of_users(10), &needs).await;
    assert_eq!(reading.asked, [("list", 1)]);
    assert_eq!(found(reading.snapshot(), "user4@corp.example"), Some(4));
    assert_eq!(found(reading.snapshot(), "nobody@corp.example"), None);
}

#[tokio::test]
async fn few_identities_of_a_large_directory_are_resolved_in_bulk() {
    let names: Vec<String> = (0..25).map(|number| format!("user{number}@corp.example")).collect();
    let users = references(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let needs = Needs {
        users: users.iter().collect(),
        ..Needs::default()
    };
    let reading = Reading::of(Organization::of_users(95), &needs).await;
    assert_eq!(reading.asked, [("list", 1), ("resolve", 2)]);
    for (number, name) in names.iter().enumerate() {
        assert_eq!(found(reading.snapshot(), name), Some(number));
    }
}

#[tokio::test]
async fn a_name_that_resolves_to_nothing_is_searched_for_before_it_is_believed() {
    let users = references(&["USER50@corp.example", "user51@corp.example", "nobody@corp.example"]);
    let needs = Needs {
        users: users.iter().collect(),
        ..Needs::default()
    };
    let reading = Reading::of(Organization::of_users(95), &needs).await;
    assert_eq!(reading.asked, [("list", 1), ("resolve", 1), ("search", 2)]);
    assert_eq!(found(reading.snapshot(), "user50@corp.example"), Some(50));
    assert_eq!(found(reading.snapshot(), "user51@corp.example"), Some(51));
    assert_eq!(found(reading.snapshot(), "nobody@corp.example"), None);
}

#[tokio::test]
async fn when_most_names_turn_out_unknown_the_listing_is_read_after_all() {
    let names: Vec<String> = (0..20).map(|number| format!("USER{number}@corp.example")).collect();
    let users = references(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let needs = Needs {
        users: users.iter().collect(),
        ..Needs::default()
    };
    let reading = Reading::of(Organization::of_users(95), &needs).await;
    assert_eq!(reading.asked, [("list", 10), ("resolve", 1)]);
    assert_eq!(found(reading.snapshot(), "user19@corp.example"), Some(19));
}

#[tokio::test]
async fn where_names_cannot_be_resolved_the_listing_is_read_and_that_is_said() {
    let users = references(&["user50@corp.example", "user51@corp.example"]);
    let needs = Needs {
        users: users.iter().collect(),
        ..Needs::default()
    };
    let organization = Organization {
        resolver: Resolver::Broken,
        ..Organization::of_users(95)
    };
    let reading = Reading::of(organization, &needs).await;
    assert_eq!(reading.asked, [("list", 10), ("resolve", 1)]);
    assert_eq!(found(reading.snapshot(), "user50@corp.example"), Some(50));
    assert_eq!(reading.notices.len(), 1);
}

#[tokio::test]
async fn profiles_addresses_and_ids_of_a_large_directory_take_a_call_each() {
    let id = user_id(70).to_string();
    let users = references(&["USER50@corp.example", &id, "user50@corp.example"]);
    let needs = Needs {
        users: users.iter().collect(),
        addresses: vec!["new@corp.example", "user60@corp.example"],
        detail: Detail::Profile,
        ..Needs::default()
    };
    let reading = Reading::of(Organization::of_users(95), &needs).await;
    assert_eq!(reading.asked, [("get", 1), ("list", 1), ("search", 3)]);
    let snapshot = reading.snapshot();
    assert_eq!(found(snapshot, "user50@corp.example"), Some(50));
    assert_eq!(found(snapshot, &id), Some(70));
    assert!(snapshot.account("user60@corp.example").one().is_some());
    assert_eq!(snapshot.account("new@corp.example"), Found::None { suggestion: None });
    assert_eq!(snapshot.user_by_id(user_id(50)).unwrap().groups[..], [group_id(0)]);
}

#[tokio::test]
async fn a_single_look_up_needs_no_listing() {
    let organization = Organization::of_users(95);
    let needs = Needs {
        addresses: vec!["user50@corp.example"],
        ..Needs::default()
    };
    let reading = Reading::of(organization, &needs).await;
    assert_eq!(reading.asked, [("search", 1)]);
    assert!(reading.snapshot().account("user50@corp.example").one().is_some());
}

#[tokio::test]
async fn everyone_is_read_page_by_page() {
    let needs = Needs {
        everyone: true,
        ..Needs::default()
    };
    let reading = Reading::of(Organization::of_users(95), &needs).await;
    assert_eq!(reading.asked, [("list", 10)]);
    assert_eq!(reading.snapshot().users().len(), 95);
}

#[tokio::test]
async fn administrators_are_known_from_profiles_and_else_from_the_group() {
    let users = references(&["user50@corp.example", "user51@corp.example"]);
    for (detail, members) in [(Detail::Profile, None), (Detail::Identity, Some(("members", 1)))] {
        let needs = Needs {
            users: users.iter().collect(),
            detail,
            administrators: true,
            ..Needs::default()
        };
        let organization = Organization {
            administrator: Some(51),
            ..Organization::of_users(95)
        };
        let reading = Reading::of(organization, &needs).await;
        let asked = reading.asked.iter().find(|(what, _)| *what == "members").copied();
        assert_eq!(asked, members, "{detail:?}");
        let snapshot = reading.snapshot();
        for (number, expected) in [(50, false), (51, true)] {
            let user = snapshot.user_by_id(user_id(number)).unwrap();
            assert_eq!(snapshot.is_administrator(user), expected, "{detail:?} {number}");
        }
    }
}

#[tokio::test]
async fn allocations_and_seats_are_read_where_there_is_a_portal() {
    let needs = Needs {
        allocations: Want::Required,
        seats: Want::Optional,
        ..Needs::default()
    };
    let reading = Reading::of(Organization::of_users(120), &needs).await;
    let snapshot = reading.snapshot();
    assert_eq!(snapshot.allocations().unwrap().all().len(), 120);
    assert!(snapshot.direct(user_id(119)).is_some());
    assert_eq!(snapshot.seats_of(&BundleCode::new("ATTUNU")).unwrap().total, 200);
}

#[tokio::test]
async fn without_any_route_what_can_be_spared_is_and_what_cannot_is_an_error_with_the_reason() {
    let suite = ReadOptions {
        capabilities: Deployment::AutomationSuite.capabilities(),
        ..OPTIONS
    };
    let users = references(&["user1@corp.example"]);
    for (options, asked) in [(OPTIONS, true), (suite, false)] {
        for want in [Want::Optional, Want::Required] {
            for holders in [Holders::Everybody, Holders::Of(users.iter().collect())] {
                let of_some = matches!(holders, Holders::Of(_));
                let needs = Needs {
                    users: users.iter().collect(),
                    allocations: want,
                    holders,
                    ..Needs::default()
                };
                let organization = Organization {
                    portal: false,
                    ..Organization::of_users(5)
                };
                let reading = Reading::with(organization, &needs, &options).await;
                let unknown = reading.asked.iter().any(|(what, _)| *what == "unknown");
                assert_eq!(unknown, asked || of_some, "{want:?}");
                match (want, reading.snapshot) {
                    (Want::Required, Err(ReadError::NoAllocations { source })) => assert_eq!(source.is_some(), asked),
                    (_, Ok(snapshot)) => {
                        assert!(snapshot.allocations().is_none());
                        assert_eq!(reading.notices.len(), 1);
                    }
                    (_, other) => panic!("{want:?}: {other:?}"),
                }
            }
        }
    }
}

/// What these users hold, read once more with what the first reading has found out; and what was asked for each time.
async fn held_twice(
    organization: Organization,
    names: &[&str],
) -> (Vec<Option<usize>>, [Vec<(&'static str, usize)>; 2]) {
    let ids: Vec<UserId> = names.iter().map(|name| user_id(name.parse().unwrap())).collect();
    let (client, log) = organization.open();
    let observer = crate::event::silent();
    let held = |read: ReadAllocations| -> Vec<Option<usize>> {
        let bundles = |id: &UserId| read.allocations.of(*id).map(|held| held.bundles.len());
        ids.iter().map(bundles).collect()
    };
    let first = held(Reader::new(&client, &OPTIONS, &observer).held_by(&ids).await.unwrap());
    let asked = log.counts();
    log.clear();
    let second = held(Reader::new(&client, &OPTIONS, &observer).held_by(&ids).await.unwrap());
    assert_eq!(first, second);
    (second, [asked, log.counts()])
}

#[tokio::test]
async fn a_bulk_read_that_agrees_with_the_listing_is_used_from_then_on() {
    let organization = Organization {
        licenses: Licenses::Rightly,
        ..Organization::of_users(300)
    };
    let (held, asked) = held_twice(organization, &["7", "299", "301"]).await;
    assert_eq!(held, [Some(1), Some(1), None]);
    assert_eq!(asked[0], [("licensed", 1), ("licenses", 1)]);
    assert_eq!(asked[1], [("licenses", 1)]);
}

#[tokio::test]
async fn a_bulk_read_that_overlooks_holders_is_not_believed() {
    let organization = Organization {
        licenses: Licenses::AllAsNone,
        ..Organization::of_users(120)
    };
    let (held, asked) = held_twice(organization, &["7", "119", "301"]).await;
    assert_eq!(held, [Some(1), Some(1), None]);
    assert_eq!(asked[0], [("licensed", 5), ("licenses", 1), ("unknown", 1)]);
    assert_eq!(asked[1], [("licensed", 5)]);
}

#[tokio::test]
async fn where_only_single_allocations_can_be_read_few_users_take_a_call_each_and_many_the_listing() {
    let organization = || Organization {
        licenses: Licenses::OneByOne,
        ..Organization::of_users(120)
    };
    let (held, asked) = held_twice(organization(), &["7", "301"]).await;
    assert_eq!(held, [Some(1), None]);
    assert_eq!(asked[1], [("license", 2)]);
    let (_, asked) = held_twice(organization(), &["1", "2", "3", "4", "5"]).await;
    assert_eq!(asked[1], [("licensed", 5)]);
}

#[tokio::test]
async fn without_a_portal_a_bulk_read_that_names_somebody_is_enough() {
    let suite = ReadOptions {
        capabilities: Deployment::AutomationSuite.capabilities(),
        ..OPTIONS
    };
    for (licenses, how) in [
        (Licenses::Rightly, HowRead::InBulk),
        (Licenses::OneByOne, HowRead::OneByOne),
    ] {
        let organization = Organization {
            licenses,
            portal: false,
            ..Organization::of_users(5)
        };
        let (client, _) = organization.open();
        let observer = crate::event::silent();
        let read = Reader::new(&client, &suite, &observer)
            .held_by(&[user_id(1), user_id(9)])
            .await
            .unwrap();
        assert_eq!(read.how, Some(how));
        assert!(read.allocations.of(user_id(1)).is_some());
        assert!(read.allocations.of(user_id(9)).is_none());
    }
}

#[tokio::test]
async fn rules_come_by_their_listing_or_for_one_group_by_itself() {
    let groups = [GroupRef::parse("developers"), GroupRef::parse("Administrators")];
    let unknown = GroupRef::parse("Developpers");
    for (rules, listed, single) in [
        (Rules::Of(vec![&groups[0]]), 0, 1),
        (Rules::Of(vec![&groups[0], &groups[0], &unknown]), 0, 1),
        (Rules::Of(vec![&groups[0], &groups[1]]), 1, 0),
        (Rules::Of(vec![&unknown]), 0, 0),
        (Rules::All, 1, 0),
    ] {
        let told = format!("{rules:?}");
        let needs = Needs {
            rules,
            ..Needs::default()
        };
        let reading = Reading::of(Organization::of_users(5), &needs).await;
        let count = |what| {
            let asked = reading.asked.iter().find(|(asked, _)| *asked == what);
            asked.map_or(0, |(_, count)| *count)
        };
        assert_eq!((count("rules"), count("rule")), (listed, single), "{told}");
        let known = reading.snapshot().rule(group_id(0)).is_some();
        assert_eq!(known, listed + single > 0, "{told}");
    }
}

#[tokio::test]
async fn accounts_are_found_again_by_address_in_any_case() {
    let (client, log) = Organization::of_users(95).open();
    let addresses = ["USER7@corp.example", "user93@corp.example", "lost@corp.example"];
    let accounts = Reader::new(&client, &OPTIONS, &crate::event::silent())
        .find_accounts(&addresses)
        .await
        .unwrap();
    assert_eq!(log.counts(), [("list", 1), ("search", 3)]);
    let known: Vec<bool> = addresses
        .iter()
        .map(|address| accounts.find(address).one().is_some())
        .collect();
    assert_eq!(known, [true, true, false]);
}

#[tokio::test]
async fn reading_accounts_back_takes_the_calls_that_were_forecast() {
    let everything = Needs {
        everyone: true,
        allocations: Want::Required,
        ..Needs::default()
    };
    for (tells_total, users) in [(true, 5), (true, 95), (true, 300), (false, 5), (false, 95)] {
        let organization = || Organization {
            tells_total,
            ..Organization::of_users(users)
        };
        let before = Reading::of(organization(), &everything).await;
        let listings = before.snapshot().listings();
        for accounts in [1, 2, 8, 9, 28, 29, 60] {
            let addresses: Vec<String> = (0..accounts.min(users))
                .map(|number| format!("user{number}@corp.example"))
                .collect();
            let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
            let (client, log) = organization().open();
            let observer = crate::event::silent();
            Reader::new(&client, &OPTIONS, &observer)
                .find_accounts(&addresses)
                .await
                .unwrap();
            let ids: Vec<UserId> = (0..addresses.len()).map(user_id).collect();
            client.keep_allocation_route(AllocationRoute::Listing, Certainty::ForNow);
            Reader::new(&client, &OPTIONS, &observer).held_by(&ids).await.unwrap();
            let made: usize = log.counts().iter().map(|(_, count)| count).sum();
            let at_once = OPTIONS.concurrency as u64;
            let forecast = read_back_calls(
                listings.users,
                listings.allocations,
                (addresses.len() as u64, addresses.len() as u64),
                at_once,
            );
            let shown = format!("{accounts} of {users}, total: {tells_total}");
            assert_eq!(made as u64, forecast.values().sum::<u64>(), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_refused_sign_in_ends_the_reading_and_no_other_way_is_tried() {
    let users = references(&["user50@corp.example", "user51@corp.example"]);
    let needs = Needs {
        users: users.iter().collect(),
        ..Needs::default()
    };
    let organization = Organization {
        resolver: Resolver::SignedOut,
        ..Organization::of_users(95)
    };
    let reading = Reading::of(organization, &needs).await;
    let Err(ReadError::Call { what, source }) = reading.snapshot else {
        panic!("the sign-in was refused");
    };
    assert_eq!((what, source.failure), ("the users", Failure::SignIn));
    assert_eq!(
        reading.asked.iter().find(|(what, _)| *what == "list"),
        Some(&("list", 1))
    );
}
