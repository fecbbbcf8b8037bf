"""`x[…]` and `x[…] = y`, by what each index means: spelled as the operator spells it."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.arranging import shown
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import shapes, tensors
from oracle.indexing import number, picked
from oracle.pointwise import broadcastable, stretched, within
from oracle.tensors import Index, Tensor, positions


def places(input: Tensor, index: Any, indices: Any) -> tuple[Index, dict[Index, Index], bool]:
    """The shape of what an index shows, which of the input's indices stands where, and whether tensors picked it.

    Dimensions are gone through from the first to the last, each giving output dimensions of its own, but for those that
    are picked: these give theirs once, where they stand side by side, or in front.
    """
    given, dims = iter(indices), list(range(len(input.shape)))
    taken = sum(item is not None and item != "..." for item in index)
    rest = [(None, None, None)] * (len(dims) - taken)
    full = [one for item in index for one in (rest if item == "..." else [item])]
    full += [] if "..." in index else rest
    shape: list[int] = []
    along: list[Any] = []  # per dimension of the input: an output dimension and its positions, a number, or a picker
    pickers: list[tuple[int, Index, Any]] = []
    for item in full:
        if item is None:
            shape.append(1)
            continue
        size = input.shape[len(along)]
        if item == "tensor":
            tensor = next(given)
            pickers.append((len(shape) if tensor.shape else -1, tensor.shape, tensor))
            along.append(tensor)
        elif isinstance(item, tuple) and item[0] == "list":
            pickers.append((len(shape), (len(item) - 1,), None))
            along.append(list(item[1:]))
        elif isinstance(item, tuple):
            found = range(size)[slice(*item)]
            along.append((len(shape), found))
            shape.append(len(found))
        else:
            along.append(range(size)[item])
    together: Index = ()
    for _, picker, _ in pickers:
        together = stretched(together, picker)
    starts = {start for start, _, _ in pickers if start >= 0}
    front = starts.pop() if len(starts) == 1 else 0
    whole = (*shape[:front], *together, *shape[front:])

    def source(at: Index) -> Index:
        pick, kept = at[front : front + len(together)], at[:front] + at[front + len(together) :]
        return tuple(_place(one, pick, kept) % size for one, size in zip(along, input.shape, strict=True))

    return whole, {at: source(at) for at in positions(whole)}, any(start >= 0 for start, _, _ in pickers)


def _place(one: Any, pick: Index, kept: Index) -> int:
    if isinstance(one, Tensor):
        return number(one, within(one.shape, pick)) if one.shape else int(one._values[()].value)
    if isinstance(one, list):
        return one[within((len(one),), pick)[0]]
    return one[1][kept[one[0]]] if isinstance(one, tuple) else one


def getitem(input: Tensor, index: Any, indices: Any = ()) -> tuple[Tensor]:
    shape, found, copies = places(input, index, indices)
    if not copies:
        return (shown(input, shape, found.__getitem__),)
    output = input.like(shape)
    for tensor in indices:
        tensor.look(())
    for at in positions(shape):
        output[at] = picked(input, found[at])
    return (output,)


def setitem(input: Tensor, index: Any, value: Any, indices: Any = ()) -> tuple[Tensor]:
    """The values of the region are written, each for itself; the input is the output."""
    shape, found, _ = places(input, index, indices)
    for tensor in indices:
        tensor.look(())
    if isinstance(value, Tensor):
        value.look(())
    for at in positions(shape):
        if isinstance(value, Tensor):
            new = value[within(value.shape, (0,) * len(value.shape) + at)]
        else:
            new = Counted(value, input.tally)
        shown(input, (), lambda _, at=at: found[at])[()] = new
        input._values[found[at]] = new
    return (input,)


@st.composite
def indexings(draw: DrawFn, assigned: bool) -> Call:
    """Numbers, slices, None, one …, a list and tensors; an assignment names no place twice."""
    input = draw(tensors(low=1, high=3, largest=3))
    count = draw(st.integers(0, len(input.shape)))
    front = draw(st.integers(0, count))
    dims = [*range(front), *range(len(input.shape) - count + front, len(input.shape))]
    items: list[Any] = []
    indices: list[TensorSpec] = []
    together = () if assigned else draw(shapes(0, 2, 2))
    for dim in dims:
        size = input.shape[dim]
        kind = draw(st.sampled_from(["number", "slice", "slice", "tensor", "list"]))
        if kind == "number":
            items.append(draw(st.integers(-size, size - 1)))
        elif kind == "slice":
            bound = st.none() | st.integers(-size - 1, size + 1)
            items.append((draw(bound), draw(bound), draw(st.none() | st.integers(1, 2))))
        elif kind == "tensor":
            items.append("tensor")
            indices.append(TensorSpec(draw(broadcastable(together)), "int64"))
        else:
            items.append(("list", draw(st.integers(-size, size - 1))))
    items.insert(front, "...")
    for _ in range(draw(st.integers(0, 1))):
        items.insert(draw(st.integers(0, len(items))), None)
    tensors_: dict[str, Any] = {"input": input} | ({"indices": indices} if indices else {})
    chosen: dict[str, Any] = {"index": tuple(items)}
    if assigned and draw(st.booleans()):
        empty = {name: Tensor.filled(spec, None, name) for name, spec in (("input", input),)}  # type: ignore[arg-type]
        zeros = [
            Tensor(spec.shape, "int64", None, {at: Counted(0, None) for at in positions(spec.shape)})
            for spec in indices
        ]  # type: ignore[arg-type]
        shape = shape_of(empty["input"], chosen["index"], zeros)
        tensors_["value"] = TensorSpec(draw(st.just((1, *shape)) | broadcastable(shape)), input.dtype)
    elif assigned:
        chosen["value"] = 1.5
    return Call(tensors_, chosen, {"indices": (0, min(input.shape) - 1)})


def shape_of(input: Tensor, index: Any, indices: Any) -> Index:
    from oracle.counted import Tally

    input.tally = Tally()
    for tensor in indices:
        tensor.tally = input.tally
    return places(input, index, indices)[0]


ORACLES["getitem"] = Oracle(getitem, indexings(assigned=False))
ORACLES["setitem"] = Oracle(setitem, indexings(assigned=True))
