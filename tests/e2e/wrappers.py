"""What spends show of scripts' hashes: two whole blocks of the main chain, whose 4,863 and 419
payments' real input scripts and witnesses spend, on a chain made here, coins of the very scripts
that they spent in truth. The wrappers that a ledger then has are compared, row by row, with those
that a second reader finds from the other end: from the kind of the coin that is spent."""

import json
import struct
import subprocess

from support import bitcoin, scripts
from support.harness import ROOT, Skip, check, equal, ingest, main, run

DATA = ROOT.parent / "shared" / "data" / "bitcoin"
KEY_HASH, SCRIPT_HASH, WITNESS_KEY, WITNESS_SCRIPT, MULTISIG = 0, 1, 2, 3, 6


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self):
        first = self.take(1)[0]
        if first < 0xFD:
            return first
        width = {0xFD: 2, 0xFE: 4, 0xFF: 8}[first]
        return int.from_bytes(self.take(width), "little")

    def counted(self):
        return self.take(self.number())


def transactions(block):
    """[[(input script, witness), ...], ...] without the coinbase."""
    reader = Reader(block)
    reader.take(80)
    found = []
    for number in range(reader.number()):
        reader.take(4)
        flag = reader.data[reader.at] == 0
        if flag:
            reader.take(2)
        inputs = []
        for _ in range(reader.number()):
            reader.take(36)
            inputs.append([reader.counted(), []])
            reader.take(4)
        for _ in range(reader.number()):
            reader.take(8)
            reader.counted()
        if flag:
            for one in inputs:
                one[1] = [reader.counted() for _ in range(reader.number())]
        reader.take(4)
        if number > 0:
            found.append(inputs)
    return found


def pushes(script):
    found, at = [], 0
    while at < len(script):
        code, at = script[at], at + 1
        width = {0x4C: 1, 0x4D: 2, 0x4E: 4}.get(code, 0)
        if code > 0x4E:
            found.append(b"")
            continue
        size = int.from_bytes(script[at:at + width], "little") if width else code
        at += width
        found.append(script[at:at + size])
        at += size
    return found


def address(script):
    """(kind, payload) as docs/format.md has them, of what may be wrapped; None for all else."""
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return KEY_HASH, script[3:23]
    if len(script) > 2 and script[-1] == scripts.OP_CHECKSIG and script[0] == len(script) - 2 \
            and scripts.is_key(script[1:-1]):
        return KEY_HASH, scripts.hash160(script[1:-1])
    if scripts.bare_multisig_keys(script) is not None:
        return MULTISIG, scripts.hashlib.sha256(script).digest()
    return None


def wrapped(coin_script, input_script, witness):
    """[(wrapper, what it wraps), ...], the outer one first."""
    found = []
    program = scripts.witness_program(coin_script)
    if len(coin_script) == 23 and coin_script[:2] == b"\xa9\x14" and coin_script[22:] == b"\x87":
        redeem = pushes(input_script)[-1]
        equal(scripts.hash160(redeem), coin_script[2:22], "a redeem script's hash")
        program = scripts.witness_program(redeem)
        inner = address(redeem)
        if program and program[0] == 0:
            inner = {20: WITNESS_KEY, 32: WITNESS_SCRIPT}[len(program[1])], program[1]
        else:
            program = None
        if inner:
            found.append(((SCRIPT_HASH, coin_script[2:22]), inner))
    if program and program[0] == 0 and len(program[1]) == 32:
        inner = address(witness[-1])
        if inner:
            found.append(((WITNESS_SCRIPT, program[1]), inner))
    return found


def expected(block, spent):
    """Rows of `wrapper`: (wrapper, what it wraps, transaction), and all that are seen to be one."""
    known, rows, coins = set(), [], iter(spent)
    for number, inputs in enumerate(transactions(block)):
        shown = [wrapped(next(coins), script, witness) for script, witness in inputs]
        outer = [one for pairs in shown for one in pairs if one[0][0] == SCRIPT_HASH]
        inner = [one for pairs in shown for one in pairs if one[0][0] == WITNESS_SCRIPT]
        for wrapper, inside in outer + inner:
            if wrapper not in known:
                known.add(wrapper)
                rows.append((wrapper, inside, number))
    return rows


def chain_of(block, spent):
    """Regtest blocks in which coins of these scripts are spent as the block spends them."""
    first = bitcoin.coinbase(1, 0, b"")
    first.outputs = [(100_000, script) for script in spent]
    funding = first.txid()
    raws, txids, at = [], [], 0
    coinbase = bitcoin.coinbase(2, 1, b"\x51")
    raws.append(coinbase.raw())
    txids.append(scripts.sha256d(coinbase.raw()))
    for inputs in transactions(block):
        tx = bitcoin.Transaction([], [(1000, b"\x51")])
        for script, _ in inputs:
            tx.inputs.append((bitcoin.outpoint(funding, at), script))
            at += 1
        raw = stripped = tx.raw()
        if any(witness for _, witness in inputs):
            items = b"".join(bitcoin.compact_size(len(witness))
                             + b"".join(map(bitcoin.counted, witness)) for _, witness in inputs)
            raw = stripped[:4] + b"\0\1" + stripped[4:-4] + items + stripped[-4:]
        raws.append(raw)
        txids.append(scripts.sha256d(stripped))
    chain = bitcoin.Chain()
    chain.blocks.append(bitcoin.mine(chain.tip(), 1, [first]))
    head = bitcoin.header(chain.tip(), bitcoin.merkle_root(txids), bitcoin.GENESIS_TIME + 1200)
    chain.blocks.append(head + bitcoin.compact_size(len(raws)) + b"".join(raws))
    return chain.blocks


def numbers(ledger, column, width):
    data = (ledger / "columns" / column).read_bytes()
    return [int.from_bytes(data[i:i + width], "little") for i in range(0, len(data), width)]


def rows_of(ledger):
    kinds = numbers(ledger, "address.kind", 1)
    ends = [0] + numbers(ledger, "address.end", 5)
    payloads = (ledger / "columns" / "address.payload").read_bytes()
    addresses = [(kind, payloads[ends[i]:ends[i + 1]]) for i, kind in enumerate(kinds)]
    first = numbers(ledger, "block.first_tx", 4)[2] + 1  # behind block 2's coinbase
    return [(addresses[wrapper], addresses[wraps], tx - first) for wrapper, wraps, tx in
            zip(numbers(ledger, "wrapper.address", 4), numbers(ledger, "wrapper.wraps", 4),
                numbers(ledger, "wrapper.transaction", 4))]


def text_of(one):
    kind, payload = one
    network = scripts.NETWORKS["regtest"]
    if kind in (WITNESS_KEY, WITNESS_SCRIPT):
        return scripts.segwit_address(network[2], 0, payload)
    if kind == MULTISIG:
        return f"multisig:{payload.hex()}"
    return scripts.base58check(network[kind], payload)


def unpack(path):
    return subprocess.run(["zstdcat", path], check=True, capture_output=True).stdout


def compare(name, folder):
    source = DATA / name
    if not source.is_dir():
        raise Skip(f"there is no {source}")
    block = unpack(source / "raw.zst")
    coins = json.loads(unpack(source / "spent_utxos.zst"))
    spent = [bytes.fromhex(coin["txout"]["script_pubkey"]) for coin in coins]
    rows = expected(block, spent)
    ledger = folder / "L"
    ingest(bitcoin.write_blocks(folder / "blocks", chain_of(block, spent)), ledger, "--quiet")
    equal(rows_of(ledger), rows, "rows of `wrapper`")
    run("ledger", "check", "--ledger", ledger, "--quiet")
    kinds = {kind: sum(1 for row in rows if row[1][0] == kind) for kind in
             (KEY_HASH, WITNESS_KEY, WITNESS_SCRIPT, MULTISIG)}
    check(rows, "the block shows nothing")
    # Both ends are one cluster, by that transaction or by others.
    wrapper, inside, _ = rows[0]
    run("cluster", "why", text_of(wrapper), text_of(inside), "--ledger", ledger)
    named = zip(("key hash", "witness key", "witness script", "multisig"), kinds.values())
    what = ", ".join(f"{count} of a {name}" for name, count in named)
    return ledger, rows, f"{len(rows)} wrappers in {len(spent)} inputs: {what}"


def block_of_2024(folder):
    ledger, rows, words = compare("block-866342", folder)
    # Without the rule, nothing joins a nested key to the key: nobody has paid the key itself here.
    alone = next(row for row in rows if row[1][0] == WITNESS_KEY)
    said = run("cluster", "without", "wrapper", text_of(alone[1]), "--ledger", ledger).out.decode()
    check("wrapper" in said, said)
    return words


def block_of_2015(folder):
    return compare("block-367891", folder)[2]


if __name__ == "__main__":
    main([block_of_2024, block_of_2015])
