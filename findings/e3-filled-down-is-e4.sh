#!/usr/bin/env bash
# A formula that gives leads the licence E5 and everybody else E3, filled down in a sheet, gives E4 in the second row and E5 in
# the third for SheetJS and exceljs: they move what looks like a cell, and names of licences do.
#
# Versions: npm exceljs 4.4.0, xlsx 0.18.5 (SheetJS), @e965/xlsx 0.20.3 (a later SheetJS), @cj-tech-master/excelts 10.2.0,
#           xlsx-calc 0.9.2 and hyperformula 3.5.0 with Node.js 20; for comparison openpyxl 3.1.5 and excelize 0.1.0 with
#           Python 3.11. Seen on 2026-12-01.
#
# The sheet: ann is a lead, bob, cy and dan are staff. Four columns have a formula each that was filled down: the licence by
# role, with names of licences in quotation marks; a price from the worksheet 'E3 and E5'; a count in the column E3 of the table
# Seats; and an address in the domain b2.example. What is filled down Excel stores once, in the first cell, as a "shared"
# formula, and the cells below refer to it; so does exceljs, which writes this sheet. Readers work out the others themselves.
#
# Likely guess: to fill down is to move the references. What is between quotation marks is text, and worksheets and the columns
#   of tables have names. A reader that does not look so closely leaves the cells below without a formula.
# What happens: SheetJS and exceljs, and a fork of each, take one to three letters with digits after them for a cell, wherever
#   they are. The licence becomes another one with each row, so that cy, who is staff, gets that of the leads; so do the
#   worksheet and the column, and with exceljs the domain. The first row is right, and so are all stored results, until
#   somebody computes: xlsx-calc or HyperFormula at once, and any spreadsheet program what SheetJS has saved, as it writes each
#   cell's own formula. openpyxl is right throughout; excelize only drops the marks around the name of the worksheet.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
dan's formulas
  exceljs:    IF(B5="lead","E8","E6") | VLOOKUP(C5,'E6 and E8'!$A$1:$B$9,2,0) | COUNTIF(Seats[E6],A5) | A5&"@B5.example"
  excelts:    IF(B5="lead","E8","E6") | VLOOKUP(C5,'E6 and E8'!$A$1:$B$9,2,0) | COUNTIF(Seats[E6],A5) | A5&"@B5.example"
  SheetJS:    IF(B5="lead","E8","E6") | VLOOKUP(C5,'E6 and E8'!$A$1:$B$9,2,0) | COUNTIF(Seats[E6],A5) | A5&"@b2.example"
  @e965/xlsx: IF(B5="lead","E8","E6") | VLOOKUP(C5,'E6 and E8'!$A$1:$B$9,2,0) | COUNTIF(Seats[E6],A5) | A5&"@b2.example"
  openpyxl:   IF(B5="lead","E5","E3") | VLOOKUP(C5,'E3 and E5'!$A$1:$B$9,2,0) | COUNTIF(Seats[E3],A5) | A5&"@b2.example"
  excelize:   IF(B5="lead","E5","E3") | VLOOKUP(C5,E3 and E5!$A$1:$B$9,2,0) | COUNTIF(Seats[E3],A5) | A5&"@b2.example"
licences
  as stored:                         ann E5, bob E3, cy E3, dan E3
  SheetJS, computed by xlsx-calc:    ann E5, bob E4, cy E5, dan E6
  exceljs, computed by HyperFormula: ann E5, bob E4, cy E5, dan E6
what cy's licence is computed by, once they have saved it
  exceljs:    IF(B4="lead","E5","E3")
  SheetJS:    IF(B4="lead","E7","E5")
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 excelize==0.1.0
npm install --silent --no-audit --no-fund --prefix . exceljs@4.4.0 xlsx@0.18.5 @e965/xlsx@0.20.3 \
    @cj-tech-master/excelts@10.2.0 xlsx-calc@0.9.2 hyperformula@3.5.0 >/dev/null

cat >write.mjs <<'END'
import ExcelJS from "exceljs";

const book = new ExcelJS.Workbook();
const users = book.addWorksheet("Users");
users.addRows([["user", "role"], ["ann", "lead"], ["bob", "staff"], ["cy", "staff"], ["dan", "staff"]]);
users.fillFormula("C2:C5", 'IF(B2="lead","E5","E3")', ["E5", "E3", "E3", "E3"]);
users.fillFormula("D2:D5", "VLOOKUP(C2,'E3 and E5'!$A$1:$B$9,2,0)", [57, 36, 36, 36]);
users.fillFormula("E2:E5", "COUNTIF(Seats[E3],A2)", [0, 1, 1, 1]);
users.fillFormula("F2:F5", 'A2&"@b2.example"', ["ann", "bob", "cy", "dan"].map((user) => `${user}@b2.example`));
book.addWorksheet("E3 and E5").addRows([["E3", 36], ["E5", 57]]);
book.addWorksheet("Seats").addTable({
  name: "Seats", ref: "A1", columns: [{ name: "E3" }, { name: "E5" }], rows: [["bob", "ann"], ["cy", ""], ["dan", ""]],
});
await book.xlsx.writeFile("users.xlsx");
END

cat >read.mjs <<'END'
import { readFileSync } from "node:fs";
import * as excelts from "@cj-tech-master/excelts";
import LaterSheetJS from "@e965/xlsx";
import ExcelJS from "exceljs";
import SheetJS from "xlsx";

const show = (name, formula) =>
  console.log(`  ${`${name}:`.padEnd(11)}`, ["C5", "D5", "E5", "F5"].map((cell) => formula(cell)).join(" | "));

console.log("dan's formulas");
const book = new ExcelJS.Workbook();
await book.xlsx.readFile("users.xlsx");
show("exceljs", (cell) => book.getWorksheet("Users").getCell(cell).formula);
const other = new excelts.Workbook();
await other.xlsx.load(readFileSync("users.xlsx"));
show("excelts", (cell) => other.getWorksheet("Users").getCell(cell).formula);
const read = SheetJS.readFile("users.xlsx");
show("SheetJS", (cell) => read.Sheets.Users[cell].f);
const later = LaterSheetJS.read(readFileSync("users.xlsx"));
show("@e965/xlsx", (cell) => later.Sheets.Users[cell].f);

await book.xlsx.writeFile("exceljs.xlsx");
SheetJS.writeFile(read, "SheetJS.xlsx");
END

cat >read.py <<'END'
import excelize
import openpyxl

cells = ["C5", "D5", "E5", "F5"]
users = openpyxl.load_workbook("users.xlsx")["Users"]
print("  openpyxl:  ", " | ".join(users[cell].value.removeprefix("=") for cell in cells))
book = excelize.open_file("users.xlsx")
print("  excelize:  ", " | ".join(book.get_cell_formula("Users", cell) for cell in cells))
END

cat >compute.mjs <<'END'
import ExcelJS from "exceljs";
import { HyperFormula } from "hyperformula";
import SheetJS from "xlsx";
import compute from "xlsx-calc";

const users = ["ann", "bob", "cy", "dan"];
const show = (name, licence) =>
  console.log(`  ${`${name}:`.padEnd(34)}`, users.map((user, index) => `${user} ${licence(index + 2)}`).join(", "));

console.log("licences");
const read = SheetJS.readFile("users.xlsx");
const licence = (row) => read.Sheets.Users[`C${row}`].v;
show("as stored", licence);
compute(read, { continue_after_error: true, log_error: false });
show("SheetJS, computed by xlsx-calc", licence);

const book = new ExcelJS.Workbook();
await book.xlsx.readFile("users.xlsx");
const cells = users.map((_, index) => ["A", "B", "C"].map((column) => {
  const cell = book.getWorksheet("Users").getCell(`${column}${index + 2}`);
  return cell.formula ? `=${cell.formula}` : cell.value;
}));
const engine = HyperFormula.buildFromArray([["user", "role", "licence"], ...cells], { licenseKey: "gpl-v3" });
show("exceljs, computed by HyperFormula", (row) => engine.getCellValue({ sheet: 0, col: 2, row: row - 1 }));
END

cat >saved.py <<'END'
import openpyxl

print("what cy's licence is computed by, once they have saved it")
for library in ["exceljs", "SheetJS"]:
    print(f"  {library}:   ", openpyxl.load_workbook(f"{library}.xlsx")["Users"]["C4"].value.removeprefix("="))
END

node write.mjs
{ node read.mjs; venv/bin/python read.py; node compute.mjs; venv/bin/python saved.py; } | tee SEEN
diff EXPECTED SEEN
