"""Operators that move values between channels and positions of an image: shuffles, and windows as columns."""

from collections.abc import Mapping
from math import prod
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import ntuple
from netstat.ops.arranging import Copy
from netstat.ops.base import Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.sight import Reach, Sight, beside, window, windowed
from netstat.ops.spelling import renamed
from netstat.ops.windows import output_size as windows_along
from netstat.ops.windows import taps, windows


@operator
class PixelShuffle(Copy):
    """Upscale factor r: (…, C·r², H, W) becomes (…, C, H·r, W·r). Source: torch.nn.PixelShuffle."""

    name = "pixel_shuffle"
    torch = ("torch.pixel_shuffle", "torch.nn.functional.pixel_shuffle")

    @staticmethod
    def shape(input: TensorSpec, upscale_factor: int) -> Specs:
        *lead, channels, height, width = _image(input)
        if channels % upscale_factor**2:
            raise ShapeError(f"{channels} channels are no multiple of the squared upscale factor {upscale_factor**2}")
        sizes = (channels // upscale_factor**2, height * upscale_factor, width * upscale_factor)
        return (TensorSpec((*lead, *sizes), input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        factor = node.attributes["upscale_factor"]
        return windowed(node.input.shape, [Reach(factor, 1, (range(1),) * factor)] * 2, mixes=True)


@operator
class PixelUnshuffle(Copy):
    """Downscale factor r: (…, C, H·r, W·r) becomes (…, C·r², H, W). Source: torch.nn.PixelUnshuffle."""

    name = "pixel_unshuffle"
    torch = ("torch.pixel_unshuffle", "torch.nn.functional.pixel_unshuffle")

    @staticmethod
    def shape(input: TensorSpec, downscale_factor: int) -> Specs:
        *lead, channels, height, width = _image(input)
        if height % downscale_factor or width % downscale_factor:
            raise ShapeError(f"{height}×{width} is no multiple of the downscale factor {downscale_factor}")
        sizes = (channels * downscale_factor**2, height // downscale_factor, width // downscale_factor)
        return (TensorSpec((*lead, *sizes), input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        factor = node.attributes["downscale_factor"]
        return windowed(node.input.shape, [window(0, factor, factor)] * 2, mixes=True)


def _image(input: TensorSpec) -> tuple[int, ...]:
    if len(input.shape) < 3:
        raise ShapeError(f"needs at least 3 dimensions (C, H, W), got {len(input.shape)}")
    return input.shape


@operator
class ChannelShuffle(Copy):
    """Channels in g groups, dealt out in turn from each: channel g·i + j is the i-th of group j.

    Input (N, C, *). Source: torch.nn.ChannelShuffle.
    """

    name = "channel_shuffle"
    torch = (
        *("torch.channel_shuffle", "torch.nn.functional.channel_shuffle"),
        *("torch.native_channel_shuffle", "torch.nn.functional.native_channel_shuffle"),
    )

    @staticmethod
    def shape(input: TensorSpec, groups: int) -> Specs:
        if input.shape[1] % groups:
            raise ShapeError(f"{input.shape[1]} channels cannot be split into {groups} groups")
        return (input,)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return beside(node.input.shape, 1)


class _Columns(Operator):
    """Windows of an image as columns. A window has K positions, apart by the dilation; L windows."""

    family = "layout"

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args, renamed(kwargs, self="input"))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {name: ntuple(value, 2) for name, value in attributes.items()}


@operator
class Unfold(_Columns):
    """Input (N, C, H, W): the windows of kernel_size as columns (N, C·K, L); positions in the padding are zero.

    No arithmetic. Source: torch.nn.Unfold.
    """

    name = "unfold"
    torch = ("torch.nn.functional.unfold", "torch._C._nn.im2col")
    free = True

    @staticmethod
    def shape(input: TensorSpec, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Specs:
        refuse_rank(input, (3, 4), "(N, C, H, W)")
        *lead, channels, height, width = input.shape
        kernel = ntuple(kernel_size, 2)
        found = windows((height, width), kernel, stride, padding, dilation)
        places = prod(windows_along(size, window) for size, window in zip((height, width), found, strict=True))
        return (TensorSpec((*lead, channels * prod(kernel), places), input.dtype),)

    @classmethod
    def cost(cls, input: TensorSpec, **window: Any) -> Cost:
        return Cost(**traffic((input,), cls.shape(input, **window)))


@operator
class Fold(_Columns):
    """Input (N, C·K, L), columns of windows of kernel_size over an image of output_size (H, W).

    y[n, c, p] = Σ x[n, c, k, l],  over the positions k of the windows l that lie on p

    A value lands m − 1 times on a position that already has one: one addition for each position of a window inside the
    image but for the first on each p; positions in the padding are dropped. Where no window lies, zero. Source:
    torch.nn.Fold.
    """

    name = "fold"
    torch = ("torch.nn.functional.fold", "torch._C._nn.col2im")

    @staticmethod
    def shape(
        input: TensorSpec, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> Specs:
        refuse_rank(input, (2, 3), "(N, C·K, L)")
        *lead, rows, columns = input.shape
        sizes, kernel = ntuple(output_size, 2), ntuple(kernel_size, 2)
        found = windows(sizes, kernel, stride, padding, dilation)
        places = prod(windows_along(size, window) for size, window in zip(sizes, found, strict=True))
        if rows % prod(kernel):
            raise ShapeError(f"{rows} rows are no multiple of the {prod(kernel)} positions of a window")
        if columns != places:
            raise ShapeError(f"needs {places} columns, one per window, got {columns}")
        return (TensorSpec((*lead, rows // prod(kernel), *sizes), input.dtype),)

    @classmethod
    def cost(
        cls, input: TensorSpec, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> Cost:
        (output,) = cls.shape(input, output_size, kernel_size, dilation, padding, stride)
        sizes, kernel = output.shape[-2:], ntuple(kernel_size, 2)
        found = windows(sizes, kernel, stride, padding, dilation)
        landed = prod(taps(size, windows_along(size, w), w) for size, w in zip(sizes, found, strict=True))
        covered = prod(_covered(size, windows_along(size, w), w) for size, w in zip(sizes, found, strict=True))
        return Cost(adds=prod(output.shape[:-2]) * (landed - covered), **traffic((input,), (output,)))


def _covered(size: int, out: int, window: Any) -> int:
    """Positions of one dimension that some window has a tap on."""
    kernel, stride, dilation, before, _ = window
    taken = {o * stride - before + k * dilation for o in range(out) for k in range(kernel)}
    return sum(0 <= at < size for at in taken)
