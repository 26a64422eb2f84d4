"""A `tracehound follow` that runs while a test does other things, and what it left behind."""

import os
import signal
import struct
import subprocess
import time

from support import scripts
from support.harness import PROGRAM, Wrong, check, environment, equal

PATIENCE = 60  # seconds until the ledger must be where the node is


class Follower:
    """Runs until stop() or kill(); start() begins another one on the same ledger."""

    def __init__(self, ledger, log, *options):
        self.ledger = ledger
        self.log = log
        self.options = [str(option) for option in options]
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "follow", *self.options, "--ledger", str(self.ledger)],
                env=environment(), stdout=log, stderr=log)

    def stop(self, how=signal.SIGTERM):
        """Asks it to end; it must, within seconds and without complaint."""
        self.process.send_signal(how)
        try:
            code = self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            self.process.kill()
            raise Wrong(f"follow does not end:\n{self.said()}") from error
        check(code == 0, f"follow ended with {code}:\n{self.said()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def said(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            check(self.process.poll() is None, f"follow has ended:\n{self.said()}")
            check(time.monotonic() < deadline, f"no {what} for {PATIENCE} s:\n{self.said()}")
            time.sleep(0.05)


def committed_tip(ledger):
    """(blocks, tip hash) of the last commit; without a ledger, nothing."""
    try:
        lines = (ledger / "manifest").read_text().splitlines()
    except FileNotFoundError:
        return (0, None)
    facts = dict(line.split(" ", 1) for line in lines)
    return (int(facts["blocks"]), facts["tip"])


class Parsed:
    """A transaction's txid and the txids it spends from, out of its bytes."""

    def __init__(self, raw):
        self.raw = raw
        witness = raw[4] == 0
        self.at = start = 6 if witness else 4
        self.spends_from = []
        for _ in range(self.compact()):
            self.spends_from.append(raw[self.at:self.at + 32][::-1].hex())
            self.skip(36)
            self.skip(self.compact())
            self.skip(4)
        for _ in range(self.compact()):
            self.skip(8)
            self.skip(self.compact())
        stripped = raw[:4] + raw[start:self.at] + raw[-4:] if witness else raw
        self.txid = scripts.sha256d(stripped)[::-1].hex()

    def skip(self, size):
        self.at += size

    def compact(self):
        first = self.raw[self.at]
        width = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(first, 0)
        long = int.from_bytes(self.raw[self.at + 1:self.at + 1 + width], "little")
        self.skip(1 + width)
        return long if width else first


def mempool_of(ledger):
    """(tip, {txid: first seen}) of the file beside the ledger, read as docs/format.md says."""
    data = (ledger / "mempool").read_bytes()
    lines = []
    while len(lines) < 6:
        line, data = data.split(b"\n", 1)
        lines.append(line.decode())
    equal(lines[0], "tracehound mempool 1", "the mempool file's first line")
    facts = dict(line.split(" ", 1) for line in lines[1:])
    seen, at = {}, 0
    transactions = []
    for _ in range(int(facts["transactions"])):
        first_seen, size = struct.unpack_from("<II", data, at)
        transactions.append(Parsed(data[at + 8:at + 8 + size]))
        seen[transactions[-1].txid] = first_seen
        at += 8 + size
    equal(at, len(data), "bytes of the mempool file")
    before = set()
    for tx in transactions:
        behind = set(tx.spends_from) & seen.keys() - before
        check(not behind, f"{tx.txid} stands before {behind}, which it spends from")
        before.add(tx.txid)
    return facts["tip"], seen
