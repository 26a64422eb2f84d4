"""How often change rules and CoinJoin recognisers are right in simulated worlds whose truth is
known, as tables in Markdown.

usage: script/accuracy change [--worlds N] [--program FILE] [--csv FILE]

Each world has another seed (1 to N, 100 unless told otherwise); docs/accuracy.md has the
definitions. --csv keeps every single measurement.
"""

import argparse
import collections
import csv
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
THEFTS = ("hot-wallet", "wallet-sweep")
SIZE = ("--blocks", "200", "--txs-per-block", "15")
RULES = ("address_reuse", "one_time", "legacy", "peel_next", "optimal_change", "client_change",
         "address_type", "power_of_ten", "peeling_chain", "locktime", "fixed_fee", "spent")
SHOWN = "as show tx"  # the rules that a transaction is annotated by, together

# `payments` have one owner's inputs, an output of the owner's and one of somebody else's.
Measurement = collections.namedtuple("Measurement", "seed rule payments guesses right found")
# What of SHOWN's guesses had each confidence.
Decided = collections.namedtuple("Decided", "seed confidence guesses right")
Mixes = collections.namedtuple("Mixes", "seed transactions mixes found false")


def run(program, *words, stdin=""):
    done = subprocess.run([program, *map(str, words)], input=stdin.encode(), capture_output=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr.decode()}")
    return done.stdout.decode()


class World:
    """A simulated chain in a ledger, and who owns what in it."""

    def __init__(self, program, folder, seed):
        self.program = program
        self.ledger = folder / "L"
        run(program, "synth", "--out", folder / "w", "--seed", seed, "--theft",
            THEFTS[seed % len(THEFTS)], *SIZE, "--quiet")
        run(program, "ingest", "blocks", folder / "w" / "blocks", "--network", "regtest",
            "--ledger", self.ledger, "--quiet")
        truth = json.loads((folder / "w" / "truth.json").read_text())
        self.owner = {address: owner for address, owner, _ in truth["addresses"]}
        self.mixes = {mix["txid"] for mix in truth["mixes"]}
        self.transactions = self.read()

    def read(self):
        """{txid: (owners of the inputs, owner of each output)}, without coinbases."""
        blocks = json.loads(run(self.program, "show", "block", "-", "--json", "-", "--ledger",
                                self.ledger, stdin="\n".join(map(str, range(int(SIZE[1]))))))
        txids = [txid for block in blocks["found"] for txid in block["txids"]]
        shown = json.loads(run(self.program, "show", "tx", "-", "--json", "-", "--ledger",
                               self.ledger, stdin="\n".join(txids)))
        return {tx["txid"]: ({self.owner.get(coin["address"]) for coin in tx["inputs"]},
                             [self.owner.get(coin["address"]) for coin in tx["outputs"]])
                for tx in shown["found"] if not tx["coinbase"]}

    def payments(self):
        """txids of payments with change, mixes left out."""
        return {txid for txid, (payers, paid) in self.transactions.items()
                if len(payers) == 1 and payers & set(paid) and set(paid) - payers
                and txid not in self.mixes}

    def guesses(self, rule):
        """{txid: (output, confidence)}"""
        rules = () if rule == SHOWN else ("--rule", rule)
        text = run(self.program, "detect", "change", *rules, "--ledger", self.ledger, "--csv", "-")
        return {row["txid"]: (int(row["output"]), int(row["confidence"]))
                for row in csv.DictReader(text.splitlines())}

    def coinjoins(self):
        text = run(self.program, "detect", "coinjoin", "--ledger", self.ledger, "--quiet", "--csv",
                   "-")
        return {row["txid"] for row in csv.DictReader(text.splitlines()) if row["coinjoin"] == "1"}


def measure(program, seed):
    with tempfile.TemporaryDirectory() as scratch:
        world = World(program, pathlib.Path(scratch), seed)
        payments = world.payments()
        rows, decided = [], []
        for rule in (SHOWN, *RULES):
            guesses = world.guesses(rule)
            right = {txid for txid, (output, _) in guesses.items()
                     if world.transactions[txid][1][output] in world.transactions[txid][0]}
            if rule == SHOWN:
                for sure in sorted({sure for _, sure in guesses.values()}):
                    these = {txid for txid, (_, other) in guesses.items() if other == sure}
                    decided.append(Decided(seed, sure, len(these), len(these & right)))
            rows.append(Measurement(seed, rule, len(payments), len(guesses), len(right),
                                    len(right & payments)))
        found = world.coinjoins()
        mixes = Mixes(seed, len(world.transactions), len(world.mixes), len(found & world.mixes),
                      len(found - world.mixes))
        return rows, decided, mixes


def percent(part, whole):
    return f"{100 * part / whole:.2f} %" if whole else "-"


def spread(shares):
    """Lowest, median and highest of shares in percent."""
    if not shares:
        return "-"
    return " / ".join(f"{share:.1f}" for share in
                      (min(shares), statistics.median(shares), max(shares)))


def rule_table(rows):
    print("| rule | guesses | wrong | wrong by world: least / median / most (%) | found | "
          "found by world (%) |\n|---|---|---|---|---|---|")
    for rule in (SHOWN, *RULES):
        ours = [row for row in rows if row.rule == rule]
        guesses = sum(row.guesses for row in ours)
        wrong = guesses - sum(row.right for row in ours)
        payments = sum(row.payments for row in ours)
        by_world = [100 * (row.guesses - row.right) / row.guesses for row in ours if row.guesses]
        found = [100 * row.found / row.payments for row in ours if row.payments]
        print(f"| {rule} | {guesses} | {percent(wrong, guesses)} | {spread(by_world)} | "
              f"{percent(sum(row.found for row in ours), payments)} | {spread(found)} |")


def decided_table(decided):
    print("\n| confidence | guesses | wrong | wrong by world: least / median / most (%) |\n"
          "|---|---|---|---|")
    for sure in sorted({one.confidence for one in decided}, reverse=True):
        ours = [one for one in decided if one.confidence == sure]
        guesses = sum(one.guesses for one in ours)
        wrong = guesses - sum(one.right for one in ours)
        by_world = [100 * (one.guesses - one.right) / one.guesses for one in ours]
        print(f"| {sure} of 100 | {guesses} | {percent(wrong, guesses)} | {spread(by_world)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--program", default=ROOT / "build" / "tracehound")
    parser.add_argument("--csv", type=pathlib.Path)
    options = parser.parse_args()
    rows, decided, mixes = [], [], []
    for seed in range(1, options.worlds + 1):
        some, shown, mixed = measure(options.program, seed)
        rows += some
        decided += shown
        mixes.append(mixed)
    if options.csv:
        with options.csv.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(Measurement._fields)
            writer.writerows(rows)
    payments = sum(row.payments for row in rows if row.rule == SHOWN)
    print(f"{options.worlds} worlds of {SIZE[1]} blocks, {payments} payments with change.\n")
    rule_table(rows)
    decided_table(decided)
    print(f"\nCoinJoins: {sum(one.found for one in mixes)} of {sum(one.mixes for one in mixes)} "
          f"found, {sum(one.false for one in mixes)} false alarms in "
          f"{sum(one.transactions - one.mixes for one in mixes)} other transactions.")


if __name__ == "__main__":
    main()
