"""The program, from block files to JSON, against the slow reference in tests/reference that parses
the same files itself: random small regtest chains, every method, direction and fee rule, one to
five overlapping seeds under several labels, with and without services. Every coin must agree."""

import random
import sys

from support import bitcoin, scripts
from support.harness import ROOT, check, equal, ingest, main, run

sys.path.insert(0, str(ROOT / "tests" / "reference"))
import block_files  # noqa: E402
import compare  # noqa: E402

WORLDS = 40
HALVING = 150
SERVICES = 3


class World:
    """A chain of random payments: coins that merge, split, are burned, paid to services, worth
    nothing; fees and claims of every size."""

    def __init__(self, number):
        self.chance = random.Random(f"reference world {number}")
        self.scale = 1 << self.chance.randrange(3, 32)
        self.blocks = [bitcoin.genesis()]
        self.unspent = []  # (txid, index), value, service's or None
        self.made = []  # the coins with a value
        length = self.chance.randrange(8, 20) + (HALVING - 5 if number % 8 == 0 else 0)
        while len(self.blocks) < length:
            self.add_block(self.chance.randrange(8) if len(self.blocks) > length - 20 else 0)

    def script(self):
        kind = self.chance.randrange(20)
        if kind == 0:
            return bytes([scripts.OP_RETURN, 1, 7]), None
        service = f"service {self.chance.randrange(SERVICES)}" if kind < 3 else None
        return bitcoin.key_hash_script(service or self.chance.getrandbits(40)), service

    def outputs(self, values):
        return [(value, *self.script()) for value in values]

    def keep(self, transaction, outputs):
        txid = transaction.txid()
        for index, (value, script, service) in enumerate(outputs):
            if value:
                self.made.append((f"{txid}:{index}", value))
            if script[0] != scripts.OP_RETURN:
                self.unspent.append(((txid, index), value, service))

    def add_block(self, count):
        transactions, fees = [], 0
        for _ in range(count):
            fees += self.add_transaction(transactions)
        height = len(self.blocks)
        left = (50 * bitcoin.COIN >> height // HALVING) + fees
        values = []
        for _ in range(self.chance.randrange(3)):
            values.append(self.chance.randrange(min(left, self.scale) + 1))
            left -= values[-1]
        values.append(left if self.chance.randrange(3) else self.chance.randrange(left + 1))
        outputs = self.outputs(values)
        first = bitcoin.coinbase(height, 0, b"")
        first.outputs = [(value, script) for value, script, _ in outputs]
        self.blocks.append(bitcoin.mine(bitcoin.block_hash(self.blocks[-1]), height,
                                        [first, *transactions]))
        self.keep(first, outputs)

    def add_transaction(self, transactions):
        """Returns its fee."""
        spent = []
        for _ in range(self.chance.randrange(1, 5)):
            if self.unspent:
                newer = len(self.unspent) // 2 if self.chance.randrange(2) else 0
                coin = self.unspent.pop(self.chance.randrange(newer, len(self.unspent)))
                spent.append(coin)
                if coin[2]:
                    break
        # A service's coin is spent alone: with others it would tell that they are the service's.
        alone = [coin for coin in spent if coin[2]]
        if alone:
            self.unspent += [coin for coin in spent if not coin[2]]
            spent = alone
        if not spent:
            return 0
        left, values = sum(value for _, value, _ in spent), []
        for _ in range(self.chance.randrange(5)):
            values.append(self.chance.randrange(left + 1) * self.chance.choice((0, 1, 1, 1)))
            left -= values[-1]
        values.append(left if self.chance.randrange(3) else self.chance.randrange(left + 1))
        self.chance.shuffle(values)
        outputs = self.outputs(values)
        transaction = bitcoin.pay([coin for coin, _, _ in spent],
                                  *[(value, script) for value, script, _ in outputs])
        transactions.append(transaction)
        self.keep(transaction, outputs)
        return sum(value for _, value, _ in spent) - sum(values)

    def seeds(self):
        """One to five, that may claim the same units under different labels."""
        texts, claimed = [], {}
        for _ in range(self.chance.randrange(1, 6)):
            coin, value = self.chance.choice(self.made)
            label = self.chance.choice(("a", "b", "c"))
            first, end = 0, value
            if self.chance.randrange(3) == 0:
                first = self.chance.randrange(value)
                end = self.chance.randrange(first, value) + 1
            before = claimed.setdefault((coin, label), [])
            if all(end <= one[0] or one[1] <= first for one in before):
                before.append((first, end))
                texts.append(f"{label}={coin}[{first},{end})")
        return texts


def address_of(script):
    return scripts.describe(script, "regtest")[1]


def service_addresses():
    return {address_of(bitcoin.key_hash_script(f"service {number}")): f"Service {number}"
            for number in range(SERVICES)}


def tag_pack(folder):
    path = folder / "tags.yaml"
    lines = ["title: services", "creator: a test", "source: made up", "currency: BTC",
             "network: regtest", "lastmod: 2024-01-01", "confidence: ownership", "tags:"]
    for address, name in service_addresses().items():
        lines += [f"- address: {address}", f"  label: {name}", "  category: exchange"]
    path.write_text("\n".join(lines) + "\n")
    return path


def every_coin_agrees(folder):
    entries = questions = 0
    for number in range(WORLDS):
        world = World(number)
        blocks = bitcoin.write_blocks(folder / f"blocks{number}", world.blocks)
        ledger = folder / f"L{number}"
        ingest(blocks, ledger, "--quiet")
        services = {}
        if number % 2:
            services = service_addresses()
            run("tags", "import", tag_pack(folder), "--ledger", ledger, "--quiet")
        network, halving, parsed = block_files.best_chain(blocks)
        equal((network, halving, len(parsed)), ("regtest", HALVING, len(world.blocks)), "the chain")
        chain, numbers = block_files.chain_of(parsed, address_of)
        values = [output["value"] for told in chain for output in told["outputs"]]
        seeds = compare.Seeds(world.seeds(), numbers, values)
        for question, count, lines in compare.compare(chain, halving, ledger, seeds,
                                                      services=services):
            equal(lines, [], f"world {number}, {question}")
            entries += count
            questions += 1
    equal(questions, WORLDS * 20, "questions")
    check(entries > 4 * questions, f"only {entries} entries: these chains say little")
    return f"{WORLDS} chains, {questions} traces, {entries} entries"


if __name__ == "__main__":
    main([every_coin_agrees])
