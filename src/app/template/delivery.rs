//! What `template` gives: the sheet, in a file or on standard output, and what is said about it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::Ending;
use crate::app::console::Console;
use crate::app::ending::Ended;
use crate::app::failure::Failure;
use crate::app::next::typed_name;
use crate::app::object::Object;
use crate::app::sheet_outlet::print_sheet;
use crate::app::sheet_place::SheetPlace;
use crate::model::OperationKind;
use crate::sheet::WrittenFormat;
use crate::template::{ListOrigin, Template, TemplateColumn};
use crate::text::plural;

/// Writes the template, and says what it is and what to type when it is filled in; `lacking` says why its lists have nothing
/// of the organization, where somebody may expect that.
pub(super) fn deliver_template(
    template: &Template,
    place: Option<&SheetPlace>,
    lacking: Option<String>,
    console: Console<'_>,
) -> Result<Ending, Failure> {
    let table = template.table();
    let format = place.map_or(WrittenFormat::Csv, SheetPlace::format);
    if let Some(place) = place {
        let page = template.page(&typed_name(place.path()));
        place.save_with_pages(std::slice::from_ref(&table), std::slice::from_ref(&page))?;
    }
    let columns = template.columns();
    let message = message(template, &columns, format);
    let next = place.map(|place| match template.lists().origin {
        ListOrigin::Organization { .. } => place.plan_command(),
        ListOrigin::Catalogue => place.check_command(),
    });
    let shape = Shape::of(template, &columns, place, next.as_deref());
    let object = Object::of(Ended::DONE, &message, &shape);
    print_sheet(console, &object, std::slice::from_ref(&table), place.is_some(), true)?;
    console.tell(format!("{message}\n"));
    if let Some(lacking) = lacking {
        console.tell(format!(
            "{lacking}, so groups are not offered, and the licences are those that reseat knows: `reseat doctor` says \
             what to do\n"
        ));
    }
    if let Some(place) = place {
        let path = place.path().display();
        console.tell(match format {
            WrittenFormat::Workbook => format!(
                "the sheet is `{path}`: fill in its worksheet `{}`, as `{}` says\n",
                template.worksheet(),
                template.help_worksheet()
            ),
            WrittenFormat::Csv => format!("the sheet is `{path}`: fill it in\n"),
        });
    }
    if format == WrittenFormat::Csv {
        console.tell("a CSV has neither lists to choose from nor help: `-o FILE.xlsx` writes a workbook with both\n");
    }
    if let Some(place) = place {
        place.tell_of_earlier_run(console);
    }
    if let Some(next) = next {
        console.tell(format!("next: {next}\n"));
    }
    Ok(Ending::Done)
}

fn message(template: &Template, columns: &[TemplateColumn], format: WrittenFormat) -> String {
    let lists = template.lists();
    let offered = match (&lists.origin, format) {
        (ListOrigin::Organization { name, .. }, WrittenFormat::Workbook) => format!(
            "; its lists have {} and {} of `{name}`",
            plural(lists.groups.len(), "group"),
            plural(lists.licenses.len(), "licence")
        ),
        (ListOrigin::Organization { .. } | ListOrigin::Catalogue, _) => String::new(),
    };
    format!(
        "a template of the kind `{}` with {} and {}{offered}",
        template.kind(),
        plural(columns.len(), "column"),
        plural(template.examples().count(), "example")
    )
}

/// What `template` prints for programs; `docs/json.md` is its contract.
#[derive(Serialize)]
struct Shape<'a> {
    written: Option<String>,
    kind: &'static str,
    language: &'static str,
    organization_name: Option<&'a str>,
    columns: Vec<ColumnShape<'a>>,
    operations: Vec<&'static str>,
    examples: Vec<ExampleShape<'a>>,
    next_command: Option<&'a str>,
}

#[derive(Serialize)]
struct ColumnShape<'a> {
    column: &'static str,
    header: &'a str,
    choices: &'a [String],
}

#[derive(Serialize)]
struct ExampleShape<'a> {
    operation: &'static str,
    cells: BTreeMap<&'static str, &'a str>,
    note: &'a str,
}

impl<'a> Shape<'a> {
    fn of(
        template: &'a Template,
        columns: &'a [TemplateColumn],
        place: Option<&SheetPlace>,
        next_command: Option<&'a str>,
    ) -> Self {
        let organization_name = match &template.lists().origin {
            ListOrigin::Organization { name, .. } => Some(name.as_str()),
            ListOrigin::Catalogue => None,
        };
        let column = |column: &'a TemplateColumn| ColumnShape {
            column: column.column.as_str(),
            header: &column.header,
            choices: &column.choices,
        };
        let examples = template.examples().map(|example| ExampleShape {
            operation: example.operation.as_str(),
            cells: example
                .cells
                .iter()
                .map(|(column, text)| (column.as_str(), text.as_str()))
                .collect(),
            note: &example.note,
        });
        Self {
            written: place.map(|place| place.path().display().to_string()),
            kind: template.kind().as_str(),
            language: template.language().as_str(),
            organization_name,
            columns: columns.iter().map(column).collect(),
            operations: template
                .kind()
                .operations()
                .into_iter()
                .map(OperationKind::as_str)
                .collect(),
            examples: examples.collect(),
            next_command,
        }
    }
}
