//! Whole domains, and what becomes of everybody in them.

mod properties;

use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{Addresses, MoveRequest, moves};
use crate::api::{User, UserKind, UserTexts};
use crate::directory::{Administrators, Contents, Snapshot};
use crate::export::{Filter, Present, Why};
use crate::holdings::Holdings;
use crate::intake::Column;
use crate::model::{AsOf, Catalogue, DeleteWhen, Migrate, Operation, Place, Row, RowKey, UserId, UserRef};

/// A row as it is written: whom, the operation and the new address, why not, the note.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    user: String,
    operation: &'static str,
    new_email: String,
    why: Option<Why>,
    note: String,
}

struct Organization {
    users: Vec<User>,
    acting_user: Option<UserId>,
    administrators: Vec<UserId>,
}

fn id(number: usize) -> UserId {
    UserId(Uuid::from_u128(number as u128 + 1))
}

/// An account whose user name is its address.
fn account(number: usize, email: &str, name: &str, surname: &str) -> User {
    let texts = UserTexts {
        user_name: email,
        email,
        name,
        surname,
        display_name: "",
    };
    User::new(id(number), texts)
}

fn people(accounts: &[(&str, &str, &str)]) -> Organization {
    let numbered = accounts.iter().enumerate();
    Organization {
        users: numbered
            .map(|(number, (email, name, surname))| account(number, email, name, surname))
            .collect(),
        acting_user: None,
        administrators: Vec::new(),
    }
}

impl Organization {
    fn with(accounts: &[(&str, &str, &str)], change: impl FnOnce(&mut [User])) -> Self {
        let mut organization = people(accounts);
        change(&mut organization.users);
        organization
    }

    fn seen(&self, request: &MoveRequest, filters: &[&str]) -> (Vec<Seen>, String) {
        let snapshot = Snapshot::from(Contents {
            accounts: self.users.iter().cloned().collect(),
            acting_user: self.acting_user,
            administrators: Administrators {
                members: Some(self.administrators.clone()),
                ..Administrators::default()
            },
            ..Contents::default()
        });
        let (holdings, as_of, catalogue) = (Holdings::of(&snapshot), AsOf::default(), Catalogue::default());
        let present = Present {
            snapshot: &snapshot,
            holdings: &holdings,
            as_of: &as_of,
            catalogue: &catalogue,
        };
        let filters: Vec<Filter> = filters.iter().map(|filter| filter.parse().unwrap()).collect();
        let exported = moves(present, &filters, request).unwrap();
        let rows = exported.tables[0].rows(TimeZone::UTC).map(|row| Seen {
            operation: row.draft.operation_name(),
            user: row.draft.cells[&Column::User].clone(),
            new_email: row.draft.cells.get(&Column::NewEmail).cloned().unwrap_or_default(),
            why: row.why,
            note: row.draft.note,
        });
        (rows.collect(), exported.told.join("\n"))
    }

    fn moved(&self, request: &MoveRequest) -> Vec<Seen> {
        self.seen(request, &[]).0
    }

    /// Who goes where, and why not.
    #[track_caller]
    fn assert_moves(&self, request: &MoveRequest, expected: &[(&str, &str, Option<Why>)]) {
        let seen = self.moved(request);
        let found: Vec<_> = seen
            .iter()
            .map(|row| (row.user.as_str(), row.new_email.as_str(), row.why))
            .collect();
        assert_eq!(found, expected);
        for row in &seen {
            assert_eq!(row.operation == "migrate", row.why.is_none(), "{row:?}");
            assert!(row.why.is_none() || !row.note.is_empty(), "{row:?}");
        }
    }
}

fn asked(pattern: &str) -> MoveRequest {
    let pattern = (!pattern.is_empty()).then(|| pattern.parse().unwrap());
    MoveRequest::new(
        "old.example".parse().unwrap(),
        "new.example".parse().unwrap(),
        pattern,
        None,
    )
    .unwrap()
}

/// The same with a list of whom and where to.
fn listing(request: MoveRequest, list: &[(&str, &str)]) -> MoveRequest {
    let rows: Vec<Row> = (2..)
        .zip(list)
        .map(|(number, (user, new_email))| Row {
            place: place(number),
            key: RowKey::of(user, 0),
            operation: migrate(user, new_email),
            conditions: None,
        })
        .collect();
    let list = Addresses::of(&rows, &"new.example".parse().unwrap()).unwrap();
    request.with_addresses(list)
}

fn place(row: u32) -> Place {
    Place { sheet: "".into(), row }
}

fn migrate(user: &str, new_email: &str) -> Operation {
    Operation::Migrate(Box::new(Migrate {
        user: UserRef::parse(user),
        new_email: new_email.parse().unwrap(),
        name: None,
        surname: None,
        groups: None,
        licenses: None,
        delete_when: DeleteWhen::default(),
    }))
}

const BY_NAME: &str = "{name}.{surname}@new.example";

#[test]
fn names_of_five_scripts_homonyms_and_look_alikes_move_as_they_should() {
    let organization = people(&[
        ("u7@old.example", "Jan", "Novák"),
        ("ipek@old.example", "İpek", "Işık"),
        ("wang@old.example", "小明", "王"),
        ("bob@eu.old.example", "Bob", "Lee"),
        ("eve@notold.example", "Eve", "Fox"),
        ("u3@old.example", "Jan", "Novák"),
        ("sean@OLD.example", "Seán", "O’Brien"),
        ("yulia@old.example", "Юлия", "Ёлкина"),
        ("eleni@old.example", "Ελένη", "Παππά"),
    ]);
    organization.assert_moves(
        &asked(BY_NAME),
        &[
            ("eleni@old.example", "eleni.pappa@new.example", None),
            ("ipek@old.example", "ipek.isik@new.example", None),
            ("sean@OLD.example", "sean.obrien@new.example", None),
            ("u3@old.example", "jan.novak@new.example", Some(Why::SharedAddress)),
            ("u7@old.example", "jan.novak@new.example", Some(Why::SharedAddress)),
            ("wang@old.example", "", Some(Why::Letters)),
            ("yulia@old.example", "iuliia.elkina@new.example", None),
        ],
    );
    let notes: Vec<String> = organization
        .moved(&asked(BY_NAME))
        .into_iter()
        .map(|row| row.note)
        .collect();
    assert!(
        notes[3].contains("u7@old.example") && notes[4].contains("u3@old.example"),
        "{notes:?}"
    );
    assert!(notes[5].contains("小明王"), "{notes:?}");
}

#[test]
fn without_a_pattern_the_local_part_stays_and_tags_are_told() {
    let organization = people(&[
        ("Zoë.X@old.example", "", ""),
        ("bob+uipath@old.example", "Bob", "Lee"),
        ("+x@old.example", "", ""),
    ]);
    let (rows, told) = organization.seen(&asked(""), &[]);
    let addresses: Vec<&str> = rows.iter().map(|row| row.new_email.as_str()).collect();
    assert_eq!(
        addresses,
        ["+x@new.example", "bob+uipath@new.example", "Zoë.X@new.example"]
    );
    assert!(rows[1].note.contains("`+uipath` stays"), "{rows:?}");
    assert!(rows[0].note.is_empty() && rows[2].note.is_empty(), "{rows:?}");
    assert!(told.contains("1 address keeps its tag"), "{told}");
    assert!(told.contains("3 addresses are guesses"), "{told}");
}

#[test]
fn whoever_a_run_would_not_move_is_there_to_be_read() {
    let mut organization = Organization::with(
        &[
            ("a@old.example", "", ""),
            ("b@old.example", "", ""),
            ("c@old.example", "", ""),
            ("d@old.example", "", ""),
            ("e@old.example", "", ""),
            ("f@else.example", "", ""),
            ("", "", ""),
            ("h@old.example", "", ""),
            ("i@old.example", "", ""),
            ("j@old.example", "", ""),
        ],
        |users| {
            users[0].is_active = false;
            users[1].from_directory = true;
            users[2].kind = UserKind::RobotAccount;
            users[3].kind = UserKind::DirectoryGroup;
            users[4].kind = UserKind::Application;
            for (place, email) in [(5, "f@else.example"), (6, "")] {
                let user_name = ["f@old.example", "g@old.example"][place - 5];
                let texts = UserTexts {
                    user_name,
                    email,
                    ..UserTexts::default()
                };
                users[place] = User::new(id(place), texts);
            }
            (users[7].is_active, users[7].invitation_accepted) = (false, false);
        },
    );
    organization.acting_user = Some(id(8));
    organization.administrators = vec![id(9)];
    organization.assert_moves(
        &asked(""),
        &[
            ("a@old.example", "a@new.example", Some(Why::Deactivated)),
            ("b@old.example", "b@new.example", Some(Why::Directory)),
            ("c@old.example", "", Some(Why::NotAPerson)),
            ("d@old.example", "", Some(Why::NotAPerson)),
            ("e@old.example", "", Some(Why::NotAPerson)),
            ("f@else.example", "f@new.example", Some(Why::OtherAddress)),
            ("g@old.example", "g@new.example", None),
            ("h@old.example", "h@new.example", None),
            ("i@old.example", "i@new.example", Some(Why::ActingAccount)),
            ("j@old.example", "j@new.example", None),
        ],
    );
    let (rows, told) = organization.seen(&asked(""), &[]);
    assert!(
        rows[7]
            .note
            .contains("the invitation to the old address is not accepted"),
        "{rows:?}"
    );
    assert!(rows[9].note.contains("`--allow-admins`"), "{rows:?}");
    assert!(told.contains("1 account is a member of Administrators"), "{told}");
}

#[test]
fn an_address_that_an_account_has_already_is_given_to_its_owner_only() {
    let homonym = [
        ("jn@old.example", "Jan", "Novák"),
        ("jan.novak@new.example", "Jan", "Novák"),
    ];
    let own = [
        ("jan.novak@old.example", "Jan", "Novák"),
        ("jan.novak@new.example", "JAN", "novák"),
    ];
    let other = [
        ("jan.novak@old.example", "Jan", "Novák"),
        ("Jan.Novak@new.example", "Jana", "Novák"),
    ];
    let nameless = [
        ("jan.novak@old.example", "Jan", "Novák"),
        ("jan.novak@new.example", "", ""),
    ];
    for (accounts, why) in [
        (homonym, Some(Why::SameName)),
        (own, None),
        (other, Some(Why::TakenAddress)),
        (nameless, None),
    ] {
        people(&accounts).assert_moves(&asked(BY_NAME), &[(accounts[0].0, "jan.novak@new.example", why)]);
    }
    let deactivated = Organization::with(&own, |users| users[1].is_active = false);
    deactivated.assert_moves(
        &asked(BY_NAME),
        &[(
            "jan.novak@old.example",
            "jan.novak@new.example",
            Some(Why::NewDeactivated),
        )],
    );
    let robot = Organization::with(&own, |users| users[1].kind = UserKind::RobotAccount);
    robot.assert_moves(
        &asked(BY_NAME),
        &[(
            "jan.novak@old.example",
            "jan.novak@new.example",
            Some(Why::TakenAddress),
        )],
    );
    let texts = |email, user_name| UserTexts {
        user_name,
        email,
        ..UserTexts::default()
    };
    // Addresses that are somebody's user name, the person's own or another's.
    for (email, user_name, owner) in [
        ("bob@old.example", "bob@new.example", "bob@old.example"),
        ("x@else.example", "bob@new.example", "bob@old.example"),
    ] {
        let mut users = vec![User::new(id(0), texts(email, user_name))];
        if email != owner {
            users.push(account(1, owner, "Bob", "Lee"));
            users[0] = User {
                texts: crate::api::PackedTexts::new(UserTexts {
                    name: "Bo",
                    surname: "Diaz",
                    ..texts(email, user_name)
                }),
                ..users[0].clone()
            };
        }
        let organization = Organization { users, ..people(&[]) };
        organization.assert_moves(&asked(""), &[(owner, "bob@new.example", Some(Why::TakenAddress))]);
    }
}

#[test]
fn a_homonym_who_does_not_move_stands_in_the_way_all_the_same() {
    let accounts = [("a@old.example", "Jan", "Novák"), ("b@old.example", "Jan", "Novák")];
    let organization = Organization::with(&accounts, |users| users[1].is_active = false);
    let (rows, _) = organization.seen(&asked(BY_NAME), &["active=yes"]);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].why, Some(Why::SharedAddress));
    assert!(rows[0].note.contains("b@old.example (deactivated)"), "{rows:?}");
}

#[test]
fn of_many_who_share_an_address_five_are_named_and_the_others_counted() {
    let emails: Vec<String> = (10..30).map(|number| format!("u{number}@old.example")).collect();
    let accounts: Vec<_> = emails.iter().map(|email| (email.as_str(), "Jan", "Novák")).collect();
    let rows = people(&accounts).moved(&asked(BY_NAME));
    assert!(rows[0].note.contains("u11@old.example, u12@old.example"), "{rows:?}");
    assert!(
        rows[0]
            .note
            .contains("u15@old.example and 14 more would get the same address"),
        "{rows:?}"
    );
}

#[test]
fn a_list_goes_before_the_rule_and_whoever_is_given_an_address_keeps_it() {
    let organization = people(&[
        ("a@old.example", "Jan", "Novák"),
        ("b@old.example", "Jan", "Novák"),
        ("c@old.example", "小明", "王"),
        ("d@old.example", "Dora", "Lee"),
        ("e@else.example", "Eve", "Fox"),
        ("f@old.example", "Fred", "Orr"),
    ]);
    let request = listing(
        asked(BY_NAME),
        &[
            ("A@OLD.example", "jan.novak@new.example"),
            ("c@old.example", "xm.wang@new.example"),
            ("e@else.example", "eve@new.example"),
            // Somebody of the company who has no account, and whose address is nobody else's.
            ("fred@old.example", "Fred.Orr@new.example"),
        ],
    );
    organization.assert_moves(
        &request,
        &[
            ("a@old.example", "jan.novak@new.example", None),
            ("b@old.example", "jan.novak@new.example", Some(Why::SharedAddress)),
            ("c@old.example", "xm.wang@new.example", None),
            ("d@old.example", "dora.lee@new.example", None),
            ("f@old.example", "fred.orr@new.example", Some(Why::SharedAddress)),
        ],
    );
    let (rows, told) = organization.seen(&request, &[]);
    assert!(
        rows[1]
            .note
            .contains("the list gives this address to A@OLD.example, in row 2"),
        "{rows:?}"
    );
    assert!(rows[3].note.contains("not in the list"), "{rows:?}");
    for words in [
        "1 address is a guess",
        "1 account of the list has no row, not being of `old.example`: e@else.example",
        "1 row of the list names nobody who has an account",
    ] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn whoever_the_list_gives_two_addresses_is_not_moved() {
    let organization = people(&[("a@old.example", "Ann", "Lee")]);
    let by_id = id(0).to_string();
    let twice = listing(
        asked(""),
        &[("a@old.example", "ann@new.example"), (&by_id, "lee@new.example")],
    );
    organization.assert_moves(&twice, &[("a@old.example", "", Some(Why::ListedTwice))]);
    let rows = organization.moved(&twice);
    assert!(rows[0].note.contains("row 2 and row 3"), "{rows:?}");
}

#[test]
fn whoever_the_list_names_moves_although_only_the_user_name_is_of_the_domain() {
    let texts = UserTexts {
        user_name: "f@old.example",
        email: "f@else.example",
        ..UserTexts::default()
    };
    let organization = Organization {
        users: vec![User::new(id(0), texts)],
        ..people(&[])
    };
    let request = listing(asked(""), &[("f@old.example", "fay@new.example")]);
    organization.assert_moves(&request, &[("f@else.example", "fay@new.example", None)]);
}

#[test]
fn a_list_of_something_else_is_refused_with_each_row() {
    let row = |number, operation| Row {
        place: place(number),
        key: RowKey::of("", number),
        operation,
        conditions: None,
    };
    let rows = [
        row(2, migrate("a@old.example", "a@new.example")),
        row(3, migrate("b@old.example", "b@old.example")),
        row(
            4,
            Operation::Delete {
                user: UserRef::parse("c@old.example"),
            },
        ),
    ];
    let problems = Addresses::of(&rows, &"new.example".parse().unwrap()).unwrap_err();
    let told: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}: {}", problem.code, problem.location, problem.what))
        .collect();
    assert_eq!(
        told,
        [
            "another-domain row 3, column `new_email`: `b@old.example` is not of `new.example`, which everybody moves to",
            "not-a-move row 4, column `operation`: the row is `delete`, and a list of addresses has rows of `migrate` only",
        ]
    );
}

#[test]
fn a_domain_is_left_however_its_letters_are_written() {
    let organization = people(&[("a@bücher.example", "", ""), ("b@xn--bcher-kva.example", "", "")]);
    let request = |to: &str| MoveRequest::new("BÜCHER.example".parse().unwrap(), to.parse().unwrap(), None, None);
    organization.assert_moves(
        &request("new.example").unwrap(),
        &[
            ("a@bücher.example", "a@new.example", None),
            ("b@xn--bcher-kva.example", "b@new.example", None),
        ],
    );
    assert!(request("xn--bcher-kva.example").is_err());
    let taken = people(&[
        ("a@old.example", "Ann", "Lee"),
        ("A@xn--bcher-kva.example", "Abe", "Orr"),
    ]);
    let request = MoveRequest::new(
        "old.example".parse().unwrap(),
        "bücher.example".parse().unwrap(),
        None,
        None,
    );
    taken.assert_moves(
        &request.unwrap(),
        &[("a@old.example", "a@bücher.example", Some(Why::TakenAddress))],
    );
}

#[test]
fn a_pattern_of_another_domain_than_everybody_moves_to_is_refused() {
    let request = |pattern: &str| {
        MoveRequest::new(
            "old.example".parse().unwrap(),
            "new.example".parse().unwrap(),
            pattern.parse().ok(),
            None,
        )
    };
    assert!(request("{name}@NEW.example").is_ok());
    let told = request("{name}@other.example").unwrap_err().to_string();
    assert!(told.contains("leave `@other.example` out"), "{told}");
}
