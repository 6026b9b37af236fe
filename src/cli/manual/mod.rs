//! Manual pages, made from the command line's own description.

mod facts;
mod page;

use clap::{Command, CommandFactory};

use super::args::ReseatArgs;

/// A manual page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualPage {
    /// `reseat-run.1`
    pub file_name: String,
    /// What `man` reads.
    pub text: String,
}

/// The page of a command by its name, as in `run` or `export-users`, or reseat's own; `None` if there is no such command.
pub fn manual(command: Option<&str>) -> Option<ManualPage> {
    let name = match command {
        None | Some("reseat") => "reseat.1".to_owned(),
        Some(command) => format!("reseat-{}.1", command.trim_start_matches("reseat-")),
    };
    manual_pages().into_iter().find(|page| page.file_name == name)
}

/// The pages of all commands, reseat's own first.
pub fn manual_pages() -> Vec<ManualPage> {
    let mut root = ReseatArgs::command();
    root.build();
    let mut commands = Vec::new();
    collect(&root, "", &mut commands);
    let pages = commands.iter().map(|(path, command)| {
        let name = page::file_name(path);
        ManualPage {
            text: page::page(command, path, &family(path, &commands)),
            file_name: format!("{name}.1"),
        }
    });
    pages.collect()
}

fn collect<'c>(command: &'c Command, path: &str, commands: &mut Vec<(String, &'c Command)>) {
    commands.push((path.to_owned(), command));
    for below in command.get_subcommands() {
        let path = format!("{path} {}", below.get_name());
        collect(below, path.trim_start(), commands);
    }
}

/// The pages to look at beside one: reseat's, and those of the commands above, below and beside it.
fn family(path: &str, commands: &[(String, &Command)]) -> Vec<String> {
    let first = path.split(' ').next().unwrap_or_default();
    let is_near = |other: &&(String, &Command)| {
        let is_below_same = !first.is_empty() && other.0.split(' ').next() == Some(first);
        is_below_same || !other.0.contains(' ')
    };
    let near = commands.iter().filter(is_near);
    near.map(|(path, _)| page::file_name(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_for_every_command_and_none_for_others() {
        let pages = manual_pages();
        for name in ["reseat.1", "reseat-run.1", "reseat-export.1", "reseat-export-users.1"] {
            let page = pages.iter().find(|page| page.file_name == name).unwrap();
            for section in ["NAME", "SYNOPSIS", "EXAMPLES", "\"SEE ALSO\"", "\"EXIT STATUS\""] {
                let has_examples = name != "reseat-export-users.1";
                let is_expected = section != "EXAMPLES" || has_examples;
                assert_eq!(
                    page.text.contains(&format!(".SH {section}\n")),
                    is_expected,
                    "{name} {section}"
                );
            }
        }
        assert_eq!(manual(Some("export-users")), manual(Some("reseat-export-users")));
        assert_eq!(manual(None).unwrap().file_name, "reseat.1");
        assert_eq!(manual(Some("nothing")), None);
    }

    #[test]
    fn the_pages_are_dated_with_the_release() {
        let changelog = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md");
        let changelog = fs_err::read_to_string(changelog).unwrap();
        let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
        if let Some(line) = changelog.lines().find(|line| line.starts_with(&heading)) {
            assert!(
                line.contains(page::DATE),
                "the pages say {}, and the changelog `{line}`",
                page::DATE
            );
        }
    }
}
