"""A slow second opinion on traces backward on account chains, from docs/tracing.md alone.

It goes through the whole world forward to note every balance, and then back through all of it,
keeping of every balance which of its units are asked for. Netting and the division of units are
those of account_trace.py.
"""

from account_trace import (CLEAN, NATIVE, NOBODY, ORDERED, AccountTrace, Units, cut, divide,
                           merged_hops, rescale, seeded, share_out, unblocked)

METHODS_BACK = ("haircut", "fifo", "lifo")


class BackTrace(AccountTrace):
    """As AccountTrace; the cut "until" is the first transaction that is followed. A unit that was
    in a balance before all that is known is landed at "held", one that nobody gave at "mined".
    `holdings`, (account, asset, label), are balances that are asked about as they stand at the end;
    what was found of them is in `kept`, with what they were."""

    def __init__(self, world, seeds, method, holdings=()):
        super().__init__(world, seeds, method)
        self.holdings, self.kept = holdings, {}

    def run(self):
        self.note_balances()
        self.asked = {holder: Units(balance) for holder, balance in self.balances.items()}
        for account, asset, label in sorted(set(self.holdings)):
            units = self.asked.get((account, asset), Units())
            if units.value == 0:
                continue
            self.kept[account, asset, label] = (units.value, units.value - units.tainted())
            line = [(label if old == CLEAN else old, length) for old, length in units.line]
            self.asked[account, asset] = Units(units.value, line).with_hops({1: 0, 2: 0, 3: 0})
        for number in reversed(range(len(self.world["transactions"]))):
            if number < self.cuts["until"]:
                break
            tx = self.world["transactions"][number]
            self.number, self.rows = number, tx["rows"]
            if tx["payer"] != NOBODY and tx["fee"] > 0:
                self.gave(tx["payer"], NATIVE, Units(tx["fee"]))
                self.uncover(tx["payer"], NATIVE, self.missing.get((number, "fee"), 0))
            exchange = self.exchanges[number]
            if exchange is None:
                self.replay_back()
            else:
                self.exchange_back(*exchange)
        for (account, asset), units in self.asked.items():
            for label, amount in units.amounts.items():
                self.landed["cut", -1, account, asset, label] = (amount, units.hops[label])
        return self

    def note_balances(self):
        """Every balance at the end, what was missing where, and which transactions are netted."""
        self.balances, self.missing, self.exchanges = {}, {}, []
        for number, tx in enumerate(self.world["transactions"]):
            self.rows = tx["rows"]
            self.exchanges.append(self.exchange_of(tx))
            for row, (giver, taker, asset, amount, _) in enumerate(self.rows):
                self.spend(giver, asset, amount, (number, row))
                if taker != NOBODY:
                    self.balances[taker, asset] = self.balances.get((taker, asset), 0) + amount
                for account in {giver, taker} - {NOBODY}:
                    self.seen[account] += 1
            self.spend(tx["payer"], NATIVE, tx["fee"], (number, "fee"))

    def spend(self, account, asset, amount, where):
        if account == NOBODY:
            return
        have = self.balances.get((account, asset), 0)
        if amount > have:
            self.missing[where] = amount - have
        self.balances[account, asset] = max(have, amount) - amount

    # ---- a balance, before what happened to it ------------------------------------------------

    def got(self, account, asset, amount):
        """What of the units that came in last is asked for."""
        if account == NOBODY:
            return Units(amount)
        units = self.asked[account, asset]
        rest = units.value - amount
        if self.method in ORDERED:
            first, last = cut(units.line, [rest, amount])
            first, last = Units(rest, first), Units(amount, last)
            self.asked[account, asset] = first.with_hops(units.hops)
            return last.with_hops(units.hops)
        last, self.asked[account, asset] = divide(self.method, [units], [amount, rest])
        return last

    def gave(self, account, asset, units):
        old = self.asked[account, asset]
        hops = merged_hops([old, units])
        if self.method in ORDERED:
            line = (units.line + old.line if self.method == "fifo"
                    else old.line + units.line[::-1])
            both = Units(old.value + units.value, line)
        else:
            both = Units.of_amounts(old.value + units.value,
                                    {label: old.amounts[label] + units.amounts[label]
                                     for label in hops})
        self.asked[account, asset] = both.with_hops(hops)

    def uncover(self, account, asset, missing):
        if missing == 0:
            return
        units = self.asked[account, asset]
        if units.amounts:
            self.unknown.add((account, asset))
        rest = units.value - missing
        if self.method in ORDERED:
            first, last = cut(units.line, [missing, rest])
            opening, left = Units(missing, first), Units(rest, last)
            opening, left = opening.with_hops(units.hops), left.with_hops(units.hops)
        else:
            opening, left = divide(self.method, [units], [missing, rest])
        self.land("held", account, asset, opening)
        self.asked[account, asset] = left

    def came_from(self, giver, asset, units, sent):
        """Units on their way back to the giver; `sent` are seeds of what it gave."""
        units = Units(units.value, units.line).with_hops(
            {label: hop + 1 for label, hop in units.hops.items()})
        where = "mined" if giver == NOBODY else self.stops.get(giver)
        if where == ("burned", -1):
            where = None
        if units.amounts and where is None and (
                units.tainted() < self.cuts["min_amount"]
                or min(units.hops.values()) > self.cuts["max_hops"]):
            where = "cut"
        ground = units
        if units.amounts and where is not None:
            self.land(where, giver, asset, units)
            ground = Units(units.value, [(-1 if l != CLEAN else l, n) for l, n in units.line])
            ground.hops = {-1: 0}
        units = unblocked(self.method, seeded(self.method, ground, sent, self.record))
        if giver == NOBODY:
            self.land("mined", giver, asset, units)
            return
        self.gave(giver, asset, units)

    # ---- transactions -------------------------------------------------------------------------

    def replay_back(self):
        for row in reversed(range(len(self.rows))):
            giver, taker, asset, amount, _ = self.rows[row]
            missing = self.missing.get((self.number, row), 0)
            if giver == taker:
                if giver != NOBODY:
                    self.uncover(giver, asset, missing)
                continue
            if amount == 0:
                continue
            seeds = [s for s in self.seeds[self.number] if s["row"] == row]
            units = self.got(taker, asset, amount)
            units = seeded(self.method, units, [(0, s) for s in seeds if s["side"] != "sent"],
                           self.record)
            self.came_from(giver, asset, units, [(0, s) for s in seeds if s["side"] == "sent"])
            if giver != NOBODY:
                self.uncover(giver, asset, missing)

    def exchange_back(self, flows, sides, guessed):
        seeds = self.seeds_of_exchange(flows)
        given = []
        crossed = approximate = False
        for net in sides:
            moved, tainted, approx = self.side_back(net, seeds)
            given += moved
            crossed = crossed or tainted
            approximate = approximate or (tainted and approx)
        self.swaps += crossed
        self.guessed += crossed and guessed
        self.approximate += approximate
        for account, asset, units in given:
            self.came_from(account, asset, units, seeds.get((account, asset, "sent"), ()))
        short = {}
        for row, (giver, _, asset, _, _) in enumerate(self.rows):
            missing = self.missing.get((self.number, row), 0)
            short[giver, asset] = short.get((giver, asset), 0) + missing
        for (account, asset), missing in short.items():
            self.uncover(account, asset, missing)

    def side_back(self, net, seeds):
        paid = [asset for asset, (_, g) in net.items() if g > 0]
        got = [asset for asset, (_, g) in net.items() if g < 0]
        over_weights, approx_over = self.weights(paid, [net[x][1] for x in paid])
        back_weights, approx_back = self.weights(got, [-net[y][1] for y in got])
        takers, givers = {}, {}
        for asset, (by_account, _) in net.items():
            givers[asset] = [(a, -n) for a, n in by_account.items() if n < 0]
            takers[asset] = []
            for account, n in by_account.items():
                if n > 0:
                    units = seeded(self.method, self.got(account, asset, n),
                                   seeds.get((account, asset, "received"), ()), self.record)
                    takers[asset].append(units)
        moved = []
        crossing = {x: [] for x in paid}
        for y in got:
            values = [n for _, n in givers[y]]
            parts = divide(self.method, takers[y], values + share_out(-net[y][1], over_weights))
            moved += [(a, y, units) for (a, _), units in zip(givers[y], parts)]
            for x, units in zip(paid, parts[len(values):]):
                crossing[x].append(units)
                for label, amount in units.amounts.items():
                    self.swapped["out", y, label] += amount
        for asset in net:
            if asset in got:
                continue
            asked = list(takers[asset])
            if asset in paid:
                pieces = []
                values = share_out(net[asset][1], back_weights)
                for units, value in zip(crossing[asset], values):
                    pieces.append(rescale(self.method, units, value))
                    for label, amount in pieces[-1].amounts.items():
                        self.swapped["in", asset, label] += amount
                asked += (pieces if len(pieces) == 1
                          else divide(self.method, pieces, [net[asset][1]]))
            shares = divide(self.method, asked, [n for _, n in givers[asset]])
            moved += [(a, asset, units) for (a, _), units in zip(givers[asset], shares)]
        tainted = any(units.amounts for pieces in crossing.values() for units in pieces)
        return moved, tainted, approx_over or approx_back
