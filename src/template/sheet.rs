//! The sheet: its columns, its examples, and the worksheet of help.

use std::borrow::Cow;

use jiff::civil::Date;

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
        let column = |column| TemplateColumn {
            column,
            header: self.words.text(&format!("header.{column}", column = column.as_str())),
            choices: self.choices(column),
        };
        columns.map(column).collect()
    }

    /// The worksheet to fill in.
    pub fn table(&self) -> WrittenTable<'_> {
        let columns = self.columns();
        let written = columns.iter().map(|column| {
            let written = WrittenColumn::new(column.header.clone()).offering(column.choices.clone());
            match column.column {
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
