//! `plan -o`: the plan as a page for whoever approves it.

use serde_json::Value;

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, NADIA, Stage};

/// A sheet in which somebody is deleted, offboarded, deactivated, invited, moved, waits, and cannot be found.
fn mixed() -> String {
    format!(
        "operation,user,email,name,surname,groups,licenses,new_email,not_before,active\n\
         invite,,ada@new.example,Ada,King,HR Robots; Finance,CTZDEVNU,,,\n\
         delete,{BRAM},,,,,,,,\n\
         offboard,{HUGO},,,,,,,,\n\
         update,{MEI},,,,,,,,no\n\
         remove-from-groups,{ANNA},,,,Everyone,,,,\n\
         migrate,{NADIA},,,,,,nadia@new.example,,\n\
         update,nobody@contoso.example,,Kim,,,,,,\n\
         add-licenses,{DAVID},,,,,ATTUNU,,,\n\
         delete,{ANNA},,,,,,,2099-01-01,\n"
    )
}

/// What a reader of the page sees: its text, without what is told to the browser.
fn text(html: &str) -> String {
    let mut html = html.to_owned();
    for (begin, end) in [
        ("<style", "</style>"),
        ("<script", "</script>"),
        ("<symbol", "</symbol>"),
    ] {
        while let Some(start) = html.find(begin) {
            let length = html[start..].find(end).unwrap() + end.len();
            html.replace_range(start..start + length, "");
        }
    }
    let mut text = String::new();
    let mut rest = html.as_str();
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        text.push('\n');
        rest = &rest[start + rest[start..].find('>').unwrap() + 1..];
    }
    text.push_str(rest);
    let mut decoded = String::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find("&#") {
        let end = start + rest[start..].find(';').unwrap();
        decoded.push_str(&rest[..start]);
        decoded.push(char::from_u32(rest[start + 2..end].parse().unwrap()).unwrap());
        rest = &rest[end + 1..];
    }
    decoded.push_str(rest);
    decoded
}

fn page(stage: &Stage, sheet: &str, flags: &[&str], code: i32) -> String {
    stage.write("sheet.csv", sheet);
    let words = [&["plan", "sheet.csv", "-o", "plan.html"], flags].concat();
    stage.reseat(&words).ends(code).tells("the page is plan.html");
    stage.read("plan.html")
}

/// Asserts that the page says these in this order.
#[track_caller]
fn says_in_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let at = rest
            .find(word)
            .unwrap_or_else(|| panic!("`{word}` is not in, or not after the others:\n{text}"));
        rest = &rest[at + word.len()..];
    }
}

#[test]
fn whoever_approves_a_plan_reads_first_who_loses_access_and_then_everything_else() {
    let stage = Stage::new();
    let text = text(&page(&stage, &mixed(), &[], 3));
    says_in_order(
        &text,
        &[
            "Plan: nothing has been changed yet",
            "sheet.csv",
            "3 people lose access, and 1 account is deleted for good. 2 rows cannot be carried out.",
            "3 people lose access",
            "Bram Okafor, bram.okafor@contoso.example: the account is deleted (row 3)",
            "Hugo Silva, hugo.silva@contoso.example: offboarded; leaves",
            "Mei Chen, mei.chen@contoso.example: deactivated (row 5)",
            "1 account is deleted for good, and 1 later",
            "nadia.rahman@contoso.example: later, once the invitation of the new account is accepted (row 7)",
            "What happens",
            "2 invitations go out by mail",
            "2 rows cannot be carried out as asked",
            "Seats before and after",
            "Attended - Named User",
            "HR Robots: 1 person joins",
            "What waits",
            "until 2099-01-01",
            "anna.berg@contoso.example (delete, row 10)",
            "What to know before",
            "How to approve it",
            "run sheet.csv",
            "Every row of the sheet",
            "Calls and time",
        ],
    );
    for words in ["nobody@contoso.example", "none can leave it", "until 2099-01-01"] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    assert!(stage.writes().is_empty());
}

#[test]
fn every_row_that_gets_no_seat_is_on_the_page_of_a_plan_that_would_stop() {
    let stage = Stage::new();
    stage.free_seats("TSTNU", 1);
    let people = [ANNA, BRAM, HUGO];
    let sheet = crate::support::sheet("operation,user,licenses", "add-licenses,{},TSTNU", people);
    let text = text(&page(&stage, &sheet, &["--save", "plan.json"], 4));
    says_in_order(
        &text,
        &[
            "As it is, this plan would stop before it changes anything: there are not enough seats for 2 rows.",
            "What would stop it",
            "rebalance --only TSTNU --free 'TSTNU=2' -o free.xlsx",
            "no row at all is carried out",
            "Bram Okafor, bram.okafor@contoso.example misses TSTNU",
            "Hugo Silva, hugo.silva@contoso.example misses TSTNU",
            "this plan cannot be carried out: seats are missing",
        ],
    );
    assert!(!text.contains("run --plan"), "{text}");
    assert!(text.contains("2 seats are short"), "{text}");
}

#[test]
fn whoever_approves_a_plan_reads_that_access_ends_before_a_last_day_is_over() {
    let stage = Stage::new();
    let sheet = format!("operation,user,Austritt\noffboard,{ANNA},2099-12-31\n");
    let text = text(&page(&stage, &sheet, &["--map", "Austritt=not_before", "--mask"], 0));
    says_in_order(
        &text,
        &["What waits", "What to know before", "is locked out in the morning"],
    );
}

#[test]
fn a_saved_plan_is_what_the_page_says_how_to_carry_out() {
    let stage = Stage::new();
    let sheet = format!("operation,user,name\nupdate,{ANNA},Anne\n");
    let text = text(&page(&stage, &sheet, &["--save", "plan.json"], 0));
    says_in_order(
        &text,
        &[
            "1 person would be affected; nobody loses access.",
            "Nobody loses access",
            "How to approve it",
            "run --plan plan.json",
            "Anna Berg, anna.berg@contoso.example",
            "name: Anna",
            "name: Anne",
        ],
    );
    stage.reseat(&["run", "--plan", "plan.json", "--yes"]).ends(0);
}

#[test]
fn programs_get_the_path_of_the_page_and_none_where_there_is_none() {
    let stage = Stage::new();
    stage.write("sheet.csv", mixed());
    let ran = stage
        .reseat(&["plan", "sheet.csv", "--output", "json", "-o", "plan.html"])
        .ends(3);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["page"], "plan.html");
    assert_eq!(object["exit_code"], 3);
    assert!(stage.exists("plan.html"));
    let ran = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(3);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["page"], Value::Null);
}

#[test]
fn a_page_replaces_nothing_that_is_to_be_kept() {
    let stage = Stage::new();
    stage.write("sheet.csv", mixed());
    fs_err::write(stage.given("plan.html"), "somebody's own").unwrap();
    let words = ["plan", "sheet.csv", "-o", "plan.html"];
    stage
        .reseat(&words)
        .ends(1)
        .tells("`plan.html` is there already and was kept");
    assert_eq!(stage.read("plan.html"), "somebody's own");
    assert_eq!(
        stage.sandbox.stats().routes().count(),
        0,
        "nothing was asked for a page that cannot be written"
    );
    stage.reseat(&[&words[..], &["--force"]].concat()).ends(3);
    assert!(stage.read("plan.html").contains("nothing has been changed yet"));
    let both = ["plan", "sheet.csv", "-o", "both.html", "--save", "both.html"];
    stage
        .reseat(&both)
        .ends(1)
        .tells("`both.html` is what the plan is saved to");
    fs_err::copy(stage.path("sheet.csv"), stage.given("sheet.html")).unwrap();
    let itself = ["plan", "sheet.html", "-o", "./sheet.html", "--force"];
    stage.reseat(&itself).ends(1).tells("is the sheet");
    stage
        .reseat(&["plan", "sheet.csv", "-o", "none/plan.html"])
        .ends(1)
        .tells("there is no folder `none`");
    assert!(!stage.exists("both.html") && !stage.exists("none"));
}

#[test]
fn an_invalid_sheet_gets_no_page_and_that_is_said() {
    let stage = Stage::new();
    stage.write("sheet.csv", "operation,user\ndelete,a@@b.example\n");
    stage
        .reseat(&["plan", "sheet.csv", "-o", "plan.html"])
        .ends(2)
        .tells("so nothing was sent and no page was written");
    assert!(!stage.exists("plan.html"));
    stage
        .reseat(&["plan", "sheet.csv", "-o", "plan.html", "--skip-invalid"])
        .ends(3);
    let text = text(&stage.read("plan.html"));
    says_in_order(
        &text,
        &[
            "1 row cannot be carried out as asked",
            "Correct the address.",
            "row 2:",
            "invalid: not an address",
        ],
    );
}

#[test]
fn what_cells_and_the_organization_smuggle_in_is_shown_as_text() {
    let stage = Stage::new();
    let hostile = "<img src=x onerror=alert(1)></noscript></table><script>alert(2)</script>";
    let id = stage.id(BRAM);
    stage.sandbox.with_world(|world| {
        world.edit_user(id, |user| user.display_name = Some(hostile.to_owned()));
    });
    let sheet = format!(
        "operation,user,email,name,groups\n\
         delete,{BRAM},,,\n\
         invite,,ada@new.example,{hostile},\n\
         add-to-groups,{ANNA},,,{hostile}\n"
    );
    let html = page(&stage, &sheet, &[], 3);
    assert_eq!(html.matches("<script").count(), 1, "its own");
    assert_eq!(html.matches("</noscript").count(), 1);
    assert!(!html.contains("<img"));
    let text = text(&html);
    assert!(text.matches(hostile).count() >= 3, "{text}");
}

#[test]
fn a_sheet_whose_rows_all_wait_or_are_done_says_so() {
    let stage = Stage::new();
    let waits = format!("operation,user,name,not_before\nupdate,{ANNA},Anne,2099-01-01\n");
    let told = text(&page(&stage, &waits, &[], 0));
    assert!(told.contains("Nothing would change yet: every row waits."), "{told}");
    let done = format!("operation,user,name\nupdate,{ANNA},Anna\n");
    let told = text(&page(&stage, &done, &["--force"], 0));
    assert!(
        told.contains("Nothing would change: everything is as the sheet asks for."),
        "{told}"
    );
    assert!(told.contains("nothing to send"), "{told}");
    let ahead = text(&page(&stage, &waits, &["--force", "--as-of", "2099-01-02"], 0));
    says_in_order(&ahead, &["as if it were", "2099-01-02", "1 account is changed"]);
}

#[test]
fn a_masked_page_tells_people_apart_and_names_nobody() {
    let stage = Stage::new();
    stage.free_seats("TSTNU", 0);
    let more = format!(
        "set-licenses,julia.keller@contoso.example,,,,,TSTNU,,,\n\
         invite,,{MEI},Somebody,Else,HR Robots,,,,\n\
         update,{DAVID},,Davina,,,,,,\n\
         migrate,bogdan@contoso.example,,,,,,bogdan@new.example,,\n"
    );
    let html = page(&stage, &(mixed() + &more), &["--mask", "--on-shortage", "fill"], 3);
    let text = text(&html);
    let mut hidden: Vec<String> = [
        "King",
        "Somebody",
        "Davina",
        "bogdan",
        "nobody@",
        "nadia@new",
        "ada@new",
    ]
    .map(str::to_owned)
    .to_vec();
    for user in stage.world().users() {
        let name = format!(
            "{} {}",
            user.name.as_deref().unwrap_or_default(),
            user.surname.as_deref().unwrap_or_default()
        );
        let names = [user.email.clone(), user.user_name.clone(), name, user.id.to_string()];
        hidden.extend(names.into_iter().chain(user.display_name.clone()));
    }
    // Groups are not hidden, and one is called as a robot is.
    let groups: Vec<String> = stage.world().groups().map(|group| group.name.clone()).collect();
    let is_of_a_group = |name: &&str| groups.iter().any(|group| group.contains(name));
    let hidden = hidden.iter().map(|name| name.trim());
    for name in hidden.filter(|name| !name.is_empty() && !is_of_a_group(name)) {
        assert!(!html.contains(name), "{name}");
    }
    says_in_order(
        &text,
        &[
            "person 2: the account is deleted (row 3)",
            "person 3: offboarded",
            "person 4: deactivated (row 5)",
            "row 6: person 5",
            "person 9 misses TSTNU",
            "licences: ",
        ],
    );
    assert!(text.contains("HR Robots") && text.contains("name: hidden"), "{text}");
}

#[test]
fn whoever_approves_a_plan_reads_first_how_many_give_up_a_licence() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 5);
    let sheet = format!(
        "operation,user,licenses\nrelease-licenses,{ANNA},\nadd-licenses,{HUGO},ATTUNU\nadd-licenses,{MEI},ATTUNU\n"
    );
    let text = text(&page(&stage, &sheet, &[], 0));
    says_in_order(
        &text,
        &["3 people would be affected; nobody loses access; 1 person gives up a licence, 2 get one."],
    );
}
