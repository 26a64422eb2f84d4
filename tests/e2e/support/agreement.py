"""Holds a ledger against what another implementation says of the same chain, in every row that
`show` prints.

The other's word is a list of blocks from the genesis block on:
  {"hash", "time", "txs": [{"txid", "coinbase", "weight", "inputs": ["txid:vout"],
                            "outputs": [(value, script)]}]}
Addresses are derived from the scripts (scripts.py); spenders and fees from the inputs.
"""

import collections
import json

from support import scripts
from support.harness import check, equal, run


GUESSES = ("recognised", "change")  # of a transaction's shape: no other program says the same


def show(what, ids, ledger):
    """What `show WHAT` finds, in order of the ids; of addresses every coin."""
    ids = list(ids)
    whole = ["--all"] if what == "address" else []
    shown = run("show", what, "-", "--json", "-", "--ledger", ledger, *whole,
                stdin="\n".join(map(str, ids)) + "\n")
    found = json.loads(shown.out)["found"]
    equal(len(found), len(ids), f"things that show {what} found")
    for one in found:
        for guess in GUESSES:
            one.pop(guess, None)
    return found


def info(ledger):
    return json.loads(run("info", "--json", "-", "--ledger", ledger).out)


class Book:
    """The other's chain, with what follows from it."""

    def __init__(self, blocks, network):
        self.blocks = blocks
        self.transactions = [tx for block in blocks for tx in block["txs"]]
        self.coins = {}  # name -> as `show coin` has it, in chain order
        self.by_address = collections.defaultdict(list)
        self.places = {}  # txid -> (height, position)
        for height, block in enumerate(blocks):
            for position, tx in enumerate(block["txs"]):
                self.places[tx["txid"]] = (height, position)
                for name in tx["inputs"]:
                    self.coins[name].update(spent_by=tx["txid"], spent_height=height)
                for index, (value, script) in enumerate(tx["outputs"]):
                    self.add_coin(f"{tx['txid']}:{index}", value, script, network)
        equal(len(self.places), len(self.transactions), "txids that differ from one another")

    def add_coin(self, name, value, script, network):
        kind, address = scripts.describe(script, network)
        self.coins[name] = {"coin": name, "value": str(value), "address": address, "script": kind,
                            "spent_by": None}
        self.by_address[address].append(name)

    def unspent(self):
        """Coins that may still be spent; the genesis block's never could be."""
        genesis = f"{self.transactions[0]['txid']}:0"
        return [coin for coin in self.coins.values() if coin["spent_by"] is None
                and coin["script"] != "op_return" and coin["coin"] != genesis]

    def transaction(self, tx):
        """As `show tx` has it."""
        height, position = self.places[tx["txid"]]
        block = self.blocks[height]
        spent = [self.coins[name] for name in tx["inputs"]]
        made = [self.coins[f"{tx['txid']}:{i}"] for i in range(len(tx["outputs"]))]
        fee = sum(int(coin["value"]) for coin in spent) - sum(int(coin["value"]) for coin in made)
        return {
            "txid": tx["txid"], "height": height, "block": block["hash"], "position": position,
            "time": block["time"], "weight": tx["weight"], "coinbase": tx["coinbase"],
            "fee": "0" if tx["coinbase"] else str(fee),
            "inputs": [{key: coin[key] for key in ("coin", "value", "address")} for coin in spent],
            "outputs": made,
        }

    def address(self, address):
        """As `show address` has it."""
        coins = [self.coins[name] for name in self.by_address[address]]
        spent = [coin for coin in coins if coin["spent_by"]]
        received, gone = (sum(int(coin["value"]) for coin in some) for some in (coins, spent))
        return {
            "address": address, "coins": coins, "received": str(received), "spent": str(gone),
            "coins_received": len(coins), "coins_spent": len(spent),
            "balance": str(received - gone), "page": 1, "pages": 1,
        }


def agree(ledger, book):
    """Every block, transaction, coin and address of the book stands so in the ledger, and no
    other. Returns the counts in words."""
    facts = info(ledger)
    equal(facts["tip"]["height"], len(book.blocks) - 1, "the tip's height")
    equal(facts["tip"]["hash"], book.blocks[-1]["hash"], "the tip")
    counts = {"blocks": len(book.blocks), "transactions": len(book.transactions),
              "inputs": sum(len(tx["inputs"]) for tx in book.transactions),
              "coins": len(book.coins)}
    equal({name: facts[name] for name in counts}, counts, "counts")
    # What a wrapper wraps has an address of its own, which may have received nothing.
    check(facts["addresses"] >= len(book.by_address), f"the ledger has {facts['addresses']} "
          f"addresses, the book {len(book.by_address)}")

    found = show("block", range(len(book.blocks)), ledger)
    for height, (block, got) in enumerate(zip(book.blocks, found)):
        got.pop("header")
        equal(got, {"height": height, "hash": block["hash"], "time": block["time"],
                    "txids": [tx["txid"] for tx in block["txs"]]}, f"block {height}")
    compare("tx", [tx["txid"] for tx in book.transactions],
            map(book.transaction, book.transactions), ledger)
    compare("coin", book.coins, book.coins.values(), ledger)
    compare("address", book.by_address, map(book.address, book.by_address), ledger)
    spent = sum(coin["spent_by"] is not None for coin in book.coins.values())
    check(spent > 0, "nothing was ever spent: this chain shows nothing")
    return ", ".join(f"{count} {name}" for name, count in counts.items()) + f", {spent} spenders"


def compare(what, ids, wanted, ledger):
    ids = list(ids)
    for name, theirs, ours in zip(ids, wanted, show(what, ids, ledger)):
        if ours != theirs:
            differing = sorted(key for key in theirs.keys() | ours.keys()
                               if theirs.get(key) != ours.get(key))
            key = differing[0]
            equal(ours.get(key), theirs.get(key), f"show {what} {name}, {key}")


def sound(ledger):
    """`ledger check` finds nothing."""
    run("ledger", "check", "--ledger", ledger)
