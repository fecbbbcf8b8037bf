"""Pools whose windows are drawn by lot, and pools undone."""

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import ntuple
from netstat.ops.arranging import Copy
from netstat.ops.base import Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.convolution import LAYOUT


class FractionalMaxPool(Operator):
    """Windows of K^d positions, their places drawn by lot; O output sizes, given or ⌊size · output_ratio⌋.

    y[n, c, o] = the largest x of window o

    No parameters. K^d − 1 comparisons per output value: every window lies inside. Drawing the places is not counted.
    Source: torch.nn.FractionalMaxPool2d; Graham 2014.
    """

    family = "pooling"
    tensors = ("input", "_random_samples")
    dims: ClassVar[int]

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: TensorSpec | None = None,
    ) -> Specs:
        refuse_rank(input, (cls.dims + 1, cls.dims + 2), LAYOUT[cls.dims])
        sizes, kernel = input.shape[-cls.dims :], ntuple(kernel_size, cls.dims)
        if output_size is None:
            ratios = ntuple(output_ratio, cls.dims)
            output_size = [int(size * ratio) for size, ratio in zip(sizes, ratios, strict=True)]
        outs = ntuple(output_size, cls.dims)
        for size, k, out in zip(sizes, kernel, outs, strict=True):
            if out + k - 1 > size:
                least = out + k - 1
                raise ShapeError(f"{out} windows of {k} need an input size of at least {least}, got {size}")
        output = TensorSpec((*input.shape[: -cls.dims], *outs), input.dtype)
        return (output, TensorSpec(output.shape, "int64")) if return_indices else (output,)

    @classmethod
    def cost(
        cls, input: TensorSpec, kernel_size: Any, _random_samples: TensorSpec | None = None, **attributes: Any
    ) -> Cost:
        outputs = cls.shape(input, kernel_size, **attributes)
        compares = outputs[0].numel * (prod(ntuple(kernel_size, cls.dims)) - 1)
        return Cost(compares=compares, **traffic((input, _random_samples), outputs))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        spread = {
            name: None if attributes[name] is None else ntuple(attributes[name], cls.dims)
            for name in ("kernel_size", "output_size", "output_ratio")
        }
        return {**attributes, **spread}


class MaxUnpool(Copy):
    """Each value back at its index, else zero; output size (L − 1)·S + K − 2·P per dimension, or the one given.

    No parameters, no arithmetic. Source: torch.nn.MaxUnpool2d.
    """

    family = "pooling"
    tensors = ("input", "indices")
    dims: ClassVar[int]

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        indices: TensorSpec,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        output_size: Sequence[int] | None = None,
    ) -> Specs:
        refuse_rank(input, (cls.dims + 1, cls.dims + 2), LAYOUT[cls.dims])
        if indices.shape != input.shape:
            raise ShapeError("needs one index per value")
        kernel = ntuple(kernel_size, cls.dims)
        steps = kernel if stride is None else ntuple(stride, cls.dims)
        along = zip(input.shape[-cls.dims :], kernel, steps, ntuple(padding, cls.dims), strict=True)
        sizes = tuple((size - 1) * s + k - 2 * p for size, k, s, p in along)
        wanted = sizes if output_size is None else tuple(output_size)[-cls.dims :]
        if any(abs(size - want) >= s for size, want, s in zip(sizes, wanted, steps, strict=True)):
            raise ShapeError(f"no pool makes an input of {wanted} so small")
        return (TensorSpec((*input.shape[: -cls.dims], *wanted), input.dtype),)

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        kernel, size = ntuple(attributes["kernel_size"], cls.dims), attributes["output_size"]
        stride = kernel if attributes["stride"] is None else ntuple(attributes["stride"], cls.dims)
        padding = ntuple(attributes["padding"], cls.dims)
        wanted = None if size is None else tuple(size)[-cls.dims :]
        return {"kernel_size": kernel, "stride": stride, "padding": padding, "output_size": wanted}


def _register(kind: type[Operator], name: str, dims: int, *torch: str) -> None:
    members = {"__doc__": kind.__doc__, "name": name, "torch": torch, "dims": dims}
    operator(type(f"{kind.__name__}{dims}d", (kind,), members))


for _dims in (1, 2, 3):
    _register(MaxUnpool, f"max_unpool{_dims}d", _dims, f"torch.nn.functional.max_unpool{_dims}d")
for _dims in (2, 3):
    _name = f"fractional_max_pool{_dims}d"
    _names = (f"torch.nn.functional.{_name}", f"torch.nn.functional.{_name}_with_indices")
    _register(FractionalMaxPool, _name, _dims, *_names)
