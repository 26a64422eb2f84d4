"""Published thefts, traced from the thief's addresses to where others found that the loot ended.

usage: script/accuracy thefts [--program FILE] [FOLDER...]

A folder has a table of movements (Timestamp, Block, Tx_hash, From, From_label, To, To_label,
Value_in_USD), "source addresses.csv" and "terminal addresses.csv", an address a line. Without
folders: those beside the project. docs/accuracy.md says what is measured.
"""

import argparse
import collections
import csv
import decimal
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "theft"
MAP = ROOT / "data" / "maps" / "theft-usd.map"
DECIMALS = 14  # of the map

decimal.getcontext().prec = 60


def run(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr.decode()}")
    return done.stdout.decode()


def addresses(path):
    return list(dict.fromkeys(path.read_text(encoding="utf-8-sig").lower().split()))


class Theft:
    def __init__(self, folder):
        self.name = folder.name
        self.sources = addresses(folder / "source addresses.csv")
        self.terminals = addresses(folder / "terminal addresses.csv")
        tables = [path for path in folder.glob("*.csv") if "addresses" not in path.name]
        if len(tables) != 1:
            sys.exit(f"{folder}: {len(tables)} tables of movements; there must be one")
        self.table = tables[0]
        with open(self.table, encoding="utf-8-sig") as file:
            self.rows = list(csv.DictReader(file))
        self.labels = {}
        for row in self.rows:
            for side in ("From", "To"):
                if row[f"{side}_label"]:
                    self.labels[row[side].lower()] = row[f"{side}_label"]

    def owner(self, address):
        """What the table calls the address, but for the number of the wallet."""
        label = self.labels.get(address, "")
        return re.sub(r"[:\s]+\d+$", "", label).replace(",", " ") or address

    def trace(self, program, folder):
        ledger, stops = folder / "ledger", folder / "terminals.csv"
        run(program, "ingest", "transfers", "--csv", self.table, "--map", MAP, "--ledger", ledger,
            "--quiet")
        # Each terminal under its own address: what is reached is counted by address.
        stops.write_text("".join(f"{a}\n" for a in self.terminals))
        known = {row[side].lower() for row in self.rows for side in ("From", "To")}
        seeds = [word for a in self.sources if a in known for word in ("--sent-by", a)]
        words = ["trace", *seeds, "--method", "all", "--stop-at-addresses", stops, "--ledger",
                 ledger, "--json", "-", "--quiet"]
        return json.loads(run(program, *words))["traces"]

    def why_not(self, address, poison):
        """Why a terminal got nothing."""
        givers = {row["From"].lower() for row in self.rows if row["To"].lower() == address}
        if not givers:
            return "no movement of the table goes to it"
        if givers & poison:
            return "who gave to it had no stolen unit yet"
        return "it got nothing from an address that the loot reached"


def units(text):
    return decimal.Decimal(text) / decimal.Decimal(10) ** DECIMALS


def dollars(amount):
    return f"{amount:,.2f}"


def row(*cells):
    print("| " + " | ".join(map(str, cells)) + " |")


def report(theft, traces):
    effective = units(traces[0]["assets"][0]["effective"])
    claimed = units(traces[0]["assets"][0]["claimed"])
    print(f"### {theft.name}\n")
    print(f"{len(theft.rows):,} movements; {len(theft.sources)} sources sent {dollars(claimed)} "
          f"USD, of which {dollars(effective)} are not themselves moved-on loot; "
          f"{len(theft.terminals)} published terminals.\n")
    row("method", "terminals reached", "at terminals, USD", "held, USD", "share at terminals",
        "balances of unknown opening")
    row("---", "---:", "---:", "---:", "---:", "---:")
    missing, by_owner, passed_by = {}, {}, {}
    for trace in traces:
        kinds = collections.Counter()
        reached = {}
        for place in trace["destinations"]:
            amount = units(place["amount"]) if place["amount"] else decimal.Decimal(0)
            kinds[place["kind"]] += amount
            if place["kind"] == "service":
                reached[place["service"]] = amount
        unknown = trace["assets"][0]["holders_with_unknown_opening"]
        if trace["method"] == "poison":
            row("poison", len(reached), "-", "-", "-", unknown)
            touched = {holder["account"] for place in trace["destinations"]
                       for holder in place["holders"]} | set(theft.sources)
            missing = {a: theft.why_not(a, touched) for a in theft.terminals if a not in reached}
            continue
        if sum(kinds.values()) != effective:
            sys.exit(f"{theft.name}, {trace['method']}: {sum(kinds.values())} of {effective}")
        got = sum(1 for amount in reached.values() if amount > 0)
        passed_by[trace["method"]] = {a for a in theft.terminals if not reached.get(a)}
        row(trace["method"], got, dollars(kinds["service"]), dollars(kinds["held"]),
            f"{100 * kinds['service'] / effective:.2f} %", unknown)
        for address, amount in reached.items():
            by_owner.setdefault(theft.owner(address), collections.Counter())[
                trace["method"]] += amount
    print("\nWhere it ended, by what the table calls the terminal; every dollar of every method:\n")
    methods = [trace["method"] for trace in traces if trace["method"] != "poison"]
    row("terminal", *methods)
    row("---", *["---:"] * len(methods))
    for owner, sums in sorted(by_owner.items(), key=lambda item: -item[1]["haircut"]):
        row(owner, *(dollars(sums[method]) for method in methods))
    never = set(missing)
    if any(places != never for places in passed_by.values()):
        print("\nReached by some methods, and by these not, since they put clean units into what "
              "it got:\n")
        for address in theft.terminals:
            names = [name for name, places in passed_by.items() if address in places]
            if names and address not in never:
                print(f"- `{address}`: {', '.join(names)}")
    if missing:
        print("\nNot reached, even by poison:\n")
        for address, why in missing.items():
            print(f"- `{address}`: {why}")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build" / "tracehound")
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    folders = options.folders or sorted(p for p in DATA.glob("*") if p.is_dir())
    if not folders:
        print(f"skipped: {DATA} is not there")
        sys.exit(77)
    for folder in folders:
        theft = Theft(folder)
        with tempfile.TemporaryDirectory(prefix="thefts-") as work:
            report(theft, theft.trace(options.program, pathlib.Path(work)))


if __name__ == "__main__":
    main()
