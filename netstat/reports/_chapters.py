"""A result in the parts that one call each makes: what a notebook shows one after the other."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from netstat.records.base import Record
from netstat.reports._code import call

MEASURED = "Measured on the machine that ran it; run again, the cell measures on yours."


class Chapter(NamedTuple):
    """A part of a result.

    Attributes:
        title: what stands above it; "" for the first.
        text: what a reader has to know besides.
        name: the variable it is put into.
        record: what the call gave.
    """

    title: str
    text: str
    name: str
    record: Any

    @property
    def code(self) -> str:
        """The statement that makes it."""
        return f"{self.name} = {call(self.record)}"


def chapters(record: Record) -> list[Chapter]:
    """The parts of `record`, in the order in which it shows them."""
    return list(_PARTS[record.kind](record)) if record.kind in _PARTS else [Chapter("", "", "result", record)]


def _profile(profile: Any) -> Iterator[Chapter]:
    from netstat.records.benchmark import Benchmarks
    from netstat.records.crosscheck import CrossChecks

    counted = replace(profile, crosscheck=None, benchmarks=None, roofline=None, environment=None)
    yield Chapter("", "", "p", counted)
    if profile.crosscheck:
        checks = CrossChecks(profile.model, profile.crosscheck, profile.training, origin=profile.origin)
        text = "Other counters, run for real; each difference has its reason and its amount."
        yield Chapter("Cross-check", text, "checks", checks)
    if profile.benchmarks:
        times = Benchmarks(profile.model, profile.benchmarks, profile.environment or {}, origin=profile.origin)
        yield Chapter("Time", MEASURED, "times", replace(times, roofline=profile.roofline))


def _benchmark(times: Any) -> Iterator[Chapter]:
    yield Chapter("", MEASURED, "times", times)


def _ceilings(record: Any) -> Iterator[Chapter]:
    """A ceiling is measured by a call of its own."""
    for ceiling in record.ceilings:
        title = f"{ceiling.device_name}, {ceiling.dtype}"
        yield Chapter(title, MEASURED, "ceilings", replace(record, ceilings=(ceiling,)))


def _checked(record: Any) -> Iterator[Chapter]:
    """Each model is checked by a call of its own."""
    for checked in record.checked:
        yield Chapter(checked.model, "", "check", replace(record, checked=(checked,)))


def _report(report: Any) -> Iterator[Chapter]:
    """Model after model, each with variables of its own."""
    for number, model in enumerate(report.models, 1):
        for chapter in _reported(model):
            several = len(report.models) > 1
            title = " · ".join(filter(None, (model.profile.model, chapter.title))) if several else chapter.title
            yield chapter._replace(title=title, name=f"{chapter.name}{number if several else ''}")


def _reported(model: Any) -> Iterator[Chapter]:
    from netstat.records.explanation import Explanations

    profile = model.profile
    yield from _profile(profile)
    if model.memory is not None:
        yield Chapter("Memory", "Predicted: nothing is allocated.", "memory", model.memory)
    if model.derivations:
        text = "Each way in which figures come about, once."
        derived = Explanations(profile.model, profile.inputs, model.derivations, origin=profile.origin)
        yield Chapter("Derivations", text, "derivations", derived)


_PARTS: dict[str, Callable[[Any], Iterator[Chapter]]] = {
    "profile": _profile,
    "benchmark": _benchmark,
    "pipeline": lambda record: iter([Chapter("", MEASURED, "result", record)]),
    "ceilings": _ceilings,
    "check": _checked,
    "report": _report,
}
