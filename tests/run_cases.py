"""Runs cases: commands, their input and what must come of them. usage: run_cases.py FILE.case...

The format stands in tests/README.md. Each case runs in an empty folder of its own. $TRACEHOUND is
the program (build/tracehound unless the environment says otherwise), $DATA the shared real data,
$SUPPORT the folder of helpers.
Exits 0 when all hold, 1 when one does not, 77 when data that a case names is not there.
"""

import dataclasses
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SECONDS = 300
SKIPPED = 77


class BadCase(Exception):
    """The case file itself is wrong."""


@dataclasses.dataclass
class Step:
    line: int  # where it begins in the case file
    command: str
    out: str = ""
    err: str = ""
    exit: int = 0


def sections(text):
    """(line, words of its head, body) of each section; before the first stands a comment."""
    parts = re.split(r"^== (.*)\n", text, flags=re.M)
    line = 1 + parts[0].count("\n")
    for head, body in zip(parts[1::2], parts[2::2]):
        yield line, head.split(), body
        line += 1 + body.count("\n")


def parse(text):
    """({file name: text}, [Step]) of a case."""
    files, steps = {}, []
    for line, words, body in sections(text):
        match words:
            case ["file", name]:
                files[name] = body
            case ["run"]:
                steps.append(Step(line, body))
            case ["out"] if steps:
                steps[-1].out = body
            case ["err"] if steps:
                steps[-1].err = body
            case ["exit", code] if steps and code.isdigit() and not body:
                steps[-1].exit = int(code)
            case _:
                raise BadCase(f"line {line}: == {' '.join(words)} is no section, or out of place")
    if not steps:
        raise BadCase("no == run")
    return files, steps


def pattern_of(expected):
    """Expected text as a regular expression: [..] is anything within a line, a line of ... alone
    is any number of lines."""
    parts = []
    for line in expected.splitlines(keepends=True):
        if line.strip() == "...":
            parts.append(r"(?:[^\n]*\n)*")
        else:
            parts.append(r"[^\n]*".join(re.escape(part) for part in line.split("[..]")))
    return re.compile("".join(parts))


def difference(name, expected, actual):
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), f"expected {name}",
                                 f"actual {name}", lineterm="")
    return "\n".join(lines) or f"{name} differs in its last newline"


def run_step(step, folder, environment):
    """What is wrong with the step's outcome, in words; nothing when it is as expected."""
    try:
        run = subprocess.run(["bash", "-euo", "pipefail", "-c", step.command], cwd=folder,
                             env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return [f"still running after {SECONDS} s"]
    problems = []
    if run.returncode != step.exit:
        problems.append(f"exit code {run.returncode}, expected {step.exit}")
    for name, expected, actual in [("out", step.out, run.stdout), ("err", step.err, run.stderr)]:
        text = actual.decode(errors="replace")
        if not pattern_of(expected).fullmatch(text):
            problems.append(difference(name, expected, text))
    return problems


def without_blanks(path, links):
    """The same by a name that commands need not quote, wherever the project lies."""
    if not re.search(r"\s", str(path)):
        return str(path)
    link = pathlib.Path(links, path.name)
    link.symlink_to(path)
    return str(link)


def run_case(path, program):
    """Problems of the case at `path`, each one text."""
    try:
        files, steps = parse(path.read_text())
    except BadCase as problem:
        return [f"{path}: {problem}"]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    environment.update({name: value for name, value in os.environ.items()
                        if name.endswith("SAN_SYMBOLIZER_PATH")})
    with (tempfile.TemporaryDirectory(prefix="tracehound-case-") as folder,
          tempfile.TemporaryDirectory(prefix="tracehound-links-") as links):
        environment["HOME"] = folder
        environment["TRACEHOUND"] = without_blanks(program, links)
        environment["DATA"] = without_blanks(DATA, links)
        environment["SUPPORT"] = without_blanks(ROOT / "tests" / "support", links)
        for name, text in files.items():
            target = pathlib.Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        for step in steps:
            problems = run_step(step, folder, environment)
            if problems:
                return [f"{path}:{step.line}: {step.command.strip()}"] + problems
    return []


def main(arguments):
    program = pathlib.Path(os.environ.get("TRACEHOUND", ROOT / "build" / "tracehound")).resolve()
    if not arguments or not program.is_file():
        print(f"usage: run_cases.py FILE.case... with the program built at {program}")
        return 2
    failed, skipped = False, False
    for argument in arguments:
        path = pathlib.Path(argument)
        if "$DATA" in path.read_text() and not DATA.is_dir():
            print(f"skipped {path}: the data it reads is not at {DATA}")
            skipped = True
            continue
        problems = run_case(path, program)
        if problems:
            print("\n".join(problems))
            failed = True
    return 1 if failed else SKIPPED if skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
