"""How long does a browser take to open a report of 10,000 destinations?

Napkin: 3 MB of markup at about 50 MB a second of parsing, and styles for what is in view: 0.2 s.
The floor, in the same run: a page of the same bytes with one text in it.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from support.browser import Browser  # noqa: E402

RUNS = 5
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def milliseconds(path):
    """Until the load event, in a browser of its own each time; the first is a warm-up."""
    times = []
    for _ in range(RUNS + 1):
        with Browser() as browser:
            page = browser.open(path)
            page.until(f"{LOADED} > 0")
            times.append(page.js(LOADED))
    return statistics.median(times[1:])


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [ROOT / "build/tests/test_incidents", "--gtest_filter=ReportLarge.*"], check=True,
            env={**os.environ, "TRACEHOUND_REPORT_SAMPLES": folder}, stdout=subprocess.DEVNULL)
        report = pathlib.Path(folder, "ten-thousand.html")
        size = report.stat().st_size
        floor = pathlib.Path(folder, "floor.html")
        floor.write_text("<!DOCTYPE html><meta charset=utf-8><p>" + "a " * (size // 2))
        print(f"report of 10,000 destinations, {size / 1e6:.1f} MB: {milliseconds(report):.0f} ms")
        print(f"floor, as many bytes of plain text: {milliseconds(floor):.0f} ms")


main()
