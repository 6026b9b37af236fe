//! What to do first, for whom nothing or not everything is configured yet.

use crate::problem::Severity;
use crate::settings::{self, Unset, UnsetSecret};
use crate::text::{choose, joined};

/// What is not configured, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstSteps {
    /// What is missing, in a sentence without a full stop.
    pub message: String,
    /// What to do, a line each.
    pub steps: Vec<String>,
}

/// Something that has to be known before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Essential {
    /// The organization's name.
    Organization,
    /// The App ID of the external application.
    Application,
    /// Its App Secret.
    Secret,
}

/// The commands to type, in the words of the command line and the shell at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// What was typed, or something like it, against the simulated organization.
    pub trial: String,
    /// What was typed with the configuration file beside the sheet, where one is there.
    pub with_file_beside: Option<String>,
    /// Puts the secret into its variable unseen.
    pub secret: String,
    /// `reseat doctor --write`, with a word in the place of each value that is missing.
    pub doctor: String,
    /// `reseat plan` of the sheet that was typed.
    pub plan: String,
}

impl Essential {
    /// What is missing, if that is all that is wrong and there is no profile yet that it could stand in.
    pub fn missing(findings: &[settings::Finding]) -> Option<Vec<Self>> {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let missing: Vec<Self> = errors
            .map(|finding| match finding.unset.as_ref()? {
                Unset::Key(key) => match key.as_str() {
                    "organization" => Some(Self::Organization),
                    "client_id" => Some(Self::Application),
                    "client_secret_command" => Some(Self::Secret),
                    _ => None,
                },
                Unset::Secret(_) => None,
            })
            .collect::<Option<_>>()?;
        (!missing.is_empty()).then_some(missing)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Application => "App ID",
            Self::Secret => "App Secret",
        }
    }
}

impl FirstSteps {
    /// The steps of who has a profile, and only has to give its secret in this terminal, if that is all that is wrong.
    /// `again` is the command that was typed.
    pub fn of_secret(findings: &[settings::Finding], again: &str) -> Option<Self> {
        let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let (Some(finding), None) = (errors.next(), errors.next()) else {
            return None;
        };
        let Some(Unset::Secret(UnsetSecret { name, typed, instead })) = &finding.unset else {
            return None;
        };
        Some(Self {
            message: finding.what.clone(),
            steps: vec![
                format!(
                    "1. type the line that follows, paste the {name}, which shows nothing, and press Enter: {typed}"
                ),
                format!("2. type the same again: {again}"),
                format!("or, so that no terminal needs it again, {instead}"),
            ],
        })
    }

    /// The steps that remain where this is missing. A command ends its line, so that it can be copied.
    pub fn of(missing: &[Essential], commands: &Commands) -> Self {
        let Commands {
            trial,
            with_file_beside,
            secret,
            doctor,
            plan,
        } = commands;
        let names: Vec<&str> = missing.iter().map(|essential| essential.name()).collect();
        let mut steps = Vec::new();
        let lacks = |essential| missing.contains(&essential);
        if lacks(Essential::Application) {
            steps.push(
                "in the portal, under Admin, External Applications, add a confidential application with the \
                 application scopes PM.User, PM.Group and PM.License: it has an App ID and an App Secret"
                    .to_owned(),
            );
        }
        if lacks(Essential::Secret) {
            steps.push(format!(
                "type the line that follows, paste the App Secret, which shows nothing, and press Enter: {secret}"
            ));
        }
        let stands_for = match (lacks(Essential::Organization), lacks(Essential::Application)) {
            (true, true) => format!("; {NAME}, {ID}"),
            (true, false) => format!("; {NAME}"),
            (false, true) => format!("; {ID}"),
            (false, false) => String::new(),
        };
        steps.push(format!("check it, and have reseat.toml written{stands_for}: {doctor}"));
        steps.push(format!("see what a sheet would change: {plan}"));
        let mut steps: Vec<String> = (1..)
            .zip(steps)
            .map(|(number, step)| format!("{number}. {step}"))
            .collect();
        if let Some(command) = with_file_beside {
            steps.push(format!("or go by the reseat.toml that is beside the sheet: {command}"));
        } else if lacks(Essential::Organization) && lacks(Essential::Application) {
            steps.push(format!("or try it without an organization: {trial}"));
        }
        Self {
            message: format!(
                "reseat is not configured yet: {} {} missing",
                joined(&names, 3),
                be(missing)
            ),
            steps,
        }
    }
}

const NAME: &str = "NAME is what follows the host in the portal's address, or all of that address";
const ID: &str = "ID is the App ID";

fn be(missing: &[Essential]) -> &'static str {
    choose(missing.len(), "is", "are")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands() -> Commands {
        Commands {
            trial: "TRIAL".to_owned(),
            with_file_beside: None,
            secret: "SECRET".to_owned(),
            doctor: "DOCTOR".to_owned(),
            plan: "PLAN".to_owned(),
        }
    }

    fn finding(unset: Option<&str>, severity: Severity) -> settings::Finding {
        settings::Finding {
            severity,
            place: String::new(),
            what: "missing".to_owned(),
            help: String::new(),
            unset: unset.map(|key| Unset::Key(key.to_owned())),
        }
    }

    #[test]
    fn whatever_is_missing_is_named_and_only_its_steps_are_told_in_five_lines_at_most() {
        use Essential::{Application, Organization, Secret};
        for missing in [
            vec![Organization],
            vec![Application],
            vec![Secret],
            vec![Organization, Application],
            vec![Organization, Secret],
            vec![Application, Secret],
            vec![Organization, Application, Secret],
        ] {
            let FirstSteps { message, steps } = FirstSteps::of(&missing, &commands());
            let all = steps.join("\n");
            assert!(steps.len() <= 5, "{all}");
            for essential in [Organization, Application, Secret] {
                let is_missing = missing.contains(&essential);
                assert_eq!(message.contains(essential.name()), is_missing, "{message}");
            }
            assert_eq!(all.contains("NAME"), missing.contains(&Organization), "{all}");
            assert_eq!(
                all.contains("External Applications"),
                missing.contains(&Application),
                "{all}"
            );
            assert_eq!(all.contains("SECRET"), missing.contains(&Secret), "{all}");
            assert_eq!(
                all.contains("TRIAL"),
                missing.len() >= 2 && !missing.contains(&Secret) || missing.len() == 3,
                "{all}"
            );
            assert!(all.contains("DOCTOR") && all.contains("PLAN"), "{all}");
            for command in ["TRIAL", "SECRET", "DOCTOR", "PLAN"] {
                let told = steps.iter().filter(|step| step.contains(command));
                let mut told = told.map(|step| step.ends_with(&format!(": {command}")));
                assert!(told.all(|is_at_the_end| is_at_the_end), "{all}");
            }
        }
    }

    #[test]
    fn anything_else_that_is_wrong_is_told_instead_and_a_warning_is_not() {
        let secret = || finding(Some("client_secret_command"), Severity::Error);
        let warning = finding(None, Severity::Warning);
        assert_eq!(Essential::missing(&[secret(), warning]), Some(vec![Essential::Secret]));
        assert_eq!(Essential::missing(&[secret(), finding(None, Severity::Error)]), None);
        assert_eq!(
            Essential::missing(&[secret(), finding(Some("username"), Severity::Error)]),
            None
        );
        assert_eq!(Essential::missing(&[]), None);
    }

    #[test]
    fn a_secret_that_a_profile_lacks_is_typed_first_and_alternatives_come_after_it() {
        let lacking = settings::Finding {
            what: "there is no App Secret".to_owned(),
            unset: Some(Unset::Secret(UnsetSecret {
                name: "App Secret",
                typed: "SECRET".to_owned(),
                instead: "write INSTEAD".to_owned(),
            })),
            ..finding(None, Severity::Error)
        };
        let warning = finding(None, Severity::Warning);
        let told = FirstSteps::of_secret(&[warning.clone(), lacking.clone()], "AGAIN").unwrap();
        assert_eq!(told.message, "there is no App Secret");
        let [first, second, other] = told.steps.try_into().unwrap();
        assert!(first.starts_with("1. ") && first.ends_with(": SECRET"), "{first}");
        assert!(second.starts_with("2. ") && second.ends_with(": AGAIN"), "{second}");
        assert!(other.ends_with("write INSTEAD"), "{other}");
        let wrong = finding(None, Severity::Error);
        assert_eq!(FirstSteps::of_secret(&[lacking.clone(), wrong], "AGAIN"), None);
        assert_eq!(FirstSteps::of_secret(&[warning], "AGAIN"), None);
        assert_eq!(Essential::missing(&[lacking]), None);
    }
}
