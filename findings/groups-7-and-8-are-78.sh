#!/usr/bin/env bash
# gspread reads a Google sheet and takes the commas out of what then looks like a number: who is to be in the groups 7 and 8 is
# to be in 78, and half a seat is five. Asked for the cells as they are stored, it still does so with texts.
#
# Versions: gspread 6.2.1 with requests 2.34.2; gspread-dataframe 4.0.0 with pandas 3.1.1 for comparison. Seen on 2026-12-02
#           with Python 3.11.
#
# A sheet of a German company: for each person a personnel number, the numbers of groups, the share of a seat, a team and a
# surname. All are texts, but for the share, a number, which is shown as 0,5. Google's API gives cells as they are shown
# (FORMATTED_VALUE, each a text) or as they are stored (UNFORMATTED_VALUE: texts and numbers). Then the operation is set for the
# first two, and their rows are written back; shown is what is sent.
#
# Likely guess: get_all_records() may make numbers of texts, as other readers do, but of such as are numbers: 00007 becomes 7,
#   whereas "7,8" and "0,5" stay. UNFORMATTED_VALUE gives what is stored, a text as a text.
# What happens: commas are taken out first, whatever they part, and it is tried with what remains: "7,8" and "101,102" are 78
#   and 101102, and 0,5 is 5. With a blank after the comma the cell stays as it is. A team 1E5 is 100000.0, and the surnames Nan
#   and Infinity are not a number, and infinite. UNFORMATTED_VALUE spares numbers, and makes numbers of the texts all the same;
#   only numericise_ignore=["all"] does not. Written back, 78 stands in the sheet. gspread-dataframe takes the zeros only.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
get_all_values()
    "ann"       "00007"     "7,8"       "0,5"       "1E5"       "Berg"
    "bob"       "00042"     "101,102"   "1,5"       "Ops"       "Nowak"
    "cy"        "00123"     "7, 8"      "1,25"      "Ops"       "Nan"
    "dee"       "10000"     "7"         "1,25"      "Ops"       "Infinity"
get_all_records()
    "ann"       7           78          5           100000.0    "Berg"
    "bob"       42          101102      15          "Ops"       "Nowak"
    "cy"        123         "7, 8"      125         "Ops"       NaN
    "dee"       10000       7           125         "Ops"       Infinity
get_all_records(), UNFORMATTED_VALUE
    "ann"       7           78          0.5         100000.0    "Berg"
    "bob"       42          101102      1.5         "Ops"       "Nowak"
    "cy"        123         "7, 8"      1.25        "Ops"       NaN
    "dee"       10000       7           1.25        "Ops"       Infinity
get_all_records(), UNFORMATTED_VALUE, numericise_ignore=["all"]
    "ann"       "00007"     "7,8"       0.5         "1E5"       "Berg"
    "bob"       "00042"     "101,102"   1.5         "Ops"       "Nowak"
    "cy"        "00123"     "7, 8"      1.25        "Ops"       "Nan"
    "dee"       "10000"     "7"         1.25        "Ops"       "Infinity"
get_as_dataframe()
    "ann"       7           "7,8"       0.5         "1E5"       "Berg"
    "bob"       42          "101,102"   1.5         "Ops"       "Nowak"
    "cy"        123         "7, 8"      1.25        "Ops"       "Nan"
    "dee"       10000       "7"         1.25        "Ops"       "Infinity"
written back after get_all_records()
    "ann"       7           78          5           100000.0    "Berg"
    "bob"       42          101102      15          "Ops"       "Nowak"
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check gspread==6.2.1 requests==2.34.2 gspread-dataframe==4.0.0 pandas==3.1.1
cat >read.py <<'END'
import io
import json
from urllib.parse import parse_qs, unquote, urlsplit

import gspread
import requests
from gspread.utils import ValueRenderOption
from gspread_dataframe import get_as_dataframe

heading = ["user", "number", "groups", "share", "team", "surname", "operation"]
people = [
    ["ann", "00007", "7,8", 0.5, "1E5", "Berg", ""],
    ["bob", "00042", "101,102", 1.5, "Ops", "Nowak", ""],
    ["cy", "00123", "7, 8", 1.25, "Ops", "Nan", ""],
    ["dee", "10000", "7", 1.25, "Ops", "Infinity", ""],
]
written = []


class Google(requests.adapters.BaseAdapter):
    def send(self, request, **_):
        address = urlsplit(request.url)
        if request.method == "PUT":
            written.append(json.loads(request.body)["values"])
            body = {}
        elif "/values/" in address.path:
            shown = parse_qs(address.query).get("valueRenderOption", ["FORMATTED_VALUE"])[0] == "FORMATTED_VALUE"
            cells = [
                [str(cell).replace(".", ",") if shown and isinstance(cell, float) else cell for cell in person]
                for person in people
            ]
            body = {"range": unquote(address.path.split("/values/")[1]), "majorDimension": "ROWS", "values": [heading, *cells]}
        else:
            grid = {"rowCount": 5, "columnCount": len(heading)}
            sheet = {"sheetId": 0, "title": "People", "index": 0, "sheetType": "GRID", "gridProperties": grid}
            body = {"spreadsheetId": "sheet", "properties": {"title": "People"}, "sheets": [{"properties": sheet}]}
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = 200, request, request.url
        answer.raw = io.BytesIO(json.dumps(body).encode())
        return answer

    def close(self):
        pass


def tell(what, rows):
    print(what)
    for row in rows:
        print("   ", *(f"{json.dumps(value, ensure_ascii=False):<11}" for value in list(row)[:5]), json.dumps(list(row)[5]))


session = requests.Session()
session.mount("https://", Google())
worksheet = gspread.Client(auth=None, session=session).open_by_key("sheet").sheet1
unformatted = ValueRenderOption.unformatted

tell("get_all_values()", worksheet.get_all_values()[1:])
records = worksheet.get_all_records()
tell("get_all_records()", [record.values() for record in records])
stored = worksheet.get_all_records(value_render_option=unformatted)
tell("get_all_records(), UNFORMATTED_VALUE", [record.values() for record in stored])
kept = worksheet.get_all_records(value_render_option=unformatted, numericise_ignore=["all"])
tell('get_all_records(), UNFORMATTED_VALUE, numericise_ignore=["all"]', [record.values() for record in kept])
tell("get_as_dataframe()", get_as_dataframe(worksheet).values.tolist())

worksheet.update([[*list(record.values())[:6], "invite"] for record in records[:2]], "A2:G3")
tell("written back after get_all_records()", written[0])
END
venv/bin/python read.py 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
