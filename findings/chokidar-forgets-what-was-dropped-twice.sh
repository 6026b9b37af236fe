#!/usr/bin/env bash
# A sheet that is dropped, taken back and dropped again within the time that chokidar waits for a file
# to be whole is never announced as added: the only event that ever comes for it is a change.
#
# Versions: chokidar 5.0.0 (Node 18 or later). Seen on 2026-11-30.
#
# People drop a sheet, see a mistake, delete it and drop the right one. Programs that run what is dropped
# ask for awaitWriteFinish, so that they get a file when it has stopped growing, and listen to `add`.
#
# Likely guess: the second file is new, so `add` comes once it has stopped growing. If the library took
#   the two for one, `add` would come all the same, since none has come yet.
# What happens: the first one is known from the moment that it appears, although its `add` is held back.
#   Taking it away drops the `add` that was held back, and nothing is said of it; the file that comes then
#   is taken for one that changed. A program that listens to `add` never runs the sheet. Without
#   awaitWriteFinish the same drops are announced as two files, and so they are with it where the first
#   one stayed long enough to be announced.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
announced at once,     taken back early:  add, unlink, add
announced when whole,  taken back early:  change
announced when whole,  taken back late:   add, unlink, add
announced when whole,  never taken back:  add
END

npm init --yes >/dev/null
npm install --silent --no-fund --no-audit chokidar@5.0.0

cat >look.mjs <<'END'
import fs from 'node:fs';
import chokidar from 'chokidar';

const WHOLE_AFTER = 1500;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function eventsOf(name, options, drop) {
  const inbox = fs.mkdtempSync(`${process.cwd()}/inbox-`);
  const seen = [];
  const watcher = chokidar.watch(inbox, { ignoreInitial: true, ...options });
  for (const event of ['add', 'change', 'unlink']) watcher.on(event, () => seen.push(event));
  await new Promise((ready) => watcher.on('ready', ready));
  await drop(`${inbox}/joiners.csv`);
  await pause(2 * WHOLE_AFTER + 1000);
  await watcher.close();
  return `${name}  ${seen.join(', ')}`;
}

const sheet = (people) => `operation,email\n${people.map((person) => `invite,${person}@example.com\n`).join('')}`;
const twice = (stays) => async (path) => {
  fs.writeFileSync(path, sheet(['ann', 'bob']));
  await pause(stays);
  fs.unlinkSync(path);
  await pause(400);
  fs.writeFileSync(path, sheet(['ann', 'bob', 'cy']));
};
const once = async (path) => fs.writeFileSync(path, sheet(['ann']));
const whenWhole = { awaitWriteFinish: { stabilityThreshold: WHOLE_AFTER, pollInterval: 100 } };

const lines = await Promise.all([
  eventsOf('announced at once,     taken back early:', {}, twice(700)),
  eventsOf('announced when whole,  taken back early:', whenWhole, twice(700)),
  eventsOf('announced when whole,  taken back late: ', whenWhole, twice(3 * WHOLE_AFTER)),
  eventsOf('announced when whole,  never taken back:', whenWhole, once),
]);
console.log(lines.join('\n'));
END

node look.mjs | tee SEEN
diff EXPECTED SEEN
echo "as described"
