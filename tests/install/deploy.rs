//! What `deploy/`, the container file, the workflows and the page about installing say: command lines that reseat understands,
//! files that exist.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

use saphyr::{LoadableYamlNode, Yaml};

use super::root;

fn text(path: &str) -> String {
    fs_err::read_to_string(root().join(path)).unwrap()
}

/// The documents of a YAML file.
fn documents(path: &str) -> Vec<Yaml<'static>> {
    let text: &'static str = Box::leak(text(path).into_boxed_str());
    Yaml::load_from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether reseat understands the words, its own name first.
fn understood(words: &[&str]) -> bool {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    match reseat::cli::parse(words) {
        Ok(_) => true,
        Err(reseat::cli::Refusal::Asked(_)) => true,
        Err(reseat::cli::Refusal::Usage(_)) => false,
    }
}

/// The words of the command lines in a text that call reseat.
fn command_lines(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let joined = text.replace("\\\n", " ");
    for line in joined.lines() {
        let line = line.trim().trim_start_matches("$ ").trim_start_matches("sudo ");
        let line = line.strip_prefix("-u reseat ").unwrap_or(line);
        if !line.starts_with("reseat ") {
            continue;
        }
        let command = line.split(" || ").next().unwrap_or_default();
        let command = command.split(" # ").next().unwrap_or_default();
        let command = command.split(" >").next().unwrap_or_default();
        let words = command.split_whitespace().map(|word| {
            let word = word.trim_matches(['"', '\'']);
            // A variable of the script holds a sheet or a number.
            if word == "$MOST" {
                "0".to_owned()
            } else {
                word.replace('$', "")
            }
        });
        found.push(words.collect());
    }
    found
}

#[track_caller]
fn all_understood(path: &str, least: usize) {
    let lines = command_lines(&text(path));
    assert!(
        lines.len() >= least,
        "{path} has only {} command lines: {lines:?}",
        lines.len()
    );
    for line in lines {
        let words: Vec<&str> = line.iter().map(String::as_str).collect();
        assert!(understood(&words), "{path}: {}", line.join(" "));
    }
}

#[test]
fn the_services_run_command_lines_that_reseat_understands() {
    for name in ["reseat-watch", "reseat-run"] {
        let unit = text(&format!("deploy/systemd/{name}.service"));
        let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[0], "/usr/bin/reseat");
        assert!(understood(&words), "{line}");
        assert!(
            text("deploy/debian/postinst").contains(words[2]),
            "nothing makes {}",
            words[2]
        );
    }
    assert!(
        !text("deploy/systemd/reseat-run.service").contains("[Install]"),
        "the timer starts it"
    );
}

#[test]
fn the_configuration_of_the_package_says_where_the_services_have_the_secret() {
    let sample: toml::Table = text("deploy/debian/reseat.toml").parse().unwrap();
    let profile = sample["profile"]["default"].as_table().unwrap();
    let keys: Vec<&str> = profile.keys().map(String::as_str).collect();
    assert_eq!(keys, ["client_secret_command"]);
    let line = profile["client_secret_command"].as_str().unwrap();
    let file = line.split('/').next_back().unwrap().trim_matches('"');
    for name in ["reseat-watch", "reseat-run"] {
        let unit = text(&format!("deploy/systemd/{name}.service"));
        assert!(
            unit.contains(&format!("LoadCredential={file}:/etc/reseat/{file}\n")),
            "{unit}"
        );
    }
}

#[test]
fn the_cron_job_keeps_runs_apart_and_runs_a_line_that_reseat_understands() {
    let documents = documents("deploy/kubernetes/cronjob.yaml");
    let kinds: Vec<&str> = documents
        .iter()
        .map(|document| document["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["ConfigMap", "PersistentVolumeClaim", "CronJob"]);
    let settings = documents[0]["data"]["reseat.toml"].as_str().unwrap();
    let settings: toml::Table = settings.parse().unwrap();
    let secret = settings["profile"]["default"]["client_secret_file"].as_str().unwrap();

    let spec = &documents[2]["spec"];
    assert_eq!(spec["concurrencyPolicy"].as_str(), Some("Forbid"));
    let job = &spec["jobTemplate"]["spec"];
    // Every ending that trying again at once does not change; `Never`, without which the policy is refused.
    let codes = job["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"]
        .as_vec()
        .unwrap();
    let codes: BTreeSet<i64> = codes.iter().map(|code| code.as_integer().unwrap()).collect();
    assert_eq!(codes, BTreeSet::from([1, 2, 3, 4, 5, 75]));
    let pod = &job["template"]["spec"];
    assert_eq!(pod["restartPolicy"].as_str(), Some("Never"));
    let container = &pod["containers"][0];
    let args: Vec<&str> = container["args"]
        .as_vec()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    let words: Vec<&str> = ["reseat"].into_iter().chain(args.iter().copied()).collect();
    assert!(understood(&words), "{words:?}");
    let mounts = container["volumeMounts"].as_vec().unwrap();
    let mounts: Vec<&str> = mounts
        .iter()
        .map(|mount| mount["mountPath"].as_str().unwrap())
        .collect();
    for needed in [args[1], "/config", "/state", "/tmp"] {
        assert!(mounts.contains(&needed), "{needed} is not among {mounts:?}");
    }
    assert!(mounts.iter().any(|mount| secret.starts_with(mount)), "{secret}");
    assert_eq!(
        container["securityContext"]["readOnlyRootFilesystem"].as_bool(),
        Some(true)
    );
    assert_eq!(pod["securityContext"]["runAsNonRoot"].as_bool(), Some(true));
}

#[test]
fn actions_are_named_by_their_commit() {
    for path in [
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        "deploy/github-actions/reseat.yml",
    ] {
        let workflow = documents(path);
        assert_eq!(workflow[0]["permissions"]["contents"].as_str(), Some("read"), "{path}");
        let text = text(path);
        let uses: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once("uses: "))
            .map(|pair| pair.1)
            .collect();
        assert!(!uses.is_empty(), "{path}");
        for action in uses {
            let commit = action.split_once('@').unwrap().1.split(' ').next().unwrap();
            let is_commit = commit.len() == 40 && commit.chars().all(|letter| letter.is_ascii_hexdigit());
            assert!(is_commit && action.contains(" # v"), "{path}: {action}");
        }
    }
}

#[test]
fn the_workflow_with_sheets_runs_lines_that_reseat_understands() {
    all_understood("deploy/github-actions/reseat.yml", 2);
    let workflow = documents("deploy/github-actions/reseat.yml");
    let jobs = &workflow[0]["jobs"];
    for job in ["plan", "run"] {
        assert!(
            jobs[job]["environment"].as_str().is_some(),
            "{job} gets its secret from an environment"
        );
    }
    assert!(text("deploy/github-actions/reseat.yml").contains("sha256sum --check --strict"));
}

#[test]
fn what_is_downloaded_is_called_as_the_release_calls_it() {
    let release = text(".github/workflows/release.yml");
    assert!(release.contains("name=\"reseat-${GITHUB_REF_NAME#v}-$TARGET\""));
    for path in ["deploy/github-actions/reseat.yml", "docs/installing.md"] {
        let text = text(path);
        let names = text.match_indices("-unknown-linux-").count();
        assert!(names > 0, "{path}");
        for target in ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"] {
            assert!(
                !text.contains(target),
                "{path} names {target}, which is not among the archives"
            );
        }
    }
    for target in [
        "x86_64-unknown-linux-musl",
        "x86_64-pc-windows-msvc",
        "aarch64-apple-darwin",
    ] {
        assert!(release.contains(&format!("target: {target},")), "{target}");
        assert!(text("docs/installing.md").contains(target), "{target}");
    }
}

#[test]
fn the_page_about_installing_shows_lines_that_reseat_understands_and_files_that_exist() {
    all_understood("docs/installing.md", 6);
    let page = text("docs/installing.md");
    let paths = page
        .split(['`', '(', ')', ' ', '\n'])
        .filter(|word| word.starts_with("deploy/") || word.starts_with("../deploy/"));
    let paths: Vec<PathBuf> = paths.map(|path| root().join(path.trim_start_matches("../"))).collect();
    assert!(paths.len() >= 3, "{paths:?}");
    for path in paths {
        assert!(path.exists(), "{}", path.display());
    }
}

#[test]
fn the_image_has_what_the_build_needs_and_runs_as_nobody() {
    let container = text("Containerfile");
    let ignored = text(".dockerignore");
    for needed in ["Cargo.toml", "Cargo.lock", "src"] {
        assert!(ignored.contains(&format!("\n!{needed}\n")), "{needed}");
        assert!(root().join(needed).exists());
    }
    // `cargo build` looks for every target that Cargo.toml names.
    assert!(!text("Cargo.toml").contains("[[bench]]") || ignored.contains("\n!benches\n"));
    let last = container.rsplit("\nFROM ").next().unwrap();
    assert!(
        last.starts_with("scratch\n") && last.contains("\nUSER 65532:65532\n"),
        "{last}"
    );
    let words = |keyword: &str| -> Vec<String> {
        let line = last.lines().find_map(|line| line.strip_prefix(keyword)).unwrap();
        serde_json::from_str(line).unwrap()
    };
    let all = [words("ENTRYPOINT "), words("CMD ")].concat();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert!(understood(&all), "{all:?}");
    let rust = text("Cargo.toml");
    let oldest = rust
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap()
        .trim_matches('"')
        .to_owned();
    let image = container.split("rust:").nth(1).unwrap().split('-').next().unwrap();
    let number = |version: &str| version.split('.').nth(1).unwrap().parse::<u32>().unwrap();
    assert!(number(image) >= number(&oldest), "{image} is older than {oldest}");
}
