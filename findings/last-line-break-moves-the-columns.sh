#!/usr/bin/env bash
# Whether Papa Parse finds the separator of a sheet depends on the line break at the end of the file and on how many people are
# in it; SheetJS splits a sheet at what its lists are parted by, and DuckDB throws the headings away and takes ann for them.
#
# Versions: npm papaparse 5.7.1, xlsx 0.18.5 (SheetJS), csvtojson 2.0.14, csv-string 4.1.1, udsv 0.7.3; duckdb 2.0.1, clevercsv
#           0.8.5, frictionless 5.21.0. Seen on 2026-12-01 with Node.js 20 and Python 3.11.
#
# Two sheets with two columns, parted by semicolons as Excel does it where numbers have a decimal comma: names ("Berg, Ann")
# with an operation, and users with three groups each ("Testers,Ops,QA"). Nobody says what the separator is. Where a reader
# is not right, its headings, how many people it found and the first of them are shown.
#
# Likely guess: every line has one semicolon, and the headings have no comma, so that is easy. If commas mislead a reader,
#   they do so in each such sheet; a line break at the end of the last line makes an empty row at most. And all that a wrong
#   guess can spoil is where the fields begin: nobody gets lost.
# What happens: Papa Parse counts what follows the last line break as one more row, with one field. The mean of two columns is
#   then less than two, and that rules the semicolon out, unless there are ten lines before, as it looks at ten only. So a
#   pilot with three people goes wrong and the rollout goes right, as does a test whose text has no line break at its end, and
#   all with skipEmptyLines. SheetJS takes what there is most of in the beginning. DuckDB likes three columns better than two,
#   skips the headings for it, and makes ann a heading: she is in no row.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
csvtojson: right
csv-string: right
udsv: right
Papa Parse:
  names                       name;operation; 3 people: Berg |  Ann;invite
  names, no last line break   right
  names, twelve people        right
  groups                      user;groups; 3 people: ann@example.com;Testers | Ops | QA
  groups, no last line break  right
Papa Parse with skipEmptyLines: right
SheetJS:
  names                       right
  names, no last line break   right
  names, twelve people        right
  groups                      user;groups; 3 people: ann@example.com;Testers | Ops | QA
  groups, no last line break  user;groups; 3 people: ann@example.com;Testers | Ops | QA
clevercsv: right
frictionless: right
DuckDB:
  names                       right
  names, no last line break   right
  names, twelve people        right
  groups                      ann@example.com;Testers | Ops | QA; 2 people: bob@example.com;Testers | Sales | QA
  groups, no last line break  ann@example.com;Testers | Ops | QA; 2 people: bob@example.com;Testers | Sales | QA
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 clevercsv==0.8.5 frictionless==5.21.0
npm install --silent --no-audit --no-fund --prefix . papaparse@5.7.1 xlsx@0.18.5 csvtojson@2.0.14 csv-string@4.1.1 \
    udsv@0.7.3 >/dev/null

cat >write.py <<'END'
people = ["Berg, Ann", "Cole, Bob", "Dahl, Cy"] + [f"Evans, Dee {number}" for number in range(9)]
names = [f"{name};{operation}" for name, operation in zip(people, ["invite", "delete", "invite"] * 4)]
groups = ["ann@example.com;Testers,Ops,QA", "bob@example.com;Testers,Sales,QA", "cy@example.com;Leads,Ops,QA"]


def write(name, lines, end):
    with open(f"{name}.csv", "w", newline="") as sheet:
        sheet.write("\n".join(lines) + end)


write("names", ["name;operation"] + names[:3], "\n")
write("names, no last line break", ["name;operation"] + names[:3], "")
write("names, twelve people", ["name;operation"] + names, "\n")
write("groups", ["user;groups"] + groups, "\n")
write("groups, no last line break", ["user;groups"] + groups, "")
END

cat >read.py <<'END'
import sys

import clevercsv
import duckdb
import frictionless


def with_clevercsv(path):
    with open(path, newline="") as sheet:
        dialect = clevercsv.Sniffer().sniff(sheet.read())
        sheet.seek(0)
        return [row for row in clevercsv.reader(sheet, dialect) if row]


def with_frictionless(path):
    with frictionless.Resource(path=path) as sheet:
        return [list(row) for row in sheet.cell_stream]


def with_duckdb(path):
    table = duckdb.read_csv(path)
    return [table.columns] + table.fetchall()


for name, read in [("clevercsv", with_clevercsv), ("frictionless", with_frictionless), ("DuckDB", with_duckdb)]:
    for sheet in sys.argv[1:]:
        headings, *people = read(f"{sheet}.csv")
        print(name, sheet, " | ".join(headings), len(people), " | ".join(people[0]), sep="/")
END

cat >read.js <<'END'
const { readFileSync } = require("node:fs");
const Papa = require("papaparse");
const XLSX = require("xlsx");
const csvtojson = require("csvtojson");
const CSV = require("csv-string");
const { inferSchema, initParser } = require("udsv");

const whole = (rows) => rows.filter((row) => row.length > 1 || row[0] !== "");
const readers = {
  csvtojson: (text) => csvtojson({ delimiter: "auto", noheader: true, output: "csv" }).fromString(text),
  "csv-string": (text) => CSV.parse(text, CSV.detect(text)),
  udsv: (text) => {
    const schema = inferSchema(text);
    return [schema.cols.map((column) => column.name), ...initParser(schema).stringArrs(text)];
  },
  "Papa Parse": (text) => whole(Papa.parse(text).data),
  "Papa Parse with skipEmptyLines": (text) => Papa.parse(text, { skipEmptyLines: true }).data,
  SheetJS: (text) => {
    const book = XLSX.read(text, { type: "string" });
    return XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 });
  },
};

(async () => {
  for (const [name, read] of Object.entries(readers)) {
    for (const sheet of process.argv.slice(2)) {
      const [headings, ...people] = await read(readFileSync(`${sheet}.csv`, "utf8"));
      console.log([name, sheet, headings.join(" | "), people.length, people[0].join(" | ")].join("/"));
    }
  }
})();
END

venv/bin/python write.py
sheets=("names" "names, no last line break" "names, twelve people" "groups" "groups, no last line break")
{ node read.js "${sheets[@]}"; venv/bin/python read.py "${sheets[@]}"; } >seen.csv
awk -F / '
    BEGIN { right["name | operation"] = "Berg, Ann | invite"; right["user | groups"] = "ann@example.com | Testers,Ops,QA" }
    { count = $2 ~ /twelve/ ? 12 : 3; said = right[$3] == $5 && $4 == count ? "right" : $3 "; " $4 " people: " $5 }
    { wrong[$1] += said != "right"; lines[$1] = lines[$1] sprintf("  %-27s %s\n", $2, said) }
    !($1 in known) { known[$1]; names[++readers] = $1 }
    END {
        for (reader = 1; reader <= readers; reader++) {
            name = names[reader]
            printf "%s: %s", name, wrong[name] ? "\n" lines[name] : "right\n"
        }
    }' seen.csv | sed 's/ *$//' | tee SEEN
diff EXPECTED SEEN
