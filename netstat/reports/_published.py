"""Figures in print as a table: each beside the reading that is stated for it, and what else gives the same digits."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from netstat.records.published import Published, PublishedFigure, Reading
from netstat.records.view import View
from netstat.reports._table import Column, Row, Table, title
from netstat.units import exact, percent, plural, signed

_COLUMNS = (
    Column("figure", "in print", left=True),
    Column("reading", "is", left=True, flexible="wrap"),
    Column("amount", "counted"),
)
_NOTES = (
    ("rounded", "the count has the printed digits, a half rounded either way"),
    ("truncated", "the count has the printed digits, and its further digits were cut off"),
    ("also", "every other candidate with these digits: variants of the model, ways of counting, parts of the model"),
)


def published_tables(record: Published, view: View) -> Iterator[Table]:
    """One table: every figure in a group with those of its source."""
    figures = record.published
    groups = [list(_source(name, list(found))) for name, found in groupby(figures, lambda figure: figure.source)]
    yield Table(title("published figures", record.model, _verdict(figures)), _COLUMNS, groups, notes=_NOTES)


def _verdict(figures: Sequence[PublishedFigure]) -> str:
    reproduced = sum(figure.reproduced for figure in figures)
    said = sum(figure.explained for figure in figures) - reproduced
    rest = len(figures) - reproduced - said
    parts = [f"{exact(reproduced)} of {plural(len(figures), 'figure')} reproduced"]
    parts += [f"{exact(said)} not, with reasons"] if said else []
    parts += [f"{exact(rest)} UNEXPLAINED"] if rest else []
    return ", ".join(parts)


def _source(name: str, figures: Sequence[PublishedFigure]) -> Iterator[Row]:
    yield [name, "", ""]
    for figure in figures:
        yield from _lines(figure)


def _lines(figure: PublishedFigure) -> Iterator[Row]:
    reading = figure.reading
    printed = f"{figure.figure} {figure.noun}"
    if figure.reproduced:
        yield [printed, f"{_words(reading)}: {reading.match}", _amount(reading)]
    else:
        yield [
            printed,
            f"{_words(reading)}: {'not reproduced' if figure.explained else 'UNEXPLAINED'}",
            _amount(reading),
        ]
        yield from _reasons(figure)
    if figure.also:
        yield ["", f"also {'; '.join(_grouped(figure.also, reading))}", ""]


def _reasons(figure: PublishedFigure) -> Iterator[Row]:
    for item in figure.differences:
        yield ["", item.reason, signed(item.amount)]
    if figure.why:
        yield ["", figure.why, ""]
    if not figure.differences and figure.nearest and figure.nearest != figure.reading:
        yield ["", f"nearest: {_words(figure.nearest)}", _amount(figure.nearest)]


def _grouped(readings: Sequence[Reading], stated: Reading) -> Iterator[str]:
    """Variants of which the same parts, counted in the same ways, have the digits stand together."""
    parts = groupby(readings, lambda reading: (reading.variant, reading.scope))
    variants: dict[tuple[str, str], list[str]] = {}
    for (variant, scope), found in parts:
        ways = ", ".join(reading.counted for reading in found)
        variants.setdefault((scope, ways), []).append(variant)
    for (scope, ways), names in variants.items():
        yield f"{', '.join(names)}{'' if scope == stated.scope else f', {scope}'} ({ways})"


def _words(reading: Reading) -> str:
    batch = f"batch {reading.batch}" if reading.batch > 1 else ""
    scope = "" if reading.scope == "whole model" else reading.scope
    return ", ".join(filter(None, (reading.variant, scope, reading.counted, batch)))


def _amount(reading: Reading) -> str:
    return exact(reading.amount) if reading.whole is None else percent(reading.amount, reading.whole)
