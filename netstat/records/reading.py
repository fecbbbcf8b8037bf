"""Records from JSON files."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from reprlib import repr as short
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from netstat.errors import ModelError
from netstat.records import (
    activations,
    benchmark,
    ceilings,
    check,
    comparison,
    crosscheck,
    explanation,
    forecast,
    formula,
    freezing,
    memory,
    partition,
    pipeline,
    pooling,
    profile,
    published,
    report,
    roofline,
    scaling,
    views,
)
from netstat.records.base import SCHEMA, Record

KINDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (
        profile.Profile,
        crosscheck.CrossChecks,
        benchmark.Benchmarks,
        ceilings.Ceilings,
        comparison.Comparison,
        published.Published,
        forecast.Forecasts,
        formula.Formula,
        memory.Memory,
        partition.Partition,
        explanation.Explanations,
        pipeline.Pipeline,
        scaling.Scaling,
        views.Views,
        activations.Activations,
        check.Check,
        report.Report,
    )
}
_NAMES = {
    "CrossCheck": crosscheck.CrossCheck,
    "Benchmark": benchmark.Benchmark,
    "Roofline": roofline.Roofline,
    "Freezing": freezing.Freezing,
    "Overlap": pooling.Overlap,
}


def read(path: str) -> Record:
    """The record saved at `path`.

    Raises:
        ModelError: there is no such file, or it holds no netstat result of a known schema.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        return from_dict(json.loads(text, parse_float=_finite, parse_constant=_finite))
    except OSError as error:
        raise ModelError(f"cannot read '{path}': {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"'{path}' is not a result saved by netstat: {error}") from error


def _finite(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError(f"{text} is no finite number")
    return number


def from_dict(saved: Any) -> Record:
    """The record that `Record.to_dict` made `saved` from.

    Raises:
        ValueError: the schema or kind is unknown, or a key is missing or of another type.
    """
    if not isinstance(saved, Mapping):
        raise ValueError(f"{short(saved)} is not an object")
    schema, kind = saved.get("schema"), saved.get("kind")
    if schema != SCHEMA:
        raise ValueError(f"schema {short(schema)}, this netstat reads schema {SCHEMA}")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind {short(kind)} is none of {', '.join(KINDS)}")
    record = _build(KINDS[kind], saved)
    assert isinstance(record, Record)
    return record


def _build(kind: Any, saved: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, saved)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if saved is None else _build(next(arg for arg in args if arg is not type(None)), saved)
    if origin is tuple:
        if not isinstance(saved, list) or (args[-1] is not Ellipsis and len(saved) != len(args)):
            raise ValueError(f"{short(saved)} is not a list{'' if args[-1] is Ellipsis else f' of {len(args)}'}")
        return tuple(_build(args[0], item) for item in saved)
    return _scalar(origin or kind, saved)


def _dataclass(kind: type, saved: Any) -> Any:
    if not isinstance(saved, Mapping):
        raise ValueError(f"{short(saved)} is not an object")
    types = hints(kind)
    missing = [f.name for f in fields(kind) if f.name not in saved and f.default is MISSING]
    if missing:
        raise ValueError(f"no key '{missing[0]}' for {kind.__name__}")
    known = (field.name for field in fields(kind) if field.name in saved)
    return kind(**{name: _build(types[name], saved[name]) for name in known})


@cache
def hints(kind: type) -> dict[str, Any]:
    """The types of a record's fields by name."""
    return get_type_hints(kind, localns=_NAMES)


def _scalar(kind: Any, saved: Any) -> Any:
    accepted = (int, float) if kind is float else kind
    if kind is not Any and (not isinstance(saved, accepted) or (kind in (int, float) and isinstance(saved, bool))):
        raise ValueError(f"{short(saved)} is not {kind.__name__}")
    return _finite(str(saved)) if kind is float else saved
