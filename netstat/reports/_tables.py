"""Any record as tables: what is said is decided here, how it looks in each format.

A section's module is imported when a record has that section.
"""

from collections.abc import Callable, Iterator
from typing import Any

from netstat.records.base import Record
from netstat.records.view import View
from netstat.reports._table import Table

MOST_WITH_LAYERS = 2  # of more ways to run a model nobody reads the layers of each; JSON has them


def tables(record: Record, view: View | None = None) -> list[Table]:
    """Everything `record` has to say, section by section; rows of layers and of their times as `view` says."""
    viewed = _VIEWED.get(record.kind)
    return list(viewed(record, view or View()) if viewed else _SECTIONS[record.kind](record))


def _profile(profile: Any, view: View) -> Iterator[Table]:
    from netstat.reports._layers import layer_tables

    yield from layer_tables(profile, view)
    if profile.crosscheck is not None:
        yield from _crosscheck(profile, overview=False)
    if profile.benchmarks is not None:
        yield from _benchmark(profile, view, profile.layers)


def _crosscheck(record: Any, *, overview: bool = True) -> Iterator[Table]:
    from netstat.reports._crosscheck import crosscheck_table, overview_table

    heading = getattr(record, "heading", record.model)  # a profile's is above its layers
    if overview:
        yield overview_table(record.crosscheck, heading)
    yield crosscheck_table(record.crosscheck, heading)


def _benchmark(record: Any, view: View, layers: Any = ()) -> Iterator[Table]:
    from netstat.reports._benchmark import benchmark_tables

    times, failures = record.benchmarks, getattr(record, "failures", ())
    if len(times) + len(failures) > 1:
        from netstat.reports._sweep import sweep_table

        yield sweep_table(times, failures, record.model)
    if len(times) <= MOST_WITH_LAYERS:
        yield from benchmark_tables(times, layers, record.model, view, record.roofline)
    if record.kind == "benchmark" and record.training is not None:
        from netstat.reports._training import training_tables

        yield from training_tables(record.training, record.model)


def _comparison(record: Any) -> Iterator[Table]:
    from netstat.reports._comparison import comparison_table

    yield comparison_table(record.models)


def _activations(record: Any) -> Iterator[Table]:
    from netstat.reports._activations import activations_table

    yield activations_table(record)


def _published(record: Any) -> Iterator[Table]:
    from netstat.reports._published import published_table

    yield published_table(record.published, record.model)


_VIEWED: dict[str, Callable[[Any, View], Iterator[Table]]] = {"profile": _profile, "benchmark": _benchmark}


def _forecast(record: Any) -> Iterator[Table]:
    from netstat.reports._forecast import forecast_tables

    yield from forecast_tables(record.forecasts, record.model)


def _formula(record: Any) -> Iterator[Table]:
    from netstat.reports._formula import formula_tables

    yield from formula_tables(record)


def _scaling(record: Any) -> Iterator[Table]:
    from netstat.reports._scaling import scaling_tables

    yield from scaling_tables(record)


def _memory(record: Any) -> Iterator[Table]:
    from netstat.reports._memory import memory_tables

    yield from memory_tables(record)


def _partition(record: Any) -> Iterator[Table]:
    from netstat.reports._partition import partition_tables

    yield from partition_tables(record)


def _ceilings(record: Any) -> Iterator[Table]:
    from netstat.reports._ceilings import ceilings_tables

    yield from ceilings_tables(record.ceilings)


def _pipeline(record: Any) -> Iterator[Table]:
    from netstat.reports._pipeline import pipeline_tables

    yield from pipeline_tables(record)


def _explanation(record: Any) -> Iterator[Table]:
    from netstat.reports._explanation import explanation_tables

    yield from explanation_tables(record)


def _views(record: Any) -> Iterator[Table]:
    from netstat.reports._views import views_tables

    yield from views_tables(record)


_SECTIONS = {
    "activations": _activations,
    "ceilings": _ceilings,
    "crosscheck": _crosscheck,
    "comparison": _comparison,
    "published": _published,
    "forecast": _forecast,
    "formula": _formula,
    "memory": _memory,
    "partition": _partition,
    "explanation": _explanation,
    "scaling": _scaling,
    "pipeline": _pipeline,
    "views": _views,
}
