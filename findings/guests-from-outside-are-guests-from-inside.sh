#!/usr/bin/env bash
# Groups are named external:Guests and internal:Guests. Once XlsxWriter is installed beside pandas, both are Guests in the sheet;
# so they are with polars and XlsxWriter itself, and CORP/ann of external:CORP/ann is CORP\ann.
#
# Versions: XlsxWriter 3.3.1, pandas 3.1.1, polars 2.1.0, pyexcel 0.7.6 with pyexcel-xlsxw 0.6.1 as writers; openpyxl 3.1.5 as
#           the reader, and rustpy-xlsxwriter 0.8.0 and openpyxl as writers for comparison. Seen on 2026-12-02 with Python 3.11.
#
# An export says who is in which group, and is read again. All cells are texts, and nobody asked for links. Shown is what became
# of each cell that changed. pandas is run twice, without and with XlsxWriter, by the same to_excel("groups.xlsx").
#
# Likely guess: a text that is written is read as it was. What looks like an address of the web becomes a link at most, which
#   does not change the text; and a colon in the name of a group does not look like one.
# What happens: XlsxWriter's write() makes a link of a text that begins with "internal:" or "external:", in small letters and with
#   no slashes behind, as these are its own way to say "a place in this workbook" and "a file". What the cell shows is the text
#   without that word, as with "mailto:", and in the name of a file each slash becomes a backslash. pandas takes XlsxWriter if it
#   finds it and openpyxl otherwise, and gives its texts to write(), as do polars and pyexcel-xlsxw. There is no warning. Two
#   groups are one then, and maybe a third that was there all along: who is put in by this sheet is put into another group.
#   XlsxWriter's option strings_to_urls, or write_string(), leaves the texts alone.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
pandas, without XlsxWriter: 0 groups and 0 addresses changed
pandas, with XlsxWriter: 4 groups and 6 addresses changed
  'external:Guests' is 'Guests', 'internal:Guests' is 'Guests', 'external:CORP/ann' is 'CORP\ann', 'external: Guests' is ' Guests'
polars: 4 groups and 6 addresses changed
  'external:Guests' is 'Guests', 'internal:Guests' is 'Guests', 'external:CORP/ann' is 'CORP\ann', 'external: Guests' is ' Guests'
pyexcel-xlsxw: 4 groups and 6 addresses changed
  'external:Guests' is 'Guests', 'internal:Guests' is 'Guests', 'external:CORP/ann' is 'CORP\ann', 'external: Guests' is ' Guests'
XlsxWriter: 4 groups and 6 addresses changed
  'external:Guests' is 'Guests', 'internal:Guests' is 'Guests', 'external:CORP/ann' is 'CORP\ann', 'external: Guests' is ' Guests'
XlsxWriter, strings_to_urls=False: 0 groups and 0 addresses changed
XlsxWriter, write_string(): 0 groups and 0 addresses changed
rustpy-xlsxwriter: 0 groups and 0 addresses changed
openpyxl: 0 groups and 0 addresses changed
END

python3 -m venv plain
python3 -m venv venv
plain/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1 openpyxl==3.1.5
venv/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1 openpyxl==3.1.5 XlsxWriter==3.3.1 polars==2.1.0 \
    pyexcel==0.7.6 pyexcel-xlsxw==0.6.1 rustpy-xlsxwriter==0.8.0

cat >export.py <<'END'
import sys

import openpyxl
import pandas

table = {
    "user": ["ann", "bob", "cy", "dan", "eve", "fay"],
    "group": ["external:Guests", "internal:Guests", "Guests", "external:CORP/ann", "External:Guests", "external: Guests"],
    "mail": [f"mailto:{user}@example.com" for user in ("ann", "bob", "cy", "dan", "eve", "fay")],
}
rows = [list(table), *(list(row) for row in zip(*table.values()))]


def with_pandas():
    pandas.DataFrame(table).to_excel("groups.xlsx", index=False)


def with_openpyxl():
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save("groups.xlsx")


def with_polars():
    import polars

    polars.DataFrame(table).write_excel("groups.xlsx")


def with_xlsxwriter(write="write", options=None):
    import xlsxwriter

    with xlsxwriter.Workbook("groups.xlsx", options or {}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                getattr(sheet, write)(number, column, cell)


def with_pyexcel():
    import pyexcel

    pyexcel.save_as(array=rows, dest_file_name="groups.xlsx")


def with_rust():
    import rustpy_xlsxwriter

    rustpy_xlsxwriter.write_worksheet([dict(zip(rows[0], row)) for row in rows[1:]], "groups.xlsx")


ways = {"pandas, without XlsxWriter": with_pandas}
if "more" in sys.argv:
    ways = {
        "pandas, with XlsxWriter": with_pandas,
        "polars": with_polars,
        "pyexcel-xlsxw": with_pyexcel,
        "XlsxWriter": with_xlsxwriter,
        "XlsxWriter, strings_to_urls=False": lambda: with_xlsxwriter(options={"strings_to_urls": False}),
        "XlsxWriter, write_string()": lambda: with_xlsxwriter("write_string"),
        "rustpy-xlsxwriter": with_rust,
        "openpyxl": with_openpyxl,
    }
for name, write in ways.items():
    write()
    read = openpyxl.load_workbook("groups.xlsx").active.iter_rows(values_only=True)
    cells = [pair for was, now in zip(rows, read, strict=True) for pair in zip(was, now, strict=True)]
    changed = [f"'{old}' is '{new}'" for old, new in cells if old != new]
    groups = [change for change in changed if "mailto:" not in change]
    print(f"{name}: {len(groups)} groups and {len(changed) - len(groups)} addresses changed")
    if groups:
        print("  " + ", ".join(groups))
END

{ plain/bin/python -W always export.py; venv/bin/python -W always export.py more; } 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
