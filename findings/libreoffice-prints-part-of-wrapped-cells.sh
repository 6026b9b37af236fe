#!/usr/bin/env bash
# LibreOffice prints the first line or two of a wrapped cell of an .xlsx and leaves out the rest; the same file by way of
# .ods is printed whole.
#
# Versions: LibreOffice 7.4.7.2 of Debian 12, headless; openpyxl 3.1.5, XlsxWriter 3.3.1 and npm exceljs 4.4.0 as
#           writers; pdftotext 22.12.0 as the reader. Seen on 2026-11-30.
#
# The sheet: a note of five sentences, wrapped in a narrow column, and a row below it. No row says how high it is, as the
# three libraries write it by default.
#
# Likely guess: a row without a height grows with what is wrapped in it, as it does in Excel and as XlsxWriter's manual
#   says; soffice --convert-to pdf prints what is seen when the file is opened.
# What happens: headless, LibreOffice gives each such row the height of one line, and of the note only what fits in there
#   gets into the .pdf, without any sign that there was more. Converted to .ods first, and then to .pdf, the note is
#   whole. With a height in the .xlsx it is whole at once.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
LibreOffice 7.4.7.2
openpyxl, .xlsx to .pdf: first (fifth is missing) Below
openpyxl, .xlsx to .ods to .pdf: first fifth Below
XlsxWriter, .xlsx to .pdf: first (fifth is missing) Below
XlsxWriter, .xlsx to .ods to .pdf: first fifth Below
exceljs, .xlsx to .pdf: first (fifth is missing) Below
exceljs, .xlsx to .ods to .pdf: first fifth Below
openpyxl-with-height, .xlsx to .pdf: first fifth Below
openpyxl-with-height, .xlsx to .ods to .pdf: first fifth Below
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1
npm install --silent --no-fund --no-audit exceljs@4.4.0 >/dev/null
{ command -v soffice && command -v pdftotext; } >/dev/null ||
    apt-get install --yes --quiet libreoffice-calc poppler-utils >/dev/null

cat >write.py <<'END'
import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment

note = " ".join(f"The {number} sentence is here." for number in ["first", "second", "third", "fourth", "fifth"])
for name, height in [("openpyxl", None), ("openpyxl-with-height", 150)]:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([note])
    sheet.append(["Below."])
    sheet["A1"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 30
    sheet.row_dimensions[1].height = height
    book.save(f"{name}.xlsx")

book = xlsxwriter.Workbook("XlsxWriter.xlsx")
sheet = book.add_worksheet()
sheet.set_column(0, 0, 30)
sheet.write(0, 0, note, book.add_format({"text_wrap": True, "valign": "top"}))
sheet.write(1, 0, "Below.")
book.close()
END

cat >write.js <<'END'
const { Workbook } = require("exceljs");

const book = new Workbook();
const sheet = book.addWorksheet("Sheet");
sheet.addRow([["first", "second", "third", "fourth", "fifth"].map((number) => `The ${number} sentence is here.`).join(" ")]);
sheet.addRow(["Below."]);
sheet.getColumn(1).width = 30;
sheet.getCell("A1").alignment = { wrapText: true, vertical: "top" };
book.xlsx.writeFile("exceljs.xlsx");
END

convert() {
    soffice --headless "-env:UserInstallation=file://$work/profile" --convert-to "$1" --outdir "$2" "${@:3}" >/dev/null 2>&1
}

printed() {
    local words
    words=$(pdftotext "$1" - | tr -s '\n\f' '  ')
    for word in first fifth Below; do
        [[ $words == *"$word"* ]] && echo -n " $word" || echo -n " ($word is missing)"
    done
    echo
}

venv/bin/python write.py
node write.js
convert pdf direct ./*.xlsx
convert ods saved ./*.xlsx
convert pdf by-way-of-ods saved/*.ods
{
    soffice --version | cut -d ' ' -f 1,2 | head -n 1
    for writer in openpyxl XlsxWriter exceljs openpyxl-with-height; do
        echo "$writer, .xlsx to .pdf:$(printed "direct/$writer.pdf")"
        echo "$writer, .xlsx to .ods to .pdf:$(printed "by-way-of-ods/$writer.pdf")"
    done
} | tee SEEN
diff EXPECTED SEEN
