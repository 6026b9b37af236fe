//! A stage: a simulated organization, a working folder, and the real binary run in it.
//!
//! Whatever a test does, a stage that ends well has seen no request that no client should send, nobody
//! mailed twice, one results line for every row of a sheet that was run, and no secret written or said. What was printed for
//! programs is as `docs/json/` says.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use assert_cmd::cargo::CommandCargoExt;
use reseat::model::{BundleCode, BundleSet, UserId};
use reseat::sandbox::{Config, FaultKind, FaultRule, Faults, Sandbox, Strikes, User, World, start};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{json_outputs, json_schema};

pub(crate) const ANNA: &str = "anna.berg@contoso.example";
pub(crate) const BRAM: &str = "bram.okafor@contoso.example";
pub(crate) const DAVID: &str = "david.moreau@contoso.example";
pub(crate) const HUGO: &str = "hugo.silva@contoso.example";
pub(crate) const MEI: &str = "mei.chen@contoso.example";
pub(crate) const NADIA: &str = "nadia.rahman@contoso.example";

/// What is lost is looked for patiently, and the published quotas are kept; tests are in more of a hurry.
pub(crate) const PROFILE: &str = "[profile.default.limits]\nsettle = \"1s\"\nget = 0\npost = 0\nput = 0\ndelete = 0\n";

/// How every token of the sandbox begins.
const TOKEN: &str = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";

/// The exit code that a shell shows for what was killed, and could say nothing any more.
const KILLED: i32 = 137;

/// Routes that only look.
const READS: [&str; 31] = [
    "token",
    "authenticate",
    "accept-invitation",
    "list-users",
    "get-user",
    "list-groups",
    "get-group",
    "group-members",
    "check-members",
    "search-directory",
    "resolve-names",
    "resolve-id",
    "group-membership",
    "directory-scopes",
    "get-rule",
    "get-quota-rule",
    "list-rules",
    "rule-users",
    "rule-holders",
    "license-summary",
    "license-seats",
    "licenses-of-users",
    "allocation-of-user",
    "bundles-of-user",
    "leases-of-user",
    "portal-seats",
    "portal-users",
    "portal-rules",
    "portal-rule",
    "portal-leases",
    "unknown",
];

pub(crate) struct Stage {
    runtime: Runtime,
    pub(crate) sandbox: Sandbox,
    folder: TempDir,
    environment: RefCell<BTreeMap<String, String>>,
    said: RefCell<String>,
    secrets: RefCell<Vec<String>>,
    /// Files that the test itself wrote.
    given: RefCell<BTreeSet<PathBuf>>,
    /// Those of them whose rows each have to have a line in the end.
    sheets: RefCell<BTreeSet<PathBuf>>,
    /// What those that were started and print for programs print, by their process.
    for_programs: RefCell<BTreeMap<u32, json_schema::Place>>,
    /// What these showed of their schemas.
    shown: RefCell<BTreeSet<json_outputs::Shown>>,
    /// How many mails anybody may have got in the end.
    most_mails: Cell<u64>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A line of a results file, by column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line(BTreeMap<String, String>);

impl Line {
    pub(crate) fn get(&self, column: &str) -> &str {
        &self.0[column]
    }

    pub(crate) fn status(&self) -> &str {
        self.get("status")
    }

    pub(crate) fn message(&self) -> &str {
        self.get("message")
    }

    pub(crate) fn number(&self, column: &str) -> u64 {
        self.get(column).parse().unwrap()
    }
}

impl Ran {
    /// The same, after looking at the exit code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn tells(self, words: &str) -> Self {
        assert!(
            self.err.contains(words) || self.out.contains(words),
            "`{words}` is not in\n{}\n{}",
            self.out,
            self.err
        );
        self
    }
}

impl Stage {
    /// The demo company without quotas.
    pub(crate) fn new() -> Self {
        Self::with(Config::unlimited())
    }

    pub(crate) fn with(config: Config) -> Self {
        Self::within(config, tempfile::tempdir().unwrap())
    }

    /// The same, where each request leaves a line in `requests.log`.
    pub(crate) fn logging(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let request_log = Some(folder.path().join("requests.log"));
        Self::within(Config { request_log, ..config }, folder)
    }

    fn within(config: Config, folder: TempDir) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let sandbox = runtime.block_on(start(config)).unwrap();
        let environment = [
            ("UIPATH_URI", sandbox.base_url()),
            ("UIPATH_ORGANIZATION", sandbox.organization().to_owned()),
            ("RESEAT_ORGANIZATION_ID", sandbox.organization_id().to_string()),
            ("UIPATH_CLIENT_ID", sandbox.client_id().to_owned()),
            ("UIPATH_CLIENT_SECRET", sandbox.client_secret().to_owned()),
        ];
        let secrets = [
            TOKEN,
            sandbox.client_secret(),
            sandbox.personal_access_token(),
            "sandbox-password",
        ];
        let stage = Self {
            secrets: RefCell::new(secrets.map(str::to_owned).to_vec()),
            runtime,
            sandbox,
            folder,
            environment: RefCell::new(environment.map(|(name, value)| (name.to_owned(), value)).into()),
            said: RefCell::default(),
            given: RefCell::default(),
            sheets: RefCell::default(),
            for_programs: RefCell::default(),
            shown: RefCell::default(),
            most_mails: Cell::new(1),
        };
        stage.write("reseat.toml", PROFILE);
        stage
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.given(name);
        self.sheets.borrow_mut().insert(path.clone());
        fs_err::write(path, content).unwrap();
    }

    /// The path of a file or folder that the test itself makes.
    pub(crate) fn given(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        self.given.borrow_mut().insert(path.clone());
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub(crate) fn set(&self, name: &str, value: &str) {
        self.environment.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn unset(&self, name: &str) {
        self.environment.borrow_mut().remove(name);
    }

    /// Lets runs remember things between them, in `state`, and keep what passes in `temporary`.
    pub(crate) fn keep_state(&self) {
        for (name, folder) in [("XDG_STATE_HOME", "state"), ("TMPDIR", "temporary")] {
            let path = self.given(folder);
            fs_err::create_dir(&path).unwrap();
            self.set(name, &path.display().to_string());
        }
    }

    /// Somebody is mailed so often on purpose.
    pub(crate) fn allow_mails(&self, most: u64) {
        self.most_mails.set(most);
    }

    /// Nothing that is written or said may contain this.
    pub(crate) fn keep_secret(&self, secret: &str) {
        self.secrets.borrow_mut().push(secret.to_owned());
    }

    fn command(&self, words: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::cargo_bin("reseat").unwrap();
        command.args(words);
        self.on_stage(command)
    }

    fn on_stage(&self, mut command: std::process::Command) -> std::process::Command {
        command
            .env_clear()
            .envs(&*self.environment.borrow())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs any command.
    pub(crate) fn reseat(&self, words: &[&str]) -> Ran {
        self.ended(self.start(words))
    }

    /// Runs any command with this file as its standard input.
    pub(crate) fn reseat_fed(&self, words: &[&str], file: &str) -> Ran {
        let input = fs_err::File::open(self.path(file)).unwrap().into_parts().0;
        let child = self.command(words).stdin(input).spawn().unwrap();
        self.ended(self.noted(child, words))
    }

    /// Starts any command and lets it run.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        self.noted(self.command(words).spawn().unwrap(), words)
    }

    fn noted(&self, child: Child, words: &[&str]) -> Child {
        if let Some(schema) = json_outputs::schema_of(words) {
            self.for_programs.borrow_mut().insert(child.id(), schema);
        }
        child
    }

    /// The same after these words of a shell, which limit what the command may do.
    #[cfg(unix)]
    pub(crate) fn start_under(&self, shell: &str, words: &[&str]) -> Child {
        let reseat = std::process::Command::cargo_bin("reseat").unwrap();
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", &format!("{shell}; exec \"$0\" \"$@\"")]);
        command.arg(reseat.get_program()).args(words);
        let child = self.on_stage(command).spawn().unwrap();
        if shell.contains('>') {
            child
        } else {
            self.noted(child, words)
        }
    }

    /// Types a command into a shell.
    #[cfg(unix)]
    pub(crate) fn shell(&self, command: &str) -> Ran {
        let mut shell = std::process::Command::new("/bin/bash");
        shell.args(["-c", command]);
        self.ended(self.on_stage(shell).spawn().unwrap())
    }

    /// The same on a terminal of its own, whose screen is the standard error; what is typed goes to its standard input.
    #[cfg(target_os = "linux")]
    pub(crate) fn start_on_a_terminal(&self, words: &[&str]) -> Child {
        let reseat = std::process::Command::cargo_bin("reseat").unwrap();
        let line = format!("{} {} >&2", reseat.get_program().to_string_lossy(), words.join(" "));
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", "exec /usr/bin/script -qefc \"$0\" /dev/null >&2", &line]);
        let mut command = self.on_stage(command);
        command.stdin(Stdio::piped()).spawn().unwrap()
    }

    /// The same on a terminal of so many columns, with this variable `TERM`, to its end: what was written to the screen.
    #[cfg(target_os = "linux")]
    pub(crate) fn screen_of(&self, columns: usize, term: Option<&str>, words: &[&str]) -> Ran {
        let reseat = std::process::Command::cargo_bin("reseat").unwrap();
        let term = term.map_or("unset TERM".to_owned(), |term| format!("export TERM={term}"));
        let line = format!(
            "{term}; stty cols {columns} rows 24; exec {} {} >&2",
            reseat.get_program().to_string_lossy(),
            words.join(" ")
        );
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", "exec /usr/bin/script -qefc \"$0\" /dev/null >&2", &line]);
        let mut command = self.on_stage(command);
        let output = command.env("PATH", "/usr/bin:/bin").output().unwrap();
        Ran {
            code: code(output.status),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Waits until a command that was started says this on its standard error.
    pub(crate) fn hear(&self, child: &mut Child, words: &str) {
        use std::io::Read;
        let mut said = Vec::new();
        let mut byte = [0];
        let pipe = child.stderr.as_mut().unwrap();
        while !String::from_utf8_lossy(&said).contains(words) {
            let count = pipe.read(&mut byte).unwrap();
            assert!(
                count > 0,
                "it never said `{words}` but {}",
                String::from_utf8_lossy(&said)
            );
            said.extend(byte);
        }
        self.said.borrow_mut().push_str(&String::from_utf8_lossy(&said));
    }

    /// Waits for a command that was started. One that a signal ended has the code that a shell shows.
    pub(crate) fn ended(&self, child: Child) -> Ran {
        let schema = self.for_programs.borrow_mut().remove(&child.id());
        let schema = schema.filter(|_| child.stdout.is_some());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        self.said.borrow_mut().push_str(&out);
        self.said.borrow_mut().push_str(&err);
        let code = code(output.status);
        if let Some(schema) = schema.filter(|_| code != KILLED) {
            self.shown.borrow_mut().extend(json_outputs::hold(&out, &schema));
        }
        Ran { code, out, err }
    }

    /// Runs a sheet of this content with `--yes`; the sheet is `sheet.csv`.
    pub(crate) fn run(&self, content: &str) -> Ran {
        self.run_with(content, &[])
    }

    /// The same with more flags.
    pub(crate) fn run_with(&self, content: &str, flags: &[&str]) -> Ran {
        self.write("sheet.csv", content);
        let words = [&["run", "sheet.csv", "--yes"], flags].concat();
        self.reseat(&words)
    }

    /// Runs `sheet.csv` again as it is.
    pub(crate) fn rerun(&self, flags: &[&str]) -> Ran {
        self.reseat(&[&["run", "sheet.csv", "--yes"], flags].concat())
    }

    /// The lines of `sheet.results.csv`.
    pub(crate) fn results(&self) -> Vec<Line> {
        lines(&self.path("sheet.results.csv"))
    }

    /// The statuses in `sheet.results.csv`.
    pub(crate) fn statuses(&self) -> Vec<String> {
        self.results().iter().map(|line| line.status().to_owned()).collect()
    }

    /// The status of each row in one text, as in `2 done, 1 unchanged`.
    pub(crate) fn counts(&self) -> String {
        let mut counts = BTreeMap::<String, usize>::new();
        for status in self.statuses() {
            *counts.entry(status).or_default() += 1;
        }
        let parts: Vec<String> = counts
            .iter()
            .map(|(status, count)| format!("{count} {status}"))
            .collect();
        parts.join(", ")
    }

    pub(crate) fn world(&self) -> World {
        self.sandbox.world()
    }

    pub(crate) fn user(&self, name: &str) -> Option<User> {
        self.world().user_called(name).cloned()
    }

    pub(crate) fn id(&self, name: &str) -> UserId {
        self.user(name).unwrap_or_else(|| panic!("there is no {name}")).id
    }

    /// The groups of an account, by name.
    pub(crate) fn groups(&self, name: &str) -> Vec<String> {
        groups_in(&self.world(), name)
    }

    /// Somebody makes an account of this address that is like the `model`, without a name and in no group.
    pub(crate) fn add_nameless(&self, model: &User, address: &str) {
        self.sandbox.with_world(|world| {
            let mut user = model.clone();
            user.id = UserId(uuid::Uuid::from_u128(0x77));
            user.legacy_id = 0;
            (user.user_name, user.email) = (address.to_owned(), address.to_owned());
            (user.name, user.surname, user.display_name) = (None, None, None);
            user.groups.clear();
            world.insert_user(user);
        });
    }

    /// What an account holds directly; `None` inherits.
    pub(crate) fn held(&self, name: &str) -> Option<String> {
        let world = self.world();
        let id = world.user_called(name)?.id;
        world.allocation(id).map(|allocation| allocation.bundles.to_string())
    }

    /// Makes the bundle's free seats this many.
    pub(crate) fn free_seats(&self, code: &str, free: u64) {
        self.sandbox.with_world(|world| {
            let taken = world.seats_of(&BundleCode::new(code)).allocated;
            world.set_seats(code, taken + free);
        });
    }

    /// Changing calls since the start or the last [`forget_calls`](Self::forget_calls), by route.
    pub(crate) fn writes(&self) -> BTreeMap<&'static str, u64> {
        let stats = self.sandbox.stats();
        // What leads nowhere is counted as `none`; a look at the server itself is such a call.
        let wrote_nowhere = ["POST", "PUT", "PATCH", "DELETE"]
            .iter()
            .any(|method| stats.calls("none", method) > 0);
        let is_write = |name: &str| match name {
            "none" => wrote_nowhere,
            name => !READS.contains(&name),
        };
        stats.routes().filter(|(name, _)| is_write(name)).collect()
    }

    pub(crate) fn forget_calls(&self) {
        self.assert_no_violations();
        self.sandbox.reset_stats();
    }

    /// Orders one fault for the requests of this method whose path contains this.
    pub(crate) fn fault(&self, kind: FaultKind, method: &str, path: &str, strikes: Strikes) {
        let rules = vec![FaultRule::new(kind).on(method, path).strikes(strikes)];
        self.sandbox.set_faults(Faults {
            rules,
            ..Faults::default()
        });
    }

    /// Waits until something is so of the running sandbox.
    pub(crate) fn until(&self, what: &str, mut so: impl FnMut(&Sandbox) -> bool) {
        for _ in 0..2_000 {
            if so(&self.sandbox) {
                return;
            }
            self.runtime
                .block_on(async { tokio::time::sleep(std::time::Duration::from_millis(5)).await });
        }
        panic!("it never came to be that {what}");
    }

    fn assert_no_violations(&self) {
        assert_eq!(self.sandbox.stats().violations, Vec::<String>::new());
    }

    fn assert_nobody_mailed_twice(&self) {
        for (email, count) in self.world().mails() {
            let most = self.most_mails.get();
            assert!(count <= most, "{email} was mailed {count} times");
        }
    }

    fn assert_no_secret(&self) {
        let secrets = self.secrets.borrow();
        let clean = |place: &str, text: &str| {
            for secret in secrets.iter() {
                assert!(!text.contains(secret.as_str()), "`{secret}` is in {place}: {text}");
            }
        };
        clean("what was said", &self.said.borrow());
        for path in self.made(self.folder.path()) {
            if path.is_file() {
                let bytes = fs_err::read(&path).unwrap();
                clean(&path.display().to_string(), &String::from_utf8_lossy(&bytes));
            }
        }
    }

    /// Neither a server nor a sheet gets a control character, or a letter that turns the reading round, to a terminal.
    fn assert_nothing_runs_on_a_terminal(&self) {
        let said = self.said.borrow();
        let unsafe_letter = |letter: &char| {
            (letter.is_control() && *letter != '\n')
                || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let found = said
            .lines()
            .find(|line| line.chars().any(|letter| unsafe_letter(&letter)));
        assert_eq!(found, None);
    }

    /// Every file and folder below `folder` that the test did not write itself.
    fn made(&self, folder: &Path) -> Vec<PathBuf> {
        let mut made = Vec::new();
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                made.extend(self.made(&path));
            }
            if !self.given.borrow().contains(&path) {
                made.push(path);
            }
        }
        made
    }

    /// What all that was made for programs has shown of its schemas so far.
    pub(crate) fn shown(&self) -> BTreeSet<json_outputs::Shown> {
        self.assert_files_for_programs();
        self.shown.take()
    }

    /// Files for programs are as their schemas say.
    fn assert_files_for_programs(&self) {
        for path in self.made(self.folder.path()).iter().filter(|path| path.is_file()) {
            self.shown.borrow_mut().extend(json_outputs::hold_file(path));
        }
    }

    /// What is made is for its owner only.
    fn assert_private(&self) {
        #[cfg(unix)]
        for path in self.made(self.folder.path()) {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs_err::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} has the mode {mode:o}", path.display());
        }
    }

    fn assert_every_row_has_one_line(&self) {
        for sheet in self
            .sheets
            .borrow()
            .iter()
            .filter(|path| path.extension().is_some_and(|end| end == "csv"))
        {
            let results = sheet.with_extension("results.csv");
            if !results.exists() || !sheet.exists() {
                continue;
            }
            let lines = lines(&results);
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(sheet).unwrap();
            let rows: Vec<u64> = (2..)
                .zip(reader.records().map(Result::unwrap))
                .map(|(row, _)| row)
                .collect();
            let told: Vec<u64> = lines.iter().map(|line| line.number("row")).take(rows.len()).collect();
            // A run that was refused as a whole recorded nothing.
            assert!(told.is_empty() || told == rows, "{}: {told:?}", results.display());
            let keys: BTreeSet<&str> = lines.iter().map(|line| line.get("key")).collect();
            assert_eq!(keys.len(), lines.len(), "{} names a row twice", results.display());
            assert!(lines.iter().all(|line| line.status() != "started"), "{lines:?}");
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_no_violations();
            self.assert_nobody_mailed_twice();
            self.assert_every_row_has_one_line();
            self.assert_no_secret();
            self.assert_nothing_runs_on_a_terminal();
            self.assert_private();
            self.assert_files_for_programs();
        }
    }
}

pub(crate) fn lines(path: &Path) -> Vec<Line> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|line| Line(line.unwrap())).collect()
}

#[cfg(unix)]
fn code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or(status.signal().map(|signal| 128 + signal)).unwrap()
}

#[cfg(not(unix))]
fn code(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap()
}

/// Sends a signal as `kill` does.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// The address of a generated person.
pub(crate) fn person(number: usize) -> String {
    format!("user{number:05}@contoso.example")
}

/// A sheet with this row for each of these people; `{}` stands for the person.
pub(crate) fn sheet(header: &str, row: &str, people: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut sheet = format!("{header}\n");
    for who in people {
        sheet.push_str(&row.replace("{}", who.as_ref()));
        sheet.push('\n');
    }
    sheet
}

/// Does the same with each of these at once: most of the time is spent in waiting.
pub(crate) fn each<T: Sync>(cases: &[T], test: impl Fn(&T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| test(case));
        }
    });
}

/// What is known of the organization, fact by fact.
fn facts(world: &World) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    for user in world.users() {
        let who = user
            .email
            .split('@')
            .next()
            .filter(|name| !name.is_empty())
            .unwrap_or(&user.user_name);
        let mut fact = |name: &str, value: String| facts.insert(format!("{who} {name}"), value);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        fact("address", user.email.clone());
        fact("user name", user.user_name.clone());
        fact("name", text(&user.name));
        fact("surname", text(&user.surname));
        fact("display name", text(&user.display_name));
        fact("active", user.is_active.to_string());
        fact("bypasses", user.bypass_basic_auth_restriction.to_string());
        fact("accepted", user.invitation_accepted.to_string());
        for group in &user.groups {
            fact(&format!("in {}", world.group(*group).unwrap().name), "yes".to_owned());
        }
        if let Some(allocation) = world.allocation(user.id) {
            let external = if allocation.external { " external" } else { "" };
            fact("holds", format!("[{}]{external}", allocation.bundles));
        }
        for group in world.groups() {
            if let Some((_, lease)) = world.leases(group.id).find(|(holder, _)| *holder == user.id) {
                fact(&format!("holds of {}", group.name), format!("[{}]", lease.bundles));
            }
        }
        if world.passwords_set(user.id) > 0 {
            fact("passwords", world.passwords_set(user.id).to_string());
        }
    }
    for group in world.groups() {
        if let Some(rule) = world.rule(group.id) {
            let external = if rule.external { " external" } else { "" };
            let quotas: Vec<String> = rule
                .quotas
                .iter()
                .map(|(code, limit)| format!(" {code}={limit}"))
                .collect();
            let rule = format!("[{}]{}{external}", rule.bundles, quotas.concat());
            facts.insert(format!("{} rule", group.name), rule);
        }
    }
    for (email, count) in world.mails() {
        facts.insert(format!("mails to {email}"), count.to_string());
    }
    facts
}

/// What differs between two moments, as in `anna.berg name: Anna -> Ann`; `none` where there was or is nothing.
pub(crate) fn changes(before: &World, after: &World) -> Vec<String> {
    let (before, after) = (facts(before), facts(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| {
            let value =
                |facts: &BTreeMap<String, String>| facts.get(name).cloned().unwrap_or_else(|| "none".to_owned());
            format!("{name}: {} -> {}", value(&before), value(&after))
        })
        .collect()
}

/// The groups of an account, by name.
pub(crate) fn groups_in(world: &World, name: &str) -> Vec<String> {
    let groups = &world.user_called(name).unwrap().groups;
    let mut names: Vec<String> = groups.iter().map(|id| world.group(*id).unwrap().name.clone()).collect();
    names.sort_unstable();
    names
}

pub(crate) fn bundles(codes: &[&str]) -> BundleSet {
    codes.iter().map(|code| BundleCode::new(code)).collect()
}
