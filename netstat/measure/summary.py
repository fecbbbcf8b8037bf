"""Samples to figures: location, spread, and how far the median can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

RESAMPLES = 1000
SEED = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What a series of samples says, in the samples' unit (seconds). Outliers are part of it.

    Attributes:
        median: the middle sample.
        ci95: 95 % confidence interval of the median; it always contains the median.
        min: the smallest sample.
        mean: the arithmetic mean.
        mad: median absolute deviation from the median, not rescaled.
        iqr: distance between the quartiles.
        drift: median of the last third less that of the first, as a share of the median.
    """

    median: float
    ci95: tuple[float, float]
    min: float
    mean: float
    mad: float
    iqr: float
    drift: float

    @property
    def half_width(self) -> float:
        """Half the width of the confidence interval, as a share of the median."""
        return share((self.ci95[1] - self.ci95[0]) / 2, self.median)


def share(part: float, whole: float) -> float:
    """`part` of `whole`; nothing of nothing is 0."""
    return part / whole if whole else 0.0


def summarise(samples: Sequence[float]) -> Summary:
    """The summary of `samples` (at least one), which stand in the order they were taken."""
    import numpy as np

    values = np.asarray(samples, dtype=np.float64)
    median = float(np.median(values))
    low, high = np.quantile(values, (0.25, 0.75))
    third = max(1, len(values) // 3)
    drift = float(np.median(values[-third:]) - np.median(values[:third]))
    return Summary(
        median=median,
        ci95=median_interval(samples),
        min=float(values.min()),
        mean=float(values.mean()),
        mad=float(np.median(np.abs(values - median))),
        iqr=float(high - low),
        drift=share(drift, median),
    )


def median_interval(samples: Sequence[float]) -> tuple[float, float]:
    """95 % confidence interval of the median of `samples`, by the moving-block bootstrap.

    Successive forward passes are not independent (a busy neighbour slows several in a row), and resampling them one by
    one makes the interval far too narrow. Resampling runs of n^(1/3) keeps the dependence. It is seeded: the same
    samples give the same interval.
    """
    import numpy as np

    values = np.asarray(samples, dtype=np.float64)
    count = len(values)
    length = int(np.ceil(np.cbrt(count)))
    starts = np.random.default_rng(SEED).integers(0, count - length + 1, (RESAMPLES, -(-count // length), 1))
    resampled = values[(starts + np.arange(length)).reshape(RESAMPLES, -1)[:, :count]]
    low, high = np.quantile(np.median(resampled, axis=1), (0.025, 0.975))
    median = float(np.median(values))
    return min(float(low), median), max(float(high), median)
