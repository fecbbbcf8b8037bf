"""A formula evaluated on symbols and then filled with numbers is the formula evaluated on the numbers."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from oracle import ORACLES, Call
from oracle.draws import drawn

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

sympy = pytest.importorskip("sympy")  # comes with torch

pytestmark = pytest.mark.torch
IMAGES = {f"{kind}{dims}d": dims for kind in ("conv", "max_pool", "avg_pool") for dims in (1, 2)}
ELEMENTWISE = ["relu", "sigmoid", "tanh", "softmax", "dropout", "clone"]
ELEMENTWISE += ["gelu", "glu", "log_softmax", "hardswish", "exp", "isnan", "neg"]
Sizes = dict[Any, int]


def symbol(number: int) -> Any:
    return sympy.Symbol(f"size{number}", integer=True, positive=True)


def with_symbols(spec: TensorSpec, kept: tuple[int, ...] = ()) -> tuple[TensorSpec, Sizes]:
    """The spec with a symbol for each size, but for the dimensions to be kept; and what each symbol stands for."""
    shape = tuple(size if at in kept else symbol(at) for at, size in enumerate(spec.shape))
    return spec._replace(shape=shape), dict(zip(shape, spec.shape, strict=True))


def filled(cost: Cost, sizes: Sizes) -> Cost:
    return Cost(*(int(sympy.sympify(getattr(cost, field.name)).subs(sizes)) for field in fields(Cost)))


def assert_same(name: str, call: Call, kept: tuple[int, ...]) -> None:
    """Cost and shape of a call, by way of symbols for the input's sizes."""
    input, sizes = with_symbols(call.tensors["input"], kept)
    arguments = call.arguments | {"input": input}
    assert filled(OPERATORS[name].cost(**arguments), sizes) == OPERATORS[name].cost(**call.arguments)
    (output, *_), (wanted, *_) = OPERATORS[name].shape(**arguments), OPERATORS[name].shape(**call.arguments)
    assert tuple(int(sympy.sympify(size).subs(sizes)) for size in output.shape) == wanted.shape


@pytest.mark.slow
@pytest.mark.parametrize("name", IMAGES)
@given(data=st.data())
@drawn(5)
def test_convolutions_and_pools_at_any_batch_and_image_size(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    assume("conv" in name or call.attributes.get("dilation", 1) == 1)
    channels = len(call.tensors["input"].shape) - IMAGES[name] - 1
    assert_same(name, call, kept=(channels,))


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(data=st.data())
@drawn(10)
def test_elementwise_operators_at_any_size(name: str, data: DataObject) -> None:
    assert_same(name, data.draw(ORACLES[name].calls), kept=())


@pytest.mark.parametrize("name", ["linear", "batch_norm", "local_response_norm"])
@given(data=st.data())
@drawn(10)
def test_layers_at_any_batch_and_image_size(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    rank = len(call.tensors["input"].shape)
    assert_same(name, call, kept={"linear": (rank - 1,), "batch_norm": (1,), "local_response_norm": ()}[name])


@given(data=st.data())
@drawn(20)
def test_add_at_any_size(data: DataObject) -> None:
    call = data.draw(ORACLES["add"].calls)
    sizes = {symbol(size): size for size in range(2, 5)}
    stretched = {
        name: spec._replace(shape=tuple(size if size == 1 else symbol(size) for size in spec.shape))
        for name, spec in call.tensors.items()
    }
    assert filled(OPERATORS["add"].cost(**stretched, **call.attributes), sizes) == OPERATORS["add"].cost(
        **call.arguments
    )
