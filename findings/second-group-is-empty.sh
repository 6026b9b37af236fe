#!/usr/bin/env bash
# python-keycloak is asked for the members of five groups with one and the same query, and gives all of the first group, which
# is big, and none of the second and the third: it has written into the caller's query where it stopped.
#
# Versions: python-keycloak 7.1.1; npm @keycloak/keycloak-admin-client 26.7.4 for comparison. Seen on 2026-12-02 with Python
#           3.11 and Node.js 20.
#
# Keycloak answers lists by page, from "first" on and at most "max" long, 100 unless told otherwise. Five groups have 250, 3,
# 120, 2 and 300 members. A script asks for each, with a query {"briefRepresentation": "true"}: one that it makes before the
# loop; a new one for each group; one for small groups only, as in a test; one for the big groups after small ones; all at once
# (asyncio.gather); and, with that one query, twice for all users (675), before a change and after it.
#
# Likely guess: parameters are read, not written. A function that reads all pages takes a copy, or puts back what it needs for
#   itself; if it did not, the second call of any test would show it. What it gives for the first group it gives for the others.
# What happens: it puts "max" and "first" into the query that it is given, and leaves them there. Where it finds them at the
#   next call, it takes them for the caller's and reads that one page: from 200 on, where a group of three has nobody. After
#   small groups it is the first page, so that all is well up to a hundred members, and of 300 a hundred are left. Whoever
#   compares before and after finds 75 of 675 users, and 600 to be gone. Without a query, or with a new one, all are there. The
#   client for JavaScript leaves the query alone, and reads one page only, the first hundred, always.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
python-keycloak
  one query:               Sales 250, Leads 0, Ops 0, Board 0, Staff 100
  a query each:            Sales 250, Leads 3, Ops 120, Board 2, Staff 300
  small groups:            Leads 3, Board 2
  big ones after small:    Leads 3, Board 2, Ops 100, Staff 100, Sales 100
  all at once:             Sales 250, Leads 3, Ops 100, Board 2, Staff 100
  users:                   before 675, after 75
  what is in the query:    {'briefRepresentation': 'true', 'max': 100, 'first': 600}
@keycloak/keycloak-admin-client
  one query:               Sales 100, Leads 3, Ops 100, Board 2, Staff 100
  users:                   before 100, after 100
  what is in the query:    {"briefRepresentation":true}
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-keycloak==7.1.1
npm install --silent --no-audit --no-fund --prefix . @keycloak/keycloak-admin-client@26.7.4 >/dev/null

cat >server.py <<'END'
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sizes = {"Sales": 250, "Leads": 3, "Ops": 120, "Board": 2, "Staff": 300}


class Keycloak(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"access_token": "token", "token_type": "Bearer", "expires_in": 3600})

    def do_GET(self):
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        first, most = int(query.get("first", ["0"])[0]), int(query.get("max", ["100"])[0])
        group = re.search(r"/groups/(\w+)/members", address.path)
        count = sizes[group.group(1)] if group else sum(sizes.values())
        self.answer([{"id": str(number)} for number in range(first, min(first + most, count))])

    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Keycloak)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.py <<'END'
import asyncio
import sys

from keycloak import KeycloakAdmin

admin = KeycloakAdmin(server_url=sys.argv[1], realm_name="org", client_id="reports", client_secret_key="secret")
groups = ["Sales", "Leads", "Ops", "Board", "Staff"]


def tell(what, names, counts):
    print(f"  {what + ':':<24} {', '.join(f'{name} {count}' for name, count in zip(names, counts, strict=True))}")


def brief():
    return {"briefRepresentation": "true"}


def by_one_query(names):
    query = brief()
    return [len(admin.get_group_members(group, query)) for group in names]


async def at_once(names):
    query = brief()
    return map(len, await asyncio.gather(*[admin.a_get_group_members(group, query) for group in names]))


print("python-keycloak")
tell("one query", groups, by_one_query(groups))
tell("a query each", groups, [len(admin.get_group_members(group, brief())) for group in groups])
small, big = ["Leads", "Board"], ["Leads", "Board", "Ops", "Staff", "Sales"]
tell("small groups", small, by_one_query(small))
tell("big ones after small", big, by_one_query(big))
tell("all at once", groups, asyncio.run(at_once(groups)))
query = brief()
tell("users", ["before", "after"], [len(admin.get_users(query)), len(admin.get_users(query))])
print(f"  {'what is in the query:':<24} {query}")
END

cat >look.mjs <<'END'
import KcAdminClient from "@keycloak/keycloak-admin-client";

const admin = new KcAdminClient({ baseUrl: process.argv[2], realmName: "org" });
await admin.auth({ grantType: "client_credentials", clientId: "reports", clientSecret: "secret" });
const query = { briefRepresentation: true };
const counts = [];
for (const id of ["Sales", "Leads", "Ops", "Board", "Staff"]) {
  counts.push(`${id} ${(await admin.groups.listMembers({ id, ...query })).length}`);
}
const users = [(await admin.users.find(query)).length, (await admin.users.find(query)).length];
console.log("@keycloak/keycloak-admin-client");
console.log(`  ${"one query:".padEnd(24)} ${counts.join(", ")}`);
console.log(`  ${"users:".padEnd(24)} before ${users[0]}, after ${users[1]}`);
console.log(`  ${"what is in the query:".padEnd(24)} ${JSON.stringify(query)}`);
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
{ venv/bin/python look.py "http://127.0.0.1:$(cat port)" && node look.mjs "http://127.0.0.1:$(cat port)"; } | tee SEEN
diff EXPECTED SEEN
