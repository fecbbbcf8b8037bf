"""A user's own operator or module, counted by a formula of the user's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import netstat
from netstat.errors import ModelError
from netstat.ops import OPERATORS

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test registers is gone after it."""
    known = dict(OPERATORS._things)
    yield
    OPERATORS._things.clear()
    OPERATORS._things.update(known)
    OPERATORS.changes += 1


class Gate(nn.Module):
    """A module whose operators shall be one row."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width))
        self.mix = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.mix(x)) + self.scale


def register_gate() -> type[netstat.Operator]:
    @netstat.operator
    class GateOperator(netstat.Operator):
        """y = σ(W·x + b) + s, n values in rows of f."""

        name = "gate"
        modules = (f"{Gate.__module__}.Gate",)
        tensors = ("x", "scale", "mix_weight", "mix_bias")

        @staticmethod
        def shape(x: Any, scale: Any, mix_weight: Any, mix_bias: Any, width: int) -> Any:
            return (x,)

        @staticmethod
        def cost(x: Any, scale: Any, mix_weight: Any, mix_bias: Any, width: int) -> netstat.Cost:
            macs = x.numel * width
            return netstat.Cost(macs=macs, multiplies=macs, adds=macs + 2 * x.numel, divides=x.numel, specials=x.numel)

        @classmethod
        def of_module(cls, module: Any) -> dict[str, Any]:
            return {"width": module.mix.in_features}

    return GateOperator


def test_a_module_class_with_a_formula_is_one_row_with_its_parameters() -> None:
    register_gate()
    p = netstat.profile(nn.Sequential(Gate(4), nn.ReLU()), (4,), batch=3)
    assert [(row.path, row.op, row.module, row.params, row.macs) for row in p.layers] == [
        ("0", "gate", "Gate", 24, 48),
        ("1", "relu", "ReLU", 0, 0),
    ]
    assert p.complete


def test_a_subclass_is_that_operator_too() -> None:
    class Wider(Gate):
        pass

    register_gate()
    assert [row.op for row in netstat.profile(Wider(4), (4,)).layers] == ["gate"]


def test_before_it_is_registered_the_module_is_its_operators() -> None:
    assert [row.op for row in netstat.profile(Gate(4), (4,)).layers] == ["linear", "sigmoid", "add"]


def test_a_custom_operator_of_torchs_library_is_counted_by_its_formula() -> None:
    @torch.library.custom_op("netstat_tests::twice", mutates_args=())
    def twice(x: Tensor) -> Tensor:
        return x * 2

    twice.register_fake(lambda x: torch.empty_like(x))
    listed = netstat.profile(lambda x: twice(x), (4,))
    assert [u.op for u in listed.uncounted] == ["netstat_tests::twice"]

    @netstat.operator
    class Twice(netstat.Operator):
        """y = 2·x."""

        name = "twice"
        torch = ("torch.ops.netstat_tests.twice",)

        @staticmethod
        def shape(input: Any) -> Any:
            return (input,)

        @staticmethod
        def cost(input: Any) -> netstat.Cost:
            return netstat.Cost(multiplies=input.numel)

    counted = netstat.profile(lambda x: twice(x), (4,))
    assert (counted.complete, counted.totals.multiplies) == (True, 4)


def test_a_name_that_is_taken_is_refused() -> None:
    register_gate()
    with pytest.raises(ValueError, match="operator 'gate' is registered twice"):
        register_gate()


def test_a_file_that_registers_an_operator_can_be_named_twice(tmp_path: Path) -> None:
    file = tmp_path / "gates.py"
    file.write_text(OWN_FILE)
    first, second = (netstat.profile(f"{file}:Half", (4,)) for _ in range(2))
    assert first.totals == second.totals
    assert first.totals.multiplies == 4


def test_a_formula_that_fails_is_named_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "wrong.py"
    file.write_text(OWN_FILE.replace("def cost(x)", "def cost(y)"))
    expected = r"the formula of your operator 'halved_in_a_file' raised TypeError: .*cost\(\)"
    with pytest.raises(ModelError, match=expected):
        netstat.profile(f"{file}:Half", (4,))


OWN_FILE = """
import netstat
from torch import nn

class Half(nn.Module):
    def forward(self, x):
        return x / 2

@netstat.operator
class HalfOperator(netstat.Operator):
    \"\"\"y = x / 2.\"\"\"

    name = "halved_in_a_file"
    modules = (f"{__name__}.Half",)
    tensors = ("x",)

    @staticmethod
    def shape(x):
        return (x,)

    @staticmethod
    def cost(x):
        return netstat.Cost(multiplies=x.numel)
"""
