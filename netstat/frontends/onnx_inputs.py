"""Inputs of an ONNX file at the sizes the user gives."""

from collections.abc import Iterator, Sequence
from typing import Any

from netstat.errors import ModelError, UsageError
from netstat.frontends.files import LARGEST_RANK, LARGEST_SIZE, plain_text
from netstat.frontends.onnx_values import DTYPES
from netstat.frontends.subject import Inputs
from netstat.graph import TensorSpec
from netstat.units import shape as shape_text


def graph_inputs(graph: Any, inputs: Inputs) -> Iterator[tuple[str, TensorSpec]]:
    """Name and spec of each input of the graph.

    Raises:
        UsageError: an open dimension was not given, a fixed one was given otherwise, or there is no such input.
        ModelError: the file declares what cannot be.
    """
    initial = {tensor.name for tensor in graph.initializer}
    infos = [info for info in graph.input if info.name not in initial]
    given = {name: (shape, dtype) for shape, dtype, name in inputs.shapes if name}
    unnamed = iter([(shape, dtype) for shape, dtype, name in inputs.shapes if not name])
    names = [plain_text(info.name) for info in infos]
    if unknown := [name for name in given if name not in names]:
        raise UsageError(f"the file has no input '{unknown[0]}'; it has {', '.join(names)}")
    for info, name in zip(infos, names, strict=True):
        yield info.name, _input(info, name, given.get(name) or next(unnamed, None), inputs.batch)
    if next(unnamed, None):
        raise UsageError(f"more input shapes than the file has inputs; it has {', '.join(names)}")


def _input(info: Any, name: str, given: tuple[tuple[int, ...], str] | None, batch: int) -> TensorSpec:
    kind = info.type.tensor_type
    dtype = DTYPES.get(kind.elem_type)
    if not info.type.HasField("tensor_type") or dtype is None:
        raise ModelError(f"input '{name}' is no tensor netstat knows")
    if given and given[1] not in ("", dtype):
        raise UsageError(f"input '{name}' is {dtype} in the file, not {given[1]}")
    declared = [dim.dim_value if dim.dim_value > 0 else dim.dim_param or "?" for dim in kind.shape.dim]
    if any(isinstance(size, int) and size > LARGEST_SIZE for size in declared) or len(declared) > LARGEST_RANK:
        raise ModelError(f"input '{name}' has sizes that cannot be; the file is damaged or no model")
    if not kind.HasField("shape"):
        declared = ["batch", *(given[0] if given else ("?",))]
    return TensorSpec(_sizes(name, declared, given[0] if given else None, batch), dtype)


def _sizes(name: str, declared: Sequence[int | str], given: tuple[int, ...] | None, batch: int) -> tuple[int, ...]:
    """Open dimensions filled in: the first is the batch, the others are the user's to give."""
    first = declared[0] if declared else batch
    wanted = (first if batch == 1 and isinstance(first, int) else batch, *(given or declared[1:]))[: len(declared) or 1]
    shown = shape_text(tuple(declared))  # type: ignore[arg-type]  # names among the sizes
    if declared and (len(given or ()) not in (0, len(declared) - 1) or _conflict(declared, wanted)):
        raise UsageError(
            f"input '{name}' is {plain_text(shown)} in the file; export it with open dimensions to count it at others"
        )
    if any(not isinstance(size, int) for size in wanted):
        raise UsageError(
            f"input '{name}' is {plain_text(shown)} in the file; say the open sizes: -i {name}={_example(declared)}"
        )
    return tuple(size for size in wanted if isinstance(size, int)) if declared else ()


def _conflict(declared: Sequence[int | str], wanted: Sequence[int | str]) -> bool:
    pairs = zip(declared, wanted, strict=True)
    return any(isinstance(own, int) and own != size for own, size in pairs)


def _example(declared: Sequence[int | str]) -> str:
    return "x".join(str(size) if isinstance(size, int) else "128" for size in declared[1:])
