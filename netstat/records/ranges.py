"""Channels as sorted, disjoint ranges: ((0, 48), (96, 112)) are channels 0 to 47 and 96 to 111."""

from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]


def entire(size: int) -> Ranges:
    """All channels of `size`."""
    return ((0, size),) if size else ()


def evenly(size: int, ways: int) -> tuple[Ranges, ...]:
    """A range for each of `ways` cards, as equal as they can be: where it does not come out, the first have one more.

    evenly(7, 3) is 0 to 2, 3 and 4, 5 and 6.
    """
    least, more = divmod(size, ways)
    starts = [card * least + min(card, more) for card in range(ways + 1)]
    return tuple(joined([(starts[card], starts[card + 1])]) for card in range(ways))


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """What is in any of them."""
    found: list[tuple[int, int]] = []
    for start, stop in sorted(each for each in ranges if each[0] < each[1]):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(stop, found[-1][1])
        else:
            found.append((start, stop))
    return tuple(found)


def common(some: Ranges, others: Ranges) -> Ranges:
    """What is in both."""
    return joined((max(a, c), min(b, d)) for a, b in some for c, d in others)


def without(some: Ranges, others: Ranges) -> Ranges:
    """What is in the first and not in the second."""
    for start, stop in others:
        some = joined(piece for a, b in some for piece in ((a, min(b, start)), (max(a, stop), b)))
    return some


def number(ranges: Ranges) -> int:
    """How many channels there are in them."""
    return sum(stop - start for start, stop in ranges)


def times(ranges: Ranges, factor: int) -> Ranges:
    """Of each channel become `factor`, in its place."""
    return joined((start * factor, stop * factor) for start, stop in ranges)


def moved(ranges: Ranges, by: int) -> Ranges:
    """The same with `by` channels in front."""
    return tuple((start + by, stop + by) for start, stop in ranges)


def widened(ranges: Ranges, before: int, after: int, size: int) -> Ranges:
    """With so many neighbours on either side, as far as there are any."""
    return joined((max(start - before, 0), min(stop + after, size)) for start, stop in ranges)


def grouped(ranges: Ranges, size: int) -> Ranges:
    """The groups of `size` channels that they lie in, by number."""
    return joined((start // size, -(-stop // size)) for start, stop in ranges)
