//! Sheets that reseat writes: whatever is in their cells is read back as it was, by reseat and by others, and what cannot
//! be written is said.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod elsewhere;

use std::io::Read as _;
use std::path::Path;

use calamine::{Data, DataType as _, Reader as _, Xlsx, open_workbook};
use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use reseat::draft::{DraftColumn, DraftRow, DraftTable, Offers};
use reseat::intake::{Column, FactColumn, Intake, Options, is_kept, read};
use reseat::model::{Deployment, Field, Operation, OperationKind};
use reseat::sheet::{
    Existing, NOT_ROWS, PageLine, SheetError, Source, WrittenCell, WrittenColumn, WrittenFormat, WrittenPage,
    WrittenRows, WrittenTable, save_sheet,
};
use strum::IntoEnumIterator as _;
use tempfile::TempDir;

const FORMATS: [(WrittenFormat, &str); 2] = [(WrittenFormat::Csv, "a.csv"), (WrittenFormat::Workbook, "a.xlsx")];

/// Names that have become something else on their way through one format or program or another.
const ODD: [&str; 32] = [
    "=1+1",
    "'=1",
    "''=1",
    "'-Bar",
    "-Bar",
    "+Ops",
    "@me",
    "-",
    "'",
    "'t Hooft",
    "=\"007\"",
    "007",
    "2024-03",
    "73928e05",
    "1E5",
    "TRUE",
    "00000000000000000123",
    "_x0041_",
    "_x005F_",
    "_x005F_x0041_",
    "_x0041_x0042_",
    "_x000D_",
    "<r>Ann</r>",
    "<r><t>_x0041_</t></r>",
    "</r>&amp;<r>",
    "\"Z\", O'Hara; | x",
    "a]]>b",
    "{name}",
    "小明",
    "İpek Işık",
    "\u{1F41D}",
    "\u{fff0}\u{e000}",
];

fn table<'a>(column: WrittenColumn<'a>, cells: &[WrittenCell]) -> WrittenTable<'a> {
    let cells = cells.to_vec();
    WrittenTable {
        name: "People".into(),
        columns: vec![WrittenColumn::new("user"), column],
        rows: Box::new(move || -> WrittenRows<'_> {
            let row = |cell: WrittenCell| vec![WrittenCell::text("ann@x.example"), cell];
            Box::new(cells.clone().into_iter().map(row))
        }),
    }
}

/// A row for each name, each of another person.
fn updates(names: &[impl AsRef<str>]) -> Vec<DraftRow> {
    let row = |(number, name): (usize, &_)| {
        DraftRow::new(OperationKind::Update)
            .cell(Column::User, format!("person{number}@x.example"))
            .cell(Column::Name, AsRef::as_ref(name))
    };
    names.iter().enumerate().map(row).collect()
}

fn people(rows: Vec<DraftRow>, offers: &Offers) -> WrittenTable<'static> {
    let table = DraftTable {
        name: "People",
        columns: vec![
            DraftColumn::Read(Column::User),
            DraftColumn::Read(Column::Name),
            DraftColumn::Read(Column::Active),
            DraftColumn::Read(Column::Groups),
            DraftColumn::Fact(FactColumn::LastLogin),
        ],
    };
    table.written_offering(offers, move || rows.clone().into_iter())
}

fn saved(folder: &TempDir, tables: &[WrittenTable<'_>], (format, name): (WrittenFormat, &str)) -> std::path::PathBuf {
    let path = folder.path().join(name);
    save_sheet(tables, &[], format, &path, Existing::Replaced).unwrap();
    path
}

fn intake(path: &Path) -> Intake {
    let options = Options {
        capabilities: Deployment::Cloud.capabilities(),
        ..Options::default()
    };
    read(&Source::open(path).unwrap(), &options).unwrap()
}

fn names(intake: &Intake) -> Vec<String> {
    let name = |operation: &Operation| match operation {
        Operation::Update(update) => match &update.profile.name {
            Field::Set(name) => name.to_string(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    intake.rows.iter().map(|row| name(&row.operation)).collect()
}

fn part(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(fs_err::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The cells of the second column without its header, as calamine reads them.
fn by_calamine(path: &Path) -> Vec<Data> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let range = workbook.worksheet_range("People").unwrap();
    range.rows().skip(1).map(|row| row[1].clone()).collect()
}

#[test]
fn odd_names_are_read_back_as_they_are() {
    let folder = TempDir::new().unwrap();
    for name in ODD {
        assert!(is_kept(Column::Name, name), "{name}");
    }
    for format in FORMATS {
        let rows = updates(&ODD);
        let path = saved(&folder, &[people(rows, &Offers::default())], format);
        assert_eq!(names(&intake(&path)), ODD);
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(ODD.to_vec()).prop_map(str::to_owned),
        "['=+@-]{0,3}[a-c<>&\"_x0-9;,| -]{0,8}",
        "_x[0-9A-Fa-f]{4}_?[_x0-9]{0,4}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_that_a_cell_can_say_is_read_back(texts in prop::collection::vec(text(), 1..8)) {
        let folder = TempDir::new().unwrap();
        let kept: Vec<String> = texts.into_iter().filter(|text| !text.is_empty() && is_kept(Column::Name, text)).collect();
        let rows = updates(&kept);
        for format in FORMATS {
            let path = saved(&folder, &[people(rows.clone(), &Offers::default())], format);
            prop_assert_eq!(names(&intake(&path)), kept.clone());
        }
    }

    #[test]
    fn another_reader_sees_the_same_text(texts in prop::collection::vec(text(), 1..8)) {
        let folder = TempDir::new().unwrap();
        let cells: Vec<WrittenCell> = texts.iter().map(WrittenCell::text).collect();
        let path = saved(&folder, &[table(WrittenColumn::new("name"), &cells)], FORMATS[1]);
        for (seen, text) in by_calamine(&path).iter().zip(&texts) {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            let seen = seen.as_string().unwrap_or_default();
            // One apostrophe more where the text would be taken for something else.
            let is_same = seen == text || seen.strip_prefix('\'') == Some(text.as_str());
            prop_assert!(is_same, "{:?} is seen as {:?}", text, seen);
        }
    }
}

#[test]
fn choices_are_offered_whatever_their_number_and_signs_and_the_lists_are_no_rows() {
    let folder = TempDir::new().unwrap();
    let offers = Offers {
        everyone: None,
        groups: ["Sales, EMEA", "Zoë's", "+Ops", "user"].map(str::to_owned).to_vec(),
        licenses: Vec::new(),
    };
    let mut written = people(updates(&["Ann"]), &offers);
    // The name that the worksheet of lists would have.
    written.name = "lists".into();
    let path = saved(&folder, &[written], FORMATS[1]);
    let sheet = part(&path, "xl/worksheets/sheet1.xml");
    for expected in [
        "sqref=\"A2:A1002\"",
        "<formula1>reseat_list_1</formula1>",
        "<formula1>\"yes,no\"</formula1>",
        "<formula1>\"invite,create,",
        "errorStyle=\"warning\"",
    ] {
        assert!(sheet.contains(expected), "{expected}: {sheet}");
    }
    assert!(!sheet.contains("errorStyle=\"stop\""));
    let workbook = part(&path, "xl/workbook.xml");
    assert!(
        workbook.contains("'Lists (2)'!$A$3:$A$6</definedName>") && workbook.contains("state=\"hidden\""),
        "{workbook}"
    );
    let mut lists: Xlsx<_> = open_workbook(&path).unwrap();
    let range = lists.worksheet_range("Lists (2)").unwrap();
    let groups: Vec<String> = range.rows().filter_map(|row| row[0].as_string()).collect();
    assert_eq!(groups, [NOT_ROWS, "groups", "\"Sales, EMEA\"", "Zoë's", "+Ops", "user"]);

    let intake = intake(&path);
    assert_eq!(names(&intake), ["Ann"]);
    assert_eq!(intake.problems.iter().count(), 0, "{:?}", intake.problems);
    let skipped: Vec<_> = intake
        .skipped_sheets
        .iter()
        .map(|sheet| (&*sheet.name, sheet.reason.as_str()))
        .collect();
    assert_eq!(
        skipped,
        [(
            "Lists (2)",
            "it holds what there is to choose from, or help, and no rows"
        )]
    );
}

#[test]
fn moments_are_dates_in_whole_seconds_and_those_that_programs_place_differently_are_texts() {
    let folder = TempDir::new().unwrap();
    let moments: [(DateTime, &str); 4] = [
        (date(2026, 11, 30).at(8, 41, 10, 999_999_999), "2026-11-30 08:41:10"),
        (date(1901, 1, 1).at(0, 0, 0, 0), "1901-01-01 00:00:00"),
        (date(1900, 2, 28).at(0, 0, 0, 0), "1900-02-28 00:00:00"),
        (date(1, 1, 1).at(0, 0, 0, 0), "0001-01-01 00:00:00"),
    ];
    let cells: Vec<WrittenCell> = moments.iter().map(|(moment, _)| WrittenCell::Time(*moment)).collect();
    let path = saved(
        &folder,
        &[table(WrittenColumn::new("last_login").for_people(), &cells)],
        FORMATS[1],
    );
    let seen = by_calamine(&path);
    for (cell, (moment, text)) in seen.iter().zip(moments) {
        if moment.year() > 1900 {
            let (year, month, day, hour, minute, second, _) = cell.get_datetime().unwrap().to_ymd_hms_milli();
            assert_eq!(
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
                text
            );
        } else {
            assert_eq!(cell, text);
        }
    }
    let columns = part(&path, "xl/worksheets/sheet1.xml");
    assert!(columns.contains("width=\"20.7109375\""), "{columns}");
}

#[test]
fn numbers_sort_as_numbers_as_long_as_a_workbook_tells_them_apart() {
    let folder = TempDir::new().unwrap();
    let cells = [7, 1 << 53, (1 << 53) + 1].map(WrittenCell::Number);
    let path = saved(
        &folder,
        &[table(WrittenColumn::new("members").for_people(), &cells)],
        FORMATS[1],
    );
    let seen = by_calamine(&path);
    assert!(seen[0] == 7.0 && seen[1] == 9_007_199_254_740_992.0, "{seen:?}");
    assert_eq!(seen[2], "9007199254740993");
}

#[test]
fn more_than_a_cell_holds_is_cut_where_it_is_for_people_and_refused_where_a_run_reads_it() {
    let folder = TempDir::new().unwrap();
    let full = "🐝".repeat(16_383);
    let fits = WrittenCell::Text(format!("{full}x"));
    let over = WrittenCell::Text(format!("{full}xy"));
    let path = saved(&folder, &[table(WrittenColumn::new("name"), &[fits])], FORMATS[1]);
    assert_eq!(by_calamine(&path), [Data::String(format!("{full}x"))]);

    let note = WrittenColumn::new("note").for_people();
    let path = saved(&folder, &[table(note, std::slice::from_ref(&over))], FORMATS[1]);
    assert_eq!(by_calamine(&path), [Data::String(format!("{full}…"))]);

    let tables = [table(WrittenColumn::new("name"), &[WrittenCell::Empty, over])];
    let path = folder.path().join("refused.xlsx");
    let error = save_sheet(&tables, &[], WrittenFormat::Workbook, &path, Existing::Kept).unwrap_err();
    let SheetError::CellTooFull {
        column, row, letters, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!((column.as_str(), *row, *letters), ("name", 3, 32_768));
    assert!(error.to_string().contains("name a file that ends in .csv"), "{error}");
    assert!(!path.exists());
    saved(&folder, &tables, FORMATS[0]);
}

#[test]
fn more_rows_than_a_worksheet_has_are_refused_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    let rows = |count: usize| WrittenTable {
        name: "People".into(),
        columns: vec![WrittenColumn::new("user")],
        rows: Box::new(move || -> WrittenRows<'_> {
            Box::new(std::iter::repeat_with(|| vec![WrittenCell::Empty]).take(count))
        }),
    };
    let path = folder.path().join("refused.xlsx");
    let error = save_sheet(&[rows(1_048_576)], &[], WrittenFormat::Workbook, &path, Existing::Kept).unwrap_err();
    assert!(error.to_string().contains("name a file that ends in .csv"), "{error}");
    assert!(!path.exists());
    saved(&folder, &[rows(1_048_575)], FORMATS[1]);
}

#[test]
fn the_same_rows_are_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let offers = Offers {
        everyone: None,
        groups: vec!["Sales, EMEA".to_owned()],
        licenses: vec!["ATTUNU".to_owned()],
    };
    for (format, name) in FORMATS {
        let bytes = ["", "again-"].map(|prefix| {
            let tables = [people(updates(&ODD), &offers)];
            fs_err::read(saved(&folder, &tables, (format, &format!("{prefix}{name}")))).unwrap()
        });
        assert_eq!(bytes[0], bytes[1], "{name}");
    }
}

/// A page with lines of every kind.
fn help() -> WrittenPage<'static> {
    let text = |text: &str| PageLine::Text(text.to_owned());
    WrittenPage {
        name: "People".into(),
        lines: vec![
            PageLine::Aside("Auf diesem Blatt wird nichts ausgeführt.".to_owned()),
            PageLine::Title("user".to_owned()),
            text("=1+1"),
            text(&"operation ".repeat(30)),
            PageLine::Heading("operation".to_owned()),
            PageLine::Entry("user".to_owned(), "ann@x.example".to_owned()),
            PageLine::Entry("name".to_owned(), "Ann ".repeat(100)),
            PageLine::Blank,
            text("<r>Ann</r>"),
        ],
    }
}

/// The attribute of each of these elements of a part of a workbook that has it, in their order.
fn attributes(part: &str, element: &str, attribute: &str) -> Vec<String> {
    let start = format!("<{element} ");
    let marked = format!(" {attribute}=\"");
    let elements = part
        .split(&start)
        .skip(1)
        .map(|rest| format!(" {}", rest.split('>').next().unwrap()));
    elements
        .filter_map(|element| {
            element
                .split_once(&marked)
                .map(|(_, rest)| rest.split('"').next().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn a_page_of_help_is_shown_whole_and_none_of_it_is_a_row() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("help.xlsx");
    let tables = [people(updates(&["Ann"]), &Offers::default())];
    save_sheet(&tables, &[help()], WrittenFormat::Workbook, &path, Existing::Kept).unwrap();
    let mut workbook: Xlsx<_> = open_workbook(&path).unwrap();
    let range = workbook.worksheet_range("People (2)").unwrap();
    let words: Vec<String> = range.rows().map(|row| row[0].as_string().unwrap_or_default()).collect();
    assert_eq!(words[..3], ["Auf diesem Blatt wird nichts ausgeführt.", "user", "=1+1"]);
    assert_eq!(words[8], "<r>Ann</r>");

    let page = part(&path, "xl/worksheets/sheet2.xml");
    let heights: Vec<f64> = attributes(&page, "row", "ht")
        .iter()
        .map(|height| height.parse().unwrap())
        .collect();
    // Of title, a line, three lines, heading, a line, six lines, nothing, a line: in whole pixels.
    assert_eq!(heights, [44.25, 17.25, 42.75, 30.0, 17.25, 81.75, 12.75, 17.25]);
    assert!(
        page.contains("showGridLines=\"0\"") && page.contains("fitToHeight=\"0\""),
        "{page}"
    );
    assert!(!page.contains("<f>"), "{page}");

    let intake = intake(&path);
    assert_eq!(
        (names(&intake), intake.problems.iter().count()),
        (vec!["Ann".to_owned()], 0)
    );
    let skipped: Vec<(&str, bool)> = intake
        .skipped_sheets
        .iter()
        .map(|sheet| (&*sheet.name, sheet.notice().is_some()))
        .collect();
    assert_eq!(skipped, [("People (2)", false)]);
}

#[test]
fn help_and_lists_without_the_rows_that_they_are_for_are_said_to_be_that() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("saved-by-itself.csv");
    fs_err::write(
        &path,
        format!("{NOT_ROWS},\ngroups,\nuser,operation\nann@x.example,delete\n"),
    )
    .unwrap();
    let intake = intake(&path);
    assert_eq!(intake.rows.len(), 0);
    let problems: Vec<String> = intake.problems.iter().map(|problem| problem.what.clone()).collect();
    assert_eq!(
        problems,
        ["the sheet holds what there is to choose from, or help, and says itself that nothing on it is run"]
    );
}

#[test]
fn help_and_lists_stay_what_they_are_if_somebody_inserts_or_deletes_some_of_their_first_rows() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("help.xlsx");
    let offers = Offers {
        everyone: None,
        groups: vec!["user".to_owned(), "Zoë".to_owned()],
        ..Offers::default()
    };
    let tables = [people(updates(&["Ann"]), &offers)];
    save_sheet(&tables, &[help()], WrittenFormat::Workbook, &path, Existing::Kept).unwrap();
    let mut workbook: Xlsx<_> = open_workbook(&path).unwrap();
    for worksheet in ["People (2)", "Lists"] {
        let range = workbook.worksheet_range(worksheet).unwrap();
        let rows = range.rows().map(|row| row.iter().map(calamine::DataType::as_string));
        let rows: Vec<Vec<String>> = rows.map(|row| row.map(Option::unwrap_or_default).collect()).collect();
        let blank = vec![String::new(); rows[0].len()];
        let own = vec!["Our own note".to_owned(); rows[0].len()];
        let changed = [
            rows.clone(),
            rows[1..].to_vec(),
            [std::slice::from_ref(&blank), &rows[..]].concat(),
            [&[own.clone(), blank], &rows[..]].concat(),
            [&[own], &rows[1..]].concat(),
        ];
        for (number, rows) in changed.iter().enumerate() {
            let path = folder.path().join(format!("{worksheet}-{number}.csv"));
            let mut written = csv::Writer::from_path(&path).unwrap();
            for row in rows {
                written.write_record(row).unwrap();
            }
            written.flush().unwrap();
            let problems: Vec<String> = intake(&path)
                .problems
                .iter()
                .map(|problem| problem.what.clone())
                .collect();
            assert!(
                matches!(problems.as_slice(), [problem] if problem.contains("nothing on it is run")),
                "{worksheet} {number}: {problems:?}"
            );
        }
    }
}

#[test]
fn a_cell_below_the_header_that_says_that_nothing_is_run_says_it_of_no_row() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows.csv");
    let rows = format!("operation,user,name,note\nupdate,ann@x.example,Ann,{NOT_ROWS}\n");
    fs_err::write(&path, rows).unwrap();
    assert_eq!(names(&intake(&path)).len(), 1);
}

#[test]
fn a_csv_has_no_page_of_help() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("help.csv");
    let tables = [people(updates(&["Ann"]), &Offers::default())];
    save_sheet(&tables, &[help()], WrittenFormat::Csv, &path, Existing::Kept).unwrap();
    let text = fs_err::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert_eq!(names(&intake(&path)), ["Ann"]);
}

#[test]
fn a_hint_is_shown_with_choices_and_without_in_no_more_letters_than_excel_takes() {
    let folder = TempDir::new().unwrap();
    let hint = "🐝".repeat(200);
    let header = "h".repeat(40);
    for choices in [vec![], vec!["yes".to_owned()], vec!["Zoë".to_owned()]] {
        let column = WrittenColumn::new(&*header).offering(choices.clone()).hinting(&*hint);
        let path = saved(&folder, &[table(column, &[])], FORMATS[1]);
        let sheet = part(&path, "xl/worksheets/sheet1.xml");
        assert_eq!(
            attributes(&sheet, "dataValidation", "prompt"),
            [format!("{}…", "🐝".repeat(127))]
        );
        assert_eq!(
            attributes(&sheet, "dataValidation", "promptTitle"),
            [format!("{}…", "h".repeat(31))]
        );
        let kinds: &[&str] = if choices.is_empty() { &[] } else { &["list"] };
        assert_eq!(attributes(&sheet, "dataValidation", "type"), kinds);
    }
    let path = saved(&folder, &[table(WrittenColumn::new("name"), &[])], FORMATS[1]);
    assert!(!part(&path, "xl/worksheets/sheet1.xml").contains("dataValidation"));
}

#[test]
fn rows_that_are_not_run_are_grey_for_as_long_as_they_say_so() {
    let folder = TempDir::new().unwrap();
    let path = saved(&folder, &[people(updates(&["Ann"]), &Offers::default())], FORMATS[1]);
    let sheet = part(&path, "xl/worksheets/sheet1.xml");
    for expected in [
        "<conditionalFormatting sqref=\"A2:G1002\">",
        "<formula>TRIM($A2)=\"ignore\"</formula>",
    ] {
        assert!(sheet.contains(expected), "{expected}: {sheet}");
    }
    let column = WrittenColumn::new("odd").greying_rows("\"no\"");
    let path = saved(&folder, &[table(column, &[])], FORMATS[1]);
    let sheet = part(&path, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<formula>TRIM($B2)=\"\"\"no\"\"\"</formula>"), "{sheet}");
}

#[test]
fn what_is_typed_into_a_column_of_moments_becomes_one_and_what_is_typed_elsewhere_stays_text() {
    let folder = TempDir::new().unwrap();
    let path = saved(
        &folder,
        &[table(WrittenColumn::new("not_before").of_times(), &[])],
        FORMATS[1],
    );
    let styles = part(&path, "xl/styles.xml");
    let (ids, codes) = (
        attributes(&styles, "numFmt", "numFmtId"),
        attributes(&styles, "numFmt", "formatCode"),
    );
    let code_of = |id: &str| &*codes[ids.iter().position(|known| known == id).unwrap()];
    let formats = attributes(styles.split("<cellXfs").nth(1).unwrap(), "xf", "numFmtId");
    let columns = attributes(&part(&path, "xl/worksheets/sheet1.xml"), "col", "style");
    let of_columns: Vec<&str> = columns
        .iter()
        .map(|style| code_of(&formats[style.parse::<usize>().unwrap()]))
        .collect();
    assert_eq!(of_columns, ["@", "yyyy-mm-dd hh:mm"]);

    // What is written as text stays one all the same.
    let column = WrittenColumn::new("not_before").of_times();
    let path = saved(
        &folder,
        &[table(column, &[WrittenCell::text("2026-03-01")])],
        FORMATS[1],
    );
    assert_eq!(by_calamine(&path), [Data::String("2026-03-01".to_owned())]);
}
