#!/usr/bin/env bash
# A client that keeps answers deletes an account, looks, and finds it: requests-cache, hishel, axios-cache-interceptor and got
# go on giving the answer from before their own change; CacheControl does so after a POST only.
#
# Versions: requests-cache 1.3.3, CacheControl 0.14.4 and hishel 2.0.0 with requests 2.34.2 and httpx 0.28.1; npm
#           axios-cache-interceptor 1.12.3 with axios 1.21.1, got 14.6.6, make-fetch-happen 15.0.6, undici 7.30.2. Seen on
#           2026-12-01 with Python 3.11 and Node.js 20.
#
# The server shows an account with "Cache-Control: max-age=300". The client reads it (group Ops), changes it by PATCH, PUT or
# POST (group Sales) or deletes it, at the same address, and reads it again. RFC 9111, 4.4: a cache must not use what it has of
# an address any longer, once a request with such a method to this address has succeeded.
#
# Likely guess: what others change may be seen up to five minutes later, that is what max-age means. What went through the
#   client itself, it knows; a library that goes by Cache-Control keeps this rule too, which is older than most of them.
# What happens: make-fetch-happen and undici keep the rule, CacheControl for three of the four methods. For the others a change
#   has nothing to do with what they have kept: a run that checks what it did reads for each account that nothing was done, one
#   that reads, changes and writes puts the old groups back, and whoever is "still there" is deleted a second time. hishel
#   has the rule in its code, and gives the old answer all the same.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                         PATCH  PUT    POST   DELETE
requests                 Sales  Sales  Sales  gone
requests-cache           Ops    Ops    Ops    Ops
CacheControl             Sales  Sales  Ops    gone
hishel, requests         Ops    Ops    Ops    Ops
hishel, httpx            Ops    Ops    Ops    Ops
axios-cache-interceptor  Ops    Ops    Ops    Ops
got                      Ops    Ops    Ops    Ops
make-fetch-happen        Sales  Sales  Sales  gone
undici                   Sales  Sales  Sales  gone
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check requests==2.34.2 requests-cache==1.3.3 CacheControl==0.14.4 \
    'hishel[requests,httpx]==2.0.0' httpx==0.28.1
npm install --silent --no-audit --no-fund --prefix . axios-cache-interceptor@1.12.3 axios@1.21.1 got@14.6.6 \
    make-fetch-happen@15.0.6 undici@7.30.2 >/dev/null

cat >server.py <<'END'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

groups = {}


class Accounts(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        group = groups.setdefault(self.path, "Ops")
        self.answer(404 if group == "gone" else 200, group.encode(), {"Cache-Control": "max-age=300"})

    def do_PATCH(self):
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        groups[self.path] = "gone" if self.command == "DELETE" else "Sales"
        self.answer(200, b"done", {})

    do_PUT = do_POST = do_DELETE = do_PATCH

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "text/plain", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that drops its connections when it ends


server = Server(("127.0.0.1", 0), Accounts)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.py <<'END'
import sys

import cachecontrol
import hishel.httpx
import hishel.requests
import requests
import requests_cache

base = sys.argv[1]
methods = ["PATCH", "PUT", "POST", "DELETE"]


def with_hishel():
    session = requests.Session()
    session.mount("http://", hishel.requests.CacheAdapter())
    return session


print(f"{'':<25}" + "".join(f"{method:<7}" for method in methods).rstrip())
for number, (name, client) in enumerate([
    ("requests", requests.Session()),
    ("requests-cache", requests_cache.CachedSession(cache_control=True, backend="memory")),
    ("CacheControl", cachecontrol.CacheControl(requests.Session())),
    ("hishel, requests", with_hishel()),
    ("hishel, httpx", hishel.httpx.CacheClient()),
]):
    seen = []
    for method in methods:
        url = f"{base}/python-{number}/{method}"
        assert client.get(url).text == "Ops"
        client.request(method, url).raise_for_status()
        seen.append(client.get(url).text)
    print(f"{name:<25}" + "".join(f"{group:<7}" for group in seen).rstrip())
END

cat >look.mjs <<'END'
import axios from "axios";
import { setupCache } from "axios-cache-interceptor";
import got from "got";
import makeFetchHappen from "make-fetch-happen";
import { Agent, fetch, interceptors } from "undici";

const base = process.argv[2];
const withAxios = setupCache(axios.create({ validateStatus: () => true }));
const cache = new Map();
const withMake = makeFetchHappen.defaults({ cachePath: "make-fetch-happen" });
const dispatcher = new Agent().compose(interceptors.cache());

const clients = {
  "axios-cache-interceptor": async (method, url) => (await withAxios.request({ method, url })).data,
  got: async (method, url) => (await got(url, { method, cache, throwHttpErrors: false })).body,
  "make-fetch-happen": async (method, url) => (await withMake(url, { method })).text(),
  undici: async (method, url) => (await fetch(url, { method, dispatcher })).text(),
};
for (const [name, call] of Object.entries(clients)) {
  const seen = [];
  for (const method of ["PATCH", "PUT", "POST", "DELETE"]) {
    const url = `${base}/${name}/${method}`;
    if ((await call("GET", url)) !== "Ops") throw new Error(name);
    if ((await call(method, url)) !== "done") throw new Error(name);
    seen.push((await call("GET", url)).padEnd(6));
  }
  console.log(`${name.padEnd(24)} ${seen.join(" ")}`.trimEnd());
}
process.exit();
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ venv/bin/python look.py "$base"; node look.mjs "$base"; } | tee SEEN
diff EXPECTED SEEN
