"""What a model is run on: meta tensors, fake ones for models that ask where they are, real ones where values decide."""

import pytest
import torch
import torchvision
from torch import Tensor, nn

from netstat import profile
from netstat.errors import ModelError
from netstat.frontends import trying
from netstat.frontends.pytorch import capture
from netstat.frontends.stages import Fake, Meta, Real, Stage
from netstat.frontends.trying import capture_lightest
from netstat.graph import Graph

pytestmark = pytest.mark.torch


def lightest(model: nn.Module, *sizes: int) -> Graph:
    return capture_lightest(model, (torch.empty(sizes, device="meta"),), {})


class OnlyOnCpu(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        if x.device.type != "cpu":
            raise RuntimeError("this model wants its input on the CPU")
        return self.fc(x)


class Repeats(nn.Module):
    """Calls its layer as often as a buffer says."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.register_buffer("times", torch.tensor(3))
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(int(self.times)):
            x = self.fc(x)
        self.calls += 1
        return x


def test_a_model_of_shapes_alone_runs_on_meta() -> None:
    assert lightest(nn.Linear(4, 4), 1, 4).device == "meta"


def test_a_model_that_wants_the_cpu_runs_on_fake_tensors() -> None:
    graph = lightest(OnlyOnCpu(), 1, 4)
    assert (graph.device, [node.op for node in graph.nodes]) == ("fake", ["linear"])


def test_a_model_that_looks_at_values_runs_on_real_ones_and_is_left_as_it_was() -> None:
    model = Repeats()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    graph = lightest(model, 1, 4)
    assert (graph.device, [node.op for node in graph.nodes].count("linear")) == ("cpu", 3)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_values_a_function_closes_over_are_left_as_they_were() -> None:
    state = torch.zeros(4)

    def step(x: Tensor) -> Tensor:
        return state.add_(1) + x if float(x.sum()) > -1 else x

    assert profile(step, (4,)).totals.adds >= 4
    assert torch.equal(state, torch.zeros(4))


def test_a_model_on_the_meta_device_that_looks_at_values_says_what_it_wanted() -> None:
    with torch.device("meta"):
        model = Repeats()
    with pytest.raises(ModelError, match="item"):
        lightest(model, 1, 4)


def test_token_ids_stay_within_the_smallest_table() -> None:
    class Looks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.kinds = nn.Embedding(50, 4), nn.Embedding(3, 4)

        def forward(self, ids: Tensor) -> Tensor:
            assert int(ids.max()) < 3
            return self.tokens(ids) + self.kinds(ids)

    graph = capture_lightest(Looks(), (torch.empty((2, 9), dtype=torch.int64, device="meta"),), {})
    assert (graph.device, graph.nodes[-1].op) == ("cpu", "add")


def test_a_model_that_would_not_fit_into_memory_is_refused_with_the_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "free_memory", lambda: 100)
    with pytest.raises(ModelError, match=r"item.*; on real tensors it would take .* of memory, and .* are free"):
        lightest(Repeats(), 1, 4)


@pytest.mark.parametrize("stage", [Fake(), Real(alias=False)], ids=["fake", "real"])
@pytest.mark.parametrize("name", ["squeezenet1_1", "resnet18"])
def test_all_kinds_of_tensors_give_the_same_graph(name: str, stage: Stage) -> None:
    model, x = torchvision.models.get_model(name), torch.rand(1, 3, 64, 64)
    assert capture(model, (x,), stage=stage) == capture(model, (x,), stage=Meta())


def test_a_lazy_module_finds_its_shapes_on_the_copy() -> None:
    model = nn.Sequential(nn.LazyConv2d(8, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(10))
    known = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 10))
    ours, theirs = profile(model, (3, 8, 8)), profile(known, (3, 8, 8))
    assert (ours.layers, ours.totals) == (theirs.layers, theirs.totals)
    assert all(nn.parameter.is_lazy(p) for p in (model[0].weight, model[4].weight))
