#!/usr/bin/env bash
# Leavers of department 12 are read page by page: the second page is of those who stay in department 1 for superagent, and for
# requests, httpx, niquests and dlt there is none. The address of it has a semicolon. Other forms of the header hide pages, too.
#
# Versions: requests 2.34.2, httpx 0.28.1, niquests 3.21.2, aiohttp 3.14.5, dlt 1.31.0, linkheader-parser 0.6, LinkHeader 0.4.3;
#           npm got 14.6.6, superagent 10.4.2, parse-link-header 2.0.0, http-link-header 1.1.4, li 1.3.0. Seen on 2026-12-03
#           with Python 3.11 and Node.js 20.
#
# A server has 250 leavers in department 12, to be deleted. It gives a hundred a page, and the address of the next one in a Link
# header. RFC 8288 has several ways to write it: plain is GitHub's; rel=next without quotation marks; with a title before it;
# Rel="Next", as capitals do not matter; "next last" for the last but one page, which is two relations in one. The address
# may have a comma, here of the fields that are asked for, or a semicolon, here of a filter in RSQL (dept==12;leaver==true). The
# clients use what the library has for the header. Shown is how many leavers of department 12 each found, and how many others.
#
# Likely guess: the header has been there since 2010, and what is between < and > is the address. If a library cannot read a
#   header, it raises, so that a list is whole or not there.
# What happens: requests, and with it dlt, niquests and httpx, which all do as it does, cuts a link at its first semicolon, within
#   the address too. What remains has no rel, so that there is no next page, and no error. superagent cuts there as well and
#   finds the rel all the same; and as it takes off the last letter for a ">", dept==12 is dept==1. It cuts at commas, too, and
#   asks for something that this server refuses; got throws for both. "next last" is a relation of its own for most, so that the
#   last page is missing, and Rel="Next" is none. linkheader-parser wants the quotation marks. Only http-link-header reads all. In
#   a test with fewer users than a page there is no header.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                   plain  rel=next  title  Rel="Next"  "next last"  comma       semicolon
requests           250    250       250    100         200          250         100
httpx              250    250       250    100         200          250         100
niquests           250    250       250    100         200          250         100
aiohttp            250    250       250    100         200          250         250
dlt                250    250       250    100         200          250         100
linkheader-parser  250    100       250    100         250          250         250
LinkHeader         250    250       250    100         200          250         250
got                250    250       250    100         200          100, error  100, error
superagent         250    250       250    100         250          100, error  100 + 200
parse-link-header  250    250       250    100         250          250         250
http-link-header   250    250       250    250         250          250         250
li                 250    250       250    100         250          250         250
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check requests==2.34.2 httpx==0.28.1 niquests==3.21.2 aiohttp==3.14.5 \
    dlt==1.31.0 linkheader-parser==0.6 LinkHeader==0.4.3
npm install --silent --no-audit --no-fund --cache "$work/cache" --prefix . got@14.6.6 superagent@10.4.2 parse-link-header@2.0.0 \
    http-link-header@1.1.4 li@1.3.0 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

# Department 12 has 250 leavers and 150 who stay, department 1 has 300, and all of them stay.
people = [{"id": n, "dept": "12" if n < 400 else "1", "leaver": "true" if n < 250 else "false"} for n in range(700)]
forms = {
    "plain": '<{next}>; rel="next", <{last}>; rel="last"',
    "token": "<{next}>; rel=next, <{last}>; rel=last",
    "title": '<{next}>; title="page {number} of 3"; rel="next", <{last}>; title="page 3 of 3"; rel="last"',
    "capitals": '<{next}>; Rel="Next", <{last}>; Rel="Last"',
    "two": '<{next}>; rel="next", <{last}>; rel="last"',
    "comma": '<{next}>; rel="next", <{last}>; rel="last"',
    "semicolon": '<{next}>; rel="next", <{last}>; rel="last"',
}


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        address = urlsplit(self.path)
        form = address.path.split("/")[1]
        query = dict(part.split("=", 1) for part in address.query.split("&") if "=" in part)
        # A saved view has the same people as the filter.
        wanted = "dept==12;leaver==true" if query.get("view") == "leavers12" else query.get("filter")
        if form not in forms or not wanted:
            self.answer(400, [], None)
            return
        tests = [test.split("==") for test in wanted.split(";")]
        found = [person for person in people if all(person.get(name) == value for name, value in tests)]
        start = int(query.get("start", "0"))
        others = "&".join(f"{name}={value}" for name, value in query.items() if name != "start")
        page = f"http://{self.headers['Host']}{address.path}?start={{}}&{others}"
        following, last = start + 100, (len(found) - 1) // 100 * 100
        link = None
        if following < len(found):
            link = forms[form]
            if form == "two" and following == last:
                link = '<{first}>; rel="first prev", <{next}>; rel="next last"'
            names = {"next": page.format(following), "last": page.format(last), "first": page.format(0)}
            link = link.format(number=following // 100 + 1, **names)
        self.answer(200, found[start:following], link)

    def answer(self, status, body, link):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if link:
            self.send_header("Link", link)
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
import json
import sys

import aiohttp
import httpx
import link_header
import linkheader_parser
import niquests
import requests
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator

addresses = json.loads(sys.argv[1])


def by_links(library):
    def fetch(address):
        answer = library.get(address)
        answer.raise_for_status()
        return answer.json(), answer.links.get("next", {}).get("url")

    return fetch


def by_aiohttp(address):
    async def fetch():
        async with aiohttp.ClientSession(raise_for_status=True) as session, session.get(address) as answer:
            return await answer.json(), answer.links.get("next", {}).get("url")

    return asyncio.run(fetch())


def parsed_by(find):
    def fetch(address):
        answer = requests.get(address)
        answer.raise_for_status()
        return answer.json(), find(answer.headers["Link"]) if "Link" in answer.headers else None

    return fetch


def with_linkheader(header):
    links = link_header.parse(header).links_by_attr_pairs([("rel", "next")])
    return links[0].href if links else None


def page_by_page(fetch):
    def read(address):
        while address:
            people, address = fetch(str(address))
            yield from people

    return read


def by_dlt(address):
    for page in RESTClient(base_url=address, paginator=HeaderLinkPaginator()).paginate(""):
        yield from page


clients = {
    "requests": page_by_page(by_links(requests)),
    "httpx": page_by_page(by_links(httpx)),
    "niquests": page_by_page(by_links(niquests)),
    "aiohttp": page_by_page(by_aiohttp),
    "dlt": by_dlt,
    "linkheader-parser": page_by_page(parsed_by(lambda header: linkheader_parser.parse(header).get("next", {}).get("url"))),
    "LinkHeader": page_by_page(parsed_by(with_linkheader)),
}
for name, read in clients.items():
    cells = []
    for address in addresses:
        found, ended = [], ""
        try:
            for person in read(address):
                found.append(person)
        except Exception as error:
            ended = ", error"
        right = sum(person["leaver"] == "true" and person["dept"] == "12" for person in found)
        cells.append(f"{right}" + (f" + {len(found) - right}" if len(found) > right else "") + ended)
    print("\t".join([name, *cells]))
END

cat >read.mjs <<'END'
import got from "got";
import HttpLinkHeader from "http-link-header";
import li from "li";
import parseLinkHeader from "parse-link-header";
import superagent from "superagent";

const addresses = JSON.parse(process.argv[2]);

async function* byGot(address) {
  yield* got.paginate(address, { responseType: "json" });
}

function pageByPage(fetchPage) {
  return async function* (first) {
    let address = first;
    while (address !== undefined) {
      const [people, next] = await fetchPage(address);
      yield* people;
      address = next === undefined ? undefined : new URL(next, address).href;
    }
  };
}

function parsedBy(find) {
  return pageByPage(async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const header = answer.headers.get("link");
    return [await answer.json(), header === null ? undefined : find(header)];
  });
}

const clients = {
  "got": byGot,
  "superagent": pageByPage(async (address) => {
    const answer = await superagent.get(address);
    return [answer.body, answer.links.next];
  }),
  "parse-link-header": parsedBy((header) => parseLinkHeader(header)?.next?.url),
  "http-link-header": parsedBy((header) => HttpLinkHeader.parse(header).rel("next")[0]?.uri),
  "li": parsedBy((header) => li.parse(header).next),
};
for (const [name, read] of Object.entries(clients)) {
  const cells = [];
  for (const address of addresses) {
    const found = [];
    let ended = "";
    try {
      for await (const person of read(address)) found.push(person);
    } catch {
      ended = ", error";
    }
    const right = found.filter((person) => person.leaver === "true" && person.dept === "12").length;
    cells.push(`${right}${found.length > right ? ` + ${found.length - right}` : ""}${ended}`);
  }
  console.log([name, ...cells].join("\t"));
}
process.exit();
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
view='users?view=leavers12'
addresses=$(printf '"%s",' "$base/plain/$view" "$base/token/$view" "$base/title/$view" "$base/capitals/$view" "$base/two/$view" \
    "$base/comma/$view&fields=id,leaver,dept" "$base/semicolon/users?filter=dept==12;leaver==true")
{
    printf '\tplain\trel=next\ttitle\tRel="Next"\t"next last"\tcomma\tsemicolon\n'
    venv/bin/python -W ignore read.py "[${addresses%,}]"
    node read.mjs "[${addresses%,}]"
} 2>&1 | awk -F '\t' '{ printf "%-18s %-6s %-9s %-6s %-11s %-12s %-11s %s\n", $1, $2, $3, $4, $5, $6, $7, $8 }' | tee SEEN
diff EXPECTED SEEN && echo "as expected"
