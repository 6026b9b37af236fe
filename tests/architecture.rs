//! The house keeps its plan: rooms import only what is below them, foreign crates stay in the room
//! that localises them, files stay small. Reads the sources as text; the last tests feed it bad ones.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

/// Every room and its floor (`DESIGN.md`). A room imports lower floors, and its own without a circle.
const FLOORS: [(&str, u8); 30] = [
    ("files", 0),
    ("text", 0),
    ("model", 0),
    ("event", 1),
    ("problem", 1),
    ("sheet", 2),
    ("pace", 2),
    ("page", 2),
    ("wire", 2),
    ("intake", 3),
    ("api", 3),
    ("ledger", 3),
    ("directory", 4),
    ("draft", 5),
    ("holdings", 5),
    ("plan", 6),
    ("export", 6),
    ("rebalance", 6),
    ("run_report", 6),
    ("template", 6),
    ("undo", 6),
    ("engine", 7),
    ("report", 8),
    ("settings", 9),
    ("cli", 9),
    ("doctor", 9),
    ("watch", 9),
    ("saved_plan", 9),
    ("app", 9),
    // Stands apart: see `sandbox_stands_apart`.
    ("sandbox", 9),
];

/// The rooms within `intake`, each of which knows nothing of the later ones.
const WITHIN_INTAKE: [&str; 4] = ["cells", "rows", "across_rows", "read"];

/// Foreign crates and the only room that may name each.
const LOCALISED: &[(&str, &str)] = &[
    ("reqwest", "wire"),
    ("h2", "wire"),
    ("rustls", "wire"),
    ("indicatif", "report"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("roff", "cli"),
];

/// A file is as long as its one concern; beyond this many lines it has more than one.
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

    /// The module that it is, as the names that lead to it from the crate: none for `lib.rs`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        match path {
            "lib" | "main" => Vec::new(),
            path => path.split('/').collect(),
        }
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

/// A path that a file names, and what a `use` calls it there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    path: Vec<String>,
    name: String,
}

/// The paths in `code` that begin with this name, those of brace groups spelt out.
fn paths_from(code: &str, head: &str) -> Vec<Named> {
    let mut paths = Vec::new();
    for (start, _) in code.match_indices(head) {
        let follows = |before: char| before.is_alphanumeric() || matches!(before, '_' | ':' | '.' | '$' | '"' | '`');
        if !code[..start].ends_with(follows) && code[start + head.len()..].starts_with("::") {
            spell_out(&code[start..], &[], &mut paths);
        }
    }
    paths
}

/// Adds the paths of a tree, as `use` writes it: `a::{b, c::d as e}`.
fn spell_out(tree: &str, before: &[String], paths: &mut Vec<Named>) {
    if let Some(group) = tree.strip_prefix('{') {
        for part in parts(group) {
            spell_out(part, before, paths);
        }
        return;
    }
    let mut path = before.to_vec();
    let Some(name) = identifier(tree) else {
        // `a::<T>()` and `a::*` are of `a`.
        paths.extend(path.last().cloned().map(|name| Named { path, name }));
        return;
    };
    let rest = &tree[name.len()..];
    if name == "self" && !path.is_empty() {
        paths.extend(path.last().cloned().map(|name| Named { path, name }));
        return;
    }
    path.push(name.clone());
    match rest.strip_prefix("::") {
        Some(rest) => spell_out(rest, &path, paths),
        None => {
            let alias = rest.strip_prefix(" as ").and_then(identifier);
            paths.push(Named {
                path,
                name: alias.unwrap_or(name),
            });
        }
    }
}

/// The parts of a brace group, up to its end.
fn parts(group: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (position, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                parts.push(group[start..position].trim());
                start = position + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The files as modules, to find out which file a path leads to.
struct Modules<'a> {
    files: BTreeMap<Vec<&'a str>, File<'a>>,
}

struct File<'a> {
    path: &'a str,
    code: String,
    /// What its `use` declarations bring in.
    uses: Vec<Named>,
    /// Whether it only declares modules and re-exports: whoever imports from it imports from elsewhere.
    is_list: bool,
}

/// What a path leads to.
enum Target<'a> {
    Module,
    /// Something in this module.
    Item(Vec<&'a str>),
}

impl<'a> Modules<'a> {
    fn of(sources: &'a [Source]) -> Self {
        let test_modules: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
        let files = sources
            .iter()
            .filter(|source| source.path != "main.rs" && !test_modules.iter().any(|module| source.is_of(module)));
        let file = |source: &'a Source| {
            let code = source.code();
            let declarations = code.split_inclusive(';').map(|text| {
                let lines = text.lines().map(str::trim);
                lines
                    .filter(|line| !line.starts_with("#["))
                    .collect::<Vec<_>>()
                    .join(" ")
            });
            let declarations: Vec<String> = declarations.map(|text| text.trim().to_owned()).collect();
            let mut uses = Vec::new();
            let (mut is_list, mut has_modules) = (true, false);
            for declaration in declarations.iter().filter(|text| !text.is_empty()) {
                let words = match declaration.strip_prefix("pub") {
                    Some(words) if words.starts_with('(') => words.split_once(") ").map_or(words, |(_, words)| words),
                    Some(words) => words.trim_start(),
                    None => declaration,
                };
                match words.strip_prefix("use ") {
                    Some(tree) => spell_out(tree, &[], &mut uses),
                    None => {
                        let is_module = words.starts_with("mod ") && words.ends_with(';');
                        is_list &= is_module;
                        has_modules |= is_module;
                    }
                }
            }
            let path = source.path.as_str();
            (
                source.module(),
                File {
                    path,
                    code,
                    uses,
                    is_list: is_list && has_modules,
                },
            )
        };
        Self {
            files: files.map(file).collect(),
        }
    }

    /// What a path leads to that is written in this module; `None` if out of the crate.
    fn target(&self, module: &[&'a str], path: &[String], hops: usize) -> Option<Target<'a>> {
        let mut at = module.to_vec();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                at.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|name| name == "super") {
                    at.pop()?;
                    rest = &rest[1..];
                }
            }
            child => {
                self.child(&at, child)?;
            }
        }
        for name in rest {
            match self.child(&at, name) {
                Some(child) => at = child,
                None => {
                    let brought_in = self.files.get(&at)?.uses.iter().find(|used| used.name == *name);
                    return match brought_in {
                        // Twenty re-exports of re-exports would be a circle of their own.
                        Some(used) if hops < 20 => self.target(&at, &used.path, hops + 1),
                        _ => Some(Target::Item(at)),
                    };
                }
            }
        }
        Some(Target::Module)
    }

    fn child(&self, module: &[&'a str], name: &str) -> Option<Vec<&'a str>> {
        let is_child = |known: &&Vec<&'a str>| {
            known.len() == module.len() + 1 && known.starts_with(module) && known.last() == Some(&name)
        };
        self.files.keys().find(is_child).cloned()
    }

    /// The files that each file imports from.
    fn imports(&self) -> BTreeMap<&'a str, BTreeSet<String>> {
        let mut imports: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (module, file) in &self.files {
            let children = self.files.keys().filter(|known| known.len() == module.len() + 1);
            let children = children.filter(|known| known.starts_with(module));
            let heads = children.filter_map(|known| known.last().copied());
            let heads: BTreeSet<&str> = heads.chain(["crate", "super", "self"]).collect();
            let mut open: Vec<Named> = heads
                .into_iter()
                .flat_map(|head| paths_from(&file.code, head))
                .collect();
            let mut looked_at: BTreeSet<String> = BTreeSet::new();
            while let Some(named) = open.pop() {
                let of = match self.target(module, &named.path, 0) {
                    None => continue,
                    Some(Target::Item(of)) => of,
                    Some(Target::Module) => {
                        // `use super::records;`, then `records::Record`.
                        if looked_at.insert(named.name.clone()) {
                            let by_name = paths_from(&file.code, &named.name).into_iter().map(|used| Named {
                                path: named.path.iter().chain(&used.path[1..]).cloned().collect(),
                                ..used
                            });
                            open.extend(by_name);
                        }
                        continue;
                    }
                };
                let target = &self.files[&of];
                if target.path != file.path && !target.is_list && !file.is_list {
                    imports.entry(file.path).or_default().insert(target.path.to_owned());
                }
            }
        }
        imports
    }
}

/// Files that import each other, over any number of others: a shortest way round for each.
fn file_circles(sources: &[Source]) -> Vec<String> {
    let modules = Modules::of(sources);
    let imports = modules.imports();
    let mut circles: BTreeMap<BTreeSet<String>, String> = BTreeMap::new();
    for file in imports.keys() {
        if let Some(way) = way_round(&imports, file) {
            let text = format!("{}: a circle of files", way.join(" -> "));
            circles.entry(way.into_iter().collect()).or_insert(text);
        }
    }
    circles.into_values().collect()
}

fn way_round(imports: &BTreeMap<&str, BTreeSet<String>>, start: &str) -> Option<Vec<String>> {
    let mut ways = VecDeque::from([vec![start.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        let next = way.last().and_then(|file| imports.get(file.as_str()));
        for file in next.into_iter().flatten() {
            let mut longer = way.clone();
            longer.push(file.clone());
            if file == start {
                return Some(longer);
            }
            if seen.insert(file.clone()) {
                ways.push_back(longer);
            }
        }
    }
    None
}

/// Which of the rooms within `intake` a file belongs to.
fn room_within_intake(path: &str) -> Option<usize> {
    let name = path.strip_prefix("intake/")?.split(['/', '.']).next()?;
    WITHIN_INTAKE.iter().position(|room| *room == name)
}

/// Files of a room within `intake` that import from a later one.
fn imports_from_above_within_intake(sources: &[Source]) -> Vec<String> {
    let modules = Modules::of(sources);
    let mut found = Vec::new();
    for (file, imported) in modules.imports() {
        for other in imported {
            if room_within_intake(file) < room_within_intake(&other) && room_within_intake(file).is_some() {
                found.push(format!("{file}: imports `{other}` from above"));
            }
        }
    }
    found
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
                Some(_) if room == "sandbox" && !matches!(import.as_str(), "files" | "model" | "text") => {
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
fn no_files_import_each_other_in_a_circle() {
    let circles = file_circles(&sources());
    assert!(circles.is_empty(), "\n{circles:#?}\n");
}

#[test]
fn the_rooms_within_intake_import_downwards_only() {
    let sources = sources();
    for room in WITHIN_INTAKE {
        let is_there = |source: &Source| room_within_intake(&source.path).map(|at| WITHIN_INTAKE[at]) == Some(room);
        assert!(sources.iter().any(is_there), "intake has no `{room}`");
    }
    let found = imports_from_above_within_intake(&sources);
    assert!(found.is_empty(), "\n{found:#?}\n");
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
    violations(&of_texts(files))
}

fn of_texts(files: &[(&str, &str)]) -> Vec<Source> {
    let source = |(path, text): &(&str, &str)| Source {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    files.iter().map(source).collect()
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
        ("app/man.rs", "use roff::Roff;"),
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

/// The circles of a few files that are not there.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    file_circles(&of_texts(files))
}

#[test]
fn a_circle_of_files_is_caught_however_the_import_is_written() {
    let list = (
        "ledger/mod.rs",
        "mod one;\nmod two;\n\npub use one::One;\npub use two::{\n    Second as Two,\n    two,\n};",
    );
    let one = |text| ("ledger/one.rs", text);
    let caught = ["ledger/one.rs -> ledger/two.rs -> ledger/one.rs: a circle of files"];
    for back in [
        "use super::one::One;",
        "use super::One;",
        "use crate::ledger::One;",
        "use crate::{model::Row, ledger::{self, One}};",
        "fn f() -> super::one::One { todo() }",
        "use super::one;\nfn f() { one::make() }",
        "use crate::ledger;\nfn f() -> ledger::One { todo() }",
    ] {
        for there in ["use super::two::two;", "use super::{Two};", "use crate::ledger::Two;"] {
            assert_eq!(
                circles_of(&[list, one(there), ("ledger/two.rs", back)]),
                caught,
                "{there} {back}"
            );
        }
    }
    let parent = ("ledger/parts.rs", "mod part;\nuse part::Part;\npub struct Whole;");
    let part = ("ledger/parts/part.rs", "use super::Whole;\npub struct Part;");
    assert_eq!(circles_of(&[parent, part]).len(), 1);
    let long = [
        ("ledger/one.rs", "use super::two::two;"),
        ("ledger/two.rs", "use super::three::three;"),
        ("ledger/three.rs", "use super::one::One;"),
    ];
    assert_eq!(circles_of(&long).len(), 1);
}

#[test]
fn an_import_one_way_a_list_of_modules_and_a_test_make_no_circle() {
    let list = (
        "ledger/mod.rs",
        "//! Files.\n\nmod one;\n#[cfg(test)]\nmod tests;\nmod two;\n\npub use one::One;\npub use two::Two;",
    );
    let one = (
        "ledger/one.rs",
        "use super::Two;\n\n#[cfg(test)]\nmod tests {\n    use super::super::three::Three;\n}",
    );
    let two = (
        "ledger/two.rs",
        "// As super::One does.\nuse crate::model::One;\nuse other::one::One;",
    );
    let three = ("ledger/three.rs", "use super::{One, Two};");
    let tests = ("ledger/tests.rs", "use super::*;\nuse super::one::One;");
    assert_eq!(circles_of(&[list, one, two, three, tests]), Vec::<String>::new());
}

#[test]
fn an_import_from_a_later_room_within_intake_is_caught_however_it_is_written() {
    let intake = ("intake/mod.rs", "mod cells;\nmod rows;\n\npub use rows::Need;");
    let cells = ("intake/cells/mod.rs", "mod column;\n\npub use column::Column;");
    let rows = ("intake/rows/mod.rs", "mod needs;\n\npub use needs::Need;");
    let column = |text| ("intake/cells/column.rs", text);
    let needs = |text| ("intake/rows/needs.rs", text);
    let of = |files: &[(&str, &str)]| imports_from_above_within_intake(&of_texts(files));
    let plain = ("intake/rows/needs.rs", "pub enum Need {}");
    for text in [
        "use crate::intake::rows::Need;",
        "use crate::intake::Need;",
        "use super::super::rows::Need;",
        "use crate::{intake::{rows::{Need as N}}};",
        "fn f() -> crate::intake::Need { todo() }",
    ] {
        assert_eq!(
            of(&[intake, cells, rows, column(text), plain]),
            ["intake/cells/column.rs: imports `intake/rows/needs.rs` from above"],
            "{text}"
        );
    }
    let down = needs("use crate::intake::cells::Column;\npub enum Need {}");
    let beside = column("use crate::model::Row;\n\n#[cfg(test)]\nmod tests {\n    use crate::intake::rows::Need;\n}");
    assert_eq!(of(&[intake, cells, rows, beside, down]), Vec::<String>::new());
}
