"""Any record, whatever it holds."""

from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from netstat.records.base import Record
from netstat.records.benchmark import Benchmark
from netstat.records.crosscheck import CrossCheck
from netstat.records.freezing import Freezing
from netstat.records.pooling import Overlap
from netstat.records.reading import KINDS
from netstat.records.roofline import Roofline

_NAMED_IN_QUOTES = {
    "CrossCheck": CrossCheck,
    "Benchmark": Benchmark,
    "Roofline": Roofline,
    "Freezing": Freezing,
    "Overlap": Overlap,
}
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    str: st.text(max_size=12),
    dict: st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8), max_size=3),
}


def records() -> st.SearchStrategy[Record]:
    """Records of every kind."""
    return st.one_of(map(of, KINDS.values()))


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, as the fields of records are annotated."""
    origin, args = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind, localns=_NAMED_IN_QUOTES)
        return st.builds(kind, **{field.name: of(hints[field.name]) for field in fields(kind)})
    if origin in (Union, UnionType):
        return st.one_of(st.none() if arg is type(None) else of(arg) for arg in args)
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(of(args[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(of, args))
    return _SCALARS[origin or kind]
