"""What freezing takes away is what torch really leaves out: gradients, and products of the backward pass."""

from collections.abc import Callable
from fnmatch import fnmatchcase

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import netstat
from netstat.records.freezing import Freezing

pytestmark = pytest.mark.torch

Trains = Callable[[str, nn.Parameter], bool]  # which parameters, said in torch's own terms


class Small(nn.Module):
    """Convolutions with batch normalisation and a residual, then two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.body = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.middle, self.head = nn.Linear(8, 16), nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = (x + self.body(x)).mean((2, 3))
        out: Tensor = self.head(torch.relu(self.middle(x)))
        return out


def everything(name: str, parameter: nn.Parameter) -> bool:
    return True


FREEZINGS: dict[str, tuple[dict[str, list[str]], Trains]] = {
    "nothing": ({"train_only": ["*"]}, everything),
    "all but the last": ({"train_only": ["head"]}, lambda name, p: name.startswith("head.")),
    "all but the first": ({"train_only": ["stem.0"]}, lambda name, p: name.startswith("stem.0.")),
    "the first": ({"freeze": ["stem"]}, lambda name, p: not name.startswith("stem.")),
    "the middle": ({"freeze": ["body.*", "middle"]}, lambda name, p: name.partition(".")[0] in ("stem", "head")),
    "all but the middle": ({"train_only": ["middle"]}, lambda name, p: name.startswith("middle.")),
    "all but the biases": ({"train_only": ["*.bias"]}, lambda name, p: name.endswith(".bias")),
    "the biases": ({"freeze": ["*.bias"]}, lambda name, p: not name.endswith(".bias")),
    "all but batch normalisation": ({"train_only": ["BatchNorm2d"]}, lambda name, p: fnmatchcase(name, "*.1.*")),
    "batch normalisation": ({"freeze": ["BatchNorm2d"]}, lambda name, p: not fnmatchcase(name, "*.1.*")),
    "all but the head's weight": (
        {"train_only": ["head"], "freeze": ["*.bias"]},
        lambda name, p: name == "head.weight",
    ),
}


def marked(model: nn.Module, trains: Trains) -> nn.Module:
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(trains(name, parameter))
    return model


def flops(model: nn.Module, *shape: int) -> int:
    """What torch counts of a real backward pass."""
    output = model(torch.randn(shape))
    with FlopCounterMode(display=False) as counter:
        output.sum().backward()
    return int(counter.get_total_flops())


def freezing(model: nn.Module, *shape: int, **patterns: list[str]) -> Freezing:
    found = netstat.profile(model, shape[1:], batch=shape[0], **patterns).freezing  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", FREEZINGS)
def test_the_backward_pass_and_its_gradients_are_those_of_torch(name: str) -> None:
    patterns, trains = FREEZINGS[name]
    model = marked(Small(), trains)
    flops_of_torch = flops(model, 4, 3, 16, 16)
    found = freezing(Small(), 4, 3, 16, 16, **patterns)
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    assert found.after.backward_flops == flops_of_torch
    assert found.before.backward_flops == flops(Small(), 4, 3, 16, 16)
    assert found.after.gradient_bytes == sum(gradient.nbytes for gradient in gradients)
    assert found.after.trainable_params == sum(gradient.numel() for gradient in gradients)
    assert found.after.trainable_params + found.frozen_params == sum(p.numel() for p in model.parameters())


NETWORKS: dict[str, tuple[Callable[[], nn.Module], list[str]]] = {
    "alexnet": (torchvision.models.alexnet, ["classifier.6", "classifier.4", "features.0", "features.8", "*.bias"]),
    "resnet18": (torchvision.models.resnet18, ["fc", "conv1", "layer3", "layer4.1.conv2", "*.bias", "BatchNorm2d"]),
    "vgg11_bn": (torchvision.models.vgg11_bn, ["classifier.6", "features.0", "BatchNorm2d", "*.bias"]),
}


@pytest.mark.parametrize(("name", "only"), [(name, only) for name, (_, found) in NETWORKS.items() for only in found])
def test_whole_networks_on_the_meta_device_agree_with_torch(name: str, only: str) -> None:
    """Which parameters these are is said here once more, by torch's own classes and names."""
    with torch.device("meta"):
        model = NETWORKS[name][0]().eval()
    norms = {id(p) for m in model.modules() if isinstance(m, nn.BatchNorm2d) for p in m.parameters()}
    for path, parameter in model.named_parameters():
        by_name = path.endswith(".bias") if only == "*.bias" else path.startswith(f"{only}.")
        parameter.requires_grad_(id(parameter) in norms if only == "BatchNorm2d" else by_name)
    output = model(torch.empty(2, 3, 224, 224, device="meta"))
    with FlopCounterMode(display=False) as counter:
        output.sum().backward()
    found = netstat.profile(name, batch=2, train_only=only).freezing
    assert found is not None
    assert found.after.backward_flops == counter.get_total_flops()
    assert found.after.gradient_bytes == sum(p.grad.nbytes for p in model.parameters() if p.grad is not None)


def test_the_ported_alexnet_of_the_documents_trains_its_last_layer_alone() -> None:
    """S8: every layer is loaded but the last, and that alone trains: 4096·1000 weights and 1000 biases."""
    made = netstat.profile("alexnet-bvlc", train_only="classifier.6")
    assert (made.totals.trainable_params, made.totals.frozen_params) == (4096 * 1000 + 1000, 56_868_224)
    assert [row.path for row in made.layers if row.trainable_params] == ["classifier.6"]
    found = made.freezing
    assert found is not None
    assert found.after.backward_macs == 4096 * 1000  # dw = x·dy; dx has nobody who wants it
    assert found.after.gradient_bytes == 4 * (4096 * 1000 + 1000)
    first = made.layers[0].macs
    assert found.before.backward_macs == 2 * made.totals.macs - first  # the image wants no gradient
    assert found.ends == "classifier.6"


def test_a_frozen_layer_above_a_trained_one_hands_the_gradient_on() -> None:
    found = freezing(nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3)), 1, 4, freeze=["1"])
    assert found.after.backward_macs == 4 * 6 + 6 * 3
    assert found.ends == "0"


def test_what_the_model_came_with_is_told_where_the_backward_pass_is_asked_for() -> None:
    model = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3))
    model[0].requires_grad_(False)
    assert netstat.profile(model, (4,)).freezing is None
    found = netstat.profile(model, (4,), backward=True).freezing
    assert found is not None
    assert (found.freeze, found.train_only, found.frozen_params) == ((), (), 4 * 6 + 6)
    assert (found.before.backward_macs, found.after.backward_macs) == (24 + 2 * 18, 18)


def test_a_parameter_that_no_gradient_reaches_has_none_however_trainable() -> None:
    class Aside(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.aside = nn.Linear(4, 3), nn.Linear(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = self.used(x)
            return out

    found = freezing(Aside(), 1, 4, train_only=["aside"])
    assert (found.after.trainable_params, found.after.gradient_bytes, found.ends) == (15, 0, None)


def test_tied_weights_are_frozen_by_either_name_and_counted_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.head = nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False)
            self.head.weight = self.embedding.weight

        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = self.head(self.embedding(x))
            return out

    for name in ("embedding", "head"):
        assert freezing(Tied(), 1, 4, freeze=[name]).after.trainable_params == 0
        assert freezing(Tied(), 1, 4, train_only=[name]).after.gradient_bytes == 4 * 16


def test_pruned_weights_have_dense_gradients_and_products_of_what_is_kept() -> None:
    from torch.nn.utils import prune

    model = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3))
    prune.l1_unstructured(model[1], "weight", amount=9)  # type: ignore[no-untyped-call]
    found = netstat.profile(model, (4,), sparse=True, train_only="1").freezing
    assert found is not None
    assert found.after.gradient_bytes == 4 * (18 + 3)
    assert found.after.trainable_params == 9 + 3
    assert found.after.backward_macs == 9


def test_a_file_of_parameters_is_split_without_a_backward_pass(tmp_path: object) -> None:
    path = f"{tmp_path}/weights.pt"
    torch.save({"a.weight": torch.ones(3, 4), "b.weight": torch.ones(2, 3)}, path)
    made = netstat.profile(path, train_only="b")
    assert (made.totals.trainable_params, made.totals.frozen_params) == (6, 12)
    assert made.freezing is not None
    assert (made.freezing.after.gradient_bytes, made.freezing.after.backward_macs) == (24, None)
