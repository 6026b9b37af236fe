#!/usr/bin/env bash
# Where the clocks go forward at midnight, a day begins at one o'clock, at eleven in the evening before, or
# not at all: by library, by function of one library, and by country.
#
# Versions: npm luxon 3.7.2, dayjs 1.11.23, date-fns-tz 3.2.0, @date-fns/tz 1.5.0 with date-fns 4.4.0,
#           moment-timezone 0.6.6, @js-joda/core 6.3.2 with @js-joda/timezone 2.25.2; pytz 2026.6,
#           pendulum 3.3.0, pandas 3.1.1, polars 2.1.0. Seen on 2026-11-30 with Node.js 20 and Python 3.11.
#
# A sheet says 2026-04-24 for the day from which somebody's licence can go, in Cairo, or the day of 2026 on
# which summer time begins in Beirut, Havana or Santiago. There, 23:59:59 is followed by 01:00. Asked is
# when that day begins, of the date itself and of noon on that day, which every clock shows. An
# exclamation mark is a moment of the day before.
#
# Likely guess: at 01:00, the first moment of the day. Who cannot say so raises an error, if the date is
#   read; from noon, a beginning is always found. What is right in one country is right in another.
# What happens: date-fns-tz says 23:00 of the day before, everywhere. dayjs reads the date right and
#   takes noon to 23:00 of the day before, east of Greenwich only. pytz puts noon, localized as it
#   should be and then set to 00:00, to 23:00 too. pandas raises for noon as well, polars for the date
#   only. Luxon, @date-fns/tz, moment, js-joda and pendulum find 01:00 throughout.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export TZ=UTC

cat >EXPECTED <<'END'
                          Cairo        Beirut       Havana       Santiago
luxon, date               24. 01:00    29. 01:00    08. 01:00    06. 01:00
luxon, noon startOf       24. 01:00    29. 01:00    08. 01:00    06. 01:00
dayjs, date               24. 01:00    29. 01:00    08. 01:00    06. 01:00
dayjs, noon startOf       23. 23:00 !  28. 23:00 !  08. 01:00    06. 01:00
date-fns-tz, date         23. 23:00 !  28. 23:00 !  07. 23:00 !  05. 23:00 !
@date-fns/tz, date        24. 01:00    29. 01:00    08. 01:00    06. 01:00
@date-fns/tz, startOfDay  24. 01:00    29. 01:00    08. 01:00    06. 01:00
moment, date              24. 01:00    29. 01:00    08. 01:00    06. 01:00
moment, noon startOf      24. 01:00    29. 01:00    08. 01:00    06. 01:00
js-joda, atStartOfDay     24. 01:00    29. 01:00    08. 01:00    06. 01:00
pytz, localize            24. 01:00    29. 01:00    08. 01:00    06. 01:00
pytz, noon replace        23. 23:00 !  28. 23:00 !  07. 23:00 !  05. 23:00 !
pendulum, date            24. 01:00    29. 01:00    08. 01:00    06. 01:00
pendulum, noon start_of   24. 01:00    29. 01:00    08. 01:00    06. 01:00
pandas, date              error        error        error        error
pandas, noon normalize    error        error        error        error
polars, date              error        error        error        error
polars, noon truncate     24. 01:00    29. 01:00    08. 01:00    06. 01:00
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    pytz==2026.6 pendulum==3.3.0 pandas==3.1.1 polars==2.1.0 tzdata==2026.6
npm install --silent --no-audit --no-fund --prefix . \
    luxon@3.7.2 dayjs@1.11.23 date-fns@4.4.0 date-fns-tz@3.2.0 @date-fns/tz@1.5.0 \
    moment-timezone@0.6.6 @js-joda/core@6.3.2 @js-joda/timezone@2.25.2 >/dev/null

cat >look.mjs <<'END'
import { LocalDate, ZoneId } from "@js-joda/core";
import "@js-joda/timezone";
import { tz } from "@date-fns/tz";
import { parseISO, startOfDay } from "date-fns";
import { fromZonedTime } from "date-fns-tz";
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import { DateTime } from "luxon";
import moment from "moment-timezone";

dayjs.extend(utc);
dayjs.extend(timezone);

const noon = (day) => `${day}T12:00:00`;
const asked = {
  "luxon, date": (day, zone) => DateTime.fromISO(day, { zone }),
  "luxon, noon startOf": (day, zone) => DateTime.fromISO(noon(day), { zone }).startOf("day"),
  "dayjs, date": (day, zone) => dayjs.tz(day, zone),
  "dayjs, noon startOf": (day, zone) => dayjs.tz(noon(day), zone).startOf("day"),
  "date-fns-tz, date": (day, zone) => fromZonedTime(day, zone),
  "@date-fns/tz, date": (day, zone) => parseISO(day, { in: tz(zone) }),
  "@date-fns/tz, startOfDay": (day, zone) => startOfDay(parseISO(noon(day), { in: tz(zone) })),
  "moment, date": (day, zone) => moment.tz(day, zone),
  "moment, noon startOf": (day, zone) => moment.tz(noon(day), zone).startOf("day"),
  "js-joda, atStartOfDay": (day, zone) =>
    LocalDate.parse(day).atStartOfDay(ZoneId.of(zone)).toInstant().toEpochMilli(),
};

for (const [name, when] of Object.entries(asked)) {
  const told = process.argv.slice(2).map((pair) => {
    const [day, zone] = pair.split("=");
    return new Date(+when(day, zone)).toISOString();
  });
  console.log([name, ...told].join(","));
}
END

cat >look.py <<'END'
import subprocess
import sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pandas
import pendulum
import polars
import pytz

days = [
    ("2026-04-24", "Africa/Cairo"),
    ("2026-03-29", "Asia/Beirut"),
    ("2026-03-08", "America/Havana"),
    ("2026-09-06", "America/Santiago"),
]


def pytz_noon(day, zone):
    return pytz.timezone(zone).localize(datetime.fromisoformat(day).replace(hour=12))


asked = {
    "pytz, localize": lambda day, zone: pytz.timezone(zone).localize(datetime.fromisoformat(day)),
    "pytz, noon replace": lambda day, zone: pytz_noon(day, zone).replace(hour=0),
    "pendulum, date": lambda day, zone: pendulum.parse(day, tz=zone),
    "pendulum, noon start_of": lambda day, zone: pendulum.parse(f"{day}T12:00", tz=zone).start_of("day"),
    "pandas, date": lambda day, zone: pandas.Timestamp(day, tz=zone),
    "pandas, noon normalize": lambda day, zone: pandas.Timestamp(f"{day} 12:00", tz=zone).normalize(),
    "polars, date": lambda day, zone: polars.Series([datetime.fromisoformat(day)])
    .dt.replace_time_zone(zone)
    .item(),
    "polars, noon truncate": lambda day, zone: polars.Series([datetime.fromisoformat(f"{day} 12:00")])
    .dt.replace_time_zone(zone)
    .dt.truncate("1d")
    .item(),
}

told = subprocess.run(
    ["node", "look.mjs", *("=".join(pair) for pair in days)], check=True, stdout=subprocess.PIPE, text=True
).stdout
rows = [line.split(",") for line in told.splitlines()]
rows = [[",".join(row[:-4]), *(datetime.fromisoformat(cell) for cell in row[-4:])] for row in rows]
for name, when in asked.items():
    row = [name]
    for day, zone in days:
        try:
            row.append(when(day, zone))
        except (ValueError, polars.exceptions.ComputeError) as error:
            assert "exist" in str(error), error
            row.append(None)
    rows.append(row)

print(" " * 26 + "".join(f"{zone.split('/')[1]:<13}" for _, zone in days).rstrip())
for name, *moments in rows:
    cells = []
    for moment, (day, zone) in zip(moments, days):
        if moment is None:
            cells.append("error")
            continue
        local = datetime.fromtimestamp(moment.timestamp(), timezone.utc).astimezone(ZoneInfo(zone))
        cells.append(local.strftime("%d. %H:%M") + ("" if local.date().isoformat() == day else " !"))
    print(f"{name:<26}" + "".join(f"{cell:<13}" for cell in cells).rstrip())
END

venv/bin/python look.py | tee SEEN
diff EXPECTED SEEN
