//! What every shell has to offer, whatever it takes to ask it.

use std::collections::BTreeSet;
use std::path::Path;

use tempfile::TempDir;

use super::{reseat, touch};

/// Lines as they are typed, with what has to be offered for their last word and what must not be.
const TYPED: [(&str, &[&str], &[&str]); 33] = [
    (
        "reseat ",
        &["run", "watch", "export", "man"],
        &["joiners.csv", "--output"],
    ),
    ("reseat ru", &["run"], &["watch"]),
    ("reseat --output json ru", &["run"], &["joiners.csv"]),
    ("reseat --profile run wa", &["watch"], &["run"]),
    (
        "reseat run ",
        &["joiners.csv", "leavers.XLSX", "inbox/"],
        &["notes.md", "page.html", "--yes"],
    ),
    ("reseat run jo", &["joiners.csv"], &["leavers.XLSX"]),
    ("reseat run joiners.csv ", &[], &["joiners.csv", "leavers.XLSX"]),
    ("reseat run --on-shortage ", &["stop", "fill"], &["joiners.csv"]),
    ("reseat run --on-shortage=f", &["fill"], &["stop"]),
    ("reseat run --output=j", &["json"], &["text"]),
    ("reseat run --operation off", &["offboard"], &["delete"]),
    (
        "reseat run --encoding windows-125",
        &["windows-1250", "windows-1252"],
        &["UTF-8"],
    ),
    ("reseat run --plan ", &["plan.json", "inbox/"], &["joiners.csv"]),
    ("reseat run --only ", &[], &["joiners.csv", "stop"]),
    ("reseat run --results ", &["joiners.csv"], &["leavers.XLSX"]),
    ("reseat run --max-deletes 3 joi", &["joiners.csv"], &[]),
    ("reseat check --map Mail=user ", &["joiners.csv"], &["page.html"]),
    (
        "reseat plan joiners.csv -o ",
        &["page.html"],
        &["joiners.csv", "plan.json"],
    ),
    ("reseat plan joiners.csv --save ", &["plan.json"], &["page.html"]),
    ("reseat report ", &["joiners.csv"], &["leavers.XLSX"]),
    ("reseat report joiners.csv ", &["joiners.csv"], &["leavers.XLSX"]),
    (
        "reseat report joiners.csv -o ",
        &["page.html", "leavers.XLSX"],
        &["joiners.csv"],
    ),
    ("reseat watch ", &["inbox/"], &["joiners.csv"]),
    (
        "reseat export ",
        &["users", "licenses", "groups", "moves"],
        &["joiners.csv"],
    ),
    (
        "reseat export users --where ",
        &["domain=", "never-signed-in", "active=no"],
        &["joiners.csv"],
    ),
    ("reseat export moves --language d", &["de", "da"], &["en"]),
    ("reseat rebalance --free AT", &["ATTUNU="], &[]),
    ("reseat rebalance --only AT", &["ATTUNU"], &["ATTUNU="]),
    ("reseat template ", &["onboarding", "leavers"], &["joiners.csv"]),
    (
        "reseat template onboarding --language ",
        &["de", "fr"],
        &["joiners.csv"],
    ),
    ("reseat --config ", &["reseat.toml"], &["joiners.csv"]),
    ("reseat man export", &["export", "export-users"], &["run"]),
    ("reseat completions ", &["bash", "powershell"], &["joiners.csv"]),
];

/// A folder with files of all kinds.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "joiners.csv",
        "leavers.XLSX",
        "notes.md",
        "page.html",
        "plan.json",
        "reseat.toml",
        "with blank.csv",
    ] {
        touch(folder.path(), name);
    }
    fs_err::create_dir(folder.path().join("inbox")).unwrap();
    folder
}

/// The flags of a command, as its help shows them.
fn flags(path: &str) -> BTreeSet<String> {
    let mut words: Vec<&str> = path.split_whitespace().collect();
    words.push("--help");
    let help = reseat(&words);
    let heads = help.lines().filter(|line| line.trim_start().starts_with('-'));
    let names = heads.filter_map(|line| {
        let head = line.trim_start();
        let long = head.find("--")?;
        head[long..].split_whitespace().next()
    });
    names.map(str::to_owned).collect()
}

/// Asks a shell about every line of the table, and for the flags of every command. `ask` gives, for each line, what is offered
/// for its last word.
pub(super) fn are_right(ask: impl Fn(&Path, &[String]) -> Vec<Vec<String>>) {
    let folder = folder();
    let commands = [
        "",
        "check",
        "plan",
        "run",
        "report",
        "watch",
        "undo",
        "export users",
        "export licenses",
        "export groups",
        "export moves",
        "rebalance",
        "template",
        "codes",
        "doctor",
        "sandbox",
        "completions",
        "man",
    ];
    let mut lines: Vec<String> = TYPED.iter().map(|(line, ..)| (*line).to_owned()).collect();
    let about_flags = |path: &&str| format!("reseat {path} --").replace("  ", " ");
    lines.extend(commands.iter().map(about_flags));
    let offered = ask(folder.path(), &lines);
    assert_eq!(offered.len(), lines.len());
    for ((line, expected, others), offered) in TYPED.iter().zip(&offered) {
        let has = |word: &&&str| offered.iter().any(|offered| offered == **word);
        let missing: Vec<_> = expected.iter().filter(|word| !has(word)).collect();
        let unwanted: Vec<_> = others.iter().filter(has).collect();
        assert!(
            missing.is_empty() && unwanted.is_empty(),
            "`{line}`: {missing:?} are missing, {unwanted:?} do not belong there: {offered:?}"
        );
    }
    for (path, offered) in commands.iter().zip(&offered[TYPED.len()..]) {
        let offered: BTreeSet<&str> = offered.iter().map(|word| word.trim_end_matches('=')).collect();
        let missing: Vec<String> = flags(path)
            .into_iter()
            .filter(|flag| !offered.contains(flag.as_str()))
            .collect();
        assert!(missing.is_empty(), "of `{path}`: {missing:?} not in {offered:?}");
    }
}

#[test]
fn completions_are_printed_for_every_shell_that_the_help_names() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(reseat(&["completions", shell]).contains("max-deletes"), "{shell}");
    }
}
