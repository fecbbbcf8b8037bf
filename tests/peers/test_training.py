"""The training pass: peers get a copy in training mode, but for those that put it into evaluation mode themselves."""

from pathlib import Path

import pytest

import netstat
from netstat.errors import ModelError
from netstat.frontends.subject import Inputs
from netstat.peers import PEERS, run
from tests.peers.settled import ALL, captured, said, settled

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
from torch import nn  # noqa: E402

from netstat.conventions import CONVENTIONS, Counted  # noqa: E402
from netstat.frontends.outline import WeightsOnMeta  # noqa: E402
from netstat.ops import node_cost  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

IMAGES = torch.zeros(2, 3, 8, 8)
ELEMENTS = 2 * 4 * 6 * 6


def network() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(), nn.Flatten(), nn.Linear(144, 5))


def resnet50() -> nn.Module:
    with WeightsOnMeta():
        module: nn.Module = torchvision.models.resnet50()
    return module


@pytest.mark.parametrize(("training", "printed"), [(False, "4.1115"), (True, "4.1449")])
def test_resnet_50_has_the_figures_of_fvcore_on_record(training: bool, printed: str) -> None:
    graph = captured(resnet50(), torch.empty(1, 3, 224, 224, device="meta"), training=training)
    figure = CONVENTIONS["fvcore"].count(Counted.of(graph, [node_cost(node) for node in graph.nodes]))
    assert f"{figure / 1e9:.4f}" == printed


@pytest.mark.slow
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("peer", [*ALL, "torch-profiler"])
def test_resnet_50_closes_in_both_modes(peer: str, training: bool) -> None:
    check = settled(peer, resnet50(), torch.empty(1, 3, 224, 224, device="meta"), training=training)
    assert check.closed, said(check)


@pytest.mark.slow
def test_fvcore_counts_more_in_training_and_thop_does_not() -> None:
    calm, trained = (netstat.crosscheck(network(), args=(IMAGES,), training=training) for training in (False, True))
    figures = {check.peer: (before.reported, check.reported) for before, check in zip(calm, trained, strict=True)}
    run = [check for check in trained if "not installed" not in check.error]
    assert all(check.closed for check in run), [*map(said, run)]
    assert figures["fvcore"][1] - figures["fvcore"][0] == 3 * ELEMENTS
    assert figures["thop"][1] == figures["thop"][0]
    assert figures["torch"][1] == figures["torch"][0]
    assert figures["torch-profiler"][1] - figures["torch-profiler"][0] == ELEMENTS  # of dropout


@pytest.mark.parametrize("peer", ALL)
def test_the_copy_is_in_training_mode_unless_the_tool_sees_to_that(peer: str) -> None:
    seen: list[bool] = []

    class Looks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(self.training)
            return self.fc(x)

    module = Looks().eval()
    assert run(peer, module, (torch.zeros(2, 4),), training=True).error == ""
    assert {*seen} == {not PEERS[peer].convention.evaluates}
    assert not module.training


def test_a_training_pass_alone_is_refused_where_a_peer_needs_the_other() -> None:
    from netstat.api.subjects import crosscheck_subject
    from netstat.frontends.resolve import resolve

    subject = resolve(network(), Inputs(args=(IMAGES,)), training=True)
    with pytest.raises(ModelError, match="evaluation pass only"):
        crosscheck_subject(subject, ["thop"])
    assert crosscheck_subject(subject, ["fvcore"])[0].closed


def test_the_command_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    from netstat.cli import main

    assert main(["crosscheck", "lenet", "--against", "thop,fvcore,torch", "--train", "--strict"]) == 0
    assert "fvcore" in capsys.readouterr().out


def test_a_cross_check_of_the_training_pass_says_so_and_is_read_back(tmp_path: Path) -> None:
    checks = netstat.crosscheck(network(), args=(IMAGES,), training=True, against=["fvcore", "thop"])
    checks.save(tmp_path / "checks.json")
    assert netstat.load(tmp_path / "checks.json") == checks
    assert "Sequential, training pass" in str(checks)
    assert "training" not in str(netstat.crosscheck(network(), args=(IMAGES,), against=["thop"]))
