"""Fourier transforms.

The rule all counts follow. A complex transform of length n is the one of Cooley and Tukey over the prime factors of n,
the smallest first: n = p·m takes p transforms of length m, (p − 1)(m − 1) multiplications by powers of e^(−2πi/n) that
are not 1, and m sums of p terms by the definition: p(p − 1) complex additions each, and (p − 1)² complex
multiplications, none for p = 2, where they are changes of sign. A complex addition is two additions, a complex
multiplication four multiplications and two additions.

A transform of n real values, or to n real values, takes a complex one of n/2 for even n, and what parts or joins its
halves; for odd n a complex one of n.
"""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.dtypes import complex_dtype, real_dtype
from netstat.ops.rows import axes
from netstat.ops.spelling import renamed


def prime_factors(number: int) -> Iterator[int]:
    """Smallest first."""
    factor = 2
    while factor * factor <= number:
        while number % factor == 0:
            yield factor
            number //= factor
        factor += 1
    if number > 1:
        yield number


def complex_transform(length: int) -> Cost:
    """One transform of so many complex values."""
    adds = multiplies = 0
    blocks, rest = 1, length
    for p in prime_factors(length):
        rest //= p
        adds += blocks * rest * p * (p - 1)
        multiplies += blocks * ((p - 1) * (rest - 1) + (rest * (p - 1) ** 2 if p > 2 else 0))
        blocks *= p
    return Cost(multiplies=4 * multiplies, adds=2 * adds + 2 * multiplies)


def to_half(length: int) -> Cost:
    """One transform of so many real values to the half of the spectrum that tells the other.

    For even n = 2h, the two halves of the transform Z of h values are parted for each pair k, h − k: Z[k] ± Z*[h − k],
    one of them halved, the other times a constant, their sum and difference. k = 0 takes two additions, k = h/2 none.
    """
    if length % 2:
        return complex_transform(length)
    half = length // 2
    pairs = (half - 1) // 2
    return complex_transform(half) + Cost(multiplies=6 * pairs, adds=10 * pairs + 2)


def from_half(length: int) -> Cost:
    """One transform of half a spectrum to so many real values: the way back, where nothing needs to be halved.

    k = h/2 is doubled instead.
    """
    if length % 2:
        return complex_transform(length)
    half = length // 2
    pairs = (half - 1) // 2
    doubled = 2 if half % 2 == 0 else 0
    return complex_transform(half) + Cost(multiplies=4 * pairs + doubled, adds=10 * pairs + 2)


class Fourier(Operator):
    """What all transforms share.

    Attributes:
        dims: how many dimensions are transformed where none are named; None for all.
        inverse: whether it is the way back, which is scaled by 1/n unless `norm` says otherwise.
    """

    family = "fourier"
    dims: ClassVar[int | None]
    inverse: ClassVar[bool]

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args, renamed(kwargs, n="s"))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        several = {name: attributes[name] for name in ("s", "dim") if isinstance(attributes[name], (list, tuple))}
        return {**attributes, **{name: tuple(value) for name, value in several.items()}}

    @classmethod
    def lengths(cls, input: TensorSpec, s: Any, dim: Any, halved: bool = False) -> dict[int, int]:
        """Length of the transform along each dimension, the last one last; `halved`: the input has half of it."""
        wanted = (s,) if isinstance(s, int) else s
        along = axes(input.shape, _last(cls.dims if wanted is None else len(wanted)) if dim is None else dim)
        found = {at: input.shape[at] for at in along}
        if halved and along:
            found[along[-1]] = 2 * (input.shape[along[-1]] - 1)
        for at, size in zip(along, wanted or (), strict=False):
            found[at] = found[at] if size in (None, -1) else size
        if any(size < 1 for size in found.values()):
            raise ShapeError(f"needs at least one value to transform, got {min(found.values())}", too_small=True)
        return found

    @classmethod
    def scaling(cls, norm: str | None) -> bool:
        """Whether results are multiplied by 1/n or 1/√n."""
        return norm == "ortho" or (norm == "forward") != cls.inverse


def _last(many: int | None) -> tuple[int, ...] | None:
    return None if many is None else tuple(range(-many, 0))


def _resized(shape: tuple[int, ...], sizes: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(sizes.get(at, size) for at, size in enumerate(shape))


def _along(values: int, lengths: Mapping[int, int]) -> Cost:
    """Complex transforms of so many values along each of these dimensions."""
    return sum((complex_transform(size) * (values // size) for size in lengths.values()), Cost())


class ComplexTransform(Fourier):
    """Lengths n_d along the dimensions `dim` (s gives others than the input's: what is missing is zero).

    X[k] = Σ_j x[j] · e^(∓2πi·j·k/n), minus for the forward transform, plus for its inverse

    Per dimension d: the rule's complex transform of length n_d for every other index. A scaled result (`norm`; by
    default the inverse) takes two multiplications per value. A real input is taken as complex.
    """

    @classmethod
    def shape(cls, input: TensorSpec, s: Any = None, dim: Any = None, norm: str | None = None) -> Specs:
        sizes = _resized(input.shape, cls.lengths(input, s, dim))
        return (TensorSpec(sizes, complex_dtype(input.dtype)),)

    @classmethod
    def cost(cls, input: TensorSpec, s: Any = None, dim: Any = None, norm: str | None = None) -> Cost:
        (output,) = cls.shape(input, s, dim)
        scaled = 2 * output.numel if cls.scaling(norm) else 0
        work = _along(output.numel, cls.lengths(input, s, dim))
        return work + Cost(multiplies=scaled, **traffic((input,), (output,)))


class ToHalf(Fourier):
    """Real x of length n along the last of `dim`; n_d along the others.

    X[k] = Σ_j x[j] · e^(∓2πi·j·k/n) for k from 0 to ⌊n/2⌋: the others are their mirror image

    Along the last dimension the rule's transform of n real values, then a complex one along each other. A scaled result
    takes two multiplications per value.
    """

    @classmethod
    def shape(cls, input: TensorSpec, s: Any = None, dim: Any = None, norm: str | None = None) -> Specs:
        if "complex" in input.dtype:
            raise ShapeError(f"needs real numbers, got {input.dtype}")
        lengths = cls.lengths(input, s, dim)
        return (TensorSpec(_resized(input.shape, _halved(lengths)), complex_dtype(input.dtype)),)

    @classmethod
    def cost(cls, input: TensorSpec, s: Any = None, dim: Any = None, norm: str | None = None) -> Cost:
        (output,) = cls.shape(input, s, dim)
        others = cls.lengths(input, s, dim)
        last, length = others.popitem()
        scaled = 2 * output.numel if cls.scaling(norm) else 0
        work: Cost = to_half(length) * (output.numel // output.shape[last]) + _along(output.numel, others)
        return work + Cost(multiplies=scaled, **traffic((input,), (output,)))


class FromHalf(Fourier):
    """Half a spectrum X, the values 0 to ⌊n/2⌋ along the last of `dim`, the others their mirror image; n_d elsewhere.

    x[j] = Σ_k X[k] · e^(±2πi·j·k/n), which is real

    A complex transform along each dimension but the last, then along that one the rule's transform to n real values.
    n is 2·(size − 1) unless s says otherwise. A scaled result takes one multiplication per value.
    """

    @classmethod
    def shape(cls, input: TensorSpec, s: Any = None, dim: Any = None, norm: str | None = None) -> Specs:
        sizes = _resized(input.shape, cls.lengths(input, s, dim, halved=True))
        return (TensorSpec(sizes, real_dtype(complex_dtype(input.dtype))),)

    @classmethod
    def cost(cls, input: TensorSpec, s: Any = None, dim: Any = None, norm: str | None = None) -> Cost:
        (output,) = cls.shape(input, s, dim)
        others = cls.lengths(input, s, dim, halved=True)
        spectrum = prod(_resized(input.shape, _halved(others)))
        _, length = others.popitem()
        scaled = output.numel if cls.scaling(norm) else 0
        work: Cost = _along(spectrum, others) + from_half(length) * (output.numel // length)
        return work + Cost(multiplies=scaled, **traffic((input,), (output,)))


def _halved(lengths: Mapping[int, int]) -> dict[int, int]:
    """The sizes of a spectrum of which only the first half is there along the last dimension."""
    *others, last = lengths.items()
    return {**dict(others), last[0]: last[1] // 2 + 1}


def _register(kind: type[Fourier], name: str, inverse: bool) -> None:
    """One operator class per number of dimensions: one, two, any."""
    for suffix, dims in (("", 1), ("2", 2), ("n", None)):
        members = {
            "__doc__": f"{kind.__doc__}\n    Source: torch.fft.{name}{suffix}.",
            "name": f"{name}{suffix}",
            "torch": (f"torch.fft.{name}{suffix}",),
            "dims": dims,
            "inverse": inverse,
        }
        operator(type(f"{name.capitalize()}{suffix}", (kind,), members))


_register(ComplexTransform, "fft", inverse=False)
_register(ComplexTransform, "ifft", inverse=True)
_register(ToHalf, "rfft", inverse=False)
_register(FromHalf, "irfft", inverse=True)
_register(FromHalf, "hfft", inverse=False)
_register(ToHalf, "ihfft", inverse=True)
