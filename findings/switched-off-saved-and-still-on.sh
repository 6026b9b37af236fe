#!/usr/bin/env bash
# ann is switched off and saved, without an error: pysnc sends nothing if it was not asked before whether she is on, pynetbox and
# pynautobot send nothing if her groups were looked at in between, and linode_api4 then sends that she stays as she is.
#
# Versions: pysnc 1.2.1 (ServiceNow's), pynetbox 7.8.0, pynautobot 3.2.0, linode_api4 5.48.0 with requests 2.34.2. Seen on
#           2026-12-02 with Python 3.11.
#
# The libraries give an account as an object. It is read whole, or only in part, as is quicker with many: some fields only
# (pysnc), in brief (pynetbox), without its groups (exclude_m2m, pynautobot), or it is not read at all (linode_api4). Then it is
# switched off, or restricted, and saved, with a look at another attribute in between, as for a message, or without. Shown is
# what is sent, what the library gives back, and what the object says afterwards.
#
# Likely guess: an attribute that was set is sent when the object is saved, however much of it was read before; and to read
#   another attribute changes nothing.
# What happens: pysnc marks a field as changed where it changes what it has of it. One that it has not got is new, and not
#   marked: the PATCH is empty, the service answers it with 200, and update() gives the account's number as for a success;
#   update_multiple() leaves the account out and says True. The others fetch the account when an attribute is missing, and put
#   all that comes over what was set before. save() of pynetbox and pynautobot is then False, as for an account that was off
#   already; linode_api4 sends what the service has, and says True. With accounts that were read whole, as in a test with get(),
#   all is well.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                        looked at  sent                                         gives  object
pysnc, whole            never      PATCH {"active": false}                      1      False
pysnc, whole            between    PATCH {"active": false}                      1      False
pysnc, two fields       never      PATCH {}                                     1      true
pysnc, two fields       between    PATCH {}                                     1      true
pysnc, many, whole      never      POST a batch of 1                            True   -
pysnc, many, whole      between    POST a batch of 1                            True   -
pysnc, many, two fields never      POST a batch of 0                            True   -
pysnc, many, two fields between    POST a batch of 0                            True   -
pynetbox, whole         never      PATCH {"is_active": false}                   True   False
pynetbox, whole         between    PATCH {"is_active": false}                   True   False
pynetbox, in brief      never      PATCH {"is_active": false}                   True   False
pynetbox, in brief      between    nothing                                      False  True
pynautobot, whole       never      PATCH {"is_active": false}                   True   False
pynautobot, whole       between    PATCH {"is_active": false}                   True   False
pynautobot, in part     never      PATCH {"is_active": false}                   True   False
pynautobot, in part     between    nothing                                      False  True
linode_api4, whole      never      PUT {"username": "ann", "restricted": true}  True   True
linode_api4, whole      between    PUT {"username": "ann", "restricted": true}  True   True
linode_api4, not read   never      PUT {"username": "ann", "restricted": true}  True   True
linode_api4, not read   between    PUT {"username": "ann", "restricted": false} True   False
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pysnc==1.2.1 pynetbox==7.8.0 pynautobot==3.2.0 linode_api4==5.48.0 \
    requests==2.34.2

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sent = []


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        size = int(self.headers.get("Content-Length", "0"))
        change = json.loads(self.rfile.read(size)) if size else {}
        changes = self.command in ("PATCH", "PUT", "POST")
        if changes:
            batch = change.get("rest_requests")
            sent.append(f"{self.command} {json.dumps(change) if batch is None else f'a batch of {len(batch)}'}")
        service = address.path.split("/")[1]
        if address.path == "/sent":
            body = sent.copy()
            sent.clear()
        elif address.path.endswith("/v1/batch"):
            done = [{"id": request["id"], "status_code": 200} for request in batch]
            body = {"batch_request_id": str(change["batch_request_id"]), "serviced_requests": done, "unserviced_requests": []}
        elif service == "servicenow":
            account = {"sys_id": "1", "user_name": "ann", "email": "ann@example.com", "active": "true"} | change
            fields = query.get("sysparm_fields", ",".join(account)).split(",")
            account = {name: {"value": account[name], "display_value": account[name]} for name in fields}
            body = {"result": account if changes else [account]}
        elif service in ("netbox", "nautobot"):
            place = f"http://{self.headers['Host']}/{service}/api/users"
            brief = {"id": "1", "url": f"{place}/users/1/", "display": "ann", "username": "ann"}
            group = {"id": "7", "url": f"{place}/groups/7/", "display": "Ops", "name": "Ops"}
            whole = brief | {"is_active": True, "email": "ann@example.com", "groups": [group]} | change
            short = brief if "brief" in query else {name: value for name, value in whole.items() if name != "groups"}
            partly = "brief" in query or "exclude_m2m" in query
            listed = {"count": 1, "next": None, "previous": None, "results": [short if partly else whole]}
            body = whole if address.path.endswith("/1/") else listed
        else:
            body = {"username": "ann", "email": "ann@example.com", "restricted": False, "ssh_keys": [], "tfa_enabled": False}
            body |= change
            body = body if address.path.endswith("/ann") else {"data": [body], "page": 1, "pages": 1, "results": 1}
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Total-Count", "1")
        self.send_header("API-Version", "3.0")
        self.end_headers()
        self.wfile.write(text)

    do_PATCH = do_PUT = do_POST = do_GET

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.py <<'END'
import sys
from urllib.parse import urlsplit

import linode_api4
import pynautobot
import pynetbox
import pysnc
import requests

base = sys.argv[1]


class ToTheServer(requests.adapters.HTTPAdapter):
    """pysnc takes addresses with https: only."""

    def send(self, request, **options):
        address = urlsplit(request.url)
        request = request.copy()
        request.url = f"{base}/servicenow{address.path}?{address.query}"
        return super().send(request, **options)


servicenow = pysnc.ServiceNowClient("https://servicenow.example.com", ("admin", "password"))
servicenow.session.mount("https://servicenow.example.com/", ToTheServer())
netbox = pynetbox.api(f"{base}/netbox", token="example")
nautobot = pynautobot.api(f"{base}/nautobot", token="example")
linode = linode_api4.LinodeClient("example", base_url=f"{base}/linode")


def by_pysnc(fields):
    def read():
        users = servicenow.GlideRecord("sys_user")
        if fields:
            users.fields = fields
        users.add_query("user_name", "ann")
        users.query()
        assert users.next()
        return users

    return read


def first(accounts):
    return list(accounts)[0]


def save(account):
    return account.save()


# How the account is read, what is set, at what is looked, and how it is saved.
off = ("active", False, "email")
off_netbox = ("is_active", False, "groups")
restrict = ("restricted", True, "email")
users = {"netbox": netbox.users.users, "nautobot": nautobot.users.users}
accounts = {
    "pysnc, whole": (by_pysnc(None), *off, lambda account: account.update()),
    "pysnc, two fields": (by_pysnc("user_name,email"), *off, lambda account: account.update()),
    "pysnc, many, whole": (by_pysnc(None), *off, lambda account: account.update_multiple()),
    "pysnc, many, two fields": (by_pysnc("user_name,email"), *off, lambda account: account.update_multiple()),
    "pynetbox, whole": (lambda: first(users["netbox"].filter(username="ann")), *off_netbox, save),
    "pynetbox, in brief": (lambda: first(users["netbox"].filter(username="ann", brief=True)), *off_netbox, save),
    "pynautobot, whole": (lambda: first(users["nautobot"].filter(username="ann")), *off_netbox, save),
    "pynautobot, in part": (lambda: first(users["nautobot"].filter(username="ann", exclude_m2m=True)), *off_netbox, save),
    "linode_api4, whole": (lambda: linode.account.users()[0], *restrict, save),
    "linode_api4, not read": (lambda: linode_api4.User(linode, "ann"), *restrict, save),
}

print(f"{'':<24}{'looked at':<11}{'sent':<45}{'gives':<7}object")
for name, (read, attribute, value, other, save_it) in accounts.items():
    for looked in ("never", "between"):
        account = read()
        setattr(account, attribute, value)
        if looked == "between":
            getattr(account, other)
        gives = save_it(account)
        sent = "; ".join(requests.get(f"{base}/sent").json()) or "nothing"
        says = getattr(account, attribute) if "many" not in name else "-"
        print(f"{name:<24}{looked:<11}{sent:<45}{gives!s:<7}{says}")
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
venv/bin/python look.py "http://127.0.0.1:$(cat port)" 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
