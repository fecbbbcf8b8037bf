"""The JSON Schema of results takes what netstat writes, and refuses what netstat would not read."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import netstat
from netstat.errors import UsageError
from netstat.measure.settings import QUICK
from netstat.records.base import Record
from netstat.records.reading import KINDS, from_dict
from netstat.registry import REPORTS
from tests.records.strategies import records
from tests.reports.samples import RECORDS

VALIDATOR = Draft202012Validator(netstat.schema())
HEAD = {"schema", "netstat", "kind"}
REAL: dict[str, Callable[[], Record]] = {
    "profile": lambda: netstat.profile("lenet"),
    "comparison": lambda: netstat.compare("lenet", "alexnet"),
    "published": lambda: netstat.published("alexnet"),
    "formula": lambda: netstat.formula("alexnet"),
    "explanation": lambda: netstat.explain("lenet"),
    "forecast": lambda: netstat.forecast("lenet", device="h100"),
    "scaling": lambda: netstat.scaling("alexnet"),
    "views": lambda: netstat.views("vgg16"),
    "activations": lambda: netstat.activations(measure=False),
}
RUN: dict[str, Callable[[], Record]] = {
    "crosscheck": lambda: netstat.crosscheck("lenet", against=["thop"]),
    "benchmark": lambda: netstat.benchmark("lenet", settings=QUICK),
    "memory": lambda: netstat.memory("lenet", training=False),
    "partition": lambda: netstat.partition("alexnet-paper", ways=2),
}


def saved(record: Record) -> dict[str, Any]:
    return json.loads(REPORTS["json"].render(record))


def readable(result: dict[str, Any]) -> bool:
    try:
        from_dict(result)
    except ValueError:
        return False
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where anything stands, the keys that every result begins with left out."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        if path or key not in HEAD:
            yield (*path, key)
            yield from places(each, (*path, key))


def test_it_is_a_json_schema_with_every_kind_of_result() -> None:
    Draft202012Validator.check_schema(netstat.schema())
    assert netstat.schema()["properties"]["kind"]["enum"] == [*KINDS]


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_made_by_hand_is_one_of_the_schema(name: str) -> None:
    VALIDATOR.validate(saved(RECORDS[name]))


@pytest.mark.parametrize("kind", REAL)
def test_a_real_result_is_one_of_the_schema_of_its_kind(kind: str) -> None:
    Draft202012Validator(netstat.schema(kind)).validate(saved(REAL[kind]()))


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize("kind", RUN)
def test_a_result_that_needs_torch_is_one_of_the_schema_of_its_kind(kind: str) -> None:
    Draft202012Validator(netstat.schema(kind)).validate(saved(RUN[kind]()))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(records(), st.data())
def test_the_schema_refuses_a_changed_result_exactly_where_netstat_cannot_read_it(record: Record, data: Any) -> None:
    result = saved(record)
    *above, last = data.draw(st.sampled_from(list(places(result))))
    inside: Any = result
    for key in above:
        inside = inside[key]
    if data.draw(st.booleans()) and isinstance(inside, dict):
        del inside[last]
    else:
        inside[last] = data.draw(st.sampled_from([None, True, 3, 2.5, "text", [], {}]))
    assert VALIDATOR.is_valid(result) == readable(result)


@pytest.mark.parametrize("key", sorted(HEAD))
def test_a_result_that_does_not_say_what_it_is_is_refused(key: str) -> None:
    result = saved(netstat.profile("lenet"))
    assert not VALIDATOR.is_valid({name: value for name, value in result.items() if name != key})
    assert not VALIDATOR.is_valid(result | {key: ["something else"]})


def test_what_a_docstring_says_of_a_field_is_its_description() -> None:
    step = netstat.schema("explanation")["$defs"]["explanation.Step"]
    assert step["properties"]["result"]["description"] == "what comes out; the profile says the same."
    assert step["description"] == "One figure of a layer."


def test_a_kind_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown kind of result 'profil'; did you mean profile"):
        netstat.schema("profil")
