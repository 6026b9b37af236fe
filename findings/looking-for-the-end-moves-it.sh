#!/usr/bin/env bash
# A loop goes down a sheet to its first empty row, to see who is in it, and then cy is added at the end: openpyxl and exceljs
# leave a row free above her, so that the same loop does not find her the next day, and she is added again, day after day.
#
# Versions: openpyxl 3.1.5; npm exceljs 4.4.0, and xlsx 0.18.5 (SheetJS) for comparison. Seen on 2026-12-02 with Python 3.11 and
#           Node.js 20.
#
# The sheet has a heading, ann and bob, in the rows 1 to 3. A script opens it, looks at some cells, adds cy with append(),
# addRow() or sheet_add_aoa() if it has not seen her, and saves. Shown is in which row she comes to be on the first day, and how
# often she is in the sheet after three days. What is looked at: nothing (and so nobody is seen); column A as far as there is
# something in it; column A of the rows 2 to 50; these rows, by what the library has for rows; and all rows, by the same.
#
# Likely guess: to read a cell changes nothing. What is added comes after the last row that has something in it, in 4, and from
#   then on the loop finds it.
# What happens: a cell, or a row for exceljs, comes into being where it is asked for, and the next free row is the one after the
#   last of these, empty or not. The loop has to ask for an empty one to know that it is at the end, so that row 4 is left free,
#   and no later run looks beyond it. Who opens the sheet sees a gap, if anything; readers that go on after empty rows have cy
#   three times. openpyxl's documentation says that such cells are made, as something that costs memory. Its iter_rows() makes
#   them as well where it is told how far to go; eachRow() of exceljs, and SheetJS, do not.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
          looks at                 row  times
openpyxl  nothing                  4    3
openpyxl  to the first empty cell  5    3
openpyxl  A2 to A50                51   3
openpyxl  rows 2 to 50             51   3
openpyxl  all rows                 4    1
exceljs   nothing                  4    3
exceljs   to the first empty cell  5    3
exceljs   A2 to A50                51   3
exceljs   rows 2 to 50             51   3
exceljs   all rows                 4    1
SheetJS   nothing                  4    3
SheetJS   to the first empty cell  4    1
SheetJS   A2 to A50                4    1
SheetJS   rows 2 to 50             4    1
SheetJS   all rows                 4    1
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5
npm install --silent --no-audit --no-fund --prefix . exceljs@4.4.0 xlsx@0.18.5 >/dev/null

cat >add.py <<'END'
import openpyxl


def to_the_end(sheet):
    row = 2
    while sheet.cell(row, 1).value is not None:
        yield sheet.cell(row, 1).value
        row += 1


looks = {
    "nothing": lambda sheet: [],
    "to the first empty cell": to_the_end,
    "A2 to A50": lambda sheet: [row[0].value for row in sheet["A2:A50"]],
    "rows 2 to 50": lambda sheet: [row[0] for row in sheet.iter_rows(min_row=2, max_row=50, values_only=True)],
    "all rows": lambda sheet: [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)],
}

for name, look in looks.items():
    book = openpyxl.Workbook()
    for row in (["user", "group"], ["ann", "Ops"], ["bob", "Ops"]):
        book.active.append(row)
    book.save("list.xlsx")
    rows = None
    for _ in range(3):
        book = openpyxl.load_workbook("list.xlsx")
        if "cy" not in list(look(book.active)):
            book.active.append(["cy", "Ops"])
        book.save("list.xlsx")
        column = [row[0] for row in openpyxl.load_workbook("list.xlsx").active.values]
        rows = rows or column.index("cy") + 1
    print(f"{'openpyxl':<10}{name:<25}{rows:<5}{column.count('cy')}")
END

cat >add.mjs <<'END'
import ExcelJS from "exceljs";
import XLSX from "xlsx";

const start = [["user", "group"], ["ann", "Ops"], ["bob", "Ops"]];
const numbers = Array.from({ length: 49 }, (_, index) => index + 2);
const libraries = {
  exceljs: {
    make: async () => {
      const book = new ExcelJS.Workbook();
      book.addWorksheet("A").addRows(start);
      await book.xlsx.writeFile("list.xlsx");
    },
    change: async (look) => {
      const book = new ExcelJS.Workbook();
      await book.xlsx.readFile("list.xlsx");
      const sheet = book.worksheets[0];
      if (!look(sheet).includes("cy")) sheet.addRow(["cy", "Ops"]);
      await book.xlsx.writeFile("list.xlsx");
    },
    looks: {
      "nothing": () => [],
      "to the first empty cell": (sheet) => {
        const seen = [];
        for (let row = 2; sheet.getCell(row, 1).value !== null; row += 1) seen.push(sheet.getCell(row, 1).value);
        return seen;
      },
      "A2 to A50": (sheet) => numbers.map((row) => sheet.getCell(`A${row}`).value),
      "rows 2 to 50": (sheet) => sheet.getRows(2, 49).map((row) => row.getCell(1).value),
      "all rows": (sheet) => {
        const seen = [];
        sheet.eachRow((row) => seen.push(row.getCell(1).value));
        return seen;
      },
    },
  },
  SheetJS: {
    make: async () => {
      const book = XLSX.utils.book_new();
      XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(start), "A");
      XLSX.writeFile(book, "list.xlsx");
    },
    change: async (look) => {
      const book = XLSX.readFile("list.xlsx");
      const sheet = book.Sheets.A;
      if (!look(sheet).includes("cy")) XLSX.utils.sheet_add_aoa(sheet, [["cy", "Ops"]], { origin: -1 });
      XLSX.writeFile(book, "list.xlsx");
    },
    looks: {
      "nothing": () => [],
      "to the first empty cell": (sheet) => {
        const seen = [];
        for (let row = 2; sheet[`A${row}`]; row += 1) seen.push(sheet[`A${row}`].v);
        return seen;
      },
      "A2 to A50": (sheet) => numbers.map((row) => sheet[`A${row}`]?.v),
      "rows 2 to 50": (sheet) => XLSX.utils.sheet_to_json(sheet, { range: "A2:A50", header: 1 }).map((row) => row[0]),
      "all rows": (sheet) => XLSX.utils.sheet_to_json(sheet, { header: 1 }).map((row) => row[0]),
    },
  },
};

for (const [library, { make, change, looks }] of Object.entries(libraries)) {
  for (const [name, look] of Object.entries(looks)) {
    await make();
    let first;
    let column;
    for (let day = 0; day < 3; day += 1) {
      await change(look);
      column = XLSX.utils.sheet_to_json(XLSX.readFile("list.xlsx").Sheets.A, { header: 1, blankrows: true }).map((row) => row[0]);
      first ??= column.indexOf("cy") + 1;
    }
    const times = column.filter((cell) => cell === "cy").length;
    console.log(`${library.padEnd(10)}${name.padEnd(25)}${String(first).padEnd(5)}${times}`);
  }
}
END

{
    printf '%-10s%-25s%-5s%s\n' "" "looks at" row times
    venv/bin/python add.py
    node add.mjs
} 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
