"""Convolutions and pools refuse exactly the configurations that torch refuses, and never crash instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from oracle import Call
from oracle.draws import drawn, per_dimension

from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

torch = pytest.importorskip("torch")
from oracle.reference import torch_alone_refuses  # noqa: E402  needs torch

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:Using padding='same'")]
DIMS = [1, 2, 3]
KERNELS = st.sampled_from([1, 2, 2, 3, 3, 4, 0, -1])
STRIDES = st.sampled_from([1, 1, 1, 2, 3, 0, -1])
PADDINGS = st.sampled_from([0, 0, 0, 1, 2, 3, -1])
DILATIONS = st.sampled_from([1, 1, 1, 2, 3, 0, -1])
SIZES = st.integers(0, 7)


@st.composite
def maybe_too_many(draw: DrawFn, values: st.SearchStrategy[int], dims: int) -> int | tuple[int, ...]:
    """One number, one per dimension, or now and then one too many."""
    return draw(per_dimension(values, dims + (draw(st.integers(0, 9)) == 9)))


@st.composite
def images(draw: DrawFn, dims: int, channels: int) -> TensorSpec:
    """Batch, channels and sizes; now and then a dimension too few or too many."""
    lead = draw(st.sampled_from([(2, channels), (2, channels), (2, channels), (channels,), (), (1, 2, channels)]))
    return TensorSpec((*lead, *draw(st.tuples(*[SIZES] * dims))))


@st.composite
def convolutions(draw: DrawFn, dims: int) -> Call:
    outs, depth, groups = draw(st.integers(1, 6)), draw(st.integers(1, 2)), draw(st.sampled_from([1, 1, 2, 3, 0, -1]))
    kernel = draw(st.tuples(*[st.sampled_from([1, 2, 3, 4, 0])] * dims))
    channels = draw(st.sampled_from([max(depth * groups, 1)] * 4 + [5]))
    named = st.sampled_from(["same", "valid", "equal"])
    return Call(
        {
            "input": draw(images(dims, channels)),
            "weight": TensorSpec((outs, depth, *kernel)),
            "bias": draw(st.sampled_from([None, TensorSpec((outs,)), TensorSpec((outs + 1,))])),
        },
        {
            "stride": draw(maybe_too_many(STRIDES, dims)),
            "padding": draw(maybe_too_many(PADDINGS, dims) | named),
            "dilation": draw(maybe_too_many(DILATIONS, dims)),
            "groups": groups,
        },
    )


@st.composite
def pools(draw: DrawFn, dims: int, kind: str) -> Call:
    chosen = {
        "kernel_size": draw(maybe_too_many(KERNELS, dims)),
        "stride": draw(st.none() | maybe_too_many(STRIDES, dims)),
        "padding": draw(maybe_too_many(PADDINGS, dims)),
        "ceil_mode": draw(st.booleans()),
    }
    if kind == "max":
        chosen["dilation"] = draw(maybe_too_many(DILATIONS, dims))
    return Call({"input": draw(images(dims, 3))}, chosen)


@st.composite
def adaptive_pools(draw: DrawFn, dims: int) -> Call:
    sizes = draw(st.tuples(*[st.integers(1, 7)] * dims))
    return Call({"input": TensorSpec((2, 3, *sizes))}, {"output_size": draw(st.tuples(*[st.integers(-1, 4)] * dims))})


def by_torch(name: str, call: Call) -> tuple[int, ...] | None:
    """Shape of torch's result, None where it refuses."""
    tensors = {key: None if spec is None else torch.zeros(spec.shape) for key, spec in call.tensors.items()}
    try:
        return tuple(getattr(torch.nn.functional, name)(**tensors, **call.attributes).shape)
    except (RuntimeError, ValueError, IndexError):
        return None


def by_netstat(name: str, call: Call) -> tuple[int, ...] | None:
    """Shape by the operator's rule, None where it refuses: with a ShapeError, or this raises."""
    try:
        return OPERATORS[name].shape(**call.arguments)[0].shape
    except ShapeError:
        return None


CASES = {
    **{f"conv{dims}d": convolutions(dims) for dims in DIMS},
    **{f"{kind}_pool{dims}d": pools(dims, kind) for kind in ("max", "avg") for dims in DIMS},
    **{f"adaptive_{kind}_pool{dims}d": adaptive_pools(dims) for kind in ("max", "avg") for dims in DIMS},
}


@pytest.mark.parametrize("name", CASES)
@given(data=st.data())
@drawn(80)
def test_what_torch_refuses_is_a_shape_error_and_nothing_else_is(name: str, data: st.DataObject) -> None:
    call = data.draw(CASES[name])
    ours, theirs = by_netstat(name, call), by_torch(name, call)
    assert ours == theirs or (theirs is None and torch_alone_refuses(name, call))


def test_avg_pool3d_is_the_one_pool_of_torchs_that_refuses_an_input_smaller_than_its_kernel() -> None:
    call = Call({"input": TensorSpec((1, 1, 1, 1, 1))}, {"kernel_size": 2, "padding": 1})
    assert by_netstat("avg_pool3d", call) == (1, 1, 1, 1, 1)
    assert by_torch("avg_pool3d", call) is None
    assert by_torch("max_pool3d", call) == (1, 1, 1, 1, 1)


@given(st.lists(st.integers(1, 4), max_size=4).map(tuple), st.lists(st.integers(1, 4), max_size=4).map(tuple))
@drawn(200)
def test_add_refuses_the_shapes_that_torch_cannot_broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    try:
        theirs = tuple(torch.broadcast_shapes(a, b))
    except RuntimeError:
        theirs = None
    assert by_netstat("add", Call({"input": TensorSpec(a), "other": TensorSpec(b)}, {})) == theirs
