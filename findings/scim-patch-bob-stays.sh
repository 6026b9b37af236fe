#!/usr/bin/env bash
# One SCIM PATCH takes bob out of a group, is refused, or succeeds and leaves him in, by library; put in
# again he is in it twice, and "replace the members" keeps the old ones.
#
# Versions: npm scim-patch 0.8.3, npm scimmy 1.3.5 (SCIMMY), scim2-models 0.12.3. Seen on 2026-11-30.
#
# SCIM servers apply PATCH requests with these libraries. The group's members are stored as a group
# shows them, with value and display (but for the second line); requests name a member by its value.
# The form of the first two removals and the "False" are what Microsoft Entra sends, the third is the
# removal that RFC 7644 shows.
#
# Likely guess: a member is its value, so display changes nothing. Entra's removal, with a list beside the
#   path, either works or is refused, at worst it empties the group. Who is in is not added again.
#   A replacement means the same with its path inside the value. "False" as a text switches off, or is
#   refused.
# What happens: scim-patch compares whole entries, finds none like {"value": "bob"} and reports success
#   with bob still in; a test with members that have no display shows nothing. All three add a second bob.
#   SCIMMY adds what should replace when the path is left out. scim-patch stores the text "False", which
#   is true for an if.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
scim-patch
  take bob out, Entra's form       ann bob cy
  the same, stored without display ann cy
  take bob out, the RFC's form     ann cy
  add bob, who is in               ann bob cy bob
  replace by dan, with a path      dan
  replace by dan, without a path   dan
  switch off with "False"          "False"
SCIMMY
  take bob out, Entra's form       ann cy
  the same, stored without display ann cy
  take bob out, the RFC's form     ann cy
  add bob, who is in               ann bob cy bob
  replace by dan, with a path      dan
  replace by dan, without a path   ann bob cy dan
  switch off with "False"          refused
scim2-models
  take bob out, Entra's form       refused
  the same, stored without display refused
  take bob out, the RFC's form     ann cy
  add bob, who is in               ann bob cy bob
  replace by dan, with a path      dan
  replace by dan, without a path   dan
  switch off with "False"          false
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3
npm install --silent --no-audit --no-fund --prefix . scim-patch@0.8.3 scimmy@1.3.5 >/dev/null

cat >cases.json <<'END'
[
  ["take bob out, Entra's form", "Group", {"op": "Remove", "path": "members", "value": [{"value": "bob"}]}],
  ["the same, stored without display", "Plain", {"op": "Remove", "path": "members", "value": [{"value": "bob"}]}],
  ["take bob out, the RFC's form", "Group", {"op": "remove", "path": "members[value eq \"bob\"]"}],
  ["add bob, who is in", "Group", {"op": "add", "path": "members", "value": [{"value": "bob"}]}],
  ["replace by dan, with a path", "Group", {"op": "replace", "path": "members", "value": [{"value": "dan"}]}],
  ["replace by dan, without a path", "Group", {"op": "replace", "value": {"members": [{"value": "dan"}]}}],
  ["switch off with \"False\"", "User", {"op": "Replace", "path": "active", "value": "False"}]
]
END
cat >stored.json <<'END'
{
  "Group": {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g1", "displayName": "Testers",
    "members": [
      {"value": "ann", "display": "Ann"}, {"value": "bob", "display": "Bob"}, {"value": "cy", "display": "Cy"}
    ]
  },
  "Plain": {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g1", "displayName": "Testers",
    "members": [{"value": "ann"}, {"value": "bob"}, {"value": "cy"}]
  },
  "User": {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "bob", "userName": "bob@example.com",
    "active": true
  }
}
END

cat >look.mjs <<'END'
import { readFileSync } from "node:fs";
import scim from "scim-patch";
import SCIMMY from "scimmy";

const read = (name) => JSON.parse(readFileSync(name, "utf8"));
const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];

async function withScimmy(kind, stored, operation) {
  const resource = new SCIMMY.Schemas[kind](stored, "out");
  const patch = new SCIMMY.Messages.PatchOp({ schemas, Operations: [operation] });
  return patch.apply(resource, async (changed) => changed);
}

const libraries = {
  "scim-patch": async (_, stored, operation) => scim.scimPatch(stored, [operation]),
  SCIMMY: withScimmy,
};

for (const [name, apply] of Object.entries(libraries)) {
  console.log(name);
  for (const [what, stored, operation] of read("cases.json")) {
    const kind = stored === "User" ? "User" : "Group";
    let told;
    try {
      const left = await apply(kind, read("stored.json")[stored], operation);
      told = kind === "User" ? JSON.stringify(left.active) : left.members.map((m) => m.value).join(" ");
    } catch (error) {
      if (!(error instanceof SCIMMY.Types.Error) || error.scimType !== "invalidValue") throw error;
      told = "refused";
    }
    console.log(`  ${what.padEnd(33)}${told}`);
  }
}
END

cat >look.py <<'END'
import json
from pathlib import Path

from pydantic import ValidationError
from scim2_models import Context, Group, PatchOp, User

print("scim2-models")
for what, stored, operation in json.loads(Path("cases.json").read_text()):
    kind = User if stored == "User" else Group
    resource = kind.model_validate(json.loads(Path("stored.json").read_text())[stored])
    request = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    try:
        PatchOp[kind].model_validate(request, scim_ctx=Context.RESOURCE_PATCH_REQUEST).patch(resource)
        told = json.dumps(resource.active) if kind is User else " ".join(m.value for m in resource.members)
    except ValidationError:
        told = "refused"
    print(f"  {what:<33}{told}")
END

{ node look.mjs; venv/bin/python look.py; } | tee SEEN
diff EXPECTED SEEN
