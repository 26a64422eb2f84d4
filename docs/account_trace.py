"""The trace on an account ledger, again: what verify_accounts.py holds a bundle's result to.

docs/tracing.md, "Account chains", says what is computed; nothing here is shared with tracehound.
All of the bundle's transactions are replayed, in their order, with every holder's balance: the
known units of one account in one asset, and which of them are stolen. Balances that would need more
than 256 bits, which no honest token has, are not followed.
"""
import json
from collections import defaultdict

SIDES = ["transfer", "received", "sent"]  # of its transfer that a seed lies on
ZERO = "0x" + 40 * "0"  # nobody, as none is
CLEAN, STOPPED = 0, -1  # labels are above 0

# ---- units that lie or move together, and how the methods divide them
class Units:  # amounts by label; fifo and lifo keep a line of (label, length), first unit first
    def __init__(self, value=0, line=None, amounts=None, hops=None):
        self.value, self.amounts = value, defaultdict(int)
        for label, length in line or ():
            self.amounts[label] += length if label else 0
        self.amounts = {l: n for l, n in sorted((amounts or self.amounts).items()) if l and n}
        self.line = line if line is not None else [
            *self.amounts.items(), (CLEAN, max(0, value - sum(self.amounts.values())))]
        self.hops = {label: (hops or {})[label] for label in self.amounts}
def fewest_hops(sources):
    return {label: min(s.hops[label] for s in sources if label in s.hops)
            for source in sources for label in source.amounts}
def cut(line, values):  # pieces of the line from its front, one for each value
    line, pieces = line[::-1], [[] for _ in values]
    for value, piece in zip(values, pieces):
        while value:
            label, length = line.pop()
            line += [(label, length - value)] if length > value else []
            piece.append((label, min(length, value)))
            value -= piece[-1][1]
    return pieces
def share_out(method, entering, values):
    room, shares, places = list(values), [{} for _ in values], [*range(len(values))]
    if method == "clean-first":
        places.reverse()
    elif method in ("tiho", "tilo"):
        places.sort(key=lambda j: (values[j] if method == "tilo" else -values[j], j))
    for label, amount in sorted(entering.items()):
        given, total = [0] * len(values), sum(room)
        if method == "haircut":  # exact shares, made whole by largest remainder
            given = [amount * r // total for r in room]
            rest = sorted(range(len(room)), key=lambda j: (-(amount * room[j] % total), j))
            for j in rest[:amount - sum(given)]:
                given[j] += 1
        for j in places if method != "haircut" else ():
            given[j] = values[j] if method == "poison" else min(room[j], amount - sum(given))
        room = [r - g for r, g in zip(room, given)]
        for share, units in zip(shares, given):
            share[label] = units
    return shares
def divide(method, sources, values):
    hops = fewest_hops(sources)
    if not hops:
        return [Units(value) for value in values]
    if method in ("fifo", "lifo"):
        line = [piece for source in sources for piece in source.line]
        pieces = cut(line if method == "fifo" else line[::-1], values)
        return [Units(value, piece, hops=hops) for value, piece in zip(values, pieces)]
    entering = {label: sum(s.amounts.get(label, 0) for s in sources) for label in hops}
    return [Units(value, amounts=share or {CLEAN: 0}, hops=hops)
            for value, share in zip(values, share_out(method, entering, values))]
def in_parts(whole, weights):
    ends = [whole * sum(weights[:i]) // sum(weights) for i in range(len(weights) + 1)]
    return [end - before for before, end in zip(ends, ends[1:])]
def rescaled(method, units, value):  # as many units of another asset
    if not units.amounts or not units.value or not value:
        return Units(value)
    if method == "poison":
        return Units(value, amounts=dict.fromkeys(units.amounts, value), hops=units.hops)
    line, end, before = [], 0, 0
    for label, length in units.line:
        end += length
        line.append((label, end * value // units.value - before))
        before = end * value // units.value
    if method not in ("fifo", "lifo"):
        return Units(value, amounts=Units(value, line, hops=units.hops).amounts or {0: 0},
                     hops=units.hops)
    return Units(value, line, hops=units.hops)

# ---- the ledger that the bundle states
class Book:
    def __init__(self, stated, text):
        self.stated, self.assets, self.transactions, self.rank = stated, stated["assets"], [], {}
        before, ids = -1, set()
        for line in text.splitlines():
            tx = json.loads(line)
            assert tx["block"] >= before and tx["transaction"] not in ids, line[:99]
            before, tx["fee"] = tx["block"], int(tx["fee"])
            ids.add(tx["transaction"])
            for row in tx["transfers"]:
                row["amount"] = int(row["amount"])
            ends = [row[end] for row in tx["transfers"] for end in ("from", "to")]
            for name in [tx["payer"], *ends]:
                self.rank.setdefault(name, len(self.rank))
            tx["payer"] = None if tx["payer"] == ZERO else tx["payer"]
            tx["rows"] = [(*(None if row[end] == ZERO else row[end] for end in ("from", "to")),
                           row["asset"], row["amount"], self.worth(row, tx["time"]))
                          for row in tx["transfers"]]
            self.transactions.append(tx)
        self.number = {tx["transaction"]: i for i, tx in enumerate(self.transactions)}
        self.contract = {i: a["contract"] for i, a in enumerate(self.assets)
                         if a["contract_is_an_account"]}
        self.seen = {s["transaction"]: [p["account"] for p in s["parties"]] for s in stated["seen"]}
        self.known = {s["account"]: (s["kind"], s["service"]) for s in stated["stops"]}
        self.stops = {account: stop for account, stop in self.known.items()
                      if account not in stated["question"]["through"]}
    def worth(self, row, time):  # of a transfer, in millionths of a dollar
        prices = [p for p in self.stated["prices"] if p["asset"] == row["asset"] and
                  p["time"] <= time]
        decimals = self.assets[row["asset"]]["decimals"]
        if row["usd_micro"] is not None or not prices or decimals is None or decimals > 65:
            return row["usd_micro"]
        latest = [p["usd"] for p in prices if p["time"] == max(q["time"] for q in prices)][-1]
        whole, _, part = latest.partition(".")
        price = int(whole + part.ljust(18, "0"))
        worth = row["amount"] * price // 10**(decimals + 12)
        return worth if max(price, row["amount"]) < 2**128 and worth < 2**64 else None
    def called(self, asset):  # the symbol where no other asset has it
        symbol, contract = (self.assets[asset][name] or "" for name in ("symbol", "contract"))
        if not symbol:
            return contract or "native"
        same = [a for a in self.assets if symbol in (a["symbol"], a["contract"])]
        return symbol if not contract or len(same) == 1 else f"{symbol} {contract}"
    def usd(self, tx, asset, units):  # of units that the transaction moved, as dollars and cents
        rows = [row for row in self.transactions[tx]["rows"] if row[2] == asset and row[3]]
        moved = sum(row[3] for row in rows)
        if any(row[4] is None for row in rows) or not 0 < moved < 2**256 or units > moved:
            return {}
        worth = units * sum(row[4] for row in rows) // moved
        return {"usd": f"{worth // 10**6}.{worth % 10**6 // 10**4:02}"}

# ---- the trace by one method
class Trace:
    def __init__(self, book, method):
        stated = book.stated
        self.book, self.method, self.asked = book, method, stated["question"]
        self.sums, self.labels = method != "poison", [None, *stated["labels"]]
        self.holders, self.shorts = defaultdict(Units), defaultdict(int)  # by account, asset
        self.landed, self.unknown = defaultdict(list), set()
        self.fees, self.swapped = defaultdict(int), (defaultdict(int), defaultdict(int))
        self.touched = self.swaps = self.approximate = self.guessed = 0
        self.seeds, self.seeded = defaultdict(list), set()
        for seed in stated["seeds"]:
            tx, first, end = book.number[seed["transaction"]], int(seed["first"]), int(seed["end"])
            giver, taker, asset, amount, _ = book.transactions[tx]["rows"][seed["row"]]
            assert 0 <= first < end <= amount and giver != taker and seed["label"] > 0, seed
            position = book.transactions[tx]["transfers"][seed["row"]]["position"]
            self.seeds[tx].append({
                **seed, "tx": tx, "first": first, "end": end, "got": 0, "asset": asset,
                "transfer": f"{seed['transaction']}:{position}",
                "holder": (giver if seed["side"] == "sent" else taker, asset)})
            self.seeds[tx].sort(key=lambda s: (s["row"], s["label"], s["first"], s["end"],
                                               SIDES.index(s["side"])))
    def run(self):
        until = self.asked["until"]
        for self.tx, tx in enumerate(self.book.transactions):
            self.late, self.moved = until is not None and tx["block"] > until, False
            self.rows = tx["rows"]
            carried = self.seeds[self.tx] or any(  # else nothing but balances changes
                self.holders[account, row[2]].amounts for row in self.rows for account in row[:2])
            sides = self.sides(tx) if self.asked["swaps"] == "net" and carried else None
            self.exchange(*sides) if sides else self.replay()
            if tx["payer"] is not None and tx["fee"] and self.book.stated["native"]:
                paid = self.take((tx["payer"], 0), tx["fee"])
                self.moved = self.moved or bool(paid.amounts)
                for label, amount in paid.amounts.items():
                    self.fees[label] += amount
            self.touched += self.moved
        for holder, units in self.holders.items():
            for label, amount in units.amounts.items():
                self.landed["held", None, holder[1]].append(
                    (self.book.rank[holder[0]], holder[0], label, amount, units.hops[label]))
        return self
    def need(self, holder, amount):  # what is missing was there before: clean, and the oldest
        units, missing = self.holders[holder], amount - self.holders[holder].value
        if missing > 0:
            self.shorts[holder] += 1
            ordered = self.method in ("fifo", "lifo")
            self.holders[holder] = Units(amount, [(CLEAN, missing), *units.line], hops=units.hops) \
                if ordered else Units(amount, amounts=units.amounts or {0: 0}, hops=units.hops)
        self.note(holder)
    def note(self, holder):
        if self.shorts[holder] and self.holders[holder].amounts:
            self.unknown.add(holder)
    def take(self, holder, amount):
        if holder[0] is None:
            return Units(amount)
        self.need(holder, amount)
        units = self.holders[holder]
        rest = units.value - amount
        if self.method == "lifo":
            (taken,), (left,) = cut(units.line[::-1], [amount]), cut(units.line, [rest])
            moved = Units(amount, taken, hops=units.hops)
            self.holders[holder] = Units(rest, left, hops=units.hops)
        else:
            moved, self.holders[holder] = divide(self.method, [units], [amount, rest])
        return moved
    def land(self, stop, holder, units):  # (kind, service, asset) -> rows
        for label, amount in units.amounts.items():
            self.landed[(*stop, holder[1])].append(
                (self.tx, holder[0], label, amount, units.hops[label]))
    def arrive(self, holder, units, seeds=()):
        units.hops = {label: hop + 1 for label, hop in units.hops.items()}
        nobody, stop, stopped = holder[0] is None, self.book.stops.get(holder[0]), None
        stop = ("burned", None) if nobody else stop
        self.moved = self.moved or bool(units.amounts)
        if units.amounts and not stop:
            most = self.asked["max_hops"]
            if sum(units.amounts.values()) < int(self.asked["min_amount"]) or self.late or (
                    most is not None and min(units.hops.values()) > most):
                stop = ("cut", None)
        if units.amounts and stop:
            self.land(stop, holder, units)
            stopped, units = units, Units(units.value)
        units = self.lay(holder, units, seeds, stopped)
        if stop == ("burned", None) and units.amounts:
            self.land(stop, holder, units)
            units = Units(units.value)
        if not nobody:
            old, hops = self.holders[holder], fewest_hops([self.holders[holder], units])
            value, ordered = old.value + units.value, self.method in ("fifo", "lifo")
            sums = {l: old.amounts.get(l, 0) + units.amounts.get(l, 0) for l in hops}
            self.holders[holder] = Units(value, old.line + units.line if ordered else None,
                                         None if ordered else sums or {0: 0}, hops)
            self.note(holder)
    def lay(self, holder, units, seeds, stopped=None):  # seeds take of the units what is clean
        line = [(STOPPED if l else CLEAN, n) for l, n in stopped.line] if stopped else units.line
        hops = dict(units.hops)
        for start, seed in seeds:
            first, end = (min(start + seed[name], units.value) for name in ("first", "end"))
            laid, at, got = [], 0, 0
            for label, length in line:
                a, b = (min(max(x, at), at + length) for x in (first, end))
                laid += [(label, length)] if label else [
                    (CLEAN, a - at), (seed["label"], b - a), (CLEAN, at + length - b)]
                got += 0 if label else b - a
                at += length
            line = [piece for piece in laid if piece[1]]
            if got:
                hops[seed["label"]], seed["holder"] = 0, holder
            seed["got"], self.moved = got, True
            self.seeded.add((holder[1], seed["label"]))
        if not seeds:
            return units
        line = [(CLEAN if label == STOPPED else label, length) for label, length in line]
        if self.method in ("fifo", "lifo"):
            return Units(units.value, line, hops=hops)
        sums = defaultdict(int)
        for label, length in line:
            sums[label] += length if label else 0
        for label, amount in units.amounts.items() if not self.sums else ():
            sums[label] = max(sums[label], amount)
        return Units(units.value, amounts=sums or {0: 0}, hops=hops)
    def replay(self):
        for place, (giver, taker, asset, amount, _) in enumerate(self.rows):
            seeds = [(0, s) for s in self.seeds[self.tx] if s["row"] == place]
            if amount and giver == taker:
                self.need((giver, asset), amount) if giver is not None else None
            elif amount:
                units = self.take((giver, asset), amount)
                sent = [s for s in seeds if s[1]["side"] == "sent"]
                units = self.lay((giver, asset), units, sent)
                self.arrive((taker, asset), units, [s for s in seeds if s not in sent])

    # ---- swaps: a transaction's transfers, netted
    def sides(self, tx):  # both sides' [(asset, {account: net}, what went over)]; and if guessed
        flows, parties, totals, book = {}, {}, defaultdict(int), self.book
        party = lambda account, asset: book.contract.get(asset) if account is None else account
        for giver, taker, asset, amount, _ in self.rows:
            for account, sign in ((giver, -1), (taker, 1)) if amount and giver != taker else ():
                net = flows.setdefault(asset, {})
                net[account] = net.get(account, 0) + sign * amount
                parties.setdefault(party(account, asset), defaultdict(int))[asset] += sign * amount
                totals[asset] += amount / 2
        both = [who for who, nets in parties.items() if who is not None and
                min(nets.values()) < 0 < max(nets.values())]
        if not both or len(flows) < 2:
            return None
        actor, guessed, payer = None, False, tx["payer"]
        pays = payer is not None and any(net < 0 for net in parties.get(payer, {}).values())
        if payer in both:
            actor = payer
        elif not pays and len(both) > 1:
            unknown = [who for who in both if who not in book.known and
                       who not in [book.contract.get(asset) for asset in flows]]
            seen = book.seen.get(tx["transaction"], [])
            actor = min(unknown, key=seen.index) if unknown else None
            guessed = len(unknown) > 1
        pools = {who for who in both if who != actor}
        sides = [[(asset, mine, -sum(mine.values())) for asset, net in flows.items()
                  for mine in [{account: n for account, n in net.items()
                                if (party(account, asset) in pools) == is_pool and n}]]
                 for is_pool in (False, True)]
        over = [went for _, _, went in sides[0]]
        return (sides, guessed) if pools and min(over) < 0 < max(over) else None
    def exchange(self, sides, guessed):
        nets = {(a, asset): n for side in sides for asset, net, _ in side for a, n in net.items()}
        self.cover_shorts()
        laid = defaultdict(list)
        for seed in self.seeds[self.tx]:
            giver, taker, asset = self.rows[seed["row"]][:3]
            received = seed["side"] == "received" or (
                seed["side"] == "transfer" and nets.get((taker, asset), 0) > 0)
            account = taker if received else giver
            start = sum(row[3] for row in self.rows[:seed["row"]] if row[2] == asset and
                        row[received] == account and row[0] != row[1])
            laid[account, asset, received].append((start, seed))
        taken = [{asset: [self.lay((a, asset), self.take((a, asset), -n), laid[a, asset, False])
                          for a, n in net.items() if n < 0] for asset, net, _ in side}
                 for side in sides]
        results = [self.exchange_side(side, mine) for side, mine in zip(sides, taken)]
        crossed = any(tainted for _, tainted, _ in results)
        self.swaps, self.guessed = self.swaps + crossed, self.guessed + (crossed and guessed)
        self.approximate += any(tainted and rough for _, tainted, rough in results)
        for arriving, _, _ in results:
            for holder, units in arriving:
                self.arrive(holder, units, laid[(*holder, True)])
    def cover_shorts(self):  # whether a balance does is asked transfer by transfer
        balance, short = {}, defaultdict(list)
        for giver, taker, asset, amount, _ in self.rows:
            for account, sign in ((giver, -1), (taker, 1)):
                holder = (account, asset)
                have = balance.setdefault(holder, self.holders[holder].value)
                if sign < 0 and amount > have:
                    short[holder].append(amount - have)
                    have = amount
                balance[holder] = have + sign * amount
        for holder, missing in short.items():
            if holder[0] is not None:
                self.shorts[holder] += len(missing) - 1
                self.need(holder, self.holders[holder].value + sum(missing))
    def exchange_side(self, side, taken):
        over, back = [s for s in side if s[2] > 0], [s for s in side if s[2] < 0]
        (over_weights, rough), (back_weights, rough_too) = self.weights(over), self.weights(back)
        arriving, pots, method = {}, [], self.method
        def settle(asset, net, sources, last):
            takers = [(account, n) for account, n in net.items() if n > 0]
            *shares, rest = [*divide(method, sources, [n for _, n in takers] + last), None][
                :len(takers) + 1]
            arriving[asset] = [((a, asset), units) for (a, _), units in zip(takers, shares)]
            return rest
        for asset, net, went in side:
            if went >= 0:
                pot = settle(asset, net, taken[asset], [went] if went else [])
                pots += [pot] if went else []
                for label, amount in pot.amounts.items() if went else ():
                    self.swapped[1][asset, label] += amount
        parts = [[pot] if len(back) == 1 else
                 divide(method, [pot], in_parts(pot.value, back_weights)) for pot in pots]
        for j, (asset, net, went) in enumerate(back):
            entering = [rescaled(method, parts[i][j], value)
                        for i, value in enumerate(in_parts(-went, over_weights))]
            for units in entering:
                for label, amount in units.amounts.items():
                    self.swapped[0][asset, label] += amount
            settle(asset, net, taken[asset] + entering, [])
        return ([entry for asset, _, _ in side for entry in arriving[asset]],
                any(pot.amounts for pot in pots), rough or rough_too)
    def weights(self, assets):  # by what they are worth where all have prices, else alike
        rows = {asset: [r for r in self.rows if r[2] == asset and r[0] != r[1] and r[3]]
                for asset, _, _ in assets}
        if len(assets) > 1 and all(r[4] is not None for mine in rows.values() for r in mine):
            worth = [abs(went) * sum(r[4] for r in rows[a]) // sum(r[3] for r in rows[a])
                     for a, _, went in assets]
            if sum(worth):
                return worth, False
        return [1] * len(assets), len(assets) > 1
