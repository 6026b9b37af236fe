//! The rules of `deny.toml`, held without a tool that would have to be installed: what stands in `Cargo.lock` and
//! what cargo knows of the crates at hand.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::{Table, Value};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn table(path: &Path) -> Table {
    fs_err::read_to_string(path).unwrap().parse().unwrap()
}

fn rules() -> Table {
    table(&root().join("deny.toml"))
}

fn texts(list: &Value) -> BTreeSet<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}

/// The `crate` of each entry, which has to give a reason.
fn reasoned(list: &Value) -> BTreeSet<&str> {
    let entry = |entry: &'_ Value| -> bool { entry["reason"].as_str().is_some_and(|reason| !reason.is_empty()) };
    let entries = list.as_array().unwrap();
    assert!(entries.iter().all(entry), "an entry of `deny.toml` gives no reason");
    entries.iter().map(|entry| entry["crate"].as_str().unwrap()).collect()
}

/// Name, version and source of every crate in the lock file, whatever platform it is for.
fn locked() -> Vec<(String, String, Option<String>)> {
    let lock = table(&root().join("Cargo.lock"));
    let packages = lock["package"].as_array().unwrap().iter();
    let text = |package: &Value, name: &str| package.get(name).map(|text| text.as_str().unwrap().to_owned());
    packages
        .map(|package| {
            (
                text(package, "name").unwrap(),
                text(package, "version").unwrap(),
                text(package, "source"),
            )
        })
        .collect()
}

#[test]
fn no_crate_is_in_the_tree_that_is_banned() {
    let rules = rules();
    let banned = reasoned(&rules["bans"]["deny"]);
    let found: Vec<String> = locked().into_iter().map(|(name, ..)| name).collect();
    let found: Vec<&String> = found.iter().filter(|name| banned.contains(name.as_str())).collect();
    assert_eq!(found, Vec::<&String>::new());
}

#[test]
fn two_versions_of_a_crate_are_there_only_for_a_reason() {
    let rules = rules();
    let skipped = reasoned(&rules["bans"]["skip"]);
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    for (name, version, _) in locked() {
        versions.entry(name).or_default().insert(version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    let is_skipped = |name: &str, version: &str| {
        skipped.iter().any(|skip| {
            skip.split_once('@')
                .is_some_and(|(skip, from)| skip == name && version.starts_with(&format!("{from}.")))
        })
    };
    for (name, found) in &versions {
        let left: Vec<_> = found.iter().filter(|version| !is_skipped(name, version)).collect();
        assert!(
            left.len() <= 1,
            "{name} {left:?}: settle on one, or say why not in `deny.toml`"
        );
    }
    for skip in skipped {
        let name = skip.split('@').next().unwrap();
        assert!(versions.contains_key(name), "`{skip}` need not be skipped any more");
    }
}

#[test]
fn every_crate_comes_from_the_registry_that_is_allowed() {
    let rules = rules();
    let allowed = texts(&rules["sources"]["allow-registry"]);
    for (name, _, source) in locked() {
        let registry = source.as_deref().and_then(|source| source.strip_prefix("registry+"));
        let ours = name == env!("CARGO_PKG_NAME") && source.is_none();
        assert!(
            ours || registry.is_some_and(|registry| allowed.contains(registry)),
            "{name} {source:?}"
        );
    }
}

/// Whether the licence expression can be met by allowed licences alone. `/` is the old way to write `OR`.
fn is_met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = either(&mut rest, allowed);
    assert!(rest.is_empty(), "`{expression}` cannot be read");
    met
}

fn either(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let mut met = all(rest, allowed);
    while take(rest, "OR") {
        met |= all(rest, allowed);
    }
    met
}

fn all(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let mut met = one(rest, allowed);
    while take(rest, "AND") {
        met &= one(rest, allowed);
    }
    met
}

fn one(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    if take(rest, "(") {
        let met = either(rest, allowed);
        assert!(take(rest, ")"), "a parenthesis is not closed");
        return met;
    }
    let (license, after) = rest.split_first().unwrap();
    *rest = after;
    if take(rest, "WITH") {
        let (exception, after) = rest.split_first().unwrap();
        *rest = after;
        return allowed.contains(format!("{license} WITH {exception}").as_str());
    }
    allowed.contains(license)
}

fn take(rest: &mut &[&str], word: &str) -> bool {
    match rest.split_first() {
        Some((first, after)) if *first == word => {
            *rest = after;
            true
        }
        _ => false,
    }
}

/// Cargo can tell only of crates that are at hand: those for this platform.
#[test]
fn every_crate_has_a_license_that_is_allowed() {
    let platform = Command::new("rustc").arg("-vV").output().unwrap();
    let platform = String::from_utf8(platform.stdout).unwrap();
    let platform = platform.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--offline",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            platform,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let rules = rules();
    let allowed = texts(&rules["licenses"]["allow"]);
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    for package in packages {
        let license = package["license"].as_str().unwrap_or("none");
        assert!(is_met(license, &allowed), "{} is under {license}", package["name"]);
    }
}

#[test]
fn license_expressions_are_read_as_they_mean() {
    let allowed = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
    for (expression, met) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("ISC AND (GPL-3.0 OR MIT)", true),
        ("GPL-3.0 OR MIT AND GPL-2.0", false),
        ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", true),
        ("Apache-2.0", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}
