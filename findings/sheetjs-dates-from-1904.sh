#!/usr/bin/env bash
# From a workbook that counts its days from 1904, SheetJS gives out of the same cell the right day as
# text, and as a date one that is four years and a day earlier.
#
# Versions: openpyxl 3.1.5 as the writer; npm xlsx 0.18.5 (SheetJS), npm exceljs 4.4.0, npm xlsx-populate
#           1.21.0, openpyxl and python-calamine 0.9.1 as readers. Seen on 2026-11-29.
#
# Excel for the Mac counted from 1904 for years, and a workbook keeps that when it is passed on; a flag
# in it says so. The sheet: a person and the day until which they have a licence, 2026-03-01.
#
# Likely guess: a reader that knows the flag uses it throughout. SheetJS does know it: the text of the
#   cell is right, and cellDates says that dates are given as dates.
# What happens: with cellDates, `v` is the 28th of February 2022 and `w` beside it 2026-03-01; and so
#   sheet_to_json is right with raw: false and wrong without. A licence that still runs has ended. From
#   xlsx-populate comes a number, of which the numberToDate in its documentation makes the wrong day, too.
#   exceljs, openpyxl and calamine read the day. Counted from 1900, the table is right in all of them.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
from-1900.xlsx
  SheetJS, v: 2026-03-01
  SheetJS, w: 2026-03-01
  SheetJS, sheet_to_json: 2026-03-01
  SheetJS, sheet_to_json, raw: false: 2026-03-01
  xlsx-populate: 2026-03-01
  exceljs: 2026-03-01
  openpyxl: 2026-03-01
  calamine: 2026-03-01
from-1904.xlsx
  SheetJS, v: 2022-02-28
  SheetJS, w: 2026-03-01
  SheetJS, sheet_to_json: 2022-02-28
  SheetJS, sheet_to_json, raw: false: 2026-03-01
  xlsx-populate: 2022-02-28
  exceljs: 2026-03-01
  openpyxl: 2026-03-01
  calamine: 2026-03-01
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 exceljs@4.4.0 xlsx-populate@1.21.0 >/dev/null

cat >write.py <<'END'
from datetime import date

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

for name, epoch in [("from-1900.xlsx", CALENDAR_WINDOWS_1900), ("from-1904.xlsx", CALENDAR_MAC_1904)]:
    book = openpyxl.Workbook()
    book.epoch = epoch
    book.active.append(["user", "until"])
    book.active.append(["ann", date(2026, 3, 1)])
    book.save(name)
END

cat >look.py <<'END'
import sys

import openpyxl
import python_calamine

name = sys.argv[1]
print("  openpyxl:", openpyxl.load_workbook(name).active["B2"].value.date())
print("  calamine:", python_calamine.load_workbook(name).get_sheet_by_index(0).to_python()[1][1])
END

cat >look.js <<'END'
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");
const populate = require("xlsx-populate");

const name = process.argv[2];
const day = (date) => date.toISOString().slice(0, 10);

(async () => {
  const { SheetNames, Sheets } = XLSX.readFile(name, { cellDates: true });
  const sheet = Sheets[SheetNames[0]];
  console.log("  SheetJS, v:", day(sheet.B2.v));
  console.log("  SheetJS, w:", sheet.B2.w);
  console.log("  SheetJS, sheet_to_json:", day(XLSX.utils.sheet_to_json(sheet)[0].until));
  console.log("  SheetJS, sheet_to_json, raw: false:", XLSX.utils.sheet_to_json(sheet, { raw: false })[0].until);
  const populated = await populate.fromFileAsync(name);
  console.log("  xlsx-populate:", day(populate.numberToDate(populated.sheet(0).cell("B2").value())));
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(name);
  console.log("  exceljs:", day(book.worksheets[0].getCell("B2").value));
})();
END

export TZ=UTC
venv/bin/python write.py
for name in from-1900.xlsx from-1904.xlsx; do
    echo "$name"
    node look.js "$name"
    venv/bin/python look.py "$name"
done | tee SEEN
diff EXPECTED SEEN
