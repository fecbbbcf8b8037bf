"""Times in print, read from measured.toml."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from netstat.analysis.devices import specification
from netstat.analysis.efficiency import units_of
from netstat.frontends.inputs import inputs_of
from netstat.frontends.resolve import resolve
from netstat.graph import Graph

FILE = Path(__file__).with_name("measured.toml")
# The convolutions of convnet-benchmarks: channels in, rows and columns, channels out, kernel; stride 1.
LAYERS = {
    "layer L1": (3, 128, 96, 11),
    "layer L2": (64, 64, 128, 9),
    "layer L3": (128, 32, 128, 9),
    "layer L4": (128, 16, 128, 7),
    "layer L5": (384, 13, 384, 3),
}


class Time(NamedTuple):
    """One of them; the file explains the fields.

    Attributes:
        model, batch: what ran.
        device, dtype: where.
        phase: "forward", "backward" or "training".
        seconds: of a batch.
        source, url, software: where it stands, and what ran.
        apart: why it is not fitted to; "" where it is.
    """

    model: str
    batch: int
    device: str
    dtype: str
    phase: str
    seconds: float
    source: str
    url: str
    software: str
    apart: str

    @property
    def units(self) -> str:
        """The arithmetic units that did the work."""
        return units_of(specification(self.device), self.dtype)


@cache
def times() -> tuple[Time, ...]:
    """All of them, in the order of the file."""
    with FILE.open("rb") as file:
        return tuple(time for source in tomllib.load(file)["source"] for time in _of(source))


def _of(source: dict[str, object]) -> Iterator[Time]:
    common = {key: source[key] for key in ("device", "dtype", "phase", "url", "software")}
    common |= {"source": source["name"], "apart": source.get("apart", "")}
    figures: list[tuple[str, int, float]] = source["figures"]  # type: ignore[assignment]
    for model, batch, figure in figures:
        seconds = figure / 1e3 if source["unit"] == "ms" else batch / figure
        yield Time(model=model, batch=batch, seconds=seconds, **common)  # type: ignore[arg-type]


@cache
def graph_of(model: str, batch: int, dtype: str) -> Graph:
    """The forward pass that was timed."""
    if model not in LAYERS:
        return resolve(model, inputs_of(None, batch, dtype)).graph
    from torch import nn

    channels, size, out, kernel = LAYERS[model]
    return resolve(nn.Conv2d(channels, out, kernel), inputs_of((channels, size, size), batch, dtype)).graph
