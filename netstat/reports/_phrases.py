"""Tables in another language: every text of netstat's own looked up, figures and names as they are.

The languages are in `words/`, a file each, with the English texts as keys.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from netstat.reports._table import Column, Fact, Notation, Row, Table

FOLDER = Path(__file__).parent / "words"
NAMES = ("path", "op", "model", "module", "peer")  # columns of names; the last rows of a table are sums
FIGURES = "nmk"  # holes for a figure, with its unit; other letters are for names
_BETWEEN = " · "
_HOLE = re.compile(r"\\\{(\w+)\\\}|\\\[(\w+)\\\]")  # {name} or [s] in an escaped pattern
_PROSE = re.compile(r"[a-z]{2,} [a-z]{2,}")
_FIGURE = r"[≥<>+−-]{0,2}\d[\d.,e+×-]*(?: (?:%|[KMGT]iB|[mµn]?s|[kMGT]?(?:FLOP|B|W|Hz)?(?:/s)?))?"
_NAME = r"(?:(?!, |; ).)*?"


class Pattern(NamedTuple):
    """A sentence with holes, and the same in the other language."""

    english: re.Pattern[str]
    other: str


class Phrases:
    """What is said in one language: a section for each place in a table, and `sentence` for texts that have figures."""

    def __init__(self, found: Mapping[str, Mapping[str, str]]) -> None:
        self._sections = found
        longest = sorted(found["sentence"].items(), key=lambda pair: -len(fixed(pair[0])))
        self._patterns = [Pattern(compiled(english), other) for english, other in longest]

    @property
    def known(self) -> dict[str, str]:
        """Every text with what it is in this language, whatever its place."""
        return {english: other for section in self._sections.values() for english, other in section.items()}

    def __call__(self, text: str, *places: str) -> str:
        """`text` as it is said where it stands, itself where nobody wrote that down."""
        found = self._exact(text, places) or self._filled(text)
        return found if found is not None else text

    def listed(self, text: str, *places: str) -> str:
        """A sentence; of one that is not known, what stands between semicolons or commas, if nothing else is left."""
        if isinstance(text, Notation):
            return text
        whole = self(text, *places, "word")
        for sign, comma in (("; ", "；"), (", ", "，"), (_BETWEEN, _BETWEEN)):
            parts = text.split(sign)
            done = [self(part, *places, "word") for part in parts]
            if whole == text and done != parts and not any(map(_left, parts, done)):
                whole = comma.join(done)
        return whole

    def title(self, text: str) -> str:
        """The parts of a title, each by itself."""
        return _BETWEEN.join(self(part, "title") for part in text.split(_BETWEEN))

    def _exact(self, text: str, places: Sequence[str]) -> str | None:
        return next((self._sections[place][text] for place in places if text in self._sections[place]), None)

    def _filled(self, text: str) -> str | None:
        for pattern in self._patterns:
            if found := pattern.english.fullmatch(text):
                holes = found.groupdict()
                return pattern.other.format_map(
                    {name: hole if len(name) == 1 else self.listed(hole) for name, hole in holes.items()}
                )
        return None


def _left(text: str, done: str) -> bool:
    """Whether it is prose that was not looked up, and no name or figure."""
    return text == done and bool(_PROSE.search(text))


def fixed(english: str) -> str:
    """What of a sentence is no hole."""
    return re.sub(r"\{\w+\}|\[\w+\]", "", english)


def compiled(english: str) -> re.Pattern[str]:
    """What matches a sentence with its holes filled."""

    def hole(found: re.Match[str]) -> str:
        if found[2]:
            return f"(?:{found[2]})?"
        holds = ".*?" if len(found[1]) > 1 else _FIGURE if found[1] in FIGURES else _NAME
        return f"(?P<{found[1]}>{holds})"

    return re.compile(_HOLE.sub(hole, re.escape(english)))


@cache
def phrases(language: str) -> Phrases:
    """What is said in a language, named as in BCP 47."""
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return Phrases(tomllib.load(file))


def translated(table: Table, say: Phrases) -> Table:
    """The table in another language; figures, formulas and names stay as they are."""
    return Table(
        say.title(table.title),
        [_column(column, say) for column in table.columns],
        [_group(table, index, say) for index in range(len(table.groups))],
        [_fact(fact, say) for fact in table.lead],
        [_fact(fact, say) for fact in table.notes],
    )


def _fact(fact: Fact, say: Phrases) -> Fact:
    label, text = fact
    return say(label, "label", "word"), say.listed(text)


def _column(column: Column, say: Phrases) -> Column:
    heading = say(column.heading, "heading", "word")
    if column.bar or column.name in NAMES:
        return column._replace(heading=heading)
    short = column.short and _spoken(column.short, say)
    return column._replace(
        heading=heading, text=_spoken(column.text, say), short=short, missing=_cell(column.missing, say)
    )


def _spoken(text: Callable[[Any], str], say: Phrases) -> Callable[[Any], str]:
    return lambda value: _cell(text(value), say)


def _cell(text: str, say: Phrases) -> str:
    return text if isinstance(text, Notation) else say.listed(text, "cell")


def _group(table: Table, index: int, say: Phrases) -> Sequence[Row]:
    """Rows; sums are called by words, where other rows have names, and a folded row by how many operators it is of."""
    sums = 0 < index == len(table.groups) - 1
    places = ("cell", "word") if sums else ()
    named = {at for at, column in enumerate(table.columns) if column.name in NAMES}
    return [
        [say(value, *places) if at in named and isinstance(value, str) else value for at, value in enumerate(row)]
        for row in table.groups[index]
    ]
