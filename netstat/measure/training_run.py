"""Samples of a training step: its phases, the whole, and the backward pass of each module, taken in turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import TYPE_CHECKING

from netstat.measure.backward import BackwardTimer, resolution
from netstat.measure.canary import Canary
from netstat.measure.clock import Block, Stopwatch
from netstat.measure.phases import Phased
from netstat.measure.sampling import Progress, calls_per_block, sample, silent, warm_up
from netstat.measure.settings import Settings
from netstat.measure.summary import share

if TYPE_CHECKING:
    from torch.nn import Module

# One hooked step after so many blocks of bare ones: both see the same weather, and slow steps are not timed twice.
BLOCKS_PER_HOOKED = 3


@dataclass(frozen=True, slots=True)
class Run:
    """What timing a step brought."""

    settings: Settings
    warmup: Sequence[float]
    blocks: Sequence[Block]
    phased: Phased
    backward: BackwardTimer
    resolution: float
    canary: Sequence[tuple[float, ...]]

    @property
    def switches(self) -> float:
        """Involuntary context switches in a second that was timed."""
        return share(sum(block.switches for block in self.blocks), fsum(block.wall for block in self.blocks))

    @property
    def cpus(self) -> float:
        """Processors the process kept busy while it was timed."""
        return share(fsum(block.cpu for block in self.blocks), fsum(block.wall for block in self.blocks))


def run_phases(
    phases: dict[str, Callable[[], object]],
    module: "Module",
    stopwatch: Stopwatch,
    settings: Settings,
    progress: Progress = silent,
) -> Run:
    """Time the phases of a step, the whole of it, and between the samples the backward pass of each module."""
    label = f"training on {stopwatch.device.name}"
    phased, backward = Phased(phases, stopwatch), BackwardTimer(module, phases, stopwatch)
    warmup = warm_up(phased, stopwatch, settings, label=f"warming up {label}", progress=progress)
    phased.forget()
    empty = resolution(stopwatch)
    canary = Canary(stopwatch) if stopwatch.device.on_host else None
    heard = canary.listen() if canary else []
    taken = 0

    def between(calls: int) -> None:
        nonlocal taken
        phased.keep(calls)
        taken += 1
        if taken % BLOCKS_PER_HOOKED == 0:
            backward.run()
            heard.extend(canary.listen() if canary else [])

    calls = calls_per_block(median(warmup[-5:]), settings)
    blocks = sample(
        phased, stopwatch, settings, calls=calls, between=between, label=f"timing {label}", progress=progress
    )
    if not backward.totals:
        backward.run()
    return Run(settings, warmup, blocks, phased, backward, empty, heard)
