"""Reads a node's block files (blk*.dat) into the chain that chain.py wants: a parser of its own,
from the protocol's description, that keeps what a trace needs and nothing else.

Blocks may lie in any order and on several branches; the branch with the most work is the chain, of
equals the one whose tip comes first in the files. Files may be obfuscated by the key in xor.dat.
"""

import hashlib
import pathlib
import struct

# Magic bytes of the block files -> (name, genesis hash, blocks between halvings). Two networks may
# share their magic; the genesis block tells them apart.
NETWORKS = [
    (bytes.fromhex("f9beb4d9"), "main", 210_000,
     "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),
    (bytes.fromhex("fabfb5da"), "regtest", 150,
     "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"),
    (bytes.fromhex("0b110907"), "test", 210_000,
     "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"),
]
OP_RETURN = 0x6A
NOBODY = bytes(32)


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


class Cursor:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, size):
        piece = self.data[self.at:self.at + size]
        if len(piece) < size:
            raise ValueError("the block ends in the middle of a field")
        self.at += size
        return piece

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def count(self):
        first = self.number(1)
        return first if first < 0xFD else self.number({0xFD: 2, 0xFE: 4, 0xFF: 8}[first])

    def counted(self):
        return self.take(self.count())


def read_transaction(cursor):
    """(txid, [(txid, index) spent], [(value, script)]). A witness is not part of the txid."""
    version = cursor.take(4)
    start = cursor.at
    witness = cursor.take(1) == b"\0"
    if witness:
        cursor.take(1)
        start = cursor.at
    else:
        cursor.at = start
    spent, made = [], []
    for _ in range(cursor.count()):
        outpoint = (cursor.take(32), cursor.number(4))
        cursor.counted()
        cursor.take(4)
        if outpoint[0] != NOBODY:
            spent.append(outpoint)
    for _ in range(cursor.count()):
        value = cursor.number(8)
        made.append((value, cursor.counted()))
    body = cursor.data[start:cursor.at]
    if witness:
        for _ in spent or [None]:
            for _ in range(cursor.count()):
                cursor.counted()
    return sha256d(version + body + cursor.take(4)), spent, made


def read_block(raw):
    cursor = Cursor(raw)
    cursor.take(80)
    return [read_transaction(cursor) for _ in range(cursor.count())]


def work_of(header):
    bits = int.from_bytes(header[72:76], "little")
    target = (bits & 0x7FFFFF) << 8 * (bits >> 24) >> 24
    return 2**256 // (target + 1)


def records(folder):
    """(magic, block) for each record of the folder's files, by file name and place."""
    folder = pathlib.Path(folder)
    key = (folder / "xor.dat").read_bytes() if (folder / "xor.dat").exists() else bytes(8)
    for path in sorted(folder.glob("blk*.dat")):
        data = path.read_bytes()
        if any(key):
            stream = (key * (len(data) // 8 + 1))[:len(data)]
            mixed = int.from_bytes(data, "little") ^ int.from_bytes(stream, "little")
            data = mixed.to_bytes(len(data), "little")
        at = 0
        while at + 8 <= len(data) and any(data[at:at + 4]):
            magic, size = data[at:at + 4], struct.unpack_from("<I", data, at + 4)[0]
            if magic not in (known[0] for known in NETWORKS) or at + 8 + size > len(data):
                raise ValueError(f"{path.name}, byte {at}: no whole block record begins here")
            yield magic, data[at + 8:at + 8 + size]
            at += 8 + size


def best_chain(folder):
    """(network name, halving interval, [blocks from the genesis block on])."""
    blocks, children, network = {}, {}, None
    for magic, raw in records(folder):
        name = sha256d(raw[:80])
        if name in blocks:
            continue
        blocks[name] = raw
        children.setdefault(raw[4:36], []).append(name)
        for known in NETWORKS:
            if known[0] == magic and bytes.fromhex(known[3])[::-1] == name:
                network, genesis = known, name
    if not network:
        raise ValueError(f"{folder} holds no genesis block that this script knows")
    place = {name: number for number, name in enumerate(blocks)}
    best = (0, 0, genesis)
    paths = [(0, genesis)]
    while paths:
        before, name = paths.pop()
        work = before + work_of(blocks[name])
        best = max(best, (work, -place[name], name))
        paths += [(work, child) for child in children.get(name, [])]
    name, chain = best[2], []
    while name in blocks:
        chain.append(blocks[name])
        name = blocks[name][4:36]
    return network[1], network[2], chain[::-1]


def chain_of(blocks, address_of=lambda script: script.hex()):
    """The blocks' transactions as Chain wants them, and each coin's number by name."""
    transactions, numbers, coins = [], {}, 0
    for raw in blocks:
        for txid, spent, made in read_block(raw):
            name = txid[::-1].hex()
            transactions.append({
                "name": name,
                "inputs": [numbers[f"{t[::-1].hex()}:{i}"] for t, i in spent],
                "outputs": [{"value": value, "address": address_of(script),
                             "unspendable": script[:1] == bytes([OP_RETURN])}
                            for value, script in made],
            })
            for index in range(len(made)):
                numbers[f"{name}:{index}"] = coins
                coins += 1
    return transactions, numbers
