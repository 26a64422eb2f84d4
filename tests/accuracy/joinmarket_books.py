"""Whether the books of a JoinMarket round settle: whether its inputs fall into one group a person,
so that each maker gets the equal amount and a change back, and no more than a maker earns besides.

With k equal outputs of d there are k people. Of a maker whose inputs hold s and whose change is c,
d + c - s is what was earned: a hundredth of d at most, or at most SPARED less than nothing, as
makers may help with the fee. The taker pays for all, so what the taker's group lacks is not asked
for; whoever has no change is the taker. That such a division exists is what chance hardly brings
about: `moved` makes rounds in which it would have to.
"""

import bisect
import random

INPUTS_MOST = 17  # of more, all sums are too many
SPARED = 500
EARNED_LEAST = 3000
STEPS_MOST = 200_000


def subset_sums(values):
    """(sum, set) of all sets of them but the empty one, sorted; a set is a number's bits."""
    sums = [0] * (1 << len(values))
    for members in range(1, len(sums)):
        first = members & -members
        sums[members] = sums[members ^ first] + values[first.bit_length() - 1]
    return sorted((total, members) for members, total in enumerate(sums) if members)


def settles(inputs, outputs, equal):
    people = outputs.count(equal)
    changes = [value for value in outputs if value != equal]
    if len(changes) not in (people - 1, people):
        return False
    earned = max(equal // 100, EARNED_LEAST)
    sums = subset_sums(inputs)
    groups = [[members for _, members in
               sums[bisect.bisect_left(sums, (equal + change - earned, 0)):
                    bisect.bisect_right(sums, (equal + change + SPARED, 1 << len(inputs)))]]
              for change in changes]
    steps = 0

    def divide(makers, taken):
        nonlocal steps
        steps += 1
        if steps > STEPS_MOST:
            raise OverflowError("too many divisions to try")
        if not makers:
            return taken != (1 << len(inputs)) - 1
        maker = min(makers, key=lambda one: len(groups[one]))
        rest = [one for one in makers if one != maker]
        return any(divide(rest, taken | members) for members in groups[maker]
                   if not members & taken)

    everyone = list(range(len(changes)))
    takers = everyone if len(changes) == people else [None]
    return any(divide([one for one in everyone if one != taker], 0) for taker in takers)


def moved(outputs, equal, chance):
    """The same round with each change off by up to a tenth, and the fee as it was."""
    while True:
        off = [0 if value == equal else chance.randint(-value // 10, value // 10)
               for value in outputs]
        last = max(number for number, value in enumerate(outputs) if value != equal)
        off[last] -= sum(off)
        others = [value + more for value, more in zip(outputs, off)]
        if min(others) > 0:
            return others


def count(rounds, tries=3):
    """Of (inputs, outputs, equal): how many are small enough, how many of these settle, and of how
    many made from these by moving their changes how many do."""
    chance = random.Random(1)
    small = [one for one in rounds if len(one[0]) <= INPUTS_MOST]
    settled = sum(settles(*one) for one in small)
    others = [(inputs, moved(outputs, equal, chance), equal)
              for inputs, outputs, equal in small for _ in range(tries)]
    return len(small), settled, len(others), sum(settles(*one) for one in others)
