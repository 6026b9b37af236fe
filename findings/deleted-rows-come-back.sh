#!/usr/bin/env bash
# After openpyxl has taken ann out of a sheet, a link at the next name writes to somebody else, and there is a new person named
# mailto:dan@example.com; exceljs, told to take out the last two of four people, takes out none, and of two others one.
#
# Versions: openpyxl 3.1.5, npm exceljs 4.4.0 with Node.js 20; XlsxWriter 3.3.1 as the writer, python-calamine 0.9.1 as a second
#           reader. Seen on 2026-12-01 with Python 3.11.
#
# The sheet: ann, bob, cy and dan, each name with a link to write a mail and a note at the operation; cy's row is hidden. With
# openpyxl's delete_rows and insert_rows and exceljs' spliceRows and insertRow people are taken out, or eve is put in before
# ann; the result is saved. Shown is who is in it, each with whose link and whose note are there, as openpyxl reads it.
# What openpyxl has written is opened and saved by it once more, unchanged, and read by calamine ("saved again").
#
# Likely guess: links and notes belong to cells and go with them; whether a row is hidden goes with the row. Formulas, merged
#   cells and the like may point to where they did, as the manual of openpyxl says of formulas, tables and charts. No
#   row is left of who was deleted.
# What happens: openpyxl moves values and notes; links, and which row is hidden, stay. With ann gone, the link at cy writes to
#   bob, dan is hidden, and a link is left below the last row. Whenever openpyxl opens that, it puts the link's target
#   into the empty cell, and for every reader of what it saves then, there is one more person. exceljs keeps links with their
#   names, but drops the notes of all who move, shows cy where it deletes, and hides bob where it inserts. Of several rows it
#   deletes none, if they are the last, and too few, if fewer than that follow.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
openpyxl
  nothing:             ann (ann, ann) bob (bob, bob) cy (cy, cy, hidden) dan (dan, dan)
                       saved again: ann bob cy dan
  without ann:         bob (-, bob) cy (bob, cy) dan (cy, dan, hidden) mailto:dan@example.com (dan, -)
                       saved again: bob cy dan mailto:dan@example.com
  without bob and cy:  ann (ann, ann) dan (-, dan) mailto:dan@example.com (dan, -)
                       saved again: ann dan mailto:dan@example.com
  without cy and dan:  ann (ann, ann) bob (bob, bob)
                       saved again: ann bob
  without dan:         ann (ann, ann) bob (bob, bob) cy (cy, cy, hidden)
                       saved again: ann bob cy
  with eve:            eve (ann, -) ann (bob, ann) bob (cy, bob, hidden) cy (dan, cy) dan (-, dan)
                       saved again: eve ann bob cy dan
exceljs
  nothing:             ann (ann, ann) bob (bob, bob) cy (cy, cy, hidden) dan (dan, dan)
  without ann:         bob (bob, -) cy (cy, -) dan (dan, -)
  without bob and cy:  ann (ann, ann) dan (dan, -) cy (cy, cy, hidden)
  without cy and dan:  ann (ann, ann) bob (bob, bob) cy (cy, cy, hidden) dan (dan, dan)
  without dan:         ann (ann, ann) bob (bob, bob) cy (cy, cy, hidden)
  with eve:            eve (-, -) ann (ann, -) bob (bob, -, hidden) cy (cy, -) dan (dan, -)
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1 python-calamine==0.9.1
npm install --silent --no-audit --no-fund --prefix . exceljs@4.4.0 >/dev/null

cat >write.py <<'END'
import xlsxwriter

with xlsxwriter.Workbook("users.xlsx") as book:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["user", "operation"])
    for row, user in enumerate(["ann", "bob", "cy", "dan"], 1):
        sheet.write_url(row, 0, f"mailto:{user}@example.com", string=user)
        sheet.write(row, 1, "invite")
        sheet.write_comment(row, 1, user)
    sheet.set_row(3, None, None, {"hidden": True})
END

cat >edit.mjs <<'END'
import ExcelJS from "exceljs";

const edits = {
  "nothing": () => {},
  "without ann": (sheet) => sheet.spliceRows(2, 1),
  "without bob and cy": (sheet) => sheet.spliceRows(3, 2),
  "without cy and dan": (sheet) => sheet.spliceRows(4, 2),
  "without dan": (sheet) => sheet.spliceRows(5, 1),
  "with eve": (sheet) => sheet.insertRow(2, ["eve", "invite"]),
};
for (const [name, edit] of Object.entries(edits)) {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile("users.xlsx");
  edit(book.worksheets[0]);
  await book.xlsx.writeFile(`exceljs ${name}.xlsx`);
}
END

cat >edit.py <<'END'
import openpyxl


def insert(sheet):
    sheet.insert_rows(2)
    sheet["A2"], sheet["B2"] = "eve", "invite"


edits = {
    "nothing": lambda sheet: None,
    "without ann": lambda sheet: sheet.delete_rows(2),
    "without bob and cy": lambda sheet: sheet.delete_rows(3, 2),
    "without cy and dan": lambda sheet: sheet.delete_rows(4, 2),
    "without dan": lambda sheet: sheet.delete_rows(5),
    "with eve": insert,
}
for name, edit in edits.items():
    book = openpyxl.load_workbook("users.xlsx")
    edit(book.active)
    book.save(f"openpyxl {name}.xlsx")
END

cat >look.py <<'END'
import openpyxl
import python_calamine


def told(sheet):
    for row in range(2, sheet.max_row + 1):
        name, operation = sheet.cell(row, 1), sheet.cell(row, 2)
        if name.value is None:
            continue
        link = name.hyperlink.target.removeprefix("mailto:").split("@")[0] if name.hyperlink else "-"
        note = operation.comment.text.strip() if operation.comment else "-"
        yield f"{name.value} ({link}, {note}{', hidden' if sheet.row_dimensions[row].hidden else ''})"


for library in ["openpyxl", "exceljs"]:
    print(library)
    for edit in ["nothing", "without ann", "without bob and cy", "without cy and dan", "without dan", "with eve"]:
        book = openpyxl.load_workbook(f"{library} {edit}.xlsx")
        print(f"  {edit + ':':<20} {' '.join(told(book.active))}")
        if library == "openpyxl":
            book.save("again.xlsx")
            rows = python_calamine.load_workbook("again.xlsx").get_sheet_by_index(0).to_python()
            print(f"  {'':<20} saved again: {' '.join(row[0] for row in rows[1:] if row[0])}")
END

venv/bin/python write.py
venv/bin/python edit.py
node edit.mjs
venv/bin/python look.py | tee SEEN
diff EXPECTED SEEN
