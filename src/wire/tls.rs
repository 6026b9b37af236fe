//! How servers are trusted, and what they showed: the platform's own verifier, with the authorities of a `ca_file`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::authorities::authorities;
use super::certificate::Certificate;
use super::set_up_error::SetUpError;

/// What is done with a certificate that cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untrusted {
    /// Nothing is sent to its server.
    Refused,
    /// Its server is asked all the same. Only for a question that holds nothing confidential, and whose answer is
    /// believed as little as the certificate.
    Asked,
}

/// What a server showed when it was last connected to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handshake {
    /// Its certificate, and those of the authorities in between that it sent along; what cannot be read is left out.
    pub chain: Vec<Certificate>,
    /// The version of TLS, as in `1.3`; `None` where the certificate was refused before the version could be seen.
    pub version: Option<&'static str>,
    /// Why the certificate is not trusted, if it is not.
    pub fault: Option<CertificateFault>,
}

/// Why a certificate is not trusted, as far as what is to be done differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// By the clock of this computer it has ended.
    Expired,
    /// By the clock of this computer it has not begun.
    NotYetValid,
    /// It is for other hosts.
    OtherName,
    /// Nobody whom this computer trusts has issued it.
    UnknownIssuer,
    /// The authority that is named in it is trusted, and has not signed it with the key that is known.
    OtherKey,
    /// It is an authority's own.
    Authority,
    /// Something else.
    Other,
}

impl CertificateFault {
    /// The kind of what rustls, or the platform, found.
    pub(super) fn of(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Self::OtherName,
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => Self::OtherKey,
            // Known only by its words, as its type belongs to the verifier of some platforms.
            CertificateError::Other(fault) if fault.to_string() == "CaUsedAsEndEntity" => Self::Authority,
            _ => Self::Other,
        }
    }
}

/// What servers showed, by their names or addresses.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(Arc<Mutex<BTreeMap<String, Raw>>>);

/// A [`Handshake`] before its certificates are read, which is done only where somebody wants to know.
#[derive(Debug, Default)]
struct Raw {
    chain: Vec<CertificateDer<'static>>,
    version: Option<&'static str>,
    fault: Option<CertificateFault>,
}

impl Shown {
    /// What the host showed last: a name, or an address without brackets.
    pub(super) fn by(&self, host: &str) -> Option<Handshake> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let raw = shown.get(&host.to_ascii_lowercase())?;
        Some(Handshake {
            chain: raw.chain.iter().filter_map(|der| Certificate::read(der)).collect(),
            version: raw.version,
            fault: raw.fault,
        })
    }

    fn note(&self, host: &ServerName<'_>, raw: Raw) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.insert(host.to_str().to_ascii_lowercase(), raw);
    }

    fn note_version(&self, certificate: &CertificateDer<'_>, version: &'static str) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for raw in shown.values_mut() {
            if raw.chain.first() == Some(certificate) {
                raw.version = Some(version);
            }
        }
    }
}

/// Notes what servers show, and leaves the judgement to the platform's verifier.
#[derive(Debug)]
struct Noting {
    verifier: Verifier,
    untrusted: Untrusted,
    shown: Shown,
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self
            .verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let chain = std::iter::once(end_entity).chain(intermediates);
        let raw = Raw {
            chain: chain.map(|der| der.clone().into_owned()).collect(),
            version: None,
            fault: match &verified {
                Err(Error::InvalidCertificate(error)) => Some(CertificateFault::of(error)),
                Err(_) => Some(CertificateFault::Other),
                Ok(_) => None,
            },
        };
        self.shown.note(server_name, raw);
        match (verified, self.untrusted) {
            (Err(Error::InvalidCertificate(_)), Untrusted::Asked) => Ok(ServerCertVerified::assertion()),
            (verified, _) => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.shown.note_version(cert, "1.2");
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.shown.note_version(cert, "1.3");
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// TLS that trusts whom the platform trusts and the authorities of the file, and notes what servers show.
pub(super) fn client_config(
    ca_file: Option<&Path>,
    untrusted: Untrusted,
    shown: &Shown,
) -> Result<ClientConfig, SetUpError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let noting = Noting {
        verifier: verifier(ca_file, &provider)?,
        untrusted,
        shown: shown.clone(),
    };
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = config
        .map_err(|error| SetUpError::Client(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(noting))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Whether the platform knows any authority. Where its verifier belongs to the platform this is not to be seen, and
/// counts as yes.
pub fn platform_has_authorities() -> bool {
    Verifier::new(Arc::new(aws_lc_rs::default_provider())).is_ok()
}

fn verifier(ca_file: Option<&Path>, provider: &Arc<CryptoProvider>) -> Result<Verifier, SetUpError> {
    match ca_file {
        None => Verifier::new(Arc::clone(provider)).map_err(|error| match error {
            // How the verifier says that it found none, which is all that can go wrong here.
            Error::General(_) => SetUpError::NoAuthorities,
            error => SetUpError::Client(error.to_string()),
        }),
        Some(path) => Verifier::new_with_extra_roots(authorities(path)?, Arc::clone(provider)).map_err(|error| {
            SetUpError::NoCertificate {
                path: path.to_owned(),
                why: format!("holds a certificate that cannot be read ({error})"),
            }
        }),
    }
}
