"""What an operator's docstring says of it: its equation, how its work is counted, and where the definition is from."""

import re
from inspect import cleandoc
from typing import NamedTuple

from netstat.ops.base import Operator

_LEFT = r"(?:[\w'√()*]|\[[^]]*\])+"  # of an equation: y[n, o, p]
_EQUATION = re.compile(rf"{_LEFT}(?:, {_LEFT})* \+?= ")
_REFERS = re.compile(r"\bas (?:for|of)(?: every)? `(\w+)`")
_POINTER = re.compile(r"; (?:\w+ )*(?:rules|costs) as (?:for|of)(?: every)? `\w+`[^.]*")
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z_√])")


class Words(NamedTuple):
    """The lines of an operator's equation (or what it does, in words), its way of counting, and its source."""

    equation: tuple[str, ...] = ()
    counting: str = ""
    source: str = ""


def wording(operator: type[Operator]) -> Words:
    """What the docstrings of an operator say, those of the operators included that they refer to."""
    paragraphs, at = _paragraphs(operator)
    if not any(paragraphs):
        return Words()
    equation, rest = (paragraphs[at].split("\n"), []) if at else _first_sentence(paragraphs[0])
    told = [_SENTENCE.split(each.replace("\n", " ")) for each in (*rest, *paragraphs[at + 1 :])]
    parts = [
        " ".join(each for each in sentences if not _REFERS.search(each)).partition("Source: ") for sentences in told
    ]
    above = ((kind.__doc__ or "").replace("\n", " ").partition("Source: ")[2] for kind in operator.__mro__)
    source = " ".join(next((source for source in (*(each[2] for each in parts), *above) if source), "").split())
    equation = [_POINTER.sub("", line) for line in equation]
    return Words(tuple(equation), " ".join(said.strip() for said, _, _ in parts if said), source.removesuffix("."))


def preamble(operator: type[Operator]) -> str:
    """What stands before the equation: the letters in it; "" where there is nothing."""
    paragraphs, at = _paragraphs(operator)
    return " ".join(" ".join(paragraphs[:at]).split())


def _paragraphs(operator: type[Operator]) -> tuple[list[str], int]:
    """Those of the docstrings, and which of them is the equation; the first where none is."""
    paragraphs = [each for doc in _docs(operator) for each in cleandoc(doc).split("\n\n")]
    return paragraphs, next((i for i, each in enumerate(paragraphs) if _EQUATION.match(each)), 0)


def _first_sentence(paragraph: str) -> tuple[list[str], list[str]]:
    first, *rest = _SENTENCE.split(paragraph.replace("\n", " "), maxsplit=1)
    return [first], rest


def _docs(operator: type[Operator]) -> list[str]:
    """Its own docstring, and before it those of the classes above it that this one refers to."""
    own = operator.__doc__ or ""
    named = set(_REFERS.findall(own))
    return [*(kind.__doc__ or "" for kind in operator.__mro__[1:] if kind.__name__ in named), own]
