#!/usr/bin/env bash
# Two sheets with the headings user and manager, in the second one the other way round: put one below the other by DuckDB's
# read_csv() for Python, the manager is the user; by read_csv() in DuckDB's SQL, with the same files, all is right.
#
# Versions: duckdb 2.0.1, tablib 3.10.0, petl 1.7.30; for comparison pandas 3.1.1, polars 2.1.0, pyarrow 26.0.1, csvkit 2.2.0
#           with agate 1.14.2. Seen on 2026-12-01 with Python 3.11.
#
# Two departments send whom to invite and whose approval that needs. The first sheet has ann under user and zoe under manager,
# the second zoe under manager and bob under user. Shown are the users of both sheets together.
#
# Likely guess: who reads the headings puts each column where its heading is, or refuses. DuckDB has its manual's
#   "by position", or has left it behind, but does the same with the same files, whatever language asks for it.
# What happens: the SQL of DuckDB finds bob. read_csv() and from_csv_auto() of its Python module take the headings of the first
#   sheet and skip those of the second, unless union_by_name is set, which is off by default in both. So do COPY, tablib's
#   stack() and extend(), and petl's stack() and appendcsv(), while petl's cat() goes by names. Nothing is said, and zoe
#   is invited in bob's place. Only polars refuses.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
duckdb.read_csv():                   ann zoe
duckdb.from_csv_auto():              ann zoe
duckdb.read_csv(union_by_name=True): ann bob
duckdb.sql("FROM read_csv(...)"):    ann bob
duckdb.sql("COPY ... FROM ..."):     ann zoe
tablib, stack():                     ann zoe
tablib, extend():                    ann zoe
petl, stack():                       ann zoe
petl, appendcsv():                   ann zoe
petl, cat():                         ann bob
pandas, concat():                    ann bob
pyarrow, dataset():                  ann bob
agate, Table.merge():                ann bob
csvstack:                            ann bob
polars, read_csv():                  ComputeError
polars, concat():                    ShapeError
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 tablib==3.10.0 petl==1.7.30 pandas==3.1.1 polars==2.1.0 \
    pyarrow==26.0.1 csvkit==2.2.0 agate==1.14.2

mkdir sheets
printf 'user,manager\nann,zoe\n' >sheets/1.csv
printf 'manager,user\nzoe,bob\n' >sheets/2.csv

cat >stack.py <<'END'
import shutil
import subprocess

import agate
import duckdb
import pandas
import petl
import polars
import pyarrow.dataset
import tablib

sheets = ["sheets/1.csv", "sheets/2.csv"]


def users(relation):
    return [user for user, in relation.project('"user"').fetchall()]


def copied():
    duckdb.sql('CREATE TABLE invitations ("user" VARCHAR, manager VARCHAR)')
    for sheet in sheets:
        duckdb.sql(f"COPY invitations FROM '{sheet}' (HEADER)")
    return users(duckdb.sql("FROM invitations"))


def tablib_sheets():
    return [tablib.Dataset().load(open(sheet).read(), format="csv") for sheet in sheets]


def extended():
    first, second = tablib_sheets()
    first.extend(second)
    return first["user"]


def appended():
    shutil.copy(sheets[0], "together.csv")
    petl.appendcsv(petl.fromcsv(sheets[1]), "together.csv")
    return list(petl.values(petl.fromcsv("together.csv"), "user"))


def with_petl(stack):
    return list(petl.values(stack(*map(petl.fromcsv, sheets)), "user"))


def with_csvstack():
    stacked = subprocess.run(["venv/bin/csvstack", *sheets], capture_output=True, text=True, check=True).stdout
    return [row["user"] for row in agate.csv.DictReader(stacked.splitlines())]


for name, read in [
    ("duckdb.read_csv()", lambda: users(duckdb.read_csv(sheets))),
    ("duckdb.from_csv_auto()", lambda: users(duckdb.from_csv_auto(sheets))),
    ("duckdb.read_csv(union_by_name=True)", lambda: users(duckdb.read_csv(sheets, union_by_name=True))),
    ('duckdb.sql("FROM read_csv(...)")', lambda: users(duckdb.sql(f"FROM read_csv({sheets})"))),
    ('duckdb.sql("COPY ... FROM ...")', copied),
    ("tablib, stack()", lambda: (lambda first, second: first.stack(second))(*tablib_sheets())["user"]),
    ("tablib, extend()", extended),
    ("petl, stack()", lambda: with_petl(petl.stack)),
    ("petl, appendcsv()", appended),
    ("petl, cat()", lambda: with_petl(petl.cat)),
    ("pandas, concat()", lambda: pandas.concat(map(pandas.read_csv, sheets))["user"]),
    ("pyarrow, dataset()", lambda: pyarrow.dataset.dataset(sheets, format="csv").to_table()["user"].to_pylist()),
    ("agate, Table.merge()", lambda: agate.Table.merge(list(map(agate.Table.from_csv, sheets))).columns["user"].values()),
    ("csvstack", with_csvstack),
    ("polars, read_csv()", lambda: polars.read_csv("sheets/*.csv")["user"]),
    ("polars, concat()", lambda: polars.concat(map(polars.read_csv, sheets))["user"]),
]:
    try:
        told = " ".join(read())
    except polars.exceptions.PolarsError as error:
        told = type(error).__name__
    print(f"{name + ':':<36} {told}")
END

venv/bin/python stack.py | tee SEEN
diff EXPECTED SEEN
