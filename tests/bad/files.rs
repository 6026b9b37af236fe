//! The files of `tests/data/bad`, each with what is said of it.

use std::path::Path;

use crate::support::check;

#[test]
fn every_file_is_answered_as_its_text_says_and_has_a_note() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/bad");
    let notes = fs_err::read_to_string(folder.join("NOTES.md")).unwrap();
    let names = fs_err::read_dir(&folder).unwrap();
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_none_or(|extension| extension != "txt" && extension != "md")
        })
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let mut wrong = Vec::new();
    for name in &names {
        assert!(notes.contains(&format!("\n| {name} | ")), "{name} has no note");
        let told = check(&folder, name);
        let told = format!("exit {}\n{}", told.code.unwrap_or(-1), told.text);
        let expected = fs_err::read_to_string(folder.join(format!("{name}.txt"))).unwrap_or_default();
        if told != expected {
            wrong.push(format!("--- {name} says:\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    assert_eq!(
        notes.lines().filter(|line| line.starts_with("| ")).count(),
        names.len() + 2
    );
}
