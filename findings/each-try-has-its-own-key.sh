#!/usr/bin/env bash
# An idempotency key that is set where a client says that requests are about to go out is another one for each try with got, ky,
# axios-retry, ofetch and aiohttp-retry, so that the server invites twice; with others one key covers all tries.
#
# Versions: npm got 14.6.6, ky 1.14.3, axios-retry 4.5.0 with axios 1.21.1, ofetch 1.5.1, superagent 10.4.2,
#           @azure/core-rest-pipeline 1.24.0; aiohttp-retry 2.9.1 with aiohttp 3.14.5, httpx-retries 0.6.0 with httpx 0.28.1,
#           niquests 3.21.2, requests 2.34.2 with urllib3 2.8.0. Seen on 2026-12-01 with Node.js 20 and Python 3.11.
#
# The server carries out each POST whose key it has not seen yet, answers the first one with 503 and "Retry-After: 0", and the
# next one with 200. Each client is told to repeat POST, and has one function that gives each request a new UUID as its
# Idempotency-Key, at the place that the client has for such things. A second time the function leaves a key alone that is
# there already ("if none").
#
# Likely guess: the place is for requests, and a retry is the same request sent again; the clients speak of retries
#   apart, some with a hook of their own for them (beforeRetry, onRetry). That is how keys are put in for all calls at once,
#   and what makes it safe to repeat a POST.
# What happens: in five of ten the function is called anew for each try. The first key is spent, the second is unknown, and
#   ann is invited twice while all that is reported is a 200. With "if none" got, axios-retry, ofetch and ky keep the
#   first key; for aiohttp-retry each try is a request without one.
#
# Output seen: EXPECTED below (how often ann was invited).
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
got, beforeRequest:          always 2, if none 1
ky, beforeRequest:           always 2, if none 1
axios-retry, interceptor:    always 2, if none 1
ofetch, onRequest:           always 2, if none 1
superagent, use:             always 1, if none 1
Azure's core, addPolicy:     always 1, if none 1
aiohttp-retry, middlewares:  always 2, if none 2
httpx-retries, event_hooks:  always 1, if none 1
niquests, pre_request:       always 1, if none 1
requests, auth:              always 1, if none 1
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiohttp-retry==2.9.1 aiohttp==3.14.5 httpx-retries==0.6.0 \
    httpx==0.28.1 niquests==3.21.2 requests==2.34.2 urllib3==2.8.0
npm install --silent --no-audit --no-fund --prefix . got@14.6.6 ky@1.14.3 axios-retry@4.5.0 axios@1.21.1 ofetch@1.5.1 \
    superagent@10.4.2 @azure/core-rest-pipeline@1.24.0 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

tries, keys = {}, {}


class Invitations(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        tries[self.path] = tries.get(self.path, 0) + 1
        keys.setdefault(self.path, set()).add(self.headers["Idempotency-Key"])
        self.answer(503 if tries[self.path] == 1 else 200, {})

    def do_GET(self):
        assert tries[self.path] == 2 and None not in keys[self.path]
        self.answer(200, len(keys[self.path]))

    def answer(self, status, told):
        body = json.dumps(told).encode()
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that drops its connections when it ends


server = Server(("127.0.0.1", 0), Invitations)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >invite.mjs <<'END'
import { randomUUID } from "node:crypto";
import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";
import axios from "axios";
import axiosRetry from "axios-retry";
import got from "got";
import ky from "ky";
import { ofetch } from "ofetch";
import superagent from "superagent";

const base = process.argv[2];
const name = "Idempotency-Key";
const ann = { user: "ann@example.com" };

// `stamp` gets the headers, whatever they are in the client.
const clients = {
  "got, beforeRequest": (url, stamp) =>
    got.post(url, {
      json: ann,
      retry: { limit: 2, methods: ["POST"] },
      hooks: {
        beforeRequest: [
          ({ headers }) => stamp(() => headers["idempotency-key"], (key) => { headers["idempotency-key"] = key; }),
        ],
      },
    }),
  "ky, beforeRequest": (url, stamp) =>
    ky.post(url, {
      json: ann,
      retry: { limit: 2, methods: ["post"] },
      hooks: { beforeRequest: [({ headers }) => stamp(() => headers.get(name), (key) => headers.set(name, key))] },
    }),
  "axios-retry, interceptor": (url, stamp) => {
    const client = axios.create();
    axiosRetry(client, { retries: 2, retryCondition: () => true });
    client.interceptors.request.use((config) => {
      stamp(() => config.headers.get(name), (key) => config.headers.set(name, key));
      return config;
    });
    return client.post(url, ann);
  },
  "ofetch, onRequest": (url, stamp) =>
    ofetch(url, {
      method: "POST",
      body: ann,
      retry: 2,
      onRequest: ({ options: { headers } }) => stamp(() => headers.get(name), (key) => headers.set(name, key)),
    }),
  "superagent, use": (url, stamp) =>
    superagent.post(url).use((request) => stamp(() => request.get(name), (key) => request.set(name, key))).retry(2).send(ann),
  "Azure's core, addPolicy": (url, stamp) => {
    const pipeline = createPipelineFromOptions({});
    pipeline.addPolicy({
      name: "key",
      sendRequest: (request, next) => {
        stamp(() => request.headers.get(name), (key) => request.headers.set(name, key));
        return next(request);
      },
    });
    const request = createPipelineRequest({ url, method: "POST", body: JSON.stringify(ann), allowInsecureConnection: true });
    return pipeline.sendRequest(createDefaultHttpClient(), request);
  },
};
const stamps = {
  always: (_, set) => { set(randomUUID()); },
  "if none": (get, set) => { if (!get()) set(randomUUID()); },
};

let number = 0;
for (const [client, invite] of Object.entries(clients)) {
  const invited = [];
  for (const [when, stamp] of Object.entries(stamps)) {
    number += 1;
    const url = `${base}/node-${number}`;
    await invite(url, stamp);
    invited.push(`${when} ${await (await fetch(url)).json()}`);
  }
  console.log(`${client}:`.padEnd(28), invited.join(", "));
}
END

cat >invite.py <<'END'
import asyncio
import sys
import uuid

import aiohttp
import aiohttp_retry
import httpx
import httpx_retries
import niquests
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

base = sys.argv[1]
ann = {"user": "ann@example.com"}


def with_aiohttp_retry(url, stamp):
    async def add_key(request, handler):
        stamp(request.headers)
        return await handler(request)

    async def post():
        options = aiohttp_retry.ExponentialRetry(attempts=3, start_timeout=0.1, methods={"POST"})
        async with aiohttp_retry.RetryClient(retry_options=options, middlewares=[add_key]) as client:
            async with client.post(url, json=ann) as answer:
                return answer.status

    asyncio.run(post())


def with_httpx_retries(url, stamp):
    transport = httpx_retries.RetryTransport(retry=httpx_retries.Retry(total=2, allowed_methods=["POST"]))
    with httpx.Client(transport=transport, event_hooks={"request": [lambda request: stamp(request.headers)]}) as client:
        client.post(url, json=ann)


def with_niquests(url, stamp):
    retries = niquests.RetryConfiguration(2, status_forcelist=[503], allowed_methods=["POST"])
    with niquests.Session(retries=retries) as session:
        session.hooks["pre_request"].append(lambda request, **_: stamp(request.headers))
        session.post(url, json=ann)


def with_requests(url, stamp):
    def add_key(request):
        stamp(request.headers)
        return request

    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[503], allowed_methods=["POST"])))
        session.auth = add_key
        session.post(url, json=ann)


def always(headers):
    headers["Idempotency-Key"] = str(uuid.uuid4())


def if_none(headers):
    headers.setdefault("Idempotency-Key", str(uuid.uuid4()))


number = 0
for client, invite in [
    ("aiohttp-retry, middlewares", with_aiohttp_retry),
    ("httpx-retries, event_hooks", with_httpx_retries),
    ("niquests, pre_request", with_niquests),
    ("requests, auth", with_requests),
]:
    invited = []
    for when, stamp in [("always", always), ("if none", if_none)]:
        number += 1
        invite(f"{base}/python-{number}", stamp)
        invited.append(f"{when} {requests.get(f'{base}/python-{number}').json()}")
    print(f"{client + ':':<28} {', '.join(invited)}")
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ node invite.mjs "$base"; venv/bin/python invite.py "$base"; } | tee SEEN
diff EXPECTED SEEN
