"""Runs the rules over the project's files. usage: script/style [PATH...]

Prints `path:line: rule: what is wrong; what to do` and exits 1 if there is anything. Exceptions
stand in tests/style/exceptions.txt, one a line: rule, path, why. One that is no longer needed is an
error itself, so the list only shrinks.
"""

import pathlib
import shutil
import subprocess
import sys

import layers as layering
import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXCEPTIONS = "tests/style/exceptions.txt"


def project_files():
    """Paths git tracks, and those it would if they were added."""
    listing = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT,
                             check=True, capture_output=True).stdout.decode()
    return sorted(path for path in set(listing.split("\0"))
                  if path and (ROOT / path).is_file() and not path.startswith("tests/fuzz/corpus/"))


def read(path):
    """The file, or None if it is no text."""
    try:
        return rules.File(path, (ROOT / path).read_bytes().decode())
    except UnicodeDecodeError:
        return None


def check_file(file, layers, explanation):
    """(path, line, rule, what) for everything wrong in the file."""
    found = [(rule.__name__, rule(file)) for rule in rules.FILE_RULES]
    found.append(("layer", rules.layer(file, layers)))
    found.append(("dead_link", rules.dead_link(file, lambda path: (ROOT / path).exists())))
    if file.path == "src/CMakeLists.txt":
        found.append(("layer_order", rules.layer_order(file)))
    if file.path == "script/packages.txt":
        found.append(("unexplained_package", rules.unexplained_package(file, explanation)))
    for name, problems in found:
        for line, what in problems:
            yield file.path, line, name, what


def check_format(paths):
    """What clang-format would change."""
    paths = [path for path in paths if path.endswith(rules.CPP)]
    if not paths:
        return
    if shutil.which("clang-format-19") is None:
        yield "script/packages.txt", 1, "format", "clang-format-19 is missing; run script/setup"
        return
    run = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *paths], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    seen = set()
    for line in run.stderr.split("\n"):
        if "-Wclang-format-violations" in line:
            path, number = line.split(":")[:2]
            if path not in seen:
                seen.add(path)
                yield path, int(number), "format", "run clang-format-19 -i on it"


def without_exceptions(problems, text):
    """The problems that no exception covers, and the exceptions that cover none."""
    exceptions = {}
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split("#")[0].split()
        if len(words) >= 3:
            exceptions[words[0], words[1]] = number
        elif words:
            yield EXCEPTIONS, number, "exceptions", "not `rule path why`; say all three"
    used = set()
    for path, line, rule, what in problems:
        if (rule, path) in exceptions:
            used.add((rule, path))
        else:
            yield path, line, rule, what
    for key, number in exceptions.items():
        if key not in used:
            yield EXCEPTIONS, number, "exceptions", f"{' '.join(key)} is not needed; take it out"


def main(arguments):
    all_paths = project_files()
    paths = [path for path in all_paths if not arguments or path.startswith(tuple(arguments))]
    layers = layering.parse((ROOT / "src/CMakeLists.txt").read_text())
    explanation = (ROOT / "docs/dependencies.md").read_text()
    problems = list(check_format(paths))
    for path in paths:
        file = read(path)
        if file is not None:
            problems += check_file(file, layers, explanation)
    exceptions = (ROOT / EXCEPTIONS).read_text()
    left = [problem for problem in without_exceptions(problems, exceptions)
            if not arguments or problem[2] != "exceptions"]
    for path, line, rule, what in sorted(left):
        print(f"{path}:{line}: {rule}: {what}")
    if not left:
        print(f"{len(paths)} files, nothing to mend")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
