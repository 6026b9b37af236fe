//! Workbooks of ours that `LibreOffice` has opened and saved: what they offer is offered still, and what is in them is read
//! as before.
//!
//! These need `LibreOffice` on the machine, and are shown as ignored until they are asked for:
//! `cargo test --test written elsewhere:: -- --ignored`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use quick_xml::XmlVersion::Implicit1_0;
use quick_xml::events::{BytesStart, Event};
use reseat::model::Catalogue;
use reseat::template::{Template, TemplateKind, TemplateLanguage, TemplateLists};

use super::*;

/// Saves the files, which are in one folder, in this format, in a folder beside them.
fn saved_by_libreoffice(folder: &TempDir, paths: &[PathBuf], format: &str) -> Vec<PathBuf> {
    let into = paths[0].parent().unwrap().join(format!("as-{format}"));
    // Without a profile of its own it hands the files to one that is running, and ends without having done anything.
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let output = Command::new("soffice")
        .arg(profile)
        .args(["--headless", "--convert-to", format, "--outdir"])
        .arg(&into)
        .args(paths)
        .output()
        .expect("LibreOffice, as in `apt-get install libreoffice-calc-nogui`");
    let saved = |path: &PathBuf| into.join(path.file_stem().unwrap()).with_extension(format);
    let saved: Vec<PathBuf> = paths.iter().map(saved).collect();
    assert!(saved.iter().all(|path| path.is_file()), "{output:?}");
    saved
}

/// The workbooks as `LibreOffice` saves them: as `.xlsx`, as `.ods`, and as `.xlsx` once more from that.
fn everywhere(folder: &TempDir, paths: &[PathBuf]) -> [Vec<PathBuf>; 3] {
    let workbooks = saved_by_libreoffice(folder, paths, "xlsx");
    let open_documents = saved_by_libreoffice(folder, paths, "ods");
    let again = saved_by_libreoffice(folder, &open_documents, "xlsx");
    [workbooks, open_documents, again]
}

/// What the cells of a column offer.
#[derive(Debug, PartialEq, Eq)]
struct Offered {
    cells: String,
    choices: Vec<String>,
    /// Whether anything else is refused.
    is_strict: bool,
    hint: Option<String>,
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().map(Result::unwrap);
    let attribute = attributes.find(|attribute| attribute.key.as_ref() == name)?;
    Some(attribute.normalized_value(Implicit1_0).unwrap().into_owned())
}

/// What each worksheet of an `.xlsx` offers, with the choices that its formulas come to.
fn offered(path: &Path) -> BTreeMap<String, Vec<Offered>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let names: BTreeMap<String, String> = workbook.defined_names().iter().cloned().collect();
    let worksheets = workbook.sheet_names();
    let mut choices = |formula: &str| -> Vec<String> {
        if let Some(words) = formula.strip_prefix('"') {
            return words.strip_suffix('"').unwrap().split(',').map(str::to_owned).collect();
        }
        // As `'Lists (2)'!$A$3:$A$6`.
        let (worksheet, range) = names[formula].rsplit_once('!').unwrap();
        let cells = workbook.worksheet_range(worksheet.trim_matches('\'')).unwrap();
        let (first, last) = range.split_once(':').unwrap();
        let row = |cell: &str| cell.rsplit_once('$').unwrap().1.parse::<u32>().unwrap() - 1;
        let letters = first.split('$').nth(1).unwrap();
        assert_eq!(last.split('$').nth(1), Some(letters));
        let column = u32::from(letters.bytes().next().unwrap() - b'A');
        let cell = |row: u32| {
            cells
                .get_value((row, column))
                .and_then(Data::as_string)
                .unwrap_or_default()
        };
        (row(first)..=row(last)).map(cell).collect()
    };
    let mut found = BTreeMap::new();
    for (number, worksheet) in (1..).zip(worksheets) {
        let text = part(path, &format!("xl/worksheets/sheet{number}.xml"));
        let mut xml = quick_xml::Reader::from_str(&text);
        let offers: &mut Vec<Offered> = found.entry(worksheet).or_default();
        let mut is_formula = false;
        let mut formula = String::new();
        loop {
            match xml.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(element) | Event::Empty(element) if element.name().as_ref() == "dataValidation" => {
                    assert!(attribute(&element, "showDropDown").is_none_or(|hidden| hidden == "false"));
                    let is_list = attribute(&element, "type").as_deref() == Some("list");
                    let style = attribute(&element, "errorStyle");
                    offers.push(Offered {
                        cells: attribute(&element, "sqref").unwrap(),
                        choices: Vec::new(),
                        is_strict: is_list && style.is_none_or(|style| style == "stop"),
                        hint: attribute(&element, "prompt"),
                    });
                }
                Event::Start(element) => is_formula = element.name().as_ref() == "formula1",
                Event::Text(text) if is_formula => formula.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) if is_formula => {
                    formula.push_str(quick_xml::escape::resolve_xml_entity(&reference).unwrap());
                }
                Event::End(element) if element.name().as_ref() == "formula1" => {
                    is_formula = false;
                    // LibreOffice writes a formula of 0 where there is none.
                    if formula != "0" {
                        offers.last_mut().unwrap().choices = choices(&formula);
                    }
                    formula.clear();
                }
                _ => {}
            }
        }
        // LibreOffice writes them in any order.
        offers.sort_by(|one, other| one.cells.cmp(&other.cells));
    }
    found
}

/// Holds what a file offers against what it offered before.
fn assert_same_offers(path: &Path, before: &BTreeMap<String, Vec<Offered>>) {
    let after = offered(path);
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    for (worksheet, offers) in before {
        let cells =
            |offers: &[Offered]| -> Vec<String> { offers.iter().map(|offered| offered.cells.clone()).collect() };
        assert_eq!(cells(&after[worksheet]), cells(offers), "{worksheet}");
        for (after, before) in after[worksheet].iter().zip(offers) {
            // Lists are too long to be shown.
            assert!(after == before, "{worksheet}, {} of {}", before.cells, path.display());
        }
    }
}

/// Names of groups that have become something else on their way through one program or another, and 5,000 more.
fn groups() -> Vec<String> {
    let odd = [
        "Sales, EMEA",
        "Zoë's",
        "+Ops",
        "=x",
        "'x",
        "007",
        "2026-03",
        "TRUE",
        "\"Q\"; |",
        "<r>Ann</r>",
        "_x0041_",
        "小明",
    ];
    let many = (0..5_000).map(|number| format!("Team {number:04}"));
    odd.map(str::to_owned).into_iter().chain(many).collect()
}

#[test]
#[ignore = "needs LibreOffice; `.ci/run` asks for it"]
fn every_drop_down_and_hint_is_still_there_when_libreoffice_has_saved_the_workbook() {
    let folder = TempDir::new().unwrap();
    let offers = Offers {
        everyone: None,
        groups: groups(),
        licenses: ["ATTUNU", "ACNU"].map(str::to_owned).to_vec(),
    };
    let table = |name: &'static str, people_of: &[&str]| {
        let columns = [
            Column::User,
            Column::Name,
            Column::Licenses,
            Column::Active,
            Column::NotBefore,
            Column::Groups,
            Column::Group,
        ];
        let table = DraftTable {
            name,
            columns: columns.map(DraftColumn::Read).to_vec(),
        };
        let rows = updates(people_of);
        let mut written = table.written_offering(&offers, move || rows.clone().into_iter());
        written.columns[1].hint = "The address that the person signs in with.".to_owned();
        written.columns[6].hint = "🐝".repeat(200);
        written
    };
    // Both share their lists; the first has the name that the worksheet of lists would have, the second one to be quoted.
    let tables = [table("Lists", &["Ann", "Bob"]), table("Joiners' 1st, Q1", &["Cy"])];
    let path = folder.path().join("offered.xlsx");
    save_sheet(&tables, &[help()], WrittenFormat::Workbook, &path, Existing::Kept).unwrap();

    let before = offered(&path);
    let seen: Vec<(&str, usize, Option<usize>)> = before["Lists"]
        .iter()
        .map(|offered| {
            (
                &*offered.cells,
                offered.choices.len(),
                offered.hint.as_deref().map(|hint| hint.chars().count()),
            )
        })
        .collect();
    let operations = OperationKind::iter().count() + 1;
    assert_eq!(
        seen,
        [
            ("A2:A1003", operations, None),
            ("B2:B1003", 0, Some(42)),
            ("D2:D1003", 2, None),
            ("E2:E1003", 2, None),
            ("G2:G1003", 5_012, Some(128)),
            ("H2:H1003", 5_012, None),
        ]
    );
    let written: Vec<String> = groups().iter().map(|group| group.replace("=x", "'=x")).collect();
    assert_eq!(before["Lists"][5].choices, written);
    assert_eq!(before["Joiners' 1st, Q1"][4].choices, before["Lists"][4].choices);
    assert!(before.values().flatten().all(|offered| !offered.is_strict));

    let [workbook, _, again] = everywhere(&folder, &[path]);
    for path in [workbook, again].concat() {
        assert_same_offers(&path, &before);
        // Rows that are not run are grey still, and the lists out of sight.
        assert!(part(&path, "xl/worksheets/sheet1.xml").contains("<formula>TRIM($A2)="));
        let states = attributes(&part(&path, "xl/workbook.xml"), "sheet", "state");
        assert_eq!(states, ["visible", "visible", "visible", "hidden"]);
    }
}

#[test]
#[ignore = "needs LibreOffice; `.ci/run` asks for it"]
fn a_run_reads_the_same_of_a_workbook_that_libreoffice_has_saved() {
    let folder = TempDir::new().unwrap();
    let offers = Offers {
        everyone: None,
        groups: groups(),
        licenses: vec!["ATTUNU".to_owned()],
    };
    let path = folder.path().join("names.xlsx");
    // LibreOffice 7.4 takes some of these two for an escape, and reads another name.
    let kept = ODD
        .into_iter()
        .filter(|name| !["_x005F_x0041_", "_x0041_x0042_"].contains(name));
    let kept: Vec<&str> = kept.collect();
    let tables = [people(updates(&kept), &offers)];
    save_sheet(&tables, &[help()], WrittenFormat::Workbook, &path, Existing::Kept).unwrap();
    let before = intake(&path);
    assert_eq!(names(&before), kept);
    for path in everywhere(&folder, &[path]).concat() {
        let after = intake(&path);
        assert_eq!(names(&after), kept, "{}", path.display());
        let keys = |intake: &Intake| -> Vec<_> { intake.rows.iter().map(|row| row.key).collect() };
        assert_eq!(keys(&after), keys(&before));
        let problems =
            |intake: &Intake| -> Vec<_> { intake.problems.iter().map(|problem| problem.what.clone()).collect() };
        assert_eq!(problems(&after), problems(&before), "{}", path.display());
        let skipped: Vec<(&str, bool)> = after
            .skipped_sheets
            .iter()
            .map(|sheet| (&*sheet.name, sheet.is_marked))
            .collect();
        assert_eq!(skipped, [("People (2)", true), ("Lists", true)]);
    }
}

#[test]
#[ignore = "needs LibreOffice; `.ci/run` asks for it"]
fn every_template_offers_the_same_when_libreoffice_has_saved_it_and_its_examples_are_not_run() {
    let folder = TempDir::new().unwrap();
    let mut paths = Vec::new();
    for kind in TemplateKind::iter() {
        for language in TemplateLanguage::iter() {
            let path = folder.path().join(format!("{kind}-{language}.xlsx"));
            let lists = TemplateLists::of_catalogue(&Catalogue::default());
            let template = Template::new(kind, language, lists, date(2026, 11, 30));
            let pages = [template.page("sheet.xlsx")];
            save_sheet(
                &[template.table()],
                &pages,
                WrittenFormat::Workbook,
                &path,
                Existing::Kept,
            )
            .unwrap();
            paths.push(path);
        }
    }
    let saved = everywhere(&folder, &paths);
    for (number, path) in paths.iter().enumerate() {
        let (offers, before) = (offered(path), intake(path));
        let choices = offers.values().flatten().filter(|offered| !offered.choices.is_empty());
        assert!(
            choices.count() > 0 && before.rows.is_empty() && before.ignored > 0,
            "{}",
            path.display()
        );
        for saved in saved.iter().map(|saved| &saved[number]) {
            let after = intake(saved);
            let counts = |intake: &Intake| (intake.rows.len(), intake.ignored, intake.problems.iter().count());
            assert_eq!(counts(&after), counts(&before), "{}", saved.display());
            if saved.extension().is_some_and(|extension| extension == "xlsx") {
                assert_same_offers(saved, &offers);
            }
        }
    }
}
