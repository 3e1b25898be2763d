"""Opens reports in Chromium, from disk and with no network, and looks at what a reader gets.

    check_reports.py TRIPLINE SCREENSHOTS TRACKS[,FENCES]...

For each file of tracks, with its fences where it has some, a page of its longest track and a page of all of them are made. What stands on them is compared
with what `tripline score` says, in numbers; axe looks at them as a screen reader would; map and chart have to be drawn,
and nothing may be fetched or complained about. Pictures are left in the folder SCREENSHOTS.
"""

import base64
import filecmp
import io
import json
import os
import subprocess
import sys

import axe_core_python
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

LARGEST = 1_000_000


def run(tripline, *arguments):
    return subprocess.run([tripline, *arguments], check=True, capture_output=True, text=True).stdout


def records(tripline, *arguments):
    return [json.loads(line) for line in run(tripline, *arguments, "-o", "ndjson").splitlines()]


def browser():
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(flag)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = webdriver.ChromeService("/usr/bin/chromedriver")
    return webdriver.Chrome(options=options, service=service)


WAY = [(0x44, 0x01, 0x54), (0x31, 0x68, 0x8E), (0x21, 0x91, 0x8C), (0x5E, 0xC9, 0x62), (0xE8, 0xB8, 0x00), (0x8A, 0x92, 0x9B),
       (0x5C, 0x66, 0x70)]
LINE = [(0x31, 0x68, 0x8E)]
DOTS = [(0xB3, 0x00, 0x1B), (0x1D, 0x4E, 0xD8)]


def drawn(driver, element, colours):
    """How many pixels of a part of the page have one of the colours of what has to be drawn there."""
    picture = Image.open(io.BytesIO(driver.find_element(By.ID, element).screenshot_as_png)).convert("RGB")
    return sum(count for count, colour in picture.getcolors(1 << 24) if colour in colours)


def fetched(driver):
    """What was asked of a network, or of other files."""
    found = []
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    return found


def look(driver, page, picture, axe):
    """Opens a page and returns its text, having checked what holds for all of them."""
    assert os.path.getsize(page) <= LARGEST, f"{page} has {os.path.getsize(page)} bytes"
    driver.set_window_size(1200, 900)
    driver.get("file://" + os.path.abspath(page))
    WebDriverWait(driver, 60).until(lambda found: found.find_element(By.TAG_NAME, "html").get_attribute("data-ready"))
    requests = [url for url in fetched(driver) if not url.startswith("data:") and not url.endswith(os.path.basename(page))]
    assert not requests, f"{page} asks for {requests}"
    complaints = [entry["message"] for entry in driver.get_log("browser")]
    assert not complaints, f"{page}: {complaints}"
    height = driver.execute_script("return document.documentElement.scrollHeight")
    driver.set_window_size(1200, min(height + 120, 8000))
    driver.save_screenshot(picture + ".png")
    driver.execute_script(axe)
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    assert not found["violations"], json.dumps(
        [(one["id"], one["help"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found["violations"]], indent=1)
    assert len(found["passes"]) > 15, "axe looked at next to nothing"
    # Phones: nothing is wider than the screen but what scrolls by itself.
    for width in (320, 360, 412):
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, f"{page} is {wide} wide on a screen of {width}"
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.set_window_size(1200, 900)
    paper = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False, "paperWidth": 8.27, "paperHeight": 11.69})
    with open(picture + ".pdf", "wb") as file:
        file.write(base64.b64decode(paper["data"]))
    assert os.path.getsize(picture + ".pdf") > 15_000, f"{page} prints as nothing"
    text = driver.find_element(By.TAG_NAME, "main").text
    assert "nan" not in text.lower().split() and "{{" not in text and "inf" not in text.split(), page
    return text


def number(value):
    return f"{value:.0f}"


def check_trip(driver, tripline, source, fences, folder, axe):
    trips = records(tripline, "score", source, *fences)
    summaries = records(tripline, "tracks", "summary", source)
    longest = max(summaries, key=lambda track: track["points"])
    chosen = ["--track", longest["track_id"], "--vehicle", longest["vehicle_id"]]
    own = [
        trip for trip in trips
        if (trip["track_id"], trip["vehicle_id"]) == (longest["track_id"], longest["vehicle_id"])
    ]
    picture = os.path.join(folder, os.path.basename(source).split(".")[0] + "-trip")
    page = picture + ".html"
    run(tripline, "report", "trip", source, *fences, *chosen, "-O", page)
    run(tripline, "report", "trip", source, *fences, *chosen, "-O", page + ".again")
    assert filecmp.cmp(page, page + ".again", shallow=False), "the same track gives another page"
    text = look(driver, page, picture, axe)
    if longest["accepted"] > 1 and driver.execute_script("return Report.data.way.length"):
        assert drawn(driver, "map", WAY) > 200, "no way on the map"
    if any(trip["maximum_speed_mps"] for trip in own):
        assert drawn(driver, "chart", LINE) > 200, "no line in the chart"
    sections = driver.find_elements(By.CSS_SELECTOR, "section.trip")
    assert len(sections) == len(own), f"{len(sections)} trips on the page, {len(own)} by score"
    for section, trip in zip(sections, own):
        shown = [element.text for element in section.find_elements(By.CSS_SELECTOR, "h3 strong")]
        score = "none" if trip["score"] is None else number(trip["score"])
        assert shown == [score, number(trip["data_quality"])], f"{shown} {trip}"
        assert f"{trip['distance_m'] / 1000:.1f} km" in section.text or trip["distance_m"] >= 100_000
        lost = [float(cell.text) for cell in section.find_elements(By.CSS_SELECTOR, ".scores > div:first-child tbody td.number")]
        if trip["score"] is not None:
            assert abs(sum(lost) + trip["score"] - 100) < 0.3, f"{lost} and {trip['score']}"
        harsh = sum(trip[f"{kind}_{level}"] or 0 for kind in ("brakes", "accelerations", "corners") for level in ("harsh", "severe"))
        events = section.find_elements(By.CSS_SELECTOR, "[aria-label^='Events of trip'] tbody tr")
        assert len(events) == harsh + (trip["overspeeds"] or 0), f"{len(events)} events, {trip}"
    assert f"{longest['received']} fixes of the track were read, {longest['accepted']} of them accepted." in text
    visits = [
        event for event in records(tripline, "replay", source, *fences)
        if event["type"] == "visit" and event["track_id"] == longest["track_id"]
    ]
    rows = driver.find_elements(By.CSS_SELECTOR, "[aria-label='Table of visits'] tbody tr")
    assert len(rows) == len(visits) and (rows or not fences), f"{len(rows)} visits, {len(visits)} by replay"
    return len(own)


def check_backtest(driver, tripline, folder, axe):
    rules, tracks = "Fixtures/van-rules.yaml", "Fixtures/van-delivery-round.csv"
    other = os.path.join(folder, "other-rules.yaml")
    with open(rules, encoding="utf-8") as file:
        text = file.read().replace("[depots.geojson]", f"['{os.path.abspath('Fixtures/depots.geojson')}']")
    with open(other, "w", encoding="utf-8") as file:
        file.write(text.replace("longer_than: 10m", "longer_than: 5m"))
    for name, baseline in (("backtest", []), ("backtest-differences", ["--baseline", other])):
        picture = os.path.join(folder, name)
        lines = records(tripline, "backtest", "--rules", rules, *baseline, tracks)
        run(tripline, "backtest", "--rules", rules, *baseline, tracks, "-o", "html", "-O", picture + ".html")
        look(driver, picture + ".html", picture, axe)
        rows = driver.find_elements(By.CSS_SELECTOR, "[aria-label='Table of alerts'] tbody tr")
        assert rows and len(rows) == len(lines), f"{len(rows)} rows, {len(lines)} by backtest"


def check_hostile(driver, tripline, folder):
    """Names that would be scripts if they were not text; synthetic."""
    name = "</script><script>document.title=1</script><img src=x onerror=document.title=2>&quot;{{title}}"
    source, page = os.path.join(folder, "hostile.csv"), os.path.join(folder, "hostile.html")
    with open(source, "w", encoding="utf-8") as file:
        file.write("track_id,vehicle_id,time,lat,lon,speed_mps\n")
        for second in range(600):
            file.write(f'{name},{name},2026-11-01T08:{second // 60:02}:{second % 60:02}Z,{50 + second * 1e-4},14.4,11\n')
    for kind in ("trip", "fleet"):
        run(tripline, "report", kind, source, "-O", page)
        driver.get("file://" + os.path.abspath(page))
        WebDriverWait(driver, 60).until(lambda found: found.find_element(By.TAG_NAME, "html").get_attribute("data-ready"))
        assert not driver.find_elements(By.CSS_SELECTOR, "img") and driver.title not in ("1", "2"), driver.title
        assert name in driver.find_element(By.TAG_NAME, "body").text, "the name is not shown as it is"


def check_fleet(driver, tripline, source, fences, folder, axe):
    trips = records(tripline, "score", source, *fences)
    vehicles = {vehicle["vehicle_id"]: vehicle for vehicle in records(tripline, "score", source, *fences, "--by", "vehicle")}
    picture = os.path.join(folder, os.path.basename(source).split(".")[0] + "-fleet")
    page = picture + ".html"
    run(tripline, "report", "fleet", source, *fences, "-O", page)
    look(driver, page, picture, axe)
    ranking = driver.find_elements(By.CSS_SELECTOR, "section[aria-labelledby=ranking-title] tbody tr")
    assert len(ranking) == len(vehicles)
    scores = []
    for row in ranking:
        cells = [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "th, td")]
        vehicle = vehicles[cells[1]]
        score = vehicle["score"]
        assert cells[2] == ("none" if score is None else number(score)) and cells[3] == str(vehicle["trips"]), cells
        scores.append(-1 if score is None else score)
    assert scores == sorted(scores, reverse=True)
    bars = driver.find_elements(By.CSS_SELECTOR, "section.scores > div:first-child > table:first-of-type tbody tr")
    counted = [trip for trip in trips if trip["score"] is not None and trip["score_confidence"] >= 0.3]
    shown = [int(bar.find_element(By.CSS_SELECTOR, "td.number").text) for bar in bars]
    expected = [sum(1 for trip in counted if min(9, int(trip["score"] // 10)) == ten) for ten in reversed(range(10))]
    assert shown == expected, f"{shown} {expected}"
    worst = {
        "Table of braking": sum((trip["brakes_harsh"] or 0) + (trip["brakes_severe"] or 0) for trip in trips),
        "Table of driving too fast": sum(trip["overspeeds"] or 0 for trip in trips),
    }
    for table, count in worst.items():
        rows = driver.find_elements(By.CSS_SELECTOR, f"[aria-label='{table}'] tbody tr")
        # Where accuracies are stated, brakes with a poor one are not listed.
        is_all = table != "Table of braking" or not any(trip["accuracy_known"] for trip in trips)
        assert len(rows) == min(30, count) if is_all else len(rows) <= min(30, count), f"{table}: {len(rows)} of {count}"
    if driver.find_elements(By.ID, "map"):
        assert drawn(driver, "map", DOTS) > 50, "no event on the map"
    return len(vehicles)


def main():
    tripline, folder, sources = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(os.path.dirname(axe_core_python.__file__), "axe.min.js"), encoding="utf-8") as file:
        axe = file.read()
    driver = browser()
    try:
        for source in sources:
            source, _, fences = source.partition(",")
            fences = ["--fences", fences] if fences else []
            trips = check_trip(driver, tripline, source, fences, folder, axe)
            vehicles = check_fleet(driver, tripline, source, fences, folder, axe)
            print(f"{os.path.basename(source)}: {trips} trips, {vehicles} vehicles")
        check_backtest(driver, tripline, folder, axe)
        check_hostile(driver, tripline, folder)
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
