"""Spectra of windows that slide along a signal, and spectra in another order."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import DTYPES, shapes
from oracle.fourier import Pair, complex_of, half_spectrum, pair_of, transform, wide
from oracle.reductions import along, some_dims
from oracle.tensors import Tensor, positions


def shifted(input: Tensor, back: bool, dim: Any) -> tuple[Tensor]:
    """Each value half the way further, or back, around each dimension."""
    output = input.like()
    for at in positions(input.shape):
        there = list(at)
        for d in along(input.shape, dim):
            half = input.shape[d] // 2
            there[d] = (at[d] + (-half if back else half)) % input.shape[d]
        output[tuple(there)] = input[at]
    return (output,)


def fftshift(input: Tensor, dim: Any = None) -> tuple[Tensor]:
    return shifted(input, False, dim)


def ifftshift(input: Tensor, dim: Any = None) -> tuple[Tensor]:
    return shifted(input, True, dim)


@st.composite
def shifts(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3))
    return Call({"input": TensorSpec(shape, draw(DTYPES))}, {"dim": draw(some_dims(len(shape)))})


def stft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None,
    win_length: int | None,
    window: Tensor | None,
    center: bool,
    normalized: bool,
    onesided: bool | None,
    return_complex: bool,
) -> tuple[Tensor]:
    """Each frame under the window, transformed."""
    *batch, length = input.shape
    hop, reach = hop_length or n_fft // 4, n_fft // 2 if center else 0
    starts = [first for first in range(-reach, length + reach, hop) if first + n_fft <= length + reach]
    real = "complex" not in input.dtype and onesided is not False
    found: dict[tuple[int, ...], Pair] = {}
    for image in positions(tuple(batch)):
        for t, first in enumerate(starts):
            frame = [input[*image, mirrored(first + j, length)] for j in range(n_fft)]
            for k, value in enumerate(of_frame(frame, window, real)):
                found[*image, k, t] = value.scaled(n_fft**-0.5) if normalized else value
    sizes = (*batch, n_fft // 2 + 1 if real else n_fft, len(starts))
    double = "complex128" in [wide(tensor.dtype) for tensor in (input, window) if tensor is not None]
    parts = () if return_complex else (2,)
    kinds = ("float32", "float64") if parts else ("complex64", "complex128")
    output = input.like((*sizes, *parts), kinds[double])
    for at, value in found.items():
        if parts:
            output[*at, 0], output[*at, 1] = value
        else:
            output[at] = complex_of(value)
    return (output,)


def mirrored(at: int, length: int) -> int:
    """The position that stands for one outside the signal."""
    return -at if at < 0 else 2 * (length - 1) - at if at >= length else at


def of_frame(frame: list[Counted], window: Tensor | None, real: bool) -> list[Pair]:
    """Its spectrum; a window shorter than the frame stands in its middle, among zeros."""
    values = [pair_of(x) for x in frame]
    alone = isinstance(frame[0].value, float)
    zero = Counted(0.0, frame[0].tally)
    if window is not None:
        first = (len(frame) - window.shape[0]) // 2
        for i in range(len(frame)):
            if not first <= i < first + window.shape[0]:
                values[i] = Pair(zero, zero)
            else:
                weight = window[i - first,]
                values[i] = Pair(values[i].real * weight, zero if alone else values[i].imag * weight)
    return half_spectrum([x.real for x in values], -1) if real else transform(values, -1)


@st.composite
def stfts(draw: DrawFn) -> Call:
    n_fft = draw(st.integers(4, 9))
    length = draw(st.integers(n_fft, 14))
    dtype = draw(st.sampled_from(["float32", "float64", "complex128"]))
    win_length = draw(st.none() | st.integers(2, n_fft))
    plain = dtype.replace("complex128", "float64")
    window = draw(st.sampled_from([None, TensorSpec((win_length or n_fft,), plain)]))
    chosen = {
        "n_fft": n_fft,
        "hop_length": draw(st.none() | st.integers(1, 5)),
        "win_length": win_length if window else None,
        "center": draw(st.booleans()),
        "normalized": draw(st.booleans()),
        "onesided": draw(st.sampled_from([None, False] if "complex" in dtype else [None, True, False])),
        "return_complex": draw(st.booleans()),
    }
    return Call({"input": TensorSpec((*draw(shapes(0, 1, 2)), length), dtype), "window": window}, chosen)


ORACLES["fftshift"] = Oracle(fftshift, shifts())
ORACLES["ifftshift"] = Oracle(ifftshift, shifts())
ORACLES["stft"] = Oracle(stft, stfts())
