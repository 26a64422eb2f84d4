#!/usr/bin/env python3
"""A slow second opinion on traces, written from the tracing specification alone.

It walks the whole chain, transaction by transaction, keeps what it knows of every coin for ever,
and computes shares with fractions. Nothing is shared with the program but the meaning of the words.

usage: trace_reference.py CASES.json > answers.txt

CASES.json is a list of {"chain": [{"name", "inputs": [coin numbers], "outputs": [{"value",
"address", "unspendable"}]}], "services": {address: service name}, "seeds": [{"coin", "first",
"end", "label"}], "methods": [...]}. Coins are numbered through the chain from 0; the transaction
without inputs is a coinbase. The answer has, for each case and method, one line per seed, per coin
and label where taint rests, and per label of the fees.
"""

import json
import sys
from collections import defaultdict
from fractions import Fraction
from math import floor

CLEAN = 0


class Coin:
    def __init__(self, name, value, address, unspendable):
        self.name = name
        self.value = value
        self.address = address
        self.unspendable = unspendable
        self.fate = "held"  # or "spent", or "replaced"
        self.units = []  # fifo: (label, length) from the first unit to the last
        self.amounts = {}  # the others: label -> tainted units
        self.hops = {}  # label -> fewest transactions from a seed


class Chain:
    """The coins of all transactions, and how each of them ends."""

    def __init__(self, transactions):
        self.transactions = transactions
        self.coins = []
        self.outputs = []  # per transaction: its coins' numbers
        latest = {}
        for transaction in transactions:
            name = transaction["name"]
            for number in transaction["inputs"]:
                self.coins[number].fate = "spent"
            if not transaction["inputs"] and name in latest:
                for number in latest[name]:
                    if self.coins[number].fate == "held":
                        self.coins[number].fate = "replaced"
            numbers = []
            for index, output in enumerate(transaction["outputs"]):
                numbers.append(len(self.coins))
                self.coins.append(Coin(f"{name}:{index}", int(output["value"]), output["address"],
                                       output["unspendable"]))
            latest[name] = numbers
            self.outputs.append(numbers)


# ---- methods: one transaction -------------------------------------------------------------------

def labels_of(inputs):
    return sorted({label for coin in inputs for label in coin.amounts})


def divide_poison(inputs, weights):
    return [{label: weight for label in labels_of(inputs)} for weight in weights]


def divide_haircut(inputs, weights):
    room = list(weights)
    shares = [{} for _ in weights]
    for label in labels_of(inputs):
        entering = sum(coin.amounts.get(label, 0) for coin in inputs)
        exact = [Fraction(entering * r, sum(room)) for r in room]
        whole = [floor(e) for e in exact]
        missing = entering - sum(whole)
        order = sorted(range(len(room)), key=lambda j: (whole[j] - exact[j], j))
        for j in order[:missing]:
            whole[j] += 1
        for j, amount in enumerate(whole):
            room[j] -= amount
            shares[j][label] = amount
    return shares


def divide_fifo(inputs, weights):
    line = [piece for coin in inputs for piece in (coin.units or [(CLEAN, coin.value)])]
    line.reverse()
    outputs = []
    for weight in weights:
        units = []
        while weight > 0:
            label, length = line.pop()
            if length > weight:
                line.append((label, length - weight))
                length = weight
            units.append((label, length))
            weight -= length
        outputs.append(units)
    return outputs


def amounts_of(units):
    amounts = defaultdict(int)
    for label, length in units:
        if label != CLEAN:
            amounts[label] += length
    return dict(amounts)


def in_order(amounts, value):
    """Where an order is needed and the method keeps none: tainted units first."""
    units = [(label, amounts[label]) for label in sorted(amounts) if amounts[label] > 0]
    return units + [(CLEAN, value - sum(length for _, length in units))]


# ---- one trace ----------------------------------------------------------------------------------

class Trace:
    def __init__(self, chain, services, seeds, method):
        self.chain = chain
        self.services = services
        self.method = method
        self.seeds = defaultdict(list)
        for seed in sorted(seeds, key=lambda s: (s["coin"], s["label"], s["first"])):
            self.seeds[seed["coin"]].append(seed)
        self.lines = []
        self.fees = defaultdict(int)
        self.found = defaultdict(int)  # by label, over all destinations
        self.seeded = defaultdict(int)

    def run(self):
        for transaction, outputs in zip(self.chain.transactions, self.chain.outputs):
            self.pass_through(transaction, outputs)
            for number in outputs:
                self.stop_and_seed(number)
        for coin in self.chain.coins:
            if coin.fate in ("held", "replaced"):
                self.rest(coin, "held" if coin.fate == "held" else "burned")
        if self.method != "poison":
            for label, amount in self.fees.items():
                self.found[label] += amount
                if amount > 0:
                    self.lines.append(f"fees {amount} label {label}")
            assert all(self.seeded[l] == self.found[l] for l in {*self.seeded, *self.found})
        elif any(self.fees.values()):
            self.lines.append("fees reached")
        return sorted(self.lines)

    def pass_through(self, transaction, outputs):
        inputs = [self.chain.coins[number] for number in transaction["inputs"]]
        if not inputs:
            return
        coins = [self.chain.coins[number] for number in outputs]
        weights = [coin.value for coin in coins]
        weights.append(sum(coin.value for coin in inputs) - sum(weights))
        if self.method == "fifo":
            pieces = divide_fifo(inputs, weights)
            shares = [amounts_of(units) for units in pieces]
            for coin, units in zip(coins, pieces):
                coin.units = units
        else:
            divide = divide_poison if self.method == "poison" else divide_haircut
            shares = divide(inputs, weights)
        for label, amount in shares.pop().items():
            self.fees[label] += amount
        for coin, amounts in zip(coins, shares):
            coin.amounts = {label: amount for label, amount in amounts.items() if amount > 0}
            coin.hops = {
                label: 1 + min(i.hops[label] for i in inputs if i.amounts.get(label, 0) > 0)
                for label in coin.amounts
            }

    def stop_and_seed(self, number):
        coin = self.chain.coins[number]
        taken = []  # (from, to, label): units no later claim may have
        stopped = "burned" if coin.unspendable else None
        if coin.address in self.services:
            stopped = stopped or f"service {self.services[coin.address]}"
        position = 0
        units = coin.units if self.method == "fifo" else in_order(coin.amounts, coin.value)
        for label, length in units:
            if label != CLEAN:
                taken.append((position, position + length, label))
            position += length
        shielded = len(taken)
        if stopped:
            self.rest(coin, stopped)
            coin.amounts, coin.hops, coin.units = {}, {}, []
            taken = [(begin, end, CLEAN) for begin, end, _ in taken]
        for seed in self.seeds[number]:
            self.seed(coin, seed, taken)
        if len(taken) > shielded:
            self.recount(coin, taken)
        if coin.unspendable and coin.amounts:
            self.rest(coin, "burned")
            coin.amounts, coin.hops, coin.units = {}, {}, []

    def seed(self, coin, seed, taken):
        first, end, label = int(seed["first"]), int(seed["end"]), seed["label"]
        cuts = sorted({first, end} | {c for t in taken for c in t[:2] if first < c < end})
        effective = 0
        for begin, stop in zip(cuts, cuts[1:]):
            if not any(t[0] <= begin and stop <= t[1] for t in taken):
                taken.append((begin, stop, label))
                effective += stop - begin
        self.seeded[label] += effective
        self.lines.append(f"seed {coin.name} claimed {end - first} effective {effective} "
                          f"label {label}")
        if effective > 0:
            coin.hops[label] = 0

    def recount(self, coin, taken):
        """The coin's units after seeds were laid in it."""
        position = 0
        coin.units = []
        for begin, end, label in sorted(taken):
            if begin > position:
                coin.units.append((CLEAN, begin - position))
            coin.units.append((label, end - begin))
            position = max(position, end)
        if position < coin.value:
            coin.units.append((CLEAN, coin.value - position))
        coin.amounts = amounts_of(coin.units)

    def rest(self, coin, where):
        for label, amount in coin.amounts.items():
            self.found[label] += amount
            self.lines.append(f"{where} {coin.name} {amount} hops {coin.hops[label]} "
                              f"label {label}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    for number, case in enumerate(cases):
        for method in case["methods"]:
            print(f"case {number} {method}")
            trace = Trace(Chain(case["chain"]), case["services"], case["seeds"], method)
            print("".join(line + "\n" for line in trace.run()), end="")


if __name__ == "__main__":
    main()
