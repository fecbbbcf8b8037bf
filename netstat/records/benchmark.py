"""Measured times. Seconds throughout; a rate is computed where it is shown, except the throughput users rely on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from netstat.records.base import Record
from netstat.records.device_times import DeviceTimes
from netstat.records.roofline import Roofline
from netstat.records.training import TrainingStep


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a profile, by name: `call` counts the calls of `op` at `path` before it."""

    path: str
    op: str
    call: int


@dataclass(frozen=True, slots=True)
class LayerTime:
    """Time of one call: of a module as a whole, or of a function in a container's own forward.

    `median_seconds` is its part of the median hooked forward pass (so the layers add up to that, less what lies between
    them), the hooks' own reading taken off. `below` is the smallest time that can be told from that reading; under it
    means "less than `below`". `family` is the operator's kind. What does
    several operators at once has their names and families joined by a plus, and `covers` the rows of the profile that
    it is the time of.
    """

    path: str
    call: int
    op: str
    median_seconds: float
    below: float = 0.0
    family: str = ""
    covers: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the profile it is the time of."""
        return self.covers or (Row(self.path, self.op, self.call),)

    def per_second(self, count: int) -> float | None:
        """The rate of `count` in this time; None where the time cannot be told from the hooks' own reading."""
        return count / self.median_seconds if self.median_seconds > self.below else None


@dataclass(frozen=True, slots=True)
class ContainerTime:
    """Time of one call of a module of class `module` with everything inside it, from passes where only such have hooks.

    `below` is as for layers, but of its hook and of all those inside it together.
    """

    path: str
    call: int
    module: str
    median_seconds: float
    below: float = 0.0


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Forward time of one model in one configuration.

    `median_seconds` is the whole forward pass without hooks, and Σ layers + `unattributed_seconds` equals it.
    `warnings` are values of `WARNINGS`; `reliable` is False where one of them spoils the figure. `ci95_seconds` is the
    interval of the median: over processes where there are several, of one process alone where there is one.

    Attributes:
        samples: seconds of one forward pass each, process after process, in the order they were taken.
        processes: how many of the samples each process gave, one after the other.
        p90_seconds, p99_seconds: None where there are too few samples to say.
        outliers: samples beyond Tukey's fences; they are among the samples, and in every figure.
        stopped: why sampling ended: "precise" (the interval is as narrow as asked), "stalled" (more samples did not
            narrow it), "cap" (the time was up).
        timed_seconds, cpu_seconds: wall time of all samples together, and CPU time the processes got in it.
        involuntary_switches: how often their threads were made to give up a processor in it.
        canary_seconds: typical and best reading of the fixed work beside it that suffered most; () where there is none.
        device_times: what a device that works off a queue says besides; the median is then its eager latency.
        cold: whether the caches were emptied before every sample.
        here: why it was timed in the calling process; "" where it was in fresh ones.
        second_look: whether it was taken because the same with several threads was not reliable.
        input_shapes: of each input, batch included.
        containers: the calls of containers, in the model's order.
    """

    device: str
    device_name: str
    batch: int
    dtype: str
    threads: int
    median_seconds: float
    ci95_seconds: tuple[float, float]
    min_seconds: float
    mean_seconds: float
    mad_seconds: float
    iqr_seconds: float
    samples: tuple[float, ...]
    reliable: bool
    warnings: tuple[str, ...]
    layers: tuple[LayerTime, ...]
    unattributed_seconds: float
    examples_per_second: float
    hooked_seconds: float
    calibration_seconds: float
    warmup_calls: int
    memory_format: str = "contiguous"
    mode: str = "eager"
    processes: tuple[int, ...] = ()
    p90_seconds: float | None = None
    p99_seconds: float | None = None
    outliers: int = 0
    stopped: str = ""
    timed_seconds: float = 0.0
    cpu_seconds: float = 0.0
    involuntary_switches: int = 0
    canary_seconds: tuple[float, ...] = ()
    cold: bool = False
    here: str = ""
    second_look: bool = False
    input_shapes: tuple[tuple[int, ...], ...] = ()
    containers: tuple[ContainerTime, ...] = ()
    device_times: DeviceTimes | None = None

    @property
    def max_seconds(self) -> float:
        """The largest sample; the smallest where they were not kept."""
        return max(self.samples, default=self.min_seconds)

    @property
    def launch_overhead_seconds(self) -> float | None:
        """Eager latency less device time; None where the device works while the host waits."""
        return self.device_times.launch_overhead(self.median_seconds) if self.device_times else None


# With fewer samples not even from the smallest to the largest is a 95 % interval of the median: 2 · (1/2)^5 > 5 %.
FEWEST_FOR_INTERVAL = 6

# Every warning there is, worded for the reader; code and words in one place.
WARNINGS = {
    "cpu_starved": "the process got less CPU time than its threads could use: close other programs or use --threads 1",
    "preempted": "other programs took the processors over 50 times a second and thread: close them",
    "canary": "a fixed piece of work beside it ran over 15 % slower than it can: the machine changes speed, repeat",
    "noisy": "samples are spread over 10 % of the median or more: repeat on a quieter machine",
    "unusable": "samples are spread over 25 % of the median or more: do not cite this figure, quieten the machine",
    "loaded": "the machine was busier than it has cores before the run began: wait a minute and repeat",
    "drift": "the last third of the samples differs by over 3 % from the first: warming up or throttling; repeat",
    "not_converged": "the time limit came before the confidence interval was within 1 %: use --rigorous",
    "hooks_slow": "per-layer hooks slowed the forward pass by over 5 %: their own time is in no layer; cite the whole",
    "overattributed": "the layers' times add up to over 102 % of the whole: cite the whole, or repeat",
    "impossible": "a part, or all layers together, took over 105 % of the whole, which cannot be: repeat",
    "outside": "the median lies outside its own confidence interval, which cannot be: please report it",
    "here": "timed in the calling process, which is one draw of many: name the model, or install cloudpickle",
    "in_turn": "memory does not hold all processes at once: they ran one after the other, use a smaller batch",
    "queue_unchecked": "the host could not queue a forward pass ahead of the device, whose time includes waiting",
    "throttled_samples": "the GPU was throttled for a while (heat or power): samples of that while were taken again",
    "throttled": "the GPU was throttled all the while (heat or power): let it cool, and do not cite this figure",
    "backward_hooks_slow": "hooks slowed the backward pass by over 5 %: only the layers' backward times carry that",
    "diverged": "the loss is no longer a finite number: arithmetic on such may take another time than usual",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A configuration that could not be measured beside others that could, and why."""

    configuration: str
    reason: str


def firsts(benchmarks: Sequence[Benchmark]) -> list[Benchmark]:
    """Those that were asked for: without second looks at one thread."""
    return [each for each in benchmarks if not each.second_look]


def compared(benchmarks: Sequence[Benchmark]) -> list[tuple[Benchmark, float]]:
    """Each with its time per example as a multiple of the fastest one's."""
    fastest = max((each.examples_per_second for each in benchmarks), default=0.0)
    return [(each, fastest / each.examples_per_second if each.examples_per_second else 1.0) for each in benchmarks]


@dataclass(frozen=True)
class Benchmarks(Record):
    """Measurements of one model in one or several configurations. Behaves as a sequence of `Benchmark`.

    Where training was asked for, `training` has a step per device, and `benchmarks` is empty.
    `roofline` has one entry per benchmark that is no second look, None where nobody asked for it. `relative_ci95` has
    the 95 % intervals of what `compared` says of each benchmark, None where there is none.
    """

    kind: ClassVar[str] = "benchmark"

    model: str
    benchmarks: tuple[Benchmark, ...]
    environment: dict[str, Any]
    failures: tuple[Failure, ...] = ()
    training: tuple[TrainingStep, ...] | None = None
    roofline: tuple[Roofline, ...] | None = None
    relative_ci95: tuple[tuple[float, float] | None, ...] = ()

    def __getitem__(self, index: int) -> Benchmark:
        return self.benchmarks[index]

    def __len__(self) -> int:
        return len(self.benchmarks)
