"""Of an operator with several results each is torch's."""

import pytest
from hypothesis import assume, given
from hypothesis.strategies import DataObject, data
from oracle import ORACLES
from oracle.counted import Tally
from oracle.draws import drawn

torch = pytest.importorskip("torch")
from oracle.reference import run_torch, to_torch  # noqa: E402  needs torch

pytestmark = pytest.mark.torch
SEVERAL = ["max", "min", "aminmax", "var_mean", "std_mean", "weight_norm_interface", "cummax", "cummin", "sort"]
SEVERAL += ["topk", "kthvalue", "median", "nanmedian", "lstm", "gru", "rnn_tanh", "rnn_relu", "lstm_cell"]


@pytest.mark.parametrize("name", SEVERAL)
@given(data=data())
@drawn(20)
def test_each_result_holds_torchs_values(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls).of_dtype("float64")
    assume("float" in next(iter(call.tensors.values())).dtype)  # where equal values stand is not defined
    tensors = {key: to_torch(tensor) for key, tensor in ORACLES[name].inputs(call, Tally()).items()}
    theirs, ours = run_torch(name, tensors, call.attributes), ORACLES[name](call).outputs
    assert len(ours) == len(theirs)
    for mine, torchs in zip(ours, theirs, strict=True):
        assert mine.plain() == pytest.approx(torchs.flatten().tolist(), rel=1e-11, abs=1e-11)
