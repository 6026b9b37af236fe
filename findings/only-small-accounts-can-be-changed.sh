#!/usr/bin/env bash
# An account with a few groups can be changed with If-Match; one with eighty is refused with 412 for good, though nobody has
# touched it, if the client accepts gzip and the server is made with Django's or Flask's middleware for that.
#
# Versions: Django 5.2.19; flask-smorest 0.47.0 with Flask 3.1.3 and Flask-Compress 1.25; requests 2.34.2 as the client; urllib
#           of Python 3.11 and curl for comparison. Seen on 2026-12-01.
#
# Each server shows an account with its ETag, says 304 to an If-None-Match with it, and changes the account after an If-Match
# with it: Django with its decorator @condition, flask-smorest with @etag and check_etag(). Answers are compressed by
# Django's GZipMiddleware or Flask-Compress, as installed. ann is in three groups, bob in eighty. The client reads the
# account, and changes it with the ETag that it has just got.
#
# Likely guess: a server knows its own ETag again, or else it would be of no use. Compression is undone by the client
#   and changes nothing about the account. A change that curl can make, a script can make as well.
# What happens: GZipMiddleware makes the ETag of what it compresses weak (W/"80"), and a weak one never passes an If-Match;
#   Flask-Compress appends the method (":gzip"), which check_etag() has never heard of. With If-None-Match both work, and so
#   do caches. Answers below 200 (Django) or 500 bytes (Flask-Compress) are not compressed, and curl and urllib do not ask for
#   compression, but requests does, as most clients do. So all is well by hand and with small accounts, and to read anew,
#   which is what one does after a 412, gives the same ETag again.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
servers=()
trap '[ ${#servers[@]} = 0 ] || kill "${servers[@]}"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
django  requests  ann "3"                304  PUT 204, read anew: PUT 204
django  requests  bob W/"80"             304  PUT 412, read anew: PUT 412
django  urllib    ann "3"                304  PUT 204, read anew: PUT 204
django  urllib    bob "80"               304  PUT 204, read anew: PUT 204
django  curl      ann "3"                304  PUT 204, read anew: PUT 204
django  curl      bob "80"               304  PUT 204, read anew: PUT 204
flask   requests  ann "964b..."          304  PUT 200, read anew: PUT 200
flask   requests  bob "f175...:method"   304  PUT 412, read anew: PUT 412
flask   urllib    ann "964b..."          304  PUT 200, read anew: PUT 200
flask   urllib    bob "f175..."          304  PUT 200, read anew: PUT 200
flask   curl      ann "964b..."          304  PUT 200, read anew: PUT 200
flask   curl      bob "f175..."          304  PUT 200, read anew: PUT 200
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check Django==5.2.19 flask-smorest==0.47.0 Flask==3.1.3 \
    Flask-Compress==1.25 requests==2.34.2

cat >groups.py <<'END'
groups = {"ann": [f"group-{n}" for n in range(3)], "bob": [f"group-{n}" for n in range(80)]}
END

cat >with_django.py <<'END'
import django
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import condition

from groups import groups

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"]
)
django.setup()


@condition(etag_func=lambda request, user: f'"{len(groups[user])}"')
def account(request, user):
    return HttpResponse(status=204) if request.method == "PUT" else JsonResponse({"groups": groups[user]})


urlpatterns = [path("users/<user>", account)]


def application(environ, start_response):
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()(environ, start_response)
END

cat >with_flask.py <<'END'
import marshmallow
from flask import Flask
from flask.views import MethodView
from flask_compress import Compress
from flask_smorest import Api, Blueprint

from groups import groups

application = Flask("users")
application.config.update(API_TITLE="Users", API_VERSION="1", OPENAPI_VERSION="3.0.2")
Compress(application)
users = Blueprint("users", "users")


class Account(marshmallow.Schema):
    groups = marshmallow.fields.List(marshmallow.fields.String())


@users.route("/users/<user>")
class Accounts(MethodView):
    @users.etag
    @users.response(200, Account)
    def get(self, user):
        return {"groups": groups[user]}

    @users.etag
    @users.response(200, Account)
    def put(self, user):
        users.check_etag({"groups": groups[user]}, Account)
        return {"groups": groups[user]}


Api(application).register_blueprint(users)
END

cat >serve.py <<'END'
import importlib
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


framework = sys.argv[1]
server = make_server("127.0.0.1", 0, importlib.import_module(f"with_{framework}").application, handler_class=Handler)
Path(f"{framework}.new").write_text(str(server.server_port))
Path(f"{framework}.new").rename(f"{framework}.port")
server.serve_forever()
END

cat >change.py <<'END'
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import requests


def with_requests(method, url, headers):
    answer = requests.request(method, url, headers=headers)
    return answer.status_code, answer.headers


def with_urllib(method, url, headers):
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers, method=method))
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers


def with_curl(method, url, headers):
    options = [option for name, value in headers.items() for option in ["-H", f"{name}: {value}"]]
    command = ["curl", "-sS", "-o", "body", "-D", "-", "-X", method, *options, url]
    first, *lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()
    return int(first.split()[1]), {name.title(): value for name, value in (line.split(": ", 1) for line in lines)}


for framework in ["django", "flask"]:
    port = Path(f"{framework}.port").read_text()
    for client, call in [("requests", with_requests), ("urllib", with_urllib), ("curl", with_curl)]:
        for user in ["ann", "bob"]:
            url = f"http://127.0.0.1:{port}/users/{user}"
            etag = next(value for name, value in call("GET", url, {})[1].items() if name.lower() == "etag")
            cached, _ = call("GET", url, {"If-None-Match": etag})
            changed, _ = call("PUT", url, {"If-Match": etag})
            again = next(value for name, value in call("GET", url, {})[1].items() if name.lower() == "etag")
            changed_again, _ = call("PUT", url, {"If-Match": again})
            # A long one is a hash; which method comes after it depends on what else is installed.
            shown = etag if len(etag) < 20 else f'"{etag[1:5]}...{":method" if ":" in etag else ""}"'
            print(f"{framework:<7} {client:<9} {user} {shown:<18} {cached}  PUT {changed}, read anew: PUT {changed_again}")
END

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
for framework in django flask; do
    venv/bin/python serve.py "$framework" &
    servers+=($!)
    for _ in $(seq 100); do [ -e "$framework.port" ] && break; sleep 0.1; done
done
venv/bin/python change.py | tee SEEN
diff EXPECTED SEEN
