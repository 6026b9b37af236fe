//! The way to a server: the proxy, its name, the connection with its certificate, and its clock.

mod clock;
mod connection;
mod name;
mod proxy;

pub use clock::{Proof, clock, explains, no_clock};
pub use connection::{Known, connection, not_set_up};
pub use name::{Lookup, Named, name};
pub use proxy::{proxy, unusable_proxy};
