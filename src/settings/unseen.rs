//! How a secret gets into a variable without being seen on the screen or kept by the shell.

/// The line to type in the shell that is used. It asks for the secret without showing it.
pub fn typed_unseen(variable: &str, environment: &dyn Fn(&str) -> Option<String>) -> String {
    Interpreter::at_hand(environment).line(variable)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interpreter {
    /// bash and zsh.
    Posix,
    Fish,
    PowerShell,
}

impl Interpreter {
    fn at_hand(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        if cfg!(windows) {
            return Self::PowerShell;
        }
        match environment("SHELL") {
            Some(shell) if shell.ends_with("/fish") => Self::Fish,
            Some(_) | None => Self::Posix,
        }
    }

    fn line(self, variable: &str) -> String {
        match self {
            // On one line, because what is pasted after `read` alone would become the secret.
            Self::Posix => format!("read -rs {variable} && export {variable}"),
            Self::Fish => format!("read -sx {variable}"),
            Self::PowerShell => {
                format!("$env:{variable} = [Net.NetworkCredential]::new('', (Read-Host -AsSecureString)).Password")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_that_of_the_shell_at_hand() {
        let of = |shell: Option<&str>| {
            let shell = shell.map(str::to_owned);
            Interpreter::at_hand(&|name| (name == "SHELL").then(|| shell.clone()).flatten())
        };
        if cfg!(windows) {
            assert_eq!(of(Some("/usr/bin/bash")), Interpreter::PowerShell);
        } else {
            assert_eq!(of(Some("/usr/bin/fish")), Interpreter::Fish);
            assert_eq!(of(Some("/bin/zsh")), Interpreter::Posix);
            assert_eq!(of(None), Interpreter::Posix);
        }
        assert_eq!(Interpreter::Posix.line("X"), "read -rs X && export X");
        assert_eq!(Interpreter::Fish.line("X"), "read -sx X");
        assert!(Interpreter::PowerShell.line("X").starts_with("$env:X = "));
    }
}
