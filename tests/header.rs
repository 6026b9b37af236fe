//! Where the header of a sheet is, what its words mean, and what is said of columns that are not used.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use jiff::tz::TimeZone;
use proptest::prelude::*;
use reseat::intake::{Column, Intake, Options, read};
use reseat::model::{AsOf, OperationKind};
use reseat::problem::{Problem, Severity};
use reseat::sheet::Source;
use rust_xlsxwriter::{Format, Workbook};

fn intake_with(text: &str, options: &Options) -> Intake {
    read(&Source::from_reader(&mut text.as_bytes()).unwrap(), options).unwrap()
}

fn inviting() -> Options {
    Options {
        operation: Some(OperationKind::Invite),
        ..Options::default()
    }
}

fn intake(text: &str) -> Intake {
    intake_with(text, &inviting())
}

fn told(intake: &Intake, severity: Severity) -> Vec<&Problem> {
    intake
        .problems
        .iter()
        .filter(|problem| problem.severity == severity)
        .collect()
}

fn codes(intake: &Intake, severity: Severity) -> Vec<&'static str> {
    told(intake, severity)
        .iter()
        .map(|problem| problem.code.as_str())
        .collect()
}

/// Row numbers and operations; every row can run.
fn rows(intake: &Intake) -> Vec<(u32, String)> {
    assert_eq!(codes(intake, Severity::Error), [] as [&str; 0], "{:?}", intake.problems);
    intake
        .rows
        .iter()
        .map(|row| (row.place.row, format!("{:?}", row.operation)))
        .collect()
}

/// A workbook of one worksheet.
fn workbook(rows: &[&[&str]]) -> Source {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    Source::from_reader(&mut bytes.as_slice()).unwrap()
}

const TABLE: &str = "E-Mail;Vorname;Nachname;Gruppen;Lizenzen\n\
    ann@x.example;Ann;Lee;Finance;ATTUNU\n\
    bob@x.example;Bob;Kay;HR, Finance;TSTNU\n";

#[cfg(not(windows))]
#[test]
fn a_header_is_typed_as_a_shell_takes_it_and_one_that_is_too_long_by_its_beginning() {
    let help = |header: &str| {
        let header = format!("\"{}\"", header.replace('"', "\"\""));
        let told = intake(&format!("operation,{header},Office\ndelete,ann@x.example,Oslo\n"));
        let error = told.problems.iter().find(|problem| problem.severity == Severity::Error);
        error.unwrap().help.clone()
    };
    for (header, typed) in [
        ("Kontakt", "--map \"Kontakt=email\""),
        ("$(touch x)", "--map '$(touch x)=email'"),
        ("Who \"login\"", "--map 'Who \"login\"=email'"),
        ("-who", "--map='-who=email'"),
    ] {
        assert!(help(header).contains(typed), "{}", help(header));
    }
    let question = "Please enter the work e-mail address of the employee who is leaving the company this month";
    assert!(
        help(question).contains(&format!("--map \"{question}=email\"")),
        "{}",
        help(question)
    );
    let long = format!("{question} / {question} / {question}");
    let (_, typed) = help(&long)
        .split_once("--map \"")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let (cut, _) = typed.split_once("=email").unwrap();
    assert!(cut.ends_with('…'), "{cut}");
    let rows = |text: &str| {
        let options = Options {
            map: vec![(cut.to_owned(), "user".to_owned())],
            ..Options::default()
        };
        intake_with(text, &options).rows.len()
    };
    assert_eq!(rows(&format!("operation,{long}\ndelete,ann@x.example\n")), 1);
    let two = format!("operation,{long},{long} or last\ndelete,ann@x.example,bob@x.example\n");
    assert_eq!(rows(&two), 0, "either may be meant");
}

#[test]
fn titles_above_the_header_are_named_and_not_read_and_rows_keep_their_numbers() {
    let plain = rows(&intake(TABLE));
    let titled = intake(&format!(
        "Eintritte Oktober 2026\n\nStand: 01.10.2026;;geprüft\n{TABLE}"
    ));
    let moved: Vec<(u32, String)> = plain.into_iter().map(|(row, operation)| (row + 3, operation)).collect();
    assert_eq!(rows(&titled), moved);
    let warnings = told(&titled, Severity::Warning);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(warnings[0].code.as_str(), "rows-above-header");
    assert_eq!(
        warnings[0].what,
        "rows 1 and 3 above the header are not read: `Eintritte Oktober 2026` and `Stand: 01.10.2026 geprüft`"
    );
}

#[test]
fn a_worksheet_may_begin_with_a_title_and_an_empty_column() {
    let source = workbook(&[
        &["", "Joiners"],
        &[],
        &["", "Ask hr@corp.example", "email"],
        &["", "Contact:", "user", "hr@corp.example"],
        &["", "E-Mail *", "Groups\n(a list)", "Licence(s)"],
        &["", "ann@x.example", "", "ATTUNU"],
    ]);
    let mut options = inviting();
    options.map = vec![("Groups (a list)".into(), "groups".into())];
    let intake = read(&source, &options).unwrap();
    assert_eq!(rows(&intake).len(), 1);
    assert_eq!(intake.rows[0].place.row, 6);
    assert_eq!(codes(&intake, Severity::Warning), ["rows-above-header"]);
    assert_eq!(intake.headers.values().copied().collect::<Vec<_>>(), [5]);
}

#[test]
fn the_header_is_among_the_first_twenty_rows_or_where_the_command_line_says() {
    let above = |rows: usize| format!("{}{TABLE}", "remark\n".repeat(rows));
    assert_eq!(rows(&intake(&above(19))).len(), 2);
    let lost = intake(&above(20));
    assert_eq!(codes(&lost, Severity::Error), ["no-header"]);
    let at = |row| Options {
        header_row: Some(row),
        ..inviting()
    };
    let found = intake_with(&above(20), &at(21));
    assert_eq!(rows(&found).len(), 2);
    assert_eq!(found.problems.warnings(), 0, "who names the row knows what is above it");
    let wrong = intake_with(&above(20), &at(20));
    assert_eq!(codes(&wrong, Severity::Error), ["no-header"]);
    let beyond = intake_with(TABLE, &at(30));
    assert!(told(&beyond, Severity::Error)[0].what.contains("`--header-row`"));
}

#[test]
fn of_two_rows_that_could_be_the_header_it_is_the_first_unless_the_other_has_more_known_headers() {
    let twice = intake("user,groups\nname,email\nann@x.example,HR\n");
    assert_eq!(twice.headers.values().copied().collect::<Vec<_>>(), [1]);
    let richer = intake("email,hr@x.example\nemail,name,groups\nann@x.example,Ann,HR\n");
    assert_eq!(rows(&richer).len(), 1);
}

#[test]
fn a_sheet_without_a_header_says_which_row_comes_closest_and_which_column_has_the_addresses() {
    let without = intake("Team list\nKontakt;Vorname;Gruppen\nann@x.example;Ann;HR\nbob@x.example;Bob;HR\n");
    let errors = told(&without, Severity::Error);
    assert_eq!(errors[0].code.as_str(), "no-header");
    assert_eq!(errors[0].location.to_string(), "row 2");
    assert!(errors[0].what.contains("Vorname (column B)"), "{errors:?}");
    assert!(errors[0].help.contains("--map \"Kontakt=email\""), "{errors:?}");
    let mapped = Options {
        map: vec![("Kontakt".into(), "email".into())],
        ..inviting()
    };
    let text = "Team list\nKontakt;Vorname;Gruppen\nann@x.example;Ann;HR\n";
    assert_eq!(rows(&intake_with(text, &mapped)).len(), 1);
}

#[test]
fn a_map_of_a_header_that_no_worksheet_has_is_an_error_unless_it_is_the_profiles() {
    let map = |header: &str| Options {
        map: vec![(header.into(), "licenses".into())],
        ..inviting()
    };
    let text = "email,Access rights\nann@x.example,ATTUNU\n";
    assert_eq!(rows(&intake_with(text, &map("access  RIGHTS"))).len(), 1);
    let wrong = intake_with(text, &map("Acces right"));
    let errors = told(&wrong, Severity::Error);
    assert_eq!(errors[0].code.as_str(), "no-such-header");
    assert!(
        errors[0].help.contains("--map \"Access rights=licenses\""),
        "{errors:?}"
    );
    let usual = Options {
        usual_map: vec![
            ("Zugriff".into(), Column::Licenses),
            ("Access rights".into(), Column::Note),
        ],
        ..inviting()
    };
    assert_eq!(intake_with(text, &usual).problems.warnings(), 0);
    let both = Options {
        usual_map: usual.usual_map,
        ..map("Access rights")
    };
    assert!(format!("{:?}", rows(&intake_with(text, &both))).contains("ATTUNU"));
    for (second, errors) in [("note", &["mapped-twice"][..]), ("licences", &[])] {
        let mut twice = map("Access rights");
        twice.map.push(("ACCESS RIGHTS".into(), second.into()));
        assert_eq!(codes(&intake_with(text, &twice), Severity::Error), errors, "{second}");
    }
}

#[test]
fn a_column_that_is_not_used_but_holds_licences_is_told_apart_from_remarks() {
    let sheet = |licences: &str| {
        let header = "email;Zugriff;Abteilung";
        intake(&format!(
            "{header}{licences}\nann@x.example;ATTUNU;A1;\nbob@x.example;Attended - Named User, TSTNU;B2;\ncid@x.example;tbd;;\n"
        ))
    };
    let alone = sheet("");
    let warnings = told(&alone, Severity::Warning);
    assert_eq!(
        codes(&alone, Severity::Warning)[..2],
        ["licenses-not-used", "unknown-header"]
    );
    assert!(warnings[0].what.contains("Zugriff (column B)") && warnings[0].what.contains("`ATTUNU`"));
    assert!(warnings[0].help.contains("--map \"Zugriff=licenses\""));
    let beside = sheet(";Lizenzen");
    assert!(told(&beside, Severity::Warning)[0].help.contains("Lizenzen (column D)"));
}

/// What a personnel department sends: a title, an empty column, German headers, licences in words, one of them misspelt,
/// a row twice, a hidden one, one struck through, and a worksheet of notes.
fn joiners_as_they_come() -> Source {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Eintritte").unwrap();
    let struck = Format::new().set_font_strikethrough();
    sheet.write_string(0, 1, "Eintritte Oktober 2026").unwrap();
    sheet.write_string(1, 1, "Stand: 01.10.2026").unwrap();
    let rows = [
        [
            "E-Mail-Adresse *",
            "Vorname",
            "Name",
            "Gruppen",
            "Lizenzen",
            "Kostenstelle",
        ],
        [
            "jörg.müller@x.example",
            "Jörg",
            "Müller",
            "Finance",
            "Attended - Named User",
            "4711",
        ],
        ["ann.weiß@x.example", "Ann", "Weiß", "", "Atended - Named User", "4712"],
        ["bob@x.example", "Bob", "Groß", "HR", "Tester - Named User", "4713"],
        ["bob@x.example", "Bob", "Groß", "HR", "Tester - Named User", "4713"],
        ["cid@x.example", "Cid", "Öz", "HR", "", "4714"],
        ["dan@x.example", "Dan", "Kühn", "", "", "4715"],
    ];
    for (row, cells) in (3..).zip(rows) {
        for (column, cell) in (1..).zip(cells) {
            if row == 9 {
                sheet.write_string_with_format(row, column, cell, &struck).unwrap();
            } else {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    sheet.set_row_hidden(8).unwrap();
    let notes = workbook.add_worksheet().set_name("Hinweise").unwrap();
    notes.write_string(0, 0, "Bitte bis Freitag zurück").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    Source::from_reader(&mut bytes.as_slice()).unwrap()
}

#[test]
fn a_sheet_as_a_personnel_department_sends_it_needs_no_flag_but_the_operation() {
    let intake = read(&joiners_as_they_come(), &inviting()).unwrap();
    let said: Vec<String> = intake
        .problems
        .iter()
        .map(|problem| {
            format!(
                "{} | {} | {} | {}",
                problem.code.as_str(),
                problem.location,
                problem.what,
                problem.help
            )
        })
        .collect();
    for (code, place, words) in [
        (
            "rows-above-header",
            "row 1",
            "`Eintritte Oktober 2026` and `Stand: 01.10.2026`",
        ),
        ("doubtful-header", "row 4", "Name (column D)` is taken for `surname`"),
        ("unknown-header", "row 4", "Kostenstelle (column G)"),
        ("unknown-bundle-code", "row 6, column Lizenzen (column F)", "ATTUNU"),
        ("duplicate-row", "row 8", "row 7"),
        ("hidden-rows", "row 9", "hidden"),
        ("struck-rows", "row 10", "struck"),
    ] {
        let found = said
            .iter()
            .any(|said| said.starts_with(&format!("{code} | sheet `Eintritte`, {place}")) && said.contains(words));
        assert!(found, "{code}, {place}, {words}: {said:#?}");
    }
    assert_eq!(said.len(), 7, "{said:#?}");
    let skipped: Vec<&str> = intake.skipped_sheets.iter().map(|sheet| &*sheet.name).collect();
    assert_eq!(skipped, ["Hinweise"]);
    let places: Vec<u32> = intake.rows.iter().map(|row| row.place.row).collect();
    assert_eq!(places, [5, 7, 9, 10]);
    let first = format!("{:?}", intake.rows[0].operation);
    for value in ["jörg.müller@x.example", "Jörg", "Müller", "Finance", "ATTUNU"] {
        assert!(first.contains(value), "{value} in {first}");
    }
}

/// The same sheet in each language.
const HEADERS: [(&str, &str); 9] = [
    ("en", "Email,First name,Last name,Groups,Licences,Language,Active,Notes"),
    (
        "de",
        "E-Mail-Adresse,Vorname,Nachname,Gruppen,Lizenzen,Sprache,Aktiv,Bemerkung",
    ),
    (
        "fr",
        "Adresse e-mail,Prénom,Nom de famille,Groupes,Licences,Langue,Actif,Commentaire",
    ),
    (
        "es",
        "Correo electrónico,Nombre,Apellidos,Grupos,Licencias,Idioma,Activo,Observaciones",
    ),
    ("pt", "E-mail,Nome,Sobrenome,Grupos,Licenças,Idioma,Ativo,Observações"),
    ("it", "Indirizzo e-mail,Nome,Cognome,Gruppi,Licenze,Lingua,Attivo,Note"),
    (
        "nl",
        "E-mailadres,Voornaam,Achternaam,Groepen,Licenties,Taal,Actief,Opmerkingen",
    ),
    ("pl", "Adres e-mail,Imię,Nazwisko,Grupy,Licencje,Język,Aktywny,Uwagi"),
    ("ja", "メールアドレス,名,姓,グループ,ライセンス,言語,有効,備考"),
];

#[test]
fn a_sheet_reads_the_same_in_every_language() {
    let of = |header: &str| {
        rows(&intake(&format!(
            "{header}\nann@x.example,Ann,Lee,HR;IT,ATTUNU,de,yes,x\n"
        )))
    };
    let english = of(HEADERS[0].1);
    for (language, header) in HEADERS {
        assert_eq!(of(header), english, "{language}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The oracle: the table by itself, its rows moved down by what stands above it.
    #[test]
    fn whatever_stands_above_a_header_the_rows_under_it_are_read_as_they_stand(
        above in prop::collection::vec(prop::collection::vec("(Title|hr@x\\.example|Stand: 1\\.10\\.|Name|email|2026|)", 1..5), 0..16),
        header in prop::sample::select(HEADERS.to_vec()),
        below in prop::collection::vec("[a-z]{1,8}", 1..40),
    ) {
        let row = |(row, name): (usize, &String)| {
            format!("{name}{row}@x.example,{name},Name,Group;Email,ATTUNU,en,yes,user\n")
        };
        let table = below.iter().enumerate().map(row).collect::<Vec<_>>().concat();
        let titles: String = above.iter().map(|cells| cells.join(",") + "\n").collect();
        // Blank rows above all others are no rows of the twenty.
        let shift = u32::try_from(above.len()).unwrap();
        let alone = rows(&intake(&format!("{}\n{table}", header.1)));
        let moved: Vec<_> = alone.into_iter().map(|(row, operation)| (row + shift, operation)).collect();
        prop_assert_eq!(rows(&intake(&format!("{titles}{}\n{table}", header.1))), moved);
    }
}

#[test]
fn a_header_row_that_is_not_there_is_named_where_no_worksheet_has_it() {
    let options = Options {
        header_row: Some(9),
        ..inviting()
    };
    let sheet = workbook(&[&["email"], &["ann@x.example"]]);
    let intake = read(&sheet, &options).unwrap();
    let told = told(&intake, Severity::Error);
    assert_eq!(told.len(), 1);
    assert!(told[0].what.contains("row 9, which `--header-row` names"), "{told:?}");
    assert!(!told[0].help.contains("--map"), "{told:?}");
}

#[test]
fn a_group_that_an_operation_does_not_take_is_told_where_groups_stand() {
    let help = |text: &str| {
        let intake = intake(text);
        let told = told(&intake, Severity::Warning);
        assert_eq!(told[0].code.as_str(), "cell-not-used", "{told:?}");
        told[0].help.clone()
    };
    assert!(help("email,Gruppe\nann@x.example,Finance\n").contains("\"Gruppe=groups\""));
    assert_eq!(
        help("email,quotas\nann@x.example,ATTUNU=1\n"),
        "nothing to do if that is meant"
    );
}

/// A sheet as it is read on the last of November 2026, at noon in Berlin.
fn in_november(text: &str, operation: OperationKind, map: &[(&str, &str)]) -> Intake {
    intake_with(text, &november(operation, map))
}

fn november(operation: OperationKind, map: &[(&str, &str)]) -> Options {
    Options {
        operation: Some(operation),
        map: map
            .iter()
            .map(|(header, column)| ((*header).into(), (*column).into()))
            .collect(),
        as_of: AsOf {
            now: "2026-11-30T11:00:00Z".parse().unwrap(),
            zone: TimeZone::get("Europe/Berlin").unwrap(),
        },
        ..Options::default()
    }
}

fn found<'i>(intake: &'i Intake, code: &str) -> Vec<&'i Problem> {
    intake
        .problems
        .iter()
        .filter(|problem| problem.code.as_str() == code)
        .collect()
}

#[test]
fn nobody_is_cut_off_today_who_leaves_on_a_day_to_come_under_a_header_that_nobody_knows() {
    for header in [
        "Last day",
        "Leaving date",
        "Termination date",
        "Austritt am",
        "Date de sortie",
        "Wann",
        "退職日",
    ] {
        let text = format!("email,{header}\nann@x.example,31.12.2026\nbob@x.example,29.11.2026\ncid@x.example,\n");
        let intake = in_november(&text, OperationKind::Offboard, &[]);
        let dates = found(&intake, "dates-not-used");
        assert_eq!(dates.len(), 1, "{header}: {:?}", intake.problems);
        let Problem {
            severity,
            location,
            what,
            help,
            ..
        } = dates[0];
        assert_eq!(
            (*severity, location.to_string().as_str()),
            (Severity::Error, "row 2"),
            "{header}"
        );
        assert!(
            what.contains(&format!("`{header} (column B)`")) && what.contains("`31.12.2026` in row 2"),
            "{what}"
        );
        assert!(help.contains(&format!("--map \"{header}=not_before\"")), "{help}");
        assert!(
            help.contains(&format!("--map \"{header}=note\"")) && help.contains("write the day after"),
            "{help}"
        );
        assert!(found(&intake, "unknown-header").is_empty(), "{header}");
        let kept: Vec<u32> = intake.rows.iter().map(|row| row.place.row).collect();
        assert_eq!(kept, [3, 4], "{header}");
        assert_eq!(
            (intake.refused[0].place.row, intake.refused[0].code.as_str()),
            (2, "dates-not-used")
        );
        for column in ["note", "not_before"] {
            let said = in_november(&text, OperationKind::Offboard, &[(header, column)]);
            assert_eq!((said.rows.len(), said.problems.errors()), (3, 0), "{header}={column}");
        }
    }
}

#[test]
fn what_takes_access_away_is_kept_from_running_before_its_day_and_what_gives_is_warned_of() {
    let row = |cells: &str| {
        let text = format!("operation,email,group,groups,licenses,active,new_email,Day\n{cells},2027-01-04\n");
        let intake = in_november(&text, OperationKind::Invite, &[]);
        let severities: Vec<Severity> = found(&intake, "dates-not-used")
            .iter()
            .map(|found| found.severity)
            .collect();
        severities
    };
    for operation in [
        "offboard,ann@x.example,,,,,",
        "delete,ann@x.example,,,,,",
        "block-licenses,ann@x.example,,,,,",
        "release-licenses,ann@x.example,,,,,",
        "remove-licenses,ann@x.example,,,ATTUNU,,",
        "remove-from-groups,ann@x.example,,Finance,,,",
        "release-lease,ann@x.example,Finance,,,,",
        "clear-group-licenses,,Finance,,,,",
        "update,ann@x.example,,,,no,",
    ] {
        assert_eq!(row(operation), [Severity::Error], "{operation}");
    }
    for operation in [
        "invite,ann@x.example,,,,,",
        "create,ann@x.example,,,,,",
        "update,ann@x.example,,,,yes,",
        "set-licenses,ann@x.example,,,ATTUNU,,",
        "add-licenses,ann@x.example,,,ATTUNU,,",
        "set-group-licenses,,Finance,,ATTUNU,,",
        "add-to-groups,ann@x.example,,Finance,,,",
        "set-groups,ann@x.example,,Finance,,,",
        "migrate,ann@x.example,,,,,ann@new.example",
    ] {
        assert_eq!(row(operation), [Severity::Warning], "{operation}");
    }
    assert_eq!(row("ignore,ann@x.example,,,,,"), []);
}

#[test]
fn a_day_counts_until_it_is_over_for_who_leaves_and_until_it_begins_for_who_comes() {
    let severity = |operation, cell: &str| {
        let intake = in_november(&format!("email,Day\nann@x.example,{cell}\n"), operation, &[]);
        found(&intake, "dates-not-used").first().map(|found| found.severity)
    };
    for (cell, leaving, coming) in [
        ("2026-12-01", Some(Severity::Error), Some(Severity::Warning)),
        ("2026-11-30", Some(Severity::Warning), None),
        ("2026-11-30 11:59", None, None),
        ("2026-11-30 12:01", Some(Severity::Error), Some(Severity::Warning)),
        ("2026-11-29", None, None),
        ("12/01/2026", Some(Severity::Error), Some(Severity::Warning)),
        ("20261231", None, None),
        ("46387", None, None),
        ("1980-05-06", None, None),
        ("A1-2026-12", None, None),
    ] {
        assert_eq!(severity(OperationKind::Delete, cell), leaving, "{cell}");
        assert_eq!(severity(OperationKind::Invite, cell), coming, "{cell}");
    }
}

#[test]
fn a_header_may_do_without_its_preposition() {
    for header in ["Date embauche", "Fecha alta", "Data admissão", "Data assunzione"] {
        let found = in_november(
            &format!("email,{header}\nann@x.example,2090-01-05\n"),
            OperationKind::Invite,
            &[],
        );
        assert_eq!(found.problems.iter().count(), 0, "{header}: {:?}", found.problems);
    }
}

#[test]
fn a_date_of_either_order_goes_by_those_of_its_column_and_counts_as_to_come_where_none_shows() {
    let errors = |dates: &[&str]| {
        let rows: Vec<String> = (0..)
            .zip(dates)
            .map(|(number, date)| format!("a{number}@x.example,{date}"))
            .collect();
        let text = format!("email,Left\n{}\n", rows.join("\n"));
        let intake = in_november(&text, OperationKind::Delete, &[]);
        found(&intake, "dates-not-used")
            .iter()
            .map(|found| found.location.to_string())
            .collect::<Vec<_>>()
    };
    // The eleventh of December, or the twelfth of November.
    assert_eq!(errors(&["12/11/2026"]), ["row 2"]);
    assert_eq!(errors(&["12/11/2026", "28/11/2026"]), [] as [&str; 0]);
    assert_eq!(errors(&["12/11/2026", "11/28/2026"]), ["row 2"]);
    // Dots show nothing of slashes.
    assert_eq!(errors(&["12/11/2026", "28.11.2026"]), ["row 2"]);
    assert_eq!(errors(&["12/11/2026", "28/11/2026", "29.12.2026"]), ["row 4"]);
    assert_eq!(errors(&["11/12/2026", "28/11/2026", "29/12/2026"]), ["rows 2 and 4"]);
}

#[test]
fn dates_beside_rows_that_wait_and_in_columns_of_exports_are_nobodys_concern() {
    let silent = [
        "email,not_before,Day\nann@x.example,2027-01-01,2027-01-01\n",
        "operation,email,Start date,End of probation\ninvite,ann@x.example,2026-11-01,2027-04-30\n",
        "email,created,last_login,last_in_use\nann@x.example,2027-01-01,2027-01-01,2027-01-01\n",
        "email,Day\nann@x.example,\n",
        "email,Day,note\nann@x.example,soon,2027-01-01\n",
    ];
    for text in silent {
        let intake = in_november(text, OperationKind::Delete, &[]);
        assert_eq!(found(&intake, "dates-not-used"), [] as [&Problem; 0], "{text}");
    }
    // The day on which somebody came has them wait for nothing.
    let text = "email,Hire date,Last day\nann@x.example,2019-01-01,2027-01-01\n";
    let intake = in_november(text, OperationKind::Delete, &[]);
    let dates = found(&intake, "dates-not-used");
    assert!(
        dates[0]
            .help
            .starts_with("--map \"Last day=not_before\" --map \"Hire date=note\""),
        "{dates:?}"
    );
    let said = in_november(
        text,
        OperationKind::Delete,
        &[("Last day", "not_before"), ("Hire date", "note")],
    );
    assert_eq!(
        (said.problems.errors(), said.waiting.count),
        (0, 1),
        "{:?}",
        said.problems
    );
}

#[test]
fn who_maps_a_header_to_nothing_is_told_the_column_for_that() {
    let intake = in_november(
        "email,Day\nann@x.example,\n",
        OperationKind::Delete,
        &[("Day", "ignore")],
    );
    let [told] = found(&intake, "unknown-column")[..] else {
        panic!("{:?}", intake.problems)
    };
    assert!(told.help.starts_with("`note`"), "{told:?}");
}

#[test]
fn a_date_of_a_workbook_counts_whatever_it_looks_like() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Offboard").unwrap();
    for (column, header) in (0..).zip(["E-mail", "Gone by"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    sheet.write_string(1, 0, "ann@x.example").unwrap();
    let format = Format::new().set_num_format("d mmm");
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 12, 31).unwrap();
    sheet.write_datetime_with_format(1, 1, &date, &format).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let source = Source::from_reader(&mut bytes.as_slice()).unwrap();
    let options = Options {
        as_of: AsOf {
            now: "2026-11-30T11:00:00Z".parse().unwrap(),
            zone: TimeZone::UTC,
        },
        ..Options::default()
    };
    let intake = read(&source, &options).unwrap();
    assert_eq!(
        codes(&intake, Severity::Error),
        ["dates-not-used"],
        "{:?}",
        intake.problems
    );
}

#[test]
fn the_last_day_of_somebody_is_never_taken_for_the_day_that_a_row_waits_for() {
    for header in [
        "Last working day",
        "Letzter Arbeitstag",
        "Last day of work",
        "Dernier jour de travail",
    ] {
        assert_eq!(Column::named(header), None, "{header}");
        let intake = in_november(
            &format!("email,{header}\nann@x.example,mid-May\n"),
            OperationKind::Update,
            &[],
        );
        let unknown = found(&intake, "unknown-header");
        assert!(unknown[0].help.contains("write the day after"), "{header}: {unknown:?}");
    }
}

#[test]
fn what_databases_have_for_no_end_is_no_day_of_leaving() {
    for cell in [
        "31.12.9999",
        "9999-12-31",
        "9999-12-31 00:00:00",
        "00.00.0000",
        "0000-00-00",
        "00000000",
    ] {
        for header in ["Vertragsende", "Contract end", "Löschdatum"] {
            let text = format!("email,{header}\nann@x.example,{cell}\nbob@x.example,\n");
            let intake = in_november(&text, OperationKind::Offboard, &[]);
            assert_eq!(intake.rows.len(), 2, "{header}, {cell}: {:?}", intake.problems);
        }
    }
}

#[test]
fn nobody_is_cut_off_today_by_a_leaving_date_that_reseat_cannot_read() {
    for header in [
        "Last day",
        "Contract end",
        "Vertragsende",
        "Fin de contrat",
        "Fin del contrato",
        "Effective date (leaver)",
    ] {
        for cell in [
            "31/12/26",
            "no",
            "31 Dec 2026",
            "31. Dezember 2026",
            "end of December",
            "46387",
            "9999-12-30",
            "2026-11-30",
            "tbd",
        ] {
            let text = format!("email,{header}\nann@x.example,{cell}\nbob@x.example,\ncid@x.example,3 May 2019\n");
            let intake = in_november(&text, OperationKind::Offboard, &[]);
            let [told] = found(&intake, "dates-not-used")[..] else {
                panic!("{header}, {cell}: {:?}", intake.problems)
            };
            assert_eq!(
                (told.severity, told.location.to_string().as_str()),
                (Severity::Error, "row 2"),
                "{header}, {cell}"
            );
            assert!(told.what.contains(&format!("`{cell}` in row 2")), "{told:?}");
            for way_out in [
                format!("--map \"{header}=not_before\""),
                format!("--map \"{header}=note\""),
            ] {
                assert!(told.help.contains(&way_out), "{told:?}");
            }
            assert_eq!(
                told.help.starts_with("write the days as 2026-12-01"),
                cell != "2026-11-30",
                "{told:?}"
            );
            let kept: Vec<u32> = intake.rows.iter().map(|row| row.place.row).collect();
            assert_eq!(kept, [3, 4], "{header}, {cell}");
            let said = in_november(&text, OperationKind::Offboard, &[(header, "note")]);
            assert_eq!((said.rows.len(), said.problems.errors()), (3, 0), "{header}, {cell}");
            let coming = in_november(&text, OperationKind::Invite, &[]);
            assert_eq!(coming.problems.errors(), 0, "{header}, {cell}");
        }
    }
}

#[test]
fn nobody_is_cut_off_today_whose_day_to_come_is_written_as_people_write_it_under_any_header() {
    for header in ["Wann", "Gone by", "Hasta cuándo"] {
        for cell in [
            "31-Dec-26",
            "31 Dec 2026",
            "Donnerstag, 31. Dezember 2026",
            "31 de diciembre de 2026",
            "31.12.26",
            "12/31/26",
            "per 31.12.2026",
            "31.12.2026 (Do)",
        ] {
            let text = format!("email,{header}\nann@x.example,\"{cell}\"\nbob@x.example,\ncid@x.example,28-Nov-26\n");
            let intake = in_november(&text, OperationKind::Offboard, &[]);
            let [told] = found(&intake, "dates-not-used")[..] else {
                panic!("{header}, {cell}: {:?}", intake.problems)
            };
            assert_eq!(
                (told.severity, told.location.to_string().as_str()),
                (Severity::Error, "row 2"),
                "{cell}"
            );
            assert!(told.help.starts_with("write the days as 2026-12-01; then"), "{told:?}");
            let said = in_november(&text, OperationKind::Offboard, &[(header, "note")]);
            assert_eq!((said.rows.len(), said.problems.errors()), (3, 0), "{header}, {cell}");
        }
    }
    for (header, cell) in [
        ("End", "46387"),
        ("Ende", "Ende 2026"),
        ("Scadenza", "31/12"),
        ("Löschdatum", "Q1 2027"),
    ] {
        let intake = in_november(
            &format!("email,{header}\nann@x.example,{cell}\n"),
            OperationKind::Delete,
            &[],
        );
        assert_eq!(codes(&intake, Severity::Error), ["dates-not-used"], "{header}, {cell}");
    }
}

#[test]
fn numbers_and_words_that_only_resemble_days_to_come_keep_nobody_from_leaving() {
    for text in [
        "email,Room\nann@x.example,3.4.27\nbob@x.example,3.0.112\n",
        "email,Raum\nann@x.example,2.1.27\n",
        "email,Ext\nann@x.example,12-3-27\nbob@x.example,12-4-27\n",
        "email,Version\nann@x.example,1.2.27\n",
        "email,Kostenstelle\nann@x.example,10.12.27\nbob@x.example,11.10.28\n",
        "email,Cost centre\nann@x.example,10-12-27\nbob@x.example,45-99-01\n",
        "email,Born\nann@x.example,12.03.84\nbob@x.example,3-May-71\n",
        "email,Laptop\nann@x.example,ThinkPad T14 2027\nbob@x.example,Laptop back 15 January 2027\n",
        "email,Exit\nann@x.example,voluntary\nbob@x.example,tbd\n",
        "email,Since\nann@x.example,3 Mar 2019\nbob@x.example,1.10.26\ncid@x.example,28-Nov-26\n",
        "email,Desk\nann@x.example,12 Marketing 2027\n",
    ] {
        let intake = in_november(text, OperationKind::Offboard, &[]);
        assert_eq!(found(&intake, "dates-not-used"), [] as [&Problem; 0], "{text}");
    }
    // Who comes on such a day is not kept out.
    let text = "email,Since\nann@x.example,31-Dec-26\n";
    let coming = in_november(text, OperationKind::Invite, &[]);
    assert_eq!(found(&coming, "dates-not-used"), [] as [&Problem; 0]);
}

#[test]
fn leavers_whose_days_are_over_or_who_say_why_they_leave_run_without_a_word_of_dates() {
    for text in [
        "email,Last day\nann@x.example,29.11.2026\nbob@x.example,31 Dec 2025\n",
        "email,Last day\nann@x.example,43831\n",
        "email,Termination Date\nann@x.example,15-Nov-2026\nbob@x.example,1 Oct 2026\ncid@x.example,\"Friday, 13 November 2026\"\n",
        "email,Austritt\nann@x.example,15.11.26\nbob@x.example,31.10.26\n",
        "email,Last day\nann@x.example,11/15/25\n",
        "email,Austritt\nann@x.example,ja\nbob@x.example,Ja\n",
        "email,Regrettable Termination,Primary Termination Category\nann@x.example,No,Terminate Employee > Voluntary\n",
        "email,Austrittsgespräch geführt,Austritt gemeldet von\nann@x.example,Nein,Fr. Huber\n",
        "email,Einddatum contract\nann@x.example,onbepaalde tijd\n",
        "email,Termination reason\nann@x.example,found a better one\n",
        "email,not_before,Last day\nann@x.example,2027-01-01,31 Dec 2026\n",
    ] {
        let intake = in_november(text, OperationKind::Offboard, &[]);
        assert_eq!(found(&intake, "dates-not-used"), [] as [&Problem; 0], "{text}");
        assert_eq!(intake.problems.errors(), 0, "{text}");
    }
}

#[test]
fn a_leaving_date_counts_in_whichever_column_it_stands() {
    let others: Vec<String> = (0..80).map(|number| format!("Extra {number}")).collect();
    let text = format!(
        "email,{},Last day\nann@x.example,{}end of December\n",
        others.join(","),
        ",".repeat(80)
    );
    let intake = in_november(&text, OperationKind::Offboard, &[]);
    assert_eq!(codes(&intake, Severity::Error), ["dates-not-used"]);
}

#[test]
fn who_waits_for_somebodys_last_day_is_told_that_access_ends_as_it_begins() {
    let told = |header: &str, cells: &[&str], operation| {
        let rows: Vec<String> = (0..)
            .zip(cells)
            .map(|(number, cell)| format!("a{number}@x.example,{cell}"))
            .collect();
        let text = format!("email,{header}\n{}\n", rows.join("\n"));
        let map: &[(&str, &str)] = if header == "not_before" || header == "Effective date" {
            &[]
        } else {
            &[(header, "not_before")]
        };
        let intake = in_november(&text, operation, map);
        let problems: Vec<(Severity, String, String)> = found(&intake, "ends-before-last-day")
            .iter()
            .map(|found| (found.severity, found.location.to_string(), found.what.clone()))
            .collect();
        problems
    };
    for header in ["Last day", "Vertragsende", "Fin de contrat", "Fin del contrato"] {
        let found = told(
            header,
            &["2026-12-31", "2026-11-29", "", "2026-11-30"],
            OperationKind::Offboard,
        );
        let [(severity, place, what)] = &found[..] else {
            panic!("{header}: {found:?}")
        };
        assert_eq!(*severity, Severity::Warning, "{header}");
        assert!(place.contains("rows 2 and 5"), "{header}: {place}");
        assert!(
            what.starts_with("2 rows") && what.contains("locked out in the morning"),
            "{what}"
        );
    }
    for (header, cell, operation) in [
        ("not_before", "2026-12-31", OperationKind::Offboard),
        ("Effective date", "2026-12-31", OperationKind::Offboard),
        ("Leaver", "2026-12-31", OperationKind::Offboard),
        ("Last day", "2026-12-31", OperationKind::Invite),
        ("Last day", "2026-12-31 17:00", OperationKind::Offboard),
        ("Last day", "2026-12-31 24:00", OperationKind::Offboard),
        ("Last day", "2026-11-29", OperationKind::Offboard),
    ] {
        assert_eq!(told(header, &[cell], operation), [], "{header} {cell} {operation}");
    }
}

#[test]
fn licences_in_a_departments_own_words_are_told_by_their_header_or_their_cells() {
    for header in [
        "Licence wanted",
        "Requested license",
        "Licence type",
        "Gewünschte Lizenz",
        "Licence demandée",
        "Tipo de licencia",
        "Licença pedida",
        "Licenza richiesta",
        "Gevraagde licentie",
        "Rodzaj licencji",
        "希望ライセンス",
    ] {
        let intake = intake(&format!("email,{header}\nann@x.example,big one\n"));
        let [told] = found(&intake, "licenses-not-used")[..] else {
            panic!("{header}: {:?}", intake.problems)
        };
        assert!(told.what.contains("`big one`"), "{told:?}");
        assert!(told.help.contains(&format!("--map \"{header}=licenses\"")), "{told:?}");
        assert!(found(&intake, "unknown-header").is_empty());
    }
    for cell in ["Attended", "Automation Developer", "Plus", "ATUNU", "Attended; Plus"] {
        let intake = intake(&format!("email,Wanted\nann@x.example,{cell}\n"));
        assert_eq!(codes(&intake, Severity::Warning), ["licenses-not-used"], "{cell}");
    }
    for (header, cell) in [
        ("Licence wanted", ""),
        ("Room", "A1"),
        ("Department", "Finance"),
        ("Manager", "Ann Lee"),
    ] {
        let intake = intake(&format!("email,{header}\nann@x.example,{cell}\n"));
        assert_eq!(codes(&intake, Severity::Warning), ["unknown-header"], "{header}");
    }
}

#[test]
fn numbers_beside_a_groups_rule_are_told_that_they_are_no_limit_of_it() {
    let told = |header: &str, cell: &str, operation: OperationKind| {
        let intake = intake_with(
            &format!("Group,Licence,{header}\nFinance,ATTUNU,{cell}\n"),
            &with(operation),
        );
        let told = told(&intake, Severity::Warning);
        told.first().map(|problem| problem.help.clone()).unwrap_or_default()
    };
    let rule = OperationKind::SetGroupLicenses;
    for header in ["Seats", "Plätze", "Anzahl Lizenzen", "Lugares"] {
        let help = told(header, "10", rule);
        assert!(help.contains(&format!("--map \"{header}=quotas\"")), "{header}: {help}");
    }
    assert!(!told("Owner", "Ann", rule).contains("quotas"));
    assert!(!told("Seats", "10", OperationKind::ClearGroupLicenses).contains("quotas"));
    for header in ["Max seats", "Licence limit", "max. Plätze"] {
        assert_eq!(told(header, "10", rule), "", "{header}");
    }
}

#[test]
fn a_column_named_after_groups_is_told_what_would_use_it() {
    for header in ["UiPath groups", "Gewünschte Gruppen", "Groupes demandés"] {
        let intake = intake(&format!("email,{header}\nann@x.example,Finance\n"));
        let unknown = found(&intake, "unknown-header");
        assert!(
            unknown[0].help.contains(&format!("--map \"{header}=groups\"")),
            "{unknown:?}"
        );
    }
}

#[test]
fn what_a_column_of_another_system_has_is_told_with_its_header() {
    use OperationKind::{AddLicenses, Invite, Offboard};
    let help = |text: &str, operation: OperationKind, code: &str| {
        let intake = intake_with(text, &with(operation));
        let told = found(&intake, code);
        assert!(!told.is_empty(), "{text}: {:?}", intake.problems);
        if let Some(refused) = intake.refused.first() {
            assert!(!refused.message.contains("HEADER"), "{refused:?}");
        }
        told[0].help.clone()
    };
    let okta = help("User GUID,email\n00u1ab2cd3,ann@x.example\n", Offboard, "bad-id");
    assert!(okta.contains("--map \"User GUID=note\""), "{okta}");
    let alone = help("operation,user,Account ID\ndelete,,4711\n", Offboard, "bad-id");
    assert!(alone.contains("--map \"Account ID=user\""), "{alone}");
    let text = "E-Mail;Lizenz;Vorgang\nann@x.example;TSTNU;V-2026-0815\n";
    let request = help(text, AddLicenses, "unknown-operation");
    assert!(request.starts_with("--map \"Vorgang=note\""), "{request}");
    let slip = help("user,action\nann,delet\n", Offboard, "unknown-operation");
    assert!(!slip.contains("--map"), "{slip}");
    let called = help("User name,First name\nann@x.example,Ann\n", Invite, "missing-cell");
    assert!(called.starts_with("--map \"User name=email\""), "{called}");
    let named = help("User name,First name\nann,Ann\n", Invite, "missing-cell");
    assert_eq!(named, "write an e-mail address");
}

#[test]
fn an_empty_operation_is_shown_by_its_cell_with_what_can_stand_there() {
    let options = Options::default();
    let intake = intake_with("email,operation\nann@x.example,invite\nbob@x.example,\n", &options);
    let [told] = found(&intake, "no-operation")[..] else {
        panic!("{:?}", intake.problems)
    };
    assert!(told.help.starts_with("choose one in B3: `invite`"), "{told:?}");
    let intake = intake_with("email\nann@x.example\n", &options);
    let told = found(&intake, "no-operation");
    assert!(told[0].help.starts_with("add a column `operation`"), "{told:?}");
    assert!(
        told[0].help.contains("`offboard`") && told[0].help.contains("--operation"),
        "{told:?}"
    );
}

fn with(operation: OperationKind) -> Options {
    Options {
        operation: Some(operation),
        ..Options::default()
    }
}

#[test]
fn nobody_gets_what_the_column_beside_it_says_to_take_away() {
    for (header, give, take) in [
        ("Type", "Add", "Remove"),
        ("Class", "invite", "delete"),
        ("Event", "Joiner", "Leaver"),
        ("Event type", "New Hire", "Resignation"),
        ("Type", "New starter", "Offboarding"),
        ("Ereignis", "Neueinstellung", "Austritt"),
        ("Mouvement", "Nouvelle embauche", "Démission"),
        ("Movimiento", "Nuevo ingreso", "Dimisión"),
        ("Tipo", "Nuova assunzione", "Dimissioni"),
        ("Art", "Hinzufügen", "Entfernen"),
        ("Type de demande", "Ajouter", "Retirer"),
        ("Tipo", "Añadir", "Eliminar"),
        ("種別", "追加", "削除"),
    ] {
        let text = format!("User,Groups,{header}\nann,HR,{give}\nbob,HR,{take}\n");
        let adding = intake_with(&text, &with(OperationKind::AddToGroups));
        let problems = found(&adding, "operation-not-used");
        let [column, row] = problems[..] else {
            panic!("{header}: {:?}", adding.problems)
        };
        assert_eq!((column.severity, row.severity), (Severity::Warning, Severity::Error));
        assert_eq!(row.location.to_string(), "row 3");
        assert!(row.help.contains(&format!("--map \"{header}=operation\"")), "{row:?}");
        assert_eq!(adding.rows.len(), 1, "{header}");
        let taking = intake_with(&text, &with(OperationKind::RemoveFromGroups));
        let refused: Vec<u32> = taking.refused.iter().map(|row| row.place.row).collect();
        assert_eq!(refused, [2], "{header}");
    }
    let imported = intake_with(
        "Email,Group membership,Type\nann@x.example,HR,Add\nbob@x.example,HR,Remove\n",
        &Options::default(),
    );
    assert_eq!(imported.refused.len(), 1);
}

#[test]
fn a_column_of_words_for_operations_is_told_where_nothing_else_orders_them() {
    let offboarding = |text: &str| intake_with(text, &with(OperationKind::Offboard));
    let told = offboarding("E-mail,Mailbox\nann@x.example,Remove\nbob@x.example,grant\n");
    assert_eq!(codes(&told, Severity::Warning), ["operation-not-used"]);
    assert_eq!(rows(&told).len(), 2, "what becomes of a mailbox is no contradiction");
    for text in [
        "E-mail,Type\nann@x.example,local\nbob@x.example,DirectoryUser\n",
        "E-mail,Type\nann@x.example,New\nbob@x.example,Replacement\n",
        "E-mail,Type\nann@x.example,Remove\nbob@x.example,Contractor\n",
        "E-mail,Class\nann@x.example,License\nbob@x.example,\n",
        "E-mail,Used\nann@x.example,3\nbob@x.example,0\n",
        "E-mail,Type\nann@x.example,Leaver\nbob@x.example,Resignation\n",
        "E-mail,Type\nann@x.example,New user\nbob@x.example,End user\n",
        "operation,E-mail,Type\noffboard,ann@x.example,Add\noffboard,bob@x.example,\n",
    ] {
        let quiet = offboarding(text);
        assert_eq!(rows(&quiet).len(), 2, "{text}");
        assert_eq!(codes(&quiet, Severity::Warning), [] as [&str; 0], "{text}");
    }
    let moved = "E-mail,Change type\nann@x.example,Leaver\nbob@x.example,Transfer\ncid@x.example,Name change\n";
    assert_eq!(codes(&offboarding(moved), Severity::Warning), ["operation-not-used"]);
    for (text, told) in [
        (
            "E-mail,Type\nann@x.example,New Hire\nbob@x.example,Rehire\n",
            &[] as &[&str],
        ),
        (
            "E-mail,Type\nann@x.example,New Hire\nbob@x.example,Transfer\n",
            &["operation-not-used"],
        ),
    ] {
        let joiners = intake(text);
        assert_eq!(rows(&joiners).len(), 2, "{text}");
        assert_eq!(codes(&joiners, Severity::Warning), told, "{text}");
    }
}

#[test]
fn a_row_that_was_called_off_in_another_column_is_told_to_run_all_the_same() {
    for (header, cell) in [
        ("status", "cancelled"),
        ("Status", "storniert"),
        ("Estado", "Rechazado"),
        ("approved", "no"),
        ("Include?", "FALSE"),
        ("Genehmigt", "nein"),
        ("Status", "On hold"),
        ("approved", "not yet"),
    ] {
        let text = format!("operation,user,{header}\ndelete,ann,{cell}\ndelete,bob,\n");
        let intake = intake_with(&text, &Options::default());
        assert_eq!(codes(&intake, Severity::Warning), ["operation-not-used"], "{header}");
        assert!(
            told(&intake, Severity::Warning)[0].help.contains("`ignore`"),
            "{header}"
        );
    }
    for (header, cell) in [
        ("status", "done"),
        ("status", "open"),
        ("approved", "yes"),
        ("Remote", "no"),
    ] {
        let text = format!("operation,user,{header}\ndelete,ann,{cell}\n");
        let intake = intake_with(&text, &Options::default());
        assert_eq!(codes(&intake, Severity::Warning), ["unknown-header"], "{header}");
    }
}

#[test]
fn a_header_that_calls_rows_off_is_told_where_a_cell_below_it_says_yes_and_an_order_where_one_says_no() {
    use OperationKind::{Delete, Invite, Offboard, ReleaseLicenses};
    let codes_of = |header: &str, cells: [&str; 2], operation: OperationKind| {
        let [ann, bob] = cells;
        let text = format!("email,{header},licenses\nann@x.example,{ann},\nbob@x.example,{bob},\n");
        let intake = intake_with(&text, &with(operation));
        assert_eq!(rows(&intake).len(), 2, "{header}");
        codes(&intake, Severity::Warning).join(" ")
    };
    for (header, cells) in [
        ("Do not delete", ["", "x"]),
        ("Nicht löschen", ["nein", "ja"]),
        ("Litigation hold", ["", "yes"]),
        ("Cancelled", ["no", "yes"]),
        ("Storniert", ["nein", "ja"]),
        ("Delete?", ["yes", "no"]),
        ("Löschen?", ["ja", "nein"]),
        ("To be deleted", ["yes", "no"]),
        ("A supprimer", ["oui", "non"]),
        ("Freigabe", ["ja", "offen"]),
        ("Selected", ["TRUE", "FALSE"]),
        ("Bleibt", ["", "ja"]),
        ("Remove access", ["yes", "no"]),
        ("State", ["Closed Complete", "Closed Cancelled"]),
        ("Comment", ["", "DO NOT RUN"]),
    ] {
        for operation in [Delete, Offboard, ReleaseLicenses] {
            assert_eq!(codes_of(header, cells, operation), "operation-not-used", "{header}");
        }
    }
    for (header, cells) in [
        ("Do not delete", ["", "no"]),
        ("Litigation hold", ["False", "False"]),
        ("Cancelled", ["no", ""]),
        ("Delete?", ["yes", "yes"]),
        ("VPN", ["Revoked", "x"]),
        ("State", ["Texas", "Ohio"]),
    ] {
        assert_eq!(codes_of(header, cells, Delete), "unknown-header", "{header}");
    }
    assert_eq!(codes_of("Do not delete", ["", "x"], Invite), "unknown-header");
    assert_eq!(codes_of("Comment", ["", "Do not run in the corridor"], Delete), "");
}

#[test]
fn a_remark_that_calls_a_row_off_is_seen_among_many_others() {
    for word in ["cancelled", "keep"] {
        let remark = |row: usize| {
            if row == 50 {
                word.to_owned()
            } else {
                format!("ticket {row}")
            }
        };
        let remarks = (0..60).map(|row| format!("p{row}@x.example,{}\n", remark(row)));
        let text = format!("email,Comment\n{}", remarks.collect::<String>());
        let intake = intake_with(&text, &with(OperationKind::Delete));
        assert_eq!(codes(&intake, Severity::Warning), ["operation-not-used"], "{word}");
    }
}

#[test]
fn several_columns_of_one_list_are_told_how_to_become_one() {
    use OperationKind::{AddLicenses, AddToGroups, Delete, Invite};
    let told = |header: &str, operation: OperationKind| {
        let text = format!("user,{header}\nann@x.example,Finance,HR\n");
        let intake = intake_with(&text, &with(operation));
        let told = told(&intake, Severity::Warning)
            .into_iter()
            .filter(|problem| problem.code.as_str() == "unknown-header");
        told.map(|problem| problem.help.clone()).collect::<Vec<_>>()
    };
    for header in [
        "groups,Groups.1",
        "groups,groups_2",
        "Gruppen,Gruppen2",
        "groups,groups_duplicated_0",
    ] {
        let [help] = &told(header, AddToGroups)[..] else {
            panic!("{header}")
        };
        assert!(help.contains("(column B)` as well, parted by `;`"), "{help}");
    }
    let text = "user,License 1,License 2,License 3\nann@x.example,ATTUNU,TSTNU,\n";
    let licenses = intake_with(text, &with(AddLicenses));
    let numbered = licenses
        .problems
        .iter()
        .filter(|problem| problem.what.contains("License"));
    let helps: Vec<&str> = numbered.map(|problem| problem.help.as_str()).collect();
    assert_eq!(helps.len(), 3, "{helps:?}");
    for help in helps {
        assert!(help.contains("into one, `licenses`, parted by `;`"), "{help}");
    }
    for help in told("Group 1,Group 2", Invite) {
        assert!(help.contains("into one, `groups`, parted by `;`"), "{help}");
    }
    for (header, operation) in [
        ("groups,Groups.1", Delete),
        ("groups,Team 1", AddToGroups),
        ("groups,Sub", AddToGroups),
    ] {
        assert!(
            told(header, operation).iter().all(|help| !help.contains("parted")),
            "{header}"
        );
    }
}

#[test]
fn what_people_had_is_not_advised_to_be_given_as_well() {
    for header in [
        "Old licences",
        "OldLicense",
        "current licence",
        "Licences before",
        "Lizenz alt",
        "Lizenz Ist",
        "Lizenzen bisher",
        "ancienne licence",
        "licence actuelle",
        "Licencia anterior",
        "licenza precedente",
        "licença atual",
        "Licentie oud",
        "huidige licentie",
        "stara licencja",
        "旧ライセンス",
    ] {
        let help = |columns: &str| {
            let text = format!("user,{header},{columns}\nann@x.example,TSTNU,ATTUNU\n");
            let intake = intake_with(&text, &with(OperationKind::AddLicenses));
            let found = found(&intake, "licenses-not-used");
            found.first().map(|problem| problem.help.clone()).unwrap_or_default()
        };
        assert_eq!(
            help("licenses"),
            "nothing to do if they are what people have until now; to take them away, write `remove-licenses` rows",
            "{header}"
        );
        let alone = help("Team");
        assert!(
            alone.starts_with("nothing to do if they are what people have until now; if they are meant: --map"),
            "{header}: {alone}"
        );
    }
    for header in ["More licences", "Istanbul", "Start licences"] {
        let text = format!("user,licenses,{header}\nann@x.example,TSTNU,ATTUNU\n");
        let intake = intake_with(&text, &with(OperationKind::AddLicenses));
        let found = found(&intake, "licenses-not-used");
        assert!(found[0].help.contains("as well, parted by `;`"), "{header}: {found:?}");
    }
}

#[test]
fn advice_about_a_column_never_does_the_opposite_of_what_its_header_says() {
    use OperationKind::{AddLicenses, Migrate, RemoveFromGroups, RemoveLicenses, SetGroups, SetLicenses, Update};
    for (text, operation, advice) in [
        (
            "user,Groups removed\nann@x.example,HR\n",
            Update,
            "--map \"Groups removed=remove_groups\" if it has groups to leave",
        ),
        (
            "user,name,Gruppe neu\nann@x.example,Ann,HR\n",
            Update,
            "=groups\" if it has groups to join",
        ),
        (
            "user,New groups\nann@x.example,HR\n",
            RemoveFromGroups,
            "to have people join them, write `add-to-groups` rows",
        ),
        (
            "user,Licences to keep\nann@x.example,ATTUNU\n",
            RemoveLicenses,
            "nothing to do if people keep them",
        ),
        (
            "user,License to add\nann@x.example,ATTUNU\n",
            RemoveLicenses,
            "to give them, write `add-licenses` rows",
        ),
        (
            "user,Zu entziehende Lizenz\nann@x.example,ATTUNU\n",
            AddLicenses,
            "write them into a `remove-licenses` row",
        ),
        (
            "user,license,New license\nann@x.example,ATTUNU,TSTNU\n",
            SetLicenses,
            "--map \"New license=licenses\" --map \"license=note\" if it has what is to be",
        ),
        (
            "user,groups,New groups\nann@x.example,HR,IT\n",
            SetGroups,
            "--map \"New groups=groups\" --map \"groups=note\" if it has what is to be",
        ),
        (
            "user,surname,Nachname neu\nann@x.example,Lee,Ray\n",
            Update,
            "--map \"Nachname neu=surname\" --map \"surname=note\" if it has what is to be",
        ),
        (
            "user,Target group\nann@x.example,HR\n",
            SetGroups,
            "=groups\" if it has what is to be",
        ),
        (
            "Email,Previous email\nann@new.example,ann@old.example\n",
            Migrate,
            "--map \"Previous email=user\" --map \"Email=new_email\"",
        ),
        (
            "Old email,Email\nann@old.example,ann@new.example\n",
            Migrate,
            "--map \"Email=new_email\" if the column has the new",
        ),
        (
            "Email,license,Requested for\nbo@x.example,ATTUNU,ann@x.example\n",
            AddLicenses,
            "if these are meant, --map \"Requested for=email\"",
        ),
        (
            "Email,Who needs the license?\nbo@x.example,ann@x.example\n",
            AddLicenses,
            "if these are meant, --map \"Who needs the license?=email\"",
        ),
        (
            "Email,license,Needed until\nann@x.example,ATTUNU,2026-12-24\n",
            AddLicenses,
            "--map \"Needed until=note\" says that the column is for people only: nothing is taken away again",
        ),
        (
            "user,名,非アクティブ\nann@x.example,Ann,yes\n",
            Update,
            "--map \"非アクティブ=COLUMN\"",
        ),
    ] {
        let intake = in_november(text, operation, &[]);
        let helps: Vec<&str> = intake.problems.iter().map(|problem| problem.help.as_str()).collect();
        assert!(
            helps.iter().any(|help| help.contains(advice)),
            "{text} {operation}: {helps:?}"
        );
    }
}

#[test]
fn what_is_given_until_a_day_is_not_to_wait_for_it_beside_rows_that_take_something_away() {
    let helps = |header: &str, rows: &str| {
        let text = format!("operation,email,licenses,{header}\n{rows}");
        let intake = in_november(&text, OperationKind::Invite, &[]);
        let found = found(&intake, "dates-not-used");
        let helps = found.iter().map(|problem| (problem.severity, problem.help.clone()));
        helps.collect::<std::collections::BTreeMap<Severity, String>>()
    };
    let both = "set-licenses,ann@x.example,ATTUNU,2027-06-30\nrelease-licenses,bob@x.example,,2027-03-31\n";
    for header in ["Effective until", "Needed until", "To"] {
        let helps = helps(header, both);
        assert!(
            helps[&Severity::Warning].starts_with(&format!("--map \"{header}=note\" says")),
            "{helps:?}"
        );
        let error = &helps[&Severity::Error];
        assert!(
            error.contains("=not_before\"") && error.contains("move them into a sheet of their own"),
            "{error}"
        );
    }
    let from = helps("Day", both);
    assert!(from[&Severity::Warning].contains("=not_before\""), "{from:?}");
    for rows in [
        "release-licenses,bob@x.example,,2027-03-31\n",
        "set-licenses,ann@x.example,ATTUNU,\nrelease-licenses,bob@x.example,,2027-03-31\n",
    ] {
        let alone = helps("Effective until", rows);
        assert!(
            alone.len() == 1 && !alone[&Severity::Error].contains("of their own"),
            "{alone:?}"
        );
    }
}

#[test]
fn who_is_given_something_and_has_left_by_a_state_that_is_not_used_is_told() {
    use OperationKind::{AddLicenses, Invite, Offboard, Update};
    for (header, cell, operation, code) in [
        ("status", "DEPROVISIONED", AddLicenses, "operation-not-used"),
        ("Employment Status", "Inactive", Invite, "operation-not-used"),
        ("accountEnabled", "FALSE", AddLicenses, "operation-not-used"),
        ("status", "DEPROVISIONED", Offboard, "unknown-header"),
        ("status", "SUSPENDED", Update, "unknown-header"),
        ("status", "ACTIVE", Invite, "unknown-header"),
        ("status", "STAGED", Invite, "unknown-header"),
        ("accountEnabled", "TRUE", Invite, "unknown-header"),
    ] {
        let text = format!("email,licenses,name,{header}\nann@x.example,ATTUNU,Ann,{cell}\n");
        let intake = in_november(&text, operation, &[]);
        assert!(
            codes(&intake, Severity::Warning).contains(&code),
            "{header} {cell} {operation}: {:?}",
            intake.problems
        );
    }
}

#[test]
fn who_loses_something_and_is_still_there_by_a_state_is_told_where_others_have_left() {
    use OperationKind::{AddLicenses, Delete, Offboard, Update};
    for (header, cells, operation, code) in [
        ("status", ["DEPROVISIONED", "ACTIVE"], Delete, "operation-not-used"),
        ("Status", ["ausgetreten", "aktiv"], Offboard, "operation-not-used"),
        ("AccountEnabled", ["False", "True"], Delete, "operation-not-used"),
        ("Leaver?", ["Y", "N"], Delete, "operation-not-used"),
        ("Still employed", ["no", "yes"], Offboard, "operation-not-used"),
        ("status", ["ACTIVE", "ACTIVE"], Delete, "unknown-header"),
        ("AccountEnabled", ["True", "True"], Offboard, "unknown-header"),
        ("status", ["DEPROVISIONED", "STAGED"], Delete, "unknown-header"),
        ("status", ["DEPROVISIONED", "ACTIVE"], Update, "unknown-header"),
        ("Manager response", ["Remove", "Keep"], Delete, "operation-not-used"),
        ("Recommendation", ["Reclaim", "Keep"], Delete, "operation-not-used"),
        (
            "Manager decision",
            ["Remove", "still needed"],
            Delete,
            "operation-not-used",
        ),
        ("Still required?", ["N", "Y"], Delete, "operation-not-used"),
        ("Recommendation", ["Reclaim", "Keep"], AddLicenses, "unknown-header"),
    ] {
        let [one, two] = cells;
        let text =
            format!("email,licenses,name,{header}\nann@x.example,ATTUNU,Ann,{one}\nbo@x.example,ATTUNU,Bo,{two}\n");
        let intake = in_november(&text, operation, &[]);
        let told = codes(&intake, Severity::Warning);
        assert!(
            told.contains(&code),
            "{header} {cells:?} {operation}: {:?}",
            intake.problems
        );
    }
}

#[test]
fn who_has_no_last_day_where_others_have_one_may_be_somebody_who_stays() {
    let warned = |text: &str, operation| {
        let intake = in_november(text, operation, &[]);
        assert_eq!(codes(&intake, Severity::Error), [""; 0], "{text}");
        let found = found(&intake, "dates-not-used");
        found
            .first()
            .map(|problem| (problem.what.clone(), problem.location.rows.to_string()))
    };
    let some = "user,Austrittsdatum\nann,2026-10-31\nbo,\ncy,unbefristet\ndi,2026-09-30\n";
    let (what, rows) = warned(some, OperationKind::Offboard).expect("a warning");
    assert!(
        what.ends_with("has no day for 2 rows that take access away at once"),
        "{what}"
    );
    assert_eq!(rows, "rows 3 and 4");
    for text in [
        "user,Austrittsdatum\nann,2026-10-31\nbo,2026-10-30\n",
        "user,Austrittsdatum\nann,\nbo,\n",
    ] {
        assert_eq!(warned(text, OperationKind::Offboard), None, "{text}");
    }
    let coming = some
        .replace("user,", "email,")
        .replace("ann,", "ann@x.example,")
        .replace("bo,", "bo@x.example,");
    let coming = coming.replace("cy,", "cy@x.example,").replace("di,", "di@x.example,");
    assert_eq!(warned(&coming, OperationKind::Invite), None);
}

#[test]
fn groups_to_add_are_no_list_to_set_or_to_leave_unless_the_map_says_so() {
    use OperationKind::{AddToGroups, RemoveFromGroups, SetGroups};
    let text = "user,Groups to add\nann@x.example,HR\n";
    let errors = |options: &Options| codes(&intake_with(text, options), Severity::Error);
    for operation in [SetGroups, RemoveFromGroups] {
        assert_eq!(errors(&with(operation)), ["doubtful-header"], "{operation}");
        let mapped = Options {
            map: vec![("Groups to add".into(), "groups".into())],
            ..with(operation)
        };
        assert!(errors(&mapped).is_empty(), "{operation}");
    }
    assert!(errors(&with(AddToGroups)).is_empty());
}

#[test]
fn of_several_columns_of_addresses_none_is_named_that_is_about_somebody_else_or_known() {
    for (header, advice) in [
        (
            "opened_by.email,requested_for.email",
            "--map \"requested_for.email=email\"",
        ),
        ("Vorgesetzter,Mitarbeiter", "--map \"Mitarbeiter=email\""),
        ("Nachfolger,Mitarbeiter", "--map \"Mitarbeiter=email\""),
        ("new_email,Current", "--map \"Current=user\""),
        (
            "neue Adresse,alte Adresse",
            "--map \"alte Adresse=user\" --map \"neue Adresse=new_email\"",
        ),
        ("One,Two", "--map \"HEADER=email\", or `=user`, says which of them"),
        ("Line manager,Requested by", "head one `user`, `email` or `group`"),
    ] {
        let text = format!("{header}\nann@x.example,bo@x.example\n");
        let intake = intake_with(&text, &with(OperationKind::Delete));
        let told = found(&intake, "no-header");
        assert!(told[0].help.contains(advice), "{header}: {told:?}");
    }
}

#[test]
fn new_addresses_beside_the_old_ones_of_a_move_are_mapped_as_such() {
    let text = "Old,New\nann@old.example,ann@new.example\n";
    let help = |operation, map: &[(&str, &str)]| {
        let intake = in_november(text, operation, map);
        found(&intake, "addresses-not-used")
            .first()
            .map(|problem| problem.help.clone())
            .unwrap_or_default()
    };
    let moved = help(OperationKind::Migrate, &[("Old", "user")]);
    assert!(moved.ends_with("--map \"New=new_email\""), "{moved}");
    let deleted = help(OperationKind::Delete, &[("Old", "user")]);
    assert!(deleted.ends_with("--map \"New=email\" --map \"Old=note\""), "{deleted}");
    let known = "UPN,New UPN,Email,New Email\nann@old.example,ann@new.example,ann@old.example,ann@new.example\n";
    let known = in_november(known, OperationKind::Migrate, &[]);
    let known = &found(&known, "addresses-not-used")[0].help;
    assert!(!known.contains("--map"), "{known}");
    let beside = in_november(
        "User,Email,Worker\nann@x.example,ann@x.example,bo@x.example\n",
        OperationKind::Delete,
        &[],
    );
    let beside = &found(&beside, "addresses-not-used")[0].help;
    assert!(
        beside.ends_with("--map \"Worker=user\" --map \"User=note\""),
        "{beside}"
    );
    let both = in_november(text, OperationKind::Migrate, &[("Old", "user"), ("New", "new_email")]);
    assert_eq!(both.rows.len(), 1, "{:?}", both.problems);
}

#[test]
fn a_new_user_beside_a_user_is_somebody_else_and_nobody_is_moved_there() {
    for header in [
        "User,New user",
        "Existing user,New user",
        "Benutzer,Neuer Benutzer",
        "Utilisateur,Nouvel utilisateur",
    ] {
        let text = format!("{header},License\nann@x.example,bo@x.example,ATTUNU\n");
        let silent = intake_with(&text, &Options::default());
        assert_eq!(codes(&silent, Severity::Error), ["no-operation"], "{header}");
        let given = intake_with(&text, &with(OperationKind::AddLicenses));
        assert_eq!(codes(&given, Severity::Warning), ["addresses-not-used"], "{header}");
    }
}

#[test]
fn a_header_parted_by_a_sign_that_is_no_separator_is_told_what_makes_it_one() {
    for sign in ["~", "^"] {
        let text = format!("operation{sign}user\noffboard{sign}ann@x.example\n");
        let told = intake_with(&text, &Options::default());
        let help = &found(&told, "no-header")[0].help;
        assert!(help.contains(&format!("a line `sep={sign}`")), "{help}");
        assert_eq!(
            intake_with(&format!("sep={sign}\n{text}"), &Options::default())
                .rows
                .len(),
            1
        );
    }
}

#[test]
fn whole_names_under_a_header_that_is_taken_for_the_first_name_are_told() {
    use OperationKind::{Create, Invite, Offboard, Update};
    let told = |header: &str, cells: [&str; 2], operation: OperationKind, map: &[(&str, &str)]| {
        let [ann, bob] = cells;
        let text = format!("user,{header}\nann@x.example,\"{ann}\"\nbob@x.example,{bob}\n");
        let intake = in_november(&text, operation, map);
        found(&intake, "doubtful-header")
            .first()
            .map(|problem| problem.help.clone())
    };
    let whole = ["Lee, Ann", "Bob Kay"];
    for header in ["Name", "name", "Nombre", "Nome"] {
        for operation in [Create, Update] {
            let help = told(header, whole, operation, &[]).unwrap();
            assert!(help.starts_with(&format!("--map \"{header}=display_name\"")), "{help}");
        }
        let help = told(header, whole, Invite, &[]).unwrap();
        assert!(help.contains("`surname`") && !help.contains("display_name"), "{help}");
        assert_eq!(told(header, ["Ann", "Bob"], Invite, &[]), None, "{header}");
        assert_eq!(told(header, ["Ann Mary", "Bob"], Invite, &[]), None, "{header}");
        assert_eq!(told(header, whole, Offboard, &[]), None, "{header}");
        assert_eq!(told(header, whole, Update, &[(header, "name")]), None, "{header}");
    }
    for header in ["First name", "Vorname", "Full name"] {
        assert_eq!(told(header, whole, Create, &[]), None, "{header}");
    }
    let beside = intake("email,Name,Surname\nann@x.example,Ann Mary,Lee\n");
    assert_eq!(codes(&beside, Severity::Warning), [""; 0]);
}

#[test]
fn a_remark_that_calls_a_row_off_or_has_a_day_to_come_is_told_beside_what_takes_access_away() {
    use OperationKind::{Delete, Invite, Offboard};
    let told = |header: &str, cell: &str, operation: OperationKind, map: &[(&str, &str)]| {
        let text = format!("email,{header}\nann@x.example,\"{cell}\"\nbob@x.example,\n");
        let intake = in_november(&text, operation, map);
        assert_eq!(intake.rows.len(), 2, "{:?}", intake.problems);
        codes(&intake, Severity::Warning).join(" ")
    };
    for (header, cell, code) in [
        ("Bemerkung", "per 31.12.2026", "dates-not-used"),
        ("Bemerkung", "erst zum 31.12.2026", "dates-not-used"),
        ("Remarks", "31-Dec-26", "dates-not-used"),
        ("Commentaire", "2027-01-04", "dates-not-used"),
        ("Comment", "CANCELLED", "operation-not-used"),
        ("Remark", "on hold", "operation-not-used"),
        ("Bemerkung", "NICHT abmelden", "operation-not-used"),
    ] {
        for operation in [Offboard, Delete] {
            assert_eq!(told(header, cell, operation, &[]), code, "{header}: {cell}");
        }
        assert_eq!(
            told(header, cell, Offboard, &[(header, "note")]),
            "",
            "{header}: {cell}"
        );
        assert_eq!(told("note", cell, Offboard, &[]), "", "{cell}");
    }
    for cell in [
        "29.11.2026",
        "30.11.2026",
        "laptop back 15.1.2027",
        "see ticket 4711",
        "remove badge",
        "no exit interview",
        "Raum 3.1.27",
    ] {
        assert_eq!(told("Comment", cell, Offboard, &[]), "", "{cell}");
    }
    assert_eq!(told("Bemerkung", "per 31.12.2026", Invite, &[]), "");
}

#[test]
fn a_header_among_the_rows_is_nobodys_name_and_ends_the_table_if_its_columns_are_others() {
    for (kind, text, refused) in [
        // The same header once more, in its own words or in those of another language.
        (
            OperationKind::Delete,
            "E-mail\nann@x.example\n\nStaying\nE-mail\nbob@x.example\n",
            vec![5],
        ),
        (
            OperationKind::Create,
            "username,first name\nann,Ann\nusername,first name\ncy,Cy\n",
            vec![3],
        ),
        (
            OperationKind::RemoveFromGroups,
            "E-Mail;Vorname;Gruppen\nEmail;First name;Groups\nann@x.example;Ann;HR\n",
            vec![2],
        ),
        (
            OperationKind::Delete,
            "USERNAME,EMAIL\nUsername,Email\n,ann@x.example\n",
            vec![2],
        ),
        (
            OperationKind::Delete,
            "operation,user\ndelete,ann\noperation,user\ndelete,bob\n",
            vec![3],
        ),
        // Another table.
        (
            OperationKind::AddToGroups,
            "E-mail,Groups to add\nann@x.example,HR\n\nE-mail,Groups to remove\nbob@x.example,Finance\n",
            vec![4, 5],
        ),
        (
            OperationKind::Delete,
            "operation,user,groups\nadd-to-groups,ann,HR\n\noperation,user,licenses\nadd-to-groups,bob,TSTNU\n",
            vec![4, 5],
        ),
        (
            OperationKind::AddToGroups,
            "E-Mail,Gruppen,Vorname\nann@x.example,HR,Ann\nOperation,User,Groups\ndelete,cid@x.example,HR\n",
            vec![3, 4],
        ),
    ] {
        let intake = intake_with(text, &with(kind));
        let again = found(&intake, "header-again");
        assert_eq!(again.len(), 1, "{text} {:?}", intake.problems);
        assert_eq!(again[0].severity, Severity::Error);
        let numbers: Vec<u32> = intake.refused.iter().map(|row| row.place.row).collect();
        assert_eq!(numbers, refused, "{text}");
        assert!(intake.refused.iter().all(|row| row.code == "header-again"), "{text}");
    }
}

#[test]
fn a_smaller_table_above_another_is_an_error_and_a_contact_above_the_header_none() {
    let joiners = "Email,First name,Groups\nnew@x.example,New,HR\n";
    for (above, row) in [
        (
            "Email,Note\nann@x.example,left\nbob@x.example,left\n\nJoiners\n",
            Some("row 1"),
        ),
        ("Leavers\nUser,Operation\nann@x.example,offboard\n", Some("row 2")),
        ("E-mail of HR,hr@x.example\n", None),
        ("Name,E-mail\nAda,hr@x.example\n", None),
        ("Users,New\nAsk,hr@x.example\n", None),
        ("User,Wishes\n(who),(what)\n", None),
    ] {
        let text = format!("{above}{joiners}");
        let intake = intake_with(&text, &with(OperationKind::Invite));
        let again = found(&intake, "header-again");
        let location = again.first().map(|again| again.location.to_string());
        assert_eq!(location.as_deref(), row, "{text}");
        let header_row = above.lines().count() + 1;
        let alone = Options {
            header_row: u32::try_from(header_row).ok(),
            ..with(OperationKind::Invite)
        };
        assert!(found(&intake_with(&text, &alone), "header-again").is_empty(), "{text}");
    }
}

#[test]
fn people_and_groups_may_be_called_like_a_header() {
    for (kind, text) in [
        (OperationKind::Delete, "user\nmail\naccount\nlogin\nName\n"),
        (OperationKind::Create, "username,first name\nmail,Ann\nuser,Bob\n"),
        (
            OperationKind::AddToGroups,
            "user,groups\nmail,HR\nann@x.example,Groups\n",
        ),
        (OperationKind::ClearGroupLicenses, "group\nAccount\nUser\nGroups\n"),
        (OperationKind::SetGroupLicenses, "group,licenses\nUser,ATTUNU\n"),
    ] {
        let intake = intake_with(text, &with(kind));
        assert!(
            found(&intake, "header-again").is_empty(),
            "{text} {:?}",
            intake.problems
        );
        assert!(intake.refused.is_empty(), "{text} {:?}", intake.problems);
    }
}

#[test]
fn a_hidden_column_that_rows_use_is_told_and_read_all_the_same() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let header = [
        "Operation",
        "User",
        "Remove groups",
        "Groups",
        "Team",
        "Note",
        "Surname",
    ];
    sheet.write_row(0, 0, header).unwrap();
    let cells = ["update", "ann@x.example", "Finance", "HR", "North", "new", ""];
    sheet.write_row(1, 0, cells).unwrap();
    for column in [2, 4, 5, 6] {
        sheet.set_column_hidden(column).unwrap();
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let source = Source::from_reader(&mut bytes.as_slice()).unwrap();
    for visible_only in [false, true] {
        let options = Options {
            visible_only,
            ..Options::default()
        };
        let intake = read(&source, &options).unwrap();
        let [told] = found(&intake, "hidden-columns")[..] else {
            panic!("{:?}", intake.problems)
        };
        assert_eq!(
            told.location.to_string(),
            "sheet `Sheet1`, row 2, column Remove groups (column C)"
        );
        assert!(told.help.contains("--map \"Remove groups=note\""), "{told:?}");
        assert!(rows(&intake)[0].1.contains("Finance"));
    }
}

/// A workbook of worksheets with these names and rows, each a line.
fn worksheets(sheets: &[(&str, &str)]) -> Source {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (row, line) in (0..).zip(rows.lines()) {
            sheet.write_row(row, 0, line.split(',')).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    Source::from_reader(&mut bytes.as_slice()).unwrap()
}

#[test]
fn a_worksheet_of_people_that_is_passed_over_is_told_with_what_to_type() {
    let read_beside = |rows: &str| {
        let source = worksheets(&[("EMEA", "E-mail,Groups\nzoe@x.example,HR"), ("APAC", rows)]);
        read(&source, &inviting()).unwrap()
    };
    for (people, help) in [
        (
            "Employee email,Groups\nyan@x.example,HR",
            "--map \"Employee email=email\"",
        ),
        (
            "Mitarbeiter-Mail,Austritt am\nyan@x.example,",
            "--map \"Mitarbeiter-Mail=email\"",
        ),
        ("Who,Groups\nyan@x.example,HR", "--map \"Who=email\""),
        ("yan@x.example,HR\nxan@x.example,HR", "put a row of headers above"),
    ] {
        let intake = read_beside(people);
        let [told] = found(&intake, "no-header")[..] else {
            panic!("{people} {:?}", intake.problems)
        };
        assert_eq!(told.severity, Severity::Warning);
        assert!(
            told.location.to_string().contains("APAC") && told.help.contains(help),
            "{told:?}"
        );
        assert_eq!(intake.rows.len(), 1);
    }
    for notes in [
        "Read me\nAsk hr@x.example",
        "Read me\nQuestions:,hr@x.example\nApproval:,boss@x.example",
        "Team,Whom to ask\nHR,hr@x.example",
        "Ask hr@x.example",
        "Licence,Meaning\nATTUNU,Attended",
    ] {
        let intake = read_beside(notes);
        assert!(found(&intake, "no-header").is_empty(), "{notes} {:?}", intake.problems);
    }
}

#[test]
fn a_workbook_without_a_header_is_told_what_a_csv_is_told() {
    for header in ["Employee email", "Who"] {
        let rows = format!(
            "Joiners December 2026,,\n{header},Team,Cost centre\nzoe@x.example,HR,4711\nyan@x.example,HR,4712\n"
        );
        let source = worksheets(&[("Notes", "Ask Ann"), ("Joiners", &rows)]);
        for intake in [read(&source, &inviting()).unwrap(), intake(&rows)] {
            let [told] = told(&intake, Severity::Error)[..] else {
                panic!("{:?}", intake.problems)
            };
            assert!(told.location.to_string().ends_with("row 2"), "{told:?}");
            assert!(told.what.contains(&format!("{header} (column A)")), "{told:?}");
            assert!(told.help.contains(&format!("--map \"{header}=email\"")), "{told:?}");
        }
    }
}

#[test]
fn headers_that_stand_in_one_cell_are_told_as_that() {
    for (text, between) in [
        ("email;groups;name\nann@x.example,HR,Ann\nbob@x.example,HR,Bob\n", "`;`"),
        ("\"email,groups\"\n\"ann@x.example,HR\"\n", "`,`"),
        ("email\tgroups, all\nann@x.example\tHR, Finance\n", "a tab"),
    ] {
        let intake = intake(text);
        let [told] = told(&intake, Severity::Error)[..] else {
            panic!("{text} {:?}", intake.problems)
        };
        assert!(
            told.help.contains(&format!("several headers, with {between} between")),
            "{told:?}"
        );
        assert!(!told.help.contains("--map"), "{told:?}");
    }
}

#[test]
fn a_column_for_each_licence_is_told_what_would_use_it() {
    let matrix = intake("Email,ATTUNU,Attended - Named User,Room\nzoe@x.example,x,x,1\n");
    let [code, name] = found(&matrix, "licenses-not-used")[..] else {
        panic!("{:?}", matrix.problems)
    };
    for told in [code, name] {
        assert!(
            told.help.contains("into a column `licenses`") && !told.help.contains("--map"),
            "{told:?}"
        );
    }
    assert_eq!(found(&matrix, "unknown-header").len(), 1);
}

#[test]
fn many_columns_of_which_there_is_nothing_to_suggest_are_told_together_and_the_others_one_by_one() {
    let header = |count: usize| {
        let extra: Vec<String> = (1..=count).map(|number| format!("Pay code {number}")).collect();
        intake(&format!(
            "email,{},Lizenz,Nachnahme\nann@x.example,{}ATTUNU,Lee\n",
            extra.join(","),
            "x,".repeat(count)
        ))
    };
    let few = header(8);
    assert_eq!(found(&few, "unknown-header").len(), 9, "{:?}", few.problems);
    let many = header(60);
    let unknown = found(&many, "unknown-header");
    assert_eq!(unknown.len(), 2, "{:?}", many.problems);
    assert!(unknown[0].help.contains("did you mean"), "{unknown:?}");
    assert!(
        unknown[1]
            .what
            .starts_with("60 columns are not used: `Pay code 1 (column B)`, ")
            && unknown[1].what.ends_with(" and 52 more"),
        "{unknown:?}"
    );
}

#[test]
fn a_column_of_addresses_beside_the_one_that_is_used_is_told_unless_it_is_somebody_elses() {
    let told = |header: &str| {
        let text = format!("{header},E-mail\nann@x.example,dan@x.example\nbob@x.example,eve@x.example\n");
        let intake = in_november(&text, OperationKind::Offboard, &[]);
        assert_eq!(intake.rows.len(), 2, "{:?}", intake.problems);
        codes(&intake, Severity::Warning).join(" ")
    };
    for header in ["Employee address", "Adresse", "Mitarbeiter", "Dirección", "Worker"] {
        assert_eq!(told(header), "addresses-not-used", "{header}");
    }
    for header in [
        "Manager",
        "Line manager address",
        "Vorgesetzter",
        "Team lead",
        "Approved by",
        "Private mail",
        "Responsable hiérarchique",
        "Antragsteller",
        "Demandeur",
        "Supérieur hiérarchique",
        "Solicitante",
        "Richiedente",
        "Aanvrager",
        "Leidinggevende",
        "Beställare",
        "Opened by",
        "Assigned to",
        "Reporting to",
        "HRBP",
        "上司",
    ] {
        assert_eq!(told(header), "unknown-header", "{header}");
    }
    let mixed = "Wer,E-mail\nann@x.example,ann@x.example\nBob,bob@x.example\n";
    let mixed = in_november(mixed, OperationKind::Offboard, &[]);
    assert_eq!(codes(&mixed, Severity::Warning), ["unknown-header"]);
    let intake = in_november(
        "Employee address,E-mail\nann@x.example,dan@x.example\n",
        OperationKind::Offboard,
        &[],
    );
    let help = &found(&intake, "addresses-not-used")[0].help;
    assert!(
        help.contains("--map \"Employee address=email\" --map \"E-mail=note\""),
        "{help}"
    );
}

#[test]
fn where_no_column_says_whom_rows_are_about_one_of_addresses_is_told() {
    use OperationKind::{AddLicenses, AddToGroups, SetGroupLicenses};
    for (text, operation, advice) in [
        (
            "Group,Members\nHR,ann@x.example\n",
            AddToGroups,
            "--map \"Members=user\"",
        ),
        (
            "operation,Group,Members\n,HR,ann@x.example\n",
            AddToGroups,
            "--map \"Members=user\"",
        ),
        (
            "Group,Member\nHR,ann@x.example\nHR,bo@x.example\n",
            AddToGroups,
            "--map \"Member=user\"",
        ),
        (
            "Group,Team member,License\nHR,ann@x.example,ATTUNU\n",
            AddLicenses,
            "--map \"Team member=user\"",
        ),
        (
            "Group,Team member,License\nHR,ann@x.example,ATTUNU\n",
            SetGroupLicenses,
            "--map \"Team member=user\", and --operation add-licenses instead",
        ),
    ] {
        let intake = intake_with(text, &with(operation));
        let help = &found(&intake, "addresses-not-used")[0].help;
        assert!(help.ends_with(advice), "{text}: {help}");
        assert!(found(&intake, "duplicate-row").is_empty(), "{text}");
    }
    for text in ["Group,Members\nHR,3\n", "Group,Owner\nHR,ann@x.example\n"] {
        let intake = intake_with(text, &with(AddToGroups));
        assert!(found(&intake, "addresses-not-used").is_empty(), "{text}");
    }
}

#[test]
fn a_row_that_says_of_nobody_what_to_do_repeats_none() {
    for (text, operation) in [
        ("Email,Group\nanonymous,HR\nanonymous,HR\n", OperationKind::Invite),
        ("User,Group\n,HR\n,HR\n", OperationKind::AddToGroups),
    ] {
        let intake = intake_with(text, &with(operation));
        assert_eq!(intake.refused.len(), 2, "{text}");
        assert!(found(&intake, "duplicate-row").is_empty(), "{text}");
    }
    let rule = intake_with("Group,License\nHR,?\nHR,?\n", &with(OperationKind::SetGroupLicenses));
    assert_eq!(found(&rule, "duplicate-row").len(), 1);
}

#[test]
fn a_column_that_speaks_of_licences_and_holds_none_is_no_licence() {
    use OperationKind::{AddLicenses, Invite, Offboard};
    for (header, cell, operation) in [
        ("Job title", "RPA Developer", Invite),
        ("Business Title", "Tester", Invite),
        ("Position", "Tester", Invite),
        ("Group of people", "Tester", Offboard),
        ("Count of licences", "2", Invite),
        ("Licence cost (EUR)", "450.00", AddLicenses),
        ("Lizenzkosten", "450,00 €", AddLicenses),
        ("License start date", "2026-01-01", AddLicenses),
        ("License value", "1,200.00", AddLicenses),
        ("Driving licence", "yes", Invite),
    ] {
        let text = format!("email;licence;{header}\nann@x.example;;{cell}\nbob@x.example;TSTNU;\n");
        let intake = in_november(&text, operation, &[]);
        assert_eq!(found(&intake, "licenses-not-used"), [] as [&Problem; 0], "{header}");
    }
    for (header, cell) in [
        ("Tool", "RPA Developer"),
        ("Werkzeug", "Tester"),
        ("Licence wanted", "a robot"),
        ("UiPath licence", "yes"),
    ] {
        let text = format!("email,{header}\nann@x.example,{cell}\n");
        assert_eq!(found(&intake(&text), "licenses-not-used").len(), 1, "{header}");
    }
}

#[test]
fn a_title_of_leavers_on_a_day_to_come_is_told_where_no_column_says_when() {
    use OperationKind::{Delete, Invite, Offboard};
    let told = |title: &str, header: &str, cell: &str, operation: OperationKind| {
        let text = format!("{title},\nE-mail,{header}\nann@x.example,{cell}\n");
        let intake = in_november(&text, operation, &[]);
        found(&intake, "dates-not-used").len()
    };
    for title in [
        "Leavers as of 31 December 2026",
        "Austritte zum 31.12.2026",
        "Départs 31/12/2026",
        "Leavers 31-Dec-26",
    ] {
        for operation in [Offboard, Delete] {
            assert_eq!(told(title, "Dept", "HR", operation), 1, "{title}");
        }
        assert_eq!(told(title, "Dept", "HR", Invite), 0, "{title}");
        assert_eq!(told(title, "Last day", "2026-11-20", Offboard), 0, "{title}");
        assert_eq!(told(title, "not_before", "2027-01-01", Offboard), 0, "{title}");
    }
    for title in [
        "Leavers as of 28 November 2026",
        "Leavers Q4 2026",
        "Leavers",
        "Stand 31.12.2026",
        "Leavers 31.12.2026 (draft)",
    ] {
        assert_eq!(told(title, "Dept", "HR", Offboard), 0, "{title}");
    }
    let named = worksheets(&[("Leavers 31-12-2026", "E-mail\nann@x.example")]);
    let named = read(&named, &november(Offboard, &[])).unwrap();
    assert_eq!(found(&named, "dates-not-used").len(), 1);
}

#[test]
fn until_when_a_contract_is_made_keeps_nobody_from_coming() {
    for header in [
        "Contract end date",
        "Vertragsende",
        "Visa valid until",
        "Fin de contrat",
        "Until",
    ] {
        let text = format!("email,{header}\nann@x.example,2027-12-31\n");
        let coming = in_november(&text, OperationKind::Invite, &[]);
        assert_eq!(codes(&coming, Severity::Warning), ["unknown-header"], "{header}");
        assert!(
            !told(&coming, Severity::Warning)[0].help.contains("not_before"),
            "{header}"
        );
        let leaving = in_november(&text, OperationKind::Offboard, &[]);
        assert_eq!(codes(&leaving, Severity::Error), ["dates-not-used"], "{header}");
    }
    let text = "email,Effective date (starter)\nann@x.example,2027-12-31\n";
    let coming = in_november(text, OperationKind::Invite, &[]);
    assert_eq!(codes(&coming, Severity::Warning), ["dates-not-used"]);
}

#[test]
fn nobody_is_advised_to_give_the_licences_of_a_column_that_are_to_be_taken_away() {
    for (header, is_taken) in [
        ("Licences to remove", true),
        ("Lizenzen entziehen", true),
        ("Licencias a quitar", true),
        ("Lizenzen neu", false),
        ("Zugriff", false),
    ] {
        let text = format!("email,{header}\nann@x.example,ATTUNU\n");
        let intake = in_november(&text, OperationKind::AddLicenses, &[]);
        let help = &found(&intake, "licenses-not-used")[0].help;
        assert_eq!(help.contains("`remove-licenses`"), is_taken, "{header}: {help}");
    }
}

#[test]
fn of_moves_the_one_without_a_new_address_is_told_so() {
    let options = Options::default();
    let text = "email,New e-mail\nann@x.example,ann@y.example\nbob@x.example,\n";
    let intake = intake_with(text, &options);
    let [told] = found(&intake, "no-operation")[..] else {
        panic!("{:?}", intake.problems)
    };
    assert_eq!(told.location.to_string(), "row 3");
    assert!(told.help.starts_with("fill `New e-mail (column B)`"), "{told:?}");
}
