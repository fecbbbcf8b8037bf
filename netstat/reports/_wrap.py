"""Lines that fit, counted in cells of a terminal."""

import re
from collections.abc import Iterator

from netstat.reports._table import cells, fitting

_GLUE = "\N{NO-BREAK SPACE}"
_BETWEEN = " · "
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|[mµun]?s|[kMGT]|[KMGT]?i?B|[KMGT]?(?:FLOP|B)/s)(?:[^\w/]|$))")
_COUNTED = re.compile(r"(?<=[\dkMGT]) (?=(?:MACs|FLOPs|params)\b)")
_WIDE = "\u2e80-\u303f\u3041-\u9fff\uf900-\ufaff\uff00-\uff60"
_CLOSING = "、。，．：；！？）］》」』”’％"  # what no line begins with
_OPENING = "（［《「『“‘"  # and what none ends with
# Where a line may be broken without a space: beside a character of the scripts that have none.
_SEAM = re.compile(
    rf"(?:(?<=[{_WIDE}])(?=\S)|(?<=\S)(?=[{_WIDE}]))(?<![{_OPENING}])(?![{_CLOSING}])",
)
_BEFORE_WIDE = re.compile(rf"(?<=\d) (?=[{_WIDE}])")
_VALUE = re.compile(rf"(?<=\w) = (?=[\d,]+[ {_GLUE}][a-z{_WIDE}])")


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at spaces; a word that is wider, wherever it has to be.

    Scripts without spaces are broken anywhere but around their punctuation.
    """
    lines = [""]
    for before, word in _words(text):
        joined = f"{lines[-1]}{before}{word}" if lines[-1] else word
        if cells(joined) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, width)
    return [line.replace(_GLUE, " ") for line in lines if line]


def _words(text: str) -> Iterator[tuple[str, str]]:
    """What stays on a line, each with the space that is before it."""
    for word in text.split(" "):
        first, *others = [word] if word.isascii() else _SEAM.split(word)
        yield " ", first
        yield from (("", other) for other in others)


def sentence(text: str, width: int) -> list[str]:
    """`wrapped`; a number stays with the unit after it, and with what it is the value of."""
    kept = _BEFORE_WIDE.sub(_GLUE, _COUNTED.sub(_GLUE, _BEFORE_UNIT.sub(_GLUE, text)))
    return wrapped(_VALUE.sub(f"{_GLUE}={_GLUE}", kept), width)


def heading(text: str, width: int) -> list[str]:
    """`wrapped`, broken between the parts of a title where these fit into a line."""
    parts = text.split(_BETWEEN)
    whole = [part.replace(" ", _GLUE) if cells(part) <= width else part for part in parts]
    return wrapped(f"{_GLUE}{_BETWEEN.strip()} ".join(whole), width)


def _pieces(word: str, width: int) -> Iterator[str]:
    while cells(word) > width:
        taken = fitting(word, width) or 1
        yield word[:taken]
        word = word[taken:]
    yield word
