#!/usr/bin/env bash
# Libraries that write Cyrillic names in Latin letters leave letters of another Cyrillic language as they
# are, without an error. What remains looks Latin, passes for an address, and is not the address it looks
# like.
#
# Versions: cyrtranslit 1.2.0, transliterate 1.10.2, npm cyrillic-to-translit-js 3.2.1; Unidecode 1.4.0 and npm
#           any-ascii 0.3.3 for comparison; email-validator 2.4.0. Seen on 2026-11-30.
#
# An organization that is set to Russian has two colleagues with Ukrainian names, Вікторія and Яків. Addresses
# are made of the names, and checked.
#
# Likely guess: what is not in the table of a language is refused, left out or shown as a question mark; if
#   it stayed, a Cyrillic letter among Latin ones would be seen at once, or the check of addresses would
#   refuse it.
# What happens: the three libraries that are told the language keep U+0456, which looks like the Latin i and
#   is another letter. Nobody sees it, email-validator takes the address as one with international
#   letters, and what is sent to the address as somebody types it goes elsewhere. The two that know no
#   language leave nothing.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
cyrtranslit, ru             Виктория  Viktoriya    an address
cyrtranslit, ru             Вікторія  Vіktorіya    an address; has U+0456
cyrtranslit, ru             Яків      Yakіv        an address; has U+0456
transliterate, ru           Виктория  Viktorija    an address
transliterate, ru           Вікторія  Vіktorіja    an address; has U+0456
transliterate, ru           Яків      Jakіv        an address; has U+0456
Unidecode                   Виктория  Viktoriia    an address
Unidecode                   Вікторія  Viktoriia    an address
Unidecode                   Яків      Iakiv        an address
cyrillic-to-translit-js, ru Виктория  Viktoriya    an address
cyrillic-to-translit-js, ru Вікторія  Vіktorіya    an address; has U+0456
cyrillic-to-translit-js, ru Яків      Yakіv        an address; has U+0456
any-ascii                   Виктория  Viktoriya    an address
any-ascii                   Вікторія  Viktoriya    an address
any-ascii                   Яків      Yakiv        an address
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    cyrtranslit==1.2.0 transliterate==1.10.2 Unidecode==1.4.0 email-validator==2.4.0
npm install --silent --no-audit --no-fund --prefix . cyrillic-to-translit-js@3.2.1 any-ascii@0.3.3 >/dev/null

cat >names.json <<'END'
["Виктория", "Вікторія", "Яків"]
END

cat >look.mjs <<'END'
import { readFileSync } from "node:fs";
import anyAscii from "any-ascii";
import CyrillicToTranslit from "cyrillic-to-translit-js";

const russian = CyrillicToTranslit({ preset: "ru" });
const makers = {
  "cyrillic-to-translit-js, ru": (name) => russian.transform(name),
  "any-ascii": anyAscii,
};
const made = [];
for (const [maker, make] of Object.entries(makers)) {
  for (const name of JSON.parse(readFileSync("names.json", "utf8"))) made.push([maker, name, make(name)]);
}
console.log(JSON.stringify(made));
END

cat >look.py <<'END'
import json
import sys
from pathlib import Path

import cyrtranslit
import transliterate
import unidecode
from email_validator import EmailNotValidError, validate_email

makers = {
    "cyrtranslit, ru": lambda name: cyrtranslit.to_latin(name, "ru"),
    "transliterate, ru": lambda name: transliterate.translit(name, "ru", reversed=True),
    "Unidecode": unidecode.unidecode,
}
names = json.loads(Path("names.json").read_text())
made = [(maker, name, make(name)) for maker, make in makers.items() for name in names]
for maker, name, latin in made + json.load(sys.stdin):
    try:
        validate_email(f"{latin.lower()}@example.com", check_deliverability=False)
        told = "an address"
    except EmailNotValidError:
        told = "refused"
    left = sorted({f"U+{ord(letter):04X}" for letter in latin if not letter.isascii()})
    print(f"{maker:<27} {name:<9} {latin:<12} {told}{'; has ' + ', '.join(left) if left else ''}")
END

node look.mjs | venv/bin/python look.py | tee SEEN
diff EXPECTED SEEN
