#!/usr/bin/env python3
"""Random account worlds and what the slow reference says of traces in them, as lines of numbers.

usage: account_worlds.py WORLDS [FIRST_SEED [alone]]

A world is "world N accounts A assets B", its contracts ("contract ASSET ACCOUNT"), stops
("stop ACCOUNT KIND SERVICE"), cuts ("cuts MIN HOPS UNTIL"), transactions ("tx PAYER FEE", then
"row FROM TO ASSET AMOUNT USD"; -1 is nobody or nothing), seeds
("seed TX ROW FIRST END LABEL SIDE"), and for each method ("method NAME") the answer:
"got SEED UNITS", "at KIND SERVICE TX ACCOUNT ASSET LABEL AMOUNT HOPS", "fee ASSET LABEL AMOUNT",
"swapped out|in ASSET LABEL AMOUNT", "unknown ACCOUNT ASSET" and "counts SWAPS APPROXIMATE GUESSED".
Backward it has cuts and seeds of its own ("backcuts", "backseed"), balances that are asked about
("holding ACCOUNT ASSET LABEL"), and its methods are called "back-NAME"; what was found of a holding
is "kept ACCOUNT ASSET LABEL BALANCE UNITS". "end" ends it.
With "alone" no answers are given, which take most of the time.
"""

import random
import sys

from account_trace import METHODS, NOBODY, AccountTrace
from account_trace_back import METHODS_BACK, BackTrace

SIDES = ("transfer", "received", "sent")
NEVER = 1 << 30


class World:
    def __init__(self, number):
        self.dice = random.Random(number)
        self.accounts = self.dice.randint(8, 14)
        self.assets = self.dice.randint(2, 4)
        self.scale = self.dice.choice((8, 50, 1000, 10**18, 10**40, 10**70))
        # The last accounts are the tokens' contracts (which a wrapper also is), some unknown.
        self.contracts = {asset: self.accounts - asset for asset in range(1, self.assets)
                          if self.dice.random() < 0.7}
        self.pools = self.dice.sample(range(2, self.accounts - self.assets + 1), 2)
        self.stops = {}
        for account in self.dice.sample(range(self.accounts), self.dice.randint(0, 2)):
            self.stops[account] = self.dice.choice((("service", 0), ("crossed", 1),
                                                    ("burned", -1)))
        self.cuts = {"min_amount": self.dice.choice((0, 0, 0, self.scale // 20)),
                     "max_hops": self.dice.choice((NEVER, NEVER, 4)),
                     "until": self.dice.choice((NEVER, NEVER, 20))}
        self.transactions = [self.transaction() for _ in range(self.dice.randint(8, 30))]

    def amount(self):
        dice = self.dice
        if dice.random() < 0.03:
            return 0
        return dice.choice((dice.randint(1, self.scale), dice.randint(1, self.scale) // 10 + 1,
                            self.scale // 2, dice.randint(1, 5)))

    def account(self):
        return NOBODY if self.dice.random() < 0.05 else self.dice.randrange(self.accounts)

    def row(self, giver, taker, asset, amount):
        usd = self.dice.randint(0, 10**9) if self.dice.random() < 0.6 else None
        return (giver, taker, asset, amount, usd)

    def asset(self):
        return self.dice.randrange(self.assets)

    def transaction(self):
        payer = self.account()
        shape = self.dice.choice(("plain", "plain", "plain", "swap", "swap", "send", "wrap",
                                  "unwrap", "many", "chaos", "self", "cycle"))
        rows = getattr(self, shape)(payer)
        fee = 0 if self.dice.random() < 0.4 else self.dice.randint(0, max(1, self.scale // 100))
        return {"payer": payer, "fee": fee, "rows": rows}

    def plain(self, payer):
        giver = payer if self.dice.random() < 0.7 else self.account()
        return [self.row(giver, self.account(), self.asset(), self.amount())
                for _ in range(self.dice.randint(0, 2))]

    def swap(self, payer):
        """Through one pool or two, by a router or not, now and then the payer's own contract."""
        who = payer if self.dice.random() < 0.7 else self.account()
        paid, got = self.dice.sample(range(self.assets), 2)
        rows = []
        pool = self.dice.choice(self.pools)
        amount = self.amount()
        if self.dice.random() < 0.3:
            router = self.account()
            rows.append(self.row(who, router, paid, amount))
            rows.append(self.row(router, pool, paid, amount))
        else:
            rows.append(self.row(who, pool, paid, amount))
        taker = who if self.dice.random() < 0.8 else self.account()
        if self.dice.random() < 0.2 and len(self.pools) > 1:
            other = next(p for p in self.pools if p != pool)
            middle = self.asset()
            rows.append(self.row(pool, other, middle, self.amount()))
            pool = other
        rows.append(self.row(pool, taker, got, self.amount()))
        if self.dice.random() < 0.3:
            rows.append(self.row(self.dice.choice((pool, who)), self.account(),
                                 self.dice.choice((paid, got)), self.amount()))
        self.dice.random() < 0.2 and rows.reverse()
        return rows

    def send(self, payer):
        paid, got = self.dice.sample(range(self.assets), 2)
        pool = self.dice.choice(self.pools)
        return [self.row(payer, pool, paid, self.amount()),
                self.row(pool, self.account(), got, self.amount()),
                self.row(payer, self.account(), paid, self.amount())]

    def wrap(self, payer):
        token = self.dice.randrange(1, self.assets)
        contract = self.contracts.get(token, self.pools[0])
        amount = self.amount()
        return [self.row(payer, contract, 0, amount), self.row(NOBODY, payer, token, amount)]

    def unwrap(self, payer):
        token = self.dice.randrange(1, self.assets)
        contract = self.contracts.get(token, self.pools[0])
        amount = self.amount()
        return [self.row(payer, NOBODY, token, amount), self.row(contract, payer, 0, amount)]

    def many(self, payer):
        """Several assets in or out: liquidity added and taken back."""
        pool = self.dice.choice(self.pools)
        rows = [self.row(payer, pool, asset, self.amount()) for asset in range(self.assets)
                if self.dice.random() < 0.6]
        rows += [self.row(pool, payer, asset, self.amount()) for asset in range(self.assets)
                 if self.dice.random() < 0.6]
        return rows

    def chaos(self, _):
        return [self.row(self.account(), self.account(), self.asset(), self.amount())
                for _ in range(self.dice.randint(2, 6))]

    def self(self, payer):
        return [self.row(payer, payer, self.asset(), self.amount()), *self.plain(payer)]

    def cycle(self, payer):
        a, b = self.account(), self.account()
        asset, amount = self.asset(), self.amount()
        return [self.row(payer, a, asset, amount), self.row(a, b, asset, amount),
                self.row(b, payer, asset, amount), self.row(payer, b, asset, amount)]

    def seeds(self):
        moving = self.moving()
        return self.seeds_among(moving[:max(3, len(moving) // 2)])

    def back_seeds(self):
        """And the cuts of the traces backward from them."""
        moving = self.moving()
        seeds = self.seeds_among(moving[-max(3, len(moving) // 2):])
        first = min((seed["tx"] for seed in seeds), default=0)
        return seeds, {"min_amount": self.dice.choice((0, 0, 0, self.scale // 20)),
                       "max_hops": self.dice.choice((NEVER, NEVER, 3)),
                       "until": self.dice.choice((0, 0, self.dice.randint(0, first)))}

    def holdings(self):
        return [(self.dice.randrange(self.accounts), self.asset(), self.dice.randint(1, 3))
                for _ in range(self.dice.choice((0, 0, 1, 3)))]

    def moving(self):
        return [(t, r) for t, tx in enumerate(self.transactions)
                for r, row in enumerate(tx["rows"]) if row[3] > 0 and row[0] != row[1]]

    def seeds_among(self, moving):
        if not moving:
            return []
        seeds = []
        for _ in range(self.dice.randint(1, 4)):
            tx, row = self.dice.choice(moving)
            amount = self.transactions[tx]["rows"][row][3]
            first, end = 0, amount
            if self.dice.random() < 0.3 and amount > 1:
                first, end = sorted(self.dice.sample(range(amount + 1), 2)) if amount < 10**9 else (
                    amount // 3, amount // 2)
            seeds.append({"tx": tx, "row": row, "first": first, "end": end,
                          "label": self.dice.randint(1, 3), "side": self.dice.choice(SIDES)})
        order = [(s["tx"], s["row"], s["label"], s["first"], s["end"], SIDES.index(s["side"]))
                 for s in seeds]
        return [seeds[i] for i in sorted(range(len(seeds)), key=lambda i: order[i])]

    def as_case(self, cuts=None):
        return {"transactions": self.transactions, "contracts": self.contracts,
                "stops": self.stops, "cuts": cuts or self.cuts}


def optional(value):
    return -1 if value is None else value


def answer(trace):
    for number, got in enumerate(trace.effective):
        print("got", number, got)
    for (where, tx, account, asset, label), (amount, hops) in sorted(trace.landed.items(), key=str):
        kind, service = where if isinstance(where, tuple) else (where, -1)
        print("at", kind, service, tx, account, asset, label, amount, hops)
    for (asset, label), amount in sorted(trace.fees.items()):
        print("fee", asset, label, amount)
    for (way, asset, label), amount in sorted(trace.swapped.items()):
        print("swapped", way, asset, label, amount)
    for account, asset in sorted(trace.unknown):
        print("unknown", account, asset)
    print("counts", trace.swaps, trace.approximate, trace.guessed)


def tell(number, world, seeds, back_seeds, back_cuts, holdings):
    print("world", number, "accounts", world.accounts, "assets", world.assets)
    for asset, account in world.contracts.items():
        print("contract", asset, account)
    for account, (kind, service) in world.stops.items():
        print("stop", account, kind, service)
    for name, cuts in (("cuts", world.cuts), ("backcuts", back_cuts)):
        print(name, cuts["min_amount"], cuts["max_hops"], cuts["until"])
    for tx in world.transactions:
        print("tx", tx["payer"], tx["fee"])
        for giver, taker, asset, amount, usd in tx["rows"]:
            print("row", giver, taker, asset, amount, optional(usd))
    for word, some in (("seed", seeds), ("backseed", back_seeds)):
        for seed in some:
            print(word, *(seed[name] for name in ("tx", "row", "first", "end", "label")),
                  SIDES.index(seed["side"]))
    for holding in holdings:
        print("holding", *holding)


def main():
    worlds = int(sys.argv[1])
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for number in range(first, first + worlds):
        world = World(number)
        seeds = world.seeds()
        if not seeds:
            continue
        back_seeds, back_cuts = world.back_seeds()
        holdings = world.holdings()
        tell(number, world, seeds, back_seeds, back_cuts, holdings)
        alone = sys.argv[3:] == ["alone"]
        for method in () if alone else METHODS:
            print("method", method)
            answer(AccountTrace(world.as_case(), seeds, method).run())
        for method in () if alone else METHODS_BACK:
            print("method", f"back-{method}")
            trace = BackTrace(world.as_case(back_cuts), back_seeds, method, holdings).run()
            for holding, found in trace.kept.items():
                print("kept", *holding, *found)
            answer(trace)
        print("end")


if __name__ == "__main__":
    main()
