//! How a command can end, and the exit code of each ending.

use std::process::{ExitCode, Termination};

use strum::EnumIter;

/// How a command ended, in the order of the codes. `docs/exit-codes.md` lists the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter)]
pub enum Ending {
    /// Every row is done or unchanged; for other commands, it did what was asked.
    Done,
    /// Usage, configuration or a file; nothing was sent.
    CouldNotStart,
    /// The sheet did not pass validation; nothing was sent.
    SheetInvalid,
    /// The run is over and some rows need attention.
    NeedsPerson,
    /// A limit or a guard stopped the run.
    Stopped,
    /// Sign-in failed, or a permission was missing.
    SignIn,
    /// The run is over and some rows wait for an invitation to be accepted.
    Waiting,
    /// SIGHUP: the terminal was closed.
    HungUp,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl Ending {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::CouldNotStart => 1,
            Self::SheetInvalid => 2,
            Self::NeedsPerson => 3,
            Self::Stopped => 4,
            Self::SignIn => 5,
            Self::Waiting => 75,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::HungUp => 129,
        }
    }

    /// Its meaning, as the documentation says it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "every row is done or unchanged",
            Self::CouldNotStart => "reseat could not start: usage, configuration or a file",
            Self::SheetInvalid => "the sheet is invalid",
            Self::NeedsPerson => "finished, and some rows need attention",
            Self::Stopped => "stopped by a limit or a guard",
            Self::SignIn => "sign-in or permission",
            Self::Waiting => "finished, and some rows wait",
            Self::Interrupted => "interrupted by Ctrl-C",
            Self::Terminated => "interrupted by SIGTERM",
            Self::HungUp => "interrupted because the terminal was closed (SIGHUP)",
        }
    }
}

impl Termination for Ending {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn the_documents_list_every_exit_code_with_its_meaning_and_no_other() {
        let page = include_str!("../../docs/exit-codes.md");
        let listed: Vec<(u8, &str)> = page
            .lines()
            .filter_map(|line| {
                let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
                Some((cells.next()?.parse().ok()?, cells.next()?))
            })
            .collect();
        let known: Vec<_> = Ending::iter().map(|ending| (ending.code(), ending.meaning())).collect();
        assert_eq!(listed, known);
    }

    #[test]
    fn no_two_endings_share_a_code() {
        let mut codes: Vec<_> = Ending::iter().map(Ending::code).collect();
        codes.dedup();
        assert_eq!(codes.len(), Ending::iter().count());
        assert!(codes.is_sorted());
    }
}
