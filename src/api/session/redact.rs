//! What must not come back: secrets that a server repeats in its answer are taken out before anybody reads it.

use std::fmt::Write;
use std::sync::Arc;

use memchr::memmem;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::ApiRequest;
use crate::api::{Config, Credentials};
use crate::wire::Response;

/// What replaces a secret.
const MARK: &str = "…";

/// The fewest bytes of a secret that is looked for in names and codes too: a shorter one is part of ordinary words.
const LONG: usize = 8;

/// The secrets of one call: its own, the sign-in's, and the token that it is sent with.
pub(super) struct Secrets {
    own: Vec<SecretString>,
    config: Arc<Config>,
    token: Option<Arc<SecretString>>,
}

impl Secrets {
    pub(super) fn of(request: &ApiRequest, config: &Arc<Config>) -> Self {
        Self {
            own: request.secrets.clone(),
            config: Arc::clone(config),
            token: None,
        }
    }

    /// The token that the next attempt carries.
    pub(super) fn sent_with(&mut self, token: Option<&Arc<SecretString>>) {
        self.token = token.cloned();
    }

    /// Words without the secrets.
    pub(super) fn out_of(&self, words: &str) -> String {
        self.without(words, 1)
    }

    /// A code or an id without the secrets.
    pub(super) fn out_of_name(&self, name: &str) -> String {
        self.without(name, LONG)
    }

    /// Removes the secrets from an answer before it is truncated: what is left of a secret that was cut in two would
    /// not be recognised. Data, which a good answer is, is gone through only if a secret is seen in it.
    pub(super) fn clear(&self, response: &mut Response) {
        for (_, value) in &mut response.headers {
            if self.is_in(value.as_bytes()) {
                *value = self.out_of_name(value);
            }
        }
        if response.status < 400 && !self.is_in(&response.body) {
            return;
        }
        let body = String::from_utf8_lossy(&response.body);
        // Within JSON a secret may be written with escapes, so its texts are looked at as they mean.
        let cleared = match serde_json::from_str::<Value>(body.trim_start_matches('\u{feff}')) {
            Ok(mut value) => {
                self.clear_json(&mut value);
                value.to_string()
            }
            Err(_) => self.out_of(&body),
        };
        response.body = cleared.into_bytes();
    }

    fn clear_json(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.out_of(text),
            Value::Array(entries) => entries.iter_mut().for_each(|entry| self.clear_json(entry)),
            Value::Object(members) => {
                if members.keys().any(|name| self.is_in(name.as_bytes())) {
                    let renamed = std::mem::take(members).into_iter();
                    *members = renamed.map(|(name, value)| (self.out_of_name(&name), value)).collect();
                }
                members.values_mut().for_each(|value| self.clear_json(value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        self.at_least(LONG)
            .any(|secret| memmem::find(text, secret.as_bytes()).is_some())
    }

    fn without(&self, text: &str, least: usize) -> String {
        self.at_least(least).fold(text.to_owned(), |text, secret| {
            forms(secret)
                .iter()
                .fold(text, |text, form| text.replace(form.as_str(), MARK))
        })
    }

    fn at_least(&self, length: usize) -> impl Iterator<Item = &str> {
        let sign_in = match &self.config.credentials {
            Credentials::Client { secret, .. } => secret,
            Credentials::Token(token) => token,
            Credentials::Ropc { password, .. } => password,
        };
        // A token that was given, and not fetched, is what the call is sent with.
        let is_another = |token: &&SecretString| token.expose_secret() != sign_in.expose_secret();
        let token = self.token.as_deref().filter(is_another);
        let secrets = self.own.iter().chain([sign_in]).chain(token);
        let texts = secrets.map(ExposeSecret::expose_secret);
        texts.filter(move |secret| secret.len() >= length)
    }
}

/// A secret as it is, and as an echo of the request may spell it: in a form, in an address, in JSON.
fn forms(secret: &str) -> Vec<String> {
    let form: String = byte_serialize(secret.as_bytes()).collect();
    let address = form.replace('+', "%20");
    let json = Value::from(secret).to_string();
    let json = json.trim_matches('"').to_owned();
    let escaped = [
        in_ascii(&json, |_| false),
        in_ascii(&json.replace("\\\"", "\""), is_escaped_by_dotnet),
    ];
    let mut forms = vec![
        secret.to_owned(),
        form.to_lowercase(),
        form,
        address.to_lowercase(),
        address,
        json,
    ];
    forms.extend(escaped.iter().map(|escaped| with_capital_digits(escaped)));
    forms.extend(escaped);
    forms.sort_unstable();
    forms.dedup();
    // The longest first, lest one that is part of another leave the rest of it behind.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms
}

/// A text of JSON with every letter outside ASCII, and these in it, as the numbers of their UTF-16 units.
fn in_ascii(json: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut ascii = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() && !is_escaped(letter) {
            ascii.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // A text takes everything that is written to it.
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}

/// What `System.Text.Json` writes as a number, lest it mean something in a page.
fn is_escaped_by_dotnet(letter: char) -> bool {
    matches!(letter, '"' | '&' | '\'' | '+' | '<' | '>' | '`')
}

/// The same with `\u00FC` where there is `\u00fc`.
fn with_capital_digits(escaped: &str) -> String {
    let mut parts = escaped.split("\\u");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at_checked(4).unwrap_or((part, ""));
        text + "\\u" + &digits.to_uppercase() + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::BaseUrl;

    const SECRET: &str = "pa ss+w/ö\"rd\\=";

    fn hidden() -> Secrets {
        let uri = BaseUrl::parse("https://cloud.example").unwrap();
        Secrets {
            own: Vec::new(),
            config: Arc::new(Config::new(uri, "acme", Credentials::Token(SECRET.into()))),
            token: Some(Arc::new("eyJhbGciOi.the-token".into())),
        }
    }

    fn cleared(status: u16, body: &str) -> Response {
        let mut response = Response {
            status,
            headers: vec![("x-request-id".to_owned(), "eyJhbGciOi.the-token".to_owned())],
            body: body.as_bytes().to_vec(),
        };
        hidden().clear(&mut response);
        response
    }

    #[test]
    fn a_secret_is_recognised_however_an_echo_writes_it() {
        let form: String = byte_serialize(SECRET.as_bytes()).collect();
        for echo in [
            SECRET.to_owned(),
            form.clone(),
            form.to_lowercase(),
            form.replace('+', "%20"),
            Value::from(SECRET).to_string(),
            r#""pa ss+w/\u00f6\"rd\\=""#.to_owned(),
            r#""pa ss+w/\u00F6\"rd\\=""#.to_owned(),
            // As .NET writes it.
            r#""pa ss\u002Bw/\u00F6\u0022rd\\=""#.to_owned(),
        ] {
            let words = hidden().out_of(&format!("before {echo} after"));
            assert!(!words.contains("ss") && words.ends_with(" after"), "{echo}: {words}");
        }
    }

    #[test]
    fn a_refusal_is_cleared_in_texts_names_escapes_and_headers() {
        let body = r#"{"message":"\u0070a ss\u002Bw/\u00f6\u0022rd\\=","errors":{"eyJhbGciOi.the-token":["no"]}}"#;
        let response = cleared(400, body);
        let text = String::from_utf8(response.body).unwrap();
        assert_eq!(text, r#"{"message":"…","errors":{"…":["no"]}}"#);
        assert_eq!(response.headers[0].1, "…");
        let response = cleared(500, &format!("Authorization: Bearer eyJhbGciOi.the-token {SECRET}"));
        assert_eq!(String::from_utf8(response.body).unwrap(), "Authorization: Bearer … …");
    }

    #[test]
    fn data_without_a_secret_stays_as_it_came() {
        let body = r#"{ "id" : 1.0, "id": "x" }"#;
        assert_eq!(cleared(200, body).body, body.as_bytes());
    }
}
