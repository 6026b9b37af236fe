//! Where each call goes.

use url::Url;

use super::Config;
use crate::model::OrganizationId;

/// The token endpoint, which belongs to the host and not, like the rest of the identity service, to an organization.
pub(super) fn token_url(config: &Config) -> Url {
    match &config.identity_uri {
        Some(identity) => identity.join(["connect", "token"]),
        None => config.uri.join(["identity_", "connect", "token"]),
    }
}

/// A route of a service: its prefix, in which `{org}` is replaced by the organization's name, and the path below it.
pub(super) fn service_url<'a>(config: &'a Config, prefix: &'a str, path: &[&'a str]) -> Url {
    let prefix = prefix
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment {
            "{org}" => config.organization.as_str(),
            other => other,
        });
    config.uri.join(prefix.chain(path.iter().copied()))
}

/// The page that an invitation leads to. The service accepts only this form, and answers "Redirect URL is not valid"
/// to any other.
pub(super) fn accept_invite_url(config: &Config, organization: OrganizationId, email: &str, language: &str) -> String {
    let mut url = service_url(config, &config.routes.accept_invite, &[]);
    url.query_pairs_mut()
        .append_pair("organizationId", &organization.to_string())
        .append_pair("emailForUserinvite", email)
        .append_pair("organizationName", &config.organization)
        .append_pair("language", language);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{BaseUrl, Credentials};

    fn config() -> Config {
        let uri = BaseUrl::parse("https://cloud.example/").unwrap();
        Config::new(uri, "ac me", Credentials::Token("t".into()))
    }

    #[test]
    fn calls_go_to_the_organization_and_the_sign_in_to_the_host() {
        let mut config = config();
        assert_eq!(
            token_url(&config).as_str(),
            "https://cloud.example/identity_/connect/token"
        );
        assert_eq!(
            service_url(&config, &config.routes.license, &["api", "account", "x"]).as_str(),
            "https://cloud.example/ac%20me/lease_/api/account/x"
        );
        assert_eq!(
            service_url(&config, "la", &["api"]).as_str(),
            "https://cloud.example/la/api"
        );
        config.identity_uri = Some(BaseUrl::parse_service("https://login.example/identity/").unwrap());
        assert_eq!(
            token_url(&config).as_str(),
            "https://login.example/identity/connect/token"
        );
    }

    #[test]
    fn an_invitation_leads_back_to_the_portal_with_the_address_encoded() {
        assert_eq!(
            accept_invite_url(
                &config(),
                "11111111-1111-1111-1111-111111111111".parse().unwrap(),
                "a+b@x.example",
                "de"
            ),
            "https://cloud.example/portal_/acceptInvite?organizationId=11111111-1111-1111-1111-111111111111\
             &emailForUserinvite=a%2Bb%40x.example&organizationName=ac+me&language=de"
        );
    }
}
