//! One HTTP exchange and its error kinds; the only room that names reqwest.
//!
//! A status other than 2xx is no error here: statuses are data. The only error is "no answer", and
//! it says whether the server can have seen the request. Nothing here repeats, paces or judges.

mod authorities;
mod explain;
mod http;
mod proxy;
mod set_up_error;
mod transport;

pub use http::{HttpConfig, HttpTransport};
pub use set_up_error::SetUpError;
pub use transport::{Reach, Request, Response, Transport, TransportCode, TransportError};
