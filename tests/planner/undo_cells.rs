//! Whatever accounts and groups are called, a cell of an undo is read back as the very one that is meant, or a person is
//! told that no cell can say it.

use proptest::prelude::*;
use reseat::api::{Group, User, UserTexts};
use reseat::directory::{Accounts, Contents, Snapshot};
use reseat::intake::{Options, read};
use reseat::ledger::{Record, RunId, RunRecord};
use reseat::model::{
    Deployment, Field, Operation, OperationKind, OrganizationId, Place, Row, RowKey, RowReport, Status, UserId,
};
use reseat::sheet::{Existing, Source, WrittenFormat, save_sheet};
use reseat::undo::{Present, RowKind, UndoRow, Why, fold, put_back, table};
use serde_json::json;
use uuid::Uuid;

use crate::model::{group_id, user_id};

const FORMATS: [(WrittenFormat, &str); 2] = [(WrittenFormat::Csv, "undo.csv"), (WrittenFormat::Workbook, "undo.xlsx")];

/// Rows that changed the name of the first account, and took it out of the first group.
fn records(name: &str, group: &str) -> Vec<RunRecord> {
    let report = RowReport {
        operation: Some(OperationKind::Update),
        user: "whoever".to_owned(),
        user_id: Some(user_id(0)),
        before: Some(json!({"name": name, "groups": {group: true}})),
        after: Some(json!({"name": "now", "groups": {group: false}, "group_ids": {group: group_id(0)}})),
        ..RowReport::blank(
            Place {
                sheet: "".into(),
                row: 2,
            },
            RowKey::of("row", 0),
            Status::Done,
        )
    };
    vec![RunRecord {
        record: Record::from(report),
        run: RunId::new(jiff::Timestamp::UNIX_EPOCH, OrganizationId(Uuid::nil()), 7),
    }]
}

/// The organization after that: the account and the group, and others of odd names beside them.
fn present(user_names: [&str; 2], groups: [&str; 2]) -> (Snapshot, Accounts) {
    let user = |(number, user_name): (u8, &str)| {
        let texts = UserTexts {
            user_name,
            name: "now",
            ..UserTexts::default()
        };
        User::new(user_id(number), texts)
    };
    let group = |(number, name): (u8, &str)| Group {
        id: group_id(number),
        name: name.to_owned(),
        built_in: false,
    };
    let users = || (0..).zip(user_names).map(user);
    let snapshot = Snapshot::from(Contents {
        accounts: users().collect(),
        groups: (0..).zip(groups).map(group).collect(),
        ..Contents::default()
    });
    (snapshot, users().collect())
}

/// The rows that a run reads from the sheet, in either form.
fn reread(rows: &[UndoRow]) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let read_from = |(format, name): (WrittenFormat, &str)| {
        let path = folder.path().join(name);
        save_sheet(&[table(rows)], &[], format, &path, Existing::Kept).unwrap();
        let options = Options {
            capabilities: Deployment::Cloud.capabilities(),
            ..Options::default()
        };
        let intake = read(&Source::open(&path).unwrap(), &options).unwrap();
        assert_eq!(intake.problems.errors(), 0, "{:?}\n{:?}", table(rows), intake.problems);
        intake.rows
    };
    FORMATS.into_iter().flat_map(read_from).collect()
}

fn odd_text() -> impl Strategy<Value = String> {
    let words = [
        "<clear>",
        "=1+1",
        "'=1",
        "''-x",
        "'-Bar",
        "+Ops",
        "@me",
        "-",
        "N/A",
        "#N/A",
        "#NAME?",
        "null",
        "1.2E+10",
        "007",
        "TRUE",
        "A; B",
        "A|B",
        "\"A\"",
        "say \"hi\"; x",
        "00000000-0000-0000-0000-000000002001",
        " padded ",
        "two\nlines",
        "Zoë\u{200b}",
        "ignore",
        "=\"007\"",
        "ann@x.example",
        "mailto:ann@x.example",
        "Ann <ann@x.example>",
        "'ann@x.example'",
    ];
    prop_oneof![
        3 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned),
        2 => "[a-c=+@'\"; ,|-]{1,5}",
        1 => "(?s:.){1,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_cell_says_is_what_is_meant(
        name in odd_text(),
        user_names in [odd_text(), odd_text()],
        groups in [odd_text(), odd_text()],
    ) {
        let (snapshot, bearers) = present([&user_names[0], &user_names[1]], [&groups[0], &groups[1]]);
        let present = Present { snapshot: &snapshot, bearers: &bearers };
        let rows = put_back(&fold(records(&name, &groups[0]), None), Some(present));
        let told = rows.iter().any(|row| row.kind == RowKind::Decide(Why::NotWritable));
        for row in reread(&rows) {
            let (user, groups) = match &row.operation {
                Operation::Update(update) => {
                    prop_assert_eq!(&update.profile.name, &Field::Set(name.as_str().into()));
                    (&update.user, &update.add_groups)
                }
                Operation::AddToGroups { user, groups, .. } => {
                    prop_assert!(told, "the name is nowhere: {:?}", name);
                    (user, groups)
                }
                other => panic!("{other:?}"),
            };
            let meant: Option<UserId> = snapshot.user(user).one().map(|user| user.id);
            prop_assert_eq!(meant, Some(user_id(0)));
            let joined: Vec<_> = groups.iter().map(|group| snapshot.group(group).one().map(|group| group.id)).collect();
            prop_assert_eq!(joined, vec![Some(group_id(0))]);
        }
    }
}
