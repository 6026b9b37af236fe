//! `reseat completions` and `reseat man`.

use super::Ending;
use super::console::data;
use super::failure::Failure;
use crate::cli::{self, Shell};

pub(super) fn completions(shell: Shell) -> Result<Ending, Failure> {
    data(|out| cli::completions(shell, out))?;
    Ok(Ending::Done)
}

pub(super) fn man(subcommand: Option<&str>) -> Result<Ending, Failure> {
    let Some(page) = cli::man(subcommand) else {
        let message = format!("there is no command `{}`", subcommand.unwrap_or_default());
        return Err(Failure::new(Ending::CouldNotStart, message).with_help("`reseat --help` lists the commands"));
    };
    data(|out| out.write_all(&page))?;
    Ok(Ending::Done)
}
