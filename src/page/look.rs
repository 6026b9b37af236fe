//! How a page looks and what it can do: style, script, and the policy that allows these two and nothing else.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Column, ColumnKind};

/// Narrower than this, a row of the table becomes a card, however few columns there are. In `rem`, as all here.
const NARROWEST_TABLE: usize = 40;

/// Style and script of a page.
pub(super) struct Look {
    /// What is the same in every page.
    pub(super) style: String,
    /// What depends on the table's columns.
    pub(super) columns: String,
    pub(super) script: String,
}

impl Look {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self {
            style: lines(include_str!("templates/page.css")),
            columns: column_style(columns),
            script: lines(include_str!("templates/page.js")),
        }
    }

    /// The Content-Security-Policy of the page: its own style and script, and nothing from anywhere.
    pub(super) fn policy(&self) -> String {
        format!(
            "default-src 'none'; style-src {} {}; script-src {}; base-uri 'none'; form-action 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
            source(&self.style),
            source(&self.columns),
            source(&self.script)
        )
    }
}

/// A file as the browser hashes it: line ends are a line feed, whatever the checkout has made of them.
fn lines(file: &str) -> String {
    file.replace("\r\n", "\n")
}

/// A text as a policy names it.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

/// How narrow a column can become before its words are torn apart, in tenths of a `rem`.
fn least_width(column: &Column) -> usize {
    let cells = match column.kind {
        ColumnKind::Number => 35,
        ColumnKind::Choice | ColumnKind::Moment => 60,
        ColumnKind::Text => 70,
    };
    // Its letters, and the arrow that tells how the table is sorted.
    cells.max(column.header.chars().count().min(20) * 6 + 20)
}

/// How much of a sheet's width a column gets, beside the others.
fn share_of_paper(column: &Column) -> usize {
    let cells = match column.kind {
        ColumnKind::Number => 40,
        ColumnKind::Choice | ColumnKind::Moment => 75,
        ColumnKind::Text => 110,
    };
    cells.max(column.header.chars().count().min(20) * 7)
}

/// The style of the table's columns, among it their headers, which a card says before each of its cells.
fn column_style(columns: &[Column]) -> String {
    let widths: usize = columns.iter().map(least_width).sum();
    let narrowest = (widths / 10 + 6).max(NARROWEST_TABLE);
    let mut table = String::new();
    let mut paper = String::new();
    let mut cards = String::new();
    for (number, column) in (1..).zip(columns) {
        let width = least_width(column);
        let (rem, tenths) = (width / 10, width % 10);
        let figures = match column.kind {
            ColumnKind::Number => "width:1px;text-align:right;font-variant-numeric:tabular-nums",
            ColumnKind::Moment => "width:1px;font-variant-numeric:tabular-nums",
            ColumnKind::Text | ColumnKind::Choice => "",
        };
        // Writing to a text cannot fail.
        let _ = writeln!(
            table,
            ".rows :is(td,th):nth-child({number}){{min-width:{rem}.{tenths}rem;{figures}}}"
        );
        let share = share_of_paper(column);
        let _ = writeln!(paper, ".rows th:nth-child({number}){{width:{share}px}}");
        let header = css_text(column.header);
        let _ = writeln!(cards, ".rows td:nth-child({number})::before{{content:\"{header}\"}}");
    }
    format!(
        "{table}@media print{{\n{paper}}}\n@media screen and (max-width:{narrowest}rem){{\n{}{cards}}}\n",
        lines(CARDS)
    )
}

/// Rows as cards. The elements stay those of a table, and are one still to whoever has them read out.
const CARDS: &str = include_str!("templates/cards.css");

/// A text within quotation marks in a style sheet.
fn css_text(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || letter == ' ' {
            out.push(letter);
        } else {
            let _ = write!(out, "\\{:x} ", u32::from(letter));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_hash_of_a_text_as_browsers_work_it_out() {
        // The example of the specification of Subresource Integrity.
        assert_eq!(
            source("alert('Hello, world.');"),
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
        );
    }

    #[test]
    fn line_ends_of_another_system_do_not_change_the_hash() {
        assert_eq!(lines("a\r\nb\n"), "a\nb\n");
        let look = Look::new(&[]);
        assert!(!look.style.contains('\r') && !look.script.contains('\r'));
    }

    #[test]
    fn a_header_cannot_leave_its_quotation_marks() {
        assert_eq!(css_text("a\"}</style>é"), "a\\22 \\7d \\3c \\2f style\\3e \\e9 ");
    }
}
