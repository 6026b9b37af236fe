//! The parts of the page under their headings.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::super::plan::{PlanView, waiting_words};
use super::super::words::{and_more, people, things};
use super::counts::Counts;
use super::names::Names;
use super::obstacles::{left_alone, obstacles};
use super::subject::PageSubject;
use super::words::{ways_lost, what_happens};
use crate::model::{GroupId, Row, RowReport};
use crate::page::{Folded, SeatBar, Section, SectionBody};
use crate::plan::{Deletion, Loser, Membership, RowIndex, SeatLine, Work};
use crate::text::{clean, joined, number, quoted};

/// How many are listed by name; the table has every one.
const NAMED: usize = 200;

/// How much of a message is shown.
const MOST: usize = 500;

/// What the sections are made of.
pub(super) struct Sections<'a> {
    pub(super) view: &'a PlanView<'a>,
    pub(super) subject: &'a PageSubject,
    pub(super) names: Names<'a>,
    pub(super) counts: &'a Counts,
    pub(super) losers: &'a [Loser],
}

impl Sections<'_> {
    /// Those in sight, in the order in which whoever decides needs them.
    pub(super) fn all(&self) -> Vec<Section> {
        let sections = [
            self.stop(),
            Some(self.access_lost()),
            self.deletions(),
            self.what_happens(),
            self.cannot_run(),
            self.left_alone(),
            self.seats(),
            self.groups(),
            self.waiting(),
            self.warnings(),
            Some(self.approval()),
        ];
        sections.into_iter().flatten().collect()
    }

    /// What is for those who run it.
    pub(super) fn folded(&self) -> Vec<Folded> {
        let facts = self.view.costs().facts();
        vec![Folded {
            summary: "Calls and time".to_owned(),
            sections: vec![Section {
                heading: "What a run sends, and how long it takes".to_owned(),
                lead: String::new(),
                body: SectionBody::Facts(facts),
            }],
        }]
    }

    fn stop(&self) -> Option<Section> {
        let stop = self.subject.stop.as_ref()?;
        let body = if stop.commands.is_empty() {
            SectionBody::Nothing
        } else {
            SectionBody::Commands(stop.commands.clone())
        };
        Some(Section {
            heading: "What would stop it".to_owned(),
            lead: quoted(&format!("{}. {}", capital(&stop.why), stop.help)),
            body,
        })
    }

    fn access_lost(&self) -> Section {
        if self.losers.is_empty() {
            return Section {
                heading: "Nobody loses access".to_owned(),
                lead: "No account is deleted, deactivated, blocked from licences or taken out of a group, apart from people \
                       who have moved to another account and go on working with it."
                    .to_owned(),
                body: SectionBody::Nothing,
            };
        }
        let lost = self.view.sheet.plan.access_lost;
        let line = |loser: &Loser| {
            let groups: Vec<String> = loser.groups.iter().map(|group| self.group(*group)).collect();
            let who = self.names.account(loser.account, loser.rows.first().copied());
            format!("{who}: {}{}", ways_lost(loser.ways, &groups), self.places(&loser.rows))
        };
        Section {
            heading: format!("{} access", people(self.losers.len(), "loses", "lose")),
            lead: format!("{}.", capital(&lost.ways())),
            body: SectionBody::Points(named(
                self.losers,
                NAMED,
                line,
                "the column `access` of the table has everybody",
            )),
        }
    }

    /// The accounts that go although nobody loses access by it, and those that go later.
    fn deletions(&self) -> Option<Section> {
        let plan = self.view.sheet.plan;
        let told: HashSet<RowIndex> = self
            .losers
            .iter()
            .flat_map(|loser| loser.rows.iter().copied())
            .collect();
        let moved: Vec<_> = plan
            .deletions
            .iter()
            .filter(|deletion| !told.contains(&deletion.row))
            .collect();
        let later = self.view.deleted_later();
        if plan.deletions.is_empty() && later.is_empty() {
            return None;
        }
        let now = plan.deletions.len();
        let above = now - moved.len();
        let mut points: Vec<String> = (above > 0)
            .then(|| {
                format!(
                    "{} named above, among those who lose access",
                    things(above, "account", "is", "are")
                )
            })
            .into_iter()
            .collect();
        let old = |deletion: &&Deletion| {
            let who = self.names.deletion(deletion);
            let place = self.places(&[deletion.row]);
            format!("{who}: the old account of somebody who has moved{place}")
        };
        points.extend(named(&moved, NAMED, old, "the table has every one"));
        let later_on = |row: &&Row| {
            let who = self.names.user_of(row);
            format!(
                "{who}: later, once the invitation of the new account is accepted ({})",
                row.place
            )
        };
        points.extend(named(&later, NAMED, later_on, "the table has every one"));
        let heading = match (now, later.len()) {
            (0, later) => format!("{} deleted later", things(later, "account", "is", "are")),
            (now, 0) => format!("{} deleted for good", things(now, "account", "is", "are")),
            (now, later) => format!(
                "{} deleted for good, and {} later",
                things(now, "account", "is", "are"),
                number(later as u64)
            ),
        };
        let lead = match now {
            0 => "This run deletes nobody. The next one deletes these, and they cannot be brought back.",
            _ => "A deleted account cannot be brought back.",
        };
        Some(Section {
            heading,
            lead: lead.to_owned(),
            body: SectionBody::Points(points),
        })
    }

    fn what_happens(&self) -> Option<Section> {
        let mut points: Vec<String> = self
            .counts
            .by_operation
            .iter()
            .map(|(operation, count)| what_happens(*operation, *count))
            .collect();
        if self.counts.mails > 0 {
            points.push(format!(
                "{} out by mail",
                things(self.counts.mails, "invitation", "goes", "go")
            ));
        }
        let later = self.view.sheet.plan.handed_over_later.len();
        if later > 0 {
            points.push(format!(
                "{} licences only once the invitation is accepted, because no seat is free for the overlap",
                things(later, "new account", "gets its", "get their")
            ));
        }
        if self.counts.already_so > 0 {
            let rows = things(self.counts.already_so, "row", "is", "are");
            points.push(format!(
                "{rows} as the sheet asks for already; nothing is done for them"
            ));
        }
        if self.view.finished_before > 0 {
            let rows = things(self.view.finished_before, "row", "was", "were");
            points.push(format!("{rows} finished by an earlier run"));
        }
        if self.counts.duplicates > 0 {
            let rows = things(self.counts.duplicates, "row", "stands", "stand");
            points.push(format!("{rows} in the sheet twice, and is done once"));
        }
        if points.is_empty() {
            return None;
        }
        Some(Section {
            heading: "What happens".to_owned(),
            lead: String::new(),
            body: SectionBody::Points(points),
        })
    }

    fn cannot_run(&self) -> Option<Section> {
        let rows = self.counts.cannot_run + self.counts.short;
        (rows > 0).then(|| Section {
            heading: format!("{} be carried out as asked", things(rows, "row", "cannot", "cannot")),
            lead: if self.subject.stop.is_some() && self.counts.short > 0 {
                "As long as seats are missing, no row at all is carried out, not even one that needs no seat."
            } else {
                "The other rows do not depend on them."
            }
            .to_owned(),
            body: SectionBody::Causes(obstacles(self.view, self.names)),
        })
    }

    fn left_alone(&self) -> Option<Section> {
        let left: Vec<RowReport> = left_alone(self.view).collect();
        let line = |report: &RowReport| self.names.said_of(report);
        (!left.is_empty()).then(|| Section {
            heading: format!("{} left alone", things(left.len(), "row", "is", "are")),
            lead: "These seats were used since the sheet was made, and are kept.".to_owned(),
            body: SectionBody::Points(named(&left, NAMED, line, "the table has every one")),
        })
    }

    fn seats(&self) -> Option<Section> {
        let lines = &self.view.sheet.plan.seats;
        if lines.is_empty() {
            return None;
        }
        let bar = |line: &SeatLine| SeatBar {
            name: self.subject.license_name(&line.code),
            code: line.code.to_string(),
            owned: line.total,
            before: line.allocated,
            after: line.taken_after(),
            given: line.taken,
            taken_away: line.freed,
            note: match line.short {
                0 => String::new(),
                short => format!(
                    "{} short",
                    things(usize::try_from(short).unwrap_or(usize::MAX), "seat", "is", "are")
                ),
            },
        };
        Some(Section {
            heading: "Seats before and after".to_owned(),
            lead: "After: with what the rows give and free. Seats that come or go by a group's rule without a row for them are \
                   not counted."
                .to_owned(),
            body: SectionBody::Seats(lines.iter().map(bar).collect()),
        })
    }

    /// Who joins and leaves which group, by number.
    fn groups(&self) -> Option<Section> {
        let mut moves: BTreeMap<GroupId, (usize, usize)> = BTreeMap::new();
        let mut note = |group: GroupId, membership: Membership| {
            let (join, leave) = moves.entry(group).or_default();
            match membership {
                Membership::Join => *join += 1,
                Membership::Leave => *leave += 1,
            }
        };
        for step in &self.view.sheet.plan.steps {
            match &step.work {
                Work::Invite(invitation) => invitation
                    .groups
                    .iter()
                    .for_each(|group| note(*group, Membership::Join)),
                Work::Create(creation) => creation.groups.iter().for_each(|group| note(*group, Membership::Join)),
                Work::Update(parts) => {
                    for (_, part) in parts.iter() {
                        part.add_groups.iter().for_each(|group| note(*group, Membership::Join));
                        part.remove_groups
                            .iter()
                            .for_each(|group| note(*group, Membership::Leave));
                    }
                }
                Work::Member(group, membership) => note(*group, *membership),
                Work::License(_)
                | Work::GroupRule(_)
                | Work::RemoveRule(_)
                | Work::EndLease(_)
                | Work::Verify(_)
                | Work::VerifyLeaver
                | Work::Delete => {}
            }
        }
        if moves.is_empty() {
            return None;
        }
        let mut moves: Vec<(String, (usize, usize))> = moves
            .into_iter()
            .map(|(group, counts)| (self.group(group), counts))
            .collect();
        moves.sort_by(|(one, of_one), (other, of_other)| {
            let size = |(join, leave): &(usize, usize)| join + leave;
            size(of_other).cmp(&size(of_one)).then_with(|| one.cmp(other))
        });
        let line = |(group, (join, leave)): &(String, (usize, usize))| {
            let parts = [
                (*join > 0).then(|| people(*join, "joins", "join")),
                (*leave > 0).then(|| people(*leave, "leaves", "leave")),
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            format!("{group}: {}", parts.join(", "))
        };
        Some(Section {
            heading: "Groups".to_owned(),
            lead: String::new(),
            body: SectionBody::Points(named(&moves, NAMED, line, "the table has every one")),
        })
    }

    fn waiting(&self) -> Option<Section> {
        let not_due = self.view.not_due;
        if not_due.waiting.count == 0 {
            return None;
        }
        let mut by_date: BTreeMap<Option<Timestamp>, Vec<&RowReport>> = BTreeMap::new();
        for report in not_due.reports() {
            let due = not_due.due.get(&report.key).copied();
            by_date.entry(due).or_default().push(report);
        }
        let mut points = Vec::new();
        for (due, reports) in by_date {
            let who = |report: &&RowReport| {
                let who = self.names.report(report);
                let operation = report.operation.map_or("", |operation| operation.as_str());
                format!("{who} ({operation}, {})", report.place)
            };
            let names: Vec<String> = reports.iter().take(NAMED).map(who).collect();
            let more = and_more(reports.len(), names.len());
            let until = due.map_or_else(
                || "begun, and waiting".to_owned(),
                |due| format!("until {}", not_due.as_of.show_briefly(due)),
            );
            points.push(format!("{until}: {}{more}", joined(&names, usize::MAX)));
        }
        Some(Section {
            heading: "What waits".to_owned(),
            lead: format!(
                "{}. Nothing was looked up for them, so they count neither as deletions, nor for seats, nor as access lost. \
                 They are done when their date has come and the sheet is run again.",
                waiting_words(not_due.waiting, not_due.as_of)
            ),
            body: SectionBody::Points(points),
        })
    }

    fn warnings(&self) -> Option<Section> {
        let warnings = &self.view.sheet.plan.warnings;
        let notes = self.subject.notes.iter().map(|note| capital(note));
        let warnings = warnings.iter().map(|warning| capital(&self.names.warning(warning)));
        let points: Vec<String> = notes.chain(warnings).collect();
        if points.is_empty() {
            return None;
        }
        Some(Section {
            heading: "What to know before".to_owned(),
            lead: String::new(),
            body: SectionBody::Points(points),
        })
    }

    fn approval(&self) -> Section {
        let approval = &self.subject.approval;
        Section {
            heading: "How to approve it".to_owned(),
            lead: quoted(&approval.words),
            body: if approval.commands.is_empty() {
                SectionBody::Nothing
            } else {
                SectionBody::Commands(approval.commands.clone())
            },
        }
    }

    fn group(&self, id: GroupId) -> String {
        let sheet = self.view.sheet;
        let group = sheet.plan.groups.get(&id).or_else(|| sheet.snapshot.group_by_id(id));
        clean(&group.map_or_else(|| id.to_string(), |group| group.name.clone()), MOST)
    }

    /// ` (row 3)`, ` (rows 3 and 7)`
    fn places(&self, rows: &[RowIndex]) -> String {
        let places: Vec<String> = rows
            .iter()
            .map(|row| self.view.sheet.rows[*row].place.to_string())
            .collect();
        format!(" ({})", joined(&places, 5))
    }
}

/// A line for each of the first, and how many more there are and where.
fn named<T>(items: &[T], most: usize, line: impl Fn(&T) -> String, where_else: &str) -> Vec<String> {
    let mut lines: Vec<String> = items.iter().take(most).map(line).collect();
    if items.len() > most {
        lines.push(format!("{}: {where_else}", and_more(items.len(), most).trim_start()));
    }
    lines
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
