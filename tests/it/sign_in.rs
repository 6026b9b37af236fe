//! Every way to sign in, and what happens when it does not work.

use std::time::Duration;

use reseat::sandbox::{Config, Credentials, Population};

use crate::support::{ANNA, PROFILE, Stage, person, sheet};

const SHEET: &str = "operation,user,name\nupdate,anna.berg@contoso.example,Annika\n";

fn signed_in_by(variables: &[&str], profile: &str) -> Stage {
    let stage = Stage::new();
    for name in ["UIPATH_CLIENT_ID", "UIPATH_CLIENT_SECRET"] {
        stage.unset(name);
    }
    for variable in variables {
        let (name, value) = variable.split_once('=').unwrap();
        stage.set(name, value);
    }
    stage.write("reseat.toml", format!("[profile.default]\n{profile}\n{PROFILE}"));
    stage
}

#[test]
fn client_credentials_come_from_the_environment_a_file_or_a_command() {
    let id = "client_id = \"5a4db0c5-0000-4000-8000-000000000001\"\n";
    let stage = signed_in_by(&["UIPATH_CLIENT_SECRET=sandbox-secret"], id);
    stage.run(SHEET).ends(0);

    let stage = signed_in_by(&[], &format!("{id}client_secret_file = \"secret.txt\""));
    stage.write("secret.txt", "sandbox-secret\n");
    stage.run(SHEET).ends(0);

    let stage = signed_in_by(
        &["PATH=/usr/bin:/bin"],
        &format!("{id}client_secret_command = \"echo sandbox-secret\""),
    );
    // The profile holds the secret here only because the command is `echo`.
    stage.run(SHEET).ends(0);
}

#[test]
fn a_personal_access_token_is_sent_as_it_is() {
    let stage = signed_in_by(&["UIPATH_PAT=rt_sandbox"], "");
    stage.run(SHEET).ends(0);
    assert_eq!(stage.sandbox.stats().route("token"), 0);
}

#[test]
fn ropc_signs_in_by_user_name_and_password() {
    let profile = "auth = \"ropc\"\nusername = \"admin\"\ntenancy = \"host\"";
    let stage = signed_in_by(&["UIPATH_PASSWORD=sandbox-password"], profile);
    stage.run(SHEET).ends(0);
    assert_eq!(stage.sandbox.stats().route("authenticate"), 1);
}

#[test]
fn what_is_wrong_with_the_sign_in_ends_with_5_and_says_what_to_look_at() {
    let cases = [
        (
            vec![
                "UIPATH_CLIENT_ID=5a4db0c5-0000-4000-8000-000000000001",
                "UIPATH_CLIENT_SECRET=not-this-secret",
            ],
            "",
        ),
        (vec!["UIPATH_PAT=not-this-token"], ""),
        (
            vec!["UIPATH_PASSWORD=not-this-password"],
            "auth = \"ropc\"\nusername = \"admin\"\ntenancy = \"host\"",
        ),
    ];
    for (variables, profile) in cases {
        let stage = signed_in_by(&variables, profile);
        for secret in ["not-this-secret", "not-this-token", "not-this-password"] {
            stage.keep_secret(secret);
        }
        let ran = stage.run(SHEET).ends(5);
        assert!(ran.err.contains("error:"), "{}", ran.err);
        assert!(
            ["secret", "token", "password"]
                .iter()
                .any(|word| ran.err.contains(word)),
            "{}",
            ran.err
        );
        assert!(stage.writes().is_empty());
        assert!(!stage.exists("sheet.results.csv"));
    }
}

#[test]
fn a_token_that_runs_out_while_running_is_renewed_in_time() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        credentials: Credentials {
            token_lifetime: Duration::from_secs(2),
            ..Credentials::default()
        },
        latency: Duration::from_millis(120),
        ..Config::unlimited()
    });
    let sheet = sheet("operation,user,name", "update,{},Kim", (1..=60).map(person));
    stage.run_with(&sheet, &["--concurrency", "3"]).ends(0);
    assert_eq!(stage.counts(), "60 done");
    let tokens = stage.sandbox.stats().route("token");
    assert!((2..=6).contains(&tokens), "{tokens} tokens");
}

#[test]
fn a_token_that_is_revoked_while_running_is_asked_for_once_more() {
    let stage = Stage::with(Config {
        population: Population::Generated(40),
        latency: Duration::from_millis(60),
        ..Config::unlimited()
    });
    let sheet = sheet("operation,user,name", "update,{},Kim", (1..=40).map(person));
    stage.write("sheet.csv", sheet);
    let child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("it writes", |sandbox| sandbox.stats().route("update-user") > 5);
    stage.sandbox.revoke_tokens();
    stage.ended(child).ends(0);
    assert_eq!(stage.counts(), "40 done");
    assert_eq!(stage.sandbox.stats().route("token"), 2);
}

#[test]
fn access_withdrawn_while_running_stops_the_run_and_records_every_row() {
    let stage = Stage::with(Config {
        population: Population::Generated(40),
        latency: Duration::from_millis(60),
        ..Config::unlimited()
    });
    stage.unset("UIPATH_CLIENT_ID");
    stage.unset("UIPATH_CLIENT_SECRET");
    stage.set("UIPATH_PAT", stage.sandbox.personal_access_token());
    let sheet = sheet("operation,user,name", "update,{},Kim", (1..=40).map(person));
    stage.write("sheet.csv", sheet);
    let child = stage.start(&["run", "sheet.csv", "--yes", "--concurrency", "2"]);
    stage.until("it writes", |sandbox| sandbox.stats().route("update-user") > 5);
    let kind = reseat::sandbox::FaultKind::Status {
        status: 401,
        moment: reseat::sandbox::Moment::BeforeEffect,
    };
    stage.fault(kind, "PUT", "", reseat::sandbox::Strikes::Always);
    stage.ended(child).ends(5);
    let statuses = stage.statuses();
    assert_eq!(statuses.len(), 40);
    assert!(
        statuses
            .iter()
            .all(|status| ["done", "not_run"].contains(&status.as_str())),
        "{statuses:?}"
    );
    stage.sandbox.set_faults(reseat::sandbox::Faults::default());
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.counts(), "40 done");
}

#[test]
fn a_missing_scope_stops_within_few_calls_and_names_it() {
    let stage = Stage::with(Config {
        population: Population::Generated(40),
        credentials: Credentials {
            scopes: ["PM.User.Read", "PM.Group.Read", "PM.License.Read"]
                .map(str::to_owned)
                .to_vec(),
            ..Credentials::default()
        },
        ..Config::unlimited()
    });
    stage.free_seats("PMD", 100);
    let sheets = [
        ("operation,user,name", "update,{},Kim", "PM.User"),
        ("operation,user,licenses", "set-licenses,{},PMD", "PM.License"),
    ];
    for (header, row, scope) in sheets {
        stage.forget_calls();
        stage
            .run_with(&sheet(header, row, (1..=40).map(person)), &["--again"])
            .ends(5)
            .tells(scope);
        let calls: u64 = stage.writes().values().sum();
        assert!(calls <= 30, "{:?}", stage.writes());
        let statuses = stage.statuses();
        assert!(
            statuses
                .iter()
                .all(|status| ["rejected", "not_run"].contains(&status.as_str())),
            "{statuses:?}"
        );
    }
    assert!(stage.user(ANNA).is_none());
}
