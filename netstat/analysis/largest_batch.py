"""The largest batch that fits, by evaluating the prediction itself: no line is drawn through two points."""

from collections.abc import Callable

from netstat.records.memory import Fit

LARGEST = 2**24  # examples: where to stop looking


def largest_batch(passed: str, peak: Callable[[int], int], limit: int) -> Fit:
    """The largest batch whose `peak` is at most `limit` bytes, both it and its successor evaluated.

    The next batch to look at is the one a straight line would end at, which makes a few evaluations do, and halving
    where that leads nowhere. The peak must not fall as the batch grows.

    Nothing beyond `LARGEST` is looked at: where that is not too much either, the batch below it is the answer.

    Args:
        passed: "inference" or "training".
        peak: bytes that a batch needs.
        limit: bytes that there are.
    """
    fits, needs = 0, 0
    over, over_needs = 1, peak(1)
    while over_needs <= limit and over < LARGEST:
        line = _line(fits, needs, over, over_needs, limit) + 1 if fits else 2
        fits, needs = over, over_needs
        over = min(max(line, over + 1), 64 * over, LARGEST)
        over_needs = peak(over)
    for turn in range(LARGEST):
        if over - fits <= 1:
            break
        line = (fits + over) // 2 if turn % 3 == 2 else _line(fits, needs, over, over_needs, limit)
        batch = min(max(line, fits + 1), over - 1)
        found = peak(batch)
        if found <= limit:
            fits, needs = batch, found
        else:
            over, over_needs = batch, found
    return Fit(passed, limit, fits, needs, over_needs)


def _line(fits: int, needs: int, over: int, over_needs: int, limit: int) -> int:
    """Where the line through two points meets the limit."""
    rise = max(over_needs - needs, 1)
    return fits + (limit - needs) * (over - fits) // rise
