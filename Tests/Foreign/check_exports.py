"""Reads what `tripline tracks export` writes with other people's readers, and compares it with the CSV fix by fix.

    check_exports.py TRIPLINE TRACKS...

GDAL's ogr2ogr reads GPX, KML, GeoJSON, the kepler.gl form and GeoPackages; gpxpy reads GPX; MovingPandas reads Moving
Features JSON. Exits with 1 at the first difference.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import gpxpy
import pandas

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import movingpandas


def export(tripline, source, form, target):
    command = [tripline, "tracks", "export", source, "--output", form, "--output-file", str(target)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def fixes_of(path):
    """The fixes of each track, from the CSV: longitude, latitude, time in milliseconds."""
    tracks = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            time = pandas.Timestamp(row["time"]).value // 1_000_000
            tracks.setdefault(row["track_id"], []).append((float(row["lon"]), float(row["lat"]), time))
    return tracks


def ogr(path, layer=None):
    command = ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", str(path)] + ([layer] if layer else [])
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(text)["features"]


def positions(feature):
    geometry = feature["geometry"]
    while geometry["type"] == "GeometryCollection":
        geometry = geometry["geometries"][0]
    lines = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
    return [tuple(position[:2]) for line in lines for position in line]


def check(what, found, expected, tolerance=1e-9):
    if len(found) != len(expected):
        sys.exit(f"{what}: {len(found)} instead of {len(expected)}")
    for number, (a, b) in enumerate(zip(found, expected)):
        if any(abs(x - y) > tolerance for x, y in zip(a, b)):
            sys.exit(f"{what}: number {number} is {a} instead of {b}")


def check_lines(what, features, tracks, key):
    named = {str(feature["properties"][key]): positions(feature) for feature in features}
    lines = {name: fixes for name, fixes in tracks.items() if len(fixes) > 1}
    if set(named) != set(lines):
        sys.exit(f"{what}: tracks {sorted(set(named) ^ set(lines))} are on one side only")
    for name, fixes in lines.items():
        check(f"{what}, track {name}", named[name], [fix[:2] for fix in fixes])


def check_file(tripline, source, folder):
    export(tripline, source, "csv", folder / "tracks.csv")
    tracks = fixes_of(folder / "tracks.csv")
    count = sum(map(len, tracks.values()))

    export(tripline, source, "gpx", folder / "tracks.gpx")
    with open(folder / "tracks.gpx", encoding="utf-8") as file:
        for track in gpxpy.parse(file).tracks:
            points = [point for segment in track.segments for point in segment.points]
            found = [(p.longitude, p.latitude, pandas.Timestamp(p.time).value / 1e6) for p in points]
            # gpxpy keeps times to the microsecond and KML none at all.
            check(f"gpxpy, track {track.name}", found, tracks[track.name], 1e-6)
    features = ogr(folder / "tracks.gpx", "track_points")
    found = [tuple(feature["geometry"]["coordinates"][:2]) for feature in features]
    check("GDAL, GPX", found, [fix[:2] for fixes in tracks.values() for fix in fixes])

    export(tripline, source, "kml", folder / "tracks.kml")
    features = ogr(folder / "tracks.kml")
    found = {f["properties"]["Name"]: positions(f) for f in features if f["geometry"]["type"] != "Point"}
    for name, line in found.items():
        check(f"GDAL, KML, track {name}", line, [fix[:2] for fix in tracks[name]])
    if not found:
        sys.exit("GDAL, KML: no track")

    export(tripline, source, "geojson", folder / "tracks.geojson")
    check_lines("GDAL, GeoJSON", ogr(folder / "tracks.geojson"), tracks, "track_id")
    export(tripline, source, "kepler", folder / "kepler.geojson")
    check_lines("GDAL, kepler.gl", ogr(folder / "kepler.geojson"), tracks, "track_id")
    for feature in json.loads((folder / "kepler.geojson").read_text())["features"]:
        times = [position[3] * 1000 for position in feature["geometry"]["coordinates"]]
        expected = tracks[feature["properties"]["track_id"]]
        check("kepler.gl, times", [(time,) for time in times], [(fix[2],) for fix in expected], 1e-3)

    (folder / "tracks.gpkg").unlink(missing_ok=True)
    export(tripline, source, "gpkg", folder / "tracks.gpkg")
    check_lines("GDAL, GeoPackage", ogr(folder / "tracks.gpkg", "tracks"), tracks, "track_id")
    features = ogr(folder / "tracks.gpkg", "fixes")
    found = [(*f["geometry"]["coordinates"], pandas.Timestamp(f["properties"]["time"]).value / 1e6) for f in features]
    check("GDAL, GeoPackage, fixes", found, [fix for fixes in tracks.values() for fix in fixes], 1e-6)

    export(tripline, source, "mfjson", folder / "tracks.mfjson")
    unique = {name: len({fix[2] for fix in fixes}) for name, fixes in tracks.items() if len(fixes) > 1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        collection = movingpandas.read_mf_json(str(folder / "tracks.mfjson"), traj_id_property="track_id")
    for trajectory in collection.trajectories:
        line = [(point.x, point.y) for point in trajectory.df.geometry]
        fixes = tracks[str(trajectory.id)]
        if unique[str(trajectory.id)] == len(fixes):
            check(f"MovingPandas, track {trajectory.id}", line, [fix[:2] for fix in fixes])
        elif len(line) < unique[str(trajectory.id)]:
            sys.exit(f"MovingPandas, track {trajectory.id}: {len(line)} of {unique[str(trajectory.id)]} times")
    print(f"{pathlib.Path(source).name}: {len(tracks)} tracks, {count} fixes, seven formats, three readers")


def main():
    tripline, sources = sys.argv[1], sys.argv[2:]
    for source in sources:
        with tempfile.TemporaryDirectory() as folder:
            check_file(tripline, source, pathlib.Path(folder))


if __name__ == "__main__":
    main()
