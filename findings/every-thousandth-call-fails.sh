#!/usr/bin/env bash
# Over HTTP/2, httpx reports every thousandth call to an nginx as failed although it was carried out, undici the first
# thousandth; and got, once it has made some thousand calls, cannot make any more.
#
# Versions: nginx 1.22.1 of Debian 12; httpx 0.28.1 with h2 4.4.1, npm undici 7.30.2, npm got 14.6.6 with Node.js 20; niquests
#           3.21.2 and the system's curl 7.88.1 for comparison. Seen on 2026-12-01.
#
# nginx has all of its defaults but HTTP/2 and a certificate. After a thousand requests it wants a new connection
# (keepalive_requests); over HTTP/2 it says so with GOAWAY, code 0, and answers in full what it has received. One client
# after the other makes 2,500 calls, one at a time.
#
# Likely guess: clients know that polite goodbye, as they know "Connection: close" of HTTP/1.1: they take the last answer,
#   open another connection, and the caller notices nothing.
# What happens: curl and niquests do so. httpx and undici throw when the GOAWAY arrives ahead of the answer that
#   follows it, so that a change counts as failed that nginx has carried out and answered with 200; httpx does so with
#   retries=3 too. got keeps the connection that it has been asked to leave and takes no other, for as long as the process
#   lives. No test of a few hundred calls shows it.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
curl: 2500 carried out, 0 reported as failed
niquests: 2500 carried out, 0 reported as failed
httpx: 2500 carried out, 2 reported as failed (number 1000, 2000)
httpx, retries=3: 2500 carried out, 2 reported as failed (number 1000, 2000)
undici: 2500 carried out, 1 reported as failed (number 1000)
got: 1001 carried out, 1499 reported as failed (number 1002, 1003, 1004, 1005, ...)
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'httpx[http2]==0.28.1' h2==4.4.1 niquests==3.21.2
npm install --silent --no-audit --no-fund --prefix . undici@7.30.2 got@14.6.6 >/dev/null
# Unpacked here rather than installed, which would start a service.
apt-get download nginx >/dev/null 2>&1
dpkg -x nginx_*.deb nginx

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir run
cat >nginx.conf <<END
pid run/nginx.pid;
events {}
http {
    access_log calls.log;
    client_body_temp_path run/body;
    proxy_temp_path run/proxy;
    fastcgi_temp_path run/fastcgi;
    uwsgi_temp_path run/uwsgi;
    scgi_temp_path run/scgi;
    server {
        listen 127.0.0.1:$port ssl http2;
        ssl_certificate certificate.pem;
        ssl_certificate_key key.pem;
        location / { return 200 done; }
    }
}
END

cat >call.py <<'END'
import sys

import httpx
import niquests

client, base = sys.argv[1:]
if client == "niquests":
    session = niquests.Session()
    session.trust_env = False
    session.verify = False
else:
    retries = 3 if "retries" in client else 0
    transport = httpx.HTTPTransport(http2=True, verify=False, retries=retries)
    session = httpx.Client(transport=transport, trust_env=False)
for number in range(1, 2501):
    try:
        session.put(f"{base}/{number}", data={"user": "ann"}).raise_for_status()
    except Exception:
        print(number)
END

cat >call.mjs <<'END'
import got from "got";
import { Agent, request } from "undici";

const [client, base] = process.argv.slice(2);
const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } });
const put = {
  undici: async (url) => (await request(url, { dispatcher, method: "PUT", body: "user=ann" })).body.text(),
  got: (url) => got.put(url, { http2: true, body: "user=ann", https: { rejectUnauthorized: false } }),
}[client];
for (let number = 1; number <= 2500; number += 1) {
  await put(`${base}/${number}`).catch(() => console.log(number));
}
process.exit();
END

# The list of what failed comes on standard input, what was carried out is in the log of nginx.
tell() {
    local list carried failed numbers
    list=$(cat)
    sleep 0.5
    carried=$(grep -c '"PUT /[0-9]* HTTP/2.0" 200 ' calls.log || true)
    failed=$(grep -c . <<<"$list" || true)
    numbers=$(head -n 4 <<<"$list" | paste -sd, | sed 's/,/, /g')
    [ "$failed" -le 4 ] || numbers="$numbers, ..."
    echo "$1: $carried carried out, $failed reported as failed${numbers:+ (number $numbers)}"
    : >calls.log
}

unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY
nginx/usr/sbin/nginx -p "$work" -e errors.log -c nginx.conf -g 'daemon off;' 2>/dev/null &
server=$!
base=https://127.0.0.1:$port
for _ in $(seq 100); do [ -e run/nginx.pid ] && break; sleep 0.1; done
{
    curl --silent --insecure --request PUT --data user=ann --output /dev/null \
        --write-out '%{http_code}\n' "$base/[1-2500]" | sed -n '/^200/!p' | tell curl
    for client in niquests httpx 'httpx, retries=3'; do
        venv/bin/python call.py "$client" "$base" 2>/dev/null | tell "$client"
    done
    for client in undici got; do
        node call.mjs "$client" "$base" 2>/dev/null | tell "$client"
    done
} | tee SEEN
diff EXPECTED SEEN
