"""The charts a record has, and writing them."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from netstat.errors import UsageError
from netstat.records.base import Record, write
from netstat.records.profile import Profile
from netstat.registry import REPORTS
from netstat.reports._bar_charts import comparison_chart, crosscheck_chart, overview_chart
from netstat.reports._benchmark import MOST_WITH_LAYERS
from netstat.reports._ceilings_chart import ceilings_chart
from netstat.reports._curves import activation_functions
from netstat.reports._field_chart import field_chart, has_fields
from netstat.reports._latency_chart import latency_chart
from netstat.reports._layer_charts import Panel, count_panel, profile_chart, profile_time_panel, time_chart
from netstat.reports._pipeline_chart import pipeline_chart
from netstat.reports._roofline_chart import roofline_chart
from netstat.reports._style import png, svg
from netstat.reports._training_chart import training_chart

Chart = tuple[str, Callable[[], Figure]]


def figure(record: Any) -> Figure:
    """The one figure of `record` that its PNG and SVG show."""
    if record.kind == "profile":
        return profile_chart(record, [*_work(record), *_times(record)])
    return next(draw for _, draw in _CHARTS[record.kind](record))()


def charts(record: Record, folder: str | os.PathLike[str], *, force: bool = False) -> list[Path]:
    """Write every chart of `record`, and the activation functions, into `folder`, each as PNG and as SVG.

    Args:
        record: of any kind.
        folder: made if it is not there.
        force: replace files that netstat did not write.

    Returns:
        The files written.

    Raises:
        UsageError: the folder cannot be made or a file not written, or a file is somebody else's.
    """
    written = []
    for name, draw in (*_CHARTS[record.kind](record), ("activation-functions", activation_functions)):
        for suffix, encode in (("png", png), ("svg", svg)):
            path = _made(Path(folder)) / f"{name}.{suffix}"
            write(path, encode(draw), mark=REPORTS[suffix].mark, force=force)
            written.append(path)
    return written


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder '{folder}': {error.strerror}") from error
    return folder


def _profile(profile: Profile) -> Iterator[Chart]:
    yield "params-and-macs", partial(profile_chart, profile, _work(profile))
    if has_fields(profile):
        yield "receptive-field", partial(field_chart, profile)
    if times := _times(profile):
        yield "time-and-macs", partial(profile_chart, profile, times)
        yield from _rooflines(profile)
    if profile.crosscheck:
        yield from _crosscheck(profile)


def _report(record: Any) -> Iterator[Chart]:
    """Every model's; of several each with its number in front."""
    for number, model in enumerate(record.models, 1):
        prefix = f"{number}-" if len(record.models) > 1 else ""
        found = [*_profile(model.profile), *(_memory(model.memory) if model.memory is not None else ())]
        yield from ((f"{prefix}{name}", draw) for name, draw in found)


def _crosscheck(record: Any) -> Iterator[Chart]:
    yield "crosscheck", partial(crosscheck_chart, record.crosscheck, record.model)
    yield "crosscheck-overview", partial(overview_chart, record.crosscheck, record.model)


def _benchmark(record: Any) -> Iterator[Chart]:
    if record.training and not record.benchmarks:
        yield "training-step", partial(training_chart, record.training, record.model)
        return
    times = record.benchmarks
    if len(times) <= MOST_WITH_LAYERS and len({time.batch for time in times}) <= 1:
        yield from _rooflines(record)
        yield "time", partial(time_chart, times, record.model)
    else:
        yield "latency-throughput", partial(latency_chart, times, record.model)
        yield from _rooflines(record)


def _rooflines(record: Any) -> Iterator[Chart]:
    """One per device, number format and number of threads; the first is called as if it were the only one."""
    for number, roofline in enumerate(record.roofline or ()):
        yield f"roofline{f'-{number + 1}' if number else ''}", partial(roofline_chart, roofline, record.model)


def _ceilings(record: Any) -> Iterator[Chart]:
    yield "ceilings", partial(ceilings_chart, record.ceilings)


def _activations(record: Any) -> Iterator[Chart]:
    from netstat.reports._activations_chart import functions_chart, times_chart

    yield "activations", partial(functions_chart, record)
    if record.benchmarks:
        yield "activation-times", partial(times_chart, record)


def _comparison(record: Any) -> Iterator[Chart]:
    yield "comparison", partial(comparison_chart, record.models)


def _published(record: Any) -> Iterator[Chart]:
    raise UsageError("published figures have no chart; write them to a table: .md, .csv, .tex or .json")


def _check(record: Any) -> Iterator[Chart]:
    raise UsageError("a check has no chart; write it to .md, .html, .tex, .csv or .json")


def _explanation(record: Any) -> Iterator[Chart]:
    raise UsageError("an explanation has no chart; write it to .md, .html, .tex, .csv or .json")


def _forecast(record: Any) -> Iterator[Chart]:
    from netstat.reports._forecast_chart import forecast_chart

    yield "forecast", partial(forecast_chart, record.forecasts, record.model)


def _memory(record: Any) -> Iterator[Chart]:
    from netstat.reports._memory_charts import memory_chart

    yield "memory", partial(memory_chart, record)


def _formula(record: Any) -> Iterator[Chart]:
    raise UsageError("formulas have no chart; netstat scaling draws them; or write .md, .tex, .csv, .json")


def _scaling(record: Any) -> Iterator[Chart]:
    from netstat.reports._scaling_chart import scaling_chart

    yield "scaling", partial(scaling_chart, record)


def _partition(record: Any) -> Iterator[Chart]:
    from netstat.reports._partition_chart import partition_chart

    yield "partition", partial(partition_chart, record)


def _pipeline(record: Any) -> Iterator[Chart]:
    yield "pipeline", partial(pipeline_chart, record)


def _views(record: Any) -> Iterator[Chart]:
    from netstat.reports._views_chart import views_chart

    yield "views", partial(views_chart, record)


def _work(profile: Profile) -> list[Panel]:
    return [count_panel(profile, "params", "parameters"), count_panel(profile, "macs", "MACs")]


def _times(profile: Profile) -> list[Panel]:
    return [profile_time_panel(profile, benchmark) for benchmark in profile.benchmarks or () if benchmark.layers]


_CHARTS: dict[str, Callable[[Any], Iterator[Chart]]] = {
    "profile": _profile,
    "report": _report,
    "crosscheck": _crosscheck,
    "benchmark": _benchmark,
    "activations": _activations,
    "ceilings": _ceilings,
    "check": _check,
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
