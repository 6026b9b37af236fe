#!/usr/bin/env bash
# ldap3 gives three of five people and True where the directory was busy or came to its limits before the other two; page by page
# it gives the three and says nothing, and with raise_exceptions=True it raises for one of the three reasons only.
#
# Versions: ldap3 2.9.1; npm ldapts 8.2.0 and the client of npm ldapjs 3.0.7 for comparison. The server is made with ldapjs
#           3.0.7. Seen on 2026-12-01 with Python 3.11 and Node.js 20.
#
# All people of a directory are looked for, to delete the accounts of those who are no longer there. The server has five, sends
# three, and ends its answer with success, sizeLimitExceeded, timeLimitExceeded or busy; or, asked for pages of three, answers
# the second page so. (With success it sends all five.)
#
# Likely guess: search() returns whether the search was a success, as modify() and delete() do; paged_search(), of which nothing
#   but the entries comes back, raises if a page is refused; and raise_exceptions=True raises for whatever is no success.
# What happens: search() returns whether there are entries. That the rest is missing is in connection.result, for who looks. The
#   loop of paged_search() ends where there is no cookie, be it that the last page was read or that one was refused, and
#   the three are all. raise_exceptions=True raises for busy, not for the two limits. The other two clients raise always.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
ldap3 search                         success            5 people  True
ldap3 search                         sizeLimitExceeded  3 people  True
ldap3 search                         timeLimitExceeded  3 people  True
ldap3 search                         busy               3 people  True
ldap3 paged_search                   success            5 people  -
ldap3 paged_search                   sizeLimitExceeded  3 people  -
ldap3 paged_search                   timeLimitExceeded  3 people  -
ldap3 paged_search                   busy               3 people  -
ldap3 search, raise_exceptions       success            5 people  True
ldap3 search, raise_exceptions       sizeLimitExceeded  3 people  True
ldap3 search, raise_exceptions       timeLimitExceeded  3 people  True
ldap3 search, raise_exceptions       busy               0 people  LDAPBusyResult
ldap3 paged_search, raise_exceptions success            5 people  -
ldap3 paged_search, raise_exceptions sizeLimitExceeded  3 people  -
ldap3 paged_search, raise_exceptions timeLimitExceeded  3 people  -
ldap3 paged_search, raise_exceptions busy               0 people  LDAPBusyResult
ldapts search                        success            5 people
ldapts search                        sizeLimitExceeded  SizeLimitExceededError
ldapts search                        timeLimitExceeded  TimeLimitExceededError
ldapts search                        busy               BusyError
ldapts search, paged                 success            5 people
ldapts search, paged                 sizeLimitExceeded  SizeLimitExceededError
ldapts search, paged                 timeLimitExceeded  TimeLimitExceededError
ldapts search, paged                 busy               BusyError
ldapjs search                        success            5 people
ldapjs search                        sizeLimitExceeded  SizeLimitExceededError
ldapjs search                        timeLimitExceeded  TimeLimitExceededError
ldapjs search                        busy               BusyError
ldapjs search, paged                 success            5 people
ldapjs search, paged                 sizeLimitExceeded  SizeLimitExceededError
ldapjs search, paged                 timeLimitExceeded  TimeLimitExceededError
ldapjs search, paged                 busy               BusyError
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldap3==2.9.1
npm install --silent --no-audit --no-fund --prefix . ldapjs@3.0.7 ldapts@8.2.0 >/dev/null

cat >server.js <<'END'
const { renameSync, writeFileSync } = require("node:fs");
const ldap = require("ldapjs");

const people = ["ann", "bob", "cy", "dee", "eve"];
const ends = {
  sizeLimitExceeded: ldap.SizeLimitExceededError,
  timeLimitExceeded: ldap.TimeLimitExceededError,
  busy: ldap.BusyError,
};

const server = ldap.createServer();
server.bind("cn=admin", (request, response, next) => { response.end(); next(); });
server.search("dc=example", (request, response, next) => {
  const Failure = ends[/ou=(\w+)/.exec(request.dn.toString())[1]];
  const paged = request.controls.find((control) => control.type === ldap.PagedResultsControl.OID);
  const second = paged !== undefined && paged.value.cookie?.length > 0;
  const more = paged !== undefined && !second;
  if (second && Failure) return next(new Failure());
  for (const uid of people.slice(second ? 3 : 0, more || Failure ? 3 : 5)) {
    response.send({ dn: `uid=${uid},${request.dn}`, attributes: { objectClass: ["person"], uid: [uid] } });
  }
  if (paged === undefined && Failure) return next(new Failure());
  if (paged !== undefined) {
    const cookie = Buffer.from(more ? "second" : "");
    response.addControl(new ldap.PagedResultsControl({ value: { size: 0, cookie } }));
  }
  response.end();
  return next();
});
server.listen(0, "127.0.0.1", () => {
  writeFileSync("port.new", new URL(server.url).port);
  renameSync("port.new", "port");
});
END

cat >look.py <<'END'
import sys

import ldap3
from ldap3.core.exceptions import LDAPOperationResult

base = "ou={},dc=example"
every = "(objectClass=person)"


def search(connection, end):
    said = connection.search(base.format(end), every, attributes=["uid"])
    return [entry.uid.value for entry in connection.entries], said


def paged_search(connection, end):
    entries = connection.extend.standard.paged_search(
        base.format(end), every, attributes=["uid"], paged_size=3, generator=False
    )
    return sorted(entry["attributes"]["uid"][0] for entry in entries), "-"


for raising in [False, True]:
    for look in [search, paged_search]:
        for end in ["success", "sizeLimitExceeded", "timeLimitExceeded", "busy"]:
            server = ldap3.Server(sys.argv[1], get_info=ldap3.NONE)
            with ldap3.Connection(server, "cn=admin", "x", raise_exceptions=raising) as connection:
                try:
                    users, said = look(connection, end)
                except LDAPOperationResult as error:
                    users, said = [], type(error).__name__
            name = f"ldap3 {look.__name__}" + ", raise_exceptions" * raising
            print(f"{name:<36} {end:<18} {len(users)} people  {said}")
END

cat >look.mjs <<'END'
import ldapjs from "ldapjs";
import { Client } from "ldapts";

const url = process.argv[2];
const filter = "(objectClass=person)";

async function withLdapts(base, paged) {
  const client = new Client({ url });
  await client.bind("cn=admin", "x");
  try {
    return (await client.search(base, { filter, paged: paged && { pageSize: 3 } })).searchEntries.length;
  } finally {
    await client.unbind();
  }
}

async function withLdapjs(base, paged) {
  const client = ldapjs.createClient({ url: [url] });
  try {
    await new Promise((done, fail) => client.bind("cn=admin", "x", (error) => (error ? fail(error) : done())));
    return await new Promise((done, fail) => {
      const options = { filter, scope: "sub", paged: paged && { pageSize: 3 } };
      client.search(base, options, (error, search) => {
        let people = 0;
        search.on("searchEntry", () => { people += 1; });
        search.on("error", fail);
        search.on("end", () => done(people));
      });
    });
  } finally {
    client.destroy();
  }
}

for (const [name, look] of [["ldapts", withLdapts], ["ldapjs", withLdapjs]]) {
  for (const paged of [false, true]) {
    for (const end of ["success", "sizeLimitExceeded", "timeLimitExceeded", "busy"]) {
      const said = await look(`ou=${end},dc=example`, paged).then((people) => `${people} people`, (error) => error.name);
      console.log(`${name} search${paged ? ", paged" : ""}`.padEnd(36), end.padEnd(18), said);
    }
  }
}
END

node server.js &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
url=ldap://127.0.0.1:$(cat port)
{ venv/bin/python look.py "$url"; node look.mjs "$url"; } | tee SEEN
diff EXPECTED SEEN
