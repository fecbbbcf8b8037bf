"""Matrix products in all their spellings."""

from collections.abc import Mapping
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Specs, operator, refuse_rank, spellings, traffic
from netstat.ops.broadcasting import broadcast
from netstat.ops.contraction import sums_of_products
from netstat.ops.dtypes import result_dtype
from netstat.ops.spelling import renamed, without
from netstat.units import shape as shape_text


class MatrixProduct(Operator):
    """Sums of K products each, one per output value.

    y = Σ_k a[k] · b[k]

    MACs: output values · K. Each output value takes K multiplications and K − 1 additions.
    """

    family = "matrix product"
    meanings: ClassVar[dict[str, str]] = {
        "n": "rows of the first",
        "K": "products in a sum",
        "m": "columns of the second",
        "B": "pairs of matrices",
    }

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args, without(kwargs, "out"))

    @classmethod
    def terms(cls, left: TensorSpec, right: TensorSpec) -> Size:
        """K: how many products each output value sums."""
        return left.shape[-1]

    @classmethod
    def cost(cls, *args: Any, **kwargs: Any) -> Cost:
        named = cls.bind(args, kwargs)
        (output,), operands = cls.shape(**named), [named[name] for name in cls.tensors]
        return sums_of_products(output.numel, cls.terms(*operands)) + Cost(**traffic(operands, (output,)))


def refuse_unlike(what: str, left: Size, right: Size) -> None:
    """Raise ShapeError where two sizes that meet are not one."""
    if left != right:
        raise ShapeError(f"{what} differ: {left} and {right}")


def rows_by_columns(left: TensorSpec, right: TensorSpec) -> tuple[Size, Size]:
    """Sizes of the product of two matrices, the last two dimensions of each."""
    refuse_unlike("columns of the first and rows of the second matrix", left.shape[-1], right.shape[-2])
    return left.shape[-2], right.shape[-1]


@operator
class Mm(MatrixProduct):
    """Matrix (n, K) times matrix (K, m).

    y[i, j] = Σ_k a[i, k] · b[k, j]

    MACs: n·m·K. Source: torch.mm.
    """

    name = "mm"
    torch = spellings("mm")
    tensors = ("input", "mat2")
    letters: ClassVar[dict[str, str]] = {"input": "n K", "mat2": "K m"}

    @staticmethod
    def shape(input: TensorSpec, mat2: TensorSpec) -> Specs:
        refuse_rank(input, (2,), "(n, K)")
        refuse_rank(mat2, (2,), "(K, m)")
        return (TensorSpec(rows_by_columns(input, mat2), input.dtype),)


@operator
class Bmm(MatrixProduct):
    """B matrices (n, K) times B matrices (K, m), each with its own.

    y[b, i, j] = Σ_k a[b, i, k] · c[b, k, j]

    MACs: B·n·m·K. Source: torch.bmm.
    """

    name = "bmm"
    torch = spellings("bmm")
    tensors = ("input", "mat2")
    letters: ClassVar[dict[str, str]] = {"input": "B n K", "mat2": "B K m"}

    @staticmethod
    def shape(input: TensorSpec, mat2: TensorSpec) -> Specs:
        return (TensorSpec(_batched(input, mat2), input.dtype),)


def _batched(left: TensorSpec, right: TensorSpec) -> tuple[Size, ...]:
    refuse_rank(left, (3,), "(B, n, K)")
    refuse_rank(right, (3,), "(B, K, m)")
    refuse_unlike("batches", left.shape[0], right.shape[0])
    return (left.shape[0], *rows_by_columns(left, right))


@operator
class Mv(MatrixProduct):
    """Matrix (n, K) times vector (K).

    y[i] = Σ_k a[i, k] · v[k]

    MACs: n·K. Source: torch.mv.
    """

    name = "mv"
    torch = spellings("mv")
    tensors = ("input", "vec")
    letters: ClassVar[dict[str, str]] = {"input": "n K", "vec": "K"}

    @staticmethod
    def shape(input: TensorSpec, vec: TensorSpec) -> Specs:
        return (TensorSpec((_times_vector(input, vec),), input.dtype),)


def _times_vector(matrix: TensorSpec, vector: TensorSpec) -> Size:
    refuse_rank(matrix, (2,), "(n, K)")
    refuse_rank(vector, (1,), "(K)")
    refuse_unlike("columns of the matrix and values of the vector", matrix.shape[1], vector.shape[0])
    return matrix.shape[0]


@operator
class Dot(MatrixProduct):
    """Two vectors of K values.

    y = Σ_k a[k] · b[k]

    MACs: K. Source: torch.dot, torch.vdot.
    """

    name = "dot"
    torch = (*spellings("dot"), *spellings("vdot"))
    tensors = ("input", "other")

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args, renamed(kwargs, tensor="other"))

    @staticmethod
    def shape(input: TensorSpec, other: TensorSpec) -> Specs:
        refuse_rank(input, (1,), "(K)")
        refuse_rank(other, (1,), "(K)")
        refuse_unlike("values of the vectors", input.shape[0], other.shape[0])
        return (TensorSpec((), input.dtype),)


@operator
class Inner(MatrixProduct):
    """Every vector of K values of a with every one of b: the last dimensions are summed over.

    y[*a, *b] = Σ_k a[*a, k] · b[*b, k]

    MACs: output values · K. A single value multiplies the other tensor, and that is no MAC. Source: torch.inner.
    """

    name = "inner"
    torch = spellings("inner")
    tensors = ("input", "other")

    @staticmethod
    def shape(input: TensorSpec, other: TensorSpec) -> Specs:
        if not input.shape or not other.shape:
            return (TensorSpec((*input.shape, *other.shape), result_dtype(input, other)),)
        refuse_unlike("last dimensions", input.shape[-1], other.shape[-1])
        return (TensorSpec((*input.shape[:-1], *other.shape[:-1]), input.dtype),)

    @classmethod
    def cost(cls, input: TensorSpec, other: TensorSpec) -> Cost:
        if input.shape and other.shape:
            return super().cost(input, other)
        return _each_by_each(input, other, cls.shape(input, other))


@operator
class Vecdot(MatrixProduct):
    """Vectors of K values along `dim`, each with its own; sizes of 1 are repeated (broadcasting).

    y = Σ_k a[k] · b[k]

    MACs: output values · K. Source: torch.linalg.vecdot.
    """

    name = "vecdot"
    torch = ("torch.linalg.vecdot",)
    tensors = ("x", "y")

    @staticmethod
    def shape(x: TensorSpec, y: TensorSpec, dim: int = -1) -> Specs:
        whole = list(broadcast(x.shape, y.shape))
        if not -len(whole) <= dim < len(whole):
            raise ShapeError(f"{shape_text(tuple(whole))} has no dimension {dim}")
        del whole[dim]
        return (TensorSpec(tuple(whole), x.dtype),)

    @classmethod
    def cost(cls, x: TensorSpec, y: TensorSpec, dim: int = -1) -> Cost:
        made, terms = cls.shape(x, y, dim), broadcast(x.shape, y.shape)[dim]
        return sums_of_products(made[0].numel, terms) + Cost(**traffic((x, y), made))


@operator
class Matmul(MatrixProduct):
    """Matrices (*, n, K) times matrices (*, K, m); the dimensions before are repeated to fit (broadcasting).

    y[*, i, j] = Σ_k a[*, i, k] · b[*, k, j]

    A vector on the left is one row, on the right one column, and leaves no dimension.
    MACs: output values · K. Source: torch.matmul.
    """

    name = "matmul"
    torch = (*spellings("matmul"), "torch.linalg.matmul", "torch.Tensor.__matmul__")
    tensors = ("input", "other")
    letters: ClassVar[dict[str, str]] = {"input": "K | d_0? d_1? n K", "other": "K | d_0? d_1? K m"}

    @staticmethod
    def shape(input: TensorSpec, other: TensorSpec) -> Specs:
        for spec in (input, other):
            if not spec.shape:
                raise ShapeError("needs tensors with at least 1 dimension, got a single value")
        left = input if len(input.shape) > 1 else input._replace(shape=(1, *input.shape))
        right = other if len(other.shape) > 1 else other._replace(shape=(*other.shape, 1))
        rows, columns = rows_by_columns(left, right)
        kept = (*((rows,) if left is input else ()), *((columns,) if right is other else ()))
        return (TensorSpec((*broadcast(left.shape[:-2], right.shape[:-2]), *kept), input.dtype),)


def _each_by_each(left: TensorSpec, right: TensorSpec, made: Specs) -> Cost:
    """One multiplication per output value: nothing is summed, so no MACs."""
    return Cost(multiplies=made[0].numel, **traffic((left, right), made))


@operator
class Outer(MatrixProduct):
    """Every value of a vector (n) with every one of another (m).

    y[i, j] = a[i] · b[j]

    One multiplication per output value. Nothing is summed: no MAC. Source: torch.outer.
    """

    name = "outer"
    torch = (*spellings("outer"), *spellings("ger"))
    tensors = ("input", "vec2")

    @staticmethod
    def shape(input: TensorSpec, vec2: TensorSpec) -> Specs:
        refuse_rank(input, (1,), "(n)")
        refuse_rank(vec2, (1,), "(m)")
        return (TensorSpec((*input.shape, *vec2.shape), result_dtype(input, vec2)),)

    @classmethod
    def cost(cls, input: TensorSpec, vec2: TensorSpec) -> Cost:
        return _each_by_each(input, vec2, cls.shape(input, vec2))


@operator
class Kron(MatrixProduct):
    """Every value of a with all of b, laid out as blocks; the tensor with fewer dimensions is given more of size 1.

    y[i·B + j] = a[i] · b[j],  B the size of b, in every dimension

    One multiplication per output value. Nothing is summed: no MAC. Source: torch.kron.
    """

    name = "kron"
    torch = spellings("kron")
    tensors = ("input", "other")

    @staticmethod
    def shape(input: TensorSpec, other: TensorSpec) -> Specs:
        rank = max(len(input.shape), len(other.shape))
        left, right = ((1,) * (rank - len(spec.shape)) + spec.shape for spec in (input, other))
        sizes = tuple(a * b for a, b in zip(left, right, strict=True))
        return (TensorSpec(sizes, result_dtype(input, other)),)

    @classmethod
    def cost(cls, input: TensorSpec, other: TensorSpec) -> Cost:
        return _each_by_each(input, other, cls.shape(input, other))
