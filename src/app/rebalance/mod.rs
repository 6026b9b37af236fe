//! `reseat rebalance`: idle and orphaned seats matched with wanted ones, as a sheet. Only sends reads.

mod codes;
mod files;
mod sheet;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use self::codes::{Codes, ReadCodes};
use self::files::{Opened, ReadFiles};
use self::sheet::{Proposed, deliver_sheet};
use super::Ending;
use super::console::{Console, complain};
use super::ending::Reason;
use super::failure::Failure;
use super::inputs::{as_of_now, known_licenses, settings_for};
use super::organization::{Doorway, Organization, without_inventory};
use super::prepare::text;
use super::seat_memory::SeatMemory;
use super::session::{Session, in_session};
use super::sheet_place::{SheetPlace, is_same_file};
use crate::cli::{RebalanceOptions, Verbosity};
use crate::directory::{self, Needs, Snapshot};
use crate::intake::{Column, FactColumn, KeptPerson};
use crate::model::{AsOf, Catalogue, OperationKind, UserId, UserRef};
use crate::problem::Problems;
use crate::rebalance::{self, Class, Kept, Known, OwnGrant, Proposal, Rules, WantedSeat};
use crate::report::{KeepListUse, write_problems};
use crate::settings::Overrides;
use crate::sheet::{STDIN, WrittenCell};
use crate::text::plural;

pub(super) fn rebalance(
    options: &RebalanceOptions,
    overrides: &Overrides,
    console: Console<'_>,
) -> Result<Ending, Failure> {
    keep_apart(options)?;
    let place = SheetPlace::asked_for(&options.sheet)?;
    let settings = settings_for(options.target, overrides, console)?;
    let as_of = as_of_now(&settings);
    let proposed = in_session(&settings, console, async |session: &Session<'_>| {
        Box::pin(propose(session, options, as_of)).await
    })?;
    deliver_sheet(place.as_ref(), console, &proposed)
}

/// Makes sure that the two sheets that are read, and the one that is written, are three.
fn keep_apart(options: &RebalanceOptions) -> Result<(), Failure> {
    let refused = |message: String, help: &str| Err(Failure::in_settings(message).with_help(help));
    let read = [("--wanted", &options.wanted), ("--keep-list", &options.keep_list)];
    if read.iter().all(|(_, path)| path.as_deref() == Some(Path::new(STDIN))) {
        let message = "`--wanted` and `--keep-list` cannot both be standard input".to_owned();
        return refused(message, "write one of them into a file");
    }
    let Some(out) = &options.sheet.out else { return Ok(()) };
    for (flag, path) in read {
        if path.as_deref().is_some_and(|path| is_same_file(path, out)) {
            let message = format!("`{}` is read by `{flag}`, and would be replaced", out.display());
            return refused(message, "name another file with `-o`");
        }
    }
    Ok(())
}

async fn propose(session: &Session<'_>, options: &RebalanceOptions, as_of: AsOf) -> Result<Proposed, Failure> {
    let opened = Opened::of(options, session.settings).await?;
    let catalogue = known_licenses(session.settings, options.target, session.console)?;
    let doorway = Doorway::of(session, options.target).await?;
    session.tell_whose(&doorway);
    let ReadFiles {
        wanted,
        keep_list,
        problems,
        notices,
    } = opened
        .read(session.settings, &catalogue, &as_of, &doorway, session.console)
        .await?;
    for notice in notices {
        session.console.tell(format!("{notice}\n"));
    }
    session.console.tell(text(|out| write_problems(&problems, out)));
    let codes = codes(session, options, catalogue, &doorway, problems).await?;
    let organization = doorway.open().await?;
    organization.check_id(session).await?;
    let known = Known {
        grants: own_grants(session, &organization),
        seats_since: BTreeMap::new(),
    };
    let progress = session.progress();
    let wanted = wanted.seats;
    let snapshot = read(session, &organization, &wanted).await?;
    let (kept, keep_list) = kept(keep_list, &snapshot, &as_of);
    let rules = rules(options, codes, as_of);
    let proposal = settled(known, session, &organization, &snapshot, |known| {
        rebalance::rebalance(&snapshot, &wanted, &kept, known, &rules)
    });
    let proposal = proposal.await?;
    progress.finish();
    let whose = organization.whose();
    Ok(Proposed::of(proposal, rules, keep_list, &snapshot, whose))
}

/// The proposal, once it is known of everybody whose seat by a group's rule it gives back when that seat was taken. A
/// seat that is too new is replaced by another, which may be too new as well.
async fn settled(
    mut known: Known,
    session: &Session<'_>,
    organization: &Organization,
    snapshot: &Snapshot,
    propose: impl Fn(&Known) -> Proposal,
) -> Result<Proposal, Failure> {
    let mut asked: BTreeSet<UserId> = BTreeSet::new();
    let observer = session.relay.observer();
    loop {
        let proposal = propose(&known);
        let users: Vec<UserId> = giving_back_leases(&proposal, snapshot)
            .filter(|user| asked.insert(*user))
            .collect();
        if users.is_empty() {
            return Ok(proposal);
        }
        let starts = directory::lease_starts(&organization.client, &users, &organization.read, &observer).await;
        let starts = starts.map_err(|error| session.not_read(&error))?;
        let told = users
            .into_iter()
            .filter_map(|user| Some((user, starts.of_user(user).time()?)));
        let before = known.seats_since.len();
        known.seats_since.extend(told);
        if known.seats_since.len() == before {
            return Ok(proposal);
        }
    }
}

/// Those whose seats by groups' rules are given back.
fn giving_back_leases<'a>(proposal: &'a Proposal, snapshot: &'a Snapshot) -> impl Iterator<Item = UserId> + 'a {
    let rows = proposal.rows.iter().filter(|row| {
        row.operation == Some(OperationKind::ReleaseLease)
            && row.facts.get(&FactColumn::Class) != Some(&WrittenCell::text(Class::Orphan.as_str()))
    });
    let ids = rows.filter_map(|row| row.cells.get(&Column::UserId)?.parse().ok());
    ids.filter(|id| snapshot.user_by_id(*id).is_some())
}

/// The bundles that the flags name. What is wrong with them ends the command together with what is wrong with the sheets.
async fn codes(
    session: &Session<'_>,
    options: &RebalanceOptions,
    catalogue: Catalogue,
    doorway: &Doorway,
    problems: Problems,
) -> Result<Codes, Failure> {
    let mut read = ReadCodes::of(options, &catalogue);
    if read.wrong.is_empty() && !read.unknown.is_empty() && problems.errors() == 0 {
        // Where the organization cannot be asked, reading it says why.
        let client = doorway.client().await?;
        let inventory = doorway.inventory(&client).await;
        let inventory = inventory.map_err(|error| without_inventory(&error, session))?;
        read = ReadCodes::of(options, &catalogue.with_inventory(inventory));
    }
    let ReadCodes { codes, wrong, unknown } = read;
    let findings: Vec<_> = wrong.into_iter().chain(unknown).collect();
    let errors = problems.errors();
    if !findings.is_empty() {
        let message = match errors {
            0 => format!(
                "the flags have {}, so nothing was read",
                plural(findings.len(), "problem")
            ),
            _ => format!(
                "the flags have {}, and the sheets {}, so nothing was read",
                plural(findings.len(), "problem"),
                plural(errors, "error")
            ),
        };
        let mut failure = Failure::in_settings(message);
        failure.findings = findings;
        return Err(failure);
    }
    if errors > 0 {
        if session.console.verbosity == Verbosity::Quiet {
            complain(text(|out| write_problems(&problems, out)));
        }
        let message = format!("the sheets have {}, so nothing was read", plural(errors, "error"));
        return Err(Failure::new(Ending::SheetInvalid, Reason::SheetInvalid, message)
            .about(problems)
            .with_help("each error says what to do"));
    }
    Ok(codes)
}

/// The whole organization, and whoever is wanted a seat for and has no account yet.
async fn read(session: &Session<'_>, organization: &Organization, wanted: &[WantedSeat]) -> Result<Snapshot, Failure> {
    let users: Vec<&UserRef> = wanted.iter().map(|seat| &seat.user).collect();
    let needs = Needs {
        newcomers: users.clone(),
        users,
        ..Needs::whole_organization()
    };
    session.read(organization, &needs).await
}

/// Who is kept at present, by account, and what became of the others.
fn kept(list: Vec<KeptPerson>, snapshot: &Snapshot, as_of: &AsOf) -> (Vec<Kept>, KeepListUse) {
    let today = as_of.day();
    let mut told = KeepListUse::default();
    let mut kept = Vec::new();
    for person in list {
        if person.until.is_some_and(|until| until < today) {
            told.expired += 1;
            continue;
        }
        let account = snapshot.user(&person.user).one().map(|user| user.id);
        // Somebody whose account is gone is known by the id alone.
        let orphan = || match &person.user {
            UserRef::Id(id) => holds_without_account(**id, snapshot).then_some(**id),
            UserRef::Name(_) => None,
        };
        let Some(user) = account.or_else(orphan) else {
            told.unknown.push(person);
            continue;
        };
        told.in_force += 1;
        kept.push(Kept {
            user,
            reason: person.reason,
            until: person.until,
        });
    }
    (kept, told)
}

/// Whether seats are held by an id of which there is no account, directly or by a group's rule.
fn holds_without_account(id: UserId, snapshot: &Snapshot) -> bool {
    let leases_any = || {
        snapshot
            .leases()
            .is_some_and(|leases| leases.of_user(id).next().is_some())
    };
    let is_listed = snapshot.has_user(id);
    !is_listed && (snapshot.direct(id).is_some() || leases_any())
}

/// What earlier runs from this computer gave.
fn own_grants(session: &Session<'_>, organization: &Organization) -> BTreeMap<UserId, OwnGrant> {
    let Some(place) = &organization.place else {
        return BTreeMap::new();
    };
    let memory = SeatMemory::read(place).unwrap_or_else(|error| {
        session.console.tell(format!(
            "warning: which seats earlier runs gave is not known: {error}\n"
        ));
        SeatMemory::default()
    });
    memory.grants().collect()
}

fn rules(options: &RebalanceOptions, codes: Codes, as_of: AsOf) -> Rules {
    let Codes {
        only,
        free,
        reserve,
        swaps,
    } = codes;
    Rules {
        as_of,
        idle_for: options.idle_for,
        grace: options.grace,
        pending: options.pending,
        orphans: options.orphans,
        all: options.all,
        only,
        free,
        reserve,
        swaps,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api::{Allocation, Lease, ToldTime};
    use crate::directory::{Contents, Leases};
    use crate::model::{BundleCode, BundleSet, GroupId, Place};

    #[test]
    fn somebody_whose_account_is_gone_is_kept_by_id_in_whatever_way_the_seats_are_held() {
        let id = |number| UserId(Uuid::from_u128(number));
        let bundles: BundleSet = [BundleCode::new("A")].into_iter().collect();
        let lease = Lease {
            user: id(1),
            bundles: bundles.clone(),
            last_in_use: ToldTime::UNTOLD,
            is_orphan: true,
        };
        let direct = Allocation {
            user: id(2),
            bundles,
            external_license: false,
            is_orphan: true,
            last_in_use: ToldTime::UNTOLD,
        };
        let snapshot = Snapshot::from(Contents {
            allocations: Some([direct].into_iter().collect()),
            leases: Some(Leases::new([(GroupId(Uuid::from_u128(9)), vec![lease])])),
            ..Contents::default()
        });
        let list = [1, 2, 3].map(|number| KeptPerson {
            place: Place {
                sheet: "keep.csv".into(),
                row: 2,
            },
            user: UserRef::from(id(number)),
            reason: String::new(),
            until: None,
        });
        let (kept, told) = kept(list.to_vec(), &snapshot, &AsOf::default());
        assert_eq!(kept.iter().map(|kept| kept.user).collect::<Vec<_>>(), [id(1), id(2)]);
        assert_eq!((told.in_force, told.unknown.len()), (2, 1));
    }
}
