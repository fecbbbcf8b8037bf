"""Fourier transforms by the rule of Cooley and Tukey, on pairs of counted numbers."""

from cmath import exp, pi
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import shapes
from oracle.reductions import each_row
from oracle.tensors import Index, Tensor, positions


class Pair(NamedTuple):
    """A complex number."""

    real: Counted
    imag: Counted

    def plus(self, other: "Pair") -> "Pair":
        return Pair(self.real + other.real, self.imag + other.imag)

    def minus(self, other: "Pair") -> "Pair":
        return Pair(self.real - other.real, self.imag - other.imag)

    def times(self, constant: complex) -> "Pair":
        a, b = constant.real, constant.imag
        return Pair(self.real * a - self.imag * b, self.real * b + self.imag * a)

    def scaled(self, factor: float) -> "Pair":
        return Pair(self.real * factor, self.imag * factor)

    def mirrored(self) -> "Pair":
        return Pair(self.real, -self.imag)


Line = list[Pair]


def root(length: int, power: int, sign: int) -> complex:
    """e^(±2πi · power / length)."""
    return exp(sign * 2j * pi * power / length)


def transform(values: Line, sign: int) -> Line:
    """By the smallest prime factor p of the length: p shorter transforms, turned, and the definition over p terms."""
    length = len(values)
    if length == 1:
        return values
    p = next(factor for factor in range(2, length + 1) if length % factor == 0)
    rest = length // p
    parts = [transform(values[j::p], sign) for j in range(p)]
    found: dict[int, Pair] = {}
    for k in range(rest):
        column = [part[k].times(root(length, j * k, sign)) if j * k else part[k] for j, part in enumerate(parts)]
        for q in range(p):
            found[k + rest * q] = by_definition(column, q, sign)
    return [found[k] for k in range(length)]


def by_definition(column: Line, q: int, sign: int) -> Pair:
    """Σ_j x[j] · e^(±2πi·j·q/p), where a factor of 1 is none, and one of −1 a change of sign."""
    value, p = column[0], len(column)
    for j, x in enumerate(column[1:], 1):
        if j * q == 0:
            value = value.plus(x)
        elif p == 2:
            value = value.minus(x)
        else:
            value = value.plus(x.times(root(p, j * q, sign)))
    return value


def half_spectrum(values: list[Counted], sign: int) -> Line:
    """Of n real values, k from 0 to ⌊n/2⌋; even n by a transform of n/2 pairs of them."""
    length = len(values)
    half = length // 2
    if length % 2:
        return transform([Pair(x, Counted(0.0, x.tally)) for x in values], sign)[: half + 1]
    z = transform([Pair(a, b) for a, b in zip(values[::2], values[1::2], strict=True)], sign)
    none = Counted(0.0, values[0].tally)
    found = {0: Pair(z[0].real + z[0].imag, none), half: Pair(z[0].real - z[0].imag, none)}
    for k in range(1, (half + 1) // 2):
        even = z[k].plus(z[half - k].mirrored()).scaled(0.5)
        odd = z[k].minus(z[half - k].mirrored()).times(-0.5j * root(length, k, sign))
        found[k], found[half - k] = even.plus(odd), even.minus(odd).mirrored()
    if half % 2 == 0:
        found[half // 2] = z[half // 2].mirrored() if sign < 0 else z[half // 2]
    return [found[k] for k in range(half + 1)]


def from_half_spectrum(spectrum: Line, length: int, sign: int) -> list[Counted]:
    """n real values; of the values 0 and n/2 the imaginary part is none."""
    half = length // 2
    none = Counted(0.0, spectrum[0].real.tally)
    if length % 2:
        whole = [Pair(spectrum[0].real, none), *spectrum[1:]]
        whole += [x.mirrored() for x in reversed(whole[1:])]
        return [x.real for x in transform(whole, sign)]
    first, last = spectrum[0].real, spectrum[half].real
    z = {0: Pair(first + last, first - last)}
    for k in range(1, (half + 1) // 2):
        even = spectrum[k].plus(spectrum[half - k].mirrored())
        odd = spectrum[k].minus(spectrum[half - k].mirrored()).times(1j * root(length, k, sign))
        z[k], z[half - k] = even.plus(odd), even.minus(odd).mirrored()
    if half % 2 == 0:
        middle = spectrum[half // 2].scaled(2.0)
        z[half // 2] = middle if sign < 0 else middle.mirrored()
    joined = transform([z[k] for k in range(half)], sign)
    return [part for pair in joined for part in (pair.real, pair.imag)]


def pair_of(x: Counted) -> Pair:
    return Pair(Counted(x.value.real, x.tally), Counted(x.value.imag, x.tally))


def complex_of(x: Pair) -> Counted:
    """Both parts in one place of a tensor."""
    return Counted(complex(x.real.value, x.imag.value), x.real.tally)


Grid = dict[Index, Pair]


def resized(input: Tensor, sizes: Index) -> Grid:
    """The values as pairs, cut off or laid out with zeros."""
    zero = Pair(Counted(0.0, input.tally), Counted(0.0, input.tally))
    read = {at: pair_of(input[at]) for at in positions(input.shape)}
    return {at: read.get(at, zero) for at in positions(sizes)}


def along_each(grid: Grid, sizes: Index, dims: list[int], sign: int) -> Grid:
    """Complex transforms along these dimensions."""
    for dim in dims:
        for _, places in each_row(sizes, dim):
            line = transform([grid[at] for at in places], sign)
            grid.update(zip(places, line, strict=True))
    return grid


class Plan(NamedTuple):
    """The dimensions, the sizes along them, the sign of the exponent and the factor of the results."""

    dims: list[int]
    lengths: list[int]
    sign: int
    factor: float | None


def plan(
    input: Tensor, many: int | None, inverse: bool, halved: bool, sign: int, s: Any, dim: Any, norm: str | None
) -> Plan:
    """What torch's arguments mean."""
    rank = len(input.shape)
    s = [s] if isinstance(s, int) else s
    if dim is None:
        count = len(s) if s is not None else (rank if many is None else many)
        dims = list(range(rank - count, rank))
    else:
        dims = [at % rank for at in ([dim] if isinstance(dim, int) else dim)]
    lengths = [input.shape[at] for at in dims]
    if halved:
        lengths[-1] = 2 * (lengths[-1] - 1)
    lengths = lengths if s is None else [own if size == -1 else size for own, size in zip(lengths, s, strict=True)]
    product = 1
    for length in lengths:
        product *= length
    there, back = {None: (1, product), "backward": (1, product), "forward": (product, 1)}.get(
        norm, (product**0.5, product**0.5)
    )
    divisor = back if inverse else there
    unscaled = norm != "ortho" and (norm == "forward") == inverse
    return Plan(dims, lengths, sign, None if unscaled else 1 / divisor)


def with_sizes(shape: Index, dims: list[int], lengths: list[int]) -> Index:
    sizes = list(shape)
    for at, length in zip(dims, lengths, strict=True):
        sizes[at] = length
    return tuple(sizes)


def wide(dtype: str) -> str:
    return "complex128" if dtype in ("float64", "complex128") else "complex64"


def spectrum(
    many: int | None, inverse: bool, input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None
) -> tuple[Tensor]:
    """Complex values to complex ones."""
    todo = plan(input, many, inverse, False, 1 if inverse else -1, s, dim, norm)
    sizes = with_sizes(input.shape, todo.dims, todo.lengths)
    grid = along_each(resized(input, sizes), sizes, todo.dims, todo.sign)
    return (written(input.like(sizes, wide(input.dtype)), grid, todo.factor),)


def written(output: Tensor, grid: Grid, factor: float | None) -> Tensor:
    for at, x in grid.items():
        output[at] = complex_of(x if factor is None else x.scaled(factor))
    return output


def to_half(
    many: int | None, inverse: bool, input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None
) -> tuple[Tensor]:
    """Real values to half a spectrum along the last dimension, then along the others."""
    todo = plan(input, many, inverse, False, 1 if inverse else -1, s, dim, norm)
    sizes = with_sizes(input.shape, todo.dims, todo.lengths)
    start, last = resized(input, sizes), todo.dims[-1]
    half = with_sizes(sizes, [last], [sizes[last] // 2 + 1])
    grid: Grid = {}
    for _, places in each_row(sizes, last):
        grid.update(zip(places, half_spectrum([start[at].real for at in places], todo.sign), strict=False))
    along_each(grid, half, todo.dims[:-1], todo.sign)
    return (written(input.like(half, wide(input.dtype)), grid, todo.factor),)


def from_half(
    many: int | None, inverse: bool, input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None
) -> tuple[Tensor]:
    """Half a spectrum to real values: along all dimensions but the last, then along that one."""
    todo = plan(input, many, inverse, True, 1 if inverse else -1, s, dim, norm)
    sizes, last = with_sizes(input.shape, todo.dims, todo.lengths), todo.dims[-1]
    half = with_sizes(sizes, [last], [sizes[last] // 2 + 1])
    grid = along_each(resized(input, half), half, todo.dims[:-1], todo.sign)
    output = input.like(sizes, "float64" if wide(input.dtype) == "complex128" else "float32")
    longest = dict(each_row(half, last))
    for start, places in each_row(sizes, last):
        values = from_half_spectrum([grid[at] for at in longest[start]], len(places), todo.sign)
        for at, value in zip(places, values, strict=True):
            output[at] = value if todo.factor is None else value * todo.factor
    return (output,)


REAL = st.sampled_from(["float32", "float64", "int64"])
ANY = st.sampled_from(["float32", "float64", "int64", "complex64", "complex128"])
NORMS = st.sampled_from([None, "backward", "ortho", "forward"])


@st.composite
def transforms(draw: DrawFn, many: int | None, dtypes: st.SearchStrategy[str], halved: bool) -> Call:
    if many == 1:
        shape = draw(shapes(1, 2, 9).filter(lambda shape: TensorSpec(shape).numel <= 40))
        dim = draw(st.integers(-len(shape), len(shape) - 1))
        size = draw(st.none() | st.integers(1, 12))
        alone = halved and shape[dim] == 1
        chosen = {"s": draw(st.integers(1, 9)) if alone else size, "dim": dim}
    else:
        shape = draw(shapes(2, 3, 4))
        count = many or draw(st.integers(1, len(shape)))
        dims = draw(st.permutations(range(len(shape))))[:count]
        dim = draw(st.none() | st.just(tuple(dims)))
        count = (many or len(shape)) if dim is None else count
        sizes = draw(st.none() | st.tuples(*[st.integers(1, 5)] * count))
        alone = halved and shape[-1 if dim is None else dim[-1]] == 1
        chosen = {"s": draw(st.tuples(*[st.integers(1, 5)] * count)) if alone else sizes, "dim": dim}
    return Call({"input": TensorSpec(shape, draw(dtypes))}, chosen | {"norm": draw(NORMS)})


for suffix, many in (("", 1), ("2", 2), ("n", None)):
    ORACLES[f"fft{suffix}"] = Oracle(partial(spectrum, many, False), transforms(many, ANY, False))
    ORACLES[f"ifft{suffix}"] = Oracle(partial(spectrum, many, True), transforms(many, ANY, False))
    ORACLES[f"rfft{suffix}"] = Oracle(partial(to_half, many, False), transforms(many, REAL, False))
    ORACLES[f"ihfft{suffix}"] = Oracle(partial(to_half, many, True), transforms(many, REAL, False))
    ORACLES[f"irfft{suffix}"] = Oracle(partial(from_half, many, True), transforms(many, ANY, True))
    ORACLES[f"hfft{suffix}"] = Oracle(partial(from_half, many, False), transforms(many, ANY, True))
