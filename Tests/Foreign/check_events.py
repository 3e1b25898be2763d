"""Reads the events that `tripline backtest -o cloudevents` writes with the SDK of CloudEvents.

check_events.py TRIPLINE RULES TRACKS...
"""

import subprocess
import sys

from cloudevents.http import from_json


def main():
    tripline, rules, tracks = sys.argv[1], sys.argv[2], sys.argv[3:]
    command = [tripline, "backtest", "--rules", rules, "-o", "cloudevents", *tracks]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    events = [from_json(line) for line in lines]
    assert events, "there are no events"
    firing = {}
    for event in events:
        assert event["specversion"] == "1.0" and "." not in event["id"], event
        assert event["subject"] == "vehicle/" + event["partitionkey"], event
        if event["type"].endswith(".firing"):
            assert event["id"] not in firing, "an id comes twice"
            firing[event["id"]] = event
        else:
            assert event["type"].endswith(".resolved"), event
            first = firing[event["correlationid"]]
            assert event["time"] >= first["time"] and event["id"] != first["id"], event
            assert event.data["endsAt"] == event["time"], event
    ids = [event["id"] for event in events]
    assert len(set(ids)) == len(ids), "an id comes twice"
    print(f"{len(events)} events of {len(firing)} alerts, as the SDK of CloudEvents reads them")


main()
