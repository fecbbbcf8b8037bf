"""Operators that write values to given places, over what stands there or together with it.

Out of place the input is copied first: read and written whole. In place only the places written are touched, and read
where something is added to them. Places named twice are touched twice: which ones are the same is not known without the
indices' values.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.broadcasting import broadcast
from netstat.ops.filling import fits
from netstat.ops.spelling import is_tensor


class Write(Operator):
    """The input with values written to the places that indices say."""

    family = "indexing"
    tensors = ("input", "index", "source")

    @classmethod
    def places(cls, arguments: Mapping[str, Any]) -> TensorSpec:
        """As many values as are written."""
        raise NotImplementedError

    @classmethod
    def moved(cls, arguments: Mapping[str, Any], reads_places: bool = False) -> Cost:
        """Bytes of one call."""
        (output,) = cls.shape(**arguments)
        given = [arguments.get(name) for name in cls.tensors[1:]]
        rest = [spec for one in given for spec in (one if isinstance(one, list) else [one]) if is_tensor(spec)]
        if not arguments.get("inplace"):
            return Cost(**traffic((arguments["input"], *rest), (output,)))
        places = cls.places(arguments)
        return Cost(**traffic((places, *rest) if reads_places else rest, (places,)))


def _slices(input: TensorSpec, dim: int, index: TensorSpec) -> TensorSpec:
    """The slices of the input at the indices along `dim`."""
    if len(index.shape) > 1:
        raise ShapeError(f"needs a row of indices, got {len(index.shape)} dimensions")
    sizes = list(input.shape)
    if sizes:
        sizes[dim] = index.numel
    return TensorSpec(tuple(sizes), input.dtype)


class _IndexWrite(Write):
    """Slices along `dim`."""

    @classmethod
    def places(cls, arguments: Mapping[str, Any]) -> TensorSpec:
        return _slices(arguments["input"], arguments["dim"], arguments["index"])

    @classmethod
    def _fitting(cls, input: TensorSpec, dim: int, index: TensorSpec, source: TensorSpec) -> Specs:
        needed = _slices(input, dim, index)
        if needed.numel != source.numel:
            raise ShapeError(f"needs {needed.numel} values to write, got {source.numel}")
        return (input,)


@operator
class IndexAdd(_IndexWrite):
    """y[index[i]] += alpha · source[i], slices along `dim`.

    One addition per value of `source`, and a multiplication where alpha is not 1. Source: torch.Tensor.index_add_.
    """

    name = "index_add"
    torch = ("torch.index_add", "torch.Tensor.index_add", "torch.Tensor.index_add_")

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        dim: int,
        index: TensorSpec,
        source: TensorSpec,
        alpha: float = 1,
        inplace: bool = False,
    ) -> Specs:
        return cls._fitting(input, dim, index, source)

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        n = arguments["source"].numel
        scaled = n if arguments.get("alpha", 1) != 1 else 0
        return cls.moved(arguments, reads_places=True) + Cost(adds=n, multiplies=scaled)


@operator
class IndexCopy(_IndexWrite):
    """y[index[i]] = source[i], slices along `dim`. No arithmetic. Source: torch.Tensor.index_copy_."""

    name = "index_copy"
    torch = ("torch.index_copy", "torch.Tensor.index_copy", "torch.Tensor.index_copy_")
    free = True

    @classmethod
    def shape(cls, input: TensorSpec, dim: int, index: TensorSpec, source: TensorSpec, inplace: bool = False) -> Specs:
        return cls._fitting(input, dim, index, source)

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        return cls.moved(arguments)


@operator
class IndexFill(_IndexWrite):
    """y[index[i]] = value, slices along `dim`. No arithmetic. Source: torch.Tensor.index_fill_."""

    name = "index_fill"
    torch = ("torch.index_fill", "torch.Tensor.index_fill", "torch.Tensor.index_fill_")
    tensors = ("input", "index", "value")
    free = True

    @staticmethod
    def shape(
        input: TensorSpec, dim: int, index: TensorSpec, value: "TensorSpec | float", inplace: bool = False
    ) -> Specs:
        _slices(input, dim, index)
        return (input,)

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        return cls.moved(arguments)


@operator
class IndexPut(Write):
    """y[indices] = values, or += with `accumulate`: then one addition per place.

    The indices are stretched to one shape, the values to that of the places. A mask is not known without its values.
    Source: torch.Tensor.index_put_.
    """

    name = "index_put"
    torch = ("torch.index_put", "torch.index_put_", "torch.Tensor.index_put", "torch.Tensor.index_put_")
    tensors = ("input", "indices", "values")

    @classmethod
    def places(cls, arguments: Mapping[str, Any]) -> TensorSpec:
        input, indices = arguments["input"], arguments["indices"]
        together: tuple[int, ...] = ()
        for index in indices:
            together = broadcast(together, index.shape)
        return TensorSpec((*together, *input.shape[len(indices) :]), input.dtype)

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        indices: Sequence[TensorSpec],
        values: TensorSpec,
        accumulate: bool = False,
        inplace: bool = False,
    ) -> Specs:
        fits(values, cls.places({"input": input, "indices": indices}).shape)
        return (input,)

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        adds = cls.places(arguments).numel if arguments.get("accumulate") else 0
        return cls.moved(arguments, reads_places=bool(adds)) + Cost(adds=adds)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        if any(index is None or "int" not in str(index.dtype) for index in bound["indices"]):
            raise TypeError("which places a mask says is not known without its values")
        return {**bound, "indices": list(bound["indices"])}
