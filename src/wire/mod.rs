//! One HTTP exchange and its error kinds; the only room that names reqwest.
//!
//! A status other than 2xx is no error here: statuses are data. The only error is "no answer", and
//! it says whether the server can have seen the request. Nothing here repeats, paces or judges.

mod authorities;
mod certificate;
mod explain;
mod http;
mod probe;
mod proxy;
mod set_up_error;
mod tls;
mod transport;

pub use certificate::Certificate;
pub use http::{HttpConfig, HttpTransport};
pub use probe::{Answer, ClockReading, Look, Probe};
pub use proxy::{Direct, Proxy, Way, way_to};
pub use set_up_error::SetUpError;
pub use tls::{CertificateFault, Handshake, platform_has_authorities};
pub use transport::{Reach, Request, Response, Transport, TransportCode, TransportError};
