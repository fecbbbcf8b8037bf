"""What a record says of the arguments that netstat's functions take besides the model; None where they are as ever."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

Arguments = dict[str, Any]


def _unless(usual: Any, value: Any) -> Any:
    return None if value == usual else value


def _each(values: Iterable[Any], usual: Any = None) -> Any:
    """The values that occur: one as it is, several as a list, None for none and for the usual one alone."""
    found = list(dict.fromkeys(values))
    return found if len(found) > 1 else _unless(usual, next(iter(found), None))


def _sides(sizes: Iterable[Sequence[int]]) -> list[Any]:
    """Sizes, of a square its side."""
    return [size[0] if len(set(size)) == 1 else tuple(size) for size in sizes if size]


def _profile(record: Any) -> Arguments:
    return {
        "convention": _unless("documents", record.convention),
        "training": record.training or None,
        "backward": _unless(False, record.totals.backward_macs is not None),
        "sparse": record.sparse or None,
        "overlapping": _unless(False, record.overlapping is not None),
    }


def _crosscheck(record: Any) -> Arguments:
    return {"against": [check.peer for check in record.crosscheck], "training": record.training or None}


def _benchmark(record: Any) -> Arguments:
    if record.training is not None:
        return _training(record.training)
    times = [each for each in record.benchmarks if not each.second_look]
    usual = {"device": "cpu", "batch": 1, "dtype": "float32", "memory_format": "contiguous", "mode": "eager"}
    ways = {way: _each((getattr(time, way) for time in times), usual.get(way)) for way in (*usual, "threads")}
    return ways | {"roofline": bool(record.roofline) or None}


def _training(steps: Sequence[Any]) -> Arguments:
    usual = {"device": "cpu", "batch": 1, "dtype": "float32", "optimizer": "sgd"}
    found = {way: _each((getattr(step, way) for step in steps), usual.get(way)) for way in (*usual, "threads")}
    losses = _each((step.loss for step in steps if step.loss != "model"), "cross-entropy")
    forecast = next((step.forecast for step in steps if step.forecast), None)
    epochs = {"epochs": forecast.epochs, "images": forecast.images} if forecast else {}
    return {"training": True, **found, "loss": losses, **epochs}


def _memory(record: Any) -> Arguments:
    return {
        "optimizer": _unless("sgd-momentum", record.optimizer),
        "amp": record.amp or None,
        "training": None if record.training or record.not_predicted else False,
        "fit": list(dict.fromkeys(fit.limit_bytes for fit in record.fits or ())) or None,
        "measure": _unless(False, record.measured is not None),
        "device": next((each.device for each in record.measured or () if each.device != "cpu"), None),
    }


def _forecast(record: Any) -> Arguments:
    return {
        "device": _each(forecast.device.name for forecast in record.forecasts),
        "dtype": _each((forecast.dtype for forecast in record.forecasts), "fp32"),
        "training": any(forecast.training for forecast in record.forecasts) or None,
    }


def _formula(record: Any) -> Arguments:
    return {"letters": [letter.name for letter in record.letters]}


def _scaling(record: Any) -> Arguments:
    points = record.of_batch(record.batches[0]) if record.batches else ()
    sizes = ([size for name, size in point.sizes.items() if name != "N"] for point in points)
    return {"sizes": _sides(sizes) or None, "batches": _unless([1, 8], list(record.batches))}


def _partition(record: Any) -> Arguments:
    trained = any(card.training_peak_bytes is not None for card in record.cards)
    return {
        "ways": _unless(2, record.ways),
        "grouped": list(record.grouped) or None,
        "lrn": _unless("across", record.lrn),
        "optimizer": _unless("sgd-momentum", record.optimizer),
        "training": None if trained or record.not_predicted else False,
        "limit": record.limit_bytes,
        "run": _unless(False, record.run is not None),
    }


def _views(record: Any) -> Arguments:
    wholes = [each.inputs[0][-2:] for each in record.dense or ()]
    return {"sizes": _sides(dict.fromkeys([record.resized, *(size for size in wholes if size != record.input[1:])]))}


def _pipeline(record: Any) -> Arguments:
    recipe, models = record.recipe, record.models
    return {
        "batch": _unless(32, recipe.batch),
        "image": _unless((500, 375), recipe.image),
        "resize": _unless(256, recipe.resize),
        "crop": recipe.crop[0] if len(set(recipe.crop)) == 1 else None,
        "decode": _unless(True, recipe.decode),
        "workers": [loader.workers for loader in record.loaders] or None,
        "device": _each((model.device for model in models), "cpu"),
        "dtype": _each((model.dtype for model in models), "float32"),
        "threads": _each(model.threads for model in models),
        "training": any(model.mode != "inference" for model in models) or None,
    }


def _explanation(record: Any) -> Arguments:
    return {"path": _each(each.path or "(model)" for each in (*record.layers, *record.unexplained))}


def _activations(record: Any) -> Arguments:
    times = record.benchmarks or ()
    return {
        "batch": _unless(1, record.input_shape[0]),
        "dtype": _unless("float32", record.dtype),
        "device": _each((time.device for time in times), "cpu"),
        "threads": next((time.threads for time in times if not time.second_look), None),
        "measure": None if times else False,
    }


def _ceilings(record: Any) -> Arguments:
    usual = {"device": "cpu", "dtype": "float32", "threads": None}
    return {name: _each((getattr(each, name) for each in record.ceilings), usual[name]) for name in usual}


def _report(record: Any) -> Arguments:
    profiles = [each.profile for each in record.models]
    return {
        "crosscheck": None if any(profile.crosscheck for profile in profiles) else False,
        "time": None if any(profile.benchmarks for profile in profiles) else False,
    }


def _check(record: Any) -> Arguments:
    """Budgets of the first model; those of single layers stand in a file alone."""
    counts = {
        f"max_{each.figure}": each.limit for model in record.checked[:1] for each in model.counts if not each.layers
    }
    times = (each.limit_seconds for model in record.checked[:1] for each in model.latencies)
    return counts | {"max_latency": next(times, None)}


OF_KIND: dict[str, Callable[[Any], Arguments]] = {
    "profile": _profile,
    "crosscheck": _crosscheck,
    "benchmark": _benchmark,
    "memory": _memory,
    "forecast": _forecast,
    "formula": _formula,
    "scaling": _scaling,
    "partition": _partition,
    "explanation": _explanation,
    "views": _views,
    "pipeline": _pipeline,
    "activations": _activations,
    "ceilings": _ceilings,
    "report": _report,
    "check": _check,
}
