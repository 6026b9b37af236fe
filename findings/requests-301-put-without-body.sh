#!/usr/bin/env bash
# When a PUT or a DELETE is answered with 301, requests repeats it at the new address under the same
# method, but without its body.
#
# Versions: requests 2.34.2, niquests 3.21.2, curl_cffi 0.17.0, httpx 0.28.1, aiohttp 3.14.5.
#           Seen on 2026-11-29.
#
# The server has moved /groups/7 to /v2/groups/7. The calls are a PUT of the group's members and a
# DELETE with a list of those who are to go. Printed is what arrives at the new address.
#
# Likely guess: there are two ways: either the redirect makes a GET of it, and the body goes (as
#   with 303, or with a POST and 301), or method and body are both kept. So the worst is a change that
#   does not take place.
# What happens: requests, niquests and curl_cffi have a third one, for 301 (curl_cffi for 302 too): the
#   method is kept and the body is dropped. A PUT that replaces the members becomes one that names
#   none, a DELETE with three members a DELETE without any, and the script gets whatever the server makes
#   of it, here a 200. httpx and aiohttp keep both or neither.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
requests   PUT:    301 PUT, no body     302 GET, no body     307 PUT, body
niquests   PUT:    301 PUT, no body     302 GET, no body     307 PUT, body
curl_cffi  PUT:    301 PUT, no body     302 PUT, no body     307 PUT, body
httpx      PUT:    301 PUT, body        302 GET, no body     307 PUT, body
aiohttp    PUT:    301 PUT, body        302 PUT, body        307 PUT, body
requests   DELETE: 301 DELETE, no body  302 GET, no body     307 DELETE, body
niquests   DELETE: 301 DELETE, no body  302 GET, no body     307 DELETE, body
curl_cffi  DELETE: 301 DELETE, no body  302 DELETE, no body  307 DELETE, body
httpx      DELETE: 301 DELETE, body     302 GET, no body     307 DELETE, body
aiohttp    DELETE: 301 DELETE, body     302 DELETE, body     307 DELETE, body
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    requests==2.34.2 niquests==3.21.2 curl_cffi==0.17.0 httpx==0.28.1 aiohttp==3.14.5

cat >look.py <<'END'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import curl_cffi.requests
import httpx
import niquests
import requests

change = {"members": ["ann@example.com", "bob@example.com", "cy@example.com"]}
arrived = []  # what the new address was asked


class Moved(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/v2/"):
            assert not body or json.loads(body) == change
            arrived.append(f"{self.command}, {'body' if body else 'no body'}")
            self.send_response(200)
        else:
            assert json.loads(body) == change
            self.send_response(int(self.path.strip("/").split("/")[0]))
            self.send_header("Location", "/v2/groups/7")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_DELETE = handle_any

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Moved)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"


def with_session(session, **options):
    def run(method, url):
        with session(**options) as client:
            return client.request(method, url, json=change).status_code

    return run


def with_aiohttp(method, url):
    async def run():
        async with aiohttp.ClientSession() as client:
            async with client.request(method, url, json=change) as answer:
                return answer.status

    return asyncio.run(run())


clients = {
    "requests": with_session(requests.Session),
    "niquests": with_session(niquests.Session),
    "curl_cffi": with_session(curl_cffi.requests.Session),
    "httpx": with_session(httpx.Client, follow_redirects=True),
    "aiohttp": with_aiohttp,
}
for method in ("PUT", "DELETE"):
    for name, client in clients.items():
        line = f"{name:<10} {method + ':':<7}"
        for status in (301, 302, 307):
            arrived.clear()
            assert client(method, f"{base}/{status}/groups/7") == 200
            line += f" {status} {', then '.join(arrived):<16}"
        print(line.rstrip())
END

env -u http_proxy -u HTTP_PROXY -u all_proxy -u ALL_PROXY venv/bin/python look.py | tee SEEN
diff EXPECTED SEEN
