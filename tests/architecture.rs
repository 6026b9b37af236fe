//! The house keeps its plan: rooms import only what is below them, foreign crates stay in the room
//! that localises them, files stay small. Reads the sources as text; the last tests feed it bad ones.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Every room and its floor (`DESIGN.md`). A room imports lower floors, and its own without a circle.
const FLOORS: [(&str, u8); 18] = [
    ("text", 0),
    ("model", 0),
    ("event", 1),
    ("problem", 1),
    ("sheet", 2),
    ("pace", 2),
    ("wire", 2),
    ("intake", 3),
    ("api", 3),
    ("ledger", 3),
    ("directory", 4),
    ("plan", 5),
    ("engine", 6),
    ("report", 7),
    ("settings", 8),
    ("cli", 8),
    ("app", 8),
    // Stands apart: see `sandbox_stands_apart`.
    ("sandbox", 8),
];

/// Foreign crates and the only room that may name each.
const LOCALISED: [(&str, &str); 5] = [
    ("reqwest", "wire"),
    ("indicatif", "report"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("clap_mangen", "cli"),
];

const MOST_LINES: usize = 600;

/// A source file: its path below `src/` and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The room it belongs to; `None` for `lib.rs` and `main.rs`.
    fn room(&self) -> Option<&str> {
        self.path.split_once('/').map(|(room, _)| room)
    }

    /// How many modules deep it is: 1 for a room's `mod.rs`, 2 for a file beside that.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") {
            parts - 1
        } else {
            parts
        }
    }

    /// The lines before the tests.
    fn before_tests(&self) -> Vec<&str> {
        let lines: Vec<&str> = self.text.lines().collect();
        let tests = lines
            .windows(2)
            .position(|pair| is_test_attribute(pair[0]) && pair[1].starts_with("mod ") && pair[1].ends_with('{'));
        lines[..tests.unwrap_or(lines.len())].to_vec()
    }

    /// The code before the tests, without comments.
    fn code(&self) -> String {
        let mut code = String::new();
        for line in self.before_tests() {
            if !line.trim_start().starts_with("//") {
                code.push_str(line.split(" // ").next().unwrap_or(line));
            }
            code.push('\n');
        }
        code
    }

    /// The files that only tests compile: `#[cfg(test)] mod name;`.
    fn test_modules(&self) -> Vec<String> {
        let folder = match self.path.strip_suffix("mod.rs") {
            Some(folder) => folder.to_owned(),
            None => format!("{}/", self.path.trim_end_matches(".rs")),
        };
        let lines: Vec<&str> = self.text.lines().collect();
        let pairs = lines.windows(2).filter(|pair| is_test_attribute(pair[0]));
        let names = pairs.filter_map(|pair| pair[1].strip_suffix(';')?.rsplit_once("mod "));
        names.map(|(_, name)| format!("{folder}{name}")).collect()
    }

    fn is_of(&self, module: &str) -> bool {
        self.path == format!("{module}.rs") || self.path.starts_with(&format!("{module}/"))
    }

    /// The rooms that its code imports.
    fn imports(&self) -> BTreeSet<String> {
        let code = self.code();
        let mut rooms = BTreeSet::new();
        for (start, _) in code.match_indices("crate::") {
            if code[..start].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '$') {
                continue;
            }
            let rest = &code[start + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(group) => rooms.extend(group_heads(group)),
                None => rooms.extend(identifier(rest)),
            }
        }
        rooms
    }

    /// Whether a chain of `super::` leads out of the room.
    fn leaves_by_super(&self) -> bool {
        let chain = "super::".repeat(self.depth());
        self.room().is_some() && self.code().contains(&chain)
    }

    /// Whether its code names this foreign crate.
    fn names(&self, krate: &str) -> bool {
        let code = self.code();
        code.match_indices(krate).any(|(start, _)| {
            let before = code[..start].chars().next_back();
            let after = &code[start + krate.len()..];
            let is_path = after.starts_with("::") || after.starts_with(';') || after.starts_with(" as ");
            is_path && !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '.'))
        })
    }
}

fn is_test_attribute(line: &str) -> bool {
    line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test")
}

fn identifier(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The first names of the items of a brace group: `a::{b, c}, d}` has `a` and `d`.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut at_head = true;
    for (position, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_head = true,
            letter if at_head && !letter.is_whitespace() => {
                heads.extend(identifier(&group[position..]));
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// Everything that breaks the plan.
fn violations(sources: &[Source]) -> Vec<String> {
    let test_modules: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
    let mut found = Vec::new();
    let mut beside: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for source in sources {
        let path = &source.path;
        let length = source.before_tests().len();
        if length > MOST_LINES {
            found.push(format!("{path}: {length} lines before its tests, at most {MOST_LINES}"));
        }
        let is_glob =
            |line: &str| line.trim_start().starts_with("pub") && line.contains(" use ") && line.contains("*;");
        if source.code().lines().any(is_glob) {
            found.push(format!("{path}: re-exports everything of a module instead of names"));
        }
        if test_modules.iter().any(|module| source.is_of(module)) {
            continue;
        }
        for (krate, home) in LOCALISED {
            if source.room() != Some(home) && source.names(krate) {
                found.push(format!("{path}: names `{krate}`, which only `{home}` does"));
            }
        }
        let Some(room) = source.room() else { continue };
        let Some(own_floor) = floor(room) else {
            found.push(format!("{path}: `{room}` is on no floor of this test"));
            continue;
        };
        if source.leaves_by_super() {
            found.push(format!("{path}: leaves its room by `super::`; write `crate::`"));
        }
        for import in source.imports() {
            match floor(&import) {
                _ if import == room => {}
                None => found.push(format!("{path}: imports `{import}`, which is no room")),
                Some(_) if import == "sandbox" && room != "app" => {
                    found.push(format!("{path}: imports `sandbox`, which only `app` does"));
                }
                Some(_) if room == "sandbox" && import != "model" && import != "text" => {
                    found.push(format!("{path}: the sandbox imports `{import}`"));
                }
                Some(floor) if floor > own_floor => found.push(format!("{path}: imports `{import}` from above")),
                Some(floor) if floor == own_floor => {
                    beside.entry(room).or_default().insert(import);
                }
                Some(_) => {}
            }
        }
    }
    found.extend(circles(&beside));
    found
}

/// Rooms of one floor that import each other, over any number of others.
fn circles(beside: &BTreeMap<&str, BTreeSet<String>>) -> Vec<String> {
    let reaches = |start: &str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![start.to_owned()];
        while let Some(room) = open.pop() {
            let next = beside.get(room.as_str()).into_iter().flatten();
            open.extend(next.filter(|room| seen.insert((*room).clone())).cloned());
        }
        seen
    };
    let rooms = beside.keys().filter(|room| reaches(room).contains(**room));
    rooms
        .map(|room| format!("{room}: imports itself in a circle"))
        .collect()
}

fn read(folder: &Path, root: &Path, sources: &mut Vec<Source>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, root, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(root).unwrap().to_str().unwrap();
            sources.push(Source {
                path: relative.replace('\\', "/"),
                text: fs_err::read_to_string(&path).unwrap(),
            });
        }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    read(&root, &root, &mut sources);
    sources
}

#[test]
fn the_sources_keep_the_plan() {
    let sources = sources();
    assert!(sources.len() > 20, "the sources were not found");
    let violations = violations(&sources);
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn the_design_names_every_room_of_the_library() {
    let design = fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("DESIGN.md")).unwrap();
    let sources = sources();
    let library = sources.iter().find(|source| source.path == "lib.rs").unwrap();
    let modules = library
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    for module in modules {
        assert!(floor(module).is_some(), "`{module}` is on no floor");
        assert!(
            design.contains(&format!("`{module}`")),
            "DESIGN.md does not name `{module}`"
        );
    }
}

#[test]
fn the_design_gives_a_reason_for_every_dependency_and_names_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs_err::read_to_string(root.join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let used: BTreeSet<&str> = manifest["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let design = fs_err::read_to_string(root.join("DESIGN.md")).unwrap();
    let crates = design.split("## Crates").nth(1).unwrap();
    let rows = crates.lines().filter(|line| line.starts_with("| ")).skip(2);
    let named: BTreeSet<&str> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split(','))
        .map(str::trim)
        .collect();
    assert_eq!(named, used);
}

/// The violations of a few files that are not there.
fn of(files: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> = files
        .iter()
        .map(|(path, text)| Source {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    violations(&sources)
}

#[test]
fn an_import_from_above_is_caught_however_it_is_written() {
    for text in [
        "use crate::engine::Engine;",
        "use crate::{text::plural, engine::Engine};",
        "use crate::{\n    text::{plural, joined},\n    engine,\n};",
        "fn f() { crate::engine::run() }",
        "pub(crate) use crate::engine;",
    ] {
        assert_eq!(
            of(&[("ledger/file.rs", text)]),
            ["ledger/file.rs: imports `engine` from above"],
            "{text}"
        );
    }
}

#[test]
fn an_import_from_below_a_comment_and_a_test_are_let_be() {
    for text in [
        "use crate::model::Row;",
        "use crate::{model::{Row, RowKey}, text};",
        "//! See [`crate::engine`].\n/// And [`crate::app`].\nfn f() {} // as crate::engine does",
        "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use crate::engine::Engine;\n    use reqwest::Client;\n}",
        "use super::record::Record;",
        "use crate::ledger::Record;",
    ] {
        assert_eq!(of(&[("ledger/file.rs", text)]), Vec::<String>::new(), "{text}");
    }
    let module = ("ledger/mod.rs", "mod file;\n#[cfg(test)]\nmod support;\n");
    let support = ("ledger/support.rs", "use crate::sandbox::Sandbox;");
    assert_eq!(of(&[module, support]), Vec::<String>::new());
}

#[test]
fn rooms_of_one_floor_may_import_each_other_one_way_only() {
    let cli = ("cli/mod.rs", "use crate::settings::Overrides;");
    let app = ("app/mod.rs", "use crate::cli::parse;\nuse crate::settings::load;");
    assert_eq!(of(&[cli, app]), Vec::<String>::new());
    let settings = ("settings/load.rs", "use crate::app::Ending;");
    assert_eq!(
        of(&[cli, app, settings]),
        [
            "app: imports itself in a circle",
            "cli: imports itself in a circle",
            "settings: imports itself in a circle"
        ]
    );
}

#[test]
fn a_chain_of_supers_does_not_get_out_of_a_room() {
    let refused = ["ledger/file.rs: leaves its room by `super::`; write `crate::`"];
    assert_eq!(of(&[("ledger/file.rs", "use super::super::engine::Engine;")]), refused);
    assert_eq!(of(&[("ledger/mod.rs", "use super::engine::Engine;")]).len(), 1);
    assert_eq!(
        of(&[("ledger/part/file.rs", "use super::super::Record;")]),
        Vec::<String>::new()
    );
}

#[test]
fn a_foreign_crate_outside_its_room_is_caught() {
    for (path, text) in [
        ("api/client.rs", "use reqwest::Client;"),
        ("engine/bar.rs", "fn f() -> indicatif::ProgressBar { todo() }"),
        ("settings/load.rs", "#[derive(clap::Args)]\nstruct Args;"),
        ("app/man.rs", "use clap_mangen::Man;"),
        ("main.rs", "use clap as arguments;"),
    ] {
        assert_eq!(of(&[(path, text)]).len(), 1, "{text}");
    }
    for (path, text) in [
        ("wire/http.rs", "use reqwest::Client;"),
        ("cli/args.rs", "use clap::Parser;"),
        ("api/client.rs", "let name = \"reqwest\"; let my_reqwest::X = y;"),
    ] {
        assert_eq!(of(&[(path, text)]), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn the_sandbox_stands_apart() {
    assert_eq!(
        of(&[("sandbox/mod.rs", "use crate::model::UserId;\nuse crate::text::fold;")]),
        Vec::<String>::new()
    );
    assert_eq!(
        of(&[("app/sandbox.rs", "use crate::sandbox::start;")]),
        Vec::<String>::new()
    );
    assert_eq!(
        of(&[("sandbox/mod.rs", "use crate::api::User;")]),
        ["sandbox/mod.rs: the sandbox imports `api`"]
    );
    let cli = of(&[("cli/args.rs", "use crate::sandbox::Config;")]);
    assert_eq!(cli, ["cli/args.rs: imports `sandbox`, which only `app` does"]);
}

#[test]
fn a_long_file_a_glob_and_an_unknown_room_are_caught() {
    let long = "\n".repeat(MOST_LINES + 1);
    assert_eq!(of(&[("api/long.rs", &long)]).len(), 1);
    let tested = format!("\n#[cfg(test)]\nmod tests {{{long}}}");
    assert_eq!(of(&[("api/long.rs", &tested)]), Vec::<String>::new());
    assert_eq!(of(&[("api/mod.rs", "pub use client::*;")]).len(), 1);
    assert_eq!(of(&[("api/mod.rs", "pub(crate) use client::*;")]).len(), 1);
    assert_eq!(
        of(&[("attic/mod.rs", "")]),
        ["attic/mod.rs: `attic` is on no floor of this test"]
    );
    assert_eq!(
        of(&[("api/mod.rs", "use crate::attic::X;")]),
        ["api/mod.rs: imports `attic`, which is no room"]
    );
}
