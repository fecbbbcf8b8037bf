"""Pools whose windows are drawn by lot, and pools undone."""

from functools import partial
from math import floor
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle import sliding
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain
from oracle.draws import DTYPES, leading, per_dimension
from oracle.pooling import visits
from oracle.tensors import Index, Tensor, positions


def unpool(
    dims: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
    output_size: Any = None,
) -> tuple[Tensor]:  # fmt: skip
    """Each value to the position its index counts to, through the output's channel; the last one there stays."""
    kernel = sliding.spread(kernel_size, dims)
    steps, pads = sliding.spread(stride or kernel, dims), sliding.spread(padding, dims)
    sizes = input.shape[-dims:]
    given = output_size and tuple(output_size)[-dims:]
    outs = given or tuple((n - 1) * s + k - 2 * p for n, s, k, p in zip(sizes, steps, kernel, pads, strict=True))
    output = input.like((*input.shape[:-dims], *outs))
    for at in positions(output.shape):
        output[at] = Counted(0.0, input.tally)
    places = list(positions(outs))
    for at in positions(input.shape):
        output[(*at[:-dims], *places[int(plain(indices[at]))])] = input[at]
    return (output,)


def starts(size: int, kernel: int, out: int, sample: float) -> list[list[int]]:
    """Windows at ⌊(o + u)·α⌋ − ⌊u·α⌋ with α = (size − kernel) / (out − 1), the last one at the end."""
    step = (size - kernel) / (out - 1) if out > 1 else 0.0
    first = [floor((o + sample) * step) - floor(sample * step) for o in range(out - 1)] + [size - kernel]
    return [list(range(start, start + kernel)) for start in first]


def fractional(
    dims: int, input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,
) -> tuple[Tensor, ...]:  # fmt: skip
    """The largest of each window. One number from 0 to 1 per channel and dimension says where they lie."""
    sizes, kernel = input.shape[-dims:], sliding.spread(kernel_size, dims)
    outs = (
        sliding.spread(output_size, dims)
        if output_size
        else tuple(floor(n * r) for n, r in zip(sizes, output_ratio, strict=True))
    )
    output, indices = input.like((*input.shape[:-dims], *outs)), input.like((*input.shape[:-dims], *outs), "int64")
    numbers = {at: number for number, at in enumerate(positions(sizes))}
    for lead in positions(input.shape[:-dims]):
        where: Index = (0, *lead)[-2:]
        samples = [plain(_random_samples[(*where, d)]) % 1 if _random_samples else 0.0 for d in reversed(range(dims))]
        channel = input.renamed(sizes, {at: (*lead, *at) for at in positions(sizes)})
        windows = list(map(starts, sizes, kernel, outs, samples))
        for at, members in visits(channel, dims, windows):
            place, best = members[0]
            for other, value in members[1:]:
                if value > best:
                    place, best = other, value
            output[(*lead, *at)] = best
            indices[(*lead, *at)] = numbers[place]
        input.tally.read.discard(channel)  # the input itself is what is read
        input.look(())
    if not return_indices:
        input.tally.written.discard(indices)
    return (output, indices) if return_indices else (output,)


@st.composite
def unpools(draw: DrawFn, dims: int) -> Call:
    kernel = draw(per_dimension(st.integers(2, 3), dims))
    stride = draw(st.none() | per_dimension(st.integers(1, 3), dims))
    kernels, steps = sliding.spread(kernel, dims), sliding.spread(stride or kernel, dims)
    padding = draw(st.integers(0, 1)) * (dims < 3)
    shape = (*draw(leading(2)), *(draw(st.integers(1, 3)) for _ in range(dims)))
    sizes = tuple((n - 1) * s + k - 2 * padding for n, s, k in zip(shape[-dims:], steps, kernels, strict=True))
    wanted = None
    if all(sizes) is False or draw(st.booleans()):
        wanted = tuple(max(size, 1) if s == 1 else size + 1 for size, s in zip(sizes, steps, strict=True))
    if any(abs(w - n) >= s for w, n, s in zip(wanted or sizes, sizes, steps, strict=True)):
        padding, wanted = 0, None
    outs = wanted or tuple((n - 1) * s + k - 2 * padding for n, s, k in zip(shape[-dims:], steps, kernels, strict=True))
    specs = {"input": TensorSpec(shape, draw(DTYPES)), "indices": TensorSpec(shape, "int64")}
    last = len(list(positions(outs))) - 1
    chosen = {"kernel_size": kernel, "stride": stride, "padding": padding, "output_size": wanted}
    return Call(specs, chosen, {"indices": (0, last)})


@st.composite
def fractionals(draw: DrawFn, dims: int) -> Call:
    kernel, out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    least = kernel + out
    lead = draw(leading(2))
    shape = (*lead, *(draw(st.integers(least, least + 2)) for _ in range(dims)))
    chosen: dict[str, Any] = {"kernel_size": kernel, "return_indices": draw(st.booleans())}
    chosen |= {"output_size": out} if draw(st.booleans()) else {"output_ratio": (0.4,) * dims}
    dtype = draw(st.sampled_from(["float32", "float64"]))
    samples = TensorSpec((*((1, *lead)[-2:]), dims), dtype)
    return Call({"input": TensorSpec(shape, dtype), "_random_samples": samples}, chosen)


for dims in (1, 2, 3):
    ORACLES[f"max_unpool{dims}d"] = Oracle(partial(unpool, dims), unpools(dims))
for dims in (2, 3):
    ORACLES[f"fractional_max_pool{dims}d"] = Oracle(partial(fractional, dims), fractionals(dims))
