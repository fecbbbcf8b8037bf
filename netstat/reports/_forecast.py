"""Forecasts as tables: the devices side by side, then the layers of each. Every title says that it is a forecast."""

from collections.abc import Iterator, Sequence
from functools import partial

from netstat.records.forecast import REMARKS, Forecast, Forecasts, LayerForecast
from netstat.records.view import View
from netstat.reports._table import Column, Fact, Table, count_column, place, rows, share_column, title
from netstat.units import duration, exact, mebibytes, percent, plural, rate, scaled

LABEL = "FORECAST"

_DEVICES = (
    Column("device", "device", cell=lambda made, _: made.device.name, left=True, flexible="middle"),
    Column("seconds", "expected", duration),
    Column("low", "from", duration, cell=lambda made, _: made.interval_seconds[0]),
    Column("high", "to", duration, cell=lambda made, _: made.interval_seconds[1]),
    Column("examples_per_second", "per second", partial(rate, noun="examples"), rank=4),
    Column("peak", "peak", partial(scaled, unit="FLOP/s"), lambda made, _: made.device.peak_flops_per_second, rank=2),
    Column("bandwidth", "bandwidth", partial(scaled, unit="B/s"), lambda made, _: made.device.bytes_per_second, rank=1),
    Column("needed_bytes", "least memory", mebibytes, rank=3),
)


def forecast_tables(record: Forecasts, view: View) -> Iterator[Table]:
    """All devices, then the layers of each."""
    yield _overview(record.forecasts, record.model)
    yield from (_layers(made, record.model) for made in record.forecasts)


def _overview(forecasts: Sequence[Forecast], model: str) -> Table:
    heading = title(LABEL, model, *(_settings(forecasts[0]) if forecasts else ()))
    return Table(heading, _DEVICES, [rows(_DEVICES, forecasts)], notes=list(_notes(forecasts)))


def _settings(made: Forecast) -> Iterator[str]:
    yield "training step" if made.training else "forward pass"
    yield f"batch {exact(made.batch)}"
    yield made.dtype


def _notes(forecasts: Sequence[Forecast]) -> Iterator[Fact]:
    yield LABEL, "worked out from data sheets and published times; nothing here was measured on these devices"
    for level in sorted({made.level for made in forecasts}):
        said = "of the times of devices left out of the fit lay within such intervals"
        yield "from, to", f"{percent(level, 1, 0)} {said} (docs/forecast.md)"
    for remark in REMARKS:
        named = [made.device.name for made in forecasts if remark in made.remarks]
        if named:
            yield "note", f"{', '.join(named)}: {REMARKS[remark]}"


def _layers(made: Forecast, model: str) -> Table:
    heading = title(LABEL, model, made.device.title, *_settings(made))
    columns = _columns(made)
    return Table(heading, columns, [rows(columns, made.layers)], list(_lead(made)))


def _lead(made: Forecast) -> Iterator[Fact]:
    low, high = map(duration, made.interval_seconds)
    yield "expected", f"{duration(made.seconds)}, {percent(made.level, 1, 0)} interval {low} to {high}"
    if made.training:
        parts = (made.forward_seconds, made.backward_seconds, made.update_seconds)
        forward, backward, update = map(duration, parts)
        yield "of it", f"forward {forward}, backward {backward}, update {update}"
    peak, width = scaled(made.device.peak_flops_per_second, "FLOP/s"), scaled(made.device.bytes_per_second, "B/s")
    yield "device", f"{peak} in {made.dtype}, {width}: {'; '.join(made.device.sources)}"
    yield "layers", plural(len(made.layers), "operator call")


def _columns(made: Forecast) -> list[Column]:
    whole = sum(map(_seconds, made.layers))
    return [
        Column("path", "layer", cell=lambda layer, _: place(layer.path, layer.call), left=True, flexible="middle"),
        Column("op", "operator", left=True, rank=6),
        Column("family", "kind of work", left=True, rank=2),
        count_column("flops", "FLOPs", rank=3),
        Column("bytes_moved", "bytes", mebibytes, rank=4),
        Column("roof", "bound by", left=True, rank=5),
        Column("efficiency", "of roof", lambda share: percent(share, 1, 0), rank=1),
        Column("seconds", "expected", duration, lambda layer, _: _seconds(layer)),
        share_column("share", "time %", cell=lambda layer, _: (_seconds(layer), whole)),
    ]


def _seconds(layer: LayerForecast) -> float:
    return layer.seconds + layer.backward_seconds
