//! What a server or a sheet says is shown and kept as words only: every stage looks whether a control character
//! reached what was said.

use serde_json::json;

use crate::between::twist;
use crate::support::{ANNA, BRAM, HUGO, Stage};

/// A colour, a cleared screen, a window title, a link, a line break, a turned direction, a bell.
const EVIL: &str = "x\u{1b}[31m\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\r\nerror: all done\u{202e}gnorw\u{2066}\u{8}";

fn evil_company() -> Stage {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| {
        for who in [ANNA, BRAM] {
            let id = world.user_called(who).unwrap().id;
            assert!(world.edit_user(id, |user| {
                user.user_name = format!("{EVIL}{who}");
                user.display_name = Some(EVIL.to_owned());
            }));
        }
    });
    stage
}

#[test]
fn names_of_the_directory_are_words() {
    let stage = evil_company();
    let rows = format!(
        "operation,user,groups,licenses\ndelete,{ANNA},,\ndelete,{BRAM},,\nadd-to-groups,{HUGO},\"nobody{EVIL}\",\nset-licenses,\"anna.{}\",,ATTUNU\n",
        EVIL.replace([';', ':', '\r', '\n'], "")
    );
    stage.write("sheet.csv", &rows);
    for command in ["check", "plan"] {
        for flags in [&["-v"][..], &["--output", "json"]] {
            stage.reseat(&[&[command, "sheet.csv"], flags].concat());
        }
    }
    stage.run_with(&rows, &[]).ends(4);
    stage.run_with(&rows, &["--max-deletes", "2", "-v"]);
}

#[test]
fn words_of_a_refusal_are_words_and_not_too_many() {
    for status in [400, 404, 409, 503, 301] {
        let stage = Stage::new();
        twist(&stage, move |asked, answer| {
            if asked.line.starts_with("PUT") {
                let words = EVIL.repeat(20_000);
                answer.becomes(
                    status,
                    json!({"message": words, "code": EVIL.repeat(100), "traceId": words}),
                );
                answer.headers.push(format!("location: /{}", "x".repeat(5_000)));
            }
        });
        let ran = stage.run_with(
            &format!("operation,user,licenses\nset-licenses,{HUGO},ATTUNU\n"),
            &["-v", "--retries", "0"],
        );
        assert!(ran.err.len() < 5_000, "{}", ran.err.len());
        let line = &stage.results()[0];
        assert!(line.message().len() < 2_000 && line.get("code").len() < 300 && line.get("trace_id").len() < 300);
    }
}

#[test]
fn a_sheets_own_words_are_words() {
    let stage = Stage::new();
    for rows in [
        format!("operation,user,{EVIL},\"{EVIL}\"\n{EVIL},{EVIL},a,b\n"),
        format!(
            "operation,user,licenses\n\"{EVIL}\",{HUGO},ATTUNU\nset-licenses,\"{EVIL}\",\"{EVIL}\"\ninvite,\"{EVIL}\",\"{EVIL}\"\n"
        ),
        format!("operation,email,user\ninvite,\"{EVIL}@x.example\",\ncreate,,\nmigrate,\"{EVIL}\",\n"),
    ] {
        stage.write("sheet.csv", rows);
        stage.reseat(&["check", "sheet.csv", "-v"]);
        stage.reseat(&["check", "sheet.csv", "--output", "json"]);
        stage.reseat(&["run", "sheet.csv", "--yes", "--skip-invalid"]);
    }
    stage.reseat(&["run", &format!("{EVIL}.csv")]);
    stage.set("UIPATH_ORGANIZATION", EVIL);
    stage.set("RESEAT_ORGANIZATION_ID", EVIL);
    stage.set("UIPATH_URI", EVIL);
    stage.reseat(&["plan", "sheet.csv"]);
    stage.write(
        "reseat.toml",
        "[profile.default]\n\"x\\u001b[31m\" = 1\ndeployment = \"\\u001b[31m\"\n",
    );
    stage.reseat(&["plan", "sheet.csv"]);
    stage.reseat(&["plan", "sheet.csv", "--profile", EVIL]);
}
