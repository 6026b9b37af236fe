#!/usr/bin/env bash
# An organization with 250 Copilot seats has three by octokit.paginate(), and none of them was ever used. TypeScript takes them
# for seats.
#
# Versions: npm octokit 5.0.5 and @octokit/rest 22.0.1, and @octokit/core 7.0.8 with @octokit/plugin-paginate-rest 16.0.0;
#           typescript 5.9.3; PyGithub 2.10.0 for comparison. Seen on 2026-12-01 with Node.js 20 and Python 3.11.
#
# A script looks for seats to take back: those without activity. 50 of the 250 have none. The server gives a hundred a page, as
# {"total_seats": 250, "seats": [...]}, with a Link to the next, as GitHub documents it; and the members of the organization, 250
# too, as a list. Shown is how many entries there are and how many of them have no last_activity_at, or no login.
#
# Likely guess: paginate() is for all lists of GitHub's. What surrounds a list, it takes off, as for runners or for searches; and
#   the types of each list that it knows are made from GitHub's own description, so that what compiles is there.
# What happens: paginate() takes off what has a total_count. The seats have a total_seats, so that their pages stay as they are:
#   three objects with a list each, of which no property of a seat is to be had. All three are idle, and whoever counts seats
#   counts pages. Its types have the seats on the list of what it takes off, and nothing is wrong for the compiler; and a
#   test with a single seat finds one. With a function that picks the seats of each page it is right, and so is PyGithub.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
octokit, seats:                     3, without   3
octokit, members:                 250, without   0
@octokit/rest, seats:               3, without   3
@octokit/rest, members:           250, without   0
plugin-paginate-rest, seats:        3, without   3
plugin-paginate-rest, picked:     250, without  50
PyGithub, seats:                  250, without  50
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check PyGithub==2.10.0
npm install --silent --no-audit --no-fund --prefix . octokit@5.0.5 @octokit/rest@22.0.1 @octokit/core@7.0.8 \
    @octokit/plugin-paginate-rest@16.0.0 typescript@5.9.3 @types/node@20.19.0 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

people = [{"id": number, "login": f"user{number}", "type": "User"} for number in range(250)]
seats = [
    {"assignee": person, "created_at": "2026-01-01T00:00:00Z",
     "last_activity_at": None if person["id"] % 5 == 0 else "2026-11-30T00:00:00Z"}
    for person in people
]


class GitHub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = urlsplit(self.path)
        page = int(parse_qs(asked.query).get("page", ["1"])[0])
        part = slice(page * 100 - 100, page * 100)
        if asked.path.endswith("/seats"):
            told = {"total_seats": len(seats), "seats": seats[part]}
        elif asked.path.endswith("/members"):
            told = people[part]
        else:
            told = {"login": "example", "id": 1, "url": f"http://{self.headers['Host']}/orgs/example"}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if page < 3:
            self.send_header("Link", f'<http://{self.headers["Host"]}{asked.path}?per_page=100&page={page + 1}>; rel="next"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that drops its connections when it ends


server = Server(("127.0.0.1", 0), GitHub)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >tsconfig.json <<'END'
{ "compilerOptions": { "strict": true, "module": "nodenext", "target": "es2023", "skipLibCheck": true, "types": ["node"] } }
END

cat >seats.mts <<'END'
import { Octokit as Core } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { Octokit as Rest } from "@octokit/rest";
import { Octokit } from "octokit";

const baseUrl = process.argv[2];
const asked = { org: "example", per_page: 100 };
const show = (name: string, all: unknown[], without: unknown[]) =>
  console.log(`${`${name}:`.padEnd(33)} ${String(all.length).padStart(3)}, without ${String(without.length).padStart(3)}`);

for (const [name, client] of [["octokit", new Octokit({ baseUrl })], ["@octokit/rest", new Rest({ baseUrl })]] as const) {
  const seats = await client.paginate("GET /orgs/{org}/copilot/billing/seats", asked);
  show(`${name}, seats`, seats, seats.filter((seat) => !seat.last_activity_at));
  const members = await client.paginate("GET /orgs/{org}/members", asked);
  show(`${name}, members`, members, members.filter((member) => !member.login));
}
const client = new (Core.plugin(paginateRest))({ baseUrl });
const seats = await client.paginate("GET /orgs/{org}/copilot/billing/seats", asked);
show("plugin-paginate-rest, seats", seats, seats.filter((seat) => !seat.last_activity_at));
const picked = await client.paginate("GET /orgs/{org}/copilot/billing/seats", asked, (page) => page.data.seats ?? []);
show("plugin-paginate-rest, picked", picked, picked.filter((seat) => !seat.last_activity_at));
END

cat >seats.py <<'END'
import sys

import github

seats = list(github.Github(base_url=sys.argv[1], per_page=100).get_organization("example").get_copilot().get_seats())
print(f"{'PyGithub, seats:':<33} {len(seats)}, without {sum(seat.last_activity_at is None for seat in seats):>3}")
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
npx tsc
{ node seats.mjs "$base"; venv/bin/python seats.py "$base"; } | tee SEEN
diff EXPECTED SEEN
