"""Does taking in a list of transfers need more memory the longer the list is?

Two lists, of TRACEHOUND_BENCH_MB megabytes (default 400: four commits) and of three times as many,
are taken in with --memory 64M. Napkin: 64 MB of tables; the rows between two commits, 2^19 of 150
bytes, once sealed and once growing, 160 MB; 16 to 24 bytes for each entry of an index that is
sorted, several runs side by side, 30 MB; the batches that are being read: 5 MB. What belongs to the
program alone is asked of the kernel all the while; pages of files that it has mapped, the list and
the ledger, are the system's to take back and are shown beside it. Fails when the long list needs
128 MB more than the short one.

usage: script/bench transfers_memory
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "build" / "tracehound"
MEMORY = "64M"
MAP = """chain = bench
time = time
block = block
tx = tx
from = from
to = to
amount = amount
asset = "USD"
decimals = "2"
"""


def write_list(path, size):
    """Every transaction new, and one account in four."""
    dice = random.Random(1)
    rows = 0
    with open(path, "w", encoding="ascii") as file:
        file.write("time,block,tx,from,to,amount\n")
        while file.tell() < size:
            lines = []
            for _ in range(10_000):
                block, tx = rows // 10, dice.getrandbits(256)
                giver, taker = dice.randrange(200_000), dice.randrange(1 + rows // 2)
                lines.append(f"{1_700_000_000 + block},{block},0x{tx:064x},0x{giver:040x},"
                             f"0x{taker:040x},{dice.randrange(10**6)}.5\n")
                rows += 1
            file.write("".join(lines))
    return rows


def peaks(*words):
    """Kilobytes at most while it ran: of its own, and with the pages of files."""
    own = resident = 0
    with subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            try:
                status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            except OSError:
                break
            fields = dict(line.split(":", 1) for line in status.splitlines())
            if "RssAnon" in fields:
                own = max(own, int(fields["RssAnon"].split()[0]))
                resident = max(resident, int(fields["VmHWM"].split()[0]))
            time.sleep(0.002)
    if process.returncode != 0:
        sys.exit(f"{words[1]} failed")
    return own, resident


def measure(folder, megabytes):
    path = folder / "list.csv"
    rows = write_list(path, megabytes * 1_000_000)
    (folder / "map").write_text(MAP, encoding="ascii")
    own, resident = peaks(PROGRAM, "ingest", "transfers", "--csv", path, "--map", folder / "map",
                          "--ledger", folder / "L", "--memory", MEMORY, "--quiet")
    shutil.rmtree(folder / "L")
    path.unlink()
    print(f"{megabytes} MB, {rows:,} rows, --memory {MEMORY}: {own / 1024:.0f} MB of its own at "
          f"most, {resident / 1024:.0f} MB with pages of files", flush=True)
    return own


def main():
    size = int(os.environ.get("TRACEHOUND_BENCH_MB", "400"))
    with tempfile.TemporaryDirectory() as folder:
        short = measure(pathlib.Path(folder), size)
        long = measure(pathlib.Path(folder), 3 * size)
    if long > short + 128 * 1024:
        sys.exit("the long list needs more memory than the short one")


if __name__ == "__main__":
    main()
