"""Multiply-accumulates of the backward pass are those torch counts when it really differentiates; what it keeps."""

from collections.abc import Callable

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.flop_counter import FlopCounterMode

from netstat.analysis.backward import backward_macs, saved
from netstat.frontends.pytorch import capture
from netstat.graph import Argument, Graph, Node, Param, Source, TensorSpec

pytestmark = pytest.mark.torch


def by_netstat(model: nn.Module, *shape: int) -> int:
    return sum(macs or 0 for macs in backward_macs(capture(model, (torch.empty(shape),))))


def by_torch(model: nn.Module, *shape: int) -> int:
    """FLOPs of a forward and a backward pass less those of the forward pass, halved."""
    model, x = model.to("meta"), torch.empty(shape, device="meta")

    def flops(backward: bool) -> int:
        with FlopCounterMode(display=False) as counter:
            output = model(x)
            if backward:
                output.sum().backward()
        return int(counter.get_total_flops())

    return (flops(backward=True) - flops(backward=False)) // 2


class Attention(nn.Module):
    """Patches, one layer of attention with a residual, a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 16, 4, 4)
        self.inputs, self.outputs, self.head = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 5)

    def forward(self, image: Tensor) -> Tensor:
        x = self.patch(image).flatten(2).transpose(1, 2)
        heads = self.inputs(x).reshape(-1, 4, 16, 4)
        mixed = F.scaled_dot_product_attention(heads, heads, heads)
        return self.head(x + self.outputs(mixed.reshape(-1, 16, 16)))


class Contractions(nn.Module):
    """Matrix products in several spellings, some of them with a parameter on a side."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(6, 5))
        self.frozen = nn.Parameter(torch.zeros(5, 4), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.einsum("bi,ij,jk->bk", x, self.weight, self.frozen)
        z = torch.linalg.multi_dot([x, self.weight, self.frozen])
        return torch.mm(y, z.transpose(0, 1))


def vision_transformer() -> nn.Module:
    return torchvision.models.VisionTransformer(32, 8, num_layers=2, num_heads=4, hidden_dim=32, mlp_dim=64)


class Recurrent(nn.Module):
    """A recurrent layer that begins with zeros, and a linear one."""

    def __init__(self, kind: type[nn.RNNBase], **chosen: object) -> None:
        super().__init__()
        self.layers = kind(6, 5, **chosen)  # type: ignore[arg-type]
        directions = 2 if self.layers.bidirectional else 1
        self.head = nn.Linear(directions * (self.layers.proj_size or 5), 3)

    def forward(self, x: Tensor) -> Tensor:
        output, _ = self.layers(x)
        return self.head(output)


def frozen(model: nn.Sequential, *layers: int) -> nn.Sequential:
    for layer in layers:
        model[layer].requires_grad_(False)
    return model


def perceptron() -> nn.Sequential:
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3))


def convolutions() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.ConvTranspose2d(4, 2, 3, 2, 1, 1)
    )


IMAGE = (1, 3, 224, 224)
MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "alexnet": (torchvision.models.alexnet, IMAGE),
    "vgg11": (torchvision.models.vgg11, IMAGE),
    "resnet18": (torchvision.models.resnet18, IMAGE),
    "vision transformer": (vision_transformer, (2, 3, 32, 32)),
    "attention": (Attention, (2, 3, 16, 16)),
    "matrix products": (Contractions, (3, 6)),
    "perceptron": (perceptron, (4, 8)),
    "perceptron, first layer frozen": (lambda: frozen(perceptron(), 0), (4, 8)),
    "perceptron, but the first frozen": (lambda: frozen(perceptron(), 2, 4), (4, 8)),
    "convolutions": (convolutions, (2, 3, 9, 9)),
    "convolutions, middle frozen": (lambda: frozen(convolutions(), 2), (2, 3, 9, 9)),
    "convolutions, transposed one frozen": (lambda: frozen(convolutions(), 4), (2, 3, 9, 9)),
    "lstm": (lambda: Recurrent(nn.LSTM), (7, 2, 6)),
    "lstm, projected": (lambda: Recurrent(nn.LSTM, proj_size=3, num_layers=2), (7, 2, 6)),
    "gru, two layers, both ways": (lambda: Recurrent(nn.GRU, num_layers=2, bidirectional=True), (7, 2, 6)),
    "rnn of one step": (lambda: Recurrent(nn.RNN), (1, 2, 6)),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_macs_are_half_of_torchs_flops(name: str) -> None:
    make, shape = MODELS[name]
    with torch.device("meta"):
        model = make().eval()
    assert by_netstat(model, *shape) == by_torch(model, *shape) > 0


@pytest.mark.parametrize("groups", [1, 2, 8])
def test_torch_counts_the_weights_gradient_of_a_grouped_convolution_once_per_group_too_often(groups: int) -> None:
    model = nn.Sequential(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 3, groups=groups))
    macs = 2 * 8 * 7 * 7 * 9 * 8 // groups  # of the second convolution's forward pass
    assert by_torch(model, 2, 3, 9, 9) - by_netstat(model, 2, 3, 9, 9) == (groups - 1) * macs


def test_a_model_without_trainable_parameters_has_no_backward_pass() -> None:
    assert by_netstat(convolutions().requires_grad_(False), 2, 3, 9, 9) == 0


def test_what_no_output_comes_from_takes_no_part() -> None:
    class Aside(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.aside = nn.Linear(4, 4), nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            self.aside(x)
            return self.used(x)

    assert by_netstat(Aside(), 2, 4) == by_torch(Aside(), 2, 4) == 2 * 4 * 4


def test_a_gradient_ends_at_a_detached_tensor() -> None:
    class Detached(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            return self.second(self.first(x).detach())

    macs = backward_macs(capture(Detached(), (torch.empty(2, 4),)))
    assert [number for number in macs if number] == [2 * 4 * 4]
    assert by_torch(Detached(), 2, 4) == 2 * 4 * 4


def made_by(op: str, *sources: tuple[str, Source], dtype: str = "float32", **attributes: object) -> Node:
    """A node on 2×2 matrices."""
    arguments = tuple(Argument(name, TensorSpec((2, 2)), source) for name, source in sources)
    return Node(op, "", "", False, False, 0, arguments, attributes, (TensorSpec((2, 2), dtype),))


INPUT, WEIGHT = Source("input", "x"), Source("param", "w")


def graph(*nodes: Node, outputs: tuple[Source, ...] = (), trainable: bool = True) -> Graph:
    params = (Param("w", TensorSpec((2, 2)), trainable=trainable), Param("b", TensorSpec((2, 2)), False, buffer=True))
    return Graph("made by hand", (("x", TensorSpec((2, 2))),), nodes, params, outputs)


def node(index: int) -> Source:
    return Source("node", node=index)


def test_one_side_wants_a_gradient_or_both_do() -> None:
    first = made_by("mm", ("input", INPUT), ("mat2", WEIGHT))
    second = made_by("mm", ("input", node(0)), ("mat2", WEIGHT))
    third = made_by("mm", ("input", node(0)), ("mat2", Source("buffer", "b")))
    assert backward_macs(graph(first, second, third)) == (8, 16, 8)
    assert backward_macs(graph(first, second, third, outputs=(node(2),))) == (8, 0, 8)
    assert backward_macs(graph(first, second, third, trainable=False)) == (0, 0, 0)


def test_a_node_without_a_formula_has_an_unknown_number_and_hands_the_gradient_on() -> None:
    first = made_by("mm", ("input", INPUT), ("mat2", WEIGHT))
    second = made_by("operator_of_tomorrow", ("0", node(0)))
    third = made_by("mm", ("input", node(1)), ("mat2", Source("constant")))
    assert backward_macs(graph(first, second, third, outputs=(node(2),))) == (8, None, 8)


def test_whole_numbers_have_no_gradient() -> None:
    first = made_by("mm", ("input", INPUT), ("mat2", WEIGHT), dtype="int64")
    second = made_by("mm", ("input", node(0)), ("mat2", Source("constant")))
    assert backward_macs(graph(first, second, outputs=(node(1),))) == (0, 0)


def test_the_operands_of_a_list_are_known_by_their_place() -> None:
    first = made_by("mm", ("input", INPUT), ("mat2", WEIGHT))
    chain = [("operands.0", INPUT), ("operands.1", INPUT), ("operands.2", node(0))]
    second = made_by("einsum", *chain, equation="ij,jk,kl->il")
    assert backward_macs(graph(first, second)) == (8, 8)


def test_each_side_of_a_product_is_saved_for_the_gradient_of_the_other() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.Linear(4, 4))
    model[3].requires_grad_(False)
    weights = {Source("param", f"{i}.weight") for i in (1, 3, 4)}  # not the first: the image wants no gradient
    inputs = {Source("input", "input"), Source("node", node=0), Source("node", node=3)}  # not that of the frozen one
    assert saved(capture(model, (torch.empty(2, 4),))) == weights | inputs
