#!/usr/bin/env bash
# gnumeric's ssconvert loses that worksheets are hidden when it writes .xlsx, and only then; the .csv it
# writes is the hidden worksheet, and so is what pandas and polars read.
#
# Versions: gnumeric 1.12.55 (Debian 12) as the converter; openpyxl 3.1.5 as the writer; openpyxl, xlrd
#           2.0.2, pandas 3.1.1 and polars 2.1.0 with fastexcel 0.21.0 as readers. Seen on 2026-11-29.
#
# The workbook: "Last month" (hidden) deletes bob, "Changes" (the one on the screen) invites ann,
# "Lists" is hidden so that only a program can show it again.
#
# Likely guess: a converter that keeps the hidden state in one format keeps it in the other, in the
#   newest first of all. And what is converted to CSV, or read when no worksheet is named, is the
#   one that the user sees.
# What happens: in .xls, .ods and gnumeric's own format the two stay hidden, in .xlsx all three are
#   visible, and the active one is the first. Without a name, ssconvert, pandas and polars take the first
#   worksheet of the file, hidden or not; openpyxl's `active` is the one on the screen until gnumeric
#   has converted it. So one and the same workbook deletes bob or invites ann.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
gnumeric 1.12.55
changes.xlsx: Last month hidden, Changes visible, Lists veryHidden
  openpyxl, active: ann invite
  pandas: bob delete
  polars: bob delete
again.xlsx: Last month visible, Changes visible, Lists visible
  openpyxl, active: bob delete
  pandas: bob delete
  polars: bob delete
again.xls: Last month hidden, Changes visible, Lists veryHidden
again.ods, display: false true false
again.gnumeric: HIDDEN VISIBLE VERY_HIDDEN
again.csv: bob delete
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    openpyxl==3.1.5 xlrd==2.0.2 pandas==3.1.1 polars==2.1.0 fastexcel==0.21.0
command -v ssconvert >/dev/null || apt-get install --yes --quiet gnumeric >/dev/null

cat >write.py <<'END'
import openpyxl

book = openpyxl.Workbook()
book.remove(book.active)
for title, state, rows in [
    ("Last month", "hidden", [["user", "operation"], ["bob", "delete"]]),
    ("Changes", "visible", [["user", "operation"], ["ann", "invite"]]),
    ("Lists", "veryHidden", [["delete"], ["invite"]]),
]:
    sheet = book.create_sheet(title)
    sheet.sheet_state = state
    for row in rows:
        sheet.append(row)
book.active = 1
book.save("changes.xlsx")
END

cat >look.py <<'END'
import gzip
import re
import zipfile

import openpyxl
import pandas as pd
import polars as pl
import xlrd


def tell(label, sheets):
    print(f"{label}:", ", ".join(f"{title} {state}" for title, state in sheets))


for name in ["changes.xlsx", "again.xlsx"]:
    book = openpyxl.load_workbook(name)
    tell(name, [(sheet.title, sheet.sheet_state) for sheet in book])
    print("  openpyxl, active:", *list(book.active.values)[1])
    print("  pandas:", *pd.read_excel(name, engine="openpyxl").values[0])
    print("  polars:", *pl.read_excel(name).row(0))
states = ["visible", "hidden", "veryHidden"]
tell("again.xls", [(sheet.name, states[sheet.visibility]) for sheet in xlrd.open_workbook("again.xls").sheets()])
ods = zipfile.ZipFile("again.ods").read("content.xml").decode()
print("again.ods, display:", *re.findall(r'table:display="(\w+)"', ods))
own = gzip.open("again.gnumeric", "rt", encoding="utf-8").read()
print("again.gnumeric:", *re.findall(r'Visibility="GNM_SHEET_VISIBILITY_(\w+)"', own))
END

venv/bin/python write.py
for ending in xlsx xls ods gnumeric csv; do ssconvert changes.xlsx "again.$ending" 2>/dev/null; done
{
    ssconvert --version 2>&1 | sed -n "s/^ssconvert version '\(.*\)'/gnumeric \1/p"
    venv/bin/python -W ignore look.py
    echo "again.csv: $(sed 1d again.csv | tr ',' ' ')"
} | tee SEEN
diff EXPECTED SEEN
