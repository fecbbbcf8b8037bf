"""The parts of a typical pass: what each has in a pass as long as the median one.

Medians of parts do not add up to the median of the whole. Disturbances fall on one part in this pass and on another in
the next: every pass has some, and every part's median none. What adds up is the expectation of a part given that the
whole is as long as its median, E[part | whole = median]: the contribution of a part to a quantile (D. Tasche, "Risk
contributions and performance measurement", 1999; there of losses).
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from math import ceil, fsum
from statistics import fmean
from typing import NamedTuple, TypeVar

NEAREST = 0.25  # share of all passes on each side of the median that speak for it
Part = TypeVar("Part", bound=Hashable)


class Weighed(NamedTuple):
    """A pass, by its place, and how much it counts. Weights add up to 1."""

    place: int
    weight: float


def weights(totals: Sequence[float]) -> list[Weighed]:
    """How much passes count, so that their weighted mean is the median of all.

    Those are a quarter of them just below the median and a quarter just above. Between the means of the two groups one
    interpolates linearly, where the median lies between these.

    Args:
        totals: of each pass, at least one.
    """
    order = sorted(range(len(totals)), key=totals.__getitem__)
    group, half = ceil(NEAREST * len(order)), len(order) / 2
    below, above = order[ceil(half) - group : ceil(half)], order[int(half) : int(half) + group]
    low, high = (fmean(totals[place] for place in places) for places in (below, above))
    middle = (totals[below[-1]] + totals[above[0]]) / 2
    share = (middle - low) / (high - low) if high > low else 0.5
    return [
        *(Weighed(place, (1 - share) / group) for place in below),
        *(Weighed(place, share / group) for place in above),
    ]


def contributions(totals: Sequence[float], parts: Sequence[Mapping[Part, float]]) -> dict[Part, float]:
    """Of each part what it contributes to the median of the totals, in the order parts are first met.

    If the parts of every pass add up to its total, the contributions add up to the median. A part that a pass does not
    have is 0 in it.

    Args:
        totals: of each pass, at least one.
        parts: of the same passes.
    """
    counted = weights(totals)
    return {part: fsum(weight * parts[place].get(part, 0.0) for place, weight in counted) for part in _met(parts)}


def _met(parts: Sequence[Mapping[Part, float]]) -> Iterator[Part]:
    return iter(dict.fromkeys(part for one in parts for part in one))
