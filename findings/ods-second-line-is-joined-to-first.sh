#!/usr/bin/env bash
# Two groups on two lines of one cell, Testers and Ops, become TestersOps when LibreOffice opens an .ods that gnumeric,
# pyexcel or LibreOffice itself has written, and in calamine; tablib loses the second line of any .ods.
#
# Versions: LibreOffice 7.4.7.2 and gnumeric 1.12.55, both of Debian 12; npm xlsx 0.18.5 (SheetJS), pyexcel-ods3 0.6.1,
#           tablib 3.10.0, openpyxl 3.1.5 (writes the .xlsx only); pandas 3.1.1 with odfpy 1.4.1, python-calamine
#           0.9.1. Seen on 2026-12-01.
#
# An .ods can keep the lines of a cell as two paragraphs, or as one with a <text:line-break/> in it.
#
# Likely guess: a line break within a cell is as ordinary as a comma. Who wrote the file does not matter; least of all is it
#   lost by the program that wrote it, on the way from .xlsx to .ods to .csv, all with LibreOffice.
# What happens: LibreOffice reads paragraphs only, and glues together what a <text:line-break/> parts. It writes one itself when
#   an .xlsx has its text beside the formulas' results (t="str"), as SheetJS puts every text; from openpyxl's the same text
#   arrives. calamine (so polars too) glues as well, and refuses the two writers that indent their XML. tablib takes the
#   first line only, in either form, and of an indented file no row at all, without an error. gnumeric, pandas and
#   SheetJS read both.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
LibreOffice, from openpyxl's .xlsx
  LibreOffice  Testers|Ops
  gnumeric     Testers|Ops
  calamine     Testers|Ops
  pandas       Testers|Ops
  SheetJS      Testers|Ops
  tablib       Testers
LibreOffice, from SheetJS' .xlsx
  LibreOffice  TestersOps
  gnumeric     Testers|Ops
  calamine     TestersOps
  pandas       Testers|Ops
  SheetJS      Testers|Ops
  tablib       Testers
gnumeric, from openpyxl's .xlsx
  LibreOffice  TestersOps
  gnumeric     Testers|Ops
  calamine     CalamineError
  pandas       Testers|Ops
  SheetJS      Testers|Ops
  tablib       no row
pyexcel-ods3
  LibreOffice  TestersOps
  gnumeric     Testers|Ops
  calamine     TestersOps
  pandas       Testers|Ops
  SheetJS      Testers|Ops
  tablib       Testers
SheetJS
  LibreOffice  Testers|Ops
  gnumeric     Testers|Ops
  calamine     CalamineError
  pandas       Testers|Ops
  SheetJS      Testers|Ops
  tablib       no row
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 pyexcel-ods3==0.6.1 'tablib[ods]==3.10.0' \
    pandas==3.1.1 odfpy==1.4.1 python-calamine==0.9.1
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 >/dev/null
{ command -v soffice && command -v ssconvert; } >/dev/null ||
    apt-get install --yes --quiet libreoffice-calc gnumeric >/dev/null

office() {
    soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to "$@" >/dev/null 2>&1
}

cat >write.py <<'END'
import openpyxl
import pyexcel_ods3

rows = [["user", "groups"], ["ann", "Testers\nOps"]]
book = openpyxl.Workbook()
for row in rows:
    book.active.append(row)
book.save("openpyxl.xlsx")
pyexcel_ods3.save_data("pyexcel.ods", {"Changes": rows})
END

cat >write.js <<'END'
const XLSX = require("xlsx");

const book = XLSX.utils.book_new();
const rows = [["user", "groups"], ["ann", "Testers\nOps"]];
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), "Changes");
XLSX.writeFile(book, "from-sheetjs.xlsx");
XLSX.writeFile(book, "sheetjs.ods");
END

cat >look.js <<'END'
const XLSX = require("xlsx");

const book = XLSX.readFile(process.argv[2]);
const rows = XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 });
console.log("  SheetJS     ", rows[1][1].replaceAll("\n", "|"));
END

cat >look.py <<'END'
import csv
import subprocess
import sys

import pandas
import python_calamine
import tablib

name = sys.argv[1]


def in_csv(path):
    with open(path, newline="") as file:
        return list(csv.reader(file))


def with_libreoffice():
    return in_csv(f"{name}.csv")


def with_gnumeric():
    subprocess.run(["ssconvert", f"{name}.ods", "by-gnumeric.csv"], check=True, stderr=subprocess.DEVNULL)
    return in_csv("by-gnumeric.csv")


def with_calamine():
    return python_calamine.load_workbook(f"{name}.ods").get_sheet_by_index(0).to_python()


def with_pandas():
    return pandas.read_excel(f"{name}.ods", header=None).values.tolist()


def with_tablib():
    with open(f"{name}.ods", "rb") as file:
        return list(tablib.Dataset().load(file.read(), format="ods", headers=False))


for reader, read in [
    ("LibreOffice", with_libreoffice),
    ("gnumeric", with_gnumeric),
    ("calamine", with_calamine),
    ("pandas", with_pandas),
    ("tablib", with_tablib),
]:
    try:
        rows = read()
        said = rows[1][1].replace("\n", "|") if rows else "no row"
    except Exception as error:
        said = type(error).__name__
    print(f"  {reader:<12} {said}")
END

venv/bin/python write.py
node write.js
cp openpyxl.xlsx from-openpyxl.xlsx
office ods from-openpyxl.xlsx from-sheetjs.xlsx
ssconvert openpyxl.xlsx gnumeric.ods 2>/dev/null
office csv ./*.ods
while IFS=, read -r name writer; do
    echo "$writer" | tr ';' ','
    venv/bin/python look.py "$name" >seen
    grep -v tablib seen
    node look.js "$name.ods"
    grep tablib seen
done <<'END' | tee SEEN
from-openpyxl,LibreOffice; from openpyxl's .xlsx
from-sheetjs,LibreOffice; from SheetJS' .xlsx
gnumeric,gnumeric; from openpyxl's .xlsx
pyexcel,pyexcel-ods3
sheetjs,SheetJS
END
diff EXPECTED SEEN
