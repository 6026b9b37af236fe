//! What people paste where one value is wanted: the portal's address from the browser, quotation marks, an example.

use super::finding::SettingFault;
use crate::api::{BaseUrl, BaseUrlError};
use crate::model::OrganizationId;
use crate::text::trimmed;

/// Where the organization's name is found.
pub(super) const FIND_NAME: &str = "it is the name that follows the host in the portal's address: `acme` in \
    `https://cloud.uipath.com/acme/`";

/// The ids in the examples of the documentation, which nobody's organization or application has.
const EXAMPLES: [&str; 3] = [
    "6f2c1d5e-0000-4000-8000-000000000001",
    "00000000-1111-2222-3333-444444444444",
    "00000000-0000-0000-0000-000000000000",
];
/// Words of help texts and documents that stand for a value.
const STAND_INS: [&str; 6] = ["NAME", "ORGANIZATION", "ID", "GUID", "APP-ID", "CLIENT-ID"];

/// What a value tells about which organization is meant, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pasted {
    pub(super) uri: Option<BaseUrl>,
    pub(super) organization: Option<String>,
    pub(super) organization_id: Option<OrganizationId>,
}

/// The value without the quotation marks around it: `set NAME="value"` of Windows keeps them.
pub(super) fn unquoted(text: &str) -> &str {
    const PAIRS: [(char, char); 6] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('\u{201c}', '\u{201d}'),
        ('\u{201e}', '\u{201c}'),
        ('\u{ab}', '\u{bb}'),
    ];
    let mut text = trimmed(text);
    while let Some(inner) = PAIRS
        .into_iter()
        .find_map(|(opening, closing)| text.strip_prefix(opening)?.strip_suffix(closing))
    {
        text = trimmed(inner);
    }
    text
}

/// Refuses what was left of an example.
pub(super) fn no_example(text: &str, advice: &str) -> Result<(), SettingFault> {
    let is_marked = text.contains('\u{2026}') || text.contains("...") || (text.starts_with('<') && text.ends_with('>'));
    let is_example = EXAMPLES.iter().any(|example| text.eq_ignore_ascii_case(example));
    if is_marked || is_example || STAND_INS.contains(&text) {
        let what = format!("`{text}` is from an example of the documentation and stands for your own value");
        return Err(SettingFault::new(what, advice));
    }
    Ok(())
}

/// What an installation's address tells; one of the portal, from the browser, names the organization besides.
pub(super) fn address(text: &str) -> Result<Pasted, BaseUrlError> {
    let (before, behind) = text.split_once(['?', '#']).unwrap_or((text, ""));
    let whole = BaseUrl::parse_service(before)?;
    let uri = whole.without_path();
    let segments = whole.path_segments();
    let organization = segments.first().filter(|first| is_name(first)).cloned();
    if organization.is_none() && !segments.is_empty() {
        // Says what is wrong with the path.
        BaseUrl::parse(before)?;
    }
    if organization.is_none() && !behind.is_empty() {
        return Err(BaseUrlError::Query);
    }
    let organization_id = behind.split(['?', '#', '&']).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        let is_id = key.eq_ignore_ascii_case("organizationId");
        is_id.then(|| value.parse().ok()).flatten()
    });
    Ok(Pasted {
        uri: Some(uri),
        organization,
        organization_id,
    })
}

/// What is given as the organization's name: the name, a path that begins with it, or an address of the portal.
pub(super) fn organization(text: &str) -> Result<Pasted, SettingFault> {
    no_example(text, FIND_NAME)?;
    let unfit = || {
        SettingFault::new(
            format!("`{}` is not the name of an organization", shown(text)),
            FIND_NAME,
        )
    };
    let bare = text.trim_matches('/');
    let first = bare.split(['/', '?', '#']).next().unwrap_or(bare);
    if text.contains("://") || (bare.contains('/') && first.contains(['.', ':'])) {
        let pasted = address(text).map_err(|_| unfit())?;
        return if pasted.organization.is_some() {
            Ok(pasted)
        } else {
            Err(unfit())
        };
    }
    if is_name(first) {
        return Ok(Pasted {
            organization: Some(first.to_owned()),
            ..Pasted::default()
        });
    }
    if text.contains(char::is_whitespace) {
        let what = format!("`{text}` has blanks in it, so it is the name that people see and not the one in addresses");
        let help = format!("{FIND_NAME}; the whole address does as well");
        return Err(SettingFault::new(what, help));
    }
    Err(unfit())
}

/// The organization's GUID, as a GUID in any of its forms or in an address of the portal.
pub(super) fn organization_id(text: &str, advice: &str) -> Result<OrganizationId, SettingFault> {
    no_example(text, advice)?;
    let in_address = || address(text).ok()?.organization_id;
    let parsed = text.parse().ok().or_else(in_address);
    parsed.ok_or_else(|| SettingFault::new(format!("`{}` is not a GUID", shown(text)), advice))
}

/// Whether this can be the App ID of an external application: they are GUIDs.
pub fn is_app_id(text: &str) -> bool {
    text.parse::<uuid::Uuid>().is_ok()
}

/// The text without what may be a password before an `@`.
pub(super) fn shown(text: &str) -> &str {
    text.rsplit_once('@').map_or(text, |(_, host)| host)
}

fn is_name(text: &str) -> bool {
    let stray = |letter: char| letter.is_whitespace() || matches!(letter, '/' | '\\' | '?' | '#' | '%' | ':' | '@');
    // Those of services end so: `portal_`, `identity_`.
    !text.is_empty() && !text.contains(stray) && !text.starts_with('.') && !text.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0b1d5e7a-3c2f-4a6b-8c9d-1e2f3a4b5c6d";

    #[test]
    fn the_portals_address_tells_where_and_which_organization() {
        for (text, uri, name, id) in [
            ("acme", None, "acme", None),
            ("acme/", None, "acme", None),
            ("/acme/portal_", None, "acme", None),
            ("Acme", None, "Acme", None),
            ("acme.test", None, "acme.test", None),
            (
                "https://cloud.uipath.com/acme",
                Some("https://cloud.uipath.com"),
                "acme",
                None,
            ),
            (
                "https://cloud.uipath.com/acme/portal_/home",
                Some("https://cloud.uipath.com"),
                "acme",
                None,
            ),
            ("cloud.uipath.com/acme/", Some("https://cloud.uipath.com"), "acme", None),
            (
                "http://127.0.0.1:8484/sandbox",
                Some("http://127.0.0.1:8484"),
                "sandbox",
                None,
            ),
            (
                "https://cloud.uipath.com/acme/portal_/admin?organizationId=0b1d5e7a-3c2f-4a6b-8c9d-1e2f3a4b5c6d&x=1#y",
                Some("https://cloud.uipath.com"),
                "acme",
                Some(ID),
            ),
        ] {
            let pasted = organization(text).unwrap();
            assert_eq!(pasted.uri.as_ref().map(BaseUrl::as_str), uri, "{text}");
            assert_eq!(pasted.organization.as_deref(), Some(name), "{text}");
            let told = pasted.organization_id.map(|id| id.to_string());
            assert_eq!(told.as_deref(), id, "{text}");
        }
    }

    #[test]
    fn what_names_no_organization_is_refused_with_where_its_name_stands() {
        for (text, words) in [
            ("Acme Corporation", "the name that people see"),
            ("https://cloud.uipath.com/", "is not the name"),
            ("https://cloud.uipath.com/portal_/", "is not the name"),
            ("cloud.uipath.com/portal_/home", "is not the name"),
            ("http://cloud.uipath.com/acme", "is not the name"),
            ("portal_", "is not the name"),
            ("a%20b", "is not the name"),
            ("..", "is not the name"),
            ("NAME", "an example"),
            ("<name>", "an example"),
            ("\u{2026}", "an example"),
        ] {
            let fault = organization(text).unwrap_err();
            assert!(fault.what.contains(words), "{text}: {fault:?}");
            assert!(
                fault.help.contains("https://cloud.uipath.com/acme/"),
                "{text}: {fault:?}"
            );
        }
        let fault = organization("https://me:hunter2@cloud.uipath.com/acme").unwrap_err();
        assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
    }

    #[test]
    fn a_guid_is_taken_in_all_its_forms() {
        let address = format!("https://cloud.uipath.com/acme/portal_/admin?organizationId={ID}");
        let forms = [
            ID,
            &ID.to_uppercase(),
            &format!("{{{ID}}}"),
            &ID.replace('-', ""),
            &address,
        ];
        for form in forms {
            assert_eq!(
                organization_id(form, "").map(|id| id.to_string()),
                Ok(ID.to_owned()),
                "{form}"
            );
        }
        for example in ["6f2c1d5e-0000-4000-8000-000000000001", "\u{2026}guid\u{2026}", "GUID"] {
            let fault = organization_id(example, "look there").unwrap_err();
            assert!(
                fault.what.contains("example") && fault.help == "look there",
                "{fault:?}"
            );
        }
        assert!(organization_id("acme", "").unwrap_err().what.contains("not a GUID"));
    }

    #[test]
    fn quotation_marks_around_a_value_are_taken_off_and_others_are_left() {
        for (text, value) in [
            ("\"acme\"", "acme"),
            (" 'acme'\r\n", "acme"),
            ("\u{201e}acme\u{201c}", "acme"),
            ("\u{201c}acme\u{201d}", "acme"),
            ("\"'acme'\"", "acme"),
            ("ac\"me", "ac\"me"),
            ("\"", "\""),
            ("acme", "acme"),
        ] {
            assert_eq!(unquoted(text), value, "{text}");
        }
    }
}
