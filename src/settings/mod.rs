//! Flags, environment, profile and defaults into one validated value, every problem at once.
//!
//! Knows nothing of clap ([`Overrides`] is what the flags said, in plain words) and nothing of the network. Secrets are
//! located here and only read when they are needed.

mod batch;
mod bundles;
mod connection;
mod credentials;
mod file;
mod finding;
mod folders;
mod inputs;
mod insertion;
mod layers;
mod limits;
mod load;
mod notify;
mod origins;
mod pasted;
mod profiles;
mod routes;
mod secret;
mod section;
mod sheet;
mod shell_command;
mod unseen;
mod values;
mod watch;
mod written;

pub use batch::Batch;
pub use connection::{Address, Connection, FIND_ID};
pub use credentials::Credentials;
pub use finding::{Finding, Unset, UnsetSecret};
pub use folders::{FILE_NAME, config_folder, state_folder};
pub use inputs::{Absence, Overrides, Reach, Surroundings};
pub use limits::Limits;
pub use load::{Settings, Survey, load, survey};
pub use notify::{NoticeAddress, Notify};
pub use origins::Origin;
pub use pasted::is_app_id;
pub use profiles::profiles;
pub use secret::{SecretError, SecretSource};
pub use sheet::SheetSettings;
pub use shell_command::{CommandFault, Messages, Output, ShellCommand};
pub use unseen::typed_unseen;
pub use values::{length, max_failures};
pub use watch::WatchSettings;
pub use written::{Comparison, Contradiction, Entry, FoundOut, NewProfile, System};
