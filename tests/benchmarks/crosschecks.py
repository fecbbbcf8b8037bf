"""Wall time of a cross-check of AlexNet: netstat's, beside what the counters it runs take alone."""

import warnings
from collections.abc import Callable
from typing import Any

import torch
import torchvision

import netstat
from tests.benchmarks.modules import Count, seconds, with_flop_counter_mode, with_fvcore, with_thop
from tests.benchmarks.page import WHOLE
from tests.benchmarks.sampling import interleaved, row

ALONE: dict[str, Count] = {"thop": with_thop, "fvcore": with_fvcore, "FlopCounterMode": with_flop_counter_mode}
FEWEST = 9  # samples: they take half a second each


def with_crosscheck(model: torch.nn.Module, input: torch.Tensor) -> int:
    """How many of the three it closed."""
    checks = netstat.crosscheck(model, tuple(input.shape[1:]), against=["thop", "fvcore", "torch"])
    return sum(check.closed for check in checks.crosscheck)


def measure(repeats: int) -> list[dict[str, Any]]:
    """Seconds of one call each, on the same module in eval mode in one process, after a first one."""
    warnings.simplefilter("ignore")
    model, input = torchvision.models.alexnet().eval(), torch.zeros(1, 3, 224, 224)
    tools = {**ALONE, WHOLE: with_crosscheck}
    figures = {name: seconds(count, model, input)[0] for name, count in tools.items()}

    def taker(count: Count) -> Callable[[], float]:
        return lambda: seconds(count, model, input)[1]

    samples = interleaved({name: taker(count) for name, count in tools.items()}, dict.fromkeys(tools, repeats))
    return [row(name, taken, count=figures[name]) for name, taken in samples.items()]
