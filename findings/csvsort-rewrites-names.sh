#!/usr/bin/env bash
# csvsort does not only sort: given names become dates, initials become booleans, and a person whose
# surname is None loses it even with inference switched off.
#
# Versions: csvkit 2.2.0 with agate 1.14.2 and parsedatetime 2.6. Seen on 2026-11-29.
#
# Likely guess: sorting a CSV file moves rows and leaves cells alone; at most 00123 becomes 123, and
#   --no-inference (-I) gives every cell back as it was.
# What happens: each column whose cells all look like some type is written anew in that type.
#   April, May and June, as names of people or of teams, become days of the year 1; a column of
#   initials T and F becomes True and False; room 3-4 becomes the 4th of March 2001; 5m becomes five
#   minutes. With -I all that stays as it was, but the surname None is still emptied: against
#   that there is another option, --blanks.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
$ csvsort -c user
user,given,initial,surname,room,term,id
ann@example.com,0001-05-01,True,,2001-03-04,0:05:00,123
bob@example.com,0001-06-01,False,Berg,2001-01-02,"3 days, 0:00:00",456
cy@example.com,0001-04-01,True,Cole,2001-05-06,0:10:00,789
$ csvsort -I -c user
user,given,initial,surname,room,term,id
ann@example.com,May,T,,3-4,5m,00123
bob@example.com,June,F,Berg,1-2,3d,00456
cy@example.com,April,T,Cole,5-6,10m,00789
$ csvsort -I --blanks -c user
user,given,initial,surname,room,term,id
ann@example.com,May,T,None,3-4,5m,00123
bob@example.com,June,F,Berg,1-2,3d,00456
cy@example.com,April,T,Cole,5-6,10m,00789
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check csvkit==2.2.0 agate==1.14.2 parsedatetime==2.6

cat >people.csv <<'END'
user,given,initial,surname,room,term,id
bob@example.com,June,F,Berg,1-2,3d,00456
cy@example.com,April,T,Cole,5-6,10m,00789
ann@example.com,May,T,None,3-4,5m,00123
END

for options in "-c user" "-I -c user" "-I --blanks -c user"; do
    echo "\$ csvsort $options"
    # shellcheck disable=SC2086
    venv/bin/csvsort $options people.csv
done | tee SEEN
diff EXPECTED SEEN
