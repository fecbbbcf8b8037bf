"""ONNX operators that move, pick or rename values."""

from itertools import repeat
from math import prod
from typing import Any

from netstat.frontends.onnx_layers import Translation
from netstat.frontends.onnx_values import Call, Step, UntranslatedError

LAYOUT: dict[str, Translation] = {}
WHOLE = (None, None, None)  # a slice of everything, as `getitem` spells it


def _identity(call: Call) -> Any:
    return call[0]


def _flatten(call: Call) -> Step:
    """Always to a matrix."""
    axis, shape = call.attributes.get("axis", 1), call[0].spec.shape
    if axis == 1 and len(shape) > 1:
        return Step("flatten", {"input": call[0]}, {"start_dim": 1, "end_dim": -1})
    at = axis if axis >= 0 else axis + len(shape)
    return Step("reshape", {"input": call[0]}, {"shape": (prod(shape[:at]), prod(shape[at:]))})


def _reshape(call: Call) -> Step:
    """A size of 0 is the one that is there, −1 follows from the others."""
    wanted, shape = call.known("shape", 1) or (), call[0].spec.shape
    kept = not call.attributes.get("allowzero", 0)
    sizes = tuple(shape[i] if size == 0 and kept and i < len(shape) else size for i, size in enumerate(wanted))
    return Step("reshape", {"input": call[0]}, {"shape": sizes})


def _transpose(call: Call) -> Step:
    rank = len(call[0].spec.shape)
    dims = tuple(call.attributes.get("perm", reversed(range(rank))))
    if sorted(dims) != list(range(rank)):
        raise UntranslatedError
    return Step("permute", {"input": call[0]}, {"dims": dims})


def _squeeze(call: Call) -> Step:
    return Step("squeeze", {"input": call[0]}, {"dim": call.known("axes", 1)})


def _unsqueeze(call: Call) -> Any:
    """One dimension after the other, from the first on."""
    axes = call.known("axes", 1) or ()
    rank = len(call[0].spec.shape) + len(axes)
    result: Any = call[0]
    for axis in sorted(axis % rank for axis in axes):
        result = Step("unsqueeze", {"input": result}, {"dim": axis})
    return result


def _concat(call: Call) -> Step:
    tensors = [call[i] for i in range(len(call.inputs))]
    return Step("cat", {"tensors": tensors}, {"dim": call.attributes.get("axis", 1)})


def _split(call: Call) -> Step:
    axis = call.attributes.get("axis", 0)
    sizes = call.known("split", 1)
    if sizes is None:
        size, parts = call[0].spec.shape[axis], call.outputs
        if call.attributes.get("num_outputs", parts) != parts:
            raise UntranslatedError
        piece = -(-size // parts)
        sizes = tuple(max(min(piece, size - i * piece), 0) for i in range(parts))
    return Step("split", {"input": call[0]}, {"split_size": sizes, "dim": axis})


def _slice(call: Call) -> Step:
    starts, ends = call.known("starts", 1) or (), call.known("ends", 2) or ()
    axes = call.known("axes", 3, range(len(starts))) or ()
    steps = call.known("steps", 4, list(repeat(1, len(starts)))) or ()
    rank = len(call[0].spec.shape)
    if any(step < 1 for step in steps):
        raise UntranslatedError
    index: list[Any] = [WHOLE] * rank
    for axis, *part in zip(axes, starts, ends, steps, strict=True):
        index[axis] = tuple(part)
    return Step("getitem", {"input": call[0]}, {"index": tuple(index)})


def _gather(call: Call) -> Step:
    """Rows of a weight are an embedding; one known position is a view."""
    data, index, axis = call[0], call[1], call.attributes.get("axis", 0) % max(len(call[0].spec.shape), 1)
    if data.source.kind == "param" and len(data.spec.shape) == 2 and axis == 0 and index.spec.shape:
        return Step("embedding", {"input": index, "weight": data})
    before = (WHOLE,) * axis
    if (number := index.number) is not None:
        return Step("getitem", {"input": data}, {"index": (*before, number)})
    return Step("getitem", {"input": data, "indices": [index]}, {"index": (*before, "tensor")})


def _gather_elements(call: Call) -> Step:
    return Step("gather", {"input": call[0], "index": call[1]}, {"dim": call.attributes.get("axis", 0)})


def _expand(call: Call) -> Any:
    """The two shapes broadcast to each other; in torch a size of −1 is the one that is there."""
    wanted, shape = call.known("shape", 1) or (), call[0].spec.shape
    missing = len(shape) - len(wanted)
    sizes = (*(1,) * missing, *wanted)
    had = (*(0,) * -missing, *shape)
    together = tuple(size if own in (0, 1) else own for size, own in zip(sizes, had, strict=True))
    return call[0] if together == shape else Step("expand", {"input": call[0]}, {"size": together})


def _pad(call: Call) -> Step:
    pads = call.known("pads", 1) or ()
    rank = len(call[0].spec.shape)
    if call.get(3) is not None:
        pads = _for_all(pads, call.known("axes", 3) or (), rank)
    pairs = list(zip(pads[:rank], pads[rank:], strict=True))
    while pairs and pairs[0] == (0, 0):
        pairs.pop(0)
    spread = tuple(size for pair in reversed(pairs) for size in pair)
    modes = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
    return Step("pad", {"input": call[0]}, {"pad": spread, "mode": modes[call.attributes.get("mode", "constant")]})


def _for_all(pads: tuple[int, ...], axes: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Padding of some dimensions, as padding of all."""
    spread = [0] * 2 * rank
    for i, axis in enumerate(axes):
        spread[axis % rank], spread[axis % rank + rank] = pads[i], pads[i + len(axes)]
    return tuple(spread)


def _tile(call: Call) -> Step:
    return Step("tile", {"input": call[0]}, {"dims": call.known("repeats", 1)})


def _triangle(call: Call) -> Step:
    diagonal = call[1].number if call.get(1) is not None else 0
    if diagonal is None:
        raise UntranslatedError
    return Step("triu" if call.attributes.get("upper", 1) else "tril", {"input": call[0]}, {"diagonal": diagonal})


LAYOUT.update(
    {
        "Concat": _concat, "Expand": _expand, "Flatten": _flatten, "Gather": _gather,
        "GatherElements": _gather_elements, "Identity": _identity, "Pad": _pad, "Reshape": _reshape, "Slice": _slice,
        "Split": _split, "Squeeze": _squeeze, "Tile": _tile, "Transpose": _transpose, "Trilu": _triangle,
        "Unsqueeze": _unsqueeze,
    }
)  # fmt: skip
