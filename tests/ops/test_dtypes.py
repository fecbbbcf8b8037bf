"""Dtypes decide bytes, and follow torch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from oracle import ORACLES
from oracle.draws import drawn

from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

DTYPES = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int8", "uint8", "bool", "complex64"]
SCALARS = [True, 2, 0.5]


@pytest.mark.torch
@pytest.mark.parametrize("a", DTYPES)
@pytest.mark.parametrize("b", DTYPES)
@pytest.mark.parametrize("shapes", [((2,), (2,)), ((2,), ()), ((), (2,)), ((), ())])
def test_a_sum_of_two_tensors_has_torchs_dtype(a: str, b: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.empty(shapes[0], dtype=getattr(torch, a)) + torch.empty(shapes[1], dtype=getattr(torch, b))
    (ours,) = OPERATORS["add"].shape(TensorSpec(shapes[0], a), TensorSpec(shapes[1], b))
    assert ours.dtype == str(theirs.dtype).removeprefix("torch.")


@pytest.mark.torch
@pytest.mark.parametrize("a", DTYPES)
@pytest.mark.parametrize("scalar", SCALARS)
def test_a_sum_of_a_tensor_and_a_number_has_torchs_dtype(a: str, scalar: float) -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.empty((2,), dtype=getattr(torch, a)) + scalar
    (ours,) = OPERATORS["add"].shape(TensorSpec((2,), a), scalar)
    assert ours.dtype == str(theirs.dtype).removeprefix("torch.")
