#!/usr/bin/env bash
# Letters with first passwords have others in them than were set: of ab$$9 xlsx-template makes ab$9, and of ab$'9 ab.9, but only
# where there is more in the cell. With docxtpl the team R&D is R, with docx-json-replacer CORP\nora is on two lines.
#
# Versions: npm xlsx-template 1.4.7, node-xlsx-template 1.3.1, xlsx-populate 1.21.0; docxtpl 0.20.2, docx-json-replacer 0.9.1;
#           for comparison npm js-excel-template 3.0.2, carbone 3.8.2, docxtemplater 3.71.0, docx-templates 4.15.0,
#           easy-template-x 7.2.8; xltpl 0.21, python-docx-replace 0.4.4, docx-mailmerge2 1.0.3. Templates by XlsxWriter 3.3.1
#           and python-docx 1.2.0, read by python-calamine 0.9.1 and python-docx. Seen on 2026-12-03 with Python 3.11 and
#           Node.js 20.
#
# A template for letters, as .xlsx or .docx, has a mark that stands for a text, once alone in its cell or line and once in a
# sentence, "It is ... .". Four passwords with a $, one with < and >, a team and an account of a domain are filled in, each into
# a copy of its own. Shown is what is not the same text then.
#
# Likely guess: what is filled in is data, and stands there as it is; what would mean something in XML is escaped. If a library
#   had a weakness there, the file would be broken, or the first test would show it, as a mark is the same mark in any cell.
# What happens: xlsx-template and its relative replace the mark by JavaScript's replace() with a text, in which $$, $&, $' and
#   $` have meanings: $, the mark, what comes after it and what comes before it. In a cell with nothing else they set the value
#   instead, and it is right. find() of xlsx-populate goes wrong in both; with a function for the new text it is right. Of
#   random passwords with 16 printable characters it is 7 in 1,000, which a test is not likely to meet. docx-json-replacer does
#   so by Python's re.sub(), for which \n is a new line, and takes HTML besides, as documented. docxtpl escapes when told to, as
#   its manual says; otherwise it leaves out < and &, and what could be a name after the &, without an error. The others, and
#   these two ways, are right.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                                  text        instead of it
xlsx-template            sentence ab$$9       It is ab$9.
xlsx-template            sentence ab$&9       It is ab${text}9.
xlsx-template            sentence ab$'9       It is ab.9.
xlsx-template            sentence ab$`9       It is abIt is 9.
node-xlsx-template       sentence ab$$9       It is ab$9.
node-xlsx-template       sentence ab$&9       It is ab${text}9.
node-xlsx-template       sentence ab$'9       It is ab.9.
node-xlsx-template       sentence ab$`9       It is abIt is 9.
xlsx-populate            alone    ab$$9       ab$9
xlsx-populate            alone    ab$&9       ab{text}9
xlsx-populate            alone    ab$'9       ab9
xlsx-populate            alone    ab$`9       ab9
xlsx-populate            sentence ab$$9       It is ab$9.
xlsx-populate            sentence ab$&9       It is ab{text}9.
xlsx-populate            sentence ab$'9       It is ab.9.
xlsx-populate            sentence ab$`9       It is abIt is 9.
docxtpl                  alone    R&D         R
docxtpl                  alone    ab$&9       ab$9
docxtpl                  alone    ab<9>c      ab9>c
docxtpl                  sentence R&D         It is R
docxtpl                  sentence ab$&9       It is ab$9.
docxtpl                  sentence ab<9>c      It is ab9>c.
docx-json-replacer       alone    CORP\nora   CORP (new line) ora
docx-json-replacer       alone    ab<9>c      abc
docx-json-replacer       sentence CORP\nora   It is CORP (new line) ora.
docx-json-replacer       sentence ab<9>c      It is abc.
python-docx-replace      all texts as they are
xlsx-populate, function  all texts as they are
js-excel-template        all texts as they are
carbone                  all texts as they are
xltpl                    all texts as they are
docxtpl, autoescape      all texts as they are
docx-mailmerge2          all texts as they are
docxtemplater            all texts as they are
docx-templates           all texts as they are
easy-template-x          all texts as they are
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check docxtpl==0.20.2 docx-json-replacer==0.9.1 python-docx-replace==0.4.4 \
    docx-mailmerge2==1.0.3 xltpl==0.21 python-docx==1.2.0 XlsxWriter==3.3.1 python-calamine==0.9.1
npm install --silent --no-audit --no-fund --cache "$work/cache" --prefix . xlsx-template@1.4.7 node-xlsx-template@1.3.1 \
    xlsx-populate@1.21.0 carbone@3.8.2 js-excel-template@3.0.2 tslib@2.9.1 docxtemplater@3.71.0 pizzip@3.3.0 \
    docx-templates@4.15.0 easy-template-x@7.2.8 >/dev/null

cat >templates.py <<'END'
import json

import docx
import xlsxwriter

# One line or cell has nothing but the text, the other one has it in a sentence.
marks = {"dollar": "${text}", "braces": "{text}", "double": "{{text}}", "d": "{d.text}"}
for name, mark in marks.items():
    with xlsxwriter.Workbook(f"{name}.xlsx") as book:
        sheet = book.add_worksheet("Letter")
        sheet.write(0, 0, mark)
        sheet.write(1, 0, f"It is {mark}.")
    letter = docx.Document()
    letter.add_paragraph(mark)
    letter.add_paragraph(f"It is {mark}.")
    letter.save(f"{name}.docx")

letter = docx.Document()
for before, after in (("", ""), ("It is ", ".")):
    paragraph = letter.add_paragraph(before)
    field = docx.oxml.OxmlElement("w:fldSimple")
    field.set(docx.oxml.ns.qn("w:instr"), " MERGEFIELD text ")
    run = docx.oxml.OxmlElement("w:r")
    run.append(docx.oxml.OxmlElement("w:t"))
    run[0].text = "text"
    field.append(run)
    paragraph._p.append(field)
    paragraph.add_run(after)
letter.save("field.docx")

texts = ["ab$$9", "ab$&9", "ab$'9", "ab$`9", "ab<9>c", "R&D", "CORP\\nora"]
with open("texts.json", "w") as file:
    json.dump(texts, file)
END

cat >fill.mjs <<'END'
import { createRequire } from "node:module";
import fs from "node:fs";

const require = createRequire(import.meta.url);
const carbone = require("carbone");
const docxTemplates = require("docx-templates").default;
const Docxtemplater = require("docxtemplater");
const { TemplateHandler } = require("easy-template-x");
const jsExcelTemplate = require("js-excel-template").default;
const nodeXlsxTemplate = require("node-xlsx-template");
const PizZip = require("pizzip");
const XlsxPopulate = require("xlsx-populate");
const xlsxTemplate = require("xlsx-template");

const template = Object.fromEntries(
  fs.readdirSync(".").filter((name) => /\.(xlsx|docx)$/.test(name)).map((name) => [name, fs.readFileSync(name)]),
);
const substitute = (Template) => (data) => {
  const book = new (Template.default ?? Template)(template["dollar.xlsx"]);
  book.substitute(1, data);
  return book.generate({ type: "nodebuffer" });
};
const libraries = {
  "xlsx-template": substitute(xlsxTemplate),
  "node-xlsx-template": substitute(nodeXlsxTemplate),
  "xlsx-populate": async ({ text }) => {
    const book = await XlsxPopulate.fromDataAsync(template["braces.xlsx"]);
    book.find("{text}", text);
    return book.outputAsync();
  },
  "xlsx-populate, function": async ({ text }) => {
    const book = await XlsxPopulate.fromDataAsync(template["braces.xlsx"]);
    book.find("{text}", () => text);
    return book.outputAsync();
  },
  "js-excel-template": async (data) => {
    const book = await jsExcelTemplate.fromFile("braces.xlsx");
    book.set("text", data.text);
    return book.toBuffer();
  },
  "carbone": (data) => new Promise((resolve, reject) =>
    carbone.render("d.xlsx", data, (error, result) => (error ? reject(error) : resolve(result)))),
  "docxtemplater": (data) => {
    const letter = new Docxtemplater(new PizZip(template["braces.docx"]));
    letter.render(data);
    return letter.getZip().generate({ type: "nodebuffer" });
  },
  "docx-templates": (data) => docxTemplates({ template: template["double.docx"], data, cmdDelimiter: ["{{", "}}"] }),
  "easy-template-x": (data) => new TemplateHandler().process(template["braces.docx"], data),
};
const texts = JSON.parse(fs.readFileSync("texts.json", "utf8"));
for (const [library, fill] of Object.entries(libraries)) {
  fs.mkdirSync(`filled/${library}`, { recursive: true });
  for (const [number, text] of texts.entries()) {
    let result;
    try {
      result = await fill({ text });
    } catch {
      continue;
    }
    fs.writeFileSync(`filled/${library}/${number}`, result);
  }
}
process.exit();
END

cat >fill.py <<'END'
import contextlib
import json
import logging
import pathlib
import warnings

import docx
from docx_json_replacer.docx_replacer import DocxReplacer
from docxtpl import DocxTemplate
from mailmerge import MailMerge
from python_docx_replace import docx_replace
from xltpl.writerx import BookWriter

logging.disable()
warnings.simplefilter("ignore")


def docxtpl(text, path, **options):
    letter = DocxTemplate("double.docx")
    letter.render({"text": text}, **options)
    letter.save(path)


def json_replacer(text, path):
    letter = DocxReplacer("double.docx")
    letter.replace_from_json({"text": text})
    letter.save(path)


def replace(text, path):
    letter = docx.Document("dollar.docx")
    docx_replace(letter, text=text)
    letter.save(path)


def mailmerge(text, path):
    with MailMerge("field.docx") as letter:
        letter.merge(text=text)
        letter.write(path)


def xltpl(text, path):
    book = BookWriter("double.xlsx")
    book.render_book([{"tpl_name": "Letter", "sheet_name": "Letter", "text": text}])
    book.save(path)


libraries = {
    "docxtpl": docxtpl,
    "docxtpl, autoescape": lambda text, path: docxtpl(text, path, autoescape=True),
    "docx-json-replacer": json_replacer,
    "python-docx-replace": replace,
    "docx-mailmerge2": mailmerge,
    "xltpl": xltpl,
}
for library, fill in libraries.items():
    folder = pathlib.Path("filled", library)
    folder.mkdir(parents=True)
    for number, text in enumerate(json.load(open("texts.json"))):
        with contextlib.suppress(Exception):
            fill(text, str(folder / str(number)))
END

cat >look.py <<'END'
import io
import json
import pathlib
import zipfile

import docx
import python_calamine

texts = json.load(open("texts.json"))
libraries = ["xlsx-template", "node-xlsx-template", "xlsx-populate", "docxtpl", "docx-json-replacer", "python-docx-replace"]
libraries += ["xlsx-populate, function", "js-excel-template", "carbone", "xltpl", "docxtpl, autoescape", "docx-mailmerge2"]
libraries += ["docxtemplater", "docx-templates", "easy-template-x"]


def read(path):
    content = io.BytesIO(path.read_bytes())
    word = "word/document.xml" in zipfile.ZipFile(content).namelist()
    content.seek(0)
    if word:
        parts = (docx.oxml.ns.qn("w:t"), docx.oxml.ns.qn("w:br"))
        return ["".join(part.text or "\n" for part in line._p.iter(*parts)) for line in docx.Document(content).paragraphs]
    return [row[0] for row in python_calamine.load_workbook(content).get_sheet_by_index(0).to_python()]


print(f"{'':<25}{'':<9}{'text':<12}instead of it")
for library in libraries:
    lines = []
    for number, wanted in enumerate(texts):
        path = pathlib.Path("filled", library, str(number))
        found = read(path) if path.exists() else ["an error"] * 2
        for place, text, right in zip(("alone", "sentence"), found, (wanted, f"It is {wanted}."), strict=True):
            if text != right:
                lines.append(f"{place:<9}{wanted:<12}{text.replace(chr(10), ' (new line) ')}")
    for line in sorted(lines) or ["all texts as they are"]:
        print(f"{library:<25}{line}")
END

venv/bin/python templates.py
node fill.mjs
venv/bin/python fill.py >/dev/null
venv/bin/python look.py 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
