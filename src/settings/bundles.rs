//! The licence codes that a profile adds to the known ones.

use super::finding::{Findings, SettingFault};
use super::section::{Located, Section};
use crate::model::{BundleCode, Catalogue};
use crate::text::fold;

/// The codes that the profile lists, and the names of those in a table: `PLUSNU = "Plus"`.
pub(super) fn bundles(profile: &mut Section<'_>, findings: &Findings) -> (Vec<BundleCode>, Vec<(BundleCode, String)>) {
    const KEY: &str = "bundle_codes";
    if !profile.has_table(KEY) {
        let codes = profile.texts(KEY).unwrap_or_default();
        return (codes.iter().map(|code| BundleCode::new(code)).collect(), Vec::new());
    }
    let documented = Catalogue::default();
    let is_code = |word: &BundleCode| documented.iter().any(|bundle| bundle.code == *word);
    let mut names: Vec<(BundleCode, String)> = Vec::new();
    for (code, Located { value, place }) in profile.section(KEY).into_texts() {
        if code.contains(char::is_whitespace) && !value.contains(char::is_whitespace) {
            let what = format!("`{code}` is no code, since it has a space in it");
            let help = format!("the code comes first: `{value} = \"{code}\"`");
            findings.error(&place, SettingFault::new(what, help));
        } else if let Some(turned) = turned_round(&BundleCode::new(&code), &value, is_code) {
            findings.error(&place, turned);
        }
        if let Some((other, _)) = names.iter().find(|(_, name)| fold(name) == fold(&value)) {
            let what = format!("`{value}` is the name of `{other}` already");
            findings.error(&place, SettingFault::new(what, "give each code a name of its own"));
        }
        names.push((BundleCode::new(&code), value));
    }
    (names.iter().map(|(code, _)| code.clone()).collect(), names)
}

/// A name in the place of its code, and the code in its place.
pub(super) fn turned_round(
    code: &BundleCode,
    name: &str,
    is_code: impl Fn(&BundleCode) -> bool,
) -> Option<SettingFault> {
    let meant = BundleCode::new(name);
    if !is_code(&meant) || is_code(code) {
        return None;
    }
    let what = format!("the other way round: `{meant}` is a code and `{code}` is none");
    let name = toml::Value::from(code.as_str());
    Some(SettingFault::new(what, format!("write `{meant} = {name}`")))
}
