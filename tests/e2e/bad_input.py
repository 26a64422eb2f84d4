"""Bad input of every kind: the sentence it gets, its exit code, and a ledger whose bytes are what
they were."""

import json
import pathlib
import random
import resource
import struct

from support import agreement, bitcoin, scripts
from support.harness import (BAD_INPUT, DONE, MACHINE, USAGE, check, equal, fingerprint, ingest,
                             main, run, same_bytes, sentence)

KNOWN = 21  # blocks in the ledger that bad input is offered to
HEAVY = 60  # seconds of the processor: more than anything here may take on a slow machine

CHAIN = bitcoin.Chain()
CHAIN.grow(40)


def extended(*transactions, raw=None):
    """The known blocks and one more: with these transactions, or these very bytes."""
    chain = bitcoin.Chain()
    chain.blocks, chain.coinbases = CHAIN.blocks[:KNOWN], CHAIN.coinbases[:KNOWN]
    return chain.blocks + [raw or chain.block(*transactions)[0]]


class Offer:
    """A ledger of the known blocks, to offer bad input to."""

    def __init__(self, folder):
        self.folder = folder
        self.ledger = folder / "ledger"
        self.blocks = folder / "blocks"
        ingest(bitcoin.write_blocks(folder / "good", CHAIN.blocks[:KNOWN]), self.ledger)
        self.before = fingerprint(self.ledger)

    def refused(self, blocks, *parts, what):
        """The block files are refused with a sentence that says where; nothing else happens."""
        if blocks is not None:
            bitcoin.write_blocks(self.blocks, blocks)
        outcome = ingest(self.blocks, self.ledger, code=BAD_INPUT)
        same_bytes(self.ledger, self.before, f"the ledger after {what}")
        equal(outcome.out, b"", f"standard output after {what}")
        return sentence(outcome, self.blocks / "blk00000.dat", *parts)

    def place(self):
        """Where the block after the known ones lies, in words."""
        return f"byte {sum(len(raw) + 8 for raw in CHAIN.blocks[:KNOWN])}"


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def gives_another_block(raw, bit):
    """Whether a flip in the header makes a block as good as the true one: the easiest target leaves
    it every second time, unless the merkle root or the target itself is hit."""
    if bit >= 80 * 8 or 36 * 8 <= bit < 68 * 8:
        return False
    head = flipped(raw, bit)[:80]
    target = bitcoin.target_of(int.from_bytes(head[72:76], "little"))
    number = int.from_bytes(scripts.sha256d(head), "little")
    return number <= target <= bitcoin.target_of(bitcoin.EASIEST_BITS)


def folders_that_hold_nothing(folder):
    ledger = folder / "ledger"
    sentence(ingest(folder / "none", ledger, code=BAD_INPUT), folder / "none", "no such folder")
    empty = folder / "empty"
    empty.mkdir()
    sentence(ingest(empty, ledger, code=BAD_INPUT), empty, "blk*.dat")
    (empty / "rev00000.dat").write_bytes(b"undo")
    sentence(ingest(empty, ledger, code=BAD_INPUT), empty, "blk*.dat")
    file = empty / "rev00000.dat"
    sentence(ingest(file, ledger, code=BAD_INPUT), file)
    for name, data in [("nothing", b""), ("zeros", bytes(5000)), ("noise", bytes(range(256)) * 20)]:
        place = folder / name
        place.mkdir()
        (place / "blk00000.dat").write_bytes(data)
        sentence(ingest(place, ledger, code=BAD_INPUT), place, "no whole block")
    check(not (ledger / "manifest").exists(), "a ledger was begun of nothing")
    sentence(run("ingest", "blocks", "", "--ledger", ledger, code=None))
    sentence(run("info", "--ledger", ledger, code=MACHINE), ledger, "no ledger")


def another_network(folder):
    offer = Offer(folder)
    good = folder / "good"
    for network in ("main", "test", "signet", "litecoin", "litecoin-regtest"):
        outcome = ingest(good, folder / "fresh", network=network, code=BAD_INPUT)
        sentence(outcome, good, "regtest", f"not of {network}")
        sentence(ingest(good, offer.ledger, network=network, code=BAD_INPUT), good, network)
    sentence(ingest(good, offer.ledger, network="nonet", code=USAGE), "nonet", "regtest")
    same_bytes(offer.ledger, offer.before, "the ledger after blocks of another network")
    check(not (folder / "fresh" / "manifest").exists(), "a ledger was begun")


def a_file_cut_short(folder):
    """The last record waits for its rest; a file before it that ends early leaves a hole."""
    offer = Offer(folder)
    offer.blocks.mkdir()
    data = b"".join(map(bitcoin.record, CHAIN.blocks[:KNOWN + 1]))
    whole = len(data)
    last = len(CHAIN.blocks[KNOWN]) + 8
    for left in (1, 3, 4, 7, 8, 50, 88, last - 1):
        (offer.blocks / "blk00000.dat").write_bytes(data[:whole - last + left])
        outcome = ingest(offer.blocks, offer.ledger)
        check("0 blocks added" in outcome.out.decode(), f"{left} bytes of a record: {outcome.out}")
        check("left for next time" in outcome.err or left < 8, f"{left} bytes: {outcome.err!r}")
        same_bytes(offer.ledger, offer.before, f"the ledger after {left} bytes of a record")
    rest = b"".join(map(bitcoin.record, CHAIN.blocks[KNOWN + 1:]))
    (offer.blocks / "blk00000.dat").write_bytes(data[:-5])
    (offer.blocks / "blk00001.dat").write_bytes(rest)
    outcome = ingest(offer.blocks, offer.ledger, code=None)
    check(outcome.code in (DONE, BAD_INPUT), f"a hole between two files: {outcome.code}")
    check("blk00000.dat" in outcome.err and "19 blocks" in outcome.err,
          f"the hole and what waits for it: {outcome.err}")
    same_bytes(offer.ledger, offer.before, "the ledger after a hole between two files")
    (offer.blocks / "blk00000.dat").write_bytes(data)
    ingest(offer.blocks, offer.ledger)
    equal(agreement.info(offer.ledger)["tip"]["hash"], CHAIN.tip(), "the tip with the whole file")


def flipped_bits_in_the_next_block(folder):
    """In its header or its transactions, any bit: the block is refused by name."""
    offer = Offer(folder)
    raw = CHAIN.blocks[KNOWN]
    dice = random.Random(1)
    in_header = [bit for bit in range(80 * 8) if not gives_another_block(raw, bit)]
    header = dice.sample(in_header, 14)
    body = dice.sample(range(80 * 8, len(raw) * 8), 26)
    for bit in header + body:
        bad = flipped(raw, bit)
        blocks = extended(raw=bad) + CHAIN.blocks[KNOWN + 1:]
        offer.refused(blocks, offer.place(), "height 20", what=f"a flip of bit {bit}")
    return f"{len(header)} bits of headers, {len(body)} of transactions"


def bits_of_records(dice, count):
    """Bits of the chain's one block file whose flip makes no other block."""
    bits, at = [], 0
    for raw in CHAIN.blocks:
        bits += [at + bit for bit in range(64)]
        bits += [at + 64 + bit for bit in range(8 * len(raw)) if not gives_another_block(raw, bit)]
        at += 8 * (8 + len(raw))
    return dice.sample(bits, count)


def flipped_bits_anywhere(folder):
    """A fresh ledger takes a piece of the true chain or none, and says that something is wrong."""
    data = b"".join(map(bitcoin.record, CHAIN.blocks))
    true = [bitcoin.block_hash(raw) for raw in CHAIN.blocks]
    dice = random.Random(2)
    lengths = []
    for number, bit in enumerate(bits_of_records(dice, 25)):
        place, ledger = folder / f"blocks{number}", folder / f"ledger{number}"
        place.mkdir()
        (place / "blk00000.dat").write_bytes(flipped(data, bit))
        outcome = ingest(place, ledger, code=None)
        check(outcome.code in (DONE, BAD_INPUT), f"bit {bit}: exit code {outcome.code}")
        check("blk00000.dat" in outcome.err or "connect" in outcome.err,
              f"bit {bit}: nothing said: {outcome.err!r}")
        if outcome.code == DONE:
            agreement.sound(ledger)
            height = agreement.info(ledger)["tip"]["height"]
            got = [block["hash"] for block in agreement.show("block", range(height + 1), ledger)]
            equal(got, true[:height + 1], f"the chain after a flip of bit {bit}")
            lengths.append(len(got))
    check(lengths and max(lengths) < len(true), f"a flipped bit went unseen: {lengths}")
    return f"25 bits, {len(lengths)} of them left a beginning"


def transactions_that_cannot_be(folder):
    """Blocks whose proof of work and merkle root are right and whose content is not."""
    offer = Offer(folder)
    script = bitcoin.key_hash_script("x")
    fresh, old = (CHAIN.coinbases[KNOWN - 1], 0), (CHAIN.coinbases[10], 0)
    marked = bitcoin.pay([fresh], (5, b"SENTINEL"))
    height = f"height {KNOWN}"

    for length in (1 << 63, (1 << 64) - 1, 1 << 32):
        raw = marked.raw().replace(b"\x08SENTINEL", b"\xff" + struct.pack("<Q", length) + b"x" * 8)
        offer.refused(extended(raw), length, offer.place(), what="a script of that length")
    counts = marked.raw().replace(b"\x02\0\0\0\x01", b"\x02\0\0\0\xff" + struct.pack("<Q", 1 << 63))
    offer.refused(extended(counts), offer.place(), what="2^63 inputs")

    too_much = 21_000_000 * bitcoin.COIN + 1
    for value, part in ((too_much, too_much), (-1, "pays"), (1 << 62, 1 << 62)):
        offer.refused(extended(bitcoin.pay([fresh], (value, script))), part, offer.place(),
                      what=f"a value of {value}")
    half = too_much // 2 + 1
    offer.refused(extended(bitcoin.pay([fresh], (half, script), (half, script))), offer.place(),
                  what="a sum above all money")
    offer.refused(extended(bitcoin.pay([fresh], (51 * bitcoin.COIN, script))), height, "pays out",
                  what="more paid out than came in")

    offer.refused(extended(bitcoin.pay([("11" * 32, 3)], (5, script))), "11" * 32 + ":3", height,
                  what="an unknown coin")
    offer.refused(extended(bitcoin.pay([(fresh[0], 1)], (5, script))), fresh[0] + ":1", height,
                  what="an unknown output of a known transaction")
    offer.refused(extended(bitcoin.pay([old], (5, script))), old[0], "already spent", height,
                  what="a coin spent in an earlier block")
    first, second = bitcoin.pay([fresh], (5, script)), bitcoin.pay([fresh], (6, script))
    offer.refused(extended(first, second), second.txid(), fresh[0], "already spent",
                  what="a coin spent twice in a block")
    offer.refused(extended(bitcoin.pay([fresh, fresh], (5, script))), fresh[0],
                  what="a coin spent twice in a transaction")
    late = bitcoin.pay([(first.txid(), 0)], (4, script))
    offer.refused(extended(late, first), first.txid(), height, what="a coin spent too early")
    block_shapes(offer, first, late)


def block_shapes(offer, first, late):
    """Blocks whose list of transactions is wrong."""
    script = bitcoin.key_hash_script("x")
    again = bitcoin.coinbase(KNOWN, 1, script, b"second")
    offer.refused(extended(again), offer.place(), "coinbase", what="a second coinbase")
    tip = bitcoin.block_hash(CHAIN.blocks[KNOWN - 1])
    offer.refused(extended(raw=bitcoin.mine(tip, KNOWN, [first])), offer.place(), "coinbase",
                  what="no coinbase")
    whole = CHAIN.blocks[KNOWN]
    offer.refused(extended(raw=whole + b"\0"), offer.place(), what="a byte too many")
    # The tail twice has the same merkle root (CVE-2012-2459).
    three = extended(first, late)[-1]
    own = bitcoin.coinbase(KNOWN, 50 * bitcoin.COIN, bitcoin.key_hash_script(KNOWN))
    body = b"".join(t.raw() for t in (own, first, late, late))
    offer.refused(extended(raw=three[:80] + b"\x04" + body), offer.place(), "repeats",
                  what="a tail that stands twice")


def seeds_that_are_not_there(folder):
    offer = Offer(folder)
    known = CHAIN.coinbases[KNOWN - 1]
    for seed, part in [("11" * 32 + ":0", "no such transaction"), (f"{known}:7", "one output"),
                       ("abc", "TXID:VOUT"), (known, "TXID:VOUT"), (f"{known}:-1", "-1"),
                       (f"{known}:4294967296", "4294967296"), (f"{known}:0[5,5)", "[5,5)"),
                       (f"{known}:0[0,5000000001)", "5000000000"), (f"{known}:0[1", "range"),
                       (f"{known[:-1]}g:0", "txid")]:
        for method in ("fifo", "poison"):
            outcome = run("trace", "--from", seed, "--method", method, "--json", folder / "out",
                          "--ledger", offer.ledger, code=BAD_INPUT)
            sentence(outcome, seed, part)
    sentence(run("trace", "--from", "", "--ledger", offer.ledger, code=USAGE), "--from")
    check(not (folder / "out").exists(), "a trace of nothing was written")
    twice = ["--from", f"{known}:0", "--from", f"{known}:0[5,9)"]
    sentence(run("trace", *twice, "--ledger", offer.ledger, code=BAD_INPUT), known, "overlap")
    same_bytes(offer.ledger, offer.before, "the ledger after seeds that are not there")


def packs(folder):
    """Tag packs that are none, by name."""
    letters = "abcdefghijklm"
    bomb = f"a: &a [{', '.join(['x'] * 9)}]\n" + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip(letters, letters[1:]))
    texts = {
        "bomb": bomb + "title: t\ncreator: c\ntags: *m\n",
        "merge_bomb": bomb.replace("[", "{<<: [").replace("]", "]}") + "title: t\n",
        "deep": "title: t\ncreator: c\ntags: " + "[" * 50_000 + "]" * 50_000,
        "deep_block": "title: t\ncreator: c\ntags:\n" + "".join(
            " " * i + "-\n" for i in range(2000)),
        "deep_maps": "{a: " * 20_000 + "}" * 20_000,
        "no_yaml": "title: [unclosed\n\t- %@",
        "bytes": "\x00\x01\x02",
        "no_tags": "title: t\ncreator: c\n",
        "list": "- a\n- b\n",
        "long_key": "? " + "k" * 100_000 + "\n: v\n",
        "empty": "",
    }
    for name, text in texts.items():
        path = folder / f"{name}.yaml"
        path.write_text(text)
        yield path
    (folder / "binary.yaml").write_bytes(bytes(range(256)) * 50)
    yield folder / "binary.yaml"
    yield folder / "not there.yaml"
    yield folder


def processor_seconds():
    """What the programs run so far took, whatever else the machine did."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tag_packs_that_are_none(folder):
    """Each is refused quickly, alone, beside a good one, and as an incident file; what was imported
    stays."""
    offer = Offer(folder)
    key = agreement.show("tx", [CHAIN.coinbases[5]], offer.ledger)[0]["outputs"][0]["address"]
    good = folder / "good.yaml"
    good.write_text("title: t\ncreator: c\nnetwork: regtest\ncurrency: BTC\ntags:\n"
                    f"- address: {key}\n  label: one\n  source: https://example.org\n")
    run("tags", "import", good, "--ledger", offer.ledger)
    before = fingerprint(offer.ledger)
    tags = run("tags", "show", key, "--ledger", offer.ledger).out
    other = folder / "other.yaml"
    other.write_text(good.read_text().replace("one", "another"))
    count = 0
    (folder / "packs").mkdir()
    for path in packs(folder / "packs"):
        start = processor_seconds()
        sentence(run("tags", "import", path, "--ledger", offer.ledger, code=BAD_INPUT), path)
        beside = run("tags", "import", other, path, "--ledger", offer.ledger, code=BAD_INPUT)
        sentence(beside, path)
        check(processor_seconds() - start < HEAVY, f"{path} took more than {HEAVY} s")
        sentence(run("trace", "--incident", path, "--ledger", offer.ledger, code=BAD_INPUT), path)
        count += 1
    same_bytes(offer.ledger, before, "the ledger after tag packs that are none")
    equal(run("tags", "show", key, "--ledger", offer.ledger).out, tags, "the tags as they were")
    return f"{count} packs"


def a_chain_without_its_beginning(folder):
    place = bitcoin.write_blocks(folder / "blocks", CHAIN.blocks[5:])
    outcome = ingest(place, folder / "ledger", code=BAD_INPUT)
    sentence(outcome, bitcoin.block_hash(CHAIN.blocks[4]), "missing", place)
    check(not (folder / "ledger" / "manifest").exists(), "a ledger was begun")
    offer = Offer(folder)
    place = bitcoin.write_blocks(folder / "later", CHAIN.blocks[KNOWN + 2:])
    outcome = ingest(place, offer.ledger, code=BAD_INPUT)
    sentence(outcome, bitcoin.block_hash(CHAIN.blocks[KNOWN + 1]), "missing")
    same_bytes(offer.ledger, offer.before, "the ledger after blocks that do not reach it")
    # A node may have thrown away what the ledger holds.
    place = bitcoin.write_blocks(folder / "next", CHAIN.blocks[KNOWN:])
    ingest(place, offer.ledger)
    equal(agreement.info(offer.ledger)["tip"]["hash"], CHAIN.tip(), "the tip of a pruned node")


def any_order_and_any_number_of_times(folder):
    """Files out of order, blocks out of order, blocks again and again: the same ledger."""
    ingest(bitcoin.write_blocks(folder / "plain", CHAIN.blocks), folder / "ledger")
    wanted = fingerprint(folder / "ledger")
    ingest(folder / "plain", folder / "ledger")
    same_bytes(folder / "ledger", wanted, "the same files again")

    dice = random.Random(3)
    shuffled = dice.sample(CHAIN.blocks, len(CHAIN.blocks))
    twice = dice.sample(CHAIN.blocks + CHAIN.blocks, 2 * len(CHAIN.blocks))
    for name, blocks in [("backwards", CHAIN.blocks[::-1]), ("shuffled", shuffled),
                         ("twice", twice)]:
        for number in range(4):
            bitcoin.write_blocks(folder / name, blocks[number::4], f"blk{number:05}.dat")
        ingest(folder / name, folder / f"of_{name}")
        same_bytes(folder / f"of_{name}", wanted, name)

    key = bytes(dice.randrange(1, 256) for _ in range(8))
    for name in ("padded", "keyed"):
        (folder / name).mkdir()
        for path in sorted((folder / "shuffled").glob("blk*.dat")):
            data = path.read_bytes()
            if name == "keyed":
                data = bytes(byte ^ key[i % 8] for i, byte in enumerate(data))
            (folder / name / path.name).write_bytes(data + bytes(4096))
    ingest(folder / "padded", folder / "of_padded")
    same_bytes(folder / "of_padded", wanted, "files with space set aside")
    keyed = folder / "keyed"
    (keyed / "xor.dat").write_bytes(key)
    ingest(keyed, folder / "of_keyed")
    same_bytes(folder / "of_keyed", wanted, "files with a key")
    (keyed / "xor.dat").write_bytes(key[:5])
    sentence(ingest(keyed, folder / "of_short_key", code=BAD_INPUT), keyed / "xor.dat")


def nothing_at_all(folder):
    """Empty standard input, empty names, no ledger."""
    offer = Offer(folder)
    for verb in (["show", "tx", "-"], ["show", "address", "-"], ["tags", "show", "-"],
                 ["trace", "--from", "-"], ["tags", "import", "-"]):
        sentence(run(*verb, "--ledger", offer.ledger, stdin="\n \n", code=BAD_INPUT),
                 "standard input")
    for what in ("tx", "coin", "address", "block"):
        sentence(run("show", what, "", "--ledger", offer.ledger, code=BAD_INPUT))
        sentence(run("show", what, "\x01\xff", "--ledger", offer.ledger, code=BAD_INPUT))
    empty = pathlib.Path(folder / "empty")
    empty.mkdir()
    for verb in (["info"], ["ledger", "check"], ["show", "block", "0"], ["tags", "list"],
                 ["trace", "--from", "11" * 32 + ":0"]):
        sentence(run(*verb, "--ledger", empty, code=MACHINE), empty, "no ledger")
    equal(list(empty.iterdir()), [], "files left in the empty folder")
    same_bytes(offer.ledger, offer.before, "the ledger after nothing")
    equal(json.loads(run("info", "--json", "-", "--ledger", offer.ledger).out)["blocks"], KNOWN,
          "blocks")


if __name__ == "__main__":
    main([folders_that_hold_nothing, another_network, a_file_cut_short,
          flipped_bits_in_the_next_block, flipped_bits_anywhere, transactions_that_cannot_be,
          seeds_that_are_not_there, tag_packs_that_are_none, a_chain_without_its_beginning,
          any_order_and_any_number_of_times, nothing_at_all])
