#!/usr/bin/env bash
# The access token expires while eight workers delete users: each of them renews it with the same refresh token, which is good for
# one time only, and the service takes that for theft and ends the sign-in. GitHub's library does so alone, at the second user.
#
# Versions: boxsdk 10.18.0, requests-oauthlib 2.0.0 with oauthlib 4.0.1, Authlib 1.9.10, requests-oauth2client 1.8.0 with requests
#           2.34.2 and httpx 0.28.1; npm box-node-sdk 10.12.0, @octokit/auth-oauth-user 6.0.4 with @octokit/core 7.0.8,
#           @badgateway/oauth2-client 3.3.1. Seen on 2026-12-02 with Python 3.11 and Node.js 20.
#
# Somebody has signed in, and the access token is no longer good. 40 users are to be deleted, by one worker, or by eight with five
# users each. For the old refresh token the server gives a new access token and a new refresh token, as OAuth 2.1 wants it, in
# 0.3 seconds. One that comes a second time is refused, after a second; the strict server then also refuses all other tokens of
# this sign-in, as RFC 9700 (4.14.2) advises. Box's libraries renew when they are told 401, the others by the clock; each stores
# what it gets by its own means. Shown is how many users were deleted, how often new tokens were asked for, and whether the
# refresh token that was stored last is still good afterwards.
#
# Likely guess: a client that renews by itself renews once, while the others wait, or all of them get a token.
# What happens: only Authlib's asynchronous client and @badgateway/oauth2-client renew once. With the others seven users are left
#   out at best; at the strict server 35 or all 40 are, and somebody has to sign in again, for the next run, too. With one worker
#   all is well, as it is in each test that is shorter than the token's life, and with a service that takes a refresh token more
#   than once. @octokit/auth-oauth-user keeps the new tokens for the one request that they were asked for, tells onTokenCreated
#   nothing of them, and comes with the first refresh token again for the next request.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                            workers     deleted   asked   good for the next run
boxsdk                      1, strict   40        1       yes
boxsdk                      8, strict   0         41      no
boxsdk                      8, mild     33        8       yes
requests-oauthlib           1, strict   40        1       yes
requests-oauthlib           8, strict   5         8       no
requests-oauthlib           8, mild     33        8       yes
Authlib, requests           1, strict   40        1       yes
Authlib, requests           8, strict   5         8       no
Authlib, requests           8, mild     33        8       yes
Authlib, httpx              1, strict   40        1       yes
Authlib, httpx              8, strict   5         8       no
Authlib, httpx              8, mild     33        8       yes
Authlib, httpx, async       1, strict   40        1       yes
Authlib, httpx, async       8, strict   40        1       yes
Authlib, httpx, async       8, mild     40        1       yes
requests-oauth2client       1, strict   40        1       yes
requests-oauth2client       8, strict   5         8       no
requests-oauth2client       8, mild     33        8       yes
box-node-sdk                1, strict   40        1       yes
box-node-sdk                8, strict   0         41      no
box-node-sdk                8, mild     33        8       yes
@octokit/auth-oauth-user    1, strict   1         40      no
@octokit/auth-oauth-user    8, strict   1         40      no
@octokit/auth-oauth-user    8, mild     1         40      no
@badgateway/oauth2-client   1, strict   40        1       yes
@badgateway/oauth2-client   8, strict   40        1       yes
@badgateway/oauth2-client   8, mild     40        1       yes
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check boxsdk==10.18.0 requests-oauthlib==2.0.0 oauthlib==4.0.1 \
    Authlib==1.9.10 requests-oauth2client==1.8.0 requests==2.34.2 httpx==0.28.1
npm install --silent --no-audit --no-fund --prefix . box-node-sdk@10.12.0 @octokit/auth-oauth-user@6.0.4 @octokit/core@7.0.8 \
    @badgateway/oauth2-client@3.3.1 >/dev/null

cat >server.py <<'END'
import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class SignIn:
    """All tokens of one sign-in; they are called <sign-in>.r0, <sign-in>.a0 and so on."""

    def __init__(self):
        self.asked = self.given = 0
        self.deleted = set()
        self.ended = False


sign_ins = defaultdict(SignIn)
lock = threading.Lock()


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def answer(self, status, body):
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        github = self.path.endswith("/login/oauth/access_token")
        token = json.loads(text)["refresh_token"] if github else parse_qs(text)["refresh_token"][0]
        name = token.partition(".")[0]
        sign_in = sign_ins[name]
        with lock:
            sign_in.asked += 1
            good = not sign_in.ended and token == f"{name}.r{sign_in.given}"
            if good:
                sign_in.given += 1
                number = sign_in.given
        if good:
            time.sleep(0.3)
            given = {"access_token": f"{name}.a{number}", "refresh_token": f"{name}.r{number}", "expires_in": 3600}
            self.answer(200, given | {"token_type": "bearer", "scope": "", "refresh_token_expires_in": 9999999})
        else:
            if not sign_in.ended:
                time.sleep(1)
            sign_in.ended = "mild" not in name
            # GitHub says it with 200.
            error = "bad_refresh_token" if github else "invalid_grant"
            self.answer(200 if github else 400, {"error": error, "error_description": "used", "error_uri": ""})

    def do_DELETE(self):
        token = self.headers["Authorization"].split(" ")[1]
        name = token.partition(".")[0]
        sign_in = sign_ins[name]
        with lock:
            good = not sign_in.ended and sign_in.given and token == f"{name}.a{sign_in.given}"
            if good:
                sign_in.deleted.add(self.path)
        if good:
            self.answer(204, None)
        else:
            self.answer(401, {"message": "Bad credentials"})

    def do_GET(self):
        name, _, number = urlsplit(self.path).path.strip("/").partition(".")
        sign_in = sign_ins[name]
        again = "yes" if not sign_in.ended and number == f"r{sign_in.given}" else "no"
        self.answer(200, f"{len(sign_in.deleted):<10}{sign_in.asked:<8}{again}")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100


server = Server(("127.0.0.1", 0), Service)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

cat >run.py <<'END'
import asyncio
import logging
import os
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import authlib.deprecate
import requests
import requests_oauth2client

# About httpx, which is to be httpx2.
warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)

from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuth2Client
from authlib.integrations.requests_client import OAuth2Session
from box_sdk_gen import AccessToken, BaseUrls, BoxClient, BoxOAuth, InMemoryTokenStorage, NetworkSession, OAuthConfig
from requests_oauthlib import OAuth2Session as OAuthlibSession

logging.disable()
base = sys.argv[1]
token_url = f"{base}/token"


def box(name, stored):
    class Storage(InMemoryTokenStorage):
        def store(self, token):
            super().store(token)
            stored["refresh_token"] = token.refresh_token

    storage = Storage(AccessToken(access_token=f"{name}.a0", refresh_token=f"{name}.r0"))
    auth = BoxOAuth(OAuthConfig(client_id="example", client_secret="example", token_storage=storage))
    urls = BaseUrls(base_url=base, upload_url=base, oauth_2_url=base)
    client = BoxClient(auth=auth, network_session=NetworkSession(base_urls=urls))
    return lambda user: client.users.delete_user_by_id(user)


def old(name):
    return {"access_token": f"{name}.a0", "refresh_token": f"{name}.r0", "token_type": "Bearer", "expires_at": time.time() - 60}


def by_session(session):
    return lambda user: session.delete(f"{base}/users/{user}").raise_for_status()


def oauthlib(name, stored):
    return by_session(OAuthlibSession("example", token=old(name), auto_refresh_url=token_url, token_updater=stored.update))


def authlib(kind):
    def made(name, stored):
        def update(token, refresh_token=None, access_token=None):
            stored.update(token)

        return by_session(kind("example", "example", token=old(name), token_endpoint=token_url, update_token=update))

    return made


def authlib_async(name, stored):
    async def update(token, refresh_token=None, access_token=None):
        stored.update(token)

    session = AsyncOAuth2Client("example", "example", token=old(name), token_endpoint=token_url, update_token=update)

    async def delete(user):
        (await session.delete(f"{base}/users/{user}")).raise_for_status()

    return delete


def oauth2client(name, stored):
    client = requests_oauth2client.OAuth2Client(token_url, client_id="example", client_secret="example", testing=True)
    token = requests_oauth2client.BearerToken(f"{name}.a0", refresh_token=f"{name}.r0", expires_in=-60)
    auth = requests_oauth2client.OAuth2AccessTokenAuth(client, token)
    session = requests.Session()
    session.auth = auth

    def delete(user):
        session.delete(f"{base}/users/{user}").raise_for_status()
        stored["refresh_token"] = auth.token.refresh_token

    return delete


def work_off(delete, users):
    for user in users:
        try:
            delete(user)
        except Exception as error:
            if "debug" in sys.argv:
                print(user, repr(error)[:200])


async def work_off_async(delete, users):
    for user in users:
        try:
            await delete(user)
        except Exception as error:
            if "debug" in sys.argv:
                print(user, repr(error)[:200])


ways = {
    "boxsdk": box,
    "requests-oauthlib": oauthlib,
    "Authlib, requests": authlib(OAuth2Session),
    "Authlib, httpx": authlib(OAuth2Client),
    "Authlib, httpx, async": authlib_async,
    "requests-oauth2client": oauth2client,
}
for number, (way, make) in enumerate(ways.items()):
    for workers, server in ((1, "strict"), (8, "strict"), (8, "mild")):
        name = f"python{number}with{workers}{server}"
        stored = {"refresh_token": f"{name}.r0"}
        parts = [range(part, 40, workers) for part in range(workers)]
        delete = make(name, stored)
        if make is authlib_async:

            async def run():
                await asyncio.gather(*(work_off_async(delete, part) for part in parts))

            asyncio.run(run())
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(work_off, [delete] * workers, parts))
        told = requests.get(f"{base}/{stored['refresh_token']}").json()
        print(f"{way:<28}{f'{workers}, {server}':<12}{told}")
END

cat >run.mjs <<'END'
import { createOAuthUserAuth } from "@octokit/auth-oauth-user";
import { Octokit } from "@octokit/core";
import { OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client";
import { BoxClient, BoxOAuth, OAuthConfig } from "box-node-sdk";
import { InMemoryTokenStorage } from "box-node-sdk/box/tokenStorage";
import { BaseUrls } from "box-node-sdk/networking/baseUrls";
import { NetworkSession } from "box-node-sdk/networking/network";

const base = process.argv[2];
const yesterday = new Date(Date.now() - 86_400_000);
const ways = {
  "box-node-sdk": (name, stored) => {
    class Storage extends InMemoryTokenStorage {
      async store(token) {
        stored.refreshToken = token.refreshToken;
        return super.store(token);
      }
    }
    const tokenStorage = new Storage({ token: { accessToken: `${name}.a0`, refreshToken: `${name}.r0` } });
    const auth = new BoxOAuth({ config: new OAuthConfig({ clientId: "example", clientSecret: "example", tokenStorage }) });
    const baseUrls = new BaseUrls({ baseUrl: base, uploadUrl: base, oauth2Url: base });
    const client = new BoxClient({ auth, networkSession: new NetworkSession({ baseUrls }) });
    return (user) => client.users.deleteUserById(`${user}`);
  },
  "@octokit/auth-oauth-user": (name, stored) => {
    const octokit = new Octokit({
      baseUrl: `${base}/api/v3`,
      authStrategy: createOAuthUserAuth,
      auth: {
        clientType: "github-app", clientId: "example", clientSecret: "example", token: `${name}.a0`, refreshToken: `${name}.r0`,
        expiresAt: yesterday.toISOString(), refreshTokenExpiresAt: "2099-01-01T00:00:00Z",
        onTokenCreated: (token) => { stored.refreshToken = token.refreshToken; },
      },
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    return (user) => octokit.request("DELETE /orgs/example/members/{user}", { user: `${user}` });
  },
  "@badgateway/oauth2-client": (name, stored) => {
    const client = new OAuth2Client({ server: base, clientId: "example", clientSecret: "example", tokenEndpoint: "/token" });
    const wrapper = new OAuth2Fetch({
      client,
      scheduleRefresh: false,
      getNewToken: () => null,
      getStoredToken: () => ({ accessToken: `${name}.a0`, refreshToken: `${name}.r0`, expiresAt: yesterday.getTime() }),
      storeToken: (token) => { stored.refreshToken = token.refreshToken; },
    });
    return (user) => wrapper.fetch(`${base}/users/${user}`, { method: "DELETE" });
  },
};
for (const [number, [way, make]] of Object.entries(ways).entries()) {
  for (const [workers, server] of [[1, "strict"], [8, "strict"], [8, "mild"]]) {
    const name = `node${number}with${workers}${server}`;
    const stored = { refreshToken: `${name}.r0` };
    const remove = make(name, stored);
    await Promise.all(Array.from({ length: workers }, async (_, part) => {
      for (let user = part; user < 40; user += workers) {
        await Promise.resolve(remove(user)).catch((error) => process.argv[3] && console.log(user, error.message));
      }
    }));
    const told = await (await fetch(`${base}/${stored.refreshToken}`)).json();
    console.log(`${way.padEnd(28)}${`${workers}, ${server}`.padEnd(12)}${told}`);
  }
}
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
{
    echo "                            workers     deleted   asked   good for the next run"
    venv/bin/python run.py "$base"
    node run.mjs "$base"
} 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
