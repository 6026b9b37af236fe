//! A direct allocation put back.

use super::changes::{AccountChange, Flip};
use super::held::Held;
use super::pen::Pen;
use super::present::HeldNow;
use super::row::{UndoRow, Why};
use super::told::{foreign, in_backticks, yes_no};
use crate::draft::licenses as list;
use crate::intake::Column;
use crate::model::{BundleSet, OperationKind};

/// What is to be done about an allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Nothing,
    Release,
    Block,
    /// Exactly these.
    Set(BundleSet),
    /// These off and those on, and what else is there stays.
    Parts {
        off: BundleSet,
        on: BundleSet,
    },
}

/// What is done about an allocation, and what is told of it.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    deed: Deed,
    /// Something that somebody changed and that is left alone.
    foreign: Option<String>,
    note: Option<String>,
}

impl Plan {
    fn of(deed: Deed) -> Self {
        Self {
            deed,
            foreign: None,
            note: None,
        }
    }
}

/// The rows that put the licences of an account back.
pub(super) fn licenses(change: &AccountChange, pen: Pen<'_>) -> Vec<UndoRow> {
    let Some(flip) = &change.held else { return Vec::new() };
    let Some(was) = &flip.was else {
        let note = format!(
            "the run left {}; what the account held before was not recorded",
            flip.is
        );
        return vec![pen.decide(change, Why::NotKnown).noting(note)];
    };
    let read = pen.present.map(|present| present.held(change.id));
    let now = match &read {
        Some(Some(now)) => now.clone(),
        // Nothing is compared, or nothing can be.
        Some(None) | None => HeldNow {
            held: flip.is.clone(),
            external: None,
        },
    };
    let read_as = read.iter().flatten().map(|now| now.held.unless_changed()).next();
    let plan = plan(was, flip, &now.held);
    let flag = flag(change.external.as_ref(), &now);
    let mut rows = rows(change, pen, &plan, &now, flag);
    for row in &mut rows {
        if let Some(state) = read_as.as_ref().filter(|_| row.replaces()) {
            *row = row.clone().cell(Column::UnlessChangedFrom, state);
        }
    }
    if matches!(read, Some(None)) {
        for row in &mut rows {
            *row = row
                .clone()
                .noting("what the account holds now cannot be read here, so it was not compared");
        }
    }
    if let Some(foreign) = plan.foreign {
        rows.push(pen.decide(change, Why::Changed).noting(foreign));
    }
    rows
}

/// The flag to put back, where the run changed it and it is still as the run left it.
fn flag(flip: Option<&Flip<bool>>, now: &HeldNow) -> Option<bool> {
    let flip = flip.filter(|flip| !flip.is_nothing())?;
    let was = flip.was?;
    (now.external != Some(was)).then_some(was)
}

fn rows(change: &AccountChange, pen: Pen<'_>, plan: &Plan, now: &HeldNow, flag: Option<bool>) -> Vec<UndoRow> {
    let held = now.held.bundles();
    // The flag is a matter of the whole set.
    let deed = match (&plan.deed, flag) {
        (Deed::Nothing, Some(_)) if !held.is_empty() => Deed::Set(held.clone()),
        (Deed::Parts { off, on }, Some(_)) => Deed::Set(held.minus(off).union(on)),
        (deed, _) => deed.clone(),
    };
    let note = plan.note.as_deref().unwrap_or_default();
    let row = |operation| pen.row(change, operation);
    match deed {
        Deed::Nothing => Vec::new(),
        Deed::Release => {
            let row = row(OperationKind::ReleaseLicenses).seats(BundleSet::default(), held);
            vec![row.noting(note)]
        }
        Deed::Block => {
            let row = row(OperationKind::BlockLicenses).seats(BundleSet::default(), held);
            vec![row.noting(note)]
        }
        Deed::Set(bundles) => {
            let was_set = change.external.as_ref().and_then(|flip| flip.was).filter(|flag| *flag);
            let flag = flag.or(was_set).map(yes_no).unwrap_or_default();
            let row = row(OperationKind::SetLicenses)
                .cell(Column::Licenses, list(&bundles))
                .cell(Column::ExternalLicense, flag)
                .seats(bundles.minus(&held), held.minus(&bundles));
            vec![row.noting(note)]
        }
        Deed::Parts { off, on } => {
            let parts = [
                (OperationKind::RemoveLicenses, &off, BundleSet::default(), off.clone()),
                (OperationKind::AddLicenses, &on, on.clone(), BundleSet::default()),
            ];
            let parts = parts.into_iter().filter(|(_, bundles, ..)| !bundles.is_empty());
            parts
                .map(|(operation, bundles, takes, frees)| {
                    let row = row(operation).cell(Column::Licenses, list(bundles));
                    row.seats(takes, frees).noting(note)
                })
                .collect()
        }
    }
}

/// What is held once the change from `was` is taken back where `now` is held.
pub(super) fn without_the_change(was: &Held, change: &Flip<Held>, now: &Held) -> Held {
    match plan(was, change, now).deed {
        Deed::Nothing => now.clone(),
        Deed::Release => Held::Nothing,
        Deed::Block => Held::Blocked,
        Deed::Set(bundles) => Held::Set(bundles),
        Deed::Parts { off, on } => Held::Set(now.bundles().minus(&off).union(&on)),
    }
}

fn plan(was: &Held, change: &Flip<Held>, now: &Held) -> Plan {
    let left = &change.is;
    if now == was || was == left {
        return Plan::of(Deed::Nothing);
    }
    if change.is_left_by_the_runs(now) {
        return Plan::of(match was {
            Held::Nothing => Deed::Release,
            Held::Blocked => Deed::Block,
            Held::Set(bundles) => Deed::Set(bundles.clone()),
        });
    }
    if !now.is_alike(left) && !now.is_alike(was) {
        return Plan {
            foreign: Some(foreign(
                "`licenses`",
                in_backticks(&now.to_string()),
                in_backticks(&left.to_string()),
                in_backticks(&was.to_string()),
            )),
            ..Plan::of(Deed::Nothing)
        };
    }
    // Each bundle by itself: what the run gave is taken, what it took is given, and what others gave stays.
    let (was_in, left_in, is_in) = (was.bundles(), left.bundles(), now.bundles());
    let off = left_in.minus(&was_in).common(&is_in);
    let on = was_in.minus(&left_in).minus(&is_in);
    let rest = is_in.minus(&off).union(&on);
    if rest.is_empty() {
        return Plan::of(match was {
            Held::Blocked => Deed::Block,
            Held::Nothing | Held::Set(_) => Deed::Release,
        });
    }
    let others = is_in.minus(&left_in).minus(&was_in);
    let foreign = (*was == Held::Blocked).then(|| {
        format!("the account was blocked from every licence before the run, and somebody has given it {others} since")
    });
    let note = (!others.is_empty()).then(|| format!("somebody has given {others} since, which stays"));
    let is_nothing = off.is_empty() && on.is_empty();
    Plan {
        deed: if is_nothing {
            Deed::Nothing
        } else {
            Deed::Parts { off, on }
        },
        foreign,
        note: note.filter(|_| !is_nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BundleCode;

    fn held(text: &str) -> Held {
        match text {
            "nothing" => Held::Nothing,
            "blocked" => Held::Blocked,
            codes => Held::Set(codes.split(' ').map(BundleCode::new).collect()),
        }
    }

    fn told(was: &str, left: &str, now: &str) -> String {
        let steps = left.split(" > ").map(held);
        let mut change = None;
        for step in steps {
            Flip::then(&mut change, None, step);
        }
        let plan = plan(&held(was), &change.unwrap(), &held(now));
        let deed = match plan.deed {
            Deed::Nothing => "nothing".to_owned(),
            Deed::Release => "release".to_owned(),
            Deed::Block => "block".to_owned(),
            Deed::Set(bundles) => format!("set {bundles}"),
            Deed::Parts { off, on } => format!("-{off} +{on}"),
        };
        let foreign = if plan.foreign.is_some() { ", foreign" } else { "" };
        format!("{deed}{foreign}")
    }

    #[test]
    fn the_three_emptinesses_come_back_each_as_itself_and_what_others_gave_stays() {
        for (was, left, now, expected) in [
            ("nothing", "A", "A", "release"),
            ("blocked", "A", "A", "block"),
            ("B", "A", "A", "set B"),
            ("A B", "nothing", "nothing", "set A; B"),
            ("nothing", "blocked", "blocked", "release"),
            ("A", "blocked", "blocked", "set A"),
            // As before already.
            ("nothing", "A", "nothing", "nothing"),
            ("B", "A", "B", "nothing"),
            // The last of two changes has not come about.
            ("A", "nothing > B", "nothing", "set A"),
            ("nothing", "A > A B", "A", "release"),
            ("A", "nothing > A", "nothing", "nothing"),
            // Somebody gave C since.
            ("nothing", "A", "A C", "-A +"),
            ("B", "A", "A C", "-A +B"),
            ("B", "A", "B C", "nothing"),
            ("blocked", "A", "A C", "-A +, foreign"),
            ("A", "nothing", "C", "-A +".replace("-A +", "- +A").as_str()),
            // Somebody took a part away.
            ("nothing", "A B", "A", "release"),
            ("blocked", "A B", "A", "block"),
            ("C", "A B", "A", "-A +C"),
            // Somebody released or blocked what the run had set.
            ("B", "A", "nothing", "nothing, foreign"),
            ("B", "A", "blocked", "nothing, foreign"),
            ("B", "blocked", "nothing", "nothing, foreign"),
            ("nothing", "A", "blocked", "nothing, foreign"),
        ] {
            assert_eq!(told(was, left, now), expected, "{was} -> {left}, now {now}");
        }
    }
}
