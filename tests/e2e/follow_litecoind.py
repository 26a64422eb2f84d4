"""`tracehound follow` beside a real litecoind, which a seeded script makes mine, pay, replace by
fee, invalidate and reconsider; both are killed in the middle. Whenever the script pauses, tip,
balances, unspent coins and mempool are the node's own; with --unconfirmed, coins, addresses and
traces are as the node has them behind its mempool."""

import itertools
import json
import random
import signal

from support import agreement, bitcoin, follower
from support.harness import Wrong, check, equal, main, run
from support.litecoin_node import NETWORK, NO_MWEB, History, Node, coins, units

SEED = 20261122
POLL = ("--poll", "0.1")
# On regtest the node checks its own books after each step, and can fail there when blocks that were
# struck out come back: that is its business, and slow.
OPTIONS = (NO_MWEB, "-mempoolreplacement=1", "-checkblockindex=0", "-checkmempool=0")


class Play:
    """One node, one follower, and steps to choose from."""

    def __init__(self, folder, seed):
        self.random = random.Random(seed)
        self.ledger = folder / "ledger"
        self.node = Node(folder / "node", *OPTIONS)
        self.cookie = folder / "node" / "regtest" / ".cookie"
        self.follower = follower.Follower(
            self.ledger, folder / "log", "--rpc", f"http://127.0.0.1:{self.node.port}", "--cookie",
            self.cookie, "--network", NETWORK, *POLL)
        self.depths = itertools.cycle([5, 30, 1, 12, 2])
        self.struck_out = []  # blocks invalidated and not reconsidered
        self.replaceable = {}  # own payments that signal it: txid -> the coin they spend
        self.counts = {"deepest": 0, "downwards": 0, "replaced": 0, "mempool": 0,
                       "traced": 0}

    # ---- steps ----

    def mine(self):
        self.node.mine(self.random.randint(1, 4), self.node("getnewaddress"))

    def pay(self):
        for _ in range(self.random.randint(1, 4)):
            try:
                self.node("sendtoaddress", self.history.stranger(), "0.05")
            except Wrong:  # all its coins are in a long line of unconfirmed ones
                self.mine()

    def replaceable_payment(self):
        coin = self.fresh_coin()
        if coin is None:
            return
        try:
            self.replaceable[self.send_spend(coin, fee=20_000)] = coin
        except Wrong:  # the wallet took it for confirmed, and its block has gone
            self.mine()

    def fresh_coin(self):
        large = [c for c in self.node("listunspent", 1) if c["spendable"]
                 and units(c["amount"]) > 10_000_000]
        if not large:
            return None
        coin = self.random.choice(sorted(large, key=lambda c: (c["txid"], c["vout"])))
        return coin["txid"], coin["vout"], units(coin["amount"])

    def send_spend(self, coin, fee):
        txid, index, amount = coin
        outputs = {self.node("getnewaddress"): coins(amount - fee)}
        raw = self.node("createrawtransaction", [{"txid": txid, "vout": index,
                                                  "sequence": 0xFFFFFFFD}], outputs)
        signed = self.node("signrawtransactionwithwallet", raw)
        return self.node("sendrawtransaction", signed["hex"], 0)

    def replace_by_fee(self):
        """A coin spent again for more than its first spend and all that followed it paid: they
        leave the mempool."""
        mempool = self.node("getrawmempool")
        pending = [txid for txid in self.replaceable if txid in mempool]
        if not pending:
            self.replaceable_payment()
            return
        coin = self.replaceable.pop(pending[0])
        paid = units(self.node("getmempoolentry", pending[0])["fees"]["descendant"])
        fee = paid + 5_000_000 + self.random.randint(0, 100_000)
        if fee > coin[2] - 100_000:  # what is left would be dust, or less
            return
        self.send_spend(coin, fee)
        check(pending[0] not in self.node("getrawmempool"), "the first spend has left the mempool")
        self.counts["replaced"] += 1

    def invalidate(self):
        height = self.node("getblockcount")
        depth = next(self.depths)
        if height - depth < 110:  # the first coins must stay old enough to be spent
            depth = 1
        block = self.node("getblockhash", height - depth + 1)
        self.node("invalidateblock", block)
        self.struck_out.append(block)
        self.counts["deepest"] = max(self.counts["deepest"], depth)
        if self.random.random() < 0.5:
            self.counts["downwards"] += 1
            return
        self.node.mine(self.random.randint(1, depth + 2), self.node("getnewaddress"))

    def reconsider(self):
        if self.struck_out:
            block = self.struck_out.pop(self.random.randrange(len(self.struck_out)))
            self.node("reconsiderblock", block)

    # ---- pauses ----

    def pause(self):
        """The ledger comes to where the node is, and says the same of everything."""
        self.follower.wait_for(lambda: follower.committed_tip(self.ledger)[1] == self.node.tip(),
                               f"tip {self.node.tip()}")
        wanted = sorted(self.node("getrawmempool"))
        self.follower.wait_for(lambda: self.mempool_is(wanted), f"mempool {wanted}")
        self.counts["mempool"] = max(self.counts["mempool"], len(wanted))
        agreement.sound(self.ledger)
        self.check_unspent()
        if wanted:
            self.check_unconfirmed(wanted)
        self.node.hang_up()  # the node would do it after a while, perhaps in the middle of a call

    def mempool_is(self, wanted):
        try:
            tip, seen = follower.mempool_of(self.ledger)
        except FileNotFoundError:
            return False
        return (tip, sorted(seen)) == (self.node.tip(), wanted)

    def check_unspent(self):
        """gettxoutsetinfo counts what can be spent: neither OP_RETURN, which `info` leaves out too,
        nor the genesis block's coin, which it does not."""
        theirs = self.node("gettxoutsetinfo")
        facts = agreement.info(self.ledger)
        equal(facts["tip"]["hash"], theirs["bestblock"], "the tip")
        equal(facts["unspent"]["coins"] - 1, theirs["txouts"], "unspent coins")
        equal(int(facts["unspent"]["value"]) - 50 * bitcoin.COIN, units(theirs["total_amount"]),
              "their value")
        # What the wallet has for confirmed lags behind when many blocks go; gettxout not.
        addresses = sorted({coin["address"] for coin in self.node("listunspent", 0)
                            if self.node("gettxout", coin["txid"], coin["vout"], False)})[:12]
        if addresses:
            found = self.node("scantxoutset", "start", [f"addr({a})" for a in addresses])
            shown = agreement.show("address", addresses, self.ledger)
            equal(sum(int(a["balance"]) for a in shown), units(found["total_amount"]),
                  f"what {len(addresses)} addresses hold")

    def check_unconfirmed(self, mempool):
        """gettxout with include_mempool says null of a coin that the mempool spends."""
        transactions = self.with_mempool("show", "tx", *mempool)["found"]
        addresses = sorted({out["address"] for tx in transactions for out in tx["outputs"]})[:6]
        shown = self.with_mempool("show", "address", *addresses, "--all")
        equal(shown["mempool"]["transactions"], len(mempool), "transactions shown of the mempool")
        equal(shown["mempool"]["left_out"], 0, "transactions left out of it")
        seen = [out for tx in transactions for out in tx["outputs"]]
        seen += [coin for address in shown["found"] for coin in address["coins"]]
        for coin in seen:
            theirs = self.unspent(coin["coin"], True)
            equal(coin["spent_by"] is None, theirs is not None, f"that {coin['coin']} is unspent")
            if theirs:
                equal(int(coin["value"]), units(theirs["value"]), f"the value of {coin['coin']}")
        spent = [coin for tx in transactions for coin in tx["inputs"]]
        for coin in spent:
            equal(self.unspent(coin["coin"], True), None, f"{coin['coin']}, which is spent,")
        seeds = [coin for coin in spent if self.unspent(coin["coin"], False)]
        self.check_unconfirmed_trace(self.random.choice(seeds))

    def check_unconfirmed_trace(self, seed):
        """A coin that only the mempool spends lies where the node says that coins lie."""
        trace = self.with_mempool("trace", "--from", seed["coin"], "--method", "fifo")
        equal(sum(int(d["amount"]) for d in trace["destinations"]), int(seed["value"]),
              f"what became of {seed['coin']}")
        check(trace["touched"]["transactions"] > 0, f"nothing spends {seed['coin']}")
        for destination in trace["destinations"]:
            for coin in destination["coins"]:
                check(destination["kind"] != "held" or self.unspent(coin["coin"], True),
                      f"{coin['coin']} is not held: the node has it spent")
        self.counts["traced"] += 1

    def unspent(self, name, with_mempool):
        txid, index = name.split(":")
        return self.node("gettxout", txid, int(index), with_mempool)

    def with_mempool(self, *words):
        return json.loads(run(*words, "--unconfirmed", "--json", "-", "--ledger",
                              self.ledger).out)

    # ---- the play ----

    def run(self, turns):
        steps = ([self.mine] * 3 + [self.pay] * 4 + [self.replaceable_payment] * 3
                 + [self.replace_by_fee] * 3 + [self.invalidate] * 3 + [self.reconsider] * 2)
        for turn in range(turns):
            for _ in range(3):
                self.random.choice(steps)()
            if turn == turns // 3:
                self.kill_node()
            if turn == turns // 2:
                self.follower.kill()
                self.mine()
                self.follower.start()
            if turn == 2 * turns // 3:
                self.follower.stop(signal.SIGINT)
                self.invalidate()
                self.follower.start()
            self.pause()

    def kill_node(self):
        """As a power cut does it. What the node wrote last it may have lost."""
        height = self.node("getblockcount")
        self.node.hang_up()
        self.node.process.kill()
        self.node.process.wait()
        self.follower.wait_for(lambda: "refuses the connection" in self.follower.said()
                               or "without an answer" in self.follower.said(), "word of it")
        self.struck_out = []  # the node may not know them any more
        self.node.__enter__()
        if "w" not in self.node("listwallets"):
            self.node("loadwallet", "w")
        while self.node("getblockcount") <= height:  # or the ledger waits for it to get there
            self.mine()

    def begin(self):
        self.history = History(self.node)
        self.history.confirm(170)
        self.follower.start()
        self.pause()


def a_node_that_turns_back_and_dies(folder):
    play = Play(folder, SEED)
    with play.node:
        play.begin()
        try:
            play.run(turns=24)
        except Exception:
            play.follower.kill()
            raise
        play.follower.stop()
        book_tip = play.node.tip()
    equal(follower.committed_tip(play.ledger)[1], book_tip, "the tip at the end")
    agreement.sound(play.ledger)
    said = play.follower.said()
    for word in ("reorganisation", "answers again"):
        check(word in said, f"follow never said {word!r}:\n{said}")
    counts = play.counts
    check(counts["deepest"] == 30, f"the deepest turn back was {counts['deepest']} blocks")
    check(counts["downwards"] > 1 and counts["replaced"] > 2 and counts["mempool"] > 3
          and counts["traced"] > 5,
          f"the script did not do enough: {counts}")
    return f"{said.count('reorganisation')} reorganisations, {counts}"


if __name__ == "__main__":
    main([a_node_that_turns_back_and_dies])
