//! Steps that several rows were merged into, parted again when one of them is refused.

use super::dispatch::Dispatcher;
use super::queue::Waiting;
use crate::plan::{Call, CallKind, Few, LicenseChange, RowIndex, Step, StepIndex, Work};

impl Dispatcher<'_> {
    /// Parts a step that several rows were merged into: the first row's part is tried alone, the others
    /// follow, whatever becomes of it. Says whether there was something to part.
    pub(super) fn unmerge(&mut self, index: StepIndex) -> bool {
        let step = &mut self.plan.steps[index.0];
        let rest = match &mut step.work {
            Work::License(change) if change.edits.len() > 1 => {
                let rest = change.edits.split_off(1);
                let first = LicenseChange::new(change.base.clone(), std::mem::take(&mut change.edits));
                let rest = LicenseChange::new(first.target.clone(), rest);
                **change = first;
                Work::License(Box::new(rest))
            }
            Work::Update(parts) if parts.len() > 1 => Work::Update(Box::new(parts.split_off(1))),
            _ => return false,
        };
        let follower_rows = rows_of(&rest);
        step.rows = rows_of(&step.work);
        let follower = Step {
            rows: follower_rows.clone(),
            work: rest,
            ..step.clone()
        };
        let place = StepIndex(self.plan.steps.len());
        for row in &follower_rows {
            for planned in self.plan.rows[*row].steps.iter_mut() {
                if *planned == index {
                    *planned = place;
                }
            }
        }
        self.changed_again.extend(self.plan.step(index).account);
        // The rows' counts of open steps stay as they are: they wait for another step instead.
        self.book.add_step(&[]);
        self.plan.steps.push(follower);
        self.followers.insert(index, place);
        if let Some(kind) = CallKind::of(index, self.plan.step(index)) {
            self.queue.push_first([Waiting::from(Call {
                kind,
                steps: vec![index],
            })]);
        }
        true
    }
}

/// The rows that have a part in a merged step.
fn rows_of(work: &Work) -> Few<RowIndex> {
    match work {
        Work::License(change) => change.edits.iter().map(|(row, _)| *row).collect(),
        Work::Update(parts) => parts.iter().map(|(row, _)| *row).collect(),
        _ => Few::default(),
    }
}
