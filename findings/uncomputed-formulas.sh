#!/usr/bin/env bash
# A formula that nobody has computed is stored as 4, as 0, as an empty text or as nothing, by writer; and
# whether the file asks to be computed says nothing about it.
#
# Versions: xlwt 1.3.0, XlsxWriter 3.3.1, openpyxl 3.1.5, npm exceljs 4.4.0, npm xlsx 0.18.5 (SheetJS),
#           and of Debian 12 JExcelApi 2.6.12 and Apache POI 4.0.1, as writers; SheetJS as the reader,
#           with olefile 0.47 for the flags in .xls. Seen on 2026-11-29.
#
# The sheet: one person; the operation ("invite"), the seats (40+2) and whether they are active (1=1) are
# formulas. Two of the writers do it a second time with the results in place.
#
# Likely guess: the library leaves the cell empty or puts a 0, and the flag for computing on loading
#   (fullCalcOnLoad in .xlsx, the bit of value 2 in each record in .xls) tells such a file from one
#   that has results.
# What happens: JExcelApi stores the number 4 for each formula, also for the text; xlwt an empty text,
#   also for the number; SheetJS a 0 in .ods and nothing in .xlsx. Three of the files without results
#   do not ask to be computed, and the two whose results are all there do. So "4 seats" and "active:
#   false" are what a reader is told, and neither value nor flag gives it away.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
xlwt.xls: "", "", ""; asks to be computed: no
JExcelApi.xls: 4, 4, 4; asks to be computed: yes
POI.xls: 0, 0, 0; asks to be computed: yes
XlsxWriter.xlsx: 0, 0, 0; asks to be computed: yes
openpyxl.xlsx: nothing, nothing, nothing; asks to be computed: yes
exceljs.xlsx: nothing, nothing, nothing; asks to be computed: no
SheetJS.xlsx: nothing, nothing, nothing; asks to be computed: no
SheetJS.ods: 0, 0, 0; asks to be computed: cannot
POI-results.xls: "invite", 42, true; asks to be computed: yes
XlsxWriter-results.xlsx: "invite", 42, true; asks to be computed: yes
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    xlwt==1.3.0 XlsxWriter==3.3.1 openpyxl==3.1.5 olefile==0.47
npm install --silent --no-audit --no-fund --prefix . exceljs@4.4.0 xlsx@0.18.5 >/dev/null
java=/usr/share/java
{ command -v javac && [ -e $java/jxl-2.6.12.jar ] && [ -e $java/poi-4.0.1.jar ]; } >/dev/null ||
    apt-get install --yes --quiet default-jdk-headless libjexcelapi-java libapache-poi-java >/dev/null

cat >Write.java <<'END'
import java.io.File;
import java.io.FileOutputStream;
import jxl.Workbook;
import jxl.write.Formula;
import jxl.write.Label;
import org.apache.poi.hssf.usermodel.HSSFFormulaEvaluator;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;

class Write {
    static final String[] HEADER = {"user", "operation", "seats", "active"};
    static final String[] FORMULAS = {"IF(1=1,\"invite\",\"\")", "40+2", "1=1"};

    public static void main(String[] arguments) throws Exception {
        var book = Workbook.createWorkbook(new File("JExcelApi.xls"));
        var sheet = book.createSheet("Changes", 0);
        for (int n = 0; n < HEADER.length; n++) sheet.addCell(new Label(n, 0, HEADER[n]));
        sheet.addCell(new Label(0, 1, "ann"));
        for (int n = 0; n < FORMULAS.length; n++) sheet.addCell(new Formula(n + 1, 1, FORMULAS[n]));
        book.write();
        book.close();

        try (var poi = new HSSFWorkbook()) {
            var changes = poi.createSheet("Changes");
            var header = changes.createRow(0);
            for (int n = 0; n < HEADER.length; n++) header.createCell(n).setCellValue(HEADER[n]);
            var row = changes.createRow(1);
            row.createCell(0).setCellValue("ann");
            for (int n = 0; n < FORMULAS.length; n++) row.createCell(n + 1).setCellFormula(FORMULAS[n]);
            try (var out = new FileOutputStream("POI.xls")) { poi.write(out); }
            HSSFFormulaEvaluator.evaluateAllFormulaCells(poi);
            try (var out = new FileOutputStream("POI-results.xls")) { poi.write(out); }
        }
    }
}
END

cat >write.py <<'END'
import openpyxl
import xlsxwriter
import xlwt

header = ["user", "operation", "seats", "active"]
formulas = ['IF(1=1,"invite","")', "40+2", "1=1"]

book = xlwt.Workbook()
sheet = book.add_sheet("Changes")
for column, text in enumerate(header):
    sheet.write(0, column, text)
sheet.write(1, 0, "ann")
for column, formula in enumerate(formulas, start=1):
    sheet.write(1, column, xlwt.Formula(formula))
book.save("xlwt.xls")

for name, results in [("XlsxWriter.xlsx", None), ("XlsxWriter-results.xlsx", ["invite", 42, True])]:
    book = xlsxwriter.Workbook(name)
    sheet = book.add_worksheet("Changes")
    sheet.write_row(0, 0, header)
    sheet.write(1, 0, "ann")
    for n, formula in enumerate(formulas):
        sheet.write_formula(1, n + 1, "=" + formula, None, *([results[n]] if results else []))
    book.close()

book = openpyxl.Workbook()
book.active.title = "Changes"
book.active.append(header)
book.active.append(["ann"] + ["=" + formula for formula in formulas])
book.save("openpyxl.xlsx")
END

cat >write.js <<'END'
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");

const header = ["user", "operation", "seats", "active"];
const formulas = ['IF(1=1,"invite","")', "40+2", "1=1"];

const sheet = XLSX.utils.aoa_to_sheet([header, ["ann"]]);
formulas.forEach((f, n) => (sheet["BCD"[n] + 2] = { t: "n", f }));
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, sheet, "Changes");
XLSX.writeFile(book, "SheetJS.xlsx");
XLSX.writeFile(book, "SheetJS.ods");

(async () => {
  const other = new ExcelJS.Workbook();
  other.addWorksheet("Changes").addRows([header, ["ann", ...formulas.map((formula) => ({ formula }))]]);
  await other.xlsx.writeFile("exceljs.xlsx");
})();
END

# Whether a workbook asks to be computed when it is opened.
cat >asks.py <<'END'
import struct
import sys
import zipfile

import olefile

name = sys.argv[1]
if name.endswith(".xlsx"):
    print("yes" if b'fullCalcOnLoad="1"' in zipfile.ZipFile(name).read("xl/workbook.xml") else "no")
elif name.endswith(".xls"):
    stream = olefile.OleFileIO(name).openstream("Workbook").read()
    flags, at = set(), 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == 0x0006:  # a formula: row, column, format, result, flags
            flags.add(struct.unpack_from("<H", stream, at + 4 + 14)[0] & 2)
        at += 4 + length
    print(*("yes" if flag else "no" for flag in flags))
else:
    print("cannot")
END

cat >look.js <<'END'
const XLSX = require("xlsx");

const { Changes } = XLSX.readFile(process.argv[2]).Sheets;
const cells = ["B2", "C2", "D2"].map((at) => (Changes[at]?.v === undefined ? "nothing" : JSON.stringify(Changes[at].v)));
console.log(`${process.argv[2]}: ${cells.join(", ")}; asks to be computed: ${process.argv[3]}`);
END

java -cp "$java/jxl-2.6.12.jar:$java/poi-4.0.1.jar:$java/commons-collections4.jar:$java/commons-codec.jar:$java/commons-math3.jar" Write.java 2>/dev/null
venv/bin/python write.py
node write.js
for name in xlwt.xls JExcelApi.xls POI.xls XlsxWriter.xlsx openpyxl.xlsx exceljs.xlsx SheetJS.xlsx SheetJS.ods \
    POI-results.xls XlsxWriter-results.xlsx; do
    node look.js "$name" "$(venv/bin/python asks.py "$name")"
done | tee SEEN
diff EXPECTED SEEN
