"""State dicts: a table of parameters, without weights and without a forward pass.

Nothing in a file is run: `.safetensors` headers are JSON, and of torch's own format only tensors and plain values are
taken (`torch.load(weights_only=True)`, on the meta device, the file mapped instead of read).
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from math import prod
from operator import itemgetter
from typing import Any, NamedTuple

from netstat.errors import ModelError, UsageError, said
from netstat.frontends.files import (
    LARGEST_HEADER,
    base_name,
    check_archive,
    checked_spec,
    plain_text,
    refuse_inputs,
    size_of,
    subject_of,
)
from netstat.frontends.subject import Inputs, Subject
from netstat.graph import PARAMETER, Argument, Graph, Node, Param, Source, TensorSpec
from netstat.units import dtype_bytes

KIND = "a state dict"
WHY = "a state dict holds parameters and nothing that runs"
SAFETENSORS_DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2", "C64": "complex64", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
# What training scripts call the state dict in a checkpoint that holds more.
NESTED = ("state_dict", "model_state_dict", "model", "module", "net", "params")
# What torch's layers keep beside their parameters; a state dict does not tell them apart.
BUFFERS = ("running_mean", "running_var", "num_batches_tracked")


class _Tensor(NamedTuple):
    """One entry: `memory` is what two names of the same tensor have in common."""

    name: str
    spec: TensorSpec
    memory: Any


def subject(path: str, inputs: Inputs, *, training: bool = False) -> Subject:
    """The parameters in a `.safetensors`, `.pt`, `.pth` or `.bin` file, one row per tensor.

    Floating-point tensors are parameters; integers, and the running statistics of normalisation layers, are buffers.

    Raises:
        UsageError: inputs were given.
        ModelError: the file is damaged, or holds anything but tensors.
    """
    refuse_inputs(inputs, KIND, training=training)
    if inputs != Inputs():
        raise UsageError(f"{WHY}: it takes no input")
    found = list(_safetensors(path) if path.endswith(".safetensors") else _torch(path))
    if not found:
        raise ModelError(f"'{path}' holds no tensors")
    return subject_of(_graph(base_name(path), found), WHY)


def _graph(name: str, tensors: Iterable[_Tensor]) -> Graph:
    params = tuple(_params(tensors))
    return Graph(model=name, inputs=(), nodes=tuple(map(_row, params)), params=params)


def _params(tensors: Iterable[_Tensor]) -> Iterator[Param]:
    first: dict[Any, str] = {}
    for name, spec, memory in tensors:
        buffer = "float" not in spec.dtype or name.rpartition(".")[2] in BUFFERS
        shared = first.setdefault(memory, name)
        yield Param(name, spec, not buffer, buffer, shared_with=None if shared == name else shared)


def _row(param: Param) -> Node:
    """A row that shows one tensor and computes nothing."""
    owner = param.shared_with or param.name
    argument = Argument("input", param.spec, Source("buffer" if param.buffer else "param", owner))
    return Node(PARAMETER, param.name, "", False, True, 0, (argument,), {}, (param.spec,), fresh=False)


def _safetensors(path: str) -> Iterator[_Tensor]:
    """The entries of the header; the data behind it is not read. Source: the safetensors format description."""
    header, room = _header(path)
    end = 0
    placed = ((_offsets(path, name, entry), name, entry) for name, entry in header.items())
    for (start, stop), name, entry in sorted(placed, key=itemgetter(0)):
        spec = _declared(path, name, entry)
        if (start, stop - start) != (end, spec.nbytes) or stop > room:
            raise ModelError(f"'{path}': tensor '{plain_text(name)}' does not lie where its size puts it; damaged file")
        end = stop
        yield _Tensor(plain_text(name), spec, name)
    if end != room:
        raise ModelError(f"'{path}': {room - end} bytes belong to no tensor; the file is damaged")


def _header(path: str) -> tuple[dict[str, Any], int]:
    """The header, and how many bytes follow it."""
    size = size_of(path)
    with open(path, "rb") as file:  # noqa: PTH123
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(LARGEST_HEADER, size - 8):
            raise ModelError(f"'{path}' is no safetensors file, or a damaged one: its header would have {length} bytes")
        text = file.read(length)
    try:
        header = json.loads(text, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"'{path}' is no safetensors file: its header is no JSON ({said(error)})") from error
    if not isinstance(header, dict):
        raise ModelError(f"'{path}' is no safetensors file: its header is no object")
    header.pop("__metadata__", None)
    return header, size - 8 - length


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) != len(found := dict(pairs)):
        raise ValueError("a name stands there twice")
    return found


def _offsets(path: str, name: str, entry: Any) -> tuple[int, int]:
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not isinstance(offsets, list) or [type(offset) for offset in offsets] != [int, int]:
        raise ModelError(f"'{path}': tensor '{plain_text(name)}' has no place in the file; it is damaged")
    return offsets[0], offsets[1]


def _declared(path: str, name: str, entry: Mapping[str, Any]) -> TensorSpec:
    what = f"'{path}': tensor '{plain_text(name)}'"
    shape, dtype = entry.get("shape"), str(entry.get("dtype"))
    if not isinstance(shape, list):
        raise ModelError(f"{what} has no shape; the file is damaged")
    return checked_spec(tuple(shape), SAFETENSORS_DTYPES.get(dtype, dtype), what)


def _torch(path: str) -> Iterator[_Tensor]:
    """The tensors of a state dict that torch saved."""
    found = _state_dict(_loaded(path))
    if found is None:
        raise ModelError(f"'{path}' holds no state dict; save model.state_dict(), or export the model as .pt2 or .onnx")
    for name, tensor in found.items():
        spec = checked_spec(tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."), f"tensor '{name}'")
        yield _Tensor(plain_text(name), spec, _memory(tensor))


def _loaded(path: str) -> Any:
    is_archive = _is_archive(path)
    import torch

    try:
        # A file from before torch 1.6 is no archive and cannot be mapped; it is read by the same restricted unpickler.
        return torch.load(path, weights_only=True, map_location="meta", mmap=is_archive)
    except Exception as error:  # whatever a damaged or hostile file makes the unpickler raise
        hint = "save model.state_dict(), or export the model as .pt2 or .onnx"
        raise ModelError(f"'{path}' holds more than tensors, or is damaged, and is not run; {hint}") from error


def _is_archive(path: str) -> bool:
    """Whether this is torch's format since 1.6, then checked before torch sees it.

    Raises:
        ModelError: it would unpack to more than the file holds.
    """
    if not size_of(path):
        raise ModelError(f"'{path}' is empty")
    with open(path, "rb") as file:  # noqa: PTH123
        if file.read(4) != b"PK\x03\x04":
            return False
    pickles = [member for member in check_archive(path) if os.path.basename(member.filename) == "data.pkl"]  # noqa: PTH119
    if any(member.file_size > LARGEST_HEADER for member in pickles):
        raise ModelError(f"cannot read '{path}': its list of tensors is larger than {LARGEST_HEADER} bytes")
    return True


def _state_dict(loaded: Any) -> dict[str, Any] | None:
    """The named tensors of what was loaded, or of the part that training scripts call the state dict."""
    if not isinstance(loaded, Mapping):
        return None
    tensors = {str(name): value for name, value in loaded.items() if hasattr(value, "untyped_storage")}
    parts = [] if tensors else [loaded[name] for name in NESTED if name in loaded]
    found = (tensors, *map(_state_dict, parts))
    return next((names for names in found if names), None)


def _memory(tensor: Any) -> Any:
    """Equal for two names of one tensor; an empty one is itself."""
    if not tensor.numel():
        return id(tensor)
    place = tensor.untyped_storage()._cdata, tensor.storage_offset()
    return *place, tuple(tensor.shape), tuple(tensor.stride()), prod(tensor.shape) * dtype_bytes(str(tensor.dtype)[6:])
