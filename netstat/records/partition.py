"""A model cut by its channels over several cards: what each has, and what crosses between them. Bytes throughout."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.profile import Input
from netstat.records.ranges import Ranges

SPLIT, OWN, NEIGHBOURS, WHOLE = "split", "own", "neighbours", "whole"
GATHERED, COLLECTED = "gathered", "collected"
# How a layer runs on several cards, for readers.
HOW = {
    SPLIT: "its output channels are split: each card has the weights of its own",
    OWN: "each card works on its own channels",
    NEIGHBOURS: "each card works on its own channels, and looks at some beside them",
    WHOLE: "every card does all of it, as what it reads is there",
    GATHERED: "what it reads is collected on every card, which does all of it: no rule splits it",
    COLLECTED: "the output, on every card, which works out the loss from it",
}
LINEAR = "fully connected"  # the family of linear layers
OUTPUT = "output"  # the operator of the row that collects the model's outputs


@dataclass(frozen=True, slots=True)
class Needed:
    """What each card has to have of one tensor before an operator runs: ranges of its `size` channels along `axis`."""

    argument: str
    axis: int
    size: int
    parts: tuple[Ranges, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Channels of one tensor that go from one card to another before an operator runs.

    `bytes` are of the whole batch. `returned_bytes` go the other way in the backward pass: the receiver's part of the
    gradient of these channels, which the sender adds to its own.
    """

    argument: str
    sender: int
    receiver: int
    ranges: Ranges
    bytes: int
    returned_bytes: int


@dataclass(frozen=True, slots=True)
class PartitionedLayer:
    """One operator call.

    Attributes:
        path, op, call: as in a profile; the last row is the model's output, collected on every card. There no gradient
            goes back: every card works out the loss, and has the gradient of its own part.
        family: what kind of layer it is ("convolution").
        how: one of `HOW`.
        output_shape: of the whole model.
        axis: the dimension of the output that is split.
        parts: the channels of it that each card makes.
        needs: what each card has to have of each input.
        crossings: what of it comes from another card.
        params: parameters it reads, each counted at the first operator that does.
        card_params: of these on each card.
        gradient_bytes: of their gradients, which data parallelism adds up over the cards.
        grouped_bytes: what crosses here, there and back, and would not if this convolution had as many groups as there
            are cards; None where it is no convolution, has groups already, or its channels do not come out.
    """

    path: str
    op: str
    call: int
    family: str
    how: str
    output_shape: tuple[int, ...]
    axis: int
    parts: tuple[Ranges, ...]
    needs: tuple[Needed, ...]
    crossings: tuple[Crossing, ...]
    params: int
    card_params: tuple[int, ...]
    gradient_bytes: int
    grouped_bytes: int | None = None

    @property
    def forward_bytes(self) -> int:
        """What crosses in the forward pass, all cards together."""
        return sum(crossing.bytes for crossing in self.crossings)

    @property
    def backward_bytes(self) -> int:
        """What crosses in the backward pass."""
        return sum(crossing.returned_bytes for crossing in self.crossings)


@dataclass(frozen=True, slots=True)
class Kind:
    """All layers of one family: their parameters, what they send split by channels, and what data parallelism does."""

    family: str
    params: int
    split_bytes: int
    data_parallel_bytes: int

    @property
    def times(self) -> float | None:
        """What the split sends of what data parallelism does; None where that sends nothing."""
        return self.split_bytes / self.data_parallel_bytes if self.data_parallel_bytes else None


@dataclass(frozen=True, slots=True)
class Slice:
    """What each card holds of a parameter or buffer: ranges along `axis`."""

    name: str
    axis: int
    parts: tuple[Ranges, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What one card holds.

    `output_bytes` are of everything that it makes in a forward pass, `received_bytes` of what it gets from others.
    `training_peak_bytes` is that of a training step, predicted as `netstat memory` does; None where it cannot be.
    """

    params: int
    param_bytes: int
    buffer_bytes: int
    gradient_bytes: int
    optimizer_bytes: int
    output_bytes: int
    received_bytes: int
    training_peak_bytes: int | None = None

    @property
    def weights_bytes(self) -> int:
        """Parameters, their gradients and what the optimizer keeps beside them."""
        return self.param_bytes + self.gradient_bytes + self.optimizer_bytes


@dataclass(frozen=True, slots=True)
class Counted:
    """Bytes that one operator of a run handed over to be sent, by all cards together."""

    path: str
    op: str
    call: int
    forward_bytes: int
    backward_bytes: int


@dataclass(frozen=True, slots=True)
class Run:
    """The split model run in one process per card, each with its part of the weights, and what was counted there.

    Attributes:
        backend: of torch.distributed.
        layers: what was sent, operator by operator, as the processes counted it.
        output_difference: largest difference of an output from the model in one process, as a share of the largest
            output.
        gradient_difference: the same for the gradients of parameters, each as a share of that parameter's largest.
        bound: what both must keep.
    """

    backend: str
    layers: tuple[Counted, ...]
    output_difference: float
    gradient_difference: float
    bound: float

    @property
    def same(self) -> bool:
        """Whether outputs and gradients are those of the model in one process."""
        return max(self.output_difference, self.gradient_difference) <= self.bound

    @property
    def forward_bytes(self) -> int:
        """Sent in the forward pass."""
        return sum(layer.forward_bytes for layer in self.layers)

    @property
    def backward_bytes(self) -> int:
        """Sent in the backward pass."""
        return sum(layer.backward_bytes for layer in self.layers)


@dataclass(frozen=True)
class Partition(Record):
    """A model cut by its channels.

    Attributes:
        model: name as given.
        ways: number of cards.
        inputs: shapes with the batch; every card gets them whole.
        batch: leading dimension of the first input.
        dtype: of parameters and floating-point inputs.
        optimizer: what keeps state beside the parameters.
        lrn: "across" cards, as the model has it, or "within" each card's own channels, which is another function.
        grouped: convolutions that were given as many groups as there are cards.
        layers: per operator call, and the output.
        slices: what each card holds of every parameter and buffer that is read.
        cards: what each card holds in all.
        single: the same for one card that does everything.
        copied_gradient_bytes: of the second and further copies of parameters that several cards have, each with a part
            of the gradient.
        unread: parameters that no operator reads; they are on no card.
        not_predicted: why there is no peak of a training step, "" where there is one.
        limit_bytes: memory of a card that was asked about.
        run: what a run of it counted; None where nobody ran it.
    """

    kind: ClassVar[str] = "partition"

    model: str
    ways: int
    inputs: tuple[Input, ...]
    batch: int
    dtype: str
    optimizer: str
    lrn: str
    grouped: tuple[str, ...]
    layers: tuple[PartitionedLayer, ...]
    slices: tuple[Slice, ...]
    cards: tuple[Card, ...]
    single: Card
    copied_gradient_bytes: int = 0
    unread: int = 0
    not_predicted: str = ""
    limit_bytes: int | None = None
    run: Run | None = None

    @property
    def forward_bytes(self) -> int:
        """Activations that cross in the forward pass of the batch, all cards together."""
        return sum(layer.forward_bytes for layer in self.layers)

    @property
    def backward_bytes(self) -> int:
        """Their gradients that go back."""
        return sum(layer.backward_bytes for layer in self.layers)

    @property
    def example_bytes(self) -> tuple[int, int] | None:
        """What crosses for one example, forward and back; None where it is not the same for each."""
        both = self.forward_bytes, self.backward_bytes
        return None if any(count % self.batch for count in both) else (both[0] // self.batch, both[1] // self.batch)

    @property
    def copied_bytes(self) -> int:
        """Adding up the gradients of what several cards have, once a step: 2·(c − 1) times their bytes for c copies."""
        return 2 * self.copied_gradient_bytes

    @property
    def step_bytes(self) -> int:
        """What crosses in a training step."""
        return self.forward_bytes + self.backward_bytes + self.copied_bytes

    @property
    def data_parallel_bytes(self) -> int:
        """What a step of data parallelism sends, all cards together: 2·(w − 1) times the bytes of all gradients.

        A ring hands each of w equal pieces on w − 1 times to add them up and w − 1 times to spread the sums (Patarasuk
        and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009).
        """
        return 2 * (self.ways - 1) * self.single.gradient_bytes

    @property
    def times(self) -> float | None:
        """What the split sends of what data parallelism does; None where that sends nothing."""
        return self.step_bytes / self.data_parallel_bytes if self.data_parallel_bytes else None

    @property
    def grouped_bytes(self) -> int:
        """What groups could keep from crossing, wherever they can be."""
        return sum(layer.grouped_bytes or 0 for layer in self.layers)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The families of layers that send anything in a training step, either way."""
        found = []
        for family in dict.fromkeys(layer.family for layer in self.layers):
            members = [layer for layer in self.layers if layer.family == family]
            split = sum(layer.forward_bytes + layer.backward_bytes for layer in members)
            gradients = sum(layer.gradient_bytes for layer in members)
            params = sum(layer.params for layer in members)
            found.append(Kind(family, params, split, 2 * (self.ways - 1) * gradients))
        return tuple(kind for kind in found if kind.split_bytes or kind.data_parallel_bytes)

    @property
    def mixed_bytes(self) -> int | None:
        """A training step with linear layers split and all before them run by data parallelism.

        At the border it costs the same as between split layers: instead of the channels of w − 1 cards for every
        example, a card gets all channels of the examples of w − 1 cards. Source: Krizhevsky, "One weird trick for
        parallelizing convolutional neural networks" (2014). None where linear layers do not come last.
        """
        linear = [layer.family == LINEAR for layer in self.layers]
        tail = self.layers[linear.index(True) :] if any(linear) else ()
        if len(tail) == len(self.layers) or any(layer.family != LINEAR and layer.params for layer in tail) or not tail:
            return None
        if any(layer.how == GATHERED for layer in self.layers):
            return None
        rest = sum(layer.gradient_bytes for layer in self.layers[: -len(tail)])
        split = sum(layer.forward_bytes + layer.backward_bytes for layer in tail)
        return 2 * (self.ways - 1) * rest + split

    @property
    def agrees(self) -> bool:
        """Whether a run sent what is said here, operator by operator, and computed the same; so does no run."""
        if self.run is None:
            return True
        said = [(layer.forward_bytes, layer.backward_bytes) for layer in self.layers]
        sent = [(layer.forward_bytes, layer.backward_bytes) for layer in self.run.layers]
        return said == sent and self.run.same

    @property
    def break_even_batch(self) -> int | None:
        """The largest batch at which the split sends no more than data parallelism; None where nothing crosses."""
        each = self.forward_bytes + self.backward_bytes
        return (self.data_parallel_bytes - self.copied_bytes) * self.batch // each if each else None
