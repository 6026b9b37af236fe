#!/usr/bin/env bash
# 250 users are taken fifty at a time, by slices of the list that the library gives: with Tableau's library for Python fifty are
# left out, with Redmine's 200, or none, and then 150 come two or three times. After a trial with the first five, five are all.
#
# Versions: tableauserverclient 0.42 and python-redmine 2.5.0 with requests 2.34.2; PyGithub 2.10.0, canvasapi 3.6.0,
#           linode_api4 5.48.0 and webexpythonsdk 2.0.6 for comparison. Seen on 2026-12-02 with Python 3.11.
#
# The services give a hundred users a page. Shown is how many users a script gets to see, and how many of them more than once,
# that takes users[0:50], users[50:100] and so on; the same with 25; that takes users[:5] and then users[5:]; and that takes
# users[:5] and then all in users, where only the second loop is counted.
#
# Likely guess: what has users[7] and users[50:100], and loads pages as they are needed, gives the same people as a list would,
#   or raises where it does not know slices.
# What happens: tableauserverclient keeps one page. Where all of a slice is on the page that it has, it cuts the page at the
#   numbers of the whole list: [150:200] of the hundred users of the second page are none. The slice before has fetched that
#   page one user after the other, and is right, so that each page but the first gives its first slice only. For python-redmine
#   [100:150] means 150 users from the hundredth on, as its documentation says. What it does not say: a slice of a list that
#   nothing was read from is the list itself, which is five users long from then on. After len(users) it is another one. Nothing
#   raises, and in a test with fewer users than a page all is well with Tableau's, and with any one slice of either library.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                           50 at a time         25 at a time         [:5], [5:]           [:5], then all
tableauserverclient        200                  150                  250                  250
python-redmine             50                   25                   5                    5
python-redmine after len() 250, 150 repeatedly  250, 200 repeatedly  250                  250
PyGithub                   250                  250                  250                  250
canvasapi                  250                  250                  TypeError            250
linode_api4                250                  250                  250                  250
webexpythonsdk             250                  250                  250                  250
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tableauserverclient==0.42 python-redmine==2.5.0 PyGithub==2.10.0 \
    canvasapi==3.6.0 linode_api4==5.48.0 webexpythonsdk==2.0.6 requests==2.34.2

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

people = [
    {"id": number} | {name: f"user{number}" for name in ("name", "login", "username", "displayName")} for number in range(250)
]


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body at once, as there are many requests.
    wbufsize = -1

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer_tableau('<credentials token="token"><site id="site" contentUrl=""/><user id="admin"/></credentials>')

    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        service = address.path.split("/")[1]
        if service == "redmine":
            offset, limit = int(query.get("offset", "0")), min(int(query.get("limit", "25")), 100)
            self.answer({"users": people[offset : offset + limit], "total_count": 250, "offset": offset, "limit": limit})
            return
        page = int(query.get("page") or query.get("pageNumber") or "1")
        listed = people[100 * (page - 1) : 100 * page]
        if service == "tableau":
            users = "".join(f'<user id="{user["id"]}" name="{user["name"]}" siteRole="Unlicensed"/>' for user in listed)
            about = f'<pagination pageNumber="{page}" pageSize="100" totalAvailable="250"/>'
            self.answer_tableau(f"{about}<users>{users}</users>")
        elif address.path.endswith("/courses/1"):
            self.answer({"id": 1})
        elif service == "linode":
            self.answer({"data": listed, "page": page, "pages": 3, "results": 250})
        else:
            following = f"http://{self.headers['Host']}{address.path}?{urlencode(query | {'page': page + 1})}"
            self.answer({"items": listed} if service == "webex" else listed, following if page < 3 else None)

    def answer_tableau(self, inside):
        self.answer(f'<tsResponse xmlns="http://tableau.com/api">{inside}</tsResponse>')

    def answer(self, body, following=None):
        text = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(text)))
        if following:
            self.send_header("Link", f'<{following}>; rel="next"')
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.py <<'END'
import sys
import warnings
from collections import Counter

import canvasapi
import github
import linode_api4
import redminelib
import tableauserverclient as tsc
import webexpythonsdk

# canvasapi warns that this is not HTTPS.
warnings.simplefilter("ignore")
base = sys.argv[1]
tableau = tsc.Server(f"{base}/tableau")
tableau.version = "3.24"
tableau.auth.sign_in(tsc.TableauAuth("admin", "password"))
redmine = redminelib.Redmine(f"{base}/redmine", key="example")
linode = linode_api4.LinodeClient("example", base_url=f"{base}/linode")
course = canvasapi.Canvas(f"{base}/canvas", "example").get_course(1)
hub = github.Github(auth=github.Auth.Token("example"), base_url=f"{base}/github", per_page=100)
webex = webexpythonsdk.WebexAPI(access_token="example", base_url=f"{base}/webex/")


def redmine_after_len():
    users = redmine.user.all()
    len(users)
    return users


libraries = {
    "tableauserverclient": lambda: tableau.users.all(),
    "python-redmine": lambda: redmine.user.all(),
    "python-redmine after len()": redmine_after_len,
    "PyGithub": lambda: hub.get_users(),
    "canvasapi": lambda: course.get_users(),
    "linode_api4": lambda: linode.account.users(),
    "webexpythonsdk": lambda: webex.people.list(),
}


def at_a_time(count):
    def take(users):
        for start in range(0, 250, count):
            yield from users[start : start + count]

    return take


def five_and_the_rest(users):
    yield from users[:5]
    yield from users[5:]


def five_then_all(users):
    for _ in users[:5]:
        pass
    yield from users


ways = {
    "50 at a time": at_a_time(50),
    "25 at a time": at_a_time(25),
    "[:5], [5:]": five_and_the_rest,
    "[:5], then all": five_then_all,
}


def line(*cells):
    print(f"{cells[0]:<27}" + " ".join(f"{cell:<20}" for cell in cells[1:]).rstrip())


line("", *ways)
for name, library in libraries.items():
    cells = []
    for way in ways.values():
        try:
            # Linode's users have no number.
            seen = Counter(user.username if name == "linode_api4" else user.id for user in way(library()))
            repeated = sum(1 for times in seen.values() if times > 1)
            cells.append(f"{len(seen)}" + (f", {repeated} repeatedly" if repeated else ""))
        except TypeError as error:
            cells.append(type(error).__name__)
    line(name, *cells)
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
venv/bin/python look.py "http://127.0.0.1:$(cat port)" 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
