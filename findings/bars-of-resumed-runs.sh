#!/usr/bin/env bash
# The progress bar of a resumed run says "done in a moment" for as long as it takes, or twenty times too long, although it has
# been told how much was done before.
#
# Versions: indicatif 0.18.6 (crates.io), progressbar2 4.6.0, click 8.5.1, enlighten 1.14.1 (PyPI), npm progress 2.0.3 with
#           Node.js 20; tqdm 4.70.1, rich 15.0.0, alive-progress 3.3.0 and npm cli-progress 3.12.0 for comparison. Seen on
#           2026-12-01.
#
# A sheet has 10,000 rows, of which 9,500 were done yesterday. The bar is told so when it starts, with the parameter made for
# it where there is one. Then 40 rows are done, one each 50 ms. 460 are left, which is some 23 seconds.
#
# Likely guess: what was done before is no speed. A bar that takes where it starts counts its time from there; that is what the
#   parameter is for.
# What happens: for indicatif the 9,500 are rows that were done just now, at thousands a second, which even 20 seconds later
#   says "1 s"; reset_eta() helps after set_position() only. progressbar2 and click divide all rows by the time since the start.
#   progress computes with NaN and shows 0.0. enlighten has the speed right, and takes what was done before for still to do.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
tqdm: right
rich: right
alive-progress: right
cli-progress: right
progressbar2: in a moment
click: in a moment
progress: in a moment
indicatif, with_position: in a moment
indicatif, with_position and reset_eta: in a moment
indicatif, set_position and reset_eta: right
enlighten: twenty times too long
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tqdm==4.70.1 rich==15.0.0 alive-progress==3.3.0 \
    progressbar2==4.6.0 click==8.5.1 enlighten==1.14.1
npm install --silent --no-audit --no-fund --prefix . cli-progress@3.12.0 progress@2.0.3 >/dev/null

mkdir -p bars/src
cat >bars/Cargo.toml <<'END'
[package]
name = "bars"
version = "0.0.0"
edition = "2021"

[dependencies]
indicatif = "=0.18.6"

[workspace]
END

# Each of the three programs prints for each bar the seconds that it says are left, and those that are.
cat >bars.py <<'END'
import io
import re
import time

import click
import enlighten
import progressbar
from alive_progress import alive_bar
from rich.console import Console
from rich.progress import Progress
from tqdm import tqdm


def do_rows(one_more):
    started = time.monotonic()
    for number in range(1, 41):
        time.sleep(0.05)
        one_more(number)
    return (time.monotonic() - started) / 40 * 460


def seconds(said):
    return sum(int(part) * 60**place for place, part in enumerate(reversed(said.split(":"))))


def with_tqdm(out):
    bar = tqdm(total=10000, initial=9500, file=out)
    truth = do_rows(lambda _: bar.update())
    return seconds(re.search(r"<([\d:]+)", str(bar))[1]), truth


def with_rich(out):
    bar = Progress(console=Console(file=out))
    task = bar.add_task("rows", total=10000, completed=9500)
    truth = do_rows(lambda _: bar.advance(task))
    return bar.tasks[0].time_remaining, truth


def with_alive_progress(out):
    with alive_bar(10000, file=out, force_tty=True) as bar:
        bar(9500, skipped=True)
        truth = do_rows(lambda _: bar())
        return seconds(re.search(r"[\d:]+", bar.eta)[0]), truth


def with_progressbar2(out):
    eta = progressbar.ETA()
    bar = progressbar.ProgressBar(max_value=10000, initial_value=9500, fd=out, widgets=[eta])
    bar.start()
    truth = do_rows(lambda number: bar.update(9500 + number))
    return seconds(re.search(r"[\d:]+$", eta(bar, bar.data()).strip())[0]), truth


def with_click(out):
    with click.progressbar(length=10000, file=out) as bar:
        bar.update(9500)
        truth = do_rows(lambda _: bar.update(1))
        return bar.eta, truth


def with_enlighten(out):
    with enlighten.Manager(stream=out, enabled=True) as manager:
        bar = manager.counter(total=10000, count=9500)
        truth = do_rows(lambda _: bar.update())
        return seconds(re.search(r"<([\d:]+)", bar.format(width=100))[1]), truth


for name, measure in [
    ("tqdm", with_tqdm),
    ("rich", with_rich),
    ("alive-progress", with_alive_progress),
    ("progressbar2", with_progressbar2),
    ("click", with_click),
    ("enlighten", with_enlighten),
]:
    print(name, *measure(io.StringIO()), sep=";")
END

cat >bars.js <<'END'
const { Writable } = require("node:stream");
const { SingleBar, Presets } = require("cli-progress");
const ProgressBar = require("progress");

const stream = new Writable({ write: (chunk, encoding, done) => done() });
Object.assign(stream, { isTTY: true, columns: 100, cursorTo() {}, clearLine() {} });

async function doRows(oneMore) {
  const started = performance.now();
  for (let number = 1; number <= 40; number += 1) {
    await new Promise((done) => setTimeout(done, 50));
    oneMore();
  }
  return ((performance.now() - started) / 40 / 1000) * 460;
}

(async () => {
  const single = new SingleBar({ stream }, Presets.legacy);
  single.start(10000, 9500);
  let truth = await doRows(() => single.increment());
  console.log(`cli-progress;${single.eta.getTime()};${truth}`);
  single.stop();

  const bar = new ProgressBar(":eta", { total: 10000, curr: 9500, stream, renderThrottle: 0 });
  truth = await doRows(() => bar.tick());
  console.log(`progress;${bar.lastDraw};${truth}`);
})();
END

cat >bars/src/main.rs <<'END'
use std::thread::sleep;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};

fn with_position(bar: ProgressBar) -> ProgressBar {
    bar.with_position(9_500)
}

fn with_position_and_reset_eta(bar: ProgressBar) -> ProgressBar {
    let bar = bar.with_position(9_500);
    bar.reset_eta();
    bar
}

fn set_position_and_reset_eta(bar: ProgressBar) -> ProgressBar {
    bar.set_position(9_500);
    bar.reset_eta();
    bar
}

fn main() {
    let ways: [(&str, fn(ProgressBar) -> ProgressBar); 3] = [
        ("with_position", with_position),
        ("with_position and reset_eta", with_position_and_reset_eta),
        ("set_position and reset_eta", set_position_and_reset_eta),
    ];
    for (name, start) in ways {
        let bar = start(ProgressBar::with_draw_target(Some(10_000), ProgressDrawTarget::hidden()));
        let started = Instant::now();
        for _ in 0..40 {
            sleep(Duration::from_millis(50));
            bar.inc(1);
        }
        let truth = started.elapsed().as_secs_f64() / 40.0 * 460.0;
        println!("indicatif, {name};{};{truth}", bar.eta().as_secs_f64());
    }
}
END

CARGO_TARGET_DIR="$work/target" cargo build --quiet --manifest-path bars/Cargo.toml
venv/bin/python bars.py >python.csv &
python=$!
node bars.js >node.csv &
node=$!
target/debug/bars >rust.csv
wait "$python"
wait "$node"
awk -F ';' '
    function word(times) {
        if (times < 0.1) return "in a moment"
        if (times > 0.5 && times < 2) return "right"
        if (times > 10 && times < 40) return "twenty times too long"
        return times " times"
    }
    { said[$1] = word($2 / $3) }
    END {
        while ((getline line < "EXPECTED") > 0) {
            sub(/:.*/, "", line)
            print line ": " said[line]
        }
    }' python.csv node.csv rust.csv | tee SEEN
diff EXPECTED SEEN
