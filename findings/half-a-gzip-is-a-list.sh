#!/usr/bin/env bash
# A server dies in the middle of a list of users. The list is compressed, and so says at its end how long it is and has a
# checksum; nearly all clients take the half that came for the list, without an error.
#
# Versions: Django 5.2.19 with gunicorn 27.0.1 behind nginx 1.22.1 of Debian 12; requests 2.34.2, httpx 0.28.1, niquests 3.21.2,
#           aiohttp 3.14.5, curl_cffi 0.17.0, pycurl 7.49.0; npm ky 1.14.3, ofetch 1.5.1, axios 1.21.1, node-fetch 3.3.2, needle
#           3.5.0, superagent 10.4.2, make-fetch-happen 15.0.6, got 14.6.6, undici 7.30.2; curl and wget as the system has them
#           (curl 7.88.1, GNU Wget 1.21.3). Seen on 2026-12-02 with Node.js 20 and Python 3.11.
#
# A server exports 4,000 users as CSV, which Django's GZipMiddleware compresses while it goes out. "whole": all is well.
# "killed": the database takes too long in the second half, and gunicorn kills the worker, as it does. "killed, 1.1": the same,
# with "proxy_http_version 1.1" in nginx. "two parts": a file that was put together by `cat january.gz february.gz`, as gzip
# allows, and is sent by nginx (gzip_static). Shown is how many users each client has got, or its error.
#
# Likely guess: an answer that breaks off is an error. Where the framing cannot tell, because nginx asks the worker by HTTP/1.0,
#   for which the end of the connection is the end of the answer, and passes that on as a complete one, gzip can: without the
#   eight bytes at its end it is not complete, and gunzip says "unexpected end of file".
# What happens: got and an experimental part of undici say so, and nobody else: the others give the text of what came, with
#   status 200. Whoever removes those who are not in the list removes half of the company; JSON would at least not be JSON any
#   more. Asking by HTTP/1.1, nginx notices, and so do all clients. Of two parts httpx and wget give the first, as if it were
#   all; libcurl refuses them.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
servers=()
trap '[ ${#servers[@]} = 0 ] || kill "${servers[@]}"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
client              whole   killed     killed, 1.1            two parts
requests            4000    part       ChunkedEncodingError   4000
httpx               4000    part       RemoteProtocolError    2000
niquests            4000    part       ChunkedEncodingError   4000
aiohttp             4000    part       ClientPayloadError     4000
curl_cffi           4000    part       IncompleteRead         RequestException
pycurl              4000    part       error                  error
curl                4000    part       exit code 18           exit code 23
wget                4000    part       exit code 4            2000
fetch of Node.js    4000    part       TypeError              4000
ky                  4000    part       TypeError              4000
ofetch              4000    part       TypeError              4000
axios               4000    part       Error                  4000
node-fetch          4000    part       FetchError             4000
needle              4000    part       Error                  4000
superagent          4000    part       Error                  4000
make-fetch-happen   4000    part       FetchError             4000
got                 4000    ReadError  ReadError              4000
undici, decompress  4000    Error      SocketError            4000
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check Django==5.2.19 gunicorn==27.0.1 requests==2.34.2 urllib3==2.8.0 \
    httpx==0.28.1 niquests==3.21.2 aiohttp==3.14.5 curl_cffi==0.17.0 pycurl==7.49.0
npm install --silent --no-audit --no-fund --prefix . ky@1.14.3 ofetch@1.5.1 axios@1.21.1 node-fetch@3.3.2 needle@3.5.0 \
    superagent@10.4.2 make-fetch-happen@15.0.6 got@14.6.6 undici@7.30.2 >/dev/null
# Unpacked here rather than installed, which would start a service.
apt-get download nginx >/dev/null 2>&1
dpkg -x nginx_*.deb nginx

cat >users.py <<'END'
import hashlib


def users(first, end):
    for number in range(first, end):
        yield f"user{number}@example.com,{hashlib.sha256(str(number).encode()).hexdigest()}\n"
END

cat >service.py <<'END'
import time

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import StreamingHttpResponse
from django.urls import path

from users import users

settings.configure(
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="example",
)


def export(request, how):
    def rows():
        yield from users(0, 2000)
        if how == "killed":
            time.sleep(30)
        yield from users(2000, 4000)

    return StreamingHttpResponse(rows(), content_type="text/csv")


urlpatterns = [path("<how>.csv", export), path("1.1/<how>.csv", export)]
application = get_wsgi_application()
END

mkdir run static
venv/bin/python - <<'END'
import gzip
from pathlib import Path

from users import users

parts = ["".join(users(0, 2000)), "".join(users(2000, 4000))]
Path("static/parts.csv.gz").write_bytes(b"".join(gzip.compress(part.encode()) for part in parts))
END
# nginx reads the file as another user.
chmod 711 .
read -r port worker < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(each.getsockname()[1] for each in sockets))')
cat >nginx.conf <<END
pid run/nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path run/body;
    proxy_temp_path run/proxy;
    fastcgi_temp_path run/fastcgi;
    uwsgi_temp_path run/uwsgi;
    scgi_temp_path run/scgi;
    types { text/csv csv; }
    server {
        listen 127.0.0.1:$port;
        location / { proxy_pass http://127.0.0.1:$worker; }
        location /1.1/ {
            proxy_pass http://127.0.0.1:$worker;
            proxy_http_version 1.1;
        }
        location = /parts.csv {
            root $work/static;
            gzip_static always;
        }
    }
}
END

cat >read.py <<'END'
import asyncio
import io
import subprocess
import sys

import aiohttp
import curl_cffi
import httpx
import niquests
import pycurl
import requests


async def by_aiohttp(url):
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


def by_pycurl(url):
    got = io.BytesIO()
    curl = pycurl.Curl()
    curl.setopt(curl.URL, url)
    curl.setopt(curl.ACCEPT_ENCODING, "")
    curl.setopt(curl.WRITEDATA, got)
    curl.perform()
    return got.getvalue().decode()


def by_command(*command):
    def read(url):
        done = subprocess.run([*command, url], capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"exit code {done.returncode}")
        return done.stdout

    return read


clients = {
    "requests": lambda url: requests.get(url).text,
    "httpx": lambda url: httpx.get(url).text,
    "niquests": lambda url: niquests.get(url).text,
    "aiohttp": lambda url: asyncio.run(by_aiohttp(url)),
    "curl_cffi": lambda url: curl_cffi.get(url).text,
    "pycurl": by_pycurl,
    "curl": by_command("curl", "--silent", "--compressed"),
    "wget": by_command("wget", "--quiet", "--tries=1", "--compression=auto", "--output-document=-"),
}
base, *pages = sys.argv[1:]
for name, read in clients.items():
    counts = []
    for page in pages:
        try:
            counts.append(str(read(f"{base}/{page}").count("@")))
        except OSError as error:
            counts.append(str(error) if str(error).startswith("exit") else type(error).__name__)
        except Exception as error:
            counts.append(type(error).__name__)
    print("\t".join([name, *counts]), flush=True)
END

cat >read.mjs <<'END'
import axios from "axios";
import got from "got";
import ky from "ky";
import makeFetchHappen from "make-fetch-happen";
import needle from "needle";
import nodeFetch from "node-fetch";
import { ofetch } from "ofetch";
import superagent from "superagent";
import { Agent, interceptors, request } from "undici";

const dispatcher = new Agent().compose(interceptors.decompress());
const clients = {
  "fetch of Node.js": async (url) => (await fetch(url)).text(),
  "ky": (url) => ky(url, { retry: 0 }).text(),
  "ofetch": (url) => ofetch(url, { retry: 0, responseType: "text" }),
  "axios": async (url) => (await axios(url)).data,
  "node-fetch": async (url) => (await nodeFetch(url)).text(),
  "needle": async (url) => String((await needle("get", url, { compressed: true })).body),
  "superagent": async (url) => (await superagent.get(url).buffer()).text,
  "make-fetch-happen": async (url) => (await makeFetchHappen(url, { retry: false })).text(),
  "got": (url) => got(url, { retry: { limit: 0 } }).text(),
  "undici, decompress": async (url) => (await request(url, { dispatcher, headers: { "accept-encoding": "gzip" } })).body.text(),
};
const [base, ...pages] = process.argv.slice(2);
for (const [name, read] of Object.entries(clients)) {
  const counts = [];
  for (const page of pages) {
    try {
      counts.push(String((await read(`${base}/${page}`)).split("@").length - 1));
    } catch (error) {
      counts.push(error.name);
    }
  }
  console.log([name, ...counts].join("\t"));
}
process.exit();
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
venv/bin/gunicorn --bind "127.0.0.1:$worker" --timeout 1 --log-level critical service 2>/dev/null &
servers+=($!)
nginx/usr/sbin/nginx -p "$work" -e errors.log -c nginx.conf -g 'daemon off;' 2>/dev/null &
servers+=($!)
base=http://127.0.0.1:$port
for _ in $(seq 100); do curl --silent --fail --output /dev/null "$base/whole.csv" && break; sleep 0.2; done

pages=(whole.csv killed.csv 1.1/killed.csv parts.csv)
# Where gunicorn cut the list is left out: "part" is some of the first half of it.
{
    printf 'client\twhole\tkilled\tkilled, 1.1\ttwo parts\n'
    venv/bin/python read.py "$base" "${pages[@]}" 2>/dev/null
    node read.mjs "$base" "${pages[@]}" 2>/dev/null
} | awk -F '\t' '{
    if ($3 ~ /^[0-9]+$/ && $3 > 0 && $3 < 2000) $3 = "part"
    printf "%-19s %-7s %-10s %-22s %s\n", $1, $2, $3, $4, $5
}' | tee SEEN
diff EXPECTED SEEN && echo "as expected"
