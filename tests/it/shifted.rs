//! The listing of those who hold licences, while somebody else gives and takes some: whoever moves to another page of it meanwhile
//! holds them all the same.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use reseat::model::UserId;
use reseat::sandbox::{Config, Population};

use crate::between::twist;
use crate::support::{Ran, Stage, bundles};

/// More than a page of the listing has.
const HOLDERS: usize = 70;

/// What somebody else does once the first page of the listing is read.
#[derive(Debug, Clone, Copy)]
enum Change {
    /// Takes the licences of the first whom it lists, so that all others move to the place before theirs.
    Taken,
    /// Gives some to somebody whom it then lists first, so that all others move to the place after theirs.
    Given,
}

/// People of whom all but the first hold `ATTUNU`, in the order of the listing.
fn stage() -> (Stage, Vec<(UserId, String)>) {
    let stage = Stage::with(Config {
        population: Population::Generated(200),
        ..Config::unlimited()
    });
    let people = stage.sandbox.with_world(|world| {
        let people = world.users().filter(|user| user.is_active && user.invitation_accepted);
        let people: Vec<(UserId, String)> = people
            .take(HOLDERS + 1)
            .map(|user| (user.id, user.email.clone()))
            .collect();
        let holders: Vec<UserId> = world.allocations().map(|(id, _)| id).collect();
        for holder in holders {
            world.release(holder);
        }
        for (id, _) in &people[1..] {
            world.allocate(*id, bundles(&["ATTUNU"]), false);
        }
        for code in ["ATTUNU", "TSTNU"] {
            world.set_seats(code, 200);
        }
        people
    });
    (stage, people)
}

/// Runs a command, and makes the change.
fn while_somebody_else_acts((stage, people): &(Stage, Vec<(UserId, String)>), change: Change, words: &[&str]) -> Ran {
    let (page_read, read) = channel();
    let (changed, change_made) = channel();
    let hold = Mutex::new(Some((page_read, change_made)));
    twist(stage, move |asked, _| {
        let is_first = asked.line.contains("/UserLicense/user/page") && asked.line.contains("skip=0");
        if is_first && let Some((page_read, change_made)) = hold.lock().unwrap().take() {
            page_read.send(()).unwrap();
            change_made.recv().unwrap();
        }
    });
    let child = stage.start(words);
    read.recv().unwrap();
    stage.sandbox.with_world(|world| match change {
        Change::Taken => drop(world.release(people[1].0)),
        Change::Given => world.allocate(people[0].0, bundles(&["ATTUNU"]), false),
    });
    changed.send(()).unwrap();
    stage.ended(child)
}

fn all_but(people: &[(UserId, String)], change: Change) -> &[(UserId, String)] {
    match change {
        Change::Taken => &people[2..],
        Change::Given => people,
    }
}

#[test]
fn nobody_loses_licences_or_keeps_them_for_having_moved_to_another_page() {
    for change in [Change::Taken, Change::Given] {
        for (operation, code, left) in [
            ("add-licenses", "TSTNU", Some("ATTUNU; TSTNU")),
            ("remove-licenses", "ATTUNU", None),
        ] {
            let (stage, people) = stage();
            let emails = people[1..].iter().map(|(_, email)| email);
            let rows: Vec<String> = emails.map(|email| format!("{operation},{email},{code}\n")).collect();
            stage.write("sheet.csv", format!("operation,user,licenses\n{}", rows.concat()));
            let told = (stage, people);
            while_somebody_else_acts(&told, change, &["run", "sheet.csv", "--yes"]).ends(0);
            let (stage, people) = told;
            for (_, email) in &people[2..] {
                assert_eq!(stage.held(email).as_deref(), left, "{change:?} {operation} {email}");
            }
        }
    }
}

#[test]
fn an_export_has_every_holder_although_some_moved_to_another_page() {
    for change in [Change::Taken, Change::Given] {
        let told = stage();
        while_somebody_else_acts(&told, change, &["export", "licenses", "-o", "held.csv"]).ends(0);
        let (stage, people) = told;
        let written = stage.read("held.csv");
        for (_, email) in all_but(&people, change) {
            assert!(written.contains(email), "{change:?} {email}");
        }
    }
}
