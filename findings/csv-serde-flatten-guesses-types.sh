#!/usr/bin/env bash
# With the crates csv and serde, a field of type String takes any cell, until #[serde(flatten)]
# comes in: then a cell that looks like a number is an error.
#
# Versions: csv 1.4.0, serde 1.0.228. Seen on 2026-11-29.
#
# Likely guess: a CSV cell is text, so a String or a HashMap<String, String> can hold any; taking the
#   known columns as fields and the rest with #[serde(flatten)] changes nothing about that. It works
#   in the tests, too, as long as the cells there have letters.
# What happens: flatten makes serde ask the reader what the cell is, and csv guesses. 00123 is then
#   the integer 123 and refused where text is wanted, 1e3 is 1000.0. Cells of the same column that
#   have letters pass, so that a sheet fails by the row. Fields that are not below the flatten are
#   not touched, and the whole row read as HashMap<String, String> is not either.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
struct,  00123: the text "00123"
struct,  A1: the text "A1"
struct,  1e3: the text "1e3"
map,     00123: the text "00123"
map,     A1: the text "A1"
map,     1e3: the text "1e3"
flatten, 00123: error: invalid type: integer `123`, expected a string
flatten, A1: the text "A1"
flatten, 1e3: error: invalid type: floating point `1000.0`, expected a string
END

mkdir -p look/src
cat >look/Cargo.toml <<'END'
[package]
name = "look"
version = "0.0.0"
edition = "2021"

[dependencies]
csv = "=1.4.0"
serde = { version = "=1.0.228", features = ["derive"] }

[workspace]
END

cat >look/src/main.rs <<'END'
use std::collections::HashMap;

use serde::{de::DeserializeOwned, Deserialize};

const CELLS: [&str; 3] = ["00123", "A1", "1e3"];

#[derive(Deserialize)]
struct Plain {
    employee: String,
}

#[derive(Deserialize)]
struct Flat {
    #[serde(rename = "user")]
    _user: String,
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

fn tell<T: DeserializeOwned>(how: &str, employee: impl Fn(T) -> String) {
    for cell in CELLS {
        let sheet = format!("user,employee\nann@example.com,{cell}\n");
        let mut reader = csv::Reader::from_reader(sheet.as_bytes());
        match reader.deserialize::<T>().next().expect("one row") {
            Ok(row) => println!("{how:8} {cell}: the text {:?}", employee(row)),
            Err(error) => match error.kind() {
                csv::ErrorKind::Deserialize { err, .. } => println!("{how:8} {cell}: error: {}", err.kind()),
                other => println!("{how:8} {cell}: {other:?}"),
            },
        }
    }
}

fn main() {
    tell::<Plain>("struct,", |row| row.employee);
    tell::<HashMap<String, String>>("map,", |row| row["employee"].clone());
    tell::<Flat>("flatten,", |row| row.rest["employee"].clone());
}
END

CARGO_TARGET_DIR="$work/target" cargo run --quiet --manifest-path look/Cargo.toml | tee SEEN
diff EXPECTED SEEN
