#!/usr/bin/env bash
# polars.read_excel turns cells into nulls, without an error or a warning, when text first appears
# after row 100 of a column of numbers.
#
# Versions: polars 2.1.0 (with fastexcel 0.21.0 and openpyxl 3.1.5 as its two readers),
#           XlsxWriter 3.3.1 as the writer. Seen on 2026-11-29.
#
# The sheet: a column `employee` with 150 cells that hold numbers, but for one, the text A-7.
#
# Likely guess: a workbook says the type of every single cell, so polars either makes the column
#   text or stops with an error, as its own read_csv does with the same table. The parameter
#   infer_schema_length sounds like a matter of speed.
# What happens: the first 100 rows fix the type of the column. With A-7 in row 100 the column is
#   String and nothing is lost. One row further down, A-7 is read as null in a column Int64.
#   engine="openpyxl" keeps it, infer_schema_length=None too, and read_csv raises ComputeError.
#   So with the default engine a join on such a column loses just the odd person.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
text in row 100, default engine: String, A-7 reads 'A-7', 0 nulls
text in row 101, default engine: Int64, A-7 reads None, 1 nulls
text in row 101, engine openpyxl: String, A-7 reads 'A-7', 0 nulls
text in row 101, whole column looked at: String, A-7 reads 'A-7', 0 nulls
the same table as CSV: ComputeError
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    polars==2.1.0 fastexcel==0.21.0 openpyxl==3.1.5 XlsxWriter==3.3.1

cat >look.py <<'END'
import warnings

import polars as pl
import xlsxwriter

warnings.simplefilter("error")  # a warning would count as being told


def table(odd_row):
    return [[f"p{n}@example.com", "A-7" if n == odd_row else 4000 + n] for n in range(1, 151)]


def write(name, odd_row):
    with xlsxwriter.Workbook(name) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["user", "employee"])
        for number, cells in enumerate(table(odd_row), start=1):
            sheet.write_row(number, 0, cells)


def tell(label, name, odd_row, **options):
    column = pl.read_excel(name, **options)["employee"]
    assert len(column) == 150
    print(f"{label}: {column.dtype}, A-7 reads {column[odd_row - 1]!r}, {column.null_count()} nulls")


write("100.xlsx", 100)
write("101.xlsx", 101)
tell("text in row 100, default engine", "100.xlsx", 100)
tell("text in row 101, default engine", "101.xlsx", 101)
tell("text in row 101, engine openpyxl", "101.xlsx", 101, engine="openpyxl")
tell("text in row 101, whole column looked at", "101.xlsx", 101, infer_schema_length=None)

with open("101.csv", "w") as out:
    print("user,employee", *(f"{u},{e}" for u, e in table(101)), sep="\n", file=out)
try:
    print("the same table as CSV:", pl.read_csv("101.csv")["employee"].dtype)
except pl.exceptions.ComputeError as error:
    print("the same table as CSV:", type(error).__name__)
END

venv/bin/python look.py | tee SEEN
diff EXPECTED SEEN
