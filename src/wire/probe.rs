//! A look at how a server answers, by the way that calls take. Nothing confidential is sent.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{AGE, CACHE_CONTROL, DATE, HeaderMap};
use url::Url;

use super::http::{HttpConfig, HttpTransport};
use super::set_up_error::SetUpError;
use super::tls::{Handshake, Untrusted};
use super::transport::TransportError;

/// Looks at servers.
#[derive(Debug)]
pub struct Probe {
    config: HttpConfig,
    transport: HttpTransport,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The answer, whatever its status, or why there is none.
    pub answer: Result<Answer, TransportError>,
    /// What the server showed of itself, if it came to that; always absent without TLS.
    pub handshake: Option<Handshake>,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The server's clock beside this computer's, if it told the time.
    pub clocks: Option<ClockReading>,
}

/// Two clocks, read at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReading {
    /// This computer's.
    pub here: Timestamp,
    /// The server's.
    pub there: Timestamp,
    /// How far apart the two moments may have been.
    pub give_or_take: Duration,
}

impl Probe {
    /// Sets up the connections as calls use them; connects to nothing yet.
    pub fn new(config: HttpConfig) -> Result<Self, SetUpError> {
        let transport = HttpTransport::new(config.clone())?;
        Ok(Self { config, transport })
    }

    /// Asks the server at this address for nothing but the head of an answer.
    pub async fn look(&self, url: &Url) -> Look {
        let answer = ask(&self.transport, url).await;
        Look {
            answer,
            handshake: self.transport.handshake(url),
        }
    }

    /// The clock of a server whose certificate is not trusted, so that nothing proves the answer to be its own; `None`
    /// if it does not tell.
    pub async fn unproven_clock(&self, url: &Url) -> Result<Option<ClockReading>, SetUpError> {
        let transport = HttpTransport::with(self.config.clone(), Untrusted::Asked)?;
        let answer = ask(&transport, url).await;
        Ok(answer.ok().and_then(|answer| answer.clocks))
    }
}

async fn ask(transport: &HttpTransport, url: &Url) -> Result<Answer, TransportError> {
    let request = transport
        .client(url)
        .head(url.clone())
        .header(CACHE_CONTROL, "no-cache");
    let (sent, asked) = (Timestamp::now(), Instant::now());
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return Err(Box::pin(transport.explained(&error, url)).await),
    };
    Ok(Answer {
        status: answer.status().as_u16(),
        clocks: clocks(answer.headers(), sent, asked.elapsed()),
    })
}

/// The clocks at the half of the exchange. A cache in between leaves the `Date` of what it kept as it was, and tells
/// the seconds since in `Age` (RFC 9111, section 5.1).
fn clocks(headers: &HeaderMap, sent: Timestamp, took: Duration) -> Option<ClockReading> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    let age = headers.get(AGE).and_then(|age| age.to_str().ok()?.trim().parse().ok());
    let there = Timestamp::try_from(date).ok()?;
    Some(ClockReading {
        here: sent.checked_add(took / 2).ok()?,
        there: there.checked_add(Duration::from_secs(age.unwrap_or(0))).ok()?,
        // `Date` leaves out the fractions of a second.
        give_or_take: took / 2 + Duration::from_secs(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_s_clock_is_its_date_and_the_seconds_that_a_cache_kept_the_answer() {
        let sent: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        for (headers, there) in [
            (
                &[("date", "Mon, 30 Nov 2026 12:00:07 GMT")][..],
                Some("2026-11-30T12:00:07Z"),
            ),
            (
                &[("date", "Mon, 30 Nov 2026 10:00:00 GMT"), ("age", "7201")],
                Some("2026-11-30T12:00:01Z"),
            ),
            (
                &[("date", "Mon, 30 Nov 2026 12:00:00 GMT"), ("age", "old")],
                Some("2026-11-30T12:00:00Z"),
            ),
            (&[("date", "yesterday")], None),
            (&[], None),
        ] {
            let headers: HeaderMap = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            let clocks = clocks(&headers, sent, Duration::from_secs(2));
            assert_eq!(
                clocks.map(|clocks| clocks.there),
                there.map(|there| there.parse().unwrap())
            );
            assert!(clocks.is_none_or(|clocks| clocks.here == "2026-11-30T12:00:01Z".parse().unwrap()));
        }
    }
}
