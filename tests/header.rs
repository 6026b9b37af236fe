//! Where the header of a sheet is, what its words mean, and what is said of columns that are not used.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;
use reseat::intake::{Column, Intake, Options, read};
use reseat::model::OperationKind;
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
        "rows 1 and 3 are above the header, and not read: `Eintritte Oktober 2026` and `Stand: 01.10.2026 geprüft`"
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
    assert!(help("email,Gruppe\nann@x.example,Finance\n").contains("HEADER=groups"));
    assert_eq!(
        help("email,quotas\nann@x.example,ATTUNU=1\n"),
        "nothing to do if that is meant"
    );
}
