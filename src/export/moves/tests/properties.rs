//! What holds of everybody who moves, whatever people are called and in whatever order they are listed.

use std::collections::HashSet;

use proptest::prelude::*;

use super::{Organization, account, asked, people};
use crate::model::Email;
use crate::text::fold;

fn organizations() -> impl Strategy<Value = Vec<(String, String, String, u8)>> {
    let name = prop_oneof![
        "[A-Cab]{0,2}",
        "[ÄÖÜßøåİıłđ'’ -]{1,3}",
        "(Jan|Ján|JAN|Юля|Ελ|王|Ann-)",
        "[a-b]{60,80}",
    ];
    let domain = "(old|OLD|new|eu\\.old)\\.example";
    let email = ("[a-c]{1,2}(\\+x)?", domain).prop_map(|(local, domain)| format!("{local}@{domain}"));
    let account = (email, name.clone(), name, any::<u8>());
    prop::collection::vec(account, 0..12)
}

fn organization_of(accounts: &[(String, String, String, u8)], number: impl Fn(usize) -> usize) -> Organization {
    let users = accounts
        .iter()
        .enumerate()
        .map(|(place, (email, name, surname, kind))| {
            let mut user = account(number(place), email, name, surname);
            user.is_active = kind % 5 != 0;
            user.invitation_accepted = kind % 7 != 0;
            user.from_directory = kind % 11 == 0;
            user
        });
    Organization {
        users: users.collect(),
        ..people(&[])
    }
}

proptest! {
    #[test]
    fn whatever_people_are_called_addresses_are_valid_and_nobody_elses(
        accounts in organizations(),
        pattern in prop::sample::select(vec!["", "{name}.{surname}", "{name:1}{surname}", "{surname}-{local}"]),
    ) {
        let organization = organization_of(&accounts, |place| place);
        let rows = organization.moved(&asked(pattern));
        let mut taken = HashSet::new();
        for row in rows.iter().filter(|row| row.why.is_none()) {
            prop_assert_eq!(Email::fault(&row.new_email), None);
            let (local, domain) = row.new_email.split_once('@').unwrap();
            prop_assert!(local.len() <= 64 && domain == "new.example", "{}", row.new_email);
            prop_assert!(taken.insert(fold(&row.new_email)), "{} twice", row.new_email);
            let bearers = accounts.iter().filter(|account| fold(&account.0) == fold(&row.new_email));
            for (_, name, surname, _) in bearers {
                let mover = accounts.iter().find(|account| account.0 == row.user);
                let is_same = mover.is_none_or(|mover| {
                    (fold(&mover.1), fold(&mover.2)) == (fold(name), fold(surname))
                        || (name.trim().is_empty() && surname.trim().is_empty())
                        || (mover.1.trim().is_empty() && mover.2.trim().is_empty())
                });
                prop_assert!(is_same, "{row:?} onto {name} {surname}");
            }
        }
    }

    #[test]
    fn the_sheet_is_the_same_whatever_order_the_accounts_come_in(
        (accounts, order) in organizations().prop_flat_map(|accounts| {
            let places: Vec<usize> = (0..accounts.len()).collect();
            (Just(accounts), Just(places).prop_shuffle())
        }),
    ) {
        let organization = organization_of(&accounts, |place| place);
        let shuffled = Organization {
            users: order.iter().map(|place| organization.users[*place].clone()).collect(),
            ..people(&[])
        };
        let request = asked("{name}.{surname}");
        prop_assert_eq!(organization.seen(&request, &[]), shuffled.seen(&request, &[]));
    }

    #[test]
    fn who_moves_where_does_not_depend_on_ids(
        (accounts, order) in organizations().prop_flat_map(|accounts| {
            let places: Vec<usize> = (0..accounts.len()).collect();
            (Just(accounts), Just(places).prop_shuffle())
        }),
    ) {
        let mut accounts = accounts;
        accounts.sort_by_cached_key(|account| fold(&account.0));
        accounts.dedup_by_key(|account| fold(&account.0));
        let order: Vec<usize> = order.into_iter().filter(|place| *place < accounts.len()).collect();
        let request = asked("{name}.{surname}");
        let seen = |number: &dyn Fn(usize) -> usize| organization_of(&accounts, number).moved(&request);
        prop_assert_eq!(seen(&|place| place), seen(&|place| order[place]));
    }
}
