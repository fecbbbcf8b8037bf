"""`x[…]` and `x[…] = y`: slices are views, tensors of indices pick copies."""

import operator as python
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

from netstat.cost import ZERO, Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size, ceil_div, least, most
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.broadcasting import broadcast
from netstat.ops.filling import fits
from netstat.ops.indexing import Pick
from netstat.ops.sight import Sight, Trace, window
from netstat.ops.spelling import is_tensor

# An index as an attribute: numbers, None and "..." as they are, a slice as its (start, stop, step), a list of numbers
# as ("list", 0, 2), a tensor as "tensor"; the tensors stand in `indices` one after the other.
Index = tuple[Any, ...]


def spelled(index: Any) -> tuple[Index, list[Any]]:
    """What stands between the brackets: as an attribute, and the tensors in it.

    Raises:
        TypeError: it depends on values (a mask), or is something else yet (True, nested lists).
    """
    items = index if isinstance(index, tuple) and not is_tensor(index) else (index,)
    return tuple(map(_item, items)), [item for item in items if is_tensor(item)]


def _item(item: Any) -> Any:
    if item is None or item is Ellipsis:
        return item if item is None else "..."
    if is_tensor(item):
        if "int" not in str(item.dtype):
            raise TypeError("how many values a mask picks is not known without its values")
        return "tensor"
    if isinstance(item, slice):
        parts = (item.start, item.stop, item.step)
        return tuple(None if part is None else python.index(part) for part in parts)
    if isinstance(item, bool):
        raise TypeError("a truth value as an index is not understood")
    return ("list", *map(_number, item)) if isinstance(item, (list, range)) else python.index(item)


def _number(item: Any) -> int:
    if isinstance(item, bool):
        raise TypeError("how many values a mask picks is not known without its values")
    return python.index(item)


class Region(NamedTuple):
    """What an index shows of a tensor.

    Attributes:
        shape: its shape.
        picked: whether tensors or lists of indices picked it, so that it is no view.
    """

    shape: tuple[int, ...]
    picked: bool


def region(shape: Sequence[int], index: Index, indices: Sequence[TensorSpec]) -> Region:
    """What `index` shows of a tensor of this shape.

    Indices that pick are stretched to one shape; it stands where they stood if no slice stands between them, else in
    front.
    """
    sizes, given = iter(shape), iter(indices)
    kept: list[int] = []
    picks: list[tuple[int, ...]] = []
    places: set[int] = set()
    for item in _spread(index, len(shape)):
        if item is None:
            kept.append(1)
        elif (pick := _pick(item, given)) is None:
            kept += _sliced(next(sizes), item)
        else:
            next(sizes)
            picks.append(pick)
            places |= {len(kept)} if pick else set()  # a number in a tensor is a number
    if not places:
        return Region(tuple(kept), False)
    where = places.pop() if len(places) == 1 else 0
    return Region((*kept[:where], *reduce(broadcast, picks), *kept[where:]), True)


def _spread(index: Index, rank: int) -> Index:
    """One item per dimension, and what adds dimensions: … stands for whole slices, and so does what is missing."""
    missing = rank - sum(item not in (None, "...") for item in index)
    if missing < 0:
        raise ShapeError(f"{rank - missing} indices for {rank} dimensions")
    at = index.index("...") if "..." in index else len(index)
    return (*index[:at], *[(None, None, None)] * missing, *index[at + 1 :])


def _pick(item: Any, given: Any) -> tuple[int, ...] | None:
    """The shape of the indices that an item picks by, None where it is a number or a slice."""
    if item == "tensor":
        shape: tuple[int, ...] = next(given).shape
        return shape
    return (len(item) - 1,) if isinstance(item, tuple) and item[0] == "list" else None


def _sliced(size: int, item: Any) -> list[int]:
    """What a slice leaves of a dimension; a number takes it away."""
    if isinstance(item, tuple):
        if (item[2] or 1) < 1:
            raise ShapeError(f"the step of a slice must be at least 1, got {item[2]}")
        return [_length(size, *item)]
    if not -size <= item < size:
        raise ShapeError(f"index {item} is outside a size of {size}")
    return []


def _length(size: Size, start: int | None, stop: int | None, step: int | None) -> Size:
    """How many positions a slice has."""
    first = 0 if start is None else _position(size, start)
    end = size if stop is None else _position(size, stop)
    return most(ceil_div(end - first, step or 1), 0)


def _position(size: Size, index: int) -> Size:
    """A position, from the end where it is negative; no further than either end."""
    return least(index, size) if index >= 0 else most(index + size, 0)


@operator
class GetItem(Pick):
    """`x[index]`: numbers, slices, None and … give a view, which is nothing; tensors and lists of indices pick a copy.

    No arithmetic; picked values are read once each, and the indices that are tensors. A mask picks so many as it holds,
    which is not known without its values. Source: torch.Tensor.__getitem__.
    """

    name = "getitem"
    torch = ("torch.Tensor.__getitem__",)
    tensors = ("input", "indices")

    @staticmethod
    def shape(input: TensorSpec, index: Index, indices: Sequence[TensorSpec] = ()) -> Specs:
        return (TensorSpec(region(input.shape, index, indices).shape, input.dtype),)

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        input, index, indices = arguments["input"], arguments["index"], arguments.get("indices", ())
        (output,) = cls.shape(input, index, indices)
        picked = region(input.shape, index, indices).picked
        return Cost(**traffic((output, *indices), (output,))) if picked else ZERO

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return {"input": args[0], **_bound(args[1:], kwargs)}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        shape, index = node.input.shape, node.attributes["index"]
        picked = len(node.arguments) > 1 or any(isinstance(item, tuple) and item[0] == "list" for item in index)
        return None if picked else Sight(tuple(_followed(shape, index)))


def _followed(shape: tuple[int, ...], index: Index) -> Iterable[Trace]:
    """Per dimension that numbers, slices and None leave, the one it comes from; numbers take theirs away."""
    axes = iter(range(len(shape)))
    for item in _spread(index, len(shape)):
        at = None if item is None else next(axes)
        if at is None:
            yield None
        elif isinstance(item, tuple):
            start, _, step = slice(*item).indices(shape[at])
            yield (at, None if (start, step) == (0, 1) else window(start, step))


def _bound(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The index as an attribute and its tensors, or the two as they are where they were given by name."""
    index, indices = spelled(args[0]) if args else (kwargs["index"], kwargs.get("indices", []))
    return {"index": index, **({"indices": indices} if indices else {})}


@operator
class SetItem(Operator):
    """`x[index] = value`: the region the index shows is written, with a number or a tensor stretched to its shape.

    No arithmetic; read are the value, where it is a tensor, and the indices that are. The result is the input itself. A
    mask writes so many values as it holds, which is not known without its values. Source: torch.Tensor.__setitem__.
    """

    name = "setitem"
    family = "indexing"
    torch = ("torch.Tensor.__setitem__",)
    tensors = ("input", "indices", "value")
    free = True

    @staticmethod
    def shape(
        input: TensorSpec, index: Index, value: "TensorSpec | float", indices: Sequence[TensorSpec] = ()
    ) -> Specs:
        place = region(input.shape, index, indices).shape
        if isinstance(value, TensorSpec):
            fits(value._replace(shape=_trimmed(value.shape, len(place))), place)
        return (input,)

    @classmethod
    def cost(
        cls, input: TensorSpec, index: Index, value: "TensorSpec | float", indices: Sequence[TensorSpec] = ()
    ) -> Cost:
        cls.shape(input, index, value, indices)
        written = TensorSpec(region(input.shape, index, indices).shape, input.dtype)
        read: Iterable[TensorSpec] = (value, *indices) if isinstance(value, TensorSpec) else indices
        return Cost(**traffic(read, (written,)))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        value = args[2] if len(args) > 2 else kwargs["value"]
        return {"input": args[0], **_bound(args[1:2], kwargs), "value": value}

    @classmethod
    def makes_tensor(cls, **attributes: Any) -> bool:
        return False


def _trimmed(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Without dimensions of size 1 in front that the place does not have: an assignment takes those too."""
    extra = max(len(shape) - rank, 0)
    return shape[extra:] if set(shape[:extra]) <= {1} else shape
