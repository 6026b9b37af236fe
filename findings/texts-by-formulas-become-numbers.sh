#!/usr/bin/env bash
# The text that a formula gave is a number for xlstream and, in a cell formatted as a date, an invalid date for exceljs, which
# saves it as NaN; and every text that SheetJS writes is such a text for xlstream and xlsx-stream-reader.
#
# Versions: XlsxWriter 3.3.1 and npm xlsx 0.18.5 (SheetJS) as writers; npm xlstream 2.5.5, xlsx-stream-reader 1.1.1, exceljs
#           4.4.0 and, for comparison, read-excel-file 9.3.17, SheetJS, openpyxl 3.1.5 and python-calamine 0.9.1 as readers.
#           Seen on 2026-12-01 with Node.js 20 and Python 3.11.
#
# One row: a personnel number 00007, a group 1E5, an account with 18 digits, and the day until which a licence runs, which is
# the text "never" in a cell formatted as a date, as =IF(B2="permanent","never",C2) gives it. The row is once typed and once
# given by formulas whose results are stored as texts, t="str", as Excel does it too. SheetJS stores typed texts so as well.
#
# Likely guess: t="str" says "text", and each reader believes it, as it does for typed texts. Formats are for numbers: with a
#   text they change nothing. For a wrong date there must be a number first.
# What happens: xlstream looks whether the text is a number and gives 7, 100000 and an account that is another one. exceljs makes
#   a date of any result in a cell that is formatted so, without an error: "never" is an Invalid Date. In the file that it
#   saves the result is NaN; for that openpyxl and read-excel-file refuse the workbook, and calamine reads "until 1899".
#   xlsx-stream-reader is right for formulas, and in a workbook by SheetJS takes each text for a number: ann is "NAN".
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
typed          openpyxl             ann 00007 1E5 123456789012345678 never
typed-sheetjs  openpyxl             ann 00007 1E5 123456789012345678 never
formulas       openpyxl             ann 00007 1E5 123456789012345678 never
saved          openpyxl             refused
typed          calamine             ann 00007 1E5 123456789012345678 never
typed-sheetjs  calamine             ann 00007 1E5 123456789012345678 never
formulas       calamine             ann 00007 1E5 123456789012345678 never
saved          calamine             ann 00007 1E5 123456789012345678 1899-12-30 00:00:00
typed          SheetJS              ann 00007 1E5 123456789012345678 never
typed-sheetjs  SheetJS              ann 00007 1E5 123456789012345678 never
formulas       SheetJS              ann 00007 1E5 123456789012345678 never
saved          SheetJS              ann 00007 1E5 123456789012345678 NaN
typed          read-excel-file      ann 00007 1E5 123456789012345678 never
typed-sheetjs  read-excel-file      ann 00007 1E5 123456789012345678 never
formulas       read-excel-file      ann 00007 1E5 123456789012345678 never
saved          read-excel-file      refused
typed          exceljs              ann 00007 1E5 123456789012345678 never
typed-sheetjs  exceljs              ann 00007 1E5 123456789012345678 never
formulas       exceljs              ann 00007 1E5 123456789012345678 Invalid Date
saved          exceljs              ann 00007 1E5 123456789012345678 Invalid Date
typed          xlstream             ann 00007 1E5 123456789012345678 never
typed-sheetjs  xlstream             ann 7 100000 123456789012345680 never
formulas       xlstream             ann 7 100000 123456789012345680 never
saved          xlstream             ann 7 100000 123456789012345680 NaN
typed          xlsx-stream-reader   ann 00007 1E5 123456789012345678 never
typed-sheetjs  xlsx-stream-reader   NAN 7 100000 1.23457E+17 NAN
formulas       xlsx-stream-reader   ann 00007 1E5 123456789012345678 never
saved          xlsx-stream-reader   ann 00007 1E5 123456789012345678 NaN
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xlsxwriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 exceljs@4.4.0 xlstream@2.5.5 xlsx-stream-reader@1.1.1 \
    read-excel-file@9.3.17 >/dev/null

cat >write.py <<'END'
import xlsxwriter

texts = ["ann", "00007", "1E5", "123456789012345678", "never"]
for name in ["typed", "formulas"]:
    with xlsxwriter.Workbook(f"{name}.xlsx") as book:
        sheet = book.add_worksheet("Changes")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["user", "number", "group", "account", "until"])
        for column, text in enumerate(texts):
            form = day if text == "never" else None
            if name == "typed" or text == "ann":
                sheet.write_string(1, column, text, form)
            else:
                sheet.write_formula(1, column, f'="{text}"', form, text)
END

cat >write.js <<'END'
const XLSX = require("xlsx");
const { Workbook } = require("exceljs");

const book = XLSX.utils.book_new();
const rows = [["user", "number", "group", "account", "until"], ["ann", "00007", "1E5", "123456789012345678", "never"]];
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), "Changes");
XLSX.writeFile(book, "typed-sheetjs.xlsx");

(async () => {
  const again = new Workbook();
  await again.xlsx.readFile("formulas.xlsx");
  await again.xlsx.writeFile("saved.xlsx");
})();
END

cat >read.py <<'END'
import openpyxl
import python_calamine

readers = {
    "openpyxl": lambda path: list(openpyxl.load_workbook(path, data_only=True)["Changes"].values),
    "calamine": lambda path: python_calamine.load_workbook(path).get_sheet_by_name("Changes").to_python(),
}
for name, read in readers.items():
    for path in ["typed", "typed-sheetjs", "formulas", "saved"]:
        try:
            print(f"{path:<15}{name:<20}", *read(f"{path}.xlsx")[1])
        except ValueError:
            print(f"{path:<15}{name:<20}", "refused")
END

cat >read.mjs <<'END'
import { createReadStream } from "node:fs";
import ExcelJS from "exceljs";
import readExcelFile from "read-excel-file/node";
import XLSX from "xlsx";
import XlsxStreamReader from "xlsx-stream-reader";
import { getXlsxStream } from "xlstream";

const readers = {
  SheetJS: async (path) => XLSX.utils.sheet_to_json(XLSX.readFile(path).Sheets.Changes, { header: 1 }),
  "read-excel-file": async (path) => (await readExcelFile(path))[0].data,
  exceljs: async (path) => {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(path);
    const cells = (row) => row.values.slice(1).map((value) => (value.formula ? value.result : value));
    return [1, 2].map((number) => cells(book.getWorksheet("Changes").getRow(number)));
  },
  xlstream: async (path) => {
    const rows = [];
    for await (const row of await getXlsxStream({ filePath: path, sheet: "Changes" })) rows.push(row.raw.arr);
    return rows;
  },
  "xlsx-stream-reader": (path) => new Promise((done, fail) => {
    const rows = [];
    const book = new XlsxStreamReader();
    book.on("worksheet", (sheet) => {
      sheet.on("row", (row) => rows.push(row.values.slice(1)));
      sheet.process();
    });
    book.on("error", fail);
    book.on("end", () => done(rows));
    createReadStream(path).pipe(book);
  }),
};

for (const [name, read] of Object.entries(readers)) {
  for (const path of ["typed", "typed-sheetjs", "formulas", "saved"]) {
    const said = await read(`${path}.xlsx`).then((rows) => rows[1].map(String).join(" "), () => "refused");
    console.log(path.padEnd(14), name.padEnd(20), said);
  }
}
END

venv/bin/python write.py
node write.js
{ venv/bin/python read.py; node read.mjs; } | tee SEEN
diff EXPECTED SEEN
