//! Whom the profile names is told when a run ends, needs approval or stops: in numbers and paths, and nothing else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use reseat::sandbox::{FaultKind, Faults, Moment, Strikes};
use serde_json::Value;

use crate::json_outputs::hold_value;
use crate::json_schema::Place;
use crate::support::{ANNA, BRAM, PROFILE, Stage};

/// What is secret about the address.
const TOKEN: &str = "T0K3N-that-lets-anybody-write";

/// How whoever listens answers.
pub(crate) enum Answer {
    Status(u16),
    /// Go elsewhere.
    To(String),
    /// Nothing, as long as the other end waits.
    None,
}

/// Somebody who listens at an address.
pub(crate) struct Ear {
    pub(crate) address: String,
    pub(crate) heard: Receiver<Value>,
}

impl Ear {
    /// Answers like this, one request after another.
    pub(crate) fn with(answers: impl Into<Vec<Answer>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/services/{TOKEN}?sig={TOKEN}", listener.local_addr().unwrap());
        let (sender, heard) = channel();
        let answers: Vec<Answer> = answers.into();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let object = request(&stream);
                if sender.send(object).is_err() {
                    return;
                }
                let more = match answer {
                    Answer::Status(status) => format!("{status} Any\r\n"),
                    Answer::To(place) => format!("307 Elsewhere\r\nlocation: {place}\r\n"),
                    Answer::None => {
                        let _ = stream.read(&mut [0]);
                        return;
                    }
                };
                let answer = format!(
                    "HTTP/1.1 {more}connection: close\r\ncontent-length: 4\r\n\r\n{}",
                    "anna"
                );
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { address, heard }
    }

    pub(crate) fn hear(&self) -> Value {
        let notice = self.heard.recv().unwrap();
        hold_value(&notice, &Place::of_file("notice"));
        notice
    }
}

fn request(stream: &TcpStream) -> Value {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// A stage whose profile says this of notices.
fn stage(notify: &str) -> Stage {
    let stage = Stage::new();
    stage.keep_secret(TOKEN);
    stage.set("PATH", "/usr/bin:/bin");
    stage.write("reseat.toml", format!("[profile.default]\n{notify}\n{PROFILE}"));
    stage
}

fn at(ear: &Ear) -> Stage {
    stage(&format!("notify = \"{}\"", ear.address))
}

/// Whatever is known of people in these tests.
const PERSONAL: [&str; 7] = ["anna", "berg", "bram", "okafor", "contoso.example", "Annika", "Finance"];

#[track_caller]
fn is_impersonal(notice: &Value) {
    let text = notice.to_string();
    for word in PERSONAL {
        assert!(
            !text.to_lowercase().contains(&word.to_lowercase()),
            "`{word}` is in {text}"
        );
    }
}

#[test]
fn a_run_that_ends_is_told_with_counts_and_paths() {
    let ear = Ear::with([Answer::Status(200)]);
    let stage = at(&ear);
    let sheet = format!("operation,user,name\nupdate,{ANNA},Annika\nupdate,nobody@contoso.example,Anna\n");
    stage.run(&sheet).ends(3);
    let notice = ear.hear();
    is_impersonal(&notice);
    let path = |name: &str| Value::from(stage.path(name).display().to_string());
    for (member, value) in [
        ("format", Value::from(1)),
        ("event", "run_ended".into()),
        ("status", "needs_person".into()),
        ("reason", "rows".into()),
        ("exit_code", 3.into()),
        ("profile", "default".into()),
        ("sheet", path("sheet.csv")),
        ("results", path("sheet.results.csv")),
        ("failed_sheet", path("sheet.failed.csv")),
        ("run", stage.results()[0].get("run").into()),
    ] {
        assert_eq!(notice[member], value, "{member} of {notice}");
    }
    assert_eq!(
        (&notice["rows"]["done"], &notice["rows"]["not_found"]),
        (&1.into(), &1.into())
    );
    assert_eq!(notice["rows"]["failed"], 0);
    assert_eq!(
        notice["organization"]["id"],
        stage.sandbox.organization_id().to_string()
    );
    assert_eq!(
        notice["text"],
        "reseat, sheet.csv on sandbox: finished, and some rows need attention (2 rows: 1 done, 1 not_found)"
    );
}

#[test]
fn what_stops_a_run_is_told_by_its_reason_and_in_no_words_of_sheets_and_servers() {
    // Of the sheet.
    let ear = Ear::with([Answer::Status(204)]);
    let stage = at(&ear);
    stage
        .run(&format!(
            "operation,user,groups\nadd-to-groups,Anna Berg <{ANNA},Finance\n"
        ))
        .ends(2);
    let notice = ear.hear();
    is_impersonal(&notice);
    assert_eq!(
        (&notice["event"], &notice["reason"]),
        (&"run_stopped".into(), &"sheet_invalid".into())
    );
    assert_eq!((&notice["exit_code"], &notice["results"]), (&2.into(), &Value::Null));
    assert_eq!(notice["message"], "the sheet is invalid");

    // Of a server.
    let ear = Ear::with([Answer::Status(200)]);
    let stage = at(&ear);
    let refusal = FaultKind::Status {
        status: 403,
        moment: Moment::BeforeEffect,
    };
    stage.fault(refusal, "GET", "/api/User/users", Strikes::Always);
    stage
        .run(&format!("operation,user,name\nupdate,{ANNA},Annika\n"))
        .ends(5);
    let notice = ear.hear();
    is_impersonal(&notice);
    assert_eq!(
        (&notice["event"], &notice["reason"]),
        (&"run_stopped".into(), &"permission".into())
    );
    assert!(
        notice["text"].as_str().unwrap().ends_with(": a permission is missing"),
        "{notice}"
    );
    stage.sandbox.set_faults(Faults::default());

    // No sheet at all, as where the program that drops it has failed.
    let ear = Ear::with([Answer::Status(200)]);
    let stage = at(&ear);
    stage.reseat(&["run", "missing.csv", "--yes"]).ends(1);
    assert_eq!(ear.hear()["reason"], "file");
}

#[test]
fn nobody_is_told_of_a_trial() {
    let ear = Ear::with([Answer::Status(200)]);
    let stage = at(&ear);
    stage.write("trial.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    stage.reseat(&["run", "trial.csv", "--sandbox", "--yes"]).ends(0);
    assert!(ear.heard.try_recv().is_err());
}

#[test]
fn a_notice_that_fails_is_a_warning_and_ends_nothing_otherwise() {
    let sheet = format!("operation,user,name\nupdate,{ANNA},Annika\n");
    // Refused for good: asked once.
    let ear = Ear::with([Answer::Status(404), Answer::Status(200)]);
    let stage = at(&ear);
    stage
        .run(&sheet)
        .ends(0)
        .tells("warning: nobody was told")
        .tells("the status 404");
    ear.hear();
    assert!(ear.heard.try_recv().is_err());

    // A passing fault: asked again.
    let ear = Ear::with([Answer::Status(503), Answer::Status(200)]);
    let stage = at(&ear);
    let ran = stage.run(&sheet).ends(0);
    assert!(!ran.err.contains("nobody was told"), "{}", ran.err);
    assert_eq!(ear.hear(), ear.hear());

    // Elsewhere nobody is told.
    let other = Ear::with([Answer::Status(200)]);
    let ear = Ear::with([Answer::To(other.address.clone())]);
    let stage = at(&ear);
    stage.run(&sheet).ends(0).tells("the status 307");
    assert!(other.heard.try_recv().is_err());

    // With JSON there is one object all the same.
    let ear = Ear::with([Answer::Status(400)]);
    let stage = at(&ear);
    let ran = stage
        .run_with(&sheet, &["--output", "json"])
        .ends(0)
        .tells("warning: nobody was told");
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["status"], "done");
}

#[test]
#[cfg(unix)]
fn a_signal_ends_the_telling_at_once() {
    use crate::support::signal;
    let ear = Ear::with([Answer::None]);
    let stage = at(&ear);
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    let child = stage.start(&["run", "sheet.csv", "--yes"]);
    ear.hear();
    signal(&child, "INT");
    stage
        .ended(child)
        .ends(0)
        .tells("warning: nobody was told")
        .tells("interrupted");
}

#[test]
#[cfg(unix)]
fn a_command_is_given_the_object_and_its_output_is_not_mixed_with_reseats() {
    let sheet = format!("operation,user,name\nupdate,{BRAM},Annika\n");
    let stage = stage("notify_command = \"umask 077; cat > told.json; echo chatter; echo chatter >&2\"");
    stage.set("RESEAT_SHELL_TEST", "1");
    let ran = stage.run(&sheet).ends(0);
    assert!(
        !ran.out.contains("chatter") && !ran.err.contains("chatter"),
        "{}\n{}",
        ran.out,
        ran.err
    );
    let notice: Value = serde_json::from_str(&stage.read("told.json")).unwrap();
    is_impersonal(&notice);
    assert_eq!(
        (&notice["event"], &notice["exit_code"]),
        (&"run_ended".into(), &0.into())
    );

    let stage = self::stage("notify_command = \"umask 077; env > environment; echo the relay is down >&2; exit 7\"");
    stage
        .run(&sheet)
        .ends(0)
        .tells("exit status: 7")
        .tells("the relay is down");
    assert!(!stage.read("environment").contains("UIPATH_CLIENT_SECRET"));
}

#[test]
fn the_address_comes_from_a_file_or_a_variable_as_well_and_is_shown_by_its_host_alone() {
    let sheet = format!("operation,user,name\nupdate,{ANNA},Annika\n");
    let ear = Ear::with([Answer::Status(200)]);
    let stage = stage("notify_file = \"hook.txt\"");
    fs_err::write(stage.given("hook.txt"), format!("{}\n", ear.address)).unwrap();
    stage.run(&sheet).ends(0);
    assert_eq!(ear.hear()["event"], "run_ended");

    let ear = Ear::with([Answer::Status(200)]);
    let stage = self::stage("notify = \"https://elsewhere.example/hook\"");
    stage.set("RESEAT_NOTIFY", &ear.address);
    stage.run(&sheet).ends(0);
    assert_eq!(ear.hear()["event"], "run_ended");
    let host = ear.address.split("/services").next().unwrap().to_owned();
    stage
        .reseat(&["doctor"])
        .tells(&format!("notify: {host} (the variable `RESEAT_NOTIFY`"));
}

#[test]
fn a_file_that_does_not_hold_one_address_is_told_by_doctor_without_being_repeated() {
    let stage = stage("notify_file = \"hook.txt\"");
    let untold = "so nobody is told of runs";
    stage.reseat(&["doctor"]).tells(untold);
    for (held, words) in [
        (
            format!("https://hooks.example/{TOKEN}\nhttps://hooks.example/old\n"),
            "line break",
        ),
        (format!("{TOKEN}\n"), "is no address"),
    ] {
        fs_err::write(stage.given("hook.txt"), held).unwrap();
        let told = stage.reseat(&["doctor"]).tells(words).tells(untold);
        assert!(!told.err.contains(TOKEN) && !told.out.contains(TOKEN));
    }
    fs_err::write(stage.given("hook.txt"), format!("https://hooks.example/{TOKEN}\n")).unwrap();
    let told = stage.reseat(&["doctor"]);
    assert!(!told.err.contains(untold) && !told.out.contains(untold));
}

#[test]
fn an_address_that_does_not_fit_is_refused_without_being_repeated() {
    for (notify, words) in [
        (
            format!("notify = \"http://hooks.example/{TOKEN}\""),
            "must begin with `https://`",
        ),
        (format!("notify = \"{TOKEN}\""), "is no address"),
        (
            format!("notify = \"https://hooks.example/{TOKEN}\"\nnotify_command = \"cat\""),
            "is set together with `notify_command`",
        ),
    ] {
        let stage = stage(&notify);
        stage.write("sheet.csv", "operation,user\n");
        let path = stage.path("sheet.csv");
        stage
            .reseat(&["run", "sheet.csv", "--yes"])
            .ends(1)
            .tells(words)
            .tells("line 2");
        fs_err::remove_file(path).unwrap();
    }
}
