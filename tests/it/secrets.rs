//! No secret is written or said, whatever becomes of a run: every stage looks for its secrets in all that it
//! produced, and these make the most of it.

use std::os::unix::fs::PermissionsExt;

use reseat::sandbox::{Config, Credentials};

use crate::between::twist;
use crate::support::{ANNA, BRAM, PROFILE, Stage, each};

const SECRET: &str = "Se+cr/et= &\"\\ü;1";
const PASSWORD: &str = "Pass word+/&%=\"1";

/// A stage whose every secret has letters that are written otherwise in forms, addresses and JSON.
fn stage() -> Stage {
    let stage = Stage::with(Config {
        credentials: Credentials {
            client_secret: SECRET.to_owned(),
            ..Credentials::default()
        },
        ..Config::unlimited()
    });
    stage.keep_state();
    stage.keep_secret(SECRET);
    stage.keep_secret(PASSWORD);
    for part in ["Se+cr", "Se%2Bcr", "Se%2bcr", "word+/&", "word%2B%2F", "word%2b%2f"] {
        stage.keep_secret(part);
    }
    stage
}

fn sheet() -> String {
    let password = PASSWORD.replace('"', "\"\"");
    format!(
        "operation,user,password,email,licenses\nupdate,{ANNA},\"{password}\",,\nupdate,nobody@contoso.example,\"{password}\",,\n\
         set-licenses,{BRAM},,,ATTUNU\ninvite,,,new@contoso.example,\n"
    )
}

/// Whatever is asked comes back in a refusal.
fn echoing(stage: &Stage, only: &'static str, status: u16) {
    twist(stage, move |asked, answer| {
        if asked.line.contains(only) {
            let words = format!("you sent {} with {} and {}", asked.line, asked.headers, asked.body);
            let body = serde_json::json!({"message": words, "errorCode": asked.headers, "traceId": asked.headers});
            answer.becomes(status, body);
            let header = asked.headers.lines().find(|line| line.contains("Bearer"));
            answer
                .headers
                .extend(header.map(|line| format!("x-request-id: {line}")));
        }
    });
}

#[test]
fn a_run_that_goes_well_tells_none_at_any_verbosity() {
    for flags in [vec!["-v"], vec!["-q"], vec!["--output", "json"], vec![]] {
        let stage = stage();
        stage.run_with(&sheet(), &flags).ends(3);
        stage.reseat(&[&["plan", "sheet.csv"][..], &flags].concat());
        assert!(
            stage.exists("state/reseat"),
            "what a run leaves in its state folder is looked through too"
        );
    }
}

#[test]
fn a_server_that_repeats_what_it_was_sent_is_not_quoted_with_it() {
    let cases = [
        ("/connect/token", 400),
        ("/connect/token", 401),
        ("/connect/token", 500),
        ("PUT ", 400),
        ("PUT ", 403),
        ("PUT ", 409),
        ("PUT ", 503),
        ("POST ", 422),
        ("GET ", 404),
        ("GET ", 401),
        ("/api/User", 301),
        ("/InviteUsers", 200),
    ];
    each(&cases, |(only, status)| {
        let stage = stage();
        echoing(&stage, only, *status);
        let ran = stage.run_with(&sheet(), &["-v", "--retries", "0"]);
        assert!(
            [1, 3, 5].contains(&ran.code),
            "{only} {status}: {}\n{}",
            ran.code,
            ran.err
        );
    });
}

#[test]
fn the_other_ways_to_sign_in_tell_none_either() {
    let ropc = format!(
        "auth = \"ropc\"\nusername = \"admin\"\ntenancy = \"host\"\n{}",
        "password_file = \"secret.txt\"\n"
    );
    let pat = "token_command = \"cat secret.txt\"\n".to_owned();
    let wrong =
        "client_id = \"x\"\nclient_secret_command = \"cat secret.txt; echo not the vault >&2; exit 3\"\n".to_owned();
    for (profile, secret) in [(ropc, "sandbox-password"), (pat, "rt_sandbox"), (wrong, SECRET)] {
        for given in [secret, PASSWORD] {
            let stage = stage();
            stage.unset("UIPATH_CLIENT_SECRET");
            stage.unset("UIPATH_CLIENT_ID");
            stage.set("PATH", "/usr/bin:/bin");
            stage.write("secret.txt", given);
            stage.write("reseat.toml", format!("[profile.default]\n{profile}{PROFILE}"));
            stage.run_with(&sheet(), &["-v"]);
        }
    }
}

#[test]
fn a_secret_written_where_it_does_not_belong_is_refused_unrepeated() {
    for line in [
        "client_secret = \"hunter2hunter2\"",
        "client_secret = hunter2hunter2",
        "password = \"hunter2hunter2\"",
        "token = \"hunter2hunter2",
        "token = [\"hunter2hunter2\"]",
        "pat = \"hunter2hunter2\"",
        "\"client_secret\" = '''hunter2hunter2'''\nclient_secret = \"hunter2hunter2\"",
        "client_secret: hunter2hunter2",
        "uri = \"https://me:hunter2hunter2@cloud.uipath.com\"",
        "identity_uri = \"https://me:hunter2hunter2@cloud.uipath.com@x\"",
        "[profile.default.limits]\nget = \"hunter2hunter2",
    ] {
        let stage = Stage::new();
        stage.unset("UIPATH_URI");
        stage.keep_secret("hunter2");
        stage.write("reseat.toml", format!("[profile.default]\n{line}\n"));
        stage.run_with(&sheet(), &["-v"]).ends(1);
        stage.reseat(&["check", "sheet.csv"]);
    }
}

#[test]
fn a_password_cell_that_is_wrong_is_not_quoted() {
    for cell in [
        "#N/A",
        "=hunter2hunter2",
        "hunter2hunter2\nhunter2",
        "<clear>hunter2",
        "  hunter2hunter2  ",
    ] {
        let stage = Stage::new();
        stage.keep_secret("hunter2");
        stage.write(
            "sheet.csv",
            format!("operation,user,password\nupdate,{ANNA},\"{cell}\"\ndelete,{BRAM},hunter2hunter2\n"),
        );
        stage.reseat(&["check", "sheet.csv", "-v"]);
        stage.reseat(&["run", "sheet.csv", "--yes", "--skip-invalid", "--max-deletes", "1"]);
    }
}

#[test]
fn a_secret_from_a_windows_editor_signs_in_and_one_in_utf16_is_told_how_to_be_saved() {
    let stage = stage();
    stage.unset("UIPATH_CLIENT_SECRET");
    let id = Credentials::default().client_id;
    let profile =
        format!("\u{feff}[profile.default]\r\nclient_id = \"{id}\"\r\nclient_secret_file = \"secret.txt\"\r\n");
    stage.write("reseat.toml", profile + PROFILE);
    let utf16: Vec<u8> = format!("\u{feff}{SECRET}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    stage.write("secret.txt", utf16);
    stage.write("sheet.csv", sheet());
    stage
        .rerun(&[])
        .ends(1)
        .tells("client_secret_file")
        .tells("save it as UTF-8");
    stage.write("secret.txt", format!("\u{feff}{SECRET} \r\n"));
    stage.rerun(&[]).ends(3);
}

#[test]
fn neither_a_proxy_nor_its_password_is_involved_on_this_computer() {
    let stage = stage();
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        stage.set(name, "http://me:hunter2hunter2@127.0.0.1:9");
    }
    stage.keep_secret("hunter2");
    stage.run(&sheet()).ends(3);
    stage.set("UIPATH_URI", "https://127.0.0.1:9");
    stage.rerun(&["--retries", "0"]);
}

/// A process as others see it.
#[cfg(target_os = "linux")]
#[test]
fn no_secret_is_an_argument_of_a_process_or_handed_on() {
    let stage = stage();
    stage.unset("UIPATH_CLIENT_SECRET");
    stage.set("PATH", "/usr/bin:/bin");
    stage.write("secret.txt", SECRET);
    stage.set("UIPATH_PASSWORD", SECRET);
    let command = "env > seen-env.txt; tr '\\\\0' ' ' < /proc/self/cmdline > seen.txt; tr '\\\\0' ' ' < /proc/$PPID/cmdline >> seen.txt; cat secret.txt";
    let id = Credentials::default().client_id;
    stage.write(
        "reseat.toml",
        format!("[profile.default]\nclient_id = \"{id}\"\nclient_secret_command = \"{command}\"\n{PROFILE}"),
    );
    stage.unset("UIPATH_CLIENT_ID");
    for name in ["seen.txt", "seen-env.txt"] {
        stage.write(name, "");
    }
    stage.run(&sheet()).ends(3);
    let seen = stage.read("seen.txt");
    assert!(!stage.read("seen-env.txt").contains("Se+cr"));
    assert!(seen.contains("run sheet.csv") && !seen.contains("Se+cr"), "{seen}");
}

#[test]
fn what_a_run_leaves_is_for_its_owner_only() {
    let stage = stage();
    stage.run_with(&sheet(), &[]).ends(3);
    let mode = |name: &str| fs_err::metadata(stage.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("sheet.results.csv"), 0o600);
    assert_eq!(mode("sheet.failed.csv"), 0o600);
    assert_eq!(mode("state/reseat"), 0o700);
}

#[test]
fn an_app_secret_in_the_place_of_the_app_id_is_not_repeated() {
    let commands = [
        &["plan", "sheet.csv"][..],
        &["run", "sheet.csv", "--yes", "-v"],
        &["codes"],
        &["template", "onboarding", "-o", "new.xlsx"],
        &["export", "users"],
        &["rebalance", "--all"],
        &["doctor", "-v"],
        &["doctor", "--write"],
    ];
    each(&commands, |words| {
        for secret in [Some("0f7ecb54-86ab-4ebc-b9f3-3ed8cf0cd1ff"), None] {
            for output in ["text", "json"] {
                let stage = Stage::new();
                stage.keep_secret("hunter2(hunter2");
                match secret {
                    Some(secret) => stage.set("UIPATH_CLIENT_SECRET", secret),
                    None => stage.unset("UIPATH_CLIENT_SECRET"),
                }
                stage.write("sheet.csv", sheet());
                let flags = ["--client-id", "hunter2(hunter2", "--output", output];
                let ran = stage.reseat(&[words, &flags[..]].concat());
                assert!([0, 1, 5].contains(&ran.code), "{words:?}: {}\n{}", ran.code, ran.err);
            }
        }
    });
}
