"""Layers and training steps beside what the machine allows, where that is not to be left out."""

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from netstat.cli._output import progress, tell

if TYPE_CHECKING:
    from netstat.records.benchmark import Benchmark
    from netstat.records.profile import Layer
    from netstat.records.roofline import Roofline
    from netstat.records.training import TrainingStep


def rooflines(
    layers: "Sequence[Layer]", benchmarks: "Sequence[Benchmark]", options: Namespace
) -> "tuple[Roofline, ...] | None":
    """The layers under the roofs of the benchmarks' devices; None where that is to be left out."""
    if options.no_roofline:
        return None
    from netstat.api.roofs import rooflines as analyse

    with progress(options) as update:
        return analyse(layers, benchmarks, quick=options.quick, tell=lambda line: tell(options, line), progress=update)


def with_ceilings(steps: "Sequence[TrainingStep] | None", options: Namespace) -> "tuple[TrainingStep, ...] | None":
    """Training steps with the ceilings of their devices; as they are where that is to be left out."""
    if options.no_roofline or not steps:
        return tuple(steps) if steps is not None else None
    from netstat.api.roofs import with_ceilings as known

    with progress(options) as update:
        return known(steps, quick=options.quick, tell=lambda line: tell(options, line), progress=update)
