"""Operators that write one value per index, over what stands at its place or together with it.

Bytes are those of `placing`: out of place the input is copied first, in place only the places written are touched.
"""

from collections.abc import Mapping
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Specs, operator
from netstat.ops.placing import Write
from netstat.ops.spelling import is_tensor, renamed
from netstat.units import shape as shape_text

# What one value that is put together with another takes.
TOGETHER = {
    None: Cost(), "sum": Cost(adds=1), "add": Cost(adds=1), "mean": Cost(adds=1), "prod": Cost(multiplies=1),
    "multiply": Cost(multiplies=1), "amax": Cost(compares=1), "amin": Cost(compares=1),
}  # fmt: skip


class _Scatter(Write):
    """y[index[i, j, k], j, k] = source[i, j, k] for dim 0, and likewise for the others: one place per index."""

    tensors = ("input", "index", "src")

    @classmethod
    def places(cls, arguments: Mapping[str, Any]) -> TensorSpec:
        return TensorSpec(arguments["index"].shape, arguments["input"].dtype)

    @classmethod
    def _fitting(cls, input: TensorSpec, dim: int, index: TensorSpec, *sources: TensorSpec) -> Specs:
        along = dim % max(len(input.shape), 1)
        room = [input.shape[:along] + index.shape[along : along + 1] + input.shape[along + 1 :]]
        for shape in [*room, *(spec.shape for spec in sources)]:
            if len(index.shape) != len(shape) or any(i > size for i, size in zip(index.shape, shape, strict=False)):
                raise ShapeError(f"indices {shape_text(index.shape)} reach out of {shape_text(shape)}")
        return (input,)

    @classmethod
    def counted(cls, arguments: Mapping[str, Any], how: str | None) -> Cost:
        """Bytes, and the work of putting each value together with what stands at its place."""
        taken = dict(arguments)
        if is_tensor(taken.get("src")):  # of which no more is read than there are indices
            taken["src"] = TensorSpec(arguments["index"].shape, arguments["src"].dtype)
        return cls.moved(taken, reads_places=how is not None) + TOGETHER[how] * int(arguments["index"].numel)


@operator
class Scatter(_Scatter):
    """y[index[i, j, k], j, k] = src[i, j, k] for dim 0, and likewise for the others; `src` a tensor or a number.

    With reduce "add" or "multiply", one addition or multiplication per index. Source: torch.Tensor.scatter_.
    """

    name = "scatter"
    torch = ("torch.scatter", "torch.Tensor.scatter", "torch.Tensor.scatter_")

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        dim: int,
        index: TensorSpec,
        src: "TensorSpec | float",
        reduce: str | None = None,
        inplace: bool = False,
    ) -> Specs:
        return cls._fitting(input, dim, index, *((src,) if isinstance(src, TensorSpec) else ()))

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        cls.shape(**arguments)
        return cls.counted(arguments, arguments.get("reduce"))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args, renamed(kwargs, value="src"))


@operator
class ScatterAdd(_Scatter):
    """y[index[i, j, k], j, k] += src[i, j, k] for dim 0, and likewise for the others.

    One addition per index. Source: torch.Tensor.scatter_add_.
    """

    name = "scatter_add"
    torch = ("torch.scatter_add", "torch.Tensor.scatter_add", "torch.Tensor.scatter_add_")

    @classmethod
    def shape(cls, input: TensorSpec, dim: int, index: TensorSpec, src: TensorSpec, inplace: bool = False) -> Specs:
        return cls._fitting(input, dim, index, src)

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        cls.shape(**arguments)
        return cls.counted(arguments, "add")


@operator
class ScatterReduce(_Scatter):
    """y[index[i, j, k], j, k] = reduce of it and src[i, j, k] for dim 0, and likewise for the others.

    Sum, prod, amax, amin: one addition, multiplication or comparison per index; mean: one addition per index, and one
    division per value of the input. Without `include_self` the first value at a place replaces what stood there: which
    one is first is not known without the indices, and the same is counted. Source: torch.Tensor.scatter_reduce_.
    """

    name = "scatter_reduce"
    torch = ("torch.scatter_reduce", "torch.Tensor.scatter_reduce", "torch.Tensor.scatter_reduce_")

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        dim: int,
        index: TensorSpec,
        src: TensorSpec,
        reduce: str,
        include_self: bool = True,
        inplace: bool = False,
    ) -> Specs:
        return cls._fitting(input, dim, index, src)

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        cls.shape(**arguments)
        if arguments["reduce"] != "mean":
            return cls.counted(arguments, arguments["reduce"])
        input: TensorSpec = arguments["input"]
        whole = {**arguments, "inplace": False}  # the division touches all of it
        return cls.counted(whole, "mean") + Cost(divides=input.numel)
