"""A training step: exact on clocks that are known, real on real ones, and the user's model untouched by either."""

import gc
import random
from dataclasses import replace
from typing import Any

import pytest

from netstat.errors import ModelError, UsageError
from netstat.frontends.optimizers import OPTIMIZERS
from netstat.frontends.resolve import resolve
from netstat.frontends.selection import Selection
from netstat.frontends.subject import Inputs
from netstat.graph import TensorSpec
from netstat.measure.regime import Regime
from netstat.measure.settings import Settings
from netstat.measure.training import training_step
from netstat.records.training import TrainingStep
from tests.measure.fakes import TICK, FakeClock, FakeDevice
from tests.measure.models import nn, torch

pytestmark = pytest.mark.torch

Tensor = torch.Tensor
is_lazy = torch.nn.parameter.is_lazy
SUM = Regime(loss="sum")
X = [("input", TensorSpec((8, 4)))]
IMAGE = [("input", TensorSpec((4, 1, 8, 8)))]
SHORT = Settings(warmup_calls=1, warmup_seconds=0.0, warmup_cap=0.02, samples=3, seconds=0.0, cap_seconds=0.05)


class _There(torch.autograd.Function):
    """x · w that takes known times forward and backward."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, layer: Any) -> Tensor:
        ctx.layer = layer
        ctx.save_for_backward(x, weight)
        layer.takes(layer.forward_seconds)
        return x * weight

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        (gradient,) = gradients
        x, weight = ctx.saved_tensors
        ctx.layer.takes(ctx.layer.backward_seconds)
        return gradient * weight, (gradient * x).sum().reshape(1), None


class Timed(nn.Module):
    """A layer of one weight; its times pass on the clock, or in the device's queue after `launch` seconds."""

    def __init__(
        self, clock: FakeClock, there: float, back: float, device: FakeDevice | None = None, launch: float = 0.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.clock, self.device, self.launch = clock, device, launch
        self.forward_seconds, self.backward_seconds = there, back

    def takes(self, seconds: float) -> None:
        self.clock.spend(self.launch if self.device else seconds)
        if self.device:
            self.device.work(seconds)

    def forward(self, x: Tensor) -> Tensor:
        return _There.apply(x, self.weight, self)


class Small(nn.Module):
    """A convolution, batch normalisation, dropout and an in-place operator; it raises at a call or on the way back."""

    def __init__(self, fails_at: int = 0, fails_back: bool = False) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 2, 3, bias=False), nn.BatchNorm2d(2), nn.ReLU(inplace=True), nn.Dropout(0.1)
        )
        self.head = nn.Linear(72, 3)
        self.calls, self.fails_at, self.fails_back = 0, fails_at, fails_back

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        if self.calls == self.fails_at:
            raise ValueError("the tail broke off\nand more was said")
        result: Tensor = self.head(self.body(x).flatten(1))
        if self.fails_back and result.requires_grad:
            result.register_hook(lambda gradient: 1 / 0)
        return result


def on_fake(module: nn.Module, clock: FakeClock, regime: Regime = SUM, **options: Any) -> TrainingStep:
    """Measured exactly. The real machine may be loaded, which is not the matter here."""
    result = training_step(module, X, regime, clock=clock, **{"threads": 1, **options})
    return replace(result, warnings=tuple(code for code in result.warnings if code != "loaded"))


def seconds(step: TrainingStep) -> dict[str, float]:
    return {phase.name: phase.median_seconds for phase in step.phases}


def test_phases_layers_and_inference_are_exact_on_a_known_clock() -> None:
    clock = FakeClock()
    step = on_fake(nn.Sequential(Timed(clock, 0.25, 0.5), Timed(clock, 0.125, 0.375)), clock)
    assert seconds(step) == {"forward": 0.375, "loss": 0.0, "backward": 0.875, "optimizer": 0.0}
    assert (step.median_seconds, step.unattributed_seconds) == (1.25, 0.0)
    assert step.ci95_seconds == (1.25, 1.25)
    assert (step.inference_seconds, step.times_inference) == (0.375, 1.25 / 0.375)
    assert [(layer.path, layer.median_seconds) for layer in step.layers] == [("1", 0.375), ("0", 0.5)]
    assert step.layers_unattributed_seconds == 0.0
    assert (step.batch, step.examples_per_second) == (8, 6.4)
    assert (step.warnings, step.reliable) == ((), True)


def test_what_reading_the_clock_takes_is_unattributed() -> None:
    clock = FakeClock(tick=TICK)
    step = on_fake(Timed(clock, 0.25, 0.5), clock)
    assert seconds(step) == {"forward": 0.25 + TICK, "loss": TICK, "backward": 0.5 + TICK, "optimizer": TICK}
    assert step.median_seconds == 0.75 + 6 * TICK
    assert step.unattributed_seconds == 2 * TICK
    assert sum(seconds(step).values()) + step.unattributed_seconds == step.median_seconds


def test_on_a_queued_device_phases_and_layers_are_the_devices_time() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    launch = 2.0**-10
    layers = (Timed(clock, 0.25, 0.5, device, launch), Timed(clock, 0.125, 0.375, device, launch))
    step = on_fake(nn.Sequential(*layers), clock, device=device)
    assert seconds(step) == {"forward": 0.375 + launch, "loss": 0.0, "backward": 0.875, "optimizer": 0.0}
    assert [(layer.path, layer.median_seconds) for layer in step.layers] == [("1", 0.375), ("0", 0.5)]
    assert set(device.held) == {0.0, 2 * 2 * launch}  # rehearsal, then twice what the host needed for two layers


def test_a_layer_that_is_called_twice_has_one_row_with_both_calls() -> None:
    clock = FakeClock()
    layer = Timed(clock, 0.25, 0.5)
    step = on_fake(nn.Sequential(layer, layer), clock)
    assert [(layer.path, layer.median_seconds) for layer in step.layers] == [("0", 1.0)]


@pytest.mark.slow
def test_a_slow_step_is_warmed_up_and_sampled_within_its_caps() -> None:
    clock = FakeClock()
    step = on_fake(Timed(clock, 6.0, 12.0), clock)
    assert step.warmup_calls == 1
    assert len(step.samples) == 3  # 18 s each; the cap is 40 s
    assert step.warnings == ("not_converged",)
    assert [layer.median_seconds for layer in step.layers] == [12.0]


def test_a_forecast_is_steps_times_the_median_and_its_interval() -> None:
    clock = FakeClock()
    step = on_fake(Timed(clock, 0.25, 0.5), clock, Regime(loss="sum", epochs=10, images=1001))
    assert step.forecast is not None
    assert step.forecast.steps == 10 * 126  # the 126th batch of 8 has one image
    assert step.forecast.seconds == 1260 * 0.75
    assert step.forecast.ci95_seconds == (1260 * 0.75, 1260 * 0.75)


@pytest.mark.parametrize(
    ("weight", "warnings"), [("inf", ("diverged",)), ("nan", ("diverged",)), ("1e30", ())], ids=["inf", "nan", "large"]
)
def test_a_loss_that_is_no_number_any_more_is_said(weight: str, warnings: tuple[str, ...]) -> None:
    clock = FakeClock()
    model = Timed(clock, 0.25, 0.5)
    with torch.no_grad():
        model.weight.fill_(float(weight))
    assert on_fake(model, clock).warnings == warnings


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "warnings"), [(1.0, ()), (1e3, ("diverged",))], ids=["learns", "overshoots"])
def test_a_loss_that_grows_beyond_numbers_while_steps_are_timed_is_said(
    scale: float, warnings: tuple[str, ...]
) -> None:
    """The squares of outputs so large make a step of 0.01 overshoot, and each step by more than the one before."""

    class Scaled(Timed):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(scale * x)

    clock = FakeClock()
    assert on_fake(Scaled(clock, 0.25, 0.5), clock, Regime(loss="mse")).warnings == warnings


@pytest.mark.slow
@pytest.mark.parametrize(("reading", "warnings"), [(0.0128, ()), (0.0129, ("backward_hooks_slow",))])
def test_hooks_that_slow_the_way_back_by_over_5_percent_are_said(reading: float, warnings: tuple[str, ...]) -> None:
    """A way back of 0.5 s takes one reading, with a hook on either side of its node three: the limit is 0.0128205 s."""
    clock = FakeClock(tick=reading)
    step = on_fake(Timed(clock, 0.25, 0.5), clock)
    assert seconds(step)["backward"] == pytest.approx(0.5 + reading, rel=1e-12)
    assert step.hooked_seconds == pytest.approx(0.5 + 3 * reading, rel=1e-12)
    assert (step.warnings, step.reliable) == (warnings, True)


def test_progress_is_told_for_inference_and_training() -> None:
    clock, told = FakeClock(), dict[str, float]()
    on_fake(Timed(clock, 0.25, 0.5), clock, progress=told.__setitem__)
    assert told == {
        f"{doing} {what} on cpu": 1.0 for what in ("inference", "training") for doing in ("warming up", "timing")
    }


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["fp32", "tf32", "bf16", "fp16"])
@pytest.mark.parametrize("optimizer", ["sgd", "sgd-momentum", "adam", "adamw"])
def test_a_real_network_learns_in_every_precision_by_every_optimizer(dtype: str, optimizer: str) -> None:
    model = Small()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    statistics = model.body[1].running_mean.clone()
    step = training_step(model, IMAGE, Regime(optimizer), dtype=dtype, threads=1, settings=SHORT, owned=True)
    assert all(not torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))
    assert not torch.equal(statistics, model.body[1].running_mean)
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())
    assert all(part.training for part in model.modules())
    assert (step.optimizer, step.loss, step.weights_dtype) == (optimizer, "cross-entropy", "float32")
    assert step.autocast is (dtype in ("bf16", "fp16"))
    assert sum(seconds(step).values()) + step.unattributed_seconds == pytest.approx(step.median_seconds)
    assert {layer.path for layer in step.layers} >= {"head", "body.0", "body.1", "body.2"}


def test_frozen_parameters_stay_as_they_are() -> None:
    model = Small()
    model.body[0].weight.requires_grad_(False)
    before = model.body[0].weight.clone()
    step = training_step(model, IMAGE, threads=1, settings=SHORT, owned=True)
    assert torch.equal(before, model.body[0].weight)
    assert model.body[0].weight.grad is None
    assert (step.trainable_params, step.frozen_params) == (4 + 72 * 3 + 3, 2 * 9)


def everything(module: nn.Module) -> list[Any]:
    """What timing must not change, in the module and around it."""
    named = [*module.named_parameters(), *module.named_buffers()]
    return [
        [(name, id(held), held.tolist(), held.dtype, held.device, held.requires_grad) for name, held in named],
        [None if parameter.grad is None else parameter.grad.tolist() for parameter in module.parameters()],
        [(part.training, len(part._forward_hooks), len(part._forward_pre_hooks)) for part in module.modules()],
        [list(part.__dict__) for part in module.modules()],
        [torch.get_rng_state().tolist(), random.getstate()],
        [torch.get_num_threads(), gc.isenabled(), torch.is_grad_enabled(), torch.is_inference_mode_enabled()],
        [torch.is_autocast_enabled("cpu"), torch.get_float32_matmul_precision()],
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", ["fp32", "fp16"])
def test_the_users_module_is_untouched(dtype: str, training: bool) -> None:
    model = Small().train(training)
    model(torch.randn(2, 1, 8, 8)).sum().backward()
    before = everything(model)
    with torch.set_grad_enabled(training):
        training_step(model, IMAGE, dtype=dtype, threads=1, settings=SHORT)
    assert everything(model) == before


class Shrinking(nn.Linear):
    """Gives fewer classes from its fourth call on, so that the loss fails."""

    calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return super().forward(x)[:, : 2 if self.calls > 3 else 99]


class Sparse(nn.Module):
    """Has sparse gradients, which Adam does not take."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(4, 3, sparse=True)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.table((x[:, 0] > 0).long())
        return result


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "inputs", "regime", "message"),
    [
        (lambda: Small(fails_at=1), IMAGE, SUM, "the forward of a training step fails on cpu in float32: ValueError"),
        (lambda: Small(fails_at=12), IMAGE, SUM, "the forward of a training step fails .*: the tail broke off$"),
        (lambda: Shrinking(4, 99), X, Regime(), "the loss of a training step fails on cpu in float32: IndexError"),
        (lambda: Small(fails_back=True), IMAGE, SUM, "the backward of a training step fails .*: ZeroDivisionError"),
        (Sparse, X, Regime("adam"), "the optimizer of a training step fails .* sparse gradients"),
    ],
    ids=["forward at once", "forward later", "loss", "backward", "optimizer"],
)  # fmt: skip
def test_a_phase_that_raises_is_named_and_leaves_no_trace(make: Any, inputs: Any, regime: Regime, message: str) -> None:
    model = make()
    before = everything(model)
    with pytest.raises(ModelError, match=message):
        training_step(model, inputs, regime, threads=1, settings=SHORT)
    assert everything(model) == before


@pytest.mark.parametrize("first", [nn.Linear(4, 6), nn.LazyLinear(6)], ids=["", "lazy"])
def test_frozen_layers_stay_as_they_are_and_have_no_backward_pass(first: Any) -> None:
    """The model that is trained is a copy of the user's, frozen as the patterns say."""
    subject = resolve(
        nn.Sequential(first, nn.ReLU(), nn.Linear(6, 3)),
        Inputs(shapes=(((4,), "", ""),), batch=8),
        training=True,
        selection=Selection(train_only=("2",)),
    )
    module = subject.module()
    before = {name: value.clone() for name, value in module.state_dict().items() if not is_lazy(value)}
    step = training_step(
        module, X, SUM, graph=subject.graph, selection=subject.selection, owned=True, threads=1, settings=SHORT
    )
    after = module.state_dict()
    assert [name for name in before if not torch.equal(before[name], after[name])] == ["2.weight", "2.bias"]
    assert [name for name, parameter in module.named_parameters() if parameter.requires_grad] == ["2.weight", "2.bias"]
    assert (step.trainable_params, step.frozen_params) == (21, 30)
    assert [layer.path for layer in step.layers] == ["2"]
    assert step.freezing is not None
    assert step.backward_macs == step.freezing.after.backward_macs == 8 * 18
    assert step.freezing.before.backward_macs == 8 * (24 + 2 * 18)
    assert first.weight.requires_grad


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (nn.ReLU, "the model cannot be trained: it has no parameters; ask for its forward pass alone"),
        (lambda: nn.Linear(4, 4).requires_grad_(False), "the model cannot be trained: all its parameters are frozen"),
        (lambda: nn.Linear(4, 4, device="meta"), "on the meta device and has no values to run"),
        (lambda: nn.Linear(4, 1), "cross entropy needs a score for each of two classes .* is 8×1; use --loss mse"),
    ],
    ids=["no parameters", "all frozen", "meta", "one class"],
)
def test_what_cannot_be_trained_is_refused_in_one_line(make: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        training_step(make(), X, threads=1, settings=SHORT)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regime": Regime("adm")}, "unknown optimizer 'adm'; did you mean adam"),
        ({"regime": Regime(loss="entropy")}, "unknown loss 'entropy'; did you mean cross-entropy"),
        ({"regime": Regime(epochs=10)}, "epochs without images"),
        ({"regime": Regime(images=10)}, "images without epochs"),
        ({"regime": Regime(epochs=0, images=10)}, "epochs must be 1 or more, got 0"),
        ({"device": "abacus"}, "unknown device 'abacus'"),
        ({"dtype": "int4"}, "a benchmark runs in float32, "),
        ({"threads": 0}, "at least 1 thread"),
    ],
)
def test_a_call_that_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        training_step(nn.Linear(4, 4), X, **options)


@pytest.mark.parametrize(("optimizer", "numbers"), [("sgd", 2), ("sgd-momentum", 3), ("adam", 4), ("adamw", 4)])
def test_a_step_that_would_not_fit_is_refused_before_it_runs(optimizer: str, numbers: int) -> None:
    """A weight, its gradient and the optimiser's state: so many numbers for each of 2^20 weights."""
    clock, model = FakeClock(), nn.Linear(2**10, 2**10, bias=False)
    inputs = [("input", TensorSpec((2**8, 2**10)))]
    needed = numbers * 2**22 + 2**20
    with pytest.raises(ModelError, match=rf"would not fit: .* need {numbers * 4 + 1:.2f} MiB, fake has"):
        training_step(model, inputs, Regime(optimizer), device=FakeDevice(clock, free=needed - 1))


def test_what_is_saved_for_the_backward_pass_is_asked_for_before_a_step_is_run() -> None:
    """Tensors of a mebibyte: input, four results kept for the way back, gradients on it; a forward pass holds three."""
    clock, width, batch = FakeClock(), 2**6, 2**12
    model = nn.Sequential(*(nn.Sequential(nn.Linear(width, width), nn.Sigmoid()) for _ in range(4)))
    inputs = [("input", TensorSpec((batch, width)))]
    with pytest.raises(ModelError, match=r"would not fit: .* what is saved need 8\.\d\d MiB, fake has 6.00 MiB"):
        training_step(model, inputs, SUM, device=FakeDevice(clock, free=6 * 2**20))


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_an_optimizer_keeps_as_many_numbers_as_its_recipe_says(name: str) -> None:
    model, recipe = nn.Linear(8, 8, bias=False), OPTIMIZERS[name]
    optimizer = recipe.make(model.parameters(), recipe.learning_rate)
    model(torch.ones(1, 8)).sum().backward()
    optimizer.step()
    state = optimizer.state[model.weight].values()
    assert sum(value.numel() for value in state if isinstance(value, Tensor) and value.ndim) == recipe.states * 64


@pytest.mark.gpu
def test_a_real_gpu_trains_a_real_network() -> None:
    for dtype in ("fp32", "tf32", "bf16", "fp16"):
        step = training_step(Small(), IMAGE, dtype=dtype, device="cuda", settings=SHORT)
        assert step.device == "cuda"
        assert all(phase.median_seconds >= 0 for phase in step.phases)
        assert "overattributed" not in step.warnings
