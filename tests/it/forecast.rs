//! What `plan` foretells is what `run` sends: every call, reads included, for every operation.

use std::collections::BTreeMap;
use std::fmt::Write;

use reseat::sandbox::{Closed, Config, LicenseRoutes, Population, PortalForm, Quirks};
use serde_json::Value;

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, NADIA, Stage, each, person, sheet};

type Calls = BTreeMap<(String, String), u64>;

/// The services as the sandbox names them, and as the forecast does.
const SERVICES: [(&str, &[&str]); 3] = [
    ("identity", &["identity"]),
    ("license", &["license", "summary"]),
    // A route below the wrong portal is none that the sandbox knows.
    ("portal", &["portal", "none"]),
];

fn sent(stage: &Stage) -> Calls {
    let stats = stage.sandbox.stats();
    let mut calls = Calls::new();
    for (service, names) in SERVICES {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let count: u64 = names.iter().map(|name| stats.calls(name, method)).sum();
            if count > 0 {
                calls.insert((service.to_owned(), method.to_owned()), count);
            }
        }
    }
    calls
}

fn foretold(plan: &Value) -> Calls {
    let call = |call: &Value| {
        let text = |name: &str| call[name].as_str().unwrap().to_owned();
        ((text("service"), text("method")), call["calls"].as_u64().unwrap())
    };
    plan["calls"].as_array().unwrap().iter().map(call).collect()
}

/// Plans the sheet and runs it; the run sends what the plan foretold, and nothing else.
#[track_caller]
fn comes_true(stage: &Stage, rows: &str) {
    stage.write("sheet.csv", rows);
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    let foretold = foretold(&plan);
    stage.forget_calls();
    let deletions = plan["deletions"].as_array().unwrap().len().to_string();
    let ran = stage.reseat(&["run", "sheet.csv", "--yes", "--max-deletes", &deletions]);
    assert!(matches!(ran.code, 0 | 3 | 75), "{}{}", ran.out, ran.err);
    assert_eq!(foretold, sent(stage), "{rows}\n{}", ran.err);
}

fn demo(stage: &Stage) {
    for code in ["ATTUNU", "ACNU", "TSTNU", "PMD"] {
        stage.free_seats(code, 1_000);
    }
}

#[test]
fn each_operation_sends_the_calls_that_were_foretold() {
    let sheets = [
        "operation,email,groups,licenses\ninvite,a@new.example,Finance,ATTUNU\ninvite,b@new.example,,\n".to_owned(),
        "operation,email\ninvite,a@new.example\n".to_owned(),
        "operation,username,groups,licenses\ncreate,a,Finance,ATTUNU\ncreate,b,,\n".to_owned(),
        format!("operation,user,name,groups\nupdate,{ANNA},Ann,Finance\nupdate,{BRAM},Bram,\n"),
        format!("operation,user\ndelete,{HUGO}\ndelete,{DAVID}\n"),
        format!("operation,user\ndelete,{HUGO}\n"),
        format!("operation,user,licenses\nset-licenses,{ANNA},PMD\nset-licenses,{BRAM},PMD\n"),
        format!("operation,user,licenses\nadd-licenses,{ANNA},PMD\nremove-licenses,{NADIA},ATTUNU\n"),
        format!("operation,user\nrelease-licenses,{NADIA}\nblock-licenses,{ANNA}\n"),
        "operation,group,licenses,quotas\nset-group-licenses,Finance,ATTUNU,ATTUNU=5\nset-group-licenses,Procurement,PMD,\n"
            .to_owned(),
        format!("operation,user,groups\nadd-to-groups,{ANNA},Finance; Procurement\nremove-from-groups,{NADIA},Finance\n"),
        "operation,group\nclear-group-licenses,Customer Service\nclear-group-licenses,Process Excellence\n".to_owned(),
        format!("operation,user,new_email,delete_when\nmigrate,{NADIA},nadia@new.example,invited\n"),
        format!(
            "operation,user,new_email,delete_when\nmigrate,{NADIA},nadia@new.example,invited\n\
             migrate,{MEI},mei@new.example,accepted\nmigrate,{ANNA},anna@new.example,never\n"
        ),
        format!(
            "operation,user,email,new_email,groups,licenses,name,delete_when\n\
             invite,,a@new.example,,Finance,ATTUNU,,\n\
             migrate,{NADIA},,nadia@new.example,,PMD,,invited\n\
             migrate,{MEI},,mei@new.example,,,,invited\n\
             update,{BRAM},,,,,Bram,\n\
             set-licenses,{ANNA},,,,PMD,,\n\
             delete,{HUGO},,,,,,\n\
             add-to-groups,{DAVID},,,Finance,,,\n"
        ),
        format!("operation,user,licenses\nset-licenses,nobody@contoso.example,PMD\nset-licenses,{ANNA},PMD\n"),
    ];
    each(&sheets, |rows| {
        let stage = Stage::new();
        demo(&stage);
        comes_true(&stage, rows);
    });
}

/// Fifty migrations and more besides: by the end the listings have grown past pages' ends.
fn removal() -> String {
    let mut rows = "operation,user,new_email,licenses,delete_when\n".to_owned();
    for number in 1..=50 {
        writeln!(rows, "migrate,{},moved{number}@new.example,PMD,invited", person(number)).unwrap();
    }
    for number in 51..=60 {
        writeln!(rows, "delete,{},,,", person(number)).unwrap();
    }
    for number in 61..=90 {
        writeln!(rows, "set-licenses,{},,PMD,", person(number)).unwrap();
    }
    rows
}

#[test]
fn reading_back_is_foretold_whatever_the_pages_are_like() {
    let cases = [(990, 1000), (2_500, 1000), (430, 100), (95, 7), (6_000, 1000)];
    each(&cases, |(people, page)| {
        let stage = Stage::with(Config {
            population: Population::Generated(*people),
            ..Config::unlimited()
        });
        demo(&stage);
        stage.write(
            "reseat.toml",
            format!(
                "{}[profile.default.batch]\nusers_per_page = {page}\n",
                crate::support::PROFILE
            ),
        );
        comes_true(&stage, &removal());
    });
}

#[test]
fn few_people_of_many_are_looked_up_as_foretold() {
    let cases = [
        sheet("operation,user,licenses", "set-licenses,{},PMD", (1..=45).map(person)),
        sheet("operation,user,name", "update,{},Kim", (1..=3).map(person)),
        sheet(
            "operation,user,new_email,delete_when",
            "migrate,{},x{},invited",
            (1..=2).map(person),
        ),
    ];
    each(&cases, |rows| {
        let stage = Stage::with(Config {
            population: Population::Generated(6_000),
            ..Config::unlimited()
        });
        demo(&stage);
        comes_true(&stage, rows);
    });
}

#[test]
fn whichever_route_tells_what_users_hold_its_calls_are_foretold() {
    let many = LicenseRoutes {
        many_users: Some(Closed::Forbidden),
        ..LicenseRoutes::default()
    };
    let routes = [
        LicenseRoutes::default(),
        many,
        LicenseRoutes::closed(Closed::NotFound),
        LicenseRoutes::closed(Closed::Page),
    ];
    each(&routes, |license_routes| {
        let stage = Stage::with(Config {
            quirks: Quirks {
                license_routes: license_routes.clone(),
                ..Quirks::default()
            },
            ..Config::unlimited()
        });
        demo(&stage);
        let rows = format!(
            "operation,user,new_email,licenses,delete_when\nadd-licenses,{ANNA},,PMD,\n\
             migrate,{BRAM},bram@new.example,,invited\n"
        );
        comes_true(&stage, &rows);
    });
}

#[test]
fn a_portal_below_a_second_portal_is_foretold_too() {
    let stage = Stage::with(Config {
        quirks: Quirks {
            portal_form: PortalForm::Double,
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    demo(&stage);
    comes_true(&stage, &format!("operation,user\nrelease-licenses,{NADIA}\n"));
}

#[test]
fn a_second_run_is_foretold_as_exactly_as_the_first() {
    let stage = Stage::new();
    demo(&stage);
    let rows = format!(
        "operation,user,new_email,delete_when\nmigrate,{NADIA},nadia@new.example,accepted\nmigrate,{MEI},mei@new.example,accepted\n"
    );
    comes_true(&stage, &rows);
    for address in ["nadia@new.example", "mei@new.example"] {
        assert!(stage.sandbox.with_world(|world| world.accept_invitation(address)));
    }
    comes_true(&stage, &rows);
}
