//! `reseat sandbox`: serves a simulated organization until it is asked to stop.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Ending;
use super::console::{Console, complain, deliver};
use super::failure::Failure;
use super::runtime::{StopSignals, block_on};
use crate::cli::{OutputFormat, SandboxOptions};
use crate::model::OrganizationId;
use crate::report::write_json;
use crate::sandbox::{self, Config, Faults, Population, Quotas, Sandbox};

pub(super) fn sandbox(options: SandboxOptions, console: Console<'_>) -> Result<Ending, Failure> {
    let listen = options.listen;
    let config = config(options);
    block_on(async {
        let sandbox = sandbox::start(config).await.map_err(|error| {
            Failure::of_settings(&error).with_help(format!(
                "choose another address than {listen} with `--listen`, or other files with `--state` and `--request-log`"
            ))
        })?;
        // Before anybody knows that it is there, and may ask it to stop.
        let signals = StopSignals::catch();
        let variables = variables(&sandbox);
        deliver(|out| match console.output {
            OutputFormat::Text => lines(&variables, out),
            OutputFormat::Json => object(&variables, out),
        })?;
        console.tell("With these variables set, reseat works against this simulated organization; Ctrl-C stops it\n");
        let ended = async {
            signals?.next().await?;
            sandbox.shutdown().await
        };
        if let Err(error) = ended.await {
            // The object of this command was printed when it began.
            complain(Failure::of_file(&error));
            return Ok(Ending::CouldNotStart);
        }
        // Being asked to stop is the normal way to end.
        Ok(Ending::Done)
    })
}

fn config(options: SandboxOptions) -> Config {
    let usual = Config::default();
    // A state that is there keeps its id. What is made anew is another organization, even if it is like the last one: what
    // reseat remembers of that, and its results, are not this one's.
    let is_stored = options.state.as_deref().is_some_and(Path::exists);
    let population = |users| usize::try_from(users).map_or(Population::Demo, Population::Company);
    Config {
        listen: options.listen,
        organization_id: (!is_stored).then(|| OrganizationId(Uuid::new_v4())),
        state_file: options.state,
        seed: options.seed.unwrap_or(usual.seed),
        population: options.users.map_or(Population::Demo, population),
        quotas: (!options.no_quotas).then(|| Quotas {
            scale: options.quota_scale,
            ..Quotas::default()
        }),
        faults: Faults {
            rate: options.faults.unwrap_or(usual.faults.rate),
            ..Faults::default()
        },
        latency: options.latency.unwrap_or(usual.latency),
        request_log: options.request_log,
        ..usual
    }
}

type Variables = [(&'static str, String); 5];

/// What a client needs, under the variable names that the settings read.
fn variables(sandbox: &Sandbox) -> Variables {
    [
        ("UIPATH_URI", sandbox.base_url()),
        ("UIPATH_ORGANIZATION", sandbox.organization().to_owned()),
        ("RESEAT_ORGANIZATION_ID", sandbox.organization_id().to_string()),
        ("UIPATH_CLIENT_ID", sandbox.client_id().to_owned()),
        ("UIPATH_CLIENT_SECRET", sandbox.client_secret().to_owned()),
    ]
}

fn lines(variables: &Variables, out: &mut dyn Write) -> io::Result<()> {
    for (name, value) in variables {
        writeln!(out, "{name}={value}")?;
    }
    Ok(())
}

fn object(variables: &Variables, out: &mut dyn Write) -> io::Result<()> {
    let entries = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())));
    write_json(&entries.collect::<Map<_, _>>(), out)
}
