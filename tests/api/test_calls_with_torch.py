"""The Python side of the contract on modules, callables and files."""

import time
from pathlib import Path

import pytest

import netstat
from netstat.errors import ModelError, ShapeError, UsageError
from netstat.measure.settings import QUICK

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402  needs torch

pytestmark = pytest.mark.torch


class Masked(nn.Module):
    """Two inputs, one of them by name."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(16, 8)

    def forward(self, x: Tensor, y: Tensor, mask: Tensor | None = None) -> Tensor:
        both = self.layer(x) + self.layer(y)
        return both if mask is None else both * mask


@pytest.fixture
def small() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 5))


def test_a_module_and_a_shape_as_torchstat_took_them(small: nn.Module) -> None:
    profile = netstat.profile(small, (3, 8, 8))
    assert profile.model == "Sequential"
    assert profile.totals.params == sum(parameter.numel() for parameter in small.parameters())
    assert profile.totals.macs == 4 * 6 * 6 * 3 * 3 * 3 + 4 * 36 * 5
    assert [(row.path, row.op) for row in profile.layers] == [
        ("0", "conv2d"), ("1", "relu"), ("2", "flatten"), ("3", "linear"),
    ]  # fmt: skip


def test_inputs_in_person() -> None:
    x, y, mask = torch.zeros(2, 16), torch.zeros(2, 16), torch.ones(2, 8)
    profile = netstat.profile(Masked(), args=(x, y), kwargs={"mask": mask})
    assert [(tensor.name, tensor.shape) for tensor in profile.inputs] == [
        ("x", (2, 16)), ("y", (2, 16)), ("mask", (2, 8)),
    ]  # fmt: skip
    assert profile.totals.macs == 2 * (2 * 16 * 8)
    assert netstat.profile(Masked(), args=[x, y]).totals.macs == profile.totals.macs
    assert netstat.profile(Masked(), kwargs={"x": x, "y": y}).totals.macs == profile.totals.macs


def test_several_shapes_and_shapes_by_name() -> None:
    listed = netstat.profile(Masked(), [(16,), (16,)], batch=2)
    named = netstat.profile(Masked(), {"x": (16,), "y": (16,)}, batch=2)
    assert listed == named
    assert [tensor.shape for tensor in listed.inputs] == [(2, 16), (2, 16)]


def test_integers_in_person() -> None:
    model = nn.Embedding(100, 8)
    profile = netstat.profile(model, args=(torch.zeros(2, 5, dtype=torch.int64),))
    assert (profile.inputs[0].dtype, profile.layers[0].output_shape) == ("int64", (2, 5, 8))
    assert profile.totals.params == 800


def test_torchvisions_resnet_at_another_size_and_batch() -> None:
    profile = netstat.profile("torchvision:resnet50", (3, 256, 320), batch=4)
    assert profile.complete
    assert profile.inputs[0].shape == (4, 3, 256, 320)
    assert profile.totals.params == 25_557_032
    assert netstat.profile("resnet50", batch=2).totals.macs == 2 * 4_089_184_256


def test_a_file_named_by_text_or_path(tmp_path: Path) -> None:
    (tmp_path / "net_of_a_file.py").write_text(
        "from torch import nn\ndef net(width=3):\n    return nn.Linear(4, width)\n"
    )
    named = f"{tmp_path / 'net_of_a_file.py'}:net"
    assert netstat.profile(named, (4,)).totals.macs == 12
    assert netstat.profile(Path(f"{named}(width=5)"), (4,)).totals.macs == 20


def test_a_callable_and_a_bound_method(small: nn.Module) -> None:
    weight = torch.zeros(4, 4)
    assert netstat.profile(lambda x: torch.relu(nn.functional.linear(x, weight)), (4,)).totals.macs == 16
    assert netstat.profile(small.forward, (3, 8, 8)).totals == netstat.profile(small, (3, 8, 8)).totals


def test_what_has_no_formula_is_uncounted() -> None:
    profile = netstat.profile(lambda x: torch.i0(x), (4,), batch=3)
    assert profile.complete is False
    assert [(item.op, item.calls, item.elements) for item in profile.uncounted] == [("i0", 1, 12)]
    assert profile.layers[0].count is None
    assert "≥" in str(profile)


def test_training_mode_is_counted_on_demand() -> None:
    model = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout())
    counted = netstat.profile(model, (4,), batch=8, training=True)
    assert counted.training
    assert counted.totals.flops > netstat.profile(model, (4,), batch=8).totals.flops


def test_a_modules_crosscheck_is_a_sequence_of_bills(small: nn.Module) -> None:
    pytest.importorskip("thop")
    checks = netstat.crosscheck(small, (3, 8, 8), against=["thop", "torch"], batch=2)
    assert [check.peer for check in checks] == ["thop", "torch"]
    first = netstat.crosscheck(small, (3, 8, 8), against=["torch"])[0]
    assert (first.reported, first.predicted, first.unexplained) == (2 * first.ours, 2 * first.ours, 0)
    assert first.ours + sum(term.amount for term in first.terms) == first.predicted


def test_a_cross_check_ends_in_time() -> None:
    class Slow(nn.Sequential):
        def forward(self, x: Tensor) -> Tensor:
            time.sleep(0.1)
            return super().forward(x)

    (check,) = netstat.crosscheck(Slow(nn.Linear(3, 4)), (3,), against=["torch"], time_limit=0.05)
    assert (check.reported, check.error) == (None, "took longer than 0.05 s; raise it by --time-limit")


@pytest.mark.slow
def test_a_modules_benchmark_is_a_sequence_of_one(small: nn.Module) -> None:
    times = netstat.benchmark(small, (3, 8, 8), device="cpu", batch=2, threads=1, settings=QUICK)
    assert len(times) == 1
    assert (times[0].device, times[0].batch, times[0].dtype) == ("cpu", 2, "float32")
    assert times[0].median_seconds > 0
    assert times[0].examples_per_second == pytest.approx(2 / times[0].median_seconds)


@pytest.mark.slow
def test_several_batches_are_a_sequence_of_several(small: nn.Module) -> None:
    times = netstat.benchmark(small, (3, 8, 8), batch=[1, 4], threads=1, settings=QUICK)
    assert [(run.batch, run.threads) for run in times.benchmarks] == [(1, 1), (4, 1)]
    assert times.failures == ()


def test_a_benchmark_of_nothing_is_refused(small: nn.Module) -> None:
    with pytest.raises(UsageError, match="nothing to time"):
        netstat.benchmark(small, (3, 8, 8), dtype=[])
    with pytest.raises(UsageError, match="batch must be a positive whole number, got 0"):
        netstat.benchmark(small, (3, 8, 8), batch=[1, 0])


@pytest.mark.slow
def test_a_modules_training_step_is_the_one_entry_of_training(small: nn.Module) -> None:
    times = netstat.benchmark(
        small, (3, 8, 8), device="cpu", batch=2, threads=1, training=True, optimizer="adam", epochs=3, images=5,
        settings=QUICK,
    )  # fmt: skip
    assert (len(times), times.training and len(times.training)) == (0, 1)
    (step,) = times.training or ()
    assert (step.device, step.batch, step.optimizer, step.loss) == ("cpu", 2, "adam", "cross-entropy")
    assert [phase.name for phase in step.phases] == ["forward", "loss", "backward", "optimizer"]
    assert step.forecast is not None
    assert (step.forecast.steps, step.forecast.seconds) == (9, 9 * step.median_seconds)
    counted = netstat.profile(small, (3, 8, 8), batch=2, training=True, backward=True).totals
    assert (step.macs, step.backward_macs) == (counted.macs, counted.backward_macs)
    assert {layer.path for layer in step.layers} >= {"0", "3"}


def test_options_of_training_without_training_are_refused(small: nn.Module) -> None:
    for option in ({"optimizer": "adam"}, {"loss": "mse"}, {"epochs": 1, "images": 1}):
        with pytest.raises(UsageError, match=r"are of a training step; add --train \(training=True\)"):
            netstat.benchmark(small, (3, 8, 8), **option)  # type: ignore[arg-type]


def test_sizes_no_memory_could_hold_are_refused_in_one_line(small: nn.Module) -> None:
    with pytest.raises(ModelError, match="torch cannot describe an input of 1000000000×3×") as caught:
        netstat.profile(small, (3, 10**9, 10**9), batch=10**9)
    assert "\n" not in str(caught.value)


def test_a_layer_that_cannot_take_its_input_is_named(small: nn.Module) -> None:
    with pytest.raises(
        ShapeError, match="layer '3': needs 144 input features, got 196; the whole input, batch"
    ) as caught:
        netstat.profile(small, (3, 9, 9))
    assert caught.value.path == "3"


def test_a_profile_that_was_saved_and_loaded_is_the_one_that_was_made(small: nn.Module, tmp_path: Path) -> None:
    profile = netstat.profile(small, (3, 8, 8))
    profile.save(tmp_path / "small.json")
    assert netstat.load(tmp_path / "small.json") == profile
