//! Sheets for the organization that is served.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::{BUNDLES, address};

/// One kind of operation: a licence for each user.
pub(crate) fn licenses(path: &Path, rows: usize) {
    let row = |number: usize| format!("set-licenses,{},{}", address(number), BUNDLES[number % BUNDLES.len()]);
    write(path, "operation,user,licenses", rows, row);
}

/// Five kinds of operations in turn, each row about somebody else; four fifths of the rows are about users who are there.
pub(crate) fn mixed(path: &Path, rows: usize) {
    let row = |number: usize| {
        let (who, license) = (address(number), BUNDLES[number % BUNDLES.len()]);
        match number % 5 {
            0 => format!("invite,,new{number}@contoso.example,New,Hire,Finance,{license}"),
            1 => format!("set-licenses,{who},,,,,{license}"),
            2 => format!("update,{who},,New{number},,,"),
            3 => format!("add-to-groups,{who},,,,Finance,"),
            _ => format!("delete,{who},,,,,"),
        }
    };
    write(path, "operation,user,email,name,surname,groups,licenses", rows, row);
}

/// Writes a sheet with so many rows.
pub(crate) fn write(path: &Path, header: &str, rows: usize, row: impl Fn(usize) -> String) {
    let mut out = BufWriter::new(fs_err::File::create(path).expect("a file"));
    writeln!(out, "{header}").expect("a line");
    for number in 0..rows {
        writeln!(out, "{}", row(number)).expect("a line");
    }
    out.flush().expect("a file");
}
