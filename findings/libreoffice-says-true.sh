#!/usr/bin/env bash
# A sheet that was opened in LibreOffice and saved, unchanged, has bob in it, who was filtered out, and licences that still run
# have ended years ago: LibreOffice writes "true" where Excel writes "1", and five of ten libraries know only one of the two.
#
# Versions: LibreOffice 7.4.7.2 of Debian 12, headless; XlsxWriter 3.3.1 as the writer; npm exceljs 4.4.0, read-excel-file
#           9.3.17, xlsx 0.18.5 (SheetJS), @e965/xlsx 0.20.3 (a later SheetJS), xlsx-populate 1.21.0, xlstream 2.5.5; xlsx2csv
#           0.8.6, openpyxl 3.1.5, python-calamine 0.9.1, polars 2.1.0 with fastexcel 0.21.0. Seen on 2026-12-02 with Node.js 20
#           and Python 3.11.
#
# The sheet: ann, bob and cy, and the day until which each has a licence, 2027-03-01. It is filtered for all but bob, whose row
# is hidden. The workbook counts its days from 1904, as Excel for the Mac did. It is read as XlsxWriter wrote it, and as
# LibreOffice has saved it, as .xlsx again. Shown are the people whose rows are not hidden, for readers that tell or leave out
# hidden ones (SheetJS with skipHidden, xlsx2csv by itself), and ann's day.
#
# Likely guess: who opens a workbook and saves it in the format that it had, changes neither which rows are hidden nor a day. A
#   reader that knows of hidden rows and of 1904 knows of them in every file. For yes and no XML has one type.
# What happens: that type may be spelt "true" or "1". With hidden="true" SheetJS and xlsx-populate take bob's row for a visible
#   one, and xlsx2csv writes it, which it had left out before; with date1904="true" exceljs and read-excel-file count from 1900.
#   (xlsx-populate, and xlstream too, do so with both, and SheetJS in what it gives as dates.) The later SheetJS, openpyxl,
#   calamine and polars know both. Nothing is reported, and opened in LibreOffice the two files look alike.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
LibreOffice 7.4.7.2
as XlsxWriter wrote it
  says                       hidden="1", date1904="1"
  exceljs                    ann cy      2027-03-01
  exceljs, streaming         -           2027-03-01
  read-excel-file            -           2027-03-01
  SheetJS 0.18.5             ann cy      2023-02-28
  SheetJS 0.20.3             ann cy      2027-03-01
  xlsx-populate              ann cy      2023-02-28
  xlstream                   -           2023-02-28
  xlsx2csv                   ann cy      2027-03-01
  openpyxl                   ann cy      2027-03-01
  calamine                   -           2027-03-01
  polars                     -           2027-03-01
as LibreOffice saved it
  says                       hidden="true", date1904="true"
  exceljs                    ann cy      2023-02-28
  exceljs, streaming         -           2023-02-28
  read-excel-file            -           2023-02-28
  SheetJS 0.18.5             ann bob cy  2023-02-28
  SheetJS 0.20.3             ann cy      2027-03-01
  xlsx-populate              ann bob cy  2023-02-28
  xlstream                   -           2023-02-28
  xlsx2csv                   ann bob cy  2027-03-01
  openpyxl                   ann cy      2027-03-01
  calamine                   -           2027-03-01
  polars                     -           2027-03-01
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check XlsxWriter==3.3.1 xlsx2csv==0.8.6 openpyxl==3.1.5 \
    python-calamine==0.9.1 polars==2.1.0 fastexcel==0.21.0
npm install --silent --no-audit --no-fund --prefix . exceljs@4.4.0 read-excel-file@9.3.17 xlsx@0.18.5 @e965/xlsx@0.20.3 \
    xlsx-populate@1.21.0 xlstream@2.5.5 >/dev/null

cat >write.py <<'END'
import datetime

import xlsxwriter

with xlsxwriter.Workbook("users.xlsx", {"date_1904": True}) as book:
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["user", "until"])
    for row, user in enumerate(["ann", "bob", "cy"], 1):
        sheet.write(row, 0, user)
        sheet.write_datetime(row, 1, datetime.datetime(2027, 3, 1), day)
    sheet.autofilter("A1:B4")
    sheet.filter_column("A", "x != bob")
    sheet.set_row(2, None, None, {"hidden": True})
END

cat >show.py <<'END'
import csv
import io
import re
import sys
import zipfile

import openpyxl
import polars
import python_calamine
import xlsx2csv


def tell(reader, people, day):
    print(f"  {reader:<26} {' '.join(people or ['-']):<11} {str(day)[:10]}")


path, part = sys.argv[1:]
if part == "file":
    with zipfile.ZipFile(path) as file:
        workbook, sheet = (file.read(f"xl/{name}.xml").decode() for name in ["workbook", "worksheets/sheet1"])
    flag = re.search(r'date1904="\w+"', workbook).group()
    hidden = re.search(r'<row r="3"[^>]*(hidden="\w+")', sheet).group(1)
    print(f"  {'says':<26} {hidden}, {flag}")
else:
    text = io.StringIO()
    xlsx2csv.Xlsx2csv(path).convert(text)
    rows = [row for row in list(csv.reader(text.getvalue().splitlines()))[1:] if row]
    tell("xlsx2csv", [row[0] for row in rows], rows[0][1])
    sheet = openpyxl.load_workbook(path).active
    people = [sheet.cell(row, 1).value for row in range(2, 5) if not sheet.row_dimensions[row].hidden]
    tell("openpyxl", people, sheet["B2"].value)
    tell("calamine", None, python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()[1][1])
    tell("polars", None, polars.read_excel(path)["until"][0])
END

cat >show.mjs <<'END'
import { readFileSync } from "node:fs";

import * as newer from "@e965/xlsx";
import ExcelJS from "exceljs";
import readExcelFile from "read-excel-file/node";
import * as older from "xlsx";
import populate from "xlsx-populate";
import xlstream from "xlstream";

const path = process.argv[2];
const tell = (reader, people, day) => {
  const shown = day instanceof Date ? day.toISOString() : day;
  console.log(`  ${reader.padEnd(26)} ${(people?.join(" ") ?? "-").padEnd(11)} ${shown.slice(0, 10)}`);
};

const book = new ExcelJS.Workbook();
await book.xlsx.readFile(path);
const sheet = book.worksheets[0];
const visible = [2, 3, 4].filter((row) => !sheet.getRow(row).hidden).map((row) => sheet.getCell(row, 1).value);
tell("exceljs", visible, sheet.getCell("B2").value);

const options = { sharedStrings: "cache", styles: "cache", worksheets: "emit" };
for await (const streamed of new ExcelJS.stream.xlsx.WorkbookReader(path, options)) {
  for await (const row of streamed) if (row.number === 2) tell("exceljs, streaming", undefined, row.getCell(2).value);
}

tell("read-excel-file", undefined, (await readExcelFile(path))[0].data[1][1]);

for (const [version, library] of [["0.18.5", older], ["0.20.3", newer]]) {
  const { Sheets, SheetNames } = library.read(readFileSync(path), { cellDates: true, cellStyles: true });
  const users = Sheets[SheetNames[0]];
  const rows = library.utils.sheet_to_csv(users, { skipHidden: true }).trim().split("\n").slice(1);
  tell(`SheetJS ${version}`, rows.map((row) => row.split(",")[0]), users.B2.v);
}

const populated = (await populate.fromFileAsync(path)).sheet(0);
const shown = [2, 3, 4].filter((row) => !populated.row(row).hidden()).map((row) => populated.cell(row, 1).value());
tell("xlsx-populate", shown, populate.numberToDate(populated.cell("B2").value()));

const rows = await xlstream.getXlsxStream({ filePath: path, sheet: 0 });
for await (const row of rows) if (row.raw.arr[0] === "ann") tell("xlstream", undefined, row.formatted.arr[1]);
END

command -v soffice >/dev/null || apt-get install --yes --quiet libreoffice-calc >/dev/null

venv/bin/python write.py
soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to xlsx --outdir saved users.xlsx >/dev/null 2>&1
{
    soffice --version | sed -n 's/^\(LibreOffice [0-9.]*\).*/\1/p'
    for file in users.xlsx saved/users.xlsx; do
        [ "$file" = users.xlsx ] && echo "as XlsxWriter wrote it" || echo "as LibreOffice saved it"
        venv/bin/python show.py "$file" file
        node show.mjs "$file"
        venv/bin/python show.py "$file" readers
    done
} | tee SEEN
diff EXPECTED SEEN
