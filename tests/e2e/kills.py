"""The program killed at random times, over and over, while it takes in a chain in small commits or
goes back. After each kill the ledger is sound and stands at a block it had committed; going on
ends in the bytes of a run that nothing stopped. How many: $TRACEHOUND_KILLS, else 25
(`script/soak kills` does 1,000)."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import time

from support import agreement
from support.harness import (PROGRAM, check, environment, equal, fingerprint, ingest, main, run,
                             same_bytes)

KILLS = int(os.environ.get("TRACEHOUND_KILLS", "25"))
BLOCKS = 300
COMMIT = "64K"  # of block bytes: about twenty commits


class Chain:
    """A simulated chain, the ledger that it makes, and how long that takes."""

    def __init__(self, folder):
        run("synth", "--out", folder / "world", "--blocks", BLOCKS, "--seed", 41,
            "--txs-per-block", 40, "--quiet")
        self.blocks = folder / "world" / "blocks"
        start = time.monotonic()
        ingest(self.blocks, folder / "whole", "--commit", COMMIT)
        self.seconds = time.monotonic() - start
        self.bytes = fingerprint(folder / "whole")
        headers = (folder / "whole" / "columns" / "block.header").read_bytes()
        self.hashes = [hash_of(headers[at:at + 80]) for at in range(0, len(headers), 80)]


def hash_of(header):
    return hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1].hex()


def killed_after(seconds, *words):
    """Starts the program and kills it then. Whether it was not done before."""
    process = subprocess.Popen([PROGRAM, *map(str, words)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=environment())
    time.sleep(seconds)
    process.kill()
    code = process.wait()
    check(code in (0, -signal.SIGKILL), f"{words}: exit code {code}")
    return code != 0


def standing(chain, ledger):
    """The height at which the ledger stands, sound and on the chain; -1 for none."""
    if not (ledger / "manifest").exists():
        return -1
    agreement.sound(ledger)
    tip = agreement.info(ledger)["tip"]
    equal(tip["hash"], chain.hashes[tip["height"]], "the tip's hash")
    return tip["height"]


def one_kill(chain, ledger, dice):
    """Whether the program was stopped before it was done, and the height where the ledger is."""
    before = standing(chain, ledger)
    if before > 0 and dice.random() < 0.25:
        goal = dice.randrange(before)
        killed = killed_after(dice.uniform(0, 0.1), "ledger", "rewind", goal, "--ledger", ledger)
        height = standing(chain, ledger)
        check(height in (before, goal), f"between {before} and {goal}: {height}")
        return killed, height
    killed = killed_after(dice.uniform(0, chain.seconds), "ingest", "blocks", chain.blocks,
                          "--network", "regtest", "--ledger", ledger, "--commit", COMMIT)
    height = standing(chain, ledger)
    check(height >= before, f"killed after {before}, the ledger stands at {height}")
    return killed, height


def killed_at_random_times(folder):
    chain = Chain(folder)
    ledger = folder / "ledger"
    dice = random.Random(KILLS)
    killed, whole, heights = 0, 0, set()
    for _ in range(KILLS):
        stopped, height = one_kill(chain, ledger, dice)
        killed += stopped
        heights.add(height)
        if height == len(chain.hashes) - 1:
            ingest(chain.blocks, ledger)  # so that what a killed one left is cleared away
            same_bytes(ledger, chain.bytes, "the ledger at the end of the chain")
            whole += 1
            shutil.rmtree(ledger)
    ingest(chain.blocks, ledger, "--commit", COMMIT)
    same_bytes(ledger, chain.bytes, "the ledger of the killed")
    check(killed * 4 >= KILLS, f"only {killed} of {KILLS} were killed before they were done")
    check(len(heights) * 8 >= min(KILLS, 100), f"only {len(heights)} heights: {sorted(heights)}")
    return (f"{killed} of {KILLS} killed on the way, {len(heights)} heights, "
            f"{whole} times to the end")


if __name__ == "__main__":
    main([killed_at_random_times])
