"""What a terminal can show: how wide, in which characters, in colour or not."""

import os
import sys
from typing import NamedTuple, TextIO

from netstat.reports._table import Notation, printable

WITHOUT_TERMINAL = 120  # columns where nobody says how wide the output is
BOLD, FAINT, RED = "\x1b[1m", "\x1b[2m", "\x1b[31m"
_PLAIN = "\x1b[0m"
_SAMPLE = "×≥…·µ█▏├└│"
_ASCII = str.maketrans(
    {"×": "x", "≥": ">=", "…": "~", "·": "-", "µ": "u", "−": "-", "→": "->", "├": "+", "└": "\\", "│": "|"}
)


class Terminal(NamedTuple):
    """Where text goes.

    Attributes:
        width: cells of a line.
        unicode: whether it can show what `shows_unicode` tries; ASCII otherwise.
        color: whether it takes escape sequences.
    """

    width: int
    unicode: bool = True
    color: bool = False

    def write(self, text: str) -> str:
        """`text` as this terminal can show it, without anything that would control it.

        ASCII has other signs for a formula than for lines and bars.
        """
        if self.unicode:
            return printable(text)
        if isinstance(text, Notation):
            from netstat.reports._math import ascii_text

            text = ascii_text(text)
        return printable(text).translate(_ASCII).encode("ascii", "replace").decode("ascii")

    def paint(self, text: str, style: str) -> str:
        """`text` in `style` where there is colour."""
        return f"{style}{text}{_PLAIN}" if self.color and style else text


def shows_unicode(encoding: str | None) -> bool:
    """Whether a stream of this encoding can take the characters the tables are drawn with, and they are wanted.

    LC_ALL=C asks for ASCII, though Python then writes UTF-8.
    """
    if os.environ.get("LC_ALL") in ("C", "POSIX"):
        return False
    try:
        _SAMPLE.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def shows_color(stream: TextIO) -> bool:
    """Whether escape sequences are wanted on `stream`, as other tools read the environment.

    NO_COLOR (no-color.org) forbids them, FORCE_COLOR (force-color.org) and CLICOLOR_FORCE other than 0 ask for them
    wherever the stream leads; else they are for terminals, not dumb ones, and not where CLICOLOR is 0.
    """
    wishes = os.environ
    if wishes.get("NO_COLOR"):
        return False
    if wishes.get("FORCE_COLOR") or wishes.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return stream.isatty() and wishes.get("TERM") != "dumb" and wishes.get("CLICOLOR") != "0"


def standard_output() -> Terminal:
    """What standard output can show, without colour."""
    return Terminal(terminal_width(), shows_unicode(getattr(sys.stdout, "encoding", None)))


def terminal_width() -> int:
    """Columns of the terminal, as COLUMNS or else the terminal has it; a fixed number where there is none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size().columns or WITHOUT_TERMINAL
    except OSError:
        return WITHOUT_TERMINAL
