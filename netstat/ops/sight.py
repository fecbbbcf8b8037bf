"""The words in which operators say what positions of their inputs an output value depends on."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Shape = tuple[int, ...]


class Reach(NamedTuple):
    """The input positions that an output position sees along one dimension.

    Output o = q·period + p sees the positions taps[p], each + q·advance. They are what they would be if the input had
    no borders.

    Attributes:
        period: after how many outputs it repeats itself.
        advance: by how many input positions it has moved on then.
        taps: in their order, for each of the first `period` outputs; none where an output sees nothing.
    """

    period: int
    advance: int
    taps: tuple[Sequence[int], ...]


Trace = tuple[int, Reach | None] | None


class Sight(NamedTuple):
    """What the values of an output see of one input.

    Of an input axis that is neither followed nor seen whole nobody says what is seen.

    Attributes:
        axes: per output axis the input axis that it follows, and how: None is position by position. None where it
            follows none.
        whole: the input axes that no output axis follows, of which each output value sees all.
        dims: how many of the input's axes, the last ones, are spatial by definition; 0 where that is open.
    """

    axes: tuple[Trace, ...]
    whole: Shape = ()
    dims: int = 0


NOTHING = Sight(())  # the values of this input do not matter


def window(first: int, stride: int = 1, taps: int = 1, apart: int = 1) -> Reach:
    """Windows of so many taps, `apart` from one to the next, moved by `stride`; the first one begins at `first`."""
    return Reach(1, stride, (range(first, first + (taps - 1) * apart + 1, apart),))


def everything(size: int) -> Reach:
    """All positions, whichever the output."""
    return Reach(1, 0, (range(size),))


def in_place(shape: Shape, output: Shape) -> Sight:
    """Position by position, sizes aligned at the last dimension; 1 stretches."""
    missing = len(output) - len(shape)
    traces = ((at, None if size == output[missing + at] else everything(1)) for at, size in enumerate(shape))
    return Sight((*[None] * missing, *traces))


def beside(shape: Shape, *dims: int) -> Sight:
    """Position by position, but along some dimensions, of which nothing is said."""
    rank = max(len(shape), 1)
    out = {dim % rank for dim in dims}
    return Sight(tuple(None if at in out else (at, None) for at in range(len(shape))))


def gathered(shape: Shape, dims: Iterable[int], *, kept: bool = True) -> Sight:
    """Each value sees all along some dimensions (none negative), which stay (`kept`) or go; the rest is in place."""
    gone = set(dims)
    places = [at for at in range(len(shape)) if kept or at not in gone]
    axes = tuple((at, everything(shape[at]) if at in gone else None) for at in places)
    return Sight(axes, () if kept else tuple(gone))


def permuted(order: Iterable[int], rank: int) -> Sight:
    """Dimensions in another order."""
    return Sight(tuple((dim % rank, None) for dim in order))


def swapped(rank: int, first: int, second: int) -> Sight:
    """Two dimensions in each other's place."""
    order = list(range(rank))
    order[first], order[second] = order[second], order[first]
    return permuted(order, max(rank, 1))


def renamed(shape: Shape, output: Shape) -> Sight:
    """The same values in the same order under another shape: what has the same sizes before and after it stays.

    Of an axis of size 1 every value sees all there is.
    """
    places = {key: at for at, key in enumerate(_places(output)) if key[1] > 1}
    followed = {places[key]: at for at, key in enumerate(_places(shape)) if key in places}
    axes = tuple((followed[at], None) if at in followed else None for at in range(len(output)))
    return Sight(axes, tuple(at for at, size in enumerate(shape) if size == 1))


def _places(shape: Shape) -> list[tuple[int, int]]:
    """Of each axis the product of the sizes before it, and its size."""
    found, before = [], 1
    for size in shape:
        found.append((before, size))
        before *= size
    return found


def windowed(shape: Shape, reaches: Sequence[Reach], *, mixes: bool = False) -> Sight:
    """Windows over the last dimensions of (N, C, *sizes) or (C, *sizes); what `mixes` sees all channels."""
    lead = len(shape) - len(reaches)
    before = tuple(None if mixes and at == lead - 1 else (at, None) for at in range(lead))
    after = ((lead + at, reach) for at, reach in enumerate(reaches))
    return Sight((*before, *after), (lead - 1,) if mixes else (), len(reaches))
