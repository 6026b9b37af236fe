#!/usr/bin/env bash
# python-slugify makes another slug of the same name once a package that it does not depend on is installed
# beside it, although it and its dependency are pinned and unchanged. Two people who had one slug then have
# two.
#
# Versions: python-slugify 9.1.3 with text-unidecode 1.3, which it requires; then Unidecode 1.4.0 as well. Seen on
#           2026-11-30.
#
# Mail addresses are made of names before a move, and once more months later, when something else has
# brought Unidecode into the environment.
#
# Likely guess: the dependencies of a pinned package say which transliteration it uses, so that it makes the
#   same slug of a name everywhere. If the tables ever changed, then for letters that nobody's name has.
# What happens: without `backend=` it takes Unidecode where that can be imported, else text-unidecode, whose
#   tables are older. Ukrainian and Hebrew names change: evgen becomes ievgen, khnh becomes hnh. A Russian
#   and a Ukrainian who shared egor are told apart from then on, so that a check that found the two to
#   collide no longer does. Only an explicit backend keeps the slugs.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
python-slugify as it comes
  Євген  evgen  with backend="text-unidecode" evgen
  Егор   egor   with backend="text-unidecode" egor
  Єгор   egor   with backend="text-unidecode" egor
  דאוד   dvd    with backend="text-unidecode" dvd
  חנה    khnh   with backend="text-unidecode" khnh
after pip install Unidecode
  Євген  ievgen with backend="text-unidecode" evgen
  Егор   egor   with backend="text-unidecode" egor
  Єгор   iegor  with backend="text-unidecode" egor
  דאוד   davd   with backend="text-unidecode" dvd
  חנה    hnh    with backend="text-unidecode" khnh
END

python3 -m venv venv
install() {
    venv/bin/pip install --quiet --disable-pip-version-check "$@"
}

cat >look.py <<'END'
from slugify import slugify

for name in ["Євген", "Егор", "Єгор", "דאוד", "חנה"]:
    kept = slugify(name, backend="text-unidecode")
    print(f'  {name:<6} {slugify(name):<6} with backend="text-unidecode" {kept}')
END

install python-slugify==9.1.3 text-unidecode==1.3
{
    echo "python-slugify as it comes"
    venv/bin/python look.py
    install Unidecode==1.4.0
    echo "after pip install Unidecode"
    venv/bin/python look.py
} | tee SEEN
diff EXPECTED SEEN
