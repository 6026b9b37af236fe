//! What `rebalance` proposes, as text.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::style::{HEADING, WARNING};
use super::table::{Align, Table};
use super::words::{people, things};
use crate::directory::Gap;
use crate::draft::DraftRow;
use crate::intake::{Column, FactColumn, KeptPerson};
use crate::model::OperationKind;
use crate::rebalance::{BundleLine, Class, MissingOut, Obstacle, Proposal, Rules, Swap};
use crate::sheet::WrittenCell;
use crate::text::{self, choose, clean, fold, length_text, number, plural};

/// How many of those who miss out are listed; the sheet has all.
const NAMED: usize = 20;

/// A proposal, and what it rests on.
#[derive(Debug, Clone, Copy)]
pub struct RebalanceView<'a> {
    /// What is proposed.
    pub proposal: &'a Proposal,
    /// On which terms.
    pub rules: &'a Rules,
    /// What became of the keep list.
    pub keep_list: &'a KeepListUse,
    /// What no route of the organization told; people were told while it was read.
    pub gaps: &'a [Gap],
}

/// What became of a keep list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeepListUse {
    /// How many people are kept.
    pub in_force: usize,
    /// How many are no more, because their day has passed.
    pub expired: usize,
    /// Those whom the organization does not have, or whose name could be several accounts'.
    pub unknown: Vec<KeptPerson>,
}

impl KeepListUse {
    fn is_empty(&self) -> bool {
        self.in_force == 0 && self.expired == 0 && self.unknown.is_empty()
    }
}

/// How many rows of the sheet do what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Those that are run.
    pub to_run: usize,
    /// `ignore` rows, which are for a person to read.
    pub ignored: usize,
}

impl RebalanceView<'_> {
    /// How many rows do what.
    pub fn row_counts(&self) -> RowCounts {
        let ignored = self.proposal.rows.iter().filter(|row| row.operation.is_none()).count();
        RowCounts {
            to_run: self.proposal.rows.len() - ignored,
            ignored,
        }
    }

    /// How many seats are freed, given up in swaps among them.
    pub fn freed(&self) -> u64 {
        self.sum(|line| line.freed.saturating_add(line.swapped))
    }

    /// How many seats are granted.
    pub fn granted(&self) -> u64 {
        self.sum(|line| line.granted)
    }

    /// How many seats should have been freed besides, and cannot be.
    pub fn short(&self) -> u64 {
        self.sum(|line| line.to_free.saturating_sub(line.freed))
    }

    /// How many people get less than is wanted, each counted once, for however many reasons.
    fn people_missing_out(&self) -> usize {
        let missing = self.proposal.missing_out.iter();
        let people: BTreeSet<_> = missing.map(|one| one.user.ok_or_else(|| fold(&one.label))).collect();
        people.len()
    }

    /// The groups whose seats are given back, by how they are called in the sheet, with how many people's.
    pub fn groups(&self) -> BTreeMap<&str, usize> {
        let mut groups = BTreeMap::new();
        for row in &self.proposal.rows {
            let is_orphan = row.facts.get(&FactColumn::Class) == Some(&WrittenCell::text(Class::Orphan.as_str()));
            // Whoever is gone takes no seat again.
            if row.operation == Some(OperationKind::ReleaseLease)
                && !is_orphan
                && let Some(group) = row.cells.get(&Column::Group)
            {
                *groups.entry(group.as_str()).or_insert(0) += 1;
            }
        }
        groups
    }

    /// The proposal in a sentence.
    pub fn message(&self) -> String {
        let RowCounts { to_run, .. } = self.row_counts();
        let mut missing = match self.people_missing_out() {
            0 => String::new(),
            count => format!("; {}", people(count, "misses out", "miss out")),
        };
        if self.frees_nothing_asked_for() {
            missing.push_str("; nothing that `--free` asks for can be freed");
        }
        if to_run == 0 {
            return format!("nothing is to be freed or granted{missing}");
        }
        let seats = plural(self.freed(), "seat");
        let rows = things(to_run, "row", "frees", "free");
        let grant = choose(to_run, "grants", "grant");
        format!("{rows} {seats} and {grant} {}{missing}", number(self.granted()))
    }

    /// Whether `--free` was given, and what comes free cures an excess at most.
    fn frees_nothing_asked_for(&self) -> bool {
        let mut asked = self
            .proposal
            .bundles
            .iter()
            .filter(|line| self.rules.free.contains_key(&line.code));
        !self.rules.free.is_empty() && asked.all(|line| line.freed <= excess(line))
    }

    /// Writes it as text.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_bundles(out)?;
        self.write_looked_at(out)?;
        self.write_cut_offs(out)?;
        self.write_keep_list(out)?;
        self.write_groups(out)?;
        self.write_limits(out)?;
        self.write_missing(out)
    }

    fn sum(&self, of: impl Fn(&BundleLine) -> u64) -> u64 {
        self.proposal.bundles.iter().map(of).fold(0, u64::saturating_add)
    }

    fn write_bundles(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = Table::new([
            ("bundle", Align::Left),
            ("owned", Align::Right),
            ("taken", Align::Right),
            ("idle", Align::Right),
            ("freed", Align::Right),
            ("wanted", Align::Right),
            ("granted", Align::Right),
            ("missing", Align::Right),
            ("taken then", Align::Right),
        ]);
        let told = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), number);
        for line in &self.proposal.bundles {
            table.push([
                line.code.to_string(),
                told(line.owned),
                told(line.taken),
                number(line.all_idle()),
                number(line.freed.saturating_add(line.swapped)),
                number(line.wanted),
                number(line.granted),
                number(line.missing()),
                told(line.taken_then()),
            ]);
        }
        if self.proposal.bundles.is_empty() {
            return writeln!(out, "nobody holds or wants a seat");
        }
        table.write(out)?;
        for line in self.proposal.bundles.iter().filter(|line| line.swapped > 0) {
            writeln!(
                out,
                "{} of the freed seats of {} are given up in swaps",
                number(line.swapped),
                line.code
            )?;
        }
        self.write_idle_swaps(out)?;
        for line in self.proposal.bundles.iter().filter(|line| line.freed > 0) {
            let over = excess(line);
            if over > 0 {
                let are = choose(over, "is", "are");
                writeln!(
                    out,
                    "{} more of {} {are} taken than owned; the first that come free cure that",
                    number(over),
                    line.code
                )?;
            }
        }
        for line in &self.proposal.bundles {
            match line.to_free.saturating_sub(line.freed) {
                0 => {}
                short => writeln!(
                    out,
                    "{WARNING}warning{WARNING:#}: of {}, {} should be freed and only {} can be; to be looked at: {}, left alone: {}",
                    line.code,
                    number(line.to_free),
                    number(line.to_free - short),
                    number(line.look_at),
                    number(line.left_alone)
                )?,
            }
        }
        Ok(())
    }

    /// Swaps that swap nothing.
    fn write_idle_swaps(&self, out: &mut dyn Write) -> io::Result<()> {
        for Swap { old, new } in self.rules.swaps_in_force() {
            let line = self.proposal.bundles.iter().find(|line| line.code == *old);
            let why = match line {
                Some(line) if line.swapped > 0 => continue,
                Some(line) if line.taken != Some(0) => "; the sheet says why of each who holds it".to_owned(),
                Some(_) | None => format!(": nobody holds {old}"),
            };
            writeln!(out, "{WARNING}warning{WARNING:#}: no {old} is swapped for {new}{why}")?;
        }
        Ok(())
    }

    fn write_looked_at(&self, out: &mut dyn Write) -> io::Result<()> {
        let looked_at = &self.proposal.looked_at;
        let holders: u64 = looked_at.classes.values().sum();
        if holders == 0 {
            return Ok(());
        }
        let words = |class: &Class| match class {
            Class::Orphan => "whose account is gone",
            Class::Idle => "idle",
            Class::Pending => "with an invitation that is not accepted",
            Class::NoRecord => "without a record of use",
            Class::LookAt => "to look at",
            Class::New => "too new to tell",
            Class::InUse => "in use",
        };
        let parts: Vec<String> = looked_at
            .classes
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(class, count)| format!("{} {}", number(*count), words(class)))
            .collect();
        writeln!(
            out,
            "\n{HEADING}{}{HEADING:#}: {}",
            plural(holders, "holder"),
            parts.join(", ")
        )?;
        if looked_at.left_alone > 0 {
            writeln!(
                out,
                "{} left alone although idle: administrators, the keep list and the like; the sheet says why of each whose seat was looked for",
                number(looked_at.left_alone)
            )?;
        }
        Ok(())
    }

    /// From when on somebody counts as idle.
    fn write_cut_offs(&self, out: &mut dyn Write) -> io::Result<()> {
        for (what, length) in [
            ("idle means last seen before", self.rules.idle_for),
            (
                "an unaccepted invitation counts if it is from before",
                self.rules.pending,
            ),
            (
                "a missing record counts if account and seat are from before",
                self.rules.grace,
            ),
        ] {
            let cut_off = self.rules.as_of.now.checked_sub(length);
            let cut_off = cut_off.map_or_else(|_| "any time".to_owned(), |cut_off| self.rules.as_of.show(cut_off));
            writeln!(out, "  {what} {cut_off} ({})", length_text(length))?;
        }
        Ok(())
    }

    fn write_keep_list(&self, out: &mut dyn Write) -> io::Result<()> {
        let list = self.keep_list;
        if list.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "keep list: {} in force, {} expired, {} unknown",
            number(list.in_force),
            number(list.expired),
            number(list.unknown.len())
        )?;
        let shown = list.unknown.iter().take(NAMED);
        for person in shown {
            let line = format!(
                "{}: the organization has no single account `{}`, so this line keeps nobody's seat",
                person.place, person.user
            );
            writeln!(out, "{WARNING}warning{WARNING:#}: {}", clean(&line, 300))?;
        }
        more(list.unknown.len(), out, "")
    }

    fn write_groups(&self, out: &mut dyn Write) -> io::Result<()> {
        let groups = self.groups();
        if groups.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "seats by groups' rules are given back; whoever signs in again takes one again:"
        )?;
        for (group, people) in groups {
            writeln!(out, "  {}: {}", clean(group, 120), text::people(people))?;
        }
        Ok(())
    }

    /// What the readings cannot show.
    fn write_limits(&self, out: &mut dyn Write) -> io::Result<()> {
        let untold = self.proposal.untold;
        if untold.uses {
            writeln!(
                out,
                "{WARNING}warning{WARNING:#}: when licences were last in use is not told here, so the last sign-in alone decides"
            )?;
        }
        if untold.sign_ins {
            writeln!(
                out,
                "{WARNING}warning{WARNING:#}: when people last signed in is not told here, so the last use alone decides"
            )?;
        }
        if !self.rules.only.is_empty() || self.keeps_some() {
            writeln!(
                out,
                "note: last use is one time for a person, not for each licence: whoever uses one of several counts as using \
                 all of them, and nothing shows which of them lies idle"
            )?;
        }
        Ok(())
    }

    /// Whether somebody gives up some licences and keeps others.
    fn keeps_some(&self) -> bool {
        let frees = |row: &DraftRow| match row.operation {
            Some(OperationKind::RemoveLicenses) => true,
            // Those of swaps are something else.
            Some(OperationKind::SetLicenses) => self.rules.swaps.is_empty(),
            Some(_) | None => false,
        };
        self.proposal.rows.iter().any(frees)
    }

    fn write_missing(&self, out: &mut dyn Write) -> io::Result<()> {
        let missing = &self.proposal.missing_out;
        if missing.is_empty() {
            return Ok(());
        }
        let heading = people(self.people_missing_out(), "misses out", "miss out");
        writeln!(out, "\n{HEADING}{heading}{HEADING:#}")?;
        for line in missing.iter().take(NAMED).map(missing_line) {
            writeln!(out, "  {line}")?;
        }
        more(missing.len(), out, "; the sheet names all")
    }
}

/// How many more are taken than owned, as far as is known.
fn excess(line: &BundleLine) -> u64 {
    let both = line.taken.zip(line.owned);
    both.map_or(0, |(taken, owned)| taken.saturating_sub(owned))
}

fn more(count: usize, out: &mut dyn Write, besides: &str) -> io::Result<()> {
    match count.saturating_sub(NAMED) {
        0 => Ok(()),
        more => writeln!(out, "  and {} more{besides}", number(more)),
    }
}

fn missing_line(missing: &MissingOut) -> String {
    let MissingOut {
        label,
        user: _,
        licenses,
        place,
        why,
    } = missing;
    let place = place.as_ref().map_or_else(|| "a swap".to_owned(), ToString::to_string);
    clean(&format!("{place}: {label} ({licenses}): {}", obstacle(*why)), 300)
}

/// Why somebody does not get a seat, in words.
fn obstacle(why: Obstacle) -> &'static str {
    match why {
        Obstacle::NoSeat => "no seat is left",
        Obstacle::NotOwned => "the organization does not own the licence",
        Obstacle::NotFound => "there is no such account",
        Obstacle::AnotherAccount => "the name is that of another account than `user_id` says",
        Obstacle::Ambiguous => "several accounts could be meant",
        Obstacle::Inactive => "the account is deactivated",
        Obstacle::NoPerson => "it is no person's account",
        Obstacle::Unreadable => "what the account holds cannot be read",
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::model::BundleCode;

    /// The first two cells of the rows of the table below this header.
    fn table(header: &str) -> Vec<(String, String)> {
        let page = include_str!("../../docs/rebalance.md");
        let rows = page.lines().skip_while(|line| !line.starts_with(header)).skip(2);
        rows.map_while(|line| {
            let mut cells = line.strip_prefix('|')?.split('|').map(|cell| cell.trim().to_owned());
            Some((cells.next()?.replace('`', ""), cells.next()?))
        })
        .collect()
    }

    #[test]
    fn whoever_misses_out_for_two_reasons_is_one_person() {
        let missing = |label: &str, licenses: &str, why| MissingOut {
            label: label.to_owned(),
            user: None,
            licenses: [BundleCode::new(licenses)].into_iter().collect(),
            place: None,
            why,
        };
        let proposal = Proposal {
            missing_out: vec![
                missing("ann@x.example", "A", Obstacle::NoSeat),
                missing("Ann@x.example", "B", Obstacle::NotOwned),
            ],
            ..Proposal::default()
        };
        let view = RebalanceView {
            proposal: &proposal,
            rules: &Rules::default(),
            keep_list: &KeepListUse::default(),
            gaps: &[],
        };
        assert_eq!(view.message(), "nothing is to be freed or granted; 1 person misses out");
    }

    #[test]
    fn the_documents_list_every_class_in_the_order_in_which_seats_are_freed() {
        let listed: Vec<String> = table("| `class` |").into_iter().map(|(class, _)| class).collect();
        let known: Vec<&str> = Class::iter().map(Class::as_str).collect();
        assert_eq!(listed, known);
    }

    #[test]
    fn the_documents_say_why_somebody_misses_out_as_the_screen_does() {
        let listed = table("| `why` |");
        let known = Obstacle::iter().map(|why| (why.as_str().to_owned(), obstacle(why).to_owned()));
        assert_eq!(listed, known.collect::<Vec<_>>());
    }
}
