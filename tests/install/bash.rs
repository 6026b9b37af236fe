//! Completions in bash.

use std::path::Path;
use std::process::Command;

use super::{completions, printed, reseat};

/// Calls the script's function as bash calls it, with the words that bash makes of each line.
const ASK: &str = r#"
source "$1"
while IFS= read -r line; do
    IFS=$'\x1f' read -r -a COMP_WORDS <<<"$line"
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    # A marker stands at the end, so that an empty last word is not lost.
    COMP_WORDS[COMP_CWORD]="${COMP_WORDS[COMP_CWORD]%$'\x1e'}"
    current="${COMP_WORDS[COMP_CWORD]}"
    [[ $current == "=" ]] && current=""
    COMPREPLY=()
    _reseat reseat "$current" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf -- '-- line\n'
    for word in "${COMPREPLY[@]}"; do printf '%s\n' "$word"; done
done <"$2"
"#;

/// Bash breaks words at blanks and around `=`.
fn words(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let parts: Vec<&str> = word.split('=').collect();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                words.push("=".to_owned());
            }
            let is_between = index > 0 && part.is_empty();
            if !is_between {
                words.push((*part).to_owned());
            }
        }
    }
    words.join("\u{1f}") + "\u{1e}"
}

fn ask(folder: &Path, lines: &[String]) -> Vec<Vec<String>> {
    let place = tempfile::tempdir().unwrap();
    let (script, typed) = (place.path().join("reseat"), place.path().join("typed"));
    fs_err::write(&script, reseat(&["completions", "bash"])).unwrap();
    let lines: Vec<String> = lines.iter().map(|line| words(line) + "\n").collect();
    fs_err::write(&typed, lines.concat()).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile", "-c", ASK, "ask"])
        .arg(script)
        .arg(typed)
        .current_dir(folder);
    let text = printed(&mut bash, "bash");
    let answers = text.split("-- line\n").skip(1);
    let is_folder = |word: &str| folder.join(word).is_dir();
    // Bash shows a folder with its slash itself.
    let shown = |word: &str| {
        if is_folder(word) {
            format!("{word}/")
        } else {
            word.to_owned()
        }
    };
    answers.map(|answer| answer.lines().map(shown).collect()).collect()
}

#[test]
#[ignore = "needs bash"]
fn values_and_files_are_offered_where_they_belong() {
    completions::are_right(ask);
}

#[test]
#[ignore = "needs bash"]
fn a_file_with_a_blank_in_its_name_is_one_word() {
    let folder = tempfile::tempdir().unwrap();
    super::touch(folder.path(), "with blank.csv");
    let offered = ask(folder.path(), &["reseat run w".to_owned()]);
    assert_eq!(offered, [["with blank.csv"]]);
}
