"""Samples to figures: location, spread, and how far the median can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from netstat.measure.intervals import Interval, median_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

# With so many the largest sample lies beyond the percentile in 99.8 % of cases (1 − p^n); with fewer it decides alone.
FEWEST_FOR_P90, FEWEST_FOR_P99 = 64, 662
FENCES = 1.5  # interquartile ranges beyond the quartiles (Tukey, Exploratory Data Analysis, 1977)


@dataclass(frozen=True, slots=True)
class Summary:
    """What samples say, in their own unit (seconds). Outliers are part of it.

    Attributes:
        median: the middle sample.
        ci95: 95 % confidence interval of the median; it always contains the median.
        min: the smallest sample.
        mean: the arithmetic mean.
        mad: median absolute deviation from the median, not rescaled.
        iqr: distance between the quartiles.
        drift: median of the last third of each process's samples less that of the first, as a share of its median.
        p90, p99: percentiles; None where there are too few samples to say.
        outliers: samples beyond Tukey's fences; they are counted, never dropped.
    """

    median: float
    ci95: Interval
    min: float
    mean: float
    mad: float
    iqr: float
    drift: float
    p90: float | None = None
    p99: float | None = None
    outliers: int = 0

    @property
    def half_width(self) -> float:
        """Half the width of the confidence interval, as a share of the median."""
        return share((self.ci95[1] - self.ci95[0]) / 2, self.median)


def share(part: float, whole: float) -> float:
    """`part` of `whole`; nothing of nothing is 0."""
    return part / whole if whole else 0.0


def summarise(*series: Sequence[float]) -> Summary:
    """The summary of the samples of one or several processes.

    Args:
        series: of each process its samples (at least one) in the order they were taken.
    """
    import numpy as np

    kept = [samples for samples in series if len(samples)]
    values = np.concatenate([np.asarray(samples, dtype=np.float64) for samples in kept])
    median = float(np.median(values))
    low, high = map(float, np.quantile(values, (0.25, 0.75)))
    reach = FENCES * (high - low)
    return Summary(
        median=median,
        ci95=median_interval(*kept),
        min=float(values.min()),
        mean=float(values.mean()),
        mad=float(np.median(np.abs(values - median))),
        iqr=high - low,
        drift=_drift(kept),
        p90=_quantile(values, 0.90, FEWEST_FOR_P90),
        p99=_quantile(values, 0.99, FEWEST_FOR_P99),
        outliers=int(np.count_nonzero((values < low - reach) | (values > high + reach))),
    )


def _quantile(values: "NDArray[Any]", at: float, fewest: int) -> float | None:
    import numpy as np

    return float(np.quantile(values, at)) if len(values) >= fewest else None


def _drift(series: Sequence[Sequence[float]]) -> float:
    """Processes differ in speed, which is no drift: each is held against its own median."""
    import numpy as np

    first: list[float] = []
    last: list[float] = []
    for samples in series:
        values, third = np.asarray(samples, dtype=np.float64), max(1, len(samples) // 3)
        middle = float(np.median(values)) or 1.0
        first += list(values[:third] / middle)
        last += list(values[-third:] / middle)
    return float(np.median(last) - np.median(first))
