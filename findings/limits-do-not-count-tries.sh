#!/usr/bin/env bash
# Clients with a limit of 5 requests a second send more than 10 a second as soon as the server is busy: a limit on the session, or
# even on what sends the requests, does not count what is tried again, and neither do niquests' own limits for its own retries.
#
# Versions: requests-ratelimiter 0.10.0 and pyrate-limiter 4.5.1 with requests 2.34.2 and urllib3 2.8.0; niquests 3.21.2;
#           pyrate-limiter's transport with httpx 0.28.1 and httpx-retries 0.6.0; npm axios-rate-limit 1.9.0 with axios-retry
#           4.5.0 and axios 1.21.1. Seen on 2026-12-01 with Python 3.11 and Node.js 20.
#
# The server answers each address twice with 503 and "Retry-After: 0", then with 200. Fifteen addresses are asked for, one after
# the other, by clients with a limit of 5 a second and three retries; and ("not busy") from a server that says 200 at once.
# Shown is the most that the server got within one second, and how many it got.
#
# Likely guess: who tells a client of a limit and of retries need not think of both: all that goes out goes through the limit,
#   most surely where the two belong to one library, or where the limit is told to the adapter that also has the retries.
# What happens: for requests-ratelimiter, pyrate-limiter's session and niquests a call is one request, however often it is sent:
#   urllib3 tries again further down. Calls are counted rightly, so that no test without errors shows it. But the answer
#   that says "too many" or "busy" makes the client three times as fast; with quotas of so many an hour, tries are not on the
#   account at all. With axios-rate-limit it does not matter which of the two comes first, and for httpx the limit is the
#   inner one, as one has to write down oneself.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
LimiterSession, not busy             at most 5 a second of 15
LimiterSession                       more than 10 a second of 45
LimiterAdapter, not busy             at most 5 a second of 15
LimiterAdapter                       more than 10 a second of 45
RateLimitedRequestsSession, not busy at most 5 a second of 15
RateLimitedRequestsSession           more than 10 a second of 45
niquests, leaky bucket, not busy     at most 5 a second of 15
niquests, leaky bucket               more than 10 a second of 45
httpx, RateLimiterTransport          at most 5 a second of 45
axios-rate-limit, axios-retry        at most 5 a second of 45
axios-retry, axios-rate-limit        at most 5 a second of 45
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check requests-ratelimiter==0.10.0 pyrate-limiter==4.5.1 requests==2.34.2 \
    urllib3==2.8.0 niquests==3.21.2 httpx==0.28.1 httpx-retries==0.6.0
npm install --silent --no-audit --no-fund --prefix . axios-rate-limit@1.9.0 axios-retry@4.5.0 axios@1.21.1 >/dev/null

cat >server.py <<'END'
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

times, tries = [], {}


class Busy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/told":
            most = max(sum(start <= time < start + 0.95 for time in times) for start in times)
            told = "at most 5" if most <= 6 else "more than 10" if most > 10 else f"up to {most}"
            body = f"{told} a second of {len(times)}".encode()
            times.clear()
            tries.clear()
            status = 200
        else:
            times.append(time.monotonic())
            tries[self.path] = tries.get(self.path, 0) + 1
            status, body = 503 if self.path.startswith("/busy") and tries[self.path] <= 2 else 200, b""
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that drops its connections when it ends


server = Server(("127.0.0.1", 0), Busy)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >ask.py <<'END'
import sys
import time
from urllib.request import urlopen

import httpx
import httpx_retries
import niquests
import requests
from pyrate_limiter import Duration, Limiter, Rate
from pyrate_limiter.extras.httpx_limiter import RateLimiterTransport
from pyrate_limiter.extras.requests_limiter import RateLimitedRequestsSession
from requests.adapters import HTTPAdapter
from requests_ratelimiter import LimiterAdapter, LimiterSession
from urllib3 import Retry

base = sys.argv[1]
retry = Retry(3, status_forcelist=[503])


def limiter():
    return Limiter(Rate(5, Duration.SECOND))


def mounted(session, adapter):
    session.mount("http://", adapter)
    return session


def session():
    return mounted(LimiterSession(per_second=5), HTTPAdapter(max_retries=retry))


def adapter():
    return mounted(requests.Session(), LimiterAdapter(per_second=5, max_retries=retry))


def pyrate():
    return mounted(RateLimitedRequestsSession(limiter()), HTTPAdapter(max_retries=retry))


def own():
    retries = niquests.RetryConfiguration(3, status_forcelist=[503])
    return niquests.Session(retries=retries, hooks=niquests.LeakyBucketLimiter(rate=5))


def inner():
    transport = httpx_retries.RetryTransport(RateLimiterTransport(limiter()), httpx_retries.Retry(total=3))
    return httpx.Client(transport=transport)


for name, make in [
    ("LimiterSession", session),
    ("LimiterAdapter", adapter),
    ("RateLimitedRequestsSession", pyrate),
    ("niquests, leaky bucket", own),
    ("httpx, RateLimiterTransport", inner),
]:
    for path in ["quiet", "busy"] if make is not inner else ["busy"]:
        with make() as client:
            for number in range(15):
                assert client.get(f"{base}/{path}/{number}").status_code == 200
        told = urlopen(f"{base}/told").read().decode()
        print(f"{name + (', not busy' if path == 'quiet' else ''):<36} {told}")
        time.sleep(1)
END

cat >ask.mjs <<'END'
import axios from "axios";
import rateLimit from "axios-rate-limit";
import axiosRetry from "axios-retry";

const limit = (client) => rateLimit(client, { maxRequests: 5, perMilliseconds: 1000 });
const retry = (client) => axiosRetry(client, { retries: 3 });
for (const [name, parts] of [
  ["axios-rate-limit, axios-retry", [limit, retry]],
  ["axios-retry, axios-rate-limit", [retry, limit]],
]) {
  const client = axios.create({ baseURL: process.argv[2] });
  for (const part of parts) part(client);
  for (let number = 0; number < 15; number += 1) await client.get(`/busy/${number}`);
  console.log(name.padEnd(36), await (await fetch(`${process.argv[2]}/told`)).text());
}
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ venv/bin/python ask.py "$base"; node ask.mjs "$base"; } | tee SEEN
diff EXPECTED SEEN
