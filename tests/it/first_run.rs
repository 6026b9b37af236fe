//! The first minutes: nothing is configured, then something, then `reseat doctor --write` keeps it.

use reseat::sandbox::Config;
use serde_json::Value;

use crate::support::{PROFILE, Ran, Stage};

/// What is typed for the secret here.
const TYPED_UNSEEN: &str = if cfg!(windows) {
    "Read-Host -AsSecureString"
} else {
    "stty -echo; read -r UIPATH_CLIENT_SECRET; stty echo; export UIPATH_CLIENT_SECRET"
};

/// The App ID of an application that nobody has made.
const APP: &str = "0f7ecb54-86ab-4ebc-b9f3-3ed8cf0cd1ff";

const SHEET: &str = "operation,user,name\nupdate,anna.berg@contoso.example,Annika\n";

/// The stage of somebody who has just installed reseat and has a sheet.
fn newcomer() -> Stage {
    let stage = Stage::with(Config::unlimited());
    fs_err::remove_file(stage.path("reseat.toml")).unwrap();
    let home = stage.given("home");
    fs_err::create_dir(&home).unwrap();
    stage.set("HOME", &home.display().to_string());
    stage.set("XDG_STATE_HOME", &home.join("state").display().to_string());
    stage.given("home/state");
    for variable in [
        "UIPATH_URI",
        "UIPATH_ORGANIZATION",
        "RESEAT_ORGANIZATION_ID",
        "UIPATH_CLIENT_ID",
        "UIPATH_CLIENT_SECRET",
    ] {
        stage.unset(variable);
    }
    // Nothing here is to leave this computer, whatever the usual address is.
    stage.set("HTTPS_PROXY", "http://127.0.0.1:9");
    stage.write("joiners.csv", SHEET);
    stage
}

/// The same with the secret in its variable.
fn with_secret() -> Stage {
    let stage = newcomer();
    stage.set("UIPATH_CLIENT_SECRET", stage.sandbox.client_secret());
    stage
}

/// `reseat doctor --write` with what names this stage's organization, and these words.
fn doctor_writes(stage: &Stage, words: &[&str]) -> Ran {
    let uri = stage.sandbox.base_url();
    let named = [
        "doctor",
        "--uri",
        &uri,
        "--organization",
        stage.sandbox.organization(),
        "--client-id",
        stage.sandbox.client_id(),
        "--write",
    ];
    stage.reseat(&[named.as_slice(), words].concat())
}

/// The checks that `--output json` tells, as `check result`.
fn checks(ran: &Ran) -> Vec<String> {
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let checks = told["checks"].as_array().unwrap().iter();
    checks
        .map(|check| {
            format!(
                "{} {}",
                check["check"].as_str().unwrap(),
                check["result"].as_str().unwrap()
            )
        })
        .collect()
}

const COMMANDS: [&[&str]; 6] = [
    &["plan", "joiners.csv"],
    &["run", "joiners.csv"],
    &["export", "users"],
    &["rebalance"],
    &["undo", "joiners.results.csv"],
    &["doctor"],
];

#[test]
fn with_nothing_configured_every_command_says_in_five_lines_what_to_do() {
    let stage = newcomer();
    for words in COMMANDS {
        let ran = stage.reseat(words).ends(1);
        let told = format!("{}{}", ran.out, ran.err);
        for step in [
            "External Applications",
            "PM.User, PM.Group and PM.License",
            TYPED_UNSEEN,
            "doctor --organization NAME --client-id ID --write",
            "without an organization: ",
        ] {
            assert!(told.contains(step), "{words:?} does not say `{step}`: {told}");
        }
        if words != ["doctor"] {
            assert_eq!(ran.err.lines().count(), 6, "{}", ran.err);
            assert_eq!(ran.out, "", "{words:?}");
        }
    }
    stage.reseat(&["plan", "joiners.csv"]).tells("plan joiners.csv\n");
    stage
        .reseat(&["plan", "joiners.csv"])
        .tells("plan joiners.csv --sandbox\n");
    stage.reseat(&["plan", "joiners.csv", "--sandbox"]).ends(0);
}

#[test]
fn programs_are_told_the_same_in_one_object() {
    let stage = newcomer();
    for words in COMMANDS {
        let ran = stage.reseat(&[words, &["--output", "json"]].concat()).ends(1);
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            (&told["status"], &told["reason"]),
            (&"could_not_start".into(), &"settings".into())
        );
        assert_eq!(told["help"].as_array().unwrap().len(), 5, "{words:?}: {told}");
        if words == ["doctor"] {
            assert_eq!(checks(&ran)[..2], ["configuration failed", "secret skipped"]);
        } else {
            assert_eq!(told["settings_problems"].as_array().unwrap().len(), 3, "{told}");
        }
    }
}

#[cfg(unix)]
#[test]
fn the_configuration_beside_a_sheet_elsewhere_is_pointed_at() {
    let stage = with_secret();
    fs_err::create_dir(stage.given("last week")).unwrap();
    stage.write("last week/joiners.csv", SHEET);
    doctor_writes(&stage, &["--config", "last week/reseat.toml"]).ends(0);
    let told = stage.reseat(&["plan", "last week/joiners.csv"]).ends(1).err;
    let (_, command) = told.split_once("that is beside the sheet: ").unwrap();
    stage.shell(command).ends(0);
    // Both go without, and might have had more to say.
    for words in [
        ["check", "last week/joiners.csv"].as_slice(),
        &["template", "onboarding", "-o", "last week/new.xlsx"],
    ] {
        let flag = "the reseat.toml beside the sheet is not used; add `--config 'last week/reseat.toml'` to go by it";
        stage.reseat(words).ends(0).tells(flag);
        let with_it = [words, &["--config", "last week/reseat.toml"]].concat();
        let ran = stage.reseat(&[&with_it[..], if words[0] == "template" { &["--force"] } else { &[] }].concat());
        assert!(!ran.ends(0).err.contains("is not used"));
    }
}

#[test]
fn an_app_id_and_a_secret_in_each_others_place_are_told_and_not_shown() {
    let stage = newcomer();
    let (id, secret) = (stage.sandbox.client_id(), stage.sandbox.client_secret());
    stage.set("UIPATH_URI", &stage.sandbox.base_url());
    stage.set("UIPATH_ORGANIZATION", "sandbox");
    for (client_id, client_secret, words) in [
        (secret, secret, "gives the same as `client_id`"),
        (id, id, "gives the same as `client_id`"),
        (secret, id, "they may have changed places"),
        (secret, "other", "not changed places with the secret"),
    ] {
        stage.set("UIPATH_CLIENT_ID", client_id);
        stage.set("UIPATH_CLIENT_SECRET", client_secret);
        for more in [&["doctor"][..], &["doctor", "--write", "--output", "json"]] {
            stage.reseat(more).ends(5).tells(words);
        }
        stage.reseat(&["plan", "joiners.csv"]).ends(5);
    }
}

#[test]
fn what_is_odd_about_id_or_secret_is_what_doctor_says_to_mend_first_rather_than_to_make_a_new_secret() {
    let stage = newcomer();
    let (id, secret) = (stage.sandbox.client_id(), stage.sandbox.client_secret());
    stage.set("UIPATH_URI", &stage.sandbox.base_url());
    stage.set("UIPATH_ORGANIZATION", "sandbox");
    for (client_id, client_secret, first) in [
        (
            secret,
            id,
            "Sign-in: the server gives no token (`invalid_client`): the variable `UIPATH_CLIENT_SECRET` gives a GUID",
        ),
        (
            id,
            id,
            "Secret: the variable `UIPATH_CLIENT_SECRET` gives the same as `client_id`",
        ),
        (
            id,
            &format!("\"{secret}\""),
            "Sign-in: the server gives no token (`invalid_client`): the variable `UIPATH_CLIENT_SECRET` holds quotation marks",
        ),
        (
            &id[..20],
            secret,
            "Sign-in: the server gives no token (`invalid_client`): App IDs are GUIDs",
        ),
    ] {
        stage.set("UIPATH_CLIENT_ID", client_id);
        stage.set("UIPATH_CLIENT_SECRET", client_secret);
        let told = stage.reseat(&["doctor"]).ends(5).out;
        assert!(told.contains(&format!("\nfirst mend {first}")), "{told}");
        assert!(!told.contains("make a new one") && !told.contains("run out"), "{told}");
    }
}

#[test]
fn in_a_new_terminal_the_line_for_the_secret_comes_first_whatever_is_typed() {
    let stage = with_secret();
    doctor_writes(&stage, &[]).ends(0);
    stage.unset("UIPATH_CLIENT_SECRET");
    for words in COMMANDS {
        let ran = stage.reseat(words).ends(1);
        let told = format!("{}{}", ran.out, ran.err);
        let at = |words: &str| told.find(words).unwrap_or_else(|| panic!("`{words}` is not in {told}"));
        assert!(at("there is no App Secret") < at(TYPED_UNSEEN), "{told}");
        assert!(at(TYPED_UNSEEN) < at(&words.join(" ")), "{told}");
        assert!(at(&words.join(" ")) < at("write `client_secret_command = "), "{told}");
        assert!(!told.contains("has 1 problem"), "{told}");
        if words != ["doctor"] {
            assert_eq!(ran.err.lines().count(), 4, "{}", ran.err);
        }
    }
    let ran = stage.reseat(&["plan", "joiners.csv", "--output", "json"]).ends(1);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["settings_problems"].as_array().unwrap().len(), 1, "{told}");
    assert!(told["help"][0].as_str().unwrap().contains(TYPED_UNSEEN), "{told}");
    stage.set("UIPATH_CLIENT_SECRET", stage.sandbox.client_secret());
    stage.reseat(&["plan", "joiners.csv"]).ends(0);
}

#[test]
fn only_what_is_missing_is_asked_for() {
    let stage = newcomer();
    let flags = ["--organization", "acme", "--client-id", APP, "--profile", "default"];
    let told = stage
        .reseat(&[&["plan", "joiners.csv"], &flags[..4]].concat())
        .ends(1)
        .err;
    assert!(
        told.contains("App Secret is missing") && told.contains(TYPED_UNSEEN),
        "{told}"
    );
    assert!(
        told.contains(&format!("doctor --organization acme --client-id {APP} --write")),
        "{told}"
    );
    assert!(
        !told.contains("External Applications") && !told.contains("NAME"),
        "{told}"
    );

    stage.set("UIPATH_CLIENT_SECRET", "s");
    stage.set("UIPATH_CLIENT_ID", APP);
    let told = stage.reseat(&["plan", "joiners.csv"]).ends(1).err;
    assert!(
        told.contains("organization is missing") && told.contains("doctor --organization NAME --write"),
        "{told}"
    );
    assert!(!told.contains(TYPED_UNSEEN) && !told.contains("--client-id"), "{told}");

    // Beside something that is wrong, all of it is told at once.
    stage.set("RESEAT_ORGANIZATION_ID", "contoso");
    let told = stage.reseat(&["plan", "joiners.csv"]).ends(1).err;
    assert!(
        told.contains("has 2 problems") && told.contains("`contoso` is not a GUID"),
        "{told}"
    );

    // A key that is only mistyped is told with its neighbour.
    stage.unset("RESEAT_ORGANIZATION_ID");
    stage.write("reseat.toml", "[profiles.default]\norganization = \"acme\"\n");
    let told = stage.reseat(&["plan", "joiners.csv"]).ends(1).err;
    assert!(
        told.contains("did you mean `profile`?") && told.contains("doctor --organization NAME"),
        "{told}"
    );
}

#[test]
fn the_steps_lead_to_a_plan_and_need_only_the_secret_the_next_day() {
    let stage = with_secret();
    doctor_writes(&stage, &[])
        .ends(0)
        .tells("without a secret")
        .tells("plan SHEET");
    let written = stage.read("reseat.toml");
    for line in [
        "[profile.default]".to_owned(),
        format!("uri = \"{}\"", stage.sandbox.base_url()),
        format!("organization_id = \"{}\"", stage.sandbox.organization_id()),
        "client_secret_command = \"pass show uipath/reseat\"".to_owned(),
    ] {
        assert!(cfg!(windows) || written.contains(&line), "{line}: {written}");
    }
    stage.reseat(&["plan", "joiners.csv"]).ends(0);
    stage.reseat(&["doctor"]).ends(0);
    assert_eq!(stage.read("reseat.toml"), written);
    assert!(stage.writes().is_empty());

    // The next day, in another terminal.
    stage.unset("UIPATH_CLIENT_SECRET");
    stage
        .reseat(&["plan", "joiners.csv"])
        .ends(1)
        .tells("there is no App Secret")
        .tells(TYPED_UNSEEN);
    stage.set("UIPATH_CLIENT_SECRET", stage.sandbox.client_secret());
    stage.reseat(&["run", "joiners.csv", "--yes"]).ends(0);
}

#[test]
fn the_steps_can_be_practised_with_the_sandbox_as_the_readme_says() {
    let readme = include_str!("../../README.md");
    let (_, steps) = readme.split_once("To practise these steps").unwrap();
    let steps: Vec<&str> = steps.split('`').skip(1).step_by(2).take(3).collect();
    let [sandbox, secret, doctor] = steps.try_into().unwrap();
    assert_eq!(sandbox, "reseat sandbox");
    let stage = newcomer();
    assert_eq!(secret, stage.sandbox.client_secret());
    stage.set("UIPATH_CLIENT_SECRET", secret);
    // Its port may be taken here.
    let doctor = doctor.replace("http://127.0.0.1:8484", &stage.sandbox.base_url());
    let words: Vec<&str> = doctor.split(' ').skip(1).collect();
    stage.reseat(&words).ends(0);
    stage.reseat(&["plan", "joiners.csv"]).ends(0);
}

#[test]
fn the_readme_and_its_page_say_how_to_type_the_secret_as_the_program_does() {
    let stage = newcomer();
    let readme = include_str!("../../README.md");
    let page = include_str!("../../docs/configuration.md");
    let shells = ["/bin/bash", "/bin/zsh", "/usr/bin/fish", "/bin/sh", "/usr/bin/pwsh"];
    for shell in if cfg!(windows) { &shells[..1] } else { &shells } {
        stage.set("SHELL", shell);
        let line = secret_line(&stage);
        for text in [readme, page] {
            assert!(text.contains(&format!("`{line}`")), "{line}");
        }
    }
}

/// What is to be typed for the secret.
fn secret_line(stage: &Stage) -> String {
    let told = stage.reseat(&["plan", "joiners.csv"]).ends(1).err;
    let (_, line) = told.split_once("press Enter: ").unwrap();
    line.lines().next().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn what_is_typed_for_the_secret_works_in_each_shell_that_is_here() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let stage = newcomer();
    let here = ["/bin/sh", "/bin/dash", "/bin/bash", "/bin/zsh", "/usr/bin/fish"];
    let here: Vec<_> = here
        .into_iter()
        .filter(|shell| std::path::Path::new(shell).exists())
        .collect();
    assert!(!here.is_empty());
    for shell in here {
        stage.set("SHELL", shell);
        let typed = format!("{}\nprintenv UIPATH_CLIENT_SECRET", secret_line(&stage));
        let mut child = Command::new(shell)
            .args(["-c", &typed])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"it's a \\ secret\n").unwrap();
        let told = child.wait_with_output().unwrap().stdout;
        assert_eq!(String::from_utf8(told).unwrap(), "it's a \\ secret\n", "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn a_command_of_the_steps_is_all_that_follows_its_words_so_that_it_can_be_copied() {
    let stage = with_secret();
    let told = stage.reseat(&["plan", "joiners.csv"]).ends(1).err;
    let commands: Vec<&str> = told
        .lines()
        .filter_map(|line| Some(line.split_once(": /")?.1))
        .collect();
    let [doctor, plan, trial] = commands.try_into().unwrap();
    let uri = stage.sandbox.base_url();
    let doctor = doctor
        .replace("NAME", &format!("{uri}/sandbox/"))
        .replace(" ID", &format!(" {}", stage.sandbox.client_id()));
    stage.shell(&format!("/{trial}")).ends(0);
    stage.shell(&format!("/{plan}")).ends(1);
    stage.shell(&format!("/{doctor}")).ends(0);
    stage.shell(&format!("/{plan}")).ends(0);
}

#[cfg(unix)]
#[test]
fn whoever_waits_for_the_command_that_prints_the_secret_is_told_so() {
    let stage = with_secret();
    doctor_writes(&stage, &[]).ends(0);
    let secret = stage.sandbox.client_secret();
    stage.unset("UIPATH_CLIENT_SECRET");
    stage.set("PATH", "/usr/bin:/bin");
    let waits = stage.given("waits");
    stage.shell("mkfifo waits").ends(0);
    let profile = stage.read("reseat.toml");
    let keyed = "[profile.default]\nclient_secret_command = \"cat waits\"";
    stage.write("reseat.toml", profile.replace("[profile.default]", keyed));
    for words in [&["doctor"][..], &["plan", "joiners.csv", "--quiet"]] {
        let mut child = stage.start(words);
        stage.hear(&mut child, "waiting for the command of `client_secret_command`");
        fs_err::write(&waits, secret).unwrap();
        stage.ended(child).ends(0);
    }
}

#[test]
fn a_personal_access_token_is_kept_out_of_the_file_as_well() {
    let stage = newcomer();
    stage.set("UIPATH_PAT", stage.sandbox.personal_access_token());
    let portal = format!(
        "{}/sandbox/portal_/admin?organizationId={}",
        stage.sandbox.base_url(),
        stage.sandbox.organization_id()
    );
    stage.reseat(&["doctor", "--organization", &portal, "--write"]).ends(0);
    let written = stage.read("reseat.toml");
    assert!(
        written.contains("auth = \"token\"") && written.contains("UIPATH_PAT"),
        "{written}"
    );
    stage.reseat(&["plan", "joiners.csv"]).ends(0);
}

#[test]
fn a_value_that_does_not_work_is_not_written_down() {
    let stage = with_secret();
    let uri = stage.sandbox.base_url();
    let id = stage.sandbox.client_id();
    let name = stage.sandbox.organization();
    for (organization, client_id, secret) in [
        ("nobody", id, stage.sandbox.client_secret()),
        (
            name,
            "5a4db0c5-0000-4000-8000-00000000000f",
            stage.sandbox.client_secret(),
        ),
        (name, id, "not-the-secret"),
    ] {
        stage.set("UIPATH_CLIENT_SECRET", secret);
        stage.keep_secret("not-the-secret");
        let words = [
            "doctor",
            "--uri",
            &uri,
            "--organization",
            organization,
            "--client-id",
            client_id,
            "--write",
        ];
        let ran = stage.reseat(&words);
        assert_eq!(ran.code, 5, "{}", ran.out);
        assert!(ran.out.contains("not written"), "{}", ran.out);
        assert!(!stage.exists("reseat.toml"));
    }
    stage.reseat(&["doctor", "--write"]).ends(1).tells("not written");
    assert!(!stage.exists("reseat.toml"));
}

#[test]
fn a_profile_is_added_behind_those_that_are_there_and_nothing_else_is_touched() {
    for before in [
        "# mine\n[profile.default]\norganization = 'acme'   # keep\n",
        "# mine\r\n[profile.default]\r\norganization = 'acme'",
        "\u{feff}[profile.default]\n",
        "",
    ] {
        let stage = with_secret();
        stage.write("reseat.toml", before);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let rights = std::fs::Permissions::from_mode(0o640);
            fs_err::set_permissions(stage.path("reseat.toml"), rights).unwrap();
        }
        doctor_writes(&stage, &["--profile", "of test"])
            .ends(0)
            .tells("the rest is as it was");
        let after = stage.read("reseat.toml");
        assert!(
            after.starts_with(before) && after.contains("[profile.\"of test\"]"),
            "{after}"
        );
        assert_eq!(before.contains("\r\n"), after.contains("\r\n"), "{after:?}");
        let bare = after.replace("\r\n", "");
        assert!(!before.contains("\r\n") || !bare.contains('\n'), "{after:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs_err::metadata(stage.path("reseat.toml"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o640);
        }
        stage.reseat(&["plan", "joiners.csv", "--profile", "of test"]).ends(0);
        stage.reseat(&["plan", "joiners.csv", "--profile", "other"]).ends(1);
    }
}

#[test]
fn what_a_profile_lacks_is_added_and_every_other_byte_is_kept() {
    let stage = with_secret();
    let (uri, id) = (stage.sandbox.base_url(), stage.sandbox.client_id());
    fs_err::write(stage.given("secret.txt"), stage.sandbox.client_secret()).unwrap();
    let by_hand = format!(
        "# mine\r\n[profile.default] # the only one\r\nuri = '{uri}'\r\norganization = \"sandbox\" # keep\r\n\
         client_id = \"{id}\"\r\n\r\n[profile.default.map]\r\n\"Work e-mail\" = \"user\"\r\n"
    );
    for before in [
        by_hand.as_str(),
        PROFILE,
        "[profile.default]\nclient_secret_file = \"secret.txt\"",
    ] {
        stage.write("reseat.toml", before);
        doctor_writes(&stage, &["--retries", "3"])
            .ends(0)
            .tells("which was added; the rest is as it was")
            .tells(&format!("organization_id = \"{}\"", stage.sandbox.organization_id()))
            .tells("limits.retries = 3");
        let after = stage.read("reseat.toml");
        let mut lines = after.split_inclusive('\n');
        for line in before.split_inclusive('\n') {
            assert!(
                lines.any(|known| known.trim_end_matches('\n') == line.trim_end_matches('\n')),
                "{after}"
            );
        }
        assert_eq!(after.matches('\r').count() > 0, before.contains('\r'), "{after}");
        stage.reseat(&["plan", "joiners.csv"]).ends(0);
        stage
            .reseat(&["doctor", "--write"])
            .ends(0)
            .tells("says all of this already");
        assert_eq!(stage.read("reseat.toml"), after);
    }
}

#[test]
fn what_a_profile_says_is_never_changed_and_what_it_says_otherwise_is_told() {
    let stage = with_secret();
    doctor_writes(&stage, &[]).ends(0);
    let written = stage.read("reseat.toml");
    doctor_writes(&stage, &[]).ends(0).tells("says all of this already");
    let other = stage.sandbox.organization_id().to_string();
    // What is missing is not added either: it would be of the other organization.
    let lacking: String = written
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("organization_id"))
        .collect();
    for text in [&written, &lacking] {
        stage.write("reseat.toml", text);
        let ran = stage.reseat(&["doctor", "--organization", &other, "--write"]).ends(1);
        ran.tells(&format!(
            "organization = \"{other}\" (now: sandbox, `reseat.toml`, line 5)"
        ));
        assert_eq!(stage.read("reseat.toml"), *text);
    }

    // What cannot take another profile is left alone, too, and the lines are shown.
    let inline = "profile = { default = { organization = \"acme\" } }\n";
    stage.write("reseat.toml", inline);
    doctor_writes(&stage, &["--profile", "mine"])
        .ends(1)
        .tells("cannot be added")
        .tells("[profile.mine]");
    assert_eq!(stage.read("reseat.toml"), inline);
}

#[test]
fn the_file_is_written_where_it_is_named_and_a_folder_that_is_not_there_is_told() {
    let stage = with_secret();
    fs_err::create_dir(stage.given("conf")).unwrap();
    doctor_writes(&stage, &["--config", "conf/mine.toml"]).ends(0);
    assert!(!stage.exists("reseat.toml"));
    stage
        .reseat(&["plan", "joiners.csv", "--config", "conf/mine.toml"])
        .ends(0);
    stage.reseat(&["doctor", "--config", "conf/other.toml"]).ends(1);
    let ran = doctor_writes(&stage, &["--config", "nowhere/mine.toml"]).ends(1);
    assert!(!ran.out.contains(".reseat-"), "{}", ran.out);
    ran.tells("not written: there is no folder")
        .tells("make it, or name another")
        .tells("organization = \"sandbox\"");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_file_stays_a_link() {
    let stage = with_secret();
    stage.write("dotfiles.toml", PROFILE);
    std::os::unix::fs::symlink("dotfiles.toml", stage.given("reseat.toml")).unwrap();
    doctor_writes(&stage, &["--profile", "mine"]).ends(0);
    assert!(
        fs_err::symlink_metadata(stage.path("reseat.toml"))
            .unwrap()
            .is_symlink()
    );
    assert!(stage.read("dotfiles.toml").contains("[profile.mine]"));
}

#[test]
fn what_people_paste_is_understood_as_it_is_meant() {
    let stage = with_secret();
    let uri = stage.sandbox.base_url();
    let host = uri.trim_start_matches("http://").to_owned();
    let id = stage.sandbox.organization_id().to_string();
    let client_id = stage.sandbox.client_id();
    let portal = format!("{uri}/sandbox/portal_/home?organizationId={id}#top");
    let (braced, upper) = (format!("{{{id}}}"), id.to_uppercase());
    let quoted = format!("\"{client_id}\"");
    let broken = format!("{client_id}\r\n");
    let slashed = format!("{uri}/");
    let with_name = format!("{uri}/sandbox");
    for (given_uri, organization, given_id, application) in [
        ("", portal.as_str(), "", client_id),
        (uri.as_str(), portal.as_str(), "", client_id),
        (portal.as_str(), "", "", client_id),
        (slashed.as_str(), " sandbox/ ", braced.as_str(), quoted.as_str()),
        (with_name.as_str(), "sandbox", upper.as_str(), broken.as_str()),
    ] {
        for (variable, value) in [
            ("UIPATH_URI", given_uri),
            ("UIPATH_ORGANIZATION", organization),
            ("RESEAT_ORGANIZATION_ID", given_id),
            ("UIPATH_CLIENT_ID", application),
        ] {
            stage.set(variable, value);
        }
        stage.reseat(&["plan", "joiners.csv"]).ends(0);
    }
    for (variable, value, words) in [
        ("UIPATH_ORGANIZATION", "Contoso Ltd", "the name that people see"),
        (
            "UIPATH_ORGANIZATION",
            "https://elsewhere.example/sandbox",
            "write the name alone, `sandbox`",
        ),
        (
            "UIPATH_CLIENT_ID",
            "00000000-1111-2222-3333-444444444444",
            "an example of the documentation",
        ),
        (
            "RESEAT_ORGANIZATION_ID",
            "\u{2026}guid\u{2026}",
            "an example of the documentation",
        ),
        ("UIPATH_URI", &host, "must begin with"),
    ] {
        let was = match variable {
            "UIPATH_URI" => uri.as_str(),
            "UIPATH_ORGANIZATION" => "sandbox",
            "UIPATH_CLIENT_ID" => client_id,
            _ => "",
        };
        stage.set("UIPATH_URI", &uri);
        stage.set("UIPATH_ORGANIZATION", "sandbox");
        stage.set(variable, value);
        let ran = stage.reseat(&["plan", "joiners.csv"]);
        if variable == "UIPATH_URI" {
            // Without a scheme it is taken for `https`, which the sandbox does not speak.
            assert_ne!(ran.code, 0);
        } else {
            ran.ends(1).tells(words);
        }
        stage.set(variable, was);
    }
}

#[cfg(unix)]
#[test]
fn doctor_says_whether_the_secret_can_be_read_and_never_shows_it() {
    use std::os::unix::fs::PermissionsExt;
    let stage = with_secret();
    let secret = stage.sandbox.client_secret().to_owned();
    let profile = |line: &str| {
        format!(
            "[profile.default]\nuri = \"{}\"\norganization = \"sandbox\"\nclient_id = \"{}\"\n{line}\n",
            stage.sandbox.base_url(),
            stage.sandbox.client_id()
        )
    };
    stage.unset("UIPATH_CLIENT_SECRET");
    let secret_file = |content: &str, mode: u32| {
        let path = stage.given("secret.txt");
        fs_err::write(&path, content).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for (line, content, mode, result, words) in [
        (
            "client_secret_file = \"secret.txt\"",
            format!("\u{feff}{secret}\r\n"),
            0o600,
            "secret ok",
            "read from the file",
        ),
        (
            "client_secret_file = \"secret.txt\"",
            secret.clone(),
            0o644,
            "secret warning",
            "chmod 600",
        ),
        (
            "client_secret_file = \"secret.txt\"",
            format!("{secret}\nuser: ann"),
            0o600,
            "secret failed",
            "several lines",
        ),
        (
            "client_secret_file = \"secret.txt\"",
            String::new(),
            0o600,
            "secret failed",
            "is empty",
        ),
        (
            "client_secret_file = \"gone.txt\"",
            String::new(),
            0o600,
            "secret failed",
            "has to be there",
        ),
        (
            "client_secret_command = \"cat secret.txt\"",
            secret.clone(),
            0o600,
            "secret ok",
            "the command of",
        ),
        (
            "client_secret_command = \"cat secret.txt; exit 3\"",
            secret.clone(),
            0o600,
            "secret failed",
            "yourself",
        ),
        (
            "client_secret_command = \"true\"",
            secret.clone(),
            0o600,
            "secret failed",
            "is empty",
        ),
        (
            "client_secret_command = \"nosuchcommand\"",
            secret.clone(),
            0o600,
            "secret failed",
            "nosuchcommand",
        ),
    ] {
        secret_file(&content, mode);
        stage.write("reseat.toml", profile(line));
        let ran = stage.reseat(&["doctor", "--output", "json"]);
        let is_failure = result.ends_with("failed");
        assert_eq!(ran.code, i32::from(is_failure), "{line}: {}", ran.out);
        assert!(checks(&ran).iter().any(|told| told == result), "{line}: {}", ran.out);
        assert!(ran.out.contains(words), "{line}: `{words}` is not in {}", ran.out);
    }
    // The secret is looked at also where the rest is missing.
    stage.set("UIPATH_CLIENT_SECRET", &secret);
    fs_err::remove_file(stage.path("reseat.toml")).unwrap();
    let ran = stage.reseat(&["doctor", "--output", "json"]).ends(1);
    assert_eq!(checks(&ran)[..2], ["configuration failed", "secret ok"]);
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    for address in [
        "https://me:hunter2hunter2@cloud.uipath.com",
        "me:hunter2hunter2@cloud.uipath.com/acme",
        "https://me:hunter2hunter2@cloud.uipath.com@x",
    ] {
        for variable in [
            "UIPATH_URI",
            "UIPATH_IDENTITY_URI",
            "UIPATH_ORGANIZATION",
            "RESEAT_ORGANIZATION_ID",
        ] {
            let stage = with_secret();
            stage.keep_secret("hunter2");
            stage.set(variable, address);
            stage.reseat(&["doctor"]).ends(1);
            stage.reseat(&["doctor", "--write", "--output", "json"]).ends(1);
            stage.reseat(&["plan", "joiners.csv"]).ends(1);
        }
    }
}

#[test]
fn doctor_says_where_each_value_comes_from_and_what_is_not_used() {
    let stage = with_secret();
    doctor_writes(&stage, &[]).ends(0);
    stage.set("UIPATH_ORGANIZATION", "sandbox");
    stage
        .reseat(&["doctor"])
        .ends(0)
        .tells("organization: sandbox (the variable `UIPATH_ORGANIZATION`; takes the place of `reseat.toml`, line 5)");
}
