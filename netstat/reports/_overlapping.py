"""Overlapping pooling as a table: each layer beside the same with windows that tile the input."""

from collections.abc import Sequence

from netstat.records.pooling import Overlap
from netstat.records.profile import Profile
from netstat.reports._table import Column, Fact, Table, count_column, place, rows
from netstat.units import exact, percent, plural, ratio, shape

_COLUMNS = (
    Column("path", "layer", cell=lambda item, _: place(item.path, item.call), left=True, flexible="middle"),
    Column("op", "operator", left=True, rank=2),
    Column("input_shape", "input", shape, left=True, rank=1),
    Column("window", "window", shape, left=True),
    Column("stride", "stride", shape, left=True),
    Column("output_shape", "output", shape, left=True, rank=4),
    count_column("flops", "operations"),
    Column("twin_window", "twin", shape, cell=lambda item, _: item.stride, left=True),
    Column("twin_output_shape", "output", shape, left=True, rank=4),
    count_column("twin_flops", "operations"),
    Column("ratio", "×", ratio, cell=lambda item, _: _times(item.flops, item.twin_flops), rank=3),
)


def overlapping_table(profile: Profile) -> Table:
    """One row per overlapping pool, and their sum."""
    found = profile.overlapping or ()
    if not found:
        return Table("overlapping pooling: none, no window is larger than its stride")
    heading = f"overlapping pooling: {plural(len(found), 'layer')} beside the same with window = stride, unpadded"
    return Table(heading, _COLUMNS, [rows(_COLUMNS, found), [_total(found)]], notes=_notes(profile, found))


def _times(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _total(found: Sequence[Overlap]) -> list[object]:
    flops, twin = (sum(getattr(item, name) for item in found) for name in ("flops", "twin_flops"))
    sums = {"path": "total", "flops": flops, "twin_flops": twin, "ratio": _times(flops, twin)}
    return [sums.get(column.name, "") for column in _COLUMNS]


def _notes(profile: Profile, found: Sequence[Overlap]) -> list[Fact]:
    more = sum(item.flops - item.twin_flops for item in found)
    of = f", {percent(more, profile.totals.flops, 3)} of the forward pass" if profile.complete else ""
    return [
        ("overlap", f"{exact(more)} operations more{of}; pooling has no parameters either way"),
        ("claim", "lowers AlexNet's top-1 and top-5 error by 0.4 and 0.3 points (Krizhevsky et al. 2012, section 3.4)"),
    ]
