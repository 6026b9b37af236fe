#!/usr/bin/env bash
# Tableau's library for Python is told "too many requests" at the third page of users, and the list ends there, without an
# error; told so at the first page, it gives nobody. The library's older way through the same pages raises.
#
# Versions: tableauserverclient 0.42 with requests 2.34.2. Seen on 2026-12-02 with Python 3.11.
#
# A site has 250 users, a hundred a page. All of them are read, to see who has left, and ann by her name, to see whether to add
# her. The one page that is named in the first column is refused, the first time that it is asked for, with an error code of
# Tableau's: 429000 is "too many requests", 403004 a missing permission, as of a session that has run out on the way.
#
# Likely guess: a list that cannot be read to its end raises, as each single call of this library does, and its Pager with the
#   same pages. What all() and filter() catch inside, if anything, is what the server says at the end of a list.
# What happens: a loop over all() or filter() catches every error of the server, ends for the one that means the end (400006),
#   and goes on for all others as if nothing had been said: there is no page, and a page with nobody is the end. Only 401 and
#   what is above 499 come through, being of other classes. Whoever removes in other systems who is not in this list removes
#   most of them; ann, looked for by her name, is not there, and is added. list() asks for the length first, so that it raises
#   where the first page is refused, and gives the shorter list where another one is. A slice and Pager raise.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
refused            for in all()         list(all())          for in filter(name)  all()[:]             Pager
nothing            250                  250                  1                    250                  250
page 3, 429000     200                  200                  1                    ServerResponseError  ServerResponseError
page 3, 403004     200                  200                  1                    ServerResponseError  ServerResponseError
page 2, 429000     100                  100                  1                    ServerResponseError  ServerResponseError
page 1, 429000     0                    ServerResponseError  0                    ServerResponseError  ServerResponseError
page 1, 400003     0                    ServerResponseError  0                    ServerResponseError  ServerResponseError
page 3, 401002     FailedSignInError    FailedSignInError    1                    FailedSignInError    FailedSignInError
page 3, 503000     InternalServerError  InternalServerError  1                    InternalServerError  InternalServerError
page 3, 429000     200 in a loop over all(), of which len() said before and says after: 250, 250
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tableauserverclient==0.42 requests==2.34.2

cat >server.py <<'END'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

refusals = {}


class Tableau(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, '<credentials token="token"><site id="site" contentUrl=""/><user id="admin"/></credentials>')

    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path.startswith("/refuse/"):
            refusals.clear()
            if address.path != "/refuse/":
                page, code = address.path.removeprefix("/refuse/").split("/")
                refusals[int(page)] = code
            self.answer(200, "")
            return
        page, size = int(query.get("pageNumber", "1")), int(query.get("pageSize", "100"))
        if code := refusals.pop(page, None):
            self.answer(int(code[:3]), f'<error code="{code}"><summary>Refused</summary><detail>Refused</detail></error>')
            return
        everybody = ["ann"] if "name:eq:ann" in query.get("filter", "") else [f"user{number}" for number in range(250)]
        users = "".join(
            f'<user id="{name}" name="{name}" siteRole="Unlicensed"/>' for name in everybody[(page - 1) * size : page * size]
        )
        self.answer(
            200,
            f'<pagination pageNumber="{page}" pageSize="{size}" totalAvailable="{len(everybody)}"/><users>{users}</users>',
        )

    def answer(self, status, inside):
        text = f'<tsResponse xmlns="http://tableau.com/api">{inside}</tsResponse>'.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Tableau)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.py <<'END'
import sys

import requests
import tableauserverclient as tsc

base = sys.argv[1]
server = tsc.Server(base)
server.version = "3.24"
server.auth.sign_in(tsc.TableauAuth("admin", "password"))

ways = {
    "for in all()": lambda: [user for user in server.users.all()],
    "list(all())": lambda: list(server.users.all()),
    "for in filter(name)": lambda: [user for user in server.users.filter(name="ann")],
    "all()[:]": lambda: server.users.all()[:],
    "Pager": lambda: list(tsc.Pager(server.users)),
}
refusals = [None, (3, "429000"), (3, "403004"), (2, "429000"), (1, "429000"), (1, "400003"), (3, "401002"), (3, "503000")]


def refuse(refusal):
    requests.get(f"{base}/refuse/" + ("/".join(map(str, refusal)) if refusal else ""))


def line(*cells):
    print(f"{cells[0]:<18} " + " ".join(f"{cell:<20}" for cell in cells[1:]).rstrip())


line("refused", *ways)
for refusal in refusals:
    counts = []
    for way in ways.values():
        refuse(refusal)
        try:
            counts.append(str(len(way())))
        except tsc.server.endpoint.exceptions.TableauError as error:
            counts.append(type(error).__name__)
    line(f"page {refusal[0]}, {refusal[1]}" if refusal else "nothing", *counts)

users = server.users.all()
before = len(users)
refuse((3, "429000"))
seen = sum(1 for _ in users)
line("page 3, 429000", f"{seen} in a loop over all(), of which len() said before and says after: {before}, {len(users)}")
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
venv/bin/python look.py "http://127.0.0.1:$(cat port)" 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
