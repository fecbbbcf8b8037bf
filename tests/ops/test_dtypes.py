"""The dtype of a sum, which decides the bytes it writes, is torch's."""

import pytest

from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch
DTYPES = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]
SHAPES = [((2,), (2,)), ((2,), ()), ((), (2,)), ((), ())]


def name(tensor: "torch.Tensor") -> str:
    return str(tensor.dtype).removeprefix("torch.")


@pytest.mark.parametrize("shapes", SHAPES)
def test_a_sum_of_two_tensors_has_torchs_dtype(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    for a in DTYPES:
        for b in DTYPES:
            x, y = (
                torch.zeros(shape, dtype=getattr(torch, dtype)) for shape, dtype in zip(shapes, (a, b), strict=True)
            )
            (ours,) = OPERATORS["add"].shape(TensorSpec(shapes[0], a), TensorSpec(shapes[1], b))
            assert (a, b, ours.dtype) == (a, b, name(x + y))


@pytest.mark.parametrize("shape", [(2,), ()])
@pytest.mark.parametrize("number", [True, 2, 0.5])
def test_a_sum_of_a_tensor_and_a_number_has_torchs_dtype(shape: tuple[int, ...], number: float) -> None:
    for dtype in DTYPES:
        (ours,) = OPERATORS["add"].shape(TensorSpec(shape, dtype), number)
        assert (dtype, ours.dtype) == (dtype, name(torch.zeros(shape, dtype=getattr(torch, dtype)) + number))


def test_a_sum_in_place_keeps_the_dtype_of_what_it_is_added_to() -> None:
    half, double = torch.zeros(2, dtype=torch.float16), torch.zeros(2, dtype=torch.float64)
    (ours,) = OPERATORS["add"].shape(TensorSpec((2,), "float16"), TensorSpec((2,), "float64"), inplace=True)
    assert ours.dtype == name(half.add_(double)) == "float16"
