"""Lines that fit, counted in cells of a terminal."""

import re
from collections.abc import Iterator

from netstat.reports._table import cells, fitting

_GLUE = "\N{NO-BREAK SPACE}"
_BETWEEN = " · "
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|[mµun]?s|[kMGT]|[KMGT]?i?B|[KMGT]?(?:FLOP|B)/s)(?:[^\w/]|$))")
_COUNTED = re.compile(r"(?<=[\dkMGT]) (?=(?:MACs|FLOPs|params)\b)")
_VALUE = re.compile(r"(?<=\w) = (?=[\d,]+ [a-z])")


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at spaces; a word that is wider, wherever it has to be."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cells(joined) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, width)
    return [line.replace(_GLUE, " ") for line in lines if line]


def sentence(text: str, width: int) -> list[str]:
    """`wrapped`; a number stays with the unit after it, and with what it is the value of."""
    kept = _COUNTED.sub(_GLUE, _BEFORE_UNIT.sub(_GLUE, text))
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
