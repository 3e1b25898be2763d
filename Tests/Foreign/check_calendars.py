"""Holds schedules from iCalendar files against the Python packages icalendar and recurring-ical-events: for calendars drawn at
random, around the beginning and the end of every occurrence of three years, and at moments drawn at random.

check_calendars.py TRIPLINE FOLDER [SEED...]
"""

import datetime
import json
import pathlib
import random
import subprocess
import sys
import zoneinfo

import icalendar
import recurring_ical_events

ZONES = "Europe/Prague America/New_York Asia/Kolkata Australia/Lord_Howe Pacific/Auckland America/Sao_Paulo".split()
DAYS = "MO TU WE TH FR SA SU".split()
UTC = datetime.timezone.utc
FIRST, LAST = datetime.datetime(2025, 1, 1, tzinfo=UTC), datetime.datetime(2028, 1, 1, tzinfo=UTC)
DAY = datetime.timedelta(days=1)


def rule(dice, start):
    """A rule whose first occurrence is the start, as RFC 5545 wants it."""
    parts = [f"FREQ={dice.choice(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'])}"]
    frequency = parts[0][5:]
    day = DAYS[start.weekday()]
    following = start + 7 * DAY
    if frequency == "WEEKLY" and dice.random() < 0.6:
        parts.append("BYDAY=" + ",".join(sorted({day, dice.choice(DAYS), dice.choice(DAYS)})))
        parts += dice.choice([[], ["WKST=SU"], ["WKST=MO"]])
    elif frequency == "MONTHLY":
        number = (start.day - 1) // 7 + 1
        is_last = following.month != start.month
        last = [f"BYDAY=-1{day}"] if is_last else []
        parts += dice.choice([[], [f"BYMONTHDAY={start.day},{dice.choice([1, 15, 31, -1])}"], [f"BYDAY={number}{day}"], last])
    elif frequency == "YEARLY":
        number = (start.day - 1) // 7 + 1
        parts += dice.choice([
            [], [f"BYMONTH={start.month}"], [f"BYMONTH={start.month}", f"BYDAY={number}{day}"],
            [f"BYMONTHDAY={start.day}", f"BYMONTH={start.month},{dice.randrange(1, 13)}"],
            [f"BYDAY={(start.timetuple().tm_yday - 1) // 7 + 1}{day}"],
        ])
    elif dice.random() < 0.3:
        parts.append(f"BYMONTH={start.month},{dice.randrange(1, 13)}")
    if dice.random() < 0.5:
        parts.append(f"INTERVAL={dice.randrange(1, 4)}")
    return parts


def ending(dice, start, kind):
    choice = dice.random()
    if choice < 0.3:
        return [f"COUNT={dice.randrange(1, 40)}"]
    if choice < 0.6:
        until = start + dice.randrange(1, 900) * DAY
        return ["UNTIL=" + until.strftime("%Y%m%d" if kind == "day" else "%Y%m%dT%H%M%S" + ("" if kind == "floating" else "Z"))]
    return []


def event(dice, number):
    kind = dice.choice(["day", "floating", "utc", "zone"])
    # No hour in which clocks are changed: what becomes of such times is not the same everywhere, and tested elsewhere.
    start = datetime.datetime(dice.randrange(2020, 2028), dice.randrange(1, 13), dice.randrange(1, 29), dice.randrange(6, 20), 30)
    zone = dice.choice(ZONES)
    kinds = {
        "day": ";VALUE=DATE:%Y%m%d", "floating": ":%Y%m%dT%H%M%S", "utc": ":%Y%m%dT%H%M%SZ", "zone": f";TZID={zone}:%Y%m%dT%H%M%S",
    }
    lines = ["BEGIN:VEVENT", f"UID:{number}@example.com", "DTSTAMP:20250101T000000Z", "DTSTART" + start.strftime(kinds[kind])]
    if dice.random() < 0.5:
        length = dice.randrange(1, 4) * DAY if kind == "day" else datetime.timedelta(minutes=dice.randrange(10, 240))
        lines.append("DTEND" + (start + length).strftime(kinds[kind]))
    else:
        lines.append(f"DURATION:P{dice.randrange(1, 4)}D" if kind == "day" else f"DURATION:PT{dice.randrange(1, 4)}H15M")
    if dice.random() < 0.8:
        lines.append("RRULE:" + ";".join(rule(dice, start) + ending(dice, start, kind)))
        if dice.random() < 0.3:
            lines.append("EXDATE" + (start + dice.choice([1, 7, 14]) * DAY).strftime(kinds[kind]))
    if dice.random() < 0.2:
        lines.append("RDATE" + (start + dice.randrange(1, 300) * DAY).strftime(kinds[kind]))
    if dice.random() < 0.1:
        lines.append("STATUS:CANCELLED")
    lines.append("SUMMARY:synthetic\\, and longer than a line may be, so that it has to be folded by the program that writes it")
    return lines + ["END:VEVENT"]


def folded(line):
    return "\r\n ".join(line[at:at + 70] for at in range(0, len(line), 70))


def occurrences(text, zone):
    """Beginning and end of each occurrence, in UTC; days and floating times are those of the zone."""

    def moment(time):
        if not isinstance(time, datetime.datetime):
            time = datetime.datetime(time.year, time.month, time.day)
        return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC)

    calendar = icalendar.Calendar.from_ical(text)
    calendar.subcomponents = [part for part in calendar.subcomponents if part.get("STATUS") != "CANCELLED"]
    found = recurring_ical_events.of(calendar).between(FIRST - 7 * DAY, LAST + 7 * DAY)
    return [(moment(one["DTSTART"].dt), moment(one["DTEND"].dt)) for one in found]


def check(tripline, folder, dice, seed):
    name = dice.choice(ZONES)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.com//synthetic//EN"]
    for number in range(dice.randrange(1, 5)):
        lines += event(dice, number)
    text = "".join(folded(line) + "\r\n" for line in lines + ["END:VCALENDAR"])
    (folder / "calendar.ics").write_bytes(text.encode())
    rules = folder / "rules.yaml"
    rules.write_text(
        f"version: 1\nschedules: {{it: {{ics: calendar.ics, location: {name}}}}}\nrules: [{{alert: A, when: {{enter: {{}}}}}}]\n"
    )
    times = occurrences(text, zoneinfo.ZoneInfo(name))
    bounds = sorted({bound for time in times for bound in time})
    if len(bounds) > 400:
        bounds = dice.sample(bounds, 400)
    minute = datetime.timedelta(minutes=1)
    moments = [bound + offset for bound in bounds for offset in (-minute, 0 * minute)]
    moments += [FIRST + datetime.timedelta(minutes=dice.randrange(0, 3 * 525_600)) for _ in range(100)]
    moments = [moment for moment in moments if FIRST <= moment < LAST]
    command = [tripline, "schedule", "explain", "it", "--rules", str(rules), "-o", "ndjson", "--only-now"]
    for moment in moments:
        command += ["--at", moment.strftime("%Y-%m-%dT%H:%M:%SZ")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 1), f"seed {seed}: {done.stderr}\n{text}"
    said = [json.loads(line)["is_in"] for line in done.stdout.splitlines()]
    assert len(said) == len(moments), f"seed {seed}: {len(said)} of {len(moments)} moments"
    for moment, is_in in zip(moments, said):
        expected = any(start <= moment < end for start, end in times)
        assert is_in == expected, f"seed {seed}: {moment} in {name} is in: {is_in}, and not {expected}\n{text}"
    return len(moments), len(times)


def main():
    tripline, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    moments = found = 0
    seeds = [int(seed) for seed in sys.argv[3:]] or range(100)
    for seed in seeds:
        counts = check(tripline, folder, random.Random(seed), seed)
        moments, found = moments + counts[0], found + counts[1]
    assert found > len(seeds), "next to no occurrence was drawn"
    print(f"{len(seeds)} calendars, {found} occurrences, {moments} moments as recurring-ical-events has them")


main()
