//! A server that is overloaded or away for a while: everything is done in the same run, and nobody is mailed twice.

use std::fmt::Write;
use std::time::Duration;

use reseat::sandbox::{Config, FaultKind, Moment, Strikes};

use crate::support::Stage;

fn invitations(count: usize) -> String {
    let mut sheet = "operation,email\n".to_owned();
    for number in 0..count {
        writeln!(sheet, "invite,new{number}@new.example").unwrap();
    }
    sheet
}

fn unavailable(status: u16) -> FaultKind {
    FaultKind::Status {
        status,
        moment: Moment::BeforeEffect,
    }
}

#[test]
fn two_seconds_in_which_every_post_is_503_cost_no_row() {
    let stage = Stage::with(Config::unlimited());
    stage.fault(
        unavailable(503),
        "POST",
        "InviteUsers",
        Strikes::AfterFirstFor(Duration::from_secs(2)),
    );
    let ran = stage.run(&invitations(2600));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(stage.counts(), "2600 done");
    assert_eq!(stage.world().mails().count(), 2600);
    let stats = stage.sandbox.stats();
    assert!(stats.route("invite") <= 26 + 15, "{stats:?}");
    assert!(
        stats.total() <= 200,
        "reading back is not done person by person: {stats:?}"
    );
}

#[test]
fn a_single_call_that_is_turned_away_five_times_is_sent_a_sixth_time() {
    for status in [502, 503] {
        let stage = Stage::with(Config::unlimited());
        stage.write(
            "reseat.toml",
            "[profile.default.limits]\nsettle = \"100ms\"\npost = 0\n",
        );
        stage.fault(unavailable(status), "POST", "InviteUsers", Strikes::First(5));
        let ran = stage.run(&invitations(1));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(stage.counts(), "1 done");
        assert_eq!(stage.sandbox.stats().route("invite"), 6);
    }
}

#[test]
fn pages_for_two_seconds_in_the_middle_of_a_run_cost_no_row_either() {
    for (method, path, sheet) in [
        ("POST", "InviteUsers", invitations(900)),
        (
            "PUT",
            "/api/User/",
            "operation,user,name\nupdate,anna.berg@contoso.example,Annika\nupdate,bram.okafor@contoso.example,Abraham\n"
                .to_owned(),
        ),
    ] {
        let stage = Stage::with(Config::unlimited());
        let time = Duration::from_secs(2);
        stage.fault(FaultKind::HtmlPage, method, path, Strikes::AfterFirstFor(time));
        let ran = stage.run(&sheet);
        assert_eq!(ran.code, 0, "{method}: {}", ran.err);
        let rows = stage.results().len();
        assert_eq!(stage.counts(), format!("{rows} done"), "{method}");
    }
}
