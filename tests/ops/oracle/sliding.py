"""Sliding windows by enumeration: where each window's taps lie.

Letters: L input size, K kernel size, S stride, D dilation, all along one dimension.
"""

from collections.abc import Iterator
from itertools import product

Pair = tuple[int, int]


def spread(value: int | tuple[int, ...], dims: int) -> tuple[int, ...]:
    """One number for every dimension, or one for each."""
    if isinstance(value, int):
        return (value,) * dims
    return tuple(value) if len(value) == dims else tuple(value) * dims


def extent(kernel: int, dilation: int) -> int:
    """Positions from the first tap to the last, both included."""
    return max(dilation * k for k in range(kernel)) + 1


def starts(length: int, reach: int, stride: int) -> list[int]:
    """Where windows of `reach` positions begin that fit into `length`."""
    return [start for start in range(0, length, stride) if start + reach <= length]


def paddings(
    sizes: tuple[int, ...], kernel: tuple[int, ...], stride: tuple[int, ...], padding: object, dilation: tuple[int, ...]
) -> list[Pair]:
    """Positions padded before and after, per dimension."""
    if isinstance(padding, str):
        each = zip(sizes, kernel, stride, dilation, strict=True)
        return [named(padding, size, extent(k, d), s) for size, k, s, d in each]
    return [(p, p) for p in spread(padding, len(sizes))]


def named(padding: str, size: int, reach: int, stride: int) -> Pair:
    """None for 'valid' and 'VALID'; for 'same' and 'SAME' the least for ⌈L/S⌉ windows, the odd position after."""
    if padding in ("valid", "VALID"):
        return 0, 0
    wanted = len(range(0, size, stride))
    missing = next(more for more in range(reach + 1) if len(starts(size + more, reach, stride)) >= wanted)
    return missing // 2, missing - missing // 2


def windows(size: int, reach: int, stride: int, pad: Pair, ceil_mode: bool = False) -> list[int]:
    """The first position of each window, in positions of the input (negative in the padding before).

    Windows that fit into the padded input; in ceil mode also those that stick out by less than one stride, unless they
    begin in the padding after the input.
    """
    before, after = pad
    padded = before + size + after
    found = starts(padded, reach, stride)
    if ceil_mode:
        begun = range(0, before + size, stride)
        found = [start for start in begun if start + reach - padded < stride]
    return [start - before for start in found]


def taps(
    firsts: tuple[int, ...], kernel: tuple[int, ...], dilation: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every tap of a window: its index in the kernel, and its position in the input."""
    for k in product(*map(range, kernel)):
        yield k, tuple(first + d * i for first, d, i in zip(firsts, dilation, k, strict=True))
