#!/usr/bin/env bash
# Three retry helpers, used as they come, do not repeat a POST that the server turned away with 429 and
# a Retry-After, but do repeat one that it may have carried out.
#
# Versions: axios-retry 4.5.0 with axios 1.21.1, fetch-retry 6.0.0 (with the fetch of Node.js),
#           aiohttp-retry 2.9.1 with aiohttp 3.14.5; for comparison got 14.6.6 and httpx-retries 0.6.0
#           with httpx 0.28.1. Seen on 2026-11-29 with Node.js 20.
#
# The server counts the invitations that it has carried out. It does so and then hangs up, or does so and
# then answers 500; or it answers 429 with "Retry-After: 1" before it does anything.
#
# Likely guess: a POST is left alone by all of them, or, if one does repeat it, then after the 429, where
#   nothing was done and the server says when to come again. A "network error" is a connection that was
#   not made.
# What happens: got and httpx-retries leave POST alone. With axios-retry and fetch-retry a network error
#   is also an answer that never came, whatever the method: one invitation goes out four times.
#   aiohttp-retry takes any 5xx as a reason, whatever the method: three times. After the 429 all
#   three give up at once. They would have been right the other way round.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
axios-retry   hangs up: sent 4, invited 4   500: sent 1, invited 1   429: sent 1, invited 0
fetch-retry   hangs up: sent 4, invited 4   500: sent 1, invited 1   429: sent 1, invited 0
got           hangs up: sent 1, invited 1   500: sent 1, invited 1   429: sent 1, invited 0
aiohttp-retry hangs up: sent 1, invited 1   500: sent 3, invited 3   429: sent 1, invited 0
httpx-retries hangs up: sent 1, invited 1   500: sent 1, invited 1   429: sent 1, invited 0
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    aiohttp-retry==2.9.1 aiohttp==3.14.5 httpx-retries==0.6.0 httpx==0.28.1
npm install --silent --no-audit --no-fund --prefix . \
    axios-retry@4.5.0 axios@1.21.1 fetch-retry@6.0.0 got@14.6.6 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

count = {"sent": 0, "invited": 0}


class Organization(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert sent == {"invite": "ann@example.com"}
        count["sent"] += 1
        if self.path == "/429":
            self.answer(429, {"Retry-After": "1"})
            return
        count["invited"] += 1
        if self.path == "/500":
            self.answer(500)
        else:
            self.close_connection = True

    def do_GET(self):
        self.answer(200, body=f"sent {count['sent']}, invited {count['invited']}")
        count.update(sent=0, invited=0)

    def answer(self, status, headers={}, body=""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Organization)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.mjs <<'END'
import axios from "axios";
import axiosRetry from "axios-retry";
import fetchRetry from "fetch-retry";
import got from "got";

const base = process.argv[2];
const change = { invite: "ann@example.com" };

const axiosClient = axios.create();
axiosRetry(axiosClient);
const fetchClient = fetchRetry(fetch);

const clients = {
  "axios-retry": (url) => axiosClient.post(url, change),
  "fetch-retry": (url) =>
    fetchClient(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(change),
    }),
  got: (url) => got.post(url, { json: change }),
};

for (const [name, post] of Object.entries(clients)) {
  const told = [];
  for (const kind of ["hangs up", "500", "429"]) {
    await post(`${base}/${kind.replace(" ", "-")}`).catch(() => {});
    told.push(`${kind}: ${await (await fetch(`${base}/count`)).text()}`);
  }
  console.log(name.padEnd(14) + told.join("   "));
}
END

cat >look.py <<'END'
import asyncio
import sys

import aiohttp
import httpx
from aiohttp_retry import RetryClient
from httpx_retries import RetryTransport

base = sys.argv[1]
change = {"invite": "ann@example.com"}


def with_aiohttp_retry(url):
    async def run():
        async with RetryClient() as client:
            async with client.post(url, json=change):
                pass

    try:
        asyncio.run(run())
    except aiohttp.ClientError:
        pass


def with_httpx_retries(url):
    with httpx.Client(transport=RetryTransport()) as client:
        try:
            client.post(url, json=change)
        except httpx.HTTPError:
            pass


for name, post in [("aiohttp-retry", with_aiohttp_retry), ("httpx-retries", with_httpx_retries)]:
    told = []
    for kind in ("hangs up", "500", "429"):
        post(f"{base}/{kind.replace(' ', '-')}")
        told.append(f"{kind}: {httpx.get(base + '/count').text}")
    print(f"{name:<13} ", "   ".join(told), sep="")
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ node look.mjs "$base"; venv/bin/python look.py "$base"; } | tee SEEN
diff EXPECTED SEEN
