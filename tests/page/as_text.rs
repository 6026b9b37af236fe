//! Pages as they stand in the file.

use std::io;

use reseat::page::{ColumnKind, Page, PageCell, PageRows, PageTable, Tone, write_page};

use crate::pages::{Rows, column, every_cell, every_text, hostile_texts, html, report, report_row};

/// The rows in a page, each as its line stands in the file.
fn lines(html: &str) -> Vec<&str> {
    html.lines()
        .filter(|line| line.starts_with("<tr><td") || line.starts_with("<tr class"))
        .collect()
}

/// How often each element begins in the file.
fn elements(html: &str) -> usize {
    html.match_indices('<')
        .filter(|(start, _)| {
            html[start + 1..].starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '!')
        })
        .count()
}

#[test]
fn no_text_adds_an_element_to_the_file_or_takes_a_line_for_itself() {
    let page = |text: &'static str| {
        let rows = Rows {
            count: 3,
            make: every_cell(text),
        };
        html(&every_text(text, &rows))
    };
    let harmless = page("harmless");
    for text in hostile_texts() {
        let html = page(Box::leak(text.clone().into_boxed_str()));
        assert_eq!(elements(&html), elements(&harmless), "{text:?}");
        assert_eq!(html.lines().count(), harmless.lines().count(), "{text:?}");
        assert_eq!(lines(&html).len(), 3, "{text:?}");
        let is_unseen = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
        assert!(!html.contains(is_unseen), "{text:?}");
    }
}

#[test]
fn a_page_is_the_same_bytes_each_time_and_names_no_other_place() {
    let rows = Rows {
        count: 450,
        make: report_row,
    };
    let page = html(&report(&rows));
    assert_eq!(page, html(&report(&rows)));
    assert!(page.starts_with("<!DOCTYPE html>\n"));
    assert!(page.ends_with("</html>\n"));
    assert!(!page.contains('\r'));
    for attribute in [" src=", " style=", " onclick=", "@import", "url(", "innerHTML", "eval("] {
        assert!(!page.contains(attribute), "{attribute}");
    }
    let hrefs = page
        .match_indices(" href=\"")
        .map(|(start, text)| &page[start + text.len()..]);
    assert!(hrefs.into_iter().all(|href| href.starts_with('#')));
}

#[test]
fn the_policy_stands_before_all_that_it_is_about_and_lets_in_nothing_unnamed() {
    let rows = Rows {
        count: 1,
        make: report_row,
    };
    let page = html(&report(&rows));
    let policy = page.find("Content-Security-Policy").unwrap();
    assert!(policy < page.find("<style").unwrap() && policy < page.find("<script").unwrap());
    let line = page
        .lines()
        .find(|line| line.contains("Content-Security-Policy"))
        .unwrap();
    for directive in [
        "default-src &#39;none&#39;",
        "base-uri &#39;none&#39;",
        "form-action &#39;none&#39;",
    ] {
        assert!(line.contains(directive), "{line}");
    }
    assert!(!line.contains("unsafe"), "{line}");
    assert_eq!(line.matches("sha256-").count(), 3, "{line}");
}

#[test]
fn every_row_is_there_once_in_sections_that_a_browser_can_lay_out() {
    for count in [0, 1, 199, 200, 201, 1_000] {
        let rows = Rows {
            count,
            make: report_row,
        };
        let page = html(&report(&rows));
        assert_eq!(lines(&page).len(), count);
        assert_eq!(page.matches("<table class=\"rows\">").count(), count.div_ceil(200));
        for number in 0..count {
            assert_eq!(page.matches(&format!(">person.{number}@acme.example<")).count(), 1);
        }
    }
}

#[test]
fn the_first_rows_and_those_that_need_somebody_are_marked_for_paper() {
    let make = |number: usize| {
        let tone = if number % 100 == 50 { Tone::Bad } else { Tone::Plain };
        vec![(format!("row {number}"), tone)]
    };
    let rows = Rows { count: 1_000, make };
    let page = Page {
        table: Some(PageTable {
            heading: "Rows".to_owned(),
            columns: vec![column("what", ColumnKind::Text)],
            rows: &rows,
        }),
        ..report(&rows)
    };
    let page = html(&page);
    let marked: Vec<&str> = lines(&page)
        .into_iter()
        .filter(|line| line.contains("class=p"))
        .collect();
    assert_eq!(marked.len(), 100 + 9);
    assert!(page.contains("On paper: the first 100 of 1,000 rows, and all that need somebody."));
    let all_bad = Rows {
        count: 1_000,
        make: |number: usize| vec![(format!("row {number}"), Tone::Waiting)],
    };
    let page = Page {
        table: Some(PageTable {
            heading: "Rows".to_owned(),
            columns: vec![column("what", ColumnKind::Text)],
            rows: &all_bad,
        }),
        ..report(&all_bad)
    };
    assert!(html(&page).contains("On paper: the first 100 of 1,000 rows, and 400 that need somebody."));
}

#[test]
fn a_choice_offers_its_words_with_how_often_each_is_there_unless_there_are_too_many() {
    let page = |words: usize| {
        let rows = Rows {
            count: 100,
            make: move |number: usize| vec![(format!("word-{}", number % words), Tone::Plain)],
        };
        html(&Page {
            table: Some(PageTable {
                heading: "Rows".to_owned(),
                columns: vec![column("word", ColumnKind::Choice)],
                rows: &rows,
            }),
            ..report(&rows)
        })
    };
    assert!(page(3).contains("<option value=\"word-0\">word-0 (34)</option>"));
    assert!(!page(1).contains("<select"));
    assert!(!page(60).contains("<select"));
}

#[test]
fn a_row_with_too_few_cells_or_too_many_is_still_a_row_of_its_columns() {
    let rows = Rows {
        count: 12,
        make: |number: usize| vec![("x".to_owned(), Tone::Plain); number],
    };
    let page = html(&report(&rows));
    assert!(lines(&page).iter().all(|line| line.matches("<td").count() == 12));
}

#[test]
fn what_goes_wrong_while_a_page_is_written_is_told() {
    /// Takes so many bytes and no more.
    struct Full(usize);
    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    struct Torn;
    impl PageRows for Torn {
        fn each(&self, _: &mut dyn FnMut(&[PageCell<'_>]) -> io::Result<()>) -> io::Result<()> {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
    let rows = Rows {
        count: 300,
        make: report_row,
    };
    let length = html(&report(&rows)).len();
    for room in (0..length).step_by(997) {
        let error = write_page(&report(&rows), &mut Full(room)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room}");
    }
    assert!(write_page(&report(&rows), &mut Full(length)).is_ok());
    let error = write_page(&report(&Torn), &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}
