//! Why a transport could not be set up.

use std::path::PathBuf;

/// A transport could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The file of authorities cannot be read.
    #[error("`ca_file` cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// The file of authorities holds no certificate.
    #[error("`ca_file` {path}: {why}; it has to hold certificates in PEM form", path = .path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The platform knows no authority at all, so that no server can be trusted.
    #[error(
        "this computer trusts no authority, so no server's certificate can be checked: where the system keeps its \
         authorities, or where `SSL_CERT_FILE` and `SSL_CERT_DIR` say, there are none; install the package \
         `ca-certificates`, or correct those variables"
    )]
    NoAuthorities,
    /// A proxy of the environment cannot be read. What it holds is not shown, because it may be a password.
    #[error(
        "`{name}` does not hold a proxy's address that can be read; write `http://proxy:port`, or \
         `http://user:password@proxy:port` with `%40` for an `@`, `%3A` for a `:`, `%2F` for a `/` in the password"
    )]
    UnreadableProxy {
        /// The variable.
        name: &'static str,
    },
    /// A proxy of the environment speaks a protocol that reseat does not.
    #[error("`{name}` names a SOCKS proxy, and reseat can use only HTTP proxies: set `HTTPS_PROXY` to one")]
    SocksProxy {
        /// The variable.
        name: &'static str,
    },
    /// TLS or the proxy settings cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

/// An error and all its causes, in one line.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
