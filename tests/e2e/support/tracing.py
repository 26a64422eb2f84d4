"""Traces over a chain that another implementation described, next to the slow second opinion in
tests/reference."""

import json
import sys

from support.harness import ROOT, check, equal, run

sys.path.insert(0, str(ROOT / "tests" / "reference"))
import trace_reference  # noqa: E402

METHODS = ("fifo", "haircut", "poison")


def reference_chain(book):
    """The book as the reference reads chains; and each coin's number."""
    numbers = {name: number for number, name in enumerate(book.coins)}
    chain = []
    for tx in book.transactions:
        names = [f"{tx['txid']}:{i}" for i in range(len(tx["outputs"]))]
        outputs = [{"value": coin["value"], "address": coin["address"],
                    "unspendable": coin["script"] == "op_return"}
                   for coin in map(book.coins.get, names)]
        chain.append({"name": tx["txid"], "inputs": [numbers[name] for name in tx["inputs"]],
                      "outputs": outputs})
    return chain, numbers


def lines_of(trace):
    """A trace's JSON as the reference says it."""
    lines = []
    for seed in trace["seed"]["coins"]:
        lines.append(f"seed {seed['coin']} effective {seed['amount']}")
    for destination in trace["destinations"]:
        for coin in destination["coins"]:
            lines.append(f"{destination['kind']} {coin['coin']} {coin['amount']} "
                         f"hops {coin['hops']}")
        if destination["kind"] == "fees":
            lines.append(f"fees {destination['amount'] or 0}")
    return sorted(lines)


def reference_lines(chain, numbers, seeds, method):
    cases = [{"coin": numbers[name], "first": 0, "end": int(value), "label": 1}
             for name, value in seeds]
    lines = []
    for line in trace_reference.Trace({"chain": chain, "seeds": cases}, method).run():
        words = line.removesuffix(" label 1").split()
        if words[0] == "seed":
            words = ["seed", words[1], "effective", words[5]]
        elif words == ["fees", "reached"]:
            words = ["fees", "0"]
        lines.append(" ".join(words))
    return sorted(lines)


def traces_agree(ledger, book, seeds):
    """Each method's trace from these coins balances and is the reference's, line by line. Returns
    how far they went in words."""
    chain, numbers = reference_chain(book)
    pairs = [(name, book.coins[name]["value"]) for name in sorted(seeds, key=numbers.get)]
    most = 0
    for method in METHODS:
        words = [word for name in seeds for word in ("--from", name)]
        done = run("trace", *words, "--method", method, "--mix", "off", "--json", "-", "--ledger",
                   ledger)
        trace = json.loads(done.out)
        equal(lines_of(trace), reference_lines(chain, numbers, pairs, method),
              f"the {method} trace from {', '.join(seeds)}")
        if method != "poison":
            total = sum(int(d["amount"]) for d in trace["destinations"])
            equal(total, int(trace["seed"]["effective"]), f"the {method} trace's sum")
            equal(trace["total"], trace["seed"]["effective"], f"the {method} trace's total")
        most = max(most, trace["touched"]["transactions"])
    check(most > 0, f"the coins {seeds} were never spent: this trace shows nothing")
    return f"{len(seeds)} seeds, {len(METHODS)} methods, {most} transactions touched"
