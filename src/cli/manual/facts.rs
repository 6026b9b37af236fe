//! What a manual page says beside the flags: how commands end, which variables they read, which files they have.

/// The exit codes and what they mean, in a form that fits every command.
const ENDINGS: [(&str, &str); 10] = [
    ("0", "What was asked is done; of a run: every row is done or unchanged."),
    ("1", "reseat could not start, or a file could not be read or written."),
    ("2", "The sheet is invalid; nothing was sent."),
    ("3", "Some rows need a person."),
    ("4", "A limit or a guard stopped it, or nobody confirmed."),
    ("5", "Sign-in or permission."),
    ("75", "Some rows wait; run the same command again later."),
    ("129", "The terminal was closed."),
    ("130", "Ctrl-C."),
    ("143", "SIGTERM."),
];

/// What a variable is for, and which commands read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    All,
    /// Those that may ask an organization.
    Online,
}

const ENVIRONMENT: [(&str, &str, Readers); 16] = [
    ("UIPATH_URI", "The address of the installation.", Readers::Online),
    (
        "UIPATH_ORGANIZATION",
        "The organization's name in addresses.",
        Readers::Online,
    ),
    ("RESEAT_ORGANIZATION_ID", "The organization's GUID.", Readers::Online),
    ("UIPATH_IDENTITY_URI", "Where tokens are asked for.", Readers::Online),
    (
        "UIPATH_CLIENT_ID",
        "The App ID of the external application.",
        Readers::Online,
    ),
    ("UIPATH_CLIENT_SECRET", "Its App Secret.", Readers::Online),
    (
        "UIPATH_PAT",
        "A personal access token, instead of these two.",
        Readers::Online,
    ),
    (
        "UIPATH_PASSWORD",
        "The password of a user name that signs in.",
        Readers::Online,
    ),
    (
        "RESEAT_NOTIFY",
        "An https address that is told how runs end.",
        Readers::Online,
    ),
    (
        "HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        "The proxy, and the hosts that are reached without it.",
        Readers::Online,
    ),
    (
        "SSL_CERT_FILE, SSL_CERT_DIR",
        "The authorities to trust instead of the system's.",
        Readers::Online,
    ),
    (
        "XDG_STATE_HOME",
        "The folder of what is remembered between runs.",
        Readers::Online,
    ),
    ("RESEAT_CONFIG", "The configuration file, as --config.", Readers::All),
    ("RESEAT_PROFILE", "The profile, as --profile.", Readers::All),
    ("XDG_CONFIG_HOME", "The folder of the configuration.", Readers::All),
    ("NO_COLOR", "If it is set, nothing is coloured.", Readers::All),
];

const FILES: [(&str, &str, &[&str]); 7] = [
    (
        "reseat.toml",
        "The configuration: in the working folder, else in $HOME/.config/reseat.",
        &[
            "",
            "check",
            "plan",
            "run",
            "watch",
            "undo",
            "export",
            "rebalance",
            "template",
            "codes",
            "doctor",
        ],
    ),
    (
        "$HOME/.local/state/reseat",
        "What is remembered between runs: spent quota, licence codes, seats given and taken, locks. No names.",
        &["", "plan", "run", "watch", "export", "rebalance", "codes", "doctor"],
    ),
    (
        "SHEET.results.csv",
        "What became of each row; a rerun continues from it.",
        &["", "plan", "run", "watch", "undo", "report"],
    ),
    (
        "SHEET.results.csv.runs.jsonl",
        "When each run began and ended, and how; no names.",
        &["", "run", "watch", "report"],
    ),
    (
        "SHEET.failed.csv, SHEET.failed.xlsx",
        "The rows that need a person, to be corrected and run.",
        &["", "run", "watch"],
    ),
    (
        "INBOX/done, INBOX/waiting, INBOX/failed",
        "Where sheets end, each with its results.",
        &["watch"],
    ),
    (
        "INBOX/approve, INBOX/approved",
        "Sheets that somebody has to look at, and those that somebody has moved on.",
        &["watch"],
    ),
];

/// The first name of a command below reseat.
fn first(path: &str) -> &str {
    path.split(' ').next().unwrap_or_default()
}

/// How the command can end.
pub(super) fn endings(path: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let codes: &[&str] = match first(path) {
        "" | "run" => &["0", "1", "2", "3", "4", "5", "75", "129", "130", "143"],
        "plan" => &["0", "1", "2", "3", "4", "5", "75", "130"],
        "watch" => &["0", "1", "3", "4", "5", "75", "129", "130", "143"],
        "check" => &["0", "1", "2"],
        "undo" => &["0", "1", "3", "4", "5"],
        "rebalance" => &["0", "1", "2", "3", "5"],
        "export" => &["0", "1", "3", "5"],
        "template" | "codes" | "doctor" => &["0", "1", "5"],
        _ => &["0", "1"],
    };
    ENDINGS.into_iter().filter(|(code, _)| codes.contains(code))
}

/// The variables that the command reads.
pub(super) fn environment(path: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let is_online = !matches!(first(path), "check" | "report" | "sandbox" | "completions" | "man");
    ENVIRONMENT
        .into_iter()
        .filter(move |(_, _, readers)| is_online || *readers == Readers::All)
        .map(|(name, meaning, _)| (name, meaning))
}

/// The files that the command has.
pub(super) fn files(path: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES
        .into_iter()
        .filter(move |(_, _, commands)| commands.contains(&first(path)))
        .map(|(name, meaning, _)| (name, meaning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reseats_own_page_has_every_exit_code_and_variable_of_the_documents() {
        let document = |name: &str| {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
            fs_err::read_to_string(path).unwrap()
        };
        for line in document("exit-codes.md")
            .lines()
            .take_while(|line| !line.starts_with("If several"))
        {
            let code = line
                .strip_prefix("| ")
                .and_then(|rest| rest.split(' ').next())
                .unwrap_or_default();
            if code.parse::<u8>().is_ok() {
                assert!(endings("").any(|(known, _)| known == code), "{line}");
            }
        }
        let known: Vec<&str> = environment("").map(|(name, _)| name).collect();
        let known = known.join(", ");
        let text = document("configuration.md");
        let words = text.split(|letter: char| !(letter.is_ascii_uppercase() || letter == '_'));
        for word in words.filter(|word| word.starts_with("UIPATH_") || word.starts_with("RESEAT_")) {
            assert!(known.contains(word), "{word}");
        }
    }
}
