"""How far a median can be trusted: 95 % confidence intervals.

Three things move the median of a benchmark. Within a process successive samples resemble each other (a busy neighbour
slows several in a row). The machine itself changes speed, over seconds as over minutes. And every process has a speed
of its own, which no number of samples in it averages out: where its pages lie in memory and in the caches is settled
when it starts. So one process can only say how well it knows itself, and that takes a bootstrap of blocks; how well the
figure is known takes several.
"""

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import fmean, median, stdev

Interval = tuple[float, float]

RESAMPLES = 1000
SEED = 0
STRETCHES = 5  # of each process
# 97.5 % quantiles of Student's t with 1, 2, … degrees of freedom. Beyond them the last one serves, which is too wide.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


def median_interval(*series: Sequence[float]) -> Interval:
    """95 % confidence interval of the median of all samples of `series`, one series for each process, together.

    Of one process it is the interval within that process. Of several it is the widest of three: Student's for their
    medians, that for stretches of time, and the interval given these processes (all below).

    Args:
        series: positive samples of each process, in the order they were taken; none of them empty.
    """
    within = blocks_interval(*series)
    middle = median([sample for samples in series for sample in samples])
    ends = [*within, middle]
    if len(series) > 1:
        ends += processes_interval([median(samples) for samples in series])
        ends += stretches_interval(*series)
    return min(ends), max(ends)


def processes_interval(medians: Sequence[float]) -> Interval:
    """95 % confidence interval of the typical median of a process, from those of two or more processes.

    This is the method of independent replications (A. M. Law, Simulation Modeling and Analysis, 5th ed., 9.5.2; of
    benchmarks Georges, Buytaert, Eeckhout, "Statistically rigorous Java performance evaluation", OOPSLA 2007):
    whatever goes on within processes, their medians are independent, and m ± t · s / √P of P of them covers 95 %
    however few there are, if they are near enough to normal. It is taken of their logarithms, because speeds differ by
    factors. A percentile bootstrap of three processes would promise 95 % and hold less than 80: it resamples the few
    values there are and can say nothing about others. The price is width: t is 4.3 for three processes, 2.8 for five.
    """
    logs = [log(value) if value > 0 else 0.0 for value in medians]
    if not all(value > 0 for value in medians):
        return min(medians), max(medians)
    freedom = len(logs) - 1
    reach = STUDENT[min(freedom, len(STUDENT)) - 1] * stdev(logs) / sqrt(len(logs))
    return exp(fmean(logs) - reach), exp(fmean(logs) + reach)


def stretches_interval(*series: Sequence[float]) -> Interval:
    """Where the median would lie at another time: that of all samples, give or take t · s of a fifth of a process.

    What a machine does over minutes is not averaged out by sampling it for ten seconds. Such noise is flicker noise:
    averages of adjacent stretches differ by as much however long the stretches are (D. W. Allan, Statistics of atomic
    frequency standards, Proceedings of the IEEE 54(2), 1966). So how much stretches of this run differ tells how much
    whole runs do, and s, the deviation of the medians of all fifths of all processes, is not divided by √n. Of what is
    slower than several runs it can only see a part.
    """
    stretches = [
        median(part)
        for samples in series
        for place in range(STRETCHES)
        if (part := samples[place * len(samples) // STRETCHES : (place + 1) * len(samples) // STRETCHES])
    ]
    middle = median([sample for samples in series for sample in samples])
    if len(stretches) < 2 or not all(value > 0 for value in stretches):
        return min(*stretches, middle), max(*stretches, middle)
    reach = STUDENT[min(len(stretches) - 1, len(STUDENT)) - 1] * stdev(log(value) for value in stretches)
    return middle * exp(-reach), middle * exp(reach)


def blocks_interval(*series: Sequence[float]) -> Interval:
    """95 % confidence interval of the median of all samples, by the moving-block bootstrap within each process.

    Resampling samples one by one would take them for independent and make the interval far too narrow. Resampling runs
    of n^(1/3) keeps the dependence (H. R. Künsch, Annals of Statistics 17, 1989; the length: Hall, Horowitz, Jing,
    Biometrika 82, 1995). It is seeded: the same samples give the same interval.
    """
    import numpy as np

    random = np.random.default_rng(SEED)
    resampled = []
    for samples in series:
        values = np.asarray(samples, dtype=np.float64)
        length = int(np.ceil(np.cbrt(len(values))))
        starts = random.integers(0, len(values) - length + 1, (RESAMPLES, -(-len(values) // length), 1))
        resampled.append(values[(starts + np.arange(length)).reshape(RESAMPLES, -1)[:, : len(values)]])
    low, high = np.quantile(np.median(np.concatenate(resampled, axis=1), axis=1), (0.025, 0.975))
    return float(low), float(high)
