//! From the command line to an exit code.

use std::ffi::OsString;
use std::process::{ExitCode, Termination};

use super::audience::Audience;
use super::console::{Console, complain, complain_of, deliver};
use super::failure::Failure;
use super::next::Typed;
use super::{
    Ending, check, codes, doctor, export, panics, plan, rebalance, report, run, sandbox, template, undo, watch,
};
use crate::cli::{self, Command, Invocation, ManOptions, OutputFormat, Refusal, Shell};

/// Runs a command line, the program's own name first.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    panics::install();
    let (output, ended) = match cli::parse(words) {
        Ok(invocation) => (invocation.output, dispatch(invocation)),
        Err(Refusal::Asked(text)) => {
            let printed = deliver(|out| out.write_all(text.as_bytes()));
            (OutputFormat::Text, printed.map(|()| Ending::Done))
        }
        Err(Refusal::Usage(slip)) => {
            complain(&slip.text);
            (slip.output, Err(Failure::usage(slip)))
        }
    };
    let ending = ended.unwrap_or_else(|failure| {
        complain_of(&failure, output);
        failure.ended.ending
    });
    ending.report()
}

fn dispatch(invocation: Invocation) -> Result<Ending, Failure> {
    let Invocation {
        command,
        overrides,
        output,
        verbosity,
    } = invocation;
    let audience = Audience::at_the_terminal(Typed::here());
    let console = Console {
        output,
        verbosity,
        audience: &audience,
    };
    match command {
        Command::Template(options) => template::template(&options, &overrides, console),
        Command::Codes(options) => codes::codes(options, &overrides, console),
        Command::Doctor(options) => doctor::doctor(options, &overrides, console),
        Command::Completions(shell) => completions(shell),
        Command::Man(options) => man(&options),
        Command::Sandbox(options) => sandbox::sandbox(options, console),
        Command::Check(options) => check::check(&options, &overrides, console),
        Command::Plan(options) => plan::plan(&options, &overrides, console),
        Command::Run(options) => run::run(&options, &overrides, console),
        Command::Watch(options) => watch::watch(&options, &overrides, console),
        Command::Report(options) => report::report(&options, console),
        Command::Undo(options) => undo::undo(&options, &overrides, console),
        Command::Export(options) => export::export(&options, &overrides, console),
        Command::Rebalance(options) => rebalance::rebalance(&options, &overrides, console),
    }
}

fn completions(shell: Shell) -> Result<Ending, Failure> {
    deliver(|out| cli::completions(shell, out))?;
    Ok(Ending::Done)
}

fn man(options: &ManOptions) -> Result<Ending, Failure> {
    match &options.into {
        None => {
            let command = options.command.as_deref();
            let Some(page) = cli::manual(command) else {
                let message = format!("there is no command `{}`", command.unwrap_or_default());
                return Err(Failure::in_settings(message).with_help("`reseat --help` lists the commands"));
            };
            deliver(|out| out.write_all(page.text.as_bytes()))?;
        }
        Some(folder) => {
            let write = || {
                fs_err::create_dir_all(folder)?;
                let pages = cli::manual_pages();
                pages
                    .iter()
                    .try_for_each(|page| fs_err::write(folder.join(&page.file_name), &page.text))
            };
            write().map_err(|error| Failure::in_file(error.to_string()))?;
        }
    }
    Ok(Ending::Done)
}
