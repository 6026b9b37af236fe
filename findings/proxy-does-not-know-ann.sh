#!/usr/bin/env bash
# A proxy that cannot look up the service for a moment says 404 to the CONNECT, and for Okta's, Google's and Azure's libraries
# and all that goes through https-proxy-agent that is the service's answer about ann: she does not exist.
#
# Versions: privoxy 3.0.34 of Debian 12; npm https-proxy-agent 9.1.0 and proxy-agent 8.0.2 with got 14.6.6, node-fetch 3.3.2 and
#           superagent 10.4.2; axios 1.21.1, @okta/okta-sdk-nodejs 8.1.0, @googleapis/admin 37.0.0, @azure/core-rest-pipeline
#           1.24.0, hpagent 1.2.0, tunnel 0.0.6, undici 7.30.2; aiohttp 3.14.5, requests 2.34.2, httpx 0.28.1, niquests 3.21.2,
#           pycurl 7.49.0, google-api-python-client 2.202.0 with httplib2 0.32.1. Seen on 2026-12-02 with Node.js 20 and Python
#           3.11.
#
# Each client is told of the proxy, by HTTPS_PROXY where it goes by that, and deletes two accounts over HTTPS: zoe, whom the
# service does not know, and says so with 404; and ann, at a service whose name the proxy does not find. privoxy refuses such a
# tunnel with "404 No such domain", and so does the small proxy here, so that nothing of the request has gone anywhere. Shown is
# what the client gives back or throws, and the status in it, if there is one.
#
# Likely guess: a tunnel that does not come about is a failed connection, as a name that is not found is one without a proxy.
#   What is retried or reported then is up to the caller, but no status comes from it, as the service was never asked.
# What happens: https-proxy-agent hands the proxy's answer to the request as its answer, with status and page, and got,
#   node-fetch, superagent, axios and three vendors' libraries take it for that. A script that counts 404 at a deletion as "gone
#   already" reports leavers as deleted who can go on; one that looks first invites everybody again. A proxy's 503 is likewise
#   the service's, and a 403 is a missing permission. aiohttp raises an error of its own, which is a ClientResponseError with
#   status 404, as of an answer. For the others it is a failed connection.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
servers=()
trap '[ ${#servers[@]} = 0 ] || kill "${servers[@]}"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
privoxy: HTTP/1.1 404 No such domain
                                zoe, unknown               ann, without a tunnel
Okta's SDK                      OktaApiError 404           HttpError 404
Google's admin SDK              Error 404                  Error 404
Azure's pipeline                answer 404                 answer 404
axios                           AxiosError 404             AxiosError 404
got, https-proxy-agent          HTTPError 404              HTTPError 404
got, proxy-agent                HTTPError 404              HTTPError 404
node-fetch, https-proxy-agent   answer 404                 answer 404
superagent, https-proxy-agent   Error 404                  Error 404
got, hpagent                    HTTPError 404              RequestError without a status
got, tunnel                     HTTPError 404              RequestError without a status
undici                          answer 404                 AbortError without a status
aiohttp                         ClientResponseError 404    ClientHttpProxyError 404, a ClientResponseError
requests                        answer 404                 ProxyError without a status
httpx                           answer 404                 ProxyError without a status
niquests                        answer 404                 ProxyError without a status
google-api-python-client        HttpError 404              ServerNotFoundError without a status
pycurl                          answer 404                 error without a status
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiohttp==3.14.5 requests==2.34.2 httpx==0.28.1 niquests==3.21.2 \
    pycurl==7.49.0 google-api-python-client==2.202.0 httplib2==0.32.1
npm install --silent --no-audit --no-fund --prefix . https-proxy-agent@9.1.0 proxy-agent@8.0.2 got@14.6.6 node-fetch@3.3.2 \
    superagent@10.4.2 axios@1.21.1 @okta/okta-sdk-nodejs@8.1.0 @googleapis/admin@37.0.0 @azure/core-rest-pipeline@1.24.0 \
    hpagent@1.2.0 tunnel@0.0.6 undici@7.30.2 >/dev/null
# Unpacked here rather than installed, which would start a service.
apt-get download privoxy libmbedtls14 libmbedcrypto7 libmbedx509-1 libpcre3 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" debian; done

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE 2>/dev/null

cat >service.py <<'END'
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_DELETE(self):
        body = b'{"error": {"code": 404, "message": "no such user"}}'
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("certificate.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
Path("service.new").write_text(str(server.server_port))
Path("service.new").rename("service.port")
server.serve_forever()
END

# Forwards tunnels to this computer, and refuses others in the words that privoxy used.
cat >proxy.py <<'END'
import contextlib
import socket
import sys
import threading
from pathlib import Path


def forward(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def serve(client):
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(65536)
    method, target, _ = head.split(b" ", 2)
    assert method == b"CONNECT", method
    host, port = target.decode().split(":")
    if host == "localhost":
        service = socket.create_connection(("127.0.0.1", int(port)))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=forward, args=(service, client), daemon=True).start()
        forward(client, service)
    else:
        page = b"<html><body>This proxy does not find the name.</body></html>"
        client.sendall(
            f"{sys.argv[1]}\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n"
            "Connection: close\r\n\r\n".encode() + page
        )
        client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            while client.recv(65536):
                pass


listener = socket.create_server(("127.0.0.1", 0))
Path("proxy.new").write_text(str(listener.getsockname()[1]))
Path("proxy.new").rename("proxy.port")
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
END

cat >ask.py <<'END'
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30) as proxy:
    proxy.sendall(b"CONNECT users.example.invalid:443 HTTP/1.1\r\nHost: users.example.invalid:443\r\n\r\n")
    print(proxy.makefile("rb").readline().decode().strip())
END

cat >delete.mjs <<'END'
import admin from "@googleapis/admin";
import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";
import okta from "@okta/okta-sdk-nodejs";
import axios from "axios";
import got from "got";
import hpagent from "hpagent";
import { HttpsProxyAgent } from "https-proxy-agent";
import fetch from "node-fetch";
import { ProxyAgent } from "proxy-agent";
import superagent from "superagent";
import tunnel from "tunnel";
import * as undici from "undici";

const services = process.argv.slice(2);
const proxy = process.env.HTTPS_PROXY;
const agent = new HttpsProxyAgent(proxy);
const gotBy = (https) => async (base, user) =>
  (await got.delete(`${base}/users/${user}`, { agent: { https }, retry: { limit: 0 } })).statusCode;

const clients = {
  "Okta's SDK": (base, userId) =>
    new okta.Client({ orgUrl: base, token: "token" }).userApi.deleteUser({ userId }),
  "Google's admin SDK": (base, userKey) =>
    admin.admin({ version: "directory_v1", rootUrl: `${base}/` }).users.delete({ userKey }, { retry: false }),
  "Azure's pipeline": async (base, user) => {
    const request = createPipelineRequest({ url: `${base}/users/${user}`, method: "DELETE" });
    return (await createPipelineFromOptions({}).sendRequest(createDefaultHttpClient(), request)).status;
  },
  "axios": async (base, user) => (await axios.delete(`${base}/users/${user}`)).status,
  "got, https-proxy-agent": gotBy(agent),
  "got, proxy-agent": gotBy(new ProxyAgent()),
  "node-fetch, https-proxy-agent": async (base, user) =>
    (await fetch(`${base}/users/${user}`, { method: "DELETE", agent })).status,
  "superagent, https-proxy-agent": async (base, user) =>
    (await superagent.delete(`${base}/users/${user}`).agent(agent)).status,
  "got, hpagent": gotBy(new hpagent.HttpsProxyAgent({ proxy })),
  "got, tunnel": gotBy(tunnel.httpsOverHttp({ proxy: { host: "127.0.0.1", port: new URL(proxy).port } })),
  "undici": async (base, user) => {
    const dispatcher = new undici.EnvHttpProxyAgent();
    return (await undici.request(`${base}/users/${user}`, { method: "DELETE", dispatcher })).statusCode;
  },
};

for (const [name, remove] of Object.entries(clients)) {
  const told = [];
  for (const [number, user] of ["zoe", "ann"].entries()) {
    try {
      told.push(`answer ${await remove(services[number], user)}`);
    } catch (error) {
      const status = error.status ?? error.statusCode ?? error.response?.status ?? error.response?.statusCode;
      told.push(`${error.name} ${status ?? "without a status"}`);
    }
  }
  console.log(`${name.padEnd(31)} ${told[0].padEnd(26)} ${told[1]}`);
}
process.exit();
END

cat >delete.py <<'END'
import asyncio
import io
import sys

import aiohttp
import googleapiclient.discovery
import httplib2
import httpx
import niquests
import pycurl
import requests


async def with_aiohttp(base, user):
    async with aiohttp.ClientSession(trust_env=True, raise_for_status=True) as session:
        async with session.delete(f"{base}/users/{user}") as answer:
            return answer.status


def with_google(base, user):
    key = {"type": "string", "required": True, "location": "path"}
    method = {"id": "users.delete", "path": "users/{userKey}", "httpMethod": "DELETE", "parameters": {"userKey": key}}
    document = {
        "name": "directory", "version": "v1", "rootUrl": f"{base}/", "servicePath": "", "baseUrl": f"{base}/",
        "resources": {"users": {"methods": {"delete": method}}},
    }
    http = httplib2.Http(ca_certs="certificate.pem")
    return googleapiclient.discovery.build_from_document(document, http=http).users().delete(userKey=user).execute()


def with_pycurl(base, user):
    curl = pycurl.Curl()
    for option, value in [(pycurl.URL, f"{base}/users/{user}"), (pycurl.CUSTOMREQUEST, "DELETE"),
                          (pycurl.CAINFO, "certificate.pem"), (pycurl.WRITEDATA, io.BytesIO())]:
        curl.setopt(option, value)
    curl.perform()
    return curl.getinfo(pycurl.RESPONSE_CODE)


clients = {
    "aiohttp": lambda base, user: asyncio.run(with_aiohttp(base, user)),
    "requests": lambda base, user: requests.delete(f"{base}/users/{user}").status_code,
    "httpx": lambda base, user: httpx.delete(f"{base}/users/{user}").status_code,
    "niquests": lambda base, user: niquests.delete(f"{base}/users/{user}", verify="certificate.pem").status_code,
    "google-api-python-client": with_google,
    "pycurl": with_pycurl,
}
for name, remove in clients.items():
    told = []
    for base, user in zip(sys.argv[1:], ["zoe", "ann"], strict=True):
        try:
            told.append(f"answer {remove(base, user)}")
        except Exception as error:
            status = getattr(error, "status", None) or getattr(error, "status_code", None) or "without a status"
            told.append(f"{type(error).__name__} {status}")
            if isinstance(error, aiohttp.ClientResponseError) and user == "ann":
                told[-1] += ", a ClientResponseError"
    print(f"{name:<31} {told[0]:<26} {told[1]}")
END

unset no_proxy NO_PROXY http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/python service.py &
servers+=($!)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >privoxy.conf <<END
confdir $work/debian/etc/privoxy
templdir $work/debian/etc/privoxy/templates
logdir $work
listen-address 127.0.0.1:$port
END
LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu debian/lib/*-linux-gnu | tr ' ' :) \
    debian/usr/sbin/privoxy --no-daemon privoxy.conf >/dev/null 2>&1 &
servers+=($!)
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
refusal=$(python3 ask.py "$port")
python3 proxy.py "$refusal" &
servers+=($!)
for _ in $(seq 100); do [ -e service.port ] && [ -e proxy.port ] && break; sleep 0.1; done
proxy=$(cat proxy.port)

export https_proxy=http://127.0.0.1:$proxy HTTPS_PROXY=http://127.0.0.1:$proxy
export NODE_EXTRA_CA_CERTS=$work/certificate.pem SSL_CERT_FILE=$work/certificate.pem REQUESTS_CA_BUNDLE=$work/certificate.pem
{
    echo "privoxy: $refusal"
    printf '%-31s %-26s %s\n' "" "zoe, unknown" "ann, without a tunnel"
    node delete.mjs "https://localhost:$(cat service.port)" https://users.example.invalid
    venv/bin/python delete.py "https://localhost:$(cat service.port)" https://users.example.invalid
} | tee SEEN
diff EXPECTED SEEN
