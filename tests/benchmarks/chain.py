"""Wall time per operator of chains of layers: it stays the same however long the chain is."""

import gc
import time
from itertools import cycle, islice
from typing import Any

import torch
from torch import nn

import netstat
from tests.benchmarks.sampling import interleaved, row

LENGTHS = (100, 1_000, 10_000)
WIDTH = 8


def chain(length: int) -> nn.Sequential:
    """Linear and ReLU layers in turn, on the meta device."""
    with torch.device("meta"):
        return nn.Sequential(*(kind() for kind in islice(cycle((lambda: nn.Linear(WIDTH, WIDTH), nn.ReLU)), length)))


def seconds_per_operator(model: nn.Sequential) -> float:
    """Garbage is collected as it comes: what collecting costs in a long run is a part of the question."""
    gc.collect()
    start = time.perf_counter()
    layers = netstat.profile(model, (WIDTH,)).layers
    return (time.perf_counter() - start) / len(layers)


def measure(repeats: int) -> list[dict[str, Any]]:
    """A row per length, the short ones sampled more often. A first call, which imports and caches, is dropped."""
    chains = {length: chain(length) for length in LENGTHS}
    seconds_per_operator(chains[LENGTHS[0]])
    takers = {str(length): lambda model=model: seconds_per_operator(model) for length, model in chains.items()}
    times = {str(length): repeats * (1 if length == max(LENGTHS) else 5) for length in LENGTHS}
    return [row(name, taken) for name, taken in interleaved(takers, times).items()]
