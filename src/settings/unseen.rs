//! How a secret gets into a variable without being seen on the screen or kept by the shell.

/// The line to type in the shell that is used. It asks for the secret without showing it.
pub fn typed_unseen(variable: &str, environment: &dyn Fn(&str) -> Option<String>) -> String {
    Interpreter::at_hand(environment).line(variable)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interpreter {
    Bash,
    Zsh,
    Fish,
    PowerShell,
    /// `sh` in any of its forms, and every other one that is like it.
    Posix,
}

impl Interpreter {
    /// The one that `SHELL` names, which is the one that people log in with.
    fn at_hand(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        if cfg!(windows) {
            return Self::PowerShell;
        }
        let shell = environment("SHELL").unwrap_or_default();
        match shell.rsplit('/').next().unwrap_or_default() {
            "bash" => Self::Bash,
            "zsh" => Self::Zsh,
            "fish" => Self::Fish,
            "pwsh" => Self::PowerShell,
            _ => Self::Posix,
        }
    }

    fn line(self, variable: &str) -> String {
        match self {
            // On one line, because what is pasted after `read` alone would become the secret.
            Self::Bash | Self::Zsh => format!("read -rs {variable} && export {variable}"),
            Self::Fish => format!("read -sx {variable}"),
            Self::PowerShell => {
                format!("$env:{variable} = [Net.NetworkCredential]::new('', (Read-Host -AsSecureString)).Password")
            }
            // POSIX has no `read -s`, which dash and ksh refuse.
            Self::Posix => format!("stty -echo; read -r {variable}; stty echo; export {variable}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_that_of_the_shell_at_hand_and_one_of_any_where_that_is_unknown() {
        for (shell, line) in [
            (Some("/bin/bash"), "read -rs X && export X"),
            (Some("/usr/local/bin/zsh"), "read -rs X && export X"),
            (Some("/usr/bin/fish"), "read -sx X"),
            (Some("/usr/bin/pwsh"), "$env:X = "),
            (Some("/bin/sh"), "stty -echo; read -r X; stty echo; export X"),
            (Some("/bin/dash"), "stty -echo; "),
            (None, "stty -echo; "),
        ] {
            let told = typed_unseen("X", &|name| shell.filter(|_| name == "SHELL").map(str::to_owned));
            let expected = if cfg!(windows) { "$env:X = " } else { line };
            assert!(told.starts_with(expected), "{shell:?}: {told}");
        }
    }
}
