"""Bitcoin's bytes, both ways, for chains that a test makes itself: transactions, blocks that meet
regtest's easiest target, block files and their records."""

import dataclasses
import pathlib
import struct

from support import scripts

MAGIC = bytes.fromhex("fabfb5da")
EASIEST_BITS = 0x207FFFFF
COIN = 100_000_000
GENESIS_TIME = 1296688602
NULL_OUTPOINT = bytes(32) + b"\xff\xff\xff\xff"


def compact_size(number):
    if number < 0xFD:
        return bytes([number])
    if number <= 0xFFFF:
        return b"\xfd" + struct.pack("<H", number)
    if number <= 0xFFFFFFFF:
        return b"\xfe" + struct.pack("<I", number)
    return b"\xff" + struct.pack("<Q", number)


def counted(data):
    return compact_size(len(data)) + data


def outpoint(txid, index):
    return bytes.fromhex(txid)[::-1] + struct.pack("<I", index)


def key_hash_script(number):
    """P2PKH of a made-up key hash."""
    return b"\x76\xa9\x14" + scripts.hash160(str(number).encode()) + b"\x88\xac"


@dataclasses.dataclass
class Transaction:
    inputs: list  # (outpoint bytes, unlocking script)
    outputs: list  # (value, script)
    version: int = 2
    locktime: int = 0

    def raw(self):
        """Without witness."""
        parts = [struct.pack("<i", self.version), compact_size(len(self.inputs))]
        for spent, script in self.inputs:
            parts += [spent, counted(script), b"\xff\xff\xff\xff"]
        parts.append(compact_size(len(self.outputs)))
        for value, script in self.outputs:
            parts += [struct.pack("<q", value), counted(script)]
        return b"".join(parts) + struct.pack("<I", self.locktime)

    def txid(self):
        return scripts.sha256d(self.raw())[::-1].hex()


def pay(coins, *outputs):
    """Spends coins (txid, index) into outputs (value, script). Nobody checks the signatures."""
    return Transaction([(outpoint(*coin), b"\x51") for coin in coins], list(outputs))


def coinbase(height, value, script, mark=b""):
    """`mark` tells apart what would be the same transaction."""
    return Transaction([(NULL_OUTPOINT, counted(struct.pack("<I", height)) + counted(mark))],
                       [(value, script)], version=1)


def merkle_root(hashes):
    while len(hashes) > 1:
        if len(hashes) % 2:
            hashes = hashes + hashes[-1:]
        hashes = [scripts.sha256d(a + b) for a, b in zip(hashes[::2], hashes[1::2])]
    return hashes[0]


def block_hash(raw):
    return scripts.sha256d(raw[:80])[::-1].hex()


def target_of(bits):
    return (bits & 0x7FFFFF) << 8 * (bits >> 24) >> 24


def header(previous, root, time, bits=EASIEST_BITS):
    """With the first nonce that meets the target."""
    fixed = struct.pack("<I", 4) + bytes.fromhex(previous)[::-1] + root
    for nonce in range(1 << 32):
        raw = fixed + struct.pack("<III", time, bits, nonce)
        if int.from_bytes(scripts.sha256d(raw), "little") <= target_of(bits):
            return raw
    raise AssertionError("no nonce")


def mine(previous, height, transactions):
    """A block's bytes. `transactions` (objects, or bytes for what is no transaction) begin with the
    coinbase."""
    raws = [t if isinstance(t, bytes) else t.raw() for t in transactions]
    root = merkle_root([scripts.sha256d(raw) for raw in raws])
    return (header(previous, root, GENESIS_TIME + 600 * height) + compact_size(len(raws))
            + b"".join(raws))


def record(raw):
    return MAGIC + struct.pack("<I", len(raw)) + raw


def write_blocks(folder, blocks, name="blk00000.dat"):
    """A blocks folder of one file; returns the folder."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"".join(map(record, blocks)))
    return folder


def read_records(folder):
    """The blocks of a folder's files, in order of file and place."""
    blocks = []
    for path in sorted(pathlib.Path(folder).glob("blk*.dat")):
        data, at = path.read_bytes(), 0
        while data[at:at + 4] == MAGIC:
            size, = struct.unpack_from("<I", data, at + 4)
            blocks.append(data[at + 8:at + 8 + size])
            at += 8 + size
    return blocks


def genesis():
    """The regtest genesis block (Bitcoin Core, src/kernel/chainparams.cpp)."""
    key = bytes.fromhex("04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
                        "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f")
    words = b"The Times 03/Jan/2009 Chancellor on brink of second bailout for banks"
    unlocking = bytes.fromhex("04ffff001d0104") + counted(words)
    first = Transaction([(NULL_OUTPOINT, unlocking)],
                        [(50 * COIN, counted(key) + bytes([scripts.OP_CHECKSIG]))], version=1)
    root = scripts.sha256d(first.raw())
    head = struct.pack("<I", 1) + bytes(32) + root + struct.pack("<III", GENESIS_TIME,
                                                                 EASIEST_BITS, 2)
    return head + b"\x01" + first.raw()


def subsidy(height):
    """What a regtest block may create."""
    return 50 * COIN >> (height // 150)


class Chain:
    """A regtest chain that grows block by block: coins are spendable at once."""

    def __init__(self):
        self.blocks = [genesis()]
        self.coinbases = [None]  # txids by height; the genesis coin cannot be spent

    def tip(self):
        return block_hash(self.blocks[-1])

    def height(self):
        return len(self.blocks) - 1

    def block(self, *transactions, value=None, mark=b""):
        """The bytes of a next block; the chain stays as it is."""
        value = subsidy(len(self.blocks)) if value is None else value
        first = coinbase(len(self.blocks), value, key_hash_script(len(self.blocks)), mark)
        return mine(self.tip(), len(self.blocks), [first, *transactions]), first

    def add(self, *transactions, **options):
        raw, first = self.block(*transactions, **options)
        self.blocks.append(raw)
        self.coinbases.append(first.txid())

    def grow(self, count):
        """Blocks of one payment each, from the coinbase before."""
        for _ in range(count):
            if len(self.blocks) == 1:
                self.add()
                continue
            part = subsidy(len(self.blocks) - 1) // 5
            self.add(pay([(self.coinbases[-1], 0)],
                         (2 * part, key_hash_script(f"a{len(self.blocks)}")),
                         (3 * part - 1000, key_hash_script("rich"))))
