#!/usr/bin/env bash
# cy is added to a sheet by the headings: exceljs adds an empty row, openpyxl puts her into the columns UPN, OU and OP, the first
# of which is the 14,626th, and SheetJS puts what is to be done where her name belongs. None of them says anything.
#
# Versions: npm exceljs 4.4.0, @protobi/exceljs 4.4.0-protobi.10 and @cj-tech-master/excelts 10.2.0 (which come from it), xlsx
#           0.18.5 (SheetJS) and @e965/xlsx 0.20.3 (a later one); openpyxl 3.1.5; for comparison pandas 3.1.1, which writes by
#           openpyxl. Seen on 2026-12-02 with Node.js 20 and Python 3.11.
#
# The sheet has the headings UPN, OU and Op (user principal name, organizational unit, operation), ann and bob. It is opened, and
# cy is added as an object or a dict with these names; in what follows "keys", the script has told exceljs the two that it needs.
# "new sheet" is a sheet that the script has itself made, headings and all. Shown is the last row of what was saved, cell by cell.
#
# Likely guess: what takes an object with names, and knows a sheet whose first row has these names, puts the values below them. It
#   does with a new sheet, in the test. A name that it does not know is an error.
# What happens: exceljs goes by keys, which are not stored in a file, so that no name is known in a sheet that was opened, and
#   names that are not known are left out. Keys told to it count from the left, whatever the headings are. For openpyxl the
#   names are those of columns, A to ZZZ, small letters too: UPN, OU and Op are some, and only a name with four letters or more
#   is an error. sheet_add_json() of SheetJS, told not to write headings again, goes by the order within the object. Whoever
#   reads the sheet next finds nobody to invite, or somebody whose name is invite.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
@protobi exceljs, addRow()      -
@protobi exceljs, keys UPN, Op  A4 cy, B4 invite
@protobi exceljs, new sheet     A2 cy, B2 Ops, C2 invite
exceljs, addRow()               -
exceljs, keys UPN, Op           A4 cy, B4 invite
exceljs, new sheet              A2 cy, B2 Ops, C2 invite
excelts, addRow()               -
excelts, keys UPN, Op           A4 cy, B4 invite
excelts, new sheet              A2 cy, B2 Ops, C2 invite
openpyxl, append()              OP4 invite, OU4 Ops, UPN4 cy
pandas, concat()                A4 cy, B4 Ops, C4 invite
SheetJS 0.20, skipHeader        A4 invite, B4 cy, C4 Ops
SheetJS, skipHeader             A4 invite, B4 cy, C4 Ops
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 pandas==3.1.1
npm install --silent --no-audit --no-fund --prefix . exceljs@4.4.0 @protobi/exceljs@4.4.0-protobi.10 \
    @cj-tech-master/excelts@10.2.0 xlsx@0.18.5 @e965/xlsx@0.20.3 >/dev/null

cat >sheet.py <<'END'
import openpyxl

book = openpyxl.Workbook()
for row in (["UPN", "OU", "Op"], ["ann", "Sales", "invite"], ["bob", "Ops", "delete"]):
    book.active.append(row)
book.save("users.xlsx")
END

cat >add.mjs <<'END'
import { readFileSync, writeFileSync } from "node:fs";
import * as excelts from "@cj-tech-master/excelts";
import protobi from "@protobi/exceljs";
import later from "@e965/xlsx";
import exceljs from "exceljs";
import sheetjs from "xlsx";

const cy = { Op: "invite", UPN: "cy", OU: "Ops" };

for (const [name, library] of Object.entries({ "exceljs": exceljs, "@protobi/exceljs": protobi, "excelts": excelts })) {
  const made = new library.Workbook();
  const sheet = made.addWorksheet("Users");
  sheet.columns = ["UPN", "OU", "Op"].map((heading) => ({ header: heading, key: heading }));
  sheet.addRow(cy);
  await made.xlsx.writeFile(`${name.replace("/", " ")}, new sheet.xlsx`);
  for (const [way, add] of [
    ["addRow()", (opened) => opened.addRow(cy)],
    ["keys UPN, Op", (opened) => {
      opened.columns = [{ key: "UPN" }, { key: "Op" }];
      opened.addRow({ UPN: "cy", Op: "invite" });
    }],
  ]) {
    const book = new library.Workbook();
    await book.xlsx.readFile("users.xlsx");
    add(book.worksheets[0]);
    await book.xlsx.writeFile(`${name.replace("/", " ")}, ${way}.xlsx`);
  }
}
for (const [name, library] of Object.entries({ "SheetJS": sheetjs, "SheetJS 0.20": later })) {
  const book = library.read(readFileSync("users.xlsx"));
  library.utils.sheet_add_json(book.Sheets[book.SheetNames[0]], [cy], { origin: -1, skipHeader: true });
  writeFileSync(`${name}, skipHeader.xlsx`, library.write(book, { type: "buffer", bookType: "xlsx" }));
}
END

cat >add.py <<'END'
import openpyxl
import pandas

cy = {"Op": "invite", "UPN": "cy", "OU": "Ops"}
book = openpyxl.load_workbook("users.xlsx")
book.active.append(cy)
book.save("openpyxl, append().xlsx")
old = pandas.read_excel("users.xlsx", engine="openpyxl")
pandas.concat([old, pandas.DataFrame([cy])]).to_excel("pandas, concat().xlsx", index=False, engine="openpyxl")
END

cat >look.py <<'END'
from pathlib import Path

import openpyxl

for path in sorted(Path().glob("*, *.xlsx"), key=lambda path: path.name.lower()):
    sheet = openpyxl.load_workbook(path).active
    cells = [f"{cell.coordinate} {cell.value}" for cell in sheet[4 if "new sheet" not in path.stem else 2] if cell.value]
    print(f"{path.stem:<32}{', '.join(cells) or '-'}")
END

venv/bin/python sheet.py
node add.mjs
venv/bin/python add.py
venv/bin/python look.py 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
