//! What a certificate says of itself, for people to read. Nothing is verified here.

use std::net::IpAddr;

use jiff::Timestamp;
use x509_cert::Certificate as X509;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::time::Time;

use crate::text::clean;

/// More than a name has that people gave.
const MOST_OF_A_NAME: usize = 200;

/// A certificate, as it describes itself. Its texts are fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for, as in `CN=cloud.uipath.com` (RFC 4514); may be empty.
    pub subject: String,
    /// The hosts and addresses that it is for (RFC 5280, section 4.2.1.6).
    pub names: Vec<String>,
    /// Who issued it, as in `CN=Contoso Root CA,O=Contoso`.
    pub issuer: String,
    /// The first moment at which it is valid.
    pub from: Timestamp,
    /// The last one.
    pub until: Timestamp,
}

impl Certificate {
    /// Reads it from its binary form (DER); `None` if it cannot be read.
    pub fn read(der: &[u8]) -> Option<Self> {
        let certificate = X509::from_der(der).ok()?;
        let body = certificate.tbs_certificate();
        let alternatives = body.get_extension::<SubjectAltName>().ok()?;
        let names = alternatives.map_or_else(Vec::new, |(_, names)| names.0);
        Some(Self {
            subject: clean(&body.subject().to_string(), MOST_OF_A_NAME),
            names: names.iter().filter_map(host).collect(),
            issuer: clean(&body.issuer().to_string(), MOST_OF_A_NAME),
            from: moment(body.validity().not_before)?,
            until: moment(body.validity().not_after)?,
        })
    }

    /// Whether it is its own issuer: an authority's own, or one that somebody made for a single server.
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether it is valid at this moment.
    pub fn is_valid_at(&self, moment: Timestamp) -> bool {
        (self.from..=self.until).contains(&moment)
    }
}

/// The name of a host, or its address; `None` for names of other things.
fn host(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(clean(name.as_str(), MOST_OF_A_NAME)),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let v4 = || <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            let v6 = || <[u8; 16]>::try_from(bytes).map(IpAddr::from);
            Some(v4().or_else(|_| v6()).ok()?.to_string())
        }
        _ => None,
    }
}

fn moment(time: Time) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
}
