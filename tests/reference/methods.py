"""The methods, each on one transaction, as the tracing specification words them (its section 2).

Slow and plain on purpose: lists, dictionaries and integers of any size. Nothing is shared with the
program but the meaning of the words.
"""

CLEAN = 0

METHODS = ("poison", "haircut", "fifo", "lifo", "tiho", "tilo", "seniority")
ORDERED = ("fifo", "lifo")  # keep the units of a coin in order
INVERTIBLE = ("haircut", "fifo", "lifo")


class Holding:
    """Units that lie together: a coin, a fee, or newly made money."""

    def __init__(self, value):
        self.value = value
        self.clean()

    def clean(self):
        self.amounts = {}  # label -> tainted units; no zeros
        self.units = [(CLEAN, self.value)]  # ordered methods: (label, length), first unit first
        self.hops = {}  # label -> fewest transactions from a seed

    def hold_amounts(self, amounts):
        """What a method without an order gave it: where one is needed, tainted units come first."""
        self.amounts = {label: amount for label, amount in amounts.items() if amount > 0}
        tainted = sum(self.amounts.values())
        self.units = [*sorted(self.amounts.items()), (CLEAN, max(0, self.value - tainted))]

    def hold(self, units):
        """What an ordered method gave it."""
        self.units = units
        self.amounts = {}
        for label, length in units:
            if label != CLEAN:
                self.amounts[label] = self.amounts.get(label, 0) + length


def labels_of(holdings):
    return sorted({label for holding in holdings for label in holding.amounts})


def entering(holdings, label):
    return sum(holding.amounts.get(label, 0) for holding in holdings)


def poison(sources, weights):
    return [{label: weight for label in labels_of(sources)} for weight in weights]


def haircut(sources, weights):
    room = list(weights)
    shares = [{} for _ in weights]
    for label in labels_of(sources):
        amount, total = entering(sources, label), sum(room)
        whole = [amount * r // total for r in room]
        rest = [amount * r % total for r in room]
        # The units that are missing go to the largest remainders, of equals to the lower index.
        order = sorted(range(len(room)), key=lambda j: (-rest[j], j))
        for j in order[:amount - sum(whole)]:
            whole[j] += 1
        for j, given in enumerate(whole):
            room[j] -= given
            shares[j][label] = given
    return shares


def fill(sources, weights, order):
    """The outputs, in the order given, are filled with labels in ascending order."""
    left = {label: entering(sources, label) for label in labels_of(sources)}
    shares = [{} for _ in weights]
    for j in order:
        room = weights[j]
        for label in sorted(left):
            given = min(room, left[label])
            left[label] -= given
            room -= given
            shares[j][label] = given
    return shares


def tiho(sources, weights):
    outputs = range(len(weights) - 1)
    return fill(sources, weights, [*sorted(outputs, key=lambda j: (-weights[j], j)), len(outputs)])


def tilo(sources, weights):
    outputs = range(len(weights) - 1)
    return fill(sources, weights, [*sorted(outputs, key=lambda j: (weights[j], j)), len(outputs)])


def seniority(sources, weights):
    return fill(sources, weights, range(len(weights)))


def cut_line(line, weights):
    """Pieces of the line, from its front, one for each weight."""
    line = list(reversed(line))
    pieces = []
    for weight in weights:
        units = []
        while weight > 0:
            label, length = line.pop()
            if length > weight:
                line.append((label, length - weight))
                length = weight
            if length > 0:
                units.append((label, length))
            weight -= length
        pieces.append(units)
    return pieces


def fifo(sources, weights):
    return cut_line([piece for source in sources for piece in source.units], weights)


def lifo(sources, weights):
    line = [piece for source in sources for piece in source.units]
    return cut_line(line[::-1], weights)


AMOUNT_RULES = {"poison": poison, "haircut": haircut, "tiho": tiho, "tilo": tilo,
                "seniority": seniority}


def move(method, sources, targets):
    """Carries the taint of the sources into the targets, which hold as many units in all. The last
    target is the fee."""
    assert sum(s.value for s in sources) == sum(t.value for t in targets)
    for target in targets:
        target.clean()
    if not labels_of(sources):
        return
    weights = [target.value for target in targets]
    if method in ORDERED:
        pieces = {"fifo": fifo, "lifo": lifo}[method](sources, weights)
        for target, units in zip(targets, pieces):
            target.hold(units)
    else:
        for target, share in zip(targets, AMOUNT_RULES[method](sources, weights)):
            target.hold_amounts(share)
    count_hops(sources, targets)


def count_hops(sources, targets):
    for target in targets:
        target.hops = {
            label: 1 + min(s.hops[label] for s in sources if label in s.amounts)
            for label in target.amounts
        }


def move_back(method, targets, sources):
    """The other way: what is asked of the targets (the last is the fee) is found in the sources.

    fifo and lifo: the unit at place p of the sources' line goes to place p of the targets' line, or
    to its place V-1-p. Either rule read from the targets is the same rule again, so each unit is
    found where its place says: the inverse of the map above, unit by unit.
    haircut: in proportion to the sources' values."""
    assert sum(s.value for s in sources) == sum(t.value for t in targets)
    for source in sources:
        source.clean()
    if not labels_of(targets):
        return
    line = [piece for target in targets for piece in target.units]
    values = [source.value for source in sources]
    if method == "haircut":
        for source, share in zip(sources, haircut(targets, values)):
            source.hold_amounts(share)
    else:
        for source, units in zip(sources, cut_line(line if method == "fifo" else line[::-1],
                                                   values)):
            source.hold(units)
    count_hops(targets, sources)
