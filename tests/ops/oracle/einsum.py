"""Contractions of named indices, executed in pairs from left to right."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, contraction, total
from oracle.draws import DTYPES, shapes
from oracle.tensors import Index, Tensor, positions


class Held(NamedTuple):
    """Values by one number per index."""

    labels: str
    values: dict[Index, Counted]

    @property
    def sizes(self) -> dict[str, int]:
        return {label: 1 + max(at[i] for at in self.values) for i, label in enumerate(self.labels)}


def load(tensor: Tensor, term: str, sizes: dict[str, int]) -> Held:
    """A tensor without the indices it is repeated along; of an index that it has twice, its diagonal."""
    kept = "".join(label for label in dict.fromkeys(term) if tensor.shape[term.index(label)] == sizes[label])
    values = {}
    for at in positions(tensor.shape):
        where = dict(zip(term, at, strict=True))
        if all(where[label] == i for label, i in zip(term, at, strict=True)):
            values[tuple(where[label] for label in kept)] = tensor[at]
    return Held(kept, values)


def sum_up(held: Held, wanted: str) -> Held:
    """What has the same wanted indices is added up."""
    kept = "".join(label for label in held.labels if label in wanted)
    groups: dict[Index, list[Counted]] = {}
    for at, value in held.values.items():
        groups.setdefault(tuple(at[held.labels.index(label)] for label in kept), []).append(value)
    return Held(kept, {at: total(values) for at, values in groups.items()})


def meet(left: Held, right: Held, wanted: str) -> Held:
    """Each of the one by each of the other that has the same indices, added up over those that nobody wants."""
    left, right = sum_up(left, right.labels + wanted), sum_up(right, left.labels + wanted)
    sizes = left.sizes | right.sizes
    kept = "".join(label for label in sizes if label in wanted)
    summed = "".join(label for label in sizes if label not in wanted)
    values = {}
    for at in ranges(kept, sizes):
        pairs = []
        for over in ranges(summed, sizes):
            where = dict(zip(kept + summed, at + over, strict=True))
            pairs.append(tuple(side.values[tuple(where[label] for label in side.labels)] for side in (left, right)))
        values[at] = contraction(pairs) if summed else pairs[0][0] * pairs[0][1]
    return Held(kept, values)


def ranges(labels: str, sizes: dict[str, int]) -> Iterator[Index]:
    return product(*(range(sizes[label]) for label in labels))


def contract(operands: list[Tensor], terms: list[str], output: str) -> tuple[Tensor]:
    """Σ over what the output does not name."""
    pairs = [
        pair for tensor, term in zip(operands, terms, strict=True) for pair in zip(term, tensor.shape, strict=True)
    ]
    sizes = {label: max(size for other, size in pairs if other == label) for label, _ in pairs}
    shape = tuple(sizes[label] for label in output)
    if len(operands) == 1 and set(terms[0]) == set(output):  # a view
        sources = {at: tuple(at[output.index(label)] for label in terms[0]) for at in positions(shape)}
        return (operands[0].renamed(shape, sources),)
    held, *rest = [load(tensor, term, sizes) for tensor, term in zip(operands, terms, strict=True)]
    for i, other in enumerate(rest):
        held = meet(held, other, "".join([output, *(later.labels for later in rest[i + 1 :])]))
    held = sum_up(held, output)
    result = operands[0].like(shape)
    for at in positions(shape):
        result[at] = held.values[tuple(at[output.index(label)] for label in held.labels)]
    return (result,)


def einsum(operands: list[Tensor], equation: str) -> tuple[Tensor]:
    left, arrow, output = equation.replace(" ", "").partition("->")
    dotted = []
    for term, tensor in zip(left.split(","), operands, strict=True):
        spare = len(tensor.shape) - len(term.replace("...", ""))
        dotted.append(term.replace("...", "3210"[4 - spare :]))
    dots = "".join(digit for digit in "3210" if any(digit in term for term in dotted))
    once = sorted(label for label in set(left) - set(".,") if left.count(label) == 1)
    return contract(operands, dotted, output.replace("...", dots) if arrow else dots + "".join(once))


@st.composite
def operands(draw: DrawFn, sizes: dict[str, int], dots: Index) -> tuple[str, Index]:
    """Indices with their sizes, now and then 1 instead, and maybe an ellipsis among them."""
    term = draw(st.text("abC", max_size=3))
    shape = tuple(
        sizes[label] if term.count(label) > 1 else draw(st.sampled_from([sizes[label]] * 3 + [1])) for label in term
    )
    if not draw(st.booleans()):
        return term, shape
    at, kept = draw(st.integers(0, len(term))), dots[draw(st.integers(0, len(dots))) :]
    stretched = tuple(draw(st.sampled_from([1, size])) for size in kept)
    return f"{term[:at]}...{term[at:]}", shape[:at] + stretched + shape[at:]


@st.composite
def einsums(draw: DrawFn) -> Call:
    sizes = {label: draw(st.integers(1, 3)) for label in "abC"}
    drawn = draw(st.lists(operands(sizes, draw(shapes(0, 2, 2))), min_size=1, max_size=3))
    equation, dtype = ",".join(term for term, _ in drawn), draw(DTYPES)
    if draw(st.booleans()):
        used = sorted(set(equation) - set(".,"))
        output = "".join(draw(st.permutations(used)))[draw(st.integers(0, len(used))) :]
        at = draw(st.integers(0, len(output)))
        equation += f" -> {output[:at]}{'...' if draw(st.booleans()) else ''}{output[at:]}"
    return Call({"operands": [TensorSpec(shape, dtype) for _, shape in drawn]}, {"equation": equation})


def tensordot(a: Tensor, b: Tensor, dims: Any) -> tuple[Tensor]:
    """Like an equation in which the dimensions to be summed have a letter in common."""
    if isinstance(dims, int):
        dims = range(len(a.shape) - dims, len(a.shape)), range(dims)
    left, right = list("abcd"[: len(a.shape)]), list("ABCD"[: len(b.shape)])
    summed = set()
    for i, j in zip(*dims, strict=True):
        right[j] = left[i]
        summed.add(left[i])
    output = "".join(label for label in left + right if label not in summed)
    return contract([a, b], ["".join(left), "".join(right)], output)


@st.composite
def tensordots(draw: DrawFn) -> Call:
    left, right, dtype = draw(shapes(0, 3, 3)), draw(shapes(0, 3, 3)), draw(DTYPES)
    count = draw(st.integers(0, min(len(left), len(right))))
    if draw(st.booleans()):
        right = left[len(left) - count :] + right[count:]
        return Call({"a": TensorSpec(left, dtype), "b": TensorSpec(right, dtype)}, {"dims": count})
    ours, theirs = (draw(st.permutations(range(len(shape))))[:count] for shape in (left, right))
    sizes = list(right)
    for i, j in zip(ours, theirs, strict=True):
        sizes[j] = draw(st.sampled_from([left[i], left[i], 1]))
    negative = tuple(j - len(right) for j in theirs)
    dims = (tuple(ours), draw(st.sampled_from([tuple(theirs), negative])))
    return Call({"a": TensorSpec(left, dtype), "b": TensorSpec(tuple(sizes), dtype)}, {"dims": dims})


ORACLES["einsum"] = Oracle(einsum, einsums())
ORACLES["tensordot"] = Oracle(tensordot, tensordots())
