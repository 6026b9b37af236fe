//! What a command says if not everything is configured yet.

use super::failure::Failure;
use super::next::Typed;
use crate::doctor::{Commands, Essential, FirstSteps};
use crate::settings::{Finding, typed_unseen};

/// The failure of a command whose configuration has these faults.
pub(super) fn unusable(findings: Vec<Finding>) -> Failure {
    match first_steps(&findings) {
        Some(first) => Failure::not_configured(first, findings),
        None => Failure::configuration(findings),
    }
}

/// What to do first, if nothing else is wrong than that something is missing.
pub(super) fn first_steps(findings: &[Finding]) -> Option<FirstSteps> {
    let typed = Typed::here();
    if let Some(steps) = FirstSteps::of_secret(findings, &typed.as_typed()) {
        return Some(steps);
    }
    let missing = Essential::missing(findings)?;
    let words = missing.iter().flat_map(|essential| match essential {
        Essential::Organization => ["--organization", "NAME"].as_slice(),
        Essential::Application => &["--client-id", "ID"],
        Essential::Secret => &[],
    });
    let words: Vec<&str> = words.copied().collect();
    let commands = Commands {
        trial: typed.on_the_sandbox(),
        with_file_beside: typed.with_file_beside_the_sheet(),
        secret: typed_unseen("UIPATH_CLIENT_SECRET", &|name| std::env::var(name).ok()),
        doctor: typed.doctor_writing(&words),
        plan: typed.plan_with_the_profile(),
    };
    Some(FirstSteps::of(&missing, &commands))
}
