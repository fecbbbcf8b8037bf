"""Training steps on paper: every figure that is there, and none that is not."""

from dataclasses import replace

import pytest

from netstat.records.training import TrainingStep
from netstat.reports.table import record_text
from tests.records.ceilings_made import CEILING
from tests.reports.samples import MACS, MIXED, STEP, TRAINING


def lines(step: TrainingStep, width: int = 120) -> list[str]:
    """What is shown without its bars, one space between two words."""
    text = record_text(replace(TRAINING, training=(step,)), width)
    return [" ".join("".join(char for char in line if not "▀" <= char <= "▟").split()) for line in text.splitlines()]


def test_phases_and_the_rest_are_rows_and_add_up_to_the_step() -> None:
    shown = lines(STEP)
    begin = shown.index("phase time 95 % interval time %")
    assert shown[begin + 2 : begin + 6] == [
        "forward 1.5 s 1.485 s to 1.515 s 30.00 %",
        "loss 1 ms 990 µs to 1.01 ms 0.02 %",
        "backward 3 s 2.97 s to 3.03 s 60.00 %",
        "optimizer 250 ms 247.5 ms to 252.5 ms 5.00 %",
    ]
    assert shown[begin + 7].startswith("unattributed 249 ms")
    assert shown[begin + 8].startswith("whole step 5 s 4.95 s to 5.05 s 100.00 %")


def test_inference_forecast_and_arithmetic_stand_below() -> None:
    shown = lines(STEP, 160)
    assert "inference 1.25 s for the same batch: a step takes 4× as long" in shown
    forecast = (
        "10 epochs of 60,000 images: 6 h 31 min [6 h 27 min – 6 h 35 min], 4,690 steps, data loading not included"
    )
    assert f"forecast {forecast}" in shown
    assert 6 * MACS * 128 == 548_496_752_640
    assert "arithmetic 548.5 GFLOP in contractions (91.42 G MACs forward, 182.8 G backward): 109.7 GFLOP/s" in shown


def test_utilisation_is_shown_where_a_ceiling_is_known() -> None:
    assert not any(line.startswith("utilisation") for line in lines(STEP))
    fastest = replace(CEILING.fastest, flops=10**12, seconds=1.0)
    shown = lines(replace(STEP, ceiling=replace(CEILING, compute=(fastest,))), 160)
    assert "utilisation 10.97 % of the ceiling of 1 TFLOP/s (model FLOPs utilisation)" in shown
    assert STEP.utilisation(STEP.flops_per_second or 0.0) == 1.0


def test_too_few_samples_have_no_interval_anywhere() -> None:
    shown = lines(MIXED, 160)
    assert "step 5 s, too few samples for a confidence interval" in shown
    assert not any("[" in line for line in shown if line.startswith("forecast"))
    assert any(line.startswith("forward 1.5 s 30.00 %") for line in shown)


def test_what_was_run_is_said() -> None:
    assert "trained by sgd (learning rate 0.01), cross-entropy" in lines(STEP)
    assert "parameters 61,077,544 trained, 23,296 frozen" in lines(STEP)
    shown = lines(MIXED)
    assert "trained by sgd (learning rate 0.01), the model's own loss" in shown
    assert any("float16 autocast, float32 weights" in line for line in shown)
    assert any(line.startswith("arithmetic ≥548.5 GFLOP") for line in shown)
    assert "UNRELIABLE a warning above spoils this figure" in shown


def test_layers_and_the_rest_add_up_to_the_backward_phase() -> None:
    shown = lines(STEP)
    begin = shown.index("layer operator backward MACs time time % FLOP/s")
    assert shown[begin + 2].startswith("classifier.6 linear 1,048,576,000 500 ms")
    assert shown[begin + 2].endswith("4.194 G")
    assert shown[begin + 3].startswith("features.1 relu 0 < 20 µs")
    assert shown[begin + 6].startswith("unattributed 0 250 ms")
    assert shown[begin + 7].startswith("backward 182,832,250,880 3 s 100.00 %")
    total = sum(layer.median_seconds for layer in STEP.layers) + STEP.layers_unattributed_seconds
    assert total == pytest.approx(3.0)


def test_without_layers_or_counts_there_is_less_to_say() -> None:
    bare = replace(STEP, layers=(), macs=None, backward_macs=None, forecast=None, inference_seconds=0.0)
    shown = lines(bare)
    assert not any(line.startswith(("layer", "arithmetic", "utilisation", "forecast", "inference")) for line in shown)
    assert (bare.flops, bare.flops_per_second, bare.utilisation(1e12), bare.times_inference) == (None,) * 4


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_of_a_training_step_is_wider_than_the_terminal(width: int) -> None:
    for step in (STEP, replace(MIXED, layers=STEP.layers)):
        assert max(map(len, record_text(replace(TRAINING, training=(step,)), width).splitlines())) <= width
