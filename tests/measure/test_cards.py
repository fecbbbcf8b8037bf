"""A split model run for real: what the processes send is what the partition says, and they compute the model."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import netstat
from netstat.analysis.partition import partition
from netstat.api.subjects import subject_of
from netstat.errors import ModelError
from netstat.measure.cards import run_cards
from netstat.records.partition import Partition

pytestmark = pytest.mark.torch

MODELS: dict[str, tuple[int, dict[str, Any]]] = {
    "lenet": (4, {"batch": 2}),
    "alexnet": (2, {"input_shape": (3, 63, 63)}),
    "alexnet-bvlc": (2, {}),
    "vgg11_bn": (3, {"input_shape": (3, 32, 32), "batch": 2}),
    "resnet18": (3, {"input_shape": (3, 64, 64)}),
    "mobilenet_v2": (2, {"input_shape": (3, 64, 64)}),
}


class Branches(nn.Module):
    """Residuals, concatenation, groups that are cut, channels by themselves, normalisation with neighbours."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.cut = nn.Conv2d(3, 7, 3), nn.Conv2d(7, 7, 1)
        self.grouped, self.each = nn.Conv2d(14, 6, 1, groups=2), nn.Conv2d(6, 12, 3, groups=6)
        self.norm, self.batch = nn.LocalResponseNorm(4, alpha=0.5), nn.BatchNorm2d(7)
        self.last = nn.Linear(12 * 9, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.first(x))
        x = torch.cat([x, self.batch(self.cut(x)) + x], 1)
        x = torch.relu(self.each(self.grouped(x)))
        last: Tensor = self.last(torch.flatten(x, 1))
        return last


def assert_agrees(record: Partition) -> None:
    assert record.run is not None
    said = [(row.path, row.op, row.forward_bytes, row.backward_bytes) for row in record.layers]
    sent = [(row.path, row.op, row.forward_bytes, row.backward_bytes) for row in record.run.layers]
    assert said == sent
    assert (record.forward_bytes, record.backward_bytes) == (record.run.forward_bytes, record.run.backward_bytes)
    assert record.run.output_difference <= record.run.bound
    assert record.run.gradient_difference <= record.run.bound
    assert record.agrees


@pytest.mark.slow
def test_two_processes_send_what_the_partition_says_and_compute_what_one_does() -> None:
    record = netstat.partition("lenet", batch=2, dtype="fp64", training=False, run=True)
    assert_agrees(record)
    assert record.run is not None
    assert record.run.bound < 1e-12
    assert record.run.forward_bytes == 2 * 8 * (6 * 14 * 14 + 400 + 120 + 84 + 10)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_as_many_processes_as_cards_do_so_for_any_model(model: str) -> None:
    ways, given = MODELS[model]
    assert_agrees(netstat.partition(model, ways=ways, dtype="fp64", training=False, run=True, **given))


@pytest.mark.slow
@pytest.mark.parametrize("lrn", ["across", "within"])
@pytest.mark.parametrize("ways", [2, 3])
def test_branches_cut_groups_and_neighbours_are_exchanged_exactly(ways: int, lrn: str) -> None:
    torch.manual_seed(0)
    model = Branches().double()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    record = netstat.partition(model, (3, 7, 7), ways=ways, batch=2, lrn=lrn, dtype="fp64", training=False, run=True)
    assert_agrees(record)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.slow
def test_a_model_of_which_nothing_is_trained_runs_forward_alone() -> None:
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Conv2d(4, 6, 3)).requires_grad_(False)
    record = netstat.partition(model, (3, 6, 6), run=True, training=False)
    assert record.agrees
    assert record.backward_bytes == 0 < record.forward_bytes


@pytest.mark.slow
def test_the_papers_two_cards_send_what_the_paper_has_them_send() -> None:
    record = netstat.partition("alexnet-paper", paper=True, training=False, run=True)
    assert_agrees(record)
    assert record.run is not None
    values = 256 * 13 * 13 + 9216 + 4096 + 4096
    assert (record.run.forward_bytes, record.run.backward_bytes) == (4 * (values + 1000), 4 * values)


@pytest.mark.slow
def test_a_split_that_leaves_out_what_a_card_needs_is_found_out() -> None:
    """Normalisation within cards is another function than the model's."""
    torch.manual_seed(0)
    subject = subject_of(Branches().double(), (3, 7, 7))
    record = replace(partition(subject.graph, 2, lrn="within"), lrn="across")
    run = run_cards(Branches().double(), subject.graph, record)
    assert run.output_difference > run.bound
    assert not replace(record, run=run).agrees


@pytest.mark.slow
def test_bytes_that_were_not_foreseen_are_found_out() -> None:
    record = netstat.partition("lenet", training=False, run=True)
    assert record.run is not None
    more = replace(record.run.layers[3], forward_bytes=record.run.layers[3].forward_bytes + 4)
    layers = (*record.run.layers[:3], more, *record.run.layers[4:])
    assert not replace(record, run=replace(record.run, layers=layers)).agrees
    assert "UNEXPLAINED" in str(replace(record, run=replace(record.run, layers=layers)))


@pytest.mark.slow
def test_a_process_that_fails_ends_the_run_in_one_line() -> None:
    """Cards that wait for channels which nobody sends."""
    subject = subject_of("lenet")
    record = partition(subject.graph, 2)
    layers = tuple(replace(layer, crossings=()) for layer in record.layers)
    with pytest.raises(ModelError, match=r"card [01] failed: "):
        run_cards(subject.module(), subject.graph, replace(record, layers=layers))


def test_a_dtype_that_cards_do_not_run_in_is_refused() -> None:
    with pytest.raises(ModelError, match="cards run in float32 or float64, not in bfloat16"):
        netstat.partition("lenet", dtype="bf16", training=False, run=True)
