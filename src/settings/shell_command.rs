//! A command of the configuration, run through the platform's shell.

use std::io::{IsTerminal, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::text::clean;

/// How often a running command is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// How long the messages of a command that has failed are waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// The variables that hold secrets, which no command needs.
const SECRET_VARIABLES: [&str; 4] = ["UIPATH_CLIENT_SECRET", "UIPATH_PAT", "UIPATH_PASSWORD", "RESEAT_NOTIFY"];
/// More than any command has to say.
const MOST: u64 = 64 * 1024;

/// A command, and how it is run.
#[derive(Debug, Clone, Copy)]
pub struct ShellCommand<'a> {
    /// As it is written.
    pub line: &'a str,
    /// What it is given to read; nothing where `None`.
    pub input: Option<&'a [u8]>,
    /// What becomes of what it prints.
    pub output: Output,
    /// What becomes of its messages.
    pub messages: Messages,
    /// How long it may take.
    pub patience: Duration,
}

/// What becomes of what a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// It is wanted.
    Read,
    /// It is nobody's.
    Dropped,
}

/// What becomes of a command's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Messages {
    /// They are passed through to reseat's own at once, because they may prompt the user.
    Shown,
    /// They are kept for the error.
    Kept,
}

impl Messages {
    /// Shown where somebody may be watching.
    pub fn for_whoever_watches() -> Self {
        if std::io::stderr().is_terminal() {
            Self::Shown
        } else {
            Self::Kept
        }
    }
}

/// Why a command has not done what it was for.
#[derive(Debug)]
pub enum CommandFault {
    /// The shell cannot be started, or its output not read.
    Run(std::io::Error),
    /// The command says that it failed.
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// What it said of that on its standard error stream, or where to see it.
        said: String,
    },
    /// It does not end.
    TooSlow,
    /// It was to stop.
    Stopped,
}

impl ShellCommand<'_> {
    /// Runs it, unless `stop` is set, and returns what it has printed.
    ///
    /// # Errors
    /// If it fails, or does not end in time.
    pub fn run(&self, stop: &AtomicBool) -> Result<Vec<u8>, CommandFault> {
        let mut command = shell(self.line);
        for name in SECRET_VARIABLES {
            command.env_remove(name);
        }
        if self.output == Output::Dropped {
            apart(&mut command);
        }
        let mut child = command
            .stdin(self.input.map_or_else(Stdio::null, |_| Stdio::piped()))
            .stdout(match self.output {
                Output::Read => Stdio::piped(),
                Output::Dropped => Stdio::null(),
            })
            .stderr(match self.messages {
                Messages::Shown => Stdio::inherit(),
                Messages::Kept => Stdio::piped(),
            })
            .spawn()
            .map_err(CommandFault::Run)?;
        if let (Some(mut pipe), Some(input)) = (child.stdin.take(), self.input.map(<[u8]>::to_vec)) {
            // A command that reads nothing would be waited for, and one that has read enough ends without the rest.
            std::thread::spawn(move || {
                let _ = pipe.write_all(&input);
            });
        }
        let output = child.stdout.take().map(beginning);
        let said = child.stderr.take().map(beginning);
        let deadline = Instant::now() + self.patience;
        let status = loop {
            if let Some(status) = child.try_wait().map_err(CommandFault::Run)? {
                break status;
            }
            let is_stopped = stop.load(Ordering::Relaxed);
            if is_stopped || Instant::now() >= deadline {
                self.end(&mut child).map_err(CommandFault::Run)?;
                return Err(if is_stopped {
                    CommandFault::Stopped
                } else {
                    CommandFault::TooSlow
                });
            }
            std::thread::sleep(LOOK_AGAIN);
        };
        if !status.success() {
            let said = match said {
                Some(said) => in_its_words(
                    &said
                        .recv_timeout(LAST_WORDS)
                        .unwrap_or(Ok(Vec::new()))
                        .unwrap_or_default(),
                ),
                None => "; its output, if any, is above".to_owned(),
            };
            return Err(CommandFault::Failed { status, said });
        }
        let Some(output) = output else { return Ok(Vec::new()) };
        let left = deadline.saturating_duration_since(Instant::now());
        let read = output.recv_timeout(left).map_err(|_| CommandFault::TooSlow)?;
        read.map_err(CommandFault::Run)
    }

    /// Ends it, with what it has started if that is apart.
    fn end(&self, child: &mut Child) -> std::io::Result<()> {
        if self.output == Output::Dropped {
            end_group(child);
        }
        child.kill()?;
        child.wait().map(drop)
    }
}

/// In a group of processes of its own, which is ended as a whole. Nobody could type anything for it then.
fn apart(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Ends the group of processes that this one began, as far as any of it runs.
fn end_group(child: &Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};

        // It is gone where all of it has ended by itself.
        let _ = Pid::from_raw(child.id().cast_signed()).map(|group| kill_process_group(group, Signal::KILL));
    }
    #[cfg(not(unix))]
    let _ = child;
}

/// The beginning of what comes out of a pipe, read to its end by a thread of its own: the pipe may stay open after the
/// shell was ended.
fn beginning(pipe: impl Read + Send + 'static) -> mpsc::Receiver<std::io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut pipe = pipe.take(MOST);
        let read = pipe.read_to_end(&mut bytes);
        // Nobody listens any more once the command was too slow.
        let _ = sender.send(read.map(|_| bytes));
        // A command whose pipe is not emptied would stop.
        let _ = std::io::copy(&mut pipe.into_inner(), &mut std::io::sink());
    });
    receiver
}

fn in_its_words(said: &[u8]) -> String {
    let words = clean(&String::from_utf8_lossy(said), 500);
    if words.trim().is_empty() {
        "; it gave no reason".to_owned()
    } else {
        format!(": {}", words.trim())
    }
}

#[cfg(not(windows))]
fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(line);
    command
}

#[cfg(windows)]
fn shell(line: &str) -> Command {
    use std::os::windows::process::CommandExt;

    let mut command = Command::new("cmd");
    // `cmd` has quoting rules of its own, which only a raw argument leaves alone.
    command.args(["/D", "/C"]).raw_arg(line);
    command
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;

    fn run(line: &str, input: Option<&[u8]>, patience: Duration, stop: bool) -> Result<Vec<u8>, CommandFault> {
        let command = ShellCommand {
            line,
            input,
            output: Output::Read,
            messages: Messages::Kept,
            patience,
        };
        command.run(&AtomicBool::new(stop))
    }

    const PATIENCE: Duration = Duration::from_mins(2);

    #[test]
    fn a_command_is_given_its_input_and_need_not_read_it() {
        let long = vec![b'x'; 1 << 20];
        assert_eq!(
            run("wc -c", Some(&long), PATIENCE, false).unwrap().trim_ascii(),
            b"1048576"
        );
        assert_eq!(run("true", Some(&long), PATIENCE, false).unwrap(), b"");
    }

    #[test]
    fn a_command_that_does_not_end_is_ended_and_one_that_is_to_stop_as_well() {
        assert!(matches!(
            run("sleep 600", None, Duration::ZERO, false),
            Err(CommandFault::TooSlow)
        ));
        assert!(matches!(
            run("sleep 600", None, PATIENCE, true),
            Err(CommandFault::Stopped)
        ));
    }

    #[test]
    fn what_a_command_has_started_is_ended_with_it_where_nobody_reads_what_it_prints() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        // The pipe is at its end once nobody has it open any more.
        let mut command = shell("sleep 600 & sleep 600; true");
        apart(&mut command);
        let mut child = command.stdout(writer).spawn().unwrap();
        drop(command);
        let ended = ShellCommand {
            line: "",
            input: None,
            output: Output::Dropped,
            messages: Messages::Kept,
            patience: PATIENCE,
        };
        ended.end(&mut child).unwrap();
        let mut printed = Vec::new();
        reader.read_to_end(&mut printed).unwrap();
        assert!(printed.is_empty());
    }
}
