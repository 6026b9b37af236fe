#!/usr/bin/env bash
# curl --retry gets a list of leavers at the second try, and exits with 0: in `> leavers.csv`, or in a pipe, what came at the
# first try stands before it, an error in place of the headings or half the list; with -o there is the list only.
#
# Versions: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1 and jq 1.6-2.1+deb12u1, as Debian 12 has them. Seen on 2026-12-02.
#
# The list is ann, bob and cy, who are to be deleted. The first try is answered with 503 and an error ("busy"), or the connection
# ends after "bob" ("cut"); the second one brings the list. Shown are the exit code and the file, one line beside the other, or
# what jq says.
#
# Likely guess: what is tried again is thrown away, as wget does it, and as curl does it with -o; at any rate with --fail.
# What happens: what has gone to stdout is gone, and the next try is put behind it. A table then begins with an error in place of
#   its headings. After a cut the list goes on in the middle of a line with the headings of the second one: somebody named
#   bobuser is to have the operation "operation", and ann is in it twice. --fail leaves errors away, but not halves. jq answers
#   once for each try, so that the length of the list is two lines, and the next page begins with null. As long as the server is
#   well, there is no difference between `-o file` and `> file`; nor is there in the exit code.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
busy
  curl --retry 3                                 0  {"error": "busy"} | user,operation | ann,delete | bob,delete | cy,delete
  curl --retry 3, in a pipe                      0  ann,delete | bob,delete | cy,delete | user,operation | {"error": "busy"}
  curl --retry 3 --fail-with-body                0  {"error": "busy"} | user,operation | ann,delete | bob,delete | cy,delete
  curl --retry 3 --fail                          0  user,operation | ann,delete | bob,delete | cy,delete
  curl --retry 3 -o                              0  user,operation | ann,delete | bob,delete | cy,delete
  curl --retry 3 -o /dev/stdout                  0  user,operation | ann,delete | bob,delete | cy,delete
  wget -O -                                      0  user,operation | ann,delete | bob,delete | cy,delete
cut
  curl --retry 3 --retry-all-errors              0  user,operation | ann,delete | bobuser,operation | ann,delete | bob,delete | cy,delete
  curl --retry 3 --retry-all-errors --fail       0  user,operation | ann,delete | bobuser,operation | ann,delete | bob,delete | cy,delete
  curl --retry 3 --retry-all-errors -o           0  user,operation | ann,delete | bob,delete | cy,delete
  wget -O -                                      0  user,operation | ann,delete | bob,delete | cy,delete
  wget -O                                        0  user,operation | ann,delete | bob,delete | cy,delete
busy, by jq
  curl --retry 3 | jq '.users | length'          0  0 | 3
  curl --retry 3 | jq -r .next                   0  null | /page/2
END

cat >server.py <<'END'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

tries = {}
csv = b"user,operation\nann,delete\nbob,delete\ncy,delete\n"
json = b'{"users": ["ann", "bob", "cy"], "next": "/page/2"}\n'


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        # /<how the first try ends>/<whatever makes it another list>/<name>
        how = self.path.split("/")[1]
        body = json if self.path.endswith(".json") else csv
        tries[self.path] = tries.get(self.path, 0) + 1
        first = tries[self.path] == 1
        if first and how == "busy":
            self.answer(503, b'{"error": "busy"}\n')
        elif first and how == "cut":
            self.answer(200, body, body[:29])
            self.close_connection = True
        else:
            self.answer(200, body)

    def answer(self, status, body, part=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if part is None else part)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
END

unset http_proxy HTTP_PROXY https_proxy all_proxy ALL_PROXY
python3 server.py &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
count=0
try() {
    local what=$1 command=$2 code=0
    count=$((count + 1))
    rm -f leavers.csv
    export URL="http://127.0.0.1:$(cat port)/$3/$count/leavers.$4"
    bash -c "$command" 2>/dev/null || code=$?
    printf '  %-46s %s  %s\n' "$what" "$code" "$(paste -s -d '|' leavers.csv | sed 's/|/ | /g')"
}
{
    export CURL="curl --silent --retry 3 --retry-delay 1" WGET="wget --quiet --tries 3 --waitretry 1 --retry-on-http-error 503"
    echo "busy"
    try 'curl --retry 3' '$CURL "$URL" > leavers.csv' busy csv
    try 'curl --retry 3, in a pipe' '$CURL "$URL" | sort > leavers.csv' busy csv
    try 'curl --retry 3 --fail-with-body' '$CURL --fail-with-body "$URL" > leavers.csv' busy csv
    try 'curl --retry 3 --fail' '$CURL --fail "$URL" > leavers.csv' busy csv
    try 'curl --retry 3 -o' '$CURL -o leavers.csv "$URL"' busy csv
    try 'curl --retry 3 -o /dev/stdout' '$CURL -o /dev/stdout "$URL" > leavers.csv' busy csv
    try 'wget -O -' '$WGET -O - "$URL" > leavers.csv' busy csv
    echo "cut"
    try 'curl --retry 3 --retry-all-errors' '$CURL --retry-all-errors "$URL" > leavers.csv' cut csv
    try 'curl --retry 3 --retry-all-errors --fail' '$CURL --fail --retry-all-errors "$URL" > leavers.csv' cut csv
    try 'curl --retry 3 --retry-all-errors -o' '$CURL --retry-all-errors -o leavers.csv "$URL"' cut csv
    try 'wget -O -' '$WGET -O - "$URL" > leavers.csv' cut csv
    try 'wget -O' '$WGET -O leavers.csv "$URL"' cut csv
    echo "busy, by jq"
    try "curl --retry 3 | jq '.users | length'" '$CURL "$URL" | jq ".users | length" > leavers.csv' busy json
    try "curl --retry 3 | jq -r .next" '$CURL "$URL" | jq -r .next > leavers.csv' busy json
} 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
