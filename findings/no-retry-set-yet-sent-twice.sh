#!/usr/bin/env bash
# With no retry set anywhere, libcurl's bindings send a POST twice and aiohttp a DELETE, when the
# server has carried it out and hangs up instead of answering. They show the second answer only.
#
# Versions: pycurl 7.49.0 and curl_cffi 0.17.0 (each brings its own libcurl), aiohttp 3.14.5,
#           requests 2.34.2 with urllib3 2.8.0, httpx 0.28.1. Seen on 2026-11-29.
#
# The server answers GET /hello and keeps the connection. On the same connection, or on a new one, comes
# a change. The server reads it to its end, carries it out and closes the connection; the next change
# that arrives finds the work done: 409 for an invitation, 404 for a deletion.
#
# Likely guess: a client without retries sends what it is told once and raises an error when no answer
#   comes. If one does repeat, it would be a GET, or a request that the server cannot have read.
# What happens: requests and httpx do as guessed. libcurl takes a reused connection that ends before
#   the first byte of an answer for one that had gone stale, and sends the request again on a new one,
#   POST included; it does not with the first request of a connection, so that a test of a single call
#   shows nothing. aiohttp repeats a DELETE on any connection, but no POST. So a script reads "conflict"
#   or "not found" for what it has itself just done, and the lost answer is mentioned nowhere.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
reused connection, POST:   pycurl      sent 2, told 409
reused connection, POST:   curl_cffi   sent 2, told 409
reused connection, POST:   aiohttp     sent 1, told ServerDisconnectedError
reused connection, POST:   requests    sent 1, told ConnectionError
reused connection, POST:   httpx       sent 1, told RemoteProtocolError
reused connection, DELETE: pycurl      sent 2, told 404
reused connection, DELETE: curl_cffi   sent 2, told 404
reused connection, DELETE: aiohttp     sent 2, told 404
reused connection, DELETE: requests    sent 1, told ConnectionError
reused connection, DELETE: httpx       sent 1, told RemoteProtocolError
new connection, POST:      pycurl      sent 1, told error
new connection, POST:      curl_cffi   sent 1, told ConnectionError
new connection, POST:      aiohttp     sent 1, told ServerDisconnectedError
new connection, POST:      requests    sent 1, told ConnectionError
new connection, POST:      httpx       sent 1, told RemoteProtocolError
new connection, DELETE:    pycurl      sent 1, told error
new connection, DELETE:    curl_cffi   sent 1, told ConnectionError
new connection, DELETE:    aiohttp     sent 2, told 404
new connection, DELETE:    requests    sent 1, told ConnectionError
new connection, DELETE:    httpx       sent 1, told RemoteProtocolError
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    pycurl==7.49.0 curl_cffi==0.17.0 aiohttp==3.14.5 requests==2.34.2 urllib3==2.8.0 httpx==0.28.1

cat >look.py <<'END'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import curl_cffi.requests
import httpx
import pycurl
import requests

arrived = []  # the bodies of the changes the server has read


class Organization(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = 200
        if self.path == "/users":
            arrived.append(json.loads(body))
            if len(arrived) == 1:
                self.close_connection = True
                return
            status = 409 if self.command == "POST" else 404
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_DELETE = handle_any

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Organization)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
change = {"user": "ann@example.com"}


def with_session(session):
    def run(method, reused):
        with session() as client:
            if reused:
                client.request("GET", base + "/hello")
            return client.request(method, base + "/users", json=change).status_code

    return run


def with_pycurl(method, reused):
    client = pycurl.Curl()
    client.setopt(pycurl.PROXY, "")
    if reused:
        client.setopt(pycurl.URL, base + "/hello")
        client.perform()
    client.setopt(pycurl.URL, base + "/users")
    client.setopt(pycurl.COPYPOSTFIELDS, json.dumps(change))
    client.setopt(pycurl.CUSTOMREQUEST, method)
    client.perform()
    return client.getinfo(pycurl.RESPONSE_CODE)


def with_aiohttp(method, reused):
    async def run():
        async with aiohttp.ClientSession() as client:
            if reused:
                async with client.get(base + "/hello") as answer:
                    await answer.read()
            async with client.request(method, base + "/users", json=change) as answer:
                return answer.status

    return asyncio.run(run())


clients = {
    "pycurl": with_pycurl,
    "curl_cffi": with_session(curl_cffi.requests.Session),
    "aiohttp": with_aiohttp,
    "requests": with_session(requests.Session),
    "httpx": with_session(httpx.Client),
}
for reused in (True, False):
    for method in ("POST", "DELETE"):
        for name, client in clients.items():
            arrived.clear()
            try:
                told = client(method, reused)
            except Exception as error:
                told = type(error).__name__
            assert all(body == change for body in arrived)
            label = f"{'reused' if reused else 'new'} connection, {method}:"
            print(f"{label:<26} {name:<11} sent {len(arrived)}, told {told}")
END

env -u http_proxy -u HTTP_PROXY -u all_proxy -u ALL_PROXY venv/bin/python look.py | tee SEEN
diff EXPECTED SEEN
