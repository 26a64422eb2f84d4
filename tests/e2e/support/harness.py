"""What the end-to-end tests share: running the program, looking at what it leaves behind, and
saying how it went.

A test is a list of groups, functions that take an empty folder. Each prints one line; the first
wrong thing ends the test with exit code 1 and a message.
"""

import collections
import dataclasses
import hashlib
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = str(pathlib.Path(os.environ.get("TRACEHOUND", ROOT / "build" / "tracehound")).resolve())
SECONDS = 240
SKIPPED = 77

DONE, NO, USAGE, BAD_INPUT, MACHINE = 0, 1, 2, 3, 4


class Wrong(Exception):
    """What the test was looking for."""


class Skip(Exception):
    """Something the whole test needs is not here."""


@dataclasses.dataclass
class Outcome:
    command: str
    code: int
    out: bytes
    err: str


def check(condition, message):
    if not condition:
        raise Wrong(message)


def equal(got, wanted, what):
    if got == wanted:
        return
    if isinstance(got, list) and isinstance(wanted, list):
        for number, (ours, theirs) in enumerate(zip(got, wanted)):
            if ours != theirs:
                equal(ours, theirs, f"{what}, number {number} of {len(got)}")
        equal(len(got), len(wanted), f"{what}, how many")
    raise Wrong(f"{what}: got {shorten(got)}, expected {shorten(wanted)}")


def shorten(value):
    text = repr(value)
    return text if len(text) <= 1000 else f"{text[:1000]}..."


def environment(**changes):
    """The test's own, without what would steer the program; None takes a variable away."""
    changed = {**os.environ, "TRACEHOUND_LEDGER": None, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def run(*words, code=DONE, stdin="", env=None, cwd=None):
    """Runs the program. The exit code must be `code`; None takes any."""
    command = [PROGRAM, *map(str, words)]
    done = subprocess.run(command, input=stdin.encode(), env=env or environment(), cwd=cwd,
                          capture_output=True, timeout=SECONDS, check=False)
    outcome = Outcome(shlex.join(command), done.returncode, done.stdout,
                      done.stderr.decode(errors="replace"))
    if code is not None and outcome.code != code:
        raise Wrong(f"{outcome.command}\n  exit code {outcome.code}, expected {code}\n"
                    f"  stderr: {outcome.err.strip()}\n"
                    f"  stdout: {outcome.out.decode(errors='replace')[:500]}")
    return outcome


def ingest(blocks, ledger, *words, network="regtest", **options):
    return run("ingest", "blocks", blocks, "--network", network, "--ledger", ledger, *words,
               **options)


def sentence(outcome, *parts):
    """The error is one line of the program's, and says each of `parts` (any case)."""
    lines = [line for line in outcome.err.splitlines() if line.startswith("tracehound: ")]
    check(len(lines) == 1, f"{outcome.command}\n  is no one-line error: {outcome.err!r}")
    equal(outcome.err.splitlines()[-1], lines[0], f"{outcome.command}\n  the last line")
    for part in parts:
        check(str(part).lower() in lines[0].lower(),
              f"{outcome.command}\n  the error does not say {str(part)!r}: {lines[0]}")
    return lines[0]


# Files beside a ledger by which processes know of one another: no part of it.
SIDE_FILES = {"lock", "readers", "rewinds", "writing", "mempool"}


def fingerprint(folder):
    """Every file below `folder` with its size and hash, but for the side files."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and path.name not in SIDE_FILES:
            data = path.read_bytes()
            found[str(path.relative_to(folder))] = (len(data), hashlib.sha256(data).hexdigest())
    return found


def same_bytes(folder, wanted, what):
    """The folder's files are those of the fingerprint `wanted`."""
    got = fingerprint(folder)
    if got == wanted:
        return
    lines = [f"{name}: {got.get(name, 'missing')}, expected {wanted.get(name, 'nothing')}"
             for name in sorted(got.keys() | wanted.keys()) if got.get(name) != wanted.get(name)]
    raise Wrong(f"{what}: {len(lines)} files differ\n  " + "\n  ".join(lines[:5]))


def main(groups):
    """Runs the groups in order, each in a fresh folder."""
    if not os.access(PROGRAM, os.X_OK):
        print(f"no program at {PROGRAM}; build it, or set TRACEHOUND")
        sys.exit(1)
    wanted = sys.argv[1:]
    said = collections.Counter()
    for group in groups:
        if wanted and group.__name__ not in wanted:
            continue
        start = time.monotonic()
        name = group.__name__.replace("_", " ")
        with tempfile.TemporaryDirectory(prefix="tracehound-e2e-") as folder:
            try:
                remark = group(pathlib.Path(folder))
            except Skip as reason:
                print(f"skipped  {name}: {reason}")
                sys.exit(SKIPPED)
            except Wrong as problem:
                print(f"WRONG    {name}: {problem}")
                sys.exit(1)
        said[name] += 1
        seconds = time.monotonic() - start
        print(f"ok       {name} ({seconds:.1f} s){': ' + remark if remark else ''}", flush=True)
    if not said:
        print(f"no group of these names; there are {', '.join(g.__name__ for g in groups)}")
        sys.exit(1)
