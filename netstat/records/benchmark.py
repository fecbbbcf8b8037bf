"""Measured times. Seconds throughout; a rate is computed where it is shown, except the throughput users rely on."""

from dataclasses import dataclass
from typing import Any, ClassVar

from netstat.records.base import Record
from netstat.records.training import TrainingStep


@dataclass(frozen=True, slots=True)
class LayerTime:
    """Time of one leaf module call: median seconds over the hooked forward passes, hook cost taken off.

    `below` is the smallest time that can be told from the hooks' own; a median under it means "less than `below`".
    """

    path: str
    call: int
    op: str
    median_seconds: float
    below: float = 0.0


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Forward time of one model on one device.

    `median_seconds` is the whole forward pass without hooks, and Σ layers + `unattributed_seconds` equals it.
    `warnings` are values of `WARNINGS`; `reliable` is False where one of them spoils the figure.
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


# With fewer samples not even from the smallest to the largest is a 95 % interval of the median: 2 · (1/2)^5 > 5 %.
FEWEST_FOR_INTERVAL = 6

# Every warning there is, worded for the reader; code and words in one place.
WARNINGS = {
    "cpu_starved": "the process got less CPU time than its threads could use: close other programs or use --threads 1",
    "noisy": "samples are spread over 10 % of the median or more: repeat on a quieter machine",
    "unusable": "samples are spread over 25 % of the median or more: do not cite this figure",
    "loaded": "the machine was busier than it has cores before the run began",
    "drift": "the last third of the samples differs by over 3 % from the first: warming up or throttling",
    "not_converged": "the time limit came before the confidence interval was within 1 %",
    "hooks_slow": "per-layer hooks slowed the forward pass by over 5 %; their own time is outside the layers' times",
    "overattributed": "the layers' times add up to more than 102 % of the whole",
    "backward_hooks_slow": "hooks slowed the backward pass by over 5 %: only the layers' backward times carry that",
    "diverged": "the loss is no longer a finite number: arithmetic on such may take another time than usual",
}


@dataclass(frozen=True)
class Benchmarks(Record):
    """Measurements of one model on one or several devices. Behaves as a sequence of `Benchmark`.

    Where training was asked for, `training` has a step per device, and `benchmarks` is empty.
    """

    kind: ClassVar[str] = "benchmark"

    model: str
    benchmarks: tuple[Benchmark, ...]
    environment: dict[str, Any]
    training: tuple[TrainingStep, ...] | None = None

    def __getitem__(self, index: int) -> Benchmark:
        return self.benchmarks[index]

    def __len__(self) -> int:
        return len(self.benchmarks)
