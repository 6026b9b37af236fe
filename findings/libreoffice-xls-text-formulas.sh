#!/usr/bin/env bash
# LibreOffice converts a workbook to .xls with a stored 0 for every formula whose result is a text; to
# .xlsx and .ods it converts them right, and so does gnumeric to .xls.
#
# Versions: LibreOffice 7.4.7.2 and gnumeric 1.12.55, both of Debian 12, as converters; XlsxWriter 3.3.1
#           as the writer; xlrd 2.0.2 and python-calamine 0.9.1 as readers. Seen on 2026-11-29.
#
# The sheet: two people; an address, an operation and a number of seats, each by a formula. The results
# are stored in the .xlsx.
#
# Likely guess: a conversion by a whole spreadsheet program keeps the results or, having computed
#   everything itself, stores its own. When numbers arrive, texts do.
# What happens: the results that are numbers arrive (42), those that are texts become the number 0,
#   whatever the formula: IF, &, UPPER, a plain reference. LibreOffice shows nothing of it: it
#   computes when it opens its own file and converts that to CSV with the texts. So whoever looks at the
#   .xls sees delete and invite, and a script that reads it gets 0 for both.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
LibreOffice 7.4.7.2

gnumeric 1.12.55
as written, calamine: ann yes ann@example.com delete ann ANN 42.0
as written, calamine: bob no bob@example.com invite bob BOB 42.0
LibreOffice to .xlsx, calamine: ann yes ann@example.com delete ann ANN 42.0
LibreOffice to .xlsx, calamine: bob no bob@example.com invite bob BOB 42.0
LibreOffice to .ods, calamine: ann yes ann@example.com delete ann ANN 42.0
LibreOffice to .ods, calamine: bob no bob@example.com invite bob BOB 42.0
LibreOffice to .xls, calamine: ann yes 0.0 0.0 0.0 0.0 42.0
LibreOffice to .xls, calamine: bob no 0.0 0.0 0.0 0.0 42.0
LibreOffice to .xls, xlrd: ann yes 0.0 0.0 0.0 0.0 42.0
LibreOffice to .xls, xlrd: bob no 0.0 0.0 0.0 0.0 42.0
gnumeric to .xls, calamine: ann yes ann@example.com delete ann ANN 42.0
gnumeric to .xls, calamine: bob no bob@example.com invite bob BOB 42.0
gnumeric to .xls, xlrd: ann yes ann@example.com delete ann ANN 42.0
gnumeric to .xls, xlrd: bob no bob@example.com invite bob BOB 42.0
LibreOffice from its own .xls to .csv: ann,yes,ann@example.com,delete,ann,ANN,42
LibreOffice from its own .xls to .csv: bob,no,bob@example.com,invite,bob,BOB,42
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check XlsxWriter==3.3.1 xlrd==2.0.2 python-calamine==0.9.1
{ command -v soffice && command -v ssconvert; } >/dev/null ||
    apt-get install --yes --quiet libreoffice-calc gnumeric >/dev/null

cat >write.py <<'END'
import xlsxwriter

book = xlsxwriter.Workbook("changes.xlsx")
sheet = book.add_worksheet("Changes")
sheet.write_row(0, 0, ["name", "leaves", "user", "operation", "team", "NAME", "seats"])
for row, (name, leaves) in enumerate([("ann", "yes"), ("bob", "no")], start=1):
    at = row + 1
    sheet.write_row(row, 0, [name, leaves])
    sheet.write_formula(row, 2, f'=A{at}&"@example.com"', None, f"{name}@example.com")
    sheet.write_formula(row, 3, f'=IF(B{at}="yes","delete","invite")', None, "delete" if leaves == "yes" else "invite")
    sheet.write_formula(row, 4, f"=A{at}", None, name)
    sheet.write_formula(row, 5, f"=UPPER(A{at})", None, name.upper())
    sheet.write_formula(row, 6, "=40+2", None, 42)
book.close()
END

cat >look.py <<'END'
import sys

import python_calamine
import xlrd

label, name = sys.argv[1:]
for row in python_calamine.load_workbook(name).get_sheet_by_index(0).to_python()[1:]:
    print(f"{label}, calamine:", *row)
if name.endswith(".xls"):
    sheet = xlrd.open_workbook(name).sheet_by_index(0)
    for number in (1, 2):
        print(f"{label}, xlrd:", *sheet.row_values(number))
END

convert() {
    soffice --headless "-env:UserInstallation=file://$work/profile" --convert-to "$1" --outdir "$2" "$3" >/dev/null 2>&1
}

venv/bin/python write.py
{
    soffice --version | cut -d ' ' -f 1,2
    ssconvert --version 2>&1 | sed -n "s/^ssconvert version '\(.*\)'/gnumeric \1/p"
    venv/bin/python look.py "as written" changes.xlsx
    for ending in xlsx ods xls; do
        convert "$ending" out changes.xlsx
        venv/bin/python look.py "LibreOffice to .$ending" "out/changes.$ending"
    done
    ssconvert changes.xlsx gnumeric.xls 2>/dev/null
    venv/bin/python look.py "gnumeric to .xls" gnumeric.xls
    convert csv again out/changes.xls
    sed '1d; s/^/LibreOffice from its own .xls to .csv: /' again/changes.csv
} | tee SEEN
diff EXPECTED SEEN
