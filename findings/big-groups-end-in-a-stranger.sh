#!/usr/bin/env bash
# A group with 4,000 members, in one cell: most writers of .xlsx keep the first 32,767 letters of it and say nothing, so that 360
# people are out, and somebody is in who never was. SheetJS keeps the first 255 letters for .xls, and so 28 of the 4,000.
#
# Versions: openpyxl 3.1.5, XlsxWriter 3.3.1, pandas 3.1.1, polars 2.1.0, tablib 3.10.0, excelize 0.1.0, pyexcelerate 0.13.0;
#           npm xlsx 0.18.5 (SheetJS), @e965/xlsx 0.20.3 (a later one), exceljs 4.4.0, xlsx-populate 1.21.0. Readers:
#           python-calamine 0.9.1 and xlrd 2.0.2. Seen on 2026-12-01 with Python 3.11 and Node.js 20.
#
# An export has a row for each group: its name, and its members parted by semicolons, here user1000 to user4999. That is more than
# the 32,767 letters that a cell holds by the specification of Excel. Shown is how many members are left when the file is read
# again, who is the last one, and what the writer told: an error, a warning, or what it returned, if that says something.
#
# Likely guess: what does not fit is refused with an error, or is stored all the same, which other programs may dislike. If
#   it must be cut, that is told. In .xls, whose cells hold as much, it is the same.
# What happens: openpyxl, and by it tablib, cuts; so do excelize, XlsxWriter, which returns -2, and polars, which drops that. Only
#   pandas warns. The cut falls in the middle of a name, here of user4640, and user464 is somebody else. Whoever sets the
#   group's members by that sheet throws out the others and takes in a stranger. SheetJS refuses the text for .xlsx
#   and cuts it after 255 letters for .xls.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
openpyxl.xlsx:              3641, last user464
openpyxl, write_only.xlsx:  3641, last user464
tablib.xlsx:                3641, last user464
XlsxWriter.xlsx:            3641, last user464  returns -2
polars.xlsx:                3641, last user464
pandas, openpyxl.xlsx:      3641, last user464  warning: Cell contents too long, truncated to 32767 characters
pandas, xlsxwriter.xlsx:    3641, last user464  warning: Cell contents too long, truncated to 32767 characters
excelize.xlsx:              3641, last user464
pyexcelerate.xlsx:          4000, last user4999
exceljs.xlsx:               4000, last user4999
xlsx-populate.xlsx:         4000, last user4999
SheetJS.xlsx:                error: Text length must not exceed 32767 characters
SheetJS.xls:                  29, last use
@e965/xlsx.xlsx:             error: Text length must not exceed 32767 characters
@e965/xlsx.xls:               29, last use
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1 pandas==3.1.1 polars==2.1.0 \
    tablib==3.10.0 excelize==0.1.0 pyexcelerate==0.13.0 python-calamine==0.9.1 xlrd==2.0.2
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 @e965/xlsx@0.20.3 exceljs@4.4.0 xlsx-populate@1.21.0 >/dev/null

cat >write.mjs <<'END'
import { readFileSync, writeFileSync } from "node:fs";
import LaterSheetJS from "@e965/xlsx";
import ExcelJS from "exceljs";
import SheetJS from "xlsx";
import XlsxPopulate from "xlsx-populate";

const rows = JSON.parse(readFileSync("rows.json"));
const told = {};
async function write(name, type, make) {
  try {
    const bytes = await make();
    writeFileSync(`${name}.${type}`, bytes);
    told[`${name}.${type}`] = "";
  } catch (error) {
    told[`${name}.${type}`] = `error: ${error.message}`;
  }
}

await write("exceljs", "xlsx", () => {
  const book = new ExcelJS.Workbook();
  book.addWorksheet("Groups").addRows(rows);
  return book.xlsx.writeBuffer();
});
await write("xlsx-populate", "xlsx", async () => {
  const book = await XlsxPopulate.fromBlankAsync();
  book.sheet(0).cell("A1").value(rows);
  return book.outputAsync();
});
for (const [name, library] of [["SheetJS", SheetJS], ["@e965+xlsx", LaterSheetJS]]) {
  for (const type of ["xlsx", "xls"]) {
    await write(name, type, () => {
      const book = library.utils.book_new();
      library.utils.book_append_sheet(book, library.utils.aoa_to_sheet(rows));
      return library.write(book, { bookType: type, type: "buffer" });
    });
  }
}
writeFileSync("told.json", JSON.stringify(told));
END

cat >write.py <<'END'
import json
import subprocess
import warnings
from pathlib import Path

import excelize
import openpyxl
import pandas
import polars
import pyexcelerate
import python_calamine
import tablib
import xlrd
import xlsxwriter

members = [f"user{number}" for number in range(1000, 5000)]
headings, row = ["group", "members"], ["Ops", ";".join(members)]
table = {"group": ["Ops"], "members": [row[1]]}
Path("rows.json").write_text(json.dumps([headings, row]))


def with_openpyxl(file, **how):
    book = openpyxl.Workbook(**how)
    sheet = book.create_sheet() if how else book.active
    sheet.append(headings)
    sheet.append(row)
    book.save(file)


def with_xlsxwriter(file):
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings)
        return sheet.write(1, 1, row[1])


def with_tablib(file):
    Path(file).write_bytes(tablib.Dataset(row, headers=headings).export("xlsx"))


def with_excelize(file):
    book = excelize.new_file()
    book.set_sheet_row("Sheet1", "A1", headings)
    book.set_sheet_row("Sheet1", "A2", row)
    book.save_as(file)


def with_pyexcelerate(file):
    book = pyexcelerate.Workbook()
    book.new_sheet("Groups", data=[headings, row])
    book.save(file)


writers = {
    "openpyxl": with_openpyxl,
    "openpyxl, write_only": lambda file: with_openpyxl(file, write_only=True),
    "tablib": with_tablib,
    "XlsxWriter": with_xlsxwriter,
    "polars": lambda file: polars.DataFrame(table).write_excel(file) and None,
    "pandas, openpyxl": lambda file: pandas.DataFrame(table).to_excel(file, index=False, engine="openpyxl"),
    "pandas, xlsxwriter": lambda file: pandas.DataFrame(table).to_excel(file, index=False, engine="xlsxwriter"),
    "excelize": with_excelize,
    "pyexcelerate": with_pyexcelerate,
}
told = {}
for name, write in writers.items():
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        returned = write(f"{name}.xlsx")
    about = [str(warning.message) for warning in warned if "long" in str(warning.message)]
    told[f"{name}.xlsx"] = f"warning: {about[0]}" if about else f"returns {returned}" if returned else ""

subprocess.run(["node", "write.mjs"], check=True)
told |= json.loads(Path("told.json").read_text())
for file, says in told.items():
    left = ""
    if Path(file).exists():
        if file.endswith(".xls"):
            cell = xlrd.open_workbook(file).sheet_by_index(0).cell_value(1, 1)
        else:
            book = python_calamine.load_workbook(file)
            cell = next(rows for name in book.sheet_names if (rows := book.get_sheet_by_name(name).to_python()))[1][1]
        found = cell.split(";")
        left = f"{len(found):>4}, last {found[-1]:<8}"
    print(f"{file.replace('+', '/') + ':':<27} {left} {says}".rstrip())
END

venv/bin/python write.py | tee SEEN
diff EXPECTED SEEN
