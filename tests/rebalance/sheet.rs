//! The proposed rows as a run reads and plans them, and carried out.

use std::collections::{BTreeMap, HashMap};

use reseat::draft::{DraftRow, DraftTable};
use reseat::intake::{Intake, Options, read};
use reseat::model::{BundleCode, Catalogue, Row};
use reseat::plan::{OnShortage, Plan, Rules, plan};
use reseat::rebalance::COLUMNS;
use reseat::sheet::{Source, write_sheet_csv};

use crate::model::World;

/// The rows as a CSV.
pub(crate) fn written(rows: &[DraftRow]) -> String {
    let table = DraftTable {
        name: "rebalance",
        columns: COLUMNS.to_vec(),
    };
    let mut text = Vec::new();
    write_sheet_csv(&table.written(|| rows.iter().cloned()), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// The rows as a run reads them; there is nothing to complain of, but that there may be none at all.
pub(crate) fn read_back(rows: &[DraftRow]) -> Vec<Row> {
    if rows.is_empty() {
        return Vec::new();
    }
    let text = written(rows);
    let options = Options {
        catalogue: Catalogue::default().allowing_unknown(),
        ..Options::default()
    };
    let Intake { rows, problems, .. } = read(&Source::from_reader(&mut text.as_bytes()).unwrap(), &options).unwrap();
    assert_eq!((problems.errors(), problems.warnings()), (0, 0), "{text}\n{problems:?}");
    rows
}

/// The plan of these rows, which may not be short of a seat.
pub(crate) fn planned(rows: &[Row], world: &World) -> Plan {
    let rules = Rules {
        on_shortage: OnShortage::Stop,
        portal: true,
        ..Rules::default()
    };
    plan(rows, &world.snapshot_of_a_run(), &HashMap::new(), &rules)
}

/// The seats that a plan takes and frees of each bundle.
pub(crate) fn turnover(plan: &Plan) -> BTreeMap<BundleCode, (u64, u64)> {
    let lines = plan.seats.iter().filter(|line| line.taken + line.freed > 0);
    lines
        .map(|line| (line.code.clone(), (line.taken, line.freed)))
        .collect()
}
