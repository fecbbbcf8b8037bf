"""Transposed convolutions."""

from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size, ceil_div, certainly, common_divisor, least, most, ntuple
from netstat.ops.base import Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.convolution import LAYOUT
from netstat.ops.sight import Reach, Sight, windowed
from netstat.ops.windows import refuse_below
from netstat.units import shape as shape_text


class TransposedConvolution(Operator):
    """N batch, C_in and C_out channels, g groups, K^d kernel positions, L_in input and L_out output positions.

    y[n, o, S·p − P + D·k] += w[c, o, k] · x[n, c, p],  c over the C_in/g channels of o's group, y from b[o]

    L_out = (L_in − 1)·S − 2P + D·(K − 1) + P_more + 1 along each dimension.

    Parameters: K^d · C_in · C_out/g weights, and C_out biases.
    MACs: N · C_in · L_in · K^d · C_out/g: every input value meets each of its weights, also where the result falls into
    the border of P positions that is cut off afterwards, as a convolution multiplies its zero padding. The products
    that fall on one position of the uncut output are summed: of m, m − 1 additions, and none where nothing falls. One
    addition per output value for the bias.

    Input (N, C_in, *sizes) or (C_in, *sizes), weight (C_in, C_out/g, *kernel). Source: torch.nn.ConvTranspose2d.
    """

    family = "convolution"
    tensors = ("input", "weight", "bias")
    letters: ClassVar[dict[str, str]] = {
        "groups": "g",
        "input": "N? C_in *_in",
        "weight": "C_in C_out/g K*",
        "bias": "C_out",
        "stride": "S*",
        "padding": "P*",
        "output_padding": "P_more*",
        "dilation": "D*",
        "output": "N? C_out *_out",
    }
    meanings: ClassVar[dict[str, str]] = {"P_more": "positions added at the end"}
    dims: ClassVar[int]

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        weight: TensorSpec,
        bias: TensorSpec | None = None,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        dilation: Size = 1,
    ) -> Specs:
        cls._check(input, weight, bias, groups)
        settings = (ntuple(value, cls.dims) for value in (stride, padding, output_padding, dilation))
        dimensions = zip(input.shape[-cls.dims :], weight.shape[2:], *settings, strict=True)
        outs = tuple(_output_size(*dimension) for dimension in dimensions)
        return (TensorSpec((*input.shape[: -cls.dims - 1], weight.shape[1] * groups, *outs), input.dtype),)

    @classmethod
    def _check(cls, input: TensorSpec, weight: TensorSpec, bias: TensorSpec | None, groups: int) -> None:
        refuse_rank(input, (cls.dims + 1, cls.dims + 2), LAYOUT[cls.dims])
        refuse_below(1, "groups", (groups,))
        channels, wanted = input.shape[-cls.dims - 1], weight.shape[0]
        if channels != wanted:
            raise ShapeError(f"needs {wanted} input channels, got {channels}")
        if certainly(channels % groups > 0):
            raise ShapeError(f"{channels} input channels cannot be split into {groups} groups")
        outs = weight.shape[1] * groups
        if bias is not None and bias.shape != (outs,):
            raise ShapeError(f"needs {outs} biases, got {shape_text(bias.shape)}")

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        weight: TensorSpec,
        bias: TensorSpec | None = None,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        dilation: Size = 1,
    ) -> Cost:
        (output,) = cls.shape(input, weight, bias, stride, padding, output_padding, groups, dilation)
        macs = input.numel * prod(weight.shape[1:])
        settings = (ntuple(value, cls.dims) for value in (stride, dilation))
        reached = prod(map(_reached, input.shape[-cls.dims :], weight.shape[2:], *settings))
        sums = prod(input.shape[: -cls.dims - 1]) * weight.shape[1] * groups * reached
        adds = macs - sums + (output.numel if bias is not None else 0)
        return Cost(macs=macs, multiplies=macs, adds=adds, **traffic((input, weight, bias), (output,)))

    @classmethod
    def params(
        cls, in_channels: int, out_channels: int, kernel_size: Any, groups: int = 1, bias: bool = True
    ) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        weight = (in_channels, out_channels // groups, *ntuple(kernel_size, cls.dims))
        return {"weight": weight, "bias": (out_channels,)} if bias else {"weight": weight}

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        spread = ("stride", "padding", "output_padding", "dilation")
        return {**attributes, **{name: ntuple(attributes[name], cls.dims) for name in spread}}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        if operand.name != "input":
            return None
        settings = (ntuple(node.attributes[name], cls.dims) for name in ("stride", "padding", "dilation"))
        kernel = node.arguments[1].spec.shape[2:]
        return windowed(node.input.shape, list(map(_reach, kernel, *settings)), mixes=True)


def _reach(kernel: int, stride: int, padding: int, dilation: int) -> Reach:
    """Output o sees the inputs i with S·i = o + P − D·k for some k: other numbers of them for each of S outputs."""
    phases = [[o + padding - dilation * k for k in reversed(range(kernel))] for o in range(stride)]
    return Reach(stride, 1, tuple([at // stride for at in reached if at % stride == 0] for reached in phases))


def _output_size(size: Size, kernel: Size, stride: Size, padding: Size, output_padding: Size, dilation: Size) -> Size:
    """(L − 1)·S − 2P + D·(K − 1) + P_more + 1.

    Raises:
        ShapeError: a number is too small to be what it is, or the padding cuts off more than there is.
    """
    for what, value in {"input size": size, "kernel size": kernel, "stride": stride, "dilation": dilation}.items():
        refuse_below(1, what, (value,))
    refuse_below(0, "padding", (padding,))
    refuse_below(0, "output padding", (output_padding,))
    if certainly(output_padding >= most(stride, dilation)):
        raise ShapeError(
            f"output padding {output_padding} is less than neither stride {stride} nor dilation {dilation}"
        )
    extent = dilation * (kernel - 1) + 1
    out = (size - 1) * stride - 2 * padding + extent + output_padding
    if certainly(out < 1):
        needed = ceil_div(1 + 2 * padding - extent - output_padding, stride) + 1
        raise ShapeError(f"needs an input size of at least {needed}, got {size} (padding {padding})", too_small=True)
    return out


def _reached(size: Size, kernel: Size, stride: Size, dilation: Size) -> Size:
    """On how many positions of the uncut output something falls: #{S·p + D·k : p < L, k < K}.

    Of g = gcd(S, D), the taps k, k + S/g, k + 2·S/g, … fall on the same positions modulo S: L of them, moved on by D/g
    from one tap to the next. So min(K, S/g) taps reach L positions each, every other one min(L, D/g) more.
    """
    shared = common_divisor(stride, dilation)
    apart = least(kernel, stride // shared)
    return apart * size + (kernel - apart) * least(size, dilation // shared)


@operator
class ConvTranspose1d(TransposedConvolution):
    """Transposed convolution over one dimension; equation and rules as for `TransposedConvolution`."""

    name = "conv_transpose1d"
    torch = ("torch.nn.functional.conv_transpose1d", "torch.conv_transpose1d")
    dims = 1


@operator
class ConvTranspose2d(TransposedConvolution):
    """Transposed convolution over two dimensions; equation and rules as for `TransposedConvolution`."""

    name = "conv_transpose2d"
    torch = ("torch.nn.functional.conv_transpose2d", "torch.conv_transpose2d")
    dims = 2


@operator
class ConvTranspose3d(TransposedConvolution):
    """Transposed convolution over three dimensions; equation and rules as for `TransposedConvolution`."""

    name = "conv_transpose3d"
    torch = ("torch.nn.functional.conv_transpose3d", "torch.conv_transpose3d")
    dims = 3
