#!/usr/bin/env python3
"""A slow second opinion on traces, written from the tracing specification alone.

It walks the whole chain, transaction by transaction, keeps what it knows of every coin for ever,
and computes with integers of any size. Nothing is shared with the program but the meaning of the
words.

usage: trace_reference.py CASES.json > answers.txt

CASES.json is a list of {"chain": (see chain.py), "seeds": [{"coin", "first", "end", "label"}],
"methods": [...]} with, where they differ from the usual: "fees" ("sink"), "direction" ("forward"),
"services" and "bridges" ({address: name}), "burn_addresses" ([]), "cuts" ({"min_amount",
"max_hops", "until"}), "mixes" (names of transactions, []), "mix" ("stop"), "changes" (by name of a
mix, [input, output] numbers, {}), "parcels" (false) and "halving" (210000).
The answer has, for each case and method, one line per seed, per place, coin and label where taint
rests, and per label of the fees.
"""

import json
import sys
from collections import defaultdict

from chain import Chain
from methods import CLEAN, ORDERED, Holding, move, move_back


class Trace:
    """One trace, either way. `chain` is told as Chain wants it."""

    def __init__(self, case, method):
        self.chain = Chain(case["chain"], case.get("halving", 210_000), case.get("mixes", []))
        self.method = method
        self.backward = case.get("direction", "forward") == "backward"
        self.miner = case.get("fees", "sink") == "miner"
        self.services = case.get("services", {})
        self.bridges = case.get("bridges", {})
        self.burn_addresses = case.get("burn_addresses", [])
        self.cuts = case.get("cuts", {})
        self.mix = case.get("mix", "stop")
        self.changes = case.get("changes", {})
        self.seeds = defaultdict(list)  # by coin
        for seed in sorted(case["seeds"], key=lambda s: (s["coin"], s["label"], s["first"])):
            self.seeds[self.chain.coins[seed["coin"]]].append(seed)
        self.lines = []
        self.resting = {}  # (where, coin's name, label) -> (amount, fewest hops)
        self.fees = defaultdict(int)
        self.unclaimed = defaultdict(int)  # by miners
        self.minted = defaultdict(int)  # (coinbase's name, label) -> units it made, fees apart
        self.found = defaultdict(int)  # by label, over all destinations
        self.seeded = defaultdict(int)

    def run(self):
        if self.backward:
            self.run_backward()
        else:
            self.run_forward()
        for (where, name, label), (amount, hops) in self.resting.items():
            self.lines.append(f"{where} {name} {amount} hops {hops} label {label}")
        for (name, label), amount in self.minted.items():
            self.lines.append(f"mined {name} {amount} label {label}")
        if self.method != "poison":
            for label, amount in self.fees.items():
                self.found[label] += amount
                self.lines.append(f"fees {amount} label {label}")
            for label, amount in self.unclaimed.items():
                self.lines.append(f"unclaimed {amount} label {label}")
            assert all(self.seeded[l] == self.found[l] for l in {*self.seeded, *self.found})
        elif self.fees:
            self.lines.append("fees reached")
        return sorted(self.lines)

    # ---- forward --------------------------------------------------------------------------------

    def run_forward(self):
        waiting = []  # the fees of the block at hand
        for transaction in self.chain.in_order(coinbase_last=self.miner):
            if transaction.inputs:
                if transaction.mixed and self.mix == "follow-change":
                    self.follow_changes(transaction)
                else:
                    move(self.method_in(transaction), transaction.inputs,
                         [*transaction.outputs, transaction.fee])
                waiting.append(transaction.fee)
                if not self.miner:
                    self.pay_fee(transaction.fee)
            elif self.miner:
                self.mine(transaction, waiting)
                waiting = []
            for coin in transaction.outputs:
                self.stop_and_seed(coin)
        for coin in self.chain.coins:
            if coin.fate in ("held", "replaced"):
                self.rest(coin, "held" if coin.fate == "held" else "burned")

    def method_in(self, transaction):
        """A mix that does not stop taint is divided by haircut whatever the method; poison stays
        poison."""
        mixes = transaction.mixed and self.mix == "haircut" and self.method != "poison"
        return "haircut" if mixes else self.method

    def follow_changes(self, transaction):
        """Each known change comes out of its input alone; what was paid in instead goes, with the
        other inputs, to the other outputs and the fee."""
        sources, others = list(transaction.inputs), list(transaction.outputs)
        for number, output in self.changes.get(transaction.name, []):
            paid, change = sources[number], transaction.outputs[output]
            rest = Holding(paid.value - change.value)
            move(self.method, [paid], [rest, change, Holding(0)])
            rest.hops = {label: paid.hops[label] for label in rest.amounts}
            sources[number] = rest
            others.remove(change)
            change.mixed = False
        move(self.method, sources, [*others, transaction.fee])

    def pay_fee(self, fee):
        for label, amount in fee.amounts.items():
            self.fees[label] += amount

    def mine(self, coinbase, fees):
        """Section 3: the subsidy, clean, then the fees in block order."""
        sources = [Holding(self.chain.subsidy(coinbase.height)), *fees]
        paid = sum(coin.value for coin in coinbase.outputs)
        unclaimed = Holding(sum(source.value for source in sources) - paid)
        assert unclaimed.value >= 0, f"{coinbase.name} pays out more than it may"
        move(self.method, sources, [*coinbase.outputs, unclaimed])
        for label, amount in unclaimed.amounts.items():
            self.found[label] += amount
            self.unclaimed[label] += amount

    # ---- backward -------------------------------------------------------------------------------

    def run_backward(self):
        """The transactions in reverse; what is asked of a coin is known when its maker's turn
        comes, since all that spend it come later."""
        for transaction in reversed(list(self.chain.in_order(coinbase_last=self.miner))):
            for coin in transaction.outputs:
                self.stop_and_seed(coin)
            if transaction.mixed and self.mix == "stop":  # seeds too: it hides where they came from
                for coin in transaction.outputs:
                    self.rest(coin, "mixed")
            if transaction.inputs:
                move_back(self.method_in(transaction), [*transaction.outputs, transaction.fee],
                          transaction.inputs)
            elif self.miner:
                self.unmine(transaction)
            else:
                for coin in transaction.outputs:
                    self.rest(coin, "mined")

    def unmine(self, coinbase):
        fees = [t.fee for t in self.chain.blocks[coinbase.height][1:]]
        sources = [Holding(self.chain.subsidy(coinbase.height)), *fees]
        paid = sum(coin.value for coin in coinbase.outputs)
        unclaimed = Holding(sum(source.value for source in sources) - paid)
        move_back(self.method, [*coinbase.outputs, unclaimed], sources)
        for label, amount in sources[0].amounts.items():
            self.found[label] += amount
            self.minted[coinbase.name, label] += amount

    # ---- a coin: what stops in it, and the seeds that begin in it --------------------------------

    def stop_of(self, coin):
        """Section 5, and which comes first where several hold."""
        if coin.unspendable or coin.address in self.burn_addresses:
            return "burned"
        if coin.address in self.services:
            return f"service {self.services[coin.address]}"
        if coin.address in self.bridges:
            return f"crossed {self.bridges[coin.address]}"
        if coin.mixed and self.mix in ("stop", "follow-change"):
            return "mixed"
        return None

    def cut_of(self, coin):
        """Whether the coin is beyond the limits of this trace."""
        least, most_hops = self.cuts.get("min_amount", 0), self.cuts.get("max_hops")
        until = self.cuts.get("until")
        if sum(coin.amounts.values()) < int(least):
            return True
        if until is not None and (coin.height < until if self.backward else coin.height > until):
            return True
        return most_hops is not None and min(coin.hops.values()) > most_hops

    def stop_and_seed(self, coin):
        taken = []  # (from, to, label): units no later claim may have
        position = 0
        for label, length in self.units_of(coin):
            if label != CLEAN:
                taken.append((position, position + length, label))
            position += length
        shielded = len(taken)
        stopped = self.stop_of(coin) if coin.amounts else None
        if not stopped and coin.amounts and not self.seeds[coin] and self.cut_of(coin):
            stopped = "cut"  # a seed coin never is
        if stopped:
            self.rest(coin, stopped)
            taken = [(begin, end, CLEAN) for begin, end, _ in taken]
        for seed in self.seeds[coin]:
            self.seed(coin, seed, taken)
        if len(taken) > shielded:
            self.recount(coin, taken)
        if coin.unspendable and coin.amounts and not self.backward:
            self.rest(coin, "burned")

    def units_of(self, coin):
        """Where an order is needed and the method keeps none: tainted units first."""
        if self.method in ORDERED:
            return coin.units
        return sorted(coin.amounts.items())

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
        units = []
        for begin, end, label in sorted(taken):
            if begin > position:
                units.append((CLEAN, begin - position))
            units.append((label, end - begin))
            position = max(position, end)
        if position < coin.value:
            units.append((CLEAN, coin.value - position))
        coin.hold(units)

    def rest(self, coin, where):
        """The coin's taint ends in it."""
        for label, amount in coin.amounts.items():
            self.found[label] += amount
            before, hops = self.resting.get((where, coin.name, label), (0, coin.hops[label]))
            self.resting[where, coin.name, label] = before + amount, min(hops, coin.hops[label])
        coin.clean()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    for number, case in enumerate(cases):
        for method in case["methods"]:
            print(f"case {number} {method}")
            print("".join(line + "\n" for line in Trace(case, method).run()), end="")


if __name__ == "__main__":
    main()
