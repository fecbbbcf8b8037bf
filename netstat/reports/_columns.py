"""The columns of the layer table, one line each: the choices of `--columns` and `--sort`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from netstat.records.profile import Layer, Profile, Totals
from netstat.registry import Registry
from netstat.reports._table import CHOSEN, Again, AtLeast, Column, count_column, measured, middle, place, share_column
from netstat.units import exact, scaled, shape

if TYPE_CHECKING:
    from netstat.records.benchmark import LayerTime

T = TypeVar("T")


class Whole(NamedTuple):
    """What the shares of a layer are shares of.

    `times` are the layers' by (path, op, call) where a benchmark timed them, and `seconds` is the whole forward's.
    """

    totals: Totals
    seconds: float = 0.0
    times: "Mapping[tuple[str, str, int], LayerTime]" = MappingProxyType({})


def whole_of(profile: Profile) -> Whole:
    """The whole of a profile, with the times of its first benchmark that has any."""
    timed = profile.timed
    if timed is None:
        return Whole(profile.totals)
    times = {(layer.path, layer.op, layer.call): layer for layer in timed.layers}
    return Whole(profile.totals, timed.median_seconds, times)


def shown_before(layer: Layer) -> bool:
    """Whether earlier rows have shown all parameters of this one."""
    return 0 < layer.params == layer.repeated_params


def _params(layer: Layer, whole: Whole) -> int | Again:
    return Again(layer.params) if shown_before(layer) else layer.params


def _params_part(layer: Layer, whole: Whole) -> tuple[int, int] | None:
    return None if shown_before(layer) else (layer.params - layer.repeated_params, whole.totals.params)


def _counted(name: str) -> Callable[[Layer, Whole], int | AtLeast | None]:
    """The count `name` of a layer, a bound where not all of its operators have a formula, None where none has."""

    def count(layer: Layer, whole: Whole) -> int | AtLeast | None:
        counted = None if layer.count is None else getattr(layer, name)
        return counted if layer.complete or counted is None else AtLeast(counted)

    return count


def _part(name: str) -> Callable[[Layer, Whole], tuple[int, int] | None]:
    """The count `name` of a layer, with that of the whole."""

    def pair(layer: Layer, whole: Whole) -> tuple[int, int] | None:
        return None if layer.count is None else (getattr(layer, name), getattr(whole.totals, name))

    return pair


def _time(layer: Layer, whole: Whole) -> tuple[float, float] | None:
    time = whole.times.get((layer.path, layer.op, layer.call))
    return (time.median_seconds, time.below) if time else None


def _time_part(layer: Layer, whole: Whole) -> tuple[float, float] | None:
    time = _time(layer, whole)
    return (time[0], whole.seconds) if time else None


def _said_yes(holds: bool) -> str:
    return "yes" if holds else ""


_work = partial(count_column, missing="?")
_shape = partial(Column, text=shape, left=True)


class Exact(NamedTuple):
    """Numbers as exact texts ("3", "-1/4"), and their values to sort by."""

    texts: tuple[str, ...]
    value: tuple[float, ...]

    @classmethod
    def of(cls, texts: tuple[str, ...]) -> "Exact":
        """The numbers behind the texts."""
        parts = [text.partition("/") for text in texts]
        return cls(texts, tuple(int(above) / int(below or 1) for above, _, below in parts))


def _exact(name: str, heading: str, rank: int) -> Column:
    def cell(layer: Layer, whole: Whole) -> Exact | None:
        texts = getattr(layer, name)
        return Exact.of(texts) if texts else None

    return Column(name, heading, lambda exact: shape(exact.texts), cell, left=True, rank=rank)


COLUMNS: Registry[Column] = Registry("column")
for _column in (
    Column("path", "layer", cell=lambda layer, whole: place(layer.path, layer.call), left=True, flexible="middle"),
    Column("op", "operator", left=True, short=middle, rank=8),
    Column("module", "module", left=True, short=middle, rank=4),
    Column("call", "call", exact, rank=4),
    _shape("input_shape", "input", rank=3),
    _shape("output_shape", "output", rank=6),
    count_column("params", "params", cell=_params),
    share_column("params_share", "params %", cell=_params_part, rank=7),
    count_column("trainable_params", "trainable", rank=4),
    _work("macs", "MACs", cell=_counted("macs")),
    share_column("macs_share", "MACs %", cell=_part("macs"), rank=7),
    _work("flops", "FLOPs", cell=_counted("flops"), rank=2),
    share_column("flops_share", "FLOPs %", cell=_part("flops"), rank=2),
    _work("count", "count", cell=_counted("count"), rank=4),
    share_column("count_share", "count %", cell=_part("count"), rank=7),
    _work("backward_macs", "backward MACs", cell=_counted("backward_macs"), rank=7),
    _work("multiplies", "multiplies", cell=_counted("multiplies"), rank=1),
    _work("adds", "adds", cell=_counted("adds"), rank=1),
    _work("divides", "divides", cell=_counted("divides"), rank=1),
    _work("compares", "compares", cell=_counted("compares"), rank=1),
    _work("specials", "specials", cell=_counted("specials"), rank=1),
    _work("bytes_read", "bytes read", cell=_counted("bytes_read"), rank=1),
    _work("bytes_written", "bytes written", cell=_counted("bytes_written"), rank=1),
    Column("arithmetic_intensity", "FLOPs/byte", scaled, rank=1),
    _shape("receptive_field", "receptive field", rank=1),
    _exact("jump", "jump", rank=1),
    _exact("center", "center", rank=1),
    _exact("effective_padding", "effective padding", rank=1),
    Column("overlapping", "overlapping", _said_yes, left=True, rank=1),
    Column("time", "time", measured, cell=_time),
    share_column("time_share", "time %", cell=_time_part, rank=7),
):
    COLUMNS.add(_column.name)(_column)

_ALWAYS = ("path", "op", "input_shape", "output_shape", "params", "params_share", "macs", "macs_share", "flops")


def layer_columns(profile: Profile, names: Sequence[str] | None = None, *, timed: bool = False) -> list[Column]:
    """The columns of a profile's layer table.

    Args:
        profile: whose table it is; its convention names the `count` column.
        names: the columns the user asked for, which then never give way; otherwise what the profile has to say.
        timed: whether there are times to show.

    Raises:
        UsageError: there is no column of this name.
    """
    if names is not None:
        chosen = [COLUMNS[name]._replace(rank=CHOSEN) for name in names]
    else:
        chosen = [COLUMNS[name] for name in _said(profile, timed)]
    return [_headed(column, profile) for column in chosen]


def _said(profile: Profile, timed: bool) -> Iterator[str]:
    """What a profile has to say; in a convention that was asked for, its figure is what the shares are of."""
    asked = profile.convention != "documents"
    for name in _ALWAYS:
        if not (asked and name == "macs_share"):
            yield name
        if name == "params_share" and profile.freezing is not None:
            yield "trainable_params"
    if profile.totals.backward_macs is not None:
        yield "backward_macs"
    if asked:
        yield from ("count", "count_share")
    if timed:
        yield from ("time", "time_share")


def _headed(column: Column, profile: Profile) -> Column:
    """The column of the convention by its name, never left out where it was asked for; nor what is trained."""
    if column.name == "count":
        rank = column.rank if profile.convention == "documents" else min(column.rank, 0)
        return column._replace(heading=f"{profile.unit} ({profile.convention})", rank=rank)
    if column.name == "trainable_params" and profile.freezing is not None:
        return column._replace(rank=min(column.rank, 0))
    return column


def ordered(items: Iterable[T], by: str | None, value: Callable[[T], Any]) -> list[T]:
    """The items as they come, or by the column `by`: greatest number first, text by alphabet, what is not known last.

    Args:
        items: what has a value in that column.
        by: the column's name; None keeps the order.
        value: an item's value in it.
    """
    if by is None:
        return list(items)
    values = [(value(item), item) for item in items]
    known = [(getattr(found, "value", found), item) for found, item in values if found is not None]
    known.sort(key=lambda pair: pair[0], reverse=not any(isinstance(found, str) for found, item in known))
    return [item for found, item in known] + [item for found, item in values if found is None]
