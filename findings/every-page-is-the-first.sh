#!/usr/bin/env bash
# Disabled accounts are read page by page, with the same parameters for each call: httpx, got, needle and ky read the first page
# for ever, and the next ky does not. xior reads enabled accounts as well, and so do three others where parameters are empty.
#
# Versions: httpx 0.28.1, requests 2.34.2, niquests 3.21.2, aiohttp 3.14.5, curl_cffi 0.17.0, urllib3 2.8.0; npm got 14.6.6, ky
#           1.14.3 and 2.1.0, axios 1.21.1, xior 0.8.5, ofetch 1.5.1, superagent 10.4.2, needle 3.5.0, undici 7.30.2. Seen on
#           2026-12-02 with Python 3.11 and Node.js 20.
#
# 250 of 1,000 accounts are disabled, and they are to be deleted. As services of Microsoft do, the server takes "$filter" and
# "$top", gives the complete address of the next page in "@odata.nextLink", ignores names that it does not know, and answers 400
# where it is asked for a page that it has not offered. The parameters are given with each call, by a client that has been made
# with them, or are in the address from the first page on, while those of the call are empty, as in `def get(url, params={})`.
# Shown is how many disabled accounts were found, how many enabled ones, and how it ended; the loop gives up after 30 pages.
#
# Likely guess: parameters are added to those in the address, as requests does, so that one that is there already is there a
#   second time, which does no harm; and empty ones add nothing.
# What happens: httpx, got, needle and ky 1 put them in place of those in the address, also of a next page's that the server has
#   told, and so ask for the first page again. Who stops at the number of accounts that the service has promised has 100 of them
#   two and a half times. The parameters of a client, such as a version of the API, do that to each address. Empty ones empty it
#   for httpx, got and needle: without the filter it is the first page of all accounts. ky 2 adds. xior encodes names twice, so
#   that "$filter" is one that the server does not know, and all accounts are the disabled ones. urllib3 puts a second "?" into
#   the address, which this server refuses; undici throws.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
client      given with each call            of the client              empty, with each call
httpx       100, no end                     100, no end                13 + 37 enabled, no end
requests    250                             250                        250
niquests    250                             250                        250
curl_cffi   250                             250                        250
aiohttp     250                             -                          250
urllib3     100, then 400                   -                          250
got         100, no end                     100, no end                13 + 37 enabled, no end
ky 1        100, no end                     100, no end                250
ky 2        250                             250                        250
axios       250                             250                        250
xior        250 + 750 enabled               250 + 750 enabled          250
ofetch      250                             250                        250
superagent  250                             -                          250
needle      100, no end                     -                          13 + 37 enabled, no end
undici      100, then Error                 -                          0, then Error
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check httpx==0.28.1 requests==2.34.2 niquests==3.21.2 aiohttp==3.14.5 \
    curl_cffi==0.17.0 urllib3==2.8.0
npm install --silent --no-audit --no-fund --prefix . got@14.6.6 ky1@npm:ky@1.14.3 ky2@npm:ky@2.1.0 axios@1.21.1 xior@0.8.5 \
    ofetch@1.5.1 superagent@10.4.2 needle@3.5.0 undici@7.30.2 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

accounts = [{"id": number, "accountEnabled": number % 4 != 0} for number in range(1000)]
known = ["$filter", "$top", "$skiptoken"]


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        query = {name: values[0] for name, values in query.items() if name in known}
        if not all(query.get(name, "0").isdigit() for name in ["$top", "$skiptoken"]):
            self.answer(400, {"error": {"code": "BadRequest"}})
            return
        who = [account for account in accounts if "$filter" not in query or not account["accountEnabled"]]
        start, top = int(query.get("$skiptoken", "0")), int(query.get("$top", "50"))
        page = {"value": who[start : start + top]}
        if start + top < len(who):
            following = urlencode({**query, "$skiptoken": start + top}, safe="$")
            page["@odata.nextLink"] = f"http://{self.headers['Host']}/users?{following}"
        self.answer(200, page)

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >read.py <<'END'
import asyncio
import sys

import aiohttp
import curl_cffi
import httpx
import niquests
import requests
import urllib3

base = sys.argv[1]
wanted = {"$filter": "accountEnabled eq false", "$top": "100"}
complete = "?$filter=accountEnabled+eq+false&$top=100"


def read(get, address):
    seen, ended = {}, ", no end"
    for _ in range(30):
        try:
            page = get(address)
        except Exception as error:
            ended = f", then {type(error).__name__}"
            break
        if "error" in page:
            ended = ", then 400"
            break
        seen |= {account["id"]: account["accountEnabled"] for account in page["value"]}
        address = page.get("@odata.nextLink")
        if address is None:
            ended = ""
            break
    enabled = sum(seen.values())
    return f"{len(seen) - enabled}" + (f" + {enabled} enabled" if enabled else "") + ended


async def by_aiohttp(address, params):
    async with aiohttp.ClientSession() as session, session.get(address, params=params) as answer:
        return await answer.json()


def own(client):
    return lambda address: client.get(address).json()


def session_of(library):
    session = library.Session()
    session.params = wanted
    return own(session)


clients = {
    "httpx": (own(httpx.Client(params=wanted)), lambda address, params: httpx.get(address, params=params).json()),
    "requests": (session_of(requests), lambda address, params: requests.get(address, params=params).json()),
    "niquests": (session_of(niquests), lambda address, params: niquests.get(address, params=params).json()),
    "curl_cffi": (
        own(curl_cffi.Session(params=wanted)),
        lambda address, params: curl_cffi.get(address, params=params).json(),
    ),
    "aiohttp": (None, lambda address, params: asyncio.run(by_aiohttp(address, params))),
    "urllib3": (None, lambda address, params: urllib3.request("GET", address, fields=params).json()),
}
for name, (get, call) in clients.items():
    cells = [
        read(lambda address: call(address, wanted), base),
        read(get, base) if get else "-",
        read(lambda address: call(address, {}), base + complete),
    ]
    print("\t".join([name, *cells]))
END

cat >read.mjs <<'END'
import axios from "axios";
import got from "got";
import ky1 from "ky1";
import ky2 from "ky2";
import needle from "needle";
import { ofetch } from "ofetch";
import superagent from "superagent";
import { request } from "undici";
import xior from "xior";

const base = process.argv[2];
const wanted = { $filter: "accountEnabled eq false", $top: "100" };
const complete = "?$filter=accountEnabled+eq+false&$top=100";

async function read(get, first) {
  const seen = new Map();
  let ended = ", no end";
  let address = first;
  for (let count = 0; count < 30; count += 1) {
    let page;
    try {
      page = await get(address);
    } catch (error) {
      ended = `, then ${error.name}`;
      break;
    }
    for (const { id, accountEnabled } of page.value) seen.set(id, accountEnabled);
    address = page["@odata.nextLink"];
    if (address === undefined) {
      ended = "";
      break;
    }
  }
  const enabled = [...seen.values()].filter(Boolean).length;
  return `${seen.size - enabled}${enabled ? ` + ${enabled} enabled` : ""}${ended}`;
}

function byKy(ky) {
  const client = ky.create({ searchParams: wanted });
  return [(address) => client(address).json(), (address, searchParams) => ky(address, { searchParams }).json()];
}

function byAxios(library) {
  const [client, plain] = [library.create({ params: wanted }), library.create()];
  return [
    async (address) => (await client.get(address)).data,
    async (address, params) => (await plain.get(address, { params })).data,
  ];
}

const gotClient = got.extend({ searchParams: wanted });
const ofetchClient = ofetch.create({ query: wanted });
const clients = {
  "got": [
    (address) => gotClient(address).json(),
    (address, searchParams) => got(address, { searchParams }).json(),
  ],
  "ky 1": byKy(ky1),
  "ky 2": byKy(ky2),
  "axios": byAxios(axios),
  "xior": byAxios(xior),
  "ofetch": [(address) => ofetchClient(address), (address, query) => ofetch(address, { query })],
  "superagent": [null, async (address, query) => (await superagent.get(address).query(query)).body],
  "needle": [null, async (address, data) => (await needle("get", address, data, {})).body],
  "undici": [null, async (address, query) => (await request(address, { query })).body.json()],
};
for (const [name, [own, call]] of Object.entries(clients)) {
  const cells = [
    await read((address) => call(address, wanted), base),
    own ? await read(own, base) : "-",
    await read((address) => call(address, {}), base + complete),
  ];
  console.log([name, ...cells].join("\t"));
}
process.exit();
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)/users
{
    printf 'client\tgiven with each call\tof the client\tempty, with each call\n'
    venv/bin/python read.py "$base"
    node read.mjs "$base"
} 2>&1 | awk -F '\t' '{ printf "%-11s %-31s %-26s %s\n", $1, $2, $3, $4 }' | tee SEEN
diff EXPECTED SEEN && echo "as expected"
