#!/usr/bin/env bash
# Databricks' SDK for Python is told to set active to False for ann, who has left, and sends that active is to be replaced,
# without saying by what. SCIMMY and scim-patch take "active" away and report success; of an emptied group they keep nulls.
#
# Versions: databricks-sdk 0.162.0; npm scim-patch 0.8.3 and scimmy 1.3.5 (SCIMMY), scim2-models 0.12.3 as the servers' part.
#           Seen on 2026-12-02 with Python 3.11 and Node.js 20.
#
# Accounts are switched off, groups emptied and texts cleared by patch() of the SDK, and by update() for comparison. Shown is the
# operation of the PATCH, or the body of the PUT, that arrives, and then what libraries that SCIM servers apply a PATCH with make
# of it. Before, ann has active and externalId, and the group has two members.
#
# Likely guess: Patch(op, path, value) is sent as it is. What is left out is None at most, as update() does it, which sends false.
# What happens: a value is sent if it is true: False, "" and [] are left out. A strict server, like scim2-models, refuses the
#   request; SCIMMY and scim-patch accept it, and then ann is neither switched off nor on: whoever looks for active === false
#   does not find her, and whoever takes a missing "active" for true has her enabled. The group has one or two members which are
#   nothing. True and {"active": False} without a path are sent, so that a test which enables somebody shows nothing.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
PATCH active: False       {"op": "replace", "path": "active"}
PATCH active: True        {"op": "replace", "path": "active", "value": true}
PATCH {"active": False}   {"op": "replace", "value": {"active": false}}
PATCH externalId: ""      {"op": "replace", "path": "externalId"}
PATCH members: []         {"op": "replace", "path": "members"}
PUT   active=False        {"active": false}
PUT   external_id=""      {"externalId": ""}
PUT   members=[]          {"members": []}
scim-patch
      active: False       {"externalId":"a7"}
      active: True        {"externalId":"a7","active":true}
      {"active": False}   {"externalId":"a7","active":false}
      externalId: ""      {"active":true}
      members: []         {"members":[null,null]}
SCIMMY
      active: False       {"externalId":"a7"}
      active: True        {"externalId":"a7","active":true}
      {"active": False}   {"externalId":"a7","active":false}
      externalId: ""      {"active":true}
      members: []         {"members":[null]}
scim2-models
      active: False       refused, scim_invalidValue
      active: True        {"externalId": "a7", "active": true}
      {"active": False}   {"externalId": "a7", "active": false}
      externalId: ""      refused, scim_invalidValue
      members: []         refused, scim_invalidValue
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check databricks-sdk==0.162.0 scim2-models==0.12.3
npm install --silent --no-audit --no-fund --prefix . scim-patch@0.8.3 scimmy@1.3.5 >/dev/null

cat >send.py <<'END'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.iam import Patch, PatchOp, PatchSchema

arrived = []


class Service(BaseHTTPRequestHandler):
    def do_PATCH(self):
        arrived.append(json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))) or "null"))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_PUT = do_GET = do_PATCH

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = WorkspaceClient(host=f"http://127.0.0.1:{server.server_port}", token="example")
users, groups = client.users_v2, client.groups_v2

cases = []
for what, kind, path, value in [
    ("active: False", "User", "active", False),
    ("active: True", "User", "active", True),
    ('{"active": False}', "User", None, {"active": False}),
    ('externalId: ""', "User", "externalId", ""),
    ("members: []", "Group", "members", []),
]:
    api = users if kind == "User" else groups
    api.patch(
        "1",
        schemas=[PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP],
        operations=[Patch(op=PatchOp.REPLACE, path=path, value=value)],
    )
    cases.append([what, kind, arrived[-1]])
    print(f"PATCH {what:<20}{json.dumps(arrived[-1]['Operations'][0])}")
for what, call in [
    ("active=False", lambda: users.update("1", active=False)),
    ('external_id=""', lambda: users.update("1", external_id="")),
    ("members=[]", lambda: groups.update("1", members=[])),
]:
    call()
    print(f"PUT   {what:<20}{json.dumps(arrived[-1])}")
Path("cases.json").write_text(json.dumps(cases))
END

cat >stored.json <<'END'
{
  "User": {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "ann@example.com", "externalId": "a7",
    "active": true
  },
  "Group": {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "1", "displayName": "Testers",
    "members": [{"value": "bob"}, {"value": "cy"}]
  }
}
END

cat >apply.mjs <<'END'
import { readFileSync } from "node:fs";
import scim from "scim-patch";
import SCIMMY from "scimmy";

const read = (name) => JSON.parse(readFileSync(name, "utf8"));
const libraries = {
  "scim-patch": async (_, stored, request) => {
    scim.patchBodyValidation(request);
    return scim.scimPatch(stored, request.Operations);
  },
  "SCIMMY": async (kind, stored, request) => {
    const patch = new SCIMMY.Messages.PatchOp(request);
    // Nothing is given back where nothing has changed.
    return (await patch.apply(new SCIMMY.Schemas[kind](stored, "out"), async (changed) => changed)) ?? stored;
  },
};
for (const [name, apply] of Object.entries(libraries)) {
  console.log(name);
  for (const [what, kind, request] of read("cases.json")) {
    let told;
    try {
      const { schemas, id, meta, userName, displayName, ...left } = await apply(kind, read("stored.json")[kind], request);
      told = JSON.stringify(left);
    } catch (error) {
      told = `refused, ${error.name}`;
    }
    console.log(`      ${what.padEnd(20)}${told}`);
  }
}
END

cat >apply.py <<'END'
import json
from pathlib import Path

from pydantic import ValidationError
from scim2_models import Context, Group, PatchOp, User

stored = json.loads(Path("stored.json").read_text())
print("scim2-models")
for what, kind, request in json.loads(Path("cases.json").read_text()):
    model = {"User": User, "Group": Group}[kind]
    resource = model.model_validate(stored[kind])
    try:
        PatchOp[model].model_validate(request, scim_ctx=Context.RESOURCE_PATCH_REQUEST).patch(resource)
        left = resource.model_dump()
        told = json.dumps({name: left[name] for name in ("externalId", "active", "members") if name in left})
    except ValidationError as error:
        told = f"refused, {error.errors()[0]['type']}"
    print(f"      {what:<20}{told}")
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
{
    venv/bin/python send.py
    node apply.mjs
    venv/bin/python apply.py
} 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
