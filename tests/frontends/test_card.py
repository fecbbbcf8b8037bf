"""One card's part of a model: the same model on one card, the paper's card written by hand, groups in a real module."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

import netstat
from netstat.analysis.memory import need
from netstat.analysis.partition import partition
from netstat.api.needs import Plan, rehearsed
from netstat.api.partitioning import Split, partition_subject
from netstat.api.subjects import subject_of
from netstat.errors import ModelError
from netstat.frontends.card import Card, slices
from netstat.frontends.exchange import Held, Nobody, united
from netstat.frontends.grouping import grouped
from netstat.frontends.rehearsal import rehearse
from netstat.models.alexnet import GROUPED_IN_PAPER

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("model", ["lenet", "alexnet-paper", "alexnet-bvlc", "alexnet"])
def test_a_single_card_needs_of_memory_what_the_model_does(model: str) -> None:
    subject = subject_of(model, batch=2)
    record, outline = partition(subject.graph, 1), subject.outline()
    tensors = dict(outline.named_parameters())
    card = Card(subject.graph, record, 0, slices(record, 0, tensors), Nobody())
    alone = need(rehearse(card, subject.graph.inputs, "sgd-momentum").lifetimes)
    assert alone.peak_bytes == need(rehearsed(subject, Plan())[0]).peak_bytes


class AlexNetCard(nn.Module):
    """One card of two in training as the paper has it, written by hand.

    Half of every layer's kernels live here. The second, fourth and fifth convolution and the normalisations see this
    card's maps alone; the third convolution and the fully connected layers see all, so that they take what the other
    card has made beside our own: `received`, as many values again, which are part of what this card holds. The
    classes are shared out as well; the other half of the scores stays there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 48, 11, stride=4), nn.Conv2d(48, 128, 5, padding=2)
        self.conv3 = nn.Conv2d(256, 192, 3, padding=1)
        self.conv4, self.conv5 = nn.Conv2d(192, 192, 3, padding=1), nn.Conv2d(192, 128, 3, padding=1)
        self.fc6, self.fc7 = nn.Linear(9216, 2048), nn.Linear(4096, 2048)
        self.fc8 = nn.Linear(4096, 500)
        self.norm = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)
        self.relu, self.pool, self.dropout = nn.ReLU(), nn.MaxPool2d(3, 2), nn.Dropout()

    def forward(self, x: Tensor) -> Tensor:
        """Our half of the scores of a batch."""
        x = self.pool(self.norm(self.relu(self.conv1(x))))
        x = self.pool(self.norm(self.relu(self.conv2(x))))
        x = self.relu(self.conv3(received(x)))
        x = self.relu(self.conv4(x))
        x = self.pool(self.relu(self.conv5(x)))
        x = self.dropout(self.relu(self.fc6(received(torch.flatten(x, 1)))))
        x = self.dropout(self.relu(self.fc7(received(x))))
        scores: Tensor = self.fc8(received(x))
        return scores


def received(x: Tensor) -> Tensor:
    """Our maps or values, and those of the other card behind them."""
    return torch.cat((x, torch.zeros_like(x)), 1)


def test_a_card_of_the_paper_needs_what_the_one_written_by_hand_does() -> None:
    """And the other card's half of the scores, which that one leaves there."""
    record = netstat.partition("alexnet-paper", paper=True, batch=128)
    by_hand = netstat.memory(AlexNetCard(), (3, 227, 227), batch=128)
    assert by_hand.training_peak_bytes is not None
    peaks = {card.training_peak_bytes for card in record.cards}
    assert peaks == {by_hand.training_peak_bytes + 128 * 500 * 4}
    assert record.cards[0].param_bytes == by_hand.inference.param_bytes


def test_cards_that_are_alike_are_gone_through_once_and_others_by_themselves() -> None:
    record = netstat.partition("lenet", ways=3)
    first, second, third = (card.training_peak_bytes for card in record.cards)
    assert first is not None
    assert second is not None
    assert second == third < first


def test_a_model_that_cards_do_not_run_has_no_peak_of_a_card_and_says_which_operator() -> None:
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 1), torch.nn.Softmax(1), torch.nn.Conv2d(4, 2, 1))
    record = netstat.partition(model, (3, 4, 4))
    assert [card.training_peak_bytes for card in record.cards] == [None, None]
    assert "cards do not run 'softmax' in '1'" in record.not_predicted
    with pytest.raises(ModelError, match="cards do not run 'softmax'"):
        netstat.partition(model, (3, 4, 4), training=False, run=True)


def test_what_cards_could_not_exchange_is_refused_before_anything_runs() -> None:
    class Made(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 4, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            made: torch.Tensor = self.conv(x) + torch.ones(4, 1, 1)
            return made

    with pytest.raises(ModelError, match=r"cards do not run add with several outputs, or on tensors made inside"):
        netstat.partition(Made(), (3, 4, 4), training=False, run=True)


def test_the_dtype_of_a_model_of_indices_is_that_of_its_weights() -> None:
    model = torch.nn.Sequential(torch.nn.Embedding(9, 4), torch.nn.Linear(4, 6)).double()
    record = netstat.partition(model, [((5,), "int64", "")], training=False)
    assert record.dtype == "float64"
    assert record.layers[1].crossings == ()
    assert record.copied_gradient_bytes == 9 * 4 * 8  # each card has the embedding, and a part of its gradient


def test_groups_in_the_graph_are_groups_in_the_module_and_the_users_module_stays_as_it_was() -> None:
    model = torch.nn.Sequential(torch.nn.Conv2d(4, 6, 3), torch.nn.ReLU(), torch.nn.Conv2d(6, 4, 1, bias=False))
    changed, paths = grouped(subject_of(model, (4, 5, 5)), ["0", "2"], 2)
    assert paths == ("0", "2")
    made = changed.module()
    assert [made[i].groups for i in (0, 2)] == [2, 2]
    assert [made[i].bias is not None for i in (0, 2)] == [True, False]
    assert {p.name: p.spec.shape for p in changed.graph.params} == {
        name: tuple(p.shape) for name, p in made.named_parameters()
    }
    assert [model[i].groups for i in (0, 2)] == [1, 1]  # type: ignore[union-attr]


def test_the_papers_groups_give_the_graph_of_a_network_with_groups() -> None:
    changed, _ = grouped(subject_of("alexnet-paper"), GROUPED_IN_PAPER, 2)
    assert netstat.profile(changed.graph).totals.params == netstat.profile("alexnet-bvlc").totals.params
    assert netstat.profile(changed.module(), (3, 227, 227)).totals.params == 60_965_224


def test_parts_of_a_tensor_come_together_in_the_order_of_its_channels() -> None:
    whole = torch.arange(10).reshape(2, 5)
    left, right = Held(whole[:, [0, 3, 4]], 1, ((0, 1), (3, 5))), Held(whole[:, 1:3], 1, ((1, 3),))
    assert torch.equal(united([right, left]).tensor, whole)
    assert torch.equal(united([left, right]).take(((1, 2), (4, 5))), whole[:, [1, 4]])
    assert torch.equal(left.take(((3, 4),)), whole[:, 3:4])


def test_frozen_parameters_stay_frozen_on_a_card() -> None:
    subject = subject_of("lenet")
    record = partition_subject(subject, Split(training=False))
    graph = subject.graph
    params = tuple(p._replace(trainable=p.name != "0.weight") for p in graph.params)
    tensors = dict(subject.module().named_parameters())
    card = Card(replace(graph, params=params), record, 0, slices(record, 0, tensors), Nobody())
    assert not card.tensor("0.weight").requires_grad
    assert card.tensor("0.weight").shape == (3, 1, 5, 5)
    assert card.tensor("3.weight").requires_grad
