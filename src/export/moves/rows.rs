//! Movers as the rows of a sheet, and what is said about them.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::mover::{Mover, Movers, Origin};
use super::obstacle::MOST_NAMED;
use super::request::MoveRequest;
use crate::draft::{DraftColumn, DraftRow};
use crate::export::facts;
use crate::export::selection::{Selection, Subject};
use crate::export::{ExportRow, ExportTable, Exported, Filter, FilterError, Present};
use crate::holdings::Holder;
use crate::intake::{Column, FactColumn};
use crate::model::OperationKind;
use crate::text::{choose, joined, listed, nearest, number};

/// Everybody of a domain whom the filters take, by address and then id. Addresses are held against everybody's, whomever
/// the filters take, so that a domain can move in several parts.
///
/// # Errors
/// Filters that name what is not there.
pub fn moves<'a>(
    present: Present<'a>,
    filters: &[Filter],
    request: &MoveRequest,
) -> Result<Exported<'a>, Vec<FilterError>> {
    let selection = Selection::of(filters, present)?;
    let movers = Movers::of(present.snapshot, request);
    let near = if movers.all.is_empty() {
        near_domain(present, request)
    } else {
        None
    };
    let all = movers.all.into_iter().map(|mover| {
        let account = Some(mover.user);
        let holder = present.holdings.of_user(mover.user.id);
        (mover, Subject { account, holder })
    });
    let chosen = selection.people(all);
    let movers = Movers {
        all: chosen.taken,
        ..movers
    };
    let mut told = chosen.told;
    told.extend(near);
    told.extend(lines(&movers, present, request));
    let is_listed = !request.addresses.is_empty();
    let movers = movers.all;
    let table = ExportTable::new("Moves", columns(), movers.len(), move |at, zone| {
        row(&movers[at], present, is_listed, zone)
    });
    Ok(Exported {
        tables: vec![table],
        told,
    })
}

/// The domain that may be meant where nobody is of the one that was typed.
fn near_domain(present: Present<'_>, request: &MoveRequest) -> Option<String> {
    let users = present.snapshot.users().iter();
    let domains: BTreeSet<&str> = users
        .filter_map(|user| Some(user.email().rsplit_once('@')?.1))
        .collect();
    let near = nearest(request.from.as_str(), domains)?;
    Some(format!("nobody is of `{}`; did you mean `{near}`?", request.from))
}

fn columns() -> Vec<DraftColumn> {
    let read = [Column::User, Column::UserId, Column::NewEmail, Column::DeleteWhen];
    let facts = [
        FactColumn::Person,
        FactColumn::Type,
        FactColumn::Invitation,
        FactColumn::LastLogin,
        FactColumn::DirectLicenses,
        FactColumn::InheritedFrom,
    ];
    let read = read.map(DraftColumn::Read).into_iter();
    read.chain(facts.map(DraftColumn::Fact)).collect()
}

fn row(mover: &Mover<'_>, present: Present<'_>, is_listed: bool, zone: &TimeZone) -> ExportRow {
    let user = mover.user;
    let address = mover.proposal.as_ref().map(|proposal| proposal.address.as_str());
    let mut draft = DraftRow::new(OperationKind::Migrate)
        .about(present.snapshot, user)
        .cell(Column::NewEmail, address.unwrap_or_default())
        .fact(FactColumn::Person, facts::person(user))
        .fact(FactColumn::Type, facts::kind(user))
        .fact(FactColumn::Invitation, facts::invitation(user))
        .fact(FactColumn::LastLogin, facts::time(user.last_login, zone));
    if let Some(holder) = present.holdings.of_user(user.id) {
        let direct = holder.direct.map(facts::bundles).unwrap_or_default();
        draft = draft
            .fact(FactColumn::DirectLicenses, direct)
            .fact(FactColumn::InheritedFrom, facts::inherited_from(present, holder));
    }
    if let Some(obstacle) = &mover.obstacle {
        return ExportRow::ignored(draft.noting(obstacle.note()), obstacle.why());
    }
    for note in notes(mover, present, is_listed) {
        draft = draft.noting(note);
    }
    ExportRow::run(draft)
}

/// What to know of a row that runs.
fn notes(mover: &Mover<'_>, present: Present<'_>, is_listed: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(proposal) = &mover.proposal {
        if is_listed && proposal.origin == Origin::Rule {
            notes.push("not in the list, so the address is made by the rule".to_owned());
        }
        if !proposal.left_out.is_empty() {
            let left_out = listed(proposal.left_out.iter(), MOST_NAMED);
            notes.push(format!("the address leaves out {left_out}"));
        }
        if proposal.is_cut {
            notes.push("the names are cut, as no more than 64 letters may stand before the `@`".to_owned());
        }
    }
    if let Some(tag) = tag(mover) {
        notes.push(format!(
            "the tag `{tag}` stays: find out whether the new domain takes such mail"
        ));
    }
    if mover.is_there {
        notes.push("the person has an account with this address already, and a run goes on with it".to_owned());
    }
    if is_pending(mover) {
        notes.push("the invitation to the old address is not accepted, and another goes to the new one".to_owned());
    }
    let holder = present.holdings.of_user(mover.user.id);
    if holder.is_some_and(Holder::is_blocked) {
        notes.push("blocked from every licence".to_owned());
    }
    if present.snapshot.is_administrator(mover.user) {
        notes.push("a member of Administrators: a run moves it only with `--allow-admins`".to_owned());
    }
    notes
}

/// The tag of an address whose local part the rule took over.
fn tag<'a>(mover: &'a Mover<'_>) -> Option<&'a str> {
    let proposal = mover
        .proposal
        .as_ref()
        .filter(|proposal| proposal.origin == Origin::Rule)?;
    let (local, _) = proposal.address.as_str().rsplit_once('@')?;
    let start = local.find('+').filter(|start| *start > 0)?;
    Some(&local[start..])
}

fn is_pending(mover: &Mover<'_>) -> bool {
    mover.user.is_person() && !mover.user.invitation_accepted
}

/// What whoever asked for the sheet should know of it.
fn lines(movers: &Movers<'_>, present: Present<'_>, request: &MoveRequest) -> Vec<String> {
    let moving = || movers.all.iter().filter(|mover| mover.obstacle.is_none());
    let is_guess = |mover: &&Mover<'_>| {
        let is_made = |origin: &Origin| *origin == Origin::Rule;
        !mover.is_there
            && mover
                .proposal
                .as_ref()
                .is_some_and(|proposal| is_made(&proposal.origin))
    };
    let guesses = moving().filter(is_guess).count();
    let there = moving().filter(|mover| mover.is_there).count();
    let tags = moving().filter(|mover| tag(mover).is_some()).count();
    let cut = moving().filter(|mover| mover.proposal.as_ref().is_some_and(|proposal| proposal.is_cut));
    let cut = cut.count();
    let pending = moving().filter(|mover| is_pending(mover)).count();
    let administrators = moving().filter(|mover| present.snapshot.is_administrator(mover.user));
    let administrators = administrators.count();
    let elsewhere = &movers.listed_elsewhere;
    let all = [
        (
            guesses,
            "address is a guess",
            "addresses are guesses",
            ": a run mails each, whoever reads it; look them over, or give real ones with `--addresses FILE`"
                .to_owned(),
        ),
        (
            there,
            "account with the new address is there already",
            "accounts with the new addresses are there already",
            ": a run goes on with it and mails nobody".to_owned(),
        ),
        (
            tags,
            "address keeps its tag",
            "addresses keep their tags",
            " (`+…`): find out whether the new domain takes such mail".to_owned(),
        ),
        (cut, "address is cut", "addresses are cut", " to 64 letters".to_owned()),
        (
            pending,
            "invitation to an old address is not accepted",
            "invitations to old addresses are not accepted",
            ": another goes to the new one".to_owned(),
        ),
        (
            administrators,
            "account is a member",
            "accounts are members",
            " of Administrators, which a run moves only with `--allow-admins`".to_owned(),
        ),
        (
            elsewhere.len(),
            "account of the list has no row",
            "accounts of the list have no row",
            format!(", not being of `{}`: {}", request.from, joined(elsewhere, MOST_NAMED)),
        ),
        (
            movers.listed_nobody,
            "row of the list names nobody who has an account",
            "rows of the list name nobody who has an account",
            String::new(),
        ),
    ];
    let lines = all.into_iter().filter(|(count, ..)| *count > 0);
    lines
        .map(|(count, one, several, rest)| {
            let words = choose(count, one, several);
            format!("{} {words}{rest}", number(count))
        })
        .collect()
}
