//! What clap reads: the whole command and the flags that every subcommand has.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};

use super::codes_args::CodesOptions;
use super::connection_args::Connected;
use super::doctor_args::DoctorOptions;
use super::export_args::ExportArgs;
use super::rebalance_args::RebalanceOptions;
use super::report_args::ReportOptions;
use super::run_args::{PlanOptions, RunOptions};
use super::sandbox_args::SandboxOptions;
use super::sheet_args::CheckOptions;
use super::template_args::TemplateOptions;
use super::undo_args::UndoOptions;
use super::values;
use super::watch_args::WatchOptions;
use super::{ManOptions, OutputFormat, Shell, Verbosity};
use crate::settings::Overrides;

const EXAMPLES: &str = "\
Examples:
  reseat check joiners.xlsx                   Find every problem of a sheet, offline
  reseat plan joiners.xlsx                    Show what would change
  reseat run joiners.xlsx                     Do it; run it again to continue where it stopped
  reseat run joiners.xlsx --sandbox           Try it on a simulated organization first

The results are written to `joiners.results.csv`, beside the sheet";

/// Run spreadsheets of user and licence operations against a UiPath organization
#[derive(Debug, Parser)]
#[command(name = "reseat", bin_name = "reseat", version, after_help = EXAMPLES, subcommand_required = true)]
#[command(arg_required_else_help = true, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct ReseatArgs {
    #[command(subcommand)]
    pub(super) command: CommandArgs,
    #[command(flatten)]
    pub(super) global: GlobalArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum CommandArgs {
    /// Validate a sheet offline and print every problem
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckOptions),
    /// Show what a sheet would change, without changing anything
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(Box<Connected<PlanOptions>>),
    /// Carry out a sheet and record the outcome of each row
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<Connected<RunOptions>>),
    /// Show what became of a run, as a web page or a workbook for whoever asked for it
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportOptions),
    /// Run each sheet that is dropped into a folder
    #[command(after_help = WATCH_EXAMPLES)]
    Watch(WatchOptions),
    /// Write the sheet that puts back what a run changed
    #[command(after_help = UNDO_EXAMPLES)]
    Undo(Connected<UndoOptions>),
    /// Write the present state as a sheet that `run` accepts back
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Box<ExportArgs>),
    /// Write a sheet that frees idle seats and grants wanted ones
    #[command(after_help = REBALANCE_EXAMPLES)]
    Rebalance(Box<Connected<RebalanceOptions>>),
    /// Write an empty sheet to fill in, with lists to choose from and help
    #[command(after_help = TEMPLATE_EXAMPLES)]
    Template(Connected<TemplateOptions>),
    /// List the licence codes: the organization's own with their seats, and those known
    #[command(after_help = CODES_EXAMPLES)]
    Codes(Connected<CodesOptions>),
    /// Look for what keeps reseat from working, and say how to mend it
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor(Connected<DoctorOptions>),
    /// Serve a simulated organization on a local port
    #[command(after_help = SANDBOX_EXAMPLES)]
    Sandbox(SandboxOptions),
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        #[arg(value_parser = values::word::<Shell>())]
        shell: Shell,
    },
    /// Print a manual page
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManOptions),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  reseat check joiners.csv
  reseat check hr-drop.xlsx --sheet Leavers --operation delete
  reseat check export.csv --map \"Work e-mail=user\" --output json

Exit code 0 when the sheet is valid, 2 when it is not";

const PLAN_EXAMPLES: &str = "\
Examples:
  reseat plan moves.xlsx --profile production
  reseat plan moves.xlsx --only 2-20 --output json
  reseat plan moves.xlsx -o plan.html         A page for whoever approves it
  reseat plan moves.xlsx --save plan.json     Keep it; `reseat run --plan plan.json` runs just that";

const RUN_EXAMPLES: &str = "\
Examples:
  reseat run joiners.xlsx
  reseat run moves.xlsx --limit 5             A few rows first, then the rest
  reseat run leavers.csv --yes --max-deletes 40
  reseat run --plan plan.json                 What was saved, unless something has changed
  reseat run joiners.xlsx --sandbox --yes     On a simulated organization

Exit code 0 when every row is done, 3 when some need attention, 75 when some wait;
docs/exit-codes.md has them all";

const EXPORT_EXAMPLES: &str = "\
Examples:
  reseat export licenses --where 'idle>90d' -o idle.xlsx     Who holds a seat and does not use it
  reseat export users --where group=Finance -o finance.csv   Accounts to edit and run
  reseat export moves --from old.example --to new.example -o moves.xlsx";

const REBALANCE_EXAMPLES: &str = "\
Examples:
  reseat rebalance --wanted wanted.xlsx -o quarter.xlsx      Free as many idle seats as are wanted
  reseat rebalance --all --idle-for 180d -o idle.xlsx        Free every seat that nobody used for half a year";

const REPORT_EXAMPLES: &str = "\
Examples:
  reseat report joiners.results.csv -o joiners.html
  reseat report joiners.results.csv -o joiners.xlsx --mask   Without names and addresses
  reseat report q4/*.results.csv -o quarter.html             Several runs, added up";

const WATCH_EXAMPLES: &str = "\
Examples:
  reseat watch inbox                          Until it is stopped
  reseat watch inbox --once                   What is there now, from a timer for instance

Sheets end in `done`, `waiting`, `failed` or `approve` below the folder.
Exit code of `--once`: 0, 3 when something failed or waits for approval, 75 when rows wait";

const UNDO_EXAMPLES: &str = "\
Examples:
  reseat undo joiners.results.csv -o undo.xlsx
  reseat undo joiners.results.csv --only 5,8 -o undo.csv
  reseat undo joiners.results.csv --offline   Without looking at the organization

Nothing is changed: the sheet is looked at and run like any other.
Exit code 0, or 3 when it has rows that a person must decide";

const TEMPLATE_EXAMPLES: &str = "\
Examples:
  reseat template onboarding -o joiners.xlsx
  reseat template leavers --language de -o austritte.xlsx
  reseat template blank -o sheet.csv

Kinds: onboarding, leavers, migration, rebalance, blank";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  reseat doctor
  reseat doctor --organization acme --write   Write reseat.toml from what was found
  reseat doctor --output json

Exit code 0 when all is well, 5 when sign-in or a permission is what fails, 1 for anything else";

const CODES_EXAMPLES: &str = "\
Examples:
  reseat codes
  reseat codes --offline
  reseat codes --output json";

const SANDBOX_EXAMPLES: &str = "\
Examples:
  reseat sandbox
  reseat sandbox --users 5000 --quota-scale 100 --faults 0.02 --seed 7
  reseat sandbox --listen 127.0.0.1:8484 --state organization.json";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  reseat completions bash > ~/.local/share/bash-completion/completions/reseat
  reseat completions zsh > ~/.zfunc/_reseat
  reseat completions fish > ~/.config/fish/completions/reseat.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  reseat man run > reseat-run.1
  reseat man export-users > reseat-export-users.1
  reseat man --into man/man1                  All of them";

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalArgs {
    /// The profile of the configuration file to use [env: `RESEAT_PROFILE`]
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// The configuration file, instead of `reseat.toml` here or in the user's folder [env: `RESEAT_CONFIG`]
    #[arg(long, global = true, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// How to print data on standard output: for people, or for programs
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    #[arg(value_parser = values::word::<OutputFormat>())]
    pub(super) output: OutputFormat,
    /// Print errors and data only
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Show every call as well
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    verbose: bool,
}

impl GlobalArgs {
    pub(super) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }

    pub(super) fn apply(self, overrides: &mut Overrides) {
        overrides.profile = self.profile;
        overrides.config = self.config;
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Every command, reseat itself first.
    fn commands() -> Vec<clap::Command> {
        let root = ReseatArgs::command();
        let subcommands: Vec<_> = root.get_subcommands().cloned().collect();
        std::iter::once(root).chain(subcommands).collect()
    }

    #[test]
    fn the_command_line_is_consistent() {
        ReseatArgs::command().debug_assert();
    }

    #[test]
    fn every_help_text_begins_with_a_capital_and_does_not_end_in_a_full_stop() {
        let mut texts = Vec::new();
        for command in commands() {
            let name = command.get_name().to_owned();
            texts.push((name.clone(), command.get_about().map(ToString::to_string)));
            for argument in command.get_arguments() {
                let place = format!("{name} {}", argument.get_id());
                texts.push((place.clone(), argument.get_help().map(ToString::to_string)));
                assert!(argument.get_long_help().is_none(), "{place} has two help texts");
            }
        }
        for (place, text) in texts {
            let text = text.unwrap_or_default();
            assert!(text.starts_with(char::is_uppercase), "{place}: {text}");
            assert!(!text.ends_with('.'), "{place}: {text}");
        }
    }

    #[test]
    fn every_command_shows_examples() {
        for command in commands() {
            let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(
                text.starts_with("Examples:\n  reseat "),
                "{}: {text}",
                command.get_name()
            );
        }
    }

    #[test]
    fn every_example_is_a_command_line_that_parses() {
        for command in commands() {
            let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in text.lines().filter_map(|line| line.strip_prefix("  ")) {
                let line = line.split("   ").next().unwrap_or_default();
                let line = line.split(" > ").next().unwrap_or_default();
                let words = line.replace("\"Work e-mail=user\"", "Work=user");
                // As a shell passes them: the quotes around `'idle>90d'` are not part of the word.
                let words = words.split(' ').map(|word| word.trim_matches('\'').into());
                let parsed = super::super::parse(words);
                assert!(parsed.is_ok(), "{line}: {parsed:?}");
            }
        }
    }
}
