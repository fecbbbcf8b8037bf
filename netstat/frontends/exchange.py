"""Channels that go from card to card while a split model runs, and their gradients that come back."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from netstat.records.ranges import Ranges, common, joined, number

Outgoing = list[tuple[int, Tensor]]  # to whom, and what
Incoming = list[tuple[int, tuple[int, ...]]]  # from whom, and of what shape


class Channel(Protocol):
    """How tensors get from one card to another."""

    def swap(self, place: int, outgoing: Outgoing, incoming: Incoming, like: Tensor, *, backward: bool) -> list[Tensor]:
        """Send the one and receive the other, whose dtype and device are those of `like`.

        Args:
            place: which operator they are for, by its position in the graph.
            outgoing: contiguous tensors, by receiver.
            incoming: shapes, by sender.
            like: a tensor of theirs.
            backward: whether they are gradients.
        """
        ...


class Nobody:
    """A channel to cards that are not there: what comes in has a shape and no values."""

    def swap(self, place: int, outgoing: Outgoing, incoming: Incoming, like: Tensor, *, backward: bool) -> list[Tensor]:
        """Empty tensors."""
        return [like.new_empty(shape) for _, shape in incoming]


class Held(NamedTuple):
    """Channels of a tensor that a card has: `ranges` along `axis`, one behind the other."""

    tensor: Tensor
    axis: int
    ranges: Ranges

    def take(self, wanted: Ranges) -> Tensor:
        """Some of them; a view where they lie in one piece."""
        if wanted == self.ranges:
            return self.tensor
        pieces = [self.tensor.narrow(self.axis, start, length) for start, length in self._places(wanted)]
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces, self.axis)

    def _places(self, wanted: Ranges) -> Iterator[tuple[int, int]]:
        """Where in the tensor they lie, and how many there are, range by range."""
        before = 0
        for held in self.ranges:
            for start, stop in common(wanted, (held,)):
                yield before + start - held[0], stop - start
            before += held[1] - held[0]

    def add(self, ranges: Ranges, more: Tensor) -> None:
        """Add to some of them in place."""
        at = 0
        for start, length in self._places(ranges):
            self.tensor.narrow(self.axis, start, length).add_(more.narrow(self.axis, at, length))
            at += length


def united(parts: Sequence[Held]) -> Held:
    """Disjoint parts of a tensor as one, channels in their order."""
    axis = parts[0].axis
    pieces = sorted((piece, part) for part in range(len(parts)) for piece in parts[part].ranges)
    tensors = [parts[part].take((piece,)) for piece, part in pieces]
    return Held(torch.cat(tensors, axis), axis, joined(piece for piece, _ in pieces))


class Trade(NamedTuple):
    """What one card sends and gets of one tensor: ranges of its channels by card."""

    place: int
    sends: tuple[tuple[int, Ranges], ...]
    gets: tuple[tuple[int, Ranges], ...]
    returned: bool


class _Exchange(torch.autograd.Function):
    """The tensor with what the others send; backwards, their parts of the gradient are added to what was sent."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, axis: int, ranges: Ranges, trade: Trade, channel: Channel) -> Tensor:
        own = Held(tensor, axis, ranges)
        ctx.axis, ctx.ranges, ctx.trade, ctx.channel = axis, ranges, trade, channel
        outgoing = [(card, own.take(wanted).contiguous()) for card, wanted in trade.sends]
        incoming = [(card, _shape(tensor, axis, wanted)) for card, wanted in trade.gets]
        found = channel.swap(trade.place, outgoing, incoming, tensor, backward=False)
        more = [Held(got, axis, wanted) for got, (_, wanted) in zip(found, trade.gets, strict=True)]
        return united([own, *more]).tensor if more else tensor.view_as(tensor)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Any, ...]:
        axis, trade = ctx.axis, ctx.trade
        held = joined((*ctx.ranges, *(piece for _, wanted in trade.gets for piece in wanted)))
        whole = Held(gradient, axis, held)
        own = Held(whole.take(ctx.ranges).clone(), axis, ctx.ranges)
        if trade.returned:
            outgoing = [(card, whole.take(wanted).contiguous()) for card, wanted in trade.gets]
            incoming = [(card, _shape(gradient, axis, wanted)) for card, wanted in trade.sends]
            found = ctx.channel.swap(trade.place, outgoing, incoming, gradient, backward=True)
            for more, (_, wanted) in zip(found, trade.sends, strict=True):
                own.add(wanted, more)
        return own.tensor, None, None, None, None


def _shape(tensor: Tensor, axis: int, ranges: Ranges) -> tuple[int, ...]:
    return (*tensor.shape[:axis], number(ranges), *tensor.shape[axis + 1 :])


def exchanged(held: Held, trade: Trade, channel: Channel) -> Held:
    """What a card has of a tensor after the others have sent theirs."""
    tensor: Tensor = _Exchange.apply(held.tensor, held.axis, held.ranges, trade, channel)
    got = (piece for _, wanted in trade.gets for piece in wanted)
    return Held(tensor, held.axis, joined((*held.ranges, *got)))
