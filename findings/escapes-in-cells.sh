#!/usr/bin/env bash
# SheetJS and exceljs read another name than they wrote, where it contains something like _x0041_; and
# whether a list with line breaks of Windows stays clean depends on who wrote and who reads.
#
# Versions: XlsxWriter 3.3.1, openpyxl 3.1.5, npm xlsx 0.18.5 (SheetJS) and npm exceljs 4.4.0 as
#           writers; openpyxl, SheetJS, exceljs, python-calamine 0.9.1 and polars 2.1.0 with fastexcel
#           0.21.0 as readers. Seen on 2026-11-29.
#
# In .xlsx, _x000D_ in a text stands for the character with this number, and _x005F_ keeps an underscore
# from being read so. The sheet: a service account svc_x0041_eu, and the groups Testers and Ops in one
# cell, parted by carriage return and line feed, as databases and text areas on Windows give them.
#
# Likely guess: XML is what has to be escaped, and each library does; a text that contains nothing
#   special comes back as it was, most certainly from the library that wrote it. At most, one and
#   the same escape is unknown to some reader.
# What happens: of the four writers only XlsxWriter protects the name. What the three others write,
#   SheetJS and calamine read as svcAeu, polars in two of the three files, exceljs only in its own. So
#   SheetJS and exceljs have renamed the account after one round through themselves. openpyxl decodes
#   _x005F_ only, which keeps the name, but makes the groups "Testers_x000D_" and "Ops" when XlsxWriter
#   or SheetJS wrote them; polars and exceljs decode XlsxWriter's _x000D_ and leave SheetJS' _x000d_. What
#   openpyxl (without lxml) and exceljs write has its carriage return for SheetJS only.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
written by XlsxWriter
  openpyxl "svc_x0041_eu" "Testers_x000D_\nOps"
  calamine "svc_x0041_eu" "Testers\r\nOps"
  polars   "svc_x0041_eu" "Testers\r\nOps"
  SheetJS  "svc_x0041_eu" "Testers\r\nOps"
  exceljs  "svc_x0041_eu" "Testers\r\nOps"
written by openpyxl
  openpyxl "svc_x0041_eu" "Testers\nOps"
  calamine "svcAeu" "Testers\nOps"
  polars   "svcAeu" "Testers\nOps"
  SheetJS  "svcAeu" "Testers\r\nOps"
  exceljs  "svc_x0041_eu" "Testers\nOps"
written by SheetJS
  openpyxl "svc_x0041_eu" "Testers_x000d_\nOps"
  calamine "svcAeu" "Testers\r\nOps"
  polars   "svc_x0041_eu" "Testers_x000d_\nOps"
  SheetJS  "svcAeu" "Testers\r\nOps"
  exceljs  "svc_x0041_eu" "Testers_x000d_\nOps"
written by exceljs
  openpyxl "svc_x0041_eu" "Testers\nOps"
  calamine "svcAeu" "Testers\nOps"
  polars   "svcAeu" "Testers\nOps"
  SheetJS  "svcAeu" "Testers\r\nOps"
  exceljs  "svcAeu" "Testers\nOps"
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1 polars==2.1.0 fastexcel==0.21.0
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 exceljs@4.4.0 >/dev/null

cat >write.py <<'END'
import openpyxl
import xlsxwriter

rows = [["user", "groups"], ["svc_x0041_eu", "Testers\r\nOps"]]

book = xlsxwriter.Workbook("XlsxWriter.xlsx")
sheet = book.add_worksheet()
for number, row in enumerate(rows):
    sheet.write_row(number, 0, row)
book.close()

book = openpyxl.Workbook()
for row in rows:
    book.active.append(row)
book.save("openpyxl.xlsx")
END

cat >write.js <<'END'
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");

const rows = [["user", "groups"], ["svc_x0041_eu", "Testers\r\nOps"]];

const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), "Changes");
XLSX.writeFile(book, "SheetJS.xlsx");

(async () => {
  const other = new ExcelJS.Workbook();
  other.addWorksheet("Changes").addRows(rows);
  await other.xlsx.writeFile("exceljs.xlsx");
})();
END

cat >look.py <<'END'
import json
import sys

import openpyxl
import polars as pl
import python_calamine

name = sys.argv[1]
for reader, row in [
    ("openpyxl", [cell.value for cell in openpyxl.load_workbook(name).active[2]]),
    ("calamine", python_calamine.load_workbook(name).get_sheet_by_index(0).to_python()[1]),
    ("polars", pl.read_excel(name).row(0)),
]:
    print(f"  {reader:8}", *map(json.dumps, row))
END

cat >look.js <<'END'
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");

const tell = (reader, row) => console.log(`  ${reader.padEnd(8)}`, ...row.map((cell) => JSON.stringify(cell)));

(async () => {
  const { SheetNames, Sheets } = XLSX.readFile(process.argv[2]);
  tell("SheetJS", XLSX.utils.sheet_to_json(Sheets[SheetNames[0]], { header: 1 })[1]);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(process.argv[2]);
  tell("exceljs", book.worksheets[0].getRow(2).values.slice(1));
})();
END

venv/bin/python write.py
node write.js
for writer in XlsxWriter openpyxl SheetJS exceljs; do
    echo "written by $writer"
    venv/bin/python look.py "$writer.xlsx"
    node look.js "$writer.xlsx"
done 2>/dev/null | tee SEEN
diff EXPECTED SEEN
