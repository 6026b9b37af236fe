#!/usr/bin/env bash
# A server's certificate made by `openssl req -x509` and named as trusted is taken by curl, wget, Node and
# requests. uv and deno, which use rustls, refuse it, whatever file of authorities they are given.
#
# Versions: uv 0.13.8, deno 2.9.8, requests 2.34.2; curl, wget, Node and OpenSSL as the system has them
#           (curl 7.88.1, GNU Wget 1.21.3, Node 20.20.2, OpenSSL 3.0.19). Seen on 2026-11-30.
#
# Two servers on this computer, alike but for one extension of the certificate that each has issued to
# itself. Each client is given that very certificate as an authority to trust.
#
# Likely guess: to trust a self-signed certificate means to put it among the authorities. One that works
#   with curl's `--cacert` works with every other client's setting of the kind.
# What happens: `openssl req -x509` writes `CA:TRUE` into the certificate unless told otherwise. rustls
#   (by webpki) takes no authority's certificate for a server's own, and says so before it looks at whom
#   it trusts: `CaUsedAsEndEntity`. With `-addext basicConstraints=critical,CA:FALSE` all are content. Who
#   reads the message as "unknown authority" adds the certificate again and again. deno does not even
#   show the reason.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
as openssl makes it: CA:TRUE
  curl      200
  wget      200
  requests  200
  node      200
  uv        invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))
  deno      TypeError: fetch failed
told otherwise: CA:FALSE
  curl      200
  wget      200
  requests  200
  node      200
  uv        200
  deno      200
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uv==0.13.8 deno==2.9.8 requests==2.34.2

cat >serve.py <<'END'
import http.server
import ssl
import sys


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<!DOCTYPE html><html><body></body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(sys.argv[1], "w") as out:
    print(server.server_port, file=out)
server.serve_forever()
END

# Nothing of the surroundings decides, and nothing is left in them.
export DENO_DIR=$work/deno
for name in HTTPS_PROXY https_proxy ALL_PROXY all_proxy SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE \
    NODE_EXTRA_CA_CERTS DENO_CERT DENO_TLS_CA_STORE; do
    unset "$name"
done

look() {
    label=$1
    shift
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 30 "$@" 2>/dev/null
    mkfifo port
    python3 serve.py port &
    servers+=($!)
    url=https://localhost:$(cat port)/
    rm port

    echo "$label: $(openssl x509 -in cert.pem -noout -ext basicConstraints | grep -o 'CA:.*')"
    echo "  curl      $(curl --silent --cacert cert.pem --output /dev/null --write-out '%{http_code}' "$url" || true)"
    wget --server-response --ca-certificate=cert.pem --output-document=/dev/null "$url" >wget.said 2>&1 || true
    echo "  wget      $(grep -o 'HTTP/1.0 [0-9]*' wget.said | cut -d' ' -f2)"
    venv/bin/python - "$url" <<'END'
import sys

import requests

try:
    print("  requests ", requests.get(sys.argv[1], verify="cert.pem").status_code)
except requests.RequestException as error:
    print("  requests ", type(error).__name__)
END
    NODE_EXTRA_CA_CERTS=cert.pem node --eval "fetch('$url').then(
        (answer) => console.log('  node     ', answer.status),
        (error) => console.log('  node     ', error.cause.code))"
    # The index has no such package, which uv knows only once it has its page.
    echo nothing-at-all | SSL_CERT_FILE=$PWD/cert.pem venv/bin/uv --no-cache --no-config pip compile \
        --index-url "${url}simple" - >uv.said 2>&1 || true
    if grep -q 'there are no versions of nothing-at-all' uv.said; then
        echo "  uv        200"
    else
        echo "  uv        $(grep -o 'invalid peer certificate.*' uv.said | head -1)"
    fi
    venv/bin/deno eval --cert cert.pem "fetch('$url').then(
        (answer) => console.log('  deno     ', answer.status),
        (error) => console.log('  deno     ', String(error)))" 2>/dev/null
}

{
    look "as openssl makes it"
    look "told otherwise" -addext basicConstraints=critical,CA:FALSE
} >SEEN
cat SEEN
diff EXPECTED SEEN
