//! A whole mail domain moves by the sheet that `export moves` writes, and nobody by a guess that may be somebody else's.

use jiff::Timestamp;
use reseat::model::UserId;
use reseat::sandbox::User;
use serde_json::Value;
use uuid::Uuid;

use crate::support::{ANNA, BRAM, DAVID, Line, MEI, NADIA, Ran, Stage, lines};

const DOMAINS: [&str; 6] = ["export", "moves", "--from", "contoso.example", "--to", "new.example"];
/// The directory manages her account.
const PRIYA: &str = "priya.iyer@contoso.example";
/// Deactivated.
const YUSUF: &str = "yusuf.demir@contoso.example";
/// Has an empty direct allocation.
const BRUNO: &str = "bruno.rossi@contoso.example";
/// Has not accepted the invitation.
const HANA: &str = "hana.sato@contoso.example";

fn export(stage: &Stage, more: &[&str]) -> Ran {
    stage.reseat(&[&DOMAINS[..], more].concat())
}

/// Writes a list of real addresses, which is read and never run.
fn list(stage: &Stage, content: String) {
    fs_err::write(stage.given("real.csv"), content).unwrap();
}

/// The row of an account in `moves.csv`.
#[track_caller]
fn row(stage: &Stage, user: &str) -> Line {
    let rows = lines(&stage.path("moves.csv"));
    let found = rows.into_iter().find(|row| row.get("user") == user);
    found.unwrap_or_else(|| panic!("no row about {user}"))
}

/// Adds active accounts of these addresses and names.
fn hire(stage: &Stage, people: &[(&str, &str, &str)]) {
    stage.sandbox.with_world(|world| {
        for (number, (email, name, surname)) in (0x7000..).zip(people) {
            let mut user = User::local(UserId(Uuid::from_u128(number)), email, email, Timestamp::now());
            (user.name, user.surname) = (Some((*name).to_owned()), Some((*surname).to_owned()));
            user.invitation_accepted = true;
            world.insert_user(user);
        }
    });
}

#[test]
fn a_department_moves_with_groups_and_licenses_once_it_has_accepted() {
    let stage = Stage::new();
    let people = [
        "mei.chen",
        "nadia.rahman",
        "oscar.larsson",
        "quentin.dubois",
        "rosa.garcia",
        "stefan.novak",
        "tanja.huber",
    ];
    let had = |domain: &str| {
        people.map(|local| {
            let address = format!("{local}@{domain}");
            (stage.groups(&address), stage.held(&address))
        })
    };
    let before = had("contoso.example");
    export(&stage, &["--where", "group=Human Resources", "-o", "moves.xlsx"])
        .ends(0)
        .tells("7 rows of `migrate` and 1 row of `ignore`")
        .tells("7 addresses are guesses")
        .tells("next: ")
        .tells(" plan moves.xlsx");
    let run = ["run", "moves.xlsx", "--yes", "--max-deletes", "7"];
    stage.reseat(&run).ends(75);
    for local in people {
        let address = format!("{local}@new.example");
        assert!(
            stage.sandbox.with_world(|world| world.accept_invitation(&address)),
            "{address}"
        );
    }
    stage.reseat(&run).ends(0);
    assert_eq!(had("new.example"), before);
    for local in people {
        assert_eq!(stage.user(&format!("{local}@contoso.example")), None);
    }
    assert!(stage.user(PRIYA).is_some());
}

#[test]
fn whoever_is_not_moved_by_the_rule_has_a_row_that_says_why() {
    let stage = Stage::new();
    export(&stage, &["-o", "moves.csv"]).ends(0);
    for (user, words) in [
        (PRIYA, "the organization's directory manages this account"),
        (YUSUF, "deactivated"),
    ] {
        let row = row(&stage, user);
        assert_eq!(row.get("operation"), "ignore");
        assert!(row.get("note").contains(words), "{row:?}");
    }
    let pending = row(&stage, HANA);
    assert_eq!(
        [
            pending.get("operation"),
            pending.get("new_email"),
            pending.get("invitation")
        ],
        ["migrate", "hana.sato@new.example", "pending"]
    );
    assert_eq!(row(&stage, BRUNO).get("note"), "blocked from every licence");
    let anna = row(&stage, ANNA);
    let id = stage.id(ANNA).to_string();
    for (column, expected) in [
        ("operation", "migrate"),
        ("user_id", id.as_str()),
        ("new_email", "anna.berg@new.example"),
        ("delete_when", ""),
        ("person", "Anna Berg"),
        ("type", "local"),
        ("invitation", "accepted"),
        ("direct_licenses", "ATTUNU"),
    ] {
        assert_eq!(anna.get(column), expected, "{column}");
    }
}

#[test]
fn homonyms_and_letters_without_a_rule_are_for_a_person_to_decide() {
    let stage = Stage::new();
    hire(
        &stage,
        &[
            ("u7@old.example", "Jan", "Novák"),
            ("ipek@old.example", "İpek", "Işık"),
            ("wang@old.example", "小明", "王"),
            ("bob@eu.old.example", "Bob", "Lee"),
            ("eve@notold.example", "Eve", "Fox"),
            ("u3@old.example", "Jan", "Novák"),
            ("seán@old.example", "Seán", "O’Brien (Extern)"),
            ("olena@old.example", "Олена", "Гончар"),
        ],
    );
    let words = [
        "export",
        "moves",
        "--from",
        "OLD.example",
        "--to",
        "new.example",
        "--address",
        "{name}.{surname}",
        "--language",
        "uk",
        "-o",
        "moves.csv",
    ];
    stage
        .reseat(&words)
        .ends(3)
        .tells("3 rows of `migrate` and 3 rows of `ignore`")
        .tells("2 `ignore`: several people would get the address")
        .tells("1 `ignore`: a name has letters for which no rule says what stands in an address");
    let found: Vec<[String; 3]> = lines(&stage.path("moves.csv"))
        .iter()
        .map(|row| ["user", "operation", "new_email"].map(|column| row.get(column).to_owned()))
        .collect();
    let expected = [
        ["ipek@old.example", "migrate", "ipek.isik@new.example"],
        ["olena@old.example", "migrate", "olena.honchar@new.example"],
        ["seán@old.example", "migrate", "sean.obrien@new.example"],
        ["u3@old.example", "ignore", "jan.novak@new.example"],
        ["u7@old.example", "ignore", "jan.novak@new.example"],
        ["wang@old.example", "ignore", ""],
    ];
    assert_eq!(found, expected.map(|row| row.map(str::to_owned)));
    assert!(row(&stage, "u3@old.example").get("note").contains("u7@old.example"));
    assert!(row(&stage, "u7@old.example").get("note").contains("u3@old.example"));
    assert!(row(&stage, "wang@old.example").get("note").contains("`小明王`"));
    assert!(
        row(&stage, "seán@old.example")
            .get("note")
            .contains("leaves out `Extern`")
    );
}

#[test]
fn a_list_of_real_addresses_goes_before_the_rule() {
    let stage = Stage::new();
    list(
        &stage,
        format!(
            "Old e-mail;New e-mail\n{ANNA};a.berg@new.example\n{BRAM};anna.berg@new.example\nnobody@contoso.example;mei.chen@new.example\n"
        ),
    );
    export(&stage, &["--addresses", "real.csv", "-o", "moves.csv"])
        .ends(3)
        .tells("1 row of the list names nobody who has an account");
    assert_eq!(row(&stage, ANNA).get("new_email"), "a.berg@new.example");
    assert_eq!(row(&stage, ANNA).get("note"), "");
    // Which the rule would have made for Anna, and nobody makes it for anybody else.
    assert_eq!(row(&stage, BRAM).get("new_email"), "anna.berg@new.example");
    assert_eq!(row(&stage, MEI).get("operation"), "ignore");
    assert!(
        row(&stage, MEI).get("note").contains("real.csv row 4"),
        "{:?}",
        row(&stage, MEI)
    );
    assert!(row(&stage, DAVID).get("note").contains("not in the list"));
}

#[test]
fn a_list_with_headers_of_its_own_is_mapped_as_a_sheet_is() {
    let stage = Stage::new();
    list(&stage, format!("Bisher,Kuenftig\n{ANNA},a.berg@new.example\n"));
    let map = ["--map", "Bisher=user", "--map", "Kuenftig=new_email"];
    let listed = ["--addresses", "real.csv", "-o", "moves.csv"];
    export(&stage, &[&listed[..], &map].concat()).ends(0);
    assert_eq!(row(&stage, ANNA).get("new_email"), "a.berg@new.example");
}

#[test]
fn what_is_wrong_with_a_list_is_told_with_its_rows_before_anything_is_read() {
    let stage = Stage::new();
    list(
        &stage,
        format!(
            "operation,user,new_email\n,{ANNA},anna@new.example\n,{BRAM},bram@new.exampel\ndelete,{MEI},\n\
             ,{NADIA},nadia@\n,{DAVID},anna@new.example\n"
        ),
    );
    let ran = export(&stage, &["--addresses", "real.csv", "-o", "moves.csv"])
        .ends(2)
        .tells("error[another-domain]: row 3, column `new_email`: `bram@new.exampel` is not of `new.example`")
        .tells("error[not-a-move]: row 4")
        .tells("error[bad-email]: row 5")
        .tells("error[address-twice]")
        .tells("so no sheet was written");
    assert!(!ran.err.contains("guess"), "{}", ran.err);
    assert!(!stage.exists("moves.csv"));
    assert_eq!(stage.sandbox.stats().routes().count(), 0);
}

#[test]
fn what_does_not_fit_together_is_refused_with_what_to_type() {
    let stage = Stage::new();
    for (words, told) in [
        (vec!["--from", "a.example", "--to", "A.example"], "are the same domain"),
        (vec!["--from", "a.example", "--to", "b"], "`b` is no mail domain"),
        (
            vec![
                "--from",
                "a.example",
                "--to",
                "b.example",
                "--address",
                "{name}@c.example",
            ],
            "leave `@c.example` out",
        ),
        (
            vec!["--from", "a.example", "--to", "b.example", "--address", "{nmae}"],
            "did you mean `{name}`?",
        ),
        (
            vec!["--from", "a.example", "--to", "b.example", "--language", "tlh"],
            "`tlh` is no language that there are rules for",
        ),
        (
            vec!["--from", "a.example", "--to", "b.example", "--language", "de"],
            "`--language` is for names, and `{local}` has none in it",
        ),
    ] {
        stage
            .reseat(&[vec!["export", "moves"], words].concat())
            .ends(1)
            .tells(told);
    }
    assert_eq!(stage.sandbox.stats().routes().count(), 0);
}

#[test]
fn a_domain_that_nobody_is_of_makes_no_sheet() {
    let stage = Stage::new();
    let words = [
        "export",
        "moves",
        "--from",
        "elsewhere.test",
        "--to",
        "new.example",
        "-o",
        "moves.csv",
    ];
    let ran = stage.reseat(&words).ends(3).tells("nothing there matches");
    assert!(!ran.err.contains("did you mean"), "{}", ran.err);
    assert!(!stage.exists("moves.csv"));
    stage
        .reseat(&words.map(|word| {
            if word == "elsewhere.test" {
                "contoso.exmaple"
            } else {
                word
            }
        }))
        .ends(3)
        .tells("nobody is of `contoso.exmaple`; did you mean `contoso.example`?");
}

#[test]
fn a_program_reads_whom_the_sheet_moves_and_why_not_the_others() {
    let stage = Stage::new();
    let ran = export(&stage, &["--where", "group=Human Resources", "--output", "json"]).ends(0);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["rows_by_operation"]["migrate"], 7);
    assert_eq!(object["rows_ignored"]["directory"], 1);
    let rows = object["rows"].as_array().unwrap();
    assert_eq!(rows[0]["cells"]["new_email"], "mei.chen@new.example");
    assert!(stage.writes().is_empty());
}
