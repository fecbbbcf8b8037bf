"""Whether a model keeps its budgets: over, within, or not to be told from what is known."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from netstat.errors import UsageError
from netstat.records.benchmark import FEWEST_FOR_INTERVAL, Benchmark, firsts
from netstat.records.check import (
    OVER,
    UNKNOWN,
    VERDICTS,
    WITHIN,
    Check,
    Checked,
    CountBudget,
    LatencyBudget,
    TimeWeight,
    Weight,
)
from netstat.records.memory import Memory
from netstat.records.profile import Input, Layer, Profile
from netstat.records.view import matches
from netstat.registry import unknown

T = TypeVar("T")
HEAVIEST = 3  # layers named of a budget for the whole
PER_LAYER = ("params", "trainable_params", "macs", "flops")  # figures that rows of a profile have
_WORK = ("macs", "flops")
_NO_FORMULA = "operators have no formula, so this is a lower bound"
_NO_PASS = "the file holds parameters and no forward pass"


class Budget(NamedTuple):
    """What a figure of a model, or of each of some layers, may be at most; seconds for a latency."""

    figure: str
    limit: float
    layers: str = ""


class Evidence(NamedTuple):
    """What is known of a model; None is what is not."""

    model: str
    inputs: tuple[Input, ...] = ()
    profile: Profile | None = None
    memory: Memory | None = None
    benchmarks: Sequence[Benchmark] | None = None


def check(checked: Iterable[Checked], source: str = "") -> Check:
    """The models' verdicts, and that of all together."""
    models = tuple(checked)
    found = {budget.verdict for model in models for budget in model.budgets}
    verdict = next((verdict for verdict in VERDICTS if verdict in found), WITHIN)
    return Check(verdict, models, source)


def checked(evidence: Evidence, budgets: Sequence[Budget]) -> Checked:
    """Each budget with its verdict.

    Raises:
        UsageError: the evidence does not have a figure, or no layer is what a budget is for.
    """
    counts = tuple(_count(evidence, budget) for budget in budgets if budget.figure != "latency")
    latencies = tuple(
        _latency(benchmark, budget.limit)
        for budget in budgets
        if budget.figure == "latency"
        for benchmark in firsts(_known(evidence, evidence.benchmarks, "times"))
    )
    return Checked(evidence.model, evidence.inputs, counts, latencies)


def verdict(at_least: float, at_most: float | None, limit: float) -> str:
    """What is to be said of a figure between two bounds, the upper of which may not be known."""
    if at_least > limit:
        return OVER
    return UNKNOWN if at_most is None or at_most > limit else WITHIN


def _known(evidence: Evidence, found: T | None, words: str) -> T:
    if found is None:
        raise UsageError(f"'{evidence.model}' was saved without {words}; name the model itself to have them checked")
    return found


class _Found(NamedTuple):
    """What a figure is: at least, at most, which layers have most of it, and why it is not known to the last one."""

    least: int
    most: int | None
    heaviest: Sequence[Weight] = ()
    reason: str = ""


def _count(evidence: Evidence, budget: Budget) -> CountBudget:
    if budget.figure.endswith("_peak_bytes"):
        found = _peak(_known(evidence, evidence.memory, "a prediction of memory"), budget)
    else:
        profile = _known(evidence, evidence.profile, "counts")
        found = _of_layers(profile, budget) if budget.layers else _of_model(profile, budget)
    said = verdict(found.least, found.most, budget.limit)
    reason = found.reason if said == UNKNOWN else ""
    limit, heaviest = int(budget.limit), tuple(found.heaviest)
    return CountBudget(budget.figure, limit, found.least, found.most, said, budget.layers, reason, heaviest)


def _of_model(profile: Profile, budget: Budget) -> _Found:
    figure, least = budget.figure, getattr(profile.totals, budget.figure)
    heaviest = _heaviest(profile.layers, figure) if figure in PER_LAYER else ()
    if profile.complete or "param" in figure or (figure == "activation_bytes" and profile.uncounted):
        return _Found(least, least, heaviest)
    if not profile.uncounted:
        return _Found(0, None, (), _NO_PASS)
    return _Found(least, profile.totals.flops_at_most if figure == "flops" else None, heaviest, _NO_FORMULA)


def _of_layers(profile: Profile, budget: Budget) -> _Found:
    """What a module has that goes by that path, else what the layers that match have each: the most of them."""
    figure, rows = budget.figure, _rows(profile, budget.layers)
    known = figure not in _WORK or all(row.complete and row.count is not None for row in rows)
    reason = "" if known else _NO_FORMULA
    if module := next((module for module in profile.modules if module.path == budget.layers), None):
        least = _sum(rows, figure) if figure in _WORK else getattr(module, figure)
        return _Found(least, least if known else None, _heaviest(rows, figure), reason)
    ordered = _heaviest(rows, figure, len(rows))
    over = [weight for weight in ordered if weight.amount > budget.limit]
    return _Found(ordered[0].amount, ordered[0].amount if known else None, over or ordered[:1], reason)


def _rows(profile: Profile, pattern: str) -> list[Layer]:
    """The rows that a pattern of layers takes.

    Raises:
        UsageError: it takes none; names the nearest.
    """
    rows = [layer for layer in profile.layers if matches(layer, (pattern,))]
    if not rows:
        names = [*(module.path for module in profile.modules), *(row.path for row in profile.layers)]
        names += [row.op for row in profile.layers]
        raise UsageError(unknown("layer", pattern, filter(None, names), "a budget of no layer is always kept"))
    return rows


def _sum(rows: Iterable[Layer], figure: str) -> int:
    return sum(getattr(row, figure) for row in rows)


def _heaviest(rows: Iterable[Layer], figure: str, number: int = HEAVIEST) -> list[Weight]:
    """The rows that have most of a figure."""
    firsts = (row for row in rows if figure in _WORK or not row.call)  # later calls read the same parameters
    weights = (Weight(row.path, row.op, row.call, getattr(row, figure)) for row in firsts)
    return sorted(weights, key=lambda weight: -weight.amount)[:number]


def _peak(memory: Memory, budget: Budget) -> _Found:
    """The peak of a pass; what is alive beside it at the moments that need most."""
    need = memory.predicted(budget.figure.removesuffix("_peak_bytes"))
    if need is None:
        return _Found(0, None, (), memory.not_predicted or "it was not predicted")
    moments = sorted(need.timeline, key=lambda moment: -moment.live_bytes)[:HEAVIEST]
    heaviest = [Weight(moment.path, moment.op, moment.call, moment.live_bytes) for moment in moments]
    bound = memory.not_predicted if need is memory.training else ""
    return _Found(need.peak_bytes, None if bound else need.peak_bytes, heaviest, bound)


def _latency(benchmark: Benchmark, limit: float) -> LatencyBudget:
    reason = _doubt(benchmark)
    said = UNKNOWN if reason else verdict(*benchmark.ci95_seconds, limit)
    slowest = sorted(benchmark.layers, key=lambda layer: -layer.median_seconds)[:HEAVIEST]
    return LatencyBudget(
        limit_seconds=limit,
        median_seconds=benchmark.median_seconds,
        ci95_seconds=benchmark.ci95_seconds,
        verdict=said,
        device=benchmark.device,
        batch=benchmark.batch,
        dtype=benchmark.dtype,
        threads=benchmark.threads,
        reason=reason or ("the limit lies within the confidence interval" if said == UNKNOWN else ""),
        heaviest=tuple(TimeWeight(time.path, time.op, time.call, time.median_seconds) for time in slowest),
    )


def _doubt(benchmark: Benchmark) -> str:
    """Why the interval says nothing; "" where it does."""
    if not benchmark.reliable:
        return ": ".join(filter(None, ("the measurement is not reliable", ", ".join(benchmark.warnings))))
    few = len(benchmark.samples) < FEWEST_FOR_INTERVAL
    return "there are too few samples for a confidence interval" if few else ""
