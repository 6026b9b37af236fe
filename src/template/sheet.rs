//! The sheet: its columns, its examples, and the worksheet of help.

use std::borrow::Cow;

use jiff::civil::Date;
use strum::IntoEnumIterator;

use super::column::TemplateColumn;
use super::example::{Example, examples};
use super::help::{Help, help};
use super::words::Words;
use super::{TemplateKind, TemplateLanguage, TemplateLists};
use crate::draft::IGNORE;
use crate::intake::Column;
use crate::model::OperationKind;
use crate::sheet::{WrittenCell, WrittenColumn, WrittenPage, WrittenRows, WrittenTable};

/// A sheet to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    words: Words,
    lists: TemplateLists,
    examples: Vec<Example>,
    today: Date,
}

impl Template {
    /// A sheet of this kind. Dates in its examples follow from `today`.
    pub fn new(kind: TemplateKind, language: TemplateLanguage, lists: TemplateLists, today: Date) -> Self {
        let words = Words { kind, language };
        Self {
            words,
            examples: examples(words, &lists, today),
            lists,
            today,
        }
    }

    /// What it offers to choose from.
    pub fn lists(&self) -> &TemplateLists {
        &self.lists
    }

    /// What it is for.
    pub fn kind(&self) -> TemplateKind {
        self.words.kind
    }

    /// The language of what people read in it.
    pub fn language(&self) -> TemplateLanguage {
        self.words.language
    }

    /// Its rows, which are all examples.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.examples.iter()
    }

    /// The name of the worksheet of help.
    pub fn help_worksheet(&self) -> String {
        self.words.text("page.name")
    }

    /// The name of the worksheet to fill in: never an operation's, which would be that of every row without one.
    pub fn worksheet(&self) -> String {
        self.words.text("worksheet")
    }

    /// Its columns with their headers and what they offer, in order.
    pub fn columns(&self) -> Vec<TemplateColumn> {
        let between = self.words.kind.columns();
        let columns = [Column::Operation].into_iter().chain(between).chain([Column::Note]);
        let (yes, no) = (self.words.text("yes"), self.words.text("no"));
        let names = [("yes", yes.as_str()), ("no", no.as_str())];
        let column = |column: Column| TemplateColumn {
            column,
            hint: self.words.filled(&format!("column.{}", column.as_str()), &names),
            header: self.words.text(&format!("header.{}", column.as_str())),
            choices: self.choices(column),
        };
        columns.map(column).collect()
    }

    /// The worksheet to fill in.
    pub fn table(&self) -> WrittenTable<'_> {
        let columns = self.columns();
        let written = columns.iter().map(|column| {
            let question = match column.column {
                Column::Groups | Column::RemoveGroups | Column::Licenses => "question.several",
                _ => "question",
            };
            let written = WrittenColumn::new(column.header.clone())
                .offering(column.choices.clone())
                .asking(self.words.text("question.title"), self.words.text(question));
            let written = match column.column {
                // Their headers say it all, and a hint covers the cells beside it.
                Column::Email | Column::Name | Column::Surname | Column::DisplayName | Column::Note => written,
                _ => written.hinting(column.hint.clone()),
            };
            match column.column {
                Column::Operation => written.greying_rows(IGNORE),
                Column::NotBefore | Column::UnlessUsedSince => written.of_times(),
                Column::Note => written.for_people(),
                _ => written,
            }
        });
        let written = written.collect();
        WrittenTable {
            name: Cow::Owned(self.worksheet()),
            columns: written,
            rows: Box::new(move || -> WrittenRows<'_> {
                let columns: Vec<Column> = columns.iter().map(|column| column.column).collect();
                Box::new(self.examples.iter().map(move |example| cells(example, &columns)))
            }),
        }
    }

    /// The worksheet of help; `sheet` is the name of the file, for the commands to type.
    pub fn page(&self, sheet: &str) -> WrittenPage<'static> {
        WrittenPage {
            name: Cow::Owned(self.help_worksheet()),
            lines: help(
                self.words,
                &Help {
                    worksheet: &self.worksheet(),
                    columns: &self.columns(),
                    origin: &self.lists.origin,
                    sheet,
                    today: self.today,
                },
            ),
        }
    }

    fn choices(&self, column: Column) -> Vec<String> {
        match column {
            Column::Operation => {
                let operations = self.words.kind.operations().into_iter().map(OperationKind::as_str);
                operations.chain([IGNORE]).map(str::to_owned).collect()
            }
            Column::Active | Column::BypassBasicAuth | Column::InvitationAccepted | Column::ExternalLicense => {
                ["yes", "no"].map(|word| self.words.text(word)).to_vec()
            }
            Column::Language => TemplateLanguage::iter().map(|language| language.to_string()).collect(),
            other => self.lists.offers().in_column(other),
        }
    }
}

fn cells(example: &Example, columns: &[Column]) -> Vec<WrittenCell> {
    let cell = |column: &Column| match column {
        Column::Operation => WrittenCell::text(IGNORE),
        Column::Note => WrittenCell::text(example.note.as_str()),
        other => WrittenCell::text(example.cell(*other)),
    };
    columns.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{EXAMPLE_DOMAIN, marks_an_example, operation_named};
    use crate::model::{BundleCode, Catalogue};
    use crate::sheet::PageLine;

    fn templates() -> impl Iterator<Item = Template> {
        let kinds =
            TemplateKind::iter().flat_map(|kind| TemplateLanguage::iter().map(move |language| (kind, language)));
        kinds.map(|(kind, language)| {
            let lists = TemplateLists::of_catalogue(&Catalogue::default());
            Template::new(kind, language, lists, jiff::civil::date(2026, 11, 30))
        })
    }

    #[test]
    fn every_header_means_its_column_and_no_other_in_every_language() {
        for template in templates() {
            for column in template.columns() {
                let named = Column::named(&column.header);
                assert_eq!(
                    named,
                    Some(column.column),
                    "{} in {}",
                    column.header,
                    template.language()
                );
            }
        }
    }

    #[test]
    fn nobody_is_deleted_in_the_examples_on_the_day_of_leaving() {
        for template in templates() {
            let dated = |operation: OperationKind| {
                let of_operation = template
                    .examples
                    .iter()
                    .filter(|example| example.operation == operation);
                let days = of_operation.map(|example| example.cell(Column::NotBefore));
                days.filter(|day| !day.is_empty()).max()
            };
            if let (Some(leaves), Some(goes)) = (dated(OperationKind::Offboard), dated(OperationKind::Delete)) {
                assert!(leaves < goes, "{leaves} {goes}");
            }
        }
    }

    #[test]
    fn no_worksheet_is_named_after_an_operation_so_that_no_row_takes_one_from_it() {
        for template in templates() {
            for name in [template.worksheet(), template.help_worksheet()] {
                assert_eq!(operation_named(&name), None, "{name}");
                assert!(name.chars().count() <= 31, "{name}");
            }
            assert_ne!(template.worksheet(), template.help_worksheet());
        }
    }

    #[test]
    fn everything_that_people_read_has_a_text_in_every_language() {
        // A key stands for itself where no file has it.
        let is_key = |text: &str| {
            let is_word = |letter: char| letter.is_ascii_lowercase() || matches!(letter, '.' | '-' | '_');
            text.contains('.') && text.chars().all(is_word)
        };
        for template in templates() {
            let mut texts: Vec<String> = template.examples().map(|example| example.note.clone()).collect();
            for line in template.page("joiners.xlsx").lines {
                match line {
                    PageLine::Aside(text) | PageLine::Title(text) | PageLine::Heading(text) | PageLine::Text(text) => {
                        texts.push(text);
                    }
                    PageLine::Entry(word, text) => texts.extend([word, text]),
                    PageLine::Blank => {}
                }
            }
            texts.extend(
                template
                    .examples()
                    .flat_map(|example| example.cells.iter().map(|cell| cell.1.clone())),
            );
            texts.extend([template.worksheet(), template.help_worksheet()]);
            for text in texts {
                assert!(
                    !is_key(&text) && !text.contains(['{', '}']),
                    "{text} in {}",
                    template.language()
                );
            }
        }
    }

    #[test]
    fn only_where_a_cell_may_hold_several_is_that_said_of_what_is_not_on_a_list() {
        for template in templates() {
            let table = template.table();
            for (column, written) in template.columns().iter().zip(&table.columns) {
                let (_, question) = written.question.as_ref().unwrap();
                let may_hold_several =
                    matches!(column.column, Column::Groups | Column::RemoveGroups | Column::Licenses);
                assert_eq!(
                    question.contains(';'),
                    may_hold_several,
                    "{}: {question}",
                    column.header
                );
                assert!(question.encode_utf16().count() <= 255);
            }
        }
    }

    #[test]
    fn a_hint_is_whole_where_a_spreadsheet_program_shows_it() {
        for template in templates() {
            for column in template.columns() {
                assert!(column.hint.encode_utf16().count() <= 255, "{}", column.hint);
                assert!(column.header.encode_utf16().count() <= 32, "{}", column.header);
            }
        }
    }

    #[test]
    fn an_example_shows_each_operation_that_is_offered_says_so_and_is_about_nobody_real() {
        for template in templates() {
            let shown: Vec<OperationKind> = template.examples().map(|example| example.operation).collect();
            for operation in template.kind().operations() {
                assert!(shown.contains(&operation), "{operation} in {}", template.kind());
            }
            for example in template.examples() {
                assert!(marks_an_example(&example.note), "{}", example.note);
                assert!(example.note.contains(example.operation.as_str()), "{}", example.note);
                let addresses = example.cells.iter().filter(|(_, text)| text.contains('@'));
                for (_, address) in addresses {
                    assert!(address.ends_with(&format!("@{EXAMPLE_DOMAIN}")), "{address}");
                }
                assert!(!example.cells.is_empty());
            }
        }
    }

    #[test]
    fn examples_have_the_usual_licences_where_these_are_offered_and_any_other_where_not() {
        let with = |codes: &[&str]| {
            let lists = TemplateLists {
                licenses: codes
                    .iter()
                    .map(|code| BundleCode::new(code))
                    .fold(Vec::new(), |mut all, code| {
                        all.push(crate::model::KnownBundle {
                            code,
                            name: String::new(),
                            kind: crate::model::BundleKind::Unknown,
                            documented: String::new(),
                        });
                        all
                    }),
                ..TemplateLists::of_catalogue(&Catalogue::default())
            };
            let today = jiff::civil::date(2026, 11, 30);
            let template = Template::new(TemplateKind::Rebalance, TemplateLanguage::En, lists, today);
            let set = template
                .examples()
                .find(|example| example.operation == OperationKind::SetLicenses);
            set.unwrap().cell(Column::Licenses)
        };
        assert_eq!(with(&["PLUSNU", "ACNU", "ATTUNU"]), "ATTUNU; ACNU");
        assert_eq!(with(&["PLUSNU", "PRONU", "BASICNU"]), "PLUSNU; PRONU");
        assert_eq!(with(&[]), "");
    }
}
