"""A slow second opinion on traces of account chains, written from docs/tracing.md alone.

It replays a whole world of transfers, keeps every holder's balance for ever, and computes with
integers of any size. Nothing is shared with the program but the meaning of the words.
"""

from collections import defaultdict

CLEAN = 0
NOBODY = -1
NATIVE = 0
METHODS = ("poison", "haircut", "fifo", "lifo", "tiho", "tilo", "seniority", "taint-first",
           "clean-first")
ORDERED = ("fifo", "lifo")


class Units:
    """Units that lie together: a balance, or what is on its way. `line` is (label, length) pieces,
    first unit first; for methods without an order tainted units come first."""

    def __init__(self, value=0, line=None):
        self.value = value
        self.line = [(CLEAN, value)] if line is None else line
        self.amounts = defaultdict(int)
        for label, length in self.line:
            if label != CLEAN and length > 0:
                self.amounts[label] += length
        self.hops = {}

    @staticmethod
    def of_amounts(value, amounts):
        units = Units(value, [])
        units.amounts = defaultdict(int, {l: a for l, a in amounts.items() if a > 0})
        rest = max(0, value - sum(units.amounts.values()))
        units.line = [*sorted(units.amounts.items()), (CLEAN, rest)]
        return units

    def tainted(self):
        return sum(self.amounts.values())

    def with_hops(self, hops):
        self.hops = {label: hops[label] for label in self.amounts}
        return self


def cut(line, weights):
    """Pieces of the line, from its front, one for each weight."""
    line = list(reversed(line))
    pieces = []
    for weight in weights:
        piece = []
        while weight > 0:
            label, length = line.pop()
            if length > weight:
                line.append((label, length - weight))
                length = weight
            piece.append((label, length))
            weight -= length
        pieces.append(piece)
    return pieces


def haircut(entering, weights):
    room = list(weights)
    shares = [{} for _ in weights]
    for label in sorted(entering):
        amount, total = entering[label], sum(room)
        whole = [amount * r // total for r in room]
        rest = [amount * r % total for r in room]
        order = sorted(range(len(room)), key=lambda j: (-rest[j], j))
        for j in order[:amount - sum(whole)]:
            whole[j] += 1
        for j, given in enumerate(whole):
            room[j] -= given
            shares[j][label] = given
    return shares


def fill(entering, weights, order):
    left = dict(entering)
    shares = [{} for _ in weights]
    for j in order:
        room = weights[j]
        for label in sorted(left):
            given = min(room, left[label])
            left[label] -= given
            room -= given
            shares[j][label] = given
    return shares


def amounts_divided(method, entering, weights):
    places = range(len(weights))
    if method == "poison":
        return [dict.fromkeys(entering, weight) for weight in weights]
    if method == "haircut":
        return haircut(entering, weights)
    order = {"tiho": sorted(places, key=lambda j: (-weights[j], j)),
             "tilo": sorted(places, key=lambda j: (weights[j], j)),
             "seniority": places,
             "taint-first": places,
             "clean-first": reversed(places)}[method]
    return fill(entering, weights, order)


def merged_hops(sources):
    hops = {}
    for source in sources:
        for label in source.amounts:
            hops[label] = min(source.hops[label], hops.get(label, source.hops[label]))
    return hops


def divide(method, sources, weights):
    """The units of the sources over outputs of these values, which are as many in all."""
    assert sum(s.value for s in sources) == sum(weights)
    hops = merged_hops(sources)
    if not hops:
        return [Units(weight) for weight in weights]
    if method in ORDERED:
        line = [piece for source in sources for piece in source.line]
        pieces = cut(line if method == "fifo" else line[::-1], weights)
        return [Units(w, piece).with_hops(hops) for w, piece in zip(weights, pieces)]
    entering = {label: sum(s.amounts[label] for s in sources if label in s.amounts)
                for label in hops}
    return [Units.of_amounts(w, share).with_hops(hops)
            for w, share in zip(weights, amounts_divided(method, entering, weights))]


def rescale(method, units, value):
    """As many units of another asset: the ends of the line's pieces are moved in proportion."""
    if units.value == 0:
        return Units(value)
    if method == "poison":
        scaled = Units.of_amounts(value, dict.fromkeys(units.amounts, value))
        return scaled.with_hops(units.hops)
    line, end, before = [], 0, 0
    for label, length in units.line:
        end += length
        after = end * value // units.value
        line.append((label, after - before))
        before = after
    return Units(value, line).with_hops(units.hops)


def seeded(method, units, seeds, record):
    """Lays the ranges of (start, seed), each moved by its start, over the units. What is tainted
    keeps its label."""
    line = list(units.line)
    hops = dict(units.hops)
    for start, seed in seeds:
        first, end = (min(start + seed[name], units.value) for name in ("first", "end"))
        laid, got, at = [], 0, 0
        for label, length in line:
            if label != CLEAN:
                laid.append((label, length))
                at += length
                continue
            a, b = (min(max(x, at), at + length) for x in (first, end))
            laid += [(CLEAN, a - at), (seed["label"], b - a), (CLEAN, at + length - b)]
            got += b - a
            at += length
        line = [piece for piece in laid if piece[1] > 0]
        if got > 0:
            hops[seed["label"]] = 0
        record(seed, got)
    if method in ORDERED:
        return Units(units.value, line).with_hops(hops)
    amounts = defaultdict(int)
    for label, length in line:
        if label != CLEAN:
            amounts[label] += length
    if method == "poison":
        # Poison's own labels may overlap; what arrived stays as it is.
        for label, amount in units.amounts.items():
            amounts[label] = max(amounts[label], amount)
    return Units.of_amounts(units.value, amounts).with_hops(hops)


class Holder:
    def __init__(self):
        self.units = Units()
        self.short = 0  # how often the known balance did not do


def share_out(whole, weights):
    """Whole parts of `whole` in proportion to the weights, by the ends of the running sum."""
    parts, upto, before, total = [], 0, 0, sum(weights)
    for weight in weights:
        upto += weight
        after = whole * upto // total
        parts.append(after - before)
        before = after
    return parts


class AccountTrace:
    """One trace. `world` has "transactions", each {"payer", "fee", "rows": [(from, to, asset,
    amount, usd or None)]}, "contracts" ({asset: account}), "stops" ({account: where}) and "cuts"
    ({"min_amount", "max_hops", "until"}: the last a transaction's number). A seed is {"tx", "row",
    "first", "end", "label", "side"}."""

    def __init__(self, world, seeds, method):
        self.world, self.method = world, method
        self.stops, self.cuts = world["stops"], world["cuts"]
        self.holders = defaultdict(Holder)
        self.seen = defaultdict(int)  # account -> transfers that named it so far
        self.seeds = defaultdict(list)
        for number, seed in enumerate(seeds):
            self.seeds[seed["tx"]].append({**seed, "number": number})
        self.effective = [0] * len(seeds)
        self.landed = {}  # (where, tx, account, asset, label) -> (amount, hops)
        self.fees = defaultdict(int)
        self.swapped = defaultdict(int)  # ("out" or "in", asset, label) -> amount
        self.unknown = set()
        self.swaps = self.approximate = self.guessed = 0

    def run(self):
        for number, tx in enumerate(self.world["transactions"]):
            self.number, self.rows = number, tx["rows"]
            exchange = self.exchange_of(tx)
            if exchange is None:
                self.replay()
            else:
                self.exchange(*exchange)
            for giver, taker, _, _, _ in self.rows:
                for account in {giver, taker} - {NOBODY}:
                    self.seen[account] += 1
            if tx["payer"] != NOBODY and tx["fee"] > 0:
                paid = self.take(tx["payer"], NATIVE, tx["fee"])
                for label, amount in paid.amounts.items():
                    self.fees[NATIVE, label] += amount
        for (account, asset), holder in self.holders.items():
            for label, amount in holder.units.amounts.items():
                self.landed["held", -1, account, asset, label] = (amount, holder.units.hops[label])
        return self

    # ---- holders ------------------------------------------------------------------------------

    def note_unknown(self, account, asset):
        holder = self.holders[account, asset]
        if holder.short and holder.units.amounts:
            self.unknown.add((account, asset))

    def need(self, account, asset, amount):
        """What was there before the ledger begins is clean, and older than all that is known."""
        holder = self.holders[account, asset]
        missing = amount - holder.units.value
        if missing <= 0:
            return
        holder.short += 1
        holder.units = Units(amount, [(CLEAN, missing), *holder.units.line]).with_hops(
            holder.units.hops) if self.method in ORDERED else Units.of_amounts(
                amount, holder.units.amounts).with_hops(holder.units.hops)
        self.note_unknown(account, asset)

    def take(self, account, asset, amount):
        if account == NOBODY:
            return Units(amount)
        self.need(account, asset, amount)
        holder = self.holders[account, asset]
        units = holder.units
        self.note_unknown(account, asset)
        if self.method == "lifo":
            taken, _ = cut(units.line[::-1], [amount, units.value - amount])
            rest, _ = cut(units.line, [units.value - amount, amount])
            moved = Units(amount, taken).with_hops(units.hops)
            holder.units = Units(units.value - amount, rest).with_hops(units.hops)
        else:
            moved, holder.units = divide(self.method, [units], [amount, units.value - amount])
        return moved

    def credit(self, account, asset, units):
        holder = self.holders[account, asset]
        old = holder.units
        hops = merged_hops([old, units])
        value = old.value + units.value
        if self.method in ORDERED:
            holder.units = Units(value, old.line + units.line).with_hops(hops)
        else:
            sums = {l: old.amounts[l] + units.amounts[l] for l in hops}
            holder.units = Units.of_amounts(value, sums).with_hops(hops)
        self.note_unknown(account, asset)

    def land(self, where, account, asset, units):
        for label, amount in units.amounts.items():
            key = (where, self.number, account, asset, label)
            before = self.landed.get(key, (0, units.hops[label]))
            self.landed[key] = (before[0] + amount, min(before[1], units.hops[label]))

    def arrive(self, account, asset, units, seeds=()):
        """`seeds` are (start, seed): laid on the units where they arrive."""
        units = units.with_hops({label: hop + 1 for label, hop in units.hops.items()})
        where = ("burned", -1) if account == NOBODY else self.stops.get(account)
        if units.amounts and where is None:
            if (units.tainted() < self.cuts["min_amount"]
                    or min(units.hops.values()) > self.cuts["max_hops"]
                    or self.number > self.cuts["until"]):
                where = "cut"
        blocked = []
        if units.amounts and where is not None:
            self.land(where, account, asset, units)
            # Its units are clean from here on, but no seed's either.
            blocked = units.line
            units = Units(units.value)
        if seeds:
            ground = units
            if blocked:
                ground = Units(units.value, [(-1 if l != CLEAN else l, n) for l, n in blocked])
                ground.hops = {-1: 0}
            units = unblocked(self.method, seeded(self.method, ground, seeds, self.record))
        if account == NOBODY or self.is_burn(account):
            if seeds and units.amounts:
                self.land(("burned", -1), account, asset, units)
                units = Units(units.value)
            if account == NOBODY:
                return
        self.credit(account, asset, units)

    def is_burn(self, account):
        return self.stops.get(account) == ("burned", -1)

    def record(self, seed, got):
        self.effective[seed["number"]] += got

    # ---- transactions -------------------------------------------------------------------------

    def replay(self):
        for row, (giver, taker, asset, amount, _) in enumerate(self.rows):
            seeds = [s for s in self.seeds[self.number] if s["row"] == row]
            if amount == 0:
                continue
            if giver == taker:
                if giver != NOBODY:
                    self.need(giver, asset, amount)
                continue
            units = self.take(giver, asset, amount)
            units = seeded(self.method, units, [(0, s) for s in seeds if s["side"] == "sent"],
                           self.record)
            self.arrive(taker, asset, units, [(0, s) for s in seeds if s["side"] != "sent"])

    def exchange_of(self, tx):
        """Who are pools, and what each holder paid or got on balance; None: a plain transaction."""
        flows, parties, totals = {}, {}, defaultdict(int)
        for giver, taker, asset, amount, _ in self.rows:
            if giver == taker or amount == 0:
                continue
            totals[asset] += amount
            for account, sign in ((giver, -1), (taker, 1)):
                by_account = flows.setdefault(asset, {})
                by_account[account] = by_account.get(account, 0) + sign * amount
                party = self.party(account, asset)
                parties.setdefault(party, defaultdict(int))[asset] += sign * amount
        both = [p for p, by_asset in parties.items() if p != NOBODY
                and min(by_asset.values()) < 0 < max(by_asset.values())]
        if not both or max(totals.values()) >= 1 << 256:
            return None
        payer = tx["payer"]
        actor, guessed = None, False
        pays = any(n < 0 for n in parties.get(payer, {}).values()) if payer != NOBODY else False
        if payer in both:
            actor = payer
        elif not pays and len(both) > 1:
            contracts = {self.world["contracts"].get(asset) for asset in flows}
            known = set(self.stops) | contracts
            candidates = [p for p in both if p not in known]
            if candidates:
                actor = min(candidates, key=lambda p: (self.seen[p], p))
                guessed = len(candidates) > 1
        pools = {p for p in both if p != actor}
        if not pools:
            return None
        sides = []
        for is_pool in (False, True):
            net = {}
            for asset, by_account in flows.items():
                mine = {a: n for a, n in by_account.items()
                        if (self.party(a, asset) in pools) == is_pool and n != 0}
                net[asset] = (mine, -sum(mine.values()))
            sides.append(net)
        balances = [g for _, g in sides[0].values()]
        if not balances or min(balances) >= 0 or max(balances) <= 0:
            return None
        return flows, sides, guessed

    def party(self, account, asset):
        if account == NOBODY:
            return self.world["contracts"].get(asset, NOBODY)
        return account

    def weights(self, assets, values):
        """By what the assets are worth where all have prices, else alike."""
        if len(assets) == 1:
            return [1], False
        worth = []
        for asset, value in zip(assets, values):
            rows = [(amount, usd) for giver, taker, a, amount, usd in self.rows
                    if a == asset and giver != taker and amount > 0]
            if any(usd is None for _, usd in rows):
                return [1] * len(assets), True
            worth.append(value * sum(u for _, u in rows) // sum(n for n, _ in rows))
        if sum(worth) == 0:
            return [1] * len(assets), True
        return worth, False

    def exchange(self, flows, sides, guessed):
        self.short_by_rows(flows)
        seeds = self.seeds_of_exchange(flows)
        taken = []
        for net in sides:
            mine = {}
            for asset, (by_account, _) in net.items():
                for account, n in by_account.items():
                    if n >= 0:
                        continue
                    units = self.take(account, asset, -n)
                    units = seeded(self.method, units, seeds.get((account, asset, "sent"), ()),
                                   self.record)
                    mine.setdefault(asset, []).append(units)
            taken.append(mine)
        arriving = []
        crossed = approximate = False
        for net, mine in zip(sides, taken):
            moved, tainted, approx = self.exchange_side(net, mine)
            arriving += moved
            crossed = crossed or tainted
            approximate = approximate or (tainted and approx)
        self.swaps += crossed
        self.guessed += crossed and guessed
        self.approximate += approximate
        for account, asset, units in arriving:
            self.arrive(account, asset, units, seeds.get((account, asset, "received"), ()))

    def exchange_side(self, net, mine):
        paid = [asset for asset, (_, g) in net.items() if g > 0]
        got = [asset for asset, (_, g) in net.items() if g < 0]
        pots, moved = {}, {}
        for asset, (by_account, g) in net.items():
            takers = [(a, n) for a, n in by_account.items() if n > 0]
            if g < 0:
                continue
            values = [n for _, n in takers] + ([g] if g > 0 else [])
            shares = divide(self.method, mine.get(asset, []), values)
            if g > 0:
                pots[asset] = shares.pop()
                for label, amount in pots[asset].amounts.items():
                    self.swapped["out", asset, label] += amount
            moved[asset] = [(a, asset, units) for (a, _), units in zip(takers, shares)]
        out_weights, approx_out = self.weights(got, [-net[y][1] for y in got])
        in_weights, approx_in = self.weights(paid, [net[x][1] for x in paid])
        parts = {x: [pots[x]] if len(got) == 1 else
                 divide(self.method, [pots[x]], share_out(net[x][1], out_weights)) for x in paid}
        for j, y in enumerate(got):
            pieces = share_out(-net[y][1], in_weights)
            entering = []
            for x, value in zip(paid, pieces):
                units = rescale(self.method, parts[x][j], value)
                for label, amount in units.amounts.items():
                    self.swapped["in", y, label] += amount
                entering.append(units)
            takers = [(a, n) for a, n in net[y][0].items() if n > 0]
            shares = divide(self.method, mine.get(y, []) + entering, [n for _, n in takers])
            moved[y] = [(a, y, units) for (a, _), units in zip(takers, shares)]
        tainted = any(pot.amounts for pot in pots.values())
        return ([entry for asset in net for entry in moved.get(asset, [])],
                tainted, approx_out or approx_in)

    def short_by_rows(self, flows):
        """Whether a balance does is asked row by row, also where only the difference moves."""
        balance, short = {}, defaultdict(int)
        for giver, taker, asset, amount, _ in self.rows:
            for account, sign in ((giver, -1), (taker, 1)):
                if account == NOBODY or (giver == taker and sign > 0):
                    continue
                key = (account, asset)
                have = balance.setdefault(key, self.holders[key].units.value)
                if sign < 0:
                    if amount > have:
                        short[key] += amount - have
                        self.holders[key].short += 1
                        have = amount
                    balance[key] = have if giver == taker else have - amount
                else:
                    balance[key] = have + amount
        for (account, asset), missing in short.items():
            holder = self.holders[account, asset]
            holder.short -= 1
            self.need(account, asset, holder.units.value + missing)

    def seeds_of_exchange(self, flows):
        """A seed lies on what its transfer's holder got, or paid, on balance, at the place that the
        transfers of that holder before it leave."""
        laid = defaultdict(list)
        for seed in self.seeds[self.number]:
            giver, taker, asset, _, _ = self.rows[seed["row"]]
            got = flows[asset].get(taker, 0) > 0
            side = "received" if seed["side"] == "received" or (
                seed["side"] == "transfer" and got) else "sent"
            account = taker if side == "received" else giver
            place = 1 if side == "received" else 0
            start = sum(r[3] for r in self.rows[:seed["row"]]
                        if r[2] == asset and r[place] == account and r[0] != r[1])
            laid[account, asset, side].append((start, seed))
        return laid


def unblocked(method, units):
    """Units that a stop took (label -1) are clean again."""
    line = [(CLEAN if label == -1 else label, length) for label, length in units.line]
    hops = {label: hop for label, hop in units.hops.items() if label != -1}
    if method in ORDERED:
        return Units(units.value, line).with_hops(hops)
    amounts = {label: n for label, n in units.amounts.items() if label != -1}
    return Units.of_amounts(units.value, amounts).with_hops(hops)
