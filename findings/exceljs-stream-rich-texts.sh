#!/usr/bin/env bash
# exceljs' streaming writer puts the first rich text of a workbook into every cell that has one, once
# shared strings are switched on.
#
# Versions: npm exceljs 4.4.0 as the writer; npm xlsx 0.18.5 (SheetJS), openpyxl 3.1.5 and
#           python-calamine 0.9.1 as readers. Seen on 2026-11-29.
#
# The sheet: three people; the operation of each is a rich text, in bold, their groups
# are plain text.
#
# Likely guess: useSharedStrings decides where texts are stored, which is a matter of the file's size;
#   a cell says the same with it and without it, streamed or not. A rich text differs from a plain one
#   in its look only.
# What happens: streamed with useSharedStrings, all three cells hold the first rich text: bob and cy,
#   who were to be invited and moved, are deleted. Plain texts are right. Without useSharedStrings, or with
#   the writer that does not stream, all is right. The wrong text is in the file, so that each reader
#   gets it and none complains.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
whole.xlsx
  SheetJS: ann delete Testers, bob invite Ops, cy move Leads
  openpyxl: ann delete Testers, bob invite Ops, cy move Leads
  calamine: ann delete Testers, bob invite Ops, cy move Leads
streamed.xlsx
  SheetJS: ann delete Testers, bob invite Ops, cy move Leads
  openpyxl: ann delete Testers, bob invite Ops, cy move Leads
  calamine: ann delete Testers, bob invite Ops, cy move Leads
streamed-shared.xlsx
  SheetJS: ann delete Testers, bob delete Ops, cy delete Leads
  openpyxl: ann delete Testers, bob delete Ops, cy delete Leads
  calamine: ann delete Testers, bob delete Ops, cy delete Leads
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1
npm install --silent --no-audit --no-fund --prefix . exceljs@4.4.0 xlsx@0.18.5 >/dev/null

cat >write.js <<'END'
const ExcelJS = require("exceljs");

const rich = (text) => ({ richText: [{ text, font: { bold: true } }] });
const rows = [
  ["user", "operation", "groups"],
  ["ann", rich("delete"), "Testers"],
  ["bob", rich("invite"), "Ops"],
  ["cy", rich("move"), "Leads"],
];

(async () => {
  const whole = new ExcelJS.Workbook();
  whole.addWorksheet("Changes").addRows(rows);
  await whole.xlsx.writeFile("whole.xlsx");
  for (const [filename, useSharedStrings] of [["streamed.xlsx", false], ["streamed-shared.xlsx", true]]) {
    const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename, useSharedStrings, useStyles: true });
    const sheet = book.addWorksheet("Changes");
    for (const row of rows) sheet.addRow(row).commit();
    await book.commit();
  }
})();
END

cat >look.js <<'END'
const XLSX = require("xlsx");

const rows = XLSX.utils.sheet_to_json(XLSX.readFile(process.argv[2]).Sheets.Changes, { header: 1 });
console.log("  SheetJS:", rows.slice(1).map((row) => row.join(" ")).join(", "));
END

cat >look.py <<'END'
import sys

import openpyxl
import python_calamine


def tell(label, rows):
    print(f"  {label}:", ", ".join(" ".join(row) for row in list(rows)[1:]))


tell("openpyxl", openpyxl.load_workbook(sys.argv[1])["Changes"].values)
tell("calamine", python_calamine.load_workbook(sys.argv[1]).get_sheet_by_name("Changes").to_python())
END

node write.js
for name in whole.xlsx streamed.xlsx streamed-shared.xlsx; do
    echo "$name"
    node look.js "$name"
    venv/bin/python look.py "$name" 2>/dev/null
done | tee SEEN
diff EXPECTED SEEN
