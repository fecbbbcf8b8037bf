"""Operators whose result is as large as the values say, by going through the values."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, Tally, plain
from oracle.draws import DTYPES, shapes, tensors
from oracle.indexing import picked as picked_value
from oracle.pointwise import stretched, within
from oracle.tensors import Index, Tensor, positions

BOOL, WHOLE = "bool", "int64"
sorted_ = sorted  # which torch.unique has an option of the name of


def values_of(spec: TensorSpec, name: str, between: tuple[float, float] | None = None) -> Tensor:
    """The tensor an oracle will be given for this argument."""
    return Tensor.filled(spec, Tally(), name, between)


def held(mask: Tensor) -> list[Index]:
    """Where a mask holds."""
    return [at for at in positions(mask.shape) if plain(mask[at])]


def whole(tally: Tally, number: int) -> Counted:
    return Counted(number, tally)


def beside_zero(value: Counted) -> bool:
    """Whether a value is another than zero: one comparison."""
    value.tally.compares += 1
    return plain(value) != 0


def nonzero(input: Tensor, as_tuple: bool = False, found: int = 0) -> tuple[Tensor, ...]:
    """Each value beside zero; a truth value is its own answer."""
    places = []
    for at in positions(input.shape):
        value = input[at]
        if plain(value) if input.dtype == BOOL else beside_zero(value):
            places.append(at)
    rank = len(input.shape)
    if not as_tuple:
        table = input.like((len(places), rank), WHOLE)
        for i, place in enumerate(places):
            for d, index in enumerate(place):
                table[i, d] = whole(input.tally, index)
        return (table,)
    columns = tuple(input.like((len(places),), WHOLE) for _ in range(max(rank, 1)))
    for i, place in enumerate(places):
        for column, index in zip(columns, place or (0,), strict=True):
            column[i,] = whole(input.tally, index)
    return columns


@st.composite
def searched(draw: DrawFn, tuples: st.SearchStrategy[bool]) -> Call:
    input = TensorSpec(draw(shapes(1, 3, 3)), draw(st.sampled_from([BOOL, WHOLE, "float32"])))
    found = sum(plain(value) != 0 for value in values_of(input, "input")._values.values())
    return Call({"input": input}, {"as_tuple": draw(tuples), "found": found})


def masked_select(input: Tensor, mask: Tensor, found: int = 0) -> tuple[Tensor]:
    output = input.like((found,))
    places = [at for at in positions(stretched(input.shape, mask.shape)) if plain(mask[within(mask.shape, at)])]
    for i, at in enumerate(places):
        output[i,] = picked_value(input, within(input.shape, at))
    return (output,)


@st.composite
def selections(draw: DrawFn) -> Call:
    input = draw(tensors(1, 3, 3))
    mask = TensorSpec(input.shape, BOOL)
    return Call({"input": input, "mask": mask}, {"found": len(held(values_of(mask, "mask")))})


def getitem(input: Tensor, indices: list[Tensor], found: Index = ()) -> tuple[Tensor]:
    """`input[mask]`: the mask takes the first dimensions."""
    (mask,) = indices
    output = input.like(found)
    for i, place in enumerate(held(mask)):
        for rest in positions(found[1:]):
            output[i, *rest] = picked_value(input, (*place, *rest))
    return (output,)


@st.composite
def picks(draw: DrawFn) -> Call:
    input = draw(tensors(1, 3, 3))
    taken = draw(st.integers(1, len(input.shape)))
    mask = TensorSpec(input.shape[:taken], BOOL)
    found = (len(held(values_of(mask, "indices"))), *input.shape[taken:])
    return Call({"input": input, "indices": [mask]}, {"found": found})


def setitem(input: Tensor, indices: list[Tensor], value: float) -> tuple[Tensor]:
    """`input[mask] = value`, all of it taken for written."""
    (mask,) = indices
    places = set(held(mask))
    output = input.like()
    for at in positions(input.shape):
        kept = input._values[at]
        output[at] = Counted(value, input.tally) if at[: len(mask.shape)] in places else kept
    return (output,)


@st.composite
def writings(draw: DrawFn) -> Call:
    input = draw(tensors(1, 3, 3))
    mask = TensorSpec(input.shape[: draw(st.integers(1, len(input.shape)))], BOOL)
    return Call({"input": input, "indices": [mask]}, {"value": draw(st.sampled_from([0.0, 1.5]))})


def looked_up(known: list[Any], probe: Any, less: Any) -> int:
    """The place of a value in a sorted list, by halving: ⌈log₂(k + 1)⌉ comparisons, always as many as at worst."""
    for _ in range(len(known).bit_length()):
        less(probe, known[0])
    return sum(1 for one in known if plain_tuple(one) < plain_tuple(probe))


def plain_tuple(values: list[Counted]) -> tuple[float, ...]:
    return tuple(value.value for value in values)


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
    found: Index = (),
) -> tuple[Tensor, ...]:
    """Each value, or slice, looked for in the sorted list of those that differ; one comparison more: is it there?

    Those that differ come first: the worst order there is.
    """
    at_dim = 0 if dim is None else dim % len(input.shape)
    if dim is None:
        slices = [[input[at]] for at in positions(input.shape)]
    else:
        rest = [at for at in positions(input.shape) if at[at_dim] == 0]
        size = range(input.shape[at_dim])
        slices = [[input[*at[:at_dim], i, *at[at_dim + 1 :]] for at in rest] for i in size]

    def compare(a: list[Counted], b: list[Counted]) -> None:
        for x, y in zip(a, b, strict=True):
            x < y  # noqa: B015  counted

    known: list[list[Counted]] = []
    plainly = [plain_tuple(one) for one in slices]
    for i in sorted_(range(len(slices)), key=lambda i: plainly.index(plainly[i]) != i):
        one = slices[i]
        place = looked_up(known, one, compare)
        if known:
            compare(one, known[0])
        if all(plain_tuple(one) != plain_tuple(other) for other in known):
            known.insert(place, one)
    order = [plain_tuple(one) for one in known]
    where = [order.index(plain_tuple(one)) for one in slices]
    sizes = (len(known),) if dim is None else (*input.shape[:at_dim], len(known), *input.shape[at_dim + 1 :])
    values = input.like(sizes)
    if dim is None:
        for i, one in enumerate(known):
            values[i,] = one[0]
    else:
        for i, one in enumerate(known):
            for at, value in zip(rest, one, strict=True):
                values[*at[:at_dim], i, *at[at_dim + 1 :]] = value
    inverse = input.like(input.shape if dim is None else (input.shape[at_dim],), WHOLE)
    for at, place in zip(positions(inverse.shape), where, strict=True):
        if return_inverse:
            inverse[at] = whole(input.tally, place)
    counts = input.like((len(known),), WHOLE)
    for i in range(len(known)):
        if return_counts:
            counts[i,] = whole(input.tally, where.count(i))
    return (values, *((inverse,) if return_inverse else ()), *((counts,) if return_counts else ()))


@st.composite
def uniques(draw: DrawFn) -> Call:
    input, between = TensorSpec(draw(shapes(1, 2, 5)), WHOLE), (0, 2)
    dim = draw(st.none() | st.integers(0, len(input.shape) - 1))
    chosen = {"dim": dim, "return_inverse": draw(st.booleans()), "return_counts": draw(st.booleans())}
    found = unique(values_of(input, "input", between), **chosen)[0].shape
    return Call({"input": input}, chosen | {"found": found}, {"input": between})


def repeat_each(
    input: Tensor, repeats: Tensor, dim: int | None = None, output_size: int | None = None, found: Index = ()
) -> tuple[Tensor]:
    at_dim = 0 if dim is None else dim
    flat = list(positions(input.shape))
    origin = [i for i in range(repeats.shape[0]) for _ in range(int(plain(repeats[i,])))]
    output = input.like(found)
    for at in positions(output.shape):
        i = origin[at[at_dim]]
        output[at] = input[flat[i] if dim is None else (*at[:at_dim], i, *at[at_dim + 1 :])]
    for at in flat:
        input.look(at)
    return (output,)


@st.composite
def repetitions(draw: DrawFn) -> Call:
    input, between = draw(tensors(1, 2, 3)), (0, 2)
    dim = draw(st.none() | st.integers(0, len(input.shape) - 1))
    repeats = TensorSpec((len(list(positions(input.shape))) if dim is None else input.shape[dim],), WHOLE)
    total = int(sum(plain(value) for value in values_of(repeats, "repeats", between)._values.values()))
    found = (total,) if dim is None else (*input.shape[:dim], total, *input.shape[dim + 1 :])
    return Call({"input": input, "repeats": repeats}, {"dim": dim, "found": found}, {"repeats": between})


def pack(
    input: Tensor, lengths: Tensor, batch_first: bool = False, found: int = 0, steps: int = 0
) -> tuple[Tensor, Tensor]:
    """Step by step, the sequences that are still going on."""
    sequences = range(lengths.shape[0])
    long = [int(plain(lengths[i,])) for i in sequences]
    rows = [(t, i) for t in range(max(long)) for i in sequences if long[i] > t]
    data, sizes = input.like((len(rows), *input.shape[2:])), input.like((max(long),), WHOLE)
    for row, (t, i) in enumerate(rows):
        for rest in positions(input.shape[2:]):
            data[row, *rest] = picked_value(input, (i, t, *rest) if batch_first else (t, i, *rest))
    for t in range(max(long)):
        sizes[t,] = whole(input.tally, sum(1 for length in long if length > t))
    return data, sizes


@st.composite
def sequences(draw: DrawFn) -> Call:
    """All of one length, which every numbers drawn for `lengths` must be in order for torch: longest first."""
    many, long, batch_first = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    shape = (many, long, 2) if batch_first else (long, many, 2)
    tensors = {"input": TensorSpec(shape, draw(DTYPES)), "lengths": TensorSpec((many,), WHOLE)}
    attributes = {"batch_first": batch_first, "found": many * long, "steps": long}
    return Call(tensors, attributes, {"lengths": (long, long)})


def unpack(
    data: Tensor,
    batch_sizes: Tensor,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int = 0,
    found: Index = (),
) -> tuple[Tensor, Tensor]:
    sizes = [int(plain(batch_sizes[t,])) for t in range(batch_sizes.shape[0])]
    padded, lengths = data.like((*found, *data.shape[1:])), data.like((sizes[0],), WHOLE)
    row = 0
    for t, size in enumerate(sizes):
        for i in range(size):
            for rest in positions(data.shape[1:]):
                padded[(i, t, *rest) if batch_first else (t, i, *rest)] = data[row, *rest]
            row += 1
    for i in range(sizes[0]):
        lengths[i,] = whole(data.tally, sum(1 for size in sizes if size > i))
    return padded, lengths


@st.composite
def packed(draw: DrawFn) -> Call:
    many, long, batch_first = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    tensors = {"data": TensorSpec((many * long, 2), draw(DTYPES)), "batch_sizes": TensorSpec((long,), WHOLE)}
    attributes = {"batch_first": batch_first, "padding_value": 0.0, "total_length": -1}
    found = (many, long) if batch_first else (long, many)
    return Call(tensors, attributes | {"found": found}, {"batch_sizes": (many, many)})


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0, found: int = 0) -> tuple[Tensor]:
    output = input.like((found,), WHOLE if weights is None else "float64")
    sums = [whole(input.tally, 0) for _ in range(found)]
    for at in positions(input.shape):
        place = int(plain(input[at]))
        sums[place] = sums[place] + (1 if weights is None else weights[at])
    for i, value in enumerate(sums):
        output[i,] = value
    return (output,)


@st.composite
def countings(draw: DrawFn) -> Call:
    input, between = TensorSpec((draw(st.integers(1, 6)),), WHOLE), (0, 3)
    weights = draw(st.sampled_from([None, input._replace(dtype="float64")]))
    least = draw(st.integers(0, 6))
    highest = max(plain(value) for value in values_of(input, "input", between)._values.values())
    found = max(int(highest) + 1, least)
    return Call({"input": input, "weights": weights}, {"minlength": least, "found": found}, {"input": between})


ORACLES["nonzero"] = Oracle(nonzero, searched(st.booleans()))
ORACLES["where_indices"] = Oracle(nonzero, searched(st.just(True)))
ORACLES["masked_select"] = Oracle(masked_select, selections())
ORACLES["getitem_masked"] = Oracle(getitem, picks())
ORACLES["setitem_masked"] = Oracle(setitem, writings())
ORACLES["unique"] = Oracle(unique, uniques())
ORACLES["repeat_interleave_each"] = Oracle(repeat_each, repetitions())
ORACLES["pack_padded_sequence"] = Oracle(pack, sequences())
ORACLES["pad_packed_sequence"] = Oracle(unpack, packed())
ORACLES["bincount"] = Oracle(bincount, countings())
