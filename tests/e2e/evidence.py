"""A stranger's path: a bundle is made, moved to where there is no ledger, and checked by both
verifiers; what is changed in it is found and named; the same question gives the same bytes."""

import hashlib
import itertools
import json
import os
import random
import shutil
import struct
import types
import zipfile

from support import bitcoin
from support.bundles import moved, plain_verify, resum
from support.harness import (BAD_INPUT, NO, ROOT, USAGE, check, environment, equal,
                             fingerprint, ingest, main, run, same_bytes, sentence)
from support.scripts import describe

MAINNET = ROOT.parent / "shared" / "data" / "bitcoin" / "mainnet-0-4312"
ALL = "fifo,lifo,haircut,tiho,tilo,seniority,poison"
FLIPS = 1000
PYTHON_FLIPS = 12
WORLD = ["--blocks", 200, "--seed", 31, "--theft", "hot-wallet", "--txs-per-block", 8]


def make_world(folder, *words):
    run("synth", "--out", folder / "world", *(words or WORLD), "--quiet")
    world = folder / "world"
    ingest(world / "blocks", folder / "L", "--quiet")
    run("tags", "import", world / "tags.yaml", "--ledger", folder / "L", "--quiet")
    return world


def make_bundle(folder, out, *words, blocks=None, incident=None, code=0):
    return run("incident", "evidence", incident or folder / "world" / "incident.yaml", "--out", out,
               "--blocks", blocks or folder / "world" / "blocks", "--ledger", folder / "L",
               "--quiet", *words, code=code)


def both_verify(bundle, *words):
    out = run("verify", bundle, *words, cwd=bundle.parent, env=environment(HOME="/")).out.decode()
    check("holds" in out and "does not prove" in out, f"tracehound verify says: {out}")
    said = plain_verify(bundle, *words)
    check("holds" in said and "Not proven" in said, f"verify.py says: {said}")
    return out


def a_simulated_theft(folder):
    make_world(folder)
    key = run("evidence", "key", "--out", folder / "key", "--quiet").out.decode().strip()
    equal(os.stat(folder / "key").st_mode & 0o777, 0o600, "who may read the private key")
    make_bundle(folder, folder / "B", "--method", ALL, "--label-by", "victim", "--sign",
                folder / "key")
    stated = json.loads((folder / "B" / "bundle.json").read_text())
    check(stated["stops"] and any(stop["steps"] for stop in stated["stops"]),
          "no service is reached through a cluster; the test needs another world")
    result = json.loads((folder / "B" / "result.json").read_text())
    alone = json.loads(run("trace", "--incident", folder / "world" / "incident.yaml", "--method",
                           ALL, "--label-by", "victim", "--ledger", folder / "L", "--json",
                           "-").out)
    for trace in alone["traces"]:  # the bundle has it in bundle.json, with all that it rests on
        check(trace.pop("question"), "a trace that does not hold its question")
    equal(result, alone, "what the bundle says, and what `trace` says")
    bundle = moved(folder / "B", folder)
    both_verify(bundle, "--key", key)
    other = "00" * 32
    run("verify", bundle, "--key", other, code=NO)
    plain_verify(bundle, "--key", other, code=1)
    return f"{len(stated['stops'])} stops, {len(result['traces'])} methods"


def every_rule(folder):
    """Fees to the miner, through mixes, cuts, labels by transaction, no clusters."""
    make_world(folder, "--blocks", 200, "--seed", 5, "--theft", "wallet-sweep", "--txs-per-block",
               8)
    rules = [["--fees", "miner", "--method", ALL],
             ["--mix", "haircut", "--method", ALL, "--label-by", "transaction"],
             ["--mix", "off", "--clusters", "off", "--stop-at", "exchange", "--method", "fifo"],
             ["--mix", "follow-change", "--method", ALL],
             ["--min-amount", 5_000_000, "--max-hops", 6, "--until", 185, "--method", ALL]]
    for number, words in enumerate(rules):
        make_bundle(folder, folder / f"B{number}", *words)
        both_verify(folder / f"B{number}")
        stated = json.loads((folder / f"B{number}" / "bundle.json").read_text())
        if "follow-change" in words:
            check(any(mix["changes"] for mix in stated["mixes"]),
                  "no change of a mix is followed; the test needs another world")
    return f"{len(rules)} sets of rules"


def the_real_first_blocks(folder):
    if not MAINNET.is_dir():
        return f"not looked at: there is no {MAINNET}"
    ingest(MAINNET, folder / "L", "--quiet", network="main")
    coin = "0437cd7f8525ceed2324359c2d0ba26006d92d856a9c20fa0241106ee5a597c9:0"
    (folder / "theft.yaml").write_text(f"name: As if the coins of block 9 were stolen\n"
                                       f"chain: 'bitcoin:main'\nseeds:\n- {{coin: '{coin}'}}\n")
    make_bundle(folder, folder / "B", "--method", ALL, blocks=MAINNET,
                incident=folder / "theft.yaml")
    make_bundle(folder, folder / "miners", "--method", ALL, "--fees", "miner", blocks=MAINNET,
                incident=folder / "theft.yaml")
    both_verify(folder / "miners")
    both_verify(moved(folder / "B", folder))
    return f"from {coin[:8]}..., block 9"


def any_bit(folder):
    make_world(folder)
    run("evidence", "key", "--out", folder / "key", "--quiet")
    make_bundle(folder, folder / "B", "--method", "fifo,haircut", "--sign", folder / "key")
    bundle = moved(folder / "B", folder)
    files = sorted(bundle.iterdir())
    chance = random.Random(7)
    sizes = [path.stat().st_size for path in files]
    for number in range(FLIPS):
        # Half of them anywhere, half in a file as likely as in another.
        at = chance.randrange(sum(sizes))
        path = chance.choice(files)
        if number % 2:
            for path, size in zip(files, sizes):
                if at < size:
                    break
                at -= size
        whole = path.read_bytes()
        place, bit = at % len(whole), chance.randrange(8)
        changed = bytearray(whole)
        changed[place] ^= 1 << bit
        path.write_bytes(changed)
        said = run("verify", bundle, "--quiet", code=NO).out.decode()
        # A flip in a name of SHA256SUMS is told of as the file that is then not in it.
        named = path.name in said
        check(named, f"bit {bit} of byte {place} of {path.name}: it is not named in {said}")
        if number < PYTHON_FLIPS:
            told = plain_verify(bundle, code=1)
            check(path.name in told, f"verify.py, {path.name}, byte {place}: {told}")
        path.write_bytes(whole)
    both_verify(bundle)
    (bundle / "signature.txt").unlink()  # which takes Python its time
    flips_by_python(bundle)
    return f"{FLIPS} bits by each of both programs"


def verify_py():
    """verify.py in this process, all but its last line."""
    program = {"__file__": str(ROOT / "docs" / "verify.py")}
    source = (ROOT / "docs" / "verify.py").read_text().rsplit("main()", 1)[0]
    exec(compile(source, "verify.py", "exec"), program)
    return program


def targets_by_python(_):
    """Which targets verify.py asks for: headers of the least work, under a main network's rules."""
    program = verify_py()
    least, harder, due = 0x207FFFFF, 0x207FFEFF, 0x203FF7DE
    seconds = {"bitcoin": 300, "litecoin": 150}

    def told(chain, first, bits):
        work, raw, before = "scrypt" if chain == "litecoin" else "sha", b"", bytes(32)
        for number, one in enumerate(bits):
            time = 10**9 + seconds[chain] * number
            start = bytes(4) + before + bytes(32) + struct.pack("<II", time, one)
            nonce = next(n for n in itertools.count() if program["sha256d"](
                start + struct.pack("<I", n))[31] < 0x3F)
            raw += start + struct.pack("<I", nonce)
            before = program["sha256d"](raw[-80:])
        stated = {"chain": chain + ":main", "first_header": first,
                  "tip": {"height": first + len(bits) - 1, "hash": before[::-1].hex()}}
        program["wrong"].clear()
        program["check_headers"](raw, stated, ["", "207fffff", 0, 0, 0, 0, work])
        return [line.split(": ", 1)[1] for line in program["wrong"]]

    # Litecoin's scrypt would take a minute here.
    program["hashlib"] = types.SimpleNamespace(
        sha256=hashlib.sha256, scrypt=lambda data, **_: program["sha256d"](data))
    equal(told("bitcoin", 10, [least - 1] * 3 + [least]), ["height 13 is too easy to find"], "bits")
    equal(told("bitcoin", 10, [least - 1] * 4), [], "bits that stay")
    kept = [least] * 2016
    easy = ["height 4032 is too easy to find"]
    equal(told("bitcoin", 2016, kept + [least]), easy, "bits after 2016 blocks in half the time")
    equal(told("bitcoin", 2016, kept + [due]), [], "those that are due")
    equal(told("bitcoin", 2017, kept + [least]), [], "where the first of them is not there")
    # Litecoin's take from the block before them on just the time in which they are due.
    kept = [harder] * 2017
    equal(told("litecoin", 2015, kept + [harder]), [], "bits that are due again")
    equal(told("litecoin", 2015, kept + [least]), easy, "bits that are not due")
    equal(told("litecoin", 2016, kept[1:] + [least]), [], "where the one before is not there")
    return "kept, due, and too easy"


def addresses_by_python(_):
    """What verify.py calls the address of a script, beside what the tests' own reader calls it."""
    program, chance = verify_py(), random.Random(9)
    forms = [("76a914", 20, "88ac"), ("a914", 20, "87"), ("2102", 32, "ac"), ("4104", 64, "ac"),
             ("0014", 20, ""), ("0020", 32, ""), ("5120", 32, ""), ("5202", 2, ""),
             ("6028", 40, ""), ("0015", 21, ""), ("6a04", 4, ""), ("512102", 32, "51ae"),
             ("522102", 32, "51ae")]
    scripts = []
    for before, size, behind in forms * 20:
        hashed = bytes(chance.randrange(3)) + chance.randbytes(size)
        scripts.append(bytes.fromhex(before) + hashed[:size] + bytes.fromhex(behind))
        scripts.append(chance.randbytes(chance.randrange(45)))
    for chain in ("bitcoin", "litecoin"):
        network = "litecoin-regtest" if chain == "litecoin" else "regtest"
        for script in scripts:
            equal(program["address_of"](script, program["CHAINS"][f"{chain}:regtest"]),
                  describe(script, network)[1], f"the address of {script.hex()}")
    key = "2102" + "11" * 32  # what that reader does not know: 17 keys, and a longer push of one
    for text in ("51" + key * 17 + "0111ae", "51" + key + "4c" + key + "52ae"):
        script = bytes.fromhex(text)
        equal(program["address_of"](script, program["CHAINS"]["bitcoin:regtest"]),
              f"multisig:{hashlib.sha256(script).hexdigest()}", text)
    return f"{len(scripts)} scripts on two networks"


def flips_by_python(bundle):
    """What verify.py says of the files alone."""
    program = verify_py()
    chance = random.Random(8)
    files = sorted(bundle.iterdir())
    for _ in range(FLIPS):
        path = chance.choice(files)
        whole = path.read_bytes()
        place, bit = chance.randrange(len(whole)), chance.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1:])
        program["wrong"].clear()
        program["read_files"](bundle, None)
        check(any(path.name in line for line in program["wrong"]),
              f"verify.py, bit {bit} of byte {place} of {path.name}: {program['wrong']}")
        path.write_bytes(whole)
    program["wrong"].clear()
    program["read_files"](bundle, None)
    equal(program["wrong"], [], "what verify.py says of the files as they were")


def forger(original, copy):
    """Changes one file of a bundle, with sums made right again; both programs have to say so."""
    def altered(name, change, *parts, by_python=True):  # else verify.py takes it as stated
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(original, copy)
        path = copy / name
        path.write_bytes(change(path.read_bytes()))
        resum(copy)
        said = run("verify", copy, code=NO).out.decode()
        wanted = (name, *parts) if by_python else parts
        check(all(part in said for part in wanted), f"{name}: {said}")
        if by_python:
            told = plain_verify(copy, code=1)  # of other seeds it tells where the answer differs
            check(name in told or name == "bundle.json", f"verify.py on {name}: {told}")

    def worded(change, *parts, name="bundle.json", by_python=False):
        def write(text):
            told = json.loads(text)
            change(told)
            return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
        altered(name, write, *parts, by_python=by_python)
    return altered, worded


def forged(folder):
    """Sums made right again do not help: what lies inside speaks for itself."""
    make_world(folder)
    make_bundle(folder, folder / "B", "--method", "fifo")
    original = folder / "B"
    altered, worded = forger(original, folder / "F")
    resum(original)
    run("verify", original)
    csv = (original / "result.csv").read_bytes().decode().split("\r\n")
    amount = csv[1].split(",")[6]
    altered("result.csv", lambda b: b.replace(f",{amount},".encode(), f",{amount}0,".encode(), 1),
            "line 2")
    altered("result.json", lambda b: b.replace(f'"{amount}"'.encode(), f'"{amount}0"'.encode(), 1),
            "byte")
    altered("headers.bin", lambda b: b[:400] + bytes([b[400] ^ 1]) + b[401:], "height")
    altered("headers.bin", lambda b: b[:-80], "headers")
    altered("transactions.bin", lambda b: b[:60] + bytes([b[60] ^ 1]) + b[61:])
    altered("bundle.json", lambda b: b.replace(b'"first": "0"', b'"first": "1"', 1))
    altered("result.csv", lambda b: b.replace(b"Z,", b"Y,", 1), "line")  # the end of a time

    def other(field):
        def change(told):
            coin = told["destinations"][0]["coins"][0]
            coin[field] += 1 if isinstance(coin[field], int) else "1"
        return change

    for field in ("address", "height", "hops", "label", "notation", "running_total"):
        worded(other(field), "byte", name="result.json", by_python=True)
    return "sums made right, and still caught"


def forged_statements(folder):
    """The same of what bundle.json says of the question and of whose addresses are whose."""
    make_world(folder)
    make_bundle(folder, folder / "B", "--method", "fifo")
    altered, stated = forger(folder / "B", folder / "F")
    def asked(*parts, **changes):
        stated(lambda told: told["question"].update(**changes), *parts, by_python=True)

    asked("as_of", "could be the tip", as_of="150")
    asked("as_of", "could be the tip", as_of="2011-01-01")
    asked("as_of", "could be the tip", as_of="some day")
    asked("clusters cannot be maybe", clusters="maybe")
    asked("which were off", clusters="off")
    asked("where it was not to stop", stop_at=["market"])
    asked("no method certain", methods=["certain"])
    asked("no method to trace by", methods=[])
    asked("asked for twice", methods=["fifo", "fifo"])
    asked("labels cannot be by guilt", label_by="guilt")
    asked("min_amount is no amount", min_amount="1_000")
    asked("max_hops", "no number", max_hops=True)
    asked("does not belong", verdict="guilty")
    stated(lambda told: told["stops"].reverse(), "out of order", by_python=True)
    stated(lambda told: told["stops"].append(told["stops"][-1]), "or twice", by_python=True)
    stated(lambda told: told["services"].append(told["services"][0]), "is no stop's",
           by_python=True)
    stated(lambda told: told["tags"].append(told["tags"][0]), "is no stop's", name="tags.json",
           by_python=True)

    def joined(told):
        return next(stop for stop in told["stops"] if stop["steps"])

    stated(lambda told: joined(told)["steps"][0].update(transaction=told["seeds"][0]["coin"][:64]),
           "its step by", by_python=True)
    stated(lambda told: joined(told)["steps"].pop(), "is of another address", by_python=True)
    stated(lambda told: joined(told).update(not_shown="1"), "is shown, and said not to be",
           by_python=True)
    stated(lambda told: told["question"]["through"].append(told["stops"][0]["address"]),
           "is an address at which the trace stops", by_python=True)
    stated(lambda told: told["services"][0].update(category="mixing_service"),
           "does not say mixing_service", by_python=True)
    stated(lambda told: told["tags"][0].update(abuse="scam"), "whose the address is",
           name="tags.json")
    check("does not say" in plain_verify(folder / "F", code=1), "verify.py takes a scam's tag")
    stated(lambda told: told["tags"][0].update(weight=1), "does not belong", name="tags.json",
           by_python=True)
    whole = (folder / "B" / "bundle.json").read_bytes()
    altered("bundle.json", lambda _: whole.replace(b"{", b'{\n "engine": "another",', 1),
            "does not belong")  # a name twice, of which some readers take the first
    return "sums made right, and still caught"


def hidden(folder):
    """An address said to be a service's, and not shown why, is named by both programs."""
    make_world(folder)
    make_bundle(folder, folder / "B", "--method", "fifo")
    told = json.loads((folder / "B" / "bundle.json").read_text())
    stop = next(stop for stop in told["stops"] if stop["steps"])
    stop.update(not_shown=stop["steps"][-1]["address"], steps=[])
    (folder / "B" / "bundle.json").write_text(json.dumps(told, indent=1) + "\n")
    resum(folder / "B")
    check("for 1 of them nothing is shown" in run("verify", folder / "B").out.decode(), "C++")
    check(stop["address"] in plain_verify(folder / "B"), "verify.py does not name it")
    return "named"


def odd_coins(folder):
    """Taint and seeds in coins that burn, bare multisig, no script at all, parts of coins; names
    that spreadsheets and JSON have to be careful with."""
    chain, chance = bitcoin.Chain(), random.Random(4)
    chain.grow(8)
    multisig = b"\x51" + (b"\x21\x02" + chance.randbytes(32)) * 2 + b"\x52\xae"
    first = bitcoin.pay([(chain.coinbases[-1], 0)], (10**9, multisig), (10**9, b""), (7, b"\x51"))
    ash = bitcoin.pay([(first.txid(), 0), (first.txid(), 1)], (15 * 10**8, b"\x6a\x01x"),
                      (4 * 10**8, multisig), (0, b"\x6a"))
    chain.add(first)
    chain.add(ash)
    bitcoin.write_blocks(folder / "blocks", chain.blocks)
    ingest(folder / "blocks", folder / "L", "--quiet")
    names = ["=1+1", 'A, "b"', "\u00e9\u2028\\f\t\x7f\x85\U0001f600"]
    seeds = [f"{first.txid()}:0[5,300000000)", f"{first.txid()}:1", f"{ash.txid()}:0[9,1400000000)",
             f"{first.txid()}:2"]
    text = json.dumps({
        "name": names[2], "chain": "bitcoin:regtest", "victims": [{"name": n} for n in names],
        "seeds": [{"coin": c, "victim": n} for c, n in zip(seeds, names + names)]},
        ensure_ascii=False)
    for letter in "\x7f\x85\u2028":  # which YAML has escaped alone
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    (folder / "theft.yaml").write_text(text)
    for number, by in enumerate(("incident", "victim", "transaction")):
        out = folder / f"B{number}"
        make_bundle(folder, out, "--method", ALL, "--label-by", by, "--fees", "miner",
                    blocks=folder / "blocks", incident=folder / "theft.yaml")
        both_verify(out)
    return "by every method and label"


def what_is_no_bundle(folder):
    make_world(folder)
    make_bundle(folder, folder / "B", "--method", "fifo")
    (folder / "empty").mkdir()
    sentence(run("verify", folder / "empty", code=BAD_INPUT), "SHA256SUMS")
    sentence(run("verify", folder / "nowhere", code=BAD_INPUT), "nowhere")
    plain_verify(folder / "empty", code=3)
    packed = folder / "B.zip"  # of which nothing is unpacked, whatever it would come to
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bundle.json", bytes(50_000_000))
    sentence(run("verify", packed, code=BAD_INPUT), "name a bundle's folder")
    plain_verify(packed, code=3)

    def spoiled(change, *parts, by_python=True):
        copy = folder / "S"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder / "B", copy)
        change(copy)
        said = run("verify", copy, code=NO).out.decode()
        check(all(part in said for part in parts), f"{parts} not in {said}")
        if by_python:
            plain_verify(copy, code=1)

    def append(name, text):
        return lambda copy: (copy / name).write_bytes((copy / name).read_bytes() + text)

    def link(copy):
        (folder / "outside").write_bytes((copy / "headers.bin").read_bytes())
        (copy / "headers.bin").unlink()
        (copy / "headers.bin").symlink_to(folder / "outside")

    def enormous(copy):
        with open(copy / "bundle.json", "r+b") as file:
            file.truncate(1 << 40)

    line = b"0" * 64 + b"  "
    spoiled(lambda copy: (copy / "tags.json").unlink(), "tags.json: is missing")
    spoiled(lambda copy: (copy / "more").write_text("x"), "more: does not belong")
    spoiled(lambda copy: (copy / "more").mkdir(), "more: does not belong")
    spoiled(append("SHA256SUMS", line + b"../world/incident.yaml\n"), "line 9", "../world")
    spoiled(append("SHA256SUMS", line + b"/etc/passwd\n"), "line 9", "/etc/passwd")
    spoiled(append("SHA256SUMS", line + b"tags.json\n"), "line 9", "a second time")
    spoiled(append("transactions.bin", b"\0" * 9), "record", "past the end")
    spoiled(link, "headers.bin: is a link")
    spoiled(enormous, "bundle.json: has 1099511627776 bytes")
    spoiled(lambda copy: (copy / "bundle.json").write_text("[" * 5_000_000), "bundle.json", "JSON")
    spoiled(lambda copy: (copy / "headers.bin").write_bytes(b""), "headers.bin")
    spoiled(lambda copy: (copy / "transactions.bin").write_bytes(b""), "transactions.bin")
    for name in ("bundle.json", "result.json", "transactions.bin", "headers.bin", "tags.json"):
        spoiled(lambda copy, n=name: (copy / n).write_bytes((copy / n).read_bytes()[:-7]), name)
    return "missing, extra, outside, linked, cut, enormous"


def refused(folder):
    world = make_world(folder)
    before = sorted(path.name for path in folder.iterdir())
    (folder / "unknown.yaml").write_text("name: x\ncolour: red\nseeds: unknown\n")
    sentence(make_bundle(folder, folder / "B", incident=folder / "unknown.yaml", code=BAD_INPUT),
             "colour")
    (folder / "other.yaml").write_text("name: x\nseeds:\n- {address: "
                                       "'0x443e285a20e5ff1df69e9db8bca8402c176524eb', "
                                       "chain: 'ethereum:main'}\n")
    sentence(make_bundle(folder, folder / "B", incident=folder / "other.yaml", code=BAD_INPUT),
             "ethereum:main")
    sentence(run("incident", "evidence", world / "incident.yaml", "--out", folder / "B",
                 "--ledger", folder / "L", code=USAGE), "--blocks", "--rpc")
    sentence(make_bundle(folder, folder / "B", "--direction", "backward", code=USAGE), "forward")
    sentence(make_bundle(folder, folder / "L", code=USAGE), "not empty")
    sentence(make_bundle(folder, folder / "unknown.yaml", code=USAGE), "no folder")
    sentence(make_bundle(folder, "", code=USAGE), "--out")
    sentence(make_bundle(folder, folder / "B", "--sign", world / "incident.yaml", code=BAD_INPUT),
             "--sign")
    sentence(make_bundle(folder, folder / "B", "--first-header", 195, code=USAGE), "begin there")
    sentence(make_bundle(folder, folder / "B", "--as-of", 1, code=BAD_INPUT), "later day")
    (folder / "none").mkdir()
    sentence(make_bundle(folder, folder / "B", blocks=folder / "none", code=BAD_INPUT), "blk")
    run("evidence", "key", "--out", folder / "key", "--quiet")
    sentence(run("evidence", "key", "--out", folder / "key", code=USAGE), "never written over")
    after = sorted(path.name for path in folder.iterdir())
    equal([name for name in after if name not in before],
          ["key", "key.pub", "none", "other.yaml", "unknown.yaml"], "what refusals left behind")
    return "each with a sentence"


def seeds_that_came_later(folder):
    """As of a day, coins of later blocks are no seeds yet; what is left out is told of."""
    world = make_world(folder)

    def last_of(height):
        return run("show", "block", height, "--ledger", folder / "L").out.decode().split()[-1]

    old, young = last_of(120), last_of(190)
    (folder / "theft.yaml").write_text(
        f"name: Two hauls\nchain: 'bitcoin:regtest'\nvictims: [{{name: A}}, {{name: B}}]\nseeds:\n"
        f"- {{coin: '{young}:0', victim: B}}\n- {{coin: '{old}:0', victim: A}}\n"
        "- {address: '0x443e285a20e5ff1df69e9db8bca8402c176524eb', chain: 'ethereum:main'}\n")
    words = ["--label-by", "victim", "--as-of", 150]
    short = folder / "short"
    short.mkdir()
    ingest(world / "blocks", short / "L", "--to", 150, "--quiet")
    for place in (folder, short):
        done = run("incident", "evidence", folder / "theft.yaml", "--out", place / "B", "--blocks",
                   world / "blocks", "--ledger", place / "L", *words)
        check("1 seed on other chains" in done.err and "1 seed later" in done.err, done.err)
    same_bytes(short / "B", fingerprint(folder / "B"), "from the ledger of that day")
    out = both_verify(folder / "B")
    check("1 seed on other chains" in out and "1 seed later" in out, f"what was left out: {out}")
    equal(json.loads(run("verify", folder / "B", "--json", "-").out)["seeds_left_out"],
          {"on_other_chains": 1, "addresses_not_seen": 0, "later": 1}, "what was left out")
    return "left out, counted, and verified"


def the_same_bytes(folder):
    """Threads, pieces, language, time zone, and how far the ledger has gone since."""
    world = make_world(folder)
    rules = ["--method", "fifo,haircut", "--label-by", "victim"]
    make_bundle(folder, folder / "B", *rules)
    wanted = fingerprint(folder / "B")
    pieces = folder / "pieces"
    pieces.mkdir()
    for height in (60, 170, 200):
        ingest(world / "blocks", pieces / "L", "--to", height, "--threads", 1, "--quiet")
    run("tags", "import", world / "tags.yaml", "--ledger", pieces / "L", "--quiet")
    run("cluster", "build", "--ledger", pieces / "L", "--quiet")
    env = environment(LC_ALL="tr_TR.UTF-8", TZ="Asia/Kathmandu", COLUMNS="40")
    run("incident", "evidence", world / "incident.yaml", "--out", pieces / "B", "--blocks",
        world / "blocks", "--ledger", pieces / "L", *rules, env=env, cwd="/")
    same_bytes(pieces / "B", wanted, "from a ledger made in pieces, in another language")

    # As of a day: today's ledger and that day's give the same. No tag had been imported then.
    make_bundle(folder, folder / "day", *rules, "--as-of", 170)
    short = folder / "short"
    short.mkdir()
    ingest(world / "blocks", short / "L", "--to", 170, "--quiet")
    make_bundle(short, short / "day", *rules, "--as-of", 170, blocks=world / "blocks",
                incident=world / "incident.yaml")
    same_bytes(short / "day", fingerprint(folder / "day"), "from the ledger of that day")
    stated = json.loads((folder / "day" / "bundle.json").read_text())
    equal((stated["tip"]["height"], stated["services"]), (170, []), "the tip and services of then")
    both_verify(folder / "day")
    return "threads, pieces, language, length"


if __name__ == "__main__":
    main([a_simulated_theft, every_rule, the_real_first_blocks, any_bit, targets_by_python,
          addresses_by_python, forged, forged_statements, hidden, odd_coins,
          what_is_no_bundle, refused, seeds_that_came_later, the_same_bytes])
