"""The constants of netstat/analysis/efficiency.toml from the times in print.

The model is that of netstat/analysis/forecast.py over arrays. Least squares of the logarithms, with residuals beyond
`OUTLIER` counted linearly (Huber), every device as much as any other, and a wide prior that decides only what no time
says anything of; Levenberg and Marquardt's steps with differences for derivatives.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from netstat.analysis.devices import specification
from netstat.analysis.efficiency import CPU, MATRIX, VECTOR, Efficiency
from netstat.analysis.forecast import UPDATE_VALUES, trainable_bytes
from netstat.analysis.work import FAMILIES, MEMORY, SMALL, works
from tests.forecasts.times import Time, graph_of

Array = NDArray[np.float64]
NAMES = (*FAMILIES, "operator_seconds", "launch_seconds")
LEVEL = 0.8
NOISE = 0.25  # of the logarithm of a time: what the prior is weighed against
OUTLIER = 2.0  # of these
# Standard deviation of the prior. That an empty kernel takes a GPU some five microseconds is known; small layers at few
# examples would otherwise say that of old hosts and old libraries.
DOUBT = np.log([3.0] * len(FAMILIES) + [1.2, 3.0])
START = np.array([1.0] * (len(FAMILIES) + 1) + [5.0])  # of the prior: a host that is never in the way shows no slope
PRIOR = {
    VECTOR: (0.5, 0.5, 0.1, 0.5, 0.3, 0.7, 5e-6, 2e-5),
    MATRIX: (0.4, 0.4, 0.1, 0.5, 0.3, 0.7, 5e-6, 2e-5),
    CPU: (0.4, 0.4, 0.1, 0.3, 0.3, 0.5, 5e-6, 1e-12),  # what the host hands out it runs itself
}
# Winograd's algorithm on tiles of 4×4 has 36 multiplications for the 144 of the formula (Lavin and Gray 2016).
MOST = {SMALL: 4.0}


class Case(NamedTuple):
    """A time with everything the model makes of it."""

    time: Time
    family: NDArray[np.int64]
    flops: Array
    bytes_moved: Array
    operators: Array
    update_bytes: int
    peak: float
    bandwidth: float


def case_of(time: Time) -> Case:
    """The work behind a time: forward and backward calls one after the other, as the phase has them."""
    graph, device = graph_of(time.model, time.batch, time.dtype), specification(time.device)
    done = works(graph, backward=time.phase != "forward")
    rows = [(w.family, w.flops, w.bytes_moved, 1) for w in done] if time.phase != "backward" else []
    rows += [(w.family, w.backward_flops, w.backward_bytes, w.gradients) for w in done if w.gradients]
    family = np.array([FAMILIES.index(row[0]) for row in rows])
    flops, moved, operators = (np.array([row[i] for row in rows], dtype=float) for i in (1, 2, 3))
    update = UPDATE_VALUES * trainable_bytes(graph) if time.phase == "training" else 0
    return Case(time, family, flops, moved, operators, update, device.peak(time.dtype), device.bytes_per_second)


def seconds(case: Case, constants: Sequence[float]) -> float:
    """What the model says of a case."""
    shares, (operator, launch) = np.array(constants[: len(FAMILIES)]), constants[len(FAMILIES) :]
    memory = FAMILIES.index(MEMORY)
    traffic = case.bytes_moved / (shares[memory] * case.bandwidth)
    compute = np.where(case.family == memory, 0.0, case.flops / (shares[case.family] * case.peak))
    device = float((np.maximum(traffic, compute) + operator * case.operators).sum())
    update = case.update_bytes / (shares[memory] * case.bandwidth)
    return max(device, launch * float(case.operators.sum())) + update


def residuals(cases: Sequence[Case], constants: Sequence[float]) -> Array:
    """Logarithms of forecast over measured."""
    return np.array([np.log(seconds(case, constants) / case.time.seconds) for case in cases])


def fit(units: str, cases: Sequence[Case]) -> tuple[float, ...]:
    """Constants in the order of `NAMES`."""
    prior = np.log(PRIOR[units])
    devices = [case.time.device for case in cases]
    even = np.array([len(cases) / len(set(devices)) / devices.count(device) for device in devices])

    def errors(theta: Array) -> Array:
        off = residuals(cases, np.exp(theta)) / NOISE
        size = np.abs(off)
        huber = np.where(size <= OUTLIER, size, np.sqrt(OUTLIER * np.abs(2 * size - OUTLIER)))
        return np.concatenate([np.sqrt(even) * np.sign(off) * huber, (theta - prior) / DOUBT])

    found = _least_squares(errors, prior + np.log(START))
    most = np.log([MOST.get(name, 1.0) for name in FAMILIES])  # no more than the peak
    found[: len(FAMILIES)] = np.minimum(found[: len(FAMILIES)], most)
    return tuple(float(f"{value:.4g}") for value in np.exp(found))


def _least_squares(errors: Any, start: Array, steps: int = 60) -> Array:
    theta, damping = start.copy(), 1.0
    off = errors(theta)
    for _ in range(steps):
        slopes = np.stack([(errors(theta + 1e-4 * unit) - off) / 1e-4 for unit in np.eye(len(theta))], axis=1)
        normal = slopes.T @ slopes
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), -slopes.T @ off)
        ahead = errors(theta + step)
        if ahead @ ahead < off @ off:
            theta, off, damping = theta + step, ahead, damping / 3
        else:
            damping *= 4
    return theta


class Held(NamedTuple):
    """A device that was left out: what the others said of it."""

    device: str
    residuals: Array


def left_out(units: str, cases: Sequence[Case]) -> list[Held]:
    """Every device forecast by constants that were fitted to the others."""
    found = []
    for device in dict.fromkeys(case.time.device for case in cases):
        others = [case for case in cases if case.time.device != device]
        own = [case for case in cases if case.time.device == device]
        found.append(Held(device, residuals(own, fit(units, others))))
    return found


def factors(held: Sequence[Held]) -> tuple[float, float]:
    """Within what factor the share `LEVEL` of times lay, every device counting alike, and that of the worst device."""
    sizes = sorted((abs(float(off)), 1 / len(each.residuals)) for each in held for off in each.residuals)
    reached = np.cumsum([weight for _, weight in sizes])
    size = sizes[int(np.argmax(reached >= LEVEL * len(held) - 1e-9))][0]
    worst = max(float(np.quantile(np.abs(each.residuals), LEVEL, method="higher")) for each in held)
    return _up(np.exp(size)), _up(np.exp(max(worst, size)))


def _up(factor: float) -> float:
    """Two decimals, never less than there were."""
    return float(np.ceil(100 * factor) / 100)


def efficiency(units: str, cases: Sequence[Case]) -> Efficiency:
    """The entry of efficiency.toml."""
    constants = fit(units, cases)
    factor, unseen = factors(left_out(units, cases))
    shares: Mapping[str, float] = dict(zip(FAMILIES, constants, strict=False))
    return Efficiency(
        units=units,
        shares=shares,
        operator_seconds=constants[-2],
        launch_seconds=0.0 if units == CPU else constants[-1],
        level=LEVEL,
        factor=factor,
        unseen_factor=unseen,
        devices=tuple(dict.fromkeys(case.time.device for case in cases)),
        times=len(cases),
    )
