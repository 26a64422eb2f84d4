#!/usr/bin/env python3
"""Holds the program against the slow reference on any chain: every coin of every trace.

usage: compare.py BLOCKS_DIR SEED...

BLOCKS_DIR holds a node's blk*.dat files. A SEED is TXID:VOUT or TXID:VOUT[a,b), as the program
writes them; NAME=SEED puts it under a label of that name. The program is $TRACEHOUND, else
build/tracehound. It reads the blocks into a ledger that is thrown away; the reference parses them
itself. Traced are all seven methods forward and the three that have an inverse backward, each with
fees as a sink and flowing to miners, without services and without mixes. Says where they differ,
and ends with exit code 1 if they do.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import block_files
from methods import INVERTIBLE, METHODS
from trace_reference import Trace

PROGRAM = os.environ.get("TRACEHOUND",
                         pathlib.Path(__file__).resolve().parents[2] / "build" / "tracehound")
SHOWN = 20
QUESTIONS = [(direction, fees, METHODS if direction == "forward" else INVERTIBLE)
             for direction in ("forward", "backward") for fees in ("sink", "miner")]


def run_program(*words):
    done = subprocess.run([str(PROGRAM), *map(str, words)], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: exit code {done.returncode}: "
                 f"{done.stderr.decode().strip()}")
    return done.stdout


class Seeds:
    """What is asked about, in the program's words and in the reference's."""

    def __init__(self, texts, numbers, values):
        self.words, self.cases, self.labels = [], [], []
        for text in texts:
            name, equals, coin = text.rpartition("=")
            name = name if equals else "seed"
            match = re.fullmatch(r"([0-9a-f]{64}:\d+)(?:\[(\d+),(\d+)\))?", coin)
            if not match or match[1] not in numbers:
                sys.exit(f"'{text}' names no coin of this chain")
            if name not in self.labels:
                self.labels.append(name)
            self.words += ["--label", name, "--from", coin]
            number = numbers[match[1]]
            self.cases.append({"coin": number, "label": self.labels.index(name) + 1,
                               "first": int(match[2] or 0),
                               "end": int(match[3] or values[number])})


def add(books, key, amount, hops):
    before, fewest = books.get(key, (0, hops))
    books[key] = (before + amount, min(fewest, hops))


def of_program(trace, by_coinbase):
    """A trace's JSON as {(place, coin, label): (amount, fewest hops)}."""
    books = {}
    sums = trace["method"] != "poison"  # which says where it reaches, not how much
    for seed in trace["seed"]["coins"]:
        add(books, ("seed", seed["coin"], seed["label"]), int(seed["amount"]), 0)
    for place in trace["destinations"]:
        name = " ".join(filter(None, (place["kind"], place["service"])))
        rest = int(place["amount"] or 0)
        for coin in place["coins"]:
            rest -= int(coin["amount"])
            where, hops = coin["coin"], coin["hops"]
            if name == "mined" and by_coinbase:  # in which of its coins is not defined
                where, hops = where.split(":")[0], 0
            add(books, (name, where, coin["label"]), int(coin["amount"]), hops)
        if sums and rest:  # fees, and what miners left unclaimed, lie in no coin
            add(books, (name, None, None), rest, 0)
    return books


def of_reference(trace, labels):
    """What the reference found, in the same form. Runs it."""
    books = {}
    for line in trace.run():
        words = line.split()
        if words[0] == "seed":
            add(books, ("seed", words[1], labels[int(words[7]) - 1]), int(words[5]), 0)
    for (where, coin, label), (amount, hops) in trace.resting.items():
        add(books, (where, coin, labels[label - 1]), amount, hops)
    for (coinbase, label), amount in trace.minted.items():
        add(books, ("mined", coinbase, labels[label - 1]), amount, 0)
    if trace.method != "poison":
        for name, sums in (("fees", trace.fees), ("burned", trace.unclaimed)):
            if sum(sums.values()) > 0:
                add(books, (name, None, None), sum(sums.values()), 0)
    return books


def differences(ours, theirs):
    """Lines: what the program says, and the reference, where they are not the same."""
    lines = []
    for key in sorted(ours.keys() | theirs.keys(), key=str):
        if ours.get(key) != theirs.get(key):
            place = " ".join(str(part) for part in key if part is not None)
            said = ["nothing" if books.get(key) is None else
                    "{} units, {} hops".format(*books[key]) for books in (ours, theirs)]
            lines.append(f"{place}: the program {said[0]}, the reference {said[1]}")
    return lines


def compare(chain, halving, ledger, seeds, words=(), **case):
    """All questions about these seeds; `words` and `case` are the same further options for either
    side. Yields (question, how many coins agree, differences)."""
    for direction, fees, methods in QUESTIONS:
        out = run_program("trace", *seeds.words, "--method", ",".join(methods), "--direction",
                          direction, "--fees", fees, "--mix", "off", *words, "--json", "-",
                          "--ledger", ledger)
        told = json.loads(out)
        for method, trace in zip(methods, told.get("traces", [told]), strict=True):
            asked = {"chain": chain, "halving": halving, "seeds": seeds.cases,
                     "direction": direction, "fees": fees, **case}
            ours = of_program(trace, direction == "backward" and fees == "miner")
            theirs = of_reference(Trace(asked, method), seeds.labels)
            yield (f"{method}, {direction}, fees to {fees}", len(theirs),
                   differences(ours, theirs))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    network, halving, blocks = block_files.best_chain(sys.argv[1])
    chain, numbers = block_files.chain_of(blocks)
    values = [output["value"] for transaction in chain for output in transaction["outputs"]]
    seeds = Seeds(sys.argv[2:], numbers, values)
    wrong = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="tracehound-compare-") as folder:
        ledger = pathlib.Path(folder) / "L"
        run_program("ingest", "blocks", sys.argv[1], "--network", network, "--ledger", ledger,
                    "--quiet")
        for question, count, lines in compare(chain, halving, ledger, seeds):
            print(f"{question}: {count - len(lines)} entries agree" if not lines else
                  f"{question}: {len(lines)} DIFFER")
            for line in lines[:SHOWN]:
                print(f"  {line}")
            wrong[question] += len(lines)
    sys.exit(1 if any(wrong.values()) else 0)


if __name__ == "__main__":
    main()
