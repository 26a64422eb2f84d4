"""What the machine does to a ledger: full disks, read-only disks, kills, a second writer, rotten
bytes. A ledger always stands at a committed block, and goes on from there."""

import fcntl
import os
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import time

from support import agreement, bitcoin, mounts
from support.harness import (BAD_INPUT, DONE, MACHINE, NO, PROGRAM, SIDE_FILES, check, environment,
                             equal, fingerprint, ingest, main, run, same_bytes, sentence)

BLOCKS = 400
KILLS = 20


def make_world(folder):
    """A simulated chain; the folder of its block files and the ledger that they make."""
    run("synth", "--out", folder / "world", "--blocks", BLOCKS, "--seed", 21, "--txs-per-block", 60,
        "--quiet")
    blocks = folder / "world" / "blocks"
    ingest(blocks, folder / "whole")
    return blocks, folder / "whole"


def size_of(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def tip(ledger):
    return agreement.info(ledger)["tip"]["height"]


def first_coin(ledger, height):
    block, = agreement.show("block", [height], ledger)
    return block["txids"][-1] + ":0"


def a_full_disk(folder):
    """However much room is left, the ledger stays at its last commit, and goes on once there is
    more."""
    blocks, whole = make_world(folder)
    wanted = fingerprint(whole)
    base = folder / "base"
    ingest(blocks, base, "--to", 199)
    before = fingerprint(base)
    growth = size_of(whole) - size_of(base)
    refused = 0
    for percent in (0, 3, 10, 20, 35, 50, 65, 80, 95):
        with mounts.small_disk(folder / "disk", "16m") as disk:
            ledger = disk / "ledger"
            shutil.copytree(base, ledger)
            mounts.fill(disk, growth * percent // 100)
            outcome = ingest(blocks, ledger, code=None)
            if outcome.code != DONE:
                equal(outcome.code, MACHINE, f"exit code with {percent} % of the room")
                sentence(outcome, ledger, "no space left", "free some space")
                same_bytes(ledger, before, f"the ledger with {percent} % of the room")
                agreement.sound(ledger)
                refused += 1
            mounts.empty(disk)
            ingest(blocks, ledger)
            same_bytes(ledger, wanted, f"the ledger that went on after {percent} %")
    check(refused >= 5, f"only {refused} disks were too small")

    with mounts.small_disk(folder / "disk", 16384) as disk:
        outcome = ingest(blocks, disk / "ledger", code=MACHINE)
        sentence(outcome, "no space left", "free some space")
        check(not (disk / "ledger" / "manifest").exists(), "a ledger was begun on a full disk")
        outcome = run("synth", "--out", disk / "world", "--blocks", 200, "--quiet", code=MACHINE)
        sentence(outcome, disk / "world", "no space left")
    return f"{refused} disks too small"


def outputs_that_do_not_fit(folder):
    """A result that cannot be written whole is not left half; the old one stays."""
    _, ledger = make_world(folder)
    coin = first_coin(ledger, 300)
    for option in ("--json", "--csv", "--html"):
        with mounts.small_disk(folder / "disk", "1m") as disk:
            old = disk / "old.txt"
            old.write_text("an earlier result")
            mounts.fill(disk, 0)
            outcome = run("trace", "--from", coin, option, old, "--ledger", ledger, code=MACHINE)
            sentence(outcome, disk, "no space left")
            equal(old.read_text(), "an earlier result", f"the old {option} file")
    with open("/dev/full", "wb") as full:
        for verb in (["info"], ["show", "block", "5"], ["trace", "--from", coin, "--json", "-"]):
            done = subprocess.run([PROGRAM, *verb, "--ledger", ledger], stdout=full,
                                  stderr=subprocess.PIPE, check=False, env=environment())
            equal(done.returncode, MACHINE, f"exit code of {verb[0]} into a full disk")
            check(b"standard output" in done.stderr, f"{verb[0]} into a full disk: {done.stderr}")


def a_read_only_ledger(folder):
    """Everything that reads goes on; everything that writes is refused."""
    blocks, whole = make_world(folder)
    ledger = folder / "ledger"
    ingest(blocks, ledger, "--to", 250)
    pack = folder / "world" / "tags.yaml"
    run("tags", "import", pack, "--ledger", ledger)
    before = fingerprint(ledger)
    with mounts.read_only(ledger, folder / "view") as view:
        coin = first_coin(view, 240)
        incident = folder / "world" / "incident.yaml"
        for verb in (["info"], ["ledger", "check"], ["show", "block", "7"], ["show", "coin", coin],
                     ["tags", "list"], ["trace", "--from", coin],
                     ["trace", "--incident", incident]):
            of_view = run(*verb, "--ledger", view).out.replace(bytes(view), b"")
            of_ledger = run(*verb, "--ledger", ledger).out.replace(bytes(ledger), b"")
            equal(of_view, of_ledger, f"what {verb} says of the read-only ledger")
        for verb in (["ingest", "blocks", blocks, "--network", "regtest"],
                     ["tags", "import", pack]):
            outcome = run(*verb, "--ledger", view, code=MACHINE)
            sentence(outcome, view, "read-only" if verb[0] == "ingest" else "")
            same_bytes(ledger, before, f"the read-only ledger after {verb[0]}")
        ingest(blocks, ledger)
        equal(tip(view), tip(whole), "the tip seen through the read-only folder")
    # A copy without the files that processes leave for one another, on a disk nobody writes.
    for name in SIDE_FILES:
        (ledger / name).unlink(missing_ok=True)
    said = run("info", "--ledger", whole).out
    with mounts.read_only(ledger, folder / "view") as view:
        equal(run("info", "--ledger", view).out, said, "what a bare read-only ledger says")
        agreement.sound(view)
        for verb in (["rewind", "3"], ["compact"]):
            sentence(run("ledger", *verb, "--ledger", view, code=MACHINE), view, "read-only")
    check(not (ledger / "readers").exists(), "a reader wrote into the ledger's folder")


def backups(folder):
    """The recipe of docs/operations.md: refused while a writer is at work, keeps writers away, and
    the copy is the ledger, with the side files or without."""
    blocks, whole = make_world(folder)
    ledger = folder / "ledger"
    ingest(blocks, ledger, "--to", 100)
    recipe = ["flock", "--nonblock", ledger / "lock", "cp", "-a", "--reflink=auto", ledger]
    writer = stopped_while_it_writes(blocks, ledger)
    try:
        refused = subprocess.run([*recipe, folder / "early"], check=False).returncode
        check(refused != 0 and not (folder / "early").exists(), "copied under a running writer")
    finally:
        writer.kill()
        writer.wait()
    # The killed writer's ledger is as good a thing to copy as any.
    height = tip(ledger)
    subprocess.run([*recipe, folder / "copy"], check=True)
    shutil.copytree(ledger, folder / "bare", ignore=shutil.ignore_patterns(*SIDE_FILES))
    for copy in (folder / "copy", folder / "bare"):
        agreement.sound(copy)
        equal(tip(copy), height, "the copy's tip")
        ingest(blocks, copy)
        same_bytes(copy, fingerprint(whole), f"{copy.name}, gone on with")
    held = subprocess.Popen(["flock", "--no-fork", ledger / "lock", "sleep", "60"])
    try:
        for _ in range(100):
            if subprocess.run(["flock", "--nonblock", ledger / "lock", "true"],
                              check=False).returncode != 0:
                break
            time.sleep(0.05)
        sentence(ingest(blocks, ledger, code=MACHINE), ledger, "another process")
        agreement.sound(ledger)
    finally:
        held.kill()
        held.wait()


def an_older_format(folder):
    """Its message names both formats and says what to do; the ledger stays as it is."""
    blocks, whole = make_world(folder)
    manifest = whole / "manifest"
    now = manifest.read_text()
    assert "format 5\nwritten_by tracehound " in now, now
    manifest.write_text(re.sub("format 5\nwritten_by .*\n", "format 3\n", now))
    before = fingerprint(whole)
    for verb in (["info"], ["ledger", "check"], ["ledger", "compact"], ["ledger", "rewind", "1"],
                 ["ingest", "blocks", blocks, "--network", "regtest"]):
        outcome = run(*verb, "--ledger", whole, code=MACHINE)
        sentence(outcome, manifest, "ledger format 3", "from before 0.1.0", "reads format 5",
                 "into a new folder")
        same_bytes(whole, before, f"the older ledger after {verb}")


def rewinds_and_compacting(folder):
    """Back to any height is the ledger that was never longer; what a reader kept from being cut is
    cut later."""
    blocks, whole = make_world(folder)
    ledger = folder / "ledger"
    ingest(blocks, ledger)
    for height in (250, 3, 0):
        said = run("ledger", "rewind", height, "--ledger", ledger).out.decode()
        check(f"at height {height}\n" in said, said)
        ingest(blocks, folder / f"to{height}", "--to", height)
        same_bytes(ledger, fingerprint(folder / f"to{height}"), f"rewound to {height}")
    outcome = run("ledger", "rewind", 1, "--ledger", ledger, code=BAD_INPUT)
    sentence(outcome, "height 1", ledger)
    ingest(blocks, ledger)
    same_bytes(ledger, fingerprint(whole), "up again after the rewinds")
    with open(ledger / "readers", "rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        run("ledger", "rewind", 200, "--ledger", ledger)
        outcome = run("ledger", "compact", "--ledger", ledger, code=NO)
        sentence(outcome, ledger, "a reader")
        check(b": 0 B given back" in outcome.out, outcome.out)
        agreement.sound(ledger)
    said = run("ledger", "compact", "--ledger", ledger).out.decode()
    check(": 0 B given back" not in said, said)
    ingest(blocks, folder / "to200", "--to", 200)
    same_bytes(ledger, fingerprint(folder / "to200"), "compacted")


def two_writers_at_once(folder):
    """The second is refused with the first one's process id; readers are not kept waiting."""
    blocks, whole = make_world(folder)
    ledger = folder / "ledger"
    ingest(blocks, ledger, "--to", 100)
    before = fingerprint(ledger)
    with open(ledger / "lock", "r+", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4242")
        lock.flush()
        sentence(ingest(blocks, ledger, code=MACHINE), ledger, "4242")
        same_bytes(ledger, before, "the locked ledger")
        equal(tip(ledger), 100, "the locked ledger's tip")
        lock.truncate(0)

    first = stopped_while_it_writes(blocks, ledger)
    try:
        sentence(ingest(blocks, ledger, code=MACHINE), ledger, first.pid)
        equal(tip(ledger), 100, "the tip while another writes")
        agreement.sound(ledger)
    finally:
        first.send_signal(signal.SIGCONT)
    equal(first.wait(timeout=120), DONE, "the first writer's exit code")
    same_bytes(ledger, fingerprint(whole), "the first writer's ledger")


def stopped_while_it_writes(blocks, ledger):
    """An ingest, stopped where it holds the lock."""
    command = [PROGRAM, "ingest", "blocks", blocks, "--network", "regtest", "--ledger", ledger]
    for _ in range(200):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            if (ledger / "lock").read_text() == str(process.pid):
                process.send_signal(signal.SIGSTOP)
                break
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        if process.poll() is None and (ledger / "lock").read_text() == str(process.pid):
            return process
        check(tip(ledger) == 100, "the writer was done before it could be stopped")
    raise AssertionError("never stopped")


def killed_at_any_moment(folder):
    """Killed again and again on its way up; what stands there is always a committed block, and the
    end is the ledger of one that was never killed."""
    blocks, whole = make_world(folder)
    ledger = folder / "ledger"
    dice = random.Random(4)
    killed, reached = 0, [None]
    seconds = time_of(blocks, folder / "timed")
    for number in range(1, KILLS + 1):
        goal = BLOCKS * number // (KILLS + 1)
        process = subprocess.Popen(
            [PROGRAM, "ingest", "blocks", blocks, "--network", "regtest", "--ledger", ledger,
             "--to", str(goal)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0, 1.1 * seconds))
        process.kill()
        if process.wait() == -signal.SIGKILL:
            killed += 1
        else:
            seconds *= 0.7  # the machine has become quicker than it was when the time was taken
        if (ledger / "manifest").exists():
            agreement.sound(ledger)
            height = tip(ledger)
            check(height in (reached[-1], goal), f"killed on the way from {reached[-1]} to {goal}, "
                  f"the ledger stands at {height}")
            reached.append(height)
        else:
            check(reached == [None], "the manifest is gone")
    check(killed >= 3, f"only {killed} of {KILLS} were killed before they were done")
    ingest(blocks, ledger)
    same_bytes(ledger, fingerprint(whole), "the ledger of the killed")
    return f"{killed} of {KILLS} killed on the way, {len(set(reached))} heights"


def killed_while_turning_back(folder):
    """The same on the way to a branch with more work: the ledger stands at the old tip, where the
    two part, or at the new tip."""
    blocks, _ = make_world(folder)
    side = folder / "side"
    shutil.copytree(blocks, side)
    ledger = folder / "ledger"
    ingest(blocks, ledger)
    branch = branch_of(blocks, BLOCKS - 30, 40)
    with open(side / "blk00001.dat", "wb") as file:
        file.write(branch)
    ingest(side, folder / "fresh")
    wanted = fingerprint(folder / "fresh")
    seconds = time_of(side, folder / "timed")
    dice = random.Random(5)
    heights = set()
    for _ in range(8):
        shutil.rmtree(folder / "copy", ignore_errors=True)
        shutil.copytree(ledger, folder / "copy")
        process = subprocess.Popen(
            [PROGRAM, "ingest", "blocks", side, "--network", "regtest", "--ledger",
             folder / "copy"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.3, 1.1) * seconds)
        process.kill()
        process.wait()
        agreement.sound(folder / "copy")
        heights.add(tip(folder / "copy"))
        ingest(side, folder / "copy")
        same_bytes(folder / "copy", wanted, "the ledger that turned back")
    check(heights <= {BLOCKS - 1, BLOCKS - 31, BLOCKS + 9}, f"heights on the way: {heights}")
    return f"heights on the way: {sorted(heights)}"


def branch_of(blocks, height, length):
    """The records of a branch that leaves the chain after `height` blocks."""
    chain = bitcoin.Chain()
    chain.blocks = bitcoin.read_records(blocks)[:height]
    start = len(chain.blocks)
    chain.coinbases = [None] * start
    for number in range(length):
        chain.add(mark=b"branch %d" % number)
    return b"".join(map(bitcoin.record, chain.blocks[start:]))


def time_of(blocks, ledger):
    start = time.monotonic()
    ingest(blocks, ledger)
    return time.monotonic() - start


def spent_coin(ledger):
    """The number of a coin that is spent."""
    data = (ledger / "columns" / "coin.spender").read_bytes()
    return next(i for i, spender in enumerate(struct.iter_unpack("<I", data))
                if spender != (0xFFFFFFFF,))


def rotten_bytes(folder):
    """A flipped byte anywhere in the ledger is found by `ledger check`, which names the file."""
    _, whole = make_world(folder)
    ledger = folder / "ledger"
    shutil.copytree(whole, ledger)
    dice = random.Random(6)
    files = [path for path in sorted(ledger.rglob("*"))
             if path.is_file() and path.name not in SIDE_FILES and path.stat().st_size > 0]
    check(len(files) >= 20, f"{len(files)} files in the ledger")
    for path in files:
        data = path.read_bytes()
        at = dice.randrange(len(data))
        if path.name == "coin.spender":  # an unspent coin's may be any number past the last
            at = 4 * spent_coin(whole)
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1:])
        outcome = run("ledger", "check", "--ledger", ledger, code=MACHINE)
        sentence(outcome, ledger)
        said = outcome.out.decode() + outcome.err
        path.write_bytes(data[:-1])
        cut = run("info", "--ledger", ledger, code=None)
        check(cut.code == MACHINE or "/runs/" in str(path), f"{path} cut short: exit {cut.code}")
        if cut.code == MACHINE:
            sentence(cut, path.name.split(".")[0])
        path.write_bytes(data)
        check(said, f"{path} with a rotten byte: nothing said")
    agreement.sound(ledger)
    (ledger / "columns" / "coin.value").unlink()
    sentence(run("info", "--ledger", ledger, code=MACHINE), "coin.value")
    return f"{len(files)} files"


if __name__ == "__main__":
    mounts.enter()
    main([two_writers_at_once, backups, an_older_format, rewinds_and_compacting,
          killed_at_any_moment, killed_while_turning_back, rotten_bytes, a_full_disk,
          outputs_that_do_not_fit, a_read_only_ledger])
