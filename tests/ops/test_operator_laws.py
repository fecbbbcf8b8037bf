"""What must hold between costs, whatever the sizes."""

from dataclasses import replace
from math import prod

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from oracle import ORACLES, Call
from oracle.draws import drawn
from oracle.pooling import adaptive_windows

from netstat.cost import Cost
from netstat.graph import Argument, Node, Source, TensorSpec
from netstat.ops import OPERATORS, node_cost

KINDS = ("conv", "max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool")
BATCHED_RANK = {f"{kind}{dims}d": dims + 2 for kind in KINDS for dims in (1, 2, 3)} | {"linear": 2}
PER_IMAGE = [*BATCHED_RANK, "local_response_norm", "relu", "sigmoid", "tanh", "dropout", "clone", "gelu", "exp", "neg"]
FEW, MANY = st.integers(1, 8), st.integers(1, 500)


def cost(name: str, call: Call) -> Cost:
    return OPERATORS[name].cost(**call.arguments)


def twice_the_batch(call: Call) -> Call:
    input = call.tensors["input"]
    return replace(call, tensors=call.tensors | {"input": input._replace(shape=(2 * input.shape[0], *input.shape[1:]))})


@pytest.mark.parametrize("name", PER_IMAGE)
@given(data=st.data())
@drawn(15)
def test_twice_the_batch_is_twice_the_work_with_the_same_parameters(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    assume(len(call.tensors["input"].shape) >= BATCHED_RANK.get(name, 1))
    parameters = sum(spec.nbytes for key, spec in call.tensors.items() if key != "input" and spec is not None)
    assert cost(name, twice_the_batch(call)) == 2 * cost(name, call) + Cost(bytes_read=-parameters)


@pytest.mark.parametrize("dims", [1, 2, 3])
@given(depth=FEW, outs=FEW, groups=FEW, kernel=FEW, more=MANY)
@drawn(40)
def test_groups_divide_the_macs_and_the_weights(
    dims: int, depth: int, outs: int, groups: int, kernel: int, more: int
) -> None:
    conv, channels = OPERATORS[f"conv{dims}d"], depth * groups
    input = TensorSpec((2, channels, *[kernel + more] * dims))
    dense = TensorSpec(conv.params(channels, outs * groups, kernel, bias=False)["weight"])
    grouped = TensorSpec(conv.params(channels, outs * groups, kernel, groups, bias=False)["weight"])
    assert dense.numel == groups * grouped.numel
    assert conv.cost(input, dense).macs == groups * conv.cost(input, grouped, groups=groups).macs
    assert conv.shape(input, dense) == conv.shape(input, grouped, groups=groups)


@pytest.mark.parametrize("dims", [1, 2, 3])
@given(batch=FEW, features=MANY, outs=MANY, bias=st.booleans())
@drawn(40)
def test_a_convolution_of_one_position_is_a_linear_layer(
    dims: int, batch: int, features: int, outs: int, bias: bool
) -> None:
    conv, linear, ones = OPERATORS[f"conv{dims}d"], OPERATORS["linear"], (1,) * dims
    vector = TensorSpec((outs,)) if bias else None
    convolved = conv.cost(TensorSpec((batch, features, *ones)), TensorSpec((outs, features, *ones)), vector)
    assert convolved == linear.cost(TensorSpec((batch, features)), TensorSpec((outs, features)), vector)
    values = [
        sum(map(prod, kind.params(features, outs, *size, bias=bias).values()))
        for kind, size in ((conv, (1,)), (linear, ()))
    ]
    assert values[0] == values[1]


@given(batch=FEW, channels=FEW, size=MANY, outs=MANY, kernel=FEW)
@drawn(40)
def test_a_bias_makes_two_operations_of_every_multiply_accumulate(
    batch: int, channels: int, size: int, outs: int, kernel: int
) -> None:
    input, weight = TensorSpec((batch, channels, size + kernel)), TensorSpec((outs, channels, kernel))
    with_bias = OPERATORS["conv1d"].cost(input, weight, TensorSpec((outs,)))
    without = OPERATORS["conv1d"].cost(input, weight)
    (output,) = OPERATORS["conv1d"].shape(input, weight)
    assert with_bias.flops == 2 * with_bias.macs
    assert without.flops == 2 * without.macs - output.numel


@given(size=MANY, out=MANY)
@drawn(200)
def test_adaptive_windows_hold_as_many_positions_as_their_enumeration(size: int, out: int) -> None:
    (windows,) = adaptive_windows((size,), out)
    spec = TensorSpec((1, 1, size))
    assert OPERATORS["adaptive_max_pool1d"].cost(spec, out).compares == sum(len(window) - 1 for window in windows)
    assert OPERATORS["adaptive_avg_pool1d"].cost(spec, out).adds == sum(len(window) - 1 for window in windows)


@given(size=st.integers(1, 60), out=st.integers(1, 60), channels=FEW)
@drawn(40)
def test_an_adaptive_pool_that_divides_is_a_plain_one(size: int, out: int, channels: int) -> None:
    spec = TensorSpec((1, channels, size * out, size * out))
    for kind in ("max", "avg"):
        adaptive, plain = OPERATORS[f"adaptive_{kind}_pool2d"], OPERATORS[f"{kind}_pool2d"]
        assert adaptive.cost(spec, out) == plain.cost(spec, size)
        assert adaptive.shape(spec, out) == plain.shape(spec, size)


def test_a_tensor_handed_in_twice_is_read_once() -> None:
    spec = TensorSpec((2, 3))
    same, other = Source("input", "x"), Source("input", "y")

    def added(second: Source) -> Cost | None:
        arguments = (Argument("input", spec, same), Argument("other", spec, second))
        return node_cost(Node("add", "", "", True, True, 0, arguments, {"alpha": 1}, (spec,)))

    assert added(other) == Cost(adds=6, bytes_read=48, bytes_written=24)
    assert added(same) == Cost(adds=6, bytes_read=24, bytes_written=24)


def test_an_operator_without_a_formula_has_an_unknown_cost_and_not_zero() -> None:
    spec = TensorSpec((2,))
    arguments = (Argument("input", spec, Source("input", "x")),)
    assert node_cost(Node("fft_of_tomorrow", "", "", False, True, 0, arguments, {}, (spec,))) is None


@pytest.mark.parametrize("name", ["flatten", "contiguous"])
def test_a_view_in_a_graph_costs_nothing(name: str) -> None:
    spec = TensorSpec((2, 3))
    arguments = (Argument("input", spec, Source("input", "x")),)
    assert node_cost(Node(name, "", "", True, True, 0, arguments, {}, (spec,))) == Cost()
