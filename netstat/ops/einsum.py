"""Contractions whose indices are named by the call: einsum, tensordot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple

from netstat.cost import ZERO, Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Product, Specs, operator, traffic
from netstat.ops.contraction import Labels, contract, index_sizes
from netstat.ops.spelling import without
from netstat.units import shape as shape_text

DOTS = "..."
LETTERS = ascii_uppercase + ascii_lowercase  # torch's order: index 0 is A, 26 is a


class Equation(NamedTuple):
    """One label per dimension of each operand, and of the output."""

    terms: tuple[Labels, ...]
    output: Labels


def parse(equation: str, operands: Sequence[TensorSpec]) -> Equation:
    """The labels of an equation such as `bij,bjk->bik`; the dimensions of an ellipsis are …1, …2, … from the last.

    Raises:
        ShapeError: the equation cannot be read, or does not fit the operands.
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    written = left.split(",")
    if len(written) != len(operands):
        raise ShapeError(f"'{equation}' is for {len(written)} operands, got {len(operands)}")
    terms = tuple(_labels(term, spec) for term, spec in zip(written, operands, strict=True))
    dots = _dots(max((sum(map(_dotted, term)) for term in terms), default=0))
    output = _spread(right, dots) if arrow else dots + _once(terms)
    repeated = len(set(output)) < len(output)
    if repeated or not set(output) <= set(dots).union(*terms):
        raise ShapeError(f"'{equation}' has an output index that is {'repeated' if repeated else 'in no operand'}")
    return Equation(terms, output)


def _labels(term: str, spec: TensorSpec) -> Labels:
    """One label per dimension of an operand."""
    named = len(term.replace(DOTS, ""))
    spare = len(spec.shape) - named
    if spare < 0 or (spare and DOTS not in term):
        raise ShapeError(f"'{term}' names {named} dimensions of {shape_text(spec.shape) or 'a single value'}")
    return _spread(term, _dots(spare))


def _spread(term: str, dots: Labels) -> Labels:
    before, ellipsis, after = term.partition(DOTS)
    if not all(letter in LETTERS for letter in before + after):
        raise ShapeError(f"'{term}' is not made of letters and one ellipsis")
    return (*before, *(dots if ellipsis else ()), *after)


def _dots(count: int) -> Labels:
    return tuple(f"…{i}" for i in range(count, 0, -1))


def _dotted(label: str) -> bool:
    return label.startswith("…")


def _once(terms: Sequence[Labels]) -> Labels:
    """The letters that are there once, in order of the alphabet: the output where none is written."""
    found = Counter(label for term in terms for label in term if not _dotted(label))
    return tuple(sorted(label for label, times in found.items() if times == 1))


@operator
class Einsum(Operator):
    """Operands x₁, x₂, …, an index per dimension of each, size(i) how far an index runs.

    y[output] = Σ x₁[term₁] · x₂[term₂] · …,  over the indices that the output does not name

    The operands are contracted in pairs from left to right, as torch does without opt_einsum. At each step an index
    that only one of the two has, and that neither the output nor a later operand names, is summed over first: m − 1
    additions for m values. Then the two meet:
    MACs: Π size(i) over all their indices i; each value of the result takes as many multiplications as it has terms,
    and one addition fewer. Where no index is summed it is a multiplication value by value, and no MAC.

    An operand of size 1 along an index that runs further is repeated and does not have the index. Summed indices of
    size 1 count like any other (torch multiplies value by value then). A single operand of which nothing is summed is a
    view. Source: torch.einsum.
    """

    name = "einsum"
    family = "matrix product"
    torch = ("torch.einsum",)
    tensors = ("operands",)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        if not args or "equation" in kwargs:
            return super().bind(args, kwargs)
        equation, *operands = args
        if not isinstance(equation, str):  # torch.einsum(x, [0, 1], y, [1, 2], [0, 2])
            output = [_written(args[-1])] if len(args) % 2 else []
            equation = "->".join([",".join(map(_written, args[1::2])), *output])
            operands = list(args[: len(args) // 2 * 2 : 2])
        if len(operands) == 1 and type(operands[0]) in (list, tuple):
            (operands,) = operands
        return super().bind((operands, equation), kwargs)

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "equation": attributes["equation"].replace(" ", "")}

    @staticmethod
    def shape(operands: Sequence[TensorSpec], equation: str) -> Specs:
        terms, output = parse(equation, operands)
        sizes = index_sizes(operands, terms)
        return (TensorSpec(tuple(sizes[label] for label in output), operands[0].dtype),)

    @staticmethod
    def cost(operands: Sequence[TensorSpec], equation: str) -> Cost:
        made = Einsum.shape(operands, equation)
        total = sum(contract(operands, *parse(equation, operands)), ZERO)
        return total + Cost(**traffic(operands, made)) if total.flops or len(operands) > 1 else ZERO

    @classmethod
    def products(cls, operands: Sequence[TensorSpec], equation: str) -> tuple[Product, ...]:
        return meetings(contract(operands, *parse(equation, operands)), [f"operands.{i}" for i in range(len(operands))])


def meetings(steps: Sequence[Cost], names: Sequence[str]) -> tuple[Product, ...]:
    """From left to right: all operands so far meet the next one."""
    lefts = list(accumulate((name,) for name in names))
    pairs = zip(steps, lefts, names[1:], strict=False)
    return tuple(Product(step.macs, left, (right,)) for step, left, right in pairs if step.macs)


def _written(numbers: Any) -> str:
    """A list of index numbers as letters."""
    return "".join(DOTS if number is ... else LETTERS[number] for number in numbers)


@operator
class Tensordot(Operator):
    """The dimensions `dims[0]` of a are summed over with `dims[1]` of b; of a number n, the last n with the first n.

    y[rest of a, rest of b] = Σ_k a[…, k] · b[k, …]

    MACs: values of the result times positions k. A size of 1 is repeated: the other one's dimension is summed before.
    With no dimension to sum over it is a multiplication value by value, and no MAC. Source: torch.tensordot.
    """

    name = "tensordot"
    family = "matrix product"
    torch = ("torch.tensordot",)
    tensors = ("a", "b")

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args, without(kwargs, "out"))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "dims": _pair(attributes["dims"])}

    @staticmethod
    def shape(a: TensorSpec, b: TensorSpec, dims: Any = 2) -> Specs:
        terms, output = _shared(a, b, dims)
        sizes = index_sizes((a, b), terms)
        return (TensorSpec(tuple(sizes[label] for label in output), a.dtype),)

    @staticmethod
    def cost(a: TensorSpec, b: TensorSpec, dims: Any = 2) -> Cost:
        made = Tensordot.shape(a, b, dims)
        return sum(contract((a, b), *_shared(a, b, dims)), Cost(**traffic((a, b), made)))


def _pair(dims: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if isinstance(dims, int):
        return tuple(range(-dims, 0)), tuple(range(dims))
    left, right = ((side,) if isinstance(side, int) else tuple(side) for side in dims)
    return left, right


def _shared(a: TensorSpec, b: TensorSpec, dims: Any) -> Equation:
    """Labels by which the summed dimensions of both have the same name."""
    ours, theirs = _pair(dims)
    ranks = len(a.shape), len(b.shape)
    fits = all(-rank <= at < rank for rank, side in zip(ranks, (ours, theirs), strict=True) for at in side)
    if len(ours) != len(theirs) or not fits:
        raise ShapeError(f"dimensions {ours} and {theirs} are not {shape_text(a.shape)} and {shape_text(b.shape)}'s")
    left, right = [f"a{i}" for i in range(ranks[0])], [f"b{i}" for i in range(ranks[1])]
    for i, j in zip(ours, theirs, strict=True):
        right[j] = left[i]
    summed = {left[i] for i in ours}
    output = tuple(label for label in (*left, *right) if label not in summed)
    return Equation((tuple(left), tuple(right)), output)
