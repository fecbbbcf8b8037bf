"""Processes and configurations in turn: on fake clocks in this process, by the same code that drives real processes."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from statistics import median

import pytest

from netstat.errors import ModelError, UsageError
from netstat.graph import TensorSpec
from netstat.measure.clock import Clock
from netstat.measure.configuration import Configuration, at_batch
from netstat.measure.crew import Crew
from netstat.measure.driver import Run, measure
from netstat.measure.results import Surroundings, record
from netstat.measure.settings import BRIEF, DEFAULT, QUICK, RIGOROUS, Settings
from netstat.measure.source import InHand
from netstat.measure.station import REFILLED, Turn, Warm
from netstat.measure.worker import Here, Worker
from tests.measure.fakes import FakeClock
from tests.measure.models import Busy, FailsAtCall, nn

pytestmark = pytest.mark.torch

X = Configuration((("input", TensorSpec((1, 1, 4, 4))),), threads=1)


def silent(run: Run, warming: bool) -> None: ...


def worker(make: Callable[[FakeClock], nn.Module], closed: list[Worker]) -> Worker:
    """A worker that keeps its own time, and leaves this process to the others between its turns."""
    clock = FakeClock()

    class Noted(Here):
        def warm(self, configuration: Configuration) -> Warm:
            try:
                return super().warm(configuration)
            finally:
                self.leave()

        def turn(self, configuration: Configuration, seconds: float, samples: int) -> Turn:
            try:
                return super().turn(configuration, seconds, samples)
            finally:
                self.leave()

        def close(self) -> None:
            super().close()
            closed.append(self)

    return Noted(InHand(make(clock)), DEFAULT, sole=False, clock=clock)


def crew_of(*seconds: float, closed: list[Worker] | None = None) -> Crew:
    """Processes whose forward pass takes so long."""
    kept = [] if closed is None else closed
    return Crew([partial(worker, partial(Busy, seconds=each), kept) for each in seconds])


@pytest.mark.slow
def test_every_process_gives_samples_and_the_figure_is_over_all_of_them() -> None:
    with crew_of(0.125, 0.125, 0.125) as crew:
        (run,) = measure(crew, [X], DEFAULT, silent)
    result = record(run, Surroundings())
    assert result.processes == (7, 7, 6)
    assert result.samples == (0.125,) * 20
    assert (result.stopped, result.reliable, result.warmup_calls) == ("precise", True, 30)
    assert [(layer.path, layer.median_seconds) for layer in result.layers] == [("", 0.125)]


@pytest.mark.slow
def test_processes_that_differ_widen_the_interval() -> None:
    with crew_of(0.125, 0.130, 0.135) as crew:
        (run,) = measure(crew, [X], DEFAULT, silent)
    result = record(run, Surroundings())
    low, high = result.ci95_seconds
    assert low < 0.125
    assert high > 0.135
    assert result.stopped in ("stalled", "cap")


@pytest.mark.slow
def test_layers_are_those_of_the_median_pass_over_all_processes() -> None:
    with crew_of(0.125, 0.25, 0.5) as crew:
        (run,) = measure(crew, [X], DEFAULT, silent)
    assert [set(hooked.totals) for hooked in run.hooked] == [{0.125}, {0.25}, {0.5}]
    everything = [seconds for hooked in run.hooked for seconds in hooked.totals]
    assert run.parts.layers[0].median_seconds == pytest.approx(median(everything), rel=1e-12)
    assert record(run, Surroundings()).hooked_seconds == median(everything)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [QUICK, BRIEF, DEFAULT, RIGOROUS])
def test_every_process_has_its_turns_however_long_a_call_takes(settings: Settings) -> None:
    with crew_of(*[40.0] * settings.processes) as crew:
        (run,) = measure(crew, [X], settings, silent)
    assert [len(blocks) for blocks in run.course.blocks] == [settings.turns] * settings.processes
    assert [len(hooked.totals) for hooked in run.hooked] == [settings.turns] * settings.processes
    assert run.course.stopped == "cap"


@pytest.mark.parametrize(("seconds", "calls"), [(REFILLED / 2, 3), (REFILLED, 2)])
def test_a_turn_refills_the_caches_first_unless_a_call_takes_so_long_that_it_does_not_matter(
    seconds: float, calls: int
) -> None:
    clock = FakeClock()
    with Crew([partial(Here, InHand(Busy(clock, seconds)), DEFAULT, sole=False, clock=clock)]) as crew:
        crew.first.open()
        crew.first.warm(X)
        before = clock.time
        crew.first.turn(X, 0.0, 1)
    assert clock.time - before == calls * seconds  # with one bare pass and one with hooks


@pytest.mark.slow
def test_processes_come_one_after_the_other_where_memory_is_short() -> None:
    closed: list[Worker] = []
    with crew_of(0.125, 0.125, 0.125, closed=closed) as crew:
        crew.one_at_a_time()
        before = len(closed)
        (run,) = measure(crew, [X], DEFAULT, silent)
        assert len(closed) == before + 3
    result = record(run, Surroundings(in_turn=True))
    assert result.processes == (7, 7, 7)
    assert (result.warnings, result.reliable) == (("in_turn",), True)
    assert [(layer.path, layer.median_seconds) for layer in result.layers] == [("", 0.125)]


@pytest.mark.slow
def test_a_configuration_that_fails_leaves_the_others_alone() -> None:
    wrong = Configuration((("input", TensorSpec((1, 3, 8, 8))),), threads=1)
    right = Configuration((("input", TensorSpec((1, 1, 8, 8))),), threads=1)
    short = DEFAULT.shared(10)
    with Crew([partial(Here, InHand(FailsAtCall()), short, sole=False)]) as crew:
        bad, good = measure(crew, [wrong, right], short, silent)
    assert isinstance(bad.failed, ModelError)
    assert good.failed is None
    assert good.course.count > 0


@pytest.mark.slow
def test_configurations_take_turns() -> None:
    seen: list[int] = []

    def watch(run: Run, warming: bool) -> None:
        if not warming:
            seen.append(run.configuration.batch)

    both = [Configuration(at_batch(X.inputs, batch), threads=1) for batch in (1, 2)]
    with crew_of(0.125, 0.125) as crew:
        runs = measure(crew, both, DEFAULT, watch)
    assert [run.course.count for run in runs] == [20, 20]
    assert seen[:4] != sorted(seen[:4])
    assert sum(one != other for one, other in pairwise(seen)) > 2


def test_processes_are_ended_where_something_goes_wrong() -> None:
    closed: list[Worker] = []

    def interrupt(run: Run, warming: bool) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), crew_of(0.125, 0.125, closed=closed) as crew:
        measure(crew, [X], DEFAULT, interrupt)
    assert len(closed) == 2


def test_processes_are_ended_where_one_of_them_cannot_begin() -> None:
    closed: list[Worker] = []

    def never(clock: Clock | None = None) -> Worker:
        raise OSError("no more processes")

    starts: Sequence[Callable[[], Worker]] = [partial(worker, partial(Busy, seconds=1.0), closed), never]
    with pytest.raises(OSError, match="no more"), Crew(starts):
        pass
    assert len(closed) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dtype": "int8"}, "not in 'int8'"),
        ({"memory_format": "sideways"}, "there is contiguous, channels_last"),
        ({"mode": "fast"}, "there is eager, compile, cuda-graph"),
        ({"threads": 0}, "at least 1 thread"),
    ],
)
def test_what_there_is_not_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Configuration(X.inputs, **wrong)  # type: ignore[arg-type]


def test_a_configuration_says_what_it_is() -> None:
    assert X.words == "batch 1, float32, 1 thread"
    assert Configuration((), dtype="bf16", memory_format="channels_last", mode="compile").words == (
        "batch 1, bfloat16, channels_last, compile"
    )
