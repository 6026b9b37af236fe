//! What sheets that are dropped into a folder may do without anybody's approval.

use std::time::Duration;

use super::finding::{Findings, SettingFault};
use super::section::Section;
use super::values::max_failures;
use crate::engine::MaxFailures;
use crate::plan::OnShortage;

/// How sheets are run that nobody stands by.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchSettings {
    /// How many accounts a sheet may delete, now and later, before somebody has to approve it.
    pub max_deletes: u64,
    /// How many people may lose access by a sheet before somebody has to approve it.
    pub max_access_lost: u64,
    /// When failures stop a run; never where `None`.
    pub max_failures: Option<MaxFailures>,
    /// What to do when there are too few seats.
    pub on_shortage: OnShortage,
    /// The group of the system, by name or number, that may read what is left in the folders; nobody but the account that
    /// runs reseat where `None`.
    pub unix_group: Option<String>,
    /// How long a file has to have stayed the same before it is taken for whole.
    pub quiet: Duration,
}

impl Default for WatchSettings {
    fn default() -> Self {
        Self {
            max_deletes: 0,
            max_access_lost: 0,
            max_failures: None,
            on_shortage: OnShortage::Stop,
            unix_group: None,
            quiet: Duration::from_secs(5),
        }
    }
}

pub(super) fn watch(mut section: Section<'_>, findings: &Findings) -> WatchSettings {
    let usual = WatchSettings::default();
    // In the order of the documents, in which `doctor` shows them.
    let max_deletes = section.whole("max_deletes", 0, u32::MAX).map(u64::from);
    let max_access_lost = section.whole("max_access_lost", 0, u32::MAX).map(u64::from);
    let max_failures = section.count_or_text("max_failures").and_then(|said| {
        said.checked(findings, |text| {
            max_failures(&text).ok_or_else(|| {
                SettingFault::new(
                    format!("`{text}` is neither a number of rows above 0 nor a percentage"),
                    "write `50` or `\"5%\"`",
                )
            })
        })
    });
    let on_shortage = section.text("on_shortage").and_then(|said| {
        said.checked(findings, |word| match word.as_str() {
            "stop" => Ok(OnShortage::Stop),
            "fill" => Ok(OnShortage::Fill),
            other => Err(SettingFault::new(
                format!("`{other}` is neither `stop` nor `fill`"),
                "`stop` sends nothing where seats are short, `fill` gives them out in the sheet's order",
            )),
        })
    });
    let unix_group = section.count_or_text("unix_group");
    if let Some(said) = unix_group.as_ref().filter(|_| !cfg!(unix)) {
        findings.warning(
            &said.place,
            SettingFault::new(
                "means nothing on this system, and is left aside",
                "let the folder hand its own permissions down to what is left in it",
            ),
        );
    }
    let settings = WatchSettings {
        max_deletes: max_deletes.unwrap_or(usual.max_deletes),
        max_access_lost: max_access_lost.unwrap_or(usual.max_access_lost),
        max_failures,
        on_shortage: on_shortage.unwrap_or(usual.on_shortage),
        unix_group: unix_group.map(|said| said.value),
        quiet: section.length("quiet").unwrap_or(usual.quiet),
    };
    section.finish();
    settings
}
