#!/usr/bin/env bash
# One workbook with merged cells, four ways of reading it, three different tables; two of the three
# come from the same library, and what differs is only an option about memory.
#
# Versions: npm xlsx 0.18.5 (SheetJS) as the writer; npm exceljs 4.4.0, openpyxl 3.1.5 and
#           python-calamine 0.9.1 as readers. Seen on 2026-11-29.
#
# The sheet: three people, each with an operation of their own, and then B2:B4 merged, as SheetJS
# does with `!merges`. On the screen there is one tall cell that says delete; the file still has the
# cells below it.
#
# Likely guess: merged is merged: the first cell has the value and the others are empty, in every
#   reader; and read_only=True makes openpyxl save memory, not read other values.
# What happens:
#   openpyxl                  delete, None, None       (drops what the file has below the merge)
#   openpyxl, read_only=True  delete, invite, invite   (knows of no merges)
#   calamine                  delete, invite, invite
#   exceljs                   delete, delete, delete   (answers with the first cell for each)
#   So the same sheet deletes one person and skips two, deletes one and invites two, or deletes three.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
exceljs: ann delete, bob delete, cy delete
openpyxl: ann delete, bob None, cy None
openpyxl read_only: ann delete, bob invite, cy invite
calamine: ann delete, bob invite, cy invite
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 exceljs@4.4.0 >/dev/null

cat >look.js <<'END'
const XLSX = require("xlsx");
const ExcelJS = require("exceljs");

const sheet = XLSX.utils.aoa_to_sheet([
  ["user", "operation"],
  ["ann", "delete"],
  ["bob", "invite"],
  ["cy", "invite"],
]);
sheet["!merges"] = [XLSX.utils.decode_range("B2:B4")];
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, sheet, "Changes");
XLSX.writeFile(book, "merged.xlsx");

(async () => {
  const read = new ExcelJS.Workbook();
  await read.xlsx.readFile("merged.xlsx");
  const rows = [2, 3, 4].map((n) => read.getWorksheet("Changes").getRow(n));
  console.log("exceljs:", rows.map((row) => `${row.getCell(1).value} ${row.getCell(2).value}`).join(", "));
})();
END

cat >look.py <<'END'
import openpyxl
import python_calamine


def tell(label, rows):
    print(f"{label}:", ", ".join(f"{user} {operation}" for user, operation in list(rows)[1:]))


for label, options in [("openpyxl", {}), ("openpyxl read_only", {"read_only": True})]:
    tell(label, openpyxl.load_workbook("merged.xlsx", **options)["Changes"].values)
tell("calamine", python_calamine.load_workbook("merged.xlsx").get_sheet_by_name("Changes").to_python())
END

{ node look.js; venv/bin/python look.py; } | tee SEEN
diff EXPECTED SEEN
