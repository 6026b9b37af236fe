#!/usr/bin/env bash
# A job takes the next three of a list of accounts each night, deletes them, and goes on the next night where the AWS CLI or
# boto3 says that it stopped: it skips accounts, up to three each time, and in the end says that it is through.
#
# Versions: boto3 1.44.8 with botocore 1.44.8, awscli 1.46.2; for comparison npm @aws-sdk/client-cognito-identity-provider
#           3.1169.0. Seen on 2026-12-01 with Python 3.11 and Node.js 20.
#
# The server lists twelve accounts, five a page. Its token for the next page says after which account that begins, so that
# deletions before it make no difference. Each night at most three accounts are asked for, with --max-items of the CLI or MaxItems
# of boto3, and the "NextToken" that comes with them is what the next night begins with (--starting-token, StartingToken).
# They are deleted, or only looked at ("looks"). The AWS SDK for JavaScript has no MaxItems; there a page has three (pageSize).
#
# Likely guess: a NextToken is the server's, and what comes after it is what was not handed out yet. Whoever pages by position
#   loses entries when earlier ones are deleted; tokens are there so that this does not happen.
# What happens: three of a page with five are not a page, and the server has no token for that. So the client makes one of its
#   own, which says "this page, without its first three": a position again, within the page. If these have been deleted,
#   three others are skipped. Looking only, nobody is skipped, nor with as many a night as the server has on a page.
#
# Output seen: EXPECTED below (who was never handed out).
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
boto3, looks, 3:       nobody
boto3, 3:              dan eve fay jon
boto3, 5:              nobody
AWS CLI, looks, 3:     nobody
AWS CLI, 3:            dan eve fay jon
AWS CLI, 5:            nobody
JavaScript, 3:         nobody
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8 awscli==1.46.2
npm install --silent --no-audit --no-fund --prefix . @aws-sdk/client-cognito-identity-provider@3.1169.0 >/dev/null

cat >server.py <<'END'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ALL = "ann bob cy dan eve fay gus hal ida jon kim lea".split()
accounts = list(ALL)


def list_users(asked):
    left = [name for name in accounts if name > asked.get("PaginationToken", "")]
    page = left[:asked.get("Limit", 5)]
    more = {"PaginationToken": page[-1]} if len(left) > len(page) else {}
    return {"Users": [{"Username": name} for name in page], **more}


def delete_user(asked):
    accounts.remove(asked["Username"])
    return {}


class Cognito(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(" ".join(accounts).encode())
        accounts[:] = ALL

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        does = {"ListUsers": list_users, "AdminDeleteUser": delete_user}
        self.answer(json.dumps(does[self.headers["X-Amz-Target"].split(".")[1]](asked)).encode())

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that drops its connections when it ends


server = Server(("127.0.0.1", 0), Cognito)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >nights.py <<'END'
import json
import subprocess
import sys
from urllib.request import urlopen

import boto3

base = sys.argv[1]
cognito = boto3.client("cognito-idp", endpoint_url=base)


def with_boto3(count, token):
    asked = {"MaxItems": count, "StartingToken": token}
    pages = cognito.get_paginator("list_users").paginate(UserPoolId="eu-west-1_x", PaginationConfig=asked)
    return pages.build_full_result()


def with_cli(count, token):
    command = ["venv/bin/aws", "cognito-idp", "list-users", "--user-pool-id", "eu-west-1_x", "--max-items", str(count)]
    command += ["--endpoint-url", base, "--output", "json"] + (["--starting-token", token] if token else [])
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


for client, few in [("boto3", with_boto3), ("AWS CLI", with_cli)]:
    for count, deletes in [(3, False), (3, True), (5, True)]:
        token, handed_out = None, []
        while True:
            night = few(count, token)
            for user in night["Users"]:
                handed_out.append(user["Username"])
                if deletes:
                    cognito.admin_delete_user(UserPoolId="eu-west-1_x", Username=user["Username"])
            token = night.get("NextToken")
            if token is None:
                break
        left = urlopen(f"{base}/left").read().decode().split()
        if not deletes:
            left = [name for name in left if name not in handed_out]
        print(f"{client + (', ' if deletes else ', looks, ') + str(count) + ':':<22} {' '.join(left) or 'nobody'}")
END

cat >nights.mjs <<'END'
import {
  AdminDeleteUserCommand, CognitoIdentityProviderClient, paginateListUsers,
} from "@aws-sdk/client-cognito-identity-provider";

const endpoint = process.argv[2];
const client = new CognitoIdentityProviderClient({ endpoint });
const pool = { UserPoolId: "eu-west-1_x" };
let token;
do {
  const pages = paginateListUsers({ client, pageSize: 3, startingToken: token }, pool);
  const { value: night } = await pages.next();
  for (const { Username } of night.Users) await client.send(new AdminDeleteUserCommand({ ...pool, Username }));
  token = night.PaginationToken;
} while (token);
console.log("JavaScript, 3:".padEnd(22), await (await fetch(`${endpoint}/left`)).text() || "nobody");
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY AWS_PROFILE
export AWS_ACCESS_KEY_ID=example AWS_SECRET_ACCESS_KEY=example AWS_DEFAULT_REGION=eu-west-1 AWS_REGION=eu-west-1
export AWS_CONFIG_FILE=$work/none AWS_SHARED_CREDENTIALS_FILE=$work/none AWS_PAGER=
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{ venv/bin/python nights.py "$base"; node --no-warnings nights.mjs "$base"; } | tee SEEN
diff EXPECTED SEEN
