#!/usr/bin/env bash
# xlsx2csv writes some cells as the sheet shows them and others as they are stored, in one row.
#
# Versions: xlsx2csv 0.8.6, the workbook written by openpyxl 3.1.5. Seen on 2026-12-01.
#
# Likely guess: a converter writes either what a spreadsheet program shows (00007, 38%, 37:30) or what is
#   stored (7, 0.375, 1.5625), and keeps to it.
# What happens: dates, times and percentages come as shown, and lose what the format hides: a share of
#   0.375 becomes 38%, an end at half past three becomes a day. Personnel numbers shown as 00007 come
#   as stored (7), and so do hours, as days rounded to six digits: 37:30 becomes 1.5625, and 20:00 becomes
#   0.833333, which whoever reads it back takes for 19:59:59.97.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
number,share,start,end,from,hours,limit
7,38%,01.12.2026,31.12.2026,08:30,1.5625,1000000
42,50%,02.01.2026,30.06.2026,14:05,0.833333,2500.5
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xlsx2csv==0.8.6 openpyxl==3.1.5 et_xmlfile==2.0.0
venv/bin/python - <<'PY'
from datetime import date, datetime, time, timedelta

from openpyxl import Workbook

FORMATS = ["00000", "0%", "dd.mm.yyyy", "dd.mm.yyyy", "hh:mm", "[h]:mm", "#,##0.00"]
PEOPLE = [
    [7, 0.375, date(2026, 12, 1), datetime(2026, 12, 31, 15, 30), time(8, 30), timedelta(hours=37.5), 1000000],
    [42, 0.5, date(2026, 1, 2), datetime(2026, 6, 30, 12, 0), time(14, 5), timedelta(hours=20), 2500.5],
]
workbook = Workbook()
sheet = workbook.active
sheet.append(["number", "share", "start", "end", "from", "hours", "limit"])
for person in PEOPLE:
    sheet.append(person)
    for column, number_format in enumerate(FORMATS, 1):
        sheet.cell(sheet.max_row, column).number_format = number_format
workbook.save("people.xlsx")
PY
venv/bin/xlsx2csv people.xlsx | tee SEEN
diff EXPECTED SEEN && echo "as expected"
