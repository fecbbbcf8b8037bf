"""The oracle computes what torch computes, so what it counts is the work of the right operator."""

from cmath import isclose  # of real and of complex numbers
from math import inf
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, data
from oracle import ORACLES, Call
from oracle.counted import Tally
from oracle.draws import drawn
from oracle.tensors import Tensor

from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

torch = pytest.importorskip("torch")
from oracle.reference import REFERENCES, UNPREDICTABLE, run_torch, to_torch, torch_alone_refuses  # noqa: E402  needs torch

WARNINGS = ("Implicit dimension", "Using padding='same'", "A window was not provided", "stft with return_complex=False")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings(*(f"ignore:{text}" for text in WARNINGS))]
PREDICTABLE = sorted(REFERENCES.keys() - UNPREDICTABLE)
TOLERANCE = {
    "float64": 1e-11,
    "float32": 1e-5,
    "float16": 1e-2,
    "bfloat16": 1e-1,
    "complex64": 1e-4,
    "complex128": 1e-11,
}


def in_double(name: str) -> st.SearchStrategy[Call]:
    """Configurations in double precision, where equal formulas give equal numbers."""
    return ORACLES[name].calls.map(lambda call: call.of_dtype("float64"))


def for_torch(name: str, call: Call) -> dict[str, Any]:
    """The tensors the oracle starts from."""
    return {key: to_torch(tensor) for key, tensor in ORACLES[name].inputs(call, Tally()).items()}


def spec(tensor: Any) -> TensorSpec:
    return TensorSpec(tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."))


def same(ours: list[float], theirs: list[float], tolerance: float) -> bool:
    """Number by number; what is no number in one is none in the other."""
    pairs = zip(ours, theirs, strict=True)
    return all((a != a and b != b) or isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in pairs)


def assert_same(ours: Tensor, theirs: Any) -> None:
    assert ours.spec == spec(theirs)
    assert same(ours.plain(), theirs.flatten().tolist(), TOLERANCE.get(ours.dtype, 0.0))


def test_every_oracle_is_held_against_torch() -> None:
    assert set(REFERENCES) == set(ORACLES)


@pytest.mark.parametrize("name", PREDICTABLE)
@given(data=data())
@drawn(25)
def test_values_and_shapes_are_torchs(name: str, data: DataObject) -> None:
    call = data.draw(in_double(name))
    assume(not torch_alone_refuses(name, call))
    tensors = for_torch(name, call)
    theirs, ours = run_torch(name, tensors, call.attributes), ORACLES[name](call)
    assert OPERATORS[name].shape(**call.arguments) == tuple(map(spec, theirs))
    assert same(ours.outputs[0].plain(), theirs[0].flatten().tolist(), TOLERANCE.get(ours.outputs[0].dtype, 0.0))


@pytest.mark.parametrize("norm", ["batch_norm", "instance_norm"])
@given(data=data())
@drawn(20)
def test_a_norm_in_training_leaves_the_running_statistics_torch_leaves(norm: str, data: DataObject) -> None:
    call = data.draw(in_double(norm))
    tensors = for_torch(norm, call)
    run_torch(norm, tensors, call.attributes)
    left = ORACLES[norm](call).tensors
    for name in ("running_mean", "running_var"):
        if left[name] is not None:
            assert_same(left[name], tensors[name])


@pytest.mark.parametrize("name", [name for name in ORACLES if "max_pool" in name])
@given(data=data())
@drawn(15)
def test_a_max_pools_indices_are_torchs_wherever_the_window_has_a_value(name: str, data: DataObject) -> None:
    call = data.draw(in_double(name))
    call.attributes["return_indices"] = True
    theirs, ours = run_torch(name, for_torch(name, call), call.attributes), ORACLES[name](call).outputs
    found = [value != -inf for value in ours[0].plain()]
    pairs = zip(ours[1].plain(), theirs[1].flatten().tolist(), found, strict=True)
    assert all(mine == torchs for mine, torchs, there in pairs if there)


@given(call=in_double("dropout"), seed=st.integers(0, 9))
@drawn(40)
def test_dropouts_values_are_torchs_where_the_same_ones_are_dropped(call: Call, seed: int) -> None:
    tensors = for_torch("dropout", call)
    torch.manual_seed(seed)
    kept = run_torch("dropout", {"input": torch.ones_like(tensors["input"])}, call.attributes | {"inplace": False})
    torch.manual_seed(seed)
    (theirs,) = run_torch("dropout", tensors, call.attributes)
    draws = iter([1.0 if one else -1.0 for one in kept[0].flatten().tolist()])
    (ours,) = ORACLES["dropout"](call, drawn=draws).outputs
    assert_same(ours, theirs)
