"""What views of an image cost, and the image whole, as tables."""

from collections.abc import Iterator
from math import prod
from typing import Any

from netstat.records.view import View
from netstat.records.views import Evaluation, Views
from netstat.reports._table import AtLeast, Column, Fact, Table, count_column, rows, title
from netstat.units import exact, ratio, shape


def _shapes(inputs: tuple[tuple[int, ...], ...]) -> str:
    return ", ".join(map(shape, inputs))


def _times(name: str) -> Any:
    return lambda each, views: views.times(each, name)


def _macs(each: Evaluation, views: Views) -> int | AtLeast:
    return each.macs if views.complete else AtLeast(each.macs)


def _saved(each: Evaluation, views: Views) -> float | None:
    return each.cropped_macs / each.macs if each.cropped_macs and each.macs else None


_INPUT = Column("inputs", "input", _shapes, left=True, rank=6, flexible="wrap")
_PASSES = count_column("passes", "passes", rank=7)
_MACS = count_column("macs", "MACs", cell=_macs)
_ONE = Column("times_one", "× one crop", ratio, cell=_times("one crop"))
_CROPS = (Column("name", "views", left=True, flexible="wrap"), _INPUT, _PASSES, _MACS, _ONE)
_DENSE = (
    Column("name", "image", left=True, flexible="wrap"),
    _PASSES,
    Column("score_map", "score map", lambda sizes: shape(sizes) if sizes else "-", left=True),
    _MACS,
    _ONE,
    Column("times_ten", "× ten crops", ratio, cell=_times("ten crops")),
    count_column("cropped_macs", "a crop for each score", rank=5),
    Column("saved", "times that of dense", ratio, cell=_saved, rank=4),
)


def views_tables(views: Views, view: View) -> Iterator[Table]:
    """Views of the size the model is made for, then whole images."""
    heading = title("views", views.model, f"{shape(views.input)}, cost of one image")
    yield Table(heading, _CROPS, [rows(_CROPS, views.crops, views)], notes=list(_of_crops(views)))
    heading = title("dense evaluation", views.model, "whole images, fully convolutional")
    if views.dense is None:
        yield Table(heading, notes=[("none", views.not_dense)])
        return
    whole = [each for each in views.dense if each.cropped_macs is not None]
    together = [each for each in views.dense if each.cropped_macs is None]
    groups = [rows(_DENSE, each, views) for each in (whole, together) if each]
    yield Table(heading, _DENSE, groups, notes=list(_of_dense(views)))


def _of_crops(views: Views) -> Iterator[Fact]:
    both = views.positions
    fewer = tuple(places - 1 for places in both)
    without = f"; {_product(fewer)} leaves out one end" if all(fewer) else ""
    yield "every crop", f"{_product(both)} of {shape(views.resized)}, both ends counted{without}"


def _product(places: tuple[int, ...]) -> str:
    """Positions of a crop, and their mirror images."""
    return f"{'·'.join(map(exact, (*places, 2)))} = {exact(2 * prod(places))}"


def _of_dense(views: Views) -> Iterator[Fact]:
    if views.field is None:
        return
    crop, seen = shape(views.input[1:]), shape(views.field)
    if views.slides:
        yield "a score", f"is what the model says of a crop of {crop}, exactly: nothing is padded"
    else:
        text = f"sees {seen}, padded where the image ends; a crop of {crop} is padded where it ends, so the two differ"
        yield "a score", text
