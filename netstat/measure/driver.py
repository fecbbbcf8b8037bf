"""Who is timed when: processes and configurations take short turns in random order until each figure is known."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Protocol

from netstat.errors import NetstatError
from netstat.measure.configuration import Configuration
from netstat.measure.crew import Crew
from netstat.measure.layers import Calibration, Hooked, Parts
from netstat.measure.sampling import Course
from netstat.measure.settings import Settings
from netstat.measure.station import Warm
from netstat.measure.worker import Worker
from netstat.records.device_times import DeviceTimes

SEED = 0
ROUNDS = 2  # so many turns each process has in the least time there is
# What it says of a figure that its processes stopped for different reasons: the last of these.
REASONS = ("precise", "stalled", "cap")


@dataclass
class Run:
    """The measurement of one configuration, as far as it is.

    Attributes:
        configuration: what is measured.
        course: the samples.
        warm: what the processes said when they were ready.
        canary: readings, of all processes.
        hooked: what the hooks of each process read.
        parts: the times of layers and containers, over all of them.
        device_times: of the first process, where the device works off a queue.
        failed: why there is nothing more; None where nothing is wrong.
    """

    configuration: Configuration
    course: Course
    warm: list[Warm] = field(default_factory=list)
    canary: list[tuple[float, ...]] = field(default_factory=list)
    hooked: list[Hooked] = field(default_factory=list)
    parts: Parts = field(default_factory=Parts)
    device_times: DeviceTimes | None = None
    failed: NetstatError | None = None

    @property
    def calibration(self) -> float:
        """Seconds the hooks read off a module that does nothing, in the typical process."""
        return Calibration.typical(hooked.calibration for hooked in self.hooked).module


class Watcher(Protocol):
    """Told how far a run is, between turns."""

    def __call__(self, run: Run, warming: bool) -> None:
        """It is being warmed up, or has had another turn."""
        ...


def measure(crew: Crew, configurations: Sequence[Configuration], settings: Settings, watch: Watcher) -> list[Run]:
    """Measure every configuration in every process of `crew`.

    Args:
        crew: the processes.
        configurations: what to measure. One that fails is left out, the others go on.
        settings: the budget of each configuration, over all processes. Where these come one after the other, each has
            its share of it, and its own course.
        watch: told how far it is.
    """
    runs = [Run(each, Course(settings, len(crew))) for each in configurations]
    if crew.together:
        with crew.all() as workers:
            _session(runs, workers, settings, watch, {})
        return runs
    kept: dict[int, list[Hooked]] = {}
    for index in range(len(crew)):
        share = settings.shared(len(crew))
        parts = [Run(run.configuration, Course(share)) for run in runs]
        with crew.one(index) as worker:
            _session(parts, [worker], share, watch, kept)
        for place, (run, part) in enumerate(zip(runs, parts, strict=True)):
            _merge(run, part, index)
            kept[place] = run.hooked
    return runs


def _session(
    runs: Sequence[Run],
    workers: Sequence[Worker],
    settings: Settings,
    watch: Watcher,
    kept: dict[int, list[Hooked]],
) -> None:
    """Everything that processes do while they are there together; `kept` is what those before them read."""
    for run in runs:
        with _failing(run):
            for worker in workers:
                watch(run, True)
                run.warm.append(worker.warm(run.configuration))
    order = random.Random(SEED)
    while waiting := [run for run in runs if not (run.failed or run.course.stopped)]:
        _round(waiting, workers, settings, watch, order)
    for place, run in enumerate(runs):
        if not run.failed:
            with _failing(run):
                _collect(run, workers, kept.get(place, []))


def _round(
    runs: Sequence[Run], workers: Sequence[Worker], settings: Settings, watch: Watcher, order: random.Random
) -> None:
    """One turn of each process in each configuration that still wants it."""
    turns = [(run, process) for run in runs for process in range(len(workers))]
    order.shuffle(turns)
    for run, process in turns:
        if run.failed or run.course.stopped:
            continue
        seconds, samples = _turn(run.course, settings, len(workers))
        with _failing(run):
            turn = workers[process].turn(run.configuration, seconds, samples)
            run.canary += turn.canary
            run.course.add(turn.blocks, turn.elapsed, process)
            watch(run, False)


def _turn(course: Course, settings: Settings, processes: int) -> tuple[float, int]:
    """Seconds and samples of a turn: short enough that each process has several before the least time is over."""
    fair = settings.seconds / (ROUNDS * processes)
    return min(settings.turn_seconds, fair, course.left), ceil(course.wanted / processes)


def _collect(run: Run, workers: Sequence[Worker], kept: Sequence[Hooked]) -> None:
    run.hooked += [worker.hooked(run.configuration) for worker in workers]
    run.parts = workers[0].parts(run.configuration, [*kept, *run.hooked])
    run.device_times = run.device_times or workers[0].device_times(run.configuration)


@contextmanager
def _failing(run: Run) -> Iterator[None]:
    """What goes wrong with one configuration is kept with it; what is no error of the model's goes on up."""
    try:
        yield
    except NetstatError as error:
        run.failed = error


def _merge(run: Run, part: Run, process: int) -> None:
    """A process's own run as part of the whole one."""
    run.course.blocks[process] = part.course.blocks[0]
    run.course.elapsed += part.course.elapsed
    run.course.stopped = max(run.course.stopped, part.course.stopped, key=lambda why: ("", *REASONS).index(why))
    run.warm += part.warm
    run.canary += part.canary
    run.hooked += part.hooked
    run.parts, run.failed = part.parts, run.failed or part.failed
    run.device_times = run.device_times or part.device_times
