"""The most per value that is said of operators without a formula holds for those that have one."""

import pytest
from hypothesis import given
from hypothesis.strategies import DataObject, data
from oracle import ORACLES
from oracle.cases import Specs
from oracle.draws import drawn

from netstat.analysis.bounds import MAX_PER_ELEMENT, is_bounded
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS


def elements(specs: Specs) -> int:
    if isinstance(specs, TensorSpec):
        return specs.numel
    return sum(spec.numel for spec in specs or ())


@pytest.mark.parametrize("name", sorted(filter(is_bounded, ORACLES.keys() & set(OPERATORS.names()))))
@given(data=data())
@drawn(15)
def test_no_operator_of_a_bounded_name_takes_more_per_value(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    read = sum(map(elements, call.tensors.values()))
    written = elements(list(OPERATORS[name].shape(**call.arguments)))
    cost = OPERATORS[name].cost(**call.arguments)
    assert cost.flops <= MAX_PER_ELEMENT * (read + written)
    assert cost.macs == 0
