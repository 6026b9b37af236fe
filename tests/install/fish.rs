//! Completions in fish.

use std::path::Path;
use std::process::Command;

use super::{completions, printed, reseat};

const ASK: &str = r"
source $argv[1]
while read -l line
    echo '-- line'
    complete -C $line
end <$argv[2]
";

fn ask(folder: &Path, lines: &[String]) -> Vec<Vec<String>> {
    let place = tempfile::tempdir().unwrap();
    let (script, typed) = (place.path().join("reseat.fish"), place.path().join("typed"));
    fs_err::write(&script, reseat(&["completions", "fish"])).unwrap();
    let lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    fs_err::write(&typed, lines.concat()).unwrap();
    let mut fish = Command::new("fish");
    fish.args(["--no-config", "--command", ASK])
        .arg(script)
        .arg(typed)
        .env("HOME", place.path())
        .current_dir(folder);
    let text = printed(&mut fish, "fish, as in `apt-get install fish`");
    let answers = text.split("-- line\n").skip(1);
    // A word, and what it means behind a tab; of `--flag=value` fish shows the whole.
    let word = |line: &str| {
        let word = line.split('\t').next().unwrap_or_default();
        match word.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") && !value.is_empty() => value.to_owned(),
            _ => word.replace("\\ ", " "),
        }
    };
    answers.map(|answer| answer.lines().map(word).collect()).collect()
}

#[test]
#[ignore = "needs fish"]
fn values_and_files_are_offered_where_they_belong() {
    completions::are_right(ask);
}
