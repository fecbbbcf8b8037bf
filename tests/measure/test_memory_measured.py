"""Predicted memory held against what torch's allocator does, byte for byte where no kernel takes workspace."""

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

import netstat
from netstat.analysis.memory import inference_need, need
from netstat.errors import ModelError
from netstat.frontends.optimizers import OPTIMIZERS
from netstat.frontends.pytorch import capture
from netstat.frontends.rehearsal import rehearse
from netstat.frontends.resolve import resolve
from netstat.frontends.selection import selection
from netstat.frontends.subject import Inputs
from netstat.graph import TensorSpec
from netstat.measure import devices
from netstat.measure.memory import measure_inference, measure_training
from netstat.measure.precision import find
from netstat.records.memory import Need

pytestmark = pytest.mark.torch

WIDTH, ROWS = 64, 256
INPUTS = [("x", TensorSpec((ROWS, WIDTH)))]
EIGHT = [(name, batch) for name in ("alexnet", "vgg16", "resnet50", "vit_b_16") for batch in (1, 8)]


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        x = self.a(x)
        x = x + torch.relu(self.b(x))
        return x + torch.relu(self.c(x))


class SharedGradients(Residual):
    """The gradient of a sum goes to both sides while both still wait for more."""

    def forward(self, x: Tensor) -> Tensor:
        p, q = torch.sigmoid(self.a(x)), torch.tanh(self.b(x))
        return torch.sigmoid(self.c(p) * q) + (p + q)


class Tied(Residual):
    def __init__(self) -> None:
        super().__init__()
        self.b.weight = self.a.weight


class Frozen(Residual):
    def __init__(self) -> None:
        super().__init__()
        self.a.requires_grad_(False)
        self.c.weight.requires_grad_(False)


class Normalised(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.Linear(WIDTH, WIDTH), nn.BatchNorm1d(WIDTH), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(WIDTH, 10)
        )


class Checkpointed(Residual):
    def forward(self, x: Tensor) -> Tensor:
        x = self.a(x)
        saved: Tensor = checkpoint(nn.Sequential(self.b, nn.Tanh(), self.c), x, use_reentrant=False)
        return saved + x


class Tokens(Residual):
    """Sixteen sequences of sixteen tokens, with classes in the last of three dimensions."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).reshape(16, 16, WIDTH)


class Unscored(Residual):
    """No classes to choose from: one number a row."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).mean(1)


class Judging(nn.Module):
    """It gives its own loss beside the scores."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Residual()

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        made = self.body(x)
        return {"logits": made, "loss": made.square().mean()}


class Detecting(Judging):
    """It gives losses and nothing else."""

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        made = self.body(x)
        return {"boxes": made.square().mean(), "classes": made.abs().mean()}


def predicted(module: nn.Module, optimizer: str, amp: str = "") -> Need:
    return need(rehearse(module, INPUTS, optimizer, amp=amp).lifetimes)


@pytest.mark.slow
@pytest.mark.parametrize("model", [Residual, SharedGradients, Tied, Frozen, Normalised])
@pytest.mark.parametrize(("optimizer", "amp"), [("sgd", ""), ("sgd-momentum", ""), ("adam", ""), ("adamw", "bfloat16")])
def test_a_training_step_needs_what_was_predicted_to_the_byte(
    model: Callable[[], nn.Module], optimizer: str, amp: str
) -> None:
    module = model()
    measured = measure_training(module, INPUTS, devices.find("cpu"), find("float32"), optimizer=optimizer, amp=amp)
    # Statistics of a batch are saved in float32 even so; torch's own rule for tensors without values says otherwise.
    statistics = 2 * WIDTH * 2 if amp and model is Normalised else 0
    assert measured.tensor_peak_bytes == predicted(module, optimizer, amp).peak_bytes + statistics


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "loss"),
    [
        (Residual, "cross-entropy"),
        (Tokens, "cross-entropy"),
        (Unscored, "sum"),
        (Judging, "model"),
        (Detecting, "model"),
    ],
)
def test_whatever_is_differentiated_is_predicted_to_the_byte(model: Callable[[], nn.Module], loss: str) -> None:
    module = model()
    measured = measure_training(module, INPUTS, devices.find("cpu"), find("float32"), optimizer="sgd")
    rehearsed = rehearse(module, INPUTS, "sgd")
    assert rehearsed.loss == loss
    assert measured.tensor_peak_bytes == need(rehearsed.lifetimes).peak_bytes


@pytest.mark.slow
def test_what_is_checkpointed_is_saved_again_when_the_backward_pass_comes_to_it() -> None:
    """Beside the tensors, checkpointing keeps the state of the random generator."""
    module = Checkpointed()
    measured = measure_training(module, INPUTS, devices.find("cpu"), find("float32"), optimizer="sgd")
    state = torch.get_rng_state().nbytes
    assert measured.tensor_peak_bytes == predicted(module, "sgd").peak_bytes + state
    assert predicted(module, "sgd").saved_total_bytes < predicted(Residual(), "sgd").saved_total_bytes


@pytest.mark.slow
@pytest.mark.parametrize(("model", "kept"), [(Residual, 0), (Normalised, 0), (SharedGradients, 1)])
def test_a_forward_pass_needs_what_liveness_says_and_what_locals_keep_beyond_their_use(
    model: Callable[[], nn.Module], kept: int
) -> None:
    """In the last addition of `SharedGradients`, `p` and `q` are done with and still there: no graph knows."""
    module = model()
    graph = capture(module, (torch.empty(ROWS, WIDTH, device="meta"),))
    measured = measure_inference(module, graph.inputs, devices.find("cpu"), find("float32"))
    assert measured.tensor_peak_bytes == inference_need(graph).peak_bytes + kept * 4 * ROWS * WIDTH


def test_optimizers_differ_by_their_state() -> None:
    params = sum(parameter.nbytes for parameter in Residual().parameters())
    state = {name: predicted(Residual(), name).optimizer_bytes for name in OPTIMIZERS.names()}
    counters = 4 * len(list(Residual().parameters()))  # Adam counts the steps of each parameter
    assert state == {
        "sgd": 0,
        "sgd-momentum": params,
        "adam": 2 * params + counters,
        "adamw": 2 * params + counters,
    }


@pytest.mark.slow
def test_what_the_profiler_says_about_itself_reaches_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    measure_inference(Residual(), INPUTS, devices.find("cpu"), find("float32"))
    assert capfd.readouterr() == ("", "")


def test_frozen_parameters_have_neither_gradient_nor_state() -> None:
    frozen, trained = predicted(Frozen(), "sgd-momentum"), predicted(Residual(), "sgd-momentum")
    assert frozen.optimizer_bytes == sum(p.nbytes for p in Frozen().parameters() if p.requires_grad)
    assert frozen.param_bytes == trained.param_bytes
    assert frozen.saved_total_bytes < trained.saved_total_bytes


class Aside(Residual):
    """A layer that the output does not come from: no gradient, and no state of an optimizer."""

    def __init__(self) -> None:
        super().__init__()
        self.aside = nn.Linear(WIDTH, WIDTH)


FREEZINGS = [
    (Normalised, {"freeze": ["4"]}),
    (Normalised, {"train_only": ["*.bias"]}),
    (Normalised, {"train_only": ["BatchNorm1d"]}),
    (Normalised, {"freeze": ["BatchNorm1d"]}),
    (Residual, {"train_only": ["c"]}),
    (Residual, {"train_only": ["a"]}),
    (Residual, {"freeze": ["b"]}),
    (Tied, {"train_only": ["c", "b.bias"]}),
    (Frozen, {"train_only": ["a"]}),
    (Aside, {"freeze": ["a"]}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("model", "patterns"), FREEZINGS)
@pytest.mark.parametrize("optimizer", ["sgd-momentum", "adam"])
def test_what_is_frozen_is_predicted_to_the_byte(
    model: Callable[[], nn.Module], patterns: dict[str, list[str]], optimizer: str
) -> None:
    found = netstat.memory(model(), (WIDTH,), batch=ROWS, optimizer=optimizer, measure=True, **patterns)  # type: ignore[arg-type]
    _, measured = found.measured or ()
    whole = netstat.memory(model(), (WIDTH,), batch=ROWS, optimizer=optimizer, measure=True, train_only="*")
    _, measured_whole = whole.measured or ()
    assert found.freezing is not None
    assert found.freezing.after.peak_bytes == found.training_peak_bytes == measured.tensor_peak_bytes
    assert found.freezing.before.peak_bytes == whole.training_peak_bytes == measured_whole.tensor_peak_bytes


@pytest.mark.parametrize(("model", "patterns"), FREEZINGS)
def test_what_is_saved_for_the_backward_pass_is_what_torch_packs(
    model: Callable[[], nn.Module], patterns: dict[str, list[str]]
) -> None:
    """Each storage once, but for parameters, buffers, the input and the targets, which are there anyway."""
    found = netstat.memory(model(), (WIDTH,), batch=ROWS, optimizer="sgd", **patterns)  # type: ignore[arg-type]
    graph = resolve(model(), Inputs(shapes=(((WIDTH,), "", ""),)), selection=selection(**patterns)).graph
    module, x = model().train(), torch.randn(ROWS, WIDTH)
    for param in graph.params:
        if not param.buffer:
            module.get_parameter(param.name).requires_grad_(param.trainable)
    packed: dict[int, Tensor] = {}
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: keep(packed, tensor), lambda tensor: tensor):
        output = module(x)
        classes = torch.zeros(ROWS, dtype=torch.int64)
        loss = nn.functional.cross_entropy(output, classes)
    there = {tensor.data_ptr() for tensor in (*module.parameters(), *module.buffers(), x, classes)}
    assert found.freezing is not None
    assert found.freezing.after.saved_bytes == sum(t.nbytes for at, t in packed.items() if at not in there)
    assert loss.isfinite()


@pytest.mark.slow
def test_the_mask_of_a_dropout_below_all_that_trains_is_predicted_and_measured_as_workspace() -> None:
    """Nobody saves it: torch's dropout makes and gives it back within one call, and so it counts as the operator's."""
    found = netstat.memory(Normalised(), (WIDTH,), batch=ROWS, train_only="4", measure=True)
    _, measured = found.measured or ()
    assert found.training_peak_bytes == measured.peak_bytes
    assert measured.workspace_bytes == 4 * ROWS * WIDTH


def keep(packed: dict[int, Tensor], tensor: Tensor) -> Tensor:
    packed[tensor.untyped_storage().data_ptr()] = tensor
    return tensor


@pytest.mark.slow
def test_targets_are_there_from_the_beginning_as_inputs_are() -> None:
    """Of a head that trains alone the forward pass needs most, and the labels lie beside it."""
    found = netstat.memory("lenet", batch=4, train_only="11", measure=True)
    assert found.training is not None
    assert found.training.moment.phase == "forward"
    assert found.training.input_bytes == found.inference.input_bytes + 4 * 8
    assert found.measured is not None
    assert found.training_peak_bytes == found.measured[1].tensor_peak_bytes


def test_from_moment_to_moment_what_is_freed_goes_and_what_is_made_comes() -> None:
    timeline = predicted(SharedGradients(), "adam").timeline
    for before, after in pairwise(timeline):
        assert after.live_bytes == before.live_bytes - after.freed_bytes + after.allocated_bytes


@pytest.mark.slow
def test_a_model_is_as_it_was_after_both() -> None:
    module = Normalised()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    predicted(module, "adam")
    measure_training(module, INPUTS, devices.find("cpu"), find("float32"), optimizer="adam")
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    assert all(parameter.grad is None for parameter in module.parameters())


def test_a_model_without_trainable_parameters_cannot_be_trained() -> None:
    with pytest.raises(ModelError, match="the model cannot be trained: all its parameters are frozen"):
        rehearse(nn.Linear(WIDTH, 2).requires_grad_(False), INPUTS, "sgd")


def test_a_model_that_looks_at_values_says_why_training_is_not_predicted() -> None:
    class Curious(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x) * float(x.sum())

    with pytest.raises(ModelError, match="cannot be predicted: a step without values raised"):
        rehearse(Curious(WIDTH, 2), INPUTS, "sgd")


def check(name: str, batch: int) -> None:
    """The acceptance of `netstat memory`: within 1 %, and liveness exact where workspace is set apart."""
    found = netstat.memory(name, batch=batch, measure=True)
    inference, training = found.measured or ()
    assert inference.tensor_peak_bytes == found.inference_peak_bytes
    assert found.training_peak_bytes is not None
    assert abs(found.training_peak_bytes - training.peak_bytes) <= 0.01 * training.peak_bytes


@pytest.mark.slow
def test_alexnet_is_predicted() -> None:
    check("alexnet", 1)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "batch"), EIGHT)
def test_eight_cases_are_predicted(name: str, batch: int) -> None:
    check(name, batch)
