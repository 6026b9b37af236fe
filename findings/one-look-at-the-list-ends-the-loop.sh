#!/usr/bin/env bash
# A loop over 250 members of an organization looks in the same list whether somebody else is in it too: with PyGithub and
# canvasapi it then leaves out 100 or 150 of them, without an error; a look at the first member before the loop heals it.
#
# Versions: PyGithub 2.10.0, canvasapi 3.6.0, github3.py 4.0.1, python-gitlab 8.6.0, webexpythonsdk 2.0.6, azure-core 1.41.0
#           with requests 2.34.2. Seen on 2026-12-02 with Python 3.11.
#
# The lists come in pages of 100. The loop is `for member in members:`, and for the first five it asks whether user7 is in the same
# list, who is on the first page, user107 on the second, or user207 on the third, as one does to find out whose manager has left.
# Shown is how many members the loop got to see.
#
# Likely guess: what has members[7], members[10:20] and members.totalCount, and may be read as often as one likes, is a list, in
#   which two loops do not know of each other. With an iterator, as those of python-gitlab and Azure, the inner loop takes all.
# What happens: the outer loop goes through the first page, and then on with the page after those that the list has by now. The
#   inner one has brought one or two more, so these are skipped. While those looked for are on the first page, as in a test with
#   few accounts, all is well; so it is if members[0] was looked at before, as when it is printed to see what is wrong, since a
#   loop that starts with kept members runs over them as they grow. github3.py and webexpythonsdk make two loops of it, python-
#   gitlab and Azure go wrong at once.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
looks for       nobody   user7    user107  user207  user207, and members[0] before
PyGithub        250      250      150      100      250
canvasapi       250      250      150      100      250
github3.py      250      250      250      250      -
python-gitlab   250      2        2        2        -
azure-core      250      2        2        2        -
webexpythonsdk  250      250      250      250      -
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check PyGithub==2.10.0 canvasapi==3.6.0 github3.py==4.0.1 \
    python-gitlab==8.6.0 webexpythonsdk==2.0.6 azure-core==1.41.0 requests==2.34.2

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

# What github3.py wants to be told about each.
names = "avatar_url events_url followers_url following_url gists_url gravatar_id html_url organizations_url received_events_url "
names += "repos_url site_admin starred_url subscriptions_url type url"
people = [
    {name: "" for name in names.split()} | {name: f"user{number}" for name in ("id", "login", "name", "displayName")}
    for number in range(250)
]


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body at once, as there are thousands of requests.
    wbufsize = -1

    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        page = int(query.get("page", "1"))
        headers = {}
        if address.path.endswith(("/orgs/example", "/courses/1")):
            body = {"id": 1, "login": "example", "url": f"http://{self.headers['Host']}{address.path}"}
        else:
            body = people[(page - 1) * 100 : page * 100]
            if page < 3:
                headers["Link"] = f'<http://{self.headers["Host"]}{address.path}?page={page + 1}&per_page=100>; rel="next"'
            if address.path.endswith("/people"):
                body = {"items": body}
        text = json.dumps(body).encode()
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
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

import canvasapi
import github
import github3
import gitlab
import requests
import webexpythonsdk
from azure.core.paging import ItemPaged

# canvasapi's about the http: of the address.
warnings.simplefilter("ignore")
base = sys.argv[1]


def by_azure():
    return ItemPaged(
        lambda token: requests.get(token or f"{base}/users"),
        lambda answer: (answer.links.get("next", {}).get("url"), iter(answer.json())),
    )


organization = github.Github(base_url=base, per_page=100, auth=github.Auth.Token("example")).get_organization("example")
course = canvasapi.Canvas(base, "example").get_course(1)
lists = {
    "PyGithub": (organization.get_members, lambda one: one.login),
    "canvasapi": (course.get_users, lambda one: one.name),
    "github3.py": (github3.GitHubEnterprise(base, token="example").all_users, lambda one: one.login),
    "python-gitlab": (
        lambda: gitlab.Gitlab(base, private_token="example").users.list(iterator=True, per_page=100),
        lambda one: one.name,
    ),
    "azure-core": (by_azure, lambda one: one["name"]),
    "webexpythonsdk": (
        webexpythonsdk.WebexAPI(access_token="example", base_url=f"{base}/").people.list,
        lambda one: one.displayName,
    ),
}


def loop(members, name, wanted, before=None):
    if before is not None:
        try:
            members[before]
        except (TypeError, IndexError):
            return "-"
    seen = set()
    for member in members:
        seen.add(name(member))
        if wanted and len(seen) <= 5:
            any(name(other) == wanted for other in members)
    return f"{len(seen)}"


print(f"{'looks for':<16}{'nobody':<9}{'user7':<9}{'user107':<9}{'user207':<9}user207, and members[0] before")
for library, (get, name) in lists.items():
    cells = [loop(get(), name, wanted) for wanted in (None, "user7", "user107", "user207")]
    print(f"{library:<16}" + "".join(f"{cell:<9}" for cell in cells) + loop(get(), name, "user207", before=0))
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
venv/bin/python look.py "http://127.0.0.1:$(cat port)" 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
