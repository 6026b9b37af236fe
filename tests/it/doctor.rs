//! `doctor`: each thing that can be wrong is found, blamed on the right check and answered with what to do; everything else
//! is looked at all the same, nothing is changed, and no secret is shown (the stage looks for those itself).

use std::collections::BTreeSet;
use std::time::Duration;

use reseat::doctor::{LicenseRead, Route};
use reseat::sandbox::{
    Closed, Config, Credentials, Edition, FaultKind, FaultRule, Faults, LicenseRoutes, Moment, Population, PortalForm,
    Quirks, RetryAfter, Routes, Strikes,
};
use serde_json::{Value, json};
use strum::IntoEnumIterator;

use crate::between::twist;
use crate::support::{PROFILE, Stage, each, person, sheet};

/// What one examination found, as a program reads it.
struct Examined(Value);

/// Looks, as a program does, and makes sure that nothing but reads was sent.
#[track_caller]
fn examined(stage: &Stage, code: i32) -> Examined {
    let ran = stage.reseat(&["doctor", "--output", "json"]).ends(code);
    let stats = stage.sandbox.stats();
    // What leads nowhere is counted as `none`.
    let writes: Vec<&str> = stage.writes().into_keys().filter(|name| *name != "none").collect();
    assert!(writes.is_empty(), "{writes:?}");
    for method in ["PUT", "PATCH", "DELETE"] {
        assert_eq!(stats.calls("none", method), 0, "{method}");
    }
    assert!(ran.err.is_empty(), "{}", ran.err);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["exit_code"], code);
    for check in object["checks"].as_array().unwrap() {
        let members: BTreeSet<&str> = check.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = ["check", "details", "help", "result", "subject", "took_ms", "what"];
        assert_eq!(members, BTreeSet::from(expected));
        // What failed is never left without something to do.
        let needs_help = check["result"] == "failed";
        assert!(
            !needs_help || check["help"].as_array().is_some_and(|help| !help.is_empty()),
            "{check:#}"
        );
    }
    Examined(object)
}

impl Examined {
    fn checks(&self) -> &[Value] {
        self.0["checks"].as_array().unwrap()
    }

    /// The finding of this check about this subject, which is empty where there is only one.
    #[track_caller]
    fn check(&self, check: &str, subject: &str) -> &Value {
        let subject = Some(subject).filter(|subject| !subject.is_empty());
        let mut found = self
            .checks()
            .iter()
            .filter(|found| found["check"] == check && found["subject"].as_str() == subject);
        found
            .next()
            .unwrap_or_else(|| panic!("no {check} {subject:?} in {:#}", self.0))
    }

    /// How that came out.
    #[track_caller]
    fn result(&self, check: &str, subject: &str) -> &str {
        self.check(check, subject)["result"].as_str().unwrap()
    }

    /// That came out so, and its words, details and help have these in them.
    #[track_caller]
    fn tells(&self, check: &str, subject: &str, result: &str, words: &[&str]) {
        let found = self.check(check, subject);
        assert_eq!(found["result"], result, "{found:#}");
        for word in words {
            assert!(found.to_string().contains(word), "`{word}` is not in {found:#}");
        }
    }

    /// Whatever failed, as `check subject`.
    fn failures(&self) -> Vec<String> {
        let failed = self.checks().iter().filter(|found| found["result"] == "failed");
        failed
            .map(|found| {
                let subject = found["subject"].as_str().unwrap_or_default();
                format!("{} {subject}", found["check"].as_str().unwrap())
                    .trim()
                    .to_owned()
            })
            .collect()
    }

    #[track_caller]
    fn ends(&self, status: &str, reason: &str) {
        assert_eq!(
            (&self.0["status"], &self.0["reason"]),
            (&json!(status), &json!(reason)),
            "{:#}",
            self.0
        );
    }
}

fn with(config: Config) -> Stage {
    let stage = Stage::with(config);
    stage.keep_state();
    stage
}

fn usual() -> Stage {
    with(Config::unlimited())
}

fn quirks(quirks: Quirks) -> Stage {
    with(Config {
        quirks,
        ..Config::unlimited()
    })
}

fn with_scopes(scopes: &[&str]) -> Stage {
    with(Config {
        credentials: Credentials {
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            ..Credentials::default()
        },
        ..Config::unlimited()
    })
}

#[test]
fn where_all_is_well_every_check_is_ok_and_few_calls_show_it() {
    let stage = usual();
    let examined = examined(&stage, 0);
    examined.ends("done", "none");
    for check in ["state-folder", "token", "scopes", "organization", "quota"] {
        assert_eq!(examined.result(check, ""), "ok", "{check}");
    }
    for route in Route::iter() {
        assert_eq!(examined.result("route", route.as_str()), "ok", "{route:?}");
    }
    for read in LicenseRead::iter() {
        assert_eq!(examined.result("license-reads", read.as_str()), "ok", "{read:?}");
    }
    examined.tells("license-reads", "holdings", "ok", &["a run takes licenses-of-many"]);
    // The look at the server itself goes to no route.
    let routes = stage.sandbox.stats();
    let calls: u64 = routes
        .routes()
        .filter(|(name, _)| *name != "unknown" && *name != "none")
        .map(|(_, count)| count)
        .sum();
    assert!(calls <= 16, "{calls} calls");
    examined.tells("quota", "", "ok", &[&format!("{calls} calls")]);
}

#[test]
fn people_read_a_line_for_each_check_as_it_is_made_and_what_it_comes_to_at_the_end() {
    let stage = usual();
    let ran = stage.reseat(&["doctor"]).ends(0);
    for line in [
        "ok       Sign-in: ",
        "ok       Scopes: ",
        "ok       Organization: ",
        "ok       Routes: users, groups and names answer",
        "ok       Licences: seats, holdings, rules, leases and releases",
    ] {
        assert!(ran.out.contains(line), "{line} is not in {}", ran.out);
    }
    assert!(
        ran.out.trim_end().lines().last().unwrap().contains("made, and nothing"),
        "{}",
        ran.out
    );
    assert!(ran.err.is_empty(), "{}", ran.err);

    stage.set("UIPATH_CLIENT_SECRET", "no-longer-good");
    stage.keep_secret("no-longer-good");
    let ran = stage.reseat(&["doctor"]).ends(5);
    assert!(
        ran.out.contains("FAILED   Sign-in: ") && ran.out.contains("skipped  Scopes; Organization; Routes; Licences: "),
        "{}",
        ran.out
    );
    let end = ran.out.trim_end().rsplit("\n\n").next().unwrap();
    assert!(
        end.starts_with("first mend Sign-in: the server gives no token"),
        "{end}"
    );

    let quiet = stage.reseat(&["doctor", "--quiet"]).ends(5);
    assert!(
        quiet.out.contains("FAILED   Sign-in: ") && quiet.out.contains("first mend Sign-in"),
        "{}",
        quiet.out
    );
    assert!(
        !quiet.out.contains("skipped ") && !quiet.out.contains("ok  "),
        "{}",
        quiet.out
    );
}

/// How many rows of a terminal of 80 columns that takes, without the limits, which the sandbox's profile lifts in lines of
/// their own.
fn rows(report: &str) -> usize {
    let lines = report.lines().filter(|line| !line.trim_start().starts_with("limits."));
    lines.map(|line| line.chars().count().div_ceil(80).max(1)).sum()
}

#[test]
fn where_all_is_well_the_report_fits_a_screen_and_tells_each_route_only_when_asked_to() {
    let stage = usual();
    let ran = stage.reseat(&["doctor"]).ends(0);
    let rows = rows(&ran.out);
    assert!(rows <= 25, "{rows} rows: {}", ran.out);
    let in_full = stage.reseat(&["doctor", "-v"]).ends(0);
    for route in Route::iter() {
        let line = format!("ok       Routes, {}: answers with", route.as_str());
        assert!(in_full.out.contains(&line), "{line} is not in {}", in_full.out);
    }
}

#[test]
fn one_cause_is_told_once_with_its_help_and_a_program_is_told_of_every_route() {
    let stage = usual();
    forbid_licenses(&stage, 403);
    let ran = stage.reseat(&["doctor"]).ends(5);
    assert_eq!(
        ran.out.matches("help: the token has the scope").count(),
        1,
        "{}",
        ran.out
    );
    assert_eq!(ran.out.matches("help:").count(), 1, "{}", ran.out);
    let rows = rows(&ran.out);
    assert!(rows <= 48, "{rows} rows: {}", ran.out);
    let told = examined(&stage, 5);
    for route in Route::iter().filter(|route| route.path().contains("icense")) {
        told.tells("route", route.as_str(), "warning", &["403", "`UIPATH_PAT`"]);
    }
}

/// Every call for licences is answered so.
fn forbid_licenses(stage: &Stage, status: u16) {
    twist(stage, move |asked, answer| {
        if ["/lease_/", "/license_/", "/portal_/"]
            .iter()
            .any(|path| asked.line.contains(path))
        {
            answer.becomes(status, json!({}));
        }
    });
}

/// Something wrong with an application: what it is, how a stage gets to be so, and how doctor ends, why, and with which words.
struct Broken(&'static str, fn(&Stage), i32, &'static str, &'static [&'static str]);

#[test]
fn what_is_wrong_with_an_application_is_told_apart_and_nothing_else_is_asked() {
    each(&broken_applications(), |Broken(name, prepare, code, reason, words)| {
        let stage = usual();
        prepare(&stage);
        let examined = examined(&stage, *code);
        examined.ends("could_not_start", reason);
        examined.tells("token", "", "failed", words);
        assert_eq!(examined.failures(), ["token"], "{name}");
        for check in ["scopes", "organization", "route", "license-reads"] {
            examined.tells(check, "", "skipped", &["there is no sign-in"]);
        }
        assert_eq!(stage.sandbox.stats().route("list-users"), 0, "{name}");
    });
}

fn broken_applications() -> [Broken; 8] {
    [
        Broken(
            "a secret that has run out",
            |stage| {
                stage.set("UIPATH_CLIENT_SECRET", "has-run-out");
                stage.keep_secret("has-run-out");
            },
            5,
            "sign_in",
            &[
                "invalid_client",
                "run out",
                "make a new one",
                "the variable `UIPATH_CLIENT_SECRET`",
            ],
        ),
        Broken(
            "a client id that is a name",
            |stage| stage.set("UIPATH_CLIENT_ID", "My-application"),
            5,
            "sign_in",
            &[
                "App IDs are GUIDs",
                "compare the App ID",
                "changed places with the secret",
            ],
        ),
        Broken(
            "an application that is not confidential",
            |stage| refuse_token(stage, 400, json!({"error": "unauthorized_client"})),
            5,
            "sign_in",
            &["may not sign in by itself", "confidential", "`PM.User`"],
        ),
        Broken(
            "scopes of the profile that the application does not have",
            |stage| {
                stage.write(
                    "reseat.toml",
                    format!("[profile.default]\nscopes = [\"PM.User\", \"OR.Queues\"]\n{PROFILE}"),
                );
            },
            5,
            "sign_in",
            &[
                "is not registered for `OR.Queues`",
                "it is registered for `PM.User`",
                "`scopes` of the profile",
            ],
        ),
        Broken(
            "an identity service that is not there",
            |stage| {
                let wrong = format!("{}/nothing", stage.sandbox.base_url());
                stage.set("UIPATH_IDENTITY_URI", &wrong);
            },
            5,
            "sign_in",
            &[
                "is not the identity service",
                "`UIPATH_IDENTITY_URI`",
                "/nothing/connect/token",
            ],
        ),
        Broken(
            "a token that is empty",
            |stage| refuse_token(stage, 200, json!({"access_token": "", "token_type": "Bearer"})),
            5,
            "sign_in",
            &["without a token", "`uri`"],
        ),
        Broken(
            "an identity service that is down",
            |stage| refuse_token(stage, 503, json!({"message": "maintenance"})),
            1,
            "same_failure",
            &["503", "try again later"],
        ),
        Broken(
            "too many sign-ins",
            |stage| {
                twist(stage, |asked, answer| {
                    if asked.line.contains("/connect/token") {
                        answer.becomes(429, json!({}));
                        answer.headers.push("retry-after: 240".to_owned());
                    }
                });
            },
            1,
            "same_failure",
            &["asks for a pause (429)", "try again in 4 min"],
        ),
    ]
}

/// Every request for a token is answered so.
fn refuse_token(stage: &Stage, status: u16, body: Value) {
    twist(stage, move |asked, answer| {
        if asked.line.contains("/connect/token") {
            answer.becomes(status, body.clone());
        }
    });
}

fn signed_in_by(profile: &str, variable: (&str, &str)) -> Stage {
    let stage = usual();
    for name in ["UIPATH_CLIENT_ID", "UIPATH_CLIENT_SECRET"] {
        stage.unset(name);
    }
    stage.set(variable.0, variable.1);
    stage.keep_secret(variable.1);
    stage.write("reseat.toml", format!("[profile.default]\n{profile}\n{PROFILE}"));
    stage
}

#[test]
fn a_personal_access_token_is_judged_by_the_first_call_that_carries_it() {
    let stage = signed_in_by("", ("UIPATH_PAT", "rt_sandbox"));
    let good = examined(&stage, 0);
    good.tells("token", "", "ok", &["personal access token", "is accepted"]);
    good.tells("scopes", "", "skipped", &["does not tell"]);
    good.tells("organization", "", "ok", &["does not say which"]);
    assert_eq!(good.result("license-reads", "holdings"), "ok");

    let stage = signed_in_by("", ("UIPATH_PAT", "rt_run_out"));
    let bad = examined(&stage, 5);
    bad.ends("could_not_start", "sign_in");
    bad.tells(
        "token",
        "",
        "failed",
        &["401", "make a new one", "the variable `UIPATH_PAT`"],
    );
    assert_eq!(bad.failures(), ["token"]);
    // By the name, and by the id in its place.
    assert!(stage.sandbox.stats().route("list-users") <= 2);

    let stage = signed_in_by("", ("UIPATH_PAT", "rt_sandbox"));
    stage.unset("RESEAT_ORGANIZATION_ID");
    let untold = examined(&stage, 1);
    untold.ends("could_not_start", "settings");
    untold.tells("token", "", "skipped", &["no call could be made"]);
    untold.tells("organization", "", "failed", &["RESEAT_ORGANIZATION_ID", "address bar"]);
}

#[cfg(unix)]
#[test]
fn a_command_for_the_secret_is_run_once_as_it_may_ask_somebody() {
    let stage = usual();
    stage.unset("UIPATH_CLIENT_SECRET");
    stage.set("PATH", "/usr/bin:/bin");
    stage.given("runs");
    let command = "client_secret_command = \"echo run >> runs; echo sandbox-secret\"\n";
    stage.write("reseat.toml", format!("[profile.default]\n{command}{PROFILE}"));
    assert_eq!(examined(&stage, 0).result("token", ""), "ok");
    assert_eq!(stage.read("runs"), "run\n");
}

#[test]
fn a_password_is_tried_and_one_that_is_wrong_is_told() {
    let profile = "auth = \"ropc\"\nusername = \"admin\"\ntenancy = \"host\"";
    let good = examined(&signed_in_by(profile, ("UIPATH_PASSWORD", "sandbox-password")), 0);
    good.tells("token", "", "ok", &["user name and password"]);
    let bad = examined(&signed_in_by(profile, ("UIPATH_PASSWORD", "not-this-one")), 5);
    bad.tells(
        "token",
        "",
        "failed",
        &[
            "`username`, `tenancy`",
            "the variable `UIPATH_PASSWORD`",
            "external application",
        ],
    );
}

#[test]
fn scopes_that_are_missing_are_told_with_what_does_not_work_and_everything_else_is_looked_at() {
    let stage = with_scopes(&["PM.User", "PM.Group"]);
    let examined_ = examined(&stage, 5);
    examined_.ends("could_not_start", "permission");
    examined_.tells(
        "scopes",
        "",
        "failed",
        &[
            "without `PM.License.Write`, rows that give or take licences end with 403",
            "add `PM.License` to the application",
        ],
    );
    assert_eq!(examined_.result("token", ""), "ok");
    assert_eq!(examined_.result("organization", ""), "ok");
    for route in ["users", "groups", "names"] {
        assert_eq!(examined_.result("route", route), "ok");
    }
    for read in LicenseRead::iter() {
        examined_.tells("license-reads", read.as_str(), "failed", &["403", "`PM.License.Read`"]);
    }

    let reads = with_scopes(&["PM.User.Read", "PM.Group.Read", "PM.License.Read"]);
    let reading = examined(&reads, 0);
    reading.tells(
        "scopes",
        "",
        "warning",
        &["without `PM.User.Write`", "`PM.User`, `PM.Group` and `PM.License`"],
    );

    let none = with_scopes(&["OR.Queues"]);
    let nothing = examined(&none, 5);
    nothing.ends("could_not_start", "permission");
    assert_eq!(nothing.failures()[0], "scopes");
    nothing.tells("route", "users", "failed", &["403", "`PM.User.Read`"]);
    nothing.tells("organization", "", "ok", &[]);

    let by_choice = usual();
    by_choice.write(
        "reseat.toml",
        format!("[profile.default]\nscopes = [\"PM.User\", \"PM.Group\"]\n{PROFILE}"),
    );
    let chosen = examined(&by_choice, 0);
    chosen.tells("scopes", "", "warning", &["`scopes` of the profile"]);
    chosen.tells("license-reads", "seats", "warning", &["403"]);
}

#[test]
fn scopes_that_nobody_tells_are_found_out_one_by_one() {
    let stage = with_scopes(&["PM.User", "PM.Group.Read", "PM.License"]);
    // A token that says nothing of itself.
    twist(&stage, |asked, answer| {
        if asked.line.contains("/connect/token") && answer.status == 200 {
            answer.becomes(200, json!({"access_token": "rt_sandbox", "expires_in": 3600}));
        }
    });
    let examined = examined(&stage, 0);
    examined.tells("scopes", "", "warning", &["the token lacks `PM.Group.Write`"]);
    assert!(stage.sandbox.stats().route("token") <= 10);
}

#[test]
fn an_application_that_is_refused_although_it_has_the_scope_is_not_sent_after_roles() {
    let stage = usual();
    let forbidden = FaultKind::Status {
        status: 403,
        moment: Moment::BeforeEffect,
    };
    stage.fault(forbidden, "GET", "/api/Group/", Strikes::Always);
    let examined = examined(&stage, 5);
    examined.ends("could_not_start", "permission");
    assert_eq!(examined.failures(), ["route groups"]);
    examined.tells(
        "route",
        "groups",
        "failed",
        &["the token has the scope", "refuses this application", "`UIPATH_PAT`"],
    );
    assert_eq!(examined.result("license-reads", "holdings"), "ok");
}

#[test]
fn a_name_that_no_organization_has_is_told_from_everything_else_by_the_id() {
    let stage = usual();
    stage.set("UIPATH_ORGANIZATION", "sandbocks");
    let examined = examined(&stage, 5);
    examined.ends("could_not_start", "sign_in");
    assert_eq!(examined.failures(), ["organization"]);
    examined.tells(
        "organization",
        "",
        "failed",
        &[
            "no organization `sandbocks`",
            "with the id",
            "the name that follows the host",
        ],
    );
    // The rest is looked at by the id.
    for route in Route::iter() {
        assert_eq!(examined.result("route", route.as_str()), "ok", "{route:?}");
    }
}

#[test]
fn however_a_server_answers_for_an_organization_that_it_does_not_know_it_is_the_name_that_is_told() {
    let answers: [(u16, &str, &str); 3] = [
        (
            404,
            "content-type: text/html",
            "<html><head><title>Not found</title></head></html>",
        ),
        (302, "location: https://login.example/sign-in", ""),
        (200, "content-type: text/html", "<!DOCTYPE html><title>UiPath</title>"),
    ];
    each(&answers, |(status, header, body)| {
        let stage = usual();
        let (status, header, body) = (*status, (*header).to_owned(), (*body).to_owned());
        twist(&stage, move |asked, answer| {
            if !asked.line.contains("/connect/token") {
                answer.status = status;
                answer.headers = vec![header.clone()];
                answer.body.clone_from(&body);
            }
        });
        let examined = examined(&stage, 5);
        assert_eq!(examined.failures(), ["organization"], "{status}");
        examined.tells(
            "organization",
            "",
            "failed",
            &["`sandbox`", "the name that follows the host"],
        );
        examined.tells("route", "", "skipped", &["leads nowhere"]);
    });
}

#[test]
fn an_organization_that_the_server_does_not_know_is_told_by_the_id_whatever_it_answers_to_the_name() {
    each(&[400_u16, 401, 403, 404, 410], |status| {
        let stage = usual();
        stage.set("UIPATH_ORGANIZATION", "sandbocks");
        let status = *status;
        twist(&stage, move |asked, answer| {
            if asked.line.contains("/sandbocks/") {
                answer.becomes(status, json!({}));
            }
        });
        let told = examined(&stage, 5);
        told.ends("could_not_start", "sign_in");
        assert_eq!(told.failures(), ["organization"], "{status}");
        told.tells(
            "organization",
            "",
            "failed",
            &["no organization `sandbocks`", "the name that follows the host"],
        );
        assert_eq!(told.result("route", "users"), "ok");
    });
}

#[test]
fn a_name_that_nothing_answers_to_is_never_said_to_be_right() {
    for (status, result, words) in [
        (404, "failed", "nothing answers for the organization"),
        (400, "failed", "nothing answers for the organization"),
        (403, "warning", "could not be found out"),
    ] {
        let stage = usual();
        twist(&stage, move |asked, answer| {
            if !asked.line.contains("/connect/token") {
                answer.becomes(status, json!({}));
            }
        });
        let told = examined(&stage, 5);
        told.tells("organization", "", result, &[words, "the name that follows the host"]);
    }
}

#[test]
fn where_only_the_identity_service_is_not_found_the_organization_is_right_and_licences_are_looked_at() {
    let pages = [(200, "<!DOCTYPE html><title>UiPath</title>"), (404, "")];
    each(&pages, |(status, body)| {
        let stage = usual();
        let (status, body) = (*status, (*body).to_owned());
        twist(&stage, move |asked, answer| {
            if asked.line.contains("/identity_/api/") {
                answer.status = status;
                answer.headers = vec!["content-type: text/html".to_owned()];
                answer.body.clone_from(&body);
            }
        });
        let told = examined(&stage, 5);
        assert_eq!(told.failures(), ["route users", "route groups"]);
        assert_eq!(told.result("organization", ""), "ok");
        told.tells("route", "users", "failed", &["`identity` under `routes`", "gateway"]);
        assert_eq!(told.result("license-reads", "seats"), "ok");
    });
}

#[test]
fn a_licence_service_that_answers_nothing_is_a_failure_although_the_portal_tells_the_same() {
    let cases = [
        (404, 1, "under `routes`"),
        (500, 1, "try again later"),
        (401, 5, "sign in anew"),
        (403, 5, "`UIPATH_PAT`"),
    ];
    each(&cases, |(status, code, help)| {
        let stage = usual();
        let status = *status;
        twist(&stage, move |asked, answer| {
            if asked.line.contains("/lease_/") {
                answer.becomes(status, json!({}));
            }
        });
        let told = examined(&stage, *code);
        assert_eq!(told.failures()[0], "route licence service", "{status}");
        told.tells(
            "route",
            "licence service",
            "failed",
            &["rows that give or take licences would fail", &status.to_string(), help],
        );
        assert!(
            !told
                .check("route", "seats")
                .to_string()
                .contains("nothing is to be done")
        );
        assert_eq!(told.result("license-reads", "seats"), "ok");
    });
}

#[test]
fn a_licence_service_that_says_nothing_is_a_failure_and_is_not_waited_for_at_every_route() {
    let stage = usual();
    stage.write("reseat.toml", format!("{PROFILE}timeout = \"500ms\"\n"));
    let stalled = FaultKind::Stalled {
        time: Duration::from_secs(30),
        moment: Moment::BeforeEffect,
    };
    let on = |method| {
        FaultRule::new(stalled.clone())
            .on(method, "/lease_/")
            .strikes(Strikes::Always)
    };
    stage.sandbox.set_faults(Faults {
        rules: vec![on("GET"), on("POST")],
        ..Faults::default()
    });
    let told = examined(&stage, 1);
    assert_eq!(told.failures(), ["route licence service"]);
    told.tells("route", "rules", "skipped", &["has left other calls unanswered"]);
}

#[test]
fn a_portal_that_refuses_is_told_where_licences_are_released() {
    each(&[401_u16, 403], |status| {
        let stage = usual();
        let status = *status;
        twist(&stage, move |asked, answer| {
            if asked.line.contains("/portal_/") {
                answer.becomes(status, json!({}));
            }
        });
        let told = examined(&stage, 0);
        told.tells(
            "license-reads",
            "releases",
            "warning",
            &["which refuses", "`release-licenses`", &status.to_string()],
        );
    });
}

#[test]
fn where_no_route_could_be_asked_it_does_not_end_well() {
    for retry_after in [Some("retry-after: 200"), None] {
        let stage = usual();
        twist(&stage, move |asked, answer| {
            if !asked.line.contains("/connect/token") {
                answer.becomes(429, json!({}));
                answer.headers.extend(retry_after.map(str::to_owned));
            }
        });
        let told = examined(&stage, 1);
        told.ends("could_not_start", "same_failure");
        told.tells("route", "", "failed", &["nothing is known", "try again in"]);
        let told = told.0.to_string();
        // The client's own waits are not the service's words.
        assert!(!told.contains("pause of"), "{told}");
    }
}

#[test]
fn what_the_server_itself_says_of_a_sign_in_is_told_by_every_command_without_the_secret() {
    let stage = usual();
    stage.set("UIPATH_CLIENT_SECRET", "Zebra/%9!Quux");
    stage.keep_secret("Zebra/%9!Quux");
    refuse_token(
        &stage,
        400,
        json!({"error": "invalid_client", "error_description": "The client secret Zebra/%9!Quux has expired."}),
    );
    examined(&stage, 5).tells(
        "token",
        "",
        "failed",
        &["The client secret … has expired", "make a new one"],
    );
    for command in [
        &["plan", "sheet.csv"][..],
        &["run", "sheet.csv", "--yes"],
        &["export", "users"],
    ] {
        stage.write(
            "sheet.csv",
            sheet("operation,user,name", "update,{},Kim", ["anna.berg@contoso.example"]),
        );
        let ran = stage.reseat(command).ends(5);
        assert!(
            ran.err.contains("The client secret … has expired; check the client id"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn name_and_id_of_two_organizations_are_told_whoever_notices() {
    let other = "b1e0c2a4-5d3f-4b6a-9c8d-7e6f5a4b3c2d";
    let by_the_token = usual();
    by_the_token.set("RESEAT_ORGANIZATION_ID", other);
    let told = examined(&by_the_token, 1);
    told.ends("could_not_start", "settings");
    assert_eq!(told.failures(), ["organization"]);
    let right = by_the_token.sandbox.organization_id().to_string();
    told.tells("organization", "", "failed", &[other, &right, "leave it out"]);
    // What the token is for is looked at all the same.
    assert_eq!(told.result("route", "users"), "ok");

    let by_the_server = quirks(Quirks {
        no_organization_claim: true,
        ..Quirks::default()
    });
    by_the_server.set("RESEAT_ORGANIZATION_ID", other);
    let told = examined(&by_the_server, 5);
    told.ends("could_not_start", "sign_in");
    assert_eq!(told.failures(), ["organization"]);
    told.tells("organization", "", "failed", &["is not the one with the id", other]);
    told.tells("route", "", "skipped", &["not of one organization"]);

    let by_invalid_partition = usual();
    twist(&by_invalid_partition, |asked, answer| {
        if asked.line.contains("/identity_/api/") {
            answer.becomes(
                400,
                json!({"succeeded": false, "errors": [{"code": "InvalidPartition", "description": "no"}]}),
            );
        }
    });
    let told = examined(&by_invalid_partition, 5);
    told.tells("organization", "", "failed", &["is not the one with the id"]);
}

#[test]
fn an_id_that_is_not_configured_is_the_tokens_and_one_that_nobody_knows_is_asked_for() {
    let stage = usual();
    stage.unset("RESEAT_ORGANIZATION_ID");
    let told = examined(&stage, 0);
    let id = stage.sandbox.organization_id().to_string();
    told.tells(
        "organization",
        "",
        "ok",
        &[&id, "as the token says", "kept by `--write`"],
    );

    let silent = quirks(Quirks {
        no_organization_claim: true,
        ..Quirks::default()
    });
    silent.unset("RESEAT_ORGANIZATION_ID");
    let told = examined(&silent, 1);
    told.ends("could_not_start", "settings");
    assert_eq!(told.failures(), ["organization"]);
    assert_eq!(told.result("token", ""), "ok");
    assert_eq!(told.result("scopes", ""), "ok");
    told.tells("organization", "", "failed", &["add `organization_id`", "address bar"]);
}

#[test]
fn a_token_that_the_organization_refuses_is_the_organizations_matter() {
    let stage = usual();
    let refused = FaultKind::Status {
        status: 401,
        moment: Moment::BeforeEffect,
    };
    stage.fault(refused, "GET", "/identity_/api/", Strikes::Always);
    let told = examined(&stage, 5);
    assert_eq!(told.result("token", ""), "ok");
    told.tells(
        "organization",
        "",
        "failed",
        &["refuses the token (401)", "`organization`"],
    );
    told.tells("route", "", "skipped", &["the token is refused"]);
}

#[test]
fn what_a_route_answers_is_told_with_what_to_do_about_it() {
    let status = |status| FaultKind::Status {
        status,
        moment: Moment::BeforeEffect,
    };
    let unknown = FaultKind::Refused {
        status: 404,
        words: "There is no such thing.".to_owned(),
    };
    let paused = FaultKind::RateLimited {
        told: RetryAfter::Seconds,
        wait: Duration::from_mins(5),
    };
    let cases = [
        (status(403), 5, "failed", "the token has the scope"),
        (unknown, 1, "failed", "has no such route"),
        (status(415), 1, "failed", "content type"),
        (status(500), 1, "failed", "try again later"),
        (status(503), 1, "failed", "try again later"),
        (paused, 0, "warning", "try again in"),
        (
            status(404),
            5,
            "failed",
            "check `uri`, `organization` and `identity` under `routes`",
        ),
        (FaultKind::HtmlPage, 1, "failed", "something stands in for the service"),
    ];
    each(&cases, |(kind, code, result, words)| {
        let stage = usual();
        stage.fault(kind.clone(), "GET", "/identity_/api/Group/", Strikes::Always);
        let told = examined(&stage, *code);
        told.tells(
            "route",
            "groups",
            result,
            &[words, "GET {org}/identity_/api/Group/{id}"],
        );
        // The others are looked at all the same.
        for route in Route::iter().filter(|route| !matches!(route, Route::Groups)) {
            assert_eq!(told.result("route", route.as_str()), "ok", "{route:?} after {kind:?}");
        }
    });
}

#[test]
fn a_pause_that_the_service_asks_for_is_not_sat_out() {
    let stage = usual();
    let rule = FaultRule::new(FaultKind::RateLimited {
        told: RetryAfter::Seconds,
        wait: Duration::from_mins(5),
    });
    stage.sandbox.set_faults(Faults {
        rules: vec![rule.on("GET", "").strikes(Strikes::Always)],
        ..Faults::default()
    });
    let told = examined(&stage, 0);
    for route in ["users", "groups"] {
        told.tells("route", route, "warning", &["asks for a pause", "try again in 5 min"]);
    }
    told.tells(
        "license-reads",
        "seats",
        "warning",
        &["could not be found out", "try again in"],
    );
    assert_eq!(told.result("route", "names"), "ok");
}

#[test]
fn a_service_that_says_nothing_is_not_waited_for_again_and_again() {
    let stage = usual();
    stage.write("reseat.toml", format!("{PROFILE}timeout = \"500ms\"\n"));
    let stalled = FaultKind::Stalled {
        time: Duration::from_secs(30),
        moment: Moment::BeforeEffect,
    };
    stage.fault(stalled, "GET", "", Strikes::Always);
    let told = examined(&stage, 1);
    told.ends("could_not_start", "same_failure");
    assert_eq!(told.failures(), ["route users"]);
    told.tells("organization", "", "warning", &["could not be found out"]);
    told.tells("route", "", "skipped", &["no answer came"]);
}

#[test]
fn licences_are_readable_as_long_as_one_route_tells_them_however_the_others_are_closed() {
    let how = [
        Closed::Forbidden,
        Closed::NotFound,
        Closed::NotAllowed,
        Closed::WantsOtherType,
        Closed::Page,
    ];
    each(&how, |how| {
        let stage = quirks(Quirks {
            license_routes: LicenseRoutes::closed(*how),
            ..Quirks::default()
        });
        let told = examined(&stage, 0);
        assert_eq!(told.failures(), [""; 0], "{how:?}");
        told.tells("license-reads", "holdings", "ok", &["a run takes portal-holders"]);
        told.tells(
            "route",
            "licenses-of-many",
            "skipped",
            &["another route tells the same"],
        );
    });
}

fn suite(license_routes: LicenseRoutes) -> Stage {
    let stage = with(Config {
        edition: Edition::AutomationSuite,
        quirks: Quirks {
            license_routes,
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    stage.write(
        "reseat.toml",
        format!("[profile.default]\ndeployment = \"automation-suite\"\n{PROFILE}"),
    );
    stage
}

#[test]
fn what_an_edition_without_a_portal_cannot_tell_is_a_warning_with_what_does_not_work() {
    let open = examined(&suite(LicenseRoutes::default()), 0);
    open.tells("license-reads", "holdings", "ok", &["a run takes licenses-of-many"]);
    open.tells("license-reads", "releases", "skipped", &["meant for services"]);
    open.tells("route", "portal-seats", "skipped", &["has no portal"]);

    for how in [Closed::NotFound, Closed::Page, Closed::Forbidden] {
        let closed = examined(
            &suite(LicenseRoutes::closed(how)),
            if how == Closed::Forbidden { 5 } else { 0 },
        );
        closed.tells("license-reads", "seats", "ok", &[]);
        let result = if how == Closed::Forbidden { "failed" } else { "warning" };
        closed.tells(
            "license-reads",
            "holdings",
            result,
            &["`remove-licenses`", "`offboard`"],
        );
    }
}

#[test]
fn a_portal_that_is_missing_where_there_should_be_one_is_told_with_what_only_it_does() {
    let stage = usual();
    stage.fault(FaultKind::HtmlPage, "GET", "/UserLicense", Strikes::Always);
    let told = examined(&stage, 0);
    told.tells(
        "license-reads",
        "releases",
        "warning",
        &["`release-licenses`", "automation-suite"],
    );
    told.tells("license-reads", "seats", "ok", &["by seats and summary"]);
    told.tells("route", "portal-seats", "skipped", &[]);
}

#[test]
fn the_portal_is_found_below_one_portal_and_below_two() {
    for (form, prefix) in [
        (PortalForm::Single, "below `{org}/portal_`"),
        (PortalForm::Double, "below `{org}/portal_/portal_`"),
    ] {
        let stage = quirks(Quirks {
            portal_form: form,
            ..Quirks::default()
        });
        examined(&stage, 0).tells("route", "portal-seats", "ok", &[prefix]);
    }
}

#[test]
fn a_licence_service_that_answers_below_another_prefix_is_found_there() {
    for prefix in ["la", "{org}/la", "lease_"] {
        let stage = with(Config {
            routes: Routes {
                license: prefix.to_owned(),
                ..Routes::default()
            },
            ..Config::unlimited()
        });
        let told = examined(&stage, 1);
        assert_eq!(told.failures(), ["route licence service"]);
        let line = format!("license = \\\"{prefix}\\\"");
        told.tells("route", "licence service", "failed", &["{org}/lease_", &line]);
        // As it is written there, it works.
        stage.write(
            "reseat.toml",
            format!("{PROFILE}[profile.default.routes]\nlicense = \"{prefix}\"\n"),
        );
        examined(&stage, 0);
    }
}

#[test]
fn an_organization_without_licences_is_told_as_such() {
    let stage = usual();
    let words = "No account license is allocated for the indicated organization.".to_owned();
    let refused = FaultKind::Refused { status: 404, words };
    let on = |method, path| FaultRule::new(refused.clone()).on(method, path);
    stage.sandbox.set_faults(Faults {
        rules: vec![
            on("GET", "/user-license"),
            on("POST", "/user-license"),
            on("GET", "/UserLicense"),
            on("GET", "license-summary"),
        ],
        ..Faults::default()
    });
    let told = examined(&stage, 1);
    told.tells(
        "license-reads",
        "seats",
        "failed",
        &["that it has licences", "user licence management"],
    );
    assert_eq!(told.result("route", "users"), "ok");
}

#[test]
fn a_state_folder_that_cannot_be_used_is_a_warning_with_what_is_lost() {
    let stage = Stage::new();
    examined(&stage, 0).tells(
        "state-folder",
        "",
        "warning",
        &["XDG_STATE_HOME", "two runs on one organization"],
    );

    let blocked = Stage::new();
    blocked.write("a file", "");
    blocked.set("XDG_STATE_HOME", &blocked.path("a file").display().to_string());
    examined(&blocked, 0).tells(
        "state-folder",
        "",
        "warning",
        &["failed to make the folder", "what earlier ones spent"],
    );
}

#[cfg(unix)]
#[test]
fn a_state_folder_that_others_may_look_into_is_told_and_a_trial_leaves_nothing_behind() {
    use std::os::unix::fs::PermissionsExt;

    let stage = usual();
    examined(&stage, 0).tells("state-folder", "", "ok", &["its owner's alone"]);
    let folder = stage.path("state/reseat");
    let left: Vec<_> = fs_err::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        left.iter().all(|name| {
            let name = name.to_string_lossy();
            [".memory.json", ".codes.json", ".codes.lock"]
                .iter()
                .any(|end| name.ends_with(end))
        }),
        "{left:?}"
    );
    fs_err::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let told = examined(&stage, 0);
    fs_err::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    told.tells("state-folder", "", "warning", &["chmod 700"]);
}

#[test]
fn what_earlier_runs_spent_is_known_also_where_nobody_can_sign_in() {
    let stage = usual();
    stage.write(
        "reseat.toml",
        "[profile.default.limits]\nsettle = \"1s\"\nput = 4\nshare = 1.0\n",
    );
    stage
        .run(&sheet(
            "operation,user,name",
            "update,{},Kim",
            ["anna.berg@contoso.example"],
        ))
        .ends(0);
    stage.forget_calls();
    let told = examined(&stage, 0);
    told.tells(
        "quota",
        "",
        "ok",
        &[
            "PUT of the identity service: 3 of 4 left",
            "GET of the identity service",
        ],
    );
    stage.set("UIPATH_CLIENT_SECRET", "has-run-out");
    examined(&stage, 5).tells("quota", "", "ok", &["PUT of the identity service: 3 of 4 left"]);
}

#[test]
fn a_quota_that_is_used_up_is_told_and_not_waited_for() {
    let stage = usual();
    stage.write("reseat.toml", "[profile.default.limits]\nget = 1\nshare = 1.0\n");
    let told = examined(&stage, 0);
    told.tells(
        "route",
        "groups",
        "warning",
        &["the quota is used up by earlier calls", "try again in"],
    );
    told.tells("quota", "", "warning", &["0 of 1 left", "begin with a wait"]);
}

#[test]
fn another_run_that_is_at_work_is_told() {
    let stage = with(Config {
        latency: Duration::from_millis(60),
        population: Population::Generated(120),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=120).map(person)),
    );
    let run = stage.start(&["run", "sheet.csv", "--yes", "--concurrency", "1"]);
    stage.until("the run writes", |sandbox| sandbox.stats().route("update-user") > 0);
    let told = stage.reseat(&["doctor", "--output", "json"]).ends(0);
    assert!(
        told.out.contains("another run is working on this organization now"),
        "{}",
        told.out
    );
    stage.ended(run).ends(0);
    let told = stage.reseat(&["doctor", "--output", "json"]).ends(0);
    assert!(!told.out.contains("another run"), "{}", told.out);
}

#[test]
fn what_doctor_finds_out_of_routes_saves_the_next_command_the_question() {
    let stage = usual();
    examined(&stage, 0);
    let memory = fs_err::read_dir(stage.path("state/reseat"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let memory = memory.filter(|path| path.to_string_lossy().ends_with("memory.json"));
    let told: Vec<String> = memory.map(|path| fs_err::read_to_string(path).unwrap()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("\"allocation_route\":\"many-users\""), "{told:?}");
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_it_as_it_ends_every_command() {
    let stage = with(Config {
        latency: Duration::from_secs(5),
        ..Config::unlimited()
    });
    let child = stage.start(&["doctor", "--output", "json"]);
    // Signals are listened for before anything is sent.
    stage.until("it signs in", |sandbox| sandbox.stats().route("token") > 0);
    crate::support::signal(&child, "INT");
    let ran = stage.ended(child).ends(130);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&object["status"], &object["reason"]),
        (&json!("interrupted"), &json!("interrupted"))
    );
}
