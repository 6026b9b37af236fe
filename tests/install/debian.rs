//! The Debian package, made of the binary of this build and looked into.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::{printed, root};

const NEEDS: &str =
    "cargo-deb, dpkg-dev and lintian, as in `cargo install cargo-deb` and `apt-get install dpkg-dev lintian`";

/// Made once for all tests.
static PACKAGE: LazyLock<Package> = LazyLock::new(Package::make);

/// A package in a folder of its own.
struct Package {
    folder: PathBuf,
    path: PathBuf,
}

impl Package {
    fn make() -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("debian");
        if folder.exists() {
            fs_err::remove_dir_all(&folder).unwrap();
        }
        fs_err::create_dir_all(folder.join("release")).unwrap();
        let binary = folder.join("release/reseat");
        fs_err::copy(env!("CARGO_BIN_EXE_reseat"), &binary).unwrap();
        printed(Command::new("strip").arg(&binary), "binutils");
        let mut package = Command::new(root().join("deploy/package"));
        package.args(["--deb", "--fast"]).env("CARGO_TARGET_DIR", &folder);
        printed(&mut package, NEEDS);
        let mut files = fs_err::read_dir(folder.join("debian")).unwrap();
        let path = files.next().unwrap().unwrap().path();
        Self { folder, path }
    }

    fn field(&self, name: &str) -> String {
        let mut query = Command::new("dpkg-deb");
        query.arg("--field").arg(&self.path).arg(name);
        printed(&mut query, NEEDS).trim().to_owned()
    }

    /// Every file with its mode and owner, as tar lists them.
    fn files(&self) -> BTreeMap<String, String> {
        let listed = printed(Command::new("dpkg-deb").arg("--contents").arg(&self.path), NEEDS);
        let line = |line: &str| {
            let mut words = line.split_whitespace();
            let mode = words.next()?.to_owned();
            let owner = words.next()?.to_owned();
            let path = line.rsplit(" ./").next()?.to_owned();
            Some((path, format!("{mode} {owner}")))
        };
        listed.lines().filter_map(line).collect()
    }

    fn script(&self, name: &str) -> String {
        fs_err::read_to_string(self.control(name)).unwrap()
    }

    /// A file of what dpkg reads, in a folder of its own for each that is asked for.
    fn control(&self, name: &str) -> PathBuf {
        let folder = self.folder.join(format!("control-{name}"));
        let mut unpack = Command::new("dpkg-deb");
        unpack.arg("--control").arg(&self.path).arg(&folder);
        if !folder.exists() {
            printed(&mut unpack, NEEDS);
        }
        folder.join(name)
    }

    fn unpacked(&self) -> PathBuf {
        let into = self.folder.join("unpacked");
        printed(
            Command::new("dpkg-deb").arg("--extract").arg(&self.path).arg(&into),
            NEEDS,
        );
        into
    }
}

fn mode_of<'f>(files: &'f BTreeMap<String, String>, path: &str) -> &'f str {
    files
        .get(path)
        .unwrap_or_else(|| panic!("{path} is not among {:#?}", files.keys()))
}

#[test]
#[ignore = "needs debian"]
fn debian_package_has_everything_in_its_place_and_starts_nothing() {
    let package = &*PACKAGE;
    let depends = package.field("Depends");
    assert!(
        depends.contains("libc6 (>=") && depends.contains("adduser"),
        "{depends}"
    );
    assert_eq!(package.field("Version"), format!("{}-1", env!("CARGO_PKG_VERSION")));

    let files = package.files();
    for (path, mode) in [
        ("usr/bin/reseat", "-rwxr-xr-x 0/0"),
        ("usr/share/man/man1/reseat.1.gz", "-rw-r--r-- 0/0"),
        ("usr/share/man/man1/reseat-export-users.1.gz", "-rw-r--r-- 0/0"),
        ("usr/share/bash-completion/completions/reseat", "-rw-r--r-- 0/0"),
        ("usr/share/zsh/vendor-completions/_reseat", "-rw-r--r-- 0/0"),
        ("usr/share/fish/vendor_completions.d/reseat.fish", "-rw-r--r-- 0/0"),
        ("usr/share/doc/reseat/copyright", "-rw-r--r-- 0/0"),
        ("usr/share/doc/reseat/installing.md", "-rw-r--r-- 0/0"),
        ("usr/share/doc/reseat/examples/onboarding.csv", "-rw-r--r-- 0/0"),
        ("etc/reseat/reseat.toml", "-rw-r--r-- 0/0"),
    ] {
        assert_eq!(mode_of(&files, path), mode, "{path}");
    }
    for unit in ["reseat-watch.service", "reseat-run.service", "reseat-run.timer"] {
        let found = files
            .keys()
            .find(|path| path.ends_with(&format!("systemd/system/{unit}")));
        assert_eq!(mode_of(&files, found.expect(unit)), "-rw-r--r-- 0/0");
    }
    assert!(!files.keys().any(|path| path.contains("client_secret")));

    assert_eq!(package.script("conffiles").trim(), "/etc/reseat/reseat.toml");
    let script = package.script("postinst");
    assert!(script.contains("adduser --system"), "{script}");
    // Without `enable = false` and `start = false` these would be `enable` and `start`.
    assert!(
        script.contains("deb-systemd-helper debian-installed reseat-watch.service"),
        "{script}"
    );
    for started in [
        "deb-systemd-invoke start",
        "deb-systemd-invoke restart",
        "deb-systemd-invoke $_dh_action",
    ] {
        assert!(!script.contains(started), "{started}: {script}");
    }
}

#[test]
#[ignore = "needs debian"]
fn debian_package_unpacked_has_a_binary_that_runs_and_pages_that_open() {
    let package = &*PACKAGE;
    let unpacked = package.unpacked();
    let version = printed(Command::new(unpacked.join("usr/bin/reseat")).arg("--version"), NEEDS);
    assert_eq!(version, format!("reseat {}\n", env!("CARGO_PKG_VERSION")));
    let pages = fs_err::read_dir(unpacked.join("usr/share/man/man1")).unwrap();
    for page in pages.map(|page| page.unwrap().path()) {
        let mut man = Command::new("man");
        man.arg("--local-file")
            .arg(&page)
            .env("MANPAGER", "cat")
            .env("MANWIDTH", "100");
        let shown = printed(&mut man, "man, as in `apt-get install man-db`");
        assert!(
            shown.contains("SYNOPSIS") && shown.contains("SEE ALSO"),
            "{}",
            page.display()
        );
    }
    // Only this test looks into this one, so that no other is unpacking it.
    printed(Command::new("sh").arg("-n").arg(package.control("postrm")), "sh");
}

#[test]
#[ignore = "needs debian"]
fn debian_package_gives_lintian_nothing_to_say() {
    let package = &*PACKAGE;
    let told = lintian(&package.path);
    assert_eq!(told, "");
}

fn lintian(package: &Path) -> String {
    let mut lintian = Command::new("lintian");
    // It has no Debian bug number to close, and is not made by Debian's own tools.
    lintian.args(["--no-cfg", "--allow-root", "--tag-display-limit", "0"]);
    lintian
        .args(["--suppress-tags", "initial-upload-closes-no-bugs"])
        .arg(package);
    let output = lintian.output().unwrap_or_else(|error| panic!("{NEEDS}: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
