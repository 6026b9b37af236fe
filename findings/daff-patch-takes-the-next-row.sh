#!/usr/bin/env bash
# daff patch looks for a row that is no longer in the sheet, and takes the heading or another person for it: a group becomes the
# name of a column, dan gets what was meant for bob, or is deleted, or all cells of the sheet say NULL. It exits with 0.
#
# Versions: npm daff 1.4.2; PyPI csvdiff 0.3.3 for comparison. Seen on 2026-12-01 with Node.js 20 and Python 3.11.
#
# A sheet says who is in which group. It is changed, and the difference is kept as a patch, whose rows say whom they mean
# ("->,bob,Ops->Sales"). Meanwhile somebody has worked on the sheet: bob is no longer in it, or is in Leads, or eve has come.
# The patch is applied to that; mail is named as the key. csvdiff's csvpatch gets the same.
#
# Likely guess: a patch with a key and the old values finds its row by them, whatever has become of the others. If bob is
#   gone, that row is reported, as patch(1) does with a hunk that it cannot place, or left out; so is a value that is not the
#   old one.
# What happens: for daff a row that it does not find is row -1, from where it goes on: an update alone lands in the heading,
#   and with another one after it on that one's row. Deleting bob, who is gone already, makes NULL of each cell; deleting bob
#   and cy takes dan along. A group that has changed since is overwritten, and eve is added a second time. csvpatch
#   refuses all of it.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
nothing has happened since
  bob to Sales                daff:     mail,group ann,Ops bob,Sales cy,Ops dan,Ops
                              csvpatch: mail,group ann,Ops bob,Sales cy,Ops dan,Ops
  bob to Sales, dan to Leads  daff:     mail,group ann,Ops bob,Sales cy,Ops dan,Leads
                              csvpatch: mail,group ann,Ops bob,Sales cy,Ops dan,Leads
  delete bob                  daff:     mail,group ann,Ops cy,Ops dan,Ops
                              csvpatch: mail,group ann,Ops cy,Ops dan,Ops
  delete bob and cy           daff:     mail,group ann,Ops dan,Ops
                              csvpatch: mail,group ann,Ops dan,Ops
  add eve                     daff:     mail,group ann,Ops bob,Ops cy,Ops dan,Ops eve,Leads
                              csvpatch: mail,group ann,Ops bob,Ops cy,Ops dan,Ops eve,Leads
bob is gone
  bob to Sales                daff:     mail,Sales ann,Ops cy,Ops dan,Ops
                              csvpatch: refused
  bob to Sales, dan to Leads  daff:     mail,group ann,Ops cy,Ops dan,Sales
                              csvpatch: refused
  delete bob                  daff:     NULL,NULL NULL,NULL NULL,NULL
                              csvpatch: refused
  delete bob and cy           daff:     mail,group ann,Ops
                              csvpatch: refused
bob is in Leads
  bob to Sales                daff:     mail,group ann,Ops bob,Sales cy,Ops dan,Ops
                              csvpatch: refused
eve is in the sheet
  add eve                     daff:     mail,group ann,Ops bob,Ops cy,Ops dan,Ops eve,Leads eve,Leads
                              csvpatch: refused
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check csvdiff==0.3.3
npm install --silent --no-audit --no-fund --prefix . daff@1.4.2 >/dev/null

sheet() { # name, rows
    { echo mail,group; printf '%s\n' "${@:2}"; } >"$1.csv"
}
sheet "nothing has happened since" ann,Ops bob,Ops cy,Ops dan,Ops
sheet "bob is gone" ann,Ops cy,Ops dan,Ops
sheet "bob is in Leads" ann,Ops bob,Leads cy,Ops dan,Ops
sheet "eve is in the sheet" ann,Ops bob,Ops cy,Ops dan,Ops eve,Leads
sheet "bob to Sales" ann,Ops bob,Sales cy,Ops dan,Ops
sheet "bob to Sales, dan to Leads" ann,Ops bob,Sales cy,Ops dan,Leads
sheet "delete bob" ann,Ops cy,Ops dan,Ops
sheet "delete bob and cy" ann,Ops dan,Ops
sheet "add eve" ann,Ops bob,Ops cy,Ops dan,Ops eve,Leads

daff=node_modules/.bin/daff
for change in "bob to Sales" "bob to Sales, dan to Leads" "delete bob" "delete bob and cy" "add eve"; do
    "$daff" diff --id mail --output "$change.daff.csv" "nothing has happened since.csv" "$change.csv"
    # It exits with 1, since there is a difference.
    ! venv/bin/csvdiff --output "$change.json" mail "nothing has happened since.csv" "$change.csv" 2>log || exit
done

line() { # file: the rows of a sheet in one line; csvpatch does not keep their order
    tr -d '\r' <"$1" | { read -r headings; echo "$headings"; "${2:-cat}"; } | paste -s -d ' '
}
try() { # change, sheet
    "$daff" patch --id mail --output daff.csv "$2.csv" "$1.daff.csv"
    printf '  %-27s daff:     %s\n' "$1" "$(line daff.csv)"
    if venv/bin/csvpatch --input "$1.json" --output csvpatch.csv "$2.csv" 2>log; then
        told=$(line csvpatch.csv sort)
    else
        told=refused
    fi
    printf '  %-27s csvpatch: %s\n' "" "$told"
}
{
    for state in "nothing has happened since" "bob is gone" "bob is in Leads" "eve is in the sheet"; do
        echo "$state"
        case $state in
        nothing*) changes=("bob to Sales" "bob to Sales, dan to Leads" "delete bob" "delete bob and cy" "add eve") ;;
        *gone) changes=("bob to Sales" "bob to Sales, dan to Leads" "delete bob" "delete bob and cy") ;;
        *Leads) changes=("bob to Sales") ;;
        *) changes=("add eve") ;;
        esac
        for change in "${changes[@]}"; do
            try "$change" "$state"
        done
    done
} | tee SEEN
diff EXPECTED SEEN
