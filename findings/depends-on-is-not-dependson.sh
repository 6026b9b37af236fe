#!/usr/bin/env bash
# In a batch of Microsoft's Graph SDK for Python "delete ann, if bob now owns her group" deletes her although he does not: the
# dependency is sent under a name that the service does not know.
#
# Versions: msgraph-core 1.5.2 (the batches of msgraph-sdk) with microsoft-kiota-http 1.16.0; for comparison npm
#           @microsoft/microsoft-graph-client 3.0.7. Seen on 2026-12-01 with Python 3.11 and Node.js 20.
#
# A batch has two requests: bob becomes an owner of ann's group, and ann is deleted. The second depends on the first. The server
# takes the requests of a batch as Graph documents it: one whose "dependsOn" names a request that failed is answered with
# 424 and not carried out; without "dependsOn" the requests have nothing to do with each other. The first one is refused
# with 403. Shown is what the dependency is called in what arrives, the answers, and whether ann is left.
#
# Likely guess: a parameter of the vendor's own library for the vendor's own service does what it says, in each language.
#   It is even checked: a dependency on a request that is not in the batch is refused with a ValueError.
# What happens: msgraph-core checks the dependency and sends it as "depends_on". Graph's name is "dependsOn", so that nothing
#   depends on anything there; the deletion is carried out, and its 204 is right. The client for JavaScript sends
#   "dependsOn", and ann stays.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
msgraph-core: a dependency on an unknown request: ValueError
msgraph-core: "depends_on"; 1: 403, 2: 204; ann is deleted
microsoft-graph-client: "dependsOn"; 1: 403, 2: 424; ann is left
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check msgraph-core==1.5.2 microsoft-kiota-http==1.16.0 \
    microsoft-kiota-abstractions==1.16.0 microsoft-kiota-serialization-json==1.16.0 Deprecated==1.3.1
npm install --silent --no-audit --no-fund --prefix . @microsoft/microsoft-graph-client@3.0.7 isomorphic-fetch@3.0.0 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Graph(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        batch = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        statuses = {}
        for request in batch["requests"]:
            if any(statuses[before] >= 400 for before in request.get("dependsOn", [])):
                statuses[request["id"]] = 424
            else:
                statuses[request["id"]] = 204 if request["method"] == "DELETE" else 403
        names = [key for key in batch["requests"][1] if key.startswith("depend")]
        Path("arrived").write_text(f'"{" ".join(names)}"; ann is {"deleted" if 204 in statuses.values() else "left"}')
        self.answer({"responses": [{"id": id, "status": status, "headers": {}} for id, status in statuses.items()]})

    def answer(self, told):
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Graph)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >batch.py <<'END'
import asyncio
import sys

import httpx
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import ParseNodeFactoryRegistry, SerializationWriterFactoryRegistry
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from kiota_serialization_json.json_serialization_writer_factory import JsonSerializationWriterFactory
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

base = sys.argv[1]
json_factory, writer_factory = JsonParseNodeFactory(), JsonSerializationWriterFactory()
ParseNodeFactoryRegistry().CONTENT_TYPE_ASSOCIATED_FACTORIES["application/json"] = json_factory
SerializationWriterFactoryRegistry().CONTENT_TYPE_ASSOCIATED_FACTORIES["application/json"] = writer_factory


def item(id, method, path, depends_on=None):
    information = RequestInformation()
    information.http_method, information.url = method, base + path
    request = BatchRequestItem(information, id, depends_on)
    request.set_url(base + path)
    return request


async def main():
    try:
        BatchRequestContent({"2": item("2", Method.DELETE, "/v1.0/users/ann", ["1"])})
    except ValueError as error:
        print("msgraph-core: a dependency on an unknown request:", type(error).__name__)

    batch = BatchRequestContent()
    owner = item("1", Method.POST, "/v1.0/groups/testers/owners/$ref")
    batch.add_request("1", owner)
    batch.add_request("2", item("2", Method.DELETE, "/v1.0/users/ann", [owner]))
    adapter = HttpxRequestAdapter(AnonymousAuthenticationProvider(), json_factory, writer_factory, httpx.AsyncClient())
    adapter.base_url = f"{base}/v1.0"
    statuses = (await BatchRequestBuilder(adapter).post(batch)).get_response_status_codes()
    name, ann = open("arrived").read().split("; ")
    told = ", ".join(f"{id}: {status}" for id, status in sorted(statuses.items()))
    print(f"msgraph-core: {name}; {told}; {ann}")


asyncio.run(main())
END

cat >batch.mjs <<'END'
import { readFileSync } from "node:fs";
import "isomorphic-fetch";
import { BatchRequestContent, BatchResponseContent, Client } from "@microsoft/microsoft-graph-client";

const base = process.argv[2];
const client = Client.init({
  baseUrl: base,
  customHosts: new Set(["127.0.0.1"]),
  authProvider: (done) => done(null, "t"),
});
const request = (method, path) => new Request(`https://graph.example.com/v1.0${path}`, { method });
const content = new BatchRequestContent([
  { id: "1", request: request("POST", "/groups/testers/owners/$ref") },
  { id: "2", request: request("DELETE", "/users/ann"), dependsOn: ["1"] },
]);
const answer = new BatchResponseContent(await client.api("/$batch").post(await content.getContent()));
const [name, ann] = readFileSync("arrived", "utf8").split("; ");
const told = ["1", "2"].map((id) => `${id}: ${answer.getResponseById(id).status}`).join(", ");
console.log(`microsoft-graph-client: ${name}; ${told}; ${ann}`);
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ venv/bin/python batch.py "$base"; node batch.mjs "$base"; } | tee SEEN
diff EXPECTED SEEN
