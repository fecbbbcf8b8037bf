"""Pooling: largest or mean value of each window, and the adaptive kind whose windows follow from the output size."""

from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size, ceil_div, certainly, common_divisor, ntuple
from netstat.ops.base import OPERATORS, Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.convolution import LAYOUT
from netstat.ops.sight import Reach, Sight, everything, windowed
from netstat.ops.windows import Padding, Window, occupied, output_size, reaches, refuse_below, taps, windows


class Pooling(Operator):
    """What all sliding pools share. Input (N, C, *sizes) or (C, *sizes)."""

    family = "pooling"
    letters: ClassVar[dict[str, str]] = {
        "input": "N? C *_in",
        "kernel_size": "K*",
        "stride": "S*",
        "padding": "P*",
        "dilation": "D*",
        "output": "N? C *_out",
    }
    dims: ClassVar[int]

    @classmethod
    def _windows(
        cls, input: TensorSpec, kernel_size: Any, stride: Any, padding: Padding, dilation: Any
    ) -> tuple[Window, ...]:
        refuse_rank(input, (cls.dims + 1, cls.dims + 2), LAYOUT[cls.dims])
        sizes, kernel = input.shape[-cls.dims :], ntuple(kernel_size, cls.dims)
        stride = kernel if stride is None or stride == () or stride == [] else stride
        found = windows(sizes, kernel, stride, padding, dilation)
        for window in found:
            if not isinstance(padding, str) and certainly(2 * window.before > window.kernel):
                raise ShapeError(f"padding {window.before} is more than half the kernel size {window.kernel}")
        return found

    @classmethod
    def _output(cls, input: TensorSpec, found: tuple[Window, ...], ceil_mode: bool) -> TensorSpec:
        outs = (
            output_size(size, window, ceil_mode) for size, window in zip(input.shape[-cls.dims :], found, strict=True)
        )
        return TensorSpec((*input.shape[: -cls.dims], *outs), input.dtype)

    @classmethod
    def _over_dimensions(cls, count: Any, input: TensorSpec, output: TensorSpec, found: tuple[Window, ...]) -> Size:
        """Π over the dimensions of `count`, for every channel of every image."""
        sizes, outs = input.shape[-cls.dims :], output.shape[-cls.dims :]
        return prod(input.shape[: -cls.dims]) * prod(map(count, sizes, outs, found))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        kernel = ntuple(attributes["kernel_size"], cls.dims)
        stride = attributes["stride"]
        spread: dict[str, Any] = {"kernel_size": kernel, "stride": ntuple(stride, cls.dims) if stride else kernel}
        for name in ("padding", "dilation"):
            if name in attributes and not isinstance(attributes[name], str):
                spread[name] = ntuple(attributes[name], cls.dims)
        return {**attributes, **spread, "ceil_mode": bool(attributes["ceil_mode"])}

    @classmethod
    def windows_of(cls, node: Node) -> tuple[Window, ...]:
        """Its sliding windows, dimension by dimension."""
        given = node.attributes
        settings = (given["kernel_size"], given["stride"], given["padding"], given.get("dilation", 1))
        return cls._windows(node.input, *settings)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return windowed(node.input.shape, reaches(cls.windows_of(node)))


def overlaps(node: Node) -> bool:
    """Whether it is a sliding pool whose window is larger than its stride (Krizhevsky et al. 2012, section 3.4)."""
    return any(window.extent > window.stride for window in sliding(node))


def sliding(node: Node) -> tuple[Window, ...]:
    """The windows of a sliding pool, dimension by dimension; of any other node there are none."""
    if not node.op.startswith(("max_pool", "avg_pool")) or node.op not in OPERATORS:  # names are quick to look at
        return ()
    kind = OPERATORS[node.op]
    return kind.windows_of(node) if issubclass(kind, Pooling) else ()


class MaxPool(Pooling):
    """Window of K^d taps D apart, moved by S, over an input padded by P; L_out output positions.

    y[n, c, p] = max_k x[n, c, S·p − P + D·k],  over the taps that lie inside the input

    No parameters. The largest of m values takes m − 1 comparisons; taps in the padding are not there to be compared, so
    windows at the edge are counted exactly. Keeping the index of the largest takes no arithmetic. Source:
    torch.nn.MaxPool2d.
    """

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Padding = 0,
        dilation: Size = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Specs:
        output = cls._output(input, cls._windows(input, kernel_size, stride, padding, dilation), ceil_mode)
        return (output, TensorSpec(output.shape, "int64")) if return_indices else (output,)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Padding = 0,
        dilation: Size = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Cost:
        found = cls._windows(input, kernel_size, stride, padding, dilation)
        outputs = cls.shape(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)
        compared = cls._over_dimensions(taps, input, outputs[0], found)
        kept = cls._over_dimensions(occupied, input, outputs[0], found)
        return Cost(compares=compared - kept, **traffic((input,), outputs))


class AvgPool(Pooling):
    """Window of K^d taps, moved by S, over an input padded by P; L_out output positions.

    y[n, c, p] = (Σ_k x[n, c, S·p − P + k]) / m,  over the taps that lie inside the input

    No parameters. The sum of t values takes t − 1 additions, and each output value one division: by t, by the positions
    inside the padded input where the padding counts as zeros (count_include_pad changes the divisor, not the work), or
    by `divisor_override`.
    Source: torch.nn.AvgPool2d.
    """

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Padding = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Specs:
        return (cls._output(input, cls._windows(input, kernel_size, stride, padding, 1), ceil_mode),)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Padding = 0,
        ceil_mode: bool = False,
        **divisor: Any,
    ) -> Cost:
        found = cls._windows(input, kernel_size, stride, padding, 1)
        output = cls._output(input, found, ceil_mode)
        added = cls._over_dimensions(taps, input, output, found)
        return Cost(adds=added - output.numel, divides=output.numel, **traffic((input,), (output,)))


class AdaptivePool(Operator):
    """Output sizes O given, input sizes L: window o runs from ⌊o·L/O⌋ to ⌈(o+1)·L/O⌉ along each dimension.

    The windows of one dimension have L + O − gcd(L, O) positions in all: they tile the input, and each of the O −
    gcd(L, O) inner borders that fall between two positions makes its windows overlap by one. Source:
    torch.nn.AdaptiveAvgPool2d.
    """

    family = "pooling"
    letters: ClassVar[dict[str, str]] = {"input": "N? C *_in", "output_size": "*_out", "output": "N? C *_out"}
    dims: ClassVar[int]

    @classmethod
    def _output(cls, input: TensorSpec, output_size: Any) -> TensorSpec:
        refuse_rank(input, (cls.dims + 1, cls.dims + 2), LAYOUT[cls.dims])
        sizes = input.shape[-cls.dims :]
        wanted = ntuple(output_size, cls.dims)
        outs = tuple(size if out is None else out for size, out in zip(sizes, wanted, strict=True))
        refuse_below(1, "input size", sizes)
        refuse_below(0, "output size", outs)
        return TensorSpec((*input.shape[: -cls.dims], *outs), input.dtype)

    @classmethod
    def _positions(cls, input: TensorSpec, output: TensorSpec) -> Size:
        """Window positions over all outputs, every channel of every image."""
        pairs = zip(input.shape[-cls.dims :], output.shape[-cls.dims :], strict=True)
        return prod(input.shape[: -cls.dims]) * prod(size + out - common_divisor(size, out) for size, out in pairs)

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "output_size": ntuple(attributes["output_size"], cls.dims)}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        pairs = zip(node.input.shape[-cls.dims :], node.output.shape[-cls.dims :], strict=True)
        return windowed(node.input.shape, [_adapted(size, out) for size, out in pairs])


def _adapted(size: int, out: int) -> Reach:
    """What the windows see; one alone sees everything, as large as the input may be."""
    if out < 2:
        return everything(size)
    shared = common_divisor(size, out)
    starts = [(at * size // out, ceil_div((at + 1) * size, out)) for at in range(out // shared)]
    return Reach(out // shared, size // shared, tuple(range(start, end) for start, end in starts))


class AdaptiveMaxPool(AdaptivePool):
    """y[n, c, o] = the largest x in window o. No parameters. A window of m positions takes m − 1 comparisons."""

    @classmethod
    def shape(cls, input: TensorSpec, output_size: Any, return_indices: bool = False) -> Specs:
        output = cls._output(input, output_size)
        return (output, TensorSpec(output.shape, "int64")) if return_indices else (output,)

    @classmethod
    def cost(cls, input: TensorSpec, output_size: Any, return_indices: bool = False) -> Cost:
        outputs = cls.shape(input, output_size, return_indices)
        compares = cls._positions(input, outputs[0]) - outputs[0].numel
        return Cost(compares=compares, **traffic((input,), outputs))


class AdaptiveAvgPool(AdaptivePool):
    """y[n, c, o] = the mean of x in window o. No parameters. m positions take m − 1 additions and one division."""

    @classmethod
    def shape(cls, input: TensorSpec, output_size: Any) -> Specs:
        return (cls._output(input, output_size),)

    @classmethod
    def cost(cls, input: TensorSpec, output_size: Any) -> Cost:
        output = cls._output(input, output_size)
        adds = cls._positions(input, output) - output.numel
        return Cost(adds=adds, divides=output.numel, **traffic((input,), (output,)))


def _register(kind: type[Operator], stem: str, *torch: str) -> None:
    """One operator class per number of dimensions."""
    for dims in (1, 2, 3):
        names = tuple(name.format(dims) for name in torch)
        members = {"__doc__": kind.__doc__, "name": f"{stem}{dims}d", "torch": names, "dims": dims}
        operator(type(f"{kind.__name__}{dims}d", (kind,), members))


_register(
    MaxPool,
    "max_pool",
    "torch.nn.functional.max_pool{}d",
    "torch.nn.functional.max_pool{}d_with_indices",
    "torch.max_pool{}d",
)
_register(AvgPool, "avg_pool", "torch.nn.functional.avg_pool{}d")
_register(
    AdaptiveMaxPool,
    "adaptive_max_pool",
    "torch.nn.functional.adaptive_max_pool{}d",
    "torch.nn.functional.adaptive_max_pool{}d_with_indices",
)
_register(
    AdaptiveAvgPool,
    "adaptive_avg_pool",
    "torch.nn.functional.adaptive_avg_pool{}d",
)
