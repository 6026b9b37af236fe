//! Pages to look at: as a run or a plan makes them, and as nobody would.

use std::borrow::Cow;
use std::io;

use reseat::page::{
    Cause, Column, ColumnKind, Fact, Figure, Folded, Page, PageCell, PageRows, PageTable, SeatBar, Section,
    SectionBody, Tone, write_page,
};

/// Rows that are worked out as they are asked for.
pub(crate) struct Rows<F> {
    pub(crate) count: usize,
    pub(crate) make: F,
}

impl<F: Fn(usize) -> Vec<(String, Tone)>> PageRows for Rows<F> {
    fn each(&self, write: &mut dyn FnMut(&[PageCell<'_>]) -> io::Result<()>) -> io::Result<()> {
        for number in 0..self.count {
            let row = (self.make)(number);
            let cells: Vec<PageCell<'_>> = row
                .iter()
                .map(|(text, tone)| PageCell {
                    text: Cow::Borrowed(text.as_str()),
                    tone: *tone,
                })
                .collect();
            write(&cells)?;
        }
        Ok(())
    }
}

pub(crate) fn html(page: &Page<'_>) -> String {
    let mut out = Vec::new();
    write_page(page, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(crate) fn column(header: &'static str, kind: ColumnKind) -> Column {
    Column { header, kind }
}

/// Names in five scripts, two of which are read from right to left.
pub(crate) const NAMES: [&str; 12] = [
    "Ann Taylor",
    "Łukasz Żółć",
    "Zoë Nguyễn Thị Ánh",
    "Дмитрий Щербаков",
    "नीलम क्‍षत्रिय",
    "小明 王",
    "山田 花子",
    "محمد عبد الله",
    "שָׁלוֹם כהן",
    "İpek Işık",
    "José-María de la Concepción Fernández y González",
    "Σοφία Παπαδοπούλου",
];

const CODES: [&str; 4] = ["ATTUNU", "TSTNU", "RPADEVPRONU", "CTZDEVNU"];

fn tone_of(status: &str) -> Tone {
    match status {
        "done" => Tone::Good,
        "waiting" => Tone::Waiting,
        "unchanged" => Tone::Plain,
        _ => Tone::Bad,
    }
}

/// A row as a report has it, of twelve cells.
pub(crate) fn report_row(number: usize) -> Vec<(String, Tone)> {
    let name = NAMES[number % NAMES.len()];
    let address = format!("person.{number}@acme.example");
    let (status, code, message) = match number % 53 {
        7 => (
            "not_found",
            "user_not_found",
            "Nobody has this address: look for a second spelling, or invite them first",
        ),
        19 => (
            "conflict",
            "seats_exceeded",
            "There was no seat of ATTUNU left when this row's turn came",
        ),
        31 if number.is_multiple_of(2) => (
            "waiting",
            "not_accepted",
            "Invited on 2026-11-12; the invitation is not accepted yet",
        ),
        n if n % 9 == 4 => ("unchanged", "already_so", ""),
        _ => ("done", "done", ""),
    };
    let before = CODES[number % 3];
    let after = CODES[(number + 1) % 4];
    let cells = [
        ((number + 2).to_string(), Tone::Plain),
        ("set-licenses".to_owned(), Tone::Plain),
        (name.to_owned(), Tone::Plain),
        (address, Tone::Plain),
        (String::new(), Tone::Plain),
        (status.to_owned(), tone_of(status)),
        (code.to_owned(), Tone::Plain),
        (message.to_owned(), Tone::Plain),
        (before.to_owned(), Tone::Plain),
        (after.to_owned(), Tone::Plain),
        (
            format!("2026-11-29T10:{:02}:{:02}Z", number / 60 % 60, number % 60),
            Tone::Plain,
        ),
        ((number * 7919 % 1201).to_string(), Tone::Plain),
    ];
    cells.into()
}

pub(crate) fn report_columns() -> Vec<Column> {
    vec![
        column("row", ColumnKind::Number),
        column("operation", ColumnKind::Choice),
        column("name", ColumnKind::Text),
        column("user", ColumnKind::Text),
        column("target", ColumnKind::Text),
        column("status", ColumnKind::Choice),
        column("code", ColumnKind::Choice),
        column("message", ColumnKind::Text),
        column("before", ColumnKind::Text),
        column("after", ColumnKind::Text),
        column("finished", ColumnKind::Moment),
        column("milliseconds", ColumnKind::Number),
    ]
}

pub(crate) fn fact(label: &str, value: &str) -> Fact {
    Fact {
        label: label.to_owned(),
        value: value.to_owned(),
    }
}

fn figure(value: &str, label: &str, tone: Tone) -> Figure {
    Figure {
        value: value.to_owned(),
        label: label.to_owned(),
        tone,
    }
}

fn seats(name: &str, code: &str, owned: Option<u64>, before: Option<u64>, after: Option<u64>) -> SeatBar {
    let (given, taken_away) = match (before, after) {
        (Some(before), Some(after)) => (after.saturating_sub(before) + 2, before.saturating_sub(after) + 2),
        _ => (0, 0),
    };
    SeatBar {
        name: name.to_owned(),
        code: code.to_owned(),
        owned,
        before,
        after,
        given,
        taken_away,
        note: String::new(),
    }
}

pub(crate) fn section(heading: &str, lead: &str, body: SectionBody) -> Section {
    Section {
        heading: heading.to_owned(),
        lead: lead.to_owned(),
        body,
    }
}

fn seat_section() -> Section {
    let mut short = seats("Attended – Named User", "ATTUNU", Some(250), Some(231), Some(258));
    "8 more are taken than there are; 2 people miss out".clone_into(&mut short.note);
    let bars = vec![
        short,
        seats(
            "Automation Developer – Named User",
            "RPADEVPRONU",
            Some(40),
            Some(31),
            Some(28),
        ),
        seats(
            "Citizen Developer – Named User",
            "CTZDEVNU",
            Some(1_200),
            Some(840),
            Some(903),
        ),
        seats("Action Center – Named User", "ACTNU", None, Some(12), Some(12)),
        seats("Tester – Named User", "TSTNU", Some(15), None, Some(15)),
    ];
    section(
        "Seats",
        "What the organization owns, and what was taken before and after this run.",
        SectionBody::Seats(bars),
    )
}

fn cause(what: &str, rows: u64, help: &str, tone: Tone, filter: &str) -> Cause {
    Cause {
        what: what.to_owned(),
        rows,
        help: help.to_owned(),
        tone,
        filter: Some(filter.to_owned()),
    }
}

fn cause_section() -> Section {
    let causes = vec![
        cause(
            "Nobody has the address that the row names",
            19,
            "Correct the addresses in joiners.failed.csv and run that file.",
            Tone::Bad,
            "user_not_found",
        ),
        cause(
            "No seat was left",
            18,
            "Free seats or buy some: reseat rebalance --free ATTUNU=8 lists who has not used theirs for 90 days.",
            Tone::Bad,
            "seats_exceeded",
        ),
        cause(
            "The invitation is not accepted yet",
            9,
            "Nothing to do: run the same sheet again in a few days, and these go on.",
            Tone::Waiting,
            "not_accepted",
        ),
    ];
    section(
        "What was not done, and why",
        "46 of 1,000 rows.",
        SectionBody::Causes(causes),
    )
}

fn folded() -> Vec<Folded> {
    let facts = vec![
        fact("GET", "24 calls"),
        fact("PUT", "85 calls"),
        fact("POST", "42 calls, 1 tried again"),
        fact("waited for the quota", "2 min 10 s"),
    ];
    vec![
        Folded {
            summary: "Calls, waits and times".to_owned(),
            sections: vec![section("Calls", "What the run sent.", SectionBody::Facts(facts))],
        },
        Folded {
            summary: "What to type next".to_owned(),
            sections: vec![section(
                "Commands",
                "",
                SectionBody::Commands(vec![
                    "reseat run joiners.failed.csv".to_owned(),
                    "reseat run joiners.xlsx --retry-failed".to_owned(),
                ]),
            )],
        },
    ]
}

/// A report of a run, with so many rows.
pub(crate) fn report(rows: &dyn PageRows) -> Page<'_> {
    Page {
        title: "joiners-2026-11.xlsx".to_owned(),
        kind: "Report",
        verdict: "954 of 1,000 rows are done; 37 need somebody, and 9 wait for an answer.".to_owned(),
        tone: Tone::Bad,
        facts: vec![
            fact("organization", "acme"),
            fact("service", "https://cloud.uipath.com"),
            fact("run", "2026-11-29 10:00 to 10:14 (14 min)"),
            fact("sheet", "joiners-2026-11.xlsx, worksheet November"),
        ],
        figures: vec![
            figure("844", "done", Tone::Good),
            figure("110", "were so already", Tone::Plain),
            figure("9", "wait", Tone::Waiting),
            figure("37", "need somebody", Tone::Bad),
        ],
        sections: vec![
            section(
                "What was asked",
                "",
                SectionBody::Points(vec![
                    "Licences set for 980 people".to_owned(),
                    "20 people moved to another address".to_owned(),
                ]),
            ),
            cause_section(),
            seat_section(),
        ],
        table: Some(PageTable {
            heading: "All rows".to_owned(),
            columns: report_columns(),
            rows,
        }),
        folded: folded(),
        footer: "Made by reseat 0.1.0 on 2026-11-29 10:15 from joiners-2026-11.results.csv.".to_owned(),
    }
}

/// What cells and servers may smuggle in.
pub(crate) fn hostile_texts() -> Vec<String> {
    let texts = [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)' x='",
        "` onfocus=alert(1) autofocus `",
        "</noscript><h1>pwned</h1>",
        "</td></tr></table><form action=https://evil.example><button>",
        "</title><base href=https://evil.example/>",
        "</style><style>*{display:none}",
        "<!--",
        "--><b>x</b><!--",
        "<![CDATA[<b>x</b>]]>",
        "&lt;b&gt;x&lt;/b&gt;",
        "&amp;lt;script&amp;gt;",
        "&#60;b&#62; &#x3c;b&#x3e; &nbsp; &",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<svg onload=alert(1)><use href=\"https://evil.example/#x\"/></svg>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
        "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
        "<tr class=p><td class=b>not a row",
        "a\u{2028}b\u{2029}c\u{85}d\u{b}e\rf\ng\th",
        "moc.elpmaxe@nna\u{202e} txt.exe\u{2066}x\u{2069}\u{200f}",
        "nul\0 bell\u{7} escape\u{1b}[31m delete\u{7f} bom\u{feff} tag\u{e0041} end",
        "no\u{200b}thing\u{2060} \u{fffe}\u{ffff}\u{10ffff}",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} क्‍ष می‌خواهم",
        "=HYPERLINK(\"https://evil.example\",\"click\")",
        "__proto__",
        "%3Cscript%3E&filter=x#sort=1",
    ];
    let mut texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    texts.push("<".repeat(500));
    texts
}

/// A page of which every text is this one.
pub(crate) fn every_text<'a>(text: &'static str, rows: &'a dyn PageRows) -> Page<'a> {
    let owned = text.to_owned();
    let facts = vec![fact(text, text)];
    let mut bar = seats(text, text, Some(3), Some(2), Some(4));
    bar.note.clone_from(&owned);
    let causes = vec![
        cause(text, 2, text, Tone::Bad, text),
        cause(text, 1, text, Tone::Waiting, text),
    ];
    let bodies = [
        SectionBody::Nothing,
        SectionBody::Points(vec![owned.clone(), owned.clone()]),
        SectionBody::Seats(vec![bar]),
        SectionBody::Causes(causes),
        SectionBody::Facts(facts.clone()),
        SectionBody::Commands(vec![owned.clone()]),
    ];
    let sections: Vec<Section> = bodies.into_iter().map(|body| section(text, text, body)).collect();
    let kinds = [
        ColumnKind::Text,
        ColumnKind::Choice,
        ColumnKind::Number,
        ColumnKind::Moment,
    ];
    Page {
        title: owned.clone(),
        kind: text,
        verdict: owned.clone(),
        tone: Tone::Waiting,
        facts,
        figures: vec![figure(text, text, Tone::Good)],
        sections: sections.clone(),
        table: Some(PageTable {
            heading: owned.clone(),
            columns: kinds.into_iter().map(|kind| column(text, kind)).collect(),
            rows,
        }),
        folded: vec![Folded {
            summary: owned.clone(),
            sections,
        }],
        footer: owned,
    }
}

/// Rows of which every cell is this text; the last has another choice, which stands behind all others.
pub(crate) fn every_cell(text: &str) -> impl Fn(usize) -> Vec<(String, Tone)> {
    move |number| {
        let choice = if number == 2 { "\u{10fffd}" } else { text };
        let cells = [
            (text, Tone::Plain),
            (choice, Tone::Good),
            (text, Tone::Waiting),
            (text, Tone::Bad),
        ];
        cells.map(|(text, tone)| (text.to_owned(), tone)).into()
    }
}
