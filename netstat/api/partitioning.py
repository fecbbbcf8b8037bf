"""A model split by its channels over several cards: worked out, and run."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.analysis.partition import LRN
from netstat.analysis.partition import partition as analyse
from netstat.api.needs import Plan, rehearsed
from netstat.api.subjects import subject_of
from netstat.errors import ModelError, UsageError
from netstat.frontends.inputs import InputShape
from netstat.frontends.optimizers import OPTIMIZERS
from netstat.frontends.subject import Subject, runnable
from netstat.graph import Graph
from netstat.models.alexnet import GROUPED_IN_PAPER
from netstat.records.partition import Partition
from netstat.records.ranges import number
from netstat.registry import unknown

if TYPE_CHECKING:
    from torch import Tensor

PAPER = "alexnet-paper"


class Split(NamedTuple):
    """How a model is split, and what of it is wanted.

    Attributes:
        ways: number of cards.
        lrn: whether local response normalisation looks "across" cards or "within" a card's own channels; "" is across,
            and within for the paper's split.
        grouped: patterns of paths of convolutions that get as many groups as there are cards.
        optimizer: one of `OPTIMIZERS`.
        training: whether the peak of a training step is predicted.
        limit: bytes of memory of a card, None where nobody asked.
    """

    ways: int = 2
    lrn: str = ""
    grouped: tuple[str, ...] = ()
    optimizer: str = "sgd-momentum"
    training: bool = True
    limit: int | None = None

    def checked(self) -> "Split":
        """Itself.

        Raises:
            UsageError: fewer than two cards, or a choice that there is not.
        """
        if self.ways < 2:
            raise UsageError(f"a model is split over 2 cards or more, got {self.ways}")
        if self.lrn not in ("", *LRN):
            raise UsageError(unknown("reach of the normalisation", self.lrn, LRN))
        _ = OPTIMIZERS[self.optimizer]
        return self

    def of_paper(self, model: str) -> "Split":
        """As the paper's two cards have it.

        Raises:
            UsageError: another model, another number of cards, or groups beside those of the paper.
        """
        if model.partition("(")[0] != PAPER:
            raise UsageError(f"the paper's split is of {PAPER}, not of '{model}'; name convolutions by --grouped")
        if self.ways != 2 or self.grouped:
            raise UsageError("the paper's split is over 2 cards, with groups of its own; leave out the other choice")
        return self._replace(lrn=self.lrn or "within", grouped=GROUPED_IN_PAPER)


def partition(
    model: Any,
    input_shape: InputShape = None,
    *,
    ways: int = 2,
    batch: int = 1,
    dtype: str = "float32",
    grouped: Sequence[str] = (),
    lrn: str = "",
    paper: bool = False,
    optimizer: str = "sgd-momentum",
    training: bool = True,
    limit: int | None = None,
    run: bool = False,
) -> Partition:
    """A model split by its channels over several cards: what each holds, and which bytes cross between them.

    The output channels of every convolution and linear layer are dealt out; activations that another card's channels
    need cross, and their gradients go back. Beside it stands what data parallelism would send. Nothing is computed,
    unless `run` is set.

    Args:
        model, input_shape, batch, dtype: as for `profile`.
        ways: number of cards.
        grouped: paths (with * and ?) of convolutions that get as many groups as there are cards: another model, in
            which the kernels of a card see that card's channels alone.
        lrn: local response normalisation "across" cards, as the model has it, or "within" each card's own channels,
            which is another function at the borders; across by default.
        paper: the paper's split of `alexnet-paper`: groups in convolutions 2, 4 and 5, normalisation within cards
            unless `lrn` says otherwise.
        optimizer: as for `memory`.
        training: whether the peak of a training step is predicted for each card, which takes torch.
        limit: bytes of memory of a card, to say what fits.
        run: run it in a process per card (torch.distributed, gloo), count what is sent, and hold outputs and gradients
            against those of the model in one process.

    Returns:
        Bytes: `.forward_bytes`, `.backward_bytes`, `.data_parallel_bytes`, `.cards`, `.layers` with what crosses where.

    Raises:
        UsageError: fewer than two cards, more than a layer has channels, a choice that there is not.
        ModelError: the model could not be built or captured, or not be run.
    """
    split = Split(ways, lrn, tuple(grouped), optimizer, training, limit).checked()
    subject = subject_of(model, input_shape, batch, dtype)
    return partition_subject(subject, split.of_paper(subject.graph.model) if paper else split, run=run)


def partition_subject(subject: Subject, split: Split, *, run: bool = False) -> Partition:
    """The partition of a resolved model, its peaks and its run as wanted."""
    from netstat.frontends.grouping import grouped

    paths, origin = tuple[str, ...](), subject.origin
    if split.grouped:
        subject, paths = grouped(subject, split.grouped, split.ways)
    states = OPTIMIZERS[split.optimizer].states
    record = analyse(
        subject.graph, split.ways, lrn=split.lrn or "across", optimizer=split.optimizer, states=states, grouped=paths
    )
    record = replace(record, limit_bytes=split.limit, origin=origin)
    record = _trained(record, subject) if split.training else record
    return _run(record, subject) if run else record


def _run(record: Partition, subject: Subject) -> Partition:
    from netstat.measure.cards import run_cards

    module = runnable(subject, subject.module())
    return replace(record, run=run_cards(module if subject.owned else deepcopy(module), subject.graph, record))


def _trained(record: Partition, subject: Subject) -> Partition:
    """With the peaks of a training step on one card and on each, or why there are none."""
    plan = Plan(record.dtype, record.optimizer)
    try:
        single = _peak(rehearsed(subject, plan)[0])
        record = replace(record, single=replace(record.single, training_peak_bytes=single))
        peaks = _card_peaks(record, subject)
    except ModelError as error:
        return replace(record, not_predicted=str(error))
    cards = (replace(card, training_peak_bytes=peak) for card, peak in zip(record.cards, peaks, strict=True))
    return replace(record, cards=tuple(cards))


def _peak(lived: Any) -> int:
    from netstat.analysis.memory import need

    return need(lived).peak_bytes


def _card_peaks(record: Partition, subject: Subject) -> list[int]:
    """Of each card; cards that have and get equally much are alike, and one of them is gone through."""
    from netstat.frontends.card import check_runs

    check_runs(subject.graph)
    outline = subject.outline()
    tensors = {**dict(outline.named_parameters()), **dict(outline.named_buffers())}
    known: dict[Any, int] = {}
    for card in range(record.ways):
        if _size(record, card) not in known:
            known[_size(record, card)] = _card_peak(record, subject.graph, card, tensors)
    return [known[_size(record, card)] for card in range(record.ways)]


def _size(record: Partition, card: int) -> tuple[int, ...]:
    """Channels that a card makes and needs, layer by layer."""
    return tuple(
        number(ranges[card])
        for layer in record.layers
        for ranges in (layer.parts, *(need.parts for need in layer.needs))
    )


def _card_peak(record: Partition, graph: Graph, card: int, tensors: "dict[str, Tensor]") -> int:
    from netstat.frontends.card import Card, slices
    from netstat.frontends.exchange import Nobody
    from netstat.frontends.rehearsal import rehearse

    part = Card(graph, record, card, slices(record, card, tensors), Nobody())
    dtype = "" if record.dtype == "float32" else record.dtype
    return _peak(rehearse(part, graph.inputs, record.optimizer, dtype=dtype).lifetimes)
