//! Sheets made up from a seed, and what each asks for: worked out row by row from the sheet alone, with nothing of the
//! program's own planning.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use reseat::sandbox::{Category, World};

pub(crate) const GROUPS: [&str; 6] = [
    "Finance",
    "HR Robots",
    "Procurement",
    "Citizen Developers",
    "IT Operations",
    "Invoice Team",
];
pub(crate) const CODES: [&str; 4] = ["ATTUNU", "ACNU", "TSTNU", "PMD"];

const HEADER: &str = "operation,user,email,username,new_email,groups,licenses,name,delete_when\n";

/// An account as far as sheets can change it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Account {
    name: Option<String>,
    groups: BTreeSet<String>,
    /// `None` inherits.
    held: Option<BTreeSet<String>>,
}

/// All accounts of an organization, by address or, where they have none, by user name.
pub(crate) type Accounts = BTreeMap<String, Account>;

/// The accounts of a world.
pub(crate) fn accounts(world: &World) -> Accounts {
    let account = |user: &reseat::sandbox::User| {
        let groups = user.groups.iter().map(|id| world.group(*id).unwrap().name.clone());
        let held = world.allocation(user.id).map(|held| &held.bundles);
        Account {
            name: user.name.clone(),
            groups: groups.collect(),
            held: held.map(|bundles| bundles.iter().map(ToString::to_string).collect()),
        }
    };
    let key = |user: &reseat::sandbox::User| match user.email.as_str() {
        "" => user.user_name.clone(),
        email => email.to_owned(),
    };
    world.users().map(|user| (key(user), account(user))).collect()
}

/// A sheet, and what it asks for.
pub(crate) struct Made {
    pub(crate) sheet: String,
    /// The accounts once every row is done.
    pub(crate) accounts: Accounts,
    /// Who gets a mail.
    pub(crate) mailed: BTreeSet<String>,
    /// Who has to accept before an old account goes.
    pub(crate) accepting: Vec<String>,
    /// People whose row is an update of the profile and who have no other row.
    pub(crate) updated: Vec<String>,
}

fn some(of: &[&str], dice: &mut StdRng) -> BTreeSet<String> {
    let count = dice.random_range(1..=2);
    of.sample(dice, count).map(|word| (*word).to_owned()).collect()
}

fn listed(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}

/// What rows may ask of an account before another row deletes or migrates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// Anything.
    Anything,
    /// Only memberships: where a licence call is refused, its row cannot be made up for once the account is gone.
    Memberships,
}

/// Makes a sheet up for an organization: every operation several times, the rows of one person in their order and all
/// others anyhow.
pub(crate) fn made_up(world: &World, before: Before, dice: &mut StdRng) -> Made {
    let mut made = Made {
        sheet: HEADER.to_owned(),
        accounts: accounts(world),
        mailed: BTreeSet::new(),
        accepting: Vec::new(),
        updated: Vec::new(),
    };
    let mut people: Vec<String> = world
        .users()
        .filter(|user| user.invitation_accepted && user.is_active && user.category == Category::Local)
        .map(|user| user.email.clone())
        // A robot has no address.
        .filter(|who| !who.is_empty() && !made.accounts[who].groups.contains("Administrators"))
        .collect();
    people.shuffle(dice);
    // One or two lines a person, drawn from last to first.
    let mut blocks: Vec<Vec<String>> = Vec::new();
    let next = |people: &mut Vec<String>| people.pop().unwrap();
    for number in 0..6 {
        let who = format!("new{number}@new.example");
        let account = Account {
            groups: some(&GROUPS, dice),
            held: (number % 3 != 0).then(|| some(&CODES, dice)),
            ..Account::default()
        };
        let codes = account.held.as_ref().map(listed).unwrap_or_default();
        blocks.push(vec![format!("invite,,{who},,,{},{codes},,", listed(&account.groups))]);
        made.mailed.insert(who.clone());
        made.accounts.insert(who, account);
    }
    for number in 0..4 {
        let who = format!("local{number}");
        let account = Account {
            groups: BTreeSet::from([GROUPS[number % 2].to_owned()]),
            held: (number % 2 == 0).then(|| some(&CODES, dice)),
            ..Account::default()
        };
        let codes = account.held.as_ref().map(listed).unwrap_or_default();
        blocks.push(vec![format!("create,,,{who},,{},{codes},,", listed(&account.groups))]);
        made.accounts.insert(who, account);
    }
    for number in 0..3 {
        let who = next(&mut people);
        made.accounts.get_mut(&who).unwrap().name = Some(format!("Kim{number}"));
        blocks.push(vec![format!("update,{who},,,,,,Kim{number},")]);
        made.updated.push(who);
    }
    for _ in 0..9 {
        let who = next(&mut people);
        let account = made.accounts.get_mut(&who).unwrap();
        blocks.push(vec![change(&who, account, Before::Anything, dice)]);
    }
    for when in ["", "", "invited", "invited", "accepted", "accepted"] {
        let who = next(&mut people);
        let mut account = made.accounts.remove(&who).unwrap();
        let mut rows = Vec::new();
        if dice.random_bool(0.5) {
            rows.push(change(&who, &mut account, before, dice));
        }
        if when.is_empty() {
            rows.push(format!("delete,{who},,,,,,,"));
        } else {
            let new = format!("moved.{}", who.replace("contoso", "new"));
            rows.push(format!("migrate,{who},,,{new},,,,{when}"));
            made.mailed.insert(new.clone());
            if when == "accepted" {
                made.accepting.push(new.clone());
            }
            made.accounts.insert(new, account);
        }
        blocks.push(rows);
    }
    blocks.shuffle(dice);
    for line in blocks.concat() {
        made.sheet.push_str(&line);
        made.sheet.push('\n');
    }
    made
}

/// A row that changes an account, and the change.
fn change(who: &str, account: &mut Account, kinds: Before, dice: &mut StdRng) -> String {
    let (groups, codes) = (some(&GROUPS, dice), some(&CODES, dice));
    let kinds = match kinds {
        Before::Memberships => 2,
        Before::Anything => 6,
    };
    match dice.random_range(0..kinds) {
        0 => {
            account.groups.extend(groups.clone());
            format!("add-to-groups,{who},,,,{},,,", listed(&groups))
        }
        1 => {
            account.groups.retain(|group| !groups.contains(group));
            format!("remove-from-groups,{who},,,,{},,,", listed(&groups))
        }
        2 => {
            account.held.get_or_insert_default().extend(codes.clone());
            format!("add-licenses,{who},,,,,{},,", listed(&codes))
        }
        3 => {
            account.held = None;
            format!("release-licenses,{who},,,,,,,")
        }
        4 => {
            account.held = Some(BTreeSet::new());
            format!("block-licenses,{who},,,,,,,")
        }
        _ => {
            account.held = Some(codes.clone());
            format!("set-licenses,{who},,,,,{},,", listed(&codes))
        }
    }
}

/// What differs between two organizations, account by account.
pub(crate) fn differences(wanted: &Accounts, found: &Accounts) -> Vec<String> {
    let everybody: BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    everybody
        .into_iter()
        .filter(|who| wanted.get(*who) != found.get(*who))
        .map(|who| format!("{who}: {:?} instead of {:?}", found.get(who), wanted.get(who)))
        .collect()
}

/// Enough seats of every bundle, those included that groups give.
pub(crate) fn give_seats(world: &mut World) {
    for (code, seats) in world.seats() {
        world.set_seats(code.as_str(), seats.allocated + 100);
    }
}
