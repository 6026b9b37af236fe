//! The certificates of a `ca_file`, and what the file is where it is none of those.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::set_up_error::{SetUpError, causes};
use crate::text::decode;

/// How signed data (PKCS#7) in binary form names itself, near its beginning: 1.2.840.113549.1.7.2.
const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// The version with which a container of keys and certificates (PKCS#12) begins.
const CONTAINER_VERSION: [u8; 3] = [0x02, 0x01, 0x03];

/// Reads the certificates of the file.
pub(super) fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, SetUpError> {
    let bytes = fs_err::read(path)?;
    let unfit = |why: String| SetUpError::NoCertificate {
        path: path.to_owned(),
        why,
    };
    let pem = pem(&bytes).map_err(&unfit)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let certificates = certificates.map_err(|error| unfit(causes(&error)))?;
    if certificates.is_empty() {
        return Err(unfit("holds no certificate".to_owned()));
    }
    Ok(certificates)
}

/// The lines of PEM in a file, without the blanks that an editor or a mail program put around them.
fn pem(bytes: &[u8]) -> Result<String, String> {
    if let Some(what) = binary(bytes) {
        return Err(what.to_owned());
    }
    let text = decode(bytes).map_err(|error| error.to_string())?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let has = |label: &str| {
        let is_begin = |line: &&str| {
            line.strip_prefix("-----BEGIN ")
                .is_some_and(|rest| rest.ends_with(label))
        };
        lines.iter().any(is_begin)
    };
    if has("PRIVATE KEY-----") {
        return Err(
            "holds a private key, which nobody but its owner should have; leave only certificates in it".to_owned(),
        );
    }
    for (label, what) in [
        (
            "PKCS7-----",
            "holds certificates as PKCS#7 (`.p7b`); convert it with `openssl pkcs7 -print_certs -in FILE -out ca.pem`",
        ),
        (
            "CMS-----",
            "holds certificates as CMS (`.p7b`); convert it with `openssl pkcs7 -print_certs -in FILE -out ca.pem`",
        ),
        (
            "TRUSTED CERTIFICATE-----",
            "holds a certificate in a form of OpenSSL's own; convert it with `openssl x509 -in FILE -out ca.pem`",
        ),
        (
            "CERTIFICATE REQUEST-----",
            "holds the request for a certificate and not the certificate",
        ),
    ] {
        if has(label) {
            return Err(what.to_owned());
        }
    }
    Ok(lines.join("\n"))
}

/// What a file in binary form is; `None` if it is not one of the usual ones.
fn binary(bytes: &[u8]) -> Option<&'static str> {
    // A sequence with its length in one to four bytes.
    let inside = match bytes {
        [0x30, 0x80, rest @ ..] => rest,
        [0x30, length @ 0x81..=0x84, rest @ ..] => rest.get(usize::from(length - 0x80)..)?,
        _ => return None,
    };
    Some(if inside.starts_with(&SIGNED_DATA) {
        "holds certificates as PKCS#7 (`.p7b`) in binary form; convert it with \
         `openssl pkcs7 -inform DER -print_certs -in FILE -out ca.pem`"
    } else if inside.starts_with(&CONTAINER_VERSION) {
        "is a container for keys (PKCS#12, `.pfx`); take the certificates out of it with \
         `openssl pkcs12 -cacerts -nokeys -in FILE -out ca.pem`"
    } else {
        "holds a certificate in binary form (DER); convert it with `openssl x509 -inform DER -in FILE -out ca.pem`"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_kind_of_file_is_called_what_it_is_and_has_its_command() {
        let pkcs7 = [&[0x30, 0x82, 0x10, 0x00], &SIGNED_DATA[..]].concat();
        let utf16: Vec<u8> = "-----BEGIN".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, words) in [
            (&[0x30, 0x82, 0x03, 0x00, 0x30, 0x82][..], "openssl x509 -inform DER"),
            (&pkcs7, "openssl pkcs7 -inform DER -print_certs"),
            (
                &[0x30, 0x82, 0x10, 0x00, 0x02, 0x01, 0x03],
                "openssl pkcs12 -cacerts -nokeys",
            ),
            (b"-----BEGIN PKCS7-----\nMII=", "openssl pkcs7 -print_certs"),
            (b"-----BEGIN TRUSTED CERTIFICATE-----", "openssl x509 -in FILE"),
            (b"-----BEGIN CERTIFICATE REQUEST-----", "request for a certificate"),
            (b"-----BEGIN NEW CERTIFICATE REQUEST-----", "request for a certificate"),
            (
                b"-----BEGIN CERTIFICATE-----\r\n-----BEGIN RSA PRIVATE KEY-----",
                "private key",
            ),
            (b"-----BEGIN PRIVATE KEY-----", "private key"),
            (&utf16, "save it as UTF-8"),
        ] {
            let told = pem(bytes).unwrap_err();
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn a_mark_and_blanks_around_the_lines_do_no_harm() {
        let told = pem(b"\xef\xbb\xbf  -----BEGIN CERTIFICATE-----\r\n  MII=  \r\n-----END CERTIFICATE-----\t\r\n");
        assert_eq!(
            told.unwrap(),
            "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----"
        );
    }
}
