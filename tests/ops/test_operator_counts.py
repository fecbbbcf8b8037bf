"""Each operator's formula counts exactly what its definition, executed step by step, does."""

import pytest
from hypothesis import given
from hypothesis.strategies import DataObject, data
from oracle import ORACLES
from oracle.draws import drawn

from netstat.ops import OPERATORS


def test_every_operator_has_an_oracle_and_every_oracle_an_operator() -> None:
    assert set(ORACLES) == set(OPERATORS.names())


@pytest.mark.parametrize("name", OPERATORS.names())
@given(data=data())
@drawn(50)
def test_the_formula_equals_the_count_in_every_field(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    assert OPERATORS[name].cost(**call.arguments) == ORACLES[name](call).cost


@pytest.mark.parametrize("name", OPERATORS.names())
@given(data=data())
@drawn(15)
def test_shape_and_dtype_are_those_of_the_computed_output(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    assert OPERATORS[name].shape(**call.arguments) == ORACLES[name](call).specs
