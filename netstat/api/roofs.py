"""Ceilings of this machine, and models under them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netstat.measure.sampling import Progress
    from netstat.records.benchmark import Benchmark
    from netstat.records.ceilings import Ceiling, Ceilings
    from netstat.records.profile import Layer
    from netstat.records.roofline import Roofline
    from netstat.records.training import TrainingStep

Tell = Callable[[str], None]


def ceilings_of(
    devices: Sequence[str],
    dtypes: Sequence[str],
    threads: int | None = None,
    *,
    again: bool = False,
    tell: Tell | None = None,
    progress: "Progress | None" = None,
) -> "Ceilings":
    """The ceilings of every device in every number format; arguments as for `netstat.ceilings`.

    Args:
        devices, dtypes, threads, again: what is measured.
        tell: told in one line what could not be read from the cache, or kept there; a Python warning by default.
        progress: called with a label and the share that is done.

    Raises:
        UsageError: no such device, dtype or number of threads.
    """
    from netstat.measure import kept_ceilings
    from netstat.measure.environment import environment
    from netstat.measure.precision import find
    from netstat.measure.sampling import silent
    from netstat.records.ceilings import Ceilings

    for dtype in dtypes:
        find(dtype)  # refuses before anything is measured
    state = environment(devices)
    found = [
        kept_ceilings.ceiling(device, dtype, threads, again=again, tell=tell or _warn, progress=progress or silent)
        for device in devices
        for dtype in dict.fromkeys(dtypes)
    ]
    return Ceilings(tuple(found), state)


def rooflines(
    layers: "Sequence[Layer]",
    benchmarks: "Sequence[Benchmark]",
    *,
    quick: bool = False,
    tell: Tell | None = None,
    progress: "Progress | None" = None,
) -> "tuple[Roofline, ...]":
    """The layers under the roofs of each benchmark's device; roofs that are not known yet are measured.

    Args:
        layers: of the model at the benchmarks' batch, their bytes in the number format of the benchmarks.
        benchmarks: of that model.
        quick: measure roofs that are not known for a second only.
        tell, progress: as for `ceilings_of`.
    """
    return tuple(_rooflines(layers, benchmarks, quick, tell or _warn, progress))


def _rooflines(
    layers: "Sequence[Layer]", benchmarks: "Sequence[Benchmark]", quick: bool, tell: Tell, progress: "Progress | None"
) -> "Iterator[Roofline]":
    from netstat.analysis.roofline import roofline
    from netstat.records.benchmark import firsts

    for benchmark in firsts(benchmarks):
        yield roofline(layers, benchmark, _ceiling(benchmark, quick, tell, progress))


def with_ceilings(
    steps: "Sequence[TrainingStep]",
    *,
    quick: bool = False,
    tell: Tell | None = None,
    progress: "Progress | None" = None,
) -> "tuple[TrainingStep, ...]":
    """Training steps that know the ceiling of their device, dtype and threads; arguments as for `rooflines`."""
    return tuple(replace(step, ceiling=_ceiling(step, quick, tell or _warn, progress)) for step in steps)


def _ceiling(timed: "Benchmark | TrainingStep", quick: bool, tell: Tell, progress: "Progress | None") -> "Ceiling":
    from netstat.measure import kept_ceilings
    from netstat.measure.ceilings import FULL, SHORT
    from netstat.measure.sampling import silent

    return kept_ceilings.ceiling(
        timed.device,
        timed.dtype,
        timed.threads,
        effort=SHORT if quick else FULL,
        tell=tell,
        progress=progress or silent,
    )


def _warn(line: str) -> None:
    import warnings

    warnings.warn(line, stacklevel=2)
