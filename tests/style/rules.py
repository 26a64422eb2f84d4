"""The style guide as rules. Each takes a File and gives (line, what is wrong and what to do)."""

import ast
import re

import cpp_text
import layers as layering

WIDTH = 100
FUNCTION_LINES = 70
FILE_LINES = 800

CPP = (".h", ".cc")
CODE = CPP + (".py", ".sh", ".cmake")
TEXT = CODE + (".md", ".txt", ".json", ".yml", ".yaml", ".case", ".in")


class File:
    """A tracked file: its path from the root, its text, and for C++ the text that is code."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.suffix = "." + path.rsplit(".", 1)[-1] if "." in path.rsplit("/", 1)[-1] else ""
        self.is_cpp = self.suffix in CPP
        self.is_script = self.suffix == "" and text.startswith("#!")
        self.is_code = self.suffix in CODE or self.is_script or path.endswith("CMakeLists.txt")
        self.code = cpp_text.blank(text) if self.is_cpp else ""

    def under(self, *folders):
        return self.path.startswith(folders)


def width(file):
    if not file.is_code:
        return
    for number, line in enumerate(file.lines, 1):
        if len(line) > WIDTH:
            yield number, f"{len(line)} characters wide; break the line at {WIDTH}"


def file_length(file):
    if file.is_code and len(file.lines) > FILE_LINES:
        yield FILE_LINES, f"{len(file.lines)} lines long; split it by what the parts do"


def function_length(file):
    if file.is_cpp:
        found = cpp_text.functions(file.code)
    elif file.suffix == ".py":
        found = [(node.name, node.lineno, node.end_lineno)
                 for node in ast.walk(ast.parse(file.text))
                 if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    else:
        return
    for name, first, last in found:
        if last - first + 1 > FUNCTION_LINES:
            yield first, (f"{name} is {last - first + 1} lines long; "
                          f"split it at {FUNCTION_LINES} or before")


def white_space(file):
    if file.suffix not in TEXT and not file.is_script:
        return
    for number, line in enumerate(file.lines, 1):
        if "\t" in line:
            yield number, "a tab; use spaces"
        if line.endswith((" ", "\r")):
            yield number, "space at the end of the line; take it off"
    if file.text and not file.text.endswith("\n"):
        yield len(file.lines), "no newline at the end of the file; add one"


def pragma_once(file):
    if file.suffix == ".h" and not re.search(r"^#pragma once$", file.text, re.M):
        yield 1, "a header without #pragma once; add it below the comment that opens the file"


LEFTOVER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")


def leftover(file):
    for number, line in enumerate(file.lines, 1):
        if match := LEFTOVER.search(line):
            yield number, f"a leftover {match.group()}; do it, or file an issue"


MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(work|root|home/\w+|Users/\w+)/")


def machine_path(file):
    for number, line in enumerate(file.lines, 1):
        if match := MACHINE_PATH.search(line):
            yield number, f"{match.group()} is a path of one machine; use one relative to the root"


# What not to call, where it is fine all the same, and what to do instead.
BANNED = [
    (r"\bstd::(cout|cerr|clog)\b|\b(printf|fprintf|puts|fputs|putchar)\s*\(|\bfmt::print\b",
     ("src/cli/", "src/base/check.cc", "src/base/progress.cc", "bench/", "tests/"),
     "only src/cli prints; return an Error, or a string"),
    (r"\bs?rand\s*\(|\bstd::random_device\b|\bstd::default_random_engine\b", (),
     "give a seeded std::mt19937_64 to what needs chance"),
    (r"\bstd::\w+_distribution\b|\bstd::shuffle\b", ("tests/", "bench/"),
     "differs between standard libraries; derive numbers from the engine's own words"),
    (r"(?<![\w.>])(std::)?time\s*\(\s*(0|NULL|nullptr|&)|\bsystem_clock::now\b"
     r"|\bgettimeofday\s*\(", ("src/cli/", "src/base/clock.cc"),
     "only src/cli reads the clock; take the time from the caller, a Clock or the chain"),
    (r"(?<![\w.>])(std::|::)?_?(exit|abort|quick_exit|terminate)\s*\(",
     ("src/base/check.cc", "tests/"),
     "return an Error; for a bug of ours use CHECK"),
    (r"\bthrow\b", ("tests/",), "return an Error"),
    (r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok)\s*\(", (),
     "use std::string and fmt::format"),
    (r"\bstd::sto[a-z]+\s*\(|\b(ato[ifl]|atoll|strto[a-z]+)\s*\(", ("tests/",),
     "throws or hides errors; use std::from_chars"),
    (r"\bstd::endl\b", (), "flushes each line; write \\n"),
    (r"\busing\s+namespace\b", (), "name what you use"),
    (r"(?<!\w)new\s+[\w:(]|\bdelete\s*(\[\s*\])?\s*[\w(*:]", (),
     "ownership in the type: std::make_unique, std::vector"),
    (r"\b(std::)?(fopen|freopen|tmpfile)\s*\(|\bstd::(basic_)?[io]?fstream\b"
     r"|(?<![\w.])::(open|creat|mmap)\s*\(",
     ("src/base/file.cc", "tests/", "bench/"),
     "all files go through FileSystem (base/file.h)"),
    (r"\bgetenv\s*\(", ("src/cli/", "tests/", "bench/"), "only src/cli reads the environment"),
    (r"\bstd::(thread|jthread|async)\b(?!::)|\bpthread_create\b",
     ("src/base/parallel.cc", "tests/", "bench/"),
     "use parallel_for (base/parallel.h)"),
    (r"\bsetlocale\s*\(|\bstd::locale\b", (), "no result may depend on the locale"),
]
BANNED = [(re.compile(pattern), allowed, advice) for pattern, allowed, advice in BANNED]


def banned_call(file):
    if not file.is_cpp:
        return
    for pattern, allowed, advice in BANNED:
        if file.under(*allowed):
            continue
        for match in pattern.finditer(file.code):
            number = file.code.count("\n", 0, match.start()) + 1
            yield number, f"{match.group().strip()}: {advice}"


FLOATING = re.compile(r"\b(double|float|long double)\b")


def floating_point(file):
    """Amounts are integers, and the layers that count them hold no other number."""
    if not file.is_cpp or not file.under("src/ledger/", "src/chains/", "src/tags/", "src/trace/"):
        return
    for number, line in enumerate(file.code.split("\n"), 1):
        if match := FLOATING.search(line):
            yield number, f"{match.group()}: the books are kept in integers; use a wider integer"


TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*\w+,\s*(\w+)\s*\)", re.M)


def test_name(file):
    if not file.is_cpp or not file.under("tests/unit/"):
        return
    for match in TEST.finditer(file.code):
        if not re.fullmatch(r"[a-z0-9]+(_+[a-z0-9]+){2,}", match.group(1)):
            number = file.code.count("\n", 0, match.start()) + 1
            yield number, f"{match.group(1)} is no sentence; say what must hold, in snake_case"


FILE_NAME = re.compile(r"[a-z0-9_]+\.(h|cc|py|sh)")


def file_name(file):
    name = file.path.rsplit("/", 1)[-1]
    if file.suffix in (".h", ".cc", ".py", ".sh") and not FILE_NAME.fullmatch(name):
        yield 1, "file names are snake_case; rename it"


INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def layer(file, layers):
    """Includes point downwards only."""
    if not file.is_cpp or not file.under("src/"):
        return
    own = layering.layer_of(file.path[len("src/"):], layers)
    if own is None:
        yield 1, "lies in no layer; declare its folder in src/CMakeLists.txt"
        return
    for match in INCLUDE.finditer(file.text):
        number = file.text.count("\n", 0, match.start()) + 1
        target = layering.layer_of(match.group(1), layers)
        if target is None:
            yield number, f'"{match.group(1)}" is in no layer; write the path from src/'
        elif target != own and target not in layers[own]:
            yield number, (f"{own} may not include from {target}; "
                           f"src/CMakeLists.txt lets it include from {', '.join(layers[own])}")


def layer_order(cmake_file):
    for above, below in layering.upward(layering.parse(cmake_file.text)):
        yield 1, f"{above} depends on {below}, which is not declared before it; turn the arrow"


LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def dead_link(file, exists):
    """exists(path from the root) -> bool"""
    if file.suffix != ".md":
        return
    folder = file.path.rpartition("/")[0]
    for number, line in enumerate(file.lines, 1):
        for target in LINK.findall(line):
            parts = []
            for part in (folder + "/" + target).split("/"):
                if part == "..":
                    parts = parts[:-1]
                elif part not in ("", "."):
                    parts.append(part)
            if not exists("/".join(parts)):
                yield number, f"the link to {target} leads nowhere; mend it"


def unexplained_package(packages_file, explanation):
    """Every package that script/setup installs is named in docs/dependencies.md."""
    for number, line in enumerate(packages_file.lines, 1):
        name = line.split("#")[0].split()[:1]
        if name and f"`{name[0]}`" not in explanation:
            yield number, f"{name[0]} is not in docs/dependencies.md; say there why it is needed"


# The rules that need nothing but the file.
FILE_RULES = [width, file_length, function_length, white_space, pragma_once, leftover, machine_path,
              banned_call, floating_point, test_name, file_name]
