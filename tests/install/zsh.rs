//! Completions in zsh.

use std::path::Path;
use std::process::Command;

use super::{completions, printed, reseat};

/// Types each line into a zsh of its own terminal and writes down what it would add.
const ASK: &str = r#"
zmodload zsh/zpty zsh/zselect
export OFFERED="$3"
zpty shell zsh -f -i
{
    print -r -- "PROMPT= RPROMPT="
    print -r -- "fpath=(${(q)1:h} \$fpath); autoload -U compinit; compinit -u -D"
    print -r -- "unsetopt auto_menu list_beep; setopt no_always_last_prompt"
    print -r -- "zstyle ':completion:*' insert-tab false"
    print -r -- 'compadd() { local -a found; local arg
        for arg in "$@"; do case $arg in (-[OAD]) builtin compadd "$@"; return;; (--|-) break;; esac; done
        builtin compadd -O found "$@"; local word
        for word in $found; do print -r -- ${word} >>$OFFERED; done
        builtin compadd "$@" }'
    print -r -- 'line-ends() { print -r -- "-- line" >>$OFFERED; BUFFER= ; zle reset-prompt }; zle -N line-ends'
    print -r -- "bindkey '^X^E' line-ends; bindkey '^I' list-choices"
    print -r -- 'print -r -- ready >>$OFFERED'
} | while IFS= read -r line; do zpty -w shell "$line"; done
wait_for() {
    local tries
    for tries in {1..3000}; do
        zpty -r -t shell ignored 2>/dev/null
        [[ -f $OFFERED && $(grep -c -e "$1" "$OFFERED") -ge $2 ]] && return 0
        zselect -t 1
    done
    print -u2 "zsh does not answer"; exit 1
}
wait_for ready 1
integer number=0
while IFS= read -r line; do
    zpty -w -n shell "$line"$'\t'$'\x18\x05'
    wait_for '-- line' $((++number))
done <"$2"
zpty -d shell
cat "$OFFERED"
"#;

fn ask(folder: &Path, lines: &[String]) -> Vec<Vec<String>> {
    let place = tempfile::tempdir().unwrap();
    let (script, typed) = (place.path().join("_reseat"), place.path().join("typed"));
    fs_err::write(&script, reseat(&["completions", "zsh"])).unwrap();
    let lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    fs_err::write(&typed, lines.concat()).unwrap();
    let mut zsh = Command::new("zsh");
    zsh.args(["-f", "-c", ASK, "ask"])
        .arg(script)
        .arg(typed)
        .arg(place.path().join("offered"))
        .env("HOME", place.path())
        .current_dir(folder);
    let text = printed(&mut zsh, "zsh, as in `apt-get install zsh`");
    let text = text.split_once("ready\n").unwrap().1;
    let mut answers: Vec<&str> = text.split("-- line\n").collect();
    assert_eq!(answers.pop(), Some(""));
    let is_folder = |word: &str| folder.join(word).is_dir();
    // Zsh puts the slash behind a folder itself.
    let shown = |word: &str| {
        if is_folder(word) {
            format!("{word}/")
        } else {
            word.to_owned()
        }
    };
    answers
        .into_iter()
        .map(|answer| answer.lines().map(shown).collect())
        .collect()
}

#[test]
#[ignore = "needs zsh"]
fn values_and_files_are_offered_where_they_belong() {
    completions::are_right(ask);
}
