"""Holds `tripline schedule explain` against Python's zoneinfo: around every change of the clocks of twenty zones in three
years, and at moments drawn at random, for schedules drawn at random.

check_schedules.py TRIPLINE FOLDER
"""

import calendar
import datetime
import json
import pathlib
import random
import subprocess
import sys
import zoneinfo

ZONES = """Europe/Prague Europe/London Europe/Lisbon Europe/Moscow America/New_York America/Sao_Paulo America/St_Johns
America/Santiago Australia/Lord_Howe Australia/Sydney Asia/Kolkata Asia/Kathmandu Asia/Tehran Asia/Gaza Africa/Casablanca
Africa/Cairo Pacific/Auckland Pacific/Chatham Pacific/Apia America/Havana""".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
UTC = datetime.timezone.utc


def changes(zone):
    """The moments at which the offset of a zone changes, to the minute."""
    moment = datetime.datetime(2025, 1, 1, tzinfo=UTC)
    end = datetime.datetime(2028, 1, 1, tzinfo=UTC)
    step = datetime.timedelta(hours=6)
    while moment < end:
        following = moment + step
        if moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            low, high = 0, 360
            while high - low > 1:
                middle = (low + high) // 2
                at = (moment + datetime.timedelta(minutes=middle)).astimezone(zone).utcoffset()
                if at == moment.astimezone(zone).utcoffset():
                    low = middle
                else:
                    high = middle
            yield moment + datetime.timedelta(minutes=high)
        moment = following


def drawn(dice):
    """An interval, as a dictionary in the words of the file."""
    interval = {}
    if dice.random() < 0.8:
        start = dice.randrange(0, 1440 - 30)
        end = dice.randrange(start + 15, 1441)
        interval["times"] = [(start, end)]
    if dice.random() < 0.5:
        first = dice.randrange(7)
        interval["weekdays"] = (first, dice.randrange(first, 7))
    if dice.random() < 0.3:
        first = dice.randrange(1, 20)
        interval["days_of_month"] = (first, dice.choice([-1, -3, 28]))
    if dice.random() < 0.3:
        first = dice.randrange(1, 13)
        interval["months"] = (first, dice.randrange(first, 13))
    return interval


def contains(interval, moment):
    for start, end in interval.get("times", [])[:1]:
        if not start <= moment.hour * 60 + moment.minute < end:
            return False
    if "weekdays" in interval:
        # Sunday is the first day there.
        first, last = interval["weekdays"]
        if not first <= (moment.weekday() + 1) % 7 <= last:
            return False
    if "days_of_month" in interval:
        count = calendar.monthrange(moment.year, moment.month)[1]
        first, last = (day if day > 0 else count + 1 + day for day in interval["days_of_month"])
        if not first <= moment.day <= last:
            return False
    if "months" in interval:
        first, last = interval["months"]
        if not first <= moment.month <= last:
            return False
    return True


def written(interval, zone):
    """The interval as YAML in one line."""
    names = DAYS[6:] + DAYS[:6]
    parts = [f"location: {zone}"]
    for start, end in interval.get("times", []):
        text = [f"'{at // 60:02}:{at % 60:02}'" for at in (start, end)]
        parts.append(f"times: [{{start_time: {text[0]}, end_time: {text[1]}}}]")
    if "weekdays" in interval:
        first, last = interval["weekdays"]
        parts.append(f"weekdays: ['{names[first]}:{names[last]}']")
    for name in ("days_of_month", "months"):
        if name in interval:
            parts.append(f"{name}: ['{interval[name][0]}:{interval[name][1]}']")
    return "{" + ", ".join(parts) + "}"


def main():
    tripline, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(6)
    checked = 0
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        found = list(changes(zone))
        moments = [
            change + datetime.timedelta(minutes=offset) for change in found for offset in (-61, -31, -1, 0, 1, 29, 59, 61)
        ]
        start = datetime.datetime(2025, 1, 1, tzinfo=UTC)
        moments += [start + datetime.timedelta(minutes=dice.randrange(0, 3 * 525_600)) for _ in range(60)]
        for number in range(4):
            intervals = [drawn(dice) for _ in range(dice.randrange(1, 3))]
            rules = folder / "rules.yaml"
            rules.write_text(
                "version: 1\nschedules: {it: [" + ", ".join(written(interval, name) for interval in intervals) + "]}\n"
                "rules: [{alert: A, when: {enter: {}}}]\n"
            )
            command = [tripline, "schedule", "explain", "it", "--rules", str(rules), "-o", "ndjson", "--only-now"]
            for moment in moments:
                command += ["--at", moment.strftime("%Y-%m-%dT%H:%M:%SZ")]
            done = subprocess.run(command, capture_output=True, text=True)
            assert done.returncode in (0, 1), done.stderr
            lines = done.stdout.splitlines()
            assert len(lines) == len(moments), (len(lines), len(moments), done.stderr)
            for moment, line in zip(moments, lines):
                local = moment.astimezone(zone)
                expected = any(contains(interval, local) for interval in intervals)
                said = json.loads(line)["is_in"]
                assert said == expected, f"{name}: {local} {intervals}: {said}"
                checked += 1
        print(f"{name}: {len(found)} changes of its clocks")
    print(f"{checked} moments as zoneinfo has them")


main()
