//! A client that sends what it is told and hides nothing.

use reqwest::{Client, Method};
use reseat::sandbox::{Config, Sandbox, start};
use serde_json::{Value, json};

/// A sandbox and somebody who is signed in to it.
pub(crate) struct Organization {
    pub(crate) sandbox: Sandbox,
    pub(crate) token: String,
    http: Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) async fn organization() -> Organization {
    with(Config::unlimited()).await
}

pub(crate) async fn with(config: Config) -> Organization {
    let sandbox = start(config).await.unwrap();
    let token = sandbox.personal_access_token().to_owned();
    let http = Client::builder().no_proxy().build().unwrap();
    Organization { sandbox, token, http }
}

impl Organization {
    /// Sends to any path of the host.
    pub(crate) async fn raw(&self, method: &str, path: &str, kind: &str, body: &str) -> Result<Reply, reqwest::Error> {
        let url = format!("{}{path}", self.sandbox.base_url());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .http
            .request(method, url)
            .bearer_auth(&self.token)
            .body(body.to_owned());
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let response = request.send().await?;
        Ok(Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }

    /// Sends JSON to a path of the organization, or fails as the connection did.
    pub(crate) async fn try_send(&self, method: &str, path: &str, body: Value) -> Result<Reply, reqwest::Error> {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.raw(method, &format!("/sandbox/{path}"), "application/json", &text)
            .await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        self.try_send(method, path, body).await.unwrap()
    }

    /// Writes the direct licences of users.
    pub(crate) async fn allocate(&self, body: Value) -> Reply {
        self.send("PUT", &self.license_path(), body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, Value::Null).await
    }

    /// The organization's GUID.
    pub(crate) fn id(&self) -> String {
        self.sandbox.organization_id().to_string()
    }

    /// The id of the account with this address.
    pub(crate) fn user(&self, email: &str) -> String {
        self.sandbox
            .with_world(|world| world.user_called(email).unwrap().id.to_string())
    }

    /// The id of the group with this name.
    pub(crate) fn group(&self, name: &str) -> String {
        self.sandbox
            .with_world(|world| world.group_named(name).unwrap().id.to_string())
    }

    pub(crate) fn license_path(&self) -> String {
        format!("lease_/api/account/{}/user-license", self.id())
    }

    /// An entry of InviteUsers as the service wants it.
    pub(crate) fn invitation(&self, email: &str) -> Value {
        let redirect = format!(
            "{}/portal_/acceptInvite?organizationId={}&emailForUserinvite={}&organizationName=sandbox&language=en",
            self.sandbox.base_url(),
            self.id(),
            email.replace('+', "%2B"),
        );
        json!({"email": email, "redirectUrl": redirect})
    }

    pub(crate) async fn invite(&self, entries: &[Value]) -> Value {
        let reply = self
            .send("POST", "identity_/api/User/InviteUsers", json!(entries))
            .await;
        assert_eq!(reply.status, 200);
        reply.json()
    }
}

pub(crate) const ANNA: &str = "anna.berg@contoso.example";
pub(crate) const BRAM: &str = "bram.okafor@contoso.example";
pub(crate) const DAVID: &str = "david.moreau@contoso.example";
pub(crate) const NOBODY: &str = "11111111-2222-4333-8444-555555555555";
