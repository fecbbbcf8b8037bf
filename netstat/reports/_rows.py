"""The main list of any record as rows, under the keys of the JSON form: what files of data and data frames hold."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import Any

from netstat.records.profile import Layer, Profile
from netstat.records.report import Report
from netstat.records.view import View
from netstat.reports._layers import flat
from netstat.units import signed

Row = dict[str, Any]  # a piece of the JSON form


def rows_of(record: Any, view: View | None = None) -> list[Row]:
    """The items of the record's main list; None, or no such key, for what an item does not have."""
    viewed = _VIEWED.get(record.kind)
    return list(viewed(record, view or View()) if viewed else _ROWS[record.kind](record.to_dict()))


def _profile(profile: Profile, view: View) -> Iterator[Row]:
    """The layers, or the lines of the tree with their depth, name and for how many they stand."""
    if not view.tree:
        yield from map(_layer, flat(profile, view))
        return
    from netstat.reports._tree import tree_lines

    for line in tree_lines(profile, view):
        branch = line.branch
        place = {"depth": line.depth, "name": branch.name, "last": branch.last, "repeats": branch.repeats}
        yield {**place, **_layer(branch.layer)}


def _models_layers(report: Report, view: View) -> Iterator[Row]:
    """The layers of all models, each with its model's name."""
    for model in report.models:
        yield from ({"model": model.profile.model, **row} for row in _profile(model.profile, view))


def _layer(layer: Layer) -> Row:
    return {field.name: getattr(layer, field.name) for field in fields(layer)}


def _checks(saved: Row) -> Iterator[Row]:
    for check in saved["crosscheck"]:
        terms = "; ".join(f"{term['reason']}: {signed(term['amount'])}" for term in check["terms"])
        yield {**check, "terms": terms, "layers": len(check["layers"])}


def _times(saved: Row) -> Iterator[Row]:
    """The rows of a device add up to its whole; of a training step they are its phases."""
    if not saved["benchmarks"]:
        yield from _phases(saved.get("training", ()))
    for benchmark in saved["benchmarks"]:
        settings = {name: benchmark[name] for name in ("device", "device_name", "batch", "dtype", "threads")}
        for time in benchmark["layers"]:
            yield {**settings, **time}
        yield {**settings, "path": "unattributed", "median_seconds": benchmark["unattributed_seconds"]}


def _phases(steps: Iterable[Row]) -> Iterator[Row]:
    names = ("device", "device_name", "batch", "dtype", "weights_dtype", "threads", "optimizer", "loss")
    for step in steps:
        settings = {name: step[name] for name in names}
        for phase in step["phases"]:
            low, high = phase["ci95_seconds"]
            seconds = {"median_seconds": phase["median_seconds"], "ci95_low": low, "ci95_high": high}
            yield {**settings, "phase": phase["name"], **seconds}
        yield {**settings, "phase": "unattributed", "median_seconds": step["unattributed_seconds"]}


def _models(saved: Row) -> Iterator[Row]:
    for model in saved["models"]:
        figures = {name: value for name, value in model.items() if name not in ("groups", "totals")}
        yield {**figures, **model["totals"]}


def _functions(saved: Row) -> Iterator[Row]:
    """A function per row, its counts for the whole tensor, then the seconds of each benchmark; curves are in JSON."""
    times = {
        f"seconds_{benchmark['device']}_{benchmark['threads']}": _seconds(benchmark)
        for benchmark in saved.get("benchmarks", ())
    }
    for found in saved["activations"]:
        low, high = found["alive"] or (None, None)
        row = {name: value for name, value in found.items() if name not in ("value", "gradient", "alive")}
        seconds = {name: measured.get(found["name"]) for name, measured in times.items()}
        yield {**row, "alive_from": low, "alive_to": high, **seconds}


def _seconds(benchmark: Row) -> dict[str, float]:
    return {layer["path"]: layer["median_seconds"] for layer in benchmark["layers"]}


def _budgets(saved: Row) -> Iterator[Row]:
    """A budget per row; what is counted and what is measured have columns of their own."""
    for model in saved["checked"]:
        place = {"source": saved["source"], "model": model["model"]}
        for budget in model["counts"]:
            yield {**place, **{name: budget.get(name) for name in _BUDGET}}
        for budget in model["latencies"]:
            low, high = budget["ci95_seconds"]
            found = {**budget, "figure": "latency", "ci95_low": low, "ci95_high": high}
            yield {**place, **{name: found.get(name) for name in _BUDGET}}


def _probes(saved: Row) -> Iterator[Row]:
    for ceiling in saved["ceilings"]:
        settings = {name: ceiling[name] for name in ("device", "device_name", "dtype", "threads")}
        for roof in ("compute", "traffic"):
            yield from ({**settings, "roof": roof, **probe} for probe in ceiling[roof])


def _published(saved: Row) -> Iterator[Row]:
    """A figure per row, what its reading is beside it; what else gives its digits as a number."""
    for figure in saved["published"]:
        differences = "; ".join(f"{item['reason']}: {signed(item['amount'])}" for item in figure["differences"])
        nearest = {f"nearest_{name}": value for name, value in (figure["nearest"] or figure["reading"]).items()}
        rest = {name: value for name, value in figure.items() if name not in ("reading", "nearest")}
        yield {**rest, "differences": differences, "also": len(figure["also"]), **figure["reading"], **nearest}


def _forecasts(saved: Row) -> Iterator[Row]:
    """The layers of each device, and its whole; `kind` says in every row that nothing was measured."""
    for forecast in saved["forecasts"]:
        settings = {"kind": "forecast", "device": forecast["device"]["name"]}
        settings |= {name: forecast[name] for name in ("batch", "dtype", "training")}
        for layer in forecast["layers"]:
            yield {**settings, **layer}
        low, high = forecast["interval_seconds"]
        yield {**settings, "path": "whole", "seconds": forecast["seconds"], "low_seconds": low, "high_seconds": high}


def _needs(saved: Row) -> Iterator[Row]:
    """The moments of each pass, beside what is there all the time."""
    for passed in ("inference", "training"):
        need = saved.get(passed) or {"timeline": ()}
        for moment in need["timeline"]:
            yield {"pass": passed, "resident_bytes": _resident(need), **moment}


def _resident(need: Row) -> int:
    return sum(need[f"{kind}_bytes"] for kind in ("param", "buffer", "input", "optimizer"))


def _formulas(saved: Row) -> Iterator[Row]:
    """A total per row; its expression is Python's integer arithmetic."""
    yield from saved["figures"]


def _sizes(saved: Row) -> Iterator[Row]:
    """A size per row."""
    for point in saved["points"]:
        yield {**{name: size for name, size in point.items() if name != "sizes"}, **point["sizes"]}


def _partitioned(saved: Row) -> Iterator[Row]:
    """A layer per row; what differs from card to card stands in one cell, card by card."""
    counted = (saved.get("run") or {"layers": ()})["layers"]
    for at, layer in enumerate(saved["layers"]):
        figures = {name: layer[name] for name in ("path", "op", "call", "family", "how", "output_shape", "params")}
        channels = [sum(stop - start for start, stop in part) for part in layer["parts"]]
        sent = counted[at] if at < len(counted) else {}
        yield {
            **figures,
            "card_channels": " ".join(map(str, channels)),
            "card_params": " ".join(map(str, layer["card_params"])),
            "forward_bytes": sum(crossing["bytes"] for crossing in layer["crossings"]),
            "backward_bytes": sum(crossing["returned_bytes"] for crossing in layer["crossings"]),
            "grouped_bytes": layer["grouped_bytes"],
            "gradient_bytes": layer["gradient_bytes"],
            "counted_forward_bytes": sent.get("forward_bytes"),
            "counted_backward_bytes": sent.get("backward_bytes"),
        }


def _pipeline(saved: Row) -> Iterator[Row]:
    """A time per row: seconds of an image, and what they are of."""
    settings = {"model": saved["model"], **saved["recipe"]}
    stages = [{"stage": stage["name"], "time": stage} for stage in saved["stages"]]
    parts = {"stage": stages, "whole": [{"time": saved["whole"]}]}
    parts |= {kind: saved[f"{kind}s"] for kind in ("loader", "model", "loop")}
    for kind, entries in parts.items():
        for entry in entries:
            known = {name: entry.get(name) for name in ("stage", "device", "mode", "workers")}
            median, (low, high) = (entry["time"][name] for name in ("median_seconds", "ci95_seconds"))
            yield {
                **settings,
                "what": kind,
                **known,
                "median_seconds": median,
                "low_seconds": low,
                "high_seconds": high,
            }


def _steps(saved: Row) -> Iterator[Row]:
    """A figure per row, with its formula; the letters' values are in the formula with numbers."""
    for layer in saved["layers"]:
        place = {name: layer[name] for name in ("path", "op", "call")}
        for step in layer["steps"]:
            yield {**place, "figure": step["name"], **{name: step[name] for name in step if name != "name"}}


def _views(saved: Row) -> Iterator[Row]:
    """A way of scoring an image per row, in crops or whole."""
    for what in ("crops", "dense"):
        for each in saved.get(what) or ():
            yield {"model": saved["model"], "what": what, **each}


_BUDGET = (
    "figure", "layers", "limit", "at_least", "at_most", "verdict", "reason", "limit_seconds",
    "median_seconds", "ci95_low", "ci95_high", "device", "batch", "dtype", "threads",
)  # fmt: skip
_VIEWED: dict[str, Callable[[Any, View], Iterator[Row]]] = {"profile": _profile, "report": _models_layers}
_ROWS: dict[str, Any] = {
    "crosscheck": _checks,
    "benchmark": _times,
    "activations": _functions,
    "ceilings": _probes,
    "check": _budgets,
    "comparison": _models,
    "published": _published,
    "forecast": _forecasts,
    "formula": _formulas,
    "memory": _needs,
    "partition": _partitioned,
    "explanation": _steps,
    "scaling": _sizes,
    "pipeline": _pipeline,
    "views": _views,
}
