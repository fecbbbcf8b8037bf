"""Sums of products over named indices, pair by pair: what every matrix product is made of."""

from collections.abc import Sequence
from math import prod

from netstat.cost import ZERO, Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size, certainly
from netstat.units import shape as shape_text

Labels = tuple[str, ...]
Sizes = dict[str, Size]


def sums_of_products(sums: Size, terms: Size) -> Cost:
    """So many sums of `terms` products: a multiply-accumulate per product, an addition fewer per sum."""
    macs = sums * terms
    return Cost(macs=macs, multiplies=macs, adds=macs - sums if terms else 0)


def index_sizes(operands: Sequence[TensorSpec], terms: Sequence[Labels]) -> Sizes:
    """How far each index runs. An operand of size 1 is repeated along it.

    Raises:
        ShapeError: two operands differ, or one differs from itself along its diagonal.
    """
    sizes: Sizes = {}
    for spec, labels in zip(operands, terms, strict=True):
        own: Sizes = {}
        for label, size in zip(labels, spec.shape, strict=True):
            if own.setdefault(label, size) != size:
                raise ShapeError(f"{shape_text(spec.shape)} has no diagonal over sizes {own[label]} and {size}")
        for label, size in own.items():
            known = sizes.get(label, 1)
            if certainly(known != size) and not certainly(known == 1) and not certainly(size == 1):
                raise ShapeError(f"index {label} is {known} in one operand and {size} in another")
            sizes[label] = size if certainly(known == 1) else known
    return sizes


def contract(operands: Sequence[TensorSpec], terms: Sequence[Labels], output: Labels) -> tuple[Cost, ...]:
    """Arithmetic of Σ x₁·x₂·…, from left to right: one cost per operand after the first, or one for a single operand.

    At each step the indices that only one of the two has, and nobody later wants, are summed first; then the two are
    multiplied, and what nobody later wants is summed. Where nothing is summed the products are multiplications and no
    multiply-accumulates.
    """
    sizes = index_sizes(operands, terms)
    held, *rest = (_present(spec, labels, sizes) for spec, labels in zip(operands, terms, strict=True))
    if not rest:
        return (_summed(held, set(output), sizes),)
    steps = []
    for i, labels in enumerate(rest):
        wanted = set(output).union(*rest[i + 1 :])
        steps.append(_meet(held, labels, wanted, sizes))
        held = (held | labels) & wanted
    return tuple(steps)


def _present(spec: TensorSpec, labels: Labels, sizes: Sizes) -> set[str]:
    """The indices that an operand has; one that it is repeated along is none."""
    pairs = zip(labels, spec.shape, strict=True)
    return {label for label, size in pairs if not certainly(size == 1) or certainly(sizes[label] == 1)}


def _meet(left: set[str], right: set[str], wanted: set[str], sizes: Sizes) -> Cost:
    """Two operands become one with those of their indices that are wanted."""
    alone = _summed(left, right | wanted, sizes) + _summed(right, left | wanted, sizes)
    shared = left & right
    both = shared | ((left | right) & wanted)
    summed = both - wanted
    kept = _values(both & wanted, sizes)
    products = sums_of_products(kept, _values(summed, sizes)) if summed else Cost(multiplies=kept)
    return alone + products


def _summed(labels: set[str], wanted: set[str], sizes: Sizes) -> Cost:
    """All but the wanted indices of one operand summed."""
    if labels <= wanted:
        return ZERO
    return Cost(adds=_values(labels, sizes) - _values(labels & wanted, sizes))


def _values(labels: set[str], sizes: Sizes) -> Size:
    return prod(sizes[label] for label in labels)
