//! What is remembered between runs: whether it can be, and how much quota is spent by it.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;

use super::findings::Findings;
use crate::app::memory::Memory;
use crate::app::organization::lock::holder_of;
use crate::app::organization::{Organization, place_of};
use crate::app::rights::Rights;
use crate::app::runtime::off_thread;
use crate::app::state_place::{StatePlace, make_private_folder};
use crate::doctor::{Check, Finding, FolderTrial, quota, state_folder};
use crate::files::temporary_in;
use crate::settings::{self, Settings};

/// Looks whether files can be made, renamed and deleted in the state folder, by doing so.
pub(super) async fn look_at_folder(findings: &mut Findings<'_>) {
    let began = Instant::now();
    let folder = settings::state_folder(&|name| std::env::var(name).ok());
    let finding = match folder {
        None => state_folder(Path::new(""), &FolderTrial::Unnamed),
        Some(folder) => off_thread(move || state_folder(&folder, &tried(&folder))).await,
    };
    findings.add(finding.after(began.elapsed()));
}

fn tried(folder: &Path) -> FolderTrial {
    let trial = || -> Result<FolderTrial, FolderTrial> {
        let failed = |step| move |error| FolderTrial::Fails { step, error };
        make_private_folder(folder).map_err(failed("make the folder"))?;
        let mut file = temporary_in(folder).map_err(failed("make a file"))?;
        let written = file.write_all(b"{}").and_then(|()| file.as_file().sync_all());
        written.map_err(failed("write a file"))?;
        let takes_locks = match file.as_file().lock() {
            Err(error) if error.kind() == ErrorKind::Unsupported => false,
            locked => locked.map(|()| true).map_err(failed("lock a file"))?,
        };
        let renamed = folder.join(format!(".doctor-{}", uuid::Uuid::new_v4()));
        let kept = file.persist_noclobber(&renamed);
        drop(kept.map_err(|error| failed("rename a file")(error.error))?);
        fs_err::remove_file(&renamed).map_err(failed("delete a file"))?;
        Ok(FolderTrial::Works {
            is_open_to_others: is_open_to_others(folder).map_err(failed("look at the folder"))?,
            takes_locks,
        })
    };
    trial().unwrap_or_else(|failure| failure)
}

/// Where the system does not tell, the folder is below the user's own, which no others may look into.
fn is_open_to_others(folder: &Path) -> io::Result<bool> {
    let rights = Rights::of(&fs_err::metadata(folder)?);
    Ok(rights.is_some_and(|rights| rights.mode & 0o077 != 0))
}

/// Tells how much of the quota is left, from what is remembered of the organization, and who works on it now.
pub(super) fn look_at_quota(settings: &Settings, organization: Option<&Organization>, findings: &mut Findings<'_>) {
    let limits = &settings.limits.quotas;
    let (place, finding) = match organization {
        Some(organization) => {
            let client = &organization.client;
            let calls = client.stats().calls;
            (organization.place.clone(), quota(&client.spent(), limits, &calls))
        }
        None => match place_by(settings) {
            Some(place) => {
                let spent = Memory::of(Some(place.clone())).recall_spent(Timestamp::now());
                (Some(place), quota(&spent, limits, &std::collections::BTreeMap::new()))
            }
            None => {
                let what = "nothing can be looked up, because it is not known which organization it is";
                (None, Finding::skipped(Check::Quota, what))
            }
        },
    };
    let at_work = place.as_ref().and_then(holder_of);
    findings.add(match at_work {
        Some(holder) => finding.with_detail(format!(
            "another run is working on this organization now ({holder}); it spends of the same quota, and a second run would not \
             begin"
        )),
        None => finding,
    });
}

/// Where something is remembered of the organization whose id is configured.
fn place_by(settings: &Settings) -> Option<StatePlace> {
    let address = settings.address.as_ref()?;
    place_of(&address.uri, address.organization_id?)
}
