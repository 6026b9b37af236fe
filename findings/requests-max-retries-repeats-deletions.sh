#!/usr/bin/env bash
# requests documents that max_retries never concerns a request whose data has reached the server. A
# DELETE that the server has read in full is sent three more times all the same.
#
# Versions: requests 2.34.2 with urllib3 2.8.0. Seen on 2026-11-29.
#
# The session has HTTPAdapter(max_retries=3) mounted, the documented way. The server reads each
# request to its end, and then stays silent, hangs up, or answers 429 or 503 with a Retry-After.
#
# Likely guess: as documented with HTTPAdapter, 3 is for connections that do not come about. Whoever
#   wants more, such as waiting after a 429, has to pass a Retry in its place.
# What happens: the number itself becomes a urllib3 Retry that, for DELETE and PUT, also covers answers
#   that do not come and a 429 or 503 with a Retry-After. POST and PATCH go out once, and so does a
#   DELETE whose 503 has no Retry-After. So a timeout of one second takes four, and a deletion that was
#   done may be reported by the 404 of its repetition. Without the option, nothing of this happens.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
the documentation still rules this out: True
no answer in time,    max_retries=3: DELETE 4, PUT 4, PATCH 1, POST 1
no answer in time,    default:       DELETE 1, PUT 1, PATCH 1, POST 1
hangs up,             max_retries=3: DELETE 4, PUT 4, PATCH 1, POST 1
hangs up,             default:       DELETE 1, PUT 1, PATCH 1, POST 1
429 with Retry-After, max_retries=3: DELETE 4, PUT 4, PATCH 1, POST 1
429 with Retry-After, default:       DELETE 1, PUT 1, PATCH 1, POST 1
503 with Retry-After, max_retries=3: DELETE 4, PUT 4, PATCH 1, POST 1
503 with Retry-After, default:       DELETE 1, PUT 1, PATCH 1, POST 1
503 alone,            max_retries=3: DELETE 1, PUT 1, PATCH 1, POST 1
503 alone,            default:       DELETE 1, PUT 1, PATCH 1, POST 1
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0

cat >look.py <<'END'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from requests.adapters import HTTPAdapter

arrived = []  # one entry for each request that the server has read in full
over = threading.Event()


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        arrived.append(self.rfile.read(int(self.headers["Content-Length"])))
        kind = self.path[1:]
        if kind in ("silent", "hangs-up"):
            self.close_connection = True
            if kind == "silent":
                over.wait()
            return
        self.send_response(int(kind[:3]))
        if kind.endswith("-later"):
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()


def count(method, kind, options):
    arrived.clear()
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(**options))
        try:
            url = f"http://127.0.0.1:{server.server_port}/{kind}"
            session.request(method, url, json={"user": "ann@example.com"}, timeout=1)
        except requests.RequestException:
            pass
    return f"{method} {len(arrived)}"


documentation = " ".join(HTTPAdapter.__doc__.split())
print("the documentation still rules this out:", "never to requests where data" in documentation)
for label, kind in [
    ("no answer in time", "silent"),
    ("hangs up", "hangs-up"),
    ("429 with Retry-After", "429-later"),
    ("503 with Retry-After", "503-later"),
    ("503 alone", "503"),
]:
    for name, options in [("max_retries=3", {"max_retries": 3}), ("default", {})]:
        counts = [count(method, kind, options) for method in ("DELETE", "PUT", "PATCH", "POST")]
        print(f"{label + ',':<21} {name + ':':<14}", ", ".join(counts))
over.set()
END

env -u http_proxy -u HTTP_PROXY -u all_proxy -u ALL_PROXY venv/bin/python look.py | tee SEEN
diff EXPECTED SEEN
