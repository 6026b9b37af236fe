#!/usr/bin/env bash
# One SCIM filter finds other people by library: "not ann or bob" finds both, "the work address is at b.example" finds
# somebody whose private one is there, and an attribute in small letters finds everybody.
#
# Versions: npm scimmy 1.3.5 (SCIMMY), npm scim2-parse-filter 0.2.10, scim2-filter-parser 0.7.0 with SQLite, scim2-models
#           0.12.3. Seen on 2026-12-01 with Node.js 20 and Python 3.11.
#
# SCIM servers pick with these libraries whom a GET is about. Five accounts; bob has a work address at a.example and one at
# home at b.example, and was changed on the 1st of March, 00:00+02:00. By RFC 7644 `and` comes before `or`, a condition in
# brackets is about one and the same address, and names of attributes are the same in small letters (RFC 7643).
#
# Likely guess: the libraries differ at the edges, an unusual operator or a null, and refuse what they do not know. What
#   the RFC shows itself, and what any expression of conditions means, is right in all of them.
# What happens: SCIMMY carries a `not` into the brackets and leaves `or` and `and` as they were, so that "neither ann nor bob"
#   is everybody; before a condition in brackets it forgets it. scim2-parse-filter asks each
#   condition in brackets of any address. scim2-filter-parser takes `or` before `and` where it comes first, leaves
#   out a condition whose attribute it does not know, here the only one, takes _ for any letter, and with a `not` leaves
#   out those who have no value. Two compare times as texts. Only scim2-models is right throughout. Nothing raises.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
userName eq "ann" or userType eq "Employee" and title eq "Lead"
  SCIMMY               ann bob
  scim2-parse-filter   ann bob
  scim2-filter-parser  bob
  scim2-models         ann bob
not (userName eq "ann" or userName eq "bob")
  SCIMMY               ann bob cy svc_a svcbo
  scim2-parse-filter   cy svc_a svcbo
  scim2-filter-parser  cy svc_a svcbo
  scim2-models         cy svc_a svcbo
not (emails[type eq "work"])
  SCIMMY               bob cy
  scim2-parse-filter   ann svc_a svcbo
  scim2-filter-parser  ann bob svc_a svcbo
  scim2-models         ann svc_a svcbo
emails[type eq "work" and value ew "@b.example"]
  SCIMMY               nobody
  scim2-parse-filter   bob
  scim2-filter-parser  nobody
  scim2-models         nobody
username eq "bob"
  SCIMMY               bob
  scim2-parse-filter   bob
  scim2-filter-parser  ann bob cy svc_a svcbo
  scim2-models         bob
userName sw "svc_"
  SCIMMY               svc_a
  scim2-parse-filter   svc_a
  scim2-filter-parser  svc_a svcbo
  scim2-models         svc_a
meta.lastModified lt "2026-02-28T23:00:00Z"
  SCIMMY               bob cy svc_a svcbo
  scim2-parse-filter   cy svc_a svcbo
  scim2-filter-parser  cy svc_a svcbo
  scim2-models         bob cy svc_a svcbo
not (title eq "Lead")
  SCIMMY               ann cy svc_a svcbo
  scim2-parse-filter   ann cy svc_a svcbo
  scim2-filter-parser  cy svc_a svcbo
  scim2-models         ann cy svc_a svcbo
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-filter-parser==0.7.0 scim2-models==0.12.3
npm install --silent --no-audit --no-fund --prefix . scimmy@1.3.5 scim2-parse-filter@0.2.10 >/dev/null

grep -v '^  ' EXPECTED >filters
cat >users.json <<'END'
[
  {"userName": "ann", "userType": "Contractor", "meta": {"lastModified": "2026-02-28T23:30:00Z"},
   "emails": [{"type": "home", "value": "ann@b.example"}]},
  {"userName": "bob", "userType": "Employee", "title": "Lead", "meta": {"lastModified": "2026-03-01T00:00:00+02:00"},
   "emails": [{"type": "work", "value": "bob@a.example"}, {"type": "home", "value": "bob@b.example"}]},
  {"userName": "cy", "userType": "Employee", "title": "Tester", "meta": {"lastModified": "2026-02-01T00:00:00Z"},
   "emails": [{"type": "work", "value": "cy@a.example"}]},
  {"userName": "svc_a", "userType": "Service", "title": "Robot", "meta": {"lastModified": "2026-02-01T00:00:00Z"},
   "emails": [{"type": "other", "value": "ops@a.example"}]},
  {"userName": "svcbo", "userType": "Service", "title": "Robot", "meta": {"lastModified": "2026-02-01T00:00:00Z"},
   "emails": [{"type": "other", "value": "ops@a.example"}]}
]
END

cat >find.mjs <<'END'
import { readFileSync, writeFileSync } from "node:fs";
import SCIMMY from "scimmy";
import { filter, parse } from "scim2-parse-filter";

const users = JSON.parse(readFileSync("users.json"));
const found = {};
for (const wanted of readFileSync("filters", "utf8").trim().split("\n")) {
  found[wanted] = {
    "SCIMMY": new SCIMMY.Types.Filter(wanted).match(users),
    "scim2-parse-filter": users.filter(filter(parse(wanted))),
  };
  for (const [library, people] of Object.entries(found[wanted])) {
    found[wanted][library] = people.map((user) => user.userName);
  }
}
writeFileSync("found.json", JSON.stringify(found));
END

cat >find.py <<'END'
import json
import sqlite3

from scim2_filter_parser.queries.sql import SQLiteQuery
from scim2_models import ScimFilter, User

users = json.load(open("users.json"))
found = json.load(open("found.json"))

schema = "urn:ietf:params:scim:schemas:core:2.0:User"
models = [User.model_validate({"schemas": [schema], **user}) for user in users]

database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE users (name, type, title, changed)")
database.execute("CREATE TABLE emails (name, type, address)")
for user in users:
    row = (user["userName"], user["userType"], user.get("title"), user["meta"]["lastModified"])
    database.execute("INSERT INTO users VALUES (?, ?, ?, ?)", row)
    for email in user["emails"]:
        row = (user["userName"], email["type"], email["value"])
        database.execute("INSERT INTO emails VALUES (?, ?, ?)", row)
columns = {
    ("userName", None, None): "users.name",
    ("userType", None, None): "users.type",
    ("title", None, None): "users.title",
    ("meta", "lastModified", None): "users.changed",
    ("emails", "type", None): "emails.type",
    ("emails", "value", None): "emails.address",
}
joins = ["LEFT JOIN emails ON emails.name = users.name"]

for wanted, people in found.items():
    query = SQLiteQuery(wanted, "users", columns, joins)
    people["scim2-filter-parser"] = sorted(row[0] for row in database.execute(query.sql, query.params))
    matches = ScimFilter[User](wanted).match
    people["scim2-models"] = [user.user_name for user in models if matches(user)]
    print(wanted)
    for library, names in people.items():
        print(f"  {library:<19} ", *(names or ["nobody"]))
END

node find.mjs
venv/bin/python find.py | tee SEEN
diff EXPECTED SEEN
