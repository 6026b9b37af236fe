//! What would fail for every row stops the run within a few calls, says what to do, and leaves the rest for later.

use std::time::Duration;

use reseat::sandbox::{Config, Credentials, FaultKind, Faults, Moment, Population, Strikes};

use crate::support::{Stage, person, sheet};

/// Sixty updates under way.
fn under_way(config: Config) -> (Stage, std::process::Child) {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        latency: Duration::from_millis(60),
        ..config
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    let child = stage.start(&["run", "sheet.csv", "--yes", "--concurrency", "2", "--retries", "2"]);
    stage.until("it writes", |sandbox| sandbox.stats().route("update-user") > 8);
    (stage, child)
}

fn count(stage: &Stage, wanted: &str) -> usize {
    stage.statuses().iter().filter(|status| *status == wanted).count()
}

fn goes_on(stage: &Stage) {
    stage.sandbox.set_faults(Faults::default());
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.counts(), "60 done");
}

#[test]
fn an_organization_that_goes_away_behind_pages_stops_the_run_with_4_and_says_so() {
    let (stage, child) = under_way(Config::unlimited());
    stage.fault(FaultKind::HtmlPage, "PUT", "", Strikes::Always);
    stage
        .ended(child)
        .ends(4)
        .tells("which had answered as it should before")
        .tells("a page for people (`Sign in to continue`) came with status 200");
    let failed = count(&stage, "failed");
    assert!((20..=26).contains(&failed), "{}", stage.counts());
    assert!(count(&stage, "not_run") > 10, "{}", stage.counts());
    goes_on(&stage);
}

#[test]
fn a_stop_that_keeps_the_last_rows_from_being_tried_again_ends_the_run_with_4() {
    for flags in [&["--max-failures", "3"][..], &[]] {
        let stage = Stage::with(Config {
            population: Population::Generated(40),
            ..Config::unlimited()
        });
        let boom = FaultKind::Status {
            status: 500,
            moment: Moment::BeforeEffect,
        };
        stage.fault(boom, "PUT", "", Strikes::Always);
        let sheet = sheet("operation,user,name", "update,{},Kim", (1..=40).map(person));
        let ran = stage.run_with(&sheet, &[flags, &["--retries", "2"]].concat());
        assert!(count(&stage, "not_run") > 0, "{}", stage.counts());
        ran.ends(4).tells("stopping: ");
    }
}

#[test]
fn a_secret_that_runs_out_stops_the_run_with_5() {
    let (stage, child) = under_way(Config {
        credentials: Credentials {
            token_lifetime: Duration::from_secs(2),
            ..Credentials::default()
        },
        ..Config::unlimited()
    });
    let refused = FaultKind::Status {
        status: 401,
        moment: Moment::BeforeEffect,
    };
    stage.fault(refused, "POST", "/connect/token", Strikes::Always);
    stage.ended(child).ends(5);
    let (done, left) = (count(&stage, "done"), count(&stage, "not_run"));
    assert!(done >= 8 && left > 0 && done + left == 60, "{}", stage.counts());
    goes_on(&stage);
}

#[test]
fn rows_refused_for_one_reason_stop_the_run_with_4_unless_the_user_wants_them_all_tried() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    stage.fault(FaultKind::NotSucceeded, "PUT", "/api/User/", Strikes::Always);
    stage
        .rerun(&[])
        .ends(4)
        .tells("none of their kind passed")
        .tells("--max-failures");
    assert_eq!(stage.counts(), "40 not_run, 20 rejected");
    assert_eq!(stage.sandbox.stats().route("update-user"), 20);
    stage.rerun(&["--max-failures", "100%"]).ends(3);
    assert_eq!(stage.counts(), "60 rejected");
    goes_on(&stage);
}

/// A proxy that answers every request for a way with this status line; its address, with a password.
fn proxy(stage: &Stage, answer: &'static str) -> String {
    use std::io::{Read, Write};
    stage.keep_secret("hunter2");
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in proxy.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    format!("http://ann:hunter2@{address}")
}

#[test]
fn a_proxys_fault_is_called_the_proxys_with_its_status_and_never_with_its_password() {
    for (variable, answer, words) in [
        (
            "HTTPS_PROXY",
            "407 Proxy Authentication Required",
            "`http://user:password@proxy:port`",
        ),
        (
            "https_proxy",
            "403 Forbidden",
            "(`https_proxy`) opens no way to `organization.example`: it answers 403",
        ),
        ("ALL_PROXY", "502 Bad Gateway", "it answers 502"),
        (
            "all_proxy",
            "503 Service Unavailable",
            "(`all_proxy`) opens no way to `organization.example`: it answers 503",
        ),
    ] {
        let stage = Stage::new();
        stage.write("sheet.csv", "operation,email\ninvite,ada@new.example\n");
        stage.set("UIPATH_URI", "https://organization.example");
        let address = proxy(&stage, answer);
        stage.set(variable, &address);
        let place = address.split_once('@').unwrap().1.to_owned();
        stage
            .rerun(&["--retries", "1"])
            .ends(1)
            .tells(&format!("the proxy `{place}`"))
            .tells(words);
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named_and_not_the_organization() {
    let stage = Stage::new();
    stage.keep_secret("hunter2");
    stage.write("sheet.csv", "operation,email\ninvite,ada@new.example\n");
    stage.set("UIPATH_URI", "https://organization.example");
    stage.set("HTTPS_PROXY", "http://ann:hunter2@127.0.0.1:1");
    let ran = stage.rerun(&["--retries", "1"]).ends(1);
    ran.tells("the proxy `127.0.0.1:1` (`HTTPS_PROXY`) refused the connection");
    stage.set("HTTPS_PROXY", "http://ann:hunter2@no-such-host.invalid:3128");
    let ran = stage.rerun(&["--retries", "1"]).ends(1);
    ran.tells("the name of the proxy `no-such-host.invalid:3128` (`HTTPS_PROXY`) cannot be resolved");
}

#[test]
fn a_proxy_that_cannot_be_read_is_an_error_and_never_a_direct_connection() {
    for variable in [
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "HTTP_PROXY",
        "http_proxy",
    ] {
        for value in ["http://[bad", "http://ann:hunter2/x@proxy:3128", "gopher://proxy:70"] {
            let stage = Stage::new();
            stage.keep_secret("hunter2");
            stage.write("sheet.csv", "operation,email\ninvite,ada@new.example\n");
            stage.set(variable, value);
            stage
                .rerun(&[])
                .ends(1)
                .tells(&format!("`{variable}`"))
                .tells("http://proxy:port");
            assert_eq!(stage.sandbox.stats().total(), 0, "nothing was sent");
            assert!(!stage.exists("sheet.results.csv"));
        }
    }
}

#[test]
fn a_proxy_that_lets_nobody_through_is_told_from_the_organization() {
    use std::io::{Read, Write};
    let stage = Stage::new();
    stage.write("sheet.csv", "operation,email\ninvite,ada@new.example\n");
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let real = stage.sandbox.base_url();
    stage.set("UIPATH_URI", "https://organization.example");
    stage.set("HTTPS_PROXY", &format!("http://{}", proxy.local_addr().unwrap()));
    std::thread::spawn(move || {
        for stream in proxy.incoming() {
            let mut stream = stream.unwrap();
            // One read holds these small requests; what comes later does not matter.
            let _ = stream.read(&mut [0; 4096]);
            let page = "<html>Please log in to the proxy</html>";
            let head = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Type: text/html\r\nConnection: close";
            let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
        }
    });
    stage.rerun(&["--retries", "1"]).ends(1).tells("proxy");
    assert_eq!(stage.sandbox.stats().total(), 0);
    assert!(!stage.exists("sheet.results.csv"));
    stage.unset("HTTPS_PROXY");
    stage.set("UIPATH_URI", &real);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.world().mails_to("ada@new.example"), 1);
}
