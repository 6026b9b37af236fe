//! What to make of the configuration.

use super::{Blame, Check, Finding, FirstSteps, Outcome};
use crate::model::Deployment;
use crate::problem::Severity;
use crate::settings::{self, Origin, Settings, Survey};

/// The configuration, with where each value comes from, and a finding for each thing that is wrong or odd about it.
/// `first` are the steps of who has yet to begin.
pub fn configuration(survey: &Survey, first: Option<&FirstSteps>) -> Vec<Finding> {
    let given: Vec<String> = survey.origins.iter().map(line).collect();
    let mut findings = match (&survey.settings, first) {
        (Ok(settings), _) => {
            let whole = Finding::ok(Check::Configuration, source(survey));
            let mut findings = vec![whole];
            findings.extend(settings.warnings.iter().map(of_setting));
            findings.extend(doubts(survey, settings));
            findings
        }
        (Err(problems), Some(FirstSteps { message, steps })) => {
            let mut whole = Finding::failed(Check::Configuration, Blame::Surroundings, message);
            whole.help.clone_from(steps);
            let others = problems.iter().filter(|problem| problem.unset.is_none());
            [whole].into_iter().chain(others.map(of_setting)).collect()
        }
        (Err(problems), None) => problems.iter().map(of_setting).collect(),
    };
    if let Some(whole) = findings.first_mut() {
        whole.details = given;
    }
    findings
}

/// Nobody will be told when a run ends, as the file that is to hold the address does not.
pub fn untold_of_runs(why: &str) -> Finding {
    Finding::warning(
        Check::Configuration,
        format!("`notify_file`: {why}, so nobody is told of runs"),
    )
    .with_help("the file has to be there, with one address that begins with `https://` and nothing else")
}

/// Where the settings are from.
fn source(survey: &Survey) -> String {
    let profile = survey.profile.as_deref().unwrap_or_default();
    match &survey.file {
        Some(file) if survey.has_profile => format!("the profile `{profile}` of `{}`", file.display()),
        Some(file) => format!("flags and variables; `{}` has no profile `{profile}`", file.display()),
        None => "flags and variables; there is no configuration file".to_owned(),
    }
}

/// A value and where it comes from.
fn line(origin: &Origin) -> String {
    let Origin { key, place, unused, .. } = origin;
    let unused = if unused.is_empty() {
        String::new()
    } else {
        format!("; takes the place of {}", unused.join(", "))
    };
    format!("{key}: {} ({place}{unused})", origin.told())
}

fn of_setting(problem: &settings::Finding) -> Finding {
    let outcome = match problem.severity {
        Severity::Error => Outcome::Failed(Blame::Surroundings),
        Severity::Warning => Outcome::Warning,
    };
    let mut finding = Finding::new(Check::Configuration, outcome, problem.to_string());
    finding.help.extend(problem.help.lines().map(str::to_owned));
    finding
}

/// What may be meant otherwise than it is written.
fn doubts(survey: &Survey, settings: &Settings) -> Vec<Finding> {
    let Some(address) = &settings.address else {
        return Vec::new();
    };
    let doubt = |what: String, help: &str| Finding::warning(Check::Configuration, what).with_help(help);
    let host = address.uri.host();
    let is_cloud = host.ends_with(".uipath.com") || host.ends_with(".uipath.us");
    let is_deployment_said = survey
        .origins
        .iter()
        .any(|origin| origin.key == "deployment" && !origin.is_default);
    let mut doubts = Vec::new();
    if address.organization == "acme" && is_cloud {
        doubts.push(doubt(
            "the organization is `acme`, as in the examples of the documentation".to_owned(),
            "if yours has another name, write that: it follows the host in the portal's address",
        ));
    }
    if address.organization.contains(char::is_uppercase) {
        doubts.push(doubt(
            format!(
                "`{}` has capital letters, which names in addresses usually have not",
                address.organization
            ),
            &format!(
                "if the organization does not answer, write `{}`",
                address.organization.to_lowercase()
            ),
        ));
    }
    if settings.deployment == Deployment::default() && !is_deployment_said && !is_cloud && !address.uri.is_loopback() {
        doubts.push(doubt(
            format!("`{}` is not an address of UiPath's cloud, and no `deployment` says what it is", address.uri),
            "write `deployment = \"automation-suite\"` or `deployment = \"dedicated\"` into the profile, whichever it is",
        ));
    }
    doubts
}
