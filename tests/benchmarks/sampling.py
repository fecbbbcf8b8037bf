"""Samples of several competitors in random order, so that a busy moment of the machine meets all of them alike."""

import random
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

SEED = 20260101


def interleaved(takers: Mapping[str, Callable[[], float]], repeats: Mapping[str, int]) -> dict[str, list[float]]:
    """`repeats[name]` samples of each taker, one at a time, in an order drawn at random."""
    order = [name for name in takers for _ in range(repeats[name])]
    random.Random(SEED).shuffle(order)
    samples: dict[str, list[float]] = {name: [] for name in takers}
    for name in order:
        samples[name].append(takers[name]())
    return samples


def row(name: str, samples: list[float], **more: Any) -> dict[str, Any]:
    """A competitor's raw samples with their median."""
    return {"name": name, "median": median(samples), "samples": samples, "error": "", **more}


def missing(name: str, error: Exception) -> dict[str, Any]:
    """The row of a competitor that could not run, which says why."""
    reason = str(error).strip().splitlines() or [""]
    return {"name": name, "median": None, "samples": [], "error": f"{type(error).__name__}: {reason[0]}"}
