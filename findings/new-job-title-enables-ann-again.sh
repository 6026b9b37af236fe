#!/usr/bin/env bash
# A script reads an account by Microsoft's Graph SDK, gives it another job title and sends that by PATCH: ann, who was disabled
# in the meantime, is enabled again. Told to clear the job title of a leaver, Python's SDK clears "job_title", and keeps jobTitle.
#
# Versions: msgraph-sdk 1.65.0 with msgraph-core 1.5.2 and microsoft-kiota-abstractions, -http and -serialization-json 1.16.0;
#           npm @microsoft/msgraph-sdk and @microsoft/msgraph-sdk-users 1.0.0-preview.90 with -kiota-abstractions
#           1.0.0-preview.109. Seen on 2026-12-01 with Python 3.11 and Node.js 20.
#
# The script reads ann, who is a clerk in Sales and has a phone, with $select for these properties. Before it goes on, somebody
# disables her account and moves her to Ops. The script then changes one property of what it has read, or none, and passes that
# to patch(). For "new" it sets the property of a new, empty user instead. Shown is what the account is then, on a server that
# takes the properties that it knows, and which ones were sent.
#
# Likely guess: patch() sends what was changed. The models have a "backing store" for that, which knows of each property whether
#   it was changed since it was read, and both SDKs have a function to enable it besides. A property that is set to None is
#   sent as null, under the same name as with a value.
# What happens: whatever was read is sent back, changed or not, and undoes what others did since. In JavaScript it is no longer,
#   once the backing store is enabled, but then a phone that was added to those that are there is not sent at all, and patch()
#   succeeds. Python's backing store does know the difference, enabled or not, but attributes are read past it. It is asked for
#   what became None only, and gives the names that these have in Python: department is the same in both, so that this one can
#   be cleared; job_title, office_location or mobile_phone are names that Graph does not have. With a new object only what was
#   set is sent, but for Python under the wrong name again, if that is None.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
msgraph-sdk
  nothing:           enabled, Sales, Clerk, 1 phone     sent: accountEnabled businessPhones department jobTitle
  another job title: enabled, Sales, Driver, 1 phone    sent: accountEnabled businessPhones department jobTitle
  no department:     enabled, -, Clerk, 1 phone         sent: accountEnabled businessPhones department jobTitle
  no job title:      enabled, Sales, Clerk, 1 phone     sent: accountEnabled businessPhones department job_title
  one more phone:    enabled, Sales, Clerk, 2 phones    sent: accountEnabled businessPhones department jobTitle
msgraph-sdk, new
  nothing:           disabled, Ops, Clerk, 1 phone      sent: -
  another job title: disabled, Ops, Driver, 1 phone     sent: jobTitle
  no department:     disabled, -, Clerk, 1 phone        sent: department
  no job title:      disabled, Ops, Clerk, 1 phone      sent: job_title
msgraph-sdk, enable_backing_store
  nothing:           enabled, Sales, Clerk, 1 phone     sent: accountEnabled businessPhones department jobTitle
  another job title: enabled, Sales, Driver, 1 phone    sent: accountEnabled businessPhones department jobTitle
  no department:     enabled, -, Clerk, 1 phone         sent: accountEnabled businessPhones department jobTitle
  no job title:      enabled, Sales, Clerk, 1 phone     sent: accountEnabled businessPhones department job_title
  one more phone:    enabled, Sales, Clerk, 2 phones    sent: accountEnabled businessPhones department jobTitle
@microsoft/msgraph-sdk
  nothing:           enabled, Sales, Clerk, 1 phone     sent: accountEnabled businessPhones department jobTitle
  another job title: enabled, Sales, Driver, 1 phone    sent: accountEnabled businessPhones department jobTitle
  no department:     enabled, -, Clerk, 1 phone         sent: accountEnabled businessPhones department jobTitle
  no job title:      enabled, Sales, -, 1 phone         sent: accountEnabled businessPhones department jobTitle
  one more phone:    enabled, Sales, Clerk, 2 phones    sent: accountEnabled businessPhones department jobTitle
@microsoft/msgraph-sdk, new
  nothing:           disabled, Ops, Clerk, 1 phone      sent: -
  another job title: disabled, Ops, Driver, 1 phone     sent: jobTitle
  no department:     disabled, -, Clerk, 1 phone        sent: department
  no job title:      disabled, Ops, -, 1 phone          sent: jobTitle
@microsoft/msgraph-sdk, enableBackingStore
  nothing:           disabled, Ops, Clerk, 1 phone      sent: -
  another job title: disabled, Ops, Driver, 1 phone     sent: jobTitle
  no department:     disabled, -, Clerk, 1 phone        sent: department
  no job title:      disabled, Ops, -, 1 phone          sent: jobTitle
  one more phone:    disabled, Ops, Clerk, 1 phone      sent: -
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check msgraph-sdk==1.65.0 msgraph-core==1.5.2 \
    microsoft-kiota-abstractions==1.16.0 microsoft-kiota-http==1.16.0 microsoft-kiota-serialization-json==1.16.0
npm install --silent --no-audit --no-fund --prefix . @microsoft/msgraph-sdk@1.0.0-preview.90 \
    @microsoft/msgraph-sdk-users@1.0.0-preview.90 @microsoft/kiota-abstractions@1.0.0-preview.109 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

read = {"accountEnabled": True, "businessPhones": ["+1 555 0100"], "department": "Sales", "jobTitle": "Clerk"}
meanwhile = {"accountEnabled": False, "department": "Ops"}


class Graph(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, json.dumps(read).encode())

    def do_PATCH(self):
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        sent = {name: value for name, value in sent.items() if not name.startswith("@")}
        ann = {name: sent.get(name, value) for name, value in (read | meanwhile).items()}
        told = ["enabled" if ann["accountEnabled"] else "disabled", ann["department"] or "-", ann["jobTitle"] or "-"]
        told.append(f"{len(ann['businessPhones'])} phone{'s' * (len(ann['businessPhones']) > 1)}")
        Path("told").write_text(f"{', '.join(told):<34} sent: {' '.join(sorted(sent)) or '-'}")
        self.answer(204, b"")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that drops its connections when it ends


server = Server(("127.0.0.1", 0), Graph)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >patch.py <<'END'
import asyncio
import sys
from pathlib import Path

import httpx
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.store import InMemoryBackingStoreFactory
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.user import User
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder

changes = {
    "nothing": lambda user: None,
    "another job title": lambda user: setattr(user, "job_title", "Driver"),
    "no department": lambda user: setattr(user, "department", None),
    "no job title": lambda user: setattr(user, "job_title", None),
    "one more phone": lambda user: user.business_phones.append("+1 555 0199"),
}


async def run():
    adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), httpx.AsyncClient())
    adapter.base_url = f"{sys.argv[1]}/v1.0"
    ann = GraphServiceClient(request_adapter=adapter).users.by_user_id("ann@example.com")

    async def show(heading, make):
        print(heading)
        for name, change in changes.items():
            user = await make()
            if user.business_phones is None and name == "one more phone":
                continue
            change(user)
            await ann.patch(user)
            print(f"  {name + ':':<18} {Path('told').read_text()}")

    async def read():
        asked = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(
            select=["accountEnabled", "businessPhones", "department", "jobTitle"])
        return await ann.get(RequestConfiguration(query_parameters=asked))

    async def new():
        return User()

    await show("msgraph-sdk", read)
    await show("msgraph-sdk, new", new)
    adapter.enable_backing_store(InMemoryBackingStoreFactory())
    await show("msgraph-sdk, enable_backing_store", read)


asyncio.run(run())
END

cat >patch.mjs <<'END'
import { readFileSync } from "node:fs";
import { AnonymousAuthenticationProvider, InMemoryBackingStoreFactory } from "@microsoft/kiota-abstractions";
import { createGraphServiceClient, GraphRequestAdapter } from "@microsoft/msgraph-sdk";
import "@microsoft/msgraph-sdk-users";

const changes = {
  "nothing": () => {},
  "another job title": (user) => { user.jobTitle = "Driver"; },
  "no department": (user) => { user.department = null; },
  "no job title": (user) => { user.jobTitle = null; },
  "one more phone": (user) => { user.businessPhones.push("+1 555 0199"); },
};

const adapter = new GraphRequestAdapter(new AnonymousAuthenticationProvider());
adapter.baseUrl = `${process.argv[2]}/v1.0`;
const ann = createGraphServiceClient(adapter).users.byUserId("ann@example.com");
const read = () => ann.get({ queryParameters: { select: ["accountEnabled", "businessPhones", "department", "jobTitle"] } });
async function show(heading, make) {
  console.log(heading);
  for (const [name, change] of Object.entries(changes)) {
    const user = await make();
    if (!user.businessPhones && name === "one more phone") continue;
    change(user);
    await ann.patch(user);
    console.log(`  ${`${name}:`.padEnd(18)}`, readFileSync("told", "utf8"));
  }
}

await show("@microsoft/msgraph-sdk", read);
await show("@microsoft/msgraph-sdk, new", async () => ({}));
adapter.enableBackingStore(new InMemoryBackingStoreFactory());
await show("@microsoft/msgraph-sdk, enableBackingStore", read);
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ venv/bin/python patch.py "$base"; node patch.mjs "$base"; } | tee SEEN
diff EXPECTED SEEN
