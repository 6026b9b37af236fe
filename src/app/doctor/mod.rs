//! `reseat doctor`: looks for what keeps reseat from working. Only sends reads.

mod asking;
mod calls;
mod configuration;
mod findings;
mod network;
mod routes;
mod state;
mod write;

use super::Ending;
use super::console::Console;
use super::failure::Failure;
use super::runtime::block_on;
use super::signals::Signals;
use crate::cli::DoctorOptions;
use crate::settings::{Absence, Overrides};
use findings::Findings;

pub(super) fn doctor(options: DoctorOptions, overrides: &Overrides, console: Console<'_>) -> Result<Ending, Failure> {
    let mut findings = Findings::new(console);
    let absence = if options.write {
        Absence::ToBeWritten
    } else {
        Absence::Fault
    };
    let known = configuration::look(overrides, absence, &mut findings)?;
    let found = block_on(async {
        let signals = Signals::listen();
        let looking = async {
            let secret = configuration::look_at_secret(&known, &mut findings).await;
            state::look_at_folder(&mut findings).await;
            findings.begin_together();
            network::look(&known, &mut findings).await;
            findings.end_together();
            findings.begin_together();
            let found = calls::look(&known, secret, &signals, &mut findings).await;
            findings.end_together();
            Ok(found)
        };
        signals.obeyed_by(Box::pin(looking)).await
    })?;
    if options.write {
        write::write(&known, &found, overrides, &mut findings);
    }
    findings.deliver()
}
