"""Convolutions."""

from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size, certainly, ntuple
from netstat.ops.base import Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.sight import Sight, windowed
from netstat.ops.windows import Padding, output_size, reaches, refuse_below, windows
from netstat.units import shape as shape_text

LAYOUT = {1: "(N, C, L)", 2: "(N, C, H, W)", 3: "(N, C, D, H, W)"}


class Convolution(Operator):
    """N batch, C_in and C_out channels, g groups, K^d kernel positions, L_out output positions.

    y[n, o, p] = b[o] + Σ_c Σ_k w[o, c, k] · x[n, c(o), S·p − P + D·k],  c over the C_in/g channels of o's group

    Parameters: K^d · C_in/g · C_out weights, and C_out biases.
    MACs: N · C_out · L_out · K^d · C_in/g. Each output value takes K^d·C_in/g multiplications, one addition fewer, and
    one addition for the bias: with bias exactly two operations per multiply-accumulate. Positions in the zero padding
    are multiplied like any other, as the formula of the literature has it.

    Input (N, C_in, *sizes) or (C_in, *sizes), weight (C_out, C_in/g, *kernel). Source: torch.nn.Conv2d.
    """

    family = "convolution"
    tensors = ("input", "weight", "bias")
    letters: ClassVar[dict[str, str]] = {
        "groups": "g",
        "input": "N? C_in *_in",
        "weight": "C_out C_in/g K*",
        "bias": "C_out",
        "stride": "S*",
        "padding": "P*",
        "dilation": "D*",
        "output": "N? C_out *_out",
    }
    dims: ClassVar[int]

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        weight: TensorSpec,
        bias: TensorSpec | None = None,
        stride: Size = 1,
        padding: Padding = 0,
        dilation: Size = 1,
        groups: int = 1,
    ) -> Specs:
        cls._check(input, weight, bias, groups)
        sizes, kernel = input.shape[-cls.dims :], weight.shape[2:]
        outs = tuple(map(output_size, sizes, windows(sizes, kernel, stride, padding, dilation)))
        return (TensorSpec((*input.shape[: -cls.dims - 1], weight.shape[0], *outs), input.dtype),)

    @classmethod
    def _check(cls, input: TensorSpec, weight: TensorSpec, bias: TensorSpec | None, groups: int) -> None:
        refuse_rank(input, (cls.dims + 1, cls.dims + 2), LAYOUT[cls.dims])
        refuse_below(1, "groups", (groups,))
        channels, wanted = input.shape[-cls.dims - 1], weight.shape[1] * groups
        if channels != wanted:
            raise ShapeError(f"needs {wanted} input channels, got {channels}")
        outs = weight.shape[0]
        if certainly(outs % groups > 0):
            raise ShapeError(f"{outs} output channels cannot be split into {groups} groups")
        if bias is not None and bias.shape != (outs,):
            raise ShapeError(f"needs {outs} biases, got {shape_text(bias.shape)}")

    @classmethod
    def cost(cls, input: TensorSpec, weight: TensorSpec, bias: TensorSpec | None = None, **attributes: Any) -> Cost:
        (output,) = cls.shape(input, weight, bias, **attributes)
        macs = output.numel * prod(weight.shape[1:])
        adds = macs if bias is not None else macs - output.numel
        return Cost(macs=macs, multiplies=macs, adds=adds, **traffic((input, weight, bias), (output,)))

    @classmethod
    def params(
        cls, in_channels: int, out_channels: int, kernel_size: Any, groups: int = 1, bias: bool = True
    ) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        weight = (out_channels, in_channels // groups, *ntuple(kernel_size, cls.dims))
        return {"weight": weight, "bias": (out_channels,)} if bias else {"weight": weight}

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        spread = {name: ntuple(attributes[name], cls.dims) for name in ("stride", "dilation")}
        padding = attributes["padding"]
        return {**attributes, **spread, "padding": padding if isinstance(padding, str) else ntuple(padding, cls.dims)}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        if operand.name != "input":
            return None
        sizes, kernel = node.input.shape[-cls.dims :], node.arguments[1].spec.shape[2:]
        settings = (node.attributes[name] for name in ("stride", "padding", "dilation"))
        return windowed(node.input.shape, reaches(windows(sizes, kernel, *settings)), mixes=True)


@operator
class Conv1d(Convolution):
    """Convolution over one dimension; equation and rules as for `Convolution`."""

    name = "conv1d"
    torch = ("torch.nn.functional.conv1d", "torch.conv1d")
    dims = 1


@operator
class Conv2d(Convolution):
    """Convolution over two dimensions; equation and rules as for `Convolution`."""

    name = "conv2d"
    torch = ("torch.nn.functional.conv2d", "torch.conv2d")
    dims = 2


@operator
class Conv3d(Convolution):
    """Convolution over three dimensions; equation and rules as for `Convolution`."""

    name = "conv3d"
    torch = ("torch.nn.functional.conv3d", "torch.conv3d")
    dims = 3
