#!/usr/bin/env bash
# Once a workbook has a tab with a chart, or a worksheet has been taken out of it or moved, xlsx-populate reads those to be
# invited from the worksheet "Delete"; with the chart pyexcel reads those to be deleted from the worksheet "Invite".
#
# Versions: XlsxWriter 3.3.1 and npm exceljs 4.4.0 as writers; npm xlsx-populate 1.21.0, pyexcel-xlsx 0.6.1 and
#           pyexcel-xlsxr 0.6.2 with pyexcel-io 0.6.8, npm xlstream 2.5.5 as readers; npm xlsx 0.18.5 (SheetJS), exceljs,
#           openpyxl 3.1.5 and python-calamine 0.9.1 for comparison. Seen on 2026-12-01 with Node.js 20 and Python 3.11.
#
# In an .xlsx the list of worksheets names each of them and has an id, which another list turns into the name of a file.
# The workbooks: "Invite" (ann) and "Delete" (bob), with a chart on a tab of its own before them, written by XlsxWriter;
# with a third worksheet before them that is removed again; and with "Invite" moved behind "Delete" (both by exceljs).
# A worksheet is always asked for by its name.
#
# Likely guess: the trap is to ask for the first or second worksheet; whoever asks for it by name gets that one or an error,
#   and a reader that does not know charts leaves them out.
# What happens: exceljs keeps the numbers of the files when worksheets go or move, which is allowed, and charts are numbered
#   on their own. xlsx-populate and pyexcel-xlsxr do not follow the ids: the first name gets sheet1.xml, the second
#   sheet2.xml. pyexcel-xlsx puts the names of all tabs, as openpyxl lists them, beside openpyxl's list of worksheets, which
#   is shorter by the chart. So "Invite" is bob, and "Delete" is ann or does not exist. Once xlsx-populate has saved the
#   workbook, the names are wrong for every other reader. xlstream finds ann on the tab of the chart as well, so that who
#   goes through all tabs has her twice.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
with a chart, openpyxl                Invite: ann    Delete: bob
with a chart, calamine                Invite: ann    Delete: bob
with a chart, SheetJS                 Invite: ann    Delete: bob
with a chart, exceljs                 Invite: ann    Delete: bob
with a chart, xlstream                Invite: ann    Delete: bob    Chart: ann
with a chart, pyexcel-xlsx            Invite: bob    Delete: error  Chart: ann
with a chart, pyexcel-xlsxr           Invite: bob    Delete: error  Chart: ann
with a chart, xlsx-populate           Invite: bob    Delete: error  Chart: ann
one removed, openpyxl                 Invite: ann    Delete: bob
one removed, calamine                 Invite: ann    Delete: bob
one removed, SheetJS                  Invite: ann    Delete: bob
one removed, exceljs                  Invite: ann    Delete: bob
one removed, xlstream                 Invite: ann    Delete: bob
one removed, pyexcel-xlsx             Invite: ann    Delete: bob
one removed, pyexcel-xlsxr            Invite: error  Delete: error
one removed, xlsx-populate            Invite: error  Delete: ann
one removed, xlsx-populate, openpyxl  Invite: none   Delete: ann
one moved, openpyxl                   Invite: ann    Delete: bob
one moved, calamine                   Invite: ann    Delete: bob
one moved, SheetJS                    Invite: ann    Delete: bob
one moved, exceljs                    Invite: ann    Delete: bob
one moved, xlstream                   Invite: ann    Delete: bob
one moved, pyexcel-xlsx               Invite: ann    Delete: bob
one moved, pyexcel-xlsxr              Invite: bob    Delete: ann
one moved, xlsx-populate              Invite: bob    Delete: ann
one moved, xlsx-populate, openpyxl    Invite: bob    Delete: ann
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xlsxwriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1 \
    pyexcel-xlsx==0.6.1 pyexcel-xlsxr==0.6.2 pyexcel-io==0.6.8
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 exceljs@4.4.0 xlsx-populate@1.21.0 xlstream@2.5.5 >/dev/null

cat >write.py <<'END'
import xlsxwriter

with xlsxwriter.Workbook("chart.xlsx") as book:
    tab = book.add_chartsheet("Chart")
    for name, user, seats in [("Invite", "ann@example.com", 3), ("Delete", "bob@example.com", 4)]:
        book.add_worksheet(name).write_row(0, 0, [user, seats])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Invite!$B$1:$B$1"})
    tab.set_chart(chart)
END

cat >write.js <<'END'
const { Workbook } = require("exceljs");
const XlsxPopulate = require("xlsx-populate");

async function write(name, before, change) {
  const book = new Workbook();
  const rows = [...before, ["Invite", "ann@example.com", 3], ["Delete", "bob@example.com", 4]];
  for (const [sheet, ...cells] of rows) book.addWorksheet(sheet).addRow(cells);
  change(book);
  await book.xlsx.writeFile(`${name}.xlsx`);
  await (await XlsxPopulate.fromFileAsync(`${name}.xlsx`)).toFileAsync(`${name}-saved.xlsx`);
}

(async () => {
  await write("removed", [["Old", "old@example.com", 1]], (book) => book.removeWorksheet("Old"));
  await write("moved", [], (book) => { book.getWorksheet("Invite").orderNo = 3; });
})();
END

# Both readers print the workbook, the library, the tab and the user in its first cell; "error" where there is no such tab.
cat >read.py <<'END'
import openpyxl
import pyexcel_io
import python_calamine


def with_pyexcel(path, tab, library):
    return pyexcel_io.get_data(path, library=library, sheet_name=tab)[tab]



readers = {
    "openpyxl": lambda path, tab: [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[tab].rows],
    "calamine": lambda path, tab: python_calamine.load_workbook(path).get_sheet_by_name(tab).to_python(),
    "pyexcel-xlsx": lambda path, tab: with_pyexcel(path, tab, "pyexcel-xlsx"),
    "pyexcel-xlsxr": lambda path, tab: with_pyexcel(path, tab, "pyexcel-xlsxr"),
}
books = [
    ("chart", "with a chart", "", readers),
    ("removed", "one removed", "", readers),
    ("removed-saved", "one removed", "xlsx-populate, ", ["openpyxl"]),
    ("moved", "one moved", "", readers),
    ("moved-saved", "one moved", "xlsx-populate, ", ["openpyxl"]),
]
for path, book, saved_by, names in books:
    for name in names:
        for tab in ["Invite", "Delete"] + ["Chart"] * (path == "chart"):
            try:
                rows = readers[name](path + ".xlsx", tab)
                user = rows[0][0] if rows else "none"
            except (AttributeError, IndexError, ValueError):
                user = "error"
            if tab != "Chart" or "@" in user:
                print(f"{book}, {saved_by}{name}", tab, user.split("@")[0], sep=";")
END

cat >read.js <<'END'
const XLSX = require("xlsx");
const { Workbook } = require("exceljs");
const XlsxPopulate = require("xlsx-populate");
const { getXlsxStream } = require("xlstream");

const readers = {
  SheetJS: (path, tab) => XLSX.utils.sheet_to_json(XLSX.readFile(path).Sheets[tab], { header: 1 }),
  exceljs: async (path, tab) => {
    const book = new Workbook();
    await book.xlsx.readFile(path);
    return [book.getWorksheet(tab).getRow(1).values.slice(1)];
  },
  xlstream: async (path, tab) => {
    const rows = [];
    for await (const row of await getXlsxStream({ filePath: path, sheet: tab })) rows.push(row.raw.arr);
    return rows;
  },
  "xlsx-populate": async (path, tab) => (await XlsxPopulate.fromFileAsync(path)).sheet(tab).usedRange().value(),
};

(async () => {
  for (const [path, book] of [["chart", "with a chart"], ["removed", "one removed"], ["moved", "one moved"]]) {
    for (const [name, read] of Object.entries(readers)) {
      for (const tab of ["Invite", "Delete", ...(path === "chart" ? ["Chart"] : [])]) {
        let user = "error";
        try {
          user = (await read(`${path}.xlsx`, tab))[0][0];
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
        if (tab !== "Chart" || /@/.test(user)) console.log(`${book}, ${name};${tab};${user.split("@")[0]}`);
      }
    }
  }
})();
END

venv/bin/python write.py
node write.js
{ venv/bin/python read.py; node read.js; } >seen.csv
awk -F ';' '
    { said[$1] = sprintf("%s%-15s", said[$1], $2 ": " $3) }
    END {
        while ((getline line < "EXPECTED") > 0) {
            name = substr(line, 1, 36)
            sub(/ +$/, "", name)
            line = sprintf("%-38s%s", name, said[name])
            sub(/ +$/, "", line)
            print line
        }
    }' seen.csv | tee SEEN
diff EXPECTED SEEN
