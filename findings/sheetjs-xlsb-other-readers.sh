#!/usr/bin/env bash
# An .xlsb that SheetJS wrote loses all columns but the first in calamine, and every cell in pyxlsb;
# neither reports an error.
#
# Versions: npm xlsx 0.18.5 (SheetJS) as the writer; python-calamine 0.9.1, polars 2.1.0 with
#           fastexcel 0.21.0 (both built on calamine) and pyxlsb 1.0.10 as readers. Seen on 2026-11-29.
#
# The format .xlsb has two kinds of cell records: those that say their column, and "short" ones that
# mean the column after the cell before. SheetJS writes the short kind for all but the first of a row.
#
# Likely guess: a binary workbook is read as a whole or refused, since each record says its type and
#   its length; the same table in .xlsx and .xlsb comes out the same.
# What happens: calamine returns no cell of the short kind. The rows stay, with only the
#   cell that has a full record. polars gets a table with the single column `user`. pyxlsb returns
#   rows of the right number and width in which every cell is None. SheetJS reads its own file in
#   full, and calamine reads the .xlsx of the same table in full.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
SheetJS   .xlsb [["user","operation","groups"],["ann@example.com","invite","Testers"],["bob@example.com","invite","Ops"]]
calamine  .xlsx [["user","operation","groups"],["ann@example.com","invite","Testers"],["bob@example.com","invite","Ops"]]
calamine  .xlsb [["user"],["ann@example.com"],["bob@example.com"]]
polars    .xlsb [["user"],["ann@example.com"],["bob@example.com"]]
pyxlsb    .xlsb [[null,null,null],[null,null,null],[null,null,null]]
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    python-calamine==0.9.1 polars==2.1.0 fastexcel==0.21.0 pyxlsb==1.0.10
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 >/dev/null

cat >look.js <<'END'
const XLSX = require("xlsx");

const book = XLSX.utils.book_new();
const table = [
  ["user", "operation", "groups"],
  ["ann@example.com", "invite", "Testers"],
  ["bob@example.com", "invite", "Ops"],
];
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(table), "Joiners");
XLSX.writeFile(book, "joiners.xlsx");
XLSX.writeFile(book, "joiners.xlsb");
const back = XLSX.readFile("joiners.xlsb").Sheets.Joiners;
console.log("SheetJS   .xlsb", JSON.stringify(XLSX.utils.sheet_to_json(back, { header: 1 })));
END

cat >look.py <<'END'
import json

import polars as pl
import python_calamine
import pyxlsb


def tell(label, rows):
    print(f"{label:15}", json.dumps(rows, separators=(",", ":")))


for ending in ["xlsx", "xlsb"]:
    book = python_calamine.load_workbook(f"joiners.{ending}")
    tell(f"calamine  .{ending}", book.get_sheet_by_name("Joiners").to_python())
frame = pl.read_excel("joiners.xlsb")
tell("polars    .xlsb", [frame.columns, *map(list, frame.rows())])
with pyxlsb.open_workbook("joiners.xlsb") as book:
    tell("pyxlsb    .xlsb", [[cell.v for cell in row] for row in book.get_sheet("Joiners").rows()])
END

{ node look.js; venv/bin/python look.py; } | tee SEEN
diff EXPECTED SEEN
