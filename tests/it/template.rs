//! A sheet to fill in: filled in as a person would, it is understood, whatever its language; what it offers means what it
//! shows; and nobody takes an example for a row.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::Path;

use calamine::{Data, DataType as _, Reader as _, Xlsx, open_workbook};
use jiff::Timestamp;
use reseat::model::{GroupId, UserId};
use reseat::sandbox::{Config, FaultKind, Group, GroupKind, Moment, Population, Strikes, User, World};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{NADIA, PROFILE, Ran, Stage, each};

const LANGUAGES: [&str; 4] = ["en", "de", "fr", "es"];

/// What a person fills in, a row each: columns and texts. `§CODE` is the line of the list that begins with the code, `§yes`
/// the language's word.
type Rows = &'static [&'static [(&'static str, &'static str)]];

const ONBOARDING: Rows = &[
    &[
        ("operation", "invite"),
        ("email", "ada.king@contoso.example"),
        ("name", "Ada"),
        ("surname", "King"),
        ("groups", "Finance; Invoice Team"),
        ("licenses", "§CTZDEVNU"),
        ("language", "de"),
    ],
    &[
        ("operation", "invite"),
        ("email", "tim.lee@contoso.example"),
        ("like", "nora.hansen@contoso.example"),
        ("not_before", "2026-01-31"),
    ],
    &[
        ("operation", "create"),
        ("email", "alan.hill@contoso.example"),
        ("surname", "Hill"),
    ],
    &[
        ("operation", "add-to-groups"),
        ("email", "helen.wright@contoso.example"),
        ("groups", "Finance"),
    ],
    &[
        ("operation", "add-licenses"),
        ("email", "julia.keller@contoso.example"),
        ("licenses", "§CTZDEVNU"),
    ],
];

const LEAVERS: Rows = &[
    &[("operation", "offboard"), ("user", "greta.nowak@contoso.example")],
    &[
        ("operation", "offboard"),
        ("user", "stefan.novak@contoso.example"),
        ("not_before", "31.01.2026"),
    ],
    &[("operation", "delete"), ("user", "zoe.martin@contoso.example")],
    &[
        ("operation", "release-licenses"),
        ("user", "omar.farouk@contoso.example"),
    ],
];

const MIGRATION: Rows = &[
    &[
        ("operation", "migrate"),
        ("user", "anna.berg@contoso.example"),
        ("new_email", "anna.berg@contoso-group.example"),
    ],
    &[
        ("operation", "migrate"),
        ("user", "mei.chen@contoso.example"),
        ("new_email", "mei.lin@contoso-group.example"),
        ("surname", "Lin"),
        ("delete_when", "invited"),
    ],
];

const REBALANCE: Rows = &[
    &[
        ("operation", "release-licenses"),
        ("user", "greta.nowak@contoso.example"),
        ("unless_used_since", "2026-10-01"),
    ],
    &[
        ("operation", "release-lease"),
        ("user", "felix.fischer@contoso.example"),
        ("group", "Customer Service"),
    ],
    &[
        ("operation", "remove-licenses"),
        ("user", "tanja.huber@contoso.example"),
        ("licenses", "§ATTUNU"),
    ],
    &[("operation", "block-licenses"), ("user", "yusuf.demir@contoso.example")],
    &[
        ("operation", "add-licenses"),
        ("user", "nora.hansen@contoso.example"),
        ("licenses", "§ATTUNU"),
    ],
    &[
        ("operation", "set-licenses"),
        ("user", "hugo.silva@contoso.example"),
        ("licenses", "§ATTUNU"),
    ],
];

const MORE: Rows = &[
    &[
        ("operation", "update"),
        ("user", "lena.vogel@contoso.example"),
        ("surname", "Adler"),
        ("active", "§yes"),
        ("remove_groups", "Procurement"),
    ],
    &[
        ("operation", "set-groups"),
        ("user", "kofi.boateng@contoso.example"),
        ("groups", "Finance"),
    ],
    &[
        ("operation", "remove-from-groups"),
        ("user", "marco.ricci@contoso.example"),
        ("groups", "Procurement"),
    ],
    &[
        ("operation", "set-group-licenses"),
        ("group", "Finance"),
        ("licenses", "§ATTUNU"),
        ("quotas", "ATTUNU=10"),
        ("external_license", "§no"),
    ],
    &[("operation", "clear-group-licenses"), ("group", "Process Excellence")],
    &[
        ("operation", "create"),
        ("username", "kiosk-7"),
        ("display_name", "Kiosk"),
        ("invitation_accepted", "§yes"),
        ("bypass_basic_auth", "§no"),
    ],
];

fn rows_of(kind: &str) -> Vec<&'static [(&'static str, &'static str)]> {
    match kind {
        "onboarding" => ONBOARDING.to_vec(),
        "leavers" => LEAVERS.to_vec(),
        "migration" => MIGRATION.to_vec(),
        "rebalance" => REBALANCE.to_vec(),
        // Not two of them about one person.
        _ => [&ONBOARDING[..2], &LEAVERS[1..2], MIGRATION, &REBALANCE[1..3], MORE].concat(),
    }
}

/// A template as programs are told of it.
struct Told(Value);

impl Told {
    fn of(ran: &Ran) -> Self {
        Self(serde_json::from_str(&ran.out).unwrap())
    }

    fn columns(&self) -> &[Value] {
        self.0["columns"].as_array().unwrap()
    }

    fn choices(&self, column: &str) -> Vec<String> {
        let found = self.columns().iter().find(|told| told["column"] == column).unwrap();
        let choices = found["choices"].as_array().unwrap().iter();
        choices.map(|choice| choice.as_str().unwrap().to_owned()).collect()
    }

    /// The cells of a row that is filled in.
    fn filled(&self, language: &str, row: &[(&str, &str)]) -> Vec<String> {
        let cell = |column: &str, text: &str| match text.strip_prefix('§') {
            None => text.to_owned(),
            Some("yes") => {
                ["yes", "ja", "oui", "sí"][LANGUAGES.iter().position(|one| *one == language).unwrap()].to_owned()
            }
            Some("no") => self.choices(column)[1].clone(),
            Some(code) => {
                let is_it = |choice: &String| choice.starts_with(&format!("{code} – "));
                self.choices(column).into_iter().find(is_it).unwrap()
            }
        };
        for (column, _) in row {
            assert!(self.columns().iter().any(|told| told["column"] == *column), "{column}");
        }
        let of_column = |told: &Value| {
            let found = row.iter().find(|(column, _)| told["column"] == *column);
            found.map(|(column, text)| cell(column, text)).unwrap_or_default()
        };
        self.columns().iter().map(of_column).collect()
    }
}

/// Adds rows to a CSV as a person does in an editor.
fn fill_csv(path: &Path, rows: &[Vec<String>]) {
    let mut written = csv::Writer::from_writer(Vec::new());
    for row in rows {
        written.write_record(row).unwrap();
    }
    let mut text = fs_err::read(path).unwrap();
    text.extend(written.into_inner().unwrap());
    fs_err::write(path, text).unwrap();
}

/// Adds rows to the first worksheet of a workbook, and leaves all else in it as it is.
fn fill_workbook(path: &Path, rows: &[Vec<String>]) {
    const SHEET: &str = "xl/worksheets/sheet1.xml";
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(fs_err::read(path).unwrap())).unwrap();
    let mut filled = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    // In a workbook `_x0041_` is an `A`.
    let escaped = |text: &str| quick_xml::escape::escape(text.replace("_x", "_x005F_x")).into_owned();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        if name == SHEET {
            let text = String::from_utf8(content).unwrap();
            let last = text.matches("<row ").count();
            let mut added = String::new();
            for (number, row) in (last + 1..).zip(rows) {
                write!(added, "<row r=\"{number}\">").unwrap();
                for (letter, cell) in ('A'..='Z').zip(row).filter(|(_, cell)| !cell.is_empty()) {
                    let cell = escaped(cell);
                    write!(
                        added,
                        "<c r=\"{letter}{number}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{cell}</t></is></c>"
                    )
                    .unwrap();
                }
                added.push_str("</row>");
            }
            assert!(text.contains("</sheetData>"));
            content = text
                .replace("</sheetData>", &format!("{added}</sheetData>"))
                .into_bytes();
        }
        filled
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        filled.write_all(&content).unwrap();
    }
    fs_err::write(path, filled.finish().unwrap().into_inner()).unwrap();
}

fn fill(path: &Path, rows: &[Vec<String>]) {
    if path.extension().unwrap() == "csv" {
        fill_csv(path, rows);
    } else {
        fill_workbook(path, rows);
    }
}

#[test]
fn filled_in_as_a_person_would_every_kind_passes_check_and_plan_in_every_language() {
    each(&["onboarding", "leavers", "migration", "rebalance", "blank"], |kind| {
        let stage = Stage::new();
        let count = rows_of(kind).len();
        for (language, ending) in LANGUAGES
            .iter()
            .flat_map(|language| [(*language, "csv"), (*language, "xlsx")])
        {
            let name = format!("{kind}-{language}.{ending}");
            let words = [
                "template",
                kind,
                "--language",
                language,
                "-o",
                &name,
                "--output",
                "json",
            ];
            let told = Told::of(&stage.reseat(&words).ends(0));
            let rows: Vec<Vec<String>> = rows_of(kind).iter().map(|row| told.filled(language, row)).collect();
            fill(&stage.path(&name), &rows);
            let checked = stage.reseat(&["check", &name, "--output", "json"]).ends(0);
            let checked: Value = serde_json::from_str(&checked.out).unwrap();
            let examples = told.0["examples"].as_array().unwrap().len();
            assert_eq!(
                (&checked["rows"], &checked["ignored"]),
                (&count.into(), &examples.into()),
                "{name}"
            );
            let problems = checked["problems"].as_array().unwrap().iter();
            let found: BTreeSet<&str> = problems.map(|problem| problem["code"].as_str().unwrap()).collect();
            // Rows without a date are meant to run at once.
            let expected: BTreeSet<&str> = match *kind {
                "onboarding" | "leavers" | "blank" => ["no-date"].into(),
                _ => BTreeSet::new(),
            };
            assert_eq!(found, expected, "{name}: {checked}");
            stage.reseat(&["plan", &name, "--sandbox"]).ends(0);
        }
    });
}

#[test]
fn a_template_that_nobody_has_filled_in_says_where_to_begin_and_runs_nothing() {
    let stage = Stage::new();
    for (name, row) in [("joiners.csv", 7), ("joiners.xlsx", 7)] {
        stage
            .reseat(&["template", "onboarding", "-o", name, "--offline"])
            .ends(0);
        stage.forget_calls();
        for command in ["check", "plan"] {
            let ran = stage.reseat(&[command, name]).ends(0);
            ran.tells(&format!("row {row}"))
                .tells("nothing to run yet: every row says `ignore`");
        }
        stage.reseat(&["run", name, "--yes"]).ends(0);
        assert!(stage.writes().is_empty());
    }
}

#[test]
fn what_is_written_over_an_example_is_not_lost_in_silence_and_no_example_is_run() {
    let stage = Stage::new();
    let written = |from: &str, to: &str| {
        stage
            .reseat(&[
                "template",
                "leavers",
                "-o",
                "leavers.csv",
                "--force",
                "--language",
                "fr",
            ])
            .ends(0);
        let text = stage.read("leavers.csv");
        assert!(text.contains(from), "{text}");
        fs_err::write(stage.path("leavers.csv"), text.replacen(from, to, 1)).unwrap();
    };
    written("nils.holm@example.invalid", "greta.nowak@contoso.example");
    let checked = stage.reseat(&["check", "leavers.csv"]).ends(0);
    checked
        .tells("row 2")
        .tells("1 row is written over an example, and still `ignore`");
    written("ignore,", "offboard,");
    let checked = stage.reseat(&["check", "leavers.csv"]).ends(2);
    checked
        .tells("example-address")
        .tells("`nils.holm@example.invalid` is somebody in an example");
}

/// Names of groups that programs have made something else of.
const ODD: [&str; 26] = [
    "Finance, EU",
    "Say \"hi\"",
    "A; B",
    "A|B",
    "\"Z\", O'Hara; | x",
    "=1+1",
    "=\"007\"",
    "'=1",
    "'-Bar",
    "-Bar",
    "+Ops",
    "@me",
    "'t Hooft",
    "007",
    "2024-03",
    "1E5",
    "TRUE",
    "_x0041_",
    "小明グループ",
    "Група «Фінанси»",
    "مجموعة المالية",
    "กลุ่มการเงิน",
    "Ομάδα İpek",
    "<clear>",
    "ignore",
    "ATTUNU – Attended - Named User",
];

fn group(number: u128, name: &str) -> Group {
    Group {
        id: GroupId(Uuid::from_u128(number)),
        name: name.to_owned(),
        kind: GroupKind::Custom,
        creation_time: Timestamp::UNIX_EPOCH,
        last_modification_time: None,
        managed_by_directory: false,
    }
}

/// The cells below a header of the worksheet of lists, as its program hands them on.
fn listed(path: &Path, header: &str) -> Vec<String> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let lists = workbook.worksheet_range("Lists").unwrap();
    let headers: Vec<&Data> = lists.rows().nth(1).unwrap().iter().collect();
    let column = headers
        .iter()
        .position(|cell| cell.as_string().as_deref() == Some(header))
        .unwrap();
    let cells = lists
        .rows()
        .skip(2)
        .map(|row| row[column].as_string().unwrap_or_default());
    cells.filter(|text| !text.is_empty()).collect()
}

#[test]
fn whatever_the_lists_offer_means_the_very_group_and_the_very_licence() {
    let now = Timestamp::now();
    let mut world = World::empty(1, now);
    let names = ODD.iter().map(|name| (*name).to_owned());
    let names = names.chain(["Twins", "Twins", "Case", "case"].map(str::to_owned));
    let names: Vec<String> = names
        .chain((0..300).map(|number| format!("Team {number:03}")))
        .collect();
    for (number, name) in (1..).zip(&names) {
        world.insert_group(group(number, name));
    }
    for code in ["ATTUNU", "PLUSNU", "Pro-NU_2"] {
        world.set_seats(code, 900);
    }
    let person = |number: usize| format!("u{number}@x.example");
    for number in 0..3 {
        let id = UserId(Uuid::from_u128(10_000 + number as u128));
        world.insert_user(User::local(id, &person(number), &person(number), now));
    }
    let stage = Stage::with(Config {
        population: Population::Given(Box::new(world)),
        ..Config::unlimited()
    });
    let ran = stage
        .reseat(&["template", "blank", "-o", "blank.xlsx", "--output", "json"])
        .ends(0);
    let told = Told::of(&ran);
    let path = stage.path("blank.xlsx");
    let licenses = listed(&path, "Licences");
    let mut rows = Vec::new();
    let custom = |header: &str| {
        let offered = listed(&path, header);
        assert!(offered.len() >= names.len());
        let is_custom = |name: &String| !["Administrators", "Everyone"].contains(&name.as_str());
        offered.into_iter().filter(is_custom).collect::<Vec<_>>()
    };
    // A cell of `groups` is a list, one of `group` is not.
    for name in custom("Groups") {
        rows.push(told.filled(
            "en",
            &[("operation", "add-to-groups"), ("user", &person(0)), ("groups", &name)],
        ));
    }
    for name in custom("Group") {
        rows.push(told.filled(
            "en",
            &[
                ("operation", "set-group-licenses"),
                ("group", &name),
                ("licenses", "ATTUNU"),
            ],
        ));
    }
    for name in &licenses {
        rows.push(told.filled(
            "en",
            &[("operation", "add-licenses"), ("user", &person(1)), ("licenses", name)],
        ));
    }
    let all = licenses.join("; ");
    rows.push(told.filled(
        "en",
        &[("operation", "set-licenses"), ("user", &person(2)), ("licenses", &all)],
    ));
    fill(&path, &rows);
    stage.reseat(&["run", "blank.xlsx", "--yes"]).ends(0);
    let world = stage.world();
    let joined = world.user_called(&person(0)).unwrap().groups.clone();
    for (number, name) in (1..).zip(&names) {
        let id = GroupId(Uuid::from_u128(number));
        assert!(joined.contains(&id), "{name}");
        assert!(world.rule(id).is_some(), "{name}");
    }
    for number in [1, 2] {
        assert_eq!(stage.held(&person(number)).unwrap(), "ATTUNU; PLUSNU; Pro-NU_2");
    }
}

#[test]
fn only_what_the_lists_need_is_read_and_nothing_for_a_template_without_lists() {
    let stage = Stage::new();
    let routes = |words: &[&str]| {
        stage.sandbox.reset_stats();
        stage.reseat(words).ends(0);
        let stats = stage.sandbox.stats();
        let routes = stats.routes().filter(|(_, calls)| *calls > 0);
        routes
            .map(|(name, calls)| format!("{name} {calls}"))
            .collect::<Vec<_>>()
    };
    let read = routes(&["template", "onboarding", "-o", "a.xlsx"]);
    assert!(read.iter().any(|route| route == "list-groups 1"), "{read:?}");
    assert!(read.len() <= 3, "{read:?}");
    for (number, words) in [
        &["template", "leavers"][..],
        &["template", "migration"],
        &["template", "onboarding", "--offline"],
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("{number}.xlsx");
        assert_eq!(
            routes(&[words, &["-o", &name]].concat()),
            Vec::<String>::new(),
            "{words:?}"
        );
    }
    // A CSV has no lists.
    assert_eq!(routes(&["template", "onboarding"]), Vec::<String>::new());
}

#[test]
fn an_organization_that_cannot_be_asked_is_an_error_that_names_the_way_without_it() {
    let stage = Stage::new();
    stage.fault(
        FaultKind::Status {
            status: 403,
            moment: Moment::BeforeEffect,
        },
        "GET",
        "Group",
        Strikes::Always,
    );
    let ran = stage.reseat(&["template", "onboarding", "-o", "a.xlsx"]);
    assert_ne!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("help: `--offline` writes the template without"),
        "{}",
        ran.err
    );
    assert!(!stage.exists("a.xlsx"));
    stage
        .reseat(&["template", "onboarding", "-o", "a.xlsx", "--offline"])
        .ends(0);
    assert!(stage.exists("a.xlsx"));
}

#[test]
fn without_an_organization_a_template_is_written_all_the_same_and_that_is_said_once() {
    let stage = Stage::new();
    for name in [
        "UIPATH_ORGANIZATION",
        "UIPATH_CLIENT_ID",
        "UIPATH_CLIENT_SECRET",
        "UIPATH_URI",
    ] {
        stage.unset(name);
    }
    let ran = stage.reseat(&["template", "onboarding", "-o", "a.xlsx"]).ends(0);
    assert_eq!(
        ran.err.matches("no organization is configured").count(),
        1,
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("next: ") && ran.err.contains(" check a.xlsx"),
        "{}",
        ran.err
    );
    assert!(listed(&stage.path("a.xlsx"), "Licences").contains(&"ATTUNU – Attended - Named User".to_owned()));
    let ran = stage.reseat(&["template", "leavers", "-o", "b.xlsx"]).ends(0);
    assert!(!ran.err.contains("no organization"), "{}", ran.err);
}

#[test]
fn what_is_configured_and_wrong_is_no_reason_to_do_without_the_organization_unasked() {
    let stage = Stage::new();
    stage.set("RESEAT_ORGANIZATION_ID", "not-an-id");
    let template = ["template", "rebalance", "-o", "a.xlsx"];
    let ran = stage.reseat(&template).ends(1);
    assert!(
        ran.err.contains("`not-an-id` is not a GUID") && ran.err.contains("help: `--offline` writes the template"),
        "{}",
        ran.err
    );
    assert!(!stage.exists("a.xlsx"));
    let ran = stage.reseat(&["codes"]).ends(1);
    assert!(ran.err.contains("help: `--offline` lists the codes"), "{}", ran.err);
    assert_eq!(stage.sandbox.stats().total(), 0);
}

#[test]
fn an_organization_that_cannot_be_asked_with_what_is_configured_is_named() {
    let stage = Stage::new();
    stage.unset("UIPATH_CLIENT_SECRET");
    let ran = stage.reseat(&["template", "rebalance", "-o", "a.xlsx"]).ends(0);
    assert!(
        ran.err.contains("`sandbox` was not asked (there is no App Secret: "),
        "{}",
        ran.err
    );
}

#[test]
fn five_thousand_groups_are_offered_each_once() {
    let mut world = World::empty(1, Timestamp::UNIX_EPOCH);
    for number in 1..=5_000 {
        world.insert_group(group(number, &format!("Team {number:04}")));
    }
    let stage = Stage::with(Config {
        population: Population::Given(Box::new(world)),
        ..Config::unlimited()
    });
    stage.reseat(&["template", "onboarding", "-o", "a.xlsx"]).ends(0);
    let listed: BTreeSet<String> = listed(&stage.path("a.xlsx"), "Groups").into_iter().collect();
    let teams: BTreeSet<String> = (1..=5_000).map(|number| format!("Team {number:04}")).collect();
    assert!(listed.is_superset(&teams));
    let checked = stage.reseat(&["check", "a.xlsx", "--output", "json"]).ends(0);
    let checked: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!((&checked["rows"], &checked["ignored"]), (&0.into(), &5.into()));
}

#[test]
fn names_that_a_profile_gives_to_codes_are_offered_and_understood() {
    let stage = Stage::new();
    stage.write(
        "reseat.toml",
        format!("[profile.default.bundle_codes]\nPLUSNU = \"Plus; the large one\"\n{PROFILE}"),
    );
    let words = ["template", "rebalance", "-o", "a.xlsx", "--offline", "--output", "json"];
    let told = Told::of(&stage.reseat(&words).ends(0));
    let is_it = |choice: &String| choice.contains("PLUSNU");
    let plus = told.choices("licenses").into_iter().find(is_it).unwrap();
    let row = [
        ("operation", "set-licenses"),
        ("user", NADIA),
        ("licenses", plus.as_str()),
    ];
    fill(&stage.path("a.xlsx"), &[told.filled("en", &row)]);
    let checked = stage.reseat(&["check", "a.xlsx"]).ends(0);
    checked.tells("1 set-licenses");
}

#[test]
fn programs_get_one_object_and_files_are_kept() {
    let stage = Stage::new();
    let words = [
        "template",
        "onboarding",
        "--language",
        "de",
        "-o",
        "eintritte.xlsx",
        "--output",
        "json",
    ];
    let told = Told::of(&stage.reseat(&words).ends(0)).0;
    assert_eq!(
        (&told["status"], &told["kind"], &told["language"]),
        (&"done".into(), &"onboarding".into(), &"de".into())
    );
    assert_eq!(
        (&told["written"], &told["organization_name"]),
        (&"eintritte.xlsx".into(), &"sandbox".into())
    );
    assert_eq!(told["columns"][1]["header"], "E-Mail");
    assert_eq!(told["operations"][0], "invite");
    assert!(
        told["next_command"].as_str().unwrap().ends_with("plan eintritte.xlsx"),
        "{told}"
    );
    stage.reseat(&words).ends(1).tells("eintritte.xlsx");
    stage.reseat(&[&words[..], &["--force"]].concat()).ends(0);
    let without = Told::of(
        &stage
            .reseat(&["template", "blank", "--offline", "--output", "json"])
            .ends(0),
    )
    .0;
    assert_eq!(
        (&without["written"], &without["organization_name"]),
        (&Value::Null, &Value::Null)
    );
}
