#!/usr/bin/env bash
# A script puts abe at the top of a list of leavers, with excelize. The file then has abe, ann and bob; readers that go by the range
# that is stored in it find abe and ann, and bob, who was there all along, is left out. If SheetJS adds cy at the end, she is written
# over him, and he is gone for good.
#
# Versions: excelize 0.1.0 (its Python package, which holds the Go library); openpyxl 3.1.5, tablib 3.10.0,
#           django-import-export 4.4.3 with Django 5.2.19, frictionless 5.21.0, petl 1.7.30, agate-excel 0.4.2, pandas 3.1.1,
#           python-calamine 0.9.1; npm xlsx 0.18.5 and @e965/xlsx 0.20.3 (SheetJS), exceljs 4.4.0, read-excel-file 9.3.17. The sheet
#           is made by XlsxWriter 3.3.1. Seen on 2026-12-03 with Python 3.11 and Node.js 20.
#
# A worksheet may say in <dimension> which range of it is in use: A1:A3 for a heading, ann and bob. abe is put into a new row 2
# by insert_rows() and set_cell_value(), so that bob moves to row 4.
#
# Likely guess: the range is a hint for programs that want to know ahead how large a sheet is; whoever reads all of a sheet reads
#   all of its rows. A reader that did not would lose people, and would say so.
# What happens: excelize leaves the range as it was (it has a function to set it, which whoever calls it has to know of). SheetJS, and
#   openpyxl in its read-only mode with all that rests on it, do not look beyond it; no error is raised, and the number of rows is
#   plausible. openpyxl documents that its read-only mode trusts the range, and agate-excel has an argument against it. tablib,
#   django-import-export and frictionless use that mode without saying so. To SheetJS the range is the sheet: a row that it adds comes
#   right below the range, where bob is.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
openpyxl                          abe ann bob
openpyxl, read-only               abe ann
tablib                            abe ann
django-import-export              abe ann
frictionless                      abe ann
petl                              abe ann bob
petl, read-only                   abe ann
agate-excel                       abe ann
agate-excel, reset_dimensions     abe ann bob
pandas                            abe ann bob
calamine                          abe ann bob
exceljs                           abe ann bob
read-excel-file                   abe ann bob
xlsx                              abe ann
xlsx, cy added, in openpyxl       abe ann cy
@e965/xlsx                        abe ann
@e965/xlsx, cy added, in openpyxl abe ann cy
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xlsxwriter==3.3.1 excelize==0.1.0 openpyxl==3.1.5 tablib==3.10.0 \
    django==5.2.19 django-import-export==4.4.3 'frictionless[excel]==5.21.0' petl==1.7.30 agate-excel==0.4.2 pandas==3.1.1 \
    python-calamine==0.9.1
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 @e965/xlsx@0.20.3 exceljs@4.4.0 read-excel-file@9.3.17 >/dev/null

cat >write.py <<'END'
import excelize
import xlsxwriter

with xlsxwriter.Workbook("leavers.xlsx") as book:
    book.add_worksheet("Users").write_column(0, 0, ["user", "ann", "bob"])
file = excelize.open_file("leavers.xlsx")
file.insert_rows("Users", 2, 1)
file.set_cell_value("Users", "A2", "abe")
file.save()
file.close()
END

cat >read.py <<'END'
import sys
import warnings

import agate
import agateexcel  # noqa: F401
import django
import openpyxl
import pandas
import petl
import python_calamine
import tablib
from django.conf import settings
from frictionless import Resource

warnings.simplefilter("ignore")
settings.configure()
django.setup()
from import_export.formats.base_formats import XLSX  # noqa: E402


def people(rows):
    return [row[0] for row in rows if row and row[0] and row[0] != "user"]


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


path = sys.argv[1]
readers = {
    "openpyxl": lambda: openpyxl.load_workbook(path).active.values,
    "openpyxl, read-only": lambda: openpyxl.load_workbook(path, read_only=True).active.values,
    "tablib": lambda: tablib.Dataset().load(bytes_of(path), "xlsx"),
    "django-import-export": lambda: XLSX().create_dataset(bytes_of(path)),
    "frictionless": lambda: [[row["user"]] for row in Resource(path=path).read_rows()],
    "petl": lambda: petl.fromxlsx(path),
    "petl, read-only": lambda: petl.fromxlsx(path, read_only=True),
    "agate-excel": lambda: agate.Table.from_xlsx(path).rows,
    "agate-excel, reset_dimensions": lambda: agate.Table.from_xlsx(path, reset_dimensions=True).rows,
    "pandas": lambda: pandas.read_excel(path).values.tolist(),
    "calamine": lambda: python_calamine.load_workbook(path).get_sheet_by_index(0).to_python(),
}
for name in sys.argv[2:] or readers:
    print(f"{name:33}", *people(readers[name]()))
END

cat >read.mjs <<'END'
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { readSheet } from "read-excel-file/node";

const require = createRequire(import.meta.url);
const path = "leavers.xlsx";
const show = (name, rows) => console.log(name.padEnd(33), ...rows.map((row) => row[0]).filter((user) => user !== "user"));

const ExcelJS = require("exceljs");
const book = new ExcelJS.Workbook();
await book.xlsx.readFile(path);
const rows = [];
book.worksheets[0].eachRow((row) => rows.push(row.values.slice(1)));
show("exceljs", rows);
show("read-excel-file", await readSheet(path));
for (const name of ["xlsx", "@e965/xlsx"]) {
  const XLSX = require(name);
  const book = XLSX.readFile(path);
  show(name, XLSX.utils.sheet_to_json(book.Sheets.Users, { header: 1 }));
  XLSX.utils.sheet_add_aoa(book.Sheets.Users, [["cy"]], { origin: -1 });
  XLSX.writeFile(book, "saved.xlsx");
  const found = execFileSync("venv/bin/python", ["read.py", "saved.xlsx", "openpyxl"], { encoding: "utf8" });
  console.log(`${name}, cy added, in openpyxl`.padEnd(33), found.slice(33).trim());
}
END

venv/bin/python write.py
{ venv/bin/python read.py leavers.xlsx; node read.mjs; } | tee SEEN
diff EXPECTED SEEN
