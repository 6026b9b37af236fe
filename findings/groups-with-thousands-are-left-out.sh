#!/usr/bin/env bash
# The groups of a directory and their members are listed: activedirectory2, which knows how Active Directory gives big groups, gives
# Ops with its three members, and Staff, which has 4,000, is not on the list; with another order it is. Asked for alone, it is whole.
#
# Versions: npm activedirectory2 2.2.0, activedirectory 0.7.2 with ldapjs 2.3.3; ldapts 8.2.0, ldapjs 3.0.7, ldap-async 1.3.4; ldap3
#           2.9.1, ms_active_directory 1.14.1. The server is made with ldapjs 3.0.7. Seen on 2026-12-03 with Python 3.11 and
#           Node.js 20.
#
# Active Directory gives at most 1,500 members at a time: "member" is empty, "member;range=0-1499" has the first, and the client asks
# for the next ones ("member;range=1500-*"). A directory has Staff with 4,000 members, Sales with 1,600 and Ops with 3, or some of
# them, in the order of the column's heading. Each library is asked for all groups with the attributes cn and member, with a filter
# that all of them pass. Shown is which groups it gives, and how many members each has; where there is a callback, what it gets
# when it is called first.
#
# Likely guess: who reads on by itself, as activedirectory2 promises ("range retrieval support"), gives each group with all members,
#   or an error. Who does not gives the big ones without members, or with the first 1,500. In no case is a group missing.
# What happens: activedirectory2 has one mark for "still reading members", for all groups together. A small group that comes after
#   the big one clears it, and so does the first big group that is whole; then the list is given out as if it were all, and
#   the connection is ended. Who adds what is on the list, or deletes elsewhere what is not, does so without the biggest groups.
#   Often, depending on time, the callback is called once more, and then has the small groups twice or three times. activedirectory,
#   which it was made from, gives all. So do ldap3 and ms_active_directory. ldapts, ldapjs and ldap-async know nothing of ranges when
#   they search, and show Staff without members, as many clients do. In a test with one big group among small ones, it depends on the
#   order in which the directory gives them.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                             Staff       Ops-Staff          Staff-Ops          Staff-Ops-Sales
activedirectory2             Staff 4000  Ops 3, Staff 4000  Ops 3              Ops 3, Sales 1600
activedirectory2, findGroup  Staff 4000  Ops 3, Staff 4000  Staff 4000, Ops 3  Staff 4000, Ops 3, Sales 1600
activedirectory              Staff 4000  Ops 3, Staff 4000  Ops 3, Staff 4000  Ops 3, Staff 4000, Sales 1600
ldap3                        Staff 4000  Ops 3, Staff 4000  Staff 4000, Ops 3  Staff 4000, Ops 3, Sales 1600
ms_active_directory          Staff 4000  Staff 4000, Ops 3  Ops 3, Staff 4000  Sales 1600, Ops 3, Staff 4000
ldapts                       Staff 0     Ops 3, Staff 0     Staff 0, Ops 3     Staff 0, Ops 3, Sales 0
ldapjs                       Staff 0     Ops 3, Staff 0     Staff 0, Ops 3     Staff 0, Ops 3, Sales 0
ldap-async                   Staff 0     Ops 3, Staff 0     Staff 0, Ops 3     Staff 0, Ops 3, Sales 0
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldap3==2.9.1 ms-active-directory==1.14.1
npm install --silent --no-audit --no-fund --cache "$work/cache" --prefix . ldapjs@3.0.7 ldapts@8.2.0 ldap-async@1.3.4 \
    activedirectory2@2.2.0 >/dev/null
npm install --silent --no-audit --no-fund --cache "$work/cache" --prefix older activedirectory@0.7.2 ldapjs@2.3.3 >/dev/null

cat >server.mjs <<'END'
import ldapjs from "ldapjs";
import { renameSync, writeFileSync } from "node:fs";

const sizes = { staff: 4000, sales: 1600, ops: 3 };
const most = 1500;

// The name of an organizational unit says which groups are in it, and in which order.
function groupsIn(dn) {
  const unit = /^(?:cn=(\w+),)?(ou=([\w-]+),dc=example,dc=com)$/.exec(dn.toString().replaceAll(", ", ",").toLowerCase());
  if (unit === null) return [];
  const names = unit[1] === undefined ? unit[3].split("-") : [unit[1]];
  return names.map((name) => ({
    cn: name[0].toUpperCase() + name.slice(1),
    dn: `cn=${name},${unit[2]}`,
    member: Array.from({ length: sizes[name] }, (_, n) => `cn=user${n + 1},ou=people,dc=example,dc=com`),
  }));
}

const server = ldapjs.createServer();
server.bind("", (request, response, next) => {
  response.end();
  next();
});
server.search("", (request, response, next) => {
  const range = request.attributes.map((name) => /^member;range=(\d+)-/i.exec(name)).find(Boolean);
  const low = range === undefined ? 0 : Number(range[1]);
  for (const { dn, cn, member } of groupsIn(request.dn)) {
    const attributes = { objectClass: ["top", "group"], objectCategory: ["Group"], cn: [cn], distinguishedName: [dn] };
    if (!request.filter.matches(attributes, false)) continue;
    attributes.sAMAccountName = [cn];
    attributes.objectCategory = ["CN=Group,CN=Schema,CN=Configuration,DC=example,DC=com"];
    if (range === undefined) attributes.member = member.length > most ? [] : member;
    if (range !== undefined || member.length > most) {
      attributes[`member;range=${low}-${low + most >= member.length ? "*" : low + most - 1}`] = member.slice(low, low + most);
    }
    response.attributes = [];
    response.send({ dn, attributes });
  }
  if (request.controls.some((control) => control.type === ldapjs.PagedResultsControl.OID)) {
    response.addControl(new ldapjs.PagedResultsControl({ value: { size: 0, cookie: Buffer.alloc(0) } }));
  }
  response.end();
  next();
});
server.listen(0, "127.0.0.1", () => {
  writeFileSync("port.new", `${server.port}`);
  renameSync("port.new", "port");
});
END

cat >list.py <<'END'
import sys
from pathlib import Path

import ldap3
from ms_active_directory import ADDomain

port = int(Path("port").read_text())
admin = "CN=admin,OU=people,DC=example,DC=com"
units = sys.argv[1:]


def row(name, read):
    cells = []
    for unit in units:
        found = read(f"OU={unit},DC=example,DC=com")
        cells.append(", ".join(f"{''.join(cn)} {len(member)}" for cn, member in found))
    print("\t".join([name, *cells]))


def with_ldap3(base):
    connection = ldap3.Connection(ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE), admin, "secret", auto_bind=True)
    connection.search(base, "(objectClass=group)", attributes=["cn", "member"])
    return [(entry["attributes"]["cn"], entry["attributes"]["member"]) for entry in connection.response]


def with_ms_active_directory(base):
    domain = ADDomain("example.com", ldap_servers_or_uris=[f"ldap://127.0.0.1:{port}"], kerberos_uris=["127.0.0.1"],
                      encrypt_connections=False, discover_ldap_servers=False, discover_kerberos_servers=False)
    session = domain.create_session_as_user(admin, "secret", authentication_mechanism=ldap3.SIMPLE)
    session.domain_search_base = base
    groups = session.find_groups_by_attribute("objectClass", "group", ["cn", "member"], size_limit=0)
    return [(group.get("cn"), group.get("member")) for group in groups]


row("ldap3", with_ldap3)
row("ms_active_directory", with_ms_active_directory)
END

cat >list.cjs <<'END'
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const [, , library, ...units] = process.argv;
const url = `ldap://127.0.0.1:${readFileSync("port", "utf8")}`;
const account = { username: "CN=admin,OU=people,DC=example,DC=com", password: "secret" };
const list = (value) => (value === undefined ? [] : [value].flat());
const attributes = ["cn", "member"];
const filter = "(objectClass=group)";

function directory(baseDN) {
  const ActiveDirectory = library === "activedirectory" ? createRequire(`${process.cwd()}/older/`)(library) : require("activedirectory2");
  return new ActiveDirectory({ url, baseDN, ...account });
}

function findGroups(baseDN) {
  return new Promise((resolve, reject) => {
    directory(baseDN).findGroups({ filter, attributes }, (error, groups) => (error ? reject(error) : resolve([...groups])));
  });
}

const ways = {
  "activedirectory2": findGroups,
  "activedirectory2, findGroup": async (baseDN, unit) => {
    const groups = [];
    for (const name of unit.split("-")) {
      groups.push(await new Promise((resolve, reject) => {
        directory(baseDN).findGroup({ attributes }, name, (error, group) => (error ? reject(error) : resolve(group)));
      }));
    }
    return groups;
  },
  "activedirectory": findGroups,
  "ldapts": async (baseDN) => {
    const client = new (require("ldapts").Client)({ url });
    return (await client.search(baseDN, { filter, attributes })).searchEntries;
  },
  "ldapjs": (baseDN) => new Promise((resolve, reject) => {
    const groups = [];
    require("ldapjs").createClient({ url }).search(baseDN, { filter, attributes, scope: "sub" }, (error, answer) => {
      if (error) reject(error);
      answer.on("searchEntry", (entry) => {
        groups.push(Object.fromEntries(entry.pojo.attributes.map(({ type, values }) => [type, values])));
      });
      answer.on("error", reject);
      answer.on("end", () => resolve(groups));
    });
  }),
  "ldap-async": async (baseDN) => {
    const LdapAsync = require("ldap-async");
    const client = new (LdapAsync.default ?? LdapAsync)({ url, bindDN: account.username, bindCredentials: account.password });
    return client.search(baseDN, { filter, attributes, scope: "sub" });
  },
};

(async () => {
  const cells = [library];
  for (const unit of units) {
    const groups = await ways[library](`OU=${unit},DC=example,DC=com`, unit);
    cells.push(groups.map(({ cn, member }) => `${cn} ${list(member).length}`).join(", "));
  }
  console.log(cells.join("\t"));
  process.exit();
})();
END

node server.mjs &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
units=(Staff Ops-Staff Staff-Ops Staff-Ops-Sales)
list() { node --no-warnings list.cjs "$1" "${units[@]}"; }
{
    (IFS=$'\t'; printf '\t%s\n' "${units[*]}")
    list activedirectory2
    list 'activedirectory2, findGroup'
    list activedirectory
    venv/bin/python -W ignore list.py "${units[@]}"
    list ldapts
    list ldapjs
    list ldap-async
} | awk -F '\t' '{ printf "%-28s %-11s %-18s %-18s %s\n", $1, $2, $3, $4, $5 }' | tee SEEN
diff EXPECTED SEEN && echo "as expected"
