#!/usr/bin/env bash
# A batch of Google's Python client ends without an error although two of its three deletions were refused.
#
# Versions: google-api-python-client 2.202.0 with httplib2 0.32.1. Seen on 2026-11-30 with Python 3.11.
#
# The server answers a batch of three "DELETE groups/g/members/..." as the Directory API does: the batch
# itself with 200, its entries with 204, 404 and 429. The same three calls are then made one by one.
#
# Likely guess: execute() of a batch raises HttpError as execute() of a single call does, or at least gives
#   the answers back; and num_retries, which takes a single call over a 429, does so for a batch too.
# What happens: execute() of the batch gives back None, whatever became of the entries. Only a callback
#   hears of them. Without one nobody ever learns that bob and cy are still in the group. num_retries is no
#   parameter of a batch, and the 429 inside it is not tried again.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
one by one:                ann deleted, bob HttpError 404, cy deleted (after 1 more attempt)
a batch:                   returned None, no exception
a batch with a callback:   returned None, told of ann None, bob HttpError 404, cy HttpError 429
a batch with num_retries:  TypeError
batches that were sent:    2
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check google-api-python-client==2.202.0 httplib2==0.32.1

cat >server.py <<'END'
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

count = {"batches": 0, "cy": 0}
ANSWERS = {
    "ann": (204, "No Content", None),
    "bob": (404, "Not Found", "Resource Not Found: memberKey"),
    "cy": (429, "Too Many Requests", "Quota exceeded"),
}


def body(status, message):
    return json.dumps({"error": {"code": status, "message": message}}) if message else ""


class Directory(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_DELETE(self):
        name = self.path.split("?")[0].rsplit("/", 1)[1]
        status, reason, message = ANSWERS[name]
        if name == "cy":
            count["cy"] += 1
            if count["cy"] > 1:
                status, message = 204, None
        self.answer(status, "application/json", body(status, message))

    def do_POST(self):
        count["batches"] += 1
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        ids = re.findall(r"Content-ID: <(.*)>", asked)
        names = re.findall(r"^DELETE \S+/members/(\w+)", asked, re.MULTILINE)
        parts = []
        for entry, name in zip(ids, names, strict=True):
            status, reason, message = ANSWERS[name]
            text = body(status, message)
            parts.append(
                f"--part\r\nContent-Type: application/http\r\nContent-ID: <response-{entry}>\r\n\r\n"
                f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(text)}\r\n\r\n{text}\r\n"
            )
        self.answer(200, "multipart/mixed; boundary=part", "".join(parts) + "--part--\r\n")

    def do_GET(self):
        self.answer(200, "application/json", json.dumps(count))

    def answer(self, status, kind, text):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Directory)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >clients.py <<'END'
import json
import sys
import urllib.request

import httplib2
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError

base = f"http://127.0.0.1:{sys.argv[1]}/"
key = {"type": "string", "required": True, "location": "path"}
document = {
    "name": "directory", "version": "v1", "rootUrl": base, "servicePath": "", "batchPath": "batch", "baseUrl": base,
    "resources": {"members": {"methods": {"delete": {
        "id": "directory.members.delete", "path": "groups/{groupKey}/members/{memberKey}", "httpMethod": "DELETE",
        "parameters": {"groupKey": key, "memberKey": key}, "parameterOrder": ["groupKey", "memberKey"],
    }}}},
}
directory = build_from_document(document, http=httplib2.Http())
names = ["ann", "bob", "cy"]


def deletion(name):
    return directory.members().delete(groupKey="g", memberKey=name)


def batch(callback=None):
    whole = directory.new_batch_http_request(callback=callback)
    for name in names:
        whole.add(deletion(name), request_id=name)
    return whole


def singly(name):
    try:
        deletion(name).execute(num_retries=1)
    except HttpError as error:
        return f"{name} HttpError {error.status_code}"
    return f"{name} deleted"


def show(what, said):
    print(f"{what + ':':26} {said}")


told = ", ".join(singly(name) for name in names)
tried = json.load(urllib.request.urlopen(base))["cy"]
show("one by one", f"{told} (after {tried - 1} more attempt)")

show("a batch", f"returned {batch().execute()}, no exception")

heard = []


def hear(name, answer, error):
    heard.append(f"{name} {'None' if error is None else f'HttpError {error.status_code}'}")


returned = batch(hear).execute()
show("a batch with a callback", f"returned {returned}, told of {', '.join(heard)}")

try:
    batch().execute(num_retries=1)
except TypeError as error:
    show("a batch with num_retries", type(error).__name__)

show("batches that were sent", json.load(urllib.request.urlopen(base))["batches"])
END

python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
venv/bin/python clients.py "$(cat port)" | tee SEEN
diff EXPECTED SEEN
