//! Sign-in: client credentials, ROPC, personal access tokens (`uipath-api`, 2).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Outcome, Reply};
use super::request::Context;

/// `POST /identity_/connect/token`.
pub(super) fn client_credentials(context: &mut Context<'_>) -> Outcome {
    let kind = context.request.header("content-type");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(oauth_error("invalid_request"));
    }
    let form: HashMap<String, String> = url::form_urlencoded::parse(&context.request.body)
        .into_owned()
        .collect();
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let credentials = &context.config.credentials;
    if field("grant_type") != "client_credentials" {
        return Err(oauth_error("unsupported_grant_type"));
    }
    if field("client_id") != credentials.client_id || field("client_secret") != credentials.client_secret {
        return Err(oauth_error("invalid_client"));
    }
    let mut scopes: Vec<String> = field("scope").split_whitespace().map(str::to_owned).collect();
    if scopes.is_empty() {
        scopes.clone_from(&credentials.scopes);
    }
    if scopes.iter().any(|scope| !credentials.scopes.contains(scope)) {
        return Err(oauth_error("invalid_scope"));
    }
    let scope = scopes.join(" ");
    let mut claims = json!({
        "client_id": credentials.client_id,
        "scope": scopes,
    });
    if !context.config.quirks.no_organization_claim {
        claims["prt_id"] = json!(context.organization);
    }
    if let Some(user) = credentials.acting_user {
        claims["sub"] = json!(user);
    }
    let lifetime = credentials.token_lifetime;
    let token = context.tokens.issue(claims, scopes, context.now, lifetime);
    Reply::ok(&json!({
        "access_token": token,
        "expires_in": lifetime.as_secs(),
        "token_type": "Bearer",
        "scope": scope,
    }))
}

fn oauth_error(code: &str) -> Reply {
    Reply::json(400, &json!({"error": code}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Authenticate {
    tenancy_name: Option<String>,
    username_or_email_address: Option<String>,
    password: Option<String>,
}

/// `POST /api/account/authenticate`, answered in the ABP envelope.
pub(super) fn resource_owner(context: &mut Context<'_>) -> Outcome {
    let given: Authenticate = context.body()?;
    let credentials = &context.config.credentials;
    let right = given.tenancy_name.is_some_and(|name| !name.is_empty())
        && given.username_or_email_address.as_deref() == Some(&credentials.username)
        && given.password.as_deref() == Some(&credentials.password);
    if !right {
        let error = json!({"code": 0, "message": "Login failed!", "details": "Invalid user name or password."});
        return Err(Reply::json(401, &envelope(&Value::Null, &error)));
    }
    let mut claims = json!({"sub": credentials.acting_user});
    if !context.config.quirks.no_organization_claim {
        claims["prt_id"] = json!(context.organization);
    }
    let scopes = credentials.scopes.clone();
    let token = context
        .tokens
        .issue(claims, scopes, context.now, credentials.token_lifetime);
    Reply::ok(&envelope(&json!(token), &Value::Null))
}

fn envelope(result: &Value, error: &Value) -> Value {
    json!({
        "result": result,
        "targetUrl": null,
        "success": error.is_null(),
        "error": error,
        "unAuthorizedRequest": false,
        "__abp": true,
    })
}
