#!/usr/bin/env bash
# dan and eve, who have left, are to be taken out of Staff, which has 4,000 members. The directory is busy for a moment, and ldap3, told
# to raise exceptions, raises one. From then on it says True for whomever it is told to take out, and takes out nobody: Staff has no
# members any more for this connection.
#
# Versions: ldap3 2.9.1, ms_active_directory 1.14.1; npm ldap-async 1.3.4, activedirectory2 2.2.0. The server is made with npm ldapjs
#           3.0.7. Seen on 2026-12-03 with Python 3.11 and Node.js 20.
#
# Active Directory gives at most 1,500 members at a time: "member" is empty, "member;range=0-1499" has the first, and the client
# asks for the next ones ("member;range=1500-*"). The four libraries do so by themselves. The first time that somebody asks for
# those from 1,500 on, the server says that it is busy, or, where the client is told to wait for two seconds only
# (receive_timeout), answers after six; from then on all is well. Staff is read twice by one connection, and shown is how many members it has. With
# another connection dan (the 2,500th) is taken out, then eve (the 100th), then dan once more; shown is what the function gives
# back, and whether the person is in Staff then. Where ldap3 has closed the connection, it is opened again with bind().
#
# Likely guess: a list whose middle is refused is an error, or is read again. Who wants to be sure sets raise_exceptions=True, and
#   after the exception, or with a new bind(), it is as before. A function to remove members, which says True or False, says True if
#   the person is not in the group any more.
# What happens: ldap3 notes on the connection that it reads in parts. If an exception ends that, the note stays, also when the
#   connection is opened anew, and no big group is read in parts again: the empty "member" is what it gives, and no error. Without
#   exceptions the members are the first 1,500, or, with RESTARTABLE after a timeout, the last 1,000, and the result is "success".
#   remove_members_from_groups() first looks who is in the group (fix=True, which is the default), has nothing to do for who is
#   not, and says True. ms_active_directory builds on it and names the group as done. ldap-async ends its list at any error in the
#   same way. activedirectory2, which only reads, gives the error, and then all 4,000. With groups up to 1,500, as in a test,
#   there are no parts.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                                     Staff   again   dan         eve         dan again
ldap3                                1500    4000    True, in    True, out   True, out
ldap3, raise_exceptions              error   0       error, in   True, in    True, in
ldap3, receive_timeout               error   0       error, in   True, in    True, in
ldap3, receive_timeout, RESTARTABLE  1000    4000    True, in    True, out   True, out
ldap3, fix=False                     -       -       True, out   True, out   False, out
ms_active_directory                  1500    4000    done, in    done, out   done, out
ldap-async                           -       -       true, in    true, out   true, out
activedirectory2                     error   4000    -           -           -
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldap3==2.9.1 ms-active-directory==1.14.1
npm install --silent --no-audit --no-fund --cache "$work/cache" --prefix . ldapjs@3.0.7 ldap-async@1.3.4 activedirectory2@2.2.0 \
    >/dev/null

cat >server.mjs <<'END'
import ldapjs from "ldapjs";
import { renameSync, writeFileSync } from "node:fs";

// Each test has an organizational unit of its own with a group Staff, which comes into being when it is first asked for.
const groups = new Map();
const most = 1500;

function find(dn) {
  const unit = /ou=[^,]*,dc=example,dc=com$/.exec(dn.toString().replaceAll(", ", ",").toLowerCase())?.[0];
  if (unit === undefined) return undefined;
  if (!groups.has(unit)) {
    const people = Array.from({ length: 4000 }, (_, n) => `user${n + 1}`);
    [people[99], people[2499]] = ["eve", "dan"];
    const member = people.map((name) => `CN=${name},OU=People,DC=example,DC=com`);
    groups.set(unit, { dn: `CN=Staff,${unit}`, member, trouble: /slow/.test(unit) ? "slow" : "busy" });
  }
  return groups.get(unit);
}

const server = ldapjs.createServer();
server.bind("", (request, response, next) => {
  response.end();
  next();
});
server.search("", async (request, response, next) => {
  const group = find(request.dn);
  if (group === undefined) return next(new ldapjs.NoSuchObjectError("unknown"));
  const range = request.attributes.map((name) => /^member;range=(\d+)-/i.exec(name)).find(Boolean);
  const low = range === undefined ? 0 : Number(range[1]);
  if (low > 0 && group.trouble !== undefined) {
    const { trouble } = group;
    delete group.trouble;
    if (trouble === "busy") return next(new ldapjs.BusyError("busy"));
    await new Promise((resolve) => setTimeout(resolve, 6000));
  }
  const attributes = { objectClass: ["top", "group"], cn: ["Staff"], distinguishedName: [group.dn] };
  if (range === undefined) attributes.member = group.member.length > most ? [] : group.member;
  if (range !== undefined || group.member.length > most) {
    const high = low + most >= group.member.length ? "*" : low + most - 1;
    attributes[`member;range=${low}-${high}`] = group.member.slice(low, low + most);
  }
  response.attributes = [];
  response.send({ dn: group.dn, attributes });
  if (request.controls.some((control) => control.type === ldapjs.PagedResultsControl.OID)) {
    response.addControl(new ldapjs.PagedResultsControl({ value: { size: 0, cookie: Buffer.alloc(0) } }));
  }
  response.end();
  next();
});
server.modify("", (request, response, next) => {
  const group = find(request.dn);
  const [{ operation, modification }] = request.changes;
  const leavers = modification.values.map((value) => value.toLowerCase());
  const staying = group.member.filter((member) => !leavers.includes(member.toLowerCase()));
  if (operation !== "delete" || staying.length + leavers.length !== group.member.length) {
    return next(new ldapjs.UnwillingToPerformError("not a member"));
  }
  group.member = staying;
  response.end();
  next();
});
server.compare("", (request, response, next) => {
  const wanted = request.value.toLowerCase();
  response.end(find(request.dn).member.some((member) => member.toLowerCase() === wanted));
  next();
});
server.listen(0, "127.0.0.1", () => {
  writeFileSync("port.new", `${server.port}`);
  renameSync("port.new", "port");
});
END

cat >change.py <<'END'
from pathlib import Path

import ldap3
from ldap3.core.exceptions import LDAPException
from ms_active_directory import ADDomain

port = int(Path("port").read_text())
admin = "CN=admin,OU=People,DC=example,DC=com"


def staff(unit):
    return f"CN=Staff,OU={unit},DC=example,DC=com"


def person(name):
    return f"CN={name},OU=People,DC=example,DC=com"


def connect(options):
    server = ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE)
    return ldap3.Connection(server, admin, "secret", auto_bind=True, **options)


def attempt(connection, function):
    try:
        return str(function())
    except LDAPException:
        return "error"
    finally:
        if connection.closed:
            connection.bind()


def row(name, cells):
    print("\t".join([name, *cells]))


def changes(unit, connection, remove):
    look = connect({})
    for name in ("dan", "eve", "dan"):
        said = attempt(connection, lambda: remove(person(name), staff(unit)))
        yield f"{said}, {'in' if look.compare(staff(unit), 'member', person(name)) else 'out'}"


def by_ldap3(name, unit, options, fix=True):
    connection = connect(options)

    def read():
        connection.search(staff(f"{unit} read"), "(objectClass=*)", ldap3.BASE, attributes=["member"])
        return len(connection.response[0]["attributes"]["member"])

    reads = [attempt(connection, read), attempt(connection, read)] if fix else ["-", "-"]
    other = connect(options)
    remove = lambda who, group: other.extend.microsoft.remove_members_from_groups(who, group, fix=fix)  # noqa: E731
    row(name, [*reads, *changes(unit, other, remove)])


by_ldap3("ldap3", "plain", {})
by_ldap3("ldap3, raise_exceptions", "raise", {"raise_exceptions": True})
by_ldap3("ldap3, receive_timeout", "slow", {"receive_timeout": 2})
by_ldap3("ldap3, receive_timeout, RESTARTABLE", "slow again", {"receive_timeout": 2, "client_strategy": ldap3.RESTARTABLE})
by_ldap3("ldap3, fix=False", "direct", {}, fix=False)

domain = ADDomain("example.com", ldap_servers_or_uris=[f"ldap://127.0.0.1:{port}"], kerberos_uris=["127.0.0.1"],
                  encrypt_connections=False, discover_ldap_servers=False, discover_kerberos_servers=False)
session = domain.create_session_as_user(admin, "secret", authentication_mechanism=ldap3.SIMPLE)


def read():
    return len(session.find_group_by_distinguished_name(staff("ms read"), ["member"]).get("member"))


def remove(who, group):
    done = session.remove_users_from_groups([who], [group], skip_validation=True)
    return "done" if done == [group] else done


connection = session.get_ldap_connection()
row("ms_active_directory", [attempt(connection, read), attempt(connection, read), *changes("ms", connection, remove)])
END

cat >change.mjs <<'END'
import ActiveDirectory from "activedirectory2";
import LdapAsync from "ldap-async";
import ldapjs from "ldapjs";
import { readFileSync } from "node:fs";

const url = `ldap://127.0.0.1:${readFileSync("port", "utf8")}`;
const admin = "CN=admin,OU=People,DC=example,DC=com";
const staff = (unit) => `CN=Staff,OU=${unit},DC=example,DC=com`;
const person = (name) => `CN=${name},OU=People,DC=example,DC=com`;
const row = (...cells) => console.log(cells.join("\t"));

const look = ldapjs.createClient({ url });
const isIn = (name) => new Promise((resolve, reject) => {
  look.compare(staff("async"), "member", person(name), (error, found) => (error ? reject(error) : resolve(found)));
});

const client = new (LdapAsync.default ?? LdapAsync)({ url, bindDN: admin, bindCredentials: "secret" });
const changes = [];
for (const name of ["dan", "eve", "dan"]) {
  const said = await client.removeMember(person(name), staff("async")).catch(() => "error");
  changes.push(`${said}, ${(await isIn(name)) ? "in" : "out"}`);
}
row("ldap-async", "-", "-", ...changes);

const directory = new ActiveDirectory({ url, baseDN: "OU=node,DC=example,DC=com", username: admin, password: "secret" });
const read = () => new Promise((resolve) => {
  directory.findGroup({ attributes: ["member"] }, staff("node"), (error, group) => resolve(error ? "error" : group.member.length));
});
row("activedirectory2", await read(), await read(), "-", "-", "-");
process.exit();
END

node server.mjs &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
{
    printf '\tStaff\tagain\tdan\teve\tdan again\n'
    venv/bin/python -W ignore change.py
    node --no-warnings change.mjs
} | awk -F '\t' '{ printf "%-36s %-7s %-7s %-11s %-11s %s\n", $1, $2, $3, $4, $5, $6 }' | tee SEEN
diff EXPECTED SEEN && echo "as expected"
