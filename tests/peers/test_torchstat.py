"""torchstat: both columns of its report, whose names say the opposite of what most people read in them."""

from collections.abc import Callable

import pytest

from netstat.conventions import CONVENTIONS, Counted
from netstat.ops import node_cost
from netstat.peers import PEERS
from netstat.records.crosscheck import CrossCheck
from tests.peers.settled import captured, said, settled

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812  the field's name for it
from torch.nn.utils import prune  # noqa: E402

from tests.one_operator import IMAGE, RECORDED, VECTORS, Calls, SubclassedConv2d, conv  # noqa: E402
from tests.peers.test_single_operators import UNRECORDED  # noqa: E402
from tests.ten_models import TEN_MODELS, outlined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

COLUMNS = ("torchstat", "torchstat-madd")
ALEXNET = 714_188_480
BIASES_OF_CONVOLUTIONS, BIASES_OF_LINEARS = 484_992, 9_192


def ran(peer: str, module: nn.Module, *inputs: Tensor) -> CrossCheck:
    """What torchstat says, or a skipped test that says why."""
    check = settled(peer, module, *inputs)
    if "not installed" in check.error:
        pytest.skip(check.error)
    return check


def predicted(column: str, name: str, batch: int = 1) -> int:
    module, image = outlined(name, batch)
    graph = captured(module, image)
    return CONVENTIONS[column].count(Counted.of(graph, [node_cost(node) for node in graph.nodes]))


class Twice(nn.Conv2d):
    """Runs two convolutions where its class runs one."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) + super().forward(x)


class Free(nn.Linear):
    """A linear layer by another function."""

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T


class Halved(nn.BatchNorm2d):
    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x) / 2


def pruned() -> nn.Module:
    layer = conv()
    prune.random_unstructured(layer, "weight", 0.5)
    return layer


def normalised_by_hooks() -> nn.Module:
    return nn.utils.weight_norm(conv())


def parametrised() -> nn.Module:
    return nn.Sequential(nn.utils.parametrizations.weight_norm(conv()), nn.ReLU())


def shared(layer: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Sequential(layer), nn.Sequential(layer), nn.AvgPool2d(2), layer)


CASES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "one image": (conv, (1, 4, 8, 8)),
    "eight images": (lambda: nn.Sequential(conv(), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)), (8, 4, 8, 8)),
    "subclass that runs two convolutions": (lambda: Twice(4, 4, 3, padding=1, groups=2), IMAGE),
    "subclass of linear by another function": (lambda: Free(16, 10), VECTORS),
    "subclass of batch norm that is none": (lambda: Halved(4), IMAGE),
    "subclassed conv between modules": (lambda: nn.Sequential(conv(kind=SubclassedConv2d), nn.ReLU()), IMAGE),
    "conv, pruned": (pruned, IMAGE),
    "conv, weight normalised by hooks": (normalised_by_hooks, IMAGE),
    "conv, weight normalised by a parametrisation": (parametrised, IMAGE),
    "conv under several parents": (lambda: shared(nn.Conv2d(4, 4, 3, padding=1)), IMAGE),
    "relu under several parents": (lambda: shared(nn.ReLU()), IMAGE),
    "conv on images of two sizes": (
        lambda: Calls(lambda m, x: (m.conv(x), m.conv(x[..., :5]))[0], conv=conv()),
        IMAGE,
    ),
    "transposed conv, dilated and grouped": (
        lambda: nn.ConvTranspose2d(4, 6, 3, stride=2, dilation=2, groups=2),
        (3, 4, 5, 7),
    ),
    "max pool of a window that is no square": (lambda: nn.MaxPool2d((3, 2), stride=1, ceil_mode=True), IMAGE),
    "average pool of a window that is no square, padded": (lambda: nn.AvgPool2d((3, 2), padding=1), IMAGE),
    "relu6": (nn.ReLU6, IMAGE),
    "elu": (nn.ELU, IMAGE),
    "relu of vectors": (nn.ReLU, VECTORS),
    "softmax of images": (lambda: nn.Softmax(-1), IMAGE),
    "upsampling of eight, by name": (lambda: nn.UpsamplingNearest2d(11), (8, 4, 5, 5)),
    "upsampling 3d": (lambda: nn.Upsample(scale_factor=2), (2, 4, 3, 3, 3)),
    "bilinear of eight": (lambda: Calls(lambda m, x: m.pair(x, x), pair=nn.Bilinear(16, 16, 10)), (8, 16)),
    "attention's own linear layer called": (
        lambda: Calls(lambda m, x: m.a.out_proj(x), a=nn.MultiheadAttention(16, 4)),
        VECTORS,
    ),
    "a Sequential without modules": (lambda: nn.Sequential(nn.Sequential(), conv()), IMAGE),
}
# What torchstat itself cannot take: layers that return more than a tensor, linear layers on sequences, no batch.
SEVERAL_OUTPUTS = {
    *("rnn with relu, no bias", "gru of 3 layers in both directions", "lstm without biases", "subclassed lstm"),
    *("lstm of 2 layers, projected", "lstm in double precision", "lstm of packed sequences", "gru of packed sequences"),
}
OTHER_DIMENSIONS = {
    *("conv in 2 groups without a batch", "transposed conv without a batch", "linear on a vector, no bias"),
    *("transposed conv in 2 groups without a batch", "linear on a vector", "average pool without a batch, padded"),
    *("transformer encoder layer, sequence first", "transformer encoder", "transformer"),
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize(("make", "shape"), CASES.values(), ids=CASES)
def test_a_case_at_the_edge_of_a_rule_closes(
    make: Callable[[], nn.Module], shape: tuple[int, ...], column: str
) -> None:
    check = ran(column, make(), torch.zeros(shape))
    assert check.closed, said(check)


@pytest.mark.slow
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("case", UNRECORDED)
def test_a_case_of_the_peers_closes_or_fails_in_torchstat_itself(case: str, column: str) -> None:
    make, shape = UNRECORDED[case]
    check = ran(column, make(), torch.zeros(shape))
    if case in SEVERAL_OUTPUTS:
        assert check.error.startswith("AttributeError")
    elif case in OTHER_DIMENSIONS:
        assert check.error.startswith("AssertionError")
    else:
        assert check.closed, said(check)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_subclass_that_is_met_after_its_parent_calls_itself_without_end(column: str) -> None:
    module = nn.Sequential(conv(4, 3), conv(kind=SubclassedConv2d))
    assert ran(column, module, torch.zeros(IMAGE)).error.startswith("RecursionError")


@pytest.mark.parametrize("column", COLUMNS)
def test_the_classes_of_torch_are_called_as_before_once_torchstat_has_run(column: str) -> None:
    before = nn.Conv2d.__call__, "__call__" in vars(nn.Conv2d)
    ran(column, conv(), torch.zeros(IMAGE))
    ran(column, nn.Linear(16, 4), torch.zeros(2, 3, 16))  # fails
    assert (nn.Conv2d.__call__, "__call__" in vars(nn.Conv2d)) == before
    assert "__call__" not in vars(nn.Linear)


def test_the_column_called_madd_holds_operations_and_the_one_called_flops_multiply_accumulates() -> None:
    """Layer by layer on AlexNet: the names are the other way round to what is common, and so are their units here."""
    module, image = outlined("alexnet")
    flops, madd = (ran(column, module, image) for column in COLUMNS)
    assert (CONVENTIONS["torchstat"].unit, CONVENTIONS["torchstat-madd"].unit) == ("macs", "flops")
    reported = [{layer.path: layer.reported for layer in check.layers} for check in (flops, madd)]
    layers = {"conv2d": 0, "linear": 0}
    for node in captured(module, image).nodes:
        cost = node_cost(node)
        if cost is None or node.op not in layers:
            continue
        layers[node.op] += 1
        biases = node.output.numel
        convolution = node.op == "conv2d"
        assert reported[0][node.path] == cost.macs + (biases if convolution else 0)
        assert reported[1][node.path] == cost.multiplies + cost.adds - (0 if convolution else biases)
    assert layers == {"conv2d": 5, "linear": 3}


def test_alexnet_is_predicted_in_both_columns_without_torchstat() -> None:
    activations, pooled, outputs = 193_600 + 139_968 + 64_896 + 43_264 * 2 + 2 * 4_096, 376_832, 46_656 + 32_448 + 9_216
    assert predicted("torchstat", "alexnet") == ALEXNET + BIASES_OF_CONVOLUTIONS + activations + pooled
    sums_of_linears = BIASES_OF_LINEARS
    assert predicted("torchstat-madd", "alexnet") == 2 * ALEXNET - sums_of_linears + activations + 8 * outputs


@pytest.mark.parametrize(("column", "eight"), [("torchstat", 8), ("torchstat-madd", 1)])
def test_a_batch_is_counted_in_one_column_and_not_in_the_other(column: str, eight: int) -> None:
    assert predicted(column, "alexnet", 8) == eight * predicted(column, "alexnet")


@pytest.mark.slow
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", TEN_MODELS)
def test_a_model_closes_or_has_layers_that_torchstat_cannot_take(name: str, column: str) -> None:
    module, image = outlined(name)
    check = ran(column, module, image)
    if name in ("vit_b_16", "swin_t", "convnext_tiny", "transformer_encoder"):
        assert check.error.startswith("AssertionError")
    elif name == "lstm":
        assert check.error.startswith("AttributeError")
    else:
        assert check.closed, said(check)
        assert check.reported_params == sum(parameter.numel() for parameter in module.parameters())


def test_both_columns_come_from_one_package() -> None:
    assert {PEERS[column].package for column in COLUMNS} == {"torchstat"}
    assert all(PEERS[column].needs_values for column in COLUMNS)


def test_the_bill_of_a_convolution_names_its_bias() -> None:
    terms = {term.reason: term.amount for term in ran("torchstat", conv(), RECORDED["conv 3x3, bias"].input).terms}
    assert terms == {"bias of a convolution counted as 1 per output": 2 * 6 * 8 * 8}


class Net(nn.Module):
    """The example of torchstat's own documentation."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 10, 5), nn.Conv2d(10, 20, 5)
        self.conv2_drop = nn.Dropout2d()
        self.fc1, self.fc2 = nn.Linear(56180, 50), nn.Linear(50, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2_drop(self.conv2(x)), 2)).flatten(1)
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), 1)


@pytest.mark.parametrize(
    ("column", "published", "total"),
    [
        ("torchstat", (36_784_000, 56_404_720, 0, 2_809_000, 500), 95_998_220),
        ("torchstat-madd", (72_600_000, 112_360_000, 0, 5_617_950, 990), 190_578_940),
    ],
)
def test_the_table_torchstat_publishes_is_predicted_line_by_line(
    column: str, published: tuple[int, ...], total: int
) -> None:
    graph = captured(Net(), torch.empty(1, 3, 224, 224, device="meta"))
    figures = dict.fromkeys(("conv1", "conv2", "conv2_drop", "fc1", "fc2"), 0)
    for share in CONVENTIONS[column].shares(Counted.of(graph, [node_cost(node) for node in graph.nodes])):
        figures[share.path] = figures.get(share.path, 0) + share.amount
    assert {path: figure for path, figure in figures.items() if path} == dict(zip(figures, published, strict=False))
    assert sum(figures.values()) == total
