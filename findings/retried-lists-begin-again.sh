#!/usr/bin/env bash
# A generator of all users has a retry decorator, and the second of three pages is refused once: with stamina, since 25.2, the
# first hundred come twice; with stamina 25.1 and all others the decorator does nothing, so that the list breaks off.
#
# Versions: stamina 26.1.0 and 25.1.0, tenacity 9.2.1, backoff 2.2.1, retrying 1.4.2, opnieuw 4.0.0; npm p-retry 7.1.1,
#           async-retry 1.3.3, exponential-backoff 3.1.3. Seen on 2026-12-02 with Python 3.11 and Node.js 20.
#
# The generator fetches a page, yields its users one after the other, and fetches the next one. Each user is invited as soon as
# it is yielded. Shown is how many were invited, how many of them twice, and how it ended, where the generator is decorated or
# called by the helper, and where this is done with the function that fetches one page.
#
# Likely guess: the page that was refused is asked for again, or all are, before anything comes out; in any case an update of the
#   library does not change it.
# What happens: a generator function has done nothing yet when it returns, so that there is nothing to try again, and the error
#   comes up in the loop, where no decorator sees it: the retry was never there. stamina knows generators since 25.2, begins again
#   with a new one, as its documentation says, and goes on in the same loop, which is not told that it has had these users before.
#   A set of the users, or a test that counts different names, is right; what is done for each user is done twice. Around the
#   function that fetches one page all are right.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
                     generator             async generator       page
stamina 26.1.0       300, 100 twice        300, 100 twice        300
tenacity             100, then OSError     100, then OSError     300
backoff              100, then OSError     100, then OSError     300
retrying             100, then OSError     100, then OSError     300
opnieuw              100, then OSError     -                     300
stamina 25.1.0       100, then OSError     100, then OSError     300
p-retry              -                     100, then Error       300
async-retry          -                     100, then Error       300
exponential-backoff  -                     100, then Error       300
END

python3 -m venv venv
python3 -m venv older
venv/bin/pip install --quiet --disable-pip-version-check stamina==26.1.0 tenacity==9.2.1 backoff==2.2.1 \
    retrying==1.4.2 opnieuw==4.0.0
older/bin/pip install --quiet --disable-pip-version-check stamina==25.1.0 tenacity==9.2.1
npm install --silent --no-audit --no-fund --prefix . p-retry@7.1.1 async-retry@1.3.3 exponential-backoff@3.1.3 >/dev/null

cat >invite.py <<'END'
import asyncio
import logging
import sys
from collections import Counter
from importlib.metadata import version

import stamina

logging.disable()
decorators = {f"stamina {version('stamina')}": stamina.retry(on=OSError, attempts=3, wait_initial=0.01)}
if "others" in sys.argv:
    import backoff
    import opnieuw
    import retrying
    import tenacity

    decorators |= {
        "tenacity": tenacity.retry(retry=tenacity.retry_if_exception_type(OSError), stop=tenacity.stop_after_attempt(3)),
        "backoff": backoff.on_exception(backoff.constant, OSError, max_tries=3, interval=0.01),
        "retrying": retrying.retry(stop_max_attempt_number=3, retry_on_exception=lambda error: isinstance(error, OSError)),
        "opnieuw": opnieuw.retry(retry_on_exceptions=OSError, max_calls_total=3, retry_window_after_first_call_in_seconds=1),
    }


class Service:
    refused = False

    def page(self, number):
        if number == 1 and not self.refused:
            self.refused = True
            raise OSError("busy")
        return range(100 * number, 100 * number + 100)


def all_users(page):
    for number in range(3):
        yield from page(number)


async def all_users_async(page):
    for number in range(3):
        for user in page(number):
            yield user


async def invite(users):
    invited = Counter()
    ended = ""
    try:
        if hasattr(users, "__aiter__"):
            async for user in users:
                invited[user] += 1
        else:
            for user in users:
                invited[user] += 1
    except Exception as error:
        ended = f", then {type(error).__name__}"
    twice = sum(1 for times in invited.values() if times > 1)
    return f"{len(invited)}" + (f", {twice} twice" if twice else "") + ended


def line(*cells):
    print(f"{cells[0]:<21}{cells[1]:<22}{cells[2]:<22}{cells[3]}")


if "others" in sys.argv:
    line("", "generator", "async generator", "page")
for name, retry in decorators.items():
    cells = [
        asyncio.run(invite(retry(all_users)(Service().page))),
        # opnieuw has another decorator for what is asynchronous.
        "-" if name == "opnieuw" else asyncio.run(invite(retry(all_users_async)(Service().page))),
        asyncio.run(invite(all_users(retry(Service().page)))),
    ]
    line(name, *cells)
END

cat >invite.mjs <<'END'
import asyncRetry from "async-retry";
import { backOff } from "exponential-backoff";
import pRetry from "p-retry";

const helpers = {
  "p-retry": (what) => pRetry(what, { retries: 2, minTimeout: 10 }),
  "async-retry": (what) => asyncRetry(what, { retries: 2, minTimeout: 10 }),
  "exponential-backoff": (what) => backOff(async () => what(), { numOfAttempts: 3, startingDelay: 10 }),
};

function service() {
  let refused = false;
  return async (number) => {
    if (number === 1 && !refused) {
      refused = true;
      throw new Error("busy");
    }
    return Array.from({ length: 100 }, (_, index) => 100 * number + index);
  };
}

async function* allUsers(page) {
  for (let number = 0; number < 3; number += 1) yield* await page(number);
}

async function invite(users) {
  const invited = new Map();
  let ended = "";
  try {
    for await (const user of users) invited.set(user, (invited.get(user) ?? 0) + 1);
  } catch (error) {
    ended = `, then ${error.name}`;
  }
  const twice = [...invited.values()].filter((times) => times > 1).length;
  return `${invited.size}${twice ? `, ${twice} twice` : ""}${ended}`;
}

for (const [name, retry] of Object.entries(helpers)) {
  const [one, other] = [service(), service()];
  const generator = await invite(await retry(() => allUsers(one)));
  const page = await invite(allUsers((number) => retry(() => other(number))));
  console.log(`${name.padEnd(21)}${"-".padEnd(22)}${generator.padEnd(22)}${page}`);
}
END

{ venv/bin/python invite.py others; older/bin/python invite.py; node invite.mjs; } 2>&1 | tee SEEN
diff EXPECTED SEEN && echo "as expected"
