#!/usr/bin/env bash
# In a sheet for Apple Numbers that SheetJS has written, 1 seat is 0.9999999999999999, two seats less are none, and the fiftieth
# row is the last; from its own sheet numbers-parser reads 13 as 12.999999999999998.
#
# Versions: npm xlsx 0.18.5 (SheetJS) and @e965/xlsx 0.20.3, which is a later SheetJS; numbers-parser 4.22.0. Seen on 2026-12-01
#           with Node.js 20 and Python 3.11.
#
# A sheet with 60 people and the seats that each gets or loses: 1, 2, 4, 13, 28, 100, -2, and 5 for the others; besides, a
# second worksheet. Each library writes it and reads it again, and numbers-parser reads all three. Shown is what the cells of
# the first seven hold, what becomes of them as whole numbers (int() in Python, Math.trunc() in JavaScript), and how many
# people and worksheets are left.
#
# Likely guess: whole numbers of this size are exact in every format, and a library reads what it wrote; what gets lost is looks
#   and formulas. What a writer cannot do, it refuses.
# What happens: Numbers keeps a number as decimal digits and a power of ten, and these libraries compute from and to that with
#   binary fractions, so that a whole number comes out a trifle too large or too small. Who takes it for a whole number gets
#   12 for 13 with numbers-parser and the later SheetJS, and nothing for 1 with the older one. Both SheetJS write 0 for
#   whatever is below 0. The older one leaves out the second worksheet and all rows after the fiftieth; it says so on stderr
#   and returns as if done.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
numbers-parser, read by numbers-parser:
  as they are:  1.0 2.0 4.0 12.999999999999998 27.999999999999996 100.0 -2.0
  whole:        1 2 4 12 27 100 -2
  people:       60  worksheets: 2
SheetJS 0.18.5, read by numbers-parser:
  as they are:  0.9999999999999998 1.9999999999999996 3.999999999999999 13.0 28.0 100.00000000000001 0.0
  whole:        0 1 3 13 28 100 0
  people:       49  worksheets: 1
SheetJS 0.20.3, read by numbers-parser:
  as they are:  1.0 2.0 4.0 12.999999999999998 27.999999999999996 100.0 0.0
  whole:        1 2 4 12 27 100 0
  people:       60  worksheets: 2
SheetJS 0.18.5, read by SheetJS 0.18.5:
  as they are:  0.9999999999999999 1.9999999999999998 3.9999999999999996 13 28 100.00000000000001 0
  whole:        0 1 3 13 28 100 0
  people:       49  worksheets: 1
SheetJS 0.20.3, read by SheetJS 0.20.3:
  as they are:  1 2 4 12.999999999999998 27.999999999999996 100 0
  whole:        1 2 4 12 27 100 0
  people:       60  worksheets: 2
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numbers-parser==4.22.0
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 @e965/xlsx@0.20.3 >/dev/null

cat >sheets.py <<'END'
import sys
import warnings

warnings.simplefilter("ignore")
from numbers_parser import Document


def write():
    book = Document()
    seats = [1, 2, 4, 13, 28, 100, -2] + [5] * 53
    table = book.sheets[0].tables[0]
    for row, cells in enumerate([("user", "seats")] + [(f"user{row}@example.com", number) for row, number in enumerate(seats)]):
        for column, cell in enumerate(cells):
            table.write(row, column, cell)
    book.add_sheet("Delete")
    book.save("numbers-parser.numbers")


def read(writer):
    book = Document(f"{writer}.numbers")
    rows = [[cell.value for cell in row] for row in book.sheets[0].tables[0].rows()][1:]
    seats = [row[1] for row in rows if row[0]]
    print(f"{writer}, read by numbers-parser:")
    print("  as they are: ", *[repr(number) for number in seats[:7]])
    print("  whole:       ", *[int(number) for number in seats[:7]])
    print("  people:      ", len(seats), " worksheets:", len(book.sheets))


write() if sys.argv[1:] == ["write"] else [read(writer) for writer in sys.argv[1:]]
END

cat >sheets.js <<'END'
const versions = { "SheetJS 0.18.5": "xlsx", "SheetJS 0.20.3": "@e965/xlsx" };
const seats = [1, 2, 4, 13, 28, 100, -2, ...Array(53).fill(5)];

function write(XLSX, name) {
  const book = XLSX.utils.book_new();
  const rows = [["user", "seats"], ...seats.map((number, row) => [`user${row}@example.com`, number])];
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), "Seats");
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([["user"], ["user0@example.com"]]), "Delete");
  XLSX.writeFile(book, `${name}.numbers`, { numbers: require(`${versions[name]}/dist/xlsx.zahl.js`) });
}

function read(XLSX, name, writer) {
  const book = XLSX.readFile(`${writer}.numbers`);
  const rows = XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 }).slice(1);
  const found = rows.filter((row) => row[0]).map((row) => row[1]);
  console.log(`${writer}, read by ${name}:`);
  console.log("  as they are: ", found.slice(0, 7).join(" "));
  console.log("  whole:       ", found.slice(0, 7).map(Math.trunc).join(" "));
  console.log("  people:      ", found.length, " worksheets:", book.SheetNames.length);
}

for (const [name, module] of Object.entries(versions)) {
  const XLSX = require(module);
  if (process.argv[2] === "write") write(XLSX, name);
  else read(XLSX, name, name);
}
END

venv/bin/python sheets.py write
node sheets.js write
{ venv/bin/python sheets.py "numbers-parser" "SheetJS 0.18.5" "SheetJS 0.20.3"; node sheets.js read; } | tee SEEN
diff EXPECTED SEEN
