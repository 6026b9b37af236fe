//! The transport over real sockets.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::explain::{ErrorContext, explain, is_refused_tunnel};
use super::proxy;
use super::set_up_error::{SetUpError, causes};
use super::tls::{Handshake, Shown, Untrusted, client_config};
use super::{Reach, Request, Response, Transport, TransportCode, TransportError};
use crate::event::Method;
use crate::text::{number, plural};

/// How often an answer may send us on before it is taken as it is.
const MOST_REDIRECTS: usize = 3;

/// The headers that are kept of an answer, in the order of their names.
const KEPT: [&str; 16] = [
    "content-type",
    "date",
    "location",
    "ratelimit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "request-id",
    "retry-after",
    "traceparent",
    "www-authenticate",
    "x-correlation-id",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
    "x-trace-id",
    "x-uipath-correlation-id",
];

/// What a transport needs to know.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long an exchange may take in all.
    pub timeout: Duration,
    /// A file of PEM certificates whose authorities are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The most bytes of an answer's body that are taken in.
    pub body_limit: usize,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_mins(1),
            ca_file: None,
            body_limit: 64 << 20,
        }
    }
}

/// The token that was sent last, and its header: calls share one token for a long time.
type LastToken = Option<(Arc<SecretString>, HeaderValue)>;

/// A connection pool: rustls with the system's authorities, HTTP/2 where offered, gzip, proxies from the environment.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    /// For what goes without TLS, which is never farther than this computer: through a proxy the token would
    /// leave it in the clear.
    direct: reqwest::Client,
    config: HttpConfig,
    shown: Shown,
    authorization: Arc<Mutex<LastToken>>,
}

impl HttpTransport {
    /// Sets up the pool; connects to nothing yet.
    pub fn new(config: HttpConfig) -> Result<Self, SetUpError> {
        Self::with(config, Untrusted::Refused)
    }

    pub(super) fn with(config: HttpConfig, untrusted: Untrusted) -> Result<Self, SetUpError> {
        proxy::check(|name| std::env::var_os(name))?;
        let shown = Shown::default();
        let tls = client_config(config.ca_file.as_deref(), untrusted, &shown)?;
        let set_up = |builder: reqwest::ClientBuilder| {
            let client = builder.build();
            client.map_err(|error| SetUpError::Client(causes(&error)))
        };
        let direct = set_up(builder(&config).no_proxy().tls_certs_only([]))?;
        Ok(Self {
            client: set_up(builder(&config).tls_backend_preconfigured(tls))?,
            direct,
            config,
            shown,
            authorization: Arc::default(),
        })
    }

    /// The client for an address.
    pub(super) fn client(&self, url: &Url) -> &reqwest::Client {
        match url.scheme() {
            "http" => &self.direct,
            _ => &self.client,
        }
    }

    /// What the server showed when it was last connected to.
    pub(super) fn handshake(&self, url: &Url) -> Option<Handshake> {
        self.shown.by(bare_host(url))
    }

    async fn exchange(&self, mut request: Request) -> Result<Response, TransportError> {
        for _ in 0..MOST_REDIRECTS {
            let response = self.send_once(&request).await?;
            match next_place(&request, &response) {
                Some(url) => request.url = url,
                None => return Ok(response),
            }
        }
        self.send_once(&request).await
    }

    async fn send_once(&self, request: &Request) -> Result<Response, TransportError> {
        let client = self.client(&request.url);
        let mut outgoing = reqwest::Request::new(method(request.method), request.url.clone());
        *outgoing.headers_mut() = self.headers(request)?;
        *outgoing.body_mut() = request.body.as_ref().map(|body| body.to_vec().into());
        let mut answer = match client.execute(outgoing).await {
            Ok(answer) => answer,
            Err(error) => return Err(Box::pin(self.explained(&error, &request.url)).await),
        };
        let status = answer.status();
        let length = answer.content_length().and_then(|length| usize::try_from(length).ok());
        let mut response = Response {
            status: status.as_u16(),
            headers: kept(answer.headers()),
            // A server may say anything; what is not filled takes no memory.
            body: Vec::with_capacity(length.unwrap_or_default().min(self.config.body_limit)),
        };
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if response.body.len() + chunk.len() > self.config.body_limit => {
                    return Err(too_large(&authority(&request.url), self.config.body_limit));
                }
                Ok(Some(chunk)) => response.body.extend_from_slice(&chunk),
                Ok(None) => return Ok(response),
                // The status of a refusal says what matters; its words are only decoration.
                Err(_) if !status.is_success() => return Ok(response),
                Err(error) => return Err(Box::pin(self.explained(&error, &request.url)).await),
            }
        }
    }

    pub(super) async fn explained(&self, error: &reqwest::Error, url: &Url) -> TransportError {
        let connect_timeout = self.config.connect_timeout;
        let proxy = (error.is_connect() && url.scheme() == "https").then(|| proxy::leading_to(url));
        let proxy = proxy.flatten();
        let refusal = match &proxy {
            Some(proxy) if is_refused_tunnel(error) => proxy.refusal(url, connect_timeout).await,
            _ => None,
        };
        let context = ErrorContext {
            host: &authority(url),
            timeout: self.config.timeout,
            connect_timeout,
            proxy: proxy.as_ref(),
            refusal,
            shown: self.handshake(url),
            shown_by_proxy: proxy.as_ref().and_then(|proxy| self.shown.by(proxy.host())),
        };
        explain(error, &context)
    }

    fn headers(&self, request: &Request) -> Result<HeaderMap, TransportError> {
        // Room for what reqwest adds, too.
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(kind) = request.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(token) = &request.bearer {
            headers.insert(AUTHORIZATION, self.authorization(token)?);
        }
        Ok(headers)
    }

    fn authorization(&self, token: &Arc<SecretString>) -> Result<HeaderValue, TransportError> {
        let mut known = self.authorization.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, value)) = &*known
            && Arc::ptr_eq(of, token)
        {
            return Ok(value.clone());
        }
        let value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()));
        let mut value = value.map_err(|_| TransportError {
            reach: Reach::CannotBeSent,
            code: TransportCode::InvalidToken,
            message: "the token has letters in it that no token may have".to_owned(),
        })?;
        value.set_sensitive(true);
        *known = Some((Arc::clone(token), value.clone()));
        Ok(value)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.exchange(request).boxed()
    }
}

fn builder(config: &HttpConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("reseat/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        // A connection that the server is about to close loses the request sent on it.
        .pool_idle_timeout(Duration::from_secs(30))
        // What is repeated is decided above; a repetition in here would falsify every count.
        .retry(retry::never())
        // reqwest would turn a redirected PUT into a GET, so redirects are followed by hand.
        .redirect(redirect::Policy::none())
}

/// Where to go on, if the answer says so and it is the same server: elsewhere neither token nor body may go, and only
/// 307 and 308 promise that a write stays the write it was. A write is not led to another thing than the one that its
/// address ends with, otherwise somebody else's account might be changed or deleted.
fn next_place(request: &Request, response: &Response) -> Option<Url> {
    let followed = match response.status {
        307 | 308 => true,
        301..=303 => request.method == Method::Get,
        _ => false,
    };
    if !followed {
        return None;
    }
    let url = request.url.join(response.header(LOCATION.as_str())?).ok()?;
    let same_thing = request.method == Method::Get || what_for(&url) == what_for(&request.url);
    (url.origin() == request.url.origin() && same_thing).then_some(url)
}

/// The last part of an address and its query, which say what it is about.
fn what_for(url: &Url) -> (Option<&str>, Option<&str>) {
    let last = url.path_segments().and_then(|mut segments| segments.next_back());
    (last, url.query())
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| KEPT.binary_search(&name.as_str()).is_ok())
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect()
}

fn too_large(host: &str, limit: usize) -> TransportError {
    let limit = if limit < 1 << 20 {
        plural(limit, "byte")
    } else {
        format!("{} MiB", number(limit as u64 >> 20))
    };
    TransportError {
        reach: Reach::Lost,
        code: TransportCode::AnswerTooLarge,
        message: format!("the answer of `{host}` is larger than {limit}"),
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The host's name, or its address without brackets.
fn bare_host(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_matches(['[', ']'])
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_has_a_header_of_its_own_and_none_that_cannot_be_sent() {
        let transport = HttpTransport::new(HttpConfig::default()).unwrap();
        let (old, new): (Arc<SecretString>, Arc<SecretString>) = (Arc::new("old".into()), Arc::new("new".into()));
        for token in [&old, &old, &new, &old] {
            let header = transport.authorization(token).unwrap();
            assert_eq!(header.to_str().unwrap(), format!("Bearer {}", token.expose_secret()));
            assert!(header.is_sensitive());
        }
        assert!(transport.authorization(&Arc::new("a\nb".into())).is_err());
    }
}
