"""A real node: litecoind on its regtest network, with a chain of every kind of coin."""

import base64
import decimal
import http.client
import json
import shutil
import socket
import subprocess
import time

from support import bitcoin, scripts
from support.agreement import Book
from support.harness import Skip, Wrong, check, equal

NETWORK = "litecoin-regtest"
KEY_PREFIX, SCRIPT_PREFIX, BECH32_PREFIX = scripts.NETWORKS[NETWORK]
NO_MWEB = "-vbparams=mweb:-2:0"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def units(coins):
    return int(coins * bitcoin.COIN)


def coins(amount):
    """Units as the node reads amounts."""
    return f"{amount // bitcoin.COIN}.{amount % bitcoin.COIN:08}"


class Node:
    """litecoind with a data folder of its own. `with` starts it and stops it."""

    def __init__(self, folder, *options):
        if shutil.which("litecoind") is None:
            raise Skip("litecoind is not installed (Debian's package litecoind)")
        self.folder = folder
        self.blocks = folder / "regtest" / "blocks"
        self.options = options
        self.port = free_port()
        self.process = None
        self.connection = None

    def __enter__(self):
        self.folder.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            ["litecoind", "-regtest", f"-datadir={self.folder}", "-listen=0", "-dnsseed=0",
             "-txindex=1", "-fallbackfee=0.001", "-printtoconsole=0", "-dbcache=20", "-keypool=5",
             "-flushwallet=0", "-acceptnonstdtxn=1",
             f"-rpcport={self.port}", *self.options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                self("getblockcount")
                return self
            except (OSError, Wrong, ValueError, http.client.HTTPException):  # or an old cookie
                self.connection = None
                check(self.process.poll() is None, "litecoind ended before it could be asked")
                check(time.monotonic() < deadline, "litecoind does not answer")
                time.sleep(0.1)

    def __exit__(self, *_):
        self.hang_up()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=60)

    def hang_up(self):
        """The node would wait half a minute for an open connection before it ends."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def __call__(self, method, *parameters, wallet=None):
        """One call; amounts come back as exact decimals. `wallet` where several are open."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        cookie = (self.folder / "regtest" / ".cookie").read_bytes()
        call = json.dumps({"method": method, "params": parameters, "id": 0})
        self.connection.request("POST", f"/wallet/{wallet}" if wallet else "/", call, {
            "Authorization": "Basic " + base64.b64encode(cookie).decode()})
        reply = json.loads(self.connection.getresponse().read(), parse_float=decimal.Decimal)
        if reply["error"]:
            raise Wrong(f"litecoind {method}{str(parameters)[:200]}: {reply['error']['message']}")
        return reply["result"]

    def tip(self):
        return self("getbestblockhash")

    def mine(self, count, address):
        return self("generatetoaddress", count, address)

    def mine_to(self, descriptor, count):
        """Blocks whose coinbase pays a script that no address stands for."""
        checksum = self("getdescriptorinfo", descriptor)["checksum"]
        return self("generatetodescriptor", count, f"{descriptor}#{checksum}")

    def branch_off(self, depth, length):
        """Leaves the last `depth` blocks for `length` others. They pay a new address: to the same
        one, within the same second, they could be the very blocks that were left."""
        height = self("getblockcount")
        self("invalidateblock", self("getblockhash", height - depth + 1))
        self.mine(length, self("getnewaddress"))
        equal(self("getblockcount"), height - depth + length, "the node's height on its branch")


def check_own_addresses(output, seen):
    """The node's address of an output is the one that scripts.py derives, as far as it has one."""
    script = output["scriptPubKey"]
    raw = bytes.fromhex(script["hex"])
    kind, address = scripts.describe(raw, NETWORK)
    theirs = script.get("addresses", [])
    if kind == "multisig":
        keys = scripts.bare_multisig_keys(raw)
        wanted = [scripts.base58check(KEY_PREFIX, scripts.hash160(key)) for key in keys]
    else:
        wanted = [address] if theirs else []
    equal(theirs, wanted, f"litecoind's address of {script['hex']}")
    if not theirs:
        check(kind in ("p2pk", "op_return", "other", "witness_other"),
              f"litecoind prints no address for {script['hex']}, a {kind}")
    seen.add(kind)


def book_of(node):
    """The node's chain in its own words; and which kinds of script are in it."""
    blocks, seen = [], set()
    for height in range(node("getblockcount") + 1):
        block = node("getblock", node("getblockhash", height), 2)
        transactions = []
        for tx in block["tx"]:
            for output in tx["vout"]:
                check_own_addresses(output, seen)
            is_coinbase = "coinbase" in tx["vin"][0]
            transactions.append({
                "txid": tx["txid"], "coinbase": is_coinbase, "weight": tx["weight"],
                "inputs": [] if is_coinbase else [f"{i['txid']}:{i['vout']}" for i in tx["vin"]],
                "outputs": [(units(output["value"]), bytes.fromhex(output["scriptPubKey"]["hex"]))
                            for output in tx["vout"]],
            })
        blocks.append({"hash": block["hash"], "time": block["time"], "txs": transactions})
    return Book(blocks, NETWORK), seen


class History:
    """Makes coins of every kind, and spends them, in a node's wallet."""

    FEE = 100_000

    def __init__(self, node):
        self.node = node
        node("createwallet", "w")
        self.own = {kind: node("getnewaddress", "", kind)
                    for kind in ("legacy", "p2sh-segwit", "bech32")}
        self.home = self.own["bech32"]
        self.strangers = 0

    def key(self):
        """A fresh compressed key of the wallet, in hex."""
        address = self.node("getnewaddress", "", "legacy")
        return self.node("getaddressinfo", address)["pubkey"]

    def uncompressed_key(self):
        secret = scripts.sha256d(b"an uncompressed key")
        self.node("importprivkey", scripts.base58check(0xEF, secret), "uncompressed", False)
        address, = self.node("getaddressesbylabel", "uncompressed")
        return self.node("getaddressinfo", address)["pubkey"]

    def stranger(self):
        """An address that is nobody's, of each form in turn."""
        self.strangers += 1
        payload = scripts.hash160(f"stranger {self.strangers // 4}".encode())
        program = payload + payload[:12]
        return [scripts.base58check(KEY_PREFIX, payload),
                scripts.base58check(SCRIPT_PREFIX, payload),
                scripts.segwit_address(BECH32_PREFIX, 0, payload),
                scripts.segwit_address(BECH32_PREFIX, 0, program)][self.strangers % 4]

    def confirm(self, blocks=1):
        return self.node.mine(blocks, self.home)

    def coinbases(self):
        """Blocks that pay every kind of miner, then a hundred more so that all can be spent."""
        for address in self.own.values():
            self.node.mine(8, address)
        keys = [self.key() for _ in range(3)]
        self.keys = keys
        for descriptor in (f"pk({keys[0]})", f"pk({self.uncompressed_key()})",
                           f"combo({keys[1]})", f"multi(1,{keys[0]},{keys[1]})",
                           f"wsh(multi(2,{keys[1]},{keys[2]}))", "raw(51)"):
            self.node.mine_to(descriptor, 4)
        self.confirm(101)

    def payments(self, rounds):
        """Everyday payments: several to a block, to the wallet itself and to others."""
        for number in range(rounds):
            for _ in range(4):
                self.node("sendtoaddress", self.stranger(), "0.25")
            for address in self.own.values():
                self.node("sendtoaddress", address, f"1.{number:03}")
            self.confirm()

    def many_outputs_then_inputs(self):
        """A transaction of 300 outputs, and one that spends them all: counts beyond one byte."""
        one_each = {self.node("getnewaddress", "", kind): "0.01"
                    for kind in ("legacy", "p2sh-segwit", "bech32") for _ in range(100)}
        txid = self.node("sendmany", "", one_each)
        self.confirm()
        outputs = self.node("getrawtransaction", txid, True)["vout"]
        small = [(txid, o["n"]) for o in outputs if units(o["value"]) == bitcoin.COIN // 100]
        equal(len(small), 300, "small coins")
        total = len(small) * bitcoin.COIN // 100
        self.post(small, [(total - 10 * self.FEE, self.script_of(self.home))])
        self.confirm()

    def script_of(self, address):
        return bytes.fromhex(self.node("getaddressinfo", address)["scriptPubKey"])

    def sign(self, inputs, outputs):
        raw = bitcoin.Transaction([(bitcoin.outpoint(*coin), b"") for coin in inputs],
                                  outputs).raw()
        signed = self.node("signrawtransactionwithwallet", raw.hex())
        check(signed["complete"], f"litecoind cannot sign for {inputs}: {signed.get('errors')}")
        return signed["hex"]

    def post(self, inputs, outputs):
        """A transaction of these very coins and scripts; returns its txid."""
        return self.node("sendrawtransaction", self.sign(inputs, outputs), 0)

    def funds(self, amount):
        """A coin of the wallet of at least `amount`: (txid, index), value."""
        for coin in self.node("listunspent", 1):
            if coin["spendable"] and units(coin["amount"]) >= amount:
                return (coin["txid"], coin["vout"]), units(coin["amount"])
        raise Wrong(f"litecoind's wallet has no coin of {amount}")

    def odd_scripts(self):
        """Outputs that wallets do not make, some of them spent again."""
        a, b, c = (bytes.fromhex(key) for key in self.keys)
        hybrid = bytes([6]) + bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2"
                                            "815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448"
                                            "a68554199c47d08ffb10d4b8")
        push = bitcoin.counted
        spendable = [
            b"\x51" + push(a) + push(b) + b"\x52\xae",
            b"\x52" + push(a) + push(b) + push(c) + b"\x53\xae",
            push(a) + b"\xac",
            b"\x76\xa9" + push(scripts.hash160(b)) + b"\x88\xac",
            b"\xa9" + push(scripts.hash160(b"\x51")) + b"\x87",
        ]
        lying = [b"", b"\x51", b"\xff" * 7, push(hybrid) + b"\xac", b"\x6a", b"\x6a" + push(b"hi"),
                 b"\x6a\x4c", b"\x51" + push(b"\x4e\x73"), b"\x00" + push(b"\1" * 30),
                 b"\x52" + push(b"\2" * 40), b"\x60" + push(b"\3" * 2), b"\x51" + push(a[1:]),
                 b"\x53" + push(a) + push(b) + b"\x52\xae", b"\x61" * 300, push(a[1:]) + b"\xac",
                 b"\x76\xa9\x14" + b"\4" * 20 + b"\x88\xac\x61", b"\x51" * 600]
        coin, value = self.funds(10 * bitcoin.COIN)
        outputs = [(10_000_000, script) for script in spendable]
        outputs += [(1000 * i, script) for i, script in enumerate(lying)]
        rest = value - sum(amount for amount, _ in outputs) - 5 * self.FEE
        txid = self.post([coin], outputs + [(rest, self.script_of(self.home))])
        self.confirm()
        inputs = [(txid, index) for index in range(4)]
        self.post(inputs, [(30_000_000, self.script_of(self.home)), (1, b"\x6a" + push(b"kept"))])
        self.confirm()

    def one_after_the_other(self, length):
        """Transactions that spend one another inside one block."""
        coin, value = self.funds(5 * bitcoin.COIN)
        for number in range(length):
            value -= self.FEE
            side = 1_000_000 + number
            kind = ("legacy", "p2sh-segwit", "bech32")[number % 3]
            value -= side
            txid = self.post([coin], [(side, self.script_of(self.own["legacy"])),
                                      (value, self.script_of(self.own[kind]))])
            coin = (txid, 1)
        block, = self.confirm()
        check(self.node("getblock", block)["nTx"] > length, "the chain of spends is in one block")
