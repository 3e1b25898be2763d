"""What other libraries of trips take for their parts of the work, on tracks in memory.

    trips.py LIBRARY TRACKS [parked]

TRACKS is CSV without a header: track, milliseconds UTC, latitude, longitude; tracks one behind the other, times
ascending. For each operation a line of JSON: its name, the fixes, CPU seconds of each repetition, and what it found. Making
the library's own structures from the fixes is not measured. With `parked` only stops are looked for.
"""

import csv
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")


def measure(operation, fixes, work, repetitions=5):
    """Runs work, fewer times where it takes long, and prints what it took; the first run is not counted unless it is long."""
    seconds, found, is_first = [], None, True
    while len(seconds) < repetitions:
        start = time.process_time()
        found = work()
        took = time.process_time() - start
        if not is_first or took > 1:
            seconds.append(took)
        is_first = False
        if sum(seconds) > 20:
            break
    print(json.dumps({"operation": operation, "fixes": fixes, "seconds": seconds, "found": found}), flush=True)


def read(path):
    tracks = {}
    with open(path, encoding="utf-8") as file:
        for track, milliseconds, latitude, longitude in csv.reader(file):
            tracks.setdefault(track, []).append((int(milliseconds), float(latitude), float(longitude)))
    return tracks


def movingpandas(tracks, parked):
    from datetime import timedelta

    import geopandas
    import movingpandas as mpd
    import pandas

    trajectories = []
    for name, fixes in tracks.items():
        frame = pandas.DataFrame(fixes, columns=["t", "lat", "lon"])
        frame["t"] = pandas.to_datetime(frame["t"], unit="ms")
        points = geopandas.points_from_xy(frame["lon"], frame["lat"])
        frame = geopandas.GeoDataFrame(frame[["t"]], geometry=points, crs=4326).set_index("t")
        trajectories.append(mpd.Trajectory(frame, name))
    count = sum(len(fixes) for fixes in tracks.values())

    def stops():
        found = 0
        for trajectory in trajectories:
            detector = mpd.TrajectoryStopDetector(trajectory)
            found += len(detector.get_stop_time_ranges(max_diameter=100, min_duration=timedelta(seconds=300)))
        return found

    measure("stops", count, stops, 3)
    if parked:
        return
    measure("length", count, lambda: sum(trajectory.get_length() for trajectory in trajectories))

    def speed():
        for trajectory in trajectories:
            trajectory.add_speed(overwrite=True)
        return None

    measure("speed", count, speed)
    measure("simplify", count, lambda: sum(
        len(mpd.DouglasPeuckerGeneralizer(trajectory).generalize(tolerance=1e-4).df) for trajectory in trajectories))
    measure("simplify by time", count, lambda: sum(
        len(mpd.TopDownTimeRatioGeneralizer(trajectory).generalize(tolerance=1e-4).df) for trajectory in trajectories), 3)
    measure("outliers", count, lambda: sum(
        len(mpd.OutlierCleaner(trajectory).clean(v_max=70).df) for trajectory in trajectories), 3)


def scikit_mobility(tracks, parked):
    import pandas
    import skmob
    from skmob.measures.individual import distance_straight_line
    from skmob.preprocessing import detection, filtering

    rows = [(name, pandas.Timestamp(t, unit="ms"), lat, lon) for name, fixes in tracks.items() for t, lat, lon in fixes]
    frame = skmob.TrajDataFrame(
        pandas.DataFrame(rows, columns=["uid", "datetime", "lat", "lng"]), latitude="lat", longitude="lng",
        datetime="datetime", user_id="uid")
    measure("stops", len(rows), lambda: len(
        detection.stay_locations(frame, minutes_for_a_stop=5.0, spatial_radius_km=0.1)))
    if parked:
        return
    measure("outliers", len(rows), lambda: len(filtering.filter(frame, max_speed_kmh=252.0)))
    measure("length", len(rows), lambda: float(distance_straight_line(frame, show_progress=False).iloc[:, 1].sum()) * 1000)


def trackintel(tracks, parked):
    import geopandas
    import pandas
    import trackintel

    rows = [(name, pandas.Timestamp(t, unit="ms", tz="UTC"), lat, lon) for name, fixes in tracks.items() for t, lat, lon in fixes]
    frame = pandas.DataFrame(rows, columns=["user_id", "tracked_at", "lat", "lon"])
    points = geopandas.points_from_xy(frame["lon"], frame["lat"])
    fixes = geopandas.GeoDataFrame(frame[["user_id", "tracked_at"]], geometry=points, crs=4326)
    fixes["user_id"] = fixes["user_id"].astype(int)
    fixes = trackintel.Positionfixes(fixes)

    def stops():
        _, found = fixes.generate_staypoints(
            method="sliding", dist_threshold=100, time_threshold=5, gap_threshold=15, include_last=True)
        return len(found)

    measure("stops", len(rows), stops)


def infostop(tracks, parked):
    import infostop as library
    import numpy

    arrays = [
        numpy.array([(lat, lon, t // 1000) for t, lat, lon in fixes], dtype=numpy.float64) for fixes in tracks.values()]
    count = sum(len(fixes) for fixes in tracks.values())

    def stops():
        model = library.Infostop(r1=100, r2=100, min_staying_time=300)
        labels = model.fit_predict(arrays)
        # A stop begins where a label follows another one or none, which is -1.
        rows = [numpy.concatenate(([-1], row)) for row in labels]
        return sum(int(((row[1:] >= 0) & (row[:-1] != row[1:])).sum()) for row in rows)

    measure("stops", count, stops)


if __name__ == "__main__":
    libraries = {
        "movingpandas": movingpandas, "scikit-mobility": scikit_mobility, "trackintel": trackintel, "infostop": infostop}
    libraries[sys.argv[1]](read(sys.argv[2]), "parked" in sys.argv[3:])
