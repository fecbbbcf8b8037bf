"""Output sizes: the floor rule, torch's ceil mode, TensorFlow's SAME and VALID; they agree where two apply."""

from math import ceil, floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import sliding
from oracle.draws import drawn

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.windows import windows

SIZE, KERNEL, STRIDE, DILATION = st.integers(1, 300), st.integers(1, 11), st.integers(1, 7), st.integers(1, 4)
OPERATOR = pytest.mark.parametrize("name", ["conv2d", "max_pool2d", "avg_pool2d"])


def applied(name: str, rule: str, size: int, kernel: int, **chosen: object) -> object:
    """`shape` or `cost` of an operator on a square image with a square kernel."""
    input = TensorSpec((1, 3, size, size))
    second = TensorSpec((5, 3, kernel, kernel)) if name == "conv2d" else kernel
    if name == "avg_pool2d":
        chosen.pop("dilation", None)
    return getattr(OPERATORS[name], rule)(input, second, **chosen)


def out(name: str, size: int, kernel: int, **chosen: object) -> int:
    (spec,) = applied(name, "shape", size, kernel, **chosen)
    assert spec.shape[2] == spec.shape[3]
    return spec.shape[2]


def same_cost(name: str, size: int, kernel: int, one: dict[str, object], other: dict[str, object]) -> bool:
    costs = [applied(name, "cost", size, kernel, **chosen) for chosen in (one, other)]
    assert isinstance(costs[0], Cost)
    return costs[0] == costs[1]


@OPERATOR
@given(size=SIZE, kernel=KERNEL, stride=STRIDE, padding=st.integers(0, 5))
@drawn(60)
def test_the_output_is_the_floor_of_the_documents(name: str, size: int, kernel: int, stride: int, padding: int) -> None:
    assume(2 * padding <= kernel <= size + 2 * padding)
    wanted = floor((size - kernel + 2 * padding) / stride) + 1
    assert out(name, size, kernel, stride=stride, padding=padding) == wanted


@OPERATOR
@given(size=SIZE, kernel=KERNEL, stride=STRIDE, dilation=DILATION)
@drawn(60)
def test_valid_is_the_ceiling_of_what_the_window_leaves(
    name: str, size: int, kernel: int, stride: int, dilation: int
) -> None:
    dilation = 1 if name == "avg_pool2d" else dilation
    assume((kernel - 1) * dilation < size)
    wanted = ceil((size - (kernel - 1) * dilation) / stride)
    assert out(name, size, kernel, stride=stride, dilation=dilation, padding="VALID") == wanted
    for equal in ("valid", 0):
        chosen = {"stride": stride, "dilation": dilation}
        assert same_cost(name, size, kernel, {**chosen, "padding": "VALID"}, {**chosen, "padding": equal})


@OPERATOR
@given(size=SIZE, kernel=KERNEL, stride=STRIDE, dilation=DILATION)
@drawn(60)
def test_same_is_the_ceiling_of_size_over_stride(name: str, size: int, kernel: int, stride: int, dilation: int) -> None:
    wanted = ceil(size / stride)
    assert out(name, size, kernel, stride=stride, dilation=dilation, padding="SAME") == wanted


@OPERATOR
@given(size=SIZE, kernel=KERNEL, stride=STRIDE, dilation=DILATION)
@drawn(60)
def test_same_with_even_padding_costs_what_the_number_costs(
    name: str, size: int, kernel: int, stride: int, dilation: int
) -> None:
    dilation = 1 if name == "avg_pool2d" else dilation
    before, after = sliding.named("SAME", size, sliding.extent(kernel, dilation), stride)
    assume(before == after and (2 * before <= kernel or name == "conv2d"))
    chosen = {"stride": stride, "dilation": dilation}
    assert same_cost(name, size, kernel, {**chosen, "padding": "SAME"}, {**chosen, "padding": before})


@OPERATOR
@given(size=SIZE, kernel=KERNEL, dilation=DILATION)
@drawn(60)
def test_torchs_same_keeps_the_size_and_is_tensorflows_at_stride_1(
    name: str, size: int, kernel: int, dilation: int
) -> None:
    chosen = {"stride": 1, "dilation": dilation}
    assert out(name, size, kernel, padding="same", **chosen) == size
    assert same_cost(name, size, kernel, {**chosen, "padding": "same"}, {**chosen, "padding": "SAME"})


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
@given(size=SIZE, kernel=KERNEL, stride=STRIDE)
@drawn(60)
def test_ceil_mode_adds_at_most_one_window_and_none_where_the_stride_divides(
    name: str, size: int, kernel: int, stride: int
) -> None:
    assume(kernel <= size)
    rounded_down = out(name, size, kernel, stride=stride)
    extra = out(name, size, kernel, stride=stride, ceil_mode=True) - rounded_down
    assert extra in ((0,) if (size - kernel) % stride == 0 else (0, 1))


@pytest.mark.parametrize("padding", ["SAME", 1])
def test_a_dilated_window_that_misses_the_input_compares_nothing(padding: str | int) -> None:
    cost = OPERATORS["max_pool1d"].cost(TensorSpec((1, 1, 1)), 2, 1, padding, dilation=2)
    assert cost == Cost(bytes_read=4, bytes_written=4)


@pytest.mark.parametrize("name", ["SAME", "same", "VALID", "valid"])
@given(size=SIZE, kernel=KERNEL, stride=STRIDE, dilation=DILATION)
@drawn(60)
def test_a_named_padding_is_the_least_that_serves_with_the_odd_position_after(
    name: str, size: int, kernel: int, stride: int, dilation: int
) -> None:
    stride = 1 if name == "same" else stride
    (window,) = windows((size,), (kernel,), stride, name, dilation)
    assert (window.before, window.after) == sliding.named(name, size, sliding.extent(kernel, dilation), stride)


def test_an_even_kernel_at_stride_1_is_padded_after_the_input_alone() -> None:
    for name in ("SAME", "same"):
        (window,) = windows((4,), (2,), 1, name, 1)
        assert (window.before, window.after) == (0, 1)
