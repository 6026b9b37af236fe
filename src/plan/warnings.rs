//! What the user should know before confirming a plan.

use super::{Direct, OnShortage, Plan, Rules, Stage, Work};
use crate::text::plural;

pub(super) fn warnings(plan: &Plan, rules: &Rules) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut overriding = 0;
    let mut releasing = 0;
    for step in &plan.steps {
        let Work::License(change) = &step.work else { continue };
        let exists = step.account.is_some_and(|account| plan.account(account).id.is_some());
        overriding += usize::from(
            exists && change.base.direct == Direct::Inherits && matches!(change.target.direct, Direct::Holds(_)),
        );
        releasing += usize::from(change.target.direct == Direct::Inherits && step.stage == Stage::Change);
    }
    if overriding > 0 {
        warnings.push(format!(
            "{} {} a first direct allocation, which overrides what groups give them",
            plural(overriding, "account"),
            if overriding == 1 { "gets" } else { "get" }
        ));
    }
    if releasing > 0 {
        warnings.push(format!(
            "{} direct allocation; group rules apply again, and a licence they give may be taken again at the next sign-in",
            if releasing == 1 {
                "1 account loses its".to_owned()
            } else {
                format!("{} lose their", plural(releasing, "account"))
            }
        ));
    }
    if !plan.short.is_empty() && rules.on_shortage == OnShortage::Fill {
        let count = plan.short.len();
        warnings.push(format!(
            "{} {} out on seats",
            plural(count, "row"),
            if count == 1 { "misses" } else { "miss" }
        ));
    }
    warnings
}
