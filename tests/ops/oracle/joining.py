"""Operators that put several tensors together into one."""

from collections.abc import Callable, Sequence
from itertools import accumulate

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.arranging import Case
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import DTYPES, shapes, tensors
from oracle.tensors import Index, Tensor, positions


def stack(tensors: Sequence[Tensor], dim: int = 0) -> tuple[Tensor]:
    rank = len(tensors[0].shape) + 1
    at_dim = range(rank)[dim]
    shape = list(tensors[0].shape)
    shape.insert(at_dim, len(tensors))
    output = tensors[0].like(tuple(shape))
    for at in positions(output.shape):
        output[at] = tensors[at[at_dim]][at[:at_dim] + at[at_dim + 1 :]]
    return (output,)


def with_shape(tensor: Tensor, shape: Index) -> Tensor:
    return tensor.renamed(shape, dict(zip(positions(shape), positions(tensor.shape), strict=True)))


def joined(dim: int, raised: Callable[[Index], Index]) -> Callable[..., tuple[Tensor]]:
    """One behind the other along `dim`, or the last dimension there is, each in its raised shape."""

    def loops(tensors: Sequence[Tensor]) -> tuple[Tensor]:
        sizes = [raised(tensor.shape) for tensor in tensors]
        along = min(dim, len(sizes[0]) - 1)
        starts = [0, *accumulate(shape[along] for shape in sizes)]
        output = tensors[0].like((*sizes[0][:along], starts[-1], *sizes[0][along + 1 :]))
        for tensor, shape, start in zip(tensors, sizes, starts, strict=False):
            for at, source in zip(positions(shape), positions(tensor.shape), strict=True):
                output[*at[:along], at[along] + start, *at[along + 1 :]] = tensor[source]
        return (output,)

    return loops


def column(shape: Index) -> Index:
    return shape if len(shape) > 1 else (*shape, 1) if shape else (1, 1)


def deep(shape: Index) -> Index:
    return {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}.get(len(shape), shape)


@st.composite
def stacks(draw: DrawFn) -> Call:
    input = draw(tensors(high=2, largest=3))
    dim = draw(st.integers(-len(input.shape) - 1, len(input.shape)))
    return Call({"tensors": [input] * draw(st.integers(1, 3))}, {"dim": dim})


@st.composite
def joins(draw: DrawFn, dim: int, free: dict[int, int]) -> Call:
    """Tensors of one rank; `free` says along which dimension those of a rank may differ."""
    rank, dtype = draw(st.integers(0, 3)), draw(DTYPES)
    shape = list(draw(shapes(rank, rank, 3)))
    specs = []
    for _ in range(draw(st.integers(1, 3))):
        if (along := free.get(rank, dim)) < rank:
            shape[along] = draw(st.integers(1, 3))
        specs.append(TensorSpec(tuple(shape), dtype))
    return Call({"tensors": specs}, {})


def block_diag(tensors: Sequence[Tensor]) -> tuple[Tensor]:
    blocks = [with_shape(tensor, ((1, 1, *tensor.shape))[-2:]) for tensor in tensors]
    output = tensors[0].like((sum(b.shape[0] for b in blocks), sum(b.shape[1] for b in blocks)))
    for at in positions(output.shape):
        output[at] = Counted(0.0, output.tally)
    row = column = 0
    for tensor, block in zip(tensors, blocks, strict=True):
        tensor.look(())
        for i, j in positions(block.shape):
            output[row + i, column + j] = block[i, j]
        row, column = row + block.shape[0], column + block.shape[1]
    for block in blocks:
        output.tally.read.discard(block)  # the same memory as its tensor
    return (output,)


@st.composite
def blocks(draw: DrawFn) -> Call:
    dtype = draw(DTYPES)
    sizes = draw(st.lists(shapes(0, 2, 3), min_size=1, max_size=3))
    return Call({"tensors": [TensorSpec(shape, dtype) for shape in sizes]}, {})


def cartesian_prod(tensors: Sequence[Tensor]) -> tuple[Tensor]:
    if len(tensors) == 1:
        return (with_shape(tensors[0], tensors[0].shape),)
    rows = list(positions(tuple(tensor.shape[0] for tensor in tensors)))
    output = tensors[0].like((len(rows), len(tensors)))
    for at in positions(output.shape):
        output[at] = tensors[at[1]][rows[at[0]][at[1]],]
    return (output,)


@st.composite
def factors(draw: DrawFn) -> Call:
    dtype = draw(DTYPES)
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    return Call({"tensors": [TensorSpec((size,), dtype) for size in sizes]}, {})


JOINED: dict[str, Case] = {
    "stack": (stack, stacks()),
    "hstack": (joined(1, lambda shape: shape or (1,)), joins(1, {1: 0})),
    "vstack": (joined(0, lambda shape: ((1, 1, *shape))[-2:] if len(shape) < 2 else shape), joins(0, {1: 1})),
    "dstack": (joined(2, deep), joins(2, {})),
    "column_stack": (joined(1, column), joins(1, {})),
    "block_diag": (block_diag, blocks()),
    "cartesian_prod": (cartesian_prod, factors()),
}
ORACLES |= {name: Oracle(loops, calls) for name, (loops, calls) in JOINED.items()}
