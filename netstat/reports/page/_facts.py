"""What stands on the page in words and numbers, before the charts: answers, key figures, models side by side."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, WARNINGS, Benchmark, firsts
from netstat.records.explanation import Explanation, Step
from netstat.records.profile import Profile
from netstat.records.report import Report, Reported
from netstat.records.verdicts import Verdict, verdicts
from netstat.reports._table import Formula, loss_of, place
from netstat.reports._tables import spoken
from netstat.reports.page._words import Words
from netstat.units import decimals, duration, exact, mebibytes, percent, rate, ratio, scaled, shape

_PATH = re.compile(r"""(?<![\w.)\]])(?:/|[A-Za-z]:\\)(?:[^\s/\\'":;,<>|]+[/\\])+""")
UNSAID = ("argv", "environment_variables", "torch_config")  # of the environment: long, or a matter of the user's own


MOST_NAMES = 3  # in a sentence


class Answer(NamedTuple):
    """A verdict in words."""

    question: str
    state: str
    sentence: str


class Card(NamedTuple):
    """A key figure: what it is, the figure, and what is to be known of it."""

    label: str
    figure: str
    detail: str


def private(text: str) -> str:
    """`text` with folders of the user's machine left out of it: '/nets/of/mine/net.py' -> '…/net.py'."""
    return _PATH.sub("…/", text)


def answers(profile: Profile, word: Words) -> list[Answer]:
    """The three verdicts."""
    return [_answer(verdict, word) for verdict in verdicts(profile)]


def _answer(verdict: Verdict, word: Words) -> Answer:
    state = {True: "yes", False: "no", None: "unknown"}[verdict.holds]
    told = verdict.question == "timing"
    names = [spoken(WARNINGS.get(name, name)) if told else name for name in verdict.names]
    values = {"count": exact(verdict.number), "of": exact(verdict.of), "names": _first(names, word)}
    return Answer(
        word(f"verdict.{verdict.question}.{state}"),
        state,
        word(f"verdict.{verdict.question}.{verdict.why}", **values),
    )


def _first(names: Sequence[str], word: Words) -> str:
    """A few of the names; the rest stands further down on the page."""
    more = f" {word('verdict.more', count=exact(len(names) - MOST_NAMES))}" if len(names) > MOST_NAMES else ""
    return "; ".join(names[:MOST_NAMES]) + more


def cards(model: Reported, word: Words) -> Iterator[Card]:
    """The key figures of a model."""
    profile = model.profile
    yield Card(word("card.params"), scaled(profile.totals.params), _params(profile, word))
    yield from _works(profile, word)
    yield Card(word("card.param_bytes"), mebibytes(profile.totals.param_bytes), _sizes(profile, word))
    yield from _needs(model, word)
    for benchmark in firsts(profile.benchmarks or ()):
        yield Card(
            word("card.time", device=benchmark.device), duration(benchmark.median_seconds), _rate(benchmark, word)
        )


def _params(profile: Profile, word: Words) -> str:
    totals = profile.totals
    frozen = totals.params - totals.trainable_params
    split = word("card.frozen", count=exact(frozen)) if frozen else word("card.trainable")
    return f"{exact(totals.params)} · {split}"


def _works(profile: Profile, word: Words) -> Iterator[Card]:
    if not (profile.complete or profile.uncounted):
        return
    for name in ("macs", "flops", "backward_macs"):
        if (count := getattr(profile.totals, name)) is not None:
            yield Card(word(f"card.{name}"), f"{_bound(profile)}{scaled(count)}", f"{_bound(profile)}{exact(count)}")
    if profile.convention != "documents":
        label = word("card.count", unit=profile.unit, convention=profile.convention)
        yield Card(label, f"{_bound(profile)}{scaled(profile.totals.count)}", exact(profile.totals.count))


def _bound(profile: Profile) -> str:
    return "" if profile.complete else "≥"


def _sizes(profile: Profile, word: Words) -> str:
    return word("card.activations", bytes=mebibytes(profile.totals.activation_bytes))


def _needs(model: Reported, word: Words) -> Iterator[Card]:
    if model.memory is None:
        return
    memory = model.memory
    batch = word("card.batch", count=exact(memory.batch))
    yield Card(word("card.inference_peak"), mebibytes(memory.inference_peak_bytes), batch)
    if memory.training_peak_bytes is not None:
        how = f"{batch} · {memory.optimizer} · {loss_of(memory.loss)}"
        yield Card(word("card.training_peak"), mebibytes(memory.training_peak_bytes), how)


def _rate(benchmark: Benchmark, word: Words) -> str:
    examples = rate(benchmark.examples_per_second, word("card.examples"))
    return f"{word('card.batch', count=exact(benchmark.batch))} · {examples}"


def time_facts(benchmark: Benchmark, word: Words) -> Iterator[tuple[str, str]]:
    """What there is to know of a measured time."""
    yield word("time.median"), duration(benchmark.median_seconds)
    if len(benchmark.samples) >= FEWEST_FOR_INTERVAL:
        low, high = (duration(seconds) for seconds in benchmark.ci95_seconds)
        yield word("time.interval"), f"{low} … {high}"
    yield word("time.rate"), rate(benchmark.examples_per_second, word("card.examples"))
    yield word("time.lowest"), duration(benchmark.min_seconds)
    outliers = word("time.outliers", count=exact(benchmark.outliers)) if benchmark.outliers else ""
    yield word("time.samples"), f"{exact(len(benchmark.samples))}{outliers}"
    if benchmark.processes:
        yield word("time.processes"), exact(len(benchmark.processes))
    if benchmark.layers:
        unattributed = percent(benchmark.unattributed_seconds, benchmark.median_seconds)
        yield word("time.unattributed"), f"{duration(benchmark.unattributed_seconds)} ({unattributed})"


def compared(report: Report, word: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """Figures of all models beside each other: label, then (figure, how many times the first model's)."""
    return [(word(f"compare.{name}"), _beside(report.models, value, text)) for name, value, text in _COMPARED]


def _beside(
    models: Sequence[Reported], value: Callable[[Reported], Any], text: Callable[[Any], str]
) -> list[tuple[str, str]]:
    values = [value(model) for model in models]
    return [
        ("-" if each is None else text(each), _times(each, values[0]) if i else "") for i, each in enumerate(values)
    ]


def _times(value: float | None, first: float | None) -> str:
    return ratio(value / first) if value is not None and first else ""


def _total(name: str) -> Callable[[Reported], Any]:
    return lambda model: getattr(model.profile.totals, name)


def _seconds(model: Reported) -> float | None:
    times = firsts(model.profile.benchmarks or ())
    return times[0].median_seconds if times else None


_COMPARED: tuple[tuple[str, Callable[[Reported], Any], Callable[[Any], str]], ...] = (
    ("layers", lambda model: len(model.profile.layers), exact),
    ("params", _total("params"), exact),
    ("macs", _total("macs"), exact),
    ("flops", _total("flops"), exact),
    ("param_bytes", _total("param_bytes"), mebibytes),
    ("activation_bytes", _total("activation_bytes"), mebibytes),
    ("inference_peak", lambda model: model.memory and model.memory.inference_peak_bytes, mebibytes),
    ("training_peak", lambda model: model.memory and model.memory.training_peak_bytes, mebibytes),
    ("time", _seconds, duration),
)


def steps(layer: Explanation, word: Words) -> Iterator[tuple[list[str], list[str]]]:
    """Names of figures that come about in one way, and the way: formula, numbers in it, result."""
    merged: dict[tuple[str, str, int], list[Step]] = {}
    for step in layer.steps:
        merged.setdefault((step.formula, step.numbers, step.result), []).append(step)
    for same in merged.values():
        yield [word.get(f"figure.{step.name}") or Formula(step.name) for step in same], _way(same[0])


def _way(step: Step) -> list[str]:
    result = exact(step.result)
    if step.unrounded is not None:
        result = f"{decimals(step.unrounded)} → {result}"
    parts = [part for part in (step.formula, step.numbers) if part != str(step.result)]
    return [Formula(part) for part in dict.fromkeys((*parts, result))]


def where(layer: Explanation) -> str:
    """The layer, and what it makes of what."""
    taken, made = (", ".join(map(shape, shapes)) for shapes in (layer.input_shapes, layer.output_shapes))
    return f"{place(layer.path, layer.call)} · {layer.op} · {taken} → {made}"


def environment(profile: Profile, word: Words) -> Iterator[tuple[str, str]]:
    """The surroundings of the measurement that are of interest to others."""
    for name, value in (profile.environment or {}).items():
        if name not in UNSAID and value not in (None, "", [], {}):
            label = word.get(f"environment.{name}", name)
            yield (
                label,
                word("page.yes" if value else "page.no") if isinstance(value, bool) else private(_listed(value)),
            )


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_listed(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_listed, value))
    return decimals(value) if isinstance(value, float) else str(value)
