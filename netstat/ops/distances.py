"""How far vectors are apart."""

from math import prod
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Specs, operator, spellings, traffic
from netstat.ops.broadcasting import broadcast
from netstat.ops.dtypes import result_dtype
from netstat.ops.magnitudes import norm
from netstat.ops.rows import between, reduced, refuse_integers, rows
from netstat.units import shape as shape_text


class Distance(Operator):
    """What is measured between the vectors of two tensors."""

    family = "distance"
    tensors = ("x1", "x2")


@operator
class CosineSimilarity(Distance):
    """Vectors x, y of F values along `dim`; shapes that differ are stretched to each other (broadcasting).

    c = Σ x·y / (max(‖x‖, eps) · max(‖y‖, eps)),  ‖x‖ = √Σ x²

    Per pair: F multiplications and F − 1 additions for the sum, a multiplication of the norms, a division. Per vector
    of each of the two tensors, once however many it is paired with: F multiplications, F − 1 additions, a root, a
    comparison with eps. No multiply-accumulates: no matrix product is named. Source: torch.nn.CosineSimilarity.
    """

    name = "cosine_similarity"
    torch = spellings("cosine_similarity")

    @staticmethod
    def shape(x1: TensorSpec, x2: TensorSpec, dim: int = 1, eps: float = 1e-8) -> Specs:
        kind = result_dtype(x1, x2)
        refuse_integers(kind)
        return (TensorSpec(reduced(broadcast(x1.shape, x2.shape), dim, keepdim=False), kind),)

    @staticmethod
    def cost(x1: TensorSpec, x2: TensorSpec, dim: int = 1, eps: float = 1e-8) -> Cost:
        (output,) = CosineSimilarity.shape(x1, x2, dim)
        whole = broadcast(x1.shape, x2.shape)
        pairs, length = rows(whole, dim)
        at = dim % len(whole) - len(whole) if whole else -1  # counted from the end, where shapes are lined up
        vectors = sum(_size_without(x.shape, at) for x in (x1, x2))
        paired = Cost(multiplies=length + 1, adds=between(length), divides=1) * pairs
        work: Cost = paired + (norm(length, 2) + Cost(compares=1)) * vectors
        return work + Cost(**traffic((x1, x2), (output,)))


def _size_without(shape: tuple[Size, ...], dim: int) -> Size:
    """The values of a tensor that has one value along `dim`, which is negative."""
    return prod(size for at, size in enumerate(shape, -len(shape)) if at != dim)


@operator
class PairwiseDistance(Distance):
    """Vectors x, y of F values, those of the last dimension, stretched to each other; p the order.

    d = (Σ |x − y + eps|^p)^(1/p)

    Per pair of values a subtraction and an addition; per pair of vectors the norm as of `vector_norm`. Source:
    torch.nn.PairwiseDistance.
    """

    name = "pairwise_distance"
    torch = spellings("pairwise_distance")

    @staticmethod
    def shape(x1: TensorSpec, x2: TensorSpec, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Specs:
        sizes = reduced(broadcast(x1.shape, x2.shape), -1, keepdim)
        kind = result_dtype(x1, x2)
        return (TensorSpec(sizes, kind if "float" in kind else "float32"),)

    @staticmethod
    def cost(x1: TensorSpec, x2: TensorSpec, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Cost:
        outputs = PairwiseDistance.shape(x1, x2, p, eps, keepdim)
        pairs, length = rows(broadcast(x1.shape, x2.shape), -1)
        work: Cost = (norm(length, p) + Cost(adds=2 * length)) * pairs
        return work + Cost(**traffic((x1, x2), outputs))


@operator
class Dist(Distance):
    """x, y of F values in all, stretched to each other; p the order. d = (Σ |x − y|^p)^(1/p).

    F subtractions, and the norm as of `vector_norm`. Source: torch.dist.
    """

    name = "dist"
    torch = spellings("dist")
    tensors = ("input", "other")

    @staticmethod
    def shape(input: TensorSpec, other: TensorSpec, p: float = 2) -> Specs:
        broadcast(input.shape, other.shape)
        return (TensorSpec((), result_dtype(input, other)),)

    @staticmethod
    def cost(input: TensorSpec, other: TensorSpec, p: float = 2) -> Cost:
        outputs = Dist.shape(input, other, p)
        length = TensorSpec(broadcast(input.shape, other.shape)).numel
        return Cost(adds=length) + norm(length, p) + Cost(**traffic((input, other), outputs))


@operator
class CDist(Distance):
    """P vectors x and R vectors y of F values in each example; p the order.

    d[i, j] = (Σ |x[i] − y[j]|^p)^(1/p)

    Per pair: F subtractions, and the norm as of `vector_norm`. That p = 2 can be had from a matrix product is an
    implementation. Input (*, P, F) and (*, R, F), leading dimensions stretched to each other. Source: torch.cdist.
    """

    name = "cdist"
    torch = spellings("cdist")

    @staticmethod
    def shape(x1: TensorSpec, x2: TensorSpec, p: float = 2.0, compute_mode: Any = "") -> Specs:
        if min(len(x1.shape), len(x2.shape)) < 2:
            raise ShapeError(f"needs two lists of vectors, got {shape_text(x1.shape)} and {shape_text(x2.shape)}")
        if x1.shape[-1] != x2.shape[-1]:
            raise ShapeError(f"vectors of {x1.shape[-1]} and of {x2.shape[-1]} values are no distance apart")
        leading = broadcast(x1.shape[:-2], x2.shape[:-2])
        return (TensorSpec((*leading, x1.shape[-2], x2.shape[-2]), result_dtype(x1, x2)),)

    @staticmethod
    def cost(x1: TensorSpec, x2: TensorSpec, p: float = 2.0, compute_mode: Any = "") -> Cost:
        (output,) = CDist.shape(x1, x2, p)
        length = x1.shape[-1]
        work: Cost = (norm(length, p) + Cost(adds=length)) * output.numel
        return work + Cost(**traffic((x1, x2), (output,)))


@operator
class PDist(Operator):
    """N vectors of F values, p the order: d = (Σ |x[i] − x[j]|^p)^(1/p) of the N(N − 1)/2 pairs i < j.

    Per pair: F subtractions, and the norm as of `vector_norm`. Input (N, F). Source: torch.nn.functional.pdist.
    """

    name = "pdist"
    family = "distance"
    torch = spellings("pdist")

    @staticmethod
    def shape(input: TensorSpec, p: float = 2) -> Specs:
        if len(input.shape) != 2:
            raise ShapeError(f"needs a list of vectors (N, F), got {shape_text(input.shape)}")
        many = input.shape[0]
        return (TensorSpec((many * (many - 1) // 2,), input.dtype),)

    @staticmethod
    def cost(input: TensorSpec, p: float = 2) -> Cost:
        (output,) = PDist.shape(input, p)
        length = input.shape[1]
        work: Cost = (norm(length, p) + Cost(adds=length)) * output.numel
        return work + Cost(**traffic((input,), (output,)))
