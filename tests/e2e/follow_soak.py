"""`tracehound follow` beside a real litecoind that mines, pays, replaces and turns back, while
readers trace in a loop: for 20 seconds, or as long as TRACEHOUND_SOAK_SECONDS says. Neither memory
nor open files of `follow` grow, every answer is whole, and in the end the ledger has the bytes of
one that was made in one go."""

import json
import os
import pathlib
import random
import threading
import time

import follow_litecoind
from support import agreement, follower
from support.harness import DONE, check, equal, fingerprint, main, run, same_bytes

SECONDS = float(os.environ.get("TRACEHOUND_SOAK_SECONDS", "20"))
METHODS = ("haircut", "fifo", "poison")
GROWTH = 16 << 20  # bytes that memory may differ by from pause to pause


class Readers:
    """Threads that trace what the wallet once had, over and over."""

    def __init__(self, ledger, seeds, count):
        self.ledger = ledger
        self.seeds = seeds
        self.answers = 0
        self.wrong = []
        self.done = threading.Event()
        self.threads = [threading.Thread(target=self.read, args=(n,)) for n in range(count)]

    def read(self, number):
        dice = random.Random(number)
        while not self.done.is_set():
            try:
                self.trace(dice.choice(self.seeds), dice.choice(METHODS))
            except Exception as error:  # a thread's failure is the test's
                self.wrong.append(error)
                return
            self.answers += 1

    def trace(self, seed, method):
        outcome = run("trace", "--from", seed, "--method", method, "--ledger", self.ledger,
                      "--json", "-", code=DONE)
        answer = json.loads(outcome.out)
        check_books(answer, method)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()


def check_books(answer, method):
    """What was stolen stands in some place, all of it; poison counts reach, not units."""
    check(answer["destinations"], f"a {method} trace found nothing")
    if method != "poison":
        found = sum(int(place["amount"]) for place in answer["destinations"])
        equal(found, int(answer["seed"]["effective"]), f"what a {method} trace found")


def state_of(process):
    """(resident bytes, open files)"""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines()
                     if line.startswith("VmRSS"))
    return kilobytes << 10, len(os.listdir(f"/proc/{process.pid}/fd"))


def steps_of(play):
    return ([play.mine] * 4 + [play.pay] * 5 + [play.replaceable_payment] * 3
            + [play.replace_by_fee] * 2 + [play.invalidate] + [play.reconsider])


def a_day_in_short(folder):
    play = follow_litecoind.Play(folder, follow_litecoind.SEED + 1)
    with play.node:
        play.begin()
        try:
            seeds = [f"{c['txid']}:{c['vout']}" for c in play.node("listunspent", 40)]
            with Readers(play.ledger, seeds, 2) as readers:
                states = soak(play, readers)
        finally:
            if play.follower.process.poll() is None:
                play.follower.stop()
        check(not readers.wrong, f"a reader: {readers.wrong[:1]}")
        blocks = play.node("getblockcount")
        equal(follower.committed_tip(play.ledger)[1], play.node.tip(), "the tip at the end")
        again = follower.Follower(folder / "again", folder / "log2", *play.follower.options,
                                  "--until-synced")
        again.start()
        check(again.process.wait(timeout=600) == 0, again.said())
    same_bytes(folder / "again", fingerprint(play.ledger), "a ledger made in one go")
    agreement.sound(play.ledger)
    first, last = states[len(states) // 4], states[-1]
    check(last[0] <= first[0] + GROWTH, f"memory grew from {first[0]} to {last[0]} bytes")
    equal(last[1], first[1], "open files")
    return (f"{SECONDS:.0f} s, {blocks} blocks, {readers.answers} traces, "
            f"{play.follower.said().count('reorganisation')} reorganisations, memory "
            f"{first[0] >> 10} kB then {last[0] >> 10} kB, {last[1]} files open")


def soak(play, readers):
    states = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and not readers.wrong:
        for _ in range(5):
            play.random.choice(steps_of(play))()
        play.pause()
        states.append(state_of(play.follower.process))
    return states


if __name__ == "__main__":
    main([a_day_in_short])
