"""Inputs of an ONNX file at the sizes the user gives."""

from collections.abc import Iterator
from typing import Any

from netstat.errors import ModelError, UsageError
from netstat.frontends.files import LARGEST_RANK, LARGEST_SIZE, Asked, input_sizes, plain_text
from netstat.frontends.onnx_values import DTYPES
from netstat.frontends.subject import Inputs
from netstat.graph import TensorSpec


def graph_inputs(graph: Any, inputs: Inputs) -> Iterator[tuple[str, TensorSpec]]:
    """Name and spec of each input of the graph.

    Raises:
        UsageError: an open dimension was not given, a fixed one was given otherwise, or there is no such input.
        ModelError: the file declares what cannot be.
    """
    initial = {tensor.name for tensor in graph.initializer}
    infos = [info for info in graph.input if info.name not in initial]
    asked = Asked(inputs, [plain_text(info.name) for info in infos])
    for info in infos:
        name = plain_text(info.name)
        yield info.name, _input(info, name, asked.of(name), inputs.batch)


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
    return TensorSpec(input_sizes(name, declared, given[0] if given else None, batch), dtype)
