#!/usr/bin/env bash
# SheetJS writes a table with one row too many for .xls as a workbook with as many rows as the table
# has columns, and reports success.
#
# Versions: npm xlsx 0.18.5 (SheetJS) as the writer; xlrd 2.0.2 and SheetJS itself as readers.
#           Seen on 2026-11-29.
#
# A worksheet of the format .xls (BIFF8) holds 65,536 rows at most.
#
# Likely guess: writing 65,537 rows throws; or, at worst, the last row is missing.
# What happens: XLSX.write returns as usual. What it returns is a sound workbook, but of a table with
#   two columns the first two rows are left, of one with five columns five rows, of 65,537. Both xlrd
#   and SheetJS read it without complaint. Only with the option WTF does it throw.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
2 columns, 65536 rows: written
2 columns, 65537 rows: written
5 columns, 65537 rows: written
2 columns, 65537 rows, with WTF: threw "Range A1:B65537 exceeds format limit A1:IV16384"
SheetJS reads 2x65536.xls: 65536 rows, last for p65535@example.com
SheetJS reads 2x65537.xls: 2 rows, last for p1@example.com
SheetJS reads 5x65537.xls: 5 rows, last for p4@example.com
xlrd reads 2x65536.xls: 65536 rows, last for p65535@example.com
xlrd reads 2x65537.xls: 2 rows, last for p1@example.com
xlrd reads 5x65537.xls: 5 rows, last for p4@example.com
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xlrd==2.0.2
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 >/dev/null

cat >look.js <<'END'
const fs = require("fs");
const XLSX = require("xlsx");

function make(columns, rows, options) {
  const table = [["user", "operation", "groups", "licenses", "note"].slice(0, columns)];
  for (let n = 1; n < rows; n++) {
    table.push([`p${n}@example.com`, "invite", "Testers", "ATTUNU", "new"].slice(0, columns));
  }
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(table), "Joiners");
  return XLSX.write(book, { type: "buffer", bookType: "xls", ...options });
}

for (const [columns, rows] of [[2, 65536], [2, 65537], [5, 65537]]) {
  fs.writeFileSync(`${columns}x${rows}.xls`, make(columns, rows));
  console.log(`${columns} columns, ${rows} rows: written`);
}
try {
  make(2, 65537, { WTF: true });
  console.log("2 columns, 65537 rows, with WTF: written");
} catch (error) {
  console.log(`2 columns, 65537 rows, with WTF: threw "${error.message}"`);
}
for (const name of ["2x65536.xls", "2x65537.xls", "5x65537.xls"]) {
  const rows = XLSX.utils.sheet_to_json(XLSX.readFile(name).Sheets.Joiners, { header: 1 });
  console.log(`SheetJS reads ${name}: ${rows.length} rows, last for ${rows.at(-1)[0]}`);
}
END

cat >look.py <<'END'
import xlrd

for name in ["2x65536.xls", "2x65537.xls", "5x65537.xls"]:
    sheet = xlrd.open_workbook(name).sheet_by_name("Joiners")
    print(f"xlrd reads {name}: {sheet.nrows} rows, last for", sheet.cell_value(sheet.nrows - 1, 0))
END

{ node look.js; venv/bin/python look.py; } | tee SEEN
diff EXPECTED SEEN
