"""Data frames have the figures of the record, in types that hold them."""

import builtins
from dataclasses import replace
from typing import Any

import pytest

from netstat.errors import InstallError
from netstat.records.base import Record
from netstat.registry import FRAMES
from netstat.reports.csv import rows_of
from netstat.reports.frames._columns import columns_of, kind_of
from tests.reports.samples import ALEXNET_PROFILE, BENCHMARKS, CHECKS, HOSTILE_PROFILE, RECORDS

LIBRARIES = ("pandas", "polars")
LARGE = 2**53 + 1  # the first whole number that a float does not hold
TYPES = {
    "pandas": {"path": "string", "params": "Int64", "flops": "Int64", "count": "Int64", "complete": "boolean"}
    | {"arithmetic_intensity": "Float64", "output_shapes": "object"},
    "polars": {"path": "String", "params": "Int64", "flops": "Int64", "count": "Int64", "complete": "Boolean"}
    | {"arithmetic_intensity": "Float64", "output_shapes": "List(List(Int64))", "jump": "List(String)"},
}


def rows_in(library: str, record: Record) -> list[dict[str, Any]]:
    """The rows of the frame, as Python's own values."""
    pytest.importorskip(library)
    frame = FRAMES[library](record)
    rows = frame.to_dicts() if library == "polars" else frame.astype(object).to_dict("records")
    return [{name: plain(value) for name, value in row.items()} for row in rows]


def plain(value: Any) -> Any:
    """Lists for tuples, None for pandas' NA, and of texts what can be printed."""
    if isinstance(value, (list, tuple)):
        return list(map(plain, value))
    if isinstance(value, str):
        return "".join(filter(str.isprintable, value))
    return None if type(value).__name__ == "NAType" else value


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", RECORDS)
def test_a_frame_has_every_value_of_the_csv_rows(name: str, library: str) -> None:
    rows = rows_of(RECORDS[name])
    columns = dict.fromkeys(key for row in rows for key in row)
    assert rows_in(library, RECORDS[name]) == [{key: plain(row.get(key)) for key in columns} for row in rows]


@pytest.mark.parametrize("name", RECORDS)
def test_every_column_of_every_record_has_one_type(name: str) -> None:
    assert [column for column, values in columns_of(RECORDS[name]).items() if kind_of(values) is object] == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_are_typed_and_nullable(library: str) -> None:
    pytest.importorskip(library)
    frame = FRAMES[library](HOSTILE_PROFILE)
    dtypes = {name: str(frame[name].dtype) for name in TYPES[library]}
    assert dtypes == TYPES[library]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("number", [LARGE, 2**63 - 1, 2**64 + 1])
def test_a_large_whole_number_stays_exact_beside_an_unknown_one(library: str, number: int) -> None:
    layers = ALEXNET_PROFILE.layers[:2]
    large = replace(ALEXNET_PROFILE, layers=(replace(layers[0], count=number), replace(layers[1], count=None)))
    found = [row["count"] for row in rows_in(library, large)]
    assert found == [number, None]
    assert type(found[0]) is int


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_frame_without_rows_is_empty(library: str) -> None:
    assert rows_in(library, replace(CHECKS, crosscheck=())) == []


def test_the_methods_of_a_record_make_them() -> None:
    for library in LIBRARIES:
        module = pytest.importorskip(library)
        assert isinstance(getattr(BENCHMARKS, f"to_{library}")(), module.DataFrame)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_that_is_not_there_is_one_line_that_says_what_to_install(library: str, monkeypatch) -> None:
    found = builtins.__import__

    def without(name: str, *arguments: Any) -> Any:
        if name == library:
            raise ModuleNotFoundError(f"No module named '{library}'")
        return found(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InstallError, match=f"^to_{library} needs {library} .*: pip install {library}$"):
        getattr(ALEXNET_PROFILE, f"to_{library}")()
