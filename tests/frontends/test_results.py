"""What is made by our own rules on tensors without data is what torch makes of real ones: shape, dtype and strides."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  its name everywhere

from netstat.errors import ModelError, ShapeError
from netstat.frontends import results
from netstat.frontends.pytorch import capture

pytestmark = pytest.mark.torch
Made = tuple[tuple[int, ...], torch.dtype, tuple[int, ...]]
ONE = {
    name: getattr(torch, name) for name in ("neg", "abs", "square", "sqrt", "rsqrt", "exp", "log", "sin", "cos", "erf")
}
ONE |= {name: getattr(F, name) for name in ("relu", "hardtanh", "relu6", "hardswish", "hardsigmoid", "gelu", "silu")}
ONE |= {name: getattr(F, name) for name in ("leaky_relu", "elu", "mish", "softplus", "sigmoid", "tanh")}
TWO = {name: getattr(torch, name) for name in ("add", "sub", "mul", "div", "pow", "maximum", "minimum")}
TWO |= {name: getattr(torch, name) for name in ("eq", "ne", "lt", "le", "gt", "ge", "clamp_min", "clamp_max")}
THREE = {"clamp": torch.clamp, "where": lambda a, b, c: torch.where(a > 0, b, c)}
GIVEN = {"masked_fill": lambda a, b: torch.masked_fill(a, b > 0, 1.0)}
COUNTS = {**dict.fromkeys(ONE, 1), **dict.fromkeys(TWO, 2), **dict.fromkeys(THREE, 3), **dict.fromkeys(GIVEN, 2)}
FUNCTIONS: dict[str, Callable[..., Tensor]] = {**ONE, **TWO, **THREE, **GIVEN}


@st.composite
def strided(draw: DrawFn, sizes: list[int], dtype: torch.dtype = torch.float32) -> Tensor:
    """A tensor of these sizes: its dimensions in any order in memory, some of it left out."""
    order = draw(st.permutations(range(len(sizes))))
    step = draw(st.sampled_from([1, 1, 2]))
    held = torch.ones([sizes[i] * step for i in order], dtype=dtype)
    taken = held[tuple(slice(None, None, step) for _ in order)]
    return taken.permute([order.index(i) for i in range(len(sizes))])


@st.composite
def operands(draw: DrawFn, count: int) -> list[Tensor]:
    """Tensors that mostly fit together: any of their sizes may be 1, leading ones may be missing."""
    dtype = draw(st.sampled_from([torch.float32, torch.float16, torch.bfloat16, torch.float64]))
    whole = draw(st.lists(st.integers(1, 4), max_size=4))
    made = []
    for _ in range(count):
        sizes = [draw(st.sampled_from([size, size, size, 1, 3])) for size in whole][draw(st.integers(0, 1)) :]
        made.append(draw(strided(sizes, dtype)))
    return made


def by_torch(function: Callable[..., Any], *tensors: Tensor) -> Made | None:
    try:
        return told(function(*tensors))
    except (RuntimeError, IndexError, ValueError):
        return None


def by_netstat(function: Callable[..., Any], *tensors: Tensor) -> Made | None:
    """Of the tensor that capture makes in its place."""
    seen: list[Tensor] = []

    def forward(*given: Tensor) -> None:
        seen.append(function(*given))

    try:
        capture(forward, tensors)
    except (ShapeError, ModelError):
        return None
    return told(seen[0])


def told(tensor: Tensor) -> Made:
    """The stride of a single element says nothing."""
    strides = tuple(stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True) if size > 1)
    return tuple(tensor.shape), tensor.dtype, strides if tensor.numel() else ()


def test_every_rule_made_value_by_value_is_compared() -> None:
    assert {*ONE, *TWO, *THREE} == results.VALUE_BY_VALUE


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_value_by_value_the_result_lies_in_memory_as_torchs_does(name: str, data: st.DataObject) -> None:
    tensors = data.draw(operands(COUNTS[name]))
    assert by_netstat(FUNCTIONS[name], *tensors) == by_torch(FUNCTIONS[name], *tensors)


@st.composite
def images(draw: DrawFn) -> Tensor:
    return draw(strided(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))))


DIMS = st.lists(st.integers(-5, 4), min_size=1, max_size=3).map(tuple)


@pytest.mark.slow
@given(image=images(), dims=DIMS, keepdim=st.booleans())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_what_is_summed_along_dimensions_lies_in_memory_as_torchs_does(
    image: Tensor, dims: tuple[int, ...], keepdim: bool
) -> None:
    assume(image.numel() > 1)  # torch itself is asked, whose meta device is milder
    for function in (torch.mean, torch.linalg.vector_norm):

        def reduced(x: Tensor, function: Any = function) -> Tensor:
            return function(x, dim=dims, keepdim=keepdim)

        assert by_netstat(reduced, image) == by_torch(reduced, image)


def test_a_result_that_is_given_is_the_one_written_to() -> None:
    def forward(x: Tensor) -> Tensor:
        y = torch.empty(2, 3)
        torch.exp(x, out=y)
        return y + 1

    nodes = capture(forward, (torch.zeros(2, 3),)).nodes
    assert [node.op for node in nodes] == ["exp", "add"]
    assert nodes[1].arguments[0].source.kind == "node"


class Loud(Tensor):
    """Tensors that say what is done to them."""

    said: ClassVar[list[str]] = []

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        cls.said.append(func.__name__)
        return super().__torch_function__(func, types, args, kwargs or {})


def test_a_class_of_tensors_that_has_a_say_is_asked() -> None:
    Loud.said.clear()
    capture(lambda x: torch.exp(x.as_subclass(Loud)), (torch.zeros(2, 3),))
    assert "exp" in Loud.said


def test_constants_keep_their_values() -> None:
    def forward(x: Tensor) -> Tensor:
        return x[: int(torch.exp(torch.zeros(3)).add(1.0).sum())]

    assert capture(forward, (torch.zeros(9),)).nodes[-1].output.shape == (6,)
