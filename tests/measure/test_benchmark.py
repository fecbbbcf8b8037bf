"""The benchmark as a whole: exact on clocks that are known, and on real ones real."""

import copy
import gc
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netstat.errors import ModelError, UsageError
from netstat.frontends.pytorch import capture
from netstat.graph import TensorSpec
from netstat.measure.benchmark import benchmark
from netstat.measure.settings import QUICK, Settings
from netstat.measure.subject import tensors
from netstat.records.base import plain
from netstat.records.benchmark import Benchmark
from tests.measure.fakes import TICK, FakeClock, FakeDevice
from tests.measure.models import Around, Busy, FailsAtCall, Queued, Residual, nn, torch

pytestmark = pytest.mark.torch

X = [("input", TensorSpec((1,)))]
IMAGE = [("input", TensorSpec((4, 1, 8, 8)))]
# As short as a real run can be: ten warm-up calls, three samples.
SHORT = Settings(warmup_calls=1, warmup_seconds=0.0, warmup_cap=0.02, samples=3, seconds=0.0, cap_seconds=0.05)


def on_fake(module: nn.Module, clock: FakeClock, **options: Any) -> Benchmark:
    """Measured exactly. The real machine may be loaded, which is not the matter here."""
    result = benchmark(module, options.pop("inputs", X), clock=clock, **{"threads": 1, **options})
    return replace(result, warnings=tuple(code for code in result.warnings if code != "loaded"))


def test_layers_and_unattributed_add_up_to_the_whole() -> None:
    clock = FakeClock(tick=TICK)
    model = Around(clock, nn.Sequential(Busy(clock, 0.25), Busy(clock, 0.5)), own=0.125)
    result = on_fake(model, clock)
    assert result.median_seconds == 0.875 + TICK
    assert [(layer.path, layer.median_seconds) for layer in result.layers] == [("inner.0", 0.25), ("inner.1", 0.5)]
    assert result.unattributed_seconds == 0.125 + TICK
    assert result.calibration_seconds == TICK
    assert result.hooked_seconds == 0.875 + 5 * TICK


@pytest.mark.slow
@given(st.lists(st.floats(min_value=1e-4, max_value=1.0), min_size=1, max_size=5), st.floats(0.0, 1.0))
@settings(max_examples=20, deadline=None)
def test_the_sum_is_the_whole_whatever_the_layers_take(layers: list[float], own: float) -> None:
    clock = FakeClock(tick=TICK)
    model = Around(clock, nn.Sequential(*(Busy(clock, seconds) for seconds in layers)), own)
    result = on_fake(model, clock, settings=SHORT)
    total = sum(layer.median_seconds for layer in result.layers) + result.unattributed_seconds
    assert total == pytest.approx(result.median_seconds, rel=1e-12)
    assert result.unattributed_seconds == pytest.approx(own, abs=2 * TICK)


def test_a_steady_run_on_a_quiet_machine_is_reliable() -> None:
    clock = FakeClock()
    result = on_fake(Busy(clock, 0.125), clock)
    assert (result.warnings, result.reliable) == ((), True)
    assert result.samples == (0.125,) * 20
    assert (result.ci95_seconds, result.iqr_seconds, result.mad_seconds) == ((0.125, 0.125), 0.0, 0.0)
    assert (result.min_seconds, result.mean_seconds, result.warmup_calls) == (0.125, 0.125, 10)


@pytest.mark.slow
@pytest.mark.parametrize(("cpus", "threads"), [(0.75, 1), (1.0, 2)])
def test_a_process_that_does_not_get_its_cpu_time_is_unreliable(cpus: float, threads: int) -> None:
    clock = FakeClock(cpus=cpus)
    result = on_fake(Busy(clock, 0.125), clock, threads=threads)
    assert (result.warnings, result.reliable) == (("cpu_starved",), False)


def test_a_spread_of_samples_is_unreliable() -> None:
    clock = FakeClock()
    result = on_fake(Busy(clock, 0.125, jitter=0.125, every=2), clock)
    assert "unusable" in result.warnings
    assert set(result.samples) == {0.125, 0.25}
    assert not result.reliable


def test_throughput_is_the_batch_over_the_median() -> None:
    clock = FakeClock()
    result = on_fake(Busy(clock, 0.125), clock, inputs=[("input", TensorSpec((16, 2)))])
    assert (result.batch, result.examples_per_second) == (16, 128.0)


def test_a_model_without_inputs_has_batch_one() -> None:
    clock = FakeClock()

    class NoInput(nn.Module):
        def forward(self) -> None:
            clock.spend(0.125)

    assert on_fake(NoInput(), clock, inputs=[]).batch == 1


def test_on_a_queued_device_the_whole_is_the_hosts_and_the_layers_are_the_devices() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    model = nn.Sequential(*(Queued(clock, device, launch=2.0**-5, work=2.0**-7) for _ in range(2)))
    result = on_fake(model, clock, device=device)
    assert (result.device, result.device_name) == ("fake", "a device made of numbers")
    assert result.median_seconds == 2 * 2.0**-5 + 2.0**-7  # the last layer still runs when the host has queued it
    assert [layer.median_seconds for layer in result.layers] == [2.0**-7, 2.0**-7]
    assert result.unattributed_seconds == 2 * 2.0**-5 - 2.0**-7
    assert result.warnings == ()


def test_layers_are_named_after_the_graphs_operators() -> None:
    clock = FakeClock(tick=2.0**-8)
    model = nn.Sequential(Residual(), nn.Identity(), nn.ReLU()).eval()
    result = on_fake(model, clock, graph=capture(model, (torch.zeros(1),)), settings=SHORT)
    assert [(layer.path, layer.op, layer.call, layer.family) for layer in result.layers] == [
        ("0.body", "linear", 0, "fully connected"),
        ("0", "add", 0, "elementwise"),
        ("0", "relu", 0, "activation"),
        ("0", "add", 1, "elementwise"),
        ("2", "relu", 0, "activation"),
    ]
    assert [(each.path, each.module) for each in result.containers] == [("", "Sequential"), ("0", "Residual")]


def test_progress_is_told_for_warm_up_and_timing() -> None:
    clock, told = FakeClock(), list[tuple[str, float]]()
    on_fake(Busy(clock, 0.125), clock, progress=lambda label, fraction: told.append((label, fraction)))
    assert told[0] == ("warming up on cpu", 0.0)
    assert told[-1] == ("timing on cpu: 125 ms ± 0 %, 20 samples", 1.0)
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)
    assert told[1] == ("timing on cpu: 125 ms, 1 sample, ≤ 10 s left", 0.025)


def everything(module: nn.Module) -> list[Any]:
    """What a benchmark must not change, in the module and around it."""
    named = [*module.named_parameters(), *module.named_buffers()]
    return [
        [(name, id(held), held.tolist(), held.dtype, held.device, held.requires_grad) for name, held in named],
        [None if parameter.grad is None else parameter.grad.tolist() for parameter in module.parameters()],
        [(part.training, len(part._forward_hooks), len(part._forward_pre_hooks)) for part in module.modules()],
        [list(part.__dict__) for part in module.modules()],
        [torch.get_rng_state().tolist(), random.getstate()],
        [torch.get_num_threads(), gc.isenabled(), torch.is_grad_enabled(), torch.is_inference_mode_enabled()],
    ]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "bf16"])
def test_a_benchmark_leaves_the_module_untouched(dtype: str) -> None:
    model = FailsAtCall()
    model(torch.randn(2, 1, 8, 8)).backward()
    before = everything(model)
    benchmark(model, IMAGE, dtype=dtype, threads=1, settings=SHORT)
    assert everything(model) == before


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 3, 12])
def test_a_benchmark_leaves_the_module_untouched_when_forward_raises(call: int) -> None:
    model = FailsAtCall(fails_at=call)
    before = everything(model)
    with pytest.raises(ModelError, match=r"forward fails on cpu in float32: the tail broke off$") as caught:
        benchmark(model, IMAGE, threads=1, settings=SHORT)
    assert isinstance(caught.value.__cause__, ValueError)
    assert everything(model) == before


@pytest.mark.slow
def test_an_owned_module_is_not_copied() -> None:
    clock = FakeClock()
    model = Busy(clock, 0.125)
    on_fake(model, clock, owned=True)
    assert model.calls > 0
    assert not model.training
    model = Busy(clock, 0.125)
    on_fake(model, clock)
    assert model.calls == 0


@pytest.mark.slow
def test_an_owned_module_can_still_be_trained() -> None:
    model = FailsAtCall()
    benchmark(model, IMAGE, dtype="bf16", threads=1, settings=SHORT, owned=True)
    model.train()(torch.randn(2, 1, 8, 8, dtype=torch.bfloat16)).backward()


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "tf32", "bfloat16", "float16"])
def test_a_real_network_runs_in_every_precision(dtype: str) -> None:
    result = benchmark(FailsAtCall(), IMAGE, dtype=dtype, threads=1, settings=SHORT)
    assert (result.dtype, result.device, result.batch, result.threads) == (dtype, "cpu", 4, 1)
    assert [layer.path for layer in result.layers] == ["body.0", "body.1", "body.2", "body.3", "last"]
    assert result.median_seconds > 0
    assert sum(layer.median_seconds for layer in result.layers) + result.unattributed_seconds == pytest.approx(
        result.median_seconds
    )


def test_the_quick_settings_run_a_real_network() -> None:
    result = benchmark(FailsAtCall(), IMAGE, threads=1, settings=QUICK)
    assert len(result.samples) >= 1
    low, high = result.ci95_seconds
    assert result.min_seconds <= low <= result.median_seconds <= high
    assert set(plain(result)) >= {"device", "batch", "dtype", "threads", "median_seconds", "ci95_seconds", "samples"}


def test_inputs_are_seeded_and_of_the_shape_and_dtype_asked_for() -> None:
    from netstat.measure.devices import find
    from netstat.measure.precision import find as find_precision

    specs = [
        ("x", TensorSpec((2, 3))),
        ("double", TensorSpec((2,), "float64")),
        ("ids", TensorSpec((5,), "int64")),
        ("mask", TensorSpec((4,), "bool")),
        ("wave", TensorSpec((2,), "complex64")),
        ("scalar", TensorSpec(())),
    ]
    torch.manual_seed(1)
    first = tensors(specs, find("cpu"), find_precision("bf16"))
    torch.manual_seed(2)
    second = tensors(specs, find("cpu"), find_precision("bf16"))
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))
    assert [tuple(tensor.shape) for tensor in first] == [spec.shape for _, spec in specs]
    assert [str(tensor.dtype).removeprefix("torch.") for tensor in first] == [
        "bfloat16", "bfloat16", "int64", "bool", "complex64", "bfloat16"
    ]  # fmt: skip
    assert set(first[2].tolist()) <= {0, 1}


def test_integer_inputs_feed_an_embedding() -> None:
    model = nn.Sequential(nn.Embedding(2, 4), nn.Linear(4, 2))
    result = benchmark(model, [("ids", TensorSpec((3, 7), "int64"))], threads=1, settings=SHORT)
    assert [layer.path for layer in result.layers] == ["0", "1"]


def test_a_model_on_meta_has_nothing_to_run() -> None:
    with pytest.raises(ModelError, match="on the meta device and has no values to run"):
        benchmark(nn.Linear(1, 1, device="meta"), X)


def test_a_model_that_cannot_be_copied_says_so() -> None:
    class Uncopied(nn.Module):
        def __deepcopy__(self, memo: Any) -> None:
            raise TypeError("cannot pickle '_thread.lock' object")

    with pytest.raises(ModelError, match="cannot be copied, and itself must stay untouched: cannot pickle"):
        benchmark(Uncopied(), X)


def test_a_model_that_would_not_fit_is_refused_before_it_runs() -> None:
    clock = FakeClock()
    model = Busy(clock, 1.0)
    with pytest.raises(ModelError, match=r"would not fit: .* need 4.00 TiB, fake has 1.00 KiB left"):
        benchmark(model, [("input", TensorSpec((2**40,)))], device=FakeDevice(clock, free=1024), owned=True)
    assert model.calls == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "abacus"}, "unknown device 'abacus'"),
        ({"dtype": "int4"}, "a benchmark runs in float32, "),
        ({"threads": 0}, "at least 1 thread"),
    ],
)
def test_a_call_that_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        benchmark(nn.Identity(), X, **options)


def test_a_result_does_not_depend_on_the_copy() -> None:
    clock = FakeClock()
    model = nn.Sequential(Busy(clock, 0.25), Busy(clock, 0.5))
    assert on_fake(model, clock).layers == on_fake(copy.deepcopy(model), clock, owned=True).layers
