"""Bundles of account ledgers, moved to where there is no ledger and checked by both verifiers:
random worlds by every method, a real theft, bits flipped and files forged, and what is refused."""

import csv
import json
import random
import shutil
import sys

from support.bundles import moved, plain_verify, resum
from support.harness import (NO, ROOT, USAGE, BAD_INPUT, check, environment, equal,
                             fingerprint, main, run, same_bytes, sentence)

sys.path.insert(0, str(ROOT / "tests" / "reference"))
import account_worlds  # noqa: E402

HARMONY = ROOT.parent / "shared" / "data" / "theft" / "harmony"
WORLDS = 25
FLIPS = 200
PYTHON_FLIPS = 20
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
    return run("incident", "evidence", folder / "theft.yaml", "--ledger", folder / "L", "--out",
               out, "--stop-at-addresses", folder / "stops.csv", "--quiet", *words, code=code)


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


def toy(folder):
    """A small theft: clean units mixed in, a swap, an exchange by a list and one by a tag."""
    (folder / "map").write_text(MAP)
    rows = [(1, 1, "t1", "clean", "thief", 30, "COIN"), (2, 2, "t2", "victim", "thief", 70, "COIN"),
            (3, 3, "t3", "thief", "carol", 50, "COIN"), (4, 4, "t4", "carol", "listed", 20, "COIN"),
            (5, 5, "t5", "pool", "dave", 100, "GOLD"), (5, 5, "t5", "dave", "pool", 20, "COIN"),
            (5, 5, "t6", "thief", "dave", 20, "COIN"), (6, 6, "t7", "dave", "pool", 10, "COIN"),
            (6, 6, "t7", "pool", "dave", 40, "GOLD"), (7, 7, "t8", "dave", "tagged", 15, "GOLD"),
            (8, 8, "t9", "others", "strangers", 3, "DUST"), (9, 9, "t10", "thief", "x", 1, "COIN")]
    lines = [f"{time},{block},{tx},{place},{giver},{taker},{units},{asset},,\n"
             for place, (time, block, tx, giver, taker, units, asset) in enumerate(rows)]
    (folder / "list.csv").write_text(
        "time,block,tx,position,from,to,amount,asset,contract,usd\n" + "".join(lines))
    (folder / "stops.csv").write_text("# known to us\nlisted,An Exchange,exchange\n")
    (folder / "pack.yaml").write_text("""title: Toys
creator: us
source: https://example.org
lastmod: 2024-01-01
network: transfers:toy
currency: COIN
tags:
- {address: tagged, label: Tagged Exchange, category: exchange, confidence: ownership}
""")
    (folder / "theft.yaml").write_text("name: Toy theft\nseeds:\n- {coin: 't2:1'}\n")
    run("ingest", "transfers", "--csv", folder / "list.csv", "--map", folder / "map", "--ledger",
        folder / "L", "--quiet")
    run("tags", "import", folder / "pack.yaml", "--ledger", folder / "L", "--quiet")


def tags_and_lists(folder):
    toy(folder)
    run("evidence", "key", "--out", folder / "key", "--quiet")
    make(folder, folder / "B", "--method", "all", "--sign", folder / "key")
    stated = json.loads((folder / "B" / "bundle.json").read_text())
    tags = json.loads((folder / "B" / "tags.json").read_text())["tags"]
    said = {stop["account"]: tags[stop["tags"][0]] for stop in stated["stops"]}
    equal(sorted(said), ["listed", "tagged"], "whose accounts are known")
    equal((said["listed"]["pack"], said["listed"]["line"], said["listed"]["tag_type"]),
          ("stops.csv", 2, "list"), "where the list says so")
    equal((said["tagged"]["title"], said["tagged"]["line"]), ("Toys", 8), "where the tag stands")
    held = [json.loads(line)["transaction"]
            for line in (folder / "B" / "transfers.jsonl").read_text().splitlines()]
    check("t9" not in held and "t1" in held and "t10" in held, f"the transactions are {held}")
    make(folder, folder / "day", "--as-of", 5)
    stated = json.loads((folder / "day" / "bundle.json").read_text())
    equal(stated["tip"]["height"], 5, "the tip of that day")
    both_verify(folder / "day")
    wanted = fingerprint(folder / "B")
    run("incident", "evidence", folder / "theft.yaml", "--ledger", folder / "L", "--out",
        folder / "C", "--stop-at-addresses", folder / "stops.csv", "--method", "all", "--sign",
        folder / "key", env=environment(LC_ALL="tr_TR.UTF-8", TZ="Asia/Kathmandu"), cwd="/")
    same_bytes(folder / "C", wanted, "in another language and zone")
    both_verify(moved(folder / "B", folder))
    return "by a list's line and a pack's; as of a day; the same bytes"


def harmony(folder):
    """The bridge theft of 2022, as published: every transfer that the sources sent is a seed."""
    if not HARMONY.is_dir():
        return f"not looked at: there is no {HARMONY}"
    run("ingest", "transfers", "--csv", HARMONY / "HB.csv", "--map",
        ROOT / "data" / "maps" / "theft-usd.map", "--ledger", folder / "L", "--quiet")
    sources = (HARMONY / "source addresses.csv").read_text().split()
    terminals = (HARMONY / "terminal addresses.csv").read_text().split()
    (folder / "stops.csv").write_text("".join(f"{one.lower()},{one},exchange\n"
                                              for one in terminals))
    seeds = "".join(f"- {{sent_by: '{source}'}}\n" for source in sources)
    (folder / "theft.yaml").write_text(f"name: Harmony bridge\nseeds:\n{seeds}")
    make(folder, folder / "B", "--method", "all")
    sent = [word for source in sources for word in ("--sent-by", source)]
    trace = json.loads(run("trace", *sent, "--ledger", folder / "L", "--stop-at-addresses",
                           folder / "stops.csv", "--quiet", "--json", "-").out)
    equal(len(json.loads((folder / "B" / "bundle.json").read_text())["seeds"]),
          len(trace["seed"]["transfers"]), "seeds, by the incident and by --sent-by")
    told = json.loads((folder / "B" / "result.json").read_text())
    ended = {d["service"] for d in told["traces"][0]["destinations"] if d["service"]}
    check(len(ended) > 3, f"services reached: {ended}")
    bundle = moved(folder / "B", folder)
    both_verify(bundle)
    rows = (bundle / "transfers.jsonl").read_text().count("\n")
    return f"{len(trace['seed']['transfers'])} seeds, {rows} transactions, {len(ended)} terminals"


def any_bit(folder):
    toy(folder)
    run("evidence", "key", "--out", folder / "key", "--quiet")
    make(folder, folder / "B", "--method", "fifo,haircut", "--sign", folder / "key")
    bundle = moved(folder / "B", folder)
    files = sorted(bundle.iterdir())
    chance = random.Random(11)
    for number in range(FLIPS):
        path = files[number % len(files)]
        whole = path.read_bytes()
        changed = bytearray(whole)
        place = chance.randrange(len(whole))
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        said = run("verify", bundle, "--quiet", code=NO).out.decode()
        check(path.name in said, f"byte {place} of {path.name} is not named in {said}")
        if number < PYTHON_FLIPS:
            told = plain_verify(bundle, code=1, program=VERIFY)
            check(path.name in told, f"{VERIFY}, {path.name}, byte {place}: {told}")
        path.write_bytes(whole)
    both_verify(bundle)
    return f"{FLIPS} bits, {PYTHON_FLIPS} of them by {VERIFY} too"


def forged(folder):
    """Sums made right again do not help where the trace or the form speaks."""
    toy(folder)
    make(folder, folder / "B", "--method", "fifo,haircut")

    def altered(file, change, part, by_python=True):
        copy = folder / "F"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder / "B", copy)
        text = (copy / file).read_bytes().decode()
        changed = change(text)
        check(changed != text, f"nothing was changed in {file}")
        (copy / file).write_bytes(changed.encode())
        resum(copy)
        said = run("verify", copy, code=NO).out.decode()
        check(part in said, f"{file}: {part} not in {said}")
        plain_verify(copy, code=1 if by_python else 0, program=VERIFY)

    def line(number, change):
        return lambda text: "".join(change(one) if i == number else one for i, one in
                                    enumerate(text.splitlines(keepends=True)))

    rows = "transfers.jsonl"
    altered(rows, lambda t: t.replace('"amount":"30"', '"amount":"31"'), "result.")
    altered(rows, line(0, lambda _: ""), "result.")
    altered(rows, line(0, lambda one: one.replace(",", ", ", 1)), "line 1", by_python=False)
    altered(rows, line(1, lambda one: one + one), rows)
    altered(rows, line(1, lambda one: one.replace('"from":"victim"', '"from":7')), "line 2", False)
    altered(rows, lambda t: t + t.splitlines()[-1].replace("t10", "t11").replace(
        "thief", "others").replace('"x"', '"strangers"') + "\n", "rests on", by_python=False)
    stated = "bundle.json"
    altered(stated, lambda t: t.replace('"first": "0"', '"first": "1"'), "seeds")
    altered(stated, lambda t: t.replace('"method', '"metod', 1), stated)
    altered(stated, lambda t: t.replace("no headers and no", "headers and"), "line")
    altered(stated, lambda t: t.replace("{", '{\n "engine": "another",', 1), "line")
    altered(stated, lambda t: t.replace('"fifo"', '"certain"', 1), "certain")
    altered("result.json", lambda t: t.replace("{", '{\n "schema": "another",', 1), "result.json")
    altered("tags.json", lambda t: t.replace('"An Exchange"', '"Another"'), "stop listed", False)
    altered("result.csv", lambda t: t.replace("held", "hold", 1), "result.csv")
    altered("result.json", lambda t: t.replace('"touched"', '"tuched"', 1), "result.json")
    altered("README.txt", lambda t: t + "All of it is proven.\n", "README.txt", by_python=False)
    return "sums made right, and still caught"


def refused(folder):
    toy(folder)
    sentence(make(folder, folder / "B", "--blocks", folder, code=USAGE), "--blocks")
    sentence(make(folder, folder / "B", "--fees", "miner", code=USAGE), "--fees miner")
    sentence(make(folder, folder / "B", "--direction", "backward", code=USAGE), "forward")
    sentence(make(folder, folder / "B", "--label-by", "transaction", code=USAGE), "--label-by")
    sentence(make(folder, folder / "B", "--as-of", 1, code=BAD_INPUT), "later day")
    sentence(make(folder, folder / "B", "--until", 1, code=USAGE), "before the theft")
    sentence(make(folder, folder / "L", code=USAGE), "not empty")
    (folder / "theft.yaml").write_text("name: x\nseeds:\n- {coin: 't2:9'}\n")
    sentence(make(folder, folder / "B", code=BAD_INPUT), "theft.yaml:3", "no transfer")
    (folder / "theft.yaml").write_text("name: x\nchain: bitcoin:main\nseeds:\n- {address: x}\n")
    sentence(make(folder, folder / "B", code=BAD_INPUT), "none of its seeds")
    check(not (folder / "B").exists(), "a refusal left a bundle behind")
    return "each with a sentence"


if __name__ == "__main__":
    main([random_worlds, tags_and_lists, harmony, any_bit, forged, refused])
