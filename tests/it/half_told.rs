//! Answers that leave open what a call did, or say it of somebody else: nobody is mailed twice, and whatever the run changed
//! is on record, so that it can be undone.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::between::{Answered, Asked, twist};
use crate::support::{ANNA, BRAM, Stage, each};
use crate::undo::{differences, run_undo, undo};

fn is_write(asked: &Asked) -> bool {
    let (method, path) = asked.line.split_once(' ').unwrap();
    method != "GET" && !path.contains("/token") && !path.contains("license/users") && !path.contains("bulkresolve")
}

/// Changes the answers to the writes of one path, which the organization carries out, by their number.
fn of_writes(
    path: &'static str,
    change: impl Fn(usize, &mut Answered) + Send + Sync + 'static,
) -> impl Fn(&Asked, &mut Answered) + Send + Sync {
    let seen = Mutex::new(0);
    move |asked, answer| {
        if is_write(asked) && asked.line.contains(path) {
            let mut seen = seen.lock().unwrap();
            *seen += 1;
            change(*seen, answer);
        }
    }
}

#[test]
fn somebody_whom_the_server_spells_otherwise_is_mailed_once() {
    each(&["invite,{},,,,", "create,{},zoe,Zoe,Nair,"], |row| {
        let stage = Stage::new();
        twist(&stage, |_, answer| {
            answer.body = answer.body.replace("zoe@new.example", "zoe.nair@new.example");
            answer.body = answer.body.replace("\"userName\":\"zoe\"", "\"userName\":\"zoe.nair\"");
        });
        let sheet = format!(
            "operation,email,user_name,first_name,last_name,groups\n{}\n",
            row.replace("{}", "zoe@new.example")
        );
        stage.run(&sheet).ends(3);
        assert_eq!(stage.statuses(), ["in_doubt"], "{row}");
        let results = stage.results();
        assert!(
            results[0].message().contains("in another spelling"),
            "{}",
            results[0].message()
        );
        assert_eq!(stage.writes().values().sum::<u64>(), 1, "{row} {:?}", stage.writes());
        stage.rerun(&[]).ends(3);
        assert_eq!(stage.statuses(), ["in_doubt"], "{row}");
        assert_eq!(
            stage.writes().values().sum::<u64>(),
            1,
            "{row}, run again: {:?}",
            stage.writes()
        );
    });
}

#[test]
fn licences_that_were_taken_by_a_call_whose_answer_was_lost_are_on_record_and_given_back_by_the_undo() {
    for row in ["release-licenses", "offboard"] {
        let stage = Stage::new();
        let before = stage.world();
        let bram = stage.id(BRAM);
        twist(
            &stage,
            of_writes("UserLicense", move |number, answer| match number {
                1 => answer.becomes(502, Value::Null),
                // It has nothing left to release.
                _ => answer.becomes(200, json!({"successfulUserIds": [], "failedUserIds": [bram]})),
            }),
        );
        stage.run(&format!("operation,user\n{row},{BRAM}\n")).ends(0);
        assert_eq!(stage.statuses(), ["done"], "{row}");
        assert_eq!(stage.held(BRAM), None);
        undo(&stage, "sheet.results.csv", "back.csv").ends(0);
        run_undo(&stage, "back.csv").ends(0);
        assert_eq!(differences(&before, &stage.world()), [""; 0], "{row}");
    }
}

#[test]
fn an_offboarding_whose_answers_were_all_lost_is_done_by_the_run_that_did_it() {
    let stage = Stage::new();
    let before = stage.world();
    twist(&stage, |asked, answer| {
        if is_write(asked) {
            answer.becomes(502, Value::Null);
        }
    });
    stage
        .run_with(&format!("operation,user\noffboard,{BRAM}\n"), &["--retries", "1"])
        .ends(0);
    assert_eq!(stage.statuses(), ["done"]);
    undo(&stage, "sheet.results.csv", "back.csv").ends(0);
    stage.set("UIPATH_URI", &stage.sandbox.base_url());
    run_undo(&stage, "back.csv").ends(0);
    assert_eq!(differences(&before, &stage.world()), [""; 0]);
}

#[test]
fn licences_whose_answer_names_nobody_are_on_record_although_they_cannot_be_read_back() {
    let stage = Stage::new();
    let before = stage.world();
    let has_written = Mutex::new(false);
    twist(&stage, move |asked, answer| {
        let mut has_written = has_written.lock().unwrap();
        if is_write(asked) {
            *has_written = true;
            answer.becomes(200, json!([]));
        } else if *has_written && asked.line.contains("icense") {
            answer.becomes(403, json!({"message": "not now"}));
        }
    });
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{ANNA},ACNU\n"))
        .ends(3);
    assert_eq!(stage.statuses(), ["conflict"]);
    stage.set("UIPATH_URI", &stage.sandbox.base_url());
    undo(&stage, "sheet.results.csv", "back.csv").ends(0);
    run_undo(&stage, "back.csv").ends(0);
    assert_eq!(differences(&before, &stage.world()), [""; 0]);
}
