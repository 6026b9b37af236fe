#!/usr/bin/env bash
# Jira's library for Python, told to get all users in batches, gets a hundred of 1,500, and says of them that this was the last
# page; boards, by the same option, are all there, and this was not the last page.
#
# Versions: jira 3.10.5 with requests 2.34.2. Seen on 2026-12-02 with Python 3.11.
#
# A Jira has 1,500 users, 1,500 boards and 1,500 issues. It gives as many as it is asked for by maxResults, at most 1,000, from
# startAt on; boards and issues inside an object that says how many there are, users as a plain list, as Jira does. Shown is how
# many are in what the library gives, in how many requests, and what this says of itself.
#
# Likely guess: "If maxResults evaluates as False, it will try to get all items in batches", as is written at each function, those
#   for users too, so that maxResults=False is the way to all, and total and isLast are the way to make sure of it.
# What happens: where the answer is a plain list, the library takes it for the last page, whatever it has asked for. The first
#   batch is all then: 100, or what default_batch_sizes says. total is 1 and isLast true, also with 50 of 1,500. Whoever adds
#   who is missing in Jira, or removes elsewhere who is not in it, does so for 1,400 people. That a page is shorter than what was
#   asked for is the only sign of the end: reading on by startAt until then gets all.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                                          found  requests  total  isLast
boards(maxResults=False)                  1500   15        1500   False
search_issues(maxResults=False)           1500   16        1500   False
search_users()                            50     1         1      True
search_users(maxResults=False)            100    1         1      True
the same, in batches of 1,000             1000   1         1      True
search_users(maxResults=2000)             1000   1         1      True
..._users_for_issues(maxResults=False)    100    1         1      True
..._users_for_projects(maxResults=False)  100    1         1      True
search_users(), by startAt                1500   2         -      -
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check jira==3.10.5 requests==2.34.2

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class Jira(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        start, size = int(query.get("startAt", "0")), min(int(query.get("maxResults", "50")), 1000)
        numbers = range(start, min(start + size, 1500))
        about = {"startAt": start, "maxResults": size, "total": 1500}
        match address.path.split("/")[-1]:
            case "serverInfo":
                body = {"versionNumbers": [9, 12, 0], "deploymentType": "Server", "baseUrl": f"http://{self.headers['Host']}"}
            case "board":
                body = {**about, "isLast": numbers.stop == 1500, "values": [{"id": number} for number in numbers]}
            case "search" if "jql" in query:
                body = {**about, "issues": [{"id": number, "key": f"A-{number}", "fields": {}} for number in numbers]}
            case _:
                body = [{"self": f"/user{number}", "name": f"user{number}"} for number in numbers]
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Jira)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.py <<'END'
import sys

import requests
from jira import JIRA
from jira.resources import Resource

count = 0
send = requests.Session.send


def counting(*args, **kwargs):
    global count
    count += 1
    return send(*args, **kwargs)


requests.Session.send = counting
jira = JIRA(sys.argv[1], token_auth="example")
wide = JIRA(sys.argv[1], token_auth="example", default_batch_sizes={Resource: 1000})


def by_startat():
    users = []
    while True:
        page = jira.search_users(".", startAt=len(users), maxResults=1000)
        users += page
        if len(page) < 1000:
            return users


ways = {
    "boards(maxResults=False)": lambda: jira.boards(maxResults=False),
    "search_issues(maxResults=False)": lambda: jira.search_issues("project = A", maxResults=False),
    "search_users()": lambda: jira.search_users("."),
    "search_users(maxResults=False)": lambda: jira.search_users(".", maxResults=False),
    "the same, in batches of 1,000": lambda: wide.search_users(".", maxResults=False),
    "search_users(maxResults=2000)": lambda: jira.search_users(".", maxResults=2000),
    "..._users_for_issues(maxResults=False)": lambda: jira.search_assignable_users_for_issues(".", project="A", maxResults=False),
    "..._users_for_projects(maxResults=False)": lambda: jira.search_assignable_users_for_projects(".", "A", maxResults=False),
    "search_users(), by startAt": by_startat,
}
print(f"{'':<42}{'found':<7}{'requests':<10}{'total':<7}isLast")
for name, way in ways.items():
    count = 0
    found = way()
    said = [getattr(found, "total", "-"), getattr(found, "isLast", "-")]
    print(f"{name:<42}{len(found):<7}{count:<10}{said[0]!s:<7}{said[1]}")
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
venv/bin/python look.py "http://127.0.0.1:$(cat port)" 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
