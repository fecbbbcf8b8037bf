"""What ceilings are measured with: matrix products, convolutions, and copies.

Convolutions, because some run faster than any matrix product: a ceiling that a layer can exceed is none. Copies of many
sizes, because data that fits into a cache moves many times faster than data that does not.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.measure.devices import Device
from netstat.measure.precision import Precision
from netstat.ops import OPERATORS
from netstat.units import dtype_bytes, mebibytes, shape

if TYPE_CHECKING:
    from torch import Tensor

Call = Callable[[], object]

PRODUCTS = (256, 512, 1024, 2048, 4096)  # n of an n×n times an n×n matrix
FURTHER_PRODUCTS = (8192,)  # a GPU is not busy with less
SMALLEST = 2**18  # bytes that a traffic probe works on: what is below is not moved but started
LARGEST_ON_HOST, LARGEST_ELSEWHERE = 2**28, 2**31
FILLING = 32  # times the batch of a convolution, for a GPU
ALIGNED = 16  # elements: tensors in one buffer begin at multiples of it


class Work(NamedTuple):
    """What a probe runs; names and counts as in `records.ceilings.Probe`. `make` allocates and returns the call."""

    name: str
    size: str
    flops: int
    bytes_moved: int
    working_set: int
    make: Callable[[], Call]


class Convolution(NamedTuple):
    """A square convolution that keeps the size of its input."""

    batch: int
    in_channels: int
    size: int
    out_channels: int
    kernel_size: int


# AlexNet's second, VGG's conv3_2 and conv5_2, and one of ResNet's 1×1: each the fastest on some machine.
CONVOLUTIONS = (
    Convolution(1, 64, 27, 192, 5),
    Convolution(1, 256, 56, 256, 3),
    Convolution(16, 512, 14, 512, 3),
    Convolution(1, 256, 56, 64, 1),
)


class Kernel(NamedTuple):
    """A way to move bytes: on how many tensors, how many of their sizes it moves, and operations per element."""

    name: str
    tensors: int
    moved: int
    flops: int
    make: Callable[..., Call]


def _scale(a: "Tensor", b: "Tensor") -> Call:
    import torch

    return partial(torch.mul, a, 1.0, out=b)


def _add(a: "Tensor", b: "Tensor", c: "Tensor") -> Call:
    import torch

    return partial(torch.add, a, b, out=c)


# Copy, scale and add as in STREAM (J. McCalpin, 1995, https://www.cs.virginia.edu/stream/). A layer in place writes
# where it has read, and a fully connected one at batch 1 does little but read: each may be faster than those three.
KERNELS = (
    Kernel("copy", 2, 2, 0, lambda a, b: partial(b.copy_, a)),
    Kernel("scale", 2, 2, 1, _scale),
    Kernel("add", 3, 3, 1, _add),
    Kernel("update", 1, 2, 1, lambda a: partial(a.mul_, 1.0)),
    Kernel("read", 1, 1, 1, lambda a: a.sum),
)


def arithmetic(device: Device, precision: Precision) -> Iterator[Work]:
    """Matrix products from small to large, then convolutions; nothing is allocated yet."""
    for n in PRODUCTS if device.on_host else PRODUCTS + FURTHER_PRODUCTS:
        yield _product(n, device, precision)
    for convolution in CONVOLUTIONS:
        batch = convolution.batch * (1 if device.on_host else FILLING)
        yield _convolution(convolution._replace(batch=batch), device, precision)


def traffic(device: Device, precision: Precision, largest: int, step: int) -> Iterator[Work]:
    """Every kernel on working sets from `SMALLEST` to `largest` bytes, each `step` times the one before.

    They share one buffer, allocated with the first and gone with the last.
    """
    import torch

    buffer = torch.ones(
        largest // dtype_bytes(precision.dtype), dtype=precision.torch_dtype, device=device.torch_device
    )
    size = SMALLEST
    while size <= largest:
        for kernel in KERNELS:
            yield _movement(kernel, size, buffer)
        size *= step


def _product(n: int, device: Device, precision: Precision) -> Work:
    specs = [TensorSpec((n, n), precision.dtype)] * 2
    cost = OPERATORS["mm"].cost(*specs)

    def make() -> Call:
        import torch

        a, b = _normal(specs, device)
        return partial(torch.mm, a, b, out=torch.empty_like(a))

    return _work("matrix product", shape((n, n, n)), cost, specs, make)


def _convolution(chosen: Convolution, device: Device, precision: Precision) -> Work:
    batch, ins, size, outs, kernel = chosen
    shapes = ((batch, ins, size, size), (outs, ins, kernel, kernel), (outs,))
    specs = [TensorSpec(sizes, precision.dtype) for sizes in shapes]
    cost = OPERATORS["conv2d"].cost(*specs, padding=kernel // 2)

    def make() -> Call:
        from torch.nn.functional import conv2d

        return partial(conv2d, *_normal(specs, device), padding=kernel // 2)

    return _work("convolution", f"{shape(shapes[0])} to {outs} channels, k{kernel}", cost, specs, make)


def _work(name: str, size: str, cost: Cost, specs: Sequence[TensorSpec], make: Callable[[], Call]) -> Work:
    inputs = sum(spec.nbytes for spec in specs)
    return Work(name, size, cost.flops, cost.bytes_read + cost.bytes_written, inputs + cost.bytes_written, make)


def _movement(kernel: Kernel, size: int, buffer: "Tensor") -> Work:
    width = buffer.element_size()
    elements = size // (kernel.tensors * width) // ALIGNED * ALIGNED
    parts = [buffer[i * elements : (i + 1) * elements] for i in range(kernel.tensors)]
    bytes_of_one = elements * width
    moved, held = kernel.moved * bytes_of_one, kernel.tensors * bytes_of_one
    return Work(kernel.name, mebibytes(size), kernel.flops * elements, moved, held, partial(kernel.make, *parts))


def _normal(specs: Sequence[TensorSpec], device: Device) -> Iterator[Any]:
    """Random values: on zeros a GPU is faster than it is."""
    import torch

    generator = torch.Generator("cpu").manual_seed(0)
    for spec in specs:
        values = torch.randn(prod(spec.shape), generator=generator).view(spec.shape)
        yield values.to(device=device.torch_device, dtype=getattr(torch, spec.dtype))
