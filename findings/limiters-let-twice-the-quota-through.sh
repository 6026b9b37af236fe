#!/usr/bin/env bash
# Of limiters told "10 calls in 2 seconds", most let nearly 20 calls through within 2 seconds.
#
# Versions: p-throttle 8.1.1, p-queue 9.3.5, bottleneck 2.19.5 and limiter 4.1.0 of npm; aiolimiter 1.3.0, ratelimit 2.2.1
#   and pyrate-limiter 4.5.1 of PyPI. Seen on 2026-12-01.
#
# Likely guess: with a limit of 10 and an interval of 2 seconds no 2 seconds see more than 10 calls, so a service that counts
#   calls over its own last 2 seconds never answers 429.
# What happens: one call at the start and 24 at 1.8 s: most count in intervals of their own or drip tokens back, so that up to
#   10 calls go at the end of one interval and 10 more at the start of the next. Only p-throttle and p-queue with
#   `strict: true` and pyrate-limiter keep to 10 in any 2 seconds.
#
# Output seen: EXPECTED below (the most calls in 1.9 seconds; where it says more than 10, mostly 19).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
p-throttle: more than 10
p-throttle, strict: 10
p-queue: more than 10
p-queue, strict: 10
bottleneck, reservoir: more than 10
limiter: more than 10
aiolimiter: more than 10
ratelimit: more than 10
pyrate-limiter: 10
END

npm init --yes >npm.log
npm install --silent --no-fund --no-audit p-throttle@8.1.1 p-queue@9.3.5 bottleneck@2.19.5 limiter@4.1.0 >>npm.log
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiolimiter==1.3.0 ratelimit==2.2.1 pyrate-limiter==4.5.1

cat >limiters.mjs <<'JS'
import Bottleneck from 'bottleneck';
import { RateLimiter } from 'limiter';
import PQueue from 'p-queue';
import pThrottle from 'p-throttle';

const [limit, interval] = [10, 2000];
const told = { limit, interval };
const capped = { intervalCap: limit, interval };
const reservoir = { reservoir: limit, reservoirRefreshAmount: limit, reservoirRefreshInterval: interval };
const queued = (queue) => (call) => queue.add(call);

const bucket = new RateLimiter({ tokensPerInterval: limit, interval });
const bottleneck = new Bottleneck(reservoir);
const throttled = (options) => {
  const through = pThrottle(options)(async (call) => call());
  return (call) => through(call);
};

const most = (times) => {
  times.sort((a, b) => a - b);
  return Math.max(...times.map((start) => times.filter((t) => t >= start && t < start + interval - 100).length));
};

for (const [name, limited] of [
  ['p-throttle', throttled(told)],
  ['p-throttle, strict', throttled({ ...told, strict: true })],
  ['p-queue', queued(new PQueue(capped))],
  ['p-queue, strict', queued(new PQueue({ ...capped, strict: true }))],
  ['bottleneck, reservoir', (call) => bottleneck.schedule(async () => call())],
  ['limiter', async (call) => { await bucket.removeTokens(1); call(); }],
]) {
  const times = [];
  const call = () => { times.push(performance.now()); };
  await limited(call);
  await new Promise((resolve) => setTimeout(resolve, 0.9 * interval));
  await Promise.all(Array.from({ length: 24 }, () => limited(call)));
  const count = most(times);
  console.log(`${name}: ${count <= limit ? limit : 'more than 10'}`);
}
process.exit(0);
JS

cat >limiters.py <<'PY'
import asyncio
import time

import aiolimiter
import pyrate_limiter
import ratelimit

LIMIT, INTERVAL = 10, 2


def tell(name, times):
    most = max(sum(start <= at < start + INTERVAL - 0.1 for at in times) for start in times)
    print(f"{name}: {LIMIT if most <= LIMIT else 'more than 10'}")


async def with_aiolimiter():
    limiter, times = aiolimiter.AsyncLimiter(LIMIT, INTERVAL), []

    async def call():
        async with limiter:
            times.append(time.monotonic())

    await call()
    await asyncio.sleep(0.9 * INTERVAL)
    await asyncio.gather(*[call() for _ in range(24)])
    tell("aiolimiter", times)


def in_turn(name, limited):
    times = []
    call = limited(lambda: times.append(time.monotonic()))
    call()
    time.sleep(0.9 * INTERVAL)
    for _ in range(24):
        call()
    tell(name, times)


def with_pyrate_limiter(call):
    limiter = pyrate_limiter.Limiter(pyrate_limiter.Rate(LIMIT, INTERVAL * 1000))
    return lambda: (limiter.try_acquire("calls"), call())


asyncio.run(with_aiolimiter())
in_turn("ratelimit", lambda call: ratelimit.sleep_and_retry(ratelimit.limits(LIMIT, INTERVAL)(call)))
in_turn("pyrate-limiter", with_pyrate_limiter)
PY

{ node limiters.mjs && venv/bin/python limiters.py; } | tee SEEN
diff EXPECTED SEEN && echo "as expected"
