//! Where the configuration file is looked for.

use std::path::{Path, PathBuf};

/// The name of the file, in the working folder and in the platform's folder alike.
pub const FILE_NAME: &str = "reseat.toml";

/// The platform's folder for reseat's configuration: `$XDG_CONFIG_HOME/reseat` (or `~/.config/reseat`),
/// `~/Library/Application Support/reseat`, `%APPDATA%\reseat`. `None` if the variables are not set.
pub fn config_folder(environment: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = |variable: &str| absolute(environment, variable);
    let base = if cfg!(windows) {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
    };
    base.map(|base| base.join("reseat"))
}

/// The platform's folder for what reseat remembers between runs: `$XDG_STATE_HOME/reseat` (or
/// `~/.local/state/reseat`), `~/Library/Application Support/reseat`, `%LOCALAPPDATA%\reseat`. `None` if
/// the variables are not set.
pub fn state_folder(environment: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = |variable: &str| absolute(environment, variable);
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))
    };
    base.map(|base| base.join("reseat"))
}

/// A variable that holds an absolute path; a relative one counts as not set.
fn absolute(environment: &dyn Fn(&str) -> Option<String>, variable: &str) -> Option<PathBuf> {
    environment(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

/// The files to try when none is named, first one first.
pub(super) fn candidates(working_folder: &Path, config_folder: Option<&Path>) -> Vec<PathBuf> {
    let folders = [Some(working_folder), config_folder];
    folders
        .into_iter()
        .flatten()
        .map(|folder| folder.join(FILE_NAME))
        .collect()
}

#[cfg(all(test, not(windows), not(target_os = "macos")))]
mod tests {
    use super::*;

    fn folder(variables: &[(&str, &str)]) -> Option<PathBuf> {
        config_folder(&|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_config_folder_follows_xdg_and_ignores_relative_paths() {
        let home = ("HOME", "/home/ann");
        assert_eq!(folder(&[("XDG_CONFIG_HOME", "/cfg"), home]), Some("/cfg/reseat".into()));
        assert_eq!(
            folder(&[("XDG_CONFIG_HOME", "cfg"), home]),
            Some("/home/ann/.config/reseat".into())
        );
        assert_eq!(folder(&[]), None);
    }
}
