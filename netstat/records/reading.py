"""Records from JSON files."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from netstat.errors import ModelError
from netstat.records import benchmark, comparison, crosscheck, profile
from netstat.records.base import SCHEMA, Record

KINDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (profile.Profile, crosscheck.CrossChecks, benchmark.Benchmarks, comparison.Comparison)
}
_NAMES = {"CrossCheck": crosscheck.CrossCheck, "Benchmark": benchmark.Benchmark}


def read(path: str) -> Record:
    """The record saved at `path`.

    Raises:
        ModelError: there is no such file, or it holds no netstat result of a known schema.
    """
    try:
        return from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelError(f"cannot read '{path}': {error.strerror}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"'{path}' is not a result saved by netstat: {error}") from error


def from_dict(saved: Mapping[str, Any]) -> Record:
    """The record that `Record.to_dict` made `saved` from.

    Raises:
        ValueError: the schema or kind is unknown, or a key is missing or of another type.
    """
    if saved.get("schema") != SCHEMA:
        raise ValueError(f"schema {saved.get('schema')!r}, this netstat reads schema {SCHEMA}")
    if saved.get("kind") not in KINDS:
        raise ValueError(f"kind {saved.get('kind')!r} is none of {', '.join(KINDS)}")
    record = _build(KINDS[saved["kind"]], saved)
    assert isinstance(record, Record)
    return record


def _build(kind: Any, saved: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, saved)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if saved is None else _build(next(arg for arg in args if arg is not type(None)), saved)
    if origin is tuple:
        if not isinstance(saved, list):
            raise ValueError(f"{saved!r} is not a list")
        return tuple(_build(args[0], item) for item in saved)
    return _scalar(origin or kind, saved)


def _dataclass(kind: type, saved: Any) -> Any:
    if not isinstance(saved, Mapping):
        raise ValueError(f"{saved!r} is not an object")
    hints = get_type_hints(kind, localns=_NAMES)
    missing = [f.name for f in fields(kind) if f.name not in saved and f.default is MISSING]
    if missing:
        raise ValueError(f"no key '{missing[0]}' for {kind.__name__}")
    known = (field.name for field in fields(kind) if field.name in saved)
    return kind(**{name: _build(hints[name], saved[name]) for name in known})


def _scalar(kind: Any, saved: Any) -> Any:
    accepted = (int, float) if kind is float else kind
    if kind is not Any and (not isinstance(saved, accepted) or (kind in (int, float) and isinstance(saved, bool))):
        raise ValueError(f"{saved!r} is not {kind.__name__}")
    return float(saved) if kind is float else saved
