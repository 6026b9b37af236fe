//! The same sheet against installations that differ where the documents do.

use reseat::sandbox::{
    BulkRead, Closed, Config, Edition, FaultKind, LicenseRoutes, Moment, PortalForm, Quirks, Routes, Strikes,
};

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, NADIA, PROFILE, Stage, bundles, changes, each, sheet};

/// A row for most of what can be done, the portal's part included.
fn core() -> String {
    format!(
        "operation,user,email,new_email,group,groups,licenses,name,delete_when\n\
         invite,,a@new.example,,,HR Robots,ACNU,,\n\
         update,{ANNA},,,,,,Annika,\n\
         set-licenses,{DAVID},,,,,TSTNU,,\n\
         release-licenses,{BRAM},,,,,,,\n\
         add-to-groups,{HUGO},,,,HR Robots; Citizen Developers,,,\n\
         set-group-licenses,,,,Finance,,ATTUNU,,\n\
         migrate,{MEI},,mei@new.example,,,,,invited\n\
         delete,stefan.novak@contoso.example,,,,,,,\n\
         delete,oscar.larsson@contoso.example,,,,,,,\n"
    )
}

const FLAGS: [&str; 2] = ["--max-deletes", "3"];

#[test]
fn the_core_sheet_does_the_same_whatever_the_installation_makes_of_the_documents() {
    let usual = Stage::new();
    let before = usual.world();
    usual.run_with(&core(), &FLAGS).ends(0);
    let expected = changes(&before, &usual.world());

    let quirks = |quirks| Config {
        quirks,
        ..Config::unlimited()
    };
    let usual = Quirks::default;
    let configs = [
        quirks(Quirks {
            portal_form: PortalForm::Single,
            ..usual()
        }),
        quirks(Quirks {
            portal_form: PortalForm::Double,
            ..usual()
        }),
        quirks(Quirks {
            wrapped_listings: true,
            ..usual()
        }),
        quirks(Quirks {
            ignores_unknown_ids: true,
            ..usual()
        }),
        quirks(Quirks {
            refuses_reinvitation: true,
            ..usual()
        }),
        quirks(Quirks {
            license_routes: LicenseRoutes::closed(Closed::Page),
            ..usual()
        }),
        quirks(Quirks {
            bulk_read: BulkRead::Everybody,
            ..usual()
        }),
    ];
    each(&configs, |config| {
        let stage = Stage::with(config.clone());
        let before = stage.world();
        let ran = stage.run_with(&core(), &FLAGS);
        assert_eq!(
            ran.code,
            0,
            "{:?} {:?}: {}{:?}",
            config.quirks,
            config.routes,
            ran.err,
            stage.results()
        );
        assert_eq!(changes(&before, &stage.world()), expected, "{:?}", config.quirks);
        stage.rerun(&FLAGS).ends(0).tells("already done");
    });
}

#[test]
fn a_server_that_takes_no_put_has_allocated_nothing_and_is_never_sent_a_post() {
    let stage = Stage::new();
    let refused = FaultKind::Status {
        status: 405,
        moment: Moment::BeforeEffect,
    };
    stage.fault(refused, "PUT", "user-license", Strikes::Always);
    let sheet = format!("operation,user,licenses\nblock-licenses,{BRAM},\nset-licenses,{DAVID},TSTNU\n");
    let before = stage.world();
    stage.run(&sheet).ends(3).tells("`license` under `routes`");
    assert_eq!(changes(&before, &stage.world()), Vec::<String>::new());
    let stats = stage.sandbox.stats();
    assert_eq!(stats.route("explicit-allocations"), 0);
    assert_eq!(stats.violations, Vec::<String>::new());
}

#[test]
fn a_profile_that_still_names_the_method_of_allocation_is_told_that_it_is_gone() {
    let stage = Stage::new();
    stage.write(
        "reseat.toml",
        format!("{PROFILE}[profile.default.routes]\nallocate_method = \"POST\"\n"),
    );
    let sheet = format!("operation,user,licenses\nset-licenses,{DAVID},TSTNU\n");
    stage.run(&sheet).ends(1).tells("is gone").tells("take the line out");
}

#[test]
fn older_routes_of_the_license_service_are_the_profiles() {
    let stage = Stage::with(Config {
        routes: Routes {
            license: "la".to_owned(),
            ..Routes::default()
        },
        ..Config::unlimited()
    });
    let sheet = format!("operation,user,licenses\nset-licenses,{DAVID},TSTNU\n");
    stage.run(&sheet).ends(3).tells("`license` under `routes`");
    stage.write(
        "reseat.toml",
        format!("{PROFILE}[profile.default.routes]\nlicense = \"la\"\n"),
    );
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.held(DAVID).as_deref(), Some("TSTNU"));
}

/// An Automation Suite: no portal, no summary, no quota rules.
fn suite() -> Stage {
    suite_with(LicenseRoutes::default())
}

fn suite_with(license_routes: LicenseRoutes) -> Stage {
    let stage = Stage::with(Config {
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
fn automation_suite_does_what_it_can() {
    let stage = suite();
    let before = stage.world();
    let sheet = format!(
        "operation,user,email,group,groups,licenses,name\n\
         invite,,a@new.example,,Finance,ACNU,\n\
         update,{ANNA},,,,,Annika\n\
         set-licenses,{DAVID},,,,TSTNU,\n\
         block-licenses,{BRAM},,,,,\n\
         set-group-licenses,,,Finance,,ATTUNU,\n\
         add-to-groups,{HUGO},,,HR Robots,,\n\
         delete,stefan.novak@contoso.example,,,,,\n"
    );
    stage.run_with(&sheet, &["--max-deletes", "1"]).ends(0);
    assert_eq!(stage.counts(), "7 done");
    let changed = changes(&before, &stage.world());
    for change in [
        "anna.berg name: Anna -> Annika",
        "a holds: none -> [ACNU]",
        "bram.okafor holds: [ATTUNU] -> []",
        "david.moreau holds: none -> [TSTNU]",
        "Finance rule: none -> [ATTUNU]",
        "hugo.silva in HR Robots: none -> yes",
    ] {
        assert!(changed.contains(&change.to_owned()), "{change} is not in {changed:?}");
    }
}

#[test]
fn what_automation_suite_lacks_fails_validation_with_the_reason() {
    let stage = suite_with(LicenseRoutes::closed(Closed::Page));
    for row in [
        "add-licenses,{},ACNU",
        "remove-licenses,{},ATTUNU",
        "release-licenses,{},",
    ] {
        let sheet = format!("operation,user,licenses\n{}\n", row.replace("{}", ANNA));
        stage.run(&sheet).ends(2).tells("not-offered");
        assert!(stage.writes().is_empty());
    }
}

#[test]
fn a_release_that_only_a_portal_makes_is_refused_where_none_answers_before_anything_is_sent() {
    for row in ["release-licenses,{},", "remove-licenses,{},ATTUNU"] {
        let stage = Stage::new();
        stage.fault(FaultKind::HtmlPage, "GET", "/UserLicense", Strikes::Always);
        let sheet = format!("operation,user,licenses\n{}\n", row.replace("{}", BRAM));
        stage.write("sheet.csv", &sheet);
        stage.reseat(&["plan", "sheet.csv"]).tells("which only the portal does");
        stage.run(&sheet).ends(3);
        assert_eq!(stage.results()[0].get("code"), "release_not_offered");
        assert!(stage.writes().is_empty());
        // The rest of an offboarding is done, and what stays is said.
        stage.write("leaver.csv", format!("operation,user\noffboard,{BRAM}\n"));
        stage
            .reseat(&["plan", "leaver.csv"])
            .tells("only the portal releases what users hold directly");
    }
    let stage = suite();
    stage.write("sheet.csv", format!("operation,user\nrelease-licenses,{BRAM}\n"));
    stage.reseat(&["plan", "sheet.csv"]).ends(0).tells("meant for services");
}

#[test]
fn where_a_route_of_automation_suite_tells_what_users_hold_licences_are_added_and_taken() {
    let one_by_one = LicenseRoutes {
        many_users: Some(Closed::NotFound),
        ..LicenseRoutes::default()
    };
    each(&[LicenseRoutes::default(), one_by_one], |routes| {
        let stage = suite_with(routes.clone());
        for code in ["ACNU", "TSTNU"] {
            stage.free_seats(code, 10);
        }
        let rows = format!(
            "operation,user,licenses\nadd-licenses,{BRAM},ACNU\nset-licenses,{ANNA},ATTUNU;TSTNU\nremove-licenses,{DAVID},PMD\n"
        );
        stage.write("sheet.csv", &rows);
        stage.reseat(&["check", "sheet.csv"]).ends(0);
        stage.run(&rows).ends(0);
        assert_eq!(stage.held(BRAM).as_deref(), Some("ACNU; ATTUNU"));
        stage
            .run(&format!("operation,user,licenses\nremove-licenses,{ANNA},TSTNU\n"))
            .ends(0);
        assert_eq!(stage.held(ANNA).as_deref(), Some("ATTUNU"));
    });
}

#[test]
fn where_only_single_allocations_can_be_read_nobody_loses_what_they_hold() {
    let stage = Stage::with(Config {
        quirks: Quirks {
            license_routes: LicenseRoutes {
                many_users: Some(Closed::Forbidden),
                ..LicenseRoutes::default()
            },
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    let forbidden = FaultKind::Status {
        status: 403,
        moment: Moment::BeforeEffect,
    };
    stage.fault(forbidden, "GET", "/UserLicense/user/page", Strikes::Always);
    let people = [ANNA, BRAM, DAVID, HUGO, MEI, NADIA];
    stage.free_seats("TSTNU", 6);
    for name in people {
        let id = stage.id(name);
        stage
            .sandbox
            .with_world(|world| world.allocate(id, bundles(&["ATTUNU"]), false));
    }
    stage
        .run(&sheet("operation,user,licenses", "add-licenses,{},TSTNU", people))
        .ends(0);
    for name in people {
        assert_eq!(stage.held(name).as_deref(), Some("ATTUNU; TSTNU"), "{name}");
    }
}

#[test]
fn who_is_blocked_is_told_alike_by_an_export_and_by_the_run_of_it_where_no_portal_lists_them() {
    let open = LicenseRoutes::default;
    let no_singles = LicenseRoutes {
        one_user: Some(Closed::NotFound),
        ..open()
    };
    each(&[open(), no_singles], |routes| {
        for edition in [Edition::Cloud, Edition::AutomationSuite] {
            let stage = match edition {
                Edition::Cloud => Stage::with(Config {
                    quirks: Quirks {
                        license_routes: routes.clone(),
                        ..Quirks::default()
                    },
                    ..Config::unlimited()
                }),
                Edition::AutomationSuite => suite_with(routes.clone()),
            };
            if edition == Edition::Cloud {
                stage.fault(FaultKind::HtmlPage, "GET", "/UserLicense", Strikes::Always);
            }
            for name in [DAVID, BRAM] {
                let id = stage.id(name);
                stage
                    .sandbox
                    .with_world(|world| world.allocate(id, bundles(&[]), false));
            }
            stage.reseat(&["export", "licenses", "-o", "licenses.csv"]).ends(0);
            let blocked = stage.read("licenses.csv").matches("block-licenses,").count();
            assert!(blocked >= 2, "{blocked}");
            stage.reseat(&["run", "licenses.csv", "--yes"]).ends(0);
            // Alone, nobody beside them shows whether the service names those who hold nothing.
            let rows = format!("operation,user,unless_changed_from\nblock-licenses,{BRAM},<blocked>\n");
            stage.write("one.csv", rows);
            stage.reseat(&["run", "one.csv", "--yes"]).ends(0);
            assert!(stage.writes().is_empty(), "{:?}", stage.writes());
        }
    });
}

#[test]
fn an_export_without_a_portal_says_what_it_cannot_see_and_runs_as_it_is_without_a_write() {
    let open = LicenseRoutes::default;
    let no_leases = LicenseRoutes {
        group_users: Some(Closed::NotFound),
        ..open()
    };
    let one_by_one = LicenseRoutes {
        many_users: Some(Closed::Forbidden),
        ..open()
    };
    let unseen = "licences of those who have no account, or none any more, cannot be seen here";
    for (routes, untold) in [
        (
            open(),
            "when directly held licences were last in use cannot be read here",
        ),
        (
            no_leases,
            "who holds seats by the groups' licence rules cannot be read here",
        ),
        (one_by_one, "licence rules of groups that are gone cannot be seen here"),
    ] {
        let stage = suite_with(routes);
        for what in ["users", "licenses", "groups"] {
            let sheet = format!("{what}.csv");
            let ran = stage.reseat(&["export", what, "-o", &sheet]);
            let ran = ran.ends(0);
            // Rules of groups do not rest on what anybody holds directly.
            if what != "groups" {
                ran.tells(unseen).tells(untold);
            }
            stage.forget_calls();
            stage.reseat(&["run", &sheet, "--yes"]).ends(0);
            assert!(stage.writes().is_empty(), "{what}: {:?}", stage.writes());
        }
        assert!(stage.read("licenses.csv").contains(BRAM));
    }
    suite_with(LicenseRoutes::closed(Closed::NotFound))
        .reseat(&["export", "licenses"])
        .tells("no call that this application may make tells what");
}
