//! The samples and the README's commands do what they show.

use std::path::Path;

use crate::quarter::QUARTER;
use crate::support::Stage;

/// The samples and the codes that running them ends with.
const SAMPLES: [(&str, i32); 10] = [
    ("onboarding.csv", 0),
    ("onboarding.xlsx", 0),
    ("joiners-like.csv", 75),
    ("portal-import.csv", 0),
    ("group-rules.csv", 0),
    ("rebalancing.csv", 0),
    ("wanted.csv", 4),
    ("leavers.csv", 0),
    ("migration.csv", 75),
    ("bad.csv", 2),
];

fn stage_with_samples() -> Stage {
    let stage = Stage::new();
    fs_err::create_dir_all(stage.given("samples")).unwrap();
    for entry in fs_err::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")).unwrap() {
        let entry = entry.unwrap();
        let name = format!("samples/{}", entry.file_name().to_string_lossy());
        fs_err::copy(entry.path(), stage.given(&name)).unwrap();
    }
    stage
}

#[test]
fn every_sample_runs_in_the_sandbox() {
    let stage = stage_with_samples();
    let names = fs_err::read_dir(stage.path("samples")).unwrap();
    assert_eq!(names.count(), SAMPLES.len(), "a sample is not listed here");
    for (name, code) in SAMPLES {
        let path = format!("samples/{name}");
        stage
            .reseat(&["plan", &path, "--sandbox"])
            .ends(if matches!(code, 2 | 4) { code } else { 0 });
        let results = format!("samples/{name}.results.csv");
        stage
            .reseat(&[
                "run",
                &path,
                "--sandbox",
                "--yes",
                "--max-deletes",
                "6",
                "--results",
                &results,
            ])
            .ends(code);
    }
    stage
        .reseat(&[
            "run",
            "samples/bad.csv",
            "--sandbox",
            "--yes",
            "--skip-invalid",
            "--max-deletes",
            "2",
        ])
        .ends(3);
}

/// The commands of the README's console blocks, but for those that build on one another (`quarter.rs`).
fn commands() -> Vec<String> {
    let readme = fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let (before, quarter) = readme.split_once(QUARTER).unwrap();
    let (_, after) = quarter.split_once("\n## ").unwrap();
    let readme = format!("{before}\n## {after}");
    let mut commands = Vec::new();
    let mut shown = false;
    for line in readme.lines() {
        let line = line.trim();
        if let Some(language) = line.strip_prefix("```") {
            shown = !shown && ["console", "sh"].contains(&language);
        } else if shown {
            let words = line
                .trim_start_matches("$ ")
                .split('#')
                .next()
                .unwrap_or_default()
                .trim();
            let words = words.replace("cargo run --release --", "reseat");
            if words.starts_with("reseat ") {
                commands.push(words);
            }
        }
    }
    commands
}

/// What its commands say in the place of a reader's own.
const EXAMPLE_ORGANIZATION: &str = "acme";
const EXAMPLE_APPLICATION: &str = "00000000-1111-2222-3333-444444444444";

#[test]
fn the_readmes_commands_work_as_they_stand() {
    let stage = stage_with_samples();
    // The sheet that the README's own organization would have.
    fs_err::copy(stage.path("samples/onboarding.xlsx"), stage.given("joiners.xlsx")).unwrap();
    // What its `doctor` writes is what the rest goes by.
    fs_err::remove_file(stage.path("reseat.toml")).unwrap();
    let own_values = [
        (EXAMPLE_ORGANIZATION, stage.sandbox.organization()),
        (EXAMPLE_APPLICATION, stage.sandbox.client_id()),
    ];
    let commands = commands();
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        let words = command.split_whitespace().skip(1);
        let own = |word| {
            own_values
                .iter()
                .find(|(example, _)| *example == word)
                .map_or(word, |(_, own)| *own)
        };
        let mut words: Vec<&str> = words.map(own).collect();
        if words[0] == "run" && !words.contains(&"--yes") {
            // A person would confirm the plan at the terminal.
            words.push("--yes");
        }
        let ran = stage.reseat(&words);
        assert_eq!(ran.code, 0, "{command}\n{}{}", ran.out, ran.err);
    }
    let again = stage
        .reseat(&["run", "samples/onboarding.xlsx", "--sandbox", "--yes"])
        .ends(0);
    again.tells("already done or unchanged");
}
