//! Secrets: located early, read only when needed, never shown.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::shell_command::{CommandFault, Messages, Output, ShellCommand};
use crate::text::{decode, trimmed};

/// Where a secret is.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// In an environment variable, read already.
    Variable {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: SecretString,
    },
    /// Printed by a command, run through the platform's shell.
    Command {
        /// The key of the profile that names it.
        key: &'static str,
        /// The command.
        line: String,
    },
    /// In a file.
    File {
        /// The key of the profile that names it.
        key: &'static str,
        /// The file.
        path: PathBuf,
    },
}

/// Why a secret could not be had. Never holds any of what was read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("failed to read the file that `{key}` names")]
    File {
        /// The key of the profile.
        key: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The shell cannot be started, or its output not read.
    #[error("failed to run the command of `{key}`")]
    Run {
        /// The key of the profile.
        key: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The command says that it failed.
    #[error("the command of `{key}` failed ({status}){said}")]
    Failed {
        /// The key of the profile.
        key: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// What it said of that on its standard error stream, or where to see it.
        said: String,
    },
    /// The command does not end.
    #[error("the command of `{key}` did not end within {} s", SecretSource::PATIENCE.as_secs())]
    TooSlow {
        /// The key of the profile.
        key: &'static str,
    },
    /// There is nothing, or more than one line, or something that is not text in UTF-8.
    #[error("what `{key}` gives {what}; it must be the secret alone, on one line")]
    Unfit {
        /// The key of the profile, or the variable.
        key: &'static str,
        /// What is wrong with it.
        what: String,
    },
}

impl SecretSource {
    /// How long a command may take; enough to unlock a key by hand.
    pub const PATIENCE: Duration = Duration::from_mins(2);

    /// Reads the secret. A command has no input, and its messages reach the terminal or else the error. A byte order
    /// mark, and the blanks and line breaks around the secret, are taken off.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        match self {
            Self::Variable { name, value } => only_line(name, value.expose_secret().as_bytes()),
            Self::Command { key, line } => {
                only_line(key, &run(key, line, Messages::for_whoever_watches(), Self::PATIENCE)?)
            }
            Self::File { key, path } => {
                let bytes = fs_err::read(path).map_err(|source| SecretError::File { key, source })?;
                only_line(key, &bytes)
            }
        }
    }
}

/// The secret without what editors and consoles put around it.
fn only_line(key: &'static str, bytes: &[u8]) -> Result<SecretString, SecretError> {
    let unfit = |what: &str| SecretError::Unfit {
        key,
        what: what.to_owned(),
    };
    let text = decode(bytes).map_err(|error| unfit(&error.to_string()))?;
    match trimmed(text) {
        "" => Err(unfit("is empty")),
        line if line.contains(['\r', '\n']) => Err(unfit("has several lines")),
        line if line.contains(char::is_control) => Err(unfit("has a control character in it")),
        line => Ok(SecretString::from(line)),
    }
}

/// What the command prints.
fn run(key: &'static str, line: &str, messages: Messages, patience: Duration) -> Result<Vec<u8>, SecretError> {
    let command = ShellCommand {
        line,
        input: None,
        output: Output::Read,
        messages,
        patience,
    };
    command.run(&AtomicBool::new(false)).map_err(|fault| match fault {
        CommandFault::Run(source) => SecretError::Run { key, source },
        CommandFault::Failed { status, said } => SecretError::Failed { key, status, said },
        CommandFault::TooSlow | CommandFault::Stopped => SecretError::TooSlow { key },
    })
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;

    fn command(line: &str) -> SecretSource {
        SecretSource::Command {
            key: "client_secret_command",
            line: line.to_owned(),
        }
    }

    #[test]
    fn a_command_goes_through_the_shell_and_its_line_break_is_taken_off() {
        let secret = command("printf 'hunter'; echo 2").read().unwrap();
        assert_eq!(secret.expose_secret(), "hunter2");
    }

    fn file(path: PathBuf) -> SecretSource {
        let key = "client_secret_file";
        SecretSource::File { key, path }
    }

    #[test]
    fn a_secret_is_the_same_however_an_editor_or_a_console_saved_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for saved in [
            "hunter 2",
            "hunter 2\r\n",
            "\u{feff}hunter 2\n",
            "  hunter 2 \t\n\n",
            "\u{a0}hunter 2\u{a0}\u{200b}",
        ] {
            fs_err::write(&path, saved).unwrap();
            let secret = file(path.clone()).read().unwrap();
            assert_eq!(secret.expose_secret(), "hunter 2", "{saved:?}");
            let variable = SecretSource::Variable {
                name: "UIPATH_PAT",
                value: saved.into(),
            };
            assert_eq!(variable.read().unwrap().expose_secret(), "hunter 2", "{saved:?}");
        }
    }

    #[test]
    fn a_file_that_holds_something_else_is_refused_for_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let utf16: Vec<u8> = "\u{feff}hunter2".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (content, words) in [
            (&utf16[..], "save it as UTF-8"),
            (&utf16[2..], "save it as UTF-8"),
            (b"hunter2\xfc", "not text in UTF-8"),
            (b"hunter2\0", "NUL"),
            (b"hunter2\nhunter3", "several lines"),
            (b"hunter2\r\n\r\nhunter3\r\n", "several lines"),
            (b"hunter2\x1b[0m", "control character"),
            (b"\xef\xbb\xbf\r\n", "is empty"),
        ] {
            fs_err::write(&path, content).unwrap();
            let error = file(path.clone()).read().unwrap_err();
            let told = format!("{error} {error:?}");
            assert!(told.contains(words) && told.contains("client_secret_file"), "{told}");
            assert!(!told.contains("hunter"), "{told}");
        }
    }

    #[test]
    fn what_is_not_a_secret_alone_on_a_line_is_refused_without_being_repeated() {
        for line in [
            "printf ''",
            "printf 'hunter2\nuser: ann\n'",
            "printf 'hunter2\\377'",
            "echo hunter2; false",
        ] {
            let error = command(line).read().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{line}");
        }
    }

    #[test]
    fn a_command_that_fails_is_told_in_its_own_words_and_never_with_what_it_printed() {
        let told = |line| {
            run("token_command", line, Messages::Kept, SecretSource::PATIENCE)
                .unwrap_err()
                .to_string()
        };
        let words = told("echo hunter2; echo 'the vault is\x1b[31m\n  locked' >&2; exit 3");
        assert!(words.contains("vault is") && words.contains("locked"), "{words}");
        assert!(!words.contains("hunter2") && !words.contains(['\x1b', '\n']), "{words}");
        assert!(told("exit 3").ends_with("it gave no reason"), "{}", told("exit 3"));
        let long = told("i=0; while [ $i -lt 9000 ]; do echo 'a message that goes on' >&2; i=$((i+1)); done; exit 3");
        assert!(long.len() < 700, "{}", long.len());
    }

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        let error = run("token_command", "sleep 600", Messages::Kept, Duration::ZERO).unwrap_err();
        assert!(matches!(error, SecretError::TooSlow { .. }), "{error}");
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        let source = SecretSource::Variable {
            name: "UIPATH_PAT",
            value: "hunter2".into(),
        };
        assert!(!format!("{source:?}").contains("hunter2"));
    }
}
