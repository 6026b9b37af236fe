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
use crate::plan::{Deletion, Loser, Membership, NAMED_IN_A_WARNING, RowIndex, SeatLine, TakenLater, Work};
use crate::text::{clean, joined, number, with_quotation_marks};

/// How many are listed by name; the table has every one.
const NAMED: usize = 200;
/// Where the others are.
const THE_TABLE: &str = "the table has every one";

/// How much of a message is shown.
const MOST: usize = 500;

/// What the sections are made of.
pub(super) struct Sections<'a> {
    pub(super) view: &'a PlanView<'a>,
    pub(super) subject: &'a PageSubject,
    pub(super) names: Names<'a>,
    pub(super) counts: &'a Counts,
    pub(super) losers: &'a [Loser],
    pub(super) later: TakenLater,
}

impl Sections<'_> {
    /// Those in sight, in the order in which whoever decides needs them.
    pub(super) fn all(&self) -> Vec<Section> {
        let sections = [
            self.stop(),
            self.access_lost(),
            self.taken_later(),
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
            sections: vec![Section::new(
                "What a run sends, and how long it takes",
                SectionBody::Facts(facts),
            )],
        }]
    }

    fn stop(&self) -> Option<Section> {
        let stop = self.subject.stop.as_ref()?;
        let section = Section::new("What would stop it", commands(&stop.commands));
        Some(section.with_lead(with_quotation_marks(&format!("{}. {}", capital(&stop.why), stop.help))))
    }

    fn access_lost(&self) -> Option<Section> {
        if self.losers.is_empty() {
            let nobody = Section::new("Nobody loses access", SectionBody::Nothing).with_lead(
                "No account is deleted, deactivated, blocked from licences or taken out of a group, apart from people who have \
                 moved to another account and go on working with it.",
            );
            return (self.later == TakenLater::default()).then_some(nobody);
        }
        let lost = self.view.sheet.plan.access_lost;
        let line = |loser: &Loser| {
            let groups: Vec<String> = loser.groups.iter().map(|group| self.group(*group)).collect();
            let who = self.names.account(loser.account, loser.rows.first().copied());
            format!("{who}: {}{}", ways_lost(loser.ways, &groups), self.places(&loser.rows))
        };
        let heading = format!("{} access", people(self.losers.len(), "loses", "lose"));
        let points = named(self.losers, line, "the column `access` of the table has everybody");
        Some(Section::new(heading, SectionBody::Points(points)).with_lead(format!("{}.", capital(&lost.ways()))))
    }

    /// Who loses access, or an account, by rows that are approved with the plan and not due yet.
    fn taken_later(&self) -> Option<Section> {
        let TakenLater {
            deletions,
            people: losers,
        } = self.later;
        let heading = match (losers, deletions) {
            (0, 0) => return None,
            (0, deletions) => format!("{} deleted later", things(deletions, "account", "is", "are")),
            (losers, _) => format!("{} access later", people(losers, "loses", "lose")),
        };
        let taking = &self.subject.approval.later;
        let points = self.by_date(|report| taking.has(report));
        Some(Section::new(heading, SectionBody::Points(points)).with_lead(
            "Approving this plan covers them: they are done when their date has come, and nobody is asked again. What they \
             find then has not been looked up.",
        ))
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
        points.extend(named(&moved, old, THE_TABLE));
        let later_on = |row: &&Row| {
            let who = self.names.user_of(row);
            format!(
                "{who}: later, once the invitation of the new account is accepted ({})",
                row.place
            )
        };
        points.extend(named(&later, later_on, THE_TABLE));
        let heading = match (now, later.len()) {
            (0, later) => format!("{} deleted later", things(later, "account", "is", "are")),
            (now, 0) => format!("{} deleted for good", things(now, "account", "is", "are")),
            (now, later) => format!(
                "{} deleted for good, and {} later",
                things(now, "account", "is", "are"),
                number(later)
            ),
        };
        let lead = match now {
            0 => "This run deletes nobody. The next one deletes these, and they cannot be brought back.",
            _ => "A deleted account cannot be brought back.",
        };
        Some(Section::new(heading, SectionBody::Points(points)).with_lead(lead))
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
        (!points.is_empty()).then(|| Section::new("What happens", SectionBody::Points(points)))
    }

    fn cannot_run(&self) -> Option<Section> {
        let rows = self.counts.cannot_run + self.counts.short;
        let lead = if self.subject.stop.is_some() && self.counts.short > 0 {
            "As long as seats are missing, no row at all is carried out, not even one that needs no seat."
        } else {
            "The other rows do not depend on them."
        };
        (rows > 0).then(|| {
            let heading = format!("{} be carried out as asked", things(rows, "row", "cannot", "cannot"));
            let causes = obstacles(self.view, self.names);
            Section::new(heading, SectionBody::Causes(causes)).with_lead(lead)
        })
    }

    fn left_alone(&self) -> Option<Section> {
        let left: Vec<RowReport> = left_alone(self.view).collect();
        let line = |report: &RowReport| self.names.said_of(report);
        (!left.is_empty()).then(|| {
            let heading = format!("{} left alone", things(left.len(), "row", "is", "are"));
            let points = named(&left, line, THE_TABLE);
            Section::new(heading, SectionBody::Points(points))
                .with_lead("These seats were used since the sheet was made, and are kept.")
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
        let bars = lines.iter().map(bar).collect();
        Some(Section::new("Seats before and after", SectionBody::Seats(bars)).with_lead(
            "After: with what the rows give and free. Seats that come or go by a group's rule without a row for them are not \
             counted.",
        ))
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
                Work::Member(group, membership) => note(**group, *membership),
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
        let points = named(&moves, line, THE_TABLE);
        Some(Section::new("Groups", SectionBody::Points(points)))
    }

    fn waiting(&self) -> Option<Section> {
        let not_due = self.view.not_due;
        if not_due.waiting.count == 0 {
            return None;
        }
        let points = self.by_date(|_| true);
        Some(Section::new("What waits", SectionBody::Points(points)).with_lead(format!(
            "{}. Nothing was looked up for them, so they count neither as deletions, nor for seats, nor as access lost. They \
             are done when their date has come and the sheet is run again.",
            waiting_words(not_due.waiting, not_due.as_of)
        )))
    }

    /// A line for each date, with the rows that wait for it.
    fn by_date(&self, is_meant: impl Fn(&RowReport) -> bool) -> Vec<String> {
        let not_due = self.view.not_due;
        let mut by_date: BTreeMap<Option<Timestamp>, Vec<&RowReport>> = BTreeMap::new();
        for report in not_due.reports().filter(|report| is_meant(report)) {
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
        points
    }

    fn warnings(&self) -> Option<Section> {
        let warnings = &self.view.sheet.plan.warnings;
        let notes = self.subject.notes.iter().map(|note| capital(note));
        let warnings = warnings.iter().map(|warning| capital(&self.names.warning(warning)));
        let points: Vec<String> = notes.chain(warnings).collect();
        if points.is_empty() {
            return None;
        }
        let section = Section::new("What to know before", SectionBody::Points(points));
        let mut warnings = self.view.sheet.plan.warnings.iter();
        Some(if warnings.any(|warning| warning.rows.len() > NAMED_IN_A_WARNING) {
            section.with_lead("Where only the first are named, the list of every row below has all.")
        } else {
            section
        })
    }

    fn approval(&self) -> Section {
        let approval = &self.subject.approval;
        Section::new("How to approve it", commands(&approval.commands)).with_lead(with_quotation_marks(&approval.words))
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

fn commands(commands: &[String]) -> SectionBody {
    match commands {
        [] => SectionBody::Nothing,
        commands => SectionBody::Commands(commands.to_vec()),
    }
}

/// A line for each of the first, and how many more there are and where.
fn named<T>(items: &[T], line: impl Fn(&T) -> String, where_else: &str) -> Vec<String> {
    let mut lines: Vec<String> = items.iter().take(NAMED).map(line).collect();
    if items.len() > NAMED {
        lines.push(format!("{}: {where_else}", and_more(items.len(), NAMED).trim_start()));
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
