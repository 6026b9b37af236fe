//! What a token permits, and what does not work without the rest.

use super::{Blame, Check, Finding, Outcome};
use crate::api::SCOPES;
use crate::text::listed;

/// Something that reseat does, and the scope that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeNeed {
    /// The scope that is enough for it. The same without its last part is enough as well: `PM.User` for `PM.User.Read`.
    pub scope: &'static str,
    /// What does not work without it.
    pub without: &'static str,
}

/// All that reseat does, reading first (`uipath-api`, 2.5).
pub const SCOPE_NEEDS: [ScopeNeed; 6] = [
    ScopeNeed {
        scope: "PM.User.Read",
        without: "no row that names people can be planned, and `export` and `rebalance` read nobody",
    },
    ScopeNeed {
        scope: "PM.Group.Read",
        without: "no row that names groups can be planned, and nobody's groups can be told",
    },
    ScopeNeed {
        scope: "PM.License.Read",
        without: "no row that names licences can be planned, and `export licenses` and `rebalance` read nothing",
    },
    ScopeNeed {
        scope: "PM.User.Write",
        without: "rows that invite, create, change, off-board, move or delete people end with 403",
    },
    ScopeNeed {
        scope: "PM.Group.Write",
        without: "rows that put people into groups or take them out end with 403",
    },
    ScopeNeed {
        scope: "PM.License.Write",
        without: "rows that give or take licences end with 403",
    },
];

impl ScopeNeed {
    /// Whether these scopes are enough.
    pub fn is_met_by(self, granted: &[String]) -> bool {
        let umbrella = self.scope.rsplit_once('.').map(|(resource, _)| resource);
        granted
            .iter()
            .any(|scope| scope == self.scope || Some(scope.as_str()) == umbrella)
    }

    fn reads(self) -> bool {
        self.scope.ends_with(".Read")
    }
}

/// Whether these scopes are enough for what takes this one; `None` where it is not known what is granted.
pub(super) fn is_granted(scope: &'static str, granted: Option<&[String]>) -> Option<bool> {
    let need = ScopeNeed { scope, without: "" };
    granted.map(|granted| need.is_met_by(granted))
}

/// Who decided what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Reseat: all that it needs.
    ByReseat,
    /// The profile, by `scopes`.
    ByProfile,
    /// Whoever made the token, or the account that signs in.
    ByNobody,
}

/// What is made of the scopes of a token; `None` where neither the server nor the token tells them.
pub fn scopes(granted: Option<&[String]>, asked: Asked) -> Finding {
    let Some(granted) = granted else {
        let what = "the token does not tell its scopes; the routes below show what it may read, and only a run what it may change";
        return Finding::skipped(Check::Scopes, what);
    };
    let (met, lacking): (Vec<_>, Vec<_>) = SCOPE_NEEDS.iter().copied().partition(|need| need.is_met_by(granted));
    let shown = |needs: &[ScopeNeed]| listed(needs.iter().map(|need| need.scope), 6);
    if lacking.is_empty() {
        let all = listed(SCOPES.iter(), SCOPES.len());
        let what = format!("the token has all that reseat needs: {all}");
        return Finding::ok(Check::Scopes, what);
    }
    let cannot_read = lacking.iter().any(|need| need.reads());
    let outcome = match asked {
        // Whoever lists them wants no more, and sees here what that means.
        Asked::ByProfile => Outcome::Warning,
        _ if cannot_read => Outcome::Failed(Blame::Permission),
        _ => Outcome::Warning,
    };
    let mut finding = Finding::new(Check::Scopes, outcome, format!("the token lacks {}", shown(&lacking)));
    for need in &lacking {
        finding = finding.with_detail(format!("without `{}`, {}", need.scope, need.without));
    }
    if !met.is_empty() {
        finding = finding.with_detail(format!("it has {}", shown(&met)));
    }
    let mut umbrellas = SCOPES.to_vec();
    umbrellas.retain(|scope| lacking.iter().any(|need| need.scope.starts_with(scope)));
    let umbrellas = listed(umbrellas.iter(), SCOPES.len());
    finding.with_help(match asked {
        Asked::ByReseat => format!(
            "add {umbrellas} to the application as application scopes (portal: Admin, External Applications, the application, \
             Edit); the next token has them"
        ),
        Asked::ByProfile => format!(
            "if that is not on purpose, add {umbrellas} to `scopes` of the profile, or take `scopes` out, and to the application \
             as application scopes"
        ),
        Asked::ByNobody => format!("make a personal access token with {umbrellas} as well, or sign in as an external application"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(scopes: &str) -> Vec<String> {
        scopes.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_umbrella_is_enough_and_so_is_each_scope_alone_and_no_other() {
        for need in SCOPE_NEEDS {
            let (umbrella, _) = need.scope.rsplit_once('.').unwrap();
            assert!(need.is_met_by(&granted(umbrella)) && need.is_met_by(&granted(need.scope)));
            for other in SCOPE_NEEDS.iter().filter(|other| **other != need) {
                assert!(!need.is_met_by(&granted(other.scope)), "{} {}", need.scope, other.scope);
            }
            assert!(!need.is_met_by(&granted(&format!("{}.Read {}s", need.scope, umbrella))));
        }
    }

    #[test]
    fn what_is_lacking_is_told_with_what_does_not_work_and_which_scope_to_add() {
        let all = "PM.User PM.Group PM.License";
        let cases = [
            (all, Asked::ByReseat, Outcome::Ok, ""),
            (
                "PM.User PM.Group",
                Asked::ByReseat,
                Outcome::Failed(Blame::Permission),
                "add `PM.License` to the application",
            ),
            (
                "PM.User PM.Group",
                Asked::ByProfile,
                Outcome::Warning,
                "add `PM.License` to `scopes` of the profile",
            ),
            (
                "PM.User.Read PM.Group.Read PM.License.Read",
                Asked::ByReseat,
                Outcome::Warning,
                "add `PM.User`, `PM.Group` and `PM.License`",
            ),
            (
                "",
                Asked::ByNobody,
                Outcome::Failed(Blame::Permission),
                "personal access token with `PM.User`",
            ),
        ];
        for (scopes_of_token, asked, outcome, help) in cases {
            let finding = scopes(Some(&granted(scopes_of_token)), asked);
            assert_eq!(finding.outcome, outcome, "{finding:?}");
            assert!(finding.help.concat().contains(help), "{finding:?}");
            let lacking = SCOPE_NEEDS
                .iter()
                .filter(|need| !need.is_met_by(&granted(scopes_of_token)));
            for need in lacking {
                let told = finding
                    .details
                    .iter()
                    .any(|detail| detail.contains(need.scope) && detail.contains(need.without));
                assert!(told, "{finding:?}");
            }
        }
        assert_eq!(scopes(None, Asked::ByNobody).outcome, Outcome::Skipped);
    }
}
