#!/usr/bin/env bash
# When a drop folder is renamed and a new one is made in its place, watchdog and watchfiles go on
# announcing what comes to the old folder, under the path of the new one, where no such file is; what comes
# to the new folder is never announced. Of the three only chokidar goes over to the new folder.
#
# Versions: watchdog 7.1.0 and watchfiles 1.3.0 (Python 3.9 or later), chokidar 5.0.0 (Node 18 or later),
#           on Linux (inotify). Seen on 2026-11-30.
#
# It is how people put yesterday's drops away: `mv inbox inbox-monday && mkdir inbox`.
#
# Likely guess: the watcher is told that its folder went away, and says so or ends; or it watches a path,
#   and so the new folder; in no case does it name a file that is not there.
# What happens: the system watches the folder itself, whatever it is called, and the libraries put the path
#   that they were given once before each name. So a late file in Monday's folder is announced as
#   `inbox/late.csv`, which does not exist, and if the new folder happens to have one of that name, as a
#   new file there. watchfiles mentions once that `inbox` was deleted, watchdog nothing at all. chokidar looks
#   at the path again and announces what a new folder holds, so that what is true of one library cannot be
#   expected of the next.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
watchdog    before: early.csv  after: late.csv (is not there)
watchfiles  before: early.csv  after: late.csv (is not there)
chokidar    before: early.csv  after: tuesday.csv
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check watchdog==7.1.0 watchfiles==1.3.0
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit chokidar@5.0.0

cat >look.py <<'END'
import sys
import threading
import time
from pathlib import Path

import watchfiles
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

library = sys.argv[1]
inbox = Path(f"inbox-{library}").absolute()
inbox.mkdir()
created = []


def note(path):
    name = Path(path).name
    entry = name if Path(path).exists() else f"{name} (is not there)"
    if Path(path).parent == inbox and entry not in created:
        created.append(entry)


class Handler(FileSystemEventHandler):
    def on_created(self, event):
        note(event.src_path)


def watch_files():
    for changes in watchfiles.watch(inbox, debounce=200):
        for change, path in changes:
            if change == watchfiles.Change.added:
                note(path)


if library == "watchdog":
    observer = Observer()
    observer.schedule(Handler(), str(inbox), recursive=True)
    observer.start()
else:
    threading.Thread(target=watch_files, daemon=True).start()
time.sleep(2)
(inbox / "early.csv").write_text("operation,email\n")
time.sleep(2)
before = list(created)
created.clear()

monday = Path(f"monday-{library}").absolute()
inbox.rename(monday)
inbox.mkdir()
time.sleep(1)
(monday / "late.csv").write_text("operation,email\n")
(inbox / "tuesday.csv").write_text("operation,email\n")
time.sleep(3)
print(f"{library:<11} before: {', '.join(before)}  after: {', '.join(created) or 'nothing'}")
END

cat >look.mjs <<'END'
import fs from 'node:fs';
import path from 'node:path';
import chokidar from 'chokidar';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const inbox = path.resolve('inbox-chokidar');
fs.mkdirSync(inbox);
let seen = [];
const watcher = chokidar.watch(inbox, { ignoreInitial: true });
watcher.on('add', (file) => seen.push(path.basename(file) + (fs.existsSync(file) ? '' : ' (is not there)')));
await new Promise((ready) => watcher.on('ready', ready));
await pause(1000);
fs.writeFileSync(path.join(inbox, 'early.csv'), 'operation,email\n');
await pause(2000);
const before = seen;
seen = [];
fs.renameSync(inbox, path.resolve('monday-chokidar'));
fs.mkdirSync(inbox);
await pause(1000);
fs.writeFileSync(path.resolve('monday-chokidar/late.csv'), 'operation,email\n');
fs.writeFileSync(path.join(inbox, 'tuesday.csv'), 'operation,email\n');
await pause(3000);
console.log(`chokidar    before: ${before.join(', ')}  after: ${seen.join(', ') || 'nothing'}`);
process.exit(0);
END

{
    venv/bin/python look.py watchdog
    venv/bin/python look.py watchfiles
    node look.mjs
} | tee SEEN
diff EXPECTED SEEN
echo "as described"
