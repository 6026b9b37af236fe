//! Gives a notice to whom the profile names. Failing to is told, and changes nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use url::Url;

use super::Notice;
use crate::app::console::Console;
use crate::app::failure::caused_by;
use crate::app::runtime::off_thread;
use crate::app::signals::Signals;
use crate::event::Method;
use crate::settings::{CommandFault, Messages, NoticeAddress, Notify, Output, Settings, ShellCommand};
use crate::wire::{HttpConfig, HttpTransport, Reach, Request, Transport};

/// How long an address may take to answer.
const ANSWER: Duration = Duration::from_secs(10);
/// How long to wait before it is tried again.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take in all where the user has asked for an end.
const IN_A_HURRY: Duration = Duration::from_secs(2);
/// The most of an answer that is taken in.
const MOST: usize = 64 << 10;

/// Gives the notice to whom these settings name, if anybody. A signal ends that at once.
pub(in crate::app) async fn deliver_notice(
    notice: &Notice,
    settings: &Settings,
    console: Console<'_>,
    signals: &Signals,
) {
    let Some(notify) = &settings.notify else { return };
    if signals.abort.is_cancelled() {
        return;
    }
    let is_hurried = signals.asked.is_cancelled();
    let (patience, ended) = if is_hurried {
        (IN_A_HURRY, &signals.abort)
    } else {
        (Duration::MAX, &signals.asked)
    };
    let stop = StopWhenDropped(Arc::new(AtomicBool::new(false)));
    let delivery = deliver(notice.to_json(), notify, settings, Arc::clone(&stop.0));
    let delivered = tokio::select! {
        biased;
        delivered = timeout(patience, delivery) => delivered.unwrap_or_else(|_| Err("it took too long".to_owned())),
        () = ended.cancelled() => Err("interrupted".to_owned()),
    };
    if let Err(why) = delivered {
        console.tell(format!(
            "warning: nobody was told of this run, as `{}` asks for: {why}\n",
            key(notify)
        ));
    }
}

/// Stops a command that is not waited for any more.
struct StopWhenDropped(Arc<AtomicBool>);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn key(notify: &Notify) -> &'static str {
    match notify {
        Notify::Address(_) => "notify",
        Notify::File(_) => "notify_file",
        Notify::Command(_) => "notify_command",
    }
}

async fn deliver(object: Vec<u8>, notify: &Notify, settings: &Settings, stop: Arc<AtomicBool>) -> Result<(), String> {
    match notify {
        Notify::Address(address) => post(object, address, settings).await,
        Notify::File(path) => {
            let path = path.clone();
            let address = off_thread(move || NoticeAddress::read(&path)).await?;
            post(object, &address, settings).await
        }
        Notify::Command(line) => {
            let line = line.clone();
            let ran = off_thread(move || {
                let command = ShellCommand {
                    line: &line,
                    input: Some(&object),
                    output: Output::Dropped,
                    messages: Messages::Kept,
                    patience: PATIENCE,
                };
                command.run(&stop)
            });
            ran.await.map(|_| ()).map_err(|fault| match fault {
                CommandFault::Run(error) => format!("the command was not started ({})", caused_by(error)),
                CommandFault::Failed { status, said } => format!("the command failed ({status}){said}"),
                CommandFault::TooSlow => format!("the command did not end within {} s", PATIENCE.as_secs()),
                CommandFault::Stopped => "the command was stopped".to_owned(),
            })
        }
    }
}

/// Sends it, and tries again what may have been a passing fault. Nothing of the address but its host is told, since the rest
/// may be a token, and nothing of the answer but its status.
async fn post(object: Vec<u8>, address: &NoticeAddress, settings: &Settings) -> Result<(), String> {
    let connection = settings.connection.as_ref();
    let transport = HttpTransport::new(HttpConfig {
        connect_timeout: ANSWER,
        timeout: ANSWER,
        ca_file: connection.and_then(|connection| connection.ca_file.clone()),
        body_limit: MOST,
    });
    let transport = transport.map_err(|error| error.to_string())?;
    let url = address.url().ok_or("it is no address")?;
    let object: Arc<[u8]> = object.into();
    let mut pauses = PAUSES.into_iter();
    loop {
        let Err(Refused { why, is_passing }) = attempt(&transport, url.clone(), Arc::clone(&object)).await else {
            return Ok(());
        };
        match pauses.next().filter(|_| is_passing) {
            Some(pause) => sleep(pause).await,
            None => return Err(format!("{}: {why}", address.shown())),
        }
    }
}

/// Why one attempt has failed, and whether the next may not.
struct Refused {
    why: String,
    is_passing: bool,
}

async fn attempt(transport: &HttpTransport, url: Url, object: Arc<[u8]>) -> Result<(), Refused> {
    let request = Request {
        method: Method::Post,
        url,
        bearer: None,
        content_type: Some("application/json"),
        body: Some(object),
    };
    match transport.send(request).await {
        Ok(response) if (200..300).contains(&response.status) => Ok(()),
        Ok(response) => Err(Refused {
            why: format!("it answered with the status {}", response.status),
            is_passing: matches!(response.status, 408 | 425 | 429 | 500..=599),
        }),
        Err(error) => Err(Refused {
            is_passing: error.reach != Reach::CannotBeSent,
            why: error.message,
        }),
    }
}
