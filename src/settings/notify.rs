//! Who is told when a run ends, needs approval or stops.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::finding::SettingFault;
use super::layers::Layers;
use crate::api::is_loopback;

/// The variable that holds the address.
pub(super) const VARIABLE: &str = "RESEAT_NOTIFY";

/// Who is told. An address may hold a token that lets anybody write there, so that it counts as a secret.
#[derive(Debug, Clone)]
pub enum Notify {
    /// This address.
    Address(NoticeAddress),
    /// The address that a file holds.
    File(PathBuf),
    /// A command, run through the platform's shell.
    Command(String),
}

/// An `https` address that notices are sent to, or an `http` one on this computer.
#[derive(Debug, Clone)]
pub struct NoticeAddress(SecretString);

impl NoticeAddress {
    /// The address, which is not repeated where it does not fit.
    ///
    /// # Errors
    /// Says what is wrong, in words that follow the place where it was said.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        // A URL parser drops line breaks, so that two addresses would be one.
        if text.trim().contains(char::is_whitespace) {
            return Err("has a space or a line break in it, and is to be one address");
        }
        let url = Url::parse(text.trim()).map_err(|_| "is no address")?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err("is no address");
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err("must begin with `https://`"),
        }
        Ok(Self(SecretString::from(String::from(url))))
    }

    /// The address that a file holds.
    ///
    /// # Errors
    /// Says why there is none, without repeating what the file holds.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = fs_err::read_to_string(path).map_err(|error| error.to_string())?;
        Self::parse(&text).map_err(|what| format!("what the file `{}` holds {what}", path.display()))
    }

    /// The whole address.
    pub fn url(&self) -> Option<Url> {
        self.0.expose_secret().parse().ok()
    }

    /// As much of it as may be shown: scheme, host and port.
    pub fn shown(&self) -> String {
        self.url()
            .map_or_else(String::new, |url| url.origin().ascii_serialization())
    }
}

/// Reads who is told; the variable goes before the profile.
pub(super) fn notify(layers: &mut Layers<'_>) -> Option<Notify> {
    let (findings, origins) = (layers.notes.findings, layers.notes.origins);
    let address = layers.profile.text("notify");
    let file = layers.profile.path("notify_file");
    let command = layers.profile.text("notify_command");
    let in_variable = layers.variable(VARIABLE);
    let said = [
        ("notify", address.is_some()),
        ("notify_file", file.is_some()),
        ("notify_command", command.is_some()),
    ];
    let said: Vec<&str> = said
        .into_iter()
        .filter_map(|(key, is_said)| is_said.then_some(key))
        .collect();
    if let [first, second, ..] = said.as_slice() {
        let place = layers.profile.place_of(first);
        let what = format!("is set together with `{second}`");
        findings.error(&place, SettingFault::new(what, "keep one of the two"));
        return None;
    }
    if let Some(said) = &in_variable {
        origins.note("notify", "an address", &said.place);
    }
    let parsed = in_variable.or(address).map(|said| {
        said.checked(findings, |text| {
            NoticeAddress::parse(&text).map_err(|what| {
                let help = "write an address that begins with `https://`, or name a program with `notify_command`";
                SettingFault::new(what, help)
            })
        })
    });
    match parsed {
        Some(address) => {
            let address = address?;
            origins.show_as("notify", &address.shown());
            Some(Notify::Address(address))
        }
        None => file
            .map(Notify::File)
            .or(command.map(|said| Notify::Command(said.value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_unless_it_is_on_this_computer_and_shown_without_its_token() {
        for (text, shown) in [
            ("https://hooks.example/services/T0/B0/hunter2", "https://hooks.example"),
            (
                " https://a:hunter2@hooks.example:8443/x?sig=hunter2\n",
                "https://hooks.example:8443",
            ),
            ("http://127.0.0.1:9000/hunter2", "http://127.0.0.1:9000"),
            ("http://localhost/hunter2", "http://localhost"),
        ] {
            let address = NoticeAddress::parse(text).unwrap();
            assert_eq!(address.shown(), shown);
            assert!(!format!("{address:?}").contains("hunter2"));
        }
        for (text, words) in [
            ("http://hooks.example/hunter2", "https://"),
            ("ftp://hooks.example/hunter2", "https://"),
            ("hooks.example", "no address"),
            ("mailto:ann@acme.example", "no address"),
            ("https://hooks.example/hunter2\n# the old one\n", "line break"),
            ("https://hooks.example/hunter2\nhttps://hooks.example/3\n", "line break"),
            ("", "no address"),
        ] {
            let refused = NoticeAddress::parse(text).unwrap_err();
            assert!(refused.contains(words), "{text}: {refused}");
        }
    }
}
