//! Reads a secret, and says what a command for it is waited for.

use std::pin::pin;
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::timeout;

use super::console::Console;
use super::runtime::off_thread;
use crate::settings::{SecretError, SecretSource};
use crate::text::duration;

/// A command for a secret that takes longer is mentioned.
const LONG: Duration = Duration::from_secs(3);

/// Reads it on a separate thread: a command may wait for the user to unlock something. If it does, that is said, even with
/// `--quiet`, because the command's own question may be in another window, or nobody may see it.
pub(super) async fn read_secret(source: &SecretSource, console: Console<'_>) -> Result<SecretString, SecretError> {
    let to_read = source.clone();
    let mut reading = pin!(off_thread(move || to_read.read()));
    if let SecretSource::Command { key, .. } = source {
        match timeout(LONG, &mut reading).await {
            Ok(read) => return read,
            Err(_) => console.complain(format!(
                "waiting for the command of `{key}`, for {} at most\n",
                duration(SecretSource::PATIENCE)
            )),
        }
    }
    reading.await
}
