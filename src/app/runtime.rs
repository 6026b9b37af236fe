//! The asynchronous runtime, started only by the commands that need it.

use std::future::Future;
use std::io;

use super::Ending;
use super::failure::Failure;
use super::panics::AtRisk;

/// Runs a command's asynchronous part; background tasks left over are not awaited.
///
/// All of it shares one thread: a call is mostly waiting, and passing it between threads costs more than the call
/// itself.
///
/// # Errors
/// If the runtime cannot be started, or the part fails.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::of_settings(&error))?;
    let worked = runtime.block_on(work);
    runtime.shutdown_background();
    worked
}

/// Runs blocking work, such as reading a large file, on a separate thread, because calls, signals and progress share
/// one.
pub(super) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let at_risk = AtRisk::here();
    match tokio::task::spawn_blocking(move || at_risk.during(work)).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            // A panic there is passed on here.
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only cancelled when the runtime ends, and this with it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Lets connections notice what happened while the thread was busy: a call sent on one that the server has closed
/// meanwhile would be lost.
pub(super) async fn catch_up() {
    // The first yield polls the system for events, the second lets the tasks concerned handle them.
    for _ in 0..2 {
        tokio::task::yield_now().await;
    }
}

/// The signals that ask a command to stop: Ctrl-C, SIGTERM, and SIGHUP when the terminal is closed.
pub(super) struct StopSignals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
}

impl StopSignals {
    /// Catches them from now on.
    pub(super) fn catch() -> io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};

        // A file that grows beyond the limit of the process then fails to be written, which is told, and does not end it.
        #[cfg(unix)]
        let _: tokio::signal::unix::Signal = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?;
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            #[cfg(unix)]
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next one, and returns which it was.
    pub(super) async fn next(&mut self) -> io::Result<Ending> {
        #[cfg(unix)]
        {
            tokio::select! {
                _ = self.interrupt.recv() => Ok(Ending::Interrupted),
                _ = self.terminate.recv() => Ok(Ending::Terminated),
                _ = self.hang_up.recv() => Ok(Ending::HungUp),
            }
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await.map(|()| Ending::Interrupted)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::mpsc::channel;

    use super::*;
    use crate::event::Method;
    use crate::wire::{HttpConfig, HttpTransport, Request, Transport};

    fn answer_once(stream: &mut TcpStream) {
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            asked.push(byte[0]);
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
    }

    #[test]
    fn a_connection_that_was_closed_while_the_thread_was_busy_loses_no_call() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let ((go_on, asked), (closed, is_closed)) = (channel(), channel());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            answer_once(&mut stream);
            asked.recv().unwrap();
            drop(stream);
            closed.send(()).unwrap();
            answer_once(&mut listener.accept().unwrap().0);
        });
        let transport = HttpTransport::new(HttpConfig::default()).unwrap();
        let request = Request {
            method: Method::Post,
            url: url.parse().unwrap(),
            bearer: None,
            content_type: None,
            body: None,
        };
        let outcome = block_on(async {
            transport.send(request.clone()).await.unwrap();
            catch_up().await;
            go_on.send(()).unwrap();
            // Blocks, as working out a plan does.
            is_closed.recv().unwrap();
            catch_up().await;
            Ok(transport.send(request).await)
        });
        assert_eq!(outcome.ok().unwrap().unwrap().status, 200);
        server.join().unwrap();
    }
}
