#!/usr/bin/env bash
# A workbook with dates in ISO 8601, which openpyxl writes on request, says 1905 for each day of 2026
# in exceljs and gnumeric; other readers lose the cells.
#
# Versions: openpyxl 3.1.5 as the writer; python-calamine 0.9.1, polars 2.1.0 with fastexcel 0.21.0,
#           npm exceljs 4.4.0, npm xlsx-populate 1.21.0, npm xlsx 0.18.5 (SheetJS) and Debian 12's
#           gnumeric 1.12.55 as readers. Seen on 2026-11-29.
#
# The standard has a type of cell for dates as text: <c t="d"><v>2026-03-01</v></c>. openpyxl uses it
# in Workbook(iso_dates=True). The sheet: two people, the day until which each has a licence, and an hour.
#
# Likely guess: a reader knows the type or refuses the file; at worst the date comes as the text
#   2026-03-01. After all, ISO 8601 is what one chooses so that others read the right day.
# What happens: exceljs and gnumeric take the number at the beginning of the text, 2026, and count as
#   many days from 1900. The 1st of March and the 30th of November are then the same day in July 1905,
#   and half past nine is the 8th or 9th of January 1900. In xlsx-populate every
#   such cell is NaN. polars gets the days right and makes nulls of the hours; SheetJS gets the days
#   right and invalid dates for the hours. None of them throws. openpyxl itself and calamine read both.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
openpyxl: ann 2026-03-01 09:30:00; bob 2026-11-30 17:00:00
calamine: ann 2026-03-01 09:30:00; bob 2026-11-30 17:00:00
polars: ann 2026-03-01 None; bob 2026-11-30 None
exceljs: ann 1905-07-18T00:00:00.000Z 1900-01-08T00:00:00.000Z; bob 1905-07-18T00:00:00.000Z 1900-01-16T00:00:00.000Z
xlsx-populate: ann NaN NaN; bob NaN NaN
SheetJS: ann 2026-03-01T00:00:00.000Z Invalid Date; bob 2026-11-30T00:00:00.000Z Invalid Date
gnumeric 1.12.55: ann 1905/07/18 1900/01/09 00:00:00; bob 1905/07/18 1900/01/17 00:00:00
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    openpyxl==3.1.5 python-calamine==0.9.1 polars==2.1.0 fastexcel==0.21.0
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 exceljs@4.4.0 xlsx-populate@1.21.0 >/dev/null
command -v ssconvert >/dev/null || apt-get install --yes --quiet gnumeric >/dev/null

cat >look.py <<'END'
from datetime import date, time

import openpyxl
import polars as pl
import python_calamine

book = openpyxl.Workbook(iso_dates=True)
book.active.append(["user", "until", "from"])
book.active.append(["ann", date(2026, 3, 1), time(9, 30)])
book.active.append(["bob", date(2026, 11, 30), time(17)])
book.save("until.xlsx")


def tell(label, rows):
    print(f"{label}:", "; ".join(" ".join(map(str, row)) for row in rows))


tell("openpyxl", list(openpyxl.load_workbook("until.xlsx").active.values)[1:])
tell("calamine", python_calamine.load_workbook("until.xlsx").get_sheet_by_index(0).to_python()[1:])
tell("polars", pl.read_excel("until.xlsx").rows())
END

cat >look.js <<'END'
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");
const populate = require("xlsx-populate");

const show = (value) => (value instanceof Date && !isNaN(value) ? value.toISOString() : `${value}`);
const tell = (label, cell) =>
  console.log(`${label}:`, [2, 3].map((row) => ["A", "B", "C"].map((column) => show(cell(column + row))).join(" ")).join("; "));

(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile("until.xlsx");
  tell("exceljs", (at) => book.worksheets[0].getCell(at).value);
  const populated = await populate.fromFileAsync("until.xlsx");
  tell("xlsx-populate", (at) => populated.sheet(0).cell(at).value());
  const { SheetNames, Sheets } = XLSX.readFile("until.xlsx", { cellDates: true });
  const [header, ...rows] = XLSX.utils.sheet_to_json(Sheets[SheetNames[0]], { header: "A" });
  tell("SheetJS", (at) => rows[at[1] - 2][at[0]]);
})();
END

export TZ=UTC LC_ALL=C
{
    venv/bin/python look.py
    node look.js
    version=$(ssconvert --version 2>&1 | sed -n "s/^ssconvert version '\(.*\)'/\1/p")
    ssconvert until.xlsx until.csv 2>/dev/null
    echo "gnumeric $version: $(sed 1d until.csv | tr -d '"' | tr , ' ' | paste -sd ';' | sed 's/;/; /g')"
} | tee SEEN
diff EXPECTED SEEN
