"""The trace on a coin ledger, again: what verify.py holds a bundle's result to.

docs/tracing.md says what is computed; nothing here is shared with tracehound. All of the bundle's
transactions are gone through, in the chain's order, with what each coin on the way holds of whom.
"""
import itertools
from collections import defaultdict

KINDS = ["held", "service", "mixed", "crossed", "burned", "fees", "cut"]
HELD, _, MIXED, _, BURNED, FEES, CUT = range(7)  # a place: one of these, and whose it is or NOBODY
NOBODY = -1

# ---- the methods: how the taint of some holdings falls on outputs of these values
class Holding:  # units are (label, length), the first first; label 0 is clean, as are those behind
    def __init__(self, value, units=(), hops=None):
        self.value, self.units, self.hops = value, list(units), hops or {}
    def amounts(self):
        sums = defaultdict(int)
        for label, length in self.units:
            sums[label] += length
        return {label: sums[label] for label in sorted(sums) if label and sums[label]}
def share_out(method, sources, values):  # by methods that keep no order; the last value is the fee
    room, shares, order = list(values), [[] for _ in values], [*range(len(values) - 1)]
    if method != "seniority":
        order.sort(key=lambda j: (values[j] if method == "tilo" else -values[j], j))
    entering = Holding(0, [unit for source in sources for unit in source.units])
    for label, amount in entering.amounts().items():
        given, total = [0] * len(values), sum(room)
        if method == "haircut":  # exact shares, made whole by largest remainder
            given = [amount * r // total for r in room]
            rest = sorted(range(len(room)), key=lambda j: (-(amount * room[j] % total), j))
            for j in rest[:amount - sum(given)]:
                given[j] += 1
        for j in [*order, len(values) - 1] if method != "haircut" else ():
            given[j] = values[j] if method == "poison" else min(room[j], amount - sum(given))
        room = [r - g for r, g in zip(room, given)]
        for share, units in zip(shares, given):
            share += [(label, units)] if units else []
    return shares
def lay_out(method, sources, values):  # by fifo and lifo: outputs take from the units end to end
    line = [unit for s in sources for unit in [*s.units, (0, s.value - sum(n for _, n in s.units))]]
    line, pieces = line[::-1] if method == "fifo" else line, [[] for _ in values]
    for value, piece in zip(values, pieces):
        while value:
            label, length = line.pop()
            line += [(label, length - value)] if length > value else []
            piece.append((label, min(length, value)))
            value -= piece[-1][1]
    return pieces
# ---- the trace
class Trace:  # a coin is (height, position, number); `chain` is what verify.py has of it, a Chain
    def __init__(self, method, stated, chain):
        self.method, self.stated, self.asked = method, stated, stated["question"]
        self.chain, self.by_key = chain, {tx.key: tx for tx in chain.found}
        self.sums, self.miner = method != "poison", self.asked["fees"] == "miner"
        self.mixes = {mix["transaction"]: mix["changes"] for mix in stated["mixes"]}
        self.labels = [0, *stated["labels"]]
        self.waiting, self.seeds, self.touched, self.totals = {}, defaultdict(list), [0, 0], {}
        self.landed = defaultdict(dict)  # place -> (coin, label) -> (amount, hops)
        self.bare = defaultdict(lambda: defaultdict(int))  # place -> label -> amount in no coin
        for seed in stated["seeds"]:
            tx, number = chain.made[bytes.fromhex(seed["coin"][:64])[::-1]], int(seed["coin"][65:])
            first, end, value = int(seed["first"]), int(seed["end"]), tx.coins[number][0]
            assert tx.complete and first < end <= value and seed["label"] > 0, "a seed is none"
            self.seeds[(*tx.key, number)].append([seed["label"], first, end, 0])
            self.seeds[(*tx.key, number)].sort()
    def run(self):
        for block in [[*txs] for _, txs in itertools.groupby(
                self.chain.found, lambda tx: tx.key[0])]:
            mined = block[0].coinbase and self.miner  # then the coinbase comes last
            fees = {tx.key: self.visit(tx) for tx in block[mined:]}
            if mined:
                self.mine(block, fees)
        for coin, holding in self.waiting.values():
            self.land((HELD, NOBODY), coin, holding)
        return self
    def visit(self, tx):  # gives the fee, where there is taint in it
        came = [self.waiting.pop(coin, (None, None))[1] for coin in tx.inputs]
        if not any(came):
            return self.arrive(tx, [Holding(value) for value, _ in tx.coins])
        assert tx.complete, f"{tx.name} is traced through, and not all that it spends is here"
        came = [c or Holding(p.coins[n][0]) for c, p, (_, n) in zip(came, tx.took, tx.inputs)]
        mix, values = tx.name in self.mixes and self.asked["mix"], [v for v, _ in tx.coins]
        changes = self.mixes[tx.name] if mix == "follow-change" else []
        *outputs, fee = self.follow(came, [*values, tx.fee], changes, mix == "haircut")
        for label, amount in () if self.miner else fee.amounts().items():
            self.bare[FEES, NOBODY][label] += amount
        ends = {*range(len(outputs))} if mix in ("stop", "follow-change") else set()
        self.arrive(tx, outputs, ends - {change["output"] for change in changes})
        return fee if fee.amounts() else None
    def follow(self, came, values, changes, mixed):  # each change apart, then what is left
        back = {}
        for i, output in [(change["input"], change["output"]) for change in changes]:
            parts = [came[i].value - values[output], values[output], 0]
            came[i], back[output], _ = self.move(came[i:i + 1], parts)
            came[i].hops = {label: hops - 1 for label, hops in came[i].hops.items()}
        rest = iter(self.move(came, [v for n, v in enumerate(values) if n not in back], mixed))
        self.touched[0] -= len(changes)
        return [back[n] if n in back else next(rest) for n in range(len(values))]
    def move(self, sources, values, mixed=False):
        self.touched[0] += 1
        divide = lay_out if self.method in ("fifo", "lifo") and not mixed else share_out
        method = "haircut" if mixed and self.sums else self.method
        outputs = [Holding(*one) for one in zip(values, divide(method, sources, values))]
        for output in outputs:
            output.hops = {label: 1 + min(s.hops[label] for s in sources if label in s.hops)
                           for label in output.amounts()}
        return outputs
    def mine(self, block, fees):  # they flow on into the coinbase, after the clean subsidy
        height, values = block[0].key[0], [value for value, _ in block[0].coins]
        outputs = [Holding(value) for value in values]
        if any(fees.values()):
            assert self.chain.is_whole(block), f"block {height} is not whole"
            sources = [Holding(self.chain.subsidy(height)),
                       *(fees[tx.key] or Holding(tx.fee) for tx in block[1:])]
            values.append(sum(source.value for source in sources) - sum(values))
            *outputs, rest = self.move(sources, values)
            for label, amount in rest.amounts().items():
                self.bare[BURNED, NOBODY][label] += amount
        self.arrive(block[0], outputs)
    def arrive(self, tx, outputs, mixed=()):
        stops, asked = self.stated["places"], self.asked
        for number, holding in enumerate(outputs):
            coin, script, tainted = (*tx.key, number), tx.coins[number][1], holding.amounts()
            if not tainted and coin not in self.seeds:
                continue
            self.touched[1] += 1
            burned = (BURNED, NOBODY) if script[:1] == b"\x6a" else None
            stop = burned or stops.get(self.chain.address_of(script)) or (
                (MIXED, NOBODY) if number in mixed else None)
            if coin in self.seeds:
                holding, stop = self.lay(coin, holding, stop if tainted else None), burned
            elif not stop and (sum(tainted.values()) < int(asked["min_amount"]) or
                               asked["max_hops"] is not None and
                               min(holding.hops.values()) > asked["max_hops"] or
                               asked["until"] is not None and tx.key[0] > asked["until"]):
                stop = (CUT, NOBODY)
            if stop:
                self.land(stop, coin, holding)
            elif holding.amounts():
                self.waiting[tx.id, number] = coin, holding
    def lay(self, coin, holding, stop):  # seeds take of their units what is clean
        arrived, at, units, hops = [], 0, [], {} if stop else dict(holding.hops)
        if stop:
            self.land(stop, coin, holding)
        for label, length in holding.units:
            arrived, at = arrived + [(at, at + length, label)] * bool(label), at + length
        bounds = sorted({0, holding.value}.union(*(part[:2] for part in arrived), *(
            seed[1:3] for seed in self.seeds[coin])))
        for low, high in zip(bounds, bounds[1:]):
            label = max((l for first, end, l in arrived if first <= low < end), default=0)
            seed = next((s for s in self.seeds[coin] if s[1] <= low < s[2] and not label), None)
            if seed:
                seed[3], hops[seed[0]] = seed[3] + high - low, 0
            units.append((seed[0] if seed else 0 if stop else label, high - low))
        laid = Holding(holding.value, units, hops)
        laid.units = units if self.method in ("fifo", "lifo") else [*laid.amounts().items()]
        return laid
    def land(self, place, coin, holding):
        for label, n in holding.amounts().items():
            before, hops = self.landed[place].get((coin, label), (0, holding.hops[label]))
            self.landed[place][coin, label] = before + n, min(hops, holding.hops[label])
    def notation(self):  # by label, without hops
        made, whose, texts = defaultdict(set), defaultdict(set), {}
        for coin, label in [(coin, seed[0]) for coin in self.seeds for seed in self.seeds[coin]]:
            made[label].add(coin[:2])
            whose[self.labels[label]].add(coin[:2])
        numbers = {name: {tx: n for n, tx in enumerate(sorted(whose[name]), 1)} for name in whose}
        victims = [*dict.fromkeys(self.labels[label] for label in sorted(made))]
        for label, name in [(label, self.labels[label]) for label in made]:
            own = enumerate(sorted(numbers[name][tx] for tx in made[label]))
            runs = [[n for _, n in run] for _, run in itertools.groupby(own, lambda p: p[1] - p[0])]
            texts[label] = f"V{victims.index(name) + 1}-T" + ",".join(
                f"{run[0]}..{run[-1]}" if run[2:] else ",".join(map(str, run)) for run in runs)
        return texts
    def answer(self):  # as it stands in result.json
        notation, running, destinations = self.notation(), defaultdict(int), []
        said = lambda amount: str(amount) if self.sums else None
        named = lambda label, hops: {"label": self.labels[label], "notation": (
            notation[label] + f"-H{hops}" * (hops > 0))}
        def of_coin(coin):
            tx, number = self.by_key[coin[:2]], coin[2]
            return {"coin": f"{tx.name}:{number}", "value": str(tx.coins[number][0])}
        for place in sorted({*self.landed, *self.bare}):
            rows = [{**of_coin(coin), "amount": str(amount), "address": self.chain.address_of(
                        self.by_key[coin[:2]].coins[coin[2]][1]), "height": coin[0],
                     "hops": hops, **named(label, hops)}
                    for (coin, label), (amount, hops) in sorted(self.landed[place].items())]
            bare = [{"amount": str(amount), "label": self.labels[label]}
                    for label, amount in sorted(self.bare[place].items()) if self.sums]
            for row in rows + bare if self.sums else ():
                running[row["label"]] += int(row["amount"])
                row["running_total"] = str(running[row["label"]])
            self.totals[place] = sum(int(row["amount"]) for row in rows + bare)
            destinations.append({"kind": KINDS[place[0]], "amount": said(self.totals[place]),
                                 **self.stated["whose"][place[1]], "coins": rows,
                                 **({"without_coin": bare} if bare else {})})
        seeds = [(coin, *seed) for coin in sorted(self.seeds) for seed in self.seeds[coin]]
        effective, total = sum(seed[4] for seed in seeds), sum(self.totals.values())
        assert not self.sums or effective == total, f"{self.method} does not balance"
        return {"schema": "tracehound.trace/1", "chain": self.stated["chain"],
                "tip": self.stated["tip"], "method": self.method, "direction": "forward",
                "fees": self.asked["fees"], "seed": {
                    "claimed": str(sum(seed[3] - seed[2] for seed in seeds)),
                    "effective": str(effective),
                    "coins": [{**of_coin(coin), "claimed": str(end - first), "amount": str(amount),
                               **named(label, 0)} for coin, label, first, end, amount in seeds]},
                "destinations": destinations, "total": said(total),
                "touched": dict(zip(("transactions", "coins"), self.touched))}
def ranges(traces, whose):  # what each destination receives at least and at most
    sums = [trace.totals for trace in traces if trace.sums]
    return [{"kind": KINDS[place[0]], **whose[place[1]],
             "least": str(min(totals.get(place, 0) for totals in sums)),
             "most": str(max(totals.get(place, 0) for totals in sums))}
            for place in sorted({place for totals in sums for place in totals})]
