"""Bundles of account ledgers, moved to where there is no ledger and checked by both verifiers:
random worlds by every method, a real theft, bits flipped and files forged, and what is refused."""

import csv
import json
import pathlib
import random
import shutil
import subprocess
import sys

from support.bundles import moved, plain_verify, resum
from support.harness import (NO, ROOT, USAGE, BAD_INPUT, Skip, check, environment, equal,
                             fingerprint, main, run, same_bytes, sentence)

sys.path.insert(0, str(ROOT / "tests" / "reference"))
import account_worlds  # noqa: E402

HARMONY = ROOT.parent / "shared" / "data" / "theft" / "harmony"
WORLDS = 25
FLIPS = 300
PYTHON_FLIPS = 30
VERIFY = "verify_accounts.py"
MAP = """chain = toy
time = time
block = block
tx = tx
position = position
from = from
to = to
amount = amount
unit = "base"
asset = asset
contract = contract
usd = usd
decimals = "2"
"""


def name(account):
    return "" if account == account_worlds.NOBODY else f"account-{account}"


def write_world(world, folder):
    """The world as a list of transfers; its stops as a list, half of its prices as another."""
    folder.mkdir()
    (folder / "map").write_text(MAP)
    with (folder / "list.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow("time block tx position from to amount asset contract usd".split())
        for number, tx in enumerate(world.transactions):
            for place, (giver, taker, asset, amount, usd) in enumerate(tx["rows"]):
                if giver == taker == account_worlds.NOBODY:
                    continue
                contract = name(world.contracts[asset]) if asset in world.contracts else ""
                symbol = "SAME" if asset in world.contracts else f"A{asset}"
                rows.writerow([1_700_000_000 + number, 100 + number // 2, f"tx{number}", place,
                               name(giver), name(taker), amount, symbol, contract,
                               "" if usd is None else f"{usd / 10**6:.6f}"])
    (folder / "stops.csv").write_text("".join(
        f"{name(account)},{'a bridge' if kind == 'crossed' else 'an exchange'},"
        f"{'defi_bridge' if kind == 'crossed' else 'exchange'}\n"
        for account, (kind, _) in sorted(world.stops.items())))
    (folder / "prices.csv").write_text("asset,time,usd\nA0,1970-01-02,1.25\nA0,2023-11-15,3\n"
                                       "A1,1970-01-02,0.000001\n")
    seeds = "".join(f"- {{coin: 'tx{s['tx']}:{s['row']}[{s['first']},{s['end']})', victim: "
                    f"V{s['label']}}}\n" for s in world.seeds())
    (folder / "theft.yaml").write_text(f"name: World\nvictims: [{{name: V1}}, {{name: V2}}, "
                                       f"{{name: V3}}]\nseeds:\n{seeds}")
    return seeds


def make(folder, out, *words, code=0):
    return run("incident", "evidence", folder / "theft.yaml", "--ledger", folder / "L", "--out", out,
               "--stop-at-addresses", folder / "stops.csv", "--quiet", *words, code=code)


def both_verify(bundle):
    out = run("verify", bundle, cwd=bundle.parent, env=environment(HOME="/")).out.decode()
    check("holds as far as" in out and "proves no transfer" in out, f"tracehound verify: {out}")
    said = plain_verify(bundle, program=VERIFY)
    check("holds" in said and "no Merkle proofs" in said, f"{VERIFY} says: {said}")


def random_worlds(folder):
    """Every method, netted and not, with cuts; the bundle's result is the ledger's."""
    asked, swaps, guesses = 0, 0, 0
    for number in range(1, WORLDS + 1):
        world = account_worlds.World(1000 + number)
        place = folder / f"w{number}"
        if not write_world(world, place):
            continue
        run("ingest", "transfers", "--csv", place / "list.csv", "--map", place / "map", "--ledger",
            place / "L", "--quiet")
        rules = ["--method", "all", "--label-by", "victim"]
        rules += ["--prices", place / "prices.csv"] if number % 2 else []
        rules += ["--swaps", "off"] if number % 5 == 0 else []
        rules += ["--max-hops", 3, "--min-amount", 2, "--until", 110] if number % 4 == 0 else []
        until = ["--as-of", 108] if number % 3 == 0 else []
        done = make(place, place / "B", *rules, *until, code=None)
        if done.code:  # seeds past the day, or in a transfer of nothing
            check(done.code in (USAGE, BAD_INPUT), done.err)
            continue
        asked += 1
        both_verify(place / "B")
        stated = json.loads((place / "B" / "bundle.json").read_text())
        result = json.loads((place / "B" / "result.json").read_text())
        swaps += result["traces"][0]["swaps"]["crossed"]
        guesses += len(stated["seen"])
        if not until:
            alone = run("trace", "--incident", place / "theft.yaml", "--ledger", place / "L",
                        "--stop-at-addresses", place / "stops.csv", *rules, "--json", "-",
                        "--quiet").out
            equal((place / "B" / "result.json").read_bytes(), alone, "the bundle, and `trace`")
    check(asked > WORLDS // 2 and swaps > 5 and guesses > 10, f"{asked} {swaps} {guesses}")
    return f"{asked} bundles, {swaps} swaps by fifo, {guesses} guesses of who swapped"


if __name__ == "__main__":
    main([random_worlds])
