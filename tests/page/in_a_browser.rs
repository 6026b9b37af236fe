//! Pages in Chromium, opened from disk: what they show, what they can do, and what they do not let happen.
//!
//! These need Chromium, Node, pdftotext and a package of npm, and are shown as ignored until they are asked for:
//!
//! ```sh
//! mkdir -p target/npm && cp tests/page/browser/package*.json target/npm && npm ci --prefix target/npm
//! cargo test --test page in_a_browser:: -- --ignored
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::pages::{Rows, every_cell, every_text, hostile_texts, html, report, report_row};

fn write(folder: &Path, name: &str, html: &str) {
    fs_err::write(folder.join(name), html).unwrap();
}

/// A page of which every text is this one, the letters of which the browser is told besides.
fn write_with_text(folder: &Path, name: &str, text: &'static str) {
    let rows = Rows {
        count: 3,
        make: every_cell(text),
    };
    write(folder, name, &html(&every_text(text, &rows)));
}

#[test]
#[ignore = "needs Chromium and Node"]
fn pages_are_shown_as_they_ought_to_be() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs_err::create_dir_all(&folder).unwrap();
    for count in [0, 1, 10, 500, 1_234] {
        let rows = Rows {
            count,
            make: report_row,
        };
        write(&folder, &format!("report-{count}.html"), &html(&report(&rows)));
    }
    let long: &'static str = Box::leak("wide ".repeat(6_553).into_boxed_str());
    write_with_text(&folder, "long.html", long);
    write_with_text(&folder, "harmless.html", "harmless");
    let texts = hostile_texts();
    for (number, text) in texts.iter().enumerate() {
        let text: &'static str = Box::leak(text.clone().into_boxed_str());
        write_with_text(&folder, &format!("hostile-{number}.html"), text);
    }
    let texts = json!({ "harmless": "harmless", "hostile": texts, "long": long });
    write(&folder, "texts.json", &texts.to_string());

    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packages = root.join("target/npm/node_modules");
    assert!(
        packages.is_dir(),
        "npm's packages are not there: see the top of this file"
    );
    let mut node = Command::new("node");
    node.arg(root.join("tests/page/browser/checks.mjs"))
        .arg(&folder)
        .arg(packages);
    let ended = node.status().expect("Node, as in `apt-get install nodejs`");
    assert!(ended.success());
}
