"""The benchmark of one model: whole and per layer, in fresh processes, in one or several configurations."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from netstat.errors import NetstatError
from netstat.frontends.subject import Subject
from netstat.graph import Graph
from netstat.measure import devices, host, precision
from netstat.measure.clock import Clock
from netstat.measure.configuration import Configuration
from netstat.measure.crew import Crew
from netstat.measure.devices import Device
from netstat.measure.driver import Run, measure
from netstat.measure.fitting import bytes_of_graph
from netstat.measure.process import Apart
from netstat.measure.results import Surroundings, record
from netstat.measure.sampling import Progress, silent
from netstat.measure.settings import DEFAULT, Settings
from netstat.measure.source import InHand, Source, transferred
from netstat.measure.subject import SEED, Inputs
from netstat.measure.watching import Teller
from netstat.measure.worker import Here
from netstat.records.benchmark import Benchmark

if TYPE_CHECKING:
    from torch.nn import Module

PROCESS_BYTES = 400 * 2**20  # what a process with torch in it takes besides the model


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run.

    Attributes:
        benchmarks: one for each configuration that could be measured, and for each second look.
        failures: configurations that could not, beside others that could.
        environment: of the process that measured.
    """

    benchmarks: tuple[Benchmark, ...]
    failures: tuple[tuple[Configuration, NetstatError], ...]
    environment: dict[str, Any]


def benchmark(
    module: "Module",
    inputs: Inputs,
    *,
    device: str | Device = "cpu",
    dtype: str = "float32",
    threads: int | None = None,
    graph: Graph | None = None,
    owned: bool = False,
    settings: Settings = DEFAULT,
    clock: Clock | None = None,
    progress: Progress = silent,
) -> Benchmark:
    """Time forward passes of `module` in this process, in eval and inference mode on seeded random inputs.

    Args:
        module: it is copied, and itself left alone.
        inputs: name and spec of each positional input, batch included. Floating-point ones are made in `dtype`.
        device: "cpu", "cuda", "cuda:1", or a device itself.
        dtype: a key of `precision.PRECISIONS`.
        threads: CPU threads of an operator; None leaves as many as torch has.
        graph: of this module and these inputs: names the layers' operators and sharpens the check for memory.
        owned: the module was made for this and need not be copied: it is left in eval mode, on `device` and in `dtype`.
        settings: how long to go on.
        clock: what time is read from; None is the machine's.
        progress: told how far it is.

    Returns:
        Times in seconds. What casts doubt on them stands in `warnings`.

    Raises:
        UsageError: no such device, dtype or number of threads.
        ModelError: the model has no values, would not fit into memory, or its forward fails.
    """
    name, given = (device, None) if isinstance(device, str) else (device.name, device)
    configuration = Configuration(tuple(inputs), name, dtype, threads)
    start = partial(Here, InHand(module, graph, owned), settings, clock=clock, device=given)
    around = Surroundings(host.load_average())
    with Crew([start]) as crew:
        (run,) = measure(crew, [configuration], settings, Teller(progress, 1))
    if run.failed:
        raise run.failed
    return record(run, around)


@contextmanager
def begun(
    subject: Subject, configurations: Sequence[Configuration], settings: Settings = DEFAULT
) -> Iterator[Callable[[Progress], Outcome]]:
    """Begin the processes that will time a resolved model; what is yielded times it, when it is called.

    Meanwhile they import what they need, and the caller may do something else that is not timed. They end with the
    context. A model that cannot go to other processes is timed in this one.

    Args:
        subject: the model.
        configurations: what to measure, at least one. Their turns are drawn at random from all of them.
        settings: the budget of each.

    Raises:
        UsageError: no such device, or a mode that it does not have.
        ModelError: the model cannot be run, would not fit, or its forward fails in every configuration.
    """
    with (
        transferred(subject) as (source, here),
        Crew(_starts(source, configurations, settings, here=bool(here))) as crew,
    ):
        if not here and _fit(len(crew), subject.graph, configurations, _free_without_torch):
            crew.open()
        yield partial(_timed, crew, subject.graph, configurations, settings, here)


def _timed(
    crew: Crew,
    graph: Graph,
    configurations: Sequence[Configuration],
    settings: Settings,
    here: str,
    progress: Progress,
) -> Outcome:
    load = host.load_average()
    environment = crew.first.environment(sorted({each.device for each in configurations}))
    if not _fit(len(crew), graph, configurations, crew.first.free):
        crew.one_at_a_time()
    around = Surroundings(load, here, not crew.together)
    tell = Teller(progress, len(configurations))
    runs = measure(crew, configurations, settings, tell)
    benchmarks = _records(runs, around)
    benchmarks += _second_looks(crew, runs, benchmarks, settings, around, tell)
    return Outcome(benchmarks, _failures(runs), _finished(environment, load))


def benchmark_subject(
    subject: Subject,
    configurations: Sequence[Configuration],
    *,
    settings: Settings = DEFAULT,
    progress: Progress = silent,
) -> Outcome:
    """Time a resolved model in fresh processes; arguments and errors are those of `begun`."""
    with begun(subject, configurations, settings) as time:
        return time(progress)


def _starts(source: Source, configurations: Sequence[Configuration], settings: Settings, *, here: bool) -> list[Any]:
    sole = len({each.module for each in configurations}) == 1
    if here:
        return [partial(Here, source, settings, sole=sole)]
    return [partial(Apart, source, settings, sole=sole, heard=index == 0) for index in range(settings.processes)]


def _fit(
    processes: int, graph: Graph, configurations: Sequence[Configuration], free: Callable[[str], int | None]
) -> bool:
    """Whether what so many processes need, `free` holds; one always does, or says itself that it does not."""
    needed: dict[str, int] = {}
    for each in configurations:
        size = bytes_of_graph(graph, each.inputs, precision.find(each.dtype))
        needed[each.device] = max(needed.get(each.device, 0), size)
    frees = ((free(device), size) for device, size in needed.items())
    return processes == 1 or all(left is None or processes * (size + PROCESS_BYTES) <= left for left, size in frees)


def _free_without_torch(device: str) -> int | None:
    """Bytes free on the host; of other devices nothing is known before torch is there."""
    return devices.find(device).free_memory() if device == "cpu" else 0


def _records(runs: Sequence[Run], around: Surroundings) -> tuple[Benchmark, ...]:
    """Of the runs that succeeded.

    Raises:
        NetstatError: none did; the first one's reason.
    """
    good = [run for run in runs if not run.failed]
    if not good and runs[0].failed:
        raise runs[0].failed
    return tuple(record(run, around) for run in good)


def _second_looks(
    crew: Crew,
    runs: Sequence[Run],
    benchmarks: Sequence[Benchmark],
    settings: Settings,
    around: Surroundings,
    tell: Teller,
) -> tuple[Benchmark, ...]:
    """What was unreliable at several threads once more at one, which needs one free core only and waits for nobody."""
    good = [run for run in runs if not run.failed]
    doubtful = [
        run.configuration.on_one_thread()
        for run, found in zip(good, benchmarks, strict=True)
        if not found.reliable and found.threads > 1 and run.warm[0].on_host
    ]
    known = {run.configuration for run in runs}
    again = [each for each in dict.fromkeys(doubtful) if each not in known]
    if not again:
        return ()
    looked = measure(crew, again, settings, tell)
    return tuple(record(run, around, second_look=True) for run in looked if not run.failed)


def _failures(runs: Sequence[Run]) -> tuple[tuple[Configuration, NetstatError], ...]:
    return tuple((run.configuration, run.failed) for run in runs if run.failed)


def _finished(environment: dict[str, Any], load: float | None) -> dict[str, Any]:
    """The surroundings, with what only this process knows."""
    from netstat.measure.environment import program

    after = host.load_average()
    return {**environment, **program(), "load_avg_1min": load, "load_avg_1min_after": after, "input_seed": SEED}
