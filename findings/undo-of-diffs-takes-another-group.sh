#!/usr/bin/env bash
# The undo functions of diff libraries take another group away than the run had added, or overwrite one
# that somebody else added since, although the diff that they undo holds the right name.
#
# Versions: npm jsondiffpatch 0.7.7, npm deep-diff 1.0.2, npm fast-json-patch 3.1.1; deepdiff 9.1.0,
#           dictdiffer 0.10.0. Seen on 2026-11-30.
#
# A run changes an account, and the difference is kept to undo it. Before it is undone, somebody else puts
# the account into Leads, which comes first because the server lists groups by name; or gives it
# another licence. (deepdiff and fast-json-patch are set to keep and check the old values.)
#
# Likely guess: a patch of JSON goes by position, so that one has to be careful with that. But functions made to
#   undo, with differences that hold both values, look whether what they take away or put back is
#   what the run left, and refuse if not. deepdiff is at its best with ignore_order, as groups are a set.
# What happens: only fast-json-patch, told to, refuses. jsondiffpatch, deep-diff and dictdiffer take away
#   Sales, which the run never touched, and leave Testers. deep-diff and dictdiffer write over Leads when
#   they put Ops back. deepdiff finds Testers by name without ignore_order; with it, it leaves
#   Testers in, says so in its log only, and returns as if done. All four give the old licence in
#   place of the newer one; deepdiff again complains to its log and does it.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
jsondiffpatch, unpatch
  the run added Testers, since then Leads        Leads Ops Testers
  the run took Ops away, since then Leads        Ops Leads Sales
  the run changed Basic to Plus, since then Pro  Basic
deep-diff, revertChange
  the run added Testers, since then Leads        Leads Ops Testers
  the run took Ops away, since then Leads        Ops Sales
  the run changed Basic to Plus, since then Pro  Basic
fast-json-patch, invertible
  the run added Testers, since then Leads        refused
  the run took Ops away, since then Leads        refused
  the run changed Basic to Plus, since then Pro  refused
dictdiffer, revert
  the run added Testers, since then Leads        Leads Ops Testers
  the run took Ops away, since then Leads        Ops Sales Sales
  the run changed Basic to Plus, since then Pro  Basic
deepdiff, minus Delta
  the run added Testers, since then Leads        Leads Ops Sales
  the run took Ops away, since then Leads        Ops Leads Sales
  the run changed Basic to Plus, since then Pro  Basic (logged)
deepdiff, with ignore_order
  the run added Testers, since then Leads        Leads Ops Sales Testers (logged)
  the run took Ops away, since then Leads        Ops Leads Sales
  the run changed Basic to Plus, since then Pro  Basic (logged)
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check deepdiff==9.1.0 dictdiffer==0.10.0
npm install --silent --no-audit --no-fund --prefix . \
    jsondiffpatch@0.7.7 deep-diff@1.0.2 fast-json-patch@3.1.1 >/dev/null

cat >cases.json <<'END'
[
  ["the run added Testers, since then Leads",
    {"groups": ["Ops", "Sales"]},
    {"groups": ["Ops", "Sales", "Testers"]},
    {"groups": ["Leads", "Ops", "Sales", "Testers"]}],
  ["the run took Ops away, since then Leads",
    {"groups": ["Ops", "Sales"]},
    {"groups": ["Sales"]},
    {"groups": ["Leads", "Sales"]}],
  ["the run changed Basic to Plus, since then Pro",
    {"license": "Basic"},
    {"license": "Plus"},
    {"license": "Pro"}]
]
END

cat >look.mjs <<'END'
import { readFileSync } from "node:fs";
import deepDiff from "deep-diff";
import fastJsonPatch from "fast-json-patch";
import * as jsondiffpatch from "jsondiffpatch";

function withDeepDiff(before, after, now) {
  for (const change of deepDiff.diff(before, after)) deepDiff.revertChange(now, {}, change);
  return now;
}

const undo = {
  "jsondiffpatch, unpatch": (before, after, now) => jsondiffpatch.unpatch(now, jsondiffpatch.diff(before, after)),
  "deep-diff, revertChange": withDeepDiff,
  "fast-json-patch, invertible": (before, after, now) =>
    fastJsonPatch.applyPatch(now, fastJsonPatch.compare(after, before, true)).newDocument,
};

for (const [name, run] of Object.entries(undo)) {
  console.log(name);
  for (const [what, ...states] of JSON.parse(readFileSync("cases.json", "utf8"))) {
    let told;
    try {
      told = Object.values(run(...states)).flat().join(" ");
    } catch (error) {
      if (error.name !== "TEST_OPERATION_FAILED") throw error;
      told = "refused";
    }
    console.log(`  ${what.padEnd(47)}${told}`);
  }
}
END

cat >look.py <<'END'
import json
import logging
from pathlib import Path

import dictdiffer
from deepdiff import DeepDiff, Delta

logged = []
logging.getLogger().addHandler(logging.Handler())
logging.getLogger().handlers[0].emit = logged.append


def with_deepdiff(**options):
    def undo(before, after, now):
        return now - Delta(DeepDiff(before, after, **options), bidirectional=True)

    return undo


def with_dictdiffer(before, after, now):
    return dictdiffer.revert(list(dictdiffer.diff(before, after)), now)


for name, undo in [
    ("dictdiffer, revert", with_dictdiffer),
    ("deepdiff, minus Delta", with_deepdiff()),
    ("deepdiff, with ignore_order", with_deepdiff(ignore_order=True, report_repetition=True)),
]:
    print(name)
    for what, before, after, now in json.loads(Path("cases.json").read_text()):
        logged.clear()
        (left,) = undo(before, after, now).values()
        told = left if isinstance(left, str) else " ".join(left)
        print(f"  {what:<47}{told}{' (logged)' if logged else ''}")
END

{ node look.mjs; venv/bin/python look.py; } | tee SEEN
diff EXPECTED SEEN
