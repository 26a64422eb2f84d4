"""How long does a bundle of 100,000 touched transactions take to verify, by both verifiers?

Napkin: 110,000 transactions and 3,000 headers are 2 million hashes of 64 bytes, 0.3 s at 500 MB a
second; reading 90 MB and the trace itself as much again. The floor, in the same run: the SHA-256 of
the bundle's bytes, which any verifier computes. Asked for: under 30 s.

usage: script/bench evidence [FOLDER]     a folder to work in and keep; a temporary one without
"""

import hashlib
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "build" / "tracehound"
RUNS = 5


def run(*words):
    subprocess.run(list(map(str, words)), check=True, stdout=subprocess.DEVNULL)


def make(folder):
    """Nothing stops it and every share goes on, so that it reaches as far as it can."""
    world, ledger = folder / "world", folder / "L"
    run(PROGRAM, "synth", "--out", world, "--blocks", 2600, "--txs-per-block", 110, "--seed", 5,
        "--theft", "wallet-sweep", "--quiet")
    run(PROGRAM, "ingest", "blocks", world / "blocks", "--network", "regtest", "--ledger", ledger,
        "--quiet")
    run(PROGRAM, "incident", "evidence", world / "incident.yaml", "--method", "poison", "--stop-at",
        "none", "--clusters", "off", "--mix", "off", "--blocks", world / "blocks", "--ledger",
        ledger, "--out", folder / "bundle", "--quiet")


def seconds(work):
    times = []
    for _ in range(RUNS + 1):  # the first is a warm-up
        begun = time.monotonic()
        work()
        times.append(time.monotonic() - begun)
    return statistics.median(times[1:])


def measure(folder):
    bundle = folder / "bundle"
    if not bundle.is_dir():
        make(folder)
    files = list(bundle.iterdir())
    touched = json.loads((bundle / "result.json").read_text())["touched"]["transactions"]
    size = sum(file.stat().st_size for file in files)
    print(f"bundle of {touched:,} touched transactions, {size / 1e6:.1f} MB")
    floor = seconds(lambda: [hashlib.sha256(file.read_bytes()).digest() for file in files])
    print(f"floor, its SHA-256: {floor:.2f} s")
    print(f"tracehound verify: {seconds(lambda: run(PROGRAM, 'verify', bundle)):.2f} s")
    python = seconds(lambda: run(sys.executable, ROOT / "docs" / "verify.py", bundle))
    print(f"docs/verify.py: {python:.2f} s")


def main():
    if len(sys.argv) > 1:
        folder = pathlib.Path(sys.argv[1])
        folder.mkdir(exist_ok=True)
        measure(folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(pathlib.Path(folder))


main()
