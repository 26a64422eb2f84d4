"""A real Ethereum node, anvil, and a scripted theft on it: a wallet is drained of a token and of
ether, the token swapped in a pool, the proceeds unwrapped, wrapped, split and paid to an exchange.

    with World() as world:
        world.build()          # the contracts
        world.steal()          # the theft and what came of it
"""

import json
import subprocess
import time
import urllib.request

from support.harness import ROOT, Skip, Wrong
from support.litecoin_node import free_port

NODE = ROOT / "tests" / "e2e" / "node"
ANVIL = NODE / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
ETHER = 10**18
NOBODY = "0x" + "0" * 40


def word(value):
    return f"{int(value, 16) if isinstance(value, str) else value:064x}"


class Anvil:
    """Its process, and questions to it."""

    def __init__(self, *options):
        if not ANVIL.exists():
            raise Skip("anvil is not installed; script/setup does it")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.process = None
        self.asked = 0

    def __enter__(self):
        self.process = subprocess.Popen(
            [str(ANVIL), "--port", str(self.port), "--silent", *self.options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                self("eth_chainId")
                return self
            except OSError:
                if time.monotonic() > deadline:
                    raise Wrong("anvil does not answer") from None
                time.sleep(0.1)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def __call__(self, method, *parameters):
        self.asked += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self.asked, "method": method,
                           "params": parameters}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            answer = json.load(reply)
        if "error" in answer:
            raise Wrong(f"anvil, {method}: {answer['error']}")
        return answer["result"]


class Contract:
    """A contract on the node; its methods by name, with numbers, addresses and lists of them."""

    def __init__(self, world, name, *arguments):
        self.world = world
        made = world.contracts[name]
        self.selectors = {signature.split("(")[0]: selector
                          for signature, selector in made["methods"].items()}
        data = "0x" + made["code"] + "".join(map(word, arguments))
        self.address = world.send(world.deployer, None, data=data)["contractAddress"].lower()

    def data(self, method, *arguments):
        heads, tails = [], []
        for argument in arguments:
            if isinstance(argument, list):
                heads.append(word(32 * len(arguments) + sum(map(len, tails)) // 2))
                tails.append(word(len(argument)) + "".join(map(word, argument)))
            else:
                heads.append(word(argument))
        return "0x" + self.selectors[method] + "".join(heads + tails)

    def send(self, sender, method, *arguments, value=0, **options):
        return self.world.send(sender, self.address, value, self.data(method, *arguments),
                               **options)

    def call(self, method, *arguments):
        return int(self.world.node("eth_call", {"to": self.address,
                                                "data": self.data(method, *arguments)},
                                   "latest"), 16)


class World:
    """The node, its contracts and the people in it: `deployer`, `victim`, `thief`, three `mules`
    and an `exchange`."""

    def __init__(self, start=1_700_000_000):
        self.node = Anvil("--timestamp", str(start))

    def __enter__(self):
        self.node.__enter__()
        people = self.node("eth_accounts")
        self.deployer, self.victim, self.thief, self.exchange = people[:4]
        self.mules = people[4:7]
        done = subprocess.run(["node", str(NODE / "compile.js")], capture_output=True, check=False,
                              timeout=120)
        if done.returncode != 0:
            self.node.__exit__()
            raise Wrong(f"the contracts do not compile: {done.stderr.decode()[:1000]}")
        self.contracts = json.loads(done.stdout)
        return self

    def __exit__(self, *_):
        self.node.__exit__()

    def send(self, sender, to, value=0, data="0x", gas=3_000_000):
        """Mines a block with this one transaction; its receipt."""
        transaction = {"from": sender, "value": hex(value), "data": data, "gas": hex(gas)}
        if to is not None:
            transaction["to"] = to
        tx = self.node("eth_sendTransaction", transaction)
        deadline = time.monotonic() + 30
        while True:
            receipt = self.node("eth_getTransactionReceipt", tx)
            if receipt is not None:
                return receipt
            if time.monotonic() > deadline:
                raise Wrong(f"anvil does not mine {tx}")
            time.sleep(0.01)

    def tip(self):
        return int(self.node("eth_blockNumber"), 16)

    def ether_of(self, address, block="latest"):
        return int(self.node("eth_getBalance", address, block), 16)

    def build(self):
        """The contracts, and a pool of 500,000 tokens and 100 wrapped ether."""
        self.token = Contract(self, "Token", 10**24)
        self.wrapped = Contract(self, "Wrapped")
        self.pool = Contract(self, "Pool", self.token.address, self.wrapped.address)
        self.splitter = Contract(self, "Splitter")
        self.single = Contract(self, "Single")
        self.liar = Contract(self, "Liar")
        self.wrapped.send(self.deployer, "deposit", value=100 * ETHER)
        self.wrapped.send(self.deployer, "transfer", self.pool.address, 100 * ETHER)
        self.token.send(self.deployer, "transfer", self.pool.address, 500_000 * ETHER)
        self.token.send(self.deployer, "transfer", self.victim, 50_000 * ETHER)

    def drain(self):
        """What was stolen: 50,000 tokens and 20 ether. Their transactions."""
        return [self.token.send(self.victim, "transfer", self.thief, 50_000 * ETHER),
                self.send(self.victim, self.thief, 20 * ETHER)]

    def launder(self):
        """Swap, unwrap, wrap, split, deposit."""
        self.token.send(self.thief, "approve", self.pool.address, 50_000 * ETHER)
        self.pool.send(self.thief, "swap", self.token.address, 50_000 * ETHER, self.thief)
        got = self.wrapped.call("balanceOf", self.thief)
        self.wrapped.send(self.thief, "withdraw", got // 2)
        self.wrapped.send(self.thief, "deposit", value=3 * ETHER + 1)
        self.splitter.send(self.thief, "split", self.mules, value=10 * ETHER + 1)
        self.send(self.mules[0], self.exchange, 3 * ETHER)
        self.send(self.mules[1], self.exchange, 1 * ETHER + 7)
        self.wrapped.send(self.thief, "transfer", self.exchange, 2 * ETHER)

    def odds_and_ends(self):
        """What a reader must not trip over."""
        self.splitter.send(self.thief, "fail", value=ETHER)
        self.splitter.send(self.thief, "trySending", self.exchange, value=ETHER)
        self.single.send(self.thief, "give", self.exchange, 2**200 + 1)
        self.single.send(self.exchange, "give", self.thief, 2**200 + 1)
        self.liar.send(self.thief, "lie", self.exchange, self.victim)
        self.token.send(self.deployer, "burn", 12345)
        self.token.send(self.thief, "transfer", self.thief, 0)
        self.send(self.thief, self.thief, ETHER)

    def steal(self):
        taken = self.drain()
        self.launder()
        return taken
