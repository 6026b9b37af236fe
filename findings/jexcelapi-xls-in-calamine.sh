#!/usr/bin/env bash
# In an .xls that JExcelApi wrote, calamine, and with it polars and pandas' engine="calamine", reads a
# NUL after each letter: on a terminal hardly to be seen, and equal to nothing.
#
# Versions: JExcelApi 2.6.12 (Debian 12's libjexcelapi-java 2.6.12-3) and xlwt 1.3.0 as writers; xlrd
#           2.0.2, npm xlsx 0.18.5 (SheetJS), python-calamine 0.9.1, polars 2.1.0 with fastexcel 0.21.0
#           and pandas 3.1.1 as readers. Seen on 2026-11-29.
#
# Each text in an .xls (BIFF8) says of itself whether a letter takes one byte or two. JExcelApi always
# writes two, and besides that a record that names code page 1252. xlwt's names 1200, as Excel's does.
#
# Likely guess: a file with nothing but ASCII in it cannot come out wrong, or is visibly garbage; and a
#   reader of BIFF8 that gets xlwt's file right gets JExcelApi's right, too.
# What happens: calamine takes the two-byte letters through the code page that the record names. ann is
#   "a\0n\0n\0", six characters long, and Łucja begins with an A. Nothing is reported; a comparison with
#   "invite" or a join with the list of users finds no one. xlrd and SheetJS read both files in full,
#   calamine the one by xlwt.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
xlwt.xls xlrd: ["ann", "invite"] ["Łucja", "delete"]
xlwt.xls calamine: ["ann", "invite"] ["Łucja", "delete"]
xlwt.xls polars: ["ann", "invite"] ["Łucja", "delete"]
xlwt.xls pandas: ["ann", "invite"] ["Łucja", "delete"]
xlwt.xls SheetJS: ["ann","invite"] ["Łucja","delete"]
JExcelApi.xls xlrd: ["ann", "invite"] ["Łucja", "delete"]
JExcelApi.xls calamine: ["a\u0000n\u0000n\u0000", "i\u0000n\u0000v\u0000i\u0000t\u0000e\u0000"] ["A\u0001u\u0000c\u0000j\u0000a\u0000", "d\u0000e\u0000l\u0000e\u0000t\u0000e\u0000"]
JExcelApi.xls polars: ["a\u0000n\u0000n\u0000", "i\u0000n\u0000v\u0000i\u0000t\u0000e\u0000"] ["A\u0001u\u0000c\u0000j\u0000a\u0000", "d\u0000e\u0000l\u0000e\u0000t\u0000e\u0000"]
JExcelApi.xls pandas: ["a\u0000n\u0000n\u0000", "i\u0000n\u0000v\u0000i\u0000t\u0000e\u0000"] ["A\u0001u\u0000c\u0000j\u0000a\u0000", "d\u0000e\u0000l\u0000e\u0000t\u0000e\u0000"]
JExcelApi.xls SheetJS: ["ann","invite"] ["Łucja","delete"]
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    xlwt==1.3.0 xlrd==2.0.2 python-calamine==0.9.1 polars==2.1.0 fastexcel==0.21.0 pandas==3.1.1
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 >/dev/null
{ command -v javac && [ -e /usr/share/java/jxl-2.6.12.jar ]; } >/dev/null ||
    apt-get install --yes --quiet default-jdk-headless libjexcelapi-java >/dev/null

cat >Write.java <<'END'
import java.io.File;
import jxl.Workbook;
import jxl.write.Label;

class Write {
    public static void main(String[] arguments) throws Exception {
        String[][] rows = {{"user", "operation"}, {"ann", "invite"}, {"\u0141ucja", "delete"}};
        var book = Workbook.createWorkbook(new File("JExcelApi.xls"));
        var sheet = book.createSheet("Changes", 0);
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < rows[row].length; column++) {
                sheet.addCell(new Label(column, row, rows[row][column]));
            }
        }
        book.write();
        book.close();
    }
}
END

cat >write.py <<'END'
import xlwt

book = xlwt.Workbook()
sheet = book.add_sheet("Changes")
for number, row in enumerate([["user", "operation"], ["ann", "invite"], ["\u0141ucja", "delete"]]):
    for column, text in enumerate(row):
        sheet.write(number, column, text)
book.save("xlwt.xls")
END

cat >look.py <<'END'
import json
import sys

import pandas as pd
import polars as pl
import python_calamine
import xlrd

name = sys.argv[1]
sheet = xlrd.open_workbook(name).sheet_by_index(0)
for reader, rows in [
    ("xlrd", [sheet.row_values(1), sheet.row_values(2)]),
    ("calamine", python_calamine.load_workbook(name).get_sheet_by_index(0).to_python()[1:]),
    ("polars", pl.read_excel(name).rows()),
    ("pandas", pd.read_excel(name, engine="calamine").values.tolist()),
]:
    print(f"{name} {reader}:", *(json.dumps(row, ensure_ascii=False) for row in rows))
END

cat >look.js <<'END'
const XLSX = require("xlsx");

const name = process.argv[2];
const rows = XLSX.utils.sheet_to_json(XLSX.readFile(name).Sheets.Changes, { header: 1 });
console.log(`${name} SheetJS:`, ...rows.slice(1).map((row) => JSON.stringify(row)));
END

java -cp /usr/share/java/jxl-2.6.12.jar Write.java 2>/dev/null
venv/bin/python write.py
export PYTHONIOENCODING=utf-8
for name in xlwt.xls JExcelApi.xls; do
    venv/bin/python look.py "$name"
    node look.js "$name"
done | tee SEEN
diff EXPECTED SEEN
