//! What an administrator's rows become, and what is said of those that cannot run.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::io::Write;

use proptest::prelude::*;
use reseat::intake::{
    Column, FinishedRows, Intake, Need, Options, PresentLicenses, check, needs, print_list, print_state, read, takes,
};
use reseat::model::{
    BundleCode, BundleSet, Capabilities, Catalogue, DeleteWhen, Deployment, Field, GroupRef, Operation, OperationKind,
    RuledBundle, Status, WrittenState,
};
use reseat::problem::{Problem, ProblemCode, Severity};
use reseat::sheet::Source;
use reseat::text::is_unsafe;
use rust_xlsxwriter::{Format, Workbook};
use strum::{EnumCount, IntoEnumIterator};

fn source(text: &str) -> Source {
    Source::from_reader(&mut text.as_bytes()).unwrap()
}

fn intake_with(text: &str, options: &Options) -> Intake {
    let source = source(text);
    let intake = read(&source, options).unwrap();
    // A check says the same of every sheet.
    let checked = check(&source, options).unwrap();
    let told = |problems: &reseat::problem::Problems| problems.iter().cloned().collect::<Vec<_>>();
    assert_eq!(told(&checked.problems), told(&intake.problems), "{text}");
    assert_eq!(checked.rows, intake.rows.len() + intake.refused.len(), "{text}");
    intake
}

fn intake(text: &str) -> Intake {
    intake_with(text, &Options::default())
}

fn codes(intake: &Intake, severity: Severity) -> Vec<&'static str> {
    let told = intake.problems.iter().filter(|problem| problem.severity == severity);
    told.map(|problem| problem.code.as_str()).collect()
}

#[test]
fn of_rows_that_are_finished_less_is_kept_and_nothing_else_is_said() {
    let plain = "operation,user,name,licenses,not_before\n\
                 update,ann@x.example,Ann,,\n\
                 set-licenses,bob@x.example,,ATTUNU,\n\
                 update,cy@x.example,Cy,,2099-01-01\n\
                 delete,dee@x.example,,,\n\
                 invite,eve@x.example,,,\n";
    // Rows that repeat or contradict others are refused, whatever earlier runs did.
    let refused = format!("{plain}update,ann@x.example,Ann,,\nset-licenses,bob@x.example,,TSTNU,\n");
    for (text, briefly) in [(plain, vec![2, 3]), (&*refused, vec![])] {
        let all = intake(text);
        let options = Options {
            finished: FinishedRows::those(|_| true),
            ..Options::default()
        };
        let found = read(&source(text), &options).unwrap();
        assert_eq!(
            found.finished.iter().map(|(_, place)| place.row).collect::<Vec<_>>(),
            briefly
        );
        assert_eq!(found.refused, all.refused);
        assert!(found.problems.iter().eq(all.problems.iter()));
        let mut rows: Vec<_> = found.rows.into_iter().map(|row| (row.key, row.place)).collect();
        rows.extend(found.finished);
        rows.sort_by_key(|(_, place)| place.row);
        let expected: Vec<_> = all.rows.into_iter().map(|row| (row.key, row.place)).collect();
        assert_eq!(rows, expected);
    }
}

/// The operations of a sheet in which every row can run.
fn operations(text: &str) -> Vec<Operation> {
    let intake = intake(text);
    assert_eq!(
        codes(&intake, Severity::Error),
        [] as [&str; 0],
        "{text}\n{:?}",
        intake.problems
    );
    intake.rows.into_iter().map(|row| row.operation).collect()
}

fn operation(text: &str) -> Operation {
    operations(text).remove(0)
}

/// The error codes of a sheet.
fn errors(text: &str) -> Vec<&'static str> {
    codes(&intake(text), Severity::Error)
}

fn warnings(text: &str) -> Vec<&'static str> {
    codes(&intake(text), Severity::Warning)
}

/// A cell that is right for a column, whatever the operation.
fn example(column: Column) -> &'static str {
    match column {
        Column::User => "ann@x.example",
        Column::Email => "ann.new@x.example",
        Column::Username => "ann",
        Column::NewEmail => "ann@y.example",
        Column::Groups => "Finance; HR",
        Column::RemoveGroups => "Sales",
        Column::Licenses => "ATTUNU; TSTNU",
        Column::Quotas => "ATTUNU=10",
        Column::Active | Column::BypassBasicAuth | Column::InvitationAccepted | Column::ExternalLicense => "yes",
        Column::Password => "S3cret!",
        Column::Language => "en",
        Column::DeleteWhen => "invited",
        Column::Group => "Finance",
        Column::Like => "bob@x.example",
        Column::NotBefore => "2027-01-15",
        Column::UserId => "5a3f0f0e-0d7a-4c2b-9f0e-3b1f6a2c9d11",
        Column::UnlessUsedSince => "2026-10-01",
        Column::UnlessChangedFrom => "ATTUNU",
        Column::Operation => "delete",
        Column::Name | Column::Surname | Column::DisplayName => "Ann",
        Column::Note | Column::ReseatStatus | Column::ReseatMessage | Column::ReseatKey => "aside",
    }
}

/// A sheet of one row of this operation with these columns.
fn sheet(kind: OperationKind, columns: &[Column]) -> String {
    let header: Vec<&str> = columns.iter().map(|column| column.as_str()).collect();
    let cells: Vec<&str> = columns.iter().map(|column| example(*column)).collect();
    format!("operation,{}\n{kind},{}\n", header.join(","), cells.join(","))
}

fn with_first_addresses() -> Options {
    Options {
        allow_email_update: true,
        ..Options::default()
    }
}

#[test]
fn every_operation_runs_with_all_that_it_takes_and_with_no_more_than_it_needs() {
    for kind in OperationKind::iter() {
        let all = intake_with(&sheet(kind, takes(kind)), &with_first_addresses());
        assert_eq!(all.rows.len(), 1, "{kind} {:?}", all.problems);
        assert_eq!(all.rows[0].operation.kind(), kind);
        assert_eq!(all.problems.warnings(), 0, "{kind} {:?}", all.problems);
        let least: Vec<Column> = needs(kind)
            .iter()
            .map(|need| match need {
                Need::Column(column) => *column,
                Need::OneOf(columns) => columns[0],
            })
            .collect();
        let least = intake(&sheet(kind, &least));
        assert_eq!(least.rows.len(), 1, "{kind} {:?}", least.problems);
    }
}

#[test]
fn a_row_without_what_its_operation_needs_is_refused_with_the_column_named() {
    for kind in OperationKind::iter() {
        for need in needs(kind) {
            let missing = match need {
                Need::Column(column) => vec![*column],
                Need::OneOf(columns) => columns.to_vec(),
            };
            let header: Vec<&str> = takes(kind).iter().map(|column| column.as_str()).collect();
            let stands_in =
                |column: Column| missing.contains(&Column::User) && [Column::Email, Column::UserId].contains(&column);
            let cells: Vec<&str> = takes(kind)
                .iter()
                .map(|column| {
                    if missing.contains(column) || stands_in(*column) {
                        ""
                    } else {
                        example(*column)
                    }
                })
                .collect();
            let intake = intake(&format!("operation,{}\n{kind},{}\n", header.join(","), cells.join(",")));
            let told: Vec<_> = intake
                .problems
                .iter()
                .filter(|problem| problem.code.as_str() == "missing-cell")
                .collect();
            assert_eq!(told.len(), 1, "{kind} without {missing:?}: {:?}", intake.problems);
            assert!(told[0].what.contains(missing[0].as_str()), "{:?}", told[0]);
        }
    }
}

#[test]
fn a_cell_that_the_operation_does_not_take_is_told_once_and_left_out() {
    for kind in OperationKind::iter() {
        for column in Column::iter() {
            let stands_in = match kind {
                // What names a person or a group serves wherever one is needed.
                OperationKind::Invite => vec![Column::Email, Column::User],
                OperationKind::Create => vec![Column::Username, Column::Email],
                OperationKind::SetGroupLicenses | OperationKind::ClearGroupLicenses => vec![Column::Group],
                _ => vec![Column::User],
            };
            let free = [
                Column::Operation,
                Column::NotBefore,
                Column::Note,
                Column::ReseatStatus,
                Column::ReseatMessage,
                Column::ReseatKey,
            ];
            if takes(kind).contains(&column) || free.contains(&column) || stand_in(column, &stands_in) {
                continue;
            }
            let mut columns = takes(kind).to_vec();
            columns.retain(|taken| *taken != Column::Email || kind != OperationKind::Update);
            columns.push(column);
            let intake = intake(&sheet(kind, &columns));
            assert_eq!(
                codes(&intake, Severity::Warning),
                ["cell-not-used"],
                "{kind} {column:?}"
            );
            assert_eq!(intake.rows.len(), 1, "{kind} {column:?} {:?}", intake.problems);
        }
    }
}

#[test]
fn every_column_with_a_meaning_is_taken_by_some_operation() {
    let free = [
        Column::Operation,
        Column::NotBefore,
        Column::Note,
        Column::ReseatStatus,
        Column::ReseatMessage,
        Column::ReseatKey,
    ];
    for column in Column::iter().filter(|column| !free.contains(column)) {
        let taken = OperationKind::iter().any(|kind| takes(kind).contains(&column));
        assert!(taken, "no operation takes `{}`", column.as_str());
    }
}

#[test]
fn two_values_for_one_field_of_a_profile_contradict_each_other() {
    let fields = takes(OperationKind::Update).iter().filter(|column| {
        let others = [Column::User, Column::UserId, Column::Groups, Column::RemoveGroups];
        !others.contains(column)
    });
    for column in fields {
        let one = example(*column);
        let other = if one == "yes" {
            "no".to_owned()
        } else {
            format!("b{one}")
        };
        let header = column.as_str();
        let text = format!("operation,user,{header}\nupdate,ann@x.example,{one}\nupdate,ann@x.example,{other}\n");
        let intake = intake_with(&text, &with_first_addresses());
        assert_eq!(
            codes(&intake, Severity::Error),
            ["different-values"],
            "{header} {:?}",
            intake.problems
        );
        assert!(intake.rows.is_empty(), "{header}");
    }
}

#[test]
fn an_address_of_which_nothing_is_left_is_missing() {
    assert_eq!(
        errors("operation,user,new_email\nmigrate,ann@x.example,mailto:\n"),
        ["missing-cell"]
    );
    assert_eq!(errors("operation,email\ninvite,mailto:\n"), ["missing-cell"]);
}

#[test]
fn a_deletion_with_a_day_or_a_never_beside_it_is_refused() {
    let sheet = |when: &str| format!("operation,user,delete_when\ndelete,ann@x.example,{when}\n");
    for when in ["01.03.2027", "never", "later"] {
        assert!(errors(&sheet(when)).contains(&"delete-is-now"), "{when}");
    }
    for when in ["", "accepted", "Invited"] {
        assert_eq!(errors(&sheet(when)), [""; 0], "{when}");
    }
}

fn stand_in(column: Column, columns: &[Column]) -> bool {
    columns.contains(&column)
}

#[test]
fn an_invite_has_all_its_cells() {
    let text = "operation,email,name,surname,groups,licenses,language\n\
                invite,Ann Lee <Ann@X.example>,Ann,Lee,\"Finance; \"\"A, B\"\"\",attunu|Tester - Named User,de\n";
    let Operation::Invite(invite) = operation(text) else {
        panic!("no invite");
    };
    assert_eq!(invite.email.as_str(), "Ann@X.example");
    assert_eq!(invite.name.as_deref(), Some("Ann"));
    assert_eq!(invite.surname.as_deref(), Some("Lee"));
    assert_eq!(
        invite.groups.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["Finance", "A, B"]
    );
    assert_eq!(invite.licenses.to_string(), "ATTUNU; TSTNU");
    assert_eq!(invite.language.as_deref(), Some("de"));
}

#[test]
fn an_update_leaves_empty_cells_alone_and_clears_where_told() {
    let text = "operation,user,name,surname,display_name,active,password,groups,remove_groups\n\
                update,ann@x.example,Ann,<clear>,,FALSE,p@ss,Finance,HR\n";
    let Operation::Update(update) = operation(text) else {
        panic!("no update");
    };
    assert_eq!(update.profile.name, Field::Set("Ann".into()));
    assert_eq!(update.profile.surname, Field::Clear);
    assert_eq!(update.profile.display_name, Field::Keep);
    assert_eq!(update.profile.active, Some(false));
    assert!(update.profile.password.is_some());
    assert_eq!((update.add_groups.len(), update.remove_groups.len()), (1, 1));
    assert!(!format!("{update:?}").contains("p@ss"));
}

#[test]
fn a_migration_takes_groups_and_licenses_from_the_row_or_else_from_the_old_account() {
    let text = "user,new_email,groups,licenses,delete_when\n\
                ann@x.example,ann@y.example,,,\n\
                bob@x.example,bob@y.example,Finance,ATTUNU,Never\n";
    let all = operations(text);
    let Operation::Migrate(plain) = &all[0] else {
        panic!("no migration");
    };
    assert!(plain.groups.is_none() && plain.licenses.is_none());
    assert_eq!(plain.delete_when, DeleteWhen::Accepted);
    let Operation::Migrate(given) = &all[1] else {
        panic!("no migration");
    };
    assert_eq!(given.groups.as_ref().unwrap().len(), 1);
    assert_eq!(given.licenses.as_ref().unwrap().to_string(), "ATTUNU");
    assert_eq!(given.delete_when, DeleteWhen::Never);
}

#[test]
fn one_column_of_people_serves_every_operation() {
    for kind in OperationKind::iter() {
        if [OperationKind::SetGroupLicenses, OperationKind::ClearGroupLicenses].contains(&kind) {
            continue;
        }
        for header in ["email", "user"] {
            let text = format!(
                "operation,{header},groups,licenses,new_email,active\n{kind},ann@x.example,Finance,ATTUNU,ann@y.example,yes\n"
            );
            let intake = intake(&text);
            assert_eq!(intake.rows.len(), 1, "{kind} {header} {:?}", intake.problems);
            assert_eq!(intake.rows[0].operation.user_label(), "ann@x.example");
        }
    }
}

#[test]
fn a_row_is_about_the_address_where_the_column_beside_it_says_what_the_person_is_called() {
    let told = |text: &str| {
        let intake = intake(text);
        let problems: Vec<_> = intake.problems.iter().map(|problem| problem.code.as_str()).collect();
        let rows = intake.rows.iter().map(|row| row.operation.user_label());
        (rows.collect::<Vec<_>>(), problems.join(" "))
    };
    for (operation, active) in [
        ("delete", ""),
        ("offboard", ""),
        ("block-licenses", ""),
        ("update", "no"),
    ] {
        for name in [
            "Ann Lee",
            "\"Lee, Ann\"",
            "José María Ñuñez",
            "van den Berg",
            "山田　太郎",
        ] {
            assert_eq!(
                told(&format!(
                    "operation,User,E-mail,active\n{operation},{name},ann@x.example,{active}\n"
                )),
                (vec!["ann@x.example".to_owned()], String::new()),
                "{operation} {name}"
            );
        }
    }
    for (user, email, warning) in [
        ("ann", "ann@x.example", "cell-not-used"),
        ("E10023", "ann@x.example", "cell-not-used"),
        ("10023", "", ""),
        ("10023", "unknown", "cell-not-used"),
        (r"CORP\ann lee", "ann@x.example", "cell-not-used"),
        ("ann@corp.onmicrosoft.com", "ann@x.example", "cell-not-used"),
        ("ann lee", "", ""),
        ("ann lee", "unknown", "cell-not-used"),
    ] {
        assert_eq!(
            told(&format!("operation,User,E-mail\ndelete,{user},{email}\n")),
            (vec![user.to_owned()], warning.to_owned()),
            "{user}"
        );
    }
    let intake = intake("operation,User,E-mail\ndelete,ann,ann@x.example\n");
    let help = &intake.problems.iter().next().unwrap().help;
    assert!(help.contains("--map \"User=note\" has them go by `email`"), "{help}");
}

#[test]
fn a_row_is_about_the_address_where_a_number_stands_beside_it_and_that_is_told_once() {
    for (header, operation) in [
        ("User,E-mail", "delete"),
        ("Benutzer,E-Mail-Adresse", "offboard"),
        ("Utilisateur,Courriel", "release-licenses"),
        ("E-mail,User", "remove-from-groups"),
        ("User,Email", "update"),
    ] {
        let cells = |number: &str, email: &str| {
            if header.starts_with("E-mail") {
                format!("{email},{number}")
            } else {
                format!("{number},{email}")
            }
        };
        let text = format!(
            "operation,groups,active,{header}\n{operation},HR,,{}\n{operation},HR,,{}\n",
            cells("10023.0", "ann@x.example"),
            cells("00017", "bob@x.example")
        );
        let intake = intake(&text);
        let rows = intake.rows.iter().map(|row| row.operation.user_label());
        assert_eq!(rows.collect::<Vec<_>>(), ["ann@x.example", "bob@x.example"], "{text}");
        let told = intake
            .problems
            .iter()
            .find(|problem| problem.what.contains("numbers"))
            .unwrap();
        assert_eq!(
            (told.code, told.count, told.severity),
            (ProblemCode::CellNotUsed, 2, Severity::Warning)
        );
        assert!(told.help.contains("has them go by the numbers"), "{told:?}");
    }
    // With an id beside it, or an address to give, it is what the account is called.
    let id = example(Column::UserId);
    let beside = intake(&format!(
        "operation,User,E-mail,user_id\ndelete,10023,ann@x.example,{id}\n"
    ));
    assert_eq!(beside.rows[0].operation.user_label(), "10023");
    let options = Options {
        allow_email_update: true,
        ..Options::default()
    };
    let given = intake_with("operation,User,E-mail\nupdate,10023,ann@x.example\n", &options);
    assert_eq!(given.rows[0].operation.user_label(), "10023");
}

#[test]
fn a_lone_column_of_ids_says_who_is_meant_and_beside_a_name_which_account_it_has_to_be() {
    let id = example(Column::UserId);
    let rows = |text: &str| {
        let intake = intake(text);
        assert_eq!(codes(&intake, Severity::Error), [""; 0], "{text} {:?}", intake.problems);
        intake.rows
    };
    let alone = rows(&format!("operation,User ID\ndelete,{id}\ndelete,ann\n"));
    let labels = alone.iter().map(|row| row.operation.user_label());
    assert_eq!(labels.collect::<Vec<_>>(), [id, "ann"]);
    assert!(alone[0].conditions.is_none());
    for header in ["user", "email", "username"] {
        let text = format!(
            "operation,user_id,{header}\ndelete,{{{}}},ann@x.example\ndelete,{id},\n",
            id.to_uppercase()
        );
        let beside = rows(&text);
        assert_eq!(beside[0].operation.user_label(), "ann@x.example");
        assert_eq!(beside[0].user_id().unwrap().to_string(), id);
        assert_eq!(beside[1].operation.user_label(), id);
    }
    for (user, wrong) in [
        ("ann", "bob"),
        ("", "bob"),
        ("ann", "00000000-0000-0000-0000-000000000000"),
        ("", "4711"),
    ] {
        let text = format!("operation,user,user_id\ndelete,{user},{wrong}\n");
        assert_eq!(errors(&text), ["bad-id"], "{text}");
    }
}

#[test]
fn two_rows_of_one_name_and_different_ids_are_two_rows() {
    let other = "6a3f0f0e-0d7a-4c2b-9f0e-3b1f6a2c9d11";
    let text = format!(
        "operation,user,user_id\ndelete,ann,{}\ndelete,ann,{other}\n",
        example(Column::UserId)
    );
    assert_eq!(errors(&text), [""; 0]);
}

#[test]
fn what_exports_add_for_people_is_no_order_and_not_worth_a_word() {
    let header = "operation,user,id,type,invitation,created,last_login,last_in_use,days_idle,inherited,inherited_from,\
                  orphan,members,built-in";
    let cells = "delete,ann,5a3f0f0e-0d7a-4c2b-9f0e-3b1f6a2c9d11,local,accepted,2026-01-01,2026-11-01,2026-11-01,29,\
                 ATTUNU,Finance,no,12,yes";
    let intake = intake(&format!("{header}\n{cells}\n"));
    assert!(intake.problems.iter().next().is_none(), "{:?}", intake.problems);
    assert!(intake.rows[0].conditions.is_none());
    let mapped = Options {
        map: vec![("id".to_owned(), "user_id".to_owned())],
        ..Options::default()
    };
    let row = intake_with(
        "operation,user,id\ndelete,ann,5a3f0f0e-0d7a-4c2b-9f0e-3b1f6a2c9d11\n",
        &mapped,
    )
    .rows
    .remove(0);
    assert!(row.user_id().is_some());
}

#[test]
fn the_group_column_serves_for_a_membership_of_one_group() {
    let Operation::AddToGroups { groups, .. } = operation("operation,user,group\nadd to groups,ann,Finance\n") else {
        panic!("no membership");
    };
    assert_eq!(groups[0].to_string(), "Finance");
}

#[test]
fn the_operation_comes_from_the_cell_else_the_flag_else_the_sheets_name_else_the_columns() {
    let kinds = |text: &str, options: &Options| -> Vec<OperationKind> {
        let intake = intake_with(text, options);
        intake.rows.iter().map(|row| row.operation.kind()).collect()
    };
    let flagged = Options {
        operation: Some(OperationKind::ReleaseLicenses),
        ..Options::default()
    };
    assert_eq!(
        kinds("operation,user\nDelete,ann\n,bob\n", &flagged),
        [OperationKind::Delete, OperationKind::ReleaseLicenses]
    );
    for (text, kind) in [
        ("user,new_email\nann@x.example,ann@y.example\n", OperationKind::Migrate),
        (
            "email,group membership\nann@x.example,\"Finance,HR\"\n",
            OperationKind::Invite,
        ),
        ("group,licenses\nFinance,ATTUNU\n", OperationKind::SetGroupLicenses),
    ] {
        assert_eq!(kinds(text, &Options::default()), [kind], "{text}");
    }
    for text in [
        "user\nann\n",
        "email,groups\nann@x.example,Finance\n",
        "user,licenses\nann,ATTUNU\n",
    ] {
        let intake = intake(text);
        assert_eq!(codes(&intake, Severity::Error), ["no-operation"], "{text}");
        assert_eq!(intake.refused[0].code.as_str(), "no-operation");
    }
}

#[test]
fn rows_that_say_ignore_are_counted_and_left_out() {
    let intake = intake("operation,user\nignore,ann\nSkip,bob\ndelete,cid\n");
    assert_eq!((intake.ignored, intake.rows.len()), (2, 1));
}

#[test]
fn only_a_template_is_said_to_have_nothing_to_run_yet() {
    let warned = |rows: &str| warnings(&format!("operation,user,note\n{rows}"));
    let example = "ignore,ann@example.invalid,example of delete\n";
    assert_eq!(warned(example), ["nothing-to-run"]);
    assert_eq!(warned(&format!("{example}ignore,bob,\n")), ["nothing-to-run"]);
    assert_eq!(warned("ignore,ann,wanted in row 2; holds A already\n"), [] as [&str; 0]);
    assert_eq!(warned(&format!("{example}delete,bob,\n")), [] as [&str; 0]);
}

#[test]
fn a_row_that_has_swallowed_others_is_not_ignored() {
    let intake = intake("operation,user,note\nignore,ann,\"oh\ndelete,bob,\ndelete,cid,\n");
    assert_eq!(codes(&intake, Severity::Error), ["unclosed-quote"]);
    assert_eq!((intake.ignored, intake.refused.len()), (0, 1));
}

#[test]
fn a_header_whose_quote_swallows_the_sheet_is_told() {
    let intake = intake("operation,user,\"note\ndelete,ann,\ndelete,bob,\n");
    assert!(codes(&intake, Severity::Error).contains(&"unclosed-quote"));
}

#[test]
fn cells_are_understood_as_people_leave_them() {
    for cell in [
        "ann@x.example",
        "  ann@x.example\u{a0}",
        "\u{feff}ann@x.example",
        "\u{200b}ann@x.example\u{200b}",
        "mailto:ann@x.example",
        "Ann Lee <ann@x.example>",
        "ANN@X.EXAMPLE",
        "\"ann@x.example\n\"",
    ] {
        let Operation::Delete { user } = operation(&format!("operation,user\ndelete,{cell}\n")) else {
            panic!("no deletion");
        };
        assert_eq!(user.fold(), "ann@x.example", "{cell:?}");
    }
    let text = "operation,user\n\n,\ndelete,ann\n  ,  \n-, – \n—,--\n";
    assert_eq!(
        operations(text).len(),
        1,
        "empty rows are no rows, and a dash stands for nothing"
    );
}

#[test]
fn each_cell_that_cannot_be_right_is_refused_with_its_own_code() {
    for (header, cells, code) in [
        ("email", "invite,ann.x.example", "bad-email"),
        ("email", "invite,ann@x.example; bob@x.example", "several-in-one-cell"),
        (
            "email",
            "invite,Ann <ann@x.example>; Bob <bob@x.example>",
            "several-in-one-cell",
        ),
        ("user", "delete,ann@@x.example", "bad-email"),
        ("email", "invite,#ann@x.example", "bad-email"),
        ("user,new_email", "migrate,ann@x.example,//ann@y.example", "bad-email"),
        ("user", "delete,#N/A", "error-value"),
        ("user", "delete,1.23457E+11", "lost-digits"),
        ("user", "delete,Zo\u{fffd}", "lost-letters"),
        ("user", "delete,\"ann\nbob\"", "several-in-one-cell"),
        ("user", "delete,ann@x.example <bob@x.example>", "several-in-one-cell"),
        ("user", "delete,ann; bob", "several-in-one-cell"),
        ("username", "create,ann; bob", "several-in-one-cell"),
        (
            "user",
            "release-licenses,90e77c14-c41f-5d57-876f-24bfef69e3d6 | 70baf275-d3cc-5e2c-aad2-b6d5553c563f",
            "several-in-one-cell",
        ),
        (
            "username",
            "create,Ann <ann@x.example>; Bob <bob@x.example>",
            "several-in-one-cell",
        ),
        (
            "user,new_email",
            "migrate,ann,Ann <ann@x.example>; Boss <boss@x.example>",
            "several-in-one-cell",
        ),
        (
            "email,like",
            "invite,ann@x.example,Bob <bob@x.example>; Cid <cid@x.example>",
            "several-in-one-cell",
        ),
        ("username", "create,Total: 2", "bad-username"),
        ("username", "create,ann lee", "bad-username"),
        ("username", "create,-----", "bad-username"),
        ("user", "create,bob(at)x.example", "bad-username"),
        ("user", "create,ann.lee\u{ff20}x.example", "bad-username"),
        ("user", "delet,ann", "unknown-operation"),
        ("user,licenses", "add-licenses,ann,ATUNU", "unknown-bundle-code"),
        ("user,licenses", "add-licenses,ann,AIU", "not-a-user-bundle"),
        ("user,licenses", "add-licenses,ann,\"\"\"ATTUNU\"", "list-quote"),
        ("user,licenses", "set-licenses,ann,<clear>", "cannot-clear"),
        ("user,groups", "add-to-groups,ann,<CLEAR>", "cannot-clear"),
        ("user,groups", "add-to-groups,ann,“Finance; EU”; HR", "list-quote"),
        ("user,active", "update,ann,perhaps", "bad-flag"),
        ("user,active", "update,ann,", "missing-cell"),
        ("user,email", "update,ann@x.example,ann@y.example", "email-change"),
        (
            "user,groups,remove_groups",
            "update,ann,Finance,FINANCE",
            "joins-and-leaves",
        ),
        ("user,new_email", "migrate,ann@x.example,Ann@x.example", "same-address"),
        (
            "user,new_email,delete_when",
            "migrate,ann,ann@x.example,soon",
            "bad-delete-when",
        ),
        ("email,language", "invite,ann@x.example,English please", "bad-language"),
        (
            "group,licenses,quotas",
            "set-group-licenses,Finance,ATTUNU,TSTNU=1",
            "quota-without-licence",
        ),
        (
            "group,licenses,quotas",
            "set-group-licenses,Finance,ATTUNU,ATTUNU=0",
            "quota-zero",
        ),
        (
            "groups,licenses,user",
            "set-group-licenses,Finance; HR,ATTUNU,",
            "several-in-one-cell",
        ),
        ("user", "delete,ann,surplus", "too-many-cells"),
        (
            "user,name,groups",
            "delete,\"ann,x,y\ndelete,bob,x,y\ndelete,\"cid\",x,y",
            "unclosed-quote",
        ),
        ("user", "delete,\"ann", "unclosed-quote"),
        ("user,name", "invite,ann@x.example, \"Ann\"", "space-before-quote"),
    ] {
        let text = format!("operation,{header}\n{cells}\n");
        let intake = intake(&text);
        assert!(
            codes(&intake, Severity::Error).contains(&code),
            "{text} {:?}",
            intake.problems
        );
        assert!(intake.refused.iter().any(|row| row.status == Status::Invalid), "{text}");
    }
}

#[test]
fn who_says_of_an_account_what_it_is_instead_of_yes_or_no_is_told_which_of_them_to_write() {
    for (cell, help) in [
        ("Inactive", "write no"),
        ("aktiv", "write yes"),
        ("perhaps", "write yes or no"),
    ] {
        let intake = intake(&format!("operation,user,active\nupdate,ann,{cell}\n"));
        let told = intake.problems.iter().next().unwrap();
        assert_eq!(told.code.as_str(), "bad-flag");
        assert!(told.help.starts_with(help), "{told:?}");
    }
}

#[test]
fn an_account_may_be_called_as_its_makers_like_where_that_can_be_somebody() {
    for cells in [
        "create,ann,",
        "create,CORP\\ann,",
        "create,ann.lee_2-b,",
        "create,安,",
        "create,4711,",
        "create,ann@x.example,",
        "create,Ann Lee,ann@x.example",
        "delete,Ann Lee,",
    ] {
        let intake = intake(&format!("operation,user,email\n{cells}\n"));
        assert_eq!(codes(&intake, Severity::Error), [""; 0], "{cells}");
    }
}

#[test]
fn a_line_among_the_users_that_speaks_of_those_below_it_is_nobody() {
    for line in ["Please keep:", "Bitte behalten:", "À garder :", "残す："] {
        for operation in ["delete", "release-licenses", "add-to-groups"] {
            let intake = intake(&format!(
                "operation,user,groups\n{operation},ann,HR\n{operation},{line},HR\n{operation},bob,HR\n"
            ));
            assert_eq!(codes(&intake, Severity::Error), ["line-of-text"], "{line}");
        }
    }
    let intake = intake("operation,user\ndelete,urn:ann\ndelete,Ann Lee\n");
    assert_eq!(codes(&intake, Severity::Error), [""; 0]);
}

#[test]
fn an_item_of_a_list_that_is_struck_through_is_told_as_a_struck_cell_is() {
    let warned = |header: &str, is_second_struck: bool| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("invite").unwrap();
        sheet.write_row(0, 0, ["email", header]).unwrap();
        sheet.write_string(1, 0, "ann@x.example").unwrap();
        let (plain, struck) = (Format::new(), Format::new().set_font_strikethrough());
        let second = if is_second_struck { &struck } else { &plain };
        sheet
            .write_rich_string(1, 1, &[(&plain, "TSTNU; "), (second, "ATTUNU")])
            .unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let intake = read(&Source::from_reader(&mut &bytes[..]).unwrap(), &Options::default()).unwrap();
        codes(&intake, Severity::Warning).join(" ")
    };
    assert_eq!(warned("licenses", true), "struck-rows");
    assert_eq!(warned("groups", true), "struck-rows");
    assert_eq!(warned("licenses", false), "");
    assert_eq!(warned("note", true), "");
}

#[test]
fn a_line_of_text_below_the_rows_is_no_row_about_whom_it_names() {
    for (header, line) in [
        ("name,user", "Approved by:,dan@x.example"),
        ("Team,user", "Genehmigt von:,dan@x.example"),
        ("display_name,Note,user", ",,\nValidé par :,,dan@x.example"),
        ("name,user", "承認者：,dan@x.example"),
    ] {
        let intake = intake_with(
            &format!(
                "{header}\nAnn,{}ann@x.example\n{line}\n",
                if header.contains("Note") { "," } else { "" }
            ),
            &Options {
                operation: Some(OperationKind::Delete),
                ..Options::default()
            },
        );
        assert_eq!(codes(&intake, Severity::Error), ["line-of-text"], "{line}");
        assert_eq!(intake.rows.len(), 1, "{line}");
    }
    for text in [
        "note,operation,user\nsee below:,delete,ann@x.example\n",
        "No,operation,user\n1:,delete,ann@x.example\n",
        "Team,operation,user\nIT: Ops,delete,ann@x.example\n",
        "Team,operation,user\nFinance:,delete,ann@x.example\nHR:,delete,bob@x.example\n",
        "Priority,operation,email,name,surname\nP1:,invite,ann@x.example,Ann,Lee\n",
        "user,operation,name\nann@x.example,delete,Team:\n",
    ] {
        assert_eq!(errors(text), [] as [&str; 0], "{text}");
    }
    assert_eq!(
        errors("operation,name,user\ndelete,,\nignore,Approved by:,dan@x.example\n"),
        ["missing-cell"]
    );
}

#[test]
fn what_a_database_client_prints_around_the_rows_is_nobody() {
    let deleted = |text: &str| {
        let options = Options {
            operation: Some(OperationKind::Delete),
            ..Options::default()
        };
        intake_with(text, &options)
    };
    let intake = deleted("user\n-----------\nann@x.example\nbob\n(2 rows affected)\n");
    assert_eq!(codes(&intake, Severity::Error), ["line-of-text"]);
    assert_eq!(intake.rows.len(), 2);
    assert_eq!(deleted("user\n2\nRow Lee\nann-lee\n").rows.len(), 3);
}

#[test]
fn a_table_as_programs_print_it_is_told_in_one_sentence_with_how_to_export_it() {
    for (text, rulers) in [
        (
            "  operation   |   user   | licenses\n--------------+----------+---------\n delete | ann | \n(1 row)\n",
            2,
        ),
        (
            "+-----------+------+----------+\n| operation | user | licenses |\n+-----------+------+----------+\n\
             | delete    | ann  | |\n+-----------+------+----------+\n1 row in set (0.00 sec)\n",
            3,
        ),
        ("| operation | user |\n|:---|---:|\n| delete | ann |\n", 1),
        (
            "operation,user,licenses\n---------,----,--------\ndelete,ann,\n\n(1 rows affected)\n",
            2,
        ),
        (
            "operation,user,reseat_status,reseat_message\n'---------,----,invalid,no row\ndelete,ann,,\n",
            1,
        ),
    ] {
        let intake = intake(text);
        let told: Vec<&Problem> = intake
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .collect();
        let [problem] = told[..] else {
            panic!("{text}: {told:?}");
        };
        assert_eq!(problem.code.as_str(), "line-of-text", "{text}");
        assert!(problem.help.contains("psql --csv"), "{problem:?}");
        assert_eq!((intake.rows.len(), intake.refused.len()), (1, rulers), "{text}");
        assert!(intake.refused.iter().all(|row| row.code == "line-of-text"), "{text}");
    }
    let padded = intake("OPERATION            EMAIL\n-------------------- ------------\ninvite    ann@x.example\n");
    assert_eq!(codes(&padded, Severity::Error), ["no-header"]);
    let help = &padded.problems.iter().next().unwrap().help;
    assert!(
        help.contains("parted by spaces") && help.contains("set markup csv on"),
        "{help}"
    );
    for text in [
        "operation,user\ndelete,--\n",
        "operation,user\ndelete,-ann\n",
        "operation,user\ndelete,4711\n",
    ] {
        assert_eq!(errors(text), [""; 0], "{text}");
    }
}

#[test]
fn what_reports_have_below_their_rows_is_told_as_a_line_of_text() {
    for note in [
        "\"Applied filters:\nDepartment is Finance\nCountry is DE\"",
        "Applied filters:",
        "Department is Finance",
        "\"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\"",
        "Confidential Information - Do Not Distribute",
        "Generated By:  Ann Berg  12/1/2026 10:01 AM",
    ] {
        let text = format!("operation,user,licenses\nadd-licenses,ann@x.example,ATTUNU\n\n{note}\n");
        assert_eq!(errors(&text), ["line-of-text"], "{note}");
        if note.starts_with("Department") {
            continue;
        }
        for (header, operation) in [("user", OperationKind::Delete), ("email", OperationKind::Invite)] {
            let options = Options {
                operation: Some(operation),
                ..Options::default()
            };
            let intake = intake_with(&format!("{header},groups\nann@x.example,\n\n{note}\n"), &options);
            assert_eq!(codes(&intake, Severity::Error), ["line-of-text"], "{note} {header}");
        }
    }
    for (text, code) in [
        ("operation,user\ndrop license,\n", "unknown-operation"),
        ("operation,user\nLeavers of May,ann\n", "unknown-operation"),
        ("operation,user\ndelete,\"ann\nbob\"\n", "several-in-one-cell"),
        (
            "operation,user\ndelete,\"Ann: ann@x.example\nBob: bob@x.example\"\n",
            "several-in-one-cell",
        ),
    ] {
        assert_eq!(errors(text), [code], "{text}");
    }
}

#[test]
fn names_that_a_program_has_mangled_are_shown_as_they_were() {
    let told = |cells: &str| {
        let intake = intake(&format!(
            "operation,email,name,surname,groups\ninvite,ann@x.example,{cells}\n"
        ));
        assert_eq!(intake.rows.len(), 1, "{:?}", intake.problems);
        let told = intake
            .problems
            .iter()
            .map(|problem| (problem.code.as_str(), problem.what.clone()));
        told.collect::<Vec<_>>()
    };
    for (cells, mended) in [
        ("Zoë,MÃ¼ller,", "`Müller`"),
        ("José,PÃ©rez,", "`Pérez`"),
        ("M&uuml;ller,,", "`Müller`"),
        (",O&#39;Neil,", "`O'Neil`"),
        (",,R&amp;D", "`R&D`"),
        (",,Finance; BÃ¼ro", "`Finance; Büro`"),
    ] {
        let told = told(cells);
        assert!(
            matches!(&told[..], [("doubtful-encoding", what)] if what.ends_with(mended)),
            "{cells}: {told:?}"
        );
    }
    for cells in [
        "Zoë,Müller,R&D; Büro",
        "João,Ânderson,H&M; Zara",
        "Łukasz,Żak,Q&A",
        "ANN,STRAßE,",
    ] {
        assert_eq!(told(cells), [], "{cells}");
    }
}

#[test]
fn an_address_that_a_program_has_mangled_is_shown_as_it_was() {
    let told = |address: &str| {
        let intake = intake(&format!("operation,email\ninvite,{address}\n"));
        let told = intake.problems.iter();
        told.map(|problem| format!("{} {} {}", problem.code.as_str(), problem.what, problem.help))
            .collect::<Vec<_>>()
    };
    for (address, code, mended) in [
        ("jÃ¼rgen@x.example", "doubtful-encoding", "`jürgen@x.example`"),
        ("ann@bÃ¼ro.example", "doubtful-encoding", "`ann@büro.example`"),
        ("ann&amp;bob@x.example", "bad-email", "`ann&bob@x.example`"),
        ("o&#39;brien@x.example", "bad-email", "`o'brien@x.example`"),
    ] {
        let told = told(address);
        assert!(
            matches!(&told[..], [one] if one.starts_with(code) && one.contains(mended)),
            "{address}: {told:?}"
        );
    }
    for address in ["jürgen@x.example", "ann@büro.example", "a&b@x.example", "анна@почта.рф"] {
        assert_eq!(told(address), [""; 0], "{address}");
    }
}

#[test]
fn what_a_directory_calls_a_guest_is_no_address_to_write_to() {
    let guest = "ann_gmail.com#EXT#@acme.onmicrosoft.com";
    let invite = intake(&format!("operation,email\ninvite,{guest}\n"));
    assert_eq!(codes(&invite, Severity::Warning), ["guest-name"]);
    assert!(invite.problems.iter().next().unwrap().help.ends_with("ann@gmail.com"));
    assert_eq!(
        warnings(&format!("operation,user,licenses\nadd-licenses,{guest},ATTUNU\n")),
        [] as [&str; 0]
    );
    assert_eq!(
        warnings("operation,email\ninvite,ann@acme.onmicrosoft.com\n"),
        [] as [&str; 0]
    );
}

#[test]
fn what_is_odd_but_may_be_meant_is_a_warning() {
    for (text, code) in [
        ("operation,user,Licnses\ndelete,ann,x\n", "unknown-header"),
        ("operation,user,name,note\ndelete,ann\n", "short-row"),
        ("operation,,user\ndelete,x,ann\n", "cell-without-header"),
        ("operation,user\ndelete,\u{430}nn@x.example\n", "look-alike-address"),
        ("operation,user\ndelete,\u{202e}ann@x.example\n", "look-alike-address"),
    ] {
        assert_eq!(warnings(text), [code], "{text}");
        assert_eq!(errors(text), [] as [&str; 0]);
    }
}

#[test]
fn letters_that_were_lost_on_the_way_are_told() {
    let told = |column: &str, cell: &str| {
        let intake = intake(&format!("operation,user,{column}\nupdate,ann,{cell}\n"));
        (codes(&intake, Severity::Error), codes(&intake, Severity::Warning))
    };
    for address in [
        "s?ren@x.example",
        "m??ller",
        "M¿ller",
        "s?ren.m?ller@x.example",
        "?mer.o?uz",
        "ann?.petit@x.example",
    ] {
        assert_eq!(
            errors(&format!("operation,user\ndelete,{address}\n")),
            ["lost-letters"],
            "{address}"
        );
    }
    for address in ["mailto:ann@x.example?subject=hello", "\u{1a}ann@x.example"] {
        assert_eq!(
            errors(&format!("operation,user\ndelete,{address}\n")),
            [] as [&str; 0],
            "{address}"
        );
    }
    for name in ["S?ren", "M??ller", "M¿ller", "Ann-S?ren"] {
        assert_eq!(told("name", name), (vec![], vec!["lost-letters"]), "{name}");
    }
    let japanese = "\u{1b}$B;3ED\u{1b}(B";
    assert_eq!(told("surname", japanese), (vec!["lost-letters"], vec![]));
    let wide = intake("operation,user\ndelete,ａｎｎ＠x.example\n");
    assert_eq!(
        wide.problems.iter().next().unwrap().help,
        "write `ann@x.example` if that is meant"
    );
    let polish = intake("operation,user\ndelete,jan.¿ak@x.example\n");
    let help = &polish.problems.iter().next().unwrap().help;
    assert!(help.contains("`--encoding windows-1250`"), "{help}");
    for name in ["Ann?", "Søren", "¿Ann?"] {
        assert_eq!(told("name", name), (vec![], vec![]), "{name:?}");
    }
    assert_eq!(errors("operation,user,note\ndelete,ann,s?ren\n"), [] as [&str; 0]);
    assert_eq!(told("groups", "Who?What").0, [] as [&str; 0]);
}

#[test]
fn an_error_word_of_any_program_is_an_error_in_any_column_that_is_used() {
    for word in [
        "#N/D!",
        "#¡REF!",
        "#ИМЯ?",
        "#BUSY!",
        "#########",
        "Err:508",
        "Fehler:502",
        "Loading...",
    ] {
        assert_eq!(
            errors(&format!("operation,user,name\nupdate,ann,{word}\n")),
            ["error-value"],
            "{word}"
        );
        // What is not certainly an error may be a password.
        let text = format!("operation,user,password,note\nupdate,ann,{word},{word}\n");
        let intake = intake(&text);
        let is_certain = matches!(word, "#N/D!" | "#########" | "Err:508");
        assert!(
            !is_certain || codes(&intake, Severity::Error) == ["error-value"],
            "{word}"
        );
        assert!(word != "Loading..." || codes(&intake, Severity::Error).is_empty());
        assert!(
            intake.problems.iter().all(|problem| !problem.what.contains(word)),
            "{word}"
        );
    }
    assert_eq!(errors("operation,user,password\nupdate,ann,#N/A\n"), ["error-value"]);
    for (word, told) in [("NULL", 1), ("\\N", 1), ("#VIP!x", 0), ("Null", 0), ("x?y", 0)] {
        let intake = intake(&format!("operation,user,password\nupdate,ann,{word}\n"));
        assert_eq!(codes(&intake, Severity::Error), [] as [&str; 0], "{word}");
        assert_eq!(
            codes(&intake, Severity::Warning),
            vec!["word-for-nothing"; told],
            "{word}"
        );
        assert!(
            intake.problems.iter().all(|problem| !problem.what.contains(word)),
            "{word}"
        );
    }
    for word in ["#Deleted", "#Error", "#Name?", "#Gelöscht", "#BEZUG"] {
        assert_eq!(
            errors(&format!("operation,user,name\nupdate,ann,{word}\n")),
            ["error-value"],
            "{word}"
        );
    }
    for word in ["[object Object]", "System.Object[]", "1.#QNAN", "(leer)", "?"] {
        let intake = intake(&format!("operation,user,surname\nupdate,ann,{word}\n"));
        assert_eq!(codes(&intake, Severity::Warning), ["word-for-nothing"], "{word}");
    }
    let groups = operations("operation,user,groups\nadd-to-groups,ann,#1 team; #sales\n");
    assert!(matches!(&groups[0], Operation::AddToGroups { groups, .. } if groups.len() == 2));
}

#[test]
fn a_word_for_all_groups_for_none_or_for_nobody_is_told_with_what_to_write() {
    let warned = |header: &str, cells: &str| {
        let intake = intake(&format!("operation,user,{header}\n{cells}\n"));
        assert_eq!(codes(&intake, Severity::Error), [""; 0], "{cells}");
        let told: Vec<String> = intake
            .problems
            .iter()
            .map(|problem| format!("{}: {}", problem.code, problem.help))
            .collect();
        told.join("\n")
    };
    for (header, cells, help) in [
        (
            "groups",
            "remove-from-groups,ann,all",
            "write `set-groups` as the operation and <clear>",
        ),
        (
            "groups",
            "remove-from-groups,ann,Alle",
            "write `set-groups` as the operation and <clear>",
        ),
        (
            "remove_groups",
            "remove-from-groups,ann,*",
            "write `set-groups` as the operation and <clear>",
        ),
        (
            "remove_groups",
            "update,ann,Todos",
            "write `set-groups` as the operation and <clear>",
        ),
        ("groups", "set-groups,ann,keine", "write <clear> if none"),
        ("groups", "set-groups,ann,NULL", "write <clear> if none"),
        ("like", "add-to-groups,ann,none", "leave the row out"),
        ("like", "add-licenses,ann,same", "leave the row out"),
        ("like", "add-licenses,ann,-", "leave the row out"),
        (
            "licenses,like",
            "add-licenses,ann,ATTUNU,none",
            "leave the cell empty if the row is to be like nobody",
        ),
    ] {
        let told = warned(header, cells);
        assert!(
            told.starts_with("word-for-nothing: ") && told.contains(help) && !told.contains('\n'),
            "{cells}: {told}"
        );
    }
    for (header, cells) in [
        ("groups", "remove-from-groups,ann,All Users; Alle Mitarbeiter"),
        ("groups", "remove-from-groups,ann,\"All; Finance\""),
        ("groups", "add-to-groups,ann,All"),
        ("groups", "set-groups,ann,<clear>"),
        ("groups", "set-groups,ann,No Code"),
        ("like", "add-licenses,ann,nora"),
    ] {
        assert_eq!(warned(header, cells), "", "{cells}");
    }
}

#[test]
fn a_control_character_that_is_left_of_a_letter_is_told_and_one_that_ends_a_line_is_not() {
    let warned = |header: &str, cell: &str| {
        let intake = intake(&format!("operation,email,{header}\ninvite,ann@x.example,{cell}\n"));
        let told: Vec<String> = intake
            .problems
            .iter()
            .map(|problem| format!("{}: {}", problem.code, problem.what))
            .collect();
        told.join("\n")
    };
    for (header, cell, said) in [
        ("surname", "\u{8a}koda", "`koda` has a control character, U+008A"),
        ("surname", "Ann\u{1b}[0m", "U+001B"),
        ("groups", "M\u{81}ller", "U+0081"),
        ("surname", "Å\u{81}ukasz", "would be `Łukasz`"),
    ] {
        let told = warned(header, cell);
        assert!(
            told.starts_with("doubtful-encoding: ") && told.contains(said) && !told.contains('\n'),
            "{told}"
        );
    }
    for (header, cell) in [
        ("groups", "Finance\u{85}HR"),
        ("surname", "Lee\u{1a}"),
        ("note", "x\u{1b}[0m"),
    ] {
        assert_eq!(warned(header, cell), "", "{cell:?}");
    }
}

#[test]
fn the_code_of_a_country_is_told_with_the_language() {
    let warned = |cell: &str| {
        let intake = intake(&format!("operation,email,language\ninvite,ann@x.example,{cell}\n"));
        let told: Vec<String> = intake
            .problems
            .iter()
            .map(|problem| format!("{:?} {}", problem.severity, problem.help))
            .collect();
        told.join("\n")
    };
    for (cell, language) in [("jp", "ja"), ("CZ", "cs"), ("dk", "da"), ("gr", "el")] {
        assert_eq!(warned(cell), format!("Warning write {language}"));
    }
    for cell in ["ja", "de", "pt-BR", "uk", "se", "zh-CN", "en-US", "be"] {
        assert_eq!(warned(cell), "", "{cell}");
    }
}

#[test]
fn several_people_in_one_line_are_told_to_be_written_one_a_row() {
    for text in [
        "To\nAnna Berg <a@x.example>; Bram Okafor <b@x.example>\n",
        "An:\na@x.example; b@x.example; c@x.example\n",
        "a@x.example; b@x.example; c@x.example\n",
        "email\na@x.example; b@x.example; c@x.example\n",
    ] {
        let intake = intake_with(
            text,
            &Options {
                operation: Some(OperationKind::Invite),
                ..Options::default()
            },
        );
        let help = &intake.problems.iter().next().unwrap().help;
        assert!(help.contains("write one person a row"), "{text}: {help}");
    }
    for (text, advice) in [
        ("Old,New\na@x.example,b@x.example\n", "--map"),
        (
            "a@x.example;b@x.example\nc@x.example;d@x.example\n",
            "put a row of headers above",
        ),
        ("To\na@x.example\nb@x.example\n", "--map \"To=email\""),
        ("email\na@x.example;Finance\n", "double quotes"),
    ] {
        let intake = intake(text);
        let help = &intake.problems.iter().next().unwrap().help;
        assert!(help.contains(advice), "{text}: {help}");
    }
}

#[test]
fn how_many_seats_a_group_may_take_is_told_to_stand_in_its_own_column() {
    let help = |operation: &str, cell: &str| {
        let intake = intake(&format!("operation,user,group,licenses\n{operation},{cell}\n"));
        intake.problems.iter().next().unwrap().help.clone()
    };
    for cell in ["ATTUNU=10", "ATTUNU (10)", "ATTUNU: 10; TSTNU: 5"] {
        let help = help("set-group-licenses", &format!(",Finance,{cell}"));
        assert!(help.contains("stands in a column `quotas`"), "{cell}: {help}");
    }
    for (operation, cell) in [
        ("set-group-licenses", ",Finance,ATUNU"),
        ("set-licenses", "ann,,ATTUNU=10"),
    ] {
        assert!(!help(operation, cell).contains("quotas"), "{cell}");
    }
}

#[test]
fn two_addresses_of_a_move_in_one_cell_are_told_where_they_belong() {
    let intake = intake("operation,user,new_email\nmigrate,ann@old.example -> ann@new.example,\n");
    let told = intake
        .problems
        .iter()
        .find(|problem| problem.code.as_str() == "several-in-one-cell");
    assert!(told.unwrap().help.contains("the new one into `new_email`"), "{told:?}");
}

#[test]
fn a_heading_among_the_rows_is_no_row_that_misses_somebody() {
    let inviting = Options {
        operation: Some(OperationKind::Invite),
        ..Options::default()
    };
    for (text, code) in [
        (
            "Name,E-Mail,Team\nAnn,ann@x.example,HR\nPlease remove:,,\nEve,eve@x.example,HR\n",
            "line-of-text",
        ),
        (
            "Team,E-Mail\nHR,ann@x.example\nBitte löschen：,\nHR,eve@x.example\n",
            "line-of-text",
        ),
        (
            "Name,E-Mail\nAnn,ann@x.example\nLEAVERS,\nEve,eve@x.example\n",
            "line-of-text",
        ),
        ("Name,E-Mail\nAnn,ann@x.example\nEve,\n", "missing-cell"),
    ] {
        let intake = intake_with(text, &inviting);
        assert_eq!(codes(&intake, Severity::Error), [code], "{text}");
        assert_eq!(intake.refused.len(), 1, "{text}");
    }
}

#[test]
fn a_table_that_lies_on_its_side_is_told_to_be_turned() {
    for text in [
        "email,ann@x.example,bob@x.example\nname,Ann,Bob\nsurname,Berg,Okafor\n",
        "Access request,\nName,Ann\nE-Mail,ann@x.example\n",
    ] {
        let intake = intake(text);
        assert_eq!(codes(&intake, Severity::Error), ["no-header"], "{text}");
        let help = &intake.problems.iter().next().unwrap().help;
        assert!(help.contains("Transpose"), "{help}");
    }
    for text in [
        "operation,email,ask hr@x.example\ndelete,ann@x.example,\n",
        "operation,user,note\ndelete,name,ann@x.example\n",
    ] {
        assert_eq!(errors(text), [""; 0], "{text}");
    }
}

#[test]
fn addresses_groups_and_lists_in_the_form_of_another_program_are_told_with_what_to_write() {
    let told = |operation: &str, header: &str, cell: &str| {
        let rest = if header == "groups" { "user,groups" } else { header };
        let before = if header == "groups" { "ann," } else { "" };
        let cell = cell.replace('"', "\"\"");
        let intake = intake(&format!("operation,{rest}\n{operation},{before}\"{cell}\"\n"));
        let told: Vec<String> = intake
            .problems
            .iter()
            .map(|problem| format!("{}: {}", problem.code, problem.help))
            .collect();
        told.join("\n")
    };
    for cell in [
        "i:0#.f|membership|ann@x.example",
        "12;#Ann Berg;#ann@x.example",
        "SMTP:ann@x.example",
        "Ann Berg (ann@x.example)",
        "ann@x.example (external)",
        "[ann@x.example](mailto:ann@x.example)",
    ] {
        for (operation, header) in [("invite", "email"), ("offboard", "user"), ("add-licenses", "user")] {
            let told = told(operation, header, cell);
            assert!(
                told.contains("bad-email: write `ann@x.example` alone, if that is the address that is meant"),
                "{cell}: {told}"
            );
        }
    }
    for (operation, header, cell, expected) in [
        (
            "offboard",
            "user",
            "Approved by: ann@x.example",
            "bad-email: write one address",
        ),
        (
            "add-to-groups",
            "groups",
            "CN=Finance,OU=Groups,DC=x,DC=example;CN=HR,OU=Groups,DC=x,DC=example",
            "directory-name: write what follows `CN=`: Finance; HR",
        ),
        (
            "release-lease",
            "group,user",
            "CN=Finance,OU=Groups,DC=x",
            "directory-name: write what follows `CN=`: Finance",
        ),
        (
            "offboard",
            "user",
            "CN=Ann Berg,OU=People,DC=x",
            "directory-name: write the address or the user name of `Ann Berg`",
        ),
        (
            "set-groups",
            "groups",
            "['Finance', 'HR']",
            "list-quote: write the items alone, parted by `;`: Finance; HR",
        ),
        (
            "add-to-groups",
            "groups",
            "[\"Finance\",\"HR\"]",
            "list-quote: write the items alone, parted by `;`: Finance; HR",
        ),
    ] {
        let told = told(operation, header, cell);
        assert!(told.starts_with(expected), "{cell}: {told}");
    }
    assert_eq!(
        errors("operation,user,licenses\nset-licenses,ann,\"{ATTUNU, RPADEVNU}\"\n"),
        ["list-quote"]
    );
    for cell in ["[EU] Finance", "[Finance]", "Finance; HR", "Team A=B", "Sales, HR"] {
        assert_eq!(told("add-to-groups", "groups", cell), "", "{cell}");
    }
    for cell in [
        "mailto:ann@x.example",
        "Ann Berg <ann@x.example>",
        "CORP\\ann",
        "Ann Berg",
    ] {
        assert_eq!(told("offboard", "user", cell), "", "{cell}");
    }
}

#[test]
fn an_item_of_a_list_may_be_an_error_or_nothing_as_a_whole_cell_may() {
    let list = |kind: &str, column: &str, cell: &str| {
        let intake = intake(&format!(
            "operation,user,{column}\n{kind},ann,{cell}\n{kind},bob,{cell}\n"
        ));
        let told = intake
            .problems
            .iter()
            .map(|problem| problem.code.as_str())
            .collect::<Vec<_>>();
        (told, intake.rows.len())
    };
    for (kind, column, one) in [
        ("add-to-groups", "groups", "Finance"),
        ("remove-from-groups", "group", "Finance"),
        ("add-licenses", "licenses", "ATTUNU"),
    ] {
        assert_eq!(
            list(kind, column, &format!("{one}; #N/A")),
            (vec!["error-value"], 0),
            "{column}"
        );
        assert_eq!(list(kind, column, "#N/A"), (vec!["error-value"], 0), "{column}");
    }
    for cell in ["Finance; nan", "NULL", "-; Finance"] {
        assert_eq!(
            list("add-to-groups", "groups", cell),
            (vec!["word-for-nothing"], 2),
            "{cell}"
        );
    }
    assert_eq!(
        list("add-licenses", "licenses", "ATTUNU; nan").0,
        ["unknown-bundle-code"]
    );
    // What is in quotes is meant.
    let quoted = "\"\"\"#VIP!\"\"; \"\"NULL\"\"\"";
    assert_eq!(list("add-to-groups", "groups", quoted), (vec![], 2));
    let intake = intake("operation,group,licenses\nset-group-licenses,#VIP!,ATTUNU\n");
    let help = &intake.problems.iter().next().unwrap().help;
    assert!(
        help.contains("GUID"),
        "a name that looks like an error has another: {help}"
    );
}

#[test]
fn who_means_nothing_is_told_at_once_what_to_write() {
    let told = |kind: &str, column: &str, cell: &str| {
        let text = format!("operation,user,group,{column}\n{kind},ann@x.example,Finance,{cell}\n");
        let problems = intake(&text).problems;
        let of_the_cell = problems.iter().find(|problem| problem.location.column.is_some());
        of_the_cell.map(|problem| problem.help.clone()).unwrap_or_default()
    };
    for word in [
        "-", "NULL", "none", "No", "0", "NA", "Keine", "aucune", "ninguna", "não", "geen", "brak", "なし", "N.A.",
    ] {
        for (kind, column, advice) in [
            ("set-licenses", "licenses", "if none is meant, write `release-licenses`"),
            ("remove-licenses", "licenses", "leave the row out, or write `ignore`"),
            ("add-licenses", "licenses", "leave the row out, or write `ignore`"),
            (
                "set-group-licenses",
                "licenses",
                "if none is meant, write `clear-group-licenses`",
            ),
            ("invite", "licenses", "leave the cell empty if nothing is meant"),
            (
                "set-licenses",
                "licenses,unless_changed_from",
                "write <none> if there was nothing",
            ),
        ] {
            let cell = if column.contains("changed") {
                format!("ATTUNU,{word}")
            } else {
                word.to_owned()
            };
            let help = told(kind, column, &cell);
            assert!(help.starts_with(advice), "{kind} {word}: {help}");
        }
    }
    // A group may be called so, and the row runs.
    for (kind, advice) in [
        ("set-groups", "write <clear> if none but Everyone is meant"),
        ("add-to-groups", "leave the row out, or write `ignore`"),
        ("update", "leave the cell empty if nothing is meant"),
    ] {
        let help = told(kind, "name,groups", "Ann,-");
        assert!(help.starts_with(advice), "{kind}: {help}");
    }
    let help = told("migrate", "new_email,licenses", "ann@y.example,-");
    assert!(
        help.starts_with("leave the cell empty if what the old account has"),
        "{help}"
    );
    let help = told("add-licenses", "licenses", "ATTUNU; none");
    assert!(help.starts_with("leave it out if no licence is meant; else "), "{help}");
}

#[test]
fn who_writes_a_remark_for_a_name_or_a_word_for_everything_is_told_what_to_write() {
    for word in [
        "keep",
        "same",
        "unchanged",
        "tbd",
        "TBD",
        "none",
        "dito",
        "unverändert",
        "N.N.",
        "unknown",
        "unbekannt",
    ] {
        let told = warnings(&format!("operation,user,name,surname\nupdate,ann,{word},Lee\n"));
        assert_eq!(told, ["word-for-nothing"], "{word}");
    }
    let help = |text: &str| {
        let problems = intake(text).problems;
        problems.iter().map(|problem| problem.help.clone()).collect::<String>()
    };
    for word in ["all", "Alle", "*"] {
        let help = help(&format!("operation,user,licenses\nremove-licenses,ann,{word}\n"));
        assert!(
            help.starts_with("to take all away, write `release-licenses`"),
            "{word}: {help}"
        );
    }
    assert_eq!(
        help("operation,user,unless_used_since\ndelete,ann,never\n"),
        "leave the cell empty for somebody who never signed in"
    );
    assert!(help("operation,group,licenses,quotas\nset-group-licenses,HR,ATTUNU,unlimited\n").contains("<clear>"));
}

#[test]
fn a_word_for_nothing_is_read_as_it_is_written_and_warned_of_once() {
    for word in ["NULL", "nan", "\\N", "None", "<NA>", "n/a", "-", "[]"] {
        let text = format!("operation,user,name,surname\nupdate,ann,{word},Lee\nupdate,bob,{word},Ray\n");
        let intake = intake(&text);
        let told: Vec<_> = intake.problems.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!(told, ["word-for-nothing"], "{word}");
        assert_eq!(intake.problems.warnings(), 2);
        let Operation::Update(change) = &intake.rows[0].operation else {
            panic!("{word}");
        };
        assert!(
            matches!(&change.profile.name, Field::Set(name) if name.as_ref() == word),
            "{word}"
        );
    }
    // Where it cannot stand, that is the error; somebody has to be named, though.
    let refused = intake("operation,email\ninvite,NULL\n");
    assert!(refused.problems.iter().all(|problem| !problem.help.contains("empty")));
    // People are called so.
    assert_eq!(
        warnings("operation,user,surname\nupdate,ann,Null\nupdate,bob,Nan\n"),
        [""; 0]
    );
    // An error that shows the word is enough.
    for (header, cell) in [
        ("email", "NULL"),
        ("user,active", "ann,nan"),
        ("user,licenses", "ann,NULL"),
    ] {
        let kind = match header {
            "email" => "invite",
            "user,active" => "update",
            _ => "add-licenses",
        };
        let text = format!("operation,{header}\n{kind},{cell}\n");
        assert_eq!((errors(&text).len(), warnings(&text)), (1, vec![]), "{text}");
    }
}

#[test]
fn a_yes_or_a_no_about_the_old_account_is_told_the_word_for_it() {
    for (cell, help) in [
        ("ja", "write accepted, which"),
        ("nein", "write never, which leaves it"),
        ("later", "write accepted, invited or never"),
    ] {
        let told = intake(&format!(
            "Alte E-Mail,Neue E-Mail,Altes Konto löschen\nann@x.example,ann@y.example,{cell}\n"
        ));
        let problem = told.problems.iter().next().unwrap();
        assert!(
            problem.code.as_str() == "bad-delete-when" && problem.help.starts_with(help),
            "{problem:?}"
        );
    }
}

#[test]
fn a_sheet_without_rows_is_an_error_unless_its_rows_were_left_out_on_purpose() {
    assert_eq!(errors("operation,user\n"), ["no-rows"]);
    assert_eq!(errors("operation,user\nignore,ann\n"), [] as [&str; 0]);
}

#[test]
fn a_header_that_cannot_be_used_is_an_error() {
    assert_eq!(
        errors("operation,email,mail\ndelete,a@x.example,b@x.example\n"),
        ["two-headers"]
    );
    assert_eq!(errors("colour,size\nred,9\n"), ["no-header"]);
    let mapped = Options {
        map: vec![("Work e-mail".into(), "user".into())],
        ..Options::default()
    };
    assert_eq!(
        intake_with("operation,Work E-Mail\ndelete,ann\n", &mapped).rows.len(),
        1
    );
    let wrong = Options {
        map: vec![("Work e-mail".into(), "usr".into())],
        ..Options::default()
    };
    let told = intake_with("operation,user\ndelete,ann\n", &wrong);
    assert_eq!(codes(&told, Severity::Error), ["unknown-column"]);
}

#[test]
fn of_two_headers_for_one_column_one_can_be_left_out_and_remarks_may_be_many() {
    let text = "operation,user,note,account,remark\ndelete,ann,a,annlee,b\n";
    let told = intake(text);
    assert_eq!(codes(&told, Severity::Error), ["two-headers"]);
    let help = &told.problems.iter().next().unwrap().help;
    let Some((_, mapping)) = help.split_once("--map \"account=") else {
        panic!("{help}");
    };
    let column = mapping.split('"').next().unwrap();
    let options = Options {
        map: vec![("account".to_owned(), column.to_owned())],
        ..Options::default()
    };
    assert_eq!(intake_with(text, &options).problems.errors(), 0);
}

#[test]
fn of_headers_for_one_column_the_one_that_was_mapped_is_kept_and_lists_lose_nothing() {
    let help = |text: &str, map: &[(&str, &str)]| {
        let mapped = map
            .iter()
            .map(|(header, column)| ((*header).to_owned(), (*column).to_owned()));
        let options = Options {
            map: mapped.collect(),
            operation: Some(OperationKind::AddToGroups),
            ..Options::default()
        };
        let intake = intake_with(text, &options);
        let mut told = intake
            .problems
            .iter()
            .filter(|problem| problem.code.as_str() == "two-headers");
        let help = told.next().map(|problem| problem.help.clone()).unwrap_or_default();
        assert_eq!(told.count(), 0, "one cause is told once: {text}");
        help
    };
    let dates = "user,groups,Hire Date,Termination Date\nann,HR,2020-01-01,2026-12-31\n";
    let ends = ("Termination Date", "not_before");
    assert_eq!(
        help(dates, &[ends]),
        "keep one of them; --map \"Hire Date=note\" leaves the other out"
    );
    assert_eq!(help(dates, &[ends, ("Hire Date", "note")]), "");
    let mapped = help(
        "user,groups,From,To\nann,HR,,\n",
        &[("From", "not_before"), ("To", "not_before")],
    );
    assert_eq!(mapped, "map one of them alone");
    for (header, list, one) in [
        (
            "Groups,Groups",
            "groups",
            "keep one of them, or rename the other to `note`",
        ),
        (
            "Group,Group,Group",
            "groups",
            "keep one of them, or rename the others to `note`",
        ),
        (
            "License,Licences,Bundles",
            "licenses",
            "keep one of them; --map \"Licences=note\" --map \"Bundles=note\" leaves the others out",
        ),
    ] {
        let help = help(&format!("user,{header}\nann,HR,IT,\n"), &[]);
        assert_eq!(
            help,
            format!("if all of them are meant, write their cells into one column, `{list}`, parted by `;`; else {one}")
        );
    }
}

#[test]
fn a_problem_names_row_column_and_mend() {
    let intake = intake("note,operation,Licences,User\n\nx,add-licenses,ATUNU,ann\n");
    let problem = intake.problems.iter().next().unwrap();
    assert_eq!(problem.location.to_string(), "row 3, column Licences (column C)");
    assert!(problem.help.contains("ATTUNU"), "{problem:?}");
    let refused = &intake.refused[0];
    assert_eq!((refused.user.as_str(), refused.place.row), ("ann", 3));
    assert!(refused.message.contains("ATUNU"));
    assert_eq!(intake.unknown_codes, ["ATUNU"]);
}

#[test]
fn what_the_deployment_does_not_offer_is_refused_with_the_reason() {
    let suite = Options {
        capabilities: Deployment::AutomationSuite.capabilities(),
        present_licenses: PresentLicenses::Unreadable,
        ..Options::default()
    };
    let not_yet_known = Options {
        present_licenses: PresentLicenses::ToBeFoundOut,
        ..suite.clone()
    };
    for (row, offered) in [
        ("add-licenses,ann,,ATTUNU,,", false),
        ("remove-licenses,ann,,ATTUNU,,", false),
        ("release-licenses,ann,,,,", false),
        ("migrate,ann,ann@y.example,,,", false),
        ("migrate,ann,ann@y.example,ATTUNU,,", true),
        ("set-licenses,ann,,ATTUNU,,", true),
        ("block-licenses,ann,,,,", true),
        ("set-group-licenses,,,ATTUNU,ATTUNU=3,Finance", false),
        ("set-group-licenses,,,ATTUNU,,Finance", true),
    ] {
        let text = format!("operation,user,new_email,licenses,quotas,group\n{row}\n");
        let intake = intake_with(&text, &suite);
        let expected: &[&str] = if offered { &[] } else { &["not-offered"] };
        assert_eq!(codes(&intake, Severity::Error), expected, "{row}");
        if !row.starts_with("set-group") {
            let intake = intake_with(&text, &not_yet_known);
            assert_eq!(codes(&intake, Severity::Warning), expected, "{row}");
            assert_eq!(intake.rows.len(), 1, "{row}");
        }
        assert_eq!(self::intake(&text).rows.len(), 1, "{row}");
    }
    assert!(Capabilities::default().portal);
}

#[test]
fn codes_of_the_organization_are_known_once_it_was_asked() {
    let text = "operation,user,licenses\nadd-licenses,ann,newnu\n";
    let asked = Options {
        catalogue: Catalogue::default().with_codes([BundleCode::new("NEWNU")], "the organization"),
        ..Options::default()
    };
    assert_eq!(intake(text).unknown_codes, ["newnu"]);
    assert_eq!(intake_with(text, &asked).rows.len(), 1);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of every contradiction")]
fn rows_that_contradict_each_other_are_both_named_and_neither_runs() {
    let header = "operation,user,new_email,groups,remove_groups,licenses,name,group,external_license\n";
    for (one, other, code) in [
        (
            "set-licenses,ann,,,,ATTUNU,,,",
            "set-licenses,ANN,,,,TSTNU,,,",
            "different-licenses",
        ),
        (
            "set-licenses,ann,,,,ATTUNU,,,yes",
            "set-licenses,ann,,,,ATTUNU,,,no",
            "different-licenses",
        ),
        (
            "set-licenses,ann,,,,ATTUNU,,,",
            "block-licenses,ann,,,,,,,",
            "different-licenses",
        ),
        (
            "set-licenses,ann,,,,ATTUNU,,,",
            "release-licenses,ann,,,,,,,",
            "different-licenses",
        ),
        (
            "release-licenses,ann,,,,,,,",
            "block-licenses,ann,,,,,,,",
            "different-licenses",
        ),
        (
            "invite,ann@x.example,,,,,,,",
            "invite,Ann@x.example,,Finance,,,,,",
            "address-twice",
        ),
        (
            "invite,ann@x.example,,,,,,,",
            "create,ann@x.example,,,,,,,",
            "address-twice",
        ),
        (
            "invite,ann@x.example,,,,,,,",
            "migrate,bob,ann@x.example,,,,,,",
            "address-twice",
        ),
        (
            "migrate,ann,c@x.example,,,,,,",
            "migrate,bob,c@x.example,,,,,,",
            "address-twice",
        ),
        (
            "migrate,ann,c@x.example,,,,,,",
            "migrate,ann,d@x.example,,,,,,",
            "migrate-twice",
        ),
        (
            "migrate,ann,c@x.example,,,,,,",
            "delete,ann,,,,,,,",
            "migrate-and-delete",
        ),
        (
            "delete,ann,,,,,,,",
            "migrate,ann,c@x.example,,,,,,",
            "migrate-and-delete",
        ),
        (
            "migrate,ann,c@x.example,,,,,,",
            "migrate,c@x.example,d@x.example,,,,,,",
            "made-and-left",
        ),
        (
            "invite,ann@x.example,,,,,,,",
            "delete,ann@x.example,,,,,,,",
            "made-and-deleted",
        ),
        (
            "delete,ann@x.example,,,,,,,",
            "invite,ann@x.example,,,,,,,",
            "made-and-deleted",
        ),
        ("delete,ann,,,,,,,", "update,ann,,,,,Ann,,", "work-after-delete"),
        (
            "delete,ann,,,,,,,",
            "add-to-groups,ann,,Finance,,,,,",
            "work-after-delete",
        ),
        (
            "delete,ann,,,,,,,",
            "set-licenses,ann,,,,ATTUNU,,,",
            "work-after-delete",
        ),
        (
            "delete,ann,,,,,,,",
            "add-licenses,ann,,,,ATTUNU,,,",
            "work-after-delete",
        ),
        (
            "add-to-groups,ann,,Finance; HR,,,,,",
            "remove-from-groups,ann,,hr,,,,,",
            "joins-and-leaves",
        ),
        (
            "update,ann,,,Finance,,,,",
            "add-to-groups,ann,,Finance,,,,,",
            "joins-and-leaves",
        ),
        (
            "invite,ann@x.example,,Finance,,,,,",
            "remove-from-groups,ann@x.example,,Finance,,,,,",
            "joins-and-leaves",
        ),
        (
            "add-licenses,ann,,,,ATTUNU,,,",
            "remove-licenses,ann,,,,TSTNU; ATTUNU,,,",
            "given-and-taken",
        ),
        ("update,ann,,,,,Ann,,", "update,ann,,,,,Anne,,", "different-values"),
        (
            "set-group-licenses,,,,,ATTUNU,,Finance,",
            "set-group-licenses,,,,,TSTNU,,FINANCE,",
            "two-rules",
        ),
    ] {
        let text = format!("{header}{one}\nadd-to-groups,zoe,,Other,,,,,\n{other}\n");
        let intake = intake(&text);
        assert_eq!(codes(&intake, Severity::Error), [code], "{text} {:?}", intake.problems);
        let problem = intake
            .problems
            .iter()
            .find(|problem| problem.severity == Severity::Error)
            .unwrap();
        assert_eq!(problem.location.rows.first(), Some(4), "{text}");
        assert!(problem.what.contains("row 2"), "{problem:?}");
        assert_eq!(intake.rows.len(), 1, "{text}");
        let refused: Vec<_> = intake
            .refused
            .iter()
            .map(|row| (row.place.row, row.code.as_str(), row.status))
            .collect();
        assert_eq!(
            refused,
            [(2, code, Status::Invalid), (4, code, Status::Invalid)],
            "{text}"
        );
    }
}

#[test]
fn rows_that_go_together_are_not_called_contradictions() {
    let header = "operation,user,new_email,groups,remove_groups,licenses,name,group\n";
    for rows in [
        "add-to-groups,ann,,Finance,,,,\nremove-from-groups,ann,,HR,,,,\n",
        "remove-licenses,ann,,,,ATTUNU,,\ndelete,ann,,,,,,\n",
        "update,ann,,,,,Ann,\nupdate,ann,,Finance,,,,\n",
        "update,ann,,,,,Ann,\nupdate,ann,,Finance,,,Ann,\n",
        "invite,ann@x.example,,,,,,\nadd-to-groups,ann@x.example,,Finance,,,,\n",
        "migrate,ann,c@x.example,,,,,\nadd-licenses,c@x.example,,,,ATTUNU,,\n",
        "add-licenses,ann,,,,ATTUNU,,\nremove-licenses,ann,,,,TSTNU,,\n",
        "set-licenses,ann,,,,ATTUNU,,\nset-licenses,bob,,,,TSTNU,,\n",
        "delete,ann,,,,,,\ndelete,annabel,,,,,,\n",
        "set-group-licenses,,,,,ATTUNU,,Finance\nset-group-licenses,,,,,ATTUNU,,HR\n",
    ] {
        assert_eq!(errors(&format!("{header}{rows}")), [] as [&str; 0], "{rows}");
    }
    for (rows, code) in [
        (
            "set-licenses,ann,,,,ATTUNU,,\nadd-licenses,ann,,,,TSTNU,,\n",
            "licenses-in-order",
        ),
        (
            "migrate,ann,c@x.example,,,,,\nupdate,ann,,,,,Ann,\n",
            "work-after-migrate",
        ),
    ] {
        let text = format!("{header}{rows}");
        assert_eq!((errors(&text), warnings(&text)), (vec![], vec![code]), "{rows}");
    }
}

#[test]
fn who_is_deactivated_by_one_row_and_given_more_by_another_is_told() {
    let header = "operation,user,active,groups,remove_groups,licenses\n";
    for more in ["add-licenses,ann,,,,ATTUNU", "add-to-groups,ann,,Finance,,"] {
        for less in ["update,ann,no,,,", "update,Ann,no,,HR,"] {
            for rows in [format!("{more}\n{less}\n"), format!("{less}\n{more}\n")] {
                let text = format!("{header}{rows}");
                assert_eq!(
                    (errors(&text), warnings(&text)),
                    (vec![], vec!["given-and-deactivated"]),
                    "{rows}"
                );
            }
        }
    }
    for rows in [
        "update,ann,no,,,\nremove-licenses,ann,,,,ATTUNU\n",
        "update,ann,no,,,\nset-licenses,ann,,,,ATTUNU\n",
        "update,ann,no,,,\nset-groups,ann,,Finance,,\n",
        "update,ann,no,Parked,,\n",
        "update,ann,no,,,\nadd-licenses,bob,,,,ATTUNU\n",
        "update,ann,no,,,\nremove-from-groups,ann,,HR,,\n",
    ] {
        let text = format!("{header}{rows}");
        assert_eq!((errors(&text), warnings(&text)), (vec![], vec![]), "{rows}");
    }
    let again = format!("{header}update,ann,no,,,\nupdate,ANN,no,,,\n");
    assert_eq!(errors(&again), ["duplicate-row"]);
    let gone = format!("{header}delete,ann,,,,\nupdate,ann,no,,,\n");
    assert_eq!(errors(&gone), ["work-after-delete"]);
}

#[test]
fn somebody_to_be_like_is_read_where_an_operation_copies_and_may_stand_alone() {
    for (row, expected) in [
        ("invite,ann@x.example,,,bob@x.example", "bob@x.example"),
        ("create,ann@x.example,,,Bob Lee <bob@x.example>", "bob@x.example"),
        ("add-to-groups,ann@x.example,,,bob", "bob"),
        (
            "add-licenses,ann@x.example,,,{5A3F0F0E-0D7A-4C2B-9F0E-3B1F6A2C9D11}",
            "5a3f0f0e-0d7a-4c2b-9f0e-3b1f6a2c9d11",
        ),
    ] {
        let intake = intake(&format!("operation,user,groups,licenses,Same as\n{row}\n"));
        assert_eq!(intake.problems.errors(), 0, "{row} {:?}", intake.problems);
        let like = intake.rows[0].operation.like().unwrap();
        assert_eq!(like.to_string(), expected, "{row}");
    }
    let not_used = "operation,user,groups,like\nremove-from-groups,ann,HR,bob\n";
    assert_eq!(warnings(not_used), ["cell-not-used"]);
    let several = "operation,user,like\nadd-to-groups,ann,bob@x.example; cy@x.example\n";
    assert_eq!(errors(several), ["several-in-one-cell"]);
}

#[test]
fn nobody_is_to_be_like_somebody_whom_another_row_makes_like_somebody_else() {
    let header = "operation,user,groups,like\n";
    let (copy, copied) = ("add-to-groups,ann,,Ben", "add-licenses,ben,,Eve");
    for (one, other) in [(copy, copied), (copied, copy)] {
        let intake = intake(&format!("{header}{one}\n{other}\nignore,,,\n"));
        assert_eq!(codes(&intake, Severity::Error), ["like-chain"], "{one} {other}");
        assert!(intake.rows.is_empty(), "neither runs");
    }
    // Two who are like the same person, or one person twice, are no chain.
    for rows in [
        "add-to-groups,ann,,eve\nadd-to-groups,ben,,eve",
        "add-to-groups,ann,,eve\nadd-licenses,ann,,eve",
    ] {
        let intake = intake(&format!("{header}{rows}\n"));
        assert!(codes(&intake, Severity::Error).is_empty(), "{rows}");
    }
}

#[test]
fn nobody_is_to_be_like_itself_or_like_somebody_whose_account_another_row_makes() {
    for row in [
        "invite,,ann@x.example,ANN@x.example",
        "create,ann,ann.lee@x.example,ann.lee@x.example",
        "create,ann,ann.lee@x.example,Ann",
        "add-to-groups,ann,,ANN",
        "add-licenses,ann,,ann",
    ] {
        let (operation, rest) = row.split_once(',').unwrap();
        let header = if operation == "create" { "username" } else { "user" };
        let text = format!("operation,{header},email,like\n{operation},{rest}\n");
        assert_eq!(errors(&text), ["like-itself"], "{row}");
    }
    let header = "operation,user,new_email,groups,like\n";
    let copy = "add-to-groups,ann,,,New@x.example";
    for maker in [
        "invite,new@x.example,,HR,",
        "create,new@x.example,,HR,",
        "migrate,old@x.example,new@x.example,HR,",
    ] {
        for (one, other) in [(maker, copy), (copy, maker)] {
            let intake = intake(&format!("{header}{one}\n{other}\nignore,,,,\n"));
            assert_eq!(codes(&intake, Severity::Error), ["like-made-here"], "{one} {other}");
            let problem = intake.problems.iter().next().unwrap();
            assert_eq!(problem.location.rows.first(), Some(3), "{problem:?}");
            assert!(problem.what.contains("row 2"), "{problem:?}");
            assert!(intake.rows.is_empty(), "neither runs");
        }
    }
}

#[test]
fn rows_like_one_person_are_neither_equal_nor_contradictions_unless_all_is_equal() {
    let header = "operation,user,groups,licenses,like\n";
    for rows in [
        "invite,a@x.example,,,bob\ninvite,b@x.example,,,bob\ninvite,c@x.example,,,bob\n",
        "add-to-groups,ann,,,bob\nadd-licenses,ann,,,bob\n",
        "add-to-groups,ann,,,bob\nadd-to-groups,ann,,,cy\n",
        "add-to-groups,ann,,,bob\ndelete,bob,,,\n",
        "offboard,bob,,,\ninvite,a@x.example,,,bob\n",
        "add-to-groups,bob,HR,,\nadd-to-groups,ann,,,bob\nremove-from-groups,bob,Finance,,\n",
    ] {
        assert_eq!(errors(&format!("{header}{rows}")), [""; 0], "{rows}");
    }
    let equal = format!("{header}add-to-groups,ann,,,bob\nadd-to-groups,ANN,,,Bob\n");
    assert_eq!(errors(&equal), ["duplicate-row"]);
}

#[test]
fn a_newcomer_like_somebody_is_refused_where_nobody_can_say_what_that_one_holds() {
    let unreadable = Options {
        present_licenses: PresentLicenses::Unreadable,
        ..Options::default()
    };
    for (row, expected) in [
        ("invite,ann@x.example,bob", vec!["not-offered"]),
        ("create,ann@x.example,bob", vec!["not-offered"]),
        ("add-licenses,ann@x.example,bob", vec!["not-offered"]),
        ("add-to-groups,ann@x.example,bob", vec![]),
        ("invite,ann@x.example,", vec![]),
    ] {
        let intake = intake_with(&format!("operation,user,like\n{row}\n"), &unreadable);
        assert_eq!(codes(&intake, Severity::Error), expected, "{row}");
    }
}

#[test]
fn of_equal_rows_the_first_runs_and_each_has_a_key_of_its_own() {
    let text = "operation,user,note\nDelete,ann@x.example,first\ndelete,bob,\ndelete, ANN@x.example ,again\ndelete,ann@x.example,\n";
    let intake = intake(text);
    assert_eq!(codes(&intake, Severity::Error), ["duplicate-row"]);
    assert_eq!(intake.problems.errors(), 2);
    assert_eq!(intake.rows.iter().map(|row| row.place.row).collect::<Vec<_>>(), [2, 3]);
    let refused: Vec<_> = intake.refused.iter().map(|row| (row.place.row, row.status)).collect();
    assert_eq!(refused, [(4, Status::Duplicate), (5, Status::Duplicate)]);
    let keys: BTreeSet<_> = intake
        .rows
        .iter()
        .map(|row| row.key)
        .chain(intake.refused.iter().map(|row| row.key))
        .collect();
    assert_eq!(keys.len(), 4);
    assert_eq!(intake.refused[0].key, intake.rows[0].key.repeated(1));
}

#[test]
fn invalid_rows_have_keys_of_their_own_too() {
    let intake = intake("operation,user\ndelet,ann\ndelet,ann\ndelet,bob\n");
    let keys: BTreeSet<_> = intake.refused.iter().map(|row| row.key).collect();
    assert_eq!(keys.len(), 3);
}

#[test]
fn equal_rows_are_told_even_if_none_of_them_can_run() {
    let text = "operation,user,licenses,note\nadd-licenses,ann,ATUNU,one\nadd-licenses,bob,ATUNU,\nAdd-Licenses,ANN,atunu,two\n";
    let intake = intake(text);
    assert_eq!(
        codes(&intake, Severity::Error),
        ["unknown-bundle-code", "unknown-bundle-code", "duplicate-row"]
    );
    let told = intake.problems.iter().last().unwrap();
    assert_eq!(told.location.to_string(), "row 4");
    assert!(told.what.contains("row 2"), "{told:?}");
    // Of whom these are is not known.
    assert!(!errors("operation,user\ndelete,#N/A\ndelete,#N/A\n").contains(&"duplicate-row"));
    assert!(!errors("operation,user,groups\nadd-to-groups,,HR\nadd-to-groups,,HR\n").contains(&"duplicate-row"));
}

fn keys(text: &str) -> BTreeSet<String> {
    intake(text).rows.iter().map(|row| row.key.to_string()).collect()
}

#[test]
fn a_key_is_made_of_what_a_row_means_and_of_nothing_else() {
    let plain = keys("operation,user,groups,note\nadd-to-groups,ann@x.example,Finance; HR,one\n");
    for same in [
        "groups,operation,user\n\"hr, FINANCE, hr\",Add to groups, Ann@X.example \n",
        "E-mail;Group membership;Action\nmailto:ann@x.example;finance|hr;ADD_TO_GROUP\n",
        "\n\noperation,user,groups,reseat_status,name\nadd-to-groups,ann@x.example,Finance; HR,failed,Ann\n",
    ] {
        assert_eq!(keys(same), plain, "{same}");
    }
    for other in [
        "operation,user,groups\nadd-to-groups,ann@x.example,Finance\n",
        "operation,user,groups\nremove-from-groups,ann@x.example,Finance; HR\n",
        "operation,user,groups\nadd-to-groups,bob@x.example,Finance; HR\n",
    ] {
        assert_ne!(keys(other), plain, "{other}");
    }
    let migrate = "operation,user,new_email,delete_when\nmigrate,ann@x.example,ann@y.example,";
    assert_eq!(keys(&format!("{migrate}\n")), keys(&format!("{migrate}accepted\n")));
    assert_ne!(keys(&format!("{migrate}\n")), keys(&format!("{migrate}never\n")));
    let guid = "0F8FAD5B-D9CB-469F-A165-70867728950E";
    assert_eq!(
        keys(&format!("operation,user\ndelete,{guid}\n")),
        keys(&format!("operation,user\ndelete,{{{}}}\n", guid.to_lowercase()))
    );
    let secret = |password: &str| keys(&format!("operation,user,password\nupdate,ann,{password}\n"));
    assert_ne!(secret("one"), secret("two"));
}

/// Columns that operations have taken later than the keys below were made, and that their rows leave empty: a new column
/// must not change a key.
const NEWER_COLUMNS: &[(OperationKind, Column)] = &[(OperationKind::Invite, Column::Active)];
/// The same for every operation.
const NEWER_COLUMNS_OF_ALL: &[Column] = &[
    Column::Like,
    Column::UserId,
    Column::UnlessUsedSince,
    Column::UnlessChangedFrom,
];

/// The keys are in results files that people keep: a row whose key changes is run a second time.
#[test]
fn the_keys_of_existing_results_files_stay_as_they_are() {
    let mut found: Vec<String> = Vec::new();
    for kind in OperationKind::iter() {
        let mut columns = takes(kind).to_vec();
        columns.retain(|column| !NEWER_COLUMNS.contains(&(kind, *column)) && !NEWER_COLUMNS_OF_ALL.contains(column));
        let intake = intake_with(&sheet(kind, &columns), &with_first_addresses());
        found.push(format!("{kind} {}\n", intake.rows[0].key));
    }
    let invalid = "operation,user,name,password,delete_when,note\ndelet,Zo\u{cb},Ann,S3cret!,later,aside\n";
    found.push(format!("invalid {}\n", intake(invalid).refused[0].key));
    let twice = intake("operation,user\ndelete,ann\ndelete,ANN\n");
    found.push(format!("duplicate {}\n", twice.refused[0].key));
    assert_eq!(
        found.concat(),
        "invite 1af6dc54dda3587a9c9a8f4a1dfd6bb6\n\
         create 88f9bcdbc58357888f62082d36e1530b\n\
         update c1f87bd094435902bd03467c0c782f3e\n\
         delete 5393adf3593e58aa93e1f1a08edf5524\n\
         set-licenses e4ad8501080f554d80b04de716bde592\n\
         add-licenses 22126192a42c593b9833b54d3df3f774\n\
         remove-licenses b36014e775fa53c2a8d82e76b22b811d\n\
         release-licenses 125c272069e15e629c50415213dc3fec\n\
         block-licenses a122361d64f0588d9c9afbfe4f0d38e3\n\
         set-group-licenses f54610a5eaa95fac82d01d68315dafb4\n\
         add-to-groups 31300b4ba7fe56d7b3a59ccc8e20e11e\n\
         remove-from-groups a3ae0dd803bd580fb1c8630bb49f2f80\n\
         set-groups f06d325de8d6536a80a815287ee38268\n\
         release-lease 48c4c67b87075f47b20ad9d914bab912\n\
         offboard a6eb654feadc5de2a06897a64a507617\n\
         clear-group-licenses 642130870366559f8e8522a0bd060f66\n\
         migrate 1e0864d751fe5fb7bb8a429399c61034\n\
         invalid e1137efbd43751b38b6adc308a54eb39\n\
         duplicate 11408737e7335039b61f9da98ac3e4ef\n"
    );
}

#[test]
fn a_workbook_is_read_sheet_by_sheet_and_the_sheets_for_people_are_skipped() {
    let mut workbook = Workbook::new();
    let help = workbook.add_worksheet().set_name("Read me").unwrap();
    help.write_row(0, 0, ["Column", "Meaning"]).unwrap();
    let sheet = workbook.add_worksheet().set_name("Delete users").unwrap();
    sheet.write_row(0, 0, ["user", "note"]).unwrap();
    sheet.write_row(1, 0, ["ann", "aside"]).unwrap();
    sheet.write_number(2, 0, 4711).unwrap();
    sheet.write_string(2, 5, "jotted down").unwrap();
    let sheet = workbook.add_worksheet().set_name("More").unwrap();
    sheet.write_row(2, 0, ["operation", "user"]).unwrap();
    sheet.write_row(3, 0, ["delete", "ann"]).unwrap();
    workbook.add_worksheet().set_name("Empty").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let source = Source::from_reader(&mut &bytes[..]).unwrap();

    let intake = read(&source, &Options::default()).unwrap();
    assert_eq!(
        intake.sheets.iter().map(|name| &**name).collect::<Vec<&str>>(),
        ["Delete users", "More"]
    );
    let skipped: Vec<&str> = intake.skipped_sheets.iter().map(|sheet| &*sheet.name).collect();
    assert_eq!(skipped, ["Read me", "Empty"]);
    assert_eq!(codes(&intake, Severity::Error), ["duplicate-row"]);
    assert_eq!(
        codes(&intake, Severity::Warning),
        ["number-cell", "cell-without-header"]
    );
    assert_eq!(intake.rows[1].operation.user_label(), "4711");
    let refused = &intake.refused[0];
    assert_eq!(refused.place.to_string(), "More row 4");
    assert!(refused.message.contains("Delete users row 2"), "{}", refused.message);

    let picked = |name: &str| Options {
        sheets: Some(vec![name.into()]),
        ..Options::default()
    };
    assert_eq!(read(&source, &picked("more")).unwrap().rows.len(), 1);
    let wrong = read(&source, &picked("Mor")).unwrap();
    assert_eq!(codes(&wrong, Severity::Error), ["no-such-sheet"]);
    assert!(wrong.problems.iter().next().unwrap().help.contains("`More`"));
    assert_eq!(
        codes(&read(&source, &picked("Read me")).unwrap(), Severity::Error),
        ["no-header"]
    );
}

#[test]
fn an_operation_that_overrules_the_name_of_a_worksheet_is_told() {
    let source = |header: &[&str], row: &[&str]| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("invite").unwrap();
        sheet.write_row(0, 0, header.iter().copied()).unwrap();
        sheet.write_row(1, 0, row.iter().copied()).unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        Source::from_reader(&mut &bytes[..]).unwrap()
    };
    let told = |source: &Source, operation: OperationKind| {
        let options = Options {
            operation: Some(operation),
            ..Options::default()
        };
        codes(&read(source, &options).unwrap(), Severity::Warning).join(" ")
    };
    let without_operations = source(&["email"], &["ann@x.example"]);
    assert_eq!(told(&without_operations, OperationKind::Delete), "sheet-name-overruled");
    assert_eq!(told(&without_operations, OperationKind::Invite), "");
    // The rows say it themselves.
    let with_operations = source(&["operation", "email"], &["invite", "ann@x.example"]);
    assert_eq!(told(&with_operations, OperationKind::Delete), "");
}

/// A workbook of worksheets with these names and rows.
fn worksheets(sheets: &[(&str, &[&[&str]])]) -> Source {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (number, row) in (0..).zip(*rows) {
            sheet.write_row(number, 0, row.iter().copied()).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    Source::from_reader(&mut &bytes[..]).unwrap()
}

#[test]
fn one_operation_for_worksheets_that_are_called_after_who_comes_and_who_leaves_is_told() {
    use OperationKind::{AddToGroups, Delete, Invite, Offboard, SetLicenses};
    let told = |names: &[&str], operation: OperationKind| {
        let tables: [&[&[&str]]; 3] = [
            &[
                &["email", "groups", "licenses"],
                &["ann@x.example", "Finance", "ATTUNU"],
            ],
            &[
                &["email", "groups", "licenses"],
                &["bob@x.example", "Finance", "ATTUNU"],
            ],
            &[
                &["email", "groups", "licenses"],
                &["cid@x.example", "Finance", "ATTUNU"],
            ],
        ];
        let sheets: Vec<(&str, &[&[&str]])> = names.iter().copied().zip(tables).collect();
        let options = Options {
            operation: Some(operation),
            ..Options::default()
        };
        let intake = read(&worksheets(&sheets), &options).unwrap();
        let told = intake
            .problems
            .iter()
            .filter(|problem| problem.code.as_str() == "sheet-name-overruled");
        let told = told.map(|problem| problem.location.sheet.to_string());
        told.collect::<Vec<_>>().join(", ")
    };
    for (names, operation, expected) in [
        (&["Eintritte", "Austritte Q4"][..], Invite, "Austritte Q4"),
        (&["Joiners", "Leavers!"], Offboard, "Joiners"),
        (&["Remove", "Team"], AddToGroups, "Remove"),
        (&["Leavers", "All staff"], Offboard, "All staff"),
        (&["All staff", "Départs", "HR"], Delete, "All staff, HR"),
        (&["Leavers", "Leavers Q2"], Offboard, ""),
        (&["Sheet1", "Tabelle2"], Offboard, ""),
        (&["Joiners", "All staff"], Invite, ""),
        (&["Leavers", "All staff"], SetLicenses, ""),
        (&["End users", "Licences"], Delete, ""),
        (&["Tabelle1", "Nicht löschen"], Delete, "Nicht löschen"),
        (&["Sheet1", "Exceptions"], Offboard, "Exceptions"),
        (&["Leavers", "Do not delete"], Delete, "Do not delete"),
        (&["Ausnahmen", "Neue"], Invite, ""),
    ] {
        assert_eq!(told(names, operation), expected, "{names:?} {operation}");
    }
}

#[test]
fn a_worksheet_for_people_beside_rows_that_say_what_to_do_is_told_what_leaves_it_out() {
    let requests: &[&[&str]] = &[&["operation", "email"], &["invite", "ann@x.example"]];
    let help = |sheets: &[(&str, &[&[&str]])]| {
        let intake = read(&worksheets(sheets), &Options::default()).unwrap();
        let mut errors = intake
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error);
        errors.next().map(|problem| problem.help.clone()).unwrap_or_default()
    };
    let way_out = "if the worksheet is for people only, `--sheet \"Requests\"` leaves it out; else ";
    for (name, rows) in [
        (
            "Approvals",
            &[&["User", "Date"][..], &["Paula Jansen", "2026-12-01"]][..],
        ),
        ("Readme", &[&["Email", "the work address"], &["Licence", "see list"]]),
        (
            "Legend",
            &[&["Email", "Work e-mail"], &["ann@x.example", "bob@x.example"]],
        ),
    ] {
        let told = help(&[("Requests", requests), (name, rows)]);
        assert!(told.starts_with(way_out), "{name}: {told}");
        assert!(!help(&[(name, rows)]).contains("--sheet"), "{name}");
    }
}

#[test]
fn worksheets_of_different_columns_that_all_lose_something_are_told() {
    use OperationKind::{Delete, Invite, Offboard};
    let leavers: &[&[&str]] = &[&["E-Mail", "Nachname"], &["ann@x.example", "Lee"]];
    let told = |name: &str, rows: &[&[&str]], operation: OperationKind, sheets: Option<Vec<String>>| {
        let options = Options {
            operation: Some(operation),
            sheets,
            ..Options::default()
        };
        let intake = read(&worksheets(&[("Tabelle1", leavers), (name, rows)]), &options).unwrap();
        let told = intake.problems.iter();
        told.filter(|problem| problem.code.as_str() == "sheet-name-overruled")
            .count()
    };
    let contacts: &[&[&str]] = &[&["Role", "Name", "E-Mail"], &["Approver", "Bob", "bob@x.example"]];
    let more: &[&[&str]] = &[&["Nachname", "Note", "E-Mail"], &["Kay", "left", "bob@x.example"]];
    for operation in [Offboard, Delete] {
        assert_eq!(told("Verteiler", contacts, operation, None), 1);
        assert_eq!(told("Tabelle2", more, operation, None), 0);
        let both = vec!["Tabelle1".to_owned(), "Verteiler".to_owned()];
        assert_eq!(
            told("Verteiler", contacts, operation, Some(both)),
            0,
            "who picks means them"
        );
        assert_eq!(told("Verteiler", &contacts[..1], operation, None), 0, "it has no rows");
    }
    let speaking: &[&[&str]] = &[&["operation", "E-Mail"], &["offboard", "bob@x.example"]];
    assert_eq!(
        told("Requests", speaking, Offboard, None),
        1,
        "only one says what to do"
    );
    assert_eq!(told("Requests", speaking, Invite, None), 0);
    assert_eq!(told("Verteiler", contacts, Invite, None), 0);
    assert_eq!(told("Leavers", contacts, Offboard, None), 1, "that one is named alike");
}

#[test]
fn an_overview_of_groups_beside_rows_that_say_what_to_do_is_told_where_it_would_set_rules() {
    let requests: &[&[&str]] = &[&["operation", "user", "licenses"], &["add-licenses", "ann", "ATTUNU"]];
    let told = |name: &str, rows: &[&[&str]]| {
        let intake = read(
            &worksheets(&[("Requests", requests), (name, rows)]),
            &Options::default(),
        )
        .unwrap();
        assert_eq!(intake.rows.len(), 2, "{:?}", intake.problems);
        codes(&intake, Severity::Warning)
    };
    let overview: &[&[&str]] = &[&["Group", "Licence", "Seats used"], &["Finance", "ATTUNU", "3"]];
    assert_eq!(told("set-group-licenses", overview), ["unknown-header"]);
    let rules: &[&[&str]] = &[&["Group", "Licences"], &["Finance", "ATTUNU"]];
    for name in ["Rules", "Gruppenregeln", "Group licences"] {
        assert_eq!(told(name, rules), [] as [&str; 0], "{name}");
    }
    for name in ["Lists", "Auswahl", "Listes", "Groups"] {
        assert_eq!(told(name, rules), ["inferred-rules"], "{name}");
    }
    for other in [
        ("invite", &[&["email"][..], &["ann@x.example"]][..]),
        ("Import", &[&["email", "group membership"], &["ann@x.example", "HR"]]),
    ] {
        let both = read(&worksheets(&[other, ("Lists", rules)]), &Options::default()).unwrap();
        assert_eq!(codes(&both, Severity::Warning), ["inferred-rules"], "{}", other.0);
    }
}

#[test]
fn a_group_and_licences_are_a_rule_only_where_no_other_column_may_name_a_person() {
    for (text, rules) in [
        ("Group,License\nFinance,ATTUNU\n", 1),
        ("Gruppe;Lizenz;Bemerkung\nFinance;ATTUNU;bis Freitag\n", 1),
        ("group,licenses,quotas,not_before\nFinance,ATTUNU,5,2099-01-01\n", 1),
        ("Group,First Name,Last Name,License\nFinance,Ann,Lee,ATTUNU\n", 0),
        ("Group,Name,License\nFinance,Ann Lee,ATTUNU\n", 0),
        ("Group,Like,License\nFinance,ann@x.example,ATTUNU\n", 0),
        ("Group,Team member,License\nFinance,ann@x.example,ATTUNU\n", 0),
        ("Groupe;Collaborateur;Licence\nFinance;Ann Lee;ATTUNU\n", 0),
        ("Gruppe;Person;Lizenz\nFinance;Ann Lee;ATTUNU\n", 0),
        ("Group,,License\nFinance,Ann Lee,ATTUNU\n", 0),
        ("Email,Group,License\n,Finance,ATTUNU\n", 0),
        ("Operation,Group,License\n,Finance,ATTUNU\n", 0),
    ] {
        let intake = intake(text);
        assert_eq!(intake.rows.len(), rules, "{text}");
        let is_rule = |operation| matches!(operation, Operation::SetGroupLicenses(_));
        assert!(intake.rows.into_iter().all(|row| is_rule(row.operation)), "{text}");
        let refused = if rules == 0 { &["no-operation"][..] } else { &[] };
        let errors = intake
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error);
        assert_eq!(
            errors.map(|problem| problem.code.as_str()).collect::<Vec<_>>(),
            refused,
            "{text}"
        );
    }
    let told = intake("Group,Name,License\nFinance,Ann Lee,ATTUNU\n");
    let help = &told.problems.iter().next().unwrap().help;
    assert!(help.starts_with("--operation set-group-licenses if"), "{help}");
    assert!(
        help.ends_with("in a column `user`, and give --operation add-licenses"),
        "{help}"
    );
}

#[test]
fn a_sheet_whose_rows_all_stand_in_hidden_worksheets_says_so() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "Read me").unwrap();
    let sheet = workbook.add_worksheet().set_name("delete").unwrap().set_hidden(true);
    sheet.write_column(0, 0, ["user", "ann"]).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let source = Source::from_reader(&mut &bytes[..]).unwrap();
    let visible = Options {
        visible_only: true,
        ..Options::default()
    };
    let intake = read(&source, &visible).unwrap();
    assert_eq!(codes(&intake, Severity::Error), ["no-rows"]);
    let told = intake.problems.iter().next().unwrap();
    assert!(
        told.what.contains("hidden") && told.help.contains("worksheets"),
        "{told:?}"
    );
    let named = Options {
        sheets: Some(vec!["delete".to_owned()]),
        ..visible
    };
    assert_eq!(read(&source, &named).unwrap().rows.len(), 1, "it was asked for");
}

/// A workbook in the open format, with these worksheets of one column.
fn open_document(worksheets: &[(&str, &[&str])]) -> Vec<u8> {
    let row = |text: &&str| {
        format!(
            "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>\
             </table:table-row>"
        )
    };
    let table = |(name, rows): &(&str, &[&str])| {
        let rows: String = rows.iter().map(row).collect();
        format!("<table:table table:name=\"{name}\">{rows}</table:table>")
    };
    let tables: String = worksheets.iter().map(table).collect();
    let spaces = ["office", "table", "text"]
        .map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .join(" ");
    let content = format!(
        "<office:document-content {spaces}><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn the_rows_of_worksheets_that_are_called_alike_are_not_taken_for_each_other() {
    let bytes = open_document(&[("A", &["user", "ann", "bob"]), ("A", &["user", "cid", "cid", "dan"])]);
    let source = Source::from_reader(&mut &bytes[..]).unwrap();
    let options = Options {
        operation: Some(OperationKind::Delete),
        ..Options::default()
    };
    let intake = read(&source, &options).unwrap();
    let places: Vec<_> = intake.rows.iter().map(|row| row.place.to_string()).collect();
    assert_eq!(places, ["A row 2", "A row 3", "A (2) row 2", "A (2) row 4"]);
    assert_eq!(intake.refused[0].place.to_string(), "A (2) row 3");
}

#[test]
fn a_check_counts_rows_and_operations() {
    let text = "operation,user,groups\ndelete,ann,\ndelete,bob,\nadd-to-groups,cid,Finance\nignore,dan,\ndelet,eve,\n";
    let checked = check(&source(text), &Options::default()).unwrap();
    assert_eq!((checked.rows, checked.ignored), (4, 1));
    assert_eq!(
        checked.by_operation,
        [(OperationKind::Delete, 2), (OperationKind::AddToGroups, 1)]
    );
}

#[test]
fn a_thousand_wrong_rows_are_all_refused_and_told_once_if_alike_and_else_the_first_hundred() {
    let alike = intake(&format!("operation,user\n{}", "delet,ann\n".repeat(1000)));
    assert_eq!(alike.refused.len(), 1000);
    assert_eq!((alike.problems.errors(), alike.problems.left_out()), (1000, 0));
    let told: Vec<_> = alike
        .problems
        .iter()
        .map(|problem| problem.location.to_string())
        .collect();
    assert_eq!(told, ["rows 2–1001, column operation (column A)"]);
    let rows: Vec<String> = (0..1000).map(|row| format!("delet{row},ann\n")).collect();
    let different = intake(&format!("operation,user\n{}", rows.concat()));
    assert_eq!(different.refused.len(), 1000);
    assert_eq!(
        (different.problems.errors(), different.problems.left_out()),
        (1000, 900)
    );
}

/// Anything that a person, another program or an attacker leaves in a cell, and pieces of what belongs there.
fn any_cell() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "ann@x.example",
        "Ann Lee <ann@x.example>",
        "mailto:",
        "ATTUNU",
        "Attended - Named User",
        "=10",
        "; ",
        ",",
        "|",
        "\n",
        "\"",
        "'",
        "<clear>",
        "#N/A",
        "1.2E+10",
        "1.0",
        "yes",
        "invited",
        "6f1c0000-0000-4000-8000-000000000001",
        "{",
        "}",
        "\u{a0}",
        "\u{feff}",
        "\u{202e}",
        "\u{200d}",
        "\u{1b}[31m",
        "é",
        "ſ",
        "İ",
        "👩‍👩‍👧",
        "аnn",
        "=",
        "-",
        "@",
        " ",
        "*",
    ]);
    let pieces = prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat());
    prop_oneof![4 => pieces, 1 => "[^\0]{0,9}", 1 => Just(String::new())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_sheet_makes_the_reader_panic(text in "[a-z@.;,\"\n<>#= \u{a0}\u{202e}é]{0,200}", named in any::<bool>()) {
        let header = if named { "operation,user,email,groups,licenses,quotas,group,active\n" } else { "" };
        if let Ok(source) = Source::from_reader(&mut format!("{header}{text}").as_bytes()) {
            let options = Options { operation: Some(OperationKind::Update), ..Options::default() };
            read(&source, &options).unwrap();
            check(&source, &options).unwrap();
        }
    }

    #[test]
    fn no_cell_of_any_column_makes_any_operation_panic_or_speak_to_the_terminal(
        cells in prop::collection::vec(any_cell(), Column::COUNT),
        first_addresses in any::<bool>(),
    ) {
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let columns = || Column::iter().zip(&cells);
        let mut sheet = columns().map(|(column, _)| column.as_str()).collect::<Vec<_>>().join(",");
        for kind in OperationKind::iter() {
            let cells = columns().map(|(column, cell)| match column {
                Column::Operation => kind.to_string(),
                _ => quoted(cell),
            });
            sheet.push('\n');
            sheet.push_str(&cells.collect::<Vec<_>>().join(","));
        }
        let options = Options { allow_email_update: first_addresses, ..Options::default() };
        let intake = intake_with(&sheet, &options);
        prop_assert_eq!(intake.rows.len() + intake.refused.len(), OperationKind::COUNT);
        for problem in intake.problems.iter() {
            let told = format!("{}{}{}", problem.location, problem.what, problem.help);
            prop_assert!(!told.contains(is_unsafe), "{:?}", told);
        }
    }

    #[test]
    fn a_key_does_not_depend_on_columns_order_case_or_padding(
        groups in prop::collection::btree_set("[a-z]{1,6}", 1..4),
        names in "[a-z]{1,8}",
        order in Just(vec!["operation", "user", "groups", "licenses"]).prop_shuffle(),
        shout in any::<bool>(),
        pad in " {0,2}",
    ) {
        let groups: Vec<String> = groups.into_iter().collect();
        let cell = |column: &str| match column {
            "operation" => "invite".to_owned(),
            "user" => format!("{names}@x.example"),
            "groups" => print_list(&groups),
            _ => "TSTNU; ATTUNU".to_owned(),
        };
        let plain = format!("operation,user,groups,licenses\n{}\n", ["operation", "user", "groups", "licenses"].map(cell).join(","));
        let cells: Vec<String> = order
            .iter()
            .map(|column| {
                let cell = match *column {
                    "groups" => print_list(&groups.iter().rev().collect::<Vec<_>>()),
                    column => cell(column),
                };
                let cell = if shout { cell.to_uppercase() } else { cell };
                format!("{pad}{cell}{pad}")
            })
            .collect();
        let other = format!("{}\n{}\n", order.join(","), cells.join(","));
        prop_assert_eq!(keys(&other), keys(&plain));
    }
}

#[test]
fn a_cell_that_is_wrong_is_told_once_and_not_left_out_besides() {
    for (text, expected) in [
        (
            "operation,user,name,active\nupdate,ann@x.example,<clear>,<clear>\n",
            "cannot-clear",
        ),
        (
            "operation,user,licenses\nset-licenses,ann@x.example,<clear>\n",
            "cannot-clear",
        ),
        (
            "operation,user,licenses\nset-licenses,ann@x.example,#REF!\n",
            "error-value",
        ),
        ("operation,user,name\ndelete,ann@x.example,#REF!\n", "error-value"),
        ("operation,username,email\ncreate,=A1&B1,\n", "formula-as-text"),
        ("operation,user,active\nupdate,ann@x.example,#NV\n", "error-value"),
        ("operation,user\n#REF!,ann@x.example\n", "error-value"),
    ] {
        assert_eq!(errors(text), [expected], "{text}");
        assert_eq!(warnings(text), [""; 0], "{text}");
    }
}

#[test]
fn problems_are_told_in_the_order_of_the_rows_whenever_they_are_found() {
    let intake = intake(
        "operation,user,groups\n,ann@x.example,\ndelete,ben@x.example,\ndelete,ben@x.example,\ndelete,cleo@x.example,,one\n",
    );
    let told: Vec<_> = intake
        .problems
        .iter()
        .map(|problem| (problem.location.rows.first(), problem.code.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Some(2), "no-operation"),
            (Some(4), "duplicate-row"),
            (Some(5), "too-many-cells")
        ]
    );
    let extra = intake.problems.iter().last().map(|problem| problem.what.clone());
    assert!(
        extra.as_ref().is_some_and(|what| what.contains("column D")),
        "{extra:?}"
    );
}

/// What is said of a sheet of these bytes, and the names in its rows.
fn read_in(bytes: &[u8], encoding: Option<&str>) -> (Intake, Vec<String>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs_err::write(file.path(), bytes).unwrap();
    let encoding = encoding.map(|name| name.parse().unwrap());
    let source = Source::open_in(file.path(), encoding).unwrap();
    let intake = read(&source, &Options::default()).unwrap();
    let name = |operation: &Operation| match operation {
        Operation::Update(update) => match &update.profile.name {
            Field::Set(name) => name.to_string(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let names = intake.rows.iter().map(|row| name(&row.operation)).collect();
    (intake, names)
}

fn in_encoding(label: &str, text: &str) -> Vec<u8> {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
    encoding.encode(text).0.into_owned()
}

#[test]
fn names_in_an_old_encoding_are_read_once_it_is_named() {
    for (label, name) in [
        ("windows-1250", "Łukasz"),
        ("shift_jis", "表太郎"),
        ("windows-1251", "Иван"),
        ("macintosh", "Zoë"),
    ] {
        let text = format!("operation,user,name\nupdate,ann@x.example,{name}\n");
        let (intake, names) = read_in(&in_encoding(label, &text), Some(label));
        assert_eq!(names, [name]);
        assert_eq!(intake.problems.iter().count(), 0, "{label}: {:?}", intake.problems);
    }
    let (_, names) = read_in(b"operation|user|name\nupdate|ann@x.example|Z\x81rich\n", Some("cp850"));
    assert_eq!(names, ["Zürich"]);
    let wide = "operation;user;name\nupdate;ann@x.example;Zoë\n".encode_utf16();
    let (_, names) = read_in(&wide.flat_map(u16::to_be_bytes).collect::<Vec<_>>(), Some("utf-16be"));
    assert_eq!(names, ["Zoë"]);
}

#[test]
fn an_encoding_that_the_sheet_is_not_in_is_told_once_for_each_column_and_not_for_each_name() {
    let row = |number: usize| format!("update,m{number}@x.example,Jürgen,Müller{number}\n");
    let text = format!(
        "operation,user,name,surname\n{}",
        (0..30).map(row).collect::<Vec<_>>().concat()
    );
    let said = |encoding: &str, named: &str| {
        let (intake, _) = read_in(&in_encoding(encoding, &text), Some(named));
        let said = intake.problems.iter().map(|problem| {
            let rows = (problem.location.rows.first(), problem.location.rows.count());
            (problem.code.as_str(), rows, problem.help.clone())
        });
        said.collect::<Vec<_>>()
    };
    let told = said("windows-1252", "utf-8");
    assert_eq!(told.len(), 2, "{told:?}");
    for (code, rows, help) in told {
        assert_eq!((code, rows), ("lost-letters", (Some(2), 30)));
        assert!(
            help.contains("leave --encoding utf-8 out") && help.contains("--encoding windows-1252"),
            "{help}"
        );
    }
    let told = said("utf-8", "windows-1252");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].2.contains("--encoding utf-8"), "{told:?}");
    // What is ASCII is no matter of the encoding.
    let page = text.replacen("Jürgen", "R&amp;D", 1);
    let (intake, _) = read_in(&in_encoding("utf-8", &page), Some("windows-1252"));
    let told: Vec<&str> = intake.problems.iter().map(|problem| problem.what.as_str()).collect();
    assert!(
        told.len() == 2 && told.iter().any(|what| what.contains("`R&D`")),
        "{told:?}"
    );
    // One spoilt name is told of by itself.
    let mut bytes = in_encoding("utf-8", &text);
    bytes.extend(in_encoding("windows-1252", "update,z@x.example,Zoë,\n"));
    let (intake, _) = read_in(&bytes, Some("utf-8"));
    let told: Vec<&str> = intake.problems.iter().map(|problem| problem.what.as_str()).collect();
    assert!(matches!(&told[..], [what] if what.contains("`Zo\u{fffd}`")), "{told:?}");
}

#[test]
fn what_is_taken_for_windows_1252_is_shown_once_with_the_cure_and_ascii_is_not() {
    let rows = |name: &str| format!("operation,user,name,note\nupdate,a@x.example,Ann,é\nupdate,b@x.example,{name},\n");
    let (intake, names) = read_in(&in_encoding("windows-1250", &rows("Łukasz")), None);
    assert_eq!(names, ["Ann", "£ukasz"]);
    let told: Vec<_> = intake.problems.iter().collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (told[0].severity, told[0].location.rows.first()),
        (Severity::Warning, Some(3))
    );
    assert_eq!(told[0].code.as_str(), "doubtful-encoding");
    assert!(told[0].what.contains("`£ukasz`"), "{told:?}");
    assert!(told[0].help.contains("--encoding"), "{told:?}");
    // Only a note has letters beyond ASCII.
    let (intake, _) = read_in(&in_encoding("windows-1250", &rows("Ann")), None);
    assert_eq!(intake.problems.iter().count(), 0, "{:?}", intake.problems);
    let (intake, names) = read_in(&in_encoding("windows-1252", &rows("Zoë")), Some("windows-1252"));
    assert_eq!((names[1].as_str(), intake.problems.iter().count()), ("Zoë", 0));
    for (count, shown) in [(1, 1), (2, 2), (3, 2)] {
        let text = format!("operation,user,name\n{}", "update,a@x.example,Zoë\n".repeat(count));
        let (intake, _) = read_in(&in_encoding("windows-1252", &text), None);
        let told = intake
            .problems
            .iter()
            .find(|problem| problem.code.as_str() == "doubtful-encoding");
        assert_eq!(told.unwrap().what.matches("`Zoë`").count(), shown);
    }
}

#[test]
fn bytes_that_windows_1252_does_not_have_refuse_every_row_whose_letters_they_disprove() {
    // ť is such a byte, and stands where nothing is read from.
    let text =
        "operation,user,name,note\nupdate,a@x.example,Ann,\nupdate,b@x.example,Łukasz,\nupdate,c@x.example,Cid,ť\n";
    let (intake, names) = read_in(&in_encoding("windows-1250", text), None);
    assert_eq!(names, ["Ann", "Cid"]);
    assert_eq!(codes(&intake, Severity::Error), ["lost-letters"]);
    assert_eq!(intake.refused[0].place.row, 3);
    let help = &intake
        .problems
        .iter()
        .find(|problem| problem.severity == Severity::Error)
        .unwrap()
        .help;
    assert!(help.contains("--encoding"), "{help}");
    // Ź is such a byte, and the only letter of its cell beyond ASCII.
    let (intake, names) = read_in(b"operation,user,name\nupdate,a@x.example,\x8frebak\n", None);
    assert_eq!((codes(&intake, Severity::Error), names), (vec!["lost-letters"], vec![]));
    assert_eq!(
        intake.problems.warnings(),
        1,
        "that of the sheet: {:?}",
        intake.problems
    );
    // What is read as a no-break space is a letter of DOS.
    let (intake, names) = read_in(
        b"operation,user,name\nupdate,a@x.example,M\xa0rta\nupdate,b@x.example,Ann\xa0\n",
        None,
    );
    assert_eq!(names, ["M rta", "Ann"]);
    let told: Vec<_> = intake
        .problems
        .iter()
        .map(|problem| problem.location.rows.count())
        .collect();
    assert_eq!((told, intake.problems.warnings()), (vec![1], 1));
}

#[test]
fn a_byte_order_mark_is_believed_before_a_name_and_valid_utf_8_is_told() {
    let text = "operation,user,name\nupdate,a@x.example,Zoë\n";
    let (intake, names) = read_in(format!("\u{feff}{text}").as_bytes(), Some("windows-1250"));
    assert_eq!((names[0].as_str(), intake.problems.iter().count()), ("Zoë", 0));
    assert_eq!(
        intake.notes,
        ["read as UTF-8, as its byte order mark says, and not as windows-1250"]
    );
    let (intake, names) = read_in(text.as_bytes(), Some("windows-1250"));
    assert_eq!(names, ["ZoĂ«"], "it was named");
    assert_eq!(codes(&intake, Severity::Warning), ["doubtful-encoding"]);
    let told = &intake.problems.iter().next().unwrap().what;
    assert!(told.contains("`ZoĂ«`") && told.contains("`Zoë`"), "{told}");
}

#[test]
fn where_the_letters_of_a_header_may_be_wrong_the_encoding_is_what_is_asked_for() {
    let japanese = "メールアドレス,姓,名\ntaro@x.example,山田,太郎\n";
    let (intake, _) = read_in(&in_encoding("shift_jis", japanese), None);
    let told = intake.problems.iter().next().unwrap();
    assert_eq!(told.code.as_str(), "no-header");
    assert!(
        told.help.contains("--encoding Shift_JIS") && !told.help.contains("--map"),
        "{told:?}"
    );

    // Bytes of code page 852: `Imię` and `Łukasz`, whose first letter Windows-1252 does not have.
    let (intake, _) = read_in(b"operation,user,Imi\xa9\nupdate,ann,\x9dukasz\n", None);
    let told = intake
        .problems
        .iter()
        .find(|problem| problem.code.as_str() == "unknown-header");
    assert!(told.unwrap().help.contains("--encoding"), "{told:?}");

    // Letters that are as likely to be right as any others are asked about as always.
    let (intake, _) = read_in(
        &in_encoding("windows-1252", "operation,user,Größe\nupdate,ann,5\n"),
        None,
    );
    let told = intake
        .problems
        .iter()
        .find(|problem| problem.code.as_str() == "unknown-header");
    assert!(told.unwrap().help.contains("--map"), "{told:?}");
}

#[test]
fn what_a_row_replaces_is_read_as_its_operation_asks_and_part_of_its_key() {
    let state = |row: &str| {
        let text = format!("operation,user,group,groups,licenses,unless_changed_from\n{row}\n");
        let intake = intake(&text);
        assert_eq!(intake.problems.errors(), 0, "{row} {:?}", intake.problems);
        (intake.rows[0].unless_changed_from().cloned(), intake.rows[0].key)
    };
    let groups = |names: &[&str]| WrittenState::Groups(names.iter().copied().map(GroupRef::parse).collect());
    let codes = |codes: &[&str]| codes.iter().copied().map(BundleCode::new).collect::<BundleSet>();
    for (row, expected) in [
        ("set-groups,ann,,Finance,,Sales; HR", groups(&["Sales", "HR"])),
        ("set-groups,ann,,Finance,,<NONE>", groups(&[])),
        // In quotes it is a group that is called so.
        ("set-groups,ann,,Finance,,\"\"\"<none>\"\"\"", groups(&["<none>"])),
        ("set-groups,ann,,Finance,,\"\"\"<clear>\"\"\"", groups(&["<clear>"])),
        (
            "set-groups,ann,,Finance,,\"\"\"A; B\"\"; 2024-03\"",
            groups(&["A; B", "2024-03"]),
        ),
        (
            "set-licenses,ann,,,TSTNU,attended - named user",
            WrittenState::Licenses(Some(codes(&["ATTUNU"]))),
        ),
        ("add-licenses,ann,,,TSTNU,<none>", WrittenState::Licenses(None)),
        (
            "release-licenses,ann,,,,<blocked>",
            WrittenState::Licenses(Some(codes(&[]))),
        ),
        (
            "set-group-licenses,,Finance,,TSTNU,ATTUNU=10; TSTNU",
            WrittenState::Rule(vec![
                RuledBundle {
                    code: BundleCode::new("ATTUNU"),
                    quota: Some(10),
                },
                RuledBundle {
                    code: BundleCode::new("TSTNU"),
                    quota: None,
                },
            ]),
        ),
        ("clear-group-licenses,,Finance,,,<none>", WrittenState::Rule(Vec::new())),
    ] {
        let (found, key) = state(row);
        assert_eq!(found.as_ref(), Some(&expected), "{row}");
        let printed = print_state(&expected).replace('"', "\"\"");
        let again = match expected {
            WrittenState::Groups(_) => format!("set-groups,ann,,Finance,,\"{printed}\""),
            WrittenState::Licenses(_) => format!("set-licenses,ann,,,TSTNU,\"{printed}\""),
            WrittenState::Rule(_) => format!("clear-group-licenses,,Finance,,,\"{printed}\""),
        };
        assert_eq!(state(&again).0, found, "{again}");
        let without = row.rsplit_once(',').unwrap().0;
        assert_ne!(state(&format!("{without},")).1, key, "{row}");
    }
    let key = |cell: &str| state(&format!("set-groups,ann,,Finance,,{cell}")).1;
    assert_eq!(key("HR; Sales"), key("sales|hr"));
    assert_ne!(key("<none>"), key("HR"));
}

#[test]
fn what_is_held_directly_is_only_compared_where_it_can_be_read() {
    let unreadable = Options {
        present_licenses: PresentLicenses::Unreadable,
        ..Options::default()
    };
    let text = |row: &str| format!("operation,user,groups,licenses,unless_changed_from\n{row}\n");
    for (row, expected) in [
        ("set-licenses,ann,,TSTNU,ATTUNU", &["not-offered"][..]),
        ("block-licenses,ann,,,<none>", &["not-offered"]),
        ("set-licenses,ann,,TSTNU,", &[]),
        ("set-groups,ann,Finance,,HR", &[]),
    ] {
        let intake = intake_with(&text(row), &unreadable);
        assert_eq!(codes(&intake, Severity::Error), expected, "{row}");
    }
}

#[test]
fn what_a_row_replaces_is_refused_where_it_is_not_understood() {
    for (row, code) in [
        ("set-groups,ann,,Finance,,<clear>", "cannot-clear"),
        ("set-groups,ann,,Finance,,;", "missing-cell"),
        ("set-licenses,ann,,,TSTNU,;", "missing-cell"),
        ("set-licenses,ann,,,TSTNU,ATUNU", "unknown-bundle-code"),
        ("clear-group-licenses,,Finance,,,ATTUNU=x", "quota-shape"),
    ] {
        let text = format!("operation,user,group,groups,licenses,unless_changed_from\n{row}\n");
        assert_eq!(errors(&text), [code], "{row}");
    }
    let unused = "operation,user,groups,unless_changed_from\nadd-to-groups,ann,Finance,Sales\n";
    assert_eq!(warnings(unused), ["cell-not-used"]);
}
