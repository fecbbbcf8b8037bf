"""Parameters: each counted once, whoever uses it, and told apart by what becomes of them."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from netstat import profile
from netstat.records.profile import Layer, Profile
from netstat.records.view import View
from netstat.reports.table import layers_text

pytestmark = pytest.mark.torch


class Tied(nn.Module):
    """Two layers of one weight, as the first and the last of a language model."""

    def __init__(self, bias: bool = False) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Linear(4, 10, bias=False), nn.Linear(4, 10, bias=bias)
        self.decoder.weight = self.encoder.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(F.relu(self.encoder(x))[..., :4])


class ThreeTimes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(self.layer(self.layer(x)))


class UnusedHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(4, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


def frozen() -> nn.Module:
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 3))
    model[0].requires_grad_(False)
    return model


MODELS = {
    "tied": Tied,
    "tied with a bias": lambda: Tied(bias=True),
    "three times": ThreeTimes,
    "unused head": UnusedHead,
    "frozen": frozen,
    "buffers": lambda: nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6)),
}


def row(p: Profile, path: str, call: int = 0) -> Layer:
    return next(layer for layer in p.layers if (layer.path, layer.call) == (path, call))


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_those_of_the_module_each_once(name: str) -> None:
    model = MODELS[name]()
    totals = profile(model, (4,)).totals
    own = list(model.parameters())
    assert totals.params == sum(p.numel() for p in own)
    assert totals.trainable_params == sum(p.numel() for p in own if p.requires_grad)
    assert totals.frozen_params == sum(p.numel() for p in own if not p.requires_grad)
    assert totals.buffers == sum(b.numel() for b in model.buffers())


def test_torchvision_models_too() -> None:
    from torchvision.models import get_model

    for name in ("resnet18", "mobilenet_v3_small", "densenet121"):
        with torch.device("meta"):
            model = get_model(name, weights=None)
        p = profile(name)
        assert p.totals.params == sum(t.numel() for t in model.parameters())
        assert p.totals.buffers == sum(t.numel() for t in model.buffers())
        held = {module.path: module.params for module in p.modules}
        assert held == {path: sum(t.numel() for t in model.get_submodule(path).parameters()) for path in held}
        assert {module.path: module.module for module in p.modules} == {
            path: type(model.get_submodule(path)).__name__ for path in held
        }


def test_a_tied_weight_is_counted_once_and_its_second_row_says_so() -> None:
    p = profile(Tied(), (4,))
    assert (p.totals.params, p.totals.shared_params, p.totals.unused_params) == (40, 40, 0)
    assert [(row(p, path).params, row(p, path).repeated_params) for path in ("encoder", "decoder")] == [
        (40, 0),
        (40, 40),
    ]


def test_a_row_that_adds_a_bias_to_a_tied_weight_says_how_much_is_new() -> None:
    p = profile(Tied(bias=True), (4,))
    assert (p.totals.params, p.totals.shared_params) == (50, 40)
    assert (row(p, "decoder").params, row(p, "decoder").repeated_params) == (50, 40)


def test_a_layer_called_three_times_owns_its_parameters_at_its_first_call() -> None:
    p = profile(ThreeTimes(), (4,))
    assert p.totals.params == 20
    assert [(layer.params, layer.repeated_params) for layer in p.layers] == [(20, 0), (20, 20), (20, 20)]
    assert (p.totals.shared_params, p.totals.macs) == (0, 3 * 16)


def test_frozen_and_unused_parameters_and_buffers_are_told_apart() -> None:
    assert profile(frozen(), (4,)).totals.frozen_params == 20
    unused = profile(UnusedHead(), (4,)).totals
    assert (unused.unused_params, unused.params) == (10, 30)
    assert profile(MODELS["buffers"](), (4,)).totals.buffers == 6 + 6 + 1


def test_the_table_says_it_where_there_is_something_to_say() -> None:
    def params(name: str) -> str:
        lines = layers_text(profile(MODELS[name](), (4,)), 120).splitlines()
        return next(line for line in lines if line.startswith("params ") and ": " in line).partition(": ")[2]

    assert params("three times") == "all trainable"
    assert params("tied") == "all trainable; 40 under a second name too, counted once"
    assert params("unused head") == "all trainable; 10 unused"
    assert params("frozen") == "15 trainable, 20 frozen"
    assert params("buffers") == "all trainable; 13 more in buffers"


def test_rows_whose_parameters_were_shown_are_in_brackets_and_have_no_share() -> None:
    view = View(["path", "params", "params_share"])
    text = layers_text(profile(ThreeTimes(), (4,)), 80, view)
    cells = [line.split() for line in text.splitlines()[3:6]]
    assert cells == [
        ["layer", "20", "██████", "100.00", "%"],
        ["layer", "#2", "(20)"],
        ["layer", "#3", "(20)"],
    ]
    assert "(params)" in text
    assert "(params)" not in layers_text(profile(frozen(), (4,)), 80, view)


def test_a_container_holds_a_parameter_once_however_many_of_its_rows_read_it() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = ThreeTimes(), Tied()

        def forward(self, x: Tensor) -> Tensor:
            return self.second(self.first(x))

    p = profile(Model(), (4,))
    first, second = p.tree()
    assert p.totals.params == 60
    assert (first.layer.params, first.layer.repeated_params) == (20, 0)
    assert (second.layer.params, second.layer.repeated_params) == (40, 0)
    assert [b.repeats for b in first.children] == [1, 2]  # the first call shows the parameters, the others do not


def test_a_container_whose_parameters_another_one_showed_says_so() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Sequential(nn.Linear(4, 4)), nn.Sequential(nn.Linear(4, 4))
            self.b[0].weight, self.b[0].bias = self.a[0].weight, self.a[0].bias

        def forward(self, x: Tensor) -> Tensor:
            return self.b(self.a(x))

    a, b = profile(Model(), (4,)).tree()
    assert (a.layer.params, a.layer.repeated_params) == (20, 0)
    assert (b.layer.params, b.layer.repeated_params) == (20, 20)
    assert "(20)" in profile(Model(), (4,)).table(tree=True)


def test_a_leaf_that_calls_several_operators_is_a_container_of_them() -> None:
    class Gate(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return F.relu(x) + x

    (gate,) = profile(nn.Sequential(Gate()), (4,)).tree()
    assert (gate.name, gate.kind, [b.name for b in gate.children]) == ("0", "Gate", ["relu", "add"])
