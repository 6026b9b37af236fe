//! Manual pages.

use std::process::Command;

use super::{printed, reseat};

#[test]
#[ignore = "needs mandoc"]
fn no_page_has_anything_that_mandoc_warns_of() {
    let folder = tempfile::tempdir().unwrap();
    reseat(&["man", "--into", folder.path().to_str().unwrap()]);
    let pages = fs_err::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pages: Vec<_> = pages.collect();
    assert!(pages.len() > 15, "{pages:?}");
    let mut lint = Command::new("mandoc");
    lint.args(["-T", "lint", "-W", "warning"]).args(&pages);
    let found = printed(&mut lint, "mandoc, as in `apt-get install mandoc`");
    assert_eq!(found, "");
}

#[test]
fn the_page_of_a_command_below_another_is_named_as_its_file_is() {
    let page = reseat(&["man", "export-users"]);
    assert!(page.contains("RESEAT-EXPORT-USERS 1"), "{page}");
    assert!(page.contains("\\-\\-exact"), "{page}");
}

#[test]
fn all_pages_are_written_into_a_folder_that_is_made_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("man/man1");
    reseat(&["man", "--into", into.to_str().unwrap()]);
    for (file, command) in [("reseat.1", None), ("reseat-run.1", Some("run"))] {
        let written = fs_err::read_to_string(into.join(file)).unwrap();
        let words: Vec<&str> = ["man"].into_iter().chain(command).collect();
        assert_eq!(written, reseat(&words), "{file}");
    }
}
