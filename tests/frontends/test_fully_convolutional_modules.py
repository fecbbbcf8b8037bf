"""S16: torch modules in fully convolutional form, held against the modules they came from on real tensors."""

import copy
import pickle
import re
from typing import Any

import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import prune

import netstat
from netstat.errors import ModelError, UsageError
from netstat.graph import Graph
from netstat.models import MODELS

pytestmark = pytest.mark.torch

EXACT = 1e-13  # of the largest score: float64 sums the same products in another order


def converted(model: nn.Module, *shape: int) -> nn.Module:
    made = netstat.fully_convolutional(model, shape or (3, 224, 224))
    assert isinstance(made, nn.Module)
    return made


def run(model: nn.Module, images: Tensor) -> Tensor:
    with torch.inference_mode():
        output: Tensor = model.eval()(images)
    return output


def images(*shape: int) -> Tensor:
    return torch.rand(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def assert_same(one: Tensor, other: Tensor) -> None:
    assert one.shape == other.shape
    assert (one - other).abs().max() <= EXACT * other.abs().max()


def narrow(name: str) -> nn.Module:
    return torchvision.models.get_model(name, weights=None, num_classes=10).double().eval()


@pytest.fixture(scope="module", params=["vgg11", "alexnet"])
def pair(request: pytest.FixtureRequest) -> tuple[Any, nn.Module]:
    model = narrow(request.param)
    return model, converted(model)


@pytest.mark.slow
def test_s16_at_224_the_map_of_one_position_is_the_logits(pair: tuple[Any, nn.Module]) -> None:
    model, dense = pair
    x = images(2, 3, 224, 224)
    assert_same(run(dense, x), run(model, x)[:, :, None, None])


@pytest.mark.slow
def test_s16_each_score_is_what_the_head_says_of_its_window_of_the_feature_maps(pair: tuple[Any, nn.Module]) -> None:
    model, dense = pair
    x = images(1, 3, 256, 288)
    maps, scores = run(model.features, x), run(dense, x)
    side = model.avgpool.output_size[0]
    assert scores.shape[2:] == (maps.shape[2] - side + 1, maps.shape[3] - side + 1) == (2, 3)
    for row in range(2):
        for column in range(3):
            window = maps[:, :, row : row + side, column : column + side]
            assert_same(scores[:, :, row, column], run(model.classifier, window.flatten(1)))


@pytest.mark.slow
def test_s16_with_zero_padding_no_score_is_what_the_model_says_of_the_crop(pair: tuple[Any, nn.Module]) -> None:
    model, dense = pair
    x = images(1, 3, 256, 256)
    scores = run(dense, x)
    for row, column in ((0, 0), (1, 1)):
        crop = x[:, :, 32 * row : 32 * row + 224, 32 * column : 32 * column + 224]
        logits = run(model, crop)
        assert (scores[:, :, row, column] - logits).abs().max() > 1e6 * EXACT * logits.abs().max()


def test_s16_the_weights_are_those_of_the_model_and_so_is_their_number(pair: tuple[Any, nn.Module]) -> None:
    model, dense = pair
    before, after = model.state_dict(), dense.state_dict()
    assert list(after) == list(before)
    for name, weight in before.items():
        assert torch.equal(after[name].flatten(), weight.flatten())
        assert after[name].data_ptr() != weight.data_ptr()


@pytest.mark.slow
def test_s16_vgg16_as_it_is_on_a_real_forward() -> None:
    model: Any = torchvision.models.vgg16().double().eval()
    dense, x = converted(model), images(1, 3, 224, 224)
    assert_same(run(dense, x), run(model, x)[:, :, None, None])
    assert run(dense, images(1, 3, 256, 384)).shape == (1, 1000, 2, 6)


class Unpadded(nn.Module):
    """Convolutions without padding, weights and inputs whole numbers, so that float64 sums are exact in any order."""

    def __init__(self, kernel: int, stride: int, pooled: bool, side: int) -> None:
        super().__init__()
        pool = nn.MaxPool2d(2, 2) if pooled else nn.Identity()
        self.features = nn.Sequential(nn.Conv2d(2, 3, kernel, stride), nn.ReLU(), pool, nn.Conv2d(3, 4, 3))
        maps = self.features(torch.zeros(1, 2, side, side))
        self.head, self.last = nn.Linear(maps.numel(), 5), nn.Linear(5, 3)
        for parameter in self.parameters():
            parameter.data.random_(-3, 4)
        self.double().eval()

    def forward(self, x: Tensor) -> Tensor:
        return self.last(functional.relu(self.head(torch.flatten(self.features(x), 1))))


@pytest.mark.slow
@given(st.integers(1, 4), st.integers(1, 3), st.booleans(), st.integers(0, 9), st.integers(0, 2**20))
@settings(max_examples=25, deadline=None)
def test_s16_without_padding_every_score_is_exactly_what_the_model_says_of_the_crop(
    kernel: int, stride: int, pooled: bool, more: int, seed: int
) -> None:
    torch.manual_seed(seed)
    side = kernel + stride * 7
    model = Unpadded(kernel, stride, pooled, side)
    x = torch.randint(0, 5, (1, 2, side + more, side + 2 * more)).double()
    scores, step = run(converted(model, 2, side, side), x), stride * (2 if pooled else 1)
    assert scores.shape[2:] >= (more // step + 1, 2 * more // step + 1)
    for row in range(more // step + 1):
        for column in range(2 * more // step + 1):
            top, left = row * step, column * step
            crop = x[:, :, top : top + side, left : left + side]
            assert torch.equal(scores[:, :, row, column], run(model, crop))


def wherever(graph: Graph) -> list[tuple[Any, ...]]:
    return [(node.op, node.path, node.outputs, node.attributes) for node in graph.nodes]


@pytest.mark.parametrize("name", ["alexnet", "vgg11", "vgg16_bn"])
@pytest.mark.parametrize("side", [224, 384])
def test_s16_a_spec_and_torchvisions_module_lead_to_the_same_operators(name: str, side: int) -> None:
    from netstat.api.subjects import subject_of

    given = {"input_shape": (3, side, side), "fully_convolutional": True}
    ours = subject_of(name, **given).graph
    theirs = subject_of(f"torchvision:{name}", **given).graph
    assert wherever(ours) == wherever(theirs)
    assert {param.name: param.spec for param in ours.params} == {param.name: param.spec for param in theirs.params}


@pytest.mark.parametrize("name", [name for name in MODELS.names() if "vgg1" not in name or name == "vgg11_bn"])
def test_the_assembled_form_runs_as_the_graph_says(name: str) -> None:
    from netstat.api.subjects import subject_of

    channels = MODELS[name].input_shape[0]
    subject = subject_of(name, (channels, 232, 264), fully_convolutional=True)
    outline = subject.outline()
    output = outline.eval()(torch.empty(1, channels, 232, 264, device="meta"))
    assert tuple(output.shape) == subject.graph.nodes[-1].output.shape


def test_vgg16_by_hand_has_the_form_too() -> None:
    p = netstat.profile("vgg16-functional", (3, 384, 384), fully_convolutional=True)
    assert p.totals.macs == netstat.profile("vgg16", (3, 384, 384), fully_convolutional=True).totals.macs
    assert p.layers[-1].output_shape == (1, 1000, 6, 6)
    assert p.complete


@pytest.mark.parametrize(
    "name",
    [
        "resnet18",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("densenet121", "mobilenet_v3_small", "googlenet", "efficientnet_b0")
        ),
    ],
)
def test_pooling_to_one_position_becomes_a_window_that_slides(name: str) -> None:
    options = {"init_weights": False} if name == "googlenet" else {}
    model = torchvision.models.get_model(name, weights=None, **options).double().eval()
    dense, x = converted(model, 3, 64, 64), images(1, 3, 64, 64)
    assert_same(run(dense, x), run(model, x)[:, :, None, None])
    assert run(dense, images(1, 3, 128, 64)).shape == (1, 1000, 3, 1)
    assert sum(p.numel() for p in dense.parameters()) == sum(p.numel() for p in model.parameters())


class Hand(nn.Module):
    """A head in functions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.one, self.two = nn.Conv2d(3, 4, 3), nn.Linear(4 * 15 * 15, 6), nn.Linear(6, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(functional.relu(self.conv(x)), 2)
        x = functional.dropout(x.view(x.size(0), -1), training=self.training)
        return self.two(torch.tanh(self.one(x)))


class Pools(nn.Module):
    """Adaptive pooling as a function."""

    def __init__(self, pool: Any) -> None:
        super().__init__()
        self.pool, self.conv, self.head = pool, nn.Conv2d(3, 4, 3), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.pool(self.conv(x), (1, 1)).reshape(x.shape[0], 4))


OWN = {
    "functions": Hand(),
    "sequential": nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(3600, 6), nn.GELU(), nn.Linear(6, 2)),
    "average": Pools(functional.adaptive_avg_pool2d),
    "largest": Pools(functional.adaptive_max_pool2d),
    "oblong": nn.Sequential(nn.Conv2d(3, 4, (3, 9)), nn.ReLU(), nn.Flatten(1, 3), nn.Linear(30 * 24 * 4, 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_a_model_of_ones_own_has_the_form(name: str) -> None:
    model = copy.deepcopy(OWN[name]).double().eval()
    dense, x = converted(model, 3, 32, 32), images(2, 3, 32, 32)
    assert_same(run(dense, x), run(model, x)[:, :, None, None])
    assert min(run(dense, images(1, 3, 48, 64)).shape[2:]) > 8


def test_a_model_whose_size_nobody_knows_has_a_square_head() -> None:
    p = netstat.profile(Hand(), (3, 40, 48), fully_convolutional=True)
    assert p.layers[-1].output_shape == (1, 2, 5, 9)
    assert p.model == "Hand (fully convolutional)"


def test_the_model_is_left_as_it_was() -> None:
    model = Hand().train()
    before, modules = copy.deepcopy(model.state_dict()), list(model.modules())
    made = converted(model, 3, 32, 32)
    netstat.profile(model, (3, 64, 64), fully_convolutional=True)
    assert model.training
    assert list(model.modules()) == modules
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    for parameter in made.parameters():
        parameter.data.zero_()
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_containers_stay_and_what_does_nothing_goes() -> None:
    dense: Any = converted(torchvision.models.alexnet())
    assert [name for name, _ in dense.named_children()] == ["features", "classifier"]
    assert isinstance(dense.classifier, nn.Sequential)
    assert dense.classifier[-1].weight.shape == (1000, 4096, 1, 1)
    own: Any = converted(OWN["sequential"], 3, 32, 32)
    assert [name for name, _ in own.named_children()] == ["0", "2", "3", "4"]


def test_a_copy_and_a_pickled_one_give_the_same_scores() -> None:
    dense, x = converted(Hand(), 3, 32, 32), torch.rand(1, 3, 40, 40)
    scores = run(dense, x)
    assert torch.equal(run(copy.deepcopy(dense), x), scores)
    assert torch.equal(run(pickle.loads(pickle.dumps(dense)), x), scores)


def test_classifiers_that_only_training_runs_are_parameters_still() -> None:
    before, after = (netstat.profile("googlenet", fully_convolutional=form).totals for form in (False, True))
    assert (before.params, before.macs, before.unused_params) == (after.params, after.macs, after.unused_params)


def test_frozen_layers_stay_frozen() -> None:
    model = Hand()
    model.one.requires_grad_(False)
    found = {name: parameter.requires_grad for name, parameter in converted(model, 3, 32, 32).named_parameters()}
    assert found == {name: parameter.requires_grad for name, parameter in model.named_parameters()}


def test_a_batch_trains_in_that_form() -> None:
    p = netstat.profile(Hand(), (3, 64, 64), batch=4, training=True, fully_convolutional=(3, 32, 32))
    assert p.training
    assert [row.op for row in p.layers].count("dropout") == 1


@pytest.mark.parametrize("model", ["lenet", Hand()])
def test_s16_other_counters_and_the_allocator_run_the_form(model: Any) -> None:
    shape = (1, 40, 40) if isinstance(model, str) else (3, 40, 40)
    checks = netstat.crosscheck(model, shape, against=["thop", "fvcore", "torch"], fully_convolutional=True)
    macs = netstat.profile(model, shape, fully_convolutional=True).totals.macs
    assert [(check.ours, check.unexplained) for check in checks] == [(macs, 0)] * 3
    needed = netstat.memory(model, shape, batch=2, fully_convolutional=True)
    assert needed.training_peak_bytes is not None
    assert needed.model.endswith("(fully convolutional)")


@pytest.mark.slow
def test_s16_other_processes_time_the_form() -> None:
    from netstat.measure.settings import QUICK

    for model in ("lenet", nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 26 * 26, 3))):
        times = netstat.benchmark(model, (1, 32, 32), settings=QUICK, fully_convolutional=True)
        operators = [layer.op for layer in times[0].layers]
        assert "linear" not in operators
        assert operators.count("conv2d") == (5 if model == "lenet" else 2)


def hooked() -> nn.Module:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(3600, 2))
    prune.l1_unstructured(model[2], "weight", 0.5)
    return model


class Branches(nn.Module):
    """Decides by values."""

    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class Hidden(nn.Module):
    """Takes a mean over the image."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.conv(x).mean((2, 3), keepdim=True).flatten(1))


class Adds(nn.Module):
    """Has two branches behind its flatten."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(3072, 2), nn.Linear(3072, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.flatten(x, 1)
        return self.one(x) + self.two(x)


class Makes(nn.Module):
    """Makes a tensor in its forward."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3072, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(torch.flatten(x * torch.tensor(2.0), 1))


class Rows(nn.Module):
    """Makes rows of positions, not of images."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x.permute(0, 2, 3, 1).reshape(-1, 3))


class Two(nn.Module):
    """Takes two images."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


REFUSED = {
    "no head": (nn.Conv2d(3, 4, 3), "no linear layer stands behind a flatten of maps"),
    "norm": (nn.Sequential(nn.Flatten(), nn.BatchNorm1d(12), nn.Linear(12, 2)), "BatchNorm1d ('1') behind its flatten"),
    "softmax": (nn.Sequential(nn.Flatten(), nn.Linear(3072, 2), nn.Softmax(1)), "Softmax ('2') behind its flatten"),
    "pools": (nn.Sequential(nn.AdaptiveAvgPool2d(5), nn.Flatten(), nn.Linear(75, 2)), "it pools 32×32 to 5×5"),
    "other size": (nn.Sequential(nn.Flatten(), nn.Linear(300, 2)), "layer '1' takes 300 features, and gets 3×32×32"),
    "pruned": (hooked(), "layer '2' has hooks"),
    "branches": (Branches(), "its forward cannot be traced"),
    "hidden": (Hidden(), "something before its linear layers pools to a fixed size"),
    "adds": (Adds(), "add behind its flatten does not"),
    "makes": (Makes(), "its forward makes tensors of its own"),
    "rows": (Rows(), "no linear layer stands behind a flatten of maps"),
    "two": (Two(), "its forward raised"),
    "channels": (nn.Sequential(nn.Conv2d(4, 4, 3), nn.Flatten(), nn.Linear(3600, 2)), "its forward raised"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_model_without_such_a_form_is_refused_in_one_line(name: str) -> None:
    model, said = REFUSED[name]
    with pytest.raises(ModelError, match=re.escape(said)) as refused:
        netstat.fully_convolutional(model, (3, 32, 32))
    assert "\n" not in str(refused.value)


def test_pooling_to_one_position_asks_for_the_size_a_model_is_made_for() -> None:
    model = torchvision.models.resnet18()
    with pytest.raises(ModelError, match=r"unless one says what size it is made for"):
        netstat.profile(model, (3, 384, 384), fully_convolutional=True)
    p = netstat.profile(model, (3, 384, 384), fully_convolutional=(3, 224, 224))
    assert p.layers[-1].output_shape == (1, 1000, 6, 6)


def test_a_conversion_of_a_module_asks_for_its_size() -> None:
    with pytest.raises(UsageError, match=r"say what size the model is made for: netstat.fully_convolutional"):
        netstat.fully_convolutional(Hand())


def test_a_function_has_no_such_form() -> None:
    with pytest.raises(ModelError, match=r"it is a function, and no torch\.nn\.Module"):
        netstat.profile(lambda x: x, (3, 8, 8), fully_convolutional=True)
