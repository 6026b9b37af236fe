//! The command line as a person meets it: help, version, slips, and that the documents name only
//! flags that exist.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::path::Path;

use assert_cmd::Command;
use reseat::doctor::{Check, LicenseRead, Route, SCOPE_NEEDS};
use reseat::export::moves::Language;
use reseat::intake::{Column, takes};
use reseat::model::OperationKind;
use reseat::problem::ProblemCode;
use reseat::template::TemplateKind;
use strum::IntoEnumIterator;

fn reseat(words: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("reseat").unwrap().args(words).assert()
}

fn stdout(words: &[&str]) -> String {
    let output = reseat(words).success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

/// The subcommands, as the help lists them.
fn commands() -> Vec<String> {
    let help = stdout(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn version_and_help_are_data_and_end_with_0() {
    assert_eq!(
        stdout(&["--version"]),
        format!("reseat {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert!(stdout(&["--help"]).contains("Examples:"));
    for command in commands() {
        assert!(stdout(&[&command, "--help"]).contains("Examples:"), "{command}");
        assert!(
            stdout(&["man", &command]).contains(&format!("RESEAT-{}", command.to_uppercase())),
            "{command}"
        );
    }
}

#[test]
fn a_slip_on_the_command_line_ends_with_1_and_leaves_standard_output_empty() {
    for words in [
        &[][..],
        &["rn"],
        &["run"],
        &["run", "x.csv", "--max-failures", "none"],
        &["run", "x.csv", "--client-secret", "hunter2"],
        &["man", "nothing"],
        &["completions", "cmd"],
    ] {
        let assert = reseat(words).code(1).stdout("");
        assert!(!assert.get_output().stderr.is_empty(), "{words:?}");
    }
}

#[test]
fn colours_are_left_out_of_what_is_not_a_terminal() {
    let slip = reseat(&["rn"]).code(1);
    assert!(!slip.get_output().stderr.contains(&0x1b));
    assert!(!stdout(&["--help"]).contains('\u{1b}'));
}

#[test]
fn a_configuration_that_cannot_be_used_ends_with_1_and_names_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[profile.default]\nclient_secret = \"hunter2\"\n[profile.default.limits]\nput = -1\n";
    fs_err::write(folder.path().join("reseat.toml"), text).unwrap();
    let assert = Command::cargo_bin("reseat")
        .unwrap()
        .current_dir(&folder)
        .arg("codes")
        .assert()
        .code(1)
        .stdout("");
    let told = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(told.starts_with("error: the configuration has 2 problems\n"), "{told}");
    assert!(told.contains("line 2") && told.contains("line 4"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn the_codes_are_printed_for_people_and_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let mut command = Command::cargo_bin("reseat").unwrap();
        command
            .env_remove("RESEAT_CONFIG")
            .env_remove("RESEAT_PROFILE")
            .env("XDG_CONFIG_HOME", folder.path());
        let output = command
            .current_dir(&folder)
            .args(words)
            .assert()
            .success()
            .get_output()
            .stdout
            .clone();
        String::from_utf8(output).unwrap()
    };
    assert!(run(&["codes"]).contains("ATTUNU"));
    let told: serde_json::Value = serde_json::from_str(&run(&["codes", "--output", "json"])).unwrap();
    assert_eq!(told["codes"].as_array().unwrap().len(), 16);
}

/// The pages that a user reads.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs_err::read_dir(root.join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pages = docs.chain([root.join("README.md")]);
    let markdown = pages.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    markdown
        .map(|path| (path.display().to_string(), fs_err::read_to_string(&path).unwrap()))
        .collect()
}

/// Whether a line is typed for another program than reseat.
fn is_of_another_program(line: &str) -> bool {
    let Some(typed) = line.trim_start().strip_prefix("$ ") else {
        return false;
    };
    let typed = typed.trim_start_matches("sudo ");
    !["reseat ", "cargo run "].iter().any(|ours| typed.starts_with(ours))
}

/// The long flags that a text names, those of other programs' command lines left out.
fn flags(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !is_of_another_program(line));
    let mut flags = BTreeSet::new();
    for line in lines {
        let line = line.replace("cargo run --release --", "reseat");
        for (start, _) in line.match_indices("--") {
            let before = line[..start].chars().next_back();
            let starts_a_word = before.is_none_or(|c| matches!(c, ' ' | '`' | '(' | '[' | '"'));
            let name: String = line[start + 2..]
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '-')
                .collect();
            if starts_a_word && name.starts_with(|c: char| c.is_ascii_lowercase()) {
                flags.insert(format!("--{name}"));
            }
        }
    }
    flags
}

#[test]
fn the_page_about_exports_lists_every_language_of_names() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/export.md");
    let text = fs_err::read_to_string(path).unwrap();
    let (_, table) = text.split_once("| `--language` |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let listed: Vec<String> = cells
        .flat_map(|cell| cell.split(','))
        .map(|code| code.trim_matches([' ', '`']).to_owned())
        .collect();
    let known = Language::all().into_iter().map(|language| language.to_string());
    assert_eq!(listed.len(), Language::all().len(), "{listed:?}");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), known.collect());
}

#[test]
fn every_flag_that_the_documents_name_exists() {
    let mut known = flags(&stdout(&["--help"]));
    known.insert("--version".to_owned());
    for command in commands() {
        known.extend(flags(&stdout(&[&command, "--help"])));
    }
    for what in ["users", "licenses", "groups", "moves"] {
        known.extend(flags(&stdout(&["export", what, "--help"])));
    }
    assert!(known.len() > 30, "{known:?}");
    for (page, text) in pages() {
        let unknown: Vec<_> = flags(&text).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{page} names {unknown:?}");
    }
}

#[test]
fn every_command_that_is_spoken_of_exists() {
    let known = commands();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = [
        "src/report/hint.rs",
        "src/app/failure.rs",
        "src/app/prepare.rs",
        "src/app/after/mod.rs",
    ];
    let sources = sources.map(|path| (path.to_owned(), fs_err::read_to_string(root.join(path)).unwrap()));
    for (page, text) in pages().into_iter().chain(sources) {
        for rest in text.split("`reseat ").skip(1) {
            let word: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
            assert!(
                word.is_empty() || known.contains(&word),
                "{page} speaks of `reseat {word}`"
            );
        }
    }
}

#[test]
fn the_readme_lists_every_command() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs_err::read_to_string(root.join("README.md")).unwrap();
    for command in commands() {
        assert!(readme.contains(&format!("`reseat {command}")), "{command}");
    }
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, text) in pages() {
        let folder = Path::new(&page).parent().unwrap_or(root);
        for rest in text.split("](").skip(1) {
            let target = rest.split(')').next().unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            assert!(folder.join(target).exists(), "{page} links to {target}");
        }
    }
}

/// The rows of the table of `docs/sheet.md` that has this header: their cells.
fn table_of_the_sheet(header: &str) -> Vec<Vec<String>> {
    table_of("docs/sheet.md", header)
}

/// The rows of the table of this page that has this header: their cells.
fn table_of(page: &str, header: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = fs_err::read_to_string(path).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let rows = lines.take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    rows.map(cells).collect()
}

#[test]
fn the_page_about_the_sheet_lists_every_operation_with_the_columns_that_it_takes() {
    let rows = table_of_the_sheet("| operation | what it does |");
    let names: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let kinds: Vec<&str> = OperationKind::iter().map(OperationKind::as_str).collect();
    assert_eq!(names, kinds, "the table of operations in docs/sheet.md");
    for (kind, row) in OperationKind::iter().zip(&rows) {
        let words = row[2..].iter().flat_map(|cell| cell.split([' ', ',', '(', ')']));
        let columns: BTreeSet<Column> = words
            .filter_map(|word| Column::iter().find(|column| column.as_str() == word))
            .collect();
        let mut expected: BTreeSet<Column> = takes(kind).iter().copied().collect();
        if kind == OperationKind::Update {
            // Only with --allow-email-update, of which the page speaks below the table.
            expected.remove(&Column::Email);
        }
        assert_eq!(columns, expected, "the columns of `{kind}` in docs/sheet.md");
    }
}

#[test]
fn the_page_about_the_sheet_lists_every_column_and_headers_that_mean_it() {
    let rows = table_of_the_sheet("| column | what the cell holds |");
    let names: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    // Those that reseat adds itself are below the table.
    let ours = [Column::ReseatStatus, Column::ReseatMessage, Column::ReseatKey];
    let columns: Vec<Column> = Column::iter().filter(|column| !ours.contains(column)).collect();
    let expected: Vec<&str> = columns.iter().map(|column| column.as_str()).collect();
    assert_eq!(names, expected, "the table of columns in docs/sheet.md");
    for (column, row) in columns.into_iter().zip(&rows) {
        for alias in row[2].split(',').map(str::trim) {
            assert_eq!(Column::named(alias), Some(column), "`{alias}` in docs/sheet.md");
        }
    }
}

#[test]
fn the_page_about_templates_lists_every_kind_with_its_operations_and_columns() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/template.md");
    let text = fs_err::read_to_string(path).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with("| kind |")).skip(2);
    let rows: Vec<Vec<&str>> = lines
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let listed: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let kinds: Vec<&str> = TemplateKind::iter().map(TemplateKind::as_str).collect();
    assert_eq!(listed, kinds);
    for (kind, row) in TemplateKind::iter().zip(&rows) {
        if kind == TemplateKind::Blank {
            // It has all of them.
            continue;
        }
        let operations: Vec<&str> = kind.operations().into_iter().map(OperationKind::as_str).collect();
        let columns: Vec<&str> = kind.columns().into_iter().map(Column::as_str).collect();
        assert_eq!(
            (row[2], row[3]),
            (&*operations.join(", "), &*columns.join(", ")),
            "{kind}"
        );
    }
}

#[test]
fn the_page_about_problems_lists_every_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/problems.md");
    let text = fs_err::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    let codes: Vec<&str> = ProblemCode::iter().map(ProblemCode::as_str).collect();
    assert_eq!(listed, codes, "the codes in docs/problems.md");
}

#[test]
fn the_page_about_doctor_lists_every_check_scope_route_and_read() {
    let rows = |header: &str| -> Vec<(String, String)> {
        let rows = table_of("docs/doctor.md", header).into_iter();
        rows.map(|row| (row[0].replace('`', ""), row[1].clone())).collect()
    };
    let names = |header: &str| rows(header).into_iter().map(|row| row.0).collect::<Vec<_>>();
    let checks: Vec<&str> = Check::iter().map(Check::as_str).collect();
    assert_eq!(names("| check | what it looks at |"), checks);
    let scopes = SCOPE_NEEDS.map(|need| (need.scope.to_owned(), need.without.to_owned()));
    assert_eq!(rows("| scope | without it |"), scopes);
    let routes = Route::iter().map(|route| (route.as_str().to_owned(), format!("`{}`", route.path())));
    assert_eq!(rows("| route | what is called |"), routes.collect::<Vec<_>>());
    let mut reads = rows("| what | without it |");
    // Releases are not read, and cannot be tried.
    assert_eq!(reads.pop().map(|row| row.0).as_deref(), Some("releases"));
    let known = LicenseRead::iter().map(|read| (read.as_str().to_owned(), read.without().to_owned()));
    assert_eq!(reads, known.collect::<Vec<_>>());
}
