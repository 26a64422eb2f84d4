"""Sums up what ctest wrote: failed tests with their output, skipped ones by name, the totals last.

usage: sum_up.py FOLDER    a folder of JUnit files, one a run

With CI=true a skipped test counts as failed. Exits 1 when a test failed.
"""

import os
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

MOST_LINES = 60


def read_run(path):
    """(name, outcome, output) of each test of a run; outcome is passed, failed or skipped."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        skip = case.find("skipped")
        asked_for = skip is not None and skip.get("message", "").startswith("SKIP_")
        if case.get("status") == "run":
            outcome = "passed"
        elif asked_for or case.get("status") == "disabled":
            outcome = "skipped"
        else:  # ctest says "notrun" of a program that is not there, too
            outcome = "failed"
        why = skip.get("message", "") if skip is not None else ""
        yield f"{path.stem}: {case.get('name')}", outcome, case.findtext("system-out") or why


def show_failure(name, output):
    print(f"\n--- FAILED {name}")
    lines = output.rstrip().split("\n")
    if len(lines) > MOST_LINES:
        print(f"({len(lines) - MOST_LINES} lines left out)")
    print("\n".join(lines[-MOST_LINES:]))


def main(folder):
    strict = os.environ.get("CI") == "true"
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted(pathlib.Path(folder).glob("*.xml")):
        for name, outcome, output in read_run(path):
            if outcome == "skipped":
                print(f"skipped {name}")
                if strict:
                    outcome = "failed"
                    output += "\n(skipped, which CI does not allow: something it needs is missing)"
            totals[outcome] += 1
            if outcome == "failed":
                show_failure(name, output)
    print(f"\n{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 1 if totals["failed"] or not totals["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
