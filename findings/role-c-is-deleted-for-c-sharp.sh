#!/usr/bin/env bash
# The role C# is to be deleted, and the role C is gone: python-keycloak and seven other libraries put a name into the address as
# it is, and what comes after the # is never sent. Told to take one right out of C#, python-keycloak deletes C; told to create
# the user C#, pyrabbit2 gives the user C another password.
#
# Versions: python-keycloak 7.1.1, atlassian-python-api 5.0.5 (Confluence), nextcloud-api-wrapper 0.2.3, PyArtifactory 2.11.2,
#           pyrabbit2 1.0.7, apache-ranger 0.0.12 with requests 2.34.2; npm nextcloud-node-client 1.8.1, node-vault 0.12.0; for
#           comparison hvac 2.4.0, elasticsearch 9.5.1, splunk-sdk 2.1.1, python-gitlab 8.6.0, openfire-restapi 1.0.0 and npm
#           @keycloak/keycloak-admin-client 26.7.4. Seen on 2026-12-03 with Python 3.11 and Node.js 20.
#
# Developers are in groups by their language: C (ann and bob) and C# (cy); or it is roles, policies or accounts that have these
# names. A local server has those calls of the services that name one of them in the address, "DELETE .../roles/C%23" for
# instance. It takes any name; what each service allows in names was not tried. Each library is asked for something about C#.
#
# Likely guess: a function that takes a name may be given any name; how to write it in an address is the library's business. If
#   one forgot that, the service would answer that there is no such thing.
# What happens: in an address # begins a part that stays with the client. What sends the request leaves it out, as it should,
#   and so the request is about C. What would come after the name is left out, too: without "/composites" the removal of a right
#   is the removal of the role, and without "/users" or "/member" those who have it are the names of its properties, or nobody.
#   get_realm_role() gives C for C#, with C's id, and so dan gets C. All of this is a success; an error comes only where there
#   is no C. node-vault writes & as &amp;, as in HTML, so that the policy R&D is written under another name, and does nothing
#   about #. The six for comparison write C%23. (python-keycloak's issue 378 of 2022 is about an error that such addresses lead
#   to, with the name of an AWS role.)
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                        asked for C#            gives                         what the service did
python-keycloak         delete the role         ok                             C is gone
python-keycloak         take invite out of it   ok                             C is gone
python-keycloak         give it to dan          ok                             dan gets the role C
python-keycloak         who has it              id name composite clientRole   -
atlassian-python-api    delete the group        ok                             C is gone
atlassian-python-api    who is in it            nobody                         -
nextcloud-api-wrapper   delete the group        ok                             C is gone
PyArtifactory           delete the group        ok                             C is gone
PyArtifactory           who is in it            ann bob                        -
pyrabbit2               delete the user         ok                             C is gone
pyrabbit2               create the user         ok                             C has a new password
apache-ranger           delete the role         ok                             C is gone
apache-ranger           who has it              ann bob                        -
apache-ranger           delete the group        ok                             C is gone
hvac                    delete the group        ok                             C# is gone
elasticsearch           delete the role         ok                             C# is gone
splunk-sdk              delete the role         ok                             C# is gone
python-gitlab           delete the group        ok                             C# is gone
openfire-restapi        delete the group        ok                             C# is gone
keycloak-admin-client   delete the role         ok                             C# is gone
keycloak-admin-client   give it to dan          ok                             dan gets the role C#
keycloak-admin-client   who has it              cy                             -
nextcloud-node-client   delete the group        ok                             C is gone
nextcloud-node-client   who is in it            ann bob                        -
node-vault              delete the policy       ok                             C is gone
node-vault              write the policy R&D    ok                             R&amp;D is written
node-vault              delete the policy R&D   ApiResponseError               -
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-keycloak==7.1.1 atlassian-python-api==5.0.5 \
    nextcloud-api-wrapper==0.2.3 PyArtifactory==2.11.2 pyrabbit2==1.0.7 apache-ranger==0.0.12 hvac==2.4.0 elasticsearch==9.5.1 \
    splunk-sdk==2.1.1 python-gitlab==8.6.0 openfire-restapi==1.0.0 requests==2.34.2
npm install --silent --no-audit --no-fund --cache "$work/cache" --prefix . @keycloak/keycloak-admin-client@26.7.4 \
    nextcloud-node-client@1.8.1 node-vault@0.12.0 >/dev/null

cat >server.py <<'END'
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

people = {"C": ["ann", "bob"], "C#": ["cy"], "R&D": ["dan"]}
# The calls that the services have with a name in the address. What comes after it is named in the second group.
calls = {
    "keycloak": r"/keycloak/admin/realms/example/roles/([^/]+)(/users|/composites|)",
    "confluence": r"/confluence/rest/api/(?:admin/)?group/([^/]+)(/member|)",
    "nextcloud": r"/nextcloud/ocs/v[12].php/cloud/groups/([^/]+)()",
    "artifactory": r"/artifactory/api/security/groups/([^/]+)()",
    "rabbitmq": r"/api/users/([^/]+)()",
    "ranger": r"/service/(?:xusers/secure/groups|public/v2/api/roles/name)/([^/]+)()",
    "vault": r"/v1/(?:sys/policy|identity/group/name)/([^/]+)()",
    "elasticsearch": r"/_security/role/([^/]+)()",
    "splunk": r"/services/authorization/roles/([^/]+)()",
    "gitlab": r"/api/v4/groups/([^/]+)()",
    "openfire": r"/plugins/restapi/v1/groups/([^/]+)()",
}
changes = []


class Services(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, content=None):
        text = content if isinstance(content, str) else json.dumps(content)
        text = b"" if content is None else text.encode()
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        if text:
            self.send_header("Content-Type", "text/xml" if text.startswith(b"<") else "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        size = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(size)
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        if path == "/changes":
            self.answer(200, changes)
            return changes.clear()
        if path.endswith("/token"):
            return self.answer(200, {"access_token": "example", "expires_in": 600, "token_type": "Bearer"})
        if path.endswith("/users/7/role-mappings/realm"):
            changes.extend(f"dan gets the role {role['name']}" for role in json.loads(body))
            return self.answer(204)
        found = [(service, match) for service, form in calls.items() if (match := re.fullmatch(form, path))]
        if not found:
            return self.answer(404, {"error": "no such call"})
        (service, match), = found
        name, what = unquote(match[1]), match[2]
        name = name.upper() if service == "splunk" else name  # whose names are in small letters
        if self.command in ("PUT", "POST"):
            changes.append(f"{name} has a new password" if service == "rabbitmq" else f"{name} is written")
            return self.answer(204)
        status = 200
        if name not in people:
            status, content = 404, {"error": f"{name} is not there"}
        elif self.command == "GET":
            users = people[name]
            content = {
                "/users": [{"id": user, "username": user} for user in users],
                "/member": {"results": [{"username": user} for user in users]},
                "": {
                    "keycloak": {"id": name, "name": name, "composite": True, "clientRole": False},
                    "artifactory": {"name": name, "userNames": users},
                    "ranger": {"name": name, "users": [{"name": user} for user in users]},
                    "nextcloud": {"users": users},
                }.get(service, {"type": "group", "name": name}),
            }[what]
        elif what == "/composites":
            changes.extend(f"{name} is without {role['name']}" for role in json.loads(body))
            status, content = 204, None
        else:
            changes.append(f"{name} is gone")
            content = {"elasticsearch": {"found": True}, "nextcloud": {}, "artifactory": {}, "splunk": {}}.get(service)
            status = 204 if content is None and service != "openfire" else 200
        if service == "nextcloud":  # says in the answer how it went, and gives XML unless asked for JSON
            code = 404 if status == 404 else 100 if "v1.php" in path else 200
            meta = {"status": "ok" if status == 200 else "failure", "statuscode": code, "message": ""}
            if "format=json" in query or "json" in self.headers.get("Accept", ""):
                content = {"ocs": {"meta": meta, "data": content}}
            else:
                meta = "".join(f"<{key}>{value}</{key}>" for key, value in meta.items())
                content = f'<?xml version="1.0"?><ocs><meta>{meta}</meta><data/></ocs>'
        self.answer(status, content)

    do_PUT = do_POST = do_DELETE = do_GET

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Services)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >look.py <<'END'
import logging
import sys

import elasticsearch
import gitlab
import hvac
import keycloak
import pyartifactory
import pyrabbit2
import requests
import splunklib.client
from apache_ranger.client.ranger_client import RangerClient, RangerClientPrivate
from atlassian import Confluence
from nextcloud import NextCloud
from openfire_restapi.groups import Groups

logging.disable()
port = sys.argv[1]
base = f"http://127.0.0.1:{port}"
basic = ("admin", "password")
roles = keycloak.KeycloakAdmin(f"{base}/keycloak/", *basic, realm_name="example", user_realm_name="example")
confluence = Confluence(f"{base}/confluence", *basic, cloud=False)
nextcloud = NextCloud(f"{base}/nextcloud", *basic)
artifactory = pyartifactory.Artifactory(f"{base}/artifactory", auth=basic, api_version=1)
rabbitmq = pyrabbit2.Client(f"127.0.0.1:{port}", *basic)
ranger, ranger_private = RangerClient(base, basic), RangerClientPrivate(base, basic)
vault = hvac.Client(base, token="example").secrets.identity
security = elasticsearch.Elasticsearch(base).security
splunk = splunklib.client.Service(host="127.0.0.1", port=port, scheme="http", token="example")
gitlab_groups = gitlab.Gitlab(base, private_token="example").groups
openfire = Groups(base, "example")


def done(answer):
    return "ok" if getattr(answer, "is_ok", True) else "failed"


def names(users):
    return [user if isinstance(user, str) else user["username"] for user in users]


tries = {
    "python-keycloak": {
        "delete the role": lambda name: done(roles.delete_realm_role(name)),
        "take invite out of it": lambda name: done(roles.remove_composite_realm_roles_to_role(name, [{"name": "invite"}])),
        "give it to dan": lambda name: done(roles.assign_realm_roles("7", [roles.get_realm_role(name)])),
        "who has it": lambda name: names(roles.get_realm_role_members(name)),
    },
    "atlassian-python-api": {
        "delete the group": lambda name: done(confluence.remove_group(name)),
        "who is in it": lambda name: names(confluence.get_group_members(name).get("results", [])),
    },
    "nextcloud-api-wrapper": {"delete the group": lambda name: done(nextcloud.delete_group(name))},
    "PyArtifactory": {
        "delete the group": lambda name: done(artifactory.groups.delete(name)),
        "who is in it": lambda name: artifactory.groups.get(name).userNames,
    },
    "pyrabbit2": {
        "delete the user": lambda name: done(rabbitmq.delete_user(name)),
        "create the user": lambda name: done(rabbitmq.create_user(name, "example")),
    },
    "apache-ranger": {
        "delete the role": lambda name: done(ranger.delete_role(name, "admin", "hive")),
        "who has it": lambda name: [user["name"] for user in ranger.get_role(name, "admin", "hive").users],
        "delete the group": lambda name: done(ranger_private.delete_group(name, "admin")),
    },
    "hvac": {"delete the group": lambda name: done(vault.delete_group_by_name(name))},
    "elasticsearch": {"delete the role": lambda name: done(security.delete_role(name=name))},
    "splunk-sdk": {"delete the role": lambda name: done(splunk.roles.delete(name))},
    "python-gitlab": {"delete the group": lambda name: done(gitlab_groups.delete(name))},
    "openfire-restapi": {"delete the group": lambda name: done(openfire.delete_group(name))},
}
for library, calls in tries.items():
    for what, call in calls.items():
        try:
            given = call("C#")
        except Exception as error:
            given = type(error).__name__
        given = given if isinstance(given, str) else " ".join(given) or "nobody"
        changes = ", ".join(requests.get(f"{base}/changes").json()) or "-"
        print(f"{library:<24}{what:<24}{given:<30} {changes}", flush=True)
END

cat >look.mjs <<'END'
import KeycloakAdmin from "@keycloak/keycloak-admin-client";
import nextcloudClient from "nextcloud-node-client";
import nodeVault from "node-vault";

const base = `http://127.0.0.1:${process.argv[2]}`;
const keycloak = new KeycloakAdmin({ baseUrl: `${base}/keycloak`, realmName: "example" });
keycloak.setAccessToken("example");
const basicAuth = { username: "admin", password: "password" };
const nextcloud = new nextcloudClient.default(new nextcloudClient.Server({ basicAuth, url: `${base}/nextcloud` }));
const vault = nodeVault({ endpoint: base, token: "example" });

const tries = [
  ["keycloak-admin-client", "delete the role", "C#", (name) => keycloak.roles.delByName({ name })],
  ["keycloak-admin-client", "give it to dan", "C#", async (name) => {
    const { id, name: found } = await keycloak.roles.findOneByName({ name });
    await keycloak.users.addRealmRoleMappings({ id: "7", roles: [{ id, name: found }] });
  }],
  ["keycloak-admin-client", "who has it", "C#", (name) => keycloak.roles.findUsersWithRole({ name })],
  ["nextcloud-node-client", "delete the group", "C#", (id) => nextcloud.deleteUserGroup(id)],
  ["nextcloud-node-client", "who is in it", "C#", (id) => nextcloud.getUserGroupMembers(id)],
  ["node-vault", "delete the policy", "C#", (name) => vault.removePolicy({ name })],
  ["node-vault", "write the policy R&D", "R&D", (name) => vault.addPolicy({ name, rules: "" })],
  ["node-vault", "delete the policy R&D", "R&D", (name) => vault.removePolicy({ name })],
];
for (const [library, what, name, call] of tries) {
  let given;
  try {
    given = await call(name);
    given = Array.isArray(given) ? given.map((user) => user.username ?? user).join(" ") : "ok";
  } catch (error) {
    given = error.constructor.name;
  }
  const changes = (await (await fetch(`${base}/changes`)).json()).join(", ") || "-";
  console.log(`${library.padEnd(24)}${what.padEnd(24)}${given.padEnd(30)} ${changes}`);
}
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
{
    printf '%-24s%-24s%-30s%s\n' "" "asked for C#" gives "what the service did"
    venv/bin/python look.py "$(cat port)"
    node look.mjs "$(cat port)"
} 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
