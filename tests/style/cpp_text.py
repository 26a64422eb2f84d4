"""Just enough C++ for the style checker: text without comments and literals, and where functions
begin and end. A heuristic on clang-formatted code, not a parser."""

import re

RAW_STRING = re.compile(r'R"([^()\\ ]{0,16})\(.*?\)\1"', re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
CHARACTER = re.compile(r"'(?:\\.|[^'\\\n])+'")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)


def blank(text):
    """The text with comments gone and literals emptied; every line stays where it was."""
    out = []
    position = 0
    while position < len(text):
        match = None
        c = text[position]
        before = text[position - 1] if position else " "
        if c == "/":
            match = COMMENT.match(text, position)
        elif c == "R":
            match = RAW_STRING.match(text, position)
        elif c == '"':
            match = STRING.match(text, position)
        elif c == "'" and not before.isalnum():  # 1'000 is a number
            match = CHARACTER.match(text, position)
        if match is None:
            out.append(c)
            position += 1
            continue
        newlines = "\n" * match.group().count("\n")
        out.append(newlines if c == "/" else '""' + newlines)
        position = match.end()
    return "".join(out)


NAME = re.compile(r"([~\w:]+|operator\S{1,3})\s*\(")


def kind_of_block(header):
    """What a `{` opens, by the text since the last `;`, `{` or `}` before it."""
    if re.search(r"\bnamespace\b", header) or re.match(r'\s*extern\s*""\s*$', header):
        return "scope"
    if re.search(r"=\s*$", header):
        return "other"
    if "(" in re.sub(r"\b(alignas|requires|decltype)\s*\([^()]*\)", "", header):
        return "function"
    if re.search(r"\b(class|struct|union|enum)\b", header):
        return "scope"
    return "other"


def functions(text):
    """(name, first line, last line) of each function; `text` is blanked. Lambdas and local types
    count to the function they stand in."""
    found = []
    stack = []  # (kind, name, first line)
    header_start = 0
    line = 1
    header_line = 1
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: "\n" * m.group().count("\n"), text,
                  flags=re.M)
    for position, c in enumerate(text):
        if c == "\n":
            line += 1
        if c not in "{};":
            if not text[header_start:position].strip():
                header_line = line
            continue
        if c == "{":
            header = text[header_start:position]
            inside = any(kind == "function" for kind, _, _ in stack)
            kind = "other" if inside else kind_of_block(header)
            name = NAME.search(header)
            stack.append((kind, name.group(1) if name else "?", header_line))
        elif c == "}" and stack:
            kind, name, first = stack.pop()
            if kind == "function":
                found.append((name, first, line))
        header_start = position + 1
        header_line = line
    return found
