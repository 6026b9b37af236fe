#!/usr/bin/env bash
# Office365-REST-Python-Client is told to delete ann, bob and cy. ann is refused, and it stops there, with an exception; the
# list of users that is read next, to see who is left, deletes bob and cy. A retry puts a change behind the one that was to wait
# for it.
#
# Versions: Office365-REST-Python-Client 3.3.0 with requests 2.34.2. Seen on 2026-12-02 with Python 3.11.
#
# In the first part three deletions are queued, as the library does with each call, and sent in one of five ways that it has for
# that. The server refuses ann with 403. The script then reads the list of users with the same client: shown is what the server
# got and answered, at first and by that, and who is left. In the second part bob is to become a lead, and then ann, who was
# one, is to be deleted; the server is busy at the first (503, "Retry-After: 0"), once or for good.
#
# Likely guess: a call sends what was asked for since the last one. After an exception the queue is empty or, at worst, is sent
#   again as a whole. Reading is harmless. A queue is carried out in its order, and what was busy comes again before the next
#   one does, or nothing more is done.
# What happens: execute_query() takes out the change that fails and leaves the rest, which is sent whenever anything else is,
#   without being asked for. So who stops at a refusal, to look into it, has it all done later. With asyncio the refused one
#   stays at the front, and nothing can be read any more; "parallel" keeps all, those too that are done. Only a batch leaves
#   nothing behind. To retry, execute_query_retry() and with_auto_retry() put the change at the end of the queue: ann is deleted
#   first, and also if bob is never to become a lead. With asyncio the order is kept.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
ann is refused
  execute_query:               delete ann 403: AccessDeniedException
  and then the list:           delete bob 204, delete cy 204, list: done
  left:                        ann
  execute_query_retry:         delete ann 403: AccessDeniedException
  and then the list:           delete bob 204, delete cy 204, list: done
  left:                        ann
  execute_query_async:         delete ann 403: AccessDeniedException
  and then the list:           delete ann 403: AccessDeniedException
  left:                        ann bob cy
  execute_query_parallel:      delete ann 403, delete bob 204, delete cy 204: AccessDeniedException
  and then the list:           delete ann 403: AccessDeniedException
  left:                        ann
  execute_batch:               delete ann 403, delete bob 204, delete cy 204: AccessDeniedException
  and then the list:           list: done
  left:                        ann
bob is busy
  retry, once:                 lead bob 503, delete ann 204, lead bob 204: done
  retry, for good:             lead bob 503, delete ann 204, lead bob 503, lead bob 503: ClientRequestException
  auto_retry, once:            lead bob 503, delete ann 204, lead bob 204: done
  auto_retry, for good:        lead bob 503, delete ann 204, lead bob 503, lead bob 503: ClientRequestException
  async_retry, once:           lead bob 503, lead bob 204, delete ann 204: done
  async_retry, for good:       lead bob 503, lead bob 503, lead bob 503: ClientRequestException
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check Office365-REST-Python-Client==3.3.0 requests==2.34.2

cat >users.py <<'END'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from office365.graph_client import GraphClient

users, protected, got = set(), set(), []
busy = 0


def change(method, user):
    global busy
    if method == "PATCH":
        status, busy = (503, busy - 1) if busy else (204, 0)
    elif user in protected:
        status = 403
    else:
        status = 204 if user in users else 404
        users.discard(user)
    got.append(f"{'delete' if method == 'DELETE' else 'lead'} {user} {status}")
    return status


class Organization(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        got.append("list")
        self.answer(200, {"value": [{"id": user} for user in sorted(users)]})

    def do_POST(self):
        answers = []
        for request in json.loads(self.rfile.read(int(self.headers["Content-Length"])))["requests"]:
            status = change(request["method"], request["url"].rsplit("/", 1)[1])
            answers.append({"id": request["id"], "status": status, "headers": {}, **self.body(status)})
        self.answer(200, {"responses": answers})

    def do_DELETE(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = change(self.command, self.path.rsplit("/", 1)[1])
        self.answer(status, self.body(status).get("body"))

    do_PATCH = do_DELETE

    @staticmethod
    def body(status):
        return {} if status == 204 else {"body": {"error": {"code": str(status), "message": "no"}}}

    def answer(self, status, body):
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status == 503:
            self.send_header("Retry-After", "0")
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Organization)
threading.Thread(target=server.serve_forever, daemon=True).start()


class Client(GraphClient):
    service_root_url = f"http://127.0.0.1:{server.server_port}/v1.0"

    def __init__(self):
        super().__init__(lambda: {"token_type": "Bearer", "access_token": "token"})


def tell(what, call, in_order=list):
    got.clear()
    try:
        call()
        told = "done"
    except Exception as error:
        told = type(error).__name__
    print(f"  {what + ':':<28} {', '.join(in_order(got))}: {told}")


def refused(name, send):
    users.clear()
    users.update(["ann", "bob", "cy"])
    client = Client()
    for user in sorted(users):
        client.users[user].delete_object()
    # Those that are sent in parallel arrive in any order.
    tell(name, lambda: send(client), sorted)
    tell("and then the list", lambda: client.users.get().execute_query())
    print(f"  {'left:':<28} {' '.join(sorted(users))}")


def delayed(name, send):
    global busy
    for how, times in [("once", 1), ("for good", 99)]:
        users.clear()
        users.update(["ann", "bob"])
        busy = times
        client = Client()
        client.users["bob"].set_property("jobTitle", "lead").update()
        client.users["ann"].delete_object()
        tell(f"{name}, {how}", lambda: send(client))


print("ann is refused")
protected.add("ann")
refused("execute_query", lambda client: client.execute_query())
refused("execute_query_retry", lambda client: client.execute_query_retry())
refused("execute_query_async", lambda client: asyncio.run(client.execute_query_async()))
refused("execute_query_parallel", lambda client: client.execute_query_parallel(concurrency=4))
refused("execute_batch", lambda client: client.execute_batch())
print("bob is busy")
protected.clear()
quick = {"max_retry": 3, "timeout_secs": 0}
delayed("retry", lambda client: client.execute_query_retry(**quick))
delayed("auto_retry", lambda client: client.with_auto_retry(**quick).execute_query())
delayed("async_retry", lambda client: asyncio.run(client.execute_query_async_retry(**quick)))
END

venv/bin/python users.py | tee SEEN
diff EXPECTED SEEN
