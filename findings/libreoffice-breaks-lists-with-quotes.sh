#!/usr/bin/env bash
# LibreOffice saves a drop-down with a quotation mark in one entry to .xlsx as a single long entry; to .ods it
# saves it right.
#
# Versions: LibreOffice 7.4.7.2 of Debian 12, headless, as the program that opens and saves; openpyxl 3.1.5
#           and npm exceljs 4.4.0 as writers. Seen on 2026-11-30.
#
# The sheet: a column of teams with a drop-down of Sales, The "A" team and Ops, which stand at the cells as
# "Sales,The ""A"" team,Ops": within a text of a formula a quotation mark is written twice. A second column offers
# invite and delete.
#
# Likely guess: a workbook that is opened and saved in the format that it had keeps its drop-downs. If a quotation mark
#   makes trouble, then in its own entry.
# What happens: LibreOffice reads three entries, and saves them right to .ods. To .xlsx it writes the marks once,
#   "Sales,The "A" team,Ops", which is no formula any more. The next time it opens its own file it has one
#   entry, Sales,The "a" team,Ops with a small a, and the team that is in the cell already is not on the
#   list. The column without marks stays as it is, and nothing is said at any time.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
LibreOffice 7.4.7.2
openpyxl's: "Sales,The ""A"" team,Ops" and "invite,delete"
  read: 3 entries and 2 entries
  saved as .xlsx: "Sales,The "A" team,Ops" and "invite,delete"
  read again: 1 entry and 2 entries: Sales,The "a" team,Ops
  saved as .ods, read again: 3 entries and 2 entries
exceljs's: "Sales,The ""A"" team,Ops" and "invite,delete"
  read: 3 entries and 2 entries
  saved as .xlsx: "Sales,The "A" team,Ops" and "invite,delete"
  read again: 1 entry and 2 entries: Sales,The "a" team,Ops
  saved as .ods, read again: 3 entries and 2 entries
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5
npm install --silent --no-fund --no-audit exceljs@4.4.0 >/dev/null
command -v soffice >/dev/null || apt-get install --yes --quiet libreoffice-calc >/dev/null

cat >write.py <<'END'
import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation

book = openpyxl.Workbook()
sheet = book.active
sheet.append(["team", "operation"])
sheet.append(["Sales", "invite"])
for cells, formula in [("A2:A9", '"Sales,The ""A"" team,Ops"'), ("B2:B9", '"invite,delete"')]:
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.add(cells)
    sheet.add_data_validation(rule)
book.save("openpyxl.xlsx")
END

cat >write.js <<'END'
const { Workbook } = require("exceljs");

const book = new Workbook();
const sheet = book.addWorksheet("Sheet");
sheet.addRow(["team", "operation"]);
sheet.addRow(["Sales", "invite"]);
const list = (formula) => ({ type: "list", allowBlank: true, showErrorMessage: true, formulae: [formula] });
sheet.dataValidations.add("A2:A9", list('"Sales,The ""A"" team,Ops"'));
sheet.dataValidations.add("B2:B9", list('"invite,delete"'));
book.xlsx.writeFile("exceljs.xlsx");
END

cat >look.py <<'END'
import html
import re
import sys
import zipfile


def formulas(name):
    sheet = zipfile.ZipFile(name).read("xl/worksheets/sheet1.xml").decode()
    found = re.findall(r'sqref="(\w+):\w+".*?<formula1>(.*?)</formula1>', sheet, re.S)
    return " and ".join(html.unescape(formula) for _, formula in sorted(found))


def entries(name):
    """What LibreOffice took the lists for, by its .ods."""
    content = zipfile.ZipFile(name).read("content.xml").decode()
    rules = re.findall(r'table:condition="of:cell-content-is-in-list\((.*?)\)" .*?base-cell-address="[^"]*\.(\w+)"', content)
    lists = [html.unescape(rule)[1:-1].split('";"') for rule, _ in sorted(rules, key=lambda rule: rule[1])]
    told = " and ".join(f"{len(one)} {'entry' if len(one) == 1 else 'entries'}" for one in lists)
    return ": ".join([told] + [one[0] for one in lists if len(one) == 1])


for writer in ["openpyxl", "exceljs"]:
    print(f"{writer}'s:", formulas(f"{writer}.xlsx"))
    print("  read:", entries(f"saved/{writer}.ods"))
    print("  saved as .xlsx:", formulas(f"saved/{writer}.xlsx"))
    print("  read again:", entries(f"again/{writer}.ods"))
    print("  saved as .ods, read again:", entries(f"from-ods/{writer}.ods"))
END

convert() {
    soffice --headless "-env:UserInstallation=file://$work/profile" --convert-to "$1" --outdir "$2" "${@:3}" >/dev/null 2>&1
}

venv/bin/python write.py
node write.js
convert xlsx saved openpyxl.xlsx exceljs.xlsx
convert ods saved openpyxl.xlsx exceljs.xlsx
convert ods again saved/openpyxl.xlsx saved/exceljs.xlsx
convert ods from-ods saved/openpyxl.ods saved/exceljs.ods
{
    soffice --version | cut -d ' ' -f 1,2 | head -n 1
    venv/bin/python look.py
} | tee SEEN
diff EXPECTED SEEN
