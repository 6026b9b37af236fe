//! Completion scripts and manual pages, made from the command line's own description.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::{Shell as ShellName, generate};
use clap_mangen::Man;

use super::Shell;
use super::args::ReseatArgs;

/// Writes the completion script of a shell.
pub fn completions(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    let shell = match shell {
        Shell::Bash => ShellName::Bash,
        Shell::Elvish => ShellName::Elvish,
        Shell::Fish => ShellName::Fish,
        Shell::PowerShell => ShellName::PowerShell,
        Shell::Zsh => ShellName::Zsh,
    };
    // The generator ends the process when it cannot write, so it writes to memory.
    let mut script = Vec::new();
    generate(shell, &mut ReseatArgs::command(), "reseat", &mut script);
    out.write_all(&script)
}

/// The manual page of reseat, or of one of its subcommands; `None` if there is no such subcommand.
pub fn man(subcommand: Option<&str>) -> Option<Vec<u8>> {
    let mut root = ReseatArgs::command();
    root.build();
    let command = match subcommand {
        None => root,
        Some(name) => root.find_subcommand(name)?.clone(),
    };
    let mut page = Vec::new();
    // Memory takes everything that is written to it.
    Man::new(command).render(&mut page).ok()?;
    Some(page)
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn completions_are_made_for_every_shell() {
        for shell in [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
            let mut script = Vec::new();
            completions(shell, &mut script).unwrap();
            assert!(String::from_utf8(script).unwrap().contains("max-deletes"), "{shell:?}");
        }
    }

    #[test]
    fn there_is_a_page_for_every_command_and_none_for_others() {
        for command in commands() {
            let name = command.get_name();
            let subcommand = (name != "reseat").then_some(name);
            let page = String::from_utf8(man(subcommand).unwrap()).unwrap();
            assert!(page.contains(".SH SYNOPSIS"), "{name}");
        }
        assert_eq!(man(Some("nothing")), None);
    }
}
