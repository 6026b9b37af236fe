#!/usr/bin/env bash
# A sheet that is sent again, because the first answer was 503 or because it has to go to another address, arrives empty, and
# the client reports success: nine ways to it, two of them with a client that in a third case refuses to do just that.
#
# Versions: npm got 14.6.6, axios-retry 4.5.0 with axios 1.21.1, undici 7.30.2, needle 3.5.0, ky 1.14.3 with Node.js 20;
#           requests 2.34.2 with urllib3 2.8.0, tenacity 9.2.1, aiohttp-retry 2.9.1 with aiohttp 3.14.5, httpx-retries 0.6.0
#           with httpx 0.28.1. Seen on 2026-12-01.
#
# A sheet with the members of a group, who replace those that are there, is sent with PUT. The server reads it whole and
# answers 503 with "Retry-After: 0" the first time, or 307 for another address. The body is a file that is read while it is
# sent, or rows as a generator makes them, as one does with long sheets. Shown is what arrived, one word for each PUT (for 307
# the second is the other address), and what the client reported.
#
# Likely guess: what has been read once cannot be sent again. So the client reads the file from its beginning, keeps the bytes,
#   or gives up with an error. Some leave out the body with a redirect, with 301 for instance; with 307 and with a
#   retry method and body are the same.
# What happens: some do as guessed. The others send what is left of the body, which is nothing, under the same method, and a
#   200 is all that the caller sees. got refuses to repeat a file after the 503 and says why; after the 307 it sends nothing of
#   it, and after the 503 nothing of a generator. axios-retry and undici are the other way round: empty after the 503, and
#   whole or an error after the 307. requests goes back to the beginning of a file, but not of a generator; and when tenacity
#   calls it anew, it takes the rest of the file for the file.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
requests, Retry     file       503  whole whole  200
requests, Retry     file       307  whole whole  200
requests, Retry     generator  503  whole empty  200
requests, Retry     generator  307  whole empty  200
requests, tenacity  file       503  whole empty  200
requests, tenacity  file       307  whole whole  200
aiohttp-retry       generator  503  whole empty  200
aiohttp-retry       generator  307  whole        ClientPayloadError
httpx-retries       generator  503  whole        StreamConsumed
httpx-retries       generator  307  whole        StreamConsumed
got                 file       503  whole        HTTPError
got                 file       307  whole empty  200
got                 generator  503  whole empty  200
axios, axios-retry  file       503  whole empty  200
axios, axios-retry  file       307  whole whole  200
undici, its retry   file       503  whole empty  200
undici, its retry   file       307  whole        TypeError
needle              file       307  whole empty  200
ky                  file       503  whole whole  200
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0 tenacity==9.2.1 \
    aiohttp-retry==2.9.1 aiohttp==3.14.5 httpx-retries==0.6.0 httpx==0.28.1
npm install --silent --no-audit --no-fund --prefix . got@14.6.6 axios-retry@4.5.0 axios@1.21.1 undici@7.30.2 needle@3.5.0 \
    ky@1.14.3 >/dev/null

printf 'member\n%s\n' ann@example.com bob@example.com cy@example.com >members.csv

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

whole = Path("members.csv").stat().st_size
arrived = {}


class Organization(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        _, answer, client = self.path.split("/")
        size = len(self.body())
        words = arrived.setdefault(client, [])
        words.append({whole: "whole", 0: "empty"}.get(size, f"{size} bytes"))
        if answer == "503" and len(words) == 1:
            self.answer(503, {"Retry-After": "0"})
        elif answer == "307":
            self.answer(307, {"Location": f"/moved/{client}"})
        else:
            self.answer(200, {})

    def do_GET(self):
        self.answer(200, {}, json.dumps(arrived[self.path[1:]]).encode())

    def body(self):
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def answer(self, status, headers, body=b"done"):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that gives up in the middle of a request


server = Server(("127.0.0.1", 0), Organization)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

# Both programs print the client, the kind of body, the server's first answer, what arrived, and what the client reported.
cat >upload.py <<'END'
import asyncio
import sys

import aiohttp_retry
import httpx
import httpx_retries
import requests
import tenacity
from requests.adapters import HTTPAdapter
from urllib3 import Retry

base = sys.argv[1]


def rows():
    with open("members.csv", "rb") as sheet:
        yield from sheet


async def rows_for_asyncio():
    for row in rows():
        yield row


def with_requests(url, body):
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[503])))
    return session.put(url, data=body).status_code


def with_tenacity(url, body):
    @tenacity.retry(stop=tenacity.stop_after_attempt(3), reraise=True)
    def put():
        answer = requests.put(url, data=body)
        answer.raise_for_status()
        return answer.status_code

    return put()


def with_httpx_retries(url, body):
    transport = httpx_retries.RetryTransport(retry=httpx_retries.Retry(total=2))
    with httpx.Client(transport=transport, follow_redirects=True) as client:
        return client.put(url, content=body).status_code


def with_aiohttp_retry(url, body):
    async def put():
        options = aiohttp_retry.ExponentialRetry(attempts=3, start_timeout=0.1)
        async with aiohttp_retry.RetryClient(retry_options=options) as client:
            async with client.put(url, data=body) as answer:
                return answer.status

    return asyncio.run(put())


number = 0
for name, put, kind, body in [
    ("requests, Retry", with_requests, "file", lambda: open("members.csv", "rb")),
    ("requests, Retry", with_requests, "generator", rows),
    ("requests, tenacity", with_tenacity, "file", lambda: open("members.csv", "rb")),
    ("aiohttp-retry", with_aiohttp_retry, "generator", rows_for_asyncio),
    ("httpx-retries", with_httpx_retries, "generator", rows),
]:
    for first in ["503", "307"]:
        number += 1
        try:
            reported = put(f"{base}/{first}/python-{number}", body())
        except Exception as error:
            reported = type(error).__name__
        arrived = " ".join(requests.get(f"{base}/python-{number}").json())
        print(f"{name:<19} {kind:<10} {first}  {arrived:<12} {reported}")
END

cat >upload.mjs <<'END'
import { createReadStream, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import axios from "axios";
import axiosRetry from "axios-retry";
import got from "got";
import ky from "ky";
import needle from "needle";
import { Agent, fetch, interceptors } from "undici";

const base = process.argv[2];
const file = () => createReadStream("members.csv");
const rows = async function* () { yield readFileSync("members.csv"); };

const client = axios.create();
axiosRetry(client, { retries: 2 });
const retrying = new Agent().compose(interceptors.retry({ minTimeout: 100 }));

const withGot = async (url, body) => (await got.put(url, { body })).statusCode;
const withAxios = async (url, body) => (await client.put(url, body)).status;
const withUndici = async (url, body) =>
  (await fetch(url, { method: "PUT", body, duplex: "half", dispatcher: retrying })).status;
const withKy = async (url, body) => (await ky.put(url, { body: Readable.toWeb(body), duplex: "half" })).status;
const withNeedle = async (url, body) =>
  (await needle("put", url, body, { follow_max: 2, follow_keep_method: true })).statusCode;

let number = 0;
for (const [name, put, kind, body, firsts] of [
  ["got", withGot, "file", file, [503, 307]],
  ["got", withGot, "generator", rows, [503]],
  ["axios, axios-retry", withAxios, "file", file, [503, 307]],
  ["undici, its retry", withUndici, "file", file, [503, 307]],
  ["needle", withNeedle, "file", file, [307]],
  ["ky", withKy, "file", file, [503]],
]) {
  for (const first of firsts) {
    number += 1;
    const reported = await put(`${base}/${first}/node-${number}`, body()).catch((error) => error.name);
    const arrived = (await (await fetch(`${base}/node-${number}`)).json()).join(" ");
    console.log(name.padEnd(19), kind.padEnd(10), `${first} `, arrived.padEnd(12), reported);
  }
}
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ venv/bin/python upload.py "$base"; node upload.mjs "$base"; } | tee SEEN
diff EXPECTED SEEN
