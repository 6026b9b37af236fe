#!/usr/bin/env bash
# A page without users that says where the next one is ends the list of users for three client
# libraries, without an error; four others read on.
#
# Versions: msgraph-core 1.5.2 (the pager of Microsoft's Graph SDK for Python) with microsoft-kiota-http
#           1.16.0, O365 2.1.10, Office365-REST-Python-Client 3.3.0, google-api-python-client 2.202.0,
#           boto3 1.44.8; npm @microsoft/microsoft-graph-client 3.0.7, npm @okta/okta-sdk-nodejs 8.1.0
#           with Node.js 20. Seen on 2026-11-30.
#
# The server has three pages of users: ann and bob; none; cy. Each but the last has its link or token for
# the next page, in the form of the service that the library is for. Pages like the second come from
# services that first cut a page and then filter it, Graph's delta queries among them.
#
# Likely guess: a pager goes on as long as there is a next page; how many are on a page is of no
#   concern to it. Least of all would two pagers of one vendor for one service differ.
# What happens: msgraph-core takes "nothing on this page" for "the caller wants no more", O365 for the
#   end, and Okta's each() too: cy does not exist. Okta's `for await` goes on, but hands out a null where
#   the empty page was. Microsoft's pager for JavaScript reads on.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
msgraph-core                       ann bob
O365                               ann bob
Office365-REST-Python-Client       ann bob cy
google-api-python-client           ann bob cy
boto3                              ann bob cy
@microsoft/microsoft-graph-client  ann bob cy
@okta/okta-sdk-nodejs, each()      ann bob
@okta/okta-sdk-nodejs, for await   ann bob null cy
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    msgraph-core==1.5.2 microsoft-kiota-http==1.16.0 microsoft-kiota-abstractions==1.16.0 \
    microsoft-kiota-serialization-json==1.16.0 O365==2.1.10 Office365-REST-Python-Client==3.3.0 \
    google-api-python-client==2.202.0 boto3==1.44.8
npm install --silent --no-audit --no-fund --prefix . \
    @microsoft/microsoft-graph-client@3.0.7 isomorphic-fetch@3.0.0 @okta/okta-sdk-nodejs@8.1.0 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

pages = {"1": (["ann", "bob"], "2"), "2": ([], "3"), "3": (["cy"], None)}


class Organization(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)
        names, following = pages[query.get("page", query.get("pageToken", ["1"]))[0]]
        link = f"http://127.0.0.1:{server.server_port}{asked.path}?page={following}"
        if asked.path.startswith("/api/"):
            users = [{"id": name, "profile": {"login": name}} for name in names]
            self.answer(users, {"Link": f'<{link}>; rel="next"'} if following else {})
        elif asked.path.startswith("/admin/"):
            answer = {"users": [{"primaryEmail": name} for name in names]} if names else {}
            self.answer(answer | ({"nextPageToken": following} if following else {}))
        else:
            answer = {"value": [{"id": name, "userPrincipalName": name} for name in names]}
            self.answer(answer | ({"@odata.nextLink": link} if following else {}))

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        names, following = pages[asked.get("NextToken", "1")]
        users = [{"UserName": name, "UserId": name, "IdentityStoreId": "d-1"} for name in names]
        self.answer({"Users": users} | ({"NextToken": following} if following else {}))

    def answer(self, body, headers={}):
        body = json.dumps(body).encode()
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Organization)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.py <<'END'
import asyncio
import sys

import boto3
import requests
from google.auth.credentials import AnonymousCredentials
from googleapiclient.discovery import build
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, ParseNodeFactoryRegistry
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph_core.tasks.page_iterator import PageIterator
from O365 import Account, MSGraphProtocol
from office365.graph_client import GraphClient

base = sys.argv[1]


class User(Parsable):
    name = None

    def get_field_deserializers(self):
        return {"userPrincipalName": lambda node: setattr(self, "name", node.get_str_value())}

    def serialize(self, writer):
        pass

    @staticmethod
    def create_from_discriminator_value(parse_node=None):
        return User()


class Users(Parsable):
    def __init__(self):
        self.value = None
        self.odata_next_link = None

    def get_field_deserializers(self):
        return {
            "value": lambda node: setattr(self, "value", node.get_collection_of_object_values(User)),
            "@odata.nextLink": lambda node: setattr(self, "odata_next_link", node.get_str_value()),
        }

    def serialize(self, writer):
        pass

    @staticmethod
    def create_from_discriminator_value(parse_node=None):
        return Users()


def with_msgraph_core():
    async def run():
        json_nodes = JsonParseNodeFactory()
        ParseNodeFactoryRegistry().CONTENT_TYPE_ASSOCIATED_FACTORIES["application/json"] = json_nodes
        adapter = HttpxRequestAdapter(AnonymousAuthenticationProvider())
        request = RequestInformation()
        request.http_method = Method.GET
        request.url = f"{base}/v1.0/users"
        first = await adapter.send_async(request, Users, {})
        names = []

        def take(user):
            names.append(user.name)
            return True

        await PageIterator(first, adapter).iterate(take)
        return names

    return asyncio.run(run())


def with_o365():
    class Local(MSGraphProtocol):
        _protocol_url = f"{base}/"

    account = Account(("id", "secret"), protocol=Local(), auth_flow_type="credentials", tenant_id="t")
    account.con.session = requests.Session()
    account.con.oauth_request = lambda url, method, **options: account.con._internal_request(
        account.con.session, url, method, **options
    )
    return [user.user_principal_name for user in account.directory().get_users(limit=None, batch=2)]


def with_office365():
    class Local(GraphClient):
        service_root_url = f"{base}/v1.0"

    client = Local(lambda: {"token_type": "Bearer", "access_token": "t"})
    return [user.user_principal_name for user in client.users.get_all().execute_query()]


def with_google():
    service = build(
        "admin",
        "directory_v1",
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": base},
        static_discovery=True,
    )
    names = []
    request = service.users().list(customer="my_customer")
    while request is not None:
        answer = request.execute()
        names += [user["primaryEmail"] for user in answer.get("users", [])]
        request = service.users().list_next(request, answer)
    return names


def with_boto3():
    client = boto3.client(
        "identitystore",
        endpoint_url=base,
        region_name="eu-west-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    pages = client.get_paginator("list_users").paginate(IdentityStoreId="d-1")
    return [user["UserName"] for page in pages for user in page["Users"]]


for name, read in [
    ("msgraph-core", with_msgraph_core),
    ("O365", with_o365),
    ("Office365-REST-Python-Client", with_office365),
    ("google-api-python-client", with_google),
    ("boto3", with_boto3),
]:
    print(f"{name:<34}", *read())
END

cat >look.mjs <<'END'
import "isomorphic-fetch";
import { Client, PageIterator } from "@microsoft/microsoft-graph-client";
import okta from "@okta/okta-sdk-nodejs";

const base = process.argv[2];
const tell = (name, names) => console.log(name.padEnd(34), ...names);

const graph = Client.init({
  baseUrl: `${base}/`,
  customHosts: new Set(["127.0.0.1"]),
  authProvider: (done) => done(null, "t"),
});
const fromGraph = [];
const first = await graph.api("/users").get();
await new PageIterator(graph, first, (user) => fromGraph.push(user.userPrincipalName) > 0).iterate();
tell("@microsoft/microsoft-graph-client", fromGraph);

const { userApi } = new okta.Client({ orgUrl: base, token: "t", testing: { disableHttpsCheck: true } });
const fromEach = [];
await (await userApi.listUsers()).each((user) => { fromEach.push(user.profile.login); });
tell("@okta/okta-sdk-nodejs, each()", fromEach);
const fromLoop = [];
for await (const user of await userApi.listUsers()) fromLoop.push(user && user.profile.login);
tell("@okta/okta-sdk-nodejs, for await", fromLoop);
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ venv/bin/python look.py "$base"; node look.mjs "$base"; } | tee SEEN
diff EXPECTED SEEN
