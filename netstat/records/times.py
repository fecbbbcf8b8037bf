"""Measured times of layers, looked at in other ways: by kind, by size, by the containers they are in."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from netstat.records.benchmark import Benchmark, ContainerTime, LayerTime
from netstat.records.view import enclosing


class Part(NamedTuple):
    """A container or a layer among its siblings.

    Attributes:
        name: what its container calls it; a function in the container's own forward goes by its operator's name.
        kind: the container's class, the layer's operator.
        time: of a container all its calls together, with everything inside.
        children: what is in a container.
    """

    name: str
    kind: str
    time: LayerTime
    children: "tuple[Part, ...]" = ()


def families(benchmark: Benchmark) -> list[tuple[str, float]]:
    """Seconds by kind of layer, the most first; what has no kind is "other"."""
    sums: dict[str, float] = {}
    for layer in benchmark.layers:
        sums[layer.family or "other"] = sums.get(layer.family or "other", 0.0) + layer.median_seconds
    return sorted(sums.items(), key=lambda item: -item[1])


def largest_first(layers: Sequence[LayerTime]) -> list[tuple[LayerTime, float]]:
    """The layers by time, each with the seconds of it and all before it."""
    ordered = sorted(layers, key=lambda layer: -layer.median_seconds)
    return list(zip(ordered, accumulate(layer.median_seconds for layer in ordered), strict=True))


def fewest(layers: Sequence[LayerTime], seconds: float) -> int:
    """How few of `layers` take `seconds` together; all of them where they do not."""
    reached = (number for number, (_, so_far) in enumerate(largest_first(layers), 1) if so_far >= seconds)
    return next(reached, len(layers))


def parts(benchmark: Benchmark, depth: int | None = None, *, by_time: bool = False) -> tuple[Part, ...]:
    """The layers in the containers they are in.

    Args:
        benchmark: one from a file without containers has them side by side.
        depth: how many levels; None for all.
        by_time: whether siblings stand with the longest first, instead of in order of execution.
    """
    return _Grower(benchmark, depth, by_time).inside("", 1)


class _Grower:
    def __init__(self, benchmark: Benchmark, depth: int | None, by_time: bool) -> None:
        self.depth, self.by_time = depth, by_time
        self.calls: dict[str, list[ContainerTime]] = {}
        for call in benchmark.containers:
            self.calls.setdefault(call.path, []).append(call)
        self.members: dict[str, list[LayerTime | str]] = {}
        for layer in benchmark.layers:
            self._settle(layer, self._home(layer.path))

    def _home(self, path: str) -> str:
        """The innermost container that was called and has `path` in it, or is at it."""
        return next((place for place in (path, *reversed(enclosing(path))) if place in self.calls), "")

    def _settle(self, item: LayerTime | str, home: str) -> None:
        inside = self.members.setdefault(home, [])
        if isinstance(item, str) and item in inside:
            return
        inside.append(item)
        if home:
            self._settle(home, self._home(home.rpartition(".")[0]))

    def inside(self, home: str, level: int) -> tuple[Part, ...]:
        found = list(self._parts(home, level))
        if self.by_time:
            found.sort(key=lambda part: -part.time.median_seconds)
        return tuple(found)

    def _parts(self, home: str, level: int) -> Iterator[Part]:
        for item in self.members.get(home, ()):
            if isinstance(item, str):
                yield self._container(item, home, level)
            else:
                yield Part(item.op if item.path == home else _name(item.path, home), item.op, item)

    def _container(self, path: str, home: str, level: int) -> Part:
        calls = self.calls[path]
        seconds, below = sum(call.median_seconds for call in calls), sum(call.below for call in calls)
        children = self.inside(path, level + 1) if self.depth is None or level < self.depth else ()
        kind = calls[0].module
        return Part(_name(path, home), kind, LayerTime(path, 0, kind, seconds, below), children)


def _name(path: str, home: str) -> str:
    return path.removeprefix(f"{home}.") if home else path


def contradictions(benchmark: Benchmark, tolerance: float = 0.05) -> tuple[str, ...]:
    """Paths of containers whose times cannot be: shorter than what is in them, or longer than the whole.

    Args:
        benchmark: with layers and containers, which come from different passes over the same stretch of time.
        tolerance: as a share of the longer one; what hooks cannot tell (`below`) is allowed beside it.
    """
    return tuple(
        path
        for path, seconds, below in _containers(benchmark)
        if _inside(benchmark, path) > seconds * (1 + tolerance) + below
        or seconds > benchmark.median_seconds * (1 + tolerance) + below
    )


def _containers(benchmark: Benchmark) -> Iterator[tuple[str, float, float]]:
    for path in dict.fromkeys(call.path for call in benchmark.containers):
        calls = [call for call in benchmark.containers if call.path == path]
        yield path, sum(call.median_seconds for call in calls), sum(call.below for call in calls)


def _inside(benchmark: Benchmark, path: str) -> float:
    prefix = f"{path}." if path else ""
    return sum(t.median_seconds for t in benchmark.layers if t.path == path or t.path.startswith(prefix))
