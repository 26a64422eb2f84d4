"""`tracehound follow` beside bcoin, a second implementation of a node: a seeded script gives it
blocks with spends and branches with more work, up to 30 deep; both are killed in the middle. At
every pause tip and unspent coins are bcoin's own, at the end every row of the ledger is that of the
blocks that bcoin took."""

import base64
import decimal
import http.client
import itertools
import json
import random
import shutil
import signal
import subprocess
import time

from support import agreement, bitcoin, follower, scripts
from support.agreement import Book
from support.harness import ROOT, Skip, Wrong, check, equal, main
from support.litecoin_node import free_port

SERVER = ROOT / "tests" / "e2e" / "node" / "bcoin_server.js"
KEY = "a key: with a colon"
SEED = 7
ANYONE = b"\x51"  # a script that needs no signature
COINBASE_MATURITY = 100


class Bcoin:
    """Its process, and questions to it."""

    def __init__(self, folder):
        if shutil.which("node") is None or not (SERVER.parent / "node_modules" / "bcoin").is_dir():
            raise Skip("bcoin is not installed; script/setup does it")
        self.folder = folder
        self.port = free_port()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["node", str(SERVER), str(self.port), KEY,
                                         str(self.folder)], stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        check(line.startswith(b"ready"), "bcoin does not start")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __call__(self, method, *parameters):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        call = json.dumps({"method": method, "params": parameters, "id": 0})
        connection.request("POST", "/", call, {
            "Authorization": "Basic " + base64.b64encode(f"x:{KEY}".encode()).decode()})
        reply = json.loads(connection.getresponse().read(), parse_float=decimal.Decimal)
        connection.close()
        if reply["error"]:
            raise Wrong(f"bcoin {method}: {reply['error']['message']}")
        return reply["result"]

    def submit(self, raw):
        said = self("submitblock", raw.hex())
        check(said is None or said == "inconclusive", f"bcoin refuses our block: {said}")


class Branch:
    """A chain of our own making: coins that anyone can spend, some of them spent again."""

    def __init__(self, chance):
        self.random = chance
        self.blocks = [bitcoin.genesis()]
        self.words = [describe(bitcoin.genesis(), [genesis_transaction()])]
        self.coins = []  # (txid, index, value, height from which it can be spent)

    def copy_below(self, height):
        """The same up to the block before `height`."""
        other = Branch(self.random)
        for raw, words in zip(self.blocks[1:height], self.words[1:height]):
            other.take(raw, words)
        return other

    def take(self, raw, words):
        self.blocks.append(raw)
        self.words.append(words)
        height = len(self.blocks) - 1
        for tx in words["txs"]:
            spent = set(tx["inputs"])
            self.coins = [c for c in self.coins if f"{c[0]}:{c[1]}" not in spent]
            wait = COINBASE_MATURITY if tx["coinbase"] else 1
            self.coins += [(tx["txid"], i, value, height + wait)
                           for i, (value, script) in enumerate(tx["outputs"]) if script == ANYONE]

    def grow(self, count):
        for _ in range(count):
            height = len(self.blocks)
            mark = self.random.randbytes(8)  # no two blocks alike
            transactions = [bitcoin.coinbase(height, bitcoin.COIN, ANYONE, mark)]
            ready = [coin for coin in self.coins if coin[3] <= height]
            self.random.shuffle(ready)
            for coins in (ready[:2], ready[2:3]):
                if coins:
                    transactions.append(self.spend(coins))
            raw = bitcoin.mine(bitcoin.block_hash(self.blocks[-1]), height, transactions)
            self.take(raw, describe(raw, transactions))

    def spend(self, coins):
        total = sum(coin[2] for coin in coins)
        third = total // 3
        return bitcoin.Transaction(
            [(bitcoin.outpoint(coin[0], coin[1]), b"") for coin in coins],
            [(third, ANYONE), (third, bitcoin.key_hash_script(self.random.randrange(40))),
             (third - third // 100, ANYONE)])


def genesis_transaction():
    raw = bitcoin.genesis()[81:]
    script_at = raw.index(b"\x43\x41\x04") + 1
    return GenesisTransaction(raw, raw[script_at:script_at + 0x43])


class GenesisTransaction:
    """As bitcoin.Transaction, from its bytes."""

    def __init__(self, raw, script):
        self.bytes = raw
        self.inputs = [(bitcoin.NULL_OUTPOINT, b"")]
        self.outputs = [(50 * bitcoin.COIN, script)]

    def raw(self):
        return self.bytes

    def txid(self):
        return scripts.sha256d(self.bytes)[::-1].hex()


def describe(raw, transactions):
    """A block in the words of agreement.Book."""
    words = []
    for number, tx in enumerate(transactions):
        spent = [] if number == 0 else [
            f"{point[:32][::-1].hex()}:{int.from_bytes(point[32:], 'little')}"
            for point, _ in tx.inputs]
        words.append({"txid": tx.txid(), "coinbase": number == 0, "weight": 4 * len(tx.raw()),
                      "inputs": spent, "outputs": tx.outputs})
    return {"hash": bitcoin.block_hash(raw), "time": int.from_bytes(raw[68:72], "little"),
            "txs": words}


class Play:
    def __init__(self, folder):
        self.random = random.Random(SEED)
        self.ledger = folder / "ledger"
        self.node = Bcoin(folder / "bcoin")
        password = folder / "password"
        password.write_text(KEY + "\n")
        self.follower = follower.Follower(
            self.ledger, folder / "log", "--rpc", f"http://127.0.0.1:{self.node.port}/", "--user",
            "x", "--password-file", password, "--network", "regtest", "--poll", "0.1")
        self.chain = Branch(self.random)
        self.depths = itertools.cycle([3, 30, 1, 8, 2])
        self.deepest = 0

    def grow(self):
        before = len(self.chain.blocks)
        self.chain.grow(self.random.randint(1, 6))
        for raw in self.chain.blocks[before:]:
            self.node.submit(raw)

    def turn_back(self):
        depth = next(self.depths)
        fork = len(self.chain.blocks) - depth
        self.chain = self.chain.copy_below(fork)
        self.chain.grow(depth + self.random.randint(1, 2))
        for raw in self.chain.blocks[fork:]:
            self.node.submit(raw)
        self.deepest = max(self.deepest, depth)

    def pause(self):
        tip = bitcoin.block_hash(self.chain.blocks[-1])
        theirs = self.node("gettxoutsetinfo")
        equal(theirs["bestblock"], tip, "bcoin's tip")
        self.follower.wait_for(lambda: follower.committed_tip(self.ledger)[1] == tip, f"tip {tip}")
        facts = agreement.info(self.ledger)["unspent"]
        equal(facts["coins"] - 1, theirs["txouts"], "unspent coins without the genesis block's")
        equal(int(facts["value"]) - 50 * bitcoin.COIN,
              int(theirs["total_amount"] * bitcoin.COIN), "their value")

    def kill_node(self):
        self.node.kill()
        time.sleep(0.5)
        self.node.start()
        for raw in self.chain.blocks[self.node("getblockcount") + 1:]:
            self.node.submit(raw)  # what it had lost

    def run(self, turns):
        for turn in range(turns):
            self.random.choice([self.grow, self.grow, self.turn_back])()
            if turn == turns // 3:
                self.kill_node()
                self.grow()
            if turn == turns // 2:
                self.follower.kill()
                self.turn_back()
                self.follower.start()
            self.pause()


def a_node_of_other_making(folder):
    play = Play(folder)
    play.node.start()
    try:
        play.chain.grow(COINBASE_MATURITY + 40)
        for raw in play.chain.blocks[1:]:
            play.node.submit(raw)
        play.follower.start()
        play.pause()
        play.run(turns=24)
        play.follower.stop(signal.SIGTERM)
    finally:
        play.node.kill()
        if play.follower.process and play.follower.process.poll() is None:
            play.follower.kill()
    check(play.deepest == 30, f"the deepest turn back was {play.deepest} blocks")
    agreement.sound(play.ledger)
    said = play.follower.said()
    return (f"{said.count('reorganisation')} reorganisations; "
            f"{agreement.agree(play.ledger, Book(play.chain.words, 'regtest'))}")


if __name__ == "__main__":
    main([a_node_of_other_making])
