#!/usr/bin/env bash
# exceljs opens a workbook with a table, as Excel's "Format as table" makes it, saves it unchanged, and the headings are people;
# for calamine and polars so is the row with the totals then, and the column of numbers is a column of texts.
#
# Versions: npm exceljs 4.4.0 with Node.js 20; XlsxWriter 3.3.1 as the writer; python-calamine 0.9.1, polars 2.1.0 with
#           fastexcel 0.21.0 (both built on calamine) and openpyxl 3.1.5 as readers. Seen on 2026-12-01 with Python 3.11.
#
# The tables: "Plain" with headings and three people with their seats; "Total" with a row for the sum as well; "Bare" with
# such a row, but without headings. They are read by their names, from the workbook that XlsxWriter made and from
# what exceljs has made of it, with the lines that the file gives the headings and the totals.
#
# Likely guess: that a table has headings is the ordinary case, and whoever reads and writes tables gets it right. If exceljs
#   lost something of them, then looks. The row with the totals is marked as such, so that readers leave it out, whether
#   there are headings or not.
# What happens: a table has headings unless headerRowCount="0" says otherwise, so that Excel and XlsxWriter leave the attribute
#   out. exceljs takes that for no and writes headerRowCount="0"; only tables of which the file says "1", as its own do,
#   survive. The readers believe it: user is a person with "seats" seats. calamine cuts off as many rows at the end as there
#   are headings, whatever the totals take, so that without headings the Total is a person too. polars guesses the columns'
#   types with the headings among them, and the seats become texts.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
XlsxWriter
  Plain: headings 1, totals 0
    calamine: ann 1.0, bob 2.0, cy 3.0
    polars:   ann 1, bob 2, cy 3
  Total: headings 1, totals 1
    calamine: ann 1.0, bob 2.0, cy 3.0
    polars:   ann 1, bob 2, cy 3
  Bare: headings 0, totals 1
    calamine: ann 1.0, bob 2.0, cy 3.0, Total 6.0
    polars:   ann 1, bob 2, cy 3, Total 6
exceljs
  Plain: headings 0, totals 0
    calamine: user seats, ann 1.0, bob 2.0, cy 3.0
    polars:   user seats, ann '1', bob '2', cy '3'
  Total: headings 0, totals 1
    calamine: user seats, ann 1.0, bob 2.0, cy 3.0, Total 6.0
    polars:   user seats, ann '1', bob '2', cy '3', Total '6'
  Bare: headings 0, totals 1
    calamine: ann 1.0, bob 2.0, cy 3.0, Total 6.0
    polars:   ann 1, bob 2, cy 3, Total 6
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1 \
    polars==2.1.0 fastexcel==0.21.0
npm install --silent --no-audit --no-fund --prefix . exceljs@4.4.0 >/dev/null

cat >write.py <<'END'
import xlsxwriter

people = [["ann", 1], ["bob", 2], ["cy", 3]]
columns = [
    {"header": "user", "total_string": "Total"},
    {"header": "seats", "total_function": "sum", "total_value": 6},
]
with xlsxwriter.Workbook("XlsxWriter.xlsx") as book:
    for name, options in [
        ("Plain", {}),
        ("Total", {"total_row": True}),
        ("Bare", {"total_row": True, "header_row": False}),
    ]:
        rows = len(people) + options.get("header_row", True) + options.get("total_row", False)
        table = {"name": name, "data": people, "columns": columns, **options}
        book.add_worksheet(name).add_table(0, 0, rows - 1, 1, table)
END

cat >save.mjs <<'END'
import ExcelJS from "exceljs";

const book = new ExcelJS.Workbook();
await book.xlsx.readFile("XlsxWriter.xlsx");
await book.xlsx.writeFile("exceljs.xlsx");
END

cat >look.py <<'END'
import openpyxl
import polars
import python_calamine


def told(rows):
    # The heading is shown as it is, other texts among the seats in quotation marks.
    return ", ".join(f"{user} {seats if seats == 'seats' else repr(seats)}" for user, seats in rows)


for writer in ["XlsxWriter", "exceljs"]:
    path = f"{writer}.xlsx"
    print(writer)
    for name in ["Plain", "Total", "Bare"]:
        table = openpyxl.load_workbook(path)[name].tables[name]
        print(f"  {name}: headings {table.headerRowCount}, totals {table.totalsRowCount or 0}")
        print("    calamine:", told(python_calamine.load_workbook(path, load_tables=True).get_table_by_name(name).to_python()))
        print("    polars:  ", told(polars.read_excel(path, table_name=name).rows()))
END

venv/bin/python write.py
node save.mjs
venv/bin/python look.py | tee SEEN
diff EXPECTED SEEN
