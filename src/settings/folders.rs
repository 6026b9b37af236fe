//! Where the configuration file is looked for.

use std::path::{Path, PathBuf};

/// The name of the file, in the working folder and in the platform's folder alike.
pub const FILE_NAME: &str = "reseat.toml";

/// The platform's folder for reseat's configuration: `$XDG_CONFIG_HOME/reseat` (or `~/.config/reseat`),
/// `~/Library/Application Support/reseat`, `%APPDATA%\reseat`. `None` if the variables are not set.
pub fn config_folder(environment: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    folder(environment, "APPDATA", ("XDG_CONFIG_HOME", ".config"))
}

/// The platform's folder for what reseat remembers between runs: `$XDG_STATE_HOME/reseat` (or
/// `~/.local/state/reseat`), `~/Library/Application Support/reseat`, `%LOCALAPPDATA%\reseat`. `None` if
/// the variables are not set.
pub fn state_folder(environment: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    folder(environment, "LOCALAPPDATA", ("XDG_STATE_HOME", ".local/state"))
}

/// Reseat's folder where the variable of this system says; a relative path there counts as not set. The variable of
/// XDG comes with what stands for it below the user's home.
fn folder(
    environment: &dyn Fn(&str) -> Option<String>,
    of_windows: &str,
    (of_xdg, below_home): (&str, &str),
) -> Option<PathBuf> {
    let set = |variable: &str| {
        let path = environment(variable).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let base = if cfg!(windows) {
        set(of_windows)
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        set(of_xdg).or_else(|| set("HOME").map(|home| home.join(below_home)))
    };
    base.map(|base| base.join("reseat"))
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
