#!/usr/bin/env python3
"""Makes the manual page and the bash completion out of the program's own help text.

usage: make_man.py PROGRAM FOLDER     writes FOLDER/tracehound.1, FOLDER/completion/tracehound.bash

The help text is CLI11's: a description, `Usage:`, sections of entries whose explanation begins at
column 30 (on the next line if the entry is longer), and a footer.
"""

import dataclasses
import pathlib
import re
import subprocess
import sys

NAME = "tracehound"
COLUMN = 30


@dataclasses.dataclass
class Entry:
    name: str  # "--ledger DIR", "blocks"
    text: str


@dataclasses.dataclass
class Command:
    words: list  # ["tracehound", "ingest", "blocks"]
    description: str = ""
    usage: str = ""
    positionals: list = dataclasses.field(default_factory=list)
    options: list = dataclasses.field(default_factory=list)
    commands: list = dataclasses.field(default_factory=list)  # of Command, in the help's order
    footer: str = ""


def read_entries(lines):
    """Takes the entries of a section off the front of `lines`."""
    entries = []
    while lines and lines[0].startswith("  "):
        line = lines.pop(0)
        name, text = line[:COLUMN].strip(), line[COLUMN:].strip()
        if len(line) > COLUMN and name and line[COLUMN - 1] != " ":  # a long name, alone
            name, text = line.strip(), ""
        if name:
            entries.append(Entry(name, text))
        else:
            entries[-1].text = f"{entries[-1].text} {text}".strip()
    return entries


def read_help(program, words):
    """The command and all below it."""
    text = subprocess.run([program, *words[1:], "--help"], check=True, capture_output=True,
                          text=True).stdout
    description, _, rest = text.partition("Usage: ")
    usage, _, rest = rest.partition("\n")
    command = Command(words, description.strip(), usage.strip())
    lines = rest.split("\n")
    while lines:
        is_section = (len(lines) > 1 and lines[0].endswith(":") and lines[1].startswith("  ")
                      and (lines[0] in ("Positionals:", "Subcommands:")
                           or lines[1].startswith("  -")))
        if is_section:
            section = lines.pop(0)
            entries = read_entries(lines)
            if section == "Positionals:":
                command.positionals = entries
            elif section == "Subcommands:":
                command.commands = [read_help(program, [*words, e.name]) for e in entries]
            else:
                command.options += entries
        elif not lines[0].strip():
            lines.pop(0)
        else:
            break
    command.footer = "\n".join(lines).strip()
    return command


def leaves(command):
    """The commands that do something, in the help's order."""
    if not command.commands:
        return [command]
    return [leaf for below in command.commands for leaf in leaves(below)]


# --- the manual page ---

def escape(text):
    """Text that troff takes as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def man_entries(entries):
    for entry in entries:
        name, _, value = entry.name.partition(" ")
        value = value.removeprefix("TEXT").removesuffix("REQUIRED").strip()
        yield ".TP"
        yield f"\\fB{escape(name)}\\fR {escape(value)}".rstrip()
        yield escape(entry.text or "(no explanation)")


def man_footer(text):
    """Lines that the help indents are shown as they stand; each other one begins a paragraph."""
    for number, line in enumerate(text.split("\n")):
        if line.startswith("  "):
            yield from (".nf", ".RS 2", escape(line.strip()), ".RE", ".fi")
        elif line.strip():
            yield from ([".PP"] if number > 0 else [])
            yield escape(line)


def man_page(root, version):
    yield f'.TH {NAME.upper()} 1 "" "{version}" "User Commands"'
    yield ".SH NAME"
    yield f"{NAME} \\- {escape(root.description.rstrip('.'))}"
    yield ".SH SYNOPSIS"
    for number, leaf in enumerate(leaves(root)):
        if number > 0:
            yield ".br"
        yield f".B {escape(' '.join(leaf.words))}"
        yield escape(leaf.usage.removeprefix(" ".join(leaf.words)).strip())
    yield ".SH DESCRIPTION"
    yield escape(root.description)
    yield ".SH COMMANDS"
    for leaf in leaves(root):
        yield f".SS {escape(' '.join(leaf.words[1:]))}"
        yield escape(leaf.description)
        yield from man_entries(leaf.positionals)
        yield from man_entries(e for e in leaf.options if not e.name.startswith("-h,"))
        if leaf.footer != root.footer:
            yield ".PP"
            yield from man_footer(leaf.footer)
    yield ".SH OPTIONS"
    yield from man_entries(root.options)
    yield ".SH NOTES"
    yield from man_footer(root.footer)


# --- bash completion ---

COMPLETION = """# bash completion for {name}, made from its help text
_{name}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
  local at={name} kind=none words="" i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case "$at ${{COMP_WORDS[i]}}" in
{commands}
    esac
  done
  case "$at" in
{words}
  esac
  [[ $word != -* ]] || kind=words
  case "$at $before" in
{values}
  esac
  compopt -o filenames 2>/dev/null
  case $kind in
    words) compopt +o filenames 2>/dev/null; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    files) COMPREPLY=($(compgen -f -- "$word")) ;;
    folders) COMPREPLY=($(compgen -d -- "$word")) ;;
    none) COMPREPLY=() ;;
  esac
}}
complete -F _{name} {name}
"""


def flags(entry):
    return [flag for flag in entry.name.split(" ")[0].split(",") if flag.startswith("-")]


def kind_of(value):
    return "folders" if value.startswith("DIR") else "files" if value.startswith("FILE") else "none"


# An explanation that begins with the values: fifo|haircut, or several
CHOICES = re.compile(r"([\w-]+(?:\|[\w-]+)+)(?=[,:;]|$)")


def value_of(entry):
    """What follows an option, as an assignment in the completion; nothing for a flag."""
    _, _, value = entry.name.partition(" ")
    if choices := CHOICES.match(entry.text):
        return f'kind=words words="{choices[1].replace("|", " ")}"'
    return f"kind={kind_of(value)}" if value else ""


def completion(root):
    commands, words, values = [], [], []
    todo = [root]
    while todo:
        command = todo.pop(0)
        todo += command.commands
        place = " ".join(command.words)
        if command is not root:
            commands.append(f'      "{place}") at="{place}" ;;')
        names = [below.words[-1] for below in command.commands]
        for entry in command.options:
            names += flags(entry)
            if value := value_of(entry):
                values += [f'    "{place} {flag}") {value} ;;' for flag in flags(entry)]
        kind = "words" if command.commands else kind_of("".join(
            entry.name for entry in command.positionals[:1]))
        words.append(f'    "{place}") kind={kind} words="{" ".join(names)}" ;;')
    return COMPLETION.format(name=NAME, commands="\n".join(commands), words="\n".join(words),
                             values="\n".join(values))


def main(program, folder):
    root = read_help(program, [NAME])
    version = subprocess.run([program, "--version"], check=True, capture_output=True,
                             text=True).stdout.strip()
    folder = pathlib.Path(folder)
    (folder / "completion").mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.1").write_text("\n".join(man_page(root, version)) + "\n")
    (folder / "completion" / f"{NAME}.bash").write_text(completion(root))


if __name__ == "__main__":
    main(*sys.argv[1:])
