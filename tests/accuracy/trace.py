"""How right each tracing method is on simulated thefts whose truth is known, as tables in Markdown.

usage: script/accuracy trace [--worlds N] [--jobs N] [--program FILE] [--csv FILE]

Makes N worlds (100) for each style of laundering, traces each by every method, and compares with
the thief's own books. docs/accuracy.md has the definitions. --csv keeps every single measurement.
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
STYLES = ("peel", "scatter", "mixed")
THEFTS = ("hot-wallet", "wallet-sweep")
SIZE = ("--blocks", "300", "--txs-per-block", "15")
METHODS = ("fifo", "lifo", "haircut", "tiho", "tilo", "seniority", "poison")
# What all methods with sums agree on: of each coin and service the least that any of them reports.
AGREED = "agreed"
# What is known of services: of every other one what the world's tags say, and the clusters of that;
# what the tags say of all of them; that and the clusters; every address that they have.
HALF, TAGGED, CLUSTERED, KNOWN = "half of them", "tagged", "clustered", "all known"

Measurement = collections.namedtuple(
    "Measurement", "style seed theft knowledge method truth reported found")


def run(program, *words):
    result = subprocess.run([program, *map(str, words)], capture_output=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {result.stderr.decode()}")
    return result.stdout


# ---- the truth ----------------------------------------------------------------------------------


class Truth:
    """Where the loot is: by place, a coin that the thief holds or a service that took deposits."""

    def __init__(self, truth):
        self.names = {owner["id"]: owner.get("actor") or owner["name"]
                      for owner in truth["owners"]}
        self.amounts = collections.Counter()
        self.place_of_coin = {}
        for entry in truth["theft"]["dispositions"]:
            if entry["kind"] == "fees":
                continue
            place = ("coin", entry["coin"])
            if entry["kind"] == "deposit":
                place = ("service", self.names[entry["service"]])
            self.amounts[place] += int(entry["amount"])
            self.place_of_coin[entry["coin"]] = place

    def reported(self, destinations):
        """What a trace says stands at services or is held, by the place where that is."""
        places = collections.Counter()
        for destination in destinations:
            if destination["kind"] not in ("held", "service"):
                continue
            for coin in destination["coins"]:
                place = self.place_of_coin.get(coin["coin"])
                if place is None:
                    service = destination["kind"] == "service"
                    place = (("service", destination["service"]) if service
                             else ("coin", coin["coin"]))
                places[place] += int(coin["amount"])
        return places

    def found(self, reported):
        return sum(min(amount, reported[place]) for place, amount in self.amounts.items())


def pack_of_all_addresses(truth):
    """A TagPack that knows every address of every service."""
    categories = {"exchange": "exchange", "payment_processor": "payment_processor",
                  "gambling": "gambling"}
    owners = {owner["id"]: owner for owner in truth["owners"] if owner["kind"] in categories}
    lines = ["title: every address of every service", "creator: tests/accuracy",
             "lastmod: 2024-01-01", "currency: BTC", "network: regtest",
             "confidence: ownership", "source: truth.json", "tags:"]
    for address, owner_id, _ in truth["addresses"]:
        owner = owners.get(owner_id)
        if owner is None:
            continue
        lines.append(f"- address: {address}\n  label: {owner['name']}\n"
                     f"  actor: {owner.get('actor') or owner['name']}\n"
                     f"  category: {categories[owner['kind']]}")
    return "\n".join(lines) + "\n"


def half_of(pack):
    """The world's own TagPack without every other actor."""
    head, *tags = pack.split("\n- ")
    actors = [re.search(r"^  actor: (.*)$", tag, flags=re.M).group(1) for tag in tags]
    kept = sorted(set(actors))[::2]
    return "\n- ".join([head, *(tag for tag, actor in zip(tags, actors) if actor in kept)])


# ---- one world ----------------------------------------------------------------------------------


def measure(program, style, seed):
    theft = THEFTS[seed % len(THEFTS)]
    with tempfile.TemporaryDirectory(prefix="accuracy-") as folder:
        world, ledger = pathlib.Path(folder, "world"), pathlib.Path(folder, "ledger")
        run(program, "synth", "--out", world, "--seed", seed, "--theft", theft, "--laundering",
            style, *SIZE, "--quiet")
        run(program, "ingest", "blocks", world / "blocks", "--network", "regtest", "--ledger",
            ledger, "--quiet")
        document = json.loads((world / "truth.json").read_text())
        truth = Truth(document)
        all_known = pathlib.Path(folder, "all.yaml")
        all_known.write_text(pack_of_all_addresses(document))
        half = pathlib.Path(folder, "half.yaml")
        half.write_text(half_of((world / "tags.yaml").read_text()))
        rows = []
        for knowledge, pack, clusters in ((HALF, half, "on"), (TAGGED, world / "tags.yaml", "off"),
                                          (CLUSTERED, None, "on"), (KNOWN, all_known, "off")):
            if pack:
                run(program, "tags", "import", pack, "--ledger", ledger, "--quiet")
            traces = json.loads(run(program, "trace", "--incident", world / "incident.yaml",
                                    "--method", ",".join(METHODS), "--mix", "off", "--clusters",
                                    clusters, "--ledger", ledger, "--json", "-",
                                    "--quiet"))["traces"]
            reports = {trace["method"]: truth.reported(trace["destinations"]) for trace in traces}
            sums = [reports[method] for method in METHODS if method != "poison"]
            reports[AGREED] = collections.Counter(
                {place: min(report[place] for report in sums) for place in sums[0]})
            for method, report in reports.items():
                rows.append(Measurement(style, seed, theft, knowledge, method,
                                        truth.amounts.total(), report.total(),
                                        truth.found(report)))
        return rows


# ---- the tables ---------------------------------------------------------------------------------


def spread(shares):
    """Median and quartiles of shares, in percent."""
    if len(shares) < 2:
        return f"{100 * shares[0]:.1f}"
    low, middle, high = statistics.quantiles(shares, n=4, method="inclusive")
    return f"{100 * middle:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def tables(rows):
    for knowledge in (HALF, TAGGED, CLUSTERED, KNOWN):
        print(f"\n### Services: {knowledge}\n")
        print("| method |" + "".join(f" {style}: recall | precision |" for style in STYLES))
        print("|---|" + "---|" * 2 * len(STYLES))
        for method in (*METHODS, AGREED):
            cells = []
            for style in STYLES:
                some = [row for row in rows
                        if (row.style, row.knowledge, row.method) == (style, knowledge, method)]
                cells.append(spread([row.found / row.truth for row in some]))
                cells.append(spread([row.found / row.reported for row in some if row.reported]))
            print(f"| {method} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=100, help="of each style")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/tracehound")
    parser.add_argument("--csv", type=pathlib.Path)
    options = parser.parse_args()
    rows = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(measure, options.program, style, seed)
                for style in STYLES for seed in range(1, options.worlds + 1)]
        for job in jobs:
            rows += job.result()
    if options.csv:
        with options.csv.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(Measurement._fields)
            writer.writerows(rows)
    print(f"{options.worlds} worlds of each style, {' '.join(SIZE)}; median (quartiles), percent")
    tables(rows)


if __name__ == "__main__":
    main()
