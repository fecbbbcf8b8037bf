"""The command line, from the parsers that read it."""

import re
from argparse import SUPPRESS, Action
from collections.abc import Iterator

from netstat.cli._arguments import COMMANDS, EPILOG, parser_of
from netstat_site.markdown import code, table

OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)")


def page() -> str:
    """Every command with its options."""
    return "\n\n".join([_epilog(), *(part for name in COMMANDS for part in _command(name))])


def _epilog() -> str:
    """What --help says below every command's options."""
    return "\n\n".join(_text(" ".join(each.split())) for each in EPILOG.strip().split("\n\n"))


def _command(name: str) -> Iterator[str]:
    _, commands = parser_of([name])
    parser, _ = commands[name]
    every = (action for action in parser._actions if action.help != SUPPRESS)  # argparse has no other way to them
    actions = [action for action in every if action.dest != "help"]
    words = [_word(action) for action in actions if not action.option_strings]
    yield f"## netstat {name}"
    summary = COMMANDS[name]
    yield f"{summary[0].upper()}{summary[1:]}."
    yield f"```text\n{' '.join(['netstat', name, '[options]', *words])}\n```"
    yield table(["option", "meaning"], map(_row, actions))


def _word(action: Action) -> str:
    word = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    return {"?": f"[{word}]", "*": f"[{word} …]", "+": f"{word} …"}.get(str(action.nargs), word)


def _row(action: Action) -> list[str]:
    spelled = ", ".join(map(code, action.option_strings)) or code(_word(action))
    takes = f" {code(_word(action))}" if action.option_strings and action.nargs != 0 else ""
    return [spelled + takes, _text((action.help or "").replace("%%", "%"))]


def _text(text: str) -> str:
    """As Markdown: options as code, stars as stars."""
    return OPTION.sub(r"`\1`", text.replace("*", r"\*"))
