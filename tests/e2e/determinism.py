"""The same input gives the same bytes: whatever the threads, the pieces, the language, the time
zone, the place and the hour."""

import os
import shutil
import signal
import subprocess
import sys
import time

from support.harness import (MACHINE, PROGRAM, SECONDS, check, environment, equal, fingerprint,
                             ingest, main, run, same_bytes)

BLOCKS = 300
WORLD = ["--blocks", BLOCKS, "--seed", 31, "--theft", "wallet-sweep", "--txs-per-block", 60]

# What a run may differ in. The second of each must not show.
SETTINGS = [
    {"LC_ALL": "C", "TZ": "UTC"},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8", "LC_NUMERIC": "fr_FR.UTF-8",
     "TZ": "Asia/Kathmandu"},
    {"LC_ALL": "C.UTF-8", "TZ": "America/St_Johns", "COLUMNS": "40", "TERM": "dumb"},
    {"LC_ALL": None, "LANG": None, "TZ": "Pacific/Kiritimati", "HOME": "/", "MALLOC_PERTURB_": "7"},
]


def make_world(folder, env=None):
    run("synth", "--out", folder / "world", *WORLD, "--quiet", env=env)
    return folder / "world"


def simulated_chains(folder):
    """The same options give the same files, in any place and setting; another seed gives others."""
    wanted = None
    for number, setting in enumerate(SETTINGS):
        place = folder / f"place{number}"
        place.mkdir()
        world = make_world(place, environment(**setting))
        wanted = wanted or fingerprint(world)
        same_bytes(world, wanted, f"the simulated chain under {setting}")
    check({"tags.yaml", "truth.json", "incident.yaml", "blocks/blk00000.dat"} <= wanted.keys(),
          f"files of a simulated chain: {sorted(wanted)}")
    run("synth", "--out", folder / "another", "--blocks", BLOCKS, "--seed", 32, "--quiet")
    check(fingerprint(folder / "another")["blocks/blk00000.dat"] != wanted["blocks/blk00000.dat"],
          "another seed gives another chain")
    return f"{len(wanted)} files"


def ledgers(folder):
    """One thread or two, one go or ten pieces, and under each setting."""
    blocks = make_world(folder) / "blocks"
    ingest(blocks, folder / "one", "--threads", 1)
    wanted = fingerprint(folder / "one")
    for threads in (2, 7):
        ledger = folder / f"threads{threads}"
        ingest(blocks, ledger, "--threads", threads)
        same_bytes(ledger, wanted, f"{threads} threads")
    pieces = folder / "pieces"
    for number in range(1, 10):
        ingest(blocks, pieces, "--to", BLOCKS * number // 10, "--threads", 1 + number % 2)
    ingest(blocks, pieces)
    same_bytes(pieces, wanted, "ten pieces")
    for number, setting in enumerate(SETTINGS):
        ledger = folder / f"setting{number}"
        ingest(blocks, ledger, env=environment(**setting))
        same_bytes(ledger, wanted, f"the ledger under {setting}")
    return f"{len(wanted)} files"


def traces_and_reports(folder):
    """JSON, CSV, HTML and everything printed, made in folders of the same names elsewhere."""
    world = make_world(folder)
    wanted, printed = None, None
    for number, setting in enumerate(SETTINGS):
        place = folder / f"place{number}"
        place.mkdir()
        env = environment(**setting)
        shutil.copytree(world, place / "world")
        ingest("world/blocks", "ledger", "--threads", 1 + number % 2, cwd=place, env=env)
        run("tags", "import", "world/tags.yaml", "--ledger", "ledger", cwd=place, env=env)
        out = b""
        for method in ("fifo", "haircut", "poison"):
            out += run("trace", "--incident", "world/incident.yaml", "--method", method, "--json",
                       f"{method}.json", "--csv", f"{method}.csv", "--html", f"{method}.html",
                       "--ledger", "ledger", cwd=place, env=env).out
        out += run("info", "--ledger", "ledger", cwd=place, env=env).out
        out += run("show", "block", str(BLOCKS - 1), "--ledger", "ledger", cwd=place, env=env).out
        out += run("tags", "list", "--ledger", "ledger", cwd=place, env=env).out
        out += run("trace", "--help", cwd=place, env=env).out
        files = {name: facts for name, facts in fingerprint(place).items()
                 if name.endswith((".json", ".csv", ".html"))}
        wanted, printed = wanted or files, printed or out
        equal(len(files), 9 + 2, "result files")
        equal({name for name in files if files[name] != wanted[name]}, set(),
              f"results that differ under {setting}")
        equal(out, printed, f"what is printed under {setting}")
    return f"{len(wanted)} files, {len(printed)} bytes printed"


def at_another_hour(folder):
    """Nothing written depends on the clock: the same an hour and years from now."""
    preload = faketime(folder)
    world = make_world(folder)
    ingest(world / "blocks", folder / "ledger")
    wanted = fingerprint(folder / "ledger")
    incident = ["trace", "--incident", world / "incident.yaml", "--html", "-", "--ledger", "ledger"]
    report = run(*incident, cwd=folder).out
    env = environment(LD_PRELOAD=str(preload))
    (folder / "later").mkdir()
    later = make_world(folder / "later", env)
    same_bytes(later, fingerprint(world), "the simulated chain years later")
    ingest(later / "blocks", folder / "later" / "ledger", env=env)
    same_bytes(folder / "later" / "ledger", wanted, "the ledger years later")
    equal(run(*incident, cwd=folder / "later", env=env).out, report, "the report years later")


def faketime(folder):
    """A library that moves the clock of a program eleven years on."""
    source = folder / "later.c"
    source.write_text(
        "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <time.h>\n#include <sys/time.h>\n"
        "static const long years = 11L * 365 * 86400;\n"
        "time_t time(time_t* t) { struct timespec s; clock_gettime(CLOCK_REALTIME, &s);\n"
        "  if (t) *t = s.tv_sec; return s.tv_sec; }\n"
        "int gettimeofday(struct timeval* v, void* z) { struct timespec s; (void)z;\n"
        "  clock_gettime(CLOCK_REALTIME, &s); v->tv_sec = s.tv_sec; v->tv_usec = 0; return 0; }\n"
        "int clock_gettime(clockid_t c, struct timespec* s) {\n"
        "  int (*real)(clockid_t, struct timespec*) = dlsym(RTLD_NEXT, \"clock_gettime\");\n"
        "  int got = real(c, s); if (c == CLOCK_REALTIME) s->tv_sec += years; return got; }\n")
    library = folder / "later.so"
    done = subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"],
                          capture_output=True, check=False)
    check(done.returncode == 0, f"gcc: {done.stderr.decode()}")
    asked = [sys.executable, "-c", "import time; print(int(time.time()))"]
    moved = subprocess.run(asked, env=environment(LD_PRELOAD=str(library)), capture_output=True,
                           check=True)
    check(int(moved.stdout) > time.time() + 10 * 365 * 86400, "the clock does not move")
    return library


def stdin_and_arguments(folder):
    """Ids from standard input give what the same ids give as arguments; JSON to a file is JSON to
    standard output."""
    world = make_world(folder)
    ledger = folder / "ledger"
    ingest(world / "blocks", ledger)
    heights = [str(height) for height in range(0, BLOCKS, 40)]
    by_argument = run("show", "block", *heights, "--json", "-", "--ledger", ledger).out
    by_input = run("show", "block", "-", "--json", "-", "--ledger", ledger,
                   stdin="\n".join(heights) + "\n").out
    equal(by_input, by_argument, "blocks by standard input")
    file = folder / "blocks.json"
    run("show", "block", *heights, "--json", file, "--ledger", ledger)
    equal(file.read_bytes(), by_argument, "blocks into a file")
    named = run("info", "--ledger", ledger).out
    equal(run("info", env=environment(TRACEHOUND_LEDGER=str(ledger))).out, named,
          "the ledger that the environment names")
    equal(run("info", cwd=folder).out, named, "the ledger of the folder one stands in")


def through_a_pipe_that_closes(folder):
    """A reader that has seen enough ends the program without a word and without harm."""
    world = make_world(folder)
    ledger = folder / "ledger"
    ingest(world / "blocks", ledger)
    before = fingerprint(ledger)
    heights = [str(height) for height in range(BLOCKS)]
    process = subprocess.Popen([PROGRAM, "show", "block", *heights, "--json", "-", "--ledger",
                                ledger], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment())
    os.read(process.stdout.fileno(), 10)
    process.stdout.close()
    said = process.stderr.read()
    check(process.wait(timeout=SECONDS) in (-signal.SIGPIPE, MACHINE), "how it ends")
    equal(said, b"", "what it says of a closed pipe")
    same_bytes(ledger, before, "the ledger after a closed pipe")


if __name__ == "__main__":
    main([simulated_chains, ledgers, traces_and_reports, at_another_hour, stdin_and_arguments,
          through_a_pipe_that_closes])
