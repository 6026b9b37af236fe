//! What the command line and the profile say headers mean, and whether the sheet has those headers.

use std::collections::BTreeSet;

use crate::intake::cells::{Column, Instruction, UnplacedProblem, column_key, instruction_named, map_flag};
use crate::intake::options::Options;
use crate::intake::rows::{Header, HeaderMap, is_mapped, mapped_key};
use crate::problem::ProblemCode;
use crate::text::{clean, joined, nearest};

/// More headers than this are not kept for suggestions.
const MOST_NAMES: usize = 1000;

/// The headers of `--map` and of the profile.
#[derive(Debug)]
pub(super) struct Mapping<'o> {
    map: HeaderMap,
    /// What `--map` says of headers that no worksheet so far has.
    unseen: Vec<&'o (String, String)>,
    /// Whether there are the failed rows of another sheet, which may have lost some of its worksheets.
    is_part: bool,
    /// The headers of the worksheets so far.
    names: BTreeSet<String>,
    problems: Vec<UnplacedProblem>,
}

impl<'o> Mapping<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        let mut mapping = Self {
            map: Vec::new(),
            unseen: Vec::new(),
            is_part: false,
            names: BTreeSet::new(),
            problems: Vec::new(),
        };
        for said in &options.map {
            let (header, column) = said;
            let Some(named) = Column::named(column) else {
                mapping.problems.push(no_column(header, column));
                continue;
            };
            let key = mapped_key(header);
            if let Some((_, other)) = (mapping.map.iter()).find(|(known, other)| *known == key && *other != named) {
                let (one, two) = (map_flag(header, other.as_str()), map_flag(header, named.as_str()));
                mapping.problems.push(UnplacedProblem::error(
                    ProblemCode::MappedTwice,
                    format!("{one} and {two} contradict each other"),
                    "leave one of them out",
                ));
            }
            mapping.map.push((key, named));
            mapping.unseen.push(said);
        }
        let usual = options
            .usual_map
            .iter()
            .map(|(header, column)| (column_key(header), *column));
        mapping.map.extend(usual);
        mapping
    }

    /// The headers and what they mean; of two with the same header the first counts.
    pub(super) fn map(&self) -> &HeaderMap {
        &self.map
    }

    /// Notes the headers of a worksheet.
    pub(super) fn saw(&mut self, header: &Header) {
        self.is_part |= header.position(Column::ReseatKey).is_some();
        let keys: Vec<String> = header.names().iter().map(|name| column_key(name)).collect();
        self.unseen.retain(|(unseen, _)| {
            let unseen = mapped_key(unseen);
            !(0..keys.len()).any(|position| is_mapped(&unseen, &keys, position))
        });
        for name in header.names().iter().filter(|name| !name.is_empty()) {
            if self.names.len() < MOST_NAMES {
                self.names.insert(name.clone());
            }
        }
    }

    /// What is wrong with `--map`, now that the headers are known.
    pub(super) fn problems(mut self) -> Vec<UnplacedProblem> {
        // Where no header was found at all, that is the problem.
        if self.names.is_empty() || self.is_part {
            return self.problems;
        }
        let names: Vec<String> = self.names.iter().map(|name| clean(name, 60)).collect();
        for (header, column) in self.unseen {
            let help = match nearest(header, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean {}?", map_flag(near, column)),
                None => format!("the headers are {}", joined(&names, 8)),
            };
            let what = format!("no header is `{}`, which --map says is `{column}`", clean(header, 60));
            self.problems
                .push(UnplacedProblem::error(ProblemCode::NoSuchHeader, what, help));
        }
        self.problems
    }
}

/// What is wrong with `--map "header=column"`, where there is no such column.
fn no_column(header: &str, column: &str) -> UnplacedProblem {
    let near = Column::nearest(column, |_| true);
    let is_ignore = instruction_named(column) == Some(Instruction::Ignore);
    let (what, help) = match (near, Column::named(header)) {
        _ if is_ignore => (None, "`note` is for a column that is for people only".to_owned()),
        (Some(near), _) => (None, format!("did you mean `{}`?", near.as_str())),
        (None, Some(named)) => {
            let what = format!(
                "{} is the other way round: `{header}` is a column of reseat's, and the header comes first",
                map_flag(header, column)
            );
            (Some(what), format!("type {}", map_flag(column, named.as_str())))
        }
        (None, None) => (None, String::new()),
    };
    let what = what.unwrap_or_else(|| format!("`{column}` in --map is no column of reseat's"));
    UnplacedProblem::error(ProblemCode::UnknownColumn, what, help)
}
