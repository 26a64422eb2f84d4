"""What is stolen in each balance, kept by whoever moves the money: a second opinion on a trace of
an account ledger, of nothing but the sums that were sent.

By fifo a balance is a row of lots, the oldest first; by haircut two sums. What a balance gives
beyond what it is known to have got was there before, and clean.
"""

import collections

from support.harness import check


class Part:
    """Units on their way from one balance to another: `lots` by fifo, `stolen` by haircut."""

    def __init__(self, lots, stolen):
        self.lots = lots
        self.stolen = stolen
        self.amount = sum(amount for amount, _ in lots)

    def taint(self, method):
        if method == "haircut":
            return self.stolen
        return sum(amount for amount, stolen in self.lots if stolen)


class Purse:
    def __init__(self):
        self.lots = collections.deque()
        self.balance = 0
        self.stolen = 0

    def put(self, part):
        self.lots.extend(part.lots)
        self.balance += part.amount
        self.stolen += part.stolen

    def take(self, amount):
        if amount > self.balance:
            self.lots.appendleft((amount - self.balance, False))
            self.balance = amount
        stolen = share(self.stolen, amount, self.balance)
        lots = []
        left = amount
        while left > 0:
            size, is_stolen = self.lots.popleft()
            used = min(size, left)
            lots.append((used, is_stolen))
            left -= used
            if used < size:
                self.lots.appendleft((size - used, is_stolen))
        self.balance -= amount
        self.stolen -= stolen
        return Part(lots, stolen)

    def taint(self, method):
        return Part(list(self.lots), self.stolen).taint(method)


def share(stolen, amount, balance):
    """Of `amount` out of `balance` what is stolen, to the nearest unit."""
    if balance == 0:
        return 0
    whole, rest = divmod(stolen * amount, balance)
    check(2 * rest != balance, "a half: choose other amounts")
    return whole + (2 * rest > balance)


class Purses:
    """Of everybody, in each asset; and what reached who is in `services`, or went for fees."""

    def __init__(self, native, services):
        self.native = native
        self.services = services
        self.purses = collections.defaultdict(Purse)
        self.reached = collections.Counter()
        self.claimed = collections.Counter()

    def steal(self, giver, taker, amount, asset):
        """A seed: all of it is stolen, whatever the victim's balance."""
        self.purses[giver, asset].take(amount)
        self.claimed[asset] += amount
        self.purses[taker, asset].put(Part([(amount, True)], amount))

    def pay(self, giver, taker, amount, asset):
        self.arrive(taker, asset, self.purses[giver, asset].take(amount))

    def fee(self, payer, amount):
        self.ends("fees", "", self.native, self.purses[payer, self.native].take(amount))

    def wrap(self, who, amount, paid, got):
        """One to one."""
        self.arrive(who, got, self.purses[who, paid].take(amount))

    def swap(self, who, amount, paid, got_amount, got):
        """In a pool that is clean, by somebody who pays with nothing but what was stolen."""
        part = self.purses[who, paid].take(amount)
        for method in ("fifo", "haircut"):
            check(part.taint(method) == amount, "this tally swaps stolen units only")
        self.arrive(who, got, Part([(got_amount, True)], got_amount))

    def arrive(self, taker, asset, part):
        if taker in self.services:
            self.ends("service", taker, asset, part)
            part = Part([(part.amount, False)], 0)
        self.purses[taker, asset].put(part)

    def ends(self, kind, account, asset, part):
        for method in ("fifo", "haircut"):
            self.reached[method, kind, account, asset] += part.taint(method)

    def destinations(self, method):
        """{(kind, account, asset): units}."""
        found = {place[1:]: amount for place, amount in self.reached.items()
                 if place[0] == method and amount > 0}
        for (account, asset), purse in self.purses.items():
            if purse.taint(method) > 0:
                found["held", account, asset] = purse.taint(method)
        return found
