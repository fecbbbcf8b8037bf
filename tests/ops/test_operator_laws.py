"""What must hold between costs, whatever the numbers."""

from dataclasses import replace
from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, DrawFn
from oracle import ORACLES, Call
from oracle.draws import drawn
from oracle.pooling import adaptive_windows

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

IMAGE_OPERATORS = [f"{kind}{dims}d" for dims in (1, 2, 3) for kind in (
    "conv", "max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool",
)]  # fmt: skip
PER_IMAGE = [*IMAGE_OPERATORS, "linear", "local_response_norm", "relu", "sigmoid", "tanh", "dropout", "clone", "pad"]
COUNT = st.integers(1, 64)
SIZE = st.integers(1, 500)


def cost(name: str, call: Call) -> Cost:
    return OPERATORS[name].cost(**call.arguments)


def params(name: str, **chosen: object) -> int:
    return sum(TensorSpec(shape).numel for shape in OPERATORS[name].params(**chosen).values())


@pytest.mark.parametrize("name", PER_IMAGE)
@given(data=st.data())
@drawn(40)
def test_twice_the_batch_is_twice_the_work_over_the_same_parameters(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    input = call.tensors["input"]
    assume(len(input.shape) == (int(name[-2]) + 2 if name in IMAGE_OPERATORS else max(2, len(input.shape))))
    more = replace(input, shape=(2 * input.shape[0], *input.shape[1:]))
    assume(name != "pad" or len(call.attributes["pad"]) < 2 * len(input.shape))
    once, twice = cost(name, call), cost(name, replace(call, tensors=call.tensors | {"input": more}))
    parameters = once.bytes_read - (input.nbytes if once.bytes_read else 0)
    assert twice == 2 * once + Cost(bytes_read=-parameters)


@given(st.integers(1, 4), COUNT, COUNT, st.integers(1, 8), st.integers(1, 7), SIZE, st.booleans())
@drawn(100)
def test_groups_divide_the_macs_and_the_weights(
    dims: int, depth: int, outs: int, groups: int, kernel: int, more: int, bias: bool
) -> None:
    name, dims = f"conv{min(dims, 3)}d", min(dims, 3)
    input = TensorSpec((2, depth * groups, *[kernel + more] * dims))

    def of(groups: int) -> tuple[Cost, int]:
        shapes = OPERATORS[name].params(input.shape[1], outs * 8 * groups_total, kernel, groups, bias)
        specs = {key: TensorSpec(shape) for key, shape in shapes.items()}
        return OPERATORS[name].cost(input, **specs, groups=groups), specs["weight"].numel

    groups_total = groups
    (whole, whole_weights), (split, weights) = of(1), of(groups)
    assert whole.macs == groups * split.macs
    assert whole.multiplies == groups * split.multiplies
    assert whole_weights == groups * weights


@pytest.mark.parametrize("dims", [1, 2, 3])
@given(batch=COUNT, features=SIZE, outs=SIZE, bias=st.booleans())
@drawn(40)
def test_a_convolution_of_one_position_is_a_linear_layer(
    dims: int, batch: int, features: int, outs: int, bias: bool
) -> None:
    vector = TensorSpec((outs,)) if bias else None
    ones = (1,) * dims
    convolved = OPERATORS[f"conv{dims}d"].cost(
        TensorSpec((batch, features, *ones)), TensorSpec((outs, features, *ones)), vector
    )
    assert convolved == OPERATORS["linear"].cost(TensorSpec((batch, features)), TensorSpec((outs, features)), vector)
    assert params(f"conv{dims}d", in_channels=features, out_channels=outs, kernel_size=1, bias=bias) == params(
        "linear", in_features=features, out_features=outs, bias=bias
    )
