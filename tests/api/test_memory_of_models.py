"""`netstat.memory`: what users call; the documents' questions about memory, answered in figures."""

from pathlib import Path

import pytest

import netstat
from netstat.errors import ModelError, UsageError

pytestmark = pytest.mark.torch

FC6, FC7 = 9216 * 4096 + 4096, 4096 * 4096 + 4096
GB, GIB = 10**9, 2**30


def test_the_one_liner_of_the_interface() -> None:
    from netstat.frontends.assemble import assemble
    from netstat.models.lenet import lenet

    found = netstat.memory(assemble(lenet()), (1, 28, 28), batch=128, optimizer="sgd-momentum")
    assert found.training_peak_bytes is not None
    assert found.inference_peak_bytes < found.training_peak_bytes
    assert found.training is not None
    assert found.training.optimizer_bytes == found.training.param_bytes == 4 * 61_706


@pytest.mark.slow
def test_the_paper_trains_at_batch_128_in_3_gb_on_one_card_and_on_each_of_two() -> None:
    found = netstat.partition("alexnet-paper", paper=True, batch=128)
    half, one = found.cards[0].training_peak_bytes, found.single.training_peak_bytes
    assert half is not None
    assert one is not None
    assert half < one < 3 * GB < 3 * GIB


def test_the_two_large_layers_hold_less_than_1_gb_even_in_training() -> None:
    found = netstat.memory("alexnet-paper", training=False)
    large = [layer.param_bytes for layer in found.layers if layer.path in ("classifier.0", "classifier.3")]
    assert large == [4 * FC6, 4 * FC7]
    assert sum(large) == 218_136_576
    assert 3 * sum(large) == 654_409_728  # with gradient and momentum
    assert 4 * sum(large) == 872_546_304  # with gradient and Adam's two moments


@pytest.mark.slow
def test_the_largest_batch_fits_and_one_more_does_not() -> None:
    found = netstat.memory("lenet", fit=[10**7])
    inference, training = found.fits or ()
    assert training.batch < inference.batch
    for fit in (inference, training):
        at = netstat.memory("lenet", batch=fit.batch).predicted(fit.passed)
        over = netstat.memory("lenet", batch=fit.batch + 1).predicted(fit.passed)
        assert at is not None
        assert over is not None
        assert (at.peak_bytes, over.peak_bytes) == (fit.peak_bytes, fit.next_bytes)
        assert fit.peak_bytes <= 10**7 < fit.next_bytes


def test_half_precision_halves_what_is_floating_point() -> None:
    full, half = (netstat.memory("lenet", batch=4, dtype=dtype, training=False) for dtype in ("float32", "bf16"))
    assert full.inference_peak_bytes == 2 * half.inference_peak_bytes


@pytest.mark.slow
def test_mixed_precision_keeps_parameters_and_saves_less() -> None:
    full, mixed = (netstat.memory("alexnet", batch=8, amp=amp).training for amp in ("", "bf16"))
    assert full is not None
    assert mixed is not None
    assert mixed.param_bytes == full.param_bytes
    assert mixed.optimizer_bytes == full.optimizer_bytes
    assert mixed.saved_total_bytes != full.saved_total_bytes


def test_layers_hold_what_the_training_step_saves_but_for_the_loss() -> None:
    found = netstat.memory("lenet", batch=4)
    saved = sum(layer.saved_bytes or 0 for layer in found.layers)
    assert found.training is not None
    assert found.loss == "cross-entropy"
    assert saved < found.training.saved_total_bytes
    log_softmax, weight_of_classes = 4 * 4 * 10, 4
    assert found.training.saved_total_bytes - saved <= log_softmax + weight_of_classes + 8 * 4


def test_what_cannot_be_trained_is_said() -> None:
    from torch import nn

    found = netstat.memory(nn.ReLU(), (3,))
    assert found.training is None
    assert found.training_peak_bytes is None
    assert found.not_predicted.startswith("the model cannot be trained: it has no parameters")


def test_an_lstm_is_said_to_be_a_lower_bound() -> None:
    from torch import nn

    found = netstat.memory(nn.LSTM(8, 8, batch_first=True), (5, 8), batch=2)
    assert "lower bound" in found.not_predicted


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"optimizer": "lion"}, "unknown optimizer 'lion'; there is sgd, sgd-momentum, adam, adamw"),
        ({"amp": "int8"}, "mixed precision runs in bfloat16 or float16, not in 'int8'"),
        ({"amp": "bf16", "dtype": "fp16"}, "mixed precision keeps float32 parameters"),
        ({"device": "abacus", "measure": True}, "unknown device 'abacus'"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        netstat.memory("lenet", **options)


def test_a_file_of_parameters_has_no_memory_of_activations(tmp_path: Path) -> None:
    import torch

    torch.save({"weight": torch.ones(3, 4)}, tmp_path / "weights.pt")
    with pytest.raises(ModelError, match="holds parameters and no forward pass"):
        netstat.memory(str(tmp_path / "weights.pt"))


def test_inputs_by_name_are_predicted_for_inference_alone() -> None:
    from torch import nn

    found = netstat.memory(nn.Bilinear(3, 4, 5), {"input1": (3,), "input2": (4,)}, batch=2)
    assert found.inference_peak_bytes > 0


def test_a_run_that_would_not_fit_does_not_start() -> None:
    with pytest.raises(ModelError, match="would not fit"):
        netstat.memory("lenet", batch=10**9, training=False, measure=True)
