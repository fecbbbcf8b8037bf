"""The shape and dtype of every value-by-value operator's result are torch's, whatever the operands are made of."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.broadcasting import Elementwise

torch = pytest.importorskip("torch")
from oracle.reference import run_torch  # noqa: E402  needs torch

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]
ELEMENTWISE = [kind.name for kind in OPERATORS if issubclass(kind, Elementwise)]
DTYPES = ["int64", "bool", "float16", "float32", "complex64"]
SHAPES = [(2, 4), (4,), ()]
NUMBERS = [True, 2, 0.5]
REQUIRED = {"threshold": {"threshold": 0.1, "value": 2.0}}  # what has no default and is no operand


def operands(name: str) -> Iterator[dict[str, Any]]:
    """Every combination of dtypes and shapes of two operands, the second also a number; a third is like the second."""
    specs = [TensorSpec(shape, dtype) for shape, dtype in product(SHAPES, DTYPES)]
    first, *others = OPERATORS[name].tensors
    for one in specs:
        for rest in product([*specs, *NUMBERS], repeat=min(len(others), 1)):
            yield {first: one, **dict(zip(others, rest * len(others), strict=True)), **REQUIRED.get(name, {})}


def by_torch(name: str, arguments: dict[str, Any]) -> TensorSpec | None:
    """The spec of torch's result, None where it refuses."""
    given = {
        key: torch.ones(value.shape, dtype=getattr(torch, value.dtype)) if isinstance(value, TensorSpec) else value
        for key, value in arguments.items()
    }
    try:
        (result,) = run_torch(name, given, {})
    except (RuntimeError, TypeError, NotImplementedError, IndexError):
        return None
    return TensorSpec(tuple(result.shape), str(result.dtype).removeprefix("torch."))


def taken(name: str, arguments: dict[str, Any]) -> bool:
    """Whether the operator takes such operands: complex ones, many leave to be listed as uncounted."""
    try:
        OPERATORS[name].bind((), arguments)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_shape_and_dtype_are_torchs_wherever_torch_has_a_result(name: str) -> None:
    calls = [arguments for arguments in operands(name) if taken(name, arguments)]
    results = [(arguments, theirs) for arguments in calls if (theirs := by_torch(name, arguments)) is not None]
    assert results
    for arguments, theirs in results:
        assert (arguments, *OPERATORS[name].shape(**arguments)) == (arguments, theirs)


@pytest.mark.parametrize("shapes", [((2, 3), (3,)), ((3,), (2, 3)), ((), (1,)), ((2, 1), (2, 3)), ((2, 3), (2, 1))])
def test_a_result_in_place_has_the_spec_of_what_it_is_written_over_or_is_refused(shapes: Any) -> None:
    a, b = (torch.zeros(shape, dtype=torch.float16) for shape in shapes)
    ours = TensorSpec(shapes[0], "float16"), TensorSpec(shapes[1], "float16")
    try:
        assert a.mul_(b).shape == shapes[0]
    except RuntimeError:
        with pytest.raises(ShapeError, match="does not fit into"):
            OPERATORS["mul"].shape(*ours, inplace=True)
    else:
        assert OPERATORS["mul"].shape(*ours, inplace=True) == ours[:1]


@pytest.mark.parametrize("name", ["exp", "pow", "eq", "maximum"])
def test_a_call_with_complex_numbers_fits_no_operator_that_has_no_formula_for_them(name: str) -> None:
    numbers = torch.zeros(2, dtype=torch.complex64)
    for operand in (numbers, TensorSpec((2,), "complex64"), 1j):
        with pytest.raises(TypeError, match=f"{name} has no formula for complex numbers"):
            OPERATORS[name].bind((operand,), {})
