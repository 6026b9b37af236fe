//! Completion scripts: which words may stand where, told to each shell in its own language.
//!
//! `clap_complete` writes those of Elvish and PowerShell. In bash, zsh and fish its scripts know no endings of files,
//! offer flags in bash where a sheet belongs, and in fish nothing at all where a word without a flag does.

mod bash;
mod fish;
mod grammar;
mod values;
mod zsh;

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::{Shell as ShellName, generate};

use self::grammar::Grammar;
use super::Shell;
use super::args::ReseatArgs;

/// Writes the completion script of a shell.
pub fn completions(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    let grammar = || Grammar::of(&ReseatArgs::command());
    let script = match shell {
        Shell::Bash => bash::script(&grammar()).into_bytes(),
        Shell::Fish => fish::script(&grammar()).into_bytes(),
        Shell::Zsh => zsh::script(&grammar()).into_bytes(),
        Shell::Elvish => by_clap(ShellName::Elvish),
        Shell::PowerShell => by_clap(ShellName::PowerShell),
    };
    out.write_all(&script)
}

/// The generator ends the process when it cannot write, so it writes to memory.
fn by_clap(shell: ShellName) -> Vec<u8> {
    let mut script = Vec::new();
    generate(shell, &mut ReseatArgs::command(), "reseat", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completions_are_made_for_every_shell() {
        for shell in [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
            let mut script = Vec::new();
            completions(shell, &mut script).unwrap();
            assert!(String::from_utf8(script).unwrap().contains("max-deletes"), "{shell:?}");
        }
    }
}
