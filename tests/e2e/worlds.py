"""200 simulated chains, each with a staged theft: in every conserving trace of every one, each
stolen unit stands in exactly one destination, as the files say and as their sums say."""

import csv
import io
import json

from support.harness import check, equal, ingest, main, run

WORLDS = 200
# Small: what varies is who pays whom, not how many.
SIZE = ("--blocks", 160, "--txs-per-block", 4)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def books_balance(world, ledger, stolen):
    """Traces the world's theft by each conserving method; gives the transactions touched."""
    touched = 0
    for method in ("fifo", "haircut"):
        words = ("trace", "--incident", world / "incident.yaml", "--method", method, "--ledger",
                 ledger)
        trace = json.loads(run(*words, "--json", "-").out)
        what = f"{world.name}, {method}: "
        equal(int(trace["seed"]["effective"]), stolen, what + "the effective seed")
        for destination in trace["destinations"]:
            if destination["kind"] == "fees":
                continue
            equal(sum(int(coin["amount"]) for coin in destination["coins"]),
                  int(destination["amount"]), what + f"the coins of {destination['kind']}")
            for coin in destination["coins"]:
                check(0 < int(coin["amount"]) <= int(coin["value"]),
                      what + f"{coin['coin']} holds more taint than value")
        equal(sum(int(d["amount"]) for d in trace["destinations"]), stolen, what + "the sum")
        equal(sum(int(row["amount"]) for row in rows_of(run(*words, "--csv", "-").out)), stolen,
              what + "the sum of the CSV")
        touched += trace["touched"]["transactions"]
    return touched


def books_balance_on_every_world(folder):
    touched = 0
    for seed in range(1, WORLDS + 1):
        theft = "hot-wallet" if seed % 2 else "wallet-sweep"
        world = folder / f"{theft}-{seed}"
        ledger = folder / f"ledger-{seed}"
        run("synth", "--out", world, "--seed", seed, "--theft", theft, *SIZE, "--quiet")
        ingest(world / "blocks", ledger, "--quiet")
        run("tags", "import", world / "tags.yaml", "--ledger", ledger, "--quiet")
        truth = json.loads((world / "truth.json").read_text())
        touched += books_balance(world, ledger, int(truth["theft"]["stolen"]))
    check(touched > 10 * WORLDS, f"only {touched} transactions touched: these traces show little")
    return f"{WORLDS} worlds, {touched} transactions touched"


if __name__ == "__main__":
    main([books_balance_on_every_world])
