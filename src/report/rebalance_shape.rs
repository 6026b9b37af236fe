//! What `rebalance` proposes, as JSON. `docs/json.md` is its contract.

use std::collections::BTreeMap;

use serde::Serialize;
use strum::IntoEnumIterator;

use super::json::of_each;
use super::rebalance::{KeepListUse, RebalanceView};
use crate::draft::DraftRow;
use crate::intake::{FactColumn, KeptPerson};
use crate::model::{AsOf, Place};
use crate::rebalance::{BundleLine, Class, Counts, MissingOut};
use crate::sheet::WrittenCell;

/// The members of the object; their names are stable.
#[derive(Serialize)]
pub struct RebalanceShape<'a> {
    written: Option<String>,
    as_of: String,
    idle_before: Option<String>,
    pending_before: Option<String>,
    no_record_before: Option<String>,
    bundles: Vec<Bundle<'a>>,
    holders: Holders,
    uses_told: bool,
    sign_ins_told: bool,
    not_told: Vec<&'static str>,
    keep_list: KeepListShape<'a>,
    groups: BTreeMap<&'a str, usize>,
    missing_out: &'a [MissingOut],
    rows_to_run: usize,
    rows_ignored: usize,
    rows: Vec<RowShape<'a>>,
    next_command: Option<&'a str>,
}

#[derive(Serialize)]
struct Bundle<'a> {
    code: &'a str,
    owned: Option<u64>,
    taken: Option<u64>,
    idle: u64,
    idle_by_class: BTreeMap<&'static str, u64>,
    to_look_at: u64,
    left_alone: u64,
    to_free: u64,
    freed: u64,
    swapped: u64,
    wanted: u64,
    granted: u64,
    missing: u64,
    taken_then: Option<u64>,
}

#[derive(Serialize)]
struct Holders {
    by_class: BTreeMap<&'static str, u64>,
    left_alone: u64,
}

#[derive(Serialize)]
struct KeepListShape<'a> {
    in_force: usize,
    expired: usize,
    unknown: Vec<Unknown<'a>>,
}

#[derive(Serialize)]
struct Unknown<'a> {
    at: &'a Place,
    user: String,
}

#[derive(Serialize)]
struct RowShape<'a> {
    row: usize,
    operation: &'static str,
    cells: BTreeMap<&'static str, &'a str>,
    facts: BTreeMap<&'static str, Fact<'a>>,
    note: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Fact<'a> {
    Text(&'a str),
    Number(u64),
    Time(String),
}

impl RebalanceView<'_> {
    /// As members of a JSON object, with the file that the sheet was written to and the command that runs it.
    pub fn shape<'a>(&'a self, written: Option<String>, next_command: Option<&'a str>) -> RebalanceShape<'a> {
        let as_of = &self.rules.as_of;
        let before = |length| as_of.now.checked_sub(length).ok().map(|cut_off| as_of.show(cut_off));
        let counts = self.row_counts();
        let Counts { classes, left_alone } = &self.proposal.looked_at;
        RebalanceShape {
            written,
            as_of: as_of.show(as_of.now),
            idle_before: before(self.rules.idle_for),
            pending_before: before(self.rules.pending),
            no_record_before: before(self.rules.grace),
            bundles: self.proposal.bundles.iter().map(Bundle::of).collect(),
            holders: Holders {
                by_class: of_each(classes),
                left_alone: *left_alone,
            },
            uses_told: !self.proposal.untold.uses,
            sign_ins_told: !self.proposal.untold.sign_ins,
            not_told: self.gaps.iter().map(|gap| gap.sentence()).collect(),
            keep_list: KeepListShape::of(self.keep_list),
            groups: self.groups(),
            missing_out: &self.proposal.missing_out,
            rows_to_run: counts.to_run,
            rows_ignored: counts.ignored,
            rows: self
                .proposal
                .rows
                .iter()
                .zip(2..)
                .map(|(row, number)| RowShape::of(row, number, as_of))
                .collect(),
            next_command,
        }
    }
}

/// How many are idle of each class that may be freed.
fn idle_by_class(idle: &BTreeMap<Class, u64>) -> BTreeMap<&'static str, u64> {
    let of = |class: Class| (class.as_str(), idle.get(&class).copied().unwrap_or_default());
    Class::iter().filter(|class| class.may_be_freed()).map(of).collect()
}

impl<'a> Bundle<'a> {
    fn of(line: &'a BundleLine) -> Self {
        let BundleLine {
            code,
            owned,
            taken,
            idle,
            look_at,
            left_alone,
            to_free,
            freed,
            swapped,
            wanted,
            granted,
        } = line;
        Self {
            code: code.as_str(),
            owned: *owned,
            taken: *taken,
            idle: line.all_idle(),
            idle_by_class: idle_by_class(idle),
            to_look_at: *look_at,
            left_alone: *left_alone,
            to_free: *to_free,
            freed: *freed,
            swapped: *swapped,
            wanted: *wanted,
            granted: *granted,
            missing: line.missing(),
            taken_then: line.taken_then(),
        }
    }
}

impl<'a> KeepListShape<'a> {
    fn of(list: &'a KeepListUse) -> Self {
        let KeepListUse {
            in_force,
            expired,
            unknown,
        } = list;
        let unknown_one = |person: &'a KeptPerson| Unknown {
            at: &person.place,
            user: person.user.to_string(),
        };
        Self {
            in_force: *in_force,
            expired: *expired,
            unknown: unknown.iter().map(unknown_one).collect(),
        }
    }
}

impl<'a> RowShape<'a> {
    fn of(row: &'a DraftRow, number: usize, as_of: &AsOf) -> Self {
        let fact = |(column, cell): (&FactColumn, &'a WrittenCell)| {
            let fact = match cell {
                WrittenCell::Empty => return None,
                WrittenCell::Text(text) => Fact::Text(text),
                WrittenCell::Number(number) => Fact::Number(*number),
                WrittenCell::Time(time) => {
                    let instant = as_of.zone.to_ambiguous_timestamp(*time).compatible().ok()?;
                    Fact::Time(as_of.show(instant))
                }
            };
            Some((column.as_str(), fact))
        };
        Self {
            row: number,
            operation: row.operation_name(),
            cells: row
                .cells
                .iter()
                .map(|(column, text)| (column.as_str(), text.as_str()))
                .collect(),
            facts: row.facts.iter().filter_map(fact).collect(),
            note: &row.note,
        }
    }
}
