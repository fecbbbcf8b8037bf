"""Operators that pick values by index: no arithmetic; the values picked are read, and the indices.

A value picked twice is read twice: which ones are the same is not known without the indices' values.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arranging import Copy
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.broadcasting import broadcast
from netstat.ops.spelling import renamed
from netstat.units import shape as shape_text


class Pick(Copy):
    """Values of the input, one per output value, and indices that say which."""

    family = "indexing"
    tensors = ("input", "index")
    picked = "input"

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Iterable[TensorSpec]:
        indices = (arguments[name] for name in cls.tensors if name != cls.picked)
        return (*cls.shape(**arguments), *indices)


@operator
class Embedding(Pick):
    """Indices (*), V vectors of D values: weight (V, D).

    y[*] = weight[input[*]]

    Output (*, D). Parameters: V·D. No arithmetic; read are the indices and one vector for each. Where `max_norm` has
    the vectors rescaled, which ones is not known without the indices. Source: torch.nn.Embedding.
    """

    name = "embedding"
    torch = ("torch.nn.functional.embedding", "torch.embedding")
    tensors = ("input", "weight")
    letters: ClassVar[dict[str, str]] = {"input": "n? | R? n? | d_0? R? n?", "weight": "V D"}
    meanings: ClassVar[dict[str, str]] = {"n": "indices in a row", "V": "vectors", "D": "values of a vector"}
    picked = "weight"

    @staticmethod
    def shape(
        input: TensorSpec,
        weight: TensorSpec,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Specs:
        if len(weight.shape) != 2:
            raise ShapeError(f"needs a (V, D) weight, got {len(weight.shape)} dimensions")
        return (TensorSpec((*input.shape, weight.shape[1]), weight.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        if "indices" in kwargs or (len(args) > 1 and not _are_indices(args[0])):  # torch.embedding: the weight first
            names = ("weight", "input", "padding_idx", "scale_grad_by_freq", "sparse")
            args, kwargs = (), {**dict(zip(names, args, strict=False)), **renamed(kwargs, indices="input")}
        bound = super().bind(args, kwargs)
        if bound["max_norm"] is not None:
            raise TypeError("which vectors are rescaled is not known without the indices")
        return bound

    @staticmethod
    def params(num_embeddings: int, embedding_dim: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        return {"weight": (num_embeddings, embedding_dim)}


def _are_indices(tensor: Any) -> bool:
    return "int" in str(tensor.dtype)


@operator
class EmbeddingBag(Operator):
    """B bags, n indices in all, V vectors of D values: weight (V, D).

    y[b] = Σ w[i] · weight[i],  i over the indices of bag b; or their mean, or per position of the vector the largest

    Input (B, L), bags of L = n/B; or (n), bags from one of the `offsets` to the next. Output (B, D). No bag is taken to
    be empty, and no index to be `padding_idx`: (n − B)·D additions, or comparisons for the largest; B·D divisions for
    the mean; n·D multiplications with `per_sample_weights`. Read are the indices and one vector for each. Source:
    torch.nn.EmbeddingBag.
    """

    name = "embedding_bag"
    family = "indexing"
    torch = ("torch.nn.functional.embedding_bag",)
    tensors = ("input", "weight", "offsets", "per_sample_weights")

    @staticmethod
    def shape(
        input: TensorSpec,
        weight: TensorSpec,
        offsets: TensorSpec | None = None,
        max_norm: float | None = None,
        norm_type: float = 2,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        per_sample_weights: TensorSpec | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Specs:
        if (len(input.shape) == 1) != (offsets is not None):
            raise ShapeError("a row of indices needs offsets, and a (B, L) input none")
        bags = input.shape[0] if offsets is None else offsets.shape[0] - include_last_offset
        return (TensorSpec((bags, weight.shape[1]), weight.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        if bound["max_norm"] is not None:
            raise TypeError("which vectors are rescaled is not known without the indices")
        return bound

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        weight: TensorSpec,
        offsets: TensorSpec | None = None,
        mode: str = "mean",
        per_sample_weights: TensorSpec | None = None,
        **more: Any,
    ) -> Cost:
        (output,) = cls.shape(input, weight, offsets, mode=mode, **more)
        picked = TensorSpec((input.numel, weight.shape[1]), weight.dtype)
        together = picked.numel - output.numel
        moved = Cost(**traffic((input, picked, offsets, per_sample_weights), (output,)))
        if mode == "max":
            return moved + Cost(compares=together)
        scaled = picked.numel if per_sample_weights is not None else 0
        return moved + Cost(adds=together, multiplies=scaled, divides=output.numel if mode == "mean" else 0)


@operator
class Gather(Pick):
    """y[i, j, k] = x[index[i, j, k], j, k] for dim 0, and likewise for the others. Source: torch.gather."""

    name = "gather"
    torch = ("torch.gather", "torch.Tensor.gather")

    @staticmethod
    def shape(input: TensorSpec, dim: int, index: TensorSpec, sparse_grad: bool = False) -> Specs:
        along = dim % max(len(input.shape), 1)
        pairs = enumerate(zip(index.shape, input.shape, strict=False))
        if len(index.shape) != len(input.shape) or any(at != along and i > size for at, (i, size) in pairs):
            raise ShapeError(f"indices {shape_text(index.shape)} reach out of {shape_text(input.shape)}")
        return (TensorSpec(index.shape, input.dtype),)


@operator
class Take(Pick):
    """The values at the indices, counted through all of the input. Source: torch.take."""

    name = "take"
    torch = ("torch.take", "torch.Tensor.take")

    @staticmethod
    def shape(input: TensorSpec, index: TensorSpec) -> Specs:
        return (TensorSpec(index.shape, input.dtype),)


@operator
class TakeAlongDim(Pick):
    """`gather`, both stretched to one shape but for `dim`; without a `dim`, `take`. Source: torch.take_along_dim."""

    name = "take_along_dim"
    torch = ("torch.take_along_dim", "torch.Tensor.take_along_dim")
    tensors = ("input", "indices")

    @staticmethod
    def shape(input: TensorSpec, indices: TensorSpec, dim: int | None = None) -> Specs:
        if dim is None:
            return (TensorSpec((indices.numel,), input.dtype),)
        if len(indices.shape) != len(input.shape):
            raise ShapeError(f"needs indices of {len(input.shape)} dimensions, got {len(indices.shape)}")
        sizes = list(input.shape)
        sizes[dim] = indices.shape[dim]
        return (TensorSpec(broadcast(tuple(sizes), indices.shape), input.dtype),)


@operator
class IndexSelect(Pick):
    """The slices at the indices along `dim`. Source: torch.index_select."""

    name = "index_select"
    torch = ("torch.index_select", "torch.Tensor.index_select")

    @staticmethod
    def shape(input: TensorSpec, dim: int, index: TensorSpec) -> Specs:
        if len(index.shape) > 1:
            raise ShapeError(f"needs a row of indices, got {len(index.shape)} dimensions")
        sizes = list(input.shape)
        if sizes:
            sizes[dim] = index.numel
        return (TensorSpec(tuple(sizes), input.dtype),)


@operator
class OneHot(Copy):
    """y[*, c] = 1 where c is the input's value, else 0. How many classes there are has to be said.

    Source: torch.nn.functional.one_hot.
    """

    name = "one_hot"
    family = "indexing"
    torch = ("torch.nn.functional.one_hot", "torch._C._nn.one_hot")

    @staticmethod
    def shape(input: TensorSpec, num_classes: int) -> Specs:
        return (TensorSpec((*input.shape, num_classes), input.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        if bound["num_classes"] in (None, -1):
            raise TypeError("how many classes there are is not known without the values")
        return bound
