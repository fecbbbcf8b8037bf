"""Norms of vectors and matrices."""

from collections.abc import Mapping
from math import inf
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.rows import axes, between, reduced, refuse_integers, rows
from netstat.ops.spelling import renamed


def norm(values: Size, order: float) -> Cost:
    """What the norm (Σ |x|^p)^(1/p) of so many values takes, p the order.

    p = 2: a multiplication per value for x², and a root. p = 1: a comparison per value for |x|. p = ∞, −∞: |x|, and
    the largest or smallest of them. p = 0: a comparison per value with zero, all that are not are added up. Any other
    p: |x|, a power per value and one of the sum.
    """
    summed = Cost(adds=between(values))
    if order == 2:
        return summed + Cost(multiplies=values, specials=1)
    if order in (inf, -inf):
        return Cost(compares=values + between(values))
    if order in (0, 1):
        return summed + Cost(compares=values)
    return summed + Cost(compares=values, specials=values + 1)


def _bound_order(name: str, bound: dict[str, Any]) -> dict[str, Any]:
    """The order as a number, 2 for what has the same definition under another name.

    Raises:
        TypeError: it has none: a sum of singular values.
    """
    order = 2 if bound["ord"] in (None, "fro") else bound["ord"]
    if isinstance(order, str):
        raise TypeError(f"{name} does not take the order '{order}'")
    return {**bound, "ord": float(order)}


@operator
class VectorNorm(Operator):
    """F values x per row, order p: y = (Σ |x|^p)^(1/p).

    F − 1 additions. p = 2: F multiplications and a root. p = 1: F comparisons. p = 0: F comparisons with zero. p =
    ±∞: 2F − 1 comparisons and nothing else. Any other p: F comparisons and F + 1 powers. The Frobenius norm is p = 2.
    Source: torch.linalg.vector_norm, torch.norm.
    """

    name = "vector_norm"
    family = "reduction"
    torch = ("torch.linalg.vector_norm", "torch.norm", "torch.Tensor.norm")

    @classmethod
    def shape(
        cls, input: TensorSpec, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> Specs:
        kind = dtype or input.dtype
        refuse_integers(kind)
        return (TensorSpec(reduced(input.shape, dim, keepdim), kind),)

    @classmethod
    def cost(
        cls, input: TensorSpec, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> Cost:
        outputs = cls.shape(input, ord, dim, keepdim, dtype=dtype)
        many, length = rows(input.shape, dim)
        work: Cost = norm(length, ord) * many
        return work + Cost(**traffic((input,), outputs))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        named = {_NORM.get(name, name): value for name, value in kwargs.items() if (name, value) != ("out", None)}
        return _bound_order(cls.name, super().bind(args, named))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        dim = attributes["dim"]
        return {**attributes, "ord": float(attributes["ord"]), "dim": tuple(dim) if isinstance(dim, list) else dim}


_NORM = {"p": "ord", "x": "input", "A": "input"}  # what torch.norm and torch.linalg call them


@operator
class MatrixNorm(Operator):
    """Matrices of n values in C columns and R rows, order p.

    y = √Σ x² for "fro"; the largest column sum of |x| for p = 1, the largest row sum for p = ∞; the smallest for −1, −∞

    "fro": n multiplications, n − 1 additions, a root. p = ±1: n comparisons for |x|, n − C additions, C − 1
    comparisons; p = ±∞ likewise with R. Source: torch.linalg.matrix_norm. Orders made of singular values (2, −2,
    "nuc") have no count here.
    """

    name = "matrix_norm"
    family = "reduction"
    torch = ("torch.linalg.matrix_norm",)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, renamed(kwargs, **_NORM))
        if bound["ord"] not in ("fro", 1, -1, inf, -inf):
            raise TypeError(f"{cls.name} does not take the order {bound['ord']}")
        return bound

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        ord: Any = "fro",
        dim: tuple[int, int] = (-2, -1),
        keepdim: bool = False,
        *,
        dtype: Any = None,
    ) -> Specs:
        if len(input.shape) < 2:
            raise ShapeError(f"needs a matrix, got {len(input.shape)} dimensions")
        return (TensorSpec(reduced(input.shape, dim, keepdim), dtype or input.dtype),)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        ord: Any = "fro",
        dim: tuple[int, int] = (-2, -1),
        keepdim: bool = False,
        *,
        dtype: Any = None,
    ) -> Cost:
        outputs = cls.shape(input, ord, dim, keepdim, dtype=dtype)
        many, length = rows(input.shape, dim)
        down, across = (input.shape[at] for at in axes(input.shape, dim))
        sums, terms = (across, down) if ord in (1, -1) else (down, across)
        largest = Cost(adds=sums * between(terms), compares=length + between(sums))
        work: Cost = (norm(length, 2) if ord == "fro" else largest) * many
        return work + Cost(**traffic((input,), outputs))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "dim": tuple(attributes["dim"])}


@operator
class Norm(Operator):
    """The vector norm where no order is given, or where `dim` (or the input's only dimension) is one; else a matrix's.

    y = (Σ |x|^p)^(1/p), with the costs of `vector_norm`; or those of `matrix_norm`.

    Source: torch.linalg.norm.
    """

    name = "norm"
    family = "reduction"
    torch = ("torch.linalg.norm",)

    @staticmethod
    def _of(input: TensorSpec, ord: Any, dim: Any) -> tuple[type[Operator], dict[str, Any]]:
        if ord is None or len(axes(input.shape, dim)) == 1:
            return VectorNorm, {"ord": 2 if ord is None else ord, "dim": dim}
        return MatrixNorm, {"ord": ord, "dim": (-2, -1) if dim is None else tuple(dim)}

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, renamed(kwargs, **_NORM))
        kind, chosen = cls._of(bound["input"], bound["ord"], bound["dim"])
        kind.bind((), {"input": bound["input"], **chosen})  # raises where the order has no count
        return bound

    @classmethod
    def shape(
        cls, input: TensorSpec, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> Specs:
        kind, chosen = cls._of(input, ord, dim)
        return kind.shape(input, **chosen, keepdim=keepdim, dtype=dtype)

    @classmethod
    def cost(
        cls, input: TensorSpec, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> Cost:
        kind, chosen = cls._of(input, ord, dim)
        return kind.cost(input, **chosen, keepdim=keepdim, dtype=dtype)
