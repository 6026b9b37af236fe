#!/usr/bin/env bash
# Once LibreOffice has saved an .xlsx, gnumeric opens it without a single drop-down; other readers still have all.
#
# Versions: LibreOffice 7.4.7.2 and gnumeric 1.12.55, both of Debian 12; openpyxl 3.1.5, npm exceljs 4.4.0 and
#           XlsxWriter 3.3.1 as writers. Seen on 2026-11-30.
#
# The sheet: an operation with a drop-down that stands at its cells, a team with one from a named range, and a date with
# a message that is shown where somebody types.
#
# Likely guess: drop-downs are plain data that every spreadsheet program reads and writes; if one program loses
#   some, then odd ones. What gnumeric keeps of the first file it keeps of the second, which holds the same rules.
# What happens: LibreOffice gives every rule a second bound, <formula2>0</formula2>, for which a list has no use.
#   openpyxl reads past it. gnumeric takes it for a contradiction and leaves out every rule
#   that has it, the simplest list included; messages stay. It says so on stderr, and the exit code is
#   0. By way of .ods the same drop-downs arrive.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
LibreOffice 7.4.7.2
gnumeric 1.12.55
openpyxl's:
  as written, gnumeric: "invite,delete", teams; The last day
  saved by LibreOffice, openpyxl: "invite,delete", teams; The last day
  saved by LibreOffice, gnumeric: no drop-down; The last day
    Ignoring invalid data validation because : Extra formula for validation
  saved by LibreOffice as .ods, gnumeric: teams, {"invite","delete"}; The last day
XlsxWriter's:
  as written, gnumeric: "invite,delete", teams; The last day
  saved by LibreOffice, openpyxl: "invite,delete", teams; The last day
  saved by LibreOffice, gnumeric: no drop-down; The last day
    Ignoring invalid data validation because : Extra formula for validation
  saved by LibreOffice as .ods, gnumeric: teams, {"invite","delete"}; The last day
exceljs's:
  as written, gnumeric: "invite,delete", teams; The last day
  saved by LibreOffice, openpyxl: "invite,delete", teams; The last day
  saved by LibreOffice, gnumeric: no drop-down; The last day
    Ignoring invalid data validation because : Extra formula for validation
  saved by LibreOffice as .ods, gnumeric: teams, {"invite","delete"}; The last day
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1
npm install --silent --no-fund --no-audit exceljs@4.4.0 >/dev/null
{ command -v soffice && command -v ssconvert; } >/dev/null ||
    apt-get install --yes --quiet libreoffice-calc gnumeric >/dev/null

cat >write.py <<'END'
import openpyxl
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

book = openpyxl.Workbook()
sheet = book.active
sheet.append(["operation", "team", "until"])
lists = book.create_sheet("Lists")
for team in ["Sales", "Ops"]:
    lists.append([team])
book.defined_names["teams"] = DefinedName("teams", attr_text="Lists!$A$1:$A$2")
for cells, rule in [
    ("A2:A9", DataValidation(type="list", formula1='"invite,delete"', showErrorMessage=True)),
    ("B2:B9", DataValidation(type="list", formula1="teams", showErrorMessage=True)),
    ("C2:C9", DataValidation(promptTitle="until", prompt="The last day", showInputMessage=True)),
]:
    rule.add(cells)
    sheet.add_data_validation(rule)
book.save("openpyxl.xlsx")

book = xlsxwriter.Workbook("XlsxWriter.xlsx")
sheet = book.add_worksheet()
sheet.write_row(0, 0, ["operation", "team", "until"])
book.add_worksheet("Lists").write_column(0, 0, ["Sales", "Ops"])
book.define_name("teams", "=Lists!$A$1:$A$2")
sheet.data_validation("A2:A9", {"validate": "list", "source": ["invite", "delete"]})
sheet.data_validation("B2:B9", {"validate": "list", "source": "=teams"})
sheet.data_validation("C2:C9", {"validate": "any", "input_title": "until", "input_message": "The last day"})
book.close()
END

cat >write.js <<'END'
const { Workbook } = require("exceljs");

const book = new Workbook();
const sheet = book.addWorksheet("Sheet");
sheet.addRow(["operation", "team", "until"]);
const lists = book.addWorksheet("Lists");
["Sales", "Ops"].forEach((team, at) => {
  lists.getCell(at + 1, 1).value = team;
  lists.getCell(at + 1, 1).names = ["teams"];
});
const rule = (rule) => ({ showErrorMessage: true, showInputMessage: true, ...rule });
sheet.dataValidations.add("A2:A9", rule({ type: "list", formulae: ['"invite,delete"'] }));
sheet.dataValidations.add("B2:B9", rule({ type: "list", formulae: ["teams"] }));
sheet.dataValidations.add("C2:C9", rule({ type: "any", promptTitle: "until", prompt: "The last day" }));
book.xlsx.writeFile("exceljs.xlsx");
END

cat >look.py <<'END'
import gzip
import html
import re
import sys

import openpyxl


def told(lists, messages):
    return ", ".join(lists or ["no drop-down"]) + "; " + ", ".join(messages or ["no message"])


label, name = sys.argv[1:]
if name.endswith(".xlsx"):
    rules = openpyxl.load_workbook(name).worksheets[0].data_validations.dataValidation
    lists = [rule.formula1 for rule in rules if rule.type == "list"]
    messages = [rule.prompt for rule in rules if rule.prompt]
else:
    content = gzip.open(name, "rt", encoding="utf-8").read()
    rules = re.findall(r'Type="GNM_VALIDATION_TYPE_IN_LIST".*?<gnm:Expression0>([^<]*)<', content, re.S)
    lists = map(html.unescape, dict.fromkeys(rules))
    messages = re.findall(r'<gnm:InputMessage [^>]*Message="([^"]*)"', content)
print(f"  {label}:", told(sorted(lists), messages))
END

convert() {
    soffice --headless "-env:UserInstallation=file://$work/profile" --convert-to "$1" --outdir saved "${@:2}" >/dev/null 2>&1
}

venv/bin/python write.py
node write.js
writers="openpyxl XlsxWriter exceljs"
convert xlsx openpyxl.xlsx XlsxWriter.xlsx exceljs.xlsx
convert ods openpyxl.xlsx XlsxWriter.xlsx exceljs.xlsx
{
    soffice --version | cut -d ' ' -f 1,2 | head -n 1
    ssconvert --version 2>&1 | sed -n "s/^ssconvert version '\(.*\)'/gnumeric \1/p"
    for writer in $writers; do
        echo "$writer's:"
        ssconvert "$writer.xlsx" "$writer.gnumeric" 2>/dev/null
        ssconvert "saved/$writer.xlsx" "saved/$writer.gnumeric" 2>"$writer.remarks"
        ssconvert "saved/$writer.ods" "saved/$writer.ods.gnumeric" 2>/dev/null
        venv/bin/python look.py "as written, gnumeric" "$writer.gnumeric"
        venv/bin/python look.py "saved by LibreOffice, openpyxl" "saved/$writer.xlsx"
        venv/bin/python look.py "saved by LibreOffice, gnumeric" "saved/$writer.gnumeric"
        grep -h A2 "$writer.remarks" | sed 's/^.*A2 : /    /'
        venv/bin/python look.py "saved by LibreOffice as .ods, gnumeric" "saved/$writer.ods.gnumeric"
    done
} | tee SEEN
diff EXPECTED SEEN
